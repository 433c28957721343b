"""Pictures come out with nothing but pixels, colour profile and orientation."""

from __future__ import annotations

import base64
import struct
import zipfile
from contextlib import suppress
from io import BytesIO
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explainer.pictures import Finding, RefusedError, clean_picture, telling_fields
from tests.browsing import browser
from tests.needs import need_chromium
from tests.picture_files import (
    CANARY,
    DIRTY,
    PLAIN,
    XMP,
    chunk,
    dirty_jpeg,
    exif,
    gif,
    jpeg,
    plain_jpeg,
    png,
    riff,
    segment,
)

if TYPE_CHECKING:
    from tests.harness import SiteTest


def cleaned(name: str, data: bytes) -> bytes:
    found = clean_picture(name, data)
    assert found is not None
    return found.content


# --- Every kind ---


@pytest.mark.parametrize("name", PLAIN)
def test_what_is_left_of_a_picture(name: str) -> None:
    found = clean_picture(name, DIRTY[name])
    assert found is not None
    assert found.content == PLAIN[name]
    assert found.findings == set(Finding)


@pytest.mark.parametrize("name", PLAIN)
def test_a_clean_picture_stays_as_it_is(name: str) -> None:
    assert clean_picture(name, PLAIN[name]) == (PLAIN[name], frozenset())


@pytest.mark.parametrize("name", DIRTY)
def test_the_content_decides_and_not_the_name(name: str) -> None:
    for other in ("x.JPG", "x.png", "x.GIF", "x.webp", "x.txt", "x", "x.svg"):
        assert cleaned(other, DIRTY[name]) == PLAIN[name]


@pytest.mark.parametrize("name", DIRTY)
def test_a_picture_that_is_cut_off_is_refused(name: str) -> None:
    """At any place but behind its end."""
    for end in range(12, len(PLAIN[name]) - (1 if name.endswith(".gif") else 0)):
        with pytest.raises(RefusedError):
            clean_picture(name, PLAIN[name][:end])


@given(st.sampled_from(sorted(DIRTY)), st.data())
def test_no_damage_lets_anything_out(name: str, data: st.DataObject) -> None:
    """Cut and flipped at random: refused, or clean; never another exception."""
    content = bytearray(DIRTY[name])
    for _ in range(data.draw(st.integers(0, 6))):
        at = data.draw(st.integers(0, len(content) - 1))
        match data.draw(st.sampled_from(["flip", "set", "drop", "double"])):
            case "flip":
                content[at] ^= 1 << data.draw(st.integers(0, 7))
            case "set":
                content[at] = data.draw(st.sampled_from([0, 0xFF, 0xD9, 0xDA, 0xE1, 0x2C, 0x3B, 0x21]))
            case "drop":
                del content[at : at + data.draw(st.integers(1, 9))]
            case "double":
                content[at:at] = content[at : at + data.draw(st.integers(1, 40))]
    content = content[: data.draw(st.integers(max(0, len(content) - 40), len(content)))]
    try:
        found = clean_picture(name, bytes(content))
    except RefusedError:
        return
    assert found is not None
    assert cleaned(name, found.content) == found.content
    if not name.endswith(".gif"):  # a damaged length makes pixels of what follows
        assert CANARY not in found.content


@pytest.mark.parametrize("name", [b"mmod", b"mlod", b"priv", b"\0\0\0\0"])
def test_only_what_shows_colours_is_kept_of_a_profile(name: bytes) -> None:
    content = dirty_jpeg().replace(b"mmod\0\0\0", name + b"\0\0\0", 1)
    found = clean_picture("a.jpg", content)
    assert found is not None
    assert CANARY not in found.content
    assert b"wtpt" in found.content


