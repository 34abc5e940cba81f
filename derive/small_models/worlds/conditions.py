"""What a text tells beside its claims: cases such as i = k, and sums that are one."""

from collections.abc import Collection, Iterator
from itertools import pairwise

from msgspec import Struct
from msgspec.structs import replace

from derive.formulas.claims import Document
from derive.formulas.syntax import Node
from derive.small_models.notation import Signs, normal
from derive.small_models.notation.slots import base_of, bound_by, plain_of, slots_of
from derive.small_models.worlds.sides import Claims, Sides, first_readings, form_of, nodes_of

_SHORTLY = 40
"""So many signs at most stand between a claim and the case behind it: \\quad \\text{for }"""


class Case(Struct, frozen=True):
    """i = k or i ≠ k, as the text says it before a claim, or behind it on its line."""

    claim: int
    one: str
    other: str
    equal: bool
    is_behind: bool = False

    @property
    def letters(self) -> frozenset[str]:
        """Both letters."""
        return frozenset((self.one, self.other))

    @property
    def told(self) -> str:
        """As it is said in a verdict."""
        return f"{self.one} {'=' if self.equal else '≠'} {self.other}"


def cases_of(document: Document, claims: Claims, signs: Signs) -> Iterator[Case]:
    """Every i = k and i ≠ k of the text, with the claim that it precedes or stands behind."""
    stated = document.claims

    def is_behind(number: int, place: int) -> bool:
        """Whether a place is on the line of a claim, shortly behind it and in its sentence."""
        between = document.text.text[stated[number].right.end : place] if number >= 0 else "\n"
        return "\n" not in between and ". " not in between and 0 < len(between) < _SHORTLY

    for number, sides in first_readings(claims):
        if is_case(sides, signs):
            case = Case(number, sides.left.value, sides.right.value, True)
            if is_behind(number - 1, stated[number].left.start):
                case = replace(case, claim=number - 1, is_behind=True)
            yield case
    for condition in document.conditions:
        if condition.sign != "≠":
            continue
        one, other = (normal(member.readings[0].tree, signs) for member in (condition.left, condition.right))
        if one.kind == other.kind == "name" and {one.value, other.value} <= signs.indices:
            after = (number for number, claim in enumerate(stated) if claim.right.start > condition.left.start)
            before = next(after, len(stated)) - 1
            yield Case(before, one.value, other.value, False, is_behind(before, condition.left.start))


def is_case(sides: Sides, signs: Signs) -> bool:
    """Whether a claim is i = k."""
    one, other = plain_of(sides.left), plain_of(sides.right)
    return {one, other} <= signs.indices and one != other


def symmetric_of(sides: Sides) -> str | None:
    """The base of a matrix that a claim tells to be symmetric: S = S^T."""
    whole, turned = sorted((sides.left, sides.right), key=lambda side: side.kind == "transposed")
    is_told = whole.kind == "name" and turned.kind == "transposed" and form_of(turned.parts[0]) == form_of(whole)
    return base_of(whole) if is_told else None


class Total(Struct, frozen=True):
    """What the entries of an array add up to along one of the indices below it: ∑_k y_ik = 1 in each row."""

    of: str
    place: int
    value: Node


def total_of(sides: Sides) -> Total | None:
    """The total that a claim tells: ∑ y_i = 1."""
    left, right = sides.left, sides.right
    if left.kind != "sums" or left.value != "∑" or right.kind != "number":
        return None
    place = _place_in(left, left.parts[-1])
    return None if place is None else Total(base_of(left.parts[-1]), place, right)


def _place_in(sums: Node, name: Node) -> int | None:
    """Which index below a name a ∑ runs over; a bare one, over the only one."""
    below = slots_of(name)[1] if name.kind == "name" else ()
    limits = [part for part in sums.parts[:-1] if part.kind == "limit"]
    if not limits:
        return 0 if len(below) == 1 else None
    bound = {part.value for part in bound_by(limits[0])}
    places = [place for place, index in enumerate(below) if plain_of(index) in bound]
    return places[0] if len(places) == 1 else None


def _is_logarithm(node: Node) -> bool:
    return node.kind == "call" and node.value in ("log", "ln")


def targets_of(claims: Claims, defined: Collection[str]) -> tuple[Total, ...]:
    """The targets of a cross-entropy, -∑ y_i log p_i or -y^T log p: their sum is one, as for any one-hot vector; of
    several samples it is over the index of the inner sum. Beside 1 - y they are no shares.
    """
    found: dict[str, Total] = {}
    has_softmax = any(node.kind == "call" and node.value == "softmax" for node in nodes_of(claims))
    ones = {base_of(part.parts[0]) for node in nodes_of(claims) if node.kind == "sum" and node.parts[0].value == "1"
            for part in node.parts[1:] if part.kind == "negative" and part.parts[0].kind == "name"}
    for node in nodes_of(claims):
        for one, other in pairwise(node.parts if node.kind in ("product", "entrywise") else ()):
            target = one.parts[0] if one.kind == "transposed" else one
            is_whole = target.kind == "name" and not slots_of(target)[1] and (one is not target or has_softmax)
            if is_whole and _is_logarithm(other):
                found[base_of(target)] = Total(base_of(target), 0, Node("number", (), "1"))
        if node.kind == "sums" and node.parts[-1].kind == "product" and len(node.parts[-1].parts) == 2:
            target, logarithm = node.parts[-1].parts
            logarithm = logarithm.parts[0] if logarithm.kind == "partial" else logarithm
            place = _place_in(node, target) if _is_logarithm(logarithm) else None
            if place is not None:
                found[base_of(target)] = Total(base_of(target), place, Node("number", (), "1"))
    return tuple(total for base, total in found.items() if base not in defined and base not in ones)
