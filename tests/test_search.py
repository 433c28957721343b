"""The search: its words, its index, and what a reader's browser finds with it."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest

from explainer.search.folding import words_of
from explainer.search.index_files import LARGEST, MOST, index_json, segment_files
from explainer.search.page_words import PageWords
from tests.browsing import browser, served
from tests.needs import need_chromium

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

    from tests.harness import SiteTest

SCRIPT = (Path(__file__).parents[1] / "layouts/static/search.js").read_text("utf-8")

# What readers write, and the words that it is searched by.
FOLDED = {
    "Kislyak’s account": "kislyak account",
    "e\u0301tat ÉTAT État": "etat etat etat",
    "l’ambassadeur": "ambassadeur",
    "¿Quién negó la reunión del Niño?": "quien nego la reunion del nino",
    "Straße STRASSE Größe": "strasse strasse grosse",
    "Łódź Øresund Þór İzmir ılık": "lodz oresund thor izmir ilik",
    "ΟΔΟΣ οδός": "οδοσ οδοσ",
    "السفير والسفير بالسفير": "سفير سفير سفير",
    "أحمد إلى آخر مدرسة": "احمد الي اخر مدرسه",
    "مُحَمَّد محـــمد": "محمد محمد",
    "الله": "الله",
    "کتاب ایرانی": "كتاب ايراني",
    "東京都の知事": "東京 京都 都の の知 知事",
    "京 G7サミット": "京 g7 サミ ミッ ット",
    "กขค": "กข ขค",
    "ＦＵＬＬ ﬁne ½ x² 10,000": "full fine x2 10 000",
    "snake_case a b c": "snake case",
    "दिल्ली": "दलल",
    "한국은": "한국은",
    "x" * 40: "x" * 32,
    "don't re-open U.S. e-mail": "don re open mail",
    "": "",
}

ONE = """\
title: Ambassador's calls
date: 2017-07-21
summary: What the intercepts show.
tags: [Russia]
sources:
  paper: {type: report, title: A story, publisher: The Gazette, date: 2017-07-20}
  insider:
    type: interview
    attribution: background
    description: a person in the room
    why_unnamed: it was a private meeting
    title: Vladimir Hiddenname
    private: Secretnote
claims:
  calls: {sources: [paper, insider], status: unresolved}