@pytest.mark.parametrize(("at", "value"), [(0, 1), (4, 3), (4, 0xFF), (8, 0xFF), (9, 1), (14, 0x60), (15, 1)])
def test_a_bitmap_of_an_icon_is_as_big_as_its_entry_says(at: int, value: int) -> None:
    """A wrong size or depth would make pixels of what follows."""
    content = bytearray(DIRTY["a.ico"])
    content[content.index(struct.pack("<Iii", 40, 2, 4)) + at] = value
    with pytest.raises(RefusedError):
        clean_picture("a.ico", bytes(content))


def test_a_frame_without_pixels_is_refused() -> None:
    content = DIRTY["moving.webp"]
    with pytest.raises(RefusedError):
        clean_picture("moving.webp", content.replace(b"VP8L", b"VP8M"))


def test_a_gif_whose_blocks_hold_more_than_pixels_is_refused() -> None:
    """A length that is wrong would make a part of the pixels of what follows them."""
    content = bytearray(DIRTY["a.gif"])
    at = content.index(b"\x02\x02D\x01\0") + 1
    for length in range(content[at] + 1, 256):
        content[at] = length
        with suppress(RefusedError):
            assert CANARY not in cleaned("a.gif", bytes(content))


def test_pixels_are_the_same() -> None:
    """As a browser shows them."""
    need_chromium()
    shown = """async data => {
        const image = new Image();
        image.src = "data:image/x;base64," + data;
        await image.decode();
        const canvas = document.createElement("canvas");
        [canvas.width, canvas.height] = [image.naturalWidth, image.naturalHeight];
        const context = canvas.getContext("2d");
        context.drawImage(image, 0, 0);
        return [canvas.width, ...context.getImageData(0, 0, canvas.width, canvas.height).data].join();
    }"""
    with browser(need_chromium()) as opened:
        page = opened.new_page()
        for name in PLAIN:
            if not name.endswith(".ico"):
                before, after = (
                    page.evaluate(shown, base64.b64encode(data).decode())
                    for data in (DIRTY[name], cleaned(name, DIRTY[name]))
                )
                assert before == after, name


# --- What is refused ---

