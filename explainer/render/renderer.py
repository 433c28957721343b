"""Render pages and lists with a theme, and locate errors in layouts.

Rendering one page is a function of its record, the site's view and the templates, so that it can
run anywhere and in any order.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

import jinja2
from markupsafe import Markup

from explainer.diagnostics import Diagnostic, Span, did_you_mean
from explainer.model.lazy_entries import Entries
from explainer.model.output_files import claim_page, embed_page
from explainer.model.published import Claim, PublicSource
from explainer.model.published_pages import Page
from explainer.model.site import PersonPage
from explainer.model.terms import PICTURE_ARGUMENTS
from explainer.render import jsonld
from explainer.render.assets import Assets
from explainer.render.body_filler import BodyFiller, ClaimMacros, claim_macros
from explainer.render.drawing import Drawing, draw_source
from explainer.render.embeds import embed_of, oembed_json
from explainer.render.feed_text import FeedText
from explainer.render.filters import (
    capital_in,
    day,
    listed,
    lookup,
    marked,
    midnight,
    rich_in,
    spelled,
    while_rendering,
)
from explainer.render.images import TOKENS, Sizes, img
from explainer.render.layout_errors import CallError, LayoutError, check_macro, error_in_layout, take
from explainer.render.level_counts import level_counts
from explainer.render.statements import statements_of_page, statements_of_person
from explainer.render.theme import SHORTCODES
from explainer.sourcing.rule import LEVELS
from explainer.sourcing.words import words_in_table
from explainer.text.addresses import host_of
from explainer.text.languages import direction

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from explainer.model.document import CallMark
    from explainer.model.lazy_entries import EntryKind, ListPage
    from explainer.model.pictures import CardImage, Picture
    from explainer.model.site import PageInterface, PageSummary, SiteView
    from explainer.render.images import Loading, Place
    from explainer.render.theme import Theme
    from explainer.text.catalog import Catalog, Catalogs

CLAIM = "partials/claim.html"
LISTS = "partials/lists.html"
_PRIMED = ("base.html", "page.html", "explainer.html")
T = TypeVar("T")
_MISSING_ARGUMENT = re.compile(r"Arguments object' has no attribute '(\w+)'")


Items: TypeAlias = "tuple[str, str] | None"
"""What a page comes out as in lists of pages, and what its claims do in lists of claims."""
Kept: TypeAlias = "Callable[[EntryKind, PageSummary], str | None]"
Macro: TypeAlias = "Callable[[Any], str]"


class Arguments(dict[str, str]):
    """A shortcode's arguments by name, positional ones by their number from 0.

    A class of its own, so that a missing argument can be told apart in Jinja's message.
    """

    def __missing__(self, key: object) -> str:
        """A positional argument, by its number."""
        if isinstance(key, int):
            return self[str(key)]
        raise KeyError(key)


class LanguageTemplates:
    """The templates in one language, which their words are bound to when they are loaded."""

    def __init__(self, env: jinja2.Environment, catalog: Catalog, language: str) -> None:
        self.env = env
        self.catalog = catalog
        self.macros: ClaimMacros | None = None
        env.globals.update(t=lookup(catalog), spelled=spelled(catalog), listed=listed(catalog), lang=catalog.language)
        env.globals.update(words_in_table=partial(words_in_table, catalog))
        env.globals.update(theme_lang=_language_of(catalog.language) if catalog.borrowed else Markup())
        env.globals.update(page_lang=_language_of(language) if catalog.borrowed else Markup())
        env.globals.update(way_of=self._way_of)
        style = catalog.style
        env.filters.update(rich=while_rendering(rich_in(style)), capital=while_rendering(capital_in(style)))
        env.filters.update(date=while_rendering(day(catalog)), longdate=while_rendering(day(catalog)))

    def _way_of(self, source: PublicSource, others: Sequence[PublicSource]) -> Drawing | None:
        take(source, PublicSource, "way_of")
        others = [take(other, PublicSource, "way_of") for other in take(others, (list, tuple), "way_of")]
        return marked(draw_source(source, others, self.catalog))


def _language_of(language: str) -> Markup:
    """The attributes of an element whose words are in this language."""
    return Markup(' lang="{}" dir="{}"').format(language, direction(language))


def _as_it_is(_path: str) -> None:
    """No picture is there in variants."""


class Renderer:
    """Renders the pages and lists of one site with one theme.

    `kept` gives a page's stored list items, made by `items`, where they are known. `picture_of` finds a picture in its
    variants by its path on the site.

    Raises:
        LayoutError: from every method, where a layout is missing or fails.
    """

    def __init__(
        self, theme: Theme, view: SiteView, catalogs: Catalogs, picture_of: Callable[[str], Picture | None] = _as_it_is
    ) -> None:
        self.theme = theme
        self.view = view
        self.catalogs = catalogs
        self.rfc3339 = midnight(view.time_zone)
        self._assets = Assets(theme, view)
        self.kept: Kept | None = None
        self.picture_of = picture_of
        tokens = theme.files.get(TOKENS)
        self.sizes = Sizes.of_tokens(theme.read(tokens).decode(errors="replace")) if tokens else Sizes()
        self._templates: dict[str, LanguageTemplates] = {}

    def templates_in(self, language: str) -> LanguageTemplates:
        """The templates in a language."""
        if language not in self._templates:
            self._templates[language] = LanguageTemplates(self._environment(), self.catalogs.of(language), language)
        return self._templates[language]

    @property
    def catalog(self) -> Catalog:
        """The words of the site's own language."""
        return self.catalogs.of(self.view.language)

    def _environment(self) -> jinja2.Environment:
        env, root, assets = self.theme.environment(), self.view.root.rstrip("/"), self._assets
        env.globals.update(
            site=self.view,
            url=lambda path: root + path if take(path, str, "url").startswith("/") else path,
            asset=lambda name: root + assets.path(take(name, str, "asset")),
            dir=lambda language: direction(take(language, str, "dir")),
            host_of=lambda address: host_of(take(address, str, "host_of")),
            levels=LEVELS,
            rendered=self._rendered,
            img=self._img,
            glance=lambda claims: level_counts(
                [take(one, Claim, "glance") for one in take(claims, Iterable, "glance")]
            ),
            record_of_page=lambda page, speaker: statements_of_page(take(page, Page, "record_of_page"), speaker),
            record_of_person=_record_of_person,
        )
        env.filters.update(rfc3339=while_rendering(self.rfc3339))
        return env

    def _img(
        self, address: str, alt: str, page: Page | None = None, place: Place = "story", loading: Loading = "lazy"
    ) -> Markup:
        """An image: of a page by what names it there, else by its path on the site."""
        sizes = self.sizes.at(take(place, str, "img"))
        take(address, str, "img")
        if page is None:
            picture = self.picture_of(address) if address.startswith("/") else None
            root = self.view.root.rstrip("/") if address.startswith("/") else ""
            return img(root + address, take(alt, str, "img"), picture, None, sizes, loading)
        size = take(page, Page, "img").size_of(address)
        return img(page.address_of(address), take(alt, str, "img"), page.picture_of(address), size, sizes, loading)

    def prime(self) -> None:
        """Compile what most pages need before processes are forked; errors show up later."""
        env = self.templates_in(self.view.language).env
        for name in self.theme.files:
            if name.startswith("partials/") or name in _PRIMED:
                with suppress(jinja2.TemplateError):
                    env.get_template(name)

    # --- Pages ---

    def page(self, page: Page) -> str:
        """The HTML of an explainer or another page."""
        by_id = {source.id: source for source in page.sources}
        filler = BodyFiller(
            page, by_id, self.macros(page.language), self.catalogs.of(page.language), self.shortcode, self.sizes
        )
        body = self.guard(CLAIM, lambda: filler.fill(page.body))
        lead = {"caption": Markup(), "credit": Markup()}
        lead |= self.guard(CLAIM, lambda: {name: filler.fill(text) for name, text in page.lead})
        notes = self.guard(CLAIM, lambda: [(note, filler.fill(note.footnote)) for note in page.notes])
        return self._render(
            page.layout, page.title, page.url, page.language, page.summary, jsonld.page_graph(page, self.view),
            page=page, body=body, lead=lead, notes=notes, by_id=by_id,
        )  # fmt: skip

    def embed(self, page: Page, claim_id: str, card: CardImage | None = None) -> tuple[str, str, str]:
        """A claim's own page, the page that other sites frame, and the description of that for programs; `card` is its own."""
        claim = next((one for one in page.claims if one.id == claim_id), None)
        catalog, base = self.catalogs.of(page.language), self.view.url.rstrip("/")
        own, frame = base + claim_page(page.url, claim_id), base + embed_page(page.slug, claim_id)
        told = embed_of(page, claim, frame, self.view, catalog)
        oembed = f"{own}oembed.json"
        given = {"page": page, "claim": claim, "embed": told, "oembed": oembed}
        graph = jsonld.claim_graph(page, claim, own, self.view) if claim else ""
        card = card or page.card or self.view.card
        path = claim_page(page.url, claim_id)
        return (
            self._render("claim.html", told.title, path, page.language, page.summary, graph, card=card, **given),
            self.plain("embed.html", language=page.language, title=told.title, canonical=own, **given),
            oembed_json(told, self.view),
        )

    def feed_text(self, page: Page) -> str:
        """The whole text of a page, for feeds."""
        by_id = {source.id: source for source in page.sources}
        text = FeedText(page, by_id, self.catalogs.of(page.language), self.shortcode)
        return self.guard(CLAIM, text.text)

    def macros(self, language: str) -> ClaimMacros:
        """The macros for claims and citations."""
        templates = self.templates_in(language)
        if templates.macros is None:
            templates.macros = self.guard(CLAIM, lambda: claim_macros(self._template(CLAIM, language).module))
        return templates.macros

    def shortcode(self, call: CallMark, inner: Markup, page: Page, formatted: Mapping[str, Markup]) -> Markup:
        """A shortcode's template, rendered."""
        name = f"{SHORTCODES}{call.name}.html"
        args = Arguments({str(number): value for number, value in enumerate(call.positional)} | dict(call.named))
        if (shown := PICTURE_ARGUMENTS.get(call.name)) and shown in args:
            # The file itself may not come out.
            args[shown] = page.address_of(args[shown])
        template = self._template(name, page.language)
        try:
            return self.guard(
                name, lambda: Markup(template.render(args=args, inner=inner, page=page, formatted=formatted))
            )
        except LayoutError as error:
            if missing := _MISSING_ARGUMENT.search(error.diagnostic.message):
                message = f"`{call.name}` needs `{missing[1]}`"
                hints = ('write what it shows; `alt=""` says that it says nothing',) if missing[1] == "alt" else ()
                raise LayoutError(Diagnostic("E305", message, call.span, hints)) from error
            raise

    def list(self, page: ListPage) -> str:
        """The HTML of a page that lists things."""
        view = self.view
        graph = jsonld.list_graph(page.title, view.url.rstrip("/") + page.path, view)
        return self._render(page.layout, page.title, page.path, view.language, view.description, graph, **page.given)

    def items(self, page: PageInterface) -> Items:
        """A page's items in lists; None if the site's own lists don't use the macros."""
        entry, claim = self._item_macro("explainer"), self._item_macro("claim")
        if entry is None or claim is None:
            return None
        make = lambda: (str(entry(page.entry)), "".join(claim(one.entry) for one in page.claims))  # noqa: E731
        return self.guard(LISTS, make)

    def _item_macro(self, kind: EntryKind) -> Macro | None:
        module = self.guard(LISTS, lambda: self._template(LISTS, self.view.language).module)
        macro: Macro | None = getattr(module, kind, None)
        with suppress(CallError):
            check_macro(macro, 1, kind)
            return macro
        return None

    def _rendered(self, entries: Iterable[Any], macro: Macro) -> Markup:
        """Entries of a list, each made by a macro, or taken from stored items."""
        check_macro(macro, 1, "rendered")
        take(entries, Iterable, "rendered")
        if self.kept and isinstance(entries, Entries) and macro is self._item_macro(entries.kind):
            kept = [None if page.file in entries.cuts else self.kept(entries.kind, page) for page in entries.pages]
            if None not in kept:
                return Markup("".join(filter(None, kept)))
        return Markup("".join(map(macro, entries)))

    def plain(self, layout: str, **context: Any) -> str:
        """A layout, in the `language` of its context or the site's."""
        template = self._template(layout, context.get("language", self.view.language))
        return str(self.guard(layout, lambda: template.render(context)))

    def _render(
        self, layout: str, title: str, path: str, language: str, description: str | None, graph: str, **context: Any
    ) -> str:
        return self.plain(
            layout, title=title, path=path, canonical=self.view.url.rstrip("/") + path, language=language,
            description=description, json_ld=Markup(graph), **context,
        )  # fmt: skip

    # --- Errors in layouts ---

    def _template(self, name: str, language: str) -> jinja2.Template:
        if name not in self.theme.files:
            hints = did_you_mean(name, self.theme.files)
            raise LayoutError(Diagnostic("E601", f"there is no layout `{name}`", Span(f"layouts/{name}"), hints))
        env = self.templates_in(language).env
        template: jinja2.Template = self.guard(name, lambda: env.get_template(name))
        return template

    def guard(self, name: str, work: Callable[[], T]) -> T:
        """Run what may fail in a layout, and say where in which layout it did; a failure of our own goes on."""
        try:
            return work()
        except LayoutError:
            raise
        except Exception:  # noqa: BLE001 - a layout can raise anything; what isn't a layout's is raised again
            try:
                # Jinja gives the frames of layouts their own lines.
                self.templates_in(self.view.language).env.handle_exception()
            except Exception as error:
                found = error_in_layout(error, self.theme, name)
                if found is None:
                    raise
                raise found from error


def _record_of_person(person: PersonPage) -> Any:
    take(person, PersonPage, "record_of_person")
    return statements_of_person(person.statements, person.disputed, person.before)
