"""Documents that become drafts."""

from __future__ import annotations

import base64
import io
import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner
from hypothesis import example, given, settings
from hypothesis import strategies as st

from explainer.cli.main import main
from explainer.importing.inline_text import BREAK, Unit, chars, write_units
from explainer.parse.parser import markdown
from explainer.text.typography import ENGLISH_STYLE
from tests.harness import Result
from tests.picture_files import dirty_jpeg, plain_jpeg
from tests.word_files import WordFile

if TYPE_CHECKING:
    from pathlib import Path

    from markdown_it.token import Token

    from tests.harness import SiteTest

BBC, TIMES = "https://www.bbc.example/news/1", "https://times.example/b?x=1&y=(2)"


def run(*args: str | Path) -> Result:
    outcome = CliRunner().invoke(main, [str(arg) for arg in args], catch_exceptions=False)
    return Result(outcome.exit_code, outcome.stdout, outcome.stderr)


def imported(site: SiteTest, content: bytes | WordFile, name: str = "story.docx", *args: str) -> tuple[Result, str]:
    """Import a document; the page that came of it, if one did."""
    file = site.root.parent / name
    file.write_bytes(content.save() if isinstance(content, WordFile) else content)
    result = run("import", file, "--site", site.root, *args)
    if result.exit:
        return result, ""
    return result, (site.root / result.stdout.split("\n")[0]).read_text(encoding="utf-8")


def body(page: str) -> str:
    return page.split("\n---\n", 1)[1].strip("\n")


# --- Text that looks like markup -----------------------------------------------------------------

PIECES = [
    *"ab1Z *_`~[]()<>!#+-.|:\\^&;={}/@x\u00e9", BREAK, "**", "__", "~~", "](", "][", "]:", "[^", "![", "&amp;", "1. ", "- ", "# ",
     "> ", "***", "http://", "https://a.example/b_c*d", "www.", "<b>", "[x] ", "^[",
]  # fmt: skip
# Few pieces at a time, so that they meet.
TEXTS = st.lists(st.sampled_from(PIECES), min_size=1, max_size=3).flatmap(
    lambda few: st.lists(st.sampled_from([*few, "a", " "]), max_size=9).map("".join)
)


def read_back(text: str) -> list[str]:
    """What readers get of each paragraph."""
    tokens = markdown().parse(text, {"style": ENGLISH_STYLE})
    return ["".join(_shown(token.children or [])) for token in tokens if token.type == "inline"]


def _shown(children: list[Token]) -> list[str]:
    breaks = {"hardbreak": BREAK, "softbreak": " "}
    return [breaks.get(child.type, child.content) for child in children]


def even(text: str) -> str:
    """A text without what typography changes, and without white space at the ends of its lines."""
    plain = re.sub(r"-+", "-", re.sub("[–—−]", "-", text)).replace("…", ".")
    return re.sub(r"\.+", ".", "\n".join(" ".join(line.split()) for line in plain.split(BREAK)).strip())


@settings(max_examples=300)
@example("http://@")
@example("http://http://**")
@example("www.www.***")
@given(TEXTS)
def test_a_text_is_read_as_it_was_written(text: str) -> None:
    units = [unit for line in text.split(BREAK) for unit in (*chars(line), Unit("char", BREAK))]
    written = write_units(units)
    shown = read_back(written)
    assert even("\n".join(shown)) == even(re.sub(r"\n+", "\n", "\n".join(line.strip() for line in text.split("\n")))), (
        written
    )


@given(
    st.lists(
        st.tuples(st.sampled_from(["a", " b", "c ", "d.", "“e”", " "]), st.sampled_from(["", "*", "**"])), max_size=6
    )
)
def test_marks_are_read_as_marks(parts: list[tuple[str, str]]) -> None:
    units: list[Unit] = []
    for text, mark in parts:
        around = (Unit("open", mark), Unit("close", mark)) if mark else ()
        units += [*around[:1], *chars(text), *around[1:]]
    (shown,) = read_back(write_units(units)) or [""]
    assert even(shown) == even("".join(text for text, _ in parts))


# --- Word documents ------------------------------------------------------------------------------


