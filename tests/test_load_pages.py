"""Front matter as records, with the place of every fault."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from explainer.load import find_content, load_page
from explainer.load.timestamps import parse_moment
from explainer.model.declared import Correction, Image, Located
from explainer.model.settings import SiteConfig
from tests.load_support import load_front, meta_of, page_of, told, visible, write

if TYPE_CHECKING:
    from pathlib import Path

    from explainer.model.declared import EdgeDecl


def test_every_field() -> None:
    meta = meta_of("""\
        title: 1984
        summary: >
          Who said
          what.
        date: 2017-06-08
        updated: 2017-06-09 14:30
        publish_at: 2017-06-08T06:00:00Z
        authors: [ada, "B. Writer", ada]
        contributors: C. Helper
        tags: [courts, 2017, courts]
        dateline: Washington
        language: no
        image: {src: a.png, alt: A letter, credit: Us}
        draft: false
        slug: other
        aliases: [/2017/old.php, /über/, /c/index.html]
        id: tag:post.example,2017:courts
        layout: long.html
        corrections: [{date: 2017-06-10, text: It was Tuesday.}]
        related: [one, two]
        private: SECRET
        """)
    assert (meta.title, meta.summary, meta.dateline) == ("1984", "Who said what.", "Washington")
    assert meta.language is not None
    assert meta.language.text == "no"
    assert meta.date
    assert (meta.date.iso, meta.date.epoch) == ("2017-06-08", 1_496_880_000)
    assert meta.updated
    assert meta.updated.iso == "2017-06-09T14:30:00+00:00"
    assert [(a.text, a.span.line, a.span.col) for a in meta.authors] == [("ada", 9, 11), ("B. Writer", 9, 16)]
    assert [c.text for c in meta.contributors] == ["C. Helper"]
    assert [tag.text for tag in meta.tags] == ["courts", "2017"]
    assert isinstance(meta.image, Image)
    assert (meta.image.src, meta.image.alt, meta.image.credit) == ("a.png", "A letter", "Us")
    assert isinstance(meta.layout, Located)
    assert (meta.draft, meta.slug, meta.layout.text) == (False, "other", "long.html")
    assert [alias.text for alias in meta.aliases] == ["/2017/old.php/", "/über/", "/c/"]
    assert meta.id == "tag:post.example,2017:courts"
    (correction,) = meta.corrections
    assert isinstance(correction, Correction)
    assert (str(correction.date), correction.text) == ("2017-06-10", "It was Tuesday.")
    assert [r.text for r in meta.related] == ["one", "two"]


def edges(found: tuple[EdgeDecl, ...]) -> list[tuple[str, int, int, str | None, str | None]]:
    return [(e.source, e.span.line, e.span.col, e.quote, e.at) for e in found]


def test_claims() -> None:
    meta = meta_of("""\
        title: T
        draft: true
        claims:
          campaign-talk:
            sources: [officials, {source: ex-official, quote: "q", at: 12}]
            disputes: "mar, tv"
            context: {source: doj}
            responses: {tv: does-not-recall, doj: no-comment}
            as: They talked.
            speaker: kislyak
            said: 2017-05
            reported: 2017-07-21
            status: true enough
            contradicts: [other, page#there]
            supersedes: old
            private: SECRET
          bare:
        """)
    claim, bare = meta.claims
    assert edges(claim.sources) == [("officials", 6, 15, None, None), ("ex-official", 6, 35, "q", "12")]
    assert edges(claim.disputes) == [("mar", 7, 16, None, None), ("tv", 7, 21, None, None)]
    assert edges(claim.context) == [("doj", 8, 23, None, None)]
    assert [(r.id, r.response, r.span.line, r.span.col) for r in claim.responses] == [
        ("tv", "does-not-recall", 9, 17), ("doj", "no-comment", 9, 38),
    ]  # fmt: skip
    assert claim.speaker
    assert claim.status
    assert (claim.as_text, claim.speaker.text, claim.status.text) == ("They talked.", "kislyak", "true enough")
    assert (str(claim.said), str(claim.reported)) == ("2017-05", "2017-07-21")
    assert [c.text for c in claim.contradicts] == ["other", "page#there"]
    assert [c.text for c in claim.supersedes] == ["old"]
    assert [(name, span.line, span.col) for name, span in claim.fields][:2] == [("sources", 6, 5), ("disputes", 7, 5)]
    assert len(claim.fields) == 11
    assert (bare.id, bare.fields, bare.span.line) == ("bare", (), 18)


@pytest.mark.parametrize(
    ("yaml", "places"),
    [
        ("", ["E121 1:1", "E121 1:1"]),
        ("title: T\n", ["E121 1:1"]),
        ("title: T\ndraft: true\n", []),
        ("title: T\ndraft: false\ndate:\n", ["E121 4:1"]),
        ("title: T\ndraft: yes\n", ["E121 1:1", "E122 3:8"]),
        ("titel: T\ndate: 2017-06-08\n", ["E121 1:1", "E120 2:1"]),
        ("title: T\ndate: 2017-06\n", ["E124 3:7"]),
        ("title: T\ndate: 2017-02-29\n", ["E124 3:7"]),
        ("title: T\ndate: [x]\n", ["E122 3:7"]),
        ("title: T\ndate: 2017-06-08 25:00\n", ["E124 3:7"]),
        ("title: T\ndraft: true\nslug: Big News\n", ["E125 4:7"]),
        ("title: T\ndraft: true\ntags: [a, '--', {b: c}]\n", ["E127 4:11", "E122 4:17"]),
        ("title: T\ndraft: true\nauthors:\n  - a\n  -\n", ["E122 6:4"]),
        ("title: T\ndraft: true\nimage: a.png\n", ["E122 4:8"]),
        ("title: T\ndraft: true\nimage: {src: a.png}\n", ["E121 4:8"]),
        ("title: T\ndraft: true\nimage: {src: 'data:x', alt: ''}\n", ["E126 4:14", "E121 4:24"]),
        ("title: T\ndraft: true\nlayout: ../x\n", ["E123 4:9"]),
        ("title: T\ndraft: true\ncorrections: {date: 2017, text: ''}\n", ["E121 4:27"]),
        ("title: T\ndraft: true\nrelated: [a, B]\n", ["E125 4:14"]),
        ("title: T\ndraft: true\nclaims: [a]\n", ["E122 4:9"]),
        (
            "title: T\ndraft: true\nclaims:\n  c: {sources: [[a]], speaker: A, said: x}\n",
            ["E122 5:17", "E125 5:32", "E124 5:41"],
        ),
        (
            "title: T\ndraft: true\nclaims:\n  c: {sources: {quote: x}, contradicts: 'p#q#r'}\n",
            ["E121 5:16", "E125 5:42"],
        ),
        (
            "title: T\ndraft: true\nclaims:\n  c: {responses: {a: denys, b: , C: denies}}\n",
            ["E123 5:22", "E121 5:29", "E125 5:34"],
        ),
        ("title: T\ndraft: true\nclaims:\n  c: {}\n  c: {}\n", ["E402 6:3"]),
        ("title: T\ndraft: true\ntitle: U\n", ["E112 4:1"]),
        ("title: &t T\nsummary: *t\ndraft: true\n", ["E111 2:8", "E111 3:10"]),
        ("title: #12\ndraft: true\n", ["E121 2:1", "W152 2:8"]),
        ("title: T\ndraft: true\nsummary: #12\ndateline:\n", ["W152 4:10"]),
        ("title: T\ndraft: true # x\nupdated: # later\n", []),
        ("title: !t\ndraft: true\n", ["E111 2:8"]),
        ("title: T\ndraft: &d true\ntags: *d\n", ["E111 3:8", "E111 4:7"]),
        ("- a\n", ["E122 2:1"]),
        ("title\n", ["E122 2:1"]),
    ],
)
def test_faults(yaml: str, places: list[str]) -> None:
    assert told(load_front(yaml).diagnostics) == places


def test_an_unknown_key_names_the_nearest() -> None:
    staged = load_front("title: T\ndraft: true\nsumary: x\nqqq: y\n")
    near, far = staged.diagnostics
    assert near.hints == ("did you mean `summary`?",)
    assert "`title`, `summary`" in far.hints[0]


@pytest.mark.parametrize("key", ["privat", "privates", "private_note", "Private"])
def test_a_key_like_private_is_unknown_and_not_shown(key: str) -> None:
    staged = load_front(f"title: T\ndraft: true\n{key}: SECRET\n")
    assert told(staged.diagnostics) == ["E120 4:1"]
    assert "SECRET" not in visible(staged.value.text) + str(staged.value.page)


def test_an_item_that_is_a_comment_is_told_as_one() -> None:
    (found,) = load_front("title: T\ndraft: true\ntags:\n  - #MeToo\n").diagnostics
    assert (found.code, found.hints) == ("E122", ("a ` #` begins a comment: put a text that begins so in quotes",))


@pytest.mark.parametrize(
    ("written", "read"), [("EN", "en"), ("pt-br", "pt-BR"), ("ZH-hant-tw", "zh-Hant-TW"), ("es-419", "es-419")]
)
def test_a_language_is_read_in_any_case(written: str, read: str) -> None:
    language = meta_of(f"title: T\ndraft: true\nlanguage: {written}\n").language
    assert language
    assert language.text == read


@pytest.mark.parametrize(
    ("summary", "read"),
    [
        (">\n  中文，\n  續行\n  abc", "中文，續行 abc"),
        ("中文\n  續行", "中文續行"),
        ("中文 續行", "中文 續行"),
        (">\n  한국어\n  줄", "한국어 줄"),
    ],
)
def test_lines_of_scripts_without_spaces_are_joined_without_one(summary: str, read: str) -> None:
    assert meta_of(f"title: T\ndraft: true\nsummary: {summary}\n").summary == read


def test_a_hostile_key_is_shown_short_and_printable() -> None:
    staged = load_front(f'title: T\ndraft: true\n"a\\e`\\u202e{"x" * 500}": 1\n')
    assert [d.code for d in staged.diagnostics] == ["E103", "E120"]
    assert all(d.message.isprintable() and len(d.message) < 150 for d in staged.diagnostics)


def test_a_page_needs_a_title_alone() -> None:
    assert meta_of("title: T\n", "content/pages/about.md").title == "T"
    staged = load_front("date: 2017\nclaims: {}\n", "content/pages/about.md")
    assert told(staged.diagnostics) == ["E121 1:1", "E124 2:7", "E120 3:1"]


@pytest.mark.parametrize(
    ("path", "slug", "bundle", "kind"),
    [
        ("content/explainers/one.md", "one", False, "explainer"),
        ("content/explainers/one/index.md", "one", True, "explainer"),
        ("content/explainers/index.md", "index", False, "explainer"),
        ("content/pages/about.md", "about", False, "page"),
    ],
)
def test_slugs(path: str, slug: str, bundle: bool, kind: str) -> None:
    page = page_of(load_front("title: T\ndraft: true\n", path))
    assert (page.slug, page.bundle, page.kind) == (slug, bundle, kind)
    assert page_of(load_front("title: T\ndraft: true\nslug: new\n", path)).slug == "new"


@pytest.mark.parametrize(
    "path", ["content/explainers/Big News.md", "content/explainers/Ü/index.md", "content/pages/-a.md"]
)
def test_a_file_name_that_is_no_slug(path: str) -> None:
    assert told(load_front("title: T\ndraft: true\n", path).diagnostics) == ["E108 1:1"]
    assert told(load_front("title: T\ndraft: true\nslug: ok\n", path).diagnostics) == []


@pytest.mark.parametrize(
    ("text", "zone", "iso", "epoch"),
    [
        ("1970-01-01", "UTC", "1970-01-01", 0),
        ("1970-01-01", "Europe/Berlin", "1970-01-01", -3600),
        ("2017-06-08 14:30", "Europe/Berlin", "2017-06-08T14:30:00+02:00", 1_496_925_000),
        ("2017-06-08T12:30:00Z", "Europe/Berlin", "2017-06-08T14:30:00+02:00", 1_496_925_000),
        ("2017-06-08 08:30:00.5 -0400", "Europe/Berlin", "2017-06-08T14:30:00+02:00", 1_496_925_000),
        ("2017-10-29 02:30", "Europe/Berlin", "2017-10-29T02:30:00+02:00", 1_509_237_000),
        ("1850-01-01 12:00", "Europe/Berlin", "1850-01-01T11:06:32+00:00", -3_786_785_608),
    ],
)
def test_moments(text: str, zone: str, iso: str, epoch: int) -> None:
    moment = parse_moment(text, zone)
    assert moment
    assert (moment.iso, moment.epoch, moment.day) == (iso, epoch, iso[:10])


@pytest.mark.parametrize(
    "text",
    [
        "2017", "2017-6-8", "2017-13-01", "2017-02-30", "2017-06-08 24:00", "2017-06-08 12:30:60", "2017-06-08T",
        "2017-06-08 12:30+99:00", "2017-06-08 12:30+01:75", "0000-01-01", "0001-01-01 00:00+14:00",
        "9999-12-31 23:59-12:00", "2017-03-26 02:30", "\u0662017-01-01", "2017-06-08\n",
    ],
)  # fmt: skip
def test_moments_that_dont_exist(text: str) -> None:
    assert parse_moment(text, "Europe/Berlin") is None


def test_a_page_from_its_file(tmp_path: Path) -> None:
    root = write(tmp_path, {"explainers/a.md": "---\ntitle: T\ndraft: true\n---\nHello.\n", "site.yaml": ""})
    (path,) = find_content(root).value.pages
    loaded = load_page(root, path, SiteConfig("T", "https://x/"))
    assert page_of(loaded).body.strip() == "Hello."
    assert told(load_page(root, "content/explainers/gone.md", SiteConfig("T", "https://x/")).diagnostics) == [
        "E101 1:1"
    ]
