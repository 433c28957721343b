"""The language server, as an editor has it: diagnostics of unsaved texts, and quick fixes."""

from __future__ import annotations

import sys

# The fixture of pytest-lsp looks its annotations up.
from collections.abc import AsyncIterator  # noqa: TC003
from pathlib import Path  # noqa: TC003

import pytest
import pytest_lsp
from lsprotocol import types
from pytest_lsp import ClientServerConfig

from tests.harness import SiteTest
from tests.lsp_support import Client, Editor, brief, place

pytestmark = pytest.mark.asyncio(loop_scope="module")

PAGE = "content/explainers/a.md"
OTHER = "content/explainers/b.md"
SOURCES = "content/sources/all.yaml"
PEOPLE = "content/people.yaml"
HEAD = "---\ntitle: A\ndate: 2024-01-01\n---\n"
FILES = {
    PEOPLE: "ada:\n  name: Ada Byron\n  role: Mathematician\n",
    SOURCES: (
        "minutes:\n  type: public-record\n  title: Minutes of the council\n  date: 2024-01-02\n  party: ada\n"
        "official:\n  type: interview\n  attribution: background\n  description: an official\n"
        "  title: Talk with Zacharias Quill\n  why_unnamed: Not allowed to speak.\n  party: harbour-office\n"
        "  private: He is called Zacharias.\n"
    ),
    PAGE: f'{HEAD}{{{{< claim id="vote" sources="minutes" >}}}}The council voted.{{{{< /claim >}}}}\n',
    OTHER: (
        "---\ntitle: B\ndate: 2024-01-01\nauthors: [ada]\n"
        "claims:\n  told:\n    sources: [official, {source: minutes, at: page 3}]\n    speaker: ada\n---\n"
        'An official said {{< claim id="told" >}}it was late{{< /claim >}}. See {{< ref "a#vote" >}}.\n'
    ),
}


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the site."""
    site = SiteTest(tmp_path_factory.mktemp("newsroom") / "a site")
    for path, text in FILES.items():
        site.write(path, text)
    return site.root


@pytest_lsp.fixture(  # type: ignore[untyped-decorator]
    scope="module", config=ClientServerConfig([sys.executable, "-m", "explainer", "lsp"], Client)
)
async def client(lsp_client: Client, root: Path) -> AsyncIterator[None]:
    await Editor(lsp_client, root).begin()
    yield
    await lsp_client.shutdown_session()


@pytest.fixture
def editor(client: Client, root: Path) -> Editor:
    return Editor(client, root)


async def test_problems_of_an_unsaved_text_are_told_as_it_is_typed(editor: Editor, root: Path) -> None:
    assert await editor.type(PAGE, FILES[PAGE]) == []
    told = await editor.type(PAGE, f"{HEAD}😀 Voted {{{{< source minuts >}}}}.\n")
    # An emoji is two units of UTF-16.
    assert brief(told) == ["E201 4:20-4:26 there is no source `minuts`\ndid you mean `minutes`?"]
    assert (root / PAGE).read_text() == FILES[PAGE]
    assert await editor.type(PAGE, FILES[PAGE]) == []
    editor.close(PAGE)


async def test_what_is_typed_in_one_file_is_told_in_others_until_it_is_closed(editor: Editor) -> None:
    await editor.type(SOURCES, FILES[SOURCES].replace("minutes:", "protocol:"))
    await editor.until(PAGE, ["E201"])
    editor.close(SOURCES)
    await editor.until(PAGE, [])


async def test_a_page_that_is_nowhere_yet_is_read_as_it_is_typed(editor: Editor, root: Path) -> None:
    told = await editor.type("content/explainers/new.md", f'{HEAD}{{{{< ref "a#votes" >}}}}\n')
    assert [one.code for one in told] == ["E401"]
    assert not (root / "content/explainers/new.md").exists()
    editor.close("content/explainers/new.md")


async def test_what_is_saved_by_others_is_told(editor: Editor, root: Path) -> None:
    await editor.type(OTHER, FILES[OTHER])
    (root / PAGE).write_text(f"{HEAD}Nothing.\n")
    await editor.until(OTHER, ["E401"])
    (root / PAGE).write_text(FILES[PAGE])
    editor.close(OTHER)


async def test_a_word_that_was_meant_is_a_quick_fix(editor: Editor) -> None:
    text = f'{HEAD}{{{{< claim id="vote" sourcs="minutes" >}}}}Voted{{{{< /claim >}}}} {{{{< source minuts >}}}}.\n'
    told = await editor.type(PAGE, text)
    for one, title, where in (
        (told[0], "Change to `sources`", "4:20-4:26"),
        (told[-1], "Change to `minutes`", "4:71-4:77"),
    ):
        asked = types.CodeActionParams(
            types.TextDocumentIdentifier(editor.uri(PAGE)), one.range, types.CodeActionContext([one])
        )
        (action,) = await editor.client.text_document_code_action_async(asked) or []
        assert isinstance(action, types.CodeAction)
        assert action.title == title
        assert action.edit
        assert action.edit.changes
        ((edit,),) = action.edit.changes.values()
        assert place(edit.range) == where
    editor.close(PAGE)


async def test_no_value_of_an_unnamed_source_is_told(editor: Editor) -> None:
    told = await editor.type(SOURCES, FILES[SOURCES].replace("party: harbour-office", "party: [Harbour Office]"))
    assert told
    assert not any(word in one.message for one in told for word in ("Harbour", "Zacharias", "Quill"))
    editor.close(SOURCES)
