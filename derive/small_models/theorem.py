"""How large the sizes must be at which a claim is looked at so that it holds at every size.

Let both sides, multiplied by their denominators, be a sum over all tuples of k indices of one function of the entries
with these indices. Then equality at the sizes 1..k proves it at every size: `docs/equality.md` has the proof. This
module counts k for each sort of index, or says that a claim has not that form: a function of a whole sum, as in
σ(∑ w_i x_i), where the sum has no name of its own.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

from msgspec import Struct

from derive.formulas.syntax import Node
from derive.small_models.models import World, free_letters
from derive.small_models.sorts import base_of, slots_of

_DEEPEST = 12


class NoBound(Exception):
    """The claim is no sum over tuples of indices."""


class Count(Struct, frozen=True):
    """How many bound indices of each sort stand at once above and below the stroke."""

    above: Mapping[str, int] = MappingProxyType({})
    below: Mapping[str, int] = MappingProxyType({})


def atoms_of(world: World, trees: Iterable[Node]) -> frozenset[str]:
    """The names that stay as they are: what a function is applied to, and what rests on itself from layer to layer."""
    bodies = [rule.body for rules in world.rules.values() for rule in rules]
    kept = {
        base_of(name)
        for tree in (*bodies, *trees)
        for node in tree.walk()
        if node.kind in ("call", "absolute", "norm") or (node.kind == "power" and node.parts[1].kind != "number")
        for name in node.walk()
        if name.kind == "name"
    } & world.rules.keys()
    path: list[str] = []
    done: set[str] = set()

    def visit(base: str) -> None:
        if base in path:
            kept.add(base)
        elif base not in done and base not in kept:
            path.append(base)
            for rule in world.rules.get(base, ()):
                for node in rule.body.walk():
                    if node.kind == "name":
                        visit(base_of(node))
            path.pop()
            done.add(base)

    for base in sorted(world.rules):
        visit(base)
    return frozenset(kept)


def bounds(
    world: World, claim: int, left: Node, right: Node, sorts: Sequence[str], kept: frozenset[str]
) -> dict[str, int] | None:
    """k for each sort; None where the conditions do not hold. The names in `kept` count as entries, others as what
    defines them."""
    counter = _Counter(world, claim, sorts, kept)
    try:
        one, other = counter.count(left, 0), counter.count(right, 0)
    except (NoBound, RecursionError):
        return None
    letters = (free_letters(left, world.signs) | free_letters(right, world.signs)) - world.constants
    free = Counter(world.sorts.letter(claim, letter) for letter in letters)
    for dim in counter.free_dims(left) or counter.free_dims(right):
        free[dim] += 1
    crossed = _most(_sum(one.above, other.below), _sum(other.above, one.below))
    constants = Counter(world.sorts.letter(claim, letter) for letter in world.constants)
    return {sort: max(1, free[sort] + crossed.get(sort, 0) + constants[sort]) for sort in sorts}


class _Counter:
    def __init__(self, world: World, claim: int, sorts: Sequence[str], kept: frozenset[str]) -> None:
        self.world, self.claim, self.sorts, self.kept = world, claim, sorts, kept

    def count(self, node: Node, depth: int) -> Count:
        """The count of a tree; NoBound where a function takes a whole sum."""
        if depth > _DEEPEST:
            raise NoBound
        kind = node.kind
        if kind == "name":
            return self._name(node, depth)
        if kind in ("number", "limit", "condition"):
            return Count()
        if kind in ("group", "negative", "transposed"):
            return self.count(node.parts[0], depth)
        if kind in ("sum", "matrix", "list"):
            parts = [self.count(part, depth) for part in node.parts]
            below = _sum(*(part.below for part in parts))
            return Count(_most(*(_sum(part.above, _less(below, part.below)) for part in parts)), below)
        if kind in ("product", "entrywise", "matmul"):
            parts = [self.count(part, depth) for part in node.parts]
            inner = self._contracted(node)
            return Count(_sum(*(part.above for part in parts), *inner), _sum(*(part.below for part in parts)))
        if kind == "inverse":
            return self._divided(Count(), self.count(node.parts[0], depth))
        if kind == "fraction":
            return self._divided(self.count(node.parts[0], depth), self.count(node.parts[1], depth))
        if kind == "power":
            return self._power(node, depth)
        if kind in ("call", "absolute", "norm"):
            return self._call(node, depth)
        if kind in ("sums", "total"):
            return self._sums(node, depth)
        if kind in ("partial", "gradient"):
            return self._derivative(node, depth)
        if kind == "entry":
            return self.count(node.parts[0], depth)
        raise NoBound

    def _name(self, node: Node, depth: int) -> Count:
        sort = self.world.sorts.named.get(node.value) if not node.scripts else None
        if sort is not None and node.value not in self.world.rules:
            return Count({sort: 1})  # n is a sum of ones
        return Count() if base_of(node) in self.kept else self._rule(base_of(node), depth)

    def _rule(self, base: str, depth: int) -> Count:
        """The largest count of what defines a name."""
        found = [
            _Counter(self.world, rule.claim, self.sorts, self.kept).count(rule.body, depth + 1)
            for rule in self.world.rules.get(base, ())
        ]
        return Count(_most(*(c.above for c in found)), _most(*(c.below for c in found))) if found else Count()

    def _divided(self, above: Count, below: Count) -> Count:
        return Count(_sum(above.above, below.below), _sum(above.below, below.above))

    def _power(self, node: Node, depth: int) -> Count:
        base, exponent = self.count(node.parts[0], depth), self.count(node.parts[1], depth)
        if not any((*base.above.values(), *base.below.values(), *exponent.above.values(), *exponent.below.values())):
            return Count()
        times = node.parts[1].value if node.parts[1].kind == "number" else ""
        if not times.lstrip("-").isdigit() or abs(int(times)) > 4:
            raise NoBound
        many = Count(_sum(*[base.above] * abs(int(times))), _sum(*[base.below] * abs(int(times))))
        return many if int(times) > 0 else Count(many.below, many.above)

    def _call(self, node: Node, depth: int) -> Count:
        if node.value == "softmax":
            return Count(dict.fromkeys(self.sorts, 1), dict.fromkeys(self.sorts, 1))
        parts = [self.count(part, depth) for part in node.parts]
        if (
            any((*part.above.values(), *part.below.values()) for part in parts)
            or node.kind == "norm"
            or node.value in self.world.functions
        ):
            raise NoBound
        return Count()

    def _sums(self, node: Node, depth: int) -> Count:
        *limits, body = node.parts
        inner = self.count(body, depth)
        if node.value == "∏":
            raise NoBound
        bound = (
            [part.value for part in limits[0].parts[: 1 if limits[0].value else None] if part.kind == "name"]
            if limits and limits[0].kind == "limit"
            else []
        )
        if inner.below and (not bound or any(inner.below.values())) and set(bound) & _letters_below(body):
            raise NoBound
        if not bound:
            return Count(_sum(inner.above, dict.fromkeys(self.sorts, 1)), inner.below)
        return Count(
            _sum(inner.above, Counter(self.world.sorts.letter(self.claim, letter) for letter in bound)), inner.below
        )

    def _derivative(self, node: Node, depth: int) -> Count:
        """The sum over all paths of the products of their slopes."""
        of = node.parts[0] if node.kind == "partial" else node.parts[-1]
        inner = self._paths(of, depth)
        once = _sum(inner.above, inner.below)
        return Count(once, _sum(inner.below, inner.below))

    def _paths(self, of: Node, depth: int) -> Count:
        if depth > _DEEPEST:
            raise NoBound
        own = self.count(of, depth) if of.kind != "name" else Count()
        below: list[Count] = []
        for node in of.walk():
            if node.kind == "name":
                base = base_of(node)
                for rule in self.world.rules.get(base, ()):
                    below.append(
                        _Counter(self.world, rule.claim, self.sorts, frozenset(self.world.rules))._slope(
                            rule.body, depth + 1
                        )
                    )
                if base in self.world.opaque:
                    below.append(Count(dict.fromkeys(self.sorts, 1)))
        return Count(
            _sum(own.above, _most(*(c.above for c in below))), _sum(own.below, _most(*(c.below for c in below)))
        )

    def _slope(self, body: Node, depth: int) -> Count:
        """A definition's slope: a function of a sum is a function of the sum's name, times the sum's slope."""
        own = self.count(body, depth)
        inner = (
            self._paths(Node("group", tuple(node for node in body.walk() if node.kind == "name")), depth)
            if depth <= _DEEPEST
            else Count()
        )
        return Count(_sum(own.above, inner.above), _sum(own.below, inner.below))

    def _contracted(self, node: Node) -> list[Mapping[str, int]]:
        """An index for each product of matrices."""
        arrays = [part for part in node.parts if self._is_array(part)]
        return [dict.fromkeys(self.sorts, 1)] * max(0, len(arrays) - 1) if node.kind != "entrywise" else []

    def _is_array(self, part: Node) -> bool:
        return any(
            node.kind in ("partial", "gradient")
            or (node.kind == "name"
            and (
                base_of(node) in self.world.shapes
                or (bool(self.world.sorts.arity.get(base_of(node)))
                and not slots_of(node)[1])
            ))
            for node in part.walk()
        )

    def free_dims(self, node: Node) -> tuple[str, ...]:
        """The sorts of the rows and columns of a tree of arrays, as far as its names tell."""
        found: dict[str, None] = {}
        for part in node.walk():
            if part.kind == "name":
                base = base_of(part)
                for dim in self.world.shapes.get(base, ()):
                    found[dim] = None
                if not slots_of(part)[1]:
                    for place in range(self.world.sorts.arity.get(base, 0)):
                        found[self.world.sorts.slot(base, "below", place)] = None
        return tuple(dim for dim in found if dim != "1")


def _letters_below(node: Node) -> frozenset[str]:
    """The letters of names below a stroke."""
    found: set[str] = set()
    for part in node.walk():
        inner = part.parts[-1:] if part.kind in ("fraction", "inverse") else ()
        for below in inner:
            for name in below.walk():
                if name.kind == "name":
                    found.update(
                        index.value for script in name.scripts for index in script.parts if index.kind == "name"
                    )
    return frozenset(found)


def _sum(*parts: Mapping[str, int]) -> dict[str, int]:
    found: Counter[str] = Counter()
    for part in parts:
        found.update(part)
    return dict(found)


def _most(*parts: Mapping[str, int]) -> dict[str, int]:
    found: dict[str, int] = {}
    for part in parts:
        for sort, value in part.items():
            found[sort] = max(found.get(sort, 0), value)
    return found


def _less(one: Mapping[str, int], other: Mapping[str, int]) -> dict[str, int]:
    return {sort: value - other.get(sort, 0) for sort, value in one.items()}
