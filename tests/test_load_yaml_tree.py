"""Strict YAML: the core schema, positions, what is refused, what is hidden."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from explainer.load import yaml_tree
from explainer.load.yaml_nodes import Mapping, Node, Positions, Scalar, Sequence, Tree, core_type
from explainer.load.yaml_tree import compose
from tests.load_support import told


def tree(text: str) -> Tree:
    return compose(Positions("a.yaml", text))


def plain(node: Node | None) -> object:
    match node:
        case Mapping():
            return {key: plain(entry.value) for key, entry in node.entries.items()}
        case Sequence():
            return [plain(item) for item in node.items]
        case Scalar():
            return node.text
    return None


@pytest.mark.parametrize(
    ("written", "kind"),
    [
        ("no", "str"), ("on", "str"), ("off", "str"), ("yes", "str"), ("12:30", "str"), ("2017-06-08", "str"),
        ("0b1", "str"), ("1_000", "str"), ("=", "str"), ("-", "str"), ("e", "str"), ("Nope", "str"),
        ("~", "null"), ("null", "null"), ("Null", "null"), ("", "null"),
        ("true", "bool"), ("False", "bool"), ("tRue", "str"),
        ("0o17", "int"), ("0x1f", "int"), ("012", "int"), ("-1", "int"), ("9" * 5000, "int"), ("\u0663", "str"),
        ("1.", "float"), (".5", "float"), ("1e3", "float"), ("-.inf", "float"), (".nan", "float"), (".", "str"),
    ],
)  # fmt: skip
def test_core_schema(written: str, kind: str) -> None:
    assert core_type(Scalar(written, plain=True, start=0, end=0)) == kind
    assert core_type(Scalar(written, plain=False, start=0, end=0)) == "str"


def test_positions_count_characters() -> None:
    read = tree("a: 😀é\nb: {c: [x, 'yé z']}\n")
    assert isinstance(read.root, Mapping)
    inner = read.root.entries["b"].value
    assert isinstance(inner, Mapping)
    items = inner.entries["c"].value
    assert isinstance(items, Sequence)
    span = Positions("a.yaml", "a: 😀é\nb: {c: [x, 'yé z']}\n").span(items.items[1].start, items.items[1].end)
    assert (span.line, span.col, span.end_line, span.end_col) == (2, 12, 2, 18)


words = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Z", "Cf", "Cn"]), min_size=1, max_size=8)


@given(st.dictionaries(words, words, min_size=1, max_size=5))
def test_a_span_holds_the_text_that_was_read(pairs: dict[str, str]) -> None:
    quoted = {key.replace("'", "").replace("\\", ""): value for key, value in pairs.items()}
    text = "# é😀\n" + "".join(f"'{key}':   '{value.replace(chr(39), '')}'\n" for key, value in quoted.items() if key)
    read = tree(text)
    assert isinstance(read.root, Mapping)
    for entry in read.root.entries.values():
        for node in entry:
            assert isinstance(node, Scalar)
            span = Positions("a", text).span(node.start, node.end)
            assert text.split("\n")[span.line - 1][span.col : span.end_col - 2] == node.text


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("a: &x 1\nb: *x\n", ["E111 1:4", "E111 2:4"]),
        ("a: {b: 1}\n<<: {c: 1}\n", ["E111 2:1"]),
        ("a: !!str 1\n", ["E111 1:4"]),
        ("a: !!python/object/apply:os.system [ls]\n", ["E111 1:4"]),
        ("a: ! b\n", ["E111 1:4"]),
        ("a: !x!y z\n", ["E111 1:4"]),
        ("a: 1\n---\nb: 1\n", ["E111 2:1"]),
        ("a: 1\n...\nb: 1\n", ["E111 3:1"]),
        ("%YAML 1.1\n---\na: 1\n", ["E111 1:1"]),
        ("{a: b}: c\n", ["E110 1:1"]),
        ("a:\n  " + "[" * 500, ["E113 2:52"]),
        ("- " * 5000, ["E113 1:101"]),
        ("{a: " * 5000 + "}" * 5000, ["E113 1:201"]),
        ('a: "x\\u0007"\n', ["E103 1:4"]),
    ],
)
def test_what_is_refused(text: str, places: list[str]) -> None:
    assert told(tree(text).diagnostics) == places


def test_brackets_are_too_deep_wherever_the_parser_gives_up() -> None:
    """PyYAML looks ahead, and since 6.0.4 with a limit of its own."""
    assert [fault.code for fault in tree("a:\n  " + "[" * 5000).diagnostics] == ["E113"]


def test_a_quoted_merge_key_is_a_word_like_any_other() -> None:
    read = tree("'<<': a\n")
    assert (plain(read.root), read.diagnostics) == ({"<<": "a"}, [])


def test_an_alias_bomb_is_refused_where_its_anchors_stand() -> None:
    bomb = "a: &a [x]\n" + "".join(f"{b}: &{b} [*{a}, *{a}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True))
    assert {d.code for d in tree(bomb).diagnostics} == {"E111"}


SYNTAX = [
    ("title: A: b\n", "1:9", "colon followed by a space", "quotes"),
    ("title:x\ndate: 1\n", "1:6", "space is missing after the colon", "key: value"),
    ("title: x\ndate:1\n", "2:5", "space is missing after the colon", "key: value"),
    ("title: x\nfoo\n", "2:1", "no `key: value`", "colon"),
    ("a:\n\tb: c\n", "2:1", "a tab", "spaces"),
    ("a:\n  b: c\n\td: e\n", "3:1", "a tab", "spaces"),
    ("a: >\n\tb\n", "2:1", "a tab", "spaces"),
    ("a: 'b\n", "1:4", "never closed", "quote"),
    ('a: "b" c\n', "1:8", "follows the quote", "quotes"),
    ("a: [b, c\n", "1:4", "`[` is opened", "`]`"),
    ("a: {b: c\n", "1:4", "`{` is opened", "`}`"),
    ("a: @b\n", "1:4", "begin with @", "quotes"),
    ("a: ]\n", "1:4", "begin with `]`", "quotes"),
    (": x\n", "1:1", "without a key", "key: value"),
    ("a: 1\n:\n", "2:1", "without a key", "key: value"),
    ('a: {"foo"\n: bar}\n', "2:1", "a comma is missing", "one item a line"),
    ("a: {b\n c: v}\n", "2:3", "a comma is missing", "one item a line"),
    ("a: [b, c: d: e]\n", "1:12", "a comma is missing", "one item a line"),
    ("a: [b]]\n", "1:7", "a `]` follows the end", "take it out"),
    ("a: [b] c\n", "1:8", "follows the bracket", "quotes"),
    ("a:\n  -\tb\n", "2:4", "a tab where a space", "a space"),
    ("title:\u00a0T\n", "1:7", "space of another kind", "plain space"),
    ("a:\n\u00a0 b: c\n", "2:1", "space of another kind", "plain space"),
    ("a:\n  -\u00a0b\n", "2:4", "space of another kind", "plain space"),
    ("a:\n\u3000b: c\n", "2:1", "space of another kind", "plain space"),
    ("title: “A: b”\n", "1:8", "typographic quotes", "straight"),
    ("title: «A: b»\n", "1:8", "typographic quotes", "straight"),
    ('title: "A\ndate: 2024\n', "1:8", "never closed", 'add the closing `"`'),
    ("a: *b*\n", "1:4", "begin with `*`", "quotes"),
    ("a: &\n", "1:4", "begin with `&`", "quotes"),
    ('a: "\\d"\n', "1:5", "backslash", "single quotes"),
    ("a: - b\n", "1:4", "list can't begin", "after its key"),
    ("- a\nb: c\n", "2:1", "mixed", "item"),
    ("a: b\n- c\n", "2:1", "a list where a key", "column"),
    ("a:\n  b: 1\n c: 2\n", "3:2", "nothing began", "column"),
    ("a: b\n  goes #5 on\n  and on\n", "2:8", "is a comment to YAML", "quotes"),
    ("a: b\n  c: d\n", "2:4", "indented too far", "column"),
    ("a: |x\n b\n", "1:5", "next line", "quotes"),
]


@pytest.mark.parametrize(("text", "place", "message", "hint"), SYNTAX)
def test_syntax_faults_in_plain_words(text: str, place: str, message: str, hint: str) -> None:
    (fault,) = tree(text).diagnostics
    assert (fault.code, f"{fault.span.line}:{fault.span.col}") == ("E110", place)
    assert message in fault.message
    assert hint in "".join(fault.hints)


@pytest.mark.parametrize("text", [row[0] for row in SYNTAX] + ["a: [1, {b: 'c'}]\n", "? a\n", "a: |\n  b\n\n  c\n"])
def test_the_pure_parser_reads_the_same(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    fast = tree(text)
    monkeypatch.setattr(yaml_tree, "Loader", yaml.SafeLoader)
    slow = tree(text)
    assert plain(slow.root) == plain(fast.root)
    assert [d.code for d in slow.diagnostics] == [d.code for d in fast.diagnostics]


def test_the_c_parser_is_used() -> None:
    assert yaml_tree.Loader is yaml.CSafeLoader


def test_what_a_parser_raises_beside_its_own_errors_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(yaml_tree, "Loader", yaml.SafeLoader)
    assert told(tree('a: "\\U99999999"\n').diagnostics) == ["E110 1:1"]


def test_private_is_dropped_at_any_depth_and_its_lines_hidden() -> None:
    read = tree("""\
