"""Judges what was typed, pasted or left out: numbers over formulas, gaps, rows repeated, stored values gone stale."""

from collections import Counter
from collections.abc import Iterator, Mapping

from sheets.auditing.columns import kind_of
from sheets.auditing.digits import as_number
from sheets.auditing.findings import NOTHING, TYPED, Finding, Kind, cells_of
from sheets.auditing.formulas import Formula
from sheets.auditing.pasted import judge_pasted, judge_typed
from sheets.auditing.proving import Subject
from sheets.auditing.spots import Spot, spot_of
from sheets.auditing.tables import Column
from sheets.references import Cell

WORDS = "a text stands where a number or a formula belongs"
_OTHERWISE = "goes on otherwise than the rest of its column"


def judge_filling(subject: Subject, rate: str | None) -> Iterator[Finding]:
    """Numbers typed where the column has formulas, whole columns of numbers, and gaps in a column."""
    table = subject.body.table
    read = _read_in_vain(subject)
    for column in table.columns:
        filled = subject.body.filled[column.name]
        yield from _texts(subject, column, filled.typed)
        in_vain = read.get(column.number, frozenset())
        if column.name in subject.body.to_come:
            yield from _gaps(subject, column, in_vain)
            continue
        if column.name in subject.network.parameters:
            typed = tuple(row for row in filled.typed if row != table.first_row)
        elif column.name in subject.right:
            typed = filled.typed
        elif column.name in subject.network.names:
            typed = ()
            yield from _given_over(subject, column)
        else:
            yield from _besides(subject, column)
            continue
        if filled.formulas and typed:
            yield from judge_typed(subject, column, typed, rate)
        elif typed:
            yield from judge_pasted(subject, column, typed, rate)
        yield from _gaps(subject, column, in_vain)
        yield from _odd(subject, column)


def _texts(subject: Subject, column: Column, rows: tuple[int, ...]) -> Iterator[Finding]:
    """Texts where a quantity stands: formulas with an apostrophe before their `=`, or in cells of the format Text; and
    words.
    """
    texts = {row: str(text) for row in rows if (text := subject.body.sheet.text((row, column.number)))}
    formulas = [row for row, text in texts.items() if text.startswith("'=")]
    is_quantity = column.name in subject.right or column.name in subject.network.parameters
    words = [row for row, text in texts.items() if is_quantity and row not in formulas and as_number(text) is None]
    for found, told in ((formulas, "the formula is a text: nothing is computed"), (words, WORDS)):
        if found:
            text = texts[found[0]]
            meant = text.removeprefix("'") if found is formulas else ""
            yield Finding("fill", column.name, cells_of(column.number, found), text, meant, told, "wrong")


def _besides(subject: Subject, column: Column) -> Iterator[Finding]:
    """Cells of no quantity of the network that are not filled down as most of their column is, its start apart.

    Whatever reads such a cell is judged by what it reads there. Nothing else tells of a column that nothing reads, as
    one that counts the updates: it goes on from itself alone, and so has no row to leave empty.
    """
    table, filled = subject.body.table, subject.body.filled[column.name]
    if filled.main is None or 2 * len(filled.main.rows) <= len(table.rows):
        return
    typed = tuple(row for row in filled.typed if row != table.first_row and subject.value(column.name, row) is not None)
    alone, last = _goes_on_alone(subject, column), _end(subject, column)
    empty = tuple(row for row in filled.empty if table.first_row < row < last or alone)
    others = (row for formula in filled.formulas[1:] for row in formula.rows if row != table.first_row)
    otherwise = tuple(sorted(others)) if _counts(subject, column) else ()
    for rows, told in ((typed, TYPED), (empty, "the cells are empty"), (otherwise, _OTHERWISE)):
        if rows:
            stands = subject.body.sheet.written.get((rows[0], column.number), "")
            yield Finding("fill", column.name, cells_of(column.number, rows), str(stands), "", told, "fragile")


def _goes_on_alone(subject: Subject, column: Column) -> bool:
    """Whether a column is computed from its own row above and from no other column."""
    main = subject.body.filled[column.name].main
    names = {spot_of(name).quantity for name in main.names} if main is not None else set()
    return subject.is_state(column.name) and names & set(subject.body.table.by_name) == {column.name}


