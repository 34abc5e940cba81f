"""Polynomials in numbered generators, with fractions for coefficients."""

from collections.abc import Mapping
from fractions import Fraction
from math import prod
from typing import Any, Self

from derive.kernel.values import fraction

MOST_WORK, MOST_POWER = 10_000_000, 1_000_000


class RejectedError(Exception):
    """The certificate does not show what it says."""


def require(holds: Any, what: str) -> None:
    """Nothing; RejectedError where it does not hold."""
    if not holds:
        raise RejectedError(what)


class Polynomial(dict[tuple[tuple[int, int], ...], Fraction]):
    """Coefficients by monomials: sorted pairs of a generator and its power, which is above 0."""

    work = 0

    def __add__(self, other: Mapping[Any, Fraction]) -> Self:
        total = {**self, **{m: self.get(m, 0) + c for m, c in other.items()}}
        return type(self)({m: c for m, c in total.items() if c})

    def __neg__(self) -> Self:
        return type(self)({m: -c for m, c in self.items()})

    def __sub__(self, other: Mapping[Any, Fraction]) -> Self:
        return self + {m: -c for m, c in other.items()}

    def __mul__(self, other: Mapping[Any, Fraction]) -> Self:
        Polynomial.work += len(self) * len(other)
        require(Polynomial.work < MOST_WORK, "too much work")
        total: dict[Any, Any] = {}
        for left, c in self.items():
            for right, d in other.items():
                powers = dict(left)
                for g, k in right:
                    powers[g] = powers.get(g, 0) + k
                monomial = tuple(sorted(powers.items()))
                total[monomial] = total.get(monomial, 0) + c * d
        return type(self)({m: c for m, c in total.items() if c})

    def __pow__(self, exponent: int) -> Self:
        require(0 <= exponent * max((k for m in self for _, k in m), default=1) < MOST_POWER, "no such power")
        if len(self) == 1 and exponent:
            ((powers, c),) = self.items()
            return type(self)({tuple((g, k * exponent) for g, k in powers): c**exponent})
        return prod([self] * exponent, start=type(self)(constant(1)))


def constant(value: Any) -> Polynomial:
    return Polynomial({(): fraction(value)} if fraction(value) else {})


def generator(place: int) -> Polynomial:
    return Polynomial({((place, 1),): Fraction(1)})
