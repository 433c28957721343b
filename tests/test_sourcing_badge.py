"""The badge: what stands at a claim, people and path."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explainer.diagnostics import Span
from explainer.model.declared import Person, Source
from explainer.resolve.publishable import badge_name
from explainer.sourcing.badge import LONGEST, Names, badge, page_report
from explainer.sourcing.rule import Evidence, judged
from explainer.text.dates import PartialDate
from tests.harness import CATALOGS, ENGLISH

SPAN = Span("content/sources/all.yaml")
PEOPLE = {
    "mar": Person("mar", "Mar Vidal", SPAN),
    "doj": Person("doj", "Department of Justice", SPAN, kind="organization", short="the Justice Department"),
}


def sources_of(**declared: dict[str, Any]) -> dict[str, Source]:
    """Sources by id: `type`, and what else is given; what follows from the type is filled in."""
    made = {}
    for name, given_ in declared.items():
        id_, values = name.replace("_", "-"), dict(given_)
        kind = values.pop("type", "report")
        attribution = values.pop("attribution", "on-record" if kind in ("public-record", "statement") else None)
        first = kind in ("public-record", "private-record", "account")
        knowledge = "second-hand" if values.get("via") else "first-hand" if first else "unknown"
        made[id_] = Source(id_, kind, values.pop("knowledge", knowledge), SPAN, attribution=attribution, **values)
    return made


def badge_of(
    sources: dict[str, Source], supports: str, *, head: str | None = None, language: str = "en", **evidence: Any
) -> str:
    catalog = CATALOGS.of(language)
    disputes = tuple(evidence.pop("disputes", "").split())
    found = judged(Evidence(tuple(supports.split()), disputes, **evidence), sources)
    names = Names(
        lambda id_: badge_name(sources[id_], PEOPLE, catalog),
        lambda id_: sources[id_].key in PEOPLE and PEOPLE[sources[id_].key].kind == "person",
    )
    return badge(found, head, sources, names, catalog)


STORY = sources_of(
    post={"title": "A long title of a report", "publisher": "The Post", "via": ("officials",), "knowledge": "second-hand"},
    times={"title": "Another report", "publisher": "The Times"},
    officials={
        "type": "interview", "attribution": "background", "short": "US officials", "via": ("intercepts",),
        "reported_in": ("post",),
    },
    aide={"type": "interview", "attribution": "background", "description": "an aide", "knowledge": "first-hand"},
    deep={"type": "interview", "attribution": "deep-background", "description": "secret", "knowledge": "first-hand"},
    intercepts={"type": "private-record", "title": "Intercepts of messages to Moscow", "short": "intercepts", "via": ("account",)},
    account={"type": "account", "title": "Messages", "party": "mar"},
    speech={"type": "statement", "title": "A speech", "party": "mar"},
    memo={"type": "private-record", "title": "A memo"},
    record={"type": "public-record", "title": "The inspection of the bridge at Mill Lane, second part"},
    minutes={"type": "public-record", "title": "Minutes"},
    hearing={"type": "statement", "title": "A hearing", "party": "mar", "reported_in": ("post",), "knowledge": "first-hand"},
    chat={"type": "private-record", "title": "Chat", "party": "mar"},
    denial={"type": "statement", "title": "A denial", "party": "doj", "date": PartialDate("2017-03")},
    spokeswoman={"type": "interview", "attribution": "background", "short": "a spokeswoman", "via": ("speech",)},
)  # fmt: skip


@pytest.mark.parametrize(
    ("supports", "rest", "words"),
    [
        ("", {}, "no source given"),
        ("", {"disputes": "denial"}, "disputed, no source for it"),
        ("times", {}, "The Times doesn't say how it knows"),
        ("times speech", {}, "no source says how it knows"),
        ("speech", {}, "Mar Vidal, not saying how they know"),
        ("minutes", {}, "Minutes, first-hand"),
        ("record", {}, "The inspection of the bridge at Mill…, first-hand"),
        ("aide", {}, "an aide (unnamed), first-hand"),
        ("deep", {}, "a source (unnamed), first-hand"),
        ("memo", {}, "A memo (not public), first-hand"),
        ("minutes aide", {}, "2 independent sources: Minutes and an aide (unnamed)"),
        ("minutes record", {}, "2 independent sources, some named"),
        ("aide deep", {}, "2 independent sources, none named"),
        ("post", {}, "The Post, citing Mar Vidal"),
        ("post officials", {}, "The Post, citing Mar Vidal"),
        ("officials", {"head": "post"}, "US officials (unnamed), citing Mar Vidal"),
        ("post officials", {"head": "post"}, "US officials (unnamed), citing Mar Vidal"),
        ("hearing officials", {"head": "post"}, "Mar Vidal and US officials (unnamed)"),
        ("minutes", {"disputes": "denial"}, "Minutes, first-hand; disputed"),
        (
            "minutes",
            {"disputes": "denial", "reported": PartialDate("2017-07")},
            "Minutes, first-hand; denied earlier",
        ),
        ("speech", {"speaker": "mar"}, "on record"),
        ("hearing", {"speaker": "mar"}, "on record, in The Post"),
        ("hearing", {"speaker": "mar", "head": "post"}, "on record"),
        ("aide", {"speaker": "aide"}, "speaker unnamed"),
        ("chat", {"speaker": "mar"}, "Mar Vidal (not public)"),
        ("spokeswoman", {"speaker": "mar"}, "a spokeswoman (unnamed), citing Mar Vidal"),
        ("times", {"speaker": "mar"}, "The Times doesn't say how it knows"),
        ("denial", {"speaker": "doj", "disputes": "speech"}, "on record; disputed"),
    ],
)  # fmt: skip
def test_words_at_a_claim(supports: str, rest: dict[str, Any], words: str) -> None:
    assert badge_of(STORY, supports, **rest) == words


def test_the_one_node_between_is_named_where_there_is_room() -> None:
    sources = sources_of(
        aide={"type": "interview", "attribution": "background", "short": "an aide", "via": ("memo",)},
        memo={"type": "account", "title": "a memo", "via": ("minister",)},
        minister={"type": "account", "title": "the minister"},
    )
    assert badge_of(sources, "aide") == "an aide (unnamed), citing a memo, citing the minister"
    long = {**sources, "minister": sources["minister"]._replace(title="the minister of the interior")}
    assert badge_of(long, "aide") == "an aide (unnamed), citing the minister of the interior"
    longer = {
        id_: one._replace(short="x" * 25, title="y" * 25, description=None)
        for id_, one in sources.items()
        if id_ != "memo"
    } | {"memo": sources["memo"]}
    assert badge_of(longer, "aide") == f"{'x' * 25} (unnamed), citing others"


def test_many_are_counted() -> None:
    sources = sources_of(
        origin={"type": "account", "title": "the first account"},
        **{
            f"s{n}": {"type": "interview", "attribution": "on-record", "title": f"Witness {n}", "via": ("origin",)}
            for n in range(3)
        },
    )
    assert badge_of(sources, "s0 s1") == "Witness 0 and Witness 1, citing the first account"
    assert badge_of(sources, "s0 s1 s2") == "3 sources, citing the first account"


def test_a_report_in_front_of_what_is_cited_is_left_out_only_there() -> None:
    sources = sources_of(
        wire={"title": "Wire story", "publisher": "Wire", "via": ("aide", "clerk"), "knowledge": "second-hand"},
        aide={"type": "interview", "attribution": "on-record", "title": "the aide", "via": ("file",)},
        clerk={"type": "interview", "attribution": "on-record", "title": "the clerk", "via": ("file",)},
        file={"type": "account", "title": "the file"},
    )
    assert badge_of(sources, "wire aide clerk") == "the aide and the clerk, citing the file"
    assert badge_of(sources, "wire aide") == "the aide and Wire, citing the file"


def test_other_languages_put_it_as_they_do() -> None:
    assert (
        badge_of(STORY, "officials", head="post", language="es") == "US officials (sin nombre), con base en Mar Vidal"
    )
    assert (
        badge_of(STORY, "officials", head="post", language="ar")
        == "\u2068US officials\u2069 (بلا اسم)، نقلاً عن \u2068Mar Vidal\u2069"
    )
    assert badge_of(STORY, "hearing", speaker="mar", head="post", language="es") == "declaración pública"


BADGES = {
    "fr": (
        "aucune source indiquée", "The Times, sans préciser l’origine", "Minutes, de première main",
        "2 sources indépendantes\u00a0: Minutes et an aide (sans nom)", "US officials (sans nom), citant Mar Vidal",
        "Minutes, de première main\u202f; démentie auparavant", "déclaration publique, citée par The Post",
        "propos sous anonymat",
    ),
    "de": (
        "keine Quelle angegeben", "The Times, ohne Angabe der Herkunft", "Minutes, aus erster Hand",
        "2 unabhängige Quellen: Minutes und an aide (anonym)", "US officials (anonym), Quelle: Mar Vidal",
        "Minutes, aus erster Hand; zuvor dementiert", "öffentlich gesagt, so The Post", "anonym gesagt",
    ),
    "pt": (
        "sem fonte", "The Times, sem indicar a origem", "Minutes, em primeira mão",
        "2 fontes independentes: Minutes e an aide (sem nome)", "US officials (sem nome), citando Mar Vidal",
        "Minutes, em primeira mão; desmentida antes", "declaração pública, citada por The Post",
        "declaração sob anonimato",
    ),
}  # fmt: skip


@pytest.mark.parametrize("language", BADGES)
def test_decided_cases_in_other_languages(language: str) -> None:
    cases: list[tuple[str, dict[str, Any]]] = [
        ("", {}), ("times", {}), ("minutes", {}), ("minutes aide", {}), ("officials", {"head": "post"}),
        ("minutes", {"disputes": "denial", "reported": PartialDate("2017-07")}), ("hearing", {"speaker": "mar"}),
        ("aide", {"speaker": "aide"}),
    ]  # fmt: skip
    assert tuple(badge_of(STORY, supports, language=language, **rest) for supports, rest in cases) == BADGES[language]


def test_what_all_of_a_page_is_known_through() -> None:
    def report(*claims: str) -> str | None:
        return page_report([judged(Evidence(tuple(one.split())), STORY) for one in claims], STORY)

    assert report("post", "officials", "hearing", "times", "") == "post"
    assert report("post", "minutes") is None
    assert report("times") is None  # it states no origin
    assert report() is None


# --- Any names ------------------------------------------------------------------------------------

NAMES = st.text("abc ", min_size=1, max_size=90).map(lambda text: " ".join(text.split()) or "x")


@given(st.data())
def test_never_too_long_and_never_a_cut_word(data: st.DataObject) -> None:
    ids = [f"s{n}" for n in range(5)]
    sources = {}
    for n, id_ in enumerate(ids):
        via = tuple(data.draw(st.lists(st.sampled_from(ids[n + 1 :] or ["none"]), unique=True, max_size=2)))
        sources[id_] = Source(
            id_,
            data.draw(st.sampled_from(["report", "account", "private-record", "interview"])),
            "second-hand" if via else "first-hand",
            SPAN,
            attribution=data.draw(st.sampled_from([None, "on-record", "background"])),
            title=data.draw(NAMES),
            description=data.draw(NAMES),
            via=via,
        )
    words = badge_of(sources, " ".join(data.draw(st.lists(st.sampled_from(ids), max_size=4))))
    assert len(words) <= LONGEST
    known = {word for one in sources.values() for word in f"{one.title} {one.description}".split()}
    others = set(f"{ENGLISH.form('badge.unnamed')} {ENGLISH.form('badge.not-public')}".split())
    assert {word.strip(",…:") for word in words.split() if set(word.strip(",…:")) <= set("abc")} <= known | others | {
        "a"
    }
