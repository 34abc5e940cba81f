"""Tables that are interrupted: rows below a blank row or a row of text are judged as the table's own."""

from collections.abc import Mapping

import pytest
from msgspec.structs import replace

from derive.walkthrough import load_walkthrough
from sheets.auditing import Report
from sheets.auditing.auditing import audit_cells
from sheets.auditing.book import Book, Content, Place
from sheets.cells import letters
from sheets.references import Reference, with_references

from .worksheets import Made, hidden, make

MADE = Made(rows=14)
BOUNDARY = 40
"""The first row that is moved down."""
SLIP = MADE.changed(dE_dw3=hidden(1, "w6", "w8", "i1"))


def apart(made: Made, gap: int, below: Made | None = None, **cells: Content) -> Book:
    """The workbook with blank rows before row 40, every reference following; from there on as `below` has it."""
    def moved(reference: Reference) -> str:
        row = reference.row + gap * (reference.row >= BOUNDARY)
        return f"{'$' * reference.column_fixed}{letters(reference.column)}{'$' * reference.row_fixed}{row}"

    def shifted(part: Mapping[Place, Content]) -> dict[Place, Content]:
        return {(row + gap * (row >= BOUNDARY), column):
                with_references(content, moved) if isinstance(content, str) and content.startswith("=") else content
                for (row, column), content in part.items()}

    above, under = make(made).sheets[0], make(below or made).sheets[0]
    written = {place: (above if place[0] < BOUNDARY else under).written[place] for place in above.written}
    stored = {} if below else dict(above.stored)
    whole = shifted(written) | {(BOUNDARY, 1 + index): text for index, text in enumerate(cells.values())}
    return replace(make(made), sheets=(replace(above, written=whole, stored=shifted(stored)),))


def audited(book: Book) -> Report:
    return audit_cells(book, (load_walkthrough("kanungo").network,))


@pytest.mark.parametrize("gap", [1, 2, 5])
def test_a_right_table_with_blank_rows_in_it_is_right(gap: int) -> None:
    report = audited(apart(MADE, gap))
    assert (report.verdict, report.all_findings) == ("right", ())
    assert [(t.first_row, t.last_row, t.rate) for t in report.tables] == [(33, 46 + gap, 0.5)]


@pytest.mark.parametrize("gap", [1, 5])
@pytest.mark.parametrize("text", [{}, {"a": "second part"}, {"a": "", "b": "x", "c": "y", "d": "", "e": "z"}])
def test_a_slip_below_a_gap_is_found(gap: int, text: dict[str, str]) -> None:
    report = audited(apart(MADE, gap, SLIP, **text))
    assert report.verdict == "wrong"
    assert [(f.quantity, f.cells, f.slip) for f in report.all_findings] == [
        ("dE/dw3", f"Z{BOUNDARY + gap}:Z{46 + gap}", "uses a_h1 where a_h2 belongs")]


def test_the_first_update_below_a_gap_must_go_on_from_the_last_row_above_it() -> None:
    book = apart(MADE, 1)
    sheet = book.sheets[0]
    place = (BOUNDARY + 1, 5)
    assert sheet.written[place] == "=E39-$G$31*X39"
    for formula in ("=E38-$G$31*X39", "=E40-$G$31*X40"):  # two rows up; the blank row, as a formula filled down does
        report = audited(replace(book, sheets=(replace(sheet, written={**sheet.written, place: formula}, stored={}),)))
        assert report.verdict == "wrong"
        assert any(f.quantity == "w1" and f.cells == "E41" for f in report.all_findings)


@pytest.mark.slow
@pytest.mark.parametrize("start", [None, "={0}33", "=${0}$33", "={0}46"])
def test_a_training_that_starts_anew_below_a_gap_is_a_table_of_its_own(start: str | None) -> None:
    for made, verdict in ((MADE, "right"), (SLIP, "wrong")):
        first, second = make(MADE).sheets[0], make(replace(made, header_row=60)).sheets[0]
        body = {place: content for place, content in second.written.items() if place[0] > 60}
        if start is not None:
            body |= {(61, column): start.format(letters(column)) for column in (*range(5, 9), *range(13, 17))}
        both = replace(first, written={**body, **first.written}, stored={})
        report = audited(replace(make(MADE), sheets=(both,)))
        assert report.verdict == verdict
        assert [(t.first_row, t.last_row) for t in report.tables] == [(33, 46), (61, 74)]
        assert {f.quantity for f in report.all_findings} == ({"dE/dw3"} if verdict == "wrong" else set())


def test_rows_of_another_form_below_are_said_not_to_be_read() -> None:
    other = MADE.changed(**{name.replace("E/d", "E_d"): f"1*({formula})+0" for name, formula in MADE.formulas.items()})
    odd = replace(other, updates={n: f"0+{formula}" for n, formula in MADE.updates.items()})
    report = audited(apart(MADE, 1, odd))
    assert report.verdict == "incomplete"
    assert [(f.severity, f.quantity, f.cells) for f in report.all_findings] == [
        ("undecided", "below the table", "AE41:AE47")]


@pytest.mark.parametrize("formula", ["=AVERAGE({0}33:{0}46)", "={0}46", "=MAX({0}$33:{0}$46)-MIN({0}$33:{0}$46)"])
def test_what_is_told_of_the_rows_stands_below_the_table_and_is_no_row_of_it(formula: str) -> None:
    book = make(MADE)
    sheet = book.sheets[0]
    below = {(48, column): formula.format(letters(column)) for column in range(5, 32)}
    report = audited(replace(book, sheets=(replace(sheet, written={**sheet.written, (48, 1): "means", **below}),)))
    assert (report.verdict, report.all_findings) == ("right", ())
