"""Links that open a place of a file in the writer's editor."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from explainer.diagnostics import Span

_FILE = "://file/{path}:{line}:{col}"
EDITORS = {
    "code": f"vscode{_FILE}",
    "cursor": f"cursor{_FILE}",
    "vscodium": f"vscodium{_FILE}",
    "windsurf": f"windsurf{_FILE}",
    "zed": f"zed{_FILE}",
    "idea": "idea://open?file={path}&line={line}&column={col}",
    "macvim": "mvim://open?url=file://{path}&line={line}&column={col}",
    "emacs": "emacs://open?url=file://{path}&line={line}&column={col}",
    "sublime": "subl://open?url=file://{path}&line={line}&column={col}",
    "textmate": "txmt://open?url=file://{path}&line={line}&column={col}",
}
VARIABLE = "EDITOR_URL"
_NEVER = ("javascript:", "data:", "vbscript:")


def editor_url(given: str | None, environment: Mapping[str, str] = os.environ) -> str | None:
    """The address that opens a place, with `{path}`, `{line}` and `{col}` in it; None if none was given.

    Raises:
        ValueError: if what was given is neither a known editor nor such an address.
    """
    named = given or environment.get(VARIABLE)
    if not named:
        return None
    url = EDITORS.get(named, named)
    if "{path}" not in url or ":" not in url or url.strip().lower().startswith(_NEVER):
        known = ", ".join(EDITORS)
        raise ValueError(f"`{named}` is neither an address with {{path}} in it nor one of: {known}")
    return url


def link_to(url: str | None, root: Path, span: Span) -> str | None:
    """The address that opens this place."""
    if url is None:
        return None
    path = quote(str((root / span.path).resolve()))
    parts = (("{path}", path), ("{line}", str(span.line)), ("{col}", str(span.col)))
    for name, value in parts:
        url = url.replace(name, value)
    return url
