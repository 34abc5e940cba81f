"""Expectations, E[X^2], as sums over all cases that may happen, each with its probability."""

from collections.abc import Iterator

from msgspec import Struct
from msgspec.structs import replace

from derive.formulas.claims import Document, Member
from derive.formulas.syntax import Node
from derive.small_models.notation.slots import names_of
from derive.small_models.worlds.conditions import Total

CASE, PROBABILITY = "ω", "ℙ"
"""The index of what may happen, and the array that tells how probable each case is."""
CERTAIN = Total(PROBABILITY, 0, Node("number", (), "1"))
"""Some case happens."""
_CONSTANTS = frozenset("a b c d k n m N α β γ λ μ ν π ρ σ τ θ".split())
"""Letters that stand for what is no matter of chance."""


def with_sums(document: Document) -> Document:
    """A document in which each expectation is a sum over all cases, and what stands in some expectation has an entry
    for each; where such names have indices, it is a sign that nobody can read.
    """
    trees = [tree for claim in document.claims for side in (claim.left, claim.right) for tree in _trees(side)]
    nodes = [node for tree in trees for node in tree.walk()]
    is_defined = any(_defines_e(one, other) for claim in document.claims
                     for one in _trees(claim.left) for other in _trees(claim.right))
    found = _Expectations(document.text.text, is_defined)
    inside = [name for node in nodes for body in found.bodies(node) for name in names_of(body)]
    if not inside or any(node.value == CASE for node in nodes):
        return document
    means = {c.left.text for c in document.claims for tree in _trees(c.right) if any(map(found.bodies, tree.walk()))}
    chance = frozenset(name.value for name in inside) - _CONSTANTS - means
    found = replace(found, chance=chance, is_read=not any(name.scripts for name in inside))
    claims = (replace(c, left=found.member(c.left), right=found.member(c.right)) for c in document.claims)
    return replace(document, claims=tuple(claims))


def _trees(member: Member) -> Iterator[Node]:
    return (reading.tree for reading in member.readings)


def _defines_e(left: Node, right: Node) -> bool:
    """Whether an equation makes E a quantity, E = …, or a function of what its right side has: E(w) = w^2."""
    used = {node.value for node in right.walk()}
    return _is_e(left) or (left.kind == "call" and left.value == "E" and "E" not in used
                           and left.parts[0].kind == "name" and left.parts[0].value in used)


def _is_e(node: Node) -> bool:
    return node.kind == "name" and node.value == "E"


class _Expectations(Struct, frozen=True):
    """How a document writes its expectations, E[X], and which names stand in them."""

    text: str
    is_defined: bool
    """Whether E is a quantity of the document's own, a loss."""
    chance: frozenset[str] = frozenset()
    is_read: bool = True

    def member(self, member: Member) -> Member:
        """A member of a claim with sums for its expectations."""
        return replace(member, readings=tuple(replace(r, tree=self._put(r.tree)) for r in member.readings))

    def bodies(self, node: Node) -> list[Node]:
        """What the expectations that stand directly in a node are of."""
        if node.kind == "call" and node.value == "E" and len(node.parts) == 1 and not self.is_defined:
            return list(node.parts) if self._is_square(node) else []
        pairs = zip(node.parts, node.parts[1:], strict=False) if node.kind == "product" else ()
        return [_bracket(two) for one, two in pairs if self._is_head(one) and _bracket(two).kind == "group"]

    def _is_head(self, node: Node) -> bool:
        is_blackboard = node.kind == "foreign" and node.value.removeprefix("\\mathbb").strip(" {}") in ("E", "𝔼")
        return is_blackboard or (_is_e(node) and not self.is_defined)

    def _is_square(self, call: Node) -> bool:
        """Whether a call has square brackets, or upright letters before them: E(w) is a loss."""
        written = self.text[call.start : call.end]
        return written.startswith("\\") or written[1:].lstrip().removeprefix("\\left").lstrip().startswith("[")

    def _put(self, node: Node) -> Node:
        if node.kind == "name":
            is_open = node.value in self.chance and not node.scripts and self.is_read
            return replace(node, base=node.value, scripts=_IN_CASE) if is_open else node
        found = self.bodies(node)
        parts = tuple(map(self._put, node.parts))
        if not found:
            return replace(node, parts=parts) if parts else node
        if node.kind == "call":
            return self._sum(parts[0], node)
        made: list[Node] = []
        for place, part in enumerate(parts):
            if made and place and _bracket(node.parts[place]) in found and self._is_head(node.parts[place - 1]):
                inner = self._sum(_bracket(part), part)
                made[-1] = replace(part, parts=(inner, *part.parts[1:])) if part.kind == "power" else inner
            else:
                made.append(part)
        return replace(node, parts=tuple(made)) if len(made) > 1 else made[0]

    def _sum(self, body: Node, place: Node) -> Node:
        if not self.is_read:
            return Node("foreign", (), "E", place.start, place.end)
        share = Node("name", (), PROBABILITY, base=PROBABILITY, scripts=_IN_CASE)
        inner = body if body.kind == "group" else Node("group", (body,), "(", body.start, body.end)
        return Node("sums", (Node("limit", (_CASE,)), Node("product", (share, inner))), "∑", place.start, place.end)


_CASE = Node("name", (), CASE)
_IN_CASE = (Node("below", (_CASE,)),)


def _bracket(node: Node) -> Node:
    """A bracket, be it below an exponent."""
    return node.parts[0] if node.kind == "power" else node
