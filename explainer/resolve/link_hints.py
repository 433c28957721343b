"""Hints for links that lead nowhere: what may have been meant."""

from __future__ import annotations

import posixpath
import re
from collections import defaultdict
from typing import TYPE_CHECKING

from explainer.model.output_files import HOME, MACHINE_FILES, NOT_FOUND, address

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

_PICTURES = (".png", ".jpg", ".jpeg", ".gif", ".webp", ".svg", ".avif", ".heic", ".apng")
# Nobody links to these from a page by a slip of the pen.
_NEVER = frozenset(map(address, (HOME, NOT_FOUND, *MACHINE_FILES)))
_NAMES = r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+"
_HOST = re.compile(rf"(?:www\.)?{_NAMES}([a-z]{{2,24}})(?::\d+)?(?:/.*)?", re.IGNORECASE)
# Endings of hosts without `www.`; those of files that are as long are none.
_DOMAINS = frozenset({"com", "org", "net", "edu", "gov", "int", "mil", "info", "news", "press", "example"})
_FILE_ENDINGS = frozenset({"md", "js", "py", "gz", "xz", "ps", "ai", "db", "go", "rs", "rb", "sh", "ts", "vb", "so"})


class NearPaths:
    """The addresses of a site by the last part of their paths, found when that is written with one slip of the pen.

    Built when the first hint is asked for. A hint then costs the length of the word, however large the site is.
    """

    def __init__(self) -> None:
        self._by_form: dict[str, list[str]] | None = None

    def nearest(self, path: str, paths: Iterable[str], passed_over: str) -> str | None:
        """Return the path that was most likely meant by this one; never `passed_over`, a feed or data."""
        if self._by_form is None:
            self._by_form = _indexed(paths)
        found = dict.fromkeys(near for form in _forms(_last(path)) for near in self._by_form.get(form, ()))
        found.pop(passed_over, None)
        # The one in the same folder first, then in the order of the alphabet.
        folder = posixpath.dirname(path.rstrip("/"))
        return min(found, key=lambda near: (posixpath.dirname(near.rstrip("/")) != folder, near), default=None)


def _indexed(paths: Iterable[str]) -> dict[str, list[str]]:
    by_form: dict[str, list[str]] = defaultdict(list)
    for path in paths:
        if path not in _NEVER and not path.endswith(".json"):
            for form in _forms(_last(path)):
                by_form[form].append(path)
    return by_form


def _last(path: str) -> str:
    """The last part of a path, without the ending of a page's file."""
    name = path.rstrip("/").rpartition("/")[2].casefold().replace("_", "-")
    return name.removesuffix(".md").removesuffix(".html").removesuffix(".htm")


def _forms(word: str) -> set[str]:
    """A word, and the word without each of its letters: two words that share a form differ by a slip of the pen."""
    if len(word) < 3:  # noqa: PLR2004 - almost any two of these share one
        return {word} if word else set()
    return {word, *(word[:i] + word[i + 1 :] for i in range(len(word)))}


def link_hints(
    target: str,
    path: str,
    page: str,
    folder: str,
    *,
    near: NearPaths,
    paths: Collection[str],
    beside: Mapping[str, object],
) -> Iterator[str]:
    """Say what may have been meant by a link's target.

    `path` is the target's path on the site, `page` the path of the page that links, `folder` its file's folder;
    `beside` are the files beside the page, by name, empty if it has no folder of its own.
    """
    host = _HOST.fullmatch(target)
    if host and (target.lower().startswith("www.") or _is_domain(host[1].lower())):
        yield f"an address of another site begins with `https://`: `https://{target}`"
    elif path.lower().endswith(_PICTURES):
        yield from _picture_hints(target, page, folder, beside)
    elif (meant := near.nearest(path, paths, page)) is not None:
        yield f"did you mean `{meant}`?"


def _is_domain(ending: str) -> bool:
    return ending in _DOMAINS or (len(ending) == 2 and ending not in _FILE_ENDINGS)  # noqa: PLR2004 - of countries


def _picture_hints(target: str, page: str, folder: str, beside: Mapping[str, object]) -> Iterator[str]:
    name = posixpath.basename(target)
    forms = _forms(name.casefold())
    for other in sorted(beside):
        if not forms.isdisjoint(_forms(posixpath.basename(other).casefold())):
            yield f"did you mean `{other}`?"
            return
    slug = page.strip("/").rpartition("/")[2]
    if posixpath.basename(folder) in {"explainers", "pages"} and slug:
        yield (
            f"a picture stands beside the page's text: make the folder `{folder}/{slug}/`, move the page into it as "
            f"`index.md`, and `{name}` too"
        )
    elif slug:
        yield f"a picture stands beside the page's text: put it into `{folder}/`"
