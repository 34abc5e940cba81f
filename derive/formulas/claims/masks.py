"""Entries that a program changes in place, dz[z <= 0] = 0, as what the whole array is then."""

import ast
import copy
from collections.abc import Mapping
from types import MappingProxyType

from derive.formulas.claims.numpy_calls import labels_of

_OPPOSITES: Mapping[type[ast.cmpop], type[ast.cmpop]] = MappingProxyType({
    ast.Gt: ast.LtE, ast.GtE: ast.Lt, ast.Lt: ast.GtE, ast.LtE: ast.Gt,
})  # fmt: skip
"""What holds where a comparison does not."""


def changed_of(target: ast.Subscript) -> ast.expr | None:
    """One for each entry that is changed in place, zero for the others: dz[z <= 0] = 0, dz[range(n), y] -= 1; None for
    any other index.
    """
    if isinstance(target.slice, ast.Compare):
        return target.slice
    labels = labels_of(target)
    return None if labels is None else ast.Name(labels.name)


def whole_of(target: ast.Subscript) -> ast.expr:
    """The array of which entries are changed, where the target stands."""
    return ast.copy_location(copy.copy(target.value), target)


def at_place(made: ast.expr, place: ast.expr) -> ast.expr:
    """What a target is then, where the value stands."""
    made = copy.deepcopy(made)
    for node in ast.walk(made):
        ast.copy_location(node, place)
    return made


def put_in(whole: ast.expr, value: ast.expr, changed: ast.expr) -> ast.expr:
    """An array with a value for the entries that are changed."""
    rest: ast.expr
    match changed:
        case ast.Compare(left=left, ops=[sign], comparators=[other]) if type(sign) in _OPPOSITES:
            rest = ast.Compare(left, [_OPPOSITES[type(sign)]()], [other])
        case _:
            rest = ast.BinOp(ast.Constant(1), ast.Sub(), changed)
    kept = ast.BinOp(whole, ast.Mult(), rest)
    is_zero = isinstance(value, ast.Constant) and value.value == 0
    return kept if is_zero else ast.BinOp(kept, ast.Add(), ast.BinOp(value, ast.Mult(), changed))
