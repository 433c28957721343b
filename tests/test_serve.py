"""The preview over HTTP: the real process, files saved as editors save them."""

from __future__ import annotations

import asyncio
import http.client
import json
import os
import random
import re
import shutil
import signal
import socket
import sqlite3
import threading
import time
from contextlib import closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tornado.httpclient import HTTPRequest
from tornado.websocket import WebSocketClosedError, websocket_connect

from explainer.feeds.host_files import EVERYWHERE, page_headers
from tests.hard_site import png_of
from tests.harness import SITE_YAML, SiteTest
from tests.picture_files import DIRTY, PLAIN
from tests.serve_support import LONG, Preview, until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PAGE = """\
---
title: {title}
date: 2024-01-01
sources:
  memo: {{type: public-record, title: A memo, url: "https://example.org/memo"}}
---
It is {word}. {{{{< claim id="one" sources="memo" >}}}}A thing happened{{{{< /claim >}}}}.
"""


def page(word: str, title: str = "A title") -> str:
    return PAGE.format(title=title, word=word)


@pytest.fixture
def small(site: SiteTest) -> SiteTest:
    write_small(site)
    return site


def write_small(site: SiteTest) -> None:
    site.write("content/explainers/a.md", page("first"))
    site.write("content/explainers/b.md", page("other", "Another title"))
    site.write("content/pages/about.md", "---\ntitle: About\n---\nWho we are.\n")


@pytest.fixture
def preview(small: SiteTest) -> Iterator[Preview]:
    with Preview(small.root) as running:
        yield running


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Preview]:
    """A preview for many tests, each of which leaves it as it was."""
    site = SiteTest(tmp_path_factory.mktemp("kept") / "project")
    write_small(site)
    with Preview(site.root) as running:
        yield running


def in_place(file: Path, text: str) -> None:
    file.write_text(text)


def by_rename(file: Path, text: str) -> None:
    beside = file.with_name(f".{file.name}.new")
    beside.write_text(text)
    beside.replace(file)


def as_vim_does(file: Path, text: str) -> None:
    probe = file.with_name("4913")
    probe.write_text("")
    probe.unlink()
    backup = file.with_name(f"{file.name}~")
    file.rename(backup)
    file.write_text(text)
    backup.unlink()


SAVES: list[Callable[[Path, str], None]] = [in_place, by_rename, as_vim_does]


def assert_as_built(preview: Preview, site: SiteTest) -> None:
    """Hold everything that is served against a clean build."""
    shutil.rmtree(site.out, ignore_errors=True)
    built = site.build("--clean", "--drafts", "--future")
    assert built.exit == 0, built.diagnostics
    for path in site.tree():
        shown = "/" + path.removesuffix("index.html") if path.endswith("index.html") else f"/{path}"
        assert preview.get(shown).clean == (site.out / path).read_bytes(), path


# --- Right ---


@pytest.mark.parametrize("save", SAVES)
def test_a_save_is_shown_and_told(preview: Preview, small: SiteTest, save: Callable[[Path, str], None]) -> None:
    ear = preview.listen("/explainers/a/")
    save(small.root / "content/explainers/a.md", page("second"))
    preview.shows("/explainers/a/", "It is second.")
    until(lambda: "*" in ear.heard, "a reload is told")
    assert_as_built(preview, small)


def many_saves(preview: Preview, site: SiteTest, count: int, pauses: Callable[[random.Random], float]) -> None:
    """Save so often, as editors do, with these pauses: the last reload follows the last save, and all is right."""
    rng = random.Random(5)  # noqa: S311 - the same each time
    loaded: list[str] = []
    # As a browser does that loads the page when it is told to, and at no other time.
    preview.listen("/explainers/a/", lambda: loaded.append(preview.get("/explainers/a/").text))
    file = site.root / "content/explainers/a.md"
    for number in range(count):
        rng.choice(SAVES)(file, page(f"word-{number}", f"Title {number // 3}"))
        time.sleep(pauses(rng))
    rng.choice(SAVES)(file, page("the last one", "The last title"))
    until(lambda: loaded and "It is the last one." in loaded[-1], "a reload follows the last save")
    preview.shows("/", "The last title")
    assert "It is the last one." in loaded[-1]
    assert_as_built(preview, site)


def test_every_save_of_many_is_shown_and_the_last_reload_follows_the_last_save(
    preview: Preview, small: SiteTest
) -> None:
    many_saves(preview, small, 80, lambda rng: rng.choice((0, 0, 0.005, 0.03, 0.1, 0.2)))


