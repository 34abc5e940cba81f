"""Numbers typed where formulas belong: told by whose values they are, and read as these formulas.

A training some of whose outputs are typed is none that the graph of the cells shows: no update acts on what it starts
from. A number is known by the copies of a formula beside it; or it stands beside a balance that nothing else reads, the
next weights are less by it, and it is what one function makes of the balance.
"""

import math
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from itertools import pairwise, product

from msgspec import Struct
from msgspec.structs import replace

from sheets.auditing.book import Book
from sheets.auditing.digits import digits, half_unit
from sheets.auditing.findings import TYPED, Finding
from sheets.auditing.training import labels
from sheets.auditing.training.graph import Graph
from sheets.auditing.training.updates import Update, added_to, stated
from sheets.auditing.training.view import View
from sheets.references import Cell, Pattern, read_pattern

_MOST_AWAY = 12
_MOST_LINES = 4
_MOST_READS = 200
_LEAST = 3
_ENOUGH_DIGITS = 8
_MOST_LOST = 0.05
_SAME = 1e-9
_NEAR = sorted(((down, right) for down in range(-_MOST_AWAY, _MOST_AWAY + 1)
                for right in range(-_MOST_AWAY, _MOST_AWAY + 1)), key=lambda way: way[0] ** 2 + way[1] ** 2)


class Typed(Struct, frozen=True):
    """A typed number, the formula that belongs there, and whether the number is its value."""

    cell: Cell
    formula: str
    agrees: bool


def typed_numbers(graph: Graph) -> tuple[Typed, ...]:
    """The typed numbers of a workbook whose formulas are known."""
    reads = {read for formula in graph.formulas.values() for read in formula.reads}
    values = View(graph, frozenset(), frozenset(reads - graph.formulas.keys()), points=1, is_rounded=True)
    found = {one.cell: one for one in (*_copies(graph, values), *_outputs(graph, values))}
    return tuple(found.values())


def completed(book: Book, typed: Iterable[Typed]) -> Book:
    """A workbook with formulas where their numbers are typed."""
    by_sheet: dict[str, dict[tuple[int, int], str]] = {}
    for one in typed:
        by_sheet.setdefault(one.cell.sheet, {})[one.cell.row, one.cell.column] = one.formula
    return replace(book, sheets=tuple(sheet.with_formulas(by_sheet.get(sheet.name, {})) for sheet in book.sheets))


def told_of(graph: Graph, typed: Iterable[Typed]) -> Iterator[Finding]:
    """What is said of typed numbers, those of one formula together: fragile where they are right."""
    together: dict[object, list[Typed]] = {}
    for one in typed:
        key = one.cell.sheet, read_pattern(one.formula, one.cell.row, one.cell.column), one.agrees
        together.setdefault(key, []).append(one)
    for same in together.values():
        first = min(same, key=lambda one: (one.cell.row, one.cell.column))
        slip = TYPED if first.agrees else f"{TYPED}, and are not what these give"
        yield Finding("fill", labels.quantity(graph, first.cell), ", ".join(one.cell.address for one in same),
                      f"{graph.stored(first.cell):.15g}", first.formula, slip,
                      "fragile" if first.agrees else "wrong", first.cell.sheet)


def _copies(graph: Graph, values: View) -> Iterator[Typed]:
    """The values of formulas whose copies stand in line, to so many digits that this is no chance.

    A number that comes again and again, a mark or a target, counts once. What stands between such values and copies is
    meant to be one.
    """
    together: dict[Pattern, list[Cell]] = {}
    for cell in graph.order:
        together.setdefault(graph.pattern(cell), []).append(cell)
    for pattern, homes in together.items():
        found: dict[Cell, Typed] = {}
        lines = [*_lines(graph, homes)]
        for home, line in product(homes, lines):
            for cell in _typed_along(graph, home, line):
                value = None if cell in found else _value_of_copy(graph, values, home, pattern, cell)
                if value is not None:
                    agrees = _is_rounded(graph.stored(cell) or 0.0, value)
                    found[cell] = Typed(cell, pattern.at(cell.row, cell.column), agrees)
        agreeing = {cell for cell, one in found.items() if one.agrees}
        if sum(map(digits, {graph.stored(cell) or 0.0 for cell in agreeing})) >= _ENOUGH_DIGITS:
            known = agreeing.union(homes)
            yield from (one for cell, one in found.items() if one.agrees or any(
                _along(graph, cell, line) in known and _along(graph, cell, line, -1) in known for line in lines))


