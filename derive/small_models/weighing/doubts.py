"""Why a difference may refute nothing: what it rests on is not said, or is said for some values only.

DOUBTS is a table: each row is asked in turn, and the first that has something to say leaves the claim open.
"""

from collections.abc import Callable
from functools import partial
from itertools import chain
from types import MappingProxyType

from msgspec import Struct
from msgspec.structs import replace

from derive.defects import left_open
from derive.errors import DeriveError, not_said
from derive.formulas.syntax import BEYOND_SCALARS, Node
from derive.small_models.errors import UnclearError
from derive.small_models.models.tensors import numeral, slope
from derive.small_models.notation.slots import base_of, is_number, is_zero, names_of, plain_of, slots_of
from derive.small_models.weighing.assumptions import condition_before, is_conditional
from derive.small_models.weighing.comparison import Comparisons, Outcome
from derive.small_models.weighing.grounds import told_bases
from derive.small_models.weighing.layouts import sorts_of
from derive.small_models.weighing.weighed import TO_SOLVE, Weighed
from derive.small_models.worlds import Indexed
from derive.small_models.worlds.differentials import LOSSES
from derive.small_models.worlds.expectations import CASE, PROBABILITY
from derive.small_models.worlds.scope import takes_arrays
from derive.small_models.worlds.sides import GATHERED, Sides, first_readings, form_of, nodes_of

_EDGED = frozenset("relu max min abs sign".split())


class Difference(Struct, frozen=True):
    """A claim whose sides differ; `vectors` are names that the document says, or shows by a sign, to be no numbers."""

    indexed: Indexed
    comparisons: Comparisons
    vectors: frozenset[str]
    number: int
    sides: Sides
    found: Outcome

    @property
    def lone_letters(self) -> frozenset[str]:
        """The indices that stand on one side alone."""
        return self.sides.lone_letters(self.indexed.world.signs) - self.indexed.world.constants

    @property
    def has_edges(self) -> bool:
        """Whether a side, or what defines its names, has one formula on one side of an edge and another beyond."""
        world = self.indexed.world
        rules = (rule for name in self.sides.names() for rule in world.rules.get(base_of(name), ()))
        return any(map(_has_edge, (*self.sides.walk(), *(node for rule in rules for node in rule.body.walk()))))

    def holds_for_numbers(self) -> bool:
        """Whether the claim holds where every array has one entry."""
        ones = dict.fromkeys(sorts_of(self.indexed.world, self.number, self.sides), 1)
        return self.comparisons.outcome(self.number, self.sides, sizes=(ones,)).verdict == "proved"


def doubt_of(difference: Difference) -> Weighed | None:
    """What is said of a claim whose sides differ where that refutes nothing; else None."""
    return next((doubt for row in DOUBTS if (doubt := row(difference)) is not None), None)


def _to_be_solved(one: Difference) -> Weighed | None:
    """0 on one side: an equation that holds for some values only."""
    left, right = one.sides.left, one.sides.right
    if not is_zero(left) and not is_zero(right):
        return None
    verdict = "definition" if _is_stationary(one, right if is_zero(left) else left) else "undecided"
    return Weighed(verdict, "an equation to be solved", kind=TO_SOLVE)


def _without_grounds(one: Difference) -> Weighed | None:
    return None if one.found.grounds.refutes else Weighed("undecided", one.found.reason)


def _of_one_index(one: Difference) -> Weighed | None:
    if not one.lone_letters or "partial" in (one.sides.left.kind, one.sides.right.kind):
        return None
    return Weighed("undecided", f"the index {min(one.lone_letters)} stands on one side alone")


def _on_one_side_of_an_edge(one: Difference) -> Weighed | None:
    if not one.has_edges:
        return None
    if condition := condition_before(one.indexed, one.number):
        return Weighed("undecided", f"it is said for {condition} alone")
    if is_conditional(one.indexed, one.number) and _holds_beside_edges(one):
        return Weighed("undecided", "it holds on one side of an edge, and a condition stands near", "edge")
    return None


def _of_numbers(one: Difference) -> Weighed | None:
    if one.lone_letters or not (told := _untold(one)) or not one.holds_for_numbers():
        return None
    kind = "indexed" if one.vectors.isdisjoint(map(base_of, one.sides.names())) else "of numbers"
    return Weighed("undecided", f"true of numbers, not of matrices, and {told}", kind=kind)


