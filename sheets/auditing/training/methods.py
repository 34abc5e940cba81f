"""The methods that step otherwise than by a rate times a slope: momentum, weight decay, Adam.

A row of METHODS recognises one: from an update to how it follows the method, None where it does not. It is asked at the
points of the view, through the derivatives of the formulas by the cells that they read.
"""

import math
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import cache, partial
from itertools import product
from types import MappingProxyType
from typing import Protocol

from msgspec import Struct
from msgspec.structs import replace

from sheets.auditing.training.claims import Claim, Rate, Reading, Row, divided, minus, times
from sheets.auditing.training.formula import adds
from sheets.auditing.training.updates import Update
from sheets.auditing.training.view import POINTS, alike
from sheets.references import Cell

_ONES: Row = (1.0,) * POINTS
_NONE: Row = (0.0,) * POINTS
_MOST_CELLS = 8
_LEAST = 1e-9
_SMALL = (0.0, 1e-10, 1e-8, 1e-7, 1e-6)

Kind = tuple[float, Cell | None, Cell | None]


def _kind(rate: Rate | None) -> Kind:
    return (0.0, None, None) if rate is None else (round(rate.number, 9), rate.cell, rate.over)


class Followed(Struct, frozen=True):
    """The rate with which an update follows a method; `decay` is what a decayed quantity itself is multiplied with.

    `slope` is the cell that a method with a state takes for the slope, which holds it `scale` times, and `shrunk` times
    the quantity where that decays within it; `kept` are the shares that its states keep of themselves.
    """

    rate: Rate
    decay: Rate | None = None
    slope: Cell | None = None
    scale: float = 1.0
    shrunk: Rate | None = None
    kept: tuple[Kind, ...] = ()

    @property
    def kind(self) -> tuple[Kind, ...]:
        """What updates have in common that follow a method: a rate, a decay, beside the slope or within it, states."""
        return _kind(self.rate), _kind(self.decay), _kind(self.shrunk), *self.kept


class Follows(Protocol):
    """How an update follows a method, its rates made of cells `among` some where these are known; None if it does not.
    """

    def __call__(self, reading: Reading, claim: Claim, among: frozenset[Cell] | None = None) -> Followed | None:
        """Of one update."""


class Method(Struct, frozen=True):
    """A method by name, the updates that follow it at the rate of most, and what tells whether one does."""

    name: str
    updates: Mapping[Update, Followed] = MappingProxyType({})
    follows: Follows = lambda reading, claim, among=None: None


class _Way(Struct, frozen=True):
    """A direction in which a method may step, of which a slope is the `weight`; what is `added` is not its rate.

    The states by which it is worked out keep these shares of themselves.
    """

    row: Row
    slope: Followed
    weight: Row = _ONES
    added: Cell | None = None
    kept: tuple[Kind, ...] = ()


Ways = Callable[[Reading, Claim], Iterator[_Way]]


def _steps(ways: Ways) -> Follows:
    """An update that adds a rate times one of a method's directions, less a share of the quantity where that decays."""

    def follows(reading: Reading, claim: Claim, among: frozenset[Cell] | None = None) -> Followed | None:
        view, update = reading.view, claim.update
        given = [cell for cell in reading.rates((update.cell, *reading.own(update))) if among is None or cell in among]
        beside = cache(partial(_shares, reading, update))
        taken, start = reading.taken(update), view.values(update.start)
        for way in ways(reading, claim):
            shares = beside(way.slope.slope)
            step = minus(taken, times(shares, start)) if any(shares) else taken
            rate = reading.rate_of(step, way.row, given)
            if rate is None or (way.added is not None and way.added in (rate.cell, rate.over)):
                continue
            if way.weight != _ONES:  # of the slope, where v' = m*v - rate*slope; of v' = m*v + (1 - m)*slope
                whole = times(rate.values(view), way.weight)
                rate = reading.rate_of(whole, _ONES, given) or replace(
                    rate, number=math.copysign(rate.number, whole[0]))
            found = replace(way.slope, rate=replace(rate, number=rate.number * way.slope.rate.number), kept=way.kept)
            if any(shares):
                by = Rate(1.0, rate.cell).values(view)
                decay = reading.rate_of(divided(shares, by), _ONES, given) or reading.rate_of(shares, _ONES, given)
                if decay is None or decay.number * found.rate.number < 0:
                    continue
                found = replace(found, decay=decay)
            return found
        return None

    return follows


