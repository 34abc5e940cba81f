"""A part of a formula exchanged for another, the rest as it is written."""

from collections.abc import Iterator

import sympy as sp
from sympy.functions.elementary.piecewise import ExprCondPair

from derive.ordering import factors_of, product

Place = tuple[int, ...]


def places(expression: sp.Expr, at: Place = ()) -> Iterator[tuple[Place, sp.Expr]]:
    """Every part of an expression, and the way to it."""
    yield at, expression
    for number, part in enumerate(expression.args):
        yield from places(part, (*at, number))


def put(expression: sp.Expr, at: Place, part: sp.Expr) -> sp.Expr:
    """An expression with one part in the place of another; a sum in a sum's place keeps its brackets."""
    if not at:
        return part
    args = list(expression.args)
    args[at[0]] = put(args[at[0]], at[1:], part)
    return expression.func(*args) if isinstance(expression, ExprCondPair) else expression.func(*args, evaluate=False)


def replaced(expression: sp.Expr, old: sp.Symbol, new: sp.Symbol) -> sp.Expr:
    """An expression with another name in every place of one."""
    for place, part in places(expression):
        if part == old:
            expression = put(expression, place, new)
    return expression


def symbols(expression: sp.Expr) -> tuple[sp.Symbol, ...]:
    """The names in an expression, each once, in the order in which they are written."""
    return tuple(dict.fromkeys(part for _, part in places(expression) if part.is_Symbol))


def minus(term: sp.Expr) -> sp.Expr | None:
    """What is taken away by a term, None where it is added."""
    if term.is_Number and term < 0:
        return -term
    if term.is_Mul and term.args[0].is_Number and term.args[0] < 0:
        return product((-term.args[0], *term.args[1:]))
    return None


def times(number: int, expression: sp.Expr) -> sp.Expr:
    """A number before the factors of an expression."""
    if expression.is_Number:
        return expression * number
    return sp.Mul(sp.Integer(number), *factors_of(expression), evaluate=False)


def joined(term: sp.Expr, behind: tuple[sp.Expr, ...]) -> sp.Expr:
    """A term with more factors behind its own."""
    return product((*factors_of(term), *behind)) if behind else term
