"""What the page costs beside the terminal, in one run: Chromium with the network cut, the least of several times.

    python -m tests.bench.page

Wall time, and for the first verdict the processor time of all of the browser's processes, too: what it takes at most on
a machine that has nothing else to do, even where none of it is done at once. It builds the page, unless DERIVE_PAGE
names a folder that has `derive.html` and `site`.
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
from tempfile import TemporaryDirectory
from typing import Any

from derive.page import write_page
from derive.walkthrough import load_walkthrough

TIMES = 3
PATIENCE = 300_000
CHROMIUM = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
LINES = "h1 = w1*i1 + w2*i2\n∂h1/∂w1 = i2"

Taken = tuple[float, float]
"""Seconds by the clock and of the processor."""

Row = tuple[str, float, float | None, float | None]
"""What is done, the seconds in the page by the clock and of the processor, those of the command; None: not measured."""


def measure() -> list[Row]:
    """The rows of the table."""
    from playwright.sync_api import sync_playwright

    with TemporaryDirectory() as temporary, sync_playwright() as play:
        folder = _built(Path(temporary))
        browser = play.chromium.launch(executable_path=shutil.which("chromium"), args=CHROMIUM)
        first = (folder / "derive.html").as_uri()
        rows = [_row("open the one file, first verdict", [_opened(browser, first) for _ in range(TIMES)])]
        with _served(folder / "site") as address:
            context = browser.new_context()
            visits = [_first_verdict(context, address) for _ in range(TIMES + 1)]
            rows += [_row("open the site, first visit", visits[:1]), _row("a later visit", visits[1:])]
        rows += _same_work(browser, first, Path(temporary))
        browser.close()
    return rows


def section(rows: list[Row]) -> list[str]:
    """The section of docs/performance.md."""
    def cell(seconds: float | None) -> str:
        return "" if seconds is None else f"{seconds:.2f}"

    return [
        "## In the browser", "",
        "Chromium beside the same work as a command, the least of several times by the clock; a command starts Python",
        "each time, the page has it running. Processor seconds are those of all of the browser's processes: an idle",
        "machine takes no longer. `python -m tests.bench.page` measures this alone.", "",
        f"Measured at a load of {os.getloadavg()[1]:.1f} on {os.cpu_count()} cores.", "",
        "| work | page, seconds | of the processor | command, seconds |", "|---|---:|---:|---:|",
        *(f"| {work} | {cell(page)} | {cell(busy)} | {cell(command)} |" for work, page, busy, command in rows), "",
    ]  # fmt: skip


def _row(work: str, taken: list[Taken]) -> Row:
    return work, min(wall for wall, _ in taken), min(busy for _, busy in taken), None


def _processor() -> float:
    """The processor seconds of all processes below this one, those that have ended among them."""
    parents, spent = dict[int, int](), dict[int, float]()
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text(encoding="utf-8").rpartition(")")[2].split()
        except OSError:  # it has ended
            continue
        parents[int(stat.parent.name)] = int(fields[1])
        spent[int(stat.parent.name)] = sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")

    def is_below(pid: int) -> bool:
        return pid in parents and (parents[pid] == os.getpid() or is_below(parents[pid]))

    return sum(seconds for pid, seconds in spent.items() if is_below(pid))


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


def _opened(browser: Any, address: str) -> Taken:
    context = browser.new_context(offline=True)
    taken = _first_verdict(context, address)
    context.close()
    return taken


def _first_verdict(context: Any, address: str) -> Taken:
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    started, before = time.perf_counter(), _processor()
    page.goto(address)
    page.fill("#check-text", LINES)
    page.locator("#check-claims > li.refuted").wait_for()
    taken = time.perf_counter() - started, _processor() - before
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
        ("check the article's derivation, 36 equalities", _least(check), None,
         _least(_command("derive", "check", notes))),
        ("write kanungo.xlsx, 6 × 283 rows", _least(build), None, _least(_command("sheets", "build", "-o", workbook))),
        ("audit it", _least(audit), None, _least(_command("sheets", "audit", workbook))),
    ]


def _command(program: str, *words: str | Path) -> Callable[[], object]:
    line = [str(Path(sys.executable).with_name(program)), *map(str, words)]
    return partial(subprocess.run, line, capture_output=True, check=False)


def _least(run: Callable[[], object]) -> float:
    times = []
    for _ in range(TIMES):
        started = time.perf_counter()
        run()
        times.append(time.perf_counter() - started)
    return min(times)


if __name__ == "__main__":
    print("\n".join(section(measure())))
