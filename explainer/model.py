"""Every frozen record that crosses a stage, in the order of the walk.

They are named tuples: made several times faster than frozen dataclasses, and sixty of them are
defined in milliseconds at every start.

Three groups: what the author declared (site, people, sources, front matter), what parsing found
in the text (a `Document`), and what a reader may see (a `Page` and the records inside it).
Whatever is not in the third group reaches no template: an unnamed source's title, party or
address has no field there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

from explainer.catalog import Catalogs
from explainer.languages import direction

if TYPE_CHECKING:
    from collections.abc import Sequence

    from explainer.catalog import Catalog
    from explainer.dates import PartialDate
    from explainer.diagnostics import Span
    from explainer.languages import Direction

SourceType = Literal["public-record", "private-record", "statement", "interview", "observation", "account", "report"]
Attribution = Literal["on-record", "background", "deep-background"]
Knowledge = Literal["first-hand", "second-hand", "unknown"]
Stance = Literal["supports", "disputes", "context"]
Response = Literal["denies", "does-not-recall", "no-comment", "not-reached"]
PageKind = Literal["explainer", "page"]

SOURCE_TYPES: tuple[SourceType, ...] = (
    "public-record", "private-record", "statement", "interview", "observation", "account", "report",
)  # fmt: skip
ATTRIBUTIONS: tuple[Attribution, ...] = ("on-record", "background", "deep-background")
KNOWLEDGE: tuple[Knowledge, ...] = ("first-hand", "second-hand", "unknown")
STANCES: tuple[Stance, ...] = ("supports", "disputes", "context")
RESPONSES: tuple[Response, ...] = ("denies", "does-not-recall", "no-comment", "not-reached")
POLICIES = (
    "principles", "corrections", "unnamed_sources", "verification", "feedback", "ownership", "masthead",
)  # fmt: skip


# --- What the author declared -----------------------------------------------------------------


class Link(NamedTuple):
    """A labelled address."""

    label: str
    url: str


class Publisher(NamedTuple):
    """Who publishes the site."""

    name: str
    url: str | None = None
    logo: str | None = None


class Tips(NamedTuple):
    """The box that asks readers for information."""

    text: str
    links: tuple[Link, ...] = ()


class Accent(NamedTuple):
    """The one colour of links and sourcing words, as `#rrggbb`; on dark grounds another, None for one made from it."""

    light: str
    dark: str | None = None


class Typefaces(NamedTuple):
    """The names of typefaces that stand in front of the theme's."""

    serif: str | None = None
    sans: str | None = None


class Policy(NamedTuple):
    """A policy by its key (`corrections`, …) and its address or path of the site, as declared."""

    key: str
    target: str
    span: Span


class Redirect(NamedTuple):
    """A path of the site that was, and where what stood there is now: an address or a path of the site."""

    path: str
    target: str
    span: Span


TargetKind = Literal["folder", "ssh", "s3", "pages"]


class Target(NamedTuple):
    """A host to publish to, as `site.yaml` names it; each kind has its own fields, the rest are None.

    `verify` is for how many seconds readers' addresses are asked for what was published, 0 for not at
    all; `verify_at` the address of the server that is asked, where that isn't `base_url` yet.
    """

    name: str
    to: TargetKind
    span: Span
    path: str | None = None
    host: str | None = None
    port: int | None = None
    bucket: str | None = None
    prefix: str | None = None
    endpoint: str | None = None
    region: str | None = None
    remote: str | None = None
    branch: str | None = None
    cname: str | None = None
    keep: int | None = None
    precompress: tuple[str, ...] = ()
    base_url: str | None = None
    verify: int | None = None
    verify_at: str | None = None


class SiteConfig(NamedTuple):
    """`content/site.yaml`.

    `base_url` is absolute and ends with a slash. `statuses` is None where the site lists none.
    """

    title: str
    base_url: str
    description: str | None = None
    language: str = "en"
    time_zone: str = "UTC"
    logo: str | None = None
    accent: Accent | None = None
    typefaces: Typefaces | None = None
    publisher: Publisher | None = None
    policies: tuple[Policy, ...] = ()
    tips: Tips | None = None
    statuses: tuple[str, ...] | None = None
    redirects: tuple[Redirect, ...] = ()
    publish: tuple[Target, ...] = ()


