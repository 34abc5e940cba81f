"""Fractions of polynomials: what the four operations and whole powers make of names."""

from collections.abc import Mapping
from fractions import Fraction
from math import gcd, lcm

from msgspec import Struct, field

from derive.equality import polynomials as poly
from derive.equality.guards import OutOfReachError
from derive.equality.polynomials import DIGIT, MOST_BITS, MOST_DEGREE, ONE, Polynomial, Work

Key = frozenset[tuple[int, int]]
"""A polynomial as a key of a table."""

_MOST_SUMS = 400


class Form(Struct, frozen=True):
    """top / (below * product of factors to their powers); `degree` bounds the power of every generator."""

    top: Polynomial
    below: int = 1
    factors: Mapping[int, int] = field(default_factory=dict)
    degree: int = 0


ZERO = Form({})
UNIT = Form(ONE)


class Fractions:
    """Arithmetic on forms that share a table of the polynomials that stand below.

    `relations` gives generators of which a power is another form, such as the square of a square root.
    """

    def __init__(self, work: Work) -> None:
        self.work = work
        self.factors: list[Polynomial] = []
        self.relations: dict[int, tuple[int, Form]] = {}
        self._numbers: dict[Key, int] = {}

    @staticmethod
    def constant(value: int | Fraction) -> Form:
        """A rational number."""
        value = Fraction(value)
        return Form({0: value.numerator} if value else {}, value.denominator)

    def number(self, factor: Polynomial) -> int:
        """The number of a primitive polynomial in the table of factors."""
        key = frozenset(factor.items())
        number = self._numbers.get(key)
        if number is None:
            number = self._numbers[key] = len(self.factors)
            self.factors.append(factor)
        return number

    def add(self, *forms: Form) -> Form:
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
            self.work.spend(len(form.top))
            poly.add_to(top, form.top, common // form.below)
            groups[key] = (top, common, max(degree, form.degree))
        parts = [Form(group[0], group[1], dict(key), group[2]) for key, group in groups.items() if group[0]]
        if len(parts) < 2:
            return self._settled(parts[0]) if parts else ZERO
        shared: dict[int, int] = {}
        for part in parts:
            for number, power in part.factors.items():
                shared[number] = max(power, shared.get(number, 0))
        common = lcm(*(part.below for part in parts))
        total: Polynomial = {}
        highest = 0
        for part in parts:
            missing = {n: p - part.factors.get(n, 0) for n, p in shared.items() if p > part.factors.get(n, 0)}
            expansion = self.expanded(missing)
            raised = poly.multiply(part.top, expansion.top, self.work)
            poly.add_to(total, raised, common // part.below)
            highest = max(highest, part.degree + expansion.degree)
        return self._settled(Form(total, common, shared, highest))

    def negative(self, form: Form) -> Form:
        """Minus a form."""
        return Form(poly.scale(form.top, -1), form.below, form.factors, form.degree)

    def multiply(self, *forms: Form) -> Form:
        """The product; a numerator that is a factor below another cancels."""
        sums = sum(len(form.top) > 1 for form in forms)
        if sums > _MOST_SUMS:
            raise OutOfReachError(f"a product of {sums:,} sums")
        product = UNIT
        for form in sorted(forms, key=lambda form: len(form.top)):
            if not form.top:
                return ZERO
            product = self._times(product, form) if product is not UNIT else form
        return product

    def power(self, base: Form, exponent: int) -> Form | None:
        """A whole power; None for a power below zero of zero."""
        if not base.top:
            return ZERO if exponent > 0 else UNIT if exponent == 0 else None
        if exponent < 0:
            base, exponent = self._inverse(base), -exponent
        if exponent == 1:
            return base
        if base.degree * exponent > MOST_DEGREE:
            raise OutOfReachError(f"the common form has a degree of more than {MOST_DEGREE:,}")
        if base.below.bit_length() * exponent > MOST_BITS and base.below > 1:
            raise OutOfReachError(f"the common form has numbers of more than {MOST_BITS * 3 // 10:,} digits")
        top = poly.power(base.top, exponent, self.work)
        factors = {number: power * exponent for number, power in base.factors.items()}
        return self._settled(Form(top, base.below**exponent, factors, base.degree * exponent))

    def expanded(self, factors: Mapping[int, int]) -> Form:
        """The product of factors to their powers, as a polynomial."""
        product, degree = ONE, 0
        for number, power in factors.items():
            factor = self.factors[number]
            degree += poly.degree(factor) * power
            product = poly.multiply(product, poly.power(factor, power, self.work), self.work)
        return Form(product, degree=degree)

    def _inverse(self, form: Form) -> Form:
        content, monomial, factor = poly.primitive(form.top)
        upper = self.expanded(form.factors)
        top = poly.scale(upper.top, form.below if content > 0 else -form.below, -monomial)
        factors = {} if factor == ONE else {self.number(factor): 1}
        return self._settled(Form(top, abs(content), factors, upper.degree + form.degree))

    def _times(self, left: Form, right: Form) -> Form:
        degree = left.degree + right.degree
        if degree > MOST_DEGREE:
            raise OutOfReachError(f"the common form has a degree of more than {MOST_DEGREE:,}")
        factors = dict(left.factors)
        for number, power in right.factors.items():
            factors[number] = factors.get(number, 0) + power
        top = poly.multiply(self._cancelled(left.top, factors), self._cancelled(right.top, factors), self.work)
        return self._settled(Form(top, left.below * right.below, factors, degree))

    def _cancelled(self, top: Polynomial, factors: dict[int, int]) -> Polynomial:
        """A numerator without the factor that it is, which is then taken from the factors below."""
        if len(top) < 2 or all(len(self.factors[number]) != len(top) for number in factors):
            return top
        content, monomial, factor = poly.primitive(top)
        number = self._numbers.get(frozenset(factor.items()), -1)
        if number not in factors:
            return top
        factors[number] -= 1
        if not factors[number]:
            del factors[number]
        return {monomial: content}

    def _settled(self, form: Form) -> Form:
        """The form with whole numbers cancelled, and the powers of generators brought below those of relations."""
        if not form.top:
            return ZERO
        if form.below > 1:
            common = gcd(form.below, *form.top.values())
            if common > 1:
                top = {monomial: coefficient // common for monomial, coefficient in form.top.items()}
                form = Form(top, form.below // common, form.factors, form.degree)
        return self._related(form) if self.relations else form

    def _related(self, form: Form) -> Form:
        groups: dict[tuple[tuple[int, int], ...], Polynomial] = {}
        for monomial, coefficient in form.top.items():
            whole = []
            for place, power in poly.powers(monomial):
                if place in self.relations:
                    order = self.relations[place][0]
                    times = power // order
                    if times:
                        whole.append((place, times))
                        monomial -= (times * order) << (DIGIT * place)
            poly.add_to(groups.setdefault(tuple(whole), {}), {monomial: coefficient})
        if set(groups) == {()}:
            return form
        parts = []
        for powers, top in groups.items():
            replaced = [self.power(self.relations[place][1], times) or ZERO for place, times in powers]
            parts.append(self.multiply(Form(top, form.below, form.factors, form.degree), *replaced))
        return self.add(*parts)
