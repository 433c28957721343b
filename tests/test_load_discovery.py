"""Reading files and finding content: only ordinary, clean files of the site."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from explainer.load import Content, find_content, load_page
from explainer.model.settings import SiteConfig
from explainer.system.site_files import decode, read_file, read_text
from tests.load_support import library, told, write

if TYPE_CHECKING:
    from pathlib import Path

    from tests.harness import SiteTest

SITE = {"site.yaml": "title: T\n"}


def test_a_link_inside_the_site_is_followed(tmp_path: Path) -> None:
    write(tmp_path, {"b.md": "x"})
    (tmp_path / "content/a.md").symlink_to("b.md")
    assert read_text(tmp_path, "content/a.md").value == "x"


def fifo(path: Path) -> None:
    os.mkfifo(path)


def outside(path: Path) -> None:
    (path.parents[2] / "secret").write_text("x", encoding="utf-8")
    path.symlink_to("../../secret")


def dangling(path: Path) -> None:
    path.symlink_to("gone")


def loop(path: Path) -> None:
    path.symlink_to(path.name)


def folder(path: Path) -> None:
    path.mkdir()


@pytest.mark.parametrize(
    ("make", "words"),
    [(fifo, "a regular file"), (outside, "leaves"), (dangling, "doesn't exist"), (loop, "back to itself"), (folder, "folder")],
)  # fmt: skip
def test_what_is_no_ordinary_file(make: object, words: str, tmp_path: Path) -> None:
    root = write(tmp_path / "site", SITE)
    assert callable(make)
    make(root / "content" / "a.md")
    read = read_file(root, "content/a.md")
    assert read.value is None
    assert told(read.diagnostics) == ["E101 1:1"]
    assert words in read.diagnostics[0].message


@pytest.mark.parametrize("path", ["content/a\0b", "content/" + "a" * 300, "content/site.yaml/a.md"])
def test_names_that_no_file_can_have(path: str, tmp_path: Path) -> None:
    assert told(read_file(write(tmp_path, SITE), path).diagnostics) == ["E101 1:1"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_permissions(tmp_path: Path) -> None:
    (write(tmp_path, SITE) / "content/site.yaml").chmod(0)
    assert "permissions" in read_file(tmp_path, "content/site.yaml").diagnostics[0].message


@pytest.mark.parametrize(
    ("data", "place", "words"),
    [
        ("é\r\nü".encode() + b"\xe9", "E102 2:2", "0xE9"),
        ("hello".encode("utf-16"), "E102 1:1", "UTF-16"),
        ("hello".encode("utf-16-le"), "E102 1:1", "UTF-16"),
        (b"a\xed\xa0\x80", "E102 1:2", "0xED"),
        (b"abcdef\n\x00", "E103 2:1", "U+0000"),
        ("é\u0085".encode(), "E103 1:2", "U+0085"),
        (b"a\x7f", "E103 1:2", "U+007F"),
        ("a\uffff".encode(), "E103 1:2", "U+FFFF"),
    ],
)
def test_what_is_no_clean_text(data: bytes, place: str, words: str) -> None:
    read = decode("a", data)
    assert (read.value, told(read.diagnostics)) == (None, [place])
    assert words in read.diagnostics[0].message + read.diagnostics[0].hints[0]


def test_what_is_clean_text() -> None:
    text = "a\tb\u00a0«é»\u2028😀\ufffd"
    assert decode("a", text.encode()).value == text


def test_only_the_first_controls_are_told() -> None:
    assert len(decode("a", b"abcdefgh\x01" * 1000).diagnostics) == 20


def test_content_is_listed_in_order(tmp_path: Path) -> None:
    names = [
        "explainers/b.md", "explainers/a/index.md", "explainers/a/saved/x.html", "explainers/a-b.md", "pages/c.md",
        "explainers/.draft.md", "sources/b.yaml", "sources/a.yaml", "people.yaml", "explainers/pic.png", "media/x.png",
    ]  # fmt: skip
    found = find_content(write(tmp_path, SITE | dict.fromkeys(names, "x")))
    assert found.diagnostics == ()
    assert found.value == Content(
        "content/site.yaml", "content/people.yaml", ("content/sources/a.yaml", "content/sources/b.yaml"),
        ("content/explainers/a-b.md", "content/explainers/a/index.md", "content/explainers/b.md", "content/pages/c.md"),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("explainers/a/b/c.md", "<slug>"), ("explainers/a/notes.md", "<slug>"), ("pages/a/b/index.md", "<slug>"),
        ("explainers/a.MD", "rename"), ("pages/a.markdown", "rename"), ("sources/a.yml", "rename"),
        ("sources/a/b.yaml", "<slug>"), ("readme.md", "explainers"), ("explainer/a.md", "`explainers`"),
        ("site.yml", "`site.yaml`"), ("poeple.yaml", "`people.yaml`"), ("extra.yaml", "`content/sources/`"),
        ("explainers/a\nb.md", "a-z"), ("explainers/a\\b.md", "a-z"),
    ],
)  # fmt: skip
def test_files_at_a_place_where_they_would_be_lost(name: str, hint: str, tmp_path: Path) -> None:
    (fault,) = find_content(write(tmp_path, SITE | {name: "x"})).diagnostics
    assert (fault.code, fault.span.line, fault.span.col) == ("E108", 1, 1)
    assert hint in "".join(fault.hints)
    assert fault.span.path.isprintable()


def test_a_name_that_is_no_text(tmp_path: Path) -> None:
    write(tmp_path, SITE | {"explainers/a.md": "x"})
    (tmp_path / os.fsdecode(b"content/explainers/\xff.md")).write_text("x", encoding="utf-8")
    (fault,) = find_content(tmp_path).diagnostics
    assert (fault.code, fault.span.path) == ("E108", "content/explainers/\\xff.md")


def test_what_is_missing(tmp_path: Path) -> None:
    found = find_content(tmp_path)
    assert [(d.code, d.span.path) for d in found.diagnostics] == [("E109", "content")]
    write(tmp_path, {"explainers/a.md": "x"})
    found = find_content(tmp_path)
    assert [(d.code, d.span.path) for d in found.diagnostics] == [("E109", "content/site.yaml")]


def test_folders_that_are_links(tmp_path: Path) -> None:
    root = write(tmp_path / "site", SITE | {"shared/a.md": "x", "shared/b/c.md": "x"})
    write(tmp_path / "other", {"secret.md": "x"})
    (root / "content/explainers").symlink_to("shared")
    (root / "content/pages").symlink_to("../../other/content")
    (root / "content/shared/b/back").symlink_to("..")
    found = find_content(root)
    assert found.value.pages == ("content/explainers/a.md",)
    assert [(d.code, d.span.path) for d in found.diagnostics] == [
        ("E108", "content/explainers/b/c.md"), ("E101", "content/pages"),
    ]  # fmt: skip


def test_a_file_where_a_folder_should_be(tmp_path: Path) -> None:
    root = write(tmp_path, {"explainers/a.md": "x"})
    (root / "content/explainers/b.md").mkdir()
    (root / "content/site.yaml").mkdir()
    content = find_content(root).value
    assert told(load_page(root, content.pages[1], SiteConfig("T", "https://x/")).diagnostics) == ["E101 1:1"]
    assert told(library(root / "other", a="x: {type: report, title: T}\n").diagnostics) == []
    (root / "file").write_text("x", encoding="utf-8")
    (root / "linked").mkdir()
    (root / "linked/content").symlink_to("../file")
    assert told(find_content(root / "linked").diagnostics) == ["E101 1:1"]


def test_a_page_in_pages_may_have_a_folder_with_its_pictures(site: SiteTest) -> None:
    site.write("content/pages/team/index.md", "---\ntitle: Team\n---\n![Us](us.gif)\n")
    gif = b"GIF89a\x01\x00\x01\x00\x00\x00\x00,\x00\x00\x00\x00\x01\x00\x01\x00\x80\x00\x00\x00\xff\xff\xff\x02\x02D\x01\x00;"
    site.write("content/pages/team/us.gif", gif)
    result = site.build()
    assert (result.exit, result.diagnostics) == (0, ())
    assert site.html("team/index.html").select_one("main img")
    assert (site.out / "team/us.gif").is_file()


def test_a_byte_order_mark_is_passed_over_in_every_file(site: SiteTest) -> None:
    mark = b"\xef\xbb\xbf"
    site.write("content/site.yaml", mark + b"title: T\nbase_url: https://example.org/\n")
    site.write("content/people.yaml", mark + b"ada: {name: Ada}\n")
    site.write("content/sources/a.yaml", mark + b"a: {type: statement, title: A}\n")
    page = (
        b'---\ntitle: T\ndate: 2024-01-01\nauthors: [ada]\n---\n{{< claim id="one" sources="a" >}}So{{< /claim >}}.\n'
    )
    site.write("content/explainers/t.md", mark + page)
    site.write("layouts/shortcodes/x.html", mark + b"x")
    result = site.build()
    assert (result.exit, result.diagnostics) == (0, ())
    assert "\ufeff" not in site.read("explainers/t/index.html")


def test_a_telephone_a_message_and_a_signal_account_can_be_linked(site: SiteTest) -> None:
    links = ["tel:+1-202-555-0100", "sms:+12025550100", "sgnl://signal.me/#p/+12025550100"]
    tips = "".join(f'    - {{label: L, url: "{link}"}}\n' for link in links)
    site.write("content/site.yaml", f"title: T\nbase_url: https://example.org/\ntips:\n  text: T\n  links:\n{tips}")
    text = " ".join(f"[L]({link})" for link in links)
    site.write("content/explainers/t.md", f"---\ntitle: T\ndate: 2024-01-01\n---\n{text}\n")
    result = site.build()
    assert (result.exit, result.diagnostics) == (0, ())
    hrefs = [one.get("href") for one in site.html("explainers/t/index.html").select("a")]
    assert [hrefs.count(link) for link in links] == [2, 2, 2]


@pytest.mark.parametrize("link", ["tel:alert(1)", "sms:", "sgnl:javascript", "javascript:x", "vbscript:x"])
def test_what_only_looks_like_one_cannot(site: SiteTest, link: str) -> None:
    site.write("content/explainers/t.md", f"---\ntitle: T\ndate: 2024-01-01\n---\n[L]({link})\n")
    assert site.build().codes == ["E126"]
