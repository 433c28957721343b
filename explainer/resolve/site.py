"""The whole site: pages tied together, lists made, addresses checked."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from explainer.diagnostics import Diagnostic, Span, Staged
from explainer.model import Link, PageImage, PageLink, Site, SiteView
from explainer.resolve.links import Addresses, Linker, anchors
from explainer.resolve.lists import (
    ledger,
    month_path,
    page_entry,
    person_pages,
    source_pages,
    tag_pages,
    tag_path,
)
from explainer.resolve.page import Resolved, page_path, resolve_page
from explainer.resolve.public import person_path, source_path
from explainer.resolve.ties import Index, ties
from explainer.slugs import slugify

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

    from explainer.model import Choice, Claim, Document, Library, Page, Source
    from explainer.resolve.ties import Key, Tied

_SCHEMES = ("http://", "https://", "mailto:")
_POLICY_LABELS = {
    "principles": "Principles", "corrections": "Corrections", "unnamed_sources": "Unnamed sources",
    "verification": "How sourcing is labelled", "feedback": "Feedback", "ownership": "Ownership", "masthead": "Masthead",
}  # fmt: skip
_FIXED = ("/", "/404.html", "/explainers/", "/claims/", "/feed.xml", "/feed.json", "/sitemap.xml", "/robots.txt")


def due(document: Document, choice: Choice) -> bool:
    """Whether a build takes a page in: no draft, its date and time of publication reached."""
    meta = document.file.meta
    if meta.draft and not choice.drafts:
        return False
    times = [moment.epoch for moment in (meta.date, meta.publish_at) if moment]
    return choice.future or all(time <= choice.now for time in times)


def resolve_site(
    documents: Sequence[Document],
    library: Library,
    choice: Choice,
    beside: Mapping[str, frozenset[str]],
    static: frozenset[str],
    copies: Callable[[str], str | None],
) -> Staged[Site]:
    """Resolve all pages.

    `beside` maps the path of a page's file to the names of the files beside it, `static` are the
    paths of the theme's files on the site, `copies` is as for `resolve_page`.
    """
    return _SiteResolver(documents, library, choice, beside, static, copies).resolve()


class _SiteResolver:
    def __init__(
        self,
        documents: Sequence[Document],
        library: Library,
        choice: Choice,
        beside: Mapping[str, frozenset[str]],
        static: frozenset[str],
        copies: Callable[[str], str | None],
    ) -> None:
        self.library = library
        self.faults: list[Diagnostic] = []
        staged = [resolve_page(document, library, copies) for document in documents]
        for one in staged:
            self.faults.extend(one.diagnostics)
        self.all = [one.value for one in staged]
        taken = [one for one in self.all if due(one.document, choice)]
        # Newest first; the slug settles what the date leaves open.
        taken.sort(key=lambda one: one.page.slug)
        taken.sort(key=_published, reverse=True)
        self.taken = taken
        kept = {one.page.url for one in taken}
        left_out = [one for one in self.all if one.page.url not in kept]
        self.left_out_paths = frozenset(one.page.url for one in left_out)
        self.index = Index.of(taken, frozenset(one.page.slug for one in left_out if one.page.kind == "explainer"))
        self.beside = beside
        self.static = static
        self.root = urlsplit(library.config.base_url).path

    def resolve(self) -> Staged[Site]:
        self._check_use()
        tied = ties(self.taken, self.index)
        pages = [self._tied(one.page, tied) for one in self.taken]
        entries = {
            page.url: page_entry(page, one.document.file.meta.tags) for page, one in zip(pages, self.taken, strict=True)
        }
        explainers = [page for page in pages if page.kind == "explainer"]
        tags = tag_pages((entries[one.page.url], one.document.file.meta.tags) for one in self.taken)
        months, undated = ledger(explainers)
        people = person_pages(explainers, entries, self.library)
        sources = source_pages(explainers, self.library)
        generated = [
            *_FIXED, *(tag_path(tag.slug) for tag in tags), *(month_path(month.month) for month in months),
            *(person_path(person.person.id or "") for person in people), *(source_path(s.source.id) for s in sources),
        ]  # fmt: skip
        addresses = self._addresses(generated)
        assets: dict[str, str] = {}
        neighbours = _neighbours(explainers)
        pages = [
            self._linked(page, one, addresses, neighbours, assets) for page, one in zip(pages, self.taken, strict=True)
        ]
        site = Site(
            view=self._view(addresses, pages),
            pages=tuple(pages),
            explainers=tuple(entries[page.url] for page in explainers),
            tags=tags,
            people=people,
            sources=sources,
            months=months,
            undated=undated,
            assets=tuple(sorted(assets.items())),
            updated=max((page.modified for page in explainers if page.modified), default=None),
        )
        return Staged(site, (*self.faults, *self.index.faults))

    # --- Ties ---

    def _tied(self, page: Page, tied: Mapping[Key, Tied]) -> Page:
        if page.kind == "page" or not any((page.slug, claim.id) in tied for claim in page.claims):
            return page
        return page._replace(claims=tuple(_with(claim, tied.get((page.slug, claim.id))) for claim in page.claims))

    def _linked(
        self,
        page: Page,
        one: Resolved,
        addresses: Addresses,
        neighbours: Mapping[str, tuple[PageLink | None, PageLink | None]],
        assets: dict[str, str],
    ) -> Page:
        document, meta = one.document, one.document.file.meta
        linker = Linker(addresses, page.url, document.file)
        hrefs = tuple(linker.href(link.target, link.span) for link in document.links)
        for call in document.calls:
            for value in (*call.positional, *(value for _, value in call.named)):
                linker.beside(value)
        image = None
        if meta.image:
            image = PageImage(self._image(linker, meta.image.src, meta.image.span), meta.image.alt, meta.image.credit)
        previous, following = neighbours.get(page.url, (None, None))
        changed = page._replace(
            hrefs=hrefs,
            refs=tuple(self._ref(ref.target, page.slug, ref.span) for ref in document.refs),
            image=image,
            tags=tuple(PageLink(tag, tag_path(slugify(tag))) for tag in meta.tags),
            related=self.index.related(meta.related),
            previous=previous,
            next=following,
        )
        self.faults.extend(linker.faults)
        assets.update(linker.assets)
        return changed

    def _image(self, linker: Linker, src: str, span: Span) -> str:
        return src if src.startswith(_SCHEMES) else linker.href(src, span)

    def _ref(self, target: str, slug: str, span: Span) -> tuple[str, str]:
        """The address and the words of a `ref`: to a claim, or to a whole page."""
        root = self.root.rstrip("/")
        if target in self.index.pages:
            page = self.index.pages[target]
            return root + page.url, page.title
        key = self.index.find(target, slug, span)
        if key is None:
            return "", ""
        link = self.index.link(key, slug)
        return root + link.url, link.text

    # --- Checks over all pages ---

    def _check_use(self) -> None:
        reached: set[str] = set()
        citing: dict[str, list[str]] = defaultdict(list)
        for one in self.all:
            reached |= one.reached
            own = one.document.file.meta.sources
            local = {source.id for source in own}
            for source_id in sorted(one.cited - local):
                citing[source_id].append(one.page.slug)
            self._check_unused(own, one.reached)
        self._check_unused(self.library.sources.values(), reached)
        for source_id, slugs in citing.items():
            source = self.library.sources[source_id]
            if source.unnamed and len(slugs) > 1:
                message = f"unnamed source `{source_id}` is cited from {len(slugs)} explainers: {', '.join(slugs)}"
                hint = "all that one person told us, side by side, helps to find that person"
                self._warn("W252", message, source.span, hint)

    def _check_unused(self, sources: Iterable[Source], reached: Collection[str]) -> None:
        for source in sources:
            if source.id not in reached:
                self._warn("W253", f"source `{source.id}` is cited nowhere", source.span)

    def _warn(self, code: str, message: str, span: Span, *hints: str) -> None:
        self.faults.append(Diagnostic(code, message, span, hints))

    # --- Addresses ---

    def _addresses(self, generated: Iterable[str]) -> Addresses:
        paths: dict[str, frozenset[str] | None] = dict.fromkeys(generated)
        owners: dict[str, str] = dict.fromkeys(paths, "a page that the site makes itself")
        for one in sorted(self.all, key=lambda one: one.document.file.path):
            path, file = one.page.url, one.document.file
            if path in owners:
                span = file.meta.span
                message = f"this page and {owners[path]} would both be at {path}"
                self.faults.append(Diagnostic("E503", message, span, ("give one of them another `slug`",)))
            owners[path] = file.path
        for one in self.taken:
            paths[one.page.url] = anchors(one)
        files = {one.document.file.path: page_path(one.document) for one in self.all}
        return Addresses(self.root, paths, files, self.left_out_paths, self.beside, self.static)

    # --- The site as templates see it ---

    def _view(self, addresses: Addresses, pages: Iterable[Page]) -> SiteView:
        config = self.library.config
        policies = []
        for policy in config.policies:
            target = policy.target
            if not target.startswith(_SCHEMES):
                target = self._policy(target, policy.span, addresses)
            policies.append((policy.key, Link(_POLICY_LABELS[policy.key], target)))
        return SiteView(
            title=config.title,
            description=config.description,
            url=config.base_url,
            root=self.root,
            language=config.language,
            time_zone=config.time_zone,
            publisher=config.publisher,
            policies=tuple(link for _, link in policies),
            policy_keys=tuple((key, link.url) for key, link in policies),
            tips=config.tips,
            pages=tuple(PageLink(page.title, page.url) for page in pages if page.kind == "page"),
        )

    def _policy(self, target: str, span: Span, addresses: Addresses) -> str:
        path, _, fragment = target.partition("#")
        path = "/" + path.strip("/") + "/"
        if path not in addresses.paths:
            self.faults.append(Diagnostic("E501", f"`{target}` leads to nothing on this site", span))
        return path + (f"#{fragment}" if fragment else "")


def _published(one: Resolved) -> int:
    date = one.document.file.meta.date
    # A page without a date is a draft: it comes first.
    return date.epoch if date else 2**62


def _neighbours(explainers: Sequence[Page]) -> dict[str, tuple[PageLink | None, PageLink | None]]:
    """For each explainer the one that came out before it and the one after."""
    links = [PageLink(page.title, page.url) for page in explainers]
    older: Iterator[PageLink | None] = iter([*links, None][1:])
    newer = [None, *links][:-1]
    return {page.url: (before, after) for page, before, after in zip(explainers, older, newer, strict=True)}


def _with(claim: Claim, tied: Tied | None) -> Claim:
    if tied is None:
        return claim
    return claim._replace(
        contradicts=tied.contradicts,
        contradicted_by=tied.contradicted_by,
        supersedes=tied.supersedes,
        superseded_by=tied.superseded_by,
    )
