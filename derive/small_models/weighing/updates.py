"""Updates of a program's parameters: down the loss, each by its own gradient."""

from collections.abc import Collection, Mapping

from derive.formulas.syntax import Node
from derive.small_models.notation.slots import base_of, names_of
from derive.small_models.weighing.weighed import Weighed
from derive.small_models.worlds import Indexed
from derive.small_models.worlds.assignments import FURTHER
from derive.small_models.worlds.differentials import gradient_of
from derive.small_models.worlds.sides import Sides, first_readings

UPDATES = frozenset(("-=", "+=", "*=", "/="))
"""The signs by which a program changes what it has."""
UPWARD = "the step goes up the gradient: the sign is wrong"
"""What is said of a step that does."""
_ASCENT = (
    "ascent", "maximi", "likelihood", "reward", "score",
    "lagrang", "saddle", "primal", "dual variable", "multiplier", "adversarial", "minimax",
)  # fmt: skip
"""Words of texts in which a step goes up, be it in some of the variables."""


def weighed_update(
    indexed: Indexed, sides: Sides, relation: str, gradients: Mapping[str, str], whole: Collection[str]
) -> Weighed:
    """An update says nothing that could be wrong, unless it takes another parameter's gradient, b1 -= η db2, or goes up
    the loss: b1 += η db1.

    `gradients` are the derivatives so far by their parameters, `whole` those of them that are the loss's own, or by
    which the others are moved down.
    """
    own = base_of(sides.left).rstrip(FURTHER)
    used = set(map(base_of, names_of(sides.right)))
    wrong = next((name for by, name in gradients.items() if by != own and name in used), None)
    is_upward = _direction(sides, relation, gradients.get(own, "")) > 0
    is_step = relation not in ("*=", "/=") and gradients.get(own) in whole and _negative(indexed).isdisjoint(used)
    if is_upward and is_step and not is_ascent(indexed.document.text.text):
        return Weighed("refuted", UPWARD, kind="gradient")
    rest = used & indexed.world.rules.keys() - {wrong, own}
    if wrong is None or own not in gradients or gradients[own] in used or rest:
        return Weighed("definition", "", kind="update")
    return Weighed("refuted", f"{own} changes by {wrong}, not by {gradients[own]}", kind="gradient")


def goes_down(indexed: Indexed, known: Collection[str]) -> bool:
    """Whether a program moves its parameters down by what their names say to be their gradients, and no more up."""
    found: list[int] = []
    for number, sides in first_readings(indexed.claims):
        relation, own = indexed.document.claims[number].relation, base_of(sides.left).rstrip(FURTHER)
        names = list(names_of(sides.right)) if number in indexed.programs and sides.left.kind == "name" else []
        if relation in ("+=", "-=") or own in (base_of(name).rstrip(FURTHER) for name in names):
            by = ((name, gradient_of(name, known)) for name in names)
            gradients = [name for name, of in by if of is not None and base_of(of).rstrip(FURTHER) == own]
            found.extend(_direction(sides, relation, base_of(name)) for name in gradients)
    return found.count(-1) >= max(1, found.count(1))


def _direction(sides: Sides, relation: str, gradient: str) -> int:
    """1 where a step goes up a gradient, -1 where it goes down, 0 where that is not told."""
    return (_sign(sides.right, gradient) or 0) * (-1 if relation == "-=" else 1)


def is_ascent(text: str) -> bool:
    """Whether a text speaks of something that is to grow."""
    return any(word in text.lower() for word in _ASCENT)


def _negative(indexed: Indexed) -> frozenset[str]:
    """What is given a number below zero."""
    told = (s.left for _, s in first_readings(indexed.claims) if _is_negative(s.right) and not any(names_of(s.right)))
    return frozenset(base_of(left) for left in told if left.kind == "name")


def _is_negative(node: Node) -> bool:
    return node.kind == "negative" or (node.kind == "number" and node.value.startswith("-"))


def _sign(tree: Node, name: str) -> int | None:
    """The sign of a name in a tree of terms and factors, where numbers and other names are positive; 0 where it stands
    nowhere, None where that is not told.
    """
    if tree.kind == "name":
        return int(base_of(tree) == name)
    if tree.kind not in ("number", "group", "negative", "sum", "product", "entrywise", "fraction"):
        return 0 if all(base_of(one) != name for one in names_of(tree)) else None
    signs = [_sign(part, name) for part in tree.parts]
    found = [sign for sign in signs if sign != 0]
    if not found or len(found) > 1 or found[0] is None:
        return None if found else 0
    if tree.kind == "sum":
        return found[0]
    if any(part.kind == "sum" or part.has("sum") for part, sign in zip(tree.parts, signs, strict=True) if sign == 0):
        return None
    others = (part for part, sign in zip(tree.parts, signs, strict=True) if sign == 0)
    negatives = sum(_is_negative(node) for part in others for node in part.walk())
    return -found[0] if (negatives + (tree.kind == "negative")) % 2 else found[0]
