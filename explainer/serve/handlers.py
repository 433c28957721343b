"""What is answered to a browser: outputs of the tree, the preview's own files, nothing else."""

from __future__ import annotations

import asyncio
import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, quote, urlencode

from explainer.engine.page_texts import MissingTextError
from explainer.feeds.host_files import EVERYWHERE, page_headers
from explainer.model import output_files
from explainer.serve.discreet import Discreet
from explainer.serve.errors import BrokenError
from explainer.serve.guard import OWN, Guard, clean_path
from explainer.serve.inject import version_of, with_script

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from explainer.diagnostics import Diagnostic
    from explainer.serve.session import Session
    from explainer.serve.tree import Tree
    from explainer.serve.warm_start import SavedResponses

STATIC = Path(__file__).parent / "static"
_OWN_FILES = ("preview.js", "preview.css", "desk.css")
_WAIT, _TRIES = 0.05, 40  # for a newer tree
_ASKED = 100
_MONTH, _YEAR = 30 * 86400, 365 * 86400  # seconds
_NAMED = re.compile(r"static/.*\.[0-9a-f]{10}\.(css|js|woff2)")  # by what is in it
_TYPES = {
    "html": "text/html; charset=utf-8",
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "mjs": "text/javascript; charset=utf-8",
    "json": "application/json; charset=utf-8",
    "txt": "text/plain; charset=utf-8",
    "xml": "application/xml; charset=utf-8",
    "svg": "image/svg+xml",
    "png": "image/png",
    "apng": "image/apng",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "gif": "image/gif",
    "webp": "image/webp",
    "avif": "image/avif",
    "ico": "image/x-icon",
    "woff": "font/woff",
    "woff2": "font/woff2",
    "ttf": "font/ttf",
    "pdf": "application/pdf",
    "mp3": "audio/mpeg",
    "mp4": "video/mp4",
    "webm": "video/webm",
}
_NOTHING_YET = (
    b"<!doctype html>\n<html lang=en><head><meta charset=utf-8><title>Preview</title></head>"
    b"<body><p>There is nothing to show yet.</p></body></html>\n"
)


@dataclass(slots=True)
class Served:
    """What handlers answer from: whom to answer, how to open an editor, the site.

    Until the site is in memory `session` is None; what `saved` has is answered nevertheless.
    """

    site: Path
    guard: Guard
    editor: str | None
    saved: SavedResponses | None = None
    session: Session | None = None
    loaded: asyncio.Event = field(default_factory=asyncio.Event)
    asked: dict[str, None] = field(default_factory=dict)  # outputs that were asked for, the last one last

    def __post_init__(self) -> None:
        """Begin with what was asked for before."""
        self.asked.update(dict.fromkeys(self.saved.digests if self.saved else ()))

    def note(self, output: str) -> None:
        """Note that an output was asked for."""
        self.asked.pop(output, None)
        self.asked[output] = None
        if len(self.asked) > _ASKED:
            del self.asked[next(iter(self.asked))]

    async def ready(self) -> Session:
        """The site, once it is in memory."""
        while self.session is None:
            await self.loaded.wait()
        return self.session


class Base(Discreet):
    """Answers to GET and HEAD alone, and only to whom it should."""

    session: Session

    SUPPORTED_METHODS = ("GET", "HEAD")

    def initialize(self, served: Served) -> None:
        """Take what is answered from."""
        self.served, self.guard = served, served.guard

    def set_default_headers(self) -> None:
        """Keep browsers from guessing, from keeping what is old, and other sites from taking anything in."""
        self.set_header("Server", "Explainer")
        self.set_header("Cache-Control", "no-cache")
        self.set_header("X-Content-Type-Options", "nosniff")
        self.set_header("Cross-Origin-Resource-Policy", "same-origin")

    def prepare(self) -> None:
        """Turn away a foreign host; beyond this machine, whoever hasn't the token."""
        if not self.guard.knows_host(self.request.headers.get("Host")):
            self.refuse(421, "This preview is for another address.")
        elif not self.guard.local and not self._has_token():
            self.refuse(403, "This preview opens with the address that `explainer serve` prints.")

    def _has_token(self) -> bool:
        cookie = f"explainer-{self.guard.port}"
        if self.guard.knows_token(self.get_cookie(cookie)):
            return True
        given = self.get_query_argument("token", None)
        if self.guard.knows_token(given):
            self.set_cookie(cookie, self.guard.token, httponly=True, samesite="Strict", max_age=_MONTH)
            return True
        return False

    def refuse(self, status: int, reason: str) -> None:
        """Answer in a line of plain text."""
        self.set_status(status)
        self.set_header("Content-Type", "text/plain; charset=utf-8")
        self.finish(f"{reason}\n")

    def write_error(self, status_code: int, **_kwargs: Any) -> None:
        """Tell a status and nothing of what led to it."""
        self.refuse(status_code, self._reason)

    async def head(self) -> None:
        """As GET; no body is sent."""
        await self.get()

    async def get(self) -> None:
        """Answer."""
        raise NotImplementedError


