"""A language server: an editor underlines what is refuted while a derivation is written (Language Server Protocol).

It needs pygls, which `pip install 'derive-sheets[editor]'` brings.
"""

import asyncio
from importlib.metadata import version

from lsprotocol import types
from pygls.lsp.server import LanguageServer
from pygls.workspace import TextDocument

from derive.checking import Checked
from derive.errors import DeriveError
from derive.formats.message import OPEN, message
from derive.verdicts import check

_PAUSE = 0.15
"""Seconds without a change before a document is checked."""
_SEVERITIES = {
    "refuted": types.DiagnosticSeverity.Error,
    "undecided": types.DiagnosticSeverity.Warning,
    "not-understood": types.DiagnosticSeverity.Information,
}


def language_server(walkthrough: str | None = None) -> LanguageServer:
    """A server for one editor; what a document leaves undefined is taken from the walkthrough."""
    server = LanguageServer("derive", version("derive-sheets"), text_document_sync_kind=types.TextDocumentSyncKind.Full)

    def publish(uri: str) -> None:
        document = server.workspace.get_text_document(uri)
        found = diagnostics(document, walkthrough)
        server.text_document_publish_diagnostics(
            types.PublishDiagnosticsParams(uri=uri, diagnostics=found, version=document.version)
        )

    @server.feature(types.TEXT_DOCUMENT_DID_OPEN)
    def opened(given: types.DidOpenTextDocumentParams) -> None:
        publish(given.text_document.uri)

    @server.feature(types.TEXT_DOCUMENT_DID_CHANGE)
    async def changed(given: types.DidChangeTextDocumentParams) -> None:
        await asyncio.sleep(_PAUSE)
        uri = given.text_document.uri
        if server.workspace.get_text_document(uri).version == given.text_document.version:  # else a later one comes
            publish(uri)

    @server.feature(types.TEXT_DOCUMENT_DID_CLOSE)
    def closed(given: types.DidCloseTextDocumentParams) -> None:
        uri = given.text_document.uri
        server.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri=uri, diagnostics=[]))

    return server


def diagnostics(document: TextDocument, walkthrough: str | None = None) -> list[types.Diagnostic]:
    """What is not proved in a document, each under its right member."""
    try:
        found = check(document.source, walkthrough)
    except DeriveError as error:
        whole = types.Range(types.Position(0, 0), types.Position(0, 1))
        return [types.Diagnostic(whole, str(error), types.DiagnosticSeverity.Warning, source="derive")]
    return [_diagnostic(one, document) for one in found if one.verdict in OPEN]


def _diagnostic(one: Checked, document: TextDocument) -> types.Diagnostic:
    severity = _SEVERITIES[one.verdict]
    return types.Diagnostic(_place(one, document), message(one), severity, code=one.verdict, source="derive")


def _place(one: Checked, document: TextDocument) -> types.Range:
    """The right member, to the end of its line; columns in the units that editor and server have agreed on."""
    row = min(one.line - 1, max(len(document.lines) - 1, 0))
    line = document.lines[row] if document.lines else ""
    start, end = min(one.column - 1, len(line)), len(line.rstrip())
    if one.right:
        end = min(start + len(one.right.strip()), end)
    place = types.Range(types.Position(row, start), types.Position(row, max(start, end)))
    return document.position_codec.range_to_client_units(document.lines, place)
