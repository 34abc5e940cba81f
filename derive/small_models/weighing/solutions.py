"""Equations to be solved, ∇L = 0 or ‖u‖ = 1: they hold for some values only, and what follows from them holds there."""

from collections.abc import Iterator, Sequence

import sympy as sp

from derive.formulas.claims import SOLVED
from derive.formulas.syntax import Node
from derive.small_models.models.tensors import numeral
from derive.small_models.notation.slots import base_of, is_zero, ungrouped
from derive.small_models.worlds import Indexed
from derive.small_models.worlds.dimensions import ONE
from derive.small_models.worlds.sides import Sides, first_readings, form_of, nodes_of

_NEAR = 3
"""So many statements away an equation to be solved is still meant."""
_MOST_PARTS = 400
_SLOPES = ("partial", "gradient")


def is_to_be_solved(indexed: Indexed, number: int, sides: Sides) -> bool:
    """Whether a claim sets something to 0: an expression, what a derivative comes to at the end of its chain, or a
    derivative in words that say so; or is one of eigenvectors, S x = λ x.
    """
    claim, left, right = indexed.document.claims[number], ungrouped(sides.left), ungrouped(sides.right)
    if _is_of_eigenvectors(indexed, left, right):
        return True
    if is_zero(left):
        return not is_zero(right)
    if not is_zero(right):
        return False
    is_slope = left.kind in _SLOPES
    return not is_slope or claim.before in SOLVED


def _is_of_eigenvectors(indexed: Indexed, left: Node, right: Node) -> bool:
    """Whether a matrix times a vector is a number that nothing defines times the same vector."""
    if not all(side.kind == "product" and len(side.parts) == 2 for side in (left, right)):
        return False
    (matrix, one), (number, other) = left.parts, right.parts
    is_matrix = ONE not in indexed.world.shapes.get(base_of(matrix), (ONE,)) if matrix.kind == "name" else False
    is_open = number.kind == "name" and base_of(number) not in indexed.world.shapes.keys() | indexed.world.rules.keys()
    return is_matrix and is_open and form_of(one) == form_of(other)


def unknowns_of(indexed: Indexed, sides: Sides) -> frozenset[str]:
    """The bases for which an equation may be solved: all by which the document differentiates; else those it has."""
    nodes = (node for node in nodes_of(indexed.claims) if node.kind in _SLOPES and len(node.parts) == 2)
    by = (node.parts[1] if node.kind == "partial" else node.parts[0] for node in nodes)
    return frozenset(base_of(name) for name in by if name.kind == "name") or frozenset(map(base_of, sides.names()))


def lengths_of(indexed: Indexed) -> Iterator[tuple[int, Sides]]:
    """The claims that set a vector's length, ‖u‖ = 1, ‖u‖² = 1 or u^T u = 1, each with the square of the length."""
    for number, sides in first_readings(indexed.claims):
        left, right = ungrouped(sides.left), sides.right
        left = _square_of_norm(left) or left
        is_square = left.kind == "power" and left.parts[1].value in ("2", "²")
        norm = ungrouped(left.parts[0]) if is_square else left
        of = norm.parts[0] if norm.kind == "norm" and not norm.value else right
        if of.kind == "name" and of.value not in indexed.world.rules and right.kind == "number":
            two = numeral(2)
            yield number, Sides(Node("power", (norm, two)), right if is_square else Node("power", (right, two)))


def _square_of_norm(node: Node) -> Node | None:
    """‖u‖² for u^T u."""
    if node.kind != "product" or len(node.parts) != 2 or node.parts[0].kind != "transposed":
        return None
    turned, whole = node.parts
    is_of_one = form_of(turned.parts[0]) == form_of(whole)
    return Node("power", (Node("norm", (whole,)), numeral(2))) if is_of_one else None


def near(indexed: Indexed, number: int, solved: Sequence[int]) -> tuple[int, ...]:
    """The equations to be solved, and what follows from them, shortly before a claim or in its chain."""
    statement = [claim.statement for claim in indexed.document.claims]
    return tuple(o for o in solved if o != number and 0 <= statement[number] - statement[o] <= _NEAR)


def follows(difference: sp.Expr, conditions: Sequence[sp.Expr]) -> bool:
    """Whether a difference vanishes wherever the conditions do: its numerator is a sum of multiples of theirs.

    That is a polynomial identity; where the division leaves a rest, nothing is said. It may be multiplied by what it is
    divided by, unless that vanishes with the conditions, where the difference has no value: nobody divides by 0.
    """
    if sum(1 for part in (difference, *conditions) for _ in sp.preorder_traversal(part)) > _MOST_PARTS:
        return False
    above = sp.expand(_numerator(difference) * sp.Mul(*_divisors(difference)))
    told = [part for part in (sp.expand(_numerator(one)) for one in conditions) if part.free_symbols]
    try:
        if any(_vanishes(below, conditions) for below in _divisors(difference)):
            return False
        return bool(told) and sp.reduced(above, told, order="grevlex")[1] == 0
    except sp.PolynomialError:
        return False


def _vanishes(expression: sp.Expr, conditions: Sequence[sp.Expr]) -> bool:
    """Whether an expression is a sum of multiples of what vanishes by the conditions, each taken without its powers."""
    above = [_numerator(part) for part in conditions if part.free_symbols]
    bare = [sp.Mul(*(factor for factor, _ in sp.factor_list(part)[1])) for part in above]
    bare = [part for part in bare if part.free_symbols]
    return bool(bare) and sp.reduced(sp.expand(expression), bare, order="grevlex")[1] == 0


def _numerator(expression: sp.Expr) -> sp.Expr:
    numerator: sp.Expr = sp.fraction(sp.together(expression))[0]
    return numerator


def _divisors(expression: sp.Expr) -> set[sp.Expr]:
    """All that an expression is divided by: (r x)/r - μ times it is r x - r μ, which is zero at the same points."""
    return {power.base for power in expression.atoms(sp.Pow) if power.exp.is_number and power.exp.is_negative}
