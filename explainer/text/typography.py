"""Typographic quotes and dashes for plain text; Markdown has its own."""

from __future__ import annotations

import re

_MARKS = re.compile(r"""["']|---?|\.\.\.""")
_DASHES = {"--": "–", "---": "—", "...": "…"}
_QUOTES = "\"'"
_OPENS_AFTER = frozenset(" \t\n([{—–-“‘/\u00a0")


def typographic(text: str) -> str:
    """The text with `"`, `'`, `--`, `---` and `...` made typographic, in the English manner."""
    if not ('"' in text or "'" in text or "--" in text or "..." in text):
        return text
    return _MARKS.sub(_mark, text)


def _mark(found: re.Match[str]) -> str:
    mark, text, at = found[0], found.string, found.start()
    if mark not in _QUOTES:
        return _DASHES[mark]
    before, after = at, text[at + 1 : at + 2]
    if at and text[at - 1] in _QUOTES and text[at - 1] != mark:
        before -= 1  # one kind of quote inside the other opens where that one does
    opens = (before == 0 or text[before - 1] in _OPENS_AFTER) and bool(after.strip())
    if mark == '"':
        return "“" if opens else "”"
    return "‘" if opens and not after.isdigit() else "’"
