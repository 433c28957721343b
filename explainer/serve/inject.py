"""What the preview adds to a page: one script, which is never written to any folder."""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING

from explainer.serve.guard import OWN

if TYPE_CHECKING:
    from explainer.serve.guard import Guard

_END = b"</body>"


def version_of(content: bytes) -> str:
    """What tells an output from another."""
    return blake2b(content, digest_size=9).hexdigest()


def with_script(html: bytes, guard: Guard, site: str) -> bytes:
    """A page with the preview's script at its end; `site` is the address that the site will have."""
    home = guard.address if guard.local else ""
    tag = (
        f'<script src="{OWN}preview.js" data-token="{guard.token}" data-version="{version_of(html)}"'
        f' data-home="{home}" data-site="{_attribute(site)}"></script>\n'
    ).encode()
    before, end, after = html.rpartition(_END)
    return before + tag + end + after if end else html + tag


def _attribute(text: str) -> str:
    return text.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;")
