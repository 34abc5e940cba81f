"""Roots of constants that other roots give: sqrt(5 + 2*sqrt(6)) is sqrt(2) + sqrt(3)."""

from collections.abc import Sequence
from fractions import Fraction
from itertools import product
from typing import TYPE_CHECKING

from mpmath.ctx_mp import MPContext
from mpmath.libmp import libmpf

from derive.equality import polynomials as poly
from derive.equality.constants import interval_at
from derive.equality.forms import Form
from derive.equality.polynomials import Polynomial

if TYPE_CHECKING:
    from derive.equality.tower import Tower

_BITS = 500
_MOST_TERMS = 9
_LARGEST = 10**6
_MOST_STEPS = 600


def by_other_roots(tower: "Tower", inside: Form, order: int) -> Form | None:
    """The root of a positive constant as a sum of multiples of products of the roots at hand; None where it is none.

    The sum is found by an integer relation among values (H. R. P. Ferguson and D. H. Bailey's algorithm PSLQ), and
    believed where its power is the constant itself. Roots of primes alone are independent (A. S. Besicovitch, "On the
    linear independence of fractional powers of integers", Journal of the London Mathematical Society 15, 1940), so
    without a root within a root there is nothing to look for.
    """
    roots = [place for place in range(len(tower.generators)) if _is_constant_root(tower, place)]
    nested = any(len(tower.factors[tower.generators[place].factor]) > 1 for place in roots)
    if not roots or not (nested or _uses(inside.top, roots)) or not _is_constant(tower, inside.top, roots):
        return None
    terms = [
        sum(poly.generator(place, power) for place, power in zip(roots, powers, strict=True))
        for powers in product(*(range(tower.relations[place][0]) for place in roots))
    ]
    if len(terms) > _MOST_TERMS:
        return None
    context = MPContext()
    context.prec = _BITS
    value = context.root(_value(context, tower, inside.top), order)
    values = [_value(context, tower, {term: 1}) for term in terms]
    relation = context.pslq([value, *values], maxcoeff=_LARGEST, maxsteps=_MOST_STEPS)
    if not relation or not relation[0]:
        return None
    multiples = (Fraction(-times, relation[0]) for times in relation[1:])
    candidate = tower.add(*(_multiple(term, times) for term, times in zip(terms, multiples, strict=True)))
    power = tower.power(candidate, order)
    same = power is not None and not tower.add(power, tower.negative(inside)).top
    return candidate if same and tower.sign(candidate) == 1 else None


def _multiple(monomial: int, times: Fraction) -> Form:
    return Form({monomial: times.numerator} if times else {}, times.denominator, degree=poly.degree({monomial: 1}))


def _uses(polynomial: Polynomial, places: Sequence[int]) -> bool:
    return any(place in places for monomial in polynomial for place, _ in poly.powers(monomial))


def _is_constant(tower: "Tower", polynomial: Polynomial, roots: Sequence[int]) -> bool:
    return all(place in roots for monomial in polynomial for place, _ in poly.powers(monomial))


def _is_constant_root(tower: "Tower", place: int) -> bool:
    generator = tower.generators[place]
    if generator.kind != "root":
        return False
    inside = tower.factors[generator.factor]
    return all(_is_constant_root(tower, other) for monomial in inside for other, _ in poly.powers(monomial))


def _value(context: MPContext, tower: "Tower", polynomial: Polynomial) -> object:
    found = interval_at(tower.generators, tower.factors, polynomial, {}, _BITS + 100)
    low, high = found or (libmpf.fnan, libmpf.fnan)
    return context.make_mpf(libmpf.mpf_shift(libmpf.mpf_add(low, high, _BITS, libmpf.round_nearest), -1))