def _shares(reading: Reading, update: Update, slope: Cell | None) -> Row:
    """What an update adds of the quantity itself, beside what it takes from the cell of its slope."""
    if slope is None:
        return _NONE
    view = reading.view
    towards = view.graph.below((update.cell,), stop=frozenset({slope, update.start})) - {slope}
    found = view.adjoints({update.cell: _ONES}, towards).get(update.start, _ONES)
    return minus(found, _ONES)


def _decayed(reading: Reading, row: Row, slope: Row, start: Row, given: Sequence[Cell]) -> tuple[Rate, Rate] | None:
    """The numbers, times given cells, by which a slope and the quantity itself add up to a row: a*slope + b*w."""
    cells = (None, *given)
    for rate in (cell for cell in cells if cell is None or reading.may_pace(cell)):
        by = Rate(1.0, rate).values(reading.view)
        for decay in (cell for cell in cells if cell is None or cell != rate):
            a, b = _solved(row, times(by, slope), times(times(by, Rate(1.0, decay).values(reading.view)), start))
            if a * b > 0:
                return Rate(a, rate), Rate(b, decay)
    return None


def _plus(left: Row, right: Row) -> Row:
    return tuple(a + b for a, b in zip(left, right, strict=True))


def _slopes(reading: Reading, claim: Claim) -> Iterator[Followed]:
    """The cells behind an update that hold its slope, or that and a share of the quantity, which decays within it."""
    view, update = reading.view, claim.update
    if claim.slope is not None and claim.scale is not None:
        yield Followed(Rate(claim.scale), None, claim.slope, claim.scale)
        return
    start = view.values(update.start)
    for cell in reading.own(update)[:_MOST_CELLS]:
        if not {update.start, view.graph.origin(update.start)}.isdisjoint(view.graph.formulas[cell].reads):
            for slope in reading.slope_by(update):
                found = _decayed(reading, view.values(cell), slope, start, reading.rates((cell,)))
                if found is not None and found[0].cell is None and (
                        found[1].cell is not None or _is_written(reading, update, cell, found[1].values(view))):
                    yield Followed(found[0], None, cell, found[0].number, found[1])


def _averages(reading: Reading, claim: Claim, taken: Followed, power: int) -> Iterator[tuple[Cell, Row, Row]]:
    """The cells a*state + b*slope^power behind an update, with a and b; the state is what its step before left.

    In a first step, where nothing is left, b*slope^power is one with 1 - b for a.
    """
    view, slope = reading.view, taken.slope
    inside = frozenset(reading.step.inside)
    assert slope is not None  # of a method with a state
    held = view.values(slope)
    others, left = reading.left_by_others(claim.update), view.left.get(claim.update.start, frozenset())
    wanted = held if power == 1 else times(held, held)
    for cell in reading.own(claim.update):
        reads = view.graph.formulas[cell].reads
        if slope not in reads or view.is_given(cell) or not others.isdisjoint(reads):
            continue
        by_slope = view.slopes(cell, slope)
        weight = by_slope if power == 1 else divided(by_slope, tuple(2 * value for value in held))
        if not any(weight):
            continue
        for state in sorted(dict.fromkeys(reads), key=lambda read: (read not in left, _is_shared(reading, cell, read))):
            if state in inside or state in reading.step.starts:
                continue
            kept = view.slopes(cell, state)
            if any(kept) and alike(view.values(cell), _plus(times(kept, view.values(state)), times(weight, wanted))):
                yield cell, kept, weight
        if (view.sources - reading.step.starts).isdisjoint(reads) and alike(view.values(cell), times(weight, wanted)):
            yield cell, minus(_ONES, weight), weight


