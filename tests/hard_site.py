"""A site that is hard to show: many claims, long chains, long names, odd places, two directions of writing."""

from __future__ import annotations

import json
import struct
import zlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.harness import SiteTest

HOPS, CLAIMS, STATEMENTS = 15, 60, 60
LONG = " ".join(["a deputy director of the interdepartmental commission on riverside infrastructure resilience"] * 4)
DESCRIPTION = ("a person who was in the room for part of the meeting and has read the minutes " * 4)[:300].strip()
MONTHS = [f"20{year}-{month:02}" for year in range(15, 20) for month in range(1, 13)]

SITE = """\
title: The Hard Paper
description: A newspaper whose every page is as hard to set as can be.
base_url: https://hard.example/
language: en
accent: "#7a1f3d"
publisher: {name: The Hard Paper, url: "https://hard.example/"}
policies: {corrections: /about/, verification: /about/}
tips: {text: Write to us., links: [{label: By post, url: /about/}]}
"""
ARABIC = """\
---
title: ما قاله السفير لموسكو عن الحملة
summary: يقول مسؤولون حاليون وسابقون إن السفير أبلغ موسكو أنهما ناقشا الحملة. ينفي الوزير ذلك.
date: 2017-07-22
language: ar
authors: [desk]
tags: [روسيا]
sources:
  statement-en: {type: statement, title: recusal statement, party: minister, date: 2017-03-02, language: en}
claims:
  talk:
    sources: [officials-ar]
    disputes: [{source: statement-en, quote: I never had meetings with Russian operatives}]
    reported: 2017-07-21
---
يقول مسؤولون حاليون وسابقون إن {{< claim id="talk" >}}السفير أبلغ موسكو أنهما ناقشا الحملة الانتخابية{{< /claim >}}. وقال الوزير
في مارس: {{< source statement-en >}}"I never had meetings with Russian operatives"{{< /source >}} وفق البيان.

## ما لا يُعرف

{{< unknown >}}
- ما دار بينهما.
{{< /unknown >}}

{{< timeline speaker="minister" />}}
"""
SPANISH = """\
---
title: Qué se sabe del puente
summary: Tres fuentes, un solo origen.
date: 2017-07-20
language: es
authors: [desk]
---
El alcalde dijo que {{< claim id="cierre" sources="hop-0" >}}el puente se cerrará{{< /claim >}}. Lo dice el acta.{{< source record >}}
"""
PICTURED = """\
---
title: A page of pictures
summary: One above the story, one in a line, one with a caption.
date: 2016-06-01
image: {src: wide.png, alt: The river from the bridge, credit: The desk}
---
The river ![a mark](small.png) rose. What it left behind is below.

{{< figure src="wide.png" alt="The river from the weir" caption="The river, a day later." credit="The desk" />}}

The last word.
"""
PLACES = """\
## A heading with {{< claim id="in-heading" sources="record" >}}a claim in it{{< /claim >}}

| Place | What is said there | When |
|---|---|---|
| The bridge | {{< claim id="in-cell" sources="hop-0" disputes="minister-said" >}}It will not last{{< /claim >}} | 2016 |
| The weir | {{< claim id="in-cell-too" sources="record" >}}It will last{{< /claim >}}{{< source record at="p. 3" >}} | 2017 |

{{< claim id="over-blocks" sources="room" >}}

The first of three paragraphs says that the meeting began at nine, and names who sat where.

The second says what the chair asked, with {{< claim id="inside" sources="record" >}}a claim of its own inside{{< /claim >}}.

The third says how it ended. After that came:

- a vote, which nobody recorded;
- a second vote, which everybody did.

{{< /claim >}}

{{< known >}}
- That they met. {{< source record >}}
{{< /known >}}
{{< unknown >}}
- What they said.
{{< /unknown >}}

{{< timeline speaker="minister" />}}

- A list item with {{< claim id="in-list" sources="room" >}}a claim{{< /claim >}} in it
- and one without.

> A quotation with {{< claim id="in-quote" sources="room" >}}a claim{{< /claim >}} in it.

A word that is long: Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetz, and an address,
https://hard.example/a/very/long/address/that/has/no/place/to/break/whatever/the/width/may/be/index.html.
"""


def png(width: int, height: int) -> bytes:
    """A whole picture, in one grey."""
    head = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    data = b"IDAT" + zlib.compress((b"\0" + b"\x99" * width) * height)
    chunks = [
        struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body)) for body in (head, data, b"IEND")
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def png_of(content: bytes) -> bytes:
    """A whole picture, one line high, whose pixels are these bytes and stand in it as they are."""
    head = b"IHDR" + struct.pack(">IIBBBBB", len(content), 1, 8, 0, 0, 0, 0)
    chunks = (head, b"IDAT" + zlib.compress(b"\0" + content, 0), b"IEND")
    packed = (struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body)) for body in chunks)
    return b"\x89PNG\r\n\x1a\n" + b"".join(packed)


