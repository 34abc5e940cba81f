"""What the decider is asked: whether two sides are equal, under definitions."""

import sympy as sp
from msgspec import Struct

from derive.checking.graph import Graph


class Equality(Struct, frozen=True):
    """Two sides that are worked out, the definitions they rest on, each after those that it uses, and the names that
    are positive.
    """

    left: sp.Expr
    right: sp.Expr
    definitions: tuple[tuple[str, sp.Expr], ...]
    positive: frozenset[str]

    @classmethod
    def of(cls, left: sp.Expr, right: sp.Expr, graph: Graph, positive: frozenset[str]) -> "Equality":
        """The equality of two sides by the definitions of a graph; CircleError."""
        return cls(left, right, tuple(graph.closure((left, right)).items()), positive)
