"""The cache: what earlier builds found out, in one SQLite file that may be deleted at any time.

Every row is sealed with this user's key and a stamp of the program that wrote it: what is damaged, what another
program wrote and what somebody else made is a miss. Values are bytes; nothing in them is ever run.
"""

from __future__ import annotations

import fcntl
import os
import sqlite3
import stat
import sys
from contextlib import suppress
from hashlib import blake2b
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from explainer import __version__
from explainer.system.user_key import seal_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from typing import Self

NAME = "cache.sqlite3"
_FORMAT = 6
# With row ids, keys have an index of their own: each build lists them, and would read half the file for that without.
_SCHEMA = "CREATE TABLE entries (kind TEXT, key TEXT, value BLOB, seal BLOB, PRIMARY KEY (kind, key))"
_OBJECTS = [(_SCHEMA,), (None,)]  # the table, and its index, which SQLite makes by itself
_LEFT_BEHIND = ("-journal", "-wal", "-shm")
# What decides on the bytes that come out, besides the program itself.
_PARTS = {
    "babel": "babel",
    "bs4": "beautifulsoup4",
    "jinja2": "jinja2",
    "markdown_it": "markdown-it-py",
    "markupsafe": "markupsafe",
    "mdit_py_plugins": "mdit-py-plugins",
    "msgspec": "msgspec",
    "mdurl": "mdurl",
    "pypdf": "pypdf",
    "PIL": "pillow",
    "resvg": "resvg",
    "yaml": "pyyaml",
}


class DamagedCacheError(Exception):
    """The cache holds something that isn't what was stored, or not all of it. It can be built around."""


class Cache:
    """A store of values by kind and key, for one build at a time; a second one meanwhile has none.

    `key` seals what is stored. Nothing that goes wrong with it stops a build. Without a folder or a key it holds
    nothing. `note` says why nothing of an earlier build could be used, where that isn't plain.
    """

    def __init__(self, folder: Path | None, key: bytes | None = None) -> None:
        self.connection: sqlite3.Connection | None = None
        self.note = ""
        self._lock = -1
        self._key = self._row_key = key or b""
        self._has_forgotten = False
        if folder and key:
            self.path = folder / NAME
            self._lock = _locked(folder)
            if self._lock == -1:
                self.note = f"{folder} is in use by another build, or can't be written to"
        if self._lock != -1:
            self.connection = (self._open() if self._is_whole() else None) or self._recreate()
        self.opened = self.connection is not None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
        if self._lock != -1:
            os.close(self._lock)
            self._lock = -1

    def get(self, kind: str, key: str) -> bytes | None:
        """The value under a key; None if it isn't there, or isn't what was stored."""
        for _, value in self._rows("SELECT key, value, seal FROM entries WHERE kind = ? AND key = ?", kind, key):
            return value
        return None

    def all(self, kind: str) -> dict[str, bytes]:
        """Every value of a kind, by key."""
        return dict(self._rows("SELECT key, value, seal FROM entries WHERE kind = ?", kind))

    def keys(self, kind: str) -> set[str]:
        """The keys of a kind, whatever is under them."""
        if not self.connection:
            return set()
        try:
            return {key for (key,) in self.connection.execute("SELECT key FROM entries WHERE kind = ?", (kind,))}
        except (sqlite3.Error, UnicodeDecodeError):
            return set()

    def put(self, kind: str, entries: Iterable[tuple[str, bytes]]) -> bool:
        """Store values under their keys; False if that can't be done."""
        rows = [(kind, key, value, self.seal(kind, key, value)) for key, value in entries]
        return self._write("INSERT OR REPLACE INTO entries VALUES (?, ?, ?, ?)", rows)

    def remove(self, kind: str, keys: Iterable[str]) -> None:
        """Forget keys."""
        rows = [(kind, key) for key in keys]
        self._write("DELETE FROM entries WHERE kind = ? AND key = ?", rows)
        self._has_forgotten |= bool(rows)

    def clear(self) -> None:
        """Forget everything."""
        self._write("DELETE FROM entries WHERE kind != ?", [("stamp",)])

    def commit(self) -> None:
        """Make what was stored last."""
        if self.connection:
            with suppress(sqlite3.Error):
                self.connection.commit()

    def close(self) -> None:
        """Let go of the file, without what wasn't committed."""
        if self.connection:
            with suppress(sqlite3.Error):
                if self._has_forgotten:
                    self.connection.rollback()
                    # A row that SQLite moved to another page of the file has left a copy in the free space of the
                    # old one, where `secure_delete` doesn't look.
                    self.connection.execute("VACUUM")
            with suppress(sqlite3.Error):
                self.connection.close()
            self.connection = None

    def _rows(self, query: str, kind: str, *keys: str) -> Iterator[tuple[str, bytes]]:
        if not self.connection:
            return
        try:
            for key, value, seal in self.connection.execute(query, (kind, *keys)):
                if isinstance(value, bytes) and isinstance(key, str) and seal == self.seal(kind, key, value):
                    yield key, value
        except (sqlite3.Error, UnicodeDecodeError):
            return

    def seal(self, kind: str, key: str, value: bytes) -> bytes:
        """What vouches for a row: that this user's program, as it is now, stored it."""
        return seal_of(self._row_key, b"row", kind.encode(), key.encode(), value)

    def _write(self, statement: str, rows: Sequence[tuple[str | bytes, ...]]) -> bool:
        if self.connection and rows:
            try:
                self.connection.executemany(statement, rows)
            except sqlite3.Error:
                self.close()
        return self.connection is not None

    def _is_whole(self) -> bool:
        """Whether there is an ordinary file, and no journal of a build that was cut short.

        SQLite would play back a journal before anything in it could be checked.
        """
        try:
            mode = self.path.lstat().st_mode
        except OSError:
            return False
        return stat.S_ISREG(mode) and not any(os.path.lexists(f"{self.path}{end}") for end in _LEFT_BEHIND)

    def _open(self) -> sqlite3.Connection | None:
        try:
            connection = sqlite3.connect(self.path, check_same_thread=False)
        except sqlite3.Error:
            return None
        try:
            # Losing the cache in a crash of the machine costs one full build.
            connection.execute("PRAGMA synchronous = OFF")
            # What is forgotten leaves no trace in the file.
            connection.execute("PRAGMA secure_delete = ON")
            schema = connection.execute("SELECT sql FROM sqlite_master").fetchall()
            if not schema:
                connection.execute(_SCHEMA)
            elif schema != _OBJECTS:
                connection.close()
                return None
            if not self._is_stamped(connection, is_new=not schema):
                connection.close()
                self.note = "the cache was made by another version of the program, or by another user"
                return None
        except sqlite3.Error:
            connection.close()
            return None
        return connection

    def _recreate(self) -> sqlite3.Connection | None:
        """Start again with an empty file where the old one can't be used."""
        for end in ("", *_LEFT_BEHIND):
            with suppress(OSError):
                Path(f"{self.path}{end}").unlink()
        return None if os.path.lexists(self.path) else self._open()

    def _is_stamped(self, connection: sqlite3.Connection, *, is_new: bool) -> bool:
        """Whether this user's program, as it is, wrote a cache; a new one is stamped now.

        The stats of its files tell that quickly, their contents where only the stats are others, as on
        another machine that was given the cache. What is right is the key of all rows.
        """
        looks, written, now = _looks(), _stamp_in(connection, self._key), ""
        if written is None or written[0] != looks:
            now = stamp()
            if not is_new and (written is None or written[1] != now):
                return False
            value = f"{looks}\n{now}".encode()
            row = ("stamp", "", value, seal_of(self._key, b"stamp", value))
            connection.execute("INSERT OR REPLACE INTO entries VALUES (?, ?, ?, ?)", row)
        else:
            now = written[1]
        self._row_key = seal_of(self._key, b"rows", now.encode())
        return True


