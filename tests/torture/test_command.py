"""The whole command, with the processes that help it, under every fault that can be made here: `make torture`.

`TORTURE_EVERY=10` takes every tenth of the moments.
"""

from __future__ import annotations

import os
import re
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.harness import SiteTest
from tests.output_support import beside, stamps_of, tree_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.output_support import Tree

pytestmark = pytest.mark.torture

ROOT = Path(__file__).parents[2]
EVERY = int(os.environ.get("TORTURE_EVERY", "1"))
STRACE = shutil.which("strace")
needs_strace = pytest.mark.skipif(not STRACE, reason="strace isn't installed (apt-get install strace)")

BESIDE = {"site", ".site.explainer-spare", ".site.explainer-lock", "content", ".explainer"}
# What strace counts begins after all is imported, with a small site's build, which is thrown away.
DRIVER = """
import sys, tempfile
from pathlib import Path
import concurrent.futures.process, multiprocessing.connection, multiprocessing.popen_fork
from explainer.cli.main import main
with tempfile.TemporaryDirectory() as folder:
    content = Path(folder, "content", "explainers")
    content.mkdir(parents=True)
    Path(folder, "content/site.yaml").write_text("title: A\\nbase_url: https://example.org/\\n")
    for word in ("one", "two", "[x](/nowhere/)"):
        for n in range(2):
            (content / f"page-{n}.md").write_text(f"---\\ntitle: A {n}\\ndate: 2024-01-01\\n---\\n{word}\\n")
        main(["build", "--quiet", "--site", folder, "--jobs", "2"], standalone_mode=False) if word[0] != "[" else None
sys.stderr.write("begin\\n")
sys.stderr.flush()
sys.argv[0] = "explainer"
main()
"""
CALLS = ["openat", "write", "pwrite64", "unlink", "linkat", "mkdir", "renameat2", "close"]
ERRORS = ["EIO", "ENOSPC", "EACCES", "EMFILE", "EINTR"]


