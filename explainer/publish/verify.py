"""Verify that readers get what was published, by requesting it."""

from __future__ import annotations

import http.client
import re
import ssl
import time
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote, urljoin, urlsplit

from explainer.feeds.host_files import is_fingerprinted
from explainer.model.output_files import moved_file
from explainer.publish.errors import redacted

if TYPE_CHECKING:
    from collections.abc import Iterable

    from explainer.publish.plan import Plan

_AT_ONCE = 8
_TIMEOUT = 20  # seconds for one answer
_GIVE_UP = 16  # answers missed in a row after which a round of asking ends
_PAUSE, _LONGEST_PAUSE = 0.5, 10.0  # seconds until it is looked at again
_REDIRECTS = 5
_DAY = 86_400
_GONE = frozenset({404, 410})
_MAX_AGE = re.compile(r"(?:s-maxage|max-age)=(\d+)")


class Expected(NamedTuple):
    """What readers should get at an address: content with this digest and size; None, nothing."""

    path: str
    digest: str | None


class Checked(NamedTuple):
    """What readers got. `wrong` has paths with what is wrong there, `doubtful` those with harmful headers.

    `reachable` is false where nobody answers at the site's address; then nothing is known.
    """

    looked_at: int
    reachable: bool = True
    wrong: tuple[tuple[str, str], ...] = ()
    doubtful: tuple[tuple[str, str], ...] = ()
    unreachable: str = ""


class _Answer(NamedTuple):
    status: int
    content: bytes
    cache: str
    pause: float = 0.0


def expected_of(plan: Plan, digests: dict[str, str], moved: Iterable[str]) -> list[Expected]:
    """The files to expect after a plan. Addresses that redirect are skipped, since hosts do that in different ways."""
    passed = set(moved)
    found = []
    for action in plan.actions:
        name = action.path.rpartition("/")[2]
        if name.startswith((".", "_")) or name.endswith((".gz", ".br")) or action.path in passed or name == "CNAME":
            continue
        if action.what in {"upload", "replace"}:
            found.append(Expected(action.path, digests[action.path]))
        elif action.what == "delete":
            found.append(Expected(action.path, None))
    return found


def moved_paths(redirects: str, root: str) -> list[str]:
    """The files of addresses that `_redirects` sends elsewhere."""
    starts = (line.split(" ", 1)[0] for line in redirects.splitlines())
    return [moved_file("/" + start.removeprefix(root)) for start in starts]


class Verifier:
    """Requests pages of a site; with `at`, from that server."""

    def __init__(self, base_url: str, at: str | None) -> None:
        self.base_url, self.at = base_url, at
        self.host = urlsplit(base_url).netloc
        self.unanswered = 0

    def check(self, expected_files: list[Expected], within: float) -> Checked:
        """Request every file, repeatedly until all are right or the time (in seconds) is over."""
        deadline = time.monotonic() + within
        try:
            self._get(self.base_url)
        except http.client.HTTPException:
            pass  # somebody is there; what is wrong shows below
        except OSError as error:
            return Checked(0, reachable=False, unreachable=redacted(f"{self.at or self.base_url}: {error}"))
        left, wrong = expected_files, dict[str, str]()
        doubtful: dict[str, str] = {}
        pause = _PAUSE
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            while True:
                self.unanswered = 0
                seen = list(pool.map(self._look, left))
                doubtful.update((one.path, doubt) for one, (_, doubt, _) in zip(left, seen, strict=True) if doubt)
                wrong = {one.path: problem for one, (problem, _, _) in zip(left, seen, strict=True) if problem}
                left = [one for one in left if one.path in wrong]
                pause = max(pause, *(asked for _, _, asked in seen)) if seen else pause
                if not left or time.monotonic() + pause > deadline:
                    break
                time.sleep(pause)
                pause = min(pause * 2, _LONGEST_PAUSE)
        return Checked(len(expected_files), wrong=tuple(wrong.items()), doubtful=tuple(doubtful.items()))

    def address(self, path: str) -> str:
        """Where readers find a file."""
        page = path.removesuffix("index.html") if path == "index.html" or path.endswith("/index.html") else path
        return self.base_url + quote(page)

    def _look(self, expected: Expected) -> tuple[str, str, float]:
        """What is wrong at an address, what is doubtful, and how long the host asks to be left alone."""
        if self.unanswered >= _GIVE_UP:
            return "not asked for: the host answers no more", "", 0.0
        try:
            answer = self._get(self.address(expected.path))
        except (OSError, http.client.HTTPException) as error:
            self.unanswered += 1
            return redacted(f"no answer: {str(error) or type(error).__name__}"), "", 0.0
        self.unanswered = 0
        if expected.digest is None:
            return ("" if answer.status in _GONE else f"still answers with {answer.status}"), "", answer.pause
        # Some hosts answer with 404 even when they are asked for the page that says so.
        fine = answer.status == 200 or (expected.path == "404.html" and answer.status == 404)  # noqa: PLR2004
        if not fine:
            return f"answers with {answer.status}", "", answer.pause
        if sha256(answer.content).hexdigest() != expected.digest:
            return "has other content", "", answer.pause
        return "", _doubt(expected.path, answer.cache), 0.0

    def _get(self, url: str) -> _Answer:
        for _ in range(_REDIRECTS):
            status, content, headers = self._ask(url)
            location = headers.get("Location")
            if status in {301, 302, 307, 308} and location:
                url = urljoin(url, location)
                continue
            asked = headers.get("Retry-After") or ""
            pause = float(asked) if asked.isdecimal() and status in {429, 503} else 0.0
            return _Answer(status, content, headers.get("Cache-Control") or "", pause)
        return _Answer(310, b"", "")

    def _ask(self, url: str) -> tuple[int, bytes, http.client.HTTPMessage]:
        parts = urlsplit(url)
        server = urlsplit(self.at) if self.at and parts.netloc == self.host else parts
        if server.scheme == "https":
            context = ssl.create_default_context()
            link: http.client.HTTPConnection = http.client.HTTPSConnection(
                server.netloc, timeout=_TIMEOUT, context=context
            )
        else:
            link = http.client.HTTPConnection(server.netloc, timeout=_TIMEOUT)
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        headers = {
            "Host": parts.netloc, "Accept-Encoding": "identity", "Cache-Control": "no-cache", "User-Agent": "explainer",
            "Connection": "close",
        }  # fmt: skip
        try:
            link.request("GET", target, headers=headers)
            answer = link.getresponse()
            return answer.status, answer.read(), answer.headers
        finally:
            link.close()


def _doubt(path: str, cache: str) -> str:
    """Why a `Cache-Control` header would harm readers, if so."""
    if is_fingerprinted(path):
        return "" if "immutable" in cache or not cache else f"could be kept for good, and comes with `{cache}`"
    age = max((int(found) for found in _MAX_AGE.findall(cache)), default=0)
    if "immutable" in cache or age > _DAY:
        return f"comes with `Cache-Control: {cache}`: readers won't see corrections"
    return ""
