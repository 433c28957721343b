"""What each shortcode does to the document: `claim`, `source`, `ref`, and those with a template."""

from __future__ import annotations

from typing import TYPE_CHECKING

from explainer.model.document import CallHole, CallMark, CiteHole, ClaimClose, ClaimMark, ClaimOpen, ClaimWords, RefHole
from explainer.parse import arguments
from explainer.parse.arguments import CLAIM_ARGUMENTS, REF_ARGUMENTS, SOURCE_ARGUMENTS, ArgumentReader
from explainer.parse.document_builder import Alone, Opened
from explainer.parse.positions import FixedMap, ShiftedMap
from explainer.text.quotation_marks import PAIRS

if TYPE_CHECKING:
    from explainer.diagnostics import Span
    from explainer.model.document import Body, Hole
    from explainer.parse.document_builder import DocumentBuilder
    from explainer.parse.positions import SourceMap
    from explainer.parse.tag_grammar import Tag

# Arguments of templates that take inline Markdown.
FORMATTED = frozenset({"caption", "credit"})
# How deep templates may be nested: each is rendered inside the one around it.
MAX_INSIDE = 16
TAKE_OUT = "take some of the levels out"
_STRAIGHT_MARKS = {('"', '"'), ("'", "'")}


def report_tag(builder: DocumentBuilder, tag: Tag, source_map: SourceMap) -> None:
    """Report what is wrong with a tag's own text."""
    for diagnostic in tag.diagnostics:
        builder.report(
            diagnostic.code, diagnostic.message, source_map.span(diagnostic.start, diagnostic.end), diagnostic.hint
        )


def open_shortcode(builder: DocumentBuilder, tag: Tag, source_map: SourceMap, *, block: bool) -> None:
    """Begin a shortcode that has a closing tag."""
    match tag.name:
        case "claim":
            opened = _open_claim(builder, tag, source_map, block=block)
        case "source":
            opened = _open_source(builder, tag, source_map, block=block)
        case "ref":
            opened = _open_ref(builder, tag, source_map, block=block)
        case _:
            opened = _open_call(builder, tag, source_map, inline=not block)
    builder.opened.append(opened)


def close_shortcode(builder: DocumentBuilder, tag: Tag, source_map: SourceMap, *, block: bool) -> None:
    """End the innermost open shortcode at its closing tag."""
    opened = builder.opened.pop()
    match opened.tag.name:
        case "claim":
            _close_claim(builder, opened, source_map.span(tag.start, tag.end), block=block)
        case "source":
            _close_source(builder, opened, block=block)
        case "ref":
            if opened.number >= 0:
                builder.parts.append("</a>")
                builder.close_link()
        case _ if opened.number >= 0:
            if not block:
                builder.place_badges(0)
            frame = builder.end_frame()
            builder.frames[-1].panels += frame.panels
            builder.parts.append(CallHole(opened.number, frame.body(), opened.formatted))


def void_shortcode(builder: DocumentBuilder, tag: Tag, source_map: SourceMap, *, block: bool = False) -> None:
    """A shortcode without a closing tag."""
    if tag.kind == "open" and tag.name != "claim":
        call = None if tag.name in {"source", "ref"} else len(builder.calls)
        line = source_map.span(tag.start, tag.end).line
        builder.alone.setdefault(tag.name, []).append(Alone(line, call))
    match tag.name:
        case "claim":
            hint = "write the claim's words, and `{{< /claim >}}` after them"
            builder.report("E302", "`claim` has no closing tag", source_map.span(tag.start, tag.end), hint)
        case "source":
            _add_void_cite(builder, tag, source_map)
        case "ref":
            reader = ArgumentReader(tag, source_map, REF_ARGUMENTS)
            if _may_link(builder, reader) and _add_ref(builder, reader):
                builder.parts.append(RefHole(len(builder.refs) - 1, address=False))
        case _:
            number = _add_call(builder, tag, source_map, paired=False, inline=not block)
            builder.parts.append(CallHole(number, (), formatted_arguments(builder, tag, source_map)))