def sources() -> dict[str, dict[str, object]]:
    """A chain of fifteen hops with long names, parallel routes, and what a page may have beside it."""
    chain: dict[str, dict[str, object]] = {
        f"hop-{i}": {
            "type": "account",
            "title": f"{LONG} number {i}",
            "via": [f"hop-{i + 1}"],
            "knowledge": "second-hand",
        }
        for i in range(HOPS)
    }
    return chain | {
        f"hop-{HOPS}": {"type": "public-record", "title": "The minutes", "date": "2016-04"},
        "record": {"type": "public-record", "title": "The inspection", "url": "https://hard.example/x", "date": "2016"},
        "room": {
            "type": "interview", "attribution": "background", "knowledge": "first-hand", "description": DESCRIPTION,
            "why_unnamed": "Not allowed to speak.", "caveats": ["Against: saw a part of it."],
        },
        "gone": {
            "type": "report", "title": "A report that was withdrawn", "via": ["room"],
            "withdrawn": {"date": "2017-08-01", "reason": "It could not be confirmed."},
        },
        "minister-said": {"type": "statement", "title": "A denial", "party": "minister", "date": "2017-03-02"},
        "officials-ar": {
            "type": "interview", "attribution": "background", "description": "مسؤولون حاليون وسابقون",
            "knowledge": "second-hand", "via": ["record"], "why_unnamed": "لا يُسمح لهم بالكلام.",
        },
        **{f"wide-{i}": {"type": "report", "title": f"Report {i}", "via": ["record"]} for i in range(6)},
        **{
            f"said-{i}": {"type": "statement", "title": f"Speech {i}", "party": "minister", "date": MONTHS[i]}
            for i in range(STATEMENTS)
        },
    }  # fmt: skip


def claims() -> tuple[dict[str, dict[str, object]], str]:
    """Sixty claims of every kind, in twelve paragraphs, and sixty statements of one speaker, in twelve more."""
    kinds: list[dict[str, object]] = [
        {"sources": ["hop-0"], "disputes": ["minister-said"], "reported": "2017-07-21", "status": "unresolved"},
        {"sources": ["room", "record"], "responses": {"minister": "no-comment"}},
        {"sources": ["gone"]},
        {"disputes": ["minister-said"], "contradicts": ["c-0"]},
        {},
        {"sources": [f"wide-{i}" for i in range(6)], "supersedes": ["c-1"]},
    ]
    declared = {f"c-{i}": kinds[i % len(kinds)] for i in range(CLAIMS)}
    told = [
        f'Claim {i} says that {{{{< claim id="c-{i}" >}}}}the river rose in year {i}{{{{< /claim >}}}}.'
        for i in range(CLAIMS)
    ]
    for i in range(STATEMENTS):
        words = f"We have never closed {'one' if i % 2 else 'any single'} bridge in year {i}"
        declared[f"s-{i}"] = {"speaker": "minister", "sources": [{"source": f"said-{i}", "quote": words}]}
        told.append(f'He said {{{{< claim id="s-{i}" >}}}}that no bridge was closed{{{{< /claim >}}}} in speech {i}.')
    paragraphs = [" ".join(told[i : i + 5]) for i in range(0, len(told), 5)]
    return declared, "\n\n".join(paragraphs)


def write_hard_site(site: SiteTest) -> None:
    """Write the whole site, without building it."""
    site.write("content/site.yaml", SITE)
    people = {
        "minister": {"name": "A. Minister", "role": "Minister of bridges and of all that goes over them", "bio": "A person."},
        "desk": {"name": "The desk", "kind": "organization", "bio": "Writes this."},
    }  # fmt: skip
    site.write("content/people.yaml", json.dumps(people))
    site.write("content/sources/all.yaml", json.dumps(sources(), ensure_ascii=False))
    site.write("content/pages/about.md", "---\ntitle: About us\nsummary: Who we are.\n---\nWe are hard to set.\n")
    declared, text = claims()
    front = {
        "title": f"What {LONG} said about the river, and what it rests on",
        "summary": "Sixty claims, sixty statements.", "date": "2017-07-21", "updated": "2017-07-24", "authors": ["desk"],
        "contributors": ["minister"], "tags": ["River", "A tag that goes on for rather longer than tags do"],
        "related": ["arabic"], "corrections": [{"date": "2017-07-23", "text": "The year was wrong."}], "claims": declared,
    }  # fmt: skip
    site.write("content/explainers/hard.md", f"---\n{json.dumps(front)}\n---\n{text}\n\n{PLACES}")
    site.write("content/explainers/arabic.md", ARABIC)
    site.write("content/explainers/espanol.md", SPANISH)
    site.write("content/explainers/pictured/index.md", PICTURED)
    site.write("content/explainers/pictured/wide.png", png(1600, 800))
    site.write("content/explainers/pictured/small.png", png(20, 10))
    site.write("content/explainers/bare.md", "---\ntitle: Nothing but a title\ndate: 2016-01-01\n---\n")
