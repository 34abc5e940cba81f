"""Both sides of a claim at small sizes, component by component, each put to `decide`."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import product
from typing import Any

import sympy as sp
from msgspec import Struct

from derive.equality import Proved, Refuted, Undecided, Verdict
from derive.equality.deciding import decide
from derive.formulas.syntax import Node
from derive.names import symbol
from derive.small_models.errors import NoInverseError, OutOfRangeError, UnclearError
from derive.small_models.models import Models
from derive.small_models.models.entries import Entries, with_calls_named
from derive.small_models.models.inverses import determinant
from derive.small_models.models.ranges import CLAIM
from derive.small_models.models.tensors import Beside, Tensor, numeral, transposed
from derive.small_models.notation.slots import base_of, place_of
from derive.small_models.weighing.assumptions import NOTHING, Assumed
from derive.small_models.weighing.figures import agrees_as_printed, worked
from derive.small_models.weighing.grounds import Grounds, grounds_of
from derive.small_models.weighing.layouts import TURNED, beside, has_list, is_flipped, is_turned, sorts_of
from derive.small_models.weighing.sizes import Grid, Sizes, grid_at, grid_of
from derive.small_models.weighing.solutions import follows
from derive.small_models.weighing.theorem import atoms_of
from derive.small_models.weighing.weighed import Component
from derive.small_models.worlds import Indexed
from derive.small_models.worlds.sides import Sides, first_readings
from derive.small_models.worlds.sorts import LAYERS
from derive.small_models.worlds.world import World

MOST_DECISIONS = 400
_MOST_PARTS = 600
"""So many parts at most have two components, with all on which they rest, where only some sizes are looked at."""

_MOST_GIVEN_PARTS = 900
"""So many where they rest on what is taken as given."""
_ENOUGH = 2
_MANY_PARTS = 1_500
"""Beyond this size a claim is looked at only where its components have no more parts."""

Place = tuple[int, int]
Placed = tuple[str, tuple[Node, Node], tuple[sp.Expr, sp.Expr]]
"""Where a component stands, and what it is on both sides, as it is written and as an expression."""


class Outcome(Struct, frozen=True):
    """What the models say of two sides: proved, refuted or undecided; and where.

    `grounds` tell whether a refutation may be said, or what the difference tells else.
    """

    verdict: str
    reason: str = ""
    place: str = ""
    sizes: tuple[tuple[str, int], ...] = ()
    refuted: Refuted | None = None
    grounds: Grounds = Grounds()
    components: tuple[Component, ...] = ()
    """All that were found equal, or the one that differs."""

    @property
    def contradicts(self) -> bool:
        """Whether it refutes what the document itself tells."""
        return self.verdict == "refuted" and self.grounds.refutes


class Comparisons:
    """The comparisons of one document, over models of which each is made once."""

    def __init__(self, indexed: Indexed) -> None:
        self.indexed = indexed
        self.models = Models(indexed.world)
        self.kept = atoms_of(
            indexed.world, [side for _, sides in first_readings(indexed.claims) for side in (sides.left, sides.right)]
        )

    def outcome(self, number: int, sides: Sides, assumed: Assumed = NOTHING, sizes: Sequence[Sizes] = ()) -> Outcome:
        """The verdict of every component at every small size, or at those that are given."""
        world, sorts = self.indexed.world, sorts_of(self.indexed.world, number, sides)
        if sizes:
            grid = grid_at(sizes, world, number, sides, sorts, self.kept)
        else:
            grid = grid_of(world, number, sides, sorts, self.kept)
        return _Comparison(self, number, sides, assumed, grid, is_bounded=bool(sizes)).outcome()


class _Comparison:
    """One comparison on its way through the grid."""

    def __init__(
        self, shared: Comparisons, number: int, sides: Sides, assumed: Assumed, grid: Grid, is_bounded: bool
    ) -> None:
        self.indexed, self.models, self.kept = shared.indexed, shared.models, shared.kept
        self.number, self.sides, self.assumed, self.grid, self.is_bounded = number, sides, assumed, grid, is_bounded
        self.is_symmetric = not any(map(_is_literal, sides.walk()))
        self.is_turned = is_turned(shared.models, number, sides)
        """Whether one side is laid out as the transpose of the other."""
        self.is_atomic = True
        """Whether everything so far holds of entries, without what defines them."""
        self.is_printed = False
        """Whether numbers agree to the digits that are printed."""
        self.reached = 0
        """All sizes of the grid up to this one are behind."""
        self.equal: dict[Component, None] = {}
        """The components that are equal, of those that are the same as they stand the first alone."""
        self.is_beyond = False
        """Whether the sizes are larger, and those before are enough."""

    def outcome(self) -> Outcome:
        """What comes of it: the first difference, else what is left open, else a proof."""
        checked = 0
        undecided: Outcome | None = None
        looked_at = 0
        for sizes in self.grid.sizes:
            largest = max((_ENOUGH, *sizes.values()))
            if largest > looked_at:
                self.reached, looked_at = looked_at, largest
            self.is_beyond = self.reached >= _ENOUGH and checked > 0 and undecided is None
            for entries, env in self._instances(sizes):
                try:
                    components = list(self._components(entries, env))
                except (OutOfRangeError, NoInverseError):
                    continue
                for told, cells, (one, other) in components:
                    checked += 1
                    if checked > MOST_DECISIONS:
                        return Outcome("undecided", f"more than {MOST_DECISIONS} components to compare")
                    try:
                        found = self._decided(one, other, entries)
                        if isinstance(found, Undecided) and _is_singular(entries):
                            raise NoInverseError(largest)
                    except NoInverseError:
                        checked -= 1
                        continue
                    as_printed = agrees_as_printed(cells, (one, other), entries) if isinstance(found, Refuted) else None
                    if as_printed:
                        self.is_printed = True
                    elif isinstance(found, Refuted):
                        grounds = Grounds() if as_printed is False else self._grounds(one, other, entries)
                        named = tuple(_named(sizes, self.indexed.world))
                        asked = _component(one, other, entries.closure((one, other)))
                        return Outcome("refuted", grounds.why, told, named, found, grounds, (asked,))
                    elif isinstance(found, Undecided) and self.is_beyond:
                        return self._proved(is_cut=True)
                    elif isinstance(found, Undecided):
                        undecided = undecided or Outcome("undecided", found.reason)
        if undecided is not None:
            return undecided
        if not checked:
            raise UnclearError("no layer or index at which this could be looked at")
        return self._proved()

    def _proved(self, is_cut: bool = False) -> Outcome:
        return Outcome("proved", "; ".join(self._reasons(is_cut)), components=tuple(self.equal))

    def _grounds(self, one: sp.Expr, other: sp.Expr, entries: Entries) -> Grounds:
        return grounds_of(self.indexed, self.number, self.sides, one, other, entries)

    def _instances(self, sizes: Sizes) -> Iterator[tuple[Entries, Mapping[str, Any]]]:
        """The entries at these sizes, with every assignment of the free letters of which the case holds."""
        assumed = self.assumed
        entries = self.models.at(sizes, assumed.totals, assumed.tied, given=assumed.given)
        letters = sorted(self.sides.letters(self.indexed.world.signs))
        for env in entries.model.ranges.assignments(letters, self.number):
            if assumed.hot is not None:
                base, letter = assumed.hot
                entries = self.models.at(sizes, hot=(base, env[letter]))
            if assumed.choices is not None:
                top = max((_ENOUGH, *sizes.values()))
                for choice in product(assumed.choices[1], repeat=top):
                    yield self.models.at(sizes, choices=(assumed.choices[0], choice)), env
            elif assumed.case is None or (env[assumed.case.one] == env[assumed.case.other]) == assumed.case.equal:
                yield entries, env

    def _components(self, entries: Entries, env: Mapping[str, Any]) -> Iterator[Placed]:
        """The components of both sides; of those that are alike, one."""
        one, other = (entries.model.tensor(side, env) for side in (self.sides.left, self.sides.right))
        if self.is_turned or is_flipped(one, other, self.sides):
            other, self.is_turned = transposed(other), True
        if self.sides.left.kind == "partial":
            other = _diagonal(one, other)
        pairs = list(beside(self.sides, one, other))
        if self.is_symmetric:
            pairs = _representative(pairs)
        for place, left, right in pairs:
            told = _told(place if len(pairs) > 1 else None, env)
            yield told, (left, right), (entries.expression(left), entries.expression(right))

    def _decided(self, one: sp.Expr, other: sp.Expr, entries: Entries) -> Verdict | None:
        """The verdict of one component: of entries first, then of all that defines them; None where entries do."""
        if one == other:
            if not self.equal:
                self.equal[_component(one, other, {})] = None
            return None
        if self.assumed.conditions and follows(one - other, self._conditions(entries)):
            return None
        definitions = entries.closure((one, other), self.kept) if self.grid.is_of_entries else {}
        if self.is_beyond and _parts((one, other)) > _MANY_PARTS:
            return Undecided("the components are too large to compare")
        asked = _component(one, other, definitions)
        if isinstance(_verdict(asked), Proved):
            self.equal[asked] = None
            return None
        self.is_atomic = False
        closure = entries.closure((one, other))
        most = (_MOST_GIVEN_PARTS if self.assumed.given else _MOST_PARTS) if self.is_bounded else _MANY_PARTS
        if (self.is_bounded or self.is_beyond) and _parts((one, other, *closure.values())) > most:
            return Undecided("the components are too large to compare")
        asked = _component(one, other, closure)
        found = _verdict(asked)
        if isinstance(found, Proved):
            self.equal[asked] = None
        return found

    def _conditions(self, entries: Entries) -> list[sp.Expr]:
        """What is zero by the equations to be solved, each of their components."""
        found = []
        for number, sides in self.assumed.conditions:
            for env in entries.model.ranges.every(sorted(sides.letters(self.indexed.world.signs)), number):
                cells = beside(sides, *(entries.model.tensor(side, env) for side in (sides.left, sides.right)))
                found += [entries.expression(left) - entries.expression(right) for _, left, right in cells]
        return found

    def _reasons(self, is_cut: bool = False) -> Iterator[str]:
        """How far a proof goes, and what it rests on; `is_cut` where larger sizes are too large to compare."""
        if self.is_printed:
            yield "to the digits shown"
            return
        is_assumed = self.assumed.totals or self.assumed.conditions or self.indexed.world.kinds
        is_complete = self.grid.is_complete and self.is_atomic and not is_assumed and not is_cut
        largest = self.reached if is_cut else self.grid.largest
        has_steps = self.indexed.world.rests_on(self.sides.names(), self.indexed.world.recurrent)
        if has_steps:
            yield f"proved for {LAYERS} steps"
        if not has_steps or any(self.grid.sizes):
            yield "at every size" if is_complete else f"proved for sizes up to {largest}"
        if self._has_layers() and not has_steps:
            yield f"{LAYERS} layers" if self._has_widths() else f"layers of one width, {LAYERS} of them"
        if self.is_turned and not has_list(self.sides):
            yield TURNED

    def _has_widths(self) -> bool:
        """Whether each layer has a width of its own: none of a claim's names has indices of entries."""
        return not any(self.indexed.world.sorts.arity.get(base_of(name)) for name in self.sides.names())

    def _has_layers(self) -> bool:
        """Whether an index of a claim counts layers."""
        sorts = self.indexed.world.sorts
        scripted = (name for name in self.sides.names() if name.scripts)
        return any(sorts.slot(base_of(name), "above", 0) in sorts.counted for name in scripted)


