"""A small site that is edited in every way there is, and built both ways after each edit."""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import jinja2
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from explainer.cache import NAME, Cache
from explainer.pipeline import Request, build
from tests.output_support import tree_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import CodeType

    from explainer.pipeline import Report
    from tests.output_support import Tree

EXPLAINERS = ("talks", "record", "denial", "later")
WORDS = ("one", "two", "Drei & “vier”")
SOURCES = {
    "memo": "type: public-record, title: The memo, date: 2017-03, url: 'https://example.com/memo', party: agency",
    "story": "type: report, title: A story, via: [officials], publisher: The Paper",
    "officials": "type: interview, attribution: background, description: two officials, why_unnamed: fear, via: [tape]",
    "tape": "type: private-record, title: A tape",
    "speech": "type: statement, title: A speech, party: minister, date: 2016-05, "
    "saved: ../explainers/record/speech.txt",
    "deep": "type: interview, attribution: deep-background, knowledge: first-hand, description: x, why_unnamed: y",
}  # fmt: skip
OTHER_SOURCES = {
    "memo": (
        "withdrawn: {date: 2018-01-01, reason: It was forged.}",
        "party: ministry",
        "archive: 'https://a.example/'",
    ),
    "story": ("via: [officials, memo]", "via: []", "own: true"),
    "officials": ("party: ministry", "attribution: on-record, title: Officials", "withdrawn: {date: 2018-02-01}"),
    "tape": ("title: The tapes", "type: account, title: A video"),
    "speech": ("party: agency", "saved: ../explainers/record/other.txt", "date: 2016-06-07"),
    "deep": ("party: minister", "caveats: [It was late.]"),
    "extra": ("type: statement, title: More, party: minister", "type: report, title: Extra, via: [memo]"),
    "own-key": ("type: statement, title: A rival, party: witness", "type: statement, title: A namesake"),
}
FIRST_LINES = {
    "talks": ("cite", "quote"),
    "record": ("quote", "picture"),
    "denial": ("unnamed", "about"),
    "later": ("call",),
}
LINES: Mapping[str, str] = {
    "cite": 'As was told.{{{{< source story at="page 3" >}}}}',
    "quote": "He said {{{{< source speech >}}}}“{copy}”{{{{< /source >}}}}.",
    "unnamed": '{{{{< claim id="two" sources="deep own" speaker="witness" >}}}}A second claim{{{{< /claim >}}}}.',
    "by-minister": '{{{{< claim id="three" sources="speech" speaker="minister" said="2016" >}}}}Yes{{{{< /claim >}}}}.',
    "answer": '{{{{< claim id="four" disputes="memo" >}}}}No{{{{< /claim >}}}}.',
    "about": "More [about us](/about/#who).",
    "link": "See [the other](../{other}/#claim-main) and [its file]({file}).",
    "ref": 'See {{{{< ref "{other}#main" >}}}} and {{{{< ref "{other}" >}}}}.',
    "call": '{{{{< note "a" kind="{word}" >}}}}Inside, *{word}*.{{{{< /note >}}}}',
    "picture": "![A picture](picture.svg)",
    "figure": '{{{{< figure src="picture.svg" alt="A picture" >}}}}',
    "footnote": "Words[^a].\n\n[^a]: A note.{{{{< source memo >}}}}",
    "unused": "Words.\n\n[^b]: Never shown.{{{{< source extra >}}}}",
    "heading": "## More of {word}",
    "comment": "<!-- {word} -->",
    "nothing": "{{{{< source nobody >}}}}",
    "unclosed": "{{{{< note",
}
FRONT: Mapping[str, str] = {
    "contradicts": "contradicts: ['{other}#main']",
    "supersedes": "supersedes: ['{other}#main']",
    "speaker": "speaker: agency",
    "status": "status: open",
    "disputes": "disputes: [speech]",
    "extra": "context: [extra]",
    "mine": "context: [mine]",
    "reported": "reported: 2017",
    "responses": "responses: {{ada: no-comment}}",
}
LAYOUTS: Mapping[str, tuple[str, ...]] = {
    "explainer.html": (
        '{% extends "default/explainer.html" %}',
        "<h1>{{ page.title }}</h1>{{ body }}{% for t in page.related %}{{ t.title }}{% endfor %}",
        "{% broken",
        "{{ page.nothing }}",
    ),
    "partials/notes.html": ("{{ notes|length }} notes", "{{ site.title }}"),
    "shortcodes/note.html": (
        "<i>{{ args['0'] }} {{ args.kind }}{{ inner }}</i>",
        "<b>{{ inner }}</b>",
        "{{ args.missing }}{{ inner }}",
        "{{ page.title }}{{ page.claims|length }}{{ site.language }}{{ inner }}{{ args }}",
    ),
    "home.html": ("{{ site.title }}{% for entry in entries %}{{ entry.title }}{% endfor %}",),
    "static/style.css": ("body {}", "p { color: red }"),
    "static/more/x.txt": ("x", "y"),
}
CONFIGS: Mapping[str, tuple[str, ...]] = {
    "title": ("A site", "Another site"),
    "language": ("en", "de"),
    "base_url": ("https://example.org/", "https://example.org/below/"),
    "time_zone": ("UTC", "Asia/Kolkata", "America/New_York"),
    "statuses": ("[open, done]", "[done]"),
    "description": ("What it is.", "Something else."),
    "policies": ("{corrections: /about/}", "{corrections: 'https://example.com/', verification: /later/}"),
    "publisher": ("{name: Us}", "{name: Them, url: 'https://example.com/'}"),
}
PEOPLE = {
    "ada": ("name: Ada Writer, bio: She writes.", "name: Ada W., role: editor"),
    "minister": ("name: The Minister", "name: Mx Minister, kind: organization"),
    "agency": ("name: The Agency, kind: organization", "name: The Bureau, kind: organization"),
    "ministry": ("name: The Ministry, kind: organization", "name: The Ministry"),
}
COPIES = ("I never had meetings.", "I always had meetings.")
PAST, FUTURE = 1_000_000_000 * 10**9, 4_070_908_800 * 10**9  # ns: 2001, 2099


