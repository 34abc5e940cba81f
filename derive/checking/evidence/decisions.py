"""Whether sides are equal on a graph; the same question is asked once."""

from collections.abc import Iterable
from fractions import Fraction

import sympy as sp

from derive.checking.graph import Graph
from derive.equality import Proved, Undecided, Verdict
from derive.equality.deciding import decide
from derive.rules import Relu, Step

_LARGEST = 3_000
Witness = Iterable[tuple[str, Fraction]]
"""Names with values at which two sides differ."""
_TELLS_SIGNS = (sp.Piecewise, sp.Max, sp.Min, sp.Abs, sp.sign, Relu, Step)


class Decisions:
    """The verdicts on pairs of sides so far; `positive` are the names of which the document says that they are."""

    def __init__(self, positive: frozenset[str] = frozenset()) -> None:
        self.positive = positive
        self._found: dict[tuple[object, ...], Verdict] = {}

    def decided(self, a: sp.Expr, b: sp.Expr, graph: Graph) -> Verdict:
        """Whether two sides that are worked out are equal, by the definitions of a graph."""
        return self._decided(a, b, graph, self.positive)

    def needs_positive(self, a: sp.Expr, b: sp.Expr, graph: Graph, witness: Witness) -> list[str]:
        """The names, of those that are negative where two sides were found to differ, that must be positive for the
        sides to be equal; none where they differ for positive ones, too, or tell the signs apart themselves.
        """
        if any(one.has(*_TELLS_SIGNS) for one in (a, b, *graph.closure((a, b)).values())):
            return []
        negative = [[name] for name, value in witness if value < 0]
        for names in (*negative, sorted(name for name, _ in witness)) if negative else ():
            if isinstance(self._decided(a, b, graph, self.positive | set(names)), Proved):
                return names
        return []

    def vanishes(self, side: sp.Expr, graph: Graph) -> bool:
        """Whether a side that is worked out is 0, whatever its names are."""
        return isinstance(self._decided(side, sp.Integer(0), graph, frozenset()), Proved)

    def _decided(self, a: sp.Expr, b: sp.Expr, graph: Graph, positive: frozenset[str]) -> Verdict:
        definitions = graph.closure((a, b))
        key = (a, b, tuple(definitions.items()), positive)
        if key not in self._found:
            if sum(1 for side in (a, b) for _ in sp.preorder_traversal(side)) > _LARGEST:
                self._found[key] = Undecided("the sides are too large to compare")
            else:
                self._found[key] = decide(a, b, definitions=definitions, positive=positive)
        return self._found[key]
