"""The likeliest slip in a refuted claim about arrays: the one change of its right side under which it holds.

SLIPS is a table: each row proposes changes of one kind, and says each of them in the author's own signs. The first that
is proved is told; which of several is meant, nobody can know.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import partial
from itertools import cycle, islice
from types import MappingProxyType

from msgspec import Struct
from msgspec.structs import replace

from derive.errors import DeriveError
from derive.formulas.syntax import Node
from derive.small_models.models.tensors import numeral
from derive.small_models.notation.letters import free_letters
from derive.small_models.notation.slots import base_of, is_zero, names_of, ungrouped
from derive.small_models.weighing.comparison import Comparisons
from derive.small_models.weighing.layouts import sorts_of
from derive.small_models.worlds import Indexed
from derive.small_models.worlds.sides import Sides, first_readings, form_of

_MOST = 100
"""So many changes at most are looked at, each at one size, in a claim of no more parts than these."""
_MOST_PARTS = 120
_SIZES = (2, 3)
_FAULTS = (DeriveError, LookupError, TypeError, AttributeError, ValueError, RecursionError, ArithmeticError)
"""What may go wrong with a formula that nobody wrote: it is no slip then."""
_PRODUCTS = ("product", "matmul", "entrywise")
_WHOLE = ("name", "group", "call", "entry")
"""What can be transposed, or stand where a slope is missing."""


class Found(Struct, frozen=True):
    """A slip as `kind: message`, and where in the document's text it is."""

    told: str
    span: tuple[int, int]


class _Change(Struct, frozen=True):
    """A formula changed in one place, what is said of that, and the node in that place."""

    tree: Node
    told: str
    node: Node


class _Ground(Struct, frozen=True):
    """What changes are proposed on: a document, one of its claims, its sides."""

    indexed: Indexed
    number: int
    sides: Sides

    def written(self, node: Node) -> str:
        """A part of a formula as it stands in the text."""
        return " ".join(self.indexed.document.text.text[node.start : node.end].split())


def slip_of(indexed: Indexed, comparisons: Comparisons, number: int, sides: Sides) -> Found | None:
    """The first slip that explains a refuted claim, looked at with one size first."""
    sizes = dict(zip(sorts_of(indexed.world, number, sides), cycle(_SIZES), strict=False))

    def holds(right: Node) -> bool:
        meant = Sides(sides.left, right)
        grids: tuple[Sequence[Mapping[str, int]], ...] = ((sizes,), ())
        return all(comparisons.outcome(number, meant, sizes=grid).verdict == "proved" for grid in grids)

    return first_slip(indexed, number, sides, holds)


def first_slip(
    indexed: Indexed, number: int, sides: Sides, holds: Callable[[Node], bool], kinds: Collection[str] = ()
) -> Found | None:
    """The first change of a right side, of these kinds where some are given, with which it holds; None where none does,
    or the side is too large.
    """
    if is_zero(sides.right) or sum(1 for _ in sides.right.walk()) > _MOST_PARTS:
        return None
    ground = _Ground(indexed, number, sides)
    rows = (one for one in SLIPS.items() if not kinds or one[0] in kinds)
    changes = ((kind, change) for kind, slip in rows for change in _proposed(slip, ground))
    for kind, change in islice(changes, _MOST):
        try:
            if holds(change.tree):
                return Found(f"{kind}: {change.told}", (change.node.start, change.node.end))
        except _FAULTS:
            continue
    return None


def _proposed(slip: Callable[[_Ground], Iterator[_Change]], ground: _Ground) -> list[_Change]:
    """The changes of one row, or none where they cannot be made."""
    try:
        return list(islice(slip(ground), _MOST))
    except _FAULTS:
        return []


def _everywhere(tree: Node, changed: Callable[[Node], Iterator[_Change]]) -> Iterator[_Change]:
    """A tree with each of its parts changed in each way."""
    yield from changed(tree)
    for place, part in enumerate(tree.parts):
        for one in _everywhere(part, changed):
            yield replace(one, tree=_with(tree, place, one.tree))


def _with(tree: Node, place: int, part: Node) -> Node:
    return replace(tree, parts=(*tree.parts[:place], part, *tree.parts[place + 1 :]))


def _of_products(
    ground: _Ground, changed: Callable[[Node, int, Node], Iterator[_Change]]
) -> Iterator[_Change]:
    """The right side with each factor of each of its products changed in each way."""

    def each(node: Node) -> Iterator[_Change]:
        for place, part in enumerate(node.parts if node.kind in _PRODUCTS else ()):
            yield from changed(node, place, part)

    yield from _everywhere(ground.sides.right, each)


