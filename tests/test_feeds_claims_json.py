"""`claims.json`: exactly the fields that are promised, and of an unnamed source no other."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from explainer.model.terms import ATTRIBUTIONS, KNOWLEDGE, RESPONSES, SOURCE_TYPES, STANCES
from explainer.sourcing.rule import LEVELS
from tests.crawl import SCHEMA

if TYPE_CHECKING:
    from tests.harness import SiteTest

BRIEF = ["id", "number", "type", "attribution", "knowledge", "via", "reported_in"]
NAMED = [
    *BRIEF, "party", "title", "publisher", "container", "document_number", "doi", "date", "url", "archive", "withdrawn",
]  # fmt: skip
FULL = """title: T, publisher: P, authors: [A], date: 2017-06, accessed: 2018-01-01, url: https://example.net/,
  archive: https://example.net/a, language: en, party: p, description: someone, why_unnamed: fear, caveats: [c, d]"""


def built(site: SiteTest, sources: str, text: str, more: str = "") -> dict[str, Any]:
    site.write("content/sources/a.yaml", sources)
    site.write("content/explainers/a.md", f"---\ntitle: A\ndate: 2017-07-21\n{more}---\n{text}\n")
    result = site.build()
    assert result.exit == 0, result.stdout
    data = site.claims("a")
    assert not [fault.message for fault in SCHEMA.iter_errors(data)]
    return data


def test_the_schema_is_strict_and_knows_every_word_of_the_model() -> None:
    SCHEMA.check_schema(SCHEMA.schema)
    text = json.dumps(SCHEMA.schema)
    levels = [row.level for row in LEVELS]
    for word in (*SOURCE_TYPES, *ATTRIBUTIONS, *KNOWLEDGE, *STANCES, *RESPONSES, *levels):
        assert f'"{word}"' in text
    objects = [node for node in walk(SCHEMA.schema) if node.get("type") == "object"]
    assert all(
        node["additionalProperties"] is False and set(node["required"]) <= set(node["properties"]) for node in objects
    )


def walk(value: Any) -> list[dict[str, Any]]:
    if isinstance(value, list):
        return [node for item in value for node in walk(item)]
    return [value, *(node for item in value.values() for node in walk(item))] if isinstance(value, dict) else []


def test_every_field_is_there(site: SiteTest) -> None:
    data = built(site, "s: {type: report, title: S}\n", '{{< claim id="c" >}}Words{{< /claim >}}{{< source s >}}')
    assert list(data) == ["version", "page", "claims", "sources"]
    url = "https://example.org/explainers/a/"
    assert data["page"] == {"url": url, "title": "A", "published": "2017-07-21", "modified": None}
    assert data["claims"] == [{
        "id": "c", "url": f"{url}#claim-c", "text": "Words", "speaker": None, "said": None, "reported": None,
        "status": None, "sourcing": {"level": "unsourced", "n": 0, "label": "No source given", "notes": []},
        "edges": [], "contradicts": [], "supersedes": [],
    }]  # fmt: skip
    assert data["sources"] == [{
        "id": "s", "number": 1, "type": "report", "attribution": None, "knowledge": "unknown", "via": [], "reported_in": [],
        "party": "s", "title": "S", "publisher": None, "container": None, "document_number": None, "doi": None, "date": None, "url": None, "archive": None, "withdrawn": None,
    }]  # fmt: skip


def test_caveats_are_a_list_or_sorted(site: SiteTest) -> None:
    sources = """\
a: {type: interview, attribution: background, description: d, why_unnamed: w, caveats: One.}
b: {type: interview, attribution: background, description: e, why_unnamed: w, caveats: {for: [Two.], against: Three.}}
c: {type: interview, attribution: background, description: f, why_unnamed: w}
"""
    data = built(site, sources, "A text.{{< source a b c >}}")
    assert [source["caveats"] for source in data["sources"]] == [["One."], {"for": ["Two."], "against": ["Three."]}, []]


TERMS = [
    (f"type: statement, {FULL}", NAMED),
    (f"type: private-record, {FULL}", NAMED),
    (f"type: statement, attribution: background, {FULL}", [*BRIEF, "description", "why_unnamed", "caveats"]),
    (
        f"type: interview, attribution: background, {FULL}, withdrawn: {{date: 2018, reason: r}}",
        [*BRIEF, "description", "why_unnamed", "caveats", "withdrawn"],
    ),
    (f"type: interview, attribution: deep-background, {FULL}", BRIEF),
    (
        f"type: interview, attribution: deep-background, {FULL}, withdrawn: {{date: 2018, reason: r}}",
        [*BRIEF, "withdrawn"],
    ),
]


