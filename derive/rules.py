"""The functions a network may use: one row each, with its definition, its slope as people write it and its spellings.

A row is all that a new activation needs here. SymPy differentiates the definition; the slope only says how a person
writes the result, and a test proves each row's slope equal to SymPy's derivative of its definition.
"""

from collections.abc import Callable
from types import MappingProxyType
from typing import Any

import sympy as sp
from msgspec import Struct


class Elementary(sp.Function):  # type: ignore[misc]
    """A function of one real argument that a row of RULES defines; it differentiates by that row's slope."""

    nargs = (1,)
    is_extended_real = True

    def fdiff(self, argindex: int = 1) -> sp.Expr:
        """slope(x, f(x)), the derivative by the argument."""
        return rule_of(self).slope(self.args[0], self)


class Sigmoid(Elementary):
    """σ(x) = 1/(1 + exp(-x))."""


class Relu(Elementary):
    """ReLU(x) = max(x, 0); its slope at 0 is 0, as frameworks have it."""


class Softplus(Elementary):
    """softplus(x) = log(1 + exp(x))."""


class Step(Elementary):
    """step(x) = 1 where x > 0, else 0: the slope of ReLU."""


class Tanh(Elementary):
    """tanh(x) = (exp(x) - exp(-x))/(exp(x) + exp(-x)), kept apart from SymPy's, whose slope is written otherwise."""


class Rule(Struct, frozen=True):
    """One function: `definition(x)` in SymPy's own functions, `slope(x, out)` as written by hand, where out = f(x)."""

    name: str
    function: Callable[[sp.Expr], sp.Expr]
    spellings: tuple[str, ...]
    definition: Callable[[sp.Expr], sp.Expr]
    slope: Callable[[sp.Expr, sp.Expr], sp.Expr]


def _ordered(*factors: sp.Expr) -> sp.Expr:
    """A product whose factors stay in the order given."""
    return sp.Mul(*factors, evaluate=False)


def _one_minus(x: sp.Expr) -> sp.Expr:
    """`1 - x`, in this order."""
    return sp.Add(sp.Integer(1), sp.Mul(sp.Integer(-1), x, evaluate=False), evaluate=False)


_ROWS = (
    Rule(
        "sigmoid",
        Sigmoid,
        ("σ", "sigmoid", "Sigmoid", "sig", "logistic"),
        lambda x: 1 / (1 + sp.exp(-x)),
        lambda x, out: _ordered(out, _one_minus(out)),
    ),
    Rule("tanh", Tanh, ("tanh", "Tanh"), sp.tanh, lambda x, out: _one_minus(sp.Pow(out, 2))),
    Rule("relu", Relu, ("ReLU", "relu"), lambda x: sp.Piecewise((x, x > 0), (0, True)), lambda x, out: Step(x)),
    Rule("step", Step, ("step",), lambda x: sp.Piecewise((1, x > 0), (0, True)), lambda x, out: sp.Integer(0)),
    Rule("softplus", Softplus, ("softplus",), lambda x: sp.log(1 + sp.exp(x)), lambda x, out: Sigmoid(x)),
    Rule("exp", sp.exp, ("exp",), sp.exp, lambda x, out: out),
    Rule("log", sp.log, ("ln", "log"), sp.log, lambda x, out: sp.Pow(x, -1)),
    Rule("sqrt", sp.sqrt, ("sqrt",), sp.sqrt, lambda x, out: _ordered(sp.Rational(1, 2), sp.Pow(out, -1))),
    Rule("sin", sp.sin, ("sin",), sp.sin, lambda x, out: sp.cos(x)),
    Rule("cos", sp.cos, ("cos",), sp.cos, lambda x, out: -sp.sin(x)),
    Rule("abs", sp.Abs, ("abs",), sp.Abs, lambda x, out: sp.sign(x)),
    Rule("sign", sp.sign, ("sign", "sgn"), sp.sign, lambda x, out: sp.Integer(0)),
)

RULES: MappingProxyType[str, Rule] = MappingProxyType({rule.name: rule for rule in _ROWS})
SPELLINGS: MappingProxyType[str, Rule] = MappingProxyType({s: rule for rule in _ROWS for s in rule.spellings})
_BY_FUNCTION: dict[Any, Rule] = {rule.function: rule for rule in _ROWS}


def rule_of(application: sp.Expr) -> Rule:
    """The row of an application such as σ(h1); TypeError, naming it, where no row defines it."""
    try:
        return _BY_FUNCTION[application.func]
    except KeyError:
        raise TypeError(f"no rule for {application.func}") from None


def spelled_out(expression: sp.Expr) -> sp.Expr:
    """An expression with every function of ours replaced by its definition: σ(x) becomes 1/(1 + exp(-x))."""
    ours = expression.atoms(Elementary)
    if not ours:
        return expression
    return expression.replace(lambda e: isinstance(e, Elementary), lambda e: rule_of(e).definition(e.args[0]))
