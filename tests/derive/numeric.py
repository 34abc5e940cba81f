"""An oracle for equality that shares nothing with ours: forty digits at points of general position, by mpmath."""

from collections.abc import Mapping
from typing import Any

import mpmath
import sympy as sp

from derive.rules import Elementary, rule_of

DIGITS = 60
_CLOSE = mpmath.mpf(10) ** -35


class Nowhere(Exception):
    """The expression has no real value at the point."""


def value_at(expression: sp.Basic, point: Mapping[str, Any]) -> Any:
    """The value of an expression, evaluated or not; `Nowhere` where it has no real one."""
    if isinstance(expression, sp.Symbol):
        return point[expression.name]
    if isinstance(expression, sp.Rational):
        return mpmath.mpf(int(expression.p)) / int(expression.q)
    if isinstance(expression, Elementary):
        inner = sp.Symbol("inner_argument", real=True)
        values = {"inner_argument": value_at(expression.args[0], point)}
        return value_at(rule_of(expression).definition(inner), values)
    if isinstance(expression, sp.Piecewise):
        return next(value_at(value, point) for value, test in expression.args if _holds(test, point))
    values = [value_at(part, point) for part in expression.args]
    return _OPERATIONS[type(expression).__name__](*values)


def _holds(test: sp.Basic, point: Mapping[str, Any]) -> bool:
    if test in (sp.true, sp.false):
        return bool(test)
    left, right = (value_at(side, point) for side in test.args)
    gap = 0 if abs(left - right) < _CLOSE else left - right
    return {"StrictGreaterThan": gap > 0, "GreaterThan": gap >= 0, "StrictLessThan": gap < 0,
            "LessThan": gap <= 0}[type(test).__name__]


def _power(base: Any, exponent: Any) -> Any:
    whole = int(mpmath.nint(exponent))
    if abs(exponent - whole) < _CLOSE:
        if abs(base) < _CLOSE and whole < 0:
            raise Nowhere
        return base**whole
    if abs(base) < _CLOSE and exponent > 0:
        return mpmath.mpf(0)
    if base < _CLOSE:
        raise Nowhere
    return base**exponent


def _logarithm(value: Any) -> Any:
    if value < _CLOSE:
        raise Nowhere
    return mpmath.log(value)


_OPERATIONS = {
    "Add": lambda *parts: mpmath.fsum(parts),
    "Mul": lambda *parts: mpmath.fprod(parts),
    "Pow": _power,
    "exp": mpmath.exp,
    "log": _logarithm,
    "tanh": mpmath.tanh,
    "Abs": abs,
    "Max": max,
    "Min": min,
    "sin": mpmath.sin,
    "cos": mpmath.cos,
    "sign": mpmath.sign,
    "Exp1": lambda: +mpmath.e,
    "Pi": lambda: +mpmath.pi,
    "sinh": mpmath.sinh,
    "cosh": mpmath.cosh,
}


def same(left: Any, right: Any) -> bool:
    """Whether two values agree in 35 digits."""
    return bool(abs(left - right) <= _CLOSE * max(1, abs(left), abs(right)))
