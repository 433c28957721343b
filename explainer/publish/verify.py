"""Verify that readers get what was published, by requesting it."""

from __future__ import annotations

import gzip
import http.client
import re
import ssl
import time
import zlib
from concurrent.futures import ThreadPoolExecutor
from email.utils import parsedate_to_datetime
from hashlib import sha256
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote, urljoin, urlsplit

from explainer.feeds.host_files import is_fingerprinted
from explainer.model.output_files import EMBEDS, moved_file
from explainer.publish.errors import redacted

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from explainer.publish.plan import Plan

_AT_ONCE = 8
_TIMEOUT, _LONGEST_ANSWER = 20, 60  # seconds of silence, and for one whole answer
_GIVE_UP = 16  # answers missed in a row after which a round of asking ends
_PAUSE, _LONGEST_PAUSE = 0.5, 10.0  # seconds until it is looked at again
_REDIRECTS = 5
_DAY = 86_400
_LONGEST_KEPT = 600  # seconds for which a cache may keep a page
_GONE = frozenset({404, 410})
_MAX_AGE = re.compile(r"(?:s-maxage|max-age)=(\d+)")
_DIRECTIVE = re.compile(r"""([a-z-]+)(?:\s*=\s*("[^"]*"|[^\s,]*))?""")
_ANCESTORS = re.compile(r"frame-ancestors[^;,]*", re.IGNORECASE)
_SCRIPTS = ("text/javascript", "application/javascript", "application/x-javascript")
_TYPES = {".html": ("text/html",), ".css": ("text/css",), ".js": _SCRIPTS, ".svg": ("image/svg+xml",)}


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
    headers: http.client.HTTPMessage
    pause: float = 0.0


def expected_of(plan: Plan, digests: dict[str, str], moved: Iterable[str]) -> list[Expected]:
    """The files to expect after a plan. Addresses that redirect are skipped, since hosts do that in different ways."""
    changed = {action.path: digests[action.path] for action in plan.sending}
    gone = dict.fromkeys(action.path for action in plan.of("delete"))
    return expected_files({**changed, **gone}, moved)


def expected_files(digests: Mapping[str, str | None], moved: Iterable[str]) -> list[Expected]:
    """Of these files, those that hosts serve as they are; a digest of None stands for a file that is gone."""
    passed = set(moved)
    return [Expected(path, digest) for path, digest in digests.items() if path not in passed and is_served(path)]


def is_served(path: str) -> bool:
    """Whether readers can ask for a file: not for what only the host reads."""
    name = path.rpartition("/")[2]
    return not (name.startswith((".", "_")) or name.endswith((".gz", ".br")) or name == "CNAME")


def moved_paths(redirects: str, root: str) -> list[str]:
    """The files of addresses that `_redirects` sends elsewhere."""
    starts = (line.split(" ", 1)[0] for line in redirects.splitlines())
    return [moved_file("/" + start.removeprefix(root)) for start in starts]


def reader_address(base_url: str, path: str) -> str:
    """Where readers find a file."""
    page = path.removesuffix("index.html") if path == "index.html" or path.endswith("/index.html") else path
    return base_url + quote(page)


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

    def _look(self, expected: Expected) -> tuple[str, str, float]:
        """What is wrong at an address, what is doubtful, and how long the host asks to be left alone."""
        if self.unanswered >= _GIVE_UP:
            return "not asked for: the host answers no more", "", 0.0
        try:
            answer = self._get(reader_address(self.base_url, expected.path))
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
        if fault := _fault(expected.path, answer.headers):
            return fault, "", answer.pause
        cache = ", ".join(answer.headers.get_all("Cache-Control") or ())
        return "", _doubt(expected.path, cache) or _doubtful_header(expected.path, answer.headers), 0.0

    def _get(self, url: str) -> _Answer:
        for _ in range(_REDIRECTS):
            status, content, headers = self._ask(url)
            location = headers.get("Location")
            if status in {301, 302, 307, 308} and location:
                url = urljoin(url, location)
                continue
            asked = headers.get("Retry-After") or ""
            pause = float(asked) if asked.isdecimal() and status in {429, 503} else 0.0
            return _Answer(status, content, headers, pause)
        return _Answer(310, b"", http.client.HTTPMessage())

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
        # As browsers ask: compressed, and without a word to caches, so that they answer as they answer readers.
        headers = {
            "Host": parts.netloc, "Accept-Encoding": "gzip", "User-Agent": "explainer", "Connection": "close",
        }  # fmt: skip
        try:
            link.request("GET", target, headers=headers)
            answer = link.getresponse()
            return answer.status, _decoded(_read(answer), answer.headers), answer.headers
        finally:
            link.close()


def _read(answer: http.client.HTTPResponse) -> bytes:
    """The content of an answer, unless it goes on for ever."""
    until = time.monotonic() + _LONGEST_ANSWER
    parts = []
    while part := answer.read1(1 << 16):
        parts.append(part)
        if time.monotonic() > until:
            raise TimeoutError("the answer doesn't end")
    return b"".join(parts)


