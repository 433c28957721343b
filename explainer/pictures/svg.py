"""SVG: refused if anything in it runs or loads something; what programs note for themselves is taken out.

What is taken out is cut from the bytes, and the others stay as they are; only a style with comments is written anew.
"""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass, field
from html import escape, unescape
from typing import TYPE_CHECKING, NoReturn
from xml.parsers import expat

from explainer.pictures.css import data_picture, outside_reference, with_empty_comments
from explainer.pictures.findings import in_field, in_xmp
from explainer.pictures.result import Cleaned, Finding, RefusedError

if TYPE_CHECKING:
    from collections.abc import Callable

_SVG, _XHTML = "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xhtml"
_XML = "http://www.w3.org/XML/1998/namespace"
_KNOWN = frozenset({"", _SVG, _XHTML, _XML, "http://www.w3.org/1999/xlink"})
_ACTIVE = frozenset({
    "script", "foreignobject", "handler", "listener", "iframe", "embed", "object", "video", "audio", "canvas", "link", "base", "meta",
})  # fmt: skip
_ANIMATIONS = frozenset({"animate", "animatecolor", "animatemotion", "animatetransform", "set"})
# Attributes with words, numbers or names in them, which never load anything.
_HARMLESS = re.compile(r"aria-.*|data-.*|id|class|d|points|title|name|label|role|lang|viewbox|transform", re.DOTALL)
_TAG = re.compile(rb"""<[^\s/>]+(?:[^>"']++|"[^"]*+"|'[^']*+')*+>""")
_ATTRIBUTE = re.compile(rb"""\s+([^\s=/>]+)\s*=\s*("[^"]*"|'[^']*')""")
_NAMES = ("utf-8", "utf8", "us-ascii", "ascii")
# Browsers draw nothing of an SVG that doesn't say its vocabulary; it is held to the same rules.
_DRAWN = frozenset({_SVG, ""})
_DEEPEST = 2000
_REFER = "a drawing may refer only to its own parts (`#id`), and to PNG, JPEG and WebP pictures that stand in it"
_REMOVE = "take it out, or export the drawing without it"


def clean_svg(data: bytes, clean_inner: Callable[[bytes], Cleaned]) -> Cleaned:
    """A drawing without comments, metadata, and what is of other vocabularies than SVG.

    `clean_inner` cleans a picture that stands in it.

    Raises:
        RefusedError: if it isn't SVG, or if something in it runs, or refers outside of it.
    """
    if data[:2] in {b"\xff\xfe", b"\xfe\xff"} or b"\0" in data:
        raise RefusedError("this drawing isn't UTF-8", "save it as UTF-8")
    drawing = _Drawing(data, clean_inner)
    parser = drawing.parser
    try:
        parser.Parse(data, True)  # noqa: FBT003 - expat takes no keyword
    except expat.ExpatError as error:
        message = expat.ErrorString(error.code)
        raise RefusedError(
            f"this drawing isn't whole XML ({message})", _REMOVE, error.lineno, error.offset + 1
        ) from None
    except (UnicodeError, LookupError, ValueError):
        raise RefusedError("this drawing isn't UTF-8", "save it as UTF-8") from None
    return Cleaned(_cut(data, drawing.cuts), frozenset(drawing.findings))


def _cut(data: bytes, cuts: list[tuple[int, int, bytes]]) -> bytes:
    """The bytes without these stretches, which may lie in each other, and with what takes their place."""
    parts, at = [], 0
    for start, end, instead in sorted(cuts, key=lambda cut: (cut[0], -cut[1])):
        if start >= at:
            parts += [data[at:start], instead]
            at = end
    return b"".join((*parts, data[at:]))


