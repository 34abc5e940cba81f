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
            kept.extend(factor.args if factor.is_Mul else (factor,))
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
    divides = bool(part.is_Pow and part.exp.is_Number and part.exp < 0)
    kinds = (part.is_Number, part.is_Symbol, part.is_Function, part.is_Pow and not divides, part.is_Mul)
    return next((weight for weight, applies in enumerate(kinds) if applies), len(kinds) + divides)


def _place(part: sp.Expr, rank: Mapping[str, int]) -> tuple[int, ...]:
    """The places of the names in a part, as far as they are known, in ascending order."""
    return tuple(sorted(rank.get(s.name, len(rank)) for s in part.free_symbols))
