"""Where what is new goes, and under which id: no file is overwritten, and a file of records keeps all that it has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from explainer.load import find_content, load_library
from explainer.load.scalar_types import ID
from explainer.load.tables import YamlReader
from explainer.load.yaml_nodes import Mapping as YamlMapping
from explainer.load.yaml_nodes import Positions, Scalar
from explainer.system.site_files import LONGEST_NAME, inside, read_text
from explainer.text.slugs import slugify

if TYPE_CHECKING:
    from collections.abc import Container, Mapping
    from pathlib import Path

_LONGEST_ID = 60


class RefusedError(Exception):
    """Something new can't be put where it belongs: why, in words."""


def free_id(name: str, taken: Container[str]) -> str:
    """An id made of a name, with a number where others have it.

    Raises:
        RefusedError: if the name has no letter from a to z and no digit.
    """
    plain = "".join(char if char.isascii() else " " for char in slugify(name))
    base = "-".join(plain.replace(" ", "-").split("-")).strip("-")
    base = "-".join(filter(None, base.split("-")))[:_LONGEST_ID].strip("-")
    if not base:
        raise RefusedError(f"no id can be made of “{name}”: give one with --id")
    number = 1
    while (id_ := base if number == 1 else f"{base}-{number}") in taken:
        number += 1
    return id_


def checked_id(id_: str, taken: Container[str]) -> str:
    """An id as the writer gave it.

    Raises:
        RefusedError: if it isn't one, or is taken.
    """
    if not ID.fullmatch(id_) or len(id_) > LONGEST_NAME:
        raise RefusedError(f"`{id_}` can't be an id: use a-z, 0-9 and `-`")
    if id_ in taken:
        raise RefusedError(f"the id `{id_}` is taken")
    return id_


def known_ids(site: Path) -> tuple[set[str], set[str], set[str]]:
    """The ids that sources, people and pages have."""
    content = find_content(site).value
    library = load_library(site, content).value.library
    pages = {path.removesuffix(".md").removesuffix("/index").rpartition("/")[2] for path in content.pages}
    return set(library.sources), set(library.people), pages


def source_file(site: Path) -> str:
    """The file that new sources go to: the only one there is, else `sources.yaml`."""
    files = find_content(site).value.sources
    return files[0] if len(files) == 1 else "content/sources/sources.yaml"


def write_new(site: Path, path: str, text: str) -> None:
    """Write a file that isn't there yet.

    Raises:
        RefusedError: if it is there, or would lie outside of the site.
        OSError: if the system refuses.
    """
    file = site / path
    if not inside(site, path) or len(file.name.encode()) > LONGEST_NAME:
        raise RefusedError(f"{path} can't be written: it leads out of the site, or its name is too long")
    file.parent.mkdir(parents=True, exist_ok=True)
    try:
        with file.open("x", encoding="utf-8", newline="\n") as new:
            new.write(text)
    except FileExistsError:
        raise RefusedError(f"{path} is there already") from None


def add_record(site: Path, path: str, id_: str, record: str) -> int:
    """Add a record at the end of a YAML file, which keeps its order and comments; the line where the record begins.

    Raises:
        RefusedError: if the file can't be read, or a record at its end would change its sense.
        OSError: if the system refuses.
    """
    return add_records(site, path, {id_: record})


def add_records(site: Path, path: str, records: Mapping[str, str]) -> int:
    """Add records by their ids at the end of a YAML file, as `add_record` does; the line where the first begins."""
    added = "\n".join(records.values())
    file = site / path
    if not file.exists() and not file.is_symlink():
        write_new(site, path, added)
        return 1
    before = read_text(site, path)
    if before.value is None:
        raise RefusedError(f"{path} can't be read: run `explainer check`")
    old = _keys(path, before.value)
    kept = before.value.rstrip("\n")
    joined = f"{kept}\n\n{added}" if kept else added
    if old is None or records.keys() & set(old) or _keys(path, joined) != [*old, *records]:
        what = "this record" if len(records) == 1 else "these records"
        raise RefusedError(f"nothing can be added at the end of {path}: add {what} by hand\n\n{added}")
    file.write_text(joined, encoding="utf-8", newline="\n")
    return joined.count("\n", 0, len(joined) - len(added)) + 1


def _keys(path: str, text: str) -> list[str] | None:
    """The keys at the top of a YAML file; None if it can't be read as a mapping."""
    reader = YamlReader(Positions(path, text), holder="registry")
    root = reader.tree()
    if reader.diagnostics:
        return None
    if type(root) is YamlMapping:
        return list(root.entries)
    return [] if root is None or (type(root) is Scalar and not root.text) else None