_compile = jinja2.Environment.compile
_compiled: dict[tuple[str, ...], CodeType] = {}


def compile_once(environment: jinja2.Environment, source: str, name: str, filename: str) -> CodeType:
    """A template's code, from any build before: compiling is most of the work of a small one."""
    key = (source, name, filename)
    if key not in _compiled:
        _compiled[key] = _compile(environment, source, name, filename)
    return _compiled[key]


@dataclass(slots=True)
class Draft:
    """What a page's file is written from."""

    name: str
    word: str = "one"
    title: str = "one"
    claim: str = "one"
    heading: str = "one"
    other: str = "talks"
    lines: set[str] = field(default_factory=set)
    front: set[str] = field(default_factory=set)
    meta: dict[str, str] = field(default_factory=dict)
    bundle: bool = False
    there: bool = True

    @property
    def path(self) -> str:
        """Where its file is."""
        return f"content/explainers/{self.name}{'/index' if self.bundle else ''}.md"

    def text(self, copy: str) -> str:
        """Its file's text."""
        words = {
            "other": self.other, "word": self.word, "copy": copy,
            "file": f"{'../' if self.bundle else ''}{self.other}.md",
        }  # fmt: skip
        meta = {"title": f"'{self.name.capitalize()} {self.title}'", "date": "2017-07-21", **self.meta}
        claim = ", ".join(["sources: [story, memo]", *(FRONT[key].format(**words) for key in sorted(self.front))])
        own = "sources: {own: {type: interview, attribution: background, description: a guest, why_unnamed: x, party: witness}}"
        lines = [LINES[key].format(**words) for key in sorted(self.lines)]
        main = f'{{{{< claim id="main" >}}}}It was {self.claim}{{{{< /claim >}}}}. All of it, {self.word}.'
        return "\n".join([
            "---", *(f"{key}: {value}" for key, value in sorted(meta.items())), f"claims: {{main: {{{claim}}}}}",
            *([own] if "unnamed" in self.lines else []), "---", "", f"# {self.heading}", "", main, "",
            *(f"{line}\n" for line in lines),
        ])  # fmt: skip


