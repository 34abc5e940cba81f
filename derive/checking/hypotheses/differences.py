"""Claims looked at in floating point at one point, derivatives as differences: many edits of a definition are tried,
and the graph is not worked out anew for each.
"""

from collections.abc import Mapping
from functools import lru_cache

import sympy as sp

from derive.checking.equations import Equation
from derive.checking.evaluation import evaluated
from derive.checking.graph import Graph
from derive.errors import DeriveError
from derive.names import symbol
from derive.written import UNTOLD, Called, Partial, calls_in, partials_in

_STEP = 1e-5
_NEAR = 1e-6


def holds_with_differences(equation: Equation, graph: Graph, changed: Mapping[str, sp.Expr]) -> bool:
    """Whether an equation holds at one point of a graph with some definitions changed; False where that is not told."""
    return _Point(graph, changed).holds(equation)


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

    def __init__(self, graph: Graph, changed: Mapping[str, sp.Expr]) -> None:
        self.graph, self.changed = graph, changed
        self.leaves: dict[str, float] = {}

    def holds(self, equation: Equation) -> bool:
        """Whether both sides have one value; False where that is not told."""
        try:
            left, right = self.value(equation.left), self.value(equation.right)
        except (DeriveError, KeyError, TypeError, ValueError, ArithmeticError, RecursionError):
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
        values = dict(held)

        def visit(name: str, depth: int) -> float:
            if name in values:
                return values[name]
            body = self.changed.get(name)
            body = self.graph.definition(name) if body is None else body
            if body is None:
                return values.setdefault(
                    name, self.leaves.setdefault(name, 0.31 + 0.137 * ((5 * len(self.leaves)) % 11))
                )
            if calls_in(body) or partials_in(body):
                body = self.graph.worked(body)
            if depth > 60:
                raise RecursionError(name)
            for below in _names(body):
                visit(below, depth + 1)
            found = evaluated(body, values)
            if found is None:
                raise ValueError(name)
            values[name] = found
            return found

        for name in _names(expression):
            visit(name, 0)
        return values
