"""Whatever a file holds: no traceback, sound places, and nothing private."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from explainer.load import check_local, index_registry
from tests.load_support import load, visible

# A line with a secret stays whole; what stands around it changes.
FRONT = """\
title: "A title: with colon"
summary: 'it''s'
date: 2017-06-08 12:30
private: CANARY
tags: [a, b, 2017]
image: {src: a.png, alt: x, private: "CANARY"}
sources:
  s1:
    type: interview
    attribution: background
    description: >-
      an
      official
    via: [s2, s3]
    real_name: CANARY
    private:
      - CANARY
  s2: {type: report, title: T, url: "https://x.org/a", date: 2017}
claims:
  c1:
    sources: s1, s2
    disputes: [{source: s3, quote: "…", at: 12}]
    responses: {s1: denies}
    private: 'CANARY'
"""
LINES = ["---", *FRONT.splitlines(), "---", "", "Text.", "", "---", "", "More."]
OPEN = [number for number, line in enumerate(LINES) if "CANARY" not in line and "private" not in line]
BITS = [
    "---", "----", "—", "+++", "...", "{", "}", "[", "]", ": ", ":", "&a ", "*a", "<<: ", "!!str ", "\t", '"', "'",
    "|", ">", "- ", "# ", "\0", "\x85", "\u2028", "\u00a0", "\ufeff", "é", "😀", "%", "@", "`", "? ", "null", "12:30",
    "9" * 5000, "[" * 60, "  ", "2017-13-40", "../../x", "\r", "\n", "\n---\n", "off-record", "private:", "name: x",
]  # fmt: skip

bits = st.sampled_from(BITS) | st.text(max_size=3)
edits = st.lists(st.tuples(st.sampled_from(OPEN), st.floats(0, 1), st.integers(0, 9), bits), min_size=1, max_size=4)


def edited(changes: list[tuple[int, float, int, str]]) -> str:
    lines = list(LINES)
    for number, where, cut, bit in changes:
        line = lines[number]
        at = round(where * len(line))
        lines[number] = line[:at] + bit + line[at + cut :]
    return "\n".join(lines)


def judge(data: bytes) -> str:
    """Load, and give all that may be shown or go on; the places of the faults must lie in the file."""
    staged = load(data, time_zone="Europe/Berlin")
    page, text = staged.value.page, staged.value.text
    for fault in staged.diagnostics:
        assert fault.rule
        assert 1 <= fault.span.line <= fault.span.end_line
        assert fault.span.col >= 1
        assert text is None or fault.span.end_line <= text.text.count("\n") + 1
    assert page or staged.diagnostics
    if page:
        check_local(index_registry({}, {}), page.meta.sources)
    return str(staged.diagnostics) + str(page) + (visible(text) if text else "")


@given(edits)
def test_a_damaged_page(changes: list[tuple[int, float, int, str]]) -> None:
    assert "CANARY" not in judge(edited(changes).encode("utf-8", "surrogatepass"))


@given(st.binary(max_size=200), st.integers(0, len(LINES)))
def test_bytes_in_a_page(data: bytes, line: int) -> None:
    lines = [part.encode() for part in LINES]
    judge(b"\n".join([*lines[:line], data, *lines[line:]]))


@given(st.text(st.sampled_from("ab:-{}[],&*!|>'\"%@`#?~ \n\t\\0é."), max_size=60))
def test_any_front_matter(yaml: str) -> None:
    judge(f"---\n{yaml}\n---\n".encode())


def test_every_beginning_of_a_page() -> None:
    whole = "\n".join(LINES).encode()
    for end in range(len(whole)):
        judge(whole[:end])
