"""Blames what is wrong in a step on as few cells as explain it: each cause with what follows from it.

A claim that does not hold contradicts the cells that it is computed from. Each of these, and the copies of one formula
together, is mended in every known way; a mending that makes claims hold, and breaks none, is a cause. The one that
explains most is taken first (de Kleer and Williams, 1987). Only where the cells of the slopes explain less is the
forward pass itself suspected.
"""

import math
from collections.abc import Collection, Container, Iterator, Sequence
from itertools import islice

from msgspec import Struct
from msgspec.structs import replace

from sheets.auditing.training.claims import Claim, Rate, Reading, Row, steps_alike, times, usual
from sheets.auditing.training.fills import areas, fills, likeness
from sheets.auditing.training.graph import POINTS, View, alike, in_turn
from sheets.auditing.training.methods import Method, kind_of
from sheets.auditing.training.objective import written
from sheets.auditing.training.repairs import (
    Called,
    Repair,
    anchors,
    copied_from_beside,
    missing_factors,
    other_areas,
    paired_references,
    references,
    rewritten,
)
from sheets.auditing.training.updates import Update
from sheets.references import Area, Cell

_MOST_OTHERS = 160
_MOST_SUSPECTS = 20
_MOST_FORWARD = 25
_MOST_FORWARD_READS = 30
_NEAR = 5
_MANY = 3
_MOST_TRIALS = 8_000
_MOST_KIN = 9
_MOST_FILLS = 12
_MOST_OF_FILLS = 40
_MOST_AREAS = 60
_MOST_FORWARD_TRIALS = 4_000
_MOST_STRAY = 600


class Contradiction(Struct, frozen=True):
    """A cell that does not hold what it claims to, and what it should hold at each point."""

    cell: Cell
    expected: Row
    update: Update
    is_update: bool


Suspect = tuple[Cell, ...]
"""A cell, or the cells that hold copies of one formula."""


class Cause(Struct, frozen=True):
    """Cells whose mending makes claims hold; without a repair where no known slip explains a contradiction."""

    cells: Suspect
    repair: Repair | None
    explains: tuple[Contradiction, ...]


def contradictions(reading: Reading, rate: Rate, scale: float) -> Iterator[Contradiction]:
    """What does not hold in a step, by the rate and the scale of most of its updates."""
    for claim in reading.claims:
        yield from _contradictions(reading, claim, rate, scale)


def _contradictions(reading: Reading, claim: Claim, rate: Rate, scale: float) -> Iterator[Contradiction]:
    if steps_alike(claim, rate, scale):
        return
    slopes = reading.slope_by(claim.update) or ((0.0,) * POINTS,)
    start = reading.view.values(claim.update.start)
    others = {other.slope for other in reading.claims if other.scale is not None and other.update != claim.update}
    if claim.slope is None or (claim.scale is None and claim.slope in others):  # it takes another's slope
        if claim.rate is None or claim.scale is None:
            step = times(rate.values(reading.view), slopes[0])
            expected = tuple(a + scale * b for a, b in zip(start, step, strict=True))
            yield Contradiction(claim.update.cell, expected, claim.update, True)
        return
    if claim.scale is None or not math.isclose(claim.scale, scale, rel_tol=1e-7):
        yield Contradiction(claim.slope, tuple(scale * a for a in slopes[0]), claim.update, False)
    if claim.rate is None:
        step = times(rate.values(reading.view), reading.view.values(claim.slope))
        expected = tuple(a + b for a, b in zip(start, step, strict=True))
        yield Contradiction(claim.update.cell, expected, claim.update, True)


def causes(
    reading: Reading, bad: Sequence[Contradiction], most: tuple[Rate, float], called: Called
) -> list[Cause]:
    """The causes of contradictions, those that explain most first; every contradiction is of one of them."""
    found = list(_behind(reading, bad, most, called))
    unexplained = sum(cause.repair is None or _is_copy(reading, cause.cells) for cause in found)
    if unexplained or len(found) >= _MANY:
        forward = _forward(reading, bad, most, called)
        if forward is not None and len(forward.explains) >= len(bad) - (0 if unexplained else 1):
            left = [one for one in bad if one not in forward.explains]
            return [forward, *(_behind(reading, left, most, called) if left else ())]
    if len(bad) == 1 and found[0].repair is not None:
        other = _forward(reading, bad, most, called, either=True)
        if other is not None and other.repair is not None:
            either = f"{found[0].repair.slip}; or, in {called(other.cells[0])}, {other.repair.slip}"
            return [replace(found[0], repair=replace(found[0].repair, slip=either))]
    return found


