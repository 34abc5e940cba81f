"""Slopes that are limited before they are taken: each to a bound, MAX(-c, MIN(c, g)), or all to a length.

A step is read as if nothing limited its slopes; that what limits them leaves small ones as they are, turns none and
lengthens none, is judged apart, by the numbers that stand in the cells.
"""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice, product

import sympy as sp
from msgspec import Struct
from msgspec.structs import replace

from sheets.auditing.findings import Finding, Severity
from sheets.auditing.training import labels
from sheets.auditing.training.claims import Reading
from sheets.auditing.training.contradictions import with_repair
from sheets.auditing.training.formula import Formula, Meaning, operand
from sheets.auditing.training.graph import Graph
from sheets.auditing.training.rates import of_update
from sheets.auditing.training.repairs import Repair
from sheets.auditing.training.updates import Update
from sheets.auditing.training.view import POINTS, numbers_at, ratio
from sheets.references import Cell

_MOST_READINGS = 24
_MOST_CASES = 8
_SAME = 1e-9
_NEAR = 1e-6
_SIZES = tuple(10.0 ** power for power in range(-9, 10))
_LENGTHS: tuple[Callable[[Sequence[float]], float], ...] = (
    lambda slopes: math.sqrt(sum(one * one for one in slopes)), lambda slopes: sum(map(abs, slopes)),
    lambda slopes: max(map(abs, slopes)))


def unlimited(reading: Reading) -> Iterator[Reading]:
    """A step with what limits its slopes taken to let them through, in every way in which it may."""
    graph = reading.view.graph
    ends = {update.cell for update in reading.step.updates}
    limited: dict[Meaning, list[Cell]] = {}
    for cell in graph.in_order(reading.behind | ends):
        formula = graph.formulas[cell]
        if formula.meaning is not None and _limit_in(reading, formula, formula.meaning.plain) is not None:
            limited.setdefault(formula.meaning, []).append(cell)
    ways = [[(cells, case) for case in _likely(reading, graph.formulas[cells[0]], meaning.plain)]
            for meaning, cells in limited.items()]
    for way in islice(product(*ways), _MOST_READINGS) if ways else ():
        places = {cell: _used(case) for cells, case in way for cell in cells}
        lifted = {cell: _narrowed(graph.formulas[cell], case) for cells, case in way for cell in cells}
        yield replace(with_repair(reading, Repair(lifted, "")), limits=places)


def _limit_in(reading: Reading, formula: Formula, expression: sp.Expr) -> sp.Expr | None:
    """The first part of a formula that may limit a slope: it compares with no 0, as the bend of a unit does."""
    for node in sp.preorder_traversal(expression):
        if isinstance(node, (sp.Max, sp.Min)) and not any(part.is_zero for part in node.args):
            return node
        if isinstance(node, sp.Piecewise):
            asked = {formula.reads[place] for _, test in node.args for place in _used(test)}
            if not asked.isdisjoint(reading.behind) and asked.isdisjoint(reading.forward | reading.step.starts):
                return node
    return None


def _likely(reading: Reading, formula: Formula, expression: sp.Expr) -> list[sp.Expr]:
    """The cases of a formula, those first in which it is computed from what a step acts on: the slope itself."""
    inside = frozenset(reading.step.inside)
    cases = list(islice(_cases(reading, formula, expression), _MOST_CASES))
    return sorted(cases, key=lambda case: inside.isdisjoint(formula.reads[place] for place in _used(case)))


def _cases(reading: Reading, formula: Formula, expression: sp.Expr) -> Iterator[sp.Expr]:
    """What a formula comes to in each of its cases."""
    node = _limit_in(reading, formula, expression)
    if node is None:
        yield expression
        return
    for part in node.args:
        value = part[0] if isinstance(node, sp.Piecewise) else part
        yield from _cases(reading, formula, expression.xreplace({node: value}))


def _used(expression: sp.Basic) -> tuple[int, ...]:
    """The places that an expression reads."""
    return tuple(sorted(int(symbol.name[1:]) for symbol in expression.free_symbols))


def _narrowed(formula: Formula, case: sp.Expr) -> Formula:
    """A formula in one of its cases, with the cells alone that it reads there."""
    places = _used(case)
    meaning = Meaning(case.xreplace({operand(place): operand(new) for new, place in enumerate(places)}), len(places))
    return Formula(meaning, tuple(formula.reads[place] for place in places))


class _Limited(Struct, frozen=True):
    """By how much each update is shortened where the slopes are of some size."""

    slopes: tuple[float, ...]
    size: float
    shares: tuple[float, ...]


