"""The dimensions of trees, joined equation by equation and layer by layer."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from itertools import product as every

from derive.formulas.syntax import Node
from derive.formulas.vocabulary import OF_VECTORS
from derive.small_models.notation import Signs
from derive.small_models.notation.slots import base_of, is_lettered, names_of, place_of, slots_of
from derive.small_models.worlds.definitions import Function, Rule
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
from derive.small_models.worlds.kinds import IDENTITY
from derive.small_models.worlds.one_sample import is_outer
from derive.small_models.worlds.sides import Sides
from derive.small_models.worlds.sorts import Sorts

ENTRYWISE = frozenset(("max", "min"))
"""Functions of several arguments that go entry by entry."""
Place = tuple[str, tuple[int, ...]]
"""A base, and the layer in which it stands; none of a function."""


class Shaping:
    """The dimensions of trees, joined equation by equation."""

    def __init__(
        self,
        signs: Signs,
        sorts: Sorts,
        ranks: Mapping[str, int],
        rules: Mapping[str, tuple[Rule, ...]],
        functions: Mapping[str, Function],
        biases: Mapping[str, bool],
        row: bool,
    ) -> None:
        self.signs, self.sorts, self.ranks, self.rules, self.functions = signs, sorts, ranks, rules, functions
        self.biases, self.row = biases, row
        self.dimensions = Dimensions()
        self.at: Mapping[str, int] = {}
        """The letters that count layers, at the layer that is being looked at."""
        self.open: set[Place] = set()
        self.bound: Mapping[str, Dims | None] = {}
        """The variables of the function that is being applied."""
        self.targets: frozenset[str] = frozenset()
        """What a program only holds against something else."""
        self.matrices: frozenset[str] = frozenset()
        """Those of which no equation may make numbers."""
        self.spaces: Mapping[str, tuple[str, ...]] = {}
        """The dimensions that the text says that arrays have."""
        self.is_dotted = False
        """Whether a product of two vectors of one shape is an inner product."""
        self.is_flat = False
        """Whether vectors have one dimension, and are columns here."""
        self.known: dict[tuple[Place, int], Dims | None] = {}
        """Names by what was joined when they were asked for: of definitions on definitions none is walked twice."""

    def fits(self, sides: Sides, is_strict: bool) -> bool:
        """Whether the shapes of both sides can be one in every layer, and made one then."""
        saved = dict(self.dimensions.parent)
        self.dimensions.is_strict = is_strict
        try:
            for at in self._layers(sides):
                self.at = at
                self._equate(sides)
        except ShapeConflict:
            is_fitting = False
        else:
            places = (self.of(base, layer) for base in self.matrices for layer in self.sorts.layers(base))
            is_fitting = (ONE, ONE) not in places
        self.at = {}
        if not is_fitting:
            self.dimensions.restore(saved)
        return is_fitting

    def _layers(self, sides: Sides) -> Iterator[dict[str, int]]:
        """The letters that count layers, at all layers at which an equation has a meaning."""
        places = [place_of(index) for name in sides.names() for index in self._counting(name)]
        letters = sorted({letter for letter, _ in places} - self.signs.tops - {""})
        for values in every(range(self.sorts.top + 1), repeat=len(letters)):
            at = dict(zip(letters, values, strict=True))
            if all(0 <= at.get(letter, 0) + shift <= self.sorts.top for letter, shift in places if letter in at):
                yield at

    def _counting(self, name: Node) -> Iterator[Node]:
        """The indices above a name that count layers."""
        above = slots_of(name)[0]
        return (i for i, s in zip(above, self.sorts.above(base_of(name)), strict=False) if s in self.sorts.counted)

    def _layer(self, name: Node) -> tuple[int, ...]:
        """The layer in which a name stands."""
        top, tops = self.sorts.top, self.signs.tops
        places = map(place_of, self._counting(name))
        return tuple(shift + (top if letter in tops else self.at.get(letter, 0)) for letter, shift in places)

    def is_told(self, base: str) -> bool:
        """Whether an array can have the dimensions that the text says it has, and given them then."""
        saved = dict(self.dimensions.parent)
        dims = self.of(base, ())
        try:
            for one, other in zip(dims or (), self._spaced(base), strict=False):
                self.dimensions.join(one, other)
        except ShapeConflict:
            self.dimensions.restore(saved)
            return False
        return True

    def _spaced(self, base: str) -> Dims:
        """The dimensions that the text says an array has; of a vector one is told."""
        sizes = self.spaces[base]
        is_row = self.biases.get(base, self.row)
        return self._vector(sizes[0], is_row) if len(sizes) == 1 else (sizes[0], sizes[1])

    def is_number(self, base: str) -> None:
        """Makes a name a number where its definition can be one, at all layers that this has."""
        saved = dict(self.dimensions.parent)
        try:
            for body in (rule.body for rule in self.rules[base]):
                for at in self._layers(Sides(body, body)):
                    self.at = at
                    for one in self._shape(body) or ():
                        self.dimensions.join(one, ONE)
        except ShapeConflict:
            self.dimensions.restore(saved)
        self.at = {}

    def of(self, base: str, layer: tuple[int, ...]) -> Dims | None:
        """The dimensions of a name in a layer, as far as they are known."""
        try:
            dims = self._named((base, layer))
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

    def _named(self, place: Place) -> Dims | None:
        """The dimensions of a name, remembered where nothing else is being told."""
        asked = place, self.dimensions.changes
        if asked in self.known:
            return self.known[asked]
        is_alone = not self.open and not self.bound
        dims = self._told(place)
        if is_alone:
            self.known[place, self.dimensions.changes] = dims
        return dims

    def _told(self, place: Place) -> Dims | None:
        """The dimensions of a name: those of what defines it, else by its rank."""
        base, layer = place
        if place not in self.open and all(0 <= number <= self.sorts.top for number in layer):
            for rule in self.rules.get(base, ()):
                at = rule.matched(layer, self.signs, self.sorts.top)
                made = self._within(place, rule.body, at) if at is not None else UNKNOWN
                if made is None or is_known(made):
                    return made
        rows, columns = (dimension(base, layer, place) for place in range(2))
        if base in self.biases:
            return self._vector(rows, self.biases[base])
        match self.ranks.get(base, 0):
            case 0:
                return None
            case 2:
                return rows, rows if base == IDENTITY and base not in self.rules else columns
        return self._vector(rows, self.row)

    def _within(self, place: Place, body: Node, at: Mapping[str, int]) -> Dims | None:
        """The dimensions of a definition's body at a layer, in which the name itself is open."""
        saved, self.at = self.at, at
        self.open.add(place)
        try:
            return self._shape(body)
        finally:
            self.at = saved
            self.open.discard(place)

    def _shape(self, node: Node) -> Dims | None:
        """The dimensions of a tree; None for a number."""
        match node.kind:
            case "name":
                return self._name(node)
            case "number" | "size" | "norm" | "limit" | "condition":
                return None
            case "entry":
                return self._of_entries(node)
            case "sums":  # a bare ∑ of a whole array adds up its entries
                inner = self._shape(node.parts[-1])
                is_whole = len(node.parts) == 1 and not any(map(is_lettered, names_of(node)))
                return None if is_whole and node.value == "∑" else inner
            case "group" | "negative" | "inverse" | "prime" | "absolute":
                return self._shape(node.parts[0])
            case "transposed":
                inner = self._shape(node.parts[0])
                return None if inner is None else (inner[1], inner[0])
            case "sum" if any(map(self._is_target, node.parts)):
                return self._of_targets([self._shape(part) for part in node.parts])
            case "sum" | "entrywise" | "fraction" | "power" | "case":
                return self._alike([self._shape(part) for part in node.parts])
            case "call":
                return self._call(node)
            case "matmul" if not is_outer(node) or not self.is_flat:
                left, right = (self._shape(part) for part in node.parts)
                if is_known(left) and is_known(right) and self._makes_number(left, right):
                    self.dimensions.join(left[0], right[0])
                    self.dimensions.join(left[1], right[1])
                    return None  # r @ r, w @ x, of one dimension each, is a number
                if self.is_flat and is_known(left) and is_known(right) and self._is_column(left):
                    self.dimensions.join(left[0], right[0])
                    return right[1], ONE  # x @ W has one dimension
                return self._product([left, right])
            case "product" | "matmul":
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

    def _of_entries(self, node: Node) -> Dims | None:
        """The dimensions of the vector or matrix whose entries a formula tells, (x_i y_j)_ij; an entry has none."""
        inner, *indices = node.parts
        slots = {
            place_of(index)[0]: self.sorts.slot(base_of(name), script.kind, place)
            for name in names_of(inner)
            for script in name.scripts
            for place, index in enumerate(script.parts)
        }
        found = [slots.get(index.value, "") for index in indices if index.kind == "name"]
        if not found or len(found) > 2 or not all(found):
            return None
        if len(found) == 2:
            return found[0], found[1]
        return self._vector(found[0], self.row if not node.value else node.value == "row")

    def _is_column(self, dims: Dims) -> bool:
        return self.dimensions.is_one(dims[1])

    def _makes_number(self, left: Dims, right: Dims) -> bool:
        """Whether two factors of one dimension each are two columns, or the same row or column twice."""
        is_one = self.dimensions.is_one
        columns = is_one(left[1]) and is_one(right[1]) and not (is_one(left[0]) or is_one(right[0]))
        return columns or (left == right and ONE in left)

    def _name(self, node: Node) -> Dims | None:
        base = base_of(node)
        if not node.scripts and base in self.bound:
            return self.bound[base]
        below = self.sorts.below(base)
        if not below:
            return self._named((base, self._layer(node)))
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
        place = node.value, ()
        is_own = own is not None and not own.letter and place not in self.open
        if own is not None and is_own and len(own.variables) == len(shapes):
            saved = self.bound
            self.bound = {**saved, **dict(zip(own.variables, shapes, strict=True))}
            try:
                return self._within(place, own.body, {})
            finally:
                self.bound = saved
        if node.value == "diag" and is_known(shapes[0]):
            size = shapes[0][self.dimensions.is_one(shapes[0][0])]
            return size, size
        if node.value in OF_VECTORS and node.value not in ("softmax", "diag"):
            if is_known(shapes[0]):
                self.dimensions.join(*shapes[0])
            return None
        if node.value in ENTRYWISE:
            return self._alike(shapes)
        return shapes[0] if len(shapes) == 1 else None

    def _derivative(self, node: Node) -> Dims | None:
        """Of a number by an array, the array's; of an array by an array, unknown."""
        of, *by = node.parts if node.kind == "partial" else node.parts[::-1]
        above, below = self._shape(of), self._shape(by[0]) if by else None
        if above is None and is_known(below) and node.kind == "gradient" and node.order == 2:
            size = below[self.dimensions.is_one(below[0])]
            return size, size
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

    def _are_alike(self, one: Dims, other: Dims) -> bool:
        """Whether both are columns, or both rows."""
        return any(self.dimensions.is_one(one[at]) and self.dimensions.is_one(other[at]) for at in (0, 1))

    def _is_target(self, part: Node) -> bool:
        """Whether a term is a target, or less a target."""
        inner = part.parts[0] if part.kind == "negative" else part
        return inner.kind == "name" and base_of(inner) in self.targets

    def _of_targets(self, shapes: Sequence[Dims | None]) -> Dims | None:
        """A prediction less a target: both have one shape, nothing is repeated along an axis."""
        known = [dims for dims in shapes if is_known(dims)]
        for one, other in pairwise(known):
            self.dimensions.join(one[0], other[0])
            self.dimensions.join(one[1], other[1])
        return known[0] if known else None

    def _product(self, shapes: Sequence[Dims | None]) -> Dims | None:
        """A product of matrices: the columns of each are the rows of the next."""
        made: Dims | None = None
        for dims in shapes:
            if dims is not None and not is_known(dims):
                return dims
            if made is None or dims is None:
                made = made or dims
            elif self.is_dotted and self._are_alike(made, dims):
                self.dimensions.join(made[0], dims[0])
                self.dimensions.join(made[1], dims[1])
                made = None
            else:
                self.dimensions.join(made[1], dims[0])
                made = (made[0], dims[1])
        if made is not None and self.dimensions.is_one(made[0]) and self.dimensions.is_one(made[1]):
            return None
        return made
