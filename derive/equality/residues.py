"""Linear independence looked at modulo a prime, where the generators of forms have random residues.

Where forms are dependent over the rationals, so are their residues at any points; where those of the entries so far are
independent and a further form's are no combination of them, that form is independent of the entries, for certain. Where
they are one, its coefficients tell which entries an exact combination can have. (J. T. Schwartz, "Fast probabilistic
algorithms for verification of polynomial identities", Journal of the ACM 27, 1980; only the proof is kept of it.)
"""

import random
from functools import lru_cache

from derive.equality import polynomials as poly
from derive.equality.forms import Form, Fractions

_PRIME = 2**61 - 1
_POINTS = 64

Residues = list[int]


@lru_cache(maxsize=10_000)
def _residues(generator: int) -> tuple[int, ...]:
    """The residues of a generator, one at each point; the same in every run."""
    points = random.Random(generator)
    return tuple(points.randrange(1, _PRIME) for _ in range(_POINTS))


class ResidueSpan:
    """The residues of a growing list of forms, in echelon form."""

    def __init__(self, fractions: Fractions) -> None:
        self._fractions = fractions
        self._rows: list[tuple[int, Residues, dict[int, int]]] = []
        """The pivot of each row, the row, and of which entries it is combined."""
        self._below: dict[int, Residues] = {}
        self.is_independent = True
        """Whether the residues of all entries are independent of each other."""

    def extend(self, form: Form) -> None:
        """Add a form; its entry is the number of those before it."""
        if self.is_independent:
            try:
                left, combined = self._reduced(form)
            except ValueError:
                self.is_independent = False
                return
            pivot = next((place for place, value in enumerate(left) if value), None)
            if pivot is None or len(self._rows) + 2 > _POINTS:
                self.is_independent = False
                return
            scale = pow(left[pivot], -1, _PRIME)
            entries = {entry: -times * scale % _PRIME for entry, times in combined.items()}
            entries[len(self._rows)] = scale
            self._rows.append((pivot, [value * scale % _PRIME for value in left], entries))

    def entries_of(self, form: Form) -> list[int] | None:
        """The entries of which a form may be combined; None where it is independent of all."""
        try:
            left, combined = self._reduced(form)
        except ValueError:
            return list(range(len(self._rows)))
        return None if any(left) else sorted(entry for entry, times in combined.items() if times % _PRIME)

    def _reduced(self, form: Form) -> tuple[Residues, dict[int, int]]:
        """What the rows leave of a form, and what was taken out by entry; ValueError where what it is divided by has
        the residue 0.
        """
        left, combined = self._values(form), dict[int, int]()
        for pivot, row, entries in self._rows:
            if times := left[pivot]:
                left = [(one - times * other) % _PRIME for one, other in zip(left, row, strict=True)]
                for entry, share in entries.items():
                    combined[entry] = (combined.get(entry, 0) + times * share) % _PRIME
        return left, combined

    def _values(self, form: Form) -> Residues:
        """The residues of a form."""
        below = pow(form.below, -1, _PRIME)
        made = [value * below % _PRIME for value in _values_of(form.top)]
        for number, power in form.factors.items():
            if number not in self._below:
                self._below[number] = _values_of(self._fractions.factors[number])
            made = [value * pow(factor, -power, _PRIME) % _PRIME
                    for value, factor in zip(made, self._below[number], strict=True)]
        return made


def _values_of(polynomial: poly.Polynomial) -> Residues:
    """The residues of a polynomial."""
    made = [0] * _POINTS
    for monomial, coefficient in polynomial.items():
        term = [coefficient % _PRIME] * _POINTS
        for generator, power in poly.powers(monomial):
            values = _residues(generator)
            term = [one * pow(value, power, _PRIME) % _PRIME for one, value in zip(term, values, strict=True)]
        made = [(one + other) % _PRIME for one, other in zip(made, term, strict=True)]
    return made
