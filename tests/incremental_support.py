"""A small site that is edited in every way there is, and built both ways after each edit."""

from __future__ import annotations

import os
import shutil
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import jinja2

from explainer.engine.run import Request, build
from tests.output_support import tree_of
from tests.picture_files import png

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from types import CodeType

    from explainer.engine.run import Report
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
    "record": ("quote", "picture", "photo"),
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
    "photo": "![A photo](photo.png)",
    "shared": "![A photo](/media/photo.png) and [all of it](/media/photo.png)",
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
        '{% extends "default/explainer.html" %}{% block main %}{% include "partials/own.html" %}{% endblock %}',
        "{{ page.nothing }}",
    ),
    "base.html": ('{% extends "default/base.html" %}', "<title>{{ site.title }}</title>{% block main %}{% endblock %}"),
    "partials/notes.html": ("{{ notes|length }} notes", "{{ site.title }}", '{% include "partials/own.html" %}'),
    "partials/claim.html": (
        '{% extends "default/partials/claim.html" %}',
        """{% from "default/partials/claim.html" import claim_open, claim_words, cite, footnote, panel %}
{% macro claim_close(claim) %}!</span>{% endmacro %}""",
    ),
    "partials/own.html": ("{{ page.title }} by hand", "{{ page.summary }}", "{{ page.nothing }}"),
    "shortcodes/figure.html": ("<img src='{{ args.src }}'>",),
    "shortcodes/note.html": (
        "<i>{{ args['0'] }} {{ args.kind }}{{ inner }}</i>",
        "<b>{{ inner }}</b>",
        "{{ args.missing }}{{ inner }}",
        "{{ page.title }}{{ page.claims|length }}{{ site.language }}{{ inner }}{{ args }}",
    ),
    "home.html": ("{{ site.title }}{% for entry in entries %}{{ entry.title }}{% endfor %}",),
    "static/style.css": ("body {}", "p { color: red }"),
    "static/more/x.txt": ("x", "y"),
    "static/more": ("a file where a folder is, or was",),
}
CONFIGS: Mapping[str, tuple[str, ...]] = {
    "title": ("A site", "Another site"),
    "language": ("en", "de"),
    "base_url": ("https://example.org/", "https://example.org/below/"),
    "time_zone": ("UTC", "Asia/Kolkata", "America/New_York"),
    "statuses": ("[open, done]", "[done]"),
    "description": ("What it is.", "Something else."),
    "pictures": ("{widths: [20, 40]}", "{widths: [20], formats: [original]}", "{widths: [60], quality: 50}", "false"),
    "cards": ("explainers", "claims", "none"),
    "image": ("/media/photo.png", "'https://example.com/a.png'"),
    "policies": ("{corrections: /about/}", "{corrections: 'https://example.com/', verification: /later/}"),
    "publisher": ("{name: Us}", "{name: Them, url: 'https://example.com/'}"),
}
# Two photographs, 50 and 30 pixels wide: of both smaller ones are made.
PHOTOS = (png(width=50, height=40), png(width=30, height=40))
PEOPLE = {
    "ada": ("name: Ada Writer, bio: She writes.", "name: Ada W., role: editor", "name: Ada, image: /media/photo.png"),
    "minister": ("name: The Minister", "name: Mx Minister, kind: organization"),
    "agency": ("name: The Agency, kind: organization", "name: The Bureau, kind: organization"),
    "ministry": ("name: The Ministry, kind: organization", "name: The Ministry"),
}
COPIES = ("I never had meetings.", "I always had meetings.")
ABOUT = (
    "---\ntitle: About\n---\n## Who\n\nWe are.\n", "---\ntitle: About us\n---\n## Us\n",
    "---\ntitle: About\nslug: us\n---\n## Who\n", "---\ntitle: About\ndraft: true\n---\n## Who\n",
    "---\ntitle: [About\n---\n", "title: About\n", "---\ntitle: About\n---\n[x](/explainers/talks/#claim-main)\n", None,
)  # fmt: skip
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
    label: str
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
        meta = {"title": f"'{self.label} {self.title}'", "date": "2017-07-21", **self.meta}
        claim = ", ".join(["sources: [story, memo]", *(FRONT[key].format(**words) for key in sorted(self.front))])
        own = "sources: {own: {type: interview, attribution: background, description: a guest, why_unnamed: x, party: witness}}"
        lines = [LINES[key].format(**words) for key in sorted(self.lines)]
        main = f'{{{{< claim id="main" >}}}}It was {self.claim}{{{{< /claim >}}}}. All of it, {self.word}.'
        return "\n".join([
            "---", *(f"{key}: {value}" for key, value in sorted(meta.items())), f"claims: {{main: {{{claim}}}}}",
            *([own] if "unnamed" in self.lines else []), "---", "", f"## {self.heading}", "", main, "",
            *(f"{line}\n" for line in lines),
        ])  # fmt: skip


