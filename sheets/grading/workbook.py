"""A workbook's items by its audit.

A hand-in that is an exercise of ours is first completed: the right formula is put into every cell that its student left
empty or filled with words, so that the audit has a whole table to judge, and an error never follows from a gap. What
was empty or words is known, and gets no points. The student's file itself is never written to.
"""

from collections.abc import Mapping, Sequence
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import openpyxl
import sympy as sp
from msgspec import Struct
from msgspec.structs import replace

from derive.errors import DeriveError
from derive.walkthrough import load_walkthrough
from sheets.auditing import Report, TableReport, audit
from sheets.auditing.digits import as_number
from sheets.auditing.filling import WORDS
from sheets.auditing.findings import Finding, cells_of
from sheets.building.layout import Column
from sheets.exercise.blanks import Blank
from sheets.exercise.exercise import Exercise
from sheets.exercise.key import Key
from sheets.exercise.place import FIRST_ROW, HEADER_ROW, NAME_CELL, SHEET, Place
from sheets.grading.items import Item
from sheets.grading.naming import named
from sheets.grading.rubric import State
from sheets.references import areas_of, place_of


class Answered(Struct, frozen=True):
    """A workbook's items, the name in its cell, its start values, and what a person should look at."""

    items: tuple[Item, ...]
    name: str = ""
    start: tuple[tuple[str, str], ...] = ()
    look: tuple[str, ...] = ()
    sheet: str = ""


def answered_exercise(path: str, book: Any, key: Key, network: str) -> Answered | None:
    """The items of a hand-in that is an exercise of ours, None where its table is gone; `book` is changed here."""
    exercise = _exercise(key, network)
    place = Place.of(exercise)
    if SHEET not in book.sheetnames:
        other = answered_workbook(path, network, exercise.blanks)
        return None if other is None else replace(other, look=(f"the sheet {SHEET} is gone",))
    sheet = book[SHEET]
    if moved := [column.name for column in place.layout.columns if _is_elsewhere(sheet, place, column)]:
        other = answered_workbook(path, network, exercise.blanks)
        told = f"columns were deleted, inserted or moved, from {moved[0]} on"
        name = str(sheet[NAME_CELL].value or "").strip()
        return None if other is None else replace(other, name=name, look=(told, *other.look))
    empty = {address for name, row in _student_cells(place)
             if _is_empty(sheet[address := place.cell(name, row)].value)}
    words = {address: text for name, row in _student_cells(place)
             if isinstance(text := sheet[address := place.cell(name, row)].value, str) and _is_words(text)}
    numbers = {address for name, row in _student_cells(place)
               if isinstance(sheet[address := place.cell(name, row)].value, (int, float))}
    start = tuple((name, repr(value)) for name in exercise.walkthrough.network.leaves
                  if isinstance(value := sheet[place.cell(name, FIRST_ROW)].value, (int, float)))
    name = str(sheet[NAME_CELL].value or "").strip()
    for quantity, row in _student_cells(place):
        if place.cell(quantity, row) in empty | words.keys():
            sheet[place.cell(quantity, row)] = str(place.content(quantity, row))
    for other in book.sheetnames:
        if other != SHEET:
            del book[other]
    report = replace(_audited(book, network), file=path)
    table = _table(report, exercise.blanks)
    look = [] if table is not None else ["the table was not found: its headers were changed"]
    items = []
    for blank in exercise.blanks:
        cells = [place.cell(blank.name, row) for row in _rows(place, blank)]
        item = _item(blank, table, cells, empty, numbers, words)
        item = replace(item, told=named(item.told, item.stands, blank, place))
        items.append(item if item.belongs or item.state not in _ANSWERED else
                     replace(item, belongs=_right(item, blank, place)))
    given = {column.name for column in place.layout.columns} - {blank.name for blank in exercise.blanks}
    look += [f"{finding.quantity} in {finding.cells}, which is locked: {finding.slip}"
             for finding in (() if table is None else table.findings)
             if finding.quantity in given and finding.severity == "wrong"]
    return Answered(tuple(items), name, start, tuple(look), SHEET)


