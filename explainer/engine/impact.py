"""What would become of claims if a source were withdrawn, taken out or otherwise declared: computed, nothing written.

The YAML is edited in memory, read again, and the pages that reach the source are resolved by the pipeline's own steps.
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
from explainer.resolve import with_site_targets
from explainer.system.site_files import read_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from explainer.diagnostics import Diagnostic
    from explainer.engine.desk import Desk
    from explainer.model.declared import ClaimDecl, Library, PageFile, Source
    from explainer.model.document import Document
    from explainer.model.published import Claim
    from explainer.model.site import PageSummary

    Edit = Callable[[str], str]


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


class _Target(NamedTuple):
    """A source to change: its file, and the keys that lead to its record there."""

    source: Source
    path: str
    keys: tuple[str, ...]


def impact(desk: Desk, ids: Sequence[str], question: Question) -> Impact:
    """The claims that would move on the pages that a build has.

    Raises:
        KeyError: if there is no source of an id.
    """
    targets = [target for id_ in ids for target in _targets(desk, id_)]
    edits = list(_edits(desk, targets, question))
    library, errors = _edited_library(desk, edits)
    changed = set(ids)
    claims: list[Moved] = []
    for page in desk.pages:
        if not desk.is_due(page) or changed.isdisjoint(page.reached):
            continue
        after, faults = _edited_page(desk, page, edits)
        errors = (*errors, *faults)
        if after:
            claims += _moved(desk, page, after, library, frozenset(ids if question.kind == "without" else ()))
    return Impact(tuple(claims), tuple(dict.fromkeys(errors)))


def _targets(desk: Desk, id_: str) -> list[_Target]:
    source = desk.library.sources.get(id_)
    if source:
        return [_Target(source, source.span.path, (id_,))]
    found = [
        _Target(local, page.file, ("sources", id_)) for page, local in desk.local_sources() if local.id == id_
    ]  # fmt: skip
    if not found:
        raise KeyError(id_)
    return found


# --- The edit ---


def _edits(
    desk: Desk, targets: Sequence[_Target], question: Question
) -> Iterator[tuple[str, tuple[str, ...], str, str]]:
    """Edits as path, keys to the record, key and value."""
    if question.kind == "without":
        yield from _without(desk, {target.source.id for target in targets})
        return
    today = datetime.fromtimestamp(now(), UTC).date().isoformat()
    fields = question.fields if question.kind == "as" else (("withdrawn", f"{{date: {today}}}"),)
    for target in targets:
        yield from ((target.path, target.keys, key, value) for key, value in fields)


def _without(desk: Desk, gone: set[str]) -> Iterator[tuple[str, tuple[str, ...], str, str]]:
    """Take sources out of the `via` and `reported_in` of all others."""
    registry = ((source, (source.id,)) for source in desk.library.sources.values())
    local = ((source, ("sources", source.id)) for _, source in desk.local_sources())
    for source, keys in (*registry, *local):
        for key, ids in (("via", source.via), ("reported_in", source.reported_in)):
            if not gone.isdisjoint(ids):
                left = ", ".join(id_ for id_ in ids if id_ not in gone)
                yield source.span.path, keys, key, f"[{left}]"


def _edit_of(edits: Iterable[tuple[str, tuple[str, ...], str, str]], path: str) -> Edit:
    mine = [edit for edit in edits if edit[0] == path]

    def edit(text: str) -> str:
        for _, keys, key, value in mine:
            text = set_field(text, keys, key, value)
        return text

    return edit


def _edited_library(
    desk: Desk, edits: Sequence[tuple[str, tuple[str, ...], str, str]]
) -> tuple[Library, tuple[Diagnostic, ...]]:
    paths = {edit[0] for edit in edits} & set(desk.content.sources)
    given: dict[str, bytes] = {}
    for path in paths:
        text = read_text(desk.root, path).value
        if text is not None:
            given[path] = _edit_of(edits, path)(text).encode()
    if not given:
        return desk.library, ()
    loaded = load.load_library(desk.root, desk.content, given)
    library = with_site_targets(
        loaded.value.library._replace(catalogs=desk.library.catalogs, config=desk.library.config)
    )
    found = (*loaded.diagnostics, *load.check_registry(load.index_registry(library.sources, library.people)))
    return library, in_order(one for one in found if has_errors([one]))


def _edited_page(
    desk: Desk, page: PageSummary, edits: Sequence[tuple[str, tuple[str, ...], str, str]]
) -> tuple[PageFile | None, tuple[Diagnostic, ...]]:
    if not any(edit[0] == page.file for edit in edits):
        return desk.read(page), ()
    text = read_text(desk.root, page.file).value or ""
    edited = edit_front_matter(text, _edit_of(edits, page.file))
    loaded = load.read_page(page.file, edited.encode(), desk.library.config)
    return loaded.value.page, in_order(one for one in loaded.diagnostics if has_errors([one]))


# --- Before and after ---


def _moved(
    desk: Desk,
    page: PageSummary,
    after: PageFile,
    library: Library,
    uncited: frozenset[str],
) -> Iterator[Moved]:
    document = desk.parse(after, library)
    old, new = desk.stored_record(page), desk.record(_uncited(document, uncited) if uncited else document, library)
    for one, other in zip(old.claims, new.claims, strict=True):
        if sourcing_data(one) != sourcing_data(other) or _badge(one) != _badge(other):
            badges = (_badge(one), _badge(other))
            yield Moved(page.slug, page.title, one.id, one.text, sourcing_data(one), sourcing_data(other), badges)


def _badge(claim: Claim) -> str:
    return str(claim.words)


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
