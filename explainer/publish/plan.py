"""What a publication will send and delete, from a build and the host's manifest."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Literal, NamedTuple

from explainer.feeds.host_files import is_fingerprinted, without_fingerprint
from explainer.model.output_files import FEEDS, SITEMAP
from explainer.publish.found_files import MISSING, NOTHING_FOUND, Survey
from explainer.publish.remote_manifest import File, RemoteManifest, Retired

if TYPE_CHECKING:
    from collections.abc import Mapping

What = Literal["upload", "replace", "delete", "retire", "keep"]
_PAGES = (".html", ".html.gz", ".html.br")
LISTS_FOR_PROGRAMS = (*FEEDS, SITEMAP)
# For so long, in seconds, a theme's file stays that only pages from before need: readers have them open.
LINGER = 3600


class Action(NamedTuple):
    """What is done with a file. `size` is in bytes: sent, or freed."""

    what: What
    path: str
    size: int
    why: str


class Plan(NamedTuple):
    """Every file of the build or the host, in the order in which they are handled.

    `retired` are the files that stay though no page needs them; `others` are files that somebody else put there, and
    that stay.
    """

    actions: tuple[Action, ...]
    retired: dict[str, Retired]
    others: tuple[str, ...] = ()

    def of(self, *whats: What) -> list[Action]:
        """The actions of these kinds."""
        return [action for action in self.actions if action.what in whats]

    @property
    def lost(self) -> list[str]:
        """The paths that are deleted and have no other version in the build: what readers will miss."""
        return [action.path for action in self.of("delete") if action.why != _ANOTHER_VERSION]

    @property
    def sending(self) -> list[Action]:
        """What is sent, in order."""
        return self.of("upload", "replace")

    @property
    def counts(self) -> Counter[str]:
        """How many files of each kind."""
        return Counter(action.what for action in self.actions)

    @property
    def size(self) -> int:
        """How many bytes are sent."""
        return sum(action.size for action in self.sending)

    @property
    def changes(self) -> bool:
        """Whether there is anything to do."""
        return any(action.what != "keep" for action in self.actions)


def make_plan(
    files: Mapping[str, File],
    host: RemoteManifest | None,
    now: int,
    *,
    lingering: bool = True,
    survey: Survey = NOTHING_FOUND,
) -> Plan:
    """The plan that makes a host have these files. After an interrupted publication, files count as unknown.

    `survey` has what was lost or changed on the host. Without `lingering` nothing stays that isn't among them.
    """
    there = dict(host.files) if host else {}
    retired = dict(host.retired) if host else {}
    unsure = _unsure(host)
    wrong = {path: _TAKEN for path in survey.others if path in files} | dict(survey.damaged)
    wrong |= dict.fromkeys(unsure, _HALF_DONE)
    actions = [_sent(path, file, there.get(path) or retired.get(path), wrong) for path, file in files.items()]
    left: dict[str, Retired] = {}
    versions = {without_fingerprint(path) for path in files if is_fingerprinted(path)}
    for path in sorted((there.keys() | retired.keys() | unsure) - files.keys()):
        file = there.get(path)
        if lingering and file and _is_theme(path) and path not in unsure:
            left[path] = Retired(*file, now)
            actions.append(
                Action("retire", path, 0, "only pages from before need it; it goes with a later publication")
            )
        elif lingering and not file and path in retired and now - retired[path].since < LINGER:
            left[path] = retired[path]
            actions.append(Action("keep", path, 0, "only pages from before need it"))
        else:
            size = (file or retired.get(path) or File("", 0)).size
            is_old = is_fingerprinted(path) and without_fingerprint(path) in versions
            actions.append(Action("delete", path, size, _ANOTHER_VERSION if is_old else "the build doesn't have it"))
    others = tuple(path for path in survey.others if path not in files)
    return Plan(tuple(sorted(actions, key=_order)), left, others)


_ANOTHER_VERSION = "the build has another version of it"
_TAKEN = "a file is there that no publication brought"
_HALF_DONE = "a publication broke off; it may be half done"


def _unsure(host: RemoteManifest | None) -> set[str]:
    """The paths of which a half-done publication may have left either version."""
    if host is None or host.pending is None:
        return set()
    paths = host.files.keys() | host.pending.keys()
    return {path for path in paths if host.files.get(path) != host.pending.get(path)}


def _sent(path: str, file: File, there: File | Retired | None, wrong: Mapping[str, str]) -> Action:
    why = wrong.get(path)
    if why:
        return Action("upload" if why == MISSING else "replace", path, file.size, why)
    if there is None:
        return Action("upload", path, file.size, "new")
    if there.digest != file.digest:
        return Action("replace", path, file.size, "changed")
    return Action("keep", path, 0, "the same")


def _is_theme(path: str) -> bool:
    """Whether a file is the theme's and named by its content: nothing that a page said can be in it."""
    return path.startswith("static/") and is_fingerprinted(path)


def _order(action: Action) -> tuple[int, int, str]:
    """Files before the pages that need them, new pages before those that link to them; deletions last."""
    is_page = action.path.endswith(_PAGES)
    return (step_of(action), 0 if is_page else 1, action.path)


def step_of(action: Action) -> int:
    """The step of a file; a step begins when the one before it has ended."""
    if action.what in {"keep", "retire"}:
        return 5
    if action.what == "delete":
        return 6
    if is_fingerprinted(action.path):
        return 0
    if action.path in LISTS_FOR_PROGRAMS:
        return 4
    if action.path.endswith(_PAGES):
        return 2 if action.what == "upload" else 3
    return 1
