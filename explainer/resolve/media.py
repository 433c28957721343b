"""The arguments of the shortcode `media`: something on another site, which a reader may load on a click."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from explainer.diagnostics import Diagnostic
from explainer.resolve.site_pictures import is_outside
from explainer.text.addresses import host_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from explainer.model.document import CallMark

NAME = "media"
_RATIO = re.compile(r"[1-9][0-9]{0,3}:[1-9][0-9]{0,3}", re.ASCII)
_HEIGHT = re.compile(r"[1-9][0-9]{1,3}", re.ASCII)
_ADDRESS = "write its whole address, without a name or password: `https://…`"
_PICTURE = "save it beside the page, and name its file: a picture from elsewhere is asked for before anybody clicks"


def media_faults(call: CallMark) -> Mapping[str, Diagnostic]:
    """What is wrong with the arguments of a call, by their names; nothing where it is another shortcode's."""
    return dict(_faults(call)) if call.name == NAME else {}


def _faults(call: CallMark) -> Iterator[tuple[str, Diagnostic]]:
    given = dict(call.named)
    url, image = given.get("url", ""), given.get("image", "")
    for name, hint in (("url", _ADDRESS), ("title", "say what it is: the link has no other words")):
        if not given.get(name, "").strip():
            wrong = f"`{name}` is empty" if name in given else f"`media` needs `{name}`"
            yield name, Diagnostic("E305", wrong, call.span, (hint,))
    if url.strip() and host_of(url) is None:
        yield "url", Diagnostic("E126", "`url` isn't the address of something on another site", call.span, (_ADDRESS,))
    if is_outside(image):
        yield "image", Diagnostic("E305", "`image` isn't a file of this site", call.span, (_PICTURE,))
    for name, form, hint in (
        ("ratio", _RATIO, "write width and height of the frame, such as `16:9`"),
        ("height", _HEIGHT, "write a number of pixels, from 10 to 9999"),
    ):
        if name in given and not form.fullmatch(given[name]):
            yield name, Diagnostic("E305", f"`{given[name]}` isn't a {name}", call.span, (hint,))
    if "ratio" in given and "height" in given:
        yield "height", Diagnostic("E305", "`media` takes `ratio` or `height`, and not both", call.span)
