"""How large a picture is, read from its file."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explainer.load.image_sizes import dimensions
from explainer.model.pictures import Size
from tests.hard_site import png
from tests.picture_files import jpeg as whole_jpeg

if TYPE_CHECKING:
    from pathlib import Path

    from tests.harness import SiteTest


def exif(order: str, orientation: int) -> bytes:
    mark = b"II*\0" if order == "<" else b"MM\0*"
    entries = [(0x0100, 3, 1, 9), (0x0112, 3, 1, orientation)]
    rows = b"".join(struct.pack(f"{order}HHIHH", *entry, 0) for entry in entries)
    return mark + struct.pack(f"{order}IH", 8, len(entries)) + rows


def jpeg(width: int, height: int, *segments: tuple[int, bytes], frame: int = 0xC0) -> bytes:
    told = (*segments, (frame, struct.pack(">BHH", 8, height, width) + b"\x01\x01\x11\0"))
    parts = [struct.pack(">BBH", 0xFF, kind, len(body) + 2) + body for kind, body in told]
    return b"\xff\xd8" + b"\xff".join(parts)


def webp(*chunks: tuple[bytes, bytes]) -> bytes:
    body = b"".join(name + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2) for name, data in chunks)
    return b"RIFF" + struct.pack("<I", len(body) + 4) + b"WEBP" + body


def chunks(**named: bytes) -> bytes:
    head = (b"IHDR", struct.pack(">II", 640, 480) + b"\x08\0\0\0\0")
    told = (head, *((name.encode(), body) for name, body in named.items()))
    return b"\x89PNG\r\n\x1a\n" + b"".join(struct.pack(">I", len(body)) + name + body + bytes(4) for name, body in told)


EXTENDED = struct.pack("<II", 8, 0)[:4] + (639).to_bytes(3, "little") + (479).to_bytes(3, "little")
JFIF = (0xE0, b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0")
PICTURES = {
    "a.png": (png(640, 480), Size(640, 480)),
    "capital.PNG": (png(3, 2), Size(3, 2)),
    # Chromium turns a PNG where EXIF stands in front of the pixels, and only there.
    "on-its-side.png": (chunks(eXIf=exif(">", 6), IDAT=b""), Size(480, 640)),
    "upright.png": (chunks(gAMA=b"1234", eXIf=exif("<", 3), IDAT=b""), Size(640, 480)),
    "late.png": (chunks(IDAT=b"", eXIf=exif(">", 6)), Size(640, 480)),
    "without-pixels.png": (chunks(), Size(640, 480)),
    "a.gif": (b"GIF89a" + struct.pack("<HH", 20, 10) + b"\0" * 3, Size(20, 10)),
    "a.jpg": (jpeg(640, 480, JFIF), Size(640, 480)),
    "progressive.jpeg": (jpeg(640, 480, JFIF, (0xC4, b"\0" * 40), frame=0xC2), Size(640, 480)),
    "upright.jpg": (jpeg(640, 480, (0xE1, b"Exif\0\0" + exif("<", 3))), Size(640, 480)),
    "on-its-side.jpg": (jpeg(640, 480, JFIF, (0xE1, b"Exif\0\0" + exif(">", 6))), Size(480, 640)),
    "lossy.webp": (webp((b"VP8 ", b"\0\0\0\x9d\x01\x2a" + struct.pack("<HH", 640, 480 | 0x4000))), Size(640, 480)),
    "lossless.webp": (webp((b"VP8L", b"\x2f" + (639 | 479 << 14).to_bytes(4, "little") + b"\0" * 5)), Size(640, 480)),
    # Browsers turn no WebP, whatever it says of the camera.
    "extended.webp": (webp((b"VP8X", EXTENDED), (b"EXIF", exif("<", 6))), Size(640, 480)),
    "a.svg": (b"<?xml version='1.0'?>\n<!-- a -->\n<svg\n width='640px' viewBox='0 0 4 3' height='480.5'>", Size(640, 480)),
    "fluid.svg": (b'<svg viewBox="0 0 4 3" width="100%" height="3em"/>', None),
    "lined.svg": (b'<svg viewBox="0 0 4 3" stroke-width="2" height="3"/>', None),
    "empty.png": (b"", None),
    "flat.png": (png(4, 0), None),
    "short.gif": (b"GIF89a\1", None),
    "cut.jpg": (jpeg(640, 480)[:9], None),
    "scan.jpg": (jpeg(640, 480, (0xDA, b"\0")).replace(b"\xff\xc0", b"\x12\x34"), None),
    "other.jpg": (png(4, 4), None),
    "other.webp": (b"RIFF\0\0\0\0WAVEfmt " + b"\0" * 20, None),
    "strange.webp": (webp((b"VP9 ", b"\0" * 20)), None),
    "a.txt": (png(4, 4), None),
}  # fmt: skip


@pytest.mark.parametrize("name", PICTURES)
def test_size(tmp_path: Path, name: str) -> None:
    content, size = PICTURES[name]
    (tmp_path / name).write_bytes(content)
    assert dimensions(tmp_path / name) == size


@given(st.sampled_from(sorted(PICTURES)), st.data())
def test_no_file_is_a_fault(tmp_path_factory: pytest.TempPathFactory, name: str, data: st.DataObject) -> None:
    content = bytearray(PICTURES[name][0])
    for _ in range(data.draw(st.integers(0, 4))):
        if content:
            content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    file = tmp_path_factory.getbasetemp() / name
    file.write_bytes(content[: data.draw(st.integers(0, len(content)))])
    size = dimensions(file)
    assert size is None or min(size.width, size.height) > 0


def test_a_missing_file_has_no_size(tmp_path: Path) -> None:
    assert dimensions(tmp_path / "gone.png") is None


STORY = """\
---
title: A
date: 2024-01-01
image: {src: lead.png, alt: Lead}
---
![Plan](plan.png "Title") and ![elsewhere](https://other.example/a.png) and [the file](plan.png).

{{< figure src="in/plan.jpg" alt="In" >}}
{{< figure src="/explainers/a/plan.png" alt="By its whole path" >}}
{{< figure src="fluid.svg" alt="Fluid" >}}
"""


def test_pages_tell_the_size_of_their_pictures(site: SiteTest) -> None:
    site.write("content/explainers/a/index.md", STORY)
    for name, content in {
        "lead.png": png(450, 300), "plan.png": png(30, 20), "in/plan.jpg": whole_jpeg(width=40, height=30), "fluid.svg": b"<svg/>",
    }.items():  # fmt: skip
        site.write(f"content/explainers/a/{name}", content)
    assert site.build().exit == 0
    html = site.read("explainers/a/index.html")
    for tag in (
        '<img src="/explainers/a/lead.png" alt="Lead" width="450" height="300" fetchpriority="high">',
        '<img src="/explainers/a/plan.png" alt="Plan" title="Title" width="30" height="20" loading="lazy">',
        '<img src="https://other.example/a.png" alt="elsewhere" loading="lazy">',
        '<a href="/explainers/a/plan.png">the file</a>',
        '<img src="/explainers/a/in/plan.jpg" alt="In" width="40" height="30" loading="lazy">',
        '<img src="/explainers/a/plan.png" alt="By its whole path" width="30" height="20" loading="lazy">',
        '<img src="/explainers/a/fluid.svg" alt="Fluid" loading="lazy">',
        '<meta property="og:image:width" content="450">',
    ):
        assert tag in html, tag

    # Another picture under the same name makes the page anew.
    site.write("content/explainers/a/plan.png", png(60, 40))
    assert site.build().exit == 0
    assert 'alt="Plan" title="Title" width="60" height="40"' in site.read("explainers/a/index.html")
