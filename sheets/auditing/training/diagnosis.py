"""Blames what is wrong in a step on as few cells as explain it: each cause with what follows from it.

A claim that does not hold contradicts the cells that it is computed from. Each of these is mended in every known way;
a mending that makes claims hold, and breaks none, is a cause. The one that explains most is taken first (de Kleer and
Williams, 1987). Only where the cells of the slopes explain less is the forward pass itself suspected.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from itertools import islice

from msgspec import Struct
from msgspec.structs import replace

from sheets.auditing.training.claims import Claim, Rate, Reading, Row, steps_alike, times, usual
from sheets.auditing.training.formula import Formula, Meaning, operand
from sheets.auditing.training.graph import POINTS, View, alike, in_turn
from sheets.auditing.training.repairs import Called, Repair, paired_references, references, rewritten
from sheets.auditing.training.updates import Update
from sheets.calculation import calculator
from sheets.references import Cell

_MOST_OTHERS = 160
_MOST_SUSPECTS = 20
_MOST_FORWARD = 25
_MOST_FORWARD_READS = 30
_NEAR = 5
_MANY = 3
_MOST_TRIALS = 8_000
_MOST_KIN = 9


class Contradiction(Struct, frozen=True):
    """A cell that does not hold what it claims to, and what it should hold at each point."""

    cell: Cell
    expected: Row
    update: Update
    is_update: bool


class Cause(Struct, frozen=True):
    """A cell whose mending makes claims hold; without a repair where no known slip explains its contradiction."""

    cell: Cell
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
    unexplained = sum(cause.repair is None for cause in found)
    if unexplained or len(found) >= _MANY:
        forward = _forward(reading, bad, called)
        if forward is not None and len(forward.explains) >= len(bad) - (0 if unexplained else 1):
            left = [one for one in bad if one not in forward.explains]
            return [forward, *(_behind(reading, left, most, called) if left else ())]
    if len(bad) == 1 and found[0].repair is not None:
        other = _forward(reading, bad, called, least=0)
        if other is not None and other.repair is not None:
            either = f"{found[0].repair.slip}; or, in {called(other.cell)}, {other.repair.slip}"
            return [replace(found[0], repair=replace(found[0].repair, slip=either))]
    return found


def _behind(
    reading: Reading, bad: Sequence[Contradiction], most: tuple[Rate, float], called: Called
) -> Iterator[Cause]:
    """Causes among the cells that the slopes and updates are computed in, each looked for with those before mended."""
    left = list(bad)
    others = _others(reading)
    good = frozenset(claim.slope for claim in reading.claims if claim.slope is not None and claim.scale is not None)
    good -= {one.cell for one in bad}
    while left:
        best: Cause | None = None
        for suspect in _suspects(reading, left):
            cause = _mended(reading, suspect, left, others, called, good)
            if cause is not None and (best is None or len(cause.explains) > len(best.explains)):
                best = cause
        if best is None or best.repair is None:
            break
        yield best
        kept = {(one.cell, one.is_update) for one in left if one not in best.explains}
        reading = with_repair(reading, best.cell, best.repair)
        left = [one for one in contradictions(reading, *most) if (one.cell, one.is_update) in kept]
    together: dict[Cell, list[Contradiction]] = {}
    for one in left:
        together.setdefault(one.cell, []).append(one)
    for cell, same in together.items():
        yield Cause(cell, None, tuple(same))


def _suspects(reading: Reading, bad: Sequence[Contradiction]) -> list[Cell]:
    """The cells behind that contradictions rest on: those contradicted first, then those on which most rest."""
    counted: dict[Cell, int] = {}
    for one in bad:
        for cell in reading.view.graph.below((one.cell,), stop=reading.step.starts) & reading.behind:
            counted[cell] = counted.get(cell, 0) + 1
    own = {one.cell for one in bad}
    rank = reading.view.graph.rank
    return sorted(counted, key=lambda cell: (cell not in own, -counted[cell], -rank[cell]))[:_MOST_SUSPECTS]


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


def _repairs(reading: Reading, suspect: Cell, others: Sequence[Cell], called: Called, paired: bool) -> Iterator[Repair]:
    formula = reading.view.graph.formulas[suspect]
    if formula.meaning is None:
        return
    after = {suspect, *_after(reading, suspect)}
    usable = [cell for cell in _near(suspect, others, _MOST_OTHERS) if cell not in after]
    yield from references(formula, usable, called)
    yield from rewritten(formula, called)
    if paired:
        kin = {read: [other for other in usable if _kind(reading, other) == _kind(reading, read)][:_MOST_KIN]
               for read in formula.reads}
        yield from paired_references(formula, kin, called)


def _kind(reading: Reading, cell: Cell) -> object:
    """What cells have in common that are taken for each other: a formula, or that a step starts from them."""
    formula = reading.view.graph.formulas.get(cell)
    return "start" if cell in reading.step.starts else "given" if formula is None else formula.meaning


def _mended(reading: Reading, suspect: Cell, bad: Sequence[Contradiction], others: Sequence[Cell], called: Called,
            good: frozenset[Cell]) -> Cause | None:
    """The first mending of a cell that explains most."""
    resting = [one for one in bad if suspect in reading.view.graph.below((one.cell,), stop=reading.step.starts)]
    after = _on_the_way(reading, suspect, resting)
    best: Cause | None = None
    paired = any(one.cell == suspect for one in resting)
    for repair in islice(_repairs(reading, suspect, others, called, paired), _MOST_TRIALS):
        compute = _calculator(reading, suspect, repair)
        if compute is None:
            continue
        glance = _with(reading, suspect, repair.reads, compute, after, (0,))
        if not any(_close(glance[one.cell][0], one.expected[0]) for one in resting):
            continue
        rows = _with(reading, suspect, repair.reads, compute, after, range(POINTS))
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


def _on_the_way(reading: Reading, suspect: Cell, bad: Sequence[Contradiction]) -> list[Cell]:
    """The cells that are computed from a suspect, and that contradicted cells are computed from, in order."""
    wanted = reading.view.graph.below((one.cell for one in bad), stop=reading.step.starts)
    return [cell for cell in _after(reading, suspect) if cell in wanted]


def _after(reading: Reading, cell: Cell) -> list[Cell]:
    """The cells of the step that are computed from one, in order."""
    seen: set[Cell] = set()
    waiting = [cell]
    inside = frozenset(reading.step.inside)
    while waiting:
        for user in reading.view.graph.users.get(waiting.pop(), ()):
            if user in inside and user not in seen:
                seen.add(user)
                waiting.append(user)
    return reading.view.graph.in_order(seen)


def _calculator(reading: Reading, suspect: Cell, repair: Repair) -> Callable[[Sequence[float]], float] | None:
    """What computes a mended formula; None where a mending gives nothing that can be computed."""
    meaning = reading.view.graph.formulas[suspect].meaning
    assert meaning is not None
    if repair.expression is meaning.plain:
        return meaning.value
    try:
        return calculator(repair.expression, [operand(place).name for place in range(len(repair.reads))])
    except (TypeError, KeyError):
        return None


def _with(reading: Reading, suspect: Cell, reads: Sequence[Cell], compute: Callable[[Sequence[float]], float],
          after: Sequence[Cell], points: Sequence[int]) -> dict[Cell, Row]:
    """The values of a mended cell and of those after it, at some points."""
    rows = [reading.view.values(read) for read in reads]
    found: dict[Cell, Row] = {suspect: tuple(compute([row[point] for row in rows]) for point in points)}
    for cell in after:
        formula = reading.view.graph.formulas[cell]
        if formula.meaning is None:
            continue
        own = [(found[read], True) if read in found else (reading.view.values(read), False) for read in formula.reads]
        found[cell] = tuple(formula.meaning.value([row[place] if is_new else row[point] for row, is_new in own])
                            for place, point in enumerate(points))
    return found


def _forward(reading: Reading, bad: Sequence[Contradiction], called: Called, least: int = 1) -> Cause | None:
    """The mending of one cell of the forward pass that makes most contradictions vanish, and none appear."""
    suspects = [cell for cell in reading.view.graph.in_order(reading.forward) if cell not in reading.step.starts]
    others = _others(reading)
    best: Cause | None = None
    for suspect in suspects[:_MOST_FORWARD]:
        formula = reading.view.graph.formulas[suspect]
        if formula.meaning is None or len(formula.reads) > _MOST_FORWARD_READS:
            continue
        after = {suspect, *_after(reading, suspect)}
        near = [cell for cell in dict.fromkeys(other for read in formula.reads for other in _near(read, others, _NEAR))
                if cell not in after]
        for repair in (*references(formula, near, called), *rewritten(formula, called)):
            left = contradictions_with(reading, suspect, repair)
            if left is None:
                continue
            explained = tuple(one for one in bad if (one.cell, one.is_update) not in left)
            new = len(left) - (len(bad) - len(explained))
            if new <= 0 and len(explained) > (len(best.explains) if best else least):
                best = Cause(suspect, repair, explained)
                if len(explained) == len(bad):
                    return best
    return best


def contradictions_with(reading: Reading, cell: Cell, repair: Repair) -> set[tuple[Cell, bool]] | None:
    """What would not hold with a formula mended; None where no update would step along a slope."""
    mended = with_repair(reading, cell, repair)
    most = usual(mended.claims)
    return None if most is None else {(one.cell, one.is_update) for one in contradictions(mended, *most)}


def with_repair(reading: Reading, cell: Cell, repair: Repair) -> Reading:
    """The reading of a step with a formula mended."""
    graph = reading.view.graph
    formula = Formula(Meaning(repair.expression, len(repair.reads)), repair.reads)
    formulas = {**{c: graph.formulas[c] for c in reading.needed}, cell: formula}
    order, circular = in_turn(formulas)
    changed = replace(graph, formulas=formulas, order=order, circular=circular)
    view = View(changed, reading.view.sources, reading.view.kept)
    return Reading(view, reading.step, reading.objective)