class Person(NamedTuple):
    """A person or an organisation of `content/people.yaml`."""

    id: str
    name: str
    span: Span
    kind: Literal["person", "organization"] = "person"
    role: str | None = None
    bio: str | None = None
    links: tuple[Link, ...] = ()


class Withdrawal(NamedTuple):
    """When and why a source was withdrawn."""

    date: PartialDate
    reason: str | None = None


class Source(NamedTuple):
    """A source as declared, defaults filled in. Not for templates: see `PublicSource`.

    `attribution` is None where the type has none. `local` is true for a source in a page's front
    matter. `saved` is the saved copy's path, relative to the site.
    """

    id: str
    type: SourceType
    knowledge: Knowledge
    span: Span
    attribution: Attribution | None = None
    title: str | None = None
    publisher: str | None = None
    authors: tuple[str, ...] = ()
    date: PartialDate | None = None
    accessed: PartialDate | None = None
    url: str | None = None
    archive: str | None = None
    language: str | None = None
    via: tuple[str, ...] = ()
    party: str | None = None
    own: bool = False
    description: str | None = None
    why_unnamed: str | None = None
    caveats: tuple[str, ...] = ()
    saved: str | None = None
    withdrawn: Withdrawal | None = None
    local: bool = False
    via_spans: tuple[Span, ...] = ()
    party_span: Span | None = None

    @property
    def unnamed(self) -> bool:
        """Whether its identity is protected: on background or deep background."""
        return self.attribution in ("background", "deep-background")

    @property
    def key(self) -> str:
        """Whose voice it is: the party, else the source itself."""
        return self.party or self.id


class Located(NamedTuple):
    """A word of the author's and where it stands."""

    text: str
    span: Span


class EdgeDecl(NamedTuple):
    """One source in a claim's front matter or arguments, with an optional quote and locator."""

    source: str
    span: Span
    quote: str | None = None
    at: str | None = None


class ResponseDecl(NamedTuple):
    """One entry of a claim's `responses`: a source id (or people id) and what it answered."""

    id: str
    response: Response
    span: Span


class ClaimDecl(NamedTuple):
    """What is declared of one claim, in the front matter or in the shortcode's own arguments.

    `fields` maps the name of each field given to its place, so that both places can be compared.
    """

    id: str
    span: Span
    fields: tuple[tuple[str, Span], ...] = ()
    sources: tuple[EdgeDecl, ...] = ()
    disputes: tuple[EdgeDecl, ...] = ()
    context: tuple[EdgeDecl, ...] = ()
    responses: tuple[ResponseDecl, ...] = ()
    as_text: str | None = None
    speaker: Located | None = None
    said: PartialDate | None = None
    reported: PartialDate | None = None
    status: Located | None = None
    contradicts: tuple[Located, ...] = ()
    supersedes: tuple[Located, ...] = ()


class Correction(NamedTuple):
    """A dated correction, as text."""

    date: PartialDate
    text: str


class Image(NamedTuple):
    """A page's picture: its address or path beside the page, text instead, credit."""

    src: str
    alt: str
    credit: str | None
    span: Span


class Moment(NamedTuple):
    """A day, or a time of a day, as the author wrote it.

    `iso` is `YYYY-MM-DD` or a full RFC 3339 time in the site's zone; `epoch` is its first second,
    in seconds since 1970 UTC, a day beginning at midnight in the site's time zone.
    """

    iso: str
    epoch: int

    @property
    def day(self) -> str:
        """The day alone, `YYYY-MM-DD`."""
        return self.iso[:10]


