"""How many digits numbers were written with, which texts are numbers, and which numbers are digits of e."""

import math
from collections.abc import Callable, Mapping
from decimal import Decimal
from types import MappingProxyType

import sympy as sp


def as_number(text: str) -> float | None:
    """The number that Excel makes of a text in arithmetic, None where it is none."""
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


_LIKE_E = 1e-2


def with_e(
    expression: sp.Expr, number: Callable[[str], float | None] = lambda name: None
) -> tuple[sp.Expr, tuple[float, ...]]:
    """An expression with e where some of its digits are raised to a power or are the base of a logarithm.

    `number` gives the value of a name, for digits that stand in a cell. The digits that were found come second.
    """
    digits: dict[sp.Expr, float] = {}
    for node in expression.atoms(sp.Pow, sp.log):
        base = node.base if node.is_Pow else node.args[0]
        value = float(base) if base.is_Rational else number(base.name) if base.is_Symbol else None
        if value is not None and abs(value - math.e) < _LIKE_E:
            digits[base] = value
    if not digits:
        return expression, ()
    said = expression.replace(lambda n: n.is_Pow and n.base in digits, lambda n: sp.exp(n.exp))
    return said.replace(lambda n: isinstance(n, sp.log) and n.args[0] in digits, lambda n: sp.Integer(1)), (
        *digits.values(),)


_ALL_DIGITS = 15
_SAME = 1e-9
_SMALLEST_PLAIN = -5


def half_unit(number: float) -> float:
    """Half a unit of the last decimal that a number is written with."""
    return 0.5 * 10.0 ** int(Decimal(f"{number:.{_ALL_DIGITS}g}").as_tuple().exponent)


def digits(number: float) -> float:
    """How many digits a number is written with."""
    return math.log10(abs(number) / half_unit(number)) if number else 0.0


def is_written(number: float, value: float) -> bool:
    """Whether a number is a value to the digits that it is written with."""
    return abs(number - value) <= max(half_unit(number), _SAME * abs(value))


def is_cut_off(number: float, value: float) -> bool:
    """Whether a number is a value rounded or cut off, to the digits that it is written with."""
    return abs(number - value) <= max(2 * half_unit(number), _SAME * abs(value))


def half_units(numbers: Mapping[int, float]) -> Mapping[int, float]:
    """Half a unit of the last decimal of each number of a column, 0 where it has all its digits.

    A number ends before its zeros, so it is given the decimals of those like it: of its sign, since a cell's width
    holds the minus too, and of its size, since small ones are shown with an exponent. Whole numbers are taken as exact.
    """
    decimals: dict[tuple[bool, int], int] = {}
    alike = {}
    for row, number in numbers.items():
        written = Decimal(f"{number:.{_ALL_DIGITS}g}").normalize()
        size = written.adjusted()
        if len(written.as_tuple().digits) < _ALL_DIGITS:
            alike[row] = number < 0, size if size < _SMALLEST_PLAIN + 1 else max(size, 0)
            decimals[alike[row]] = max(decimals.get(alike[row], 0), -int(written.as_tuple().exponent))
    most = max(decimals.values(), default=0)
    places = {row: most if numbers[row] == 0 else decimals[kind] for row, kind in alike.items()}
    return MappingProxyType({row: 0.5 * 10.0**-place if place > 0 else 0.0 for row, place in places.items()})
