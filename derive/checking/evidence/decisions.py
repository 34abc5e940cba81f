"""Whether sides are equal on a graph; the same question is asked once."""

import sympy as sp

from derive.checking.graph import Graph
from derive.equality import Proved, Undecided, Verdict
from derive.equality.deciding import decide

_LARGEST = 3_000


class Decisions:
    """The verdicts on pairs of sides so far; `positive` are the names of which the document says that they are."""

    def __init__(self, positive: frozenset[str] = frozenset()) -> None:
        self.positive = positive
        self._found: dict[tuple[object, ...], Verdict] = {}

    def decided(self, a: sp.Expr, b: sp.Expr, graph: Graph) -> Verdict:
        """Whether two sides that are worked out are equal, by the definitions of a graph."""
        return self._decided(a, b, graph, self.positive)

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