REFUSED: dict[str, tuple[str, bytes, str]] = {
    "avif": ("a.avif", b"\0\0\0\x1cftypavif\0\0\0\0", "AVIF"),
    "avif sequence named jpg": ("a.jpg", b"\0\0\0\x1cftypavis\0\0\0\0", "AVIF"),
    "heic": ("a.HEIC", b"\0\0\0\x18ftypheic\0\0\0\0", "HEIC"),
    "heic by its name": ("a.heic", b"", "HEIC"),
    "tiff": ("a.tif", b"II*\0\x08\0\0\0", "TIFF"),
    "jpeg xl": ("a.jxl", b"\xff\x0a\0\0", "JPEG XL"),
    "bitmap": ("a.bmp", b"BM\0\0", "BMP"),
    "packed drawing": ("a.svgz", b"\x1f\x8b\x08", "SVGZ"),
    "text named png": ("a.png", b"nothing", "isn't one"),
    "empty": ("a.JPEG", b"", "isn't one"),
    "drawing named png": ("a.png", b"<?xml version='1.0'?>\n<!-- x --><svg/>", ".svg"),
    "no picture": ("a.jpg", b"\xff\xd8\xff\xd9", "no picture"),
    "two frames": ("a.jpg", jpeg(between=segment(0xC0, b"\x08\0\x08\0\x08\1\1\x11\0")), "several"),
    "words in a table": ("a.jpg", jpeg(between=segment(0xDB, CANARY)), "damaged"),
    "words in a code table": ("a.jpg", jpeg(between=segment(0xC4, CANARY)), "damaged"),
    "second picture inside": ("a.jpg", jpeg(between=b"\xff\xd8"), "damaged"),
    "another program's chunk": ("a.png", png((b"CgBI", b"\0\0\0\0")), "no browser"),
    "words in a fixed chunk": ("a.png", png((b"gAMA", CANARY)), "damaged"),
    "wrong checksum": ("a.png", png().replace(b"IDAT", b"IDAU"), "damaged"),
    "no pixels": ("a.png", b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", bytes(13)) + chunk(b"IEND", b""), "no pixels"),
    "only metadata": ("a.webp", riff((b"EXIF", exif(1))), "no pixels"),
    "gif without picture": ("a.gif", gif(dirty=False, frames=0), "no picture"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_cleaned_is_refused(case: str) -> None:
    name, data, words = REFUSED[case]
    with pytest.raises(RefusedError) as caught:
        clean_picture(name, data)
    assert words in caught.value.reason + caught.value.hint
    assert caught.value.hint


def test_what_is_no_picture_is_left_alone() -> None:
    for name, data in {
        "a.txt": b"words",
        "a.csv": b"a,b",
        "a.pdf": b"%PDF-1.7",
        "a.mp4": b"\0\0\0\x18ftypmp42",
    }.items():
        assert clean_picture(name, data) is None


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("order", "<>")
def test_orientation_is_kept(orientation: int, order: str) -> None:
    dirty = jpeg((0xE1, b"Exif\0\0" + exif(orientation, order)))
    plain = jpeg(*([(0xE1, b"Exif\0\0" + exif(orientation, telling=False))] if orientation > 1 else []))
    assert cleaned("a.jpg", dirty) == plain


@pytest.mark.parametrize("orientation", [0, 9, 70])
def test_an_orientation_that_there_is_not(orientation: int) -> None:
    assert cleaned("a.jpg", jpeg((0xE1, b"Exif\0\0" + exif(orientation)))) == jpeg()


def test_exif_that_leads_in_circles() -> None:
    pointing = struct.pack(">HIHHHII", 42, 8, 1, 0x8769, 4, 1, 8)
    assert cleaned("a.jpg", jpeg((0xE1, b"Exif\0\0MM" + pointing))) == jpeg()


# --- Drawings ---

HEAD = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">\n'
XHTML = 'xmlns="http://www.w3.org/1999/xhtml"'
PNG_DATA = "data:image/png;base64," + base64.b64encode(PLAIN["a.png"]).decode()
REFUSED_DRAWINGS = {
    "script": "<script>x</script>",
    "script of another prefix": f"<g><h:script {XHTML.replace('=', ':h=')}>x</h:script></g>",
    "script of capitals": "<SCRIPT/>",
    "handler": '<g onload="x"/>',
    "handler of capitals": '<g ONCLICK="x"/>',
    "foreignObject": "<foreignObject/>",
    "html": f"<p {XHTML}/>",
    "iframe": f"<iframe {XHTML}/>",
    "link": '<a xlink:href="https://x.example/"><g/></a>',
    "script address": '<a href="javascript:x"><g/></a>',
    "file beside": '<image href="other.png"/>',
    "use of another file": '<use xlink:href="other.svg#a"/>',
    "drawing in a drawing": '<image href="data:image/svg+xml;base64,PHN2Zy8+"/>',
    "page in a drawing": '<a href="data:text/html,x"/>',
    "no address": '<image href=""/>',
    "set of an address": '<a href="#a"><set attributeName="href" to="javascript:x"/></a>',
    "animation of an address": '<a href="#a"><animate attributeName="xlink:href" values="javascript:x"/></a>',
    "animation of a handler": '<g><set attributeName="onclick" to="x"/></g>',
    "fill": '<g fill="url(https://x.example/a.svg#b)"/>',
    "fill of capitals": '<g fill="URL( \'https://x.example\' )"/>',
    "style attribute": '<g style="fill:url(//x.example/)"/>',
    "style with an escape": r'<g style="fill:\75rl(//x.example/)"/>',
    "style with another escape": r'<g style="fill:u\000072 l(//x.example/)"/>',
    "style with a comment": '<g style="fill:/**/url(/**///x.example/)"/>',
    "style with entities": '<g style="fill:&#117;rl(//x.example/)"/>',
    "style that never ends": '<g style="fill:url(//x.example/"/>',
    "import": '<style>@import "https://x.example/";</style>',
    "import cut in two": '<style>@im<!-- x -->port "https://x.example/";</style>',
    "import in CDATA": "<style><![CDATA[@import 'x';]]></style>",
    "import with an escape": r"<style>@\69mport 'x';</style>",
    "typeface": '<style>@font-face{src:url("https://x.example/f")}</style>',
    "typeface inside": "<style>@font-face{src:url(data:font/woff2;base64,AAAA)}</style>",
    "image set": "<style>g{background:image-set('x.png' 1x)}</style>",
    "base": '<g xml:base="https://x.example/"/>',
    "picture with metadata in a style": f"<style>g{{mask:url({PNG_DATA[:-12]}AAAA)}}</style>",
    "picture that can't be cleaned": f'<image href="{PNG_DATA[:-12]}AAAA"/>',
    "not whole": "<g>",
    "twice the same": '<g id="a" id="b"/>',
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED_DRAWINGS)
def test_what_is_refused_in_a_drawing(case: str) -> None:
    with pytest.raises(RefusedError) as caught:
        clean_picture("a.svg", f"{HEAD}  {REFUSED_DRAWINGS[case]}</svg>".encode())
    assert (caught.value.line, caught.value.hint != "") == (2, True)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ('<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "x">\n<svg/>', (1, 1)),
        ('<?xml version="1.0"?>\n<!DOCTYPE svg [<!ENTITY a "b">]><svg>&a;</svg>', (2, 1)),
        (f"{HEAD}&a;</svg>", (2, 1)),
        (f'<?xml-stylesheet href="x.css"?>\n{HEAD}</svg>', (1, 1)),
        (f"{HEAD}<g>\n é <g onload='x'/></g></svg>", (3, 4)),
        (f"\ufeff{HEAD}<script/></svg>", (2, 1)),
        ("<html/>", (1, 1)),
        ("nothing", (1, 1)),
    ],
)
def test_where_a_drawing_is_refused(text: str, place: tuple[int, int]) -> None:
    with pytest.raises(RefusedError) as caught:
        clean_picture("a.svg", text.encode())
    assert (caught.value.line, caught.value.col) == place


@pytest.mark.parametrize("data", ["<svg/>".encode("utf-16"), b"<?xml version='1.0' encoding='latin-1'?><svg/>", b"<svg>\xff</svg>", b"<svg/>\0"])  # fmt: skip
def test_a_drawing_is_utf_8(data: bytes) -> None:
    with pytest.raises(RefusedError):
        clean_picture("a.svg", data)


def test_a_drawing_may_be_deep_and_long() -> None:
    deep = (HEAD + "<g>" * 1500 + "</g>" * 1500 + "</svg>").encode()
    assert cleaned("a.svg", deep) == deep
    with pytest.raises(RefusedError):
        clean_picture("a.svg", (HEAD + "<g>" * 100_000).encode())


NAMESPACES = (
    'xmlns:inkscape="http://www.inkscape.org/namespaces/inkscape" xmlns:i="http://ns.adobe.com/AdobeIllustrator/10.0/" '
    "xmlns:sodipodi='http://sodipodi.sourceforge.net/DTD/sodipodi-0.dtd' xmlns:dc=\"http://purl.org/dc/elements/1.1/\""
)
DIRTY_DRAWING = f"""\
<?xml version="1.0" encoding="UTF-8" standalone="no"?>
<!-- Made by CANARY -->
<?xpacket CANARY?><svg xmlns="http://www.w3.org/2000/svg" {NAMESPACES} width="4"
   inkscape:export-filename="C:\\Users\\CANARY\\a.png" sodipodi:docname='CANARY > "x".svg' viewBox="0 0 4 4">
<sodipodi:namedview id="n" pagecolor="CANARY"><inkscape:grid units="CANARY"/></sodipodi:namedview>
<metadata id="m"><dc:creator>CANARY</dc:creator><g/><!-- CANARY --></metadata>
<g inkscape:label="CANARY" id="g"><path d="M0 0"/><!--CANARY--></g><i:pgf id="p">CANARY</i:pgf><i:x a=">CANARY"/>
</svg>
<!-- CANARY -->
"""
PLAIN_DRAWING = """\
<?xml version="1.0" encoding="UTF-8" standalone="no"?>

<svg xmlns="http://www.w3.org/2000/svg" width="4" viewBox="0 0 4 4">


<g id="g"><path d="M0 0"/></g>
</svg>

"""


def test_what_is_left_of_a_drawing() -> None:
    found = clean_picture("a.svg", DIRTY_DRAWING.encode())
    assert found is not None
    assert found.content.decode() == PLAIN_DRAWING
    assert found.findings == {Finding.OWNER}
    assert clean_picture("a.svg", found.content) == (found.content, frozenset())


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("<style>/* CANARY */g/**/.a{fill:red/*CANARY*/}</style>", "<style>/**/g/**/.a{fill:red/**/}</style>"),
        ("<style>g>a{}/* CANARY</style>", "<style>g&gt;a{}/**/</style>"),
        ("<style><![CDATA[/* <CANARY> */g{}]]></style>", "<style>/**/g{}</style>"),
        ("<style>/*<![CDATA[*/ g{}/* CANARY &amp; */ /*]]>*/</style>", "<style>/**/ g{}/**/ /**/</style>"),
        ("<style><!-- CANARY -->/*CANARY*/<?x CANARY?></style>", "<style>/**/</style>"),
        ("""<g style='a:"/*b*/";/* CANARY */c:d'/>""", """<g style="a:&quot;/*b*/&quot;;/**/c:d"/>"""),
        ("""<style>a::b{content:"/*\\"";c:'*/'}</style>""", """<style>a::b{content:"/*\\"";c:'*/'}</style>"""),
    ],
)
def test_comments_of_styles_are_emptied(text: str, left: str) -> None:
    assert cleaned("a.svg", f"{HEAD}{text}</svg>".encode()).decode() == f"{HEAD}{left}</svg>"


