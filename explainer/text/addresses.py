"""Whole addresses: their form, their host, and whether one is the site's own."""

from __future__ import annotations

import re

# A host, without a name or password before it, an optional port, and no character that ends an attribute.
WEB = re.compile(
    r"https?://((?:[^\s/?#@:\\<>\"'`\[\]{}|^%,;]+|\[[0-9a-f:.]+\])(?::[0-9]{1,5})?)(?:[/?#][^\s<>\"`\\]*)?",
    re.IGNORECASE,
)
_SCHEME = re.compile(r"https?://", re.IGNORECASE)
_HOST_END = re.compile(r"[/?#]|$")


def host_of(address: str) -> str | None:
    """The host of an address that begins with http or https, with its port if it has one; None for any other text.

    An address with a name or password in it is none.
    """
    found = WEB.fullmatch(address)
    return found[1].lower() if found and address.isprintable() else None


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
