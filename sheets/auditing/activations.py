"""Calls an activation by its name where a cell spells it out: 1/(1+EXP(-x)) is σ(x), so its slope is out*(1-out)."""

from collections.abc import Callable, Iterator
from functools import lru_cache

import sympy as sp

from derive import rules
from sheets.formulas.arithmetic import SampleSum

_E = sp.Dummy("E")


@lru_cache(maxsize=4096)
def named(expression: sp.Expr) -> sp.Expr:
    """An expression with every σ, tanh and ReLU that is spelled out put by its name; the rest stays as written."""
    if not expression.args:
        return expression
    for function, argument in _candidates(expression):
        return function(named(argument))
    if isinstance(expression, SampleSum):
        return SampleSum(named(expression.args[0]))
    if not (expression.is_Add or expression.is_Mul or expression.is_Pow):
        return expression
    return expression.func(*(named(part) for part in expression.args), evaluate=False)


def _candidates(node: sp.Expr) -> Iterator[tuple[Callable[[sp.Expr], sp.Expr], sp.Expr]]:
    """The function that a node is, with its argument; nothing where it is none."""
    if isinstance(node, sp.Max) and len(node.args) == 2 and sp.S.Zero in node.args:
        yield rules.Relu, next(part for part in node.args if part != 0)
    elif isinstance(node, sp.Piecewise):
        yield from _relu(node)
    elif node.is_Mul and len(node.args) == 2:
        for step, other in (node.args, node.args[::-1]):
            if isinstance(step, rules.Step) and step.args[0] == other:
                yield rules.Relu, other
    if (node.is_Mul or node.is_Pow) and node.has(sp.exp):
        yield from _of_exponentials(node)


def _relu(node: sp.Expr) -> Iterator[tuple[Callable[[sp.Expr], sp.Expr], sp.Expr]]:
    (value, test), (otherwise, _) = node.args if len(node.args) == 2 else ((0, sp.true), (1, sp.true))
    if otherwise == 0 and isinstance(test, (sp.StrictGreaterThan, sp.GreaterThan)) and test.lhs == value:
        yield rules.Relu, value


def _of_exponentials(node: sp.Expr) -> Iterator[tuple[Callable[[sp.Expr], sp.Expr], sp.Expr]]:
    arguments = sorted((e.args[0] for e in node.atoms(sp.exp)), key=lambda x: (_is_negative(x), sp.default_sort_key(x)))
    first = arguments[0]
    known = {sp.exp(first, evaluate=False): _E}
    for other in arguments[1:]:
        if _positive(other) != first:
            return
        known[sp.exp(other, evaluate=False)] = 1 / _E
    rational = node.xreplace(known)
    if rational.free_symbols != {_E}:
        return
    for function, form, argument in (
        (rules.Sigmoid, _E / (1 + _E), first),
        (rules.Sigmoid, 1 / (1 + _E), _opposite(first)),
        (rules.Tanh, (_E - 1 / _E) / (_E + 1 / _E), first),
    ):
        if sp.cancel(rational - form) == 0:
            yield function, argument
            return


def _is_negative(x: sp.Expr) -> bool:
    return bool(x.is_Mul and x.args[0] == -1)


def _positive(x: sp.Expr) -> sp.Expr:
    return _opposite(x) if _is_negative(x) else x


def _opposite(x: sp.Expr) -> sp.Expr:
    """-x, without its sign where it has one in front."""
    if not _is_negative(x):
        return sp.Mul(-1, x, evaluate=False)
    return sp.Mul(*x.args[1:], evaluate=False) if len(x.args) > 2 else x.args[1]
