"""The language server, as an editor has it: diagnostics of unsaved texts, and quick fixes."""

from __future__ import annotations

import sys

# The fixture of pytest-lsp looks its annotations up.
from collections.abc import AsyncIterator  # noqa: TC003
from pathlib import Path  # noqa: TC003

import pytest
import pytest_lsp
from lsprotocol import types
from pygls.exceptions import JsonRpcException
from pytest_lsp import ClientServerConfig

from tests.harness import SiteTest
from tests.lsp_support import Client, Editor, brief, changes_of, edited, place

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
    scope="module", config=ClientServerConfig([sys.executable, "-m", "explainer", "lsp", "--stdio"], Client)
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
    right = (
        f'{HEAD}😀 {{{{< claim id="vote" sources="minutes" >}}}}Voted{{{{< /claim >}}}} {{{{< source minutes >}}}}.\n'
    )
    wrong = right.replace("sources=", "sourcs=").replace("source minutes", "source minuts")
    told = await editor.type(PAGE, wrong)
    fixed = wrong
    for one in (told[-1], told[0]):
        context = types.CodeActionContext([one])
        asked = types.CodeActionParams(types.TextDocumentIdentifier(editor.uri(PAGE)), one.range, context)
        (action,) = await editor.client.text_document_code_action_async(asked) or []
        assert isinstance(action, types.CodeAction)
        assert action.edit
        fixed = edited(fixed, changes_of(action.edit)[editor.uri(PAGE)])
    assert fixed == right
    editor.close(PAGE)


async def test_no_value_of_an_unnamed_source_is_told(editor: Editor) -> None:
    told = await editor.type(SOURCES, FILES[SOURCES].replace("party: harbour-office", "party: [Harbour Office]"))
    assert told
    assert not any(word in one.message for one in told for word in ("Harbour", "Zacharias", "Quill"))
    editor.close(SOURCES)


async def test_what_may_be_typed_next_replaces_the_word_that_is_begun(editor: Editor) -> None:
    asked = await editor.at(PAGE, f"{HEAD}😀 {{{{< source mi| >}}}}.\n")
    items = await editor.client.text_document_completion_async(types.CompletionParams(*asked))
    assert isinstance(items, list)
    item = next(item for item in items if item.label == "minutes")
    assert item.detail == "Minutes of the council (public-record)"
    assert isinstance(item.text_edit, types.TextEdit)
    assert place(item.text_edit.range) == "4:14-4:16"
    editor.close(PAGE)


async def hover(editor: Editor, path: str, text: str) -> str:
    found = await editor.client.text_document_hover_async(types.HoverParams(*await editor.at(path, text)))
    editor.close(path)
    if found is None:
        return ""
    assert isinstance(found.contents, types.MarkupContent)
    return found.contents.value


async def test_an_id_tells_what_it_stands_for(editor: Editor) -> None:
    page = FILES[PAGE]
    assert await hover(editor, PAGE, page.replace('"minutes"', '"minu|tes"')) == (
        "Minutes of the council\nAda Byron\npublic-record, on-record, knowledge: first-hand\n2024-01-02"
    )
    told = await hover(editor, PAGE, page.replace('"vote"', '"vo|te"'))
    assert told.startswith("The council voted.\n→ Ada Byron, first-hand\n")
    assert "Mathematician" in await hover(editor, OTHER, FILES[OTHER].replace("[ada]", "[|ada]"))
    assert "The council voted." in await hover(editor, OTHER, FILES[OTHER].replace("a#vote", "a#v|ote"))
    assert await hover(editor, PAGE, page.replace("council", "coun|cil")) == ""


async def test_of_an_unnamed_source_an_id_tells_no_more_than_a_page(editor: Editor) -> None:
    told = await hover(editor, OTHER, FILES[OTHER].replace("[official", "[off|icial"))
    assert told == "an official\ninterview, background, knowledge: unknown\nunnamed because: Not allowed to speak."
    assert await hover(editor, SOURCES, FILES[SOURCES].replace("harbour", "har|bour")) == ""
    assert await hover(editor, SOURCES, FILES[SOURCES].replace("called", "cal|led")) == ""


async def places(editor: Editor, path: str, text: str) -> tuple[list[str], list[str]]:
    """Where an id is defined, and where it stands."""
    document, position = await editor.at(path, text)
    defined = await editor.client.text_document_definition_async(types.DefinitionParams(document, position))
    context = types.ReferenceContext(include_declaration=True)
    found = await editor.client.text_document_references_async(types.ReferenceParams(context, document, position))
    editor.close(path)
    assert isinstance(defined, list)

    def told(one: object) -> str:
        assert isinstance(one, types.Location)
        return f"{one.uri.rpartition('/')[2]} {place(one.range)}"

    return [told(one) for one in defined], [told(one) for one in found or []]


