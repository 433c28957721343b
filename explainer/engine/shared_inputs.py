"""What all pages of a site share: its settings, people and sources, and the words of its languages."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from explainer import load
from explainer.diagnostics import Diagnostic, Span, has_errors
from explainer.load.saved_copies import check_copy
from explainer.model.declared import Located
from explainer.pictures.rasterizing import is_installed
from explainer.resolve import with_site_targets

if TYPE_CHECKING:
    from pathlib import Path

    from explainer.diagnostics import SourceText
    from explainer.diagnostics.acceptance import Acceptance
    from explainer.model.library import Library
    from explainer.render.theme import Theme
    from explainer.system.site_files import Unsaved


class SharedInputs(NamedTuple):
    """What all pages share, as far as it can be read; `complete` is false where a file of it can't be."""

    library: Library
    registry: load.SourceIndex
    complete: bool
    diagnostics: tuple[Diagnostic, ...]
    texts: dict[str, SourceText]
    acceptances: tuple[Acceptance, ...]

    @property
    def failed(self) -> bool:
        """Whether there are errors."""
        return has_errors(self.diagnostics)


def read_shared_inputs(
    root: Path, content: load.Content, theme: Theme, base_url: str | None = None, unsaved: Unsaved | None = None
) -> SharedInputs:
    """Read and check what all pages share. `base_url` takes the place of the one in `site.yaml`."""
    loaded = load.load_library(root, content, unsaved)
    catalogs = load.load_catalogs(root, theme.catalogs)
    library = loaded.value.library._replace(catalogs=catalogs.value[0])
    if base_url:
        library = library._replace(config=library.config._replace(base_url=base_url))
    library, missing = _with_cards(with_site_targets(library))
    registry = load.index_registry(library.sources, library.people)
    copies = (diagnostic for source in library.sources.values() for diagnostic in check_copy(root, source, unsaved))
    diagnostics = (*loaded.diagnostics, *missing, *catalogs.diagnostics, *load.check_registry(registry), *copies)
    texts = {text.path: text for text in (*loaded.value.texts, *catalogs.value[1])}
    return SharedInputs(library, registry, loaded.value.complete, diagnostics, texts, loaded.value.acceptances)


def _with_cards(library: Library) -> tuple[Library, tuple[Diagnostic, ...]]:
    """The library with what is drawn as a card where the site doesn't say; E128 if it does, and nothing can draw."""
    said, drawn = library.config.cards, is_installed()
    if said and said.text != "none" and not drawn:
        hint = "pip install 'newsexplainer[cards]'"
        missing = (Diagnostic("E128", "`cards` needs the package resvg: it isn't installed", said.span, (hint,)),)
        return library._replace(config=library.config._replace(cards=None)), missing
    if said is None and drawn:
        said = Located("explainers", Span("content/site.yaml"))
    return library._replace(config=library.config._replace(cards=said)), ()
