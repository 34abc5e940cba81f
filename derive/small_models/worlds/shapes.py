"""The shapes of names without indices: numbers, columns or rows, matrices, as the document's equations need them."""

from collections.abc import Collection, Mapping, Sequence

from msgspec import Struct

from derive.formulas.syntax import Node
from derive.small_models.notation.slots import base_of, is_lettered, names_of, slots_of
from derive.small_models.worlds.definitions import Function
from derive.small_models.worlds.differentials import gradient_of
from derive.small_models.worlds.dimensions import (
    ONE,
    UNKNOWN,
    Dimensions,
    Dims,
    ShapeConflict,
    dimension,
    is_known,
    of_size,
)
from derive.small_models.worlds.ranks import losses_of, programmed_of, ranks_of, weights_of
from derive.small_models.worlds.scope import Scope
from derive.small_models.worlds.sides import Sides, first_readings
from derive.small_models.worlds.sorts import Sorts
from derive.small_models.worlds.words import Words


class Shapes(Struct, frozen=True):
    """Shapes by base, sorts with those that became one, and how many equations do not fit."""

    of: Mapping[str, Dims]
    sorts: Sorts
    misfits: int


def shapes_of(
    scope: Scope,
    sorts: Sorts,
    stating: Collection[int],
    bodies: Mapping[str, Node],
    functions: Mapping[str, Function],
    words: Words,
    row: bool,
    small: bool,
) -> Shapes:
    """The shapes under which the equations fit, those first that state a definition.

    `stating` are the claims that state one; `bodies` what defines each whole array; `words` what the text says of them.
    With `row` vectors are rows, with `small` a program's names that are written small are vectors, and
    no equation makes them numbers.
    """
    programmed = programmed_of(scope)
    ranks = ranks_of(scope, sorts, programmed, words, small)
    biases = {base: row for base in programmed if base[:1] in "bB" and base in ranks}
    biases.update((base, is_row) for base, is_row in _told_biases(scope).items() if base in biases)
    shaping = _Shaping(sorts, ranks, bodies, functions, biases, row)
    shaping.matrices = weights_of(scope, sorts) & ranks.keys()
    misfits = 0
    for loss in losses_of(scope, sorts) & bodies.keys():
        shaping.is_number(loss)
    for number, sides in sorted(first_readings(scope.claims), key=lambda one: (one[0] not in stating, one[0])):
        misfits += not shaping.fits(sides, is_strict=small or number not in stating)
    for name in programmed:  # a gradient has the shape of what it is taken by, where no equation tells otherwise
        of = Node("name", (), name)
        by = gradient_of(of, ranks)
        shaping.fits(Sides(of, of if by is None else by), is_strict=True)
    classes = shaping.dimensions.classes(sorts.of.values())
    found = {base: shaping.of(base) for base in {**ranks, **bodies} if ranks and not sorts.arity.get(base)}
    return Shapes(
        {base: dims for base, dims in found.items() if dims is not None and dims != (ONE, ONE)},
        sorts.merged(classes),
        misfits,
    )


def _told_biases(scope: Scope) -> dict[str, bool]:
    """Whether a bias is a row: X @ W + b has a row for b, W @ X + b a column."""
    told: dict[str, bool] = {}
    for node in (node for _, sides in scope.nearby() for node in sides.walk() if node.kind == "sum"):
        products = [part for part in node.parts if part.kind == "matmul"]
        names = [part for part in node.parts if part.kind == "name"]
        if products and names:
            left, right = products[0].parts
            for side, is_row in ((right, True), (left, False)):
                if side.kind == "name" and side.value[:1] in "wWθΘ":
                    told.setdefault(base_of(names[0]), is_row)
    return told


