"""The JSON Schema says what reading does, for both come from one table."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from jsonschema import Draft202012Validator

from explainer.load.schema import SCHEMAS, TABLES, json_schema
from explainer.load.yaml_nodes import Mapping, Node, Positions, Scalar, Sequence, core_type
from explainer.load.yaml_tree import compose
from tests.load_support import library, load_front
from tests.test_load_site import WHOLE

if TYPE_CHECKING:
    from pathlib import Path

VALUES = {"null": None, "bool": True, "float": 0.5}

SOURCES = """\
a: {type: report, title: T, date: 2017, via: "b, c", caveats: one, private: [1]}
b: {type: interview, attribution: background, description: D, own: true, authors: [x, y]}
c: {type: statement, title: T, withdrawn: {date: 2017-01, reason: x}, url: "https://x.org", why_unnamed: }
"""
EXPLAINER = """\
title: T
date: 2017-06-08
tags: [a, 2017]
image: {src: a.png, alt: b}
sources: {a: {type: report, title: T}}
claims: {c: {sources: [a, {source: b, at: 1}], responses: {a: denies}, said: 2017, supersedes: p#q}}
corrections: [{date: 2017, text: x}]
related: a b
"""
PEOPLE = "mar: {name: M, links: [{label: a, url: /b/}]}\ndoj: {name: D, kind: organization}\n"


def value_of(node: Node) -> object:
    """A tree as a reader of YAML 1.2 has it, `private` left out."""
    match node:
        case Mapping():
            return {key: value_of(entry.value) for key, entry in node.entries.items()}
        case Sequence():
            return [value_of(item) for item in node.items]
        case Scalar():
            kind = core_type(node)
            return int(node.text) if kind == "int" else VALUES.get(kind, node.text)


def accepts(name: str, yaml: str) -> bool:
    root = compose(Positions("a", yaml)).root
    assert root
    return Draft202012Validator(json_schema(name)).is_valid(value_of(root))


@pytest.mark.parametrize("name", SCHEMAS)
def test_it_is_a_schema(name: str) -> None:
    Draft202012Validator.check_schema(json_schema(name))


@pytest.mark.parametrize(
    ("name", "yaml"),
    [("site", WHOLE), ("people", PEOPLE), ("sources", SOURCES), ("explainer", EXPLAINER), ("page", "title: T\n")],
)
def test_what_is_sound_passes(name: str, yaml: str) -> None:
    assert accepts(name, yaml)


@pytest.mark.parametrize(
    ("name", "yaml"),
    [
        ("site", "title: T\n"), ("site", "title: T\nbase_url: ftp://x\n"), ("people", "mar: {}\n"),
        ("people", "A b: {name: x}\n"), ("sources", "a: {type: report}\n"), ("sources", "a: {type: x, title: T}\n"),
        ("sources", "a: {type: interview, title: T}\n"), ("sources", "a: {type: report, title: T, titel: x}\n"),
        ("sources", "a: {type: report, title: T, date: 12:30}\n"), ("explainer", "title: T\n"),
        ("explainer", "title: T\ndraft: yes\n"), ("explainer", "title: T\ndraft: true\nclaims: [a]\n"),
        ("explainer", "title: T\ndraft: true\nslug: A b\n"), ("page", "title: T\nclaims: {}\n"),
    ],
)  # fmt: skip
def test_what_is_a_fault_to_both(name: str, yaml: str, tmp_path: Path) -> None:
    assert not accepts(name, yaml)
    if name in ("explainer", "page"):
        folder = "explainers" if name == "explainer" else "pages"
        assert load_front(yaml, f"content/{folder}/a.md").diagnostics
    else:
        assert library(tmp_path, **{name: yaml}).diagnostics


def test_every_field_has_a_meaning_that_reads_as_a_sentence() -> None:
    for record in TABLES.values():
        assert record.meaning.endswith(".")
        for field in record.fields:
            assert field.meaning.endswith("."), (record.name, field.name)
            assert field.type.words, (record.name, field.name)


def test_there_is_no_schema_of_another_name() -> None:
    with pytest.raises(KeyError):
        json_schema("person")
