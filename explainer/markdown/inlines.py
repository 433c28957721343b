"""One run of inline text: markdown-it's inline tokens into a draft."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, ClassVar

from explainer.markdown.pairing import NEEDS_CLOSING, Pairs, pair
from explainer.markdown.places import Shifted
from explainer.markdown.shortcodes import close_shortcode, open_shortcode, void_shortcode
from explainer.markdown.tags import CLOSING, Tag
from explainer.model import FootnoteHole, HrefHole, LinkMark

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from markdown_it.token import Token

    from explainer.diagnostics import Span
    from explainer.markdown.draft import Draft
    from explainer.markdown.places import Place
    from explainer.markdown.tags import TagFault

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:", re.ASCII)
_OUTSIDE = ("http://", "https://", "mailto:")
_HTML = {
    "em_open": "<em>", "em_close": "</em>", "strong_open": "<strong>", "strong_close": "</strong>",
    "s_open": "<del>", "s_close": "</del>",
}  # fmt: skip


def escape(text: str) -> str:
    """Text for HTML, outside of attributes."""
    if "&" in text or "<" in text or ">" in text:
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return text


def attribute(text: str) -> str:
    """Text for an HTML attribute in double quotes."""
    return escape(text).replace('"', "&quot;")


def add_run(draft: Draft, inline: Token) -> None:
    """Add a block's inline content."""
    draft.block += 1
    Run(draft, inline).walk(inline.children or ())


