"""Timelines: whether the speaker that one names is known, and has anything to show on the page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from explainer.diagnostics import Diagnostic, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from explainer.model.declared import Person, Source
    from explainer.model.document import CallMark
    from explainer.model.published import Claim, PanelEdge

TIMELINE, SPEAKER = "timeline", "speaker"


def speakers_of(calls: Sequence[CallMark]) -> Iterator[tuple[CallMark, str]]:
    """The timelines among some calls, each with its speaker."""
    for call in calls:
        speaker = dict(call.named).get(SPEAKER) if call.name == TIMELINE else None
        if speaker is not None:
            yield call, speaker


def check_timelines(
    calls: Sequence[CallMark], claims: Sequence[Claim], people: Mapping[str, Person], sources: Mapping[str, Source]
) -> Iterator[Diagnostic]:
    """Report timelines of somebody who isn't known, E210, and those that show nothing, W453."""
    for call, speaker in speakers_of(calls):
        if any(_shows(claim, speaker) for claim in claims):
            continue
        if speaker in people or any(speaker in (source.id, source.party) for source in sources.values()):
            message = f"the page has no statement of `{speaker}`: this timeline is empty"
            hint = f'give a claim `speaker="{speaker}"`, or take the timeline out'
            yield Diagnostic("W453", message, call.span, (hint,))
        else:
            # No party of an unnamed source: a hint may not tell what a page doesn't.
            named = {source.key for source in sources.values() if not source.unnamed}
            spoken = {claim.speaker.id for claim in claims if claim.speaker}
            hints = did_you_mean(speaker, {*people, *sources, *named, *spoken})
            yield Diagnostic("E210", f"there is no speaker `{speaker}`", call.span, hints)


def _shows(claim: Claim, speaker: str) -> bool:
    """Whether a claim stands in a speaker's timeline; what answers another claim of the speaker's does too, behind it."""
    if claim.speaker and (claim.speaker.id == speaker or claim.speaker.page == f"/people/{speaker}/"):
        return True
    if not any(_is_of(item, speaker) for item in claim.panel):
        return False
    return bool(claim.reported and not claim.speaker) or any(
        item.stance == "disputes" and item.source.date for item in claim.panel
    )


def _is_of(item: PanelEdge, speaker: str) -> bool:
    """Whether this is the speaker's answer to a claim, or dispute of it."""
    return speaker in (item.source.party, item.source.id) and bool(item.response or item.stance == "disputes")