class _Shaping:
    """The dimensions of trees, joined equation by equation."""

    def __init__(
        self,
        sorts: Sorts,
        ranks: Mapping[str, int],
        bodies: Mapping[str, Node],
        functions: Mapping[str, Function],
        biases: Mapping[str, bool],
        row: bool,
    ) -> None:
        self.sorts, self.ranks, self.bodies, self.functions = sorts, ranks, bodies, functions
        self.biases, self.row = biases, row
        self.dimensions = Dimensions()
        self.open: set[str] = set()
        self.bound: Mapping[str, Dims | None] = {}
        """The variables of the function that is being applied."""
        self.matrices: frozenset[str] = frozenset()
        """Those of which no equation may make numbers."""
        self.known: dict[tuple[str, int], Dims | None] = {}
        """Names by what was joined when they were asked for: of definitions on definitions none is walked twice."""

    def fits(self, sides: Sides, is_strict: bool) -> bool:
        """Whether the shapes of both sides can be one, and made one then."""
        saved = dict(self.dimensions.parent)
        self.dimensions.is_strict = is_strict
        try:
            self._equate(sides)
        except ShapeConflict:
            is_fitting = False
        else:
            is_fitting = (ONE, ONE) not in map(self.of, self.matrices)
        if not is_fitting:
            self.dimensions.restore(saved)
        return is_fitting

    def is_number(self, base: str) -> None:
        """Makes a name a number where its definition can be one."""
        saved = dict(self.dimensions.parent)
        try:
            for one in self._named(base) or ():
                self.dimensions.join(one, ONE)
        except ShapeConflict:
            self.dimensions.restore(saved)

    def of(self, base: str) -> Dims | None:
        """The dimensions of a name, as far as they are known."""
        try:
            dims = self._named(base)
        except ShapeConflict:
            return None
        return (self.dimensions.find(dims[0]), self.dimensions.find(dims[1])) if is_known(dims) else None

    def _equate(self, sides: Sides) -> None:
        one, other = self._shape(sides.left), self._shape(sides.right)
        if not is_known(one) or not is_known(other):
            return
        is_one = self.dimensions.is_one
        is_turned = (is_one(one[1]) and is_one(other[0])) or (is_one(one[0]) and is_one(other[1]))
        if is_turned and sides.left.kind in ("partial", "gradient"):
            other = (other[1], other[0])
        self.dimensions.join(one[0], other[0])
        self.dimensions.join(one[1], other[1])

    def _vector(self, dim: str, is_row: bool) -> Dims:
        return (ONE, dim) if is_row else (dim, ONE)

    def _named(self, base: str) -> Dims | None:
        """The dimensions of a name, remembered where nothing else is being told."""
        asked = base, self.dimensions.changes
        if asked in self.known:
            return self.known[asked]
        is_alone = not self.open and not self.bound
        dims = self._told(base)
        if is_alone:
            self.known[base, self.dimensions.changes] = dims
        return dims

    def _told(self, base: str) -> Dims | None:
        """The dimensions of a name: those of what defines it, else by its rank."""
        if base in self.bodies and base not in self.open:
            made = self._within(base, self.bodies[base])
            if made is None or is_known(made):
                return made
        if base in self.biases:
            return self._vector(dimension(base, 0), self.biases[base])
        match self.ranks.get(base, 0):
            case 0:
                return None
            case 2:
                return dimension(base, 0), dimension(base, 1)
        return self._vector(dimension(base, 0), self.row)

    def _within(self, name: str, body: Node) -> Dims | None:
        """The dimensions of a definition's body, in which the name itself is open."""
        self.open.add(name)
        try:
            return self._shape(body)
        finally:
            self.open.discard(name)

    def _shape(self, node: Node) -> Dims | None:
        """The dimensions of a tree; None for a number."""
        match node.kind:
            case "name":
                return self._name(node)
            case "number" | "size" | "norm" | "limit" | "entry" | "condition":
                return None
            case "sums":  # a bare ∑ of a whole array adds up its entries
                inner = self._shape(node.parts[-1])
                is_whole = len(node.parts) == 1 and not any(map(is_lettered, names_of(node)))
                return None if is_whole and node.value == "∑" else inner
            case "group" | "negative" | "inverse" | "prime" | "absolute":
                return self._shape(node.parts[0])
            case "transposed":
                inner = self._shape(node.parts[0])
                return None if inner is None else (inner[1], inner[0])
            case "sum" | "entrywise" | "fraction" | "power" | "case":
                return self._alike([self._shape(part) for part in node.parts])
            case "call":
                return self._call(node)
            case "matmul":
                left, right = (self._shape(part) for part in node.parts)
                if is_known(left) and is_known(right) and left == right and ONE in left:
                    return None  # r @ r, of one dimension, is a number
                return self._product([left, right])
            case "product":
                return self._product([self._shape(part) for part in node.parts])
            case "partial" | "gradient":
                return self._derivative(node)
            case "matrix" if node.value != "cases" and len({len(row.parts) for row in node.parts}) == 1:
                return of_size(len(node.parts)), of_size(len(node.parts[0].parts))
            case "total" | "extreme":
                inner = self._shape(node.parts[0])
                if inner is None or node.value == "":
                    return None
                return (ONE, inner[1]) if node.value == "0" else (inner[0], ONE)
        return UNKNOWN

    def _name(self, node: Node) -> Dims | None:
        base = base_of(node)
        if not node.scripts and base in self.bound:
            return self.bound[base]
        below = self.sorts.below(base)
        if not below:
            return self._named(base)
        told = len(slots_of(node)[1])
        if len(below) == 2 and told == 1:
            return self._vector(below[1], self.row)
        if told or len(below) > 2:
            return None
        return (below[0], below[1]) if len(below) == 2 else self._vector(below[0], self.row)

    def _call(self, node: Node) -> Dims | None:
        """A function goes entry by entry; one of several arguments gives a number."""
        shapes = [self._shape(part) for part in node.parts]
        own = self.functions.get(node.value)
        is_own = own is not None and not own.letter and node.value not in self.open
        if own is not None and is_own and len(own.variables) == len(shapes):
            saved = self.bound
            self.bound = {**saved, **dict(zip(own.variables, shapes, strict=True))}
            try:
                return self._within(node.value, own.body)
            finally:
                self.bound = saved
        if node.value == "diag" and is_known(shapes[0]):
            size = shapes[0][self.dimensions.is_one(shapes[0][0])]
            return size, size
        return shapes[0] if len(shapes) == 1 else None

    def _derivative(self, node: Node) -> Dims | None:
        """Of a number by an array, the array's; of an array by an array, unknown."""
        of, *by = node.parts if node.kind == "partial" else node.parts[::-1]
        above, below = self._shape(of), self._shape(by[0]) if by else None
        if above is None:
            return below
        return above if below is None else UNKNOWN

    def _alike(self, shapes: Sequence[Dims | None]) -> Dims | None:
        """What goes entry by entry is of one shape; a row or a column goes with all of the other's."""
        known = [dims for dims in shapes if is_known(dims)]
        if not known:
            return None
        is_one = self.dimensions.is_one
        rows, columns = known[0]
        for other in known[1:]:
            for one, two in zip((rows, columns), other, strict=True):
                if is_one(one) == is_one(two):
                    self.dimensions.join(one, two)
            rows, columns = (two if is_one(one) else one for one, two in zip((rows, columns), other, strict=True))
        return rows, columns

    def _product(self, shapes: Sequence[Dims | None]) -> Dims | None:
        """A product of matrices: the columns of each are the rows of the next."""
        made: Dims | None = None
        for dims in shapes:
            if dims is not None and not is_known(dims):
                return dims
            if made is None or dims is None:
                made = made or dims
            else:
                self.dimensions.join(made[1], dims[0])
                made = (made[0], dims[1])
        if made is not None and self.dimensions.is_one(made[0]) and self.dimensions.is_one(made[1]):
            return None
        return made
