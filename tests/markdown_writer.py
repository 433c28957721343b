"""Texts made of structures, for property tests: every block holds runs, every run words and tags."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

from hypothesis import strategies as st

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


class Writer:
    """Writes a text, deciding by what hypothesis draws; words and ids are there once."""

    def __init__(self, draw: Callable[[st.SearchStrategy[int]], int]) -> None:
        self.draw = draw
        self.numbers = count()
        self.words: list[str] = []

    def one(self, *choices: str) -> str:
        return choices[self.draw(st.integers(0, len(choices) - 1))]

    def word(self) -> str:
        self.words.append(f"word{next(self.numbers)}x")
        return self.one("", "😀 ", "日本", "e\u0301", '"') + self.words[-1]

    # --- Runs ---

    def run(self, depth: int, *, cell: bool) -> str:
        """A word, a tag, a link, or a pair around more; in a cell it has one line and escaped bars."""
        number, bar = next(self.numbers), r"\|" if cell else "|"
        wrap = " " if cell else self.one(" ", "\n", "\n   ")
        match self.one("word", "source", "link", "ref", "call", "code", *("claim", "strong", "note") * bool(depth)):
            case "source":
                return f'{self.word()}{{{{< source s{number}{wrap}at="p. {bar} {number}" >}}}}'
            case "link":
                return f"[{self.word()}](/to/{number}/)"
            case "ref":
                return f"{{{{< ref r{number} />}}}}"
            case "call":
                return f"{{{{< k{wrap}a={number} >}}}}"
            case "code":
                return f"`{self.word()}`"
            case "claim":
                tag = f'{{{{< claim id="c{number}"{wrap}as="{bar}" >}}}}'
                return f"{tag}{self.runs(depth - 1, cell=cell)}{{{{< /claim >}}}}"
            case "strong":
                return f"**{self.word()} {self.runs(depth - 1, cell=cell)} {self.word()}**"
            case "note":
                return f"{self.word()}^[{self.runs(depth - 1, cell=cell)}]"
            case _:
                return self.word()

    def runs(self, depth: int = 2, *, cell: bool = False) -> str:
        between = " " if cell else self.one(" ", "\n", " \n  ")
        return between.join(self.run(depth, cell=cell) for _ in range(self.draw(st.integers(1, 3))))

    # --- Blocks ---

    def blocks(self, depth: int = 2) -> list[str]:
        lines: list[str] = []
        for _ in range(self.draw(st.integers(1, 3))):
            lines += ["", *self.block(depth)]
        return lines[1:]

    def block(self, depth: int) -> list[str]:  # noqa: C901 - a case for each kind
        deeper = ("list", "quote", "aside", "claim", "footnote") * bool(depth)
        match self.one("paragraph", "atx", "setext", "table", "lazy", "definition", *deeper):
            case "atx":
                return [f"## {self.word()} {self.runs(cell=True)} {self.one('word', '##', '{#an-id}')}"]
            case "setext":
                return [*self.paragraph(), "==="]
            case "table":
                return self.table()
            case "lazy":
                return [f"> {line}" if number == 0 else line for number, line in enumerate(self.paragraph())]
            case "definition":
                return [self.word(), *indented(self.paragraph(), ":   ", "    ")]
            case "list":
                marker = self.one("- ", "1. ", "-\t", "*   ")
                inside = "\t" if marker == "-\t" else " " * len(marker)
                return [line for _ in range(2) for line in indented(self.blocks(depth - 1), marker, inside)]
            case "quote":
                return indented(self.blocks(depth - 1), "> ", "> ")
            case "aside":
                return ["{{< aside >}}", *self.blocks(depth - 1), "{{< /aside >}}"]
            case "claim":
                return [f"{{{{< claim id=c{next(self.numbers)} >}}}}", *self.blocks(depth - 1), "{{< /claim >}}"]
            case "footnote":
                name = f"n{next(self.numbers)}"
                return [f"{self.word()}[^{name}]", "", *indented(self.blocks(depth - 1), f"[^{name}]: ", "    ")]
            case _:
                return self.paragraph()

    def paragraph(self) -> list[str]:
        return f"{self.word()} {self.runs()}".split("\n")

    def table(self) -> list[str]:
        rows = [f"{self.runs(cell=True)} | {self.word()} {{{{< same >}}}}|{{{{< same >}}}}" for _ in range(3)]
        return [f"| {row} |" if number % 2 else row for number, row in enumerate([*rows[:1], ":-|-|-:", *rows[1:]])]


def indented(lines: Iterable[str], first: str, others: str) -> list[str]:
    return [((others if number else first) + line).rstrip() for number, line in enumerate(lines)]


@st.composite
def texts(draw: Callable[[st.SearchStrategy[int]], int]) -> tuple[str, list[str]]:
    """A text and the words that stand in it."""
    writer = Writer(draw)
    return "\n".join(writer.blocks()) + "\n", writer.words
