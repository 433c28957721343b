"""Rendering: a finished page and the theme in, HTML out. It asks nobody else.

Rendering one page is a function of its record, the site's view and the templates, so that it can
run anywhere and in any order.
"""

from __future__ import annotations

import traceback
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING, Any

import jinja2
from markupsafe import Markup, escape

from explainer import artifacts, jsonld
from explainer.diagnostics import Diagnostic, Span, Staged, did_you_mean
from explainer.model import (
    CallHole,
    CiteHole,
    ClaimClose,
    ClaimOpen,
    ClaimWords,
    FootnoteHole,
    HrefHole,
    MonthLink,
    PanelsHole,
    RefHole,
)
from explainer.rule import LEVELS
from explainer.theme import SHORTCODES, STATIC
from explainer.typography import typographic
from explainer.words import spelled

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import tzinfo

    from explainer.model import Body, CallMark, Page, PublicSource, Site, SiteView
    from explainer.theme import Theme

_RTL = frozenset({"ar", "arc", "ckb", "dv", "fa", "he", "ku", "nqo", "ps", "sd", "syr", "ug", "ur", "yi"})
_NEWEST = 20
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip


class LayoutError(Exception):
    """A layout failed; carries the diagnostic."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        super().__init__(diagnostic.message)
        self.diagnostic = diagnostic


class Renderer:
    """Renders the pages and lists of one site with one theme.

    Raises:
        LayoutError: from every method, where a layout is missing or fails.
    """

    def __init__(self, theme: Theme, view: SiteView) -> None:
        self.theme = theme
        self.view = view
        env = theme.environment
        root = view.root.rstrip("/")
        env.globals.update(
            site=view,
            url=lambda path: root + path if path.startswith("/") else path,
            asset=lambda name: f"{root}/{STATIC}{name}",
            dir=lambda language: "rtl" if language.split("-")[0].lower() in _RTL else "ltr",
            spelled=spelled,
            levels=LEVELS,
        )
        self.rfc3339 = midnight(view.time_zone)
        env.filters.update(longdate=longdate, rich=rich, rfc3339=self.rfc3339)
        self.env = env
        self._macros: Any = None

    # --- Pages ---

    def page(self, page: Page) -> str:
        """The HTML of an explainer or another page."""
        by_id = {source.id: source for source in page.sources}
        filler = _Filler(self, page, by_id)
        body = filler.fill(page.body)
        notes = [(note, filler.fill(note.footnote) if note.source is None else Markup()) for note in page.notes]
        return self._render(
            page.layout, page.title, page.url, page.language, page.summary, jsonld.page_graph(page, self.view),
            page=page, body=body, notes=notes, by_id=by_id,
        )  # fmt: skip

    def macros(self) -> Any:
        """The macros of what stands at a claim and at a citation."""
        if self._macros is None:
            self._macros = self.guard("partials/claim.html", lambda: self._template("partials/claim.html").module)
        return self._macros

    def shortcode(self, call: CallMark, inner: Markup, page: Page) -> Markup:
        """A shortcode's template, rendered."""
        name = f"{SHORTCODES}{call.name}.html"
        args = {str(number): value for number, value in enumerate(call.positional)} | dict(call.named)
        template = self._template(name)
        return Markup(self.guard(name, lambda: template.render(args=args, inner=inner, page=page)))

    def list(self, layout: str, title: str, path: str, **context: Any) -> str:
        """The HTML of a page that lists things."""
        canonical = self.view.url.rstrip("/") + path
        graph = jsonld.list_graph(title, canonical, self.view)
        return self._render(layout, title, path, self.view.language, self.view.description, graph, **context)

    def plain(self, layout: str, **context: Any) -> str:
        """A layout without the head of a page: a feed, a sitemap."""
        template = self._template(layout)
        return str(self.guard(layout, lambda: template.render(context)))

    def _render(  # noqa: PLR0917
        self, layout: str, title: str, path: str, language: str, description: str | None, graph: str, **context: Any
    ) -> str:
        return self.plain(
            layout, title=title, path=path, canonical=self.view.url.rstrip("/") + path, language=language,
            description=description, json_ld=Markup(graph), **context,
        )  # fmt: skip

    # --- Faults ---

    def _template(self, name: str) -> jinja2.Template:
        if name not in self.theme.files:
            hints = did_you_mean(name, self.theme.files)
            raise LayoutError(Diagnostic("E601", f"there is no layout `{name}`", Span(f"layouts/{name}"), hints))
        return self.guard(name, lambda: self.env.get_template(name))

    def guard(self, name: str, work: Callable[[], Any]) -> Any:
        """Run what may fail in a layout, and say where in which layout it did."""
        try:
            return work()
        except LayoutError:
            raise
        except jinja2.TemplateSyntaxError as error:
            span = self._span(error.filename or name, error.lineno)
            raise LayoutError(Diagnostic("E602", str(error.message), span)) from error
        except jinja2.TemplateNotFound as error:
            message = f"there is no layout `{error.name}`"
            raise LayoutError(Diagnostic("E601", message, self._failed_at(error, name))) from error
        except jinja2.UndefinedError as error:
            raise LayoutError(Diagnostic("E603", str(error.message), self._failed_at(error, name))) from error
        except Exception as error:  # a layout can raise anything; it is content, not our code
            message = f"{type(error).__name__}: {error}"
            raise LayoutError(Diagnostic("E604", message, self._failed_at(error, name))) from error

    def _failed_at(self, error: BaseException, name: str) -> Span:
        """The innermost line of a layout in a traceback; Jinja rewrites its frames to the layout's own."""
        layouts = {str(path) for path in self.theme.files.values()} | {str(self.theme.default)}
        for frame in reversed(traceback.extract_tb(error.__traceback__)):
            if frame.filename in layouts or frame.filename.startswith(str(self.theme.default)):
                return self._span(frame.filename, frame.lineno or 1)
        return Span(f"layouts/{name}")

    def _span(self, filename: str, line: int) -> Span:
        path = self.theme.path_of(filename) if "/" in filename else f"layouts/{filename}"
        return Span(path, line, 1, line, 1)


