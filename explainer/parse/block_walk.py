"""Turn markdown-it's block tokens into a document."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from markdown_it.common.utils import unescapeAll

from explainer.model.document import Heading
from explainer.parse.inline_walk import add_comment, add_run, attribute, escape
from explainer.parse.shortcodes import TAKE_OUT, close_shortcode, open_shortcode, report_tag, void_shortcode
from explainer.parse.tag_pairs import not_closed
from explainer.text.slugs import slugify

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from markdown_it.token import Token

    from explainer.diagnostics import Span
    from explainer.model.document import Body
    from explainer.parse.document_builder import Aside, DocumentBuilder
    from explainer.parse.tag_grammar import Tag

# Ids that the page itself makes; a heading's id keeps clear of them.
RESERVED_PREFIXES = ("claims-", "footnote-", "ref-")
# Before the id of a claim or of a source; any other heading may begin with these words.
ID_PREFIXES = ("claim-", "how-", "way-", "note-")
RESERVED_IDS = frozenset({"main", "notes", "corrections", "sourcing", "sourced", "quiet", "open-all"})

_ALIGN = re.compile(r"text-align:(left|right|center)")
_HTML = {
    "paragraph_open": "<p>", "paragraph_close": "</p>\n",
    "blockquote_open": "<blockquote>\n", "blockquote_close": "</blockquote>\n",
    "bullet_list_open": "<ul>\n", "bullet_list_close": "</ul>\n", "ordered_list_close": "</ol>\n",
    "list_item_open": "<li>", "list_item_close": "</li>\n", "hr": "<hr>\n",
    "table_open": "<table>\n", "table_close": "</table>\n", "thead_open": "<thead>\n", "thead_close": "</thead>\n",
    "tbody_open": "<tbody>\n", "tbody_close": "</tbody>\n", "tr_open": "<tr>\n", "tr_close": "</tr>\n",
    "th_close": "</th>\n", "td_close": "</td>\n",
    "dl_open": "<dl>\n", "dl_close": "</dl>\n", "dt_open": "<dt>", "dt_close": "</dt>\n",
    "dd_open": "<dd>", "dd_close": "</dd>\n",
}  # fmt: skip
# What may hold the definitions of notes, and what opens it.
_AROUND = frozenset({"blockquote_close", "list_item_close", "bullet_list_close", "ordered_list_close"})
_OPENINGS = frozenset({"<blockquote>\n", "<li>"})


@dataclass(slots=True)
class _OpenHeading:
    at: int = 0
    said: int = 0
    explicit: str | None = None


class Walk:
    """The walk over one text's block tokens."""

    def __init__(self, builder: DocumentBuilder, declared: Collection[str] = ()) -> None:
        self.builder = builder
        self.declared = declared
        self.heading = _OpenHeading()
        self.explicit: set[str] = set()
        self.anchors: set[str] = set()
        self.count: defaultdict[str, int] = defaultdict(lambda: 1)
        self.footnotes: list[tuple[str, Span, Aside]] = []
        self.titles: list[Span] = []
        # How many parts there were when a note's definition ended, if nothing has come since.
        self.noted = -1

    def walk(self, tokens: Sequence[Token]) -> Body:
        """Make a body of the tokens."""
        self.explicit = {token.meta["id"] for token in tokens if token.type == "heading_open" and "id" in token.meta}
        builder = self.builder
        builder.begin_frame()
        for token in tokens:
            if token.type == "inline":
                add_run(builder, token)
            elif html := _HTML.get(token.type):
                self._plain(token, html)
            else:
                self._handlers[token.type](self, token)
        if self.titles:
            self._report_titles(self.titles)
        for opened in builder.alone.values():
            builder.diagnostics += [one.diagnostic for one in opened if one.diagnostic]
        return builder.end_frame().body()

    def _report_titles(self, titles: Sequence[Span]) -> None:
        several = f"{len(titles)} headings are" if len(titles) > 1 else "this heading is"
        message = f"{several} as high as the page's title, which stands above the text already"
        hint = "leave it out if it is the title; begin a section's heading with `##`"
        self.builder.report("W359", message, titles[0], hint)

    def _plain(self, token: Token, html: str) -> None:
        builder = self.builder
        nesting = token.nesting
        if nesting == -1 and self.noted == len(builder.parts) and token.type in _AROUND:
            # It held nothing but the definition of a note, which stands elsewhere.
            self.noted -= 1
            builder.parts.pop()
        elif not token.hidden:
            builder.parts.append(html)
        if nesting == 1:
            self.noted = -1
            builder.frames[-1].depth += 1
        elif nesting == -1:
            builder.words.append(" ")
            builder.frames[-1].leave()

    # --- Blocks with a form of their own ---

    def _heading_open(self, token: Token) -> None:
        builder = self.builder
        self.heading = _OpenHeading(len(builder.parts), len(builder.words), token.meta.get("id"))
        if token.tag == "h1" and token.map:
            self.titles.append(builder.text.whole_line(token.map[0]))
        self._plain(token, "")

    def _heading_close(self, token: Token) -> None:
        builder, heading = self.builder, self.heading
        text = builder.said_since(heading.said)
        anchor = self._anchor(heading.explicit, text)
        builder.headings.append(Heading(int(token.tag[1]), anchor, text))
        builder.section = text
        builder.parts[heading.at] = f'<{token.tag} id="{anchor}">'
        self._plain(token, f"</{token.tag}>\n")

    def _anchor(self, explicit: str | None, text: str) -> str:
        """A heading's id. One of the author's own comes before the same one made from another heading's text."""
        base = explicit or slugify(text) or "section"
        if base in RESERVED_IDS or f"{base}-".startswith(RESERVED_PREFIXES) or self._is_taken(base):
            base = f"section-{base}"
        anchor, count = base, self.count[base]
        while anchor in self.anchors or (anchor in self.explicit and anchor != explicit):
            count += 1
            anchor = f"{base}-{count}"
        self.count[base] = count
        self.anchors.add(anchor)
        return anchor

    def _is_taken(self, base: str) -> bool:
        """Whether the page makes this id of a claim's or a source's."""
        prefix, _, name = base.partition("-")
        return f"{prefix}-" in ID_PREFIXES and (name in self.declared or name in self.builder.text.names_in_tags)

    def _ordered_list(self, token: Token) -> None:
        start = token.attrs.get("start")
        self._plain(token, "<ol>\n" if start is None else f'<ol start="{start}">\n')

    def _cell(self, token: Token) -> None:
        align = _ALIGN.search(str(token.attrs.get("style", "")))
        attributes = f' class="align-{align[1]}"' if align else ""
        attributes += ' scope="col"' if token.tag == "th" else ""
        self._plain(token, f"<{token.tag}{attributes}>")

    def _code(self, token: Token) -> None:
        info = unescapeAll(token.info)
        language = info.split(maxsplit=1)[0] if info.strip() else ""
        attributes = f' class="language-{attribute(language)}"' if language else ""
        self.builder.parts.append(f"<pre><code{attributes}>{escape(token.content)}</code></pre>\n")
        self.builder.words.append(f" {token.content} ")

    # --- Shortcodes, comments, limits ---

    def _shortcode_open(self, token: Token) -> None:
        builder, tag = self.builder, token.meta["tag"]
        builder.block += 1
        report_tag(builder, tag, builder.text)
        open_shortcode(builder, tag, builder.text, block=True)

    def _shortcode_close(self, token: Token) -> None:
        tag: Tag = token.meta["tag"]
        report_tag(self.builder, tag, self.builder.text)
        if tag.kind == "open":
            code, message, hint = not_closed(tag.name)
            self.builder.report(code, message, self.builder.text.span(tag.start, tag.end), hint)
        close_shortcode(self.builder, tag, self.builder.text, block=True)

    def _shortcode(self, token: Token) -> None:
        report_tag(self.builder, token.meta["tag"], self.builder.text)
        void_shortcode(self.builder, token.meta["tag"], self.builder.text, block=True)

    def _comment(self, token: Token) -> None:
        first, end = token.map or [0, 1]
        if token.meta["trailing"]:
            span = self.builder.text.whole_line(end - 1)
            self.builder.report("E308", "text follows the end of a comment", span, "put the text on a line of its own")
        add_comment(self.builder, first + 1, end)

    def _too_deep(self, token: Token) -> None:
        span = self.builder.text.whole_line((token.map or [0])[0])
        self.builder.report("E310", "blocks are nested too deeply here", span, TAKE_OUT)

    def _extra_cells(self, token: Token) -> None:
        span = self.builder.text.whole_line((token.map or [0])[0])
        self.builder.report(
            "E313", "this row has more cells than the table's head", span, r"write `\|` for a bar in a cell"
        )

    # --- Footnotes ---

    def _footnote_open(self, token: Token) -> None:
        span = self.builder.text.whole_line((token.map or [0])[0])
        self.footnotes.append((token.meta["label"], span, self.builder.begin_aside()))

    def _footnote_close(self, _token: Token) -> None:
        label, span, aside = self.footnotes.pop()
        body = self.builder.end_aside(aside)
        if label in self.builder.notes.defined:
            self.builder.report("E312", f"footnote `{label}` is defined twice", span)
        self.builder.notes.defined[label] = (body, span)
        if self.builder.parts and self.builder.parts[-1] in _OPENINGS:
            self.noted = len(self.builder.parts)

    _handlers: ClassVar[dict[str, Callable[[Walk, Token], None]]] = {
        "heading_open": _heading_open,
        "heading_close": _heading_close,
        "ordered_list_open": _ordered_list,
        "th_open": _cell,
        "td_open": _cell,
        "fence": _code,
        "code_block": _code,
        "shortcode_block_open": _shortcode_open,
        "shortcode_block_close": _shortcode_close,
        "shortcode_block": _shortcode,
        "comment_block": _comment,
        "too_deep": _too_deep,
        "extra_cells": _extra_cells,
        "footnote_reference_open": _footnote_open,
        "footnote_reference_close": _footnote_close,
    }
