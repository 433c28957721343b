"""HTML of the preview's own pages, made in Python: every text is escaped."""

from __future__ import annotations

from html import escape


class Html(str):
    """Finished HTML."""

    __slots__ = ()


def element(tag: str, *children: str | None, **attributes: str | None) -> Html:
    """An element. Children that aren't `Html` are escaped; children and attributes that are None are left out.

    A name may end in `_`, as `class_` does.
    """
    given = "".join(
        f' {name.rstrip("_").replace("_", "-")}="{escape(text)}"'
        for name, text in attributes.items()
        if text is not None
    )
    inside = "".join(child if isinstance(child, Html) else escape(child) for child in children if child is not None)
    return Html(f"<{tag}{given}>{inside}</{tag}>")


def joined(*children: str | None) -> Html:
    """Children without an element around them."""
    return Html("".join(child if isinstance(child, Html) else escape(child) for child in children if child is not None))


def worded(text: str) -> Html:
    """A message, in which what stands between backticks is text of a file."""
    parts = text.split("`")
    return joined(*(element("code", part) if at % 2 else part for at, part in enumerate(parts)))


def document(title: str, *body: str | None) -> bytes:
    """A whole page with the preview's own style."""
    head = Html(
        '<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<title>{escape(title)}</title><link rel="stylesheet" href="/-/desk.css">'
    )
    return f'<!doctype html>\n<html lang="en"><head>{head}</head>{element("body", *body)}</html>\n'.encode()
