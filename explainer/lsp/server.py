"""The language server: documents come in, diagnostics go out, questions are answered."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from lsprotocol import types
from pygls.exceptions import JsonRpcInvalidParams
from pygls.lsp.server import LanguageServer

from explainer import __version__
from explainer.load.discovery import CONTENT
from explainer.lsp.completion import completions
from explainer.lsp.edited_site import file_of, is_site, path_in, site_of
from explainer.lsp.navigation import Files, RenameError, about, can_rename, definitions, mention_at, mentions, renamed
from explainer.lsp.page_view import view_of
from explainer.lsp.positions import Lines
from explainer.lsp.problems import fixes, problem
from explainer.lsp.updates import Updates

if TYPE_CHECKING:
    from collections.abc import Callable

    from explainer.diagnostics import Diagnostic, Span
    from explainer.lsp.completion import Item
    from explainer.lsp.edited_site import EditedSite
    from explainer.lsp.names import Mention
    from explainer.lsp.page_view import PageView
    from explainer.model.library import Library

_SWITCH = 0.001  # seconds after which the thread that checks lets the one that answers have its turn


class Asked(Protocol):
    """A question about a place in a file."""

    text_document: types.TextDocumentIdentifier
    position: types.Position


class Open(NamedTuple):
    """A file that is open: its address as the editor writes it, its text, each line end one LF, its version."""

    uri: str
    text: str
    version: int | None = None


class Server(LanguageServer):
    """Serves one site: the one that is given, else the folder that the editor opened, else that of the first file."""

    def __init__(self, site: Path | None) -> None:
        super().__init__("explainer", __version__, types.TextDocumentSyncKind.Full)
        self.root = site
        self.site: EditedSite | None = None
        self.open: dict[str, Open] = {}
        self.diagnostics: tuple[Diagnostic, ...] = ()
        self._updates: Updates | None = None
        self._views: dict[str, tuple[str, Library, PageView]] = {}
        self._told: set[str] = set()
        self._settled = asyncio.Event()
        for method, (handler, options) in FEATURES.items():
            self.feature(method, options)(handler)

    # --- The site ---

    def begin(self, root: Path) -> None:
        """Bring the site into memory."""
        self.root = root
        loop = asyncio.get_running_loop()

        def here(work: Callable[..., None]) -> Callable[..., None]:
            def call(*args: Any) -> None:
                loop.call_soon_threadsafe(work, *args)

            return call

        self._updates = Updates(root, here(self._ready), here(self._found), here(self._warn))
        self._updates.start()

    def _ready(self, site: EditedSite) -> None:
        self.site = site

    def _found(self, diagnostics: tuple[Diagnostic, ...], seen: int | None) -> None:
        self.diagnostics = diagnostics
        by_file: dict[str, list[Diagnostic]] = {}
        for diagnostic in diagnostics:
            by_file.setdefault(diagnostic.span.path, []).append(diagnostic)
        settled = self._updates is not None and seen == self._updates.count
        for path in sorted(self._told | by_file.keys() | self.open.keys()):
            lines, opened = self.lines(path), self.open.get(path)
            found = [problem(diagnostic, lines) for diagnostic in by_file.get(path, ())]
            version = opened.version if opened and settled else None
            self.text_document_publish_diagnostics(types.PublishDiagnosticsParams(self.uri(path), found, version))
        self._told = set(by_file)
        if settled:
            self._settled.set()

    def _warn(self, text: str) -> None:
        self.window_log_message(types.LogMessageParams(types.MessageType.Warning, text))

    async def settled(self) -> EditedSite | None:
        """The site, once all that was typed is taken in; None if there is none."""
        if self._updates is None:
            return None
        await self._settled.wait()
        return self.site

    # --- Files ---

    def path(self, uri: str) -> str | None:
        """The path of a file of the site's content by its address."""
        file = file_of(uri)
        path = path_in(self.root, file) if file and self.root else None
        return path if path and path.startswith(f"{CONTENT}/") else None

    def uri(self, path: str) -> str:
        """The address of a file of the site, as the editor writes it where the file is open."""
        opened = self.open.get(path)
        return opened.uri if opened else (Path(self.root or "").absolute() / path).as_uri()

    def lines(self, path: str) -> Lines:
        """The lines of a file as they are in the editor, else as they were read."""
        opened = self.open.get(path)
        if opened:
            text: str | None = opened.text
        else:
            text = self.site.text(path) if self.site else None
        return Lines(text or "", self.workspace.position_codec.client_num_units)

    def view(self, path: str) -> PageView | None:
        """A page as it is in the editor, or as it was when its front matter could be read last."""
        last = self._views.get(path)
        if self.site is None or not path.endswith(".md"):
            return None
        text, library = self.lines(path).text, self.site.library
        if last is None or last[0] != text or last[1] is not library:
            view = view_of(path, text, library) or (last[2] if last else None)
            if view is None or path not in self.open:
                return view
            last = self._views[path] = (text, library, view)
        return last[2]

    def mention(self, asked: Asked) -> tuple[Files, str, Mention] | None:
        """The id that is asked about, with its file."""
        path = self.path(asked.text_document.uri)
        if self.site is None or path is None:
            return None
        files = Files(self.site, self.lines, self.view)
        found = mention_at(files, path, self.lines(path).place(asked.position))
        return (files, path, found) if found else None

    def location(self, span: Span) -> types.Location:
        """A place in a file of the site."""
        return types.Location(self.uri(span.path), self.lines(span.path).range(span))

    def edit(self, uri: str, text: str | None, version: int | None = None) -> None:
        """Take in the text of a file that is open; None when it is closed."""
        file = file_of(uri)
        if file and self.root is None and (root := site_of(file)):
            self.begin(root)
        path = self.path(uri)
        if path is None or self._updates is None:
            return
        if text is None:
            self.open.pop(path, None)
            self._views.pop(path, None)
        else:
            self.open[path] = Open(uri, text.replace("\r\n", "\n").replace("\r", "\n"), version)
        self._settled.clear()
        self._updates.add(path, text)


