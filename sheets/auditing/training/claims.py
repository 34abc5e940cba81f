"""What the updates of a step claim: that what each takes off is a rate times the slope of the objective.

An update has a slope in a cell of its own, or within its formula. The rate is whatever else it is multiplied with.
"""

import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache, cached_property, partial
from types import MappingProxyType

import sympy as sp
from msgspec import Struct
from msgspec.structs import replace

from sheets.auditing.deciding import SIGNED
from sheets.auditing.training import labels
from sheets.auditing.training.objective import Objective, of
from sheets.auditing.training.updates import Step, Update
from sheets.auditing.training.view import POINTS, View, ratio
from sheets.references import Cell

_MOST_RATES = 12
_NEARLY = 1e-6
_STRAIGHT = 1e-5
Row = tuple[float, ...]


class Rate(Struct, frozen=True):
    """What a slope is multiplied with: a number, times a cell, over another cell."""

    number: float
    cell: Cell | None = None
    over: Cell | None = None

    def values(self, view: View) -> Row:
        """The rate at each point."""
        row = (self.number,) * POINTS
        if self.cell is not None:
            row = times(row, view.values(self.cell))
        return row if self.over is None else divided(row, view.values(self.over))


class Claim(Struct, frozen=True):
    """An update's claim: it adds `rate` times the slope, which stands `scale` times in the cell `slope`, if in one.

    `rate` is None where what is added is no rate times the slope, `scale` where the cell does not hold it.
    """

    update: Update
    slope: Cell | None
    scale: float | None
    rate: Rate | None

    @property
    def holds(self) -> bool:
        """Whether the update steps along the slope."""
        return self.scale is not None and self.rate is not None


def times(left: Sequence[float], right: Sequence[float]) -> Row:
    """Products, point by point."""
    return tuple(a * b for a, b in zip(left, right, strict=True))


def divided(left: Sequence[float], right: Sequence[float]) -> Row:
    """Quotients, point by point; nan for those by 0."""
    return tuple(a / b if b else float("nan") for a, b in zip(left, right, strict=True))


def minus(left: Sequence[float], right: Sequence[float]) -> Row:
    """Differences, point by point."""
    return tuple(a - b for a, b in zip(left, right, strict=True))


def _first_two(row: Row, over: Row | None = None) -> float:
    """The first number of a row, or of the quotients of two, over the second; nan where there is no such number."""
    first, second = (row if over is None else divided(row, over))[:2]
    return first / second if second and math.isfinite(first) and math.isfinite(second) else math.nan


