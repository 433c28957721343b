"""What holds for every text: places are exact, nothing is lost, equal in is equal out, nothing raises."""

from __future__ import annotations

import re
from copy import deepcopy
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING

import html5lib
from hypothesis import given
from hypothesis import strategies as st
from markdown_it.parser_inline import ParserInline

from explainer.markdown.blocks import Walk
from explainer.markdown.draft import Draft
from explainer.markdown.parser import markdown
from explainer.markdown.places import Text
from tests.markdown_support import at, parse, read_body, spans
from tests.test_markdown import FIXTURES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from markdown_it.token import Token

    from explainer.model import Document

# --- Texts made of structures --------------------------------------------------------------------


@dataclass(slots=True)
class Made:
    """A text with what was written into it: its words, and the source of each tag and link."""

    lines: list[str] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "\n".join(self.lines) + "\n"


class Writer:
    """Writes a text, deciding by what hypothesis draws."""

    def __init__(self, draw: Callable[[st.SearchStrategy[int]], int]) -> None:
        self.made = Made()
        self.numbers = count()
        self.draw = draw

    def one(self, *choices: str) -> str:
        return choices[self.draw(st.integers(0, len(choices) - 1))]

    def word(self) -> str:
        word = f"word{next(self.numbers)}x"
        self.made.words.append(word)
        return self.one("", "😀 ", "日本", "\u0301é", '"') + word

    def tag(self, tag: str) -> str:
        self.made.tags.append(tag)
        return tag

    def inline(self, depth: int = 2, *, cell: bool = False) -> str:
        """A run of text; in a cell it has one line, and its bars are escaped."""
        number, wrap = next(self.numbers), " " if cell else self.one(" ", "\n")
        bar = r"\|" if cell else "|"
        kinds = ["word", "source", "link", "ref", "call", "code"]
        kinds += ["claim", "strong", "quote", "note"] if depth else []
        match self.one(*kinds):
            case "word":
                return self.word()
            case "source":
                return f"{self.word()}{self.tag(f'{{{{< source s{number}{wrap}at="p. {bar}"{wrap}>}}}}').replace('>}}', '>}}')}"
            case "link":
                return self.tag(f"[{self.word()}](/to/{number}/)")
            case "ref":
                return self.tag(f"{{{{< ref r{number} >}}}}")
            case "call":
                return self.tag(f"{{{{< k{wrap}a={number} />}}}}")
            case "code":
                return f"`{self.word()}`"
            case "claim":
                opening = self.tag(f'{{{{< claim id="c{number}"{wrap}speaker="a{bar}b" >}}}}')
                return f"{opening}{self.runs(depth - 1, cell=cell)}{{{{< /claim >}}}}"
            case "strong":
                return f"**{self.word()} {self.runs(depth - 1, cell=cell)} {self.word()}**"
            case "note":
                return f"{self.word()}^[{self.runs(depth - 1, cell=cell)}]"
            case _:
                return f"“{self.runs(depth - 1, cell=cell)}”"

    def runs(self, depth: int = 2, *, cell: bool = False) -> str:
        runs = [self.inline(depth, cell=cell) for _ in range(self.draw(st.integers(1, 3)))]
        return (" " if cell else self.one(" ", "\n")).join(runs)

    def paragraph(self) -> list[str]:
        # A line may not begin a block of its own.
        return [f"{self.word()} {line}" for line in self.runs().split("\n")]

    def blocks(self, depth: int = 2) -> list[str]:
        lines: list[str] = []
        for _ in range(self.draw(st.integers(1, 3))):
            lines += ["", *self.block(depth)]
        return lines[1:]

    def block(self, depth: int) -> list[str]:
        kinds = ["paragraph", "atx", "setext", "table", "lazy", "definition"]
        kinds += ["list", "quote", "aside", "block claim", "footnote"] if depth else []
        match self.one(*kinds):
            case "atx":
                return [f"## {self.runs(cell=True).replace(chr(92) + '|', '|')}{self.one('', ' ##', ' {#an-id}')}"] * 0 or self.atx()
            case "setext":
                return [*self.paragraph(), "==="]
            case "table":
                return self.table()
            case "lazy":
                first, *others = self.paragraph()
                return [f"> {first}", *others]
            case "definition":
                first, *others = self.paragraph()
                return [self.word(), f":   {first}", *(f"    {line}" for line in others)]
            case "list":
                marker = self.one("- ", "1. ", "-\t", "*   ")
                inside = "\t" if marker == "-\t" else " " * len(marker)
                return [line for _ in range(2) for line in indented(self.blocks(depth - 1), marker, inside)]
            case "quote":
                return indented(self.blocks(depth - 1), "> ", "> ")
            case "aside":
                return ["{{< aside >}}", *self.blocks(depth - 1), "{{< /aside >}}"]
            case "block claim":
                tag = self.tag(f'{{{{< claim id="c{next(self.numbers)}" >}}}}')
                return [tag, *self.blocks(depth - 1), "{{< /claim >}}"]
            case "footnote":
                name = f"n{next(self.numbers)}"
                return [f"{self.word()}[^{name}]", "", *indented(self.blocks(depth - 1), f"[^{name}]: ", "    ")]
            case _:
                return self.paragraph()

    def atx(self) -> list[str]:
        return [f"## {self.word()} {' '.join(self.runs().split(chr(10)))} {self.one(self.word(), '##', '{#an-id}')}"]

    def table(self) -> list[str]:
        same = self.runs(cell=True)
        self.made.tags += [tag for tag in self.made.tags if tag in same]  # it stands in two cells
        rows = [f"| {self.runs(cell=True)} | {self.word()} {{{{< k >}}}} |" for _ in range(2)]
        self.made.tags += ["{{< k >}}"] * 2
        return ["| a | b |", "|---|:-:|", f"| {same} | {same} |", *rows]


def indented(lines: Iterable[str], first: str, others: str) -> list[str]:
    return [((others if number else first) + line).rstrip(" \t") for number, line in enumerate(lines)]


@st.composite
def made(draw: Callable[[st.SearchStrategy[int]], int]) -> Made:
    writer = Writer(draw)
    writer.made.lines += writer.blocks()
    return writer.made
