"""Compressed copies of text files, for servers that use them."""

from __future__ import annotations

import gzip
from hashlib import sha256
from typing import TYPE_CHECKING

from explainer.publish.errors import HostError
from explainer.publish.remote_manifest import File

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

_TEXT = (".html", ".css", ".js", ".mjs", ".json", ".xml", ".svg", ".txt", ".webmanifest")
_SMALLEST = 1024  # bytes; smaller files fit into one packet as they are


def add_compressed(tree: Path, files: Mapping[str, File], ways: Iterable[str]) -> dict[str, File]:
    """Write compressed copies into a tree, where they are smaller; the equal file gives equal bytes."""
    found: dict[str, File] = {}
    for way in ways:
        compress = _brotli() if way == "br" else _gzip
        for path in files:
            if path.endswith(_TEXT) and files[path].size >= _SMALLEST:
                content = compress((tree / path).read_bytes())
                if len(content) < files[path].size:
                    (tree / f"{path}.{way}").write_bytes(content)
                    found[f"{path}.{way}"] = File(sha256(content).hexdigest(), len(content))
    return found


def _gzip(content: bytes) -> bytes:
    return gzip.compress(content, 9, mtime=0)


def _brotli() -> Callable[[bytes], bytes]:
    try:
        import brotli  # noqa: PLC0415 - an extra, which only this needs
    except ImportError as error:
        raise HostError("`precompress: br` needs the package brotli", "pip install 'newsexplainer[brotli]'") from error
    return lambda content: bytes(brotli.compress(content, mode=brotli.MODE_TEXT, quality=9))