class PageHandler(Base):
    """An output of the tree by its path."""

    def prepare(self) -> None:
        """Send a browser that has the cookie now to the address without the token, which stays nowhere else."""
        super().prepare()
        path = clean_path(self.request.path)
        if self._finished or path is None or self.request.path.startswith(OWN):
            return
        others = [(key, value) for key, value in parse_qsl(self.request.query) if key != "token"]
        if self.guard.knows_token(self.get_query_argument("token", None)):
            self.redirect(quote(path) + (f"?{urlencode(others)}" if others else ""))

    async def get(self) -> None:
        """Answer with the output, its script added if it is a page."""
        path, saved = clean_path(self.request.path), self.served.saved
        if path and saved and self.served.session is None and self._answer_saved(saved, path):
            return
        self.session = await self.served.ready()
        if path is None:
            await self._absent()
            return
        tree = self.session.tree
        if tree is None:
            self._page(_NOTHING_YET, "", status=503)
            return
        inside = self._inside(tree.site.view.root, path)
        if inside is None:
            return
        output = _output(inside)
        content = await self.output(output)
        if content is not None:
            self._answer(tree.site.view.url, output, content, media=tree.site.view.media)
        elif f"{inside}/index.html" in tree.pages or f"{inside}/index.html" in tree.lists:
            self.redirect(quote(f"{path}/"))
        else:
            await self._absent()

    def _answer_saved(self, saved: SavedResponses, path: str) -> bool:
        """Answer with what the last preview showed; False if it isn't known."""
        inside = self._inside(saved.root, path)
        if inside is None:
            return True
        output = _output(inside)
        content = saved.get(output)
        if content is not None:
            self._answer(saved.url, output, content)
        return content is not None

    def _inside(self, root: str, path: str) -> str | None:
        """A path below that of the site's address; None where that was answered already."""
        if path.startswith(root):
            return path.removeprefix(root)
        if path == "/" or f"{path}/" == root:
            self.redirect(quote(root))
            return None
        return path.removeprefix("/") if root == "/" else f"{path}/"

    async def output(self, path: str) -> bytes | None:
        """An output; an earlier one where a layout fails over it."""
        tree = self.session.tree
        for _ in range(_TRIES):
            if tree is None:
                return None
            try:
                if tree.is_at_hand(path):
                    return tree.get(path)
                # Others are answered meanwhile.
                return await asyncio.to_thread(tree.get, path)
            except BrokenError:
                return tree.earlier(path) or _NOTHING_YET
            except MissingTextError:
                await asyncio.sleep(_WAIT)
                tree = self.session.tree
        return tree.earlier(path) or _NOTHING_YET if tree else None

    def _answer(self, site: str, path: str, content: bytes, *, status: int = 200, media: Sequence[str] = ()) -> None:
        self.served.note(path)
        if path.endswith(".html"):
            headers = page_headers(media, framed=path.startswith(output_files.EMBEDS))
            self._page(content, site, status=status, headers=headers)
            return
        self.set_header("Content-Type", _type_of(path))
        if path.lower().endswith(".svg"):
            # One that is opened by itself is a page of its own, on the preview's origin.
            self.set_header("Content-Security-Policy", "sandbox")
        if _NAMED.fullmatch(path):
            # A reload need not ask whether it is still the same.
            self.set_header("Cache-Control", f"private, max-age={_YEAR}, immutable")
        self.finish(content)

    def _page(self, content: bytes, site: str, *, status: int = 200, headers: Mapping[str, str] = EVERYWHERE) -> None:
        """Answer with a page, under the policy that it has on its host."""
        self.set_status(status)
        for name, value in headers.items():
            self.set_header(name, value)
        self.set_header("Content-Type", _TYPES["html"])
        self.set_header("Explainer-Version", version_of(content))
        self.finish(with_script(content, self.guard, site))

    async def _absent(self) -> None:
        self.session = await self.served.ready()
        tree = self.session.tree
        content = await self.output(output_files.NOT_FOUND)
        if tree is None or content is None:
            self.refuse(404, "There is no such page.")
        else:
            self._answer(tree.site.view.url, output_files.NOT_FOUND, content, status=404)


