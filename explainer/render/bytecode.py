"""Compiled layouts: in memory for all languages, and those of the default theme beside the package's own bytecode.

To compile the default theme takes longer than to build a small site. Its layouts come with the package and are as
trusted as it is; what is made of them is kept where Python keeps what it makes of the package's modules, and read
under the same condition: that nothing it was made of has changed. A site's own layouts are never kept.
"""

from __future__ import annotations

import importlib.util
import marshal
import os
import sys
from contextlib import suppress
from functools import cached_property
from hashlib import blake2b
from pathlib import Path
from types import CodeType
from typing import TYPE_CHECKING

import jinja2
import jinja2.compiler

if TYPE_CHECKING:
    from jinja2.bccache import Bucket

# What decides how a layout is compiled, of this package.
_MAKERS = ("bytecode.py", "environment.py", "theme.py", "renderer.py")
_DIGEST = 16


def bytecode_folder() -> Path | None:
    """Where Python keeps the bytecode of this package; None if it doesn't."""
    try:
        return Path(importlib.util.cache_from_source(__file__)).parent
    except NotImplementedError:
        return None


class Compiled(jinja2.BytecodeCache):
    """Compiled layouts by key; those below `default` in the files of `folder` too, if there is one."""

    def __init__(self, default: Path, folder: Path | None) -> None:
        self.default = default
        self.folder = folder
        self.codes: dict[tuple[str, str], CodeType] = {}

    def get_cache_key(self, name: str, filename: str | None = None) -> str:
        """What names a layout: its name, and its file."""
        return f"{name}\0{filename or ''}"

    def load_bytecode(self, bucket: Bucket) -> None:
        """Give a bucket the code that was compiled of the same text."""
        bucket.code = self.codes.get((bucket.key, bucket.checksum)) or self._read(bucket)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep the code of a bucket."""
        if bucket.code:
            self.codes[bucket.key, bucket.checksum] = bucket.code
            self._write(bucket)

    def _file(self, bucket: Bucket) -> Path | None:
        name, _, file = bucket.key.partition("\0")
        if self.folder is None or not Path(file).is_relative_to(self.default):
            return None
        return self.folder / f"layout.{name.replace('/', '.')}.{sys.implementation.cache_tag}.bin"

    def _read(self, bucket: Bucket) -> CodeType | None:
        file = self._file(bucket)
        if file is None:
            return None
        # What isn't whole, or isn't readable, isn't there.
        with suppress(OSError, ValueError, EOFError, TypeError):
            data = file.read_bytes()
            stamp, digest, content = data[:_DIGEST], data[_DIGEST : 2 * _DIGEST], data[2 * _DIGEST :]
            if stamp == self._stamp(bucket) and digest == _digest(content):
                code = marshal.loads(content)  # noqa: S302 - as trusted as the package's own bytecode beside it
                return code if isinstance(code, CodeType) else None
        return None

    def _write(self, bucket: Bucket) -> None:
        file = self._file(bucket)
        if file is None or sys.dont_write_bytecode:
            return
        content = marshal.dumps(bucket.code)
        part = file.with_name(f"{file.name}.{os.getpid()}")
        with suppress(OSError):
            try:
                file.parent.mkdir(exist_ok=True)
                part.write_bytes(self._stamp(bucket) + _digest(content) + content)
                part.replace(file)
            finally:
                part.unlink(missing_ok=True)

    def _stamp(self, bucket: Bucket) -> bytes:
        """A digest of all that the code of a layout is made of."""
        return _digest(f"{self._makers.hex()}\0{bucket.key}\0{bucket.checksum}".encode())

    @cached_property
    def _makers(self) -> bytes:
        package, jinja = Path(__file__).parent, Path(jinja2.compiler.__file__).stat()
        version = f"{getattr(jinja2, '__version__', '')} {jinja.st_size} {jinja.st_mtime_ns}"
        sources = [(package / name).read_bytes() for name in _MAKERS]
        return _digest(b"\0".join((importlib.util.MAGIC_NUMBER, version.encode(), *sources)))


def _digest(data: bytes) -> bytes:
    return blake2b(data, digest_size=_DIGEST).digest()
