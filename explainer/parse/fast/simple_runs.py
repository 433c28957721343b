"""A fast parser for inline text with simple markup, as most is.

Simple are shortcodes, emphasis and code in which nothing nests, links without titles, line breaks.
For these the neighbouring characters decide; for any other markup the result is None, and
markdown-it's rules parse the whole text. The tokens are the same as markdown-it's; a test checks that.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, ClassVar

from explainer.parse.fast.light_tokens import Light
from explainer.parse.tag_grammar import OPENING, TagDiagnostic, read_tag

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Literal

    from markdown_it.token import Token

# ASCII that is neither a letter, a digit, `*`, `_` nor a backslash: next to it a delimiter's side is certain.
_ASIDE = r" \n!-)+-/:-@\[\]^`{-~"
# Each alternative begins with the character itself: so `re` skips to the next one fast.
_STOP = re.compile(
    r"\n|\\|`|\*|_|\[|<|@|~(?=~)|&(?=[#A-Za-z])|!(?=\[)|\^(?=\[)|\{(?=[{<%.:]|[ \t]+\{<|#|[A-Za-z][\w-]*=)|w(?=ww\.)"
    r"|:(?:(?<=http:)|(?<=https:)|(?<=mailto:))"
)
_BEGIN = re.compile(rf"(?<![^{_ASIDE}])\*{{1,2}}(?=[^\W_])")
_END = re.compile(rf"(?<=[^\W_])\*{{1,2}}(?![^{_ASIDE}])")
_CODE = re.compile(r"`([^`\n]+)`(?!`)")
_LINK = re.compile(r"\[([^\[\]\n\\*`_~<&@{^:]+)\]\(([A-Za-z0-9./#:?=%_-]+)\)")
_INDENT = re.compile(r"\n[ \t]*")
# An address that needs no encoding.
_PATH = re.compile(r"(?!//)[A-Za-z0-9/._#-]+")


class _NotSimple(Exception):  # noqa: N818 - a way out of the loop, not an error
    """The markup isn't simple."""


class _Run:
    """The tokens of one run so far, and the emphasis that is open."""

    __slots__ = ("level", "normalize", "opened", "src", "tokens")

    def __init__(self, src: str, normalize: Callable[[str], str]) -> None:
        self.src = src
        self.normalize = normalize
        self.tokens: list[Token] = []
        self.level = 0
        self.opened = ""

    def read(self) -> list[Token]:
        """All tokens; raises `_NotSimple`."""
        src, pos, handlers = self.src, 0, self.handlers
        while found := _STOP.search(src, pos):
            at = found.start()
            if src[at] == "\n":
                pos = self.newline(pos, at)
                continue
            handle = handlers.get(src[at])
            if not handle:
                raise _NotSimple
            if at > pos:
                self.add("text", 0, src[pos:at])
            pos = handle(self, at)
        if self.opened:
            raise _NotSimple
        if pos < len(src):
            self.add("text", 0, src[pos:])
        return self.tokens

    def add(self, kind: str, nesting: Literal[-1, 0, 1], content: str = "") -> Light:
        """Add a token."""
        token = Light(kind, nesting, self.level, content)
        self.tokens.append(token)
        return token

    def newline(self, pos: int, at: int) -> int:
        """The text up to the end of a line, and the end; two spaces in front of it make a break."""
        text = self.src[pos:at]
        words = text.rstrip(" ")
        if words:
            self.add("text", 0, words)
        self.add("hardbreak" if len(text) - len(words) > 1 else "softbreak", 0)
        return _found(_INDENT, self.src, at).end()

    def tag(self, at: int) -> int:
        """A shortcode's tag."""
        if not self.src.startswith(OPENING, at):
            raise _NotSimple
        tag = read_tag(self.src, at, len(self.src))
        if isinstance(tag, TagDiagnostic):
            raise _NotSimple
        self.add("shortcode_literal" if tag.kind == "literal" else "shortcode", 0).meta = {"tag": tag}
        return tag.end

    def emphasis(self, at: int) -> int:
        """The beginning or the end of emphasis in which there is no other."""
        if self.opened:
            mark = _found(_END, self.src, at)[0]
            if mark != self.opened:
                raise _NotSimple
            self.opened = ""
            self.level -= 1
            self.add("strong_close" if mark == "**" else "em_close", -1)
        else:
            mark = self.opened = _found(_BEGIN, self.src, at)[0]
            self.add("strong_open" if mark == "**" else "em_open", 1)
            self.level += 1
        return at + len(mark)

    def code(self, at: int) -> int:
        """Code; one space inside each end is left out."""
        found = _found(_CODE, self.src, at)
        content = found[1]
        if content[0] == content[-1] == " " and content.strip(" "):
            content = content[1:-1]
        self.add("code_inline", 0, content)
        return found.end()

    def link(self, at: int) -> int:
        """A link around words alone."""
        found = _found(_LINK, self.src, at)
        words, target = found.groups()
        begin = self.add("link_open", 1)
        begin.attrs = {"href": target if _PATH.fullmatch(target) else self.normalize(target)}
        begin.meta = {"start": at, "end": found.end()}
        self.level += 1
        self.add("text", 0, words)
        self.level -= 1
        self.add("link_close", -1)
        return found.end()

    handlers: ClassVar[dict[str, Callable[[_Run, int], int]]] = {"{": tag, "*": emphasis, "`": code, "[": link}


def _found(form: re.Pattern[str], src: str, at: int) -> re.Match[str]:
    found = form.match(src, at)
    if not found:
        raise _NotSimple
    return found


def simple_run(src: str, normalize: Callable[[str], str]) -> list[Token] | None:
    """The tokens of a run; None if its markup isn't simple. `normalize` encodes an address."""
    try:
        return _Run(src, normalize).read()
    except _NotSimple:
        return None
