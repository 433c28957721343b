"""Run a publication: inspect, plan, guard; then publish, verify, and report."""

from __future__ import annotations

import os
import time
from functools import partial
from typing import TYPE_CHECKING, Literal, NamedTuple
from urllib.parse import urlsplit

from explainer.feeds.host_files import HEADERS, REDIRECTS
from explainer.publish import guards
from explainer.publish.after import tell_changes
from explainer.publish.build_order import overtaken, withdrawn
from explainer.publish.changes import Changes, Side, changes_of
from explainer.publish.compress import add_compressed
from explainer.publish.errors import HostError, Refusal, RefusedError
from explainer.publish.found_files import compare, damage
from explainer.publish.gone_embeds import add_gone_frames
from explainer.publish.host import CanRollBack, Host, HostState, Work, previous_version, read_files
from explainer.publish.host_folder import Folder
from explainer.publish.host_pages import Pages
from explainer.publish.host_s3 import Bucket
from explainer.publish.host_ssh import Ssh
from explainer.publish.memory import (
    forget_verified,
    is_verified,
    last_seen,
    record_deletions,
    record_untold,
    record_verified,
    remember,
    unverified_deletions,
)
from explainer.publish.plan import make_plan
from explainer.publish.remote_manifest import File, build_id, manifest_of
from explainer.publish.verify import Checked, Expected, Verifier, expected_files, expected_of, moved_paths

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from explainer.model.settings import Target
    from explainer.output.build_info import Corrected
    from explainer.publish.build_input import FinishedBuild
    from explainer.publish.gone_embeds import FrameWords
    from explainer.publish.remote_manifest import RemoteManifest

NO_CHANGES = Changes()
MOST_COMPARED = 2000  # pages that are read from a host to see what changes for readers

Outcome = Literal["refused", "planned", "unchanged", "published", "rolled-back", "unverified", "failed"]


class PublishOptions(NamedTuple):
    """The options of a publication, the same for every target; `scratch` is a temporary folder.

    `notify` is called with messages about what takes time. `changed` is a file that is newer than the build.
    With `repair` the host's files are compared by content. `frame_words` reads what frames of claims that are gone say.
    """

    site: Path
    scratch: Path
    base_url: str
    notify: Callable[[str], None]
    max_deletes: int | None = None
    replace: str | None = None
    unfinished: bool = False
    changed: str | None = None
    repair: bool = False
    time_zone: str = "UTC"
    frame_words: Callable[[], FrameWords] | None = None


class Publication(NamedTuple):
    """A publication that is ready, or that guards refuse.

    `new` is the manifest that the host will have; `corrections` are those that it lacks so far; `changes` are what
    readers will see differ.
    """

    target: Target
    host: Host
    work: Work
    base_url: str
    refusals: tuple[Refusal, ...] = ()
    corrections: tuple[Corrected, ...] = ()
    moved: tuple[str, ...] = ()
    is_rollback: bool = False
    changes: Changes = NO_CHANGES


class Result(NamedTuple):
    """The result. `restored` is true if the previous version was restored."""

    outcome: Outcome
    checked: Checked | None = None
    error: str = ""
    hint: str = ""
    restored: bool = False


def host_of(target: Target, options: PublishOptions) -> Host:
    """The host that a target names."""
    match target.to:
        case "folder":
            return Folder(target, options.site)
        case "ssh":
            return Ssh(target, options.scratch, options.notify)
        case "s3":
            return Bucket(target, options.notify)
        case "pages":
            return Pages(target, options.site, options.scratch)


# --- Before the first byte ---


def prepare(target: Target, build: FinishedBuild, options: PublishOptions) -> Publication:
    """Inspect the host, make the plan, and ask every guard.

    Raises:
        HostError: if the host can't be inspected.
    """
    now = int(time.time())
    base_url = target.base_url or options.base_url
    refusals = [*guards.of_build(build, base_url, now, unfinished=options.unfinished, time_zone=options.time_zone)]
    refusals += guards.of_sources(options.changed)
    host = host_of(target, options)
    tree, files = _tree_for(target, host, build, options.scratch)
    state = host.inspect(build_id(files))
    before = state.manifest
    if before and options.frame_words:
        frames = add_gone_frames(tree, files, before.files, base_url, options.frame_words)
        files |= frames | add_compressed(tree, frames, target.precompress)
    survey = compare(before, host.survey(state, thorough=options.repair), files, tree)
    plan = make_plan(files, before, now, survey=survey)
    published = max(now, before.published + 1) if before else now
    new = manifest_of(files, build.record, published, before)._replace(retired=plan.retired)
    if state.foreign:
        refusals.append(Refusal("not-ours", state.foreign, _EMPTY_IT))
    elif before:
        late = overtaken(build.record, before, options.site, target.name) if before.id != new.id else None
        back = withdrawn(build.record, new.id, before, options.site) if before.id != new.id else None
        refusals += [one for one in (back, late) if one and options.replace != before.id]
        refusals += guards.of_deletions(plan, before, options.max_deletes)
    known = set(before.corrections) if before else set()
    corrections = tuple(one for one in build.record.corrections if one not in known)
    redirects = build.tree / REDIRECTS
    moved = moved_paths(redirects.read_text("utf-8"), urlsplit(base_url).path) if redirects.is_file() else []
    work = Work(tree, plan, new, state)
    here = Side(_digests(files), partial(read_files, tree))
    changes = changes_of(_there(host, state), here, {one.page for one in corrections}, MOST_COMPARED)
    return Publication(target, host, work, base_url, tuple(refusals), corrections, tuple(moved), changes=changes)


