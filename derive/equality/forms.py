"""The normal form: a fraction of polynomials in generators that do not depend on each other.

Generators are names, exponentials, logarithms and roots. Exponents are written over a basis linearly independent over
the rationals, jointly with the logarithms; a logarithm is taken apart into those of irreducible factors and primes
(Rothstein and Caviness, "A structure theorem for exponential and primitive functions", SIAM J. Comput. 8, 1979).
Every rewriting here holds at every point where both sides are defined, so a zero numerator proves; that the generators
are independent only matters for finding the zero.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import gcd, lcm
from typing import Any

from sympy import QQ, ZZ, factorint
from sympy.polys.rings import ring

from derive.equality import polynomials as poly
from derive.equality.polynomials import DIGIT, MOST_DEGREE, ONE, Polynomial, Work
from derive.equality.program import OutOfReach

Key = frozenset[tuple[int, int]]
_MOST_SUMS = 400
_FACTORED_TERMS = 150
_FACTORED_GENERATORS = 10
_FACTORED_DEGREE = 60


class SignNeeded(Exception):
    """The form depends on the sign of a polynomial, which the case at hand leaves open among `choices`."""

    def __init__(self, factor: Polynomial, choices: tuple[int, ...]) -> None:
        super().__init__()
        self.factor = factor
        self.choices = choices


class FinerBasis(Exception):
    """An exponential or a root is met to a fractional power: start again with `entry` divided by `times` more."""

    def __init__(self, entry: object, times: int) -> None:
        super().__init__()
        self.entry = entry
        self.times = times


@dataclass(frozen=True)
class Form:
    """top / (below * product of factors to their powers); `degree` bounds the power of every generator."""

    top: Polynomial
    below: int = 1
    factors: Mapping[int, int] = field(default_factory=dict)
    degree: int = 0


@dataclass(frozen=True)
class Generator:
    """What a generator stands for: a name, `exp` of a form's fraction, `log` or `root` of a factor."""

    kind: str
    name: str = ""
    of: Form | None = None
    factor: int = -1
    parts: int = 1


ZERO = Form({})
UNIT = Form(ONE)