def test_a_source_has_the_fields_that_its_terms_allow(site: SiteTest) -> None:
    sources = "".join(f"s{number}: {{{source}}}\n" for number, (source, _) in enumerate(TERMS))
    sources = sources.replace("party: p,", "")  # whose on-record and background selves would stand together
    data = built(site, sources, "".join(f"{{{{< source s{number} >}}}}" for number in range(len(TERMS))))
    assert [list(source) for source in data["sources"]] == [keys for _, keys in TERMS]
    withdrawn = [source["withdrawn"] for source in data["sources"] if source["attribution"] and "withdrawn" in source]
    assert withdrawn == [None, {"date": "2018"}, {"date": "2018"}]


def test_a_named_source_that_was_withdrawn_says_why(site: SiteTest) -> None:
    sources = "s: {type: report, title: S, withdrawn: {date: 2018-01, reason: It was wrong}}\nt: {type: report, title: T, withdrawn: {date: 2018}}\n"
    data = built(site, sources, "{{< source s t >}}")
    assert [source["withdrawn"] for source in data["sources"]] == [
        {"date": "2018-01", "reason": "It was wrong"}, {"date": "2018", "reason": None},
    ]  # fmt: skip


def test_a_source_on_a_route_alone_has_no_number(site: SiteTest) -> None:
    data = built(
        site, "a: {type: report, title: A, via: [b]}\nb: {type: private-record, title: B}\n", "{{< source a >}}"
    )
    assert [(source["id"], source["number"], source["via"]) for source in data["sources"]] == [
        ("a", 1, ["b"]),
        ("b", None, []),
    ]


TEXTS = [
    ("Plain  words\nover *two* lines", "Plain words over two lines"),
    ('A "quoted" word -- and `code`, 501(c)', "A “quoted” word – and code, 501(c)"),
    ("with {{< source s >}} a number", "with a number"),
    ("with[^n] a note", "with a note"),
    ("a [link](https://example.net/) & <b>", "a link & <b>"),
    ('one {{< claim id="in" sources="s" >}}inside{{< /claim >}} another', "one inside another"),
    ('{{< source s >}}"as it is"{{< /source >}}', "“as it is”"),
    ("\n\nOne block.\n\n- two\n- three\n\n", "One block. two three"),
    ("\n\n## A heading[^n]\n\nText.\n\n", "A heading Text."),
    ("\n\n| a | b |\n|---|---|\n| c | d |\n\n", "a b c d"),
    ("<!-- nothing -->shown", "shown"),
]


def test_text_is_the_words_as_shown(site: SiteTest) -> None:
    marked = [f'{{{{< claim id="c{n}" >}}}}{inside}{{{{< /claim >}}}}' for n, (inside, _) in enumerate(TEXTS)]
    data = built(site, "s: {type: report, title: S}\n", "\n\n".join([*marked, "See[^n].", "[^n]: A note."]))
    found = [claim["text"] for claim in data["claims"] if claim["id"] != "in"]
    assert found == [text for _, text in TEXTS]


def test_as_stands_in_for_the_text(site: SiteTest) -> None:
    data = built(site, "", '{{< claim id="c" as="It  stands alone." >}}it{{< /claim >}}')
    assert data["claims"][0]["text"] == "It stands alone."


def edges(data: dict[str, Any]) -> list[tuple[Any, ...]]:
    return [tuple(edge.values()) for edge in data["claims"][0]["edges"]]


def test_equal_edges_are_one_and_each_quote_is_kept(site: SiteTest) -> None:
    text = """{{< claim id="c" >}}Words {{< source s >}} {{< source s >}}"one"{{< /source >}}
{{< source s quote="two" at="p. 2" >}} {{< source s quote="two" >}} {{< source s at="p. 3" >}} {{< source t >}}{{< /claim >}}"""
    more = "claims: {c: {sources: [s, {source: s, quote: zero}], context: t, responses: {t: no-comment}}}\n"
    data = built(site, "s: {type: report, title: S}\nt: {type: report, title: T}\n", text, more)
    assert edges(data) == [
        ("s", "supports", None, "zero", None),
        ("s", "supports", None, "one", None),
        ("s", "supports", None, "two", "p. 2"),
        ("s", "supports", None, None, "p. 3"),
        ("t", "context", "no-comment", None, None),
    ]