async def test_an_id_leads_to_its_record_and_to_all_its_places(editor: Editor) -> None:
    defined, found = await places(editor, PAGE, FILES[PAGE].replace('"minutes"', '"|minutes"'))
    assert defined == ["all.yaml 0:0-0:7"]
    assert sorted(found) == ["a.md 4:29-4:36", "all.yaml 0:0-0:7", "b.md 6:33-6:40"]
    defined, found = await places(editor, OTHER, FILES[OTHER].replace("a#vote", "a#v|ote"))
    assert defined == ["a.md 4:14-4:18"]
    assert sorted(found) == ["a.md 4:14-4:18", "b.md 9:82-9:86"]
    defined, found = await places(editor, OTHER, FILES[OTHER].replace("speaker: ada", "speaker: |ada"))
    assert defined == ["people.yaml 0:0-0:3"]
    assert sorted(found) == ["all.yaml 4:9-4:12", "b.md 3:10-3:13", "b.md 7:13-7:16", "people.yaml 0:0-0:3"]
    defined, _ = await places(editor, OTHER, FILES[OTHER].replace("a#vote", "|a#vote"))
    assert defined == ["a.md 0:0-0:0"]


RENAMED = {
    "minutes": (
        "---\ntitle: B\ndate: 2024-01-01\n"
        'claims:\n  told:\n    sources: ["minutes", {source: minutes, at: minutes}]\n    disputes: minutes official\n'
        "    responses: {'minutes': denies}\n    speaker: \"minutes\"\n"
        "sources:\n  own: {type: report, title: minutes, via: [minutes], party: minutes}\n---\n"
        '😀 minutes {{< claim id="told" >}}x{{< /claim >}} {{< source minutes own >}} [minutes](/sources/minutes/)\n\n'
        '> {{< claim\n> id="minutes" context="own,minutes" responses="minutes:no-comment" speaker=minutes >}}y{{< /claim >}}\n\n'
        "`{{< source minutes >}}`\n"
    ),
    "told": (
        "---\ntitle: B\ndate: 2024-01-01\nclaims: {told: {sources: minutes}, other: {contradicts: [told, b#told]}}\n---\n"
        '{{< claim id="told" >}}told{{< /claim >}} {{< claim id="other" supersedes="told" >}}x{{< /claim >}}\n'
        '{{< ref told >}} {{< ref "b#told" >}} [told](#claim-told) [b](/explainers/b/#claim-told)\n'
    ),
    "ada": (
        "---\ntitle: B\ndate: 2024-01-01\nauthors: [ada]\ncontributors: 'ada'\nclaims: {told: {responses: {ada: no-comment}, speaker: ada}}\n---\n"
        '{{< claim id="told" sources="minutes" >}}ada{{< /claim >}} [ada](/people/ada/)\n\n{{< timeline speaker="ada" >}}\n'
    ),
}
# Where the id is only a word.
WORDS = ("title: minutes", "at: minutes", "😀 minutes", "[minutes](", 'id="minutes"', "`{{< source minutes", ">}}told{{", "[told](",
         ">}}ada{{", "[ada](")  # fmt: skip


@pytest.mark.parametrize("id_", RENAMED)
async def test_an_id_is_renamed_wherever_it_stands(editor: Editor, id_: str) -> None:
    text = RENAMED[id_]
    await editor.type(OTHER, text)
    at = text.index(id_, text.index("claims:") if id_ != "ada" else text.index("authors:"))
    document, position = await editor.at(OTHER, f"{text[:at]}|{text[at:]}")
    params = types.RenameParams(document, position, "brand-new")
    changed = changes_of(await editor.client.text_document_rename_async(params))
    kept = text
    for number, word in enumerate(WORDS):
        kept = kept.replace(word, f"<{number}>")
    expected = kept.replace(id_, "brand-new")
    for number, word in enumerate(WORDS):
        expected = expected.replace(f"<{number}>", word)
    assert edited(text, changed.pop(editor.uri(OTHER))) == expected
    for uri, edits in changed.items():
        path = uri.removeprefix(editor.root.as_uri() + "/")
        assert edited(FILES[path], edits) != FILES[path]
    assert (
        set(changed)
        == {
            "minutes": {editor.uri(SOURCES), editor.uri(PAGE)},
            "told": set(),
            "ada": {editor.uri(SOURCES), editor.uri(PEOPLE)},
        }[id_]
    )
    editor.close(OTHER)


@pytest.mark.parametrize(
    ("new", "why"),
    [
        ("official", "there is a `official` already"),
        ("ada", "there is a `ada` already"),
        ("Two words", "`Two words` can't be an id"),
    ],
)
async def test_an_id_that_can_not_be_is_refused_with_the_reason(editor: Editor, new: str, why: str) -> None:
    asked = await editor.at(PAGE, FILES[PAGE].replace('"minutes"', '"|minutes"'))
    with pytest.raises(JsonRpcException, match=why):
        await editor.client.text_document_rename_async(types.RenameParams(*asked, new))
    editor.close(PAGE)


async def test_what_is_not_saved_is_nowhere_on_the_disk(editor: Editor) -> None:
    await editor.type(PAGE, f"{HEAD}A palimpsest of the harbour.\n")
    kept = [file for file in editor.root.rglob("*") if file.is_file()]
    assert any(file.parent.name == "editor" for file in kept)
    assert not any(b"palimpsest" in file.read_bytes() for file in kept)
    editor.close(PAGE)