"""
TWO = "title: The budget vote\ndate: 2018-02-03\nclaims: {vote: {sources: []}}\n"


def page(front: str, text: str) -> str:
    return f"---\n{front}---\n{text}\n"


@pytest.fixture
def two(site: SiteTest) -> SiteTest:
    """A site with a page in each of two years."""
    text = 'They met. {{< claim id="calls" >}}The ambassador called *twice*{{< /claim >}}.\n\n## Hotel\n\nEnd.'
    site.write("content/explainers/one.md", page(ONE, text))
    site.write(
        "content/explainers/two.md", page(TWO, '{{< claim id="vote" >}}The council voted{{< /claim >}} in 2018.')
    )
    return site


def index_of(site: SiteTest) -> dict[str, str]:
    """All words of the index with their pages, by `year/word`."""
    table = json.loads(site.read("search/index.json"))
    found: dict[str, str] = {}
    for segment in table["segments"]:
        for _, digest, size in segment["shards"]:
            path = f"search/{segment['year']}/words.{digest}.json"
            assert (site.out / path).stat().st_size == size
            found |= {f"{segment['year']}/{word}": text for word, text in json.loads(site.read(path)).items()}
    return found


def search_files(site: SiteTest) -> set[str]:
    return {path for path in site.tree() if path.startswith("search/")}


# --- Words ---


@pytest.mark.parametrize("text", FOLDED)
def test_words_are_folded(text: str) -> None:
    import unicodedata  # noqa: PLC0415

    assert " ".join(words_of(text)) == unicodedata.normalize("NFKD", FOLDED[text]).replace("\u0301", "")


# --- The index ---


def test_the_index_says_where_words_are(two: SiteTest) -> None:
    assert two.build().exit == 0
    index = index_of(two)
    assert index["2017/ambassador"] == "0:4.0"  # in the title, and in the text of the first claim
    assert index["2017/hotel"] == "0:3"
    assert index["2017/russia"] == "0:3"
    assert index["2017/met"] == "0"
    assert index["2017/gazette"] == "0,0"  # in the claim's sourcing
    assert index["2017/unresolved"] == "0,0"
    assert index["2017/room"] == "0,0"
    assert index["2018/council"] == "0.0"
    assert "2018/hotel" not in index


def test_nothing_that_is_not_public_is_in_it(two: SiteTest) -> None:
    two.write("content/explainers/later.md", page("title: Embargoed\ndate: 2099-01-01\n", "Unreleased."))
    two.write("content/explainers/draft.md", page("title: Drafted\ndraft: true\n", "Unfinished."))
    assert two.build().exit == 0
    told = "".join(two.read(path) for path in search_files(two)).lower()
    for word in ("hiddenname", "vladimir", "secretnote", "embargoed", "unreleased", "drafted", "unfinished"):
        assert word not in told
    assert '"room":"0,0"' in told


def test_a_site_may_do_without(two: SiteTest) -> None:
    two.write("content/site.yaml", "title: A site\nbase_url: https://example.org/\nsearch: false\n")
    assert two.build().exit == 0
    assert search_files(two) == set()
    for path in ("index.html", "claims/index.html", "404.html", "explainers/one/index.html"):
        assert "search/" not in two.read(path), path
    # The site's own page may have the address.
    two.write("content/pages/search.md", page("title: Search\n", "Ask us."))
    assert two.build().exit == 0


def test_only_the_year_of_a_change_is_made_again(two: SiteTest) -> None:
    assert two.build().exit == 0
    before = search_files(two)
    two.write("content/explainers/two.md", page(TWO, '{{< claim id="vote" >}}The council voted{{< /claim >}} anew.'))
    assert two.build().exit == 0
    changed = before ^ search_files(two)
    assert {path.split("/")[1] for path in changed} == {"2018"}
    assert {path.split("/")[2].split(".")[0] for path in changed} == {"words"}


def test_words_of_a_search_that_was_off_are_made_when_it_is_on_again(two: SiteTest) -> None:
    assert two.build().exit == 0
    on = two.tree()
    settings = two.read("../content/site.yaml")
    two.write("content/site.yaml", settings + "search: false\n")
    assert two.build().exit == 0
    two.write("content/site.yaml", settings)
    assert two.build().exit == 0
    assert two.tree() == on


def test_shards_hold_every_word_and_none_is_long() -> None:
    letters = random.Random(4)  # noqa: S311 - the same words every time
    words = [
        "".join(letters.choices("abcdefgh", weights=range(8, 0, -1), k=letters.randint(2, 7))) for _ in range(9000)
    ]
    pages = [PageWords("", dict.fromkeys(words[n::60], ".0"), "[]") for n in range(60)]
    made = segment_files("2024", pages)
    shards = {
        letters: json.loads(made.files[f"search/2024/words.{digest}.json"]) for letters, digest, _ in made.table.shards
    }
    assert len(shards) > 3
    assert max(size for *_, size in made.table.shards) <= LARGEST + 64
    found: dict[str, str] = {}
    for letters_of, shard in shards.items():
        for word in shard:
            assert max((one for one in shards if word.startswith(one)), key=len) == letters_of
        found |= shard
    assert found.keys() == set(words)


def test_of_a_word_that_is_everywhere_the_best_pages_are_kept() -> None:
    pages = [PageWords("", {"the": ":4" if n == 7 else ""}, "[]") for n in range(MOST + 100)]
    (file,) = [content for path, content in segment_files("2024", pages).files.items() if "words" in path]
    mark, *kept = json.loads(file)["the"].split(" ")
    assert mark == "+"
    assert len(kept) == MOST
    assert kept[0] == "7:4"
    assert kept[1] == "101"


# --- In a browser ---


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser(need_chromium()) as opened:
        yield opened


def test_the_browser_folds_the_same(chromium: Browser) -> None:
    begin, end = SCRIPT.index("const LONGEST"), SCRIPT.index("// --- The index ---")
    tab = chromium.new_page()
    found = tab.evaluate(f"(texts) => {{ {SCRIPT[begin:end]} return texts.map(wordsOf); }}", list(FOLDED))
    tab.close()
    assert found == [words_of(text) for text in FOLDED]


def searched(page: Page, address: str) -> tuple[str, list[str], list[str]]:
    """What the search page says, and the claims and pages that it shows."""
    page.goto(address)
    page.locator("#search-status:not(:empty)").wait_for()
    claims, pages = (page.locator(f"#search-{kind} li a").all_inner_texts() for kind in ("claims", "pages"))
    return page.inner_text("#search-status"), claims, pages


ODD = {
    '"><img src=x onerror=alert(1)>': "Nothing here has these words.",
    "'council' \"voted\"": "Claims: 1. Pages: 1.",
    "council \u202e\u2067voted\u2069": "Claims: 1. Pages: 1.",
    "constructor __proto__ toString": "Nothing here has these words.",
    "?": "Type at least two letters.",
    "voted " + " ".join(f"word{n}" for n in range(3000)): (
        "Claims: 1. Pages: 1. Nothing has all of these words; this has most of them."
    ),
}


def test_readers_find_claims_and_pages(two: SiteTest, chromium: Browser) -> None:
    from axe_playwright_python.sync_playwright import Axe  # noqa: PLC0415 - it loads a large script

    two.write(
        "content/explainers/ar.md", page("title: مكالمات السفير\ndate: 2017-08-01\nlanguage: ar\n", "قال السفير ذلك.")
    )
    two.write(
        "content/explainers/jp.md", page("title: 東京都知事\ndate: 2017-08-02\nlanguage: ja\n", "知事は否定した。")
    )
    assert two.build().exit == 0
    requests: list[str] = []
    faults: list[str] = []
    tab = chromium.new_page()
    tab.on("request", lambda request: requests.append(request.url))
    tab.on("console", lambda message: faults.append(message.text))
    tab.on("pageerror", lambda error: faults.append(str(error)))
    with served(two.out) as at:
        told, claims, pages = searched(tab, f"{at}/search/?q=AMBASSADÓR+twice")
        assert told == "Claims: 1. Pages: 1."
        assert claims == ["The ambassador called twice"]
        assert pages == ["Ambassador’s calls"]
        assert "unresolved" in tab.inner_text("#search-claims li")
        assert tab.get_attribute("#search-claims li a", "href") == f"{at}/explainers/one/#claim-calls"
        # Beginnings of words stand for them; a word of the sourcing finds the claim; a word that is nowhere is told.
        assert searched(tab, f"{at}/search/?q=ambas")[1] == claims
        assert searched(tab, f"{at}/search/?q=gazette")[1] == claims
        assert searched(tab, f"{at}/search/?q=nowhere")[0] == "Nothing here has these words."
        told, _, pages = searched(tab, f"{at}/search/?q=hotel+nowhere")
        assert "most of them" in told
        assert pages == ["Ambassador’s calls"]
        assert searched(tab, f"{at}/search/?q=سفير")[2] == ["مكالمات السفير"]
        assert searched(tab, f"{at}/search/?q=知事")[2] == ["東京都知事"]
        # By keyboard alone: the words, Enter, the first result.
        tab.goto(f"{at}/search/")
        tab.keyboard.type("council")
        tab.keyboard.press("Enter")
        tab.locator("#search-status:not(:empty)").wait_for()
        assert tab.url == f"{at}/search/?q=council"
        tab.go_back()
        tab.locator("#search-status:empty").wait_for(state="attached")
        assert tab.locator("#search-claims").is_hidden()
        for query, words in ODD.items():
            assert searched(tab, f"{at}/search/?q={quote(query)}")[0] == words, query
            assert tab.locator("main img").count() == 0
        # What isn't Unicode, in an address and in the field.
        assert searched(tab, f"{at}/search/?q=council%ED%A0%80")[1] == ["The council voted"]
        tab.evaluate(
            "() => { const q = document.querySelector('[name=q]'); q.value = '\\ud800 hotel'; q.form.requestSubmit(); }"
        )
        tab.locator("#search-status", has_text="Claims: 0. Pages: 1.").wait_for()
        assert all(url.startswith(at) for url in requests)
        assert faults == []
        searched(tab, f"{at}/search/?q=ambassador")
        found = [fault["id"] for fault in Axe().run(tab).response["violations"]]
        tab.emulate_media(color_scheme="dark")
        assert found + [fault["id"] for fault in Axe().run(tab).response["violations"]] == []
    tab.close()


def test_the_browser_counts_what_is_not_listed_and_finds_the_last_claim_of_many(
    two: SiteTest, chromium: Browser
) -> None:
    """An index as a site of many pages has it, and a page of many claims."""
    assert two.build().exit == 0

    def listed(number: int, words: dict[str, str], claims: int = 0) -> PageWords:
        shown = [[f"c{n}", f"Claim {n}", "words", "unsourced", "", ""] for n in range(claims)]
        return PageWords("", words, json.dumps([f"/explainers/{number}/", f"Page {number}", "", "", "en", "en", shown]))

    pages = [listed(n, {"beta": ""}) for n in range(MOST + 100)]
    made = segment_files("2024", [*pages, listed(9999, {"alpha": ".5000"}, 5001)])
    for path, content in made.files.items():
        (two.out / path).parent.mkdir(exist_ok=True)
        (two.out / path).write_bytes(content)
    (two.out / "search/index.json").write_text(index_json([made.table]))
    tab = chromium.new_page()
    with served(two.out) as at:
        assert searched(tab, f"{at}/search/?q=beta")[0] == "Claims: 0. Pages: 2,000+."
        assert searched(tab, f"{at}/search/?q=alpha")[1] == ["Claim 5000"]
    tab.close()


def test_the_ledger_searches_all_months(two: SiteTest, chromium: Browser) -> None:
    assert two.build().exit == 0
    tab = chromium.new_page()
    with served(two.out) as at:
        tab.goto(f"{at}/claims/")
        shown: Any = tab.locator(".x-list:not([hidden]) .x-claims > li:not([hidden]) .x-claim-text")
        assert shown.all_inner_texts() == ["The council voted"]  # the newest month
        tab.fill("#filter-words", "ambassador")
        tab.locator("output", has_text="Claims: 1.").wait_for()
        assert shown.all_inner_texts() == ["The ambassador called twice"]
        tab.select_option("#filter-level", "unsourced")
        tab.locator("output", has_text="No claim matches.").wait_for()
        assert shown.all_inner_texts() == []
        tab.click("button[type=reset]")
        tab.locator("output", has_text="1 claim shown").wait_for()
        assert shown.all_inner_texts() == ["The council voted"]
    tab.close()


def test_the_ledger_looks_at_more_claims_where_few_fit(two: SiteTest, chromium: Browser) -> None:
    many = " ".join(f'{{{{< claim id="c{n}" >}}}}The envoy spoke {n}{{{{< /claim >}}}}' for n in range(130))
    two.write("content/explainers/many.md", page("title: Speeches\ndate: 2017-09-01\n", many))
    two.write("content/explainers/first.md", page("title: First\ndate: 2017-01-01\n" + PAPER, SPOKE))
    assert two.build().exit == 0
    tab = chromium.new_page()
    with served(two.out) as at:
        tab.goto(f"{at}/claims/")
        tab.fill("#filter-words", "envoy")
        tab.locator("output", has_text="Claims: 131.").wait_for()
        tab.select_option("#filter-level", "origin-unstated")
        tab.locator("output", has_text="Claims that match among the best 100 of 131: 0.").wait_for()
        tab.click("text=Show more")
        tab.locator("output", has_text="Claims: 1.").wait_for()
        assert tab.locator(".x-list:not([hidden]) .x-claim-text").all_inner_texts() == ["The envoy wrote"]
        assert tab.locator("text=Show more").is_hidden()
    tab.close()


PAPER = "sources: {paper: {type: report, title: A story, publisher: The Gazette}}\nclaims: {one: {sources: [paper]}}\n"
SPOKE = '{{< claim id="one" >}}The envoy wrote{{< /claim >}}.'


def test_without_a_script_the_page_says_where_else_to_look(two: SiteTest) -> None:
    assert two.build().exit == 0
    html = two.html("search/index.html")
    form = html.select_one("form[role=search]")
    assert form is not None
    assert form.has_attr("hidden")
    assert ["JavaScript" in one.get_text() for one in html.select("main noscript")] == [True]
    links = {link["href"] for link in html.select("main nav a")}
    assert links == {"/explainers/", "/claims/", "/tags/russia/"}
    assert html.select_one("[role=status]") is not None
    assert "/search/" in two.read("sitemap.xml")
