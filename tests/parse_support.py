"""What the tests of `explainer.parse` share: pages of text alone, and documents in a form to read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from explainer.diagnostics import Span
from explainer.model.declared import Meta, PageFile
from explainer.model.document import (
    CallHole,
    CiteHole,
    ClaimClose,
    ClaimNumbers,
    ClaimOpen,
    ClaimWords,
    FootnoteHole,
    HrefHole,
    PanelsHole,
    RefHole,
    SizeHole,
    SourcesHole,
)
from explainer.parse import parse_page

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from explainer.diagnostics import Diagnostic, Staged
    from explainer.model.document import Body, CiteMark, Document, Hole

PATH = "content/explainers/a.md"


def parse(body: str, *, fast: bool = True) -> Staged[Document]:
    """A page of this text alone, parsed."""
    meta = Meta(title="A", span=Span(PATH))
    return parse_page(PageFile(PATH, "explainer", "a", bundle=False, meta=meta, body=body), fast=fast)


def at(text: str, span: Span) -> str:
    """What stands in a text at a span."""
    lines = text.split("\n")[span.line - 1 : span.end_line]
    lines[-1] = lines[-1][: span.end_col - 1]
    lines[0] = lines[0][span.col - 1 :]
    return "\n".join(lines)


def told(staged: Staged[Document], body: str) -> list[tuple[str, str]]:
    """The codes of the faults, in order, each with the text at its span."""
    return [(one.code, at(body, one.span)) for one in sorted(staged.diagnostics, key=lambda one: one.sort_key)]


def spans(document: Document) -> Iterator[Span]:
    """The span of every claim, citation, reference, call and link."""
    yield from (claim.decl.span for claim in document.claims)
    for marks in (document.cites, document.refs, document.calls, document.links):
        yield from (mark.span for mark in marks)


# --- A document as fixtures tell it --------------------------------------------------------------


def read_document(staged: Staged[Document], body: str) -> str:
    """The body with its holes named, then what the holes stand for, then the faults."""
    document = staged.value
    lines = [read_body(document, document.body).rstrip("\n")]
    lines += _records(document)
    lines += _faults(staged.diagnostics, body)
    return "\n".join(lines)


def read_body(document: Document, body: Body) -> str:
    """A body as text, its holes in pointed brackets."""
    return "".join(part if isinstance(part, str) else _hole(document, part) for part in body)


def _hole(document: Document, hole: Hole) -> str:  # noqa: C901 - a case for each kind
    def claim(number: int) -> str:
        return document.claims[number].decl.id

    match hole:
        case ClaimOpen(number, block):
            return f"⟨claim {claim(number)}{' block' * block}⟩" + "\n" * block
        case ClaimClose(number, block):
            return "⟨/claim⟩" + "\n" * block
        case ClaimNumbers(number):
            return f"⟨numbers {document.claims[number].decl.id}⟩"
        case ClaimWords(number, _):
            return f"⟨words {claim(number)}⟩"
        case CiteHole(number):
            return f"⟨cite {number}⟩"
        case FootnoteHole(note, ref):
            return f"⟨note {note}.{ref}⟩"
        case PanelsHole(claims):
            return f"⟨panels {', '.join(map(claim, claims))}⟩\n"
        case SizeHole() | SourcesHole():
            return ""
        case HrefHole(link):
            return f"⟨{document.links[link].target}⟩"
        case RefHole(ref, address):
            return f"⟨{'address of' if address else 'link to'} {document.refs[ref].target}⟩"
        case CallHole(number, inner):
            call = document.calls[number]
            words = [call.name, *call.positional, *(f"{key}={value}" for key, value in call.named)]
            inside = f"{read_body(document, inner)}⟨/{call.name}⟩" if call.paired else ""
            return f"⟨{' '.join(words)}⟩{inside}"


def _records(document: Document) -> Iterator[str]:
    for mark in document.claims:
        inside = f", in {document.claims[mark.parent].decl.id}" if mark.parent is not None else ""
        yield f"claim {mark.decl.id}{inside}: {mark.text}"
    for number, cite in enumerate(document.cites):
        yield f"cite {number}: {'; '.join(_cite(document, cite))}"
    for number, note in enumerate(document.footnotes):
        yield f"note {number}: {read_body(document, note.body).rstrip()}"
    for heading in document.headings:
        yield f"heading {heading.level} #{heading.id}: {heading.text}"


def _cite(document: Document, cite: CiteMark) -> Iterator[str]:
    yield " ".join(located.text for located in cite.ids)
    fields = {"quote": cite.quote, "at": cite.at, "stance": cite.stance, "response": cite.response}
    yield from (f"{name} {value}" for name, value in fields.items() if value is not None)
    if cite.claim is not None:
        yield f"in {document.claims[cite.claim].decl.id}"
    if cite.section:
        yield f"under {cite.section}"


def _faults(diagnostics: Iterable[Diagnostic], body: str) -> Iterator[str]:
    for one in sorted(diagnostics, key=lambda one: one.sort_key):
        text = at(body, one.span).replace("\n", "⏎")
        yield f"{one.code} at {one.span.line}:{one.span.col} [{text}] {one.message}"
        yield from (f"  hint: {hint}" for hint in one.hints)
