"""Turn markdown-it's inline tokens of one paragraph into a document."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, ClassVar
from urllib.parse import unquote

from explainer.diagnostics import Diagnostic
from explainer.model.document import CallHole, CallMark, FootnoteHole, HrefHole, LinkMark, SizeHole, SourcesHole
from explainer.model.terms import instead_of_picture
from explainer.parse.document_builder import Alone
from explainer.parse.foreign_reports import Noted
from explainer.parse.inline_rules import COMMENT, COMMENT_END
from explainer.parse.positions import ShiftedMap
from explainer.parse.shortcodes import close_shortcode, open_shortcode, report_tag, void_shortcode
from explainer.parse.tag_grammar import CLOSING, OPENING, Tag
from explainer.parse.tag_pairs import NEEDS_CLOSING, Pairs, pair
from explainer.text.addresses import path_on_site

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from markdown_it.token import Token

    from explainer.diagnostics import Span
    from explainer.model.document import Body, Hole
    from explainer.parse.document_builder import DocumentBuilder
    from explainer.parse.foreign_markup import Foreign
    from explainer.parse.near_misses import NearMiss
    from explainer.parse.positions import SourceMap
    from explainer.parse.tag_grammar import TagDiagnostic

_OUTSIDE = re.compile(r"https?://[^/?#@\\]+(?:[/?#]|$)|(?:mailto:|(?:tel|sms):\+?[\d(]|sgnl://).", re.IGNORECASE)
_SCHEME = re.compile(r"https?://|mailto:")
# A link whose words are its address: in print the address isn't printed after it a second time.
_BARE = "x-bare"
_ELSEWHERE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|//|\\", re.ASCII)
_NOT_IN_ALT = frozenset({"shortcode", "shortcode_diagnostic", "footnote_ref"})
_BREAKS = frozenset({"softbreak", "hardbreak"})
_BELOW = 3
_KEEP = "keep the tag on one line"
_ONLY_DECORATION = 'or, if it says nothing, use `{{< figure src="…" alt="" >}}`'
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


def add_run(builder: DocumentBuilder, inline: Token) -> None:
    """Add a block's inline content."""
    builder.block += 1
    children = inline.children
    if children and len(children) == 1 and children[0].type == "text":
        add_text(builder, children[0].content)
    elif children:
        parts, start = builder.parts, len(builder.parts)
        Run(builder, inline).walk(children)
        if builder.parts is parts:
            builder.place_badges(start)


def inline_body(builder: DocumentBuilder, inline: Token, source_map: SourceMap) -> Body:
    """A body of its own from inline content that stands apart from the text, such as a caption."""
    aside = builder.begin_aside()
    run = Run(builder, inline)
    run.known_map = source_map
    run.walk(inline.children or ())
    builder.place_badges(0)
    return builder.end_aside(aside)


def add_text(builder: DocumentBuilder, content: str) -> None:
    """Add words."""
    if content:
        builder.words.append(content)
        builder.parts.append(escape(content))