def story() -> WordFile:
    """A document with one of everything."""
    word = WordFile()
    properties = word.document.core_properties
    properties.author, properties.last_modified_by = "Ann Author", "Bob Saver"
    word.text("Why the bridge is shut", "Title")
    word.text("What is known of it", "Subtitle")
    first = word.text("The bridge was ")
    first.add_run("closed").bold = True
    first.add_run(" on Monday.")
    word.note(first, "A. Writer, “Bridge closed to lorries”, The Times, 3 May 2024, accessed 1 June 2024, ", TIMES)
    second = word.text("Nobody was hurt.")
    word.note(second, f'See "Nobody hurt", 2024-05-04, {BBC}.')
    word.note(second, "The count leaves out cyclists.")
    third = word.text("It will stay shut.")
    word.note(third, "The same story again: ", TIMES + "#more")
    word.text("What it costs", "Heading 1")
    word.text("Whom it hurts", "Heading 2")
    word.text("lorries", "List Bullet")
    word.text("buses", "List Bullet")
    table = word.document.add_table(2, 2)
    for cell, words in zip(
        (cell for row in table.rows for cell in row.cells), ["who", "how | much", "city", "5"], strict=True
    ):
        cell.text = words
    word.document.add_picture(io.BytesIO(dirty_jpeg()))
    last = word.text("The end")
    word.deleted(last, " DELETED")
    word.deleted(last, " MOVED AWAY", "moveFrom")
    word.inserted(last, " is near")
    last.add_run(" HIDDEN").font.hidden = True
    word.document.add_comment(last.runs[0], text="do not name: A Name", author="Ed Itor")
    return word


PAGE = """\
The bridge was **closed** on Monday.{{< source bridge-closed-to-lorries >}}

Nobody was hurt.{{< source nobody-hurt >}}[^1]

It will stay shut.{{< source bridge-closed-to-lorries >}}

## What it costs

### Whom it hurts

- lorries
- buses

| who | how \\| much |
|---|---|
| city | 5 |

![](picture-1.jpg)

The end is near

[^1]: The count leaves out cyclists."""


def test_a_document_becomes_a_draft(site: SiteTest) -> None:
    result, page = imported(site, story())
    assert result.stdout.split() == [
        "content/explainers/why-the-bridge-is-shut/index.md", "content/explainers/why-the-bridge-is-shut/picture-1.jpg",
    ]  # fmt: skip
    assert body(page) == PAGE
    assert 'title: "Why the bridge is shut"\nsummary: "What is known of it"\n' in page
    assert "\ndraft: true\n" in page
    built = site.build("--drafts")
    assert (built.exit, built.codes) == (0, ["W361"])  # the picture's description is the writer's to give


def test_notes_become_sources_one_for_each_address(site: SiteTest) -> None:
    _, page = imported(site, story())
    assert page.partition("sources:\n")[2].partition("#")[0] == (
        '  bridge-closed-to-lorries:\n    type: report\n    title: "Bridge closed to lorries"\n'
        f'    url: "{TIMES}"\n    date: 2024-05-03\n    accessed: 2024-06-01\n'
        f'  nobody-hurt:\n    type: report\n    title: "Nobody hurt"\n    url: "{BBC}"\n    date: 2024-05-04\n'
    )
    private = page.partition("\nprivate:\n")[2].partition("\n---\n")[0]
    assert private.count("A. Writer") == 1  # what a note said beside its address is kept for the writer
    assert "attribution" not in page
    assert "knowledge" not in page


def test_what_readers_of_the_document_do_not_see_is_nowhere(site: SiteTest) -> None:
    result, page = imported(site, story())
    for word in ("DELETED", "MOVED", "HIDDEN"):
        assert word not in page + result.stderr
    assert "left out: paragraph 15 (“The end is near”): a tracked deletion (2 times)\n" in result.stderr
    assert "left out: paragraph 15 (“The end is near”): hidden text\n" in result.stderr


def test_comments_and_people_are_private(site: SiteTest) -> None:
    _, page = imported(site, story())
    public, _, private = page.partition("\nprivate:\n")
    for words in ("Ed Itor on “The end”: do not name: A Name", "Ann Author", "Bob Saver", "story.docx"):
        assert words in private.partition("\n---\n")[0]
        assert words not in public + body(page)
    assert site.build("--drafts").exit == 0
    outputs = b"".join(file.read_bytes() for file in site.out.rglob("*") if file.is_file())
    assert not [name for name in (b"A Name", b"Ann Author", b"Bob Saver", b"Ed Itor") if name in outputs]


