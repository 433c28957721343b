"""Every edit that a site can see, in any order: after each, what changed is built and held against a clean build."""

from __future__ import annotations

import copy
import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import jinja2
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule
from markupsafe import escape

from explainer.engine.run import Request, check
from explainer.output.manifest import MARKER
from explainer.text.typography import Style, typographic
from tests.incremental_support import (
    ABOUT,
    CONFIGS,
    COPIES,
    EXPLAINERS,
    FRONT,
    FUTURE,
    LAYOUTS,
    LINES,
    OTHER_SOURCES,
    PAST,
    PEOPLE,
    SOURCES,
    TAMPERINGS,
    WORDS,
    SiteUnderWork,
    another_program,
    compile_once,
)

if TYPE_CHECKING:
    from markupsafe import Markup

    from explainer.engine.run import Report


# 2017, before some pages are due, and 2020.
DAYS = ("1600000000", "1500000000", "1580000000", "1590000000")
TREES = ("site", ".site.explainer-spare")


def of_theme(folder: str) -> list[str]:
    """The layouts in a folder of the theme; those in none if it is empty."""
    return sorted(name for name in LAYOUTS if name.rpartition("/")[0] in {folder[:-1], f"{folder}more"})


class SiteMachine(RuleBasedStateMachine):
    """Edits a site in any order; after each, building what changed must come to the same as building all."""

    @initialize()
    def begin(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="explainer-test-"))
        self.patch = patch.object(jinja2.Environment, "compile", compile_once)
        self.patch.start()
        self.day = patch.dict(os.environ, {"SOURCE_DATE_EPOCH": DAYS[0]})
        self.day.start()
        self.site = SiteUnderWork(self.folder)
        self.failed = 0
        report = self.site.check()
        assert not report.failed, report.diagnostics
        self.good = self._state()

    def teardown(self) -> None:
        self.patch.stop()
        self.day.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _state(self) -> dict[str, Any]:
        return copy.deepcopy({**vars(self.site), "day": os.environ["SOURCE_DATE_EPOCH"]})

    def check(self, out: str = "site", **options: Any) -> Report:
        """Hold both builds against each other; what has errors for long is taken back, lest most builds only fail."""
        report = self.site.check(out, **options)
        self.failed = self.failed + 1 if report.failed else 0
        if not report.failed:
            self.good = self._state()
        elif self.failed > 1:
            good = copy.deepcopy(self.good)
            os.environ["SOURCE_DATE_EPOCH"] = good.pop("day")
            vars(self.site).update({**good, "files": self.site.files})
            self.failed = 0
            assert not self.site.check().failed
        return report

    # --- Pages ---

    @rule(name=st.sampled_from(EXPLAINERS), what=st.sampled_from(["word", "title", "claim", "heading"]),
          word=st.sampled_from(WORDS))  # fmt: skip
    def edit(self, name: str, what: str, word: str) -> None:
        setattr(self.site.drafts[name], what, word)
        self.check()

    @rule(name=st.sampled_from(EXPLAINERS), line=st.sampled_from(sorted(LINES)), other=st.sampled_from(EXPLAINERS))
    def line(self, name: str, line: str, other: str) -> None:
        self.site.drafts[name].lines ^= {line}
        self.site.drafts[name].other = other
        self.check()

    @rule(name=st.sampled_from(EXPLAINERS), key=st.sampled_from(sorted(FRONT)), other=st.sampled_from(EXPLAINERS))
    def front(self, name: str, key: str, other: str) -> None:
        self.site.drafts[name].front ^= {key}
        self.site.drafts[name].other = other
        self.check()

    @rule(
        name=st.sampled_from(EXPLAINERS),
        meta=st.sampled_from([
            ("date", "2016-12-31"), ("date", "2017-07-21T23:30:00Z"), ("publish_at", "2999-01-01"), ("publish_at", "2020-02-02"),
            ("tags", "[Money]"), ("tags", "[money, new]"), ("related", "[talks, denial]"), ("summary", "In short."),
            ("authors", "[ada]"), ("authors", "[minister]"), ("layout", "home.html"), ("slug", "about"),
            ("image", "{src: picture.svg, alt: A picture}"), ("image", "{src: /media/photo.png, alt: x}"), ("language", "fr"), ("slug", "new-name"),
            ("corrections", "[{date: 2018-01-01, text: It was wrong.}]"), ("dateline", "'a: b'"), ("private", "x"),
        ]),
    )  # fmt: skip
    def meta(self, name: str, meta: tuple[str, str]) -> None:
        key, value = meta
        held = self.site.drafts[name].meta
        if held.get(key) == value:
            del held[key]
        else:
            held[key] = value
        self.check()

    @rule(name=st.sampled_from(EXPLAINERS))
    def draft_on_or_off(self, name: str) -> None:
        self.meta(name, ("draft", "true"))

    @rule(name=st.sampled_from(EXPLAINERS))
    def remove_or_restore(self, name: str) -> None:
        self.site.drafts[name].there ^= True
        self.check()

    @rule(name=st.sampled_from(EXPLAINERS), to=st.sampled_from([*EXPLAINERS, "renamed"]))
    def rename(self, name: str, to: str) -> None:
        draft = self.site.drafts[name]
        if all(other.name != to for other in self.site.drafts.values()):
            draft.name = to
        self.check()

    @rule(one=st.sampled_from(EXPLAINERS), two=st.sampled_from(EXPLAINERS), by_name=st.booleans())
    def swap(self, one: str, two: str, by_name: bool) -> None:
        first, second = self.site.drafts[one], self.site.drafts[two]
        if by_name:
            first.name, second.name = second.name, first.name
        else:
            first.meta["slug"], second.meta["slug"] = second.name, first.name
        self.check()

    @rule(name=st.sampled_from(EXPLAINERS))
    def bundle_or_not(self, name: str) -> None:
        self.site.drafts[name].bundle ^= True
        self.check()

    @rule(text=st.sampled_from(ABOUT))
    def about(self, text: str | None) -> None:
        self.site.about = text
        self.check()

    # --- What pages share ---

    @rule(id_=st.sampled_from(sorted(OTHER_SOURCES)), which=st.integers(0, 2))
    def source(self, id_: str, which: int) -> None:
        changes = OTHER_SOURCES[id_]
        change = changes[which % len(changes)]
        old = SOURCES.get(id_)
        keys = [part.split(":")[0] for part in change.split(", ") if ":" in part]
        kept = [part for part in old.split(", ") if part.split(":")[0] not in keys] if old else []
        changed = ", ".join([*kept, change])
        if self.site.sources.get(id_) != changed:
            self.site.sources[id_] = changed
        elif old:
            self.site.sources[id_] = old
        else:
            del self.site.sources[id_]
        self.check()

    @rule(id_=st.sampled_from(sorted(SOURCES)))
    def remove_or_restore_source(self, id_: str) -> None:
        if id_ in self.site.sources:
            del self.site.sources[id_]
        else:
            self.site.sources[id_] = SOURCES[id_]
        self.check()

    @rule(ids=st.permutations(sorted(SOURCES)))
    def reorder_sources(self, ids: list[str]) -> None:
        self.site.sources = {
            **{id_: self.site.sources[id_] for id_ in ids if id_ in self.site.sources},
            **self.site.sources,
        }
        self.check()

    @rule(ids=st.sets(st.sampled_from(sorted(SOURCES))))
    def move_sources(self, ids: set[str]) -> None:
        """Some sources stand in another file of the registry."""
        self.site.elsewhere = frozenset(ids)
        self.check()

    @rule(id_=st.sampled_from(sorted(PEOPLE)), which=st.sampled_from([0, 1, -1, None]))
    def person(self, id_: str, which: int | None) -> None:
        self.site.people.pop(id_, None)
        if which is not None:
            self.site.people[id_] = PEOPLE[id_][which]
        self.check()

    @rule(key=st.sampled_from(sorted(CONFIGS)), which=st.integers(0, 2))
    def configure(self, key: str, which: int) -> None:
        self.site.config[key] = CONFIGS[key][which % len(CONFIGS[key])]
        self.check()

    @rule(name=st.sampled_from(of_theme("")), which=st.sampled_from([0, 1, 2, 3, 4, None]))
    def layout(self, name: str, which: int | None) -> None:
        self.site.layouts.pop(name, None)
        if which is not None:
            self.site.layouts[name] = LAYOUTS[name][which % len(LAYOUTS[name])]
        self.check()

    @rule(name=st.sampled_from(of_theme("partials/")), which=st.sampled_from([0, 1, 2, None]))
    def partial(self, name: str, which: int | None) -> None:
        self.layout(name, which)

    @rule(name=st.sampled_from(of_theme("shortcodes/")), which=st.sampled_from([0, 1, 2, 3, None]))
    def shortcode(self, name: str, which: int | None) -> None:
        self.layout(name, which)

    @rule(name=st.sampled_from(of_theme("static/")), which=st.sampled_from([0, 1, None]))
    def static(self, name: str, which: int | None) -> None:
        self.layout(name, which)

    @rule(which=st.integers(0, 1))
    def saved_copy(self, which: int) -> None:
        self.site.copy = COPIES[which]
        self.check()

    @rule(name=st.sampled_from(["picture.svg", "other.txt", "speech.md", "more.svg", "in/more.svg", ".hidden"]),
          text=st.sampled_from(["<svg/>", '<svg width="4" height="3"/>', COPIES[0], COPIES[1], None]))  # fmt: skip
    def file_beside(self, name: str, text: str | None) -> None:
        self.site.beside.pop(name, None)
        if text is not None:
            self.site.beside[name] = text
        self.check()

    @rule(
        path=st.sampled_from(["content/media/photo.png", "content/explainers/record/photo.png"]),
        which=st.sampled_from([0, 1, None]),
    )
    def photo(self, path: str, which: int | None) -> None:
        self.site.photos.pop(path, None)
        if which is not None:
            self.site.photos[path] = which
        self.check()

    # --- How it is built ---

    @rule(key=st.sampled_from(["drafts", "future", "strict"]))
    def option(self, key: str) -> None:
        self.site.options[key] = not self.site.options.get(key, False)
        self.check()

    @rule(url=st.sampled_from([None, "https://preview.example/x/"]))
    def base_url(self, url: str | None) -> None:
        self.site.options["base_url"] = url
        self.check()

    @rule(day=st.sampled_from(DAYS))
    def day_comes(self, day: str) -> None:
        os.environ["SOURCE_DATE_EPOCH"] = day
        self.check()

    @rule(jobs=st.sampled_from([1, 2]), clean=st.booleans())
    def ways_to_build(self, jobs: int, clean: bool) -> None:
        self.check(jobs=jobs, clean=clean)

    @rule()
    def nothing(self) -> None:
        self.check()

    @rule(name=st.sampled_from(EXPLAINERS), word=st.sampled_from(WORDS))
    def elsewhere(self, name: str, word: str) -> None:
        """An edit is built into another folder first."""
        before = self.site.drafts[name].word
        self.site.drafts[name].word = word
        self.check("preview")
        self.site.drafts[name].word = before
        self.check()

    @rule(name=st.sampled_from(EXPLAINERS), word=st.sampled_from(WORDS), which=st.sampled_from(["cache", "root"]))
    def goes_back(self, name: str, word: str, which: str) -> None:
        """After an edit the cache, or all that builds made, is what it was before, as if a copy had been put back."""
        folders = [self.site.cache] if which == "cache" else [self.site.cache, self.site.root / "site"]
        for folder in folders:
            if folder.exists():
                shutil.copytree(folder, f"{folder}-before", symlinks=True)
        self.site.drafts[name].word = word
        self.check()
        for folder in folders:
            shutil.rmtree(folder, ignore_errors=True)
            if Path(f"{folder}-before").exists():
                Path(f"{folder}-before").rename(folder)
        self.check()

    @rule()
    def check_alone(self) -> None:
        self.site.write()
        check(Request(self.site.root, self.site.root / "site", **self.site.options))
        self.check()

    @rule()
    def other_program(self) -> None:
        """Another version of the program writes other words."""

        def shout(text: str, style: Style) -> Markup:
            return escape(typographic(text, style) + "!")

        with another_program(), patch("explainer.render.filters._rich", shout):
            self.check()
        self.check()

    @rule(at=st.floats(0, 1), how=st.sampled_from(["gone", "cut", "turned", "removed"]))
    def damage(self, at: float, how: str) -> None:
        """A file of the cache is cut short, or a part of it isn't what it was."""
        files = (
            sorted(path for path in self.site.cache.rglob("*") if path.is_file()) if self.site.cache.exists() else []
        )
        for file in files:
            content = bytearray(file.read_bytes())
            where = int(at * len(content))
            if how == "gone":
                file.unlink()
            elif how == "cut":
                file.write_bytes(content[:where])
            else:
                content[where : where + 500] = (
                    b"" if how == "removed" else bytes(byte ^ 1 for byte in content[where : where + 500])
                )
                file.write_bytes(content)
        self.check()

    # --- What others do to the output ---

    @rule(at=st.floats(0, 1, exclude_max=True), what=st.sampled_from(sorted(TAMPERINGS)), tree=st.sampled_from(TREES))
    def tamper(self, at: float, what: str, tree: str) -> None:
        files = sorted(path for path in self.site.root.joinpath(tree).rglob("*") if path.is_file())
        if files:
            TAMPERINGS[what](files[int(at * len(files))])
        self.check()

    @rule(tree=st.sampled_from([*TREES, f"site/{MARKER}", f"{TREES[1]}/{MARKER}"]))
    def lose(self, tree: str) -> None:
        path = self.site.root / tree
        if path.is_dir():
            shutil.rmtree(path)
        elif tree != f"site/{MARKER}":
            # Without its marker an output is no longer ours, and the command refuses it.
            path.unlink(missing_ok=True)
        self.check()

    # --- What the system says of files ---

    @rule(name=st.sampled_from(EXPLAINERS), word=st.sampled_from(["one", "two"]))
    def same_stamps(self, name: str, word: str) -> None:
        """Other bytes of the same length, and the time put back."""
        draft = self.site.drafts[name]
        file = self.site.root / draft.path
        if draft.there and file.exists():
            stat = file.stat()
            draft.word = word
            self.site.write()
            os.utime(file, ns=(stat.st_atime_ns, stat.st_mtime_ns))
        self.check()

    @rule(when=st.sampled_from([PAST, FUTURE]), for_good=st.booleans())
    def times(self, when: int, for_good: bool) -> None:
        """All files have one time, now or after each edit to come too."""
        self.site.clock = when if for_good else None
        self.site.write()
        self.site.set_times(when)
        self.check()

    @rule(replacing=st.booleans())
    def other_editor(self, replacing: bool) -> None:
        self.site.replacing = replacing
        self.site.drafts["talks"].word = "one" if self.site.drafts["talks"].word == "two" else "two"
        self.check()
