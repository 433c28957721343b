"""A damaged, foreign or hostile cache costs a full build, and nothing else."""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any, TypeAlias
from unittest.mock import patch

import jinja2
import msgspec
import pytest

from explainer.cache import store as module
from explainer.cache.store import NAME, Cache
from explainer.engine.run import Request, build
from explainer.system.file_stats import digest_of
from explainer.system.user_key import seal_of, user_key
from tests.incremental_support import SiteUnderWork, another_program, compile_once
from tests.output_support import tree_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from explainer.engine.run import Report
    from tests.output_support import Tree


@pytest.fixture(autouse=True)
def compiled_once() -> Iterator[None]:
    with patch.object(jinja2.Environment, "compile", compile_once):
        yield


Path_: TypeAlias = "tuple[int | str, ...]"

KINDS = ("before", "pages", "record", "interface", "items", "page outputs", "list outputs")


class Built:
    """A site that was built, and is to be built again with a cache that is no good."""

    def __init__(self, site: SiteUnderWork) -> None:
        self.site = site
        site.write()
        assert not site.build().failed
        self.cache = site.root / ".explainer" / NAME
        self.good = self.cache.read_bytes()
        with Cache(site.cache, user_key(site.root)) as cache:
            self.seal = cache.seal
        # What can't be right any more: a build that believed the cache would show it.
        site.drafts["talks"].word = "two"
        site.sources["memo"] += ", withdrawn: {date: 2018-01-01}"
        site.write()
        report, self.tree = site.build_clean()
        self.diagnostics = report.diagnostics
        assert not report.failed

    def put(self, connection: sqlite3.Connection, kind: str, key: str, value: bytes) -> None:
        """Put a value into a row, sealed as our own rows are."""
        connection.execute(
            "UPDATE entries SET value = ?, seal = ? WHERE kind = ? AND key = ?",
            (value, self.seal(kind, key, value), kind, key),
        )

    def rebuild(self) -> Report:
        report = self.site.build()
        assert report.diagnostics == self.diagnostics
        assert tree_of(self.site.root / "site") == self.tree
        return report


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    with patch.object(jinja2.Environment, "compile", compile_once):
        return Built(SiteUnderWork(tmp_path_factory.mktemp("site")))


