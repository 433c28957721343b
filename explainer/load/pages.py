"""Read a page's file: its front matter, checked and typed, and the text below it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from explainer.diagnostics import Diagnostic, SourceText, Span, Staged, in_order
from explainer.load.accept import accept_field
from explainer.load.address_types import Url
from explainer.load.claims import CLAIMS
from explainer.load.container_types import At, Ids, ListOf, Nested, made
from explainer.load.discovery import PAGES
from explainer.load.frontmatter import hidden_lines, indented_fence, split
from explainer.load.old_paths import OLD_PATH_TYPE
from explainer.load.scalar_types import (
    FEED_ID,
    ID,
    LABEL,
    LANGUAGE,
    LAYOUT,
    SLUG,
    TEXT,
    DateType,
    Flag,
    MomentType,
    Tag,
)
from explainer.load.sources import SOURCES
from explainer.load.tables import Field, FieldTable, YamlReader, missing_key, read_fields
from explainer.load.translations import Translations
from explainer.load.yaml_nodes import Mapping, Positions, is_empty
from explainer.model.declared import Correction, Image, Meta, PageFile, Review
from explainer.system.site_files import decode, read_file

if TYPE_CHECKING:
    from pathlib import Path

    from explainer.diagnostics.acceptance import Acceptance
    from explainer.load.frontmatter import Split
    from explainer.load.tables import Values
    from explainer.load.yaml_nodes import Node
    from explainer.model.settings import SiteConfig
    from explainer.model.terms import PageKind
    from explainer.system.site_files import Unsaved


def _image(values: Values, node: Node, reader: YamlReader) -> Image:
    entries = node.entries if isinstance(node, Mapping) else {}
    names = [name for name in ("caption", "credit") if name in values]
    texts = tuple((name, values[name], reader.span(entries[name].value)) for name in names)
    return Image(values["src"], values["alt"], values.get("credit"), reader.span(node), texts)


IMAGE = FieldTable(
    "image",
    "`image`",
    "A page's picture.",
    Field("src", Url("an address or a path", paths=True), "Its address, or its path beside the page.", required=True),
    Field("alt", TEXT, "What it shows, for those who can't see it.", required=True),
    Field("caption", TEXT, "What readers see below it: inline Markdown, with citations and notes."),
    Field("credit", TEXT, "Whose picture it is: inline Markdown."),
)


@dataclass(frozen=True, slots=True)
class ReviewType:
    """A day or a time, with its position."""

    words: str = MomentType.words

    def read(self, node: Node, reader: YamlReader) -> Review | None:
        """The moment, and where it stands."""
        moment = MomentType().read(node, reader)
        return Review(moment, reader.span(node)) if moment else None

    def schema(self) -> dict[str, Any]:
        """The type as JSON Schema."""
        return MomentType().schema()


CORRECTION = FieldTable(
    "correction",
    "a correction",
    "What was wrong, and when it was put right.",
    Field("date", DateType(), "When it was corrected.", required=True),
    Field("text", TEXT, "What was wrong and what is right.", required=True),
)

# What Hugo, Jekyll, Eleventy, Astro and others call these fields.
_ELSEWHERE = {
    "description": "summary", "excerpt": "summary", "subtitle": "summary", "lede": "summary", "abstract": "summary",
    "standfirst": "summary", "lead": "summary", "deck": "summary", "dek": "summary", "teaser": "summary",
    "lastmod": "updated", "last_modified_at": "updated", "modified": "updated", "update": "updated",
    "publishdate": "publish_at", "pubdate": "date", "published": "date", "created": "date",
    "categories": "tags", "category": "tags", "keywords": "tags", "topics": "tags",
    "author": "authors", "byline": "authors", "writer": "authors",
    "cover": "image", "hero": "image", "thumbnail": "image", "images": "image", "featured_image": "image",
    "permalink": "slug", "url": "slug", "lang": "language", "locale": "language", "location": "dateline",
    "template": "layout", "headline": "title", "name": "title",
    "redirect_from": "aliases", "redirects": "aliases", "correction": "corrections",
}  # fmt: skip

_COMMON = (
    Field("title", LABEL, "The headline.", required=True),
    Field("summary", TEXT, "What the page says, in a sentence or two."),
    Field("date", MomentType(), "When it came out. Needed by every explainer that isn't a draft."),
    Field("updated", MomentType(), "When it was last changed in substance."),
    Field(
        "authors",
        ListOf(At(LABEL), "a list of names or ids", short=True),
        "Who wrote it: ids of people.yaml, or names.",
    ),
    Field(
        "contributors",
        ListOf(At(LABEL), "a list of names or ids", short=True),
        "Who helped: ids of people.yaml, or names.",
    ),
    Field("tags", ListOf(At(Tag()), "a list of tags", short=True), "What it is about."),
    Field("dateline", LABEL, "Where it was written."),
    Field("language", At(LANGUAGE), "The language that it is written in. By default the site's."),
    Field("image", Nested(IMAGE, _image), IMAGE.meaning),
    Field("draft", Flag(), "Leave it out of the site, unless drafts are asked for."),
    Field("publish_at", MomentType(), "Leave it out of the site until then."),
    Field("review", ReviewType(), "When to look at it again: `check` and the preview tell when that day has come."),
    Field("slug", SLUG, "Its name in its address. By default the file's name."),
    Field(
        "aliases", ListOf(At(OLD_PATH_TYPE), "a list of old paths"), "Where it was before: paths that lead to it now."
    ),
    Field("id", FEED_ID, "The id of its entry in feeds, kept when its address changes. By default its address."),
    Field("layout", At(LAYOUT), "The layout that renders it."),
    Field("contents", Flag(), "List its headings before the text."),
    Field(
        "corrections",
        ListOf(Nested(CORRECTION, made(Correction)), "a list of corrections"),
        "What was corrected.",
    ),
    Field("related", Ids("slugs of pages"), "Other pages of the site, by slug."),
    Field("translations", Translations(), "Its versions in other languages: languages, and the slugs of pages."),
    accept_field("page"),
)
EXPLAINER = FieldTable(
    "explainer",
    "the front matter",
    "The front matter of an explainer.",
    *_COMMON,
    Field("sources", SOURCES, "Sources of this page alone, with the same fields as the registry's."),
    Field("claims", CLAIMS, "What is declared of the page's claims, by id."),
    Field(
        "embeds", Ids("ids of claims"), "Claims that other sites can embed; those that are gone are shown as withdrawn."
    ),
    elsewhere=_ELSEWHERE,
    rules={"anyOf": [{"required": ["date"]}, {"properties": {"draft": {"const": True}}, "required": ["draft"]}]},
)
PAGE = FieldTable(
    "page",
    "the front matter of a page in `pages/`",
    "The front matter of a page in `pages/`.",
    *_COMMON,
    elsewhere=_ELSEWHERE,
)


@dataclass(frozen=True, slots=True)
class LoadedPage:
    """A page and the text that it was read from; None where it can't be read. `acceptances` are those in the page."""

    page: PageFile | None = None
    text: SourceText | None = None
    acceptances: tuple[Acceptance, ...] = ()