def _stamp_in(connection: sqlite3.Connection, key: bytes) -> tuple[str, str] | None:
    """What a cache says of the program that wrote it: the looks of its files, its stamp. None if the seal is another's."""
    for value, seal in connection.execute("SELECT value, seal FROM entries WHERE kind = 'stamp'"):
        if isinstance(value, bytes) and seal == seal_of(key, b"stamp", value):
            looks, _, found = value.decode().partition("\n")
            return looks, found
    return None


def _locked(folder: Path) -> int:
    """Lock the cache in a folder; -1 if it can't be, or another build has it."""
    try:
        handle = os.open(folder / "lock", os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, 0o644)
    except OSError:
        return -1
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(handle)
        return -1
    return handle


def stamp() -> str:
    """What wrote a cache: versions, and the contents of the program's files."""
    from importlib.metadata import version  # noqa: PLC0415 - only where something has changed

    digest = blake2b(digest_size=12)
    for name, file in _program():
        digest.update(b"%b\0%b\0" % (name.encode(), blake2b(Path(file).read_bytes()).digest()))
    for name in _PARTS.values():
        with suppress(ImportError):
            digest.update(f"{name} {version(name)}\n".encode())
    return f"{_FORMAT} {__version__} {sys.version_info[:3]} {digest.hexdigest()}"


def _looks() -> str:
    """The version, and what the system says of the program's files."""
    digest = blake2b(f"{_FORMAT} {__version__} {sys.version}\n".encode(), digest_size=12)
    for name, file in _program():
        found = os.stat(file)  # noqa: PTH116 - every build asks this
        looks = (found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino)
        digest.update(f"{name} {looks}\n".encode())
    return digest.hexdigest()


def _program() -> Iterator[tuple[str, str]]:
    """The files that decide on the bytes that come out, by name."""
    # Paths as text: every build asks, and paths as objects cost as much as the answer.
    own = os.path.dirname(os.path.dirname(__file__))  # noqa: PTH120
    found = [f"{folder}/{name}" for folder, _, names in os.walk(own) for name in names if name.endswith(".py")]
    yield from ((file[len(own) + 1 :], file) for file in sorted(found))
    yield from ((name, spec.origin) for name in _PARTS if (spec := find_spec(name)) and spec.origin)
