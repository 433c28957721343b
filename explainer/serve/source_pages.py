"""The sources of the site in the preview: where each is used, and what would fall if it were withdrawn."""

from __future__ import annotations

from typing import TYPE_CHECKING

from explainer.engine.desk import Desk
from explainer.engine.impact import Question, impact
from explainer.engine.source_uses import list_sources, show_source
from explainer.serve.elements import element

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from explainer.engine.impact import Impact, Moved
    from explainer.engine.source_uses import ListedSource, Reliance, ShownSource
    from explainer.model.site import PageSummary
    from explainer.serve.desk_places import Places
    from explainer.serve.elements import Html

_QUESTIONS = (
    ("What if it is withdrawn?", Question("withdraw")),
    ("What if nothing named it?", Question("without")),
)


def sources_list(places: Places) -> Iterator[Html]:
    """All sources, those that most rests on first."""
    found = sorted(list_sources(_desk(places)), key=lambda one: -one.claims)
    yield element("p", f"{len(found)} sources, those that most claims rest on first.", class_="lead")
    yield element("ul", *(_listed(places, one) for one in found))


def source_page(places: Places, id_: str) -> list[Html] | None:
    """A source, what would become of claims without it, and what uses it; None if there is none of this id."""
    desk = _desk(places)
    found = show_source(desk, id_)
    if not found:
        return None
    pages = {page.slug: page for page in desk.pages if page.kind == "explainer"}
    parts = [element("ul", *(_listed(places, one.listed) for one in found))]
    for title, question in _QUESTIONS:
        parts += [element("h2", title), *_impact(places, pages, impact(desk, [id_], question))]
    return parts + [part for one in found for part in _used(places, pages, one)]


def _desk(places: Places) -> Desk:
    session, state = places.session, places.session.state
    pages = [page.summary for page in list(state.good.values()) if page.summary]
    return Desk(session.root, state.content.value, state.library, pages, state.page_texts, choice=session.choice)


def _listed(places: Places, one: ListedSource) -> Html:
    source = one.source
    used = f"{one.claims} claims on {len(one.pages)} pages" if one.pages else "used nowhere"
    lacks = f"; lacks {', '.join(one.lacks)}" if one.lacks else ""
    own = f", of {one.page}" if one.page else ""
    link = element("a", source.id, href=f"/-/desk/sources/{source.id}/")
    name = element("p", one.name, class_="soft") if one.name else None
    foot = element("p", f"{_kind(one)}{own}: {used}{lacks} ", places.place(source.span), class_="foot")
    return element("li", element("p", link), name, foot)


def _kind(one: ListedSource) -> str:
    source = one.source
    return ", ".join(filter(None, (source.type, source.attribution, "withdrawn" if source.withdrawn else "")))


def _used(places: Places, pages: Mapping[str, PageSummary], one: ShownSource) -> Iterator[Html]:
    """The claims that rest on a source, the places that name it, and the sources that do."""
    if one.claims:
        yield element("h2", "Claims that rest on it")
        yield element("ul", *(_claim(places, pages, claim) for claim in one.claims))
    if one.uses:
        yield element("h2", "Where pages name it")
        uses = ((pages[use.page].title, use) for use in one.uses if use.page in pages)
        yield element("ul", *(element("li", f"{title}: ", places.place(use.span)) for title, use in uses))
    if one.behind:
        yield element("h2", "Sources that name it")
        rows = (element("li", f"{id_}, as `via` or `reported_in`: ", places.place(span)) for id_, span in one.behind)
        yield element("ul", *rows)


def _claim(places: Places, pages: Mapping[str, PageSummary], claim: Reliance) -> Html:
    route = "" if len(claim.route) == 1 else f", by {' > '.join(claim.route)}"
    page = pages.get(claim.page)
    link = places.page(page, f"#claim-{claim.claim}") if page else claim.page
    said = element("p", f"{claim.label} ({claim.stance}{route})", class_="soft")
    return element("li", element("p", link, f", {claim.claim}"), said)


def _impact(places: Places, pages: Mapping[str, PageSummary], found: Impact) -> Iterator[Html]:
    if found.errors:
        yield element("p", "That would be an error:", class_="lead")
        yield element("ul", *(element("li", one.message, " ", places.place(one.span)) for one in found.errors))
    elif not found.claims:
        yield element("p", "No claim moves.", class_="lead")
    else:
        yield element("p", _sum(found), class_="lead")
        yield element("ul", *(_moved(places, pages, one) for one in found.claims))


def _sum(found: Impact) -> str:
    pages = len({one.page for one in found.claims})
    words = f"{_counted(len(found.claims), 'claim')} on {_counted(pages, 'page')} would move"
    fallen = len(found.fallen)
    return f"{words}, {fallen} of them to no source." if fallen else f"{words}."


def _counted(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"


def _moved(places: Places, pages: Mapping[str, PageSummary], one: Moved) -> Html:
    page = pages.get(one.page)
    title = places.page(page, f"#claim-{one.id}") if page else one.page
    before, after = (element("p", words, class_="soft") for words in (f"from: {one.sides[0]}", f"to: {one.sides[1]}"))
    return element("li", element("p", one.text), before, after, element("p", title, class_="foot"))
