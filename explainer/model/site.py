"""What pages know of each other, and what a reader may see of the whole site."""

from __future__ import annotations

from collections.abc import Sequence

from explainer.diagnostics import Span
from explainer.model.declared import Correction, Image, Link, Located, Review, Translation
from explainer.model.document import CallMark, LinkMark, RefMark
from explainer.model.pictures import CardImage, Picture, Size, Variant
from explainer.model.published import ClaimLink, PublicSource, Voice
from explainer.model.published_pages import Byline, PageImage, PageLink, PageVersion
from explainer.model.record import Record
from explainer.model.settings import Accent, Publisher, Tips, Typefaces
from explainer.model.terms import ColorScheme, FeedText, Level, PageKind, Stance
from explainer.text.addresses import host_of


class ShownFile(Record, frozen=True):
    """A file of `content/` that comes out: its path in the site's folder, its path on the site, and where it is named.

    Where variants are `made` of it, those come out beside that path, and not the file itself; `findings` are then what
    its metadata tells, and `digest` is that of its bytes. `shown`: as a picture.
    """

    file: str
    path: str
    span: Span
    made: tuple[Variant, ...] = ()
    shown: bool = False
    findings: tuple[str, ...] = ()
    digest: str = ""


class GroupCount(Record, frozen=True):
    """How many claims a part of a page's bar has: `named`, `unnamed`, …, `said`."""

    name: str
    n: int


class PageEntry(Record, frozen=True):
    """A page in a list. `groups` are the parts of its bar.

    `disputed` counts its claims in dispute, `denied_earlier` those that were denied only before they were reported.
    """

    title: str
    url: str
    canonical: str
    feed_id: str
    summary: str | None
    published: str | None
    modified: str | None
    language: str
    authors: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    claims: int = 0
    groups: tuple[GroupCount, ...] = ()
    disputed: int = 0
    denied_earlier: int = 0
    image: PageImage | None = None


class CorrectionEntry(Record, frozen=True):
    """A correction in a list, with the page that was corrected; `id` is that of its entry in the feed."""

    date: str
    text: str
    page_title: str
    page_url: str
    canonical: str
    id: str


class ClaimEntry(Record, frozen=True):
    """A claim in a list: in the ledger, on a source's page, on a person's page.

    `path` is the address on the site of the claim on its page; `words_language` the language of `words`, `label` and
    `sentences`, which is English where the page's own has no catalog. On a source's page `stance` is what
    the source is to the claim, and `through` names the cited sources that lead from one to the other.
    """

    path: str
    text: str
    level: Level
    words: str
    label: str
    sentences: tuple[str, ...]
    status: str | None
    speaker: Voice | None
    said: str | None
    quotes: tuple[str, ...]
    page_title: str
    page_url: str
    published: str | None
    stance: Stance = "supports"
    through: tuple[str, ...] = ()
    language: str = "en"
    words_language: str = "en"
    reported: str | None = None
    disputed: bool = False
    new: tuple[str, ...] = ()


class ClaimInterface(Record, frozen=True):
    """What the rest of the site may need of a claim: its entry, its sources' stances, its ties as declared.

    `replies` are the ids of people who answered and are no source; `passed` are the sources on its live routes.
    """

    id: str
    entry: ClaimEntry
    stances: tuple[tuple[str, Stance], ...] = ()
    contradicts: tuple[Located, ...] = ()
    supersedes: tuple[Located, ...] = ()
    replies: tuple[str, ...] = ()
    passed: tuple[tuple[str, Stance], ...] = ()


class SourceInterface(Record, frozen=True):
    """What the rest of the site may need of a source that a page shows, as it may be published."""

    id: str
    name: str
    party: str | None
    via: tuple[str, ...]
    reported_in: tuple[str, ...] = ()


