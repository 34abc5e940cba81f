"""A part of the graph of cells seen at some points: values of its cells, and slopes backwards.

A point gives a value to every cell that holds a number. The typed numbers say nothing about a formula (0 hides a wrong
factor), so formulas are looked at where each of these cells holds a number of its own; a proof is sought afterwards.
"""

import math
import random
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property, lru_cache
from types import MappingProxyType

from msgspec import Struct, field
from msgspec.structs import replace

from sheets.auditing.training.formula import Formula
from sheets.auditing.training.graph import Graph
from sheets.auditing.work import Work
from sheets.references import Cell

POINTS = 4
_SAME = 1e-7
_APART = 1e-6
_NEGLIGIBLE = 1e-14
_STEP = 1e-5
MOST_WORK = 8_000_000


@lru_cache(maxsize=100_000)
def numbers_at(cell: Cell, point: int) -> float:
    """A number for a cell at a point, like no other cell's: positive at first, of either sign at the last point."""
    drawn = random.Random(f"{cell.sheet}!{cell.row},{cell.column}@{point}").uniform(0.15, 0.95)
    return -drawn if point >= POINTS - 1 and int(drawn * 1e6) % 2 else drawn


class View(Struct, frozen=True, dict=True):
    """A part of the graph seen at some points: `sources` are taken as given, whatever they are computed from.

    `left` is what the step before computed what a step starts from in, its momentum for one, by each start; `first` the
    numbers of given cells at the first point, where these are to be some; `work` what may still be spent on it. What
    is rounded is seen as what it rounds, unless the view `is_rounded`, as stored values are.
    """

    graph: Graph
    sources: frozenset[Cell]
    kept: frozenset[Cell] = frozenset()
    points: int = POINTS
    left: Mapping[Cell, frozenset[Cell]] = MappingProxyType({})
    is_rounded: bool = False
    first: Mapping[Cell, float] = MappingProxyType({})
    work: Work = field(default_factory=lambda: Work(MOST_WORK))

    @cached_property
    def _known(self) -> dict[Cell, tuple[float, ...]]:
        return {}

    @cached_property
    def _below(self) -> dict[tuple[Cell, frozenset[Cell]], frozenset[Cell]]:
        return {}

    def below(self, cell: Cell, stop: frozenset[Cell]) -> frozenset[Cell]:
        """The cells that a cell is computed from, as the graph says."""
        if (cell, stop) not in self._below:
            self._below[cell, stop] = self.graph.below((cell,), stop)
        return self._below[cell, stop]

    def values(self, cell: Cell) -> tuple[float, ...]:
        """The value of a cell at each point; nan where a spreadsheet shows an error."""
        known = self._known.get(cell)
        return self._computed(cell) if known is None else known

    def is_given(self, cell: Cell) -> bool:
        """Whether a cell is taken as given: typed, a source, or not understood."""
        formula = self.graph.formulas.get(cell)
        return formula is None or formula.meaning is None or cell in self.sources or cell in self.graph.circular

    def _computed(self, cell: Cell) -> tuple[float, ...]:
        waiting = [cell]
        while waiting:
            last = waiting.pop()
            formula = self.graph.formulas.get(last)
            if last in self._known:
                continue
            if formula is None or formula.meaning is None or self.is_given(last):
                self._known[last] = self._given(last)
            elif missing := [read for read in formula.reads if read not in self._known]:
                waiting += last, *missing
            else:
                value = formula.meaning.value if self.is_rounded else formula.meaning.exact
                self._known[last] = tuple(map(value, self._rows(formula.reads)))
        return self._known[cell]

    def _given(self, cell: Cell) -> tuple[float, ...]:
        stored = self.graph.stored(cell) if cell in self.kept else None
        drawn = [numbers_at(cell, point) if stored is None else stored for point in range(self.points)]
        return (self.first.get(cell, drawn[0]), *drawn[1:])

    def _rows(self, cells: Sequence[Cell]) -> list[tuple[float, ...]]:
        """The values of some cells, point by point."""
        return list(zip(*map(self.values, cells), strict=True)) if cells else [()] * self.points

    def slopes(self, cell: Cell, by: Cell) -> tuple[float, ...]:
        """The derivative of a computed cell by one that its formula reads, at each point."""
        formula = self.graph.formulas[cell]
        assert formula.meaning is not None
        return self.slope_at(formula, [place for place, read in enumerate(formula.reads) if read == by])

    def slope_at(self, formula: Formula, places: Sequence[int]) -> tuple[float, ...]:
        """The derivative of a formula by its places together, at each point; what it reads is computed."""
        assert formula.meaning is not None
        if self.points == 1 and not all(map(formula.meaning.is_derived, places)):
            return (self._quotient(formula, places),)
        computed = [formula.meaning.slope(place)[1] for place in places]
        return tuple(sum(slope(row) for slope in computed) for row in self._rows(formula.reads))

    def _quotient(self, formula: Formula, places: Sequence[int]) -> float:
        """A difference quotient at the first point: a formula that is looked at once is not worth its derivative."""
        assert formula.meaning is not None
        row = [self.values(read)[0] for read in formula.reads]
        near = [[value + h if place in places else value for place, value in enumerate(row)] for h in (_STEP, -_STEP)]
        above, below = map(formula.meaning.exact, near)
        return (above - below) / (2 * _STEP)

    def mended(self, graph: Graph, cells: Iterable[Cell], points: int) -> "View":
        """The view of a part of the graph in which the formulas of some cells are others, at some of the points."""
        view = replace(self, graph=graph, points=points)
        changed = set(cells)
        for cell in graph.order:
            if cell not in changed and not changed.isdisjoint(graph.formulas[cell].reads):
                changed.add(cell)
        view._known.update((cell, known[:points]) for cell, known in self._known.items() if cell not in changed)
        return view

    def adjoints(
        self, seeds: Mapping[Cell, Sequence[float]], towards: frozenset[Cell]
    ) -> dict[Cell, tuple[float, ...]]:
        """The derivative of what the seeds stand for by every cell among `towards`, at each point."""
        found: dict[Cell, list[float]] = {cell: list(seed) for cell, seed in seeds.items()}
        for cell in reversed(self.graph.in_order(towards)):
            if cell not in found or self.is_given(cell):
                continue
            formula = self.graph.formulas[cell]
            self.values(cell)
            for place, read in enumerate(formula.reads):
                if read in towards:
                    total = found.setdefault(read, [0.0] * self.points)
                    for point, slope in enumerate(self.slope_at(formula, (place,))):
                        total[point] += found[cell][point] * slope
        return {cell: tuple(total) for cell, total in found.items()}


