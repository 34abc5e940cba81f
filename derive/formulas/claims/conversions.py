"""Sides that are told in different units: 72 km/h = 20 m/s is held against each other in one of them."""

from collections.abc import Sequence
from fractions import Fraction

from msgspec.structs import replace

from derive.formulas.claims.claim import Member
from derive.formulas.claims.sides import assuming
from derive.formulas.measures import Powers, measure, shown
from derive.formulas.printed import printed_number
from derive.formulas.syntax import Node
from derive.formulas.tokens import Token


def units_of(members: Sequence[Sequence[Token]]) -> list[tuple[Powers, Powers]]:
    """The unit that each member of a chain is told in, and the one that it is meant in: without one that of the next
    member that has one, or of the one before.
    """
    told = [tokens[-1].unit if tokens else () for tokens in members]
    meant = list(told)
    for place in (*range(len(told) - 2, -1, -1), *range(1, len(told))):
        meant[place] = meant[place] or _beside(meant, told, place)
    return list(zip(told, meant, strict=True))


def _beside(meant: Sequence[Powers], told: Sequence[Powers], place: int) -> Powers:
    """The unit of the member behind a place; of the one before it, where none behind has one."""
    return next((unit for unit in told[place:] if unit), meant[place - 1] if place else ())


def in_one_unit(
    left: Member, right: Member, units: tuple[tuple[Powers, Powers], tuple[Powers, Powers]]
) -> tuple[Member, Member]:
    """Two sides of a claim in one unit: of their numbers the one that is rounded more stays as it is. Where one side
    alone tells a unit, the other may be worked out in basic ones, 1/2 * 1000 * 20² = 200 kJ.
    """
    (told, meant), (told_right, meant_right) = units
    if meant == meant_right:
        if bool(told) == bool(told_right):
            return left, right
        return (_in_basic_units(left, told), right) if told else (left, _in_basic_units(right, told_right))
    one, other = measure(meant), measure(meant_right)
    if one is None or other is None or one.bases != other.bases:
        fault = f"{shown(meant)} on the left, {shown(meant_right)} on the right, which are not turned into each other"
        return replace(left, readings=(), fault=fault), replace(right, readings=(), fault=fault)
    scale = one.factor / other.factor
    if _is_coarser(left, right):
        return left, _scaled(right, 1 / scale)
    return _scaled(left, scale), right


def _in_basic_units(member: Member, unit: Powers) -> Member:
    """A member that may be meant in basic units, 200 kJ as 200000 J."""
    found = measure(unit)
    if found is None or found.factor == 1:
        return member
    basic = assuming(_scaled(member, found.factor), f"{shown(unit)} is turned into basic units")
    return replace(member, readings=(*member.readings, *basic.readings))


def _scaled(member: Member, scale: Fraction) -> Member:
    """A member times a number."""
    if scale == 1:
        return member
    parts = tuple(Node("number", (), str(part)) for part in (scale.numerator, scale.denominator))
    factor = parts[0] if scale.denominator == 1 else Node("fraction", parts)
    return replace(member, readings=tuple(replace(r, tree=_times(r.tree, factor)) for r in member.readings))


def _times(tree: Node, factor: Node) -> Node:
    """A tree times a factor, in its place."""
    group = Node("group", (tree,), "(", tree.start, tree.end)
    return Node("product", (group, factor), "", tree.start, tree.end)


def _is_coarser(left: Member, right: Member) -> bool:
    """Whether the left side prints a number that may be off by a greater part of it than the right one may."""
    parts = [_part(member) for member in (left, right)]
    return parts[0] > parts[1]


def _part(member: Member) -> Fraction:
    """What part of a printed number one unit of its last digit is; nothing where it is exact, or an expression."""
    found = printed_number(member.readings[0].tree) if member.readings else None
    return Fraction(0) if found is None or not found.value else found.unit / abs(found.value)