class Run:
    """The walk over one run's tokens."""

    def __init__(self, draft: Draft, inline: Token) -> None:
        self.draft = draft
        self.inline = inline

    def walk(self, children: Sequence[Token]) -> None:
        """Add the tokens in order."""
        pairs = Pairs()
        for child in children:
            if child.type == "shortcode":
                pairs = self._paired(children)
                break
        for index, token in enumerate(children):
            kind = token.type
            if kind == "text":
                self._text(token)
            elif kind == "shortcode":
                self._shortcode(token, index, pairs)
            elif html := _HTML.get(kind):
                self.draft.emit(html)
            else:
                self._handlers[kind](self, token)

    # --- Words ---

    def _text(self, token: Token) -> None:
        content = token.content
        tail = self.draft.heading_tail
        if tail and token is tail[0]:
            content = tail[1]
        if content:
            self.draft.emit(escape(content))
            self.draft.say(content)

    def _break(self, token: Token) -> None:
        self.draft.emit("<br>\n" if token.type == "hardbreak" else "\n")
        self.draft.say(" ")

    def _code(self, token: Token) -> None:
        self.draft.emit(f"<code>{escape(token.content)}</code>")
        self.draft.say(token.content)

    # --- Links and images ---

    def _link_open(self, token: Token) -> None:
        draft = self.draft
        title = f' title="{attribute(str(token.attrs["title"]))}"' if "title" in token.attrs else ""
        draft.emit('<a href="')
        self._target(token, str(token.attrs["href"]), image=False)
        draft.emit(f'"{title}>')
        draft.links_open += 1

    def _link_close(self, _token: Token) -> None:
        draft = self.draft
        draft.emit("</a>")
        draft.links_open -= 1
        if not draft.links_open:
            waiting, draft.after_link = draft.after_link, []
            for hole in waiting:
                draft.emit(hole)

    def _image(self, token: Token) -> None:
        draft = self.draft
        draft.emit('<img src="')
        self._target(token, str(token.attrs["src"]), image=True)
        title = f' title="{attribute(str(token.attrs["title"]))}"' if "title" in token.attrs else ""
        draft.emit(f'" alt="{attribute(self._alt(token))}"{title} loading="lazy">')

    def _alt(self, token: Token) -> str:
        words = []
        for child in token.children or ():
            if child.type in ("shortcode", "shortcode_fault", "footnote_ref"):
                self.draft.fault("E309", "an image's description is text alone", self._span(token))
            words.append(" " if child.type.endswith("break") else self._alt(child) if child.children else child.content)
        return "".join(words)

    def _target(self, token: Token, target: str, *, image: bool) -> None:
        draft = self.draft
        if target.startswith(_OUTSIDE):
            draft.emit(attribute(target))
            return
        if _SCHEME.match(target) or target.startswith(("//", "\\")):
            hint = "addresses begin with https://, http:// or mailto:"
            draft.fault("E126", "this address isn't allowed", self._span(token), hint)
            return
        draft.links.append(LinkMark(target, self._span(token), image))
        draft.emit(HrefHole(len(draft.links) - 1))

    def _span(self, token: Token) -> Span:
        return self._place(token).span(token.meta.get("start", 0), token.meta.get("end", 0))

    # --- Footnotes, comments ---

    def _footnote(self, token: Token) -> None:
        draft, notes = self.draft, self.draft.notes
        label: str = token.meta.get("label") or self._inline_note(token)
        number = notes.numbers.setdefault(label, len(notes.numbers))
        sections = notes.sections.setdefault(label, [])
        notes.references.setdefault(label, self._span(token))
        draft.emit_after_link(FootnoteHole(number, len(sections)))
        sections.append(draft.section)

    def _inline_note(self, token: Token) -> str:
        label = f"^{token.meta['id']}"
        aside = self.draft.begin_aside()
        self.draft.emit("<p>")
        self.walk(token.children or ())
        self.draft.emit("</p>\n")
        self.draft.notes.defined[label] = (self.draft.end_aside(aside), self._span(token))
        return label

    def _comment(self, token: Token) -> None:
        span = self._place(token).span(token.meta["start"], token.meta["end"])
        add_comment(self.draft, span.line, span.end_line)

    # --- Shortcodes ---

    def _paired(self, children: Sequence[Token]) -> Pairs:
        pairs = pair(children)
        for fault in pairs.faults:
            token = children[fault.index]
            tag: Tag = token.meta["tag"]
            span = self._place(token).span(tag.start, tag.end)
            self.draft.fault(fault.code, fault.message, span, fault.hint)
        return pairs

    def _shortcode(self, token: Token, index: int, pairs: Pairs) -> None:
        tag: Tag = token.meta["tag"]
        if index in pairs.closing:
            open_shortcode(self.draft, tag, self._place(token), block=False)
        elif index in pairs.closers:
            close_shortcode(self.draft, block=False)
        elif tag.kind == "void" or (tag.kind == "open" and tag.name not in NEEDS_CLOSING):
            void_shortcode(self.draft, tag, self._place(token))

    def _literal(self, token: Token) -> None:
        words: str = token.meta["tag"].name
        self.draft.emit(escape(words))
        self.draft.say(words)

    def _fault(self, token: Token) -> None:
        fault: TagFault = token.meta["fault"]
        span = self._place(token).span(fault.start, fault.end)
        code, message, hint = fault.code, fault.message, fault.hint
        if CLOSING not in self.inline.content[fault.start :]:
            if self.inline.meta.get("cell"):
                hint = r"a `|` ends a table's cell: write `\|`"
            elif self._cut():
                code, message = "E306", "a shortcode's tag is cut in two by another block"
                hint = "keep the tag on one line"
        self.draft.fault(code, message, span, hint)

    def _cut(self) -> bool:
        lines, end = self.draft.text.lines, (self.inline.map or [0, 0])[1]
        return any(CLOSING in line for line in lines[end : end + 2])

    def _place(self, token: Token) -> Place:
        place: Place = self.inline.meta.get("place") or self.draft.text.place(self.inline, cell=False)
        shift = token.meta.get("shift", 0)
        return Shifted(place, shift) if shift else place

    _handlers: ClassVar[dict[str, Callable[[Run, Token], None]]] = {
        "softbreak": _break,
        "hardbreak": _break,
        "code_inline": _code,
        "link_open": _link_open,
        "link_close": _link_close,
        "image": _image,
        "footnote_ref": _footnote,
        "comment": _comment,
        "shortcode_literal": _literal,
        "shortcode_fault": _fault,
    }


def add_comment(draft: Draft, first: int, last: int) -> None:
    """Keep the warning that a comment is left out, and hide its lines from reports."""
    span = draft.text.whole_line(first - 1)
    draft.fault("W352", "a comment isn't published", span, "put private notes under `private` in the front matter")
    draft.hidden.update(range(first, last + 1))
