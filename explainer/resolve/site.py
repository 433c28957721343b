"""Resolve the whole site: tie pages together, make lists, check addresses. Reads summaries, and few interfaces."""

from __future__ import annotations

import posixpath
import re
from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

from explainer.diagnostics import Diagnostic, Span, Staged
from explainer.model.declared import HOME_PAGE, MEDIA
from explainer.model.numbered_pages import numbered
from explainer.model.output_files import (
    CORRECTIONS,
    CORRECTIONS_FEED,
    EXPLAINERS,
    FIXED_ADDRESSES,
    SEARCH,
    SEARCH_INDEX,
    address,
    claim_page,
    claims_file,
    embed_page,
    language_feed,
    moved_file,
    oembed_file,
)
from explainer.model.record import packed
from explainer.model.site import Site
from explainer.resolve.cross_references import ClaimIndex, ties
from explainer.resolve.languages import without_words
from explainer.resolve.links import Addresses, Linker
from explainer.resolve.lists import ledger, listed_people, listed_sources, tag_pages, tag_path
from explainer.resolve.page_context import SiteIndex
from explainer.resolve.site_pictures import SitePictures
from explainer.resolve.site_view import check_targets, site_view
from explainer.resolve.taken_paths import TakenPaths, clashes
from explainer.resolve.versions import Versions
from explainer.system.file_stats import digest_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from explainer.model.lazy_entries import InterfaceOf
    from explainer.model.library import Library
    from explainer.model.pictures import PictureFile, Recipe
    from explainer.model.published_pages import PageLink
    from explainer.model.site import Choice, PageSummary, ShownFile

_MEDIA_PATH = "/media/"
_EXPLAINER = re.compile("/explainers/([^/]+)/")
_MADE_BESIDE = ("index.html", "claims.json")


class ResolvedSite(NamedTuple):
    """The resolved site: what is published, the index that pages are resolved against, and the files it uses itself."""

    site: Site
    site_index: SiteIndex
    assets: tuple[ShownFile, ...]


def due(page: PageSummary, choice: Choice) -> bool:
    """Whether a build takes a page in: no draft, its date and time of publication reached."""
    if page.draft and not choice.drafts:
        return False
    return choice.future or all(time <= choice.now for time in page.times)


def resolve_site(
    pages: Sequence[PageSummary],
    interface_of: InterfaceOf,
    library: Library,
    choice: Choice,
    beside: Mapping[str, Mapping[str, PictureFile | None]],
    static: frozenset[str],
    unread: Sequence[str] = (),
    recipe: Recipe | None = None,
) -> Staged[ResolvedSite]:
    """Tie all pages together.

    `interface_of` gives a page's interface; `library` has its targets resolved by `with_site_targets`;
    `beside` maps the path of a page's file to the files beside it, by name, with what is known of those that are
    pictures, whose variants are made by the `recipe`; `static` are the paths of the theme's files on the site; `unread` are the files of pages that can't
    be read, so that links to them aren't reported.
    """
    return _SiteResolver(pages, interface_of, library, choice, beside, static, unread, recipe).resolve()


