"""Claims looked at in floating point at one point, derivatives as differences: many edits of a definition are tried,
and the graph is not worked out anew for each.
"""

from collections.abc import Mapping, Set
from contextlib import suppress
from functools import lru_cache
from types import MappingProxyType
from typing import TypeVar
from zlib import crc32

import sympy as sp

from derive.checking.equations import Equation
from derive.checking.evaluation import evaluated
from derive.checking.graph import Graph
from derive.errors import DeriveError
from derive.names import symbol
from derive.written import UNTOLD, Called, Partial, calls_in, partials_in

T = TypeVar("T")

_FAULTS = (DeriveError, KeyError, TypeError, ValueError, ArithmeticError, RecursionError)
_STEP = 1e-5
_NEAR = 1e-6


def holds_with_differences(equation: Equation, graph: Graph, changed: Mapping[str, sp.Expr]) -> bool:
    """Whether an equation holds at one point of a graph with some definitions changed; False where that is not told."""
    return _Point(graph, changed, _as_written(graph)).holds(equation)


@lru_cache(maxsize=64)
def _as_written(graph: Graph) -> "_Point":
    """A graph's point with nothing changed, all its names with the values that they have."""
    point = _Point(graph)
    for name in sorted(graph.names):
        with suppress(*_FAULTS):
            point.put(name, point.values)
    return point


@lru_cache(maxsize=4096)
def _names(expression: sp.Expr) -> tuple[str, ...]:
    """The names in an expression, in an order that is the same every time."""
    return tuple(sorted(s.name for s in expression.free_symbols))


@lru_cache(maxsize=4096)
def _outermost(expression: sp.Expr) -> tuple[tuple[Called, ...], tuple[Partial, ...]]:
    """The calls in an expression that stand in no derivative, and the derivatives that stand in no other."""
    partials = partials_in(expression)
    within = {part for partial in partials for part in partial.of.atoms(Called, Partial)}
    calls = calls_in(expression)
    return tuple(sorted(calls - within, key=str)), tuple(sorted(partials - within, key=str))


class _Point:
    """Values at one point; a derivative is a central difference with its variable held apart from its definition."""

    def __init__(
        self, graph: Graph, changed: Mapping[str, sp.Expr] = MappingProxyType({}), other: "_Point | None" = None
    ) -> None:
        self.graph, self.changed = graph, changed
        self.below: dict[str, frozenset[str]] = other.without(changed.keys(), other.below) if other else {}
        """The names on which each rests, itself among them."""
        self.values: dict[str, float] = other.without(changed.keys(), other.values) if other else {}

    def without(self, names: Set[str], table: Mapping[str, T]) -> dict[str, T]:
        """What a table has of the names that rest on none of some."""
        return {name: of for name, of in table.items() if names.isdisjoint(self.below[name])}

    def holds(self, equation: Equation) -> bool:
        """Whether both sides have one value; False where that is not told."""
        try:
            left, right = self.value(equation.left), self.value(equation.right)
        except _FAULTS:
            return False
        return left is not None and right is not None and abs(left - right) <= _NEAR * max(1e-3, abs(left), abs(right))

    def value(self, expression: sp.Expr, held: Mapping[str, float] | None = None) -> float | None:
        calls, partials = _outermost(expression)
        table = {call: self.graph.worked(call) for call in calls}
        table |= {partial: sp.Float(self._difference(partial, held or {})) for partial in partials}
        plain = expression.xreplace(table) if table else expression
        return evaluated(plain, self._environment(plain, held or {}))

    def _difference(self, partial: Partial, held: Mapping[str, float]) -> float:
        if partial.by == UNTOLD:
            raise TypeError(partial)
        return self._change(partial.of, partial.by.name, held)

    def _change(self, of: sp.Expr, by: str, held: Mapping[str, float]) -> float:
        """The central difference of an expression."""
        at = self._environment(symbol(by), held)[by]
        step = _STEP * max(1.0, abs(at))
        above = self.value(of, {**held, by: at + step})
        below = self.value(of, {**held, by: at - step})
        if above is None or below is None:
            raise ValueError(of)
        return (above - below) / (2 * step)

    def _environment(self, expression: sp.Expr, held: Mapping[str, float]) -> dict[str, float]:
        """The values of the names in an expression and below it; what rests on no held name keeps its own one."""
        names = _names(expression)
        for name in names:
            self.put(name, self.values)
        if not held:
            return self.values
        values = {**self.without(held.keys(), self.values), **held}
        for name in names:
            self.put(name, values)
        return values

    def put(self, name: str, values: dict[str, float], depth: int = 0) -> None:
        """A name's value put among those of the names below it; any value for one that nothing defines."""
        if name in values:
            return
        body = self.changed.get(name)
        body = self.graph.definition(name) if body is None else body
        if body is None:
            values[name] = 0.31 + 1.49 * (crc32(name.encode()) % 9973) / 9973
            self.below[name] = frozenset((name,))
            return
        if calls_in(body) or partials_in(body):
            body = self.graph.worked(body)
        if depth > 60:
            raise RecursionError(name)
        below = _names(body)
        for other in below:
            self.put(other, values, depth + 1)
        found = evaluated(body, values)
        if found is None:
            raise ValueError(name)
        values[name] = found
        if name not in self.below:
            self.below[name] = frozenset((name,)).union(*(self.below[other] for other in below))
