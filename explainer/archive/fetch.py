"""Fetches public addresses: slowly per host, within bounds, and never from a private network.

A name is resolved once, every address that it stands for is checked to be public, and the connection goes to that address:
a name that changes in between leads nowhere else. Redirects go through the same.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urljoin, urlsplit
from urllib.robotparser import RobotFileParser

import httpx

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Resolve = Callable[[str, int], Sequence[str]]

AGENT = "explainer"
MOST_BYTES = 20_000_000
_MOST_ROBOTS = 500_000
_REDIRECTS = 5
_CHUNK = 65_536
_ERRORS = 500


class Limits(NamedTuple):
    """Bounds in seconds: for a connection and each read, for a request in all, between two requests to one host."""

    step: float = 10.0
    whole: float = 45.0
    pause: float = 1.0
    at_once: int = 8


LIMITS = Limits()


class Fetched(NamedTuple):
    """An answer: where it came from in the end, its status, type and content.

    `moved` says that all redirects on the way were for good, `headers` are as they came.
    """

    url: str
    status: int
    content_type: str
    charset: str | None
    content: bytes
    moved: bool = False
    headers: tuple[tuple[str, str], ...] = ()

    def header(self, name: str) -> str | None:
        """The value of a header."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)


class FetchError(Exception):
    """An address can't be fetched, or must not be. `refused` if somebody said no."""

    def __init__(self, message: str, *, refused: bool = False) -> None:
        super().__init__(message)
        self.refused = refused


def public_addresses(host: str, port: int) -> list[str]:
    """The addresses that a name stands for.

    Raises:
        FetchError: if there is none, or one that isn't public.
    """
    try:
        found = [str(ipaddress.ip_address(host))]
    except ValueError:
        found = _looked_up(host, port)
    for address in found:
        ip = ipaddress.ip_address(address.partition("%")[0])
        mapped = getattr(ip, "ipv4_mapped", None)
        if not (mapped or ip).is_global or ip.is_multicast:
            raise FetchError(f"{host} leads into a private network", refused=True)
    return found


