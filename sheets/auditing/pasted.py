"""Judges numbers that stand where formulas belong by what they are, to the digits that they are written with."""

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache

import sympy as sp

from derive.names import symbol
from sheets.auditing.columns import expected_formula, kind_of
from sheets.auditing.findings import TYPED, Finding, cells_of
from sheets.auditing.proving import Subject
from sheets.auditing.steps import gradient_of
from sheets.auditing.tables import Column
from sheets.auditing.updates import expected_update
from sheets.formulas.intervals import Interval, bounds

NO_FORMULAS = "no formulas: the numbers alone are judged, to the digits that they have"
_PAD = 1e-10
_SIX_DIGITS = 1e-6
_MOST_LOST = 0.05
_OF_A_STEP = 0.1
_OF_THE_LARGEST = 0.1


def judge_typed(subject: Subject, column: Column, rows: tuple[int, ...], rate: str | None) -> Iterator[Finding]:
    """Numbers typed here and there in a column of formulas, apart by whether they are what these give."""
    agreeing, differing = list[int](), list[int]()
    for row in rows:
        (agreeing if _agrees(subject, column, row, rate, alone=True) else differing).append(row)
    yield from _told(subject, column, agreeing, rate, _right(subject, column, agreeing, rate), "fragile")
    yield from _told(subject, column, differing, rate, f"{TYPED}, and are not what these give", "wrong")


def _right(subject: Subject, column: Column, rows: Sequence[int], rate: str | None) -> str:
    """What is to be said of right numbers: whether they are rounded."""
    wanted = meant(subject, column, rate)
    whole = wanted is None or all(_gives(subject, column, row, *wanted, strict=True) for row in rows)
    return TYPED if whole else f"{TYPED}, right to their digits"


def _told(subject: Subject, column: Column, rows: Sequence[int], rate: str | None, told: str, severity: str
          ) -> Iterator[Finding]:
    if rows:
        typed = subject.body.sheet.written.get((rows[0], column.number))
        yield Finding("fill", column.name, cells_of(column.number, rows), str(typed),
                      belongs(subject, column, rows[0], rate), told, severity)  # type: ignore[arg-type]


def judge_pasted(subject: Subject, column: Column, rows: tuple[int, ...], rate: str | None) -> Iterator[Finding]:
    """A column of numbers alone: wrong where they are not what the rows give, fragile among columns of formulas."""
    differing = [row for row in rows if not _agrees(subject, column, row, rate)]
    is_parameter = column.name in subject.network.parameters
    if not differing:
        yield from _right_among_formulas(subject, column, rows, rate)
        return
    first = differing[0]
    if column.is_partial and _nearly(subject, column, rows, differing):
        told = f"{TYPED}, right to their digits but for one in the last of {len(differing)} of them"
        yield from _told(subject, column, rows, rate, told, "fragile")
        return
    kind = "update" if is_parameter else kind_of(column)
    repeated = [row for row in differing if _repeats(subject, row)]
    told = "the rows repeat the one above" if len(repeated) == len(differing) else _explained(subject, column, rows)
    if is_never_updated := is_parameter and column.name in subject.body.constant:
        told = "the parameter is never updated"
    yield Finding(kind, column.name, cells_of(column.number, differing),
                  str(subject.body.sheet.written.get((first, column.number))), belongs(subject, column, first, rate),
                  subject.in_words(told), "wrong")
    if not is_never_updated:
        yield from _right_among_formulas(subject, column, sorted({*rows} - {*differing}), rate)


def _right_among_formulas(subject: Subject, column: Column, rows: Sequence[int], rate: str | None) -> Iterator[Finding]:
    """Right numbers where the other columns have formulas: they are numbers all the same."""
    if subject.is_computed and (column.is_partial or column.name in subject.network.parameters):
        yield from _told(subject, column, rows, rate, _right(subject, column, rows, rate), "fragile")


def _repeats(subject: Subject, row: int) -> bool:
    """Whether a row holds the same numbers as the one above it."""
    sheet, table = subject.body.sheet, subject.body.table
    return row > table.first_row and all(
        sheet.number((row, column.number)) == sheet.number((table.moved(row, -1), column.number))
        for column in table.columns if column.name in subject.network.names or column.name in subject.partials
    )


def _nearly(subject: Subject, column: Column, rows: Sequence[int], differing: Sequence[int]) -> bool:
    """Whether gradients among formulas are off by one in the last digit here and there, and by no known slip.

    Weights that step with rounded gradients drift a little from those at which the gradients were worked out.
    """
    right = subject.right[column.name]
    half = max(subject.body.half_units[column.name].values(), default=0.0)
    if half > _OF_THE_LARGEST * subject.body.magnitudes[column.name]:
        return False
    if not subject.is_computed or 2 * len(differing) > len(rows) or _taken_for(subject, column, rows, alike=True):
        return False
    return all(_gives(subject, column, row, right, units=2) for row in rows)


def _explained(subject: Subject, column: Column, rows: Sequence[int]) -> str:
    """The wrong reference by which a column of numbers would come out as it stands: a likely one, or the only one."""
    likely = _taken_for(subject, column, rows, alike=True)
    found = likely or _taken_for(subject, column, rows, alike=False)
    if likely or len(found) == 1:
        return "the numbers come out if {} stands where {} belongs".format(*found[0])
    return "the numbers are not what the row gives"


def _taken_for(subject: Subject, column: Column, rows: Sequence[int], alike: bool) -> list[tuple[str, str]]:
    """What may stand where something else belongs, so that the numbers come out: of its layer, or any quantity."""
    right = subject.right.get(column.name, sp.Integer(0))
    known = sorted(subject.network.names & set(subject.body.table.by_name))
    return [
        (stands, belonging) for belonging in sorted(s.name for s in right.free_symbols)
        for stands in (_alike(subject, belonging) if alike else known) if stands != belonging
        and all(_gives(subject, column, row, right.xreplace({symbol(belonging): symbol(stands)})) for row in rows)
    ]