def test_lists_that_nobody_looked_at_are_right_after_many_saves(preview: Preview, small: SiteTest) -> None:
    file = small.root / "content/explainers/a.md"
    in_place(file, page("new", "A new title"))
    preview.shows("/", "A new title")
    for number in range(1, 8):
        in_place(file, page("x" * number, "A new title"))
        preview.shows("/explainers/a/", f"It is {'x' * number}.")
    assert_as_built(preview, small)


def test_pages_and_folders_come_go_and_move(preview: Preview, small: SiteTest) -> None:
    explainers = small.root / "content/explainers"
    small.write("content/explainers/c/index.md", page("third", "A third title"))
    preview.shows("/explainers/c/", "It is third.")
    preview.shows("/", "A third title")
    (explainers / "c").rename(explainers / "d")
    preview.shows("/explainers/d/", "It is third.")
    until(lambda: preview.get("/explainers/c/").status == 404, "the old address is gone")
    (explainers / "b.md").unlink()
    until(lambda: preview.get("/explainers/b/").status == 404, "a deleted page is gone")
    (explainers / "a.md").rename(explainers / "e.md")
    preview.shows("/explainers/e/", "It is first.")
    shutil.rmtree(explainers / "d")
    until(lambda: preview.get("/explainers/d/").status == 404, "a deleted folder is gone")
    assert_as_built(preview, small)


def test_what_pages_share_is_taken_in_without_a_restart(preview: Preview, small: SiteTest) -> None:
    small.write("content/site.yaml", "title: A new name\nbase_url: https://example.org/\ncards: none\n")
    preview.shows("/explainers/a/", "A new name")
    small.write("content/people.yaml", "ada: {name: Ada Reyes}\n")
    small.write("content/sources/all.yaml", 'wire: {type: report, title: "The wire", publisher: Wire}\n')
    text = page("first").replace('sources="memo"', 'sources="memo wire"').replace("date:", "authors: [ada]\ndate:")
    small.write("content/explainers/a.md", text)
    preview.shows("/explainers/a/", "Ada Reyes")
    preview.shows("/sources/wire/", "The wire")
    small.write("content/sources/all.yaml", 'wire: {type: report, title: "The other wire", publisher: Wire}\n')
    preview.shows("/explainers/a/", "The other wire")
    small.write("content/people.yaml", "ada: {name: Ada Lindqvist}\n")
    preview.shows("/explainers/a/", "Ada Lindqvist")
    preview.shows("/404.html", "Ada Lindqvist")  # lists follow the page that is asked for
    assert_as_built(preview, small)


def test_layouts_and_static_files(preview: Preview, small: SiteTest) -> None:
    ear = preview.listen("/explainers/a/")
    small.write("layouts/page.html", '{% extends "default/page.html" %}{% block closing %}Our end.{% endblock %}')
    preview.shows("/about/", "Our end.")
    small.write("layouts/page.html", '{% extends "default/page.html" %}{% block closing %}New end.{% endblock %}')
    preview.shows("/about/", "New end.")
    small.write("layouts/static/own.txt", "one")
    preview.shows("/static/own.txt", "one")
    small.write("layouts/static/own.txt", "two")
    preview.shows("/static/own.txt", "two")
    small.write(
        "layouts/explainer.html",
        '{% extends "default/explainer.html" %}{% block head %}{{ asset("own.css") }}{% endblock %}',
    )
    small.write("layouts/static/own.css", "a { color: red }")
    until(lambda: preview.get(own_sheet(preview)).text == "a { color: red }", "a style sheet is shown")
    small.write("layouts/static/own.css", "a { color: blue }")
    until(lambda: "*.css" in ear.heard, "a change of style is told")
    until(lambda: preview.get(own_sheet(preview)).text == "a { color: blue }", "the new style is shown")
    shutil.rmtree(small.root / "layouts")
    until(lambda: "New end." not in preview.get("/about/").text, "the default layout is back")
    assert_as_built(preview, small)


def own_sheet(preview: Preview) -> str:
    """The address of the site's own style sheet, whose name changes with its content."""
    found = re.search(r"/static/own\.[0-9a-f]+\.css", preview.get("/explainers/a/").text)
    return found[0] if found else "/nothing"


