"""Records survive JSON as they were, and nothing else passes for one."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explainer.cache import codec
from explainer.cache.store import Cache, DamagedCacheError
from explainer.diagnostics import Diagnostic, Span
from explainer.engine.output_digests import MadeList, MadePage
from explainer.engine.page import packed_page, unpacked_page, unpacked_surface
from explainer.model.document import CallHole, CiteHole, PanelsHole
from explainer.model.published import PageRecord
from explainer.model.site import PageContext, PageInterface, PageSummary
from explainer.system.user_key import user_key
from tests.incremental_support import SiteUnderWork


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """The rows of a cache, by kind."""
    site = SiteUnderWork(tmp_path_factory.mktemp("site"))
    site.drafts["talks"].lines |= {"footnote", "by-minister", "answer", "ref", "call", "link"}
    site.drafts["talks"].front |= {"contradicts", "reported", "disputes", "responses"}
    site.drafts["later"].meta |= {"corrections": "[{date: 2018, text: x}]", "image": "{src: /static/icon.svg, alt: x}"}
    assert not site.check().failed
    with Cache(site.root / ".explainer", user_key(site.root)) as cache:
        kinds = ("surface", "record", "pages", "made", "listed")
        return {kind: list(cache.all(kind).values()) for kind in kinds}


def same(one: Any, other: Any) -> None:
    """Hold types too, which named tuples don't compare."""
    assert type(one) is type(other)
    assert one == other
    if isinstance(one, tuple):
        for left, right in zip(one, other, strict=True):
            same(left, right)


def test_records_of_a_site_survive(rows: dict[str, list[str]]) -> None:
    assert len(rows["surface"]) == 5
    for row in rows["surface"]:
        assert codec.dumps(unpacked_surface(row)) == row
        same(codec.loads(PageInterface, codec.dumps(unpacked_surface(row))), unpacked_surface(row))
    for record in rows["record"]:
        page = unpacked_page(record)
        assert packed_page(page) == record
        same(unpacked_page(packed_page(page)), page)


def test_columns_of_records_survive(rows: dict[str, list[str]]) -> None:
    outlines = [one for row in rows["pages"] for one in codec.from_columns(PageSummary, json.loads(row)[1][2])]
    assert len(outlines) == 5
    same(codec.from_columns(PageSummary, json.loads(codec.dumps(codec.columns(outlines)))), outlines)
    assert all(codec.from_columns(MadePage, json.loads(row)[1]) for row in rows["made"])
    assert all(codec.from_columns(MadeList, json.loads(row)[1]) for row in rows["listed"])
    assert codec.from_columns(MadeList, []) == []


@pytest.mark.parametrize(
    "columns",
    ["[[1],[2]]", '[["a"],["b"]]', '[["a"],["b"],["c"],["d"]]', '[["a"],["b"],["c","d"]]', '["abc","abc","abc"]', "5",
     '{"a":1}', '[["a"],["b"],[null]]'],
)  # fmt: skip
def test_what_are_no_columns(columns: str) -> None:
    with pytest.raises(DamagedCacheError, match=r"such records|shorter|longer"):
        codec.from_columns(MadeList, json.loads(columns))


spans = st.builds(Span, st.text(), *[st.integers(1, 10**9)] * 4)


@given(st.builds(Diagnostic, st.text(), st.text(), spans, st.lists(st.text()).map(tuple)))
def test_diagnostics_survive(diagnostic: Diagnostic) -> None:
    same(codec.loads(Diagnostic, codec.dumps(diagnostic)), diagnostic)


@given(st.from_type(PageContext))
def test_what_pages_get_from_the_site_survives(joined: PageContext) -> None:
    same(codec.loads(PageContext, codec.dumps(joined)), joined)


def test_holes_survive() -> None:
    body = ("a", CallHole(1, ("b", CiteHole(2), CallHole(0, ()))), PanelsHole((1, 2)), PanelsHole(()))
    kind: Any = tuple[tuple[str, ...], tuple[str, ...]]
    page = PageRecord("explainer", "s", "/u/", "c", "t", "l", "en", body)
    same(unpacked_page(packed_page(page)), page)
    with pytest.raises(DamagedCacheError, match="such a record"):
        codec.loads(kind, "[1, 2]")


HOSTILE: list[Any] = [None, True, 0, -1, 1.5, "x", [], ["x"], [0], [None], [[]], {}, {"a": 1}, [[[[[[[]]]]]]]]


def swapped(value: Any, change: Any, at: list[int]) -> Any:
    """JSON with one value in it, the one at a path, changed."""
    if not at or not isinstance(value, list) or not value:
        return change
    place = at[0] % len(value)
    return [*value[:place], swapped(value[place], change, at[1:]), *value[place + 1 :]]


@given(
    st.sampled_from(["surface", "record"]), st.integers(0, 4), st.sampled_from(HOSTILE),
    st.lists(st.integers(0, 60), min_size=1, max_size=6),
)  # fmt: skip
def test_a_value_of_another_type_is_no_record(
    rows: dict[str, list[str]], kind: str, row: int, change: Any, at: list[int]
) -> None:
    data = json.loads(rows[kind][row])
    text = json.dumps(swapped(data, change, at))
    record: type[Any] = PageInterface if kind == "surface" else PageRecord
    try:
        read = codec.loads(record, text)
    except DamagedCacheError:
        return
    # What passed is of the right types everywhere: it comes out as the same JSON, and so do its parts.
    again = codec.loads(record, text)
    same(read, again)
    as_written = read if kind == "surface" else json.loads(packed_page(read))
    assert json.loads(codec.dumps(as_written)) == json.loads(text)


@pytest.mark.parametrize(
    "text",
    ["", "{", "1", "null", "[]", '"abcde"', "[" * 100_000, "[" * 5000 + "]" * 5000, '["a","b",["p",1,1,1],[]]',
     '["a","b",["p",1,1,1,"1"],[]]', '["a","b",["p",1,1,1,true],[]]', '["a","b","p1111",[]]',
     '["a","b",["p",1,1,1,1],[1]]', '["a","b",["p",1,1,1,1],"xy"]', '{"0":"a"}', '["a",1,["p",1,1,1,1],[]]'],
)  # fmt: skip
def test_what_is_no_diagnostic(text: str) -> None:
    with pytest.raises(DamagedCacheError):
        codec.loads(Diagnostic, text)


def test_a_body_nested_too_deep_is_no_record() -> None:
    page = packed_page(PageRecord("page", "s", "/u/", "c", "t", "l", "en", ("deep",)))
    deep = page.replace('["deep"]', "[[8,0," * 3000 + "[]" + "]]" * 3000)
    with pytest.raises(DamagedCacheError):
        unpacked_page(deep)
