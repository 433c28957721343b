"""The output: always one whole build, the same as a clean one, whatever was done to it or to the build."""

from __future__ import annotations

import errno
import os
import pickle
import shutil
import signal
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explainer.output import swap
from explainer.output.manifest import MARKER, dump_manifest, read_manifest, survey
from explainer.output.tree import OutputError, OutputRefusedError, OutputTree, check_out, write_if_changed
from tests.output_support import (
    FILE,
    KEY,
    Countdown,
    Files,
    beside,
    build,
    counted,
    expected,
    in_child,
    killed_at,
    stamps_of,
    tree_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

OLD: Files = {
    "index.html": b"home",
    "a/x/index.html": b"x as it was",
    "a/x/claims.json": b"[]",
    "a/y/index.html": b"y as it was",
    "b/z/index.html": b"z",
    "gone/index.html": b"gone",
}
NEW: Files = {
    "index.html": b"home again",
    "a/x/index.html": b"x as it was",
    "a/x/claims.json": b"[1]",
    "a/y/index.html": b"y as it is!",
    "b/z/index.html": b"z",
    "b/z": b"a file now",
    "new/one/index.html": b"new",
}
del NEW["b/z/index.html"]
BESIDE = {"site", ".site.explainer-spare", ".site.explainer-lock"}


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "site"


@pytest.fixture
def no_exchange(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(swap, "_system_call", lambda: None)


def pickled(value: Any) -> Any:
    return pickle.loads(pickle.dumps(value))  # noqa: S301 - our own


def spare_of(out: Path) -> Path:
    return out.with_name(".site.explainer-spare")


# --- Builds ---


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077])
def test_names_bytes_and_modes_are_the_same_whatever_the_umask(out: Path, umask: int) -> None:
    before = os.umask(umask)
    try:
        build(out, OLD)
        assert tree_of(out) == expected(OLD)
        build(out, NEW)
        assert tree_of(out) == expected(NEW)
    finally:
        os.umask(before)
    assert beside(out) == BESIDE
    assert spare_of(out).stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("keep", [False, True])
@pytest.mark.parametrize("aged", [False, True])
def test_any_way_between_two_builds(out: Path, keep: bool, aged: bool) -> None:
    for files in (OLD, NEW, OLD, OLD, NEW, {"only": b"one"}, {}, NEW):
        build(out, files, keep=keep, aged=aged)
        assert tree_of(out) == expected(files)


@pytest.mark.parametrize("keep", [False, True])
def test_what_did_not_change_is_not_touched(out: Path, keep: bool) -> None:
    for files in (OLD, NEW):
        assert build(out, files)
        before = stamps_of(out)
        assert not build(out, files, keep=keep)
        assert stamps_of(out) == before


def test_a_build_that_is_not_committed_changes_nothing(out: Path) -> None:
    build(out, OLD)
    build(out, NEW)
    before = stamps_of(out)
    with OutputTree(out, key=KEY) as tree:
        for path, content in OLD.items():
            tree.write(path, content)
    assert stamps_of(out) == before


def test_files_that_are_the_same_are_shared_and_never_changed_in_place(out: Path) -> None:
    build(out, OLD)
    with (out / "a/x/index.html").open("rb") as shared, (out / "index.html").open("rb") as other:
        build(out, NEW)
        assert os.fstat(shared.fileno()).st_nlink == 2
        assert other.read() == b"home"


def test_a_file_put_twice_is_the_one_put_last(out: Path) -> None:
    build(out, OLD)
    with OutputTree(out, key=KEY) as tree:
        for path, content in OLD.items():
            tree.write(path, content + b"!")
            tree.write(path, content)
        tree.commit()
    assert tree_of(out) == expected(OLD)


def test_other_processes_need_nothing_but_what_can_be_pickled(out: Path) -> None:
    build(out, OLD)
    with OutputTree(out, key=KEY) as tree:
        for path, content in NEW.items():
            function, *arguments = pickled((write_if_changed, tree.trees, path, content, tree.known.get(path)))
            tree.add(path, pickled(function(*arguments)))
        tree.commit()
    assert tree_of(out) == expected(NEW)


