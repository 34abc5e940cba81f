"""The forward pass suspected: the mending of it in one place that makes contradictions vanish."""

from collections.abc import Collection, Sequence

from sheets.auditing.training.claims import Rate, Reading, usual
from sheets.auditing.training.contradictions import Contradiction, contradictions, contradictions_with, with_repair
from sheets.auditing.training.fills import fills
from sheets.auditing.training.objective import written
from sheets.auditing.training.repairs import (
    Repair,
    anchors,
    copied_from_beside,
    other_areas,
    references,
    rewritten,
)
from sheets.auditing.training.suspects import (
    MOST_FILLS,
    Cause,
    areas_read,
    computed_from,
    contradicted_first,
    is_copy,
    nearest,
    others_of,
)
from sheets.auditing.training.view import close
from sheets.references import Cell

_MOST_FORWARD = 25
_MOST_READS = 30
_NEAR = 5
_MOST_TRIALS = 4_000
_SLOPES = 6
"""What slopes cost against values."""


def in_forward(reading: Reading, bad: Sequence[Contradiction], most: tuple[Rate, float],
             either: bool = False, beside: Collection[Cell] = ()) -> Cause | None:
    """The mending of the forward pass in one place that makes most contradictions vanish, and none appear.

    It is to explain more than one of them; as what may `either` be meant, one does, and another cell has to be read.
    The cells `beside` it are right.
    """
    graph, called = reading.view.graph, reading.called
    cells = [cell for cell in graph.in_order(reading.forward)
             if cell not in reading.step.starts and cell not in beside]
    others = others_of(reading)
    cost = _SLOPES * sum(len(graph.formulas[cell].reads) for cell in reading.needed)
    best: Cause | None = None
    least = 0 if either or len(bad) == 1 else 1
    trials = 0
    filled = [contradicted_first((), fill) for fill in fills(graph, cells)]
    single = [cell for cell in cells if not is_copy(reading, (cell,))]
    for suspect in (*((cell,) for cell in single[:_MOST_FORWARD]), *filled[:MOST_FILLS]):
        accused = {cell: graph.formulas[cell] for cell in suspect}
        reads = accused[suspect[0]].reads
        if any(formula.meaning is None for formula in accused.values()) or len(reads) > _MOST_READS:
            continue
        after = {*suspect, *computed_from(reading, suspect)}
        near = [cell for cell in dict.fromkeys(other for read in reads for other in nearest(read, others, _NEAR))
                if cell not in after]
        rewriting = () if either else (*rewritten(accused, called), *anchors(accused, called),
                                       *copied_from_beside(graph, accused),
                                       *other_areas(graph, accused, areas_read(reading)))
        for repair in (*references(accused, near, called, reading.role), *rewriting):
            trials += 1
            if trials > _MOST_TRIALS or not reading.view.work.spend(cost):
                return best
            if not (_is_along(reading, repair) if beside else _helps(reading, repair, bad, most)):
                continue
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
                if close(mended.view.values(one.cell)[0], expected):
                    return True
    except (TypeError, KeyError):
        return False
    return False


def _is_along(reading: Reading, repair: Repair) -> bool:
    """Whether, seen at one point, all updates step as far along the slopes of a mended loss, at whatever scale."""
    mended = with_repair(reading, repair, 1)
    slopes = mended.view.adjoints({cell: seed[:1] for cell, seed in reading.objective.seeds.items()},
                                  mended.forward | reading.step.starts)
    taken = [(reading.taken(update)[0], slopes.get(reading.view.graph.origin(update.start), (0.0,))[0])
             for update in reading.step.updates]
    steps = [step / slope for step, slope in taken if slope]
    return bool(steps) and all(close(step, steps[0]) for step in steps)


def mended_loss(reading: Reading, loss: Cell, most: tuple[Rate, float]) -> Cause | None:
    """What is wrong about a cell that is called a loss, where the steps go down along one that nobody wrote.

    None where these are slopes of it.
    """
    wanted = Reading(reading.view, reading.step, written(reading.view, reading.step, loss))
    own = usual(wanted.claims)
    bad = list(contradictions(wanted, *most))
    if not bad or (own is not None and not any(contradictions(wanted, *own))):
        return None
    cause = in_forward(wanted, bad, most, beside=reading.forward)
    if cause is not None and cause.repair is not None and len(cause.explains) == len(bad):
        mended = usual(with_repair(wanted, cause.repair).claims)
        if mended is not None and mended[0].number * mended[1] < 0:
            return cause
    return Cause((loss,), None, tuple(bad))
