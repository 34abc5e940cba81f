"""Slips of names: another neuron, another variable, another label than the formula is of."""

import re
from collections.abc import Iterator, Sequence
from itertools import combinations

import sympy as sp

from derive.checking.exchange import renamed
from derive.checking.slips.grounds import Edit, Grounds
from derive.checking.slips.trees import everywhere
from derive.names import symbol
from derive.written import Partial, partials_in

_NUMBERED = re.compile(r"(.*?)(\d+)\Z")


def wrong_by(side: sp.Expr, other: sp.Expr, grounds: Grounds) -> Iterator[Edit]:
    """A derivative by the wrong name."""
    names = (*grounds.definitions, *grounds.leaves)

    def change(node: sp.Expr) -> Iterator[Edit]:
        if isinstance(node, Partial):
            for name in names:
                if name != node.by.name:
                    told = f"∂{grounds.written(node.by)} stands below where ∂{grounds.written(symbol(name))} belongs"
                    yield Partial(node.of, symbol(name)), told

    yield from everywhere(side, change)


def wrong_link(side: sp.Expr, other: sp.Expr, grounds: Grounds) -> Iterator[Edit]:
    """A name that links two factors of a chain is another quantity: ∂y1/∂h1 * ∂h1/∂w5 for ∂y1/∂o1 * ∂o1/∂w5."""
    links = {p.by for p in partials_in(side)} & {p.of for p in partials_in(side) if p.of.is_Symbol}
    for link in sorted(links, key=lambda s: str(s.name)):
        for name in grounds.definitions:
            if name != link.name and _family(name) != _family(link.name):
                told = f"{grounds.written(link)} stands where {grounds.written(symbol(name))} belongs"
                yield renamed(side, {link.name: name}), told


def duplicate_label(side: sp.Expr, other: sp.Expr, grounds: Grounds) -> Iterator[Edit]:
    """The name that is defined or derived is that of another line."""
    if side.is_Symbol and side.name in grounds.definitions and not isinstance(other, Partial):
        for name in _siblings(side.name, grounds):
            yield symbol(name), f"the left side should be {grounds.written(symbol(name))}"


def wrong_index(side: sp.Expr, other: sp.Expr, grounds: Grounds) -> Iterator[Edit]:
    """A name of the right kind with the wrong number: at all of its places, at one of them, with all that belong to it,
    in another layer, or exchanged with another.
    """
    used = sorted(_names_in(side))
    for name in used:
        for sibling in _siblings(name, grounds):
            yield renamed(side, {name: sibling}), _stands(name, sibling, grounds)
    yield from everywhere(side, lambda node: _other_indices(node, grounds))
    yield from _other_neurons(side, used, grounds)
    for name in used:
        for kin in _kin(name, grounds):
            yield renamed(side, {name: kin}), _stands(name, kin, grounds)
    for one, two in combinations([name for name in used if name in grounds.leaves], 2):
        told = f"{grounds.written(symbol(one))} and {grounds.written(symbol(two))} are exchanged"
        yield renamed(side, {one: two, two: one}), told


def _other_indices(node: sp.Expr, grounds: Grounds) -> Iterator[Edit]:
    """A name, or a derivative of a name, with other numbers."""
    if node.is_Symbol:
        for sibling in _siblings(node.name, grounds):
            yield symbol(sibling), _stands(node.name, sibling, grounds)
    if isinstance(node, Partial) and node.of.is_Symbol:
        for by in (node.by.name, *_siblings(node.by.name, grounds)):
            for of in (node.of.name, *_siblings(node.of.name, grounds)):
                if (of, by) != (node.of.name, node.by.name):
                    changed = Partial(symbol(of), symbol(by))
                    yield changed, f"{grounds.written(node)} stands where {grounds.written(changed)} belongs"


