"""Reads the updates of a table: from which cell each takes its rate, and whether it is right for that rate."""

from collections import Counter
from collections.abc import Iterable
from string import digits

import sympy as sp
from msgspec import Struct

from derive.equality import Proved
from derive.errors import DeriveError
from derive.names import symbol
from sheets.auditing.proving import Claim, Subject, shifted
from sheets.auditing.spots import spot_of


class Step(Struct, frozen=True):
    """One update formula of a parameter, seen from the row above, and the rate that it takes.

    `rate` is the name of a cell or column, "" where a number is typed, None where the formula is no right update.
    """

    claim: Claim
    parameter: str
    seen: sp.Expr
    rate: str | None
    number: float | None = None
    adds: bool = False


def read_steps(subject: Subject) -> tuple[Step, ...]:
    """Every update formula of every parameter, in all rows but the first."""
    first = subject.body.table.first_row
    steps = []
    for parameter in subject.network.parameters:
        column = subject.body.table.by_name.get(parameter)
        for claim in subject.claims(parameter) if column is not None else ():
            rows = tuple(row for row in claim.rows if row != first)
            if rows and not claim.fault:
                seen = shifted(claim.expression, 1, subject.body)
                rate, number, adds = _rate(subject, parameter, seen)
                if rate is None:
                    seen, rate = _with_schedule(subject, parameter, claim) or (seen, None)
                stands = Claim(claim.column, claim.formula, rows, claim.expression, rounded=claim.rounded)
                steps.append(Step(stands, parameter, seen, rate, number, adds))
    return tuple(steps)


def gradient_of(subject: Subject, parameter: str) -> sp.Expr:
    """What an update subtracts a multiple of: the gradient's column, else the gradient itself."""
    for name in subject.partials:
        column = subject.body.table.by_name[name]
        if column.by == parameter and column.of in ("E", subject.network.loss):
            return symbol(name)
    return subject.gradients[parameter]


def _rate(subject: Subject, parameter: str, seen: sp.Expr) -> tuple[str | None, float | None, bool]:
    """The rate for which a formula is a right update, as (cell or column, None) or ("", the number typed).

    The third says that a negative rate is added, or the step of a multiplier, which is right, too.
    """
    gradient = gradient_of(subject, parameter)
    for rate in rates_in(subject, seen):
        if isinstance(subject.prove(seen, symbol(parameter) - rate * gradient), Proved):
            return rate.name, None, False
        value = subject.value(rate.name, subject.body.table.first_row)
        is_added = isinstance(subject.prove(seen, symbol(parameter) + rate * gradient), Proved)
        if is_added and ((value is not None and value < 0) or subject.is_multiplier(parameter)):
            return rate.name, None, True
    typed = sp.cancel((symbol(parameter) - seen) / gradient) if gradient.is_Symbol and seen.has(gradient) else None
    if typed is not None and typed.is_number and typed.is_positive:
        return "", float(typed), False
    return None, None, False


def _with_schedule(subject: Subject, parameter: str, claim: Claim) -> tuple[sp.Expr, str] | None:
    """The update as written with a column of rates, and this: one formula throughout, of what no network knows."""
    expression = subject.meanings.expressions[parameter, claim.formula]
    for spot in map(spot_of, claim.formula.names):
        rate = spot.quantity
        if not subject.is_helper(rate) or len(subject.body.filled[rate].formulas) != 1:
            continue
        try:
            whole = subject.expanded(symbol(rate), claim.rows[-1])
            seen = shifted(subject.expanded(expression, claim.rows[-1], (parameter, rate)), 1, subject.body)
        except DeriveError:
            continue
        is_given = len(rates_in(subject, whole)) == len(whole.free_symbols)
        if is_given and isinstance(subject.prove(seen, symbol(parameter) - symbol(rate)
                                                 * gradient_of(subject, parameter)), Proved):
            return seen, rate
    return None


def rates_in(subject: Subject, seen: sp.Expr) -> list[sp.Symbol]:
    """The names in an update that may be the rate: what no network knows."""
    known = {*subject.network.names, *subject.partials}
    return [s for s in sorted(seen.free_symbols, key=str) if spot_of(s.name).quantity not in known]


def is_of_a_kind(parameter: str, rates: Iterable[tuple[str, object]]) -> bool:
    """Whether all parameters called as one is, the biases for one, take a rate, and those called otherwise another."""
    found = dict[bool, set[object]]({True: set(), False: set()})
    for other, rate in rates:
        found[other.rstrip(digits) == parameter.rstrip(digits)].add(rate)
    return len(found[True]) == 1 and found[True].isdisjoint(found[False])


def rate_of(subject: Subject, steps: tuple[Step, ...]) -> str | None:
    """The name of the rate by which most updates step, the first of them deciding between equals."""
    votes = Counter({name: 0 for step in steps if (name := step.rate)})
    for step in sorted(steps, key=lambda step: step.claim.rows[0]):
        if step.rate:
            votes[step.rate] += len(step.claim.rows)
    return max(votes, key=lambda name: votes[name]) if votes else None
