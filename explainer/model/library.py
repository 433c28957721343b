"""What all pages share: settings, people, sources, words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from explainer.model.declared import Person, Source
from explainer.model.record import Record
from explainer.model.settings import SiteConfig
from explainer.text.catalog import Catalogs

if TYPE_CHECKING:
    from explainer.model.declared import PageFile
    from explainer.text.catalog import Catalog
    from explainer.text.typography import Style

_NO_WORDS = Catalogs()


class Library(Record, frozen=True):
    """What all pages share: configuration, people, the source registry, the words of each language."""

    config: SiteConfig
    people: dict[str, Person]
    sources: dict[str, Source]
    catalogs: Catalogs = _NO_WORDS

    @property
    def catalog(self) -> Catalog:
        """The words of the site's own language."""
        return self.catalogs.of(self.config.language)

    def style_of(self, page: PageFile) -> Style:
        """How a page's text is set, by its language."""
        own = page.meta.language
        return self.catalogs.of(own.text if own else self.config.language).style
