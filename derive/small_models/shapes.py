"""The shapes of names without indices: numbers, columns or rows, matrices, as the document's equations need them."""

from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from derive.formulas.syntax import Node
from derive.small_models.notation import Signs, place_of, tells_arrays
from derive.small_models.sorts import Sorts, base_of, slots_of

ONE = "1"
REACH = 12
"""So many claims away an array is still meant by its name."""
Dims = tuple[str, str]
_MATRICES = frozenset(("transposed", "entrywise", "matmul", "gradient", "matrix", "total"))
_NUMBERS = frozenset("m n N M K λ η α ε γ i j k e π lr reg".split())
_LOSSES = frozenset("J L C E S loss cost Loss MSE".split())


class ShapeConflict(Exception):
    """Two shapes of an equation that cannot be one."""


class Shapes(Struct, frozen=True):
    """Shapes by base, sorts with those that became one, and how many equations do not fit."""

    of: Mapping[str, Dims]
    sorts: Sorts
    misfits: tuple[int, ...]


class _Solver:
    """Dimensions joined equation by equation."""

    def __init__(
        self,
        signs: Signs,
        sorts: Sorts,
        ranks: Mapping[str, int],
        row: bool,
        bodies: Mapping[str, Node],
        programmed: frozenset[str],
        functions: Mapping[str, Node],
    ) -> None:
        self.signs, self.sorts, self.ranks, self.row, self.bodies = signs, sorts, ranks, row, bodies
        self.open: set[str] = set()
        self.programmed = programmed
        self.functions = functions
        self.biases: dict[str, bool] = {}
        self.strict = False
        """Whether what has been told of a name before must not shrink it to one row or column."""
        self.parent: dict[str, str] = {}

    def find(self, dim: str) -> str:
        self.parent.setdefault(dim, dim)
        while self.parent[dim] != dim:
            dim = self.parent[dim]
        return dim

    def join(self, one: str, other: str) -> None:
        a, b = self.find(one), self.find(other)
        if a == b:
            return
        if ONE in (a, b):
            loose = b if a == ONE else a
            if not loose.startswith("dim:") or self.strict:
                raise ShapeConflict(f"{one} {other}")
            self.parent[loose] = ONE
        elif a.startswith("dim:"):
            self.parent[a] = b
        else:
            self.parent[b] = a

    def named(self, base: str) -> Dims | None:
        """The dimensions of a name: those of what defines it, else by its rank."""
        if base in self.bodies and base not in self.open:
            self.open.add(base)
            try:
                made = self.shape(self.bodies[base])
            finally:
                self.open.discard(base)
            if made is None or "?" not in made:
                return made
        if base in self.programmed and base[:1] in "bB" and self.ranks.get(base):
            return (ONE, f"dim:{base}:0") if self.biases.get(base, self.row) else (f"dim:{base}:0", ONE)
        rank = self.ranks.get(base, 0)
        if rank == 0:
            return None
        if rank == 2:
            return f"dim:{base}:0", f"dim:{base}:1"
        return (ONE, f"dim:{base}:0") if self.row else (f"dim:{base}:0", ONE)

    def shape(self, node: Node) -> Dims | None:
        """The dimensions of a tree; None for a number."""
        kind = node.kind
        if kind == "name":
            return self._name(node)
        if kind in ("number", "size", "sums", "norm", "absolute", "limit", "entry", "condition"):
            if kind == "sums":
                return self.shape(node.parts[-1])
            if kind == "absolute":
                return self.shape(node.parts[0])
            return None
        if kind in ("group", "negative", "inverse", "prime"):
            return self.shape(node.parts[0])
        if kind == "transposed":
            inner = self.shape(node.parts[0])
            return None if inner is None else (inner[1], inner[0])
        if kind in ("sum", "entrywise", "fraction", "power", "case"):
            return self._alike([self.shape(part) for part in node.parts])
        if kind == "call" and node.value in self.functions and node.value not in self.open:
            self.open.add(node.value)
            try:
                return self.shape(self.functions[node.value])
            finally:
                self.open.discard(node.value)
        if kind == "call":
            if len(node.parts) != 1:
                for part in node.parts:
                    self.shape(part)
                return None
            return self.shape(node.parts[0])
        if kind in ("product", "matmul"):
            return self._product([self.shape(part) for part in node.parts])
        if kind in ("partial", "gradient"):
            of, by = node.parts if kind == "partial" else (node.parts[-1], node.parts[0])
            above, below = self.shape(of), self.shape(by) if kind == "partial" or len(node.parts) > 1 else None
            if above is None:
                return below
            return above if below is None else ("?", "?")
        if kind == "total":
            inner = self.shape(node.parts[0])
            if inner is None or node.value == "":
                return None
            return (ONE, inner[1]) if node.value == "0" else (inner[0], ONE)
        return ("?", "?")

    def _name(self, node: Node) -> Dims | None:
        base = base_of(node)
        arity = self.sorts.arity.get(base, 0)
        if not arity:
            return self.named(base)
        if slots_of(node)[1] or arity > 2:
            return None
        first = self.sorts.slot(base, "below", 0)
        if arity == 2:
            return first, self.sorts.slot(base, "below", 1)
        return (ONE, first) if self.row else (first, ONE)

    def _alike(self, shapes: Sequence[Dims | None]) -> Dims | None:
        shaped = [shape for shape in shapes if shape is not None and "?" not in shape]
        if not shaped:
            return None
        first = shaped[0]
        for other in shaped[1:]:
            for one, two in zip(first, other, strict=True):
                if ONE in (self.find(one), self.find(two)) and self.find(one) != self.find(two):
                    loose = two if self.find(one) == ONE else one
                    if loose.startswith("dim:") and self.find(loose) == loose and len(shaped) == 2:
                        continue  # a bias of one column goes with every sample
                    continue
                self.join(one, two)
            first = tuple(two if self.find(one) == ONE else one for one, two in zip(first, other, strict=True))  # type: ignore[assignment]
        return first

    def _product(self, shapes: Sequence[Dims | None]) -> Dims | None:
        made: Dims | None = None
        for shape in shapes:
            if shape is None:
                continue
            if "?" in shape:
                return shape
            if made is None:
                made = shape
            else:
                self.join(made[1], shape[0])
                made = (made[0], shape[1])
        if made is not None and self.find(made[0]) == self.find(made[1]) == ONE:
            return None
        return made

    def equate(self, left: Node, right: Node) -> None:
        one, other = self.shape(left), self.shape(right)
        if one is None or other is None or "?" in one or "?" in other:
            return
        if (
            ONE == self.find(one[1]) == self.find(other[0]) or ONE == self.find(one[0]) == self.find(other[1])
        ) and left.kind in ("partial", "gradient"):
            other = (other[1], other[0])
        self.join(one[0], other[0])
        self.join(one[1], other[1])


