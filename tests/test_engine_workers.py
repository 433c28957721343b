"""One function over many items, in this process or in others."""

from __future__ import annotations

import os
import pickle
import shutil
import signal
import subprocess
import sys
from concurrent.futures import Executor, Future
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from queue import LifoQueue
from threading import Thread, Timer
from typing import TYPE_CHECKING, Any, cast
from unittest.mock import patch

import pytest

from explainer.engine import workers
from explainer.engine.run import Request, build
from explainer.engine.stale_lists import StaleLists
from explainer.engine.workers import Crew, LocalWorkers, crew_of, work_on
from tests.incremental_support import LAYOUTS, LINES, OTHER_SOURCES, SiteUnderWork, compile_once
from tests.output_support import tree_of

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator

    from explainer.engine.run import Report

ROOT = Path(__file__).parents[1]


def times(common: int, item: int) -> tuple[int, int]:
    return item * common, os.getpid()


def fail_at_seven(_: None, item: int) -> int:
    if item == 7:
        raise ValueError("seven")
    return item


@pytest.mark.parametrize("count", [0, 1, 3, 120])
@pytest.mark.parametrize("jobs", [1, 2, 5, None])
def test_every_item_has_a_result(count: int, jobs: int | None) -> None:
    found = list(workers.run(times, iter(range(count)), count, 3, LocalWorkers(jobs)))
    assert sorted(result for result, _ in found) == [3 * item for item in range(count)]
    elsewhere = {process for _, process in found} - {os.getpid()}
    pays = count >= workers.WORTH_A_POOL and workers.usable_cores() > 1
    assert bool(elsewhere) == (pays if jobs is None else jobs > 1 and count > 1)


@pytest.mark.parametrize("jobs", [1, 2])
def test_what_a_worker_raises_comes_out(jobs: int) -> None:
    with pytest.raises(ValueError, match="seven"):
        list(workers.run(fail_at_seven, range(20), 20, None, LocalWorkers(jobs)))
    assert sorted(workers.run(fail_at_seven, range(5), 5, None, LocalWorkers(jobs))) == [0, 1, 2, 3, 4]


def be_killed(_: None, item: int) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def test_a_worker_that_is_killed_is_an_error_of_the_system() -> None:
    with pytest.raises(ChildProcessError):
        list(workers.run(be_killed, range(20), 20, None, LocalWorkers(2)))


class Long:
    """An answer that takes a while to send; its process ends meanwhile, if not a little earlier or later."""

    def __init__(self, number: signal.Signals, after: float) -> None:
        self.number, self.after = number, after

    def __reduce__(self) -> tuple[Any, tuple[bytes]]:
        Timer(self.after, os.kill, (os.getpid(), self.number)).start()
        return bytes, (bytes(50_000_000),)


def answer_at_length(number: signal.Signals, item: int) -> object:
    return Long(number, item / 1000)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_a_worker_that_ends_within_an_answer_is_an_error_of_the_system(number: signal.Signals) -> None:
    ended: list[object] = []

    def run_all() -> None:
        try:
            ended.extend(workers.run(answer_at_length, range(5, 45), 40, number, LocalWorkers(2)))
        except ChildProcessError as error:
            ended.append(error)

    thread = Thread(target=run_all, daemon=True)  # who waits for the rest of an answer waits for ever
    thread.start()
    thread.join(60)
    assert isinstance(ended[-1], ChildProcessError)


def raise_what_stays(_: None, item: int) -> int:
    """Raise what can't be sent, or what can't be read from what was sent."""

    class Unsendable(Exception):  # noqa: N818 - no error
        pass

    class Unreadable(Exception):  # noqa: N818 - no error
        def __reduce__(self) -> tuple[Any, tuple[str]]:
            return int, ("no number",)

    raise Unreadable if item else Unsendable


@pytest.mark.parametrize(("item", "comes_out"), [(0, ChildProcessError), (1, ValueError)])
def test_what_can_not_be_brought_back_ends_the_run(item: int, comes_out: type[Exception]) -> None:
    with pytest.raises(comes_out):
        list(workers.run(raise_what_stays, [item] * 2, 2, None, LocalWorkers(2)))


class Unreadable:
    def __reduce__(self) -> tuple[Any, tuple[str]]:
        return int, ("no number",)


def test_an_item_that_can_not_be_read_is_told_for_what_it_is() -> None:
    items = (Unreadable() for _ in range(4))
    with pytest.raises(ValueError, match="no number"):
        list(workers.run(fail_at_seven, cast("Iterator[int]", items), 4, None, LocalWorkers(2)))


STOPPED_WHILE_FORKING = """
import os, signal
from explainer.cli.main import main
os.register_at_fork(after_in_parent=lambda: os.kill(os.getpid(), signal.SIGTERM))
main()
"""


def test_a_signal_while_processes_are_forked_is_heeded(tmp_path: Path) -> None:
    for number in range(4):
        page = tmp_path / f"content/explainers/{number}.md"
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text(f"---\ntitle: Page {number}\ndate: 2024-01-01\n---\nWords.\n")
    command = [sys.executable, "-c", STOPPED_WHILE_FORKING, "build", "--jobs", "2", "--site", str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stderr) == (143, "")
    assert not (tmp_path / "site").exists()


