"""The variants of a site's pictures as outputs: taken over, taken from the store, or made."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from explainer.engine.published_files import each
from explainer.engine.variant_store import store_of
from explainer.engine.variants import Missing, check_pictures, make_missing

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from explainer.diagnostics import Diagnostic
    from explainer.engine.request import Request
    from explainer.model.pictures import Variant
    from explainer.model.site import ShownFile
    from explainer.output.tree import OutputTree
    from explainer.resolve.site_pictures import SitePictures
    from explainer.system.progress import Progress

# A JPEG is decoded coarsely where it is much larger than what is made of it: twice as wide at most.
_COARSE = 4


def output_path(shown: ShownFile, variant: Variant) -> str:
    """The path of a variant in the output: beside the path of the file."""
    return posixpath.join(posixpath.dirname(shown.path), variant.name).lstrip("/")


class PictureOutputs:
    """The variants of the pictures among the files that are `shown`."""

    def __init__(self, request: Request, pictures: SitePictures, shown: Iterable[ShownFile]) -> None:
        self._request = request
        self._pictures = pictures
        self._shown = [one for one in each(shown) if one.made]
        self._store = store_of(request.site)

    def check(self) -> Iterator[Diagnostic]:
        """What is wrong with pictures; one of which a variant was made is right."""
        new = (one for one in self._shown if not any(variant.name in self._store for variant in one.made))
        return check_pictures(self._request.site, new)

    def write(self, tree: OutputTree, progress: Progress) -> Iterator[Diagnostic]:
        """Add all variants to the tree, and keep no others for the next build; yields what is wrong with pictures."""
        clean = self._request.clean
        if clean:
            self._store.keep_only(())
        missing: list[Missing] = []
        for shown in self._shown:
            left = [one for one in shown.made if clean or not tree.reuse(output_path(shown, one))]
            if left := [one for one in left if not self._write(tree, shown, one)]:
                missing.append(Missing(shown, tuple(left), self._pixels(shown)))
        failed = False
        for made in make_missing(self._request.site, missing, self._store, self._request.jobs, progress):
            yield from made.diagnostics
            failed = failed or bool(made.diagnostics)
            for one in made.variants:
                self._write(tree, made.shown, one)
        if not failed:
            self._store.keep_only({one.name for shown in self._shown for one in shown.made})

    def _write(self, tree: OutputTree, shown: ShownFile, variant: Variant) -> bool:
        content = self._store.get(variant.name)
        if content is not None:
            tree.write(output_path(shown, variant), content)
        return content is not None

    def _pixels(self, shown: ShownFile) -> int:
        file = self._pictures.file(shown.path)
        if file is None or file.size is None:
            return 0
        pixels = file.size.width * file.size.height
        widest = max(one.width * one.height for one in shown.made)
        return min(pixels, _COARSE * widest) if file.kind == "jpeg" else pixels
