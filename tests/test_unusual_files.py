"""Files that a site can't use: pipes, links that lead out, names that no system takes, types that run in a browser."""

from __future__ import annotations

import os
import socket
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.harness import SiteTest


PAGE = "---\ntitle: A page\ndate: 2024-01-01\n{}---\n{}\n"
PLACES = (
    "layouts/static/p.png",
    "layouts/home.html",
    "layouts/partials/glance.html",
    "layouts/shortcodes/figure.html",
    "layouts/i18n/en.yaml",
    "layouts/style/site.css",
    "layouts/static/style.css",
    "content/explainers/main/p.png",
)


@pytest.fixture
def main(site: SiteTest) -> SiteTest:
    """A site with a page that has a folder of its own."""
    write(site, "Text.")
    return site


def write(site: SiteTest, text: str, head: str = "") -> None:
    site.write("content/explainers/main/index.md", PAGE.format(head, text))


def errors(site: SiteTest) -> list[tuple[str, str]]:
    """What is wrong with a site: codes and paths of errors; nothing was written and there was no traceback."""
    result = site.build()
    assert result.exit in (0, 1), result.stderr
    assert "Traceback" not in result.stderr
    assert (result.exit == 1) == any(one.severity == "error" for one in result.diagnostics)
    assert site.out.exists() == (result.exit == 0)
    return [(one.code, one.path) for one in result.diagnostics if one.severity == "error"]


def put(site: SiteTest, path: str, kind: str) -> None:
    """Put something that is no ordinary file at a path."""
    file = site.root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    if kind == "pipe":
        os.mkfifo(file)
    elif kind == "socket":
        here = Path.cwd()
        os.chdir(file.parent)  # the path of a socket is short
        try:
            with socket.socket(socket.AF_UNIX) as made:
                made.bind(file.name)
        finally:
            os.chdir(here)
    else:
        target = {"device": "/dev/zero", "file": "/etc/passwd", "nothing": "/nothing/here", "loop": file.name}.get(kind)
        file.symlink_to(target or kind)


@pytest.mark.parametrize("path", PLACES)
@pytest.mark.parametrize("kind", ["pipe", "socket", "device", "file", "nothing", "loop"])
def test_no_ordinary_file(main: SiteTest, path: str, kind: str) -> None:
    put(main, path, kind)
    assert errors(main) == [("E101", path)]


@pytest.mark.parametrize("path", PLACES[:-1])
def test_a_link_from_the_layouts_to_the_registry(main: SiteTest, path: str) -> None:
    main.write(
        "content/sources/a.yaml", "x: {type: interview, attribution: background, description: d, title: A Name}\n"
    )
    (main.root / path).parent.mkdir(parents=True, exist_ok=True)
    (main.root / path).symlink_to(main.root / "content/sources/a.yaml")
    assert ("E101", path) in errors(main)


def test_layouts_that_lead_elsewhere(main: SiteTest, tmp_path_factory: pytest.TempPathFactory) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (elsewhere / "static").mkdir()
    (elsewhere / "static/x.txt").write_text("x")
    (main.root / "layouts").symlink_to(elsewhere)
    assert errors(main) == [("E101", "layouts")]


@pytest.mark.parametrize("kind", ["file", "pipe", "dangling"])
def test_layouts_that_are_no_folder(main: SiteTest, kind: str) -> None:
    if kind == "file":
        main.write("layouts", "x")
    else:
        put(main, "layouts", "pipe" if kind == "pipe" else "nothing")
    assert errors(main) == [("E101", "layouts")]


def test_a_folder_in_the_layouts_that_is_a_link(main: SiteTest) -> None:
    main.write("layouts/static/x.txt", "x")
    (main.root / "layouts/static/more").symlink_to(main.root / "content")
    assert errors(main) == [("E101", "layouts/static/more")]


def test_a_link_that_stays_in_the_layouts_is_followed(main: SiteTest) -> None:
    main.write("layouts/static/x.txt", "x")
    (main.root / "layouts/static/y.txt").symlink_to("x.txt")
    assert errors(main) == []
    assert main.read("static/y.txt") == "x"


NAMES = (b"caf\xe9.png", b"\xff\xfe", b"a\x80b.txt", b"\xed\xa0\x80.pdf")