# --- What an editor says ---


def _initialized(ls: Server, _params: types.InitializedParams) -> None:
    opened = ls.root or Path(ls.workspace.root_path or ".")
    if is_site(opened) or ls.root:
        ls.begin(opened)


def _did_open(ls: Server, params: types.DidOpenTextDocumentParams) -> None:
    document = params.text_document
    ls.edit(document.uri, document.text, document.version)


def _did_change(ls: Server, params: types.DidChangeTextDocumentParams) -> None:
    document = params.text_document
    ls.edit(document.uri, params.content_changes[-1].text, document.version)


def _did_close(ls: Server, params: types.DidCloseTextDocumentParams) -> None:
    ls.edit(params.text_document.uri, None)


async def _hover(ls: Server, params: types.HoverParams) -> types.Hover | None:
    found = ls.mention(params)
    told = about(*found) if found else None
    if found is None or told is None:
        return None
    files, path, mention = found
    words = types.MarkupContent(types.MarkupKind.PlainText, told)
    return types.Hover(words, files.lines(path).range(mention.span))


async def _definition(ls: Server, params: types.DefinitionParams) -> list[types.Location]:
    found = ls.mention(params)
    if found is None or found[2].hidden:
        return []
    files, path, mention = found
    return [ls.location(span) for span in definitions(files, path, mention.name)]


async def _references(ls: Server, params: types.ReferenceParams) -> list[types.Location]:
    await ls.settled()
    found = ls.mention(params)
    if found is None or found[2].hidden:
        return []
    files, path, mention = found
    defining = params.context.include_declaration
    places = await asyncio.to_thread(lambda: list(mentions(files, path, mention.name)))
    return [ls.location(one.span) for one in places if (defining or not one.defines) and not one.hidden]


async def _prepare_rename(ls: Server, params: types.PrepareRenameParams) -> types.Range | None:
    await ls.settled()
    found = ls.mention(params)
    return found[0].lines(found[1]).range(found[2].span) if found and can_rename(found[2].name) else None


