"""Whether signs of polynomials can hold together, and a point where they do: Fourier and Motzkin's elimination.

Different monomials count as independent quantities. So "they cannot" is sure, and for polynomials of the first degree
in independent names "they can" is sure too, with a point.
"""

from collections.abc import Callable, Mapping
from fractions import Fraction
from math import ceil, floor

from msgspec import Struct

from derive.equality import polynomials as poly
from derive.equality.forms import Key

_MOST_CONSTRAINTS = 200


class Constraint(Struct, frozen=True):
    """sum of coefficient * monomial + constant > 0, or ≥ 0 where it is not strict."""

    coefficients: Mapping[int, Fraction]
    constant: Fraction
    strict: bool
    origin: Mapping[Key, Fraction] = {}
    """The polynomials, with the multiples, of which this is the sum."""


def sample(signs: Mapping[Key, int], is_positive: Callable[[int], bool]) -> dict[int, Fraction] | None:
    """A value for each monomial with which all polynomials have their signs; None where there is none.

    A sign is 1, 0, -1, or 2 for not negative and -2 for not positive. `is_positive` tells which generators are
    positive. Too many constraints: an empty dict, as if anything could be.
    """
    constraints, monomials = _constraints(signs, is_positive)
    return _solve(constraints, monomials)


def refutation(signs: Mapping[Key, int], is_positive: Callable[[int], bool]) -> Mapping[Key, Fraction] | None:
    """The multiples of polynomials (some, lone monomials) whose sum is a number below what their signs allow.

    None where no such sum was found.
    """
    constraints, unknowns = _constraints(signs, is_positive)
    for unknown in unknowns:
        above = [c for c in constraints if c.coefficients.get(unknown, 0) > 0]
        below = [c for c in constraints if c.coefficients.get(unknown, 0) < 0]
        free = [c for c in constraints if not c.coefficients.get(unknown, 0)]
        constraints = free + [_combined(low, high, unknown) for low in above for high in below]
    return next((c.origin for c in constraints if c.constant < 0 or (c.constant == 0 and c.strict)), None)


def _constraints(
    signs: Mapping[Key, int], is_positive: Callable[[int], bool]
) -> tuple[list[Constraint], list[int]]:
    constraints: list[Constraint] = []
    monomials: set[int] = set()
    for key, sign in signs.items():
        terms = {monomial: Fraction(coefficient) for monomial, coefficient in key}
        rest = terms.pop(0, Fraction(0))
        monomials.update(terms)
        for direction in (1, -1) if sign == 0 else (1 if sign > 0 else -1,):
            scaled = {monomial: direction * c for monomial, c in terms.items()}
            origin = {key: Fraction(direction)}
            constraints.append(Constraint(scaled, Fraction(direction * rest), abs(sign) == 1, origin))
    for monomial in monomials:
        sign, strict = 1, True
        for place, power in poly.powers(monomial):
            known = 1 if is_positive(place) else signs.get(frozenset({(poly.generator(place), 1)}), 0)
            strict = strict and abs(known) == 1
            sign *= 1 if power % 2 == 0 else known if abs(known) == 1 else 0
        if sign:
            origin = {frozenset({(monomial, 1)}): Fraction(sign)}
            constraints.append(Constraint({monomial: Fraction(sign)}, Fraction(0), strict, origin))
    return constraints, sorted(monomials)


def _solve(constraints: list[Constraint], unknowns: list[int]) -> dict[int, Fraction] | None:
    if len(constraints) > _MOST_CONSTRAINTS:
        return {}
    if not unknowns:
        holds = all(c.constant > 0 or (c.constant == 0 and not c.strict) for c in constraints)
        return {} if holds else None
    unknown, rest = unknowns[0], unknowns[1:]
    above = [c for c in constraints if c.coefficients.get(unknown, 0) > 0]  # unknown > -(others)
    below = [c for c in constraints if c.coefficients.get(unknown, 0) < 0]
    free = [c for c in constraints if not c.coefficients.get(unknown, 0)]
    values = _solve(free + [_combined(low, high, unknown) for low in above for high in below], rest)
    if values is None or (rest and not values):
        return values
    lows = [(_bound(c, unknown, values), c.strict) for c in above]
    highs = [(_bound(c, unknown, values), c.strict) for c in below]
    return {**values, unknown: _between(lows, highs)}


def _combined(low: Constraint, high: Constraint, unknown: int) -> Constraint:
    """What a bound from below and one from above say without the unknown."""
    a, b = low.coefficients[unknown], -high.coefficients[unknown]
    terms = {
        m: b * low.coefficients.get(m, 0) + a * high.coefficients.get(m, 0)
        for m in low.coefficients.keys() | high.coefficients.keys()
        if m != unknown
    }
    origin = dict.fromkeys((*low.origin, *high.origin), Fraction(0))
    for key in origin:
        origin[key] = b * low.origin.get(key, 0) + a * high.origin.get(key, 0)
    return Constraint(
        {m: Fraction(c) for m, c in terms.items() if c},
        b * low.constant + a * high.constant,
        low.strict or high.strict,
        origin,
    )


def _bound(constraint: Constraint, unknown: int, values: Mapping[int, Fraction]) -> Fraction:
    others = sum((c * values[m] for m, c in constraint.coefficients.items() if m != unknown), constraint.constant)
    return -others / constraint.coefficients[unknown]


def _between(lows: list[tuple[Fraction, bool]], highs: list[tuple[Fraction, bool]]) -> Fraction:
    """A simple number between bounds; each bound with whether it is strict."""
    low = max((bound for bound, _ in lows), default=None)
    high = min((bound for bound, _ in highs), default=None)
    if low is None and high is None:
        return Fraction(1)
    if high is None:
        return Fraction(floor(low or 0) + 1)
    if low is None:
        return Fraction(ceil(high) - 1)
    if low == high:
        return low
    for denominator in range(1, 100):
        candidate = Fraction(floor(low * denominator) + 1, denominator)
        if candidate < high:
            return candidate
    return (low + high) / 2
