"""The store keeps what it is given, and believes nothing else. `test_cache.py` sees what builds make of it."""

from __future__ import annotations

import errno
import fcntl
import os
import random
import sqlite3
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from explainer import __version__
from explainer.cache import store as module
from explainer.cache.store import NAME, Cache, stamp
from explainer.system.user_key import seal_of
from tests.output_support import KEY

if TYPE_CHECKING:
    from pathlib import Path

FOREIGN = "the cache was made by another version of the program, or by another user"


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """The folder of a cache that holds a row."""
    with Cache(tmp_path, KEY) as cache:
        assert (cache.opened, cache.note) == (True, "")
        assert cache.put("page", [("a", b"1")])
        cache.commit()
    assert sorted(path.name for path in tmp_path.iterdir()) == [NAME, "lock"]
    return tmp_path


def rows(folder: Path, key: bytes = KEY, note: str = "") -> dict[str, bytes]:
    """What a cache holds, opened anew."""
    with Cache(folder, key) as cache:
        assert cache.note == note
        assert cache.opened
        return cache.all("page")


def sql(folder: Path, statement: str, *values: object) -> None:
    with closing(sqlite3.connect(folder / NAME)) as connection:
        connection.execute(statement, values)
        connection.commit()


def test_a_row_is_what_was_stored(tmp_path: Path) -> None:
    with Cache(tmp_path, KEY) as cache:
        assert cache.put("page", [("a", b"1"), ("b", b"2")])
        cache.commit()
        cache.put("page", [("c", b"3")])
    with Cache(tmp_path, KEY) as cache:
        assert (cache.get("page", "a"), cache.get("page", "c"), cache.get("record", "a")) == (b"1", None, None)
        assert cache.all("page") == {"a": b"1", "b": b"2"}
        cache.remove("page", ["a"])
        cache.put("page", [("d", b"4")])
        assert cache.keys("page") == {"b", "d"}
        cache.clear()
        assert cache.all("page") == {}


def test_one_build_at_a_time_has_it(tmp_path: Path) -> None:
    with Cache(tmp_path, KEY) as cache:
        with Cache(tmp_path, KEY) as second:
            assert not second.opened
            assert not second.put("page", [("a", b"1")])
        assert cache.put("page", [("a", b"2")])
        cache.commit()
    with Cache(tmp_path, KEY) as cache:
        assert cache.all("page") == {"a": b"2"}


def test_nothing_is_left_of_what_was_forgotten(tmp_path: Path) -> None:
    with Cache(tmp_path, KEY) as cache:
        cache.put("page", [(f"key-{n}", b"canary" * 200) for n in range(50)])
        cache.commit()
        assert b"canary" in (tmp_path / NAME).read_bytes()
        cache.clear()
        cache.commit()
    assert b"canary" not in (tmp_path / NAME).read_bytes()


def test_nothing_is_left_of_rows_that_moved(tmp_path: Path) -> None:
    for seed in range(12, 24):
        chance = random.Random(seed)  # noqa: S311 - the same rows on every run
        folder = tmp_path / str(seed)
        folder.mkdir()
        kinds = [chance.choice(("items", "record", "words")) for _ in range(60)]
        for _ in range(4):
            with Cache(folder, KEY) as cache:
                for number in chance.sample(range(60), 40):
                    kind, size = kinds[number], chance.randint(1, 60)
                    value = b"canary " * size if kind == "record" else chance.randbytes(size * 50)
                    cache.put(kind, [(str(number), value)])
                cache.commit()
        with Cache(folder, KEY) as cache:
            cache.remove("record", cache.keys("record"))
            cache.remove("record", [])
            cache.commit()
        is_left = b"canary" in (folder / NAME).read_bytes()
        assert not is_left, seed


