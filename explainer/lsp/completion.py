"""What may be typed next: ids, shortcodes and their arguments, keys of YAML and their values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from explainer.check import BUILT_IN
from explainer.load.schema import json_schema
from explainer.load.yaml_nodes import secrecy
from explainer.lsp.tag_place import tag_place
from explainer.lsp.yaml_place import yaml_place
from explainer.model.terms import RESPONSES, STANCES
from explainer.parse.arguments import CLAIM_ARGUMENTS, REF_ARGUMENTS, SOURCE_ARGUMENTS
from explainer.resolve.publishable import public_name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from explainer.lsp.page_view import PageView
    from explainer.lsp.positions import Lines, Place
    from explainer.lsp.tag_place import TagPlace
    from explainer.lsp.yaml_place import YamlPlace
    from explainer.model.declared import Source
    from explainer.model.library import Library
    from explainer.model.site import PageSummary
    from explainer.render.theme import Form

    IdKind = Literal["sources", "reports", "people", "speakers", "parties", "claims", "pages", "statuses"]

_ARGUMENTS = {"claim": CLAIM_ARGUMENTS, "source": SOURCE_ARGUMENTS, "ref": REF_ARGUMENTS}
_FENCE = "---"
# Which ids a key of YAML takes, and an argument of `claim` by the same name.
_IDS: dict[str, IdKind] = {
    "authors": "people",
    "contributors": "people",
    "sources": "sources",
    "disputes": "sources",
    "context": "sources",
    "source": "sources",
    "via": "sources",
    "reported_in": "reports",
    "party": "parties",
    "speaker": "speakers",
    "contradicts": "claims",
    "supersedes": "claims",
    "related": "pages",
    "status": "statuses",
}


class Item(NamedTuple):
    """Something that may be typed: in place of a word, or with `more` behind it; `detail` says what it is."""

    word: str
    detail: str = ""
    kind: Literal["id", "key", "value", "shortcode"] = "id"
    more: str = ""


class Known(NamedTuple):
    """What a site has: what all its pages share, its shortcodes, its pages by slug, and the claims of one of them."""

    library: Library
    forms: Mapping[str, Form]
    pages: Mapping[str, PageSummary]
    claims_of: Callable[[PageSummary], Iterable[tuple[str, str]]]


class Typed(NamedTuple):
    """What is typed, and where: the last word, and what may stand in its place."""

    word: str
    items: tuple[Item, ...]


def completions(path: str, lines: Lines, place: Place, view: PageView | None, known: Known) -> Typed:
    """What may stand where the cursor is; `view` is the page as it could be read last."""
    completer = _Completer(view, known)
    if path.endswith(".md"):
        body = _body(lines.text)
        if place.line > body:
            tag = tag_place(lines.text, lines.offset(place))
            return Typed(tag.word, tuple(completer.of_tag(tag))) if tag else Typed("", ())
        first, schema = 2, "page" if path.startswith("content/pages/") else "explainer"
    else:
        first, schema = 1, _SCHEMAS.get(path) or ("sources" if path.startswith("content/sources/") else "")
    if not schema or place.line < first:
        return Typed("", ())
    yaml = lines.text.split("\n")[first - 1 :]
    where = yaml_place(yaml, place.line - first, place.col - 1)
    if any(secrecy(key) for key in (*where.keys, where.key or "")):
        return Typed("", ())
    return Typed(where.word, tuple(completer.of_yaml(where, schema)))


_SCHEMAS = {"content/site.yaml": "site", "content/people.yaml": "people"}


def _body(text: str) -> int:
    """The number of the line that ends the front matter; all lines while it isn't closed."""
    lines = text.split("\n")
    if lines[0].rstrip() != _FENCE:
        return 0
    return next((number for number, line in enumerate(lines[1:], 2) if line.rstrip() == _FENCE), len(lines) + 1)


