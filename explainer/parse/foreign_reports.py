"""What a writer is told of markup that is shown as text: of each kind once a page, with its number and first place."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from explainer.diagnostics import Diagnostic, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from explainer.diagnostics import Span
    from explainer.parse.foreign_markup import Foreign

_NAMED = 5  # of the tags of a page
_HINTS = 3  # of what to write instead of them
_SEARCHED = 50  # each hint about what was meant costs a search
_IN_BACKTICKS = "put it in backticks, if readers are to see it so"
_LINK_TO_IT = "write a link to it: `[words](https://…)`"
_MEDIA = 'what is on another site is shown by `{{< media url="https://…" title="what it is" image="picture.jpg" >}}`, alone on a line'
_BOX = 'a box is written `{{< aside title="Note" >}}`, then its text, then `{{< /aside >}}`, each tag alone on a line'
# What stands for an element of HTML; for any other only that it is text.
_INSTEAD = {
    **dict.fromkeys(
        ("br", "wbr"), "a line that ends with a backslash ends with a line break; a table takes another row"
    ),
    "a": "a link is written `[words](https://…)`",
    "img": "a picture is written `![what it shows](picture.jpg)`",
    **dict.fromkeys(
        ("figure", "figcaption", "picture"),
        'write `{{< figure src="picture.jpg" alt="what it shows" caption="…" >}}` alone on a line',
    ),
    **dict.fromkeys(("strong", "b"), "bold text is written `**so**`"),
    **dict.fromkeys(("em", "i"), "emphasis is written `*so*`"),
    **dict.fromkeys(("del", "s", "strike"), "struck text is written `~~so~~`"),
    **dict.fromkeys(("code", "pre", "kbd", "samp", "tt"), "code is written in backticks"),
    **dict.fromkeys(("ul", "ol", "li"), "an item of a list begins with `- ` or `1. `"),
    **dict.fromkeys(("blockquote", "q"), "a quotation's lines begin with `> `"),
    **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6"), "a heading begins with `## `"),
    **dict.fromkeys(("table", "thead", "tbody", "tr", "td", "th"), "a table's row is written `| one | two |`"),
    **dict.fromkeys(("claim", "ref", "known", "unknown"), 'a shortcode is written `{{< claim id="…" >}}`'),
    "p": "an empty line ends a paragraph",
    "hr": "a rule is a line of `---` between empty lines",
    **dict.fromkeys(("aside", "details", "summary", "div", "section"), _BOX),
    **dict.fromkeys(("iframe", "embed", "object"), _MEDIA),
    **dict.fromkeys(("video", "audio", "script", "form"), _LINK_TO_IT),
    **dict.fromkeys(("sup", "sub"), "write the small character itself, such as `²`; a note is written `[^1]`"),
}


class _Kind(NamedTuple):
    """A kind of foreign markup: its code, what is said of one and of several, what to do."""

    code: str
    one: str
    several: str
    hints: tuple[str, ...]


_KINDS = {
    "attributes": _Kind(
        "W356",
        "`{text}` is shown as text",
        "{count} lists of attributes such as `{text}` are shown as text",
        ("leave it out; a heading's own id is written `{#id}` at its end", _IN_BACKTICKS),
    ),
    "box": _Kind(
        "W356", "`[!{upper}]` is shown as text", "{count} lines such as `[!{upper}]` are shown as text", (_BOX,)
    ),
    "task": _Kind(
        "W356",
        "a box for a tick is shown as text",
        "{count} boxes for ticks are shown as text",
        ("leave it out, or write `☐` or `☑`",),
    ),
    "div": _Kind("W356", "`{text}` is shown as text", "{count} lines that begin with `:::` are shown as text", (_BOX,)),
    "admonition": _Kind(
        "W356", "`{text}` is shown as text", "{count} lines that begin like `{text}` are shown as text", (_BOX,)
    ),
    "no-space": _Kind(
        "W356",
        "this line is no heading: there is no space after `{text}`",
        "{count} lines are no headings: there is no space after their `{text}`",
        ("put a space after the `#` signs", r"write `\#` for the character"),
    ),
    "fixed": _Kind(
        "W357",
        "a no-break space after `{text}` makes this line plain text",
        "no-break spaces after `{text}` and the like make {count} lines plain text",
        ("put a plain space in its place",),
    ),
}


class Noted(NamedTuple):
    """Foreign markup, where it stands, and the labels that the page's references have."""

    foreign: Foreign
    span: Span
    known: Collection[str]


def foreign_diagnostics(noted: Iterable[Noted]) -> Iterator[Diagnostic]:
    """What is told of all foreign markup of a page."""
    kinds: dict[str, list[Noted]] = {}
    for one in noted:
        kinds.setdefault(one.foreign.kind, []).append(one)
    for kind, found in kinds.items():
        if kind == "html":
            yield _of_tags(found)
        elif kind in _KINDS:
            yield _of_kind(_KINDS[kind], found)
        else:
            for number, one in enumerate(found):
                message, *hints = _link(one, search=number < _SEARCHED)
                yield Diagnostic("W358", message, one.span, tuple(hints))


def _of_tags(found: list[Noted]) -> Diagnostic:
    names = list(dict.fromkeys(one.foreign.text for one in found))
    listed = ", ".join(f"`<{name}>`" for name in names[:_NAMED]) + (", …" if len(names) > _NAMED else "")
    told = "an HTML tag is" if len(found) == 1 else f"{len(found)} HTML tags are"
    instead = dict.fromkeys(_INSTEAD[name] for name in names if name in _INSTEAD)
    hints = (*list(instead)[:_HINTS], _IN_BACKTICKS)
    return Diagnostic("W355", f"{told} shown as text: {listed}", found[0].span, hints)


def _of_kind(kind: _Kind, found: list[Noted]) -> Diagnostic:
    text, count = found[0].foreign.text, len(found)
    form = kind.one if count == 1 else kind.several
    return Diagnostic(kind.code, form.format(text=text, upper=text.upper(), count=count), found[0].span, kind.hints)


def _link(noted: Noted, *, search: bool) -> Iterator[str]:
    """What is wrong with what looks like a link and is none, then what to do."""
    kind, text = noted.foreign.kind, noted.foreign.text
    if kind == "reference":
        yield f"there is no link `{text}`: readers see its brackets"
        known = [label.casefold() for label in noted.known] if search else []
        yield from did_you_mean(text.casefold(), known) or (
            f"write its address on a line of its own: `[{text}]: https://…`",
        )
        yield r"write `\[` for the characters"
    elif kind == "space":
        yield "an address with a space in it makes no link: readers see its characters"
        yield f"put it in pointed brackets: `(<{text}>)`"
    elif kind == "wiki":
        yield "double brackets make no link: readers see them"
        yield "write `[words](page.md)`, with the name of the page's file"
        yield r"write `\[` for the characters"
    elif kind == "apart":
        yield "there is a space between the words of a link and its address: readers see its characters"
        yield "take the space out: `[words](https://…)`"
    else:
        yield "round and square brackets have changed places: readers see them"
        yield f"write `[words]({text})`"