@pytest.mark.parametrize("jobs", [1, 2])
def test_it_may_be_left_before_the_end(jobs: int) -> None:
    with closing(
        cast("Generator[tuple[int, int], None, None]", workers.run(times, range(1000), 1000, 1, LocalWorkers(jobs)))
    ) as results:
        assert next(results)[0] in range(1000)


def test_items_are_asked_for_as_they_are_needed() -> None:
    asked = []

    def items() -> Iterator[int]:
        for item in range(10_000):
            asked.append(item)
            yield item

    with closing(
        cast("Generator[tuple[int, int], None, None]", workers.run(times, items(), 10_000, 1, LocalWorkers(2)))
    ) as results:
        next(results)
        assert len(asked) < 1000


class Elsewhere(Executor):
    """Workers that don't see the site: they do what was sent last first, with copies of what was sent alone."""

    def __init__(self) -> None:
        self.queue: LifoQueue[tuple[Future[Any], bytes] | None] = LifoQueue()
        self.tasks: list[bytes] = []
        self.sent: list[bytes] = []
        self.thread = Thread(target=self.work, daemon=True)
        self.thread.start()

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        assert wait
        assert not cancel_futures
        self.queue.put(None)
        self.thread.join()

    @contextmanager
    def crew(self, task: Any, count: int) -> Iterator[Crew]:
        self.tasks.append(pickle.dumps(task.portable()))
        yield crew_of(self, partial(work_on, pickle.loads(self.tasks[-1])), 2, count, sees_site=False)  # noqa: S301 - our own

    def submit(self, fn: Callable[..., Any], /, *args: Any, **_: Any) -> Future[Any]:
        future: Future[Any] = Future()
        self.sent.append(pickle.dumps(args))
        self.queue.put((future, pickle.dumps((fn, args))))
        return future

    def work(self) -> None:
        while (asked := self.queue.get()) is not None:
            future, call = asked
            fn, args = pickle.loads(call)  # noqa: S301 - our own
            try:
                future.set_result(pickle.loads(pickle.dumps(fn(*args))))  # noqa: S301 - our own
            except BaseException as error:  # noqa: BLE001 - it goes on where the call came from, as from any executor
                future.set_exception(error)


def build_elsewhere(site: SiteUnderWork) -> tuple[Report, Elsewhere]:
    """Build with workers that have nothing but what is sent."""
    site.write()
    with patch("jinja2.Environment.compile", compile_once), Elsewhere() as elsewhere:
        report = build(Request(site.root, site.root / "site"), workers=elsewhere)
    for sent in (*elsewhere.tasks, *elsewhere.sent):
        assert str(site.root).encode() not in sent
    return report, elsewhere


def with_everything(site: SiteUnderWork) -> None:
    beside = {"picture", "photo", "figure"}
    for draft in site.drafts.values():
        draft.lines = LINES.keys() - {"nothing", "unclosed", "unused", "link", *beside}
        draft.front = {"contradicts", "speaker", "status", "disputes", "reported", "responses"}
    site.drafts["record"].lines |= beside
    site.drafts["record"].meta["image"] = "{src: photo.png, alt: A photo}"


def with_mistakes(site: SiteUnderWork) -> None:
    with_everything(site)
    site.drafts["talks"].lines |= {"nothing", "link"}
    site.drafts["record"].front.add("mine")
    site.drafts["later"].lines.add("unclosed")
    site.drafts["denial"].meta["authors"] = "[adda]"
    site.copy = "Something else."


def with_own_sources(site: SiteUnderWork) -> None:
    """Names that only a parser of YAML sees, a party of the registry's, and a copy beside the page."""
    site.drafts["talks"].front.add("extra")
    site.sources["extra"] = OTHER_SOURCES["extra"][0]
    site.drafts["talks"].meta["sources"] = (
        '{mine: {type: interview, attribution: background, description: x, why_unnamed: y, party: "mini\\x73ter"}, '
        'copy: {type: statement, title: C, saved: record/other.txt, via: ["memo"]}}'
    )
    site.drafts["later"].meta["claims"] = '{more: {sources: ["sp\\x65ech"], speaker: "mini\\x73ter"}}'
    site.drafts["later"].lines.add("call")


def with_a_broken_layout(site: SiteUnderWork) -> None:
    site.layouts["explainer.html"] = "{{ page.nothing }}"


def with_layouts(site: SiteUnderWork) -> None:
    """One of them names a picture that no page does in that way."""
    with_everything(site)
    site.layouts |= {name: texts[0] for name, texts in LAYOUTS.items() if name != "static/more"}
    site.layouts["page.html"] = '{{ img("/explainers/record/photo.png", "Any") }}{{ img("/media/photo.png", "All") }}'


