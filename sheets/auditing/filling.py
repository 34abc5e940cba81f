"""Judges what was typed, pasted or left out: numbers over formulas, gaps, rows repeated, stored values gone stale."""

from collections import Counter
from collections.abc import Iterator

from sheets.auditing.findings import Finding, cells_of
from sheets.auditing.formulas import Formula
from sheets.auditing.pasted import judge_pasted, judge_typed
from sheets.auditing.proving import Subject
from sheets.auditing.tables import Column


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
            yield from judge_typed(subject, column, typed, rate)
        elif typed:
            yield from judge_pasted(subject, column, typed, rate)
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