@pytest.mark.parametrize("folder", ["content/explainers/main", "layouts/static", "content/explainers", "layouts/i18n"])
@pytest.mark.parametrize("name", NAMES)
def test_a_name_that_is_no_utf_8(main: SiteTest, folder: str, name: bytes) -> None:
    (main.root / folder).mkdir(parents=True, exist_ok=True)
    try:
        (main.root / folder / os.fsdecode(name)).write_bytes(b"x")
    except OSError:
        pytest.skip("the file system takes no such name")
    for format_ in ("text", "json", "github", "sarif"):
        result = main.build("--format", format_)
        assert result.exit == 1
        assert "E108" in result.stdout + result.stderr
    assert main.run("check", "--site", str(main.root)).exit == 1


LONG = "a" * 256


@pytest.mark.parametrize(
    ("path", "text", "code"),
    [
        ("content/explainers/a.md", PAGE.format(f"slug: {LONG}\n", ""), "E125"),
        ("content/explainers/a.md", PAGE.format(f"tags: [{LONG}]\n", ""), "E127"),
        ("content/explainers/a.md", PAGE.format(f"tags: [{'ж' * 130}]\n", ""), "E127"),
        ("content/explainers/a.md", PAGE.format(f"tags: [{'国' * 90}]\n", ""), "E127"),
        ("content/sources/a.yaml", f"{LONG}: {{type: statement, title: t}}\n", "E125"),
        ("content/people.yaml", f"{LONG}: {{name: Ada}}\n", "E125"),
        ("content/explainers/a.md", PAGE.format(f"sources: {{{LONG}: {{type: statement, title: t}}}}\n", ""), "E125"),
    ],
)
def test_what_would_make_too_long_a_name(site: SiteTest, path: str, text: str, code: str) -> None:
    site.write(path, text)
    assert (code, path) in errors(site)
    assert next(one for one in site.build().diagnostics if one.code == code).line >= 1


def test_the_longest_names(site: SiteTest) -> None:
    longest = "a" * 255
    site.write("content/explainers/a.md", PAGE.format(f"slug: {longest}\ntags: [{longest}]\n", ""))
    assert errors(site) == []
    assert site.read(f"explainers/{longest}/index.html")


@pytest.mark.parametrize("name", ["x.png~", "x.orig", ".x.swp", "#x#", "x.bak", ".#x", "x.swp", "x.rej", "x.tmp"])
def test_what_editors_leave_behind(main: SiteTest, name: str) -> None:
    main.write(f"layouts/static/{name}", "x")
    main.write(f"content/explainers/main/{name}", "x")
    assert errors(main) == []
    assert not [path for path in main.tree() if path.endswith(name)]
    write(main, f"[x](<{name.replace('#', '%23')}>)")
    assert ("E501", "content/explainers/main/index.md") in [(c, p) for c, p in errors_after(main)]


def errors_after(site: SiteTest) -> list[tuple[str, str]]:
    return [(one.code, one.path) for one in site.build().diagnostics]


@pytest.mark.parametrize(
    "name",
    ["evil.html", "evil.HTM", "evil.js", "evil.mjs", "evil.xml", "evil.xhtml", "evil.css", "evil.wasm", "evil.swf", "evil",
     "evil.php", "evil.svgz", "evil.webmanifest", "evil.mht", "evil.rss", "evil.pdf.html", "evil.png/x.html"],
)  # fmt: skip
@pytest.mark.parametrize("reference", ["[x]({})", "![x]({})", '{{{{< figure src="{}" alt="x" >}}}}'])
def test_what_runs_in_a_browser(main: SiteTest, name: str, reference: str) -> None:
    main.write(f"content/explainers/main/{name}", "<script>alert(1)</script>")
    assert errors(main) == []
    write(main, reference.format(name))
    found = [one for one in main.build().diagnostics if one.code == "E504"]
    assert [(one.path, one.line) for one in found] == [("content/explainers/main/index.md", 5)]
    assert found[0].hints


@pytest.mark.parametrize("name", ["x.csv", "x.JSON", "x.txt", "x.zip", "x.tar.gz", "x.mp3", "x.webm", "deep/x.vtt"])
def test_what_may_go_out(main: SiteTest, name: str) -> None:
    main.write(f"content/explainers/main/{name}", "x")
    write(main, f"[x]({name})")
    assert errors(main) == []
    assert f"explainers/main/{name}" in main.tree()