@pytest.mark.parametrize(
    "change",
    [lambda _: None, with_everything, with_mistakes, with_own_sources, with_a_broken_layout, with_layouts],
    ids=["as it is", "everything", "mistakes", "own sources", "a broken layout", "layouts"],
)
def test_workers_that_see_nothing_make_the_same(tmp_path: Path, change: Callable[[SiteUnderWork], None]) -> None:
    site = SiteUnderWork(tmp_path)
    change(site)
    report, _ = build_elsewhere(site)
    with patch("jinja2.Environment.compile", compile_once):
        clean, tree = site.build_clean()
    assert report.diagnostics == clean.diagnostics
    assert (report.texts, report.outputs, report.failed) == (clean.texts, clean.outputs, clean.failed)
    assert report.failed or tree_of(site.root / "site") == tree
    site.drafts["talks"].word = site.drafts["record"].title = "two"
    again, elsewhere = build_elsewhere(site)
    with patch("jinja2.Environment.compile", compile_once):
        local = site.check()
    assert again.diagnostics == local.diagnostics
    assert again.failed or len(again.rendered) < len(report.rendered)
    assert again.failed or not local.rendered
    assert elsewhere.sent


def with_long_lists(site: SiteUnderWork) -> None:
    """Claims of one page on two pages of the ledger, and more explainers under a tag than fit on one page."""
    claims = "\n\n".join(
        f'{{{{< claim id="more-{n}" sources="memo" >}}}}Claim {n}{{{{< /claim >}}}}.' for n in range(60)
    )
    many = {
        f"many-{n}": f"---\ntitle: Page {n}\ndate: 2017-01-{n % 28 + 1:02}\ntags: [Many]\n---\nX.\n" for n in range(52)
    }
    many["many-0"] += claims
    site.write()
    for slug, text in many.items():
        (site.root / f"content/explainers/{slug}.md").write_text(text)


def test_the_themes_lists_are_made_of_what_is_sent(tmp_path: Path) -> None:
    site = SiteUnderWork(tmp_path)
    with_long_lists(site)
    with patch.object(StaleLists, "_render_here", side_effect=AssertionError):
        report, elsewhere = build_elsewhere(site)
    assert not report.failed
    assert {"tags/many/page/2/index.html", "people/minister/index.html"} <= report.rendered.keys()
    assert b"ledger.html" in b"".join(elsewhere.sent)
    with patch("jinja2.Environment.compile", compile_once):
        _, clean = site.build_clean()
    assert tree_of(site.root / "site") == clean


def test_a_layout_may_ask_for_more_of_a_list_than_is_sent(tmp_path: Path) -> None:
    site = SiteUnderWork(tmp_path)
    with_long_lists(site)
    site.layouts |= {
        "tag.html": "{% for entry in tag.entries %}{{ entry.title }}\n{% endfor %}",
        "explainers.html": "{% for entry in entries %}{{ entry.title }}\n{% endfor %}",
        "ledger.html": "{% for part in entries.by_page %}{{ part.pages[0].tags|join }}\n{% endfor %}",
    }
    report, _ = build_elsewhere(site)
    assert not report.failed
    made = {path: (site.root / "site" / path).read_text("utf-8").split("\n") for path in report.rendered}
    assert len(made["tags/many/page/2/index.html"]) == 52 + 1
    assert len(made["explainers/index.html"]) == 50 + 1
    assert "Many" in made["claims/2017/01/index.html"]
    with patch("jinja2.Environment.compile", compile_once):
        _, clean = site.build_clean()
    assert tree_of(site.root / "site") == clean


def test_only_what_pages_name_of_the_registry_is_sent(tmp_path: Path) -> None:
    site = SiteUnderWork(tmp_path)
    site.sources["officials"] = (
        "type: interview, attribution: background, description: two officials, why_unnamed: fear, party: the-voice, "
        "title: Jane Doe, publisher: Her Office, url: 'https://who.example/', authors: [Jane D], withdrawn: "
        "{date: 2018-01-01, reason: Jane was named}"
    )
    site.sources["deep"] = (
        "type: interview, attribution: deep-background, knowledge: first-hand, description: the driver, why_unnamed: fear, "
        "party: deep-voice"
    )
    site.sources["other"] = (
        "type: interview, attribution: background, description: uncited words, why_unnamed: y, party: z"
    )
    report, elsewhere = build_elsewhere(site)
    assert not report.failed
    sent = b"".join((*elsewhere.tasks, *elsewhere.sent))
    assert b"two officials" in sent
    for secret in ("Jane", "Her Office", "who.example", "the driver", "uncited words"):
        assert secret.encode() not in sent, secret


BUILD = """
import sys
from pathlib import Path
from explainer.engine.run import Request, build
from explainer.engine.stale_lists import StaleLists
from explainer.engine.workers import Crew, LocalWorkers, crew_of, work_on
site, out, jobs = sys.argv[1:]
report = build(Request(Path(site), Path(out), jobs=int(jobs)))
print(len(report.rendered), [d.code for d in report.diagnostics])
sys.exit(report.failed)
"""


def run_build(site: Path, out: Path, jobs: int) -> str:
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
        told = run_build(site.root, out, jobs)
        assert told == run_build(site.root, tmp_path / f"again-{jobs}", jobs)
        trees.append(tree(out))
        shutil.rmtree(site.root / ".explainer")
    assert trees[0] == trees[1] == trees[2]
    assert len(trees[0]) > 60
