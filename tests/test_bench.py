from __future__ import annotations

import io
import sys
from dataclasses import replace
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest
from PIL import Image

from bench import photographs, previews
from bench.chart import chart
from bench.contestants import ROOT, our_fault, ours, peer_fault, peers
from bench.copies import Copy, compare
from bench.corpus import DIALECTS, OURS, Article, cites_shared, make_corpus
from bench.figures import Figures, Size
from bench.goals import TITLES, rows, told
from bench.measure import Run, RunError, peak, run, run_apart
from bench.session import measure, plan_for
from bench.table import conditions, table

if TYPE_CHECKING:
    from pathlib import Path

MACHINE = {"day": "2026-02-03", "cores": 2, "system": "Linux x86_64", "python": "3.11.7", "load": 0.25}


def size(ours: float, hugo: float) -> Size:
    found = Size(memory={OURS: 40.0, "hugo": 400.0})
    for step in ("cold", "nothing"):
        for name, wall in ((OURS, ours), ("hugo", hugo)):
            for more in (0.0, 0.1, 5.0):  # the median counts
                found.add(step, name, Run(wall + more, 2 * wall))
    return found


@pytest.fixture
def figures() -> Figures:
    starts = {"bare": [0.01], "help": [0.06], "version": [0.12]}
    return Figures(
        MACHINE, {OURS: "0.1.0", "hugo": "0.168.0"}, {1_000: size(2.0, 3.9), 10_000: size(20.0, 9.9)}, starts
    )


def tree(folder: Path) -> dict[str, bytes]:
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


@pytest.mark.parametrize("name", DIALECTS)
def test_the_corpus_is_the_same_each_time(name: str, tmp_path: Path) -> None:
    for folder in ("one", "other"):
        make_corpus(name, 3, tmp_path / folder)
    assert tree(tmp_path / "one") == tree(tmp_path / "other")


def test_a_page_has_the_same_words_in_every_dialect() -> None:
    assert len({Article(1, 2_000, name).text().split("## ")[1].splitlines()[0] for name in DIALECTS}) == 1


@pytest.mark.parametrize("pages", [100, 1_000, 10_000, 12_345])
def test_fifty_pages_cite_the_shared_source_and_the_edited_one_does_not(pages: int) -> None:
    assert sum(cites_shared(index, pages) for index in range(pages)) == 50
    assert not cites_shared(pages // 2, pages)


def test_the_shared_source_takes_the_place_of_a_page_s_own() -> None:
    text = Article(10, 1_000, OURS).text()
    assert "{{< source shared >}}" in text
    assert "s8" not in text
    assert "shared" not in Article(10, 1_000, "hugo").text()


def test_the_table_tells_what_was_run_and_nothing_else(figures: Figures) -> None:
    lines = table(figures).splitlines()
    assert len({len(line) for line in lines}) == 1
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]
    assert cells[:2] == [
        ["cold", "1,000", "2.10 s (4.00)", "Hugo: 4.00 s (7.80)", "0.53 ×", "≤ 2 ×", "yes"],
        ["cold", "10,000", "20.10 s (40.00)", "Hugo: 10.00 s (19.80)", "2.01 ×", "≤ 2 ×", "no"],
    ]
    assert [row[0] for row in cells[2:]] == [
        *("nothing changed", "nothing changed", "peak memory, cold", "peak memory, cold", "growth of CPU, cold"),
        *("explainer --help", "explainer --version"),
    ]
    assert cells[-1][2:] == ["120 ms", "the bare interpreter: 10 ms", "110 ms more", "≤ 90 ms more", "no"]
    assert "medians of 3 runs; Explainer 0.1.0, Hugo 0.168.0" in conditions(figures)
    figures.sizes[10_000].steps["cold"][OURS] *= 2
    assert "medians of 3 to 6 runs;" in conditions(figures)