def _looked_up(host: str, port: int) -> list[str]:
    try:
        return [str(one[4][0]) for one in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    except (OSError, UnicodeError) as error:
        raise FetchError(f"the name {host} isn't known") from error


class Fetcher:
    """Fetches addresses; one request at a time to each host."""

    def __init__(self, limits: Limits | None = None, resolve: Resolve | None = None) -> None:
        self.limits = limits or LIMITS
        self.resolve = resolve or public_addresses
        self._robots: dict[str, RobotFileParser | FetchError] = {}
        self._locks: dict[str, asyncio.Lock] = {}
        self._slots = asyncio.Semaphore(self.limits.at_once)

    async def fetch(self, url: str) -> Fetched:
        """Fetch an address, through redirects.

        Raises:
            FetchError: if it can't be fetched within the bounds, or must not be.
        """
        moved = True
        for _ in range(_REDIRECTS + 1):
            async with self._locks.setdefault(urlsplit(url).netloc, asyncio.Lock()):
                answer = await self._one(url)
            location = answer.headers.get("location")
            if answer.status not in {301, 302, 303, 307, 308} or not location:
                content_type = answer.headers.get("content-type", "")
                return Fetched(url, answer.status, content_type.partition(";")[0].strip().lower(),
                               _charset(content_type), answer.content, moved, _pairs(answer.headers))  # fmt: skip
            moved = moved and answer.status in {301, 308}
            try:
                url = urljoin(url, location)
                urlsplit(url)
            except ValueError as error:
                raise FetchError("redirects to something that isn't an address") from error
        raise FetchError(f"redirects more than {_REDIRECTS} times")

    async def ask(self, url: str, headers: dict[str, str] | None = None, form: bytes | None = None) -> Fetched:
        """Ask a service for programs, for which robots.txt isn't meant; a form is posted. Redirects aren't followed.

        Raises:
            FetchError: if there is no whole answer within the bounds.
        """
        async with self._locks.setdefault(urlsplit(url).netloc, asyncio.Lock()), self._slots:
            try:
                async with asyncio.timeout(self.limits.whole):
                    answer = await self._get(url, _MOST_ROBOTS, headers, form)
            except TimeoutError as error:
                raise FetchError(f"gave no whole answer within {self.limits.whole:.0f} seconds") from error
            await asyncio.sleep(self.limits.pause)
        return Fetched(url, answer.status, "application/json", None, answer.content, headers=_pairs(answer.headers))

    async def _one(self, url: str) -> _Answer:
        """One request, while nobody else asks this host."""
        async with self._slots:
            try:
                async with asyncio.timeout(self.limits.whole):
                    await self._check_robots(url)
                    answer = await self._get(url, MOST_BYTES)
            except TimeoutError as error:
                raise FetchError(f"gave no whole answer within {self.limits.whole:.0f} seconds") from error
        await asyncio.sleep(self.limits.pause)
        return answer

    async def _check_robots(self, url: str) -> None:
        """Ask the host's robots.txt once; one that can't be had for the host's own fault forbids all."""
        parts = urlsplit(url)
        origin = f"{parts.scheme}://{parts.netloc}"
        if origin not in self._robots:
            self._robots[origin] = await self._read_robots(origin)
        found = self._robots[origin]
        if isinstance(found, FetchError):
            raise found
        if not found.can_fetch(AGENT, url):
            raise FetchError("robots.txt asks programs not to fetch it", refused=True)

    async def _read_robots(self, origin: str) -> RobotFileParser | FetchError:
        rules = RobotFileParser()
        try:
            answer = await self._get(f"{origin}/robots.txt", _MOST_ROBOTS)
        except FetchError as error:
            return error
        if answer.status >= _ERRORS:
            return FetchError(f"robots.txt answers with {answer.status}", refused=True)
        text = "" if answer.status != 200 else answer.content.decode("utf-8", "replace")  # noqa: PLR2004 - the status
        rules.parse(text.splitlines())
        return rules

    async def _get(
        self, url: str, most: int, headers: dict[str, str] | None = None, form: bytes | None = None
    ) -> _Answer:
        """One request to the address that was checked."""
        parts = urlsplit(url)
        try:
            host, port = parts.hostname, parts.port or (443 if parts.scheme == "https" else 80)
        except ValueError as error:
            raise FetchError("isn't a valid address") from error
        if parts.scheme not in {"http", "https"} or not host or parts.username is not None:
            raise FetchError("isn't an http or https address without a user in it", refused=True)
        address = (await asyncio.to_thread(self.resolve, host, port))[0]
        try:
            return await _send(url, host, address, most, self.limits.step, headers, form)
        except httpx.HTTPError as error:
            raise FetchError(_told(error)) from error
        except (httpx.InvalidURL, ValueError, UnicodeError) as error:
            raise FetchError("isn't a valid address") from error


class _Answer(NamedTuple):
    status: int
    headers: httpx.Headers
    content: bytes


async def _send(
    url: str, host: str, address: str, most: int, step: float, more: dict[str, str] | None, form: bytes | None
) -> _Answer:
    """Send a request for a name to an address; TLS is for the name."""
    asked = httpx.URL(url)
    pinned = asked.copy_with(host=address, fragment=None)
    headers = {"Host": asked.netloc.decode("ascii"), "User-Agent": AGENT, "Accept-Encoding": "identity", **(more or {})}
    # No proxy of the environment: it would look the name up again.
    async with httpx.AsyncClient(timeout=step, trust_env=False) as client:
        request = client.build_request(
            "GET" if form is None else "POST", pinned, headers=headers, content=form, extensions={"sni_hostname": host}
        )
        answer = await client.send(request, stream=True)
        try:
            content = bytearray()
            async for chunk in answer.aiter_bytes(_CHUNK):
                content += chunk
                if len(content) > most:
                    raise FetchError(f"is larger than {most // 1_000_000} MB")
            return _Answer(answer.status_code, answer.headers, bytes(content))
        finally:
            await answer.aclose()


def _pairs(headers: httpx.Headers) -> tuple[tuple[str, str], ...]:
    """Headers as they came; of a content that came compressed, those of what it is without that."""
    packed = {"content-encoding", "content-length", "transfer-encoding"} if "content-encoding" in headers else set()
    return tuple((key, value) for key, value in headers.multi_items() if key.lower() not in packed)


def _charset(content_type: str) -> str | None:
    for part in content_type.split(";")[1:]:
        name, _, value = part.partition("=")
        if name.strip().lower() == "charset":
            return value.strip().strip("\"'") or None
    return None


def _told(error: httpx.HTTPError) -> str:
    """What went wrong, in words."""
    if isinstance(error, httpx.TimeoutException):
        return "didn't answer in time"
    said = str(error)
    if "CERTIFICATE" in said.upper() or "SSL" in said.upper():
        return f"has no valid certificate: {said}"
    return f"can't be reached: {said or type(error).__name__}"