@dataclass(slots=True)
class _Drawing:
    """A drawing while it is parsed: what has to be cut from it, and what that tells."""

    data: bytes
    clean_inner: Callable[[bytes], Cleaned]
    cuts: list[tuple[int, int, bytes]] = field(default_factory=list)
    findings: set[Finding] = field(default_factory=set)
    path: list[str] = field(default_factory=list)
    removed_at: int = -1  # how deep the element is that is being taken out
    removed_from: int = 0
    removed_to: int = 0  # where it ends, if it is one tag
    style: list[str] = field(default_factory=list)
    style_place: tuple[int, int] = (1, 1)
    style_from: int = 0  # where its text begins
    parser: expat.XMLParserType = field(init=False)

    def __post_init__(self) -> None:
        parser = self.parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.namespace_prefixes = True
        parser.XmlDeclHandler = self._declaration
        parser.StartDoctypeDeclHandler = self._doctype
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        parser.CommentHandler = self._comment
        parser.ProcessingInstructionHandler = self._instruction

    def _refuse(self, reason: str, hint: str = _REMOVE, place: tuple[int, int] | None = None) -> NoReturn:
        raise RefusedError(reason, hint, *(place or self._place))

    @property
    def _place(self) -> tuple[int, int]:
        return self.parser.CurrentLineNumber, self.parser.CurrentColumnNumber + 1

    def _declaration(self, _version: str, encoding: str | None, _standalone: int) -> None:
        if encoding and encoding.lower() not in _NAMES:
            self._refuse("this drawing isn't UTF-8", "save it as UTF-8")

    def _doctype(self, *_: object) -> None:
        hint = "delete everything from `<!DOCTYPE` to the `>` that ends it: browsers don't need it"
        before = self.data[: self.data.index(b"<!DOCTYPE")].decode(errors="replace").removeprefix("\ufeff")
        place = before.count("\n") + 1, len(before) - before.rfind("\n")
        self._refuse("a drawing with a DOCTYPE isn't published", hint, place)

    def _comment(self, text: str) -> None:
        if self.removed_at < 0:
            start = self.parser.CurrentByteIndex
            self.cuts.append((start, self.data.index(b"-->", start + 4) + 3, b""))
            self.findings |= in_xmp(text.encode())

    def _instruction(self, target: str, _data: str) -> None:
        if target.lower() == "xml-stylesheet":
            self._refuse("this drawing loads a style sheet", "put the styles into the drawing itself")
        if self.removed_at < 0:
            start = self.parser.CurrentByteIndex
            self.cuts.append((start, self.data.index(b"?>", start) + 2, b""))

    # --- Elements ---

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        space, local, _ = _parted(name)
        if not self.path and (local != "svg" or space not in _DRAWN):
            self._refuse("this file isn't an SVG drawing", f'a drawing begins with `<svg xmlns="{_SVG}">`')
        if len(self.path) >= _DEEPEST:
            self._refuse("this drawing is nested too deeply", "export it again, with fewer groups in each other")
        parent = self.path[-1] if self.path else ""
        self.path.append(local)
        if self.removed_at >= 0:
            return
        if local.lower() in _ACTIVE or space == _XHTML or parent == "style":
            self._refuse(f"a drawing with `{local}` isn't published: it would run on the site's pages")
        if space not in _DRAWN or local == "metadata":
            self.removed_at, self.removed_from = len(self.path), self.parser.CurrentByteIndex
            tag = self._tag()
            self.removed_to = self.removed_from + len(tag) if tag.endswith(b"/>") else 0
            return
        self._check_attributes(local.lower(), attributes)
        self._cut_attributes(attributes)
        if self.path[-1] == "style":
            self.style.clear()
            self.style_place = self._place
            self.style_from = self.parser.CurrentByteIndex + len(self._tag())

    def _end(self, _name: str) -> None:
        if self.removed_at == len(self.path):
            end = self.removed_to or self.data.index(b">", self.parser.CurrentByteIndex) + 1
            self.cuts.append((self.removed_from, end, b""))
            removed = self.data[self.removed_from : end]
            self.findings |= in_xmp(removed) | (in_field("creator") if b"creator" in removed else set())
            self.removed_at = -1
        elif self.removed_at < 0 and self.path[-1] == "style":
            self._end_style("".join(self.style))
        self.path.pop()

    def _tag(self) -> bytes:
        """The start tag at which the parser is."""
        tag = _TAG.match(self.data, self.parser.CurrentByteIndex)
        return tag[0] if tag else self._refuse("this drawing can't be read")

    def _text(self, text: str) -> None:
        if self.path and self.path[-1] == "style":
            self.style.append(text)

    # --- Attributes and styles ---

    def _end_style(self, css: str) -> None:
        self._check_style(css, self.style_place)
        if (bare := with_empty_comments(css)) != css:
            self.cuts.append((self.style_from, self.parser.CurrentByteIndex, escape(bare, quote=False).encode()))

    def _check_attributes(self, element: str, attributes: dict[str, str]) -> None:
        for name, value in attributes.items():
            space, local, _ = _parted(name)
            local = local.lower()
            if local.startswith("on") and not space:
                self._refuse(f"a drawing with `{local}` isn't published: it would run on the site's pages")
            if local in {"href", "src"}:
                if not value.strip().startswith("#") and data_picture(value) is None:
                    self._refuse(f"`{local}` refers to something outside of the drawing", _REFER)
            elif (space, local) == (_XML, "base"):
                self._refuse("`xml:base` refers to something outside of the drawing", _REFER)
            elif local == "attributename" and element in _ANIMATIONS:
                self._check_animated(value.strip().rpartition(":")[2].lower())
            elif not space and not _HARMLESS.fullmatch(local):
                self._check_style(value)

    def _check_animated(self, what: str) -> None:
        if what in {"href", "src", "style"} or what.startswith("on"):
            self._refuse(f"an animation of `{what}` isn't published: it can change what a drawing refers to")

    def _check_style(self, css: str, place: tuple[int, int] | None = None) -> None:
        if found := outside_reference(css, self._is_clean):
            self._refuse(f"`{found}` refers to something outside of the drawing", _REFER, place)

    def _is_clean(self, picture: bytes) -> bool:
        return self._cleaned(picture).content == picture

    def _cleaned(self, picture: bytes) -> Cleaned:
        try:
            return self.clean_inner(picture)
        except RefusedError as refused:
            self._refuse(f"in this drawing: {refused.reason}", refused.hint)

    def _cut_attributes(self, attributes: dict[str, str]) -> None:
        """Cut attributes of other vocabularies, and clean pictures that stand in addresses."""
        start = self.parser.CurrentByteIndex
        foreign, values = set(), {}
        for name, value in attributes.items():
            space, local, prefix = _parted(name)
            values[f"{prefix}:{local}" if prefix else local] = value
            if space not in _KNOWN:
                foreign.add(f"{prefix}:{local}")
        for found in _ATTRIBUTE.finditer(self._tag()):
            name = found[1].decode()
            declared = name.startswith("xmlns:") and unescape(found[2][1:-1].decode()) not in _KNOWN
            if declared or name in foreign:
                self.cuts.append((start + found.start(), start + found.end(), b""))
            elif name.rpartition(":")[2] in {"href", "src"} and (picture := data_picture(values.get(name, ""))):
                self._clean_address(start + found.start(2), start + found.end(2), values[name], picture)
            elif name == "style" and (bare := with_empty_comments(values[name])) != values[name]:
                self.cuts.append((start + found.start(2), start + found.end(2), f'"{escape(bare)}"'.encode()))

    def _clean_address(self, start: int, end: int, address: str, picture: bytes) -> None:
        """Put a cleaned picture into the place of the one that stands in an address."""
        cleaned = self._cleaned(picture)
        self.findings |= cleaned.findings
        if cleaned.content != picture:
            kind, quote = address.strip().partition(";")[0].encode(), self.data[start : start + 1]
            self.cuts.append(
                (start, end, b"".join((quote, kind, b";base64,", base64.b64encode(cleaned.content), quote)))
            )


def _parted(name: str) -> tuple[str, str, str]:
    """Vocabulary, local name and prefix of a name as expat tells it."""
    parts = name.split(" ")
    return (parts[0], parts[1], parts[2] if len(parts) > 2 else "") if len(parts) > 1 else ("", name, "")  # noqa: PLR2004
