"""An equation looked at in floating point at one point of a graph, to pass over what cannot be meant."""

import sympy as sp

from derive.checking.evaluation import at_a_point, evaluated, near
from derive.checking.graph.graph import Graph
from derive.errors import DeriveError


def holds_at_a_point(left: sp.Expr, right: sp.Expr, graph: Graph) -> bool:
    """Whether two sides, worked out on a graph, have one value at a point; False where that is not told."""
    try:
        sides = graph.worked(left), graph.worked(right)
        definitions = graph.closure(sides)
        names = {s.name for e in (*sides, *definitions.values()) for s in e.free_symbols}
        point = at_a_point(definitions, sorted(names - definitions.keys()))
        return near(*(evaluated(side, point) for side in sides))
    except (DeriveError, TypeError, ValueError, AttributeError, ArithmeticError, RecursionError):
        return False
