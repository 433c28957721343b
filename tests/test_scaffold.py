"""What a writer begins with: `init` and `new`."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from explainer.cli.main import main
from explainer.cli.new import KINDS
from explainer.load.sources import SOURCE
from explainer.model.terms import SOURCE_TYPES
from explainer.system.default_theme import default_layouts
from tests.harness import Result, SiteTest
from tests.serve_support import Preview

if TYPE_CHECKING:
    from pathlib import Path


def run(*args: str | Path) -> Result:
    outcome = CliRunner().invoke(main, [str(arg) for arg in args], catch_exceptions=False)
    return Result(outcome.exit_code, outcome.stdout, outcome.stderr)


@pytest.fixture
def started(tmp_path: Path) -> Path:
    folder = tmp_path / "newsroom"
    assert run("init", folder).exit == 0
    return folder


def files_of(folder: Path) -> dict[str, bytes]:
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


# --- init ---


def test_the_first_site_builds_without_a_warning(started: Path) -> None:
    checked = run("check", "--strict", "--site", started)
    assert (checked.exit, checked.stderr) == (0, "")
    assert run("build", "--strict", "--site", started).exit == 0
    page = (started / "site/explainers/harbour-bridge/index.html").read_text(encoding="utf-8")
    assert "denied" in page
    assert "an engineer who worked on the bridge" in page
    claims = json.loads((started / "site/explainers/harbour-bridge/claims.json").read_text(encoding="utf-8"))
    notes = [note["code"] for claim in claims["claims"] for note in claim["sourcing"]["notes"]]
    assert {"disputed", "quotes-match"} <= set(notes)


def test_the_first_site_can_be_published_to_a_folder(started: Path, tmp_path: Path) -> None:
    settings = started / "content/site.yaml"
    target = f"publish:\n  here: {{to: folder, path: {tmp_path}/public, verify: 0}}\n"
    here = settings.read_text(encoding="utf-8")
    settings.write_text(here + target, encoding="utf-8")
    assert run("build", "--site", started).exit == 0
    published = run("publish", "here", "--site", started, "--yes")
    assert published.exit == 0, published.stderr
    found = [path for path in files_of(tmp_path / "public") if path.endswith("harbour-bridge/index.html")]
    assert found


def test_the_preview_shows_the_first_site(started: Path) -> None:
    with Preview(started) as preview:
        shown = preview.get("/explainers/harbour-bridge/")
    assert (shown.status, "Why the harbour bridge is closed" in shown.text) == (200, True)


def test_git_takes_nothing_that_a_build_makes(started: Path) -> None:
    ignored = (started / ".gitignore").read_text(encoding="utf-8").split()
    assert {"/site/", "/.site.explainer-*", "/.explainer/"} <= set(ignored)


def test_editors_get_schemas_and_snippets(started: Path) -> None:
    settings = json.loads((started / ".vscode/settings.json").read_text(encoding="utf-8"))
    for schema in settings["yaml.schemas"]:
        assert "$defs" in json.loads((started / schema).read_text(encoding="utf-8"))
    snippets = json.loads((started / ".vscode/explainer.code-snippets").read_text(encoding="utf-8"))
    assert {f"source: {kind}" for kind in SOURCE_TYPES} | {"claim", "source", "person"} <= snippets.keys()


def test_the_tasks_of_editors_find_what_check_says(started: Path) -> None:
    (started / "content/explainers/ferry-fares.md").write_text(
        "---\ntitle: A\ndate: 2024-02-30\n---\n", encoding="utf-8"
    )
    said = run("check", "--site", started).stderr
    tasks = json.loads((started / ".vscode/tasks.json").read_text(encoding="utf-8"))["tasks"]
    for task in tasks:
        pattern = task["problemMatcher"]["pattern"]
        found = re.search(pattern["regexp"], said, re.MULTILINE)
        assert found
        assert found.group(pattern["file"], pattern["line"], pattern["code"]) == (
            "content/explainers/ferry-fares.md", "3", "E124 bad-date",
        )  # fmt: skip


def test_an_empty_site_has_no_example(tmp_path: Path) -> None:
    assert run("init", "--empty", tmp_path / "a").exit == 0
    content = [path for path in files_of(tmp_path / "a") if path.startswith("content/")]
    assert content == ["content/site.yaml"]
    checked = run("check", "--strict", "--site", tmp_path / "a")
    assert (checked.exit, checked.stderr) == (0, "")


@pytest.mark.parametrize("there", ["content/site.yaml", "a.txt", ".git/config"])
def test_a_folder_with_anything_in_it_stays_as_it_is(tmp_path: Path, there: str) -> None:
    file = tmp_path / there
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("mine")
    assert run("init", tmp_path).exit == 2
    assert files_of(tmp_path) == {there: b"mine"}


def test_a_link_is_no_new_folder(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "there")
    assert run("init", tmp_path / "link").exit == 2
    assert files_of(tmp_path) == {}


# --- new ---

NAMES = [
    "A plain name",
    'Quotes " and: colons # and {braces}',
    "Ünïcödé: Ångström",
    "– a dash",
    "[list]",
    "{{< claim >}}",
    "x" * 200,
]


@pytest.mark.parametrize("name", NAMES)
def test_what_is_new_is_no_fault(site: SiteTest, name: str) -> None:
    for kind in KINDS[:-1]:  # a correction is of a page that is there
        made = run("new", kind, name, "--site", site.root)
        assert made.exit == 0, made.stderr
        assert (site.root / made.stdout.strip().partition(":")[0]).is_file()
    built = site.build("--drafts")
    assert (built.exit, set(built.codes)) == (0, {"W253"})


@pytest.mark.parametrize("kind", SOURCE_TYPES)
def test_every_type_of_source(site: SiteTest, kind: str) -> None:
    assert (
        run("new", "source", "A name", "--type", kind, "--site", site.root).stdout == "content/sources/sources.yaml:1\n"
    )
    assert site.build().exit == 0
    text = (site.root / "content/sources/sources.yaml").read_text(encoding="utf-8")
    keys = re.findall(r"^  (?:# )?(\w+):", text, re.MULTILINE)
    assert keys[0] == "type"
    assert set(keys) <= {field.name for field in SOURCE.fields}


def test_ids_are_unique_among_all(site: SiteTest) -> None:
    made = [run("new", "source", "The mill", "--site", site.root).stdout.strip() for _ in range(3)]
    assert made == [f"content/sources/sources.yaml:{line}" for line in (1, 12, 23)]
    text = (site.root / "content/sources/sources.yaml").read_text(encoding="utf-8")
    assert re.findall(r"^(\S+):$", text, re.MULTILINE) == ["the-mill", "the-mill-2", "the-mill-3"]
    pages = [run("new", "explainer", "The mill", "--site", site.root).stdout.strip() for _ in range(2)]
    assert pages == ["content/explainers/the-mill.md", "content/explainers/the-mill-2.md"]


def test_a_file_of_records_keeps_all_that_it_has(site: SiteTest) -> None:
    before = "# Ours\n\nzed: {name: Zed}  # last in the alphabet\nada:\n  name: Ada\n# the end\n\n\n"
    site.write("content/people.yaml", before.encode())
    assert run("new", "person", "Ida Brandt", "--site", site.root).stdout == "content/people.yaml:8\n"
    after = (site.root / "content/people.yaml").read_text(encoding="utf-8")
    assert after.startswith(before.rstrip("\n") + "\n\nida-brandt:\n  name:")


@pytest.mark.parametrize(
    "before", ["{ada: {name: Ada}}\n", "ada: {name: Ada\n", "- ada\n", "ada:\n  bio: |\n    x\n...\n"]
)
def test_a_file_to_which_nothing_can_be_added_stays_as_it_is(site: SiteTest, before: str) -> None:
    site.write("content/people.yaml", before.encode())
    refused = run("new", "person", "Ida", "--site", site.root)
    assert refused.exit == 2
    assert "ida:" in refused.stderr
    assert (site.root / "content/people.yaml").read_text(encoding="utf-8") == before


@pytest.mark.parametrize(
    "args", [["", ""], ["a", "--id", "A b"], ["中文"], ["a\x07b"], ["zed", "--id", "zed"], ["x", "--id", "../x"]]
)
def test_names_of_which_no_id_can_be_made(site: SiteTest, args: list[str]) -> None:
    site.write("content/people.yaml", "zed: {name: Zed}\n")
    before = files_of(site.root)
    assert run("new", "person", *args, "--site", site.root).exit == 2
    assert files_of(site.root) == before


def test_a_link_out_of_the_site_is_not_written_through(
    site: SiteTest, tmp_path_factory: pytest.TempPathFactory
) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (site.root / "content/explainers").symlink_to(elsewhere)
    (elsewhere / "people.yaml").write_text("a: {name: A}\n")
    (site.root / "content/people.yaml").symlink_to(elsewhere / "people.yaml")
    assert run("new", "explainer", "A", "--site", site.root).exit == 2
    assert run("new", "person", "B", "--site", site.root).exit == 2
    assert files_of(elsewhere) == {"people.yaml": b"a: {name: A}\n"}


def test_there_has_to_be_a_site(tmp_path: Path) -> None:
    refused = run("new", "page", "A", "--site", tmp_path)
    assert refused.exit == 2
    assert "explainer init" in refused.stderr


# --- eject ---


@pytest.mark.parametrize("name", ["explainer.html", "style/site.css", "i18n/en.yaml"])
def test_a_copy_changes_nothing_and_names_what_it_is_of(site: SiteTest, name: str) -> None:
    site.write("content/explainers/a.md", "---\ntitle: A\ndate: 2024-01-01\n---\nText.\n")
    assert site.build().exit == 0
    before = site.main("explainers/a/index.html")
    made = run("eject", name, "--site", site.root)
    assert made.stdout == f"layouts/{name}\n"
    first, _, rest = (site.root / f"layouts/{name}").read_text(encoding="utf-8").partition("\n")
    assert f"default layout {name}, sha256 " in first
    assert rest == (default_layouts() / name).read_text(encoding="utf-8")
    built = site.build("--strict")
    assert (built.exit, built.codes) == (0, [])
    assert site.main("explainers/a/index.html") == before


def test_every_default_layout_can_be_ejected(site: SiteTest) -> None:
    names = [path.relative_to(default_layouts()).as_posix() for path in sorted(default_layouts().glob("**/*.*ml"))]
    assert run("eject", *names, "--site", site.root).exit == 0
    site.write("content/explainers/a.md", "---\ntitle: A\ndate: 2024-01-01\n---\nText.\n")
    assert site.build("--strict").exit == 0


@pytest.mark.parametrize("name", ["explaner.html", "../content/site.yaml", "static/icon.svg", "fonts", ""])
def test_what_is_no_default_layout(site: SiteTest, name: str) -> None:
    before = files_of(site.root)
    assert run("eject", "404.html", name, "--site", site.root).exit == 2
    assert files_of(site.root) == before


def test_a_layout_of_ones_own_is_not_overwritten(site: SiteTest) -> None:
    site.write("layouts/404.html", "mine")
    assert run("eject", "404.html", "--site", site.root).exit == 2
    assert (site.root / "layouts/404.html").read_text() == "mine"
