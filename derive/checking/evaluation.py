"""The value of an expression in floating point, to look at a claim before it is decided."""

import math
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from operator import ge, gt, itemgetter, le, lt
from types import MappingProxyType

import sympy as sp

from derive.rules import Relu, Sigmoid, Softplus, Step, Tanh

_NEAR = 1e-9


def evaluated(expression: sp.Expr, values: Mapping[str, float]) -> float | None:
    """The value of an expression at values of its names; None where a name has none, or there is no real value."""
    try:
        found = _compiled(expression)(values)
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


@lru_cache(maxsize=1 << 15)
def _compiled(node: sp.Expr) -> Callable[[Mapping[str, float]], float]:
    """The function that works an expression out; made once, since many edits of one formula are looked at."""
    if node.is_Symbol:
        return itemgetter(node.name)
    if node.is_Number or node.is_NumberSymbol:
        number = float(node)
        return lambda values: number
    if isinstance(node, sp.Piecewise):
        return _by_cases(node)
    parts, apply = tuple(map(_compiled, node.args)), _FUNCTIONS[node.func]
    if apply in (math.fsum, math.prod):
        return lambda values: apply([part(values) for part in parts])
    return lambda values: apply(*[part(values) for part in parts])


def _by_cases(node: sp.Expr) -> Callable[[Mapping[str, float]], float]:
    cases = [(_compiled(value), test is sp.true or _RELATIONS[test.func], test.args) for value, test in node.args]
    compiled = [(value, holds, tuple(map(_compiled, sides))) for value, holds, sides in cases]

    def value_at(values: Mapping[str, float]) -> float:
        for value, holds, sides in compiled:
            if holds is True or holds(*(side(values) for side in sides)):
                return value(values)
        raise ValueError(node)

    return value_at


def _power(base: float, exponent: float) -> float:
    power = base**exponent
    if isinstance(power, complex):
        raise ValueError(base)
    return float(power)


_RELATIONS: Mapping[object, Callable[[float, float], bool]] = MappingProxyType({
    sp.StrictGreaterThan: gt, sp.StrictLessThan: lt, sp.GreaterThan: ge, sp.LessThan: le,
})  # fmt: skip
_FUNCTIONS: Mapping[object, Callable[..., float]] = MappingProxyType({
    sp.Add: math.fsum, sp.Mul: math.prod, sp.Pow: _power,
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
