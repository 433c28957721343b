"""Makes a draft of a document: the title, the text as Markdown, the sources of its notes."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from bs4 import Tag

from explainer.importing.document import LeftOut
from explainer.importing.markdown_writer import HEADING_ID, MarkdownWriter, parse_html

if TYPE_CHECKING:
    from collections.abc import Iterator

    from explainer.importing.citations import Citation, Citations
    from explainer.importing.document import Imported, Origin

_HEADINGS = ["h1", "h2", "h3", "h4", "h5", "h6"]
_UP = "↑↩\ufe0e"


class Draft(NamedTuple):
    """A draft of a page. `said` are the notes that sources were made of, by source."""

    title: str
    summary: str
    body: str
    sources: tuple[Citation, ...]
    said: tuple[tuple[str, str], ...]
    origin: Origin
    left_out: tuple[LeftOut, ...]


def make_draft(imported: Imported, name: str, citations: Citations) -> Draft:
    """A draft of an imported document; `name` is its title if it has none."""
    tree = parse_html(imported.html)
    notes = _Notes(tree, citations)
    title, summary = _head(tree)
    writer = MarkdownWriter(notes.cite, _shift(tree))
    body = writer.blocks(tree.children)
    footnotes = list(notes.written(writer))
    return Draft(
        title=title or name,
        summary=summary,
        body="\n\n".join(filter(None, [body, *footnotes])),
        sources=tuple(citations.made.values()),
        said=tuple(citations.said),
        origin=imported.origin,
        left_out=(*imported.left_out, *dict.fromkeys(writer.left_out), *notes.uncited()),
    )


class _Notes:
    """The notes of a document, taken out of its tree: each becomes a source, or a note at the end."""

    def __init__(self, tree: Tag, citations: Citations) -> None:
        self._citations = citations
        self._notes: dict[str, Tag] = {}
        self._cited: dict[str, str] = {}
        self._kept: dict[str, Tag] = {}
        targets = {_target(sup) for sup in tree.find_all("sup")} - {""}
        for item in tree.find_all("li", id=list(targets)) if targets else ():
            for back in item.find_all("a"):
                if str(back.get("href") or "").startswith("#") and not back.get_text().strip(_UP + " "):
                    back.decompose()
            self._notes[str(item["id"])] = item.extract()
        for rule in tree.find_all("hr", class_="footnotes-sep"):
            rule.decompose()
        for empty in tree.find_all(["ol", "section", "dl"]):
            if not empty.get_text().strip() and not empty.find("img"):
                empty.decompose()

    def cite(self, raised: Tag) -> str | None:
        """The Markdown of a reference to a note; None for text that is merely set high."""
        target = _target(raised)
        if target not in self._notes:
            return None
        if target not in self._cited:
            ids = self._citations.cite(self._notes[target])
            if ids:
                self._cited[target] = f"{{{{< source {' '.join(ids)} >}}}}"
            else:
                self._kept[target] = self._notes[target]
                self._cited[target] = f"[^{len(self._kept)}]"
        return self._cited[target]

    def uncited(self) -> Iterator[LeftOut]:
        """The notes that nothing in the text refers to, such as those of the title."""
        for target, note in self._notes.items():
            if target not in self._cited:
                yield LeftOut("a note", f"“{' '.join(note.get_text().split())}”", "the title can't have notes")

    def written(self, writer: MarkdownWriter) -> Iterator[str]:
        """The notes that name no address, to stand at the end of the text."""
        for number, note in enumerate(self._kept.values(), 1):
            first, *others = writer.blocks(note.children).split("\n")
            lines = [f"[^{number}]: {first}", *(f"    {line}".rstrip() for line in others)]
            yield "\n".join(lines)


def _target(raised: Tag) -> str:
    """The id of the note that a raised number leads to; empty if it leads to none."""
    link = raised.find("a")
    href = str(link.get("href") or "") if isinstance(link, Tag) else ""
    return href[1:] if href.startswith("#") else ""


def _head(tree: Tag) -> tuple[str, str]:
    """The title and the subtitle that a document begins with, taken out of its tree."""
    first = next((one for one in tree.children if isinstance(one, Tag)), None)
    if first is None or first.name != "h1":
        return "", ""
    title = _words(first)
    first.decompose()
    second = next((one for one in tree.children if isinstance(one, Tag)), None)
    if second is None or "subtitle" not in (second.get("class") or ()):
        return title, ""
    summary = _words(second)
    second.decompose()
    return title, summary


def _words(tag: Tag) -> str:
    for note in [sup for sup in tag.find_all("sup") if _target(sup)]:
        note.decompose()
    return HEADING_ID.sub("", " ".join(tag.get_text().split()))


def _shift(tree: Tag) -> int:
    """How many levels headings have to go down, or up, so that the highest is one below the page's title."""
    levels = [int(one.name[1]) for one in tree.find_all(_HEADINGS) if one.get_text().strip()]
    return 2 - min(levels, default=2)
