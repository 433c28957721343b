"""What is made of a picture by Pillow: turned, in the colours of screens, without metadata, the same bytes everywhere."""

from __future__ import annotations

import io
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import pytest
from PIL import Image, ImageCms, PngImagePlugin

from explainer.pictures.resizing import UnreadableError, Wanted, check_decodes, encoders, make_variants, size_of
from explainer.pictures.still import still_kind
from tests.picture_files import CANARY, XMP, apng, exif, gif, icc, moving_webp

if TYPE_CHECKING:
    from explainer.pictures.still import Still

# What the encoders are that `RECORDED` was made by: others may make other bytes, under other names.
PINNED = {"jpeg": "13.0.0 3.2.0", "png": "13.0.0 2.3.3", "webp": "13.0.0 1.6.0", "avif": "13.0.0 1.4.2"}
RECORDED = {
    "jpeg": "7370d5af706cb4c34d9a38cf74a83330056874743a1624ff78fd9f7f6d48d43f",
    "png": "a8626442c52f32a8e7ae7241c8fb5999854e5e471b3eb30295a8cf9b4d320933",
    "webp": "f5632f30bcd00a0ec61a06ccae708eae0ee8ec634345cd17786d97ee159898bb",
    "avif": "f2a25f06e02f041e6e3117f2da2c3592073bfb52ed0e1afffc411f30dc7a83ef",
}


