"""Links inside the site: where they lead, and whether anything is there."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote, urlsplit

from explainer.diagnostics import Diagnostic, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Mapping

    from explainer.diagnostics import Span
    from explainer.model import PageFile
    from explainer.resolve.page import Resolved


@dataclass(frozen=True, slots=True)
class Addresses:
    """All addresses of the site.

    `paths` maps each page's path to the ids on it, None where any id is taken on trust; `files`
    the path of each page's file to its path on the site; `left_out` are paths of pages that this
    build leaves out; `beside` maps a page's file to the names of the files beside it; `static` are
    the paths of the theme's files; `root` is the path of the site's base URL.
    """

    root: str
    paths: Mapping[str, frozenset[str] | None]
    files: Mapping[str, str]
    left_out: frozenset[str]
    beside: Mapping[str, frozenset[str]]
    static: frozenset[str]


@dataclass(slots=True)
class Linker:
    """Resolves the links of one page; keeps faults and the files that are shown."""

    addresses: Addresses
    page: str
    file: PageFile
    faults: list[Diagnostic] = field(default_factory=list)
    assets: dict[str, str] = field(default_factory=dict)

    def href(self, target: str, span: Span) -> str:
        """A target as it stands in the HTML."""
        parts = urlsplit(target)
        if not parts.path:
            self._check_anchor(self.page, parts.fragment, span)
            return target
        path = self._path(unquote(parts.path))
        found = self._find(path, span, target)
        if found is None:
            return target
        self._check_anchor(found, parts.fragment, span)
        query = f"?{parts.query}" if parts.query else ""
        fragment = f"#{parts.fragment}" if parts.fragment else ""
        return quote(self.addresses.root.rstrip("/") + found) + query + fragment

    def beside(self, name: str) -> bool:
        """Take in a file beside the page, if there is one of this name."""
        clean = posixpath.normpath(unquote(name))
        if clean not in self.addresses.beside.get(self.file.path, frozenset()):
            return False
        self.assets[posixpath.join(posixpath.dirname(self.file.path), clean)] = posixpath.join(self.page, clean)
        return True

    def _path(self, path: str) -> str:
        """A target's path on the site."""
        if path.startswith("/"):
            return path
        if path.endswith(".md"):
            file = posixpath.normpath(posixpath.join(posixpath.dirname(self.file.path), path))
            return self.addresses.files.get(file, file)
        slash = "/" if path.endswith("/") else ""
        return posixpath.normpath(posixpath.join(self.page, path)) + slash

    def _find(self, path: str, span: Span, target: str) -> str | None:
        addresses = self.addresses
        for candidate in (path, path.rstrip("/") + "/"):
            if candidate in addresses.paths or candidate in addresses.static:
                return candidate
            if candidate in addresses.left_out:
                self._fault("E408", f"`{target}` leads to a page that this build leaves out", span)
                return None
        if path.startswith(self.page) and self.beside(path.removeprefix(self.page)):
            return path
        hints = did_you_mean(path, addresses.paths)
        self._fault("E501", f"`{target}` leads to nothing on this site", span, *hints)
        return None

    def _check_anchor(self, path: str, fragment: str, span: Span) -> None:
        anchors = self.addresses.paths.get(path)
        anchor = unquote(fragment)
        if anchor and anchors is not None and anchor not in anchors:
            self._fault("E502", f"there is no `#{anchor}` on {path}", span, *did_you_mean(anchor, anchors))

    def _fault(self, code: str, message: str, span: Span, *hints: str) -> None:
        self.faults.append(Diagnostic(code, message, span, hints))


def anchors(resolved: Resolved) -> frozenset[str]:
    """The ids on a page that a link may lead to."""
    page = resolved.page
    found = {heading.id for heading in page.headings} | {note.anchor for note in page.notes}
    for claim in page.claims:
        found |= {claim.anchor, claim.panel_anchor}
    return frozenset(found | {"main", "notes", "corrections", "sourcing"})