def test_without_hard_links_files_are_copied(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: object, **kwargs: object) -> None:
        raise PermissionError(errno.EPERM, "no links here")

    monkeypatch.setattr(os, "link", refuse)
    for files in (OLD, NEW, OLD):
        build(out, files)
        assert tree_of(out) == expected(files)


def test_a_file_changed_while_it_is_built_stops_the_build(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    build(out, OLD)
    link = os.link

    def change_and_link(source: str, target: str, **kwargs: bool) -> None:
        Path(source).write_bytes(b"by hand")
        link(source, target, **kwargs)

    monkeypatch.setattr(os, "link", change_and_link)
    with pytest.raises(OutputError, match="another process changed it"):
        build(out, NEW)
    monkeypatch.undo()
    build(out, NEW)
    assert tree_of(out) == expected(NEW)


def test_what_was_unpublished_is_left_in_neither_tree(out: Path) -> None:
    build(out, OLD)
    changed = {**OLD, "index.html": b"home again"}
    build(out, changed)
    assert tree_of(spare_of(out))["index.html"][1] == b"home"
    del changed["gone/index.html"]
    build(out, changed)
    left = {path: content for path, (_, content) in tree_of(spare_of(out)).items() if content}
    assert left == changed
    assert not (spare_of(out) / "gone").exists()
    build(out, NEW)
    assert b"x as it was" in [content for _, content in tree_of(spare_of(out)).values()]
    assert not {b"[]", b"y as it was", b"z"} & {content for _, content in tree_of(spare_of(out)).values()}
    build(out, OLD)
    assert tree_of(out) == expected(OLD)


# --- What others did to it ---


def edit(tree: Path) -> None:
    (tree / "a/x/index.html").write_bytes(b"by hand, and longer")


def edit_unseen(tree: Path) -> None:
    file = tree / "a/x/index.html"
    stat = file.stat()
    file.write_bytes(b"x by a hand")
    os.utime(file, ns=(stat.st_atime_ns, stat.st_mtime_ns))


def edit_in_the_past(tree: Path) -> None:
    edit_unseen(tree)
    os.utime(tree / "a/x/index.html", (0, 0))


def edit_in_2099(tree: Path) -> None:
    edit_unseen(tree)
    for path in tree.rglob("*"):
        os.utime(path, (4_080_000_000, 4_080_000_000))


def touch(tree: Path) -> None:
    for path in tree.rglob("*"):
        path.touch()


def delete(tree: Path) -> None:
    (tree / "a/x/index.html").unlink()


def delete_folder(tree: Path) -> None:
    shutil.rmtree(tree / "a")


def delete_all(tree: Path) -> None:
    shutil.rmtree(tree)


def add(tree: Path) -> None:
    (tree / "a/x/more.html").write_bytes(b"by hand")
    (tree / "more.html").write_bytes(b"by hand")


def add_folders(tree: Path) -> None:
    (tree / "a/x/more/and/more").mkdir(parents=True)
    (tree / "more/and").mkdir(parents=True)
    (tree / "more/and/file").write_bytes(b"by hand")


def change_modes(tree: Path) -> None:
    (tree / "a/x/index.html").chmod(0o755)
    (tree / "index.html").chmod(0o600)


def close_folders(tree: Path) -> None:
    (tree / "a/x").chmod(0o500)
    (tree / "a").chmod(0o555)
    (tree / "b").chmod(0o000)


def open_root(tree: Path) -> None:
    tree.chmod(0o777)


def file_to_folder(tree: Path) -> None:
    (tree / "index.html").unlink()
    (tree / "index.html/in").mkdir(parents=True)
    (tree / "index.html/in/it").write_bytes(b"by hand")


def folder_to_file(tree: Path) -> None:
    shutil.rmtree(tree / "a")
    (tree / "a").write_bytes(b"by hand")


def file_to_link(tree: Path) -> None:
    (tree / "index.html").unlink()
    (tree / "index.html").symlink_to(tree.parent / "outside/index.html")
    (tree / "a/x/claims.json").unlink()
    (tree / "a/x/claims.json").symlink_to("nowhere")


def folder_to_link(tree: Path) -> None:
    shutil.rmtree(tree / "a")
    (tree / "a").symlink_to("../outside")
    (tree / "more").symlink_to("../outside")


def move_folder_and_link(tree: Path) -> None:
    (tree / "a").rename(tree.parent / "outside/moved")
    (tree / "a").symlink_to("../outside/moved")


def swapped(tree: Path) -> None:
    (tree / "a/x").rename(tree / "a/w")
    (tree / "a/y").rename(tree / "a/x")
    (tree / "a/w").rename(tree / "a/y")


def link_files(tree: Path) -> None:
    (tree / "a/y/index.html").unlink()
    (tree / "a/y/index.html").hardlink_to(tree / "a/x/index.html")


def fifo(tree: Path) -> None:
    (tree / "index.html").unlink()
    os.mkfifo(tree / "index.html")


def break_marker(tree: Path) -> None:
    (tree / MARKER).write_bytes(b"{")


def age_marker(tree: Path) -> None:
    edit_unseen(tree)
    os.utime(tree / MARKER, (4_080_000_000, 4_080_000_000))


def remove_marker(tree: Path) -> None:
    (tree / MARKER).unlink()
    (tree / "more.html").write_bytes(b"by hand")


def copy_tree(tree: Path) -> None:
    shutil.copytree(tree, tree.with_name("copy"), symlinks=True)
    shutil.rmtree(tree)
    tree.with_name("copy").rename(tree)


DONE_TO_IT: list[Callable[[Path], None]] = [
    edit, edit_unseen, edit_in_the_past, edit_in_2099, touch, delete, delete_folder, delete_all, add, add_folders,
    change_modes, close_folders, open_root, file_to_folder, folder_to_file, file_to_link, folder_to_link,
    move_folder_and_link, swapped, link_files, fifo, break_marker, age_marker, remove_marker, copy_tree,
]  # fmt: skip
SAME_SIZE = {**NEW, "index.html": OLD["index.html"]}


@pytest.mark.parametrize("keep", [False, True], ids=["put", "keep"])
@pytest.mark.parametrize("which", ["live", "spare"])
@pytest.mark.parametrize("done", DONE_TO_IT, ids=lambda done: done.__name__)
def test_whatever_is_done_to_a_tree_the_next_build_equals_a_clean_one(
    out: Path, done: Callable[[Path], None], which: str, keep: bool
) -> None:
    outside = out.parent / "outside"
    outside.mkdir()
    (outside / "index.html").write_bytes(b"home")
    shared = {**OLD, "index.html": b"home again"}
    for files in (OLD, shared, OLD):
        build(out, files, aged=True)
    done(out if which == "live" else spare_of(out))
    before = stamps_of(outside)
    for files in (OLD, shared, NEW, OLD):
        build(out, files, keep=keep)
        assert tree_of(out) == expected(files)
        assert {path: stamp[:4] for path, stamp in stamps_of(outside).items()} == {
            path: stamp[:4] for path, stamp in before.items()
        } or done is move_folder_and_link
    assert (outside / "index.html").read_bytes() == b"home"
    assert beside(out) == {*BESIDE, "outside"}


def test_what_lies_in_place_of_the_spare_tree_is_not_followed(out: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "kept").write_bytes(b"kept")
    spare_of(out).symlink_to(outside)
    build(out, OLD)
    build(out, NEW)
    assert tree_of(out) == expected(NEW)
    assert [path.name for path in outside.iterdir()] == ["kept"]


# What leaves all contents, names and modes as they were.
HARMLESS = {touch, copy_tree}


@pytest.mark.parametrize("done", DONE_TO_IT, ids=lambda done: done.__name__)
def test_a_tree_is_unchanged_or_it_is_not(out: Path, done: Callable[[Path], None]) -> None:
    (out.parent / "outside").mkdir()
    build(out, OLD, aged=True)
    with OutputTree(out, key=KEY) as tree:
        assert tree.unchanged()
    done(out)
    with OutputTree(out, key=KEY) as tree:
        assert tree.unchanged() == (done in HARMLESS)
    build(out, OLD)
    with OutputTree(out, key=KEY) as tree:
        assert tree.unchanged()


def test_what_cannot_be_kept_is_told(out: Path) -> None:
    build(out, OLD, aged=True)
    delete(out)
    (out / "index.html").write_bytes(b"HOME")
    with OutputTree(out, key=KEY) as tree:
        assert {path for path in OLD if not tree.reuse(path)} == {"index.html", "a/x/index.html"}
        assert tree.files.keys() == OLD.keys() - {"index.html", "a/x/index.html"}
        assert not tree.reuse("new")


def test_one_listing_stands_for_the_same_names_and_contents(out: Path) -> None:
    def listing() -> str:
        with OutputTree(out, key=KEY) as tree:
            return tree.listing_digest

    assert listing() == ""
    build(out, OLD)
    old = listing()
    assert old
    edit(out)
    build(out, OLD, keep=True)
    assert listing() == old
    with OutputTree(out, key=KEY) as tree:
        for path, content in NEW.items():
            tree.write(path, content)
        assert tree.listing_digest == old
        assert tree.commit()
        new = tree.listing_digest
    assert new != old
    assert listing() == new
    remove_marker(out)
    assert listing() == ""


def test_what_is_left_of_an_old_tree_is_listed_and_nothing_else(out: Path) -> None:
    for files in (OLD, NEW):
        build(out, files)
    spare = spare_of(out)
    listed = read_manifest(str(spare), KEY)
    left = {path for path, (_, content) in tree_of(spare).items() if content}
    assert listed
    assert left == listed.files.keys() == {"a/x/index.html"}
    assert b"gone" not in (spare / MARKER).read_bytes()
    assert survey(str(spare), listed).files.keys() == left


def test_a_folder_under_another_name_does_not_stand_for_the_one_that_was_listed(out: Path) -> None:
    build(out, {"a/index.html": b"a", "b/index.html": b"b"})
    listed = read_manifest(str(out), KEY)
    (out / "a").rename(out / "c")
    assert listed
    assert survey(str(out), listed).files.keys() == {"b/index.html", "c/index.html"}


# --- The list in the marker ---


@given(data=st.data())
def test_a_damaged_list_is_no_list_or_does_no_harm(data: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder, "site")
        build(out, OLD)
        build(out, {**OLD, "index.html": b"home again"})
        for tree in (out, spare_of(out)):
            content = bytearray((tree / MARKER).read_bytes())
            at = data.draw(st.integers(0, len(content) - 1))
            content[at : at + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=3))
            (tree / MARKER).write_bytes(content)
        build(out, OLD)
        assert tree_of(out) == expected(OLD)


