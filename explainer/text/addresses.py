"""Whole addresses, and whether one is the site's own."""

from __future__ import annotations

import re

_SCHEME = re.compile(r"https?://", re.IGNORECASE)
_HOST_END = re.compile(r"[/?#]|$")


def path_on_site(target: str, site: str) -> str | None:
    """Return the path, query and fragment of a whole address that is below the site's own; None for any other.

    `site` ends with a slash. Whether it is http or https makes no difference.
    """
    scheme, own = _SCHEME.match(target), _SCHEME.match(site)
    if not (scheme and own):
        return None
    rest, base = target[scheme.end() :], site[own.end() :]
    found, host = _HOST_END.search(rest), base.partition("/")[0]
    at = found.start() if found else len(rest)
    if rest[:at].lower() != host.lower():
        return None
    below, path = base[len(host) :], rest[at:]
    if path.startswith(below):
        return "/" + path[len(below) :]
    # The address of the site itself, without the slash at its end.
    return (
        "/" + path[len(below) - 1 :] if _HOST_END.match(path, len(below) - 1) and path.startswith(below[:-1]) else None
    )