def _is_singular(entries: Entries) -> bool:
    """Whether a matrix of which the inverse was taken has none at these sizes, X^T X of more columns than rows."""
    determinants = (entries.expression(determinant(one)) for one in entries.model.inverted)
    return any(sp.expand(worked(one, entries)) == 0 for one in determinants)


def _component(one: sp.Expr, other: sp.Expr, definitions: Mapping[str, sp.Expr]) -> Component:
    """Two sides as they are decided; names that are numbers are put in before any other is opened: m is 3."""
    numbers = {symbol(name): body for name, body in definitions.items() if body.is_number}
    put = tuple((name, body.xreplace(numbers)) for name, body in definitions.items() if symbol(name) not in numbers)
    left, right = (with_calls_named(side.xreplace(numbers)) for side in (one, other))
    return Component(left, right, put)


@lru_cache(maxsize=1 << 12)
def _verdict(asked: Component) -> Verdict:
    """What is decided of a component; the hypotheses about a document ask much alike."""
    return decide(asked.left, asked.right, definitions=dict(asked.definitions), noted=False)


def _parts(expressions: Iterable[sp.Expr]) -> int:
    """How many parts expressions have."""
    return sum(1 for part in expressions for _ in sp.preorder_traversal(part))


def _diagonal(left: Tensor, right: Tensor) -> Tensor:
    """∂a/∂z = σ'(z): where a matrix stands on the left, the right is its diagonal, the rest of it zero."""
    if left.is_number or left.shape == right.shape or left.shape[0] != left.shape[1] or left.shape[0] == 1:
        return right
    size = left.shape[0]
    if not right.is_number and (len(right.cells) != size or 1 not in right.shape):
        return right
    diagonal = right.cells * size if right.is_number else right.cells
    cells = tuple(diagonal[r] if r == c else numeral(0) for r in range(size) for c in range(size))
    return Tensor(left.shape, cells)


