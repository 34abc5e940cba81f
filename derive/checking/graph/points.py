"""An equation looked at in floating point: at one point of a graph, to pass over what cannot be meant; on a curve."""

from collections.abc import Iterator, Mapping
from itertools import pairwise

import sympy as sp

from derive.checking.evaluation import at_a_point, evaluated, near
from derive.checking.graph.graph import Graph
from derive.errors import DeriveError

_POINTS, _HALVED = 4, 60
"""So many points are looked at, each step to them made half as long so often."""
_GRID = tuple(sorted(sign * 0.0173 * 1.3**step for sign in (-1, 1) for step in range(45)))
_ZERO = 1e-9


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


def differ_on_curve(sides: tuple[sp.Expr, sp.Expr], law: sp.Expr, of: str) -> bool:
    """Whether two sides have other values at all points that are found at which a law is 0, x^2 + y^2 - 25; `of` is
    what it tells. What is right of one branch, 1/(2 sqrt(x)) of y^2 = x, does not differ.
    """
    names = sorted({s.name for e in (*sides, law) for s in e.free_symbols} - {of})
    differs = False
    for shift in range(_POINTS):
        point = at_a_point({}, names[shift:] + names[:shift])
        point = {name: 3.0**shift * value for name, value in point.items()}
        for root in _roots(law, point, of):
            values = [evaluated(side, {**point, of: root}) for side in sides]
            if None not in values:
                if near(*values):
                    return False
                differs = True
    return differs


def _roots(law: sp.Expr, point: Mapping[str, float], of: str) -> Iterator[float]:
    """Values of one name at which a law is 0, where the others have theirs."""
    grid = [(at, evaluated(law, {**point, of: at})) for at in _GRID]
    for (below, one), (above, other) in pairwise(grid):
        if one is None or other is None or one * other >= 0:
            continue
        for _ in range(_HALVED):
            middle = (below + above) / 2
            found = evaluated(law, {**point, of: middle})
            below, above = (middle, above) if found is not None and found * one > 0 else (below, middle)
        if abs(evaluated(law, {**point, of: below}) or 0) < _ZERO:
            yield below