@pytest.mark.parametrize(
    "path", ["/etc", "..", "../outside", "a/../../outside", "a/..", "./a", "a//b", "a/", "", "a\0b", "a/./b", "."]
)
def test_a_list_that_leads_out_of_the_tree_is_no_list(out: Path, path: str) -> None:
    build(out, OLD)
    known = read_manifest(str(out), KEY)
    assert known
    (file, entry), (folder, stamp) = next(iter(known.files.items())), next(iter(known.folders.items()))
    for files, folders in [({path: entry}, {}), ({file: entry}, {path: stamp})]:
        (out / MARKER).write_bytes(dump_manifest(files, folders, None, KEY)[0])
        assert read_manifest(str(out), KEY) is None
    (out / MARKER).write_bytes(dump_manifest({file: entry}, {folder: stamp}, None, KEY)[0])
    assert read_manifest(str(out), KEY)


@pytest.mark.parametrize(
    "content", [b"", b"\n", b"{}", b"explainer-site 3 little\n", b"explainer-site 3 little 0 0 0 0\n" + 16 * b"\0",
    b"explainer-site 3 little 1 -1 1 x\n", b"explainer-site 3 little " + 5000 * b"9" + b"\n", b"explainer-site 2 big 0 0 0 0\n"],
)  # fmt: skip
def test_a_list_of_another_form_is_no_list(out: Path, content: bytes) -> None:
    build(out, OLD)
    (out / MARKER).write_bytes(content)
    assert read_manifest(str(out), KEY) is None
    build(out, NEW)
    assert tree_of(out) == expected(NEW)


