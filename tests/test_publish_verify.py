"""What was published is looked for as readers would, and readers get what they had where it isn't there."""

from __future__ import annotations

import gzip
import http.client
import re
import shutil
from hashlib import sha256
from typing import TYPE_CHECKING

import pytest

from explainer.publish import verify
from tests.publish_support import (
    a_page,
    a_site,
    answer,
    free_port,
    http_server,
    publish,
    published_tree,
    serve_folder,
    told,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from http.server import BaseHTTPRequestHandler
    from pathlib import Path

    from tests.harness import SiteTest

    Answer = Callable[[BaseHTTPRequestHandler], None]


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verify, "_PAUSE", 0.05)


def run(site: SiteTest, respond: Answer, seconds: int = 1, base: str = "http://post.example/") -> dict[str, object]:
    """Publish the site to `www`, with a server of this kind in front; the report."""
    with http_server(respond) as url:
        targets = f"publish: {{here: {{to: folder, path: ../www, verify: {seconds}, verify_at: '{url}'}}}}\n"
        a_site(site, targets=targets, base=base)
        site.build()
        result = publish(site, "--yes", "--format", "json", "--max-deletes", "9")
    return {**told(result), "exit": result.exit}


def test_every_changed_address_is_looked_at(site: SiteTest) -> None:
    asked: list[str] = []
    www = site.root.parent / "www"

    def respond(request: BaseHTTPRequestHandler) -> None:
        asked.append(request.path)
        assert request.headers["Host"] == "post.example"
        serve_folder(www)(request)

    assert run(site, respond)["exit"] == 0
    expected = {"/" + path.removesuffix("index.html") for path in site.tree() if not path.startswith("_")}
    assert set(asked) == expected
    asked.clear()
    a_page(site, "page-0", "Changed.")
    (site.root / "content/explainers/page-2/index.md").unlink()
    report = run_again(site, respond)
    assert (report["exit"], report["outcome"]) == (0, "published")
    assert {"/explainers/page-0/", "/explainers/page-2/", "/explainers/page-2/picture.png"} <= set(asked)
    assert not {"/static/style.css", "/robots.txt"} & set(asked)


def run_again(site: SiteTest, respond: Answer) -> dict[str, object]:
    """The same with the pages that the site has now."""
    with http_server(respond) as url:
        text = (site.root / "content/site.yaml").read_text()
        before = text.partition("verify_at: '")[2].partition("'")[0]
        site.write("content/site.yaml", text.replace(before, url))
        site.build()
        result = publish(site, "--yes", "--format", "json", "--max-deletes", "9")
    return {**told(result), "exit": result.exit}


def test_a_site_in_a_folder_of_its_host(site: SiteTest) -> None:
    www = site.root.parent / "www"

    def respond(request: BaseHTTPRequestHandler) -> None:
        assert request.path.startswith("/the/post/")
        request.path = request.path.removeprefix("/the/post")
        serve_folder(www)(request)

    report = run(site, respond, base="http://post.example/the/post/")
    assert (report["exit"], report["verified"]["wrong"]) == (0, [])  # type: ignore[index]


def elsewhere(request: BaseHTTPRequestHandler) -> None:
    answer(request, 200, b"another site")


def broken(request: BaseHTTPRequestHandler) -> None:
    answer(request, 500)


def hang_up(request: BaseHTTPRequestHandler) -> None:
    request.close_connection = True


@pytest.mark.parametrize("respond", [elsewhere, broken, hang_up])
def test_readers_keep_what_they_had_where_the_new_version_does_not_reach_them(respond: Answer, site: SiteTest) -> None:
    www = site.root.parent / "www"
    run(site, serve_folder(www))
    before = published_tree(www)
    a_page(site, "page-0", "Changed.")
    report = run_again(site, respond)
    assert (report["exit"], report["outcome"], report["restored"]) == (3, "failed", True)
    assert report["verified"]["wrong"]  # type: ignore[index]
    assert published_tree(www) == before
    # Nothing stands in the way of the next run.
    assert run_again(site, serve_folder(www))["exit"] == 0
    assert b"Changed." in published_tree(www)["explainers/page-0/index.html"]


def test_where_there_was_nothing_there_is_nothing_to_go_back_to(site: SiteTest) -> None:
    report = run(site, elsewhere)
    assert (report["exit"], report["restored"]) == (3, False)
    assert (site.root.parent / "www/index.html").exists()


