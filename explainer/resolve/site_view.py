"""The site as templates see it, and the addresses that `site.yaml` and `people.yaml` give."""

from __future__ import annotations

from typing import TYPE_CHECKING

from explainer.diagnostics import Span
from explainer.model.declared import Link
from explainer.model.published import PageLink
from explainer.model.site import SiteView
from explainer.resolve.links import site_target

if TYPE_CHECKING:
    from collections.abc import Iterable

    from explainer.model.declared import Library, SiteConfig
    from explainer.model.site import PageSummary
    from explainer.resolve.links import Linker
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
    policies = tuple(policy._replace(target=site_target(policy.target)) for policy in config.policies)
    redirects = tuple(one._replace(target=site_target(one.target)) for one in config.redirects)
    return library._replace(
        config=config._replace(
            logo=logo, publisher=publisher, menu=menu, tips=tips, policies=policies, redirects=redirects
        ),
        people={id_: person._replace(links=_site_links(person.links)) for id_, person in library.people.items()},
    )


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
    for id_ in shown:
        person = library.people[id_]
        places = dict(person.places)
        for link in person.links:
            linker.href(link.url, places.get(link.url, person.span))


def site_view(config: SiteConfig, root: str, pages: Iterable[PageSummary], catalog: Catalog) -> SiteView:
    """What every template may know of the site; `root` is the path of its base URL."""
    return SiteView(
        title=config.title,
        description=config.description,
        url=config.base_url,
        root=root,
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
    )