def _is_shared(reading: Reading, cell: Cell, read: Cell) -> bool:
    """Whether the formula of a cell stands in another one too that reads what it does: a decay, and no state."""
    formulas = reading.view.graph.formulas
    return any(other != cell and read in formulas[other].reads and formulas[other].meaning == formulas[cell].meaning
               for other in reading.behind)


def _momentum(reading: Reading, claim: Claim) -> Iterator[_Way]:
    """v' = m*v - rate*slope, w' = w + v'; or v' = m*v + slope, w' = w - rate*v'."""
    rates = reading.rates((claim.update.cell, *reading.own(claim.update)))
    for slope in _slopes(reading, claim):
        for cell, kept, weight in _averages(reading, claim, slope, 1):
            if _looks_ahead(reading) and not _leads(reading, claim.update, cell, slope, weight):
                continue
            share = _share(reading, kept, rates)
            if share is not None:
                yield _Way(reading.view.values(cell), slope, weight, None, (share,))


def _share(reading: Reading, kept: Row, given: Sequence[Cell]) -> Kind | None:
    """The share that a state keeps of itself, of given cells: b, or 1 less what it takes of the new slope."""
    rate = reading.rate_of(kept, _ONES, given)
    if rate is not None:
        return _kind(rate) if rate.number > 0 else None
    rest = reading.rate_of(minus(_ONES, kept), _ONES, given)
    return None if rest is None else _kind(replace(rest, number=-rest.number))


def places_ahead(reading: Reading) -> dict[Cell, Cell]:
    """The cells that add something given to what a step starts from, by that: where a velocity leads, w + m*v."""
    graph, ends = reading.view.graph, {update.cell for update in reading.step.updates}
    found = dict[Cell, Cell]()
    for cell in graph.in_order(reading.behind - ends):
        formula = graph.formulas[cell]
        for place in formula.meaning.added if formula.meaning is not None and not formula.meaning.copied else ():
            others = (read for other, read in enumerate(formula.reads) if other != place)
            start = graph.origin(formula.reads[place])
            if start in reading.step.starts and reading.step.starts.isdisjoint(
                    graph.below(others, stop=reading.view.sources)):
                found.setdefault(start, cell)
    return found


def _looks_ahead(reading: Reading) -> bool:
    """Whether the forward pass is worked out where the velocity that is left leads."""
    return any(not left.isdisjoint(reading.read_forward) for left in reading.view.left.values())


def _leads(reading: Reading, update: Update, velocity: Cell, slope: Followed, weight: Row) -> bool:
    """Whether the forward pass reads where an update would lead if there were no slope."""
    value = reading.view.values
    assert slope.slope is not None  # of a method with a state
    kept = minus(value(velocity), times(weight, value(slope.slope)))
    there = _plus(value(update.start), times(divided(reading.taken(update), value(velocity)), kept))
    return any(alike(value(cell), there) for cell in reading.forward)


def _decay(reading: Reading, claim: Claim, among: frozenset[Cell] | None = None) -> Followed | None:
    """w' = w - rate*(slope + decay*w), written in any way: a*slope + b*w is added, both numbers times given cells.

    A decay that is a number stands for itself somewhere: 3*w for 2*w is no slope of w^2 with a decay.
    """
    view, update = reading.view, claim.update
    formulas = view.graph.formulas
    reads = [*formulas[update.cell].reads, *(read for cell in reading.own(update) for read in formulas[cell].reads)]
    if reads.count(update.start) < 2 and view.slopes(update.cell, update.start)[0] == 1:
        return None  # the quantity itself is not decayed
    cells = [cell for cell in reading.rates((update.cell, *reading.own(update))) if among is None or cell in among]
    found = (_decayed(reading, reading.taken(update), slope, view.values(update.start), cells)
             for slope in reading.slope_by(update))
    return next((Followed(*rates) for rates in found if rates is not None and (
        rates[1].cell is not None or _is_written(reading, update, update.cell, times(
            rates[1].values(view), Rate(1.0, rates[0].cell).values(view))))), None)