def _counts(subject: Subject, column: Column) -> bool:
    """Whether a column adds the same number in each row, as one that counts the updates."""
    main = subject.meanings.main(subject.body, column.name)
    step = None if main is None else main - Spot(column.name, -1).symbol
    return step is not None and step.is_number and step != 0


def _gaps(subject: Subject, column: Column, read: frozenset[int]) -> Iterator[Finding]:
    """Empty cells in a column where it, or the columns like it, go on below or beside, and what is still to come.

    `read` are the empty ones that a formula of the table reads. They are still to come where nothing stands in the
    column but a start value, and below where all parameters end.
    """
    body, is_parameter = subject.body, column.name in subject.network.parameters
    own, empty = _end(subject, column), body.filled[column.name].empty
    last = max(own, *(_usual_end(subject, part) for part in _reading(subject, column)))
    if own <= (body.table.first_row if is_parameter else 0):
        later = empty if read else ()
    else:
        later = tuple(row for row in empty if is_parameter and row > last and row in read)
    left = [row for row in empty if own and row not in later]
    if column.name in body.constant:  # what stands once for all rows has no others
        left = [row for row in left if row in read]
    after = tuple(row for row in left if own < row <= last and row not in read)
    inside = tuple(row for row in left if row < own or row in read)
    if later:
        yield Finding(_kind(subject, column), column.name, cells_of(column.number, later), "", "", NOTHING, "undecided")
    if inside:
        yield Finding("fill", column.name, cells_of(column.number, inside), "", "", "the cells are empty", "wrong")
    if after:
        yield Finding("fill", column.name, cells_of(column.number, after), "", "",
                      "the column ends before the others do", "fragile")


def _kind(subject: Subject, column: Column) -> Kind:
    """The kind of finding that what is missing in a column is."""
    if column.name in subject.network.parameters:
        return "update"
    return kind_of(column) if column.name in subject.right else "data"


def _read_in_vain(subject: Subject) -> Mapping[int, frozenset[int]]:
    """The empty cells that formulas of the table read, as rows by the number of the column.

    A range down the rows is left out: it takes what is there.
    """
    table, sheet = subject.body.table, subject.body.sheet
    empty = {(row, column.number) for column in table.columns for row in subject.body.filled[column.name].empty}
    found: dict[int, set[int]] = {}
    for row in table.rows if empty else ():
        for column in table.columns:
            pattern = sheet.pattern((row, column.number))
            for area in pattern.areas(sheet.name, row, column.number) if pattern is not None else ():
                for cell in area.cells if area.shape[0] == 1 else ():
                    if cell.sheet == sheet.name and (cell.row, cell.column) in empty:
                        found.setdefault(cell.column, set()).add(cell.row)
    return {number: frozenset(rows) for number, rows in found.items()}


def _part(subject: Subject, column: Column) -> str:
    """The columns that are filled down together: parameters, derivatives, and all else of the network."""
    if column.name in subject.network.parameters:
        return "parameters"
    if column.is_partial:
        return "derivatives"
    return "forward" if column.name in subject.network.names else "others"


def _reading(subject: Subject, column: Column) -> tuple[str, ...]:
    """The part of a column, and the parts that are computed from it in each row."""
    part = _part(subject, column)
    return (part, "derivatives") if part == "forward" and column.name in subject.right else (part,)


def _usual_end(subject: Subject, part: str) -> int:
    """The last row of most columns of a part, 0 where there are none."""
    ends = Counter(_end(subject, column) for column in subject.body.table.columns if _part(subject, column) == part)
    return ends.most_common(1)[0][0] if ends else 0


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
    own = "", formula.row, column.number
    return Cell(*own) in formula.pattern.cells(*own)


def _given_over(subject: Subject, column: Column) -> Iterator[Finding]:
    """Numbers typed here and there in a column of inputs or targets that is copied down by formulas."""
    filled = subject.body.filled[column.name]
    typed = [row for row in filled.typed if row != subject.body.table.first_row]
    copied = sum(len(formula.rows) for formula in filled.formulas)
    if typed and copied > len(typed):
        yield Finding("fill", column.name, cells_of(column.number, typed),
                      str(subject.body.sheet.written.get((typed[0], column.number))), "",
                      TYPED, "fragile")
