"""Forms that are linearly independent over the rationals, and how another is combined of them."""

from fractions import Fraction

from derive.equality import polynomials as poly
from derive.equality.forms import Form, Fractions

Vector = dict[int, Fraction]


class Span:
    """A growing list of independent forms, kept with their numerators over one denominator in echelon form."""

    def __init__(self, fractions: Fractions) -> None:
        self._fractions = fractions
        self._forms: list[Form] = []
        self._rows: list[tuple[int, Vector, Vector]] = []  # pivot, row, the combination of entries that the row is
        self._common: dict[int, int] = {}

    def combination(self, form: Form) -> Vector | None:
        """Coefficients by entry that give the form; None where it is independent of the entries."""
        self._widen(form)
        vector = self._vector(form)
        taken = self._take_out(vector)
        return None if vector else taken

    def extend(self, form: Form) -> int:
        """Add an independent form; its entry."""
        self._widen(form)
        self._forms.append(form)
        self._add_row(len(self._forms) - 1)
        return len(self._forms) - 1

    def _widen(self, form: Form) -> None:
        """Bring the rows over a denominator that the form's divides."""
        wider = {n: p for n, p in form.factors.items() if p > self._common.get(n, 0)}
        if wider:
            self._common = {**self._common, **wider}
            self._rows = []
            for entry in range(len(self._forms)):
                self._add_row(entry)

    def _add_row(self, entry: int) -> None:
        vector = self._vector(self._forms[entry])
        taken = self._take_out(vector)
        pivot = min(vector)
        lead = vector[pivot]
        combination = {other: -times / lead for other, times in taken.items()}
        combination[entry] = 1 / lead
        self._rows.append((pivot, {m: c / lead for m, c in vector.items()}, combination))

    def _vector(self, form: Form) -> Vector:
        """The coefficients of the form's numerator over the common denominator."""
        missing = {n: p - form.factors.get(n, 0) for n, p in self._common.items() if p > form.factors.get(n, 0)}
        top = poly.multiply(form.top, self._fractions.expanded(missing).top, self._fractions.work)
        return {monomial: Fraction(coefficient, form.below) for monomial, coefficient in top.items()}

    def _take_out(self, vector: Vector) -> Vector:
        """Subtract the rows from a vector, in place; what was taken out, by entry."""
        taken: Vector = {}
        for pivot, row, combination in self._rows:
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