def test_pictures_are_cleaned(site: SiteTest) -> None:
    imported(site, story())
    assert (site.root / "content/explainers/why-the-bridge-is-shut/picture-1.jpg").read_bytes() == plain_jpeg()


def test_a_cropped_picture_is_left_out(site: SiteTest) -> None:
    word = WordFile()
    word.document.add_picture(io.BytesIO(dirty_jpeg()))
    (fill,) = word.document.element.body.iter("{http://schemas.openxmlformats.org/drawingml/2006/picture}blipFill")
    crop = fill.makeelement("{http://schemas.openxmlformats.org/drawingml/2006/main}srcRect", {"l": "20000"})
    fill.insert(1, crop)
    result, page = imported(site, word)
    assert result.stdout == "content/explainers/story.md\n"
    assert "![" not in page
    assert "a cropped picture; the file still has what was cut off" in result.stderr


W = "<w:{0}>{1}</w:{0}>"
RUN = "<w:r><w:t>{}</w:t></w:r>"


@pytest.mark.parametrize(
    "xml",
    [
        '<w:fldSimple w:instr="AUTHOR"><w:r><w:t>KEPT</w:t></w:r></w:fldSimple>',
        '<w:dir w:val="rtl"><w:bdo w:val="rtl"><w:r><w:t>KEPT</w:t></w:r></w:bdo></w:dir>',
        "<w:r><w:ruby><w:rt><w:r><w:t>not</w:t></w:r></w:rt><w:rubyBase><w:r><w:t>KEPT</w:t></w:r></w:rubyBase></w:ruby></w:r>",
        "<w:sdt><w:sdtContent><w:r><w:t>KEPT</w:t></w:r></w:sdtContent></w:sdt>",
        '<w:r><w:rPr><w:vanish w:val="0"/></w:rPr><w:t>KEPT</w:t></w:r>',
        '<w:ins w:id="1"><w:r><w:t>KEPT</w:t></w:r><w:del w:id="2"><w:r><w:delText>not</w:delText></w:r></w:del></w:ins>',
    ],
)  # fmt: skip
def test_text_is_kept_wherever_it_stands(site: SiteTest, xml: str) -> None:
    word = WordFile()
    word.raw(word.text("a "), xml)
    _, page = imported(site, word)
    assert body(page) == "a KEPT"


@pytest.mark.parametrize(
    "xml",
    [
        "<w:r><w:rPr><w:vanish/></w:rPr><w:t>GONE</w:t></w:r>",
        '<w:r><w:rPr><w:rStyle w:val="Secret"/></w:rPr><w:t>GONE</w:t></w:r>',
        "<w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent><w:r><w:t>GONE</w:t></w:r></w:sdtContent></w:sdt>",
        '<w:r><w:del w:id="1"><w:r><w:t>GONE</w:t></w:r></w:del></w:r>',
        "<m:oMath><m:r><m:t>GONE</m:t></m:r></m:oMath>",
    ],
)  # fmt: skip
def test_what_is_hidden_stays_hidden(site: SiteTest, xml: str) -> None:
    word = WordFile()
    word.document.styles.add_style("Secret", 2).font.hidden = True
    word.raw(word.text("a "), xml)
    result, page = imported(site, word)
    assert "GONE" not in page + result.stderr


def test_a_style_based_on_a_hidden_one_is_hidden(site: SiteTest) -> None:
    word = WordFile()
    styles = word.document.styles
    base, based, shown = (styles.add_style(name, 2) for name in ("Secret", "Derived", "Open"))
    base.font.hidden, shown.font.hidden = True, False
    based.base_style = shown.base_style = base
    paragraph = word.text("a ")
    for words, style in (("GONE", based), ("kept", shown)):
        paragraph.add_run(words, style)
    _, page = imported(site, word)
    assert body(page) == "a kept"


def test_text_in_a_box_is_kept(site: SiteTest) -> None:
    word = WordFile()
    box = "<w:txbxContent><w:p><w:r><w:t>BOX</w:t></w:r><w:del><w:r><w:t>GONE</w:t></w:r></w:del></w:p></w:txbxContent>"
    around = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    choice = f'<mc:AlternateContent {around}><mc:Choice Requires="wps"><w:drawing>{box}</w:drawing></mc:Choice></mc:AlternateContent>'
    word.raw(word.text("before"), f"<w:r>{choice}</w:r>")
    word.text("after")
    _, page = imported(site, word)
    assert body(page) == "before\n\nBOX\n\nafter"