def scene(width: int = 64, height: int = 48, mode: str = "RGB") -> Image.Image:
    """A picture of soft colours, a red corner at its upper left."""
    across = Image.linear_gradient("L").rotate(90).resize((width, height))
    down = Image.linear_gradient("L").resize((width, height))
    found = Image.merge("RGB", (across, down, Image.new("L", (width, height), 90)))
    found.paste((250, 0, 0), (0, 0, width // 4, height // 4))
    return found.convert(mode)


def file_of(image: Image.Image, kind: str = "JPEG", **options: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def made(content: bytes, width: int, height: int, kind: Still = "png") -> Image.Image:
    (found,) = make_variants(content, [Wanted(width, height, kind, 90)])
    image = Image.open(io.BytesIO(found))
    image.load()
    return image


def near(image: Image.Image, at: tuple[int, int], colour: tuple[int, int, int]) -> bool:
    found = image.convert("RGB").getpixel(at)
    assert isinstance(found, tuple)
    return all(abs(one - other) < 40 for one, other in zip(found, colour, strict=True))


@pytest.mark.parametrize("kind", ["jpeg", "png", "webp", "avif"])
def test_the_same_bytes_as_recorded(kind: Still) -> None:
    if encoders() != PINNED:
        pytest.skip(f"recorded with {PINNED}, and these are {encoders()}")
    (found,) = make_variants(file_of(scene(), "PNG"), [Wanted(40, 30, kind, 78)])
    assert sha256(found).hexdigest() == RECORDED[kind]


def test_a_variant_does_not_depend_on_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("explainer.pictures.resizing._COARSE", 100)
    wanted = [Wanted(width, width * 3 // 4, "png", 78) for width in (40, 88, 160, 300)]
    for content in (file_of(scene(400, 300)), file_of(scene(400, 300), "PNG")):
        assert make_variants(content, wanted) == [make_variants(content, [one])[0] for one in wanted]


@pytest.mark.parametrize("kind", ["jpeg", "png", "webp", "avif"])
def test_nothing_but_pixels_is_left(kind: Still) -> None:
    text = PngImagePlugin.PngInfo()
    text.add_text("Author", CANARY.decode())
    files = [
        file_of(scene(), exif=b"Exif\0\0" + exif(), xmp=XMP, comment=CANARY, icc_profile=icc(telling=True)),
        file_of(scene(), "PNG", exif=exif(), pnginfo=text, icc_profile=icc(telling=True)),
        file_of(scene(), "WEBP", exif=exif(), xmp=XMP, icc_profile=icc(telling=True)),
        file_of(scene(), "AVIF", exif=exif(), xmp=XMP, icc_profile=icc(telling=True)),
    ]
    for content in files:
        assert CANARY in content or content.startswith(b"\x89PNG")
        (found,) = make_variants(content, [Wanted(32, 24, kind, 78)])
        assert CANARY not in found
        image = Image.open(io.BytesIO(found))
        assert not image.getexif()
        assert not {"xmp", "icc_profile", "comment", "exif", "Author"} & image.info.keys()


@pytest.mark.parametrize(("orientation", "red"), [(1, (2, 2)), (3, (37, 27)), (6, (27, 2)), (8, (2, 37))])
def test_it_is_turned_as_the_camera_says(orientation: int, red: tuple[int, int]) -> None:
    content = file_of(scene(), exif=b"Exif\0\0" + exif(orientation, telling=False), quality=95)
    width, height = (30, 40) if orientation in {6, 8} else (40, 30)
    assert size_of(content) == ((48, 64) if orientation in {6, 8} else (64, 48))
    image = made(content, width, height)
    assert image.size == (width, height)
    assert near(image, red, (250, 0, 0))


def test_colours_become_those_of_screens() -> None:
    """A profile in which red and green have changed places."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    profile = profile.replace(b"rXYZ", b"tmp!").replace(b"gXYZ", b"rXYZ").replace(b"tmp!", b"gXYZ")
    content = file_of(scene(), "PNG", icc_profile=profile)
    assert near(made(content, 64, 48), (2, 2), (0, 250, 0))
    # One that can't be read changes nothing.
    assert near(made(file_of(scene(), "PNG", icc_profile=b"no profile"), 64, 48), (2, 2), (250, 0, 0))


def test_transparency_stays_or_becomes_white() -> None:
    image = scene(mode="RGBA")
    image.putalpha(Image.new("L", image.size, 0))
    content = file_of(image, "PNG")
    for kind in ("png", "webp", "avif"):
        assert made(content, 40, 30, kind).convert("RGBA").getpixel((20, 20))[3] == 0, kind  # type: ignore[index]
    assert near(made(content, 40, 30, "jpeg"), (20, 20), (255, 255, 255))


@pytest.mark.parametrize("mode", ["1", "L", "P", "LA"])
def test_other_kinds_of_pixels(mode: str) -> None:
    content = file_of(scene(mode=mode), "PNG")
    for kind in ("jpeg", "png", "webp", "avif"):
        assert made(content, 40, 30, kind).size == (40, 30)


def test_a_chart_keeps_its_edges() -> None:
    chart = Image.new("RGB", (64, 48), "white")
    chart.paste("navy", (16, 12, 48, 36))
    found = made(file_of(chart, "PNG"), 64, 48, "webp")
    assert found.convert("RGB").getcolors() == chart.getcolors()


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (file_of(scene()), "jpeg"),
        (file_of(scene(mode="L"), progressive=True), "jpeg"),
        (file_of(scene(mode="CMYK")), None),
        (file_of(scene(), "PNG"), "png"),
        (file_of(Image.new("I;16", (8, 8)), "PNG"), None),
        (apng(), None),
        (file_of(scene(), "WEBP"), "webp"),
        (moving_webp(dirty=False), None),
        (gif(dirty=False), None),
        (file_of(scene(), "AVIF"), "avif"),
        (b"<svg/>", None),
        (b"\xff\xd8\xff", None),
        (b"", None),
    ],
)  # fmt: skip
def test_which_pictures_have_variants(content: bytes, kind: str | None) -> None:
    assert still_kind(content) == kind


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_a_picture_that_is_cut_off(kind: str) -> None:
    content = file_of(scene(), kind)[:-60]
    for work in (check_decodes, lambda cut: make_variants(cut, [Wanted(32, 24, "jpeg", 78)])):
        with pytest.raises(UnreadableError):
            work(content)


def test_a_picture_of_too_many_pixels(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 1_000_000)
    for size in ((1001, 1000), (3000, 1000)):
        content = file_of(Image.new("1", size), "PNG")
        with pytest.raises(UnreadableError, match="more than 1 million pixels"):
            check_decodes(content)