def test_what_may_stand_in_a_drawing() -> None:
    text = f"""{HEAD}<style>g{{fill:url(#a);mask:url("{PNG_DATA}")}}</style><title>The image (left) and the script</title>
    <g id="a" aria-label="image (1)" style="fill: url('#b')" fill="url(#c)" class="on"><use xlink:href="#a" href=" #b"/></g>
    <image href="{PNG_DATA}"/><animate attributeName="fill" values="red;blue"/><text>&lt;script> &amp;</text></svg>"""
    assert cleaned("a.svg", text.encode()).decode() == text


def test_pictures_in_a_drawing_are_cleaned() -> None:
    def drawing(content: bytes) -> bytes:
        return f"{HEAD}<image xlink:href='data:image/jpeg;base64,{base64.b64encode(content).decode()}'/></svg>".encode()

    found = clean_picture("a.svg", drawing(dirty_jpeg(6)))
    assert found == (drawing(plain_jpeg(6)), frozenset(Finding))
    with pytest.raises(RefusedError, match="damaged"):
        clean_picture("a.svg", drawing(dirty_jpeg()[:300]))


@given(st.data())
def test_no_damaged_drawing_lets_anything_out(data: st.DataObject) -> None:
    content = bytearray(DIRTY_DRAWING.encode())
    for _ in range(data.draw(st.integers(0, 3))):
        at = data.draw(st.integers(0, len(content) - 1))
        if data.draw(st.booleans()):
            del content[at : at + data.draw(st.integers(1, 5))]
        else:
            content[at] = data.draw(st.sampled_from(b"<>\"'/=!-?& ax\0\xff"))
    try:
        found = clean_picture("a.svg", bytes(content))
    except RefusedError:
        return
    assert found is not None
    assert cleaned("a.svg", found.content) == found.content


