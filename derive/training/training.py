"""Training in floating point, row by row, in the same order of operations as the formulas in the sheets.

A row in which a value leaves the range of numbers is not the end: it is computed once more operation by operation, and
holds NO_NUMBER or DIVIDED_BY_ZERO (see `program`) wherever a spreadsheet would show its error.
"""

import ast
import math
import operator
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import sympy as sp
from msgspec import Struct

from derive.errors import DeriveError
from derive.gradients.backward import go_back
from derive.names import quantity
from derive.shown import Shown
from derive.training.program import Program, Row, checked, compile_formulas, compiled
from derive.training.saturation import computable
from derive.walkthrough import Walkthrough
from derive.walkthrough.samples import Batch

if TYPE_CHECKING:
    import pandas

Step = Callable[..., Row]
_LEFT_THE_NUMBERS = (OverflowError, ZeroDivisionError, ValueError, TypeError)


class Rows:
    """The rows of a training, computed anew each time they are gone through: N updates give N + 1."""

    def __init__(self, begin: Callable[[], Iterator[Row]], count: int) -> None:
        self._begin, self._count = begin, count

    def __iter__(self) -> Iterator[Row]:
        return self._begin()

    def __len__(self) -> int:
        return self._count

    def __repr__(self) -> str:
        return f"<{self._count:,} rows>"


class Training(Shown, Struct, frozen=True):
    """A training at one learning rate: `names` of the quantities in a row, and the rows, N updates giving N + 1.

    One sample: leaves, nodes, gradients. Many: constants and parameters, the loss over all samples, its gradients.
    """

    names: tuple[str, ...]
    rows: Rows

    def __repr__(self) -> str:
        return f"<Training: {len(self.rows):,} rows of {len(self.names)} quantities>"

    def to_frame(self) -> "pandas.DataFrame":
        """The rows as a pandas table, a column for each quantity, the update as index; computes them.

        A value that left the range of numbers is NaN. DeriveError where pandas is not installed.
        """
        try:
            import pandas
        except ImportError:
            raise DeriveError("to_frame", "pandas is not installed", "pip install pandas, or take .rows") from None
        rows = ([value if isinstance(value, float | int) else math.nan for value in row] for row in self.rows)
        table = pandas.DataFrame(rows, columns=list(self.names), dtype=float)
        table.index.name = "update"
        return table


def train(walkthrough: Walkthrough, learning_rate: float) -> Training:
    """The training that a walkthrough describes, at one learning rate; rows are computed as they are asked for."""
    network = walkthrough.network
    formulas = {**computable(network.definitions), **go_back(network, ones=walkthrough.ones).formulas}
    if walkthrough.batch is not None:
        return _train_batch(walkthrough, walkthrough.batch, formulas, learning_rate)
    start = {name: float(value) for name, value in walkthrough.start.items()}
    updates = {name: quantity(network.loss_name, name) for name in network.parameters}
    times = walkthrough.updates
    rows = Rows(lambda: train_formulas(start, formulas, updates, learning_rate, times), times + 1)
    return Training((*start, *formulas), rows)


def train_formulas(
    leaves: Mapping[str, float],
    formulas: Mapping[str, sp.Expr],
    updates: Mapping[str, str],
    learning_rate: float,
    times: int,
) -> Iterator[Row]:
    """The rows of a training on one sample, one at a time: `times` updates give `times` + 1 rows.

    `formulas` maps each computed quantity to an expression in leaves and earlier quantities, `updates` each parameter
    to the quantity that is its gradient; parameters are leaves. A row is the leaves' values, then the formulas', in the
    order of the mappings.
    """
    program, step = compile_formulas(tuple(leaves), formulas)
    operands = list(program.variables.values())

    def interpreted(*values: float) -> Row:
        held = program.interpret(dict(zip(operands, values, strict=False)))
        return tuple(held[operand] for operand in operands)

    return _rows(tuple(leaves.values()), step, interpreted, _moves(program.variables, updates), learning_rate, times)