def test_pictures_and_saved_copies_beside_a_page(preview: Preview, small: SiteTest) -> None:
    quoting = (
        page("first")
        .replace("A memo,", "A memo, saved: memo.txt,")
        .replace("{{< claim", '{{< source memo quote="a plain fact" >}} {{< claim')
    )
    (small.root / "content/explainers/a.md").unlink()
    small.write("content/explainers/a/memo.txt", "It has a plain fact.")
    small.write("content/explainers/a/map.png", png_of(b"one"))
    small.write("content/explainers/a/index.md", quoting + "\n![A map](map.png)\n")
    until(lambda: preview.get("/explainers/a/map.png").body == png_of(b"one"), "a picture is shown")
    small.write("content/explainers/a/map.png", DIRTY["a.png"])
    until(lambda: preview.get("/explainers/a/map.png").body == PLAIN["a.png"], "a new picture is shown")
    small.write("content/explainers/a/memo.txt", "It has nothing.")
    until(lambda: preview.ask("faults")["count"], "the quote isn't there any more")
    small.write("content/explainers/a/memo.txt", "It has a plain fact again.")
    until(lambda: not preview.ask("faults")["count"], "the quote is there again")
    assert preview.get("/explainers/a/memo.txt").status == 404
    assert_as_built(preview, small)


def test_an_editors_litter_starts_nothing(preview: Preview, small: SiteTest) -> None:
    told = len(preview.lines)
    ear = preview.listen()
    for name in (".a.md.swp", "a.md~", "4913", "#a.md#", "a.md.tmp", ".a.md.swx"):
        file = small.write(f"content/explainers/{name}", "x")
        time.sleep(0.05)
        file.unlink()
    small.write("content/explainers/a.md", page("second"))
    preview.shows("/explainers/a/", "It is second.")
    until(lambda: len(preview.lines) > told, "one build is told")
    assert len(preview.lines) == told + 1
    until(lambda: ear.heard, "a reload is told")
    assert set(ear.heard) == {"*"}


def test_polling_sees_saves_too(small: SiteTest) -> None:
    with Preview(small.root, "--poll") as preview:
        for number in range(5):  # several within one second
            small.write("content/explainers/a.md", page(f"word-{number}"))
            preview.shows("/explainers/a/", f"It is word-{number}.")
        small.write("content/explainers/c/index.md", page("third", "Third"))
        preview.shows("/explainers/c/", "It is third.")
        shutil.rmtree(small.root / "content/explainers/c")
        until(lambda: preview.get("/explainers/c/").status == 404, "a folder is gone")


def test_without_drafts_and_future_it_is_the_published_site(small: SiteTest) -> None:
    small.write("content/explainers/c.md", "---\ntitle: C\ndraft: true\n---\nDraft.\n")
    small.write("content/explainers/d.md", "---\ntitle: D\ndate: 2999-01-01\n---\nLater.\n")
    with Preview(small.root, "--no-drafts", "--no-future") as preview:
        assert preview.get("/explainers/c/").status == 404
        assert preview.get("/explainers/d/").status == 404
        waiting = preview.ask("lens")["waiting"]
        assert [(one["title"], one["state"], one["url"]) for one in waiting] == [
            ("C", "Draft", None), ("D", "Not out yet", None)
        ]  # fmt: skip
    with Preview(small.root) as preview:
        assert preview.get("/explainers/c/").status == 200
        assert preview.get("/explainers/d/").status == 200


def test_the_path_of_the_sites_address_is_kept(small: SiteTest) -> None:
    small.write(
        "content/site.yaml",
        "title: T\nbase_url: https://example.org/news/\nembeds: true\nmedia: {allow: [player.example]}\n",
    )
    small.write("content/explainers/e.md", "---\ntitle: E\ndate: 2024-01-01\n---\n{{< claim id=x >}}y{{< /claim >}}\n")
    with Preview(small.root) as preview:
        # A frame on another site can be tried: pages come under the policy that they have on a host.
        for path, policy in (
            ("embed/e/x/", page_headers(["player.example"], framed=True)),
            ("explainers/e/claims/x/", page_headers(["player.example"])),
            ("nothing", EVERYWHERE),
        ):
            headers = preview.get(f"/news/{path}").headers
            assert {name: headers[name] for name in EVERYWHERE if name in headers} == policy, path
        assert preview.get("/").headers["Location"] == "/news/"
        assert preview.get("/news").headers["Location"] == "/news/"
        assert "It is first." in preview.get("/news/explainers/a/").text
        assert preview.get("/explainers/a/").status == 404
        assert preview.get("/news/feed.xml").status == 200


