"""What hosts are told of the files: types, caching, headers, what has moved."""

from __future__ import annotations

import re
import shutil
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from explainer.feeds import host_files
from tests.hard_site import png_of
from tests.needs import need_chromium
from tests.publish_support import answer, http_server

if TYPE_CHECKING:
    from http.server import BaseHTTPRequestHandler

    from tests.harness import SiteTest

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("index.html", "text/html; charset=utf-8"), ("a/claims.json", "application/json; charset=utf-8"),
        ("feed.xml", "application/atom+xml; charset=utf-8"), ("feed.json", "application/feed+json; charset=utf-8"),
        ("sitemap.xml", "application/xml; charset=utf-8"), ("a/feed.xml", "application/xml; charset=utf-8"),
        ("a/P.JPG", "image/jpeg"), ("a.svg", "image/svg+xml; charset=utf-8"), ("a.woff2", "font/woff2"),
        ("a.csv", "text/csv; charset=utf-8"), ("a", "application/octet-stream"), ("a.b/c", "application/octet-stream"),
    ],
)  # fmt: skip
def test_types(path: str, kind: str) -> None:
    assert host_files.content_type(path) == kind


@pytest.mark.parametrize(
    ("path", "named"),
    [("static/style.0a1b2c3d.css", True), ("a/b.0123456789abcdef.js.gz", True), ("style.css", False),
     ("style.0a1b2c3.css", False), ("0a1b2c3d.css", False), ("a.20240101.d/x.css", False), ("a.0a1b2c3g.css", False)],
)  # fmt: skip
def test_names_with_a_digest(path: str, named: bool) -> None:
    assert host_files.is_fingerprinted(path) is named
    assert ("immutable" in host_files.cache_control(path)) is named


def test_headers_are_strict_and_name_what_may_be_kept(site: SiteTest) -> None:
    site.write("content/site.yaml", "title: T\nbase_url: https://example.org/post/\n")
    site.write("layouts/static/x.0123456789.png", png_of(b"x"))
    assert site.build().exit == 0
    lines = site.read("_headers").splitlines()
    assert lines[0] == "/post/*"
    assert "unsafe" not in site.read("_headers")
    for name in ("Content-Security-Policy: default-src 'none'", "X-Content-Type-Options: nosniff", "Referrer-Policy: "):
        assert any(line.startswith(f"  {name}") for line in lines)
    at = lines.index("/post/static/x.0123456789.png")
    assert lines[at + 1] == "  Cache-Control: public, max-age=31536000, immutable"


def test_pages_hold_nothing_that_the_policy_forbids(site: SiteTest) -> None:
    site.write(
        "content/explainers/a.md",
        '---\ntitle: A\ndate: 2024-01-01\n---\n{{< claim id=a sources="" >}}x{{< /claim >}}\n',
    )
    site.build()
    for path in site.tree():
        if path.endswith(".html"):
            page = site.html(path)
            scripts = [one for one in page.find_all("script") if one.get("type") != "application/ld+json"]
            assert not [one for one in scripts if not one.get("src")], path
            assert not page.find_all("style"), path
            assert not page.find_all(style=True), path
            assert not re.search(r"<[^>]+ on\w+=", site.read(path)), path


REDIRECTS = """\
title: T
base_url: https://example.org/post/
redirects:
  /old: /explainers/a/
  /2019/story.html: /explainers/a/#claim-x
  /gone/: "https://archive.example/a?b=1&c=2"
"""
PAGE = "---\ntitle: A\ndate: 2024-01-01\n---\n{{< claim id=x >}}It was so{{< /claim >}}.\n"


def test_what_has_moved_leads_on_with_and_without_the_hosts_help(site: SiteTest) -> None:
    site.write("content/site.yaml", REDIRECTS)
    site.write("content/explainers/a.md", PAGE)
    assert site.build().exit == 0
    assert site.read("_redirects").splitlines() == [
        "/post/old/ /post/explainers/a/ 301",
        "/post/2019/story.html /post/explainers/a/#claim-x 301",
        "/post/gone/ https://archive.example/a?b=1&c=2 301",
    ]
    page = site.html("gone/index.html")
    target = "https://archive.example/a?b=1&c=2"
    assert [one["content"] for one in page.select("meta[http-equiv=refresh]")] == [f"0; url={target}"]
    assert [one["href"] for one in page.select("link[rel=canonical], a")] == [target, target]
    assert [one["href"] for one in site.html("2019/story.html").select("a")] == ["/post/explainers/a/#claim-x"]
    assert "gone" not in site.read("sitemap.xml")


