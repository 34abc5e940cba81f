"""What the decider is asked: whether two sides are equal, under definitions."""

import sympy as sp
from msgspec import Struct
from msgspec.structs import replace

from derive.checking.graph import Graph
from derive.checking.premises import NO_SIGNS, Signs
from derive.equality import Refuted, Verdict
from derive.names import symbol

_MINUS = "minus_"
"""What stands before the name of a negative quantity when its absolute value is named."""


class Equality(Struct, frozen=True):
    """Two sides that are worked out, the definitions they rest on, each after those that it uses, and the names that
    are positive; the decider knows none that are negative: minus_z stands for -z, and is positive.
    """

    left: sp.Expr
    right: sp.Expr
    definitions: tuple[tuple[str, sp.Expr], ...]
    positive: frozenset[str] = frozenset()

    @classmethod
    def of(cls, left: sp.Expr, right: sp.Expr, graph: Graph, signs: Signs = NO_SIGNS) -> "Equality":
        """The equality of two sides by the definitions of a graph; CircleError."""
        definitions = graph.closure((left, right))
        turned = {symbol(name): -symbol(_MINUS + name) for name in signs.negative - definitions.keys()}
        if turned:
            left, right = left.xreplace(turned), right.xreplace(turned)
            definitions = {name: body.xreplace(turned) for name, body in definitions.items()}
        made = frozenset(str(-turned[one]) for one in turned)
        return cls(left, right, tuple(definitions.items()), signs.positive | made)

    def told(self, verdict: Verdict) -> Verdict:
        """A verdict on it in the names of the document."""
        minus = {name: name.removeprefix(_MINUS) for name in self.positive if name.startswith(_MINUS)}
        if not minus:
            return verdict
        reason = verdict.reason
        for name, one in minus.items():
            reason = reason.replace(name, f"(-{one})")
        if not isinstance(verdict, Refuted):
            return replace(verdict, reason=reason)
        witness = ((minus[name], -value) if name in minus else (name, value) for name, value in verdict.witness)
        return replace(verdict, witness=tuple(witness), reason=reason)
