"""Pairing the shortcode tags of one run of inline text."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from markdown_it.token import Token

    from explainer.markdown.tags import Tag

# Without a closing tag these make no sense; any other shortcode may stand alone.
NEEDS_CLOSING = frozenset({"claim"})


@dataclass(frozen=True, slots=True)
class Fault:
    """A tag that can't be paired: the index of its token, a code, a message, a hint."""

    index: int
    code: str
    message: str
    hint: str


@dataclass(slots=True)
class Pairs:
    """The partners of one run: opening token to closing token, by index, and what has none."""

    closing: dict[int, int] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    @property
    def closers(self) -> set[int]:
        """The indices of the closing tags that have an opening one."""
        return set(self.closing.values())


def pair(children: Sequence[Token]) -> Pairs:
    """Pair the tags of one run, and find those that overlap each other or other markup."""
    pairs = Pairs()
    stack: list[tuple[str, int]] = []
    lost: dict[str, list[int]] = {}
    for index, token in enumerate(children):
        if token.type != "shortcode":
            continue
        tag: Tag = token.meta["tag"]
        if tag.kind == "open":
            stack.append((tag.name, index))
        elif tag.kind == "close":
            _close(tag.name, index, stack, lost, pairs)
    for name, index in [*stack, *((name, index) for name, indices in lost.items() for index in indices)]:
        if name in NEEDS_CLOSING:
            hint = f"write `{{{{< /{name} >}}}}` in the same paragraph, or both tags on lines of their own"
            pairs.faults.append(Fault(index, "E302", f"`{name}` has no closing tag", hint))
    _crossings(children, pairs)
    return pairs


def _close(name: str, index: int, stack: list[tuple[str, int]], lost: dict[str, list[int]], pairs: Pairs) -> None:
    depth = next((d for d in range(len(stack) - 1, -1, -1) if stack[d][0] == name), None)
    if depth is not None:
        pairs.closing[stack[depth][1]] = index
        for passed, opened in stack[depth + 1 :]:
            lost.setdefault(passed, []).append(opened)
        del stack[depth:]
    elif lost.get(name):
        lost[name].pop()
        message = f"`{name}` overlaps another shortcode"
        pairs.faults.append(Fault(index, "E304", message, "close first what was opened last"))
    else:
        hint = f"write `{{{{< {name} … >}}}}` in front of it, in the same paragraph"
        pairs.faults.append(Fault(index, "E303", f"the closing tag of `{name}` has no opening tag", hint))


def _crossings(children: Sequence[Token], pairs: Pairs) -> None:
    """Find the pairs that begin or end inside emphasis or a link and don't do both."""
    closers = {closing: opening for opening, closing in pairs.closing.items()}
    stack: list[int] = []
    for index, token in enumerate(children):
        if index in pairs.closing or token.nesting == 1:
            stack.append(index)
        elif token.nesting == -1 or index in closers:
            opened = stack.pop() if stack else -1
            if index in closers and opened != closers[index]:
                _crossed(children, index, closers[index], pairs)
            elif token.nesting == -1 and opened in pairs.closing:
                _crossed(children, opened, opened, pairs)


def _crossed(children: Sequence[Token], at: int, opening: int, pairs: Pairs) -> None:
    if pairs.closing.pop(opening, None) is None:
        return
    name = children[opening].meta["tag"].name
    message = f"`{name}` overlaps emphasis or a link"
    pairs.faults.append(Fault(at, "E304", message, "begin and end it on the same side of the other markup"))
