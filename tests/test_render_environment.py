"""Layouts mean what they mean to Jinja, however they are compiled."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import jinja2
import pytest
from markupsafe import Markup

from explainer.render.environment import DirectMacros, LayoutEnvironment

if TYPE_CHECKING:
    from collections.abc import Callable


class Person(NamedTuple):
    """A record as layouts get it."""

    name: str
    role: str | None = None

    @property
    def initial(self) -> str:
        """The first letter."""
        return self.name[:1]


class Place(NamedTuple):
    """Another, with a field that a mapping or the first doesn't have."""

    name: str
    town: str


class Counter:
    """Something with state that isn't a record."""

    def __init__(self) -> None:
        self.n = 0

    def __call__(self) -> int:
        """One more each time."""
        self.n += 1
        return self.n


def words(key: str, n: int | None = None, **parameters: Any) -> str:
    """Words of a catalog."""
    return f"<{key}>" if n is None and not parameters else f"<{key} {n} {sorted(parameters.items())}>"


def given() -> dict[str, Any]:
    """What templates are given, made anew."""
    return {
        "ada": Person("Ada <Quill>", "editor"),
        "mill": Place("Mill Lane", "Riverside"),
        "mapping": {"name": "a & b", "items": "taken", "class": "<wide>", "from": {"if": "x"}},
        "made": Markup("<b>bold</b>"),
        "people": [Person("Ada"), Person("Bo"), Place("Weir", "x"), {"name": "no record"}],
        "number": 7,
        "yes": True,
        "half": 0.5,
        "nothing": None,
        "counter": Counter(),
        "exhausted": iter(()).__next__,
    }


FILES = {
    "base.html": "<{% block title %}base{% endblock %}>{% block main %}{% endblock %}|{% block foot %}foot{% endblock %}",
    "child.html": (
        '{% extends "base.html" %}{% block title %}{{ super() }} {{ ada.name }}{% endblock %}'
        "{% block main %}{% for one in people %}{% block one scoped %}{{ one.name }},{% endblock %}{% endfor %}{% endblock %}"
    ),
    "grandchild.html": '{% extends "child.html" %}{% block one %}[{{ super() }}]{% endblock %}',
    "maybe.html": 'before{% if number == n %}{% extends "base.html" %}{% endif %}{% block main %}main{% endblock %}after',
    "macros.html": (
        "{% macro plain(a, b) %}{{ a }}-{{ b }}{% endmacro %}"
        "{% macro default(a, b='<b>') %}{{ a }}{{ b }}{% endmacro %}"
        "{% macro rest(a) %}{{ a }}{{ varargs|length }}{{ kwargs|length }}{% endmacro %}"
        "{% macro around() %}({{ caller() }}){% endmacro %}"
        "{% macro loops(n) %}{{ n }}{% if n %}{{ loops(n - 1) }}{% endif %}{% endmacro %}"
    ),
    "part.html": "part of {{ ada.name if ada is defined else 'nobody' }}",
    "words.html": "{{ t('key') }}",
}

