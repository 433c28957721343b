"""The output tree under every fault that can be made here: `make torture`.

`TORTURE_EVERY=10` takes every tenth call to the system, and a tenth of the random moments.
"""

from __future__ import annotations

import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from tests.harness import SiteTest
from tests.output_support import Files, Tree, beside, build, expected, tree_of

pytestmark = pytest.mark.torture

ROOT = Path(__file__).parents[2]
EVERY = int(os.environ.get("TORTURE_EVERY", "1"))
STRACE = shutil.which("strace")
needs_strace = pytest.mark.skipif(not STRACE, reason="strace isn't installed (apt-get install strace)")

OLD: Files = {
    f"explainers/page-{n}/{name}": b"old %d" % n for n in range(350) for name in ("index.html", "claims.json")
}
BEFORE: Files = {path: b"before" if int(path.split("/")[1][5:]) >= 330 else content for path, content in OLD.items()}
NEW: Files = {
    **{path: content for path, content in OLD.items() if not 300 <= int(path.split("/")[1][5:]) < 320},
    **{f"explainers/page-{n}/index.html": b"new %d" % n for n in range(300)},
    **{f"tags/tag-{n}/index.html": b"tag" for n in range(20)},
}
DRIVER = """
import sys
from pathlib import Path
from explainer.output.tree import OutputError
from tests.output_support import build
from tests.torture.test_tree import NEW
sys.stderr.write("begin\\n")
try:
    build(Path(sys.argv[1]), NEW)
except OutputError as error:
    print(error)
    sys.exit(3)
"""
CALLS = ["openat", "write", "unlink", "linkat", "mkdir", "rmdir", "renameat2", "chmod", "close"]
# Each of these comes with a write; a kill at one is much like a kill there.
BESIDE_WRITES = {"openat", "close"}
BESIDE = {"site", ".site.explainer-spare", ".site.explainer-lock"}