@pytest.mark.parametrize(
    ("argument", "published"),
    [("src", True), ("image", True), ("file", True), ("poster", True), ("chart_src", True), ("data-file", True),
     ("caption", False), ("alt", False), ("title", False), ("credit", False), ("n", False), ("resrc", False)],
)  # fmt: skip
def test_which_arguments_publish_a_file(main: SiteTest, argument: str, *, published: bool) -> None:
    main.write("content/explainers/main/notes.txt", "x")
    main.write("layouts/shortcodes/box.html", "<p>{{ args | length }}</p>")
    write(main, f'{{{{< box {argument}="notes.txt" >}}}}')
    assert errors(main) == []
    assert ("explainers/main/notes.txt" in main.tree()) == published


@pytest.mark.parametrize(
    "name",
    [
        "claims.json",
        "index.html",
        "index.html/x.png",
        "claims.json/x.txt",
        "Claims.json",
        "INDEX.html",
        "Index.HTML/a/b.txt",
    ],
)
def test_a_file_in_the_way_of_one_that_is_made(main: SiteTest, name: str) -> None:
    main.write(f"content/explainers/main/{name}", "x")
    assert errors(main) == []
    assert not any(file.read_bytes() == b"x" for file in main.out.rglob("*") if file.is_file())
    write(main, f"Text.\n\n[x]({name})")
    found = [(one.code, one.path, one.line) for one in main.build().diagnostics]
    assert ("E503", "content/explainers/main/index.md", 7) in found


@pytest.mark.parametrize("names", [("Pic.txt", "pic.txt"), ("a/X.csv", "A/x.csv"), ("x.txt", "X.txt/y.csv")])
def test_files_that_differ_in_case_alone(main: SiteTest, names: tuple[str, str]) -> None:
    for name in names:
        main.write(f"content/explainers/main/{name}", "x")
    write(main, "".join(f"[x]({name}) " for name in names))
    assert "E503" in [code for code, _ in errors(main)]


def test_a_saved_copy_may_have_any_name(main: SiteTest) -> None:
    main.write("content/explainers/main/index.html", "<p>The words.</p>")
    main.write("content/sources/a.yaml", "x: {type: report, title: t, saved: ../explainers/main/index.html}\n")
    assert errors(main) == []


@pytest.mark.parametrize(
    "path", ["/Explainers/", "/explainers/Main/", "/ABOUT/", "/Claims/", "/feed/../x", "/explainers/main/", "/Static/x.html",
             f"/{LONG}/", "/explainers/main/Notes.html"]
)  # fmt: skip
def test_redirects_that_are_in_the_way(main: SiteTest, path: str) -> None:
    main.write("content/pages/about.md", "---\ntitle: About\n---\nText.\n")
    main.write("layouts/static/x.html", "x")
    main.write("content/explainers/main/notes.html", "x")
    site_yaml = "title: A site\nbase_url: https://example.org/\nredirects:\n  {}: https://example.com/\n"
    main.write("content/site.yaml", site_yaml.format(path))
    assert {code for code, _ in errors(main)} <= {"E503", "E123"}
    assert errors(main)


def test_redirects_that_differ_in_case_alone(main: SiteTest) -> None:
    main.write("content/site.yaml", (main.root / "content/site.yaml").read_text() + "redirects: {/Old/: /, /old/: /}\n")
    assert errors(main) == [("E503", "content/site.yaml")]


def test_static_files_that_differ_in_case_alone(main: SiteTest) -> None:
    main.write("layouts/static/X.txt", "x")
    main.write("layouts/static/x.txt", "x")
    assert errors(main) == [("E503", "layouts/static/x.txt")]


def test_nothing_of_a_pipe_is_waited_for_when_a_page_becomes_one(main: SiteTest, tmp_path: Path) -> None:
    assert errors(main) == []
    page = main.root / "content/explainers/main/index.md"
    page.unlink()
    os.mkfifo(page)
    result = main.build()
    assert [(one.code, one.path) for one in result.diagnostics] == [("E101", "content/explainers/main/index.md")]