def _lines(graph: Graph, homes: Sequence[Cell]) -> Iterator[tuple[int, int, int]]:
    """The ways in sheets, rows and columns from a copy of a formula to the next: beside it, or from block to block."""
    yield from ((0, 1, 0), (0, 0, 1))
    places = {sheet.name: place for place, sheet in enumerate(graph.book.sheets)}
    apart = {(places[b.sheet] - places[a.sheet], b.row - a.row, b.column - a.column)
             for a, b in pairwise(sorted(homes, key=lambda cell: (places[cell.sheet], cell.column, cell.row)))}
    apart |= {(places[b.sheet] - places[a.sheet], b.row - a.row, b.column - a.column)
              for a, b in pairwise(sorted(homes, key=lambda cell: (places[cell.sheet], cell.row, cell.column)))}
    straight = sorted(way for way in apart if min(way) >= 0 and sum(part > 0 for part in way) == 1)
    yield from [way for way in straight if way not in ((0, 1, 0), (0, 0, 1))][:_MOST_LINES]


def _along(graph: Graph, cell: Cell, line: tuple[int, int, int], times: int = 1) -> Cell | None:
    """The cell so many times further on a way; None beyond the sheets."""
    if not line[0]:
        return Cell(cell.sheet, cell.row + times * line[1], cell.column + times * line[2])
    names = [sheet.name for sheet in graph.book.sheets]
    place = names.index(cell.sheet) + times * line[0]
    return Cell(names[place], cell.row + times * line[1], cell.column + times * line[2]) if (
        0 <= place < len(names)) else None


def _typed_along(graph: Graph, home: Cell, line: tuple[int, int, int]) -> Iterator[Cell]:
    """The numbers that are typed on a way from a formula, in both directions, one after the other."""
    for turned in (1, -1):
        for away in range(1, _MOST_AWAY + 1):
            cell = _along(graph, home, line, turned * away)
            if cell is None or cell in graph.formulas or graph.book.number(cell) is None:
                break
            yield cell


def _value_of_copy(graph: Graph, values: View, home: Cell, pattern: Pattern, cell: Cell) -> float | None:
    """The value of a formula copied into another cell; None where that reads anything but numbers, or goes astray."""
    formula = graph.formulas[home]
    areas = [*pattern.areas(cell.sheet, cell.row, cell.column)]
    if formula.meaning is None or len(formula.reads) > _MOST_READS or any(
            min(area.first.row, area.first.column) < 1 for area in areas):
        return None
    reads = [read for area in areas for read in area.cells]
    if len(reads) != len(formula.reads) or cell in reads or any(
            read not in graph.formulas and graph.stored(read) is None for read in reads):
        return None
    return formula.meaning.value([values.values(read)[0] if read in graph.formulas else graph.stored(read) or 0.0
                                  for read in reads])


def _is_rounded(number: float, value: float) -> bool:
    """Whether a number is a value, to the digits that it is written with, where these are enough to tell."""
    half = half_unit(number)
    slack = half if half <= _MOST_LOST * abs(number) else 0.0
    return math.isfinite(value) and abs(number - value) <= slack + _SAME * abs(value)


