"""The generators of normal forms, and the signs that polynomials in them have at a point, or as constants."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from derive.equality import polynomials as poly
from derive.equality import values
from derive.equality.forms import ZERO, Form
from derive.equality.polynomials import Polynomial
from derive.equality.values import Interval


@dataclass(frozen=True)
class Generator:
    """What a generator is: a name, π, exp/cos/sin of a form's part, log or root of a factor, or (-1)^form."""

    kind: str
    name: str = ""
    of: Form = ZERO
    factor: int = -1
    parts: int = 1



def sign_at(generators: Sequence[Generator], factors: Sequence[Polynomial], polynomial: Polynomial,
            point: Mapping[str, Fraction], precisions: Sequence[int] = (80, 400)) -> int | None:
    """The sign of a polynomial in generators at a point, by intervals; None where it is not known.

    Without a point: of a polynomial in constants alone.
    """
    for precision in precisions:
        sign = values.sign(_Values(generators, factors, point, precision).polynomial(polynomial))
        if sign is not None:
            return sign
    return None


class _Values:
    """Intervals for generators and polynomials at a point; None for what is undefined or lacks a name."""

    def __init__(self, generators: Sequence[Generator], factors: Sequence[Polynomial], point: Mapping[str, Fraction],
                 precision: int) -> None:
        self._generators, self._factors, self._point, self._precision = generators, factors, point, precision
        self._known: dict[int, Interval | None] = {}

    def polynomial(self, polynomial: Polynomial) -> Interval | None:
        terms = []
        for monomial, coefficient in polynomial.items():
            powers = [self._operate("power", self.generator(place), self._number(power))
                      for place, power in poly.powers(monomial)]
            terms.append(self._operate("mul", self._number(coefficient), *powers))
        return self._operate("add", *terms)

    def generator(self, place: int) -> Interval | None:
        if place not in self._known:
            self._known[place] = self._generator(self._generators[place])
        return self._known[place]

    def _generator(self, generator: Generator) -> Interval | None:
        if generator.kind == "name":
            return self._number(self._point[generator.name]) if generator.name in self._point else None
        if generator.kind == "pi":
            return self._operate("pi")
        if generator.kind in ("log", "root"):
            inside = self.polynomial(self._factors[generator.factor])
            if values.sign(inside) == -1:
                inside = self._operate("mul", inside, self._number(-1))
            order = [self._number(generator.parts)] if generator.kind == "root" else []
            return self._operate(generator.kind, inside, *order)
        if generator.kind == "turn":
            return None
        return self._operate(generator.kind, self._operate("mul", self.form(generator.of), self._number(
            Fraction(1, generator.parts))))

    def form(self, form: Form) -> Interval | None:
        below = [self._operate("power", self.polynomial(self._factors[number]), self._number(-power))
                 for number, power in form.factors.items()]
        return self._operate("mul", self.polynomial(form.top), self._number(Fraction(1, form.below)), *below)

    def _number(self, value: int | Fraction) -> Interval:
        return values.number(Fraction(value), self._precision)

    def _operate(self, operation: str, *parts: Interval | None) -> Interval | None:
        return None if None in parts else values.operate(operation, self._precision, *parts)
