"""Numbers as they are printed: the value, and how far it may have been rounded."""

from collections.abc import Sequence
from fractions import Fraction
from math import pi

import sympy as sp
from msgspec import Struct

from derive.formulas.syntax import DEGREE, Node

TINY = 1e-12
"""What numbers may differ by, as a part of them, because they were computed in floating point."""

_DEGREE = Fraction(pi) / 180
"""One degree in radians, as exactly as floating point has it."""


class Printed(Struct, frozen=True):
    """A number as it stands: its value, and one unit of its last digit; 0 for a whole number, which is exact."""

    value: Fraction
    unit: Fraction
    digits: int

    def is_of(self, value: float, slack: float = 0.0) -> bool:
        """Whether it is a value, known to `slack`, rounded or cut off at its digits."""
        stands, unit = float(self.value), float(self.unit)
        off, scale = abs(stands - value), TINY * max(abs(stands), abs(value))
        is_below = off < unit + (scale if slack else -scale)  # what is known exactly is not cut off by a whole unit
        is_cut = self.unit > 0 and is_below and abs(stands) <= abs(value) + scale
        return is_cut or off <= (unit / 2 + slack + scale) * (1 + 1e-9)

    def is_enough_for(self, value: float) -> bool:
        """Whether a value needs no more digits, so that nothing is rounded: 0.75 in hundredths."""
        unit = float(self.unit)
        return self.unit > 0 and abs(round(value / unit) * unit - value) <= TINY * abs(value)


def coarsest(numbers: Sequence[Printed | None]) -> Printed | None:
    """The number of fewest digits, which stands for the others: 0.33 = 0.3333; the last of several alike."""
    printed = [number for number in numbers if number is not None]
    return max(reversed(printed), key=lambda number: number.unit) if printed else None


def printed_number(node: Node, *, about: bool = False) -> Printed | None:
    """The number that a member prints; None where it is an expression. One that is only about right is never exact."""
    while node.kind == "group":
        node = node.parts[0]
    sign = 1
    while node.kind == "negative":
        node, sign = node.parts[0], -sign
    if node.kind == "product" and len(node.parts) == 2:
        return _in_degrees(node, sign, about) if node.parts[1].value == DEGREE else _scientific(node, sign)
    starts = node.value.lstrip("+-")[:1]
    return _literal(node.value, sign, about) if node.kind == "number" and (starts.isdigit() or starts == ".") else None


def _in_degrees(node: Node, sign: int, about: bool) -> Printed | None:
    """36.9°, in radians; a whole number of degrees is an expression, which is exact."""
    number = node.parts[0]
    found = _literal(number.value, sign, about) if number.kind == "number" else None
    if found is None or not found.unit:
        return None
    return Printed(found.value * _DEGREE, found.unit * _DEGREE, found.digits)


def _literal(text: str, sign: int, about: bool) -> Printed | None:
    mantissa, _, exponent = text.lower().partition("e")
    try:
        value = Fraction(text) * sign
    except ValueError:
        return None
    places = len(mantissa.partition(".")[2]) - int(exponent or 0)
    digits = len(mantissa.lstrip("+-").replace(".", "").lstrip("0"))
    exact = "." not in mantissa and not exponent and not about
    return Printed(value, Fraction(0) if exact else Fraction(10) ** -places, digits)


def _scientific(node: Node, sign: int) -> Printed | None:
    """1.3 * 10^-4."""
    mantissa, power = node.parts
    if mantissa.kind != "number" or power.kind != "power" or power.parts[0].value != "10":
        return None
    raised = power.parts[1]
    if raised.kind not in ("number", "group"):
        return None
    first = _literal(mantissa.value, sign, True)
    exponent = raised.value or (raised.parts[0].value if raised.parts else "")
    if first is None or not exponent.lstrip("+-").isdigit():
        return None
    scale = Fraction(10) ** int(exponent)
    return Printed(first.value * scale, first.unit * scale, first.digits)


def decimals(value: Fraction) -> int:
    """How many decimals a number has; 1 for a whole one, 18 for one without an end."""
    return next((n for n in range(1, 19) if 10**n % value.denominator == 0), 18)


def fraction(number: sp.Rational) -> Fraction:
    """A number of an expression, exactly."""
    return Fraction(number.p, number.q)
