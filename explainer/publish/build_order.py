"""Which of two builds is newer: by git's history, by what this site last saw on the host, or by their times."""

from __future__ import annotations

import subprocess
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from explainer.publish.errors import Refusal
from explainer.publish.memory import last_seen

if TYPE_CHECKING:
    from pathlib import Path

    from explainer.output.build_info import BuildInfo
    from explainer.publish.remote_manifest import RemoteManifest

_TIMEOUT = 30  # seconds


def overtaken(ours: BuildInfo, theirs: RemoteManifest, site: Path, target: str) -> Refusal | None:
    """Why a build must not replace what a host has, if so; `site` is the folder with git's history."""
    found = _judged(ours, theirs, site, target)
    if not found:
        return None
    hint = f"bring this site up to date and build it again; to put this build there all the same: --replace {theirs.id}"
    return Refusal("older", f"{found} (build {theirs.id})", hint)


def withdrawn(ours: BuildInfo, build: str, theirs: RemoteManifest, site: Path) -> Refusal | None:
    """Why a build must not come back, if somebody has rolled back from it.

    Another build of the same commit counts as the same, unless the site's files have changed since that commit.
    """
    for past in theirs.withdrawn.values():
        same_commit = past.commit is not None and past.commit == ours.commit and _is_clean(site)
        if past.why == "rolled-back" and (past.id == build or same_commit):
            when = datetime.fromtimestamp(past.until, UTC).isoformat().replace("+00:00", "Z")
            message = f"somebody rolled back from this build ({past.id}) at {when}"
            hint = f"mend the content and build again; to publish it all the same: --replace {theirs.id}"
            return Refusal("withdrawn", message, hint)
    return None


def _is_clean(site: Path) -> bool:
    words = ("-c", "core.fsmonitor=false", "status", "--porcelain", "--", "content", "layouts")
    return _git(site, *words) == b""


def _judged(ours: BuildInfo, theirs: RemoteManifest, site: Path, target: str) -> str:
    newer = "the host has a newer build than this one"
    if ours.commit and theirs.commit:
        if ours.commit == theirs.commit:
            return newer if theirs.built > ours.built else ""
        if _is_ancestor(site, theirs.commit, ours.commit):
            return ""
        if _is_ancestor(site, ours.commit, theirs.commit):
            return newer
        if _knows_all(site, theirs.commit, ours.commit):
            return "the host has a build of another branch, whose changes this one lacks"
        return newer if (theirs.committed or 0) > (ours.committed or 0) else ""
    seen = last_seen(site, target)
    if seen is not None and theirs.id not in seen:
        return "the host has a build that this site hasn't seen, published from elsewhere"
    return newer if theirs.built > ours.built else ""


def _is_ancestor(site: Path, old: str, new: str) -> bool:
    return _git(site, "merge-base", "--is-ancestor", old, new) is not None


def _knows_all(site: Path, *commits: str) -> bool:
    """Whether the repository has these commits and its whole history."""
    whole = _git(site, "rev-parse", "--is-shallow-repository") == b"false\n"
    return whole and all(_git(site, "cat-file", "-e", f"{commit}^{{commit}}") is not None for commit in commits)


def _git(site: Path, *words: str) -> bytes | None:
    """What git says; None where it says no."""
    with suppress(OSError, subprocess.SubprocessError):
        command = ["git", "-C", str(site), *words]
        done = subprocess.run(command, capture_output=True, check=False, timeout=_TIMEOUT, stdin=subprocess.DEVNULL)  # noqa: S603
        return done.stdout if done.returncode == 0 else None
    return None
