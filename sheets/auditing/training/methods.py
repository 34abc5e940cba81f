"""The methods that step otherwise than by a rate times a slope: momentum, weight decay, Adam.

A row of METHODS recognises one: from an update to how it follows the method, None where it does not. It is asked at the
points of the view, through the derivatives of the formulas by the cells that they read.
"""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import product
from types import MappingProxyType

from msgspec import Struct

from sheets.auditing.training.claims import Claim, Rate, Reading, Row, divided, minus, times
from sheets.auditing.training.updates import Update
from sheets.auditing.training.view import POINTS, alike
from sheets.references import Cell

_ONES: Row = (1.0,) * POINTS
_NONE: Row = (0.0,) * POINTS
_MOST_CELLS = 8
_LEAST = 1e-9
_SMALL = (0.0, 1e-10, 1e-8, 1e-7, 1e-6)


class Followed(Struct, frozen=True):
    """The rate with which an update follows a method; `decay` is what a decayed quantity itself is multiplied with."""

    rate: Rate
    decay: Rate | None = None


Follows = Callable[[Reading, Claim], Followed | None]


class Method(Struct, frozen=True):
    """A method by name, the updates that follow it at the rate of most, and what tells whether one does."""

    name: str
    updates: Mapping[Update, Followed] = MappingProxyType({})
    follows: Follows = lambda reading, claim: None


def _plus(left: Row, right: Row) -> Row:
    return tuple(a + b for a, b in zip(left, right, strict=True))


def _averages(reading: Reading, claim: Claim, power: int) -> Iterator[tuple[Cell, Row, Row]]:
    """The cells a*state + b*slope^power behind an update, with a and b; the state is what its step before left.

    In a first step, where nothing is left, b*slope^power is one with 1 - b for a.
    """
    view, slope = reading.view, claim.slope
    if slope is None or claim.scale is None:
        return
    inside = frozenset(reading.step.inside)
    held = view.values(slope)
    others = reading.left_by_others(claim.update)
    wanted = held if power == 1 else times(held, held)
    for cell in reading.own(claim.update):
        reads = view.graph.formulas[cell].reads
        if slope not in reads or view.is_given(cell) or not others.isdisjoint(reads):
            continue
        by_slope = view.slopes(cell, slope)
        weight = by_slope if power == 1 else divided(by_slope, tuple(2 * value for value in held))
        for state in dict.fromkeys(reads):
            if state in inside or state in reading.step.starts:
                continue
            kept = view.slopes(cell, state)
            if any(kept) and alike(view.values(cell), _plus(times(kept, view.values(state)), times(weight, wanted))):
                yield cell, kept, weight
        if alike(view.values(cell), times(weight, wanted)):
            yield cell, minus(_ONES, weight), weight


def _momentum(reading: Reading, claim: Claim) -> Followed | None:
    """v' = m*v - rate*slope, w' = w + v'; or v' = m*v + slope, w' = w - rate*v'."""
    taken = reading.taken(claim.update)
    rates = reading.rates((claim.update.cell, *reading.own(claim.update)))
    for cell, kept, weight in _averages(reading, claim, 1):
        rate = reading.rate_of(taken, reading.view.values(cell), rates)
        decay = reading.rate_of(kept, _ONES, rates)
        is_kept = decay.number > 0 if decay is not None else reading.rate_of(minus(_ONES, kept), _ONES, rates)
        if rate is not None and is_kept:
            whole = times(rate.values(reading.view), weight)
            of_slope = reading.rate_of(whole, _ONES, rates) or Rate(
                math.copysign(rate.number, whole[0]), rate.cell, rate.over)  # v' = m*v + (1 - m)*slope: of the average
            return Followed(_scaled(of_slope, claim.scale))
    return None


def _scaled(rate: Rate, scale: float | None) -> Rate:
    """A rate of what stands in a slope's cell as one of the slope."""
    return Rate(rate.number * (scale or 1.0), rate.cell, rate.over)


def _decay(reading: Reading, claim: Claim) -> Followed | None:
    """w' = w - rate*(slope + decay*w), written in any way: a*slope + b*w is added, both numbers times given cells."""
    view, update = reading.view, claim.update
    formulas = view.graph.formulas
    reads = [*formulas[update.cell].reads, *(read for cell in reading.own(update) for read in formulas[cell].reads)]
    if reads.count(update.start) < 2 and view.slopes(update.cell, update.start)[0] == 1:
        return None  # the quantity itself is not decayed
    taken, start = reading.taken(update), view.values(update.start)
    cells = (None, *reading.rates((update.cell, *reading.own(update))))
    for slope in reading.slope_by(update):
        for rate in cells:
            by = Rate(1.0, rate).values(view)
            for decay in (cell for cell in cells if cell is None or cell != rate):
                a, b = _solved(taken, times(by, slope), times(times(by, Rate(1.0, decay).values(view)), start))
                if a * b > 0:
                    return Followed(Rate(a, rate), Rate(b, decay))
    return None


def _solved(row: Row, one: Row, other: Row) -> tuple[float, float]:
    """The two numbers by which two rows add up to a third; 0 where none do."""
    determinant = one[0] * other[1] - one[1] * other[0]
    if not determinant or not math.isfinite(determinant):
        return 0.0, 0.0
    a = (row[0] * other[1] - row[1] * other[0]) / determinant
    b = (one[0] * row[1] - one[1] * row[0]) / determinant
    known = alike(row, _plus(times((a,) * POINTS, one), times((b,) * POINTS, other)))
    return (a, b) if known and abs(a) > _LEAST and abs(b) > _LEAST else (0.0, 0.0)