# --- Documents, sound, film ---


def office(**parts: bytes) -> bytes:
    held = BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name.replace("__", "/") + ".xml", text)
    return held.getvalue()


def box(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body) + 8) + name + body


FILES: dict[str, tuple[bytes, tuple[str, ...]]] = {
    "pdf": (b"%PDF-1.7\n1 0 obj\n<</Author (A) /Producer (p) /Keywords () /Company <41>>>\nendobj\ntrailer <</Info 1 0 R>>",
            ("Author", "Company")),
    "plain pdf": (b"%PDF-1.4\n1 0 obj <</Producer (p)/CreationDate (D)/Title (t)>> endobj trailer <</Info 1 0 R>>", ()),
    "pdf with a packed object": (
        b"%PDF-1.7\n9 0 obj <</Type /ObjStm /N 2 /First 8 /Filter /FlateDecode>> stream\n"
        + __import__("zlib").compress(b"4 0 5 7 <</A 1>><</Author (A)/Producer (b)>>") + b"\nendstream trailer <</Info 5 0 R>>",
        ("Author",)),
    "pdf with a packet": (b"%PDF-1.7\n<rdf:RDF><dc:creator><rdf:li>A</rdf:li></dc:creator></rdf:RDF>", ("Author",)),
    "damaged pdf": (b"%PDF-1.7 /Info 1 0 R <</ObjStm /First 1>> stream\nxx", ()),
    "docx": (office(docProps__core=b"<x><dc:creator>A</dc:creator><cp:lastModifiedBy>B</cp:lastModifiedBy></x>",
                    docProps__app=b"<Company>C</Company><Manager></Manager>", word__comments=b""),
             ("Company", "comments", "creator", "lastModifiedBy")),
    "odt": (office(meta=b"<meta:initial-creator>A</meta:initial-creator>"), ("initial-creator",)),
    "plain archive": (office(a=b"b"), ()),
    "damaged archive": (office(meta=b"<meta:initial-creator>A</meta:initial-creator>")[:60], ()),
    "mp3": (b"ID3\4\0\0\0\0\x02\0" + b"".join(name + b"\0\0\0\5\0\0\0abcd" for name in (b"TPE1", b"TIT2", b"COMM")),
            ("artist", "comment")),
    "wav": (b"RIFF\0\0\0\0WAVELIST\x14\0\0\0INFOIART\4\0\0\0abc\0", ("IART",)),
    "ogg": (b"OggS" + bytes(20) + b"\3vorbis\x05\0\0\0abcde\1\0\0\0\x08\0\0\0ARTIST=b", ("ARTIST",)),
    "film": (box(b"ftyp", b"qt  ") + box(b"mdat", b"\xa9mod") + box(b"moov", box(b"udta", box(b"\xa9xyz", b"\0\x05+1+1/"))),
             ("place",)),
    "film of a phone": (box(b"ftyp", b"qt  ") + box(b"moov", box(b"meta", b"mdtacom.apple.quicktime.location.ISO6709")),
                        ("location.ISO6709",)),
    "text": (b"Author: A", ()),
}  # fmt: skip


