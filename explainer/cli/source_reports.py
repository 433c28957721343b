"""What editors' commands say of sources, as text and as data. Of an unnamed source nothing that is never published."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from explainer import __version__
from explainer.diagnostics import RULES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from explainer.archive.links import Checked
    from explainer.diagnostics import Span
    from explainer.engine.impact import Impact
    from explainer.engine.source_uses import ListedSource, ShownSource

_LONGEST = 80
_IN_A_LINE = 5
_MOST_ERRORS = 20


def listed_data(one: ListedSource) -> dict[str, Any]:
    """A source of a list as data."""
    source = one.source
    return {
        "id": source.id, "type": source.type, "attribution": source.attribution, "knowledge": source.knowledge,
        "name": one.name, "path": source.span.path, "line": source.span.line, "col": source.span.col,
        "page": one.page, "pages": list(one.pages), "claims": one.claims, "lacks": list(one.lacks),
        "withdrawn": source.withdrawn is not None,
    }  # fmt: skip


def listed_text(one: ListedSource) -> str:
    """A source of a list in a line."""
    source = one.source
    kind = ", ".join(filter(None, (source.type, source.attribution, "withdrawn" if source.withdrawn else "")))
    used = f"{_counted(one.claims, 'claim')} on {_counted(len(one.pages), 'page')}" if one.pages else "unused"
    lacks = f"; lacks {', '.join(one.lacks)}" if one.lacks else ""
    own = f" (of {one.page})" if one.page else ""
    name = one.name
    return f"{source.id}{own}: {kind}; {used}{lacks}" + (f"\n  {_short(name)}" if name else "")


def _counted(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1].rstrip()}…"


def shown_data(id_: str, found: Sequence[ShownSource]) -> dict[str, Any]:
    """A source and what uses it, as data; where pages have their own of this id, those of all."""
    return {
        "id": id_,
        "sources": [listed_data(one.listed) for one in found],
        "uses": [
            {
                **_place(use.span), "page": use.page, "claim": use.claim, "stance": use.stance,
            }
            for one in found
            for use in one.uses
        ],
        "claims": [
            {
                "page": claim.page, "id": claim.claim, "stance": claim.stance, "route": list(claim.route),
                "level": claim.level,
            }
            for one in found
            for claim in one.claims
        ],
        "behind": [{"source": source, **_place(span)} for one in found for source, span in one.behind],
    }  # fmt: skip


def _place(span: Span) -> dict[str, Any]:
    return {"path": span.path, "line": span.line, "col": span.col}


def shown_text(one: ShownSource) -> str:
    """A source and what uses it."""
    source = one.listed.source
    lines = [listed_text(one.listed), f"  declared: {_at(source.span)}"]
    lines += [f"  {_at(span)}: {id_} knows through it, or is reported in it" for id_, span in one.behind]
    lines += [
        f"  {_at(use.span)}: {use.page}#{use.claim}, {use.stance}" if use.claim else f"  {_at(use.span)}: {use.page}"
        for use in one.uses
    ]
    if one.claims:
        lines.append("claims that rest on it:")
        for claim in one.claims:
            route = "" if len(claim.route) == 1 else f", by {' > '.join(claim.route)}"
            lines.append(f"  {claim.page}#{claim.claim} ({claim.stance}{route}): {claim.label} ({claim.level})")
    return "\n".join(lines)


def _at(span: Span) -> str:
    return f"{span.path}:{span.line}:{span.col}"


def impact_data(found: Impact) -> dict[str, Any]:
    """The claims that move, as data."""
    return {
        "claims": [
            {"page": one.page, "id": one.id, "before": one.before, "after": one.after}
            for one in found.claims
            if one.before != one.after
        ]
    }


def impact_text(found: Impact) -> str:
    """The claims that move, by page, and a sum."""
    if not found.claims:
        return "no claim moves"
    return "\n".join(_impact_lines(found))


def impact_errors(found: Impact) -> str:
    """The errors that the edit would make. They have no lines: those of the files are others than after it."""
    shown, more = found.errors[:_MOST_ERRORS], len(found.errors) - _MOST_ERRORS
    lines = [
        line
        for one in shown
        for line in (
            f"{one.span.path}: error {one.code} {RULES[one.code].name}: {one.message}",
            *(f"  hint: {hint}" for hint in one.hints),
        )
    ]
    lines += [f"and {_counted(more, 'error')} more"] if more > 0 else []
    return "\n".join([*lines, "such an edit would be an error"])


def _impact_lines(found: Impact) -> Iterator[str]:
    page = None
    for one in found.claims:
        if one.page != page:
            page = one.page
            yield f"{one.title} ({page})"
        yield f"  #{one.id}: {_short(one.text)}"
        yield f"    from: {one.sides[0]}"
        yield f"    to:   {one.sides[1]}"
    pages = len({one.page for one in found.claims})
    yield f"{_counted(len(found.claims), 'claim')} on {_counted(pages, 'page')} would move"
    if found.fallen:
        names = [f"{one.page}#{one.id}" for one in found.fallen]
        short = len(names) <= _IN_A_LINE
        yield f"without a source then: {', '.join(names) if short else len(names)}"
        yield from () if short else (f"  {name}" for name in names)


# --- Links ---


def checked_data(one: Checked) -> dict[str, Any]:
    """A checked link as data."""
    return {
        "source": one.link.source, **_place(one.link.span), "url": one.link.url, "status": one.status,
        "detail": one.detail or None, "leads_to": one.url, "quotes": len(one.link.quotes), "missing": list(one.missing),
    }  # fmt: skip


def checked_text(one: Checked) -> str:
    """A checked link for people."""
    detail = f": {one.detail}" if one.detail else ""
    lines = [f"{_at(one.link.span)}: {one.status} {one.link.source}, {one.link.url}{detail}"]
    lines += [f"  gone: {words}" for words in one.missing]
    return "\n".join(lines)


def checked_github(one: Checked) -> str:
    """A link that isn't as it should be, as an annotation."""
    if one.status == "ok":
        return ""
    kind, gone = _severity(one), _gone(one)
    message = f"{one.link.source}: {one.link.url} {one.detail}{gone}"
    for char, code in (("%", "%25"), ("\r", "%0D"), ("\n", "%0A")):
        message = message.replace(char, code)
    span = one.link.span
    return f"::{kind} file={span.path},line={span.line},col={span.col},title={one.status}::{message}\n"


