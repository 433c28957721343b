"""What would become of claims if a source were withdrawn, taken out or otherwise declared: computed, nothing written.

The records are changed in memory (for fields in YAML, its text, which is read again), and the claims of the pages that
reach the source are judged as the pipeline judges them.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from explainer import load
from explainer.diagnostics import has_errors, in_order
from explainer.engine.request import now
from explainer.feeds.claims_json import sourcing_data
from explainer.load.edit_yaml import set_field
from explainer.load.frontmatter import edit_front_matter
from explainer.load.saved_copies import check_copy
from explainer.model.declared import Withdrawal
from explainer.resolve import with_site_targets
from explainer.system.site_files import read_text
from explainer.text.dates import PartialDate

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from explainer.diagnostics import Diagnostic, Span
    from explainer.engine.desk import Desk
    from explainer.model.declared import ClaimDecl, Source
    from explainer.model.document import Document
    from explainer.model.library import Library
    from explainer.model.site import PageSummary


_VOICE = {"type", "attribution", "party"}


class Question(NamedTuple):
    """What is asked: `withdraw` sources, declare them `as` something else (key and value in YAML), or leave them out."""

    kind: Literal["withdraw", "without", "as"]
    fields: tuple[tuple[str, str], ...] = ()


class Moved(NamedTuple):
    """A claim whose sourcing would differ; `before` and `after` as in `claims.json`, the badges as at the claim."""

    page: str
    title: str
    id: str
    text: str
    before: dict[str, Any]
    after: dict[str, Any]
    badges: tuple[str, str]

    @property
    def sides(self) -> tuple[str, str]:
        """The words at the claim with the level, before and after; where these are the same, which notes differ."""
        before, after = (
            f"{words} ({side['level']})" for words, side in zip(self.badges, (self.before, self.after), strict=True)
        )
        return (
            before,
            after if after != before else f"the same, but for {', '.join(self._other_notes) or 'its account'}",
        )

    @property
    def _other_notes(self) -> list[str]:
        """The codes of notes that one side alone has, or has otherwise."""
        notes = [*self.before["notes"], *self.after["notes"]]
        return list(dict.fromkeys(note["code"] for note in notes if notes.count(note) == 1))


class Impact(NamedTuple):
    """The claims that move, and the errors that such an edit would make."""

    claims: tuple[Moved, ...] = ()
    errors: tuple[Diagnostic, ...] = ()

    @property
    def fallen(self) -> list[Moved]:
        """The claims that would have no source any more."""
        return [one for one in self.claims if _has_sources(one.before) and not _has_sources(one.after)]


def _has_sources(sourcing: dict[str, Any]) -> bool:
    return sourcing["level"] not in {"withdrawn", "unsourced", "disputes-only"}


def impact(desk: Desk, ids: Sequence[str], question: Question) -> Impact:
    """The claims that would move on the pages that a build has.

    Raises:
        KeyError: if there is no source of an id.
    """
    owners = _owners(desk, ids)
    edit = _edit_of(frozenset(ids), question)
    library, errors = _edited_library(desk, edit)
    index = load.index_registry(library.sources, library.people)
    claims: list[Moved] = []
    for page in desk.pages:
        reaches = desk.is_due(page) and not edit.ids.isdisjoint(page.reached)
        if not (reaches or page.file in owners or (edit.may_unmask and page.own)):
            continue
        document = desk.document(page)
        if document is None:
            continue
        edited, faults = _edited(desk, page, document, edit)
        errors = (*errors, *faults, *_errors(load.check_local(index, edited.file.meta.sources)))
        if reaches:
            moved, faults = _moved(desk, page, edited, library)
            claims += moved
            errors = (*errors, *faults)
    return Impact(tuple(claims), tuple(dict.fromkeys(errors)))


def _owners(desk: Desk, ids: Sequence[str]) -> frozenset[str]:
    """The files of the pages that have sources of these ids of their own.

    Raises:
        KeyError: if there is no source of an id, here or in the registry.
    """
    local = {id_: [page.file for page in desk.pages if id_ in page.own] for id_ in ids}
    for id_, files in local.items():
        if id_ not in desk.library.sources and not files:
            raise KeyError(id_)
    return frozenset(file for files in local.values() for file in files)


# --- The edit ---


class _Edit(NamedTuple):
    """What becomes of the sources of these ids: withdrawn on a day, named nowhere, or given fields in YAML."""

    ids: frozenset[str]
    withdrawn: Withdrawal | None = None
    fields: tuple[tuple[str, str], ...] = ()

    @property
    def may_unmask(self) -> bool:
        """Whether it may show, or hide, whose voice a source is; then pages that don't use it may have errors, too."""
        return not _VOICE.isdisjoint(key for key, _ in self.fields)

    def of(self, source: Source) -> Source:
        """A source after it, where the edit needs no YAML."""
        if self.fields:
            return source
        if self.withdrawn:
            return source._replace(withdrawn=self.withdrawn) if source.id in self.ids else source
        if self.ids.isdisjoint((*source.via, *source.reported_in)):
            return source
        return self._without(source)

    def _without(self, source: Source) -> Source:
        via, via_spans = self._left(source.via, source.via_spans)
        reports, report_spans = self._left(source.reported_in, source.reported_in_spans)
        knowledge = source.knowledge if via else source.alone
        return source._replace(
            via=via, via_spans=via_spans, reported_in=reports, reported_in_spans=report_spans, knowledge=knowledge
        )  # fmt: skip

    def _left(self, ids: tuple[str, ...], spans: tuple[Span, ...]) -> tuple[tuple[str, ...], tuple[Span, ...]]:
        left = [(id_, span) for id_, span in zip(ids, spans, strict=True) if id_ not in self.ids]
        return tuple(id_ for id_, _ in left), tuple(span for _, span in left)

    def text(self, text: str, records: Iterable[tuple[str, ...]]) -> str:
        """A YAML text with the fields in these records, which are named by the keys that lead to them."""
        for record in records:
            for key, value in self.fields:
                text = set_field(text, record, key, value)
        return text


