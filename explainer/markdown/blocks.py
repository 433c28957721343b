"""Block tokens of markdown-it into a draft."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from explainer.markdown.inlines import add_comment, add_run, attribute, escape
from explainer.markdown.shortcodes import close_shortcode, open_shortcode, void_shortcode
from explainer.model import Heading
from explainer.slugs import slugify

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from markdown_it.token import Token

    from explainer.diagnostics import Span
    from explainer.markdown.draft import Aside, Draft

# Ids that the page itself makes; a heading's id keeps clear of them.
RESERVED_PREFIXES = ("claim-", "how-", "note-", "footnote-", "ref-", "page-")
RESERVED_IDS = frozenset({"main", "notes", "corrections", "sourcing"})

_EXPLICIT_ID = re.compile(r"\s*\{#([A-Za-z][\w-]*)\}\s*$", re.ASCII)
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


@dataclass(slots=True)
class _OpenHeading:
    at: int
    words: list[str]
    explicit: str | None


class Walk:
    """The walk over one text's block tokens."""

    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        self.heading = _OpenHeading(0, [], None)
        self.footnotes: list[tuple[str, Span, Aside]] = []

    def walk(self, tokens: Sequence[Token]) -> None:
        """Add the tokens in order."""
        for index, token in enumerate(tokens):
            kind = token.type
            if kind == "inline":
                add_run(self.draft, token)
            elif html := _HTML.get(kind):
                self._plain(token, "" if token.hidden else html)
            elif kind == "heading_open":
                self._heading_open(tokens[index + 1])
            else:
                self._handlers[kind](self, token)

    def _plain(self, token: Token, html: str) -> None:
        frame = self.draft.frame
        if token.nesting == 1:
            frame.enter()
        if html:
            frame.parts.append(html)
        if token.nesting == -1:
            self.draft.say(" ")
            frame.leave()

    # --- Blocks with a form of their own ---

    def _heading_open(self, inline: Token) -> None:
        draft = self.draft
        draft.frame.enter()
        explicit = None
        children = inline.children or ()
        if children and children[-1].type == "text" and (found := _EXPLICIT_ID.search(children[-1].content)):
            explicit = found[1]
            draft.heading_tail = (children[-1], children[-1].content[: found.start()])
        self.heading = _OpenHeading(len(draft.frame.parts), draft.capture(), explicit)
        draft.emit("")

    def _heading_close(self, token: Token) -> None:
        draft, heading = self.draft, self.heading
        text = draft.captured(heading.words)
        anchor = self._anchor(heading.explicit, text)
        draft.headings.append(Heading(int(token.tag[1]), anchor, text))
        draft.section, draft.heading_tail = text, None
        draft.frame.parts[heading.at] = f'<{token.tag} id="{anchor}">'
        self._plain(token, f"</{token.tag}>\n")

    def _anchor(self, explicit: str | None, text: str) -> str:
        base = explicit or slugify(text) or "section"
        if base.startswith(RESERVED_PREFIXES) or base in RESERVED_IDS:
            base = f"section-{base}"
        anchor, count = base, 1
        while anchor in self.draft.anchors:
            count += 1
            anchor = f"{base}-{count}"
        self.draft.anchors.add(anchor)
        return anchor

    def _ordered_list(self, token: Token) -> None:
        start = token.attrs.get("start")
        self._plain(token, "<ol>\n" if start is None else f'<ol start="{start}">\n')

    def _cell(self, token: Token) -> None:
        align = _ALIGN.search(str(token.attrs.get("style", "")))
        attributes = f' class="align-{align[1]}"' if align else ""
        attributes += ' scope="col"' if token.tag == "th" else ""
        self._plain(token, f"<{token.tag}{attributes}>")

    def _code(self, token: Token) -> None:
        language = token.info.split(maxsplit=1)[0] if token.info.strip() else ""
        attributes = f' class="language-{attribute(language)}"' if language else ""
        self.draft.emit(f"<pre><code{attributes}>{escape(token.content)}</code></pre>\n")
        self.draft.say(f" {token.content} ")

    # --- Shortcodes, comments, limits ---

    def _shortcode_open(self, token: Token) -> None:
        self.draft.block += 1
        open_shortcode(self.draft, token.meta["tag"], self.draft.text, block=True)

    def _shortcode_close(self, _token: Token) -> None:
        close_shortcode(self.draft, block=True)

    def _shortcode(self, token: Token) -> None:
        void_shortcode(self.draft, token.meta["tag"], self.draft.text)

    def _comment(self, token: Token) -> None:
        first, end = token.map or [0, 1]
        if token.meta["trailing"]:
            span = self.draft.text.whole_line(end - 1)
            self.draft.fault("E308", "text follows the end of a comment", span, "put the text on a line of its own")
        add_comment(self.draft, first + 1, end)

    def _too_deep(self, token: Token) -> None:
        span = self.draft.text.whole_line((token.map or [0])[0])
        self.draft.fault("E310", "blocks are nested too deeply here", span, "take some of the levels out")

    # --- Footnotes ---

    def _footnote_open(self, token: Token) -> None:
        span = self.draft.text.whole_line((token.map or [0])[0])
        self.footnotes.append((token.meta["label"], span, self.draft.begin_aside()))

    def _footnote_close(self, _token: Token) -> None:
        label, span, aside = self.footnotes.pop()
        body = self.draft.end_aside(aside)
        if label in self.draft.notes.defined:
            self.draft.fault("E312", f"footnote `{label}` is defined twice", span)
        self.draft.notes.defined[label] = (body, span)

    _handlers: ClassVar[dict[str, Callable[[Walk, Token], None]]] = {
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
        "footnote_reference_open": _footnote_open,
        "footnote_reference_close": _footnote_close,
    }
