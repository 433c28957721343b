"""CSS in a drawing: whether it refers to anything outside of the drawing, and the same without what comments say."""

from __future__ import annotations

import base64
import binascii
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)", re.DOTALL)
_COMMENT_OR_STRING = re.compile(r"""/\*.*?(?:\*/|\Z)|"(?:\\.|[^"\\])*+"|'(?:\\.|[^'\\])*+'""", re.DOTALL)
_ESCAPE = re.compile(r"\\(?:([0-9a-fA-F]{1,6})(?:\r\n|[ \t\r\n\f])?|(\r\n|[\n\r\f])|(.))", re.DOTALL)
_URL = re.compile(r"""\burl\(\s*(?:"([^"]*)"|'([^']*)'|([^)"']*))\s*\)""", re.IGNORECASE)
# What else loads something: other functions, imports, and what old browsers ran.
_LOADING = re.compile(
    r"@import|(?:^|[^\w-])(?:src|image|(?:-webkit-)?image-set|(?:-webkit-)?cross-fade|expression)\s*\(|-moz-binding|behavior\s*:",
    re.IGNORECASE,
)
_DATA = re.compile(r"data:image/(?:png|jpeg|webp);base64,([A-Za-z0-9+/=\s]*)", re.IGNORECASE)


def outside_reference(css: str, is_clean: Callable[[bytes], bool]) -> str:
    """What in a style refers to something outside of the drawing; empty if nothing does.

    `is_clean` tells whether a picture that is part of the style may stay as it is.
    """
    if "\\" in css or "/*" in css:
        # Comments are taken out with nothing and with a space in their place: whichever is right, both have to be harmless.
        bare = _COMMENT.sub("", css)
        texts = {_unescaped(text) for text in (css, bare, _COMMENT.sub(" ", css))}
    else:
        texts = {css}
    return next((found for text in sorted(texts) if (found := _outside(text, is_clean))), "")


def with_empty_comments(css: str) -> str:
    """A style with nothing in its comments; they stay, since words that one separates mustn't become one."""
    return _COMMENT_OR_STRING.sub(lambda found: "/**/" if found[0].startswith("/*") else found[0], css)


def data_picture(address: str) -> bytes | None:
    """The bytes of a PNG, JPEG or WebP that stands in an address itself; None if it isn't such an address."""
    found = _DATA.fullmatch(address.strip())
    if not found:
        return None
    try:
        return base64.b64decode("".join(found[1].split()), validate=True)
    except binascii.Error:
        return None


def _outside(css: str, is_clean: Callable[[bytes], bool]) -> str:
    if found := _LOADING.search(css):
        return found[0].strip(" \t\n:(,;")
    addresses = list(_URL.finditer(css))
    if len(addresses) != len(re.findall(r"url\s*\(", css, re.IGNORECASE)):
        return "url()"
    for one in addresses:
        address = next(part for part in (*one.groups(), "") if part is not None).strip()
        picture = data_picture(address)
        if not address.startswith("#") and (picture is None or not is_clean(picture)):
            return "url()"
    return ""


def _unescaped(css: str) -> str:
    def character(found: re.Match[str]) -> str:
        code, line_end, other = found.groups()
        if code:
            number = int(code, 16)
            return chr(number) if 0 < number < 0x110000 else "\ufffd"  # noqa: PLR2004 - the last character
        return "" if line_end else str(other)

    return _ESCAPE.sub(character, css)
