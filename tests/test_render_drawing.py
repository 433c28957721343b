"""The way from a claim to its origins: laid out, drawn, told in words, whatever the sources are."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explainer.model.declared import Withdrawal
from explainer.model.published import Claim, Edge, PublicSource, SourcingNote, Verdict, Voice
from explainer.render.drawing import Drawing, draw_claim, draw_source
from explainer.render.drawing.layout import CLAIM, lay_out
from explainer.render.drawing.routes import routes_of_claim
from explainer.render.drawing.svg import WIDTH
from explainer.render.drawing.text_width import isolated, lines, width
from explainer.text.dates import PartialDate
from tests.harness import CATALOGS, ENGLISH

if TYPE_CHECKING:
    from collections.abc import Iterable

    from explainer.model.terms import Knowledge
    from tests.harness import SiteTest


def source(id_: str, *via: str, **fields: Any) -> PublicSource:
    """An unnamed source: first-hand, or through others."""
    first: Knowledge = "second-hand" if via else "first-hand"
    made = PublicSource(
        id_,
        id_.replace("-", " "),
        id_.replace("-", " "),
        "interview",
        "background",
        first,
        unnamed=True,
        via=via,
        number=1,
    )
    return made._replace(**fields)


def named(id_: str, *via: str, **fields: Any) -> PublicSource:
    """A named source."""
    return source(id_, *via, unnamed=False, attribution="on-record", type="statement", **fields)


OFFICIALS = source("officials", "intercepts")
EX_OFFICIAL = source("ex-official", "intercepts")
INTERCEPTS = source("intercepts", "account", unnamed=False, attribution=None, type="private-record")
ACCOUNT = source(
    "account", unnamed=False, attribution=None, type="account", name="the ambassador's account",
    short="the ambassador's account",
)  # fmt: skip
SESSIONS = named("mar", voice="Jeff Sessions", party="jeff-sessions", date="2017-03-02")
LEAK = source("leak", unnamed=False, withdrawn=Withdrawal(PartialDate("2018-05-03"), "forged"))


def claim(supports: Iterable[str] = (), disputes: Iterable[str] = (), *notes: SourcingNote, **fields: Any) -> Claim:
    """A claim with these edges and notes."""
    edges = (*(Edge(one, "supports") for one in supports), *(Edge(one, "disputes") for one in disputes))
    verdict = Verdict("single-unnamed-indirect", 1, notes)
    text = "The ambassador told Moscow that they had discussed the campaign"
    made = Claim("c", "https://e.org/#claim-c", text, text, None, None, None, None, verdict, "", "", (), edges)
    return made._replace(**fields)


def drawn(one: Claim, *sources: PublicSource, language: str = "en") -> Drawing:
    """The drawing of a claim."""
    drawing = draw_claim(one, {source.id: source for source in sources}, CATALOGS.of(language))
    assert drawing is not None
    return drawing


def classes(drawing: Drawing) -> list[str]:
    """The classes of its shapes, in order."""
    return re.findall(r'<(?:path|circle) class="([^"]+)"', drawing.svg)


def texts(drawing: Drawing) -> list[str]:
    """The lines of its labels."""
    return [
        re.sub("[\u2068\u2069]", "", text).replace("\xa0", " ")
        for text in re.findall(r">([^<>]+)</tspan>", drawing.svg)
    ]


REST = SourcingNote("rests-on", sources=("intercepts", "account"), origins=("account",))
BEFORE = SourcingNote("disputed", parties=("jeff-sessions",), earlier=True)


def test_the_claim_of_the_demo() -> None:
    one = claim(["officials", "ex-official"], ["mar"], BEFORE, REST)
    drawing = drawn(one, OFFICIALS, EX_OFFICIAL, INTERCEPTS, ACCOUNT, SESSIONS)
    assert texts(drawing) == [
        "Jeff Sessions, 2 March 2017", "disputes it, before it was reported",
        "The claim", "The ambassador told Moscow that", "they had discussed the campaign",
        "Officials", "unnamed, on background",
        "Ex official", "unnamed, on background",
        "Intercepts", "a record that readers cannot see", "Everything rests on these two",
        "The ambassador’s account", "from outside our reporting: the", "origin",
    ]  # fmt: skip
    assert classes(drawing) == [
        "x-line", "x-trunk", "x-named x-origin", "x-dot", "x-square", "x-unnamed", "x-unnamed",
        "x-record x-rest", "x-record x-rest x-origin", "x-dot",
    ]  # fmt: skip
    assert drawing.words == (
        "Disputed, before it was reported, by Jeff Sessions (public statement, 2\xa0March\xa02017). "
        "The origin: Jeff Sessions. "
        "Supported by officials (unnamed, on background) and ex official (unnamed, on background). "
        "Officials and ex official: known through intercepts (a record that readers cannot see). "
        "Intercepts: known through the ambassador’s account (from outside our reporting). "
        "The origin: the ambassador’s account. "
        "Everything rests on intercepts and the ambassador’s account."
    )


def test_lines_that_meet_do_so_on_the_inner_track() -> None:
    routes = routes_of_claim(
        claim(["report", "officials"]),
        {one.id: one for one in (source("report", "officials"), OFFICIALS, INTERCEPTS, ACCOUNT)},
    )
    made = lay_out(routes.supports, frozenset())
    assert [(row.name, row.track) for row in made.rows] == [
        ("report", 0), ("officials", 0), ("intercepts", 0), ("account", 0),
    ]  # fmt: skip
    assert {(hop.start, hop.end, hop.turns) for hop in made.hops} >= {(CLAIM, 1, ((CLAIM, 1), (0, 0)))}


def test_withdrawn_sources_end_their_routes() -> None:
    drawing = drawn(claim(["aide", "leak"]), source("aide", "leak"), LEAK)
    assert classes(drawing) == ["x-dead", "x-square", "x-unnamed", "x-gone", "x-struck"]
    assert "withdrawn 3 May 2018" in texts(drawing)
    assert "Withdrawn: leak." in drawing.words
    assert "Supported" not in drawing.words


def test_a_speaker_is_an_origin() -> None:
    one = claim(["quoted"], speaker=Voice("jeff-sessions", "Jeff Sessions"))
    behind = named("quoted", "notes", knowledge="second-hand", party="jeff-sessions")
    drawing = drawn(one, behind, source("notes"))
    assert "x-named x-origin" in classes(drawing)
    assert "Notes" not in texts(drawing)


def test_one_origin_without_a_source_in_common() -> None:
    note = SourcingNote("rests-on", origins=("jeff-sessions",))
    drawing = drawn(claim(["mar", "june"], [], note), SESSIONS, SESSIONS._replace(id="june", date="2017-06"))
    assert texts(drawing)[-1] == "Everything rests on Jeff Sessions"


def test_nothing_to_draw() -> None:
    assert draw_claim(claim(), {}, ENGLISH) is None
    assert draw_source(SESSIONS, [], ENGLISH) is None


def test_a_source_draws_what_stands_behind_it() -> None:
    drawing = draw_source(INTERCEPTS, [ACCOUNT], ENGLISH)
    assert drawing is not None
    assert classes(drawing) == ["x-line", "x-record", "x-record x-origin", "x-dot"]


def test_from_right_to_left_everything_is_mirrored() -> None:
    one = claim(["officials", "ex-official"])
    places = {}
    for language in ("en", "ar"):
        svg = drawn(one, OFFICIALS, EX_OFFICIAL, INTERCEPTS, ACCOUNT, language=language).svg
        places[language] = [int(x) for x in re.findall(r' (?:c?x)="(\d+)"', svg)]
    starts = {x: WIDTH - x for x in places["en"]}
    assert set(places["ar"]) == set(starts.values())


def test_foreign_names_are_set_apart() -> None:
    assert isolated("U.S. officials", "rtl") == "\u2068U.S. officials\u2069"
    assert isolated("السفير", "ltr") == "\u2068السفير\u2069"
    assert isolated("السفير", "rtl") == "السفير"
    assert isolated("U.S. officials", "ltr") == "U.S. officials"
    arabic = drawn(claim(["mar"]), SESSIONS, language="ar")
    assert "\u2068Jeff Sessions\u2069، 2\xa0مارس\xa02017" in arabic.svg


@pytest.mark.parametrize("hops", [1, 15, 23, 24, 40, 200])
def test_long_chains(hops: int) -> None:
    chain = [source(f"h{n}", *([f"h{n + 1}"] if n < hops else [])) for n in range(hops + 1)]
    drawing = drawn(claim(["h0"]), *chain)
    rows = drawing.svg.count('class="x-unnamed')
    assert rows == min(hops + 1, 24 - (hops + 1 > 24))
    assert f"h{hops}" in drawing.words


def test_many_sources_are_grouped() -> None:
    crowd = [source(f"o{n}", "intercepts") for n in range(59)]
    drawing = drawn(claim([one.id for one in crowd]), *crowd, INTERCEPTS, ACCOUNT)
    assert "59 sources" in texts(drawing)
    assert "59 of them unnamed" in texts(drawing)
    assert all(f"o{n} (" in drawing.words for n in range(59))
    assert len(drawing.svg) < 1_500


@pytest.mark.parametrize(("routes", "tracks", "grouped"), [(1, 1, 1), (3, 3, 1), (4, 4, 1), (5, 3, 3)])
def test_four_routes_stand_side_by_side(routes: int, tracks: int, grouped: int) -> None:
    made = [one for n in range(routes) for one in (source(f"s{n}", f"o{n}"), source(f"o{n}"))]
    found = routes_of_claim(claim([f"s{n}" for n in range(routes)]), {one.id: one for one in made})
    layout = lay_out(found.supports, frozenset())
    assert (layout.tracks, max(len(row.sources) for row in layout.rows)) == (tracks, grouped)


def test_routes_are_never_listed() -> None:
    # Two sources a step, each through both of the next: 2 ** 60 routes.
    steps = [source(f"{side}{n}", f"a{n + 1}", f"b{n + 1}") for n in range(60) for side in "ab"]
    drawing = drawn(claim(["a0", "b0"]), *steps, source("a60"), source("b60"))
    assert len(drawing.svg) < 10_000


@st.composite
def nets(draw: st.DrawFn) -> tuple[list[PublicSource], list[str], frozenset[str]]:
    """Sources that know through later ones, some cited, some that may not be grouped."""
    count = draw(st.integers(1, 40))
    made = []
    for n in range(count):
        via = draw(st.lists(st.integers(n + 1, count - 1), max_size=4, unique=True)) if n + 1 < count else []
        made.append(source(f"s{n}", *(f"s{other}" for other in via)))
    cited = draw(st.lists(st.sampled_from([one.id for one in made]), min_size=1, unique=True))
    apart = frozenset(draw(st.lists(st.sampled_from([one.id for one in made]), max_size=3)))
    return made, cited, apart


@given(nets())
def test_every_net_is_laid_out(graph: tuple[list[PublicSource], list[str], frozenset[str]]) -> None:
    made, cited, apart = graph
    routes = routes_of_claim(claim(cited), {one.id: one for one in made})
    layout = lay_out(routes.supports, apart)
    assert layout.tracks <= 4
    assert len(layout.rows) <= 24
    # Everything has one row, and lines lead downwards, to the track on which the row stands.
    assert sorted(one for row in layout.rows for one in row.sources) == sorted(routes.supports.onward)
    assert {hop.end for hop in layout.hops} == set(range(len(layout.rows)))
    for hop in layout.hops:
        assert hop.start < hop.end
        assert hop.turns[-1][1] == layout.rows[hop.end].track
        assert [row for row, _ in hop.turns] == sorted(row for row, _ in hop.turns)
        assert hop.turns[0][0] == hop.start
    # No line runs through another's source.
    for hop in layout.hops:
        for (first, track), last in zip(hop.turns, [row for row, _ in hop.turns[1:]] + [hop.end], strict=True):
            assert not [row for row in range(first + 1, last) if layout.rows[row].track == track]


NAMES = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), min_size=1, max_size=300)


@given(NAMES, st.sampled_from(["en", "es", "ar"]))
def test_any_words_make_a_sound_picture(name: str, language: str) -> None:
    one = claim(["officials"], text=name)
    drawing = drawn(one, source("officials", name=name), language=language)
    root = ET.fromstring(drawing.svg)  # noqa: S314 - made here
    assert root.get("role") == "img"
    assert root.get("aria-labelledby") == drawing.id == "way-c"
    assert not [element for element in root.iter() if element.get("style")]
    assert len(list(root.iter("text"))) == 2


@given(NAMES, st.integers(50, 3000), st.integers(1, 4))
def test_lines_fit(text: str, room: int, most: int) -> None:
    found = lines(text, room, most)
    assert len(found) <= most
    for line in found:
        assert width(line) <= room or len(line) <= 2
    whole = text.replace(" ", "")
    assert whole.startswith("".join(found).replace(" ", "").removesuffix("…").rstrip(" ,;:.–-"))


def test_lines_break_between_words() -> None:
    assert lines("a former US official who had read the reports", 1_000, 3) == [
        "a former US official", "who had read the", "reports",
    ]  # fmt: skip
    assert lines("a former US official who had read the reports", 1_000, 2) == [
        "a former US official",
        "who had read the…",
    ]
    assert lines("a b", 9_999, 1) == ["a b"]


def test_a_page_has_its_drawings(site: SiteTest) -> None:
    site.write(
        "content/explainers/a.md",
        """\
        ---
        title: A
        date: 2024-01-01
        sources:
          log: {type: public-record, title: Police log}
          tape: {type: private-record, title: Tape, via: [disk]}
          disk: {type: public-record, title: Disk}
          aide:
            {type: interview, attribution: background, title: secret, description: an aide, why_unnamed: x, via: [log, tape]}
        ---
        {{< claim id="c" sources="aide" >}}C{{< /claim >}}.
        """,
    )
    assert site.build().exit == 0
    page = site.html("explainers/a/index.html")
    picture = page.select_one("#how-c svg.x-map")
    assert picture is not None
    assert picture["aria-labelledby"] == "way-c"
    described = page.select_one("#way-c")
    assert described is not None
    assert described.text == (
        "Supported by an aide (unnamed, on background). An aide: known through Police log (public record) and "
        "Tape (a record that readers cannot see). Tape: known through Disk (public record). "
        "The origins: Police log and Disk."
    )
    assert "secret" not in page.text
