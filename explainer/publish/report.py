"""The plan and the result of a publication, as text and as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from explainer.publish.errors import Refusal
    from explainer.publish.plan import Plan
    from explainer.publish.run import Publication, Result
    from explainer.publish.verify import Checked

VERSION = 1
_SHOWN = 20
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
    found = [action for action in plan.actions if action.what != "keep"]
    for action in found if whole else found[:_SHOWN]:
        size = f", {size_words(action.size)}" if action.size else ""
        lines.append(f"  {action.what:8}{action.path}  ({action.why}{size})")
    if len(found) > _SHOWN and not whole:
        lines.append(f"  … and {len(found) - _SHOWN} more (--verbose shows all)")
    lines.append(
        f"  {counts['upload']} to upload, {counts['replace']} to replace, {counts['delete']} to delete, "
        f"{counts['keep']} the same; {size_words(plan.size)} to send"
    )
    return "\n".join(lines)


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
    if not checked.reachable:
        yield f"  not verified: {checked.unreachable}"
    elif not checked.wrong:
        yield f"  verified: {_counted(checked.looked_at)} under {where}"
    for path, fault in checked.wrong[:_SHOWN]:
        yield f"  wrong: {path} {fault}"
    if len(checked.wrong) > _SHOWN:
        yield f"  … and {len(checked.wrong) - _SHOWN} more"
    for path, doubt in checked.doubtful[:_SHOWN]:
        yield f"  warning: {path} {doubt}"


def _counted(number: int) -> str:
    return "1 changed address" if number == 1 else f"{number} changed addresses"


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
    return {**counts, "bytes": plan.size, "actions": actions}


def _checked_data(checked: Checked) -> dict[str, Any]:
    return {
        "reachable": checked.reachable,
        "checked": checked.looked_at,
        "wrong": [{"path": path, "fault": fault} for path, fault in checked.wrong],
        "warnings": [{"path": path, "doubt": doubt} for path, doubt in checked.doubtful],
    }