class Meta(NamedTuple):
    """A page's front matter, checked and typed; `sources` are the page's own."""

    title: str
    span: Span
    summary: str | None = None
    date: Moment | None = None
    updated: Moment | None = None
    publish_at: Moment | None = None
    authors: tuple[Located, ...] = ()
    contributors: tuple[Located, ...] = ()
    tags: tuple[str, ...] = ()
    dateline: str | None = None
    language: str | None = None
    image: Image | None = None
    draft: bool = False
    slug: str | None = None
    layout: Located | None = None
    sources: tuple[Source, ...] = ()
    claims: tuple[ClaimDecl, ...] = ()
    corrections: tuple[Correction, ...] = ()
    related: tuple[Located, ...] = ()


class PageFile(NamedTuple):
    """A file of content, read and split; the body is not parsed yet.

    `path` is relative to the site. `bundle` is true for `<slug>/index.md`. `body` starts with as
    many empty lines as the front matter has, so that its line numbers are the file's.
    """

    path: str
    kind: PageKind
    slug: str
    bundle: bool
    meta: Meta
    body: str


_NO_WORDS = Catalogs()


class Library(NamedTuple):
    """What all pages share: configuration, people, the source registry, the words of each language."""

    config: SiteConfig
    people: dict[str, Person]
    sources: dict[str, Source]
    catalogs: Catalogs = _NO_WORDS

    @property
    def catalog(self) -> Catalog:
        """The words of the site's own language."""
        return self.catalogs.of(self.config.language)


# --- What parsing found in the text -------------------------------------------------------------
#
# A body is a tuple of parts: HTML that is finished, and holes that resolving fills. Holes carry
# indices into the document's own lists, never objects, so that a body can be stored and rendered
# any number of times.


class ClaimOpen(NamedTuple):
    """Where claim number `claim` of the document begins; `block` when it spans whole blocks."""

    claim: int
    block: bool


class ClaimClose(NamedTuple):
    """Where claim number `claim` of the document ends."""

    claim: int
    block: bool


class CiteHole(NamedTuple):
    """Where the numbers of citation `cite` of the document stand."""

    cite: int


class FootnoteHole(NamedTuple):
    """Where reference `ref` to the footnote number `note` of the document stands."""

    note: int
    ref: int


class PanelsHole(NamedTuple):
    """After a block: where the full accounts of the claims that it holds stand."""

    claims: tuple[int, ...]


class HrefHole(NamedTuple):
    """The value of a link's `href` or an image's `src`, number `link` of the document."""

    link: int


class SizeHole(NamedTuple):
    """Where an image's width and height stand, if they are known: link number `link` of the document."""

    link: int


class ClaimWords(NamedTuple):
    """Where the numbers and the words that belong to claim number `claim` stand."""

    claim: int
    block: bool


class RefHole(NamedTuple):
    """Where `ref` shortcode number `ref` of the document stands: its address alone, or a whole link."""

    ref: int
    address: bool


class CallHole(NamedTuple):
    """Where shortcode call number `call` of the document stands, with its rendered inside."""

    call: int
    inner: Body


Hole: TypeAlias = (
    ClaimOpen
    | ClaimClose
    | ClaimWords
    | CiteHole
    | FootnoteHole
    | PanelsHole
    | HrefHole
    | SizeHole
    | RefHole
    | CallHole
)
Body: TypeAlias = "tuple[str | Hole, ...]"


class ClaimMark(NamedTuple):
    """A claim found in the text.

    `decl` holds the shortcode's own arguments; `text` the words as shown; `parent` the number of
    the claim that it is nested in; `block` the number of the block whose citations count as its.
    """

    decl: ClaimDecl
    text: str
    parent: int | None
    block: int


class CiteMark(NamedTuple):
    """A `source` shortcode: ids, and for one id a quote, a locator, a stance, a response.

    `claim` is the innermost claim around it, `block` the block that it stands in, `section` the
    text of the heading above it ("" before the first).
    """

    ids: tuple[Located, ...]
    span: Span
    quote: str | None
    at: str | None
    stance: Stance | None
    response: Response | None
    claim: int | None
    block: int
    section: str


