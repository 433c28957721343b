"""Whether a quote stands in a saved copy, and what is read of one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from explainer.diagnostics import Span
from explainer.load.saved_copies import check_copy, copy_text
from explainer.model.declared import Source
from explainer.resolve.quotes import plain, stands_in

if TYPE_CHECKING:
    from pathlib import Path

STANDS = [
    ("I never did", "He said: I never did that."),
    ("never, ever", "I  never,\n ever"),
    ("“don’t”", "they 'don't' know"),
    ('"yes"', "« yes »"),
    ("wait... no", "wait… no"),
    ("a – b", "x a -- b y"),
    ("a — b", "a - b"),
    ("I never did", "He said—I never did."),
    ("well-known", "a well-\nknown fact"),
    ("statement", "a state-\nment"),
    ("known", "a well-known fact"),
    ("-5 degrees", "at -5 degrees"),
    ("the office", "the oﬃce"),
    ("café", "cafe\u0301"),
    ("cooperate", "co\u00adoperate"),
    ("one […] three", "one two three"),
    ("one [...] three", "one two three"),
    ("[…] three", "one two three"),
    ("$5 million", "US$5 million"),
    ("no", "no"),
    ("我们赢了", "他说我们赢了吗"),
    ("ไม่รู้", "ผมไม่รู้ครับ"),
]
DOES_NOT = [
    ("know", "well known"),
    ("other", "others"),
    ("three […] one", "one two three"),
    ("one […] four", "one two three"),
    ("one […] one", "one two"),
    ("x -- y", "x-y"),
    ("[…]", "anything"),
    ('""', "anything"),
    ("no", ""),
    ("us", "a bus"),
]


@pytest.mark.parametrize(("quote", "copy"), STANDS)
def test_stands_in_the_copy(quote: str, copy: str) -> None:
    assert stands_in(quote, plain(copy))


@pytest.mark.parametrize(("quote", "copy"), DOES_NOT)
def test_does_not_stand_in_the_copy(quote: str, copy: str) -> None:
    assert not stands_in(quote, plain(copy))


def test_evening_out_twice_changes_nothing() -> None:
    for _, copy in (*STANDS, *DOES_NOT):
        assert plain(plain(copy)) == plain(copy)


# --- Reading copies -----------------------------------------------------------------------------


def pdf(text: str) -> bytes:
    """A PDF of one page that says this."""
    stream = f"BT /F1 12 Tf 72 720 Td ({text}) Tj ET".encode()
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 /MediaBox [0 0 612 792] >>",
        b"<< /Type /Page /Parent 2 0 R /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    out = bytearray(b"%PDF-1.4\n")
    offsets = []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 6\n0000000000 65535 f \n"
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    out += b"trailer\n<< /Size 6 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % start
    return bytes(out)


def of_copy(name: str) -> Source:
    return Source("a", "statement", "unknown", Span("content/sources/a.yaml", 3, 1, 3, 2), saved=name)


@pytest.mark.parametrize(
    ("name", "data", "quote"),
    [
        ("a.txt", "\ufeffHe said no.".encode(), "He said no."),
        ("a.pdf", pdf("He said no."), "He said no."),
        ("a.PDF", pdf("He said no."), "He said no."),
        ("a.html", b"<p>He <em>said</em>, re<b>ally</b>, no.<p>Next", "He said, really, no. Next"),
        ("a.html", b"<table><tr><td>one<td>two</table>", "one two"),
        ("a.html", b"He<br>said<script>x</script> no", "He said no"),
        ("a.html", "<meta charset=latin1>café".encode("latin-1"), "café"),
        ("a.xhtml", b'<?xml version="1.0"?><html><body><p>He said no.</p></body></html>', "He said no."),
    ],
)
def test_a_copy_is_read(tmp_path: Path, name: str, data: bytes, quote: str) -> None:
    (tmp_path / name).write_bytes(data)
    text = copy_text(tmp_path, name)
    assert isinstance(text, str)
    assert stands_in(quote, plain(text))
    assert not list(check_copy(tmp_path, of_copy(name)))


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.txt", b"\xff\xfe"),
        ("a.txt", b" \n"),
        ("a.html", b"<script>all</script>"),
        ("a.html", b"<!-- all -->"),
        ("a.pdf", b"no PDF"),
        ("a.pdf", pdf("")),
        ("a.pdf", pdf("cut off")[:200]),
        ("a.pdf", pdf("kids").replace(b"[3 0 R]", b"[2 0 R]")),
    ],
)
def test_a_copy_that_cannot_be_read_is_told(tmp_path: Path, name: str, data: bytes) -> None:
    (tmp_path / name).write_bytes(data)
    (fault,) = check_copy(tmp_path, of_copy(name))
    assert (fault.code, fault.span) == ("E209", of_copy(name).span)


def test_a_copy_that_is_missing_is_told(tmp_path: Path) -> None:
    assert [fault.code for fault in check_copy(tmp_path, of_copy("none.txt"))] == ["E209"]
