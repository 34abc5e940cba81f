"""Computes an expression in floating point as a spreadsheet does: in the order written, with no error raised.

The reading of the tree by numbers stands here, that by intervals in `intervals`.
"""

import decimal
import math
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from functools import reduce
from types import MappingProxyType
from typing import Any

import sympy as sp
from msgspec import Struct
from sympy.core.relational import Relational

from derive import rules
from sheets.formulas.arithmetic import Rounded, SampleSum

Compute = Callable[[Sequence[Any]], Any]
"""From the values of the names, in their order, to the value of the expression."""

class Series(tuple[float, ...]):
    """The numbers of a column of samples, where a name stands for all of them."""


def calculator(expression: sp.Expr, names: Sequence[str]) -> Callable[[Sequence[float]], float]:
    """The value of an expression at values of `names`; nan where a spreadsheet shows an error."""
    compute = lower(expression, {name: place for place, name in enumerate(names)}, _NUMBERS)

    def calculate(values: Sequence[float]) -> float:
        try:
            return float(compute(values))
        except (ArithmeticError, ValueError, TypeError):
            return math.nan

    return calculate


class Reading(Struct, frozen=True):
    """What the kinds of node mean: `constant`, `functions` of one argument, `operations` of several."""

    constant: Callable[[float], Any]
    functions: Mapping[Any, Any]
    operations: Mapping[str, Any]


def lower(node: Any, places: Mapping[str, int], reading: Reading) -> Compute:
    """One node as a function of the row of values."""
    if node.is_Symbol:
        place = places[node.name]
        return lambda values: values[place]
    if node.is_Number or node.is_NumberSymbol or node in (sp.true, sp.false):
        constant = reading.constant(float(bool(node)) if node in (sp.true, sp.false) else float(node))
        return lambda values: constant
    if isinstance(node, rules.Elementary) and node.func not in reading.functions:
        return lower(rules.rule_of(node).definition(node.args[0]), places, reading)
    if node.is_Pow:
        return _power(node, places, reading)
    if node.func in reading.functions:
        function, inner = reading.functions[node.func], lower(node.args[0], places, reading)
        return lambda values: function(inner(values))
    if isinstance(node, Rounded):
        inner, rounding = lower(node.args[0], places, reading), reading.operations["round"]
        decimals, way = int(node.args[1]), _WAYS[int(node.args[2])]
        return lambda values: rounding(inner(values), decimals, way)
    if isinstance(node, SampleSum):
        return _sum_of_samples(lower(node.args[0], places, reading), reading)
    if isinstance(node, sp.Piecewise):
        return _cases(node, places, reading)
    for kind, name in _FOLDED.items():
        if isinstance(node, kind):
            return _folded(reading.operations[name], [lower(a, places, reading) for a in node.args])
    if isinstance(node, Relational):
        name = type(node).__name__
        left, right = (lower(a, places, reading) for a in node.args)
        compare = reading.operations[name]
        return lambda values: compare(left(values), right(values))
    raise TypeError(f"no way to compute {type(node).__name__}: {node}")


_FOLDED: MappingProxyType[Any, str] = MappingProxyType({
    sp.Add: "+", sp.Mul: "*", sp.Max: "max", sp.Min: "min", sp.And: "min", sp.Or: "max",
})  # fmt: skip


def _folded(operation: Callable[[Any, Any], Any], parts: list[Compute]) -> Compute:
    first, *rest = parts
    if len(rest) == 1:
        (second,) = rest
        return lambda values: operation(first(values), second(values))

    def fold(values: Sequence[Any]) -> Any:
        total = first(values)
        for part in rest:
            total = operation(total, part(values))
        return total

    return fold


def _power(node: Any, places: Mapping[str, int], reading: Reading) -> Compute:
    base = lower(node.base, places, reading)
    if node.exp == sp.S.Half:
        root = reading.functions[sp.sqrt]
        return lambda values: root(base(values))
    if node.exp.is_Integer:
        exponent, raised = int(node.exp), reading.operations["^"]
        return lambda values: raised(base(values), exponent)
    top, power = lower(node.exp, places, reading), reading.operations["**"]
    return lambda values: power(base(values), top(values))


def _sum_of_samples(inner: Compute, reading: Reading) -> Compute:
    """The sum of an expression over samples: the tuples among the values are taken entry by entry."""
    plus = reading.operations["+"]

    def total(values: Sequence[Any]) -> Any:
        lengths = {len(value) for value in values if isinstance(value, Series)}
        if not lengths:
            return inner(values)
        found = [inner([v[place] if isinstance(v, Series) else v for v in values]) for place in range(lengths.pop())]
        return reduce(plus, found)

    return total


def _cases(node: Any, places: Mapping[str, int], reading: Reading) -> Compute:
    pieces = [(lower(value, places, reading), lower(test, places, reading)) for value, test in node.args]
    choose = reading.operations["if"]

    def decide(values: Sequence[Any]) -> Any:
        return choose([(lambda v=value: v(values), lambda t=test: t(values)) for value, test in pieces])

    return decide


def _first_true(pieces: list[tuple[Callable[[], float], Callable[[], float]]]) -> float:
    for value, test in pieces:
        if test():
            return value()
    return math.nan


def sigmoid(x: float) -> float:
    """σ, without an overflow."""
    return 1 / (1 + math.exp(-x)) if x > -700 else 0.0


def softplus(x: float) -> float:
    """ln(1 + exp(x)), without an overflow."""
    return math.log1p(math.exp(x)) if x < 700 else x


_WAYS = MappingProxyType({0: decimal.ROUND_HALF_UP, 1: decimal.ROUND_UP, -1: decimal.ROUND_DOWN,
                          -2: decimal.ROUND_FLOOR})


def rounded(x: float, decimals: int, way: str) -> float:
    """As a spreadsheet rounds: the number of 15 digits, not the binary one."""
    return float(Decimal(f"{x:.15g}").quantize(Decimal(1).scaleb(-decimals), way))


def _whole_power(base: float, exponent: int) -> float:
    if exponent == -1:
        return 1 / base
    return float(base**exponent)


_NUMBERS = Reading(
    lambda x: x,
    {sp.exp: math.exp, sp.log: math.log, sp.sqrt: math.sqrt, sp.sin: math.sin, sp.cos: math.cos, sp.sinh: math.sinh,
     sp.cosh: math.cosh, sp.tanh: math.tanh, rules.Tanh: math.tanh, sp.Abs: abs, rules.Sigmoid: sigmoid,
     rules.Softplus: softplus, rules.Step: lambda x: float(x > 0), rules.Relu: lambda x: x if x > 0 else 0.0,
     sp.sign: lambda x: float((x > 0) - (x < 0)), sp.Not: lambda x: float(not x)},
    {"+": lambda a, b: a + b, "*": lambda a, b: a * b, "max": max, "min": min, "^": _whole_power,
     "**": lambda a, b: math.pow(a, b), "if": _first_true, "round": rounded,
     "StrictGreaterThan": lambda a, b: float(a > b), "StrictLessThan": lambda a, b: float(a < b),
     "GreaterThan": lambda a, b: float(a >= b), "LessThan": lambda a, b: float(a <= b),
     "Equality": lambda a, b: float(a == b), "Unequality": lambda a, b: float(a != b)},
)  # fmt: skip
