"""A document's world at concrete sizes: every name that has indices becomes so many plain names."""

from collections.abc import Mapping, Sequence
from itertools import product as every
from math import prod
from types import MappingProxyType
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from derive.formulas.syntax import Node
from derive.small_models.errors import OutOfRangeError, UnclearError
from derive.small_models.models.elaboration import elaborated
from derive.small_models.models.ranges import CLAIM, Env, Ranges
from derive.small_models.models.tensors import Tensor, identity, number, numeral, plus, told
from derive.small_models.notation.slots import KRONECKER, base_of, place_of, slots_of
from derive.small_models.worlds.conditions import Total
from derive.small_models.worlds.definitions import Rule
from derive.small_models.worlds.kinds import DIAGONAL, IDENTITY, SYMMETRIC

MOST_CELLS = 4_000


class Entry(Struct, frozen=True):
    """One entry of an array."""

    base: str
    above: tuple[int, ...] = ()
    below: tuple[int, ...] = ()

    @property
    def name(self) -> str:
        """The name that stands for it: w^2_12."""
        letter = self.base.rstrip("^")
        above = "".join(f"^{i}" for i in self.above)
        joint = "" if max((0, *self.below)) < 10 else ","
        return letter + above + (f"_{joint.join(map(str, self.below))}" if self.below else "")


