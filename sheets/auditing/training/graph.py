"""The graph of a workbook's cells: which cell is computed from which."""

import re
from collections.abc import Collection, Iterable, Mapping
from functools import cached_property

from msgspec import Struct

from sheets.auditing.book import Book
from sheets.auditing.digits import as_number
from sheets.auditing.training.formula import Formula, Reader
from sheets.references import Cell, Pattern

_MOST_FORMULAS = 60_000
_MOST_READS = 1_000_000
_ASKS = re.compile(r'""|=0,|ISBLANK\(|ISNUMBER\(', re.IGNORECASE)


class Graph(Struct, frozen=True, dict=True):
    """The formulas of a workbook by their cells, in an order in which they can be computed."""

    book: Book
    formulas: Mapping[Cell, Formula]
    order: tuple[Cell, ...]
    circular: frozenset[Cell] = frozenset()

    @cached_property
    def rank(self) -> Mapping[Cell, int]:
        """The place of each computed cell in the order."""
        return {cell: place for place, cell in enumerate(self.order)}

    @cached_property
    def users(self) -> Mapping[Cell, tuple[Cell, ...]]:
        """The cells whose formulas read a cell, in their order."""
        found: dict[Cell, dict[Cell, None]] = {}
        for cell in (*self.order, *self.circular):
            for read in self.formulas[cell].reads:
                found.setdefault(read, {})[cell] = None
        return {cell: tuple(users) for cell, users in found.items()}

    @cached_property
    def reader(self) -> Reader:
        """What reads formulas that do not stand in the workbook."""
        return Reader(self.book)

    def stored(self, cell: Cell) -> float | None:
        """The number in a cell, typed or stored with its formula, or in the one that it copies."""
        number = self.book.number(cell)
        if number is None and cell in self.formulas and self.origin(cell) != cell:
            return self.stored(self.origin(cell))
        return number if number is not None else as_number(self.book.text(cell) or "")

    @cached_property
    def circles(self) -> frozenset[Cell]:
        """The cells that go in a circle, without those that only read it."""
        left = set(self.circular)
        while ends := [cell for cell in left if left.isdisjoint(self.users.get(cell, ()))]:
            left.difference_update(ends)
        return frozenset(left)

    @cached_property
    def blanks(self) -> Mapping[Cell, tuple[Cell, ...]]:
        """The empty cells, with what reads each by itself, in no range: 0 for a spreadsheet, for a person to be filled.

        A copy that nothing reads is left out, as is what asks whether a cell is empty.
        """
        found: dict[Cell, list[Cell]] = {}
        for cell in self.order:
            pattern = self.pattern(cell)
            is_copy = len(pattern.references) == 1 and cell not in self.users
            if is_copy or any(map(_ASKS.search, pattern.literals)):
                continue
            read = {area.first for area in pattern.areas(cell.sheet, cell.row, cell.column) if not area.is_range}
            for blank in read:
                sheet = self.book.sheet(blank.sheet)
                if sheet is not None and (blank.row, blank.column) not in sheet.written:
                    found.setdefault(Cell(sheet.name, blank.row, blank.column), []).append(cell)
        return {blank: tuple(found[blank]) for blank in sorted(found)}

    def pattern(self, cell: Cell) -> Pattern:
        """The formula of a computed cell, seen from there."""
        pattern = self.book.by_name[cell.sheet].pattern((cell.row, cell.column))
        assert pattern is not None  # asked of computed cells
        return pattern

    def text(self, cell: Cell) -> str:
        """The formula of a cell as it stands there; empty where it holds none."""
        return self.book.by_name[cell.sheet].formula((cell.row, cell.column)) or ""

    def origin(self, cell: Cell) -> Cell:
        """The cell that a chain of copies leads back to."""
        seen = set()
        while cell in self.formulas and cell not in seen:
            seen.add(cell)
            meaning = self.formulas[cell].meaning
            if meaning is None or not meaning.copied:
                break
            cell = self.formulas[cell].reads[0]
        return cell

    def below(self, start: Iterable[Cell], stop: frozenset[Cell] = frozenset()) -> frozenset[Cell]:
        """The cells that some cells are computed from, themselves among them; not beyond those of `stop`."""
        seen = set(start)
        waiting = list(seen)
        while waiting:
            cell = waiting.pop()
            if cell in self.formulas and cell not in stop:
                for read in self.formulas[cell].reads:
                    if read not in seen:
                        seen.add(read)
                        waiting.append(read)
        return frozenset(seen)

    def in_order(self, cells: Iterable[Cell]) -> list[Cell]:
        """The computed cells among some, in the order in which they can be computed."""
        return sorted((cell for cell in cells if cell in self.rank), key=self.rank.__getitem__)


def make_graph(book: Book, passed_over: Collection[str] = ()) -> Graph | None:
    """The graph of a workbook but for some sheets, whose numbers are taken as given.

    None where it has more formulas than are looked at, or these read more cells.
    """
    sheets = [sheet for sheet in book.sheets if sheet.name not in passed_over]
    places = [(sheet, place) for sheet in sheets for place in sheet.written if sheet.is_computed(place)]
    if len(places) > _MOST_FORMULAS:
        return None
    reader = Reader(book)
    formulas: dict[Cell, Formula] = {}
    reads = 0
    for sheet, place in places:
        formula = reader.read(sheet, *place)
        formulas[Cell(sheet.name, *place)] = formula
        reads += len(formula.reads)
        if reads > _MOST_READS:
            return None
    order, circular = in_turn(formulas)
    return Graph(book, formulas, order, circular)


def in_turn(formulas: Mapping[Cell, Formula]) -> tuple[tuple[Cell, ...], frozenset[Cell]]:
    """The cells so that each stands after those that it reads; those in a circle are left out."""
    users: dict[Cell, list[Cell]] = {}
    missing = {}
    for cell, formula in formulas.items():
        read = {r for r in formula.reads if r in formulas}
        missing[cell] = len(read)
        for r in read:
            users.setdefault(r, []).append(cell)
    ready = [cell for cell, count in missing.items() if not count]
    order: list[Cell] = []
    while ready:
        cell = ready.pop()
        order.append(cell)
        for user in users.get(cell, ()):
            missing[user] -= 1
            if not missing[user]:
                ready.append(user)
    return tuple(order), frozenset(formulas) - frozenset(order)