def shapes_of(
    claims: Sequence[Sequence[Node]],
    defining: frozenset[int],
    signs: Signs,
    sorts: Sorts,
    row: bool,
    programs: frozenset[int],
    bodies: Mapping[str, Node],
    functions: Mapping[str, Node],
) -> Shapes:
    """The shapes under which the equations fit, definitions first; those that do not fit are counted."""
    near = near_of(claims, signs)
    trees = [side for number, sides in enumerate(claims) for side in sides if number in near]
    programmed = frozenset(
        base_of(node) for number in programs & near for side in claims[number] for node in names_of(side)
    )
    written = {
        base_of(node)
        for number, sides in enumerate(claims)
        if number not in programs
        for side in sides
        for node in names_of(side)
    }
    programmed = frozenset(base for base in programmed if base not in written or base[:1].isupper())
    ranks = ranks_of(trees, signs, sorts, programmed)
    solver = _Solver(signs, sorts, ranks, row, bodies, programmed, functions)
    for tree in trees:  # X @ W + b has a row for b, W @ X + b a column
        for node in tree.walk():
            products = [part for part in node.parts if part.kind == "matmul"] if node.kind == "sum" else []
            names = [part for part in node.parts if part.kind == "name"] if products else []
            for product, name in zip(products[:1], names[:1], strict=False):
                left, right = product.parts
                for side, rows in ((right, True), (left, False)):
                    if side.kind == "name" and side.value[:1] in "wWθΘ":
                        solver.biases.setdefault(base_of(name), rows)
    for number, sides in enumerate(claims):  # z_j = ∑ w_ij x_i + b: b is a number
        if sides and number not in programs and sides[0].kind == "name" and slots_of(sides[0])[1]:
            for base in _numbers_in(sides[1]):
                ranks.pop(base, None)
    misfits = []
    for number in sorted(range(len(claims)), key=lambda n: (n not in defining, n)):
        if claims[number]:
            saved = dict(solver.parent)
            solver.strict = number not in defining
            try:
                solver.equate(*claims[number])
            except ShapeConflict:
                solver.parent = saved
                misfits.append(number)
    table = {sort: solver.find(sort) for sort in {*sorts.of.values(), *(s for s in solver.parent)}}
    of: dict[str, Dims] = {}
    for base in {**ranks, **bodies}:
        if sorts.arity.get(base):
            continue
        try:
            dims = solver.named(base) if ranks else None
        except ShapeConflict:
            dims = None
        if dims is not None and "?" not in dims:
            of[base] = solver.find(dims[0]), solver.find(dims[1])
    joined = replace(
        sorts,
        of={key: table.get(sort, sort) for key, sort in sorts.of.items()},
        counted=frozenset(table.get(sort, sort) for sort in sorts.counted),
        fixed={table.get(sort, sort): size for sort, size in sorts.fixed.items()},
        named={name: table.get(sort, sort) for name, sort in sorts.named.items()},
        least={table.get(sort, sort): value for sort, value in sorts.least.items()},
    )
    return Shapes({base: dims for base, dims in of.items() if dims != (ONE, ONE)}, joined, tuple(misfits))


