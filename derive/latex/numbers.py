"""The worked example: the values of a walkthrough's first row, and how they are set."""

from collections.abc import Iterable, Mapping

import sympy as sp
from msgspec import Struct

from derive.board.steps import Section
from derive.latex.expression import Binding, Piece, atom, decimal
from derive.network import Network
from derive.rules import spelled_out
from derive.training.saturation import computable
from derive.written import Partial

_PRECISION = 25
_DIGIT = 0.55
_LONGEST = 9
_MOST_DRAWN_DECIMALS = 24


class Worked(Struct, frozen=True):
    """The exact leaves and the value of every node, and of ∂E/∂name for every section."""

    values: Mapping[str, sp.Expr]
    gradients: Mapping[str, sp.Expr]


def work(network: Network, start: Mapping[str, sp.Rational], derived: Iterable[Section]) -> Worked:
    """Everything at the start values, to 25 digits."""
    values: dict[str, sp.Expr] = dict(start)
    for name, expression in computable(network.definitions).items():
        values[name] = value_of(expression, values, {})
    gradients: dict[str, sp.Expr] = {}
    for section in derived:
        products = (sp.prod(value_of(f, values, gradients) for f in factors) for factors in section.summands)
        gradients[section.by] = sp.Add(*products)
    return Worked(values, gradients)


def value_of(expression: sp.Expr, values: Mapping[str, sp.Expr], gradients: Mapping[str, sp.Expr]) -> sp.Expr:
    """The value of an expression whose names and derivatives of the loss are known."""
    known = {partial: gradients[partial.by.name] for partial in expression.atoms(Partial)}
    plain = spelled_out(expression.xreplace(known))
    return plain.xreplace({s: values[s.name] for s in plain.free_symbols}).evalf(_PRECISION)


def rounded(value: sp.Expr, digits: int) -> Piece:
    """A value with `digits` decimals; with a power of ten where these would show too little of it, or too much."""
    number = float(value)
    if number == 0:
        return atom("0", _DIGIT)
    if 10.0 ** (2 - digits) <= abs(number) < 1e6:
        text = f"{number:.{digits}f}"
        return atom(text, _DIGIT * len(text))
    mantissa, exponent = f"{number:.{max(digits - 1, 0)}e}".split("e")
    text = rf"{mantissa} \cdot 10^{{{int(exponent)}}}"
    return atom(text, _DIGIT * (len(mantissa) + 5), Binding.POWER)


def short(value: sp.Rational, digits: int) -> Piece:
    """A start value within a formula: as it was typed, or rounded where it was drawn with all its digits."""
    text = decimal(value)
    return exact(value) if text is not None and len(text) <= _LONGEST else rounded(value, digits)


def exact(value: sp.Rational) -> Piece:
    """A start value as it was typed or drawn."""
    text = decimal(value, _MOST_DRAWN_DECIMALS)
    if text is None:
        return atom(rf"\tfrac{{{value.p}}}{{{value.q}}}", 1.5)
    return atom(text, _DIGIT * len(text))
