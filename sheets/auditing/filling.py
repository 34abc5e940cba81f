"""Judges what was typed, pasted or left out: numbers over formulas, gaps, rows repeated, stored values gone stale."""

from collections import Counter
from collections.abc import Iterator

import sympy as sp

from derive.names import symbol
from sheets.auditing.columns import expected_formula, kind_of
from sheets.auditing.findings import Finding, cells_of
from sheets.auditing.formulas import Formula
from sheets.auditing.proving import Subject
from sheets.auditing.steps import gradient_of
from sheets.auditing.tables import Column
from sheets.auditing.updates import expected_update
from sheets.intervals import Interval, bounds

_PAD = 1e-10
_SIX_DIGITS = 1e-6


def judge_filling(subject: Subject, rate: str | None) -> Iterator[Finding]:
    """Numbers typed where the column has formulas, whole columns of numbers, and gaps in a column."""
    table = subject.body.table
    for column in table.columns:
        filled = subject.body.filled[column.name]
        yield from _texts(subject, column, filled.typed)
        if column.name in subject.network.parameters:
            typed = tuple(row for row in filled.typed if row != table.first_row)
        elif column.name in subject.right:
            typed = filled.typed
        elif column.name in subject.network.names:
            typed = ()
            yield from _given_over(subject, column)
        else:
            continue
        if filled.formulas and typed:
            yield from _typed(subject, column, typed, rate)
        elif typed:
            yield from _pasted(subject, column, typed, rate)
        yield from _gaps(subject, column)
        yield from _odd(subject, column)


def _texts(subject: Subject, column: Column, rows: tuple[int, ...]) -> Iterator[Finding]:
    """Formulas that are texts, since an apostrophe stands before their `=` or their cells are of the format Text."""
    found = [row for row in rows if (subject.body.sheet.text((row, column.number)) or "").startswith("'=")]
    if found:
        text = str(subject.body.sheet.text((found[0], column.number)))
        yield Finding("fill", column.name, cells_of(column.number, found), text, text.removeprefix("'"),
                      "the formula is a text: nothing is computed", "wrong")


def _gaps(subject: Subject, column: Column) -> Iterator[Finding]:
    """Empty cells in a column where it, or the columns like it, go on below or beside."""
    table, body = subject.body.table, subject.body
    alike = [other for other in table.columns if _part(subject, other) == _part(subject, column)]
    ends = {other.name: _end(subject, other) for other in alike}
    own = ends[column.name]
    last = Counter(ends.values()).most_common(1)[0][0]
    inside = tuple(row for row in body.filled[column.name].empty if row < own)
    after = tuple(row for row in body.filled[column.name].empty if own < row <= last)
    if inside:
        yield Finding("fill", column.name, cells_of(column.number, inside), "", "", "the cells are empty", "wrong")
    if after and own:
        yield Finding("fill", column.name, cells_of(column.number, after), "", "",
                      "the column ends before the others do", "fragile")


def _part(subject: Subject, column: Column) -> str:
    """The columns that are filled down together: parameters, derivatives, and all else of the network."""
    if column.name in subject.network.parameters:
        return "parameters"
    if column.is_partial:
        return "derivatives"
    return "forward" if column.name in subject.network.names else "others"


def _end(subject: Subject, column: Column) -> int:
    """The last row of a column that is not empty, 0 where there is none."""
    filled = subject.body.filled[column.name]
    return max((*filled.typed, *(row for formula in filled.formulas for row in formula.rows)), default=0)


def _odd(subject: Subject, column: Column) -> Iterator[Finding]:
    """Cells that read a given quantity in another row than the rest of the column does: right, while it is the same."""
    filled = subject.body.filled[column.name]
    odd = [row for formula in filled.formulas for row in formula.odd_rows]
    if column.name in subject.network.inputs or column.name in subject.network.targets:
        odd += [row for formula in filled.formulas[1:] for row in formula.rows if row != subject.body.table.first_row]
    circles = [row for formula in filled.formulas if _reads_itself(formula, column) for row in formula.rows]
    if circles and _part(subject, column) == "forward" and column.name not in subject.right:
        text = subject.body.sheet.formula((circles[0], column.number)) or ""
        yield Finding("fill", column.name, cells_of(column.number, circles), text, "", "the cell reads itself", "wrong")
    if odd:
        text = subject.body.sheet.formula((min(odd), column.number)) or ""
        yield Finding("fill", column.name, cells_of(column.number, odd), text, "",
                      "reads another row than the rest of its column", "fragile")


