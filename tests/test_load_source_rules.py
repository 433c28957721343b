"""The rules that hold between sources."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explainer.diagnostics import Span
from explainer.load import check_local, check_registry, index_registry
from explainer.model.declared import Person, Source

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from explainer.diagnostics import Diagnostic
    from explainer.model.terms import Attribution, SourceType

PEOPLE = {
    "mar": Person("mar", "Mar", Span("p")),
    "doj": Person("doj", "Department", Span("p"), kind="organization"),
}


def source(
    id_: str, *via: str, attribution: Attribution | None = None, party: str | None = None,
    type: SourceType = "account", reported_in: str = "",
) -> Source:  # fmt: skip
    """A source; its `via` stand in line 1, its party in 2, what it is reported in in 3."""
    spans = tuple(Span(id_, 1, number) for number, _ in enumerate(via, 1))
    return Source(
        id_, type, "first-hand", Span(id_), attribution=attribution, via=via, via_spans=spans, party=party,
        party_span=Span(id_, 2) if party else None, reported_in=tuple(reported_in),
        reported_in_spans=tuple(Span(id_, 3, number) for number, _ in enumerate(reported_in, 1)),
    )  # fmt: skip


def by_id(*sources: Source) -> dict[str, Source]:
    return {s.id: s for s in sources}


def told(faults: Sequence[Diagnostic]) -> list[tuple[str, str, int, int]]:
    return [(fault.code, fault.span.path, fault.span.line, fault.span.col) for fault in faults]


def registry(*sources: Source) -> tuple[Diagnostic, ...]:
    return check_registry(index_registry(by_id(*sources), PEOPLE))


def test_an_unknown_id_with_the_nearest_known() -> None:
    via, report = registry(source("official", "x"), source("x", "oficial"), source("y", reported_in="z"))
    assert told([via, report]) == [("E201", "x", 1, 1), ("E201", "y", 3, 1)]
    assert via.message == "`via` names `oficial`, and no source has this id"
    assert via.hints == ("did you mean `official`?",)
    assert report.message == "`reported_in` names `z`, and no source has this id"


@pytest.mark.parametrize(
    ("graph", "paths"),
    [
        ({"a": "a"}, ["a → a"]),
        ({"a": "b", "b": "a"}, ["a → b → a"]),
        ({"x": "b", "a": "b", "b": "c", "c": "a"}, ["b → c → a → b"]),
        ({"a": "b", "b": "ac", "c": "b"}, ["a → b → a"]),
        ({"a": "bc", "b": "b", "c": "c"}, ["b → b", "c → c"]),
        ({"a": "b", "b": "ca", "c": "c"}, ["c → c", "a → b → a"]),
        ({"a": "bc", "b": "d", "c": "d", "d": ""}, []),
        # Twelve names are shown whole; of more, six at each end.
        (dict(zip("abcdefghijk", "bcdefghijka", strict=True)), ["a → b → c → d → e → f → g → h → i → j → k → a"]),
        (dict(zip("abcdefghijkl", "bcdefghijkla", strict=True)), ["a → b → c → d → e → f → … → h → i → j → k → l → a"]),
    ],
)
def test_cycles_as_paths(graph: dict[str, str], paths: list[str]) -> None:
    faults = registry(*(source(id_, *via) for id_, via in graph.items()))
    assert [(fault.code, fault.message.partition(": ")[2]) for fault in faults] == [("E203", path) for path in paths]


def test_a_cycle_is_told_where_its_first_source_names_the_second() -> None:
    assert told(registry(source("a", "c", "b"), source("b", "a"), source("c"))) == [("E203", "a", 1, 2)]


@given(st.dictionaries(st.sampled_from("abcdefg"), st.frozensets(st.sampled_from("abcdefg"))))
def test_a_cycle_is_told_if_there_is_one(graph: Mapping[str, frozenset[str]]) -> None:
    known = {id_: sorted(via & graph.keys()) for id_, via in graph.items()}
    left = dict(known)
    while free := [id_ for id_, via in left.items() if not set(via) & left.keys()]:
        for id_ in free:
            del left[id_]
    faults = registry(*(source(id_, *via) for id_, via in known.items()))
    assert bool(faults) == bool(left)
    for fault in faults:
        path = fault.message.partition(": ")[2].split(" → ")
        assert path[0] == path[-1]
        assert all(there in known[here] for here, there in pairwise(path))


def test_a_long_way_round_is_told_in_short() -> None:
    size = 20_000
    ring = [source(f"s{n}", f"s{(n + 1) % size}", f"s{max(n - 1, 0)}") for n in range(size)]
    faults = registry(*ring)
    assert {fault.code for fault in faults} == {"E203"}
    assert max(len(fault.message) for fault in faults) < 200


@pytest.mark.parametrize(
    ("sources", "places"),
    [
        ([source("mar", attribution="background")], [("E206", "mar", 1, 1)]),
        ([source("u", attribution="background", party="mar")], [("E206", "u", 2, 1)]),
        ([source("u", attribution="background", party="doj")], []),
        ([source("u", party="mar")], []),
        ([source("u", attribution="deep-background", party="n"), source("n", attribution="on-record")],
         [("E206", "u", 2, 1)]),
        ([source("u", attribution="background"), source("n", attribution="on-record", party="u")],
         [("E206", "u", 1, 1)]),
        ([source("u", attribution="background", party="k"), source("n", attribution="on-record", party="k")],
         [("E206", "u", 2, 1)]),
        ([source("u", attribution="background", party="doj"), source("n", attribution="on-record", party="doj")], []),
        ([source("u", attribution="background", party="k"), source("v", attribution="background", party="k")], []),
        ([source("u", attribution="background", party="k"), source("n", party="k")], []),
    ],
)  # fmt: skip
def test_nobody_is_unmasked(sources: list[Source], places: list[tuple[str, str, int, int]]) -> None:
    assert told(registry(*sources)) == places
    # It makes no difference which of them are a page's own.
    for cut in range(1, len(sources) + 1):
        local = sources[:cut]
        index = index_registry(by_id(*sources[cut:]), PEOPLE)
        assert told((*check_registry(index), *check_local(index, local))) == places


def test_a_pages_own_sources_see_the_registry_and_not_the_reverse() -> None:
    index = index_registry(by_id(source("a", "own"), source("b")), PEOPLE)
    assert told(check_registry(index)) == [("E201", "a", 1, 1)]
    assert told(check_local(index, [source("own", "b", "gone"), source("mine", "own")])) == [("E201", "own", 1, 2)]
    assert told(check_local(index, [source("x", "y"), source("y", "x")])) == [("E203", "x", 1, 1)]
    assert check_local(index, []) == ()


def test_a_pages_own_source_with_an_id_of_the_registry() -> None:
    first = source("a")._replace(span=Span("content/sources/all.yaml", 7, 3))
    (fault,) = check_local(index_registry(by_id(first), PEOPLE), [source("a")])
    assert told([fault]) == [("E202", "a", 1, 1)]
    assert fault.message == "`a` is a source of the registry"
    assert fault.hints == ("it is in content/sources/all.yaml:7:3 too; cite that one, or choose another id",)


REPORT, OTHER = source("r", type="report"), source("o")


@pytest.mark.parametrize(
    ("sources", "places"),
    [
        ([source("a", reported_in="r"), REPORT], []),
        ([source("a", reported_in="o"), OTHER], [("E212", "a", 3, 1)]),
        ([source("a", reported_in="ro"), REPORT, OTHER], [("E212", "a", 3, 2)]),
        ([source("a", reported_in="x"), OTHER], [("E201", "a", 3, 1)]),
        ([source("a", reported_in="xo"), OTHER], [("E201", "a", 3, 1), ("E212", "a", 3, 2)]),
        # That a report is no one's account of another is told where its keys are read.
        ([source("b", type="report", reported_in="o"), OTHER], []),
        ([source("a", "r", reported_in="r"), REPORT], [("E212", "a", 3, 1)]),
        ([source("a", "b", reported_in="r"), source("b", "c"), source("c", "r"), REPORT], [("E212", "a", 3, 1)]),
        ([source("a", "b", "c", reported_in="qr"), source("b", "q"), source("c"), REPORT, source("q", type="report")],
         [("E212", "a", 3, 1)]),
        ([source("b", "a"), source("a", reported_in="r"), REPORT], []),
        ([source("a", "b", reported_in="r"), source("b", reported_in="r"), REPORT], []),
    ],
)  # fmt: skip
def test_where_a_source_can_be_reported(sources: list[Source], places: list[tuple[str, str, int, int]]) -> None:
    assert told(registry(*sources)) == places
    for cut in range(1, len(sources) + 1):
        index = index_registry(by_id(*sources[cut:]), PEOPLE)
        assert told((*check_registry(index), *check_local(index, sources[:cut]))) == places


def test_a_cycle_has_all_of_its_sources_behind_each() -> None:
    ring = [source("a", "b", reported_in="r"), source("b", "c"), source("c", "a", "r")]
    places = [("E203", "a", 1, 1), ("E212", "a", 3, 1)]
    assert told(registry(*ring, REPORT)) == places
    assert told(check_local(index_registry(by_id(REPORT), PEOPLE), ring)) == places


def test_what_is_said_of_reports() -> None:
    no_report, behind = registry(source("a", reported_in="o"), OTHER, source("b", "r", reported_in="r"), REPORT)
    assert no_report.message == "`o` is no report: its type is `account`"
    assert no_report.hints == ("a source that `a` knows through is its `via`",)
    assert behind.message == "`b` knows through `r`, so `r` can't be where we have it from"
    assert behind.hints == ("take `r` out of `via`, or out of `reported_in`",)


def test_what_is_said_of_the_unnamed() -> None:
    person, voice = registry(
        source("mar", attribution="background"),
        source("u", attribution="background", party="k"), source("n", attribution="on-record", party="k"),
    )  # fmt: skip
    assert (person.code, person.span) == ("E206", Span("mar"))
    assert (voice.code, voice.span) == ("E206", Span("u", 2))
    assert person.message == "the id `mar` of an unnamed source is a person in people.yaml"
    assert voice.message == "the `party` of an unnamed source is the party of a source on the record"
    assert person.hints == voice.hints == (
        "give the unnamed source an id and a party that say nothing about who it is",
        "if that is an organisation, say so in people.yaml: `kind: organization`",
    )  # fmt: skip


def test_a_party_without_a_place_is_told_at_its_source() -> None:
    hidden = source("u", attribution="background", party="mar")._replace(party_span=None)
    assert told(registry(hidden)) == [("E206", "u", 1, 1)]
