"""Routes from a source to its origins."""

from __future__ import annotations

from typing import TYPE_CHECKING

from explainer.resolve.publishable import public_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from explainer.model.declared import Source
    from explainer.model.site import SourceInterface
    from explainer.text.catalog import Catalog


# Steps of a chain that are told in words; who wants more looks at the drawing.
_MOST_STEPS = 12


def reach(
    starts: Iterable[str],
    sources: Mapping[str, Source] | Mapping[str, SourceInterface],
    most: int | None = None,
) -> tuple[str, ...]:
    """Return the sources on any route from these, themselves included, nearest first, and no more than `most`."""
    found = dict.fromkeys([start for start in starts if start in sources])
    queue = list(found)
    for source in queue:
        if most is not None and len(found) >= most:
            break
        for via in sources[source].via:
            if via in sources and via not in found:
                found[via] = None
                queue.append(via)
    return tuple(found)[:most]


def reach_cited(cited: Iterable[str], sources: Mapping[str, Source]) -> tuple[str, ...]:
    """The sources on any route from what is cited, and the reports that it is `reported_in`.

    What such a report itself knows through is not on these routes.
    """
    found = reach(cited, sources)
    reports = [
        report
        for id_ in dict.fromkeys(cited)
        if id_ in sources and sources[id_].type != "report"
        for report in sources[id_].reported_in
        if report in sources
    ]
    return tuple(dict.fromkeys([*found, *reports]))


def chain(source: Source, sources: Mapping[str, Source], catalog: Catalog) -> str | None:
    """Through whom a source knows, in words: A, then B, behind A; None if through nobody."""
    if not source.via:
        return None
    steps: list[str] = []
    seen = {source.id}
    while via := [sources[i] for i in source.via if i in sources and i not in seen]:
        steps.append(catalog.listed([public_name(step, catalog) for step in via]))
        seen |= {step.id for step in via}
        if len(via) > 1 or len(steps) == _MOST_STEPS:
            break
        source = via[0]
    if not steps:
        return None
    return catalog.form("source.then").join(steps)
