"""What the page costs beside the terminal, in one run: wall time, medians, Chromium with the network cut.

    python -m tests.bench.page

It builds the page, unless DERIVE_PAGE names a folder that has `derive.html` and `site`.
"""

import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from derive.page import write_page
from derive.walkthrough import load_walkthrough

TIMES = 3
PATIENCE = 300_000
CHROMIUM = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
LINES = "h1 = w1*i1 + w2*i2\n∂h1/∂w1 = i2"

Row = tuple[str, float | None, float | None]
"""What is done, the seconds in the page and on the terminal; None where the one has no such thing."""


def measure() -> list[Row]:
    """The rows of the table."""
    from playwright.sync_api import sync_playwright

    with TemporaryDirectory() as temporary, sync_playwright() as play:
        folder = _built(Path(temporary))
        browser = play.chromium.launch(executable_path=shutil.which("chromium"), args=CHROMIUM)
        first = (folder / "derive.html").as_uri()
        rows = [("open the one file, first verdict", median(_opened(browser, first) for _ in range(TIMES)), None)]
        with _served(folder / "site") as address:
            context = browser.new_context()
            visits = [_first_verdict(context, address) for _ in range(TIMES + 1)]
            rows += [("open the site, first visit", visits[0], None), ("a later visit", median(visits[1:]), None)]
        rows += _same_work(browser, first, Path(temporary))
        browser.close()
    return rows


def section(rows: list[Row]) -> list[str]:
    """The section of docs/performance.md."""
    def cell(seconds: float | None) -> str:
        return "" if seconds is None else f"{seconds:.2f}"

    return [
        "## In the browser", "",
        "Chromium beside the same work as a command, wall time; a command starts Python each time, the page has it",
        "running. `python -m tests.bench.page` measures this alone.", "",
        "| work | page, seconds | command, seconds |", "|---|---:|---:|",
        *(f"| {work} | {cell(page)} | {cell(command)} |" for work, page, command in rows), "",
    ]  # fmt: skip


def _built(folder: Path) -> Path:
    given = os.environ.get("DERIVE_PAGE")
    if given:
        return Path(given)
    write_page(folder / "derive.html")
    write_page(folder / "site")
    return folder


@contextmanager
def _served(folder: Path) -> Iterator[str]:
    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, format: str, *arguments: Any) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


def _opened(browser: Any, address: str) -> float:
    context = browser.new_context(offline=True)
    taken = _first_verdict(context, address)
    context.close()
    return taken


def _first_verdict(context: Any, address: str) -> float:
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    started = time.perf_counter()
    page.goto(address)
    page.fill("#check-text", LINES)
    page.locator("#check-claims > li.refuted").wait_for()
    taken = time.perf_counter() - started
    page.locator("html[data-ready]").wait_for()
    if address.startswith("http"):
        page.evaluate("() => navigator.serviceWorker.ready.then(() => true)")
    page.close()
    return taken


def _same_work(browser: Any, address: str, folder: Path) -> list[Row]:
    """Acts of the page beside commands."""
    notes, workbook = folder / "notes.txt", folder / "kanungo.xlsx"
    kanungo = load_walkthrough("kanungo")
    notes.write_text(kanungo.derivation, encoding="utf-8")
    page = browser.new_context(offline=True).new_page()
    page.set_default_timeout(PATIENCE)
    page.goto(address)
    page.locator("html[data-ready]").wait_for()
    page.evaluate("async () => { window.kanungo = (await ask('examples')).find(e => e.name === 'kanungo').toml }")
    check = partial(page.evaluate, "text => ask('check', { text })", kanungo.derivation)
    build = partial(page.evaluate, "() => ask('workbook', { toml: kanungo, name: 'kanungo' })")
    page.evaluate("async () => { window.kept = await ask('workbook', { toml: kanungo });"
                  "await ask('keep', {}, { files: [['a.xlsx', bytesOf(kept.base64)]] }) }")  # fmt: skip
    audit = partial(page.evaluate, "() => ask('audit', { number: 0 })")
    return [
        ("check the article's derivation, 36 equalities", _median(check), _median(_command("derive", "check", notes))),
        ("write kanungo.xlsx, 6 × 283 rows", _median(build), _median(_command("sheets", "build", "-o", workbook))),
        ("audit it", _median(audit), _median(_command("sheets", "audit", workbook))),
    ]


def _command(program: str, *words: str | Path) -> Callable[[], object]:
    line = [str(Path(sys.executable).with_name(program)), *map(str, words)]
    return partial(subprocess.run, line, capture_output=True, check=False)


def _median(run: Callable[[], object]) -> float:
    times = []
    for _ in range(TIMES):
        started = time.perf_counter()
        run()
        times.append(time.perf_counter() - started)
    return median(times)


if __name__ == "__main__":
    print("\n".join(section(measure())))
