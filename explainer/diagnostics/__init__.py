"""Diagnostics: positions in files, codes, and the errors and warnings that stages return as values.

Stages never print, exit or raise for a mistake in the content. They return their value with the
diagnostics that they found (`Staged`); `explainer.diagnostics.report` prints them.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

T_co = TypeVar("T_co", covariant=True)


class Severity(StrEnum):
    """An error stops the build, a warning does not."""

    ERROR = "error"
    WARNING = "warning"


class Span(NamedTuple):
    """A range of text in one file.

    `path` is relative to the site, with forward slashes. Lines and columns count from 1, columns
    in characters; `end_col` is the column after the last character.
    """

    path: str
    line: int = 1
    col: int = 1
    end_line: int = 1
    end_col: int = 1


class Rule(NamedTuple):
    """One row of the table of codes: `code` never changes, `name` reads well in a sentence."""

    code: str
    name: str
    severity: Severity
    meaning: str


class Diagnostic(NamedTuple):
    """One error or warning about the content: where it is, what is wrong, and hints what to do."""

    code: str
    message: str
    span: Span
    hints: tuple[str, ...] = ()

    @property
    def rule(self) -> Rule:
        """The row of this code in the table."""
        return RULES[self.code]

    @property
    def name(self) -> str:
        """The code's name, such as `unknown-source`."""
        return RULES[self.code].name

    @property
    def severity(self) -> Severity:
        """Error or warning; depends on the code alone."""
        return RULES[self.code].severity

    @property
    def sort_key(self) -> tuple[Span, str, str]:
        """The order of diagnostics in a report: by position, then code, then message."""
        return (self.span, self.code, self.message)


class SourceText(NamedTuple):
    """The text of a file, for diagnostics to quote.

    `hidden` are the numbers of lines that must never be shown, because they hold a value under `private` or
    of an identity key.
    """

    path: str
    text: str
    hidden: frozenset[int] = frozenset()


class Staged(NamedTuple, Generic[T_co]):
    """The result of a stage: its value, and its diagnostics."""

    value: T_co
    diagnostics: tuple[Diagnostic, ...] = ()


def has_errors(diagnostics: Iterable[Diagnostic]) -> bool:
    """Whether any of the diagnostics is an error."""
    return any(d.severity is Severity.ERROR for d in diagnostics)