class Footnote(NamedTuple):
    """A Markdown footnote: its label, its body, how often it is referred to."""

    label: str
    body: Body
    sections: tuple[str, ...]
    span: Span


class LinkMark(NamedTuple):
    """A link or an image in the text, its target as written (percent-encoded)."""

    target: str
    span: Span
    image: bool


class RefMark(NamedTuple):
    """A `ref` shortcode: its target, `claim` or `page#claim`."""

    target: str
    span: Span


class CallMark(NamedTuple):
    """A call of a template shortcode: positional and named arguments, and whether it has a closing tag."""

    name: str
    positional: tuple[str, ...]
    named: tuple[tuple[str, str], ...]
    paired: bool
    span: Span


class Heading(NamedTuple):
    """A heading of the text: level 1 to 6, id, plain text."""

    level: int
    id: str
    text: str


class Document(NamedTuple):
    """A page's file and what its text holds; `hidden` are lines that no report may show."""

    file: PageFile
    body: Body = ()
    claims: tuple[ClaimMark, ...] = ()
    cites: tuple[CiteMark, ...] = ()
    footnotes: tuple[Footnote, ...] = ()
    links: tuple[LinkMark, ...] = ()
    refs: tuple[RefMark, ...] = ()
    calls: tuple[CallMark, ...] = ()
    headings: tuple[Heading, ...] = ()
    hidden: frozenset[int] = frozenset()


# --- What the rule says ---------------------------------------------------------------------------

Level = Literal[
    "withdrawn", "disputes-only", "unsourced", "origin-unstated", "independent-named",
    "independent-unnamed", "single-named-direct", "single-named-indirect",
    "single-unnamed-direct", "single-unnamed-indirect",
]  # fmt: skip
NoteCode = Literal[
    "disputed", "does-not-recall", "no-comment", "not-reached", "steps", "others-unstated",
    "rests-on", "quotes-match", "some-withdrawn",
]  # fmt: skip


class SourcingNote(NamedTuple):
    """What is added to a level, by code; only the fields of that code are set.

    `parties` for `disputed` and the three responses, `earlier` for `disputed`, `steps` (hops) for
    `steps`, `sources` and `origins` for `rests-on`. All are ids that may be published.
    """

    code: NoteCode
    parties: tuple[str, ...] = ()
    earlier: bool = False
    steps: int = 0
    sources: tuple[str, ...] = ()
    origins: tuple[str, ...] = ()


class Verdict(NamedTuple):
    """How a claim is sourced: the level, the count of independent origins, the notes.

    `origin` is the id of a source that stands for the one origin of all stated routes, where there
    is one and the level is one of rows 7 to 10.
    """

    level: Level
    n: int
    notes: tuple[SourcingNote, ...] = ()
    origin: str | None = None


# --- What a reader may see ------------------------------------------------------------------------


class PublicSource(NamedTuple):
    """A source as it may be published.

    Of an unnamed source `title`, `publisher`, `authors`, `date`, `url`, `archive` and `party` are
    None or empty, and on deep background `description`, `why_unnamed` and `caveats` too.
    `name` is what stands for it in a sentence: title, description, or "an unnamed source"; `voice`
    the name of whose voice it is, where that is someone of people.yaml.
    `number` is its note's, None where it is only on another source's route. `page` is the address
    of its own page, for sources of the registry that are named.
    """

    id: str
    name: str
    type: SourceType
    attribution: Attribution | None
    knowledge: Knowledge
    unnamed: bool
    via: tuple[str, ...] = ()
    number: int | None = None
    title: str | None = None
    publisher: str | None = None
    authors: tuple[str, ...] = ()
    date: str | None = None
    accessed: str | None = None
    url: str | None = None
    archive: str | None = None
    language: str | None = None
    party: str | None = None
    own: bool = False
    description: str | None = None
    why_unnamed: str | None = None
    caveats: tuple[str, ...] = ()
    withdrawn: Withdrawal | None = None
    page: str | None = None
    voice: str | None = None


