"""The likeliest mistake behind a refuted equality: its one-edit neighbours, tried row by row, confirmed by `decide`.

A row of SLIPS is a mistake that people make: what it is called, the smallest line that has it, and how one side is
edited to undo it. A row counts only when the edited side is proved equal to the other.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType

import sympy as sp
from msgspec import Struct

from derive.checking.evaluation import near
from derive.checking.slips.brackets import exponent, missing_brackets, operator, precedence, product_for_sum, sign
from derive.checking.slips.grounds import Edit, Grounds
from derive.checking.slips.names import duplicate_label, wrong_by, wrong_index, wrong_link, wrong_variable
from derive.checking.slips.parts import (
    extra_factor,
    extra_term,
    missing_factor,
    missing_path,
    sigmoid_identity,
    wrong_activation,
)
from derive.checking.slips.trees import difference
from derive.equality import Proved

__all__ = ["SLIPS", "Found", "Grounds", "Slip", "find_slip"]
_MOST_EDITS = 4_000
_MOST_DECIDED = 12
_LARGEST = 400
"""Sides of more parts than this have too many neighbours to try."""
_SAME = re.compile(r"(.+) stands where \1 belongs\Z")


class Slip(Struct, frozen=True):
    """One kind of mistake: its message, the smallest line that has it, and the edits that undo it."""

    message: str
    example: str
    edits: Callable[[sp.Expr, sp.Expr, Grounds], Iterator[Edit]]


class Found(Struct, frozen=True):
    """A slip that a proof confirms: its kind, what it says, and the part of the left or the right side that it is in.

    `way` leads to that part from the whole side.
    """

    kind: str
    told: str
    way: tuple[sp.Expr, ...]
    is_left: bool


def find_slip(left: sp.Expr, right: sp.Expr, grounds: Grounds, *, is_right: bool = False) -> Found | None:
    """`wrong-index`, `a_h2 stands where a_h1 belongs`: the first row with an edit that makes the sides equal, or None.

    `is_right` says that the left side is, so that the mistake is in the other. An edit is decided only where both sides
    have the same value at one point.
    """
    if sum(1 for side in (left, right) for _ in sp.preorder_traversal(side)) > _LARGEST:
        return None
    scale = grounds.scale
    wanted = {False: scale.value(left), True: scale.value(right)}
    if wanted[False] is None or wanted[True] is None:
        return None
    tried = decided = 0
    for name, slip in SLIPS.items():
        for flipped, fixed, moved in ((False, left, right), (True, right, left))[: 1 if is_right else 2]:
            if wanted[flipped] == 0 and wanted[not flipped] != 0:
                continue  # what is 0 has the slip in itself
            for candidate, told in slip.edits(moved, fixed, grounds):
                tried += 1
                if _SAME.match(told):
                    continue  # two quantities that the document writes alike
                if tried > _MOST_EDITS or decided > _MOST_DECIDED:
                    return None
                aim = wanted[flipped]
                if aim is None or not near(aim, scale.value(candidate)):
                    continue
                decided += 1
                if isinstance(grounds.decide(fixed, candidate), Proved):
                    return Found(name, told, difference(moved, candidate), flipped)
    return None


_ROWS = {
    "precedence": Slip("the brackets below a stroke are missing", "σ(h1) = 1/1 + exp(-h1)", precedence),
    "sigmoid-identity": Slip("the slope of the sigmoid is not this", "∂σ(o1)/∂o1 = σ(o1)/1 + σ(-o1)", sigmoid_identity),
    "missing-paren": Slip(
        "brackets around a sum are missing",
        "∂E/∂out_h1*out_h1 = ∂E1/∂out_h1 + ∂E2/∂out_h1*out_h1",
        missing_brackets,
    ),
    "product-for-sum": Slip("a product for a sum", "∂E/∂out_h1 = ∂E1/∂out_h1 * ∂E2/∂out_h1", product_for_sum),
    "missing-path": Slip(
        "a path is left out", "∂E/∂w1 = ∂E/∂out_o1 * ∂out_o1/∂o1 * ∂o1/∂out_h1 * ∂out_h1/∂h1 * ∂h1/∂w1", missing_path
    ),
    "duplicate-label": Slip("the left side names another quantity", "E1 = 1/2*(t2 - out_o2)^2", duplicate_label),
    "wrong-index": Slip("the wrong number of a name", "∂E/∂w7 = (out_o2 - t2)*out_o2*(1 - out_o2)*out_h2", wrong_index),
    "wrong-link": Slip(
        "a chain through the wrong quantity",
        "∂E1/∂w5 = ∂E1/∂out_o1 * ∂out_o1/∂out_h2 * ∂out_h2/∂w5",
        wrong_link,
    ),
    "wrong-variable": Slip("a name for another beside it", "∂out_h1/∂h1 = h1*(1 - h1)", wrong_variable),
    "wrong-activation-derivative": Slip(
        "the slope of another activation", "∂out_h1/∂h1 = 1 - out_h1^2", wrong_activation
    ),
    "sign": Slip("a sign is wrong", "∂E1/∂out_o1 = t1 - out_o1", sign),
    "operator-slip": Slip("one operator for another", "∂E1/∂out_o1 = out_o1 * t1", operator),
    "extra-term": Slip("a term is too much", "∂E1/∂out_h1 = ∂E1/∂out_h1 + ∂E2/∂out_h1", extra_term),
    "extra-factor": Slip("a factor is too much", "∂E1/∂out_o1 = 2*(out_o1 - t1)", extra_factor),
    "missing-factor": Slip("a factor is missing", "∂E/∂w5 = (out_o1 - t1)*out_h1", missing_factor),
    "wrong-wrt": Slip("a derivative by the wrong name", "∂E2/∂out_o2 = ∂(1/2*(t2 - out_o2)^2)/∂out_o1", wrong_by),
    "exponent": Slip("an exponent is wrong", "E1 = 1/2*(t1 - out_o1)^3", exponent),
}
SLIPS: Mapping[str, Slip] = MappingProxyType(_ROWS)