private: SECRET
a:
  - b: 1
    private:
      c: |
        SECRET

        SECRET
      private: SECRET
  - {d: 2, private: "SECRET
      SECRET", e: 3}
f: 4
""")
    assert plain(read.root) == {"a": [{"b": "1"}, {"d": "2", "e": "3"}], "f": "4"}
    assert read.hidden == {1, 4, 5, 6, 7, 8, 9, 10, 11}
    assert read.diagnostics == []


@pytest.mark.parametrize("key", ["Private", "PRIVATE", '" private "', "pri-vate"])
def test_private_spelt_otherwise_loses_its_value_too(key: str) -> None:
    read = tree(f"a: 1\n{key}: SECRET\n")
    assert "SECRET" not in str(read.root)
    assert read.hidden == {2}


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("a: x\n  private:SECRET\n", {1, 2}),
        ("- private:SECRET\n", {1}),
        ("a: |\n  x\n  private: SECRET\n", {1, 2, 3}),
        ("a: 'x\n  private: SECRET'\nb: 1\n", {1, 2}),
    ],
)
def test_private_inside_a_text_is_no_text(text: str, hidden: set[int]) -> None:
    read = tree(text)
    assert [d.code for d in read.diagnostics] == ["E110"]
    assert "SECRET" not in str(read.root)
    assert read.hidden == hidden


@pytest.mark.parametrize("key", ["real_name", "Real Name", "real-name", "realName", "phone", "e-mail", "address"])
def test_the_lines_of_identity_keys_are_hidden(key: str) -> None:
    assert tree(f"a: 1\n{key}:\n  - SECRET\n").hidden == {2, 3}


def test_yaml_that_cant_be_read_is_hidden_whole_if_it_may_hold_a_secret() -> None:
    assert tree("a: b: c\nd: 1\nprivate: x\n").hidden == {1, 2, 3, 4}
    assert tree("a: b: c\nd: 1\nemail: x\n").hidden == {1, 2, 3, 4}
    assert tree("a: b: c\nd: 1\n").hidden == frozenset()


def test_an_empty_file_is_an_empty_mapping() -> None:
    assert plain(tree("# nothing\n").root) == {}


@pytest.mark.parametrize(
    "text", ["a: |\n  b\n\n  \u00a0c:\u00a0d\n", 'a: "b\n  \u00a0c"\n', "a: 10\u00a0000\n", "a: b:\u00a0c\n"]
)
def test_a_no_break_space_in_a_text_belongs_to_it(text: str) -> None:
    assert tree(text).diagnostics == []
