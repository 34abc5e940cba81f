"""What a person states: that one side equals another, at a place in a document."""

from typing import Any

import sympy as sp
from msgspec import Struct


class Partial(sp.Expr):  # type: ignore[misc]
    """∂of/∂by as it was written, not yet worked out; `of` is any expression, `by` a symbol."""

    is_commutative = True
    is_real = True

    def __new__(cls, of: sp.Expr, by: sp.Symbol, *, evaluate: bool = False) -> "Partial":
        made: Partial = sp.Expr.__new__(cls, of, by)
        return made

    @property
    def of(self) -> sp.Expr:
        """What is differentiated."""
        return self.args[0]

    @property
    def by(self) -> sp.Symbol:
        """By what it is differentiated."""
        return self.args[1]

    def _eval_derivative(self, s: Any) -> sp.Expr:
        raise TypeError("a written derivative is worked out by `checking`, not differentiated again")


class Place(Struct, frozen=True):
    """Where something stands: file (empty for none), line and column from 1."""

    file: str
    line: int
    column: int


class Claim(Struct, frozen=True):
    """left = right as it stands at `place`; the texts are the author's own."""

    left: sp.Expr
    right: sp.Expr
    left_text: str
    right_text: str
    place: Place
    repaired: str | None = None

    @property
    def text(self) -> str:
        """The claim as one line."""
        return f"{self.left_text} = {self.right_text}"
