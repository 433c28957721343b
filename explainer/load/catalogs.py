"""Read translations: `i18n/<language>.yaml` of the theme, overridden by the site's own."""

from __future__ import annotations

import re
from string import Formatter
from typing import TYPE_CHECKING

from explainer.diagnostics import Diagnostic, SourceText, Span, Staged, did_you_mean
from explainer.load.tables import YamlReader, type_name
from explainer.load.yaml_nodes import Mapping, Positions, Scalar, shown
from explainer.system.site_files import read_text
from explainer.text.catalog import ENGLISH, Catalogs, UnreadCatalog

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from explainer.load.yaml_nodes import Entry, Node
    from explainer.text.catalog import Forms, Phrases

# What a site's own layouts may look up beside the theme's words.
OWN_PREFIX = "site."
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_FORM = re.compile(r"zero|one|two|few|many|other|=\d+")
_WITH_NUMBER = {"n", "spelled"}


def load_catalogs(site: Path, files: Sequence[Path]) -> Staged[tuple[Catalogs, tuple[SourceText, ...]]]:
    """Every language's words from these files, the default theme's first, with the texts of faulty files.

    Of the default theme, a language that the site has no words for of its own is read when it is asked for.
    """
    loader = _CatalogLoader(site)
    folders: dict[Path, list[Path]] = {}
    for file in files:
        folders.setdefault(file.parent, []).append(file)
    own = {file.stem for file in files if file.is_relative_to(site)}
    for found in folders.values():
        for file in sorted(found, key=lambda file: (file.stem != ENGLISH, file.stem)):
            if file.is_relative_to(site) or file.stem in {ENGLISH, *own}:
                loader.read(file)
            else:
                loader.leave(file)
    return Staged((Catalogs(loader.tables, loader.unread), tuple(loader.texts)), tuple(loader.diagnostics))


def _default_words(text: str) -> Phrases:
    """The words of a catalog of the default theme, which has no faults."""
    reader = YamlReader(Positions("", text))
    root = _inside_language(reader.tree())
    return dict(_table(root, reader, None)) if isinstance(root, Mapping) else {}


class _CatalogLoader:
    """The tables read so far; English comes first in the theme, and says which keys and parameters there are."""

    def __init__(self, site: Path) -> None:
        self.site = site
        self.tables: dict[str, Phrases] = {}
        self.unread: dict[str, UnreadCatalog] = {}
        self.texts: list[SourceText] = []
        self.diagnostics: list[Diagnostic] = []

    def read(self, file: Path) -> None:
        """Read one catalog over what is there of its language."""
        root = self.site if file.is_relative_to(self.site) else file.parents[2]
        path = file.relative_to(root).as_posix()
        if not _LANGUAGE.fullmatch(file.stem):
            hint = "name it after a language: `es.yaml`, `pt-BR.yaml`"
            self.diagnostics.append(Diagnostic("E605", f"`{file.stem}` isn't a language", Span(path), (hint,)))
            return
        read = read_text(root, path)
        self.diagnostics += read.diagnostics
        if read.value is None:
            return
        reader = YamlReader(Positions(path, read.value))
        root_node = reader.tree()
        table = self.tables.setdefault(file.stem, {})
        root_node = _inside_language(root_node)
        if isinstance(root_node, Mapping):
            table.update(_table(root_node, reader, self._known(file.stem)))
        elif root_node is not None and read.value.strip():
            reader.report("E605", root_node, "a catalog is lines of `key: words`")
        if reader.diagnostics:
            self.diagnostics += reader.diagnostics
            self.texts.append(SourceText(path, read.value, frozenset(reader.hidden)))

    def leave(self, file: Path) -> None:
        """Leave a catalog of the default theme until it is asked for."""
        self.unread[file.stem] = UnreadCatalog(file.read_text(encoding="utf-8"), _default_words)

    def _known(self, language: str) -> Phrases | None:
        """The catalog that defines the keys; None for that catalog itself."""
        return self.tables[ENGLISH] if language != ENGLISH or self.tables[ENGLISH] else None


