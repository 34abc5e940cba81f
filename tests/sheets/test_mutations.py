"""What we build audits clean, and no single cell of it can be changed unseen."""

from decimal import Decimal
from pathlib import Path

import pytest

from derive.walkthrough import Walkthrough, built_in, load_walkthrough, with_changes
from sheets.auditing import Report, audit
from sheets.auditing.auditing import audit_cells
from sheets.auditing.book import Book, Place
from sheets.auditing.opening import open_book
from sheets.workbook import build

from .mutating import Mutation, mutated, sample


def _built(walkthrough: Walkthrough, folder: Path) -> Path:
    """A short workbook of a walkthrough."""
    target = folder / f"{walkthrough.name}.xlsx"
    build(with_changes(walkthrough, updates=8, learning_rates=[Decimal("0.5")]), target)
    return target


@pytest.mark.parametrize("name", built_in())
def test_what_we_build_is_clean(name: str, tmp_path: Path) -> None:
    report = audit(_built(load_walkthrough(name), tmp_path))
    assert (report.verdict, report.all_findings) == ("right", ())
    assert report.tables[0].rate == 0.5


def _audited(book: Book) -> Report:
    return audit_cells(book, (load_walkthrough("kanungo").network,))


def _places(book: Book, report: Report) -> list[Place]:
    """The cells of the first table and its learning rate."""
    table = report.tables[0]
    sheet = book.by_name[table.sheet]
    return [place for place in sheet.written
            if table.first_row <= place[0] <= table.last_row and place[1] <= len(table.columns)]


def _unseen(name: str, folder: Path, count: int, seed: int) -> list[Mutation]:
    book = open_book(_built(load_walkthrough(name), folder))
    table = _audited(book).tables[0]
    places = _places(book, _audited(book))
    changes = sample(book.by_name[table.sheet], places, count, seed)
    return [change for change in changes if _is_clean(_audited(mutated(book, table.sheet, change)))]


def _is_clean(report: Report) -> bool:
    return report.verdict == "right" and not report.all_findings


def test_no_change_of_one_cell_goes_unseen(tmp_path: Path) -> None:
    assert [str(change) for change in _unseen("kanungo", tmp_path, 60, seed=1)] == []


@pytest.mark.slow
@pytest.mark.parametrize("name", ["kanungo", "mazur", "loy"])
def test_no_change_of_one_cell_of_many_goes_unseen(name: str, tmp_path: Path) -> None:
    assert [str(change) for change in _unseen(name, tmp_path, 600, seed=2)] == []


def test_a_wrong_reference_operator_or_number_is_called_wrong(tmp_path: Path) -> None:
    """Stored values apart, unless the cell read instead holds the same given quantity of another row."""
    book = open_book(_built(load_walkthrough("kanungo"), tmp_path))
    table = _audited(book).tables[0]
    changes = sample(book.by_name[table.sheet], _places(book, _audited(book)), 60, seed=3)
    for change in changes:
        if change.kind in ("reference", "operator", "number", "another number"):
            findings = _audited(mutated(book, table.sheet, change, keep=False)).all_findings
            slips = {finding.slip for finding in findings if finding.severity != "undecided"}
            assert any(f.severity == "wrong" for f in findings) or slips == {
                "reads another row than the rest of its column"}, str(change)
