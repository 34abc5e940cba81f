"""Lines of numbers: what a document gives as values, and whether a printed number is right to the digits shown."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import sympy as sp

from derive.names import symbol

_LITERAL = re.compile(r"\s*[(\[]?\s*([+-]?)\s*(\d*\.?\d*)\s*[)\]]?\s*\Z")
_DIGITS = 40
_EXACT_DECIMALS = 2
_MARGIN = sp.Rational(51, 50)


@dataclass(frozen=True)
class Printed:
    """A number as printed: its value and half a unit of its last digit."""

    value: sp.Rational
    half_unit: sp.Rational


def printed(text: str, expression: sp.Expr) -> Printed | None:
    """The one number that a member prints; None where it is an expression."""
    match = _LITERAL.match(text)
    if match is None or not match.group(2).strip(".") or not expression.is_Rational:
        return None
    decimals = len(match.group(2).partition(".")[2])
    return Printed(expression, sp.Rational(1, 2 * 10**decimals))


def is_numeric(expression: sp.Expr) -> bool:
    """Whether an expression has numbers only."""
    return not expression.free_symbols


def value_of(expression: sp.Expr, values: Mapping[str, sp.Expr]) -> sp.Expr | None:
    """The value of an expression where every name has one; None where one has none, or there is no real value."""
    names = [s.name for s in expression.free_symbols]
    if any(name not in values for name in names):
        return None
    try:
        found = expression.xreplace({symbol(name): values[name] for name in names}).evalf(_DIGITS)
    except (ArithmeticError, ValueError, TypeError):
        return None
    return found if found.is_Float or found.is_Rational else None


def slack(expression: sp.Expr, value: sp.Expr) -> sp.Expr:
    """How far an expression of numbers may be off because its long decimals are rounded; short ones count as exact."""
    loose: sp.Expr = sp.Integer(0)
    for literal in expression.atoms(sp.Rational):
        decimals = _decimals(literal)
        if decimals <= _EXACT_DECIMALS:
            continue
        half = sp.Rational(1, 2 * 10**decimals)
        moved = expression.xreplace({literal: literal + half}).evalf(_DIGITS)
        loose += abs(moved - value)
    return loose


def _decimals(literal: sp.Rational) -> int:
    """The decimals of an exact decimal, 0 for an integer or a fraction that has none."""
    bottom = int(literal.q)
    return next((n for n in range(1, 20) if 10**n % bottom == 0), 0) if bottom > 1 else 0


def agrees(value: sp.Expr, shown: Printed, loose: sp.Expr) -> bool:
    """Whether a value prints as shown, give or take what its own rounded numbers leave open."""
    return bool(abs(value - shown.value) <= (shown.half_unit + loose) * _MARGIN + abs(value) * sp.Rational(1, 10**15))


def bindings(formula: sp.Expr, numbers: sp.Expr) -> Iterator[tuple[str, sp.Expr]]:
    """name = number for every name of a formula that a member of the same shape has in numbers instead."""
    if formula.is_Symbol:
        if is_numeric(numbers) and numbers.is_Rational:
            yield formula.name, numbers
        return
    if formula.func is numbers.func and len(formula.args) == len(numbers.args):
        for left, right in zip(formula.args, numbers.args, strict=True):
            yield from bindings(left, right)
