"""A derivation as the lines that a person writes on the board, one after the other, for every printer to print.

    ∂E/∂w5 = ∂(E1 + E2)/∂w5 = ∂E1/∂w5                               the loss is a sum; E2 does not depend on w5
    ∂E1/∂w5 = (∂E1/∂out_o1) * (∂out_o1/∂o1) * (∂o1/∂w5)             the chain rule
    ∂E1/∂out_o1 = ∂[1/2 * (t1 - out_o1)²]/∂out_o1 = out_o1 - t1     each factor
    ∂E/∂w5 = (out_o1 - t1) * out_o1 * (1 - out_o1) * out_h1         put together

Where the paths are too many to be written, the same lines go node by node, each derivative in terms of those before it:
∂E/∂h1 = (∂E/∂out_h1) * (∂out_h1/∂h1).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

import sympy as sp

from derive.chain import Derivation, Factor, Path
from derive.claim import Partial
from derive.names import symbol
from derive.network import Network
from derive.ordering import in_order, product, total

MOST_PATHS = 12


class Part(StrEnum):
    """The part of a derivation that a step belongs to."""

    SPLIT = "The loss is a sum"
    CHAIN = "Chain rule"
    FACTOR = "Each factor"
    GRADIENT = "Put together"


@dataclass(frozen=True)
class Step:
    """One line `members[0] = members[1] = ...`; the names in `idle` do not depend on the parameter."""

    part: Part
    members: tuple[sp.Expr, ...]
    idle: tuple[str, ...] = ()


@dataclass(frozen=True)
class Section:
    """The steps that end in ∂of/∂by; `of` as it is called within a derivative."""

    of: str
    by: str
    steps: tuple[Step, ...]


def sections(derivations: Iterable[Derivation]) -> tuple[Section, ...]:
    """The derivations in the order of the board: the shortest chains first, as backpropagation meets them.

    Path by path where every derivation has at most MOST_PATHS of them, else node by node, nodes first.
    """
    asked = tuple(derivations)
    ordered = sorted(asked, key=lambda d: (d.is_zero, d.is_zero or len(next(d.paths()).factors)))
    if all(_few_paths(d) for d in asked):
        return tuple(_section(d, _path_by_path(d)) for d in ordered)
    shared = asked[0].adjoints
    nodes = [node.name for node in reversed(shared.network.nodes) if node.name in shared.reached]
    between = [Derivation(shared.of, name, shared) for name in nodes if name != shared.of]
    return tuple(_section(d, _node_by_node(d)) for d in (*between, *ordered))


def _section(derivation: Derivation, steps: tuple[Step, ...]) -> Section:
    return Section(_name(derivation.adjoints.network, derivation.of), derivation.by, steps)


def _few_paths(derivation: Derivation) -> bool:
    """Whether there are at most MOST_PATHS paths; counted along the links, never by walking them."""
    found = derivation.adjoints
    counts = {found.of: 1}
    for node in reversed(found.network.nodes):
        for factor in found.factors.get(node.name, ()):
            counts[node.name] = counts.get(node.name, 0) + counts.get(factor.of, 0)
    return sum(counts.get(factor.of, 0) for factor in found.factors.get(derivation.by, ())) <= MOST_PATHS


def _path_by_path(derivation: Derivation) -> tuple[Step, ...]:
    """The split of the loss, the chain of every path, each factor once, the gradient."""
    network, by = derivation.adjoints.network, derivation.by
    gradient = _partial(network, derivation.of, by)
    if derivation.is_zero:
        return (Step(Part.GRADIENT, (gradient, sp.Integer(0)), (_name(network, derivation.of),)),)
    paths = tuple(derivation.paths())
    terms = _plain_terms(network, derivation.of)
    steps: list[Step] = []
    if terms:
        paths = tuple(Path(path.factors[1:]) for path in paths)
        active = tuple(dict.fromkeys(path.factors[0].of for path in paths))
        whole = Partial(total(tuple(map(symbol, terms))), symbol(by))
        split = total(tuple(_partial(network, term, by) for term in terms if term in active))
        steps.append(Step(Part.SPLIT, (gradient, whole, split), tuple(term for term in terms if term not in active)))
    for of in dict.fromkeys(path.factors[0].of for path in paths):
        chains = tuple(_chain(network, path) for path in paths if path.factors[0].of == of)
        if chains != (_partial(network, of, by),):
            steps.append(Step(Part.CHAIN, (_partial(network, of, by), total(chains))))
    factors = dict.fromkeys(factor for path in paths for factor in path.factors)
    steps.extend(_factor(network, factor) for factor in factors)
    return (*steps, Step(Part.GRADIENT, (gradient, derivation.value)))


def _node_by_node(derivation: Derivation) -> tuple[Step, ...]:
    """The chain rule over the direct users of a name, each link, and the sum with the links put in."""
    found, by = derivation.adjoints, derivation.by
    network, gradient = found.network, _partial(found.network, derivation.of, by)
    links = found.factors.get(by, ())
    if not links:
        return (Step(Part.GRADIENT, (gradient, sp.Integer(0)), (_name(network, derivation.of),)),)
    above = {link.of: () if link.of == found.of else (_partial(network, found.of, link.of),) for link in links}
    chain = total(tuple(product((*above[link.of], _partial(network, link.of, by))) for link in links))
    value = total(tuple(product((*above[link.of], link.value)) for link in links))
    return (*(() if chain == gradient else (Step(Part.CHAIN, (gradient, chain)),)),
            *(_factor(network, link) for link in links), Step(Part.GRADIENT, (gradient, value)))


def _chain(network: Network, path: Path) -> sp.Expr:
    """(∂E1/∂out_o1) * (∂out_o1/∂o1) * (∂o1/∂w5)."""
    return product(tuple(_partial(network, factor.of, factor.by) for factor in path.factors))


def _factor(network: Network, factor: Factor) -> Step:
    """∂out_o1/∂o1 = ∂σ(o1)/∂o1 = σ(o1) * (1 - σ(o1)) = out_o1 * (1 - out_o1)."""
    written, by = network.definitions[factor.of], symbol(factor.by)
    members = [_partial(network, factor.of, factor.by), Partial(written, by)]
    if written.is_Function and written.args[0] == by:
        slope = in_order(written.diff(by), {})
        if slope != factor.value:
            members.append(slope)
    return Step(Part.FACTOR, (*members, factor.value))


def _plain_terms(network: Network, of: str) -> tuple[str, ...]:
    """The names whose bare sum `of` is, such as E1, E2; empty where it is anything else."""
    written = network.definitions[of]
    terms = tuple(term.name for term in written.args if term.is_Symbol) if written.is_Add else ()
    plain = len(set(terms)) == len(written.args) and all(term in network.definitions for term in terms)
    return terms if plain else ()


def _name(network: Network, name: str) -> str:
    """A name as it is called within a derivative: E for E_Total."""
    return network.loss_name if name == network.loss else name


def _partial(network: Network, of: str, by: str) -> sp.Expr:
    return Partial(symbol(_name(network, of)), symbol(by))
