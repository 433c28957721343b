"""What every kind of host can do, and what hosts that can roll back can; running programs."""

from __future__ import annotations

import os
import socket
import subprocess
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple, Protocol, runtime_checkable

from explainer.publish.errors import HostError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from pathlib import Path

    from explainer.publish.found_files import Found
    from explainer.publish.plan import Plan
    from explainer.publish.remote_manifest import RemoteManifest

_LINES = 4  # of what a program said that are passed on


class HostState(NamedTuple):
    """What is on a host. `token` is compared before anything is changed; `foreign` says why it isn't ours."""

    manifest: RemoteManifest | None
    token: str = ""
    foreign: str = ""


class Work(NamedTuple):
    """What a host has to do: the folder with all files, the plan, the new manifest, and the host's state before."""

    tree: Path
    plan: Plan
    new: RemoteManifest
    state: HostState


class Host(Protocol):
    """A place that a site is published to. Every method raises `HostError`.

    `place` names it for people. `reads_headers` says whether it uses the files `_headers` and
    `_redirects`. `patience` is how many seconds it may take until readers get what was published.
    """

    place: str
    reads_headers: bool
    patience: int

    def inspect(self, build: str) -> HostState:
        """Read what is on the host; `build` is the id of the build that is about to be published."""

    def survey(self, state: HostState, *, thorough: bool, version: RemoteManifest | None = None) -> Mapping[str, Found]:
        """The files that readers can get there, or those of a kept version.

        `thorough` reads them all, where their stats don't tell enough.
        """

    def read(self, state: HostState, paths: Collection[str], version: RemoteManifest | None = None) -> dict[str, bytes]:
        """Read files of the current version, or of a kept one; those that are missing are left out."""

    def publish(self, work: Work) -> None:
        """Carry out a plan. Until this returns, readers get the previous version, or at least complete pages."""


@runtime_checkable
class CanRollBack(Host, Protocol):
    """A host that keeps previous versions. Every method raises `HostError`.

    `rolls_back_at_once` says whether readers get the previous version as soon as `roll_back` returns; only
    then is it worth doing by itself when a publication can't be verified.
    """

    rolls_back_at_once: bool

    def kept_versions(self, state: HostState) -> Iterator[RemoteManifest]:
        """The versions that the host still has beside the current one, the last published one first."""

    def roll_back(self, state: HostState, to: RemoteManifest, others: Sequence[str]) -> None:
        """Make a previous version the current one again; its manifest on the host becomes this one.

        `others` are the files of the current version that somebody else put there: they come along.
        """


def previous_version(host: CanRollBack, state: HostState) -> RemoteManifest | None:
    """The version that readers had before the current one, if the host still has it.

    A rollback withdraws all that is newer than what it goes back to. So the last published one counts that is older
    than the current version, another build, and not withdrawn.
    """
    return next((one for one in host.kept_versions(state) if can_follow(one, state.manifest)), None)


def can_follow(version: RemoteManifest, current: RemoteManifest | None) -> bool:
    """Whether a rollback may go to a version."""
    if current is None or version.id == current.id or version.id in current.withdrawn:
        return False
    return version.published < current.published


def run_program(
    command: Sequence[str],
    *,
    given: bytes = b"",
    env: Mapping[str, str] | None = None,
    timeout: float | None = None,
    also: Sequence[int] = (),
    cwd: Path | None = None,
) -> subprocess.CompletedProcess[bytes]:
    """Run a program; exit statuses in `also` aren't failures.

    Raises:
        HostError: with its error output, without secrets.
    """
    try:
        done = subprocess.run(  # noqa: S603 - our own words; names from site.yaml have passed their forms
            command,
            input=given,
            capture_output=True,
            check=False,
            timeout=timeout,
            env={**os.environ, **(env or {})},
            cwd=cwd,
        )
    except FileNotFoundError as error:
        raise HostError(f"{command[0]} isn't installed") from error
    except subprocess.TimeoutExpired as error:
        raise HostError(f"{command[0]} didn't end within {timeout:.0f} seconds", _AGAIN) from error
    except OSError as error:
        raise HostError(f"{command[0]}: {error.strerror}") from error
    if done.returncode and done.returncode not in also:
        said = [line for line in done.stderr.decode("utf-8", "replace").splitlines() if line.strip()]
        words = "; ".join(line.strip() for line in said[-_LINES:])
        raise HostError(f"{command[0]} failed ({done.returncode}): {words}", _hint("\n".join(said)))
    return done


_AGAIN = "readers have what they had; run this again, and it goes on from there"
_HINTS = {
    "remote host identification has changed": "the host isn't the one that ssh knows; compare its key with that of your "
    "provider before you change known_hosts",
    "host key verification failed": "ssh doesn't know this host, or knows another one by that name: log in once with "
    "ssh, compare the key with that of your provider, and accept it",
    "permission denied (": "is the key loaded in the ssh agent, and allowed on the host?",
    "permission denied": "the user on the host may not write there: an administrator makes the folder, and gives it to "
    "that user with chown",
    "no space left": "make room on the host; it still has what it had",
    "disk quota exceeded": "make room on the host; it still has what it had",
    "connection refused": _AGAIN,
    "connection reset": _AGAIN,
    "connection closed": _AGAIN,
    "connection unexpectedly closed": _AGAIN,
    "connection timed out": _AGAIN,
    "broken pipe": _AGAIN,
    "could not resolve": "is the host's name right?",
    "authentication failed": "are the credentials right, and not expired?",
    "could not read username": "git has no credentials for this address: use ssh, or a credential helper",
}


def _hint(said: str) -> str:
    lowered = said.lower()
    return next((hint for sign, hint in _HINTS.items() if sign in lowered), "")


def holder_words() -> str:
    """Who publishes, for others who wait."""
    now = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    return f"a publisher on {socket.gethostname()}, process {os.getpid()}, since {now}"


def read_files(folder: Path, paths: Collection[str]) -> dict[str, bytes]:
    """Read files of a folder; those that are missing are left out."""
    found = {}
    for path in paths:
        with suppress(OSError):
            found[path] = (folder / path).read_bytes()
    return found


def write_durably(file: Path, content: bytes, mode: int = 0o644) -> None:
    """Write a file, and flush it to disk."""
    with open(file, "wb") as opened:  # noqa: PTH123 - its number is needed
        opened.write(content)
        opened.flush()
        with suppress(OSError):
            os.fsync(opened.fileno())
    file.chmod(mode)