def test_nothing_is_written_into_the_site(small: SiteTest) -> None:
    before = {file for file in small.root.rglob("*") if ".explainer" not in file.parts}
    with Preview(small.root) as preview:
        small.write("content/explainers/a.md", page("second"))
        preview.shows("/explainers/a/", "It is second.")
        assert b"/-/preview.js" in preview.get("/").body
    assert {file for file in small.root.rglob("*") if ".explainer" not in file.parts} == before
    kept = b"".join(file.read_bytes() for file in (small.root / ".explainer").rglob("*") if file.is_file())
    assert b"preview.js" not in kept


# --- At once ---

GATED = """
import pathlib, sys, time
from explainer.serve.session import Session
start = Session.start
def gated(*given, **named):
    while not pathlib.Path("gate").exists():
        time.sleep(0.02)
    return start(*given, **named)
Session.start = gated
from explainer.cli.main import main
main()
"""


def rested(site: Path) -> bool:
    """Whether a preview has kept something for the next one."""
    with closing(sqlite3.connect(f"file:{site}/.explainer/preview/cache.sqlite3?mode=ro", uri=True)) as cache:
        return bool(cache.execute("SELECT 1 FROM entries WHERE kind = 'preview'").fetchone())


def test_what_was_open_is_there_before_the_site_is(small: SiteTest, monkeypatch: pytest.MonkeyPatch) -> None:
    with Preview(small.root) as preview:
        before = preview.get("/explainers/a/")
        assert preview.get("/").status == 200
        until(lambda: rested(small.root), "it comes to rest")
    gate = small.root.parent / "gate"
    monkeypatch.chdir(gate.parent)
    with Preview(small.root, program=("-c", GATED)) as preview:
        again = preview.get("/explainers/a/")
        assert (again.clean, again.headers["Explainer-Version"]) == (before.clean, before.headers["Explainer-Version"])
        assert preview.get("/").status == 200
        loaded: list[str] = []
        ear = preview.listen("/explainers/a/")
        waiting = threading.Thread(target=lambda: loaded.append(preview.get("/explainers/b/").text))
        waiting.start()
        small.write("content/explainers/a.md", page("second"))
        assert not loaded
        gate.touch()
        waiting.join(LONG)
        assert "It is other." in loaded[0]
        until(lambda: "*" in ear.heard, "open pages are told to look again")
        preview.shows("/explainers/a/", "It is second.")
        assert_as_built(preview, small)


def test_after_a_change_nothing_is_answered_as_it_was(small: SiteTest) -> None:
    with Preview(small.root) as preview:
        preview.shows("/explainers/a/", "It is first.")
        until(lambda: rested(small.root), "it comes to rest")
    small.write("content/explainers/a.md", page("second"))
    with Preview(small.root) as preview:
        assert "It is second." in preview.get("/explainers/a/").text


def test_a_site_that_can_not_be_read_ends_it(small: SiteTest, monkeypatch: pytest.MonkeyPatch) -> None:
    with Preview(small.root) as preview:
        preview.get("/")
        until(lambda: rested(small.root), "it comes to rest")
    broken = GATED.replace(
        'while not pathlib.Path("gate").exists():\n        time.sleep(0.02)', 'raise OSError("no disk")'
    )
    monkeypatch.chdir(small.root.parent)
    with Preview(small.root, program=("-c", broken)) as preview:
        assert preview.process.wait(LONG) == 3
        until(lambda: "error: no disk" in preview.told, "it says why")


# --- Kind ---


def test_a_fault_is_told_over_what_was_right_and_mended(preview: Preview, small: SiteTest) -> None:
    ear = preview.listen("/explainers/a/")
    small.write("content/explainers/a.md", page("second").replace('"memo"', '"mema"'))
    until(lambda: "!" in ear.heard, "faults are told")
    found = preview.ask("faults")
    assert found["count"] == 1
    assert found["errors"][0] == {
        "code": "E201",
        "name": "unknown-source",
        "message": "there is no source `mema`",
        "place": "content/explainers/a.md:7:43",
        "excerpt": [
            'It is second. {{< claim id="one" sources="mema" >}}A thing happened{{< /claim >}}.',
            " " * 42 + "^^^^",
        ],
        "hints": ["did you mean `memo`?"],
        "href": None,
    }
    shown = preview.get("/explainers/a/").text
    assert "It is first." in shown
    small.write("content/explainers/b.md", page("changed meanwhile", "Another title"))
    preview.shows("/explainers/b/", "It is changed meanwhile.")
    ear.heard.clear()
    small.write("content/explainers/a.md", page("third"))
    preview.shows("/explainers/a/", "It is third.")
    until(lambda: preview.ask("faults") == {"count": 0, "errors": []}, "there are none any more")
    until(lambda: "!" in ear.heard, "that there are none is told")
    until(lambda: "All errors are fixed." in preview.told, "the terminal says so, too")
    assert "content/explainers/a.md:7:43: error E201 unknown-source" in preview.told
    assert_as_built(preview, small)


