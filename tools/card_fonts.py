"""Makes the typefaces of cards from those of the theme: of one weight each, whole, and uncompressed.

What draws the cards reads neither WOFF2 nor variable fonts, takes a family from one file alone, and joins Arabic letters
wrongly in a line that has two typefaces: one file has all letters. The files are kept in the repository; who changes a typeface of the theme makes them again. It needs fontTools and brotli:

    pip install fonttools==4.68.0 brotli && python -m tools.card_fonts layouts/static/fonts layouts/cards/fonts
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from fontTools.merge import Merger
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont

# By file: the family's name, and the files that it is made of, each with its weight and other axes; of a character that
# two of them have the first one's is taken. What the theme has of Latin Extended is only drawn for small type, and darker:
# it takes less weight.
FACES: dict[str, tuple[str, dict[str, dict[str, float]]]] = {
    "explainer-card-serif.ttf": (
        "Explainer Card Serif",
        {
            "explainer-serif-latin": {"wght": 600, "opsz": 40},
            "explainer-serif-latin-ext": {"wght": 510},
            "noto-naskh-arabic": {"wght": 600},
        },
    ),
    "explainer-card-sans.ttf": (
        "Explainer Card Sans",
        {
            "libre-franklin-latin": {"wght": 500},
            "libre-franklin-latin-ext": {"wght": 500},
            "noto-sans-arabic": {"wght": 500},
        },
    ),
}
_NAMES = {1: "{}", 2: "Regular", 4: "{}", 6: "{}", 16: "", 17: ""}


def static(file: Path, axes: dict[str, float], taken: set[int]) -> TTFont:
    """A typeface of one weight, without what only other programs need, and without characters that are `taken`."""
    font = TTFont(file, recalcTimestamp=False)
    font = instantiateVariableFont(font, axes)
    for tag in ("STAT", "MVAR", "HVAR", "DSIG", "meta"):
        if tag in font:
            del font[tag]
    options = Options(hinting=False, layout_features=["*"], name_IDs=["*"], notdef_outline=True, recalc_timestamp=False)
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=font.getBestCmap().keys() - taken)
    subsetter.subset(font)
    return font


def main(source: str, target: str) -> None:
    """Make all of them."""
    for name, (family, files) in FACES.items():
        fonts, taken = [], set[int]()
        for file, axes in files.items():
            fonts.append(static(Path(source, f"{file}.woff2"), axes, taken))
            taken |= fonts[-1].getBestCmap().keys()
        with tempfile.TemporaryDirectory() as folder:
            paths = [Path(folder, f"{number}.ttf") for number in range(len(fonts))]
            for font, path in zip(fonts, paths, strict=True):
                font.flavor = None
                font.save(path)
            font = Merger().merge([str(path) for path in paths])
            font.recalcTimestamp = False
            font["head"].created = font["head"].modified = fonts[0]["head"].modified
            for record in list(font["name"].names):
                if (text := _NAMES.get(record.nameID)) is not None:
                    written = text.format(family if record.nameID != 6 else family.replace(" ", ""))  # noqa: PLR2004
                    font["name"].setName(written, record.nameID, record.platformID, record.platEncID, record.langID)
            font["OS/2"].usWeightClass = 400
            font.save(Path(target, name))


if __name__ == "__main__":
    main(*sys.argv[1:])
