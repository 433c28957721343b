"""Hostile words in every place of a site: none becomes an element, an attribute or an address that does something."""

from __future__ import annotations

import json
import re
from html import unescape
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from bs4 import BeautifulSoup

if TYPE_CHECKING:
    from tests.harness import SiteTest

VECTORS = [
    "<script>pwn()</script>",
    "</script><script>pwn()</script>",
    "<img src=x onerror=pwn()>",
    '"><svg onload=pwn()>',
    "'><svg/onload=pwn()>",
    '" onmouseover="pwn()" x="',
    "' onfocus='pwn()' autofocus='",
    "` onclick=`pwn()`",
    "<iframe srcdoc='<script>pwn()</script>'></iframe>",
    "<a href='javascript:pwn()'>x</a>",
    "javascript:pwn()",
    "JaVaScRiPt:pwn()",
    "java&#115;cript:pwn()",
    "data:text/html,<script>pwn()</script>",
    "vbscript:pwn()",
    "//evil.example/pwn()",
    "<!--<script>pwn()",
    "--><script>pwn()</script>",
    "]]><script>pwn()</script>",
    "<style>@import 'pwn()';</style>",
    "<base href='//evil.example/pwn()'>",
    "<meta http-equiv=refresh content='0;url=javascript:pwn()'>",
    "<form action=javascript:pwn()><button>x",
    "</title><script>pwn()</script>",
    "{{ 7 * 191 }}{% for x in y %}pwn(){% endfor %}",
    "<math><mi xlink:href='javascript:pwn()'>",
    "&lt;script&gt;pwn()&lt;/script&gt;",
    "\u2028<script>pwn()</script>\u2029",
]
# The elements and attributes that the theme has; nothing else may be there.
NEVER = {"iframe", "object", "embed", "form", "button", "base", "svg", "math", "style", "template", "input", "video"}
_URLS = ("href", "src", "action", "formaction", "poster", "data", "xlink:href", "srcset")
_SAFE_URL = re.compile(r"(https?://example\.(org|net)|mailto:x@example\.org|/(?!/)|#|[a-z0-9.-]+(/|$))", re.IGNORECASE)


def yaml(text: str) -> str:
    """A text as a double-quoted YAML scalar."""
    return json.dumps(text)


def text_site(site: SiteTest) -> None:
    """A site with hostile texts in every field that takes text: an explainer, a person, sources for each."""
    everything = yaml(" ".join(VECTORS))
    site.write(
        "content/site.yaml",
        f"title: {everything}\nbase_url: https://example.org/\ndescription: {everything}\n"
        f"publisher: {{name: {everything}}}\nstatuses: {json.dumps(VECTORS)}\n"
        f"tips: {{text: {everything}, links: [{{label: {everything}, url: /explainers/}}]}}\n",
    )
    people, sources = [], []
    for number, vector in enumerate(VECTORS):
        v = yaml(vector)
        people += [
            f"ada-{number}: {{name: {v}, role: {v}, bio: {v}, links: [{{label: {v}, url: 'mailto:x@example.org'}}]}}",
            f"org-{number}: {{name: {v}, kind: organization}}",
        ]
        common = f"title: {v}, publisher: {v}, authors: [{v}], description: {v}, caveats: [{v}]"
        sources += [
            f"a-{number}: {{type: statement, {common}, party: ada-{number}, withdrawn: {{date: 2018, reason: {v}}}}}",
            f"b-{number}: {{type: interview, attribution: background, {common}, why_unnamed: {v}, via: [c-{number}]}}",
            f"c-{number}: {{type: report, {common}, url: https://example.net/x}}",
            f"d-{number}: {{type: statement, {common}, party: ada-{number}}}",
        ]
        site.write(f"content/explainers/e{number}.md", text_page(number, vector))
    site.write("content/people.yaml", "\n".join(people) + "\n")
    site.write("content/sources/a.yaml", "\n".join(sources) + "\n")