def test_a_deleted_end_of_a_paragraph_loses_no_text(site: SiteTest) -> None:
    word = WordFile()
    for words in ("one ", "two ", "three"):
        mark = word.text(words)._p.get_or_add_pPr()
        mark.append(mark.makeelement(f"{mark.tag[:-3]}rPr", {}))
        mark[-1].append(mark.makeelement(f"{mark.tag[:-3]}del", {}))
    _, page = imported(site, word)
    assert body(page) == "one two three"


def test_a_deleted_cell_is_not_brought_back(site: SiteTest) -> None:
    word = WordFile()
    table = word.document.add_table(1, 2)
    table.cell(0, 0).text, table.cell(0, 1).text = "kept", "GONE"
    properties = table.cell(0, 1)._tc.get_or_add_tcPr()
    properties.append(properties.makeelement(f"{properties.tag[:-4]}cellDel", {}))
    _, page = imported(site, word)
    assert "GONE" not in page


def test_joined_cells_keep_their_columns(site: SiteTest) -> None:
    word = WordFile()
    table = word.document.add_table(3, 3)
    table.cell(0, 0).merge(table.cell(0, 1)).text = "wide"
    table.cell(1, 0).merge(table.cell(2, 0)).text = "tall"
    for row, column in ((0, 2), (1, 1), (1, 2), (2, 1), (2, 2)):
        table.cell(row, column).text = f"{row}{column}"
    result, page = imported(site, word)
    assert body(page) == "| wide |  | 02 |\n|---|---|---|\n| tall | 11 | 12 |\n|  | 21 | 22 |"
    assert "cells of a table are joined" in result.stderr


def test_raised_figures_stay_raised(site: SiteTest) -> None:
    word = WordFile()
    paragraph = word.text("10")
    paragraph.add_run("6").font.superscript = True
    paragraph.add_run(" m")
    paragraph.add_run("me").font.superscript = True
    result, page = imported(site, word)
    assert body(page) == "10⁶ mme"
    assert "that this is raised: its words were kept" in result.stderr or "“me”: that this is raised" in result.stderr


def test_shortcodes_that_were_typed_in_the_document_are_shortcodes(site: SiteTest) -> None:
    word = WordFile()
    word.text("He said {{< claim id=“a_b” sources=“x” >}}so{{< /claim >}} *loudly*.")
    _, page = imported(site, word)
    assert body(page) == 'He said {{< claim id="a_b" sources="x" >}}so{{< /claim >}} \\*loudly\\*.'


def test_a_source_that_the_site_has_is_not_made_again(site: SiteTest) -> None:
    site.write("content/sources/all.yaml", f"bbc: {{type: report, title: B, url: '{BBC}?utm_source=x'}}\n")
    word = WordFile()
    word.note(word.text("A."), f"BBC, {BBC}/")
    _, page = imported(site, word)
    assert body(page) == "A.{{< source bbc >}}"
    assert "\nsources:" not in page


def test_an_unnamed_sources_address_is_not_known(site: SiteTest) -> None:
    secret = f"secret: {{type: interview, attribution: background, description: d, why_unnamed: w, url: '{BBC}'}}\n"
    site.write("content/sources/all.yaml", secret)
    word = WordFile()
    word.note(word.text("A."), f"“Nobody hurt”, {BBC}")
    _, page = imported(site, word)
    assert body(page) == "A.{{< source nobody-hurt >}}"


def test_sources_can_go_to_the_registry(site: SiteTest) -> None:
    site.write("content/sources/ours.yaml", "# Ours\na: {type: report, title: A}\n")
    result, page = imported(site, story(), "story.docx", "--sources", "ours.yaml", "--as", "bridge")
    assert result.stdout.split()[-1] == "content/sources/ours.yaml"
    assert "\nsources:" not in page
    text = (site.root / "content/sources/ours.yaml").read_text(encoding="utf-8")
    assert text.startswith("# Ours\na: {type: report, title: A}\n\nbridge-closed-to-lorries:\n  type: report\n")
    assert site.build("--drafts").exit == 0