def test_what_was_deleted_must_be_gone(site: SiteTest) -> None:
    www = site.root.parent / "www"
    run(site, serve_folder(www))
    old = (www / "explainers/page-2/index.html").read_bytes()
    (site.root / "content/explainers/page-2/index.md").unlink()

    def keeps(request: BaseHTTPRequestHandler) -> None:
        if request.path == "/explainers/page-2/":
            answer(request, 200, old)
        else:
            serve_folder(www)(request)

    report = run_again(site, keeps)
    assert report["exit"] == 3
    fault = {"path": "explainers/page-2/index.html", "fault": "still answers with 200"}
    assert report["verified"]["wrong"] == [fault]  # type: ignore[index]


def test_hosts_that_need_a_while_are_asked_again(site: SiteTest) -> None:
    www = site.root.parent / "www"
    tries = iter(range(100))

    def slow(request: BaseHTTPRequestHandler) -> None:
        number = next(tries)
        if number < 10:
            answer(request, 429 if number % 2 else 503, Retry_After="0")
        else:
            serve_folder(www)(request)

    report = run(site, slow, seconds=20)
    assert (report["exit"], report["verified"]["wrong"]) == (0, [])  # type: ignore[index]


def test_retry_after_is_heeded() -> None:
    times = iter([200, 429])

    def respond(request: BaseHTTPRequestHandler) -> None:
        answer(request, next(times), b"x", Retry_After="30")

    with http_server(respond) as url:
        reader = verify.Verifier("http://post.example/", url)
        checked = reader.check([verify.Expected("index.html", "0" * 64)], 1)
    # It is asked again in 30 seconds, and there is only one.
    assert checked.wrong == (("index.html", "answers with 429"),)


def test_where_nobody_answers_the_next_run_verifies(site: SiteTest) -> None:
    www = site.root.parent / "www"
    nobody = f"http://127.0.0.1:{free_port()}"
    a_site(site, targets=f"publish: {{here: {{to: folder, path: ../www, verify: 1, verify_at: '{nobody}'}}}}\n")
    site.build()
    for _ in range(2):
        result = publish(site, "--quiet")
        assert (result.exit, result.stdout) == (4, "")
        assert "nobody could verify" in result.stderr
        assert "verify: 0" in result.stderr
    report = run_again(site, elsewhere)
    assert (report["exit"], report["outcome"], report["restored"]) == (3, "failed", False)
    asked: list[str] = []

    def respond(request: BaseHTTPRequestHandler) -> None:
        asked.append(request.path)
        serve_folder(www)(request)

    report = run_again(site, respond)
    assert (report["exit"], report["outcome"]) == (0, "unchanged")
    assert {"/explainers/page-2/", "/robots.txt"} <= set(asked)
    # Once readers have it, nobody looks again.
    assert run_again(site, elsewhere)["exit"] == 0


def test_a_deletion_that_was_not_verified_stays_so(site: SiteTest) -> None:
    www = site.root.parent / "www"
    run(site, serve_folder(www))
    old = (www / "explainers/page-2/index.html").read_bytes()
    (site.root / "content/explainers/page-2/index.md").unlink()
    targets = (site.root / "content/site.yaml").read_text()
    before = targets.partition("verify_at: '")[2].partition("'")[0]
    site.write("content/site.yaml", targets.replace(before, f"http://127.0.0.1:{free_port()}"))
    site.build()
    assert publish(site, "--yes", "--max-deletes", "9").exit == 4

    def keeps(request: BaseHTTPRequestHandler) -> None:
        if request.path == "/explainers/page-2/":
            answer(request, 200, old)
        else:
            serve_folder(www)(request)

    report = run_again(site, keeps)
    assert (report["exit"], report["outcome"]) == (3, "failed")
    assert report["verified"]["wrong"] == [  # type: ignore[index]
        {"path": "explainers/page-2/index.html", "fault": "still answers with 200"}
    ]


def test_nobody_looks_where_nobody_shall(site: SiteTest) -> None:
    a_site(site, targets="publish: {here: {to: folder, path: ../www, verify: 0}}\n")
    site.build()
    assert (publish(site).exit, publish(site).exit) == (0, 0)