def mended_loss(reading: Reading, loss: Cell, most: tuple[Rate, float], called: Called) -> Cause | None:
    """What is wrong about a cell that is called a loss, where the steps go down along one that nobody wrote."""
    wanted = Reading(reading.view, reading.step, written(reading.view, reading.step, loss))
    own = usual(wanted.claims)
    bad = list(contradictions(wanted, *most))
    if not bad or (own is not None and not any(contradictions(wanted, *own))):
        return None
    cause = _forward(wanted, bad, most, called, beside=reading.forward)
    if cause is None or cause.repair is None or len(cause.explains) < len(bad):
        return None
    mended = usual(with_repair(wanted, cause.repair).claims)
    return cause if mended is not None and mended[0].number * mended[1] < 0 else None


def strays(reading: Reading, method: Method, called: Called) -> list[Cause] | None:
    """The causes of updates that do not follow the method of the others; None where one stays unexplained."""
    found = []
    others = _others(reading)
    kinds = {kind_of(followed) for followed in method.updates.values()}
    graph = reading.view.graph
    right = {likeness(graph, cell) for update in method.updates for cell in (update.cell, *reading.own(update))}
    for claim in reading.claims:
        if claim.update in method.updates or claim.holds:
            continue
        suspects = sorted((claim.update.cell, *reading.own(claim.update)), key=lambda c: likeness(graph, c) in right)
        repairs = (((suspect,), repair) for suspect in suspects
                   for repair in islice(_repairs(reading, (suspect,), others, (), called, False), _MOST_STRAY))
        cause = next((one for one in repairs
                      if _follows(with_repair(reading, one[1]), claim.update, method, kinds)), None)
        if cause is None:
            return None
        found.append(Cause(*cause, (Contradiction(claim.update.cell, (), claim.update, True),)))
    return found


def _follows(reading: Reading, update: Update, method: Method, kinds: Container[object]) -> bool:
    """Whether an update follows a method at the rate of the others, with formulas mended."""
    try:
        followed = method.follows(reading, reading.claim(update))
    except (TypeError, KeyError):
        return False
    return followed is not None and kind_of(followed) in kinds


def _is_copy(reading: Reading, cells: Suspect) -> bool:
    """Whether a single cell is one of many copies, which is not wrong alone."""
    graph, (cell, *more) = reading.view.graph, cells
    own = likeness(graph, cell)
    return not more and sum(likeness(graph, other) == own for other in reading.step.inside) > _MANY


def _behind(
    reading: Reading, bad: Sequence[Contradiction], most: tuple[Rate, float], called: Called
) -> Iterator[Cause]:
    """Causes among the cells that the slopes and updates are computed in, each looked for with those before mended."""
    left = list(bad)
    others = _others(reading)
    spans = _areas(reading)
    good = frozenset(claim.slope for claim in reading.claims if claim.slope is not None and claim.scale is not None)
    good -= {one.cell for one in bad}
    while left:
        best: Cause | None = None
        for suspect in _suspects(reading, left):
            cause = _mended(reading, suspect, left, others, spans, called, good)
            if cause is not None and (best is None or len(cause.explains) > len(best.explains)):
                best = cause
        if best is None or best.repair is None:
            break
        yield best
        kept = {(one.cell, one.is_update) for one in left if one not in best.explains}
        reading = with_repair(reading, best.repair)
        left = [one for one in contradictions(reading, *most) if (one.cell, one.is_update) in kept]
    together: dict[Cell, list[Contradiction]] = {}
    for one in left:
        together.setdefault(one.cell, []).append(one)
    for cell, same in together.items():
        yield Cause((cell,), None, tuple(same))


def _suspects(reading: Reading, bad: Sequence[Contradiction]) -> list[Suspect]:
    """The cells behind that contradictions rest on: those contradicted first, then those on which most rest.

    After them the copies of one formula together; last the copies of what a claim that holds rests on.
    """
    graph = reading.view.graph
    counted: dict[Cell, int] = {}
    for one in bad:
        for cell in graph.below((one.cell,), stop=reading.step.starts) & reading.behind:
            counted[cell] = counted.get(cell, 0) + 1
    own = {one.cell for one in bad}
    held = graph.below((c.slope or c.update.cell for c in reading.claims if c.holds), stop=reading.step.starts)
    right = {likeness(graph, cell) for cell in held & reading.behind if cell not in own}
    single = sorted(counted, key=lambda cell: (cell not in own, -counted[cell], -graph.rank[cell]))
    suspects = [*((cell,) for cell in single[:_MOST_SUSPECTS]),
                *islice((_from(own, fill) for fill in fills(graph, single)), _MOST_FILLS)]
    return sorted(suspects, key=lambda suspect: len(suspect) == 1 and likeness(graph, suspect[0]) in right)


def _from(own: Container[Cell], fill: Suspect) -> Suspect:
    """Copies of a formula, one that is contradicted first."""
    return tuple(sorted(fill, key=lambda cell: (cell not in own, cell.row, cell.column)))


