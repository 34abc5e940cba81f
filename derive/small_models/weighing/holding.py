"""A name held against the derivative that it must be, at two sizes of each range."""

from collections.abc import Mapping
from itertools import cycle
from types import MappingProxyType

from msgspec.structs import replace

from derive.defects import left_open
from derive.errors import DeriveError
from derive.formulas.claims import ONE_HOT
from derive.formulas.syntax import Node
from derive.small_models.models.tensors import numeral
from derive.small_models.notation.slots import base_of, names_of
from derive.small_models.weighing.assumptions import Assumed
from derive.small_models.weighing.comparison import Comparisons, Outcome
from derive.small_models.weighing.grounds import told_bases
from derive.small_models.weighing.layouts import sorts_of
from derive.small_models.weighing.ways import Way
from derive.small_models.worlds import Indexed
from derive.small_models.worlds.conditions import Total
from derive.small_models.worlds.dimensions import ONE
from derive.small_models.worlds.shares import classes_of
from derive.small_models.worlds.sides import Sides

_SIZES = (((2,), (1, 2, 3), (3, 1, 2)), ((2, 3), (3, 2, 2, 3)))
"""The sizes of ranges at which a loss is looked at, which is large, and at which a later derivative is: of no two
ranges are both alike, so that n n is not taken for n k, and none is 2 throughout, so that 2/n is not taken for 1.
"""


class Holding:
    """What holds the names of derivatives of one document against what they must be."""

    def __init__(self, indexed: Indexed, comparisons: Comparisons) -> None:
        self.world, self.comparisons = indexed.world, comparisons
        one, (rows, alone) = numeral(1), ONE_HOT
        hot = (base for base in told_bases(indexed) if base.startswith((rows, alone)))
        self.classes = {base: Total(base, int(base.startswith(rows)), one) for base in hot}
        """Labels as matrices of zeros and ones, of which each row has a one, and those of one sample."""
        self.shares = classes_of(indexed.world)

    def held(self, number: int, name: Node, by: Node, way: Way) -> Outcome | None:
        """A name held against what it must be, at two sizes of each range; None where that cannot be worked out.

        A whole loss is large: it is looked at with size 2 alone.
        """
        found = self.at_two_sizes(number, name, by, way, way.held)
        if found is not None and found.contradicts and (columns := self._columns(way)):
            alone = self.at_two_sizes(number, name, by, way, way.held, columns)
            if alone is not None and alone.verdict == "proved":
                return replace(alone, reason=f"where what the loss is of has one column; {alone.reason}")
        if not way.held or (found is not None and found.verdict == "proved"):
            return found
        whole = self.at_two_sizes(number, name, by, way, frozenset())
        is_open = whole is None or whole.verdict == "undecided"
        return found if is_open and not self._is_written_out(name, by, way) else whole

    def _columns(self, way: Way) -> Mapping[str, int]:
        """The columns of what a loss holds something against, each one, where it is a mean of all entries: over the
        samples it is one of one column alone.
        """
        bodies = [rule.body for rule in self.world.rules.get(way.source, ()) if not way.is_given]
        is_mean = any(node.kind == "total" and node.order and not node.value for body in bodies for node in body.walk())
        held = {base_of(name) for body in bodies if is_mean for name in names_of(body)}
        columns = (self.world.shapes[base][1] for base in held if base in self.world.shapes)
        return {dim: 1 for dim in columns if dim != ONE}

    def _is_written_out(self, name: Node, by: Node, way: Way) -> bool:
        """Whether a derivative has what is held written out, too: relu'(X W + b) for relu'(Z)."""
        bodies = (rule.body for rule in self.world.rules.get(base_of(name), ()))
        own = [part for body in bodies for part in names_of(body) if base_of(part) not in way.held]
        return not set(self.world.below(own)).isdisjoint(self.world.below([by]))

    def at_two_sizes(
        self,
        number: int,
        name: Node,
        by: Node,
        way: Way,
        held: frozenset[str],
        fixed: Mapping[str, int] = MappingProxyType({}),
    ) -> Outcome | None:
        """The same with so much taken as it is, and with some sizes fixed."""
        try:
            sides = Sides(self._at_each(name, by), way.expected)
            shapes = (self.world.shapes.get(base, ()) for base in self.world.below(sides.names()))
            dims = (dim for dims in shapes for dim in dims if dim != ONE)
            sorts = dict.fromkeys((*sorts_of(self.world, number, sides), *dims))
            grids = tuple({**dict(zip(sorts, cycle(sizes), strict=False)), **fixed} for sizes in _SIZES[way.is_given])
            below = () if way.is_given else tuple(self.world.below(sides.names()))
            shares = {base: one for base, one in self.shares.items() if base in below}
            totals = {**shares, **self.classes}
            found = self.comparisons.outcome(number, sides, Assumed(given=held, totals=totals), grids)
            told = "".join(f"∑ {base} = 1 as for one-hot targets; " for base in shares)
            return replace(found, reason=told + found.reason) if found.verdict == "proved" else found
        except DeriveError:
            return None
        except Exception as error:
            left_open(error)
            return None

    def _at_each(self, name: Node, by: Node) -> Node:
        """A derivative by an array that is one number counts for every entry, as NumPy has it."""
        if base_of(name) in self.world.shapes or base_of(by) not in self.world.shapes:
            return name
        return Node("sum", (name, Node("product", (numeral(0), by))))