@pytest.mark.parametrize(
    ("path", "cache", "doubtful"),
    [
        ("index.html", "public, max-age=31536000, immutable", True), ("index.html", "max-age=600", False),
        ("index.html", "s-maxage=604800", True), ("index.html", "", False), ("style.css", "max-age=31536000", True),
        ("style.0123456789.css", "public, max-age=31536000, immutable", False),
        ("style.0123456789.css", "max-age=600", True),
    ],
)  # fmt: skip
def test_headers_that_may_keep_corrections_from_readers(path: str, cache: str, doubtful: bool) -> None:
    assert bool(verify._doubt(path, cache)) is doubtful


def test_what_redirects_elsewhere_is_left_to_the_host() -> None:
    redirects = "/post/old/ /post/new/ 301\n/post/a.html https://x.example/ 301\n"
    assert verify.moved_paths(redirects, "/post/") == ["old/index.html", "a.html"]


def test_the_report_names_the_host_in_text(site: SiteTest, tmp_path: Path) -> None:
    www = site.root.parent / "www"
    with http_server(serve_folder(www)) as url:
        a_site(site, targets=f"publish: {{here: {{to: folder, path: ../www, verify_at: '{url}'}}}}\n")
        site.build()
        said = publish(site).stdout
    assert "here: publish build " in said
    assert str(tmp_path / "www") in said
    assert re.search(r"verified: \d\d changed addresses under http://post\.example/", said)


@pytest.mark.parametrize(
    ("headers", "fault"),
    [
        ({"Content_Type": "application/octet-stream"}, "comes as application/octet-stream"),
        ({"Content_Disposition": "attachment"}, "comes as a download"),
        ({"Cache_Control": "public, max-age=601"}, "may be kept for 601 seconds"),
        ({"Expires": "Thu, 01 Jan 2037 00:00:00 GMT"}, "may be kept for"),
        ({"Cache_Control": "max-age=600"}, ""),
        ({"Content_Type": "text/html; charset=utf-8"}, ""),
    ],
)
def test_pages_that_come_in_a_wrong_way(headers: dict[str, str], fault: str, site: SiteTest) -> None:
    www = site.root.parent / "www"

    def respond(request: BaseHTTPRequestHandler) -> None:
        path = request.path.lstrip("/")
        file = www / (path + "index.html" if not path or path.endswith("/") else path)
        more = headers if file.suffix == ".html" else {}
        answer(request, 200 if file.is_file() else 404, file.read_bytes() if file.is_file() else b"", **more)

    report = run(site, respond)
    faults = {one["fault"] for one in report["verified"]["wrong"]}  # type: ignore[index]
    assert (report["exit"], bool(faults)) == ((3, True) if fault else (0, False))
    assert all(one.startswith(fault) for one in faults)


def test_what_is_doubtful_everywhere_is_one_warning(site: SiteTest) -> None:
    www = site.root.parent / "www"

    def respond(request: BaseHTTPRequestHandler) -> None:
        path = request.path.lstrip("/")
        file = www / (path + "index.html" if not path or path.endswith("/") else path)
        answer(request, 200, file.read_bytes(), X_Robots_Tag="noindex")

    with http_server(respond) as url:
        targets = f"publish: {{here: {{to: folder, path: ../www, verify: 1, verify_at: '{url}'}}}}\n"
        a_site(site, targets=targets)
        site.build()
        result = publish(site, "--quiet")
    (line,) = result.stderr.splitlines()
    assert result.exit == 0
    assert re.search(r"warning: \S+ and \d+ more: comes with `X-Robots-Tag: noindex`", line)


def wrong_with(path: str, **headers: str) -> tuple[str, str]:
    """What is wrong with an answer with these headers, and what is doubtful, as one request sees it."""

    def respond(request: BaseHTTPRequestHandler) -> None:
        answer(request, 200, b"x", **headers)

    expected = verify.Expected(path, sha256(b"x").hexdigest())
    with http_server(respond) as url:
        checked = verify.Verifier("http://post.example/", url).check([expected], 0.01)
    return dict(checked.wrong).get(path, ""), dict(checked.doubtful).get(path, "")


