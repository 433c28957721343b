"""What a reader's browser and other machines make of a built site: ids, links, numbers, data."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

from bs4 import BeautifulSoup
from jsonschema import Draft202012Validator

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bs4 import Tag

SCHEMA = Draft202012Validator(json.loads((Path(__file__).parents[1] / "docs" / "claims.schema.json").read_text()))


def pages_of(out: Path) -> dict[str, BeautifulSoup]:
    """Every HTML file of an output, parsed as a browser does, by path."""
    return {
        file.relative_to(out).as_posix(): BeautifulSoup(file.read_bytes(), "html5lib")
        for file in sorted(out.rglob("*.html"))
    }


def check_site(out: Path, base_url: str) -> None:
    """Hold a whole output against what is promised of every one: unique ids, links that lead somewhere, sound data."""
    pages = pages_of(out)
    assert pages
    ids = {path: check_ids(path, page) for path, page in pages.items()}
    for path, page in pages.items():
        for target in targets(page):
            check_target(out, ids, path, target, base_url)
        for script in page.find_all("script", src=False):
            assert script["type"] == "application/ld+json", path
            assert json.loads(str(script.string))["@context"] == "https://schema.org"
    for file in out.rglob("claims.json"):
        data = json.loads(file.read_text())
        assert not [f"{fault.json_path} {fault.message}" for fault in SCHEMA.iter_errors(data)], file
        check_claims(data, pages[file.with_name("index.html").relative_to(out).as_posix()])


def check_ids(path: str, page: BeautifulSoup) -> set[str]:
    """The ids of a page, each of which may be there once."""
    counts = Counter(str(element["id"]) for element in page.find_all(id=True))
    assert not [id_ for id_, count in counts.items() if count > 1], path
    return set(counts)


def targets(page: BeautifulSoup) -> Iterator[str]:
    for name in ("href", "src"):
        for element in page.select(f"[{name}]"):
            yield str(element[name])


def check_target(out: Path, ids: dict[str, set[str]], path: str, target: str, base_url: str) -> None:
    """Hold one link against the files and ids of the output."""
    here = base_url + path.removesuffix("index.html")
    address, fragment = urldefrag(urljoin(here, target))
    if not address.startswith(base_url):
        assert urlsplit(target).netloc or urlsplit(target).scheme == "mailto", f"{path}: {target} leaves the site"
        return
    file = unquote(address.removeprefix(base_url))
    file = f"{file}index.html" if file.endswith("/") or not file else file
    assert (out / file).is_file(), f"{path}: {target} leads nowhere"
    assert not fragment or unquote(fragment) in ids[file], f"{path}: {target} has no such id"


def check_claims(data: dict[str, Any], page: BeautifulSoup) -> None:
    """Hold an explainer's claims.json against its page."""
    sources = {source["id"]: source for source in data["sources"]}
    for claim in data["claims"]:
        element = page.select_one(f"#claim-{claim['id']}")
        assert element is not None
        assert element["data-level"] == claim["sourcing"]["level"]
        assert page.find("section", id=f"how-{claim['id']}") is not None
        assert claim["url"] == f"{data['page']['url']}#claim-{claim['id']}"
        assert {edge["source"] for edge in claim["edges"]} <= {id_ for id_ in sources if sources[id_]["number"]}
    for source in sources.values():
        note = page.select_one(f"li#note-{source['id']}")
        assert (note is not None) == (source["number"] is not None)
        assert note is None or note["value"] == str(source["number"])
        assert set(source["via"]) <= sources.keys()
    notes = page.select('section[role="doc-endnotes"] > ol > li')
    assert [int(str(note["value"])) for note in notes] == list(range(1, len(notes) + 1))


# --- A page in short ----------------------------------------------------------------------------


def outline(page: BeautifulSoup) -> str:
    """A page's blocks with its claims, numbers and panels, then its notes with the ways back."""
    story = page.select_one(".x-story")
    assert story is not None
    lines = [" ".join(_text(block).split()) for block in _blocks(story)]
    for note in page.select('section[role="doc-endnotes"] > ol > li'):
        lines.append(f"{note['value']}. {note['id']}")
        footnote = note.select_one(".x-footnote")
        if footnote:
            lines.extend("   " + " ".join(_text(block).split()) for block in _blocks(footnote))
        for passage in note.select("p.x-cited, ul.x-cited > li"):
            at = passage.select_one(".x-at")
            links = [f"{link.get_text()} ({link['href']})" for link in passage.select('a[role="doc-backlink"]')]
            lines.append(f"   {at.get_text() + ' ' if at else ''}<- {', '.join(links)}")
    return "\n".join(line for line in lines if line.strip()) + "\n"


def _blocks(parent: Tag) -> Iterator[Tag]:
    for child in parent.find_all(True, recursive=False):
        holds = child.name in ("ul", "ol", "blockquote", "table", "tbody", "tr", "aside")
        if holds or "x-claim-block" in child.get_attribute_list("class"):
            yield from _blocks(child)
        else:
            yield child


def _text(element: Tag) -> str:
    """An element's text: claims in braces with their level, numbers in brackets, a panel as its numbers."""
    if element.name == "section" and "x-how" in element.get_attribute_list("class"):
        refs = [
            f"{a.get_text()}{'=' + str(a['id']) if a.get('id') else ''}" for a in element.select('[role="doc-noteref"]')
        ]
        return f"({element['id']}: {element.h3.get_text() if element.h3 else ''}; {' '.join(refs)})"
    parts = []
    for child in element.children:
        if isinstance(child, str):
            parts.append(str(child))
        elif child.get("role") == "doc-noteref":  # type: ignore[attr-defined]
            parts.append(f"[{child.get_text()}]")
        elif "x-sourcing" in child.get("class", []):  # type: ignore[attr-defined]
            parts.append("*")
        elif "x-claim" in child.get("class", []):  # type: ignore[attr-defined]
            parts.append(f"{{{child['id'].removeprefix('claim-')}: {_text(child)}}}")  # type: ignore[index,arg-type]
        else:
            parts.append(_text(child))  # type: ignore[arg-type]
    return "".join(parts)
