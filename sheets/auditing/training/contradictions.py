"""What does not hold in a step: the cells that contradict what they claim, as written or with formulas mended."""

import math
from collections.abc import Iterator

from msgspec import Struct
from msgspec.structs import replace

from sheets.auditing.training.claims import Claim, Rate, Reading, Row, divided, steps_alike, times, usual
from sheets.auditing.training.graph import in_turn
from sheets.auditing.training.repairs import Repair
from sheets.auditing.training.updates import Update
from sheets.auditing.training.view import POINTS
from sheets.references import Cell


class Contradiction(Struct, frozen=True):
    """A cell that does not hold what it claims to, and what it should hold at each point."""

    cell: Cell
    expected: Row
    update: Update
    is_update: bool


def contradictions(reading: Reading, rate: Rate, scale: float) -> Iterator[Contradiction]:
    """What does not hold in a step, by the rate and the scale of most of its updates."""
    view = reading.view
    for claim in reading.claims:
        if steps_alike(claim, rate, scale) or reading.stands_still(claim.update) or (
                goes_back(reading, claim, rate, scale)):
            continue
        slopes, start = reading.slope_by(claim.update) or ((0.0,) * POINTS,), view.values(claim.update.start)
        slope = tuple(-one for one in slopes[0]) if reading.is_multiplier(claim.update) else slopes[0]
        reads = view.graph.formulas[claim.update.cell].reads
        is_part = claim.rate is None and rate.cell in reads  # what it reads beside the rate makes the slope together
        if claim.slope is None or (
                claim.scale is None and (is_part or claim.slope in _of_others(reading, claim, rate, scale))):
            if claim.rate is None or claim.scale is None:
                step = times(rate.values(view), slope)
                expected = tuple(a + scale * b for a, b in zip(start, step, strict=True))
                yield Contradiction(claim.update.cell, expected, claim.update, True)
            continue
        # what steps by no rate takes the sign that its slope's cell has, as the others may: w + rate*(t - p)
        sign = -1.0 if claim.rate is None and claim.scale is not None and claim.scale * scale < 0 else 1.0
        if claim.scale is None or not math.isclose(sign * claim.scale, scale, rel_tol=1e-7):
            yield Contradiction(claim.slope, _held(reading, claim, rate, scale, slopes[0]), claim.update, False)
        if claim.rate is None:
            step = times(rate.values(view), view.values(claim.slope))
            expected = tuple(a + sign * b for a, b in zip(start, step, strict=True))
            yield Contradiction(claim.update.cell, expected, claim.update, True)


def goes_back(reading: Reading, claim: Claim, rate: Rate, scale: float) -> bool:
    """Whether an update has the wrong sign, and not the cell of its slope, in which others step as they should."""
    if claim.slope is None or claim.rate is None or not steps_alike(claim, rate, -scale):
        return False
    others = (other.update.cell for other in reading.claims if steps_alike(other, rate, scale))
    return claim.slope in reading.below(*others)


def _of_others(reading: Reading, claim: Claim, rate: Rate, scale: float) -> frozenset[Cell]:
    """What the slopes of other updates are computed from, and the steps that those take which step alike."""
    found = set[Cell]()
    for other in reading.claims:
        if other.update != claim.update and other.scale is not None:
            found |= {other.slope} if other.slope is not None else set()
            if steps_alike(other, rate, scale):
                found |= set(reading.view.graph.formulas[other.update.cell].reads)
    return reading.below(*found)


def _held(reading: Reading, claim: Claim, rate: Rate, scale: float, slope: Row) -> Row:
    """What a cell should hold that an update takes for its slope."""
    if not rate_stands(reading, claim, rate, scale):
        return tuple(scale * value for value in slope)
    assert claim.rate is not None  # it stands
    whole = divided(rate.values(reading.view), claim.rate.values(reading.view))
    return tuple(scale * a * b for a, b in zip(whole, slope, strict=True))


def rate_stands(reading: Reading, claim: Claim, rate: Rate, scale: float) -> bool:
    """Whether what an update multiplies a cell with is right, though the cell holds no slope.

    So where it is the usual rate but for the sign, which the cell is to have; where the cell holds a whole step, the
    usual rate within; and where no other holds its slope as it is, since it is one over a count in a cell. Then the
    cell should hold what the rates leave.
    """
    own = claim.rate
    if own is None or claim.scale is not None:
        return False
    if (own.cell, own.over) == (rate.cell, rate.over) and math.isclose(own.number, -rate.number, rel_tol=1e-7):
        return any(other.scale is not None and other.scale * scale < 0 for other in reading.claims)
    assert claim.slope is not None  # what a rate is multiplied with
    if rate.cell not in (None, own.cell) and rate.cell in reading.view.below(claim.slope, reading.step.starts):
        return True
    return not any(other.slope is not None for other in reading.claims if steps_alike(other, rate, scale))


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
    view = reading.view.mended(changed, repair.formulas, points)
    return Reading(view, reading.step, reading.objective)
