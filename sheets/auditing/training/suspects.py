"""Who may be to blame for a contradiction: the cells that it rests on, one by one and as fills of one formula."""

from collections.abc import Container, Sequence
from itertools import islice

from msgspec import Struct

from derive.reach import reached
from sheets.auditing.training.claims import Reading
from sheets.auditing.training.contradictions import Contradiction
from sheets.auditing.training.fills import areas, fills, is_entry, likeness
from sheets.auditing.training.repairs import Repair
from sheets.references import Area, Cell

_MOST_SUSPECTS = 20
_MANY = 3
MOST_FILLS = 12
_WAYS = ((0, 1), (1, 0), (0, -1), (-1, 0))
_MOST_AREAS = 60

Suspect = tuple[Cell, ...]
"""A cell, or the cells that hold copies of one formula."""


class Cause(Struct, frozen=True):
    """Cells whose mending makes claims hold; without a repair where no known slip explains a contradiction."""

    cells: Suspect
    repair: Repair | None
    explains: tuple[Contradiction, ...]


def is_copy(reading: Reading, cells: Suspect) -> bool:
    """Whether a single cell is one of many copies, which is not wrong alone."""
    graph, (cell, *more) = reading.view.graph, cells
    own = likeness(graph, cell)
    return not more and sum(likeness(graph, other) == own for other in reading.step.inside) > _MANY


def suspects_of(reading: Reading, bad: Sequence[Contradiction]) -> list[Suspect]:
    """The cells behind that contradictions rest on: those contradicted first, then those on which most rest.

    After them the copies of one formula together; last the copies of what a claim that holds rests on.
    """
    graph = reading.view.graph
    counted: dict[Cell, int] = {}
    for one in bad:
        for cell in reading.below(one.cell) & reading.behind:
            counted[cell] = counted.get(cell, 0) + 1
    own = {one.cell for one in bad}
    held = reading.below(*(claim.slope or claim.update.cell for claim in reading.claims if claim.holds))
    right = {likeness(graph, cell) for cell in held & reading.behind if cell not in own}
    single = sorted(counted, key=lambda cell: (cell not in own, -counted[cell], -graph.rank[cell]))
    filled = list(islice((contradicted_first(own, fill) for fill in fills(graph, single)), MOST_FILLS))
    whole = {cell for fill in filled for cell in fill if is_entry(graph, cell)}
    suspects = [*((cell,) for cell in single[:_MOST_SUSPECTS] if cell not in whole), *filled]
    return sorted(suspects, key=lambda suspect: len(suspect) == 1 and likeness(graph, suspect[0]) in right)


def contradicted_first(own: Container[Cell], fill: Suspect) -> Suspect:
    """Copies of a formula, one that is contradicted first."""
    return tuple(sorted(fill, key=lambda cell: (cell not in own, cell.row, cell.column)))


def areas_read(reading: Reading) -> list[Area]:
    """The areas that the formulas of a step read; its arrays, and what is beside those, which a slip leaves unread."""
    graph, cells = reading.view.graph, reading.step.inside
    read = list(dict.fromkeys(area for cell in cells for _, area in areas(graph, cell)))
    entries = (own for own in fills(graph, cells) if is_entry(graph, own[0]))
    arrays = (Area(min(own), max(own)) for own in entries)
    beside = (Area(_beside(area.first, way), _beside(area.last, way)) for area in read for way in _WAYS)
    full = (area for area in beside if all(cell in graph.formulas or graph.stored(cell) is not None
                                           for cell in area.cells))
    return list(dict.fromkeys((*read, *arrays, *full)))[:_MOST_AREAS]


def _beside(cell: Cell, way: tuple[int, int]) -> Cell:
    return Cell(cell.sheet, cell.row + way[0], cell.column + way[1])


def others_of(reading: Reading) -> list[Cell]:
    """The cells that a wrong reference may have been meant to be: whatever the step computes or reads."""
    found: dict[Cell, None] = dict.fromkeys(reading.step.starts)
    for cell in reading.step.inside:
        found[cell] = None
        for read in reading.view.graph.formulas[cell].reads:
            found[read] = None
    origins = {reading.view.graph.origin(cell) for cell in found}
    return [cell for cell in found if reading.view.graph.origin(cell) == cell
            or reading.view.graph.origin(cell) not in origins]


def nearest(cell: Cell, others: Sequence[Cell], most: int) -> list[Cell]:
    """The nearest cells to one, those in its own row or column before the rest."""
    def far(other: Cell) -> tuple[bool, int]:
        rows, columns = abs(other.row - cell.row), abs(other.column - cell.column)
        return other.sheet != cell.sheet, min(rows, columns) * 50 + rows + columns

    return sorted(others, key=far)[:most]


def on_the_way(reading: Reading, suspect: Suspect, bad: Sequence[Contradiction]) -> list[Cell]:
    """The cells that are computed from a suspect, and that contradicted cells are computed from, in order."""
    wanted = reading.below(*(one.cell for one in bad))
    return [cell for cell in computed_from(reading, suspect) if cell in wanted]


def computed_from(reading: Reading, cells: Suspect) -> list[Cell]:
    """The cells of the step that are computed from some, in order, these apart."""
    users, inside = reading.view.graph.users, frozenset(reading.step.inside)
    found = reached(cells, lambda cell: inside.intersection(users.get(cell, ())))
    return reading.view.graph.in_order(set(found).difference(cells))
