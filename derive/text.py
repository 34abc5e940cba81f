"""Prints an expression as a person types it, its sums and products in the order in which they stand.

    Mul(Add(out_o1, Mul(-1, t1)), out_o1, Add(1, Mul(-1, out_o1)), out_h1)
    ->  (out_o1 - t1) * out_o1 * (1 - out_o1) * out_h1

The tree is written as it stands: a sum in a sum or a product in a product is a bracket, since the author wrote one.
A bracket that holds brackets is square, as on the board. `reading` reads every text back: to the same tree where it
was read from text, else to an equal one.
"""

from collections.abc import Callable, Mapping
from enum import IntEnum
from types import MappingProxyType
from typing import Any

import sympy as sp
from sympy.core.relational import Relational

from derive.ordering import divides, divisor
from derive.rules import Elementary, rule_of
from derive.written import At, Partial

_MOST_DECIMALS = 15
_SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_BRACKETS = (("(", ")"), ("[", "]"), ("{", "}"))


class Binding(IntEnum):
    """How tightly the outermost operator of a piece holds."""

    COMPARISON, SUM, PRODUCT, POWER, ATOM = range(5)


class Piece(str):
    """A piece of text: the binding of its outermost operator, and how many brackets stand within each other in it."""

    binding: Binding
    depth: int

    def __new__(cls, text: str, binding: Binding = Binding.ATOM, *inner: "Piece") -> "Piece":
        piece = super().__new__(cls, text)
        piece.binding = binding
        piece.depth = max((part.depth for part in inner), default=0)
        return piece


def as_text(expression: sp.Basic) -> str:
    """The text of an ordered expression; TypeError names a kind of node that has no way to be written."""
    return str(_write(expression))


def _write(node: sp.Basic) -> Piece:
    """One node, by its row of the table of kinds."""
    for kind, write in _KINDS.items():
        if isinstance(node, kind):
            return write(node)
    raise TypeError(f"no way to write {type(node).__name__} as text: {node}")


def _bracket(piece: Piece) -> Piece:
    opening, closing = _BRACKETS[min(piece.depth, len(_BRACKETS) - 1)]
    written = Piece(f"{opening}{piece}{closing}")
    written.depth = piece.depth + 1
    return written


def _within(piece: Piece, least: Binding) -> Piece:
    """A piece as an operand: in brackets where it holds less tightly than needed or begins with a sign."""
    return piece if piece.binding >= least and piece[0] != "-" else _bracket(piece)


