"""Who is measured: the commands, where each is found, and what a right page of its output holds."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from bench.corpus import OURS

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).resolve().parents[1]
CLAIMS, REFERENCES = 8, 12
_CLAIM = re.compile(r'class="x-claim[ "]')
_WORDS = re.compile(r'<a class="x-sourcing[^>]*><span>\[?\w')
_REFERENCE = re.compile(r'href="#(note-[^"]+)" id="(ref-[^"]+)"')
_BACK_LINK = re.compile(r'href="#(ref-[^"]+)" role="doc-backlink"')
_VERSION = re.compile(r"\d+\.\d+(?:\.\d+)*")


@dataclass(frozen=True, slots=True)
class Contestant:
    """How to run one generator, inside its copy of the corpus.

    `again` is the command of a later build, where that differs. `litter` are the glob patterns of
    what a cold build must not find. `fault` tells what a page lacks, or nothing.
    """

    name: str
    title: str
    dialect: str
    build: tuple[str, ...]
    version: tuple[str, ...]
    out: str
    litter: tuple[str, ...]
    fault: Callable[[str], str]
    again: tuple[str, ...] = ()
    env: dict[str, str] = field(default_factory=dict)
    most: int = 10_000  # pages; beyond them it would take the machine for itself
    pictures: dict[str, str] | None = None  # variables with which it makes variants of pictures; None if it can't

    @property
    def environment(self) -> dict[str, str]:
        """The variables that its commands see: modules of Python are compiled once, as when they are installed."""
        inherited = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        return {**inherited, **self.env}

    def read_version(self) -> str:
        """The version that it tells itself."""
        told = subprocess.run(self.version, env=self.environment, capture_output=True, text=True, check=True).stdout
        found = _VERSION.search(told)
        return found[0] if found else told.strip()


def our_fault(html: str) -> str:
    """What one of our pages lacks: words at each claim, the references, a way back to each of them."""
    references = {place: note for note, place in _REFERENCE.findall(html)}
    back = set(_BACK_LINK.findall(html))
    found = len(_CLAIM.findall(html)), len(_WORDS.findall(html))
    if found != (CLAIMS, CLAIMS):
        return f"{found[0]} claims, {found[1]} of them with words, not {CLAIMS}"
    if len(references) < REFERENCES or back != references.keys():
        return f"{len(references)} references and {len(back)} back links, not {REFERENCES} or more of both"
    missing = {note for note in references.values() if f'id="{note}"' not in html}
    return f"no note {min(missing)}" if missing else ""


def peer_fault(html: str) -> str:
    """What one of a peer's pages lacks, of the same."""
    found = html.count('class="claim '), html.count('class="footnote-ref"'), html.count('backref"')
    if found != (CLAIMS, REFERENCES, REFERENCES):
        return f"{found[0]} claims, {found[1]} references and {found[2]} back links"
    return ""


def ours(checkout: Path = ROOT, name: str = OURS) -> Contestant:
    """Explainer as a checkout has it, under the Python that runs this."""
    command = (sys.executable, "-P", "-m", "explainer")
    return Contestant(
        name, "Explainer", OURS, (*command, "build", "--quiet"), (*command, "--version"), "site",
        ("site", ".explainer", ".site.explainer-*"), our_fault, env={"PYTHONPATH": str(checkout)}, pictures={},
    )  # fmt: skip


def peers(folder: Path) -> dict[str, Contestant | None]:
    """The peers that `setup_peers.sh` put into this folder, or that are on the path; None for each missing one."""
    return {
        "hugo": _hugo(folder),
        "eleventy": _eleventy(folder),
        "mkdocs": _mkdocs(folder),
        "pelican": _pelican(folder),
    }


def _peer(
    name: str,
    title: str,
    build: tuple[str, ...],
    version: tuple[str, ...],
    caches: tuple[str, ...],
    again: tuple[str, ...] = (),
) -> Contestant:
    return Contestant(name, title, name, build, version, "public", ("public", *caches), peer_fault, again)


def _hugo(folder: Path) -> Contestant | None:
    inside = sorted(folder.glob("hugo/lib/python*/site-packages/hugo/binaries/hugo*"))
    program = str(inside[0]) if inside else shutil.which("hugo")
    caches = ("resources", ".hugo_build.lock")
    found = _peer("hugo", "Hugo", (program, "--quiet"), (program, "version"), caches) if program else None
    return found and replace(found, pictures={})


def _eleventy(folder: Path) -> Contestant | None:
    script, node = folder / "eleventy/node_modules/@11ty/eleventy/cmd.cjs", shutil.which("node")
    if node is None or not script.is_file():
        return None
    version, plugin = (node, str(script), "--version"), folder / "eleventy/node_modules/@11ty/eleventy-img/img.js"
    found = _peer("eleventy", "Eleventy", (node, str(script), "--quiet"), version, (".cache",))
    return replace(found, pictures={"ELEVENTY_IMG": str(plugin)}) if plugin.is_file() else found


def _mkdocs(folder: Path) -> Contestant | None:
    program = _script(folder, "mkdocs")
    if program is None:
        return None
    build = (program, "build", "--quiet")
    return _peer("mkdocs", "MkDocs", build, (program, "--version"), ("__pycache__",), (*build, "--dirty"))


def _pelican(folder: Path) -> Contestant | None:
    program = _script(folder, "pelican")
    if program is None:
        return None
    return _peer("pelican", "Pelican", (program, "--quiet"), (program, "--version"), ("cache", "__pycache__"))


def _script(folder: Path, name: str) -> str | None:
    inside = folder / name / "bin" / name
    return str(inside) if inside.is_file() else shutil.which(name)