# --- Claims -----------------------------------------------------------------------------------


def _open_claim(builder: DocumentBuilder, tag: Tag, source_map: SourceMap, *, block: bool) -> Opened:
    reader = ArgumentReader(tag, source_map, CLAIM_ARGUMENTS)
    decl = arguments.claim_decl(reader)
    builder.diagnostics += reader.diagnostics
    if decl is None:
        return Opened(tag, reader)
    number = len(builder.claims)
    parent = builder.claim_stack[-1] if builder.claim_stack else None
    span = source_map.span(tag.start, tag.end)
    builder.claims.append(ClaimMark(decl, "", parent, -1 if block else builder.block, span))
    builder.claim_stack.append(number)
    builder.parts.append(ClaimOpen(number, block))
    if block:
        builder.frames[-1].depth += 1
    return Opened(tag, reader, number, len(builder.words))


def _close_claim(builder: DocumentBuilder, opened: Opened, end: Span, *, block: bool) -> None:
    number, frame = opened.number, builder.frames[-1]
    if number < 0:
        return
    mark = builder.claims[number]
    span = mark.span._replace(end_line=end.end_line, end_col=end.end_col)
    words = builder.said_since(opened.said)
    builder.claims[number] = ClaimMark(mark.decl, words, mark.parent, mark.block, span)
    if not words and not _shows_something(builder.parts, ClaimOpen(number, block)):
        hint = "put its tags around the words that it claims"
        builder.report("E403", f"there are no words between the tags of claim `{mark.decl.id}`", span, hint)
    builder.claim_stack.pop()
    frame.panels.append(number)
    if block:
        builder.parts += (ClaimWords(number, block=True), ClaimClose(number, block=True))
        builder.words.append(" ")
        frame.leave()
    else:
        builder.parts.append(ClaimClose(number, block=False))
        builder.emit_after_link(ClaimWords(number, block=False))


def _shows_something(parts: list[str | Hole], opening: str | Hole) -> bool:
    """Whether there is a picture, or what is filled in later, behind an opening tag."""
    for part in reversed(parts):
        if part == opening:
            return False
        if type(part) in (CallHole, RefHole) or (type(part) is str and part.startswith("<img")):
            return True
    return False


# --- Sources ----------------------------------------------------------------------------------


def _open_source(builder: DocumentBuilder, tag: Tag, source_map: SourceMap, *, block: bool) -> Opened:
    if not block:
        builder.parts.append("<bdi>")  # a quote is in the source's own language, which may run the other way
    return Opened(tag, ArgumentReader(tag, source_map, SOURCE_ARGUMENTS), said=len(builder.words))


def _close_source(builder: DocumentBuilder, opened: Opened, *, block: bool) -> None:
    if not block:
        builder.parts.append("</bdi>")
    quote = _without_quote_marks(builder.said_since(opened.said))
    if opened.reader and not quote and not block and builder.parts[-2:] == ["<bdi>", "</bdi>"]:
        hint = "put its tags around the words that are quoted, or leave the closing tag out"
        builder.report("E305", "there are no words between the tags of `source`", opened.reader.span, hint)
    if opened.reader:
        _add_cite(builder, opened.reader, quote, block=block)


def _add_cite(builder: DocumentBuilder, reader: ArgumentReader, quote: str | None, *, block: bool) -> None:
    claim = builder.claim_stack[-1] if builder.claim_stack else None
    ids = arguments.cite_ids(reader)
    mark = arguments.cite_mark(reader, ids, quote, claim, builder.block, builder.section)
    builder.diagnostics += reader.diagnostics
    builder.cites.append(mark)
    hole = CiteHole(len(builder.cites) - 1)
    if block:
        builder.parts += ('<p class="x-cited">', hole, "</p>\n")
    else:
        builder.emit_after_link(hole)