def test_a_bare_citation_takes_what_the_claim_declares(site: SiteTest) -> None:
    text = '{{< claim id="c" context="u" >}}Words{{< source s t u v >}}{{< source w response="denies" >}}{{< /claim >}}'
    sources = "".join(f"{id_}: {{type: statement, title: T}}\n" for id_ in "stuvw")
    data = built(site, sources, text, "claims: {c: {disputes: s, responses: {t: does-not-recall}}}\n")
    assert edges(data) == [
        ("s", "disputes", None, None, None),
        ("u", "context", None, None, None),
        ("t", "context", "does-not-recall", None, None),
        ("v", "supports", None, None, None),
        ("w", "disputes", "denies", None, None),
    ]


SAID = [
    ("speaker: p, sources: [s]", "2017-06"),
    ("speaker: s, sources: [s]", "2017-06"),
    ("speaker: p, sources: [s], said: 2016", "2016"),
    ("speaker: p, sources: [s, other]", "2017-06"),
    ("speaker: p, sources: [s, again]", None),
    ("speaker: q, sources: [unnamed]", None),
    ("sources: [s]", None),
    ("sources: [s], said: 2016", "2016"),
    ("speaker: p, disputes: [s]", None),
]


def test_when_it_was_said(site: SiteTest) -> None:
    sources = """\
s: {type: statement, title: S, party: p, date: 2017-06}
again: {type: statement, title: A, party: p, date: 2016}
other: {type: report, title: O, date: 2016}
unnamed: {type: interview, attribution: background, description: d, why_unnamed: x, party: q, date: 2015}
"""
    text = "\n".join(f'{{{{< claim id="c{number}" >}}}}x{{{{< /claim >}}}}' for number in range(len(SAID)))
    claims = "".join(f"  c{number}: {{{claim}}}\n" for number, (claim, _) in enumerate(SAID))
    data = built(site, sources, text, f"claims:\n{claims}")
    assert [claim["said"] for claim in data["claims"]] == [said for _, said in SAID]


def test_notes_have_their_own_fields(site: SiteTest) -> None:
    sources = """\
a: {type: report, title: A, via: [m]}
b: {type: report, title: B, via: [m]}
m: {type: report, title: M, via: [o]}
o: {type: observation, title: O}
no: {type: statement, title: N, party: org, date: 2016}
gone: {type: observation, title: G, withdrawn: {date: 2018}}
vague: {type: report, title: V}
"""
    claims = """\
claims:
  c: {sources: [a, b, gone], disputes: "no", responses: {ada: no-comment, org: not-reached}, reported: 2017}
  d: {sources: [a, vague], responses: {"no": does-not-recall}}
"""
    site.write("content/people.yaml", "ada: {name: Ada}\norg: {name: Org, kind: organization}\n")
    text = '{{< claim id="c" >}}x{{< /claim >}} {{< claim id="d" >}}y{{< /claim >}}'
    data = built(site, sources, text, claims)
    assert [claim["sourcing"]["notes"] for claim in data["claims"]] == [
        [
            {"code": "disputed", "parties": ["org"], "earlier": True},
            {"code": "no-comment", "parties": ["ada"]},
            {"code": "not-reached", "parties": ["org"]},
            {"code": "steps", "k": 2},
            {"code": "rests-on", "sources": ["m", "o"], "origins": ["o"]},
            {"code": "some-withdrawn"},
        ],
        [
            {"code": "does-not-recall", "parties": ["org"]},
            {"code": "steps", "k": 2},
            {"code": "others-unstated"},
        ],
    ]


def test_addresses_have_the_base_urls_path(site: SiteTest) -> None:
    site.write("content/explainers/a.md", '---\ntitle: A\ndate: 2017-07-21\n---\n{{< claim id="c" >}}x{{< /claim >}}\n')
    assert site.build("--base-url", "https://example.org/deep/down").exit == 0
    data = site.claims("a")
    assert data["page"]["url"] == "https://example.org/deep/down/explainers/a/"
    assert data["claims"][0]["url"] == "https://example.org/deep/down/explainers/a/#claim-c"


def test_times_are_in_the_sites_zone(site: SiteTest) -> None:
    site.write("content/site.yaml", "title: A\nbase_url: https://example.org/\ntime_zone: Asia/Kolkata\n")
    site.write("content/explainers/a.md", "---\ntitle: A\ndate: 2017-07-21T20:00:00Z\nupdated: 2017-07-23 10:00\n---\n")
    assert site.build().exit == 0
    assert site.claims("a")["page"]["published"] == "2017-07-22T01:30:00+05:30"
    assert site.claims("a")["page"]["modified"] == "2017-07-23T10:00:00+05:30"
