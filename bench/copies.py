"""A contestant's copy of the corpus: built, edited, and held against what it must be."""

from __future__ import annotations

import shutil
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from bench.corpus import DIALECTS, MARK, make_corpus, slug_of, withdraw
from bench.measure import Run, RunError, peak, run, run_apart

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bench.contestants import Contestant

MARKER = ".explainer-site"  # the one file that may differ between equal builds
WITHOUT_SEARCH = "search: false\n"
LAYOUT = """\
{{% extends "default/explainer.html" %}}
{{% block closing %}}
{{{{ super() }}}}
<p>Layout {edition}</p>
{{% endblock %}}
"""


class Copy:
    """One contestant and its site of so many pages, in a folder inside `work`."""

    def __init__(self, contestant: Contestant, pages: int, work: Path) -> None:
        self.contestant = contestant
        self.pages = pages
        self.root = work / contestant.name
        self.log = work / f"{contestant.name}.log"
        self.slug = slug_of(pages // 2)
        self.page = self.root / DIALECTS[contestant.dialect].content / f"{self.slug}.md"
        self.mark = MARK
        self.edits = 0
        make_corpus(contestant.dialect, pages, self.root)

    def clean(self) -> None:
        """Take away the output and every cache."""
        for pattern in self.contestant.litter:
            for path in self.root.glob(pattern):
                if path.is_dir():
                    shutil.rmtree(path)
                else:
                    path.unlink()

    def cold(self, *options: str) -> Run:
        """Build without output and caches; the system's own cache is warm."""
        self.clean()
        return self._checked(run((*self.contestant.build, *options), self.root, self.contestant.environment, self.log))

    def on_cluster(self) -> tuple[Run, Run]:
        """Build so on a cluster of this machine: the process that coordinates, and those that work."""
        self.clean()
        command = (*self.contestant.build, "--scheduler", "local")
        found = run_apart(command, self.root, self.contestant.environment, self.log)
        self._check()
        return found

    def again(self) -> Run:
        """Build over what the last build left."""
        command = self.contestant.again or self.contestant.build
        return self._checked(run(command, self.root, self.contestant.environment, self.log))

    def memory(self) -> float:
        """The most memory that a cold build holds, in MiB."""
        self.clean()
        most = peak(self.contestant.build, self.root, self.contestant.environment, self.log)
        self._check()
        return most

    def edit(self) -> None:
        """Change one word of one page, as an editor saves a file."""
        self.edits += 1
        mark = f"edition-b{self.edits:03d}"
        text = self.page.read_text(encoding="utf-8")
        self.page.write_text(text.replace(self.mark, mark), encoding="utf-8")
        self.mark = mark

    def check_out(self, *left: str) -> None:
        """Make every file anew, with another time, as a fresh checkout to which caches and output are brought back.

        What is `left`, by glob patterns, isn't, nor what stands hidden beside the output.
        """
        anew = self.root.with_name(f"{self.root.name}-anew")
        pass_over = shutil.ignore_patterns(f".{self.contestant.out}.*", *left)
        shutil.copytree(self.root, anew, symlinks=True, copy_function=shutil.copyfile, ignore=pass_over)
        shutil.rmtree(self.root)
        anew.rename(self.root)

    def withdraw(self, *, withdrawn: bool) -> None:
        """Withdraw the shared source, or take that back."""
        withdraw(self.root, withdrawn=withdrawn)

    def set_search(self, *, on: bool) -> None:
        """Turn the site's search on or off; it is on by default."""
        settings = self.root / "content/site.yaml"
        text = settings.read_text(encoding="utf-8").replace(WITHOUT_SEARCH, "")
        settings.write_text(text if on else text + WITHOUT_SEARCH, encoding="utf-8")

    def change_layout(self) -> None:
        """Give every explainer another last line."""
        self.edits += 1
        layout = self.root / "layouts/explainer.html"
        layout.parent.mkdir(exist_ok=True)
        layout.write_text(LAYOUT.format(edition=self.edits), encoding="utf-8")

    @contextmanager
    def twin(self) -> Iterator[Copy]:
        """The same site in another folder, without output and caches; it is taken away afterwards."""
        twin = object.__new__(type(self))
        twin.__dict__.update(self.__dict__)
        twin.root = self.root.with_name(f"{self.root.name}-clean")
        shutil.rmtree(twin.root, ignore_errors=True)
        shutil.copytree(self.root, twin.root, ignore=lambda folder, _: self._litter(folder))
        try:
            yield twin
        finally:
            shutil.rmtree(twin.root)

    def _litter(self, folder: str) -> set[str]:
        here = Path(folder) == self.root
        return {path.name for pattern in self.contestant.litter for path in self.root.glob(pattern)} if here else set()

    def _checked(self, figures: Run) -> Run:
        self._check()
        return figures

    def _check(self) -> None:
        page = self.root / self.contestant.out / "explainers" / self.slug / "index.html"
        if not page.is_file():
            raise RunError(f"{self.contestant.title} made no {page}")
        html = page.read_text(encoding="utf-8")
        fault = self.contestant.fault(html) or ("" if self.mark in html else f"no word {self.mark}")
        if fault:
            raise RunError(f"{self.contestant.title} made a wrong page: {fault}: {page}")

    def files(self) -> dict[str, Path]:
        """The output's files by their paths in it."""
        out = self.root / self.contestant.out
        found = {path.relative_to(out).as_posix(): path for path in out.rglob("*") if path.is_file()}
        found.pop(MARKER, None)
        return found


def compare(copy: Copy, other: Copy) -> None:
    """Hold two outputs against each other: names, bytes and modes.

    Raises:
        RunError: if they differ; it names a file that does.
    """
    mine, theirs = copy.files(), other.files()
    differ = mine.keys() ^ theirs.keys()
    differ |= {path for path in mine.keys() & theirs.keys() if not _same(mine[path], theirs[path])}
    if differ:
        raise RunError(f"{len(differ)} files are not what a clean build makes, such as {min(differ)}")


def _same(one: Path, other: Path) -> bool:
    return one.stat().st_mode == other.stat().st_mode and one.read_bytes() == other.read_bytes()