def _inside_language(root: Node | None) -> Node | None:
    """What stands under the language, where a catalog has it as its only key, as translators' tools write it."""
    if isinstance(root, Mapping) and len(root.entries) == 1 and not root.repeats:
        ((key, entry),) = root.entries.items()
        if _LANGUAGE.fullmatch(key.replace("_", "-")) and isinstance(entry.value, Mapping):
            return entry.value
    return root


def _table(mapping: Mapping, reader: YamlReader, known: Phrases | None) -> Iterator[tuple[str, Forms]]:
    for node, _ in mapping.repeats:
        reader.report("E112", node, f"the key {shown(node.text)} is given a second time")
    for key, entry in mapping.entries.items():
        if known is not None and key not in known and not key.startswith(OWN_PREFIX):
            hints = did_you_mean(key, known) or (f"words of your own begin with `{OWN_PREFIX}`",)
            reader.report("E605", entry.key, f"no word of the theme has the key {shown(key)}", *hints)
            continue
        forms = _forms(entry, reader)
        if forms is not None and _fits(forms, key, entry, reader, known):
            yield key, forms


def _forms(entry: Entry, reader: YamlReader) -> Forms | None:
    value = entry.value
    if isinstance(value, Scalar):
        return value.text
    if not isinstance(value, Mapping):
        reader.report("E605", value, f"words are a text, or one for each plural form, not {type_name(value)}")
        return None
    forms: dict[str, str] = {}
    for name, form in value.entries.items():
        if not _FORM.fullmatch(name):
            hint = "a plural form is `zero`, `one`, `two`, `few`, `many`, `other`, or such as `=2`"
            reader.report("E605", form.key, f"{shown(name)} isn't a plural form", hint)
        elif not isinstance(form.value, Scalar):
            reader.report("E605", form.value, f"a plural form is a text, not {type_name(form.value)}")
        else:
            forms[name] = form.value.text
    if "other" not in value.entries:
        reader.report("E605", entry.key, f"{shown(entry.key.text)} has no form `other`")
    return forms if "other" in forms else None


def _fits(forms: Forms, key: str, entry: Entry, reader: YamlReader, known: Phrases | None) -> bool:
    """Whether the theme fills in all the parameters of a text."""
    given = None if known is None or key not in known else _parameters(known[key])
    for text, node in _places(forms, entry):
        try:
            names = _names(text)
        except ValueError:
            hint = "a parameter is a name in braces, `{who}`; write a brace that is meant as one twice: `{{`"
            reader.report("E605", node, "the braces of this text can't be read", hint)
            return False
        if given is not None and (strange := sorted(names - given)):
            hints = did_you_mean(strange[0], given) or (
                f"it has: {', '.join(sorted(given))}" if given else "it has none",
            )
            reader.report("E605", node, f"{shown(key)} has no parameter {shown(strange[0])}", *hints)
            return False
    return True


def _places(forms: Forms, entry: Entry) -> Iterator[tuple[str, Node]]:
    if isinstance(forms, str):
        yield forms, entry.value
    elif isinstance(entry.value, Mapping):
        for name, text in forms.items():
            yield text, entry.value.entries[name].value


def _parameters(forms: Forms) -> set[str]:
    """The parameters of a key: those of all its forms, and a number where it has plural forms."""
    if isinstance(forms, str):
        return _names(forms)
    return set().union(*map(_names, forms.values())) | _WITH_NUMBER


def _names(text: str) -> set[str]:
    """The parameters that stand in a text.

    Raises:
        ValueError: if the braces can't be read, or hold more than a name.
    """
    if "{" not in text and "}" not in text:
        return set()
    found = set()
    for _, name, form, conversion in Formatter().parse(text):
        if name is None:
            continue
        if not name.isidentifier() or form or conversion:
            raise ValueError(name)
        found.add(name)
    return found
