"""A table with the workbook around it: what each of its formulas reads, by name, and the numbers in its cells."""

import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from types import MappingProxyType

import sympy as sp
from msgspec import Struct, field

from derive.errors import DeriveError
from derive.names import symbol
from sheets.auditing.book import Book, Place, Sheet
from sheets.auditing.digits import as_number, half_units
from sheets.auditing.following import Following
from sheets.auditing.formulas import Filled, Formula, fill_of
from sheets.auditing.labels import COMPUTED, key_of
from sheets.auditing.spots import Spot, spot_of
from sheets.auditing.tables import Column, Table
from sheets.formulas.arithmetic import NoNumberError
from sheets.formulas.recover import recover
from sheets.references import Cell, Pattern, Reference, read_reference

_MOST_FOLLOWED = 6
_COMMA = re.compile(r"\s*[-+]?\d*,\d+\s*\Z")


def outside(cell: Cell) -> str:
    """The name of a cell outside the table."""
    return f"{cell.sheet}!{cell.address}"


class Body(Struct, frozen=True, dict=True):
    """A table with the workbook around it, which gives every cell that a formula refers to its name.

    `constant` are the quantities whose every row, or whose first row alone, holds a number, and always the same:
    whichever of its cells a formula reads, it reads the quantity. `aliases` are cells outside from which a quantity is
    copied.
    """

    book: Book
    sheet: Sheet
    table: Table
    constant: frozenset[str] = frozenset()
    aliases: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    def named(self, cell: Cell, row: int, fixed: bool) -> str:
        """The name of a cell that a formula in `row` reads; `fixed` where its row is written with `$`."""
        if self._is_in_table(cell):
            name = self.table.by_number[cell.column].name
            if cell.row == row or (name in self.constant and (cell.row, cell.column) in self.sheet.written):
                return name
            return (Spot(name, fixed=cell.row) if fixed else Spot(name, self.table.steps(row, cell.row))).name
        name = outside(cell)
        return self.aliases.get(name, name)

    def names(self, pattern: Pattern, place: Place) -> tuple[str, ...]:
        """The names of all references of a formula that stands in a cell of the table."""
        cells = pattern.cells(self.table.sheet, *place)
        return tuple(self.named(cell, place[0], reference.row_fixed)
                     for cell, reference in zip(cells, pattern.references, strict=True))

    def number(self, cell: Cell) -> float | None:
        """The number in a cell of the workbook."""
        return self.sheet.number((cell.row, cell.column)) if cell.sheet == self.sheet.name else self.book.number(cell)

    def place(self, name: str, row: int) -> Place | None:
        """The cell of the table for which a name stands in a row; None for one outside."""
        spot = spot_of(name)
        column = self.table.by_name.get(spot.quantity)
        if column is None:
            return None
        return self.table.moved(row, spot.steps) if spot.fixed is None else spot.fixed, column.number

    def value(self, name: str, row: int) -> float | None:
        """The number that a name stands for in a row; None for a range."""
        place = self.place(name, row)
        return self.outside_number(name) if place is None else self.sheet.number(place)

    def outside_number(self, name: str) -> float | None:
        """The number in a cell outside the table, by its name; None for a range."""
        sheet, _, address = name.rpartition("!")
        if not sheet or ":" in address:
            return None
        cell = read_reference(address).cell(sheet)
        number = self.number(cell)
        return number if number is not None else as_number(self.book.text(cell) or "")

    def outside_numbers(self, name: str) -> tuple[float, ...] | None:
        """The numbers of a column of samples outside the table, by the name of its range; None where one is missing."""
        sheet, _, address = name.rpartition("!")
        first, _, last = address.partition(":")
        if not last:
            return None
        start, end = read_reference(first), read_reference(last)
        numbers = [self.number(Cell(sheet, row, start.column)) for row in range(start.row, end.row + 1)]
        known = tuple(n for n in numbers if n is not None)
        return known if len(known) == len(numbers) else None

    def read(self, formula: Formula) -> sp.Expr:
        """What a formula means, over the names that its references read; DeriveError where it is not understood."""
        return self.read_at(formula.text, formula.row)

    def read_at(self, text: str, row: int) -> sp.Expr:
        """What a formula's text means in a row."""

        read = self._recovered(text, row, self.table.sheet, _MOST_FOLLOWED)
        ranges = {s: symbol(f"{self.table.sheet}{s.name}") for s in read.free_symbols if s.name.startswith("!")}
        return read.xreplace(ranges) if ranges else read

    def _recovered(self, text: str, row: int, home: str, deep: int) -> sp.Expr:
        """What a formula of the sheet `home` means to a row; formulas outside that lead back stand for their cells."""

        def cell(reference: Reference) -> sp.Expr | None:
            place = reference.cell(home)
            sheet = self.sheet if place.sheet.lower() == self.sheet.name.lower() else self.book.sheet(place.sheet)
            if sheet is None:
                raise DeriveError("", f'there is no sheet "{place.sheet}"')
            content = sheet.written.get((place.row, place.column))
            if content is None:
                return symbol(self.named(place, row, reference.row_fixed)) if self._is_to_come(place) else None
            text = sheet.text((place.row, place.column))
            if text is not None and _COMMA.match(text):
                told = f'reads {place.address}, which holds the text "{text}": in some countries a number'
                raise DeriveError("", told)
            if text is not None and as_number(text) is None:
                raise NoNumberError(f'reads {place.address}, which holds the text "{str(content)[:40]}"', text)
            formula = None if self._is_in_table(place) else sheet.formula((place.row, place.column))
            if formula is not None:
                if self._following.leads_back(place):
                    if not deep:
                        raise DeriveError("", f"{place.sheet}!{place.address} is computed through too many other cells")
                    return self._recovered(formula, row, place.sheet, deep - 1)
                constant = self._following.constant(formula)
                if constant is not None:
                    return constant
            return symbol(self.named(place, row, reference.row_fixed))

        return recover(text, cell, {**self.book.names, **self.sheet.names})

    @cached_property
    def _following(self) -> Following:
        return Following(self.book, self.table)

    def _is_to_come(self, cell: Cell) -> bool:
        """Whether an empty cell is of a column in which no number is typed, or none belongs: it is no 0."""
        if not self._is_in_table(cell):
            return False
        column = self.table.by_number[cell.column]
        return column.is_partial or column.key.kind in COMPUTED or (bool(column.label) and all(
            self.sheet.is_computed((row, column.number)) for row in self.table.rows
            if (row, column.number) in self.sheet.written))

    @cached_property
    def to_come(self) -> frozenset[str]:
        """The quantities with a header and nothing below it."""
        rows = self.table.rows
        return frozenset(column.name for column in self.table.columns if column.label
                         and all((row, column.number) not in self.sheet.written for row in rows))

    def _is_in_table(self, cell: Cell) -> bool:
        return cell.sheet.lower() == self.table.sheet.lower() and self.table.holds(cell.row, cell.column)

    @cached_property
    def numbers(self) -> Mapping[str, tuple[float | None, ...]]:
        """The numbers of every column, row by row, typed or stored."""
        return MappingProxyType({
            column.name: tuple(self.sheet.number((row, column.number)) for row in self.table.rows)
            for column in self.table.columns
        })  # fmt: skip

    @cached_property
    def magnitudes(self) -> Mapping[str, float]:
        """The largest magnitude in every column, by which its numbers are compared."""
        return MappingProxyType({
            name: max((abs(n) for n in numbers if n is not None), default=0.0) for name, numbers in self.numbers.items()
        })  # fmt: skip

    @cached_property
    def half_units(self) -> Mapping[str, Mapping[int, float]]:
        """Half a unit of the last decimal of every typed number, by column and row.

        A derivative's column of zeros alone has the decimals of the other derivatives.
        """
        numbers = {
            column.name: {row: number for row in self.filled[column.name].typed
                          if (number := self.sheet.number((row, column.number))) is not None}
            for column in self.table.columns
        }  # fmt: skip
        found = {name: half_units(typed) for name, typed in numbers.items()}
        partials = [column.name for column in self.table.columns if column.is_partial]
        coarsest = max((half for name in partials for half in found[name].values()), default=0.0)
        zeros = {name: MappingProxyType(dict.fromkeys(numbers[name], coarsest))
                 for name in partials if numbers[name] and not any(numbers[name].values())}
        return MappingProxyType({**found, **zeros})

    @cached_property
    def filled(self) -> Mapping[str, Filled]:
        """What stands in each column, by quantity."""
        columns = self.table.columns
        return MappingProxyType({c.name: fill_of(self.table, self.sheet, c, self.names) for c in columns})