def text_page(n: int, vector: str) -> str:
    v, x, t = yaml(vector), yaml(f"X {vector}"), yaml(f"t{n} {vector}")
    credit = yaml(vector.replace("<!--", r"\<!--"))  # it takes Markdown, where a comment without an end is an error
    return (
        f"---\ntitle: {v}\nsummary: {v}\ndate: 2017-07-21\nauthors: [ada-{n}, {x}]\ncontributors: [{x}]\n"
        f"tags: [{t}]\ndateline: {v}\nimage: {{src: 'https://example.net/x.png', alt: {v}, credit: {credit}, caption: {credit}}}\n"
        f"corrections: [{{date: 2018, text: {v}}}]\nclaims:\n"
        f"  one:\n    as: {v}\n    status: {v}\n    sources: [{{source: a-{n}, quote: {v}, at: {v}}}, b-{n}, c-{n}]\n"
        f"    responses: {{org-{n}: no-comment, d-{n}: does-not-recall}}\n"
        f"  two: {{speaker: ada-{n}, sources: [d-{n}]}}\n---\n"
        "{{< claim id=one >}}Words{{< /claim >}}. {{< claim id=two >}}Said{{< /claim >}}.\n"
    )


def body_page(vector: str) -> str:
    """A page of hostile Markdown, and hostile arguments of every shortcode."""
    raw, flat, cell = vector.replace("`", "'"), "".join(vector.split()), vector.replace("|", "")
    return (
        "---\ntitle: A\ndate: 2017-07-21\n---\n"
        f"{vector}\n\n# {vector}\n\n- {vector}\n\n> {vector}\n\n| {cell} |\n|---|\n| {cell} |\n\n"
        f"`{raw}`\n\n```{raw.split()[0]}\n{vector}\n```\n\n*{vector}* and ![{vector}](https://example.net/x.png)\n\n"
        f"[x](https://example.net/ '{vector.replace(chr(39), '')}') <https://example.net/?{flat.replace('>', '')}>\n\n"
        f'{{{{< claim id="one" sources="a" as=`{raw}` status=`{raw}` >}}}}{vector}{{{{< /claim >}}}}\n\n'
        f"{{{{< source a quote=`{raw}` at=`{raw}` >}}}}\n\n"
        f"{{{{< aside title=`{raw}` >}}}}\n{vector}\n{{{{< /aside >}}}}\n\n"
        f"{{{{< figure src=`https://example.net/x.png` alt=`{raw}` caption=`{raw}` credit=`{raw}` >}}}}\n\n"
        f"{{{{< own `x {raw}` >}}}}\n\nA note[^n] ^[{vector.replace(']', '')}]\n\n[^n]: {vector}\n"
    )


def test_hostile_text_in_every_field_does_nothing(site: SiteTest) -> None:
    text_site(site)
    result = site.build()
    assert result.exit == 0, result.stdout
    check_outputs(site)
    for number in range(len(VECTORS)):  # it is there, as text
        assert unescape(site.read(f"explainers/e{number}/index.html")).count("pwn()") > 10


def test_hostile_markdown_does_nothing(site: SiteTest) -> None:
    site.write("content/sources/a.yaml", "a: {type: statement, title: A}\n")
    site.write("layouts/shortcodes/own.html", "<p class=own title=\"{{ args['0'] }}\">{{ args['0'] }}</p>\n")
    for number, vector in enumerate(VECTORS):
        site.write(f"content/explainers/e{number}.md", body_page(vector))
    left = build_what_is_allowed(site)
    assert left > len(VECTORS) // 2
    for file in site.out.glob("explainers/e*/index.html"):
        assert unescape(file.read_text()).count("pwn()") > 5


def build_what_is_allowed(site: SiteTest) -> int:
    """Take out the pages that are refused, build the others, and check them; how many there are."""
    result = site.build()
    for path in {found.path for found in result.diagnostics if found.severity == "error"}:
        (site.root / path).unlink()
    result = site.build()
    assert result.exit == 0, result.stdout
    check_outputs(site)
    return len(list(site.out.glob("explainers/*/index.html")))


ADDRESSES = [
    "javascript:pwn()", " javascript:pwn()", "JAVASCRIPT:pwn()", "java\tscript:pwn()", "java\nscript:pwn()",
    "javascript&colon;pwn()", "data:text/html,pwn()", "vbscript:pwn()", "//evil.example/", "\\\\evil.example",
    "/\\evil.example", "https:evil.example", "https://a@evil.example/", "file:///etc/passwd", "blob:x",
    'https://example.org/" onclick="pwn()', "https://example.org/<script>", "https://example.org/\u202e",
]  # fmt: skip


