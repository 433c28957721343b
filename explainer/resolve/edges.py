"""Gather a claim's edges: what its declaration and its text say about each source."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from explainer.diagnostics import Diagnostic, did_you_mean
from explainer.model.declared import CLAIM_FIELDS
from explainer.model.published import Edge

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from explainer.diagnostics import Span
    from explainer.model.declared import ClaimDecl, EdgeDecl, Person, ResponseDecl, Source
    from explainer.model.document import CiteMark
    from explainer.model.terms import Response, Stance

_PEOPLE_RESPONSES = ("no-comment", "not-reached")


@dataclass(slots=True)
class Claimed:
    """A claim's edges and replies, with their diagnostics.

    `stances` has one stance, and at most one response, for each source; `passages` each quote and
    locator of it; `replies` are the answers of people who are no source. `named` tells whether any
    source or person was named, a wrong one too.
    """

    named: bool
    stances: dict[str, tuple[Stance, Response | None]] = field(default_factory=dict)
    passages: dict[str, dict[tuple[str | None, str | None], None]] = field(default_factory=dict)
    replies: list[ResponseDecl] = field(default_factory=list)
    diagnostics: list[Diagnostic] = field(default_factory=list)
    edges: tuple[Edge, ...] = ()

    def ids(self, stance: Stance, response: Response | None = None) -> tuple[str, ...]:
        """The sources with a stance and, for a context, a response."""
        return tuple(
            [
                source
                for source, (taken, answered) in self.stances.items()
                if taken == stance and (stance != "context" or answered == response)
            ]
        )

    def people(self, response: Response) -> tuple[str, ...]:
        """The people who are no source and gave this response."""
        return tuple([reply.id for reply in self.replies if reply.response == response])

    def add(
        self, source: str, stance: Stance, response: Response | None, passage: tuple[str | None, str | None], span: Span
    ) -> None:
        """Add one edge; a second stance of the same source is an error."""
        taken, answered = self.stances.get(source, (stance, response))
        if taken != stance or (answered and response and answered != response):
            message = f"`{source}` both {_verb(taken, answered)} and {_verb(stance, response)}"
            hint = f"give each source one {'response' if taken == stance else 'stance'} in a claim"
            code = "E406" if taken != stance and _no_dispute((taken, answered), (stance, response)) else "E405"
            self.diagnostics.append(Diagnostic(code, message, span, (hint,)))
            return
        self.stances[source] = (stance, response or answered)
        self.passages.setdefault(source, {})[passage] = None


def _no_dispute(*edges: tuple[Stance, Response | None]) -> bool:
    """Whether one of the edges is a dispute and another a response that is none."""
    stances, responses = {stance for stance, _ in edges}, {response for _, response in edges}
    return "disputes" in stances and bool(responses - {None, "denies"})


def _verb(stance: Stance, response: Response | None) -> str:
    answers = {
        "denies": "denies it", "does-not-recall": "does not recall it",
        "no-comment": "has no comment", "not-reached": "could not be reached",
    }  # fmt: skip
    stances = {"supports": "supports the claim", "disputes": "disputes it", "context": "is context"}
    return answers[response] if response else stances[stance]


def merge(front: ClaimDecl | None, own: ClaimDecl) -> tuple[ClaimDecl, tuple[Diagnostic, ...]]:
    """Merge a claim's declarations in the front matter and in the shortcode; each field may be in one of them."""
    if front is None:
        return own, ()
    declared = dict(front.fields)
    diagnostics = tuple(
        Diagnostic("E404", f"`{key}` of claim `{own.id}` is also in the front matter", span, ("keep one of the two",))
        for key, span in own.fields
        if key in declared
    )
    return own._replace(**{key: getattr(front, key) or getattr(own, key) for key in CLAIM_FIELDS}), diagnostics


def collect(
    decl: ClaimDecl, cites: Sequence[CiteMark], sources: Mapping[str, Source], people: Mapping[str, Person]
) -> Claimed:
    """Gather a claim's edges from its declaration and from its text."""
    claimed = Claimed(named=bool(decl.sources or decl.disputes or decl.context or decl.responses or cites))
    lists: tuple[tuple[Stance, tuple[EdgeDecl, ...]], ...] = (
        ("supports", decl.sources), ("disputes", decl.disputes), ("context", decl.context),
    )  # fmt: skip
    for stance, edges in lists:
        for edge in edges:
            if edge.source in sources:
                claimed.add(edge.source, stance, None, (edge.quote, edge.at), edge.span)
            else:
                claimed.diagnostics.append(unknown_source(edge.source, edge.span, sources))
    for answer in decl.responses:
        _add_response(claimed, answer, sources, people)
    declared = dict(claimed.stances)
    for cite in cites:
        for located in cite.ids:
            if located.text in sources:
                stance, response = _stance(cite, declared.get(located.text), claimed.diagnostics)
                claimed.add(located.text, stance, response, (cite.quote, cite.at), located.span)
    claimed.edges = tuple(_edges(claimed))
    return claimed


def _edges(claimed: Claimed) -> Iterator[Edge]:
    """One edge for each quote and locator of a source, or a bare one; equal edges are one."""
    for source, (stance, response) in claimed.stances.items():
        passages = claimed.passages[source]
        if len(passages) == 1:
            yield Edge(source, stance, response, *next(iter(passages)))
            continue
        quoted = {at for quote, at in passages if quote is not None}
        located = {quote for quote, at in passages if at is not None}
        for quote, at in passages:
            # A passage that says nothing more than another one is part of it.
            bare = quote is None and at is None and len(passages) > 1
            if not (bare or (quote is None and at in quoted) or (at is None and quote in located)):
                yield Edge(source, stance, response, quote, at)


def _add_response(
    claimed: Claimed, decl: ResponseDecl, sources: Mapping[str, Source], people: Mapping[str, Person]
) -> None:
    of_people = decl.response in _PEOPLE_RESPONSES
    if decl.id in sources:
        claimed.add(decl.id, _implied(decl.response), decl.response, (None, None), decl.span)
    elif of_people and decl.id in people:
        claimed.replies.append(decl)
    elif of_people:
        hints = did_you_mean(decl.id, sources) or did_you_mean(decl.id, people)
        claimed.diagnostics.append(Diagnostic("E201", f"there is no source or person `{decl.id}`", decl.span, hints))
    else:
        claimed.diagnostics.append(unknown_source(decl.id, decl.span, sources))


def _implied(response: Response) -> Stance:
    return "disputes" if response == "denies" else "context"


def _stance(
    cite: CiteMark, declared: tuple[Stance, Response | None] | None, diagnostics: list[Diagnostic]
) -> tuple[Stance, Response | None]:
    """A citation's stance and response; E405 if the two contradict each other."""
    if cite.response is None:
        return (cite.stance, None) if cite.stance else declared or ("supports", None)
    implied = _implied(cite.response)
    # E406, a response that can't be a dispute, was reported while parsing.
    if cite.stance not in (None, implied, "disputes"):
        message = f"`{cite.response}` can't have the stance `{cite.stance}`"
        diagnostics.append(Diagnostic("E405", message, cite.span, (f"leave out `stance`: it is `{implied}`",)))
    return implied, cite.response


def unknown_source(source: str, span: Span, sources: Mapping[str, Source]) -> Diagnostic:
    """The error for an id that names no source."""
    return Diagnostic("E201", f"there is no source `{source}`", span, did_you_mean(source, sources))
