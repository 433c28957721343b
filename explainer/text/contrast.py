"""Colour contrast by WCAG: whether text in one colour is readable on another."""

from __future__ import annotations

ENOUGH = 4.5  # the least contrast of text that WCAG 2.2 AA allows
_COMFORTABLE = 7.0
# The backgrounds of the default theme: paper, panel, opened claim (`layouts/style/tokens.css`).
LIGHT = ("#fdfcf9", "#f3f1eb", "#f5edd2")
DARK = ("#15171a", "#1e2124", "#3a3420")


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours written `#rrggbb`, from 1 to 21."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def weakest(color: str, grounds: tuple[str, ...]) -> tuple[float, str]:
    """The lowest contrast of a colour on some backgrounds, and on which one."""
    return min((contrast(color, ground), ground) for ground in grounds)


def for_dark(color: str) -> str:
    """A colour mixed with white until it is easily readable on the dark backgrounds."""
    for share in range(0, 101, 5):
        mixed = "#" + "".join(f"{round(part + (255 - part) * share / 100):02x}" for part in _parts(color))
        if weakest(mixed, DARK)[0] >= _COMFORTABLE:
            return mixed
    return "#ffffff"


def _parts(color: str) -> tuple[int, int, int]:
    return int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16)


def _luminance(color: str) -> float:
    red, green, blue = (_linear(part / 255) for part in _parts(color))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    # sRGB, as WCAG gives it.
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4  # noqa: PLR2004
