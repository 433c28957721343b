"""The bytecode of layouts: shared by all languages in memory; that of the default theme is also kept on disk.

To compile the default theme takes longer than to build a small site. Its layouts come with the package and are as
trusted as it is; their bytecode is kept where Python keeps that of the package's modules. A site's own layouts are
never kept on disk.
"""

from __future__ import annotations

import importlib.util
import os
import sys
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING

import jinja2
import jinja2.compiler

if TYPE_CHECKING:
    from types import CodeType

    from jinja2.bccache import Bucket

_DIGEST = 16


def bytecode_folder() -> Path | None:
    """Where Python keeps the bytecode of this package; None if it doesn't."""
    try:
        return Path(importlib.util.cache_from_source(__file__)).parent
    except NotImplementedError:
        return None


class LayoutBytecode(jinja2.BytecodeCache):
    """The bytecode of layouts; of those below `default` also in the files of `folder`, if there is one."""

    def __init__(self, default: Path, folder: Path | None) -> None:
        self._default = default
        self._folder = folder
        self._codes: dict[tuple[str, str], CodeType] = {}
        self._files: dict[str, Path] = {}
        self._compiler = _stat(jinja2.compiler.__file__) + _stat(__file__)

    def get_cache_key(self, name: str, filename: str | None = None) -> str:
        """The key of a layout, from its name and its file."""
        key = super().get_cache_key(name, filename)
        if self._folder and filename and Path(filename).is_relative_to(self._default):
            self._files[key] = self._folder / f"layout.{key}.{sys.implementation.cache_tag}.bin"
        return key

    def get_source_checksum(self, source: str) -> str:
        """A checksum of a layout's text and of the compiler."""
        return super().get_source_checksum(self._compiler + source)

    def load_bytecode(self, bucket: Bucket) -> None:
        """Give a bucket the bytecode of the same text, if it is known."""
        bucket.code = self._codes.get((bucket.key, bucket.checksum))
        if bucket.code is None and (file := self._files.get(bucket.key)):
            with suppress(OSError):
                data = file.read_bytes()
                if data[:_DIGEST] == _digest(data[_DIGEST:]):
                    bucket.bytecode_from_string(data[_DIGEST:])

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep the bytecode of a bucket."""
        if bucket.code is None:
            return
        self._codes[bucket.key, bucket.checksum] = bucket.code
        if (file := self._files.get(bucket.key)) and not sys.dont_write_bytecode:
            data = bucket.bytecode_to_string()
            with suppress(OSError):
                _write(file, _digest(data) + data)


def _write(file: Path, data: bytes) -> None:
    """Replace a file in one step."""
    part = file.with_name(f"{file.name}.{os.getpid()}")
    try:
        file.parent.mkdir(exist_ok=True)
        part.write_bytes(data)
        part.replace(file)
    finally:
        part.unlink(missing_ok=True)


def _stat(file: str) -> str:
    """What tells that a file has changed, as Python tells it of a module."""
    found = Path(file).stat()
    return f"{found.st_size} {found.st_mtime_ns}\0"


def _digest(data: bytes) -> bytes:
    return blake2b(data, digest_size=_DIGEST).digest()