@pytest.mark.parametrize(
    ("path", "headers", "fault", "doubt"),
    [
        ("index.html", {"Cache_Control": 'max-age="86400"'}, "may be kept for 86400 seconds", ""),
        ("index.html", {"Cache_Control": "max-age=60, stale-while-revalidate=86400"}, "may be kept for 86460", ""),
        ("index.html", {"Cache_Control": "max-age=86400, no-cache"}, "", ""),
        ("index.html", {"Cache_Control": 'max-age=86400, no-cache="Set-Cookie"'}, "may be kept for 86400", ""),
        ("index.html", {"Last_Modified": "Thu, 01 Jan 2015 00:00:00 GMT"}, "", "comes without `Cache-Control`"),
        ("index.html", {"X_Content_Type_Options": "nosniff"}, "comes without a type", ""),
        ("index.html", {"Content_Disposition": "attachment; filename=a"}, "comes as a download", ""),
        ("index.html", {"Content_Disposition": "inline"}, "", ""),
        ("index.html", {"X_Robots_Tag": "none"}, "", "comes with `X-Robots-Tag: noindex`"),
        ("embed/a/x/index.html", {"X_Frame_Options": "DENY"}, "", "comes with `X-Frame-Options: DENY`: other sites"),
        (
            "embed/a/x/index.html",
            {"Content_Security_Policy": "img-src *; frame-ancestors 'self'"},
            "",
            "comes with `frame-",
        ),
        (
            "embed/a/x/index.html",
            {"Content_Security_Policy": "img-src *, frame-ancestors 'none'; x"},
            "",
            "comes with `f",
        ),
        (
            "embed/a/x/index.html",
            {"Content_Security_Policy": "frame-ancestors https:", "X_Frame_Options": "DENY"},
            "",
            "",
        ),
        ("index.html", {"X_Frame_Options": "DENY"}, "", ""),
        ("static/a.js", {"Content_Type": "text/plain", "X_Content_Type_Options": "nosniff"}, "comes as text/plain", ""),
        ("static/a.js", {"Content_Type": "application/javascript"}, "", ""),
        ("static/a.js", {"X_Content_Type_Options": "nosniff"}, "", ""),
        ("explainers/one/a.svg", {"Content_Type": "text/plain"}, "", "comes as text/plain, not as image/svg+xml"),
        ("a.pdf", {"Content_Type": "text/plain", "Content_Disposition": "attachment"}, "", ""),
    ],
)
def test_what_headers_do_to_readers(path: str, headers: dict[str, str], fault: str, doubt: str) -> None:
    wrong, doubtful = wrong_with(path, **headers)
    assert (bool(wrong), bool(doubtful)) == (bool(fault), bool(doubt))
    assert wrong.startswith(fault)
    assert doubtful.startswith(doubt)


def test_two_headers_are_read_as_one() -> None:
    headers = http.client.HTTPMessage()
    headers["Cache-Control"] = "public"
    headers["Cache-Control"] = "max-age=31536000"
    assert verify._kept_for(headers) == 31536000


def test_it_is_asked_as_browsers_ask(site: SiteTest) -> None:
    """A cache that answers those anew who ask for it must not pass for what readers get; nor must a stale copy."""
    www = site.root.parent / "www"
    stale = [False]

    def respond(request: BaseHTTPRequestHandler) -> None:
        fresh = (
            "no-cache" in request.headers.get("Cache-Control", "") or "gzip" not in request.headers["Accept-Encoding"]
        )
        path = request.path.lstrip("/")
        file = www / (path + "index.html" if not path or path.endswith("/") else path)
        content = b"old" if stale[0] and not fresh else file.read_bytes()
        answer(request, 200, gzip.compress(content), Content_Encoding="gzip")

    assert run(site, respond)["exit"] == 0
    a_page(site, "page-0", "Changed.")
    stale[0] = True
    report = run_again(site, respond)
    assert (report["exit"], report["restored"]) == (3, True)


def test_a_version_that_was_set_back_to_is_looked_at(site: SiteTest) -> None:
    www = site.root.parent / "www"
    run(site, serve_folder(www))
    first = site.root.parent / "first"
    shutil.copytree(site.out, first)
    a_page(site, "page-0", "Changed.")
    assert run_again(site, broken)["restored"]
    with http_server(broken) as url:
        text = (site.root / "content/site.yaml").read_text()
        before = text.partition("verify_at: '")[2].partition("'")[0]
        site.write("content/site.yaml", text.replace(before, url))
        assert publish(site, "--from", str(first)).exit == 3
