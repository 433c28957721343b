"""Copies of default layouts: their first line names the version and the digest of what was copied."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

from explainer import __version__
from explainer.diagnostics import Diagnostic, Span

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

# How a line of each kind of file is a comment. Jinja's takes the line end with it, so that the page stays the same.
_JINJA = ("{#- ", " -#}")
_COMMENTS = {
    ".html": _JINJA,
    ".xml": _JINJA,
    ".txt": _JINJA,
    ".css": ("/* ", " */"),
    ".js": ("/* ", " */"),
    ".yaml": ("# ", ""),
}
KINDS = tuple(_COMMENTS)
"""The endings of files that can be ejected."""

_FIRST_LINE = re.compile(rb".{0,3} ?Explainer (\S+), default layout (\S+), sha256 ([0-9a-f]{64})(?: .{0,3})?")


def ejected(name: str, content: bytes) -> bytes:
    """A copy of a default layout for a site's own layouts."""
    begin, end = _COMMENTS[name[name.rindex(".") :]]
    line = f"{begin}Explainer {__version__}, default layout {name}, sha256 {_digest(content)}{end}\n"
    return line.encode() + content


def check_ejected(
    own: Iterable[tuple[str, str, bytes]], read_default: Callable[[str], bytes | None]
) -> Iterator[Diagnostic]:
    """W652 for each copy whose default layout has changed since, or is gone; of each file its name, path and content."""
    for name, path, content in own:
        found = _FIRST_LINE.fullmatch(content.split(b"\n", 1)[0]) if name.endswith(KINDS) else None
        if found is None:
            continue
        version, original, digest = (part.decode("utf-8", "replace") for part in found.groups())
        now = read_default(original)
        if now is not None and _digest(now) == digest:
            continue
        what = "has changed" if now else "is gone"
        message = f"the default layout `{original}` {what} since version {version}, by which this copy was made"
        again = f"move this file away, run `explainer eject {original}`, and make your changes in the new copy"
        stay = "take the first line out if the copy is meant to stay as it is"
        yield Diagnostic("W652", message, Span(path), (again, stay) if now else (stay,))


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
