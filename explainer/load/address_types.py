"""Field types of addresses: links, and the address of the site."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from explainer.load.scalar_types import SCHEME, WORDS
from explainer.text.addresses import WEB

if TYPE_CHECKING:
    from explainer.load.tables import YamlReader
    from explainer.load.yaml_nodes import Node

_MAILTO = re.compile(r"mailto:[^\s<>\"`\\@?]+@[^\s<>\"`\\@]+", re.IGNORECASE)
# A telephone, a text message, a Signal account: how sources reach a newsroom.
_PHONE = re.compile(r"(?:tel|sms):\+?[\d().-]{3,}(?:[;?][^\s<>\"`\\]*)?", re.IGNORECASE)
_SIGNAL = re.compile(r"sgnl://[^\s<>\"`\\]+", re.IGNORECASE)
_PATH = re.compile(r"[^\s<>\"`\\]+")


def base_url(text: str) -> str | None:
    """A site's own address, ending in one slash; None if the text isn't one."""
    if WEB.fullmatch(text) and text.isprintable() and not set(text) & set("?#"):
        return text.rstrip("/") + "/"
    return None


@dataclass(frozen=True, slots=True)
class Url:
    """An address: http, https, mailto, tel, sms or sgnl; with `paths`, a path of the site too."""

    words: str = "an address"
    paths: bool = False

    def read(self, node: Node, reader: YamlReader) -> str | None:
        """The address as written."""
        text = WORDS.read(node, reader)
        if text is None or (is_url(text) or (self.paths and _is_path(text))):
            return text
        hint = _url_hint(text)
        hints = (hint, "or a path of the site: `/corrections/`") if self.paths else (hint,)
        reader.report("E126", node, f"{reader.key} isn't an address that can be linked", *hints)
        return None

    def schema(self) -> dict[str, Any]:
        """The type as JSON Schema."""
        forms = {} if self.paths else {"pattern": "^([Hh][Tt][Tt][Pp][Ss]?://|[Mm]ailto:|tel:|sms:|sgnl://)"}
        return {"type": "string"} | forms


def _url_hint(text: str) -> str:
    """What to do about an address that can't be linked; no word of it is repeated."""
    if re.match(r"(?:doi:\s*)?10\.\d{4,9}/", text, re.IGNORECASE):
        return "write a DOI as `https://doi.org/10.…`, or give it as `doi`"
    if re.search(r"\s", text):
        return "an address has no spaces: write `%20` for each"
    if set(text) & set('"<>`\\'):
        return "an address has no quotes, `<`, `>` and `\\`: write `%22` for a double quote"
    return "write it whole: `https://…`, `http://…` or `mailto:…`"


def is_url(text: str) -> bool:
    """Whether text is an address that can be linked, without spaces, controls and hidden characters."""
    return text.isprintable() and any(form.fullmatch(text) for form in (WEB, _MAILTO, _PHONE, _SIGNAL))


def _is_path(text: str) -> bool:
    """Whether text is a path: no scheme, no host."""
    return text.isprintable() and not text.startswith("//") and not SCHEME.match(text) and bool(_PATH.fullmatch(text))


class BaseUrl:
    """The site's own address: http or https, without query and fragment; read with one slash at its end."""

    words = "the site's address"

    def read(self, node: Node, reader: YamlReader) -> str | None:
        """The address, ending in one slash."""
        text = WORDS.read(node, reader)
        if text is None:
            return None
        if (address := base_url(text)) is not None:
            return address
        hint = "write it whole, without `?` and `#`: `https://example.org/`"
        reader.report("E126", node, f"{reader.key} can't be the site's address", hint)
        return None

    def schema(self) -> dict[str, Any]:
        """The type as JSON Schema."""
        return {"type": "string", "pattern": "^[Hh][Tt][Tt][Pp][Ss]?://[^?#\\s]+$"}
