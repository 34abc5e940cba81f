"""One part of an expression changed at a time."""

from collections.abc import Callable, Iterator

import sympy as sp

from derive.checking.slips.grounds import Edit
from derive.written import Partial


def everywhere(node: sp.Expr, change: Callable[[sp.Expr], Iterator[Edit]]) -> Iterator[Edit]:
    """A change at one place of the tree at a time; a case is changed as a whole."""
    yield from change(node)
    if isinstance(node, sp.Piecewise):
        return
    for place, part in enumerate(node.args):
        if isinstance(node, Partial) and place == 1:
            continue
        for changed, told in everywhere(part, change):
            yield with_part(node, place, changed), told


def with_part(node: sp.Expr, place: int, part: sp.Expr) -> sp.Expr:
    """An expression with another part at a place."""
    made: sp.Expr = node.func(*node.args[:place], part, *node.args[place + 1 :], evaluate=False)
    return made


def product_of(factors: tuple[sp.Expr, ...]) -> sp.Expr:
    """Factors as a product, in their order; 1 of none."""
    if not factors:
        return sp.Integer(1)
    made: sp.Expr = factors[0] if len(factors) == 1 else sp.Mul(*factors, evaluate=False)
    return made


def sum_of(terms: tuple[sp.Expr, ...]) -> sp.Expr:
    """Terms as a sum, in their order."""
    made: sp.Expr = terms[0] if len(terms) == 1 else sp.Add(*terms, evaluate=False)
    return made


def difference(one: sp.Expr, other: sp.Expr) -> tuple[sp.Expr, ...]:
    """The smallest part of an expression in which another differs from it, last, behind those around it from the
    whole on.
    """
    way = [one]
    while one.func is other.func and one.args and not isinstance(one, Partial):
        if len(one.args) == len(other.args):
            changed = [(a, b) for a, b in zip(one.args, other.args, strict=True) if a != b]
        else:
            gone = [part for part in one.args if part not in other.args]
            changed = [(gone[0], one)] if len(gone) == 1 and len(other.args) < len(one.args) else []
        if not changed or not isinstance(changed[0][0], sp.Expr):
            break
        one, other = changed[0]
        way.append(one)
    return tuple(way)
