"""The ranks of a program that works on one sample, by what NumPy makes of arrays of one dimension: w @ x is a number,
W @ x has one dimension, np.outer(a, b) is a matrix.
"""

from collections import defaultdict
from collections.abc import Iterator

from derive.formulas.syntax import Node
from derive.small_models.notation.slots import base_of, names_of
from derive.small_models.worlds.scope import Scope
from derive.small_models.worlds.words import Words

_SIGNED = frozenset(("group", "negative", "inverse"))
_BESIDE = frozenset(("sum", "entrywise"))
_DEEPEST = 20
"""So many definitions at most stand on each other."""


def is_outer(node: Node) -> bool:
    """np.outer(a, b): the matrix of all products of two entries."""
    return node.kind == "matmul" and node.value == "outer"


def ranks_of_one_sample(scope: Scope, words: Words) -> tuple[dict[str, int], int]:
    """2 for a matrix, 1 for an array of one dimension, numbers left out; and how many products do not fit.

    No ranks where the program shows a matrix where one sample has none: x.T, (n, 1), axis=0, a product of two matrices.
    """
    program = _Program(scope)
    found = program.ranks()
    is_fitting = all(map(program.fits, program.nodes)) and words.columns.isdisjoint(program.names - words.flat)
    if not is_fitting or 1 not in found.values():
        return {}, 0
    return found, sum(map(program.is_unfit, program.nodes))


class _Program:
    """The lines of a program, and the ranks of their names so far."""

    def __init__(self, scope: Scope) -> None:
        lines = [sides for number, sides in scope.nearby() if number in scope.programs - scope.updates]
        self.nodes = [node for sides in lines for node in sides.walk()]
        self.names = {base_of(node) for node in self.nodes if node.kind == "name"}
        self.bodies: dict[str, list[Node]] = defaultdict(list)
        self.found: dict[str, int] = {}
        for left, right in ((sides.left, sides.right) for sides in lines if sides.left.kind == "name"):
            if right.has("foreign"):
                self.found.update({base_of(left): sizes for sizes in (_sizes_made(right),) if sizes})
            elif base_of(left) not in map(base_of, names_of(right)):  # w = w - rate * dw tells nothing of w
                self.bodies[base_of(left)].append(right)
        for base in (base for node in self.nodes for base in self._factors(node)):
            self.found.setdefault(base, 1 + base[:1].isupper())

    def ranks(self) -> dict[str, int]:
        """The least ranks that fit all lines."""
        for _ in range(_DEEPEST):
            before = dict(self.found)
            for base, bodies in self.bodies.items():
                self.found[base] = max(map(self.rank, bodies))
            for node in self.nodes:
                self._go_along(node)
            if self.found == before:
                break
        return {base: rank for base, rank in self.found.items() if rank}

    def rank(self, node: Node) -> int:
        """How many dimensions a tree has, as far as its names are known."""
        match node.kind:
            case "name":
                return self.found.get(base_of(node), 0)
            case "number" | "size" | "norm" | "total" | "extreme":
                return 0
            case "list":
                return _depth(node)
            case "matmul":
                ranks = [self.rank(part) for part in node.parts]
                return 2 if is_outer(node) else max(ranks) if 0 in ranks else sum(ranks) - 2
        return max(map(self.rank, node.parts), default=0)

    def fits(self, node: Node) -> bool:
        """Whether one sample has such a node: no sum along an axis, no product of two matrices, no column."""
        if node.kind in ("total", "extreme"):
            return node.value == ""
        if is_outer(node):
            return True
        is_product = node.kind == "matmul"
        if any(part.kind == "transposed" and self.rank(part) == 1 for part in node.parts[is_product:]):
            return False
        return not is_product or [self.rank(part) for part in node.parts] != [2, 2]

    def is_unfit(self, node: Node) -> bool:
        """Whether @ has a number beside it, which NumPy refuses, or np.outer anything but two vectors."""
        ranks = [self.rank(part) for part in node.parts] if node.kind == "matmul" else []
        return ranks != [1, 1] if is_outer(node) else 0 in ranks and node.value != "dot"

    def _factors(self, node: Node) -> Iterator[str]:
        """The names in a product of arrays of which no line tells what they are, and those of which all entries are
        added up.
        """
        if node.kind == "matmul":
            yield from (base for part in node.parts for base in self._plain(part))
        elif node.kind == "total":
            names = [base_of(name) for name in names_of(node.parts[0])]
            yield from () if any(name in self.bodies for name in names) else names

    def _plain(self, node: Node) -> Iterator[str]:
        """A name that no line tells, through brackets, signs and a transpose."""
        while node.kind in _SIGNED or node.kind == "transposed":
            node = node.parts[0]
        if node.kind == "name" and base_of(node) not in self.bodies:
            yield base_of(node)

    def _go_along(self, node: Node) -> None:
        """Makes what no line tells an array where it is added to one, W @ x + b, or goes with one into a sum of all
        entries, np.sum(v * h).
        """
        inner = node.parts[0] if node.kind == "total" else node
        if inner.kind not in _BESIDE or (inner is node and node.kind != "sum"):
            return
        rank = self.rank(inner)
        for part in inner.parts:
            for base in self._plain(part):
                self.found[base] = max(rank, self.found.get(base, 0))


def _sizes_made(tree: Node) -> int:
    """How many sizes an array is made with: np.zeros(3), np.random.randn(4, 3), np.array([1, 2]); 0 where that is not
    told.
    """
    made = next((node for node in tree.walk() if node.kind == "foreign"), tree)
    lists = [part for part in made.parts if part.kind == "list"]
    if made.value.endswith("array()") and lists:
        return _depth(lists[0])
    is_told = not any(part.kind == "foreign" for part in made.parts)
    return len(lists[0].parts if lists else made.parts) if is_told else 0


def _depth(array: Node) -> int:
    """1 for a list, 2 for a list of lists."""
    return 1 + any(part.kind == "list" for part in array.parts)
