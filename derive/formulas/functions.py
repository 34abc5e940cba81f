"""Functions of the table at their arguments, and their slopes, as expressions."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

import sympy as sp

from derive.errors import DeriveError
from derive.names import symbol
from derive.rules import SPELLINGS, Elementary, Relu


def applied(word: str, arguments: tuple[sp.Expr, ...], order: int = 0) -> sp.Expr:
    """A function of the table, or its derivative of some order, at its arguments; max(0, x) is ReLU."""
    if order:
        if len(arguments) != 1:
            raise DeriveError("", f"{word}' with {len(arguments)} arguments", f"write {word}'(x)")
        return _slope(word, arguments[0]) if order == 1 else _higher(word, arguments[0], order)
    if word in ("max", "min"):
        return _extreme(word, arguments)
    if len(arguments) != 1:
        raise DeriveError("", f"{word} with {len(arguments)} arguments", f"write {word}(x)")
    if word in _FURTHER:
        return _FURTHER[word](arguments[0])
    function: Callable[..., sp.Expr] = SPELLINGS[word].function
    return function(arguments[0], evaluate=False)


def apart(value: sp.Expr, left: sp.Expr, right: sp.Expr, other: sp.Expr) -> sp.Expr:
    """A slope's cases: `value` where left > right, else `other`; where the two meet, and there may be no slope, it is
    the same whichever way they are written."""
    if sp.expand(left - right).could_extract_minus_sign():
        value, left, right, other = other, right, left, value
    return sp.Piecewise((value, sp.Gt(left, right)), (other, True))


def _extreme(word: str, arguments: tuple[sp.Expr, ...]) -> sp.Expr:
    rest = [argument for argument in arguments if argument != 0]
    if word == "max" and len(rest) == 1 and len(arguments) == 2:
        return Relu(rest[0], evaluate=False)
    extreme: sp.Expr = (sp.Max if word == "max" else sp.Min)(*arguments, evaluate=False)
    return extreme


def _slope(word: str, argument: sp.Expr) -> sp.Expr:
    inner = sp.Dummy(real=True)
    outer = applied(word, (inner,))
    slope: sp.Expr = outer.fdiff(1) if isinstance(outer, Elementary) else outer.doit().diff(inner)
    return slope.xreplace({inner: argument})


def _higher(word: str, argument: sp.Expr, order: int) -> sp.Expr:
    inner = symbol("·")
    return applied(word, (inner,)).doit().diff(inner, order).xreplace({inner: argument})


def _cube_root(x: sp.Expr) -> sp.Expr:
    root = sp.Pow(sp.Abs(x, evaluate=False), sp.Rational(1, 3), evaluate=False)
    return sp.Mul(sp.sign(x, evaluate=False), root, evaluate=False)


def _unevaluated(kind: Callable[..., sp.Expr]) -> Callable[[sp.Expr], sp.Expr]:
    """A function that keeps its argument as it is written."""
    return lambda x: kind(x, evaluate=False)


SLOPED_FUNCTIONS: Mapping[str, type[sp.Expr]] = MappingProxyType(
    {"arcsin": sp.asin, "arccos": sp.acos, "arctan": sp.atan, "erf": sp.erf}
)
"""Functions that are worked out by their derivatives alone."""
_FURTHER: Mapping[str, Callable[[sp.Expr], sp.Expr]] = MappingProxyType({
    **{kind.__name__: _unevaluated(kind) for kind in (
        sp.tan, sp.cot, sp.sec, sp.csc, sp.sinh, sp.cosh, sp.coth, sp.sech, sp.csch)},
    "cbrt": _cube_root,
    **{word: _unevaluated(kind) for word, kind in SLOPED_FUNCTIONS.items()},
})  # fmt: skip