def _areas(reading: Reading) -> list[Area]:
    """The areas that the formulas of a step read."""
    graph = reading.view.graph
    return list(dict.fromkeys(area for cell in reading.step.inside for _, area in areas(graph, cell)))[:_MOST_AREAS]


def _others(reading: Reading) -> list[Cell]:
    """The cells that a wrong reference may have been meant to be: whatever the step computes or reads."""
    found: dict[Cell, None] = dict.fromkeys(reading.step.starts)
    for cell in reading.step.inside:
        found[cell] = None
        for read in reading.view.graph.formulas[cell].reads:
            found[read] = None
    origins = {reading.view.graph.origin(cell) for cell in found}
    return [cell for cell in found if reading.view.graph.origin(cell) == cell
            or reading.view.graph.origin(cell) not in origins]


def _near(cell: Cell, others: Sequence[Cell], most: int) -> list[Cell]:
    """The nearest cells to one, those in its own row or column before the rest."""
    def far(other: Cell) -> tuple[bool, int]:
        rows, columns = abs(other.row - cell.row), abs(other.column - cell.column)
        return other.sheet != cell.sheet, min(rows, columns) * 50 + rows + columns

    return sorted(others, key=far)[:most]


def _repairs(reading: Reading, suspect: Suspect, others: Sequence[Cell], spans: Sequence[Area], called: Called,
             paired: bool) -> Iterator[Repair]:
    graph = reading.view.graph
    accused = {cell: graph.formulas[cell] for cell in suspect}
    if any(formula.meaning is None for formula in accused.values()):
        return
    after = {*suspect, *_after(reading, suspect)}
    near = _near(suspect[0], others, _MOST_OTHERS) if len(suspect) == 1 else [
        *reading.step.starts, *_near(suspect[0], others, _MOST_OF_FILLS)]
    usable = [cell for cell in dict.fromkeys(near) if cell not in after]
    yield from references(accused, usable, called)
    yield from other_areas(graph, accused, [area for area in spans if after.isdisjoint(area.cells)])
    yield from rewritten(accused, called)
    yield from anchors(accused, called)
    yield from missing_factors(accused, usable[:_MOST_OF_FILLS], called)
    yield from copied_from_beside(graph, accused)
    if paired and len(suspect) == 1:
        kin = {read: [other for other in usable if _kind(reading, other) == _kind(reading, read)][:_MOST_KIN]
               for read in accused[suspect[0]].reads}
        yield from paired_references(accused, kin, called)


def _kind(reading: Reading, cell: Cell) -> object:
    """What cells have in common that are taken for each other: a formula, or that a step starts from them."""
    formula = reading.view.graph.formulas.get(cell)
    return "start" if cell in reading.step.starts else "given" if formula is None else formula.meaning


def _mended(reading: Reading, suspect: Suspect, bad: Sequence[Contradiction], others: Sequence[Cell],
            spans: Sequence[Area], called: Called, good: frozenset[Cell]) -> Cause | None:
    """The first mending of cells that explains most."""
    graph = reading.view.graph
    resting = [one for one in bad
               if not graph.below((one.cell,), stop=reading.step.starts).isdisjoint(suspect)]
    after = _on_the_way(reading, suspect, resting)
    best: Cause | None = None
    paired = any(one.cell in suspect for one in resting)
    for repair in islice(_repairs(reading, suspect, others, spans, called, paired), _MOST_TRIALS):
        glance = _with(reading, repair, after, (0,))
        if glance is None or not any(_close(glance[one.cell][0], one.expected[0]) for one in resting):
            continue
        rows = _with(reading, repair, after, range(POINTS))
        assert rows is not None  # as at a glance
        explained = tuple(one for one in resting if alike(rows[one.cell], one.expected))
        if len(explained) <= (len(best.explains) if best else 0):
            continue
        if any(not alike(rows[cell], reading.view.values(cell)) for cell in good if cell in rows):
            continue
        best = Cause(suspect, repair, explained)
        if len(explained) == len(resting):
            break
    return best


def _close(a: float, b: float) -> bool:
    return abs(a - b) <= 1e-6 * max(abs(a), abs(b)) or not (math.isfinite(a) and math.isfinite(b))


def _on_the_way(reading: Reading, suspect: Suspect, bad: Sequence[Contradiction]) -> list[Cell]:
    """The cells that are computed from a suspect, and that contradicted cells are computed from, in order."""
    wanted = reading.view.graph.below((one.cell for one in bad), stop=reading.step.starts)
    return [cell for cell in _after(reading, suspect) if cell in wanted]


def _after(reading: Reading, cells: Suspect) -> list[Cell]:
    """The cells of the step that are computed from some, in order, these apart."""
    seen: set[Cell] = set(cells)
    waiting = list(cells)
    inside = frozenset(reading.step.inside)
    while waiting:
        for user in reading.view.graph.users.get(waiting.pop(), ()):
            if user in inside and user not in seen:
                seen.add(user)
                waiting.append(user)
    return reading.view.graph.in_order(seen.difference(cells))