def test_a_row_of_another_kind_or_key_is_a_miss(tmp_path: Path) -> None:
    with Cache(tmp_path, KEY) as cache:
        cache.put("page", [("a", b"bc")])
        cache.commit()
    for kind, name, value in [
        ("record", "a", b"bc"),
        ("page", "b", b"bc"),
        ("page", "ab", b"c"),
        ("page", "a\0b", b"c"),
    ]:
        with closing(sqlite3.connect(tmp_path / NAME)) as connection:
            connection.execute(
                "UPDATE entries SET kind = ?, key = ?, value = ? WHERE kind != 'stamp'", (kind, name, value)
            )
            connection.commit()
        with Cache(tmp_path, KEY) as cache:
            assert cache.get(kind, name) is None
            assert cache.all(kind) == {}


def test_the_stamp_follows_what_it_is_made_with(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    before = stamp()
    assert before == stamp()
    with monkeypatch.context() as patched:
        patched.setattr(module, "__version__", "99")
        assert stamp() != before
    looks = module._looks()
    assert looks == module._looks()
    for name, value in (("__version__", "99"), ("_FORMAT", -1)):
        with monkeypatch.context() as patched:
            patched.setattr(module, name, value)
            assert module._looks() != looks
    with monkeypatch.context() as patched:
        patched.setattr("sys.version", "another interpreter")
        assert module._looks() != looks
    package = tmp_path / "bs4"
    package.mkdir()
    (package / "__init__.py").write_text("")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(__import__("sys").modules, "bs4", raising=False)
    assert stamp() != before
    assert module._looks() != looks


def test_a_value_may_be_empty_and_a_key_any_text(tmp_path: Path) -> None:
    entries = {"": b"", "é\n": b"\0", "a" * 5000: b"x" * 100_000}
    with Cache(tmp_path, KEY) as cache:
        cache.put("page", entries.items())
        cache.put("page", [])
        cache.put("page", [("", b"another")])
        cache.commit()
    assert rows(tmp_path) == entries | {"": b"another"}


def test_what_it_says_survives_its_end(kept: Path) -> None:
    cache = Cache(kept, KEY)
    cache.close()
    cache.close()
    cache.commit()
    assert cache.opened
    assert (cache.get("page", "a"), cache.all("page"), cache.keys("page")) == (None, {}, set())
    assert not cache.put("page", [("b", b"2")])
    cache.__exit__()
    cache.__exit__()
    assert rows(kept) == {"a": b"1"}


@pytest.mark.parametrize("has_key", [True, False])
def test_without_a_folder_or_a_key_it_holds_nothing(tmp_path: Path, has_key: bool) -> None:
    with Cache(None, KEY) if has_key else Cache(tmp_path, None) as cache:
        assert (cache.opened, cache.note) == (False, "")
        assert not cache.put("page", [("a", b"1")])
        assert cache.all("page") == {}
    assert list(tmp_path.iterdir()) == []


def test_a_second_one_says_why_it_is_none(kept: Path) -> None:
    with Cache(kept, KEY), Cache(kept, KEY) as second:
        assert second.note == f"{kept} is in use by another build, or can't be written to"
        assert second.keys("page") == set()


def test_its_lock_is_in_no_other_program(tmp_path: Path) -> None:
    with Cache(tmp_path, KEY) as cache:
        assert not os.get_inheritable(cache._lock)
        assert (tmp_path / "lock").stat().st_mode & 0o777 == 0o644 & ~_umask()
        with (tmp_path / "lock").open() as file, pytest.raises(BlockingIOError):
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    with (tmp_path / "lock").open() as file:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def test_a_lock_that_leads_elsewhere_is_none(tmp_path: Path) -> None:
    (tmp_path / "cache").mkdir()
    (tmp_path / "cache/lock").symlink_to(tmp_path / "made")
    with Cache(tmp_path / "cache", KEY) as cache:
        assert not cache.opened
    assert not (tmp_path / "made").exists()
    (tmp_path / "cache/lock").unlink()
    os.mkfifo(tmp_path / "cache/lock")
    # To open a FIFO for reading and writing waits for nobody.
    assert rows(tmp_path / "cache") == {}


@pytest.mark.parametrize("end", ["-journal", "-wal", "-shm"])
def test_a_cache_that_was_cut_short_is_none(kept: Path, end: str) -> None:
    (kept / f"{NAME}{end}").symlink_to("nowhere")
    assert rows(kept) == {}
    assert sorted(path.name for path in kept.iterdir()) == [NAME, "lock"]


@pytest.mark.parametrize("content", [b"", b"words", b"SQLite format 3\0" + b"\0" * 500])
def test_what_is_no_cache_is_replaced(kept: Path, content: bytes) -> None:
    (kept / NAME).write_bytes(content)
    assert rows(kept) == {}
    with Cache(kept, KEY) as cache:
        assert cache.put("page", [("b", b"2")])
        cache.commit()
    assert rows(kept) == {"b": b"2"}


def test_a_cache_elsewhere_is_not_followed(kept: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "cache"
    (kept / NAME).rename(elsewhere)
    before = elsewhere.read_bytes()
    (kept / NAME).symlink_to(elsewhere)
    assert rows(kept) == {}
    assert elsewhere.read_bytes() == before


def test_a_folder_in_its_place_stays(tmp_path: Path) -> None:
    (tmp_path / NAME).mkdir()
    with Cache(tmp_path, KEY) as cache:
        assert not cache.opened
        assert not cache.put("page", [("a", b"1")])
    assert (tmp_path / NAME).is_dir()


@pytest.mark.parametrize("statement", ["CREATE TABLE more (x)", "CREATE VIEW more AS SELECT 1", "DROP TABLE entries"])
def test_another_schema_is_replaced(kept: Path, statement: str) -> None:
    sql(kept, statement)
    assert rows(kept) == {}
    with closing(sqlite3.connect(kept / NAME)) as connection:
        assert connection.execute("SELECT sql FROM sqlite_master").fetchall() == [(module._SCHEMA,), (None,)]


def test_another_key_is_another_user(kept: Path) -> None:
    assert rows(kept, b"k" * 32, FOREIGN) == {}
    with Cache(kept, KEY) as cache:
        assert (cache.note, cache.all("page")) == (FOREIGN, {})
        cache.commit()
    assert rows(kept) == {}


@pytest.mark.parametrize("change", [
    "DELETE FROM entries WHERE kind = 'stamp'",
    "UPDATE entries SET value = x'00' WHERE kind = 'stamp'",
    "UPDATE entries SET value = 'text' WHERE kind = 'stamp'",
    "UPDATE entries SET seal = x'00' WHERE kind = 'stamp'",
])  # fmt: skip
def test_without_a_right_stamp_it_is_foreign(kept: Path, change: str) -> None:
    sql(kept, change)
    assert rows(kept, note=FOREIGN) == {}


def test_a_row_that_was_changed_is_a_miss(kept: Path) -> None:
    with Cache(kept, KEY) as cache:
        cache.put("page", [(name, name.encode()) for name in "bcdef"])
        cache.commit()
    sql(kept, "UPDATE entries SET value = 'b' WHERE key = 'b'")
    sql(kept, "UPDATE entries SET value = x'00' WHERE key = 'c'")
    sql(kept, "UPDATE entries SET seal = x'00' WHERE key = 'd'")
    sql(kept, "UPDATE entries SET key = CAST(x'ff' AS BLOB) WHERE key = 'e'")
    with Cache(kept, KEY) as cache:
        assert cache.all("page") == {"a": b"1", "f": b"f"}
        assert [cache.get("page", name) for name in "abcdef"] == [b"1", None, None, None, None, b"f"]


def test_keys_that_are_no_text_are_none(kept: Path) -> None:
    sql(kept, "UPDATE entries SET key = CAST(x'ff' AS TEXT) WHERE kind = 'page'")
    with Cache(kept, KEY) as cache:
        assert cache.keys("page") == set()
        assert cache.all("page") == {}
        assert cache.keys("stamp") == {""}


def test_the_same_program_elsewhere_has_its_rows(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_looks", lambda: "another machine's")
    for _ in range(2):
        assert rows(kept) == {"a": b"1"}
    with Cache(kept, KEY) as cache:
        cache.commit()
    # It knows its program by the looks from now on, and doesn't read it again.
    monkeypatch.setattr(module, "stamp", lambda: pytest.fail("the program was read"))
    assert rows(kept) == {"a": b"1"}


def test_another_program_has_none(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_looks", lambda: "another")
    monkeypatch.setattr(module, "stamp", lambda: "another")
    assert rows(kept, note=FOREIGN) == {}


def test_a_cleared_cache_is_this_programs_still(kept: Path) -> None:
    with Cache(kept, KEY) as cache:
        cache.put("record", [("b", b"2")])
        cache.clear()
        cache.commit()
    with Cache(kept, KEY) as cache:
        assert (cache.note, cache.keys("page"), cache.keys("record"), cache.keys("stamp")) == ("", set(), set(), {""})


def test_what_was_not_committed_does_not_last_where_the_file_is_made_anew(kept: Path) -> None:
    with Cache(kept, KEY) as cache:
        cache.remove("page", ["a"])
    assert rows(kept) == {"a": b"1"}
    with Cache(kept, KEY) as cache:
        cache.remove("page", [])
        cache.remove("page", ["nothing"])
        cache.commit()
    assert rows(kept) == {"a": b"1"}


def test_rows_are_sealed_for_this_user_and_this_program(
    kept: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    def seal(folder: Path, key: bytes) -> bytes:
        with Cache(folder, key) as cache:
            return cache.seal("page", "a", b"1")

    ours = seal(kept, KEY)
    assert seal(tmp_path_factory.mktemp("same"), KEY) == ours
    assert seal(tmp_path_factory.mktemp("user"), b"k" * 32) != ours
    # A stamp that somebody sealed says nothing of rows.
    with Cache(kept, KEY) as cache:
        assert cache.seal("stamp", "", b"1") != seal_of(KEY, b"stamp", b"1")
    monkeypatch.setattr(module, "stamp", lambda: "another program")
    monkeypatch.setattr(module, "_looks", lambda: "another program")
    assert seal(tmp_path_factory.mktemp("program"), KEY) != ours


def test_another_thread_may_use_it(kept: Path) -> None:
    with Cache(kept, KEY) as cache, ThreadPoolExecutor(1) as thread:
        assert thread.submit(cache.all, "page").result() == {"a": b"1"}


def test_a_connection_that_broke_ends_quietly(kept: Path) -> None:
    with Cache(kept, KEY) as cache:
        cache.remove("page", ["a"])
        assert cache.connection
        cache.connection.close()
        cache.commit()
        assert cache.get("page", "a") is None
        assert cache.keys("page") == set()
    assert rows(kept) == {"a": b"1"}


def test_a_full_disk_ends_it(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Cache(kept, KEY) as cache:
        assert cache.connection
        cache.connection.execute("PRAGMA max_page_count = 4")
        assert not cache.put("page", [("b", b"x" * 100_000)])
        assert cache.get("page", "a") is None
        assert not cache.put("page", [("b", b"2")])
        cache.commit()
    assert rows(kept) == {"a": b"1"}
    monkeypatch.setattr(os, "open", lambda *_, **__: _raise(OSError(errno.EROFS, "")))
    with Cache(kept, KEY) as cache:
        assert not cache.opened


def _raise(error: Exception) -> None:
    raise error


def test_the_stamp_names_what_it_is_of() -> None:
    found, looks = stamp(), module._looks()
    assert found.startswith(f"{module._FORMAT} {__version__} {sys.version_info[:3]} ")
    assert len(found.rsplit(" ", 1)[1]) == len(looks) == 24
    names = [name for name, _ in module._program()]
    assert names[: names.index("yaml") + 1] == [*sorted(names[: -len(module._PARTS)]), *module._PARTS]
    assert {"cache/store.py", "__init__.py", "sourcing/rule.py"} <= set(names)