class Voice(NamedTuple):
    """A party as a reader may know it: its public id, its name, its page if it has one."""

    id: str
    name: str
    page: str | None = None


class Use(NamedTuple):
    """One place on the page that leads to a note: `anchor` is the place's id.

    `letter` (a, b, … within the note) and `label` (a claim or a heading) name it in the back link.
    """

    anchor: str
    number: int
    note: str
    letter: str
    label: str


class Passage(NamedTuple):
    """The part of a note for one locator (`at`, None for the source as a whole) and its uses."""

    at: str | None
    uses: tuple[Use, ...]


class Note(NamedTuple):
    """An entry of Notes: a source with its passages, or a Markdown footnote with its body."""

    anchor: str
    number: int
    passages: tuple[Passage, ...]
    source: PublicSource | None = None
    footnote: Body = ()


class Edge(NamedTuple):
    """One source's part in a claim, as published; equal edges are merged, each quote is kept."""

    source: str
    stance: Stance
    response: Response | None = None
    quote: str | None = None
    at: str | None = None


class Reply(NamedTuple):
    """An answer from someone who is no source of the page: no comment, or not reached."""

    voice: Voice
    response: Response


class ClaimLink(NamedTuple):
    """A link to a claim: id (`claim` or `page#claim`), address, text, its page's title."""

    id: str
    url: str
    text: str
    page_title: str


class PanelEdge(NamedTuple):
    """A source in a claim's full account: what it says, and the use that leads to its note.

    `chain` is the way from the source to its origins, in words.
    """

    source: PublicSource
    stance: Stance
    response: Response | None
    quotes: tuple[tuple[str, str | None], ...]
    use: Use | None
    chain: str | None


class Claim(NamedTuple):
    """A claim, judged and ready to be shown.

    `url` is its absolute address; `shown` the words as shown, `text` the sentence that stands
    alone. `words` stand at the claim, `label` in full, `sentences` tell the notes. `speaker` is
    None where the claim isn't "X said Y". `cites` are the numbers that follow the claim.
    """

    id: str
    url: str
    shown: str
    text: str
    speaker: Voice | None
    said: str | None
    reported: str | None
    status: str | None
    verdict: Verdict
    words: str
    label: str
    sentences: tuple[str, ...]
    edges: tuple[Edge, ...]
    panel: tuple[PanelEdge, ...] = ()
    replies: tuple[Reply, ...] = ()
    cites: tuple[Use, ...] = ()
    caveats: tuple[tuple[str, str], ...] = ()
    contradicts: tuple[ClaimLink, ...] = ()
    contradicted_by: tuple[ClaimLink, ...] = ()
    supersedes: tuple[ClaimLink, ...] = ()
    superseded_by: tuple[ClaimLink, ...] = ()

    @property
    def anchor(self) -> str:
        """The id of the claim's element."""
        return f"claim-{self.id}"

    @property
    def panel_anchor(self) -> str:
        """The id of its full account."""
        return f"how-{self.id}"


class Byline(NamedTuple):
    """An author or contributor: someone of people.yaml, or a plain name (then `id` is None)."""

    name: str
    id: str | None = None
    kind: Literal["person", "organization"] = "person"
    role: str | None = None
    bio: str | None = None
    links: tuple[Link, ...] = ()
    url: str | None = None


class PageLink(NamedTuple):
    """A link to a page of the site: its path (`/explainers/x/`) and title."""

    title: str
    url: str


class PageImage(NamedTuple):
    """A page's picture, its address ready for an attribute."""

    url: str
    alt: str
    credit: str | None


class Size(NamedTuple):
    """A picture's width and height in CSS pixels, as a browser shows it unscaled."""

    width: int
    height: int


