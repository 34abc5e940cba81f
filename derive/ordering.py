"""Sums and products in the order in which a person writes them; SymPy's own order is alphabetical."""

from collections.abc import Mapping

import sympy as sp


def product(factors: tuple[sp.Expr, ...]) -> sp.Expr:
    """The factors side by side in the order given, flat; factors of 1 are left out, a 0 makes it 0, signs go first."""
    kept: list[sp.Expr] = []
    for factor in factors:
        if factor == 0:
            return sp.Integer(0)
        if factor != 1:
            kept.extend(factors_of(factor))
    if sp.S.NegativeOne in kept[1:]:
        signs = kept.count(sp.S.NegativeOne)
        kept = [*([sp.S.NegativeOne] if signs % 2 else []), *(one for one in kept if one != -1)]
    return _joined(sp.Mul, kept, sp.Integer(1))


def total(terms: tuple[sp.Expr, ...]) -> sp.Expr:
    """The terms one after the other in the order given; a 0 is left out."""
    return _joined(sp.Add, [term for term in terms if term != 0], sp.Integer(0))


def _joined(kind: type[sp.Expr], parts: list[sp.Expr], empty: sp.Expr) -> sp.Expr:
    if not parts:
        return empty
    return parts[0] if len(parts) == 1 else kind(*parts, evaluate=False)


def terms_of(expression: sp.Expr) -> tuple[sp.Expr, ...]:
    """The terms of a sum as they are written; anything else is one by itself."""
    return tuple(expression.args) if expression.is_Add else (expression,)


def factors_of(expression: sp.Expr) -> tuple[sp.Expr, ...]:
    """The factors of a product as they are written; anything else is one by itself."""
    return tuple(expression.args) if expression.is_Mul else (expression,)


def divides(factor: sp.Expr) -> bool:
    """Whether a factor is written below a stroke: a power with a negative number for exponent."""
    return bool(factor.is_Pow and factor.exp.is_Rational and factor.exp < 0)


def divisor(factor: sp.Expr) -> sp.Expr:
    """What stands below the stroke of a factor that divides."""
    return factor.base if factor.exp == -1 else sp.Pow(factor.base, -factor.exp, evaluate=False)


def in_order(expression: sp.Expr, rank: Mapping[str, int]) -> sp.Expr:
    """An expression of SymPy's in hand order: positive terms first in a sum; numbers, names, brackets in a product.

    Names follow `rank`. `-t1 + out_o1` becomes `out_o1 - t1`; `(1 - out)*out` becomes `out*(1 - out)`; a number that
    all terms share stands before the bracket, `2*(out - t)`; what is divided by comes last, `(1 - t)/(1 - out)`.
    """
    if not expression.args:
        return expression
    if expression.is_Add:
        shared, rest = expression.primitive()
        if shared != 1:
            return sp.Mul(shared, in_order(rest, rank), evaluate=False)
    args = [in_order(arg, rank) for arg in expression.args]
    if expression.is_Add:
        args.sort(key=lambda arg: (_is_negative(arg), _weight(arg), _place(arg, rank)))
    elif expression.is_Mul:
        args.sort(key=lambda arg: (_weight(arg), _place(arg, rank)))
    elif not expression.is_Pow:
        rebuilt: sp.Expr = expression.func(*args)
        return rebuilt
    ordered: sp.Expr = expression.func(*args, evaluate=False)
    return ordered


def _is_negative(term: sp.Expr) -> bool:
    """Whether a term is written with a minus before it."""
    leading = term.args[0] if term.is_Mul else term
    return bool(leading.is_Number and leading < 0)


def _weight(part: sp.Expr) -> int:
    """Numbers before names, names before functions, these before powers, brackets; what is divided by comes last."""
    below = divides(part)
    kinds = (part.is_Number, part.is_Symbol, part.is_Function, part.is_Pow and not below, part.is_Mul)
    return next((weight for weight, applies in enumerate(kinds) if applies), len(kinds) + below)


def _place(part: sp.Expr, rank: Mapping[str, int]) -> tuple[int, ...]:
    """The places of the names in a part, as far as they are known, in ascending order."""
    return tuple(sorted(rank.get(s.name, len(rank)) for s in part.free_symbols))