def _transpose(ground: _Ground) -> Iterator[_Change]:
    """A transpose that is missing, or one too many."""

    def changed(node: Node, place: int, part: Node) -> Iterator[_Change]:
        if part.kind == "transposed":
            told = f"{ground.written(part)} is transposed where {ground.written(part.parts[0])} belongs"
            yield _Change(_with(node, place, part.parts[0]), told, part)
        elif part.kind in _WHOLE:
            told = f"{ground.written(part)} stands where its transpose belongs"
            yield _Change(_with(node, place, Node("transposed", (part,))), told, part)

    yield from _of_products(ground, changed)


def _order(ground: _Ground) -> Iterator[_Change]:
    """Two factors in the wrong order, as they stand or with the other one transposed."""

    def changed(node: Node, place: int, part: Node) -> Iterator[_Change]:
        if place + 1 < len(node.parts) and node.kind != "entrywise":
            other = node.parts[place + 1]
            parts = (*node.parts[:place], other, part, *node.parts[place + 2 :])
            told = f"{ground.written(part)} and {ground.written(other)} stand in the wrong order"
            yield _Change(replace(node, parts=parts), told, replace(part, end=other.end))

    yield from _of_products(ground, changed)
    right = ground.sides.right
    yield _Change(Node("transposed", (right,)), "the right side is the transpose of what belongs there", right)


def _entrywise(ground: _Ground) -> Iterator[_Change]:
    """A product of matrices where one entry by entry belongs, or the other way round."""

    def changed(node: Node) -> Iterator[_Change]:
        if node.kind in ("product", "matmul") and len(node.parts) > 1:
            for place in range(len(node.parts) - 1):
                pair = Node("entrywise", node.parts[place : place + 2])
                rest = (*node.parts[:place], pair, *node.parts[place + 2 :])
                one, other = map(ground.written, pair.parts)
                told = f"{one} and {other} are to be multiplied entry by entry"
                yield _Change(replace(node, parts=rest) if len(rest) > 1 else pair, told, node)
        elif node.kind == "entrywise":
            one, other = (ground.written(node.parts[0]), ground.written(node.parts[-1]))
            yield _Change(replace(node, kind="product"), f"{one} and {other} are to be multiplied as matrices", node)

    yield from _everywhere(ground.sides.right, changed)


def _sign(ground: _Ground) -> Iterator[_Change]:
    """The sign of the whole, or of one term."""
    right = ground.sides.right
    yield _Change(_turned(right), "the sign is wrong", right)

    def changed(node: Node) -> Iterator[_Change]:
        for place, part in enumerate(node.parts if node.kind == "sum" else ()):
            bare = ungrouped(part.parts[0]) if part.kind == "negative" else part
            yield _Change(_with(node, place, _turned(part)), f"the sign of {ground.written(bare)} is wrong", part)

    yield from _everywhere(right, changed)


def _turned(node: Node) -> Node:
    return node.parts[0] if node.kind == "negative" else Node("negative", (node,))


def _sum(ground: _Ground) -> Iterator[_Change]:
    """A sum one too many."""

    def changed(node: Node) -> Iterator[_Change]:
        if node.kind in ("sums", "total") and node.parts:
            yield _Change(node.parts[-1], "the sum is one too many", node)

    yield from _everywhere(ground.sides.right, changed)


def _extra_factor(ground: _Ground) -> Iterator[_Change]:
    """A factor one too many."""

    def dropped(node: Node, place: int, part: Node) -> Iterator[_Change]:
        rest = (*node.parts[:place], *node.parts[place + 1 :])
        if rest:
            tree = replace(node, parts=rest) if len(rest) > 1 else rest[0]
            yield _Change(tree, f"the factor {ground.written(part)} is one too many", part)

    yield from _of_products(ground, dropped)


def _missing_factor(ground: _Ground) -> Iterator[_Change]:
    """A number, 1/m, the slope of an activation or a name with indices that is missing."""
    right = ground.sides.right
    half = Node("fraction", (numeral(1), numeral(2)))
    shares = {f"1/{name.value}": Node("inverse", (name,)) for name in _divisors(ground)}
    for told, factor in {"2": numeral(2), "1/2": half, **shares}.items():
        yield _Change(Node("product", (factor, right)), f"the factor {told} is missing", right)
    for name in _activations(ground):
        word, less = name.value, Node("sum", (numeral(1), Node("negative", (name,))))
        square = Node("sum", (numeral(1), Node("negative", (Node("power", (name, numeral(2))),))))
        slopes = {f"{word} (1 - {word})": Node("entrywise", (name, less)), f"1 - {word}^2": square}
        for told, factor in {word: name, f"1 - {word}": less, **slopes}.items():
            yield _Change(Node("entrywise", (right, factor)), f"the factor {told} is missing", right)
    for name in _indexed_names(ground):
        for one in _everywhere(right, partial(_times, name)):
            yield replace(one, told=f"the factor {ground.written(name)} is missing")


