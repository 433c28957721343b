"""Reads a Word document (.docx), also one that Google Docs, LibreOffice or Pages saved."""

from __future__ import annotations

import io
import re
import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING, Any
from xml.sax import SAXException
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile

import mammoth

from explainer.importing.document import Imported, LeftOut, Origin, UnreadableError
from explainer.importing.word_parts import (
    clean_part,
    hidden_styles,
    is_word_text,
    local,
    parse_part,
    read_comments,
    text_of,
)

if TYPE_CHECKING:
    from explainer.importing.document import Comment

_LARGEST = 500_000_000  # bytes, unpacked
_OLD_FORMAT = b"\xd0\xcf\x11\xe0"
_STYLES = """
p[style-name='Title'] => h1.title:fresh
p[style-name='Subtitle'] => p.subtitle:fresh
p[style-name='Quote'] => blockquote > p:fresh
p[style-name='Intense Quote'] => blockquote > p:fresh
"""
_PEOPLE = {"creator": "author", "lastModifiedBy": "last_saved_by"}
_EXTENSIONS = {"jpeg": "jpg", "svg+xml": "svg", "x-png": "png", "pjpeg": "jpg", "tiff": "tif"}
_IGNORED = re.compile(r"An unrecognised element was ignored: (.+)")
# Elements that hold no text of their own.
_SILENT = re.compile(
    r"(?:office-word|v|o|w14|w15|wp14|mc|a|pic):|w:(?:permStart|permEnd|tblPrEx|sdtEndPr|cr|ptab|control)$"
)


def read_word(data: bytes) -> Imported:
    """A Word document as HTML.

    Raises:
        UnreadableError: if it isn't one, or is damaged or protected.
    """
    if data.startswith(_OLD_FORMAT):
        raise UnreadableError(
            "this document is protected with a password, or is of the old kind (.doc)",
            "save it as .docx without a password",
        )
    parts = _unpacked(data)
    texts = {name: root for name, root in _trees(parts).items() if is_word_text(root)}
    origin = Origin(_people(parts), _comments(texts))
    hidden = frozenset().union(
        *(hidden_styles(parse_part(parts[name])) for name in parts if name.endswith("/styles.xml"))
    )
    left_out = [one for root in texts.values() for one in clean_part(root, hidden)]
    left_out += _headers(parts)
    pictures: dict[str, bytes] = {}
    html, messages = _converted(_packed(parts, texts), pictures)
    left_out += [LeftOut(f"something that can't be converted ({name})") for name in _unknown(messages)]
    return Imported(html, pictures, origin, tuple(left_out))


def _unpacked(data: bytes) -> dict[str, bytes]:
    try:
        with ZipFile(io.BytesIO(data)) as archive:
            if sum(one.file_size for one in archive.infolist()) > _LARGEST:
                raise UnreadableError("the document is too large, or is made to look small")
            return {name: archive.read(name) for name in archive.namelist()}
    except (BadZipFile, RuntimeError, NotImplementedError, OSError, EOFError, ValueError) as error:
        raise UnreadableError(
            f"this isn't a Word document ({error})", "save it as .docx in Word or Google Docs"
        ) from None


def _packed(parts: dict[str, bytes], texts: dict[str, ET.Element]) -> io.BytesIO:
    """The document once more, with its texts cleaned."""
    packed = io.BytesIO()
    with ZipFile(packed, "w", ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, ET.tostring(texts[name]) if name in texts else content)
    packed.seek(0)
    return packed


def _trees(parts: dict[str, bytes]) -> dict[str, ET.Element]:
    return {name: parse_part(content) for name, content in parts.items() if name.endswith((".xml", ".rels"))}


def _comments(texts: dict[str, ET.Element]) -> tuple[Comment, ...]:
    by_kind = {local(root.tag): root for root in texts.values()}
    if not {"document", "comments"} <= by_kind.keys():
        return ()
    return tuple(read_comments(by_kind["document"], by_kind["comments"]))


def _people(parts: dict[str, bytes]) -> tuple[tuple[str, str], ...]:
    """Who wrote and saved the document, as it says itself."""
    if "docProps/core.xml" not in parts:
        return ()
    found = {local(one.tag): (one.text or "").strip() for one in parse_part(parts["docProps/core.xml"])}
    return tuple((key, found[name]) for name, key in _PEOPLE.items() if found.get(name))


def _headers(parts: dict[str, bytes]) -> list[LeftOut]:
    """The lines at the head and foot of every page, which no web page has."""
    names = [name for name in parts if re.fullmatch(r"word/(?:header|footer)\d*\.xml", name)]
    texts = dict.fromkeys(text for name in names if (text := text_of(parse_part(parts[name]))))
    return [LeftOut(f"the head or foot of its pages: “{text}”") for text in texts]


def _converted(document: io.BytesIO, pictures: dict[str, bytes]) -> tuple[str, list[str]]:
    """The document as HTML, and what the library says about it; collects the pictures."""

    def keep(image: Any) -> dict[str, str]:
        kind = image.content_type.rpartition("/")[2].lower()
        name = f"picture-{len(pictures) + 1}.{_EXTENSIONS.get(kind, kind)}"
        with image.open() as file:
            pictures[name] = file.read()
        return {"src": name}

    try:
        result = mammoth.convert_to_html(
            document,
            style_map=_STYLES,
            include_embedded_style_map=False,
            convert_image=mammoth.images.img_element(keep),
        )
    except (
        ArithmeticError,
        AttributeError,
        LookupError,
        OSError,
        RecursionError,
        SAXException,
        TypeError,
        ValueError,
    ) as error:
        hint = "open it in Word or Google Docs and save it again"
        raise UnreadableError(f"the document is damaged ({type(error).__name__}: {error})", hint) from None
    return result.value, [message.message for message in result.messages]


def _unknown(messages: list[str]) -> list[str]:
    """What the library left out and may have been text."""
    found = (_IGNORED.fullmatch(message) for message in messages)
    names = [one[1] for one in found if one and not _SILENT.match(one[1])]
    names += [message for message in messages if "external" in message or "unsupported character" in message]
    return list(dict.fromkeys(names))
