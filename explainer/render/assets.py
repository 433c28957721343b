"""What the theme sends along: style sheets composed, and files under names that say what is in them.

A style sheet, script or typeface comes out as `/static/style.1f0c9a2b7d.css`: the name changes with the content, so that
readers' browsers may keep it for good. A style sheet's `@import "../style/x.css"` is replaced by that layout file, so that one
request brings them all and a site may replace each; what it names in `url(…)` is named by its new name.
"""

from __future__ import annotations

import hashlib
import posixpath
import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from explainer.render.theme import NAMED_BY_CONTENT, STATIC
from explainer.text.contrast import for_dark

if TYPE_CHECKING:
    from explainer.model.site import SiteView
    from explainer.render.theme import Theme

STYLE = "style.css"
_IMPORT = re.compile(r"@import\s+\"([^\"]+)\"\s*;\n?")
_URL = re.compile(r"url\(\"?([^\")]+)\"?\)")
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_SPACE = re.compile(r"\s*\n\s*")


@dataclass(frozen=True)
class Assets:
    """The static files of a theme as they come out for one site."""

    theme: Theme
    view: SiteView

    def path(self, name: str) -> str:
        """The path on the site of a file of `static/`."""
        if name.endswith(NAMED_BY_CONTENT) and STATIC + name in self.theme.files:
            return self._made[name][0]
        return f"/{STATIC}{name}"

    @cached_property
    def files(self) -> dict[str, bytes]:
        """Every static file that comes out, by its path on the site."""
        plain = {path: self.theme.read(file) for path, file in self.theme.static.items()}
        return plain | dict(self._made.values())

    @cached_property
    def _made(self) -> dict[str, tuple[str, bytes]]:
        """Path and content of what is named by its content, by its name below `static/`; style sheets name the others."""
        made: dict[str, tuple[str, bytes]] = {}
        names = [name.removeprefix(STATIC) for name in self.theme.files if name.startswith(STATIC)]
        named = (name for name in names if name.endswith(NAMED_BY_CONTENT))
        for name in sorted(named, key=lambda name: name.endswith(".css")):
            content = self.theme.read(self.theme.files[STATIC + name])
            if name.endswith(".css"):
                content = self._style_sheet(name, content, made)
            stem, dot, suffix = name.rpartition(".")
            digest = hashlib.blake2b(content, digest_size=5).hexdigest()
            made[name] = (f"/{STATIC}{stem}.{digest}{dot}{suffix}", content)
        return made

    def _style_sheet(self, name: str, content: bytes, made: dict[str, tuple[str, bytes]]) -> bytes:
        folder = posixpath.dirname(STATIC + name)

        def imported(found: re.Match[str]) -> str:
            file = self.theme.files.get(posixpath.normpath(posixpath.join(folder, found[1])))
            return _text(self.theme.read(file)) if file else found[0]

        def named(found: re.Match[str]) -> str:
            target = posixpath.normpath(posixpath.join(folder, found[1])).removeprefix(STATIC)
            if target not in made:
                return found[0]
            return f'url("{posixpath.relpath(made[target][0], "/" + folder)}")'

        text = _URL.sub(named, _IMPORT.sub(imported, _text(content)))
        if name == STYLE:
            text += own_style(self.view)
        return _SPACE.sub("\n", _COMMENT.sub("", text)).lstrip().encode()


def own_style(view: SiteView) -> str:
    """What `site.yaml` says of the look, as the last rules of the style sheet."""
    rules = []
    if view.accent:
        light, dark = view.accent.light, view.accent.dark or for_dark(view.accent.light)
        # Print has an accent of its own, and readers who force colours have theirs.
        rules.append(
            "@media screen and (forced-colors: none) { @supports (color: light-dark(#000, #fff)) {"
            f" :root {{ --accent: light-dark({light}, {dark}); }} }} }}\n"
        )
    faces = view.typefaces._asdict() if view.typefaces else {}
    named = [f'--{name}: "{face}", var(--{name}-fallback);' for name, face in faces.items() if face]
    if named:
        rules.append(f"@media screen {{ :root {{ {' '.join(named)} }} }}\n")
    return "\n" + "".join(rules) if rules else ""


def _text(content: bytes) -> str:
    return content.decode("utf-8", errors="replace")