_ANSWERED: frozenset[State] = frozenset({"wrong", "first_row", "number"})
"""The states of what stands in a column and is not what belongs there."""


def _is_elsewhere(sheet: Any, place: Place, column: Column) -> bool:
    """Whether another quantity's header stands where this one's belongs: then no address says whose a cell is."""
    stands = sheet[place.cell(column.name, HEADER_ROW)].value
    return stands != column.header and stands in {other.header for other in place.layout.columns}


def _right(item: Item, blank: Blank, place: Place) -> str:
    """What belongs in the first cell that an item names: the audit has no formula in the place of a text or #REF!."""
    (row, _), _ = next(areas_of(item.cells), ((place.first_blank_row(blank), 0), None))
    return str(place.content(blank.name, row))


def answered_workbook(path: str, network: str, asked: Sequence[Blank]) -> Answered | None:
    """The items of any other workbook: what its own table has of what is asked, None where no table has any of it.

    DeriveError where it cannot be read.
    """
    report = audit(path, network)
    if report.verdict == "unreadable":
        raise DeriveError("", report.reason)
    table = _table(report, asked)
    if table is None:
        return None
    filled, numbers = _contents(path, table)
    columns = dict(table.columns)
    judged = table.complete or table.rate is not None
    items, look = [], []
    for blank in asked:
        first = table.first_row + (blank.kind == "update")
        cells = [f"{columns[blank.name]}{row}" for row in range(first, table.last_row + 1)
                 ] if blank.name in columns and not table.to_the_right else []
        empty = {cell for cell in cells if cell not in filled}
        item = _item(blank, table, cells, empty, numbers, {})
        if item.state in ("right", "fragile") and not judged:
            item = Item(blank, "unsure", "the table is not complete enough to be judged")
        items.append(item)
    if not judged:
        look.append(f"the table {table.place} is not complete")
    if table.to_the_right:
        look.append("its epochs run to the right: points by hand")
    return Answered(tuple(items), look=tuple(look), sheet=table.sheet)


def asked_of(network: str) -> tuple[Blank, ...]:
    """What is asked where no exercise says it: every gradient and every update of the walkthrough."""
    from sheets.exercise.blanks import blanks_of

    return blanks_of("gradients,updates", load_walkthrough(network).network)


def _exercise(key: Key, network: str) -> Exercise:
    from decimal import Decimal

    start = {name: sp.Rational(value) for name, value in key.numbers[0].start.items()}
    return Exercise(load_walkthrough(network), key.blanks, key.rows, Decimal(key.rate), start, {}, False)


def _student_cells(place: Place) -> list[tuple[str, int]]:
    return [(blank.name, row) for blank in place.exercise.blanks for row in _rows(place, blank)]


def _rows(place: Place, blank: Blank) -> range:
    return range(place.first_blank_row(blank), place.last_row + 1)


def _is_empty(content: object) -> bool:
    return content is None or (isinstance(content, str) and not content.strip())


def _is_words(text: str) -> bool:
    """Whether a cell's text is no formula, no number and not nothing."""
    return bool(text.strip()) and not text.startswith("=") and as_number(text) is None


def _audited(book: Any, network: str) -> Report:
    with TemporaryDirectory() as folder:
        completed = Path(folder) / "completed.xlsx"
        packed = BytesIO()
        book.save(packed)
        completed.write_bytes(packed.getvalue())
        return audit(completed, network)


def _table(report: Report, asked: Sequence[Blank]) -> TableReport | None:
    """The table with most of what is asked."""
    names = {blank.name for blank in asked}
    best = max(report.tables, key=lambda table: len(names & set(dict(table.columns))), default=None)
    return best if best is not None and names & set(dict(best.columns)) else None


