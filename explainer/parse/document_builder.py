"""The document under construction: frames of HTML with holes, and the lists that the holes refer to."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from explainer.diagnostics import Diagnostic
from explainer.model.document import CiteHole, ClaimNumbers, FootnoteHole, PanelsHole
from explainer.parse.badge_places import place_badges

if TYPE_CHECKING:
    from collections.abc import Callable

    from explainer.diagnostics import Span
    from explainer.model.document import Body, CallMark, CiteMark, ClaimMark, Heading, Hole, LinkMark, RefMark
    from explainer.parse.arguments import ArgumentReader
    from explainer.parse.foreign_reports import Noted
    from explainer.parse.positions import PageText, SourceMap
    from explainer.parse.tag_grammar import Tag


# What the numbers of notes stand in, and what keeps the numbers of two of them apart: a narrow space, without a break.
_NUMBERED = (CiteHole, FootnoteHole, ClaimNumbers)
_BETWEEN_NUMBERS = "\u202f"
# White space that is one space in plain text; the narrow one that a French mark has beside it is part of the mark.
_SPACE = re.compile(r"[^\S\u202f]+")


@dataclass(slots=True)
class Frame:
    """A part of the body that panels stay inside: the page, a template shortcode, a footnote."""

    parts: list[str | Hole] = field(default_factory=list)
    depth: int = 0
    panels: list[int] = field(default_factory=list)

    def leave(self) -> None:
        """Leave a block; after an outermost one, add the panels of its claims."""
        self.depth -= 1
        if self.panels and not self.depth:
            self.flush()

    def flush(self) -> None:
        """Add the waiting panels here, in the order in which their claims begin."""
        if self.panels:
            self.parts.append(PanelsHole(tuple(sorted(self.panels))))
            self.panels = []

    def body(self) -> Body:
        """The finished parts, neighbouring HTML joined."""
        joined: list[str | Hole] = []
        run: list[str] = []
        for part in self.parts:
            if type(part) is str:
                run.append(part)
            else:
                if run:
                    joined.append("".join(run))
                    run.clear()
                elif type(part) in _NUMBERED and joined and type(joined[-1]) in _NUMBERED:
                    joined.append(_BETWEEN_NUMBERS)
                joined.append(part)
        if run:
            joined.append("".join(run))
        return tuple(joined)


@dataclass(slots=True)
class Opened:
    """A shortcode that is still open.

    `number` is its index in its list, -1 if it has none; `said` is where its plain text begins; `formatted` are its
    arguments with markup.
    """

    tag: Tag
    reader: ArgumentReader | None = None
    number: int = -1
    said: int = 0
    formatted: tuple[tuple[str, Body], ...] = ()


class Alone(NamedTuple):
    """An opening tag that nothing closes in its paragraph: its line, the number of its call, what is told of it."""

    line: int
    call: int | None = None
    diagnostic: Diagnostic | None = None


@dataclass(slots=True)
class Notes:
    """The footnotes while the text is walked: their numbers, definitions and references."""

    numbers: dict[str, int] = field(default_factory=dict)
    defined: dict[str, tuple[Body, Span]] = field(default_factory=dict)
    sections: dict[str, list[str]] = field(default_factory=dict)
    references: dict[str, Span] = field(default_factory=dict)


class Aside(NamedTuple):
    """The state that is saved while a body inside the body is walked."""

    words: list[str]
    claim_stack: list[int]
    links_open: int
    after_link: list[Hole]


@dataclass(slots=True)
class DocumentBuilder:
    """Everything found in one text, and the stack of what is open where the walk is.

    `site` is the site's own address, `set_text` makes a body of a text on its own, such as a
    caption, `at_top`: the text stands at the top of the page; `parts` is the innermost frame's, `words` the plain text so far.
    """

    text: PageText
    site: str = ""
    set_text: Callable[[DocumentBuilder, str, SourceMap], Body] | None = None
    at_top: bool = False
    diagnostics: list[Diagnostic] = field(default_factory=list)
    hidden: set[int] = field(default_factory=set)
    claims: list[ClaimMark] = field(default_factory=list)
    cites: list[CiteMark] = field(default_factory=list)
    links: list[LinkMark] = field(default_factory=list)
    refs: list[RefMark] = field(default_factory=list)
    calls: list[CallMark] = field(default_factory=list)
    headings: list[Heading] = field(default_factory=list)
    notes: Notes = field(default_factory=Notes)
    foreign: list[Noted] = field(default_factory=list)
    # By name, while a closing tag may still come.
    alone: dict[str, list[Alone]] = field(default_factory=dict)
    # What is open where the walk is.
    frames: list[Frame] = field(default_factory=list)
    parts: list[str | Hole] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    opened: list[Opened] = field(default_factory=list)
    claim_stack: list[int] = field(default_factory=list)
    section: str = ""
    block: int = 0
    links_open: int = 0
    after_link: list[Hole] = field(default_factory=list)

    def begin_frame(self) -> None:
        """Begin a frame."""
        frame = Frame()
        self.frames.append(frame)
        self.parts = frame.parts

    def end_frame(self) -> Frame:
        """End the frame, and continue in the one around it."""
        frame = self.frames.pop()
        self.parts = self.frames[-1].parts if self.frames else []
        return frame

    def emit_after_link(self, hole: Hole) -> None:
        """Add a hole that will hold a link; inside a link it waits for the link's end."""
        (self.after_link if self.links_open else self.parts).append(hole)

    def close_link(self) -> None:
        """Leave a link; after an outermost one, add the holes that waited."""
        self.links_open -= 1
        if self.after_link and not self.links_open:
            self.parts += self.after_link
            self.after_link = []

    def place_badges(self, start: int) -> None:
        """Move the words of claims from a part of the frame on to where they stand."""
        for claim in place_badges(self.parts, start):
            decl = self.claims[claim].decl
            hint = "end it behind the word; its sourcing stands there already"
            self.report("W353", f"claim `{decl.id}` ends inside a word", decl.span, hint)

    def begin_aside(self) -> Aside:
        """Begin a body of its own in the middle of another, such as a footnote."""
        aside = Aside(self.words, self.claim_stack, self.links_open, self.after_link)
        self.begin_frame()
        self.words, self.claim_stack, self.links_open, self.after_link = [], [], 0, []
        return aside

    def end_aside(self, aside: Aside) -> Body:
        """End the body, and continue where it began."""
        self.words, self.claim_stack, self.links_open, self.after_link = aside
        frame = self.end_frame()
        frame.flush()
        return frame.body()

    def report_unopened(self, name: str, diagnostic: Diagnostic) -> None:
        """Report a closing tag without an opening one, and where that may be; then nothing else is told of that."""
        opened = self.alone.get(name)
        if opened:
            one = opened.pop()
            message = f"the closing tag of `{name}` is in another paragraph than the opening tag in line {one.line}"
            hint = "put both into one paragraph; around whole paragraphs each tag is alone on a line"
            diagnostic = diagnostic._replace(message=message, hints=(hint,))
            if one.call is not None:
                self.calls[one.call] = self.calls[one.call]._replace(paired=True, inline=False)
        self.diagnostics.append(diagnostic)

    def report(self, code: str, message: str, span: Span, *hints: str) -> None:
        """Add a diagnostic."""
        self.diagnostics.append(Diagnostic(code, message, span, hints))

    def said_since(self, said: int) -> str:
        """The plain text since word number `said`, with white space collapsed."""
        return _SPACE.sub(" ", "".join(self.words[said:])).strip()
