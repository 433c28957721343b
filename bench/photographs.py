"""Photographs on pages: the same ones for each generator that makes smaller versions of pictures, in the same widths and formats."""

from __future__ import annotations

import io
import random
import shutil
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from bench.corpus import DIALECTS, OURS, SEED, SKELETONS, slug_of
from bench.measure import RunError

if TYPE_CHECKING:
    from bench.copies import Copy

MOST = 200  # photographs, one a page
SIZE, GRAIN, QUALITY = (3000, 2000), (750, 500), 88
DIFFERENT = 8  # whose pixels differ; the others differ in a comment, which is as much to who compares bytes
VARIANTS = 3  # the widths that each comes out in, by our defaults: 480, 960 and 1600 pixels, as WebP and as JPEG


@dataclass(frozen=True, slots=True)
class Spelling:
    """Where a generator looks for photographs, how a page shows one, and what it needs for that."""

    folder: str
    shown: str
    skeleton: str = ""


SPELLINGS = {
    OURS: Spelling("content/media", '{{{{< figure src="/media/{name}" alt="A photograph" >}}}}'),
    "hugo": Spelling("assets/photographs", '{{{{< photograph "{name}" >}}}}', "hugo-photographs"),
    "eleventy": Spelling("photographs", '{{% photograph "{name}" %}}'),
}


def add_photographs(copy: Copy) -> None:
    """Give each page a photograph, or the first ones where there are more than photographs."""
    spelling = SPELLINGS[copy.contestant.dialect]
    if spelling.skeleton:
        shutil.copytree(SKELETONS / spelling.skeleton, copy.root, dirs_exist_ok=True)
    folder, pages = copy.root / spelling.folder, copy.root / DIALECTS[copy.contestant.dialect].content
    folder.mkdir(parents=True)
    for number in range(min(copy.pages, MOST)):
        name = f"photograph-{number:03d}.jpg"
        folder.joinpath(name).write_bytes(photograph(number))
        page = pages / f"{slug_of(number)}.md"
        text = page.read_text(encoding="utf-8")
        page.write_text(f"{text}\n{spelling.shown.format(name=name)}\n", encoding="utf-8")


def check_photographs(copy: Copy) -> None:
    """Whether every variant came out.

    Raises:
        RunError: if some are missing.
    """
    found = sum(path.endswith(".webp") for path in copy.files())
    if found != VARIANTS * min(copy.pages, MOST):
        raise RunError(f"{copy.contestant.title} made {found} WebP pictures")


def photograph(number: int) -> bytes:
    """A photograph, or what looks like one to an encoder: soft shapes under a grain."""
    start, rest = _pixels(number % DIFFERENT)[:2], _pixels(number % DIFFERENT)[2:]
    words = f"photograph {number}".encode()
    return start + b"\xff\xfe" + (len(words) + 2).to_bytes(2, "big") + words + rest


@cache
def _pixels(number: int) -> bytes:
    from PIL import Image  # noqa: PLC0415 - who measures no pictures needs no Pillow

    rng = random.Random(SEED + number)  # noqa: S311 - it only has to be the same each time
    shapes = Image.frombytes("RGB", (12, 8), rng.randbytes(12 * 8 * 3)).resize(SIZE, Image.Resampling.BICUBIC)
    grain = Image.frombytes("RGB", GRAIN, rng.randbytes(GRAIN[0] * GRAIN[1] * 3)).resize(SIZE)
    out = io.BytesIO()
    Image.blend(shapes, grain, 0.15).save(out, "JPEG", quality=QUALITY)
    return out.getvalue()
