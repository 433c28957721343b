"""The guards: each keeps a build from its host before the first byte travels."""

from __future__ import annotations

import fcntl
import io
import json
import re
import tarfile
import zipfile
from typing import TYPE_CHECKING

import pytest

from tests.publish_support import a_page, a_site, codes, publish, published_tree, told

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.harness import SiteTest

TARGETS = "publish: {here: {to: folder, path: ../www, verify: 0}}\n"


@pytest.fixture
def www(site: SiteTest) -> Path:
    """The folder that the site's target names."""
    a_site(site, targets=TARGETS)
    return site.root.parent / "www"


def refused(site: SiteTest, www: Path, *args: str) -> list[str]:
    """Publish, and see that nothing was touched; the codes of the refusals."""
    before = published_tree(www)
    result = publish(site, "--format", "json", *args)
    assert result.exit == 1
    assert told(result)["outcome"] == "refused"
    assert all(refusal["message"] for refusal in told(result)["refusals"])
    assert published_tree(www) == before
    return codes(result)


def test_a_sound_build_passes(site: SiteTest, www: Path) -> None:
    assert site.build().exit == 0
    assert publish(site).exit == 0
    found = published_tree(www)
    assert found == {path: (site.out / path).read_bytes() for path in site.tree()}
    assert not (www / ".explainer-site").exists()


def test_drafts(site: SiteTest, www: Path) -> None:
    a_page(site, "secret", "Not yet.", "draft: true\n")
    site.build("--drafts")
    assert refused(site, www) == ["drafts"]
    site.build()
    assert publish(site).exit == 0


def test_a_page_that_is_a_draft_no_more_can_be_published(site: SiteTest, www: Path) -> None:
    a_page(site, "page-0", "First words.", "draft: true\n")
    site.build("--drafts")
    a_page(site, "page-0", "First words.")
    site.build()
    assert publish(site).exit == 0
    a_page(site, "page-0", "First words.", "draft: true\n")
    site.build("--drafts")
    assert refused(site, www) == ["drafts"]


def test_an_embargo(site: SiteTest, www: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    a_page(site, "later", "Soon.", "publish_at: 2999-01-01T12:00:00Z\n")
    site.build("--future")
    assert refused(site, www) == ["embargo"]
    # A clock that is set for the build alone doesn't lift it.
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "32503680001")
    site.build()
    assert refused(site, www) == ["embargo"]


def test_an_embargo_is_told_in_the_sites_own_time(site: SiteTest, www: Path) -> None:
    config = (site.root / "content/site.yaml").read_text()
    site.write("content/site.yaml", f"{config}time_zone: America/New_York\n")
    a_page(site, "later", "Soon.", "publish_at: 2999-07-01 12:00\n")
    assert site.build("--future").exit == 0
    assert "isn't due before 2999-07-01 12:00:00-04:00" in publish(site).stderr
    assert not www.exists()


@pytest.mark.parametrize("address", ["http://localhost:8000/", "http://127.0.0.1/", "http://[::1]/", "http://x.local/"])
def test_an_address_on_this_machine(address: str, site: SiteTest, www: Path) -> None:
    site.build("--base-url", address)
    assert "local-address" in refused(site, www)


def test_another_address_than_the_target_has(site: SiteTest, www: Path) -> None:
    site.build("--base-url", "https://preview.example/")
    assert refused(site, www) == ["other-address"]
    a_site(site, targets=TARGETS.replace("to: folder", "to: folder, base_url: 'https://preview.example'"))
    assert publish(site).exit == 0


def test_an_empty_site(site: SiteTest, www: Path) -> None:
    for page in site.root.glob("content/explainers/*/index.md"):
        page.unlink()
    site.build()
    assert refused(site, www) == ["empty"]


def test_no_build_at_all(site: SiteTest, www: Path) -> None:
    assert refused(site, www) == ["incomplete"]
    assert refused(site, www, "--from", str(site.root / "nowhere.tar")) == ["incomplete"]
    site.out.mkdir()
    assert refused(site, www) == ["incomplete"]


def break_page(out: Path) -> None:
    (out / "index.html").write_text("changed")


def lose_page(out: Path) -> None:
    (out / "index.html").unlink()


def add_page(out: Path) -> None:
    (out / "more.html").write_text("more")


def add_link(out: Path) -> None:
    (out / "more.html").symlink_to("/etc/passwd")


def swap_for_link(out: Path) -> None:
    (out / "index.html").unlink()
    (out / "index.html").symlink_to("404.html")


@pytest.mark.parametrize("damage", [break_page, lose_page, add_page, add_link, swap_for_link])
def test_a_tree_that_is_not_as_its_build_left_it(damage: Callable[[Path], None], site: SiteTest, www: Path) -> None:
    site.build()
    damage(site.out)
    assert refused(site, www) == ["incomplete"]