def _is_literal(node: Node) -> bool:
    """Whether a node treats one index otherwise than the others."""
    if node.kind == "name":
        below = (index for script in node.scripts if script.kind == "below" for index in script.parts)
        return any(not place_of(index)[0] for index in below)
    return node.kind in ("matrix", "list")


def _representative(pairs: list[Beside]) -> list[Beside]:
    """An entry on the diagonal and the ones off it: the others are these with their indices renamed."""
    row, column = (max(numbers) for numbers in zip(*(place for place, _, _ in pairs), strict=True))
    corners = ((0, 0), (0, column), (row, 0))
    return [pair for pair in pairs if pair[0] in corners] if row and column else pairs[:1]


def _told(place: Place | None, env: Mapping[str, int]) -> str:
    """Where a component stands, in words."""
    letters = ", ".join(f"{letter} = {value}" for letter, value in env.items() if letter != CLAIM)
    entry = f"in entry ({place[0] + 1}, {place[1] + 1})" if place is not None else ""
    return " ".join(part for part in (entry, f"at {letters}" if letters else "") if part)


def _named(sizes: Sizes, world: World) -> Iterator[tuple[str, int]]:
    """Sizes under the names that the text has for them, else under a letter that runs over them."""
    sorts = world.sorts
    for sort, size in sizes.items():
        name = next((name for name, named in sorts.named.items() if named == sort), "")
        letter = next((key[2] for key, found in sorts.of.items() if found == sort and key[0] == "letter"), "")
        if name or letter:
            yield name or f"the range of {letter}", size
