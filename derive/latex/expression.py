"""An expression as LaTeX: segments that may stand on a line of their own, each with its width.

The tree is written as it stands, with the brackets of `text`. A quotient becomes a fraction of all that stands before
its stroke: `1/2*(t - o)**2` is one half times a square, `a*b/c` one fraction.
"""

from collections.abc import Callable, Mapping
from enum import IntEnum
from types import MappingProxyType
from typing import Any

import sympy as sp
from msgspec import Struct
from msgspec.structs import replace
from sympy.core.relational import Relational

from derive.ordering import divides, divisor
from derive.rules import Elementary, rule_of
from derive.text import NAMED, named
from derive.written import Partial

TIMES = r"\nntimes"
_CHARACTER, _SIGN, _DOT, _BRACKET = 0.55, 1.25, 0.75, 0.45
_MOST_DECIMALS = 15
_WIDEST_FRACTION = 16.0


class Binding(IntEnum):
    """How tightly the outermost operator of a piece holds."""

    COMPARISON, SUM, PRODUCT, POWER, ATOM = range(5)


class Segment(Struct, frozen=True):
    """What stands between two places where a line may be broken: its width in em, the brackets open before it."""

    latex: str
    width: float
    depth: int = 0


class Piece(Struct, frozen=True):
    """Segments with the binding of the outermost operator; `nested` brackets stand within each other in it."""

    segments: tuple[Segment, ...]
    binding: Binding = Binding.ATOM
    nested: int = 0

    @property
    def latex(self) -> str:
        """All of it on one line."""
        return " ".join(segment.latex for segment in self.segments)

    @property
    def width(self) -> float:
        """All of it on one line, in em."""
        return sum(segment.width for segment in self.segments)

    @property
    def signed(self) -> bool:
        """Whether it begins with a minus."""
        return self.segments[0].latex.startswith("-")


Names = Callable[[str], Piece]
"""How a symbol is written: by its macro, or as a number put in its place."""


def atom(latex: str, width: float, binding: Binding = Binding.ATOM) -> Piece:
    """A piece that no line break enters."""
    return Piece((Segment(latex, width),), binding)


def as_latex(expression: sp.Basic, names: Names) -> Piece:
    """The piece of an ordered expression; TypeError names a kind of node that has no way to be written."""
    for kind, write in _KINDS.items():
        if isinstance(expression, kind):
            return write(expression, names)
    raise TypeError(f"no way to write {type(expression).__name__} in LaTeX: {expression}")


