"""The formulas of a table's columns: each distinct one once, with the rows in which it stands and what it means.

Two cells hold the same formula when their references name the same quantities of their own rows, or the same cells
outside the table: `H29` typed anew in every row is one formula, and `B29` filled down is another in each row.
"""

import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import cached_property
from types import MappingProxyType

import sympy as sp
from msgspec import Struct, field

from derive.errors import DeriveError
from derive.names import symbol
from sheets.auditing.book import Book, Sheet
from sheets.auditing.labels import key_of
from sheets.auditing.tables import Column, Table
from sheets.recover import NoNumberError, recover
from sheets.references import Cell, Reference, Template, read_reference, read_template


class Formula(Struct, frozen=True):
    """One distinct formula of a column: its text in the first of its rows, and the names that its references read.

    A name is a quantity of the same row (`w1`), of another row (`w1@-1`), of a fixed row (`w1@$33`), or a cell outside
    the table (`Sheet1!G31`). `odd_rows` read a constant quantity in another row than the other rows do.
    """

    rows: tuple[int, ...]
    text: str
    template: Template
    names: tuple[str, ...]
    odd_rows: tuple[int, ...] = ()

    @property
    def row(self) -> int:
        """The row whose text it shows."""
        return self.rows[0]


class Filled(Struct, frozen=True):
    """What stands in one column of a table: its distinct formulas, most rows first, the rows typed, and the empty."""

    column: Column
    formulas: tuple[Formula, ...]
    typed: tuple[int, ...]
    empty: tuple[int, ...]

    @property
    def rows_filled(self) -> int:
        """How many rows hold a formula or a number."""
        return len(self.typed) + sum(len(formula.rows) for formula in self.formulas)

    @property
    def main(self) -> Formula | None:
        """The formula of most rows; the later one of two as frequent."""
        return self.formulas[0] if self.formulas else None


def as_number(text: str) -> float | None:
    """The number that Excel makes of a text in arithmetic, None where it is none."""
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


_COPY = re.compile(r"=\s*\+?\s*(?:'[^']+'!|[\w.]+!)?\$?[A-Za-z]{1,3}\$?\d+\s*\Z")


def outside(cell: Cell) -> str:
    """The name of a cell outside the table."""
    return f"{cell.sheet}!{cell.address}"


class Body(Struct, frozen=True, dict=True):
    """A table with the workbook around it, which gives every cell that a formula refers to its name.

    `constant` are the quantities whose every row holds the same number: whichever of its cells a formula reads, it
    reads the quantity. `aliases` are cells outside from which a quantity is copied.
    """

    book: Book
    sheet: Sheet
    table: Table
    constant: frozenset[str] = frozenset()
    aliases: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    def named(self, cell: Cell, row: int, fixed: bool) -> str:
        """The name of a cell that a formula in `row` reads; `fixed` where its row is written with `$`."""
        if cell.sheet.lower() == self.table.sheet.lower() and self.table.holds(cell.row, cell.column):
            name = self.table.by_number[cell.column].name
            if cell.row == row or name in self.constant:
                return name
            return f"{name}@${cell.row}" if fixed else f"{name}@{cell.row - row:+d}"
        name = outside(cell)
        return self.aliases.get(name, name)

    def names(self, template: Template, row: int) -> tuple[str, ...]:
        """The names of all references of a formula that stands in `row`."""
        cells = template.cells(self.table.sheet, row)
        return tuple(
            self.named(cell, row, reference.row_fixed)
            for cell, reference in zip(cells, template.references, strict=True)
        )

    def number(self, cell: Cell) -> float | None:
        """The number in a cell of the workbook."""
        return self.sheet.number((cell.row, cell.column)) if cell.sheet == self.sheet.name else self.book.number(cell)

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

        def cell(reference: Reference) -> sp.Expr | None:
            place = reference.cell(self.table.sheet)
            sheet = self.sheet if place.sheet.lower() == self.sheet.name.lower() else self.book.sheet(place.sheet)
            if sheet is None:
                raise DeriveError("", f'there is no sheet "{place.sheet}"')
            content = sheet.written.get((place.row, place.column))
            if content is None:
                return None
            text = sheet.text((place.row, place.column))
            if text is not None and as_number(text) is None:
                raise NoNumberError(f'reads {place.address}, which holds the text "{str(content)[:40]}"')
            return symbol(self.named(place, row, reference.row_fixed))

        read = recover(text, cell, {**self.book.names, **self.sheet.names})
        ranges = {s: symbol(f"{self.table.sheet}{s.name}") for s in read.free_symbols if s.name.startswith("!")}
        return read.xreplace(ranges) if ranges else read

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
        """Half a unit of the last decimal of every typed number, by column and row."""
        return MappingProxyType({
            column.name: half_units({
                row: number for row in self.filled[column.name].typed
                if (number := self.sheet.number((row, column.number))) is not None
            })
            for column in self.table.columns
        })  # fmt: skip

    @cached_property
    def filled(self) -> Mapping[str, Filled]:
        """What stands in each column, by quantity."""
        return MappingProxyType({column.name: self._filled(column) for column in self.table.columns})

    def _filled(self, column: Column) -> Filled:
        groups: dict[_Key, list[_Run]] = {}
        typed, empty = [], []
        last: _Run | None = None
        for row in self.table.rows:
            content = self.sheet.written.get((row, column.number))
            if content is None:
                empty.append(row)
                continue
            if not (isinstance(content, str) and content.startswith("=")):
                typed.append(row)
                continue
            if last is not None and last.continues(content, row):
                last.rows.append(row)
                continue
            template = read_template(content, row)
            last = _Run(template, self.table, content, row)
            groups.setdefault((template.literals, self.names(template, row)), []).append(last)
        found = [_formula(key[1], runs) for key, runs in groups.items()]
        found.sort(key=lambda formula: (len(formula.rows), formula.rows[0]), reverse=True)
        return Filled(column, tuple(found), tuple(typed), tuple(empty))


