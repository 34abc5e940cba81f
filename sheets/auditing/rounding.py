"""Takes roundings off a formula: a rounded formula is the formula, and the rounding is said apart."""

import math
from collections.abc import Iterable

import sympy as sp

from sheets.auditing.findings import Severity
from sheets.formulas.arithmetic import Rounded

_MOST_LOST = 0.01

Rounding = tuple[int, str]
"""Decimals, and the cut in words."""

_WAYS = {0: "rounded", 1: "rounded up", -1: "cut off", -2: "rounded down"}


def unrounded(expression: sp.Expr) -> tuple[sp.Expr, tuple[Rounding, ...]]:
    """An expression without its roundings, the rest as written, and what they were, the coarsest first."""
    found = sorted({(int(r.args[1]), _WAYS[int(r.args[2])]) for r in expression.atoms(Rounded)})
    return (_without(expression), tuple(found)) if found else (expression, ())


def _without(node: sp.Expr) -> sp.Expr:
    if isinstance(node, Rounded):
        return _without(node.args[0])
    if not node.has(Rounded):
        return node
    parts = [_without(part) for part in node.args]
    return node.func(*parts, evaluate=False) if node.is_Add or node.is_Mul or node.is_Pow else node.func(*parts)


def told(roundings: tuple[Rounding, ...], numbers: Iterable[float | None]) -> tuple[str, Severity]:
    """What a rounding does to a column of numbers, in words, and how grave it is."""
    magnitude = max((abs(number) for number in numbers if number is not None), default=math.inf)
    decimals, way = roundings[0]
    said = f"is {way} to {decimals} decimal{'' if decimals == 1 else 's'}"
    if magnitude < 0.5 * 10.0**-decimals / _MOST_LOST:
        return f"{said}, too few for numbers of at most {magnitude:.2g}", "wrong"
    return f"{said}, else right", "fragile"