def test_memory_without_a_peer_is_held_against_its_own_limit() -> None:
    record = Figures(MACHINE, {}, {100_000: Size(memory={OURS: 2_100.0})})
    assert [told(row) for row in rows(record)] == [("2100 MiB", "≤ 2048 MiB", "no")]


def test_the_chart_has_a_dot_for_each_ratio(figures: Figures) -> None:
    svg = ET.fromstring(chart(figures))  # noqa: S314 - it is our own
    dots = svg.findall(".//*[@cy]")
    ratios = [row for row in rows(figures) if not row.unit]
    assert len(dots) == len(ratios) + 2  # and two in the key
    missed = [dot for dot in dots if dot.get("class") == "missed"]
    assert len(missed) == sum(row.met is False for row in ratios) + 1


def test_figures_survive_the_file(figures: Figures, tmp_path: Path) -> None:
    figures.save(tmp_path / "results/figures.json")
    assert Figures.load(tmp_path / "results/figures.json") == figures


def test_the_cost_of_the_search_is_told(figures: Figures) -> None:
    for step in ("search", "search: word"):
        figures.sizes[1_000].add(step, "without", Run(2.0, 4.0))
        figures.sizes[1_000].add(step, "with", Run(2.0, 5.0))
    figures.sizes[1_000].answers = [(0.3, 0.9), (0.7, 0.2)]
    found = {row.work: (*told(row), row.met) for row in rows(figures) if "search" in row.work}
    assert found == {
        "cold, with the search": ("1.25 ×", "≤ 1.1 ×", "no", False),
        "one word, with the search": ("1.25 ×", "", "", None),
        "search: the slowest answer": ("700 ms", "≤ 600 ms", "no", False),
        "search: the most loaded": ("900 kB", "≤ 1200 kB", "yes", True),
    }


def test_a_wrong_page_is_refused() -> None:
    assert our_fault("<p>Nothing.</p>") == "0 claims, 0 of them with words, not 8"
    assert peer_fault('<span class="claim claim-named">') == "1 claims, 0 references and 0 back links"


def test_a_failing_command_is_refused(tmp_path: Path) -> None:
    command = ("sh", "-c", "echo broken; exit 4")
    for measured in (run, peak):
        with pytest.raises(RunError, match="exit 4: broken"):
            measured(command, tmp_path, {"PATH": "/usr/bin:/bin"}, tmp_path / "log")


def test_missing_peers_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert set(peers(tmp_path).values()) == {None}


@pytest.mark.torture
def test_a_whole_session_of_ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(previews, "SETTLED", 0.1)
    monkeypatch.setattr(previews, "REST", 0.1)
    plan = plan_for(ROOT, {}, [3], 1, tmp_path, tmp_path / "figures.json")
    figures = measure(replace(plan, starts=1, chromium=None))
    assert figures == Figures.load(tmp_path / "figures.json")
    assert figures.sizes[3].steps.keys() == {
        "cold",
        "cluster",
        "nothing",
        "word",
        "checkout",
        "cache",
        "withdrawn",
        "layout",
        "search",
        "search: word",
        "ready",
        "save",
        "another",
        "photographs",
        "photographs again",
    }
    assert "layout changed" in table(figures)


