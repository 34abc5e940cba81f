"""Normal forms with exponentials, logarithms, roots and angles, over generators that do not depend on each other.

Exponents are written over a basis linearly independent over the rationals, jointly with the logarithms; a logarithm is
taken apart into those of irreducible factors and primes (Rothstein and Caviness, "A structure theorem for exponential
and primitive functions", SIAM J. Comput. 8, 1979). Every rewriting here holds at every point where both sides are
defined, so a zero numerator proves; that the generators are independent only matters for finding the zero.
"""

from collections.abc import Collection, Sequence
from fractions import Fraction

from derive.equality import polynomials as poly
from derive.equality.constants import Generator
from derive.equality.forms import UNIT, ZERO, Form
from derive.equality.guards import OutOfReachError
from derive.equality.nested import by_other_roots
from derive.equality.polynomials import Work
from derive.equality.signs import Case, SignedFractions
from derive.equality.span import Span

_LARGEST_MULTIPLE = 60
_Surd = tuple[int | Fraction, int]  # a rational and the whole number whose root it multiplies
_HALF_TURNS: dict[Fraction, tuple[_Surd, _Surd]] = {  # cos and sin of π·q for 0 ≤ q ≤ 1/2
    Fraction(0): ((1, 1), (0, 1)),
    Fraction(1, 6): ((Fraction(1, 2), 3), (Fraction(1, 2), 1)),
    Fraction(1, 4): ((Fraction(1, 2), 2), (Fraction(1, 2), 2)),
    Fraction(1, 3): ((Fraction(1, 2), 1), (Fraction(1, 2), 3)),
    Fraction(1, 2): ((0, 1), (1, 1)),
}


class FinerBasisError(Exception):
    """A generator is met to a fractional power: start again with `entry` divided into `times` as many parts."""

    def __init__(self, entry: object, times: int) -> None:
        super().__init__()
        self.entry = entry
        self.times = times