def test_a_build_that_failed_after_this_one(site: SiteTest, www: Path) -> None:
    site.build()
    site.write("content/explainers/page-0/index.md", "---\ntitle: A\n")
    assert site.build().exit == 1
    assert refused(site, www) == ["unfinished"]
    a_page(site, "page-0", "Mended.")
    site.build()
    assert publish(site).exit == 0


def test_a_build_that_was_stopped(site: SiteTest, www: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    site.build()

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("explainer.engine.outputs.host_files", stop)
    site.write("content/explainers/new.md", "---\ntitle: New\ndate: 2024-01-01\n---\nText.\n")
    site.build()
    assert refused(site, www) == ["unfinished"]


def test_the_tree_of_a_preview(site: SiteTest, www: Path) -> None:
    site.build()
    (site.out / ".explainer-preview").touch()
    assert refused(site, www) == ["preview-tree"]


@pytest.mark.parametrize(
    ("head", "code"),
    [
        ('<script src="/livereload.js"></script>', "preview-tree"),
        ('<script>var s = "livereload"</script>', "preview-tree"),
        ('<link rel="canonical" href="http://localhost:8000/x/">', "local-address"),
    ],
)
def test_what_a_preview_leaves_in_pages(head: str, code: str, site: SiteTest, www: Path) -> None:
    site.write("layouts/base.html", f'{{% extends "default/base.html" %}}{{% block canonical %}}{head}{{% endblock %}}')
    site.build()
    assert refused(site, www) == [code]


def test_words_about_previews_are_no_fault(site: SiteTest, www: Path) -> None:
    a_page(site, "guide", 'See <http://localhost:8000/>; `<script src="/livereload.js">` stands there.')
    site.build()
    assert publish(site).exit == 0


# --- Deletions ---


def test_many_deletions_need_the_users_word(site: SiteTest, www: Path) -> None:
    a_site(site, 6, targets=TARGETS)
    site.build()
    publish(site)
    for number in range(4):
        (site.root / f"content/explainers/page-{number}/index.md").unlink()
    site.build()
    before = len(published_tree(www))
    assert refused(site, www, "--yes") == ["too-many-deletions"]
    assert refused(site, www, "--yes", "--max-deletes", "11") == ["too-many-deletions"]
    # Nobody is asked where there is no terminal.
    assert refused(site, www, "--max-deletes", "12") == ["not-agreed"]
    assert publish(site, "--yes", "--max-deletes", "12").exit == 0
    assert len(published_tree(www)) == before - 12


def test_a_few_deletions_are_agreed_to_by_an_option(site: SiteTest, www: Path) -> None:
    a_site(site, 8, targets=TARGETS)
    site.build()
    publish(site)
    (site.root / "content/explainers/page-0/index.md").unlink()
    site.build()
    assert refused(site, www) == ["not-agreed"]
    result = publish(site, "--yes", "--format", "json")
    assert (result.exit, told(result)["plan"]["delete"]) == (0, 5)
    assert not (www / "explainers/page-0").exists()


# --- The host ---


@pytest.mark.parametrize("content", [None, b"{}"])
def test_a_folder_that_is_not_ours(content: bytes | None, site: SiteTest, www: Path) -> None:
    site.build()
    www.mkdir()
    (www / "family.jpg").touch()
    if content:
        (www / ".explainer-publish.json").write_bytes(content)
    assert refused(site, www) == ["not-ours"]


@pytest.mark.parametrize("path", [".", "..", "content", "site", ".explainer/x"])
def test_the_sites_own_folders_are_no_target(path: str, site: SiteTest) -> None:
    a_site(site, targets=TARGETS.replace("../www", path))
    site.build()
    assert codes(publish(site, "--format", "json")) == ["not-ours"]


def test_an_older_build_does_not_overwrite_a_newer_one(site: SiteTest, www: Path) -> None:
    site.build()
    old = site.root.parent / "old"
    site.out.rename(old)
    a_page(site, "page-0", "Corrected.")
    site.build()
    assert publish(site).exit == 0
    file = www / ".explainer-publish.json"
    newer = json.loads(file.read_bytes())
    file.write_text(json.dumps(newer | {"built": newer["built"] + 60}))
    assert refused(site, www, "--from", str(old)) == ["older"]
    assert refused(site, www, "--from", str(old), "--replace", "0" * 16) == ["older"]
    assert publish(site, "--from", str(old), "--replace", newer["id"]).exit == 0
    assert b"First words" in published_tree(www)["explainers/page-0/index.html"]


def test_several_targets_get_the_build_only_together(site: SiteTest) -> None:
    more = "publish: {one: {to: folder, path: ../one, verify: 0}, two: {to: folder, path: ../two, verify: 0}}\n"
    a_site(site, targets=more)
    site.build()
    one, two = site.root.parent / "one", site.root.parent / "two"
    two.mkdir()
    (two / "strange").touch()
    result = publish(site, "one", "two", "--format", "json")
    assert result.exit == 1
    outcomes = {target["target"]: target["outcome"] for target in json.loads(result.stdout)["targets"]}
    assert outcomes == {"two": "refused", "one": "planned"}
    assert not one.exists()
    (two / "strange").unlink()
    assert publish(site, "one", "two").exit == 0
    assert published_tree(one) == published_tree(two) != {}


# --- How it is called ---


@pytest.mark.parametrize(
    ("targets", "args", "words"),
    [
        ("", (), "names no target"),
        (TARGETS, ("there",), "no target 'there'"),
        (TARGETS.replace("}}", "}, more: {to: folder, path: x}}"), (), "here, more"),
        (TARGETS, ("--rollback", "--from", "content"), "--rollback"),
    ],
)
def test_calls_that_make_no_sense(
    targets: str, args: tuple[str, ...], words: str, site: SiteTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_site(site, targets=targets)
    monkeypatch.chdir(site.root)
    result = publish(site, *args)
    assert result.exit == 2
    assert words in result.stderr


def test_a_fault_of_the_configuration_is_told_as_ever(site: SiteTest) -> None:
    a_site(site, targets="publish: {here: {to: nowhere}}\n")
    result = publish(site)
    assert result.exit == 1
    assert "content/site.yaml:3:22: error E123" in result.stderr


def test_a_dry_run_does_nothing_and_says_everything(site: SiteTest, www: Path) -> None:
    site.build()
    dry = publish(site, "--dry-run", "--format", "json")
    assert (dry.exit, told(dry)["outcome"], www.exists()) == (0, "planned", False)
    wet = publish(site, "--format", "json")
    assert told(dry)["plan"] == told(wet)["plan"]
    assert {action["path"] for action in told(dry)["plan"]["actions"]} == set(site.tree())
    text = publish(site, "--dry-run").stdout
    assert "0 to upload" in text


def test_corrections_are_named(site: SiteTest, www: Path) -> None:
    site.build()
    publish(site)
    a_page(site, "page-1", "Other words.", "corrections: [{date: 2024-02-02, text: It was a Tuesday.}]\n")
    site.build()
    result = publish(site, "--dry-run", "--format", "json")
    correction = {"page": "/explainers/page-1/", "date": "2024-02-02", "text": "It was a Tuesday."}
    assert told(result)["corrections"] == [correction]
    assert "correction on /explainers/page-1/, 2024-02-02: It was a Tuesday." in publish(site).stdout
    assert told(publish(site, "--format", "json"))["corrections"] == []
    assert www.exists()


# --- Artifacts ---


def as_tar(out: Path, name: str) -> Path:
    archive = out.parent / name
    with tarfile.open(archive, "w:gz" if name.endswith("gz") else "w") as opened:
        opened.add(out, arcname="." if name == "a.tar" else "site")
    return archive


def as_zip(out: Path, name: str) -> Path:
    archive = out.parent / name
    with zipfile.ZipFile(archive, "w") as opened:
        for file in out.rglob("*"):
            opened.write(file, file.relative_to(out))
    return archive


@pytest.mark.parametrize(("pack", "name"), [(as_tar, "a.tar"), (as_tar, "a.tar.gz"), (as_zip, "a.zip")])
def test_a_build_comes_in_an_archive(pack: Callable[[Path, str], Path], name: str, site: SiteTest, www: Path) -> None:
    site.build()
    archive = pack(site.out, name)
    expected = site.tree()
    site.out.rename(site.out.with_name("elsewhere"))
    assert publish(site, "--from", str(archive)).exit == 0
    assert published_tree(www).keys() == expected.keys()


def test_an_archive_without_the_marker_says_how_to_keep_it(site: SiteTest, www: Path) -> None:
    site.build()
    (site.out / ".explainer-site").unlink()
    result = publish(site, "--from", str(as_zip(site.out, "a.zip")))
    assert (result.exit, www.exists()) == (1, False)
    assert "include-hidden-files: true" in result.stderr
    assert f"there is no build in {site.out.parent / 'a.zip'}: it has no .explainer-site" in result.stderr


def test_an_archive_that_was_changed_is_named(site: SiteTest, www: Path) -> None:
    site.build()
    (site.out / "robots.txt").write_text("changed")
    archive = as_tar(site.out, "a.tar.gz")
    result = publish(site, "--from", str(archive))
    assert (result.exit, www.exists()) == (1, False)
    assert f"{archive} isn't as its build left it: robots.txt was changed" in result.stderr


@pytest.mark.parametrize("name", ["../out", "/out", "a/../../out", "a\\..\\out"])
def test_an_archive_puts_nothing_elsewhere(name: str, site: SiteTest, www: Path) -> None:
    archive = site.root / "bad.tar"
    with tarfile.open(archive, "w") as opened:
        one = tarfile.TarInfo(name)
        one.size = 1
        opened.addfile(one, io.BytesIO(b"x"))
    assert refused(site, www, "--from", str(archive)) == ["incomplete"]


def test_an_archive_holds_files_alone(site: SiteTest, www: Path) -> None:
    archive = site.root / "bad.tar"
    with tarfile.open(archive, "w") as opened:
        one = tarfile.TarInfo("link")
        one.type, one.linkname = tarfile.SYMTYPE, "/etc/passwd"
        opened.addfile(one)
    assert refused(site, www, "--from", str(archive)) == ["incomplete"]


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 but no archive", b"\x1f\x8b but no archive"])
def test_what_is_no_archive(content: bytes, site: SiteTest, www: Path) -> None:
    (site.root / "a.tar").write_bytes(content)
    assert refused(site, www, "--from", str(site.root / "a.tar")) == ["incomplete"]


def xz_with_a_fault(out: Path) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:xz") as opened:
        opened.add(out, arcname="site")
    content = bytearray(packed.getvalue())
    content[len(content) // 2] ^= 0xFF
    return bytes(content)


def zip_with(out: Path, at: int, value: int) -> bytes:
    """A zip whose list of files says something else: encrypted, or packed by an unknown method."""
    content = bytearray(as_zip(out, "a.zip").read_bytes())
    for entry in re.finditer(rb"PK\x01\x02", bytes(content)):
        content[entry.start() + at] = value
    return bytes(content)


@pytest.mark.parametrize(
    "damaged",
    [xz_with_a_fault, lambda out: zip_with(out, 8, 1), lambda out: zip_with(out, 10, 99)],
    ids=["damaged", "encrypted", "unknown method"],
)
def test_an_archive_that_cannot_be_unpacked(damaged: Callable[[Path], bytes], site: SiteTest, www: Path) -> None:
    site.build()
    (site.root / "bad").write_bytes(damaged(site.out))
    assert refused(site, www, "--from", str(site.root / "bad")) == ["incomplete"]


def test_content_that_is_newer_than_the_build(site: SiteTest) -> None:
    a_site(site, targets="publish: {here: {to: folder, path: ../www, verify: 0}}\n")
    assert site.build().exit == 0
    assert publish(site).exit == 0
    page = site.root / "content/explainers/page-1/index.md"
    a_page(site, "page-1", "Edited.")
    result = publish(site, "--format", "json")
    assert (result.exit, codes(result)) == (1, ["newer-content"])
    assert "page-1/index.md" in result.stdout
    assert publish(site, "--build").exit == 0
    www = site.root.parent / "www/explainers/page-1/index.html"
    assert b"Edited." in www.read_bytes()
    a_page(site, "page-1", "Edited.")  # written again, and the same
    assert publish(site).exit == 0
    page.unlink()
    assert codes(publish(site, "--format", "json")) == ["newer-content"]
    a_page(site, "page-1", "Edited.")
    assert site.build().exit == 0
    assert publish(site).exit == 0
    # Where it is published to is no part of the build; the title is.
    config = (site.root / "content/site.yaml").read_text()
    site.write("content/site.yaml", config.replace("../www", "../www2"))
    assert publish(site).exit == 0
    site.write("content/site.yaml", config.replace("The Post", "The Times"))
    assert codes(publish(site, "--format", "json")) == ["newer-content"]


def test_what_does_not_build_is_not_published(site: SiteTest) -> None:
    a_site(site, targets="publish: {here: {to: folder, path: ../www, verify: 0}}\n")
    a_page(site, "page-1", "[a claim]{#c type=nothing}", "unknown_key: 1\n")
    assert publish(site, "--build").exit == 1
    assert not (site.root.parent / "www").exists()


def test_what_killed_runs_left_goes_with_the_next(site: SiteTest, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = site.root.parent / "tmp"
    for name in ("explainer-publish-dead", "explainer-publish-busy", "another"):
        (folder / name).mkdir(parents=True)
        (folder / name / "lock").touch()
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    a_site(site, targets="publish: {here: {to: folder, path: ../www, verify: 0}}\n")
    site.build()
    with (folder / "explainer-publish-busy/lock").open() as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        assert publish(site).exit == 0
    assert {path.name for path in folder.iterdir()} == {"explainer-publish-busy", "another"}