async def _rename(ls: Server, params: types.RenameParams) -> types.WorkspaceEdit | None:
    """Put another id in every place of one."""
    await ls.settled()
    found = ls.mention(params)
    if found is None:
        return None
    try:
        spans = await asyncio.to_thread(renamed, found[0], found[1], found[2].name, params.new_name)
    except RenameError as error:
        raise JsonRpcInvalidParams(str(error)) from error
    changes: dict[str, list[types.TextEdit]] = {}
    for span in spans:
        edit = types.TextEdit(ls.lines(span.path).range(span), params.new_name)
        changes.setdefault(ls.uri(span.path), []).append(edit)
    return types.WorkspaceEdit(changes=dict(changes))


async def _code_action(ls: Server, params: types.CodeActionParams) -> list[types.CodeAction]:
    """The words that may have been meant, where the cursor is."""
    await ls.settled()
    path = ls.path(params.text_document.uri)
    lines, actions = ls.lines(path or ""), []
    for diagnostic in ls.diagnostics if path else ():
        if diagnostic.span.path != path or not _touch(lines.range(diagnostic.span), params.range):
            continue
        found = list(fixes(diagnostic, lines))
        for fix in found:
            edit = types.TextEdit(lines.range(fix.span), fix.word)
            actions.append(
                types.CodeAction(
                    f"Change to `{fix.word}`",
                    kind=types.CodeActionKind.QuickFix,
                    diagnostics=[problem(diagnostic, lines)],
                    is_preferred=len(found) == 1,
                    edit=types.WorkspaceEdit(changes={params.text_document.uri: [edit]}),
                )
            )
    return actions


async def _completion(ls: Server, params: types.CompletionParams) -> list[types.CompletionItem]:
    path = ls.path(params.text_document.uri)
    if ls.site is None or path is None:
        return []
    lines = ls.lines(path)
    place = lines.place(params.position)
    typed = completions(path, lines, place, ls.view(path), ls.site.known())
    where = types.Range(lines.position(place.line, place.col - len(typed.word)), params.position)
    return [_completion_item(item, where) for item in typed.items]


def _completion_item(item: Item, where: types.Range) -> types.CompletionItem:
    return types.CompletionItem(
        item.word,
        kind=_KINDS[item.kind],
        detail=item.detail or None,
        filter_text=item.word,
        text_edit=types.TextEdit(where, item.word + item.more),
    )


_KINDS = {
    "id": types.CompletionItemKind.Reference,
    "key": types.CompletionItemKind.Property,
    "value": types.CompletionItemKind.EnumMember,
    "shortcode": types.CompletionItemKind.Function,
}


def _touch(one: types.Range, other: types.Range) -> bool:
    return not (one.end < other.start or other.end < one.start)


FEATURES: dict[str, tuple[Any, Any]] = {
    types.TEXT_DOCUMENT_HOVER: (_hover, None),
    types.TEXT_DOCUMENT_DEFINITION: (_definition, None),
    types.TEXT_DOCUMENT_REFERENCES: (_references, None),
    types.TEXT_DOCUMENT_PREPARE_RENAME: (_prepare_rename, None),
    types.TEXT_DOCUMENT_RENAME: (_rename, types.RenameOptions(prepare_provider=True)),
    types.TEXT_DOCUMENT_COMPLETION: (
        _completion,
        types.CompletionOptions(trigger_characters=["<", " ", '"', "#", "[", "/"]),
    ),
    types.INITIALIZED: (_initialized, None),
    types.TEXT_DOCUMENT_DID_OPEN: (_did_open, None),
    types.TEXT_DOCUMENT_DID_CHANGE: (_did_change, None),
    types.TEXT_DOCUMENT_DID_CLOSE: (_did_close, None),
    types.TEXT_DOCUMENT_CODE_ACTION: (
        _code_action,
        types.CodeActionOptions(code_action_kinds=[types.CodeActionKind.QuickFix]),
    ),
}


def serve_stdio(site: Path | None) -> None:
    """Answer an editor over stdin and stdout until it says goodbye."""
    sys.setswitchinterval(_SWITCH)
    Server(site).start_io()
