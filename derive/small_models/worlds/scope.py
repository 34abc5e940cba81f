"""Which claims are about arrays: the others are left to numbers."""

from collections.abc import Mapping

from derive.formulas.syntax import BEYOND_SCALARS, Node
from derive.small_models.notation.slots import base_of, is_lettered, names_of, place_of
from derive.small_models.worlds.sides import Claims, first_readings, form_of, nodes_of
from derive.small_models.worlds.sorts import Sorts

_REACH = 12
"""So many claims away an array is still meant by its name."""
MATRICES = frozenset(("transposed", "entrywise", "matmul", "gradient", "matrix", "total"))
"""The kinds of nodes that only a text with vectors and matrices has."""


def tells_arrays(node: Node) -> bool:
    """Whether a node stands for more than one number by itself; the * of a program may be one of numbers."""
    return node.kind in BEYOND_SCALARS and not (node.kind == "entrywise" and node.value == "*")


def tells_matrices(node: Node) -> bool:
    """Whether only a text with vectors and matrices has a node like this."""
    return node.kind in MATRICES and tells_arrays(node)


def is_softmax(node: Node) -> bool:
    """Whether a node is a softmax, which takes a whole vector."""
    return node.kind == "call" and node.value == "softmax"


def has_arrays(claims: Claims) -> bool:
    """Whether a document speaks of arrays at all: it has a sum, a sign of matrices, or a name with two indices."""
    return any(
        (tells_arrays(node) and node.kind not in ("norm", "list", "entry"))
        or (node.kind == "name" and _letters_at(node) > 1)
        or is_softmax(node)
        for node in nodes_of(claims)
    )


def _letters_at(name: Node) -> int:
    """How many letters stand as indices above and below a name."""
    return sum(bool(place_of(index)[0]) for script in name.scripts for index in script.parts)


def near_arrays(claims: Claims) -> frozenset[int]:
    """The claims that stand near one with a sum, an index or a matrix, and what defines the names there: a long text
    has other parts.
    """
    readable = dict(first_readings(claims))
    told = [number for number, sides in readable.items() if any(map(_tells_near, sides.walk()))]
    near = {number for number in range(len(claims)) if any(abs(number - other) <= _REACH for other in told)}
    while True:
        used = {base_of(node) for number in near & readable.keys() for node in readable[number].walk()
                if node.kind == "name"}  # fmt: skip
        more = {
            number
            for number, sides in readable.items()
            if number not in near
            and sides.left.kind == "name"
            and base_of(sides.left) in used
            and any(True for _ in names_of(sides.right))
        }
        if not more:
            return frozenset(near)
        near |= more


def _tells_near(node: Node) -> bool:
    if node.kind == "name":
        return is_lettered(node)
    return tells_matrices(node) or node.kind == "sums" or is_softmax(node)


def about_arrays(claims: Claims, sorts: Sorts, shapes: Mapping[str, object]) -> frozenset[int]:
    """The claims that numbers do not tell: they have a sum, a matrix, an index, or names of several arrays."""
    found = set()
    for number, sides in first_readings(claims):
        beyond = [node for node in sides.walk() if _is_beyond(node, sorts, shapes)]
        arrays = {(base_of(node), tuple(map(form_of, node.scripts))) for node in beyond if node.kind == "name"}
        if len(arrays) > 1 or any(node.kind != "name" or is_lettered(node) for node in beyond):
            found.add(number)
    return frozenset(found)


def _is_beyond(node: Node, sorts: Sorts, shapes: Mapping[str, object]) -> bool:
    """Whether a node stands for more than one number; ‖t - o‖ of numbers and lists of values do not."""
    if node.kind == "name":
        return is_lettered(node) or bool(sorts.arity.get(base_of(node))) or base_of(node) in shapes
    return tells_arrays(node) and node.kind not in ("norm", "list", "transposed")