_REPUBLISH = "publish the earlier build: explainer publish TARGET --from ARTIFACT --replace BUILD"
_EMPTY_IT = "name an empty place, or empty this one yourself if nothing in it is needed"


def _tree_for(target: Target, host: Host, build: FinishedBuild, scratch: Path) -> tuple[Path, dict[str, File]]:
    """The files for this target: without those that the host doesn't use, with compressed copies."""
    tree = scratch / "targets" / target.name
    files = {path: file for path, file in build.files.items() if host.reads_headers or path not in {HEADERS, REDIRECTS}}
    for path in files:
        (tree / path).parent.mkdir(parents=True, exist_ok=True)
        os.link(build.tree / path, tree / path)
    return tree, files | add_compressed(tree, files, target.precompress)


def prepare_rollback(target: Target, options: PublishOptions) -> Publication:
    """Prepare a rollback to the previous version.

    Raises:
        HostError: if the host can't be inspected.
        RefusedError: if there is no such version.
    """
    host = host_of(target, options)
    state = host.inspect("")
    if state.foreign:
        raise RefusedError(Refusal("not-ours", state.foreign, _EMPTY_IT))
    if not isinstance(host, CanRollBack):
        raise RefusedError(Refusal("no-earlier-version", "this kind of target keeps no earlier version", _REPUBLISH))
    to = previous_version(host, state)
    if to is None or state.manifest is None:
        message = "the host has no version from before that nobody has withdrawn"
        raise RefusedError(Refusal("no-earlier-version", message, "publish a build; --list shows what there is"))
    damaged = damage(to.files, host.survey(state, thorough=True, version=to))
    refusals = _of_damage(damaged, state.manifest) if options.replace != state.manifest.id else ()
    to = to.after(state.manifest, "rolled-back", int(time.time()))
    survey = compare(state.manifest, host.survey(state, thorough=False), {}, options.site)
    plan = make_plan(to.files | _lingering(to), state.manifest, to.since, lingering=False, survey=survey)
    back = Side(_digests(to.files), lambda paths: host.read(state, paths, to))
    changes = changes_of(_there(host, state), back, most=MOST_COMPARED)
    work, base_url = Work(options.site, plan, to, state), target.base_url or options.base_url
    return Publication(target, host, work, base_url, refusals, is_rollback=True, changes=changes)


def _of_damage(damaged: Mapping[str, str], current: RemoteManifest) -> tuple[Refusal, ...]:
    """Why a kept version must not come back as it is on the host now."""
    if not damaged:
        return ()
    path, why = min(damaged.items())
    more = f", and {len(damaged) - 1} more" if len(damaged) > 1 else ""
    message = f"the version to go back to isn't as it was published: {path}: {why}{more}"
    hint = f"{_REPUBLISH}; to give readers that version as it is there now: --replace {current.id}"
    return (Refusal("damaged", message, hint),)


def current_side(target: Target, options: PublishOptions) -> tuple[Side, tuple[Corrected, ...]]:
    """What readers of a target have now, to be compared with a build, and its corrections.

    Raises:
        HostError: if the host can't be inspected.
        RefusedError: if something else is there.
    """
    host = host_of(target, options)
    state = host.inspect("")
    if state.foreign:
        raise RefusedError(Refusal("not-ours", state.foreign, _EMPTY_IT))
    return _there(host, state), state.manifest.corrections if state.manifest else ()


def _there(host: Host, state: HostState) -> Side:
    """What readers have now."""
    files = state.manifest.files if state.manifest else {}
    return Side(_digests(files), lambda paths: host.read(state, paths) if paths else {})


def _digests(files: Mapping[str, File]) -> dict[str, str]:
    return {path: file.digest for path, file in files.items()}


def _lingering(version: RemoteManifest) -> dict[str, File]:
    """The retired files of an earlier version."""
    return {path: File(one.digest, one.size) for path, one in version.retired.items()}


class Versions(NamedTuple):
    """What a host has and had: the current version, and the others that it keeps, the last published one first.

    `next_back` is the one that a rollback would give readers.
    """

    place: str
    current: RemoteManifest | None
    kept: tuple[RemoteManifest, ...] = ()
    next_back: RemoteManifest | None = None


def versions_of(target: Target, options: PublishOptions) -> Versions:
    """Read what a host has and had.

    Raises:
        HostError: if the host can't be inspected.
        RefusedError: if something else is there.
    """
    host = host_of(target, options)
    state: HostState = host.inspect("")
    if state.foreign:
        raise RefusedError(Refusal("not-ours", state.foreign, _EMPTY_IT))
    if state.manifest is None or not isinstance(host, CanRollBack):
        return Versions(host.place, state.manifest)
    current = state.manifest
    kept = tuple(one for one in host.kept_versions(state) if one.published != current.published)
    return Versions(host.place, current, kept, previous_version(host, state))


