"""The account of a claim: the answer in a sentence or two, made from its routes, and the one line that they may form."""

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


def answer(
    claim: Judged, speaker: str | None, sources: Mapping[str, Source], names: Names, catalog: Catalog
) -> tuple[str, ...]:
    """How a claim is known, in sentences; `speaker` is the name of a statement's. Empty where the label says it all."""
    if not claim.supporting.via:
        return ()
    telling = Telling(claim, None, sources, names, catalog)
    if not claim.supporting.origins:
        return (capitalised(telling.of_level()) + catalog.form("sentence.end"),)
    return tuple(capitalised(sentence) for sentence in _sentences(telling, speaker, catalog))


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
    line = route_line(telling.routes)
    between = [telling.names.of(id_) for id_ in line[line.index(source_of(tellers[0])) + 1 : -1]] if line else []
    if between:
        through = catalog.form("source.then").join(between)
        yield catalog.text("account.back-through", origin=telling.names.of(origin), through=through)
    else:
        yield catalog.text("account.back", origin=telling.names.of(origin))


def route_line(routes: Routes) -> tuple[str, ...]:
    """The sources on the supporting routes, where these are one line: from who is cited to the origin; else none."""
    onward: dict[str, set[str]] = {}
    for node, followers in routes.via.items():
        onward.setdefault(source_of(node), set()).update(map(source_of, followers))
    followed = set().union(*onward.values()) if onward else set()
    tops = [id_ for id_ in onward if id_ not in followed]
    if routes.broken or len(tops) != 1 or any(len(followers) > 1 for followers in onward.values()):
        return ()
    line = tops
    while onward[line[-1]]:
        line.append(next(iter(onward[line[-1]])))
    return tuple(line)
