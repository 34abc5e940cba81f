"""What a training goes down along: the cell of a loss, or a loss that nobody wrote and whose slopes stand in the steps.

A row of LOSSES says what the slope of such a loss is, by an output and its target. Where an output is a function of a
sum, the last rows take the slope by that sum as it is used in well-known rules that are no slopes of the error.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import sympy as sp
from msgspec import Struct

from derive import rules
from derive.names import symbol
from sheets.auditing.training.formula import Meaning, operand
from sheets.auditing.training.updates import Step
from sheets.auditing.training.view import View
from sheets.formulas.calculation import calculator
from sheets.references import Cell

Seeds = Mapping[Cell, tuple[float, ...]]
Pair = tuple[Cell, Cell]
"""An output and its target."""


class Objective(Struct, frozen=True):
    """What the steps go down along: its slopes by the `seeds`, and the cell that holds it, if one does.

    `terms` are the seeds as expressions over the symbols of `of`, 1 each where there are none. A rule is no slope.
    """

    name: str
    seeds: Seeds
    cell: Cell | None = None
    terms: tuple[tuple[Cell, sp.Expr], ...] = ()
    is_rule: bool = False

    @property
    def called(self) -> str:
        """Its name, without what explains it."""
        return self.name.partition(":")[0].partition(",")[0]


class Loss(Struct, frozen=True):
    """A loss that nobody wrote: its slope by an output o at a target t, by the sum within o where `by_sum`."""

    name: str
    slope: Callable[[Any, Any], Any]
    by_sum: bool
    kinds: tuple[str, ...] = ()


LOSSES = (
    Loss("half the squared error, which no cell holds", lambda o, t: o - t, False),
    Loss("the cross-entropy, which no cell holds", lambda o, t: (o - t) / (o * (1 - o)), False, ("sigmoid",)),
    Loss("the cross-entropy, which no cell holds", lambda o, t: -t / o, False),
    Loss("the perceptron rule: (target - output) times the input, where the output is a step", lambda o, t: o - t, True,
         ("step",)),
    Loss("the delta rule: (target - output) times the input, without the slope of the activation", lambda o, t: o - t,
         True, ("tanh", "relu", "sigmoid")),
)  # fmt: skip


def written(view: View, step: Step, cell: Cell) -> Objective:
    """The objective that a cell holds."""
    return Objective("", {cell: (1.0,) * len(view.values(cell))}, cell)


def summed(view: View, cells: Sequence[Cell]) -> Objective:
    """The sum of cells of one formula, where no cell holds it."""
    return Objective("the sum of the errors, which no cell holds",
                     {cell: (1.0,) * len(view.values(cell)) for cell in cells})


def unwritten(view: View, step: Step) -> Iterator[Objective]:
    """The losses that nobody wrote, over all outputs that are compared with a target in a step."""
    compared = pairs(view, step)
    if not compared:
        return
    for loss in LOSSES:
        seeds: dict[Cell, list[float]] = {}
        terms: dict[Cell, list[sp.Expr]] = {}
        for output, target in compared:
            slopes = [_safe(loss.slope, o, t) for o, t in zip(view.values(output), view.values(target), strict=True)]
            slope_of = loss.slope(of(output), of(target))
            inner = _inner(view.graph.formulas[output].meaning)
            if loss.kinds and (inner is None or inner[0] not in loss.kinds):
                break
            shares = {output: ((1.0,) * len(slopes), sp.Integer(1))} if not loss.by_sum else _by_sum(view, output)
            for cell, (share, by) in shares.items():
                total = seeds.setdefault(cell, [0.0] * len(slopes))
                terms.setdefault(cell, []).append(slope_of * by)
                for point, slope in enumerate(slopes):
                    total[point] += slope * share[point]
        else:
            yield Objective(loss.name, {cell: tuple(total) for cell, total in seeds.items()}, None,
                            tuple((cell, sp.Add(*summands)) for cell, summands in terms.items()), loss.by_sum)


def of(cell: Cell) -> sp.Symbol:
    """The symbol of what a cell holds."""
    return symbol(f"{cell.sheet}!{cell.address}")


def _safe(slope: Callable[[float, float], float], output: float, target: float) -> float:
    try:
        return slope(output, target)
    except ZeroDivisionError:
        return float("nan")


def pairs(view: View, step: Step) -> tuple[Pair, ...]:
    """Each computed cell of a step from which a given one is taken, or the other way round."""
    inside = frozenset(step.inside)
    ends = frozenset(update.cell for update in step.updates)
    found: dict[Pair, None] = {}
    for cell in step.inside:
        formula = view.graph.formulas[cell]
        if formula.meaning is None:
            continue
        for one, other in _differences(formula.meaning):
            a, b = formula.reads[one], formula.reads[other]
            for output, target in ((a, b), (b, a)):
                given = target not in inside and target not in step.starts and output in inside and output not in ends
                if given and (cell not in ends or len(formula.reads) > 2):
                    found[output, target] = None
    return tuple(found)


_DIFFERENCES: dict[Meaning, tuple[tuple[int, int], ...]] = {}


def _differences(meaning: Meaning) -> tuple[tuple[int, int], ...]:
    """The pairs of places of a formula whose difference stands in it."""
    if meaning not in _DIFFERENCES:
        by_name = {operand(place): place for place in range(meaning.places)}
        found = []
        for node in sp.preorder_traversal(meaning.plain):
            if node.is_Add and len(node.args) == 2:
                a, b = (term if term.is_Symbol else -term for term in node.args)
                signs = [term.is_Symbol for term in node.args]
                if a in by_name and b in by_name and signs[0] != signs[1]:
                    found.append((by_name[a], by_name[b]))
        _DIFFERENCES[meaning] = tuple(dict.fromkeys(found))
    return _DIFFERENCES[meaning]


_KINDS: Mapping[object, str] = MappingProxyType({
    rules.Sigmoid: "sigmoid", rules.Tanh: "tanh", rules.Relu: "relu", rules.Step: "step", sp.tanh: "tanh",
    sp.sign: "step",
})  # fmt: skip


def _inner(meaning: Meaning | None) -> tuple[str, sp.Expr] | None:
    """The kind of function that a formula is, and what it is taken of; None for any other."""
    if meaning is None:
        return None
    node = meaning.plain
    if node.func in _KINDS:
        return _KINDS[node.func], node.args[0]
    if isinstance(node, sp.Piecewise) and all(value.is_number for value, _ in node.args):
        test = node.args[0][1]
        if len(getattr(test, "args", ())) == 2:
            return "step", test.lhs - test.rhs
    return None


def _by_sum(view: View, output: Cell) -> dict[Cell, tuple[tuple[float, ...], sp.Expr]]:
    """The slope of what an output is taken of, by each cell that it reads, at each point and as an expression."""
    formula = view.graph.formulas[output]
    inner = _inner(formula.meaning)
    assert inner is not None
    assert formula.meaning is not None
    names = [operand(place).name for place in range(formula.meaning.places)]
    placed = {operand(place): of(read) for place, read in enumerate(formula.reads)}
    found: dict[Cell, tuple[tuple[float, ...], sp.Expr]] = {}
    values = [view.values(read) for read in formula.reads]
    for place, read in enumerate(formula.reads):
        slope = sp.diff(inner[1].doit(), operand(place))
        compute = calculator(slope, names)
        before, term = found.get(read, ((0.0,) * len(values[0]), sp.Integer(0)))
        new = tuple(a + compute(row) for a, row in zip(before, zip(*values, strict=True), strict=True))
        found[read] = new, term + slope.xreplace(placed)
    return found
