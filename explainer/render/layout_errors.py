"""Errors in layouts: which exceptions are a layout's, and where in which layout they arose.

A layout can raise anything, and calls functions of ours. The innermost frame that is a layout's or the program's own
decides whose error it is: a layout's becomes a diagnostic, the program's own is a bug and stays an exception.
"""

from __future__ import annotations

import re
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import jinja2
from jinja2.runtime import Macro

from explainer.diagnostics import Diagnostic, Span, did_you_mean
from explainer.model import declared, document, pictures, published, site

if TYPE_CHECKING:
    from collections.abc import Iterator

    from explainer.render.theme import Theme

T = TypeVar("T")
_PACKAGE = f"{Path(__file__).parents[1]}/"
_NO_ATTRIBUTE = re.compile(r"'explainer\.model\.\w+\.(\w+) object' has no attribute '(\w+)'")
_RECORDS = vars(declared) | vars(document) | vars(pictures) | vars(published) | vars(site)


class LayoutError(Exception):
    """A layout failed; carries the diagnostic."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        super().__init__(diagnostic.message)
        self.diagnostic = diagnostic


class CallError(Exception):
    """A layout called a function or filter of ours with something that it doesn't take."""

    def __init__(self, message: str, code: str = "E604", hints: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.hints = hints


def take(value: T, kind: type | tuple[type, ...], call: str) -> T:
    """What a layout gives to `call`, if it is of this kind.

    Raises:
        CallError: if it isn't.
    """
    if isinstance(value, kind):
        return value
    if isinstance(value, jinja2.Undefined):
        str(value)  # a strict one raises, by its name
    raise CallError(f"`{call}` doesn't take a value of type {type(value).__name__}")


def check_macro(macro: object, count: int, name: str) -> None:
    """See that something is a macro that takes this many arguments.

    Raises:
        CallError: if it isn't.
    """
    if not isinstance(macro, Macro):
        raise CallError(f"there is no macro `{name}`", "E603")
    if len(macro.arguments) < count and not macro.catch_varargs:
        raise CallError(f"the macro `{name}` is given {count} arguments, and takes {len(macro.arguments)}")


def error_in_layout(error: Exception, theme: Theme, name: str) -> LayoutError | None:
    """What an exception says of the layouts; None where the program's own code has failed.

    `name` is the layout that was rendered. The frames of layouts must have been rewritten by Jinja.
    """
    if isinstance(error, LayoutError):
        return error
    if isinstance(error, jinja2.TemplateSyntaxError):
        return LayoutError(Diagnostic("E602", str(error.message), _span(theme, error.filename or name, error.lineno)))
    where = list(_innermost_first(error, theme))
    place = next((span for span in where if span), Span(f"layouts/{name}"))
    if isinstance(error, jinja2.TemplateNotFound):
        return LayoutError(Diagnostic("E601", f"there is no layout `{error.name}`", place))
    if isinstance(error, jinja2.UndefinedError):
        message, hints = _undefined(str(error.message))
        return LayoutError(Diagnostic("E603", message, place, hints))
    if isinstance(error, CallError):
        return LayoutError(Diagnostic(error.code, error.message, place, error.hints))
    # Where the stack ends is chance: nothing of ours calls itself without end, but a layout's macro may.
    if (where and where[0]) or (isinstance(error, RecursionError) and any(where)):
        return LayoutError(Diagnostic("E604", f"{type(error).__name__}: {error}", place))
    return None


def _innermost_first(error: Exception, theme: Theme) -> Iterator[Span | None]:
    """The frames of layouts, as their places, and for each frame of the program None; others are left out."""
    layouts = {str(path) for path in theme.files.values()}
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        if frame.filename in layouts or frame.filename.startswith(f"{theme.default}/"):
            yield _span(theme, frame.filename, frame.lineno or 1)
        elif frame.filename.startswith(_PACKAGE):
            yield None


def _span(theme: Theme, filename: str, line: int) -> Span:
    path = theme.path_of(filename) if "/" in filename else f"layouts/{filename}"
    return Span(path, line, 1, line, 1)


def _undefined(message: str) -> tuple[str, tuple[str, ...]]:
    """Jinja's message about a variable or attribute that isn't there, in words for who writes layouts."""
    found = _NO_ATTRIBUTE.fullmatch(message)
    if not found:
        return message, ()
    kind, attribute = found.groups()
    fields = getattr(_RECORDS.get(kind), "__struct_fields__", ())
    return f"a {kind} has no `{attribute}`", did_you_mean(attribute, fields)
