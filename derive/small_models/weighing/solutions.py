"""Equations to be solved, ∇L = 0 or ‖u‖ = 1: they hold for some values only, and what follows from them holds there."""

from collections.abc import Iterator, Sequence

import sympy as sp

from derive.formulas.claims import SOLVED, Claim
from derive.formulas.syntax import Node
from derive.small_models.models.tensors import numeral
from derive.small_models.notation.slots import is_zero, ungrouped
from derive.small_models.worlds import Indexed
from derive.small_models.worlds.sides import Sides, first_readings

_NEAR = 3
"""So many statements away an equation to be solved is still meant."""
_MOST_PARTS = 400
_SLOPES = ("partial", "gradient")


def is_to_be_solved(indexed: Indexed, number: int, sides: Sides) -> bool:
    """Whether a claim sets something to 0: an expression, what a derivative comes to at the end of its chain, or a
    derivative in words that say so.
    """
    claim, left, right = indexed.document.claims[number], ungrouped(sides.left), ungrouped(sides.right)
    if is_zero(left):
        return not is_zero(right)
    if not is_zero(right):
        return False
    is_slope = left.kind in _SLOPES
    return not is_slope or claim.before in SOLVED or any(kind in _SLOPES for kind in _beginning(indexed, claim))


def lengths_of(indexed: Indexed) -> Iterator[tuple[int, Sides]]:
    """The claims that set a vector's length, ‖u‖ = 1 or ‖u‖² = 1, each with the square of the length."""
    for number, sides in first_readings(indexed.claims):
        left, right = ungrouped(sides.left), sides.right
        is_square = left.kind == "power" and left.parts[1].value in ("2", "²")
        norm = ungrouped(left.parts[0]) if is_square else left
        of = norm.parts[0] if norm.kind == "norm" else right
        if of.kind == "name" and of.value not in indexed.world.rules and right.kind == "number":
            two = numeral(2)
            yield number, Sides(Node("power", (norm, two)), right if is_square else Node("power", (right, two)))


def _beginning(indexed: Indexed, claim: Claim) -> Iterator[str]:
    """The kind of what the chain begins with in which a claim stands further on."""
    stated = zip(indexed.document.claims, indexed.claims, strict=True)
    for other, readings in stated if claim.step else ():
        if other.statement == claim.statement and not other.step and readings:
            yield readings[0].left.kind


def near(indexed: Indexed, number: int, solved: Sequence[int]) -> tuple[int, ...]:
    """The equations to be solved, and what follows from them, shortly before a claim or in its chain."""
    statement = [claim.statement for claim in indexed.document.claims]
    return tuple(o for o in solved if o != number and 0 <= statement[number] - statement[o] <= _NEAR)


def follows(difference: sp.Expr, conditions: Sequence[sp.Expr]) -> bool:
    """Whether a difference vanishes wherever the conditions do: its numerator is a sum of multiples of theirs.

    That is a polynomial identity; where the division leaves a rest, nothing is said.
    """
    if sum(1 for part in (difference, *conditions) for _ in sp.preorder_traversal(part)) > _MOST_PARTS:
        return False
    above, *told = (_multiplied_out(part) for part in (difference, *conditions))
    told = [part for part in told if part.free_symbols]
    try:
        return bool(told) and sp.reduced(above, told, order="grevlex")[1] == 0
    except sp.PolynomialError:
        return False


def _multiplied_out(expression: sp.Expr) -> sp.Expr:
    """An expression times everything that it is divided by, (r x)/r - μ as r x - r μ: zero at the same points."""
    below = {power.base for power in expression.atoms(sp.Pow) if power.exp.is_number and power.exp.is_negative}
    return sp.expand(sp.fraction(sp.together(expression))[0] * sp.Mul(*below))
