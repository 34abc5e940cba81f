"""The fill handle: writes the rows of a table into a sheet part that openpyxl saved, formulas and values both.

As Excel itself does when a person drags the fill handle, the formula of a column is written once, as the master of a
shared formula over the column, and every cell below refers to it; each has its computed value stored beside it.
(ECMA-376 Part 1, 18.3.1.40 `f`, attributes t, ref, si.) A costly column has its formula written out in every cell.
"""

import html
import re
from collections.abc import Iterable, Iterator, Sequence
from math import isfinite

from msgspec import Struct
from msgspec.json import encode

from sheets.building.layout import Column
from sheets.cells import error
from sheets.references import Reference, with_references

_ROWS_AT_ONCE = 256
_CELL = re.compile(r'<c r="([A-Z]+)(\d+)"((?: s="\d+")?)')
_DIMENSION = re.compile(r'(<dimension ref="[A-Z]+\d+:[A-Z]+)\d+"')


class Fill(Struct, frozen=True):
    """A table to be filled down: its columns from A on, the row of the start values, and how many rows there are."""

    columns: tuple[Column, ...]
    first_row: int
    rows: int


def fill_down(part: str, fill: Fill, values: Iterable[Sequence[float]]) -> Iterator[bytes]:
    """The sheet part, in UTF-8, with the table's rows in the place of those that openpyxl wrote, piece by piece.

    `values` gives one sequence a row, in the order of the columns. Styles are those of the first two rows in the part.
    A value that is no finite number becomes #NUM! or #DIV/0!, as Excel shows it.
    """
    start = part.index(f'<row r="{fill.first_row}"')
    end = part.index("</sheetData>")
    styles = {(at, int(row)): style for at, row, style in _CELL.findall(part[start:end])}
    yield _DIMENSION.sub(rf'\g<1>{fill.first_row + fill.rows - 1}"', part[:start], count=1).encode()
    yield from _rows(fill, styles, iter(values))
    yield part[end:].encode()


def _rows(fill: Fill, styles: dict[tuple[str, int], str], values: Iterator[Sequence[float]]) -> Iterator[bytes]:
    """The rows as text: the first two from templates of their own, the rest from one, some hundred at a time."""
    first = fill.first_row
    templates = (_first_row(fill, styles), _second_row(fill, styles))
    for row, template in enumerate(templates, start=first):
        yield _row(template, row, next(values))
    below = _template([
        _cell(column, styles.get((column.letters, first + 1), ""), _filled(column, index, fill))
        for index, column in enumerate(fill.columns)
    ])
    pieces: list[bytes] = []
    for row, line in enumerate(values, start=first + len(templates)):
        pieces.append(_row(below, row, line))
        if len(pieces) == _ROWS_AT_ONCE:
            yield b"".join(pieces)
            pieces.clear()
    yield b"".join(pieces)


def _first_row(fill: Fill, styles: dict[tuple[str, int], str]) -> bytes:
    """Start values, typed or taken from elsewhere, and the masters of what is computed in every row."""
    return _template([
        _cell(column, styles.get((column.letters, fill.first_row), ""),
              _master(column, index, fill.first_row, fill) if column.computed else _start(column))
        for index, column in enumerate(fill.columns)
    ])


def _second_row(fill: Fill, styles: dict[tuple[str, int], str]) -> bytes:
    """The masters of what is carried on from the row above."""
    second = fill.first_row + 1
    return _template([
        _cell(column, styles.get((column.letters, second), ""),
              _filled(column, index, fill) if column.computed else _master(column, index, second, fill))
        for index, column in enumerate(fill.columns)
    ])


def _master(column: Column, index: int, row: int, fill: Fill) -> str:
    if column.costly:
        return _filled(column, index, fill)
    ref = f"{column.letters}{row}:{column.letters}{fill.first_row + fill.rows - 1}"
    return f'<f t="shared" ref="{ref}" si="{index}">{html.escape(column.formula, quote=False).replace("%", "%%")}</f>'


def _start(column: Column) -> str:
    return _formula(column.start) if column.start else ""


def _filled(column: Column, index: int, fill: Fill) -> str:
    """A formula below the first: by its number, or written out, \\0 for the row's number in what it refers to there."""
    if not column.costly:
        return f'<f t="shared" si="{index}"/>'

    def below(reference: Reference) -> str:
        assert reference.row_fixed or reference.row == fill.first_row, "of its own row alone"
        return reference.at(reference.row if reference.row_fixed else "\0", reference.column)

    return _formula(with_references(column.formula, below))


def _formula(text: str) -> str:
    return f"<f>{html.escape(text, quote=False).replace('%', '%%')}</f>"


def _cell(column: Column, style: str, formula: str) -> str:
    """A cell's template: \\0 stands for the row's number, %s for the value."""
    return f'<c r="{column.letters}\0"{style}>{formula}<v>%s</v></c>'


def _template(cells: list[str]) -> bytes:
    return ('<row r="\0">' + "".join(cells) + "</row>").encode()


def _row(template: bytes, row: int, values: Sequence[float]) -> bytes:
    """One row of text; JSON has the shortest digits that read back to the same bits, at a tenth of the cost of repr."""
    if isfinite(sum(values)):
        return (template % tuple(encode(values)[1:-1].split(b","))).replace(b"\0", b"%d" % row)
    cells = template.split(b"</c>")
    shown = [cell % encode(value) if isfinite(value) else _error(cell, value)
             for cell, value in zip(cells, values, strict=False)]
    return b"</c>".join([*shown, cells[-1]]).replace(b"\0", b"%d" % row)


def _error(cell: bytes, value: float) -> bytes:
    """A cell's template with the spreadsheet's error in the place of its value."""
    typed = re.sub(rb'(<c r="[^"]*"(?: s="\d+")?)', rb'\1 t="e"', cell, count=1)
    return typed.replace(b"%s", error(value).encode()) % ()
