"""Writes an expression as the text of an Excel formula on given cells.

    ((a_o1 - t1)*a_o1*(1 - a_o1)*a_h1, {"a_o1": "R3", "t1": "A3", "a_h1": "J3"})  ->  (R3-A3)*R3*(1-R3)*J3

The tree is written as it stands, in the order of `.args`: a sum in a sum or a product in a product is a bracket, so the
cell computes in the order that the tree says. Brackets otherwise stand where Excel's precedence needs them, and around
a signed base of a power, where Excel (-2^2 is 4) and mathematics (-4) would read two different things.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import sympy as sp
from sympy.core.relational import Relational

from derive import rules
from derive.errors import DeriveError
from derive.ordering import divides, divisor
from derive.training.program import Guard, guarded
from sheets.formulas.arithmetic import Binding
from sheets.formulas.functions import SPELLED, WRITTEN

_DIGITS = 15  # what Excel keeps of a typed number
_MOST_PLACES = 30


class Text(str):
    """A piece of a formula, with the binding of its outermost operator."""

    binding: Binding

    def __new__(cls, text: str, binding: Binding = Binding.ATOM) -> "Text":
        piece = super().__new__(cls, text)
        piece.binding = binding
        return piece


Cells = Mapping[str, str]


def emit(expression: sp.Expr, cells: Cells) -> str:
    """The formula text, without `=`, of an ordered expression whose symbols stand in `cells` (`{"w1": "E3"}`).

    DeriveError names a symbol that has no cell; TypeError a kind of node that Excel cannot be told.
    """
    return str(_write(expression, cells))


def _write(node: sp.Basic, cells: Cells) -> Text:
    """One node, by its row of the table of kinds."""
    if node.func in WRITTEN:
        arguments = sorted(node.args, key=sp.default_sort_key) if node.func in _UNORDERED else node.args
        return Text(f"{WRITTEN[node.func]}({','.join(_write(a, cells) for a in arguments)})")
    if node.func in SPELLED:
        return _write(SPELLED[node.func](node.args[0]), cells)
    for kind, write in _KINDS.items():
        if isinstance(node, kind):
            return write(node, cells)
    raise TypeError(f"no way to write {type(node).__name__} in Excel: {node}")


def _within(piece: Text, least: Binding) -> str:
    """A piece as an operand: in brackets where it holds less tightly than needed."""
    return piece if piece.binding >= least else f"({piece})"


def _symbol(node: Any, cells: Cells) -> Text:
    if node.name not in cells:
        raise DeriveError(node.name, "has no cell", f"one of {', '.join(cells)}")
    return Text(cells[node.name])


def _number(node: Any, cells: Cells) -> Text:
    """A rational: a decimal where that is exact within 15 digits, else a fraction."""
    sign, top, bottom = "-" if node < 0 else "", abs(int(node.p)), int(node.q)
    places = next((n for n in range(_MOST_PLACES) if 10**n % bottom == 0), None)
    if places is not None and len(digits := str(top * 10**places // bottom)) <= _DIGITS:
        digits = digits.rjust(places + 1, "0")
        point = len(digits) - places
        text = f"{digits[:point]}.{digits[point:]}" if places else digits
        return Text(sign + text, Binding.SIGN if sign else Binding.ATOM)
    if max(len(str(top)), len(str(bottom))) > _DIGITS:
        raise DeriveError(str(node), "has more digits than Excel keeps", f"at most {_DIGITS}")
    return Text(f"{sign}{top}/{bottom}", Binding.PRODUCT)


def _sum(node: Any, cells: Cells) -> Text:
    """Terms in order; a nested sum is a bracket, a signed term is subtracted."""
    first, *rest = node.args
    text = _within(_write(first, cells), Binding.PRODUCT)
    for term in rest:
        written = _product(term, cells, signed=False) if term.is_Mul else _write(term, cells)
        operand = _within(written, Binding.PRODUCT)
        text += operand if operand[0] == "-" else f"+{operand}"
    return Text(text, Binding.SUM if rest else Binding.PRODUCT)


def _product(node: Any, cells: Cells, signed: bool = True) -> Text:
    """Factors in order; a reciprocal is divided by, a leading -1 is a sign, a nested product is a bracket.

    `signed` says that the sign is Excel's own, which would take the base of a power: -(x^2), but a-x^2.
    """
    first, *rest = guarded(node).args
    if not rest:
        return _write(first, cells)
    if first is sp.S.NegativeOne and not divides(rest[0]):
        first, *rest = rest
        lead = _factor(first, cells)
        text = "-" + (lead if lead[0] not in "-+" and not (signed and _is_power(first)) else f"({lead})")
    elif divides(first):
        text = f"1/{_below(first, cells)}"
    elif first.is_Rational or (first.is_Mul and all(part.is_Rational or divides(part) for part in first.args)):
        text = _write(first, cells)  # 1/2*x: a fraction in front needs no bracket to be one
    else:
        text = _factor(first, cells)
    for factor in rest:
        text += f"/{_below(factor, cells)}" if divides(factor) else f"*{_factor(factor, cells)}"
    return Text(text, Binding.PRODUCT if rest or text[0] != "-" else Binding.SIGN)


def _is_power(node: Any) -> bool:
    return bool(node.is_Pow and node.exp != sp.S.Half and not divides(node))


def _below(factor: Any, cells: Cells) -> str:
    return _operand(divisor(factor), cells)


def _factor(node: Any, cells: Cells) -> str:
    """A factor; a comparison among others counts as 0 or 1 by itself."""
    if isinstance(node, rules.Step):
        return f"({_comparison(sp.StrictGreaterThan(node.args[0], 0, evaluate=False), cells)})"
    return _operand(node, cells)


def _operand(node: Any, cells: Cells) -> str:
    """A factor or divisor: brackets around sums and products, around a signed one too."""
    written = _write(node, cells)
    return _within(written, Binding.POWER) if written[0] != "-" else f"({written})"


def _power(node: Any, cells: Cells) -> Text:
    if node.exp == sp.S.Half:
        return Text(f"SQRT({_write(node.base, cells)})")
    if divides(node):
        return Text(f"1/{_below(node, cells)}", Binding.PRODUCT)
    base, exponent = (_write(part, cells) for part in node.args)
    return Text(f"{_bracketed(base)}^{_bracketed(exponent)}", Binding.POWER)


def _bracketed(piece: Text) -> str:
    return _within(piece, Binding.ATOM)


def _comparison(node: Any, cells: Cells) -> Text:
    left, right = (_within(_write(side, cells), Binding.SUM) for side in node.args)
    return Text(f"{left}{_SIGNS[node.func]}{right}", Binding.COMPARISON)


def _guard(node: Any, cells: Cells) -> Text:
    """1 where something is 0: Excel counts a comparison among numbers so."""
    return Text(f"({_within(_write(node.args[0], cells), Binding.SUM)}=0)")


def _step(node: Any, cells: Cells) -> Text:
    return Text(f"{_factor(node, cells)}*1", Binding.PRODUCT)


def _piecewise(node: Any, cells: Cells) -> Text:
    """IF in IF, one for each condition; Excel answers what no condition covers, so the last must be certain."""
    *pieces, (otherwise, certain) = node.args
    if certain != sp.true:
        raise TypeError(f"no way to write a Piecewise without a last case in Excel: {node}")
    text = str(_write(otherwise, cells))
    for value, test in reversed(pieces):
        text = f"IF({_write(test, cells)},{_write(value, cells)},{text})"
    return Text(text)


_UNORDERED = frozenset({sp.Max, sp.Min, sp.And, sp.Or})

_SIGNS: MappingProxyType[Any, str] = MappingProxyType({
    sp.StrictGreaterThan: ">", sp.StrictLessThan: "<", sp.GreaterThan: ">=", sp.LessThan: "<=", sp.Eq: "=", sp.Ne: "<>",
})  # fmt: skip

_KINDS: MappingProxyType[Any, Callable[[Any, Cells], Text]] = MappingProxyType({
    sp.Symbol: _symbol,
    sp.Rational: _number,
    sp.Add: _sum,
    sp.Mul: _product,
    sp.Pow: _power,
    rules.Step: _step,
    Guard: _guard,
    Relational: _comparison,
    sp.Piecewise: _piecewise,
    type(sp.pi): lambda node, cells: Text("PI()"),
    type(sp.E): lambda node, cells: Text("EXP(1)"),
})
