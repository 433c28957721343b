"""Records survive the cache as they were, and nothing else passes for one."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from explainer.cache import codec
from explainer.cache.store import Cache, DamagedCacheError
from explainer.diagnostics import Diagnostic, Span
from explainer.engine.known_pages import KnownPage
from explainer.engine.output_digests import ListDigests, PageDigests
from explainer.model.declared import Link
from explainer.model.document import CallHole, CiteHole, ClaimClose, ClaimOpen, HrefHole, PanelsHole
from explainer.model.published_pages import PageLink, PageRecord
from explainer.model.site import PageContext, PageInterface
from explainer.system.user_key import user_key
from tests.incremental_support import SiteUnderWork

if TYPE_CHECKING:
    from pathlib import Path

TYPES: dict[str, Any] = {
    "interface": PageInterface,
    "record": PageRecord,
    "pages": dict[str, KnownPage],
    "page outputs": dict[str, PageDigests],
    "list outputs": dict[str, ListDigests],
}


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[bytes]]:
    """The rows of a cache, by kind."""
    site = SiteUnderWork(tmp_path_factory.mktemp("site"))
    site.drafts["talks"].lines |= {"footnote", "by-minister", "answer", "ref", "call", "link"}
    site.drafts["talks"].front |= {"contradicts", "reported", "disputes", "responses"}
    site.drafts["later"].meta |= {"corrections": "[{date: 2018, text: x}]", "image": "{src: /static/icon.svg, alt: x}"}
    assert not site.check().failed
    with Cache(site.root / ".explainer", user_key(site.root)) as cache:
        return {kind: list(cache.all(kind).values()) for kind in TYPES}


@pytest.mark.parametrize("kind", TYPES)
def test_records_of_a_site_survive(rows: dict[str, list[bytes]], kind: str) -> None:
    assert rows[kind]
    for row in rows[kind]:
        read = codec.loads(TYPES[kind], row)
        assert codec.dumps(read) == row
        assert codec.loads(TYPES[kind], codec.dumps(read)) == read


# Reads records of two types in eight threads that begin together.
_READ_TOGETHER = """
import sys, threading
from pathlib import Path
from explainer.cache import codec
from explainer.model.published_pages import PageRecord
from explainer.model.site import PageInterface

def read(kind, row):
    together.wait()
    codec.loads(kind, row)

kinds = [(kind, Path(file).read_bytes()) for kind, file in zip((PageRecord, PageInterface), sys.argv[1:], strict=True)]
together = threading.Barrier(8)
sys.setswitchinterval(1e-7)
threads = [threading.Thread(target=read, args=kinds[number % 2]) for number in range(8)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
"""


def test_threads_may_read_records_of_a_type_for_the_first_time_together(
    rows: dict[str, list[bytes]], tmp_path: Path
) -> None:
    files = [tmp_path / "record", tmp_path / "interface"]
    for file in files:
        file.write_bytes(max(rows[file.name], key=len))
    subprocess.run([sys.executable, "-c", _READ_TOGETHER, *map(str, files)], check=True)


@pytest.mark.parametrize(
    "pair",
    [
        (Link("a", "b"), PageLink("a", "b")),
        (ClaimOpen(1, block=True), ClaimClose(1, block=True)),
        (CiteHole(3), HrefHole(3)),
    ],
)
def test_records_of_other_types_are_never_equal(pair: tuple[object, object]) -> None:
    one, other = pair
    assert one != other
    assert len({one, other, one}) == 2


spans = st.builds(Span, st.text(), *[st.integers(1, 10**9)] * 4)


@given(st.builds(Diagnostic, st.text(), st.text(), spans, st.lists(st.text()).map(tuple)))
def test_diagnostics_survive(diagnostic: Diagnostic) -> None:
    found = codec.loads(Diagnostic, codec.dumps(diagnostic))
    assert (found, type(found), type(found.span)) == (diagnostic, Diagnostic, Span)


# What numbers records have are counts, sizes and times: all fit into 64 bits.
st.register_type_strategy(int, st.integers(0, 2**63))


@given(st.from_type(PageContext))
def test_what_pages_get_from_the_site_survives(context: PageContext) -> None:
    assert codec.loads(PageContext, codec.dumps(context)) == context


def test_holes_survive() -> None:
    body = ("a", CallHole(1, ("b", CiteHole(2), CallHole(0, ()))), PanelsHole((1, 2)), PanelsHole(()))
    page = PageRecord("explainer", "s", "/u/", "c", "t", "l", "en", body)
    assert codec.loads(PageRecord, codec.dumps(page)) == page


HOSTILE: list[Any] = [None, True, 0, -1, 1.5, "x", [], ["x"], [0], [None], [[]], {}, {"a": 1}, [[[[[[[]]]]]]]]


def swapped(value: Any, change: Any, at: list[int]) -> Any:
    """Data with one value in it, the one at a path, changed."""
    if not at or not isinstance(value, list) or not value:
        return change
    place = at[0] % len(value)
    return [*value[:place], swapped(value[place], change, at[1:]), *value[place + 1 :]]


@given(
    st.sampled_from(["interface", "record"]), st.integers(0, 4), st.sampled_from(HOSTILE),
    st.lists(st.integers(0, 60), min_size=1, max_size=6),
)  # fmt: skip
def test_a_value_of_another_type_is_no_record(
    rows: dict[str, list[bytes]], kind: str, row: int, change: Any, at: list[int]
) -> None:
    data = swapped(msgspec.msgpack.decode(rows[kind][row]), change, at)
    try:
        read = codec.loads(TYPES[kind], msgspec.msgpack.encode(data))
    except DamagedCacheError:
        return
    # What passed is of the right types everywhere; where fields were left out, they have their defaults.
    assert type(read) is TYPES[kind]
    assert codec.loads(TYPES[kind], codec.dumps(read)) == read


@pytest.mark.parametrize(
    "data", [None, 1, "abc", [], ["a", "b", ["p", 1, 1, 1, "1"], []], ["a", "b", ["p", 1, 1, 1, True], []],
    ["a", "b", "p1111", []], ["a", "b", ["p", 1, 1, 1, 1], [1]], ["a", "b", ["p", 1, 1, 1, 1], "xy"], {"0": "a"},
    ["a", 1, ["p", 1, 1, 1, 1], []]],
)  # fmt: skip
def test_what_is_no_diagnostic(data: Any) -> None:
    with pytest.raises(DamagedCacheError):
        codec.loads(Diagnostic, msgspec.msgpack.encode(data))


@pytest.mark.parametrize("content", [b"", b"\x91", b"\xa3\xff\xff\xff", b"\x91" * 100_000, b"\xc1", b"\xc0\xc0"])
def test_what_is_no_value_at_all(content: bytes) -> None:
    for kind in (Diagnostic, PageRecord):
        with pytest.raises(DamagedCacheError):
            codec.loads(kind, content)


def test_a_body_nested_too_deep_is_no_record() -> None:
    data = msgspec.msgpack.encode(PageRecord("page", "s", "/u/", "c", "t", "l", "en", ("deep",)))
    hole = codec.dumps(CallHole(0, ()))
    body = hole[:-1] + b"\x91"
    deep = data.replace(codec.dumps(("deep",)), b"\x91" + body * 3000 + b"\xa1x")
    with pytest.raises(DamagedCacheError):
        codec.loads(PageRecord, deep)
