"""The language server, spoken to as an editor does, over a pipe to the command."""

import asyncio
import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

TEXT = "# ∂ 𝜕 notes\nh1 = w1*i1 + w2*i2\nSee 𝜕: ∂h1/∂w1 = i2\n"


@pytest.mark.slow
def test_a_wrong_line_is_underlined_and_no_longer_when_it_is_mended() -> None:
    pytest.importorskip("pygls")
    derive = shutil.which("derive", path=str(Path(sys.executable).parent))
    assert derive is not None, "the command is installed beside Python"
    before, after = asyncio.run(asyncio.wait_for(_spoken(derive), 120))
    (wrong,) = before
    assert wrong.code == "refuted"
    assert "i1" in wrong.message
    assert (wrong.range.start.line, wrong.range.end.line) == (2, 2)
    line = TEXT.splitlines()[2].encode("utf-16-le")  # an editor counts in units of UTF-16
    assert line[2 * wrong.range.start.character : 2 * wrong.range.end.character].decode("utf-16-le") == "i2"
    assert after == []


def test_a_session_ends_without_a_fault() -> None:
    pytest.importorskip("pygls")
    calls = [{"id": 1, "method": "initialize", "params": {"capabilities": {}}}, {"id": 2, "method": "shutdown"},
             {"method": "exit"}]
    texts = [json.dumps({"jsonrpc": "2.0", **call}) for call in calls]
    said = "".join(f"Content-Length: {len(text)}\r\n\r\n{text}" for text in texts)
    done = subprocess.run([sys.executable, "-m", "derive", "language-server"], input=said.encode(), capture_output=True,
                          timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    assert b'"id": 2' in done.stdout


async def _spoken(derive: str) -> list[list[Any]]:
    """What is published for a text, and for the text mended."""
    from lsprotocol import types
    from pygls.lsp.client import LanguageClient

    client = LanguageClient("an editor", "1")
    published: asyncio.Queue[list[Any]] = asyncio.Queue()

    @client.feature(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
    def _(given: types.PublishDiagnosticsParams) -> None:
        published.put_nowait(list(given.diagnostics))

    await client.start_io(derive, "language-server")
    await client.initialize_async(types.InitializeParams(capabilities=types.ClientCapabilities()))
    uri = "file:///notes.md"
    client.text_document_did_open(types.DidOpenTextDocumentParams(types.TextDocumentItem(uri, "markdown", 1, TEXT)))
    before = await published.get()
    mended = types.TextDocumentContentChangeWholeDocument(TEXT.replace("i2\n", "i1\n").replace("+ w2*i1", "+ w2*i2"))
    client.text_document_did_change(
        types.DidChangeTextDocumentParams(types.VersionedTextDocumentIdentifier(2, uri), [mended])
    )
    after = await published.get()
    await client.shutdown_async(None)
    client.exit(None)
    await client.stop()
    return [before, after]
