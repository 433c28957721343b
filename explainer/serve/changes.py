"""What changed in a site's folder, by what has to be done about it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

    from explainer.engine.up_to_date import InputSnapshot

CONTENT, LAYOUTS = "content", "layouts"
_STATIC, _WORDS = "layouts/static/", "layouts/i18n/"
_LIBRARY = ("content/site.yaml", "content/people.yaml", "content/sources")
_YAML = (".yaml", ".yml")
_PAGE = re.compile(r"content/(explainers/([^/]+|[^/]+/index)|pages/[^/]+)\.md")
# What editors leave beside a file while they write it; 4913 is how Vim tries whether it may write at all.
_LITTER = re.compile(r"\..*|.*~|#.*#|4913|.*\.(sw[a-z]|tmp|temp|bak|orig|part|crdownload)|.*___jb_(tmp|old)___")


class Changes(NamedTuple):
    """What to look at again, as paths relative to the site.

    `pages` are files of pages, `files` whatever else stands in `content/` (pictures, saved copies);
    `library` stands for site.yaml, people.yaml, the sources and catalogs, `static` are files of the
    theme that are no templates, `layouts` stands for templates. `everything` is
    true where there is no telling, and all has to be looked at.
    """

    pages: frozenset[str] = frozenset()
    files: frozenset[str] = frozenset()
    static: frozenset[str] = frozenset()
    library: bool = False
    layouts: bool = False
    everything: bool = False

    def __or__(self, other: object) -> Changes:
        """Both together."""
        if not isinstance(other, Changes):
            return NotImplemented
        return Changes(
            self.pages | other.pages,
            self.files | other.files,
            self.static | other.static,
            self.library or other.library,
            self.layouts or other.layouts,
            self.everything or other.everything,
        )


EVERYTHING = Changes(library=True, layouts=True, everything=True)
# Which files there are, and what all pages share.
LOOK_AGAIN = Changes(files=frozenset({CONTENT}), library=True, layouts=True)


def is_litter(path: str) -> bool:
    """Whether a path is none of the site's: hidden, or what an editor leaves while it writes."""
    return any(_LITTER.fullmatch(part) for part in path.split("/"))


def changes_of(paths: Iterable[str]) -> Changes:
    """Sort paths relative to the site; a path of the default theme stands as one of `layouts/`."""
    pages, files, static, shared = set(), set(), set(), set()
    layouts = everything = False
    for path in paths:
        if is_litter(path):
            continue
        if path in {CONTENT, LAYOUTS}:
            everything = True
        elif path.startswith(_STATIC) or (path.startswith(f"{LAYOUTS}/") and path.endswith(".css")):
            static.add(path)
        elif path.startswith(_WORDS):
            shared.add(path)
            layouts = True
        elif path.startswith(f"{LAYOUTS}/"):
            layouts = True
        elif path.startswith(_LIBRARY):
            shared.add(path)
        elif _PAGE.fullmatch(path):
            pages.add(path)
        elif path.startswith(f"{CONTENT}/"):
            files.add(path)
    # Saved copies may be beside the sources.
    files |= {path for path in shared if not path.endswith(_YAML)}
    return Changes(frozenset(pages), frozenset(files), frozenset(static), bool(shared), layouts, everything)


def changes_between(before: InputSnapshot, now: InputSnapshot) -> Changes:
    """What differs by stats between two looks at all files."""
    paths: set[str] = set()
    for old, new, theme in ((before.site.stats, now.site.stats, False), (before.theme.stats, now.theme.stats, True)):
        differ = (path for path in old.keys() | new.keys() if old.get(path) != new.get(path))
        paths.update(f"{LAYOUTS}/{path.partition('/')[2]}" if theme else path for path in differ)
    return changes_of(path.rstrip("/") for path in paths)
