"""What content/site.yaml says."""

from __future__ import annotations

from explainer.diagnostics import Span
from explainer.model.declared import Image, Link, Located
from explainer.model.record import Record
from explainer.model.terms import (
    ColorScheme,
    FeedText,
    TargetKind,
)


class Publisher(Record, frozen=True):
    """Who publishes the site."""

    name: str
    url: str | None = None
    logo: str | None = None


class Tips(Record, frozen=True):
    """The box that asks readers for information."""

    text: str
    links: tuple[Link, ...] = ()


class Accent(Record, frozen=True):
    """The colour of links and sourcing words, as `#rrggbb`; `dark` for dark mode, None to derive it."""

    light: str
    dark: str | None = None


class Typefaces(Record, frozen=True):
    """The names of typefaces that stand in front of the theme's."""

    serif: str | None = None
    sans: str | None = None


class Policy(Record, frozen=True):
    """A policy by its key (`corrections`, …) and its address or path of the site, as declared."""

    key: str
    target: str
    span: Span


class Redirect(Record, frozen=True):
    """A path of the site that was, and where what stood there is now: an address or a path of the site."""

    path: str
    target: str
    span: Span


class Target(Record, frozen=True):
    """A host to publish to, as `site.yaml` names it; each kind has its own fields, the rest are None.

    `verify` is for how many seconds readers' addresses are asked for what was published, 0 for not at
    all; `verify_at` the address of the server that is asked, where that isn't `base_url` yet. `after` is a program, with
    its arguments, that is told what has changed.
    """

    name: str
    to: TargetKind
    span: Span
    path: str | None = None
    host: str | None = None
    port: int | None = None
    bucket: str | None = None
    prefix: str | None = None
    endpoint: str | None = None
    region: str | None = None
    remote: str | None = None
    branch: str | None = None
    cname: str | None = None
    keep: int | None = None
    precompress: tuple[str, ...] = ()
    base_url: str | None = None
    verify: int | None = None
    verify_at: str | None = None
    after: tuple[str, ...] = ()


class Pictures(Record, frozen=True):
    """How pictures come out: in which widths (pixels) and formats, and of what quality; `span` where that is declared.

    `wanted` is false where they come out as they are.
    """

    widths: tuple[int, ...] = (480, 960, 1600)
    formats: tuple[str, ...] = ("webp", "original")
    quality: int = 78
    span: Span | None = None
    wanted: bool = True


class SiteConfig(Record, frozen=True):
    """`content/site.yaml`.

    `base_url` is absolute and ends with a slash. `statuses` is None where the site lists none. `places` are those of
    addresses, by the path of keys that leads to each.
    """

    title: str
    base_url: str
    description: str | None = None
    language: str = "en"
    language_span: Span | None = None
    time_zone: str = "UTC"
    logo: str | None = None
    accent: Accent | None = None
    color_scheme: ColorScheme = "auto"
    typefaces: Typefaces | None = None
    publisher: Publisher | None = None
    policies: tuple[Policy, ...] = ()
    tips: Tips | None = None
    statuses: tuple[str, ...] | None = None
    redirects: tuple[Redirect, ...] = ()
    publish: tuple[Target, ...] = ()
    places: tuple[tuple[str, Span], ...] = ()
    feeds: FeedText = "summary"
    menu: tuple[Link, ...] | None = None
    search: bool = True
    embeds: bool = False
    image: Image | None = None
    pictures: Pictures | None = None
    media: tuple[str, ...] = ()
    cards: Located | None = None
