"""The very hidden sheet that marks an exercise while it is filled: references, states, and a code for each column.

The reference of a gradient is the central difference of the loss, computed in rows of this sheet from the row's own
parameters; no formula of a gradient stands anywhere. A node's or an update's reference is computed from the student's
own cells, so that a mistake is marked where it is and nowhere else. Only functions that Excel, LibreOffice and Google
Sheets share are used.

    state of a cell   0 empty   1 right   2 wrong   3 cannot be judged yet: what it rests on is missing or wrong
                      4 the right number, and no formula
    code of a column  0 nothing yet   1 right   2 wrong   3 right so far   4 right in the first row only   5 waits
                      6 right so far, but numbers instead of formulas
"""

import json
from collections.abc import Iterator

from derive.names import quantity
from sheets.cells import absolute, letters, quoted
from sheets.exercise.blanks import Blank
from sheets.exercise.exercise import Exercise
from sheets.exercise.place import FIRST_ROW, HEADER_ROW, RATE_CELL, SHEET, Place
from sheets.exercise.separation import STEP
from sheets.formulas.emit import emit

CHECK_SHEET = "Check"
MARKER = "derive-sheets exercise"
FACTS_CELL = "B1"
STEP_CELL = "D1"
_FIRST = 3  # row of the first blank column
_CODE, _TOLERANCE, _STATES = 2, 3, 5
_IS_FORMULA = "_xlfn.ISFORMULA"  # as files have the name of a function that is younger than their format
Cells = Iterator[tuple[str, str | float]]


def facts(exercise: Exercise) -> str:
    """What the file says of itself, for whoever grades it."""
    student = exercise.student
    return json.dumps({
        "walkthrough": exercise.walkthrough.name, "student": "" if student is None else student.key,
        "name": "" if student is None else student.name, "rows": exercise.rows, "rate": str(exercise.rate),
        "blanks": [[blank.name, blank.kind] for blank in exercise.blanks],
        "header_row": HEADER_ROW,
        "start": {name: str(value) for name, value in exercise.start.items()},
    }, ensure_ascii=False)  # fmt: skip


def check_cells(place: Place) -> Cells:
    """Every cell of the sheet."""
    exercise = place.exercise
    yield "A1", MARKER
    yield FACTS_CELL, facts(exercise)
    yield STEP_CELL, STEP
    rows = range(FIRST_ROW, place.last_row + 1)
    below = _FIRST + len(exercise.blanks) + 1
    references: dict[tuple[str, int], str] = {}
    for blank in exercise.blanks:
        for row in rows:
            if blank.kind == "gradient":
                reference, evaluated, below = _difference(place, blank, row, below)
                yield from evaluated
                references[blank.name, row] = reference
    for number, blank in enumerate(exercise.blanks):
        at = _FIRST + number
        first = place.first_blank_row(blank)
        yield f"{letters(_TOLERANCE)}{at}", exercise.tolerances[blank.name]
        for row in rows:
            if row >= first:
                reference = references.get((blank.name, row)) or _own(place, blank, row)
                yield state_cell(number, row), _state(place, blank, row, reference, at)
        yield code_cell(number), _code(place, number, first)


def code_cell(number: int) -> str:
    """The cell with the code of the n-th blank column."""
    return f"{letters(_CODE)}{_FIRST + number}"


def state_cell(number: int, row: int) -> str:
    """The cell with the state of the n-th blank column in a row of the table."""
    return f"{letters(_STATES + row - FIRST_ROW)}{_FIRST + number}"


def states(place: Place, number: int) -> str:
    """The range of all states of the n-th blank column."""
    first = state_cell(number, place.first_blank_row(place.exercise.blanks[number]))
    return f"{first}:{state_cell(number, place.last_row)}"


def on_check(address: str) -> str:
    """An address or a range of this sheet, as another sheet writes it."""
    return f"{quoted(CHECK_SHEET)}!{':'.join(map(absolute, address.split(':')))}"


def _there(cell: str) -> str:
    """A cell of the exercise, as this sheet writes it."""
    return f"{quoted(SHEET)}!{cell}"


def _difference(
    place: Place, blank: Blank, row: int, below: int
) -> tuple[str, list[tuple[str, str | float]], int]:
    """The central difference at a row's own parameters: its formula, two rows that compute the loss, the next row."""
    network = place.exercise.walkthrough.network
    parameter = next(name for name in network.parameters if quantity(network.loss_name, name) == blank.name)
    cells: list[tuple[str, str | float]] = []
    losses = []
    for sign in "+-":
        here = {name: f"{letters(column)}{below}"
                for column, name in enumerate((*network.leaves, *network.definitions), start=1)}
        for name in network.leaves:
            moved = f"{sign}{absolute(STEP_CELL)}" if name == parameter else ""
            cells.append((here[name], f"={_there(place.cell(name, row))}{moved}"))
        cells += [(here[name], f"={emit(body, here)}") for name, body in network.definitions.items()]
        losses.append(here[network.loss])
        below += 1
    return f"({losses[0]}-{losses[1]})/(2*{absolute(STEP_CELL)})", cells, below


def _own(place: Place, blank: Blank, row: int) -> str:
    """What a node or an update is at the student's own cells."""
    network = place.exercise.walkthrough.network
    if blank.kind == "forward":
        body = network.definitions[blank.name]
        return emit(body, {name: _there(place.cell(name, row)) for name in network.by_name[blank.name].parents})
    slope = quantity(network.loss_name, blank.name)
    above, step = (_there(place.cell(name, row - 1)) for name in (blank.name, slope))
    return f"{above}-{_there(absolute(RATE_CELL))}*{step}"


def _state(place: Place, blank: Blank, row: int, reference: str, at: int) -> str:
    cell, tolerance = _there(place.cell(blank.name, row)), f"${letters(_TOLERANCE)}${at}"
    right = f"IF({_IS_FORMULA}({cell}),1,4)"
    judged = f"IF(ISNUMBER({cell}),IF(ABS({cell}-({reference}))<={tolerance},{right},2),2)"
    waits = _waits(place, blank, row)
    return f"=IF(ISBLANK({cell}),0,{f'IF({waits},3,{judged})' if waits else judged})"


def _waits(place: Place, blank: Blank, row: int) -> str:
    """When a cell cannot be judged yet: the cells that its reference rests on are no numbers, or are marked wrong."""
    network = place.exercise.walkthrough.network
    if blank.kind == "update":
        slope = quantity(network.loss_name, blank.name)
        needed = [place.cell(name, row - 1) for name in (blank.name, slope)]
    elif blank.kind == "forward":
        needed = [place.cell(name, row) for name in network.by_name[blank.name].parents]
    else:
        needed = [place.cell(name, row) for name in network.parameters]
    missing = "+".join(f"COUNT({_there(cell)})" for cell in needed)
    waits = [f"{missing}<{len(needed)}"] if needed else []
    if blank.kind == "gradient":
        waits += [f"MOD({state_cell(number, row)},3)<>1" for number, other in enumerate(place.exercise.blanks)
                  if other.kind == "forward"]
    return f"OR({','.join(waits)})" if len(waits) > 1 else waits[0] if waits else ""


def _code(place: Place, number: int, first: int) -> str:
    seen, top = states(place, number), state_cell(number, first)
    count = place.last_row - first + 1
    return (f"=IF({top}=2,2,IF(COUNTIF({seen},2)>0,IF(MOD({top},3)=1,4,2),IF(COUNTIF({seen},1)={count},1,"
            f"IF(COUNTIF({seen},4)>0,6,IF(COUNTIF({seen},1)>0,3,IF(COUNTIF({seen},3)>0,5,0))))))")
