"""What a document says of its arrays, in one frozen value."""

from collections.abc import Collection, Container, Iterable, Iterator, Mapping, Sequence

from msgspec import Struct

from derive.formulas.syntax import Node
from derive.reach import reached
from derive.small_models.notation import Signs
from derive.small_models.notation.slots import base_of, names_of
from derive.small_models.worlds.conditions import Total
from derive.small_models.worlds.definitions import Function, Rule
from derive.small_models.worlds.dimensions import Dims
from derive.small_models.worlds.sorts import Sorts


class World(Struct, frozen=True):
    """What a document says of its arrays, under one hypothesis."""

    signs: Signs
    sorts: Sorts
    rules: Mapping[str, tuple[Rule, ...]]
    opaque: Mapping[str, tuple[str, ...]]
    """Losses that nothing defines, with the bases by which they are differentiated."""
    totals: Mapping[str, Total]
    """The arrays of which the sum of the entries is told."""
    values: Mapping[str, Node]
    """The names that are given one number, and no other one."""
    functions: Mapping[str, Function]
    shapes: Mapping[str, Dims]
    """Rows and columns of the names without indices that are arrays."""
    layers: Mapping[tuple[str, tuple[int, ...]], Dims]
    """The same in each layer, of names that have some."""
    kinds: Mapping[str, str]
    """The matrices that are symmetric or diagonal, each with which of these it is."""
    constants: frozenset[str]
    """Letters that are one index throughout: the right class c."""
    row: bool
    """Whether vectors are rows."""
    loose: bool
    """Whether a product of two vectors of one shape goes entry by entry."""
    dotted: bool
    """Whether it is an inner product."""
    flat: bool
    """Whether vectors have one dimension, as NumPy has them, and are columns here."""

    @property
    def recurrent(self) -> frozenset[str]:
        """What is told at each index by itself at another one, h_t by h_{t-1}, be it through a_t; layers are none."""

        def used(base: str) -> Iterator[str]:
            return (base_of(name) for rule in self.rules.get(base, ()) for name in names_of(rule.body))

        steps = (base for base, rules in self.rules.items() if any(map(_tells_a_step, rules)))
        return frozenset(base for base in steps if base in reached(used(base), used))

    def as_call(self, name: Node, bound: Container[str]) -> Node | None:
        """A function that is written without its variables where these are bound, h for h(x) within p(x), applied."""
        own = self.functions.get(name.value.removesuffix("()")) if not name.scripts else None
        if own is None or own.letter or not any(variable in bound for variable in own.variables):
            return None
        variables = tuple(Node("name", (), variable) for variable in own.variables)
        return Node("call", variables, name.value.removesuffix("()"))

    def dimensions(self, base: str, above: Sequence[int]) -> Dims | None:
        """Rows and columns of a name without indices below, at these indices above; None for a number."""
        sorts = self.sorts.above(base)
        layer = tuple(at for at, sort in zip(above, sorts, strict=False) if sort in self.sorts.counted)
        return self.layers.get((base, layer), self.shapes.get(base))

    def ranges_of(self, base: str) -> tuple[str, ...]:
        """What the rows and the columns of a name run over, in whatever layer it stands."""
        dims = (self.layers[base, layer] for layer in self.sorts.layers(base) if (base, layer) in self.layers)
        return (*(dim for pair in dims for dim in pair), *self.shapes.get(base, ()))

    def below(self, names: Iterable[Node]) -> Iterator[str]:
        """The bases of names, and those of what they rest on."""

        def used(base: str) -> Iterator[str]:
            return (base_of(name) for rule in self.rules.get(base, ()) for name in names_of(rule.body))

        return reached(map(base_of, names), used)

    def rests_on(self, names: Iterable[Node], bases: Collection[str]) -> bool:
        """Whether names rest on one of some bases."""
        return bool(bases) and not set(self.below(names)).isdisjoint(bases)


def _tells_a_step(rule: Rule) -> bool:
    """Whether a rule has a letter below that counts, or that of time above, where many vectors have one name."""
    return bool(rule.below and not rule.above) or [index.value for index in rule.above] == ["t"]
