"""What a name in a table's formula stands for: a quantity of the formula's own row, of another row, or a cell outside.

    w1  ->  of its own row        w1@-1  ->  of the row above        w1@$33  ->  of row 33        Rates!B2  ->  outside
"""

from functools import lru_cache

import sympy as sp
from msgspec import Struct

from derive.names import symbol


class Spot(Struct, frozen=True):
    """A quantity so many of a table's `steps` below a formula, or in the row that is `fixed`."""

    quantity: str
    steps: int = 0
    fixed: int | None = None

    @property
    def name(self) -> str:
        """The name by which formulas read it."""
        if self.fixed is not None:
            return f"{self.quantity}@${self.fixed}"
        return f"{self.quantity}@{self.steps:+d}" if self.steps else self.quantity

    @property
    def symbol(self) -> sp.Symbol:
        """The symbol of its name."""
        return symbol(self.name)

    @property
    def is_own(self) -> bool:
        """Whether it stands in the formula's own row, or outside the table."""
        return not self.steps and self.fixed is None

    @property
    def in_words(self) -> str:
        """`w1 of the row above`."""
        if self.is_own:
            return self.quantity
        if self.fixed is not None:
            return f"{self.quantity} of row {self.fixed}"
        far, where = abs(self.steps), "above" if self.steps < 0 else "below"
        return f"{self.quantity} of the row {where}" if far == 1 else f"{self.quantity} {far} rows {where}"


@lru_cache(maxsize=8192)
def spot_of(name: str) -> Spot:
    """What a name stands for."""
    quantity, _, where = name.partition("@")
    if not where or "!" in name:
        return Spot(name)
    return Spot(quantity, fixed=int(where[1:])) if where.startswith("$") else Spot(quantity, int(where))