def test_a_registry_that_refuses_leaves_no_page_behind(site: SiteTest) -> None:
    site.write("content/sources/ours.yaml", "a: {type: report\n")
    result, _ = imported(site, story(), "story.docx", "--sources", "ours.yaml")
    assert result.exit == 2
    assert not (site.root / "content/explainers").exists()


@pytest.mark.parametrize("path", ["../x.yaml", "x.yml", "content/site.yaml", ".x.yaml", "/etc/x.yaml"])
def test_a_registry_is_a_file_of_the_sites_sources(site: SiteTest, path: str) -> None:
    result, _ = imported(site, story(), "story.docx", "--sources", path)
    assert result.exit == 2


@pytest.mark.parametrize(
    ("note", "ids"),
    [
        (f"See {BBC}, and also {TIMES}; both good.", ["see", "and-also"]),
        (f"“One”, {BBC}; “Two”, {TIMES}.", ["one", "two"]),
        (BBC, ["www-bbc-example"]),
        (f"وكالة {BBC}", ["www-bbc-example"]),
        ("“No such host”, http://[1]/", ["no-such-host"]),
        ("No address, 3 May 2024.", []),
        ("javascript:alert(1)", []),
    ],
)
def test_addresses_in_notes(site: SiteTest, note: str, ids: list[str]) -> None:
    word = WordFile()
    word.note(word.text("A."), note)
    _, page = imported(site, word)
    expected = f"{{{{< source {' '.join(ids)} >}}}}" if ids else f"[^1]\n\n[^1]: {note}"
    assert body(page) == f"A.{expected}"


def test_a_page_is_never_overwritten(site: SiteTest) -> None:
    imported(site, story(), "story.docx", "--as", "bridge")
    before = sorted(site.root.rglob("*"))
    again, _ = imported(site, story(), "story.docx", "--as", "bridge")
    assert again.exit == 2
    assert sorted(site.root.rglob("*")) == before
    other, _ = imported(site, story())
    assert other.stdout.startswith("content/explainers/why-the-bridge-is-shut/index.md")


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.docx", b"PK\x03\x04 not a zip", "isn't a Word document"),
        ("a.docx", b"\xd0\xcf\x11\xe0", "password"),
        ("a.docx", b"", "isn't a Word document"),
        ("a.doc", b"x", "save it as .docx"),
        ("a.pdf", b"x", "save it as .docx"),
        ("a.md", b"---\ntitle: A\n---\nText\n", "a page already"),
        ("a.md", b"\xff\xfe", "UTF-8"),
    ],
)
def test_files_that_are_no_document(site: SiteTest, name: str, content: bytes, words: str) -> None:
    result, _ = imported(site, content, name)
    assert result.exit == 1
    assert words in result.stderr
    assert not (site.root / "content/explainers").exists()


def test_what_is_imported_and_where_have_to_be_there(site: SiteTest, tmp_path: Path) -> None:
    for command in (["import"], ["sources", "import"]):
        assert run(*command, tmp_path / "none.docx", "--site", site.root).exit == 2
        assert run(*command, __file__, "--site", tmp_path / "none").exit == 2


def test_a_document_type_is_refused(site: SiteTest) -> None:
    from zipfile import ZipFile  # noqa: PLC0415 - only here

    file = io.BytesIO()
    with ZipFile(file, "w") as archive:
        archive.writestr("word/document.xml", '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>')
    result, _ = imported(site, file.getvalue())
    assert (result.exit, "document type" in result.stderr) == (1, True)


# --- Markdown of Google Docs ---------------------------------------------------------------------

GOOGLE = """\
# **Why the bridge is shut** {{#why}}

## **What is known** {{#what-is-known}}

The bridge was **closed** on Monday.[^1] A typed {{{{\\< claim id="a" \\>}}}}tag{{{{\\< /claim \\>}}}}. 1\\. Not a list; 5 \\- 3\\.

![A bridge][image1]

| a | b |
| :---- | :---- |
| 1 | 2<br>3 |

[^1]:  "Bridge closed", {bbc}

[image1]: <data:image/jpeg;base64,{data}>
"""