def test_photographs_are_the_same_for_all_and_on_the_first_pages(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {"SIZE": (60, 40), "GRAIN": (15, 10), "MOST": 9}.items():
        monkeypatch.setattr(photographs, name, value)
    photographs._pixels.cache_clear()
    copy = Copy(ours(), 12, tmp_path)
    photographs.add_photographs(copy)
    made = [path.read_bytes() for path in sorted((copy.root / "content/media").iterdir())]
    assert len(made) == len(set(made)) == 9
    with Image.open(io.BytesIO(made[0])) as one, Image.open(io.BytesIO(made[8])) as other:
        assert one.size == (60, 40)
        assert one.tobytes() == other.tobytes()
    pages = sorted((copy.root / "content/explainers").iterdir())
    assert [path for path in pages if "photograph-" in path.read_text("utf-8")] == pages[:9]
    with pytest.raises(RunError, match="made 0 WebP pictures"):
        photographs.check_photographs(copy)
    photographs._pixels.cache_clear()


def test_only_the_steps_that_are_asked_for_are_run(tmp_path: Path) -> None:
    plan = plan_for(ROOT, {}, [2], 1, tmp_path, tmp_path / "figures.json", ["cold", "cache"])
    assert measure(replace(plan, starts=1)).sizes[2].steps.keys() == {"cold", "cache"}


@pytest.mark.skipif(
    sys.platform != "linux", reason="no other system tells the CPU of a process and of its children apart"
)
def test_the_cpu_of_a_process_is_told_apart_from_that_of_its_children(tmp_path: Path) -> None:
    busy = "import subprocess, sys, time\nif sys.argv[1:]: subprocess.run([sys.executable, '-c', sys.argv[1]])\n"
    busy += "while time.process_time() < 0.2: pass"
    for arguments, longer in (((), 0), ((busy,), 1)):
        found = run_apart((sys.executable, "-c", busy, *arguments), tmp_path, {}, tmp_path / "log")
        assert [own_or_others.cpu > 0.15 for own_or_others in found] == [True, bool(longer)]


def test_a_cluster_has_a_row_for_each_kind_of_process() -> None:
    found = Size()
    for name, cpu in (("one", 40.0), ("coordinator", 6.0), ("workers", 48.0)):
        found.add("cluster", name, Run(50.0, cpu))
    told_rows = [(row.work, row.ours, *told(row)) for row in rows(Figures(MACHINE, {}, {10_000: found}))]
    assert told_rows == [
        ("cluster: coordinator", "6.00 s CPU", "0.15 ×", "≤ 0.3333 ×", "yes"),
        ("cluster: all workers", "48.00 s CPU", "1.20 ×", "", ""),
        ("cluster: eight, added up", "12.00 s CPU", "0.30 ×", "≤ 0.25 ×", "no"),
    ]


def test_previews_have_rows_of_their_own() -> None:
    found = Size()
    for step, name, wall in (
        ("ready", OURS, 0.2), ("ready", "hugo", 1.0), ("save", OURS, 0.05), ("save", "hugo", 0.2), ("repaint", OURS, 0.15)
    ):  # fmt: skip
        found.add(step, name, Run(wall, 0.0))
    lines = rows(Figures(MACHINE, {}, {1_000: found}))
    assert [(row.work, row.ours, row.other, *told(row)) for row in lines] == [
        ("preview: ready", "200 ms", "1000 ms", "0.20 ×", "≤ 0.2 ×", "yes"),
        ("preview: save to served", "50 ms", "200 ms", "0.25 ×", "≤ 0.2 ×", "no"),
        ("preview: save to repaint", "150 ms", "50 ms", "100 ms more", "≤ 150 ms more", "yes"),
    ]


def test_a_preview_that_never_shows_its_page_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(previews, "START", 0.2)
    copy = Copy(ours(), 2, tmp_path)
    with pytest.raises(RunError, match="never shows"), previews.preview(copy, "no-such-page"):
        pass


def test_the_commands_of_previews() -> None:
    found = {name: previews.command_of(replace(ours(), name=name), 80) for name in TITLES}
    assert [name for name, command in found.items() if command is None] == ["pelican"]
    assert all("80" in str(command) for name, command in found.items() if command)


def test_a_difference_from_a_clean_build_is_refused(tmp_path: Path) -> None:
    copy = Copy(ours(), 2, tmp_path)
    copy.cold()
    with copy.twin() as twin:
        twin.cold()
        compare(copy, twin)
        (copy.root / "site/index.html").chmod(0o600)
        with pytest.raises(RunError, match=r"1 files are not what a clean build makes, such as index\.html"):
            compare(copy, twin)
