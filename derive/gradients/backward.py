"""The gradients as formulas: in hand form for a small network, with the adjoints as quantities of their own for others.

In a deep or wide network the bracket of ∂E/∂h1 would stand in the formula of every weight that leads to h1. As people
do in class (their δ), it is then computed once, under the name `dE/dh1`, and the size of all formulas together is
linear in the edges of the network.
"""

from collections.abc import Mapping
from types import MappingProxyType

import sympy as sp
from msgspec import Struct

from derive.gradients.chain import Adjoints, Derivation, adjoints
from derive.names import quantity, symbol
from derive.network import Network
from derive.ordering import product, total

MOST_PATHS = 8
"""Up to so many paths to one parameter its gradient is written in hand form."""


class Backward(Struct, frozen=True):
    """Going back through a network: `shared` are adjoints in the order going back, `gradients` one for each parameter.

    Both map a quantity's name (`dE/dh1`, `dE/dw1`) to its expression in nodes, leaves and earlier shared quantities.
    """

    shared: Mapping[str, sp.Expr]
    gradients: Mapping[str, sp.Expr]

    @property
    def formulas(self) -> Mapping[str, sp.Expr]:
        """Everything that going back computes, in the order in which it can be computed."""
        return {**self.shared, **self.gradients}


def go_back(network: Network, *, most_paths: int = MOST_PATHS, ones: tuple[str, ...] = ()) -> Backward:
    """The gradients of a network's loss by its parameters; adjoints are shared where a gradient has many paths.

    `ones` are names that add up to 1 in every sample.
    """
    found = adjoints(network, network.loss, ones)
    if max((found.path_counts.get(name, 0) for name in network.parameters), default=0) <= most_paths:
        by_hand = {name: Derivation(network.loss, name, found).value for name in network.parameters}
        return Backward(MappingProxyType({}), _named(network, by_hand))
    return _share(network, found)


def _share(network: Network, found: Adjoints) -> Backward:
    """Each adjoint that several names use is a quantity of its own; the others stand where they are used."""
    leading = set(network.parameters)
    branching = set()
    for node in network.nodes:
        used = sum(parent in leading for parent in node.parents)
        if used:
            leading.add(node.name)
        if used > 1:
            branching.add(node.name)
    factors: dict[str, tuple[sp.Expr, ...]] = {network.loss: (sp.Integer(1),)}
    shared: dict[str, sp.Expr] = {}

    def behind(name: str) -> tuple[sp.Expr, ...]:
        ways = [(*factors[link.of], link.value) for link in found.factors.get(name, ()) if link.of in factors]
        return ways[0] if len(ways) == 1 else (total(tuple(product(way) for way in ways)),)

    for node in reversed(network.nodes):
        if node.name == network.loss or node.name not in found.met or node.name not in leading:
            continue
        own = behind(node.name)
        value = product(own)
        if node.name in branching and value.args:
            name = quantity(network.loss_name, node.name)
            shared[name] = value
            own = (symbol(name),)
        factors[node.name] = own
    gradients = {name: product(behind(name)) for name in network.parameters}
    return Backward(MappingProxyType(shared), _named(network, gradients))


def _named(network: Network, gradients: Mapping[str, sp.Expr]) -> Mapping[str, sp.Expr]:
    return MappingProxyType({quantity(network.loss_name, name): value for name, value in gradients.items()})