def alike(left: Sequence[float], right: Sequence[float]) -> bool:
    """Whether two rows of values agree wherever both are finite, at two points at least."""
    compared = 0
    for a, b in zip(left, right, strict=True):
        if math.isfinite(a) and math.isfinite(b):
            if abs(a - b) > _SAME * max(abs(a), abs(b)):
                return False
            compared += 1
    return compared >= 2


def ratio(left: Sequence[float], right: Sequence[float]) -> float | None:
    """The number by which the right values are to be multiplied to give the left ones; None where none does."""
    (a, c, *_), (b, d, *_) = left, right  # most rows differ at the first two points, which is soon seen
    if abs(a * d - b * c) > _APART * abs(a * d) and min(abs(b), abs(d)) > _NEGLIGIBLE * max(map(abs, right)):
        return None
    found, compared = 0.0, 0
    no_left, no_right = (_NEGLIGIBLE * max(map(abs, filter(math.isfinite, row)), default=0.0) for row in (left, right))
    for a, b in zip(left, right, strict=True):
        if math.isfinite(a) and math.isfinite(b):
            if abs(b) <= no_right:  # what cancels out is 0, or nearly so
                if abs(a) > no_left:
                    return None
                continue
            if not compared:
                found = a / b
            elif abs(a / b - found) > _SAME * abs(found):
                return None
            compared += 1
    return found if compared >= 2 and found != 0 else None


def close(a: float, b: float) -> bool:
    """Whether two numbers agree at a glance, or one of them is none."""
    return abs(a - b) <= 1e-6 * max(abs(a), abs(b)) or not (math.isfinite(a) and math.isfinite(b))
