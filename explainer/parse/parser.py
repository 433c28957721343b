"""Set up the Markdown parser, and parse a page into a `Document`."""

from __future__ import annotations

from functools import cache
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from markdown_it import MarkdownIt
from markdown_it.helpers import parseLinkDestination, parseLinkTitle
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.footnote import footnote_plugin
from mdit_py_plugins.gfm_autolink import gfm_autolink_plugin

from explainer.diagnostics import Staged, did_you_mean
from explainer.model.document import Document, Footnote
from explainer.parse.block_rules import block_plugin
from explainer.parse.block_walk import Walk
from explainer.parse.cjk_emphasis import CjkParserInline
from explainer.parse.core_rules import core_plugin
from explainer.parse.document_builder import DocumentBuilder
from explainer.parse.fast.block_scanner import BlockScanner
from explainer.parse.fast.inline_scanner import Scanner
from explainer.parse.foreign_markup import foreign_lines, foreign_plugin
from explainer.parse.foreign_reports import Noted, foreign_diagnostics
from explainer.parse.inline_rules import inline_plugin, link_label
from explainer.parse.inline_walk import inline_body
from explainer.parse.positions import FixedMap, PageText
from explainer.system.process import deep_recursion
from explainer.text.typography import ENGLISH_STYLE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from markdown_it.token import Token

    from explainer.model.declared import PageFile
    from explainer.model.document import Body
    from explainer.parse.positions import SourceMap
    from explainer.text.typography import Style

# Each hint about what was meant costs a search.
_MANY = 100


@cache
def markdown(*, fast: bool = True) -> MarkdownIt:
    """The parser: CommonMark without raw HTML, and with what the documentation lists.

    That is tables, strikethrough, footnotes, definition lists, bare addresses, typographic quotes
    and dashes, and shortcodes. Without `fast` it is markdown-it's own, which makes the same of every text.
    """
    md = MarkdownIt()
    md.inline = Scanner() if fast else CjkParserInline()
    if fast:
        md.block = BlockScanner()
    md.configure("commonmark", {"html": False, "typographer": True})
    md.enable(["table", "strikethrough"]).disable(["html_block", "html_inline"])
    footnote_plugin(md, inline=True, move_to_end=False)
    deflist_plugin(md)
    gfm_autolink_plugin(md)
    for plugin in (block_plugin, inline_plugin, foreign_plugin, core_plugin):
        plugin(md)
    md.helpers = SimpleNamespace(  # type: ignore[assignment]
        parseLinkLabel=link_label, parseLinkDestination=parseLinkDestination, parseLinkTitle=parseLinkTitle
    )
    # Every target's scheme is checked when the body is built, where its position is known.
    md.validateLink = _any_link  # type: ignore[method-assign]
    return md


def _any_link(url: str) -> bool:  # noqa: ARG001 - markdown-it's signature
    return True


def parse_page(file: PageFile, style: Style = ENGLISH_STYLE, site: str = "", *, fast: bool = True) -> Staged[Document]:
    """Parse a page's body, set in the style of its language; `site` is the site's own address.

    Pure: the same file gives the same document, with and without `fast`.
    """
    md, env = markdown(fast=fast), {"style": style}

    def set_text(builder: DocumentBuilder, text: str, source_map: SourceMap) -> Body:
        return inline_body(builder, md.parseInline(text, env)[0], source_map)

    builder = DocumentBuilder(PageText(file.path, file.body), site, set_text, file.kind == "page")
    picture = file.meta.image
    # It stands before the text, and so do its notes.
    texts = picture.texts if picture else ()
    lead = tuple((name, set_text(builder, text, FixedMap(span))) for name, text, span in texts)
    tokens = _tokens(md, file.body, env)
    body = Walk(builder, _declared(file)).walk(tokens)
    _report_foreign(builder, tokens, file.body)
    document = Document(
        file=file,
        body=body,
        claims=tuple(builder.claims),
        cites=tuple(builder.cites),
        footnotes=tuple(_footnotes(builder)),
        links=tuple(builder.links),
        refs=tuple(builder.refs),
        calls=tuple(builder.calls),
        headings=tuple(builder.headings),
        hidden=frozenset(builder.hidden),
        lead=lead,
    )
    return Staged(document, tuple(builder.diagnostics))


def _declared(file: PageFile) -> frozenset[str]:
    """The ids of claims and sources in the front matter."""
    ids: set[str] = set()
    for claim in file.meta.claims:
        ids |= {claim.id, *(edge.source for edge in (*claim.sources, *claim.disputes, *claim.context))}
        ids |= {response.id for response in claim.responses}
    return frozenset(ids)


def _tokens(md: MarkdownIt, body: str, env: dict[str, Any]) -> list[Token]:
    with deep_recursion():
        return md.parse(body, env)


def _report_foreign(builder: DocumentBuilder, tokens: list[Token], body: str) -> None:
    for token, foreign in foreign_lines(tokens, body):
        span = builder.text.source_map(token).span(foreign.start, foreign.end)
        builder.foreign.append(Noted(foreign, span, ()))
    if builder.foreign:
        builder.diagnostics += foreign_diagnostics(sorted(builder.foreign, key=lambda noted: noted.span))


def _footnotes(builder: DocumentBuilder) -> Iterator[Footnote]:
    notes = builder.notes
    for label, (_, span) in notes.defined.items():
        if label not in notes.numbers:
            builder.report("W351", f"footnote `{label}` is never referred to", span)
    for label in notes.numbers:
        body, span = notes.defined.get(label, ((), notes.references[label]))
        if label not in notes.defined:
            near = did_you_mean(label, notes.defined) if len(builder.diagnostics) < _MANY else ()
            hint = rf"write it, `[^{label}]: …`, or `\[^{label}]` for the characters"
            builder.report("E311", f"footnote `{label}` isn't defined", span, *(near or (hint,)))
        yield Footnote(label, body, tuple(notes.sections[label]), span)
