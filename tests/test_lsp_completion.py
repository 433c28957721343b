"""What the language server offers while a word is typed; `|` is the cursor."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from explainer.lsp.completion import completions
from explainer.lsp.edited_site import EditedSite
from explainer.lsp.page_view import view_of
from explainer.lsp.positions import Lines, Place
from explainer.serve.warm_start import preview_cache
from tests.harness import SiteTest
from tests.test_lsp import FILES, HEAD, OTHER, PAGE, PEOPLE, SOURCES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from explainer.lsp.completion import Typed

BODY = FILES[OTHER].partition("---\nAn")[0]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EditedSite]:
    files = SiteTest(tmp_path_factory.mktemp("site"))
    files.write("content/site.yaml", "title: A site\nbase_url: https://example.org/\nstatuses: [open, settled]\n")
    for path, text in FILES.items():
        files.write(path, text)
    with preview_cache(files.root, "editor") as cache:
        edited = EditedSite(files.root, cache)
        edited.start()
        yield edited


def offered(site: EditedSite, path: str, text: str) -> Typed:
    before, _, after = text.partition("|")
    place = Place(before.count("\n") + 1, len(before) - before.rfind("\n"))
    # As it was before the word was begun.
    view = view_of(path, FILES.get(path, before + after), site.library) if path.endswith(".md") else None
    return completions(path, Lines(before + after, len), place, view, site.known())


def words(site: EditedSite, path: str, text: str) -> set[str]:
    return {item.word for item in offered(site, path, text).items}


@pytest.mark.parametrize(
    ("typed", "expected", "never"),
    [
        ("{{< |", {"claim", "source", "ref", "figure", "timeline"}, {"minutes"}),
        ("{{< sour|", {"source"}, set()),
        ('Text {{< claim id="told" >}}x{{< /|', {"claim"}, set()),
        ("{{< source |", {"minutes", "official", "quote", "at", "stance"}, {"ada"}),
        ('{{< source minutes at="page 3" |', {"quote"}, {"at"}),
        ('{{< source official minutes stance="|', {"supports", "disputes", "context"}, {"minutes"}),
        ("{{< source minutes response=de|", {"denies"}, {"minutes"}),
        ("{{< claim |", {"id", "sources", "speaker", "said"}, {"minutes"}),
        ('{{< claim id="x"\n  sources="official, mi|', {"minutes", "official"}, {"ada", "id"}),
        ('{{< claim id="x" speaker="|', {"ada", "minutes"}, {"harbour-office"}),
        ('{{< claim id="x" responses="ad|', {"ada", "minutes"}, {"no-comment"}),
        ('{{< claim id="x" responses="ada:no|', {"no-comment", "denies"}, {"ada"}),
        ('{{< claim id="x" status="|', {"open", "settled"}, {"ada"}),
        ('{{< claim id="x" contradicts="|', {"told", "a"}, {"minutes"}),
        ('{{< ref "a#|', {"a#vote"}, {"told"}),
        ("{{< figure |", {"src", "alt", "caption"}, {"minutes"}),
        ('No tag {{< claim id="a" >}} |', set(), {"minutes", "claim"}),
        ("Plain text |", set(), {"minutes", "claim"}),
    ],
)  # fmt: skip
def test_in_a_tag(site: EditedSite, typed: str, expected: set[str], never: set[str]) -> None:
    found = words(site, OTHER, f"{BODY}---\n{typed}")
    assert expected <= found
    assert not never & found


@pytest.mark.parametrize(
    ("path", "typed", "expected", "never"),
    [
        (OTHER, "---\n|", {"title", "summary", "claims", "sources"}, {"ada", "type"}),
        (OTHER, "---\ntitle: B\n|\n---\n", {"date"}, {"title"}),
        (OTHER, "---\nauthors: [ad|", {"ada"}, {"minutes", "title"}),
        (OTHER, "---\nauthors:\n  - |", {"ada"}, {"minutes"}),
        (OTHER, "---\nauthors:\n- |", {"ada"}, {"minutes"}),
        (OTHER, "---\nrelated: |", {"a", "b"}, {"ada"}),
        (OTHER, "---\ntranslations:\n  es: |", {"a", "b"}, {"ada"}),
        (OTHER, "---\ndraft: |", {"true", "false"}, {"title"}),
        (OTHER, "---\nclaims:\n  told:\n    |", {"sources", "speaker", "as"}, {"title", "type"}),
        (OTHER, "---\nclaims:\n  told:\n    sources: [of|", {"official", "minutes"}, {"ada", "title"}),
        (OTHER, "---\nclaims:\n  told:\n    sources: [official, {source: mi|", {"minutes"}, {"ada"}),
        (OTHER, "---\nclaims:\n  told:\n    sources: [official, {source: minutes, |", {"quote", "at"}, {"source"}),
        (OTHER, "---\nclaims:\n  told:\n    sources:\n      - mi|", {"minutes", "source"}, {"ada"}),
        (OTHER, "---\nclaims:\n  told:\n    sources:\n      - source: minutes\n        |", {"quote"}, {"source"}),
        (OTHER, "---\nclaims:\n  told:\n    responses: {ada: no|", {"no-comment"}, {"ada"}),
        (OTHER, "---\nclaims:\n  told:\n    responses: {|", {"ada", "minutes"}, {"no-comment"}),
        (OTHER, "---\nclaims:\n  told:\n    responses:\n      |", {"ada", "minutes"}, {"no-comment"}),
        (OTHER, "---\nclaims:\n  told:\n    speaker: |", {"ada", "minutes"}, {"harbour-office"}),
        (OTHER, "---\nsources:\n  own:\n    |", {"type", "attribution"}, {"speaker"}),
        (OTHER, "---\nsources:\n  own:\n    type: |", {"report", "interview"}, {"minutes"}),
        (OTHER, "---\nimage:\n  |", {"src", "alt"}, {"title"}),
        ("content/pages/about.md", "---\n|", {"title"}, {"claims", "sources"}),
        (SOURCES, "new:\n  |", {"type", "title", "via"}, {"speaker"}),
        (SOURCES, "new:\n  type: report\n  via: [|", {"minutes", "official"}, {"ada"}),
        (SOURCES, "new:\n  reported_in: |", set(), {"minutes"}),
        (SOURCES, "new:\n  party: |", {"ada"}, {"harbour-office"}),
        (SOURCES, "new:\n  attribution: |", {"background"}, {"ada"}),
        (PEOPLE, "new:\n  kind: |", {"person", "organization"}, set()),
        (PEOPLE, "new:\n  links:\n    - |", {"label", "url"}, {"name"}),
        ("content/site.yaml", "|", {"title", "base_url", "publisher"}, {"ada"}),
        ("content/site.yaml", "tips:\n  links:\n    - label: x\n      |", {"url"}, {"label", "text"}),
        (SOURCES, "new:\n  private:\n    |", set(), {"type", "title"}),
        (OTHER, "---\nprivate: |", set(), {"ada", "title"}),
    ],
)  # fmt: skip
def test_in_yaml(site: EditedSite, path: str, typed: str, expected: set[str], never: set[str]) -> None:
    found = words(site, path, typed)
    assert expected <= found
    assert not never & found


def test_a_word_is_replaced_whole_whatever_an_editor_takes_for_one(site: EditedSite) -> None:
    assert offered(site, OTHER, f'{BODY}---\n{{{{< ref "a#vo|').word == "a#vo"
    assert offered(site, PAGE, f'{HEAD}{{{{< claim sources="official,min-u|').word == "min-u"


def test_of_an_unnamed_source_only_its_description_shows(site: EditedSite) -> None:
    details = {item.word: item.detail for item in offered(site, PAGE, f"{HEAD}{{{{< source |").items}
    assert details["official"] == "an official (interview)"
    assert details["minutes"] == "Minutes of the council (public-record)"
    secrets = ("Zacharias", "Quill", "harbour", "Not allowed")
    for path, typed in ((PAGE, f"{HEAD}{{{{< claim speaker="), (SOURCES, "x:\n  party: "), (SOURCES, "x:\n  via: ")):
        told = str(offered(site, path, f"{typed}|"))
        assert not any(secret in told for secret in secrets)
