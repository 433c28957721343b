"""Extract the text of saved copies, for quotes to be checked against."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from explainer.diagnostics import Diagnostic
from explainer.load.html_text import html_text
from explainer.system.site_files import read_file

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from explainer.model.declared import Source
    from explainer.system.site_files import Unsaved

_HTML = (".html", ".htm", ".xhtml")
_PICTURES = (".png", ".jpg", ".jpeg", ".webp", ".gif", ".tif", ".tiff", ".heic", ".avif")
# How documents of word processors begin (a zip archive, Microsoft's older container, RTF), and how they are called.
_OFFICE = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"{\\rtf")
_OFFICE_ENDINGS = (".docx", ".doc", ".odt", ".rtf", ".pages", ".epub")
# A page that is larger would take longer than anybody waits. Pictures within a page are large, and have few tags.
_MOST_BYTES = 100_000_000
_MOST_TAGS = 1_000_000
# What mail puts before each line of what is answered.
_QUOTED_LINE = re.compile(r"^(?:>[ \t]?)+", re.MULTILINE)
# A line of its own at the top or the foot of a page.
_PAGE_NUMBER = re.compile(r"(?:page )?\W{0,2}\d{1,4}\W{0,2}(?:of \d{1,4})?", re.IGNORECASE)


def check_copy(root: Path, source: Source, unsaved: Unsaved | None = None) -> Iterator[Diagnostic]:
    """What is wrong with a source's saved copy, if it has one: E209."""
    if source.saved:
        yield from copy_faults(source, copy_text(root, source.saved, unsaved))


def copy_faults(source: Source, text: str | tuple[str, ...]) -> Iterator[Diagnostic]:
    """E209 if that is no text but what is wrong with the source's saved copy."""
    if not isinstance(text, str):
        message, *hints = text
        named = f"of `{source.id}`" if source.confidential else f"`{source.saved}`"
        yield Diagnostic("E209", f"the saved copy {named} {message}", source.span, tuple(hints))


def copy_text(root: Path, path: str, unsaved: Unsaved | None = None) -> str | tuple[str, ...]:
    """The text of a saved copy (text, HTML or PDF), or what is wrong with it and a hint."""
    return text_in(path, read_file(root, path, unsaved).value)


def text_in(path: str, data: bytes | None) -> str | tuple[str, ...]:
    """The text of a saved copy from its bytes, None if it can't be read, or what is wrong and a hint."""
    if data is None:
        return ("is missing or can't be read",)
    try:
        text = _text(path.lower(), data)
    except _UnreadableError as error:
        return error.args
    except UnicodeDecodeError:
        return ("isn't UTF-8 text", "save it as UTF-8 text, HTML or PDF")
    if not text.strip():
        return ("has no text", "a scan contains only pictures: save its text")
    return text


class _UnreadableError(Exception):
    """A saved copy can't be read: what is wrong with it, and a hint."""


def _text(path: str, data: bytes) -> str:
    if data.startswith(_OFFICE) or path.endswith(_OFFICE_ENDINGS):
        raise _UnreadableError("is a word processor's document, and not text, HTML or PDF", "export it as PDF or text")
    if path.endswith(_HTML):
        return _html(data)
    if path.endswith(".pdf") or data.startswith(b"%PDF-"):
        return _pdf(data)
    if path.endswith(_PICTURES):
        raise _UnreadableError("is a picture", "save its text")
    return _QUOTED_LINE.sub("", data.decode("utf-8-sig"))


def _html(data: bytes) -> str:
    if len(data) > _MOST_BYTES or data.count(b"<") > _MOST_TAGS:
        size = f"{len(data) / 1e6:.1f} MB of HTML with {data.count(b'<'):,} tags"
        hint = "save it as PDF or text, or without what surrounds the text"
        raise _UnreadableError(
            f"is {size}, and at most {_MOST_BYTES // 10**6} MB with {_MOST_TAGS:,} tags are read", hint
        )
    from bs4.dammit import UnicodeDammit  # noqa: PLC0415 - few builds need it

    return html_text(UnicodeDammit(data, is_html=True).unicode_markup or "")


def _pdf(data: bytes) -> str:
    import logging  # noqa: PLC0415
    from io import BytesIO  # noqa: PLC0415

    from pypdf import PdfReader  # noqa: PLC0415 - few builds need it

    # What it finds odd in a file that it can read is nobody's concern.
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    try:
        reader = PdfReader(BytesIO(data))
        closed = reader.is_encrypted and not reader.decrypt("")
        pages = [] if closed else [page.extract_text() for page in reader.pages]
    except Exception as error:  # pypdf raises anything over damaged bytes
        raise _UnreadableError("can't be read", "save it again, or save its text") from error
    if closed:
        raise _UnreadableError("needs a password", "save it without one, or save its text")
    return "\n".join(map(_without_number, pages))


def _without_number(page: str) -> str:
    """The text of a page without its number, which stands between the words of two pages."""
    lines = page.strip().split("\n")
    for end in (0, -1):
        if lines and _PAGE_NUMBER.fullmatch(lines[end].strip()):
            del lines[end]
    return "\n".join(lines)
