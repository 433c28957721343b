"""Makes the variants of pictures that come out and aren't stored yet: in threads, as many at a time as pixels allow.

Pillow lets other threads run while it works, so that processes would gain nothing.
"""

from __future__ import annotations

import os
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import TYPE_CHECKING, NamedTuple

from explainer.diagnostics import Diagnostic
from explainer.pictures import RefusedError, clean_picture
from explainer.pictures.resizing import UnreadableError, Wanted, check_decodes, make_variants
from explainer.system.file_stats import digest_of
from explainer.system.site_files import read_file

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from explainer.engine.variant_store import VariantStore
    from explainer.model.pictures import Variant
    from explainer.model.site import ShownFile
    from explainer.system.progress import Progress

_PIXELS = 48_000_000  # of pictures that are worked on at the same time, or one alone
_SMALLER = "export the picture again; 2000 pixels wide is enough for any screen"


class Made(NamedTuple):
    """The variants that were made of a picture, with their bytes, or what is wrong with it."""

    shown: ShownFile
    variants: dict[Variant, bytes]
    diagnostics: tuple[Diagnostic, ...] = ()


class Missing(NamedTuple):
    """Variants of a picture that aren't stored, and how many pixels the picture has once it is decoded."""

    shown: ShownFile
    variants: Sequence[Variant]
    pixels: int


def make_missing(
    root: Path, missing: Sequence[Missing], store: VariantStore, jobs: int | None, progress: Progress
) -> Iterator[Made]:
    """Make variants and store them, each picture as soon as it is made."""
    if not missing:
        return
    progress.stage("making pictures", len(missing))
    workers = jobs or os.cpu_count() or 1
    waiting, running = list(reversed(missing)), dict[Future[Made], int]()
    with ThreadPoolExecutor(workers) as pool:
        while waiting or running:
            while waiting and len(running) < workers:
                shown, variants, pixels = waiting[-1]
                if running and sum(running.values()) + pixels > _PIXELS:
                    break
                waiting.pop()
                running[pool.submit(make, root, shown, variants)] = pixels
            for done in wait(running, return_when=FIRST_COMPLETED).done:
                del running[done]
                made = done.result()
                for variant, content in made.variants.items():
                    store.add(variant.name, content)
                progress.step()
                yield made


def make(root: Path, shown: ShownFile, variants: Sequence[Variant]) -> Made:
    """Make variants of one picture."""
    content = _content(root, shown)
    if isinstance(content, Diagnostic):
        return Made(shown, {}, (content,))
    try:
        made = make_variants(content, [Wanted(one.width, one.height, one.format, one.quality) for one in variants])
    except UnreadableError as error:
        return Made(shown, {}, (_unreadable(shown, error),))
    return Made(shown, dict(zip(variants, made, strict=True)))


def check_pictures(root: Path, shown: Iterable[ShownFile]) -> Iterator[Diagnostic]:
    """What is wrong with pictures of which variants would be made."""
    for one in shown:
        content = _content(root, one)
        if isinstance(content, Diagnostic):
            yield content
            continue
        try:
            check_decodes(content)
        except UnreadableError as error:
            yield _unreadable(one, error)


def _content(root: Path, shown: ShownFile) -> bytes | Diagnostic:
    """The bytes of a picture, without what its metadata says but for how it is turned."""
    read = read_file(root, shown.file)
    if read.value is None:
        return read.diagnostics[0]
    if digest_of(read.value) != shown.digest:
        return Diagnostic(
            "E101", f"`{shown.file}` was changed while the site was being built", shown.span, ("build it again",)
        )
    try:
        cleaned = clean_picture(shown.file, read.value)
    except RefusedError:  # AVIF: nothing but its pixels is taken from it
        return read.value
    return cleaned.content if cleaned else read.value


def _unreadable(shown: ShownFile, error: UnreadableError) -> Diagnostic:
    return Diagnostic("E703", f"`{shown.file}` can't be made smaller: {error}", shown.span, (_SMALLER,))
