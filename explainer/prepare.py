"""One page from its file to its record: load, parse, resolve alone. What a worker process does first."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from explainer import codec, load, pool
from explainer.markdown import parse_page
from explainer.model import Page
from explainer.resolve import resolve_page
from explainer.resolve.quotes import plain
from explainer.saved import check_copy, copy_text
from explainer.snapshot import digest_of, stat_of

if TYPE_CHECKING:
    from explainer.diagnostics import Diagnostic, SourceText
    from explainer.load import SourceIndex
    from explainer.model import Library, Meta, Surface
    from explainer.snapshot import Stat


class Common(NamedTuple):
    """What every page is prepared with; `library` has its targets resolved."""

    root: str
    library: Library
    registry: SourceIndex


class Prepared(NamedTuple):
    """A page as far as it goes alone.

    `record` is the page as `packed_page` writes it, None where it is in the cache already, and
    `record_digest` its digest; `surface` is None where the file can't be read as a page. `digest`
    is that of the file's bytes. `text` is there where there are faults to tell. `names` are those
    by which the page knows sources of the registry, `copies` the saved copies it was held against.
    """

    path: str
    digest: str
    record: str | None = None
    record_digest: str = ""
    surface: Surface | None = None
    diagnostics: tuple[Diagnostic, ...] = ()
    text: SourceText | None = None
    names: tuple[str, ...] = ()
    copies: tuple[str, ...] = ()


def prepare(path: str) -> Prepared:
    """Prepare the page at this path of the site; finds the `Common` by `pool.shared()`."""
    common: Common = pool.shared()
    read = load.read_file(Path(common.root), path)
    if read.value is None:
        return Prepared(path, "", diagnostics=read.diagnostics)
    digest = digest_of(read.value)
    loaded = load.read_page(path, read.value, common.library.config)
    file, text = loaded.value.page, loaded.value.text
    if file is None:
        return Prepared(path, digest, diagnostics=loaded.diagnostics, text=text)
    parsed = parse_page(file)
    resolved = resolve_page(parsed.value, common.library, lambda saved: _copy(common.root, saved))
    diagnostics = (
        *loaded.diagnostics,
        *load.check_local(common.registry, file.meta.sources),
        *(fault for source in file.meta.sources for fault in check_copy(Path(common.root), source)),
        *parsed.diagnostics,
        *resolved.diagnostics,
    )
    if text and parsed.value.hidden:
        text = text._replace(hidden=text.hidden | parsed.value.hidden)
    surface, record = resolved.value.surface, packed_page(resolved.value.page)
    return Prepared(
        path=path,
        digest=digest,
        record=record,
        record_digest=digest_of(record.encode()),
        surface=surface,
        diagnostics=diagnostics,
        text=text if diagnostics else None,
        names=_names(surface, file.meta, common.library),
        copies=_copies(surface, file.meta, common.library),
    )


def _names(surface: Surface, meta: Meta, library: Library) -> tuple[str, ...]:
    """Every id and party under which a source of the registry could matter to this page."""
    names = {*surface.reached, *surface.cited}
    names.update(library.sources[source].key for source in surface.reached if source in library.sources)
    names.update(name for source in meta.sources for name in (source.id, source.key, *source.via))
    for claim in surface.claims:
        names.update(source for source, _ in claim.stances)
        names.update(claim.replies)
        if claim.declared_speaker:
            names.add(claim.declared_speaker)
    return tuple(sorted(names))


def _copies(surface: Surface, meta: Meta, library: Library) -> tuple[str, ...]:
    """The saved copies of the sources that the page cites, and of its own ones."""
    own = [source.saved for source in meta.sources]
    cited = [library.sources[source].saved for source in surface.reached if source in library.sources]
    return tuple(sorted({saved for saved in own + cited if saved}))


def packed_page(page: Page) -> str:
    """A page's record as the cache and other processes get it."""
    notes = tuple(note._replace(footnote=codec.packed(note.footnote)) for note in page.notes)
    return codec.dumps(page._replace(body=codec.packed(page.body), notes=notes))


def unpacked_page(record: str) -> Page:
    """A page from its record.

    Raises:
        ValueError: if the text is no such record.
    """
    return codec.loads(Page, record)


def _copy(root: str, saved: str) -> str | None:
    """The evened-out text of a saved copy, read once for as long as it is the same."""
    return _read_copy(root, saved, stat_of(f"{root}/{saved}"))


@lru_cache(maxsize=64)
def _read_copy(root: str, saved: str, _stat: Stat | None) -> str | None:
    text = copy_text(Path(root), saved)
    return plain(text) if isinstance(text, str) else None
