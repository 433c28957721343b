"""What renders the outputs of a site, in whatever process; where nothing of the site is, with what was sent there."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from explainer.engine.card_outputs import CardMaker
from explainer.engine.workers import LackingError
from explainer.output.write_file import write_if_changed
from explainer.render.renderer import Renderer
from explainer.render.theme import SentTheme, Theme
from explainer.system.file_stats import digest_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

    from explainer.model.pictures import Picture
    from explainer.model.site import SiteView
    from explainer.output.manifest import Entry
    from explainer.output.write_file import Trees, WrittenFile
    from explainer.resolve.site_pictures import SitePictures
    from explainer.text.catalog import Catalogs


# --- Where outputs go ---


class SentOutput(NamedTuple):
    """An output that was rendered where nothing is written: its digest, and its content unless the live tree has it."""

    digest: str
    content: bytes | None


class WriteTo(NamedTuple):
    """Writes outputs to the new tree, from any process of this machine."""

    trees: Trees

    def place(self, path: str, content: bytes, known: Entry | None) -> WrittenFile:
        """Write an output, unless the live tree has it."""
        return write_if_changed(self.trees, path, content, known)


class SendBack(NamedTuple):
    """Hands outputs back from where nothing is written."""

    def place(self, _path: str, content: bytes, known: Entry | None) -> SentOutput:
        """The output, without its content if the live tree has it."""
        digest = digest_of(content)
        return SentOutput(digest, None if known and known.digest == digest else content)


# --- What renders ---


class Pictured(Protocol):
    """What is to be rendered: the paths of pictures that it is known to show."""

    @property
    def images(self) -> Iterable[str]:
        """The paths, on the site."""


class Rendering:
    """Renders the outputs of a site with what all of them share; without a `place` for outputs, only to find faults.

    `kept` are the names of cards that needn't be drawn.

    It can be sent to another process, which loads the theme and compiles templates for itself. A process that was
    forked has those of the one it was forked from.
    """

    def __init__(
        self,
        theme: Theme,
        view: SiteView,
        catalogs: Catalogs,
        pictures: SitePictures | SentPictures,
        place: WriteTo | SendBack | None,
        kept: frozenset[str] = frozenset(),
    ) -> None:
        self.theme = theme
        self.view = view
        self.catalogs = catalogs
        self.pictures = pictures
        self.place = place
        self.kept = kept

    def __reduce__(self) -> tuple[Callable[..., Rendering], tuple[object, ...]]:
        """Leave out the theme and the renderer."""
        return _of_site, (self.theme.site, self.view, self.catalogs, self.pictures, self.place, self.kept)

    @cached_property
    def renderer(self) -> Renderer:
        """The renderer, with templates that are compiled once."""
        return Renderer(self.theme, self.view, self.catalogs, self.pictures.picture)

    @cached_property
    def cards(self) -> CardMaker | None:
        """What makes cards, where the site has any."""
        return None if self.view.cards == "none" else CardMaker(self.renderer)

    def portable(self) -> PortableRendering:
        """The same for a worker that doesn't see the site."""
        place, own = SendBack() if self.place else None, self.theme.own_contents()
        return PortableRendering(own, self.theme.digest, self.view, self.catalogs, place, self.kept)

    def supplies(self, items: Sequence[Pictured], lacks: Sequence[frozenset[str]]) -> dict[str, Picture | None]:
        """The pictures that these show, and those that layouts turned out to name."""
        paths = frozenset[str]().union(*(item.images for item in items), *lacks)
        return {path: self.pictures.picture(path) for path in sorted(paths)}

    def check_pictures(self) -> None:
        """See that every picture was there that layouts have named since the last call.

        Raises:
            LackingError: if some weren't sent.
        """
        if isinstance(self.pictures, SentPictures) and (lacking := self.pictures.lacking()):
            raise LackingError(lacking)


def _of_site(site: Path, *others: Any) -> Rendering:
    return Rendering(Theme.of_site(site), *others)


# --- Where nothing of the site is ---


class SentPictures:
    """The pictures that were sent, in their variants, by their path on the site."""

    def __init__(self) -> None:
        self.sent: dict[str, Picture | None] = {}
        self._asked: set[str] = set()

    def picture(self, path: str) -> Picture | None:
        """The picture at a path, if it has variants and was sent."""
        self._asked.add(path)
        return self.sent.get(path)

    def lacking(self) -> frozenset[str]:
        """The paths that were asked for since the last call and weren't sent."""
        asked, self._asked = self._asked, set()
        return frozenset(asked - self.sent.keys())


@dataclass
class PortableRendering:
    """`Rendering` for a worker that doesn't see the site: with the site's own layouts, and the theme's digest."""

    layouts: Mapping[str, bytes]
    digest: str
    view: SiteView
    catalogs: Catalogs
    place: SendBack | None
    kept: frozenset[str]

    def supplied(self, supplies: Mapping[str, Picture | None]) -> Rendering:
        """The rendering, with the layouts in front of this worker's default ones, and what was sent so far of pictures.

        Raises:
            OSError: if its theme is another.
        """
        self._pictures.sent.update(supplies)
        return self._rendering

    @cached_property
    def _pictures(self) -> SentPictures:
        return SentPictures()

    @cached_property
    def _rendering(self) -> Rendering:
        theme = SentTheme.of_contents(self.layouts)
        if theme.digest != self.digest:
            raise OSError("a worker has other default layouts: install the same Explainer everywhere")
        return Rendering(theme, self.view, self.catalogs, self._pictures, self.place, self.kept)