def _number(node: Any) -> Piece:
    """A rational: a decimal where that is exact, else a fraction."""
    top, bottom = abs(int(node.p)), int(node.q)
    sign = "-" if node < 0 else ""
    places = next((n for n in range(_MOST_DECIMALS + 1) if 10**n % bottom == 0), None)
    if places is None:
        return Piece(f"{sign}{top}/{bottom}", Binding.PRODUCT)
    digits = str(top * 10**places // bottom).rjust(places + 1, "0")
    whole, decimals = digits[: len(digits) - places], digits[len(digits) - places :]
    return Piece(f"{sign}{whole}.{decimals}" if decimals else f"{sign}{whole}")


def _sum(node: Any) -> Piece:
    """Terms in order; a nested sum is a bracket, a signed term is subtracted."""
    terms = [_write(term) for term in node.args]
    first = terms[0] if terms[0].binding >= Binding.PRODUCT else _bracket(terms[0])
    parts = [first]
    for term in terms[1:]:
        operand = term if term.binding >= Binding.PRODUCT else _bracket(term)
        sign, operand = ("-", Piece(operand[1:], operand.binding, operand)) if operand[0] == "-" else ("+", operand)
        parts.append(Piece(f" {sign} {operand}", Binding.SUM, operand))
    return Piece("".join(parts), Binding.SUM, *parts)


def _product(node: Any) -> Piece:
    """Factors in order; a reciprocal is divided by, a leading -1 is a sign, a nested product is a bracket."""
    first, *rest = node.args
    sign = ""
    if first is sp.S.NegativeOne and rest:
        sign, first, rest = "-", rest[0], rest[1:]
    if divides(first):
        below = _below(first)
        parts = [Piece(f"1/{below}", Binding.PRODUCT, below)]
    elif first.is_Number and rest and not sign:
        parts = [_write(first)]  # -2 * x and 1/3 * x: a number in front needs no bracket
    else:
        parts = [_within(_write(first), Binding.POWER)]
    before = first
    for factor in rest:
        is_below = divides(factor)
        operand = _below(factor) if is_below else _within(_write(factor), Binding.POWER)
        stroke = " * " if not is_below else "/" if before.is_Integer else " / "
        parts.append(Piece(f"{stroke}{operand}", Binding.PRODUCT, operand))
        before = factor
    binding = Binding.PRODUCT if rest or sign else parts[0].binding
    return Piece(sign + "".join(parts), binding, *parts)


def _below(factor: Any) -> Piece:
    return _within(_write(divisor(factor)), Binding.POWER)


def _power(node: Any) -> Piece:
    base, exponent = node.args
    if exponent == sp.S.Half:
        inner = _write(base)
        return Piece(f"sqrt({inner})", Binding.ATOM, inner)
    if divides(node):
        below = _below(node)
        return Piece(f"1/{below}", Binding.PRODUCT, below)
    written = _within(_write(base), Binding.ATOM)
    if exponent.is_Integer and exponent > 1:
        return Piece(f"{written}{str(exponent).translate(_SUPERSCRIPTS)}", Binding.POWER, written)
    raised = _within(_write(exponent), Binding.ATOM)
    return Piece(f"{written}^{raised}", Binding.POWER, written, raised)


def _at(node: At) -> Piece:
    """(x^2 at x = 3), (sin(h)/h at h → 0): a value somewhere, and what a limit goes to."""
    ends = ", ".join(f"{name} {'→' if node.is_limit else '='} {_write(value)}" for name, value in node.ends.items())
    return Piece(f"({_write(node.of)} at {ends})")


def _partial(node: Partial) -> Piece:
    """∂E1/∂w5, ∂σ(o1)/∂o1, ∂(E1 + E2)/∂w5; a factor is in brackets, as (∂E1/∂out_o1) * (∂out_o1/∂o1)."""
    of = _write(node.of)
    simple = isinstance(node.of, (sp.Symbol, sp.Function))
    above = of if simple else _bracket(of)
    return Piece(f"∂{above}/∂{node.by}", Binding.PRODUCT, above)


NAMED = (
    sp.tanh, sp.tan, sp.cot, sp.sec, sp.csc, sp.sinh, sp.cosh, sp.coth, sp.asin, sp.acos, sp.atan,
)  # fmt: skip
"""Functions beyond our own table that people write by the names that SymPy has for them, but for arcsin's a."""


def named(node: Any) -> str:
    """The name of such a function, tan, arctan."""
    name: str = node.func.__name__
    return name.replace("a", "arc", 1) if name.startswith("a") else name


def _called(name: str, *arguments: sp.Basic) -> Piece:
    written = [_write(argument) for argument in arguments]
    return Piece(f"{name}({', '.join(written)})", Binding.ATOM, *written)


def _applied(node: Any) -> Piece:
    """σ(h1): the first spelling of the function's row."""
    return _called(rule_of(node).spellings[0], *node.args)


def _comparison(node: Any) -> Piece:
    left, right = (_write(side) for side in node.args)
    return Piece(f"{left} {_SIGNS[node.func]} {right}", Binding.COMPARISON, left, right)


def _piecewise(node: Any) -> Piece:
    """The cases as a person reads them aloud: `{h1 if h1 > 0, 0 otherwise}`."""
    cases = [
        f"{_write(value)} otherwise" if test == sp.true else f"{_write(value)} if {_write(test)}"
        for value, test in node.args
    ]
    return Piece("{" + ", ".join(cases) + "}")


_SIGNS: Mapping[Any, str] = MappingProxyType({
    sp.StrictGreaterThan: ">", sp.StrictLessThan: "<", sp.GreaterThan: "≥", sp.LessThan: "≤", sp.Eq: "=", sp.Ne: "≠",
})  # fmt: skip

_KINDS: Mapping[Any, Callable[[Any], Piece]] = MappingProxyType({
    sp.Symbol: lambda node: Piece(node.name),
    sp.Rational: _number,
    sp.Add: _sum,
    sp.Mul: _product,
    type(sp.E): lambda node: Piece("e"),
    sp.Pow: _power,
    Partial: _partial,
    At: _at,
    (Elementary, sp.exp, sp.log, sp.sin, sp.cos, sp.Abs, sp.sign): _applied,
    NAMED: lambda node: _called(named(node), *node.args),
    sp.Max: lambda node: _called("max", *sorted(node.args, key=sp.default_sort_key)),
    sp.Min: lambda node: _called("min", *sorted(node.args, key=sp.default_sort_key)),
    sp.Piecewise: _piecewise,
    Relational: _comparison,
    type(sp.pi): lambda node: Piece("π"),
})  # fmt: skip
