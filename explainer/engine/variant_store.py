"""The variants of pictures and the cards that earlier builds made, in `.explainer/images/` and `.explainer/cards/`.

These folders may be carried to another machine. A file's name says what it is made of, and how. What is in one counts
only if `digests` there has the digest of its bytes: a file that is damaged or half written is made again.
"""

from __future__ import annotations

import os
import re
from contextlib import suppress
from typing import TYPE_CHECKING

from explainer.system.file_stats import digest_of
from explainer.system.site_files import read_file
from explainer.system.work_folder import NAME as WORK_FOLDER
from explainer.system.work_folder import make_work_folder

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

IMAGES = "images"
_DIGESTS = "digests"
_LINE = re.compile(r"([0-9a-f]{32}) ([^/\n]+)")


def store_of(site: Path, folder: str = IMAGES) -> VariantStore:
    """What is kept for a site in a folder of `.explainer/`; only in memory where that can't be used."""
    try:
        return VariantStore(make_work_folder(site) / folder)
    except OSError:
        return VariantStore(None)


def has_store(site: Path, folder: str) -> bool:
    """Whether something may be kept for a site in a folder of `.explainer/`; not where that can't be looked at."""
    return os.path.isdir(site / WORK_FOLDER / folder)  # noqa: PTH112 - of paths as objects this raises


class VariantStore:
    """The variants in a folder, by name. What can't be written there is only held in memory."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._digests = self._read_digests(folder) if folder else {}
        self._memory: dict[str, bytes] = {}

    @property
    def names(self) -> frozenset[str]:
        """The names of all that is there."""
        return frozenset(self._digests)

    def __contains__(self, name: str) -> bool:
        return name in self._digests

    def get(self, name: str) -> bytes | None:
        """A variant; None if it isn't there, or isn't what was stored."""
        if name in self._memory:
            return self._memory[name]
        if self._folder is None or name not in self._digests:
            return None
        content = read_file(self._folder, name).value
        if content is not None and digest_of(content) == self._digests[name]:
            return content
        del self._digests[name]
        return None

    def add(self, name: str, content: bytes) -> None:
        """Store a variant: first it, then its digest."""
        self._digests[name] = digest = digest_of(content)
        if self._folder is None:
            self._memory[name] = content
            return
        try:
            self._folder.mkdir(exist_ok=True)
            new = self._folder / f".{digest}.{os.getpid()}"
            new.write_bytes(content)
            new.replace(self._folder / name)
            with self._folder.joinpath(_DIGESTS).open("a", encoding="utf-8") as listed:
                listed.write(f"{digest} {name}\n")
        except OSError:
            self._memory[name] = content

    def keep_only(self, names: Collection[str]) -> None:
        """Forget every variant but these."""
        self._memory = {name: content for name, content in self._memory.items() if name in names}
        kept = {name: digest for name, digest in self._digests.items() if name in names}
        if self._folder is None or not os.path.isdir(self._folder):  # noqa: PTH112 - as above
            self._digests = kept
            return
        with suppress(OSError):
            others = [name for name in os.listdir(self._folder) if name not in kept and name != _DIGESTS]  # noqa: PTH208
            if not others and kept.keys() == self._digests.keys():
                return
            for name in others:
                self._folder.joinpath(name).unlink()
            new = self._folder / f".{_DIGESTS}"
            new.write_text("".join(f"{digest} {name}\n" for name, digest in sorted(kept.items())), "utf-8")
            new.replace(self._folder / _DIGESTS)
        self._digests = kept

    @staticmethod
    def _read_digests(folder: Path) -> dict[str, str]:
        content = read_file(folder, _DIGESTS).value
        if content is None:
            return {}
        text = content.decode("utf-8", errors="replace")
        return {line[2]: line[1] for line in map(_LINE.fullmatch, text.splitlines()) if line}
