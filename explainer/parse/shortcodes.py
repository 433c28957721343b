"""What happens to a draft at each shortcode: `claim`, `source`, `ref`, and those with a template."""

from __future__ import annotations

from typing import TYPE_CHECKING

from explainer.model.document import CallHole, CallMark, CiteHole, ClaimClose, ClaimMark, ClaimOpen, ClaimWords, RefHole
from explainer.parse import arguments
from explainer.parse.arguments import CLAIM_ARGUMENTS, REF_ARGUMENTS, SOURCE_ARGUMENTS, Reader
from explainer.parse.document_builder import Opened

if TYPE_CHECKING:
    from explainer.parse.document_builder import Draft
    from explainer.parse.positions import Place
    from explainer.parse.tag_grammar import Tag

# How deep templates may stand in one another: each is rendered inside the one around it.
MAX_INSIDE = 16
TAKE_OUT = "take some of the levels out"
_QUOTE_MARKS = {"“": "”", "‘": "’", "«": "»", "„": "“", '"': '"', "'": "'"}


def tag_faults(draft: Draft, tag: Tag, place: Place) -> None:
    """Keep what is wrong with a tag's own text."""
    for fault in tag.faults:
        draft.fault(fault.code, fault.message, place.span(fault.start, fault.end), fault.hint)


def open_shortcode(draft: Draft, tag: Tag, place: Place, *, block: bool) -> None:
    """Begin a shortcode that has a closing tag."""
    match tag.name:
        case "claim":
            opened = _open_claim(draft, tag, place, block=block)
        case "source":
            opened = _open_source(draft, tag, place, block=block)
        case "ref":
            opened = _open_ref(draft, tag, place, block=block)
        case _:
            opened = _open_call(draft, tag, place)
    draft.opened.append(opened)


def close_shortcode(draft: Draft, *, block: bool) -> None:
    """End the innermost open shortcode."""
    opened = draft.opened.pop()
    match opened.tag.name:
        case "claim":
            _close_claim(draft, opened, block=block)
        case "source":
            _close_source(draft, opened, block=block)
        case "ref":
            if opened.number >= 0:
                draft.parts.append("</a>")
                draft.close_link()
        case _ if opened.number >= 0:
            frame = draft.end_frame()
            draft.frames[-1].panels += frame.panels
            draft.parts.append(CallHole(opened.number, frame.body()))


def void_shortcode(draft: Draft, tag: Tag, place: Place) -> None:
    """A shortcode without a closing tag."""
    match tag.name:
        case "claim":
            hint = "write the claim's words, and `{{< /claim >}}` after them"
            draft.fault("E302", "`claim` has no closing tag", place.span(tag.start, tag.end), hint)
        case "source":
            _add_void_cite(draft, tag, place)
        case "ref":
            reader = Reader(tag, place, REF_ARGUMENTS)
            if _may_link(draft, reader) and _add_ref(draft, reader):
                draft.parts.append(RefHole(len(draft.refs) - 1, address=False))
        case _:
            draft.parts.append(CallHole(_add_call(draft, tag, place, paired=False), ()))


# --- Claims -----------------------------------------------------------------------------------


def _open_claim(draft: Draft, tag: Tag, place: Place, *, block: bool) -> Opened:
    reader = Reader(tag, place, CLAIM_ARGUMENTS)
    decl = arguments.claim_decl(reader)
    draft.faults += reader.faults
    if decl is None:
        return Opened(tag, reader)
    number = len(draft.claims)
    parent = draft.claim_stack[-1] if draft.claim_stack else None
    draft.claims.append(ClaimMark(decl, "", parent, -1 if block else draft.block))
    draft.claim_stack.append(number)
    draft.parts.append(ClaimOpen(number, block))
    if block:
        draft.frames[-1].depth += 1
    return Opened(tag, reader, number, len(draft.words))


def _close_claim(draft: Draft, opened: Opened, *, block: bool) -> None:
    number, frame = opened.number, draft.frames[-1]
    if number < 0:
        return
    mark = draft.claims[number]
    draft.claims[number] = ClaimMark(mark.decl, draft.said_since(opened.said), mark.parent, mark.block)
    draft.claim_stack.pop()
    frame.panels.append(number)
    if block:
        draft.parts += (ClaimWords(number, block=True), ClaimClose(number, block=True))
        draft.words.append(" ")
        frame.leave()
    else:
        draft.parts.append(ClaimClose(number, block=False))
        draft.emit_after_link(ClaimWords(number, block=False))


