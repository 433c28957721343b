"""The pictures of a site: which variants readers get of each, and at which addresses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

from explainer.model.pictures import CardImage
from explainer.resolve.variants import card_variant, picture_of, variants_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from explainer.model.pictures import Picture, PictureFile, Recipe, Size, Variant

OUTSIDE = ("http://", "https://", "mailto:", "tel:", "sms:", "sgnl:")


def is_outside(target: str) -> bool:
    """Whether a target is an absolute address rather than a path on the site."""
    return target.lower().startswith(OUTSIDE)


def parted(path: str) -> tuple[str, str]:
    """The path of the page that a file would stand beside, and the file's name there."""
    depth = 3 if path.startswith("/explainers/") else 2
    page = "/".join(path.split("/", depth)[:depth]) + "/"
    return page, path.removeprefix(page)


@dataclass(frozen=True, slots=True)
class SitePictures:
    """The files beside pages, by the page's path and the file's name, with what is known of pictures.

    Of these variants are made by the `recipe`, if there is one. The site is at `site`, whose path is `root`.
    """

    root: str
    site: str
    beside: Mapping[str, Mapping[str, PictureFile | None]]
    recipe: Recipe | None = None

    def file(self, path: str) -> PictureFile | None:
        """What is known of the picture beside a page that would be at this path."""
        page, name = parted(path)
        return self.beside[page].get(name) if page in self.beside else None

    def size(self, path: str) -> Size | None:
        """The size of the picture at this path, if its file contains it."""
        file = self.file(path)
        return file.size if file else None

    def variants(self, path: str) -> tuple[Variant, ...]:
        """The variants in which readers get the picture at this path; none where they get it as it is."""
        file = self.file(path)
        return variants_of(path, file, self.recipe) if file and self.recipe else ()

    def card(self, path: str) -> Variant | None:
        """The picture at this path as other sites show it; None where they get it as it is, or it isn't known."""
        file = self.file(path)
        return card_variant(path, file, self.recipe) if file and self.recipe else None

    def picture(self, path: str) -> Picture | None:
        """The picture at this path of the site in its variants, if there are any."""
        made = self.variants(path)
        return picture_of(made, self._folder(path)) if made else None

    def addresses(self, paths: Iterable[str]) -> tuple[str, ...]:
        """The whole addresses of the pictures at these paths as pages show them, but for those that aren't there."""
        found = {}
        for path in paths:
            page, name = parted(path)
            if name in self.beside.get(page, ()):
                picture = self.picture(path)
                found[path] = self._whole(picture.src if picture else quote(self.root.rstrip("/") + path))
        return tuple(dict.fromkeys(found.values()))

    def card_image(self, src: str, alt: str) -> CardImage:
        """The picture beside links to a page, from what names it: an address, or a path of the site."""
        if is_outside(src):
            return CardImage(src, alt)
        if made := self.card(src):
            return CardImage(self._whole(self._folder(src) + quote(made.name)), alt, made.width, made.height)
        size = self.size(src)
        address = self._whole(quote(self.root.rstrip("/") + src))
        return CardImage(address, alt, size.width, size.height) if size else CardImage(address, alt)

    def _folder(self, path: str) -> str:
        """The address of the folder of a path of the site, with a slash at its end."""
        return quote(self.root.rstrip("/") + path[: path.rindex("/") + 1])

    def _whole(self, address: str) -> str:
        """An address of the site with its host."""
        return self.site.removesuffix(self.root) + address
