"""Holds the numbers saved in a workbook against its own formulas, and the given quantities against each other."""

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise

from sheets.auditing.body import Body
from sheets.auditing.findings import Finding, cells_of
from sheets.auditing.formulas import Formula
from sheets.auditing.proving import Subject
from sheets.auditing.recovery import Meanings
from sheets.auditing.spots import spot_of
from sheets.formulas.arithmetic import Rounded
from sheets.formulas.calculation import Series, calculator

_STALE = 1e-8
_STORED = 1e-14
"""How far a number may be from the one that was computed, of which a file holds 15 digits."""
_DRIFT = 1e-6
_MOST_SHARE = 0.5
_MOST_SAMPLES = 2_000


def judge_values(body: Body, meanings: Meanings) -> Iterator[Finding]:
    """Stored values that do not follow from the formulas beside them."""
    for (name, formula), expression in meanings.expressions.items():
        column = body.table.by_name[name]
        names = sorted(s.name for s in expression.free_symbols)
        calculate = calculator(expression, names)
        columns = [numbers_read(body, n, formula) for n in names]
        stale = []
        unit = max((10.0 ** -int(rounded.args[1]) for rounded in expression.atoms(Rounded)), default=0.0)
        stride = _stride(columns, len(formula.rows))
        for place, row in enumerate(formula.rows):
            if place % stride and place != len(formula.rows) - 1:
                continue
            stored = body.sheet.stored.get((row, column.number))
            if isinstance(stored, (int, float)):
                values = [numbers[place] for numbers in columns]
                if None in values:
                    continue
                given = calculate(values)  # type: ignore[arg-type]
                read = (abs(n) for value in values for n in (value if isinstance(value, Series) else (value or 0.0,)))
                slack = _STALE * max(body.magnitudes[name], abs(given)) + _STORED * max(read, default=0.0) + unit
                if math.isfinite(given) and abs(given - stored) > slack:
                    stale.append(row)
        if stale:
            stored = body.sheet.stored[stale[0], column.number]
            text = body.sheet.formula((stale[0], column.number)) or formula.text
            yield Finding("value", name, cells_of(column.number, stale), f"{text} -> {stored}", "",
                          "the stored value does not follow from the formula: not recalculated, or edited", "wrong")


def numbers_read(body: Body, name: str, formula: Formula) -> Sequence[float | Series | None]:
    """The numbers that a name stands for in each row of a formula, None beyond the table."""
    place = body.table.place
    spot = spot_of(name)
    if spot.quantity in body.table.by_name:
        numbers = body.numbers[spot.quantity]
        if spot.fixed is not None:
            return [numbers[place(spot.fixed)]] * len(formula.rows)
        places = (place(row) + spot.steps for row in formula.rows)
        return [numbers[at] if 0 <= at < len(numbers) else None for at in places]
    samples = body.outside_numbers(name)
    return [body.outside_number(name) if samples is None else Series(samples)] * len(formula.rows)


def _stride(columns: Sequence[Sequence[float | Series | None]], rows: int) -> int:
    """How many rows to go on at a time, so that sums over many samples take no longer than other formulas."""
    samples = max((len(c[0]) for c in columns if c and isinstance(c[0], Series)), default=1)
    return max(1, samples * rows // _MOST_SAMPLES)


def judge_given(subject: Subject) -> Iterator[Finding]:
    """Inputs and targets that do not stay what they are: that drift or count up while filled down, or odd ones.

    Where one of them changes as samples do, each row is a sample, and another may differ in one row alone: a mask.
    """
    body = subject.body
    given = {name: numbers for name in (*subject.network.targets, *subject.network.inputs)
             if name in body.table.by_name and name not in body.constant and (numbers := {
                 row: n for row, n in zip(body.table.rows, body.numbers[name], strict=True) if n is not None})}
    is_sampled = any(_are_samples(list(numbers.values())) for numbers in given.values())
    for name, numbers in given.items():
        start = numbers[min(numbers)]
        differing = [row for row, n in numbers.items() if n != start]
        if not differing or _is_repeating(list(numbers.values())):
            continue
        if all(abs(numbers[row] - start) <= _DRIFT * max(abs(start), abs(numbers[row])) for row in differing):
            told, severity = f"the number drifts while it is filled down, to {numbers[differing[-1]]!r}", "fragile"
        elif is_sampled:
            told, severity = "the given number changes from row to row, as samples do", "fragile"
        else:
            told, severity = "the given number does not stay what it is in the first row", "wrong"
        yield Finding("data", name, cells_of(body.table.by_name[name].number, differing),
                      repr(numbers[differing[0]]), repr(start), told, severity)  # type: ignore[arg-type]


def _are_samples(numbers: Sequence[float]) -> bool:
    """Whether most numbers differ from the one before, by no steady step: neither filled down nor mistyped."""
    steps = [after - before for before, after in pairwise(numbers)]
    usual = max(Counter(round(step, 12) for step in steps).values(), default=0)
    return 2 * sum(step != 0 for step in steps) > len(steps) and 2 * usual <= len(steps)


def _is_repeating(numbers: Sequence[float]) -> bool:
    """Whether the numbers are samples that come round again and again."""
    for period in range(2, int(len(numbers) * _MOST_SHARE) + 1):
        if all(numbers[i] == numbers[i % period] for i in range(period, len(numbers))):
            return len(set(numbers[:period])) > 1
    return False
