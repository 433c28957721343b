"""One function over many items, in this process or in others."""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, cast

import pytest

from explainer.engine import workers
from explainer.engine.page import PagePreparer
from explainer.engine.page_outputs import PageRendering, RenderJob
from explainer.engine.run import Request, build
from tests.incremental_support import SiteUnderWork

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

ROOT = Path(__file__).parents[1]


def times(common: int, item: int) -> tuple[int, int]:
    return item * common, os.getpid()


def fail_at_seven(_: None, item: int) -> int:
    if item == 7:
        raise ValueError("seven")
    return item


@pytest.mark.parametrize("count", [0, 1, 3, 120])
@pytest.mark.parametrize("jobs", [1, 2, 5, None])
def test_results_come_in_order(count: int, jobs: int | None) -> None:
    found = list(workers.run(times, iter(range(count)), count, 3, jobs))
    assert [result for result, _ in found] == [3 * item for item in range(count)]
    elsewhere = {process for _, process in found} - {os.getpid()}
    pays = count >= workers.WORTH_A_POOL and workers.usable_cores() > 1
    assert bool(elsewhere) == (pays if jobs is None else jobs > 1 and count > 1)


@pytest.mark.parametrize("jobs", [1, 2])
def test_what_a_worker_raises_comes_out(jobs: int) -> None:
    with pytest.raises(ValueError, match="seven"):
        list(workers.run(fail_at_seven, range(20), 20, None, jobs))
    assert list(workers.run(fail_at_seven, range(5), 5, None, jobs)) == [0, 1, 2, 3, 4]


def be_killed(_: None, item: int) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def test_a_worker_that_is_killed_is_an_error_of_the_system() -> None:
    with pytest.raises(ChildProcessError):
        list(workers.run(be_killed, range(20), 20, None, 2))


@pytest.mark.parametrize("jobs", [1, 2])
def test_it_may_be_left_before_the_end(jobs: int) -> None:
    with closing(
        cast("Generator[tuple[int, int], None, None]", workers.run(times, range(1000), 1000, 1, jobs))
    ) as results:
        assert next(results)[0] == 0


def test_items_are_asked_for_as_they_are_needed() -> None:
    asked = []

    def items() -> Iterator[int]:
        for item in range(10_000):
            asked.append(item)
            yield item

    with closing(cast("Generator[tuple[int, int], None, None]", workers.run(times, items(), 10_000, 1, 2))) as results:
        next(results)
        assert len(asked) < 1000


class Recorder:
    """Runs jobs here, and keeps what any other executor would have to send."""

    def __init__(self) -> None:
        self.sent: list[bytes] = []

    def __call__(self, function: object, items: object, count: int, common: object, jobs: object) -> object:
        for item in items:  # type: ignore[attr-defined]
            call = pickle.dumps((function, common, item))
            run, shared, copy = pickle.loads(call)  # noqa: S301 - our own
            self.sent.append(call)
            yield pickle.loads(pickle.dumps(run(shared, copy)))  # noqa: S301 - our own


def test_what_any_executor_needs_can_be_sent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    site, recorder = SiteUnderWork(tmp_path), Recorder()
    with monkeypatch.context() as patched:
        patched.setattr(workers, "run", recorder)
        site.check()
    functions = {pickle.loads(call)[0] for call in recorder.sent}  # noqa: S301 - our own
    assert functions == {PagePreparer.prepare, PageRendering.render}
    _, common, job = pickle.loads(recorder.sent[-1])  # noqa: S301 - our own
    assert isinstance(common, PageRendering)
    assert isinstance(job, RenderJob)
    assert not build(Request(site.root, site.root / "site", jobs=1)).failed


BUILD = """
import sys
from pathlib import Path
from explainer.engine.run import Request, build
site, out, jobs = sys.argv[1:]
report = build(Request(Path(site), Path(out), jobs=int(jobs)))
print(len(report.rendered), [d.code for d in report.diagnostics])
sys.exit(report.failed)
"""


def run(site: Path, out: Path, jobs: int) -> str:
    done = subprocess.run(
        [sys.executable, "-c", BUILD, str(site), str(out), str(jobs)],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return done.stdout


def tree(out: Path) -> dict[str, bytes]:
    return {
        file.relative_to(out).as_posix(): file.read_bytes()
        for file in out.rglob("*")
        if file.is_file() and file.name != ".explainer-site"
    }


def test_many_processes_make_what_one_does(tmp_path: Path) -> None:
    site = SiteUnderWork(tmp_path)
    site.write()
    for n in range(30):
        text = f"---\ntitle: Page {n}\ndate: 2017-01-{n % 28 + 1:02}\n---\n# A\n\nText {n}.{{{{< source memo >}}}}\n"
        (site.root / f"content/explainers/page-{n}.md").write_text(text)
    trees = []
    for jobs in (1, 2, 7):
        out = tmp_path / f"out-{jobs}"
        told = run(site.root, out, jobs)
        assert told == run(site.root, tmp_path / f"again-{jobs}", jobs)
        trees.append(tree(out))
        for file in (site.root / ".explainer").iterdir():
            file.unlink()
    assert trees[0] == trees[1] == trees[2]
    assert len(trees[0]) > 60
