"""Whether a quote stands in a saved copy, and what is read of one."""

from __future__ import annotations

import cProfile
from io import BytesIO
from typing import TYPE_CHECKING

import pytest
from pypdf import PdfWriter

from explainer.diagnostics import Span
from explainer.load.saved_copies import check_copy, copy_text, text_in
from explainer.model.declared import Source
from explainer.resolve.nearest_passage import nearest_passage
from explainer.resolve.quote_text import even
from explainer.resolve.quotes import find_quote

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
    # Final punctuation inside of the marks, and where a house puts it before or after them.
    ("I never did,", "He said: I never did."),
    ("It is “closed.”", 'It is "closed".'),
    ("called it “closed,” and left", "called it “closed”, and left"),
    ("I never did …", "He said: I never did that."),
    # Words and letters that the quotation changes, in square brackets.
    ("[The mayor] never had meetings", "I never had meetings"),
    ("so [he] basically lied", "so I basically lied"),
    ("he [really] lied", "he lied"),
    ("[t]he council said no", "The council said no"),
    ("basically lie[s] to us", "basically lied to us"),
    ("the [un]known", "the known"),
    ("one two […]", "one two three"),
    # The case of the first letter.
    ("the council said no", "The council said no."),
    ("So I lied", "and so I lied"),
    ("élite troops", "Élite troops"),
    # Note marks.
    ("The pier is cracked", "The pier[12] is cracked"),
    ("The pier is cracked", "The pier [a] is[citation needed] cracked"),
    ("cracked. It fell", "cracked.¹² It fell"),
    # Space that a PDF puts around punctuation, or French around its marks.
    ("Privacy Policy, relevant terms (a.example)", "Privacy Policy , relevant terms ( a.example )"),
    ("Wiretap Order.", "Wiretap Order ."),
    ("rose by 5.5%", "rose by 5.5\u202f%"),
    ('il a dit "oui" et "non" !', "il a dit « oui » et « non\u202f»\u202f!"),
    ('Er sagte "ja" und ging', "Er sagte »ja« und ging"),
    # Styles of dashes.
    ("2016-2017", "2016–2017"),
    ("2016–2017", "2016 – 2017"),
    ("-5 degrees", "at −5 degrees"),
    ("the Paris-Lyon line", "the Paris–Lyon line"),
    ("no – never", "no–never"),
    # Characters that nobody sees.
    ("zerowidth", "zero\u200bwidth"),
    ("كتاب", "كتـــاب"),
    ("می\u200cخواهم", "میخواهم"),
    ("cooperate", "co\u00ad\noperate"),
    ("well-known statement", "a well-\nknown state-\nment"),
    ("我们赢了", "他说我们\n赢了吗"),
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
    # A hyphen within a line belongs to the word.
    ("He will resign next week", "He will re-sign next week"),
    ("the unionized staff", "the un-ionized staff"),
    ("recovered", "re-covered at the line-\nend"),
    ("wellknown", "a well-known fact"),
    # Square brackets stand for a few words of one sentence, and not for others' letters.
    ("The mayor [did] crack", "The mayor left. The pier did crack"),
    ("one [x] two", "one " + "and " * 13 + "two"),
    ("[s]he council said no", "The council said no"),
    ("[he]", "anything"),
    # Case counts but for the first letter.
    ("I saw the us", "I saw the US"),
    ("is it so?", "It is so."),
]
CHANGED = [
    ("He did […] take it", "He did not take it", "negation"),
    ("He [did] take it", "He didn’t take it", "negation"),
    ("Il […] vu", "Il n'a jamais rien vu", "negation"),
    ("He was here […] He took it", "He was here yesterday. Nothing followed! He took it", "negation"),
    ("He was here […] took it", "He was here yesterday. His friend took it", "sentences"),
    ("He met […] Jones there", "He met Mr. Jones there", None),
    ("He met […] officials", "He met U.S. officials", None),
    ("He […] took it", "He did not go. He later took it", None),
    ("He was here […] she took it", "He was here. She took it", "sentences"),
    ("He was here. […] She took it", "He was here. She took it", None),
    ("He was here […]. She took it", "He was here. She took it", None),
    ("He was here. [She] took it", "He was here. Ann took it", None),
    ("It was [not] here", "It was here", "put in"),
    ("He [didn’t] take it", "He will take it", "put in"),
    ("He [really] took it", "He took it", None),
    ("He went […] it rained", "He went to the “harbour.” Then it rained", "sentences"),
]


@pytest.mark.parametrize(("quote", "copy"), STANDS)
def test_stands_in_the_copy(quote: str, copy: str) -> None:
    assert find_quote(quote, copy)


