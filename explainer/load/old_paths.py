"""Paths at which pages were: keys of `redirects`, items of `aliases`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from explainer.load.scalar_types import TEXT
from explainer.load.yaml_nodes import shown
from explainer.system.site_files import LONGEST_NAME

if TYPE_CHECKING:
    from explainer.load.tables import YamlReader
    from explainer.load.yaml_nodes import Node

# A host reads some signs of `_redirects` in its own way (`*`, `:`), and a folder can't have others in its name.
_SEGMENT = r"[^\s/?#*:\\<>\"|%._~&'()][^\s/?#*:\\<>\"|%]*"
OLD_PATH = re.compile(rf"/(?:{_SEGMENT}/)*{_SEGMENT}/?")
_HINT = "write a path such as `/old/page/`, `/old.html` or `/2012/old.php`, without `?`, `#`, `*` and `:`"


def old_path(text: str) -> str | None:
    """Return a path as the site writes it, None if none can lead elsewhere; a page's own ends in `/` or `.html`."""
    path = unquote(text)
    if not path.isprintable() or not OLD_PATH.fullmatch(path):
        return None
    if max(len(part.encode()) for part in path.split("/")) > LONGEST_NAME:
        return None
    path = path.removesuffix("index.html") or "/"
    return path if path.endswith(("/", ".html", ".htm")) else f"{path}/"


class OldPath:
    """A path of the site at which something was."""

    words = "an old path of the site"

    def read(self, node: Node, reader: YamlReader) -> str | None:
        """Read the path; E123 if it can't lead elsewhere."""
        text = TEXT.read(node, reader)
        if text is None:
            return None
        path = old_path(text)
        if path is None:
            reader.report("E123", node, f"{shown(text)} isn't a path that can lead elsewhere", _HINT)
        return path

    def schema(self) -> dict[str, Any]:
        """Return the type as JSON Schema."""
        return {"type": "string", "pattern": "^/[^?#*:\\s]+$"}


OLD_PATH_TYPE = OldPath()
