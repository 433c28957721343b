"""An error in a layout is a diagnostic with its place; an error in the program's own code stays an exception."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn

import pytest

if TYPE_CHECKING:
    from tests.harness import SiteTest

SOURCES = """\
officials: {type: interview, attribution: background, description: US officials, why_unnamed: no right to speak,
  via: [cable, memo]}
cable: {type: private-record, title: A cable, via: [memo]}
memo: {type: private-record, title: A memo}
"""
PAGE = """\
---
title: A
date: 2024-01-01
sources: {note: {type: statement, title: A statement, date: 2024-01-01}}
---
{{< claim id="one" sources="officials" >}}They met{{< /claim >}} [there](https://example.org/). {{< source note >}}
{{< box title="x" />}}
"""


@pytest.fixture
def shown(site: SiteTest) -> SiteTest:
    site.write("content/sources/a.yaml", SOURCES)
    site.write("content/explainers/a.md", PAGE)
    site.write("layouts/shortcodes/box.html", "<b>{{ args.title }}</b>")
    return site


def fail(*args: Any, **options: Any) -> NoReturn:
    raise KeyError("a bug of ours")


@pytest.mark.parametrize(
    "where",
    [
        "explainer.render.drawing.svg.lines",
        "explainer.render.body_filler.draw_claim",
        "explainer.render.filters.typographic",
        "explainer.render.renderer.level_counts",
        "explainer.render.body_filler.BodyFiller._first",
        "explainer.text.catalog.Catalog.date",
        "explainer.render.renderer.direction",
    ],
)
def test_a_bug_of_ours_is_an_exception(shown: SiteTest, monkeypatch: pytest.MonkeyPatch, where: str) -> None:
    monkeypatch.setattr(where, fail)
    with pytest.raises(KeyError, match="a bug of ours"):
        shown.build()


def test_a_bug_of_ours_below_a_layout_of_the_site_is_an_exception(
    shown: SiteTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown.write("layouts/shortcodes/box.html", "{{ 'words'|rich }}{{ way_of(page.sources[0], page.sources) }}")
    monkeypatch.setattr("explainer.render.renderer.draw_source", fail)
    with pytest.raises(KeyError, match="a bug of ours"):
        shown.build()


@pytest.mark.parametrize(
    ("layout", "text", "line"),
    [
        ("explainer.html", "<p>\n{{ 1 // 0 }}", 2),
        ("explainer.html", "{% macro m() %}\n\n{{ 1 // 0 }}{% endmacro %}\n{{ m() }}", 3),
        ("explainer.html", "{% for part in glance(page.claims) %}\n{{ part.name // 1 }}{% endfor %}", 2),
        ("shortcodes/box.html", "\n\n{{ args.title // 1 }}", 3),
    ],
)
def test_an_error_of_a_layout_has_its_place(shown: SiteTest, layout: str, text: str, line: int) -> None:
    shown.write(f"layouts/{layout}", text)
    (found,) = shown.build().diagnostics
    assert (found.code, found.path, found.line) == ("E604", f"layouts/{layout}", line)


def test_an_error_in_what_is_included_has_its_place(shown: SiteTest) -> None:
    shown.write("layouts/explainer.html", '<p>\n{% include "partials/two.html" %}')
    shown.write("layouts/partials/two.html", "\n{{ page.title + 1 }}")
    (found,) = shown.build().diagnostics
    assert (found.code, found.path, found.line) == ("E604", "layouts/partials/two.html", 2)


@pytest.mark.parametrize("macro", ["cite", "claim_words", "panel"])
def test_an_error_in_a_macro_that_rendering_calls_has_its_place(shown: SiteTest, macro: str) -> None:
    broken = f"{{% macro {macro}(a, b, c, d, e) %}}\n\n{{{{ 1 // 0 }}}}{{% endmacro %}}"
    shown.write("layouts/partials/claim.html", '{% extends "default/partials/claim.html" %}')
    shown.write("layouts/partials/claim.html", _with_macro(macro, broken))
    (found,) = shown.build().diagnostics
    assert (found.code, found.path) == ("E604", "layouts/partials/claim.html")
    assert found.line == 2 + list(_ARITIES).index(macro) + 2


_ARITIES = {"claim_open": 2, "claim_close": 2, "claim_words": 3, "cite": 2, "footnote": 1, "panel": 5}


def _with_macro(name: str, text: str) -> str:
    """A `partials/claim.html` whose macros print nothing, a line each, but for one."""
    macros = {
        one: f"{{% macro {one}({', '.join('abcde'[:count])}) %}}{{% endmacro %}}" for one, count in _ARITIES.items()
    } | {name: text}
    return "\n" + "\n".join(macros.values())


@pytest.mark.parametrize(
    ("text", "code", "message"),
    [
        ("", "E603", "there is no macro `cite`"),
        ("{% set cite = 5 %}", "E603", "there is no macro `cite`"),
        ("{% macro cite(uses) %}{% endmacro %}", "E604", "the macro `cite` is given 2 arguments, and takes 1"),
    ],
)
def test_macros_that_rendering_calls_must_be_there(shown: SiteTest, text: str, code: str, message: str) -> None:
    shown.write("layouts/partials/claim.html", _with_macro("cite", text))
    (found,) = shown.build().diagnostics
    assert (found.code, found.message, found.path) == (code, message, "layouts/partials/claim.html")


@pytest.mark.parametrize(
    ("text", "code", "message"),
    [
        ("{{ 'soon'|date }}", "E604", "`date` takes 2017-07-21, 2017-07 or 2017, not `soon`"),
        ("{{ 'soon'|rfc3339 }}", "E604", "`rfc3339` takes a day or a time, not `soon`"),
        ("{{ url(none) }}", "E604", "`url` doesn't take a value of type NoneType"),
        ("{{ asset(7) }}", "E604", "`asset` doesn't take a value of type int"),
        ("{{ dir(none) }}", "E604", "`dir` doesn't take a value of type NoneType"),
        ("{{ glance(page) }}", "E604", "`glance` doesn't take a value of type Page"),
        ("{{ glance(7) }}", "E604", "`glance` doesn't take a value of type int"),
        ("{{ way_of(page, []) }}", "E604", "`way_of` doesn't take a value of type Page"),
        ("{{ record_of_page(site, 'x') }}", "E604", "`record_of_page` doesn't take a value of type SiteView"),
        ("{{ record_of_person(page) }}", "E604", "`record_of_person` doesn't take a value of type Page"),
        ("{{ listed(7) }}", "E604", "`listed` doesn't take a value of type int"),
        ("{{ listed([7]) }}", "E604", "`listed` doesn't take a value of type int"),
        ("{{ spelled('x') }}", "E604", "`spelled` doesn't take a value of type str"),
        ("{{ t(7) }}", "E604", "`t` doesn't take a value of type int"),
        ("{{ t('page.by') }}", "E604", "the words `page.by` need `who`"),
        ("{{ t('page.bye', who='x') }}", "E603", "no catalog has the word `page.bye`"),
        ("{{ url(nothing) }}", "E603", "'nothing' is undefined"),
        ("{{ rendered([], url) }}", "E603", "there is no macro `rendered`"),
        ("{% macro m() %}{% endmacro %}{{ rendered([1], m) }}", "E604",
         "the macro `rendered` is given 1 arguments, and takes 0"),
        ("{% macro m(x) %}{{ x|rich }}{{ m(x) }}{% endmacro %}{{ m('a') }}", "E604", "RecursionError"),
    ],
)  # fmt: skip
def test_what_a_layout_gives_to_a_function_is_looked_at(shown: SiteTest, text: str, code: str, message: str) -> None:
    shown.write("layouts/explainer.html", f"<p>\n{text}")
    (found,) = shown.build().diagnostics
    assert (found.code, found.path, found.line) == (code, "layouts/explainer.html", 2)
    assert message in found.message


def test_days_that_no_month_has(shown: SiteTest) -> None:
    shown.write("content/explainers/a.md", PAGE.replace("title: A\n", "title: A\nlanguage: es\n"))
    shown.write("layouts/explainer.html", "{{ '2017-02-30'|date }}")
    (found,) = shown.build().diagnostics
    assert (found.code, found.line) == ("E604", 1)


def test_a_literal_is_written_in_the_language_of_each_page(shown: SiteTest) -> None:
    shown.write("content/explainers/b.md", PAGE.replace("title: A\n", "title: B\nlanguage: es\n"))
    shown.write("layouts/explainer.html", "{{ '2017-07-21'|date }}")
    assert shown.build().exit == 0
    assert [shown.read(f"explainers/{slug}/index.html") for slug in "ab"] == ["21 July 2017", "21 de julio de 2017"]
