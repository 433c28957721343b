"""The site as templates see it, and the addresses that `site.yaml` and `people.yaml` give."""

from __future__ import annotations

from typing import TYPE_CHECKING

from explainer.diagnostics import Span
from explainer.model.declared import Link
from explainer.model.published_pages import PageLink
from explainer.model.site import SiteView
from explainer.resolve.links import site_target

if TYPE_CHECKING:
    from collections.abc import Iterable

    from explainer.model.declared import Image
    from explainer.model.library import Library
    from explainer.model.settings import SiteConfig
    from explainer.model.site import PageSummary
    from explainer.resolve.links import Linker
    from explainer.resolve.site_pictures import SitePictures
    from explainer.text.catalog import Catalog


def with_site_targets(library: Library) -> Library:
    """The library with links, logo and policies as absolute addresses or paths from the site's root."""
    config = library.config
    publisher, tips = config.publisher, config.tips
    if publisher and publisher.logo:
        publisher = publisher._replace(logo=site_target(publisher.logo))
    if tips:
        tips = tips._replace(links=_site_links(tips.links))
    menu = None if config.menu is None else _site_links(config.menu)
    logo = site_target(config.logo) if config.logo else None
    image = _site_image(config.image)
    policies = tuple(policy._replace(target=site_target(policy.target)) for policy in config.policies)
    redirects = tuple(one._replace(target=site_target(one.target)) for one in config.redirects)
    return library._replace(
        config=config._replace(
            logo=logo, publisher=publisher, menu=menu, tips=tips, policies=policies, redirects=redirects, image=image
        ),
        people={
            id_: person._replace(links=_site_links(person.links), image=_site_image(person.image))
            for id_, person in library.people.items()
        },
    )


def _site_image(image: Image | None) -> Image | None:
    return image and image._replace(src=site_target(image.src))


def _site_links(links: Iterable[Link]) -> tuple[Link, ...]:
    return tuple(link._replace(url=site_target(link.url)) for link in links)


def check_targets(library: Library, shown: Iterable[str], linker: Linker) -> None:
    """Look up the addresses of `site.yaml`, and of the people that are shown, by id."""
    config = library.config
    for policy in config.policies:
        linker.href(policy.target, policy.span)
    places = dict(config.places)
    addresses = {"logo": config.logo, "publisher.logo": config.publisher.logo if config.publisher else None}
    for name, links in (("menu", config.menu), ("tips.links", config.tips and config.tips.links)):
        addresses |= {f"{name}.{n}": link.url for n, link in enumerate(links or ())}
    for path, address in addresses.items():
        if address:
            linker.href(address, places.get(path, Span("content/site.yaml")))
    if config.image:
        linker.picture(config.image.src, config.image.span)
        linker.href(config.image.src, config.image.span, shown=True)
        linker.card(config.image.src, "", config.image.span)
    for id_ in shown:
        person = library.people[id_]
        if person.image:
            linker.picture(person.image.src, person.image.span)
            linker.href(person.image.src, person.image.span, shown=True)
        places = dict(person.places)
        for link in person.links:
            linker.href(link.url, places.get(link.url, person.span))


def _feed_languages(pages: Iterable[PageSummary]) -> tuple[str, ...]:
    found = sorted({page.language for page in pages if page.kind == "explainer"})
    return tuple(found) if len(found) > 1 else ()


def site_view(config: SiteConfig, pictures: SitePictures, pages: Iterable[PageSummary], catalog: Catalog) -> SiteView:
    """What every template may know of the site."""
    image = config.image
    return SiteView(
        title=config.title,
        description=config.description,
        url=config.base_url,
        root=pictures.root,
        language=config.language,
        time_zone=config.time_zone,
        logo=config.logo,
        accent=config.accent,
        color_scheme=config.color_scheme,
        typefaces=config.typefaces,
        publisher=config.publisher,
        policies=tuple(Link(catalog.form(f"policy.{policy.key}"), policy.target) for policy in config.policies),
        policy_keys=tuple((policy.key, policy.target) for policy in config.policies),
        tips=config.tips,
        pages=tuple(PageLink(page.title, page.url) for page in pages if page.kind == "page" and page.url != "/"),
        feeds=config.feeds,
        menu=config.menu,
        search=config.search,
        media=config.media,
        feed_languages=_feed_languages(pages),
        card=pictures.card_image(image.src, image.alt or config.title) if image else None,
        cards=config.cards.text if config.cards else "none",
    )
