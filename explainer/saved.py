"""Saved copies of sources: their text, for quotes to be checked against."""

from __future__ import annotations

from typing import TYPE_CHECKING

from explainer.diagnostics import Diagnostic, Span, Staged
from explainer.load import read_file

if TYPE_CHECKING:
    from pathlib import Path

    from explainer.model import Source

_HTML = (".html", ".htm", ".xhtml")


def read_copy(root: Path, source: Source) -> Staged[str | None]:
    """The text of a source's saved copy (text, HTML or PDF); None and E209 if it can't be had."""
    path = source.saved or ""
    read = read_file(root, path)
    if read.value is None:
        return _bad(source, "is missing or can't be read")
    try:
        text = _text(path.lower(), read.value)
    except UnicodeDecodeError:
        return _bad(source, "isn't UTF-8 text", "save it as UTF-8 text, HTML or PDF")
    except ValueError as error:
        return _bad(source, str(error))
    return Staged(text)


def _text(path: str, data: bytes) -> str:
    if path.endswith(_HTML):
        return _html(data)
    if path.endswith(".pdf"):
        return _pdf(data)
    return data.decode("utf-8-sig")


def _html(data: bytes) -> str:
    from bs4 import BeautifulSoup  # noqa: PLC0415 - few builds need it

    soup = BeautifulSoup(data, "html.parser")
    for element in soup(["script", "style", "template"]):
        element.decompose()
    return soup.get_text(" ")


def _pdf(data: bytes) -> str:
    from io import BytesIO  # noqa: PLC0415

    from pypdf import PdfReader  # noqa: PLC0415 - few builds need it
    from pypdf.errors import PyPdfError  # noqa: PLC0415

    try:
        return "\n".join(page.extract_text() for page in PdfReader(BytesIO(data)).pages)
    except PyPdfError as error:
        raise ValueError("isn't a PDF that can be read") from error


def _bad(source: Source, message: str, *hints: str) -> Staged[str | None]:
    return Staged(None, (Diagnostic("E209", f"the saved copy `{source.saved}` {message}", _place(source), hints),))


def _place(source: Source) -> Span:
    return source.span
