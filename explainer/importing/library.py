"""Adds the references of a library to the registry of sources; ids that are there stay as they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from explainer.importing.document import LeftOut
from explainer.importing.reference import refusal, source_record
from explainer.scaffold.files import RefusedError, add_records, free_id

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from explainer.importing.reference import Reference


class Added(NamedTuple):
    """What came of a library: the ids of new sources, those that were there, and what was left out."""

    new: tuple[str, ...]
    known: tuple[str, ...]
    left_out: tuple[LeftOut, ...]


def add_references(
    site: Path, path: str, references: Iterable[Reference], sources: set[str], people: set[str]
) -> Added:
    """Add references to a file of the registry. `sources` and `people` are the ids that the site has.

    Raises:
        RefusedError: if the file can't be added to.
        OSError: if the system refuses.
    """
    records: dict[str, str] = {}
    known: list[str] = []
    left_out: list[LeftOut] = []
    for reference in references:
        if reason := refusal(reference):
            left_out.append(LeftOut(f"`{reference.key}`", reference.place, reason))
            continue
        try:
            id_ = _id(reference, sources, people | records.keys())
        except RefusedError:
            left_out.append(LeftOut(f"`{reference.key}`", reference.place, "no id can be made of its key"))
            continue
        if id_ in sources:
            known.append(id_)
        else:
            records[id_] = source_record(id_, reference)
    if records:
        add_records(site, path, records)
    return Added(tuple(records), tuple(known), tuple(left_out))


def _id(reference: Reference, sources: set[str], taken: set[str]) -> str:
    """The id of a reference: its key in our form, with a number where another reference or a person has it."""
    plain = free_id(reference.key, ())
    return plain if plain in sources else free_id(reference.key, taken | sources)