def test_without_redirects_there_is_no_such_file(site: SiteTest) -> None:
    site.build()
    assert not (site.out / "_redirects").exists()


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("/explainers/a/: /", "E503"), ("/explainers/a/index.html: /", "E503"), ("/claims: /", "E503"),
        ("/404.html: /", "E503"), ("/index.html: /claims/", "E503"), ("/x/: /nowhere/", "E501"),
        ("/x: /explainers/a/#nothing", "E502"), ("/x: /explainers/draft/", "E408"), ("/explainers/draft: /", "E503"),
        ("/x.html: /explainers/a/", None), ("/x/: /\n  /x: /claims/", "E503"),
    ],
)  # fmt: skip
def test_redirects_that_lead_nowhere_or_stand_in_the_way(line: str, code: str | None, site: SiteTest) -> None:
    site.write("content/site.yaml", f"title: T\nbase_url: https://example.org/\nredirects:\n  {line}\n")
    site.write("content/explainers/a.md", PAGE)
    site.write("content/explainers/draft.md", "---\ntitle: D\ndraft: true\n---\nx\n")
    faults = [found for found in site.build().diagnostics if found.code != "W451"]
    assert [found.code for found in faults] == ([code] if code else [])
    assert all((found.path, found.line) == ("content/site.yaml", 4 + line.count("\n")) for found in faults)


def test_a_browser_has_nothing_against_a_site_with_these_headers(site: SiteTest) -> None:
    """The demo, served with its own `_headers`, in a real browser."""
    chromium = need_chromium()
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - only this needs it

    shutil.copytree(ROOT / "content", site.root / "content", dirs_exist_ok=True)
    assert site.build().exit == 0
    lines = site.read("_headers").splitlines()
    headers = dict(line.strip().split(": ", 1) for line in lines[1:] if line.startswith("  Content-Security"))

    def respond(request: BaseHTTPRequestHandler) -> None:
        path = request.path.partition("?")[0].lstrip("/")
        file = site.out / (path + "index.html" if not path or path.endswith("/") else path)
        kind = host_files.content_type(file.name)
        answer(request, 200, file.read_bytes(), Content_Type=kind, **headers) if file.is_file() else answer(
            request, 404
        )

    pages = [path for path in site.tree() if path.endswith("index.html")][:12]
    said: list[str] = []
    with http_server(respond) as url, sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page()
        page.on("console", lambda message: said.append(message.text))
        for path in pages:
            page.goto(f"{url}/{path.removesuffix('index.html')}")
        styled = page.evaluate("document.styleSheets.length")
        # The policy is in force: what a page must not do is not done.
        page.evaluate("document.body.append(Object.assign(document.createElement('script'), {text: 'window.bad = 1'}))")
        bad = page.evaluate("window.bad")
        browser.close()
    assert (said[:-1], styled > 0, bad) == ([], True, None)
    assert "Content Security Policy" in said[-1]


def test_the_old_addresses_of_a_page_lead_to_it(site: SiteTest) -> None:
    site.write(
        "content/explainers/a.md",
        "---\ntitle: A\ndate: 2024-01-01\naliases: [/2012/story.php, /über-uns, /old.html]\n---\nx\n",
    )
    result = site.build()
    assert (result.exit, result.diagnostics) == (0, ())
    assert site.read("_redirects").splitlines() == [
        "/2012/story.php/ /explainers/a/ 301",
        "/2012/story.php /explainers/a/ 301",
        "/%C3%BCber-uns/ /explainers/a/ 301",
        "/old.html /explainers/a/ 301",
    ]
    for path in ("2012/story.php/index.html", "über-uns/index.html", "old.html"):
        assert [one["href"] for one in site.html(path).select("a")] == ["/explainers/a/"]


