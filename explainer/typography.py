"""Typographic quotes and dashes for plain text; Markdown has its own."""

from __future__ import annotations

import re

_MARKS = re.compile(r"""["']|---?|\.\.\.""")
_DASHES = {"--": "–", "---": "—", "...": "…"}
_OPENS_AFTER = frozenset(" \t\n([{—–-“‘/\u00a0")


def typographic(text: str) -> str:
    """The text with `"`, `'`, `--`, `---` and `...` made typographic, in the English manner."""
    if not ('"' in text or "'" in text or "--" in text or "..." in text):
        return text
    return _MARKS.sub(lambda mark: _mark(mark, text), text)


def _mark(found: re.Match[str], text: str) -> str:
    mark, at = found[0], found.start()
    if mark not in "\"'":
        return _DASHES.get(mark, mark)
    after = text[at + 1 : at + 2]
    opens = (at == 0 or text[at - 1] in _OPENS_AFTER) and bool(after.strip())
    if mark == '"':
        return "“" if opens else "”"
    return "‘" if opens and not after.isdigit() else "’"
