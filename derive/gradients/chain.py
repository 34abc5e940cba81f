"""The chain rule, going backwards once: the adjoint of every node, and each gradient as a sum of paths."""

import difflib
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property, lru_cache
from types import MappingProxyType

import sympy as sp
from msgspec import Struct

from derive.errors import DeriveError
from derive.gradients.merged import merged
from derive.gradients.slopes import slopes, softmaxes
from derive.network import Network
from derive.ordering import product, total
from derive.reach import reached
from derive.shown import Shown


class Factor(Struct, frozen=True):
    """One link of a path: ∂of/∂by = value, where `by` is a parent of `of` and the value is written in node names.

    Where several links are put together (see `merged`), `over` are the two factors of each way that they took, `steps`
    what was put together to the value, and `since` the names of which the value says that they add up to 1.
    """

    of: str
    by: str
    value: sp.Expr
    over: tuple[tuple["Factor", "Factor"], ...] = ()
    steps: tuple[sp.Expr, ...] = ()
    since: tuple[str, ...] = ()


class Path(Struct, frozen=True):
    """One way from a quantity back to another: its factors, from the loss's side on."""

    factors: tuple[Factor, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The names along the way: `E_Total, E1, out_o1, o1, w5`."""
        return (self.factors[0].of, *(factor.by for factor in self.factors))

    @property
    def value(self) -> sp.Expr:
        """The product of the factors, in their order; factors of 1 are left out."""
        return product(tuple(factor.value for factor in self.factors))


class Adjoints(Struct, frozen=True, dict=True):
    """Going backwards once from `of`: the local factors, and for every name below it the value of ∂of/∂name.

    A value names the adjoint of a node that several paths share instead of repeating it, so that its size does not
    grow with the number of paths.
    """

    network: Network
    of: str
    factors: Mapping[str, tuple[Factor, ...]]

    @cached_property
    def reached(self) -> frozenset[str]:
        """The names on which `of` depends."""
        return frozenset(self.factors)

    @cached_property
    def met(self) -> frozenset[str]:
        """The names that some path to a parameter goes over; what is merged away is not among them."""
        return frozenset(self.above(name for name in self.network.parameters if name in self.factors))

    def above(self, names: Iterable[str]) -> Iterator[str]:
        """These names and those that the paths to them go over, each once."""
        return reached(names, lambda name: [link.of for link in self.factors.get(name, ())])

    @cached_property
    def path_counts(self) -> Mapping[str, int]:
        """How many paths lead from `of` to each name below it; counted, not walked."""
        counts = {self.of: 1}
        for name in (*(node.name for node in reversed(self.network.nodes)), *self.network.leaves):
            if name != self.of and name in self.factors:
                counts[name] = sum(counts[link.of] for link in self.factors[name])
        return MappingProxyType(counts)


class Derivation(Shown, Struct, frozen=True, dict=True):
    """∂of/∂by as a person writes it: a sum of paths, as a lazy view on the adjoints.

    >>> import derive
    >>> [path.names for path in derive.derive_gradients("kanungo")["w5"].paths()]
    [('E_Total', 'E1', 'out_o1', 'o1', 'w5')]
    """

    of: str
    by: str
    adjoints: Adjoints

    def __repr__(self) -> str:
        return f"<Derivation of ∂{self.of}/∂{self.by}>"

    def paths(self) -> Iterator[Path]:
        """Every path, one at a time, in the order in which the equations stand; their number may be huge."""
        return _paths(self.adjoints, self.by)

    @cached_property
    def is_zero(self) -> bool:
        """Whether `of` does not depend on `by` at all."""
        return self.of != self.by and self.by not in self.adjoints.reached

    @cached_property
    def value(self) -> sp.Expr:
        """The gradient in its hand form: shared factors stand once behind the bracket of the paths they share.

        `((out_o1 - t1)*out_o1*(1 - out_o1)*w5 + (...)*w7)*out_h1*(1 - out_h1)*i1`
        """
        return product(_hand_factors(self.adjoints, self.by))


@lru_cache(maxsize=32)
def adjoints(network: Network, of: str, ones: tuple[str, ...] = ()) -> Adjoints:
    """The local factors along which `of` depends on each name; cost linear in the graph's edges.

    `ones` are names that add up to 1 in every sample, such as the targets of a softmax.
    """
    above: dict[str, list[Factor]] = {of: []}
    local = _local_slopes(network)
    for node in reversed(network.nodes):
        if node.name not in above:
            continue
        for parent, slope in local[node.name].items():
            above.setdefault(parent, []).insert(0, Factor(node.name, parent, slope))
    factors = {name: tuple(links) for name, links in above.items()}
    return Adjoints(network, of, MappingProxyType(_with_merged(network, of, factors, ones)))


def _with_merged(
    network: Network, of: str, factors: dict[str, tuple[Factor, ...]], ones: tuple[str, ...]
) -> dict[str, tuple[Factor, ...]]:
    """The same links, but one from `of` to each node of which the two before it are simpler together than apart."""
    rank = {name: place for place, name in enumerate((*network.leaves, *network.definitions))}
    weight = _weights(of, factors)
    found = dict(factors)
    for node in network.nodes:
        links = factors.get(node.name, ())
        before = [factors[link.of] for link in links]
        if not links or any(len(heads) != 1 or heads[0].of not in weight for heads in before):
            continue
        ways = [(weight[head.of] * head.value, link.value) for (head,), link in zip(before, links, strict=True)]
        whole = merged(ways, ones, rank)
        if whole is not None:
            over = tuple((head, link) for (head,), link in zip(before, links, strict=True))
            found[node.name] = (Factor(of, node.name, whole.value, over, whole.steps, whole.since),)
    return found


def _weights(of: str, factors: Mapping[str, tuple[Factor, ...]]) -> dict[str, sp.Expr]:
    """`of` and the nodes of which it is a sum, or a mean: how much each counts."""
    counted = {of: sp.Integer(1)}
    for name, links in factors.items():
        if len(links) == 1 and links[0].of == of and links[0].value.is_Rational:
            counted[name] = links[0].value
    return counted


@lru_cache(maxsize=16)
def _local_slopes(network: Network) -> Mapping[str, Mapping[str, sp.Expr]]:
    """Every node's slopes by its parents; the same whatever is differentiated by what, so worked out once."""
    rank = {name: place for place, name in enumerate((*network.leaves, *network.definitions))}
    known = softmaxes(network.nodes)
    return {node.name: slopes(node, known, rank) for node in network.nodes}


def derive_gradients(network: Network, ones: tuple[str, ...] = ()) -> Mapping[str, Derivation]:
    """∂loss/∂parameter for every parameter, in declared order; `ones` are names that add up to 1 in every sample."""
    shared = adjoints(network, network.loss, ones)
    return MappingProxyType({name: Derivation(network.loss, name, shared) for name in network.parameters})


def derive_by(network: Network, of: str, by: str, ones: tuple[str, ...] = ()) -> Derivation:
    """∂of/∂by for any two names of the network."""
    return Derivation(of, by, adjoints(network, of, ones))


def asked_for(network: Network, name: str, ones: tuple[str, ...] = ()) -> tuple[Derivation, ...]:
    """∂loss/∂name for one name, for every parameter where it is empty.

    DeriveError where there is no such name, and where it is the loss itself.
    """
    if not name:
        return tuple(derive_gradients(network, ones).values())
    asked, name = name, dict(network.aliases).get(name, name)
    if name == network.loss:
        raise DeriveError(asked, "is the loss itself",
                          f"the weight or neuron to differentiate it by, such as {network.parameters[0]}")
    if name not in network.names:
        known = (*network.parameters, *(node.name for node in network.nodes if node.name != network.loss))
        near = [one for one in known if one.lower() == name.lower()] or difflib.get_close_matches(name, known, n=1)
        raise DeriveError(name, "the network has no such name to differentiate by",
                          f"did you mean {near[0]}?" if near else f"one of {', '.join(known[:20])}")
    return (derive_by(network, network.loss, name, ones),)


def _paths(found: Adjoints, by: str) -> Iterator[Path]:
    """Paths from `of` to `by`, built from the end towards `of`."""

    def back(name: str, behind: tuple[Factor, ...]) -> Iterator[Path]:
        if name == found.of:
            if behind:
                yield Path(behind)
            return
        for factor in found.factors.get(name, ()):
            yield from back(factor.of, (factor, *behind))

    return back(by, ())


def _hand_factors(found: Adjoints, name: str) -> tuple[sp.Expr, ...]:
    """The factors of ∂of/∂name: along the only link of a name, or the bracket over all of them."""
    if name == found.of:
        return (sp.Integer(1),)
    links = found.factors.get(name, ())
    ways = [(*_hand_factors(found, link.of), link.value) for link in links]
    if len(ways) == 1:
        return ways[0]
    return (total(tuple(product(way) for way in ways)),)
