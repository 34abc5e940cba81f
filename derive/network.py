"""The network as a graph: named nodes, each an expression in its parents, in an order in which they can be computed."""

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from heapq import heappop, heappush
from types import MappingProxyType

import sympy as sp
from msgspec import Struct

from derive.errors import DeriveError
from derive.reach import reached
from derive.shown import Shown


class Node(Struct, frozen=True, dict=True):
    """One computed quantity, such as `out_h1 = σ(h1)`; the expression keeps the order in which it was written."""

    name: str
    expression: sp.Expr

    @cached_property
    def parents(self) -> tuple[str, ...]:
        """The names that the expression uses, each once, in the order in which it was written."""
        return tuple(dict.fromkeys(a.name for a in sp.preorder_traversal(self.expression) if a.is_Symbol))


class Network(Shown, Struct, frozen=True, dict=True):
    """A network: leaves by role, nodes in topological order, and the one node that is the loss.

    `aliases` are other names for a node, `E` for `E_Total`; the loss's first alias stands in its derivatives, `∂E/∂w5`.

    >>> import derive
    >>> [node.name for node in derive.load_walkthrough("parmelee").network.nodes]
    ['Z', 'E']
    """

    inputs: tuple[str, ...]
    targets: tuple[str, ...]
    parameters: tuple[str, ...]
    constants: tuple[str, ...]
    nodes: tuple[Node, ...]
    loss: str
    aliases: tuple[tuple[str, str], ...] = ()

    def __repr__(self) -> str:
        return f"<Network: {len(self.nodes)} equations, {len(self.parameters)} parameters, loss {self.loss}>"

    @cached_property
    def definitions(self) -> Mapping[str, sp.Expr]:
        """Node name to expression in its parents, in topological order."""
        return MappingProxyType({node.name: node.expression for node in self.nodes})

    @cached_property
    def by_name(self) -> Mapping[str, Node]:
        """Node name to node."""
        return MappingProxyType({node.name: node for node in self.nodes})

    @cached_property
    def leaves(self) -> tuple[str, ...]:
        """Every name that is given a value rather than computed."""
        return self.targets + self.inputs + self.constants + self.parameters

    @cached_property
    def names(self) -> frozenset[str]:
        """Every declared name, aliases apart."""
        return frozenset(self.leaves) | frozenset(self.definitions)

    @cached_property
    def loss_name(self) -> str:
        """What the loss is called within a derivative: its first alias, else its own name."""
        return next((alias for alias, name in self.aliases if name == self.loss), self.loss)

    def below(self, names: Iterable[str]) -> Iterator[str]:
        """These names and those that they are computed from, each once."""
        return reached(names, lambda name: self.by_name[name].parents if name in self.by_name else ())

    @cached_property
    def judged(self) -> frozenset[str]:
        """The targets, and what they feed directly or from further back."""
        return frozenset(reached(self.targets, self.children.__getitem__))

    @cached_property
    def children(self) -> Mapping[str, tuple[str, ...]]:
        """Name to the nodes that use it directly, in topological order."""
        found: dict[str, list[str]] = {name: [] for name in self.leaves}
        for node in self.nodes:
            found[node.name] = []
            for parent in node.parents:
                found[parent].append(node.name)
        return MappingProxyType({name: tuple(users) for name, users in found.items()})


def make_network(
    equations: Iterable[tuple[str, sp.Expr]],
    *,
    inputs: Iterable[str],
    targets: Iterable[str],
    parameters: Iterable[str],
    constants: Iterable[str] = (),
    loss: str = "",
    aliases: Iterable[tuple[str, str]] = (),
    where: str = "equations",
) -> Network:
    """Validate equations, in any order, into a Network.

    Refused with DeriveError: a name defined twice, an undefined name, a circle, no loss or two of them.
    Equations already in a computable order keep it.
    """
    roles = {
        "inputs": tuple(inputs),
        "targets": tuple(targets),
        "parameters": tuple(parameters),
        "constants": tuple(constants),
    }
    declared: dict[str, str] = {}
    nodes: list[Node] = []
    for role, names in roles.items():
        for name in names:
            if name in declared:
                raise DeriveError(role, f'"{name}" is already among the {declared[name]}', "each name has one role")
            declared[name] = role
    for name, expression in equations:
        if name in declared:
            raise DeriveError(where, f'"{name}" is already among the {declared[name]}', "define each name once")
        declared[name] = "equations"
        nodes.append(Node(name, expression))
    for node in nodes:
        for parent in node.parents:
            if parent not in declared:
                raise DeriveError(
                    where,
                    f'"{parent}" in the equation of {node.name} is not defined',
                    "define it, or give it a value among the inputs, targets, parameters or constants",
                )
    ordered = _topological(nodes, where)
    chosen = _only_loss(ordered, loss, where)
    for alias, name in aliases:
        if name not in declared:
            raise DeriveError("aliases", f'"{alias}" stands for "{name}", which is not defined')
        if alias in declared:
            raise DeriveError("aliases", f'"{alias}" is already among the {declared[alias]}', "choose a free name")
    return Network(**roles, nodes=ordered, loss=chosen, aliases=tuple(aliases))


def _topological(nodes: list[Node], where: str) -> tuple[Node, ...]:
    """The nodes with every parent before its children; the given order wherever it allows."""
    rank = {node.name: place for place, node in enumerate(nodes)}
    missing = {node.name: {parent for parent in node.parents if parent in rank} for node in nodes}
    users: dict[str, list[str]] = {}
    for name, parents in missing.items():
        for parent in parents:
            users.setdefault(parent, []).append(name)
    ready = [place for place, node in enumerate(nodes) if not missing[node.name]]
    ordered: list[Node] = []
    while ready:
        node = nodes[heappop(ready)]
        ordered.append(node)
        for name in users.get(node.name, ()):
            missing[name].discard(node.name)
            if not missing[name]:
                heappush(ready, rank[name])
    if len(ordered) < len(nodes):
        waiting = {node.name: node for node in nodes if missing[node.name]}
        raise DeriveError(
            where, "the equations go in a circle: " + " → ".join(_circle(waiting)), "no quantity may depend on itself"
        )
    return tuple(ordered)


def _circle(waiting: Mapping[str, Node]) -> list[str]:
    """One circle among nodes that all wait for each other, its first name again at its end."""
    walked = [next(iter(waiting))]
    while True:
        step = next(p for p in waiting[walked[-1]].parents if p in waiting)
        if step in walked:
            return [*walked[walked.index(step) :], step]
        walked.append(step)


def _only_loss(nodes: tuple[Node, ...], loss: str, where: str) -> str:
    """The declared loss, or the one node that no other uses."""
    used = {parent for node in nodes for parent in node.parents}
    ends = [node.name for node in nodes if node.name not in used]
    if loss:
        if all(node.name != loss for node in nodes):
            raise DeriveError("loss", f'"{loss}" is not defined by an equation', f"one of {', '.join(ends) or 'none'}")
        return loss
    if len(ends) != 1:
        raise DeriveError(where, f"{len(ends)} quantities could be the loss: {', '.join(ends)}", 'name one: loss = "…"')
    return ends[0]