# --- From the first byte on ---


def carry_out(publication: Publication, options: PublishOptions) -> Result:
    """Carry out a plan, and verify what readers get."""
    target, host, work = publication.target, publication.host, publication.work
    before = work.state.manifest
    expected = _expected(publication, options)
    if not work.plan.changes and before and before.pending is None and not publication.is_rollback:
        remember(options.site, target.name, before.id)
        # What an earlier run could not verify is verified now.
        checked = None if is_verified(options.site, target.name, before.id) else _verified(publication, expected)
        return _told(_result("unchanged", publication, checked, options), publication, options)
    # What was stopped on its way earlier may still arrive: a host goes on with what it was told.
    earlier = last_seen(options.site, target.name) or ()
    remember(options.site, target.name, work.new.id, *([before.id] if before else []), *earlier)
    if target.after:
        record_untold(
            options.site, target.name, (action.path for action in work.plan.of("upload", "replace", "delete"))
        )
    forget_verified(options.site, target.name)
    record_deletions(options.site, target.name, (action.path for action in work.plan.of("delete")))
    try:
        if publication.is_rollback and isinstance(host, CanRollBack):
            host.roll_back(work.state, work.new, work.plan.others)
        else:
            host.publish(work)
    except HostError as error:
        return Result("failed", error=str(error), hint=error.hint)
    remember(options.site, target.name, work.new.id)
    outcome: Outcome = "rolled-back" if publication.is_rollback else "published"
    return _told(_result(outcome, publication, _verified(publication, expected), options), publication, options)


def _told(result: Result, publication: Publication, options: PublishOptions) -> Result:
    """The result, after the newsroom's own program was told what has changed for readers."""
    if result.outcome in {"unchanged", "published", "rolled-back"}:
        try:
            tell_changes(publication.target, options.site, publication.base_url)
        except HostError as error:
            return Result("failed", result.checked, str(error), error.hint)
    return result


def _expected(publication: Publication, options: PublishOptions) -> list[Expected]:
    """What readers should get: what changes, and all the rest where nobody knows that they had that."""
    work, name = publication.work, publication.target.name
    before = work.state.manifest
    digests = {path: file.digest for path, file in work.new.files.items()}
    found = expected_of(work.plan, digests, publication.moved)
    # Of a version that was kept, any file may have been changed meanwhile.
    if before and is_verified(options.site, name, before.id) and not publication.is_rollback:
        return found
    gone = dict.fromkeys(path for path in unverified_deletions(options.site, name) if path not in digests)
    return list(dict.fromkeys([*found, *expected_files({**digests, **gone}, publication.moved)]))


def _verified(publication: Publication, expected: list[Expected]) -> Checked | None:
    target = publication.target
    within = publication.host.patience if target.verify is None else target.verify
    return Verifier(publication.base_url, target.verify_at).check(expected, within) if within else None


def _result(outcome: Outcome, publication: Publication, checked: Checked | None, options: PublishOptions) -> Result:
    """The result of a publication that is on the host, by what readers get."""
    if checked is None:
        return Result(outcome)
    if not checked.reachable:
        error = f"nobody could verify that readers get build {publication.work.new.id}: {checked.unreachable}"
        hint = (
            "make the site's address answer, then run this again; `verify: 0` at the target says that nobody shall look"
        )
        return Result("unverified", checked, error, hint)
    if checked.wrong:
        return _unverified(publication, checked, options)
    record_verified(options.site, publication.target.name, publication.work.new.id)
    return Result(outcome, checked)


def _unverified(publication: Publication, checked: Checked, options: PublishOptions) -> Result:
    """Restore the previous version if readers don't get the new one, and the host can do that."""
    error = f"readers don't get what was published: {len(checked.wrong)} of {checked.looked_at} addresses are wrong"
    host, before = publication.host, publication.work.state.manifest
    stays = publication.is_rollback or before is None or before.id == publication.work.new.id
    if not isinstance(host, CanRollBack) or not host.rolls_back_at_once or before is None or stays:
        hint = "is `base_url` where this target's files are served? Caches may need time: run this again"
        return Result("failed", checked, error, hint)
    try:
        restored = _restored(host, before, publication.work.plan.others)
    except HostError as failed:
        return Result("failed", checked, f"{error}; and the host could not be set back: {failed}", failed.hint)
    if not restored:
        return Result("failed", checked, error, "the version from before isn't there any more: publish it again")
    remember(options.site, publication.target.name, before.id)
    hint = "the host has the version from before again; is `base_url` where this target's files are served?"
    return Result("failed", checked, error, hint, restored=True)


def _restored(host: CanRollBack, before: RemoteManifest, others: Sequence[str]) -> bool:
    """Roll back to the previous version, if the host still has it."""
    state = host.inspect(before.id)
    earlier = previous_version(host, state)
    if state.manifest is None or earlier is None or earlier.id != before.id:
        return False
    host.roll_back(state, earlier.after(state.manifest, "failed", int(time.time())), others)
    return True
