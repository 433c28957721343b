"""Who may ask the preview, and for what."""

from __future__ import annotations

from pathlib import Path

import pytest

from explainer.diagnostics import Span
from explainer.serve.changes import Changes, changes_of, is_litter
from explainer.serve.editor_links import editor_url, link_to
from explainer.serve.guard import Guard, clean_path
from explainer.serve.inject import with_script

HERE = Guard("localhost", 8000, "secret")
EVERYWHERE = Guard("0.0.0.0", 8000, "secret")  # noqa: S104
NAMED = Guard("desk.example", 8000, "secret")


@pytest.mark.parametrize("host", ["localhost:8000", "LOCALHOST:8000", "127.0.0.1:8000", "[::1]:8000"])
def test_our_own_hosts(host: str) -> None:
    assert HERE.knows_host(host)


@pytest.mark.parametrize(
    "host",
    [None, "", "localhost", "localhost:8001", "evil.example", "evil.example:8000", "localhost.evil.example:8000",
     "192.168.0.7:8000", "0.0.0.0:8000", "localhost:8000.evil.example", "127.0.0.1:8000@evil.example"],
)  # fmt: skip
def test_foreign_hosts(host: str | None) -> None:
    assert not HERE.knows_host(host)


def test_who_listens_everywhere_is_known_by_numbers_and_not_by_any_name() -> None:
    assert EVERYWHERE.knows_host("192.168.0.7:8000")
    assert EVERYWHERE.knows_host("[fe80::1]:8000")
    assert not EVERYWHERE.knows_host("rebound.example:8000")
    assert not EVERYWHERE.knows_host("192.168.0.7:9000")
    assert NAMED.knows_host("desk.example:8000")
    assert not NAMED.knows_host("192.168.0.7:8000")


@pytest.mark.parametrize(
    "origin",
    [None, "", "null", "http://evil.example", "http://127.0.0.1:8000", "http://[::1]:8000", "http://10.0.0.1:8000",
     "https://localhost:8000", "http://localhost:8001", "http://localhost", "http://localhost:8000.evil.example"],
)  # fmt: skip
def test_foreign_origins(origin: str | None) -> None:
    assert not HERE.knows_origin(origin, "localhost:8000")


def test_our_own_origins() -> None:
    assert HERE.knows_origin("http://localhost:8000", "localhost:8000")
    assert not HERE.knows_origin("http://localhost:8000", "evil.example:8000")
    assert EVERYWHERE.knows_origin("http://192.168.0.7:8000", "192.168.0.7:8000")
    assert not EVERYWHERE.knows_origin("http://192.168.0.8:8000", "192.168.0.7:8000")


def test_the_usual_port_is_left_out() -> None:
    usual = Guard("localhost", 80, "secret")
    assert usual.knows_host("localhost")
    assert usual.knows_origin("http://localhost", "localhost")


def test_the_token_is_whole() -> None:
    assert HERE.knows_token("secret")
    assert not any(map(HERE.knows_token, (None, "", "secre", "secret ", "sécret")))


@pytest.mark.parametrize(
    ("raw", "path"),
    [("/", "/"), ("/a/b.css", "/a/b.css"), ("/a%20b/", "/a b/"), ("/%C3%A9/", "/é/")],
)
def test_clean_paths(raw: str, path: str) -> None:
    assert clean_path(raw) == path


@pytest.mark.parametrize(
    "raw",
    ["", "a", "http://evil.example/", "//evil.example/", "/a//b", "/../x", "/a/../b", "/%2e%2e/x", "/..%2fx", "/./a",
     "/.git/config", "/a/.env", "/%2egit", "/a%00.html", "/a%0ab", "/a\\b", "/%5c..%5cx", "/%ff", "/%c0%ae/"],
)  # fmt: skip
def test_paths_that_are_none_of_ours(raw: str) -> None:
    assert clean_path(raw) is None


# --- What changed ---


@pytest.mark.parametrize(
    "name",
    [".a.md.swp", "a.md~", "4913", "#a.md#", ".#a.md", "a.md.tmp", "a.swx", ".DS_Store", "a.md___jb_tmp___", "a.bak"],
)
def test_what_editors_leave_is_litter(name: str) -> None:
    path = f"content/explainers/{name}"
    assert is_litter(path)
    assert changes_of([path, f"content/.git/{name}"]) == Changes()


def test_changes_are_sorted() -> None:
    found = changes_of([
        "content/explainers/a.md", "content/explainers/b/index.md", "content/pages/about.md",
        "content/explainers/b/map.png", "content/sources/x.yaml", "layouts/page.html", "layouts/static/style.css",
    ])  # fmt: skip
    assert found.pages == {"content/explainers/a.md", "content/explainers/b/index.md", "content/pages/about.md"}
    assert found.files == {"content/explainers/b/map.png"}
    assert found.static == {"layouts/static/style.css"}
    assert found.library
    assert found.layouts
    assert not found.everything
    assert changes_of(["content"]).everything
    assert (changes_of(["content/site.yaml"]) | changes_of(["content/explainers/a.md"])).pages


# --- Editors ---


def test_editors_by_name_and_by_address() -> None:
    span = Span("content/a b.md", 12, 3)
    root = Path("/site")
    assert link_to(editor_url("code", {}), root, span) == "vscode://file//site/content/a%20b.md:12:3"
    assert link_to(editor_url(None, {"EDITOR_URL": "x://{path}?{line}"}), root, span) == "x:///site/content/a%20b.md?12"
    assert editor_url(None, {}) is None
    assert link_to(None, root, span) is None


@pytest.mark.parametrize("given", ["vi", "javascript:alert({path})", "{path}", " JavaScript:{path}"])
def test_what_is_no_editor(given: str) -> None:
    with pytest.raises(ValueError, match="neither"):
        editor_url(given, {})


# --- The script ---


def test_the_script_stands_before_the_end_of_the_body_or_at_the_end() -> None:
    whole = with_script(b"<body><pre></body></pre></body></html>", HERE, 'https://x.example/"')
    assert whole.startswith(b"<body><pre></body></pre><script ")
    assert b"&quot;" in whole
    assert with_script(b"<p>x", HERE, "").startswith(b"<p>x<script ")