class _SiteResolver:
    def __init__(
        self,
        pages: Sequence[PageSummary],
        interface_of: InterfaceOf,
        library: Library,
        choice: Choice,
        beside: Mapping[str, Mapping[str, PictureFile | None]],
        static: frozenset[str],
        unread: Sequence[str],
        recipe: Recipe | None,
    ) -> None:
        self.library = library
        self.interface_of = interface_of
        self.diagnostics: list[Diagnostic] = []
        self.all = pages
        self.root = urlsplit(library.config.base_url).path
        taken_in = [page for page in pages if due(page, choice)]
        saved = {source.saved for source in library.sources.values()}
        saved.update(copy for page in pages for copy in page.saved)
        self.clashing: dict[str, dict[str, str]] = {}
        found = {
            page.url: self._shown_beside(page.url, posixpath.dirname(page.file), beside[page.file], saved)
            for page in taken_in
            if page.file in beside
        }
        if MEDIA in beside:
            found[_MEDIA_PATH] = self._shown_beside(_MEDIA_PATH, MEDIA, beside[MEDIA], saved)
        self.pictures = SitePictures(self.root, library.config.base_url, found, recipe)
        # Newest first; the slug settles what the date leaves open.
        self.taken = sorted(map(self._with_picture, taken_in), key=lambda page: (-page.order, page.slug))
        taken = {page.file for page in self.taken}
        left_out = [page for page in pages if page.file not in taken]
        self.left_out_paths = frozenset(page.url for page in left_out)
        self.unread = {_likely_path(file): file for file in unread}
        self.claim_index = ClaimIndex.of(
            self.taken,
            interface_of,
            left_out=frozenset(page.slug for page in left_out if page.kind == "explainer"),
            unread=frozenset(path.split("/")[2] for path in self.unread if path.startswith("/explainers/")),
        )
        unread_slugs = frozenset(path.rstrip("/").rpartition("/")[2] for path in self.unread)
        self.versions = Versions.of_site(pages, self.taken, interface_of, library.config.language, unread_slugs)
        self.static = static

    def resolve(self) -> Staged[ResolvedSite]:
        self._check_use()
        self._check_tags()
        self._check_feed_ids()
        tied = ties([self.interface_of(page) for page in self.taken if page.tied], self.claim_index, self.versions)
        explainers = tuple(page for page in self.taken if page.kind == "explainer")
        listed = tuple(self.versions.once(explainers))
        tags = tag_pages(self.taken, self.interface_of, self.versions)
        months, undated = ledger(listed, self.interface_of)
        people = listed_people(self.taken, self.library, self.versions)
        sources = listed_sources(explainers, self.library, self.versions)
        corrections = self._corrections_url()
        lists = (
            (address(EXPLAINERS), len(listed)), *((tag.url, len(tag.entries)) for tag in tags),
            *([(corrections, sum(len(page.corrections) for page in self.taken))] if corrections else []),
            *((month.url, len(month.entries)) for month in months),
            *((one.url, one.entries) for one in (*people, *sources)),
        )  # fmt: skip
        generated = [*FIXED_ADDRESSES, *(page.path for path, entries in lists for page in numbered(path, entries))]
        generated += ["/" + claims_file(page.url) for page in explainers]
        generated += [path for page in explainers for id_ in page.embeds for path in _embed_paths(page, id_)]
        if self.library.config.search:
            generated += [address(SEARCH), f"/{SEARCH_INDEX}"]
        if corrections:
            generated.append(address(CORRECTIONS_FEED))
        view = site_view(self.library.config, self.pictures, self.taken, self.library.catalog)
        generated += ["/" + language_feed(language) for language in view.feed_languages]
        addresses = self._addresses(generated)
        linker = Linker(addresses, "/", "content")
        check_targets(self.library, [person.id for person in people], linker)
        moved = self._moved(linker)
        self.diagnostics.extend(linker.diagnostics)
        site = Site(
            view=view,
            pages=tuple(self.taken),
            explainers=explainers,
            listed=listed,
            tags=tags,
            people=people,
            sources=sources,
            months=months,
            undated=undated,
            updated=max((page.modified for page in explainers if page.modified), default=None),
            context_digest=self._context_digest(generated),
            moved=moved,
            lists=lists,
            corrections_url=corrections,
            versions=tuple(
                (page.canonical, self.versions.links(page)) for page in self.taken if page.url in self.versions.groups
            ),
            pictures=tuple(
                (page.canonical, shown) for page in self.taken if (shown := self.pictures.addresses(page.pictures))
            ),
        )
        site_index = SiteIndex(
            addresses, self.claim_index, _neighbours(listed, self.versions), tied,
            {page.url: self.versions.links(page) for page in self.taken if page.url in self.versions.groups},
        )  # fmt: skip
        diagnostics = (*self.diagnostics, *self.claim_index.diagnostics, *self.versions.diagnostics)
        return Staged(ResolvedSite(site, site_index, tuple(linker.assets.values())), diagnostics)

    def _context_digest(self, generated: Sequence[str]) -> str:
        """The digest of everything that a page's context may depend on."""
        meant = {slug for slug, _ in self.claim_index.claims}
        parts = (
            self.root,
            [
                (page.file, page.url, page.slug, page.kind, page.title, page.language, page.anchors)
                for page in self.taken
            ],
            [(page.file, page.url) for page in self.all],
            [page.claims_digest for page in self.taken if page.slug in meant],
            [page.interface_digest for page in self.taken if page.tied],
            sorted((url, *(one.url for one in group.values())) for url, group in self.versions.groups.items()),
            sorted(self.left_out_paths),
            sorted(self.unread.items()),
            sorted((path, sorted(names.items())) for path, names in self.pictures.beside.items()),
            sorted(self.static),
            sorted((path, sorted(names.items())) for path, names in self.clashing.items()),
            generated,
            self.pictures.recipe,
        )
        return digest_of(packed(parts))

    def _corrections_url(self) -> str | None:
        """The path of the page of all corrections: the site's own page of that name, often the policy, comes first."""
        if not any(page.corrections for page in self.taken):
            return None
        first, otherwise = CORRECTIONS
        return otherwise if any(page.url == first for page in self.taken) else first

    # --- Checks over all pages ---

    def _check_use(self) -> None:
        config = self.library.config
        if config.language_span:
            self.diagnostics += without_words(config.language, config.language_span, self.library.catalogs)
        reached: set[str] = set()
        citing: dict[str, list[PageSummary]] = defaultdict(list)
        for page in self.all:
            reached.update(page.reached)
            for source_id in page.cited:
                citing[source_id].append(page)
        for source in self.library.sources.values():
            if source.id not in reached:
                self._report("W253", f"source `{source.id}` is cited nowhere", source.span)
        for source_id, pages in citing.items():
            # While a page has an error it stands here as it was before, with sources that may be gone.
            cited = self.library.sources.get(source_id)
            slugs = [page.slug for page in self.versions.once(pages)]
            if cited is not None and cited.unnamed and len(slugs) > 1:
                message = f"unnamed source `{source_id}` is cited from {len(slugs)} explainers: {', '.join(slugs)}"
                hint = "all that one person told us, side by side, helps to find that person"
                self._report("W252", message, cited.span, hint)

    def _report(self, code: str, message: str, span: Span, *hints: str) -> None:
        self.diagnostics.append(Diagnostic(code, message, span, hints))

    # --- Addresses ---

    def _moved(self, linker: Linker) -> tuple[tuple[str, str], ...]:
        """Each path that was with where it leads; none of them may be the address of something that is."""
        addresses = linker.addresses
        taken = TakenPaths(addresses.paths.keys() | self.left_out_paths)
        for path in sorted(addresses.static):
            if other := taken.add(path.lstrip("/")):
                message = f"this file and `{other}` of the site can't both be published everywhere"
                self._report("E503", message, Span(f"layouts{path}"), "rename the file")
        moved = {}
        old = [(one.path, one.target, one.span, "redirects") for one in self.library.config.redirects]
        for page in self.taken:
            if page.aliases:
                for one in self.interface_of(page).aliases:
                    at = [(one.text, page.url), *_embeds_at(page, one.text)]
                    old += [(path, target, one.span, "aliases") for path, target in at]
        for path, target, span, key in old:
            if taken.add(moved_file(path)) or addresses.asset_near(path):
                message = f"something else of the site is at {path}"
                self._report("E503", message, span, f"take it out of `{key}`")
            moved[path] = linker.href(target, span)
        return tuple(moved.items())

    def _check_tags(self) -> None:
        """No two tags may have one address: readers of one would be given the pages of the other."""
        first: dict[str, str] = {}
        for page in self.taken:
            for tag in page.tags:
                path = tag_path(tag)
                if first.setdefault(path, tag) == tag:
                    continue
                spans = {located.text: located.span for located in self.interface_of(page).tags}
                message = f"the tags `{tag}` and `{first[path]}` would both be at {path}"
                hint = f"write it as `{first[path]}`, or in other words"
                self.diagnostics.append(Diagnostic("E503", message, spans[tag], (hint,)))

    def _check_feed_ids(self) -> None:
        """No two entries of a feed may have one id."""
        first: dict[str, str] = {page.canonical: page.file for page in self.taken if page.feed_id is None}
        for page in self.taken:
            if page.feed_id is not None and first.setdefault(page.feed_id, page.file) != page.file:
                message = f"the `id` of this page is that of {first[page.feed_id]} too"
                span = self.interface_of(page).span
                self.diagnostics.append(Diagnostic("E503", message, span, ("an `id` belongs to one page",)))

    def _with_picture(self, page: PageSummary) -> PageSummary:
        """A page whose entry in lists differs where the variants of its picture do."""
        picture = self.pictures.picture(page.image) if page.image and page.image.startswith("/") else None
        if picture is None:
            return page
        return page._replace(entry_digest=digest_of(packed((page.entry_digest, picture))))

    def _shown_beside(
        self, url: str, folder: str, files: Mapping[str, PictureFile | None], saved: Collection[str | None]
    ) -> dict[str, PictureFile | None]:
        """The files beside a page, at `url`, that may be shown: no saved copy, and none that another file is in the way of."""
        shown = {name: size for name, size in files.items() if posixpath.join(folder, name) not in saved}
        for name, other in clashes(shown, _MADE_BESIDE):
            self.clashing.setdefault(url, {})[name] = other
            del shown[name]
        return shown

    def _addresses(self, generated: Sequence[str]) -> Addresses:
        paths: dict[str, str | None] = dict.fromkeys([*generated, *self.unread])
        owners: dict[str, str] = dict.fromkeys(generated, "a page that the site makes itself")
        if _MEDIA_PATH in self.pictures.beside:
            owners[_MEDIA_PATH] = f"the folder `{MEDIA}`"
        del owners["/"]  # a page of its own takes the place of the one that is made
        for page in sorted(self.all, key=lambda page: page.file):
            if page.url in owners:
                message = f"this page and {owners[page.url]} would both be at {page.url}"
                hint = "give one of them another `slug`"
                self.diagnostics.append(Diagnostic("E503", message, self.interface_of(page).span, (hint,)))
            owners[page.url] = page.file
        for page in self.taken:
            paths[page.url] = page.anchors
        files = {page.file: page.url for page in self.all} | {file: path for path, file in self.unread.items()}
        folders = {page.url: posixpath.dirname(page.file) for page in self.taken} | {_MEDIA_PATH: MEDIA}
        return Addresses(
            self.root, self.library.config.base_url, paths, files, self.left_out_paths, self.pictures, folders, self.static, self.clashing,
        )  # fmt: skip