@contextmanager
def another_program() -> Iterator[None]:
    """Let the cache take the program for another one than that which filled it."""
    with (
        patch("explainer.cache.store.stamp", lambda: "another"),
        patch("explainer.cache.store._looks", lambda: "another"),
    ):
        yield


class SiteUnderWork:
    """A site's folder, what stands in it, and the ways to build it.

    `clock` is the time (ns) that every file is given, whatever is in it; None leaves them theirs. With `replacing`,
    a file is written beside and renamed over the old one, as many editors do.
    """

    def __init__(self, root: Path) -> None:
        self.root = root / "site-a"
        self.twin = root / "site-b"
        self.files: dict[str, bytes] = {}
        self.options: dict[str, Any] = {"jobs": 1}
        self.clock: int | None = None
        self.replacing = False
        self.drafts = {name: Draft(name, name.capitalize(), lines=set(FIRST_LINES[name])) for name in EXPLAINERS}
        self.drafts["record"].bundle = True
        self.drafts["later"].meta["tags"] = "[Money, talks]"
        self.drafts["denial"].meta["authors"] = "[ada, Someone Else]"
        self.config = {key: values[0] for key, values in CONFIGS.items()}
        self.people = {id_: values[0] for id_, values in PEOPLE.items()}
        self.sources = dict(SOURCES)
        self.elsewhere: frozenset[str] = frozenset()
        self.layouts = {"shortcodes/note.html": LAYOUTS["shortcodes/note.html"][0]}
        self.copy = COPIES[0]
        self.beside = {"picture.svg": "<svg/>", "other.txt": COPIES[1]}
        self.photos = {"content/media/photo.png": 0, "content/explainers/record/photo.png": 1}
        self.about: str | None = ABOUT[0]

    @property
    def cache(self) -> Path:
        """The folder with what builds found out."""
        return self.root / ".explainer"

    def wanted(self) -> dict[str, bytes]:
        """The files as they should be."""
        found = {
            "content/site.yaml": _yaml(self.config, "{}: {}\n"),
            "content/people.yaml": _yaml(self.people, "{}: {{{}}}\n"),
            "content/explainers/record/speech.txt": f"Then: {self.copy}",
        }
        for name in ("all", "more/b"):
            held = {id_: one for id_, one in self.sources.items() if (id_ in self.elsewhere) == (name != "all")}
            if held or name == "all":
                found[f"content/sources/{name}.yaml"] = _yaml(held, "{}: {{{}}}\n")
        if self.about is not None:
            found["content/pages/about.md"] = self.about
        found |= {f"content/explainers/record/{name}": text for name, text in self.beside.items()}
        photos = {path: PHOTOS[which] for path, which in self.photos.items()}
        found |= {f"layouts/{name}": text for name, text in self.layouts.items()}
        found |= {draft.path: draft.text(self.copy) for draft in self.drafts.values() if draft.there}
        # No file can stand where a folder does.
        folders = {"/".join(path.split("/")[:n]) for path in found for n in range(1, path.count("/") + 1)}
        return photos | {path: text.encode() for path, text in found.items() if path not in folders}

    def write(self) -> None:
        """Bring the folder up to date; what is the same isn't touched, and what only moved is renamed."""
        wanted = self.wanted()
        gone = {path: content for path, content in self.files.items() if wanted.get(path) != content}
        moved: dict[str, str] = {}
        for path, content in wanted.items():
            if self.files.get(path) != content:
                source = next(
                    (old for old, held in gone.items() if held == content and old not in moved.values()), None
                )
                if source:
                    (self.root / source).rename(self.root / f"moved-{len(moved)}")
                    moved[path] = source
        for path in gone.keys() - wanted.keys() - set(moved.values()):
            (self.root / path).unlink()
        for path in gone.keys() | moved.keys():
            _remove_empty(self.root / path)
        renamed = {path: f"moved-{n}" for n, path in enumerate(moved)}
        for path, content in wanted.items():
            if self.files.get(path) != content:
                file = self.root / path
                file.parent.mkdir(parents=True, exist_ok=True)
                if path in renamed:
                    (self.root / renamed[path]).rename(file)
                else:
                    self._save(file, content)
        self.files = wanted
        if self.clock is not None:
            self.set_times(self.clock)

    def _save(self, file: Path, content: bytes) -> None:
        if self.replacing:
            new = file.with_name(f".{file.name}~")
            new.write_bytes(content)
            new.replace(file)
        else:
            file.write_bytes(content)

    def set_times(self, when: int) -> None:
        """Give every file, and every folder, this time."""
        for path in self.root.joinpath("content").rglob("*"):
            os.utime(path, ns=(when, when))
        for path in self.root.joinpath("layouts").rglob("*"):
            os.utime(path, ns=(when, when))

    def build(self, out: str = "site", **options: Any) -> Report:
        """Build what changed."""
        return build(Request(self.root, self.root / out, **{**self.options, **options}))

    def build_clean(self) -> tuple[Report, Tree]:
        """Build a copy of the site that was never built."""
        shutil.rmtree(self.twin, ignore_errors=True)
        for name in ("content", "layouts"):
            if (self.root / name).exists():
                shutil.copytree(self.root / name, self.twin / name)
        report = build(Request(self.twin, self.twin / "site", **{**self.options, "clean": True, "jobs": 1}))
        return report, tree_of(self.twin / "site")

    def check(self, out: str = "site", **options: Any) -> Report:
        """Build both ways, and hold one against the other."""
        self.write()
        before = tree_of(self.root / out)
        report = self.build(out, **options)
        clean, tree = self.build_clean()
        assert report.diagnostics == clean.diagnostics
        assert (report.failed, report.pages, report.outputs) == (clean.failed, clean.pages, clean.outputs)
        assert report.texts == clean.texts
        assert tree_of(self.root / out) == (before if report.failed else tree)
        return report


