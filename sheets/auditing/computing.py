"""Computes the values of a table whose workbook was saved without any, as programs that write formulas do."""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from msgspec.structs import replace

from sheets.auditing.body import Body
from sheets.auditing.book import Content, Place
from sheets.auditing.recovery import Meanings
from sheets.formulas.calculation import Series, calculator

_Step = tuple[str, Callable[[Sequence[object]], float], tuple[str, ...]]


def with_values(body: Body, meanings: Meanings) -> Body:
    """The table with values for its formulas, the same one where the workbook has stored any."""
    if any(place in body.sheet.stored for place in _formula_places(body)):
        return body
    values: dict[tuple[str, int], float] = {
        (name, row): number
        for name, filled in body.filled.items()
        for row in filled.typed
        if (number := body.sheet.number((row, filled.column.number))) is not None
    }
    steps = _steps(body, meanings)
    for row in body.table.rows:
        waiting = [step for step in steps.get(row, ()) if (step[0], row) not in values]
        while waiting:
            left = [step for step in waiting if not _compute(body, step, row, values)]
            if len(left) == len(waiting):
                break
            waiting = left
    columns = body.table.by_name
    stored: dict[Place, Content] = {
        (row, columns[name].number): number for (name, row), number in values.items()
        if body.sheet.formula((row, columns[name].number)) is not None
    }
    return replace(body, sheet=replace(body.sheet, stored=MappingProxyType({**body.sheet.stored, **stored})))


def _formula_places(body: Body) -> list[Place]:
    return [(row, filled.column.number) for filled in body.filled.values()
            for formula in filled.formulas for row in formula.rows]


def _steps(body: Body, meanings: Meanings) -> Mapping[int, list[_Step]]:
    """What is to be computed in each row."""
    found: dict[int, list[_Step]] = {}
    for (name, formula), expression in meanings.expressions.items():
        names = tuple(sorted(s.name for s in expression.free_symbols))
        step = name, calculator(expression, names), names
        for row in formula.rows:
            found.setdefault(row, []).append(step)  # type: ignore[arg-type]
    return found


def _compute(body: Body, step: _Step, row: int, values: dict[tuple[str, int], float]) -> bool:
    """Compute one cell where all that it reads is known."""
    name, calculate, names = step
    read = [_value(body, other, row, values) for other in names]
    if any(value is None for value in read):
        return False
    values[name, row] = calculate(read)
    return True


def _value(body: Body, name: str, row: int, values: Mapping[tuple[str, int], float]) -> object:
    """What a name stands for in a row; None where it is not known yet."""
    place = body.place(name, row)
    if place is not None:
        return values.get((body.table.by_number[place[1]].name, place[0]))
    samples = body.outside_numbers(name)
    return body.outside_number(name) if samples is None else Series(samples)