def _with(reading: Reading, repair: Repair, after: Sequence[Cell], points: Sequence[int]) -> dict[Cell, Row] | None:
    """The values of mended cells and of those after them, at some points; None where they cannot be computed."""
    view, found = reading.view, dict[Cell, Row]()
    mended = repair.formulas
    try:
        for cell in (*view.graph.in_order(mended), *after):
            formula = mended.get(cell) or view.graph.formulas[cell]
            if formula.meaning is None:
                continue
            own = [(found[read], True) if read in found else (view.values(read), False) for read in formula.reads]
            found[cell] = tuple(formula.meaning.value([row[place] if is_new else row[point] for row, is_new in own])
                                for place, point in enumerate(points))
    except (TypeError, KeyError):
        return None
    return found


def _forward(reading: Reading, bad: Sequence[Contradiction], most: tuple[Rate, float], called: Called,
             either: bool = False, beside: Collection[Cell] = ()) -> Cause | None:
    """The mending of the forward pass in one place that makes most contradictions vanish, and none appear.

    It is to explain more than one of them; as what may `either` be meant, one does, and another cell has to be read.
    The cells `beside` it are right.
    """
    graph = reading.view.graph
    cells = [cell for cell in graph.in_order(reading.forward)
             if cell not in reading.step.starts and cell not in beside]
    others = _others(reading)
    best: Cause | None = None
    least = 0 if either or len(bad) == 1 else 1
    trials = 0
    filled = [_from((), fill) for fill in fills(graph, cells)]
    single = [cell for cell in cells if not _is_copy(reading, (cell,))]
    for suspect in (*((cell,) for cell in single[:_MOST_FORWARD]), *filled[:_MOST_FILLS]):
        accused = {cell: graph.formulas[cell] for cell in suspect}
        reads = accused[suspect[0]].reads
        if any(formula.meaning is None for formula in accused.values()) or len(reads) > _MOST_FORWARD_READS:
            continue
        after = {*suspect, *_after(reading, suspect)}
        near = [cell for cell in dict.fromkeys(other for read in reads for other in _near(read, others, _NEAR))
                if cell not in after]
        rewriting = () if either else (*rewritten(accused, called), *anchors(accused, called),
                                       *copied_from_beside(graph, accused))
        for repair in (*references(accused, near, called), *rewriting):
            trials += 1
            if trials > _MOST_FORWARD_TRIALS:
                return best
            if not (beside or _helps(reading, repair, bad, most)):
                continue  # with a loss of its own, slopes may stand at another scale
            left = contradictions_with(reading, repair)
            if left is None:
                continue
            explained = tuple(one for one in bad if (one.cell, one.is_update) not in left)
            new = len(left) - (len(bad) - len(explained))
            if new <= 0 and len(explained) > (len(best.explains) if best else least):
                best = Cause(suspect, repair, explained)
                if len(explained) == len(bad):
                    return best
    return best


def _helps(reading: Reading, repair: Repair, bad: Sequence[Contradiction], most: tuple[Rate, float]) -> bool:
    """Whether, seen at one point, a mending makes any contradiction vanish."""
    mended = with_repair(reading, repair, 1)
    try:
        slopes = mended.view.adjoints({cell: seed[:1] for cell, seed in reading.objective.seeds.items()},
                                      mended.forward | reading.step.starts)
        for one in bad:
            start = one.update.start
            for by in (reading.view.graph.origin(start), start):
                expected = most[1] * slopes.get(by, (0.0,))[0]
                if one.is_update:
                    expected = mended.view.values(start)[0] + most[0].values(reading.view)[0] * expected
                if _close(mended.view.values(one.cell)[0], expected):
                    return True
    except (TypeError, KeyError):
        return False
    return False


def contradictions_with(reading: Reading, repair: Repair) -> set[tuple[Cell, bool]] | None:
    """What would not hold with formulas mended; None where no update would step along a slope."""
    mended = with_repair(reading, repair)
    most = usual(mended.claims)
    return None if most is None else {(one.cell, one.is_update) for one in contradictions(mended, *most)}


def with_repair(reading: Reading, repair: Repair, points: int = POINTS) -> Reading:
    """The reading of a step with formulas mended, seen at some of the points."""
    graph = reading.view.graph
    formulas = {**{cell: graph.formulas[cell] for cell in reading.needed}, **repair.formulas}
    order, circular = in_turn(formulas)
    changed = replace(graph, formulas=formulas, order=order, circular=circular)
    view = View(changed, reading.view.sources, reading.view.kept, points)
    return Reading(view, reading.step, reading.objective)
