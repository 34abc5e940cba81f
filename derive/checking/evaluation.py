"""The value of an expression in floating point, to look at a claim before it is decided."""

import math
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

import sympy as sp

from derive.rules import Relu, Sigmoid, Softplus, Step, Tanh

_NEAR = 1e-9


def evaluated(expression: sp.Expr, values: Mapping[str, float]) -> float | None:
    """The value of an expression at values of its names; None where a name has none, or there is no real value."""
    try:
        found = _value(expression, values)
    except (KeyError, ValueError, ArithmeticError, TypeError, RecursionError):
        return None
    return found if math.isfinite(found) else None


def near(left: float | None, right: float | None) -> bool:
    """Whether two values are one but for rounding; False where one is none."""
    return left is not None and right is not None and abs(left - right) <= _NEAR * max(1e-3, abs(left), abs(right))


def at_a_point(definitions: Mapping[str, sp.Expr], leaves: Sequence[str]) -> dict[str, float]:
    """The values of names at one point, those of definitions from those before them; none where there is no value."""
    values = {name: 0.37 + 0.113 * ((7 * place) % 11) + 0.0137 * place for place, name in enumerate(leaves)}
    for name, body in definitions.items():
        value = evaluated(body, values)
        if value is not None:
            values[name] = value
    return values


def _value(node: sp.Expr, values: Mapping[str, float]) -> float:
    if node.is_Symbol:
        return values[node.name]
    if node.is_Number or node.is_NumberSymbol:
        return float(node)
    if node.is_Add:
        return math.fsum(_value(part, values) for part in node.args)
    if node.is_Mul:
        return math.prod(_value(part, values) for part in node.args)
    if node.is_Pow:
        power = _value(node.base, values) ** _value(node.exp, values)
        if isinstance(power, complex):
            raise ValueError(node)
        return float(power)
    if isinstance(node, sp.Piecewise):
        for value, test in node.args:
            if test is sp.true or _holds(test, values):
                return _value(value, values)
        raise ValueError(node)
    return _FUNCTIONS[node.func](*(_value(part, values) for part in node.args))


def _holds(test: sp.Basic, values: Mapping[str, float]) -> bool:
    left, right = (_value(part, values) for part in test.args)
    return {
        sp.StrictGreaterThan: left > right,
        sp.StrictLessThan: left < right,
        sp.GreaterThan: left >= right,
        sp.LessThan: left <= right,
    }[test.func]


_FUNCTIONS: Mapping[object, Callable[..., float]] = MappingProxyType({
    Sigmoid: lambda x: 1 / (1 + math.exp(-x)),
    Tanh: math.tanh,
    Relu: lambda x: max(x, 0.0),
    Softplus: lambda x: math.log1p(math.exp(x)),
    Step: lambda x: float(x > 0),
    sp.exp: math.exp, sp.log: math.log, sp.sin: math.sin, sp.cos: math.cos, sp.Abs: abs, sp.tanh: math.tanh,
    sp.tan: math.tan, sp.sinh: math.sinh, sp.cosh: math.cosh, sp.Max: max, sp.Min: min,
    sp.asin: math.asin, sp.acos: math.acos, sp.atan: math.atan, sp.erf: math.erf,
    sp.sign: lambda x: float((x > 0) - (x < 0)),
})  # fmt: skip