@pytest.mark.parametrize(("quote", "copy"), DOES_NOT)
def test_does_not_stand_in_the_copy(quote: str, copy: str) -> None:
    assert not find_quote(quote, copy)


@pytest.mark.parametrize(("quote", "copy", "what"), CHANGED)
def test_what_a_quote_leaves_out_is_looked_at(quote: str, copy: str, what: str | None) -> None:
    found = find_quote(quote, copy)
    assert found
    assert found.leaves_out_a_negation == (what == "negation")
    assert found.puts_in_a_negation == (what == "put in")
    assert found.keeps_sense == (what is None)
    assert found.crosses_sentences == (what == "sentences") or what == "negation"


@pytest.mark.parametrize(
    ("text", "evened"),
    [
        ("He  said:\n“No,” and\u200b left .", 'He said":No",and left.'),
        ("a—b -- c - d", "a -- b -- c -- d"),
        ("1990–95, 1990 - 95", "1990-95, 1990-95"),
        ("cracked [12] and [a] m² or km²", "cracked and m2 or km2"),
    ],
)
def test_a_text_is_evened_out(text: str, evened: str) -> None:
    assert even(text) == evened
    assert even(evened) == evened


# --- The nearest passage ------------------------------------------------------------------------

SPEECH = "Good evening. I never had meetings with them about the bridge. The council said no. Thank you."


@pytest.mark.parametrize(
    ("quote", "passage", "differences"),
    [
        ("I never had any meetings with them", "I never had meetings with them", (("", "any"),)),
        ("I never had talks with them", "I never had meetings with them", (("meetings", "talks"),)),
        ("I had meetings with them", "I never had meetings with them", (("never", ""),)),
        ("The council SAID no,", "The council said no.", (("said", "SAID"),)),
        ("the council said no!", "The council said no.", (("no.", "no!"),)),
        ("[He] never had talks", "never had meetings", (("meetings", "talks"),)),
        ("Good evening, I never had", "Good evening. I never had", (("evening.", "evening,"),)),
    ],
)
def test_the_nearest_passage_is_found(quote: str, passage: str, differences: tuple[tuple[str, str], ...]) -> None:
    found = nearest_passage(quote, SPEECH)
    assert found
    assert passage in found.text
    assert found.differences == differences


def test_nothing_is_near_that_shares_few_words() -> None:
    assert nearest_passage("Whatever the bridge may be", SPEECH) is None
    assert nearest_passage("anything", "") is None


def test_the_passage_of_a_long_quotation() -> None:
    words = [f"word{number}" for number in range(3000)]
    found = nearest_passage(" ".join([*words[500:1700], "other", *words[1701:2000]]), " ".join(words))
    assert found
    assert found.differences == (("word1700", "other"),)


def test_words_that_stand_there_again_and_again_are_not_tried_against_each_other() -> None:
    def calls(count: int) -> int:
        profile = cProfile.Profile()
        found = profile.runcall(nearest_passage, "ab " * count + "y", "ab " * 2 * count + "x")
        assert found
        assert found.differences == (("ab", "y"),)
        return sum(entry.callcount for entry in profile.getstats())

    assert calls(2400) <= 2.6 * calls(1200)


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


def locked(data: bytes, password: str) -> bytes:
    """The same PDF, encrypted as courts and auditors do it: with AES, mostly for an empty password."""
    writer = PdfWriter(clone_from=BytesIO(data))
    writer.encrypt(password, algorithm="AES-256")
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


@pytest.mark.parametrize(
    "markup",
    [
        "<p hidden>He left</p>", "<div style='Display: none'><p>He left</p></div>", "<p aria-hidden=true>He left",
        "<select><option>He left</select>", "<noscript>He left</noscript>", "<textarea>He left</textarea>",
        "<style>He left</style>", "<!-- He left", "<template>He left</template>", "<dialog>He left</dialog>",
        "<s>He left</s>", "<video>He left</video>", "<p style='visibility:hidden'>He left",
    ],
)  # fmt: skip
def test_what_no_reader_of_a_page_sees_is_not_in_its_copy(markup: str) -> None:
    text = text_in("a.html", f"<p>He stayed</p>{markup}".encode())
    assert isinstance(text, str)
    assert text.split() == ["He", "stayed"]


@pytest.mark.parametrize("markup", ["<p class=hidden>", "<p data-hidden>", "<p title='hidden'>", "<dialog open>"])
def test_what_only_sounds_hidden_is_seen(markup: str) -> None:
    assert str(text_in("a.html", f"{markup}He left".encode())).split() == ["He", "left"]


def of_copy(name: str) -> Source:
    return Source("a", "statement", "unknown", Span("content/sources/a.yaml", 3, 1, 3, 2), saved=name)


