"""Equalities of numbers: a formula at the document's values against what is printed, to the digits shown."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import sympy as sp
from msgspec.structs import replace

from derive.checking.intended import Intended
from derive.checking.meaning import Meaning
from derive.checking.members import Member
from derive.checking.numbers import (
    Approximate,
    Values,
    agree,
    approximate,
    bindings,
    flat,
    is_numeric,
    numeric_slip,
    printed,
    short,
)
from derive.checking.report import Checked
from derive.claim import Partial
from derive.equality import Proved, Refuted
from derive.names import symbol

_EXACTLY = sp.Rational(1, 10**15)
_MANY_NAMES = 4


def _no_value(names: Sequence[str], missing: str, after: bool) -> str:
    if after:
        return f"what {missing} is after the update is not worked out"
    if not names:
        return "the values of its names are taken from this very line"
    return f"the document has no value for {missing}"


@dataclass(frozen=True)
class Valued:
    """What expressions come to at the values that a document gives."""

    meaning: Meaning
    values: Values

    @property
    def intended(self) -> Intended:
        """The network that is meant."""
        return self.meaning.intended

    def compared(self, base: Checked, left: Member, right: Member, a: sp.Expr, b: sp.Expr, about: bool) -> Checked:
        """A member of numbers: at the document's values, to the digits shown."""
        for one, other in ((a, b), (b, a)):
            exact = is_numeric(other) and all(literal.q == 1 for literal in other.atoms(sp.Rational))
            if exact and self._may_be(one, other) and isinstance(self.meaning.decide(one, other), Proved):
                return replace(base, verdict="proved")
        strange = self.meaning.strange(a) or self.meaning.strange(b)
        if strange:
            return replace(base, verdict="undecided", reason=strange)
        here = right.traced.place(0)
        if a.is_Symbol and a.name in self.values.leaves and is_numeric(b):
            if self.values.is_given(a.name, here) or self.intended.names.is_rate(a.name):
                return replace(base, verdict="definition")
            weight = a.name in self.intended.network.parameters
            moved = weight or (b.is_Add and not self.intended.names.is_networks(a.name))
            if moved and self.values.of[a.name] != b:
                after = symbol(f"{a.name}⁺")
                if after.name in self.meaning.definitions:
                    return self.compared(base, left, right, after, b, about)
                told = f"{left.text} is {short(self.values.of[a.name])} elsewhere; after an update it is not told"
                return replace(base, verdict="undecided", reason=told)
        found_a = list(self._values(a, left, here, about))
        found_b = list(self._values(b, right, here, about))
        if not found_a or not found_b:
            return self._valueless(base, a, b)
        by_hand = not (is_numeric(a) and is_numeric(b))
        if any(agree(x, y, by_hand=by_hand) for x in found_a for y in found_b):
            return replace(base, verdict="proved")
        if a.is_Symbol and not b.is_Rational and self._is_told(a.name, found_b):
            return replace(base, verdict="proved")
        value, stands = (found_a[0], found_b[0]) if is_numeric(b) else (found_b[0], found_a[0])
        told = f"{short(value.value)} at the document's values, {short(stands.value)} stands here"
        leaves = self.meaning.leaves_of(a) | self.meaning.leaves_of(b)
        often = {name for name, given in self.values.anew.items() if len({value for _, value in given}) > 2}
        again = sorted(name for name in leaves if name in self.values.twice or name in often)
        if again:
            names = ", ".join(self.intended.spelled(name) for name in again[:4])
            return replace(base, verdict="undecided", reason=f"{told}; but {names} is given more than one value")
        slip = numeric_slip(value.value, stands.value, self._substituted(a, b))
        return replace(base, verdict="refuted", correct=short(value.value), reason=told, slip=slip)

    def _is_told(self, name: str, found: Sequence[Approximate]) -> bool:
        """Whether a result rounds to the value that the document gives a name: p = 2.7/11.2, and 0.241 elsewhere."""
        told = self.values.of.get(name) if name in self.values.leaves else None
        decimals = next((n for n in range(2, 20) if told is not None and 10**n % told.q == 0), 0)
        half = sp.Rational(1, 2 * 10**decimals)
        return decimals > 0 and told is not None and told.q > 1 and any(abs(one.value - told) <= half for one in found)

    def _may_be(self, formula: sp.Expr, number: sp.Expr) -> bool:
        """Whether a formula in names could be a number whatever their values: cheap to say of most that are not."""
        names = self.meaning.worked(formula).free_symbols
        return not is_numeric(formula) and (number in (-1, 0, 1) or len(names) < _MANY_NAMES)

    def _substituted(self, a: sp.Expr, b: sp.Expr) -> tuple[tuple[str, sp.Expr, sp.Expr], ...]:
        """(name, its value, the number that stands for it) where a formula's numbers are not the document's values."""
        formula = self.meaning.definitions.get(a.name, a) if a.is_Symbol else a
        return tuple(
            (self.intended.spelled(name), self.values.of[name], number)
            for name, number in bindings(formula, b)
            if name in self.values.of and self.values.of[name] != number
        )

    def _valueless(self, base: Checked, a: sp.Expr, b: sp.Expr) -> Checked:
        """A number for something that cannot be computed from what the document gives."""
        side = b if is_numeric(a) else a
        names = sorted(name for name in self.meaning.leaves_of(side) if name not in self.values.leaves)
        missing = self.meaning.listed(names)
        if side.is_Symbol and side.name in self.values.of and self.values.of[side.name] in (a, b):
            if not self.intended.names.is_networks(side.name) and not side.name.endswith("⁺"):
                return replace(base, verdict="definition", reason="a value of the document's own")
            return replace(base, verdict="undecided", reason=f"taken as given: the document has no value for {missing}")
        number = a if is_numeric(a) else b
        if number in (-1, 0, 1) and isinstance(side, Partial):  # no value of a start, but a slope that is always so
            verdict = self.meaning.decide(a, b)
            if isinstance(verdict, Refuted):
                return self.meaning.refuted(base, verdict, self.meaning.correct(a, b))
        return replace(base, verdict="undecided", reason=_no_value(names, missing, self.meaning.after(side)))

    def _values(self, side: sp.Expr, member: Member, here: int, about: bool) -> Iterator[Approximate]:
        """The values a side can have: as printed; from the values at hand; computed from the leaves."""
        shown = printed(member.text, side, about=about)
        if shown is not None:
            yield shown
            return
        if is_numeric(side):
            found = approximate(side, {}, frozenset())
            if found is not None:
                yield found
            return
        worked = self.meaning.worked(side)
        given = self.values.elsewhere(here)
        if side.is_Symbol and side.name not in self.values.leaves:
            given = self.values.elsewhere(here, but=side.name)
            worked = self.meaning.worked(self.meaning.definitions.get(side.name, side))
        from_leaves = self._computed
        if (side.is_Symbol and side.name in given.leaves and side.name not in given.of) or (
            self.values.anew.keys() & self.meaning.leaves_of(side)
        ):
            from_leaves = {}
        elif here in self.values.where.values():
            own = {name for name, place in self.values.where.items() if place == here and name in self.values.leaves}
            from_leaves = {} if own & self.meaning.leaves_of(side) else self._computed
        for values, rounded in ((given.of, self._rounded), (from_leaves, frozenset[str]())):
            found = approximate(worked, values, rounded)
            if found is not None:
                yield found

    @cached_property
    def _rounded(self) -> frozenset[str]:
        """The results that were rounded when they were printed; what a result is exactly is no approximation."""
        exact = {
            name
            for name in self.values.rounded & self._computed.keys()
            if abs(self._computed[name] - self.values.of[name]) <= abs(self._computed[name]) * _EXACTLY
        }
        return self.values.rounded - exact

    @cached_property
    def _computed(self) -> Mapping[str, sp.Expr]:
        """Every name's value as computed from the leaves that have one, in the order of the definitions."""
        found = dict(self.values.of_leaves())
        for name, body in self.meaning.definitions.items():
            value = approximate(self.meaning.worked(body), found, frozenset()) if name not in found else None
            if value is not None:
                found[name] = value.value
        return found

    def agree_in_numbers(self, a: sp.Expr, b: sp.Expr) -> bool:
        """Whether a formula with some values put in is right at the document's values: h1 = 0.15*i1 + 0.2*i2."""
        if self._put_in(a, b):
            return True
        decimals = [n for side in (a, b) for n in side.atoms(sp.Rational) if n.q not in (1, 2)]
        if not decimals:
            return False
        values = self._computed
        for one in (a, self.meaning.definitions.get(str(a), a)):
            left = approximate(self.meaning.worked(one), values, frozenset())
            right = approximate(self.meaning.worked(b), values, frozenset())
            if left is not None and right is not None and agree(left, right):
                return True
        return False

    def _put_in(self, a: sp.Expr, b: sp.Expr) -> bool:
        """Whether one side is the other with values put in for names, each of which stands there: w*x + b = 0*x + 0."""
        formula = self.meaning.definitions.get(a.name, a) if a.is_Symbol else a
        given = self.values.of_leaves()
        names = [s for s in formula.free_symbols - b.free_symbols if s.name in given]
        stands = Counter(part for part in sp.preorder_traversal(b) if part.is_Rational)
        if not names or Counter(given[s.name] for s in names) - stands:
            return False
        return isinstance(self.meaning.decide(formula.xreplace({s: given[s.name] for s in names}), b), Proved)

    def more_terms(self, numbers: sp.Expr, formula: sp.Expr) -> str:
        """The number that the document adds where its formula has no term: 0.35 + 0.15*0.05 for w1*i1."""
        parts = flat(numbers)
        loose = [part for part in parts if part.is_Rational]
        if len(loose) == 1 and formula.is_Add and len(parts) == len(flat(formula)) + 1:
            return f"a term more, {short(loose[0])}: a bias?"
        return ""
