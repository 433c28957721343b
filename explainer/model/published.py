"""What a reader may see of a page: the page, its claims, their sources as they may be published."""

from __future__ import annotations

from explainer.model.declared import NO_CAVEATS, Caveats, Withdrawal
from explainer.model.document import Body
from explainer.model.record import Record
from explainer.model.terms import Attribution, Knowledge, Level, NoteCode, Response, SourceType, Stance

# The parts of a page's bar, and the levels that are in each; statements are apart.
GROUPS: dict[str, tuple[Level, ...]] = {
    "named": ("independent-named", "single-named-direct", "single-named-indirect"),
    "unnamed": ("independent-unnamed", "single-unnamed-direct", "single-unnamed-indirect"),
    "unstated": ("origin-unstated",),
    "none": ("unsourced", "disputes-only"),
    "withdrawn": ("withdrawn",),
}
GROUP_OF = {level: name for name, levels in GROUPS.items() for level in levels}
SAID = "said"
_FIRST_WORDS = 48
# What joins a claim to the rest of its sentence.
_JOINTS = " ,;:–—،؛、，；："


def standing_alone(text: str) -> str:
    """A claim's words in a list: without what joined them to the rest of their sentence."""
    return text.rstrip(_JOINTS) or text


def first_words(text: str) -> str:
    """A claim by its first words, cut between two of them where it is long."""
    text = standing_alone(text)
    if len(text) <= _FIRST_WORDS:
        return text
    cut = text[:_FIRST_WORDS].rpartition(" ")[0].rstrip(" ,;:–—-")
    return f"{cut or text[:_FIRST_WORDS]}…"


class SourcingNote(Record, frozen=True):
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


class Verdict(Record, frozen=True):
    """How a claim is sourced: the level, the count of independent origins, the notes."""

    level: Level
    n: int
    notes: tuple[SourcingNote, ...] = ()


def at_passage(address: str | None, fragment: str | None) -> str | None:
    """An address that leads to a passage; a PDF has none that browsers find so."""
    if not address or not fragment or address.partition("#")[0].partition("?")[0].lower().endswith(".pdf"):
        return address
    return f"{address}{'' if '#' in address else '#'}{fragment}"


class PublicSource(Record, frozen=True):
    """A source as it may be published.

    Of an unnamed source `title`, `publisher`, `authors`, `date`, `url`, `archive` and `party` are
    None or empty, and on deep background `description`, `why_unnamed` and `caveats` too.
    `name` is what stands for it: title, description, or "an unnamed source"; `short` what it is called
    inside a sentence; `voice` the name of whose voice it is, where that is someone of people.yaml.
    `number` is its note's, None where it is only on another source's route. `page` is the address
    of its own page, for sources of the registry that are named. `passage` is the text fragment of what the page quotes
    from it first.
    """

    id: str
    name: str
    short: str
    type: SourceType
    attribution: Attribution | None
    knowledge: Knowledge
    unnamed: bool
    via: tuple[str, ...] = ()
    reported_in: tuple[str, ...] = ()
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
    container: str | None = None
    document_number: str | None = None
    doi: str | None = None
    description: str | None = None
    why_unnamed: str | None = None
    caveats: Caveats = NO_CAVEATS
    withdrawn: Withdrawal | None = None
    page: str | None = None
    voice: str | None = None
    passage: str | None = None

    @property
    def read(self) -> str | None:
        """Its address, at the passage that the page quotes first, where that is known."""
        return at_passage(self.url, self.passage)

    @property
    def read_archived(self) -> str | None:
        """The same of its archived copy."""
        return at_passage(self.archive, self.passage)


class Voice(Record, frozen=True):
    """A party as a reader may know it: its public id, its name, its page if it has one, its name inside a sentence."""

    id: str
    name: str
    page: str | None = None
    short: str | None = None

    @property
    def inside(self) -> str:
        """What it is called inside a sentence."""
        return self.short or self.name


class Use(Record, frozen=True):
    """One place on the page that leads to a note: `anchor` is the place's id.

    `letter` (a, b, … within the note) and `label` (a claim or a heading) name it in the back link.
    """

    anchor: str
    number: int
    note: str
    letter: str
    label: str


