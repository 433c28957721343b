"""The fields `publish` (a table for each kind of target) and `redirects` of `site.yaml`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from explainer.load.address_types import BaseUrl, Url, base_url
from explainer.load.container_types import Keyed, ListOf, reference
from explainer.load.old_paths import OLD_PATH_TYPE
from explainer.load.scalar_types import TEXT, Enum, Form
from explainer.load.sources import as_mapping
from explainer.load.tables import Field, FieldTable, YamlReader, read_fields
from explainer.load.yaml_nodes import Entry, Mapping, Scalar, core_type, shown
from explainer.model.settings import Redirect, Target

if TYPE_CHECKING:
    from explainer.load.yaml_nodes import Node

_SECRET = re.compile(r"pass|secret|token|credential|(?:access|private|api)[-_ ]?key|^key$|auth", re.IGNORECASE)
_ELSEWHERE = "credentials come from the environment, the ssh agent or the tool's own configuration, never from a file of the site"  # fmt: skip
# No shell, and no program's options, can take these for anything but names.
_NAME = r"[A-Za-z0-9_][A-Za-z0-9_.+=@-]*"
_FOLDER = re.compile(rf"/?(?:{_NAME}/)*{_NAME}/?")
_LOCAL = re.compile(r"[^-\s\x00-\x1f][^\x00-\x1f]*")


@dataclass(frozen=True, slots=True)
class Integer:
    """A whole number from `low` to `high`."""

    words: str
    low: int
    high: int = 9_999_999

    def read(self, node: Node, reader: YamlReader) -> int | None:
        """The number."""
        if type(node) is not Scalar or core_type(node) != "int":
            reader.wrong_type(node, self.words)
        elif node.text.isdecimal() and len(node.text) < 8 and self.low <= int(node.text) <= self.high:  # noqa: PLR2004 - no longer than the highest
            return int(node.text)
        else:
            reader.report("E123", node, f"{shown(node.text)} isn't {self.words}", f"write a number from {self.low} on")
        return None

    def schema(self) -> dict[str, Any]:
        """The type as JSON Schema."""
        return {"type": "integer", "minimum": self.low}


class Remote:
    """A git remote: an address, or a path; never with a password or token in it."""

    words = "the address of a git repository"
    _form = re.compile(r"(?:https?://|ssh://|file://)?[^-\s:@][^\s]*|[\w.-]+@[\w.-]+:[^\s-][^\s]*", re.ASCII)
    _secret = re.compile(r"https?://[^/]*@|://[^/@]*:[^/@]*@")

    def read(self, node: Node, reader: YamlReader) -> str | None:
        """The address as written."""
        text = TEXT.read(node, reader)
        if text is None:
            return None
        if self._secret.search(text):
            reader.hidden.update(reader.positions.lines(node.start, node.end))
            reader.report("E123", node, f"{reader.key} has a user or a password in it", _ELSEWHERE)
        elif self._form.fullmatch(text) and "::" not in text:
            return text
        else:
            reader.report("E123", node, f"{reader.key} isn't {self.words}", "write `git@host:owner/site.git`, say")
        return None

    def schema(self) -> dict[str, Any]:
        """The type as JSON Schema."""
        return {"type": "string"}


class Origin:
    """The address of a server: http or https, no user in it."""

    words = "the address of a server"

    def read(self, node: Node, reader: YamlReader) -> str | None:
        """The address, without a slash at its end."""
        text = TEXT.read(node, reader)
        if text is None:
            return None
        if "@" not in text and (address := base_url(text)):
            return address.rstrip("/")
        reader.hidden.update(reader.positions.lines(node.start, node.end) if "@" in text else ())
        reader.report("E126", node, f"{reader.key} isn't {self.words}", "write it whole: `https://s3.example.org`")
        return None

    def schema(self) -> dict[str, Any]:
        """The type as JSON Schema."""
        return {"type": "string", "pattern": "^[Hh][Tt][Tt][Pp][Ss]?://[^?#@\\s]+$"}


def _form(words: str, form: re.Pattern[str] | str, hint: str) -> Form:
    return Form(words, re.compile(form), "E123", hint)


def _no_secrets(entry: Entry, _mapping: Mapping, reader: YamlReader) -> bool:
    if not _SECRET.search(entry.key.text):
        return False
    reader.hide(entry)
    reader.report("E120", entry.key, f"{shown(entry.key.text)} doesn't belong into `site.yaml`", _ELSEWHERE)
    return True


KINDS = ("folder", "ssh", "s3", "pages")
_TO = Field(
    "to", Enum("a kind of target", KINDS), "The kind of target: `folder`, `ssh`, `s3` or `pages`.", required=True
)
_READERS = (
    Field("base_url", BaseUrl(), "Where readers find this target, if it isn't the site's own `base_url`."),
    Field(
        "verify", Integer("a number of seconds", 0),
        "For how many seconds, at most, what was published is looked for at the readers' addresses; 0 looks for nothing.",
    ),
    Field("verify_at", Origin(), "The server to ask for it, where `base_url` doesn't lead there yet."),
    Field(
        "after", ListOf(TEXT, "a program, or a list of it and its arguments"),
        "A program of yours that runs once readers have a publication; it gets the addresses that changed, one a line.",
    ),
)  # fmt: skip
_KEEP = Field(
    "keep", Integer("a number", 2), "How many versions of the site stay on the host, for rollbacks. By default 5."
)
_PRECOMPRESS = Field(
    "precompress", ListOf(Enum("a way of compressing", ("gz", "br")), "`gz`, `br` or a list of both"),
    "Which compressed copies of text files to add, for servers that use them.",
)  # fmt: skip
_BUCKET = _form("the name of a bucket", r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", "write it as the storage shows it")
_HOST = _form("a host", r"(?:[A-Za-z0-9_][A-Za-z0-9._-]*@)?[A-Za-z0-9][A-Za-z0-9.-]*", "write `host` or `user@host`")
_PATH = _form(
    "a folder on the host", _FOLDER, "write a path such as `/srv/www/post`: letters, digits and `_.+=@-`, no spaces"
)
_WORD = _form("a name", r"[A-Za-z0-9][A-Za-z0-9._/-]*", "it has letters, digits and `._/-`")

TARGETS = {
    "folder": FieldTable(
        "folder-target", "a target", "A folder of this machine.", _TO,
        Field("path", _form("a folder", _LOCAL, "write a path"), "The folder, from the site's on.", required=True),
        _KEEP, _PRECOMPRESS, *_READERS, unknown=_no_secrets,
    ),
    "ssh": FieldTable(
        "ssh-target", "a target", "A host that ssh and rsync reach.", _TO,
        Field("host", _HOST, "The host as ssh knows it: `host` or `user@host`.", required=True),
        Field("path", _PATH, "The folder on it; readers get what is in its `current`.", required=True),
        Field("port", Integer("a port", 1), "The port, where ssh's configuration doesn't say."),
        _KEEP, _PRECOMPRESS, *_READERS, unknown=_no_secrets,
    ),
    "s3": FieldTable(
        "s3-target", "a target", "A bucket of S3-compatible storage.", _TO,
        Field("bucket", _BUCKET, "The bucket.", required=True),
        Field("prefix", _form("a prefix", _FOLDER, "write `post`, say"), "Where in the bucket the site begins."),
        Field("endpoint", Origin(), "The storage's address, where it isn't Amazon's."),
        Field("region", _WORD, "The region. By default `us-east-1`."),
        *_READERS, unknown=_no_secrets,
    ),
    "pages": FieldTable(
        "pages-target", "a target", "A branch of a git repository, as GitHub Pages serves it.", _TO,
        Field("remote", Remote(), "The repository. By default the remote `origin` of the site's own."),
        Field("branch", _WORD, "The branch. By default `gh-pages`."),
        Field("cname", _form("a domain", r"[A-Za-z0-9][A-Za-z0-9.-]*", "write `post.example`"),
              "The domain, for the file `CNAME`. By default the one that is there stays."),
        *_READERS, unknown=_no_secrets,
    ),
}  # fmt: skip
"""The tables of targets by kind."""


def _target(entry: Entry, reader: YamlReader) -> Target | None:
    mapping = as_mapping(entry, reader)
    if mapping is None:
        return None
    words = f"the target {shown(entry.key.text)}"
    given = mapping.entries.get("to")
    kind = given.value.text if given and type(given.value) is Scalar else ""
    table = TARGETS.get(kind)
    if table is None:
        # Which table it follows can't be known; what can be told is what is wrong with `to`.
        alone = {key: one for key, one in mapping.entries.items() if key == "to" or _SECRET.search(key)}
        read_fields(
            FieldTable("target", words, "", _TO, unknown=_no_secrets), mapping._replace(entries=alone), reader, words
        )
        return None
    values = read_fields(table, mapping, reader, words)
    if any(field.name not in values for field in table.required):
        return None
    return Target(name=entry.key.text, span=reader.span(entry.key), **values)


PUBLISH = Keyed(
    "a mapping of targets by name", "E112", _target, {"anyOf": [reference(table) for table in TARGETS.values()]}
)


class Redirects:
    """A mapping from old paths to where they lead now."""

    words = "a mapping from old paths to new ones"
    _target = Url("an address or a path of the site", paths=True)

    def read(self, node: Node, reader: YamlReader) -> tuple[Redirect, ...]:
        """The valid redirects."""
        if type(node) is not Mapping:
            reader.wrong_type(node, self.words)
            return ()
        for key, _ in node.repeats:
            reader.report("E112", key, f"the path {shown(key.text)} is given a second time")
        found = []
        for entry in node.entries.values():
            path = OLD_PATH_TYPE.read(entry.key, reader)
            reader.key = shown(entry.key.text)
            target = self._target.read(entry.value, reader)
            if path and target:
                found.append(Redirect(path, target, reader.span(entry.key)))
        return tuple(found)

    def schema(self) -> dict[str, Any]:
        """The type as JSON Schema."""
        return {
            "type": "object", "properties": {"private": True},
            "propertyNames": {"anyOf": [OLD_PATH_TYPE.schema(), {"const": "private"}]},
            "additionalProperties": {"type": "string"},
        }  # fmt: skip
