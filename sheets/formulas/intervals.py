"""Computes an expression where its numbers are rounded: an interval that holds every value that it can have."""

import math
from collections.abc import Callable, Sequence
from itertools import product
from typing import Any

import sympy as sp

from derive import rules
from sheets.formulas.calculation import Reading, lower, rounded, sigmoid, softplus

Interval = tuple[float, float]


def bounds(expression: sp.Expr, names: Sequence[str]) -> Callable[[Sequence[Interval]], Interval]:
    """An interval that holds the value of an expression wherever the names lie within theirs.

    Where no finite one is found, it is (-inf, inf).
    """
    compute = lower(expression, {name: place for place, name in enumerate(names)}, _INTERVALS)

    def enclose(values: Sequence[Interval]) -> Interval:
        try:
            low, high = compute(values)
        except (ArithmeticError, ValueError, TypeError):
            return -math.inf, math.inf
        return (low, high) if low <= high else (-math.inf, math.inf)

    return enclose


def _rising(function: Callable[[float], float]) -> Callable[[Interval], Interval]:
    """The interval reading of a function that never falls."""
    return lambda x: (function(x[0]), function(x[1]))


def _times(a: Interval, b: Interval) -> Interval:
    corners = [x * y for x, y in product(a, b)]
    return min(corners), max(corners)


def _whole_interval_power(base: Interval, exponent: int) -> Interval:
    if exponent < 0:
        if base[0] <= 0 <= base[1]:
            raise ZeroDivisionError
        base = (1 / base[1], 1 / base[0])
        exponent = -exponent
    ends = sorted((base[0] ** exponent, base[1] ** exponent))
    return (0.0 if exponent % 2 == 0 and base[0] < 0 < base[1] else ends[0]), ends[1]


def _absolute(x: Interval) -> Interval:
    ends = sorted((abs(x[0]), abs(x[1])))
    return (0.0 if x[0] < 0 < x[1] else ends[0]), ends[1]


def _sure(certain: Callable[[Interval, Interval], bool], possible: Callable[[Interval, Interval], bool]) -> Any:
    """A comparison of intervals: (1, 1), (0, 0), or (0, 1) where it depends."""
    return lambda a, b: (float(certain(a, b)), float(possible(a, b)))


def _hull(pieces: list[tuple[Callable[[], Interval], Callable[[], Interval]]]) -> Interval:
    """What any case that may hold can give."""
    found: list[Interval] = []
    for value, test in pieces:
        certain, possible = test()
        if possible:
            found.append(value())
        if certain:
            break
    return min(low for low, _ in found), max(high for _, high in found)


_INTERVALS = Reading(
    lambda x: (x, x),
    {sp.exp: _rising(math.exp), sp.log: _rising(math.log), sp.sqrt: _rising(math.sqrt), sp.sinh: _rising(math.sinh),
     sp.tanh: _rising(math.tanh), rules.Tanh: _rising(math.tanh), sp.Abs: _absolute, rules.Sigmoid: _rising(sigmoid),
     rules.Softplus: _rising(softplus), rules.Step: _rising(lambda x: float(x > 0)),
     rules.Relu: _rising(lambda x: max(x, 0.0)), sp.sign: _rising(lambda x: float((x > 0) - (x < 0))),
     sp.Not: lambda x: (1 - x[1], 1 - x[0])},
    {"+": lambda a, b: (a[0] + b[0], a[1] + b[1]), "*": _times, "^": _whole_interval_power, "if": _hull,
     "round": lambda x, decimals, way: (rounded(x[0], decimals, way), rounded(x[1], decimals, way)),
     "max": lambda a, b: (max(a[0], b[0]), max(a[1], b[1])), "min": lambda a, b: (min(a[0], b[0]), min(a[1], b[1])),
     "StrictGreaterThan": _sure(lambda a, b: a[0] > b[1], lambda a, b: a[1] > b[0]),
     "StrictLessThan": _sure(lambda a, b: a[1] < b[0], lambda a, b: a[0] < b[1]),
     "GreaterThan": _sure(lambda a, b: a[0] >= b[1], lambda a, b: a[1] >= b[0]),
     "LessThan": _sure(lambda a, b: a[1] <= b[0], lambda a, b: a[0] <= b[1])},
)  # fmt: skip