@pytest.mark.parametrize(
    ("path", "broken", "mended", "shown"),
    [
        ("content/site.yaml", "title: [", "title: New name\nbase_url: https://example.org/\n", "New name"),
        ("content/people.yaml", "ada: 5", "ada: {name: Ada}\n", "It is first."),
        ("layouts/explainer.html", "{% if %}", '{% extends "default/explainer.html" %}', "It is first."),
        ("layouts/explainer.html", "{{ page.nothing }}", "Own: {{ page.title }}", "Own: A title"),
        ("layouts/base.html", '{% include "gone.html" %}', '{% extends "default/base.html" %}', "It is first."),
        ("content/explainers/a.md", "no front matter", page("mended"), "It is mended."),
        ("content/explainers/a.md", b"\xff\xfe", page("mended"), "It is mended."),
        ("content/explainers/a.md", page("x") + "\n[x](/nowhere/)\n", page("mended"), "It is mended."),
    ],
)  # fmt: skip
def test_breaking_and_mending_needs_no_restart(
    kept: Preview, path: str, broken: str | bytes, mended: str, shown: str
) -> None:
    site = SiteTest(kept.site)
    kept.shows("/explainers/a/", "It is first.")
    site.write(path, broken)
    until(lambda: kept.ask("faults", "/explainers/a/")["count"], "the fault is told")
    assert "It is first." in kept.get("/explainers/a/").text
    site.write(path, mended)
    until(lambda: not kept.ask("faults", "/explainers/a/")["count"], "it is mended")
    kept.shows("/explainers/a/", shown)
    assert "Traceback" not in kept.told
    write_small(site)
    site.write("content/site.yaml", SITE_YAML)
    shutil.rmtree(kept.site / "layouts", ignore_errors=True)


def test_a_site_that_begins_with_faults(small: SiteTest) -> None:
    small.write("content/site.yaml", "title: T\n")
    with Preview(small.root) as preview:
        first = preview.get("/explainers/a/")
        assert first.status == 503
        assert preview.ask("faults")["count"] == 1
        small.write("content/site.yaml", "title: T\nbase_url: https://example.org/\n")
        preview.shows("/explainers/a/", "It is first.")


def test_a_page_that_begins_with_a_fault_is_left_out(small: SiteTest) -> None:
    small.write("content/explainers/a.md", page("first").replace('"memo"', '"mema"'))
    with Preview(small.root) as preview:
        assert preview.get("/explainers/a/").status == 404
        assert "It is other." in preview.get("/explainers/b/").text
        assert preview.ask("faults")["count"] == 1
        small.write("content/explainers/a.md", page("first"))
        preview.shows("/explainers/a/", "It is first.")


def test_content_that_goes_and_comes_back(preview: Preview, small: SiteTest) -> None:
    (small.root / "content").rename(small.root / "aside")
    until(lambda: preview.ask("faults")["count"], "that it has gone is told")
    assert "It is first." in preview.get("/explainers/a/").text
    (small.root / "aside").rename(small.root / "content")
    until(lambda: not preview.ask("faults")["count"], "it is back")
    small.write("content/explainers/a.md", page("second"))
    preview.shows("/explainers/a/", "It is second.")


def test_a_port_that_is_taken(small: SiteTest) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = other.getsockname()[1]
        with Preview(small.root, "--port", str(taken)) as preview:
            assert preview.port != taken
            assert f"Port {taken} is taken; {preview.port} is the next free one." in preview.told


def test_the_404_page_is_ours(kept: Preview) -> None:
    answer = kept.get("/explainers/nothing/")
    assert answer.status == 404
    assert "There is no such page" in answer.text


def test_links_without_their_last_slash(kept: Preview) -> None:
    answer = kept.get("/explainers/a")
    assert (answer.status, answer.headers["Location"]) == (302, "/explainers/a/")


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_ends_it_at_once(preview: Preview, number: int, status: int) -> None:
    if signal.getsignal(number) is signal.SIG_IGN:
        pytest.skip("tests in the background of a shell ignore it, and so does what they start")
    ear = preview.listen()
    assert preview.stop(number) == status
    assert "Traceback" not in preview.told
    assert ear.heard == []


