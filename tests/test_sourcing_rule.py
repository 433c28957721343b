"""The sourcing rule: decided cases, its laws, and a judge that lists every route to compare with."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from explainer.diagnostics import Span
from explainer.model.declared import Source, Withdrawal
from explainer.model.published import SourcingNote, Verdict
from explainer.model.terms import ATTRIBUTIONS, Attribution, Knowledge, Level, NoteCode
from explainer.sourcing.rule import LEVELS, Evidence, judge, judged
from explainer.text.dates import PartialDate

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

Sources = dict[str, Source]

SPAN = Span("content/sources/all.yaml")
FIXTURE = Path(__file__).parent / "fixtures" / "rule.yaml"
CASES: list[dict[str, Any]] = yaml.safe_load(FIXTURE.read_text(encoding="utf-8"))


def source(
    id_: str,
    attribution: Attribution | None = None,
    knowledge: Knowledge = "first-hand",
    via: Iterable[str] = (),
    **rest: Any,
) -> Source:
    return Source(id_, "account", knowledge, SPAN, attribution, via=tuple(via), **rest)


# --- The table ----------------------------------------------------------------------------------


def test_levels_are_numbered_in_order() -> None:
    assert [row.number for row in LEVELS] == list(range(1, 11))
    assert tuple(row.level for row in LEVELS) == get_args(Level)


# --- Decided cases ------------------------------------------------------------------------------


def read_source(text: str) -> Source:
    id_, letters, *marks = text.split()
    attribution: dict[str, Attribution] = {"N": "on-record", "B": "background", "D": "deep-background"}
    knowledge: dict[str, Knowledge] = {"1": "first-hand", "2": "second-hand", "?": "unknown"}
    told = {mark[0]: mark[1:] for mark in marks}
    return source(
        id_,
        attribution.get(letters[0]),
        knowledge[letters[1]],
        told[">"].split(",") if ">" in told else (),
        reported_in=tuple(told["~"].split(",")) if "~" in told else (),
        party=told.get("="),
        date=PartialDate.parse(told.get("@", "")),
        withdrawn=Withdrawal(PartialDate("2018")) if letters.endswith("x") else None,
    )


def read_evidence(case: Mapping[str, Any]) -> Evidence:
    ids = {key: tuple(case.get(key, "").split()) for key in ("supports", "disputes", "dnr", "nc", "nr")}
    return Evidence(
        supports=ids["supports"],
        disputes=ids["disputes"],
        does_not_recall=ids["dnr"],
        no_comment=ids["nc"],
        not_reached=ids["nr"],
        speaker=case.get("speaker"),
        reported=PartialDate.parse(str(case.get("reported", ""))),
        quotes_match=case.get("quotes", False),
    )


def written(note: SourcingNote) -> str:
    told = [note.code, *note.parties]
    if note.earlier:
        told.append("earlier")
    if note.steps:
        told.append(str(note.steps))
    if note.code == "rests-on":
        told += [*note.sources, "/", *note.origins]
    return " ".join(told)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["is"])
def test_decided_case(case: dict[str, Any]) -> None:
    sources = {one.id: one for one in map(read_source, filter(None, case["sources"].split("; ")))}
    evidence = read_evidence(case)
    verdict = judge(evidence, sources)
    assert judged(evidence, sources).speaker == evidence.speaker
    assert (verdict.level, verdict.n) == (case["level"], case["n"])
    assert [written(note) for note in verdict.notes] == case.get("notes", [])


def test_cases_have_every_level_and_every_note() -> None:
    assert {case["level"] for case in CASES} == set(get_args(Level))
    assert {note.split()[0] for case in CASES for note in case.get("notes", [])} == set(get_args(NoteCode))


# --- A judge that lists every route ---------------------------------------------------------------

Route = tuple[Source, ...]


def routes_of(cited: str, sources: Sources, speaker: str | None) -> list[Route]:
    """Every route of a cited source: through each report that it is reported in, if there is one."""
    reports = sorted({id_ for id_ in sources[cited].reported_in if id_ in sources and id_ != cited})
    if not reports or sources[cited].type == "report":
        return every_route(cited, sources, speaker)
    behind = every_route(cited, sources, speaker)
    return [
        route
        for report in map(sources.__getitem__, reports)
        for route in ([(report,)] if is_speaker(report, speaker) else [(report, *rest) for rest in behind])
    ]


def every_route(start: str, sources: Sources, speaker: str | None) -> list[Route]:
    node = sources[start]
    onward = [] if is_speaker(node, speaker) else [id_ for id_ in node.via if id_ in sources]
    if not onward:
        return [(node,)]
    return [(node, *rest) for id_ in sorted(set(onward)) for rest in every_route(id_, sources, speaker)]


def is_speaker(node: Source, speaker: str | None) -> bool:
    return speaker is not None and speaker in {node.party, node.id}


def alive(route: Route) -> bool:
    return all(node.withdrawn is None for node in route)


def is_named(route: Route) -> bool:
    known = [ATTRIBUTIONS.index(node.attribution) for node in route if node.attribution]
    return bool(known) and max(known) == 0


def most_disjoint(routes: Sequence[Route]) -> int:
    """The size of the greatest set of routes that share no source and no key, by trying them all."""
    if not routes:
        return 0
    first = routes[0]
    apart = [r for r in routes if not {n.id for n in r} & {n.id for n in first} and r[-1].key != first[-1].key]
    rest = [r for r in routes if r[0] is not first[0]]
    same_start = [r for r in routes[1:] if r[0] is first[0]]
    return max(1 + most_disjoint(apart), most_disjoint(same_start + rest))


def public(node: Source) -> str:
    return node.id if node.attribution in ATTRIBUTIONS[1:] else node.party or node.id


def level_of(supports: set[str], n: int, *, live: list[Route], stated: list[Route], disputed: bool) -> Level:
    single = [route for route in stated if len(route) == 1]
    if not supports:
        return "disputes-only" if disputed else "unsourced"
    if not live:
        return "withdrawn"
    if not stated:
        return "origin-unstated"
    if n >= 2:
        return "independent-named" if any(map(is_named, stated)) else "independent-unnamed"
    if any(map(is_named, single)):
        return "single-named-direct"
    if any(map(is_named, stated)):
        return "single-named-indirect"
    return "single-unnamed-direct" if single else "single-unnamed-indirect"


def one_origin(routes: list[Route]) -> Source | None:
    """The source that stands for the one origin of all routes, where it may be told."""
    ends = {route[-1].id: route[-1] for route in routes}
    hidden = any(end.attribution in ATTRIBUTIONS[1:] for end in ends.values())
    if len({end.key for end in ends.values()}) != 1 or (hidden and len(ends) > 1):
        return None
    return ends[min(ends)]


def slow_rests_on(cited: int, live: list[Route], stated: list[Route]) -> list[SourcingNote]:
    if cited < 2:
        return []
    shared = [node.id for node in live[0] if all(node in route for route in live)]
    origin = one_origin(stated) if len(stated) == len(live) else None
    origins = (public(origin),) if origin else ()
    return [SourcingNote("rests-on", sources=tuple(shared), origins=origins)] if shared or origins else []


def slow_disputes(evidence: Evidence, sources: Sources) -> list[SourcingNote]:
    cited = [(id_, r) for id_ in evidence.disputes if id_ in sources for r in routes_of(id_, sources, evidence.speaker)]
    live = [route for _, route in cited if alive(route)]
    if not live:
        return []
    dates = [sources[id_].date for id_, route in cited if alive(route)]
    reported = evidence.reported
    earlier = reported is not None and all(date is not None and date.last < reported.first for date in dates)
    return [SourcingNote("disputed", parties=tuple(sorted({public(r[-1]) for r in live})), earlier=earlier)]


def slow_judge(evidence: Evidence, sources: Sources) -> Verdict:
    supports = {id_ for id_ in evidence.supports if id_ in sources}
    cited = [(id_, route) for id_ in sorted(supports) for route in routes_of(id_, sources, evidence.speaker)]
    routes = [route for _, route in cited]
    live = [route for route in routes if alive(route)]
    stated = [r for r in live if r[-1].knowledge == "first-hand" or is_speaker(r[-1], evidence.speaker)]
    n = most_disjoint(stated) if stated else int(bool(live))
    notes = slow_disputes(evidence, sources)
    level = level_of(supports, n, live=live, stated=stated, disputed=bool(notes))
    steps = min((len(route) - 1 for route in stated), default=0)
    if steps:
        notes.append(SourcingNote("steps", steps=steps))
    if stated and len(stated) < len(live):
        notes.append(SourcingNote("others-unstated"))
    notes += slow_rests_on(len({id_ for id_, route in cited if alive(route)}), live, stated)
    if live and len(live) < len(routes):
        notes.append(SourcingNote("some-withdrawn"))
    return Verdict(level, n, tuple(notes))


# --- Any sources and evidence -------------------------------------------------------------------

IDS = [f"s{number}" for number in range(7)]
ANY_ATTRIBUTION: list[Attribution | None] = [None, None, "on-record", "on-record", "background", "deep-background"]
PARTIES = ["p", "q", "s6"]
DATES = [None, None, PartialDate("2017"), PartialDate("2017-03"), PartialDate("2017-07-21"), PartialDate("2018-01")]


# Sources that one may be reported in: in most cases none.
NO_REPORTS: list[str] = []
REPORTS = st.one_of(st.just(NO_REPORTS), st.lists(st.sampled_from([*IDS, "unknown"]), unique=True, max_size=2))


def behind(id_: str, sources: Sources) -> set[str]:
    """A source and all on its routes."""
    return {id_}.union(*(behind(via, sources) for via in sources[id_].via if via in sources))


@st.composite
def any_sources(draw: st.DrawFn) -> Sources:
    made: Sources = {}
    ids = IDS[: draw(st.integers(1, len(IDS)))]
    for number, id_ in enumerate(ids):
        via = draw(st.lists(st.sampled_from([*ids[number + 1 :], "unknown"]), unique=True, max_size=4))
        knowledge: Knowledge = "second-hand" if via else draw(st.sampled_from(["first-hand", "first-hand", "unknown"]))
        attribution = draw(st.sampled_from(ANY_ATTRIBUTION))
        withdrawn = draw(st.integers(0, 9)) == 0
        made[id_] = source(
            id_,
            attribution,
            knowledge,
            via,
            party=draw(st.sampled_from([None, None, *PARTIES])),
            date=draw(st.sampled_from(DATES)),
            reported_in=tuple(draw(REPORTS)),
            withdrawn=Withdrawal(PartialDate("2018")) if withdrawn else None,
        )
    # What stands on a source's own routes can't be what reports it: loading refuses that.
    return {
        id_: one._replace(reported_in=tuple(report for report in one.reported_in if report not in behind(id_, made)))
        for id_, one in made.items()
    }


@st.composite
def any_evidence(draw: st.DrawFn) -> Evidence:
    ids = st.lists(st.sampled_from([*IDS, "unknown"]), max_size=5).map(tuple)
    return Evidence(
        supports=draw(ids),
        disputes=draw(st.one_of(st.just(()), ids)),
        speaker=draw(st.sampled_from([None, None, "p", "s6", "nobody"])),
        reported=draw(st.sampled_from(DATES)),
    )


@settings(max_examples=500)
@given(any_evidence(), any_sources())
def test_agrees_with_a_judge_that_lists_every_route(evidence: Evidence, sources: Sources) -> None:
    assert judge(evidence, sources) == slow_judge(evidence, sources)


# --- The laws -----------------------------------------------------------------------------------


@given(any_evidence(), any_sources(), st.randoms(use_true_random=False))
def test_order_changes_nothing(evidence: Evidence, sources: Sources, random: Any) -> None:
    def mixed(ids: Iterable[str]) -> tuple[str, ...]:
        return tuple(random.sample(list(ids), len(list(ids))))

    asked = evidence._replace(does_not_recall=("s0", "s1"), no_comment=("s2", "a-person"))
    again = asked._replace(
        supports=mixed(asked.supports),
        disputes=mixed(asked.disputes),
        does_not_recall=mixed(asked.does_not_recall),
        no_comment=mixed(asked.no_comment),
    )
    shuffled = {id_: sources[id_]._replace(via=mixed(sources[id_].via)) for id_ in mixed(sources)}
    assert judge(again, shuffled) == judge(asked, sources)


@given(any_evidence(), any_sources())
def test_context_changes_nothing(evidence: Evidence, sources: Sources) -> None:
    # The rule isn't told of context, and a source that is on no route is nothing but context.
    context = {"more": source("more", "on-record", via=sources), "other": source("other", "background", party="p")}
    assert judge(evidence, sources | context) == judge(evidence, sources)


@given(any_evidence(), any_sources(), st.sampled_from(IDS))
def test_another_supporting_source_never_lowers_n(evidence: Evidence, sources: Sources, more: str) -> None:
    wider = evidence._replace(supports=(*evidence.supports, more))
    assert judge(wider, sources).n >= judge(evidence, sources).n


@given(any_evidence(), any_sources(), st.data())
def test_a_report_in_front_adds_nothing(evidence: Evidence, sources: Sources, data: st.DataObject) -> None:
    behind = data.draw(st.sampled_from(list(sources)))
    evidence = evidence._replace(supports=(*evidence.supports, behind))
    report = Source("report", "report", "second-hand", SPAN, via=(behind,))
    in_front = tuple("report" if id_ == behind else id_ for id_ in evidence.supports)
    before, after = judge(evidence, sources), judge(evidence._replace(supports=in_front), sources | {"report": report})
    assert after.n <= before.n
    assert "-named" not in after.level or "-named" in before.level
    assert not after.level.endswith("-direct") or before.level.endswith("-direct")


@given(any_evidence(), any_sources(), st.data())
def test_to_have_it_only_as_reported_adds_nothing(evidence: Evidence, sources: Sources, data: st.DataObject) -> None:
    told = data.draw(st.sampled_from(list(sources)))
    report = Source("report", "report", "unknown", SPAN, via=tuple(data.draw(st.sets(st.sampled_from(IDS)))))
    # Without any, one more report is one more way to it.
    bare = sources | {told: sources[told]._replace(reported_in=())}
    reported = bare | {told: sources[told]._replace(reported_in=("report",)), "report": report}
    before, after = judge(evidence, bare), judge(evidence, reported)
    assert after.n <= before.n
    assert "-named" not in after.level or "-named" in before.level
    assert not after.level.endswith("-direct") or before.level.endswith("-direct")


@given(any_sources(), st.sampled_from(IDS), st.integers(1, 5))
def test_several_reports_of_one_story_count_once(sources: Sources, story: str, count: int) -> None:
    reports = {f"report-{k}": Source(f"report-{k}", "report", "second-hand", SPAN, via=(story,)) for k in range(count)}
    one = judge(Evidence(supports=("report-0",)), sources | reports)
    many = judge(Evidence(supports=tuple(reports)), sources | reports)
    assert (many.level, many.n) == (one.level, one.n)
    assert many.n <= 1


# --- What may be published ----------------------------------------------------------------------


def published(verdict: Verdict) -> set[str]:
    return {id_ for note in verdict.notes for id_ in (*note.parties, *note.sources, *note.origins)}


@given(any_evidence(), any_sources())
def test_no_party_of_an_unnamed_source_is_published(evidence: Evidence, sources: Sources) -> None:
    asked = evidence._replace(does_not_recall=evidence.supports, no_comment=("s0",), not_reached=("s1",))
    parties = {one.key for one in sources.values() if not one.unnamed}
    assert published(judge(asked, sources)) <= {*sources, *parties, *asked.does_not_recall, "s0", "s1"}


@given(any_evidence(), any_sources())
def test_a_secret_party_is_never_published(evidence: Evidence, sources: Sources) -> None:
    secrets = {id_: one._replace(party=f"secret-{one.party}") for id_, one in sources.items() if one.unnamed}
    asked = evidence._replace(does_not_recall=evidence.supports, no_comment=tuple(IDS))
    assert not [id_ for id_ in published(judge(asked, sources | secrets)) if id_.startswith("secret-")]


# --- Size ---------------------------------------------------------------------------------------


def layered(layers: int, width: int) -> Sources:
    """Each source knows through every source of the next layer; those of the last are origins."""
    made: Sources = {}
    for layer in range(layers):
        onward = [] if layer == layers - 1 else [f"l{layer + 1}-{number}" for number in range(width)]
        knowledge: Knowledge = "second-hand" if onward else "first-hand"
        for number in range(width):
            made[f"l{layer}-{number}"] = source(f"l{layer}-{number}", "background", knowledge, onward)
    return made


def count_routes(starts: Iterable[str], sources: Sources) -> int:
    counts: dict[str, int] = {}
    for id_, one in reversed(sources.items()):
        counts[id_] = sum(counts[onward] for onward in one.via) or 1
    return sum(counts[start] for start in starts)


def test_two_hundred_sources_with_countless_routes() -> None:
    sources = layered(layers=20, width=10)
    starts = tuple(sources)[:10]
    assert len(sources) == 200
    assert count_routes(starts, sources) == 10**20
    verdict = judge(Evidence(supports=starts, disputes=("l1-0",)), sources)
    assert (verdict.level, verdict.n) == ("independent-unnamed", 10)
    assert SourcingNote("steps", steps=19) in verdict.notes


def test_a_bottleneck_among_countless_routes() -> None:
    sources = layered(layers=20, width=10)
    for number in range(10):
        sources[f"l9-{number}"] = sources[f"l9-{number}"]._replace(via=("l10-0", "l10-1", "l10-2"))
        sources[f"l14-{number}"] = sources[f"l14-{number}"]._replace(via=("l15-4",))
    starts = tuple(sources)[:10]
    assert count_routes(starts, sources) >= 100_000
    verdict = judge(Evidence(supports=starts), sources)
    assert (verdict.level, verdict.n) == ("single-unnamed-indirect", 1)
    assert verdict.notes == (SourcingNote("steps", steps=19), SourcingNote("rests-on", sources=("l15-4",)))


@pytest.mark.parametrize("supports", [("c0",), ("c0", "c1", "other")], ids=["one", "three"])
def test_ten_thousand_hops(supports: tuple[str, ...]) -> None:
    last = 10_000
    sources = {f"c{k}": source(f"c{k}", "on-record", "second-hand", [f"c{k + 1}"]) for k in range(last)}
    sources |= {f"c{last}": source(f"c{last}"), "other": source("other", None, "second-hand", ["o"]), "o": source("o")}
    verdict = judge(Evidence(supports=supports), sources)
    n, steps = (1, last) if len(supports) == 1 else (2, 1)
    assert (verdict.n, verdict.notes) == (n, (SourcingNote("steps", steps=steps),))


@given(any_evidence(), any_sources(), st.data())
def test_a_cycle_does_no_harm(evidence: Evidence, sources: Sources, data: st.DataObject) -> None:
    via = st.lists(st.sampled_from(IDS), max_size=4).map(tuple)
    tangled = {id_: one._replace(via=data.draw(via)) for id_, one in sources.items()}
    assert judge(evidence, tangled).level in get_args(Level)