class Page(NamedTuple):
    """An explainer or another page, with everything that its outputs need.

    `url` is the path on the site, with a slash at both ends; `canonical` the absolute address.
    `published` and `modified` are ISO days or times. `cites`, `footnote_uses`, `hrefs`, `refs`
    and `calls` fill the holes of `body`, by index. `sourcing` sums up how the claims are sourced.
    """

    kind: PageKind
    slug: str
    url: str
    canonical: str
    title: str
    layout: str
    language: str
    body: Body
    summary: str | None = None
    published: str | None = None
    modified: str | None = None
    dateline: str | None = None
    draft: bool = False
    authors: tuple[Byline, ...] = ()
    contributors: tuple[Byline, ...] = ()
    tags: tuple[PageLink, ...] = ()
    image: PageImage | None = None
    sourcing: str = ""
    claims: tuple[Claim, ...] = ()
    notes: tuple[Note, ...] = ()
    sources: tuple[PublicSource, ...] = ()
    cites: tuple[tuple[Use, ...], ...] = ()
    footnote_uses: tuple[tuple[Use, ...], ...] = ()
    hrefs: tuple[str, ...] = ()
    sizes: tuple[tuple[str, Size], ...] = ()
    refs: tuple[tuple[str, str], ...] = ()
    calls: tuple[CallMark, ...] = ()
    headings: tuple[Heading, ...] = ()
    corrections: tuple[Correction, ...] = ()
    related: tuple[PageLink, ...] = ()
    previous: PageLink | None = None
    next: PageLink | None = None

    @property
    def lang(self) -> str:
        """The language of the page, for an attribute."""
        return self.language

    @property
    def dir(self) -> Direction:
        """The way in which its language is written."""
        return direction(self.language)

    def size_of(self, address: str) -> Size | None:
        """The size of a picture of the site that the page shows, by its address; nothing where it isn't known."""
        return dict(self.sizes).get(address)


class PageEntry(NamedTuple):
    """A page in a list."""

    title: str
    url: str
    canonical: str
    summary: str | None
    published: str | None
    modified: str | None
    language: str
    authors: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    claims: int = 0


class ClaimEntry(NamedTuple):
    """A claim in a list: in the ledger, on a source's page, on a person's page.

    `path` is the address on the site of the claim on its page. On a source's page `stance` is what
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
    reported: str | None = None


class ClaimSurface(NamedTuple):
    """What the rest of the site may need of a claim: its entry, its sources' stances, its ties as declared.

    `replies` are the ids of people who answered and are no source.
    """

    id: str
    entry: ClaimEntry
    stances: tuple[tuple[str, Stance], ...] = ()
    contradicts: tuple[Located, ...] = ()
    supersedes: tuple[Located, ...] = ()
    replies: tuple[str, ...] = ()


class SourceSurface(NamedTuple):
    """What the rest of the site may need of a source that a page shows, as it may be published."""

    id: str
    name: str
    party: str | None
    via: tuple[str, ...]


class Surface(NamedTuple):
    """What the rest of the site may need of a page: while it is the same, nothing else can change.

    `times` (seconds since 1970) must have come for the page to be due; `order` sorts by date.
    `anchors` are the ids that a link may lead to, None where any is taken on trust. `cited` are
    the sources of the registry that the page cites, `reached` those and all on their routes.
    `saved` are the saved copies of its own sources.
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
    claims: tuple[ClaimSurface, ...] = ()
    sources: tuple[SourceSurface, ...] = ()
    cited: tuple[str, ...] = ()
    reached: tuple[str, ...] = ()
    saved: tuple[str, ...] = ()
    anchors: tuple[str, ...] | None = ()
    links: tuple[LinkMark, ...] = ()
    refs: tuple[RefMark, ...] = ()
    calls: tuple[CallMark, ...] = ()
    related: tuple[Located, ...] = ()
    image: Image | None = None
    corrections: tuple[Correction, ...] = ()


class Outline(NamedTuple):
    """What lists, addresses and neighbours need of a page, small enough to be held for every page of a site.

    `people` are the ids of those that a page shows, among others; `targets` the slugs of explainers
    whose claims it refers to, `tied` whether its own are tied to others. `anchors` has the ids on the
    page one a line, None where any is taken on trust. `entry` and `listed` are digests: of the page
    in lists of pages, and of its claims and sources in lists of claims; `record` and `surface` those
    of the page's record and of its surface, as text.
    """

    file: str
    kind: PageKind
    slug: str
    url: str
    title: str
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
    saved: tuple[str, ...]
    targets: tuple[str, ...]
    tied: bool
    claims: int
    anchors: str | None
    entry: str
    listed: str
    surface: str
    record: str
    corrections: tuple[Correction, ...] = ()