def judge_limits(graph: Graph, reading: Reading) -> Iterator[Finding]:
    """What limits the slopes of a step, and does not do it as it should."""
    if not reading.limits:
        return
    claims = [claim for claim in reading.claims if claim.scale is not None]
    slopes = {claim.update: cell for claim in claims if (cell := _first(reading, claim.update)) is not None}
    for claim in claims:
        if claim.update not in slopes and claim.update.cell in reading.limits:
            told = "not judged: what limits its slope, which stands in no cell"
            yield of_update(graph, claim.update, "update", told, "undecided")
    tried = list(_tried(graph, reading, slopes))
    if not tried:
        return
    bad: dict[Update, tuple[str, Severity]] = {}
    for number, update in enumerate(slopes):
        shares = [one.shares[number] for one in tried]
        if any(math.isnan(share) for share in shares):
            bad[update] = "not judged: what limits a slope reads what holds no number", "undecided"
        elif any(share <= 0 or share > 1 + _SAME for share in shares):
            bad[update] = "limits a slope so that it turns round, or grows longer", "wrong"
        elif any(abs(one.shares[number] - 1) > _NEAR for one in tried if one.size == _SIZES[0]):
            bad[update] = "limits a slope that is small, too", "wrong"
    yield from _at_limits(graph, reading, bad)
    if bad:
        return
    large = [one for one in tried if one.size == _SIZES[-1]]
    plain = all(claim.rate is not None for claim in claims)  # others, Adam for one, step as far whatever the size
    never = [update for number, update in enumerate(slopes) if plain and all(
        abs(one.shares[number] - 1) < _SAME for one in large)]
    together = [number for number, update in enumerate(slopes) if update not in never]
    is_length = len(together) > 1 and all(math.isclose(one.shares[number], one.shares[together[0]], rel_tol=_NEAR)
                                          for one in large for number in together)
    for update in never:
        told = "its slope is not shortened with those of the others"
        yield of_update(graph, update, "update", told if is_length else f"not judged: {told}",
                        "wrong" if is_length else "undecided")
    if plain and is_length and not never and not _are_lengths(large):
        told = "not judged: what limits the slopes is not their length"
        yield of_update(graph, next(iter(slopes)), "update", told, "undecided")


def _at_limits(graph: Graph, reading: Reading, bad: Mapping[Update, tuple[str, Severity]]) -> Iterator[Finding]:
    """What is told of the cells that limit the slopes of updates, with the updates that follow from them."""
    for cell in reading.limits:
        follows = [update for update in bad if cell in graph.below((update.cell,), stop=reading.step.starts)]
        for told, severity in dict.fromkeys(bad[update] for update in follows):
            yield labels.found(graph, cell, "gradient", told, severity,
                               follows=tuple(u.cell.address for u in follows if u.cell != cell))


def _first(reading: Reading, update: Update) -> Cell | None:
    """The first cell that holds the slope of an update, before anything limits it."""
    own = (cell for cell in reversed(reading.own(update)) if cell not in reading.limits)
    return next((cell for cell in own for slope in reading.slope_by(update)
                 if ratio(reading.view.values(cell), slope) is not None), None)


def _are_lengths(large: Sequence[_Limited]) -> bool:
    """Whether slopes are shortened by the length of all of them."""
    return any(ratio([1 / one.shares[0] for one in large], [length(one.slopes) for one in large]) is not None
               for length in _LENGTHS)


def _tried(graph: Graph, reading: Reading, slopes: Mapping[Update, Cell]) -> Iterator[_Limited]:
    """How updates are shortened at slopes of several sizes and signs."""
    lifted = reading.view.graph
    below = graph.below((update.cell for update in slopes), stop=frozenset(slopes.values()) | reading.step.starts)
    order = [cell for cell in graph.in_order(below) if cell not in slopes.values() and cell not in reading.step.starts]
    for point, size in product(range(POINTS), _SIZES):
        sign = {cell: (-1) ** (int(numbers_at(cell, point + 1) * 1e6) % 2) for cell in slopes.values()}
        drawn = {cell: sign[cell] * numbers_at(cell, point) for cell in slopes.values()}
        known = {cell: size * value for cell, value in drawn.items()}
        with_limits, without = (_computed(one, order, known, reading) for one in (graph, lifted))
        shares = tuple(with_limits[update.cell] / without[update.cell] if without[update.cell] else math.nan
                       for update in slopes)
        yield _Limited(tuple(drawn.values()), size, shares)


def _computed(graph: Graph, order: Sequence[Cell], known: Mapping[Cell, float], reading: Reading) -> dict[Cell, float]:
    """The values of cells where some are known; what a step starts from, and what is left for it, is 0."""
    found = dict(known)

    def value(cell: Cell) -> float:
        if cell not in found:
            stored = 0.0 if cell in reading.view.sources else graph.stored(cell)
            found[cell] = math.nan if stored is None else stored
        return found[cell]

    for cell in order:
        formula = graph.formulas[cell]
        found[cell] = math.nan if formula.meaning is None else formula.meaning.value([*map(value, formula.reads)])
    return found
