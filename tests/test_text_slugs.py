"""Slugs: what stands in addresses and ids."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explainer.text.slugs import name_slug, slugify


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("The April encounter", "the-april-encounter"),
        ("  What -- is known?! ", "what-is-known"),
        ("U.S. v. Flynn (2017)", "u-s-v-flynn-2017"),
        ("Café Ünïcode", "cafe-unicode"),
        ("“Don’t”", "don-t"),
        ("İstanbul", "istanbul"),
        ("Kırıkkale, Diyarbakır", "kirikkale-diyarbakir"),
        ("Łódź", "lodz"),
        ("Straße, STRAẞE", "strasse-strasse"),
        ("Đà Nẵng Øst Þingvellir Æsir œuvre", "da-nang-ost-thingvellir-aesir-oeuvre"),
        ("ℌ ﬁ ²", "h-fi-2"),
        ("日本語 の", "日本語-の"),
        ("हिन्दी", "हिन्दी"),
        ("한국", "한국"),
        ("été e\u0301te\u0301", "ete-ete"),
        ("😀 — !", ""),
        ("", ""),
    ],
)
def test_slugs(text: str, slug: str) -> None:
    assert slugify(text) == slug


@given(st.text())
def test_a_slug_is_lower_case_and_its_own_slug(text: str) -> None:
    slug = slugify(text)
    assert slugify(slug) == slug
    assert not re.search(r"\s|--|^-|-$|[\"'<>&/?#%\\]", slug)
    assert slug == slug.lower()


@given(st.text(max_size=20))
def test_letter_case_does_not_matter_in_ascii(text: str) -> None:
    if text.isascii():
        assert slugify(text.upper()) == slugify(text)


def test_names_that_signs_tell_apart_have_slugs_of_their_own() -> None:
    names = ["C", "C++", "C#", "R&D", "R/D", "+1", "-1", "#MeToo", "#"]
    slugs = ["c", "c-plus-plus", "c-sharp", "r-and-d", "r-d", "plus-1", "1", "metoo", "sharp"]
    assert [name_slug(name) for name in names] == slugs
