"""Finds the training tables of a workbook: a row of headers that name a network's quantities, numbers below it."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from types import MappingProxyType

from msgspec import Struct

from sheets.auditing.book import Book, Place, Sheet
from sheets.auditing.extent import stretches
from sheets.auditing.labels import PARAMETERS, Key, Named, key_of, read_labels, spelled
from sheets.cells import letters

_LEAST_QUANTITIES = 5
_WIDEST_GAP = 2
_SPLIT_SHARE = 0.5


class Column(Struct, frozen=True):
    """One column of a table: where it stands, its header as typed, and the quantity that it holds.

    `name` is unique in its table; `of` and `by` name the two ends of a derivative, both empty for other quantities.
    A column that names no known quantity is a helper: its name is made up and its formulas are looked through.
    """

    number: int
    label: str
    name: str
    key: Key
    of: str = ""
    by: str = ""

    @property
    def letters(self) -> str:
        """`AA`."""
        return letters(self.number)

    @property
    def is_partial(self) -> bool:
        """Whether it holds a derivative."""
        return bool(self.by)


class Table(Struct, frozen=True, dict=True):
    """A training table: one row an update, one column a quantity.

    `gaps` are blank rows and rows of text between its own, `unread` rows below that may be its own and are not read.
    """

    sheet: str
    header_row: int
    first_row: int
    last_row: int
    columns: tuple[Column, ...]
    gaps: frozenset[int] = frozenset()
    unread: tuple[int, ...] = ()

    @cached_property
    def by_number(self) -> Mapping[int, Column]:
        """Column by its number in the sheet."""
        return MappingProxyType({column.number: column for column in self.columns})

    @cached_property
    def by_name(self) -> Mapping[str, Column]:
        """Column by its quantity."""
        return MappingProxyType({column.name: column for column in self.columns})

    @cached_property
    def rows(self) -> Sequence[int]:
        """The rows of its body, without the gaps."""
        whole = range(self.first_row, self.last_row + 1)
        return tuple(row for row in whole if row not in self.gaps) if self.gaps else whole

    @cached_property
    def _places(self) -> Mapping[int, int]:
        return MappingProxyType({row: place for place, row in enumerate(self.rows)})

    def place(self, row: int) -> int:
        """Which of its rows a row is, from 0."""
        return self._places[row]

    def steps(self, start: int, end: int) -> int:
        """How many of its rows one of them stands below another."""
        return self._places[end] - self._places[start] if self.gaps else end - start

    def moved(self, row: int, steps: int) -> int:
        """The row that stands so many of its rows below one of them; beyond its ends, of the sheet's rows."""
        place = self._places[row] + steps if self.gaps else -1
        return self.rows[place] if 0 <= place < len(self.rows) else row + steps

    def stretch(self, row: int) -> tuple[int, int]:
        """The first and the last row of those that follow each other without a gap, one of them given."""
        above = max((gap for gap in self.gaps if gap < row), default=self.first_row - 1)
        below = min((gap for gap in self.gaps if gap > row), default=self.last_row + 1)
        return above + 1, below - 1

    def holds(self, row: int, column: int) -> bool:
        """Whether a cell stands in the body of the table."""
        return self.first_row <= row <= self.last_row and row not in self.gaps and column in self.by_number


def find_tables(book: Book) -> tuple[Table, ...]:
    """Every training table of a workbook, in the order of its sheets and rows."""
    return tuple(table for sheet in book.sheets for table in _tables(sheet))


def _tables(sheet: Sheet) -> Iterator[Table]:
    texts: dict[int, dict[int, str]] = {}
    for (row, column), content in sheet.texts():
        if content.strip():
            texts.setdefault(row, {})[column] = content
    for row in sorted(texts):
        if len(texts[row]) >= _LEAST_QUANTITIES:
            for run in _runs(sheet, row, texts[row]):
                yield from _below(sheet, row, run)


def _runs(sheet: Sheet, row: int, texts: Mapping[int, str]) -> Iterator[Sequence[int]]:
    """Headers side by side: a number or a wide gap ends a run, and so does a second table beside the first."""
    run: list[int] = []
    for column in sorted(texts):
        between = range(run[-1] + 1, column) if run else ()
        if run and (len(between) > _WIDEST_GAP or any((row, c) in sheet.written for c in between)):
            yield from _split(run, texts)
            run = []
        run.append(column)
    yield from _split(run, texts)


def _split(run: Sequence[int], texts: Mapping[int, str]) -> Iterator[Sequence[int]]:
    """A run, cut where the names of its beginning come again."""
    named = read_labels(texts[column] for column in run)
    seen: set[Named] = set()
    for place, name in enumerate(named):
        if name in seen and name.key.kind in PARAMETERS | {"loss"}:
            again = seen & set(named[place:])
            if len(again) >= _SPLIT_SHARE * len(seen):
                start = next(p for p in range(place + 1) if named[p] in again and named[p] in set(named[:p]))
                yield run[:start]
                yield from _split(run[start:], texts)
                return
        seen.add(name)
    yield run


def _below(sheet: Sheet, header: int, run: Sequence[int]) -> Iterator[Table]:
    """The tables under a run of headers, one for each training; none where it is none."""
    labels = {column: str(sheet.written[header, column]) for column in run}
    named = dict(zip(run, read_labels(labels.values()), strict=True))
    ends = {end for name in named.values() if name.by is not None for end in (name.of, name.by)}
    quantities = [n for n in named.values() if n.by is not None or n.key.kind not in ("name", "rate") or n.key in ends]
    parameters = {n.by for n in named.values() if n.by is not None} | {
        n.key for n in named.values() if n.key.kind in PARAMETERS
    }
    results = [n for n in named.values() if n.by is not None or n.key.kind == "loss"]
    if len(quantities) < _LEAST_QUANTITIES or not parameters or not results:
        return
    found = stretches(sheet, header, named)
    if not found:
        return
    between = [c for c in range(run[0], run[-1] + 1) if c not in labels and (found[0].first, c) in sheet.written]
    columns = _columns({**labels, **dict.fromkeys(between, "")}, named)
    for stretch in found:
        yield Table(sheet.name, header, stretch.first, stretch.last, columns, stretch.gaps, stretch.unread)


def _columns(labels: Mapping[int, str], named: Mapping[int, Named]) -> tuple[Column, ...]:
    """The columns with names that are unique: the first of equal ones keeps it, the others become helpers."""
    taken: set[str] = set()
    found = []
    for number in sorted(labels):
        name = named.get(number, Named(Key("name", "")))
        if name.by is not None and name.of is not None:
            of = "E" if name.of == Key("loss", "") else spelled(name.of)
            by = spelled(name.by)
            quantity = f"d{of}/d{by}"
        else:
            of = by = ""
            quantity = spelled(name.key) if name.key.which or name.key.kind != "name" else ""
        if not quantity or quantity in taken:
            quantity, of, by = f"{quantity or 'column'}#{letters(number)}", "", ""
        taken.add(quantity)
        found.append(Column(number, labels[number].strip(), quantity, name.key, of, by))
    return tuple(found)


def learning_rate_beside(sheet: Sheet, table: Table) -> Place | None:
    """The number beside a text that names a learning rate, nearest above the table; None where there is none."""
    for row in range(table.header_row - 1, 0, -1):
        for column in range(1, table.columns[-1].number + 1):
            text = sheet.text((row, column))
            if text is not None and key_of(text).kind == "rate":
                for beside in ((row, column + 1), (row, column + 2), (row + 1, column)):
                    if sheet.number(beside) is not None:
                        return beside
    return None
