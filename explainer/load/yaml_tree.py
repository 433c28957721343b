"""Parse strict YAML 1.2 (core schema) into a tree. The only module that uses PyYAML.

The parser's events are taken one by one, with a stack of our own, so that depth costs no
recursion, and anchors, aliases, tags and further documents are seen at their positions.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import yaml

from explainer.diagnostics import Diagnostic
from explainer.load.yaml_errors import code_of, explain
from explainer.load.yaml_nodes import Entry, Mapping, Positions, Scalar, Sequence, Tree, may_hold_secrets, secrecy
from explainer.text.control_chars import CONTROL

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from explainer.load.yaml_nodes import Node

MAX_DEPTH = 50
# Ten times as fast; the pure one reads the same where the C library is missing.
Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

# `private:note` is no key, and neither is a line that an open quote or a wrong indent made part of a text.
_NO_KEY = re.compile(r"(?:^|\s)private:(?=\S|$)", re.IGNORECASE)
_KEY_IN_TEXT = re.compile(r"\n[ \t]*(?:- +)*[\"']?private[\"']?[ \t]*:", re.IGNORECASE)
# Spaces that nobody sees are none to YAML: in an indent, after the colon of a key, after the dash of an item.
_STRANGE = "\u00a0\u2007\u202f\u2009\u3000"
_STRANGE_SPACE = re.compile(
    rf"^[ \t]*[{_STRANGE}][ \t{_STRANGE}]*(?=[\w\"'-])|^[ \t]*(?:- +)?[\w-]+:[{_STRANGE}]|^[ \t]*-[{_STRANGE}]",
    re.MULTILINE,
)
_QUOTE_IT = "if it belongs to the text, put the whole value in quotes"
_WARY_HINT = "write `private: …` on a line of its own, indented as its neighbours; is a quote left open above?"
_FEATURES = {
    "anchor": "an anchor (`&`) can't be used",
    "alias": "an alias (`*`) can't be used",
    "tag": "a tag (`!`) can't be used",
    "merge": "a merge key (`<<`) can't be used",
    "document": "a file can't contain a second document",
    "directive": "a directive (`%`) can't be used",
}


class _Stop(Exception):  # noqa: N818 - a way out of the loop, not an error
    """Nothing further can be read."""


class _Frame:
    """A list or mapping that is still open: the nodes so far, keys and values in turn."""

    __slots__ = ("flow", "mapping", "nodes", "start")

    def __init__(self, start: int, *, mapping: bool, flow: bool) -> None:
        self.start = start
        self.mapping = mapping
        self.flow = flow
        self.nodes: list[Node] = []


class _Composer:
    """Builds the tree from the events of one text."""

    def __init__(self, positions: Positions) -> None:
        self.positions = positions
        self.stack: list[_Frame] = []
        self.roots: list[Node] = []
        self.nodes = self.roots
        self.documents = 0
        self.hidden: set[int] = set()
        self.refused: set[int] = set()
        self.texts: list[tuple[int, int]] = []  # where text in quotes or in blocks begins and ends
        self.diagnostics: list[Diagnostic] = []
        self.wary = "private" in positions.text.casefold()

    def run(self) -> None:
        """Take all events; raises what the parser raises, and `_Stop`."""
        get_event = Loader(self.positions.text).get_event
        handlers: dict[type, Callable[[Any], None]] = {
            yaml.ScalarEvent: self.scalar,
            yaml.MappingStartEvent: self.opening,
            yaml.SequenceStartEvent: self.opening,
            yaml.MappingEndEvent: self.closing,
            yaml.SequenceEndEvent: self.closing,
            yaml.AliasEvent: self.alias,
            yaml.DocumentStartEvent: self.document,
        }
        while (event := get_event()) is not None:
            handle = handlers.get(type(event))
            if handle:
                handle(event)

    def report(self, code: str, start: int, end: int, message: str, *hints: str) -> None:
        """Add a diagnostic of the text from `start` to `end`."""
        self.diagnostics.append(Diagnostic(code, message, self.positions.span(start, end), hints))

    def feature(self, which: str, start: int, end: int, *hints: str) -> None:
        """Report a YAML feature that isn't supported."""
        self.report("E111", start, end, _FEATURES[which], *hints)
        self.refused.add(start)

    def document(self, event: Any) -> None:
        """A document begins: one is all that a file may hold."""
        self.documents += 1
        start, end = event.start_mark.index, event.end_mark.index
        if event.version or event.tags:
            self.feature("directive", start, end)
        if self.documents > 1:
            self.feature("document", start, end, "a line `---` begins a second document")
            raise _Stop

    def properties(self, event: Any) -> None:
        """Look at a node's anchor and tag."""
        start = event.start_mark.index
        for which, used in (("anchor", event.anchor), ("tag", event.tag)):
            if used is not None:
                self.feature(which, start, start + 1, _QUOTE_IT)

    def scalar(self, event: Any) -> None:
        """One value."""
        text: str = event.value
        style = event.style
        start, end = event.start_mark.index, event.end_mark.index
        if event.anchor is not None or event.tag is not None:
            self.properties(event)
        if style:
            self.texts.append((start, end))
        if style == '"' and not text.isprintable() and (found := CONTROL.search(text)):
            code_point = f"U+{ord(found[0]):04X}"
            self.report("E103", start, end, f"a control character ({code_point}) is written as an escape")
        if self.wary and self.swallows_private(start, end, plain=not style):
            self.hidden.update(self.positions.lines(start, end))
            self.report("E110", start, end, "this text contains `private:`, which isn't read as a key", _WARY_HINT)
            text = ""
        self.nodes.append(Scalar(text, not style, start, end))

    def swallows_private(self, start: int, end: int, *, plain: bool) -> bool:
        """Whether a value, as written, holds what its author may have meant as the key `private`."""
        raw = self.positions.text[start:end]
        return bool((plain and _NO_KEY.search(raw)) or _KEY_IN_TEXT.search(raw))

    def alias(self, event: Any) -> None:
        """An alias: an error, read as null."""
        start, end = event.start_mark.index, event.end_mark.index
        self.feature("alias", start, end, _QUOTE_IT)
        self.nodes.append(Scalar("", plain=True, start=start, end=end))

    def opening(self, event: Any) -> None:
        """A list or mapping begins."""
        start = event.start_mark.index
        if event.anchor is not None or event.tag is not None:
            self.properties(event)
        if len(self.stack) >= MAX_DEPTH:
            self.report("E113", start, start + 1, f"lists and mappings are nested more than {MAX_DEPTH} deep")
            raise _Stop
        mapping = type(event) is yaml.MappingStartEvent
        self.stack.append(_Frame(start, mapping=mapping, flow=bool(event.flow_style)))
        self.nodes = self.stack[-1].nodes

    def closing(self, event: Any) -> None:
        """A list or mapping ends. A block's own end mark stands at whatever follows it."""
        frame = self.stack.pop()
        last = frame.nodes[-1].end if frame.nodes else frame.start
        end = event.end_mark.index if frame.flow else last
        self.nodes = self.stack[-1].nodes if self.stack else self.roots
        self.nodes.append(self.mapping(frame, end) if frame.mapping else Sequence(frame.nodes, frame.start, end))

    def mapping(self, frame: _Frame, end: int) -> Mapping:
        """The mapping of an open frame: `private` is dropped, whatever may not be shown is hidden."""
        entries: dict[str, Entry] = {}
        repeats: list[Entry] = []
        is_whole = True
        nodes = iter(frame.nodes)
        for key, value in zip(nodes, nodes, strict=True):
            if type(key) is not Scalar or not key.text or (key.plain and key.text == "<<"):
                self.bad_key(key)
                is_whole = False
                continue
            kept = self.keep(key, value) if secrecy(key.text) else value
            if kept is None:
                continue
            if key.text in entries:
                repeats.append(Entry(key, kept))
            else:
                entries[key.text] = Entry(key, kept)
        return Mapping(entries, repeats, frame.start, end, is_whole)

    def keep(self, key: Scalar, value: Node) -> Node | None:
        """What may be kept of a value that must never be shown: an unread one, or nothing."""
        self.hidden.update(self.positions.lines(key.start, max(key.end, value.end)))
        if secrecy(key.text) == "identity":
            return value
        # `Private` and the like are reported as unknown keys; their value is dropped all the same.
        return None if key.text == "private" else Scalar("", plain=True, start=key.end, end=key.end)

    def bad_key(self, key: Node) -> None:
        """Report a key that can't be one."""
        if type(key) is Scalar and key.text:
            self.feature("merge", key.start, key.end)
        else:
            self.report("E110", key.start, key.end, "a key must be one word, followed by a colon and a space")


