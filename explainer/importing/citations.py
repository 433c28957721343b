"""Makes sources of the notes of a document: one for each address, of type `report`, and nothing that a note doesn't say."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit, urlunsplit

from explainer.load.address_types import is_url
from explainer.load.date_hints import dates_meant
from explainer.scaffold.files import RefusedError, free_id

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bs4 import Tag

_ADDRESS = re.compile(r"https?://[^\s<>\"“”«»`\\]+", re.IGNORECASE)
_AFTER_ADDRESS = ".,;:!?'’)]"
_QUOTED = re.compile(r"“([^“”]{3,})”|\"([^\"]{3,})\"|«\s*([^«»]{3,}?)\s*»|„([^„“”]{3,})[“”]")
_MONTH = (
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?"
    r"|Nov(?:ember)?|Dec(?:ember)?)\.?"
)
_DATE = re.compile(
    rf"\b\d{{4}}-\d\d-\d\d\b|\b\d{{1,2}}(?:st|nd|rd|th)? {_MONTH},? \d{{4}}\b"
    rf"|\b{_MONTH} (?:\d{{1,2}}(?:st|nd|rd|th)?,? )?\d{{4}}\b"
)
_ACCESSED = re.compile(r"\b(?:accessed|retrieved|visited|viewed|consultad[oa])\b[^.;]{0,12}$", re.IGNORECASE)
_EDGES = " \t\n.,;:–—-()[]|/"
_LONGEST_TITLE = 200
_LONGEST_ID = 40


class Citation(NamedTuple):
    """A source that a note names, with what the note says of it. `notes` are the numbers of the notes that do."""

    id: str
    title: str
    url: str
    date: str | None = None
    accessed: str | None = None


class Citations:
    """The sources of a document's notes, by address."""

    def __init__(self, taken: Iterable[str], known: dict[str, str]) -> None:
        """`taken` are ids that others have; `known` the ids of the site's sources by `address_key`."""
        self._taken = set(taken)
        self._known = known
        self.made: dict[str, Citation] = {}
        self.said: list[tuple[str, str]] = []

    def cite(self, note: Tag) -> list[str]:
        """The ids of the sources that a note names by address, in its order; empty if it names none."""
        pieces = _pieces(note)
        ids = [self._source(words, url) for words, url in pieces]
        said = " ".join(note.get_text().split())
        self.said += [(id_, said) for id_ in dict.fromkeys(ids) if id_ in {one.id for one in self.made.values()}]
        return list(dict.fromkeys(ids))

    def _source(self, words: str, url: str) -> str:
        key = address_key(url)
        if key in self._known:
            return self._known[key]
        if key not in self.made:
            title = _title(words, url)
            date, accessed = _dates(words)
            id_ = self._free_id(title, url)
            self._taken.add(id_)
            self.made[key] = Citation(id_, title, url, date, accessed)
        return self.made[key].id

    def _free_id(self, title: str, url: str) -> str:
        short = title if len(title) <= _LONGEST_ID else title[:_LONGEST_ID].rsplit(" ", 1)[0]
        try:
            return free_id(short, self._taken)
        except RefusedError:
            return free_id(_host(url) or "source", self._taken)


def address_key(url: str) -> str:
    """What two ways of writing one address have in common."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return url  # no host can be called so
    host = (parts.netloc or "").lower().removeprefix("www.")
    query = "&".join(one for one in parts.query.split("&") if not one.startswith("utm_"))
    return urlunsplit(("", host, parts.path.rstrip("/"), query, ""))


def _pieces(note: Tag) -> list[tuple[str, str]]:
    """The addresses of a note, each with the words that belong to it: those in front, or all if there is one."""
    text, links = "", []
    for string in list(note.strings):
        link = string.find_parent("a")
        href = str(link.get("href") or "") if link else ""
        if link and href.lower().startswith("http") and is_url(href):
            links.append((len(text), href, "" if _ADDRESS.match(string.strip()) else str(string)))
            text += "" if _ADDRESS.match(string.strip()) else str(string)
        else:
            for at, found in _bare(str(string)):
                links.append((len(text) + at, found, ""))
            text += _ADDRESS.sub(lambda found: found[0][len(_trimmed(found[0])) :], str(string))
    links = _joined(links)
    if len(links) == 1:
        return [(_with_quotes(text, links[0][2]), links[0][1])]
    out, start = [], 0
    for at, href, words in links:
        end = at + len(words)
        out.append((_with_quotes(text[start:end], words), href))
        start = end
    return out


def _bare(text: str) -> list[tuple[int, str]]:
    """The bare addresses of a text; offsets are those in the text without them."""
    found, gone = [], 0
    for one in _ADDRESS.finditer(text):
        url = _trimmed(one[0])
        if is_url(url):
            found.append((one.start() - gone, url))
        gone += len(url)
    return found


def _trimmed(url: str) -> str:
    while url and url[-1] in _AFTER_ADDRESS and not (url[-1] == ")" and url.count("(") >= url.count(")")):
        url = url[:-1]
    return url


def _joined(links: list[tuple[int, str, str]]) -> list[tuple[int, str, str]]:
    """Neighbouring pieces of one link, which differ in how they look, as one."""
    out: list[tuple[int, str, str]] = []
    for at, href, words in links:
        if out and out[-1][1] == href and out[-1][0] + len(out[-1][2]) == at:
            out[-1] = (out[-1][0], href, out[-1][2] + words)
        else:
            out.append((at, href, words))
    return out


def _with_quotes(words: str, linked: str) -> str:
    """The words of a citation; what is linked stands for the title where nothing is in quotation marks."""
    linked = " ".join(linked.split()).strip(_EDGES)
    return f"“{linked}” {words}" if linked and not _QUOTED.search(words) else words


def _title(words: str, url: str) -> str:
    words = " ".join(words.split())
    quoted = _QUOTED.search(words)
    found = next(filter(None, quoted.groups()), "") if quoted else words
    found = found.strip(_EDGES)
    if len(found) > _LONGEST_TITLE:
        found = found[:_LONGEST_TITLE].rsplit(" ", 1)[0] + " …"
    return found or _host(url) or url


def _host(url: str) -> str:
    """The name of an address's host, as far as it has one."""
    return re.split(r"[/?#]", url.partition("://")[2], maxsplit=1)[0].lower()


def _dates(words: str) -> tuple[str | None, str | None]:
    """The date of a source and the day on which it was looked up, where a note names one of each."""
    dates: set[str] = set()
    accessed: set[str] = set()
    for found in _DATE.finditer(" ".join(words.split())):
        meant = dates_meant(found[0])
        if len(meant) == 1:
            (accessed if _ACCESSED.search(found.string[: found.start()]) else dates).add(meant[0])
    return (next(iter(dates)) if len(dates) == 1 else None), (next(iter(accessed)) if len(accessed) == 1 else None)