_Key = tuple[tuple[str, ...], tuple[str, ...]]


class _Run:
    """A formula while it is filled down: whether the next cell continues it is seen without reading it."""

    def __init__(self, template: Template, table: Table, text: str, row: int) -> None:
        self.template = template
        self.text = text
        self.rows = [row]
        sliding = [reference for reference in template.references if not reference.row_fixed]
        offsets = [reference.row for reference in sliding] or [0]
        self._first = table.first_row - min(offsets)
        self._last = table.last_row - max(offsets)
        inside = all(r.sheet is None and r.column in table.by_number for r in sliding)
        frozen = any(r.row_fixed and r.sheet is None and table.holds(r.row, r.column) for r in template.references)
        self._inside = inside and not frozen and self._first <= row <= self._last
        self.offsets = tuple(r.row for r in sliding if r.sheet is None and table.holds(row + r.row, r.column))

    def continues(self, text: str, row: int) -> bool:
        """Whether the text is this formula filled down to `row`, all of what slides staying within the table."""
        return self._inside and self._first <= row <= self._last and self.template.at(row) == text


def _formula(names: tuple[str, ...], runs: list[_Run]) -> Formula:
    """The formula of all runs that mean the same; the offsets of most rows are the usual ones."""
    counts: Counter[tuple[int, ...]] = Counter()
    for run in runs:
        counts[run.offsets] += len(run.rows)
    usual = counts.most_common(1)[0][0]
    rows = sorted(row for run in runs for row in run.rows)
    odd = sorted(row for run in runs if run.offsets != usual for row in run.rows)
    first = min(runs, key=lambda run: run.rows[0])
    return Formula(tuple(rows), first.text, first.template, names, tuple(odd))


def body_of(book: Book, table: Table) -> Body:
    """The table with its constant quantities and the cells from which they are copied."""
    sheet = next(sheet for sheet in book.sheets if sheet.name == table.sheet)
    constant, aliases = set(), {}
    for column in table.columns:
        numbers = {sheet.number((row, column.number)) for row in table.rows}
        if len(numbers) == 1 and None not in numbers and not _is_computed(sheet, table, column):
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
            text = sheet.formula((row, column.number))
            for cell in read_template(text, row).cells(table.sheet, row) if text is not None else ():
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
    return any(
        cell.column != column.number and cell.sheet == table.sheet and table.holds(cell.row, cell.column)
        for cell in _precedents(sheet, table, column)
    )


def _precedents(sheet: Sheet, table: Table, column: Column) -> Iterator[Cell]:
    for row in table.rows:
        text = sheet.formula((row, column.number))
        if text is not None:
            yield from read_template(text, row).cells(table.sheet, row)


def _copied_from(sheet: Sheet, table: Table, column: Column) -> Cell | None:
    """The one cell outside the table that a column's first row copies, `=L5`."""
    text = sheet.formula((table.first_row, column.number))
    if text is None:
        return None
    if _COPY.match(text) is None:
        return None
    cell = read_template(text, table.first_row).cells(table.sheet, table.first_row)[0]
    return None if cell.sheet == table.sheet and table.holds(cell.row, cell.column) else cell


_ALL_DIGITS = 15
_SMALLEST_PLAIN = -5


def half_units(numbers: Mapping[int, float]) -> Mapping[int, float]:
    """Half a unit of the last decimal of each number of a column, 0 where it has all its digits.

    A number ends before its zeros, so it is given the decimals of those like it: of its sign, since a cell's width
    holds the minus too, and of its size, since small ones are shown with an exponent. Whole numbers are taken as exact.
    """
    decimals: dict[tuple[bool, int], int] = {}
    alike = {}
    for row, number in numbers.items():
        written = Decimal(f"{number:.{_ALL_DIGITS}g}").normalize()
        size = written.adjusted()
        if len(written.as_tuple().digits) < _ALL_DIGITS:
            alike[row] = number < 0, size if size < _SMALLEST_PLAIN + 1 else max(size, 0)
            decimals[alike[row]] = max(decimals.get(alike[row], 0), -int(written.as_tuple().exponent))
    most = max(decimals.values(), default=0)
    places = {row: most if numbers[row] == 0 else decimals[kind] for row, kind in alike.items()}
    return MappingProxyType({row: 0.5 * 10.0**-place if place > 0 else 0.0 for row, place in places.items()})
