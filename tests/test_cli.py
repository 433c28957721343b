"""The command in a process of its own: exit status, signals, streams that are closed."""

from __future__ import annotations

import fcntl
import gc
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

from tests.needs import need_program
from tests.output_support import beside, stamps_of, tree_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

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
    assert told.decode() == "Another build is writing this output; waiting for it to finish.\r\n"
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
    # Coverage is measured in files, which would not grow either.
    unmeasured = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE")}
    done = subprocess.run(
        arguments(built), cwd=ROOT, env=unmeasured, capture_output=True, text=True, check=False,
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


@pytest.mark.parametrize("out", ["content", "theirs", ".", "link", "/", "..", "../home"])
def test_an_output_that_is_not_ours_is_a_usage_error(
    built: SiteTest, out: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    built.write("theirs/file", "theirs")
    (built.root / "link").symlink_to("theirs")
    (built.root / "../home/me").mkdir(parents=True)
    monkeypatch.setenv("HOME", str(built.root / "../home/me"))
    before = stamps_of(built.root)
    done = built.build("--out", str(built.root / out))
    assert done.exit == 2
    assert f"Error: {built.root / out}" in done.stderr
    assert stamps_of(built.root) == before


# --- Killed, and what helps it ---


@pytest.fixture
def many(site: SiteTest) -> SiteTest:
    """A site of enough pages for several processes, built, and since then changed."""
    for word in ("old", "new"):
        for n in range(160):
            site.write(f"content/explainers/page-{n}.md", PAGE.replace("Text", f"{word} {n}"))
        if word == "old":
            assert site.build().exit == 0
    return site


def clean(site: SiteTest, folder: Path) -> dict[str, tuple[int, bytes]]:
    """What a clean build makes of a site."""
    assert site.build("--clean", "--out", str(folder)).exit == 0
    return tree_of(folder)


@pytest.mark.parametrize("whole", [False, True], ids=["process", "group"])
def test_a_build_that_is_killed_leaves_a_whole_tree_and_the_next_one_equals_a_clean_one(
    many: SiteTest, whole: bool, tmp_path: Path
) -> None:
    old, new = tree_of(many.out), clean(many, tmp_path / "clean")
    for part in (0.3, 0.6, 0.8):
        begun = time.monotonic()
        with subprocess.Popen([*arguments(many), "--jobs", "2"], cwd=ROOT, start_new_session=True) as build:
            time.sleep(part)
            (os.killpg if whole else os.kill)(build.pid, signal.SIGKILL)
        assert tree_of(many.out) in (old, new), time.monotonic() - begun
    assert many.build().exit == 0
    assert tree_of(many.out) == new
    assert beside(many.out) == {"site", ".site.explainer-spare", ".site.explainer-lock", "content", ".explainer"}


def test_a_helper_that_is_killed_is_told_of(many: SiteTest) -> None:
    before = tree_of(many.out)
    killed = """
import os, signal, sys
from explainer.engine import page, workers
from explainer.cli.main import main
here, begin = os.getpid(), workers._work
def die(*args):
    os.kill(os.getpid(), signal.SIGKILL)
workers._work = die
main()
"""
    done = subprocess.run(
        [sys.executable, "-c", killed, *arguments(many)[3:], "--jobs", "2"], cwd=ROOT, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == 3
    assert done.stderr == "error: a process that helped was stopped; --jobs 1 needs none, and less memory\n"
    assert tree_of(many.out) == before


# --- What may not be read or written ---


def without_powers(site: SiteTest) -> subprocess.CompletedProcess[str]:
    """Build as somebody whom modes concern: root without what lets it pass over them."""
    lowered = [need_program("setpriv"), "--bounding-set=-dac_override,-dac_read_search"] if os.getuid() == 0 else []
    return subprocess.run([*lowered, *arguments(site)], cwd=ROOT, capture_output=True, text=True, check=False)


def spare_may_not_be_made(site: SiteTest) -> str:
    site.root.chmod(0o555)
    return f"error: {site.root}/"


def spare_is_a_file_of_others(site: SiteTest) -> str:
    (site.root / ".site.explainer-lock").chmod(0o444)
    return f"error: {site.root}/.site.explainer-lock: Permission denied"


def page_may_not_be_read(site: SiteTest) -> str:
    (site.root / "content/explainers/b.md").chmod(0)
    return "content/explainers/b.md:1:1: error E101"


def folder_may_not_be_read(site: SiteTest) -> str:
    (site.root / "content/explainers").chmod(0)
    return "content/explainers"


def layout_may_not_be_read(site: SiteTest) -> str:
    site.write("layouts/explainer.html", "x").chmod(0)
    return "layouts/explainer.html"


@pytest.mark.parametrize(
    "what",
    [
        spare_may_not_be_made, spare_is_a_file_of_others, page_may_not_be_read, folder_may_not_be_read,
        layout_may_not_be_read,
    ],
)  # fmt: skip
def test_what_the_modes_forbid_is_named(built: SiteTest, what: Callable[[SiteTest], str]) -> None:
    before = tree_of(built.out)
    told = what(built)
    try:
        done = without_powers(built)
    finally:
        for path in [built.root, *built.root.rglob("*")]:
            path.chmod(0o755 if path.is_dir() else 0o644)
    assert done.returncode in {1, 3}, done.stderr
    assert told in done.stderr
    assert "Traceback" not in done.stderr
    assert tree_of(built.out).keys() == before.keys()
    if what is layout_may_not_be_read:
        (built.root / "layouts/explainer.html").unlink()
    assert built.build().exit == 0
    assert built.read("explainers/b/index.html")


@pytest.mark.parametrize("mode", [0o555, 0o000])
def test_a_cache_that_may_not_be_used_is_done_without(built: SiteTest, mode: int) -> None:
    for file in (built.root / ".explainer").iterdir():
        file.chmod(mode & 0o444)
    (built.root / ".explainer").chmod(mode)
    try:
        done = without_powers(built)
    finally:
        (built.root / ".explainer").chmod(0o755)
    assert (done.returncode, done.stderr) == (0, f"Built 2 pages into {built.out}.\n")
    assert built.read("explainers/b/index.html")


def test_nothing_stands_beside_the_output_but_the_spare_tree_and_the_lock(built: SiteTest) -> None:
    built.build()
    assert beside(built.out) - {"content", ".explainer"} == {"site", ".site.explainer-spare", ".site.explainer-lock"}


STOPPED_AT_THE_END = """
import atexit, os, signal
from explainer.cli.main import main

atexit.register(os.kill, os.getpid(), signal.SIGTERM)
main(["--version"])
"""


def test_a_signal_when_all_is_done_changes_nothing() -> None:
    done = subprocess.run([sys.executable, "-c", STOPPED_AT_THE_END], capture_output=True, check=False)
    assert done.returncode == 0


def test_a_build_says_which_pages_it_leaves_out(site: SiteTest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1750000000")
    page = "---\ntitle: A\ndate: {}\n{}---\nText.\n"
    site.write("content/explainers/a.md", page.format("2024-01-01", ""))
    site.write("content/explainers/b.md", page.format("2024-01-01", "draft: true\n"))
    site.write("content/explainers/c.md", page.format("2030-01-01", ""))
    site.write("content/explainers/d.md", page.format("2024-01-01", "publish_at: 2030-01-01T06:30\n"))
    for _ in range(2):  # the second finds that nothing has changed
        told = site.build("--format", "text", "--verbose").stderr
        assert told.splitlines()[-1].endswith("; 3 left out: 1 draft, 1 due 2030-01-01, 1 due 2030-01-01 06:30.")
        assert "content/explainers/b.md: left out, draft" in told
        assert "content/explainers/d.md: left out, due 2030-01-01 06:30" in told
    assert "left out" not in site.build("--format", "text", "--drafts", "--future").stderr


def test_a_language_server_without_its_extra_says_what_to_install() -> None:
    program = "import sys; sys.modules['lsprotocol'] = None; from explainer.cli.main import main; main(['lsp'])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 3
    assert "pip install 'newsexplainer[lsp]'" in done.stderr
    assert not done.stdout


def test_a_process_of_a_command_is_looked_through_for_garbage_rarely_and_not_at_its_end() -> None:
    program = (
        "import atexit, gc, sys; atexit.register(lambda: print(gc.get_threshold()[0], len(gc.get_objects()) < 1000))\n"
        "from explainer.cli.main import run; sys.argv = ['explainer', '--version']; run()"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "300000 True"


def test_a_command_within_a_process_leaves_the_garbage_collector_as_it_was(site: SiteTest) -> None:
    """Else a process that runs many commands grows: what is frozen is never collected."""
    before = (gc.get_freeze_count(), gc.get_threshold())
    site.build()
    assert (gc.get_freeze_count(), gc.get_threshold()) == before
