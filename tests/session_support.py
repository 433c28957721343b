"""A preview's session without its server. Its cache is closed when the test ends, by a fixture that every test has."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

from explainer.engine.up_to_date import scan_inputs
from explainer.lsp.edited_site import EditedSite
from explainer.serve.changes import Changes
from explainer.serve.session import Session
from explainer.serve.warm_start import preview_cache

if TYPE_CHECKING:
    from pathlib import Path

caches = ExitStack()


def started(root: Path) -> Session:
    """A session that has read the site."""
    seen = scan_inputs(root)
    session = Session(root, caches.enter_context(preview_cache(root)))
    session.start(seen)
    return session


def begun(root: Path) -> Session:
    """A session that has looked at everything."""
    session = started(root)
    assert list(session.update(Changes()))[-1].last
    return session


def edited(root: Path) -> EditedSite:
    """A site as an editor has it, begun."""
    site = EditedSite(root, caches.enter_context(preview_cache(root, "editor")))
    site.start()
    return site
