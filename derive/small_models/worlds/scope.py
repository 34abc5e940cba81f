"""Which claims are about arrays: the others are left to numbers."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise

from msgspec import Struct

from derive.formulas.claims import Document
from derive.formulas.syntax import BEYOND_SCALARS, Node
from derive.formulas.vocabulary import OF_VECTORS
from derive.small_models.notation.slots import base_of, is_lettered, is_number, names_of, place_of, plain_of
from derive.small_models.worlds.assignments import is_made
from derive.small_models.worlds.dimensions import ONE, Dims
from derive.small_models.worlds.sides import Claims, Sides, first_readings, form_of, nodes_of
from derive.small_models.worlds.sorts import Sorts
from derive.small_models.worlds.words import Words

_REACH = 12
"""So many claims away an array is still meant by its name."""
_MATRICES = frozenset(("transposed", "entrywise", "matmul", "gradient", "matrix", "total", "norm"))
"""The kinds of nodes that only a text with vectors and matrices has."""


class Scope(Struct, frozen=True):
    """A document's claims, those of them that stand near arrays, and those that a program makes."""

    claims: Claims
    near: frozenset[int]
    programs: frozenset[int]
    matrices: frozenset[str]
    """The names of which the text says that they are matrices, and that stand in a claim."""
    updates: frozenset[int]
    """The claims by which a program changes what it has: b -= η db."""
    layers: frozenset[str]
    """The names of layers that are written large, Y = X W where a loss is differentiated by Y and W: hardly numbers."""

    def nearby(self) -> Iterator[tuple[int, Sides]]:
        """The number and the first reading of each claim near arrays."""
        return ((number, sides) for number, sides in first_readings(self.claims) if number in self.near)

    def written(self) -> Iterator[Sides]:
        """The first reading of each claim that no program makes."""
        return (sides for number, sides in first_readings(self.claims) if number not in self.programs)


def scope_of(document: Document, claims: Claims, words: Words) -> Scope:
    """The scope of a document."""
    programs = frozenset(number for number, claim in enumerate(document.claims) if claim.program)
    names = {base_of(node) for node in nodes_of(claims) if node.kind == "name"}
    matrices = words.matrices & names
    updates = frozenset(number for number in programs if document.claims[number].relation != "=")
    layers = _layers(claims)
    return Scope(claims, _near_arrays(claims, matrices | layers), programs, matrices, updates, layers)


def _layers(claims: Claims) -> frozenset[str]:
    """The names written large that are multiplied in what a loss is differentiated by, where it is by one of them, too;
    what the loss is, is not told.
    """
    found: set[str] = set()
    bys: dict[str, set[str]] = {}
    for of, by in (node.parts for node in nodes_of(claims) if node.kind == "partial"):
        if of.kind == by.kind == "name":
            bys.setdefault(base_of(of), set()).add(base_of(by))
    defined = {base_of(sides.left): sides.right for _, sides in first_readings(claims) if sides.left.kind == "name"}
    for base, right in defined.items():
        products = [part for part in right.walk() if part.kind == "product" and len(part.parts) == 2]
        factors = {base_of(name) for part in products for name in part.parts if name.kind == "name"}
        names = factors | {base}
        is_large = len(factors) > 1 and all(name[:1].isupper() for name in names)
        if is_large and any(base in by and factors & by for of, by in bys.items() if of not in defined):
            found |= names
    return frozenset(found)


def tells_arrays(node: Node) -> bool:
    """Whether a node stands for more than one number by itself; the * of a program may be one of numbers."""
    return node.kind in BEYOND_SCALARS and not (node.kind == "entrywise" and node.value == "*")


def tells_matrices(node: Node) -> bool:
    """Whether only a text with vectors and matrices has a node like this."""
    return node.kind in _MATRICES and tells_arrays(node)


def arrays_shown(nodes: Iterable[Node]) -> Iterator[Node]:
    """The names that stand below a sign of transposition or in a norm: no numbers."""
    return (name for node in nodes if node.kind in ("transposed", "norm") for name in names_of(node))


def takes_arrays(node: Node) -> bool:
    """Whether a node is a function of a whole vector or matrix: a softmax, a trace."""
    return node.kind == "call" and node.value in OF_VECTORS


