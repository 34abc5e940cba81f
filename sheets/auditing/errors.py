"""Where the errors come from that a table's cells show: those that no other such cell explains, and circles."""

import math
from collections.abc import Collection, Iterator, Mapping

from sheets.auditing.body import Body
from sheets.auditing.findings import Finding, Severity, cells_of
from sheets.auditing.recovery import Meanings
from sheets.auditing.values import numbers_read
from sheets.formulas.calculation import calculator
from sheets.formulas.recover import GivesError

_Spot = tuple[str, int]
"""A quantity and a row."""

_MOST_NAMED = 4
OVERFLOW = "the cell shows an error: the formula has no value at these numbers, as where a training diverges"


def judge_errors(
    body: Body, meanings: Meanings, told: Collection[str], right: Collection[str]
) -> Iterator[Finding]:
    """The cells that show an error, those apart that only read another one; a circle is told once.

    What stands in formulas that can only give an error is left out where the quantity is `told` to be wrong already.
    Where a formula of what is `right` has no value at the numbers that it reads, these are to blame and not the
    formula: the training diverges.
    """
    reads = _errors(body, meanings)
    known = {(name, row) for name, formula in meanings.faults if name in told for row in formula.rows}
    rows: dict[tuple[str, bool], list[int]] = {}
    for name, row in (spot for spot, read in reads.items() if not read and spot not in known):
        is_beyond = _overflows(body, meanings, name, row, name in right)
        rows.setdefault((name, is_beyond), []).append(row)
    for (name, is_beyond), found in rows.items():
        if is_beyond:
            yield _finding(body, name, found, OVERFLOW, "fragile")
        else:
            yield _finding(body, name, found, "the cell shows an error")
    circle = _circle(reads)
    if circle:
        name = circle[0][0]
        through = list(dict.fromkeys(other for other, _ in circle[1:] if other != name))
        told = ", ".join(through[:_MOST_NAMED]) + (", …" if len(through) > _MOST_NAMED else "")
        yield _finding(body, name, [row for other, row in reads if other == name],
                       f"the cell shows an error: it is computed in a circle{f' through {told}' if told else ''}")


def _overflows(body: Body, meanings: Meanings, name: str, row: int, is_right: bool) -> bool:
    """Whether a cell shows an error for the numbers that its formula reads alone, all of which are there.

    A spreadsheet says so itself by `#NUM!`; of any other error it is said of a right formula that is worked out anew.
    """
    formula = next(one for one in body.filled[name].formulas if row in one.rows)
    expression = meanings.expressions.get((name, formula))
    if expression is None:
        return False
    names = sorted(free.name for free in expression.free_symbols)
    place = formula.rows.index(row)
    values = [value for other in names if (value := numbers_read(body, other, formula)[place]) is not None]
    if not names or len(values) < len(names):
        return False
    shown = body.sheet.stored[row, body.table.by_name[name].number]
    return shown == "#NUM!" or (
        is_right and not math.isfinite(calculator(expression, names)(values)))  # type: ignore[arg-type]


def _finding(body: Body, name: str, rows: list[int], told: str, severity: Severity = "wrong") -> Finding:
    column = body.table.by_name[name].number
    text, stored = body.sheet.formula((rows[0], column)), body.sheet.stored[rows[0], column]
    return Finding("value", name, cells_of(column, rows), f"{text} -> {stored}", "", told, severity)


def _errors(body: Body, meanings: Meanings) -> dict[_Spot, list[_Spot]]:
    """Each cell that shows an error, with those of them that it reads; what is not understood explains nothing."""
    reads: dict[_Spot, list[_Spot]] = {}
    names = {}
    for name, filled in body.filled.items():
        for formula in filled.formulas:
            fault = meanings.faults.get((name, formula))
            if fault is not None and not isinstance(fault, GivesError):
                continue
            for row in formula.rows:
                stored = body.sheet.stored.get((row, filled.column.number))
                if isinstance(stored, str) and stored.startswith("#"):
                    reads[name, row] = []
                    names[name, row] = formula.names
    for (name, row), found in reads.items():
        places = [place for other in names[name, row] if (place := body.place(other, row)) is not None]
        found += (spot for at, column in places if (spot := (body.table.by_number[column].name, at)) in reads)
    return reads


def _circle(reads: Mapping[_Spot, list[_Spot]]) -> list[_Spot]:
    """Cells that are computed from each other, the first in the uppermost row; empty where there is no circle."""
    left = dict(reads)
    while ends := [spot for spot, read in left.items() if not any(other in left for other in read)]:
        for spot in ends:
            del left[spot]
    if not left:
        return []
    spot = min(left, key=lambda spot: spot[1])
    way: list[_Spot] = []
    while spot not in way:
        way.append(spot)
        spot = next(other for other in left[spot] if other in left)
    return way[way.index(spot):]
