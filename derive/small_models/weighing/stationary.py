"""What a document solves for, held against the equations that it solves: w = (X^T X)^{-1} X^T y where ∂L/∂w is zero."""

from collections.abc import Iterable, Iterator

from msgspec.structs import replace

from derive.errors import DeriveError
from derive.small_models.models.tensors import numeral, slope
from derive.small_models.notation.slots import base_of, names_of, slots_of
from derive.small_models.weighing.assumptions import Assumed
from derive.small_models.weighing.comparison import Comparisons, Outcome
from derive.small_models.weighing.weighed import TO_SOLVE, Weighed
from derive.small_models.worlds import Indexed
from derive.small_models.worlds.definitions import Rule
from derive.small_models.worlds.sides import Sides
from derive.small_models.worlds.unknowns import Unknown

_BOUND = ("lagrang", "constrain", "subject to", "multiplier")
"""Words of texts in which more than a derivative is to be zero."""


class Solutions:
    """The claims of one document that say what its unknowns are."""

    def __init__(self, indexed: Indexed) -> None:
        self.indexed = indexed
        text = indexed.document.text.text.lower()
        self.is_bound = any(word in text for word in _BOUND) or bool(indexed.world.totals)
        self.found: dict[int, Weighed] = {}

    def weighed(self, number: int, sides: Sides) -> Weighed:
        """Whether the derivative is zero where a claim says that the unknown is; by itself, or with what others are."""
        if number not in self.found:
            self.found[number] = self._weighed(number, sides, self.indexed.unknowns.solved[number])
        return self.found[number]

    def _weighed(self, number: int, sides: Sides, unknown: Unknown) -> Weighed:
        if number in self.indexed.programs:
            sides = Sides(unknown.by, sides.right)
        zero = Sides(slope(unknown.of, sides.left), numeral(0))
        told = f"∂{unknown.of.value.rstrip('()·')}/∂{unknown.by.value} is"
        if self.indexed.world.rests_on(names_of(sides.right), (base_of(sides.left),)):
            return self._following(number, sides, zero)
        others = [rule for rule in self._rules(number) if rule.base != base_of(sides.left)]
        tried = [self._where(number, zero, (self._rule(number, sides), *more)) for more in ((), others)]
        for one in tried:
            if one is not None and one.verdict == "proved":
                reason = f"{told} zero there; {one.reason}"
                return Weighed("proved", reason, "solution", components=one.components)
        differing = [one for one in tried if one is not None and one.contradicts]
        if not differing or not self._is_all_told(sides, unknown):
            return Weighed("undecided", "an equation to be solved: nothing tells all on which its solution rests")
        one = differing[-1]
        assert one.refuted is not None
        return Weighed(
            "refuted",
            f"{told} not zero there",
            "solution",
            one.refuted.witness,
            one.refuted.left,
            one.refuted.right,
            one.sizes,
            one.components,
        )

    def _following(self, number: int, sides: Sides, zero: Sides) -> Weighed:
        """A fixed point, whose right side rests on the unknown itself: it may follow from the equation."""
        try:
            found = Comparisons(self.indexed).outcome(number, sides, Assumed(conditions=((number, zero),)))
        except (DeriveError, RecursionError):
            return Weighed("undecided", "it may follow from an equation that is to be solved", TO_SOLVE)
        if found.verdict == "proved":
            return Weighed("proved", f"it follows from an equation that is to be solved; {found.reason}", TO_SOLVE)
        return Weighed("undecided", "it may follow from an equation that is to be solved", TO_SOLVE)

    def at(self, number: int, sides: Sides) -> Weighed | None:
        """What is said of an equation of unknowns of which the document has the solution; None where it has none."""
        solved = dict(self._solved())
        unknowns = {base_of(one.by) for one in self.indexed.unknowns.before.get(number, ())}
        used = unknowns & set(self.indexed.world.below(sides.names()))
        if not used or used - solved.keys():
            return None
        found = self._where(number, sides, solved.values())
        if found is None or found.verdict == "undecided":
            return None
        if found.verdict == "proved":
            return Weighed("proved", f"it holds for the solution; {found.reason}", "solution")
        if not found.contradicts or found.refuted is None:
            return None
        refuted = found.refuted
        return Weighed(
            "refuted",
            "it does not hold for the solution",
            "solution",
            refuted.witness,
            refuted.left,
            refuted.right,
            found.sizes,
            found.components,
        )

    def _solved(self) -> Iterator[tuple[str, Rule]]:
        """The solutions that are proved, by what they solve for."""
        for number in self.indexed.unknowns.solved:
            sides = self.indexed.claims[number][0]
            if self.weighed(number, sides).verdict == "proved" and self.weighed(number, sides).kind == "solution":
                yield base_of(sides.left), self._rule(number, sides)

    def _rules(self, but: int) -> Iterator[Rule]:
        """What the other claims before one say of the unknowns, the last of each."""
        last = {base_of(self.indexed.claims[n][0].left): n for n in sorted(self.indexed.unknowns.solved) if n < but}
        return (self._rule(number, self.indexed.claims[number][0]) for number in last.values())

    def _rule(self, number: int, sides: Sides) -> Rule:
        above, below = slots_of(sides.left)
        return Rule(base_of(sides.left), above, below, sides.right, number)

    def _where(self, number: int, sides: Sides, rules: Iterable[Rule]) -> Outcome | None:
        """Two sides where unknowns are what some claims say; None where that cannot be worked out."""
        table = {rule.base: (rule,) for rule in rules}
        world = replace(self.indexed.world, rules={**self.indexed.world.rules, **table})
        if any(world.rests_on(names_of(rule.body), (base,)) for base, (rule,) in table.items()):
            return None  # each would be told by the other
        try:
            return Comparisons(replace(self.indexed, world=world)).outcome(number, sides)
        except (DeriveError, RecursionError):  # what rests on itself has no end
            return None

    def _is_all_told(self, sides: Sides, unknown: Unknown) -> bool:
        """Whether nothing else that the document may solve for is missing on the right side."""
        below = set(self.indexed.world.below((unknown.of,)))
        own = set(self.indexed.world.below(names_of(sides.right)))
        unknowns = {base_of(one.by) for ones in self.indexed.unknowns.before.values() for one in ones}
        return not self.is_bound and unknowns & below - {base_of(unknown.by)} <= own
