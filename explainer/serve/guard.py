"""Who may ask, and for what: hosts, origins, the token, paths."""

from __future__ import annotations

import hmac
import ipaddress
import re
from typing import NamedTuple
from urllib.parse import unquote_to_bytes

LOOPBACK = ("localhost", "127.0.0.1", "::1")
OWN = "/-/"  # where the preview's own files stand; no output begins so
_ANYWHERE = ("0.0.0.0", "::")  # noqa: S104 - recognised, not bound
_UNFIT = re.compile(r"[\x00-\x1f\x7f\\]")
_HTTP = 80


class Guard(NamedTuple):
    """What a server at `host` and `port` answers to; `token` opens its socket, and all of it beyond this machine."""

    host: str
    port: int
    token: str

    @property
    def local(self) -> bool:
        """Whether it can be reached from this machine alone."""
        return self.host in LOOPBACK

    @property
    def address(self) -> str:
        """The address at which a browser on this machine should look."""
        name = "localhost" if self.local or self.host in _ANYWHERE else self.host
        return f"http://{_with_port(name, self.port)}"

    def knows_host(self, header: str | None) -> bool:
        """Whether a request's `Host` is one of ours, so that no other site's name leads here."""
        if header is None:
            return False
        name = header.lower()
        names = {*LOOPBACK, self.host}
        if name in {_with_port(one, self.port) for one in names}:
            return True
        if self.port == _HTTP and name in {_with_port(one, 0) for one in names}:
            return True
        # Someone who listens everywhere has more addresses than can be listed; a name could be anybody's.
        return self.host in _ANYWHERE and _is_address(name.rpartition(":")[0]) and name.endswith(f":{self.port}")

    def knows_origin(self, origin: str | None, host: str | None) -> bool:
        """Whether a page that opens the socket is ours: it says so by name, never by a number."""
        if origin is None or not self.knows_host(host):
            return False
        if self.local:
            return origin.lower() in {self.address, self.address.removesuffix(f":{_HTTP}")}
        return origin.lower() == f"http://{host}".lower()

    def knows_token(self, token: str | None) -> bool:
        """Whether this is the token."""
        return token is not None and hmac.compare_digest(token.encode(), self.token.encode())


def clean_path(raw: str) -> str | None:
    """The path of a request, decoded; None if it can't be one of the site's.

    Hidden files, steps up, empty steps, backslashes and control characters can't.
    """
    try:
        path = unquote_to_bytes(raw).decode("utf-8")
    except UnicodeDecodeError:
        return None
    if not path.startswith("/") or _UNFIT.search(path):
        return None
    steps = path[1:].split("/")
    if any(step.startswith(".") for step in steps) or "" in steps[:-1]:
        return None
    return path


def _with_port(name: str, port: int) -> str:
    shown = f"[{name}]" if ":" in name else name
    return f"{shown}:{port}" if port else shown


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name.strip("[]"))
    except ValueError:
        return False
    return True