class Model:
    """A world at sizes.

    `totals` are those that are used, `tied` names that are sizes of a sort, `hot` a vector with the place
    of its one, `given` what is taken as it is, whatever defines it, and `choices` the entries of a vector, or a
    number.
    """

    def __init__(
        self,
        ranges: Ranges,
        totals: Mapping[str, Total] = MappingProxyType({}),
        tied: Mapping[str, str] = MappingProxyType({}),
        hot: tuple[str, int] | None = None,
        given: frozenset[str] = frozenset(),
        choices: tuple[str, tuple[int, ...]] | None = None,
    ) -> None:
        self.world, self.ranges, self.totals, self.hot = ranges.world, ranges, totals, hot
        self.given, self.choices = given, choices
        self.named = {**ranges.world.sorts.named, **tied}
        self.entries: dict[str, Entry] = {}
        self.calls: list[str] = []
        """The document's own functions that are being applied."""
        self.inverted: list[Tensor] = []
        """The matrices of which the inverse was taken."""
        self.within = 0
        """How deep within definitions and sums a tree is: what these leave open may have entries beyond, x_{i+1} of
        the last y_i."""
        self._shapes: dict[tuple[str, tuple[int, ...]], tuple[int, ...]] = {}

    # trees

    def tensor(self, node: Node, env: Env) -> Tensor:
        """A tree at the model's sizes."""
        return elaborated(node, self, env)

    def tensor_within(self, node: Node, env: Env) -> Tensor:
        """The body of a definition or of a sum at the model's sizes."""
        self.within += 1
        try:
            return self.tensor(node, env)
        finally:
            self.within -= 1

    def tensors(self, nodes: Sequence[Node], env: Env) -> list[Tensor]:
        """Several trees at the model's sizes."""
        return [self.tensor(node, env) for node in nodes]

    def number(self, node: Node, env: Env) -> Node:
        """A tree that must be one number."""
        found = self.tensor(node, env)
        if len(found.cells) != 1:
            raise UnclearError(f"{told(found.shape)} stands where a number belongs")
        return found.cells[0]

    # names

    def entry(self, entry: Entry) -> Node:
        """The name of an entry, remembered; both of a symmetric matrix have one, and beside a diagonal is zero."""
        kind = self.world.kinds.get(entry.base) if len(entry.below) == 2 else None
        if kind == DIAGONAL and entry.below[0] != entry.below[1]:
            return numeral(0)
        if kind == SYMMETRIC:
            entry = replace(entry, below=tuple(sorted(entry.below)))
        self.entries[entry.name] = entry
        return Node("name", (), entry.name)

    def check_named(self, by: Tensor) -> None:
        """One differentiates by names; UnclearError where something else stands below the stroke."""
        if any(cell.kind != "name" or cell.value not in self.entries for cell in by.cells):
            raise UnclearError("a derivative by something that is no name")

    def name(self, node: Node, env: Env) -> Tensor:
        """An entry, or all entries of an array whose indices below are left out."""
        if not node.scripts:
            if node.value in env:
                found = env[node.value]
                return found if isinstance(found, Tensor) else number(numeral(found))
            if node.value == "π" and self.world.sorts.arity.get("π") and "π" not in self.world.rules:
                return number(node)  # beside weights π_k, 2π is a number
            if node.value in self.named and node.value not in self.world.rules:
                return number(numeral(self.ranges.size(self.named[node.value])))
        base, (above, below) = base_of(node), slots_of(node)
        sorts = self.world.sorts
        if (call := self.world.as_call(node, env)) is not None:
            return self.tensor(call, env)
        if isinstance(env.get(node.value), Tensor):
            return self._picked(env[node.value], base, below, env)
        if node.value == KRONECKER and len(below) == 2 and not above and base not in self.world.rules:
            letters = [sorts.letter(env[CLAIM], place_of(index)[0]) for index in below]
            one, other = self.ranges.values(below, letters, env)
            return number(numeral(int(one == other)))
        values = self.ranges.values(above, sorts.above(base), env)
        slots = sorts.below(base)
        if not slots and not below:
            return self.plain(base, values)
        if len(below) == len(slots):
            is_open = self.within > 0 and base not in self.world.rules
            return number(self.entry(Entry(base, values, self.ranges.values(below, slots, env, is_open))))
        if len(slots) > 2 or len(below) > min(1, len(slots)):
            raise UnclearError(f"{node.value} has {len(slots)} indices elsewhere")
        first = self.ranges.values(below, slots, env)  # x_i is the vector of all x_ij
        ranges = [self.ranges.of(sort) for sort in slots[len(first) :]]
        cells = tuple(self.entry(Entry(base, values, (*first, *at))) for at in every(*ranges))
        if len(cells) > MOST_CELLS:
            raise UnclearError(f"{len(cells):,} entries: at most {MOST_CELLS:,} are compared")
        if len(ranges) == 1 and self.world.row:
            return Tensor((1, len(ranges[0])), cells)
        return Tensor((len(ranges[0]), len(ranges[1]) if len(ranges) == 2 else 1), cells)

    def _picked(self, whole: Tensor, base: str, below: Sequence[Node], env: Env) -> Tensor:
        """An entry of what a function was applied to."""
        slot = self.world.sorts.slot
        sorts = [slot(base, "below", place) for place in range(len(below))]
        at = [self.ranges.value(i, sort, env) - self.ranges.first(sort) for i, sort in zip(below, sorts, strict=True)]
        if not at:
            return whole
        row, column = at[0], at[1] if len(at) > 1 else 0
        if whole.is_number or row >= whole.shape[0] or column >= whole.shape[1]:
            raise UnclearError(f"an entry of {told(whole.shape)}")
        return number(whole.at(row, column))

    def plain(self, base: str, above: tuple[int, ...]) -> Tensor:
        """A name without indices below: a number, or as many entries as its definition has."""
        shape = self._shape(base, above)
        if base == IDENTITY and shape and shape[0] == shape[1] and base not in self.world.rules:
            return identity(shape[0])
        if not shape:
            return number(self.entry(Entry(base, above)))
        places = every(range(1, shape[0] + 1), range(1, shape[1] + 1))
        below = ((row, column) if shape[1] > 1 else (row,) for row, column in places)
        return Tensor(shape, tuple(self.entry(Entry(base, above, at)) for at in below))

    def _shape(self, base: str, above: tuple[int, ...]) -> tuple[int, ...]:
        """The shape of a name without indices below: what is told; else that of its definition."""
        if (base, above) not in self._shapes:
            dims = self.world.dimensions(base, above)
            self._shapes[base, above] = () if dims is None else (self.ranges.size(dims[0]), self.ranges.size(dims[1]))
            body = self._body(Entry(base, above))[1] if dims is None else None
            if body is not None:
                self._shapes[base, above] = body.shape
        return self._shapes[base, above]

    # definitions

    def definition(self, name: str) -> Node | None:
        """What defines an entry, as a tree of entries; None where nothing does."""
        entry = self.entries.get(name)
        if entry is None or entry.base in self.given:
            return None
        if self.hot is not None and entry.base == self.hot[0] and len(entry.below) == 1:
            return numeral(int(entry.below[0] == self.hot[1]))
        if self.choices is not None and entry.base == self.choices[0] and len((*entry.above, *entry.below)) <= 1:
            return numeral(self.choices[1][max((*entry.above, *entry.below), default=1) - 1])
        rest = self._rest_of_total(entry)
        if rest is not None:
            return rest
        rule, body = self._body(entry)
        if rule is None or body is None or self._is_of_another_size(rule, body, entry):
            return None
        return body.cells[0] if len(body.cells) == 1 else self._cell(rule, body, entry)

    def _is_of_another_size(self, rule: Rule, body: Tensor, entry: Entry) -> bool:
        """Whether a list of numbers has not as many entries as an array has here, so that it tells nothing of it."""
        whole = self._shape(entry.base, entry.above) if rule.body.kind in ("list", "matrix") else ()
        return bool(whole) and prod(whole) != len(body.cells)

    def _body(self, entry: Entry) -> tuple[Rule | None, Tensor | None]:
        """The first rule that tells an entry, and the tensor that it gives."""
        for rule in self.world.rules.get(entry.base, ()):
            env = self._matched(rule, entry)
            if env is not None:
                try:
                    return rule, self.tensor_within(rule.body, env)
                except OutOfRangeError:
                    continue
        return None, None

    def _cell(self, rule: Rule, body: Tensor, entry: Entry) -> Node:
        """The cell of a definition's body for an entry."""
        name = entry.base.rstrip("^")
        if rule.below or not entry.below:
            raise UnclearError(f"{told(body.shape)} defines a number of {name}")
        sorts = self.world.sorts.below(entry.base) or ("",) * len(entry.below)
        places = [index - self.ranges.first(sort) for index, sort in zip(entry.below, sorts, strict=False)]
        row, column = places[0], places[1] if len(places) > 1 else 0
        if body.shape[0] == 1 and len(entry.below) == 1:
            row, column = 0, row
        if row >= body.shape[0] or column >= body.shape[1] or (len(entry.below) == 1 and 1 not in body.shape):
            raise UnclearError(f"{told(body.shape)} defines {name}")
        return body.at(row, column)

    def _rest_of_total(self, entry: Entry) -> Node | None:
        """The last entry along the index over which a total is told: the rest of it."""
        total = self.totals.get(entry.base)
        if total is None:
            return None
        dims = self.world.dimensions(entry.base, entry.above)
        along = self.world.sorts.slot(entry.base, "below", total.place) if dims is None else dims[total.place]
        size = self.ranges.size(along)
        if total.place >= len(entry.below):
            return total.value if size == 1 and dims is not None else None
        before, last, behind = (
            entry.below[: total.place], entry.below[total.place], entry.below[total.place + 1 :]
        )  # fmt: skip
        if last != size:
            return None
        others = (self.entry(replace(entry, below=(*before, place, *behind))) for place in range(1, size))
        return plus([total.value, *(Node("negative", (other,)) for other in others)])

    def _matched(self, rule: Rule, entry: Entry) -> dict[str, Any] | None:
        """The letters of a rule's pattern at an entry; None where the pattern is of other entries."""
        if len(rule.above) != len(entry.above) or len(rule.below) not in (0, len(entry.below)):
            return None
        found = rule.matched((*entry.above, *entry.below[: len(rule.below)]), self.world.signs, self.ranges.top)
        return None if found is None else {**self.ranges.environment(rule.claim), **found}