def in_order(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """The diagnostics sorted by path, line, column and code, without duplicates."""
    return tuple(sorted(set(diagnostics), key=lambda d: d.sort_key))


def did_you_mean(word: str, known: Iterable[str], likeness: float = 0.6) -> tuple[str, ...]:
    """Return a hint that names the nearest known word, or nothing if none is as alike as that (0 to 1)."""
    from difflib import get_close_matches  # noqa: PLC0415 - only a diagnostic needs it

    from explainer.diagnostics.near_words import near_words  # noqa: PLC0415

    return tuple(f"did you mean `{near}`?" for near in get_close_matches(word, near_words(word, known), 1, likeness))


def _table(*rows: tuple[str, str, str]) -> Mapping[str, Rule]:
    kinds = {"E": Severity.ERROR, "W": Severity.WARNING}
    return {code: Rule(code, name, kinds[code[0]], meaning) for code, name, meaning in rows}


RULES = _table(
    # Files, YAML, front matter
    ("E101", "unreadable-file", "A file of the site can't be read."),
    ("E102", "not-utf-8", "A text file isn't UTF-8."),
    ("E103", "control-character", "A text file contains a NUL or another control character."),
    ("E104", "no-front-matter", "A page doesn't begin with a line `---`."),
    ("E105", "unclosed-front-matter", "The front matter has no closing line `---`."),
    ("E106", "front-matter-fence", "A line looks like a front-matter fence and isn't one."),
    ("E107", "stray-front-matter", "Front matter seems to go on after its closing fence."),
    ("E108", "bad-file-name", "A file or folder has a name that the site can't use."),
    ("E109", "missing-file", "A file that the site needs is missing."),
    ("E110", "yaml-syntax", "The YAML can't be read."),
    ("E111", "yaml-feature", "The YAML uses an alias, an anchor, a merge key, a tag or a second document."),
    ("E112", "duplicate-key", "A mapping has the same key twice."),
    ("E113", "yaml-depth", "The YAML is nested too deeply."),
    ("E120", "unknown-key", "A mapping has a key that isn't one of its keys."),
    ("E121", "missing-key", "A required key is absent or empty."),
    ("E122", "wrong-type", "A value isn't of the type that its key takes."),
    ("E123", "bad-value", "A value isn't one of those that its key takes."),
    ("E124", "bad-date", "A date is impossible, or isn't written as a date."),
    ("E125", "bad-id", "An id or slug doesn't match `[a-z0-9][a-z0-9-]*`, or is too long for a file's name."),
    ("E126", "bad-url", "An address isn't http, https, mailto, tel, sms or sgnl, or isn't an address."),
    ("E127", "bad-tag", "A tag has no letter and no digit, or is too long for an address."),
    ("E128", "extra-missing", "A key of `site.yaml` asks for an extra that isn't installed."),
    ("W151", "weak-accent", "The site's accent colour is hard to read on one of the theme's grounds."),
    ("W152", "comment-after-text", "What follows ` #` behind a text is a comment to YAML."),
    ("W153", "comma-in-text", "A text with a comma stands where a list may be meant."),
    ("W154", "dates-disagree", "`updated` is before `date`, or before a correction."),
    ("W155", "unused-accept", "`accept` silences a warning that isn't told there."),
    ("W156", "review-due", "A page is to be looked at again by now."),
    # Sources and people
    ("E201", "unknown-source", "An id names no source."),
    ("E202", "duplicate-source", "Two sources have the same id."),
    ("E203", "via-cycle", "A source knows something through itself."),
    ("E204", "first-hand-with-via", "A source through others, or a report, can't be first-hand."),
    ("E205", "off-record", "Something told off the record can't be published."),
    ("E206", "unmasks-source", "Something would unmask an unnamed source."),
    ("E207", "attribution-not-applicable", "This type of source has no attribution."),
    ("E208", "quote-not-found", "A quote isn't in the source's saved copy."),
    ("E209", "bad-saved-copy", "A saved copy is missing or can't be read."),
    ("E210", "unknown-person", "An id names no person or organisation."),
    ("E211", "duplicate-person", "Two people have the same id."),
    ("E212", "bad-reported-in", "A source can't have reached us through this report."),
    ("W251", "no-why-unnamed", "An unnamed source doesn't say why it is unnamed."),
    ("W252", "unnamed-source-shared", "An unnamed source is cited from two explainers."),
    ("W253", "unused-source", "A source is cited nowhere."),
    ("W254", "deep-background-quoted", "A source on deep background is quoted or located."),
    ("W255", "party-shows", "An unnamed source's party is on the same claim under its own name."),
    ("W256", "quote-changes-sense", "What a quote leaves out or replaces holds a “not” or the end of a sentence."),
    ("W257", "quoted-by-others", "A source's title says that somebody else quoted it, and `reported_in` doesn't."),
    # Shortcodes and Markdown
    ("E301", "unknown-shortcode", "No shortcode has this name."),
    ("E302", "unclosed-shortcode", "A shortcode that needs a closing tag has none."),
    ("E303", "unopened-shortcode", "A closing tag has no opening tag."),
    ("E304", "crossed-shortcodes", "Two shortcodes, or a shortcode and other markup, overlap."),
    ("E305", "bad-argument", "An argument is unknown, missing, repeated or malformed."),
    ("E306", "cut-shortcode", "A shortcode's tag is cut in two by another block."),
    ("E307", "curly-quotes", "There are curly quotes around an argument."),
    ("E308", "malformed-shortcode", "A shortcode's tag can't be read."),
    ("E309", "shortcode-not-here", "This shortcode can't be used here."),
    ("E310", "nested-too-deep", "The Markdown is nested too deeply."),
    ("E311", "undefined-footnote", "A footnote is referred to and never defined."),
    ("E312", "duplicate-footnote", "A footnote is defined twice."),
    ("E313", "extra-cells", "A table's row has more cells than its head."),
    ("W351", "unused-footnote", "A footnote is defined and never referred to."),
    ("W352", "html-comment", "A comment in the text isn't published; notes belong under `private`."),
    ("W353", "claim-ends-in-word", "A claim ends in the middle of a word."),
    ("W354", "near-shortcode", "Something that looks like a shortcode is shown as text."),
    ("W355", "html-as-text", "HTML tags are shown as text."),
    ("W356", "foreign-markup", "Markup of another program is shown as text."),
    ("W357", "fixed-space", "A no-break space keeps a line from being a heading or an item of a list."),
    ("W358", "link-as-text", "Something that looks like a link or a picture is shown as text."),
    ("W359", "second-title", "A heading of the text is as high as the page's title."),
    ("W360", "link-without-words", "A link has no words that readers could see or hear."),
    ("W361", "picture-without-words", "A picture has no description for those who can't see it."),
    # Claims
    ("E401", "unknown-claim", "A claim is referred to that no page has."),
    ("E402", "duplicate-claim", "Two claims of a page have the same id."),
    ("E403", "claim-without-text", "A claim has no words: no shortcode in the text, or nothing between its tags."),
    ("E404", "field-in-both-places", "A claim's field is in the front matter and in the shortcode."),
    ("E405", "two-stances", "One source takes two different stances in one claim."),
    ("E406", "response-is-no-dispute", "Not recalling, not commenting and not being reached are no dispute."),
    ("E407", "unknown-status", "A status isn't one of those that the site lists."),
    ("E408", "target-left-out", "Something points at a page that this build leaves out."),
    ("E409", "unknown-page", "An id names no page."),
    ("E410", "new-words-not-quoted", "Words that a claim marks as new stand in none of its quotations."),
    ("E411", "bad-translation", "A page's `translations` name a page that isn't its version in that language."),
    ("W451", "uncited-claim", "A claim has no source at all."),
    ("W452", "speaker-not-on-route", "A claim's speaker is on none of its routes."),
    ("W453", "empty-timeline", "A timeline has nothing to show."),
    ("W454", "withdrawn-embed", "A claim that other sites may show is gone from its page."),
    # Links and addresses
    ("E501", "broken-link", "A link leads to no page or file of the site."),
    ("E502", "broken-anchor", "A link's anchor isn't on the page that it leads to."),
    ("E503", "duplicate-address", "Two pages or files would have the same address, but for upper and lower case."),
    ("E504", "unpublishable-file", "A file of a type that isn't published from `content/` is referred to."),
    ("E505", "not-a-picture", "A film, sound or a document stands where a picture does."),
    ("W551", "own-address", "A whole address of the site's own leads to nothing of it."),
    # Layouts
    ("E601", "missing-layout", "A layout is missing."),
    ("E602", "layout-syntax", "A layout isn't valid Jinja."),
    ("E603", "layout-undefined", "A layout uses a variable or attribute that doesn't exist."),
    ("E604", "layout-failed", "A layout failed while it was rendered."),
    ("E605", "bad-catalog", "A catalog of words has a key, a form or a parameter that doesn't exist."),
    ("W651", "no-catalog", "The theme has no words in the language of a page or of the site."),
    ("W652", "ejected-layout-outdated", "A copy of a default layout is older than the default."),
    ("W653", "card-letters", "No typeface of cards has a letter of what a card says."),
    # Pictures and other files that come out as they are
    ("E701", "unclean-picture", "A picture can't be cleaned of what isn't meant for readers."),
    ("E702", "unsafe-drawing", "An SVG drawing runs something, refers to something outside of it, or isn't SVG."),
    (
        "E703",
        "unreadable-picture",
        "A picture is damaged, or larger than any screen, so that no variants can be made of it.",
    ),
    ("W751", "picture-tells", "A picture tells where it was taken, by whom, or with which camera."),
    ("W752", "file-tells", "A document, sound or film carries fields that tell about people."),
    ("W753", "heavy-picture", "A picture is large for readers to load."),
)