def _yaml(entries: Mapping[str, str], form: str) -> str:
    return "".join(form.format(key, value) for key, value in entries.items())


def _remove_empty(path: Path) -> None:
    """Remove a folder that is empty where a file is to come, and those that a file left empty."""
    for folder in (path, *path.parents[:2]):
        if folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()


# --- What others do to the output ---


def _edit(file: Path) -> None:
    stat = file.stat()
    content = file.read_bytes()
    file.write_bytes(bytes([*content[:-1], content[-1] ^ 1]) if content else b"x")
    os.utime(file, ns=(stat.st_atime_ns, stat.st_mtime_ns))


def _stray(file: Path) -> None:
    (file.parent / "stray.html").write_bytes(b"stray")


def _to_link(file: Path) -> None:
    file.unlink()
    file.symlink_to("/etc/hosts")


def _to_folder(file: Path) -> None:
    file.unlink()
    file.mkdir()
    (file / "stray").write_bytes(b"stray")


# What may be done by hand to a file of the output, or beside it. The marker is left: it says whose the folder is.
TAMPERINGS: dict[str, Callable[[Path], None]] = {
    "edit": _edit,
    "delete": Path.unlink,
    "stray": _stray,
    "mode": lambda file: file.chmod(0o600),
    "touch": Path.touch,
    "link": _to_link,
    "folder": _to_folder,
    "closed": lambda file: file.parent.chmod(0o700),
}
