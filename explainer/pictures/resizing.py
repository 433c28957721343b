"""Makes variants of pictures with Pillow, which the extra `images` brings."""

from __future__ import annotations

import io
import struct
import warnings
import zlib
from importlib.util import find_spec
from threading import Lock
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from PIL.Image import Image

    from explainer.pictures.still import Still

# What decoders raise over damaged files.
_DAMAGED = (OSError, SyntaxError, ValueError, EOFError, IndexError, KeyError, struct.error, zlib.error, MemoryError)
_TURNED = range(5, 9)
_ORIENTATION = 0x0112
_FEW = 256  # colours: a chart or a screenshot, whose edges stay sharp
_GAP = 3.0
_COARSE = 1600  # pixels: narrower ones are made of a picture that is decoded to no more than twice that
_warnings = Lock()  # filters of warnings belong to the whole process


class Wanted(NamedTuple):
    """A variant to make: its size in pixels, its format, its quality of 100."""

    width: int
    height: int
    format: Still
    quality: int


class UnreadableError(Exception):
    """A picture that can't be decoded; the message says why."""


def is_installed() -> bool:
    """Whether Pillow is there."""
    return find_spec("PIL") is not None


def encoders() -> dict[Still, str]:
    """Each format that can be written, with what decides on its bytes: the versions of Pillow and of the encoder."""
    import PIL  # noqa: PLC0415 - an extra, which only this needs
    from PIL import features  # noqa: PLC0415

    found: dict[Still, str | None] = {
        "jpeg": features.version("libjpeg_turbo") or features.version("jpg"),
        "png": features.version("zlib_ng") or features.version("zlib"),
        "webp": features.version("webp"),
        "avif": features.version("avif"),
    }
    return {kind: f"{PIL.__version__} {version}" for kind, version in found.items() if version}


def size_of(content: bytes) -> tuple[int, int] | None:
    """The width and height of a picture as it is shown; None if it can't be read."""
    try:
        image = _opened(content)
    except UnreadableError:
        return None
    width, height = image.size
    return (height, width) if _is_turned(image) else (width, height)


def check_decodes(content: bytes) -> None:
    """Decode a picture as coarsely as it can be.

    Raises:
        UnreadableError: if it is damaged, or too large.
    """
    image = _opened(content)
    image.draft(image.mode, (1, 1))
    _load(image)


def make_variants(content: bytes, wanted: Sequence[Wanted]) -> list[bytes]:
    """The variants of a picture: turned as it is shown, in the colours of screens, and without any metadata.

    Raises:
        UnreadableError: if it is damaged, or too large.
    """
    found: dict[Wanted, bytes] = {}
    for large in {one.width > _COARSE for one in wanted}:
        group = [one for one in wanted if (one.width > _COARSE) == large]
        found |= dict(zip(group, _made(content, group, coarsely=not large), strict=True))
    return [found[one] for one in wanted]


def _made(content: bytes, wanted: Sequence[Wanted], *, coarsely: bool) -> Iterator[bytes]:
    """Variants of a picture that is decoded `coarsely`, or whole; what each is doesn't depend on the others."""
    from PIL import Image, ImageOps  # noqa: PLC0415 - an extra, which only this needs

    image = _opened(content)
    if coarsely:
        image.draft(image.mode, _coarse_size(image))
    _load(image)
    profile = image.info.get("icc_profile")
    few = image.format in {"PNG", "WEBP"} and image.getcolors(_FEW) is not None
    image = _in_screen_colours(_in_plain_mode(ImageOps.exif_transpose(image)), profile)
    scaled: dict[tuple[int, int], Image.Image] = {}
    for one in wanted:
        size = one.width, one.height
        if size not in scaled:
            scaled[size] = image.resize(size, Image.Resampling.LANCZOS, reducing_gap=_GAP)
        yield _encoded(scaled[size], one, few=few)


def _coarse_size(image: Image) -> tuple[int, int]:
    """The size in the file, before it is turned, of a picture that is shown in the widest width that is made coarsely."""
    width, height = image.size
    shown = height if _is_turned(image) else width
    return max(1, width * _COARSE // shown), max(1, height * _COARSE // shown)


def _opened(content: bytes) -> Image:
    """A picture of which only the head is read."""
    from PIL import Image  # noqa: PLC0415 - an extra, which only this needs

    try:
        with _warnings, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            return Image.open(io.BytesIO(content), formats=("JPEG", "PNG", "WEBP", "AVIF"))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        limit = (Image.MAX_IMAGE_PIXELS or 0) // 1_000_000
        raise UnreadableError(f"it has more than {limit} million pixels") from None
    except _DAMAGED:
        raise UnreadableError("it can't be decoded") from None


def _load(image: Image) -> None:
    try:
        image.load()
    except _DAMAGED as error:
        raise UnreadableError("it is damaged, or cut off") from error


def _is_turned(image: Image) -> bool:
    """Whether a picture is shown with its sides exchanged."""
    try:
        return image.getexif().get(_ORIENTATION) in _TURNED
    except _DAMAGED:
        return False


def _in_plain_mode(image: Image) -> Image:
    """A picture in grey or in colours, with transparency where it has any."""
    if image.has_transparency_data:
        return image.convert("RGBA")
    return image.convert("L" if image.mode in {"1", "L", "I;16", "I"} else "RGB")


def _in_screen_colours(image: Image, profile: bytes | None) -> Image:
    """A picture whose colours are those of sRGB, as browsers take them to be where nothing is said."""
    image.info.clear()
    if not profile:
        return image
    from PIL import ImageCms  # noqa: PLC0415 - few pictures need it

    try:
        given = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        mode = "RGBA" if image.mode == "RGBA" else "RGB"
        converted = ImageCms.profileToProfile(image, given, ImageCms.createProfile("sRGB"), outputMode=mode)
    except (ImageCms.PyCMSError, *_DAMAGED):
        return image  # a profile for other colours than the picture has
    if converted is None:
        return image
    converted.info.clear()
    return converted


def _encoded(image: Image, wanted: Wanted, *, few: bool) -> bytes:
    out = io.BytesIO()
    options: dict[str, Any] = {"quality": wanted.quality}
    match wanted.format:
        case "jpeg":
            image = _on_white(image)
            options |= {"optimize": True, "progressive": True}
        case "png":
            options = {"optimize": few}
            image = _in_few_colours(image) if few else image
        case "webp":
            options |= {"method": 4, "lossless": few}
        case "avif":
            options |= {"speed": 8, "max_threads": 1}
    image.save(out, wanted.format.upper(), **options)
    return out.getvalue()


def _on_white(image: Image) -> Image:
    """A picture without transparency."""
    if image.mode != "RGBA":
        return image
    from PIL import Image as images  # noqa: N813, PLC0415 - the module, beside its class

    ground = images.new("RGB", image.size, "white")
    ground.paste(image, mask=image.getchannel("A"))
    return ground


def _in_few_colours(image: Image) -> Image:
    from PIL import Image as images  # noqa: N813, PLC0415 - the module, beside its class

    if image.mode == "L":
        return image
    method = images.Quantize.FASTOCTREE if image.mode == "RGBA" else images.Quantize.MEDIANCUT
    return image.quantize(_FEW, method=method)
