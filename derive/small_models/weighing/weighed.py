"""What is said of one claim about arrays."""

from fractions import Fraction

import sympy as sp
from msgspec import Struct


class Component(Struct, frozen=True):
    """One component of both sides at some sizes, as it was decided: the definitions it rests on, each after those that
    it uses.
    """

    left: sp.Expr
    right: sp.Expr
    definitions: tuple[tuple[str, sp.Expr], ...] = ()


TO_SOLVE = "to solve"
"""The kind of an equation to be solved, and of what follows from one, whatever it is about."""
HALF_SAID = "half said"
"""The kind of a claim that holds where a sum is read into it."""
HOLDS_FOR_SOME = "an equation to be solved: it holds for some values only"


class Weighed(Struct, frozen=True):
    """What is said of one claim: the verdict word, the reason, and for a refutation sizes, values and both sides there.

    `kind` tells what a claim is that states nothing: a definition, an update, a value, a slope that nothing else tells;
    or that a name was held to be the gradient that it says it is, or that a claim is true of numbers alone, or that its
    shapes do not fit.
    """

    verdict: str
    reason: str = ""
    kind: str = "indexed"
    witness: tuple[tuple[str, Fraction], ...] | None = None
    left_value: str = ""
    right_value: str = ""
    sizes: tuple[tuple[str, int], ...] = ()
    components: tuple[Component, ...] = ()
    """What was decided of a proved or refuted claim, at the sizes that were looked at."""
    given: tuple[int, ...] = ()
    """The refuted claims before a refuted one from which it follows rightly."""
    slip: str = ""
    span: tuple[int, int] | None = None
    """The likeliest slip of a refuted claim, as `kind: message`, and where in the text it is."""
