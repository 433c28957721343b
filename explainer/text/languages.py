"""Languages by their tags: which way they are written, and which tag stands for which."""

from __future__ import annotations

from functools import lru_cache
from typing import Literal, TypeAlias

Direction: TypeAlias = Literal["ltr", "rtl"]

_RTL = frozenset({"ar", "arc", "ckb", "dv", "fa", "he", "ku", "nqo", "ps", "sd", "syr", "ug", "ur", "yi"})
# ISO 639-1.
_CODES = """aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee el en
eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is it iu ja jv ka
kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl
nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg sh si sk sl sm sn so sq sr ss st su sv
sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu"""
_TWO_LETTERS = frozenset(_CODES.split())
_RTL_SCRIPTS = frozenset({"arab", "hebr", "nkoo", "syrc", "thaa"})


@lru_cache(64)
def direction(language: str) -> Direction:
    """The way in which a language is written, by its tag: `ar`, `ar-EG`, `az-Arab`."""
    first, *others = language.lower().split("-")
    script = next((part for part in others if len(part) == 4), None)  # noqa: PLR2004 - a script's subtag
    return "rtl" if (script in _RTL_SCRIPTS if script else first in _RTL) else "ltr"


@lru_cache(64)
def is_language(tag: str) -> bool:
    """Whether a tag begins with the code of a language: `de`, `pt-BR`, `ckb`; not `xx`, nor `english`."""
    first = tag.partition("-")[0].lower()
    return first in _TWO_LETTERS or (len(first) == 3 and first in _names())  # noqa: PLR2004 - two letters are all known


def code_of(name: str) -> str | None:
    """The code of a language by its English name: `es` for `Spanish`."""
    return next((code for code, known in _names().items() if known.lower() == name.lower()), None)


def english_name(tag: str) -> str:
    """What a language is called in English; its tag where it has no name."""
    return _names().get(tag.partition("-")[0].lower(), tag)


def _names() -> dict[str, str]:
    from babel import Locale  # noqa: PLC0415 - most sites are in a language of two letters

    return dict(Locale("en").languages)


def lineage(language: str) -> tuple[str, ...]:
    """A tag and the wider ones that may stand for it, widest first: `es`, `es-MX`."""
    parts = language.split("-")
    return tuple("-".join(parts[: end + 1]) for end in range(len(parts)))
