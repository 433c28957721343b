"""Checks that need the theme: does every shortcode have a template that fits?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from explainer.diagnostics import Diagnostic, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from explainer.model.document import CallMark
    from explainer.render.theme import Form

BUILT_IN = ("claim", "source", "ref")


def check_calls(calls: Iterable[CallMark], forms: Mapping[str, Form]) -> Iterator[Diagnostic]:
    """The errors of shortcode calls: no template, a missing closing tag, arguments that the template doesn't use."""
    for call in calls:
        if call.right is not None:
            yield from _near_miss(call, call.right, forms)
        elif call.name not in forms:
            yield _unknown(call, forms)
        else:
            yield from _unfit(call, forms[call.name])


def _unknown(call: CallMark, names: Iterable[str]) -> Diagnostic:
    hints = did_you_mean(call.name, {*names, *BUILT_IN}) or (f"make one: layouts/shortcodes/{call.name}.html",)
    return Diagnostic("E301", f"there is no shortcode `{call.name}`", call.span, hints)


def _near_miss(call: CallMark, right: str, forms: Mapping[str, Form]) -> Iterator[Diagnostic]:
    """What only looks like a tag: an error where it names a shortcode, else a warning where it is a slip anyway."""
    if call.name in forms or call.name in BUILT_IN:
        hints = (f"write `{right}`", "or put it in backticks, if readers are to see it so")
        yield Diagnostic("E308", f"this isn't a tag of `{call.name}`: readers would see it as text", call.span, hints)
    elif call.opener:
        hints = ("shortcodes are written `{{< … >}}`", "put it in backticks, if readers are to see it so")
        yield Diagnostic("W354", f"`{call.opener}` is no shortcode: readers see it as text", call.span, hints)


def _unfit(call: CallMark, form: Form) -> Iterator[Diagnostic]:
    if form.block and call.inline:
        hint = "put it on a line of its own, with an empty line before and after it"
        yield Diagnostic("E309", f"`{call.name}` can't stand inside a line of text", call.span, (hint,))
    if form.inner and not call.paired:
        hint = f"write its text, and `{{{{< /{call.name} >}}}}` after it"
        yield Diagnostic("E302", f"`{call.name}` has no closing tag", call.span, (hint,))
    if form.arguments is None:
        return
    for name in [*map(str, range(len(call.positional))), *(name for name, _ in call.named)]:
        if name not in form.arguments:
            what = f"`{name}`" if not name.isdecimal() else f"`{call.positional[int(name)]}`"
            hints = did_you_mean(name, form.arguments) or _those(form.arguments)
            yield Diagnostic("E305", f"`{call.name}` has no argument {what}", call.span, hints)


def _those(names: frozenset[str]) -> tuple[str, ...]:
    return (f"it has: {', '.join(sorted(names))}",) if names else ("it has none",)
