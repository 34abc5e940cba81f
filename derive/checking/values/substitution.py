"""Numbers put in for names: a formula beside the same one with values in the places of its names."""

import sympy as sp

from derive.equality import Proved
from derive.equality.deciding import decide
from derive.written import Partial


def substituted(formula: sp.Expr, numbers: sp.Expr) -> list[tuple[sp.Expr, sp.Rational]] | None:
    """The names and derivatives of a formula with the numbers that stand in their places; None where the shapes differ,
    or one name would have two numbers.
    """
    if formula.is_Symbol or isinstance(formula, Partial):
        number = _number(numbers)
        return None if number is None else [(formula, number)]
    if formula.is_number or not formula.args:
        return [] if _is_same(formula, numbers) else None
    if formula.func != numbers.func or len(formula.args) != len(numbers.args):
        return None
    found: dict[sp.Expr, sp.Rational] = {}
    for one, other in zip(formula.args, numbers.args, strict=True):
        part = substituted(one, other)
        if part is None or any(found.setdefault(subject, value) != value for subject, value in part):
            return None
    return list(found.items())


def _number(side: sp.Expr) -> sp.Rational | None:
    if side.is_Rational:
        return side
    is_negative = side.is_Mul and len(side.args) == 2 and side.args[0] == -1 and side.args[1].is_Rational
    return -side.args[1] if is_negative else None


def _is_same(one: sp.Expr, other: sp.Expr) -> bool:
    return bool(one == other) or (one.is_number and other.is_number and isinstance(decide(one, other), Proved))
