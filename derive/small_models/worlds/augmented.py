"""Augmented assignments of a program, d /= m, as assignments: d = d / m."""

from collections.abc import Collection, Iterator, Sequence
from types import MappingProxyType

from msgspec.structs import replace

from derive.formulas.claims import Claim, Document
from derive.formulas.grammar import Reading
from derive.formulas.syntax import Node
from derive.small_models.worlds.assignments import is_made
from derive.small_models.worlds.differentials import LOSSES, gradient_of
from derive.small_models.worlds.sides import Sides

_MADE_OF = MappingProxyType({
    "+=": ("sum", ""), "-=": ("sum", "negative"), "*=": ("product", ""), "/=": ("product", "inverse"),
})  # fmt: skip
"""What a sign of assignment makes of what stands on its two sides."""


def in_full(document: Document) -> Document:
    """A document in which a program's d /= m is d = d / m where it worked out d before; a parameter that it only makes
    is changed by updates. What a loop adds up of a loss or a gradient is looked at term by term: L += l is L = l.
    """
    return replace(document, claims=tuple(_in_full(document.claims)))


def _in_full(claims: Sequence[Claim]) -> Iterator[Claim]:
    computed: set[str] = set()
    trees = [reading.tree for claim in claims for reading in claim.right.readings]
    used = {node.value for tree in trees for node in tree.walk() if node.kind == "name"}
    for claim in claims:
        left, right = (next((r.tree for r in member.readings), None) for member in (claim.left, claim.right))
        if not claim.program or left is None or right is None or left.kind != "name":
            yield claim
        elif claim.relation == "=":
            is_computed = right.kind != "number" and not is_made(Sides(left, right))
            (computed.add if is_computed else computed.discard)(left.value)
            yield claim
        elif claim.relation == "+=" and left.value not in computed and _is_summed(left, used):
            computed.add(left.value)
            yield replace(claim, relation="=")
        elif claim.relation in _MADE_OF and left.value in computed:
            kind, turned = _MADE_OF[claim.relation]
            inner = Node("group", (right,), "(")
            tree = Node(kind, (left, Node(turned, (inner,)) if turned else inner), "", right.start, right.end)
            yield replace(claim, relation="=", right=replace(claim.right, readings=(Reading(tree),)))
        else:
            yield claim


def _is_summed(name: Node, used: Collection[str]) -> bool:
    """Whether a name is that of a loss, or of a gradient by what the program uses."""
    return name.value in LOSSES or gradient_of(name, used) is not None