def _other_neurons(side: sp.Expr, used: Sequence[str], grounds: Grounds) -> Iterator[Edit]:
    """All names that belong to one neuron with the number of another, then those of another layer."""
    groups = {(_layer(name, grounds), match.group(2)) for name in used if (match := _NUMBERED.match(name))}
    for layer, number in sorted(group for group in groups if group[0]):
        group = [name for name in used if _layer(name, grounds) == layer and name.endswith(number)]
        for instead in ("1", "2", "3", "4", "5"):
            moved = {n: s for n in group for s in _siblings(n, grounds) if s == f"{_family(n)}{instead}"}
            if moved:
                yield renamed(side, moved), _stands(group[0], moved.get(group[0], group[0]), grounds)
        across = {n: k for n in group for k in _kin(n, grounds)}
        if across:
            first = next(iter(across))
            yield renamed(side, across), _stands(first, across[first], grounds)


def _stands(name: str, instead: str, grounds: Grounds) -> str:
    return f"{grounds.written(symbol(name))} stands where {grounds.written(symbol(instead))} belongs"


def wrong_variable(side: sp.Expr, other: sp.Expr, grounds: Grounds) -> Iterator[Edit]:
    """The input of an activation for its output, or the other way round; what is differentiated by, for what it is
    multiplied with: ∂(w*x)/∂w = w.
    """
    pairs = [
        (name, body.args[0].name)
        for name, body in grounds.definitions.items()
        if body.is_Function and body.args[0].is_Symbol
    ]
    for out, inner in pairs:
        for name, instead in ((inner, out), (out, inner)):
            if symbol(name) in side.atoms(sp.Symbol):
                yield renamed(side, {name: instead}), _stands(name, instead, grounds)

                def change(node: sp.Expr, name: str = name, instead: str = instead) -> Iterator[Edit]:
                    if node == symbol(name):
                        yield symbol(instead), _stands(name, instead, grounds)

                yield from everywhere(side, change)
    if isinstance(other, Partial) and other.by in side.free_symbols and not isinstance(side, Partial):
        for partner in _partners(other.by, grounds):
            yield renamed(side, {other.by.name: partner}), _stands(other.by.name, partner, grounds)


def _partners(factor: sp.Symbol, grounds: Grounds) -> Sequence[str]:
    """The names with which one is multiplied in definitions."""
    products = (part for body in grounds.definitions.values() for part in body.atoms(sp.Mul) if factor in part.args)
    return sorted({other.name for part in products for other in part.args if other.is_Symbol and other != factor})


def _family(name: str) -> str:
    match = _NUMBERED.match(name)
    return match.group(1) if match else name


def _siblings(name: str, grounds: Grounds) -> tuple[str, ...]:
    """The names that differ in their number only."""
    family = _family(name)
    names = (*grounds.leaves, *grounds.definitions)
    return tuple(other for other in names if other != name and _NUMBERED.match(other) and _family(other) == family)


def _kin(name: str, grounds: Grounds) -> tuple[str, ...]:
    """The names of the same kind and number in another layer: o1 for h1, out_o1 for out_h1."""
    body = grounds.definitions.get(name)
    match = _NUMBERED.match(name)
    if body is None or match is None:
        return ()
    return tuple(
        other
        for other, its in grounds.definitions.items()
        if other != name
        and its.func is body.func
        and other.endswith(match.group(2))
        and _family(other) != _family(name)
        and bool(body.is_Function or len(its.args) == len(body.args))
        and _layer(other, grounds) != _layer(name, grounds)
    )


def _names_in(side: sp.Expr) -> set[str]:
    """The names of a side but those by which an expression is differentiated and that stand nowhere else."""
    if side.is_Symbol:
        return {side.name}
    if isinstance(side, Partial) and not side.of.is_Symbol:
        return _names_in(side.of)
    return {name for part in side.args for name in _names_in(part)}


def _layer(name: str, grounds: Grounds) -> str:
    """Names that belong together when a neuron is taken for another: out_o1, o1, t1 and E1; out_h1 and h1."""
    level = grounds.levels.get(name, 0)
    if name in grounds.definitions:
        return str(max(level, 1))
    return "1" if level == 0 else ""
