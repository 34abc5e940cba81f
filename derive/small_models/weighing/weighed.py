"""What is said of one claim about arrays."""

from fractions import Fraction

from msgspec import Struct


class Weighed(Struct, frozen=True):
    """What is said of one claim: the verdict word, the reason, and for a refutation sizes, values and both sides there.

    `kind` tells what a claim is that states nothing: a definition, an update, a value, a slope that nothing else tells;
    or that a name was held to be the gradient that it says it is, or that a claim is true of numbers alone.
    """

    verdict: str
    reason: str = ""
    kind: str = "indexed"
    witness: tuple[tuple[str, Fraction], ...] | None = None
    left_value: str = ""
    right_value: str = ""
    sizes: tuple[tuple[str, int], ...] = ()
    given: tuple[int, ...] = ()
    """The refuted claims before a refuted one from which it follows rightly."""