_STATUSES = {
    "gone": "The address of a source gives nothing any more.",
    "quote-gone": "The address of a source no longer has what is quoted from it.",
    "moved": "The address of a source has moved for good.",
    "refused": "The address of a source isn't given to programs, or must not be fetched.",
    "unreachable": "The address of a source can't be reached.",
    "unread": "The address of a source gives something whose text can't be read.",
}


def checked_sarif(found: Sequence[Checked]) -> dict[str, Any]:
    """The links that aren't as they should be, as SARIF 2.1.0."""
    rules = [{"id": id_, "shortDescription": {"text": text}} for id_, text in _STATUSES.items()]
    driver = {"name": "Explainer", "version": __version__, "rules": rules}
    results = [
        {
            "ruleId": one.status,
            "level": _severity(one),
            "message": {"text": f"{one.link.source}: {one.link.url} {one.detail}{_gone(one)}"},
            "locations": [
                {
                    "physicalLocation": {
                        "artifactLocation": {"uri": quote(one.link.span.path, safe="/")},
                        "region": {"startLine": one.link.span.line, "startColumn": one.link.span.col},
                    }
                }
            ],
        }
        for one in found
        if one.status != "ok"
    ]
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    return {"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0", "runs": [run]}


def _severity(one: Checked) -> str:
    return "error" if one.status in {"gone", "quote-gone"} else "warning"


def _gone(one: Checked) -> str:
    return "".join(f" “{words}”" for words in one.missing)