class SiteUnderWork:
    """A site's folder, what stands in it, and the ways to build it."""

    def __init__(self, root: Path) -> None:
        self.root = root / "site-a"
        self.twin = root / "site-b"
        self.files: dict[str, bytes] = {}
        self.options: dict[str, Any] = {}
        self.drafts = {name: Draft(name, lines=set(FIRST_LINES[name])) for name in EXPLAINERS}
        self.drafts["record"].bundle = True
        self.drafts["later"].meta["tags"] = "[Money, talks]"
        self.drafts["denial"].meta["authors"] = "[ada, Someone Else]"
        self.config = {key: values[0] for key, values in CONFIGS.items()}
        self.people = {id_: values[0] for id_, values in PEOPLE.items()}
        self.sources = dict(SOURCES)
        self.layouts = {"shortcodes/note.html": LAYOUTS["shortcodes/note.html"][0]}
        self.copy = COPIES[0]
        self.beside = {"picture.svg": "<svg/>", "other.txt": COPIES[1]}
        self.about = "---\ntitle: About\n---\n# Who\n\nWe are.\n"

    def wanted(self) -> dict[str, bytes]:
        """The files as they should be."""
        found = {
            "content/site.yaml": "".join(f"{key}: {value}\n" for key, value in self.config.items()),
            "content/people.yaml": "".join(f"{id_}: {{{one}}}\n" for id_, one in self.people.items()),
            "content/sources/all.yaml": "".join(f"{id_}: {{{one}}}\n" for id_, one in self.sources.items()),
            "content/pages/about.md": self.about,
            "content/explainers/record/speech.txt": f"Then: {self.copy}",
        }
        found |= {f"content/explainers/record/{name}": text for name, text in self.beside.items()}
        found |= {f"layouts/{name}": text for name, text in self.layouts.items()}
        found |= {draft.path: draft.text(self.copy) for draft in self.drafts.values() if draft.there}
        return {path: text.encode() for path, text in found.items()}

    def write(self) -> None:
        """Bring the folder up to date; what is the same isn't touched."""
        wanted = self.wanted()
        for path in self.files.keys() - wanted.keys():
            (self.root / path).unlink()
        for path, content in wanted.items():
            if self.files.get(path) != content:
                file = self.root / path
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(content)
        self.files = wanted

    def build(self, out: str = "site") -> Report:
        """Build what changed."""
        return build(Request(self.root, self.root / out, jobs=1, **self.options))

    def build_clean(self) -> tuple[Report, Tree]:
        """Build a copy of the site that was never built."""
        shutil.rmtree(self.twin, ignore_errors=True)
        for name in ("content", "layouts"):
            if (self.root / name).exists():
                shutil.copytree(self.root / name, self.twin / name)
        report = build(Request(self.twin, self.twin / "site", clean=True, jobs=1, **self.options))
        return report, tree_of(self.twin / "site")

    def check(self, out: str = "site") -> Report:
        """Build both ways, and hold one against the other."""
        self.write()
        before = tree_of(self.root / out)
        report = self.build(out)
        clean, tree = self.build_clean()
        assert report.diagnostics == clean.diagnostics
        assert (report.failed, report.pages, report.outputs) == (clean.failed, clean.pages, clean.outputs)
        assert report.texts == clean.texts
        assert tree_of(self.root / out) == (before if report.failed else tree)
        return report


