"""The formulas of a table's columns: each distinct one once, with the rows in which it stands and what it means.

Two cells hold the same formula when their references name the same quantities of their own rows, or the same cells
outside the table: `H29` typed anew in every row is one formula, and `B29` filled down is another in each row.
"""

from collections import Counter
from collections.abc import Callable

from msgspec import Struct

from sheets.auditing.book import Place, Sheet
from sheets.auditing.tables import Column, Table
from sheets.references import Pattern, read_pattern


class Formula(Struct, frozen=True):
    """One distinct formula of a column: its text in the first of its rows, and the names that its references read.

    A name is a quantity of the same row (`w1`), of another row (`w1@-1`), of a fixed row (`w1@$33`), or a cell outside
    the table (`Sheet1!G31`). `odd_rows` read a constant quantity in another row than the other rows do.
    """

    rows: tuple[int, ...]
    text: str
    pattern: Pattern
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


def fill_of(table: Table, sheet: Sheet, column: Column, names: Callable[[Pattern, Place], tuple[str, ...]]
            ) -> Filled:
    """What stands in a column, its formulas grouped by what `names` calls the cells that they read."""
    groups: dict[_Key, list[_Run]] = {}
    typed, empty = [], []
    last: _Run | None = None
    for row in table.rows:
        place = row, column.number
        if place not in sheet.written:
            empty.append(row)
            continue
        if not sheet.is_computed(place):
            typed.append(row)
            continue
        shared = sheet.shared(place)
        if last is not None and last.copies(shared, row):
            last.rows.append(row)
            continue
        content = sheet.formula(place) or ""
        if last is not None and last.continues(content, place):
            last.rows.append(row)
            last.shared = shared
            continue
        pattern = read_pattern(content, *place)
        last = _Run(pattern, table, content, place)
        last.shared = shared
        fixed = tuple((reference.row_fixed, reference.column_fixed) for reference in pattern.references)
        groups.setdefault((pattern.literals, fixed, names(pattern, place)), []).append(last)
    found = [_formula(names_read, runs) for (_, _, names_read), runs in groups.items()]
    found.sort(key=lambda formula: (len(formula.rows), formula.rows[0]), reverse=True)
    return Filled(column, tuple(found), tuple(typed), tuple(empty))


_Key = tuple[tuple[str, ...], tuple[tuple[bool, bool], ...], tuple[str, ...]]


class _Run:
    """A formula while it is filled down: whether the next cell continues it is seen without reading it."""

    def __init__(self, pattern: Pattern, table: Table, text: str, place: Place) -> None:
        self.pattern = pattern
        self.text = text
        row = place[0]
        self.rows = [row]
        self.shared: Pattern | None = None
        read = [*zip(pattern.references, pattern.cells(table.sheet, *place), strict=True)]
        sliding = [(reference, cell) for reference, cell in read if not reference.row_fixed]
        offsets = [reference.row for reference, _ in sliding] or [0]
        top, bottom = table.stretch(row) if table.gaps else (table.first_row, table.last_row)
        self._first = top - min(offsets)
        self._last = bottom - max(offsets)
        self._end = bottom
        inside = all(r.sheet is None and cell.column in table.by_number for r, cell in sliding)
        frozen = any(r.row_fixed and r.sheet is None and table.holds(cell.row, cell.column) for r, cell in read)
        self._inside = inside and not frozen and self._first <= row <= self._last
        self.offsets = tuple(table.steps(row, cell.row) for r, cell in sliding
                             if r.sheet is None and table.holds(cell.row, cell.column))

    def copies(self, shared: Pattern | None, row: int) -> bool:
        """Whether the cell copies the shared formula that the run's last cell copies."""
        return shared is not None and shared is self.shared and self._slides_to(row)

    def continues(self, text: str, place: Place) -> bool:
        """Whether the text is this formula filled down to a place, all of what slides staying within the table."""
        return self._slides_to(place[0]) and self.pattern.at(*place) == text

    def _slides_to(self, row: int) -> bool:
        return self._inside and self._first <= row <= min(self._last, self._end)


def _formula(names: tuple[str, ...], runs: list[_Run]) -> Formula:
    """The formula of all runs that mean the same; the offsets of most rows are the usual ones."""
    counts: Counter[tuple[int, ...]] = Counter()
    for run in runs:
        counts[run.offsets] += len(run.rows)
    usual = counts.most_common(1)[0][0]
    rows = sorted(row for run in runs for row in run.rows)
    odd = sorted(row for run in runs if run.offsets != usual for row in run.rows)
    first = min(runs, key=lambda run: run.rows[0])
    return Formula(tuple(rows), first.text, first.pattern, names, tuple(odd))
