"""The plan and the result of a publication, as text and as JSON."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from explainer.publish.changes_report import changes_data, changes_text, has_changes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from explainer.publish.errors import Refusal
    from explainer.publish.plan import Plan
    from explainer.publish.run import Publication, Result, Versions
    from explainer.publish.verify import Checked

VERSION = 1
_SHOWN, _FEW = 20, 5
_UNITS = ("bytes", "kB", "MB", "GB")
_KILO = 1000


def size_words(size: float) -> str:
    """A number of bytes for people."""
    for unit in _UNITS:
        if size < _KILO or unit == _UNITS[-1]:
            return f"{size:.0f} {unit}" if unit == "bytes" else f"{size:.1f} {unit}"
        size /= _KILO
    raise AssertionError


# --- Text ---


def plan_text(publication: Publication, *, whole: bool) -> str:
    """The plan, its first lines or the whole."""
    plan, counts = publication.work.plan, publication.work.plan.counts
    doing, where = ("go back to", "at") if publication.is_rollback else ("publish", "to")
    lines = [f"{publication.target.name}: {doing} build {publication.work.new.id} {where} {publication.host.place}"]
    if has_changes(publication.changes):
        lines.append("  what readers will see change:")
        lines += [f"    {line}" for line in changes_text(publication.changes, None if whole else _SHOWN)]
        lines.append("  files:")
    found = [action for action in plan.actions if action.what != "keep"]
    for action in found if whole else found[:_SHOWN]:
        size = f", {size_words(action.size)}" if action.size else ""
        lines.append(f"  {action.what:8}{action.path}  ({action.why}{size})")
    if len(found) > _SHOWN and not whole:
        lines.append(f"  … and {len(found) - _SHOWN} more (--verbose shows all)")
    if plan.others:
        lines.append(f"  files of others stay: {_some(plan.others, whole=whole)}")
    lines.append(
        f"  {counts['upload']} to upload, {counts['replace']} to replace, {counts['delete']} to delete, "
        f"{counts['keep']} the same; {size_words(plan.size)} to send"
    )
    return "\n".join(lines)


def _some(paths: tuple[str, ...], *, whole: bool) -> str:
    shown = paths if whole else paths[:_FEW]
    more = f" and {len(paths) - len(shown)} more" if len(paths) > len(shown) else ""
    return ", ".join(shown) + more


def embeds_warning(publication: Publication, *, whole: bool = False) -> str:
    """The warning about claims that other sites show and that are gone; empty without any."""
    gone = publication.changes.embeds
    if not gone:
        return ""
    what = (
        "a claim that other sites may show is"
        if len(gone) == 1
        else f"{len(gone)} claims that other sites may show are"
    )
    then = "frames of it say that the page isn't there" if publication.is_rollback else "frames of it say so"
    return (
        f"{publication.target.name}: warning: {what} gone: {_some(gone, whole=whole)}; {then}\n"
        "  hint: if a claim has only got another id, give it the old one back; if its page has got another address, "
        "write the old one into `aliases`"
    )


def refusals_text(name: str, refusals: tuple[Refusal, ...]) -> str:
    """Why guards refuse."""
    lines = []
    for refusal in refusals:
        lines.append(f"{name}: refused ({refusal.code}): {refusal.message}")
        if refusal.hint:
            lines.append(f"  hint: {refusal.hint}")
    return "\n".join(lines)


def result_text(publication: Publication, result: Result) -> str:
    """The result of a publication."""
    name, new = publication.target.name, publication.work.new
    words = {
        "unchanged": f"{name}: {publication.host.place} has exactly this build already",
        "published": f"{name}: published build {new.id}",
        "rolled-back": f"{name}: went back to build {new.id}",
    }
    if result.outcome == "unverified":
        words["unverified"] = f"{name}: {publication.host.place} has build {new.id}; not verified"
    lines = [words[result.outcome]] if result.outcome in words else []
    if result.checked:
        lines += _checked_lines(publication, result.checked)
    if result.outcome == "published":
        lines += [f"  correction on {one.page}, {one.date}: {one.text}" for one in publication.corrections]
    if result.error:
        lines.append(f"{name}: error: {result.error}")
    if result.hint:
        lines.append(f"  hint: {result.hint}")
    return "\n".join(lines)


def _checked_lines(publication: Publication, checked: Checked) -> Iterator[str]:
    where = publication.base_url
    if checked.reachable and not checked.wrong:
        yield f"  verified: {_counted(checked.looked_at)} under {where}"
    for path, fault in checked.wrong[:_SHOWN]:
        yield f"  wrong: {path} {fault}"
    if len(checked.wrong) > _SHOWN:
        yield f"  … and {len(checked.wrong) - _SHOWN} more"
    yield from warnings_of(checked)


def warnings_of(checked: Checked) -> Iterator[str]:
    """What is doubtful, each kind in one line with its count."""
    kinds: dict[str, list[str]] = {}
    for path, doubt in checked.doubtful:
        kinds.setdefault(doubt, []).append(path)
    for doubt, paths in kinds.items():
        more = f" and {len(paths) - 1} more" if len(paths) > 1 else ""
        yield f"  warning: {paths[0]}{more}: {doubt}"


def _counted(number: int) -> str:
    return "1 changed address" if number == 1 else f"{number} changed addresses"


# --- What a host has and had ---

_WHY = {"replaced": "replaced", "rolled-back": "rolled back from", "failed": "set back: it was not verified"}


def versions_data(name: str, found: Versions) -> dict[str, Any]:
    """The versions of a target as data, the current one first; times in UTC."""
    current = found.current
    if current is None:
        return {"target": name, "place": found.place, "versions": []}
    named = (current.id, current.published)
    kept = {(one.id, one.published) for one in found.kept}
    back = (found.next_back.id, found.next_back.published) if found.next_back else None
    rows = [_version_data(current.id, current.since or current.published, "current")]
    for past in current.history:
        one = (past.id, past.published)
        state = "current" if one == named else "kept" if one in kept else "gone"
        rows.append({**_version_data(past.id, past.since, state), "until": _time(past.until), "why": past.why})
        rows[-1]["rollback"] = one == back
    listed = {(past.id, past.published) for past in current.history}
    rows += [
        {**_version_data(one.id, one.published, "kept"), "rollback": (one.id, one.published) == back}
        for one in found.kept
        if (one.id, one.published) not in listed
    ]
    return {"target": name, "place": found.place, "versions": rows}


def _version_data(build: str, since: int, state: str) -> dict[str, Any]:
    return {"build": build, "since": _time(since), "until": None, "state": state, "why": None, "rollback": False}


def versions_text(data: dict[str, Any]) -> str:
    """The versions of a target for people."""
    lines = [f"{data['target']}: {data['place']}"]
    for one in data["versions"]:
        when = f"since {one['since']}" if one["until"] is None else f"{one['since']} to {one['until']}"
        why = f"  {_WHY[one['why']]}" if one["why"] else ""
        back = "  (--rollback goes here)" if one["rollback"] else ""
        lines.append(f"  {one['state']:8}{one['build']}  {when}{why}{back}")
    if not data["versions"]:
        lines.append("  nothing was published there")
    return "\n".join(lines)


def _time(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat().replace("+00:00", "Z")


# --- JSON ---


def as_json(
    name: str, publication: Publication | None, refusals: tuple[Refusal, ...], result: Result
) -> dict[str, Any]:
    """One target's publication as data; every field is always there."""
    checked, work = result.checked, publication.work if publication else None
    before = work.state.manifest if work else None
    return {
        "target": name,
        "to": publication.target.to if publication else None,
        "place": publication.host.place if publication else None,
        "build": work.new.id if work else None,
        "host": before.id if before else None,
        "outcome": result.outcome,
        "refusals": [refusal._asdict() for refusal in refusals],
        "changes": changes_data(publication.changes) if publication else None,
        "gone_embeds": list(publication.changes.embeds) if publication else [],
        "plan": _plan_data(work.plan) if work else None,
        "corrections": [one._asdict() for one in publication.corrections] if publication else [],
        "verified": _checked_data(checked) if checked else None,
        "restored": result.restored,
        "error": result.error or None,
        "hint": result.hint or None,
    }


def _plan_data(plan: Plan) -> dict[str, Any]:
    counts = {what: plan.counts[what] for what in ("upload", "replace", "delete", "retire", "keep")}
    actions = [
        {"action": one.what, "path": one.path, "bytes": one.size, "why": one.why} for one in plan.actions
    ]  # fmt: skip
    return {**counts, "bytes": plan.size, "actions": actions, "others": list(plan.others)}


def _checked_data(checked: Checked) -> dict[str, Any]:
    return {
        "reachable": checked.reachable,
        "checked": checked.looked_at,
        "wrong": [{"path": path, "fault": fault} for path, fault in checked.wrong],
        "warnings": [{"path": path, "doubt": doubt} for path, doubt in checked.doubtful],
    }