class _Completer:
    """Knows what there is to choose from."""

    def __init__(self, view: PageView | None, known: Known) -> None:
        self.view = view
        self.known = known
        self.library = known.library

    # --- Tags ---

    def of_tag(self, tag: TagPlace) -> Iterator[Item]:
        """What may stand at a place in a tag."""
        forms = self.known.forms
        if tag.what in {"name", "closing"}:
            for name in sorted({*forms, *BUILT_IN}):
                yield Item(name, "built in" if name in BUILT_IN else "shortcode", "shortcode")
        elif tag.what == "value":
            yield from self.of_argument(tag.name, tag.key, tag.value)
        else:
            if tag.name in {"source", "ref"}:
                yield from self.of_argument(tag.name, None, tag.value)
            form = forms.get(tag.name)
            named = _ARGUMENTS.get(tag.name) or sorted((form.arguments if form else None) or ())
            for name in named:
                if name not in tag.given and not name.isdecimal():
                    yield Item(name, f"argument of `{tag.name}`", "key", "=")

    def of_argument(self, name: str, key: str | None, value: str) -> Iterator[Item]:
        """The values of an argument; `value` is what is typed of it so far."""
        if name == "source":
            if key in {"stance", "response"}:
                yield from _values(STANCES if key == "stance" else RESPONSES)
            elif key in {None, "id"}:
                yield from self.ids("sources")
        elif name == "ref":
            yield from self.ids("claims", value)
        elif name == "claim" and key == "id":
            yield from self.undeclared()
        elif key == "responses":
            if value.rpartition(" ")[2].rpartition(",")[2].count(":"):
                yield from _values(RESPONSES)
            else:
                yield from self.ids("speakers")
        elif key and (kind := _IDS.get(key)):
            yield from self.ids(kind, value)

    def undeclared(self) -> Iterator[Item]:
        """The claims that the front matter declares and the text has no shortcode for, else all that it declares."""
        if self.view:
            marked = {mark.decl.id for mark in self.view.document.claims}
            declared = [decl for decl in self.view.file.meta.claims if decl.id not in marked]
            yield from (Item(decl.id, decl.as_text or "a claim of the front matter") for decl in declared)

    # --- YAML ---

    def of_yaml(self, place: YamlPlace, schema: str) -> Iterator[Item]:
        """What may stand at a place in YAML."""
        keys = place.keys if place.key is None else (*place.keys, place.key)
        nodes = list(_nodes(json_schema(schema), keys))
        if place.key is not None or place.item:
            yield from self.of_value(keys, nodes, place.word)
        if place.key is None:
            if keys[-1:] == ("responses",):
                yield from (item._replace(more=": ") for item in self.ids("speakers"))
            elif keys == ("claims",) and self.view:
                known = {decl.id for decl in self.view.file.meta.claims}
                marks = [mark for mark in self.view.document.claims if mark.decl.id not in known]
                yield from (Item(mark.decl.id, mark.text, more=":") for mark in marks)
            yield from _keys(nodes, place.others)

    def of_value(self, keys: tuple[str, ...], nodes: list[dict[str, Any]], word: str) -> Iterator[Item]:
        """The values of a key."""
        kind = _IDS.get(keys[-1]) if keys else None
        if keys[:1] == ("translations",):
            kind = "pages"
        if kind and keys != ("sources",):
            yield from self.ids(kind, word)
        for node in nodes:
            yield from _values(node.get("enum", ()))
            if node.get("type") == "boolean":
                yield from _values(("true", "false"))

    # --- Ids ---

    def ids(self, kind: IdKind, value: str = "") -> Iterator[Item]:
        """The ids of a kind, and what each is."""
        if kind in {"sources", "reports", "speakers"}:
            yield from self.sources(reports=kind == "reports")
        if kind in {"people", "speakers", "parties"}:
            for person in self.library.people.values():
                yield Item(person.id, f"{person.name}, {person.role}" if person.role else person.name)
        if kind in {"parties", "speakers"}:
            # Of an unnamed source not even the party may show.
            named = (source for source in self._sources().values() if not source.confidential)
            parties = {source.party for source in named if source.party} - self.library.people.keys()
            yield from (Item(party, "a party") for party in sorted(parties - self._sources().keys()))
        if kind == "pages":
            yield from (Item(slug, page.title) for slug, page in sorted(self.known.pages.items()))
        if kind == "statuses":
            yield from _values(self.library.config.statuses or ())
        if kind == "claims":
            yield from self.claims(value)

    def sources(self, *, reports: bool) -> Iterator[Item]:
        """The sources that the page may cite."""
        for source in self._sources().values():
            if not reports or source.type == "report":
                yield Item(source.id, source_detail(source, self.library))

    def claims(self, value: str) -> Iterator[Item]:
        """The page's claims, and those of the page that is typed before a `#`; without one, the pages."""
        slug, sharp, _ = value.rpartition(" ")[2].partition("#")
        page = self.known.pages.get(slug) if sharp else None
        if page:
            yield from (Item(f"{slug}#{id_}", text) for id_, text in self.known.claims_of(page))
            return
        if self.view:
            yield from (Item(mark.decl.id, mark.text) for mark in self.view.document.claims)
        yield from (Item(page.slug, page.title, more="#") for page in self.known.pages.values() if page.claims)

    def _sources(self) -> Mapping[str, Source]:
        return self.view.sources(self.library) if self.view else self.library.sources


def source_detail(source: Source, library: Library) -> str:
    """What a source is, in a line, as far as readers may know it."""
    if source.confidential and not source.unnamed:
        return source.type
    name = public_name(source, library.catalog)
    return source.type if name == source.id else f"{name} ({source.type})"


def _values(values: Iterable[str]) -> Iterator[Item]:
    yield from (Item(value, kind="value") for value in values)


def _keys(nodes: Iterable[dict[str, Any]], others: frozenset[str]) -> Iterator[Item]:
    """The keys of a mapping that it doesn't have yet."""
    for node in nodes:
        for name, about in node.get("properties", {}).items():
            if name not in others:
                detail = about.get("description", "") if isinstance(about, dict) else "Notes that are never published."
                yield Item(name, detail, "key", ": ")


def _nodes(schema: dict[str, Any], keys: tuple[str, ...]) -> Iterator[dict[str, Any]]:
    """The parts of a JSON Schema that hold for what stands behind these keys; lists count as their items."""
    here = list(_alternatives(schema, schema["$defs"]))
    for key in keys:
        found = (node.get("properties", {}).get(key, node.get("additionalProperties")) for node in here)
        here = [one for node in found if isinstance(node, dict) for one in _alternatives(node, schema["$defs"])]
    yield from here


def _alternatives(node: dict[str, Any], defs: dict[str, Any]) -> Iterator[dict[str, Any]]:
    if "$ref" in node:
        yield from _alternatives(defs[node["$ref"].rpartition("/")[2]], defs)
    elif "anyOf" in node and "properties" not in node:
        for one in node["anyOf"]:
            yield from _alternatives(one, defs)
    elif isinstance(items := node.get("items"), dict):
        yield from _alternatives(items, defs)
    else:
        yield node
