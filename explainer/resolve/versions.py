"""Pages that are versions of each other in several languages: who belongs together, and which one stands for all."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from explainer.diagnostics import Diagnostic, did_you_mean
from explainer.model.published_pages import PageLink, PageVersion
from explainer.text.catalog import own_name
from explainer.text.language_codes import english_name
from explainer.text.languages import fallback_tags

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from explainer.model.declared import Translation
    from explainer.model.site import PageInterface, PageSummary
    from explainer.model.terms import PageKind


@dataclass(slots=True)
class Versions:
    """The pages that have versions, by their paths; `language` is the site's.

    Who says so at one page says it of both, and of all that either belongs with.
    """

    language: str
    groups: dict[str, dict[str, PageSummary]] = field(default_factory=dict)
    diagnostics: list[Diagnostic] = field(default_factory=list)

    @classmethod
    def of_site(
        cls,
        pages: Sequence[PageSummary],
        taken: Sequence[PageSummary],
        interface_of: Callable[[PageSummary], PageInterface],
        language: str,
        unread: frozenset[str],
    ) -> Versions:
        """Find the versions among the `taken` pages; one that is named and left out, or can't be read, is passed over."""
        found = cls(language)
        known: dict[PageKind, dict[str, PageSummary]] = {"explainer": {}, "page": {}}
        for page in pages:
            known[page.kind][page.slug] = page
        for page in sorted((page for page in taken if page.translated), key=lambda page: page.file):
            for named in interface_of(page).translations:
                other = known[page.kind].get(named.slug)
                if other:
                    found._tie(page, other, named)
                elif named.slug not in unread:
                    hints = did_you_mean(named.slug, known[page.kind])
                    found._report("E409", f"there is no {page.kind} `{named.slug}`", named, hints)
        included = {page.url for page in taken}
        groups = {}
        for url, group in found.groups.items():
            here = {tag: page for tag, page in group.items() if page.url in included}
            if url in included and len(here) > 1:
                groups[url] = here
        found.groups = groups
        return found

    def _tie(self, page: PageSummary, other: PageSummary, named: Translation) -> None:
        if other.url == page.url:
            self._report("E411", "a page isn't a version of itself", named, ("name pages in other languages alone",))
            return
        if named.language.lower() not in map(str.lower, fallback_tags(other.language)):
            written = f"`{other.language}`, {english_name(other.language)}"
            hint = f"write `{other.language}: {named.slug}`, or set the `language` of that page"
            self._report("E411", f"page `{other.slug}` is in {written}, and not in `{named.language}`", named, (hint,))
            return
        ours = self.groups.get(page.url, {page.language: page})
        theirs = self.groups.get(other.url, {other.language: other})
        for tag in sorted(ours.keys() & theirs.keys()):
            if ours[tag].url != theirs[tag].url:
                pair = f"`{ours[tag].slug}` and `{theirs[tag].slug}`"
                message = f"{pair} would be two versions in {english_name(tag)} (`{tag}`) of one page"
                self._report("E411", message, named, ("a page has one version in each language",))
                return
        together = {**ours, **theirs}
        self.groups.update(dict.fromkeys([member.url for member in together.values()], together))

    def _report(self, code: str, message: str, named: Translation, hints: tuple[str, ...]) -> None:
        self.diagnostics.append(Diagnostic(code, message, named.span, hints))

    def links(self, page: PageSummary) -> tuple[PageVersion, ...]:
        """All versions of a page, itself too, by language; none where it is the only one."""
        group = self.groups.get(page.url, {})
        return tuple(
            PageVersion(tag, own_name(tag), one.title, one.url, one.canonical) for tag, one in sorted(group.items())
        )

    def once(self, pages: Iterable[PageSummary], language: str = "") -> list[PageSummary]:
        """The pages in order, of versions only one: that in a language, or the site's, else the earliest."""
        pages = list(pages)
        if not self.groups:
            return pages
        listed = {page.url for page in pages}
        return [
            page
            for page in pages
            if page.url not in self.groups or self._chosen(page, listed, language or self.language).url == page.url
        ]

    def _chosen(self, page: PageSummary, listed: set[str], language: str) -> PageSummary:
        there = [one for one in self.groups[page.url].values() if one.url in listed]
        wanted = _first_subtag(language), _first_subtag(self.language)
        return min(
            there, key=lambda one: (*(tag != _first_subtag(one.language) for tag in wanted), one.order, one.slug)
        )

    def link(self, page: PageSummary, other: PageSummary | None) -> PageLink | None:
        """A link from a page to another one: to its version in the same language, where there is one."""
        if other is None:
            return None
        other = self.groups.get(other.url, {}).get(page.language, other)
        return PageLink(other.title, other.url)


def _first_subtag(tag: str) -> str:
    return tag.partition("-")[0].lower()
