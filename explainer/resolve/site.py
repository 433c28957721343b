"""The whole site: pages tied together, lists made, addresses checked. Looks at surfaces alone."""

from __future__ import annotations

import posixpath
from collections import defaultdict
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from explainer.artifacts import claims_file
from explainer.diagnostics import Diagnostic, Staged
from explainer.model import Joined, Page, PageImage, PageLink, Site
from explainer.resolve.links import Addresses, Linker, is_outside
from explainer.resolve.lists import ledger, person_pages, source_pages, tag_pages, tag_path
from explainer.resolve.ties import Index, ties
from explainer.resolve.view import check_targets, site_view
from explainer.slugs import slugify

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from explainer.diagnostics import Span
    from explainer.model import Choice, Claim, Library, Surface, Ties
    from explainer.resolve.ties import Key

_FIXED = ("/", "/404.html", "/explainers/", "/claims/", "/feed.xml", "/feed.json", "/sitemap.xml", "/robots.txt")


def due(page: Surface, choice: Choice) -> bool:
    """Whether a build takes a page in: no draft, its date and time of publication reached."""
    if page.draft and not choice.drafts:
        return False
    return choice.future or all(time <= choice.now for time in page.times)


def resolve_site(
    pages: Sequence[Surface],
    library: Library,
    choice: Choice,
    beside: Mapping[str, frozenset[str]],
    static: frozenset[str],
    unread: Sequence[str] = (),
) -> Staged[Site]:
    """Tie all pages together.

    `library` has its targets resolved by `with_site_targets`; `beside` maps the path of a page's
    file to the names of the files beside it; `static` are the paths of the theme's files on the site;
    `unread` are the files of pages that can't be read, so that what points at them is no fault.
    """
    return _SiteResolver(pages, library, choice, beside, static, unread).resolve()


def join(page: Page, joined: Joined) -> Page:
    """A page together with what it gets from the rest of the site."""
    claims = page.claims
    if joined.ties:
        tied = dict(joined.ties)
        claims = tuple(_tied(claim, tied.get(number)) for number, claim in enumerate(claims))
    return page._replace(
        hrefs=joined.hrefs,
        refs=joined.refs,
        image=joined.image,
        tags=joined.tags,
        related=joined.related,
        previous=joined.previous,
        next=joined.next,
        claims=claims,
    )


def _tied(claim: Claim, tied: Ties | None) -> Claim:
    return claim._replace(**tied._asdict()) if tied else claim