Output = Callable[[float, float, float], float]
_OUTPUTS: tuple[tuple[str, bool, Output], ...] = (
    ("=IF({net}>0,{high:g},{low:g})", True, lambda net, low, high: high if net > 0 else low),
    ("=IF({net}>=0,{high:g},{low:g})", True, lambda net, low, high: high if net >= 0 else low),
    ("=1/(1+EXP(-{net}))", False, lambda net, low, high: 1 / (1 + math.exp(min(-net, 700)))),
    ("=TANH({net})", False, lambda net, low, high: math.tanh(net)),
    ("={net}", False, lambda net, low, high: net),
)
"""What an output is of its balance: the formula, whether it has two values alone, and its value."""


def _outputs(graph: Graph, values: View) -> Iterator[Typed]:
    """What one function makes of the balances beside, where the next weights are less by it."""
    for nets in _beside_balances(graph):
        numbers = {cell: graph.stored(cell) or 0.0 for cell in nets}
        low, high = min(numbers.values()), max(numbers.values())
        best: list[Typed] = []
        for text, is_step, output in _OUTPUTS:
            if is_step != (set(numbers.values()) == {low, high} and low < high):
                continue
            found = [Typed(cell, text.format(net=net.address, low=low, high=high),
                           _is_rounded(numbers[cell], output(values.values(net)[0], low, high)))
                     for cell, net in nets.items()]
            best = max(best, found, key=lambda typed: sum(one.agrees for one in typed))
        agreeing = sum(one.agrees for one in best)
        if agreeing >= _LEAST and 2 * agreeing > len(best):
            yield from best


def _beside_balances(graph: Graph) -> Iterator[Mapping[Cell, Cell]]:
    """Typed numbers with the balances beside them, in groups that stand alike."""
    updates = _repeated(graph)
    if not updates:
        return
    balances = {cell for cell in graph.order if cell not in graph.users and len(graph.formulas[cell].reads) > 1}
    ends = frozenset(update.cell for update in updates)
    found: dict[object, dict[Cell, tuple[Cell, Update]]] = {}
    for update in updates:
        start, below = graph.origin(update.start), graph.below(added_to(graph, update), stop=ends)
        for cell in below if start not in below else ():  # else nothing cuts it off
            is_typed = cell not in graph.formulas and graph.stored(cell) is not None
            net = _nearest_on(graph, cell, balances, start, ends) if is_typed else None
            if net is not None:
                key = net.row - cell.row, net.column - cell.column, graph.formulas[net].meaning
                found.setdefault(key, {})[cell] = net, update
    for group in found.values():
        cell, (net, update) = next(iter(group.items()))
        if _slope(graph, update.cell, cell, ends) * _slope(graph, net, graph.origin(update.start), ends) < 0:
            yield {cell: net for cell, (net, _) in group.items()}


def _repeated(graph: Graph) -> list[Update]:
    """What has the form of an update, and goes on from one like it or to one."""
    known = [*stated(graph)]
    ways = [(graph.formulas[update.cell].meaning, graph.origin(update.start), update.cell) for update in known]
    starts, cells = {(form, start) for form, start, _ in ways}, {(form, cell) for form, _, cell in ways}
    return [update for update, (form, start, cell) in zip(known, ways, strict=True)
            if (form, cell) in starts or (form, start) in cells]


def _nearest_on(graph: Graph, cell: Cell, balances: Container[Cell], start: Cell, ends: frozenset[Cell]) -> Cell | None:
    """The nearest balance to a cell that rests on a start, and not on the cell."""
    for down, right in _NEAR:
        net = Cell(cell.sheet, cell.row + down, cell.column + right)
        if net in balances:
            rests_on = graph.below((net,), stop=ends - {net})
            if start in rests_on and cell not in rests_on:
                return net
    return None


def _slope(graph: Graph, cell: Cell, by: Cell, ends: frozenset[Cell]) -> float:
    """The slope of a cell by one below it, at some numbers."""
    towards = graph.below((cell,), stop=ends - {cell})
    view = View(graph, ends - {cell}, points=1)
    return view.adjoints({cell: (1.0,)}, towards).get(by, (0.0,))[0]
