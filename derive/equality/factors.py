"""Irreducible factors, by SymPy's sparse rings, within limits of size."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from sympy import QQ, ZZ, factorint
from sympy.polys.rings import ring

from derive.equality import polynomials as poly
from derive.equality.polynomials import Polynomial

_MOST_TERMS = 150
_MOST_GENERATORS = 10
_MOST_DEGREE = 60
_LARGEST_DIVISOR = 100_000


def irreducible_factors(polynomial: Polynomial) -> Sequence[tuple[Polynomial, int]]:
    """The primitive irreducible factors of a primitive polynomial with their powers.

    Their product is the polynomial itself, since the least terms are positive. One too large to factor is its own only
    factor: a zero may then be missed, never made.
    """
    return _irreducible(frozenset(polynomial.items()))


@lru_cache(maxsize=4096)
def _irreducible(key: frozenset[tuple[int, int]]) -> Sequence[tuple[Polynomial, int]]:
    polynomial = dict(sorted(key))
    used = _generators(polynomial)
    if len(polynomial) > _MOST_TERMS or len(used) > _MOST_GENERATORS or poly.degree(polynomial) > _MOST_DEGREE:
        return [(polynomial, 1)]
    factors = _element(ring([f"x{place}" for place in used], ZZ)[0], polynomial, used).factor_list()[1]
    return [(poly.primitive(_polynomial(factor, used))[2], int(power)) for factor, power in factors]


@lru_cache(maxsize=4096)
def prime_factors(number: int) -> Sequence[tuple[int, int]]:
    """The primes of a positive number with their powers; of a large one the rest, beyond small primes, as it is."""
    return [(int(prime), int(power)) for prime, power in factorint(number, limit=_LARGEST_DIVISOR).items() if prime > 1]


def divides(divisor: Polynomial, polynomial: Polynomial) -> bool:
    """Whether a primitive polynomial divides another; False where they are too large to tell."""
    place = poly.lone(divisor)
    if place is not None:
        return dict(poly.powers(poly.common_monomial(polynomial))).get(place, 0) > 0
    rest = poly.primitive(polynomial)[2]
    used = _generators({**divisor, **rest})
    if len(rest) > _MOST_TERMS or len(used) > _MOST_GENERATORS or poly.degree(rest) > _MOST_DEGREE:
        return False
    domain = ring([f"x{place}" for place in used], QQ)[0]
    return not _element(domain, rest, used).rem(_element(domain, divisor, used))


def quotient(polynomial: Polynomial, divisor: Polynomial) -> Polynomial:
    """A polynomial divided by one that divides it."""
    used = _generators({**divisor, **polynomial})
    domain = ring([f"x{place}" for place in used], ZZ)[0]
    return _polynomial(_element(domain, polynomial, used).exquo(_element(domain, divisor, used)), used)


def _generators(polynomial: Polynomial) -> list[int]:
    return sorted({place for monomial in polynomial for place, _ in poly.powers(monomial)})


def _element(domain: Any, polynomial: Polynomial, used: Sequence[int]) -> Any:
    """A polynomial without negative powers as an element of a ring in the used generators."""
    return domain.from_dict(
        {
            tuple(dict(poly.powers(monomial)).get(place, 0) for place in used): domain.domain(coefficient)
            for monomial, coefficient in polynomial.items()
        }
    )


def _polynomial(element: Any, used: Sequence[int]) -> Polynomial:
    return {
        sum(poly.generator(place, power) for power, place in zip(powers, used, strict=True)): int(coefficient)
        for powers, coefficient in element.terms()
    }
