"""Numbers where formulas belong: right ones, rounded or not, are never called wrong, and wrong ones are."""

from collections.abc import Callable

import pytest
from msgspec.structs import replace

from derive.walkthrough import load_walkthrough
from sheets.auditing import Report
from sheets.auditing.auditing import audit_cells
from sheets.auditing.book import Book, Content, Place
from sheets.references import areas_of, column_number

from .worksheets import Made, hidden, make

MADE = Made(rows=24)
SLIP = MADE.changed(dE_dw3=hidden(1, "w6", "w8", "i1"), dE_dw4=hidden(1, "w6", "w8", "i2"))
GRADIENTS = {f"dE/dw{n}": MADE.at(f"dE/dw{n}").rstrip("0123456789") for n in range(1, 9)}


def audited(book: Book) -> Report:
    return audit_cells(book, (load_walkthrough("kanungo").network,))


def typed_over(book: Book, columns: str, number: Callable[[float], float], rows: range = range(33, 57)) -> Book:
    """The workbook with numbers over the formulas of columns, made of the values that these had."""
    sheet = book.sheets[0]
    stored: dict[Place, Content] = dict(sheet.stored)
    written = dict(sheet.written)
    for column in map(column_number, columns.split()):
        for row in rows:
            value = stored.pop((row, column), None)
            if isinstance(value, float):
                written[row, column] = number(value)
    return replace(book, sheets=(replace(sheet, written=written, stored={}),))


def cut(digits: int) -> Callable[[float], float]:
    return lambda value: round(value, digits)


@pytest.mark.parametrize("digits", [3, 4, 6, 8, 10])
@pytest.mark.parametrize("columns", ["AB", "X Y Z AA", " ".join(GRADIENTS.values())])
def test_right_rounded_gradients_among_formulas_are_fragile(columns: str, digits: int) -> None:
    report = audited(typed_over(make(MADE), columns, cut(digits)))
    assert report.verdict == "right"
    assert {f.severity for f in report.all_findings} == {"fragile"}
    assert {f.cells.partition("33")[0] for f in report.all_findings} == set(columns.split())


@pytest.mark.parametrize("digits", [8, 10, 15])
def test_rounded_gradients_of_the_class_slip_among_formulas_are_wrong(digits: int) -> None:
    report = audited(typed_over(make(SLIP), "Z AA", cut(digits)))
    assert {(f.quantity, f.slip) for f in report.all_findings if f.severity == "wrong"} == {
        (f"dE/dw{n}", "the numbers come out if a_h1 stands where a_h2 belongs") for n in (3, 4)}


@pytest.mark.parametrize(("number", "told"), [
    (lambda value: -round(value, 6), "the numbers are not what the row gives"),
    (lambda value: round(2 * value, 6), "the numbers are not what the row gives"),
    (lambda value: 0.0, "the numbers are not what the row gives"),
    (lambda value: round(value, 6) + 0.00002, "the numbers are not what the row gives"),
])  # fmt: skip
def test_other_numbers_in_a_gradient_column_are_wrong(number: Callable[[float], float], told: str) -> None:
    report = audited(typed_over(make(MADE), "AB", number))
    assert [(f.severity, f.quantity, f.slip) for f in report.all_findings] == [("wrong", "dE/dw5", told)]


def test_one_number_typed_in_every_row_is_named_in_every_row() -> None:
    """In those, too, that it happens to be right for: dE/dw5 falls from 0.0541 to 0.0527."""
    report = audited(typed_over(make(MADE), "AB", lambda value: 0.054))
    assert {f.severity for f in report.all_findings} == {"wrong", "fragile"}
    assert {row for f in report.all_findings for (top, _), (bottom, _) in areas_of(f.cells)
            for row in range(top, bottom + 1)} == set(range(33, 57))


@pytest.mark.parametrize(("column", "number", "severity"), [
    ("J", cut(3), "fragile"), ("J", cut(1), "wrong"), ("AB", cut(4), "fragile"), ("AB", lambda v: 0.0, "wrong"),
    ("AB", lambda v: round(v, 4) + 0.0002, "wrong"), ("E", cut(15), "fragile"), ("E", cut(8), "fragile"),
    ("E", cut(2), "wrong"), ("M", lambda v: 0.4, "wrong"),
])  # fmt: skip
def test_a_number_alone_among_formulas_is_judged_by_its_digits(
    column: str, number: Callable[[float], float], severity: str
) -> None:
    report = audited(typed_over(make(MADE), column, number, range(40, 41)))
    assert {f.severity for f in report.all_findings} == {severity}
    assert {f.cells for f in report.all_findings} == {f"{column}40"}


def test_a_weight_typed_again_and_again_is_never_updated_whatever_its_digits() -> None:
    report = audited(typed_over(make(MADE), "E", lambda value: 0.15))
    assert [(f.severity, f.quantity, f.slip) for f in report.all_findings] == [
        ("wrong", "w1", "the parameter is never updated")]


@pytest.mark.parametrize("digits", [2, 3, 4, 6, 10])
def test_a_right_table_of_numbers_alone_is_right_and_says_what_its_digits_cannot_tell(digits: int) -> None:
    book = make(replace(MADE, pasted=True))
    sheet = book.sheets[0]
    rounded = {p: round(c, digits) if isinstance(c, float) and p[0] > 32 else c for p, c in sheet.written.items()}
    report = audited(replace(book, sheets=(replace(sheet, written=rounded),)))
    assert (report.verdict, report.all_findings) == ("right", ())
    notes = report.tables[0].notes
    assert notes[0] == "no formulas: the numbers alone are judged, to the digits that they have"
    assert any("too few digits to tell whether a_h2 was taken, or a_h1 by mistake" in note for note in notes) == (
        digits < 6)
    assert report.reason == notes[0]