@pytest.mark.parametrize("part", range(20))
def test_truncated(built: Built, part: int) -> None:
    built.cache.write_bytes(built.good[: len(built.good) * part // 20])
    built.rebuild()


@pytest.mark.parametrize("seed", range(5))
def test_flipped_bits(built: Built, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - the same places on every run
    for _ in range(5):
        data = bytearray(built.good)
        for _ in range(8):
            data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
        built.cache.write_bytes(data)
        built.rebuild()


def test_rows_missing(built: Built) -> None:
    for half in (0, 1):
        built.cache.write_bytes(built.good)
        with closing(sqlite3.connect(built.cache)) as connection:
            keys = sorted(connection.execute("SELECT kind, key FROM entries WHERE kind != 'stamp'").fetchall())
            connection.executemany("DELETE FROM entries WHERE kind = ? AND key = ?", keys[half::2])
            connection.commit()
        built.rebuild()


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_missing(built: Built, kind: str) -> None:
    built.cache.write_bytes(built.good)
    with closing(sqlite3.connect(built.cache)) as connection:
        connection.execute("DELETE FROM entries WHERE kind = ?", (kind,))
        connection.commit()
    built.rebuild()


# --- Rows of ours that hold something else -------------------------------------------

VALUES = [
    b"", b"\xc0", b"\x00", b"\xc3", b"\x80", b"\x90", b"\xa1x", b"\x91" * 50_000 + b"\xc0", b"\xcb\x7f\xf8" + bytes(6),
    b"\x92\x94\x01\x02\x03\x04\xa1x", b"\x9a" + b"\xc0" * 10, b"x y", b"\xa3\xed\x9f\xbf", b"\xcf" + b"\xff" * 8,
]  # fmt: skip


def change_rows(built: Built, kind: str, change: Callable[[bytes], bytes]) -> None:
    """Put a value into every row of a kind; its seal is right."""
    built.cache.write_bytes(built.good)
    with closing(sqlite3.connect(built.cache)) as connection:
        for key, old in connection.execute("SELECT key, value FROM entries WHERE kind = ?", (kind,)).fetchall():
            built.put(connection, kind, key, change(old))
        connection.commit()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("value", VALUES, ids=range(len(VALUES)))
def test_hostile_rows(built: Built, kind: str, value: bytes) -> None:
    change_rows(built, kind, lambda _: value)
    built.rebuild()


@pytest.mark.parametrize(
    "change",
    [lambda old: b"\x91" + old, lambda old: old + b"\xc0", lambda old: b"\x92" + old + old, lambda old: old[:-1]],
)
def test_almost_right_rows(built: Built, change: Callable[[bytes], bytes]) -> None:
    for kind in KINDS:
        change_rows(built, kind, change)
        built.rebuild()


def places(value: object, path: Path_ = ()) -> Iterator[Path_]:
    """The path of every value in JSON."""
    if path:
        yield path
    inside: Any = enumerate(value) if isinstance(value, list) else value.items() if isinstance(value, dict) else ()
    for at, inner in inside:
        yield from places(inner, (*path, at))


def replaced(value: Any, path: Path_, new: object) -> Any:
    at: Any
    at, *rest = path
    changed = replaced(value[at], tuple(rest), new) if rest else new
    if isinstance(value, dict):
        return {**value, at: changed}
    return [*value[:at], changed, *value[at + 1 :]]


@pytest.mark.parametrize("kind", ["before", "pages", "page outputs", "list outputs"])
def test_other_types_anywhere_in_a_row(built: Built, kind: str) -> None:
    """A value of another type, deep in a row whose seal is right."""
    built.cache.write_bytes(built.good)
    with closing(sqlite3.connect(built.cache)) as connection:
        row, key = connection.execute("SELECT value, key FROM entries WHERE kind = ?", (kind,)).fetchone()
    data = msgspec.msgpack.decode(row)
    chance = random.Random(1)  # noqa: S311 - the same places on every run
    for place in chance.sample(found := list(places(data)), min(6, len(found))):
        changes: tuple[object, ...] = ({}, 7.5, [[None]])
        for new in changes:
            built.cache.write_bytes(built.good)
            text = msgspec.msgpack.encode(replaced(data, place, new))
            with closing(sqlite3.connect(built.cache)) as connection:
                built.put(connection, kind, key, text)
                connection.commit()
            built.rebuild()


def test_values_that_are_no_bytes(built: Built) -> None:
    for value in ("text", 5, None, 1.5):
        built.cache.write_bytes(built.good)
        with closing(sqlite3.connect(built.cache)) as connection:
            connection.execute("UPDATE entries SET value = ? WHERE kind != 'stamp'", (value,))
            connection.commit()
        built.rebuild()


# --- Caches that somebody else made ---------------------------------------------------------------


def forged(path: Path, key: bytes) -> None:
    """Change what pages say wherever it stands in a cache, with every digest that follows, and seal it all anew."""
    with closing(sqlite3.connect(path)) as connection:
        rows = connection.execute("SELECT kind, key, value FROM entries").fetchall()
        stamp = next(value for kind, _, value in rows if kind == "stamp")
        digests: dict[bytes, bytes] = {}
        texts = {}
        for kind, name, value in rows:
            # As long as what it stands for: lengths are written before texts.
            new = value.replace(b"All of it", b"FORGED it") if kind == "record" else value
            digests[digest_of(value).encode()] = digest_of(new).encode()
            texts[kind, name] = new
        row_key = seal_of(key, b"rows", stamp.partition(b"\n")[2])
        for (kind, name), text in texts.items():
            for old, new in digests.items():
                text = text.replace(old, new)  # noqa: PLW2901 - digest after digest
            parts = (b"row", kind.encode(), name.encode(), text)
            seal = seal_of(key, b"stamp", text) if kind == "stamp" else seal_of(row_key, *parts)
            connection.execute(
                "UPDATE entries SET value = ?, seal = ? WHERE kind = ? AND key = ?", (text, seal, kind, name)
            )
        connection.execute("DELETE FROM entries WHERE kind IN ('items', 'page outputs', 'list outputs', 'last build')")
        connection.commit()


@pytest.fixture
def plain(tmp_path: Path) -> SiteUnderWork:
    site = SiteUnderWork(tmp_path)
    site.write()
    assert not site.build().failed
    return site


def test_a_forged_cache_with_this_users_key_would_be_believed(plain: SiteUnderWork) -> None:
    """What the tests below forge is forged well: the key alone keeps it out."""
    forged(plain.cache / NAME, user_key(plain.root))
    plain.build()
    assert "FORGED" in (plain.root / "site/explainers/talks/index.html").read_text()


@pytest.mark.parametrize("key", [b"", b"k" * 32, bytes(32)], ids=["no", "another", "empty"])
def test_a_forged_cache_is_a_miss(plain: SiteUnderWork, key: bytes) -> None:
    forged(plain.cache / NAME, key)
    before = tree_of(plain.root / "site")
    report = plain.build()
    assert report.notes == ("the cache was made by another version of the program, or by another user",)
    assert tree_of(plain.root / "site") == before
    assert "FORGED" not in (plain.cache / NAME).read_text("utf-8", "replace")


def test_forged_rows_beside_a_right_stamp_are_misses(plain: SiteUnderWork) -> None:
    """As by someone who has the cache of an earlier run in hand, and no key."""
    before = tree_of(plain.root / "site")
    with closing(sqlite3.connect(plain.cache / NAME)) as connection:
        (stamp,) = connection.execute("SELECT * FROM entries WHERE kind = 'stamp'").fetchall()
    forged(plain.cache / NAME, b"k" * 32)
    with closing(sqlite3.connect(plain.cache / NAME)) as connection:
        connection.execute("REPLACE INTO entries VALUES (?, ?, ?, ?)", stamp)
        connection.commit()
    plain.build()
    assert tree_of(plain.root / "site") == before


def test_a_cache_of_another_user_is_a_miss(plain: SiteUnderWork, monkeypatch: pytest.MonkeyPatch) -> None:
    before = tree_of(plain.root / "site")
    monkeypatch.setenv("EXPLAINER_CACHE_KEY", "another user's")
    report = plain.build()
    assert set(report.rendered) >= {path for path in before if path.endswith(".html")}
    assert report.notes
    assert tree_of(plain.root / "site") == before
    # Whoever has that key believes it.
    assert plain.build().rendered == {}
    monkeypatch.setenv("EXPLAINER_CACHE_KEY", "a third")
    assert plain.build().rendered != {}


def test_without_a_key_there_is_no_cache(plain: SiteUnderWork, monkeypatch: pytest.MonkeyPatch) -> None:
    before = tree_of(plain.root / "site")
    monkeypatch.setenv("XDG_STATE_HOME", str(plain.root))
    for _ in range(2):
        report = plain.build()
        assert report.rendered
        assert "the cache isn't used: the key would lie inside the site" in " ".join(report.notes)
        assert tree_of(plain.root / "site") == before


def test_the_folder_says_that_it_belongs_in_no_repository(plain: SiteUnderWork) -> None:
    ignored = plain.cache / ".gitignore"
    assert ignored.read_text() == "*\n"
    ignored.write_text("mine\n")
    plain.build()
    assert ignored.read_text() == "mine\n"


# --- A bug is no damage --------------------------------------------------------------------------


@pytest.fixture(scope="module")
def used(tmp_path_factory: pytest.TempPathFactory) -> SiteUnderWork:
    """A site that was built, for tests that build it again and leave its cache right."""
    with patch.object(jinja2.Environment, "compile", compile_once):
        site = SiteUnderWork(tmp_path_factory.mktemp("site"))
        site.write()
        assert not site.build().failed
    return site


@pytest.mark.parametrize("error", [RuntimeError, ValueError, KeyError, TypeError])
@pytest.mark.parametrize(
    "where",
    ["explainer.engine.known_pages.KnownPages.save", "explainer.engine.outputs.Outputs.save",
     "explainer.cache.codec.dumps", "explainer.engine.page_outputs.with_context"],
)  # fmt: skip
def test_a_bug_of_ours_comes_out(used: SiteUnderWork, error: type[Exception], where: str) -> None:
    used.drafts["talks"].word = f"{error.__name__} {where}"
    used.write()

    def broken(*_: object) -> None:
        raise error("a plain bug")

    with patch(where, broken), pytest.raises(error, match="a plain bug"):
        used.build()
    assert not used.build().failed


def test_damage_is_said(plain: SiteUnderWork) -> None:
    with closing(sqlite3.connect(plain.cache / NAME)) as connection:
        connection.execute("UPDATE entries SET value = x'00' WHERE kind = 'record'")
        connection.commit()
    plain.layouts["home.html"] = "{{ site.title }}"
    assert plain.check().notes == ("the cache was damaged: everything was made again",)


# --- Something else in its place -----------------------------------------------------------------


@pytest.mark.parametrize(
    "schema",
    [
        """CREATE VIEW entries AS WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n)
        SELECT 'stamp' AS kind, '' AS key, x'00' AS value, '' AS seal FROM n WHERE x < 0""",
        "CREATE TABLE entries (kind, key, value, seal, more)",
        "CREATE TABLE other (x); CREATE TABLE entries (kind TEXT)",
    ],
)
def test_another_schema(built: Built, schema: str) -> None:
    built.cache.unlink(missing_ok=True)
    with closing(sqlite3.connect(built.cache)) as connection:
        connection.executescript(schema)
        connection.commit()
    built.rebuild()
    assert built.cache.read_bytes().startswith(b"SQLite format 3")


def test_another_schema_beside_ours(built: Built) -> None:
    built.cache.write_bytes(built.good)
    with closing(sqlite3.connect(built.cache)) as connection:
        connection.execute(
            "CREATE TRIGGER evil AFTER INSERT ON entries BEGIN "
            "UPDATE entries SET value = 'evil' WHERE kind = NEW.kind; END"
        )
        connection.commit()
    built.rebuild()
    assert b"evil" not in built.cache.read_bytes()


def test_a_folder_in_its_place(built: Built) -> None:
    built.cache.unlink(missing_ok=True)
    built.cache.mkdir()
    built.rebuild()
    assert list(built.cache.iterdir()) == []
    built.cache.rmdir()


def test_a_fifo_in_its_place(built: Built) -> None:
    built.cache.unlink(missing_ok=True)
    os.mkfifo(built.cache)
    built.rebuild()
    assert built.cache.is_file()


@pytest.mark.parametrize("content", [None, b"", b"words", "good"])
def test_a_link_in_its_place(built: Built, tmp_path: Path, content: bytes | str | None) -> None:
    target = tmp_path / "other.sqlite3"
    if content is not None:
        target.write_bytes(content if isinstance(content, bytes) else built.good)
    before = target.read_bytes() if content is not None else None
    built.cache.unlink(missing_ok=True)
    built.cache.symlink_to(target)
    built.rebuild()
    assert not built.cache.is_symlink()
    assert (target.read_bytes() if target.exists() else None) == before


@pytest.mark.parametrize("end", ["-journal", "-wal", "-shm"])
def test_a_journal_beside_it_is_not_played(built: Built, tmp_path: Path, end: str) -> None:
    victim = tmp_path / "victim"
    victim.write_bytes(b"precious")
    built.cache.write_bytes(built.good)
    name = str(victim).encode()
    magic = bytes.fromhex("d9d505f920a163d7")
    page = (512).to_bytes(4, "big")
    header = magic + bytes(4) + bytes(4) + page + page + (4096).to_bytes(4, "big")
    trailer = bytes(4) + name + len(name).to_bytes(4, "big") + sum(name).to_bytes(4, "big") + magic
    built.cache.with_name(NAME + end).write_bytes(header.ljust(512, b"\0") + trailer)
    built.rebuild()
    assert victim.read_bytes() == b"precious"


def test_no_folder_for_it(built: Built) -> None:
    folder = built.cache.parent
    shutil.rmtree(folder)
    folder.write_bytes(b"words")
    built.rebuild()
    assert folder.read_bytes() == b"words"
    folder.unlink()
    folder.mkdir()
    (folder / "lock").mkdir()
    built.rebuild()
    (folder / "lock").rmdir()
    built.rebuild()


def test_a_link_in_place_of_its_folder(built: Built, tmp_path: Path) -> None:
    folder, elsewhere = built.cache.parent, tmp_path / "elsewhere"
    shutil.rmtree(folder)
    elsewhere.mkdir()
    folder.symlink_to(elsewhere)
    built.rebuild()
    folder.unlink()
    assert list(elsewhere.iterdir()) == []
    built.rebuild()


def test_what_cannot_be_written_any_more(built: Built, monkeypatch: pytest.MonkeyPatch) -> None:
    """The disk is full after so many rows."""
    write = Cache._write
    left = 0

    def short(self: Cache, statement: str, given: list[tuple[str, ...]]) -> bool:
        nonlocal left
        left -= 1
        if left < 0:
            self.close()
        return write(self, statement, given)

    for rows in (0, 1, 3, 8, 12):
        built.cache.write_bytes(built.good)
        left = rows
        with monkeypatch.context() as patched:
            patched.setattr(Cache, "_write", short)
            built.rebuild()


def test_from_another_program(built: Built) -> None:
    built.cache.write_bytes(built.good)
    with another_program():
        rendered = built.rebuild().rendered
    assert set(rendered.values()) == {"it is new"}
    assert {path for path in built.tree if path.endswith(".html")} <= rendered.keys()


def test_a_cache_from_another_machine_is_good(built: Built) -> None:
    built.cache.write_bytes(built.good)
    with patch.object(module, "_looks", lambda: "another"):
        rendered = built.rebuild().rendered
    assert rendered
    assert "it is new" not in rendered.values()


# --- What may not be in it -----------------------------------------------------------------------


def test_it_holds_nothing_that_is_never_published(tmp_path: Path) -> None:
    hidden = [f"zqcanary{n}" for n in range(40)]
    names = iter(hidden)

    def unnamed(attribution: str) -> str:
        words = [next(names) for _ in range(3)] if attribution == "deep-background" else ["x", "y", "z"]
        return (
            f"{{type: interview, attribution: {attribution}, title: {next(names)}, publisher: {next(names)}, "
            f"authors: [{next(names)}], url: 'https://{next(names)}.example/', party: {next(names)}, "
            f"description: {words[0]}, why_unnamed: {words[1]}, caveats: [{words[2]}], private: {next(names)}, "
            f"saved: ../explainers/a/{next(names)}.txt}}"
        )

    texts = {
        "content/site.yaml": f"title: A\nbase_url: https://example.org/\nprivate: {next(names)}\n",
        "content/people.yaml": f"ada: {{name: Ada, private: {next(names)}}}\n",
        "content/sources/all.yaml": f"back: {unnamed('background')}\ndeep: {unnamed('deep-background')}\n",
    }
    registry = texts["content/sources/all.yaml"]
    party = [part.split("party: ")[1].split(",")[0] for part in registry.splitlines()]
    own = unnamed("background")
    own_party = own.split("party: ")[1].split(",")[0]
    head = f"date: 2017-01-01\nprivate: {{a: {next(names)}}}\n"
    claims = "".join(
        f'{{{{< claim id="c{n}" sources="back deep" speaker="{one}" >}}}}It {n}{{{{< /claim >}}}}.\n\n'
        for n, one in enumerate([*party, own_party])
    )
    texts |= {
        "content/explainers/a/index.md": f"---\ntitle: A\n{head}---\n{claims.replace(own_party, 'back')}",
        "content/explainers/b.md": f"---\ntitle: B\n{head}sources: {{own: {own}}}\n---\n"
        f'{{{{< claim id="d" sources="own" speaker="{own_party}" >}}}}It{{{{< /claim >}}}}. {{{{< source deep >}}}}\n',
    }
    for path, text in texts.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    for token in hidden:
        if f"{token}.txt" in registry + own:
            (tmp_path / f"content/explainers/a/{token}.txt").write_text(f"Said: {token}x.")
    report = build(Request(tmp_path, tmp_path / "site", jobs=1))
    assert not report.failed, report.diagnostics
    found = b"".join(file.read_bytes() for file in (tmp_path / ".explainer").rglob("*") if file.is_file())
    assert b"explainers/a/index.md" in found
    assert [token for token in hidden if token.encode() in found] == []
    again = build(Request(tmp_path, tmp_path / "site", jobs=1))
    assert again.diagnostics == report.diagnostics


@pytest.mark.parametrize(
    "record",
    [
        "type: interview, description: d, title: {}", "type: interview, Attribution: background, title: {}",
        "type: interview, attribution: backgruond, description: d, publisher: {}",
        "type: interviw, attribution: on record, title: {}", "type: statement, background: x, title: {}",
        "type: interview, attribution: off-record, description: d, title: {}",
    ],
)  # fmt: skip
def test_it_holds_nothing_of_a_source_that_may_be_unnamed(tmp_path: Path, record: str) -> None:
    source = f"x: {{{record.format('zqcanary')}}}"
    texts = {
        "content/site.yaml": "title: A\nbase_url: https://example.org/\n",
        "content/sources/all.yaml": source,
        "content/explainers/a.md": "---\ntitle: A\ndate: 2017-01-01\n---\n"
        '{{< claim id="c" sources="x" >}}It{{< /claim >}}.\n',
    }
    for path, text in texts.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    assert build(Request(tmp_path, tmp_path / "site", jobs=1)).failed
    assert b"zqcanary" not in b"".join(
        file.read_bytes() for file in (tmp_path / ".explainer").rglob("*") if file.is_file()
    )


def test_what_was_unpublished_is_in_no_output(tmp_path: Path) -> None:
    site = SiteUnderWork(tmp_path)
    site.drafts["later"].bundle = True
    site.drafts["later"].meta |= {
        "title": "zqtitle", "summary": "zqsummary", "tags": "[zqtag]", "authors": "[Zqauthor Name]",
    }  # fmt: skip
    site.drafts["later"].lines |= {"picture"}
    site.drafts["later"].claim = site.drafts["later"].word = "zqword"
    picture = "content/explainers/later/picture.svg"
    for step, change in enumerate(({"draft": "true"}, {"publish_at": "2999-01-01"}, None)):
        site.write()
        (site.root / picture).write_text("<svg>zqpicture</svg>")
        assert not site.build().failed
        assert_found(site.root, tree_of(site.root / "site"), found=True)
        if change:
            site.drafts["later"].meta |= change
        else:
            site.drafts["later"].there = False
        site.write()
        assert not site.build().failed, step
        assert_found(site.root, tree_of(site.root / "site"), found=False)
        for key in change or ():
            del site.drafts["later"].meta[key]


def assert_found(root: Path, tree: Tree, *, found: bool) -> None:
    told = b"".join(content for _, content in tree.values()) + "".join(tree).encode()
    marker = (root / "site/.explainer-site").read_bytes()
    for canary in (b"zqtitle", b"zqsummary", b"zqtag", b"Zqauthor", b"zqword", b"zqpicture", b"explainers/later"):
        assert (canary in told) == found, canary
        assert found or canary not in marker