STOPPED_IN_A_REQUEST = """
import signal
from tornado.web import Application
from explainer.cli.main import main

find = Application.find_handler

def stopped(self, request, **options):
    if request.path == "/stop/":
        signal.raise_signal(signal.SIGTERM)
    return find(self, request, **options)

Application.find_handler = stopped
main()
"""


def test_a_signal_in_the_midst_of_a_request_ends_it(small: SiteTest) -> None:
    with Preview(small.root, program=("-c", STOPPED_IN_A_REQUEST)) as preview:
        with suppress(OSError):
            preview.get("/stop/")
        assert preview.process.wait(LONG) == 143
        assert "Traceback" not in preview.told


def test_a_folder_that_is_none(site: SiteTest) -> None:
    assert site.run("serve", "--site", str(site.root / "nowhere")).exit == 2
    assert site.run("serve", "--site", str(site.root), "--editor", "javascript:{path}").exit == 2


# --- The lens ---


def test_the_lens(small: SiteTest) -> None:
    small.write(
        "content/explainers/c.md",
        page("third", "Third")
        .replace("date: 2024-01-01", "date: 2024-01-01\ndraft: true")
        .replace(' sources="memo"', ""),
    )
    with Preview(small.root, "--editor", "x://{path}:{line}:{col}") as preview:
        found = preview.ask("lens", "/explainers/c/")
        shown = found["page"]
        (claim,) = shown["claims"]
        assert shown["state"] == "Draft"
        assert (claim["id"], claim["anchor"], claim["level"]) == ("one", "claim-one", "unsourced")
        assert claim["look"] == ["No source given"]
        assert claim["place"] == "content/explainers/c.md:8:14"
        assert claim["href"] == f"x://{os.path.realpath(small.root)}/content/explainers/c.md:8:14"
        assert [one["code"] for one in shown["warnings"]] == ["W253", "W451"]
        assert [(one["title"], one["state"]) for one in found["waiting"]] == [("Third", "Draft")]
        assert preview.ask("lens", "/")["page"] is None
        first = preview.ask("lens", "/explainers/a/")["page"]
        assert first["claims"][0]["look"] == []
        (source,) = first["sources"]
        assert (source["name"], source["anchor"], source["place"]) == (
            "A memo", "note-memo", "content/explainers/a.md:5:3"
        )  # fmt: skip


# --- Closed ---


def test_what_is_answered_names_no_path_of_the_machine(preview: Preview, small: SiteTest) -> None:
    (small.root / "layouts/static").mkdir(parents=True)
    secret = small.root.parent / "secret.txt"
    secret.write_text("canary")
    (small.root / "layouts/static/link.txt").symlink_to(secret)
    (small.root / "layouts/static/folder").symlink_to(small.root.parent)
    small.write("layouts/static/.hidden", "canary")
    small.write("layouts/static/ready.txt", "ready")
    until(lambda: preview.get("/static/ready.txt").status == 200, "static files are there")
    paths = [
        "/..%2f..%2fsecret.txt", "/%2e%2e/%2e%2e/secret.txt", "/../../secret.txt", "//etc/passwd", "/static/../../x",
        "/static/link.txt", "/static/folder/secret.txt", "/static/.hidden", "/.explainer/cache.sqlite3", "/.git/config",
        "/content/site.yaml", "/%00", "/a%00.html", "/static/%5c..%5c..%5csecret.txt", "/%ff%fe", "/-/", "/-/../x",
        "/-/preview.js/x", "/" + "a" * 5000, "/explainers/a/index.md", "/forcereload", "/livereload", "/-/lens", "/-/faults",
        "/-/lens?token=wrong", "/-/socket",
    ]  # fmt: skip
    for path in paths:
        answer = preview.get(path)
        assert 400 <= answer.status < 500, path
        assert str(small.root.parent) not in answer.text
        assert "canary" not in answer.text
        assert "Access-Control-Allow-Origin" not in answer.headers


def test_a_foreign_host_is_turned_away(kept: Preview) -> None:
    for host in ("evil.example", "evil.example:80", f"evil.example:{kept.port}", f"192.168.0.1:{kept.port}", ""):
        for path in ("/", "/explainers/a/", "/-/preview.js", f"/-/faults?token={kept.token}"):
            assert 400 <= kept.get(path, Host=host).status < 500


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
def test_nothing_but_get_and_head(kept: Preview, method: str) -> None:
    answer = kept.get("/", method, Origin="http://evil.example")
    assert answer.status == 405
    assert not {name for name in answer.headers if name.lower().startswith("access-control")}