def near_of(claims: Sequence[Sequence[Node]], signs: Signs) -> frozenset[int]:
    """The claims that stand near one with a sum, an index or a matrix: a long text has other parts."""
    told = [
        number
        for number, sides in enumerate(claims)
        if any(_tells(node, signs) for side in sides for node in side.walk())
    ]
    near = {number for number in range(len(claims)) if any(abs(number - other) <= REACH for other in told)}
    while True:  # and what defines the names that stand there
        used = {base_of(node) for number in near for side in claims[number] for node in names_of(side)}
        more = {
            number
            for number, sides in enumerate(claims)
            if sides
            and number not in near
            and sides[0].kind == "name"
            and base_of(sides[0]) in used
            and any(True for _ in names_of(sides[1]))
        }
        if not more:
            return frozenset(near)
        near |= more


def _tells(node: Node, signs: Signs) -> bool:
    if node.kind == "name":
        return any(place_of(index)[0] for script in node.scripts for index in script.parts if index.kind != "word")
    softmax = node.kind == "call" and node.value == "softmax"
    return (node.kind in _MATRICES and tells_arrays(node)) or node.kind == "sums" or softmax


def ranks_of(trees: Sequence[Node], signs: Signs, sorts: Sorts, programmed: frozenset[str]) -> dict[str, int]:
    """2 for a matrix, 1 for a vector, by the letter and by where it stands; numbers are left out."""
    signs_told = any(node.kind in _MATRICES and tells_arrays(node) for tree in trees for node in tree.walk())
    if not signs_told and not _differentiates_arrays(trees):
        return {}
    found: dict[str, int] = {}
    above: set[str] = set()
    below: set[str] = set()
    told: set[str] = set()
    beside: set[str] = set()
    for tree in trees:
        for node in tree.walk():
            if node.kind == "partial":
                above |= _plain(node.parts[0], sorts)
                below |= _plain(node.parts[1], sorts)
            elif node.kind == "gradient":
                above |= _plain(node.parts[-1], sorts)
                below |= _plain(node.parts[0], sorts) if len(node.parts) > 1 else set()
            elif node.kind in ("product", "entrywise", "matmul", "transposed", "total") or (
                (node.kind == "call"
                and node.value in ("softmax", "σ", "sigmoid", "tanh", "relu", "ReLU"))
                or (node.kind == "call"
                and node.parts != ())
            ):
                for part in node.parts:
                    told |= _plain(part, sorts)
            elif node.kind == "sum":
                for part in node.parts:
                    beside |= _plain(part, sorts)
    for name in above | below | told | beside | _defined(trees, sorts):
        letter = name.rstrip("^").removesuffix("()")
        core = letter.rstrip("0123456789").partition("^")[0]
        if core in _NUMBERS or letter.endswith("()") or (core in _LOSSES and name not in told):
            continue
        if name in above and name not in below and name not in told:
            continue
        if not (
            name in told
            or name in below
            or (name in beside
            and core[:1] in "bBβ")
            or name in programmed
            or name in _defined(trees, sorts)
        ):
            continue
        found[name] = 2 if name in programmed or core[:1].isupper() else 1
    return found


def _differentiates_arrays(trees: Sequence[Node]) -> bool:
    return any(node.kind == "call" and node.value == "softmax" for tree in trees for node in tree.walk())


def _defined(trees: Sequence[Node], sorts: Sorts) -> set[str]:
    return {
        base_of(tree)
        for tree in trees
        if tree.kind == "name" and not slots_of(tree)[1] and not sorts.arity.get(base_of(tree))
    }


def _plain(node: Node, sorts: Sorts) -> set[str]:
    """The base of a name without indices below, through brackets, signs and a transpose."""
    while node.kind in ("group", "negative", "transposed", "inverse") and node.parts:
        node = node.parts[0]
    if node.kind != "name" or slots_of(node)[1] or sorts.arity.get(base_of(node)):
        return set()
    return {base_of(node)}


def _numbers_in(tree: Node) -> Iterator[str]:
    """The names without indices of an equation of numbers, those left out that stand for all their entries."""
    if tree.kind == "name" and not slots_of(tree)[1]:
        yield base_of(tree)
    if (
        tree.kind in ("entry", "norm", "matmul", "transposed", "entrywise")
        or (tree.kind == "call"
        and tree.value == "softmax")
        or (tree.kind == "product"
        and any(part.kind == "transposed" for part in tree.parts))
    ):
        return
    for part in tree.parts:
        yield from _numbers_in(part)


def names_of(tree: Node) -> Iterator[Node]:
    """The names of a tree."""
    yield from (node for node in tree.walk() if node.kind == "name")
