"""Entries that are printed numbers, held against what is worked out for them, to the digits shown."""

from collections.abc import Sequence

import sympy as sp

from derive.conventions import CONVENTIONS
from derive.formulas.printed import TINY, coarsest, decimals, fraction, printed_number
from derive.formulas.syntax import Node
from derive.names import symbol
from derive.rules import Elementary, rule_of
from derive.small_models.models.entries import Entries

_ROUNDED = 3
"""A number with so many decimals may have been rounded when it was printed."""


def agrees_as_printed(cells: Sequence[Node], sides: Sequence[sp.Expr], entries: Entries) -> bool | None:
    """Whether two components of which one is a printed number agree to its digits, rounded or cut off; None where none
    is, where something has no value, or where they agree by another convention, log to the base 2.
    """
    printed = [printed_number(cell) for cell in cells]
    number = coarsest(printed)
    if number is None:
        return None
    put = [worked(side, entries) for side in sides]
    if any(side.free_symbols for side in put):
        return None
    side = put[1] if printed[0] is number else put[0]
    value, slack = _value(side), _slack(side)
    if value is None:
        return None
    if not slack and number.is_enough_for(value):  # nothing is rounded where no more digits are needed
        return abs(float(number.value) - value) <= TINY * abs(value)
    if number.is_of(value, slack):
        return True
    others = (_value(one.of(side)) for one in CONVENTIONS if side.has(*one.functions))
    return None if any(other is not None and number.is_of(other, slack) for other in others) else False


def worked(side: sp.Expr, entries: Entries) -> sp.Expr:
    """An expression with all put in that defines its names, and the numbers that some are given."""
    for name, body in reversed(entries.closure((side,)).items()):
        side = side.xreplace({symbol(name): body})
    values = entries.model.world.values
    given = {s: entries.expression(values[s.name]) for s in side.free_symbols if s.name in values}
    return side.xreplace(given)


def _value(side: sp.Expr) -> float | None:
    try:
        return float(sp.N(side.replace(_is_of_rules, _written_out)))
    except TypeError:
        return None


def _is_of_rules(part: sp.Expr) -> bool:
    return isinstance(part, Elementary)


def _written_out(call: sp.Expr) -> sp.Expr:
    """σ(2) as 1/(1 + exp(-2)), which has a value."""
    return rule_of(call).definition(call.args[0])


def _slack(side: sp.Expr) -> float:
    """How far a value may be off because numbers in it were rounded; a printed number itself is held to its unit."""
    if side.is_Rational:
        return 0.0
    value, off = _value(side), 0.0
    for literal in side.atoms(sp.Rational):
        places = decimals(fraction(literal))
        moved = (
            _value(side.xreplace({literal: literal + sp.Rational(1, 2 * 10**places)})) if places >= _ROUNDED else None
        )
        off += abs(moved - value) if moved is not None and value is not None else 0.0
    return off