def test_headers(kept: Preview) -> None:
    answer = kept.get("/explainers/a/", Origin="http://evil.example")
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert answer.headers["Cache-Control"] == "no-cache"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert not {name for name in answer.headers if name.lower().startswith("access-control")}
    assert kept.get("/explainers/a/", If_None_Match=answer.headers["Etag"]).status == 304
    head = kept.get("/explainers/a/", "HEAD")
    assert (head.status, head.body) == (200, b"")
    assert head.headers["Explainer-Version"] in answer.text
    assert kept.get("/feed.xml").headers["Content-Type"] == "application/atom+xml; charset=utf-8"
    # What has its content in its name need not be asked for again; nothing else is kept.
    sheet = re.search(r"/static/style\.[0-9a-f]+\.css", answer.text)
    assert sheet
    assert "immutable" in kept.get(sheet[0]).headers["Cache-Control"]
    assert kept.get("/static/icon.svg").headers["Cache-Control"] == "no-cache"


def upgraded(preview: Preview, path: str, **headers: str) -> int:
    """The status with which a socket is answered."""
    connection = http.client.HTTPConnection("127.0.0.1", preview.port, timeout=10)
    try:
        connection.putrequest("GET", path, skip_host=True)
        wanted = {
            "Host": f"localhost:{preview.port}", "Upgrade": "websocket", "Connection": "Upgrade",
            "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Version": "13", **headers,
        }  # fmt: skip
        for name, value in wanted.items():
            connection.putheader(name, value)
        connection.endheaders()
        return connection.getresponse().status
    finally:
        connection.close()


def test_the_socket_is_for_our_pages_alone(kept: Preview) -> None:
    ours, path = f"http://localhost:{kept.port}", f"/-/socket?token={kept.token}"
    assert upgraded(kept, path, Origin=ours) == 101
    foreign = [
        "http://evil.example", f"http://127.0.0.1:{kept.port}", f"http://[::1]:{kept.port}", "null", "",
        "http://10.0.0.1", f"https://localhost:{kept.port}", "http://localhost:1", f"{ours}.evil.example",
    ]  # fmt: skip
    assert {origin: upgraded(kept, path, Origin=origin) for origin in foreign} == dict.fromkeys(foreign, 403)
    assert upgraded(kept, path) == 403
    assert upgraded(kept, "/-/socket", Origin=ours) == 403
    assert upgraded(kept, "/-/socket?token=x", Origin=ours) == 403
    assert upgraded(kept, path, Origin=ours, Host=f"evil.example:{kept.port}") == 403


def test_reload_messages_name_no_file(preview: Preview, small: SiteTest) -> None:
    ear = preview.listen("/explainers/b/")
    small.write("content/explainers/a.md", page("second").replace('"memo"', '"mema"'))
    until(lambda: "!" in ear.heard, "faults are told")
    small.write("content/explainers/a.md", page("second"))
    preview.shows("/explainers/a/", "It is second.")
    assert ear.raw
    for message in ear.raw:
        said = json.loads(message)
        assert said["path"] in {"*", "!", "*.css"}
        assert said.keys() == {"command", "path", "liveCSS", "liveImg"}


def test_it_listens_on_this_machine_alone(kept: Preview) -> None:
    listening = {
        line.split()[1].rpartition(":")[0]
        for table in ("/proc/net/tcp", "/proc/net/tcp6")
        for line in _lines(table)
        if line.split()[1].endswith(f":{kept.port:04X}") and line.split()[3] == "0A"
    }
    assert listening
    assert listening <= {"0100007F", "00000000000000000000000001000000"}


def _lines(table: str) -> list[str]:
    try:
        return Path(table).read_text("ascii").splitlines()[1:]
    except OSError:
        pytest.skip("there is no /proc to see it in")


def test_another_address_needs_the_token(small: SiteTest) -> None:
    with Preview(small.root, "--host", "0.0.0.0") as preview:  # noqa: S104
        assert "warning: anyone who reaches 0.0.0.0" in preview.told
        query = preview.address.partition("/?")[2]
        assert query.startswith("token=")
        for path in ("/", "/explainers/a/", "/-/preview.js", "/?token=wrong"):
            assert preview.get(path).status == 403
        opened = preview.get(f"/explainers/a/?x=1&{query}")
        # The token leaves the address bar, and with it the history.
        assert (opened.status, opened.headers["Location"]) == (302, "/explainers/a/?x=1")
        cookie = opened.headers["Set-Cookie"]
        assert "HttpOnly" in cookie
        assert "SameSite=Strict" in cookie
        assert preview.get("/explainers/a/", Cookie=cookie.partition(";")[0]).status == 200
        assert preview.get("/explainers/a/", Cookie=cookie.partition(";")[0], Host="evil.example").status == 421