def _is_written(reading: Reading, update: Update, end: Cell, share: Row) -> bool:
    """Whether a cell takes a share of an update's quantity at one place alone where a formula reads that."""
    view, homes = reading.view, {update.start, reading.view.graph.origin(update.start)}
    found = view.adjoints({end: _ONES}, frozenset((end, *reading.own(update))))
    read = ((by, formula, place) for cell, by in found.items() for formula in (view.graph.formulas[cell],)
            for place, home in enumerate(formula.reads) if home in homes)
    rows = (times(by, view.slope_at(formula, (place,))) for by, formula, place in read)
    itself = _ONES if end == update.cell else _NONE
    return any(alike(row, share) or alike(minus(row, itself), share) for row in rows)


def _solved(row: Row, one: Row, other: Row) -> tuple[float, float]:
    """The two numbers by which two rows add up to a third; 0 where none do."""
    determinant = one[0] * other[1] - one[1] * other[0]
    if not determinant or not math.isfinite(determinant):
        return 0.0, 0.0
    a = (row[0] * other[1] - row[1] * other[0]) / determinant
    b = (one[0] * row[1] - one[1] * row[0]) / determinant
    known = alike(row, _plus(times((a,) * POINTS, one), times((b,) * POINTS, other)))
    return (a, b) if known and abs(a) > _LEAST and abs(b) > _LEAST else (0.0, 0.0)


def _adam(reading: Reading, claim: Claim) -> Iterator[_Way]:
    """m' = b*m + (1-b)*slope, s' = c*s + (1-c)*slope^2, w' = w - rate*m^/(sqrt(s^) + e), both corrected or neither."""
    view = reading.view
    own = reading.own(claim.update)[:_MOST_CELLS]
    given = [cell for cell in reading.rates((claim.update.cell, *own)) if cell not in reading.read_forward]
    for slope, corrected in product(_slopes(reading, claim), (True, False)):
        tops, bottoms = ([(row, _share(reading, kept, given) or _kind(None))
                          for average, kept, weight in _averages(reading, claim, slope, power)
                          if alike(_plus(kept, weight), _ONES) for row in (
                              _corrected(reading, own, average, kept, given) if corrected else [view.values(average)])]
                         for power in (1, 2))
        for (bottom, squared), (top, kept), (cell, more) in product(bottoms, tops, _small(reading, given)):
            row = divided(top, _plus(_root(bottom), more))
            yield _Way(row, replace(slope, rate=Rate(slope.scale)), _ONES, cell, (kept, squared))


def _adaptive(is_kept: Callable[[Row, Row], bool]) -> Ways:
    """s' = b*s + c*slope^2 for some b and c, w' = w - rate*slope/(sqrt(s') + e), or e within the root."""

    def ways(reading: Reading, claim: Claim) -> Iterator[_Way]:
        view = reading.view
        given = reading.rates((claim.update.cell, *reading.own(claim.update)))
        for slope in _slopes(reading, claim):
            assert slope.slope is not None  # it is in a cell
            held = view.values(slope.slope)
            squares = [(view.values(cell), _share(reading, kept, given) or _kind(None))
                       for cell, kept, weight in _averages(reading, claim, slope, 2) if is_kept(kept, weight)]
            for (square, *own), (cell, more) in product(squares, _small(reading, given)):
                for root in (_plus(_root(square), more), _root(_plus(square, more))):
                    yield _Way(divided(held, root), replace(slope, rate=Rate(slope.scale)), _ONES, cell, (*own,))

    return ways


def _small(reading: Reading, given: Sequence[Cell]) -> list[tuple[Cell | None, Row]]:
    """What may be added to a root so that nothing is divided by 0: a number, or a cell that is not the rate."""
    typed = [(None, (value,) * POINTS) for value in _SMALL]
    return [*typed, *((cell, reading.view.values(cell)) for cell in given)]


def _root(row: Row) -> Row:
    return tuple(math.sqrt(value) if value > 0 else math.nan for value in row)


def _corrected(reading: Reading, own: Sequence[Cell], average: Cell, kept: Row, given: Sequence[Cell]) -> Iterator[Row]:
    """An average over 1 - kept^t, in a cell or within the update, t in a cell or, where the quotient is in one, typed.
    """
    value = reading.view.values
    yield from (value(cell) for cell in own if _is_corrected(reading, value(cell), value(average), kept, given))
    for exponents in map(value, given):
        powers = tuple(k**t if k > 0 else math.nan for k, t in zip(kept, exponents, strict=True))
        yield divided(value(average), minus(_ONES, powers))


