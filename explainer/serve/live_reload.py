"""The socket over which open pages hear that something changed: livereload's, with its doors shut."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import urlsplit

from livereload.handlers import LiveReloadHandler
from tornado.websocket import WebSocketClosedError

from explainer.serve.discreet import Discreet
from explainer.serve.guard import clean_path

if TYPE_CHECKING:
    from explainer.serve.guard import Guard

# What a message may say: it names a kind of change, never a file.
PAGES, STYLES, FAULTS = "*", "*.css", "!"


class SocketHandler(Discreet, LiveReloadHandler):  # type: ignore[misc]
    """One open page. Only our own pages may open it, with the token that they were given."""

    # Not the parent's, which all servers of a process share.
    waiters: ClassVar[set[SocketHandler]] = set()
    shown: str | None = None

    def initialize(self, guard: Guard) -> None:
        """Take what is answered to."""
        self.guard = guard

    def prepare(self) -> None:
        """Turn away whoever isn't one of our pages."""
        headers = self.request.headers
        origin, host = headers.get("Origin"), headers.get("Host")
        known = self.guard.knows_origin(origin, host) and self.guard.knows_token(self.get_query_argument("token", None))
        if not known:
            self.set_status(403)
            self.finish("This socket is for the preview's own pages.\n")

    def check_origin(self, origin: str) -> bool:
        """Hold the origin against ours."""
        return self.guard.knows_origin(origin, self.request.headers.get("Host"))

    def on_message(self, message: str | bytes) -> None:
        """Greet, and take in which page this is. What isn't the protocol ends the talk."""
        try:
            said = json.loads(message)
            command, url = said.get("command"), said.get("url")
            path = urlsplit(url).path if isinstance(url, str) else None
        except (ValueError, AttributeError, RecursionError):
            self.close(1003)
            return
        if command == "info" and path is not None:
            self.shown = clean_path(path) if path.isprintable() else None
            self.waiters.add(self)
        elif command == "hello":
            super().on_message(json.dumps({"command": "hello"}))

    def send_message(self, message: str | dict[str, Any]) -> None:
        """Send a message; a page that is gone, or was turned away, gets none."""
        with suppress(WebSocketClosedError):
            self.write_message(message)

    def on_close(self) -> None:
        """Forget a page that was closed."""
        self.waiters.discard(self)


def tell(kind: str) -> None:
    """Tell every open page that something of this kind changed."""
    message: dict[str, Any] = {"command": "reload", "path": kind, "liveCSS": True, "liveImg": False}
    for waiter in SocketHandler.waiters.copy():
        try:
            waiter.write_message(message)
        except WebSocketClosedError:
            SocketHandler.waiters.discard(waiter)


def shown() -> set[str]:
    """The paths of the pages that are open."""
    return {waiter.shown for waiter in SocketHandler.waiters.copy() if waiter.shown}