def traced(out: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """Build `NEW` under strace."""
    command = [str(STRACE), "-f", "-qq", *options, sys.executable, "-c", DRIVER, str(out)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONHASHSEED": "0", "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.fixture
def out(tmp_path: Path) -> Path:
    out = tmp_path / "out/site"
    build(out, OLD)
    reset(out)
    return out


def reset(out: Path) -> None:
    """Come back to the old tree, beside one from which some of its files aren't shared."""
    build(out, BEFORE)
    build(out, OLD)


def moments(out: Path, call: str) -> range:
    """Which of a build's calls of that kind come after everything is imported."""
    log = out.parents[1] / "trace"
    assert traced(out, "-e", f"trace={call},write", "-o", str(log)).returncode == 0
    lines = [line for line in log.read_text(encoding="utf-8").splitlines() if re.match(r"\d+ +\w+\(", line)]
    begin = next(n for n, line in enumerate(lines) if "begin" in line)
    counts = [Counter(re.findall(r"^\d+ +(\w+)\(", "\n".join(part), re.MULTILINE)) for part in (lines[:begin], lines)]
    reset(out)
    found = range(counts[0][call] + (2 if call == "write" else 1), counts[1][call] + 1)
    assert found
    return found


@needs_strace
@pytest.mark.parametrize("call", CALLS)
def test_killed_at_every_call(out: Path, call: str) -> None:
    old, new = expected(OLD), expected(NEW)
    for moment in moments(out, call)[:: EVERY * (8 if call in BESIDE_WRITES else 1)]:
        done = traced(out, "-e", f"trace={call}", "-e", f"inject={call}:signal=KILL:when={moment}")
        assert done.returncode == -signal.SIGKILL, (moment, done)
        assert tree_of(out) in (old, new), moment
        build(out, NEW)
        assert tree_of(out) == new, moment
        assert beside(out) == BESIDE
        reset(out)


@needs_strace
@pytest.mark.parametrize("error", ["EIO", "ENOSPC", "EACCES", "EMFILE", "EROFS", "EINTR"])
@pytest.mark.parametrize("call", [call for call in CALLS if call != "close"])
def test_an_error_of_any_call(out: Path, call: str, error: str) -> None:
    old, new = expected(OLD), expected(NEW)
    found = moments(out, call)
    for moment in found[:: max(1, EVERY * len(found) // 20)]:
        done = traced(out, "-e", f"trace={call}", "-e", f"inject={call}:error={error}:when={moment}")
        assert done.returncode in {0, 3}, (moment, done)
        if done.returncode == 3:
            assert re.fullmatch(rf"{re.escape(str(out.parent))}\S*: [A-Z].*\n", done.stdout), (moment, done)
            assert tree_of(out) == old, moment
        else:
            # The call was made again, or what it is for can be had without it.
            assert tree_of(out) == new, moment
        build(out, NEW)
        assert tree_of(out) == new
        assert beside(out) == BESIDE
        reset(out)


@pytest.mark.skipif(sys.platform != "linux" or os.getuid() != 0, reason="only root may mount a tmpfs")
@pytest.mark.parametrize("kilobytes", [300, 1500, 3000, 3200, 3400, 4000, 4500, 5000, 5500, 8000])
def test_a_full_disk(tmp_path: Path, kilobytes: int) -> None:
    def mount(*options: str) -> None:
        subprocess.run(["mount", "-t", "tmpfs", *options, "none", str(tmp_path)], check=True)  # noqa: S607

    mount("-o", f"size={kilobytes}k")
    try:
        out = tmp_path / "site"
        tree: Tree = {}
        for files in (OLD, NEW):
            done = subprocess.run(
                [sys.executable, "-c", DRIVER.replace("import NEW", f"import {'OLD' if files is OLD else 'NEW'} as NEW"),
                 str(out)], env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False,
            )  # fmt: skip
            if done.returncode == 0:
                tree = expected(files)
            else:
                assert done.returncode == 3, done
                assert re.fullmatch(rf"{re.escape(str(tmp_path))}\S+: No space left on device\n", done.stdout)
            assert tree_of(out) == tree
        mount("-o", "remount,size=100m")
        build(out, NEW)
        assert tree_of(out) == expected(NEW)
        assert beside(out) <= BESIDE
    finally:
        subprocess.run(["umount", str(tmp_path)], check=True)  # noqa: S607


# --- The whole command ---


def write_pages(site: SiteTest, word: str) -> None:
    for n in range(300):
        text = f"---\ntitle: Page {n}\ndate: 2024-01-01\ntags: [{word}]\n---\nAll of it is {word}.\n"
        site.write(f"content/explainers/page-{n}.md", text)


@pytest.fixture
def site(tmp_path: Path) -> SiteTest:
    site = SiteTest(tmp_path / "project")
    write_pages(site, "old")
    return site


def command(site: SiteTest) -> list[str]:
    return [sys.executable, "-m", "explainer", "build", "--site", str(site.root)]


def run(site: SiteTest) -> None:
    done = subprocess.run(command(site), cwd=ROOT, timeout=120, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def clean_trees(site: SiteTest) -> dict[str, Tree]:
    """What clean builds make of the old and the new pages, and how long they take in seconds."""
    trees = {}
    for word in ("new", "old"):
        write_pages(site, word)
        for folder in (site.out, site.root / ".explainer", site.root / ".site.explainer-spare"):
            shutil.rmtree(folder, ignore_errors=True)
        run(site)
        trees[word] = tree_of(site.out)
    return trees


def until_it_heeds_signals(process: subprocess.Popen[str]) -> None:
    """Wait until a command has its own handlers: before that Python ends in its own way, or hasn't begun."""
    bit = 1 << (signal.SIGTERM - 1)
    while process.poll() is None:
        status = Path(f"/proc/{process.pid}/status").read_text("ascii")
        caught = re.search(r"^SigCgt:\s*(\w+)", status, re.MULTILINE)
        if caught and int(caught[1], 16) & bit:
            return
        time.sleep(0.001)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("whole", [False, True], ids=["process", "group"])
def test_stopped_at_random_moments(site: SiteTest, number: signal.Signals, whole: bool) -> None:
    trees = clean_trees(site)
    chance = random.Random(f"{number} {whole}")  # noqa: S311 - the same moments on every run
    current = "old"
    write_pages(site, "new")
    begun = time.monotonic()
    run(site)
    took = time.monotonic() - begun
    write_pages(site, "old")
    run(site)
    ended = Counter[int]()
    for _ in range(max(1, (200 if number == signal.SIGKILL else 40) // EVERY)):
        word = "new" if current == "old" else "old"
        write_pages(site, word)
        process = subprocess.Popen(
            command(site), cwd=ROOT, start_new_session=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        if number != signal.SIGKILL:
            until_it_heeds_signals(process)
        time.sleep(chance.uniform(0, took * 1.1))
        (os.killpg if whole else os.kill)(process.pid, number)
        told, _ = process.communicate(timeout=60)
        ended[process.returncode] += 1
        assert tree_of(site.out) in (trees[current], trees[word])
        if number != signal.SIGKILL:
            assert process.returncode in {0, 128 + number}, told
            assert "Traceback" not in told
            assert "Exception" not in told
        run(site)
        assert tree_of(site.out) == trees[word]
        assert beside(site.out) <= BESIDE | {"content", ".explainer"}
        current = word
    assert len(ended) <= 2


def test_many_pairs_at_once(site: SiteTest) -> None:
    trees = clean_trees(site)
    for n in range(max(1, 50 // EVERY)):
        word = ("old", "new")[n % 2]
        first = subprocess.Popen(command(site), cwd=ROOT, stderr=subprocess.DEVNULL)
        time.sleep(n * 0.02)
        write_pages(site, word)
        second = subprocess.Popen(command(site), cwd=ROOT, stderr=subprocess.DEVNULL)
        # The first may meet files half written; the second, which began after, has the last word.
        assert first.wait(timeout=120) in {0, 1}
        assert second.wait(timeout=120) == 0
        assert tree_of(site.out) == trees[word]
        assert beside(site.out) <= BESIDE | {"content", ".explainer"}