@pytest.mark.parametrize(
    ("size", "told"),
    [
        (b"<p>x</p>\n" * 700_000, "is 6.3 MB of HTML with 1,400,000 tags"),
        (b"<" * 1_000_001, "is 1.0 MB of HTML with 1,000,001 tags"),
        (b"<p>" + b"x" * 100_000_000, "is 100.0 MB of HTML with 1 tags"),
    ],
    ids=["tags", "angles", "bytes"],
)
def test_a_page_that_is_too_large_is_refused_with_its_size(size: bytes, told: str) -> None:
    found = text_in("a.html", size)
    assert isinstance(found, tuple)
    assert found[0] == f"{told}, and at most 100 MB with 1,000,000 tags are read"


@pytest.mark.parametrize(
    ("name", "data", "quote"),
    [
        ("a.txt", "\ufeffHe said no.".encode(), "He said no."),
        ("a.pdf", pdf("He said no."), "He said no."),
        ("a.PDF", pdf("He said no."), "He said no."),
        ("a.pdf", locked(pdf("He said no."), ""), "He said no."),
        ("no-ending", pdf("He said no."), "He said no."),
        ("a.txt", b"> He said\n> > no.", "He said no."),
        ("a.html", b"<p>He <em>said</em>, re<b>ally</b>, no.<p>Next", "He said, really, no. Next"),
        ("a.html", b"<table><tr><td>one<td>two</table>", "one two"),
        ("a.html", b"He<br>said<script>x</script> no", "He said no"),
        ("a.html", b"<p>The pier<sup><a href='#n1'>12</a></sup> is<sup>[3]</sup> cracked", "The pier is cracked"),
        ("a.html", b"<p>The pier.<sup>12</sup> It is 10 m<sup>2</sup> wide", "The pier. It is 10 m2 wide"),
        ("a.html", b"He <del>never</del>said <button>Share</button>no", "He said no"),
        ("a.html", "<ruby>漢<rt>かん</rt>字</ruby>".encode(), "漢字"),
        ("a.html", b"He said<p hidden>all of it<p>no <!-- of --> it", "He said no it"),
        ("a.html", b"<p title=it's>He said <b>n<i>o</b></i>.", "He said no"),
        ("a.html", "<meta charset=latin1>café".encode("latin-1"), "café"),
        ("a.xhtml", b'<?xml version="1.0"?><html><body><p>He said no.</p></body></html>', "He said no."),
    ],
)
def test_a_copy_is_read(tmp_path: Path, name: str, data: bytes, quote: str) -> None:
    (tmp_path / name).write_bytes(data)
    text = copy_text(tmp_path, name)
    assert isinstance(text, str)
    assert find_quote(quote, text)
    assert not list(check_copy(tmp_path, of_copy(name)))


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("a.txt", b"\xff\xfe", "isn't UTF-8 text"),
        ("a.txt", b" \n", "has no text"),
        ("a.html", b"<script>all</script>", "has no text"),
        ("a.html", b"<!-- all -->", "has no text"),
        ("a.pdf", b"no PDF", "can't be read"),
        ("a.pdf", pdf(""), "has no text"),
        ("a.pdf", pdf("cut off")[:200], "can't be read"),
        ("a.pdf", pdf("kids").replace(b"[3 0 R]", b"[2 0 R]"), "can't be read"),
        ("a.pdf", locked(pdf("He said no."), "secret"), "needs a password"),
        ("a.docx", b"PK\x03\x04...", "is a word processor's document"),
        ("a.txt", b"{\\rtf1 He said no.}", "is a word processor's document"),
        ("a.doc", b"He said no.", "is a word processor's document"),
        ("a.png", b"\x89PNG", "is a picture"),
    ],
)
def test_a_copy_that_cannot_be_read_is_told(tmp_path: Path, name: str, data: bytes, message: str) -> None:
    (tmp_path / name).write_bytes(data)
    (fault,) = check_copy(tmp_path, of_copy(name))
    assert (fault.code, fault.span) == ("E209", of_copy(name).span)
    assert message in fault.message


def test_page_numbers_between_pages_are_no_words_of_the_text(tmp_path: Path) -> None:
    writer = PdfWriter()
    for page in ("He said that he) Tj 0 -20 Td (12", "Page 13 of 20) Tj 0 -20 Td (had left."):
        writer.append(BytesIO(pdf(page)))
    writer.write(tmp_path / "a.pdf")
    text = copy_text(tmp_path, "a.pdf")
    assert isinstance(text, str)
    assert find_quote("he had left", text)


def test_a_copy_that_is_missing_is_told(tmp_path: Path) -> None:
    assert [fault.code for fault in check_copy(tmp_path, of_copy("none.txt"))] == ["E209"]
