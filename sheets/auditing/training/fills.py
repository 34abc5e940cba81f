"""Which cells of a step hold one formula, filled down or across, or an array's; and the areas that formulas read.

A slip that is filled down is one slip: its cells are mended together.
"""

from collections.abc import Iterable, Iterator

from msgspec import Struct

from sheets.auditing.training.graph import Graph
from sheets.cells import letters
from sheets.references import Cell, Reference, with_references

_MOST_CELLS = 400


class Area(Struct, frozen=True):
    """A rectangle of cells of a sheet, by its first and its last cell."""

    first: Cell
    last: Cell

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return self.last.row - self.first.row + 1, self.last.column - self.first.column + 1

    @property
    def cells(self) -> tuple[Cell, ...]:
        """Its cells, row by row."""
        return tuple(Cell(self.first.sheet, row, column) for row in range(self.first.row, self.last.row + 1)
                     for column in range(self.first.column, self.last.column + 1))

    @property
    def address(self) -> str:
        """`B2:B9`."""
        return f"{self.first.address}:{self.last.address}"


def fills(graph: Graph, cells: Iterable[Cell]) -> Iterator[tuple[Cell, ...]]:
    """The cells among some that hold copies of one formula, or the entries of one array, where there are several."""
    together: dict[object, list[Cell]] = {}
    for cell in cells:
        together.setdefault(likeness(graph, cell), []).append(cell)
    return (tuple(same) for same in together.values() if 1 < len(same) <= _MOST_CELLS)


def likeness(graph: Graph, cell: Cell) -> object:
    """What cells have in common that are copies of one formula, or entries of one array."""
    sheet = graph.book.by_name[cell.sheet]
    pattern = sheet.pattern((cell.row, cell.column))
    assert pattern is not None  # asked of computed cells
    if pattern.literals[0].startswith("=INDEX("):
        return cell.sheet, pattern.at(cell.row, cell.column).rsplit(",", 2)[0]
    return cell.sheet, pattern


def areas(graph: Graph, cell: Cell) -> Iterator[tuple[int, Area]]:
    """The areas that a formula reads, each with the place of its first cell among what the formula reads."""
    pattern = graph.book.by_name[cell.sheet].pattern((cell.row, cell.column))
    assert pattern is not None  # asked of computed cells
    corners = pattern.cells(cell.sheet, cell.row, cell.column)
    reads, place, at = graph.formulas[cell].reads, 0, 0
    while at < len(corners):
        is_area = at + 1 < len(corners) and pattern.literals[at + 1] == ":"
        area = _spanned(corners[at], corners[at + 1]) if is_area else Area(corners[at], corners[at])
        if reads[place : place + len(area.cells)] != area.cells:
            return  # a defined name stands between
        if is_area:
            yield place, area
        place += len(area.cells)
        at += 1 + is_area


def _spanned(one: Cell, other: Cell) -> Area:
    rows, columns = sorted((one.row, other.row)), sorted((one.column, other.column))
    return Area(Cell(one.sheet, rows[0], columns[0]), Cell(one.sheet, rows[1], columns[1]))


def respanned(text: str, home: str, old: Area, new: Area) -> str:
    """A formula that reads another area wherever it reads one."""
    corner = {old.first: new.first, old.last: new.last}

    def written(reference: Reference) -> str:
        cell = reference.cell(home)
        there = corner.get(cell, cell)
        return (f"{'$' if reference.column_fixed else ''}{letters(there.column)}"
                f"{'$' if reference.row_fixed else ''}{there.row}")

    return with_references(text, written)
