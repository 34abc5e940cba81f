"""A derivation as the lines that a person writes on the board, one after the other, for every printer to print.

    ∂E/∂w5 = ∂(E1 + E2)/∂w5 = ∂E1/∂w5                               the loss is a sum; E2 does not depend on w5
    ∂E1/∂w5 = (∂E1/∂out_o1) * (∂out_o1/∂o1) * (∂o1/∂w5)             the chain rule
    ∂E1/∂out_o1 = ∂[1/2 * (t1 - out_o1)²]/∂out_o1 = out_o1 - t1     each factor
    ∂E/∂w5 = (out_o1 - t1) * out_o1 * (1 - out_o1) * out_h1         put together

Where the paths are too many to be written, the same lines go node by node, each derivative in terms of those before it:
∂E/∂h1 = (∂E/∂out_h1) * (∂out_h1/∂h1).
"""

from collections.abc import Callable, Iterable, Iterator
from enum import StrEnum

import sympy as sp
from msgspec import Struct

from derive.errors import DeriveError
from derive.gradients.chain import Adjoints, Derivation, Factor, Path
from derive.names import symbol
from derive.network import Network
from derive.ordering import in_order, product, total
from derive.written import Partial

MOST_PATHS = 12
MOST_DELTAS = 60
"""Up to so many parameters the way by nodes stops only where paths part; above, at every node."""


class Part(StrEnum):
    """The part of a derivation that a step belongs to."""

    SPLIT = "The loss is a sum"
    CHAIN = "Chain rule"
    FACTOR = "Each factor"
    GRADIENT = "Put together"


class Step(Struct, frozen=True):
    """One line `members[0] = members[1] = ...`; the names in `idle` do not depend on the parameter.

    The last member is right since the names in `since` add up to 1.
    """

    part: Part
    members: tuple[sp.Expr, ...]
    idle: tuple[str, ...] = ()
    since: tuple[str, ...] = ()


class Section(Struct, frozen=True):
    """The steps that end in ∂of/∂by, `of` as it is called within a derivative; `summands` are the factors to multiply.

    Path by path, a summand has the values along a path; node by node, a derivative of an earlier section and a link.
    """

    of: str
    by: str
    steps: tuple[Step, ...]
    summands: tuple[tuple[sp.Expr, ...], ...]


class Way(StrEnum):
    """How a derivation goes: along whole paths, or node by node, the deltas first, as one teaches it."""

    PATH, NODE = "path", "node"


def sections(derivations: Iterable[Derivation], way: Way | None = None) -> tuple[Section, ...]:
    """The derivations in the order of the board: the shortest chains first, as backpropagation meets them.

    Unless a `way` is asked for: path by path where every derivation has at most MOST_PATHS of them, else node by node,
    nodes first. DeriveError where paths are asked for that nobody could read.
    """
    asked = tuple(derivations)
    ordered = sorted(asked, key=lambda d: (d.is_zero, d.is_zero or len(next(d.paths()).factors)))
    few = all(_few_paths(d) for d in asked)
    if way is Way.PATH and not few:
        raise DeriveError("--by path", f"there are more than {MOST_PATHS} paths to a parameter", "use --by node")
    if few and way is not Way.NODE:
        return tuple(_path_by_path(d) for d in ordered)
    shared = asked[0].adjoints
    if way is Way.NODE and len(asked[0].adjoints.network.parameters) <= MOST_DELTAS:
        return _delta_by_delta(asked, ordered)
    needed = shared.met if any(d.by in shared.network.parameters for d in asked) else shared.reached
    if len(asked) == 1:
        needed = frozenset(shared.above([asked[0].by]))
    nodes = [node.name for node in reversed(shared.network.nodes) if node.name in needed and node.name != asked[0].by]
    between = [Derivation(shared.of, name, shared) for name in nodes if name != shared.of]
    return tuple(_node_by_node(d) for d in (*between, *ordered))


