"""What looks like a shortcode and isn't one is told, wherever it is no code."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.harness import SiteTest

PAGE = "---\ntitle: A\ndate: 2024-01-01\n---\n\n"
SITE = "title: S\nbase_url: https://s.example/\n"


def told(site: SiteTest, text: str) -> list[tuple[str, str]]:
    """The codes of what is told of a text, each with its first hint."""
    site.write("content/site.yaml", SITE)
    site.write("content/explainers/a.md", PAGE + text + "\n")
    return [(one.code, one.hints[0] if one.hints else "") for one in site.build().diagnostics]


@pytest.mark.parametrize(
    ("written", "right"),
    [
        ('{{% claim id="b" sources="x" %}}', '{{< claim id="b" sources="x" >}}'),
        ("{{% /claim %}}", "{{< /claim >}}"),
        (r'{{\< claim id="a" \>}}', '{{< claim id="a" >}}'),
        (r"{{\< /claim \>}}", "{{< /claim >}}"),
        ('{< claim id="c" >}', '{{< claim id="c" >}}'),
        ("{< /claim >}", "{{< /claim >}}"),
        ('{{ claim id="a" }}', '{{< claim id="a" >}}'),
        ('{{claim id="c"}}', '{{< claim id="c" >}}'),
        ("{{ /claim }}", "{{< /claim >}}"),
        ("{{ < claim id=a > }}", "{{< claim id=a >}}"),
        ("{{&lt; source a &gt;}}", "{{< source a >}}"),
        ("{{&#60; source a &#62;}}", "{{< source a >}}"),
        ("{% source a %}", "{{< source a >}}"),
        ("{{‹ figure src=a.png ›}}", "{{< figure src=a.png >}}"),
        ("{{% own x %}}", "{{< own x >}}"),
    ],
)
def test_a_near_miss_of_a_known_name_is_an_error(site: SiteTest, written: str, right: str) -> None:
    site.write("layouts/shortcodes/own.html", "<b>{{ args[0] }}</b>")
    assert ("E308", f"write `{right}`") in told(site, f"A {written} word.")


@pytest.mark.parametrize(
    "text",
    ["`{{% claim %}}`", "    {{% claim %}}", "```\n{{ claim }}\n```", "{{{x}}}", "{ claim }", "{claims}"],
)
def test_code_and_other_braces_are_text(site: SiteTest, text: str) -> None:
    assert told(site, text) == []


@pytest.mark.parametrize(
    "tag",
    ["{{% notice tip %}}", "{% include a.html %}", "{{ page.title }}", "{{ .Title }}", r"{{\< other \>}}", "{{other}}"],
)
def test_a_tag_of_another_program_is_a_warning(site: SiteTest, tag: str) -> None:
    assert [code for code, _ in told(site, f"A {tag} word.")] == ["W354"]


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ('{{< claim id="c" sources="s" >}}{{< /claim >}}', ["E403"]),
        ('{{< claim id="c" sources="s" >}} {{< source s >}}{{< /claim >}}', ["E403"]),
        ('{{< claim id="c" sources="s" >}}\n\n{{< /claim >}}', ["E403"]),
        ("{{< source s >}}{{< /source >}}", ["E305"]),
        ('{{< claim id="c" sources="s" >}}![a](https://a.example/a.png){{< /claim >}}', []),
    ],
)
def test_tags_with_nothing_between_them_are_errors(site: SiteTest, text: str, codes: list[str]) -> None:
    site.write("content/sources/s.yaml", "s: {type: statement, title: S}\n")
    assert [code for code, _ in told(site, text)] == codes


@pytest.mark.parametrize(
    "text",
    [
        'Text {{< figure src="/static/a.png" alt="" >}} more.',
        "{{< known >}}k{{< /known >}}",
        "**{{< aside >}}b{{< /aside >}}**",
        "## A {{< levels >}}",
        'Text {{< timeline speaker="x" >}}.',
    ],
)
def test_a_block_inside_a_line_is_an_error(site: SiteTest, text: str) -> None:
    assert "E309" in [code for code, _ in told(site, text)]