def _times(name: Node, node: Node) -> Iterator[_Change]:
    """What is summed, times a name."""
    if node.kind == "sums":
        yield _Change(_with(node, len(node.parts) - 1, Node("product", (node.parts[-1], name))), "", node)


def _indexed_names(ground: _Ground) -> list[Node]:
    """The names with indices of which the document's quantities are made, x_j^(i), but for those that stand here."""
    rules = (rule.body for rules in ground.indexed.world.rules.values() for rule in rules)
    found = {form_of(name): name for body in rules for name in names_of(body) if name.scripts}
    return [name for form, name in found.items() if form not in map(form_of, names_of(ground.sides.right))]


def _divisors(ground: _Ground) -> list[Node]:
    """The names of numbers by which the document divides."""
    rules = (rule.body for rules in ground.indexed.world.rules.values() for rule in rules)
    below = (node.parts[-1] for body in rules for node in body.walk() if node.kind in ("inverse", "fraction"))
    return list({one.value: one for one in below if one.kind == "name" and not one.scripts}.values())


def _activations(ground: _Ground) -> list[Node]:
    """The names that are a function of another, entry by entry, and whose slope the claim may have to have."""
    told = {base_of(s.left): s.left for _, s in first_readings(ground.indexed.claims) if s.left.kind == "name"}
    below = ground.indexed.world.below(ground.sides.names())
    rules = ground.indexed.world.rules
    return [
        told[base]
        for base in below
        if base in told and not told[base].scripts and any(rule.body.kind == "call" for rule in rules.get(base, ()))
    ]


def _index(ground: _Ground) -> Iterator[_Change]:
    """Two indices exchanged, or one that stands for another of the claim."""
    signs = ground.indexed.world.signs
    letters = sorted(one for one in ground.sides.letters(signs) if len(one) == 1)

    def changed(node: Node) -> Iterator[_Change]:
        is_indexed = node.kind == "name" and bool(node.scripts)
        own = sorted(one for one in free_letters(node, signs) if len(one) == 1) if is_indexed else []
        word = ground.written(node)
        if len(own) == 2:
            turned = _relettered(node, dict(zip(own, own[::-1], strict=True)))
            yield _Change(turned, f"the indices of {word} are exchanged", node)
        for letter in own:
            for other in letters:
                if other not in own:
                    told = f"{word} has the index {letter} where {other} belongs"
                    yield _Change(_relettered(node, {letter: other}), told, node)

    yield from _everywhere(ground.sides.right, changed)


def _relettered(name: Node, letters: Mapping[str, str]) -> Node:
    """A name with other letters for its indices."""
    table = str.maketrans(dict(letters))

    def put(node: Node) -> Node:
        value = node.value.translate(table) if node.kind == "name" else node.value
        return replace(node, value=value, parts=tuple(map(put, node.parts)))

    behind = name.value[len(name.base) :].translate(table)
    return replace(name, value=name.base + behind, scripts=tuple(map(put, name.scripts)))


def _name(ground: _Ground) -> Iterator[_Change]:
    """One quantity for another of the same shape that stands beside it in the document: X for A1, z for a."""
    shapes = ground.indexed.world.shapes
    known = {base_of(n): n for _, s in first_readings(ground.indexed.claims) for n in s.names() if not n.scripts}
    def changed(node: Node) -> Iterator[_Change]:
        shape = shapes.get(base_of(node)) if node.kind == "name" and not node.scripts else None
        for base, other in known.items():
            if shape is not None and shapes.get(base) == shape and base != base_of(node):
                yield _Change(other, f"{ground.written(node)} stands where {other.value} belongs", node)

    yield from _everywhere(ground.sides.right, changed)


SLIPS: Mapping[str, Callable[[_Ground], Iterator[_Change]]] = MappingProxyType({
    "sign": _sign,
    "transpose": _transpose,
    "order": _order,
    "entrywise": _entrywise,
    "wrong-index": _index,
    "extra-sum": _sum,
    "extra-factor": _extra_factor,
    "missing-factor": _missing_factor,
    "wrong-variable": _name,
})  # fmt: skip