class Tower(SignedFractions):
    """The normal forms of one decision in one case."""

    def __init__(self, names: Sequence[str], positive: Collection[str], case: Case, work: Work) -> None:
        super().__init__(names, positive, case, work)
        self._logs: dict[int, Form] = {}
        self.exponents = Span(self)
        self.exponentials: list[tuple[int, Generator]] = []
        self.angles = Span(self)
        self.circles: list[tuple[Form, Form, int]] = []
        self.turns = Span(self)
        self.signs_of_turns: list[Form] = []
        self._pi: Form | None = None
        self.at_whole_exponents = False
        self.nested: dict[tuple[int, int], Form | None] = {}

    def pi(self) -> Form:
        """The constant π."""
        if self._pi is None:
            self._pi = self.new(Generator("pi", "pi"))
        return self._pi

    # exponentials, logarithms, powers

    def exponential(self, exponent: Form) -> Form:
        """exp of a form, as a product of powers of independent exponentials."""
        if not exponent.top:
            return UNIT
        combination = self.exponents.combination(exponent)
        if combination is None:
            parts = self.case.finer.get(("exp", len(self.exponentials)), 1)
            generator = Generator("exp", of=exponent, parts=parts)
            self.exponents.extend(exponent)
            self.exponentials.append((len(self.generators), generator))
            return self.power(self.new(generator), parts) or UNIT
        return self.multiply(*(self._exponential_part(entry, times) for entry, times in combination.items()))

    def _exponential_part(self, entry: int, times: Fraction) -> Form:
        place, generator = self.exponentials[entry]
        if generator.kind == "log":
            return self._absolute_power(generator.factor, times)
        exact = times * generator.parts
        if exact.denominator > 1:
            raise FinerBasisError(("exp", entry), exact.denominator)
        return self.monomial(place, exact.numerator)

    def logarithm(self, form: Form) -> Form | None:
        """log of a form, as a sum of independent logarithms; None where the form is not positive."""
        return self.log_of_absolute(form) if self.sign(form) == 1 else None

    def log_of_absolute(self, form: Form) -> Form:
        """log of the absolute value of a form that is not zero."""
        parts = []
        for number, times in self.factorization(form).items():
            place = poly.lone(self.factors[number])
            generator = self.generators[place] if place is not None else None
            if generator is not None and generator.kind == "exp":
                parts.append(self.multiply(generator.of, self.constant(Fraction(times, generator.parts))))
            elif generator is not None and generator.kind == "root":
                log = self._log_of_factor(generator.factor)
                parts.append(self.multiply(log, self.constant(Fraction(times, generator.parts))))
            else:
                parts.append(self.multiply(self._log_of_factor(number), self.constant(times)))
        return self.add(*parts)

    def _log_of_factor(self, number: int) -> Form:
        if number not in self._logs:
            generator = Generator("log", factor=number)
            self._logs[number] = self.new(generator)
            self.exponents.extend(self._logs[number])
            self.exponentials.append((-1, generator))
        return self._logs[number]

    def real_power(self, base: Form, exponent: Form, always: bool = True) -> Form | None:
        """base to a power that is no whole constant; None where that is not real.

        A negative base has one where the exponent is a whole number: its absolute value's, times (-1)^exponent.
        `always` tells that the power is needed at every point, so that there the exponent is a whole number.
        """
        sign = self.sign(base)
        if sign is None:
            return None
        if sign == 0:
            upwards = self.sign(exponent)
            return ZERO if upwards == 1 else UNIT if upwards == 0 else None
        if sign < 0 and not exponent.factors and not any(exponent.top):
            return None
        power = self.exponential(self.multiply(exponent, self.log_of_absolute(base)))
        if sign > 0:
            return power
        if not always:
            raise OutOfReachError("a negative number to a variable power in only one of several cases")
        self.at_whole_exponents = True
        return self.multiply(power, self._turn(exponent))

    def _turn(self, exponent: Form) -> Form:
        """(-1)^exponent, of exponents that are whole numbers wherever both sides are defined: of a sum, the product."""
        if not self.signs_of_turns:
            self.turns.extend(UNIT)
            self.signs_of_turns.append(self.constant(-1))
        combination = self.turns.combination(exponent)
        if combination is None:
            self.relations[len(self.generators)] = (2, UNIT)
            self.turns.extend(exponent)
            self.signs_of_turns.append(self.new(Generator("turn", of=exponent)))
            return self.signs_of_turns[-1]
        if any(times.denominator > 1 for times in combination.values()):
            raise OutOfReachError("a negative number to powers that are fractions of each other")
        turns = (self.power(self.signs_of_turns[entry], int(times)) for entry, times in combination.items())
        return self.multiply(*(turn or UNIT for turn in turns))

    def _absolute_power(self, number: int, exponent: Fraction) -> Form:
        """The absolute value of a factor, to a power; fractional powers are powers of a root."""
        factor = self.factors[number]
        absolute = Form(factor, degree=poly.degree(factor))
        if (exponent.denominator > 1 or exponent.numerator % 2) and self.factor_sign(number) < 0:
            absolute = self.negative(absolute)
        if exponent.denominator == 1:
            return self.power(absolute, exponent.numerator) or ZERO
        entry = ("root", frozenset(factor.items()))
        parts = self.case.finer.get(entry, 1)
        exact = exponent * parts
        if exact.denominator > 1:
            raise FinerBasisError(entry, exact.denominator)
        root = Generator("root", factor=number, parts=parts)
        if (number, parts) not in self.nested:
            known = root in self.generators
            self.nested[number, parts] = None if known else by_other_roots(self, absolute, parts)
        found = self.nested[number, parts]
        if found is not None:
            return self.power(found, exact.numerator) or ZERO
        if root not in self.generators:
            self.new(root)
            self.relations[len(self.generators) - 1] = (parts, absolute)
        return self._settled(self.monomial(self.generators.index(root), exact.numerator))

    # angles

    def circular(self, angle: Form) -> tuple[Form, Form]:
        """(cos, sin) of a form, as polynomials in those of independent angles."""
        if not angle.top:
            return UNIT, ZERO
        if not self.circles:
            self.angles.extend(self.pi())
            self.circles.append((UNIT, ZERO, 1))  # never read: multiples of π are looked up
        combination = self.angles.combination(angle)
        if combination is None:
            parts = self.case.finer.get(("angle", len(self.circles)), 1)
            cosine = self.new(Generator("cos", of=angle, parts=parts))
            sine = self.new(Generator("sin", of=angle, parts=parts))
            square = self.add(UNIT, self.negative(self.power(cosine, 2) or ZERO))
            self.relations[len(self.generators) - 1] = (2, square)
            self.angles.extend(angle)
            self.circles.append((cosine, sine, parts))
            combination = {len(self.circles) - 1: Fraction(1)}
        cosine, sine = UNIT, ZERO
        for entry, times in combination.items():
            c, s = self._half_turns(times) if entry == 0 else self._multiple(entry, times)
            cosine, sine = self._turned(cosine, sine, c, s)
        return cosine, sine

    def _turned(self, c: Form, s: Form, cosine: Form, sine: Form) -> tuple[Form, Form]:
        """(cos, sin) of the sum of two angles."""
        return (
            self.add(self.multiply(c, cosine), self.negative(self.multiply(s, sine))),
            self.add(self.multiply(s, cosine), self.multiply(c, sine)),
        )

    def _multiple(self, entry: int, times: Fraction) -> tuple[Form, Form]:
        cosine, sine, parts = self.circles[entry]
        exact = times * parts
        if exact.denominator > 1:
            raise FinerBasisError(("angle", entry), exact.denominator)
        if abs(exact) > _LARGEST_MULTIPLE:
            raise OutOfReachError(f"an angle that is {abs(exact)} times another")
        if exact < 0:
            sine = self.negative(sine)
        c, s = UNIT, ZERO
        for _ in range(abs(int(exact))):
            c, s = self._turned(c, s, cosine, sine)
        return c, s

    def _half_turns(self, times: Fraction) -> tuple[Form, Form]:
        turns = times % 2
        if turns >= 1:
            c, s = self._half_turns(turns - 1)
            return self.negative(c), self.negative(s)
        if turns > Fraction(1, 2):
            c, s = self._half_turns(1 - turns)
            return self.negative(c), s
        if turns not in _HALF_TURNS:
            raise OutOfReachError(f"the sine of {times}*pi")
        (a, radicand_a), (b, radicand_b) = _HALF_TURNS[turns]
        return self._surd(a, radicand_a), self._surd(b, radicand_b)

    def _surd(self, times: int | Fraction, radicand: int) -> Form:
        root = UNIT if radicand == 1 else self._absolute_power(self.number({0: radicand}), Fraction(1, 2))
        return self.multiply(self.constant(times), root)