def _embed_paths(page: PageSummary, claim: str) -> tuple[str, ...]:
    return claim_page(page.url, claim), embed_page(page.slug, claim), "/" + oembed_file(page.url, claim)


def _embeds_at(page: PageSummary, old: str) -> Iterator[tuple[str, str]]:
    """Where the pages of a page's claims were when the page was at an old path, with where they are now."""
    if old_slug := _EXPLAINER.fullmatch(old):
        for claim in page.embeds:
            yield claim_page(old, claim), claim_page(page.url, claim)
            yield embed_page(old_slug[1], claim), embed_page(page.slug, claim)


def _likely_path(file: str) -> str:
    """Where a page that can't be read would be, if its front matter doesn't say otherwise."""
    parts = file.removesuffix("/index.md").removesuffix(".md").split("/")
    if file == HOME_PAGE:
        return "/"
    return f"/explainers/{parts[-1]}/" if parts[1] == "explainers" else f"/{parts[-1]}/"


def _neighbours(
    listed: Sequence[PageSummary], versions: Versions
) -> dict[str, tuple[PageLink | None, PageLink | None]]:
    """For each explainer the one that came out before it and the one after, in its own language where there is one."""
    older: Iterator[PageSummary | None] = iter([*listed, None][1:])
    newer = [None, *listed][:-1]
    found = {}
    for one, before, after in zip(listed, older, newer, strict=True):
        for page in versions.groups.get(one.url, {one.language: one}).values():
            found[page.url] = (versions.link(page, before), versions.link(page, after))
    return found
