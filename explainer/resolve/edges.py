"""One claim's edges: what its declaration and its text say of each source, brought together."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from explainer.diagnostics import Diagnostic, did_you_mean
from explainer.model import ClaimDecl, Edge

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from explainer.diagnostics import Span
    from explainer.model import CiteMark, EdgeDecl, Person, Response, ResponseDecl, Source, Stance

_PEOPLE_RESPONSES = ("no-comment", "not-reached")
_MERGED = ("sources", "disputes", "context", "responses", "contradicts", "supersedes")
_SINGLE = ("speaker", "said", "reported", "status")


@dataclass(slots=True)
class Claimed:
    """A claim's edges and replies, and what is wrong with them.

    `stances` has one stance, and at most one response, for each source; `replies` are the answers
    of people who are no source.
    """

    stances: dict[str, tuple[Stance, Response | None]] = field(default_factory=dict)
    passages: dict[str, dict[tuple[str | None, str | None], None]] = field(default_factory=dict)
    quote_spans: dict[tuple[str, str], Span] = field(default_factory=dict)
    replies: list[ResponseDecl] = field(default_factory=list)
    faults: list[Diagnostic] = field(default_factory=list)
    edges: tuple[Edge, ...] = ()

    def ids(self, stance: Stance, response: Response | None = None) -> tuple[str, ...]:
        """The sources with a stance and, for a context, a response."""
        return tuple(
            source
            for source, (taken, answered) in self.stances.items()
            if taken == stance and (stance != "context" or answered == response)
        )

    def people(self, response: Response) -> tuple[str, ...]:
        """The people who are no source and gave this response."""
        return tuple(reply.id for reply in self.replies if reply.response == response)

    def add(
        self, source: str, stance: Stance, response: Response | None, passage: tuple[str | None, str | None], span: Span
    ) -> None:
        """Add one edge; a second stance of the same source is a fault."""
        taken = self.stances.get(source)
        if taken and taken[0] != stance:
            code = (
                "E406"
                if "disputes" in (taken[0], stance) and (response or taken[1]) not in (None, "denies")
                else "E405"
            )
            message = f"`{source}` both {_verb(*taken)} and {_verb(stance, response)}"
            self.faults.append(Diagnostic(code, message, span, ("give each source one stance in a claim",)))
            return
        if taken and taken[1] and response and taken[1] != response:
            message = f"`{source}` both {_verb(*taken)} and {_verb(stance, response)}"
            self.faults.append(Diagnostic("E405", message, span, ("give each source one response in a claim",)))
            return
        self.stances[source] = (stance, response or (taken[1] if taken else None))
        self.passages.setdefault(source, {})[passage] = None
        if passage[0] is not None:
            self.quote_spans.setdefault((source, passage[0]), span)


def _verb(stance: Stance, response: Response | None) -> str:
    answers = {
        "denies": "denies it", "does-not-recall": "does not recall it",
        "no-comment": "has no comment", "not-reached": "could not be reached",
    }  # fmt: skip
    stances = {"supports": "supports the claim", "disputes": "disputes it", "context": "is context"}
    return answers[response] if response else stances[stance]


def merge(front: ClaimDecl | None, own: ClaimDecl) -> tuple[ClaimDecl, tuple[Diagnostic, ...]]:
    """A claim's declaration from the front matter and from the shortcode; each field in one of the two."""
    if front is None:
        return own, ()
    declared = dict(front.fields)
    faults = tuple(
        Diagnostic("E404", f"`{key}` of claim `{own.id}` is also in the front matter", span, ("keep one of the two",))
        for key, span in own.fields
        if key in declared
    )
    changes = {key: getattr(front, key) or getattr(own, key) for key in _MERGED + _SINGLE}
    return replace(own, as_text=front.as_text or own.as_text, **changes), faults


def collect(
    decl: ClaimDecl, cites: Sequence[CiteMark], sources: Mapping[str, Source], people: Mapping[str, Person]
) -> Claimed:
    """Bring a claim's declared edges and those of its text together."""
    claimed = Claimed()
    lists: tuple[tuple[Stance, tuple[EdgeDecl, ...]], ...] = (
        ("supports", decl.sources), ("disputes", decl.disputes), ("context", decl.context),
    )  # fmt: skip
    for stance, edges in lists:
        for edge in edges:
            if _known(edge.source, edge.span, sources, claimed.faults):
                claimed.add(edge.source, stance, None, (edge.quote, edge.at), edge.span)
    for answer in decl.responses:
        _add_response(claimed, answer, sources, people)
    declared = dict(claimed.stances)
    for cite in cites:
        for located in cite.ids:
            if located.text in sources:
                stance, response = _stance(cite, declared.get(located.text))
                claimed.add(located.text, stance, response, (cite.quote, cite.at), located.span)
    claimed.edges = tuple(_edges(claimed))
    return claimed


def _edges(claimed: Claimed) -> Iterator[Edge]:
    """One edge for each quote and locator of a source, or a bare one; equal edges are one."""
    for source, (stance, response) in claimed.stances.items():
        passages = claimed.passages[source]
        quoted = {at for quote, at in passages if quote is not None}
        for quote, at in passages:
            # A passage that says nothing more than another one is part of it.
            if quote is None and (at in quoted or (at is None and len(passages) > 1)):
                continue
            yield Edge(source, stance, response, quote, at)


def _add_response(
    claimed: Claimed, decl: ResponseDecl, sources: Mapping[str, Source], people: Mapping[str, Person]
) -> None:
    if decl.id not in sources and decl.id in people and decl.response in _PEOPLE_RESPONSES:
        claimed.replies.append(decl)
        return
    known = {*sources, *people} if decl.response in _PEOPLE_RESPONSES else set(sources)
    if decl.id not in sources:
        what = "source or person" if decl.response in _PEOPLE_RESPONSES else "source"
        hints = did_you_mean(decl.id, known)
        claimed.faults.append(Diagnostic("E201", f"there is no {what} `{decl.id}`", decl.span, hints))
        return
    stance: Stance = "disputes" if decl.response == "denies" else "context"
    claimed.add(decl.id, stance, decl.response, (None, None), decl.span)


def _stance(cite: CiteMark, declared: tuple[Stance, Response | None] | None) -> tuple[Stance, Response | None]:
    if cite.response:
        implied: Stance = "disputes" if cite.response == "denies" else "context"
        return cite.stance or implied, cite.response
    if cite.stance:
        return cite.stance, None
    return declared or ("supports", None)


def _known(source: str, span: Span, sources: Mapping[str, Source], faults: list[Diagnostic]) -> bool:
    if source in sources:
        return True
    faults.append(unknown_source(source, span, sources))
    return False


def unknown_source(source: str, span: Span, sources: Mapping[str, Source]) -> Diagnostic:
    """What to say of an id that names no source."""
    return Diagnostic("E201", f"there is no source `{source}`", span, did_you_mean(source, sources))
