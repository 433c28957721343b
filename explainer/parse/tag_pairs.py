"""Match the opening and closing shortcode tags of one run of inline text."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from markdown_it.token import Token

    from explainer.parse.tag_grammar import Tag

# Without a closing tag these make no sense; any other shortcode may stand alone.
NEEDS_CLOSING = frozenset({"claim"})
# Without an argument these make no sense: such a tag behind one that is open was meant to close it.
NEEDS_ARGUMENT = frozenset({"claim", "source", "ref"})


def is_meant_to_close(tag: Tag) -> bool:
    """Whether a tag was meant to close one of its name, if there is one that is open."""
    return tag.kind == "open" and not tag.arguments and tag.name in NEEDS_ARGUMENT


def not_closed(name: str) -> tuple[str, str, str]:
    """The code, the message and the hint where an opening tag stands in the place of a closing one."""
    return "E302", f"this tag opens a second `{name}`", f"did you mean `{{{{< /{name} >}}}}`?"


class PairDiagnostic(NamedTuple):
    """A tag that can't be paired: the index of its token (`at`), a code, a message, a hint; its name if it is alone."""

    at: int
    code: str
    message: str
    hint: str
    alone: str = ""


@dataclass(slots=True)
class Pairs:
    """The partners of one run, by index: opening to closing token and back, and what has none."""

    closing: dict[int, int] = field(default_factory=dict)
    opening: dict[int, int] = field(default_factory=dict)
    diagnostics: list[PairDiagnostic] = field(default_factory=list)


@dataclass(slots=True)
class _Pairing:
    """The tags of one run that are open (also counted by name), and those that were passed over.

    `unread` are the names of tags that can't be read, which is told already.
    """

    pairs: Pairs
    unread: set[str]
    stack: list[tuple[str, int]] = field(default_factory=list)
    count: dict[str, int] = field(default_factory=dict)
    lost: dict[str, list[int]] = field(default_factory=dict)

    def open(self, name: str, index: int) -> None:
        self.stack.append((name, index))
        self.count[name] = self.count.get(name, 0) + 1

    def close(self, name: str, index: int) -> None:
        if self.count.get(name):
            self._pair(name, index)
        elif self.lost.get(name):
            self.lost[name].pop()
            message = f"`{name}` overlaps another shortcode"
            self.pairs.diagnostics.append(PairDiagnostic(index, "E304", message, "close first what was opened last"))
        elif name not in self.unread:
            message = f"the closing tag of `{name}` has no opening tag"
            hint = _both(f"{{{{< {name} … >}}}}", "before")
            self.pairs.diagnostics.append(PairDiagnostic(index, "E303", message, hint, name))

    def _pair(self, name: str, index: int) -> None:
        while True:
            passed, opened = self.stack.pop()
            self.count[passed] -= 1
            if passed == name:
                self.pairs.closing[opened], self.pairs.opening[index] = index, opened
                return
            self.lost.setdefault(passed, []).append(opened)

    def unclosed(self) -> None:
        passed = [(name, index) for name, indices in self.lost.items() for index in indices]
        for name, index in (*self.stack, *passed):
            if name in NEEDS_CLOSING:
                hint = _both(f"{{{{< /{name} >}}}}", "after")
                self.pairs.diagnostics.append(PairDiagnostic(index, "E302", f"`{name}` has no closing tag", hint, name))


def _both(tag: str, side: str) -> str:
    return f"write `{tag}` {side} it in the same paragraph; around whole paragraphs each tag is alone on a line"


def pair(children: Sequence[Token]) -> Pairs:
    """Pair the tags of one run, and find those that overlap each other or other markup."""
    tags: list[tuple[int, Tag]] = [
        (index, token.meta["tag"]) for index, token in enumerate(children) if token.type == "shortcode"
    ]
    if all(tag.kind != "close" and tag.name not in NEEDS_CLOSING and not is_meant_to_close(tag) for _, tag in tags):
        return Pairs()
    unread = {token.meta["diagnostic"].name for token in children if token.type == "shortcode_diagnostic"}
    pairing = _Pairing(Pairs(), unread)
    for index, tag in tags:
        if is_meant_to_close(tag) and pairing.count.get(tag.name):
            pairing.pairs.diagnostics.append(PairDiagnostic(index, *not_closed(tag.name)))
            pairing.close(tag.name, index)
        elif tag.kind == "open":
            pairing.open(tag.name, index)
        elif tag.kind == "close":
            pairing.close(tag.name, index)
    pairing.unclosed()
    if pairing.pairs.closing and any(token.nesting for token in children):
        _crossings(children, pairing.pairs)
    return pairing.pairs


def _crossings(children: Sequence[Token], pairs: Pairs) -> None:
    """Part the pairs that begin or end inside emphasis or a link and don't do both."""
    stack: list[int] = []
    crossed: dict[int, int] = {}
    for index, token in enumerate(children):
        if token.nesting == 1 or index in pairs.closing:
            stack.append(index)
        elif index in pairs.opening:
            opened = pairs.opening[index]
            if stack.pop() != opened:
                crossed.setdefault(opened, index)
        elif token.nesting == -1 and (opened := stack.pop()) in pairs.closing:
            crossed.setdefault(opened, opened)
    for opened, index in crossed.items():
        del pairs.opening[pairs.closing.pop(opened)]
        message = f"`{children[opened].meta['tag'].name}` overlaps emphasis or a link"
        pairs.diagnostics.append(
            PairDiagnostic(index, "E304", message, "begin and end it on the same side of the other markup")
        )
