"""Texts for property tests: made of structures, whose words and tags are known; and of markup that is simple on purpose."""

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


# --- Runs that the fast paths of parsing read, and what makes them leave a run to markdown-it ----

SIMPLE = (
    "word", "word", "Ünï", "2017", "日本語", "東京。", "한글", "שלום", "😀", "a-b", "it's", '"quoted"', "‘x’", "“y”", "--", "—", "...",
    "*em*", "**strong**", "*日本*", "**a b**", "*em {{< s x >}}*", "`code`", "` c `", "`  `", "`a*b`", "[link](/to/)", "[日本](/é/)",
    "[l m](https://e.org/?g=h%20i#j)", "[l](//e.org)", "{{< s a >}}", '{{< source b at="p. 1" >}}', '{{< claim id="x" >}}',
    "{{< /claim >}}", "{{</* s */>}}", "3 * 4", "a&b", "1 < 2", "x: y", "{{", "}}", "!", "^", "~", "#", "+", "=", "|", "\u00a0", "\t",
)  # fmt: skip
ODD = (
    "&amp;", "&#106;", "&nope;", "<https://e.org/a>", "<a@e.org>", "https://e.org/a", "www.e.org", "a@e.org", "mailto:a@e.org",
    "\\*", "\\", "\\\\", "_em_", "a_b", "__s__", "***both***", "*a**", "**a*", "*open", "close*", "**open", "a*b", "*a **b***", "`", "``c`d``",
    "~~gone~~", "![image](/i.png)", "[l](/a b)", "[l](<a b>)", '[l](/a "t")', "[l]", "[", "]", "^[note]", "[^1]", "<b>", "<!-- c -->",
    "{{< s", "{{< >}}", "*“q”*", "**(p)**", "`c\nd`", "[l\nm](/to/)",
)  # fmt: skip
BETWEEN = (
    " ", " ", " ", "", ". ", ", ", "  ", "\n", "\n", " \n", "  \n", "  \n", "   \n", "\\\n", "\t\n", "\n  ", "  \n   ", "\n\t",
)  # fmt: skip
BEGINNINGS = (
    "", "", "", "", "- ", "* ", "1. ", "2) ", "> ", "# ", "> - ", "   ", "    ", "\t", "[x]: /to/ ", "word\n: ", "word\n\n: ", "word\n\n~ ", "[^1]: ", "|a|b|\n|-|-|\n|",
    "```\n", "***\n", "-\n", "<!-- a -->",
)  # fmt: skip


def _joined(pieces: Iterable[Iterable[str]]) -> str:
    return "".join(piece for pair in pieces for piece in pair)


def simple_texts() -> st.SearchStrategy[str]:
    """Blocks of simple runs; in one of four something stands that isn't simple."""
    simple = st.lists(st.tuples(st.sampled_from(SIMPLE), st.sampled_from(BETWEEN)), min_size=1, max_size=8).map(_joined)
    odd = st.tuples(simple, st.sampled_from(ODD), st.sampled_from(BETWEEN), simple).map("".join)
    block = st.tuples(st.sampled_from(BEGINNINGS), st.one_of(simple, simple, simple, odd)).map("".join)
    return st.lists(st.tuples(block, st.sampled_from(("\n\n", "\n\n", "\n"))), min_size=1, max_size=4).map(_joined)