class OwnHandler(PageHandler):
    """The preview's own: its script and style, the diagnostics, the editor's panel."""

    async def get(self) -> None:
        """Answer with one of the preview's own files, or with what is asked for as data."""
        name = self.request.path.removeprefix(OWN)
        if name in _OWN_FILES:
            self.set_header("Content-Type", _type_of(name))
            self.finish((STATIC / name).read_bytes())
        elif name.startswith("desk/"):
            await self._desk(name.removeprefix("desk/"))
        elif name not in {"faults", "lens"}:
            await self._absent()
        elif not self._is_asked_by_us():
            self.refuse(403, "This is for the preview's own pages.")
        else:
            self.session = await self.served.ready()
            shown = self._shown()
            data = self._diagnostics(shown) if name == "faults" else self._editor_panel(shown)
            self.set_header("Content-Type", _TYPES["json"])
            self.finish(json.dumps(data))

    async def _desk(self, name: str) -> None:
        """One of the editor's pages."""
        from explainer.serve.desk_pages import desk_page  # noqa: PLC0415 - not before the first answer

        self.session = session = await self.served.ready()
        for _ in range(_TRIES):
            try:
                content = await asyncio.to_thread(desk_page, session, name, self.served.editor)
            except MissingTextError:  # a newer state of the page is being read
                await asyncio.sleep(_WAIT)
                continue
            if content is None:
                await self._absent()
            else:
                site = session.tree.site.view.url if session.tree else ""
                self._page(content, site)
            return
        self._page(_NOTHING_YET, "", status=503)

    def _is_asked_by_us(self) -> bool:
        origin, host = self.request.headers.get("Origin"), self.request.headers.get("Host")
        foreign = origin is not None and not self.guard.knows_origin(origin, host)
        return not foreign and self.guard.knows_token(self.get_query_argument("token", None))

    def _shown(self) -> str:
        """The output behind the page that asks."""
        path = clean_path(self.get_query_argument("page", "/")) or "/"
        return output_of(self.session.tree, path)

    def _diagnostics(self, shown: str) -> dict[str, Any]:
        from explainer.serve.error_overlay import overlay  # noqa: PLC0415 - not before the first answer

        session = self.session
        return overlay(
            [*session.result.diagnostics, *self._layout_errors(shown)],
            session.result.texts,
            session.root,
            self.served.editor,
        )

    def _layout_errors(self, shown: str) -> list[Diagnostic]:
        try:
            if self.session.tree:
                self.session.tree.get(shown)
        except BrokenError as error:
            return [error.diagnostic]
        except MissingTextError:
            pass
        return []

    def _editor_panel(self, shown: str) -> dict[str, Any]:
        from explainer.serve.editor_panel import editor_panel  # noqa: PLC0415 - not before the first answer

        tree = self.session.tree
        return (
            editor_panel(self.session, tree, shown, self.served.editor)
            if tree
            else {"page": None, "waiting": [], "warnings": 0}
        )


def output_of(tree: Tree | None, path: str) -> str:
    """The output that is shown at a path."""
    root = tree.site.view.root if tree else "/"
    inside = path.removeprefix(root) if path.startswith(root) else path.removeprefix("/")
    return _output(inside)


def _output(inside: str) -> str:
    return f"{inside}index.html" if inside == "" or inside.endswith("/") else inside


def _type_of(path: str) -> str:
    if path.endswith(".xml") and path in output_files.FEEDS:
        return f"{output_files.FEEDS[path]}; charset=utf-8"
    return _TYPES.get(path.rpartition(".")[2].lower(), "application/octet-stream")