def compose(positions: Positions) -> Tree:
    """Read a YAML text; nothing is raised, whatever it holds."""
    composer = _Composer(positions)
    root: Node | None = None
    try:
        composer.run()
        root = composer.roots[0] if composer.roots else Mapping({}, [], 0, 0)
    except _Stop:
        pass
    except yaml.YAMLError as error:
        composer.diagnostics.append(_syntax(positions, error))
    except (ValueError, OverflowError, RecursionError):
        span = positions.span(0, 1)
        composer.diagnostics.append(Diagnostic("E110", "the YAML contains a number that can't be read", span))
    if spaces := list(_strange_spaces(positions, composer.texts)):
        # Whatever else is wrong follows from them.
        composer.diagnostics, root = spaces, None
    if root is None and may_hold_secrets(positions.text):
        composer.hidden.update(positions.all_lines)
    return Tree(root, frozenset(composer.hidden), composer.diagnostics, frozenset(composer.refused))


def _strange_spaces(positions: Positions, texts: list[tuple[int, int]]) -> Iterator[Diagnostic]:
    """The errors of spaces that are none to YAML where it needs one, outside of text in quotes and blocks."""
    if positions.text.isascii():
        return
    for found in _STRANGE_SPACE.finditer(positions.text):
        at = next(index for index in range(found.start(), found.end()) if positions.text[index] in _STRANGE)
        if not any(start <= at < end for start, end in texts):
            message = "a space of another kind stands here, such as a no-break space, and YAML doesn't take it for one"
            yield Diagnostic("E110", message, positions.span(at, at + 1), ("type a plain space in its place",))


def _syntax(positions: Positions, error: yaml.YAMLError) -> Diagnostic:
    """A parser error in plain words, without text of the file."""
    mark = getattr(error, "problem_mark", None)
    context = getattr(error, "context_mark", None)
    problem = str(getattr(error, "problem", "") or getattr(error, "reason", ""))
    during = str(getattr(error, "context", None) or "")
    explained = explain(positions.text, problem, during, _offset(mark), _offset(context))
    span = positions.span(explained.start, explained.start + 1)
    return Diagnostic(code_of(problem), explained.message, span, explained.hints)


def _offset(mark: Any) -> int | None:
    return None if mark is None else mark.index
