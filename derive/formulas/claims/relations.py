"""Chains to claims: one for each relation, with what begins a line and is no part of its formula left out."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from msgspec.structs import replace

from derive.formulas.claims.chains import COMPARISONS, Chain
from derive.formulas.claims.claim import Claim, Member
from derive.formulas.claims.conversions import in_one_unit, units_of
from derive.formulas.claims.sides import Sides, assuming, head_of
from derive.formulas.grammar import Reading
from derive.formulas.syntax import EDGELESS, Node
from derive.formulas.tokens import Token

DASH = "the dash before the line is none"
RESUMED = "the formula goes on from the equality before these words"
WRAPPED = "the formula goes on from one line to the next"
SIZES = "sizes of arrays, which are not worked out"
_SIZE = re.compile(r"[(\[]\s*\w+?\s*(?:×|x|\\times)\s*\w+\s*[)\]]")
"""The size of an array: (m × n), [3x1]."""
_BETWEEN_SIZES = re.compile(r"[\s*·×@]|\\(?:cdot|times)")
"""What multiplies them."""


def claims_of(chains: Sequence[Chain], sides: Sides, count: int) -> Iterator[Claim]:
    """The claims of chains, whose statements are numbered from `count` on."""
    firsts = [chain.members[0] for chain in chains if chain.relations]
    heads = frozenset(head for first in firsts if (head := head_of(first)))
    wrapped = [_is_wrapped(one, other) for one, other in pairwise(chains)]
    for place, chain in enumerate(chains):
        if not chain.relations:
            continue
        number, members = place + count, list(_members(chain, sides, heads))
        if chain.resumed:
            resumed = assuming(sides.member(chain.resumed), RESUMED)
            members[0] = replace(members[0], readings=(*members[0].readings, *resumed.readings))
        if place and wrapped[place - 1]:
            members[0] = _joined(members[0], chains[place - 1].members[-1], chain.members[0], sides)
        if place < len(wrapped) and wrapped[place]:
            members[-1] = _joined(members[-1], chain.members[-1], chains[place + 1].members[0], sides)
        units = units_of(chain.members)
        for step, (left, right) in enumerate(pairwise(members)):
            left, right = in_one_unit(left, right, (units[step], units[step + 1]))
            if chain.relations[step] in COMPARISONS:
                continue
            words = chain.words if step == len(members) - 2 else ""
            if _are_sizes(left.text, right.text):
                left, right = (replace(side, readings=(), fault=SIZES) for side in (left, right))
            for one, other in _entries(left, _without_edges(right) if _is_slope(left) else right):
                yield Claim(
                    one, other, chain.relations[step], number, step, chain.cell, chain.block, chain.section, words,
                    before=chain.before,
                )  # fmt: skip


def _are_sizes(left: str, right: str) -> bool:
    """Whether sizes are multiplied, (m × n)(n × k) = (m × k)."""
    rests = [_BETWEEN_SIZES.sub("", _SIZE.sub("", side)) for side in (left, right)]
    return rests == ["", ""] and len(_SIZE.findall(left)) + len(_SIZE.findall(right)) > 2


def _is_wrapped(one: Chain, other: Chain) -> bool:
    """Whether a line that begins with a minus may go on with the formula that ends the line before it."""
    is_near = one.ends and other.opens and one.block == other.block and one.cell == other.cell
    both = is_near and one.relations and other.relations and one.members[-1] and other.members[0]
    return bool(both) and other.members[0][0].kind == "MINUS" and len(other.members[0]) > 1


def _joined(member: Member, before: Sequence[Token], behind: Sequence[Token], sides: Sides) -> Member:
    """A member that may be a part of what stands on two lines, with the readings of the whole."""
    whole = assuming(sides.member([*before, *behind]), WRAPPED)
    return replace(member, readings=(*member.readings, *whole.readings))


def _is_slope(member: Member) -> bool:
    """Whether a side is a derivative and nothing else."""
    trees = [reading.tree for reading in member.readings]
    return any(tree.kind in ("partial", "prime") or (tree.kind == "call" and tree.order > 0) for tree in trees)


def _without_edges(member: Member) -> Member:
    """A side whose cases are a slope's: where two of them meet there may be none."""
    return replace(member, readings=tuple(replace(r, tree=_edgeless(r.tree)) for r in member.readings))


def _edgeless(node: Node) -> Node:
    value = EDGELESS.get(node.value, node.value) if node.kind == "case" else node.value
    return replace(node, parts=tuple(map(_edgeless, node.parts)), value=value)


def _members(chain: Chain, sides: Sides, heads: frozenset[str]) -> Iterator[Member]:
    """The members of a chain; the first one perhaps without a dash."""
    first = chain.members[0]
    member = sides.member(first, heads)
    if chain.opens and _is_dashed(first):
        bare = assuming(sides.member(first[1:]), DASH)
        member = replace(member, readings=(*member.readings, *bare.readings))
    yield member
    yield from (sides.member(tokens, heads) for tokens in chain.members[1:])


def _is_dashed(tokens: Sequence[Token]) -> bool:
    """Whether a side begins with a sign that may be the dash of a list: -∂E/∂w5 = …"""
    return len(tokens) > 1 and tokens[0].kind == "MINUS" and not tokens[0].shown and not tokens[1].spaced


def _entries(left: Member, right: Member) -> Iterator[tuple[Member, Member]]:
    """[a, b] = [c, d] entry by entry; any other two members as they are."""
    trees = [member.readings[0].tree for member in (left, right) if member.readings]
    lists = [tree.parts for tree in trees if tree.kind == "list"]
    if len(lists) < 2 or len(lists[0]) != len(lists[1]):
        yield left, right
        return
    for pair in zip(*lists, strict=True):
        one, other = (
            Member(
                member.text[node.start - member.start : node.end - member.start], node.start, node.end, (Reading(node),)
            )
            for member, node in zip((left, right), pair, strict=True)
        )
        yield one, other