class Both:
    """A site whose pages say one of two words, but for some that stay as they are; what clean builds make of either."""

    def __init__(self, root: Path, pages: int, jobs: int) -> None:
        self.site = SiteTest(root / "project")
        self.pages, self.jobs = pages, jobs
        self.trees: dict[str, Tree] = {}
        for word in ("new", "old"):
            self.write(word)
            for folder in (self.site.out, self.site.root / ".explainer", self.site.root / ".site.explainer-spare"):
                shutil.rmtree(folder, ignore_errors=True)
            self.build()
            self.trees[word] = tree_of(self.site.out)
        self.reset()

    def write(self, word: str) -> None:
        for n in range(self.pages + self.pages // 10):
            said = "same" if n >= self.pages and word != "before" else word
            text = f"---\ntitle: Page {n}\ndate: 2024-01-01\ntags: [{said}]\n---\nAll of it is {said}.\n"
            self.site.write(f"content/explainers/page-{n}.md", text)

    @property
    def arguments(self) -> list[str]:
        return ["build", "--site", str(self.site.root), "--jobs", str(self.jobs)]

    def build(self) -> None:
        done = subprocess.run(
            [sys.executable, "-m", "explainer", *self.arguments], cwd=ROOT, timeout=120, capture_output=True,
            text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr

    def reset(self) -> None:
        """Have the old tree, beside one from which some of its files aren't shared, with the new pages to come."""
        for word in ("before", "old"):
            self.write(word)
            self.build()
        assert tree_of(self.site.out) == self.trees["old"]
        self.write("new")

    def run(self, *before: str, **options: Any) -> subprocess.CompletedProcess[str]:
        """Build the new pages in a process that has everything imported."""
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONHASHSEED": "0", "PYTHONDONTWRITEBYTECODE": "1"}
        return subprocess.run(
            [*before, sys.executable, "-c", DRIVER, *self.arguments], env=environment, cwd=ROOT, timeout=300,
            capture_output=True, text=True, check=False, **options,
        )  # fmt: skip

    def traced(self, *options: str) -> subprocess.CompletedProcess[str]:
        return self.run(str(STRACE), "-f", "-qq", *options)

    def check_recovers(self, moment: object) -> None:
        """The output is one whole tree; the next build makes the new one, and leaves nothing else."""
        assert tree_of(self.site.out) in self.trees.values(), moment
        self.build()
        assert tree_of(self.site.out) == self.trees["new"], moment
        assert beside(self.site.out) <= BESIDE, moment
        left = {path.name for path in self.site.root.joinpath(".explainer").iterdir()}
        assert {name.partition("-")[0] for name in left} <= {".gitignore", "cache.sqlite3", "lock", "sources"}


@pytest.fixture(params=[1, 2], ids=["alone", "with-workers"])
def both(request: pytest.FixtureRequest, tmp_path: Path) -> Both:
    return Both(tmp_path, 300, request.param)


def moments(both: Both, call: str, most: int) -> list[int]:
    """Which calls of that kind to meddle with: after all is imported, evenly, at most so many.

    strace counts for each process. A worker is counted from its own start, the first process from where work begins.
    """
    log = both.site.root.parent / "trace"
    assert both.traced("-e", f"trace={call},write", "-o", str(log)).returncode == 0
    lines = [line for line in log.read_text(encoding="utf-8").splitlines() if re.match(r"\d+ +\w+\(", line)]
    begin = next(n for n, line in enumerate(lines) if "begin" in line)
    main, of_call = lines[begin].split()[0], re.compile(rf"(\d+) +{call}\(")
    before, whole = (
        Counter(match[1] for match in map(of_call.match, part) if match) for part in (lines[: begin + 1], lines)
    )
    both.reset()
    helped = max((count for process, count in whole.items() if process not in before), default=0)
    found = sorted({*range(before[main] + 1, whole[main] + 1), *range(1, helped + 1)})
    assert found
    return found[:: max(1, EVERY * len(found) // most)]


@needs_strace
@pytest.mark.parametrize("call", CALLS)
def test_killed_at_any_call(both: Both, call: str) -> None:
    killed = 0
    for moment in moments(both, call, 25):
        done = both.traced("-e", f"trace={call}", "-e", f"inject={call}:signal=KILL:when={moment}")
        # One that helps may be killed alone; then the build goes on without it, or says that it couldn't.
        assert done.returncode in {0, 3, -signal.SIGKILL}, (moment, done)
        killed += done.returncode != 0
        assert "Traceback" not in done.stderr, (moment, done)
        both.check_recovers(moment)
        both.reset()
    assert killed


@needs_strace
@pytest.mark.parametrize("error", ERRORS)
@pytest.mark.parametrize("call", [*CALLS[:-1], "read", "getdents64", "newfstatat", "flock"])
def test_an_error_of_any_call(tmp_path: Path, call: str, error: str) -> None:
    both = Both(tmp_path, 30, 1)
    for moment in moments(both, call, 6):
        done = both.traced("-e", f"trace={call}", "-e", f"inject={call}:error={error}:when={moment}")
        assert done.returncode in {0, 1, 3}, (moment, done)
        assert "Traceback" not in done.stderr, (moment, done)
        if done.returncode:
            assert tree_of(both.site.out) == both.trees["old"], (moment, done)
            assert re.search(r"error: \S.*|: error E\d+", done.stderr), (moment, done)
        both.check_recovers(moment)
        both.reset()


@pytest.mark.parametrize("kind", [resource.RLIMIT_FSIZE, resource.RLIMIT_NOFILE], ids=["size", "handles"])
def test_limits_of_a_process(both: Both, kind: int) -> None:
    told = 0
    for limit in [4, 8, 12, 16, 24, 40] if kind == resource.RLIMIT_NOFILE else [0, 20, 500, 3000, 20_000, 10**6]:
        done = subprocess.run(
            [sys.executable, "-m", "explainer", *both.arguments], cwd=ROOT, timeout=120, capture_output=True, text=True,
            check=False, preexec_fn=limited(kind, limit), env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
        )  # fmt: skip
        assert done.returncode in {0, 3}, (limit, done)
        assert "Traceback" not in done.stderr, (limit, done)
        told += done.returncode == 3
        both.check_recovers(limit)
        both.reset()
    assert told


def limited(kind: int, limit: int) -> Callable[[], None]:
    return lambda: resource.setrlimit(kind, (limit, limit))


def test_a_worker_is_killed(tmp_path: Path) -> None:
    both = Both(tmp_path, 300, 2)
    ended = Counter[int]()
    for n in range(max(1, 30 // EVERY)):
        before = stamps_of(both.site.out)
        process = subprocess.Popen(
            [sys.executable, "-m", "explainer", *both.arguments], cwd=ROOT, stderr=subprocess.PIPE, text=True
        )
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
        found: list[str] = []
        while process.poll() is None and not found:
            found = children.read_text(encoding="ascii").split()
        time.sleep(n * 0.01)
        if process.poll() is None and found and Path(f"/proc/{found[0]}").exists():
            os.kill(int(found[0]), signal.SIGKILL)
        _, told = process.communicate(timeout=60)
        ended[process.returncode] += 1
        assert process.returncode in {0, 3}, told
        assert "Traceback" not in told
        if process.returncode == 3:
            assert stamps_of(both.site.out) == before
        both.check_recovers(n)
        both.reset()
    assert ended.keys() <= {0, 3}