def _delta_by_delta(asked: tuple[Derivation, ...], ordered: list[Derivation]) -> tuple[Section, ...]:
    """The derivative by each node at which paths part, from the loss on; then what is asked for, by these."""
    found = asked[0].adjoints
    names = {d.by for d in asked}
    met = frozenset().union(*({*found.above([name])} - {name} for name in names))
    users = {name: sum(link.of == name for other in (*met, *names) for link in found.factors.get(other, ()))
             for name in met}
    terms = set(_plain_terms(found.network, found.of))
    stops = [node.name for node in reversed(found.network.nodes)
             if users.get(node.name, 0) > 1 and node.name != found.of and node.name not in terms | names]
    before = [Derivation(found.of, name, found) for name in stops]
    return tuple(_by_deltas(d, frozenset(stops)) for d in (*before, *ordered))


def _by_deltas(derivation: Derivation, stops: frozenset[str]) -> Section:
    """∂E/∂h1 = (∂E/∂o1) * (∂o1/∂out_h1) * (∂out_h1/∂h1) + …, each link, and the sum with the links put in."""
    found, by = derivation.adjoints, derivation.by
    network, of = found.network, _name(found.network, found.of)
    gradient = _partial(network, found.of, by)
    if derivation.is_zero:
        return _zero(of, by)
    terms = _plain_terms(network, found.of)
    ways = [way[1:] if way[0].of == found.of and way[0].by in terms and len(way) > 1 else way
            for way in _ways(found, by, stops)]
    heads = [(_partial(network, found.of, way[0].of),) if way[0].of in stops else () for way in ways]
    tail = _tail(ways)

    def joined(written: Callable[[Factor], sp.Expr]) -> sp.Expr:
        own = [(*head, *map(written, way[: len(way) - len(tail)])) for head, way in zip(heads, ways, strict=True)]
        return product((total(tuple(map(product, own))), *map(written, tail)))

    chain = joined(lambda link: _link(found, link))
    links = dict.fromkeys(part for way in ways for link in way for part in _parts(link))
    summands = tuple((*head, *(link.value for link in way)) for head, way in zip(heads, ways, strict=True))
    steps = [] if chain == gradient else [Step(Part.CHAIN, (gradient, chain))]
    steps += [_factor(network, link) for link in links if not _is_mixed(found, link)]
    whole = joined(lambda link: link.value)
    return Section(of, by, (*steps, Step(Part.GRADIENT, (gradient, whole))), summands)


def _tail(ways: list[tuple[Factor, ...]]) -> tuple[Factor, ...]:
    """The links that all of several ways end with: they stand once, behind the bracket."""
    tail: tuple[Factor, ...] = ()
    while len(ways) > 1 and all(len(way) > len(tail) for way in ways):
        lasts = {way[-1 - len(tail)] for way in ways}
        if len(lasts) > 1:
            break
        tail = (lasts.pop(), *tail)
    return tail


def _ways(found: Adjoints, by: str, stops: frozenset[str]) -> Iterator[tuple[Factor, ...]]:
    """The links from the next node of `stops`, or from the loss, down to a name."""
    for link in found.factors.get(by, ()):
        if link.of in stops or link.of == found.of:
            yield (link,)
        else:
            yield from ((*way, link) for way in _ways(found, link.of, stops))


def _few_paths(derivation: Derivation) -> bool:
    """Whether there are at most MOST_PATHS paths; counted along the links, never by walking them."""
    found = derivation.adjoints
    counts = {found.of: 1}
    for node in reversed(found.network.nodes):
        for factor in found.factors.get(node.name, ()):
            counts[node.name] = counts.get(node.name, 0) + counts.get(factor.of, 0)
    return sum(counts.get(factor.of, 0) for factor in found.factors.get(derivation.by, ())) <= MOST_PATHS


