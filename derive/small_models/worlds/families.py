"""Many vectors under one name: x_i is a vector for each i where the text shows it, in x_i^T or w^T x_i or ‖x_i - μ_k‖.

Such an index counts vectors as a layer does, and so it is put above: x_i is x^{(i)}, its entry x_{ij} is x^{(i)}_j.
"""

from collections.abc import Iterator, Sequence
from functools import partial
from itertools import pairwise

from msgspec.structs import replace

from derive.formulas.syntax import Node
from derive.formulas.vocabulary import OF_VECTORS
from derive.small_models.notation.slots import names_of, slots_of, ungrouped, with_slots
from derive.small_models.worlds.sides import Claims, first_readings, nodes_of, put_otherwise, renamed


def with_families(claims: Claims) -> Claims:
    """All claims with the index that counts vectors above their name."""
    nodes = list(nodes_of(claims))
    shown = {name.value for node in nodes for name in _vectors(node)}
    kept = {node.value for node in nodes if node.kind == "name" and _stands_otherwise(node)}
    families = _worked_out(claims, shown - kept, kept)
    if not families:
        return claims
    last = {base for base in families if _are_columns(base, nodes)}

    def put(name: Node) -> Node:
        below = slots_of(name)[1]
        if name.value not in families or not below:
            return name
        which, entries = (below[-1:], below[:-1]) if name.value in last else (below[:1], below[1:])
        counted = with_slots(replace(name, scripts=()), "above", which)
        return with_slots(counted, "below", entries) if entries else counted

    return put_otherwise(claims, partial(renamed, put=put))


def _worked_out(claims: Claims, shown: set[str], kept: set[str]) -> set[str]:
    """With what is worked out from these for each index: a_t = W h_{t-1} + b, of an h_t that is a vector."""
    families = set(shown)
    told = [s for _, s in first_readings(claims) if s.left.kind == "name" and len(slots_of(s.left)[1]) == 1]
    while more := {s.left.value for s in told if _is_vector(s.right, families)} - families - kept:
        families |= more
    return families


def _is_vector(tree: Node, families: set[str]) -> bool:
    """Whether a formula has a vector for each index, as far as its names show it."""
    if tree.kind == "name":
        return tree.value in families and len(slots_of(tree)[1]) == 1
    is_inner = tree.kind == "product" and any(part.kind == "transposed" for part in tree.parts)
    is_read = tree.kind in ("sum", "negative", "group", "entrywise", "product") or _is_entrywise(tree)
    return is_read and not is_inner and any(_is_vector(part, families) for part in tree.parts)


def _is_entrywise(tree: Node) -> bool:
    return tree.kind == "call" and len(tree.parts) == 1 and tree.value not in OF_VECTORS


def _are_columns(base: str, nodes: Sequence[Node]) -> bool:
    """Whether the vectors are columns: the letter of q_j stands in the last slot of q_kj, and in no first one."""
    slots = [slots_of(node)[1] for node in nodes if node.kind == "name" and node.value == base]
    own, first, last = (
        {below[place].value for below in slots if len(below) == count} for count, place in ((1, 0), (2, 0), (2, 1))
    )
    return bool(own) and own <= last - first


def _stands_otherwise(name: Node) -> bool:
    """Whether something stands above a name already, or neither a letter nor a step of time, h_{t-1}, below it."""
    above, below = slots_of(name)
    return bool(above) or (bool(below) and below[0].kind not in ("name", "sum"))


def _vectors(node: Node) -> Iterator[Node]:
    """The names with one index that a node shows to be vectors."""
    if node.kind == "transposed":
        yield from _one(node.parts[0])
    elif node.kind == "norm":
        yield from (name for name in names_of(node) if len(slots_of(name)[1]) == 1)
    elif node.kind == "product":
        for one, other in pairwise(node.parts):
            if _is_row(one):
                yield from _one(other)
        if len(node.parts) > 1 and _is_row(node.parts[-1]):  # δ_i x_i^T; y_i w^T x_i is a number times a number
            yield from _one(node.parts[-2])


def _is_row(node: Node) -> bool:
    """Whether a factor is a vector that is transposed, by its small letter."""
    inner = ungrouped(node.parts[0]) if node.kind == "transposed" else node
    return inner is not node and inner.kind == "name" and not inner.value[0].isupper()


def _one(node: Node) -> Iterator[Node]:
    """A name with one index, through brackets and signs."""
    node = ungrouped(node)
    if node.kind in ("sum", "negative"):
        for part in node.parts:
            yield from _one(part)
    elif node.kind == "name" and len(slots_of(node)[1]) == 1:
        yield node
