"""A document while it is built from tokens: frames of HTML with holes, and the lists they number."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from explainer.diagnostics import Diagnostic
from explainer.model import PanelsHole

if TYPE_CHECKING:
    from markdown_it.token import Token

    from explainer.diagnostics import Span
    from explainer.markdown.arguments import Reader
    from explainer.markdown.places import Text
    from explainer.markdown.tags import Tag
    from explainer.model import (
        Body,
        CallMark,
        CiteMark,
        ClaimMark,
        Heading,
        Hole,
        LinkMark,
        RefMark,
    )


@dataclass(slots=True)
class Frame:
    """A stretch of the body that panels stay inside: the page, a template shortcode, a footnote."""

    parts: list[str | Hole] = field(default_factory=list)
    depth: int = 0
    panels: list[int] = field(default_factory=list)

    def enter(self) -> None:
        """Go into a block."""
        self.depth += 1

    def leave(self) -> None:
        """Come out of a block; after an outermost one stand the panels of its claims."""
        self.depth -= 1
        if self.panels and not self.depth:
            self.parts.append(PanelsHole(tuple(self.panels)))
            self.panels = []

    def body(self) -> Body:
        """The finished parts, neighbouring HTML joined."""
        joined: list[str | Hole] = []
        run: list[str] = []
        for part in self.parts:
            if isinstance(part, str):
                run.append(part)
            else:
                if run:
                    joined.append("".join(run))
                    run = []
                joined.append(part)
        if run:
            joined.append("".join(run))
        return tuple(joined)


@dataclass(slots=True)
class Opened:
    """A shortcode whose end is still to come.

    `number` is its place in its list, -1 if it has none; `words` collects its text.
    """

    tag: Tag
    reader: Reader | None = None
    number: int = -1
    words: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Notes:
    """The footnotes while the text is walked: their numbers, definitions and references."""

    numbers: dict[str, int] = field(default_factory=dict)
    defined: dict[str, tuple[Body, Span]] = field(default_factory=dict)
    sections: dict[str, list[str]] = field(default_factory=dict)
    references: dict[str, Span] = field(default_factory=dict)


@dataclass(slots=True)
class Aside:
    """What waits while a body inside the body is walked."""

    captures: list[list[str]]
    claim_stack: list[int]
    links_open: int
    after_link: list[Hole]


@dataclass(slots=True)
class Draft:
    """All that is found in one text, and the way down to where the walk is."""

    text: Text
    frames: list[Frame] = field(default_factory=lambda: [Frame()])
    faults: list[Diagnostic] = field(default_factory=list)
    hidden: set[int] = field(default_factory=set)
    claims: list[ClaimMark] = field(default_factory=list)
    cites: list[CiteMark] = field(default_factory=list)
    links: list[LinkMark] = field(default_factory=list)
    refs: list[RefMark] = field(default_factory=list)
    calls: list[CallMark] = field(default_factory=list)
    headings: list[Heading] = field(default_factory=list)
    notes: Notes = field(default_factory=Notes)
    anchors: set[str] = field(default_factory=set)
    # The way down.
    opened: list[Opened] = field(default_factory=list)
    captures: list[list[str]] = field(default_factory=list)
    claim_stack: list[int] = field(default_factory=list)
    section: str = ""
    block: int = 0
    links_open: int = 0
    after_link: list[Hole] = field(default_factory=list)
    heading_tail: tuple[Token, str] | None = None

    @property
    def frame(self) -> Frame:
        """The innermost frame."""
        return self.frames[-1]

    def emit(self, part: str | Hole) -> None:
        """Add a part to the innermost frame."""
        self.frames[-1].parts.append(part)

    def emit_after_link(self, hole: Hole) -> None:
        """Add a hole that will hold a link; inside a link it waits for the link's end."""
        if self.links_open:
            self.after_link.append(hole)
        else:
            self.emit(hole)

    def begin_aside(self) -> Aside:
        """Begin a body of its own in the middle of another, such as a footnote."""
        aside = Aside(self.captures, self.claim_stack, self.links_open, self.after_link)
        self.frames.append(Frame())
        self.captures, self.claim_stack, self.links_open, self.after_link = [], [], 0, []
        return aside

    def end_aside(self, aside: Aside) -> Body:
        """End it, and go on where it began."""
        self.captures, self.claim_stack, self.links_open, self.after_link = (
            aside.captures, aside.claim_stack, aside.links_open, aside.after_link,
        )  # fmt: skip
        frame = self.frames.pop()
        frame.enter()
        frame.leave()
        return frame.body()

    def fault(self, code: str, message: str, span: Span, *hints: str) -> None:
        """Keep a fault."""
        self.faults.append(Diagnostic(code, message, span, hints))

    def say(self, words: str) -> None:
        """Add to the plain text of all that is open around here."""
        for capture in self.captures:
            capture.append(words)

    def capture(self) -> list[str]:
        """Begin to collect plain text."""
        words: list[str] = []
        self.captures.append(words)
        return words

    def captured(self, words: list[str]) -> str:
        """End collecting: the text, its white space collapsed."""
        self.captures = [capture for capture in self.captures if capture is not words]
        return " ".join("".join(words).split())
