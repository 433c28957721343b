"""The XML inside a Word document, without what its readers don't see: deletions, hidden words, cropped pictures.

The library that converts documents doesn't know hidden text, shows what a picture was cropped of, and drops the text
inside some elements. Here these are taken out, or unwrapped, before it sees them.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections import Counter
from typing import TYPE_CHECKING

from explainer.importing.document import Comment, LeftOut, UnreadableError

if TYPE_CHECKING:
    from collections.abc import Container, Iterator

# The namespaces of the usual and of the strict form of the format.
_WORD = re.compile(r"\{http://(?:schemas\.openxmlformats\.org|purl\.oclc\.org/ooxml)/wordprocessingml(?:/2006)?/main\}")
_REMOVED = {"del": "a tracked deletion", "moveFrom": "a tracked deletion"}
# Their text would be lost with them.
_UNWRAPPED = frozenset({"fldSimple", "dir", "bdo", "rubyBase"})
_DROPPED = frozenset({"rt", "rubyPr"})
_CROPS = ("l", "t", "r", "b", "cropleft", "croptop", "cropright", "cropbottom")
_OTHERS = {"oMath": "an equation", "oMathPara": "an equation", "chart": "a chart", "relIds": "a diagram"}
_CROP_HINT = "the file still has what was cut off: crop it for good, and put it beside the page"
_SHOWN = 40


def parse_part(data: bytes) -> ET.Element:
    """The tree of a part.

    Raises:
        UnreadableError: if it isn't XML, or has a document type, which no document of Word has.
    """
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        raise UnreadableError("the document has a part that no document of Word has (a document type)")
    try:
        return ET.fromstring(data)  # noqa: S314 - see above
    except ET.ParseError as error:
        raise UnreadableError(f"the document is damaged ({error})", "open it in Word and save it again") from None


def local(name: str) -> str:
    """An element's or attribute's name without its namespace."""
    return name.rpartition("}")[2]


def is_word_text(root: ET.Element) -> bool:
    """Whether a part holds text: the document itself, its notes, its comments."""
    return bool(_WORD.match(root.tag)) and local(root.tag) in {"document", "footnotes", "endnotes", "comments"}


def hidden_styles(root: ET.Element) -> frozenset[str]:
    """The ids of styles whose text is hidden, by themselves or by the style that they are based on."""
    styles = {_attribute(style, "styleId"): style for style in root.iter() if local(style.tag) == "style"}
    return frozenset(id_ for id_ in styles if _hides(id_, styles))


def _hides(id_: str, styles: dict[str, ET.Element]) -> bool:
    """Whether the first style of a chain that says so hides its text."""
    seen: set[str] = set()
    while id_ in styles and id_ not in seen:
        seen.add(id_)
        properties = _child(styles[id_], "rPr")
        if _child(properties, "vanish") is not None:
            return _is_on(properties, "vanish")
        base = _child(styles[id_], "basedOn")
        id_ = "" if base is None else _attribute(base, "val")
    return False


def clean_part(root: ET.Element, hidden: Container[str]) -> list[LeftOut]:
    """Take out of a part what its readers don't see, and unwrap what would be lost; says what was left out."""
    found: Counter[tuple[int, str, str]] = Counter()
    paragraphs: list[ET.Element] = []
    open_ = [root]
    while open_:
        element = open_.pop()
        if local(element.tag) == "p" and _WORD.match(element.tag):
            paragraphs.append(element)
        found.update((len(paragraphs), *reason) for reason in _cleaned(element, hidden))
        open_.extend(reversed(element))
    return [_left_out(root, paragraphs, one, times) for one, times in found.items()]


def _cleaned(parent: ET.Element, hidden: Container[str]) -> Iterator[tuple[str, str]]:
    """Clean the children of an element."""
    children: list[ET.Element] = []
    siblings = list(parent)[::-1]
    while siblings:
        child = siblings.pop()
        name = local(child.tag)
        if reason := _reason(child, name, hidden):
            if reason != ("", ""):
                yield reason
        elif name == "AlternateContent" and _child(child, "Fallback") is None:
            siblings.extend(reversed(_only_choice(child)))
        elif name in _UNWRAPPED:
            siblings.extend(reversed(child))
        elif name == "ruby":
            siblings.extend(one for one in reversed(child) if local(one.tag) not in _DROPPED)
        else:
            children.append(child)
    _keep_last_paragraph(children)
    if children != list(parent):
        parent[:] = children