def _of_one_term(one: Difference) -> Weighed | None:
    """A ∑ that takes in terms behind it: how far it reaches is a guess."""
    world = one.indexed.world
    rules = (rule for base in world.below(one.sides.names()) for rule in world.rules.get(base, ()))
    nodes = chain(one.sides.walk(), *(rule.body.walk() for rule in rules))
    is_gathered = any(node.kind == "sums" and node.order == GATHERED for node in nodes)
    return Weighed("undecided", "it holds for one term of the sum") if is_gathered and one.holds_for_numbers() else None


def _of_chance(one: Difference) -> Weighed | None:
    """An expectation: which names it is over, what is known of these, and whether they rest on each other."""
    if PROBABILITY not in one.indexed.world.below(one.sides.names()):
        return None
    names = (node for node in nodes_of(one.indexed.claims) if node.kind == "name")
    chance = {base_of(name) for name in names if CASE in map(plain_of, slots_of(name)[1])} - {PROBABILITY}
    told = any(sides.left.kind == "sums" and is_number(sides.right) for _, sides in first_readings(one.indexed.claims))
    if len(chance) == 1 and all(base.isupper() for base in chance) and not told:
        return None
    return Weighed("undecided", "not all is said of what is left to chance")


DOUBTS: tuple[Callable[[Difference], Weighed | None], ...] = (
    _to_be_solved, _of_chance, _without_grounds, _of_one_index, _on_one_side_of_an_edge, _of_numbers, _of_one_term,
)  # fmt: skip


def _is_stationary(one: Difference, tree: Node) -> bool:
    """Whether a derivative, or what the document says or shows that one is, is set to zero."""
    own = form_of(tree)
    told = (other.left for _, other in first_readings(one.indexed.claims) if form_of(other.right) == own)
    if any(node.kind in ("partial", "gradient") for node in (tree, *told)):
        return True
    losses = [Node("name", (), base) for base in one.indexed.world.rules if base.removesuffix("()") in LOSSES]
    names = {name.value: name for name in names_of(tree) if not name.scripts}
    return any(_is_the_slope(one, tree, loss, by) for loss in losses for by in names.values())


def _is_the_slope(one: Difference, tree: Node, of: Node, by: Node) -> bool:
    try:
        return one.comparisons.outcome(one.number, Sides(slope(of, by), tree)).verdict == "proved"
    except DeriveError:
        return False
    except Exception as error:
        left_open(error)
        return False


def _holds_beside_edges(one: Difference) -> bool:
    """Whether a claim holds where every edge is left on the same side: max(0, z) is z there, or 0."""
    world = one.indexed.world
    for side in (0, -1):
        put = partial(_beside, side=side)
        rules = {
            base: tuple(replace(rule, body=put(rule.body)) for rule in rules) for base, rules in world.rules.items()
        }
        beside = replace(one.indexed, world=replace(world, rules=MappingProxyType(rules)))
        try:
            if Comparisons(beside).outcome(one.number, one.sides.put(put)).verdict == "proved":
                return True
        except UnclearError:
            continue
    return False


def _untold(one: Difference) -> str:
    """What nothing tells of the names of a claim, where they may be numbers, vectors or matrices."""
    names = {base_of(name) for name in one.sides.names()}
    if one.indexed.world.rules and not names & told_bases(one.indexed, one.number) and not names <= one.vectors:
        return not_said(sorted(names))
    is_plain = not any(node.kind in BEYOND_SCALARS or node.scripts or takes_arrays(node) for node in one.sides.walk())
    turned = (name for node in nodes_of(one.indexed.claims) if node.kind == "transposed" for name in names_of(node))
    is_plain = is_plain and names.isdisjoint(map(base_of, turned))  # what is transposed is no number, ‖t - o‖ may be
    said = sorted(names & one.indexed.matrices)
    told = f"{', '.join(said)} is said to be a matrix" if said else "nothing tells which these are"
    return told if is_plain else ""


def _has_edge(node: Node) -> bool:
    """Whether a function has one formula on one side of an edge and another on the other."""
    return node.kind in ("absolute", "case") or (node.kind == "call" and node.value in _EDGED)


def _beside(node: Node, side: int) -> Node:
    """A tree on one side of its edges: of max(0, z) and of cases, the first or the last."""
    parts = tuple(_beside(part, side) for part in node.parts)
    if node.kind == "case" or (node.kind == "call" and node.value in ("max", "min")):
        return parts[side]
    if node.kind == "call" and node.value == "relu":
        return parts[0] if side else numeral(0)
    if node.kind == "absolute":
        return parts[0] if side else Node("negative", parts)
    return replace(node, parts=parts) if parts else node