class _SiteResolver:
    def __init__(
        self,
        pages: Sequence[Surface],
        library: Library,
        choice: Choice,
        beside: Mapping[str, frozenset[str]],
        static: frozenset[str],
        unread: Sequence[str],
    ) -> None:
        self.library = library
        self.faults: list[Diagnostic] = []
        self.all = pages
        # Newest first; the slug settles what the date leaves open.
        self.taken = sorted((page for page in pages if due(page, choice)), key=lambda page: (-page.order, page.slug))
        left_out = [page for page in pages if not due(page, choice)]
        self.left_out_paths = frozenset(page.url for page in left_out)
        self.unread = {_likely_path(file): file for file in unread}
        self.index = Index.of(
            self.taken,
            left_out=frozenset(page.slug for page in left_out if page.kind == "explainer"),
            unread=frozenset(path.split("/")[2] for path in self.unread if path.startswith("/explainers/")),
        )
        saved = {source.saved for source in library.sources.values()}
        saved.update(copy for page in pages for copy in page.saved)
        self.beside = {
            page.url: _shown_beside(page, beside[page.file], saved) for page in self.taken if page.file in beside
        }
        self.static = static
        self.root = urlsplit(library.config.base_url).path

    def resolve(self) -> Staged[Site]:
        self._check_use()
        tied = ties(self.taken, self.index)
        explainers = [page for page in self.taken if page.kind == "explainer"]
        tags = tag_pages(self.taken)
        months, undated = ledger(explainers)
        people = person_pages(self.taken, self.library)
        sources = source_pages(explainers, self.library)
        addresses = self._addresses([
            *_FIXED, *(tag.url for tag in tags), *(month.url for month in months),
            *(person.person.url or "" for person in people), *(source.source.page or "" for source in sources),
            *("/" + claims_file(page.url) for page in explainers),
        ])  # fmt: skip
        linker = Linker(addresses, "/", "content")
        check_targets(self.library, [person.person.id or "" for person in people], linker)
        self.faults.extend(linker.faults)
        assets = linker.assets
        neighbours = _neighbours(explainers)
        joined = tuple(self._joined(page, tied, addresses, neighbours, assets) for page in self.taken)
        site = Site(
            view=site_view(self.library.config, self.root, self.taken, self.library.catalog),
            pages=tuple(self.taken),
            joined=joined,
            explainers=tuple(page.entry for page in explainers),
            tags=tags,
            people=people,
            sources=sources,
            months=months,
            undated=undated,
            assets=tuple(sorted(assets.items())),
            updated=max((page.entry.modified for page in explainers if page.entry.modified), default=None),
        )
        return Staged(site, (*self.faults, *self.index.faults))

    def _joined(
        self,
        page: Surface,
        tied: Mapping[Key, Ties],
        addresses: Addresses,
        neighbours: Mapping[str, tuple[PageLink | None, PageLink | None]],
        assets: dict[str, str],
    ) -> Joined:
        linker = Linker(addresses, page.url, posixpath.dirname(page.file))
        hrefs = tuple(linker.href(link.target, link.span) for link in page.links)
        for call in page.calls:
            for name, value in (*enumerate(call.positional), *call.named):
                linker.argument(str(name), value, call.span)
        image = None
        if page.image:
            src = page.image.src if is_outside(page.image.src) else linker.href(page.image.src, page.image.span)
            image = PageImage(src, page.image.alt, page.image.credit)
        previous, following = neighbours.get(page.url, (None, None))
        self.faults.extend(linker.faults)
        assets.update(linker.assets)
        own = ((number, tied.get((page.slug, claim.id))) for number, claim in enumerate(page.claims)) if tied else ()
        return Joined(
            hrefs=hrefs,
            refs=tuple(self._ref(ref.target, page.slug, ref.span) for ref in page.refs),
            image=image,
            tags=tuple(PageLink(tag, tag_path(slugify(tag))) for tag in page.entry.tags),
            related=self.index.related(page.related),
            previous=previous,
            next=following,
            ties=tuple((number, ties) for number, ties in own if ties) if page.kind == "explainer" else (),
        )

    def _ref(self, target: str, slug: str, span: Span) -> tuple[str, str]:
        """The address and the words of a `ref`: to a claim, or to a whole page."""
        root = self.root.rstrip("/")
        if target in self.index.pages:
            page = self.index.pages[target]
            return root + page.url, page.entry.title
        key = self.index.find(target, slug, span)
        if key is None:
            return "", ""
        link = self.index.link(key, slug)
        return root + link.url, link.text

    # --- Checks over all pages ---

    def _check_use(self) -> None:
        reached: set[str] = set()
        citing: dict[str, list[str]] = defaultdict(list)
        for page in self.all:
            reached.update(page.reached)
            for source_id in page.cited:
                citing[source_id].append(page.slug)
        for source in self.library.sources.values():
            if source.id not in reached:
                self._warn("W253", f"source `{source.id}` is cited nowhere", source.span)
        for source_id, slugs in citing.items():
            source = self.library.sources[source_id]
            if source.unnamed and len(slugs) > 1:
                message = f"unnamed source `{source_id}` is cited from {len(slugs)} explainers: {', '.join(slugs)}"
                hint = "all that one person told us, side by side, helps to find that person"
                self._warn("W252", message, source.span, hint)

    def _warn(self, code: str, message: str, span: Span, *hints: str) -> None:
        self.faults.append(Diagnostic(code, message, span, hints))

    # --- Addresses ---

    def _addresses(self, generated: Sequence[str]) -> Addresses:
        paths: dict[str, Collection[str] | None] = dict.fromkeys([*generated, *self.unread])
        owners: dict[str, str] = dict.fromkeys(generated, "a page that the site makes itself")
        for page in sorted(self.all, key=lambda page: page.file):
            if page.url in owners:
                message = f"this page and {owners[page.url]} would both be at {page.url}"
                self.faults.append(Diagnostic("E503", message, page.span, ("give one of them another `slug`",)))
            owners[page.url] = page.file
        for page in self.taken:
            paths[page.url] = page.anchors
        files = {page.file: page.url for page in self.all} | {file: path for path, file in self.unread.items()}
        folders = {page.url: posixpath.dirname(page.file) for page in self.taken}
        return Addresses(self.root, paths, files, self.left_out_paths, self.beside, folders, self.static)


def _likely_path(file: str) -> str:
    """Where a page that can't be read would be, if its front matter doesn't say otherwise."""
    parts = file.removesuffix("/index.md").removesuffix(".md").split("/")
    return f"/explainers/{parts[-1]}/" if parts[1] == "explainers" else f"/{parts[-1]}/"


def _shown_beside(page: Surface, names: frozenset[str], saved: Collection[str | None]) -> frozenset[str]:
    """The names of the files beside a page that may be shown: no saved copy, and none that the page's outputs take."""
    folder = posixpath.dirname(page.file)
    return frozenset(
        name for name in names - {"index.html", "claims.json"} if posixpath.join(folder, name) not in saved
    )


def _neighbours(explainers: Sequence[Surface]) -> dict[str, tuple[PageLink | None, PageLink | None]]:
    """For each explainer the one that came out before it and the one after."""
    links = [PageLink(page.entry.title, page.url) for page in explainers]
    older: Iterator[PageLink | None] = iter([*links, None][1:])
    newer = [None, *links][:-1]
    return {page.url: (before, after) for page, before, after in zip(explainers, older, newer, strict=True)}
