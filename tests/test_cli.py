"""The command in a process of its own: exit status, signals, streams that are closed."""

from __future__ import annotations

import fcntl
import os
import pty
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.output_support import beside, stamps_of, tree_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.harness import SiteTest

ROOT = Path(__file__).parents[1]
COMMAND = [sys.executable, "-m", "explainer"]
PAGE = "---\ntitle: A\ndate: 2024-01-01\n---\nText.\n"
BAD = "---\ntitle: A\ndate: 2024-02-30\n---\nText.\n"
STATUS = {signal.SIGINT: 130, signal.SIGTERM: 143}


@pytest.fixture
def built(site: SiteTest) -> SiteTest:
    site.write("content/explainers/a.md", PAGE)
    assert site.build().exit == 0
    site.write("content/explainers/b.md", PAGE)
    return site


@pytest.fixture
def held(built: SiteTest) -> Iterator[SiteTest]:
    """A site whose output another build has."""
    with (built.root / ".site.explainer-lock").open("rb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield built


def arguments(site: SiteTest) -> list[str]:
    return [*COMMAND, "build", "--site", str(site.root)]


def shell(site: SiteTest, line: str) -> subprocess.CompletedProcess[str]:
    """Run a line of the shell in which `c` stands for the build."""
    script = f'c() {{ {" ".join(arguments(site))} "$@"; }}; {line}'
    return subprocess.run(["/bin/bash", "-c", script], cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("number", STATUS)
def test_a_signal_stops_a_build_and_leaves_the_output(held: SiteTest, number: signal.Signals) -> None:
    before = stamps_of(held.out)
    reader, terminal = pty.openpty()
    with subprocess.Popen(arguments(held), cwd=ROOT, stdout=terminal, stderr=terminal) as build:
        os.close(terminal)
        told = os.read(reader, 1000)
        build.send_signal(number)
        assert build.wait() == STATUS[number]
    assert told.decode() == "Another build is writing this output; waiting for it to end.\r\n"
    with pytest.raises(OSError, match="Input/output error"):
        os.read(reader, 1000)
    os.close(reader)
    assert stamps_of(held.out) == before


def test_nobody_but_a_terminal_is_told_of_waiting(held: SiteTest) -> None:
    with subprocess.Popen(arguments(held), cwd=ROOT, stderr=subprocess.PIPE) as build:
        time.sleep(1.5)
        build.terminate()
        assert build.communicate()[1] == b""


def test_a_signal_that_is_ignored_stays_ignored(built: SiteTest) -> None:
    done = shell(
        built, f'trap "" INT; c & sleep 0.3; kill -INT $!; wait $!; echo "status $?"; ls {built.out}/explainers'
    )
    assert "status 0" in done.stdout
    assert "b" in done.stdout.split()


@pytest.mark.parametrize("content", [PAGE, BAD])
@pytest.mark.parametrize(
    "line",
    [
        "c >&-", "c 2>&-", "c >&- 2>&-", "c <&- >&- 2>&-", "c | head -0; exit ${PIPESTATUS[0]}",
        "c 2>&1 | head -0; exit ${PIPESTATUS[0]}", "c --format json | head -c0; exit ${PIPESTATUS[0]}",
        "c --verbose 2> >(head -0)", "c 2>/dev/null",
    ],
)  # fmt: skip
def test_streams_that_are_closed_change_nothing_of_a_build(built: SiteTest, line: str, content: str) -> None:
    built.write("content/explainers/b.md", content)
    before = tree_of(built.out)
    done = shell(built, line)
    assert done.returncode == (content == BAD)
    assert "Traceback" not in done.stdout + done.stderr
    assert "Exception" not in done.stdout + done.stderr
    assert (tree_of(built.out) == before) == (content == BAD)
    assert all(b"error" not in content for _, content in tree_of(built.out).values())


def test_a_full_disk_behind_stdout_is_told(built: SiteTest) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("there is no /dev/full here")
    done = shell(built, "c --format json >/dev/full")
    assert (done.returncode, done.stderr) == (3, "error: [Errno 28] No space left on device\n")


def test_content_with_errors_leaves_the_output_untouched(built: SiteTest) -> None:
    built.build()
    before = stamps_of(built.out)
    built.write("content/explainers/a.md", BAD)
    assert built.build().exit == 1
    assert stamps_of(built.out) == before


def test_a_file_that_may_not_grow_is_named(built: SiteTest) -> None:
    before = stamps_of(built.out)
    done = subprocess.run(
        arguments(built), cwd=ROOT, capture_output=True, text=True, check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (20, 20)),
    )  # fmt: skip
    assert done.returncode == 3
    assert done.stdout == ""
    assert done.stderr.startswith(f"error: {built.root}/")
    assert done.stderr.endswith(": File too large\n")
    assert done.stderr.count("\n") == 1
    assert {path: stamp[:2] for path, stamp in stamps_of(built.out).items()} == {
        path: stamp[:2] for path, stamp in before.items()
    }
    assert built.build().exit == 0
    assert built.read("explainers/b/index.html")


@pytest.mark.parametrize("out", ["content", "theirs", ".", "link"])
def test_an_output_that_is_not_ours_is_a_usage_error(built: SiteTest, out: str) -> None:
    built.write("theirs/file", "theirs")
    (built.root / "link").symlink_to("theirs")
    before = stamps_of(built.root)
    done = built.build("--out", str(built.root / out))
    assert done.exit == 2
    assert f"Error: {built.root / out}" in done.stderr
    assert stamps_of(built.root) == before


def test_nothing_stands_beside_the_output_but_the_spare_tree_and_the_lock(built: SiteTest) -> None:
    built.build()
    assert beside(built.out) - {"content", ".explainer"} == {"site", ".site.explainer-spare", ".site.explainer-lock"}
