"""Turns a sheet on its side, so that a table whose epochs run to the right is read as one whose epochs run down.

Rows become columns and columns rows, in the cells as in every reference to them; what is found is turned back.
"""

import re
from collections.abc import Iterator, Sequence
from types import MappingProxyType

from msgspec.structs import replace

from sheets.auditing.book import Book, Sheet
from sheets.auditing.findings import Finding, TableReport
from sheets.auditing.labels import PARAMETERS, read_labels
from sheets.auditing.tables import Table, find_tables
from sheets.cells import MOST_COLUMNS, letters
from sheets.references import Reference, column_number, with_references

_LEAST_TEXTS = 5
_MOST_TEXTS = 500
_SIDED = re.compile(r"\b(?:MMULT|TRANSPOSE|INDEX|OFFSET|ROWS?|COLUMNS?|[HVX]?LOOKUP|MATCH)\(", re.IGNORECASE)
"""Functions that know rows from columns."""


def sideways(book: Book, upright: tuple[Table, ...]) -> Iterator[tuple[Book, Table]]:
    """The tables that run to the right, each with the workbook in which its sheet is turned, where none runs down."""
    taken = {table.sheet for table in upright}
    for sheet in book.sheets:
        if sheet.name not in taken and _may_be_turned(sheet):
            turned = _turned(book, sheet.name)
            yield from ((turned, table) for table in find_tables(turned)
                        if table.sheet == sheet.name and _trains(turned.by_name[sheet.name], table))


def _may_be_turned(sheet: Sheet) -> bool:
    """Whether names stand below each other, and no formula asks which way its cells run."""
    texts: dict[int, list[str]] = {}
    for place in sorted(sheet.written):
        text = sheet.text(place)
        if text is not None:
            texts.setdefault(place[1], []).append(text)
    if not any(map(_name_quantities, texts.values())) or max(row for row, _ in sheet.written) > MOST_COLUMNS:
        return False
    return not any(_SIDED.search(formula) for place in sheet.written if (formula := sheet.formula(place)) is not None)


def _name_quantities(texts: Sequence[str]) -> bool:
    """Whether texts below each other name a network's quantities, a parameter among them."""
    if len(texts) < _LEAST_TEXTS:
        return False
    named = [name for name in read_labels(texts[:_MOST_TEXTS]) if name.by is not None or name.key.kind != "name"]
    return len(named) >= _LEAST_TEXTS and any(name.key.kind in PARAMETERS for name in named)


def _trains(sheet: Sheet, table: Table) -> bool:
    """Whether every parameter is computed in the second row: more than one epoch, and some attempts at a second."""
    return all(sheet.formula((table.first_row + 1, column.number)) is not None
               for column in table.columns if column.key.kind in PARAMETERS and not column.is_partial)


def _turned(book: Book, name: str) -> Book:
    """The workbook with one of its sheets on its side, and every reference to it."""
    sheets = []
    for sheet in book.sheets:
        own = sheet.name == name
        written = {(place[::-1] if own else place): _formula(content, sheet.name, name) if isinstance(content, str)
                   else content for place, content in sheet.written.items()}
        stored = {(place[::-1] if own else place): content for place, content in sheet.stored.items()}
        names = {key: _formula(meaning, sheet.name, name) for key, meaning in sheet.names.items()}
        sheets.append(replace(sheet, written=MappingProxyType(written), stored=MappingProxyType(stored),
                              names=MappingProxyType(names)))
    everywhere = {key: with_references(meaning, lambda r: _address(r, "", name)) for key, meaning in book.names.items()}
    return replace(book, sheets=tuple(sheets), names=MappingProxyType(everywhere))


def _formula(text: str, home: str, turned: str) -> str:
    if not text.startswith(("=", "'=")):
        return text
    return with_references(text, lambda reference: _address(reference, home, turned))


def _address(reference: Reference, home: str, turned: str) -> str:
    """A reference's cell, on its side where it is of the turned sheet."""
    row, column, fixed = reference.row, reference.column, (reference.row_fixed, reference.column_fixed)
    if (home if reference.sheet is None else reference.sheet).lower() == turned.lower():
        row, column, fixed = column, row, fixed[::-1]
    return f"{'$' * fixed[1]}{letters(column)}{'$' * fixed[0]}{row}"


def turned_back(report: TableReport) -> TableReport:
    """What was found in a turned sheet, in the cells of the workbook as it is."""
    def back(text: str) -> str:
        return _formula(text, report.sheet, report.sheet)

    findings = tuple(
        replace(f, cells=with_references(f.cells, lambda r: _address(r, report.sheet, report.sheet)),
                formula=back(f.formula), expected=back(f.expected), slip=_words(f))
        for f in report.findings
    )
    cell = report.rate_cell
    return replace(report, findings=findings, to_the_right=True,
                   columns=tuple((name, str(column_number(at))) for name, at in report.columns),
                   rate_cell=None if cell is None else back(f"={cell}")[1:])


_TURNED = MappingProxyType({
    "rows above": "columns before", "rows below": "columns after", "row above": "column before",
    "row below": "column after", "another row": "another column", "every row": "every column",
    "its own row": "its own column", "of its column": "of its row", "the first row": "the first column",
    "the row": "the column", "filled down": "filled to the right",
})  # fmt: skip
_ROW = re.compile(r"\brow (\d+)\b")
_CELL = re.compile(r"(?<=reads )[A-Z]{1,3}\d+(?=[, ]|\Z)|(?<=!)[A-Z]{1,3}\d+")


def _words(finding: Finding) -> str:
    """A slip in words in which rows are columns."""
    text = _ROW.sub(lambda match: f"column {letters(int(match[1]))}", finding.slip)
    for old, new in _TURNED.items():
        text = text.replace(old, new)
    return _CELL.sub(lambda match: with_references(match[0], lambda r: _address(r, "", "")), text)
