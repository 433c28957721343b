"""Links inside the site: their addresses, and whether their targets exist."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote, urlsplit

from explainer.diagnostics import Diagnostic, did_you_mean
from explainer.model.pictures import CardImage, Size
from explainer.model.site import ShownFile
from explainer.model.terms import instead_of_picture, is_publishable
from explainer.resolve.link_hints import NearPaths, link_hints
from explainer.resolve.site_pictures import is_outside, parted
from explainer.text.addresses import path_on_site

if TYPE_CHECKING:
    from collections.abc import Mapping

    from explainer.diagnostics import Span
    from explainer.model.pictures import Picture, Variant
    from explainer.resolve.site_pictures import SitePictures


# Arguments of shortcodes that are addresses, or name a file, by their name.
ADDRESSES = ("src", "href", "url")
_FILES = ("image", "file", "poster")
_FILE_ENDINGS = tuple(f"{mark}{name}" for mark in "_-" for name in (*ADDRESSES, *_FILES))
_TYPES = (
    "pictures, PDF, sound, film, CSV, JSON, plain text, office documents and archives are",
    "what runs in a browser belongs to the layouts; whatever readers shall only download can be put into a `.zip`",
)
# What no address in HTML may hold as it is.
_UNSAFE = re.compile(r"[\s\"<>\\^`{|}]")
_ELSEWHERE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|//|\\", re.ASCII)
_ABOUT_A_SCRIPT = ("javascript:", "vbscript:", "data:text/html")


def site_target(target: str) -> str:
    """A target in `site.yaml` or `people.yaml`: an address as it is, or a path from the site's root."""
    if is_outside(target):
        return target
    path, mark, fragment = target.lstrip("/").partition("#")
    is_page = path and not path.endswith("/") and "." not in posixpath.basename(path)
    return f"/{path}{'/' if is_page else ''}{mark}{fragment}"


@lru_cache(64)
def _anchors(ids: str) -> frozenset[str]:
    """Return the ids of a page, of which each stands on a line."""
    return frozenset(ids.split("\n"))


@dataclass(frozen=True, slots=True)
class Addresses:
    """All addresses of the site, which is itself at `site`.

    `paths` maps each page's path to the ids on it, one a line, None where any id is taken on trust; `files`
    the path of each page's file to its path on the site; `left_out` are paths of pages that this
    build leaves out; `pictures` knows the files beside each page, which stand in the folder that `folders` names; `static` are the paths of the theme's files; `clashing` maps a page's path to files beside it that others are in the way of; `root` is the
    path of the site's base URL.
    """

    root: str
    site: str
    paths: Mapping[str, str | None]
    files: Mapping[str, str]
    left_out: frozenset[str]
    pictures: SitePictures
    folders: Mapping[str, str]
    static: frozenset[str]
    clashing: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    near: NearPaths = field(default_factory=NearPaths, compare=False)

    def asset(self, path: str) -> str | None:
        """The file, by its path in the site's folder, that stands beside a page and would be at this path."""
        page, name = parted(path)
        return posixpath.join(self.folders[page], name) if name in self.pictures.beside.get(page, ()) else None

    def asset_near(self, path: str) -> bool:
        """Whether a file stands beside a page at this path, whatever the case of its letters."""
        page, name = parted(path.lower())
        return bool(name) and any(name.rstrip("/") == beside.lower() for beside in self.pictures.beside.get(page, ()))

    def is_known(self, path: str) -> bool:
        """Whether a page or a file of the site is at this path, or would be if this build didn't leave it out."""
        return path in self.paths or path in self.static or path in self.left_out


def _candidates(path: str) -> tuple[str, ...]:
    """The paths that one may mean: with and without a slash, and without the name of the page's file."""
    return path, path.rstrip("/") + "/", path.removesuffix("index.html")