def test_a_hostile_address_in_yaml_is_refused(site: SiteTest) -> None:
    text = "---\ntitle: A\ndate: 2017-01-01\n---\n"
    tips = "\n".join(f"  - {{label: L, url: {yaml(address)}}}" for address in ADDRESSES)
    site.write("content/explainers/a.md", text)
    site.write("content/site.yaml", f"title: A\nbase_url: https://example.org/\ntips:\n text: T\n links:\n{tips}\n")
    form = "p{}: {{name: A, links: [{{label: L, url: {}}}]}}\n"
    site.write("content/people.yaml", "".join(form.format(n, yaml(url)) for n, url in enumerate(ADDRESSES)))
    for key in ("url", "archive"):
        form = f"{key}{{}}: {{{{type: report, title: A, {key}: {{}}}}}}\n"
        lines = [form.format(n, yaml(url)) for n, url in enumerate(ADDRESSES)]
        site.write(f"content/sources/{key}.yaml", "".join(lines))
    for number, address in enumerate(ADDRESSES):
        image = f"image:\n  alt: A\n  src: {yaml(address)}\n"
        site.write(f"content/explainers/image{number}.md", text.replace("---\n", f"---\n{image}", 1))
    result = site.build()
    refused = {(found.path, found.line) for found in result.diagnostics if found.severity == "error"}
    for number, address in enumerate(ADDRESSES):
        assert ("content/sources/url.yaml", number + 1) in refused, address
        assert ("content/sources/archive.yaml", number + 1) in refused, address
        assert any(path == f"content/explainers/image{number}.md" for path, _ in refused), address
        if "&colon;" not in address:  # which is a path, if an odd one
            assert ("content/people.yaml", number + 1) in refused, address
            assert ("content/site.yaml", number + 6) in refused, address
    assert not site.out.exists()


FORMS = ("[x]({})", "![x]({})", "[x](<{}>)", "[x]\n\n[x]: <{}>", "<{}>", '{{{{< figure src="{}" alt="x" >}}}}')


def test_a_hostile_address_in_the_text_does_nothing(site: SiteTest) -> None:
    for one, form in enumerate(FORMS):
        for two, address in enumerate(ADDRESSES):
            if "@" in address:  # misleading in a text, and does nothing
                continue
            text = "---\ntitle: A\ndate: 2017-01-01\n---\n" + form.format(address) + "\n"
            site.write(f"content/explainers/e{one}-{two}.md", text)
    site.write("content/explainers/a.md", "---\ntitle: A\ndate: 2017-01-01\n---\n")
    build_what_is_allowed(site)


def check_outputs(site: SiteTest) -> None:
    """Hold every output against what a browser would do with it."""
    for file in site.out.rglob("*"):
        if file.suffix == ".html":
            check_html(file.read_text(encoding="utf-8"))
        elif file.suffix == ".json":
            json.loads(file.read_bytes())
        elif file.suffix == ".xml":
            names = {element.tag.rpartition("}")[2] for element in ET.fromstring(file.read_bytes()).iter()}  # noqa: S314 - our own output
            assert not names & {"script", "svg", "img", "iframe", "a"}


# What the theme itself draws and asks.
_OURS = (
    ".x-strip svg, .x-index svg, svg.x-map, svg.x-map *, .x-switches input, "
    "form:is(.x-filter, .x-search), form:is(.x-filter, .x-search) :is(input, button), #search-claims button, #search-pages button"
)


def check_html(html: str) -> None:
    page = BeautifulSoup(html, "html5lib")
    ours = {id(element) for element in page.select(_OURS)}
    for element in page.find_all(True):
        assert element.name not in NEVER or id(element) in ours, element
        for name, value in element.attrs.items():
            assert re.fullmatch(r"[a-z][a-z:-]*|viewBox", name), element
            assert not name.startswith("on"), element
            if name in _URLS:
                assert _SAFE_URL.match(str(value)), element
        if element.name == "script" and "src" in element.attrs:
            assert re.fullmatch(r"/static/(script|search|embed)\.[0-9a-f]{10}\.js", str(element["src"]))
            assert not element.contents
        elif element.name == "script":
            assert element.attrs == {"type": "application/ld+json"}
            json.loads(str(element.string))
        if element.name == "meta":
            assert "http-equiv" not in element.attrs
    assert "1337" not in html
