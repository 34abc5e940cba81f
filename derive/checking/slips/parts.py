"""Slips of what is left out or too much: factors, terms, paths, the slope of an activation."""

from collections.abc import Iterator
from itertools import combinations

import sympy as sp

from derive.checking.evaluation import near
from derive.checking.slips.grounds import Edit, Grounds
from derive.checking.slips.trees import everywhere, product_of, sum_of, with_part
from derive.names import symbol
from derive.rules import Relu, Sigmoid, Tanh
from derive.written import Partial


def sigmoid_identity(side: sp.Expr, other: sp.Expr, grounds: Grounds) -> Iterator[Edit]:
    inner = {s.args[0] for s in side.atoms(Sigmoid)}
    for argument in inner:
        plain = (
            -argument
            if argument.could_extract_minus_sign() or (argument.is_Mul and argument.args[0] == -1)
            else argument
        )
        if side.free_symbols <= plain.free_symbols and side.is_Add:
            activation = Sigmoid(plain)
            meant = sp.Mul(activation, sp.Add(1, -activation, evaluate=False), evaluate=False)
            yield meant, f"the slope of σ is {grounds.written(meant)}"


def wrong_activation(side: sp.Expr, other: sp.Expr, grounds: Grounds) -> Iterator[Edit]:
    """The slope of another activation: y*(1 - y) where y is a tanh."""
    for name, body in grounds.definitions.items():
        if not isinstance(body, (Tanh, Sigmoid, Relu)):
            continue
        y = symbol(name)
        minus = sp.Mul(-1, y, evaluate=False)
        theirs = {Sigmoid: y * (1 - y), Tanh: 1 - y**2}
        right = theirs.pop(body.func, None)
        if right is None or y not in side.free_symbols:
            continue
        for wrong in theirs.values():
            ratio = grounds.worked(side) / wrong
            meant = sp.Add(1, sp.Mul(minus, y, evaluate=False), evaluate=False) if isinstance(body, Tanh) else right
            told = f"the slope of {body.func.__name__.lower()} is {grounds.written(meant)}"
            yield sp.Mul(ratio, right), told


def missing_path(side: sp.Expr, other: sp.Expr, grounds: Grounds) -> Iterator[Edit]:
    """The other side is a derivative over several paths, and this side is some of them: put the whole."""
    if not isinstance(other, Partial) or side == other:
        return
    names = [s.name for s in other.of.free_symbols] if not other.of.is_Symbol else [other.of.name]
    paths = [path for name in names for path in grounds.paths(name, other.by.name)]
    value = grounds.scale.value(side)
    if not 2 <= len(paths) <= _MOST_PATHS or not value:
        return
    values = [grounds.scale.value(path) or 0.0 for _, path in paths]
    for count in range(1, len(paths)):
        for kept in combinations(range(len(paths)), count):
            if near(sum(values[n] for n in kept), value) and all(abs(values[n]) > 0 for n in kept):
                lost = next(names for n, (names, _) in enumerate(paths) if n not in kept)
                way = " → ".join(grounds.written(symbol(name)) for name in lost)
                yield other, f"the path {way} is left out"
                return


_MOST_PATHS = 8


def missing_factor(side: sp.Expr, other: sp.Expr, grounds: Grounds) -> Iterator[Edit]:
    resolved = grounds.worked(other)
    factors = list(resolved.args) if resolved.is_Mul else [resolved]
    factors += [
        symbol(name) * (1 - symbol(name)) for name, body in grounds.definitions.items() if isinstance(body, Sigmoid)
    ]
    factors += [symbol(name) for name in (*grounds.leaves, *grounds.definitions)]
    for factor in (sp.Integer(2), sp.Rational(1, 2), *(f for f in factors if f != 0)):
        if not isinstance(side, Partial):  # dy/dx = 3*x^3 has an x too much, its left side lacks none
            yield sp.Mul(side, factor, evaluate=False), f"the factor {grounds.written(factor)} is missing"

    def change(node: sp.Expr) -> Iterator[Edit]:
        if node.is_Add:
            for place, term in enumerate(node.args):
                for factor in factors:
                    told = f"the factor {grounds.written(factor)} is missing at {grounds.written(term)}"
                    yield with_part(node, place, sp.Mul(term, factor, evaluate=False)), told

    yield from everywhere(side, change)


def extra_factor(side: sp.Expr, other: sp.Expr, grounds: Grounds) -> Iterator[Edit]:
    def change(node: sp.Expr) -> Iterator[Edit]:
        if node.is_Mul:
            for place, factor in enumerate(node.args):
                rest = product_of((*node.args[:place], *node.args[place + 1 :]))
                yield rest, f"the factor {grounds.written(factor)} is too much"

    yield from everywhere(side, change)


def extra_term(side: sp.Expr, other: sp.Expr, grounds: Grounds) -> Iterator[Edit]:
    def change(node: sp.Expr) -> Iterator[Edit]:
        if node.is_Add and len(node.args) > 1:
            for place, term in enumerate(node.args):
                rest = sum_of((*node.args[:place], *node.args[place + 1 :]))
                yield rest, f"the term {grounds.written(term)} is too much"

    yield from everywhere(side, change)
