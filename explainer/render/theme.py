"""The theme: finds layouts and static files, and sets up Jinja."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import jinja2
from jinja2 import nodes

from explainer.render.bytecode import LayoutBytecode, bytecode_folder
from explainer.render.ejected import KINDS as EJECTED
from explainer.render.ejected import check_ejected
from explainer.render.theme_files import LayoutFiles, default_files, own_layouts, read_layout
from explainer.system.default_theme import default_layouts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from explainer.diagnostics import Diagnostic

DEFAULT_PREFIX = "default/"
SHORTCODES = "shortcodes/"
STATIC = "static/"
WORDS = "i18n/"
# What a page needs, and its content never links: it comes out under names that say what is in it.
NAMED_BY_CONTENT = (".css", ".js", ".woff2")


@dataclass(frozen=True)
class Theme:
    """A site's own layouts, file by file in front of the default ones.

    A template may name the default one that it replaces with the prefix `default/`.
    """

    folders: tuple[Path, ...]
    default: Path
    site: Path
    bytecode: LayoutBytecode

    @classmethod
    def of_site(cls, site: Path, bytecode: LayoutBytecode | None = None) -> Theme:
        """The theme of the site in this folder; what `bytecode` has already isn't compiled again."""
        own, default = site / "layouts", default_layouts()
        bytecode = bytecode or LayoutBytecode(default, bytecode_folder())
        if own.is_dir() and not own.samefile(default):
            return cls((own, default), default, site, bytecode)
        return cls((default,), default, site, bytecode)

    @cached_property
    def files(self) -> dict[str, Path]:
        """Every layout and static file by name, a site's own ones first. Those that can't be used are left out."""
        return dict(sorted({**self._default, **self._own.files}.items()))

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """What is wrong with the files of the site's own layouts."""
        return (*self._own.diagnostics, *self._outdated)

    @cached_property
    def _outdated(self) -> tuple[Diagnostic, ...]:
        own = {} if self._is_own else self._own.files
        named = (
            (name, self.path_of(str(path)), self.read(path)) for name, path in own.items() if name.endswith(EJECTED)
        )
        return tuple(check_ejected(named, self.read_default))

    @property
    def default_names(self) -> tuple[str, ...]:
        """The names of the default theme's files."""
        return tuple(self._default)

    def read_default(self, name: str) -> bytes | None:
        """The bytes of a file of the default theme; None if there is none of this name."""
        path = self._default.get(name)
        return None if path is None else path.read_bytes()

    @cached_property
    def _own(self) -> LayoutFiles:
        return own_layouts(self.site, self.site / "layouts")

    @cached_property
    def _default(self) -> dict[str, Path]:
        # In a checkout of the program a site's own layouts are the default ones.
        return self._own.files if self._is_own else default_files(self.default).files

    @property
    def _is_own(self) -> bool:
        own = self.site / "layouts"
        return own.is_dir() and own.samefile(self.default)

    @property
    def catalogs(self) -> tuple[Path, ...]:
        """The files with the theme's words, the default ones first."""
        own = () if self._is_own else self._own.files.items()
        named = [*self._default.items(), *own]
        return tuple(path for name, path in named if name.startswith(WORDS) and name.endswith(".yaml"))

    def read(self, path: Path) -> bytes:
        """The bytes of one of `files`."""
        own = self.site / "layouts"
        return read_layout(own, path) if path.is_relative_to(own) else path.read_bytes()

    def own_contents(self) -> dict[str, bytes]:
        """The contents of the site's own layouts by name, without the default ones."""
        return {} if self._is_own else {name: self.read(path) for name, path in self._own.files.items()}

    @cached_property
    def static(self) -> dict[str, Path]:
        """The static files that keep their name, by their path on the site, `/static/…`."""
        return {
            f"/{name}": path
            for name, path in self.files.items()
            if name.startswith(STATIC) and not name.endswith(NAMED_BY_CONTENT)
        }

    @cached_property
    def forms(self) -> Forms:
        """The shortcodes that have a template, each with what its template uses."""
        return Forms(self)

    @cached_property
    def digest(self) -> str:
        """A digest of every file that rendering may read."""
        digest = hashlib.blake2b(digest_size=20)
        behind = [(DEFAULT_PREFIX + name, path) for name, path in self._default.items() if self.files.get(name) != path]
        named = [*self.files.items(), *behind]
        for name, path in named:
            content = self.read(path)
            digest.update(f"{name}\0{len(content)}\0".encode())
            digest.update(content)
        return digest.hexdigest()

    def environment(self) -> jinja2.Environment:
        """A template environment: strict, escaping everything. What one has compiled the others needn't."""
        return jinja2.Environment(
            loader=jinja2.FunctionLoader(self._source),
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
            auto_reload=False,
            cache_size=-1,
            bytecode_cache=self.bytecode,
        )

    def _source(self, name: str) -> tuple[str, str, None] | None:
        """A layout's text and file by its name; None if there is none."""
        path = self.files.get(name)
        if path is None and name.startswith(DEFAULT_PREFIX):
            path = self._default.get(name.removeprefix(DEFAULT_PREFIX))
        return None if path is None else (self.read(path).decode("utf-8"), str(path), None)

    def path_of(self, filename: str) -> str:
        """A layout's path for diagnostics: relative to the site if it is inside the site."""
        path = Path(filename)
        for folder in (self.site, self.default.parent):
            if path.is_relative_to(folder):
                return path.relative_to(folder).as_posix()
        return path.name


