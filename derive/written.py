"""What people write in a claim and SymPy has no word for: derivatives, values somewhere, functions of their own."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import sympy as sp

from derive.names import symbol


class Partial(sp.Expr):  # type: ignore[misc]
    """∂of/∂by as it was written, not yet worked out; `of` is any expression, `by` a symbol, and so are those `held`: of
    F(x, y) by x whatever y rests on.
    """

    is_commutative = True
    is_real = True

    def __new__(cls, of: sp.Expr, by: sp.Symbol, *held: sp.Symbol, evaluate: bool = False) -> "Partial":
        made: Partial = sp.Expr.__new__(cls, of, by, *held)
        return made

    @property
    def of(self) -> sp.Expr:
        """What is differentiated."""
        return self.args[0]

    @property
    def by(self) -> sp.Symbol:
        """By what it is differentiated."""
        return self.args[1]

    @property
    def held(self) -> frozenset[str]:
        """The names that are held meanwhile."""
        return frozenset(one.name for one in self.args[2:])

    def _eval_derivative(self, s: Any) -> sp.Expr:
        raise TypeError("a written derivative is worked out by `checking`, not differentiated again")


UNTOLD = symbol("′")
"""What u' is differentiated by, as long as nothing tells."""


class Called(sp.Expr):  # type: ignore[misc]
    """f(a, b), a document's own function at arguments, or a derivative of it; bare where nothing stands behind it."""

    is_commutative = True
    is_real = True

    def __new__(cls, name: Any, orders: Any, *arguments: sp.Expr, evaluate: bool = False) -> "Called":
        made: Called = sp.Expr.__new__(cls, sp.core.symbol.Str(str(name)), sp.Tuple(*orders), *arguments)
        return made

    @property
    def name(self) -> str:
        """The function's name."""
        return str(self.args[0])

    @property
    def orders(self) -> tuple[int, ...]:
        """How often it is differentiated by each of its variables; one number, the primes, where it stands bare."""
        return tuple(map(int, self.args[1]))

    @property
    def arguments(self) -> tuple[sp.Expr, ...]:
        """What it is applied to; nothing where it stands bare."""
        return tuple(self.args[2:])

    @property
    def text(self) -> str:
        """As people write it: f'(x)."""
        order = self.orders
        marks = "'" * order[0] if len(order) == 1 else "".join(map(str, order)) if any(order) else ""
        return f"{self.name}{marks}({', '.join(map(str, self.arguments))})" if self.arguments else self.name + marks

    def _eval_derivative(self, s: Any) -> sp.Expr:
        """The chain rule, through each argument."""
        terms = []
        for place, argument in enumerate(self.arguments):
            orders = tuple(order + (number == place) for number, order in enumerate(self.orders))
            terms.append(Called(self.name, orders, *self.arguments) * argument.diff(s))
        return sp.Add(*terms)


class At(sp.Expr):  # type: ignore[misc]
    """An expression where names have values, f|_{x=2}, or, by the sign →, where they go to them, lim f as h goes to 0;
    as it was written, not yet worked out.
    """

    is_commutative = True
    is_real = True

    def __new__(cls, of: sp.Expr, sign: Any, *ends: sp.Expr, evaluate: bool = False) -> "At":
        made: At = sp.Expr.__new__(cls, of, sp.core.symbol.Str(str(sign)), *ends)
        return made

    @property
    def of(self) -> sp.Expr:
        """What has a value there."""
        return self.args[0]

    @property
    def is_limit(self) -> bool:
        """Whether the names go to their values."""
        return str(self.args[1]) == "→"

    @property
    def ends(self) -> Mapping[sp.Symbol, sp.Expr]:
        """The names, each with its value."""
        return dict(zip(self.args[2::2], self.args[3::2], strict=True))

    @property
    def free_symbols(self) -> set[sp.Symbol]:
        """The names without those that have values here."""
        values = (value.free_symbols for value in self.ends.values())
        return set().union(self.of.free_symbols - self.ends.keys(), *values)

    def _eval_derivative(self, s: Any) -> sp.Expr:
        raise TypeError("a value somewhere is worked out by `checking`, not differentiated")


@lru_cache(maxsize=20_000)
def partials_in(expression: sp.Expr) -> frozenset[Partial]:
    """The derivatives that are written in an expression; it is asked for them again and again."""
    return frozenset(expression.atoms(Partial))


@lru_cache(maxsize=20_000)
def calls_in(expression: sp.Expr) -> frozenset[Called]:
    """The calls of a document's own functions in an expression."""
    return frozenset(expression.atoms(Called))
