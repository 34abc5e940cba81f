"""Parts of an expression exchanged for others, in the order written and with nothing evaluated."""

from collections.abc import Mapping

import sympy as sp

from derive.names import symbol
from derive.written import At, Partial


def exchanged(expression: sp.Expr, table: Mapping[sp.Basic, sp.Expr]) -> sp.Expr:
    """An expression with each part that the table names replaced, the largest first.

    A derivative stays one by a name: where its variable is replaced by more than a name, it keeps it.
    """
    if expression in table:
        return table[expression]
    if not table or not expression.args:
        return expression
    if isinstance(expression, At):  # what has a value there gets no other one
        table = {part: new for part, new in table.items() if part not in expression.ends or new.is_Symbol}
    if isinstance(expression, sp.Piecewise):  # its conditions are no expressions
        return expression.xreplace(dict(table))
    parts = [exchanged(part, table) for part in expression.args]
    if isinstance(expression, Partial):
        parts[1:] = [new if new.is_Symbol else old for new, old in zip(parts[1:], expression.args[1:], strict=True)]
    if all(new is old for new, old in zip(parts, expression.args, strict=True)):
        return expression
    made: sp.Expr = expression.func(*parts, evaluate=False)
    return made


def renamed(expression: sp.Expr, names: Mapping[str, str]) -> sp.Expr:
    """An expression with names in place of names."""
    free = expression.free_symbols
    return exchanged(expression, {s: symbol(names[s.name]) for s in free if s.name in names})
