"""Saves copies of what sources' addresses give beside the registry, and looks for snapshots of them."""

from __future__ import annotations

import asyncio
import json
import os
import re
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote, urlencode

from explainer.archive.fetch import Fetched, Fetcher, FetchError
from explainer.archive.links import HTML_TYPES, TEXT_TYPES, as_utf8, page_text
from explainer.load.edit_yaml import set_field
from explainer.load.frontmatter import edit_front_matter
from explainer.resolve.quotes import find_quote
from explainer.system.site_files import inside, read_text

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from explainer.archive.links import Link

FOLDER = "content/sources/saved"
_FINE, _TOO_MANY = 200, 429
_CHARSET = re.compile(rb"<meta[^>]{0,200}charset", re.IGNORECASE)
_HEAD = 4_096  # bytes in which a browser looks for the charset
_AVAILABLE = "https://archive.org/wayback/available"
_SAVE = "https://web.archive.org/save"
KEYS = ("IA_ACCESS_KEY", "IA_SECRET_KEY")
"""Variables of the environment with the keys of the Internet Archive."""
_AFTER = ("archive", "url", "title")


class Wanted(NamedTuple):
    """A link to archive, the name of its copy, the keys that lead to its record, and which fields the record has."""

    link: Link
    name: str
    record: tuple[str, ...]
    given: frozenset[str]


class Archived(NamedTuple):
    """What came of one: the fields to set, in order, and what has to be told."""

    wanted: Wanted
    fields: tuple[tuple[str, str], ...] = ()
    told: tuple[str, ...] = ()
    quote_gone: bool = False


class Task(NamedTuple):
    """What is asked for: whether files are written, whether to look for snapshots, whether answers are kept, and the day."""

    site: Path
    today: str
    dry_run: bool = False
    wayback: bool = False
    warc: bool = False


def archive_links(
    task: Task, wanted: Sequence[Wanted], fetcher: Fetcher, told: Callable[[Archived], None]
) -> list[Archived]:
    """Archive links in the order given, several hosts at once; `told` hears of each as soon as it is done.

    A copy that an earlier run has saved isn't fetched again.
    """
    wayback = _Wayback(fetcher)

    async def one(each: Wanted) -> Archived:
        done = await _archive(task, each, fetcher, wayback)
        told(done)
        return done

    async def every() -> list[Archived]:
        return list(await asyncio.gather(*(one(each) for each in wanted)))

    return asyncio.run(every())


async def _archive(task: Task, wanted: Wanted, fetcher: Fetcher, wayback: _Wayback) -> Archived:
    fields: list[tuple[str, str]] = []
    told: list[str] = []
    if "saved" not in wanted.given:
        found = await _saved(task, wanted, fetcher)
        if isinstance(found, Archived):
            return found
        path, fresh = found
        fields.append(("saved", _beside(wanted.link.span.path, path)))
        if fresh:
            fields.append(("accessed", task.today))
    if task.wayback and "archive" not in wanted.given:
        snapshot, said = await wayback.snapshot(wanted.link.url)
        fields += [("archive", json.dumps(snapshot, ensure_ascii=False))] if snapshot else []
        told += [said] if said else []
    return Archived(wanted, tuple(fields), tuple(told))


# --- Copies ---


async def _saved(task: Task, wanted: Wanted, fetcher: Fetcher) -> tuple[str, bool] | Archived:
    """The path of the saved copy, and whether it was fetched now; or why there is none."""
    for suffix in (".html", ".txt", ".pdf"):
        path = f"{FOLDER}/{wanted.name}{suffix}"
        if (task.site / path).is_file():
            return path, False
    try:
        answer = await fetcher.fetch(wanted.link.url)
    except FetchError as error:
        return Archived(wanted, told=(str(error),))
    if answer.status != _FINE:
        return Archived(wanted, told=(f"answers with {answer.status}",))
    text = page_text(answer)
    if text is None:
        return Archived(wanted, told=(f"gives {answer.content_type or 'something'} whose text can't be read",))
    missing = tuple(f"gone: {one}" for one in wanted.link.quotes if find_quote(one, text) is None)
    if missing:
        # A copy without them would keep the site from building.
        return Archived(wanted, told=("isn't saved: no longer has what is quoted from it", *missing), quote_gone=True)
    suffix, content = _content(answer)
    path = f"{FOLDER}/{wanted.name}{suffix}"
    if not task.dry_run:
        if task.warc:
            from explainer.archive.warc import warc_of  # noqa: PLC0415 - its library is only needed here

            _write(task.site, f"{FOLDER}/{wanted.name}.warc.gz", warc_of(answer, wanted.link.url))
        _write(task.site, path, content)
    return path, True


