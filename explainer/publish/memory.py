"""What a site remembers of its hosts, in `.explainer/`: which builds they may have, and which one readers surely had."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from explainer.system.work_folder import NAME, make_work_folder

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


def last_seen(site: Path, target: str) -> frozenset[str] | None:
    """The builds that the host may have if nobody else has published since this site did; None if it never did."""
    with suppress(TypeError, KeyError):
        return frozenset(map(str, _read(site, target)["seen"]))
    return None


def remember(site: Path, target: str, *builds: str) -> None:
    """Remember which builds of this site the host may have: one, or several during a publication."""
    _write(site, target, {"seen": sorted(set(builds))})


def is_verified(site: Path, target: str, build: str) -> bool:
    """Whether this site has seen that readers get this build whole; without a record it hasn't."""
    return _read(site, target).get("verified") == build


def record_verified(site: Path, target: str, build: str) -> None:
    """Record that readers get this build whole."""
    _write(site, target, {"verified": build, "gone": []})


def forget_verified(site: Path, target: str) -> None:
    """Record that nobody knows what readers get: something is about to change."""
    if _read(site, target).get("verified"):
        _write(site, target, {"verified": ""})


def unverified_deletions(site: Path, target: str) -> list[str]:
    """The files that unverified publications have deleted: readers must not get them any more."""
    found = _read(site, target).get("gone", [])
    return [path for path in found if isinstance(path, str)] if isinstance(found, list) else []


def record_deletions(site: Path, target: str, paths: Iterable[str]) -> None:
    """Record files that a publication is about to delete, until one is verified."""
    _write(site, target, {"gone": sorted({*unverified_deletions(site, target), *paths})})


def untold(site: Path, target: str) -> list[str]:
    """The files that have changed for readers and that the target's `after` wasn't told yet."""
    found = _read(site, target).get("untold", [])
    return [path for path in found if isinstance(path, str)] if isinstance(found, list) else []


def record_untold(site: Path, target: str, paths: Iterable[str]) -> None:
    """Record files that a publication is about to change."""
    _write(site, target, {"untold": sorted({*untold(site, target), *paths})})


def clear_untold(site: Path, target: str) -> None:
    """Record that all of it was told."""
    if untold(site, target):
        _write(site, target, {"untold": []})


def _read(site: Path, target: str) -> dict[str, Any]:
    with suppress(OSError, ValueError):
        found = json.loads(_memory(site, target).read_bytes())
        return found if isinstance(found, dict) else {}
    return {}


def _write(site: Path, target: str, changes: dict[str, Any]) -> None:
    with suppress(OSError):
        file = _memory(site, target)
        make_work_folder(site)
        # A publisher may be killed while it writes; half a list would be as none.
        part = file.with_name(f"{file.name}.part")
        part.write_text(json.dumps({**_read(site, target), **changes}), encoding="utf-8")
        part.replace(file)


def _memory(site: Path, target: str) -> Path:
    return site / NAME / f"published-{target}.json"