def _add_void_cite(builder: DocumentBuilder, tag: Tag, source_map: SourceMap) -> None:
    claim = builder.claim_stack[-1] if builder.claim_stack else None
    mark = arguments.plain_cite(tag, source_map, claim, builder.block, builder.section)
    if mark is None:
        _add_cite(builder, ArgumentReader(tag, source_map, SOURCE_ARGUMENTS), None, block=False)
    else:
        builder.cites.append(mark)
        builder.emit_after_link(CiteHole(len(builder.cites) - 1))


def _without_quote_marks(text: str) -> str:
    """The text inside one pair of quote marks that holds all of it, without the spaces that belong to the marks."""
    first, inside, last = text[:1], text[1:-1], text[-1:]
    pair = (first, last)
    if len(text) > 1 and (pair in PAIRS or pair in _STRAIGHT_MARKS) and first not in inside and last not in inside:
        return inside.strip()
    return text


# --- References and templates -----------------------------------------------------------------


def _open_ref(builder: DocumentBuilder, tag: Tag, source_map: SourceMap, *, block: bool) -> Opened:
    reader = ArgumentReader(tag, source_map, REF_ARGUMENTS)
    if block:
        hint = "write both tags in one paragraph, around the words of the link"
        builder.report("E309", "`ref` can't be put around whole paragraphs", reader.span, hint)
        return Opened(tag, reader)
    if not (_may_link(builder, reader) and _add_ref(builder, reader)):
        return Opened(tag, reader)
    number = len(builder.refs) - 1
    builder.parts += ('<a href="', RefHole(number, address=True), '">')
    builder.links_open += 1
    return Opened(tag, reader, number)


def _may_link(builder: DocumentBuilder, reader: ArgumentReader) -> bool:
    if builder.links_open:
        builder.report("E309", "`ref` can't be used inside a link", reader.span, "put it before or after the link")
    return not builder.links_open


def _add_ref(builder: DocumentBuilder, reader: ArgumentReader) -> bool:
    mark = arguments.ref_mark(reader)
    builder.diagnostics += reader.diagnostics
    if mark:
        builder.refs.append(mark)
    return mark is not None


def _open_call(builder: DocumentBuilder, tag: Tag, source_map: SourceMap, *, inline: bool) -> Opened:
    if len(builder.frames) > MAX_INSIDE:
        builder.report("E310", "shortcodes are nested too deeply here", source_map.span(tag.start, tag.end), TAKE_OUT)
        return Opened(tag)
    number = _add_call(builder, tag, source_map, paired=True, inline=inline)
    formatted = formatted_arguments(builder, tag, source_map)
    builder.begin_frame()
    return Opened(tag, number=number, formatted=formatted)


def _add_call(builder: DocumentBuilder, tag: Tag, source_map: SourceMap, *, paired: bool, inline: bool) -> int:
    positional = tuple(argument.value for argument in tag.arguments if argument.key is None)
    named: dict[str, str] = {}
    for argument in tag.arguments:
        if argument.key in named:
            span = source_map.span(argument.start, argument.end)
            builder.report("E305", f"`{argument.key}` is given twice", span)
        elif argument.key is not None:
            named[argument.key] = argument.value
    span = source_map.span(tag.start, tag.end)
    builder.calls.append(CallMark(tag.name, positional, tuple(named.items()), paired, span, inline))
    return len(builder.calls) - 1


def formatted_arguments(builder: DocumentBuilder, tag: Tag, source_map: SourceMap) -> tuple[tuple[str, Body], ...]:
    """The arguments that are texts with inline markup, citations and notes, as bodies."""
    bodies: dict[str, Body] = {}
    for argument in tag.arguments:
        if argument.key in FORMATTED and builder.set_text:
            value, start = argument.value, argument.value_start
            written = argument.end - start - len(value) <= 1  # but for the quote mark behind it
            place = source_map.span(argument.start, argument.end)
            inside = ShiftedMap(source_map, start) if written else FixedMap(place)
            bodies.setdefault(argument.key, builder.set_text(builder, value, inside))
    return tuple(bodies.items())