@dataclass(slots=True)
class Linker:
    """Resolves the links of one page, and collects diagnostics, the files used, pictures and their sizes by address, and the addresses of arguments."""

    addresses: Addresses
    page: str
    folder: str
    diagnostics: list[Diagnostic] = field(default_factory=list)
    assets: dict[tuple[str, tuple[Variant, ...]], ShownFile] = field(default_factory=dict)
    sizes: dict[str, Size] = field(default_factory=dict)
    pictures: dict[str, Picture] = field(default_factory=dict)
    arguments: dict[str, str] = field(default_factory=dict)

    def href(self, target: str, span: Span, *, shown: bool = False) -> str:
        """The address of a target for the HTML; of one that is `shown` as a picture that of a variant, if there are any."""
        if is_outside(target):
            self._check_whole(target, span)
            return target
        parts = urlsplit(target)
        if not parts.path:
            self._check_anchor(self.page, parts.fragment, span)
            return target
        path = self._path(unquote(parts.path))
        found = self._find(path, span, target, shown=shown)
        if found is None:
            return target
        self._check_anchor(found, parts.fragment, span)
        query = f"?{parts.query}" if parts.query else ""
        fragment = f"#{parts.fragment}" if parts.fragment else ""
        if shown and (picture := self.addresses.pictures.picture(found)):
            self.pictures[picture.src] = self.pictures[target] = picture
            self.sizes[picture.src] = self.sizes[target] = Size(picture.width, picture.height)
            return picture.src
        address = quote(self.addresses.root.rstrip("/") + found) + query + fragment
        if size := self.addresses.pictures.size(found):
            self.sizes[address] = self.sizes[target] = size
        return address

    def _check_whole(self, target: str, span: Span) -> None:
        """Warn of a whole address of the site's own where nothing is; what else its host serves isn't known: W551."""
        own = path_on_site(target, self.addresses.site)
        if own is None:
            return
        parts = urlsplit(own)
        path = unquote(parts.path)
        found = next((one for one in _candidates(path) if self.addresses.is_known(one)), None)
        if found is None and not self._beside(path, span):
            hint = "a link inside the site is written without the host: `/about/`, `other.md`; then it is checked"
            self._report("W551", f"nothing of this site is at `{target}`", span, hint)
        elif found and not self._has_anchor(found, parts.fragment):
            self._report("W551", f"there is no `#{parts.fragment}` on {found}", span)

    def card(self, src: str, alt: str, span: Span) -> CardImage:
        """The picture beside links to a page, from its target; that it is there is checked by `href`."""
        if is_outside(src):
            return CardImage(src, alt)
        path = self._path(unquote(urlsplit(src).path))
        file, made = self.addresses.asset(path), self.addresses.pictures.card(path)
        if file and made:
            self._take(file, path, span, (made,), shown=True)
        elif file:
            self._beside(path, span)
        return self.addresses.pictures.card_image(path, alt)

    def argument(self, name: str, value: str, span: Span, *, shown: bool = False) -> None:
        """Check an argument of a template shortcode; the template prints it unchanged. `shown`: as a picture."""
        clean = "".join(value.split()).lower()
        elsewhere = _ELSEWHERE.match(value.strip()) and not is_outside(value)
        address = shown or name in ADDRESSES
        if clean.startswith(_ABOUT_A_SCRIPT) or (address and elsewhere):
            hint = "addresses begin with https://, http://, mailto:, tel:, sms: or sgnl:"
            self._report("E126", f"`{name}` isn't an address that can be linked", span, hint)
        elif address and not value.strip():
            hint = "write the address, or the name of a file beside the page"
            self._report("E501", f"`{name}` is empty", span, hint)
        elif address:
            self.arguments[value] = _UNSAFE.sub(lambda found: quote(found[0]), self.href(value, span, shown=shown))
        elif name in _FILES or name.endswith(_FILE_ENDINGS):
            # What the template makes of it isn't known, so that it needn't be there.
            self._beside(posixpath.normpath(posixpath.join(self.page, value)), span)

    def picture(self, target: str, span: Span) -> None:
        """Check that what is shown as a picture can be one; E505."""
        if what := instead_of_picture(target):
            self._report("E505", f"this is {what}, and no picture", span, f"link to it: `[words]({target})`")

    def _clashes(self, path: str, span: Span) -> bool:
        """Report a file beside a page that another one is in the way of; E503."""
        page, name = parted(path)
        other = self.addresses.clashing.get(page, {}).get(name)
        if other:
            message = f"the file `{name}` beside the page can't be published: `{other}` of the site is in its place"
            hint = "rename the file, by more than upper and lower case; the site makes `index.html` and `claims.json` itself"
            self._report("E503", message, span, hint)
        return other is not None

    def _beside(self, path: str, span: Span, *, shown: bool = False) -> bool:
        """Take in a file beside a page, if there is one at this path; of one that is `shown` its variants."""
        file = self.addresses.asset(path)
        if file and not is_publishable(file):
            message = f"`{posixpath.basename(file)}` isn't of a type that is published from `content/`"
            self._report("E504", message, span, *_TYPES)
        elif file:
            made = self.addresses.pictures.variants(path) if shown else ()
            self._take(file, path, span, made, shown=shown)
        return bool(file)

    def _take(self, file: str, path: str, span: Span, made: tuple[Variant, ...], *, shown: bool) -> None:
        """Take in a file that comes out, or its variants."""
        known = self.addresses.pictures.file(path) if made else None
        told = (known.findings, known.digest) if known else ()
        self.assets.setdefault((file, made), ShownFile(file, path, span, made, shown, *told))

    def _path(self, path: str) -> str:
        """A target's path on the site."""
        if path.startswith("/"):
            return path
        if path.endswith(".md"):
            file = posixpath.normpath(posixpath.join(self.folder, path))
            return self.addresses.files.get(file, file)
        slash = "/" if path.endswith("/") else ""
        return posixpath.normpath(posixpath.join(self.page, path)) + slash

    def _find(self, path: str, span: Span, target: str, *, shown: bool) -> str | None:
        addresses = self.addresses
        if self._clashes(path, span):
            return None
        for candidate in _candidates(path):
            if candidate in addresses.paths or candidate in addresses.static:
                return candidate
            if candidate in addresses.left_out:
                self._report("E408", f"`{target}` leads to a page that this build leaves out", span)
                return None
        if self._beside(path, span, shown=shown):
            return path
        hints = link_hints(
            target, path, self.page, self.folder,
            near=addresses.near, paths=addresses.paths, beside=addresses.pictures.beside.get(self.page, {}),
        )  # fmt: skip
        self._report("E501", f"`{target}` doesn't exist on this site", span, *hints)
        return None

    def _check_anchor(self, path: str, fragment: str, span: Span) -> None:
        if not self._has_anchor(path, fragment):
            anchor, anchors = unquote(fragment), _anchors(self.addresses.paths[path] or "")
            kept_clear = f"section-{anchor}"  # of a heading whose own id the page needs for something else
            hints = (f"did you mean `{kept_clear}`?",) if kept_clear in anchors else did_you_mean(anchor, anchors)
            self._report("E502", f"there is no `#{anchor}` on {path}", span, *hints)

    def _has_anchor(self, path: str, fragment: str) -> bool:
        """Whether a fragment is an id on a page, as far as is known."""
        ids = self.addresses.paths.get(path)
        anchor = unquote(fragment)
        return not anchor or anchor == "top" or ids is None or anchor in _anchors(ids)

    def _report(self, code: str, message: str, span: Span, *hints: str) -> None:
        self.diagnostics.append(Diagnostic(code, message, span, hints))
