"""The network of a document: the walkthrough's with biases, another numbering of weights, nodes of its own."""

from collections.abc import Iterable, Iterator, Mapping

import sympy as sp

from derive.checking.defined import Defined
from derive.checking.roles import NUMBERED
from derive.claim import Partial
from derive.equality import Proved, decide
from derive.errors import DeriveError
from derive.names import symbol
from derive.network import Network, make_network
from derive.reading.spelling import Spelled, role_of


def network_of(
    base: Network, definitions: Iterable[Defined], names: Spelled, own: frozenset[str], adopt: frozenset[str]
) -> tuple[Network, tuple[tuple[str, ...], ...]]:
    """The walkthrough's network with what the document adds: biases, another numbering of weights, nodes of its own."""
    found: dict[str, list[sp.Expr]] = {}
    for one in definitions:
        name = names.find(one.written)
        if name is not None:
            found.setdefault(name, []).append(one.expression)
    numbered = _renumbered(base, found)
    biases = _biases(base, found)
    equations = dict(base.definitions)
    contradicted: dict[str, list[str]] = {}
    for name, bodies in found.items():
        if name not in base.definitions:
            continue
        agreed = next((b for b in bodies if _agrees(base, name, b, own | biases, numbered)), None)
        if agreed is not None:
            equations[name] = agreed
        elif not bodies[0].has(Partial):
            contradicted.setdefault(_family(name), []).append(name)
            if name in adopt:
                equations[name] = bodies[0]
                equations.update(_siblings(base, name, bodies[0], found))
    for name, bodies in found.items():
        body = bodies[0]
        if name in own and not body.has(Partial) and symbol(name) not in body.free_symbols:
            equations[name] = body
    return _made(base, equations, own), tuple(tuple(names) for names in contradicted.values())


def _family(name: str) -> str:
    match = NUMBERED.match(name)
    return match.group(1) if match else name


def _siblings(
    base: Network, name: str, body: sp.Expr, found: Mapping[str, list[sp.Expr]]
) -> Iterator[tuple[str, sp.Expr]]:
    """What a document's own definition of E1 makes of an E2 that it leaves undefined."""
    ours = base.by_name[name]
    for other in base.nodes:
        if other.name == name or other.name in found or _family(other.name) != _family(name):
            continue
        if len(other.parents) == len(ours.parents) and body.free_symbols <= {symbol(p) for p in ours.parents}:
            moved = dict(zip(map(symbol, ours.parents), map(symbol, other.parents), strict=True))
            yield other.name, body.xreplace(moved)


def _made(base: Network, equations: dict[str, sp.Expr], own: frozenset[str]) -> Network:
    """The network of the equations; those of the document's own names that make no sense together are left out."""
    while True:
        used = {s.name for body in equations.values() for s in body.free_symbols} | own
        leaves = tuple(sorted(n for n in used if n not in equations and n not in base.names))
        try:
            return make_network(
                equations.items(),
                inputs=base.inputs,
                targets=base.targets,
                parameters=base.parameters,
                constants=(*base.constants, *leaves),
                loss=base.loss,
                aliases=tuple((a, n) for a, n in base.aliases if a not in equations and a not in leaves),
            )
        except DeriveError:
            doubtful = [name for name in equations if name in own]
            if not doubtful:
                return base
            del equations[doubtful[-1]]


def _agrees(base: Network, name: str, body: sp.Expr, own: frozenset[str], numbered: bool) -> bool:
    """Whether a document's definition of a node is the walkthrough's, but for a bias or its numbering of weights."""
    if body.has(Partial):
        return False
    ours = base.definitions[name]
    biases = {s: 0 for s in body.free_symbols if s.name in own and _is_bias(s)}
    bare = body.xreplace(biases) if biases else body
    plain = ours.xreplace({s: 0 for s in ours.free_symbols if s.name in own and _is_bias(s)}) if biases else ours
    if isinstance(decide(bare, plain, definitions=_up_to(base, name)), Proved):
        return True
    return numbered and _weights(bare, base) is not None and _weights(base.definitions[name], base) is not None


def _biases(base: Network, found: Mapping[str, list[sp.Expr]]) -> frozenset[str]:
    """The biases of a document that gives each neuron its own: the numbers of two layers are not meant."""
    sums = [bodies[0] for name, bodies in found.items() if name in base.definitions and _weights(bodies[0], base)]
    told = [s.name for body in sums for s in body.free_symbols if _is_bias(s)]
    return frozenset(told) if len(told) == len(sums) == len(set(told)) > 1 else frozenset()


def _is_bias(name: sp.Basic) -> bool:
    return isinstance(name, sp.Symbol) and (role_of(name.name) or ("",))[0] == "bias"


def _up_to(base: Network, name: str) -> dict[str, sp.Expr]:
    """The definitions below a node."""
    below: dict[str, sp.Expr] = {}
    for node in base.nodes:
        if node.name == name:
            break
        below[node.name] = node.expression
    return below


def _renumbered(base: Network, found: Mapping[str, list[sp.Expr]]) -> bool:
    """Whether the document numbers the weights in another way throughout: its numbers are a permutation of ours."""
    changed: dict[str, str] = {}
    for name, bodies in found.items():
        if name not in base.definitions:
            continue
        ours = _weights(base.definitions[name], base)
        theirs = _weights(bodies[0], base)
        if ours is None or theirs is None:
            continue
        if set(ours) != set(theirs):
            return False
        for source, weight in theirs.items():
            if changed.setdefault(weight, ours[source]) != ours[source]:
                return False
    return sorted(changed) == sorted(changed.values()) and any(a != b for a, b in changed.items())


def _weights(body: sp.Expr, base: Network) -> dict[str, str] | None:
    """Source to weight in a weighted sum; None for any other expression."""
    terms = body.doit()
    found: dict[str, str] = {}
    for term in terms.args if terms.is_Add else (terms,):
        names = [f.name for f in term.args if f.is_Symbol] if term.is_Mul else [term.name] if term.is_Symbol else []
        weights = [n for n in names if n in base.parameters]
        if term.is_Mul and len(term.args) == 2 and len(names) == 2 and len(weights) == 1:
            (source,) = (n for n in names if n not in weights)
            if source in found:
                return None
            found[source] = weights[0]
        elif not (term.is_Symbol and (role_of(term.name) or ("",))[0] == "bias"):
            return None
    return found or None
