"""One link of a chain: the derivative of a definition by a name that stands in it."""

from collections.abc import Iterator
from functools import lru_cache

import sympy as sp

from derive.formulas.functions import apart
from derive.names import symbol
from derive.ordering import product
from derive.rules import Step
from derive.written import Called


def names_in_order(body: sp.Expr) -> tuple[str, ...]:
    """The names of an expression in the order in which they stand in it."""
    return tuple(dict.fromkeys(part.name for part in sp.preorder_traversal(body) if part.is_Symbol))


@lru_cache(maxsize=10_000)
def link(of: str, body: sp.Expr | None, by: str) -> sp.Expr:
    """The partial derivative of a definition, written with what it defines where people do: out*(1 - out); that of what
    nobody defines is a name of its own.
    """
    if body is None:
        return symbol(f"∂{of}/∂{by}")
    body = body.doit()
    power = (1 / body - 1) if body.is_Pow else None
    if isinstance(power, sp.exp):
        inside = -power.args[0].diff(symbol(by))
        return product((symbol(of), sp.Add(1, sp.Mul(-1, symbol(of), evaluate=False), evaluate=False), inside))
    return by_cases(body).diff(symbol(by)).xreplace({body: symbol(of)})


def by_cases(body: sp.Expr) -> sp.Expr:
    """An expression whose slope has cases, max(a, b) as a where a > b and else b.

    Where two cases meet there may be no slope: which of them holds there tells nothing.
    """
    for part in sorted(body.atoms(sp.Max, sp.Min), key=sp.count_ops):
        if len(part.args) == 2:
            one, other = part.args if isinstance(part, sp.Max) else part.args[::-1]
            body = body.subs(part, apart(part.args[0], one, other, part.args[1]))
    return body.replace(sp.Piecewise, _apart)


def _apart(*cases: tuple[sp.Expr, sp.Basic]) -> sp.Expr:
    """Cases whose edges are nobody's, from the last one on."""
    made = cases[-1][0]
    for value, test in reversed(cases[:-1]):
        if isinstance(test, sp.Gt | sp.Ge | sp.Lt | sp.Le):
            made = apart(value, test.gts, test.lts, made)
        else:
            made = sp.Piecewise((value, test), (made, True))
    return made


def edgeless(slope: sp.Expr) -> sp.Expr:
    """A slope that is nothing where its cases meet: Step(x) as (1 + x/|x|)/2."""
    slope = slope.replace(Step, lambda x: _where_positive(x, sp.S.One, sp.S.Zero))
    slope = slope.replace(sp.sign, lambda x: _where_positive(x, sp.S.One, sp.S.NegativeOne))
    return slope.replace(sp.Piecewise, _edgeless_cases)


def _edgeless_cases(*cases: tuple[sp.Expr, sp.Basic]) -> sp.Expr:
    made = cases[-1][0]
    for value, test in reversed(cases[:-1]):
        if isinstance(test, sp.Gt | sp.Ge | sp.Lt | sp.Le):
            made = _where_positive(test.gts - test.lts, value, made)
        else:
            made = sp.Piecewise((value, test), (made, True))
    return made


def _where_positive(told: sp.Expr, value: sp.Expr, other: sp.Expr) -> sp.Expr:
    """One value where an expression is positive, another one where it is negative, and none where it is 0."""
    if told.is_zero:
        return other
    half: sp.Expr = (1 + told * sp.Pow(sp.Abs(told), -1, evaluate=False)) / 2
    return value * half + other * (1 - half)


def link_by_value(body: sp.Expr, by: str) -> Iterator[sp.Expr]:
    """The derivative by what a function comes to that is named without its argument: dy/dg of y = f(g(x))."""
    calls = {c for c in sp.preorder_traversal(body) if isinstance(c, Called) and c.name == by and not any(c.orders)}
    if len(calls) != 1:
        return
    (call,), value = calls, sp.Dummy(real=True)
    slope = body.xreplace({call: value}).doit().diff(value).xreplace({value: call})
    if slope != 0:
        yield slope
