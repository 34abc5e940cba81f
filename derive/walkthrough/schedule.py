"""How a walkthrough is trained: its learning rates and its number of updates, as many as sheets can hold."""

from collections.abc import Iterable
from decimal import Decimal

from derive.errors import DeriveError

MOST_UPDATES = 1_048_573
"""A sheet has 1,048,576 rows; two stand above the start row."""
MOST_RATES = 255
"""Each has a line in the loss chart, and Excel draws as many in one."""
MOST_RATE_CHARACTERS = 28
"""A sheet is named for its rate, `LR=0.5`, and Excel takes 31 characters."""


def rates_of(where: str, rates: Iterable[Decimal]) -> tuple[Decimal, ...]:
    """Learning rates: at least one, each a positive number, none twice."""
    kept = tuple(rates)
    if not kept:
        raise DeriveError(where, "there is no learning rate", "give at least one, such as 0.5")
    if len(kept) > MOST_RATES:
        raise DeriveError(where, f"{len(kept)} learning rates", f"give at most {MOST_RATES}")
    for rate in kept:
        if not rate.is_finite() or not 0 < float(rate) < float("inf"):
            raise DeriveError(where, f"{rate} is no learning rate", "a rate is a positive number, such as 0.5")
    for rate in kept:
        if kept.count(rate) > 1:
            raise DeriveError(where, f"{rate} stands there twice", "each rate has one sheet")
        if len(f"{rate:f}") > MOST_RATE_CHARACTERS:
            raise DeriveError(
                where, f"{rate} is too long to name a sheet", f"write it with at most {MOST_RATE_CHARACTERS} characters"
            )
    return kept


def updates_of(where: str, updates: int) -> int:
    """A number of updates that a sheet can hold."""
    if not 1 <= updates <= MOST_UPDATES:
        raise DeriveError(where, f"{updates:,} updates", f"give a number from 1 to {MOST_UPDATES:,}")
    return updates
