"""Sparse polynomials with whole coefficients, negative powers allowed.

A monomial is one whole number whose digits to base 2^32 are the powers of the generators: multiplying monomials is
adding numbers, x^-1 is the number -1, and a new generator needs nothing rewritten. The order of these numbers is a
monomial order, so a polynomial's least monomial times another's is the least of their product.
"""

from math import gcd

from derive.equality.guards import OutOfReachError

Polynomial = dict[int, int]

DIGIT = 32
_HALF = 1 << (DIGIT - 1)
_MASK = (1 << DIGIT) - 1
ONE: Polynomial = {0: 1}

MOST_WORK = 2_000_000
MOST_TERMS = 30_000
MOST_DEGREE = 1_000_000
MOST_BITS = 20_000


class Work:
    """Counts multiplications of coefficients, and stops where there are too many: a guard that knows no clock."""

    def __init__(self) -> None:
        self.done = 0

    def spend(self, amount: int) -> None:
        """Add to the count; OutOfReachError beyond MOST_WORK."""
        self.done += amount
        if self.done > MOST_WORK:
            raise OutOfReachError(f"the common form takes more than {MOST_WORK:,} multiplications")


def powers(monomial: int) -> list[tuple[int, int]]:
    """The (generator, power) pairs of a monomial, powers not zero."""
    found = []
    generator = 0
    while monomial:
        digit = monomial & _MASK
        if digit >= _HALF:
            digit -= 1 << DIGIT
        if digit:
            found.append((generator, digit))
        monomial = (monomial - digit) >> DIGIT
        generator += 1
    return found


def add_to(total: Polynomial, polynomial: Polynomial, times: int = 1) -> None:
    """Add a multiple of a polynomial to a total, in place."""
    for monomial, coefficient in polynomial.items():
        new = total.get(monomial, 0) + coefficient * times
        if new:
            total[monomial] = new
        else:
            total.pop(monomial, None)


def scale(polynomial: Polynomial, factor: int, shift: int = 0) -> Polynomial:
    """The polynomial times a whole number times a monomial."""
    if factor == 1 and not shift:
        return polynomial
    return {monomial + shift: coefficient * factor for monomial, coefficient in polynomial.items()} if factor else {}


def multiply(left: Polynomial, right: Polynomial, work: Work) -> Polynomial:
    """left * right."""
    if len(left) > len(right):
        left, right = right, left
    if len(left) == 1:
        ((shift, factor),) = left.items()
        work.spend(len(right))
        return scale(right, factor, shift)
    size = len(left) * len(right)
    widest = max(map(int.bit_length, left.values()), default=0) + max(map(int.bit_length, right.values()), default=0)
    if widest > MOST_BITS:
        raise OutOfReachError(f"the common form has numbers of more than {MOST_BITS * 3 // 10:,} digits")
    work.spend(size * (1 + widest // 64))
    product: Polynomial = {}
    for m, c in left.items():
        for n, d in right.items():
            k = m + n
            product[k] = product.get(k, 0) + c * d
    if len(product) > MOST_TERMS:
        raise OutOfReachError(f"the common form has more than {MOST_TERMS:,} terms")
    return {monomial: coefficient for monomial, coefficient in product.items() if coefficient}


def power(base: Polynomial, exponent: int, work: Work) -> Polynomial:
    """base to a power of 0 or more."""
    if len(base) == 1:
        ((monomial, coefficient),) = base.items()
        if coefficient not in (1, -1) and abs(coefficient).bit_length() * exponent > MOST_BITS:
            raise OutOfReachError(f"the common form has numbers of more than {MOST_BITS * 3 // 10:,} digits")
        return {monomial * exponent: coefficient**exponent}
    if len(base) > 1 and exponent > MOST_TERMS:
        raise OutOfReachError(f"a sum to the power {exponent}")
    result = ONE
    for _ in range(exponent):
        result = multiply(result, base, work)
    return result


def primitive(polynomial: Polynomial) -> tuple[int, int, Polynomial]:
    """(c, m, p) with polynomial = c * m * p: p has no common monomial nor factor, its least term a positive sign."""
    least = min(polynomial)
    content = gcd(*polynomial.values())
    if polynomial[least] < 0:
        content = -content
    common = common_monomial(polynomial)
    if content == 1 and not common:
        return 1, 0, polynomial
    return content, common, {m - common: c // content for m, c in polynomial.items()}


def common_monomial(polynomial: Polynomial) -> int:
    """The greatest monomial that divides every term, which then have no negative powers."""
    monomials = iter(polynomial)
    lowest = dict(powers(next(monomials)))
    for monomial in monomials:
        here = dict(powers(monomial))
        for generator in lowest.keys() | here.keys():
            lowest[generator] = min(lowest.get(generator, 0), here.get(generator, 0))
    return sum(power << (DIGIT * generator) for generator, power in lowest.items())


def degree(polynomial: Polynomial) -> int:
    """The highest power of any generator, its sign left out."""
    return max((abs(power) for monomial in polynomial for _, power in powers(monomial)), default=0)


def generator(place: int, power: int = 1) -> int:
    """The monomial that is a generator's power."""
    return power << (DIGIT * place)


def lone(polynomial: Polynomial) -> int | None:
    """The place of the one generator in a polynomial of one term; None where there is not exactly one."""
    if len(polynomial) != 1:
        return None
    found = powers(next(iter(polynomial)))
    return found[0][0] if len(found) == 1 else None
