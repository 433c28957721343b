"""Makes a source of a reference that another program keeps: what readers may see in its fields, the rest in `private`."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from explainer.load.sources import read_source
from explainer.load.tables import YamlReader
from explainer.load.yaml_nodes import Mapping, Positions
from explainer.scaffold.templates import quoted

if TYPE_CHECKING:
    from collections.abc import Mapping as AnyMapping

# What kinds of references may be besides a report: the writer has to say.
_PERHAPS = {
    "public-record": {
        "bill", "hearing", "jurisdiction", "legal_case", "legislation", "patent", "regulation", "treaty", "dataset", "standard",
    },
    "statement": {"speech", "performance"},
    "account": {"manuscript", "collection", "figure", "graphic", "map", "motion_picture", "song", "letter"},
}  # fmt: skip
# People told these to somebody: whoever imports one has to say on which terms.
_TOLD = frozenset({"interview", "personal_communication"})
_TOLD_REASON = "what a person told needs its terms: `explainer new source --type interview`"


class Reference(NamedTuple):
    """A reference as another program has it. `fields` are a source's, `others` have no home in one.

    `key` is its id there, `kind` what it is called there, `place` where it stands in the file.
    """

    key: str
    kind: str
    fields: dict[str, str | list[str]]
    others: dict[str, str]
    place: str


def refusal(reference: Reference) -> str | None:
    """Why no source can be made of a reference; None if one can."""
    if reference.kind in _TOLD:
        return _TOLD_REASON
    if not reference.fields.get("title"):
        return "it has no title"
    return None


def source_record(id_: str, reference: Reference) -> str:
    """The YAML of a source, of type `report`; what isn't right in a field of ours goes to `private`."""
    fields = {key: value for key, value in reference.fields.items() if value}
    wrong = _wrong(fields)
    kept = {key: value for key, value in fields.items() if key not in wrong}
    others = {
        key: value if isinstance(value, str) else "; ".join(value) for key, value in fields.items() if key in wrong
    }
    others |= {key: value for key, value in reference.others.items() if value and key not in others}
    lines = [
        f"{id_}:",
        f"  type: report{_comment(reference.kind)}",
        *(_line(key, value) for key, value in kept.items()),
    ]
    if others:
        lines += ["  private:", *(f"  {_line(key, value)}" for key, value in others.items())]
    return "\n".join(lines) + "\n"


def _comment(kind: str) -> str:
    perhaps = next((ours for ours, kinds in _PERHAPS.items() if kind in kinds), "")
    return f"  # a {kind.replace('_', ' ')} in the file that it came from: perhaps {perhaps}?" if perhaps else ""


def _wrong(fields: AnyMapping[str, str | list[str]]) -> set[str]:
    """The fields whose values a source can't have."""
    keys = list(fields)
    text = "\n".join(["x:", "  type: report", *(_line(key, fields[key]) for key in keys)])
    reader = YamlReader(Positions("", text), holder="registry")
    root = reader.tree()
    if type(root) is Mapping:
        read_source(root.entries["x"], reader)
    return {keys[found.span.line - 3] for found in reader.diagnostics if found.span.line > 2}  # noqa: PLR2004


def _line(key: str, value: str | list[str]) -> str:
    if isinstance(value, list):
        return f"  {key}: [{', '.join(map(_scalar, value))}]"
    return f"  {key}: {value if key in {'date', 'accessed'} else _scalar(value)}"


def _scalar(text: str) -> str:
    return quoted("".join(char for char in " ".join(text.split()) if char.isprintable()))
