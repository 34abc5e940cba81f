"""Which cells of a step hold one formula, filled down or across, or an array's; and the areas that formulas read.

A slip that is filled down is one slip: its cells are mended together.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from sheets.auditing.training.graph import Graph
from sheets.references import Area, Cell, Reference, read_pattern, with_references

_MOST_CELLS = 400
_ENTRY = "=INDEX("


def fills(graph: Graph, cells: Iterable[Cell]) -> Iterator[tuple[Cell, ...]]:
    """The cells among some that hold copies of one formula, or the entries of one array, where there are several."""
    together: dict[object, list[Cell]] = {}
    for cell in cells:
        together.setdefault(likeness(graph, cell), []).append(cell)
    return (tuple(same) for same in together.values() if 1 < len(same) <= _MOST_CELLS)


def likeness(graph: Graph, cell: Cell, text: str = "") -> object:
    """What cells have in common that are copies of one formula, or entries of one array; `text` may be what is meant.
    """
    pattern = read_pattern(text, cell.row, cell.column) if text else graph.pattern(cell)
    if pattern.literals[0].startswith(_ENTRY):
        return cell.sheet, whole(pattern.at(cell.row, cell.column))
    return cell.sheet, pattern


def is_entry(graph: Graph, cell: Cell) -> bool:
    """Whether a cell holds an entry of an array, whose formula is that of all of them."""
    return graph.pattern(cell).literals[0].startswith(_ENTRY)


def whole(text: str) -> str:
    """The formula of an array, by that of one of its entries."""
    return f"={text.removeprefix(_ENTRY).rsplit(',', 2)[0]}" if text.startswith(_ENTRY) else text


def areas(graph: Graph, cell: Cell) -> Iterator[tuple[int, Area]]:
    """The areas that a formula reads, each with the place of its first cell among what the formula reads."""
    reads, place = graph.formulas[cell].reads, 0
    for area in graph.pattern(cell).areas(cell.sheet, cell.row, cell.column):
        if reads[place : place + area.size] != area.cells:
            return  # a defined name stands between
        if area.is_range:
            yield place, area
        place += area.size


def respanned(text: str, home: str, old: Area, new: Area, only: int | None = None) -> str:
    """A formula that reads another area wherever it reads one, or in one of these places alone."""
    return reread(text, home, {old.first: new.first, old.last: new.last}, only)


def reread(text: str, home: str, others: Mapping[Cell, Cell], only: int | None = None) -> str:
    """A formula that reads other cells of the same sheets in place of some, or where these are read for the nth time.
    """
    met: Counter[Cell] = Counter()

    def written(reference: Reference) -> str:
        cell = reference.cell(home)
        there = others.get(cell, cell) if only in (None, met[cell]) else cell
        met[cell] += 1
        return reference.at(there.row, there.column)

    return with_references(text, written)


def as_written(text: str, home: str) -> Mapping[Cell, str]:
    """The cells that a formula names, each with the address by which it does, fixed or not."""
    found: dict[Cell, str] = {}

    def noted(reference: Reference) -> str:
        return found.setdefault(reference.cell(home), reference.at(reference.row, reference.column))

    with_references(text, noted)
    return found