class Reading(Struct, frozen=True, dict=True):
    """A step seen at some points, with an objective.

    `limits` are the cells that limit its slopes, read as if they did not, with the places that they read then.
    """

    view: View
    step: Step
    objective: Objective
    limits: Mapping[Cell, tuple[int, ...]] = MappingProxyType({})

    @cached_property
    def forward(self) -> frozenset[Cell]:
        """The cells of the step that the objective is computed from, itself among them."""
        inside = frozenset(self.step.inside)
        return self.below(*self.objective.seeds) & (inside | self.step.starts)

    @cached_property
    def read_forward(self) -> frozenset[Cell]:
        """The cells that the forward pass reads: inputs and targets, not what the step before started with."""
        formulas = self.view.graph.formulas
        return frozenset(read for cell in self.forward - self.step.starts for read in formulas[cell].reads)

    @cached_property
    def needed(self) -> frozenset[Cell]:
        """The computed cells that the step rests on."""
        ends = (update.cell for update in self.step.updates)  # of which one may be inside of a later step, too
        below = self.view.graph.below((*self.step.inside, *ends, *self.objective.seeds), stop=self.view.sources)
        return frozenset(cell for cell in below if cell in self.view.graph.formulas)

    @cached_property
    def fixed(self) -> Mapping[Cell, float]:
        """The numbers of given cells that stay what they are: the marks of a class, and that by which a unit bends."""
        view, formulas = self.view, self.view.graph.formulas
        bent = self.forward & formulas.keys()
        bends = {cell for unit in bent for cell in formulas[unit].bends if view.is_given(cell)}
        return {cell: number for cell in view.kept | bends if (number := view.graph.stored(cell)) is not None}

    @cached_property
    def adjoints(self) -> dict[Cell, Row]:
        """The slope of the objective by every cell that it is computed from, at each point."""
        return self.view.adjoints(self.objective.seeds, self.forward | self.step.starts)

    def below(self, *cells: Cell) -> frozenset[Cell]:
        """The cells that some cells are computed from within the step, themselves among them."""
        return self.view.graph.below(cells, stop=self.step.starts)

    @cached_property
    def called(self) -> Callable[[Cell], str]:
        """What each cell is called: by its address and the text beside it."""
        return cache(partial(labels.called, self.view.graph))

    def role(self, cell: Cell) -> object:
        """What cells have in common that are taken for each other: a formula, or that the step starts from them."""
        formula = self.view.graph.formulas.get(cell)
        return "start" if cell in self.step.starts else "given" if formula is None else formula.meaning

    def hidden(self, update: Update) -> Cell | None:
        """A cell that is not understood, or goes in a circle, between what an update starts from and what it gives."""
        own, start = self.below(update.cell), self.view.graph.origin(update.start)
        for cell in self.step.inside:
            if self.view.is_given(cell) and cell not in self.step.starts and (
                    cell in own or start in self.below(cell)):
                return cell
        return None

    def slope_by(self, update: Update) -> tuple[Row, ...]:
        """The slopes that an update may claim: by the quantity, or by the copy of it that the update starts from."""
        origin = self.view.graph.origin(update.start)
        found = [self.adjoints[cell] for cell in dict.fromkeys((origin, update.start)) if cell in self.adjoints]
        return tuple(row for row in found if any(row))

    def is_multiplier(self, update: Update) -> bool:
        """Whether the objective is linear in what an update starts from: it steps up where the others step down."""
        graph, start = self.view.graph, self.view.graph.origin(update.start)
        forward = graph.in_order(self.forward - self.step.starts)
        meanings = [graph.formulas[cell].meaning for cell in forward if start in self.below(cell)]
        if self.objective.cell is None or any(meaning is None or meaning.plain.has(*SIGNED) for meaning in meanings):
            return False
        near, far = (replace(self, view=replace(self.view, points=1, first={start: there})).slope_by(update)
                     for there in (1.0, 2.0))
        return bool(near) and bool(far) and math.isclose(near[0][0], far[0][0], rel_tol=_STRAIGHT)

    def taken(self, update: Update) -> Row:
        """What an update adds, at each point."""
        return minus(self.view.values(update.cell), self.view.values(update.start))

    def stands_still(self, update: Update) -> bool:
        """Whether an update adds nothing, and the objective is not computed from it: a word that is not looked up."""
        return not any(self.taken(update)) and not self.slope_by(update)

    def rates(self, cells: Iterable[Cell]) -> tuple[Cell, ...]:
        """The given cells that some cells of the step read: what may be a rate, last what the forward pass reads."""
        inside = frozenset(self.step.inside)
        found: dict[Cell, None] = {}
        for cell in cells:
            for read in self.view.graph.formulas[cell].reads if cell in self.view.graph.formulas else ():
                if read not in inside and read not in self.step.starts and self.view.values(read)[0]:
                    found[read] = None
        return tuple(sorted(found, key=self.read_forward.__contains__))[:_MOST_RATES]

    def may_pace(self, cell: Cell) -> bool:
        """Whether a cell may be in a rate: no input or target is, but a factor of all of the objective, as 1/n is."""
        if cell not in self._paces:
            self._paces[cell] = cell not in self.read_forward | self._compared or self._is_factor(cell)
        return self._paces[cell]

    @cached_property
    def _paces(self) -> dict[Cell, bool]:
        return {}

    @cached_property
    def _compared(self) -> frozenset[Cell]:
        """What the terms of an objective that no cell holds are made of."""
        known = frozenset[sp.Symbol]().union(*(term.free_symbols for _, term in self.objective.terms))
        reads = {read for cell in self.step.inside for read in self.view.graph.formulas[cell].reads if known}
        return frozenset(read for read in reads if of(read) in known)

    def _is_factor(self, cell: Cell) -> bool:
        """Whether the objective is a power of what a cell holds, times what does not depend on it."""
        if self.objective.terms:
            return False
        view, users = self.view, self.forward.intersection(self.view.graph.users[cell])
        try:
            rows = [times(self.adjoints[user], view.slopes(user, cell)) for user in users if user in self.adjoints]
        except TypeError:  # it has no slope by a number that is only asked for
            return False
        by = tuple(map(sum, zip(*rows, strict=True)))
        whole = tuple(map(sum, zip(*map(view.values, self.objective.seeds), strict=True)))
        return bool(by) and ratio(times(by, view.values(cell)), whole) is not None

    def rate_of(self, row: Row, slope: Row, cells: Sequence[Cell]) -> Rate | None:
        """The rate by which a slope gives a row, made of a number and at most two of some cells."""
        number = ratio(row, slope)
        if number is not None:
            return Rate(number)
        if any(not b and a for a, b in zip(row, slope, strict=True)):
            return None  # where there is no slope, no rate gives a step
        per_slope = divided(row, slope)
        for cell, over in self._made_alike(per_slope, tuple(cells)):
            wanted = per_slope if over is None else times(per_slope, self.view.values(over))
            number = ratio(wanted, self.view.values(cell))
            if number is not None:
                return Rate(number, cell, over)
        return None

    def _made_alike(self, row: Row, cells: tuple[Cell, ...]) -> Iterator[tuple[Cell, Cell | None]]:
        """The cells, and the quotients of two, that are to each other at the first two points as a row is; in order."""
        if cells not in self._quotients:
            value = self.view.values
            self._quotients[cells] = [(cell, over, _first_two(value(cell), value(over) if over else None))
                                      for beside in ((None,), cells) for cell in cells for over in beside
                                      if over != cell]
        sought = _first_two(row)
        near = _NEARLY * abs(sought)
        return ((cell, over) for cell, over, quotient in self._quotients[cells] if not abs(quotient - sought) > near)

    @cached_property
    def _quotients(self) -> dict[tuple[Cell, ...], list[tuple[Cell, Cell | None, float]]]:
        return {}

    @cached_property
    def behind(self) -> frozenset[Cell]:
        """The cells of the step beside its forward pass: what the slopes and the updates are computed in."""
        return frozenset(self.step.inside) - self.forward

    @cached_property
    def given_by_step(self) -> Mapping[Cell, Cell]:
        """The start of each new value of the step, by its cell and by the copies that the step reads."""
        graph = self.view.graph
        starts = {update.cell: update.start for update in self.step.updates}
        reads = {read for cell in self.step.inside for read in graph.formulas[cell].reads}
        return starts | {read: starts[new] for read in reads if (new := graph.origin(read)) in starts}

    def own(self, update: Update) -> tuple[Cell, ...]:
        """The cells behind that an update is computed from, the nearest first, its own cell apart."""
        below = self.view.below(update.cell, self.step.starts) & self.behind
        return tuple(reversed(self.view.graph.in_order(below - {update.cell})))

    def left_by_others(self, update: Update) -> frozenset[Cell]:
        """What the step before left for other updates alone, their momentum for one, which is not this one's."""
        left = self.view.left
        own = left.get(update.start, frozenset())
        return frozenset[Cell]().union(*left.values()) - own if own else own

    @cached_property
    def claims(self) -> tuple[Claim, ...]:
        """The claim of each update, with what of it holds."""
        return tuple(map(self.claim, self.step.updates))

    def claim(self, update: Update) -> Claim:
        """The claim of an update, with what of it holds."""
        taken, own = self.taken(update), self.own(update)
        rates = [cell for cell in self.rates((update.cell, *own)) if self.may_pace(cell)]
        for slope in self.slope_by(update):
            held = [(cell, scale) for cell in own if (scale := ratio(self.view.values(cell), slope)) is not None]
            for cell, scale in held:
                rate = self.rate_of(taken, self.view.values(cell), rates)
                if rate is not None:
                    return Claim(update, cell, scale, rate)
            rate = self.rate_of(taken, slope, rates)
            if rate is not None:
                return Claim(update, None, 1.0, rate)
            if held:
                return Claim(update, *held[0], None)
        ends = {other.cell for other in self.step.updates}
        reads = dict.fromkeys(self.view.graph.formulas[update.cell].reads)
        read = [cell for cell in reads if cell in own and cell not in ends]
        for cell in read if len(read) == 1 and not self.is_crossed(read[0], update) else ():
            return Claim(update, cell, None, self.rate_of(taken, self.view.values(cell), self.rates((update.cell,))))
        return Claim(update, None, None, None)

    def is_crossed(self, cell: Cell, update: Update) -> bool:
        """Whether what an update takes is the slope of another, which takes that of this one."""
        return any(self.holds_slope(cell, other) and any(
            self.holds_slope(taken, update) for taken in self.view.graph.formulas[other.cell].reads
            if taken in self.behind) for other in self.step.updates if other != update)

    def holds_slope(self, cell: Cell, update: Update) -> bool:
        """Whether a cell holds the slope that an update may claim, but for a number."""
        return any(ratio(self.view.values(cell), slope) is not None for slope in self.slope_by(update))

    @cached_property
    def proved(self) -> int:
        """How many updates step along the objective's slope."""
        return sum(claim.scale is not None for claim in self.claims)


