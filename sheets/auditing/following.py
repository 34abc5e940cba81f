"""Looks through formulas in cells outside a table: whether they lead back into it, or to a number that is typed so."""

import sympy as sp

from derive.errors import DeriveError
from derive.reach import reached
from sheets.auditing.book import Book
from sheets.auditing.tables import Table
from sheets.formulas.recover import recover
from sheets.references import Cell, read_pattern

_MOST_CELLS = 2_000


class Following:
    """What the cells outside a table depend on, each looked at once."""

    def __init__(self, book: Book, table: Table) -> None:
        self._book = book
        self._table = table
        self._seen: dict[Cell, bool] = {}

    def leads_back(self, cell: Cell) -> bool:
        """Whether the formula in a cell outside the table is computed from the table's cells; False for a number.

        DeriveError where that takes more cells than are followed.
        """
        if cell not in self._seen:
            self._seen[cell] = self._reaches(cell)
        return self._seen[cell]

    def _reaches(self, start: Cell) -> bool:
        for number, cell in enumerate(reached([start], self._read_by)):
            if cell.sheet.lower() == self._table.sheet.lower() and self._table.holds(cell.row, cell.column):
                return True
            if number >= _MOST_CELLS:
                raise DeriveError("", f"{start.address} is computed from more than {_MOST_CELLS:,} cells elsewhere")
        return False

    def _read_by(self, cell: Cell) -> tuple[Cell, ...]:
        sheet = self._book.sheet(cell.sheet)
        return () if sheet is None else sheet.cells_read((cell.row, cell.column))

    def constant(self, text: str) -> sp.Expr | None:
        """The number that a formula without references is where no decimal is it, `=EXP(1)`; None for any other."""
        if read_pattern(text, 1, 1).references:
            return None
        try:
            number = recover(text, lambda reference: None)
        except DeriveError:
            return None
        return number if number.is_number and not sp.cancel(number).is_Rational else None