def _edit_of(ids: frozenset[str], question: Question) -> _Edit:
    if question.kind == "withdraw":
        today = datetime.fromtimestamp(now(), UTC).date().isoformat()
        return _Edit(ids, withdrawn=Withdrawal(PartialDate(today)))
    return _Edit(ids, fields=question.fields)


def _edited_library(desk: Desk, edit: _Edit) -> tuple[Library, tuple[Diagnostic, ...]]:
    known = desk.library.sources
    if not edit.fields:
        return desk.library._replace(sources={id_: edit.of(source) for id_, source in known.items()}), ()
    given: dict[str, bytes] = {}
    for path in {known[id_].span.path for id_ in edit.ids if id_ in known}:
        text = read_text(desk.root, path).value
        if text is not None:
            records = [(id_,) for id_ in sorted(edit.ids) if id_ in known and known[id_].span.path == path]
            given[path] = edit.text(text, records).encode()
    if not given:
        return desk.library, ()
    loaded = load.load_library(desk.root, desk.content, given)
    library = with_site_targets(
        loaded.value.library._replace(catalogs=desk.library.catalogs, config=desk.library.config)
    )
    index = load.index_registry(library.sources, library.people)
    copies = _copy_faults(desk, library.sources.values(), edit)
    return library, _errors((*loaded.diagnostics, *load.check_registry(index), *copies))


def _edited(desk: Desk, page: PageSummary, document: Document, edit: _Edit) -> tuple[Document, tuple[Diagnostic, ...]]:
    """A page's document after the edit, and the errors that reading it would tell."""
    file, meta = document.file, document.file.meta
    own = [id_ for id_ in page.own if id_ in edit.ids]
    if edit.fields and own:
        text = read_text(desk.root, page.file).value or ""
        edited = edit_front_matter(text, lambda front: edit.text(front, [("sources", id_) for id_ in own]))
        loaded = load.read_page(page.file, edited.encode(), desk.library.config)
        after = loaded.value.page or file
        return document._replace(file=after), _errors(
            (*loaded.diagnostics, *_copy_faults(desk, after.meta.sources, edit))
        )
    sources = tuple([edit.of(source) for source in meta.sources])
    document = document._replace(file=file._replace(meta=meta._replace(sources=sources)))
    return (document if edit.fields or edit.withdrawn else _uncited(document, edit.ids)), ()


def _copy_faults(desk: Desk, sources: Iterable[Source], edit: _Edit) -> Iterator[Diagnostic]:
    """What is wrong with the saved copies of the sources that were edited."""
    for source in sources:
        if source.id in edit.ids:
            yield from check_copy(desk.root, source)


def _errors(found: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    return in_order(one for one in found if has_errors([one]))


# --- Before and after ---


def _moved(
    desk: Desk, page: PageSummary, document: Document, library: Library
) -> tuple[list[Moved], tuple[Diagnostic, ...]]:
    """The claims of a page that move, and the errors that judging them would tell."""
    judged = desk.judge(document, library)
    moved: list[Moved] = []
    for old, new in zip(desk.stored_record(page).claims, judged.value, strict=True):
        said_by = old.speaker.inside if old.speaker else None
        if (old.verdict, said_by, old.words) == (new.verdict, new.said_by, new.words):
            continue
        before, after = sourcing_data(old.verdict, said_by), sourcing_data(new.verdict, new.said_by)
        if before != after or old.words != new.words:
            moved.append(Moved(page.slug, page.title, old.id, old.text, before, after, (old.words, new.words)))
    return moved, _errors(judged.diagnostics)


def _uncited(document: Document, gone: frozenset[str]) -> Document:
    """A document that cites these sources nowhere."""
    meta = document.file.meta
    claims = tuple(_decl_without(decl, gone) for decl in meta.claims)
    file = document.file._replace(meta=meta._replace(claims=claims))
    marks = tuple(mark._replace(decl=_decl_without(mark.decl, gone)) for mark in document.claims)
    cites = tuple(
        cite._replace(ids=tuple(located for located in cite.ids if located.text not in gone)) for cite in document.cites
    )
    return document._replace(file=file, claims=marks, cites=cites)


def _decl_without(decl: ClaimDecl, gone: frozenset[str]) -> ClaimDecl:
    return decl._replace(
        sources=tuple(edge for edge in decl.sources if edge.source not in gone),
        disputes=tuple(edge for edge in decl.disputes if edge.source not in gone),
        context=tuple(edge for edge in decl.context if edge.source not in gone),
        responses=tuple(one for one in decl.responses if one.id not in gone),
    )