class Field:
    """The field of normal forms of one decision, in one case of signs.

    `signs` holds the signs assumed for polynomials in this case, `finer` the divisions of exponents and roots that
    earlier attempts found necessary, `positive` the names assumed positive.
    """

    def __init__(self, positive: Iterable[str] = (), signs: Mapping[Key, int] | None = None,
                 finer: Mapping[object, int] | None = None, work: Work | None = None) -> None:
        self.work = work or Work()
        self.generators: list[Generator] = []
        self.factors: list[Polynomial] = []
        self._positive = frozenset(positive)
        self._signs = signs or {}
        self._finer = finer or {}
        self._places: dict[object, int] = {}
        self._numbers: dict[Key, int] = {}
        self._irreducible: dict[Key, list[tuple[int, int]]] = {}
        self._roots: dict[int, Generator] = {}
        self._basis: list[tuple[Form, Generator, int]] = []
        self._rows: list[tuple[int, dict[int, Fraction], dict[int, Fraction]]] = []
        self._common: dict[int, int] = {}

    # -- arithmetic

    def constant(self, value: Fraction) -> Form:
        """A rational number."""
        return Form({0: value.numerator} if value else {}, value.denominator)

    def name(self, name: str) -> Form:
        """A name as a generator."""
        return self._generated(Generator("name", name))

    def add(self, forms: Sequence[Form]) -> Form:
        """The sum, over the least common denominator of what stands below."""
        groups: dict[tuple[tuple[int, int], ...], tuple[Polynomial, int, int]] = {}
        for form in forms:
            if not form.top:
                continue
            key = tuple(sorted(form.factors.items()))
            if key not in groups:
                groups[key] = (dict(form.top), form.below, form.degree)
                continue
            top, below, degree = groups[key]
            common = lcm(below, form.below)
            if common != below:
                top = poly.scale(top, common // below)
            times = common // form.below
            self.work.spend(len(form.top))
            for monomial, coefficient in form.top.items():
                new = top.get(monomial, 0) + coefficient * times
                if new:
                    top[monomial] = new
                else:
                    del top[monomial]
            groups[key] = (top, common, max(degree, form.degree))
        remaining = [(dict(key), *group) for key, group in groups.items() if group[0]]
        if not remaining:
            return ZERO
        if len(remaining) == 1:
            factors, top, below, degree = remaining[0]
            return self._reduced(top, below, factors, degree)
        common_factors: dict[int, int] = {}
        for factors, *_ in remaining:
            for number, power in factors.items():
                common_factors[number] = max(power, common_factors.get(number, 0))
        common = lcm(*(below for _, _, below, _ in remaining))
        total: Polynomial = {}
        highest = 0
        for factors, top, below, degree in remaining:
            missing = {n: p - factors.get(n, 0) for n, p in common_factors.items() if p > factors.get(n, 0)}
            expansion, more = self._expanded(missing)
            total = poly.add(total, poly.multiply(poly.scale(top, common // below), expansion, self.work))
            highest = max(highest, degree + more)
        return self._reduced(total, common, common_factors, highest)

    def multiply(self, forms: Sequence[Form]) -> Form:
        """The product; a numerator that is a factor below another cancels."""
        sums = sum(len(form.top) > 1 for form in forms)
        if sums > _MOST_SUMS:
            raise OutOfReach(f"a product of {sums:,} sums")
        product = UNIT
        for form in sorted(forms, key=lambda form: len(form.top)):
            if not form.top:
                return ZERO
            product = self._times(product, form)
        return product

    def power(self, base: Form, exponent: int) -> Form | None:
        """A whole power; None for a power below zero of zero."""
        if not base.top:
            return ZERO if exponent > 0 else UNIT if exponent == 0 else None
        if exponent < 0:
            content, monomial, factor = poly.primitive(base.top)
            upper, degree = self._expanded(base.factors)
            top = poly.scale(upper, base.below if content > 0 else -base.below, -monomial)
            factors = {} if factor == ONE else {self._number(factor): 1}
            base = self._reduced(top, abs(content), factors, degree + base.degree)
            exponent = -exponent
        if base.degree * exponent > MOST_DEGREE:
            raise OutOfReach(f"the common form has a degree of more than {MOST_DEGREE:,}")
        top = poly.power(base.top, exponent, self.work)
        if base.below > 1 and base.below.bit_length() * exponent > poly.MOST_BITS:
            raise OutOfReach(f"the common form has numbers of more than {poly.MOST_BITS * 3 // 10:,} digits")
        factors = {number: power * exponent for number, power in base.factors.items()}
        return self._reduced(top, base.below**exponent, factors, base.degree * exponent)

    # -- exponentials, logarithms, powers

    def exponential(self, exponent: Form) -> Form:
        """exp of a form, as a product of powers of independent exponentials."""
        if not exponent.top:
            return UNIT
        combination = self._combination(exponent)
        if combination is None:
            entry = len(self._basis)
            parts = self._finer.get(entry, 1)
            generator = Generator("exp", of=exponent, parts=parts)
            self._extend(exponent, generator)
            return self.power(self._generated(generator), parts) or UNIT
        product = [UNIT]
        for entry, times in combination.items():
            _, generator, parts = self._basis[entry]
            if generator.kind == "log":
                product.append(self._absolute_power(generator.factor, times))
            else:
                exact = times * parts
                if exact.denominator > 1:
                    raise FinerBasis(entry, exact.denominator)
                product.append(self._monomial(generator, exact.numerator))
        return self.multiply(product)

    def logarithm(self, form: Form) -> Form | None:
        """log of a form, as a sum of independent logarithms; None where the form is not positive."""
        if self.sign(form) != 1:
            return None
        parts = []
        for number, times in self._factorization(form).items():
            factor = self.factors[number]
            generator = self._lone(factor)
            if generator is not None and generator.kind == "exp" and generator.of is not None:
                parts.append(self.multiply([generator.of, self.constant(Fraction(times, generator.parts))]))
            else:
                log = Generator("log", factor=number)
                known = log in self._places
                value = self._generated(log)
                if not known:
                    self._extend(value, log)
                parts.append(self.multiply([value, self.constant(Fraction(times))]))
        return self.add(parts)

    def real_power(self, base: Form, exponent: Form) -> Form | None:
        """base to any power, for a base that is not negative; None elsewhere."""
        if self.sign(base) == 0:
            return ZERO if self.sign(exponent) == 1 else None
        log = self.logarithm(base)
        return None if log is None else self.exponential(self.multiply([exponent, log]))

    def sign(self, form: Form) -> int | None:
        """1, 0 or -1, None where the form divides by zero; SignNeeded where the case leaves it open."""
        if not form.top:
            return 0
        result = 1 if form.top[min(form.top)] > 0 else -1
        for number, times in self._factorization(form).items():
            own = self._factor_sign(number)
            if own == 0 and times < 0:
                return None
            result *= own ** abs(times)
        return result

    def vanishes(self, form: Form) -> bool:
        """Whether the form is zero in this case: its numerator is zero, or a multiple of one that the case has zero."""
        if not form.top:
            return True
        zeros = [dict(key) for key, sign in self._signs.items() if sign == 0]
        return any(_divides(zero, form.top) for zero in zeros) or any(
            _divides(zero, self.factors[number]) for number in form.factors for zero in zeros
        )

    # -- inside

    def _lone(self, factor: Polynomial) -> Generator | None:
        """The generator that a factor is, if it is one."""
        if len(factor) == 1:
            ((monomial, _),) = factor.items()
            if monomial:
                return self.generators[poly.powers(monomial)[0][0]]
        return None

    def _place(self, generator: Generator) -> int:
        key: object = generator if generator.kind != "exp" else id(generator.of)
        place = self._places.get(key)
        if place is None:
            place = self._places[key] = len(self.generators)
            self.generators.append(generator)
        return place

    def _generated(self, generator: Generator) -> Form:
        return self._monomial(generator, 1)

    def _monomial(self, generator: Generator, power: int) -> Form:
        if abs(power) > MOST_DEGREE:
            raise OutOfReach(f"the common form has a degree of more than {MOST_DEGREE:,}")
        return Form({power << (DIGIT * self._place(generator)): 1}, degree=abs(power))

    def _number(self, factor: Polynomial) -> int:
        key = frozenset(factor.items())
        number = self._numbers.get(key)
        if number is None:
            number = self._numbers[key] = len(self.factors)
            self.factors.append(factor)
        return number

    def _expanded(self, factors: Mapping[int, int]) -> tuple[Polynomial, int]:
        product, degree = ONE, 0
        for number, power in factors.items():
            factor = self.factors[number]
            degree += self._own_degree(factor) * power
            product = poly.multiply(product, poly.power(factor, power, self.work), self.work)
        return product, degree

    @staticmethod
    def _own_degree(factor: Polynomial) -> int:
        return max((abs(p) for m in factor for _, p in poly.powers(m)), default=0)

    def _times(self, left: Form, right: Form) -> Form:
        degree = left.degree + right.degree
        if degree > MOST_DEGREE:
            raise OutOfReach(f"the common form has a degree of more than {MOST_DEGREE:,}")
        factors = dict(left.factors)
        for number, power in right.factors.items():
            factors[number] = factors.get(number, 0) + power
        tops = []
        for top in (left.top, right.top):
            if len(top) > 1 and any(len(self.factors[number]) == len(top) for number in factors):
                content, monomial, factor = poly.primitive(top)
                number = self._numbers.get(frozenset(factor.items()), -1)
                if number in factors:
                    factors[number] -= 1
                    if not factors[number]:
                        del factors[number]
                    top = {monomial: content}
            tops.append(top)
        return self._reduced(poly.multiply(tops[0], tops[1], self.work), left.below * right.below, factors, degree)

    def _reduced(self, top: Polynomial, below: int, factors: Mapping[int, int], degree: int) -> Form:
        if not top:
            return ZERO
        if below > 1:
            common = gcd(below, *top.values())
            if common > 1:
                below //= common
                top = {monomial: coefficient // common for monomial, coefficient in top.items()}
        form = Form(top, below, factors, degree)
        return self._with_roots(form) if self._roots else form

    # -- the basis of exponents

    def _vector(self, form: Form) -> dict[int, Fraction]:
        """The coefficients of a form over the common denominator."""
        times, _ = self._expanded({n: p - form.factors.get(n, 0) for n, p in self._common.items()
                                   if p > form.factors.get(n, 0)})
        top = poly.multiply(form.top, times, self.work)
        return {monomial: Fraction(coefficient, form.below) for monomial, coefficient in top.items()}

    def _reduce(self, vector: dict[int, Fraction]) -> dict[int, Fraction]:
        """Take the basis out of a vector, in place; what was taken out, by entry."""
        taken: dict[int, Fraction] = {}
        for pivot, row, combination in self._rows:
            times = vector.get(pivot)
            if not times:
                continue
            self.work.spend(10 * len(row))
            for monomial, coefficient in row.items():
                new = vector.get(monomial, Fraction(0)) - times * coefficient
                if new:
                    vector[monomial] = new
                else:
                    del vector[monomial]
            for entry, coefficient in combination.items():
                new = taken.get(entry, Fraction(0)) + times * coefficient
                if new:
                    taken[entry] = new
                else:
                    taken.pop(entry, None)
        return taken

    def _widen(self, form: Form) -> None:
        """Bring the rows over a denominator that the form's divides."""
        wider = {n: max(p, self._common.get(n, 0)) for n, p in form.factors.items()}
        if any(power > self._common.get(number, 0) for number, power in wider.items()):
            self._common = {**self._common, **wider}
            self._rows = []
            for entry, (exponent, _, _) in enumerate(self._basis):
                self._add_row(entry, exponent)

    def _combination(self, form: Form) -> dict[int, Fraction] | None:
        """The rational combination of the basis that the form is; None where it is none."""
        self._widen(form)
        vector = self._vector(form)
        taken = self._reduce(vector)
        return None if vector else taken

    def _extend(self, form: Form, generator: Generator) -> None:
        """Add a form that is no combination of the basis to it."""
        self._widen(form)
        self._basis.append((form, generator, generator.parts))
        self._add_row(len(self._basis) - 1, form)

    def _add_row(self, entry: int, form: Form) -> None:
        vector = self._vector(form)
        taken = self._reduce(vector)
        pivot = min(vector)
        lead = vector[pivot]
        combination = {other: -times / lead for other, times in taken.items()}
        combination[entry] = 1 / lead
        self._rows.append((pivot, {m: c / lead for m, c in vector.items()}, combination))

    # -- factors and signs

    def _factorization(self, form: Form) -> dict[int, int]:
        """Irreducible factors and primes (by number) with their powers; the sign is left out."""
        found: dict[int, int] = {}

        def collect(polynomial: Polynomial, times: int) -> None:
            content, monomial, rest = poly.primitive(polynomial)
            for prime, power in factorint(abs(content), limit=100_000).items():
                if prime > 1:
                    number = self._number({0: int(prime)})
                    found[number] = found.get(number, 0) + power * times
            for place, power in poly.powers(monomial):
                number = self._number({1 << (DIGIT * place): 1})
                found[number] = found.get(number, 0) + power * times
            if rest != ONE:
                for number, power in self._irreducibles(rest):
                    found[number] = found.get(number, 0) + power * times

        collect(form.top, 1)
        collect({0: form.below}, -1)
        for number, power in form.factors.items():
            collect(self.factors[number], -power)
        return {number: power for number, power in found.items() if power}

    def _irreducibles(self, polynomial: Polynomial) -> list[tuple[int, int]]:
        """The irreducible factors of a primitive polynomial; the polynomial itself where it is too large to factor.

        Each has a positive least term, so that their product has, and no sign is lost.
        """
        key = frozenset(polynomial.items())
        if key in self._irreducible:
            return self._irreducible[key]
        terms = {monomial: poly.powers(monomial) for monomial in polynomial}
        used = sorted({place for powers in terms.values() for place, _ in powers})
        degree = max(power for powers in terms.values() for _, power in powers)
        found = [(self._number(polynomial), 1)]
        if len(terms) <= _FACTORED_TERMS and len(used) <= _FACTORED_GENERATORS and degree <= _FACTORED_DEGREE:
            domain = ring([f"x{place}" for place in used], ZZ)[0]
            factors = _element(domain, polynomial, used).factor_list()[1]
            found = [(self._number(poly.primitive(_polynomial(factor, used))[2]), power) for factor, power in factors]
        self._irreducible[key] = found
        return found

    def _factor_sign(self, number: int) -> int:
        factor = self.factors[number]
        sums_up = all(
            c > 0 and all(p % 2 == 0 or self._is_positive(g) for g, p in poly.powers(m)) for m, c in factor.items()
        )
        if sums_up and any(all(self._is_positive(g) for g, _ in poly.powers(m)) for m in factor):
            return 1
        try:
            return self._signs[frozenset(factor.items())]
        except KeyError:
            raise SignNeeded(factor, (0, 1) if sums_up else (0, -1, 1)) from None

    def _is_positive(self, place: int) -> bool:
        generator = self.generators[place]
        return generator.kind in ("exp", "root") or generator.name in self._positive

    def _absolute_power(self, number: int, exponent: Fraction) -> Form:
        """The absolute value of a factor, to a power; fractional powers are powers of a root."""
        factor = self.factors[number]
        if exponent.denominator == 1:
            powered = self.power(Form(factor, degree=self._own_degree(factor)), exponent.numerator) or ZERO
            if exponent.numerator % 2 and self._factor_sign(number) < 0:
                return self.multiply([self.constant(Fraction(-1)), powered])
            return powered
        entry = ("root", frozenset(factor.items()))
        parts = self._finer.get(entry, 1)
        exact = exponent * parts
        if exact.denominator > 1:
            raise FinerBasis(entry, exact.denominator)
        root = Generator("root", factor=number, parts=parts)
        self._roots[self._place(root)] = root
        return self._with_roots(self._monomial(root, exact.numerator))

    def _with_roots(self, form: Form) -> Form:
        """The powers of every n-th root brought below n."""
        groups: dict[tuple[tuple[int, int], ...], Polynomial] = {}
        for monomial, coefficient in form.top.items():
            whole = []
            for place, power in poly.powers(monomial):
                if place in self._roots:
                    times, _ = divmod(power, self._roots[place].parts)
                    if times:
                        whole.append((place, times))
                        monomial -= (times * self._roots[place].parts) << (DIGIT * place)
            group = groups.setdefault(tuple(whole), {})
            group[monomial] = group.get(monomial, 0) + coefficient
        if set(groups) == {()}:
            return form
        parts = []
        for whole_powers, top in groups.items():
            top = {monomial: coefficient for monomial, coefficient in top.items() if coefficient}
            powers = [self._absolute_power(self._roots[place].factor, Fraction(times)) for place, times in whole_powers]
            parts.append(self.multiply([Form(top, form.below, form.factors, form.degree), *powers]))
        return self.add(parts)


def _element(domain: Any, polynomial: Polynomial, used: Sequence[int]) -> Any:
    """A polynomial without negative powers as an element of SymPy's sparse ring."""
    return domain.from_dict({
        tuple(dict(poly.powers(monomial)).get(place, 0) for place in used): domain.domain(coefficient)
        for monomial, coefficient in polynomial.items()
    })


def _polynomial(element: Any, used: Sequence[int]) -> Polynomial:
    """An element of SymPy's sparse ring as a polynomial."""
    return {
        sum(power << (DIGIT * place) for power, place in zip(powers, used, strict=True)): int(coefficient)
        for powers, coefficient in element.terms()
    }


def _divides(divisor: Polynomial, polynomial: Polynomial) -> bool:
    """Whether a primitive polynomial divides another."""
    rest = poly.primitive(polynomial)[2]
    used = sorted({place for m in (*divisor, *rest) for place, _ in poly.powers(m)})
    if len(rest) > _FACTORED_TERMS or len(used) > _FACTORED_GENERATORS:
        return False
    if len(divisor) == 1:  # a lone generator, of which a primitive polynomial has none left
        ((monomial, _),) = divisor.items()
        common = dict(poly.powers(poly.common_monomial(polynomial)))
        return all(common.get(place, 0) >= power for place, power in poly.powers(monomial))
    domain = ring([f"x{place}" for place in used], QQ)[0]
    return not _element(domain, rest, used).rem(_element(domain, divisor, used))
