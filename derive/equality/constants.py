"""The generators of normal forms, and the signs that polynomials in them have at a point, or as constants."""

from collections.abc import Mapping, Sequence
from fractions import Fraction

from msgspec import Struct

from derive.equality import polynomials as poly
from derive.equality import values
from derive.equality.forms import ZERO, Form
from derive.equality.polynomials import Polynomial
from derive.equality.values import Interval


class Generator(Struct, frozen=True):
    """What a generator is: a name, π, exp/cos/sin of a form's part, log or root of a factor, or (-1)^form."""

    kind: str
    name: str = ""
    of: Form = ZERO
    factor: int = -1
    parts: int = 1


def sign_at(
    generators: Sequence[Generator],
    factors: Sequence[Polynomial],
    polynomial: Polynomial,
    point: Mapping[str, Fraction],
    precisions: Sequence[int] = (80, 400),
) -> int | None:
    """The sign of a polynomial in generators at a point, by intervals; None where it is not known.

    With no names in the point: of a polynomial in constants alone.
    """
    used = _closure(generators, factors, polynomial)
    if any(generators[place].kind == "turn" or generators[place].name not in {"", "pi", *point} for place in used):
        return None
    for precision in precisions:
        sign = values.sign(interval_at(generators, factors, polynomial, point, precision))
        if sign is not None:
            return sign
    return None


def interval_at(
    generators: Sequence[Generator],
    factors: Sequence[Polynomial],
    polynomial: Polynomial,
    point: Mapping[str, Fraction],
    precision: int,
) -> Interval | None:
    """The interval of a polynomial in generators at a point that gives its names; None where it is undefined."""
    known = _Values(generators, factors, point, precision)
    for place in _closure(generators, factors, polynomial):
        known.find(place)
    return known.polynomial(polynomial)


def _closure(generators: Sequence[Generator], factors: Sequence[Polynomial], polynomial: Polynomial) -> list[int]:
    """The generators of a polynomial and of their definitions, in the order in which they were made."""
    waiting, found = [polynomial], set[int]()
    while waiting:
        for monomial in waiting.pop():
            for place, _ in poly.powers(monomial):
                if place not in found:
                    found.add(place)
                    generator = generators[place]
                    waiting += [generator.of.top, *(factors[number] for number in generator.of.factors)]
                    waiting += [factors[generator.factor]] if generator.factor >= 0 else []
    return sorted(found)


class _Values:
    """Intervals for generators and polynomials at a point; None for what is undefined there."""

    def __init__(
        self,
        generators: Sequence[Generator],
        factors: Sequence[Polynomial],
        point: Mapping[str, Fraction],
        precision: int,
    ) -> None:
        self._generators, self._factors, self._point, self._precision = generators, factors, point, precision
        self._known: dict[int, Interval | None] = {}

    def find(self, place: int) -> None:
        """Work out a generator; those in its definition have been."""
        self._known[place] = self._generator(self._generators[place])

    def polynomial(self, polynomial: Polynomial) -> Interval | None:
        """The interval of a polynomial in generators that have been worked out."""
        terms = []
        for monomial, coefficient in polynomial.items():
            powers = [
                self._operate("power", self._known[place], self._number(power))
                for place, power in poly.powers(monomial)
            ]
            terms.append(self._operate("mul", self._number(coefficient), *powers))
        return self._operate("add", *terms)

    def _generator(self, generator: Generator) -> Interval | None:
        if generator.kind == "name":
            return self._number(self._point[generator.name])
        if generator.kind == "pi":
            return self._operate("pi")
        if generator.kind in ("log", "root"):
            inside = self.polynomial(self._factors[generator.factor])
            if values.sign(inside) == -1:
                inside = self._operate("mul", inside, self._number(-1))
            order = [self._number(generator.parts)] if generator.kind == "root" else []
            return self._operate(generator.kind, inside, *order)
        part = self._number(Fraction(1, generator.parts))
        return self._operate(generator.kind, self._operate("mul", self._form(generator.of), part))

    def _form(self, form: Form) -> Interval | None:
        below = [
            self._operate("power", self.polynomial(self._factors[number]), self._number(-power))
            for number, power in form.factors.items()
        ]
        return self._operate("mul", self.polynomial(form.top), self._number(Fraction(1, form.below)), *below)

    def _number(self, value: int | Fraction) -> Interval:
        return values.number(Fraction(value), self._precision)

    def _operate(self, operation: str, *parts: Interval | None) -> Interval | None:
        return None if None in parts else values.operate(operation, self._precision, *parts)