CASES = [
    "{{ ada.name }} {{ ada.initial }} {{ ada.role }} {{ ada['name'] }} {{ ada[0] }} {{ ada.name.upper() }}",
    "{{ ada.name }}{{ ada.name }}{% set one = ada %}{{ one.name }}{% set one = mapping %}{{ one.name }}",
    "{{ mapping.name }} {{ mapping.items()|list }} {{ mapping['items'] }} {{ mapping.keys()|list }}",
    "{% for one in people %}{{ one.name }}{% if not loop.last %}, {% endif %}{% endfor %}",
    "{% for one in people %}{{ one.town is defined }}{{ one.town|default('none') }}{% endfor %}",
    "{{ ada.town is defined }}{{ ada.town|default('-') }}{{ mill.town }}",
    "{{ ada.town }}",
    "{{ mill.town }}{{ ada.town }}",
    "{{ ada.name.nothing }}",
    "{{ nobody.name }}",
    "{{ nobody }}",
    "{{ nothing.name }}",
    "{% set later %}{{ late.name }}{% endset %}{% set late = ada %}{{ late.name }}",
    "{{ made }} {{ number }} {{ yes }} {{ half }} {{ nothing }} {{ '<&>' }} {{ [ada.name] }}",
    "{{ t('key') }} {{ t('a < b') }} {{ t('key', n=2) }} {{ t('key', who=ada.name) }} {{ t('a' ~ 'b') }} {{ t(*['key']) }}",
    "{% set t = counter %}{{ t() }}{{ t() }}",
    "{% macro t(key) %}own {{ key }}{% endmacro %}{{ t('key') }}",
    "{% for t in [words] %}{{ t('key') }}{% endfor %}",
    "{% set heading = t('key') %}{{ heading }}{{ heading|length }}",
    "{{ counter() }}{{ counter() }}{{ counter()|string ~ counter() }}",
    "{{ exhausted() is defined }}",
    "{{ exhausted() }}",
    "{{ number() }}",
    "{{ range(3)|list }} {{ dict(a=1) }} {{ ', '.join(['<', 'b']) }} {{ made.replace('b', 'i') }} {{ made.join(['<', '>']) }}",
    "{% set box = namespace(n=1) %}{% for one in people %}{% set box.n = box.n + 1 %}{% endfor %}{{ box.n }}",
    "{% set names = [] %}{% for one in people %}{% set _ = names.append(one.name) %}{% endfor %}{{ names|join(', ') }}",
    '{% import "macros.html" as m %}{{ m.plain(1, "<2>") }}{{ m.plain(b=1, a=2) }}{{ m.plain(made, made) }}',
    '{% import "macros.html" as m %}{{ m.plain(1) }}',
    '{% import "macros.html" as m %}{{ m.plain(1, 2, 3) }}',
    '{% import "macros.html" as m %}{{ m.plain(1, 2, c=3) }}',
    '{% import "macros.html" as m %}{{ m.default("<a>") }}{{ m.default(1, 2) }}{{ m.rest(1) }}{{ m.rest(1, 2, 3, c=4) }}',
    '{% from "macros.html" import around, loops %}{% call around() %}<i>{{ ada.name }}</i>{% endcall %}{{ loops(3) }}',
    '{% from "macros.html" import plain %}{% set text = plain("<", ">") %}{{ text }}{{ text|length }}{{ text ~ "<" }}',
    '{% from "macros.html" import plain as other, missing %}{{ other(1, 2) }}{{ missing() }}',
    "{% macro of(one) %}{{ one.name }}{% for one in people %}{{ one.name }}{% endfor %}{% endmacro %}{{ of(mill) }}{{ of(ada) }}",
    "{% autoescape false %}{{ ada.name }}{{ t('key') }}{% macro m(a) %}{{ a }}{% endmacro %}{{ m('<') }}{% endautoescape %}",
    "{% filter upper %}{{ ada.name }}{{ t('key') }}{% endfilter %}",
    "{% for one in people recursive %}{{ one.name }}{% if loop.depth < 3 %}{{ loop([ada]) }}{% endif %}{% endfor %}",
    '1{% include "part.html" %}2{% include "part.html" without context %}3{% include "none.html" ignore missing %}4',
    '1{% include "part.html" %}2{% block b %}3{{ self.c() }}{% endblock %}{% block c %}4{% endblock %}5',
    '{% include "words.html" %}{% include "child.html" %}',
    '{% extends "grandchild.html" %}{% block foot %}{{ super() }}{{ t("key") }}{% endblock %}',
    '{% set n = 7 %}{% include "maybe.html" %}',
    '{% set n = 8 %}{% include "maybe.html" %}',
    '{% include "none.html" %}',
    "{{ mapping.class }}{{ mapping.from.if }}{{ mapping.from.else }}",
    "{{ mapping.été is defined }}{{ ada.ﬁeld is defined }}{{ ada.__class__ is defined }}{{ ada._fields }}",
    "{% for one in people if one.name.upper() != 'BO' %}{{ one.name }}{% endfor %}",
    "{{ ada.name|nofilter }}",
    "{{ 1 / 0 }}",
    "{{ caller }}",
]


OPTIONS: dict[str, Any] = {"autoescape": True, "undefined": jinja2.StrictUndefined}


def outcome(kind: type[jinja2.Environment], text: str) -> list[str]:
    """What comes of a template, twice, since what is known of records and words is learned."""
    env = kind(**OPTIONS, loader=jinja2.DictLoader({**FILES, "it.html": text}))
    env.globals.update(t=words, words=words)
    found = []
    for _ in range(2):
        try:
            found.append(env.get_template("it.html").render(given()))
        except Exception as error:  # noqa: BLE001 - both have it, whatever it is
            found.append(f"{type(error).__name__}: {error}")
    return found


@pytest.mark.parametrize("text", CASES)
def test_a_template_gives_what_jinja_gives(text: str) -> None:
    ours, plain = outcome(LayoutEnvironment, text), outcome(jinja2.Environment, text)
    assert ours == plain


@pytest.mark.parametrize("text", ["\n\n{{ ada.town }}", "{{ t('key') }}\n{% set x = 1 %}\n{{ nobody.name }}"])
def test_a_fault_has_its_line(text: str) -> None:
    env = LayoutEnvironment(**OPTIONS)
    env.globals.update(t=words)
    with pytest.raises(jinja2.UndefinedError) as raised:
        env.from_string(text).render(given())
    assert [entry.lineno + 1 for entry in raised.traceback if str(entry.path) == "<template>"] == [3]


def test_words_are_looked_up_once_and_escaped() -> None:
    asked: list[str] = []

    def t(key: str) -> str:
        asked.append(key)
        return "a < b"

    env = LayoutEnvironment(**OPTIONS)
    env.globals.update(t=t)
    template = env.from_string("{{ t('key') }} {{ t('key') }}")
    assert [template.render(), template.render()] == ["a &lt; b a &lt; b"] * 2
    assert asked == ["key"]


def test_macros_are_called_directly_where_they_take_what_they_are_given() -> None:
    env = LayoutEnvironment(**OPTIONS, loader=jinja2.DictLoader(FILES))
    macros: Any = DirectMacros(env.get_template("macros.html").module, {"plain": 2, "default": 1, "rest": 1, "none": 1})
    calls: list[tuple[Callable[..., str], str]] = [
        (lambda: macros.plain("<", 2), "&lt;-2"),
        (lambda: macros.default("<"), "&lt;&lt;b&gt;"),
        (lambda: macros.rest(1), "100"),
    ]
    assert [str(call()) for call, _ in calls] == [text for _, text in calls]
    with pytest.raises(AttributeError, match="none"):
        macros.none(1)
