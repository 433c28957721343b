"""Read what all pages share: `site.yaml`, `people.yaml` and the files of `sources/`."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from explainer.diagnostics import Diagnostic, SourceText, Span, Staged, in_order
from explainer.load.accept import accept_field
from explainer.load.address_types import BaseUrl, Url
from explainer.load.container_types import At, Keyed, ListOf, Nested, OrFalse, made, reference
from explainer.load.publish_targets import PUBLISH, Integer, Redirects
from explainer.load.scalar_types import LABEL, LANGUAGE, SHORT, TEXT, Enum, Flag, Form, TimeZone
from explainer.load.sources import SOURCES, as_mapping
from explainer.load.tables import Field, FieldTable, YamlReader, read_fields
from explainer.load.yaml_nodes import Mapping, Positions, Scalar, Sequence, shown
from explainer.model.declared import Image, Link, Person, Source
from explainer.model.library import Library
from explainer.model.settings import Accent, Pictures, Policy, Publisher, SiteConfig, Tips, Typefaces
from explainer.model.terms import CARDS, COLOR_SCHEMES, FEED_TEXTS, PICTURE_FORMATS, POLICIES
from explainer.system.site_files import read_text
from explainer.text.contrast import DARK, ENOUGH, LIGHT, weakest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from explainer.diagnostics.acceptance import Acceptance
    from explainer.load.confidential import Holder
    from explainer.load.discovery import Content
    from explainer.load.tables import Values
    from explainer.load.yaml_nodes import Entry, Node
    from explainer.model.declared import Located
    from explainer.system.site_files import Unsaved

_TARGET = Url("an address or a path of the site", paths=True)

LINK = FieldTable(
    "link",
    "a link",
    "A labelled address.",
    Field("label", LABEL, "The words of the link.", required=True),
    Field("url", _TARGET, "Where it leads.", required=True),
)
LINKS = ListOf(Nested(LINK, made(Link)), "a list of links, each with `label`, `url`")
PUBLISHER = FieldTable(
    "publisher",
    "`publisher`",
    "Who publishes the site.",
    Field("name", LABEL, "Its name.", required=True),
    Field("url", Url(), "Its address."),
    Field("logo", _TARGET, "Its logo: an address or a path of the site."),
)
PICTURE = FieldTable(
    "picture",
    "a picture",
    "A picture of the site as a whole, or of a person.",
    Field("src", _TARGET, "A path of the site, such as `/media/tower.jpg`, or an address.", required=True),
    Field("alt", TEXT, "What it shows. By default the name of the site or of the person."),
    Field("credit", LABEL, "Whose picture it is."),
)
PICTURES = FieldTable(
    "pictures",
    "`pictures`",
    "How pictures come out. It needs the extra `images`. `false`: as they are, cleaned, even where that is installed.",
    Field(
        "widths",
        ListOf(Integer("a width in pixels", 16), "a list of widths in pixels"),
        "The widths that are made of a picture that is wider. By default `[480, 960, 1600]`.",
    ),
    Field(
        "formats",
        ListOf(Enum("a format", PICTURE_FORMATS), "`avif`, `webp`, `original` or a list of them"),
        "The formats, the first that a browser knows being taken; the last is for those that know none. By default `[webp, original]`.",
    ),
    Field("quality", Integer("a quality from 1 to 100", 1, 100), "The quality, from 1 to 100. By default 78."),
)
_HOST = Form(
    "a host",
    re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?"),
    "E123",
    "a host is its whole name alone, in small letters: `video.example.org`, without `https://`, a path, a port or `*`",
    lambda text: re.sub(r"^[a-z]+://|[/:?#].*$", "", text.lower()),
)
MEDIA = FieldTable(
    "media",
    "`media`",
    "Media of other sites.",
    Field(
        "allow",
        ListOf(_HOST, "a list of hosts", short=True),
        "The hosts whose media a reader may load into the page, on a click.",
        required=True,
    ),
)
TIPS = FieldTable(
    "tips",
    "`tips`",
    "The box that asks readers for information.",
    Field("text", TEXT, "What it says.", required=True),
    Field("links", LINKS, "Where readers can write to."),
)
_HEX = re.compile(r"#[0-9a-fA-F]{6}")
_COLOR = Form(
    "a colour", _HEX, "E123", "a colour is `#` and six digits or letters a to f, such as `#17497d`, in quotes"
)
_FACE = Form(
    "a typeface",
    re.compile(r"[A-Za-z0-9][A-Za-z0-9 -]*"),
    "E123",
    "a typeface is its name, in letters, digits and spaces",
)
ACCENT = FieldTable(
    "accent",
    "`accent`",
    "The colour of links and sourcing words.",
    Field("light", _COLOR, "On light grounds, such as `#17497d`.", required=True),
    Field("dark", _COLOR, "On dark grounds. By default made from the other."),
)
TYPEFACES = FieldTable(
    "typefaces",
    "`typefaces`",
    "Typefaces to use before the theme's own.",
    Field("serif", _FACE, "For the story."),
    Field("sans", _FACE, "For what the page says about it."),
)
POLICY_MEANINGS = {
    "principles": "The newsroom's principles.",
    "corrections": "How mistakes are corrected.",
    "unnamed_sources": "When sources go unnamed.",
    "verification": "How facts are checked.",
    "feedback": "Where readers can answer.",
    "ownership": "Who owns the newsroom and pays for it.",
    "masthead": "Who works there.",
}
POLICY_TABLE = FieldTable(
    "policies",
    "`policies`",
    "Where the newsroom's policies can be read: addresses, or pages of the site.",
    *(Field(key, _TARGET, POLICY_MEANINGS[key]) for key in POLICIES),
)


def _policies(values: Values, node: Node, reader: YamlReader) -> tuple[Policy, ...]:
    entries = node.entries if isinstance(node, Mapping) else {}
    return tuple(Policy(key, target, reader.span(entries[key].value)) for key, target in values.items())


def _picture(values: Values, node: Node, reader: YamlReader) -> Image:
    return Image(values["src"], values.get("alt", ""), values.get("credit"), reader.span(node))


def _pictures(values: Values, node: Node, reader: YamlReader) -> Pictures:
    return Pictures(**{key: value for key, value in values.items() if value}, span=reader.span(node))


def _media(values: Values, _node: Node, _reader: YamlReader) -> tuple[str, ...]:
    return tuple(dict.fromkeys(values.get("allow", ())))


def _accent(values: Values, node: Node, reader: YamlReader) -> Accent:
    accent = Accent(**values)
    for color, grounds, name in ((accent.light, LIGHT, "light"), (accent.dark, DARK, "dark")):
        if color and weakest(color, grounds)[0] < ENOUGH:
            ratio, ground = weakest(color, grounds)
            entry = node.entries.get(name) if isinstance(node, Mapping) else None
            message = f"`{color}` has a contrast of {ratio:.1f} on {ground}, and words need {ENOUGH}"
            reader.report("W151", entry.value if entry else node, message, f"take a {_OTHER[name]} colour")
    return accent


_OTHER = {"light": "darker", "dark": "lighter"}


SITE = FieldTable(
    "site",
    "`site.yaml`",
    "The site as a whole.",
    Field("title", LABEL, "The site's name.", required=True),
    Field("base_url", BaseUrl(), "The address at which the site will be published.", required=True),
    Field("description", TEXT, "What the site is, in a sentence."),
    Field("language", At(LANGUAGE), "The language that it is written in. By default `en`."),
    Field("time_zone", TimeZone(), "Where its days begin and end. By default `UTC`.", alias="timezone"),
    Field(
        "logo",
        _TARGET,
        "A picture to show instead of the title at the head of each page: an address or a path of the site.",
    ),
    Field("accent", Nested(ACCENT, _accent, short="light"), ACCENT.meaning),
    Field(
        "color_scheme",
        Enum("a colour scheme", COLOR_SCHEMES),
        "What the theme's colours are for: light screens, dark ones, or whichever the reader's is. By default `auto`.",
    ),
    Field("typefaces", Nested(TYPEFACES, made(Typefaces)), TYPEFACES.meaning),
    Field(
        "publisher",
        Nested(PUBLISHER, made(Publisher), short="name"),
        PUBLISHER.meaning,
    ),
    Field("policies", Nested(POLICY_TABLE, _policies), POLICY_TABLE.meaning),
    Field("menu", LINKS, "The links at the head of each page. By default all explainers and all claims."),
    Field(
        "image",
        Nested(PICTURE, _picture, short="src"),
        "The picture that other sites show beside a link to a page without one.",
    ),
    Field("pictures", OrFalse(Nested(PICTURES, _pictures), Pictures(wanted=False)), PICTURES.meaning),
    Field(
        "cards",
        At(Enum("a kind of cards", CARDS)),
        "Of what pictures are drawn that other sites show beside links: of `explainers` that have none; of these and of "
        "`claims` that may be embedded; or of nothing (`none`). It needs the extra `cards`, and is `explainers` where "
        "that is installed.",
    ),
    Field("tips", Nested(TIPS, made(Tips)), TIPS.meaning),
    Field("statuses", ListOf(LABEL, "a list of words", short=True), "The words that a claim's `status` may be."),
    Field(
        "feeds",
        Enum("a text of feeds", FEED_TEXTS),
        "Whether feeds have a page's `summary` or its `whole` text. By default `summary`.",
    ),
    Field("search", Flag(), "Whether readers can search the site. By default true."),
    Field("media", Nested(MEDIA, _media), "The hosts of other sites whose media a reader may load, on a click."),
    Field("embeds", Flag(), "Whether other sites can embed every claim. By default false."),
    Field("redirects", Redirects(), "Paths that have moved, and where they lead now."),
    Field("publish", PUBLISH, "The hosts that the site is published to, by name."),
    accept_field("site"),
)
PERSON = FieldTable(
    "person",
    "a person or organisation",
    "Someone who writes, speaks or is written about.",
    Field("name", LABEL, "The name.", required=True),
    Field("kind", Enum("a kind", ("person", "organization")), "`person`, the default, or `organization`."),
    Field("short", SHORT, "The name inside a sentence, such as “the Justice Department”. By default the name."),
    Field("role", TEXT, "What they do."),
    Field("bio", TEXT, "A few sentences about them."),
    Field("image", Nested(PICTURE, _picture, short="src"), "A portrait, or a logo."),
    Field("links", LINKS, "Where to find them."),
    accept_field("record"),
)


def _person(entry: Entry, reader: YamlReader) -> Person | None:
    mapping = as_mapping(entry, reader)
    if mapping is None:
        return None
    values = read_fields(PERSON, mapping, reader, shown(entry.key.text))
    values.setdefault("name", entry.key.text)  # a missing name was reported; the person is still known by the id
    places = tuple((node.text, reader.span(node)) for node in _urls(_value(mapping, "links")) if type(node) is Scalar)
    return Person(**values, id=entry.key.text, span=reader.span(entry.key), places=places)


PEOPLE = Keyed("a mapping of people by id", "E211", _person, reference(PERSON))


@dataclass(frozen=True, slots=True)
class LoadedLibrary:
    """The library and the texts that it was read from.

    `complete` is false when a file of people or sources couldn't be read at all: an unknown id may
    then be one of that file's, and should not be reported.
    """

    library: Library
    texts: tuple[SourceText, ...] = ()
    complete: bool = True
    acceptances: tuple[Acceptance, ...] = ()


@dataclass(slots=True)
class _LibraryLoader:
    """Collects what has been read so far."""

    root: Path
    texts: list[SourceText] = field(default_factory=list)
    acceptances: list[Acceptance] = field(default_factory=list)
    diagnostics: list[Diagnostic] = field(default_factory=list)
    complete: bool = True
    unsaved: Unsaved | None = None

    def read(self, path: str, holder: Holder = "other") -> tuple[YamlReader, Node] | None:
        """Open a YAML file; None with a diagnostic."""
        read = read_text(self.root, path, self.unsaved)
        self.diagnostics += read.diagnostics
        if read.value is None:
            self.complete = False
            return None
        reader = YamlReader(Positions(path, read.value), holder=holder)
        root = reader.tree()
        if root is None:
            self.complete = False
            self.close(reader)
            return None
        return reader, root

    def close(self, reader: YamlReader) -> None:
        """Collect the diagnostics and the text of a file."""
        self.diagnostics += reader.diagnostics
        self.acceptances += reader.acceptances
        self.texts.append(SourceText(reader.path, reader.positions.text, frozenset(reader.hidden)))

    def keyed(self, path: str, type_: Keyed) -> tuple[Any, ...]:
        """Read a file that maps ids to records."""
        opened = self.read(path, "registry" if type_ is SOURCES else "other")
        if opened is None:
            return ()
        reader, root = opened
        values = type_.read(root, reader)
        self.close(reader)
        return values


def load_library(root: Path, content: Content, unsaved: Unsaved | None = None) -> Staged[LoadedLibrary]:
    """Read `site.yaml`, `people.yaml` and `sources/*.yaml`.

    Each source and person is checked alone; `source_rules` checks the rules between them.
    """
    loader = _LibraryLoader(root, complete=content.complete, unsaved=unsaved)
    # The build doesn't depend on where it is published.
    config = _config(loader, content.site)._replace(publish=())
    people: tuple[Person, ...] = loader.keyed(content.people, PEOPLE) if content.people else ()
    sources: dict[str, Source] = {}
    for path in content.sources:
        for source in loader.keyed(path, SOURCES):
            first = sources.setdefault(source.id, source)
            if first is not source:
                loader.diagnostics.append(_repeated(source, first.span))
    library = Library(config, {person.id: person for person in people}, sources)
    loaded = LoadedLibrary(library, tuple(loader.texts), loader.complete, tuple(loader.acceptances))
    return Staged(loaded, in_order(loader.diagnostics))


def load_config(root: Path, content: Content) -> Staged[LoadedLibrary]:
    """Read `site.yaml` alone, with the hosts that it names."""
    loader = _LibraryLoader(root)
    library = Library(_config(loader, content.site), {}, {})
    if not content.site:
        loader.diagnostics.append(Diagnostic("E109", "the site has no content/site.yaml", Span("content/site.yaml")))
    return Staged(LoadedLibrary(library, tuple(loader.texts)), in_order(loader.diagnostics))


def _repeated(source: Source, first: Span) -> Diagnostic:
    hint = f"it is in {first.path}:{first.line}:{first.col} too"
    return Diagnostic("E202", f"the source `{source.id}` is given a second time", source.span, (hint,))


def _addresses(root: Mapping) -> Iterator[tuple[str, Node]]:
    """The values of `site.yaml` that are addresses and are looked up later, by the path of keys that leads to each."""
    found = {"logo": _value(root, "logo"), "publisher.logo": _value(root, "publisher", "logo")}
    for name, links in (("menu", _value(root, "menu")), ("tips.links", _value(root, "tips", "links"))):
        found |= {f"{name}.{number}": node for number, node in enumerate(_urls(links))}
    yield from ((path, node) for path, node in found.items() if node is not None)


def _urls(links: Node | None) -> list[Node | None]:
    """The values of `url` in a list of links, or in one link alone."""
    items = links.items if isinstance(links, Sequence) else [links]
    return [_value(link, "url") for link in items]


def _value(node: Node | None, *keys: str) -> Node | None:
    """The value at a path of keys, None if there is none."""
    for key in keys:
        entry = node.entries.get(key) if isinstance(node, Mapping) else None
        node = entry.value if entry else None
    return node


def _config(loader: _LibraryLoader, path: str | None) -> SiteConfig:
    """The site's configuration; after an error with placeholders, so that the other files can be read."""
    complete = loader.complete
    opened = loader.read(path) if path else None
    loader.complete = complete
    values: Values = {}
    if opened:
        reader, root = opened
        if isinstance(root, Mapping):
            values = read_fields(SITE, root, reader)
            values["places"] = tuple((path, reader.span(node)) for path, node in _addresses(root))
        else:
            reader.wrong_type(root, "lines of `key: value`")
        loader.close(reader)
    language: Located | None = values.pop("language", None)
    if language:
        values |= {"language": language.text, "language_span": language.span}
    values.setdefault("title", "")
    values.setdefault("base_url", "https://example.invalid/")
    return SiteConfig(**values)