def usual(claims: Iterable[Claim]) -> tuple[Rate, float] | None:
    """The rate and the scale of most updates that hold; of as many those that go down, and by the slope as it is.

    None where none holds.
    """
    counted: Counter[tuple[float, Cell | None, Cell | None]] = Counter()
    first: dict[tuple[float, Cell | None, Cell | None], Counter[tuple[float, float]]] = {}
    for claim in claims:
        if claim.rate is not None and claim.scale is not None:
            key = round(claim.rate.number * claim.scale, 9), claim.rate.cell, claim.rate.over
            counted[key] += 1
            first.setdefault(key, Counter())[round(claim.rate.number, 9), round(claim.scale, 9)] += 1
    if not counted:
        return None
    key = max(counted, key=lambda one: (counted[one], one[0] < 0, any(abs(scale) == 1 for _, scale in first[one])))
    number, scale = first[key].most_common(1)[0][0]
    return Rate(number, key[1], key[2]), scale


def assumed(reading: Reading) -> tuple[Rate, float] | None:
    """The rate with which most updates take the cells that should hold their slopes, where none of these does.

    Where these are whole steps, or stand within the updates, it is the one given cell of which all are made, and which
    the forward pass does not read.
    """
    taken = {claim.slope: claim.rate for claim in reading.claims if claim.rate is not None and claim.slope is not None}
    if not taken and not any(claim.slope for claim in reading.claims):
        read = (frozenset(reading.rates((update.cell,))) for update in reading.step.updates)
        (*cells,) = frozenset.intersection(*read) - reading.read_forward
        return (Rate(-1.0, cells[0]), 1.0) if len(cells) == 1 else None
    if not taken:
        return None
    counted = Counter((round(rate.number, 9), rate.cell, rate.over) for rate in taken.values())
    number, cell, over = counted.most_common(1)[0][0]
    rates = frozenset.intersection(*(frozenset(reading.rates((slope,))) for slope in taken)) - reading.read_forward
    if cell is None and len(rates) == 1 < len(taken):
        (cell,) = rates
    return Rate(number, cell, over), 1.0 if number < 0 else -1.0


def steps_alike(claim: Claim, rate: Rate, scale: float) -> bool:
    """Whether a claim holds with the usual rate times the usual scale, wherever the numbers in these stand."""
    if claim.rate is None or claim.scale is None:
        return False
    given, wanted = claim.rate.number * claim.scale, rate.number * scale
    same = (claim.rate.cell, claim.rate.over) == (rate.cell, rate.over)
    return same and abs(given - wanted) <= 1e-7 * abs(wanted)
