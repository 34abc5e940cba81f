"""A right formula, and the chain of factors behind it where it is a gradient."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

import sympy as sp
from msgspec import Struct

from derive.gradients.chain import Adjoints, Derivation, Factor
from derive.network import Network

Edit = tuple[str, sp.Expr]
"""What is wrong in words, and the wrong formula."""


class Subject(Struct, frozen=True):
    """A right formula, the network whose names it uses, and the derivation behind it where it is a gradient.

    `siblings` are the names that are easily taken for each other, by name.
    """

    formula: sp.Expr
    network: Network
    siblings: Mapping[str, tuple[str, ...]]
    derivation: Derivation | None = None


def gradient_subject(derivation: Derivation) -> Subject:
    """The subject of a gradient in its hand form."""
    network = derivation.adjoints.network
    return Subject(derivation.value, network, siblings(network), derivation)


def formula_subject(formula: sp.Expr, network: Network) -> Subject:
    """The subject of a node's own formula."""
    return Subject(formula, network, siblings(network))


def siblings(network: Network) -> Mapping[str, tuple[str, ...]]:
    """To each name those of its role that differ from it in their number alone; inputs are all siblings."""
    groups: dict[tuple[str, str], list[str]] = {}
    for role, names in (("target", network.targets), ("parameter", network.parameters),
                        ("constant", network.constants), ("node", tuple(network.definitions))):
        for name in names:
            groups.setdefault((role, name.rstrip("0123456789")), []).append(name)
    groups["input", ""] = list(network.inputs)
    return MappingProxyType({
        name: tuple(other for other in group if other != name) for group in groups.values() for name in group
    })


def ways(subject: Subject) -> Mapping[str, tuple[Factor, ...]]:
    """The links behind a gradient, by the name that they lead back to; none where the subject is no gradient."""
    if subject.derivation is None:
        return {}
    found = subject.derivation.adjoints
    return {name: links for name in found.above([subject.derivation.by]) if (links := found.factors.get(name))}


def factors(subject: Subject) -> Iterator[Factor]:
    """All of these links."""
    for links in ways(subject).values():
        yield from links


def changed_in(subject: Subject, factor: Factor, value: sp.Expr | None) -> sp.Expr:
    """The gradient with one factor changed; without its link where the value is None."""
    assert subject.derivation is not None
    given = subject.derivation.adjoints
    links = (Factor(link.of, link.by, value) if link is factor and value is not None else link
             for link in given.factors[factor.by] if link is not factor or value is not None)
    changed = Adjoints(given.network, given.of, {**given.factors, factor.by: tuple(links)})
    return Derivation(given.of, subject.derivation.by, changed).value
