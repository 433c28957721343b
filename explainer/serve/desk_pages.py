"""The editor's pages of the preview: what to look at, the calendar, the sources. They are in no build."""

from __future__ import annotations

from typing import TYPE_CHECKING

from explainer.diagnostics import Severity, Span
from explainer.diagnostics.report import visible
from explainer.engine.calendar import calendar
from explainer.serve.desk_places import Places
from explainer.serve.elements import document, element, joined, worded
from explainer.serve.source_pages import source_page, sources_list

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from explainer.diagnostics import Diagnostic
    from explainer.diagnostics.acceptance import Accepted
    from explainer.engine.calendar import Day
    from explainer.model.site import PageSummary
    from explainer.serve.elements import Html
    from explainer.serve.session import Session

DESK = "desk/"  # below the preview's own path
_TABS = (("", "To look at"), ("calendar/", "Calendar"), ("sources/", "Sources"))
_CALENDAR = (
    ("To be looked at again by now", ("stale",)),
    ("Coming out", ("embargoed", "due")),
    ("To be looked at again later", ("review",)),
    ("Drafts", ("draft",)),
)
_KINDS = {"embargoed": "under embargo until", "due": "dated", "stale": "since", "review": "on", "draft": "dated"}


def desk_page(session: Session, name: str, editor: str | None) -> bytes | None:
    """The page of this name, such as `calendar/` or `sources/memo/`; None if there is none."""
    places = Places(session, editor, session.tree.site.view.root if session.tree else "/")
    match name.split("/"):
        case [""]:
            return _whole("", "To look at", _to_look_at(places))
        case ["calendar", ""]:
            return _whole("calendar/", "Calendar", _calendar(places))
        case ["sources", ""]:
            return _whole("sources/", "Sources", sources_list(places))
        case ["sources", id_, ""]:
            found = source_page(places, id_)
            return _whole("sources/", id_, found) if found else None
    return None


def _whole(tab: str, title: str, body: Iterable[Html]) -> bytes:
    links = (
        element("a", words, href=f"/-/{DESK}{path}", aria_current="page" if path == tab else None)
        for path, words in _TABS
    )
    nav = element("nav", *links, element("a", "The site", href="/"))
    return document(title, nav, element("main", element("h1", title), *body))


# --- To look at ---


def _to_look_at(places: Places) -> Iterator[Html]:
    result = places.session.result
    pages = {page.summary.file: page.summary for page in list(places.session.state.good.values()) if page.summary}
    yield element("p", _counts(result.diagnostics, len(result.accepted)), class_="lead")
    for file, found in _by_file(result.diagnostics, pages):
        yield _file_head(places, file, pages.get(file))
        yield element("ul", *(_diagnostic(places, one) for one in found))
    if result.accepted:
        yield element("h2", "Accepted")
        yield element("ul", *(_accepted(places, one) for one in result.accepted))


def _counts(diagnostics: Iterable[Diagnostic], accepted: int) -> str:
    severities = [one.severity for one in diagnostics]
    parts = [(severities.count(Severity.ERROR), "error"), (severities.count(Severity.WARNING), "warning")]
    told = ", ".join(f"{number} {word}{'' if number == 1 else 's'}" for number, word in parts if number)
    return f"{told or 'Nothing'} to look at" + (f"; {accepted} accepted." if accepted else ".")


def _by_file(diagnostics: Iterable[Diagnostic], pages: dict[str, PageSummary]) -> list[tuple[str, list[Diagnostic]]]:
    """Diagnostics by file: those of pages first, by title, then those of what pages share."""
    files: dict[str, list[Diagnostic]] = {}
    for one in diagnostics:
        files.setdefault(one.span.path, []).append(one)
    return sorted(
        files.items(), key=lambda one: (one[0] not in pages, pages[one[0]].title if one[0] in pages else one[0])
    )


def _file_head(places: Places, file: str, page: PageSummary | None) -> Html:
    if page is None:
        return element("h2", places.place(Span(file), visible(file)))
    return joined(element("h2", places.page(page)), element("p", places.place(Span(file), visible(file)), class_="of"))


def _diagnostic(places: Places, one: Diagnostic) -> Html:
    hints = (element("p", worded(visible(hint)), class_="soft") for hint in one.hints)
    foot = element("p", f"{one.code} {one.name} ", places.place(one.span), class_="foot")
    return element("li", element("p", worded(visible(one.message))), *hints, foot, class_=one.severity.value)


def _accepted(places: Places, one: Accepted) -> Html:
    why = element("p", f"Accepted: {visible(one.acceptance.why)}", class_="soft") if one.acceptance.why else None
    foot = element(
        "p", f"{one.diagnostic.code} {one.diagnostic.name} ", places.place(one.acceptance.span), class_="foot"
    )
    return element("li", element("p", worded(visible(one.diagnostic.message))), why, foot)


# --- The calendar ---


def _calendar(places: Places) -> Iterator[Html]:
    state = places.session.state
    pages = [page.summary for page in list(state.good.values()) if page.summary]
    days = calendar(pages, places.session.choice.now, state.library.config.time_zone)
    for title, kinds in _CALENDAR:
        found = [day for day in days if day.kind in kinds]
        if found:
            yield element("h2", title)
            yield element("ul", *(_day(places, day) for day in found))
    if not days:
        yield element("p", "Nothing is due, under embargo or to be looked at again.", class_="lead")
    yield element("p", f"Days and times are those of {state.library.config.time_zone}.", class_="end")


def _day(places: Places, day: Day) -> Html:
    when = f"{_KINDS[day.kind]} {day.when}" if day.when else "without a date"
    return element(
        "li", element("p", places.page(day.page)), element("p", f"{when} ", places.place(day.span), class_="foot")
    )
