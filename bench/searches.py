"""Questions to the search of a built site, in a browser: how long until results are shown, and what was loaded for them."""

from __future__ import annotations

import functools
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, NamedTuple

from bench.previews import FLAGS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

QUESTIONS = ("spokesperson", "hospital audit", "rai", "council budget vote")
"""A word, two, the beginning of some, three; each word of the corpus is on nearly every page."""
_MB = 1_000_000
# From the question to the first results; the sizes are those before any compression.
ASK = """async (words) => {
  performance.setResourceTimingBufferSize(10_000);
  const form = document.querySelector("form[role=search]"), status = document.getElementById("search-status");
  const begin = performance.now();
  form.elements.q.value = words;
  form.requestSubmit();
  while (!status.textContent) await new Promise(requestAnimationFrame);
  const taken = performance.now() - begin;
  const loaded = performance.getEntriesByType("resource").filter((one) => one.name.endsWith(".json"));
  return [taken / 1000, loaded.reduce((sum, one) => sum + one.decodedBodySize, 0)];
}"""


class Answer(NamedTuple):
    """Seconds until a browser that knows nothing of the index shows the results, and what it loaded of it, in MB."""

    wall: float
    loaded: float


class _Quiet(SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def answers(site: Path, chromium: str) -> Iterator[Answer]:
    """Ask each question of a built site once, each in a browser without anything in its cache."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - few sessions have a browser

    handler = functools.partial(_Quiet, directory=str(site))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server, sync_playwright() as play:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        browser = play.chromium.launch(executable_path=chromium, args=list(FLAGS))
        try:
            for question in QUESTIONS:
                page = browser.new_context().new_page()
                page.goto(f"http://127.0.0.1:{server.server_port}/search/")
                wall, loaded = page.evaluate(ASK, question)
                yield Answer(wall, loaded / _MB)
                page.context.close()
        finally:
            browser.close()
            server.shutdown()
