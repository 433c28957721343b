"""From the id under a cursor to what it names, to every other place of it, and to another id in all of them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from explainer.diagnostics import Span
from explainer.load.scalar_types import ID
from explainer.lsp.hover import about_claim, about_page, about_person, about_source
from explainer.lsp.names import Mention, Name, mentions_in_library, mentions_in_page
from explainer.lsp.positions import holds

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from explainer.lsp.edited_site import EditedSite
    from explainer.lsp.page_view import PageView
    from explainer.lsp.positions import Lines, Place

_RENAMED = {"source", "person", "claim", "party"}


class RenameError(Exception):
    """An id can't be renamed; says why."""


class Files(NamedTuple):
    """The files of a site as they are in the editor: lines, and pages as far as they can be read."""

    site: EditedSite
    lines: Callable[[str], Lines]
    view: Callable[[str], PageView | None]


def mention_at(files: Files, path: str, place: Place) -> Mention | None:
    """The id at a place of a file."""
    found = (one for one in _mentions_in(files, path) if holds(one.span, place))
    return min(found, key=lambda one: one.span.end_col - one.span.col, default=None)


def about(files: Files, path: str, mention: Mention) -> str | None:
    """What is told of an id in a file; None where there is nothing, or nothing that may be told."""
    name, library = mention.name, files.site.library
    if mention.hidden:
        return None
    page = files.site.page(name.page or name.id) if name.page or name.kind == "page" else None
    if name.kind == "person":
        person = library.people.get(name.id)
        return about_person(person) if person else None
    if name.kind == "page":
        return about_page(page) if page else None
    view = files.view(path)
    if view is None or view.file.slug != name.page:
        view = files.view(page.file) if page else None
    if name.kind == "source":
        sources = view.sources(library) if view else library.sources
        return about_source(sources[name.id], library, sources) if name.id in sources else None
    claim = view.claims(files.site.root, library).get(name.id) if view else None
    return about_claim(claim) if claim else None


def definitions(files: Files, path: str, name: Name) -> Iterator[Span]:
    """Where the record, the claim or the page of an id stands that a file names."""
    page = files.site.page(name.page or name.id)
    if name.kind == "page":
        if page:
            yield Span(page.file)
        return
    if name.kind == "claim":
        places = {path, page.file} if page else {path}
    else:
        places = {path} if name.page else set(files.site.shared)
    for place in sorted(places):
        yield from (one.span for one in _mentions_in(files, place) if one.defines and one.name == name)


def mentions(files: Files, path: str, name: Name) -> Iterator[Mention]:
    """Every place of an id that a file names, in the files that all pages share and in all pages."""
    for place in [path] if _is_local(name) else files.site.paths:
        if name.kind != "claim" or place == path or name.page in files.lines(place).text:
            yield from (one for one in _mentions_of(files, place, name.id) if one.name == name)


def _is_local(name: Name) -> bool:
    """Whether an id is a source's that belongs to one page."""
    return name.kind == "source" and name.page != ""


def renamed(files: Files, path: str, name: Name, new: str) -> list[Span]:
    """The places of an id that is to be renamed.

    Raises:
        RenameError: if it can't be, or not everywhere.
    """
    if not can_rename(name):
        raise RenameError("a page is renamed by renaming its file, with `aliases` for its old address")
    if not ID.fullmatch(new):
        raise RenameError(f"`{new}` can't be an id: ids are lower-case letters, digits and hyphens")
    if _is_taken(files, path, name, new):
        raise RenameError(f"there is a `{new}` already")
    for unread in files.site.unread:
        if name.id in files.lines(unread).text:
            raise RenameError(f"{unread} may name it, and can't be read: mend it first")
    return list(dict.fromkeys(one.span for one in mentions(files, path, name)))


def _is_taken(files: Files, path: str, name: Name, new: str) -> bool:
    """Whether an id names something already that it may not stand for, too: a speaker is a source, a person or a party."""
    if name.kind == "claim":
        return next(mentions(files, path, name._replace(id=new)), None) is not None
    places = [*files.site.shared, path] if _is_local(name) else files.site.paths
    found = (one for place in places for one in _mentions_of(files, place, new))
    return any(one.name.kind in {"source", "person", "party"} for one in found)


def can_rename(name: Name) -> bool:
    """Whether an id stands in texts alone, and not in the name of a file."""
    return name.kind in _RENAMED


def _mentions_of(files: Files, path: str, id_: str) -> Iterator[Mention]:
    """The places of one id in a file."""
    text = files.lines(path).text
    # To parse a page takes a hundred times as long as to look for a word.
    if id_ in text and re.search(rf"(?<![\w-]){re.escape(id_)}(?![\w-])", text):
        yield from (one for one in _mentions_in(files, path) if one.name.id == id_)


def _mentions_in(files: Files, path: str) -> Iterator[Mention]:
    """The places of ids in a file; those that the text doesn't have any more are left out."""
    library = files.site.library
    if path.endswith(".md"):
        view = files.view(path)
        found = mentions_in_page(view, library) if view else iter(())
    else:
        found = (one for one in mentions_in_library(library) if one.span.path == path)
    lines = files.lines(path)
    for one in found:
        span = _exactly(one, lines)
        if span:
            yield one._replace(span=span)


def _exactly(mention: Mention, lines: Lines) -> Span | None:
    """The place of the id alone; None where the text doesn't have it any more."""
    span, words = mention.span, lines.words(mention.span)
    if words == mention.name.id:
        return span
    places = list(re.finditer(rf"(?<![\w-]){re.escape(mention.name.id)}(?![\w-])", words))
    if not places or "\n" in words:
        return None
    start = span.col + places[-1].start()
    return span._replace(col=start, end_col=start + len(mention.name.id))