def test_a_token_opens_no_other_site(small: SiteTest) -> None:
    with Preview(small.root, "--host", "0.0.0.0") as preview:  # noqa: S104
        query = preview.address.partition("/?")[2]
        for path in ("//evil.example/", "/%2f/evil.example/", "/\\evil.example/", "/./x"):
            assert not preview.get(f"{path}?{query}").headers.get("Location", "").startswith(("//", "http"))


@pytest.mark.parametrize("query", ["token=%ff", "token={}&x=%ff", "page=%ff&token={}"])
def test_no_log_line_has_the_token(small: SiteTest, query: str) -> None:
    with Preview(small.root, "--host", "0.0.0.0") as preview:  # noqa: S104
        token = preview.address.partition("token=")[2]
        before = preview.told
        for path in ("/", "/-/lens", "/-/faults", "/-/socket", "/explainers/a/"):
            assert preview.get(f"{path}?{query.format(token)}").status < 500
        told = preview.told.removeprefix(before)
        assert token not in told
        assert "Traceback" not in told


FRAMES: tuple[object, ...] = (
    {"command": "info", "url": "http://[bad/"},
    {"command": "info", "url": "//[::1"},
    {"command": "info", "url": "http://a]b/"},
    {"command": "info", "url": "http://\u2100.example/"},
    {"command": "info", "url": "\ud800"},
    {"command": "info", "url": 7},
    {"command": ["info"], "url": None},
    [],
    "info",
)


@pytest.mark.parametrize("frame", FRAMES)
def test_a_malformed_frame_is_answered(kept: Preview, frame: object) -> None:
    before = len(kept.told)

    async def talk() -> None:
        request = HTTPRequest(
            f"ws://localhost:{kept.port}/-/socket?token={kept.token}",
            headers={"Origin": f"http://localhost:{kept.port}"},
        )
        connection = await websocket_connect(request)
        await connection.write_message(json.dumps(frame))
        with suppress(WebSocketClosedError):
            await connection.write_message(json.dumps({"command": "hello"}))
        await connection.read_message()
        connection.close()
        await asyncio.sleep(0.01)  # the loop closes it in its next turn

    asyncio.run(talk())
    assert "Traceback" not in kept.told[before:]
    assert kept.token not in kept.told[before:]


def test_the_preview_serves_what_a_build_publishes(small: SiteTest) -> None:
    small.write("layouts/shortcodes/pic.html", '<img src="{{ page.url }}{{ args.n }}.txt" alt="">')
    head = "---\ntitle: A page\ndate: 2024-01-01\n---\n"
    small.write("content/explainers/z/index.md", f'{head}[x](shown.txt) {{{{< pic n="guessed" >}}}}')
    small.write(
        "content/explainers/y.md",
        f"{head}[x](z/elsewhere.txt) [y](../z/elsewhere.txt)".replace("[x](z/elsewhere.txt) ", ""),
    )
    names = [
        "shown.txt",
        "elsewhere.txt",
        "guessed.txt",
        "notes.txt",
        "x.orig",
        "x.swp",
        "evil.html",
        "x.txt~",
        "index.md",
    ]
    for name in names[:-1]:
        small.write(f"content/explainers/z/{name}", "x")
    assert small.build().exit == 0
    with Preview(small.root) as preview:
        served = {name for name in names if preview.get(f"/explainers/z/{name}").status == 200}
    assert served == {name for name in names if (small.out / "explainers/z" / name).is_file()}
    assert served == {"shown.txt", "elsewhere.txt"}


def test_a_drawing_that_is_opened_by_itself_runs_nothing(kept: Preview) -> None:
    assert kept.get("/static/icon.svg").headers["Content-Security-Policy"] == "sandbox"


def test_a_preview_survives_names_that_are_no_utf_8(preview: Preview, small: SiteTest) -> None:
    small.write("content/explainers/z/index.md", "---\ntitle: Z\ndate: 2024-01-01\n---\nText.\n")
    preview.shows("/explainers/z/", "Text.")
    try:
        (small.root / "content/explainers/z" / os.fsdecode(b"caf\xe9.png")).write_bytes(b"x")
    except OSError:
        pytest.skip("the file system takes no such name")
    until(lambda: preview.ask("faults")["count"], "the name is told", preview.process)
    assert preview.process.poll() is None
    assert preview.get("/explainers/z/").status == 200
