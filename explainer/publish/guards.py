"""Reasons to refuse a publication. All guards are asked before anything is sent; each only looks at values."""

from __future__ import annotations

import ipaddress
import re
from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from explainer.publish.errors import Refusal

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from explainer.output.build_info import BuildInfo
    from explainer.publish.build_input import FinishedBuild
    from explainer.publish.plan import Plan
    from explainer.publish.remote_manifest import RemoteManifest

MOST_DELETES, MOST_OF_SITE = 256, 0.2
_SHOWN = 5
_REBUILD = "build the site again, without --drafts and --future"
_LIVE_RELOAD = re.compile(rb"<script[^>]*(?:>[^<]*)?livereload", re.IGNORECASE)
_CANONICAL = re.compile(rb"<link[^>]* rel=\"?canonical\"?[^>]*>|<link[^>]* href=[^>]*canonical[^>]*>", re.IGNORECASE)
_HREF = re.compile(rb"href=\"?([^\" >]+)", re.IGNORECASE)


def of_build(
    build: FinishedBuild, base_url: str, now: int, *, unfinished: bool, time_zone: str = "UTC"
) -> Iterator[Refusal]:
    """Why a build must not be published at an address now; times are told in the time zone."""
    record = build.record
    if unfinished:
        message = "the last build of this site failed, was stopped, or still goes on: this is an earlier one's work"
        yield Refusal("unfinished", message, "build the site, and mend what it tells")
    if record.preview:
        yield Refusal("preview-tree", "this is the tree of a preview, not of a build", "run `explainer build`")
    if record.drafts:
        yield Refusal("drafts", f"the build contains drafts: {_some(record.drafts)}", _REBUILD)
    yield from _embargoed(record, now, time_zone)
    if not record.pages or not any(path.endswith(".html") for path in build.files):
        yield Refusal("empty", "the build contains no page", "a site needs at least one page that is due")
    if is_local(record.base_url):
        yield Refusal("local-address", f"the build is for {record.base_url}, which no reader can reach", _PUBLIC)
    elif record.base_url != base_url:
        message = f"the build is for {record.base_url}, and readers of this target are at {base_url}"
        yield Refusal("other-address", message, _BUILD_FOR)
    yield from _of_preview(build.tree, build.files)


def of_sources(changed: str | None) -> Iterator[Refusal]:
    """Why the last build must not stand for a site of which a file has changed since."""
    if changed:
        message = f"the site has changed since it was built: {changed}"
        yield Refusal("newer-content", message, "run `explainer build`, or publish with --build, which builds first")


_PUBLIC = "give `base_url` in content/site.yaml, or `--base-url`, the address that readers use, and build again"
_BUILD_FOR = "build without --base-url, or give the target a `base_url` of its own"


def _embargoed(record: BuildInfo, now: int, time_zone: str) -> Iterator[Refusal]:
    early = {page: due for page, due in record.embargoed if due > now}
    if early:
        page, due = min(early.items(), key=lambda one: one[1])
        when = datetime.fromtimestamp(due, ZoneInfo(time_zone)).isoformat(" ")
        more = f", and {len(early) - 1} more" if len(early) > 1 else ""
        yield Refusal("embargo", f"the build contains {page}, which isn't due before {when}{more}", _REBUILD)


def _of_preview(tree: Path, files: Iterable[str]) -> Iterator[Refusal]:
    """Traces of a preview server in pages."""
    for path in sorted(path for path in files if path.endswith(".html")):
        content = (tree / path).read_bytes()
        if _LIVE_RELOAD.search(content):
            yield Refusal("preview-tree", f"{path} reloads itself: it was made for a preview", "run `explainer build`")
            return
        canonical = _CANONICAL.search(content)
        address = canonical and _HREF.search(canonical[0])
        if address and is_local(address[1].decode("utf-8", "replace")):
            message = f"{path} says that its address is on this machine"
            yield Refusal("local-address", message, "build the site again with its public `base_url`")
            return


def is_local(address: str) -> bool:
    """Whether an address leads to the reader's own machine, or nowhere."""
    try:
        host = urlsplit(address).hostname or ""
    except ValueError:
        return True
    name = host.rstrip(".").lower()
    if not name:
        return address.lower().startswith(("http:", "https:"))
    if name == "localhost" or name.endswith((".localhost", ".local", ".invalid")):
        return True
    try:
        number = ipaddress.ip_address(name)
    except ValueError:
        return False
    return number.is_loopback or number.is_unspecified


def of_deletions(plan: Plan, host: RemoteManifest | None, most: int | None) -> Iterator[Refusal]:
    """Why a plan must not delete so much of what is there; `most` is what the user allows."""
    files = host.files if host else {}
    count, there = sum(path in files for path in plan.lost), len(files)
    if not count or (most is not None and count <= most):
        return
    if most is not None:
        limit = f"--max-deletes allows {most}"
    elif count > MOST_DELETES:
        limit = f"more than {MOST_DELETES} need your word"
    elif count > there * MOST_OF_SITE:
        limit = f"more than {MOST_OF_SITE:.0%} need your word"
    else:
        return
    message = f"{count} of the {there} files on the host would be deleted; {limit}"
    yield Refusal("too-many-deletions", message, f"look at the plan (--dry-run); if it is meant: --max-deletes {count}")


def _some(names: tuple[str, ...]) -> str:
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more
