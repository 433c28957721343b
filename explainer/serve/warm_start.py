"""What the last preview showed, for the next one to answer with before it has the site in memory.

It is valid while every file of the site and of the theme is as it was, which stats alone can tell. So little
is read and imported for it that a browser need not wait.
"""

from __future__ import annotations

import shutil
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from explainer.cache import codec
from explainer.cache.store import NAME, Cache, DamagedCacheError
from explainer.engine.request import now
from explainer.engine.up_to_date import InputState
from explainer.model.record import Record
from explainer.system.file_stats import digest_of
from explainer.system.user_key import NoKeyError, user_key
from explainer.system.work_folder import make_work_folder

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from explainer.engine.up_to_date import InputSnapshot

_PREVIEW, _RESPONSES = "preview", "responses"


class SavedResponses(NamedTuple):
    """Outputs as they were shown last: `digests` by path; `root` is the path of the site on its host, `url` its address."""

    cache: Cache
    root: str
    url: str
    digests: Mapping[str, str]

    def get(self, path: str) -> bytes | None:
        """An output; None if it wasn't saved."""
        content = self.cache.get(_RESPONSES, path) if path in self.digests else None
        return content if content is not None and digest_of(content) == self.digests[path] else None


class Responses(NamedTuple):
    """What to save of a preview: its choice (drafts, future), what it read, and the outputs that it showed."""

    choice: tuple[bool, bool]
    inputs: InputState
    root: str
    url: str
    outputs: Mapping[str, bytes]


class _LastPreview(Record, frozen=True):
    """The row for a preview: its choice, what it read, and the digests of the outputs by path."""

    choice: tuple[bool, bool]
    inputs: InputState
    root: str
    url: str
    outputs: dict[str, str]


def preview_cache(site: Path, name: str = "preview") -> Cache:
    """The cache that a preview has for as long as it runs, so that builds have theirs; it begins as a copy of that.

    `name` is that of its folder: what runs beside a preview has one of its own.
    """
    try:
        key = user_key(site)
    except NoKeyError:
        return Cache(None)
    try:
        theirs = make_work_folder(site) / NAME
        own = theirs.with_name(name)
        own.mkdir(exist_ok=True)
        if theirs.is_file() and not (own / NAME).exists():
            shutil.copyfile(theirs, own / NAME)
    except OSError:
        return Cache(None)
    return Cache(own, key)


def load_responses(cache: Cache, scanned: InputSnapshot, choice: tuple[bool, bool]) -> SavedResponses | None:
    """What the last preview showed, if this one would show the same; `scanned` are the files as they are now."""
    last = _last_preview(cache)
    same = last is not None and last.choice == choice and last.inputs.is_current(scanned, now())
    return SavedResponses(cache, last.root, last.url, last.outputs) if last and same else None


def save_responses(cache: Cache, responses: Responses | None) -> None:
    """Save what is shown now; without anything, forget what was shown before."""
    last = _last_preview(cache)
    before = last.outputs if last else {}
    if responses is None:
        cache.remove(_PREVIEW, [""])
        cache.remove(_RESPONSES, before)
        cache.commit()
        return
    texts = dict(_texts(responses.outputs))
    digests = {path: digest_of(content) for path, content in texts.items()}
    preview = _LastPreview(responses.choice, responses.inputs, responses.root, responses.url, digests)
    cache.remove(_RESPONSES, before.keys() - digests.keys())
    cache.put(_RESPONSES, [(path, content) for path, content in texts.items() if before.get(path) != digests[path]])
    cache.put(_PREVIEW, [("", codec.dumps(preview))])
    cache.commit()


def _last_preview(cache: Cache) -> _LastPreview | None:
    row = cache.get(_PREVIEW, "")
    with suppress(DamagedCacheError):
        return None if row is None else codec.loads(_LastPreview, row)
    return None


def _texts(outputs: Mapping[str, bytes]) -> Iterator[tuple[str, bytes]]:
    """Those that are text: pictures and typefaces can wait."""
    for path, content in outputs.items():
        with suppress(UnicodeDecodeError):
            content.decode()
            yield path, content