def decimal(value: sp.Rational, most: int = _MOST_DECIMALS) -> str | None:
    """A rational as an exact decimal, None where it has none of at most `most` places."""
    places = next((n for n in range(most + 1) if 10**n % int(value.q) == 0), None)
    if places is None:
        return None
    digits = str(abs(int(value.p)) * 10**places // int(value.q)).rjust(places + 1, "0")
    whole, decimals = digits[: len(digits) - places], digits[len(digits) - places :]
    return ("-" if value < 0 else "") + (f"{whole}.{decimals}" if decimals else whole)


def bracketed(piece: Piece) -> Piece:
    """A piece in brackets: square ones around brackets, of a fixed size, so that a line may break within."""
    tall = piece.nested or any(r"\frac" in segment.latex for segment in piece.segments)
    opening, closing = (r"\bigl[", r"\bigr]") if piece.nested else (r"\bigl(", r"\bigr)") if tall else ("(", ")")
    inner = [replace(segment, depth=segment.depth + 1) for segment in piece.segments]
    inner[0] = Segment(f"{opening}{inner[0].latex}", inner[0].width + _BRACKET, 0)
    inner[-1] = replace(inner[-1], latex=f"{inner[-1].latex}{closing}", width=inner[-1].width + _BRACKET)
    return Piece(tuple(inner), Binding.ATOM, piece.nested + 1)


def _within(piece: Piece, least: Binding) -> Piece:
    return piece if piece.binding >= least and not piece.signed else bracketed(piece)


def _joined(sign: str, piece: Piece) -> tuple[Segment, ...]:
    """The segments of an operand, its first one led by the sign before which the line may break."""
    first, *rest = piece.segments
    extra = _DOT if sign == TIMES else _SIGN
    return (Segment(f"{sign} {first.latex}", first.width + extra, first.depth), *rest)


def _symbol(node: Any, names: Names) -> Piece:
    return names(node.name)


def _number(node: Any, names: Names) -> Piece:
    text = decimal(node)
    if text is not None:
        return atom(text, _CHARACTER * len(text))
    top, bottom = abs(int(node.p)), int(node.q)
    sign = "-" if node < 0 else ""
    return atom(rf"{sign}\frac{{{top}}}{{{bottom}}}", _CHARACTER * max(len(str(top)), len(str(bottom))) + 0.8)


def _sum(node: Any, names: Names) -> Piece:
    """Terms in order; a nested sum is a bracket, a signed term is subtracted."""
    first, *rest = (as_latex(term, names) for term in node.args)
    pieces = [first if first.binding >= Binding.PRODUCT else bracketed(first)]
    segments = list(pieces[0].segments)
    for term in rest:
        operand = term if term.binding >= Binding.PRODUCT else bracketed(term)
        pieces.append(operand)
        if operand.signed:
            lead = operand.segments[0]
            bare = replace(lead, latex=lead.latex.removeprefix("-").lstrip())
            segments += _joined("-", replace(operand, segments=(bare, *operand.segments[1:])))
        else:
            segments += _joined("+", operand)
    return Piece(tuple(segments), Binding.SUM, max(piece.nested for piece in pieces))


def _product(node: Any, names: Names) -> Piece:
    """Factors in order; a leading -1 is a sign; a reciprocal goes below all that stands before it."""
    factors = list(node.args)
    sign = "-" if factors[0] is sp.S.NegativeOne and len(factors) > 1 else ""
    if sign:
        factors.pop(0)
    pieces: list[Piece] = []
    above: list[Any] = []
    for factor in factors:
        if divides(factor):
            top = sp.Mul(*above, evaluate=False) if len(above) > 1 else above[0] if above else sp.Integer(1)
            pieces.append(_fraction(as_latex(top, names), as_latex(divisor(factor), names)))
            above = []
        else:
            above.append(factor)
    for place, factor in enumerate(above):
        written = as_latex(factor, names)
        leads = not pieces and place == 0 and factor.is_Number and len(factors) > 1 and not sign
        pieces.append(written if leads else _within(written, Binding.POWER))
    if len(pieces) == 1 and not sign:
        return pieces[0]
    segments = list(pieces[0].segments)
    segments[0] = replace(segments[0], latex=sign + segments[0].latex, width=segments[0].width + 0.8 * len(sign))
    for piece in pieces[1:]:
        segments += _joined(TIMES, piece)
    return Piece(tuple(segments), Binding.PRODUCT, max(piece.nested for piece in pieces))


def _fraction(top: Piece, bottom: Piece) -> Piece:
    sign, above = ("-", top.latex[1:].lstrip()) if top.signed and top.binding >= Binding.PRODUCT else ("", top.latex)
    written = atom(rf"{sign}\frac{{{above}}}{{{bottom.latex}}}", max(top.width, bottom.width) + 0.3 + 0.8 * len(sign))
    return replace(written, binding=Binding.POWER)


def _power(node: Any, names: Names) -> Piece:
    base, exponent = node.args
    if exponent == sp.S.Half:
        inner = as_latex(base, names)
        return atom(rf"\sqrt{{{inner.latex}}}", inner.width + 1)
    if divides(node):
        return _fraction(atom("1", _CHARACTER), as_latex(divisor(node), names))
    written, raised = as_latex(base, names), as_latex(exponent, names)
    written = written if written.binding is Binding.ATOM and not written.signed else bracketed(written)
    *before, last = written.segments
    last = Segment(f"{last.latex}^{{{raised.latex}}}", last.width + 0.8 * raised.width, last.depth)
    return Piece((*before, last), Binding.POWER, written.nested)


def _partial(node: Partial, names: Names) -> Piece:
    r"""\nnpartial{E_1}{w_5}: a fraction, so no factor needs a bracket; a long `of` stands behind an empty one."""
    of, by = as_latex(node.of, names), as_latex(node.by, names)
    above = of if isinstance(node.of, (sp.Symbol, sp.Function)) else bracketed(of)
    if above.width <= _WIDEST_FRACTION or len(above.segments) == 1:
        return atom(rf"\nnpartial{{{above.latex}}}{{{by.latex}}}", max(above.width, by.width) + 0.9)
    lead, *rest = bracketed(of).segments
    operator = replace(lead, latex=rf"\nnpartial{{}}{{{by.latex}}} {lead.latex}", width=lead.width + by.width + 1)
    return Piece((operator, *rest), Binding.PRODUCT, of.nested + 1)


def _called(name: str, node: Any, names: Names) -> Piece:
    inner = [as_latex(argument, names) for argument in node.args]
    listed = atom(", ".join(piece.latex for piece in inner), sum(piece.width + 0.5 for piece in inner))
    first = inner[0] if len(inner) == 1 else listed
    written = bracketed(first)
    lead, *rest = written.segments
    word = len(name.removeprefix(r"\operatorname{").strip("\\{}")) if name != r"\sigma" else 1
    lead = replace(lead, latex=f"{name}{lead.latex}", width=lead.width + 0.6 * word)
    return Piece((lead, *rest), Binding.ATOM, first.nested)


def _applied(node: Any, names: Names) -> Piece:
    """σ(h1), with the command that LaTeX has for the function, else its name upright."""
    name = rule_of(node).name
    return _called(_COMMANDS.get(name, rf"\operatorname{{{rule_of(node).spellings[0]}}}"), node, names)


def _absolute(node: Any, names: Names) -> Piece:
    inner = as_latex(node.args[0], names)
    return atom(rf"\lvert {inner.latex} \rvert", inner.width + 0.8)


def _comparison(node: Any, names: Names) -> Piece:
    left, right = (as_latex(side, names) for side in node.args)
    return Piece((*left.segments, *_joined(_SIGNS[node.func], right)), Binding.COMPARISON)


def _piecewise(node: Any, names: Names) -> Piece:
    rows, width = [], 0.0
    for value, test in node.args:
        written = as_latex(value, names)
        said = r"\text{otherwise}" if test == sp.true else rf"\text{{if }} {as_latex(test, names).latex}"
        rows.append(f"{written.latex} & {said}")
        width = max(width, written.width + 4 + (5 if test == sp.true else as_latex(test, names).width))
    return atom(r"\begin{cases} " + r" \\ ".join(rows) + r" \end{cases}", width)


_COMMANDS: Mapping[str, str] = MappingProxyType({
    "sigmoid": r"\sigma", "tanh": r"\tanh", "exp": r"\exp", "log": r"\ln", "sin": r"\sin", "cos": r"\cos",
})  # fmt: skip

_SIGNS: Mapping[Any, str] = MappingProxyType({
    sp.StrictGreaterThan: ">", sp.StrictLessThan: "<", sp.GreaterThan: r"\ge", sp.LessThan: r"\le",
    sp.Eq: "=", sp.Ne: r"\ne",
})  # fmt: skip

_KINDS: Mapping[Any, Callable[[Any, Names], Piece]] = MappingProxyType({
    sp.Symbol: _symbol,
    sp.Rational: _number,
    sp.Add: _sum,
    sp.Mul: _product,
    type(sp.E): lambda node, names: atom("e", _CHARACTER),
    type(sp.pi): lambda node, names: atom(r"\pi", _CHARACTER),
    sp.Pow: _power,
    Partial: _partial,
    sp.Abs: _absolute,
    (Elementary, sp.exp, sp.log, sp.sin, sp.cos, sp.sign): _applied,
    NAMED: lambda node, names: _called(rf"\{named(node)}", node, names),
    sp.Max: lambda node, names: _called(r"\max", node, names),
    sp.Min: lambda node, names: _called(r"\min", node, names),
    sp.Piecewise: _piecewise,
    Relational: _comparison,
})  # fmt: skip
