"""What readers will see change, as text, as Markdown for a pull request, and as data."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from explainer.publish.changes import Changes

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from explainer.publish.changes import ClaimChange, PageChange

VERSION = 1
_LONGEST = 80  # characters of a claim that are shown
_UNMARKED = "neither `updated` nor a correction says so"
_ODD = re.compile(r"([\\`*_{}\[\]<>|#~])")


def changes_data(changes: Changes) -> dict[str, Any]:
    """The changes as data; pages by slug."""
    return {
        "pages": {
            "new": [page.slug for page in changes.new],
            "changed": [page.slug for page in changes.changed],
            "gone": [page.slug for page in changes.gone],
        },
        "claims": [
            {"page": one.page, "id": one.id, "before": one.before, "after": one.after} for one in changes.claims
        ],
    }


def has_changes(changes: Changes) -> bool:
    """Whether readers see anything differ."""
    return changes != Changes()


def changes_text(changes: Changes, most: int | None = None) -> Iterator[str]:
    """Lines for the terminal; at most so many of each kind."""
    kinds = (("new", changes.new), ("changed", changes.changed), ("gone", changes.gone))
    for word, pages in kinds:
        yield from _shortened([f"{word:9}{_page_words(page, word)}" for page in pages], most, f"{word} pages")
    moved = [one for one in _told(changes) if one.before and one.after]
    lines = [line for one in moved for line in _moved_lines(one)]
    yield from _shortened(lines, None if most is None else 3 * most, "lines on claims")
    vanished = [f"vanished claim {one.page}#{one.id}: {_short(one.text)}" for one in _told(changes) if not one.after]
    yield from _shortened(vanished, most, "claims that vanish")
    added = [f"new claim {one.page}#{one.id}: {_label(one.after)}" for one in _told(changes) if not one.before]
    yield from _shortened(added, most, "new claims")
    lines = [f"gone from other sites: claim {name} can no longer be embedded" for name in changes.embeds]
    yield from _shortened(lines, most, "claims that can no longer be embedded")
    yield from _footer(changes)


def _told(changes: Changes) -> list[ClaimChange]:
    """The claims that are told one by one: those of pages that stay."""
    whole = {page.slug for page in (*changes.new, *changes.gone)}
    return [one for one in changes.claims if one.page not in whole]


def _page_words(page: PageChange, kind: str) -> str:
    more = f"; {_UNMARKED}" if page.unmarked else ""
    if page.claims and kind != "changed":
        more += f", with {page.claims} claim" + ("s" if page.claims > 1 else "")
    return f"{page.title} ({page.path}){more}"


def _moved_lines(one: ClaimChange) -> Iterator[str]:
    yield f"claim {one.page}#{one.id}: {_short(one.text)}"
    yield f"    from: {_label(one.before)}"
    yield f"    to:   {_label(one.after)}"


def _label(sourcing: dict[str, Any] | None) -> str:
    """A claim's label, with what the notes add to it."""
    if sourcing is None:
        return "not there"
    notes = [note["code"] for note in sourcing["notes"] if note["code"] != "steps"]
    return f"{sourcing['label']} ({sourcing['level']}{''.join(f', {note}' for note in notes)})"


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1].rstrip()}…"


def _shortened(lines: Sequence[str], most: int | None, what: str) -> Iterator[str]:
    yield from lines if most is None else lines[:most]
    if most is not None and len(lines) > most:
        yield f"… and {len(lines) - most} more {what}"


def _footer(changes: Changes) -> Iterator[str]:
    if changes.restyled:
        yield f"{_pages(changes.restyled)} the same content in a changed frame (styles, menu, data for machines)"
    if changes.skipped:
        yield f"{_pages(changes.skipped)} other bytes and the same claims; they are too many to be compared"


def _pages(number: int) -> str:
    return "1 page has" if number == 1 else f"{number} pages have"


def changes_markdown(changes: Changes) -> str:
    """A comment for a pull request."""
    if not has_changes(changes):
        return "**Readers will see no change.**\n"
    lines = ["**What readers will see change**", ""]
    for word, pages in (("New", changes.new), ("Changed", changes.changed), ("Gone", changes.gone)):
        lines += [f"- {word}: {_escaped(page.title)} (`{page.path}`){_warned(page)}" for page in pages]
    moved = _told(changes)
    if moved:
        lines += ["", "| claim | before | after |", "|---|---|---|"]
        lines += [
            f"| `{one.page}#{one.id}` {_escaped(_short(one.text))} | {_cell(one.before)} | {_cell(one.after)} |"
            for one in moved
        ]
    lines += [f"- **Can no longer be embedded**: `{name}`" for name in changes.embeds]
    footer = list(_footer(changes))
    return "\n".join([*lines, *([""] if footer else []), *footer]) + "\n"


def _warned(page: PageChange) -> str:
    return f": **{_UNMARKED}**" if page.unmarked else ""


def _cell(sourcing: dict[str, Any] | None) -> str:
    return "—" if sourcing is None else _escaped(_label(sourcing))


def _escaped(text: str) -> str:
    """Text that Markdown takes for nothing else, nor for the name of a user."""
    return _ODD.sub(r"\\\1", " ".join(text.split())).replace("@", "@\u200b")