@pytest.mark.parametrize("name", FILES)
def test_the_fields_of_a_file(name: str) -> None:
    data, fields = FILES[name]
    assert telling_fields(data) == fields


@given(st.sampled_from(sorted(FILES)), st.data())
def test_no_damaged_file_is_a_fault(name: str, data: st.DataObject) -> None:
    content = bytearray(FILES[name][0])
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    telling_fields(bytes(content[: data.draw(st.integers(0, len(content)))]))


# --- In a site ---

STORY = "---\ntitle: A\ndate: 2024-01-01\nimage: {src: lead.JPG, alt: Lead}\n---\n![Plan](plan.png) and [a letter](letter.pdf).\n"


@pytest.fixture
def story(site: SiteTest) -> SiteTest:
    site.write("content/explainers/a/index.md", STORY)
    site.write("content/explainers/a/lead.JPG", DIRTY["turned.jpg"])
    site.write("content/explainers/a/plan.png", DIRTY["a.jpg"])
    site.write("content/explainers/a/letter.pdf", FILES["pdf"][0])
    return site


def test_what_is_published_is_clean_and_told(story: SiteTest) -> None:
    result = story.build()
    assert [(one.code, one.line) for one in result.diagnostics] == [("W751", 4), ("W751", 6), ("W752", 6)]
    assert "`Author`, `Company`" in result.diagnostics[2].message
    assert CANARY.decode() not in result.stdout + result.stderr
    assert (story.out / "explainers/a/lead.JPG").read_bytes() == PLAIN["turned.jpg"]
    assert (story.out / "explainers/a/plan.png").read_bytes() == PLAIN["a.jpg"]
    again = story.build()
    assert again.diagnostics == result.diagnostics
    before = story.tree()
    assert story.build("--clean").diagnostics == result.diagnostics
    assert story.tree() == before


