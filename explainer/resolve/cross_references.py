"""References between pages: `ref`, contradicting and superseding claims, related pages."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from explainer.diagnostics import Diagnostic, did_you_mean
from explainer.model.published import ClaimLink
from explainer.model.published_pages import PageLink
from explainer.model.site import Ties

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from explainer.diagnostics import Span
    from explainer.model.declared import Located
    from explainer.model.lazy_entries import InterfaceOf
    from explainer.model.site import ClaimInterface, PageInterface, PageSummary
    from explainer.resolve.versions import Versions

Tie = Literal["contradicts", "contradicted_by", "supersedes", "superseded_by"]
Key = tuple[str, str]
_BACK: Mapping[str, Tie] = {"contradicts": "contradicted_by", "supersedes": "superseded_by"}


@dataclass(slots=True)
class ClaimIndex:
    """Explainers by slug, and by slug and id the claims that other pages refer to.

    `left_out` are the slugs that this build leaves out, `unread` those of pages that can't be read.
    """

    pages: dict[str, PageSummary]
    left_out: frozenset[str]
    unread: frozenset[str]
    claims: dict[Key, ClaimInterface] = field(default_factory=dict)
    diagnostics: list[Diagnostic] = field(default_factory=list)
    ids: dict[str, list[str]] = field(default_factory=dict)  # of the claims by page, once a hint is asked for

    @classmethod
    def of(
        cls,
        pages: Sequence[PageSummary],
        interface_of: InterfaceOf,
        *,
        left_out: frozenset[str],
        unread: frozenset[str],
    ) -> ClaimIndex:
        """Index the explainers of a build."""
        explainers = {page.slug: page for page in pages if page.kind == "explainer"}
        meant = {slug for page in pages for slug in page.targets} | {page.slug for page in pages if page.tied}
        claims = {
            (slug, claim.id): claim
            for slug in sorted(meant & explainers.keys())
            for claim in interface_of(explainers[slug]).claims
        }
        return cls(explainers, left_out, unread, claims)

    def find(self, target: str, slug: str, span: Span) -> Key | None:
        """The key of the claim that `claim` or `page#claim` names, seen from a page; reports an error if there is none."""
        page, _, claim = target.rpartition("#")
        if not page and claim in self.left_out:
            self._no_page(claim, span)
            return None
        page = page or slug
        if page not in self.pages:
            self._no_page(page, span)
            return None
        if (page, claim) not in self.claims:
            where = "" if page == slug else f" in `{page}`"
            hints = _without_ending(target) or did_you_mean(claim, self._ids(page))
            self._report("E401", f"there is no claim `{claim}`{where}", span, hints)
            return None
        return page, claim

    def _ids(self, page: str) -> list[str]:
        """Return the ids of a page's claims."""
        if not self.ids:
            for slug, id_ in self.claims:
                self.ids.setdefault(slug, []).append(id_)
        return self.ids.get(page, [])

    def link(self, key: Key, seen_from: str) -> ClaimLink:
        """A link to a claim, its id short within its own page."""
        entry = self.claims[key].entry
        short = key[1] if key[0] == seen_from else f"{key[0]}#{key[1]}"
        return ClaimLink(short, entry.path, entry.text, entry.page_title)

    def related(self, slugs: Iterable[Located]) -> tuple[PageLink, ...]:
        """Links to related explainers."""
        links = []
        for located in slugs:
            if page := self.pages.get(located.text):
                links.append(PageLink(page.title, page.url))
            else:
                self._no_page(located.text, located.span)
        return tuple(links)

    def _no_page(self, slug: str, span: Span) -> None:
        if slug in self.left_out:
            self._report("E408", f"page `{slug}` is left out of this build", span, ())
        elif slug not in self.unread:
            hints = _without_ending(slug) or did_you_mean(slug, self.pages)
            self._report("E409", f"there is no explainer `{slug}`", span, hints)

    def _report(self, code: str, message: str, span: Span, hints: tuple[str, ...]) -> None:
        self.diagnostics.append(Diagnostic(code, message, span, hints))


def _without_ending(target: str) -> tuple[str, ...]:
    """The hints for a page that is named like its file."""
    page, mark, claim = target.partition("#")
    if not page.endswith(".md"):
        return ()
    slug = page.removesuffix("/index.md").removesuffix(".md").rpartition("/")[2]
    return f"leave the ending out: `{slug}{mark}{claim}`", f"or write a link to the file: `[words]({target})`"


def ties(pages: Iterable[PageInterface], claim_index: ClaimIndex, versions: Versions) -> dict[Key, Ties]:
    """The links of each claim that is tied to another; they are shown at both ends.

    Where versions of one page name a claim, it leads to that in its own language.
    """
    found: dict[Key, dict[Tie, dict[Key, None]]] = {}
    for page in pages:
        for claim in page.claims:
            declared: tuple[tuple[Tie, tuple[Located, ...]], ...] = (
                ("contradicts", claim.contradicts), ("supersedes", claim.supersedes),
            )  # fmt: skip
            for tie, targets in declared:
                for located in targets:
                    if target := claim_index.find(located.text, page.slug, located.span):
                        found.setdefault((page.slug, claim.id), {}).setdefault(tie, {})[target] = None
                        found.setdefault(target, {}).setdefault(_BACK[tie], {})[page.slug, claim.id] = None
    return {
        key: Ties(**{tie: _links(key, tie, t, claim_index, versions) for tie, t in kinds.items()})
        for key, kinds in found.items()
    }


def _links(
    key: Key, tie: Tie, targets: Iterable[Key], claim_index: ClaimIndex, versions: Versions
) -> tuple[ClaimLink, ...]:
    if tie in _BACK.values():
        pages = {slug: claim_index.pages[slug] for slug, _ in targets}
        kept = {page.slug for page in versions.once(pages.values(), claim_index.pages[key[0]].language)}
        targets = [target for target in targets if target[0] in kept]
    return tuple(claim_index.link(target, key[0]) for target in targets)