def _decoded(content: bytes, headers: http.client.HTTPMessage) -> bytes:
    """The content as browsers have it; as it came, where that can't be undone."""
    if (headers.get("Content-Encoding") or "").strip().lower() == "gzip":
        try:
            return gzip.decompress(content)
        except (OSError, EOFError, zlib.error):
            pass
    return content


def _fault(path: str, headers: http.client.HTTPMessage) -> str:
    """Why readers don't get a file as it should be although its bytes are right, if so."""
    page = path.endswith(".html")
    relied_on = page or path.endswith(".css")
    if relied_on and not headers.get("Content-Type") and _nosniff(headers):
        return "comes without a type, and browsers may not guess one"
    odd = _odd_type(path, headers)
    if odd and (relied_on or _nosniff(headers)):
        return odd
    if page and headers.get_content_disposition() not in {None, "inline"}:
        return f"comes as a download (`Content-Disposition: {headers.get_content_disposition()}`)"
    age = _kept_for(headers)
    if page and age > _LONGEST_KEPT:
        return f"may be kept for {age} seconds: readers won't see corrections"
    return ""


def _nosniff(headers: http.client.HTTPMessage) -> bool:
    return (headers.get("X-Content-Type-Options") or "").strip().lower() == "nosniff"


def _odd_type(path: str, headers: http.client.HTTPMessage) -> str:
    """What is wrong with the type of a file, of the kinds that browsers take by their type."""
    wanted = next((types for ending, types in _TYPES.items() if path.endswith(ending)), None)
    if wanted is None or not headers.get("Content-Type"):
        return ""
    found = headers.get_content_type()
    return "" if found in wanted else f"comes as {found}, not as {wanted[0]}"


def _kept_for(headers: http.client.HTTPMessage) -> int:
    """For how many seconds caches may keep an answer."""
    cache = _directives(headers)
    if "no-store" in cache or cache.get("no-cache") == "":
        return 0
    ages = [int(cache[name]) for name in ("max-age", "s-maxage") if cache.get(name, "").isdecimal()]
    if ages:
        # A reader may get what is stale while the cache asks for another.
        stale = "" if "must-revalidate" in cache else cache.get("stale-while-revalidate", "")
        return max(ages) + (int(stale) if stale.isdecimal() else 0)
    try:
        until = parsedate_to_datetime(headers.get("Expires") or "").timestamp()
        date = headers.get("Date")
        return int(until - (parsedate_to_datetime(date).timestamp() if date else time.time()))
    except (ValueError, TypeError):
        return 0


def _directives(headers: http.client.HTTPMessage) -> dict[str, str]:
    """What all `Cache-Control` headers together say; the value is empty where there is none."""
    whole = ", ".join(headers.get_all("Cache-Control") or ()).lower()
    return {name: value.strip('"') for name, value in _DIRECTIVE.findall(whole)}


def _doubtful_header(path: str, headers: http.client.HTTPMessage) -> str:
    """What else of the headers would harm readers of a page, or keep them from seeing its drawings."""
    if path.endswith(".svg") and not path.startswith("static/"):
        return _odd_type(path, headers)
    if not path.endswith(".html"):
        return ""
    charset = headers.get_content_charset()
    if charset not in {None, "utf-8"}:
        return f"comes with the charset {charset}, and is in utf-8"
    robots = ", ".join(headers.get_all("X-Robots-Tag") or ()).lower()
    if re.search(r"\b(?:noindex|none)\b", robots) and path != "404.html":
        return "comes with `X-Robots-Tag: noindex`: search engines won't list it"
    if headers.get("Last-Modified") and not _directives(headers) and not headers.get("Expires"):
        return "comes without `Cache-Control`: browsers choose for themselves how long they keep it"
    return _forbids_frames(headers) if path.startswith(EMBEDS) else ""


def _forbids_frames(headers: http.client.HTTPMessage) -> str:
    """What keeps other sites from framing a page that is there to be framed; browsers obey the policy first."""
    ancestors = _ANCESTORS.findall(", ".join(headers.get_all("Content-Security-Policy") or ()))
    found = next((one for one in ancestors if set(one.split()[1:]) <= {"'none'", "'self'"}), "")
    if not found and not ancestors and headers.get("X-Frame-Options"):
        found = f"X-Frame-Options: {headers.get('X-Frame-Options')}"
    return f"comes with `{found}`: other sites can't show the claim" if found else ""


def _doubt(path: str, cache: str) -> str:
    """Why a `Cache-Control` header would harm readers, if so."""
    if is_fingerprinted(path):
        return "" if "immutable" in cache or not cache else f"could be kept for good, and comes with `{cache}`"
    age = max((int(found) for found in _MAX_AGE.findall(cache)), default=0)
    if "immutable" in cache or age > _DAY:
        return f"comes with `Cache-Control: {cache}`: readers won't see corrections"
    return ""
