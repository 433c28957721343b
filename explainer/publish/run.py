"""A publication from the build to the report: look, plan, guard; then put, verify, and say what came of it."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, Literal, NamedTuple
from urllib.parse import urlsplit

from explainer.feeds.host_files import HEADERS, REDIRECTS
from explainer.publish import guards
from explainer.publish.build_order import last_seen, overtaken, remember
from explainer.publish.compress import add_compressed
from explainer.publish.errors import HostError, Refusal, RefusedError
from explainer.publish.host import Host, Work
from explainer.publish.host_folder import Folder
from explainer.publish.host_pages import Pages
from explainer.publish.host_s3 import Bucket
from explainer.publish.host_ssh import Ssh
from explainer.publish.plan import make_plan
from explainer.publish.remote_manifest import File, build_id, list_of
from explainer.publish.verify import Checked, Reader, moved_paths, wanted

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from explainer.model.declared import Target
    from explainer.output.build_info import Corrected
    from explainer.publish.build_input import Finished
    from explainer.publish.remote_manifest import HostList

Outcome = Literal["refused", "planned", "unchanged", "published", "rolled-back", "failed"]


class Wish(NamedTuple):
    """What the user asks for, the same for every target; `scratch` is a folder for what goes again afterwards.

    `tell` says what takes time.
    """

    site: Path
    scratch: Path
    base_url: str
    tell: Callable[[str], None]
    max_deletes: int | None = None
    replace: str | None = None
    unfinished: bool = False


class Prepared(NamedTuple):
    """A publication that is ready to go, or that guards refuse.

    `new` is the manifest that the host will have; `corrections` are those that it lacks so far.
    """

    target: Target
    host: Host
    work: Work
    base_url: str
    refusals: tuple[Refusal, ...] = ()
    corrections: tuple[Corrected, ...] = ()
    moved: tuple[str, ...] = ()
    back: bool = False


class Result(NamedTuple):
    """What came of it. `restored` is true where readers have the version from before again."""

    outcome: Outcome
    checked: Checked | None = None
    error: str = ""
    hint: str = ""
    restored: bool = False


def host_of(target: Target, wish: Wish) -> Host:
    """The host that a target names."""
    match target.to:
        case "folder":
            return Folder(target, wish.site)
        case "ssh":
            return Ssh(target, wish.scratch)
        case "s3":
            return Bucket(target, wish.tell)
        case "pages":
            return Pages(target, wish.site, wish.scratch)


# --- Before the first byte ---


def prepare(target: Target, found: Finished, wish: Wish) -> Prepared:
    """Look at the host, make the plan, and ask every guard.

    Raises:
        HostError: if the host can't be looked at.
    """
    now = int(time.time())
    base_url = target.base_url or wish.base_url
    refusals = [*guards.of_build(found, base_url, now, unfinished=wish.unfinished)]
    host = host_of(target, wish)
    tree, files = _tree_for(target, host, found, wish.scratch)
    state = host.look(build_id(files))
    before = state.found
    plan = make_plan(files, before, now)
    published = max(now, before.published + 1) if before else now
    new = list_of(files, found.record, published, before)._replace(retired=plan.retired)
    if state.foreign:
        refusals.append(Refusal("not-ours", state.foreign, _EMPTY_IT))
    elif before:
        late = overtaken(found.record, before, wish.site, target.name) if before.id != new.id else None
        refusals += [late] if late and wish.replace != before.id else []
        refusals += guards.of_deletions(plan, before, wish.max_deletes)
    known = set(before.corrections) if before else set()
    corrections = tuple(one for one in found.record.corrections if one not in known)
    redirects = found.tree / REDIRECTS
    moved = moved_paths(redirects.read_text("utf-8"), urlsplit(base_url).path) if redirects.is_file() else []
    work = Work(tree, plan, new, state)
    return Prepared(target, host, work, base_url, tuple(refusals), corrections, tuple(moved))


_EMPTY_IT = "name an empty place, or empty this one yourself if nothing in it is needed"


def _tree_for(target: Target, host: Host, found: Finished, scratch: Path) -> tuple[Path, dict[str, File]]:
    """The files as this target gets them: without those that the host makes nothing of, with compressed copies."""
    tree = scratch / "targets" / target.name
    files = {path: file for path, file in found.files.items() if host.reads_headers or path not in {HEADERS, REDIRECTS}}
    for path in files:
        (tree / path).parent.mkdir(parents=True, exist_ok=True)
        os.link(found.tree / path, tree / path)
    return tree, files | add_compressed(tree, files, target.precompress)


def prepare_back(target: Target, wish: Wish) -> Prepared:
    """What going back to the version before the present one will do.

    Raises:
        HostError: if the host can't be looked at.
        RefusedError: if there is no such version.
    """
    host = host_of(target, wish)
    state = host.look("")
    if state.foreign:
        raise RefusedError(Refusal("not-ours", state.foreign, _EMPTY_IT))
    to = host.earlier(state)
    if to is None:
        raise RefusedError(Refusal("no-earlier-version", "the host has no version from before", "publish a build"))
    plan = make_plan(to.files | _lingering(to), state.found, int(time.time()), lingering=False)
    return Prepared(target, host, Work(wish.site, plan, to, state), target.base_url or wish.base_url, back=True)


def _lingering(version: HostList) -> dict[str, File]:
    """What an earlier version has besides its own files."""
    return {path: File(one.digest, one.size) for path, one in version.retired.items()}


# --- From the first byte on ---


def carry_out(prepared: Prepared, wish: Wish) -> Result:
    """Do what was planned, and look whether readers get it."""
    target, host, work = prepared.target, prepared.host, prepared.work
    before = work.state.found
    if not work.plan.changes and before and before.pending is None:
        remember(wish.site, target.name, before.id)
        return Result("unchanged")
    # What was stopped on its way earlier may still arrive: a host goes on with what it was told.
    earlier = last_seen(wish.site, target.name) or ()
    remember(wish.site, target.name, work.new.id, *([before.id] if before else []), *earlier)
    try:
        host.go_back(work.state, work.new) if prepared.back else host.put(work)
    except HostError as error:
        return Result("failed", error=str(error), hint=error.hint)
    remember(wish.site, target.name, work.new.id)
    checked = _verified(prepared)
    if checked is None or not checked.wrong:
        return Result("rolled-back" if prepared.back else "published", checked)
    return _unverified(prepared, checked, wish)


def _verified(prepared: Prepared) -> Checked | None:
    target = prepared.target
    within = prepared.host.patience if target.verify is None else target.verify
    if not within:
        return None
    digests = {path: file.digest for path, file in prepared.work.new.files.items()}
    wishes = wanted(prepared.work.plan, digests, prepared.moved)
    return Reader(prepared.base_url, target.verify_at).check(wishes, within)


def _unverified(prepared: Prepared, checked: Checked, wish: Wish) -> Result:
    """Where readers don't get what was published they get what they had, if the host can do that."""
    error = f"readers don't get what was published: {len(checked.wrong)} of {checked.looked_at} addresses are wrong"
    host, before = prepared.host, prepared.work.state.found
    if not host.restores or not before or prepared.back:
        hint = "is `base_url` where this target's files are served? Caches may need time: run this again"
        return Result("failed", checked, error, hint)
    try:
        restored = _restored(host, before)
    except HostError as failed:
        return Result("failed", checked, f"{error}; and the host could not be set back: {failed}", failed.hint)
    if not restored:
        return Result("failed", checked, error, "the version from before isn't there any more: publish it again")
    remember(wish.site, prepared.target.name, before.id)
    hint = "the host has the version from before again; is `base_url` where this target's files are served?"
    return Result("failed", checked, error, hint, restored=True)


def _restored(host: Host, before: HostList) -> bool:
    """Give readers the version from before again, if the host still has it."""
    state = host.look(before.id)
    earlier = host.earlier(state)
    if earlier is None or earlier.id != before.id:
        return False
    host.go_back(state, earlier)
    return True
