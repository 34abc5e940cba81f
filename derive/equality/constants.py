"""The generators of normal forms, and the signs of those made of constants alone: e, π, logarithms, roots."""

from collections.abc import Sequence
from dataclasses import dataclass

from derive.equality import polynomials as poly
from derive.equality import values
from derive.equality.forms import ZERO, Form
from derive.equality.polynomials import Polynomial
from derive.equality.values import Interval

_PRECISIONS = (80, 400)


@dataclass(frozen=True)
class Generator:
    """What a generator is: a name, π, exp/cos/sin of a form's part, log or root of a factor, or (-1)^form."""

    kind: str
    name: str = ""
    of: Form = ZERO
    factor: int = -1
    parts: int = 1



def constant_sign(generators: Sequence[Generator], factors: Sequence[Polynomial], polynomial: Polynomial) -> int | None:
    """The sign of a polynomial in constants, by intervals; None where it has names or is zero as far as can be seen."""
    for precision in _PRECISIONS:
        interval = _polynomial(generators, factors, polynomial, precision)
        if interval is None:
            return None
        sign = values.sign(interval)
        if sign is not None:
            return sign
    return None


def _polynomial(generators: Sequence[Generator], factors: Sequence[Polynomial], polynomial: Polynomial,
                precision: int) -> Interval | None:
    terms = []
    for monomial, coefficient in polynomial.items():
        term = [values.whole(coefficient, precision)]
        for place, power in poly.powers(monomial):
            base = _generator(generators, factors, generators[place], precision)
            if base is None:
                return None
            term.append(values.operate("power", precision, base, values.whole(power, precision)))
        terms.append(None if None in term else values.operate("mul", precision, *term))
    return None if None in terms else values.operate("add", precision, *terms)


def _generator(generators: Sequence[Generator], factors: Sequence[Polynomial], generator: Generator,
               precision: int) -> Interval | None:
    if generator.kind == "pi":
        return values.operate("pi", precision)
    if generator.kind in ("name", "turn"):
        return None
    if generator.kind in ("log", "root"):
        inside = _polynomial(generators, factors, factors[generator.factor], precision)
        if values.sign(inside) == -1:
            inside = values.operate("mul", precision, inside, values.whole(-1, precision))
    else:
        below = [_polynomial(generators, factors, factors[number], precision)
                 for number, power in generator.of.factors.items() for _ in range(power)]
        below.append(values.whole(generator.of.below * generator.parts, precision))
        top = _polynomial(generators, factors, generator.of.top, precision)
        if top is None or None in below:
            return None
        bottom = values.operate("mul", precision, *below)
        inverse = None if bottom is None else values.operate("power", precision, bottom, values.whole(-1, precision))
        inside = None if inverse is None else values.operate("mul", precision, top, inverse)
    if inside is None:
        return None
    if generator.kind == "root":
        return values.operate("root", precision, inside, values.whole(generator.parts, precision))
    return values.operate(generator.kind, precision, inside)
