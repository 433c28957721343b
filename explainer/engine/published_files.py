"""Files that come out as they are, but for pictures: those are cleaned of what isn't pixels, colour or orientation."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from explainer.diagnostics import Diagnostic, Span, Staged
from explainer.engine.variant_store import store_of
from explainer.engine.variants import check_pictures
from explainer.pictures import Finding, RefusedError, clean_picture, telling_fields
from explainer.pictures.resizing import is_installed
from explainer.render.assets import Assets
from explainer.system.site_files import read_file

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from explainer.model.site import ShownFile, SiteView
    from explainer.render.theme import Theme

HEAVY = 500_000
"""Bytes of a picture above which readers on a phone wait for it."""


def publishable(file: str, content: bytes, span: Span) -> Staged[bytes | None]:
    """A file as it may be published; None with an error if it can't be.

    `file` is its path relative to the site, `span` is where it is named.
    """
    try:
        cleaned = clean_picture(file, content)
    except RefusedError as refused:
        return Staged(None, (_refusal(file, refused, span),))
    if cleaned is None:
        return Staged(content, _field_warnings(file, telling_fields(content), span))
    return Staged(cleaned.content, _warnings(file, tuple(cleaned.findings), span))


def shown_files(root: Path, shown: Iterable[ShownFile]) -> Iterator[tuple[str, Staged[bytes | None]]]:
    """The files of `content/` that come out, each once, by their path in the output; None for one in variants."""
    for one in each(shown):
        yield one.path.lstrip("/"), read_publishable(root, one)


def each(shown: Iterable[ShownFile]) -> Iterable[ShownFile]:
    """Each file once, with the first place that names it; apart, one that comes out itself and in variants."""
    first: dict[tuple[str, bool], ShownFile] = {}
    for one in sorted(shown, key=lambda one: (one.file, one.path, not one.shown, one.span)):
        key = one.path, bool(one.made)
        known = first.setdefault(key, one)
        if not set(one.made) <= set(known.made):
            first[key] = known._replace(made=tuple(dict.fromkeys((*known.made, *one.made))))
    return first.values()


def read_publishable(root: Path, shown: ShownFile) -> Staged[bytes | None]:
    """Read a file of `content/` as it may be published; one of which variants are made isn't."""
    if shown.made:
        return Staged(None, _warnings(shown.file, shown.findings, shown.span))
    read = read_file(root, shown.file)
    if read.value is None:
        return read
    found = publishable(shown.file, read.value, shown.span)
    heavy = _weight_warnings(shown, found.value) if shown.shown and found.value else ()
    return Staged(found.value, (*found.diagnostics, *heavy))


def theme_files(theme: Theme, view: SiteView) -> Iterator[tuple[str, Staged[bytes | None]]]:
    """The static files of a theme as they come out for one site, by their path in the output."""
    for path, content in Assets(theme, view).files.items():
        name = path.lstrip("/")
        file = theme.files.get(name)
        shown_path = theme.path_of(str(file)) if file else name
        yield name, publishable(shown_path, content, Span(shown_path))


@dataclass(slots=True)
class FileDiagnostics:
    """What is wrong with files that come out, so that one that hasn't changed isn't read again."""

    known: dict[ShownFile, tuple[object, tuple[Diagnostic, ...]]] = field(default_factory=dict)
    theme: tuple[Theme, SiteView, tuple[Diagnostic, ...]] | None = None
    decoded: dict[ShownFile, object] = field(default_factory=dict)

    def diagnostics(self, root: Path, shown: Iterable[ShownFile]) -> Iterator[Diagnostic]:
        """What is wrong with these files, each told once."""
        before, self.known = self.known, {}
        for one in each(shown):
            stat, kept = _stat(f"{root}/{one.file}"), before.get(one)
            if kept is None or kept[0] != stat:
                kept = (stat, read_publishable(root, one).diagnostics)
            self.known[one] = kept
            yield from kept[1]

    def decode(self, root: Path, interrupted: Callable[[], bool]) -> Iterator[Diagnostic]:
        """What is wrong with the pixels of pictures that nobody has made variants of yet; each is looked at once."""
        left = [one for one, (stat, _) in self.known.items() if one.made and self.decoded.get(one) != stat]
        store = store_of(root) if left else None
        for one in left:
            if interrupted():
                return
            stat, told = self.known[one]
            made = store is not None and any(variant.name in store for variant in one.made)
            found = () if made else tuple(check_pictures(root, [one]))
            self.decoded[one], self.known[one] = stat, (stat, (*told, *found))
            yield from found

    def theme_diagnostics(self, theme: Theme, view: SiteView) -> tuple[Diagnostic, ...]:
        """What is wrong with the static files of a theme."""
        if self.theme is None or self.theme[0] is not theme or self.theme[1] != view:
            found = (one for _, file in theme_files(theme, view) for one in file.diagnostics)
            self.theme = theme, view, tuple(found)
        return self.theme[2]


def _stat(path: str) -> object:
    """What the system says of a file; None if there is none."""
    try:
        found = os.stat(path)  # noqa: PTH116 - called for every file that comes out
    except OSError:
        return None
    return found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino


def _refusal(file: str, refused: RefusedError, span: Span) -> Diagnostic:
    hints = (refused.hint,) if refused.hint else ()
    if refused.line:
        return Diagnostic(
            "E702", refused.reason, Span(file, refused.line, refused.col, refused.line, refused.col), hints
        )
    return Diagnostic("E701", f"`{file}` can't be published: {refused.reason}", span, hints)


def _warnings(file: str, findings: tuple[str, ...], span: Span) -> tuple[Diagnostic, ...]:
    if not findings:
        return ()
    *others, last = (one for one in Finding if one in findings)
    words = f"{', '.join(others)} and {last}" if others else last
    message = f"`{file}` tells {words}: it was taken out of what is published, and is still in that file"
    hint = "whoever can read the folder of the site, or its history in git, can read it: clean the file itself, too"
    return (Diagnostic("W751", message, span, (hint,)),)


def _weight_warnings(shown: ShownFile, content: bytes) -> tuple[Diagnostic, ...]:
    if len(content) <= HEAVY:
        return ()
    message = f"readers load {len(content) / 1_000_000:.1f} MB for `{shown.file}`"
    drawing = shown.file.lower().endswith(".svg")
    hint = "make the drawing simpler" if drawing else "export it smaller, 1600 pixels wide at most"
    if not drawing and not is_installed():
        hint += "; or let smaller variants be made: pip install 'newsexplainer[images]'"
    return (Diagnostic("W753", message, shown.span, (hint,)),)


def _field_warnings(file: str, fields: tuple[str, ...], span: Span) -> tuple[Diagnostic, ...]:
    if not fields:
        return ()
    named = ", ".join(f"`{name}`" for name in fields)
    message = f"`{file}` is published with the fields that its program wrote into it: {named}"
    hint = "look at its properties, and export it without what readers aren't meant to know"
    return (Diagnostic("W752", message, span, (hint,)),)