def _reads_itself(formula: Formula, column: Column) -> bool:
    return any(r.row == 0 and not r.row_fixed and r.column == column.number for r in formula.template.references)


def _given_over(subject: Subject, column: Column) -> Iterator[Finding]:
    """Numbers typed here and there in a column of inputs or targets that is copied down by formulas."""
    filled = subject.body.filled[column.name]
    typed = [row for row in filled.typed if row != subject.body.table.first_row]
    copied = sum(len(formula.rows) for formula in filled.formulas)
    if typed and copied > len(typed):
        yield Finding("fill", column.name, cells_of(column.number, typed),
                      str(subject.body.sheet.written.get((typed[0], column.number))), "",
                      "numbers stand where formulas belong", "fragile")


def _typed(subject: Subject, column: Column, rows: tuple[int, ...], rate: str | None) -> Iterator[Finding]:
    """Typed numbers apart by whether they are what the formula gives, to the digits that they have."""
    agreeing, differing = list[int](), list[int]()
    for row in rows:
        (agreeing if _agrees(subject, column, row, rate) else differing).append(row)
    for found, told, severity in (
        (agreeing, "numbers stand where formulas belong", "fragile"),
        (differing, "numbers stand where formulas belong, and are not what these give", "wrong"),
    ):
        if found:
            typed = subject.body.sheet.written.get((found[0], column.number))
            yield Finding("fill", column.name, cells_of(column.number, found), str(typed),
                          belongs(subject, column, found[0], rate), told, severity)  # type: ignore[arg-type]


def _pasted(subject: Subject, column: Column, rows: tuple[int, ...], rate: str | None) -> Iterator[Finding]:
    """A column of numbers alone, judged by what they are."""
    differing = [row for row in rows if not _agrees(subject, column, row, rate)]
    if not differing:
        return
    first = differing[0]
    kind = "update" if column.name in subject.network.parameters else kind_of(column)
    repeated = [row for row in differing if _repeats(subject, row)]
    told = "the rows repeat the one above" if len(repeated) == len(differing) else _explained(subject, column, rows)
    if kind == "update" and column.name in subject.body.constant:
        told = "the parameter is never updated"
    yield Finding(kind, column.name, cells_of(column.number, differing),
                  str(subject.body.sheet.written.get((first, column.number))), belongs(subject, column, first, rate),
                  subject.in_words(told), "wrong")


def _repeats(subject: Subject, row: int) -> bool:
    """Whether a row holds the same numbers as the one above it."""
    sheet, table = subject.body.sheet, subject.body.table
    return row > table.first_row and all(
        sheet.number((row, column.number)) == sheet.number((table.moved(row, -1), column.number))
        for column in table.columns if column.name in subject.network.names or column.name in subject.partials
    )


def _explained(subject: Subject, column: Column, rows: tuple[int, ...]) -> str:
    """The wrong reference by which a column of numbers would come out as it stands."""
    right = subject.right.get(column.name)
    names = sorted(s.name for s in right.free_symbols) if right is not None else []
    for stands in sorted(subject.network.names & set(subject.body.table.by_name)):
        for belonging in names:
            if stands != belonging and right is not None:
                other = right.xreplace({symbol(belonging): symbol(stands)})
                if all(_gives(subject, column, row, other) for row in rows):
                    return f"the numbers come out if {stands} stands where {belonging} belongs"
    return "the numbers are not what the row gives"


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


def _agrees(subject: Subject, column: Column, row: int, rate: str | None) -> bool:
    """Whether the number in a cell is what its row gives, each number within the digits that it is written with."""
    wanted = meant(subject, column, rate)
    if wanted is None:
        return True
    return _gives(subject, column, row, *wanted, among_formulas=subject.is_computed)


def _gives(subject: Subject, column: Column, row: int, expression: sp.Expr, above: int = 0,
           among_formulas: bool = False) -> bool:
    """Whether an expression, at the numbers `above` rows higher, can give the number in a cell.

    Among formulas, whose values have all their digits, few digits are no excuse: the number must be theirs to six.
    """
    names = sorted(s.name for s in expression.free_symbols)
    ranges = [rounded(subject, name, subject.body.table.moved(row, -above)) for name in names]
    own = rounded(subject, column.name, row)
    if own is None or any(value is None for value in ranges):
        return True
    given = bounds(expression, names)([value for value in ranges if value is not None])
    number = sum(own) / 2
    slack = _SIX_DIGITS * abs(number)
    if among_formulas and not given[0] - slack <= number <= given[1] + slack:
        return touch((number, number), given, subject.body.magnitudes[column.name])
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