def test_a_picture_that_changes_is_cleaned_and_judged_again(story: SiteTest) -> None:
    story.build()
    for content, codes in {dirty_jpeg()[:200]: ["W751", "E701", "W752"], PLAIN["a.png"]: ["W751", "W752"]}.items():
        story.write("content/explainers/a/plan.png", content)
        assert story.build().codes == codes
        assert story.run("check", "--site", str(story.root)).exit == (1 if "E701" in codes else 0)
    assert (story.out / "explainers/a/plan.png").read_bytes() == PLAIN["a.png"]


def test_a_picture_of_two_pages_is_told_once(story: SiteTest) -> None:
    story.write(
        "content/explainers/b.md",
        "---\ntitle: B\ndate: 2024-01-01\n---\n![P](/explainers/a/plan.png) ![P](/explainers/a/plan.png)\n",
    )
    assert story.build().codes == ["W751", "W751", "W752"]


def test_pictures_of_layouts_and_of_the_site(site: SiteTest) -> None:
    site.write("content/site.yaml", "title: A\nbase_url: https://example.org/\nlogo: /static/Logo.PNG\n")
    site.write("content/explainers/a.md", "---\ntitle: A\ndate: 2024-01-01\n---\nText.\n")
    site.write("layouts/static/Logo.PNG", DIRTY["a.png"])
    site.write("layouts/static/favicon.ico", DIRTY["a.ico"])
    site.write("layouts/static/icon.svg", DIRTY_DRAWING)
    result = site.build()
    assert {(one.code, one.path) for one in result.diagnostics} == {
        ("W751", f"layouts/static/{name}") for name in ("Logo.PNG", "favicon.ico", "icon.svg")
    }
    for name, content in {
        "Logo.PNG": PLAIN["a.png"],
        "favicon.ico": PLAIN["a.ico"],
        "icon.svg": PLAIN_DRAWING.encode(),
    }.items():
        assert (site.out / "static" / name).read_bytes() == content
    site.write("layouts/static/icon.svg", f"{HEAD}<script/></svg>")
    refused = site.build()
    assert [(one.code, one.path, one.line) for one in refused.diagnostics if one.code[0] == "E"] == [
        ("E702", "layouts/static/icon.svg", 2)
    ]
    assert refused.exit == 1


def test_the_default_icon_is_clean(site: SiteTest) -> None:
    site.write("content/explainers/a.md", "---\ntitle: A\ndate: 2024-01-01\n---\nText.\n")
    assert site.build().diagnostics == ()


def test_xmp_alone_is_told() -> None:
    def found(xmp: bytes) -> object:
        return clean_picture("a.jpg", jpeg((0xE1, b"http://ns.adobe.com/xap/1.0/\0" + xmp)))

    assert found(XMP) == (jpeg(), frozenset(Finding))
    assert found(b"<x:xmpmeta>plain</x:xmpmeta>") == (jpeg(), frozenset())