class PageInterface(Record, frozen=True):
    """What the rest of the site may need of a page: while it is the same, nothing else can change.

    `times` (seconds since 1970) must have come for the page to be due; `order` sorts by date.
    `anchors` are the ids that a link may lead to, None where any is taken on trust. `cited` are
    the sources of the registry that the page cites, `reached` those and all on their routes, `own` those in its
    front matter.
    `saved` are the saved copies of its own sources, `aliases` the paths at which it was; `embargo` is its `publish_at`.
    """

    file: str
    kind: PageKind
    slug: str
    url: str
    entry: PageEntry
    span: Span
    draft: bool
    times: tuple[int, ...]
    order: int
    by: tuple[str, ...] = ()
    claims: tuple[ClaimInterface, ...] = ()
    sources: tuple[SourceInterface, ...] = ()
    cited: tuple[str, ...] = ()
    reached: tuple[str, ...] = ()
    own: tuple[str, ...] = ()
    saved: tuple[str, ...] = ()
    anchors: tuple[str, ...] | None = ()
    links: tuple[LinkMark, ...] = ()
    refs: tuple[RefMark, ...] = ()
    calls: tuple[CallMark, ...] = ()
    related: tuple[Located, ...] = ()
    translations: tuple[Translation, ...] = ()
    image: Image | None = None
    corrections: tuple[Correction, ...] = ()
    tags: tuple[Located, ...] = ()
    aliases: tuple[Located, ...] = ()
    keeps_id: bool = False
    embargo: int | None = None
    review: Review | None = None
    embeds: tuple[str, ...] = ()


class PageSummary(Record, frozen=True):
    """What lists, addresses and neighbours need of a page, small enough to be held for every page of a site.

    `people` are the ids of those that a page shows, among others; `targets` the slugs of explainers
    whose claims it refers to, `tied` whether its own are tied to others, `translated` whether it names versions in
    other languages. `source_claims` counts the claims of each source in `reached`; `said` and `disputed`, for each of
    `people`, what they said and the reports that they dispute. `anchors` has the ids on the
    page one a line, None where any is taken on trust. `entry_digest` and `claims_digest` are of the page
    in lists of pages, and of its claims and sources in lists of claims; `record_digest`, `interface_digest` and
    `sourcing_digest` of the page's record, its interface and its sourcing text, as text; the last is empty where
    that may not be kept. `image` is the path on the site of the picture in lists, `pictures` those of all that it shows.
    """

    file: str
    kind: PageKind
    slug: str
    url: str
    title: str
    language: str
    canonical: str
    published: str | None
    modified: str | None
    draft: bool
    times: tuple[int, ...]
    order: int
    tags: tuple[str, ...]
    by: tuple[str, ...]
    people: tuple[str, ...]
    cited: tuple[str, ...]
    reached: tuple[str, ...]
    own: tuple[str, ...]
    saved: tuple[str, ...]
    targets: tuple[str, ...]
    tied: bool
    translated: bool
    claims: int
    source_claims: tuple[int, ...]
    said: tuple[int, ...]
    disputed: tuple[int, ...]
    anchors: str | None
    entry_digest: str
    claims_digest: str
    interface_digest: str
    record_digest: str
    sourcing_digest: str = ""
    aliases: tuple[str, ...] = ()
    image: str | None = None
    pictures: tuple[str, ...] = ()
    feed_id: str | None = None
    corrections: tuple[Correction, ...] = ()
    embargo: int | None = None
    review: Review | None = None
    embeds: tuple[str, ...] = ()


class Ties(Record, frozen=True):
    """The claims that a claim is tied to, as links."""

    contradicts: tuple[ClaimLink, ...] = ()
    contradicted_by: tuple[ClaimLink, ...] = ()
    supersedes: tuple[ClaimLink, ...] = ()
    superseded_by: tuple[ClaimLink, ...] = ()


class PageContext(Record, frozen=True):
    """What a page gets from the rest of the site.

    `ties` go by the claims' numbers, `sizes` and `pictures` by the pictures' addresses, `arguments` by what is written.
    """

    hrefs: tuple[str, ...] = ()
    sizes: tuple[tuple[str, Size], ...] = ()
    arguments: tuple[tuple[str, str], ...] = ()
    refs: tuple[tuple[str, str], ...] = ()
    image: PageImage | None = None
    tags: tuple[PageLink, ...] = ()
    related: tuple[PageLink, ...] = ()
    previous: PageLink | None = None
    next: PageLink | None = None
    versions: tuple[PageVersion, ...] = ()
    ties: tuple[tuple[int, Ties], ...] = ()
    pictures: tuple[tuple[str, Picture], ...] = ()
    card: CardImage | None = None