def test_what_google_docs_saves_as_markdown(site: SiteTest) -> None:
    text = GOOGLE.format(bbc=BBC, data=base64.b64encode(dirty_jpeg()).decode())
    result, page = imported(site, text.encode(), "story.md")
    assert result.exit == 0, result.stderr
    assert 'title: "Why the bridge is shut"' in page
    assert body(page) == (
        "## What is known\n\nThe bridge was **closed** on Monday.{{< source bridge-closed >}} "
        'A typed {{< claim id="a" >}}tag{{< /claim >}}. 1. Not a list; 5 - 3.\n\n![A bridge](picture-1.jpg)\n\n'
        "| a | b |\n|---|---|\n| 1 | 2 3 |"
    )
    assert (site.root / "content/explainers/why-the-bridge-is-shut/picture-1.jpg").read_bytes() == plain_jpeg()
    assert site.build("--drafts").exit == 0


def test_pictures_beside_a_markdown_file(site: SiteTest) -> None:
    (site.root.parent / "photo.jpg").write_bytes(dirty_jpeg())
    (site.root.parent.parent / "outside.jpg").write_bytes(dirty_jpeg())
    text = b"![in](photo.jpg)\n\n![out](../outside.jpg)\n\n![web](https://x.example/a.jpg)\n\n![no](none.jpg)\n"
    result, page = imported(site, text, "story.md")
    assert body(page) == "![in](picture-1.jpg)"
    assert result.stderr.count("left out: ") == 3


@pytest.mark.parametrize(
    "text",
    [
        "- a\n- b\n\n* c\n", "1. a\n2. b\n\n1) c\n", "3. a\n4. b\n", "> a\n>\n> b\n", "```\nx *y*\n```\n", "- a\n\n  b\n- c\n",
        "- a\n  - b\n    1. c\n", "***a***b", "**a**_b_", "a `x*y` b\n", "a\\\nb\n", "***\n", "~~a~~\n", "## A \\#\n",
    ],
)  # fmt: skip
def test_markdown_means_the_same_afterwards(site: SiteTest, text: str) -> None:
    _, page = imported(site, b"# T\n\n" + text.encode(), "story.md")
    html: list[Any] = [markdown().render(one, {"style": ENGLISH_STYLE}) for one in (text, body(page))]
    assert html[0] == html[1]


def test_the_package_for_word_may_be_missing(site: SiteTest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "mammoth", None)
    monkeypatch.delitem(__import__("sys").modules, "explainer.importing.word", raising=False)
    result, _ = imported(site, story())
    assert result.exit == 3
    assert "pip install 'newsexplainer[import]'" in result.stderr


# --- Libraries of references ---------------------------------------------------------------------


def library(site: SiteTest, content: str, name: str, *args: str) -> tuple[Result, str]:
    """Import a library; the file of sources that came of it."""
    file = site.root.parent / name
    file.write_text(content, encoding="utf-8")
    result = run("sources", "import", file, "--site", site.root, *args)
    path = site.root / result.stdout.strip()
    return result, path.read_text(encoding="utf-8") if path.is_file() else ""


ZOTERO = [
    {
        "id": "http://zotero.org/users/1/items/A", "type": "article-newspaper", "title": "A <i>late</i> story: “why”",
        "container-title": "The Times", "author": [{"family": "Writer", "given": "Ann"}, {"literal": "Reuters"}],
        "issued": {"date-parts": [["2024", 5, 3]]}, "accessed": {"date-parts": [[2024, 6]]}, "URL": "https://times.example/a",
        "language": "en-GB", "abstract": "long", "page": "1-2", "note": "ask again",
    },
    {
        "id": "doe2020", "type": "article-journal", "title": "A study", "container-title": "Journal", "publisher": "Press",
        "volume": "12", "DOI": "https://doi.org/10.1000/182", "issued": {"date-parts": [[2020], [2021]]}, "language": "English",
        "author": [{"family": "Gogh", "given": "Vincent", "non-dropping-particle": "van"}], "URL": "not an address",
        "editor": [{"family": "Ed", "given": "Ed"}],
    },
    {"id": "case", "type": "legal_case", "title": "A v. B", "authority": "High Court", "number": "12/34"},
    {"id": "told", "type": "interview", "title": "What A Name told us"},
    {"id": "bare", "type": "book"},
]  # fmt: skip
FROM_ZOTERO = """\
writer-2024:
  type: report
  title: "A late story: “why”"
  publisher: "The Times"
  authors: ["Ann Writer", "Reuters"]
  date: 2024-05-03
  accessed: 2024-06
  url: "https://times.example/a"
  language: "en-GB"
  private:
    page: "1-2"
    note: "ask again"

doe2020:
  type: report
  title: "A study"
  publisher: "Press"
  authors: ["Vincent van Gogh"]
  container: "Journal"
  doi: "10.1000/182"
  private:
    url: "not an address"
    language: "English"
    volume: "12"
    editor: "Ed Ed"
    issued: "2020/2021"

case:
  type: report  # a legal case in the file that it came from: perhaps public-record?
  title: "A v. B"
  publisher: "High Court"
  number: "12/34"
"""


