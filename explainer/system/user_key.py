"""The secret key of the user who builds: what is kept between builds is sealed with it.

A cache that somebody else made, or changed, doesn't carry this user's seal and is never believed. The key is a file
in the user's own state folder, made on first use. `EXPLAINER_CACHE_KEY` takes its place where machines come and go,
as in continuous integration.
"""

from __future__ import annotations

import os
import secrets
import sys
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path
from stat import S_IMODE, S_ISREG

VARIABLE = "EXPLAINER_CACHE_KEY"
_NAME = "cache.key"
_SIZE = 32  # bytes
_OTHERS = 0o077  # what a group and everybody else may do


class NoKeyError(Exception):
    """There is no key, and none can be made; the message says why."""


def user_key(site: Path) -> bytes:
    """The key of this user, made if there is none yet.

    Raises:
        NoKeyError: if it can be neither read nor made, or would lie inside the site, where others may put one.
    """
    given = os.environ.get(VARIABLE)
    if given:
        return blake2b(os.fsencode(given), digest_size=_SIZE, person=b"explainer cache").digest()
    folder = _state_folder()
    if _is_inside(folder, site):
        raise NoKeyError(f"the key would lie inside the site, in {folder}; set {VARIABLE}, or HOME to another folder")
    try:
        return _read(folder / _NAME) or _made(folder / _NAME)
    except OSError as error:
        raise NoKeyError(f"the key in {folder} can't be read or made: {error.strerror or error}") from error


def seal_of(key: bytes, purpose: bytes, *parts: bytes) -> bytes:
    """What only the holder of the key can make for these parts; a purpose has 16 bytes at most."""
    seal = blake2b(key=key, digest_size=_SIZE, person=purpose)
    # Each part with its length: nothing moves from one into the next.
    seal.update(b"".join(b"%d:" % len(part) for part in parts))
    for part in parts:
        seal.update(part)
    return seal.digest()


def _state_folder() -> Path:
    """Where programs keep what should outlast a restart, by the convention of the platform."""
    given = os.environ.get("XDG_STATE_HOME", "")
    if Path(given).is_absolute():
        return Path(given, "explainer")
    try:
        home = Path.home()
    except RuntimeError as error:
        raise NoKeyError("this user has no home folder") from error
    if sys.platform == "darwin":
        return home / "Library/Application Support/explainer"
    return home / ".local/state/explainer"


def _is_inside(folder: Path, site: Path) -> bool:
    return Path(os.path.realpath(folder)).is_relative_to(os.path.realpath(site))


def _read(file: Path) -> bytes | None:
    """The key in a file; None if there is none, or somebody else could know it or have put it there."""
    try:
        handle = os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    with os.fdopen(handle, "rb") as opened:
        stat = os.fstat(handle)
        key = opened.read(_SIZE + 1) if S_ISREG(stat.st_mode) else b""
    if stat.st_uid == os.geteuid() and not S_IMODE(stat.st_mode) & _OTHERS and len(key) == _SIZE:
        return key
    file.unlink()
    return None


def _made(file: Path) -> bytes:
    """A new key. Of two builds that make one at once, both use the one that was there first."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if S_IMODE(file.parent.stat().st_mode) & _OTHERS:
        file.parent.chmod(0o700)
    own = file.with_name(f".{_NAME}-{secrets.token_hex(8)}")
    handle = os.open(own, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        os.fchmod(handle, 0o600)
        os.write(handle, secrets.token_bytes(_SIZE))
        os.close(handle)
        with suppress(FileExistsError):
            # Unlike a rename, a link never takes the place of a file that is there.
            os.link(own, file)
    finally:
        own.unlink()
    key = _read(file)
    if key is None:
        raise FileNotFoundError(2, "another process removed it")
    return key
