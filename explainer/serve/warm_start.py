"""What the last preview showed, for the next one to answer with before it has the site in memory.

It holds while every file of the site and of the theme is as it was, which stats alone can tell. So little
is read and imported for it that a browser need not wait.
"""

from __future__ import annotations

import shutil
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from explainer.cache import codec
from explainer.cache.store import NAME, Cache, DamagedCacheError
from explainer.engine.request import now
from explainer.engine.up_to_date import files_of, holds, is_settled, taken
from explainer.model.record import Record
from explainer.system.file_stats import digest_of
from explainer.system.user_key import NoKeyError, user_key
from explainer.system.work_folder import make_work_folder

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from explainer.engine.up_to_date import Seen

_STOOD, _SHOWN = "stood", "shown"


class Stood(NamedTuple):
    """Outputs as they were shown last: `digests` by path; `root` is the path of the site on its host, `url` its address."""

    cache: Cache
    root: str
    url: str
    digests: Mapping[str, str]

    def get(self, path: str) -> bytes | None:
        """An output; None if it wasn't kept."""
        content = self.cache.get(_SHOWN, path) if path in self.digests else None
        return content if content is not None and digest_of(content) == self.digests[path] else None


class Kept(NamedTuple):
    """What to keep of a preview: its choice (drafts, future), the seconds between which it holds, and the outputs."""

    choice: tuple[bool, bool]
    due: tuple[int, int | None]
    root: str
    url: str
    outputs: Mapping[str, bytes]


def own_cache(site: Path) -> Cache:
    """The cache that a preview has for as long as it runs, so that builds have theirs; it begins with what they found out."""
    try:
        key = user_key(site)
    except NoKeyError:
        return Cache(None)
    try:
        theirs = make_work_folder(site) / NAME
        own = theirs.with_name("preview")
        own.mkdir(exist_ok=True)
        if theirs.is_file() and not (own / NAME).exists():
            shutil.copyfile(theirs, own / NAME)
    except OSError:
        return Cache(None)
    return Cache(own, key)


class _Saved(Record, frozen=True):
    """What a preview showed: of which files and choice, between which seconds, and the digests of the outputs."""

    choice: tuple[bool, bool]
    files: tuple[str, str]
    taken: int
    due: tuple[int, int | None]
    root: str
    url: str
    outputs: dict[str, str]


def stood(cache: Cache, seen: Seen, choice: tuple[bool, bool]) -> Stood | None:
    """What the last preview showed, if this one would show the same; `seen` are the files as they are now."""
    saved = _saved(cache)
    same = (
        saved is not None
        and saved.choice == choice
        and saved.files == files_of(seen)
        and holds(saved.due, now())
        and is_settled(seen, saved.taken)
    )
    return Stood(cache, saved.root, saved.url, saved.outputs) if saved and same else None


def keep(cache: Cache, seen: Seen, kept: Kept | None) -> None:
    """Keep what is shown of a site with these files; without anything, nothing is known of it any more."""
    saved = _saved(cache)
    before = saved.outputs if saved else {}
    if kept is None:
        cache.remove(_STOOD, [""])
        cache.remove(_SHOWN, before)
        cache.commit()
        return
    texts = dict(_texts(kept.outputs))
    digests = {path: digest_of(content) for path, content in texts.items()}
    now_saved = _Saved(kept.choice, files_of(seen), taken(seen), kept.due, kept.root, kept.url, digests)
    cache.remove(_SHOWN, before.keys() - digests.keys())
    cache.put(_SHOWN, [(path, content) for path, content in texts.items() if before.get(path) != digests[path]])
    cache.put(_STOOD, [("", codec.dumps(now_saved))])
    cache.commit()


def _saved(cache: Cache) -> _Saved | None:
    row = cache.get(_STOOD, "")
    with suppress(DamagedCacheError):
        return None if row is None else codec.loads(_Saved, row)
    return None


def _texts(outputs: Mapping[str, bytes]) -> Iterator[tuple[str, bytes]]:
    """Those that are text: pictures and typefaces can wait."""
    for path, content in outputs.items():
        with suppress(UnicodeDecodeError):
            content.decode()
            yield path, content
