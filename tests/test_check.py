"""Whether the calls of a site's own shortcodes fit their templates, and where their faults are shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.harness import SiteTest

PAGE = "---\ntitle: A\ndate: 2024-01-01\n---\n"


@pytest.mark.parametrize(
    ("template", "call", "shown"),
    [
        ('{{ args.get("title", "none") }}', '{{< box title="T" >}}', "T"),
        ("{% for key, value in args.items() %}{{ key }}={{ value }}{% endfor %}", '{{< box any="x" >}}', "any=x"),
        ("{{ args[0] }}, {{ args['1'] }}", "{{< box one two >}}", "one, two"),
        ("{% if inner %}{{ inner }}{% else %}nothing{% endif %}", "{{< box />}}", "nothing"),
        ("{{ inner if inner else 'nothing' }}", "{{< box >}}", "nothing"),
    ],
)
def test_a_call_that_fits(site: SiteTest, template: str, call: str, shown: str) -> None:
    site.write("layouts/shortcodes/box.html", template)
    site.write("content/explainers/a.md", PAGE + call + "\n")
    result = site.build()
    assert not result.diagnostics
    assert shown in site.main("explainers/a/index.html")


@pytest.mark.parametrize(
    ("template", "call", "codes"),
    [
        ("{{ args.title }}", '{{< box titel="T" title="T" >}}', ["E305"]),
        ("{{ args.title }}", "{{< box >}}", ["E305"]),
        ("{{ args[0] }}", "{{< box one two >}}", ["E305"]),
        ("<b>{{ inner }}</b>", "{{< box >}}", ["E302"]),
        ("{% broken", "{{< box >}}", ["E602"]),
    ],
)
def test_a_call_that_does_not_fit(site: SiteTest, template: str, call: str, codes: list[str]) -> None:
    site.write("layouts/shortcodes/box.html", template)
    site.write("content/explainers/a.md", PAGE + call + "\n")
    assert site.build().codes == codes


@pytest.mark.parametrize("body", ['x {{< ref "nope" >}}', "[x](/nope/)", "{{< nope >}}"])
def test_a_fault_found_between_pages_shows_its_line(site: SiteTest, body: str) -> None:
    site.write("content/explainers/a.md", PAGE + body + "\n")
    result = site.build("--format", "text")
    assert f"    {body}\n" in result.stderr
    assert "^^^" in result.stderr
