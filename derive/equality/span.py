"""Forms that are linearly independent over the rationals, and how another is combined of them."""

from collections import Counter
from fractions import Fraction

from derive.equality import polynomials as poly
from derive.equality.forms import Form, Fractions
from derive.equality.residues import ResidueSpan

Vector = dict[int, Fraction]

_CONSTANT = -1
"""Stands among the generators of a form that may have a constant part."""


class Span:
    """A growing list of forms, each independent of those before it."""

    def __init__(self, fractions: Fractions) -> None:
        self._fractions = fractions
        self._forms: list[Form] = []
        self._used: list[frozenset[int]] = []
        self._residues = ResidueSpan(fractions)

    def extend(self, form: Form) -> None:
        """Add an independent form; its entry is the number of those before it."""
        self._forms.append(form)
        self._used.append(self._generators(form))
        self._residues.extend(form)

    def combination(self, form: Form) -> Vector | None:
        """Coefficients by entry that give the form; None where it is independent of the entries."""
        entries = self._related(self._generators(form))
        if entries is None:
            return None
        if self._residues.is_independent:
            few = self._residues.entries_of(form)
            found = None if few is None else self._combination_of(few, form)
            if few is None or found is not None:
                return found
        return self._combination_of(entries, form)

    def _combination_of(self, entries: list[int], form: Form) -> Vector | None:
        """The same with some entries alone."""
        forms = [*(self._forms[entry] for entry in entries), form]
        common: dict[int, int] = {}
        for other in forms:
            for number, power in other.factors.items():
                common[number] = max(power, common.get(number, 0))
        vectors = [self._vector(other, common) for other in forms]
        rows: list[tuple[int, Vector, Vector]] = []  # pivot, row, the combination of entries that the row is
        for entry, vector in zip(entries, vectors, strict=False):
            taken = self._take_out(rows, vector)
            if not vector:
                continue
            pivot = min(vector)
            lead = vector[pivot]
            combined = {other: -times / lead for other, times in taken.items()}
            combined[entry] = combined.get(entry, Fraction(0)) + 1 / lead
            rows.append((pivot, {m: c / lead for m, c in vector.items()}, combined))
        taken = self._take_out(rows, vectors[-1])
        return None if vectors[-1] else taken

    def _related(self, wanted: frozenset[int]) -> list[int] | None:
        """The entries that may take part in a combination with these generators; None where there can be none.

        One with a generator that no other has cannot take part: nothing would cancel it.
        """
        counts = Counter(wanted)
        left = set(range(len(self._forms)))
        for entry in left:
            counts.update(self._used[entry])
        while alone := {entry for entry in left if any(counts[place] == 1 for place in self._used[entry])}:
            left -= alone
            for entry in alone:
                counts.subtract(self._used[entry])
        if any(counts[place] == 1 for place in wanted):
            return None
        reached, near = set(wanted), set[int]()
        while more := {entry for entry in left - near if self._used[entry] & reached}:
            near |= more
            reached.update(*(self._used[entry] for entry in more))
        return sorted(near)

    def _generators(self, form: Form) -> frozenset[int]:
        found = {place for monomial in form.top for place, _ in poly.powers(monomial)}
        for number in form.factors:
            found.update(place for monomial in self._fractions.factors[number] for place, _ in poly.powers(monomial))
        return frozenset(found | {_CONSTANT} if form.factors or 0 in form.top else found)

    def _vector(self, form: Form, common: dict[int, int]) -> Vector:
        """The coefficients of the form's numerator over the common denominator."""
        missing = {n: p - form.factors.get(n, 0) for n, p in common.items() if p > form.factors.get(n, 0)}
        top = poly.multiply(form.top, self._fractions.expanded(missing).top, self._fractions.work)
        return {monomial: Fraction(coefficient, form.below) for monomial, coefficient in top.items()}

    def _take_out(self, rows: list[tuple[int, Vector, Vector]], vector: Vector) -> Vector:
        """Subtract the rows from a vector, in place; what was taken out, by entry."""
        taken: Vector = {}
        for pivot, row, combination in rows:
            times = vector.get(pivot)
            if times:
                self._fractions.work.spend(10 * len(row))
                _add_to(vector, row, -times)
                _add_to(taken, combination, times)
        return taken


def _add_to(total: Vector, vector: Vector, times: Fraction) -> None:
    for key, value in vector.items():
        new = total.get(key, Fraction(0)) + times * value
        if new:
            total[key] = new
        else:
            total.pop(key, None)