class Run:
    """The walk over one run's tokens."""

    def __init__(self, builder: DocumentBuilder, inline: Token) -> None:
        self.builder = builder
        self.inline = inline
        self.has_tags = OPENING in inline.content  # asked once, not for each note in it
        self.shift = 0
        self.known_map: SourceMap | None = None
        # The link that is open: its target, its tag's end among the parts, its first word.
        self.link = ("", 0, 0)
        self.opened: Token | None = None

    def walk(self, children: Sequence[Token]) -> None:
        """Add the tokens in order."""
        builder = self.builder
        pairs = self._paired(children) if self.has_tags else None
        for index, token in enumerate(children):
            kind = token.type
            if kind == "text":
                add_text(builder, token.content)
            elif html := _HTML.get(kind):
                builder.parts.append(html)
            elif pairs and kind == "shortcode":
                self._shortcode(token, index, pairs)
            else:
                self._handlers[kind](self, token)

    def source_map(self) -> SourceMap:
        """The source map of this text, computed when first needed."""
        if self.known_map is None:
            self.known_map = self.builder.text.source_map(self.inline)
        return ShiftedMap(self.known_map, self.shift) if self.shift else self.known_map

    def span(self, token: Token) -> Span:
        """The span of a token whose rule recorded it."""
        return self.source_map().span(token.meta["start"], token.meta["end"])

    # --- Words ---

    def _special(self, token: Token) -> None:
        # Escapes and entities in notes, which nobody joins with the text around them.
        self.builder.parts.append(escape(token.content))
        self.builder.words.append(token.content)

    def _break(self, token: Token) -> None:
        self.builder.parts.append("<br>\n" if token.type == "hardbreak" else "\n")
        self.builder.words.append(" ")

    def _code(self, token: Token) -> None:
        self.builder.parts.append(f"<code>{escape(token.content)}</code>")
        self.builder.words.append(token.content)

    # --- Links and images ---

    def _link_open(self, token: Token) -> None:
        builder = self.builder
        if builder.links_open:
            builder.report("E309", "a link can't be used inside `ref`", self.span(token))
        builder.parts.append('<a href="')
        self._target(token, str(token.attrs["href"]), image=False)
        self.link = (str(token.attrs["href"]), len(builder.parts), len(builder.words))
        self.opened = token
        builder.parts.append(f'"{_title(token)}>')
        builder.links_open += 1

    def _link_close(self, _token: Token) -> None:
        builder = self.builder
        target, at, said = self.link
        words = "".join(builder.words[said:])
        if self.opened and not words.strip() and _shows_nothing(builder.parts[at + 1 :]):
            hint = "write between the square brackets where it leads, or what its picture shows"
            builder.report("W360", "this link has no words", self.span(self.opened), hint)
        if builder.parts[at] == '">' and _bare(words) == _bare(target):
            builder.parts[at] = f'" class="{_BARE}">'
        builder.parts.append("</a>")
        builder.close_link()

    def _image(self, token: Token) -> None:
        parts = self.builder.parts
        begin = len(parts)
        # A picture at the top of the page is seen at once; others wait until they are scrolled to.
        first = self.builder.at_top and len(self.builder.frames) == 1 and not any(map(_is_seen, parts))
        parts.append('<img src="')
        target = str(token.attrs["src"])
        if what := instead_of_picture(target):
            hint = f"link to it: `[words]({unquote(target)})`"
            self.builder.report("E505", f"this is {what}, and no picture", self.span(token), hint)
        inside = self._target(token, target, image=True)
        alt = self._alt(token, token)
        if target and not alt.strip():
            hints = ("write between the square brackets what it shows", _ONLY_DECORATION)
            self.builder.report("W361", "this picture has no description", self.span(token), *hints)
        parts.append(f'" alt="{attribute(alt)}"{_title(token)}')
        if inside is not None:
            parts.append(SizeHole(inside))
        parts.append(">" if first else ' loading="lazy">')
        if inside is not None:
            parts.insert(begin, SourcesHole(inside, end=False))
            parts.append(SourcesHole(inside, end=True))

    def _alt(self, image: Token, token: Token) -> str:
        words = []
        for child in token.children or ():
            kind = child.type
            if kind in _NOT_IN_ALT:
                hint = "write it as words, or put the shortcode beside the image"
                self.builder.report("E309", "an image's description can only be text", self.span(image), hint)
            elif kind == "comment":
                self._comment(image)
            elif kind == "shortcode_literal":
                words.append(child.meta["tag"].name)
            else:
                words.append(" " if kind in _BREAKS else self._alt(image, child) if child.children else child.content)
        return "".join(words)

    def _target(self, token: Token, target: str, *, image: bool) -> int | None:
        """Emit a link's target; returns its number if it is inside the site."""
        builder = self.builder
        if not target:
            what, form = ("picture", "![what it shows](picture.jpg)") if image else ("link", "[words](https://…)")
            builder.report("E501", f"this {what} has no address", self.span(token), f"write `{form}`")
        elif _OUTSIDE.match(target):
            if builder.site and path_on_site(target, builder.site):
                builder.links.append(LinkMark(target, self.span(token), image))
                builder.parts.append(HrefHole(len(builder.links) - 1))
            else:
                builder.parts.append(attribute(target))
        elif _ELSEWHERE.match(target):
            hint = "addresses begin with https://, http://, mailto:, tel:, sms: or sgnl:"
            builder.report("E126", "this address isn't allowed", self.span(token), hint)
        else:
            builder.links.append(LinkMark(target, self.span(token), image))
            builder.parts.append(HrefHole(len(builder.links) - 1))
            return len(builder.links) - 1
        return None

    # --- Footnotes, comments ---

    def _footnote(self, token: Token) -> None:
        builder, notes = self.builder, self.builder.notes
        label: str = token.meta.get("label") or self._inline_note(token)
        number = notes.numbers.setdefault(label, len(notes.numbers))
        sections = notes.sections.setdefault(label, [])
        notes.references.setdefault(label, self.span(token))
        builder.emit_after_link(FootnoteHole(number, len(sections)))
        sections.append(builder.section)

    def _inline_note(self, token: Token) -> str:
        builder, label = self.builder, f" {token.meta['id']}"  # no label of a writer's has a space
        aside, inside = builder.begin_aside(), token.meta["start"] + len("^[")
        builder.parts.append("<p>")
        self.shift += inside
        self.walk(token.children or ())
        self.shift -= inside
        builder.place_badges(1)
        builder.parts.append("</p>\n")
        builder.notes.defined[label] = (builder.end_aside(aside), self.span(token))
        return label

    def _comment(self, token: Token) -> None:
        span = self.span(token)
        if token.meta.get("closed", True):
            add_comment(self.builder, span.line, span.end_line)
        else:
            hint = f"end it with `{COMMENT_END}` in the same paragraph, or write `\\{COMMENT}` for the characters"
            self.builder.report("E308", "a comment has no end", span, hint)
            self.builder.hidden.update(range(span.line, self.builder.text.line_of(COMMENT_END, span.end_line) + 1))

    # --- Shortcodes ---

    def _paired(self, children: Sequence[Token]) -> Pairs:
        pairs = pair(children)
        for diagnostic in pairs.diagnostics:
            tag: Tag = children[diagnostic.at].meta["tag"]
            span = self.source_map().span(tag.start, tag.end)
            told = Diagnostic(diagnostic.code, diagnostic.message, span, (diagnostic.hint,))
            if not diagnostic.alone:
                self.builder.diagnostics.append(told)
            elif tag.kind == "open":
                self.builder.alone.setdefault(tag.name, []).append(Alone(span.line, None, told))
            else:
                self.builder.report_unopened(tag.name, told)
        return pairs

    def _shortcode(self, token: Token, index: int, pairs: Pairs) -> None:
        builder, source_map = self.builder, self.source_map()
        tag: Tag = token.meta["tag"]
        report_tag(builder, tag, source_map)
        if tag.name == "ref" and self.inline.content.startswith("](", self.shift + tag.start - 2):
            target = tag.arguments[0].value if tag.arguments else "page#claim"
            right = f"[words]({target})" if ".md" in target else f'{{{{< ref "{target}" >}}}}words{{{{< /ref >}}}}'
            message = "`ref` can't be used in a link's address"
            builder.report("E309", message, source_map.span(tag.start, tag.end), f"write `{right}`")
            if ".md" in target and index not in pairs.closing:
                return  # that no claim has this name follows from it
        if index in pairs.closing:
            open_shortcode(builder, tag, source_map, block=False)
        elif index in pairs.opening:
            close_shortcode(builder, tag, source_map, block=False)
        elif tag.kind == "void" or (tag.kind == "open" and tag.name not in NEEDS_CLOSING):
            void_shortcode(builder, tag, source_map)

    def _near_miss(self, token: Token) -> None:
        found: NearMiss = token.meta["near_miss"]
        span = self.source_map().span(found.start, found.end)
        mark = CallMark(found.name, (), (), paired=False, span=span, right=found.right, opener=found.opener)
        self.builder.calls.append(mark)

    def _foreign(self, token: Token) -> None:
        found: Foreign = token.meta["foreign"]
        span = self.source_map().span(found.start, found.end)
        self.builder.foreign.append(Noted(found, span, token.meta["known"]))

    def _literal(self, token: Token) -> None:
        words: str = token.meta["tag"].name
        self.builder.parts.append(escape(words))
        self.builder.words.append(words)

    def _diagnostic(self, token: Token) -> None:
        diagnostic: TagDiagnostic = token.meta["diagnostic"]
        code, message, hint = diagnostic.code, diagnostic.message, diagnostic.hint
        if not diagnostic.closed:
            if "cell" in self.inline.meta:
                hint = r"a `|` ends a table's cell: write `\|`"
            elif cut := self._cut():
                code, message, hint = "E306", "a shortcode's tag is cut in two by another block", cut
        self.builder.report(code, message, self.source_map().span(diagnostic.start, diagnostic.end), hint)

    def _cut(self) -> str:
        """The hint for a tag whose end is below its block, if there is one."""
        lines, end = self.builder.text.lines, (self.inline.map or [0, 0])[1]
        for line in lines[end : end + _BELOW]:
            closing, opening = line.find(CLOSING), line.find(OPENING)
            if closing >= 0 and (opening < 0 or closing < opening):
                begins = line.lstrip().startswith(">")
                return "a line that begins with `>` is a quote: end the line above it with `>}}`" if begins else _KEEP
            if opening >= 0:
                break
        return ""

    _handlers: ClassVar[dict[str, Callable[[Run, Token], None]]] = {
        "text_special": _special,
        "softbreak": _break,
        "hardbreak": _break,
        "code_inline": _code,
        "link_open": _link_open,
        "link_close": _link_close,
        "image": _image,
        "footnote_ref": _footnote,
        "comment": _comment,
        "near_miss": _near_miss,
        "foreign_markup": _foreign,
        "shortcode_literal": _literal,
        "shortcode_diagnostic": _diagnostic,
    }


def _bare(address: str) -> str:
    """An address as people write it: without its scheme and the slash at its end."""
    return unquote(_SCHEME.sub("", address)).removesuffix("/")


def _is_seen(part: str | Hole) -> bool:
    """Whether a part is more than the tag that opens a paragraph."""
    return not isinstance(part, str) or bool(part.strip().removeprefix("<p>"))


def _shows_nothing(parts: Sequence[str | Hole]) -> bool:
    """Whether the parts inside a link have nothing that a reader could see, or hear of."""
    pictures = [part for part in parts if isinstance(part, str) and part.startswith('" alt="')]
    return all(part.startswith('" alt=""') for part in pictures) and not any(
        isinstance(part, CallHole) for part in parts
    )


def _title(token: Token) -> str:
    return f' title="{attribute(str(token.attrs["title"]))}"' if "title" in token.attrs else ""


def add_comment(builder: DocumentBuilder, first: int, last: int) -> None:
    """Warn that a comment isn't published, and hide its lines from diagnostics."""
    span = builder.text.whole_line(first - 1)
    builder.report("W352", "a comment isn't published", span, "put private notes under `private` in the front matter")
    builder.hidden.update(range(first, last + 1))
