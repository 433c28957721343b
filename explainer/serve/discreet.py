"""Requests that fail are logged without the query of their address, in which the token stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tornado.log import app_log
from tornado.web import HTTPError, RequestHandler

if TYPE_CHECKING:
    from types import TracebackType


class Discreet(RequestHandler):
    """A handler that logs nothing of a request but its path."""

    def log_exception(
        self, typ: type[BaseException] | None, value: BaseException | None, tb: TracebackType | None
    ) -> None:
        """Log an error of ours; what a browser asked wrongly is answered, and of no interest to whoever writes."""
        if typ is not None and value is not None and not isinstance(value, HTTPError):
            app_log.error("A request for %s failed", ascii(self.request.path), exc_info=(typ, value, tb))
