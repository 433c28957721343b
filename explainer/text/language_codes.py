"""Which codes stand for a language, and what it is called in English."""

from __future__ import annotations

from functools import lru_cache

from explainer.text.catalog import language_names

# ISO 639-1.
_CODES = """aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee el en
eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is it iu ja jv ka
kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl
nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg sh si sk sl sm sn so sq sr ss st su sv
sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu"""
_TWO_LETTERS = frozenset(_CODES.split())


@lru_cache(64)
def is_language(tag: str) -> bool:
    """Whether a tag begins with the code of a language: `de`, `pt-BR`, `ckb`; not `xx`, nor `english`."""
    first = tag.partition("-")[0].lower()
    return first in _TWO_LETTERS or (len(first) == 3 and first in language_names())  # noqa: PLR2004 - two letters are all known


def canonical_tag(tag: str) -> str:
    """A tag in the case that each of its parts is written in: `pt-BR` for `PT-br`, `zh-Hant` for `zh-hant`."""
    first, *rest = tag.split("-")
    cased = {2: str.upper, 4: str.title}
    return "-".join([first.lower(), *(cased.get(len(part), str.lower)(part) for part in rest)])


def code_of(name: str) -> str | None:
    """The code of a language by its English name: `es` for `Spanish`."""
    return next((code for code, known in language_names().items() if known.lower() == name.lower()), None)


def english_name(tag: str) -> str:
    """What a language is called in English; its tag where it has no name."""
    return language_names().get(tag.partition("-")[0].lower(), tag)
