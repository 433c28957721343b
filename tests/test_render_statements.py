"""The record of what was said: in time, with changes in the wording marked where marks mean something."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from explainer.model.site import ClaimEntry
from explainer.render.statements import Piece, Statement, statements_of_person
from tests.harness import SiteTest

if TYPE_CHECKING:
    from pathlib import Path


def said(when: str | None, *quotes: str, text: str = "He said it.") -> ClaimEntry:
    """A statement with these quotations."""
    return ClaimEntry(
        path=f"/explainers/a/#claim-{when}", text=text, level="single-named-direct", words="w", label="l", sentences=(),
        status=None, speaker=None, said=when, quotes=quotes, page_title="A", page_url="/explainers/a/", published=None,
    )  # fmt: skip


def marked(statement: Statement) -> list[str]:
    """Each quotation with what is new in it in brackets."""
    return ["".join(f"[{one.text}]" if one.new else one.text for one in quote.pieces) for quote in statement.quotes]


COMPARED = [
    # A word more, a word less, a word changed.
    (["I met the ambassador."], ["I met the ambassador twice."], "marked", ["I met the ambassador [twice]."], ()),
    (["I met the ambassador twice."], ["I met the ambassador."], "marked", ["I met the ambassador."], ("twice",)),
    (
        ["I never met the ambassador in my office"],
        ["I never met the ambassador about the campaign"],
        "marked",
        ["I never met the ambassador [about the campaign]"],
        ("in my office",),
    ),
    # Marks, capitals and spaces are no wording.
    (["I met “the” ambassador"], ["i met the  ambassador!"], "same", ["i met the  ambassador!"], ()),
    (["I met the ambassador"], ["I met the ambassador"], "same", ["I met the ambassador"], ()),
    # Small words alone say nothing, and neither does a little of much.
    (["I did it to him and to her"], ["I am to go to sea and to him"], "little", ["I am to go to sea and to him"], ()),
    (
        ["I did not have communications with the Russians"],
        ["I never had meetings with Russian operatives or Russian intermediaries about the Trump campaign"],
        "little",
        ["I never had meetings with Russian operatives or Russian intermediaries about the Trump campaign"],
        (),
    ),
    # A third of both together is enough: four of twelve words, not four of thirteen.
    (["alpha bravo c d e f"], ["alpha bravo g h i j"], "marked", ["alpha bravo [g h i j]"], ("c d e f",)),
    (["alpha bravo c d e f"], ["alpha bravo g h i j k"], "little", ["alpha bravo g h i j k"], ()),
    # Several quotations are compared as one text, each keeping its own marks.
    (
        ["no meetings at all", "no calls at all"],
        ["no meetings", "no calls about money"],
        "marked",
        ["no meetings", "no calls [about money]"],
        ("at all", "at all"),
    ),
    # Scripts without spaces go by characters.
    (["我没有见过大使"], ["我见过大使一次"], "marked", ["我见过大使[一次]"], ("没有",)),
    # What isn't quoted isn't compared.
    ([], ["I met the ambassador"], "", ["I met the ambassador"], ()),
    (["I met the ambassador"], [], "", [], ()),
]


@pytest.mark.parametrize(("before", "after", "compared", "quotes", "lost"), COMPARED)
def test_wording(before: list[str], after: list[str], compared: str, quotes: list[str], lost: tuple[str, ...]) -> None:
    first, second = statements_of_person([said("2017-01", *before), said("2017-03", *after)])
    assert first.compared == ""
    assert (second.compared, marked(second), second.lost) == (compared, quotes, lost)
    for quote, whole in zip(second.quotes, after, strict=True):
        assert "".join(piece.text for piece in quote.pieces) == whole


def test_statements_stand_in_time_and_what_has_no_date_at_the_end() -> None:
    dates = [None, "2017-06", "2017", "2017-03-02", "2017-03"]
    record = statements_of_person([said(when) for when in dates])
    assert [statement.when for statement in record] == ["2017", "2017-03", "2017-03-02", "2017-06", None]


def test_what_is_said_on_the_next_page_is_compared_with_the_page_before() -> None:
    """Only the last of what was said before is needed."""
    words = ("The bridge is red and stays so", "The bridge is blue and stays so", "The bridge is red and goes")
    entries = [said(f"2024-01-{n:02}", one) for n, one in enumerate(words, 1)]
    whole = statements_of_person(entries)
    assert statements_of_person(entries[2:], (), entries[1]) == whole[2:]
    assert whole[2].lost


def test_reports_stand_between_and_are_not_compared() -> None:
    report = said(None, text="They met.")._replace(reported="2017-02")
    record = statements_of_person([said("2017-01", "I met nobody"), said("2017-03", "I met nobody there")], [report])
    assert [(statement.kind, statement.when) for statement in record] == [
        ("said", "2017-01"), ("reported", "2017-02"), ("said", "2017-03"),
    ]  # fmt: skip
    assert record[2].quotes[0].pieces == (Piece("I met nobody "), Piece("there", new=True))


@pytest.mark.parametrize("count", [1, 3, 60])
def test_any_number_of_statements(count: int) -> None:
    words = "the same words but for number "
    record = statements_of_person([said(f"2017-01-{n % 28 + 1:02}", f"{words}{n}") for n in range(count)])
    assert len(record) == count
    assert {statement.compared for statement in record[1:]} <= {"marked"}


def test_the_demo(demo: SiteTest) -> None:
    timeline = demo.html("explainers/sessions-kislyak/index.html").select_one("ol.x-timeline")
    assert timeline is not None
    kinds = [("said" if "x-said" in item.get_attribute_list("class") else "other") for item in timeline.find_all("li")]
    assert kinds == ["said", "other", *["said"] * 4, *["other"] * 3]
    undated = demo.html("explainers/sessions-kislyak/index.html").select(".x-undated li")
    assert [item.text.split()[:2] for item in undated] == [["Jeff", "Sessions"]]
    assert [mark.text for mark in timeline.select("ins")] == [
        "about the Trump campaign", "in any significant way", "concerning any type of interference",
    ]  # fmt: skip
    assert [time["datetime"] for time in timeline.find_all("time")] == [
        "2017-01", "2017-03", "2017-03", "2017-03", "2017-06", "2017-06", "2017-07-21", "2017-07-21", "2017-07-21",
    ]  # fmt: skip
    assert "Reported. Ambassador Sergey Kislyak and Jeff Sessions discussed campaign matters" in timeline.text
    person = demo.html("people/jeff-sessions/index.html").select_one("ol.x-timeline")
    assert person is not None
    # The Spanish version of a page repeats its statements, and is listed with it.
    assert len(person.select("li.x-said")) == 7
    assert "Reported." in person.text


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> SiteTest:
    """The demo, built."""
    from shutil import copytree  # noqa: PLC0415

    from tests.test_docs import ROOT  # noqa: PLC0415

    root: Path = tmp_path_factory.mktemp("demo")
    site = SiteTest(root)
    copytree(ROOT / "content", root / "content", dirs_exist_ok=True)
    assert site.build().exit == 0
    return site


def test_denials_by_others_and_what_a_template_makes_of_changes(site: SiteTest) -> None:
    site.write("content/people.yaml", "ada: {name: Ada Quill}\nbob: {name: Bob Weir}\n")
    site.write(
        "content/explainers/a.md",
        """\
        ---
        title: A
        date: 2024-06-01
        sources:
          first: {type: statement, title: Press call, party: ada, date: 2024-01-05}
          second: {type: statement, title: Letter, party: ada, date: 2024-03-05}
          office: {type: statement, title: Reply by the office, party: bob, date: 2024-02-03}
          log: {type: public-record, title: Visitors' log}
        ---
        {{< claim id="one" speaker="ada" >}}{{< source first >}}I met nobody from the company{{< /source >}}{{< /claim >}}.
        {{< claim id="two" speaker="ada" >}}{{< source second >}}I met nobody from the company that day{{< /source >}}{{< /claim >}}.
        {{< claim id="met" sources="log" disputes="office" reported="2024-02-01" contradicts="one" >}}They met{{< /claim >}}.

        {{< timeline speaker="ada" />}}
        """,
    )
    assert site.build().exit == 0
    items = site.html("explainers/a/index.html").select("ol.x-timeline > li")
    told = [" ".join(item.text.split()) for item in items]
    assert told[1].startswith("1 February 2024 Reported. They met ")
    assert told[2].startswith("3 February 2024 Denied. Bob Weir: They met ")
    assert [one.text for one in items[3].find_all("ins")] == ["that day"]
    assert "New wording is underlined" in site.html("explainers/a/index.html").text


def test_an_editor_marks_what_is_new_where_too_little_is_shared(site: SiteTest) -> None:
    site.write("content/site.yaml", "title: A\nbase_url: https://example.org/\n")
    site.write("content/people.yaml", "ada: {name: Ada}\n")
    site.write("content/sources/a.yaml", "talk: {type: statement, title: Talk, party: ada, date: 2024-03}\n")
    first = '{{< claim id="a" speaker="ada" said="2024-01" >}}{{< source talk >}}"I had no contacts"{{< /source >}}{{< /claim >}}.'
    second = (
        '{{< claim id="b" speaker="ada" said="2024-02" new="about the works" supersedes="a" >}}'
        '{{< source talk >}}"We never met or talked about the works in any way"{{< /source >}}{{< /claim >}}.'
    )
    timeline = '{{< timeline speaker="ada" />}}'
    site.write("content/explainers/a.md", f"---\ntitle: A\ndate: 2024-04-01\n---\n{first}\n\n{second}\n\n{timeline}\n")
    result = site.build()
    assert result.exit == 0, result.stdout
    for path in ("explainers/a/index.html", "people/ada/index.html"):
        assert [mark.text for mark in site.html(path).select("ol.x-timeline ins")] == ["about the works"]
