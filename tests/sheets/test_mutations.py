"""What we build audits clean, and no single cell of it can be changed unseen."""

import re
from collections.abc import Callable
from decimal import Decimal
from functools import cache
from pathlib import Path

import openpyxl
import pytest

from derive.network import Network
from derive.walkthrough import Walkthrough, built_in, load_walkthrough, with_changes
from sheets.auditing import Report, audit
from sheets.auditing.auditing import audit_cells
from sheets.auditing.book import Book, Place
from sheets.auditing.package import open_book
from sheets.building.workbook import build
from tests.laws import some, sweep

from .mutating import Mutation, mutated, mutations, sample


def _built(walkthrough: Walkthrough, folder: Path) -> Path:
    """A short workbook of a walkthrough."""
    target = folder / f"{walkthrough.name}.xlsx"
    build(with_changes(walkthrough, updates=8, learning_rates=[Decimal("0.5")]), target)
    return target


@pytest.mark.slow
@pytest.mark.parametrize("name", sweep(built_in(), "kanungo", "tripathi"))
def test_what_we_build_is_clean(name: str, tmp_path: Path) -> None:
    report = audit(_built(load_walkthrough(name), tmp_path))
    assert (report.verdict, report.all_findings) == ("right", ())
    assert report.tables[0].rate == 0.5


@pytest.mark.slow
@pytest.mark.parametrize("name", sweep(["mazur", "kanungo"], "mazur"))
def test_what_we_build_is_clean_without_its_stored_values(name: str, tmp_path: Path) -> None:
    """As a program leaves it that writes formulas and computes none; mazur's biases are copied down, never trained."""
    path = _built(load_walkthrough(name), tmp_path)
    openpyxl.load_workbook(path).save(path)
    report = audit(path)
    assert (report.verdict, report.all_findings) == ("right", ())


@pytest.fixture(scope="module")
def short(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Book]:
    """The short workbook of a walkthrough, built and opened once."""
    return cache(lambda name: open_book(_built(load_walkthrough(name), tmp_path_factory.mktemp(name))))


@cache
def _kanungo() -> Network:
    return load_walkthrough("kanungo").network


def _audited(book: Book) -> Report:
    return audit_cells(book, (_kanungo(),))


def _places(book: Book, report: Report) -> list[Place]:
    """The cells of the first table and its learning rate."""
    table = report.tables[0]
    sheet = book.by_name[table.sheet]
    return [place for place in sheet.written
            if table.first_row <= place[0] <= table.last_row and place[1] <= len(table.columns)]


def _sampled(book: Book, count: int, seed: int) -> tuple[str, list[Mutation]]:
    """The sheet of the first table, and so many changes of its cells."""
    report = _audited(book)
    name = report.tables[0].sheet
    return name, sample(book.by_name[name], _places(book, report), count, seed)


def _unseen(book: Book, count: int, seed: int) -> list[str]:
    name, changes = _sampled(book, count, seed)
    return [str(change) for change in changes if _is_clean(_audited(mutated(book, name, change)))]


def _is_clean(report: Report) -> bool:
    return report.verdict == "right" and not report.all_findings


@pytest.mark.slow
def test_no_change_of_one_cell_goes_unseen(short: Callable[[str], Book]) -> None:
    assert _unseen(short("kanungo"), 6, seed=1) == []


@pytest.mark.slow
def test_no_change_of_the_number_of_an_update_goes_unseen(short: Callable[[str], Book]) -> None:
    """Of a column that nothing reads: without stored values, too, which tell of other numbers by themselves."""
    book = short("mazur")
    table = _audited(book).tables[0]
    sheet = book.by_name[table.sheet]
    assert table.columns[0] == ("update", "A")
    rows = (table.first_row, table.first_row + 4, table.last_row)
    changes = [change for row in rows for change in mutations(sheet, (row, 1))
               if change.kind in ("typed over", "deleted") or (change.kind == "operator" and row == rows[1])]
    audited = {str(change): _audited(mutated(book, table.sheet, change, keep=False)) for change in changes}
    assert [change for change, report in audited.items() if not report.all_findings] == []
    assert {report.verdict for report in audited.values()} == {"right"}


@pytest.mark.slow
def test_a_loss_that_ends_before_its_gradients_does_not_go_unseen(short: Callable[[str], Book]) -> None:
    """Where it is the only column of the forward pass, all of it within one formula over the samples."""
    book = short("parmelee")
    table = _audited(book).tables[0]
    assert table.columns[4] == ("E_Total", "E")
    last = (table.last_row, 5)
    deleted = next(change for change in mutations(book.by_name[table.sheet], last) if change.kind == "deleted")
    found = _audited(mutated(book, table.sheet, deleted)).all_findings
    assert [(one.cells, one.slip) for one in found] == [(f"E{last[0]}", "the column ends before the others do")]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "count"), some([("kanungo", 100), ("kanungo", 600), ("mazur", 600), ("loy", 600)], ("kanungo", 100))
)
def test_no_change_of_one_cell_of_many_goes_unseen(name: str, count: int, short: Callable[[str], Book]) -> None:
    assert _unseen(short(name), count, seed=2) == []


_SAME = re.compile(r"reads another row than the rest of its column|reads (\w+) of .*row.*, which holds what \1 does")


def _passed_over(book: Book, count: int, seed: int) -> list[str]:
    """The wrong references, operators and numbers that are not called wrong, stored values apart.

    Unless the cell read instead holds the same given quantity of another row.
    """
    name, changes = _sampled(book, count, seed)
    found = []
    for change in changes:
        if change.kind in ("reference", "operator", "number", "another number"):
            findings = _audited(mutated(book, name, change, keep=False)).all_findings
            slips = {finding.slip for finding in findings if finding.severity != "undecided"}
            if not any(f.severity == "wrong" for f in findings) and not (slips and all(map(_SAME.fullmatch, slips))):
                found.append(str(change))
    return found


@pytest.mark.slow
def test_a_wrong_reference_operator_or_number_is_called_wrong(short: Callable[[str], Book]) -> None:
    assert _passed_over(short("kanungo"), 6, seed=3) == []


@pytest.mark.slow
def test_a_wrong_number_in_the_last_row_alone_is_called_wrong(short: Callable[[str], Book]) -> None:
    """No step goes on from there, so that only the table tells it."""
    book = short("kanungo")
    table = _audited(book).tables[0]
    column = next(at for at, (name, _) in enumerate(table.columns, 1) if name == "out_h1")
    changes = mutations(book.by_name[table.sheet], (table.last_row, column))
    wrong = next(change for change in changes if change.kind == "number")
    found = _audited(mutated(book, table.sheet, wrong, keep=False))
    cell = f"{table.columns[column - 1][1]}{table.last_row}"
    assert [one.cells for one in found.all_findings if one.severity == "wrong"] == [cell]


@pytest.mark.slow
@pytest.mark.parametrize("count", some((100, 300), 100))
def test_any_of_many_wrong_references_operators_or_numbers_is_called_wrong(
    count: int, short: Callable[[str], Book]
) -> None:
    assert _passed_over(short("kanungo"), count, seed=4) == []