def _is_corrected(reading: Reading, row: Row, average: Row, kept: Row, given: Sequence[Cell]) -> bool:
    """Whether a row is an average, or that over 1 - kept^t, for a typed t or one in a cell, or a running product."""
    left = minus(_ONES, divided(average, row))
    exponent = tuple(math.log(x) / math.log(k) if x > 0 < k != 1 else math.nan for x, k in zip(left, kept, strict=True))
    if any(math.isfinite(t) and t > _LEAST and alike(exponent, (float(round(t)),) * POINTS) for t in exponent):
        return True
    values = [reading.view.values(cell) for cell in given]
    return any(alike(exponent, value) or alike(left, times(kept, value)) for value in values)


def _newton(reading: Reading, claim: Claim, among: frozenset[Cell] | None = None) -> Followed | None:
    """w' = w - slope/curvature, the slope of the slope, for a quantity alone."""
    view, update = reading.view, claim.update
    if claim.slope is None or claim.scale is None:
        return None
    towards = reading.below(claim.slope) & (
        frozenset(reading.step.inside) | reading.step.starts)
    curvature = view.adjoints({claim.slope: _ONES}, towards).get(view.graph.origin(update.start))
    taken = reading.taken(update)
    known = curvature is not None and alike(times(taken, curvature), minus(_NONE, view.values(claim.slope)))
    return Followed(Rate(-1.0 / claim.scale)) if known else None


_of_momentum = _steps(_momentum)
_AHEAD = "gradient descent with Nesterov's momentum"
METHODS: tuple[tuple[str, Follows], ...] = (
    ("gradient descent with weight decay", _decay),
    ("gradient descent with momentum", _of_momentum),
    ("Adam", _steps(_adam)),
    ("Adagrad", _steps(_adaptive(
        lambda kept, weight: alike(weight, _ONES) and (alike(kept, _ONES) or not any(kept))))),
    ("RMSprop", _steps(_adaptive(lambda kept, weight: alike(_plus(kept, weight), _ONES)))),
    ("Newton's method", _newton),
)


def follows_any(reading: Reading, update: Update) -> bool:
    """Whether an update follows any method."""
    claim = reading.claim(update)
    return any(follows(reading, claim) is not None for _, follows in METHODS)


def _is_penalty_split(reading: Reading, decayed: Collection[Update]) -> bool:
    """Whether a cell adds to the objective what shrinks parameters, of which these decay and others do not."""
    graph, loss = reading.view.graph, reading.objective.cell
    starts = {graph.origin(update.start) for update in decayed}
    used = reading.below(*(update.cell for update in reading.step.updates))
    totals = (graph.formulas[cell] for cell in reading.behind - used)
    penalised = (graph.below((read for read in total.reads if read != loss), stop=reading.forward)
                 & reading.step.starts for total in totals if loss is not None and adds(total, loss))
    return any(starts < own for own in penalised)


def method_of(reading: Reading) -> Method:
    """The method of most updates that are no plain ones, and these; without a name where none is recognised."""
    best = Method("")
    for name, follows in METHODS:
        found = {claim.update: followed for claim in reading.claims
                 if not claim.holds and (followed := follows(reading, claim)) is not None}
        kinds = [followed.kind for followed in found.values()]
        decayed = [followed for followed in found.values() if followed.decay is not None]
        most = max(decayed or found.values(), default=None, key=lambda one: (
            kinds.count(one.kind), one.rate.number < 0, math.isclose(abs(one.scale), 1, rel_tol=1e-9)))
        alike = {update: one for update, one in found.items() if most is not None and most.kind in (
            one.kind, *([replace(one, decay=most.decay).kind] if one.decay is None else []))}  # biases may not decay
        if len(alike) > len(best.updates) and not (follows is _decay and _is_penalty_split(reading, alike)):
            best = Method(_AHEAD if follows is _of_momentum and _looks_ahead(reading) else name, alike, follows)
    return best