def _reason(element: ET.Element, name: str, hidden: Container[str]) -> tuple[str, str] | None:
    """Why an element is taken out, and what to do about it; empty texts where it is nothing to tell."""
    found = None
    if name in _REMOVED and len(element):
        found = (_REMOVED[name], "")
    elif name == "tc" and _child(_child(element, "tcPr"), "cellDel") is not None:
        found = ("a tracked deletion", "")
    elif (name == "r" and _is_hidden(element, hidden)) or (name == "p" and _style(element, "p") in hidden):
        found = ("hidden text", "")
    elif name == "sdt" and _is_on(_child(element, "sdtPr"), "showingPlcHdr"):
        found = ("", "")
    elif name in {"drawing", "pict"} and _is_cropped(element):
        found = ("a cropped picture", _CROP_HINT)
    elif name in _OTHERS:
        found = (_OTHERS[name], "put it beside the page as a picture")
    return found


def _only_choice(element: ET.Element) -> list[ET.Element]:
    """What stands in for content that has no form for older programs, the only one that the library reads."""
    boxes = [one for one in element.iter() if local(one.tag) == "txbxContent"]
    if not boxes:
        return [child for choice in element for child in choice]
    drawing = ET.Element(boxes[0].tag.replace("txbxContent", "pict"))  # so that its text follows the paragraph
    drawing.extend(boxes)
    return [drawing]


def _keep_last_paragraph(children: list[ET.Element]) -> None:
    """A deleted end joins a paragraph to the next; where none follows, it stays one."""
    paragraphs = [child for child in children if local(child.tag) == "p"]
    mark = _child(_child(paragraphs[-1], "pPr"), "rPr") if paragraphs else None
    deleted = _child(mark, "del")
    if mark is not None and deleted is not None:
        mark.remove(deleted)


def _is_hidden(run: ET.Element, hidden: Container[str]) -> bool:
    properties = _child(run, "rPr")
    vanish = _child(properties, "vanish")
    if vanish is not None:
        return _is_on(properties, "vanish")
    return _style(run, "r") in hidden


def _style(element: ET.Element, kind: str) -> str:
    """The id of a run's or paragraph's own style."""
    style = _child(_child(element, f"{kind}Pr"), f"{kind}Style")
    return "" if style is None else _attribute(style, "val")


def _is_cropped(drawing: ET.Element) -> bool:
    rectangles = (one for one in drawing.iter() if local(one.tag) in {"srcRect", "imagedata"})
    return any(
        local(key) in _CROPS and value.strip("0.%f") not in {"", "-"}
        for one in rectangles
        for key, value in one.attrib.items()
    )


def read_comments(document: ET.Element, comments: ET.Element) -> list[Comment]:
    """The comments of a document, in the order of their words."""
    words: dict[str, list[str]] = {}
    opened: set[str] = set()
    for element in document.iter():
        name = local(element.tag)
        if name == "commentRangeStart":
            opened.add(_attribute(element, "id"))
        elif name == "commentRangeEnd":
            opened.discard(_attribute(element, "id"))
        elif name == "commentReference":
            words.setdefault(_attribute(element, "id"), [])
        elif name == "t":
            for id_ in opened:
                words.setdefault(id_, []).append(element.text or "")
    known = {_attribute(one, "id"): one for one in comments.iter() if local(one.tag) == "comment"}
    order = [*(id_ for id_ in words if id_ in known), *(id_ for id_ in known if id_ not in words)]
    return [
        Comment(_attribute(known[id_], "author"), _plain("".join(words.get(id_, ()))), text_of(known[id_]))
        for id_ in order
    ]


def text_of(element: ET.Element) -> str:
    """The words of a part of the tree, paragraphs with a space between."""
    paragraphs = [one for one in element.iter() if local(one.tag) == "p"] or [element]
    return _plain(" ".join("".join(one.text or "" for one in p.iter() if local(one.tag) == "t") for p in paragraphs))


def _plain(text: str) -> str:
    return " ".join(text.split())


def _left_out(root: ET.Element, paragraphs: list[ET.Element], found: tuple[int, str, str], times: int) -> LeftOut:
    """What was left out of a paragraph, with the paragraph's number and its first words, as they are kept."""
    number, what, hint = found
    words = text_of(paragraphs[number - 1]) if number else ""
    part = {"footnotes": "notes, ", "endnotes": "notes, ", "comments": "comments, "}.get(local(root.tag), "")
    shown = words if len(words) <= _SHOWN else words[:_SHOWN].rsplit(" ", 1)[0] + " …"
    place = f"{part}paragraph {number}" + (f" (“{shown}”)" if shown else "")
    return LeftOut(what if times == 1 else f"{what} ({times} times)", place, hint)


def _child(element: ET.Element | None, name: str) -> ET.Element | None:
    if element is None:
        return None
    return next((one for one in element if local(one.tag) == name), None)


def _attribute(element: ET.Element, name: str) -> str:
    return next((value for key, value in element.attrib.items() if local(key) == name), "")


def _is_on(properties: ET.Element | None, name: str) -> bool:
    """Whether a property is set, which it is without a value, too."""
    found = _child(properties, name)
    return found is not None and _attribute(found, "val") not in {"0", "false", "off"}
