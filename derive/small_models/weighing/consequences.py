"""What follows rightly from a slip: a refuted claim that holds where refuted ones before it are taken at their word."""

from collections.abc import Callable, Iterator, Sequence

from msgspec import Struct
from msgspec.structs import replace

from derive.formulas.syntax import Node
from derive.small_models.notation.slots import bound_by, place_of
from derive.small_models.worlds.sides import Sides, form_of

_MOST_TAKEN = 4
"""So many refuted claims before one are taken at their word, the nearest first."""


class Wrong(Struct, frozen=True):
    """A refuted claim: what it speaks of, and what it says of it."""

    claim: int
    left: Node
    right: Node


def given_claims(sides: Sides, before: Sequence[Wrong], holds: Callable[[Sides], bool]) -> tuple[int, ...]:
    """The refuted claims before one with which it holds, as few as one where that is enough; none where it does not."""
    others = [one for one in before if not _matches(one.left, sides.left, {})]  # said again, it is wrong again
    taken = others[: -_MOST_TAKEN - 1 : -1]
    for some in (*((one,) for one in taken), *((taken,) if len(taken) > 1 else ())):
        put = Sides(_taken(sides.left, some), _taken(sides.right, some))
        is_other = (form_of(put.left), form_of(put.right)) != (form_of(sides.left), form_of(sides.right))
        if is_other and holds(put):
            return tuple(sorted(one.claim for one in some))
    return ()


def wrong_of(number: int, sides: Sides) -> Iterator[Wrong]:
    """A refuted claim, where it speaks of a derivative or of a quantity."""
    if sides.left.kind in ("partial", "name"):
        yield Wrong(number, sides.left, sides.right)


def _taken(tree: Node, wrong: Sequence[Wrong]) -> Node:
    """A tree with what refuted claims say of its parts."""
    for one in wrong:
        table: dict[str, Node] = {}
        if _matches(one.left, tree, table):
            made = _indexed(one.right, table)
            if made is not None:
                return Node("group", (made,), "(", tree.start, tree.end)
    return replace(tree, parts=tuple(_taken(part, wrong) for part in tree.parts)) if tree.parts else tree


def _matches(pattern: Node, node: Node, table: dict[str, Node]) -> bool:
    """Whether a tree is a pattern at other indices; `table` has the index for each letter of the pattern then."""
    if (pattern.kind, pattern.value, pattern.order, len(pattern.parts), len(pattern.scripts)) != (
        node.kind, node.value, node.order, len(node.parts), len(node.scripts),
    ):  # fmt: skip
        return False
    pairs = zip((*pattern.scripts, *pattern.parts), (*node.scripts, *node.parts), strict=True)
    return all(
        (_fits(one, other, table) if one.kind in ("above", "below") else _matches(one, other, table))
        for one, other in pairs
    )


def _fits(pattern: Node, node: Node, table: dict[str, Node]) -> bool:
    """Whether the indices of a slot are those of a pattern; a letter stands for any index, the same throughout."""
    if pattern.kind != node.kind or len(pattern.parts) != len(node.parts):
        return False
    return all(
        form_of(table.setdefault(one.value, other) if one.kind == "name" else one) == form_of(other)
        for one, other in zip(pattern.parts, node.parts, strict=True)
    )


def _indexed(tree: Node, table: dict[str, Node]) -> Node | None:
    """A tree at other indices; None where one of them is bound within it, or shifted."""
    bound = {part.value for node in tree.walk() if node.kind == "limit" for part in bound_by(node)}
    if bound & (table.keys() | {place_of(index)[0] for index in table.values()}):
        return None

    def at(node: Node) -> Node:
        scripts = tuple(
            replace(script, parts=tuple(table.get(part.value, part) if part.kind == "name" else part
                                        for part in script.parts))
            for script in node.scripts
        )  # fmt: skip
        return replace(node, parts=tuple(map(at, node.parts)), scripts=scripts)

    shifted = {
        place_of(part)[0]
        for node in tree.walk()
        for script in node.scripts
        for part in script.parts
        if part.kind == "sum"
    }
    return None if shifted & table.keys() else at(tree)
