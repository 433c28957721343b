"""Compiled layouts of the default theme are kept beside the package's bytecode, and believed only as long as they hold."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import jinja2
import pytest

from explainer.render.bytecode import LayoutBytecode, bytecode_folder

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def default(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A default theme of one layout, and a Python that keeps bytecode."""
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    folder = tmp_path / "layouts"
    folder.joinpath("partials").mkdir(parents=True)
    folder.joinpath("partials/it.html").write_text("one {{ name }}")
    return folder


def rendered(bytecode: LayoutBytecode, default: Path, site: Path | None = None) -> tuple[str, bool]:
    """What the layout gives, and whether it was compiled for that."""
    compiled = []

    class Counting(jinja2.Environment):
        def compile(self, source: Any, *args: Any, **options: Any) -> Any:
            compiled.append(source)
            return super().compile(source, *args, **options)

    loader = jinja2.FileSystemLoader([*([site] if site else []), default])
    env = Counting(loader=loader, autoescape=True, bytecode_cache=bytecode)
    return env.get_template("partials/it.html").render(name="<b>"), bool(compiled)


def in_a_new_process(default: Path, kept: Path | None, site: Path | None = None) -> tuple[str, bool]:
    """The same, where nothing is in memory."""
    return rendered(LayoutBytecode(default, kept), default, site)


ONE = "one &lt;b&gt;"


def test_a_layout_is_compiled_once(default: Path, tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    assert [in_a_new_process(default, kept) for _ in range(2)] == [(ONE, True), (ONE, False)]
    assert len(list(kept.iterdir())) == 1


def test_nothing_is_kept_without_a_folder(default: Path) -> None:
    assert [in_a_new_process(default, None) for _ in range(2)] == [(ONE, True)] * 2


def test_another_text_is_compiled(default: Path, tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    in_a_new_process(default, kept)
    default.joinpath("partials/it.html").write_text("two {{ name }}")
    assert [in_a_new_process(default, kept) for _ in range(2)] == [("two &lt;b&gt;", True), ("two &lt;b&gt;", False)]
    assert len(list(kept.iterdir())) == 1


def test_another_compiler_compiles_again(default: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = tmp_path / "kept"
    in_a_new_process(default, kept)
    compiler = tmp_path / "compiler.py"
    compiler.write_text("another release of Jinja")
    monkeypatch.setattr("jinja2.compiler.__file__", str(compiler))
    assert [in_a_new_process(default, kept) for _ in range(2)] == [(ONE, True), (ONE, False)]


def test_languages_share_what_is_in_memory(default: Path) -> None:
    bytecode = LayoutBytecode(default, None)
    assert [rendered(bytecode, default) for _ in range(2)] == [(ONE, True), (ONE, False)]
    default.joinpath("partials/it.html").write_text("two {{ name }}")
    assert rendered(bytecode, default) == ("two &lt;b&gt;", True)


@pytest.mark.parametrize("change", ["shorter", "empty", "other", "folder"])
def test_what_is_damaged_is_compiled_again(default: Path, tmp_path: Path, change: str) -> None:
    kept = tmp_path / "kept"
    in_a_new_process(default, kept)
    (file,) = kept.iterdir()
    data = file.read_bytes()
    if change == "folder":
        file.unlink()
        file.mkdir()
    else:
        other = data[:-1] + bytes([data[-1] ^ 1])
        file.write_bytes({"shorter": data[: len(data) // 2], "empty": b"", "other": other}[change])
    assert in_a_new_process(default, kept) == (ONE, True)
    assert in_a_new_process(default, kept) == (ONE, change == "folder")
    assert [one.name for one in kept.iterdir()] == [file.name]


def test_what_can_not_be_written_is_no_fault(default: Path, tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    kept.write_text("a file where the folder would be")
    assert [in_a_new_process(default, kept) for _ in range(2)] == [(ONE, True)] * 2
    assert kept.read_text() == "a file where the folder would be"


def test_python_may_be_told_to_keep_nothing(default: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = tmp_path / "kept"
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    assert in_a_new_process(default, kept) == (ONE, True)
    assert not kept.exists()
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    in_a_new_process(default, kept)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    assert in_a_new_process(default, kept) == (ONE, False)


def test_a_site_s_own_layouts_are_neither_kept_nor_read(default: Path, tmp_path: Path) -> None:
    kept, site = tmp_path / "kept", tmp_path / "site"
    in_a_new_process(default, kept)
    before = [file.read_bytes() for file in kept.iterdir()]
    site.joinpath("partials").mkdir(parents=True)
    site.joinpath("partials/it.html").write_text("one {{ name }}")
    assert [in_a_new_process(default, kept, site) for _ in range(2)] == [(ONE, True)] * 2
    assert [file.read_bytes() for file in kept.iterdir()] == before


def test_it_is_where_python_keeps_the_bytecode_of_the_package(monkeypatch: pytest.MonkeyPatch) -> None:
    found = bytecode_folder()
    assert found is not None
    assert found.name in ("__pycache__", "explainer")
    monkeypatch.setattr(sys.implementation, "cache_tag", None)
    assert bytecode_folder() is None