def _contents(path: str, table: TableReport) -> tuple[set[str], set[str]]:
    """The addresses of the cells of a table that hold something, and of those that hold a typed number."""
    try:
        sheet = openpyxl.load_workbook(path, read_only=False)[table.sheet]
    except Exception:  # what openpyxl cannot open the audit may have read all the same
        return set(), set()
    filled, numbers = set(), set()
    for row in sheet.iter_rows(min_row=table.first_row, max_row=table.last_row):
        for cell in row:
            if not _is_empty(cell.value):
                filled.add(cell.coordinate)
            if isinstance(cell.value, (int, float)):
                numbers.add(cell.coordinate)
    return filled, numbers


def _item(
    blank: Blank,
    table: TableReport | None,
    cells: Sequence[str],
    empty: set[str],
    numbers: set[str],
    words: Mapping[str, str],
) -> Item:
    """The state of one column by the findings of its quantity and by what is empty or holds words."""
    if not cells:
        return Item(blank, "missing")
    if all(cell in empty for cell in cells):
        return Item(blank, "missing", cells=f"{cells[0]}:{cells[-1]}")
    if table is None:
        return Item(blank, "unsure", "the table was not found")
    mine = [finding for finding in table.findings if finding.quantity == blank.name]
    wrong = [finding for finding in mine if finding.severity == "wrong" and not _stands_right(finding)]
    left_out = [cell for cell in cells if cell in empty]
    if wrong:
        worst = min(wrong, key=lambda finding: not _holds(finding.cells, cells[0]))
        at_once = cells[0] in empty or any(_holds(finding.cells, cells[0]) for finding in wrong)
        state: State = "wrong" if at_once else "first_row"
        return _found(blank, state, wrong, worst)
    texts = [cell for cell in cells if cell in words]
    if texts:
        state = "wrong" if cells[0] in empty | words.keys() else "first_row"
        return Item(blank, state, WORDS, _ranges(texts), words[texts[0]])
    if undecided := [finding for finding in mine if finding.severity == "undecided"][:1]:
        return _found(blank, "unsure", undecided, undecided[0])
    typed = [cell for cell in cells if cell in numbers]
    if len(typed) * 2 > len(cells) - len(left_out):
        return Item(blank, "number", f"{len(typed)} typed numbers, no formulas", f"{typed[0]}:{typed[-1]}")
    if left_out:
        told = f"{len(left_out)} cells are empty" if len(left_out) > 1 else "1 cell is empty"
        if cells[0] in empty:
            return Item(blank, "wrong", told, _ranges(left_out))
        return Item(blank, "first_row", told, _ranges(left_out), belongs=f"{cells[0]}, filled down to {cells[-1]}")
    if fragile := [finding for finding in mine if finding.severity == "fragile"]:
        return _found(blank, "fragile", fragile, fragile[0])
    return Item(blank, "right")


def _found(blank: Blank, state: State, findings: Sequence[Finding], shown: Finding) -> Item:
    """An item by its findings: the slips of all of them, the formulas of one."""
    slips = "; ".join(dict.fromkeys(finding.slip for finding in findings))
    return Item(blank, state, slips, shown.cells, shown.formula, shown.expected)


def _ranges(cells: Sequence[str]) -> str:
    """Cells of one column as ranges: `AD12:AD15`."""
    return cells_of(place_of(cells[0])[1], (place_of(cell)[0] for cell in cells))


def _stands_right(finding: Finding) -> bool:
    """An update called wrong though what belongs stands there: the gradient that it reads is what is wrong."""
    def plain(text: str) -> str:
        return text.replace("$", "").replace(" ", "").lstrip("=")

    return finding.kind == "update" and bool(finding.formula) and plain(finding.formula) == plain(finding.expected)


def _holds(cells: str, address: str) -> bool:
    """Whether `Z33:Z40, Z44` holds an address."""
    row, column = place_of(address)
    return any(left <= column <= right and top <= row <= bottom
               for (top, left), (bottom, right) in areas_of(cells))
