"""Writes a draft into a site: its page, its pictures, cleaned, and its sources."""

from __future__ import annotations

import posixpath
import re
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from explainer.importing.citations import address_key
from explainer.importing.document import LeftOut, UnreadableError
from explainer.load import find_content, load_library
from explainer.pictures import RefusedError as PictureRefusedError
from explainer.pictures import clean_picture
from explainer.scaffold.files import RefusedError, add_records, checked_id, free_id, known_ids, write_new
from explainer.scaffold.templates import quoted

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from explainer.importing.citations import Citation
    from explainer.importing.draft import Draft


class Written(NamedTuple):
    """The files that an import has written, the page first, and what it left out."""

    paths: tuple[str, ...]
    left_out: tuple[LeftOut, ...]


def write_draft(
    site: Path, slug: str, draft: Draft, pictures: dict[str, bytes], registry: str | None, file: str
) -> Written:
    """Write a draft's page and pictures; its sources go to the page, or to a file of the registry.

    `file` is the name of what was imported.

    Raises:
        RefusedError: if the page is there already, or the registry can't be added to.
        OSError: if the system refuses.
    """
    left_out = list(draft.left_out)
    cleaned = dict(_cleaned(pictures, left_out))
    body = _without(draft.body, pictures.keys() - cleaned.keys())
    folder = f"content/explainers/{slug}"
    if any((site / path).exists() for path in (folder, f"{folder}.md")):
        raise RefusedError(f"{folder} is there already: give another name with --as")
    if registry is not None and draft.sources:  # first, since it may refuse
        add_records(site, registry, {one.id: _source(one, "") for one in draft.sources})
    page = f"{folder}/index.md" if cleaned else f"{folder}.md"
    write_new(site, page, page_text(draft._replace(body=body), file, local=registry is None))
    for name, content in cleaned.items():
        (site / folder / name).write_bytes(content)
    added = [registry] if registry is not None and draft.sources else []
    return Written((page, *(f"{folder}/{name}" for name in cleaned), *added), tuple(left_out))


def page_text(draft: Draft, file: str, *, local: bool) -> str:
    """The text of the page: a draft, with what only the newsroom may see under `private`."""
    lines = ["---", f"title: {quoted(draft.title)}"]
    lines += (
        [f"summary: {quoted(draft.summary)}"]
        if draft.summary
        else ["# One or two sentences, for lists, feeds and cards.", "summary:"]
    )
    lines += ["# The day on which it comes out. Readers get nothing of a draft: take `draft` out when it is ready."]
    lines += ["# date: 2024-05-31", "draft: true", "# Ids in people.yaml, or names.", "authors: []"]
    if local and draft.sources:
        lines.append("sources:")
        lines += ["".join(_source(one, "  ")).rstrip("\n") for one in draft.sources]
    lines += [
        "# Never published: where this page comes from, and what is left to do.",
        "private:",
        *_private(draft, file),
    ]
    return "\n".join([*lines, "---", draft.body]) + "\n"


def _source(one: Citation, indent: str) -> str:
    fields = {"title": one.title, "url": one.url, "date": one.date, "accessed": one.accessed}
    lines = [f"{indent}{one.id}:", f"{indent}  type: report"]
    lines += [
        f"{indent}  {key}: {value if key in {'date', 'accessed'} else quoted(value)}"
        for key, value in fields.items()
        if value
    ]
    return "\n".join(lines) + "\n"


def _private(draft: Draft, file: str) -> Iterator[str]:
    yield f"  imported_from: {quoted(file)}"
    for key, value in draft.origin.people:
        yield f"  {key}: {quoted(_plain(value))}"
    if draft.origin.comments:
        yield "  comments:"
        for one in draft.origin.comments:
            about = f" on “{one.words}”" if one.words else ""
            yield f"    - {quoted(_plain(f'{one.author}{about}: {one.text}'))}"
    yield "  to_do:"
    yield '    - "Mark the claims and name their sources: nothing of that was guessed."'
    for id_, words in draft.said:
        yield f"    - {quoted(_plain(f'Source {id_}: is it a report, and who is its publisher? The note said: {words}'))}"


def _plain(text: str) -> str:
    return "".join(char for char in " ".join(text.split()) if char.isprintable())


def _cleaned(pictures: dict[str, bytes], left_out: list[LeftOut]) -> Iterator[tuple[str, bytes]]:
    """The pictures that can be cleaned of what isn't meant for readers."""
    for name, content in pictures.items():
        try:
            cleaned = clean_picture(name, content)
        except PictureRefusedError as refused:
            left_out.append(LeftOut(f"a picture ({name}): {refused.reason}", "", refused.hint))
            continue
        if cleaned is None:
            left_out.append(
                LeftOut(f"a picture of a kind that pages can't show ({name})", "", "save it as JPEG or PNG")
            )
        else:
            yield name, cleaned.content


def _without(body: str, names: set[str]) -> str:
    """The text without pictures that couldn't be had; their descriptions stay as words."""
    for name in sorted(names):
        body = re.sub(rf"!\[((?:[^\]\\]|\\.)*)\]\({re.escape(name)}\)", lambda found: found[1], body)
    return body


class Known(NamedTuple):
    """What a site has already: its ids, and the addresses of its sources. Those of unnamed ones are nobody's business."""

    ids: frozenset[str]
    pages: frozenset[str]
    addresses: dict[str, str]


def known_records(site: Path) -> Known:
    """What a site has already."""
    sources, people, pages = known_ids(site)
    library = load_library(site, find_content(site).value).value.library
    addresses = {
        address_key(one.url): id_
        for id_, one in library.sources.items()
        if one.url and not (one.unnamed or one.confidential)
    }
    return Known(frozenset(sources | people), frozenset(pages), addresses)


def slug_for(title: str, name: str, slug: str | None, taken: frozenset[str]) -> str:
    """The name of a new page: as given, else made of its title, or of the name of what was imported.

    Raises:
        RefusedError: if it is none, or is taken, or none can be made.
    """
    if slug:
        return checked_id(slug, taken)
    for text in (title, name):
        with suppress(RefusedError):
            return free_id(text, taken)
    raise RefusedError(f"no name for the page can be made of “{title}”: give one with --as")


def registry_path(name: str) -> str:
    """The path of a file below `content/sources/`, given as a name, or whole.

    Raises:
        RefusedError: if it isn't a YAML file there.
    """
    path = posixpath.normpath(name if name.startswith("content/") else posixpath.join("content/sources", name))
    if not re.fullmatch(r"content/sources/(?:[^/]+/)*[^/.][^/]*\.yaml", path):
        raise RefusedError(f"{name} is no YAML file below content/sources/")
    return path


def unreadable_kind(name: str) -> UnreadableError:
    """Why a file of another kind can't be imported."""
    return UnreadableError(
        f"{name} is neither a Word document (.docx) nor Markdown (.md)",
        "in Word, LibreOffice or Pages save it as .docx; in Google Docs: File, Download, Microsoft Word",
    )
