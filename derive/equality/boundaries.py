"""What a boundary says of names, and points within a case of signs."""

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from itertools import islice

from derive.equality import polynomials as poly
from derive.equality import regions
from derive.equality.constants import sign_at
from derive.equality.forms import ZERO, Form
from derive.equality.polynomials import Polynomial
from derive.equality.tower import Tower

Point = Mapping[str, Fraction]

_TRIES = 200
_POINTS = 3
_PRECISIONS = (80,)
_VALUES = [
    Fraction(*pair)
    for pair in (
        (1, 2),
        (-1, 2),
        (2, 1),
        (-2, 1),
        (1, 3),
        (-3, 1),
        (3, 1),
        (-1, 3),
        (1, 1),
        (5, 1),
        (-5, 1),
        (-1, 1),
        (1, 10),
        (10, 1),
        (-1, 10),
        (-10, 1),
        (1, 100),
        (-1, 100),
    )
]


def solved(tower: Tower, factor: Polynomial) -> Mapping[str, Form]:
    """What factor = 0 says of names: a sum of even powers, that they are zero; else a name in terms of the others."""
    if not all(tower.in_names(monomial) for monomial in factor):
        return {}
    lone = {monomial: place for monomial in factor if (place := poly.lone({monomial: 1})) is not None}
    if tower.sums_up(factor) and len(lone) == len(factor):
        return {tower.generators[place].name: ZERO for place in lone.values()}
    for monomial, place in lone.items():
        sign = -1 if factor[monomial] > 0 else 1
        rest = {m: sign * c for m, c in factor.items() if m != monomial}
        if poly.generator(place) == monomial and all(place not in dict(poly.powers(m)) for m in rest):
            return {tower.generators[place].name: Form(rest, abs(factor[monomial]), degree=poly.degree(rest))}
    return {}


def points_in(towers: Iterable[Tower]) -> tuple[Point, ...]:
    """A few points for each tower at which the signs of its case hold, where they are found."""
    found = []
    for tower in towers:
        if not tower.case.signs:
            continue
        sample = regions.sample(tower.case.signs, tower.place_is_positive)
        candidates = [_lone_values(tower, sample)] if sample is not None else []
        chosen = (point for point in (*candidates, *_tries(tower)) if _holds(tower, point))
        found += [_with_boundary(tower, point) for point in islice(chosen, _POINTS)]
    return tuple(found)


def _lone_values(tower: Tower, sample: Mapping[int, Fraction]) -> dict[str, Fraction]:
    """The values of the names in a sample of monomials."""
    lone = {monomial: place for monomial in sample if (place := poly.lone({monomial: 1})) is not None}
    return {
        tower.generators[place].name: sample[monomial]
        for monomial, place in lone.items()
        if poly.generator(place) == monomial and tower.in_names(monomial)
    }


def _tries(tower: Tower) -> Iterator[dict[str, Fraction]]:
    """Small values for the names, in an order that mixes them and is always the same."""
    turn = 1
    for _ in range(_TRIES):
        point = {}
        for generator in tower.generators:
            if generator.kind == "name":
                turn = turn * 1103515245 + 12345 & 0x7FFFFFFF
                value = _VALUES[(turn >> 16) % len(_VALUES)]
                point[generator.name] = abs(value) if tower.is_positive_name(generator.name) else value
        yield point


def _holds(tower: Tower, point: Point) -> bool:
    """Whether the polynomials that are not zero in the case have their signs at a point."""
    return all(
        sign_at(tower.generators, tower.factors, dict(key), point, _PRECISIONS) == (1 if sign > 0 else -1)
        for key, sign in tower.case.signs.items()
        if sign
    )


def _with_boundary(tower: Tower, point: Point) -> Point:
    """A point with the names that the boundary gives in terms of others."""
    whole = dict(point)
    for name, form in tower.case.bound.items():
        bound = tower.substituted(form)
        for monomial in bound.top:
            for place, _ in poly.powers(monomial):
                whole.setdefault(tower.generators[place].name, _VALUES[0])
        whole[name] = _value(tower, bound.top, whole) / bound.below
    return whole


def _value(tower: Tower, polynomial: Polynomial, point: Point) -> Fraction:
    total = Fraction(0)
    for monomial, coefficient in polynomial.items():
        term = Fraction(coefficient)
        for place, power in poly.powers(monomial):
            term *= point[tower.generators[place].name] ** power
        total += term
    return total
