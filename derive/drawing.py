"""The network as a drawing: circles in columns from the inputs to the loss, and the links between them.

A neuron's sum and its activation share a circle, `h1 | out_h1`; a weight stands on its link, a bias at its circle.
Every picture of a network, in LaTeX or on a sheet, is this drawing.
"""

from collections.abc import Iterator
from enum import StrEnum

from msgspec import Struct

from derive.names import symbol
from derive.network import Network
from derive.ordering import terms_of

_ASIDE, _BETWEEN = 0.75, 0.5
"""How far beside an error its target stands, in rows: outside the column, and between two errors."""

_FEW, _MANY = 4, 8


class Kind(StrEnum):
    """What a circle stands for."""

    INPUT, TARGET, NEURON, LOSS = "input", "target", "neuron", "loss"


class Circle(Struct, frozen=True):
    """Names that share one circle, in the order of computing; `column` from 0, `row` 0 in the middle, downwards."""

    kind: Kind
    names: tuple[str, ...]
    column: int
    row: float
    biases: tuple[str, ...] = ()


class Link(Struct, frozen=True):
    """One circle feeds another: their first names, and the weights on the way."""

    source: str
    target: str
    weights: tuple[str, ...]


class Drawing(Struct, frozen=True):
    """Circles by column, then row, the targets last; links in the order of the equations."""

    circles: tuple[Circle, ...]
    links: tuple[Link, ...]

    @property
    def labelled(self) -> tuple[Link, ...]:
        """The links whose weights can be written on them: few between two columns, or all from or to one circle."""
        home = {circle.names[0]: circle.column for circle in self.circles}
        before: dict[int, list[Link]] = {}
        for link in self.links:
            if link.weights:
                before.setdefault(home[link.target], []).append(link)
        return tuple(
            link
            for links in before.values()
            if len(links) <= _FEW
            or (len(links) <= _MANY and 1 in (len({x.source for x in links}), len({x.target for x in links})))
            for link in links
        )


def draw(network: Network) -> Drawing:
    """The drawing of a network; parameters and constants appear on links and at circles, never as circles."""
    groups = _groups(network)
    home = {name: group[0] for group in groups for name in group}
    column = dict.fromkeys(network.inputs, 0)
    links: list[Link] = []
    for group in groups:
        used = [parent for name in group for parent in network.by_name[name].parents]
        sources = dict.fromkeys(home.get(parent, parent) for parent in used if _stands(network, parent))
        sources.pop(group[0], None)
        column[group[0]] = 1 + max((column[source] for source in sources if source in column), default=0)
        for source in sources:
            links.append(Link(source, group[0], _weights(network, group[0], source, home)))
    columns: dict[int, list[tuple[Kind, tuple[str, ...]]]] = {0: [(Kind.INPUT, (name,)) for name in network.inputs]}
    for group in groups:
        kind = Kind.LOSS if network.loss in group or not network.judged.isdisjoint(group) else Kind.NEURON
        columns.setdefault(column[group[0]], []).append((kind, group))
    circles = [
        Circle(kind, names, place, row - (len(members) - 1) / 2, _biases(network, names[0]))
        for place, members in sorted(columns.items())
        for row, (kind, names) in enumerate(members)
    ]
    return Drawing((*circles, *_targets(network, home, circles)), tuple(links))


def _targets(network: Network, home: dict[str, str], circles: list[Circle]) -> Iterator[Circle]:
    """Each target beside its first user: above it in the upper half, below it in the lower, by turns in the middle."""
    places = {circle.names[0]: circle for circle in circles}
    ends = {circle.column: abs(circle.row) for circle in circles}
    beside: dict[tuple[str, int], int] = {}
    for name in network.targets:
        if not network.children[name]:
            continue
        user = places[home[network.children[name][0]]]
        side = -1 if user.row < 0 else 1 if user.row > 0 else -1 if (user.names[0], -1) not in beside else 1
        count = beside[user.names[0], side] = beside.get((user.names[0], side), 0) + 1
        step = _ASIDE if abs(user.row) == ends[user.column] else _BETWEEN
        yield Circle(Kind.TARGET, (name,), user.column, user.row + side * step * count)


def _groups(network: Network) -> list[tuple[str, ...]]:
    """The computed names, a node together with the only node that uses it where that uses nothing else."""
    groups: list[tuple[str, ...]] = []
    taken: set[str] = set()
    for node in network.nodes:
        if node.name in taken:
            continue
        group = [node.name]
        while len(users := network.children[group[-1]]) == 1 and network.by_name[users[0]].parents == (group[-1],):
            group.append(users[0])
        taken.update(group)
        groups.append(tuple(group))
    return groups


def _stands(network: Network, name: str) -> bool:
    """Whether a name is drawn as a circle or shares one."""
    return name not in network.parameters and name not in network.constants


def _weights(network: Network, name: str, source: str, home: dict[str, str]) -> tuple[str, ...]:
    """The parameters and constants multiplied with a source in the equation of a name."""
    names = [source, *(other for other, first in home.items() if first == source)]
    feeding = {symbol(other) for other in names}
    return tuple(
        factor.name
        for term in terms_of(network.definitions[name])
        if feeding & term.free_symbols
        for factor in (term.args if term.is_Mul else ())
        if factor.is_Symbol and not _stands(network, factor.name)
    )


def _biases(network: Network, name: str) -> tuple[str, ...]:
    """The parameters and constants that an equation adds bare."""
    terms = terms_of(network.definitions[name]) if name in network.definitions else ()
    return tuple(term.name for term in terms if term.is_Symbol and not _stands(network, term.name))
