"""What the last preview showed, for the next one to answer with before it has the site in memory.

It holds while every file of the site and of the theme is as it was, which stats alone can tell. So little
is read and imported for it that a browser need not wait.
"""

from __future__ import annotations

import json
import shutil
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NamedTuple

from explainer.cache.store import NAME, Cache
from explainer.engine.request import now
from explainer.engine.up_to_date import files_of, is_settled
from explainer.system.file_stats import digest_of
from explainer.system.user_key import NoKeyError, user_key
from explainer.system.work_folder import NAME as FOLDER
from explainer.system.work_folder import make_work_folder

if TYPE_CHECKING:
    from collections.abc import Mapping
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
        text = self.cache.get(_SHOWN, path) if path in self.digests else None
        content = None if text is None else text.encode()
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
    own = site / FOLDER / "preview"
    with suppress(OSError):
        theirs = make_work_folder(site) / NAME
        own.mkdir(exist_ok=True)
        if theirs.is_file() and not (own / NAME).exists():
            shutil.copyfile(theirs, own / NAME)
    return Cache(own, key)


def stood(cache: Cache, seen: Seen, choice: tuple[bool, bool]) -> Stood | None:
    """What the last preview showed, if this one would show the same; `seen` are the files as they are now."""
    row = cache.get(_STOOD, "")
    if row is None:
        return None
    try:
        data = json.loads(row)
        begin, end = data["due"]
        time = now()
        same = (
            data["choice"] == list(choice)
            and data["files"] == files_of(seen)
            and begin <= time < (time + 1 if end is None else end)
            and is_settled(seen, data["taken"])
        )
        found = Stood(cache, str(data["root"]), str(data["url"]), dict(data["outputs"]))
    except (ValueError, TypeError, KeyError, RecursionError):
        return None
    return found if same else None


def keep(cache: Cache, seen: Seen, kept: Kept | None) -> None:
    """Keep what is shown of a site with these files; without anything, nothing is known of it any more."""
    before = _digests(cache)
    if kept is None:
        cache.remove(_STOOD, [""])
        cache.remove(_SHOWN, before)
        cache.commit()
        return
    texts = dict(_texts(kept.outputs))
    digests = {path: digest_of(text.encode()) for path, text in texts.items()}
    data = {
        "choice": kept.choice,
        "files": files_of(seen),
        "taken": min(part.taken for part in seen),
        "due": kept.due,
        "root": kept.root,
        "url": kept.url,
        "outputs": digests,
    }
    cache.remove(_SHOWN, before.keys() - digests.keys())
    cache.put(_SHOWN, [(path, text) for path, text in texts.items() if before.get(path) != digests[path]])
    cache.put(_STOOD, [("", json.dumps(data, ensure_ascii=False, separators=(",", ":")))])
    cache.commit()


def _digests(cache: Cache) -> dict[str, Any]:
    with suppress(ValueError, TypeError, KeyError, RecursionError):
        return dict(json.loads(cache.get(_STOOD, "") or "")["outputs"])
    return {}


def _texts(outputs: Mapping[str, bytes]) -> Any:
    """Those that are text: pictures and typefaces can wait."""
    for path, content in outputs.items():
        with suppress(UnicodeDecodeError):
            yield path, content.decode()