# --- Sources ----------------------------------------------------------------------------------


def _open_source(draft: Draft, tag: Tag, place: Place, *, block: bool) -> Opened:
    if not block:
        draft.parts.append("<bdi>")  # a quote is in the source's own language, which may run the other way
    return Opened(tag, Reader(tag, place, SOURCE_ARGUMENTS), said=len(draft.words))


def _close_source(draft: Draft, opened: Opened, *, block: bool) -> None:
    if not block:
        draft.parts.append("</bdi>")
    quote = _without_quote_marks(draft.said_since(opened.said))
    if opened.reader:
        _add_cite(draft, opened.reader, quote, block=block)


def _add_cite(draft: Draft, reader: Reader, quote: str | None, *, block: bool) -> None:
    claim = draft.claim_stack[-1] if draft.claim_stack else None
    ids = arguments.cite_ids(reader)
    mark = arguments.cite_mark(reader, ids, quote, claim, draft.block, draft.section)
    draft.faults += reader.faults
    draft.cites.append(mark)
    hole = CiteHole(len(draft.cites) - 1)
    if block:
        draft.parts += ('<p class="x-cited">', hole, "</p>\n")
    else:
        draft.emit_after_link(hole)


def _add_void_cite(draft: Draft, tag: Tag, place: Place) -> None:
    claim = draft.claim_stack[-1] if draft.claim_stack else None
    mark = arguments.plain_cite(tag, place, claim, draft.block, draft.section)
    if mark is None:
        _add_cite(draft, Reader(tag, place, SOURCE_ARGUMENTS), None, block=False)
    else:
        draft.cites.append(mark)
        draft.emit_after_link(CiteHole(len(draft.cites) - 1))


def _without_quote_marks(text: str) -> str:
    """The text inside one pair of quote marks that holds all of it."""
    end = _QUOTE_MARKS.get(text[:1])
    if end and len(text) > 1 and text.endswith(end) and end not in text[1:-1] and text[0] not in text[1:-1]:
        return text[1:-1]
    return text


# --- References and templates -----------------------------------------------------------------


def _open_ref(draft: Draft, tag: Tag, place: Place, *, block: bool) -> Opened:
    reader = Reader(tag, place, REF_ARGUMENTS)
    if block:
        hint = "write both tags in one paragraph, around the words of the link"
        draft.fault("E309", "`ref` can't stand around whole paragraphs", reader.span, hint)
        return Opened(tag, reader)
    if not (_may_link(draft, reader) and _add_ref(draft, reader)):
        return Opened(tag, reader)
    number = len(draft.refs) - 1
    draft.parts += ('<a href="', RefHole(number, address=True), '">')
    draft.links_open += 1
    return Opened(tag, reader, number)


def _may_link(draft: Draft, reader: Reader) -> bool:
    if draft.links_open:
        draft.fault("E309", "`ref` can't stand inside a link", reader.span, "put it before or after the link")
    return not draft.links_open


def _add_ref(draft: Draft, reader: Reader) -> bool:
    mark = arguments.ref_mark(reader)
    draft.faults += reader.faults
    if mark:
        draft.refs.append(mark)
    return mark is not None


def _open_call(draft: Draft, tag: Tag, place: Place) -> Opened:
    if len(draft.frames) > MAX_INSIDE:
        draft.fault("E310", "shortcodes are nested too deeply here", place.span(tag.start, tag.end), TAKE_OUT)
        return Opened(tag)
    number = _add_call(draft, tag, place, paired=True)
    draft.begin_frame()
    return Opened(tag, number=number)


def _add_call(draft: Draft, tag: Tag, place: Place, *, paired: bool) -> int:
    positional = tuple(argument.value for argument in tag.arguments if argument.key is None)
    named: dict[str, str] = {}
    for argument in tag.arguments:
        if argument.key in named:
            span = place.span(argument.start, argument.end)
            draft.fault("E305", f"`{argument.key}` is given twice", span)
        elif argument.key is not None:
            named[argument.key] = argument.value
    span = place.span(tag.start, tag.end)
    draft.calls.append(CallMark(tag.name, positional, tuple(named.items()), paired, span))
    return len(draft.calls) - 1
