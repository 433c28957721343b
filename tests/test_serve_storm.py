"""The preview under load: many pages open, slow and rude clients, a thousand files at once, no watches left."""

from __future__ import annotations

import errno
import os
import random
import socket
import threading
import time
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import watchfiles

from explainer.serve.changes import Changes
from explainer.serve.watcher import Watcher
from explainer.system.default_theme import default_layouts
from tests.serve_support import Crowd, Preview, soak, until, wakes
from tests.test_serve import assert_as_built, page

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Iterator

    from tests.harness import SiteTest

MANY, SOCKETS = 150, 200


@pytest.fixture
def many(site: SiteTest) -> SiteTest:
    for number in range(MANY):
        site.write(f"content/explainers/p{number}.md", page(f"mark-{number}", f"Page {number}"))
    return site


def rude(port: int, stack: ExitStack) -> None:
    """Clients that ask and don't read, begin and don't end, and send what no browser does."""
    slow = stack.enter_context(socket.create_connection(("127.0.0.1", port)))
    slow.sendall(f"GET / HTTP/1.1\r\nHost: localhost:{port}\r\n\r\n".encode() * 50)
    half = stack.enter_context(socket.create_connection(("127.0.0.1", port)))
    half.sendall(b"GET / HT")
    for rubbish in (b"\x16\x03\x01\x00", b"GET\r\n\r\n", b"\0" * 4096):
        other = stack.enter_context(socket.create_connection(("127.0.0.1", port)))
        other.sendall(rubbish)


def send_much(port: int) -> bytes:
    """What is answered to a header of ten megabytes: a refusal, or nothing."""
    with socket.create_connection(("127.0.0.1", port), timeout=30) as client:
        try:
            client.sendall(f"GET / HTTP/1.1\r\nHost: localhost:{port}\r\nX: ".encode())
            for _ in range(160):
                client.sendall(b"x" * 65536)
            return client.recv(65536)
        except OSError:  # it hung up, as it should
            return b""


def test_a_storm(many: SiteTest) -> None:
    with Preview(many.root) as preview, ExitStack() as stack:
        crowd = Crowd(preview, SOCKETS)
        stack.callback(crowd.close)
        rude(preview.port, stack)
        answers: set[int] = set()
        stop = threading.Event()

        def look() -> None:
            rng = random.Random(1)  # noqa: S311 - the same each time
            while not stop.is_set():
                answers.add(preview.get(f"/explainers/p{rng.randrange(MANY)}/").status)

        looking = threading.Thread(target=look)
        looking.start()
        answer = send_much(preview.port)
        assert b" 200 " not in answer[:20]
        for number in range(MANY):
            many.write(f"content/explainers/p{number}.md", page(f"stormy-{number}", f"Title {number}"))
        preview.shows(f"/explainers/p{MANY - 1}/", f"It is stormy-{MANY - 1}.")
        until(lambda: "Title 0" in preview.get("/explainers/").text, "lists are up to date")
        stop.set()
        looking.join()
        assert answers == {200}
        until(lambda: crowd.heard >= SOCKETS, "all hear of it")
        assert "Traceback" not in preview.told
        assert_as_built(preview, many)


needs_proc = pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="there is no /proc to count in")


@needs_proc
@pytest.mark.parametrize("saves", [180, pytest.param(600, marks=pytest.mark.torture)])
def test_saving_again_and_again_leaves_nothing_behind(many: SiteTest, saves: int) -> None:
    def save(number: int) -> str:
        many.write(f"content/explainers/p{number % 7}.md", page(f"mark-{number}", f"Title {number // 5}"))
        return f"/explainers/p{number % 7}/"

    with Preview(many.root) as preview:
        grown, files = soak(preview, saves, save)
        assert grown < 12, f"{grown} MiB"
        assert files <= 2


@needs_proc
def test_a_preview_that_nobody_uses_takes_next_to_nothing(many: SiteTest) -> None:
    with Preview(many.root) as preview:
        preview.listen("/explainers/p1/")
        many.write("content/explainers/p1.md", page("saved"))
        preview.shows("/explainers/p1/", "It is saved.")

        def woken() -> Counter[str]:
            before = wakes(preview.process.pid)
            end = time.monotonic() + 1
            while time.monotonic() < end:  # others read the theme meanwhile, as tests and builds do
                layout.read_bytes()
                time.sleep(0.005)
            return wakes(preview.process.pid) - before

        layout = default_layouts() / "base.html"
        last: list[Counter[str]] = []

        def at_rest() -> bool:
            last[:] = [woken()]
            return last[0].total() < 100

        # watchfiles looks fifty times a second whether the system told of something; nothing else may go on.
        until(at_rest, lambda: f"it comes to rest: in the last second {last} woke up")


# --- Watches ---


class Heard:
    """What a watcher tells."""

    def __init__(self) -> None:
        self.changes = Changes()
        self.warnings: list[str] = []

    def changed(self, changes: Changes) -> None:
        self.changes |= changes


@pytest.fixture
def heard() -> Heard:
    return Heard()


def watched(site: SiteTest, heard: Heard, *, poll: bool = False) -> Iterator[Watcher]:
    theme = site.root / "theme"
    theme.mkdir(exist_ok=True)
    watcher = Watcher(site.root, theme, heard.changed, heard.warnings.append, poll=poll)
    watcher.start()
    yield watcher
    watcher.stop()


def saved_until_heard(site: SiteTest, heard: Heard) -> None:
    """Save until it is heard: a watch begins at its own time."""

    def save() -> bool:
        site.write("content/explainers/a.md", page(str(os.urandom(4))))
        return "content/explainers/a.md" in heard.changes.pages

    until(save, "a save is heard")


def test_a_refused_watch_becomes_polling_with_a_warning(
    site: SiteTest, heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_folders: Path, **_options: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(watchfiles, "watch", refuse)
    site.write("content/explainers/a.md", page("x"))
    for _ in watched(site, heard):
        saved_until_heard(site, heard)
    assert heard.warnings == ["the system has no room for so many watches; files are looked at by turns"]
