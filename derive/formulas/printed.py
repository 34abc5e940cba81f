"""Numbers as they are printed: the value, and how far it may have been rounded."""

from fractions import Fraction

import sympy as sp
from msgspec import Struct

from derive.formulas.syntax import Node


class Printed(Struct, frozen=True):
    """A number as it stands: its value, and one unit of its last digit; 0 for a whole number, which is exact."""

    value: Fraction
    unit: Fraction
    digits: int


def printed_number(node: Node, *, about: bool = False) -> Printed | None:
    """The number that a member prints; None where it is an expression. One that is only about right is never exact."""
    while node.kind == "group":
        node = node.parts[0]
    sign = 1
    while node.kind == "negative":
        node, sign = node.parts[0], -sign
    if node.kind == "product" and len(node.parts) == 2:
        return _scientific(node, sign)
    starts = node.value.lstrip("+-")[:1]
    return _literal(node.value, sign, about) if node.kind == "number" and (starts.isdigit() or starts == ".") else None


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
