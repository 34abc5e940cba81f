"""Encloses an expression's value at exact numbers: interval arithmetic of 160 bits, rounded outwards by mpmath."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import sympy as sp
from mpmath import iv

from derive import rules
from sheets.formulas.calculation import Reading, lower

iv.prec = 160


def enclosure(expression: sp.Expr, names: Sequence[str]) -> Callable[[Mapping[str, Any]], Any]:
    """A function from the intervals of the names to one that holds the expression's value."""
    compute = lower(expression, {name: place for place, name in enumerate(names)}, _READING)
    return lambda values: compute([values[name] for name in names])


def exact(value: sp.Rational | float) -> Any:
    """The interval of one number."""
    top, bottom = (value.p, value.q) if isinstance(value, sp.Rational) else float(value).as_integer_ratio()
    return iv.mpf(int(top)) / iv.mpf(int(bottom))


def largest(interval: Any) -> float:
    """The largest magnitude in an interval, rounded up."""
    return float(max(abs(interval.a), abs(interval.b))) * (1 + 1e-15)


def smallest(interval: Any) -> float:
    """The smallest magnitude in an interval, rounded down; 0 where it holds 0."""
    low, high = float(interval.a), float(interval.b)
    return 0.0 if low <= 0 <= high else min(abs(low), abs(high)) * (1 - 1e-15)


def _tanh(x: Any) -> Any:
    return 1 - 2 / (iv.exp(2 * x) + 1)


def _step(x: Any) -> Any:
    return iv.mpf(1) if x.a > 0 else iv.mpf(0) if x.b <= 0 else iv.mpf([0, 1])


def _first(pieces: list[tuple[Callable[[], Any], Callable[[], Any]]]) -> Any:
    """A function by cases where it is known which holds; ValueError where it is not."""
    for value, test in pieces:
        truth = test()
        if truth == 1:
            return value()
        if truth != 0:
            break
    raise ValueError("which case holds is not known here")


def _whole_power(base: Any, exponent: int) -> Any:
    return base**exponent if exponent > 0 else 1 / base ** (-exponent)


_READING = Reading(
    iv.mpf,
    {sp.exp: iv.exp, sp.log: iv.log, sp.sqrt: iv.sqrt, sp.sin: iv.sin, sp.cos: iv.cos, sp.tanh: _tanh,
     rules.Tanh: _tanh, sp.Abs: abs, rules.Sigmoid: lambda x: 1 / (1 + iv.exp(-x)),
     rules.Softplus: lambda x: iv.log(1 + iv.exp(x)), rules.Step: _step, rules.Relu: lambda x: x * _step(x),
     sp.sign: lambda x: _step(x) - _step(-x)},
    {"+": lambda a, b: a + b, "*": lambda a, b: a * b, "^": _whole_power, "**": lambda a, b: a**b, "if": _first,
     "StrictGreaterThan": lambda a, b: _step(a - b), "StrictLessThan": lambda a, b: _step(b - a),
     "GreaterThan": lambda a, b: 1 - _step(b - a), "LessThan": lambda a, b: 1 - _step(a - b)},
)  # fmt: skip
