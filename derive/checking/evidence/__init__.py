"""The verdict of every claim under one interpretation, and the names on whose meaning it rests."""

from fractions import Fraction

from msgspec import Struct

from derive.checking.equations import Equation
from derive.checking.evidence.equality import Equality
from derive.small_models import Component


class Evidence(Struct, frozen=True):
    """What is said of one claim: a verdict word, the reason, the equation that it is about, and its support.

    `support` are the names on whose meaning it rests; `kind` tells apart reasons of the same verdict. Where a claim is
    refuted, `witness` are values at which its sides come to `left_value` and `right_value`; `given` are the refuted
    claims from which it follows rightly; `equality` is what was decided, where that alone is the verdict, and of arrays
    `components` are, at the sizes that were looked at; `span` is where in the text its `slip` is.
    """

    verdict: str
    reason: str = ""
    equation: Equation | None = None
    witness: tuple[tuple[str, Fraction], ...] | None = None
    support: frozenset[str] = frozenset()
    left_value: str = ""
    right_value: str = ""
    kind: str = ""
    imprecise: bool = False
    sizes: tuple[tuple[str, int], ...] = ()
    slip: str = ""
    span: tuple[int, int] | None = None
    correct: str = ""
    given: tuple[int, ...] = ()
    equality: Equality | None = None
    components: tuple[Component, ...] = ()

    @property
    def is_contradicted(self) -> bool:
        """Whether the sides differ: refuted, or open only because the line may bring in a name."""
        return self.verdict == "refuted" or self.kind == "introduced"

    @property
    def is_explained(self) -> bool:
        """Whether the sides are equal: proved, or since the line itself says term by term what its names are."""
        return self.verdict == "proved" or self.kind == "terms"
