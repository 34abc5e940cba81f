"""How large the sizes must be at which a claim is looked at so that it holds at every size.

Let both sides, multiplied by their denominators, be a sum over all tuples of k indices of one function of the entries
with these indices. Then equality at the sizes 1..k proves it at every size: `docs/equality.md` has the proof. This
module counts k for each sort of index, or says that a claim has not that form: a function of a whole sum, as in
σ(∑ w_i x_i), where the sum has no name of its own.
"""

from collections import Counter
from collections.abc import Iterable, Sequence

from derive.formulas.syntax import Node
from derive.formulas.vocabulary import OF_VECTORS
from derive.small_models.notation.slots import base_of, bound_by, names_of, slots_of
from derive.small_models.weighing.counts import Count, added, largest
from derive.small_models.worlds.definitions import Rule
from derive.small_models.worlds.dimensions import ONE
from derive.small_models.worlds.sides import Sides
from derive.small_models.worlds.world import World

_DEEPEST = 12
"""So many definitions are followed into each other."""
_LARGEST_POWER = 4


class NoBound(Exception):
    """The claim is no sum over tuples of indices."""


def atoms_of(world: World, trees: Iterable[Node]) -> frozenset[str]:
    """The names that stay entries: what a function is applied to, and what rests on itself from layer to layer."""
    bodies = [rule.body for rules in world.rules.values() for rule in rules]
    kept = {
        base_of(name)
        for tree in (*bodies, *trees)
        for node in tree.walk()
        if node.kind in ("call", "absolute", "norm") or (node.kind == "power" and node.parts[1].kind != "number")
        for name in names_of(node)
    } & world.rules.keys()
    path: list[str] = []
    done: set[str] = set()

    def visit(base: str) -> None:
        if base in path:
            kept.add(base)
        elif base not in done and base not in kept:
            path.append(base)
            for rule in world.rules.get(base, ()):
                for name in names_of(rule.body):
                    visit(base_of(name))
            path.pop()
            done.add(base)

    for base in sorted(world.rules):
        visit(base)
    return frozenset(kept)


def bounds(world: World, claim: int, sides: Sides, sorts: Sequence[str], kept: frozenset[str]) -> dict[str, int] | None:
    """k for each sort; None where the conditions do not hold.

    The names in `kept` count as entries, others as what defines them.
    """
    counter = _Counter(world, claim, sorts, kept)
    try:
        one, other = counter.count(sides.left, 0), counter.count(sides.right, 0)
    except (NoBound, RecursionError):
        return None
    free = Counter(world.sorts.letter(claim, letter) for letter in sides.letters(world.signs) - world.constants)
    free.update(_free_dims(world, sides.left) or _free_dims(world, sides.right))
    crossed = largest([one.times(other.inverse), other.times(one.inverse)]).above
    constants = Counter(world.sorts.letter(claim, letter) for letter in world.constants)
    return {sort: max(1, free[sort] + crossed.get(sort, 0) + constants[sort]) for sort in sorts}


