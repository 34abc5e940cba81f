"""The loss where an output saturates: 1 - σ(o) is 1/(1 + exp(o)), and so has a logarithm where σ(o) is rounded to 1.

    E = -(y * ln(out) + (1 - y) * ln(1 - out)), out = σ(o)    is computed as
        -(y * ln(out) + (1 - y) * ln(1/(1 + exp(o))))

From o = 36.8 on 1 - σ(o) is 0 in floating point, and its logarithm no number, though the loss is just above 36.
"""

from collections.abc import Mapping
from types import MappingProxyType

import sympy as sp

from derive.names import symbol
from derive.rules import Sigmoid


def computable(definitions: Mapping[str, sp.Expr]) -> Mapping[str, sp.Expr]:
    """The same quantities by formulas that keep their value where a sigmoid saturates; nothing else is touched."""
    instead = {
        1 - symbol(name): sp.Pow(sp.Add(1, sp.exp(out.args[0], evaluate=False), evaluate=False), -1, evaluate=False)
        for name, out in definitions.items() if isinstance(out, Sigmoid)
    }
    if not instead:
        return definitions
    return MappingProxyType({name: _put_in(instead, expression) for name, expression in definitions.items()})


def _put_in(instead: Mapping[sp.Expr, sp.Expr], expression: sp.Expr) -> sp.Expr:
    """The expression with what stands in a logarithm exchanged, nothing reordered."""
    if isinstance(expression, sp.log) and (found := instead.get(expression.args[0].doit())) is not None:
        exchanged: sp.Expr = sp.log(found, evaluate=False)
        return exchanged
    arguments = [_put_in(instead, argument) for argument in expression.args]
    if arguments == list(expression.args):
        return expression
    rebuilt: sp.Expr = expression.func(*arguments, evaluate=False)
    return rebuilt