def _adam(reading: Reading, claim: Claim) -> Followed | None:
    """m' = b*m + (1-b)*slope, s' = c*s + (1-c)*slope^2, w' = w - rate*m^/(sqrt(s^) + e), both corrected or neither."""
    view, taken = reading.view, reading.taken(claim.update)
    own = reading.own(claim.update)[:_MOST_CELLS]
    given = reading.rates((claim.update.cell, *own))
    for corrected in (True, False):
        tops, bottoms = ([view.values(cell) for cell in own if any(
            alike(_plus(kept, weight), _ONES) and (
                _is_corrected(reading, view.values(cell), view.values(average), kept, given) if corrected
                else cell == average)
            for average, kept, weight in _averages(reading, claim, power))] for power in (1, 2))
        for bottom in bottoms:
            for top, (cell, more) in product(tops, _small(reading, given)):
                rate = reading.rate_of(taken, divided(top, _plus(_root(bottom), more)), given)
                if rate is not None and (cell is None or cell not in (rate.cell, rate.over)):
                    return Followed(_scaled(rate, math.copysign(1.0, claim.scale or 1.0)))
    return None


def _adaptive(is_kept: Callable[[Row, Row], bool]) -> Follows:
    """s' = b*s + c*slope^2 for some b and c, w' = w - rate*slope/(sqrt(s') + e), or e within the root."""

    def follows(reading: Reading, claim: Claim) -> Followed | None:
        view, taken = reading.view, reading.taken(claim.update)
        if claim.slope is None:
            return None
        given = reading.rates((claim.update.cell, *reading.own(claim.update)))
        squares = [view.values(cell) for cell, kept, weight in _averages(reading, claim, 2) if is_kept(kept, weight)]
        for square, (cell, more) in product(squares, _small(reading, given)):
            for root in (_plus(_root(square), more), _root(_plus(square, more))):
                rate = reading.rate_of(taken, divided(view.values(claim.slope), root), given)
                if rate is not None and (cell is None or cell not in (rate.cell, rate.over)):
                    return Followed(_scaled(rate, math.copysign(1.0, claim.scale or 1.0)))
        return None

    return follows


def _small(reading: Reading, given: Sequence[Cell]) -> list[tuple[Cell | None, Row]]:
    """What may be added to a root so that nothing is divided by 0: a number, or a cell that is not the rate."""
    typed = [(None, (value,) * POINTS) for value in _SMALL]
    return [*typed, *((cell, reading.view.values(cell)) for cell in given)]


def _root(row: Row) -> Row:
    return tuple(math.sqrt(value) if value > 0 else math.nan for value in row)


def _is_corrected(reading: Reading, row: Row, average: Row, kept: Row, given: Sequence[Cell]) -> bool:
    """Whether a row is an average, or that over 1 - kept^t, for a typed t or one in a cell, or a running product."""
    left = minus(_ONES, divided(average, row))
    exponent = tuple(math.log(x) / math.log(k) if x > 0 < k != 1 else math.nan for x, k in zip(left, kept, strict=True))
    if any(math.isfinite(t) and t > _LEAST and alike(exponent, (float(round(t)),) * POINTS) for t in exponent):
        return True
    values = [reading.view.values(cell) for cell in given]
    return any(alike(exponent, value) or alike(left, times(kept, value)) for value in values)


def _newton(reading: Reading, claim: Claim) -> Followed | None:
    """w' = w - slope/curvature, the slope of the slope, for a quantity alone."""
    view, update = reading.view, claim.update
    if claim.slope is None or claim.scale is None:
        return None
    towards = view.graph.below((claim.slope,), stop=reading.step.starts)
    curvature = view.adjoints({claim.slope: _ONES}, towards).get(view.graph.origin(update.start))
    taken = reading.taken(update)
    known = curvature is not None and alike(times(taken, curvature), minus(_NONE, view.values(claim.slope)))
    return Followed(Rate(-1.0 / claim.scale)) if known else None


METHODS: tuple[tuple[str, Follows], ...] = (
    ("gradient descent with weight decay", _decay),
    ("gradient descent with momentum", _momentum),
    ("Adam", _adam),
    ("Adagrad", _adaptive(lambda kept, weight: alike(weight, _ONES) and (alike(kept, _ONES) or not any(kept)))),
    ("RMSprop", _adaptive(lambda kept, weight: alike(_plus(kept, weight), _ONES))),
    ("Newton's method", _newton),
)


def method_of(reading: Reading) -> Method:
    """The method of most updates that are no plain ones, and these; without a name where none is recognised."""
    best = Method("")
    for name, follows in METHODS:
        found = {claim.update: followed for claim in reading.claims
                 if not claim.holds and (followed := follows(reading, claim)) is not None}
        kinds = [kind_of(followed) for followed in found.values()]
        most = max(kinds, key=lambda kind: (kinds.count(kind), kind[0][0] < 0), default=None)
        alike = {update: one for update, one in found.items() if kind_of(one) == most}
        if len(alike) > len(best.updates):
            best = Method(name, alike, follows)
    return best


Kind = tuple[float, Cell | None, Cell | None]


def kind_of(followed: Followed) -> tuple[Kind, Kind | None]:
    """What updates have in common that follow a method: one rate, one decay."""
    return _kind(followed.rate), None if followed.decay is None else _kind(followed.decay)


def _kind(rate: Rate) -> Kind:
    return round(rate.number, 9), rate.cell, rate.over