def _train_batch(
    walkthrough: Walkthrough, batch: Batch, formulas: Mapping[str, sp.Expr], learning_rate: float
) -> Training:
    """Every update takes all samples: each quantity of a row is a sum, or a mean, over them in their order."""
    network = walkthrough.network
    leaves = {name: float(walkthrough.start[name]) for name in (*network.constants, *network.parameters)}
    totals = {batch.total: network.loss}
    updates = {}
    for name in network.parameters:
        updates[name] = quantity(batch.total, name)
        totals[updates[name]] = quantity(network.loss_name, name)
    samples = [tuple(map(float, row)) for row in batch.rows]
    count = float(len(samples)) if batch.over == "mean" else 1.0

    program = Program.of((*leaves, *batch.names), formulas)
    fixed, varied = ([program.variables[name] for name in names] for names in (leaves, batch.names))
    summed = [program.variables[name] for name in totals.values()]
    add_up = compiled(["samples", *fixed], _summing(program, varied, summed))

    def step(*values: float) -> Row:
        return (*values, *(total / count for total in add_up(samples, *values)))

    def interpreted(*values: float) -> Row:
        sums = [0.0] * len(summed)
        for sample in samples:
            held = program.interpret(dict(zip((*fixed, *varied), (*values, *sample), strict=True)))
            sums = [checked(operator.add, total, held[operand]) for total, operand in zip(sums, summed, strict=True)]
        return (*values, *(checked(operator.truediv, total, count) for total in sums))

    names = (*leaves, *totals)
    moves, times = _moves(names, updates), walkthrough.updates
    start = tuple(leaves.values())
    return Training(names, Rows(lambda: _rows(start, step, interpreted, moves, learning_rate, times), times + 1))


def _rows(
    start: Row, step: Step, interpreted: Step, moves: Sequence[tuple[int, int]], learning_rate: float, times: int
) -> Iterator[Row]:
    """Row after row, by `step` and, where that leaves the numbers, by `interpreted`.

    `moves` are the places of each parameter and of its gradient in a row.
    """
    values = list(start)
    row: Row = ()
    finite = True
    for _ in range(times + 1):
        if finite or not _stands_still(values, row):
            try:
                row = step(*values)
                finite = math.isfinite(sum(row))
            except _LEFT_THE_NUMBERS:
                finite = False
            if not finite:
                row = interpreted(*values)
        yield row
        moved = [values[place] - learning_rate * row[gradient] for place, gradient in moves]
        if not math.isfinite(sum(moved)):
            moved = [_checked_move(values[place], learning_rate, row[gradient]) for place, gradient in moves]
        for (place, _), value in zip(moves, moved, strict=True):
            values[place] = value


def _checked_move(value: float, learning_rate: float, gradient: float) -> float:
    """One parameter's update where a number is out of range."""
    return checked(operator.sub, value, checked(operator.mul, learning_rate, gradient))


def _stands_still(values: Sequence[float], row: Row) -> bool:
    """Whether the values are those of the row before: errors everywhere, most likely, and they stay."""
    return bool(row) and all(new is old or new == old for new, old in zip(values, row, strict=False))


def _moves(names: Iterable[str], updates: Mapping[str, str]) -> list[tuple[int, int]]:
    places = {name: place for place, name in enumerate(names)}
    return [(places[name], places[gradient]) for name, gradient in updates.items()]


def _summing(program: Program, sample: Sequence[str], summed: Sequence[str]) -> list[ast.stmt]:
    """A loop over the samples that adds up some of the program's results, each from 0 on."""
    totals = [f"s{place}" for place in range(len(summed))]
    zeros = [ast.Assign([ast.Name(total, ast.Store())], ast.Constant(0.0)) for total in totals]
    adding = [
        ast.Assign(
            [ast.Name(total, ast.Store())], ast.BinOp(ast.Name(total, ast.Load()), ast.Add(), program.load(operand))
        )
        for total, operand in zip(totals, summed, strict=True)
    ]
    each = ast.Tuple([ast.Name(name, ast.Store()) for name in sample], ast.Store())
    loop = ast.For(each, ast.Name("samples", ast.Load()), [*program.lines(), *adding], [])
    return [*zeros, loop, ast.Return(ast.Tuple([ast.Name(total, ast.Load()) for total in totals], ast.Load()))]
