"""What a new record or page begins with: the fields of its kind, and comments that say what to fill in."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from explainer.model.terms import SourceType

# Under each type the lines of its record; `{name}` stands for what the writer calls it.
_COMMON_END = (
    "# archive:           # an archived copy's address",
    "# saved:             # a saved copy: quotations are checked against it",
)
SOURCE_LINES: dict[SourceType, tuple[str, ...]] = {
    "public-record": (
        "title: {name}", "# publisher:         # who issued it", "# date:              # 2024-05-31, 2024-05 or 2024",
        "# url:", "# party:             # whose voice it is: an id in people.yaml", *_COMMON_END,
    ),
    "private-record": (
        "title: {name}         # what readers are told of a record that they can't see",
        "# date:              # 2024-05-31, 2024-05 or 2024", "# party:             # whose voice it is: an id in people.yaml",
        "# reported_in:       # ids of the reports that we have it from, where we haven't seen it",
    ),
    "statement": (
        "title: {name}", "# party:             # who says it: an id in people.yaml",
        "# date:              # 2024-05-31, 2024-05 or 2024", "# url:", "# knowledge:         # first-hand, second-hand; default: unknown",
        *_COMMON_END,
    ),
    "interview": (
        "attribution: background  # on-record (then with a title), background or deep-background",
        "description: {name}   # readers know an unnamed source by this alone",
        "why_unnamed:         # why readers aren't told the name",
        "# knowledge:         # first-hand, second-hand; default: unknown",
        "# via:               # ids of the sources through which it knows",
        "# caveats:           # what speaks for or against relying on it",
    ),
    "observation": (
        "title: {name}         # what was seen, by our reporter or another outlet's",
        "# authors:           # who was there: [name, name]", "# date:              # 2024-05-31, 2024-05 or 2024", "# url:",
    ),
    "account": (
        "title: {name}         # a message, letter or film that wasn't made for reporters",
        "# date:              # 2024-05-31, 2024-05 or 2024", "# party:             # whose voice it is: an id in people.yaml",
        "# reported_in:       # ids of the reports that we have it from, where we haven't seen it",
    ),
    "report": (
        "title: {name}", "# publisher:         # the outlet", "# authors:           # [name, name]",
        "# date:              # 2024-05-31, 2024-05 or 2024", "# url:", "# via:               # ids of the sources whom it has it from",
        *_COMMON_END,
    ),
}  # fmt: skip
_PERSON = (
    "name: {name}", "# kind:              # person (the default) or organization", "# short:             # the name inside a sentence",
    "# role:              # what readers are told beside the name", "# bio:", "# image:             # a portrait",
)  # fmt: skip


def source_record(id_: str, kind: SourceType, name: str) -> str:
    """The YAML of a new source."""
    return _record(id_, (f"type: {kind}", *SOURCE_LINES[kind]), name)


def person_record(id_: str, name: str) -> str:
    """The YAML of a new person or organisation."""
    return _record(id_, _PERSON, name)


def explainer_page(title: str) -> str:
    """The text of a new explainer: a draft."""
    return f"""---
title: {quoted(title)}
# One or two sentences, for lists, feeds and cards.
summary:
# The day on which it comes out. Readers get nothing of a draft: take `draft` out when it is ready.
# date: 2024-05-31
draft: true
# Ids in people.yaml, or names.
authors: []
tags: []
# image: {{src: picture.jpg, alt: What is on it, credit: Who made it}}
# What each claim of the text rests on: ids of sources.
# claims:
#   first:
#     sources: []
---
Write here. A sentence that somebody may doubt is a claim: name its sources above, and put
`{{{{</* claim id="first" */>}}}}` before and `{{{{</* /claim */>}}}}` behind its words.
"""


def plain_page(title: str) -> str:
    """The text of a new page, which is no explainer."""
    return f"---\ntitle: {quoted(title)}\n# One or two sentences, for lists and cards.\nsummary:\n---\nWrite here.\n"


def quoted(text: str) -> str:
    """A text as a YAML value on one line."""
    return json.dumps(text, ensure_ascii=False)


def _record(id_: str, lines: tuple[str, ...], name: str) -> str:
    return "".join([f"{id_}:\n", *(f"  {line.replace('{name}', quoted(name))}\n" for line in lines)])
