"""A site in an editor: the real server, asked over stdin and stdout by the client of pytest-lsp."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING

from lsprotocol import types
from pytest_lsp import LanguageClient

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_LONG = 30  # seconds after which an answer never comes
HERE = "|"


class Client(LanguageClient):
    """A client that keeps everything that it is told, in order."""

    def __init__(self) -> None:
        super().__init__()
        self.told: asyncio.Queue[types.PublishDiagnosticsParams] = asyncio.Queue()
        self.logged: list[types.LogMessageParams] = []
        # A method can't be registered.
        self.feature(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)(partial(self.told.put_nowait))
        self.feature(types.WINDOW_LOG_MESSAGE)(partial(self.logged.append))


class Editor:
    """An editor with a site open. In texts, `|` is where the cursor stands."""

    def __init__(self, client: Client, root: Path) -> None:
        self.client = client
        self.root = root
        self.shown: dict[str, list[types.Diagnostic]] = {}
        self._versions: dict[str, int] = {}

    async def begin(self, folder: Path | None = None, **general: object) -> types.InitializeResult:
        """Say hello, with a folder open."""
        params = types.InitializeParams(
            capabilities=types.ClientCapabilities(general=types.GeneralClientCapabilities(**general)),  # type: ignore[arg-type]
            root_uri=(folder or self.root).as_uri(),
        )
        return await self.client.initialize_session(params)

    def uri(self, path: str) -> str:
        """The address of a file."""
        return (self.root / path).as_uri()

    async def type(self, path: str, text: str) -> list[types.Diagnostic]:
        """Have a text in a file, unsaved; the problems that the editor shows then."""
        version = self._versions.get(path, 0) + 1
        self._versions[path] = version
        uri = self.uri(path)
        if version == 1:
            item = types.TextDocumentItem(uri, "text", version, text)
            self.client.text_document_did_open(types.DidOpenTextDocumentParams(item))
        else:
            change = types.TextDocumentContentChangeWholeDocument(text)
            document = types.VersionedTextDocumentIdentifier(version, uri)
            self.client.text_document_did_change(types.DidChangeTextDocumentParams(document, [change]))
        while True:
            told = await self.next_told()
            if told.uri == uri and told.version == version:
                return list(told.diagnostics)

    def close(self, path: str) -> None:
        """Close a file without saving it."""
        del self._versions[path]
        document = types.TextDocumentIdentifier(self.uri(path))
        self.client.text_document_did_close(types.DidCloseTextDocumentParams(document))

    async def next_told(self) -> types.PublishDiagnosticsParams:
        """The next problems that the server tells."""
        told = await asyncio.wait_for(self.client.told.get(), _LONG)
        self.shown[told.uri] = list(told.diagnostics)
        return told

    async def until(self, path: str, codes: list[str]) -> list[types.Diagnostic]:
        """The problems of a file, once they have these codes."""
        while [one.code for one in self.shown.get(self.uri(path), ())] != codes:
            await self.next_told()
        return self.shown[self.uri(path)]

    async def at(self, path: str, text: str) -> tuple[types.TextDocumentIdentifier, types.Position]:
        """Type a text with a cursor in it: what to ask about, and where."""
        before, _, after = text.partition(HERE)
        await self.type(path, before + after)
        line = before.rpartition("\n")[2]
        position = types.Position(before.count("\n"), len(line.encode("utf-16-le")) // 2)
        return types.TextDocumentIdentifier(self.uri(path)), position


def brief(diagnostics: list[types.Diagnostic]) -> list[str]:
    """Diagnostics in a line each: code, range, message and hints."""
    return [f"{one.code} {place(one.range)} {one.message}" for one in diagnostics]


def place(where: types.Range) -> str:
    """A range as an editor counts it."""
    start, end = where.start, where.end
    return f"{start.line}:{start.character}-{end.line}:{end.character}"


def edited(text: str, edits: Sequence[types.TextEdit]) -> str:
    """A text after the edits, as an editor makes them: columns in units of UTF-16."""
    lines = [line.encode("utf-16-le") for line in text.split("\n")]
    for edit in sorted(edits, key=lambda one: (one.range.start.line, one.range.start.character), reverse=True):
        line, start, end = edit.range.start.line, edit.range.start.character, edit.range.end.character
        assert edit.range.end.line == line
        lines[line] = lines[line][: 2 * start] + edit.new_text.encode("utf-16-le") + lines[line][2 * end :]
    return "\n".join(line.decode("utf-16-le") for line in lines)


def changes_of(edit: types.WorkspaceEdit | None) -> dict[str, list[types.TextEdit]]:
    """The edits of each file, by its address."""
    assert edit
    assert edit.changes
    return {uri: list(edits) for uri, edits in edit.changes.items()}
