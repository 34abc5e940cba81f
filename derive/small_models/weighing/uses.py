"""What a program's quantities are used for: what is worked out with each, what it changes, what cannot be read."""

from collections.abc import Collection, Iterable, Iterator, Mapping

from msgspec import Struct

from derive.formulas.syntax import Node
from derive.small_models.notation.slots import base_of, names_of
from derive.small_models.weighing.updates import UPDATES
from derive.small_models.worlds import Indexed
from derive.small_models.worlds.assignments import FURTHER
from derive.small_models.worlds.differentials import gradient_of, slope_of
from derive.small_models.worlds.sides import first_readings


class Uses(Struct, frozen=True):
    """`users` has what is worked out with each quantity, derivatives left out; `changed` is changed in place, `unread`
    worked out in lines that cannot be read, `torn` more than once in such, or from a derivative: whether it is the
    same, nobody can tell.
    """

    users: Mapping[str, frozenset[str]]
    changed: frozenset[str]
    unread: frozenset[str]
    torn: frozenset[str]

    def of(self, base: str) -> frozenset[str]:
        """What is worked out with a quantity."""
        return self.users.get(base, frozenset())


def uses_of(indexed: Indexed, known: Collection[str]) -> Uses:
    """The uses of a document's quantities; `known` are the bases that it tells."""
    added = frozenset(_added_to(indexed))
    lines = tuple(_unread(indexed, added))
    unread = frozenset(name for name, _ in lines)
    torn = frozenset(name for name in unread if name.endswith(FURTHER) or name + FURTHER in unread)
    slopes = (name for name, body in lines if any(gradient_of(one, known) is not None for one in names_of(body)))
    return Uses(dict(_users(indexed, known, lines)), indexed.changed | added, unread, torn.union(slopes))


def _unread(indexed: Indexed, changed: Collection[str]) -> Iterator[tuple[str, Node]]:
    """The names that a program works out in lines that cannot be read, or changes, each with what stands there."""
    for number, sides in first_readings(indexed.claims):
        if number not in indexed.programs or sides.left.kind != "name":
            continue
        is_change = indexed.document.claims[number].relation in UPDATES and base_of(sides.left) in changed
        if is_change or sides.right.has("foreign"):
            yield base_of(sides.left), sides.right


def _users(
    indexed: Indexed, known: Collection[str], unread: Iterable[tuple[str, Node]]
) -> Iterator[tuple[str, frozenset[str]]]:
    """What is worked out with each quantity, derivatives left out as their names tell them."""
    found: dict[str, set[str]] = {}
    rules = ((base, rule.body) for base, rules in indexed.world.rules.items() for rule in rules)
    for user, body in (*rules, *unread):
        name = Node("name", (), user)
        if gradient_of(name, known) is None and slope_of(name, known) is None:
            for base in map(base_of, _names_beside_sizes(body)):
                found.setdefault(base, set()).add(user)
    return ((base, frozenset(users)) for base, users in found.items())


def _names_beside_sizes(node: Node) -> Iterator[Node]:
    """The names of a tree, those left out of which it has the number of entries alone, X.shape[0], np.zeros_like(W): a
    size tells nothing of them.
    """
    if node.kind == "name":
        yield node
    is_size = node.kind == "size" or (node.kind == "foreign" and node.value.endswith("_like()"))
    for part in () if is_size else node.parts:
        yield from _names_beside_sizes(part)


def _added_to(indexed: Indexed) -> Iterator[str]:
    """What a program works out and then adds to, y += h; what it only makes are parameters, which are updated."""
    for number, sides in first_readings(indexed.claims):
        if number in indexed.programs and indexed.document.claims[number].relation in UPDATES:
            yield from {base_of(sides.left)} & indexed.world.rules.keys()
