"""Reads a Markdown file, such as Google Docs makes of a document."""

from __future__ import annotations

import base64
import binascii
import re
from typing import TYPE_CHECKING
from urllib.parse import unquote

from markdown_it import MarkdownIt
from mdit_py_plugins.footnote import footnote_plugin

from explainer.importing.document import Imported, LeftOut, Origin, UnreadableError
from explainer.importing.markdown_writer import parse_html
from explainer.system.site_files import decode, inside, read_file

if TYPE_CHECKING:
    from pathlib import Path

    from bs4 import Tag

_DATA = re.compile(r"data:image/([\w.+-]+);base64,(.*)", re.DOTALL)
_EXTENSIONS = {"jpeg": "jpg", "svg+xml": "svg"}
_FRONT_MATTER = re.compile(r"(?:---|\+\+\+)\s*\n")


def read_markdown(data: bytes, folder: Path) -> Imported:
    """A Markdown file as HTML; pictures are in it, or below its folder.

    Raises:
        UnreadableError: if it isn't text, or has front matter.
    """
    read = decode("", data)
    if read.value is None:
        first = read.diagnostics[0]
        raise UnreadableError(f"line {first.span.line}: {first.message}", *first.hints[:1])
    if _FRONT_MATTER.match(read.value):
        raise UnreadableError(
            "this file has front matter: it is a page already",
            "put it into content/explainers/ and run `explainer check`, which says what to change",
        )
    md = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
    footnote_plugin(md, inline=False)
    # Google Docs writes line breaks in cells so.
    tree = parse_html(re.sub(r"&lt;br ?/?&gt;", "<br>", md.render(read.value)))
    pictures: dict[str, bytes] = {}
    reasons = [_keep(image, folder, pictures) for image in tree.find_all("img")]
    return Imported(str(tree), pictures, Origin(), tuple(filter(None, reasons)))


def _keep(image: Tag, folder: Path, pictures: dict[str, bytes]) -> LeftOut | None:
    """Collect a picture, under a name of its own; what can't be had goes out of the tree."""
    src = str(image.get("src") or "")
    place = f"the picture “{image.get('alt')}”" if image.get("alt") else "a picture"
    embedded = _DATA.fullmatch(unquote(src) if src.startswith("data:") else src)
    if embedded:
        return _keep_embedded(image, embedded, pictures, place)
    if "://" in src or src.startswith("data:"):
        image.decompose()
        return LeftOut("a picture that is on the web", place, f"save it beside the page: {src[:100]}")
    path = unquote(src)
    read = read_file(folder, path) if inside(folder, path) else None
    if read is None or read.value is None:
        image.decompose()
        reason = read.diagnostics[0].message if read else "it isn't in the folder of the document"
        return LeftOut(f"a picture that can't be read ({src})", place, reason)
    extension = src.rpartition(".")[2].lower() if "." in src else "png"
    image["src"] = _added(pictures, read.value, extension)
    return None


def _keep_embedded(image: Tag, found: re.Match[str], pictures: dict[str, bytes], place: str) -> LeftOut | None:
    try:
        content = base64.b64decode(re.sub(r"\s", "", found[2]), validate=True)
    except binascii.Error:
        image.decompose()
        return LeftOut("a picture that can't be read", place)
    image["src"] = _added(pictures, content, _EXTENSIONS.get(found[1], found[1]))
    return None


def _added(pictures: dict[str, bytes], content: bytes, extension: str) -> str:
    """The name of a picture; equal ones are one file."""
    for name, known in pictures.items():
        if known == content:
            return name
    name = f"picture-{len(pictures) + 1}.{extension}"
    pictures[name] = content
    return name