def _path_by_path(derivation: Derivation) -> Section:
    """The split of the loss, the chain of every path, each factor once, the gradient."""
    network, by = derivation.adjoints.network, derivation.by
    of = _name(network, derivation.of)
    gradient = _partial(network, derivation.of, by)
    if derivation.is_zero:
        return _zero(of, by)
    paths = tuple(derivation.paths())
    terms = _plain_terms(network, derivation.of)
    steps: list[Step] = []
    if terms and by not in terms and all(path.factors[0].by in terms for path in paths):
        paths = tuple(Path(path.factors[1:]) for path in paths)
        active = tuple(dict.fromkeys(path.factors[0].of for path in paths))
        whole = Partial(total(tuple(map(symbol, terms))), symbol(by))
        split = total(tuple(_partial(network, term, by) for term in terms if term in active))
        steps.append(Step(Part.SPLIT, (gradient, whole, split), tuple(term for term in terms if term not in active)))
    for head in dict.fromkeys(path.factors[0].of for path in paths):
        chains = tuple(_chain(derivation.adjoints, path) for path in paths if path.factors[0].of == head)
        if chains != (_partial(network, head, by),):
            steps.append(Step(Part.CHAIN, (_partial(network, head, by), total(chains))))
    factors = dict.fromkeys(part for path in paths for factor in path.factors for part in _parts(factor))
    steps.extend(_factor(network, factor) for factor in factors if not _is_mixed(derivation.adjoints, factor))
    summands = tuple(tuple(factor.value for factor in path.factors) for path in paths)
    return Section(of, by, (*steps, Step(Part.GRADIENT, (gradient, derivation.value))), summands)


def _node_by_node(derivation: Derivation) -> Section:
    """The chain rule over the direct users of a name, each link, and the sum with the links put in."""
    found, by = derivation.adjoints, derivation.by
    network, gradient = found.network, _partial(found.network, derivation.of, by)
    of, links = _name(network, found.of), found.factors.get(by, ())
    if not links:
        return _zero(of, by)
    above = {link.of: () if link.of == found.of else (_partial(network, found.of, link.of),) for link in links}
    chain = total(tuple(product((*above[link.of], _link(found, link))) for link in links))
    summands = tuple((*above[link.of], link.value) for link in links)
    steps = [] if chain == gradient else [Step(Part.CHAIN, (gradient, chain))]
    steps += [_factor(network, part) for link in links for part in _parts(link) if not _is_mixed(found, part)]
    return Section(of, by, (*steps, Step(Part.GRADIENT, (gradient, total(tuple(map(product, summands)))))), summands)


def _zero(of: str, by: str) -> Section:
    """∂E/∂b = 0, since E does not depend on b."""
    zero = sp.Integer(0)
    return Section(of, by, (Step(Part.GRADIENT, (Partial(symbol(of), symbol(by)), zero), (of,)),), ((zero,),))


def _chain(found: Adjoints, path: Path) -> sp.Expr:
    """(∂E1/∂out_o1) * (∂out_o1/∂o1) * (∂o1/∂w5)."""
    return product(tuple(_link(found, factor) for factor in path.factors))


def _link(found: Adjoints, factor: Factor) -> sp.Expr:
    """∂of/∂by, or its value where ∂of/∂by would mean more than this link."""
    return factor.value if _is_mixed(found, factor) else _partial(found.network, factor.of, factor.by)


def _is_mixed(found: Adjoints, factor: Factor) -> bool:
    """Whether `of` depends on `by` over other names too, as E = (t - w*i)**2 + R + w with R = w**2 does on w."""
    if factor.over:
        return False
    others = (parent for parent in found.network.by_name[factor.of].parents if parent != factor.by)
    return factor.by in found.network.below(others)


def _factor(network: Network, factor: Factor) -> Step:
    """∂out_o1/∂o1 = ∂σ(o1)/∂o1 = σ(o1) * (1 - σ(o1)) = out_o1 * (1 - out_o1)."""
    if factor.over:
        chain = total(tuple(product((_partial(network, a.of, a.by), _partial(network, b.of, b.by)))
                            for a, b in factor.over))
        merged = (_partial(network, factor.of, factor.by), chain, *factor.steps, factor.value)
        return Step(Part.FACTOR, merged, since=factor.since)
    written, by = network.definitions[factor.of], symbol(factor.by)
    members = [_partial(network, factor.of, factor.by), *(() if written == by else (Partial(written, by),))]
    if written.is_Function and written.args[0] == by:
        slope = in_order(written.diff(by), {})
        if slope != factor.value:
            members.append(slope)
    return Step(Part.FACTOR, (*members, factor.value))


def _parts(factor: Factor) -> tuple[Factor, ...]:
    """A factor, and before it those of which it was put together."""
    return (*(part for way in factor.over for part in way), factor)


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