@dataclass(frozen=True)
class SentTheme(Theme):
    """The theme of a site that is elsewhere: its own layouts' contents by name, in front of the default ones here."""

    contents: Mapping[str, bytes]

    @classmethod
    def of_contents(cls, contents: Mapping[str, bytes]) -> SentTheme:
        """The theme with these layouts. The paths of their files lead nowhere, and diagnostics call them as at home."""
        default = default_layouts()
        return cls((default,), default, Path("/site elsewhere"), LayoutBytecode(default, bytecode_folder()), contents)

    @cached_property
    def _own(self) -> LayoutFiles:
        return LayoutFiles({name: self.site / "layouts" / name for name in self.contents})

    @property
    def _is_own(self) -> bool:
        return False

    def read(self, path: Path) -> bytes:
        """The bytes of one of `files`."""
        own = self.site / "layouts"
        return self.contents[path.relative_to(own).as_posix()] if path.is_relative_to(own) else path.read_bytes()


_ELEMENT = re.compile(r"<([a-z][a-z0-9]*)")
# Elements that end the paragraph in which they stand.
_BLOCKS = frozenset(
    {
        "address",
        "article",
        "aside",
        "blockquote",
        "details",
        "dialog",
        "div",
        "dl",
        "fieldset",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "main",
        "nav",
        "ol",
        "p",
        "pre",
        "section",
        "table",
        "ul",
    }
)


class Form(NamedTuple):
    """What a shortcode's template uses: its body (`inner`), and the arguments that it names.

    `arguments` is None where it may take any, or can't be read. `block`: it begins with an element that can't stand in a
    paragraph.
    """

    inner: bool
    arguments: frozenset[str] | None
    block: bool = False


class Forms(Mapping[str, Form]):
    """The forms of a theme's shortcodes by name; a template is read when its form is needed."""

    def __init__(self, theme: Theme) -> None:
        self._theme = theme
        names = (name.removeprefix(SHORTCODES) for name in theme.files if name.startswith(SHORTCODES))
        self._forms: dict[str, Form | None] = {
            name.removesuffix(".html"): None for name in names if name.endswith(".html")
        }

    def __getitem__(self, name: str) -> Form:
        form = self._forms[name]
        if form is None:
            form = self._forms[name] = _form(self._theme, f"{SHORTCODES}{name}.html")
        return form

    def __iter__(self) -> Iterator[str]:
        return iter(self._forms)

    def __len__(self) -> int:
        return len(self._forms)


# A shortcode's arguments, as they are written and with their markup.
_ARGS = ("args", "formatted")


def _form(theme: Theme, name: str) -> Form:
    source = theme.read(theme.files[name]).decode("utf-8", errors="replace")
    try:
        tree = theme.environment().parse(source)
    except jinja2.TemplateSyntaxError:
        return Form(inner=False, arguments=None)
    names = [node.name for node in tree.find_all(nodes.Name)]
    attributes = [node for node in tree.find_all(nodes.Getattr) if _is_args(node.node)]
    items = [node for node in tree.find_all(nodes.Getitem) if _is_args(node.node) and isinstance(node.arg, nodes.Const)]
    named = {node.attr for node in attributes} | {
        str(node.arg.value) for node in items if isinstance(node.arg, nodes.Const)
    }
    # A template that extends or includes another, or hands all arguments on, may take any.
    handed_on = any(node.attr in dir(dict) for node in attributes)
    tests = [choice.test for choice in tree.find_all(nodes.If)] + [
        choice.test for choice in tree.find_all(nodes.CondExpr)
    ]
    optional = any(
        isinstance(name, nodes.Name) and name.name == "inner"
        for test in tests
        for name in (test, *test.find_all(nodes.Name))
    )
    closed = (
        not handed_on
        and sum(name in _ARGS for name in names) == len(attributes) + len(items)
        and not any(tree.find_all((nodes.Extends, nodes.Include)))
    )
    return Form("inner" in names and not optional, frozenset(named) if closed else None, _is_block(tree))


def _is_block(tree: nodes.Template) -> bool:
    """Whether what a template prints first can't stand in a paragraph: such an element, or a macro of another file."""
    text = "".join(data.data for data in tree.find_all(nodes.TemplateData))
    element = _ELEMENT.search(text)
    return element[1] in _BLOCKS if element else tree.find(nodes.FromImport) is not None


def _is_args(node: nodes.Node) -> bool:
    return isinstance(node, nodes.Name) and node.name in _ARGS