def _has_arrays(claims: Claims) -> bool:
    """Whether a document speaks of arrays at all: it has a sum, a sign of matrices, or a name with two indices."""
    return any(
        (tells_arrays(node) and node.kind not in ("list", "entry"))
        or (node.kind == "name" and _letters_at(node) > 1)
        or takes_arrays(node)
        for node in nodes_of(claims)
    ) or _has_inner_products(claims)


def _has_inner_products(claims: Claims) -> bool:
    """Whether two names stand beside each other in a product that have entries elsewhere: w x, beside w_i and x_i."""
    entries = {node.value for node in nodes_of(claims) if node.kind == "name" and is_lettered(node)}
    products = (node for node in nodes_of(claims) if node.kind == "product")
    pairs = (pair for node in products for pair in pairwise(node.parts))
    return any({plain_of(one), plain_of(other)} <= entries for one, other in pairs)


def _letters_at(name: Node) -> int:
    """How many letters stand as indices above and below a name."""
    return sum(bool(place_of(index)[0]) for script in name.scripts for index in script.parts)


def _near_arrays(claims: Claims, matrices: frozenset[str]) -> frozenset[int]:
    """The claims that stand near one with a sum, an index or a matrix, and what defines the names there: a long text
    has other parts.
    """
    readable = dict(first_readings(claims))
    told = [number for number, sides in readable.items() if any(_tells_near(node, matrices) for node in sides.walk())]
    near = {number for number in range(len(claims)) if any(abs(number - other) <= _REACH for other in told)}
    while True:
        used = {base_of(name) for number in near & readable.keys() for name in readable[number].names()}
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


def _tells_near(node: Node, matrices: frozenset[str]) -> bool:
    if node.kind == "name":
        return is_lettered(node) or base_of(node) in matrices
    return tells_matrices(node) or node.kind == "sums" or takes_arrays(node)


def about_arrays(scope: Scope, sorts: Sorts, shapes: Mapping[str, Dims]) -> frozenset[int]:
    """The claims that numbers do not tell: they have a sum, a matrix, an index, or names of several arrays; and beside
    them the values that a program makes.
    """
    listed = frozenset(_listed(scope.claims))
    if not (scope.matrices or scope.layers or _has_arrays(scope.claims)):
        return listed
    found = {number for number, sides in scope.nearby() if _is_about_arrays(sides, sorts, shapes)}
    made = (number for number, sides in first_readings(scope.claims) if number in scope.programs and is_made(sides))
    return frozenset(found.union(made)) | listed if found else listed


def _listed(claims: Claims) -> Iterator[int]:
    """The claims that tell the entries of a function of a list: σ(z) = [0.5, 0.9], of a z = [0, 2.2]."""
    lists = {
        base_of(sides.left)
        for _, sides in first_readings(claims)
        if sides.left.kind == "name" and sides.right.kind == "list" and all(map(is_number, sides.right.parts))
    }
    for number, sides in first_readings(claims):
        names = set(map(base_of, names_of(sides.left)))
        if sides.right.kind == "list" and sides.left.kind != "name" and names and names <= lists:
            yield number


def _is_about_arrays(sides: Sides, sorts: Sorts, shapes: Mapping[str, Dims]) -> bool:
    beyond = [node for node in sides.walk() if _is_beyond(node, sorts, shapes) or _is_of_matrix(node, shapes)]
    arrays = {(base_of(node), tuple(map(form_of, node.scripts))) for node in beyond if node.kind == "name"}
    return len(arrays) > 1 or any(node.kind != "name" or is_lettered(node) for node in beyond)


def _is_of_matrix(node: Node, shapes: Mapping[str, Dims]) -> bool:
    """Whether a node is made of an array in a way that is another one for numbers: its transpose, its determinant."""
    if node.kind == "transposed":
        return any(base_of(name) in shapes for name in names_of(node))
    if node.kind not in ("power", "inverse", "absolute", "call") or not node.parts:
        return False
    return any(ONE not in shapes.get(base_of(name), (ONE,)) for name in names_of(node.parts[0]))


def _is_beyond(node: Node, sorts: Sorts, shapes: Mapping[str, Dims]) -> bool:
    """Whether a node stands for more than one number; ‖t - o‖ of numbers and lists of values do not."""
    if node.kind == "name":
        return is_lettered(node) or bool(sorts.arity.get(base_of(node))) or base_of(node) in shapes
    if node.kind == "norm":
        return any(base_of(name) in shapes for name in names_of(node))
    return takes_arrays(node) or (tells_arrays(node) and node.kind not in ("norm", "list", "transposed"))
