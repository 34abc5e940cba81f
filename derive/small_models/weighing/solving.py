"""Equations to be solved, and what may follow from one: what is said of each, in the document's order."""

from derive.small_models.models.tensors import numeral, slope
from derive.small_models.notation.slots import base_of
from derive.small_models.weighing.assumptions import Assumed, is_derivative
from derive.small_models.weighing.comparison import Comparisons
from derive.small_models.weighing.solutions import is_to_be_solved, lengths_of, near, unknowns_of
from derive.small_models.weighing.stationary import Solutions
from derive.small_models.weighing.weighed import HOLDS_FOR_SOME, TO_SOLVE, Weighed
from derive.small_models.worlds import Indexed
from derive.small_models.worlds.sides import Sides
from derive.small_models.worlds.unknowns import Unknown


class Solving:
    """The equations to be solved of one document, each kept for the claims behind it."""

    def __init__(self, indexed: Indexed, comparisons: Comparisons) -> None:
        self.indexed, self.world, self.comparisons = indexed, indexed.world, comparisons
        self.solutions = Solutions(indexed)
        self.solved: list[tuple[int, Sides]] = []
        """The equations to be solved so far, and what was proved to follow from them."""
        self.following: list[int] = []
        """These claims, and those that may follow from them."""
        self.unknowns: frozenset[str] = frozenset()
        """The bases for which these equations may be solved."""

    def weighed(self, number: int, sides: Sides) -> Weighed | None:
        """What is said of an equation to be solved, and of what may follow from one; None for any other claim."""
        before = near(self.indexed, number, self.following)
        lengths = [(other, told) for other, told in lengths_of(self.indexed) if other < number]
        unknowns = [one for one in self.indexed.unknowns.before.get(number, ()) if self._has(sides, one)]
        told_zero = tuple((one.claim, Sides(slope(one.of, one.by), numeral(0))) for one in unknowns)
        conditions = (*(one for one in self.solved if one[0] in before), *told_zero, *lengths)
        if conditions and not is_derivative(sides):
            found = self.comparisons.outcome(number, sides, Assumed(conditions=conditions))
            if found.verdict == "proved":
                told = "an equation that is to be solved" if before or unknowns else "the length that is set"
                if before:
                    self._keep(number, sides)
                return Weighed("proved", f"it follows from {told}; {found.reason}", kind=TO_SOLVE)
        if (balance := self._balance(number, sides)) is not None:
            return balance
        if is_to_be_solved(self.indexed, number, sides):
            self._keep(number, sides)
            return Weighed("undecided", HOLDS_FOR_SOME, kind=TO_SOLVE)
        if is_derivative(sides):
            return None
        weighed = self.solutions.at(number, sides) if unknowns else None
        if weighed is not None:
            return weighed
        if not unknowns and not (before and self.world.rests_on(sides.names(), self.unknowns)):
            return None
        self.following.append(number)
        return Weighed("undecided", "it may follow from an equation that is to be solved", kind=TO_SOLVE)

    def _balance(self, number: int, sides: Sides) -> Weighed | None:
        """The equation A w = b that says that a derivative before it is zero, where no word does; None for any other.

        Neither side is zero with the derivative: else the two are steps of one chain, of which one has lost a factor.
        """
        for one in self.indexed.unknowns.tacit.get(number, ()):
            given = Assumed(conditions=((one.claim, Sides(slope(one.of, one.by), numeral(0))),))
            zero = Sides(sides.left, numeral(0))
            if self._has(sides, one) and self.comparisons.outcome(number, sides, given).verdict == "proved":
                if self.comparisons.outcome(number, zero, given).verdict == "proved":
                    return None
                told = f"∂{one.of.value.rstrip('()·')}/∂{one.by.value} is zero where it holds"
                return Weighed("proved", told, kind=TO_SOLVE)
        return None

    def _has(self, sides: Sides, unknown: Unknown) -> bool:
        """Whether a claim has an unknown."""
        return self.world.rests_on(sides.names(), (base_of(unknown.by),))

    def _keep(self, number: int, sides: Sides) -> None:
        """An equation as it is read last: one reading of a claim is meant."""
        self.solved = [*(one for one in self.solved if one[0] != number), (number, sides)]
        self.following.append(number)
        self.unknowns |= unknowns_of(self.indexed, sides)
