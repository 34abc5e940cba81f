"""The page, built once, and a browser to open it in: Chromium by Playwright, with the network cut."""

import os
import shutil
import threading
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from derive.errors import DeriveError
from tests.page.opened import Opened

CHROMIUM = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()


def missing(what: str) -> None:
    """Skip, or fail where everything is demanded."""
    if os.environ.get("DERIVE_SHEETS_ORACLES") == "1":
        pytest.fail(f"{what}, and DERIVE_SHEETS_ORACLES=1 demands it")
    pytest.skip(what)


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page as one file and as a site, by the command's own function; DERIVE_PAGE names a folder that has both."""
    built = os.environ.get("DERIVE_PAGE")
    if built:
        return Path(built)
    from derive.page import write_page

    target = tmp_path_factory.mktemp("page")
    try:
        write_page(target / "derive.html")
        write_page(target / "site")
    except DeriveError as error:
        missing(str(error))
    return target


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    """A browser; closed after each module, because its loop is in the way of whatever else is asynchronous."""
    api = pytest.importorskip("playwright.sync_api")
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        missing("Chromium (Debian: chromium) is not installed")
    with api.sync_playwright() as play:
        browser = play.chromium.launch(executable_path=path, args=CHROMIUM)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def served(folder: Path) -> Iterator[str]:
    """The address of the site on this machine."""
    handler = partial(_Quiet, directory=str(folder / "site"))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *arguments: Any) -> None:
        """Nothing: the test's own output is enough."""


@pytest.fixture
def opened(chromium: Any) -> Iterator[Callable[..., Opened]]:
    """What opens an address in a context of its own, without a network unless told; no page may have a fault."""
    contexts, pages = [], []

    def open_page(address: str, *, offline: bool = True, faultless: bool = True, **options: Any) -> Opened:
        context = chromium.new_context(offline=offline, accept_downloads=True, **options)
        contexts.append(context)
        made = Opened(context.new_page())
        if faultless:
            pages.append(made)
        made.page.goto(address)
        return made

    yield open_page
    for context in contexts:
        context.close()
    for made in pages:
        assert made.faults == []


@pytest.fixture
def file_page(opened: Callable[..., Opened], folder: Path) -> Any:
    """The one file, from the disk, with the network cut, ready."""
    return opened((folder / "derive.html").as_uri()).ready()