class SiteMachine(RuleBasedStateMachine):
    """Edits a site in any order; after each, building what changed must come to the same as building all."""

    @initialize()
    def begin(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="explainer-test-"))
        self.patch = patch.object(jinja2.Environment, "compile", compile_once)
        self.patch.start()
        self.site = SiteUnderWork(self.folder)
        report = self.site.check()
        assert not report.failed, report.diagnostics

    def teardown(self) -> None:
        self.patch.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    # --- Pages ---

    @rule(name=st.sampled_from(EXPLAINERS), what=st.sampled_from(["word", "title", "claim", "heading"]),
          word=st.sampled_from(WORDS))  # fmt: skip
    def edit(self, name: str, what: str, word: str) -> None:
        setattr(self.site.drafts[name], what, word)
        self.site.check()

    @rule(name=st.sampled_from(EXPLAINERS), line=st.sampled_from(sorted(LINES)), other=st.sampled_from(EXPLAINERS))
    def line(self, name: str, line: str, other: str) -> None:
        self.site.drafts[name].lines ^= {line}
        self.site.drafts[name].other = other
        self.site.check()

    @rule(name=st.sampled_from(EXPLAINERS), key=st.sampled_from(sorted(FRONT)), other=st.sampled_from(EXPLAINERS))
    def front(self, name: str, key: str, other: str) -> None:
        self.site.drafts[name].front ^= {key}
        self.site.drafts[name].other = other
        self.site.check()

    @rule(
        name=st.sampled_from(EXPLAINERS),
        meta=st.sampled_from([
            ("draft", "true"), ("date", "2016-12-31"), ("date", "2017-07-21T23:30:00Z"), ("publish_at", "2999-01-01"),
            ("tags", "[Money]"), ("tags", "[money, new]"), ("related", "[talks, denial]"), ("summary", "In short."),
            ("authors", "[ada]"), ("authors", "[minister]"), ("layout", "home.html"), ("slug", "about"),
            ("image", "{src: picture.svg, alt: A picture}"), ("language", "fr"), ("slug", "new-name"),
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
        self.site.check()

    @rule(name=st.sampled_from(EXPLAINERS))
    def remove_or_restore(self, name: str) -> None:
        self.site.drafts[name].there ^= True
        self.site.check()

    @rule(name=st.sampled_from(EXPLAINERS), to=st.sampled_from([*EXPLAINERS, "renamed"]))
    def rename(self, name: str, to: str) -> None:
        draft = self.site.drafts[name]
        if all(other.name != to for other in self.site.drafts.values()):
            draft.name = to
        self.site.check()

    @rule(one=st.sampled_from(EXPLAINERS), two=st.sampled_from(EXPLAINERS), by_name=st.booleans())
    def swap(self, one: str, two: str, by_name: bool) -> None:
        first, second = self.site.drafts[one], self.site.drafts[two]
        if by_name:
            first.name, second.name = second.name, first.name
        else:
            first.meta["slug"], second.meta["slug"] = second.name, first.name
        self.site.check()

    @rule(name=st.sampled_from(EXPLAINERS))
    def bundle_or_not(self, name: str) -> None:
        self.site.drafts[name].bundle ^= True
        self.site.check()

    @rule(text=st.sampled_from([
        "---\ntitle: About\n---\n# Who\n\nWe are.\n", "---\ntitle: About us\n---\n# Us\n",
        "---\ntitle: About\nslug: us\n---\n# Who\n", "---\ntitle: About\ndraft: true\n---\n# Who\n",
        "---\ntitle: [About\n---\n", "title: About\n", "---\ntitle: About\n---\n[x](/explainers/talks/#claim-main)\n",
    ]))  # fmt: skip
    def about(self, text: str) -> None:
        self.site.about = text
        self.site.check()

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
        self.site.check()

    @rule(id_=st.sampled_from(sorted(SOURCES)))
    def remove_or_restore_source(self, id_: str) -> None:
        if id_ in self.site.sources:
            del self.site.sources[id_]
        else:
            self.site.sources[id_] = SOURCES[id_]
        self.site.check()

    @rule(ids=st.permutations(sorted(SOURCES)))
    def reorder_sources(self, ids: list[str]) -> None:
        self.site.sources = {
            **{id_: self.site.sources[id_] for id_ in ids if id_ in self.site.sources},
            **self.site.sources,
        }
        self.site.check()

    @rule(id_=st.sampled_from(sorted(PEOPLE)), which=st.sampled_from([0, 1, None]))
    def person(self, id_: str, which: int | None) -> None:
        self.site.people.pop(id_, None)
        if which is not None:
            self.site.people[id_] = PEOPLE[id_][which]
        self.site.check()

    @rule(key=st.sampled_from(sorted(CONFIGS)), which=st.integers(0, 2))
    def configure(self, key: str, which: int) -> None:
        self.site.config[key] = CONFIGS[key][which % len(CONFIGS[key])]
        self.site.check()

    @rule(name=st.sampled_from(sorted(LAYOUTS)), which=st.sampled_from([0, 1, 2, 3, None]))
    def layout(self, name: str, which: int | None) -> None:
        self.site.layouts.pop(name, None)
        if which is not None:
            self.site.layouts[name] = LAYOUTS[name][which % len(LAYOUTS[name])]
        self.site.check()

    @rule(which=st.integers(0, 1))
    def copy(self, which: int) -> None:
        self.site.copy = COPIES[which]
        self.site.check()

    @rule(name=st.sampled_from(["picture.svg", "other.txt", "speech.md", "more.svg"]),
          text=st.sampled_from(["<svg/>", "<svg></svg>", COPIES[0], COPIES[1], None]))  # fmt: skip
    def file_beside(self, name: str, text: str | None) -> None:
        self.site.beside.pop(name, None)
        if text is not None:
            self.site.beside[name] = text
        self.site.check()

    # --- How it is built ---

    @rule(key=st.sampled_from(["drafts", "future", "strict"]))
    def option(self, key: str) -> None:
        self.site.options[key] = not self.site.options.get(key, False)
        self.site.check()

    @rule(url=st.sampled_from([None, "https://preview.example/x/"]))
    def base_url(self, url: str | None) -> None:
        self.site.options["base_url"] = url
        self.site.check()

    @rule()
    def nothing(self) -> None:
        assert not self.site.check().failed or self.site.build().failed

    @rule(name=st.sampled_from(EXPLAINERS), word=st.sampled_from(WORDS))
    def elsewhere(self, name: str, word: str) -> None:
        """An edit is built into another folder first."""
        before = self.site.drafts[name].word
        self.site.drafts[name].word = word
        self.site.check("preview")
        self.site.drafts[name].word = before
        self.site.check()

    @rule(name=st.sampled_from(EXPLAINERS), word=st.sampled_from(WORDS))
    def cut_short(self, name: str, word: str) -> None:
        """A build that made an edit ends before it stored what it found out."""
        before = self.site.drafts[name].word
        self.site.drafts[name].word = word
        with patch.object(Cache, "commit", lambda self: None):
            self.site.check()
        self.site.drafts[name].word = before
        self.site.check()

    @rule()
    def check_alone(self) -> None:
        self.site.write()
        build(Request(self.site.root, self.site.root / "site", jobs=1, **self.site.options), write=False)
        self.site.check()

    @rule()
    def other_program(self) -> None:
        with patch("explainer.cache.stamp", lambda: "another"):
            self.site.check()
        self.site.check()

    @rule(seed=st.integers(0, 1))
    def half_of_the_cache(self, seed: int) -> None:
        import sqlite3  # noqa: PLC0415

        with closing(sqlite3.connect(self.site.root / ".explainer" / NAME)) as connection:
            keys = sorted(connection.execute("SELECT kind, key FROM entries WHERE kind != 'stamp'").fetchall())
            connection.executemany("DELETE FROM entries WHERE kind = ? AND key = ?", keys[seed::2])
            connection.commit()
        self.site.check()

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
        self.site.check()

    @rule(when=st.sampled_from([PAST, FUTURE]))
    def times(self, when: int) -> None:
        for path in self.site.files:
            os.utime(self.site.root / path, ns=(when, when))
        self.site.check()