class SourcePage(Record, frozen=True):
    """A page of the list of claims of a named source of the registry: every one that a live route leads to it from.

    `direct` claims cite it, `indirect` ones rest on it through others; `apart` cite it and don't rest on it: as
    context, or for an answer. `directly` and `indirectly` count those of the whole list.
    """

    source: PublicSource
    voice: Voice | None
    via: tuple[PublicSource, ...]
    direct: tuple[ClaimEntry, ...]
    indirect: tuple[ClaimEntry, ...]
    apart: tuple[ClaimEntry, ...] = ()
    directly: int = 0
    indirectly: int = 0


class PersonPage(Record, frozen=True):
    """A page of the list of a person or organisation: statements in time, which reports they dispute, what they wrote.

    `before` is what they said last before that.
    """

    person: Byline
    statements: tuple[ClaimEntry, ...]
    explainers: Sequence[PageEntry]
    disputed: tuple[ClaimEntry, ...] = ()
    before: ClaimEntry | None = None


class TagPage(Record, frozen=True):
    """A tag's explainers, newest first; `url` is its path."""

    label: str
    slug: str
    url: str
    entries: Sequence[PageEntry]


class MonthLink(Record, frozen=True):
    """A month of the ledger: `2017-07`, its path, how many claims."""

    month: str
    url: str
    claims: int


class LedgerMonth(Record, frozen=True):
    """The claims of the explainers that came out in one month, with the neighbouring months."""

    month: str
    url: str
    entries: Sequence[ClaimEntry]
    newer: MonthLink | None = None
    older: MonthLink | None = None


class Choice(Record, frozen=True):
    """Which pages a build includes: drafts, future pages, and what time is now (seconds since 1970 UTC)."""

    now: int
    drafts: bool = False
    future: bool = False


class SiteView(Record, frozen=True):
    """What every template may know of the site, ready to print.

    `root` is the path of `base_url`, with a slash at both ends. `policies` have an address each. `menu` is None where the
    site gives none, and the theme has its own; `card` is the picture beside links to pages that have none of their own,
    `cards` is of what cards are drawn. `media` are the hosts of other sites whose media a reader may load.
    """

    title: str
    description: str | None
    url: str
    root: str
    language: str
    time_zone: str
    logo: str | None
    accent: Accent | None
    color_scheme: ColorScheme
    typefaces: Typefaces | None
    publisher: Publisher | None
    policies: tuple[Link, ...]
    policy_keys: tuple[tuple[str, str], ...]
    tips: Tips | None
    pages: tuple[PageLink, ...]
    feeds: FeedText = "summary"
    menu: tuple[Link, ...] | None = None
    search: bool = True
    feed_languages: tuple[str, ...] = ()
    card: CardImage | None = None
    media: tuple[str, ...] = ()
    cards: str = "none"

    def loads(self, address: str) -> bool:
        """Whether a reader may load what is at an address of another site, on a click."""
        return address[:8].lower() == "https://" and host_of(address) in self.media


class Listed(Record, frozen=True):
    """A person or source that has a page of its own: its id, the page's path, the explainers listed there.

    `written` are the explainers that a person has written; `entries` is how many entries the list on it has.
    """

    id: str
    url: str
    pages: tuple[PageSummary, ...]
    written: tuple[PageSummary, ...] = ()
    entries: int = 0


class Site(Record, frozen=True):
    """The resolved site: the pages that are included, newest first, and each list.

    `listed` are the explainers as lists have them: of several versions in different languages one.
    `context_digest` is of everything that a page may get from the rest of the site; `moved` maps old paths
    to where they lead. `corrections_url` is the path of the page of all corrections, None where there are none. `versions` has
    the versions of each page that has any, and `pictures` the whole addresses of its pictures, by its whole address.
    `lists` are the lists that come in numbered pages: the path of each, and how many entries it has.
    """

    view: SiteView
    pages: tuple[PageSummary, ...]
    explainers: tuple[PageSummary, ...]
    listed: tuple[PageSummary, ...]
    tags: tuple[TagPage, ...]
    people: tuple[Listed, ...]
    sources: tuple[Listed, ...]
    months: tuple[LedgerMonth, ...]
    undated: Sequence[ClaimEntry]
    updated: str | None
    context_digest: str
    moved: tuple[tuple[str, str], ...] = ()
    corrections_url: str | None = None
    versions: tuple[tuple[str, tuple[PageVersion, ...]], ...] = ()
    pictures: tuple[tuple[str, tuple[str, ...]], ...] = ()
    lists: tuple[tuple[str, int], ...] = ()