class _Filler:
    """Fills the holes of one page's bodies."""

    def __init__(self, renderer: Renderer, page: Page, by_id: Mapping[str, PublicSource]) -> None:
        self.renderer = renderer
        self.page = page
        self.by_id = by_id
        self.macros = renderer.macros()

    def fill(self, body: Body) -> Markup:
        return Markup(self.renderer.guard("partials/claim.html", lambda: "".join(self._parts(body))))

    def _parts(self, body: Body) -> Iterator[str]:
        page, macros = self.page, self.macros
        for part in body:
            match part:
                case str():
                    yield part
                case ClaimOpen(number, block):
                    yield macros.claim_open(page.claims[number], block)
                case ClaimClose(number, block):
                    yield macros.claim_close(page.claims[number], block)
                case ClaimWords(number, block):
                    yield macros.claim_words(page.claims[number], block)
                case CiteHole(number):
                    if page.cites[number]:
                        yield macros.cite(page.cites[number])
                case FootnoteHole(note, ref):
                    yield macros.footnote(page.footnote_uses[note][ref])
                case PanelsHole(claims):
                    for number in claims:
                        yield macros.panel(page.claims[number], self.by_id)
                case HrefHole(number):
                    yield escape(page.hrefs[number])
                case RefHole(number, address):
                    target, words = page.refs[number]
                    yield escape(target) if address else Markup('<a href="{}">{}</a>').format(target, words)
                case CallHole(number, inner):
                    yield self.renderer.shortcode(page.calls[number], self.fill(inner), page)


# --- All outputs of a site ----------------------------------------------------------------------


def render_lists(renderer: Renderer, site: Site) -> Iterator[tuple[str, Callable[[], str]]]:
    """Every output of the site but the pages: its path under `site/`, and what renders it."""
    make, newest = renderer.list, site.explainers[:_NEWEST]
    latest = site.months[0] if site.months else None
    links = [MonthLink(month.month, month.url, len(month.entries)) for month in site.months]
    yield artifacts.HOME, lambda: make("home.html", site.view.title, "/", entries=newest)
    yield artifacts.NOT_FOUND, lambda: make("404.html", "Page not found", "/404.html")
    yield artifacts.EXPLAINERS, lambda: make("explainers.html", "Explainers", "/explainers/", entries=site.explainers)
    yield artifacts.LEDGER, lambda: make(
        "claims.html", "Claims", "/claims/", months=links, latest=latest, undated=site.undated
    )
    for month in site.months:
        title = f"Claims, {longdate(month.month)}"
        yield artifacts.html_file(month.url), _bound(make, "ledger.html", title, month.url, ledger=month)
    for tag in site.tags:
        path = f"/tags/{tag.slug}/"
        yield artifacts.html_file(path), _bound(make, "tag.html", tag.label, path, tag=tag)
    for person in site.people:
        path = person.person.url or ""
        yield artifacts.html_file(path), _bound(make, "person.html", person.person.name, path, person=person)
    for source in site.sources:
        path = source.source.page or ""
        yield artifacts.html_file(path), _bound(make, "source.html", source.source.name, path, source=source)


def _bound(make: Callable[..., str], *args: Any, **context: Any) -> Callable[[], str]:
    return lambda: make(*args, **context)


def longdate(text: str) -> str:
    """A date in words: `2017-07-21` is 21 July 2017, `2017-06` June 2017."""
    year, *rest = str(text)[:10].split("-")
    month = [_MONTHS[int(rest[0]) - 1]] if rest else []
    day = [str(int(rest[1]))] if len(rest) > 1 else []
    return " ".join([*day, *month, year])


def rich(text: Any) -> Markup:
    """A plain text for HTML, straight quotes and double hyphens made typographic."""
    return escape(typographic(str(text)))


def midnight(time_zone: str) -> Callable[[str], str]:
    """What makes a day an RFC 3339 time: its first moment in the site's time zone. Times stay."""
    if time_zone == "UTC":
        zone: tzinfo = UTC
    else:
        from zoneinfo import ZoneInfo  # noqa: PLC0415 - few sites need it

        zone = ZoneInfo(time_zone)

    def rfc3339(iso: str) -> str:
        return iso if "T" in iso else datetime.combine(date.fromisoformat(iso), time(), zone).isoformat()

    return rfc3339
