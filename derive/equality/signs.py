"""Normal forms over generators whose signs are known, assumed in the case at hand, or asked for."""

from collections.abc import Collection, Mapping, Sequence
from fractions import Fraction

from msgspec import Struct

from derive.equality import polynomials as poly
from derive.equality.constants import Generator, sign_at
from derive.equality.factors import divides, irreducible_factors, prime_factors
from derive.equality.forms import ZERO, Form, Fractions, Key
from derive.equality.guards import OutOfReachError
from derive.equality.polynomials import ONE, Polynomial, Work

NOT_POSITIVE, NOT_NEGATIVE = -2, 2
"""What a case may assume of a polynomial beside its sign, 1, 0 or -1."""


class SignNeededError(Exception):
    """The form depends on the sign of a polynomial, which the case at hand leaves open among `choices`."""

    def __init__(self, factor: Polynomial, choices: tuple[int, ...]) -> None:
        super().__init__()
        self.factor = factor
        self.choices = choices


class Case(Struct, frozen=True):
    """What is assumed: signs of polynomials, names that a boundary expresses in others, divisions of generators."""

    signs: Mapping[Key, int]
    bound: Mapping[str, Form]
    finer: Mapping[object, int]


class SignedFractions(Fractions):
    """Arithmetic on forms in one case of signs.

    `names` come first among the generators, so that polynomials in them are the same in every case.
    """

    def __init__(self, names: Sequence[str], positive: Collection[str], case: Case, work: Work) -> None:
        super().__init__(work)
        self.generators = [Generator("name", name) for name in names]
        self.case = case
        self._positive = frozenset(positive)
        self._places = {name: place for place, name in enumerate(names)}
        self._known_signs: dict[int, int] = {}
        self._irreducible: dict[int, list[tuple[int, int]]] = {}

    def name(self, name: str) -> Form:
        """A name, or what it is on the boundary at hand."""
        bound = self.case.bound.get(name)
        return self.monomial(self._places[name]) if bound is None else self.substituted(bound)

    def substituted(self, form: Form) -> Form:
        """A form in names only, with the names of the boundary replaced."""
        terms = []
        for monomial, coefficient in form.top.items():
            powers = [self.power(self.name(self.generators[g].name), p) or ZERO for g, p in poly.powers(monomial)]
            terms.append(self.multiply(self.constant(coefficient), *powers))
        return self.multiply(self.add(*terms), self.constant(Fraction(1, form.below)))

    def in_names(self, monomial: int) -> bool:
        """Whether a monomial has no generators but names."""
        return all(place < len(self._places) for place, _ in poly.powers(monomial))

    def sign(self, form: Form) -> int | None:
        """1, 0 or -1, None where the form divides by zero; SignNeededError where the case leaves it open."""
        if not form.top:
            return 0
        result = 1 if form.top[min(form.top)] > 0 else -1
        for number, times in self.factorization(form).items():
            own = self.factor_sign(number)
            if own == 0 and times < 0:
                return None
            result *= own ** abs(times)
        return result

    def exceeds_zero(self, form: Form, either_at_zero: bool = False) -> bool | None:
        """Whether a form is positive, None where it divides by zero; asks for no more than that of a lone factor.

        `either_at_zero`: where the form is zero, any answer is right.
        """
        factors = self.factorization(form) if form.top else {}
        open_factors = [number for number in factors if self._known_sign(number) is None]
        if len(open_factors) != 1 or factors[open_factors[0]] != 1:
            sign = self.sign(form)
            return None if sign is None else sign == 1
        factor = self.factors[open_factors[0]]
        others = {number: times for number, times in factors.items() if number != open_factors[0]}
        wanted = 1 if form.top[min(form.top)] > 0 else -1
        for number, times in others.items():
            own = self.factor_sign(number)
            if own == 0:
                return None if times < 0 else False
            wanted *= own ** abs(times)
        assumed = self.case.signs.get(frozenset(factor.items()))
        if assumed == -2 * wanted:
            return False
        if assumed == 2 * wanted and either_at_zero:
            return True
        if assumed is not None or self.sums_up(factor):
            return self.sign(form) == 1
        raise SignNeededError(factor, (-2 * wanted, wanted))

    def _known_sign(self, number: int) -> int | None:
        """The sign of a factor, None where only its own is missing; what it depends on is asked for."""
        try:
            return self.factor_sign(number)
        except SignNeededError as need:
            if need.factor != self.factors[number]:
                raise
            return None

    def vanishes(self, form: Form) -> bool:
        """Whether a form is zero wherever the case allows it to have a value."""
        if not form.top:
            return True
        zeros = [dict(key) for key, sign in self.case.signs.items() if sign == 0]
        below = (self.factors[number] for number in form.factors)
        return any(divides(zero, polynomial) for zero in zeros for polynomial in (form.top, *below))

    def is_positive(self, factor: Polynomial) -> bool:
        """Whether a sum has only terms that cannot be negative, and one that cannot be zero."""
        return self.sums_up(factor) and any(
            all(self.place_is_positive(place) for place, _ in poly.powers(monomial)) for monomial in factor
        )

    def is_clear(self, form: Form) -> bool:
        """Whether it can be seen at once that a form is never zero."""
        if not form.top:
            return False
        _, monomial, rest = poly.primitive(form.top)
        return self.is_positive(rest) and all(self.place_is_positive(place) for place, _ in poly.powers(monomial))

    def sums_up(self, factor: Polynomial) -> bool:
        """Whether a sum has only terms that cannot be negative."""
        return all(
            coefficient > 0
            and all(power % 2 == 0 or self.place_is_positive(place) for place, power in poly.powers(monomial))
            for monomial, coefficient in factor.items()
        )

    def is_positive_name(self, name: str) -> bool:
        """Whether a name is assumed positive."""
        return name in self._positive

    def place_is_positive(self, place: int) -> bool:
        """Whether a generator is positive wherever it stands."""
        generator = self.generators[place]
        if generator.kind == "log":
            inside = dict(self.factors[generator.factor])
            poly.add_to(inside, ONE, -1)
            return self.is_positive(inside)
        return generator.kind in ("exp", "root", "pi") or generator.name in self._positive

    def factor_sign(self, number: int) -> int:
        """The sign of a factor, by its number."""
        if number not in self._known_signs:
            self._known_signs[number] = self._find_sign(self.factors[number])
        return self._known_signs[number]

    def _find_sign(self, factor: Polynomial) -> int:
        if self.is_positive(factor):
            return 1
        known = self.case.signs.get(frozenset(factor.items()))
        for find in (self._sign_of_logarithm, self._sign_of_growth, self._sign_of_constant):
            if known is None:
                known = find(factor)
        if known is None:
            raise SignNeededError(factor, (0, 1) if self.sums_up(factor) else (0, -1, 1))
        if known in (NOT_POSITIVE, NOT_NEGATIVE):
            raise SignNeededError(factor, (0, known // 2))
        return known

    def _sign_of_constant(self, factor: Polynomial) -> int | None:
        return sign_at(self.generators, self.factors, factor, {})

    def _sign_of_logarithm(self, factor: Polynomial) -> int | None:
        """log(p) has the sign of abs(p) - 1; None where the factor is no lone logarithm."""
        place = poly.lone(factor)
        if place is None or self.generators[place].kind != "log":
            return None
        inside = self.factors[self.generators[place].factor]
        form = Form(inside, degree=poly.degree(inside))
        return self.sign(self.add(form if self.sign(form) == 1 else self.negative(form), self.constant(-1)))

    def _sign_of_growth(self, factor: Polynomial) -> int | None:
        """1 - exp(a) has the sign of -a; None where the factor is no such difference."""
        place = next((place for monomial in factor for place, _ in poly.powers(monomial)), -1)
        if factor != {0: 1, poly.generator(max(place, 0)): -1} or self.generators[place].kind != "exp":
            return None
        sign = self.sign(self.generators[place].of)
        return None if sign is None else -sign

    def factorization(self, form: Form) -> dict[int, int]:
        """Irreducible factors and primes (by number) with their powers; the sign is left out."""
        found: dict[int, int] = {}
        parts = [(form.top, 1), ({0: form.below}, -1)]
        parts += [(self.factors[number], -power) for number, power in form.factors.items()]
        for polynomial, times in parts:
            content, monomial, rest = poly.primitive(polynomial)
            pieces = [({0: prime}, power) for prime, power in prime_factors(abs(content))]
            pieces += [({poly.generator(place): 1}, power) for place, power in poly.powers(monomial)]
            numbered = [(self.number(piece), power) for piece, power in pieces]
            if rest != ONE:
                numbered += self.irreducibles(self.number(rest))
            for number, power in numbered:
                found[number] = found.get(number, 0) + power * times
        return {number: power for number, power in found.items() if power}

    def irreducibles(self, number: int) -> list[tuple[int, int]]:
        """The irreducible factors of a factor, by their numbers, with their powers."""
        if number not in self._irreducible:
            factors = irreducible_factors(self.factors[number])
            self._irreducible[number] = [(self.number(factor), power) for factor, power in factors]
        return self._irreducible[number]

    def new(self, generator: Generator) -> Form:
        """A generator that was not there yet."""
        self.generators.append(generator)
        return self.monomial(len(self.generators) - 1)

    def monomial(self, place: int, power: int = 1) -> Form:
        """A generator's power; OutOfReachError beyond the highest degree."""
        if abs(power) > poly.MOST_DEGREE:
            raise OutOfReachError(f"the common form has a degree of more than {poly.MOST_DEGREE:,}")
        return Form({poly.generator(place, power): 1}, degree=abs(power))
