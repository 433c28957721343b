"""Built sites as a browser sees them: served on this machine, under the policy that the docs tell newsrooms to set."""

from __future__ import annotations

import functools
import threading
from collections import defaultdict
from contextlib import contextmanager
from fnmatch import fnmatchcase
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import Browser

    from tests.harness import SiteTest

# A page of each kind, on the demo and on the hard site.
STORY = "/explainers/sessions-kislyak/"
DEMO = (
    "/", "/explainers/", STORY, "/explainers/mayflower-abril-2016/", "/about/", "/how-we-label-sourcing/",
    "/how-writers-declare-sources/", "/claims/", "/claims/2017/07/",
    "/sources/intercepts/", "/people/jeff-sessions/", "/tags/russia/", "/404.html",
)  # fmt: skip
HARD = (
    "/", "/explainers/hard/", "/explainers/arabic/", "/explainers/espanol/", "/explainers/bare/", "/explainers/pictured/", "/claims/2017/07/",
    "/people/minister/", "/sources/record/",
)  # fmt: skip

# What `docs/theming.md` tells newsrooms to set; nothing inline may run or be styled.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--font-render-hinting=none",
)  # fmt: skip


class _Handler(SimpleHTTPRequestHandler):
    def end_headers(self) -> None:
        self.send_header("Content-Security-Policy", POLICY)
        super().end_headers()

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


def joined(site: SiteTest, path: str) -> dict[str, list[str]]:
    """The headers of an answer, from all rules of `_headers` that match, as Netlify and Cloudflare join them."""
    found: dict[str, list[str]] = defaultdict(list)
    matches = False
    for line in site.read("_headers").splitlines():
        if not line.startswith("  "):
            matches = fnmatchcase(path, line)
        elif matches:
            name, _, value = line.strip().partition(": ")
            found[name].append(value)
    return found


class HostHandler(SimpleHTTPRequestHandler):
    """Sends what `_headers` says."""

    site: SiteTest

    def __init__(self, *args: Any, site: SiteTest, **options: Any) -> None:
        self.site = site
        super().__init__(*args, **options)

    def end_headers(self) -> None:
        for name, values in joined(self.site, self.path).items():
            self.send_header(name, ", ".join(values))
        super().end_headers()

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


class _Server(ThreadingHTTPServer):
    def handle_error(self, *_: Any) -> None:
        """Say nothing of a browser that closes while it is sent a file."""


@contextmanager
def served(folder: Path, handler: Callable[..., SimpleHTTPRequestHandler] = _Handler) -> Iterator[str]:
    """The address at which a folder is served, by default under the policy."""
    with _Server(("127.0.0.1", 0), functools.partial(handler, directory=str(folder))) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


@contextmanager
def browser(path: str) -> Iterator[Browser]:
    """A Chromium without a window."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - most tests need no browser

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        try:
            yield opened
        finally:
            opened.close()