def body_of(book: Book, table: Table) -> Body:
    """The table with its constant quantities and the cells from which they are copied."""
    sheet = next(sheet for sheet in book.sheets if sheet.name == table.sheet)
    constant, aliases = set(), {}
    for column in table.columns:
        rows = [row for row in table.rows if (row, column.number) in sheet.written]
        numbers = {sheet.number((row, column.number)) for row in rows}
        is_whole = len(rows) == len(table.rows) or rows == [table.first_row]
        if is_whole and len(numbers) == 1 and None not in numbers and not _is_computed(sheet, table, column):
            constant.add(column.name)
        source = _copied_from(sheet, table, column)
        if source is not None:
            aliases[outside(source)] = column.name
    for cell in _read_outside(sheet, table):
        name = _labelled(book, cell, [c for c in table.columns if c.name in constant], sheet, table)
        if name:
            aliases.setdefault(outside(cell), name)
    return Body(book, sheet, table, frozenset(constant), MappingProxyType(aliases))


def _read_outside(sheet: Sheet, table: Table) -> Iterator[Cell]:
    """The cells outside the table that the formulas of its first rows read."""
    seen: set[Cell] = set()
    for row in (table.first_row, table.first_row + 1):
        for column in table.columns:
            for cell in sheet.cells_read((row, column.number)):
                if cell not in seen and not (cell.sheet == table.sheet and table.holds(cell.row, cell.column)):
                    seen.add(cell)
                    yield cell


def _labelled(book: Book, cell: Cell, given: list[Column], own: Sheet, table: Table) -> str:
    """The given quantity that a cell outside holds, by the text beside or above it and by its number; else empty."""
    sheet = book.sheet(cell.sheet)
    number = None if sheet is None else sheet.number((cell.row, cell.column))
    if sheet is None or number is None:
        return ""
    texts = (sheet.text((cell.row, cell.column - 1)), sheet.text((cell.row - 1, cell.column)))
    keys = [key_of(text) for text in texts if text is not None]
    found = (c.name for c in given if c.key in keys and own.number((table.first_row, c.number)) == number)
    return next(found, "")


def _is_computed(sheet: Sheet, table: Table, column: Column) -> bool:
    """Whether any cell of a column depends on another column of the table."""
    return any(cell.column != column.number and cell.sheet == table.sheet and table.holds(cell.row, cell.column)
               for row in table.rows for cell in sheet.cells_read((row, column.number)))


def _copied_from(sheet: Sheet, table: Table, column: Column) -> Cell | None:
    """The one cell outside the table that a column's first row copies, `=L5`."""
    place = table.first_row, column.number
    pattern = sheet.pattern(place)
    if pattern is None or not pattern.is_copy:
        return None
    (cell,) = sheet.cells_read(place)
    return None if cell.sheet == table.sheet and table.holds(cell.row, cell.column) else cell
