"""What every kind of host can do for a publication, and how programs are run for it."""

from __future__ import annotations

import os
import subprocess
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple, Protocol

from explainer.publish.errors import HostError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from explainer.publish.plan import Plan
    from explainer.publish.remote_manifest import HostList

_LINES = 4  # of what a program said that are passed on


class State(NamedTuple):
    """What a host has. `token` is compared before anything is switched; `foreign` says why it isn't ours."""

    found: HostList | None
    token: str = ""
    foreign: str = ""


class Work(NamedTuple):
    """A publication: the folder with all files, what is done about each, the new manifest, what was there."""

    tree: Path
    plan: Plan
    new: HostList
    state: State


class Host(Protocol):
    """A place that a site is published to.

    `place` names it for people; `restores` says that it can be set back at once when readers
    don't get what was published; `reads_headers`
    that it makes use of `_headers` and `_redirects`; `patience` for how many seconds it may take until
    readers get what was published. Every method raises `HostError`.
    """

    place: str
    restores: bool
    reads_headers: bool
    patience: int

    def look(self, build: str) -> State:
        """What is there, asked by a publisher of this build."""

    def put(self, work: Work) -> None:
        """Make it so. Until this returns readers have what they had, or at least pages that are whole."""

    def earlier(self, state: State) -> HostList | None:
        """The version that was published before the present one, if it is still there."""

    def go_back(self, state: State, to: HostList) -> None:
        """Give readers an earlier version again."""


def is_earlier(one: HostList, than: HostList | None) -> bool:
    """Whether a version was published before another."""
    return than is not None and one.published < than.published


def run_program(
    command: Sequence[str],
    *,
    given: bytes = b"",
    env: Mapping[str, str] | None = None,
    timeout: float | None = None,
    also: Sequence[int] = (),
) -> subprocess.CompletedProcess[bytes]:
    """Run a program; exit statuses in `also` are its answers, not failures.

    Raises:
        HostError: with what it said, without secrets.
    """
    try:
        done = subprocess.run(  # noqa: S603 - our own words; names from site.yaml have passed their forms
            command, input=given, capture_output=True, check=False, timeout=timeout, env={**os.environ, **(env or {})}
        )
    except FileNotFoundError as error:
        raise HostError(f"{command[0]} isn't installed") from error
    except subprocess.TimeoutExpired as error:
        raise HostError(f"{command[0]} didn't end within {timeout:.0f} seconds") from error
    except OSError as error:
        raise HostError(f"{command[0]}: {error.strerror}") from error
    if done.returncode and done.returncode not in also:
        said = [line for line in done.stderr.decode("utf-8", "replace").splitlines() if line.strip()]
        words = "; ".join(line.strip() for line in said[-_LINES:])
        raise HostError(f"{command[0]} failed ({done.returncode}): {words}", _hint("\n".join(said)))
    return done


_HINTS = {
    "host key verification failed": "the host isn't the one that ssh knows; compare its key with that of your provider "
    "before you change known_hosts",
    "permission denied": "is the key loaded in the ssh agent, and allowed on the host?",
    "no space left": "make room on the host; it still has what it had",
    "disk quota exceeded": "make room on the host; it still has what it had",
    "authentication failed": "are the credentials right, and not expired?",
    "could not read username": "git has no credentials for this address: use ssh, or a credential helper",
}


def _hint(said: str) -> str:
    lowered = said.lower()
    return next((hint for sign, hint in _HINTS.items() if sign in lowered), "")


def write_durably(file: Path, content: bytes, mode: int = 0o644) -> None:
    """Write a file anew, and have the system keep it."""
    with open(file, "wb") as opened:  # noqa: PTH123 - its number is needed
        opened.write(content)
        opened.flush()
        with suppress(OSError):
            os.fsync(opened.fileno())
    file.chmod(mode)