class Passage(Record, frozen=True):
    """The part of a note for one locator (`at`, None for the source as a whole) and its uses."""

    at: str | None
    uses: tuple[Use, ...]


class Note(Record, frozen=True):
    """An entry of Notes: a source with its passages, or a Markdown footnote with its body."""

    anchor: str
    number: int
    passages: tuple[Passage, ...]
    source: PublicSource | None = None
    footnote: Body = ()


class Edge(Record, frozen=True):
    """One source's part in a claim, as published; equal edges are merged, each quote is kept."""

    source: str
    stance: Stance
    response: Response | None = None
    quote: str | None = None
    at: str | None = None


class Reply(Record, frozen=True):
    """An answer from someone who is no source of the page: no comment, or not reached."""

    voice: Voice
    response: Response


class ClaimLink(Record, frozen=True):
    """A link to a claim: id (`claim` or `page#claim`), address, text, its page's title."""

    id: str
    url: str
    text: str
    page_title: str


class Excerpt(Record, frozen=True):
    """A quotation in its saved copy: what stands before it, the words there, what follows, and the fragment that finds them."""

    before: str
    words: str
    after: str
    fragment: str


class PanelEdge(Record, frozen=True):
    """A source in a claim's full account: what it says, and the use that leads to its note.

    `excerpts` are the passages of the quotes, in their order, None where the saved copy doesn't show one.
    """

    source: PublicSource
    stance: Stance
    response: Response | None
    quotes: tuple[tuple[str, str | None], ...]
    use: Use | None
    excerpts: tuple[Excerpt | None, ...] = ()

    @property
    def read(self) -> str | None:
        """Where the source can be read: at the passage of the first quote, where that is known."""
        address = self.source.url or self.source.archive
        return at_passage(address, next((one.fragment for one in self.excerpts if one), None))


class Claim(Record, frozen=True):
    """A claim, judged and ready to be shown.

    `url` is its absolute address; `shown` the words as shown, `text` the sentence that stands
    alone. `new` are words of its quotations that the editor marks as new. `words` stand at the claim,
    `label` in full, `sentences` tell the notes. `speaker` is None where the claim isn't "X said Y".
    `inner` tells that it stands inside another claim. `cites` are the numbers that follow the claim.
    The account begins with `answer`, sentences that tell how it is known, and `notes`, those that the
    answer leaves out; `chain` has the steps that all its routes take, from who is cited to the origin, and
    the sources at each; it is empty where they can't be told so. `reasons` are the caveats of what supports or disputes it, `passed`
    the sources on its live routes. `own_page` is the path of its own page, where other sites can embed it.
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
    inner: bool = False
    answer: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    chain: tuple[tuple[str, ...], ...] = ()
    panel: tuple[PanelEdge, ...] = ()
    replies: tuple[Reply, ...] = ()
    cites: tuple[Use, ...] = ()
    reasons: Caveats = NO_CAVEATS
    new: tuple[str, ...] = ()
    passed: tuple[tuple[str, Stance], ...] = ()
    contradicts: tuple[ClaimLink, ...] = ()
    contradicted_by: tuple[ClaimLink, ...] = ()
    supersedes: tuple[ClaimLink, ...] = ()
    superseded_by: tuple[ClaimLink, ...] = ()
    own_page: str | None = None

    @property
    def mark(self) -> str:
        """The part of the page's bar that the claim is in: a statement is apart."""
        return SAID if self.speaker else GROUP_OF[self.verdict.level]

    @property
    def is_disputed(self) -> bool:
        """Whether a live route disputes it."""
        return any(note.code == "disputed" for note in self.verdict.notes)

    @property
    def denied_earlier(self) -> bool:
        """Whether all that disputes it came before it was reported."""
        return any(note.code == "disputed" and note.earlier for note in self.verdict.notes)

    @property
    def anchor(self) -> str:
        """The id of the claim's element."""
        return f"claim-{self.id}"

    @property
    def panel_anchor(self) -> str:
        """The id of its full account."""
        return f"how-{self.id}"