def test_a_library_of_zotero(site: SiteTest) -> None:
    result, text = library(site, json.dumps(ZOTERO), "zotero.json")
    assert result.stdout == "content/sources/zotero.yaml\n"
    assert text == FROM_ZOTERO
    assert result.stderr.splitlines()[:2] == [
        "left out: reference 4: `told`; what a person told needs its terms: `explainer new source --type interview`",
        "left out: reference 5: `bare`; it has no title",
    ]
    assert set(site.build().codes) == {"W253"}


def test_what_is_there_stays_as_it_is(site: SiteTest) -> None:
    ours = "# Ours\ndoe2020: {type: report, title: Ours}  # checked\n"
    site.write("content/sources/zotero.yaml", ours.encode())
    site.write("content/people.yaml", "case: {name: A Case}\n")
    result, text = library(site, json.dumps(ZOTERO), "zotero.json")
    assert text.startswith(ours + "\nwriter-2024:\n")
    assert "\ncase-2:\n" in text
    assert text.count("doe2020") == 1
    assert "2 added, 1 there already" in result.stderr
    again, _ = library(site, json.dumps(ZOTERO[:2]), "zotero.json")
    assert (again.stdout, again.exit) == ("", 0)


BIBTEX = r"""
@string{times = "The Times"}
@article{Smith:2020, author = {M{\"u}ller, J{\"o}rg and {World Health Organization} and others}, title = {{The L}ate {\'E}tude \& more},
  journal = times, year = 2020, month = mar, number = 4, url = {https://a.example/x\_y%20z~q}, doi = {doi:10.1000/182}}
@book{broken, title = {x
@techreport{R1, title = "Report", institution = {Board}, number = {AAR-1}, date = {2019-05}, urldate = {2020-01-02}}
@misc{web, title = {Page}, howpublished = {\url{https://b.example/}}, year = {c. 1990}}
@article{R1, title = {Again}}
"""
FROM_BIBTEX = """\
smith-2020:
  type: report
  title: "The Late Étude & more"
  authors: ["Jörg Müller", "World Health Organization"]
  date: 2020-03
  container: "The Times"
  doi: "10.1000/182"
  url: "https://a.example/x_y%20z~q"
  private:
    number: "4"

r1:
  type: report
  title: "Report"
  publisher: "Board"
  date: 2019-05
  accessed: 2020-01-02
  number: "AAR-1"

web:
  type: report
  title: "Page"
  url: "https://b.example/"
  private:
    year: "c. 1990"
"""


def test_a_library_of_bibtex(site: SiteTest) -> None:
    result, text = library(site, BIBTEX, "refs.bib", "--to", "library.yaml")
    assert result.stdout == "content/sources/library.yaml\n"
    assert text == FROM_BIBTEX
    assert re.findall(r"left out: (line \d+): an entry that can't be read", result.stderr) == ["line 5", "line 8"]
    assert set(site.build().codes) == {"W253"}


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("{", "line 1, column 2"),
        ('{"a": 1}', "a list of references"),
        ("[1]", "a list of references"),
        ("", "isn't JSON"),
    ],
)
def test_what_is_no_library(site: SiteTest, content: str, words: str) -> None:
    result, text = library(site, content, "a.json")
    assert (result.exit, text) == (1, "")
    assert words in result.stderr


@pytest.mark.parametrize(
    "item",
    [
        {"title": "x: y # z", "id": "- a"},
        {"title": "\u2028\x07a", "id": 5, "author": "A"},
        {"title": "t", "issued": {"date-parts": [[None]]}, "URL": ["x"], "DOI": {}},
    ],
)
def test_odd_references_make_sound_sources(site: SiteTest, item: dict[str, Any]) -> None:
    result, text = library(site, json.dumps([item]), "a.json")
    assert result.exit == 0
    assert text
    assert set(site.build().codes) == {"W253"}
