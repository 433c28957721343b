"""Pages: which are up to date, and those that have to be rendered again.

What a page gets from the rest of the site is looked up here, and rendered by as many processes as that pays for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from explainer.cache import codec
from explainer.cache.store import DamagedCacheError
from explainer.diagnostics import has_errors
from explainer.engine import workers
from explainer.engine.output_digests import PageDigests, items_key, page_key
from explainer.engine.output_work import CONTEXT, NEW, OUTPUT, TEXT, THEME
from explainer.engine.page_outputs import RenderedPage, RenderJob, context_of, output_paths, render_page
from explainer.model.site import PageInterface
from explainer.system.file_stats import digest_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from explainer.engine.card_outputs import CardOutputs
    from explainer.engine.output_digests import PageKey
    from explainer.engine.output_work import OutputWork
    from explainer.model.site import PageSummary, ShownFile
    from explainer.output.tree import OutputTree
    from explainer.render.cards.wording import Wording
    from explainer.resolve import ResolvedContext


class _Stale(NamedTuple):
    """A page that isn't up to date, and why; the digest of its context, all that was looked up for it."""

    page: PageSummary
    reason: str
    context: str
    found: ResolvedContext


class StalePages:
    """The pages of a site, of which those are rendered that aren't up to date.

    `digests` has all of them then, by file, and `shown` the files beside them that they show. `wording` is of cards.
    """

    def __init__(self, work: OutputWork, cards: CardOutputs, wording: Wording | None) -> None:
        self._work = work
        self._build = work.build
        self._site = work.build.resolved.site
        self._cards = cards
        self._wording = wording
        self._out: dict[str, _Stale] = {}
        self.digests: dict[str, PageDigests] = {}
        self.shown: list[ShownFile] = []

    def render(self) -> None:
        """Render what isn't up to date."""
        last, stale = self._work.last.pages, []
        for page in self._site.pages:
            if reason := self._why_stale(page):
                stale.append((page, reason))
            else:
                self.digests[page.file] = last[page.file]
                self.shown.extend(last[page.file].assets)
        check_only = has_errors(self._build.diagnostics)
        self._work.progress.stage("checking" if check_only else "rendering", len(stale))
        jobs = self._jobs(stale, check_only=check_only)
        for rendered in workers.run(render_page, jobs, len(stale), self._work.rendering, self._build.workers):
            self._record(rendered)

    def _key(self, page: PageSummary) -> PageKey:
        return page_key(page, self._work.theme, self._site.context_digest)

    def _why_stale(self, page: PageSummary) -> str:
        """Why a page's outputs aren't up to date; empty if they are."""
        last = self._work.last.pages.get(page.file)
        if last is None:
            return NEW
        now = self._key(page)
        if last.key != now:
            if last.key.theme != now.theme:
                return THEME
            same_text = (last.key.record, last.key.interface) == (now.record, now.interface)
            return CONTEXT if same_text else TEXT
        return "" if self._work.reuse(output_paths(page), last.outputs) else OUTPUT

    def _jobs(self, stale: Sequence[tuple[PageSummary, str]], *, check_only: bool) -> Iterator[RenderJob]:
        """The pages that have to be rendered. What they get from the rest of the site is looked up here."""
        for page, reason in stale:
            interface = self._build.page_texts.packed_interface(page)
            asking = codec.loads(PageInterface, interface)
            found = context_of(asking, self._build.resolved.site_index, self._build.theme, self._wording)
            self._build.diagnostics.extend(found.diagnostics)
            self.shown.extend(found.assets)
            context = codec.dumps(found.context)
            self._out[page.file] = _Stale(page, reason, digest_of(context), found)
            if check_only or has_errors(found.diagnostics):
                self._work.progress.step()
            elif job := self._job(page, interface, context):
                yield job
            else:
                self._record(RenderedPage(page.file))

    def _job(self, page: PageSummary, interface: bytes, context: bytes) -> RenderJob | None:
        """What is to be made of a page; None if that is what there is."""
        tree, theme, last = self._work.tree, self._work.theme, self._work.last.pages.get(page.file)
        paths, items = output_paths(page), items_key(page, theme)
        known = [(path, tree.current(path) if tree else None) for path in paths]
        same = (
            last is not None
            and last.key.theme == theme
            and last.key.record == page.record_digest
            and last.page_context == self._out[page.file].context
            and [entry.digest if entry else None for _, entry in known] == list(last.outputs)
        )
        items = "" if last and last.items == items else items
        if self._wording and items:  # cards say what lists do
            same = False
        if same and not items:
            return None
        record = b"" if same else self._build.page_texts.record(page)
        images = (page.image,) if items and page.image else ()
        interface = interface if items or self._wording else b""
        return RenderJob(page.file, record, context, tuple(known), items, interface, images)

    def _record(self, rendered: RenderedPage) -> None:
        self._work.progress.step()
        stale, tree = self._out.pop(rendered.file), self._work.tree
        self._build.diagnostics.extend(rendered.diagnostics)
        if rendered.items and tree:
            self._build.page_texts.add_items(stale.page, rendered.items)
        if tree and not has_errors(rendered.diagnostics):
            self._add_outputs(stale, rendered, tree)

    def _add_outputs(self, stale: _Stale, rendered: RenderedPage, tree: OutputTree) -> None:
        page, paths = stale.page, output_paths(stale.page)
        for card in rendered.cards:
            self._cards.add(card, tree)
        for path, output in rendered.outputs:
            self._work.add(tree, path, output)
            self._work.rendered[path] = stale.reason
        if not all(path in tree.files or tree.reuse(path) for path in paths):
            raise DamagedCacheError
        last, key = self._work.last.pages.get(page.file), self._key(page)
        cards = tuple(card.path for card in rendered.cards) if rendered.outputs or not last else last.cards
        if stale.found.diagnostics or rendered.diagnostics:
            # The next build has to report them again: for it, the page isn't up to date.
            key = key._replace(context="")
        self.digests[page.file] = PageDigests(
            key, stale.context, items_key(page, self._work.theme),
            tuple(tree.files[path].digest for path in paths), stale.found.assets, cards,
        )  # fmt: skip
