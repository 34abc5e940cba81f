"""The command `sheets audit` as a user runs it: exit codes, a narrow terminal, JSON, the page."""

import json
from collections.abc import Sequence
from html.parser import HTMLParser
from pathlib import Path

import pytest
from click.testing import CliRunner

from derive.network import Network
from sheets.__main__ import main
from sheets.auditing import Report
from sheets.auditing.book import Book
from sheets.auditing.findings import SEVERITIES

from .worksheets import Made, hidden, make, save


@pytest.fixture
def homework(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with one workbook that has the class error, and one that is right."""
    save(make(Made().changed(dE_dw3=hidden(1, "w6", "w8", "i1"))), tmp_path / "homework.xlsx")
    (tmp_path / "more").mkdir()
    save(make(Made()), tmp_path / "more" / "right.xlsx")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    return tmp_path


def run(*words: str) -> tuple[int, str]:
    result = CliRunner().invoke(main, ["audit", *words])
    return result.exit_code, result.stdout


@pytest.mark.usefixtures("homework")
def test_the_exit_code_says_whether_everything_is_right() -> None:
    assert run("more")[0] == 0
    assert run("homework.xlsx", "more", "--jobs", "1")[0] == 1
    assert run("nowhere.xlsx")[0] == 2
    Path("broken.xlsx").write_text("no workbook")
    assert run("broken.xlsx")[0] == 2
    assert run("broken.xlsx", "more", "--jobs", "1")[0] == 1


@pytest.mark.usefixtures("homework")
def test_the_report_fits_a_narrow_terminal_and_has_no_colors_where_they_are_not_wanted() -> None:
    _, output = run(".", "--jobs", "1", "--details")
    assert max(map(len, output.splitlines())) <= 80
    assert "\x1b" not in output
    first, *_ = [line for line in output.splitlines() if line.startswith(("✗", "✓"))][-2:]
    assert first.startswith("✗ homework.xlsx")


@pytest.mark.usefixtures("homework")
def test_json_has_the_fields_that_other_programs_use() -> None:
    _, output = run("homework.xlsx", "--json")
    (report,) = json.loads(output)
    assert {"file", "verdict", "reason", "tables", "texts"} <= report.keys()
    (table,) = report["tables"]
    assert {"sheet", "header_row", "first_row", "last_row", "learning_rate", "columns", "findings"} <= table.keys()
    assert table["learning_rate"] == {"cell": "$G$31", "value": 0.5}
    assert (table["columns"]["w1"], table["columns"]["dE/dw1"], table["columns"]["out_h1"]) == ("E", "X", "J")
    assert table["labels"]["out_h1"] == "a_h1"
    (finding,) = table["findings"]
    assert finding.keys() == {"kind", "quantity", "cells", "formula", "expected", "slip", "severity", "sheet",
                              "follows"}
    assert finding["severity"] in SEVERITIES


@pytest.mark.slow
@pytest.mark.usefixtures("homework")
def test_a_pipe_gets_every_reason_whole_and_files_passed_over_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    name = f"{'a name longer than a column ' * 4}.xlsx"
    Path("broken.xlsx").write_text("no workbook")
    Path("broken.xlsx").rename(name)
    Path("marks.txt").write_text("none")
    _, narrow = run(".", "--jobs", "1", "--no-details")
    assert max(map(len, narrow.splitlines())) <= 80
    assert "Where … stands, a line is cut: --details shows all of it." in narrow
    _, detailed = run(".", "--jobs", "1", "--details")
    assert "a line is cut" not in detailed
    assert "uses a_h1 where a_h2 belongs" in " ".join(detailed.split())
    monkeypatch.delenv("COLUMNS")
    _, whole = run(".", "--jobs", "1", "--no-details")
    assert "uses a_h1 where a_h2 belongs" in whole
    assert name in whole
    assert "…" not in whole
    assert "No workbooks, not looked at: marks.txt" in whole
    _, details = run("homework.xlsx")
    assert max(map(len, details.splitlines())) > 80


class _Page(HTMLParser):
    """Which tags a page opens and what it would load."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.loads: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        links = [str(value) for name, value in attrs if name in ("src", "href")]
        self.loads += [link for link in links if not link.startswith("#")]


@pytest.mark.usefixtures("homework")
def test_the_page_is_one_file_that_loads_and_runs_nothing() -> None:
    save(make(Made(cells={"A3": "<script>alert(1)</script> = 1"}, headers={"t1": "<b>t1"})), Path("evil.xlsx"))
    run(".", "--jobs", "1", "--html", "class.html")
    text = Path("class.html").read_text(encoding="utf-8")
    page = _Page()
    page.feed(text)
    assert page.loads == []
    assert not {"script", "link", "img", "iframe"} & set(page.tags)
    assert "uses a_h1 where a_h2 belongs" in text
    assert "@import" not in text


def test_a_page_is_never_written_over_a_workbook(homework: Path) -> None:
    before = Path("homework.xlsx").read_bytes()
    assert run("homework.xlsx", "--html", "homework.xlsx")[0] == 2
    assert Path("homework.xlsx").read_bytes() == before
    assert run("homework.xlsx", "--html", "no/such/folder/page.html")[0] == 2


def test_a_fault_of_ours_in_one_file_keeps_no_other_from_being_audited(
    homework: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sheets.auditing import auditing

    whole = auditing.audit_book

    def broken(book: Book, references: Sequence[Network]) -> Report:
        if book.path.endswith("homework.xlsx"):
            raise KeyError("w9")
        return whole(book, references)

    monkeypatch.setattr(auditing, "audit_book", broken)
    monkeypatch.delenv("DERIVE_SHEETS_TRACEBACK", raising=False)
    code, output = run(".", "--jobs", "1")
    assert code == 1
    assert "! homework.xlsx  unreadable  a fault of this program" in output
    assert "✓ right.xlsx" in output
