"""Word documents made for a test: with notes, comments, tracked changes, hidden text and pictures."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import docx
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn

if TYPE_CHECKING:
    from docx.oxml.xmlchemy import BaseOxmlElement
    from docx.text.paragraph import Paragraph

FOOTNOTES = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"


class WordFile:
    """A Word document under construction; `document` is python-docx's."""

    def __init__(self) -> None:
        self.document = docx.Document()
        self._notes: list[str] = []

    def text(self, words: str, style: str | None = None) -> Paragraph:
        """Add a paragraph."""
        return self.document.add_paragraph(words, style=style)

    def note(self, paragraph: Paragraph, words: str, link: str = "") -> None:
        """Add a footnote at the end of a paragraph, with a link behind its words."""
        self._notes.append(_note(len(self._notes) + 1, words, link))
        reference = OxmlElement("w:footnoteReference")
        reference.set(qn("w:id"), str(len(self._notes)))
        paragraph.add_run()._r.append(reference)

    def deleted(self, paragraph: Paragraph, words: str, kind: str = "del") -> None:
        """Add words that were deleted while changes were tracked."""
        _wrapped(paragraph, kind, _run(words, "w:delText" if kind == "del" else "w:t"))

    def inserted(self, paragraph: Paragraph, words: str) -> None:
        """Add words that were inserted while changes were tracked."""
        _wrapped(paragraph, "ins", _run(words, "w:t"))

    def raw(self, paragraph: Paragraph, xml: str) -> None:
        """Add any element."""
        paragraph._p.append(parse_xml(xml.replace(">", f" {nsdecls('w', 'm')}>", 1)))

    def save(self) -> bytes:
        """The document's bytes."""
        if self._notes:
            xml = f"<w:footnotes {nsdecls('w')}>{''.join(self._notes)}</w:footnotes>".encode()
            package = self.document.part.package
            assert package is not None
            part = Part(PackURI("/word/footnotes.xml"), FOOTNOTES, xml, package)
            self.document.part.relate_to(part, RELATIONSHIP_TYPE.FOOTNOTES)
        file = io.BytesIO()
        self.document.save(file)
        return file.getvalue()


def _note(number: int, words: str, link: str) -> str:
    escaped = words.replace("&", "&amp;").replace("<", "&lt;")
    code = f'<w:r><w:instrText> HYPERLINK "{link.replace("&", "&amp;")}" </w:instrText></w:r>'
    field = (
        f'<w:r><w:fldChar w:fldCharType="begin"/></w:r>{code}<w:r><w:fldChar w:fldCharType="separate"/></w:r>'
        '<w:r><w:t>the story</w:t></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )
    text = f'<w:r><w:t xml:space="preserve">{escaped}</w:t></w:r>'
    return f'<w:footnote w:id="{number}"><w:p>{text}{field if link else ""}</w:p></w:footnote>'


def _run(words: str, kind: str) -> BaseOxmlElement:
    run, text = OxmlElement("w:r"), OxmlElement(kind)
    text.text = words
    text.set(qn("xml:space"), "preserve")
    run.append(text)
    return run


def _wrapped(paragraph: Paragraph, kind: str, run: BaseOxmlElement) -> None:
    around = OxmlElement(f"w:{kind}")
    around.set(qn("w:id"), "900")
    around.set(qn("w:author"), "A Person")
    around.append(run)
    paragraph._p.append(around)
