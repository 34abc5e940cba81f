"""Whether sides are equal on a graph; the same question is asked once."""

from collections.abc import Iterable
from fractions import Fraction

import sympy as sp

from derive.checking.evidence.equality import Equality
from derive.checking.graph import Graph
from derive.checking.premises import NO_SIGNS, Signs
from derive.equality import Proved, Undecided, Verdict
from derive.equality.deciding import decide
from derive.rules import Relu, Step

_LARGEST = 3_000
Witness = Iterable[tuple[str, Fraction]]
"""Names with values at which two sides differ."""
_TELLS_SIGNS = (sp.Piecewise, sp.Max, sp.Min, sp.Abs, sp.sign, Relu, Step)


class Decisions:
    """The verdicts on pairs of sides so far; `signs` are what the document says of names."""

    def __init__(self, signs: Signs = NO_SIGNS) -> None:
        self.signs = signs
        self._found: dict[Equality, Verdict] = {}

    def where(self, signs: Signs) -> "Decisions":
        """The same under other signs."""
        if signs == self.signs:
            return self
        other = Decisions(signs)
        other._found = self._found
        return other

    def decided(self, a: sp.Expr, b: sp.Expr, graph: Graph) -> Verdict:
        """Whether two sides that are worked out are equal, by the definitions of a graph."""
        return self.answer(self.equality(a, b, graph))

    def needs_positive(self, a: sp.Expr, b: sp.Expr, graph: Graph, witness: Witness) -> list[str]:
        """The names, of those that are negative where two sides were found to differ, that must be positive for the
        sides to be equal; none where they differ for positive ones, too, or tell the signs apart themselves: that
        the slope of max(0, z) is 1 tells none apart.
        """
        if not b.is_number and any(one.has(*_TELLS_SIGNS) for one in (a, b, *graph.closure((a, b)).values())):
            return []
        negative = [[name] for name, value in witness if value < 0 and name not in self.signs.negative]
        for names in (*negative, sorted(name for name, _ in witness)) if negative else ():
            signs = Signs(self.signs.positive | set(names))
            if isinstance(self.answer(Equality.of(a, b, graph, signs)), Proved):
                return names
        return []

    def equality(self, a: sp.Expr, b: sp.Expr, graph: Graph) -> Equality:
        """What is asked of two sides that are worked out, by the definitions of a graph."""
        return Equality.of(a, b, graph, self.signs)

    def answer(self, asked: Equality) -> Verdict:
        """What the decider says."""
        if asked not in self._found:
            if sum(1 for side in (asked.left, asked.right) for _ in sp.preorder_traversal(side)) > _LARGEST:
                self._found[asked] = Undecided("the sides are too large to compare")
            else:
                definitions = dict(asked.definitions)
                found = decide(asked.left, asked.right, definitions=definitions, positive=asked.positive, noted=False)
                self._found[asked] = asked.told(found)
        return self._found[asked]
