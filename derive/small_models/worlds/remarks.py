"""Names of a program of which a comment says what they are: d2 = a2 - y  # dL/dz2."""

import re
from collections.abc import Iterator, Mapping

from msgspec.structs import replace

from derive.formulas.claims import Claim, Document
from derive.formulas.syntax import Node
from derive.formulas.vocabulary import key
from derive.small_models.worlds.differentials import LOSSES, PREFIXES
from derive.small_models.worlds.sides import member_renamed

_SLOPE = re.compile(r"[d∂](?P<of>[^\W\d_]\w*)\s*/\s*[d∂](?P<by>[^\W\d_]\w*)")


def as_remarked(document: Document) -> Document:
    """A document in which a name that a remark tells to be a derivative is called one, dz2; what has several remarks,
    or is called one already, keeps its name.
    """
    told: dict[str, set[str]] = {}
    for name, by in _told(document):
        told.setdefault(name, set()).add(by)
    trees = (r.tree for claim in document.claims for side in (claim.left, claim.right) for r in side.readings)
    taken = {node.value for tree in trees for node in tree.walk() if node.kind == "name"}
    new: dict[str, str] = {}
    for name, (by, *others) in told.items():
        free = (prefix + by for prefix in PREFIXES[::-1])
        called = next((one for one in free if one not in taken and one not in new.values()), None)
        if not others and by in taken and called is not None:
            new[name] = called
    return replace(document, claims=tuple(_called(claim, new) for claim in document.claims)) if new else document


def _told(document: Document) -> Iterator[tuple[str, str]]:
    """The names of a program's lines, each with the name by which its remark says that it is a derivative."""
    for claim in document.claims:
        found = _SLOPE.match(claim.remark)
        left = next((reading.tree for reading in claim.left.readings), None)
        if found is not None and key(found["of"]) in LOSSES and left is not None and left.kind == "name":
            yield left.value, key(found["by"])


def _called(claim: Claim, names: Mapping[str, str]) -> Claim:
    if not claim.program:
        return claim

    def put(name: Node) -> Node:
        return replace(name, value=names.get(name.value, name.value))

    return replace(claim, left=member_renamed(claim.left, put), right=member_renamed(claim.right, put))