class Ties(NamedTuple):
    """The claims that a claim is tied to, as links."""

    contradicts: tuple[ClaimLink, ...] = ()
    contradicted_by: tuple[ClaimLink, ...] = ()
    supersedes: tuple[ClaimLink, ...] = ()
    superseded_by: tuple[ClaimLink, ...] = ()


class Joined(NamedTuple):
    """What a page gets from the rest of the site; `ties` by the claims' numbers, `sizes` by the pictures' addresses."""

    hrefs: tuple[str, ...] = ()
    sizes: tuple[tuple[str, Size], ...] = ()
    refs: tuple[tuple[str, str], ...] = ()
    image: PageImage | None = None
    tags: tuple[PageLink, ...] = ()
    related: tuple[PageLink, ...] = ()
    previous: PageLink | None = None
    next: PageLink | None = None
    ties: tuple[tuple[int, Ties], ...] = ()


class SourcePage(NamedTuple):
    """The page of a named source of the registry: every claim that rests on it."""

    source: PublicSource
    voice: Voice | None
    via: tuple[PublicSource, ...]
    direct: tuple[ClaimEntry, ...]
    indirect: tuple[ClaimEntry, ...]


class PersonPage(NamedTuple):
    """The page of a person or organisation: statements in time, what they wrote, which reported claims they dispute."""

    person: Byline
    statements: tuple[ClaimEntry, ...]
    explainers: Sequence[PageEntry]
    disputed: tuple[ClaimEntry, ...] = ()


class TagPage(NamedTuple):
    """A tag's explainers, newest first; `url` is its path."""

    label: str
    slug: str
    url: str
    entries: Sequence[PageEntry]


class MonthLink(NamedTuple):
    """A month of the ledger: `2017-07`, its path, how many claims."""

    month: str
    url: str
    claims: int


class LedgerMonth(NamedTuple):
    """The claims of the explainers that came out in one month, with the neighbouring months."""

    month: str
    url: str
    entries: Sequence[ClaimEntry]
    newer: MonthLink | None = None
    older: MonthLink | None = None


class Choice(NamedTuple):
    """What a build takes in: drafts, pages of the future, and which second is now (since 1970 UTC)."""

    now: int
    drafts: bool = False
    future: bool = False


class SiteView(NamedTuple):
    """What every template may know of the site, ready to print.

    `root` is the path of `base_url`, with a slash at both ends. `policies` have an address each.
    """

    title: str
    description: str | None
    url: str
    root: str
    language: str
    time_zone: str
    logo: str | None
    accent: Accent | None
    typefaces: Typefaces | None
    publisher: Publisher | None
    policies: tuple[Link, ...]
    policy_keys: tuple[tuple[str, str], ...]
    tips: Tips | None
    pages: tuple[PageLink, ...]


class Listed(NamedTuple):
    """Who or what has a page that lists what others say: an id, the page's path, the explainers concerned.

    `written` are those that a person has written.
    """

    id: str
    url: str
    pages: tuple[Outline, ...]
    written: tuple[Outline, ...] = ()


class Site(NamedTuple):
    """Everything that comes out: the pages that are taken in, newest first, and each list.

    `web` is a digest of all that a page may get from the rest of the site; `moved` has paths that were
    and where they lead.
    """

    view: SiteView
    pages: tuple[Outline, ...]
    explainers: tuple[Outline, ...]
    tags: tuple[TagPage, ...]
    people: tuple[Listed, ...]
    sources: tuple[Listed, ...]
    months: tuple[LedgerMonth, ...]
    undated: Sequence[ClaimEntry]
    updated: str | None
    web: str
    moved: tuple[tuple[str, str], ...] = ()