def test_a_list_without_the_right_checksum_is_no_list(out: Path) -> None:
    build(out, OLD, aged=True)
    content = (out / MARKER).read_bytes()
    assert b"index.html" in content
    (out / MARKER).write_bytes(content.replace(b"index.html", b"other.html", 1))
    assert read_manifest(str(out), KEY) is None
    build(out, OLD)
    assert tree_of(out) == expected(OLD)


def test_an_empty_tree_has_a_list(out: Path) -> None:
    build(out, {})
    known = read_manifest(str(out), KEY)
    assert known
    assert (known.files, known.folders) == ({}, {})


def test_folders_that_are_as_listed_are_not_listed_again(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    build(out, OLD, aged=True)
    manifest = read_manifest(str(out), KEY)
    assert manifest
    seen: list[str] = []
    scandir = os.scandir

    def scan(path: str) -> object:
        seen.append(path)
        return scandir(path)

    monkeypatch.setattr(os, "scandir", scan)
    found = survey(str(out), manifest)
    assert seen == [f"{out}/"]
    assert found.files.keys() == OLD.keys()


# --- Killed, refused ---


def sweep(out: Path, old: Files, new: Files) -> Iterator[int]:
    """Kill a build from one tree to another at every call, and build again after each; how often."""
    count = 0
    while True:
        count += 1
        build(out, old)
        if not killed_at(count, lambda: build(out, new)):
            break
        yield count
        build(out, new)
        assert tree_of(out) == expected(new)
        assert beside(out) == BESIDE
    assert tree_of(out) == expected(new)


@pytest.mark.parametrize(("old", "new"), [(OLD, NEW), (NEW, OLD)])
def test_killed_at_any_call_the_output_is_the_old_or_the_new_tree(out: Path, old: Files, new: Files) -> None:
    seen = set()
    for _ in sweep(out, old, new):
        found = tree_of(out)
        assert found in (expected(old), expected(new))
        seen.add(found == expected(new))
    assert seen == {True, False}


def test_killed_at_any_call_of_a_first_build_there_is_no_output_or_all_of_it(out: Path) -> None:
    count = 1
    while killed_at(count, lambda: build(out, OLD)):
        assert tree_of(out) in ({}, expected(OLD))
        shutil.rmtree(out, ignore_errors=True)
        shutil.rmtree(spare_of(out), ignore_errors=True)
        count += 1
    assert count > 10
    assert tree_of(out) == expected(OLD)


@pytest.mark.usefixtures("no_exchange")
def test_without_an_exchange_the_next_build_finds_the_old_or_the_new_tree(out: Path) -> None:
    absent = 0
    for _ in sweep(out, OLD, NEW):
        absent += not out.exists()
        with OutputTree(out, key=KEY):
            assert tree_of(out) in (expected(OLD), expected(NEW))
    assert absent == 1


def test_without_an_exchange_a_refused_rename_is_taken_back(
    out: Path, no_exchange: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    build(out, OLD)
    before = stamps_of(out)
    rename = os.rename
    calls = []

    def refuse(source: Path, target: Path) -> None:
        calls.append(source)
        if len(calls) == 2:
            raise OSError(errno.EIO, os.strerror(errno.EIO), str(source), None, str(target))
        rename(source, target)

    monkeypatch.setattr(os, "rename", refuse)
    with pytest.raises(OutputError, match="Input/output error"):
        build(out, NEW)
    assert len(calls) == 3
    assert stamps_of(out).keys() == before.keys()
    assert tree_of(out) == expected(OLD)


def test_what_stands_at_all_three_places_is_mended(out: Path) -> None:
    build(out, OLD)
    build(out, NEW)
    shutil.copytree(out, out.with_name(".site.explainer-aside"))
    build(out, OLD)
    assert tree_of(out) == expected(OLD)
    assert beside(out) == BESIDE


def refusal(action: Callable[[], object]) -> str:
    try:
        action()
    except OutputError as error:
        return str(error)
    return ""


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EIO, errno.EACCES, errno.EMFILE, errno.EROFS])
def test_an_error_of_any_call_is_told_and_leaves_the_output(
    out: Path, code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    build(out, OLD)

    def fail() -> None:
        raise OSError(code, os.strerror(code))

    count, told = 0, 0
    while True:
        count += 1
        countdown = Countdown(count, fail)
        with monkeypatch.context() as patched:
            for module, name, function in list(counted(countdown)):
                patched.setattr(module, name, function)
            message = refusal(lambda: build(out, NEW))
        if message:
            told += 1
            assert message.startswith(str(out.parent))
            assert message.endswith(f": {os.strerror(code)}")
            assert tree_of(out) == expected(OLD)
        build(out, NEW)
        assert tree_of(out) == expected(NEW)
        build(out, OLD)
        if countdown.left > 0:
            break
    assert told > 20


def as_nobody(action: Callable[[], object]) -> int:
    """Run something as somebody whom modes concern."""

    def run() -> None:
        if os.getuid() == 0:
            os.setgid(65534)
            os.setuid(65534)
        action()

    return in_child(run)


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that everybody may write to."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o777)
    yield folder
    for path in folder.rglob("*"):
        if path.is_dir():
            path.chmod(0o700)
    shutil.rmtree(folder)


@pytest.mark.parametrize("done", [close_folders, change_modes, open_root], ids=lambda done: done.__name__)
@pytest.mark.parametrize("which", ["live", "spare"])
def test_modes_do_not_hinder_who_owns_the_tree(open_folder: Path, done: Callable[[Path], None], which: str) -> None:
    out = open_folder / "site"

    def run() -> None:
        for files in (OLD, {**OLD, "index.html": b"home again"}, OLD):
            build(out, files)
        done(out if which == "live" else spare_of(out))
        for files in (OLD, NEW, OLD, NEW):
            build(out, files)
            assert tree_of(out) == expected(files)

    assert as_nobody(run) == 0


def test_a_folder_that_may_not_be_written_to_is_named(open_folder: Path) -> None:
    def run() -> None:
        build(open_folder / "in/site", OLD)
        (open_folder / "in").chmod(0o555)
        with pytest.raises(OutputError, match=r"in/.*Permission denied"):
            build(open_folder / "in/site", NEW)
        assert tree_of(open_folder / "in/site") == expected(OLD)

    assert as_nobody(run) == 0


# --- Several builds ---


def test_builds_wait_for_each_other(out: Path) -> None:
    def many(files: Files) -> None:
        for _ in range(10):
            build(out, files)

    def together() -> None:
        assert in_child(lambda: many(OLD)) == 0

    ready, go = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.read(ready, 1)
        os._exit(in_child(together))
    os.write(go, b".")
    many(NEW)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
    assert tree_of(out) in (expected(OLD), expected(NEW))
    build(out, OLD)
    assert tree_of(out) == expected(OLD)
    assert beside(out) == BESIDE


def test_who_waits_is_told_once_and_a_dead_build_is_waited_for_no_longer(out: Path) -> None:
    ready, go = os.pipe()
    pid = os.fork()
    if pid == 0:
        with OutputTree(out, key=KEY):
            os.write(go, b".")
            time.sleep(60)
        os._exit(1)
    os.read(ready, 1)
    told: list[int] = []

    def waiting() -> None:
        told.append(1)
        os.kill(pid, signal.SIGKILL)

    with OutputTree(out, waiting, key=KEY) as tree:
        tree.write("index.html", b"home")
        assert tree.commit()
    assert told == [1]
    os.waitpid(pid, 0)
    assert tree_of(out) == expected({"index.html": b"home"})


def test_a_lock_that_somebody_removed_is_no_lock(out: Path) -> None:
    out.with_name(".site.explainer-lock").symlink_to("elsewhere")
    with pytest.raises(OutputError, match="explainer-lock"):
        build(out, OLD)
    out.with_name(".site.explainer-lock").unlink()
    build(out, OLD)
    with OutputTree(out, key=KEY):
        out.with_name(".site.explainer-lock").unlink()
        build(out, NEW)
    assert tree_of(out) == expected(NEW)


# --- Which folder ---


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    project = tmp_path / "project"
    for folder in ("content/pages", "layouts", ".explainer", "theirs", "empty"):
        (project / folder).mkdir(parents=True)
    (project / "theirs/file").write_bytes(b"theirs")
    (project / "file").write_bytes(b"")
    (project / "link").symlink_to("empty")
    (project / "dangling").symlink_to("nowhere")
    (project / "into").symlink_to("content")
    (project / "loop").symlink_to("loop")
    (tmp_path / "home/me").mkdir(parents=True)
    monkeypatch.setenv("HOME", str(tmp_path / "home/me"))
    monkeypatch.chdir(project)
    return project


@pytest.mark.parametrize(
    "out",
    [
        "/", "/proc", ".", "..", "content", "content/pages", "content/new", "layouts", "layouts/static", ".explainer",
        ".explainer/site", ".git/site", "../home", "../home/me", "theirs", "file", "link", "dangling", "into",
        "into/pages", "into/new", "loop", "empty/../content", "../project", "ours/sub", "ours/sub/sub",
    ],
)  # fmt: skip
def test_a_folder_that_is_not_ours_is_refused(project: Path, out: str) -> None:
    build(project / "ours", OLD)
    before = stamps_of(project.parent)
    with pytest.raises(OutputRefusedError):
        check_out(Path(out), Path())
    assert stamps_of(project.parent) == before


@pytest.mark.parametrize("out", ["site", "new/and/new", "empty", "ours", "theirs/site", "link/site", "../other/../x"])
def test_a_folder_that_is_new_or_empty_or_ours_is_used(project: Path, out: str) -> None:
    build(project / "ours", NEW)
    check_out(Path(out), Path())
    build(Path(out), OLD)
    assert tree_of(Path(os.path.realpath(out))) == expected(OLD)


def test_the_working_directory_may_be_the_output(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(project / "empty")
    check_out(Path(), project)
    build(Path(), OLD)
    assert tree_of(project / "empty") == expected(OLD)


def test_content_that_a_link_leads_to_is_the_sites_own(project: Path) -> None:
    (project / "content").rename(project.parent / "elsewhere")
    (project / "content").symlink_to("../elsewhere")
    for out in ("../elsewhere", "../elsewhere/new"):
        with pytest.raises(OutputRefusedError):
            check_out(Path(out), Path())


def test_a_path_that_leads_nowhere_is_an_error(project: Path) -> None:
    check_out(Path("loop/new"), Path())
    with pytest.raises(OutputError, match="loop"):
        build(Path("loop/new"), OLD)


def test_nobody_has_a_home(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os.path, "expanduser", lambda path: path)
    check_out(Path("site"), Path())


def test_an_output_on_another_file_system(out: Path) -> None:
    elsewhere = Path("/dev/shm")  # noqa: S108 - a folder of our own is made in it
    if not elsewhere.is_dir() or elsewhere.stat().st_dev == out.parent.stat().st_dev:
        pytest.skip("there is no other file system to write to")
    folder = Path(tempfile.mkdtemp(dir=elsewhere))
    try:
        for files in (OLD, NEW):
            build(folder / "site", files)
            assert tree_of(folder / "site") == expected(files)
        assert beside(folder / "site") == BESIDE
        assert (folder / "site/index.html").lstat().st_mode == FILE
    finally:
        shutil.rmtree(folder)
