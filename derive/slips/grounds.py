"""What a slip is looked for on, and the values by which most edits are passed over."""

import math
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from types import MappingProxyType

import sympy as sp
from msgspec import Struct

from derive.claim import Partial
from derive.equality import Verdict
from derive.network import Network
from derive.rules import Relu, Sigmoid, Softplus, Step, Tanh

Edit = tuple[sp.Expr, str]
"""An edited side, and what the edit says."""


class Grounds(Struct, frozen=True, dict=True):
    """What a slip is looked for on: the network, how derivatives are worked out, how equality is decided."""

    network: Network
    worked: Callable[[sp.Expr], sp.Expr]
    decide: Callable[[sp.Expr, sp.Expr], Verdict]
    definitions: Mapping[str, sp.Expr]
    written: Callable[[sp.Expr], str]
    paths: Callable[[str, str], Iterator[tuple[tuple[str, ...], sp.Expr]]]

    @cached_property
    def scale(self) -> "Scale":
        """The values at one point, by which most edits are passed over."""
        return Scale(self)


def near(left: float, right: float | None) -> bool:
    return right is not None and abs(left - right) <= 1e-9 * max(1e-3, abs(left), abs(right))


class Scale:
    """Floating-point values of expressions at one point of the network, to pass over edits that cannot be right."""

    def __init__(self, grounds: Grounds) -> None:
        self._worked = grounds.worked
        values = {name: 0.37 + 0.113 * ((7 * place) % 11) for place, name in enumerate(grounds.network.leaves)}
        self._values: dict[str, float | None] = dict(values)
        for name, body in grounds.definitions.items():
            self._values[name] = self.value(body)

    def value(self, expression: sp.Expr) -> float | None:
        """The value, None where it cannot be told quickly."""
        try:
            return self._value(expression)
        except (KeyError, TypeError, ValueError, ArithmeticError, RecursionError):
            return None

    def _value(self, node: sp.Expr) -> float:
        if node.is_Symbol:
            found = self._values[node.name]
            if found is None:
                raise KeyError(node.name)
            return found
        if node.is_Number or node is sp.E:
            return float(node)
        if node.is_Add:
            return sum(map(self._value, node.args))
        if node.is_Mul:
            return math.prod(map(self._value, node.args))
        if node.is_Pow:
            power = self._value(node.base) ** self._value(node.exp)
            if isinstance(power, complex):
                raise ValueError(node)
            return float(power)
        if isinstance(node, Partial):
            return self._value(self._worked(node))
        return _FUNCTIONS[node.func](self._value(node.args[0]))


_FUNCTIONS: Mapping[object, Callable[[float], float]] = MappingProxyType({
    Sigmoid: lambda x: 1 / (1 + math.exp(-x)),
    Tanh: math.tanh,
    Relu: lambda x: max(x, 0.0),
    Softplus: lambda x: math.log1p(math.exp(x)),
    Step: lambda x: float(x > 0),
    sp.exp: math.exp,
    sp.log: math.log,
    sp.Abs: abs,
})  # fmt: skip
