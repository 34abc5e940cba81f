"""Both sides of every claim in the one notation, each way to read them."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import product as every
from itertools import takewhile

from msgspec import Struct
from msgspec.structs import replace

from derive.formulas.claims import Document, Member
from derive.formulas.syntax import Node
from derive.small_models.notation import Signs, normal
from derive.small_models.notation.letters import free_letters
from derive.small_models.notation.slots import KRONECKER, bound_by

GATHERED = 1
"""The order of a ∑ that takes in terms behind it."""
_MOST_READINGS = 6
_LISTS = ("list", "matrix")


class Sides(Struct, frozen=True):
    """One way to read both sides of a claim."""

    left: Node
    right: Node

    def walk(self) -> Iterator[Node]:
        """Every node of the left, then of the right side."""
        yield from self.left.walk()
        yield from self.right.walk()

    def names(self) -> Iterator[Node]:
        """Every name of the left, then of the right side."""
        return (node for node in self.walk() if node.kind == "name")

    def put(self, put: Callable[[Node], Node]) -> "Sides":
        """Both sides put otherwise."""
        return Sides(put(self.left), put(self.right))

    @property
    def tells_entries(self) -> bool:
        """Whether a name is told to be the list of its own entries: w = (w_1, w_2), x = (x_1, …, x_n)."""
        listed = self.right.parts[0] if self.right.kind == "transposed" else self.right
        rows = listed.parts if listed.kind in _LISTS else listed.parts[:1] if listed.kind == "entry" else ()
        cells = [cell for row in rows for cell in row.parts or (row,)]
        is_whole = self.left.kind == "name" and not self.left.scripts and bool(cells)
        return is_whole and all(cell.kind == "name" and cell.value == self.left.value for cell in cells)

    def letters(self, signs: Signs) -> frozenset[str]:
        """The free letters of either side."""
        return free_letters(self.left, signs) | free_letters(self.right, signs)

    def compared(self, signs: Signs) -> frozenset[str]:
        """The letters that it tells apart itself, by cases or by a Kronecker delta."""
        nodes = (node for node in self.walk() if node.kind == "condition" or node.value == KRONECKER)
        return frozenset().union(*(free_letters(node, signs) for node in nodes))

    def lone_letters(self, signs: Signs) -> frozenset[str]:
        """The letters that are free on one side alone."""
        return free_letters(self.left, signs) ^ free_letters(self.right, signs)


Claims = tuple[tuple[Sides, ...], ...]
"""The readings of each claim of a document; none where a side cannot be read."""


def sides_of(document: Document, signs: Signs) -> Claims:
    """The readings of each claim, those first that assume least."""
    return tuple(
        tuple(
            _bound(_gathered(Sides(normal(left.tree, signs), normal(right.tree, signs)), signs), signs)
            for left, right in sorted(
                every(claim.left.readings, claim.right.readings),
                key=lambda pair: len(pair[0].assumed) + len(pair[1].assumed),
            )[:_MOST_READINGS]
        )
        for claim in document.claims
    )


def _gathered(sides: Sides, signs: Signs) -> Sides:
    """Both sides with the terms behind a sum in it that have its letter, which nothing else binds: ∑_i a_i + b_i."""

    def put(node: Node, taken: frozenset[str]) -> Node:
        node = replace(node, parts=tuple(put(part, taken) for part in node.parts)) if node.parts else node
        return _with_terms_behind(node, taken, signs) if node.kind == "sum" else node

    left, right = (free_letters(side, signs) for side in (sides.left, sides.right))
    return Sides(put(sides.left, right), put(sides.right, left)) if sides.lone_letters(signs) else sides


def _with_terms_behind(node: Node, taken: frozenset[str], signs: Signs) -> Node:
    """A sum of terms of which one is a ∑ that takes in those right behind it, as far as they have its letters."""
    for place, part in enumerate(node.parts):
        sums = _last_factor(part)
        limit = sums.parts[0] if sums.kind == "sums" else sums
        letters = {letter.value for letter in bound_by(limit)} - taken if limit.kind == "limit" else set()
        free = [letters & free_letters(term, signs) for term in node.parts[place + 1 :]]
        behind = node.parts[place + 1 : place + 1 + len(list(takewhile(bool, free)))]
        if behind:
            is_all_negative = part.kind == "negative" and all(term.kind == "negative" for term in behind)
            terms = (term.parts[0] for term in behind) if is_all_negative else behind
            body = Node("sum", (sums.parts[-1], *terms))
            made = _exchanged(part, sums, replace(sums, parts=(*sums.parts[:-1], body), order=GATHERED))
            rest = node.parts[place + 1 + len(behind) :]
            whole = (*node.parts[:place], made, *rest)
            return replace(node, parts=whole) if len(whole) > 1 else made
    return node


def _last_factor(term: Node) -> Node:
    """A term without its sign and its factors but the last."""
    while term.kind in ("negative", "product"):
        term = term.parts[-1]
    return term


def _bound(sides: Sides, signs: Signs) -> Sides:
    """Both sides with each bare ∑ over the letters that stand in bare ones alone: p_i = e^{z_i} / ∑ e^{z_j}."""
    bare = [node for node in sides.walk() if node.kind == "sums" and len(node.parts) == 1]
    without = sides
    for node in bare:
        without = without.put(partial(_exchanged, old=node, new=Node("number", (), "0")))
    outside = without.letters(signs)
    for node in bare:
        letters = sorted(free_letters(node, signs) - outside)
        if letters:
            limit = Node("limit", tuple(Node("name", (), letter) for letter in letters))
            sides = sides.put(partial(_exchanged, old=node, new=replace(node, parts=(limit, *node.parts))))
    return sides


def _exchanged(tree: Node, old: Node, new: Node) -> Node:
    """A tree with one node for another; what has it not stays as it is."""
    if tree is old:
        return new
    parts = tuple(_exchanged(part, old, new) for part in tree.parts)
    is_same = all(one is other for one, other in zip(parts, tree.parts, strict=True))
    return tree if is_same else replace(tree, parts=parts)


def put_otherwise(claims: Claims, put: Callable[[Node], Node]) -> Claims:
    """All sides put otherwise."""
    return tuple(tuple(sides.put(put) for sides in readings) for readings in claims)


def first_readings(claims: Sequence[Sequence[Sides]]) -> Iterator[tuple[int, Sides]]:
    """The number of each claim that can be read, and its first reading."""
    return ((number, readings[0]) for number, readings in enumerate(claims) if readings)


def nodes_of(claims: Sequence[Sequence[Sides]]) -> Iterator[Node]:
    """Every node of all first readings."""
    return (node for _, sides in first_readings(claims) for node in sides.walk())


def renamed(tree: Node, put: Callable[[Node], Node]) -> Node:
    """A tree with its names put otherwise."""
    if tree.kind == "name":
        return put(tree)
    return replace(tree, parts=tuple(renamed(part, put) for part in tree.parts)) if tree.parts else tree


def member_renamed(member: Member, put: Callable[[Node], Node]) -> Member:
    """A member of a claim with the names of all its readings put otherwise."""
    return replace(member, readings=tuple(replace(r, tree=renamed(r.tree, put)) for r in member.readings))


def form_of(node: Node) -> object:
    """A tree without its places, to compare."""
    if node.kind in ("above", "below"):
        return node.kind, tuple(map(form_of, node.parts))
    scripts = tuple(map(form_of, node.scripts)) if node.kind == "name" else ()
    return node.kind, node.value, node.order, scripts, tuple(map(form_of, node.parts))
