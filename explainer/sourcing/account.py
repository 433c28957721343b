"""The account of a claim: the answer in a sentence or two, made from its routes, and the chain that they may form."""

from __future__ import annotations

from typing import TYPE_CHECKING

from explainer.sourcing.badge import Telling
from explainer.sourcing.routes import source_of
from explainer.sourcing.rule import one_origin
from explainer.sourcing.words import capitalised

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from explainer.model.declared import Source
    from explainer.sourcing.badge import Names
    from explainer.sourcing.routes import Routes
    from explainer.sourcing.rule import Judged
    from explainer.text.catalog import Catalog

_FEW = 2


def answer(
    claim: Judged, speaker: str | None, sources: Mapping[str, Source], names: Names, catalog: Catalog
) -> tuple[str, ...]:
    """How a claim is known, in sentences; `speaker` is the name of a statement's. Empty where the label says it all."""
    if not claim.supporting.via:
        return ()
    telling = Telling(claim, None, sources, names, catalog)
    if not claim.supporting.origins:
        return (capitalised(telling.of_level()) + catalog.form("sentence.end"),)
    # A name that was cut ends in dots of its own.
    stop = catalog.form("sentence.end")
    return tuple(capitalised(one).replace(f"…{stop}", "…") for one in _sentences(telling, speaker, catalog))


def _sentences(telling: Telling, speaker: str | None, catalog: Catalog) -> Iterator[str]:
    tellers = telling.named_first(telling.past_reports())
    reports = sorted(
        {source_of(node) for node in telling.first if telling.source(node).type == "report"} - set(tellers)
    )
    who = catalog.listed(telling.names_of(tellers))
    reported = ""
    if reports:
        reported = catalog.text(
            "account.as-reported", report=catalog.listed([telling.names.of(id_) for id_ in reports])
        )
    direct = not telling.routes.origins.keys().isdisjoint(tellers)
    if speaker is not None and direct and telling.n == 1:
        named = telling.level.startswith("single-named")
        key = "account.said" if named else "account.said-unnamed"
        yield catalog.text(key, speaker=speaker, who=who, reported=reported)
    elif telling.n > 1:
        yield catalog.text("account.independent", telling.n, who=who, reported=reported)
    else:
        key = "account.first-hand" if telling.level.endswith("-direct") else "account.comes"
        yield catalog.text(key, who=who, reported=reported)
    origin = one_origin(telling.routes, telling.sources)
    if origin is None or direct:
        return
    between = _between(route_chain(telling.routes), source_of(tellers[0]))
    if between:
        through = catalog.form("source.then").join(map(telling.names.of, between))
        yield catalog.text("account.back-through", origin=telling.names.of(origin), through=through)
    else:
        yield catalog.text("account.back", origin=telling.names.of(origin))


def _between(chain: tuple[tuple[str, ...], ...], teller: str) -> list[str]:
    """The sources between who tells it and where it begins: a few, one at each step; the chain below has all."""
    told = next((place for place, step in enumerate(chain) if teller in step), len(chain))
    between = chain[told + 1 : -1]
    few = len(between) <= _FEW and all(len(step) == 1 for step in between)
    return [step[0] for step in between] if few else []


def route_chain(routes: Routes) -> tuple[tuple[str, ...], ...]:
    """The steps that every supporting route takes, with the sources at each: from who is cited to the origin.

    None where routes can't be told so: where one skips a step or ends early, or is dead, and where all are one step of
    several sources, which lead nowhere.
    """
    onward: dict[str, set[str]] = {}
    for node, followers in routes.via.items():
        onward.setdefault(source_of(node), set()).update(map(source_of, followers))
    followed = set().union(*onward.values())
    step = [id_ for id_ in onward if id_ not in followed]
    steps: list[tuple[str, ...]] = []
    while step:
        steps.append(tuple(sorted(step)))
        next_step = onward.get(step[0])
        # None where an error lets a report stand on its own routes.
        if next_step is None or any(onward.pop(id_, None) != next_step for id_ in step):
            return ()
        step = list(next_step)
    one_step_of_several = len(steps) == 1 and len(steps[0]) > 1
    return () if routes.broken or onward or one_step_of_several else tuple(steps)
