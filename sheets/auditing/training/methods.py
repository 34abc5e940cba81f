"""The methods that step otherwise than by a rate times a slope: momentum, weight decay, Adam.

A row of METHODS recognises one: from an update whose slope stands in a cell, to whether its formulas are the method's.
Each is seen at the points of the view, through the derivatives of the formulas by the cells that they read.
"""

import math
from collections.abc import Callable, Iterator

from msgspec import Struct

from sheets.auditing.training.claims import Claim, Reading, Row, divided, minus, times
from sheets.auditing.training.graph import POINTS, alike
from sheets.auditing.training.updates import Update
from sheets.references import Cell

_ONES: Row = (1.0,) * POINTS
_MOST_CELLS = 8


class Method(Struct, frozen=True):
    """A method by name, and the updates that follow it."""

    name: str
    updates: tuple[Update, ...]


def _plus(left: Row, right: Row) -> Row:
    return tuple(a + b for a, b in zip(left, right, strict=True))


def _averages(reading: Reading, claim: Claim, power: int) -> Iterator[tuple[Cell, Row, Row]]:
    """The cells a*state + b*slope^power behind an update, with a and b; the state is what the step before left."""
    view, slope = reading.view, claim.slope
    assert slope is not None
    inside = frozenset(reading.step.inside)
    held = view.values(slope)
    wanted = held if power == 1 else times(held, held)
    for cell in reading.own(claim.update):
        reads = view.graph.formulas[cell].reads
        if slope not in reads:
            continue
        by_slope = view.slopes(cell, slope)
        weight = by_slope if power == 1 else divided(by_slope, tuple(2 * value for value in held))
        for state in dict.fromkeys(reads):
            if state in inside or state in reading.step.starts:
                continue
            kept = view.slopes(cell, state)
            if any(kept) and alike(view.values(cell), _plus(times(kept, view.values(state)), times(weight, wanted))):
                yield cell, kept, weight


def _momentum(reading: Reading, claim: Claim) -> bool:
    """v' = m*v - rate*slope, w' = w + v'; or v' = m*v + slope, w' = w - rate*v'."""
    taken = reading.taken(claim.update)
    rates = reading.rates((claim.update.cell, *reading.own(claim.update)))
    return any(reading.rate_of(taken, reading.view.values(cell), rates) is not None
               for cell, _, _ in _averages(reading, claim, 1))


def _decay(reading: Reading, claim: Claim) -> bool:
    """w' = w - rate*(slope + decay*w), written in any way."""
    assert claim.slope is not None
    view, update = reading.view, claim.update
    taken, held, start = reading.taken(update), view.values(claim.slope), view.values(update.start)
    rates = reading.rates((update.cell, *reading.own(update)))
    formula = view.graph.formulas[update.cell]
    if claim.slope not in formula.reads or update.start not in formula.reads:
        return False
    by_slope = view.slopes(update.cell, claim.slope)
    rest = minus(taken, times(by_slope, held))
    if reading.rate_of(by_slope, _ONES, rates) is None or not any(rest):
        return False
    per_rate = divided(rest, times(by_slope, start))
    return reading.rate_of(per_rate, _ONES, rates) is not None


def _adam(reading: Reading, claim: Claim) -> bool:
    """m' = b*m + (1-b)*slope, s' = c*s + (1-c)*slope^2, w' = w - rate*m^/(sqrt(s^) + e), corrected or not."""
    first = [(cell, kept) for cell, kept, weight in _averages(reading, claim, 1) if alike(_plus(kept, weight), _ONES)]
    second = [(cell, kept) for cell, kept, weight in _averages(reading, claim, 2) if alike(_plus(kept, weight), _ONES)]
    if not first or not second:
        return False
    view, taken = reading.view, reading.taken(claim.update)
    own = reading.own(claim.update)[:_MOST_CELLS]
    rates = reading.rates((claim.update.cell, *own))
    typed = (0.0, 1e-8, 1e-7, 1e-6)
    small = [(value,) * POINTS for value in typed] + [view.values(cell) for cell in rates]
    for top in own:
        for bottom in own:
            root = tuple(math.sqrt(value) if value > 0 else math.nan for value in view.values(bottom))
            for more in small:
                under = _plus(root, more)
                if reading.rate_of(taken, divided(view.values(top), under), rates) is not None:
                    return True
    return False


METHODS: tuple[tuple[str, Callable[[Reading, Claim], bool]], ...] = (
    ("gradient descent with weight decay", _decay),
    ("gradient descent with momentum", _momentum),
    ("Adam", _adam),
)


def method_of(reading: Reading) -> Method:
    """The method of most updates that are no plain ones, and these; without a name where none is recognised."""
    best = Method("", ())
    for name, follows in METHODS:
        updates = tuple(claim.update for claim in reading.claims
                        if claim.slope is not None and claim.scale is not None and claim.rate is None
                        and follows(reading, claim))
        if len(updates) > len(best.updates):
            best = Method(name, updates)
    return best