def test_a_page_that_leads_on_may_be_indexed_and_names_a_page_without_its_fragment(site: SiteTest) -> None:
    site.write("content/site.yaml", REDIRECTS)
    site.write("content/explainers/a.md", PAGE)
    site.build()
    page = site.html("2019/story.html")
    assert [one["href"] for one in page.select("link[rel=canonical]")] == ["/post/explainers/a/"]
    assert not page.select("meta[name=robots]")


ODD = """\
title: T
base_url: https://example.org/post/
redirects:
  /2012/old.php: /explainers/a/
  /über/öl.html: /tags/munchen/
  /out: "https://archive.example/ü?b=1&c=2#d"
"""


def test_hosts_can_read_their_files(site: SiteTest) -> None:
    """As Netlify and Cloudflare Pages document them: no rule is passed over, and none sets a header twice."""
    site.write("content/site.yaml", ODD)
    site.write("content/explainers/a.md", PAGE.replace("date:", "tags: [München]\ndate:"))
    site.write("layouts/static/größe 1.0123456789.png", png_of(b"x"))
    found = site.build()
    assert found.exit == 0, found.stdout
    blocks = re.findall(r"^(\S+)\n((?:  \S.*\n)+)", site.read("_headers"), re.MULTILINE)
    assert "".join(f"{path}\n{lines}" for path, lines in blocks) == site.read("_headers")
    assert len(blocks) <= 100
    everywhere, *others = [{line.partition(":")[0].strip() for line in lines.splitlines()} for _, lines in blocks]
    for (path, lines), names in zip(blocks, [everywhere, *others], strict=True):
        assert re.fullmatch(r"/post/(?:\*|[!-~]*)", path)
        # A star stands at the end, for everything or for the many files of the search index.
        assert path.count("*") == (names is everywhere or path.startswith("/post/search/"))
        assert path.find("*") in {-1, len(path) - 1}
        assert ":" not in path
        assert all(re.fullmatch(r"  [A-Za-z-]+: [ -~]+", line) and len(line) <= 2000 for line in lines.splitlines())
        assert names is everywhere or not names & everywhere
    rules = [line.split(" ") for line in site.read("_redirects").splitlines()]
    assert {(len(rule), rule[-1]) for rule in rules} == {(3, "301")}
    assert len({source for source, *_ in rules}) == len(rules) >= 3
    for source, target, _ in rules:
        assert re.fullmatch(r"/post/[!-~]*", source)
        assert not set(source) & set("*:?#")
        assert re.fullmatch(r"(?:/post/|https://)[!-~]*", target)


def test_few_rules_forbid_frames_on_however_many_pages() -> None:
    names = ["index", "404", "e", "em", "embed", "ember", "embed-x/index", "embedded/a/index", "über/öl", "2012/story"]
    pages = [
        f"{name}.html" for name in (*names, *(f"page-{number}/index" for number in range(500)), "explainers/x/index")
    ]
    framed = "embed/a/x/index.html"
    blocks = re.findall(
        r"^(/\S*)\n((?:  \S.*\n)+)", host_files.headers_file("", [*pages, framed, *NAMED]), re.MULTILINE
    )
    assert len(blocks) < 25
    assert all(len(line) <= 2000 for _, lines in blocks for line in lines.splitlines())

    def joined(path: str) -> str:
        address = quote("/" + path.removesuffix("index.html"))
        return "".join(lines for rule, lines in blocks if fnmatchcase(address, rule))

    for path in pages:
        assert joined(path).count("frame-ancestors 'none'") == joined(path).count("X-Frame-Options: DENY") == 1, path
    assert not re.search("frame-ancestors|X-Frame-Options", joined(framed))
    # What a host reads no more is what matters least.
    kept = [rule for rule, lines in blocks if "immutable" in lines]
    assert kept == ["/static/style.0123456789.css", "/explainers/x/photo.0123456789.webp", "/search/2024/*"]


NAMED = (
    "explainers/x/photo.0123456789.webp", "search/2024/a.0123456789.json", "search/2024/b.0123456789.json", "static/style.0123456789.css",
)  # fmt: skip