def notes_of_pasted(subject: Subject) -> Iterator[str]:
    """What is to be said of a table of numbers without formulas, and of what their digits cannot tell apart."""
    if subject.is_computed:
        return
    yield NO_FORMULAS
    untold: dict[tuple[str, str], list[str]] = {}
    for name, right in subject.partials.items():
        column = subject.body.table.by_name[name]
        rows = subject.body.filled[name].typed
        if not rows or not all(_gives(subject, column, row, right) for row in rows):
            continue
        for pair in _taken_for(subject, column, rows, alike=True):
            untold.setdefault(pair, []).append(name)
    for (stands, belonging), names in untold.items():
        yield subject.in_words(
            f"{', '.join(names)}: too few digits to tell whether {belonging} was taken, or {stands} by mistake")


def _alike(subject: Subject, name: str) -> list[str]:
    """The other quantities of a layer: those that people take for one."""
    columns = subject.body.table.by_name
    key = columns[name].key if name in columns else None
    return [] if key is None or key.kind not in ("act", "sum") else [
        other for other, column in columns.items()
        if other != name and column.key.kind == key.kind and column.key.which[:1] == key.which[:1]
        and other in subject.network.names]


def belongs(subject: Subject, column: Column, row: int, rate: str | None) -> str:
    """The formula that belongs in a computed cell."""
    if column.name in subject.right:
        return expected_formula(subject, subject.right[column.name], row)
    return expected_update(subject, column.name, rate, row)


def meant(subject: Subject, column: Column, rate: str | None) -> tuple[sp.Expr, int] | None:
    """What a computed cell should hold, and how many rows above it the names stand."""
    if column.name in subject.right:
        return subject.right[column.name], 0
    if rate is None or column.name not in subject.network.parameters:
        return None
    return symbol(column.name) - symbol(rate) * gradient_of(subject, column.name), 1


def _agrees(subject: Subject, column: Column, row: int, rate: str | None, alone: bool = False) -> bool:
    """Whether the number in a cell is what its row gives, each number within the digits that it is written with.

    Among formulas, few digits are no excuse where they hide what matters: in a parameter, that it was updated at all;
    in a number `alone` among a column's formulas, whether it is rounded or another number.
    """
    wanted = meant(subject, column, rate)
    if wanted is None:
        return True
    expression, above = wanted
    is_right = _gives(subject, column, row, expression, above)
    if not is_right or not subject.is_computed or not _hides(subject, column, row, expression, above, alone):
        return is_right
    return _gives(subject, column, row, expression, above, strict=True)


def _hides(subject: Subject, column: Column, row: int, expression: sp.Expr, above: int, alone: bool) -> bool:
    """Whether a number among formulas has too few digits for what it is to tell."""
    number = subject.value(column.name, row)
    half = subject.body.half_units[column.name].get(row, 0.0)
    if number is None or not half:
        return True
    if column.name not in subject.network.parameters:
        return alone and half > _MOST_LOST * abs(number)
    if not alone and column.name not in subject.body.constant:
        return False
    before = subject.value(column.name, subject.body.table.moved(row, -above))
    given = _given(subject, expression, row, above)
    return before is None or given is None or half > _OF_A_STEP * abs(sum(given) / 2 - before)


def _given(subject: Subject, expression: sp.Expr, row: int, above: int) -> Interval | None:
    """The values that an expression can have at the numbers `above` rows higher, None where one is missing."""
    names = sorted(s.name for s in expression.free_symbols)
    there = subject.body.table.moved(row, -above)
    ranges = [rounded(subject, name, there) for name in names]
    known = [value for value in ranges if value is not None]
    return _enclosing(expression)(known) if len(known) == len(names) else None


@lru_cache(maxsize=512)
def _enclosing(expression: sp.Expr) -> Callable[[Sequence[Interval]], Interval]:
    return bounds(expression, sorted(s.name for s in expression.free_symbols))


def _gives(subject: Subject, column: Column, row: int, expression: sp.Expr, above: int = 0,
           strict: bool = False, units: int = 1) -> bool:
    """Whether an expression, at the numbers `above` rows higher, can give the number in a cell.

    To six digits where `strict`, else within so many half units of its last decimal.
    """
    given, own = _given(subject, expression, row, above), rounded(subject, column.name, row)
    if own is None or given is None:
        return True
    number = sum(own) / 2
    slack = _SIX_DIGITS * abs(number)
    own = number - units * (number - own[0]), number + units * (own[1] - number)
    if strict and not given[0] - slack <= number <= given[1] + slack:
        own = number, number
    return touch(own, given, subject.body.magnitudes[column.name])


def touch(a: Interval, b: Interval, magnitude: float) -> bool:
    """Whether two intervals have a point in common, up to what floating point leaves of a column's magnitude."""
    pad = _PAD * magnitude
    return a[0] <= b[1] + pad and b[0] <= a[1] + pad


def rounded(subject: Subject, name: str, row: int) -> Interval | None:
    """The interval of what a number may have been before it was rounded to the decimals that its column shows."""
    value = subject.value(name, row)
    column = subject.body.table.by_name.get(name)
    if value is None or column is None:
        return None if value is None else (value, value)
    given = name in subject.network.inputs or name in subject.network.targets
    started = row == subject.body.table.first_row and name in subject.network.parameters
    if given or started or subject.body.sheet.formula((row, column.number)) is not None:
        return value, value
    half = subject.body.half_units[name].get(row, 0.0)
    return value - half, value + half
