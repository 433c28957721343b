"""The text of an HTML page as its readers see it."""

from __future__ import annotations

import re
from collections import Counter
from html import unescape

# Every `<` is looked at once, whatever is left unclosed: a page of any shape takes time in proportion to its length.
_ATTRIBUTE = r"\s*+[^\s>=/]++(?:\s*+=\s*+(?:\"[^\"]*+(?:\"|\Z)|'[^']*+(?:'|\Z)|[^\s>]*+))?+"
_MARKUP = re.compile(
    rf"<!--(?:-?>|.*?(?:--!?>|\Z))|<[!?/][^a-zA-Z>][^>]*+(?:>|\Z)|<[!?][^>]*+(?:>|\Z)"
    rf"|<(/?)([a-zA-Z][^\s/>]*+)((?:{_ATTRIBUTE}|[\s/=]++)*+)(?:>|\Z)",
    re.DOTALL,
)
_HIDES = re.compile("hid|none", re.IGNORECASE)
_NAMED = re.compile(r"([^\s>=/]++)(?:\s*+=\s*+(?:\"([^\"]*+)(?:\"|\Z)|'([^']*+)(?:'|\Z)|([^\s>]*+)))?+", re.DOTALL)
_UNSEEN_STYLE = re.compile(r"(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.IGNORECASE)
# Their text is read up to their own closing tag, whatever stands in it.
_RAW = frozenset({"script", "style", "xmp", "iframe", "noembed", "noframes", "textarea", "title"})
_VOID = frozenset({
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr",
})  # fmt: skip
# What no reader sees, sees only where something fails, sees struck out, or sees as a control or beside the text.
_UNSEEN = frozenset({
    "script", "style", "template", "noscript", "iframe", "noembed", "noframes", "object", "audio", "video", "canvas",
    "select", "datalist", "textarea", "button", "del", "s", "strike", "rt", "rp",
})  # fmt: skip
# The elements that don't part the words on either side.
_INLINE = frozenset({
    "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "button", "cite", "code", "data", "del", "dfn", "em", "font", "i",
    "ins", "kbd", "label", "mark", "nobr", "q", "rb", "rp", "rt", "ruby", "s", "samp", "small", "span", "strike",
    "strong", "sub", "sup", "time", "tt", "u", "var", "wbr",
})  # fmt: skip
# Elements that end without a closing tag where one of these begins.
_ENDED_BY = {
    "li": {"li"}, "dt": {"dt", "dd"}, "dd": {"dt", "dd"}, "option": {"option", "optgroup"}, "tr": {"tr", "tbody"},
    "td": {"td", "th", "tr", "tbody"}, "th": {"td", "th", "tr", "tbody"}, "rt": {"rt", "rp"}, "rp": {"rt", "rp"},
}  # fmt: skip
_NOTE_MARK = re.compile(r"\s*[\[(]?\s*(?:\d{1,3}|[a-z*†‡])\s*[\])]?\s*")
_SUPERSCRIPT = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def html_text(markup: str) -> str:
    """Return what readers see of a page, a line end at each end of a block; note marks are left out."""
    reader = _Reader()
    at = 0
    while (tag := _MARKUP.search(markup, at)) is not None:
        reader.text(markup[at : tag.start()])
        at = tag.end()
        if tag[2] is None:
            continue
        name = tag[2].lower()
        if tag[1]:
            reader.close(name)
        else:
            reader.open(name, tag[3])
            if name in _RAW:
                end = re.compile(rf"</{name}(?=[\s/>])", re.IGNORECASE).search(markup, at)
                stop = end.start() if end else len(markup)
                reader.text(markup[at:stop])
                at = stop
                if end is None:
                    break
    reader.text(markup[at:])
    reader.close_all()
    return "".join(reader.parts)


def _is_hidden(attributes: str) -> bool:
    """Whether an element's own attributes hide it."""
    if not _HIDES.search(attributes):
        return False
    for name, *values in _NAMED.findall(attributes):
        value = "".join(values).strip().lower()
        match name.lower():
            case "hidden":
                return True
            case "aria-hidden" if value == "true":
                return True
            case "style" if _UNSEEN_STYLE.search(value):
                return True
    return False


class _Reader:
    """The elements that are open, and the text so far."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.names: list[str] = []
        self.hidden: list[bool] = [False]
        self.count: Counter[str] = Counter()
        self.raised: int | None = None  # where the text of a `<sup>` begins
        self.linked = False  # whether a link stands in it

    def text(self, raw: str) -> None:
        if raw and not self.hidden[-1]:
            self.parts.append(unescape(raw))

    def open(self, name: str, attributes: str) -> None:
        if name == "br" or name not in _INLINE:
            self.parts.append("\n")
            if name not in _VOID and self.count["p"]:
                self.close("p")
        if name in _VOID:
            return
        while self.names and name in _ENDED_BY.get(self.names[-1], ()):
            self.close(self.names[-1])
        unseen = name in _UNSEEN or (name == "dialog" and "open" not in attributes.lower())
        self.names.append(name)
        self.count[name] += 1
        self.hidden.append(self.hidden[-1] or unseen or _is_hidden(attributes))
        if name == "sup" and self.raised is None:
            self.raised, self.linked = len(self.parts), False
        elif name == "a":
            self.linked = True

    def close(self, name: str) -> None:
        if not self.count[name]:
            return
        while True:
            last = self.names.pop()
            self.count[last] -= 1
            self.hidden.pop()
            if last == "sup" and not self.count["sup"]:
                self.lower()
            if last not in _INLINE:
                self.parts.append("\n")
            if last == name:
                return

    def lower(self) -> None:
        """End a `<sup>`: a note mark is dropped, other digits stay raised."""
        begin = len(self.parts) if self.raised is None else self.raised
        text = "".join(self.parts[begin:])
        bracketed = text.strip().startswith(("[", "("))
        note = _NOTE_MARK.fullmatch(text) and (self.linked or bracketed)
        self.parts[begin:] = [] if note else [text.translate(_SUPERSCRIPT)]
        self.raised = None

    def close_all(self) -> None:
        while self.names:
            self.close(self.names[-1])
