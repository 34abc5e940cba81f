"""How many digits numbers were written with, and which texts are numbers."""

import math
from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType


def as_number(text: str) -> float | None:
    """The number that Excel makes of a text in arithmetic, None where it is none."""
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


_ALL_DIGITS = 15
_SMALLEST_PLAIN = -5


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
