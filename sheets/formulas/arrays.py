"""Arithmetic while a formula is read: open sums and products, and operations taken of each entry of an array."""

from collections.abc import Callable, Sequence
from functools import wraps
from math import prod
from typing import Any

import sympy as sp

from derive.names import symbol
from sheets.formulas.arithmetic import Grid, Samples, Value, add, multiply, number

_MOST_ENTRIES = 64
_MOST_BY_CELL = 2_500


class Terms(list[sp.Expr]):
    """A sum that is still being read; a bracket or the end closes it."""


class Factors(list[sp.Expr]):
    """A product that is still being read."""


def closed(piece: Any) -> Value:
    """A piece as one value, so that nothing more joins it."""
    if isinstance(piece, Terms):
        return add(*piece)
    if isinstance(piece, Factors):
        return multiply(*_unguarded(piece))
    whole: Value = piece
    return whole


def _unguarded(factors: Factors) -> list[sp.Expr]:
    """y * LN(out) for y * LN(out + (y=0)), which is 0 where y is, as y * ln(out) is meant there."""
    rest = [factor for factor in factors if not isinstance(factor, sp.log) and not factor.is_Number]
    if not rest or not any(isinstance(factor, sp.log) for factor in factors):
        return factors
    whole = multiply(*rest)

    def is_guard(term: sp.Expr) -> bool:
        if not isinstance(term, sp.Piecewise):
            return False
        (value, test), *_ = term.args
        return bool(value == 1 and isinstance(test, sp.Eq) and test.rhs == 0 and sp.expand(test.lhs - whole) == 0)

    def bare(factor: sp.Expr) -> sp.Expr:
        if not (isinstance(factor, sp.log) and factor.args[0].is_Add):
            return factor
        terms = [term for term in factor.args[0].args if not is_guard(term)]
        return sp.log(add(*terms), evaluate=False) if len(terms) < len(factor.args[0].args) else factor

    return [bare(factor) for factor in factors]


def number_of(piece: Any) -> sp.Expr:
    return number(closed(piece))


def by_entry(read: Callable[..., Any]) -> Callable[..., Any]:
    """An operation on numbers that, where an operand is an array, is taken of each of its entries.

    A row is taken entry by entry. A named column is many samples: one entry stands for all of them.
    """

    @wraps(read)
    def operate(self: Any, *operands: Any, **others: Any) -> Any:
        arrays = [operand for operand in operands if _is_array(operand)]
        if not arrays:
            return read(self, *operands, **others)
        shape = _common(arrays)
        if all(map(_is_column, arrays)):
            expression = number(closed(read(self, *map(_sample, operands), **others)))
            return Samples(expression, shape)
        most = _MOST_ENTRIES if any(isinstance(array, Grid) and array.name for array in arrays) else _MOST_BY_CELL
        if any(isinstance(array, Samples) for array in arrays) or prod(shape) > most:
            raise ValueError("array arithmetic over many cells is not understood")
        rows, columns = map(range, shape)
        return Grid(tuple(
            tuple(number(closed(read(self, *(_at(o, r, c) for o in operands), **others))) for c in columns)
            for r in rows
        ))  # fmt: skip

    return operate


def _common(arrays: Sequence[Any]) -> tuple[int, int]:
    """The shape of arrays taken together; one row or one column of cells is repeated beside a larger array.

    ValueError where they do not fit, and a spreadsheet shows #N/A in some of the cells.
    """
    rows, columns = (max(array.shape[side] for array in arrays) for side in (0, 1))
    repeated = all(isinstance(array, Grid) and not array.name for array in arrays)
    if any(array.shape != (rows, columns) for array in arrays) and not (repeated and all(
            array.shape[0] in (1, rows) and array.shape[1] in (1, columns) for array in arrays)):
        raise ValueError("arrays of different shapes")
    return rows, columns


def _is_array(piece: Any) -> bool:
    return isinstance(piece, Samples) or (isinstance(piece, Grid) and piece.shape != (1, 1))


def _is_column(piece: Any) -> bool:
    """Whether a piece holds many samples, one below the other."""
    return isinstance(piece, Samples) or (isinstance(piece, Grid) and bool(piece.name) and piece.shape[1] == 1)


def _sample(piece: Any) -> Any:
    """One entry of an array for all of them; anything else as it is."""
    if isinstance(piece, Samples):
        return piece.expression
    return symbol(piece.name) if _is_array(piece) else piece


def of_one_sample(columns: Sequence[Any]) -> sp.Expr:
    """The product of columns of samples, seen through one entry; ValueError where they are not of one shape."""
    if len({column.shape for column in columns if _is_array(column)}) != 1 or not all(map(_is_column, columns)):
        raise ValueError("arrays of different shapes")
    return multiply(*(number(_sample(column)) for column in columns))


def _at(piece: Any, row: int, column: int) -> Any:
    """The entry of an array, one row or column standing for all, an empty one as 0; anything else as it is."""
    if not (isinstance(piece, Grid) and _is_array(piece)):
        return type(piece)(piece) if isinstance(piece, (Terms, Factors)) else piece  # each entry goes on by itself
    line = piece.rows[row if len(piece.rows) > 1 else 0]
    return line[column if len(line) > 1 else 0] or sp.Integer(0)


def negated(piece: Any) -> Any:
    """-x, where x may be a product still being read; the sign joins a number that stands in front."""
    factors = piece if isinstance(piece, Factors) else Factors([number_of(piece)])
    first, *rest = factors
    if first.is_Number and not (first == -1 and rest):
        return Factors([-first, *rest]) if rest else -first
    return Factors([sp.Integer(-1), *factors]) if first != -1 else Factors([sp.Integer(-1), multiply(*factors)])