class _Counter:
    """Counts over the trees of one claim, or of the one that states a definition."""

    def __init__(self, world: World, claim: int, sorts: Sequence[str], kept: frozenset[str]) -> None:
        self.world, self.claim, self.sorts, self.kept = world, claim, sorts, kept

    def count(self, node: Node, depth: int) -> Count:
        """The count of a tree; NoBound where a function takes a whole sum."""
        if depth > _DEEPEST:
            raise NoBound
        match node.kind:
            case "name":
                return self._name(node, depth)
            case "number" | "limit" | "condition":
                return Count()
            case "group" | "negative" | "transposed" | "entry":
                return self.count(node.parts[0], depth)
            case "sum" | "matrix" | "list":
                return added([self.count(part, depth) for part in node.parts])
            case "product" | "entrywise" | "matmul":
                return self._contracted(node).times(*(self.count(part, depth) for part in node.parts))
            case "inverse":
                return self.count(node.parts[0], depth).inverse
            case "fraction":
                return self.count(node.parts[0], depth).times(self.count(node.parts[1], depth).inverse)
            case "power":
                return self._power(node, depth)
            case "call" | "absolute" | "norm":
                return self._call(node, depth)
            case "sums" | "total":
                return self._sums(node, depth)
            case "partial" | "gradient":
                return self._derivative(node, depth)
        raise NoBound

    def _name(self, node: Node, depth: int) -> Count:
        sort = self.world.sorts.named.get(node.value) if not node.scripts else None
        if sort is not None and node.value not in self.world.rules:
            return Count({sort: 1})  # n is a sum of ones
        return Count() if base_of(node) in self.kept else self._rule(base_of(node), depth)

    def _rule(self, base: str, depth: int) -> Count:
        """The largest count of what defines a name."""
        return largest([self._within(rule, self.kept).count(rule.body, depth + 1) for rule in self._rules(base)])

    def _rules(self, base: str) -> Sequence[Rule]:
        return self.world.rules.get(base, ())

    def _within(self, rule: Rule, kept: frozenset[str]) -> "_Counter":
        """The counter of a definition's body."""
        return _Counter(self.world, rule.claim, self.sorts, kept)

    def _power(self, node: Node, depth: int) -> Count:
        base, exponent = (self.count(part, depth) for part in node.parts)
        if base.is_none and exponent.is_none:
            return Count()
        told = node.parts[1].value if node.parts[1].kind == "number" else ""
        if not told.lstrip("-").isdigit() or abs(int(told)) > _LARGEST_POWER:
            raise NoBound
        many = Count().times(*[base] * abs(int(told)))
        return many if int(told) > 0 else many.inverse

    def _call(self, node: Node, depth: int) -> Count:
        if node.value == "det":
            raise NoBound
        if node.value in OF_VECTORS and node.value not in ("softmax", "diag"):
            return self.count(node.parts[0], depth).times(Count(dict.fromkeys(self.sorts, 1)))
        if node.value == "softmax":
            return Count(dict.fromkeys(self.sorts, 1), dict.fromkeys(self.sorts, 1))
        parts = [self.count(part, depth) for part in node.parts]
        if any(not part.is_none for part in parts) or node.kind == "norm" or node.value in self.world.functions:
            raise NoBound
        return Count()

    def _sums(self, node: Node, depth: int) -> Count:
        *limits, body = node.parts
        inner = self.count(body, depth)
        if node.value == "∏":
            raise NoBound
        lower = limits[0] if limits and limits[0].kind == "limit" else None
        bound = [part.value for part in bound_by(lower) if part.kind == "name"] if lower else []
        if any(inner.below.values()) and set(bound) & _letters_below(body):
            raise NoBound
        letters = Counter(self.world.sorts.letter(self.claim, letter) for letter in bound)
        return inner.times(Count(letters or dict.fromkeys(self.sorts, 1)))

    def _derivative(self, node: Node, depth: int) -> Count:
        """The sum over all paths of the products of their slopes."""
        of = node.parts[0] if node.kind == "partial" else node.parts[-1]
        inner = self._paths(of, depth)
        return inner.times(Count(inner.below, inner.below))

    def _paths(self, of: Node, depth: int) -> Count:
        if depth > _DEEPEST:
            raise NoBound
        own = self.count(of, depth) if of.kind != "name" else Count()
        below: list[Count] = []
        for base in map(base_of, names_of(of)):
            for rule in self._rules(base):
                below.append(self._within(rule, frozenset(self.world.rules))._slope(rule.body, depth + 1))
            if base in self.world.opaque:
                below.append(Count(dict.fromkeys(self.sorts, 1)))
        return own.times(largest(below))

    def _slope(self, body: Node, depth: int) -> Count:
        """A definition's slope: a function of a sum is a function of the sum's name, times the sum's slope."""
        return self.count(body, depth).times(self._paths(Node("list", tuple(names_of(body))), depth))

    def _contracted(self, node: Node) -> Count:
        """An index for each product of matrices."""
        matrices = 1 if node.kind == "entrywise" else sum(map(self._is_array, node.parts))
        return Count(dict.fromkeys(self.sorts, max(0, matrices - 1)))

    def _is_array(self, part: Node) -> bool:
        """Whether a vector or a matrix stands in a factor, or a derivative, which may be one."""
        return any(
            node.kind in ("partial", "gradient") or (node.kind == "name" and self._is_whole(node))
            for node in part.walk()
        )

    def _is_whole(self, name: Node) -> bool:
        """Whether a name stands for all entries of an array."""
        is_open = bool(self.world.sorts.arity.get(base_of(name))) and not slots_of(name)[1]
        return is_open or base_of(name) in self.world.shapes


def _free_dims(world: World, tree: Node) -> tuple[str, ...]:
    """The sorts of the rows and columns of a tree of arrays, as far as its names tell."""
    found: dict[str, None] = {}
    for name in names_of(tree):
        base = base_of(name)
        below = () if slots_of(name)[1] else world.sorts.below(base)
        found.update(dict.fromkeys((*world.ranges_of(base), *below)))
    return tuple(dim for dim in found if dim != ONE)


def _letters_below(tree: Node) -> frozenset[str]:
    """The letters of names below a stroke."""
    return frozenset(
        index.value
        for node in tree.walk()
        if node.kind in ("fraction", "inverse")
        for name in names_of(node.parts[-1])
        for script in name.scripts
        for index in script.parts
        if index.kind == "name"
    )
