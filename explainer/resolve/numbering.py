"""Number the notes: one number for each source and footnote at its first use, an anchor for each use."""

from __future__ import annotations

from dataclasses import dataclass, field
from string import ascii_lowercase
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from explainer.model.document import CallHole, CiteHole, ClaimNumbers, ClaimWords, FootnoteHole, PanelsHole
from explainer.model.published import Note, Passage, Use

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Mapping

    from explainer.model.document import Body, Document
    from explainer.model.published import PublicSource
    from explainer.text.catalog import Catalog


class Cited(NamedTuple):
    """A source that a claim's end or panel cites, and the passages."""

    source: str
    passages: tuple[str | None, ...] = (None,)


class ClaimCites(NamedTuple):
    """What one claim cites after its words, and what in its panel; `label` names the claim."""

    label: str
    after: tuple[Cited, ...]
    panel: tuple[Cited, ...]


@dataclass(slots=True)
class _Entry:
    number: int
    passages: dict[str | None, list[Use]] = field(default_factory=dict)
    uses: int = 0


@dataclass(slots=True)
class Numbering:
    """Walks the body once, then the footnotes in the order of their numbers."""

    document: Document
    known: Container[str]
    claims: tuple[ClaimCites, ...]
    catalog: Catalog
    entries: dict[str | int, _Entry] = field(default_factory=dict)
    cites: dict[int, tuple[Use, ...]] = field(default_factory=dict)
    after: dict[int, tuple[Use, ...]] = field(default_factory=dict)
    panel: dict[int, dict[str, Use]] = field(default_factory=dict)
    footnotes: dict[int, dict[int, Use]] = field(default_factory=dict)
    queue: list[int] = field(default_factory=list)
    inside: str = ""

    def run(self) -> Numbering:
        """Number everything."""
        for _, text in self.document.lead:
            self._walk(text)
        self._walk(self.document.body)
        # Footnotes may refer to footnotes, so that the queue grows while it is walked.
        for footnote in self.queue:
            self.inside = self.catalog.text("notes.note", self.entries[footnote].number)
            self._walk(self.document.footnotes[footnote].body)
        return self

    def _walk(self, body: Body) -> None:
        for part in body:
            kind = type(part)
            if kind in self._numbered:
                self._numbered[kind](self, part)

    def _claim_words(self, hole: ClaimWords) -> None:
        if hole.block:
            self._claim_numbers(ClaimNumbers(hole.claim))

    def _claim_numbers(self, hole: ClaimNumbers) -> None:
        cites = self.claims[hole.claim]
        self.after[hole.claim] = tuple([self._use(c.source, c.passages, cites.label) for c in cites.after])

    def _panels(self, hole: PanelsHole) -> None:
        for claim in hole.claims:
            for cited in self.claims[claim].panel:
                use = self._use(cited.source, cited.passages, self.claims[claim].label)
                self.panel.setdefault(claim, {})[cited.source] = use

    def _footnote(self, hole: FootnoteHole) -> None:
        label = self._where(self.document.footnotes[hole.note].sections[hole.ref])
        self.footnotes.setdefault(hole.note, {})[hole.ref] = self._use(hole.note, (None,), label)

    def _call(self, hole: CallHole) -> None:
        for _, body in hole.formatted:
            self._walk(body)
        self._walk(hole.inner)

    def _where(self, section: str) -> str:
        """The label of a use outside of claims: its footnote, or the heading above it."""
        return self.inside or section or self.catalog.form("page.introduction")

    def _cite(self, hole: CiteHole) -> None:
        mark = self.document.cites[hole.cite]
        label = self._where(mark.section) if mark.claim is None else self.claims[mark.claim].label
        sources = dict.fromkeys([located.text for located in mark.ids if located.text in self.known])
        self.cites[hole.cite] = tuple([self._use(source, (mark.at,), label) for source in sources])

    _numbered: ClassVar[dict[type, Callable[[Numbering, Any], None]]] = {
        CiteHole: _cite, ClaimNumbers: _claim_numbers, ClaimWords: _claim_words, PanelsHole: _panels, FootnoteHole: _footnote, CallHole: _call,
    }  # fmt: skip

    def _use(self, key: str | int, passages: tuple[str | None, ...], label: str) -> Use:
        entry = self.entries.get(key)
        if entry is None:
            entry = self.entries[key] = _Entry(len(self.entries) + 1)
            if isinstance(key, int):
                self.queue.append(key)
        entry.uses += 1
        note = note_anchor(key, entry.number)
        anchor = f"ref-{key}-{entry.uses}" if isinstance(key, str) else f"{note}-ref-{entry.uses}"
        use = Use(anchor, entry.number, note, _letter(entry.uses), label)
        for at in passages:
            entry.passages.setdefault(at, []).append(use)
        return use

    def number(self, source: str) -> int | None:
        """A source's number, None if the page doesn't cite it."""
        entry = self.entries.get(source)
        return entry.number if entry else None

    def notes(self, sources: Mapping[str, PublicSource]) -> tuple[Note, ...]:
        """The entries of Notes, in order."""
        return tuple(self._note(key, entry, sources) for key, entry in self.entries.items())

    def _note(self, key: str | int, entry: _Entry, sources: Mapping[str, PublicSource]) -> Note:
        passages = tuple([Passage(at, tuple(uses)) for at, uses in entry.passages.items()])
        anchor = note_anchor(key, entry.number)
        if isinstance(key, int):
            return Note(anchor, entry.number, passages, footnote=self.document.footnotes[key].body)
        return Note(anchor, entry.number, passages, source=sources[key])

    def footnote_uses(self) -> tuple[tuple[Use, ...], ...]:
        """The uses of each footnote, by the numbers that holes carry."""
        found = (self.footnotes.get(number, {}) for number in range(len(self.document.footnotes)))
        return tuple(tuple(uses[ref] for ref in sorted(uses)) for uses in found)


def note_anchor(key: str | int, number: int) -> str:
    """The id of a note's element: by the source's id, or a footnote's number."""
    return f"note-{key}" if isinstance(key, str) else f"footnote-{number}"


def _letter(count: int) -> str:
    """The letter of a use: a, b, … z, aa, ab and so on."""
    if count <= len(ascii_lowercase):
        return ascii_lowercase[count - 1]
    letters = ""
    while count:
        count, rest = divmod(count - 1, 26)
        letters = chr(97 + rest) + letters
    return letters