def load_page(root: Path, path: str, config: SiteConfig, unsaved: Unsaved | None = None) -> Staged[LoadedPage]:
    """Read a page's file; `path` is relative to the site."""
    read = read_file(root, path, unsaved)
    return Staged(LoadedPage(), read.diagnostics) if read.value is None else read_page(path, read.value, config)


def read_page(path: str, data: bytes, config: SiteConfig) -> Staged[LoadedPage]:
    """Read a page from its file's bytes. Depends on nothing else but the site's time zone."""
    decoded = decode(path, data)
    text = decoded.value
    if text is None:
        return Staged(LoadedPage(), decoded.diagnostics)
    parts = split(path, text, EXPLAINER.by_key)
    if parts.value is None:
        return Staged(LoadedPage(None, SourceText(path, text, hidden_lines(text))), parts.diagnostics)
    reader = YamlReader(Positions(path, parts.value.yaml, 2), time_zone=config.time_zone, holder="page")
    page = _page(reader, parts.value)
    shown = SourceText(path, text, frozenset(reader.hidden))
    return Staged(LoadedPage(page, shown, tuple(reader.acceptances)), in_order(reader.diagnostics))


def _page(reader: YamlReader, parts: Split) -> PageFile | None:
    """The page, or None if its front matter can't be read."""
    path = reader.path
    root = reader.tree()
    if root is None:
        fence = indented_fence(path, parts.yaml)
        reader.diagnostics += [fence] if fence else []
        return None
    if type(root) is not Mapping:
        reader.wrong_type(root, "lines of `key: value`")
        reader.hidden.update(hidden_lines(parts.yaml))
        return None
    kind: PageKind = "page" if path.startswith(f"{PAGES}/") else "explainer"
    meta = _meta(kind, root, reader)
    folder, _, name = path.rpartition("/")
    bundle = name == "index.md" and folder.count("/") > 1
    stem = folder.rpartition("/")[2] if bundle else name.removesuffix(".md")
    return PageFile(path, kind, meta.slug or _slug(stem, root, reader), bundle, meta, parts.body)


def _meta(kind: PageKind, root: Mapping, reader: YamlReader) -> Meta:
    """The front matter, as far as it is valid."""
    place = Span(reader.path, 1, 1, 1, 4)
    values = read_fields(EXPLAINER if kind == "explainer" else PAGE, root, reader, place=place)
    date = root.entries.get("date")
    if kind == "explainer" and not values.get("draft") and (date is None or is_empty(date.value)):
        missing_key("date", root, reader, EXPLAINER.words, place)
    values.setdefault("title", "")
    updated = root.entries.get("updated")
    return Meta(**values, span=place, updated_span=reader.span(updated.value) if updated else None)


def _slug(stem: str, root: Mapping, reader: YamlReader) -> str:
    """The file's or folder's name as the slug; E108 if it can't be one and the front matter gives none."""
    slug = root.entries.get("slug")
    if not ID.fullmatch(stem) and (slug is None or is_empty(slug.value)):
        hint = "a slug has the letters a-z, digits and hyphens: rename the file, or give `slug` in the front matter"
        message = "the file's name can't be the page's address"
        reader.diagnostics.append(Diagnostic("E108", message, Span(reader.path), (hint,)))
    return stem