def _content(answer: Fetched) -> tuple[str, bytes]:
    """The suffix and the bytes of a copy; what only the header said of the charset is put into the file."""
    if answer.content_type in HTML_TYPES:
        content = answer.content
        declared = _CHARSET.search(content[:_HEAD]) or content.startswith(b"\xef\xbb\xbf")
        if answer.charset and not declared:
            content = as_utf8(content, answer.charset)
        return ".html", content
    if answer.content_type in TEXT_TYPES:
        return ".txt", as_utf8(answer.content, answer.charset)
    return ".pdf", answer.content


def _write(site: Path, path: str, content: bytes) -> None:
    """Write a copy, whole or not at all.

    Raises:
        OSError: if the system refuses, or the folder leads out of the site.
    """
    if not inside(site, path):
        raise PermissionError(f"{path} leads out of the site")
    file = site / path
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_name(f"{file.name}.part")
    part.write_bytes(content)
    part.replace(file)


def _beside(file: str, path: str) -> str:
    """A path relative to the file that names it."""
    return os.path.relpath(path, file.rpartition("/")[0] or ".")


# --- Snapshots ---


class _Wayback:
    """The Wayback Machine, asked one thing at a time; once it says that it is too much, nothing more in this run."""

    def __init__(self, fetcher: Fetcher) -> None:
        self.fetcher = fetcher
        self.busy = ""
        self._lock = asyncio.Lock()

    async def snapshot(self, url: str) -> tuple[str | None, str]:
        """The newest snapshot of an address, or what is to be told where there is none."""
        async with self._lock:
            if self.busy:
                return None, self.busy
            try:
                return await self._snapshot(url)
            except (FetchError, ValueError) as error:
                return None, f"the Wayback Machine can't be asked: {error}"

    async def _snapshot(self, url: str) -> tuple[str | None, str]:
        answer = await self.fetcher.ask(f"{_AVAILABLE}?{urlencode({'url': url})}")
        if answer.status != _FINE:
            return None, self._refused("answers", answer)
        found = json.loads(answer.content)
        closest = found.get("archived_snapshots", {}).get("closest", {}) if isinstance(found, dict) else {}
        address = closest.get("url")
        if closest.get("available") and isinstance(address, str) and address.startswith("http"):
            return "https://" + address.partition("://")[2], ""
        return None, await self._ask_to_save(url)

    async def _ask_to_save(self, url: str) -> str:
        access, secret = (os.environ.get(key, "") for key in KEYS)
        if not (access and secret):
            keys = " and ".join(KEYS)
            return f"the Wayback Machine has no snapshot; with {keys} in the environment it is asked for one"
        headers = {"Accept": "application/json", "Authorization": f"LOW {access}:{secret}",
                   "Content-Type": "application/x-www-form-urlencoded"}  # fmt: skip
        answer = await self.fetcher.ask(_SAVE, headers, f"url={quote(url, safe='')}".encode())
        if answer.status == _FINE:
            return "the Wayback Machine was asked for a snapshot: run this again in a few minutes"
        return self._refused("refuses to make a snapshot", answer)

    def _refused(self, what: str, answer: Fetched) -> str:
        wait = answer.header("Retry-After") or ""
        when = f"in {wait} seconds" if wait.isdigit() else "later"
        if answer.status == _TOO_MANY:
            self.busy = f"the Wayback Machine has too much to do, and wasn't asked: run this again {when}"
        return f"the Wayback Machine {what} ({answer.status}): run this again {when}"


# --- The YAML ---


def write_fields(site: Path, done: Archived) -> None:
    """Put the fields into the record; comments and order stay.

    Raises:
        OSError: if the system refuses.
        KeyError: if the record isn't where it was.
    """
    wanted = done.wanted
    path = wanted.link.span.path
    text = read_text(site, path).value
    if text is None:
        raise KeyError(wanted.record[-1])

    def edit(yaml: str) -> str:
        for key, value in reversed(done.fields):
            yaml = set_field(yaml, wanted.record, key, value, _AFTER)
        return yaml

    edited = edit_front_matter(text, edit) if path.endswith(".md") else edit(text)
    (site / path).write_bytes(edited.encode())
