"""What every test has: a site to write in, and no network."""

from __future__ import annotations

import functools
import ipaddress
import os
import socket
import sys
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import settings

from explainer.cache import store
from tests.harness import SiteTest
from tests.publish_desk import a_desk
from tests.publish_support import sshd

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.publish_desk import Desk
    from tests.publish_support import SshHost

# Even where Python is told to keep no bytecode: without that of the layouts each build takes eight times as long, and
# tests start many processes.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

# The same examples on every run; `--hypothesis-profile=search` looks for new ones.
settings.register_profile("explainer", deadline=None, derandomize=True, print_blob=True)
settings.register_profile("search", deadline=None, max_examples=2_000, print_blob=True)
settings.load_profile("explainer")


@pytest.fixture(autouse=True, scope="session")
def state_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep the key that seals caches in a folder of the tests, and not in the user's own."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("XDG_STATE_HOME", str(tmp_path_factory.mktemp("state")))
        patched.delenv("EXPLAINER_CACHE_KEY", raising=False)
        yield


@pytest.fixture(autouse=True, scope="session")
def stamp_once() -> Iterator[None]:
    """Read the program's files for the stamp of caches once, as each command does; a test process builds many sites."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(store, "stamp", functools.cache(store.stamp))
        yield


@pytest.fixture(autouse=True)
def closed_caches() -> Iterator[None]:
    """Close the caches of a test's sessions."""
    yield
    if support := sys.modules.get("tests.session_support"):
        support.caches.close()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """With `-n auto` two processes a core: a third of the time tests wait for servers, browsers and other programs."""
    return 2 * (os.cpu_count() or 1)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--snapshot-update",
        action="store_true",
        help="write what is expected (fixtures, generated tables) instead of comparing it",
    )


@pytest.fixture
def site(tmp_path: Path) -> SiteTest:
    return SiteTest(tmp_path / "project")


@pytest.fixture(scope="module")
def ssh_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SshHost]:
    """A host that is reached by ssh."""
    with sshd(tmp_path_factory.mktemp("ssh") / "sshd") as host:
        yield host


@pytest.fixture(params=["folder", "ssh", "pages"])
def desk(request: pytest.FixtureRequest, site: SiteTest, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """A newsroom with each kind of host that keeps versions."""
    if request.param == "ssh":
        monkeypatch.setenv("EXPLAINER_SSH", request.getfixturevalue("ssh_server").command())
    return a_desk(request.param, site)


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let sockets reach this machine alone, and look up no names but its own."""
    look_up, connect = socket.getaddrinfo, socket.socket.connect

    def guarded_look_up(host: str | bytes | None, *args: Any, **kwargs: Any) -> Any:
        assert is_here(host), f"a test may not look up {host!r}"
        return look_up(host, *args, **kwargs)

    def guarded_connect(self: socket.socket, address: Any) -> None:
        assert not isinstance(address, tuple) or is_here(address[0]), f"a test may not reach {address}"
        connect(self, address)

    monkeypatch.setattr(socket, "getaddrinfo", guarded_look_up)
    monkeypatch.setattr(socket.socket, "connect", guarded_connect)


def is_here(host: str | bytes | None) -> bool:
    """Whether a host is this machine, as None and the empty name are."""
    name = host.decode() if isinstance(host, bytes) else host or "localhost"
    try:
        return name == "localhost" or ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False
