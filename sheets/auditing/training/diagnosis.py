"""Blames what is wrong in a step on as few cells as explain it: each cause with what follows from it.

A claim that does not hold contradicts the cells that it is computed from. Each of these, and the copies of one formula
together, is mended in every known way; a mending that makes claims hold, and breaks none, is a cause. The one that
explains most is taken first (de Kleer and Williams, 1987). Only where the cells of the slopes explain less is the
forward pass itself suspected.
"""

import math
from collections.abc import Collection, Iterator, Sequence
from itertools import chain, islice

from msgspec.structs import replace

from sheets.auditing.training.claims import Claim, Rate, Reading, Row, steps_alike
from sheets.auditing.training.contradictions import Contradiction, contradictions, with_repair
from sheets.auditing.training.fills import fills, likeness
from sheets.auditing.training.forward import in_forward
from sheets.auditing.training.methods import Kind, Method, follows_any, method_of
from sheets.auditing.training.repairs import (
    Repair,
    anchors,
    bends,
    copied_from_beside,
    missing_parts,
    other_areas,
    paired_references,
    references,
    rewritten,
    throughout,
    updated_early,
)
from sheets.auditing.training.sums import in_each_term
from sheets.auditing.training.suspects import (
    Cause,
    Suspect,
    areas_read,
    computed_from,
    is_copy,
    nearest,
    on_the_way,
    others_of,
    suspects_of,
)
from sheets.auditing.training.updates import Update
from sheets.auditing.training.view import POINTS, alike, close, ratio
from sheets.references import Area, Cell

_MOST_OTHERS = 160
_MANY = 3
_MOST_TRIALS = 8_000
_MOST_KIN = 9
_MOST_OF_FILLS = 40
_MOST_STRAY = 600
_MOST_READS = 12
_NEAR = 5
_SAME_SCALE = 1e-7
_REPAIR = 40
"""What it costs to mend a formula, in cells read."""
_KNOWN = frozenset({0.5, 1.0, 2.0})
"""How many times too large a slope is by mistakes of which there are many kinds."""


def causes(reading: Reading, bad: Sequence[Contradiction], most: tuple[Rate, float]) -> list[Cause]:
    """The causes of contradictions, those that explain most first; every contradiction is of one of them."""
    scales = [None if one.is_update else ratio(reading.view.values(one.cell), one.expected) for one in bad]
    rounded = [None if scale is None else round(abs(scale), 9) for scale in scales]
    alone = [one for one, scale in zip(bad, rounded, strict=True)
             if scale is not None and rounded.count(scale) == 1 and scale not in _KNOWN]
    # where a slope is a number of times too large, as no other is, no other cell is read by mistake
    scaled = [cause for one in alone for cause in _behind(reading, [one], most, (), ())]
    bad = [one for one in bad if one not in alone]
    return [*scaled, *(_causes(reading, bad, most) if bad else ())]


def _causes(reading: Reading, bad: Sequence[Contradiction], most: tuple[Rate, float]) -> list[Cause]:
    others, spans = others_of(reading), areas_read(reading)
    found = list(_behind(reading, bad, most, others, spans))
    unexplained = sum(cause.repair is None or is_copy(reading, cause.cells) for cause in found)
    if unexplained or len(found) >= _MANY:
        forward = in_forward(reading, bad, most)
        if forward is not None and len(forward.explains) >= len(bad) - (0 if unexplained else 1):
            left = [one for one in bad if one not in forward.explains]
            return [forward, *(_behind(reading, left, most, others, spans) if left else ())]
    if len(bad) == 1 and found[0].repair is not None:
        other = in_forward(reading, bad, most, either=True)
        if other is not None and other.repair is not None:
            either = f"{found[0].repair.slip}; or, in {reading.called(other.cells[0])}, {other.repair.slip}"
            return [replace(found[0], repair=replace(found[0].repair, slip=either))]
    return found


def strays(reading: Reading, method: Method) -> list[Cause] | None:
    """The causes of updates that do not follow the method of the others; None where one stays unexplained."""
    found = []
    others = others_of(reading)
    kinds = {followed.kind for followed in method.updates.values()}
    graph = reading.view.graph
    followed = {cell for update in method.updates for cell in (update.cell, *reading.own(update))}
    right = {likeness(graph, cell) for cell in followed}
    for claim in reading.claims:
        if claim.update in method.updates or claim.holds:
            continue
        scaled = _at_another_scale(reading, claim, method)
        if scaled is not None:
            found.append(Cause((scaled.cell,), None, (scaled,)))
            continue
        own = [cell for cell in (claim.update.cell, *reading.own(claim.update)) if cell not in followed]
        suspects = sorted(own, key=lambda c: likeness(graph, c) in right)
        meant = list(dict.fromkeys((*others, *sorted(reading.view.left.get(claim.update.start, ())))))
        repairs = chain((((suspect,), repair) for suspect in suspects
                         for repair in islice(_repairs(reading, (suspect,), meant, (), False), _MOST_STRAY)),
                        ((tuple(repair.formulas), repair) for repair in throughout(
                            {cell: graph.formulas[cell] for cell in own}, meant, reading.called)))
        cause = next((one for one in repairs
                      if _follows(with_repair(reading, one[1]), claim.update, method, kinds)), None)
        if cause is None:
            return None
        found.append(Cause(*cause, (Contradiction(claim.update.cell, (), claim.update, True),)))
    return found


def towards_a_method(reading: Reading) -> tuple[Method, Cause] | None:
    """A method that all updates of a step follow with one formula, or its copies, mended: that is the cause.

    A mending leaves nothing idle that the updates are computed from: the largest square so far is a method's own.
    """
    graph, updates, called = reading.view.graph, reading.step.updates, reading.called
    ends = [update.cell for update in updates]
    used = graph.below(ends, stop=reading.view.sources) & graph.formulas.keys()
    own = {cell for update in updates for cell in (update.cell, *reading.own(update))}
    # where no cell holds a slope, that is wrong before what takes it
    cells = graph.in_order(own)[:: -1 if reading.proved else 1]
    others = others_of(reading)
    for suspect in (*fills(graph, cells), *((cell,) for cell in cells if len(updates) == 1)):
        accused = {cell: graph.formulas[cell] for cell in suspect}
        if any(formula.meaning is None for formula in accused.values()):
            continue
        usable = [cell for cell in others if cell not in {*suspect, *computed_from(reading, suspect)}]
        for repair in chain(rewritten(accused, called), copied_from_beside(graph, accused),
                            references(accused, usable, called, reading.role)):
            if not reading.view.work.spend(_REPAIR * len(used)):
                return None
            mended = with_repair(reading, repair)
            try:
                method = method_of(mended) if follows_any(mended, updates[0]) else Method("")
            except (TypeError, KeyError):
                continue
            still = mended.view.graph.below(ends, stop=reading.view.sources)
            plain = all(not (one.decay or one.shrunk) and math.isclose(abs(one.scale), 1, rel_tol=_SAME_SCALE)
                        for one in method.updates.values())
            if len(method.updates) == len(updates) and plain and used <= still:
                by = Contradiction(updates[0].cell, (), updates[0], True)
                return method, Cause(suspect, repair, (by,))
    return None


def _at_another_scale(reading: Reading, claim: Claim, method: Method) -> Contradiction | None:
    """What follows a method as the others do, but that the cell of its slope holds this more or fewer times."""
    own, usual = method.follows(reading, claim), next(iter(method.updates.values()))
    if own is None or own.slope is None:
        return None
    times = usual.scale / own.scale
    if replace(own, rate=replace(own.rate, number=own.rate.number * times)).kind != usual.kind:
        return None
    expected = tuple(times * value for value in reading.view.values(own.slope))
    return Contradiction(own.slope, expected, claim.update, False)


def _follows(reading: Reading, update: Update, method: Method, kinds: Collection[tuple[Kind, ...]]) -> bool:
    """Whether an update follows a method at the rate of the others, with formulas mended."""
    among = frozenset(cell for kind in kinds for rate in kind for cell in rate[1:] if cell is not None)
    try:
        followed = method.follows(reading, reading.claim(update), among)
    except (TypeError, KeyError):
        return False
    return followed is not None and followed.kind in kinds


def _behind(reading: Reading, bad: Sequence[Contradiction], most: tuple[Rate, float],
            others: Sequence[Cell], spans: Sequence[Area]) -> Iterator[Cause]:
    """Causes among the cells that the slopes and updates are computed in, each looked for with those before mended."""
    left = list(bad)
    good = frozenset(claim.slope for claim in reading.claims if claim.slope is not None and claim.scale is not None)
    good |= {claim.update.cell for claim in reading.claims if steps_alike(claim, *most)}
    good -= {one.cell for one in bad}
    while left:
        best: Cause | None = None
        for suspect in suspects_of(reading, left):
            cause = _mended(reading, suspect, left, others, spans, good)
            if cause is not None and (best is None or len(cause.explains) > len(best.explains)):
                best = cause
                if len(best.explains) == len(left):
                    break
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


def _repairs(reading: Reading, suspect: Suspect, others: Sequence[Cell], spans: Sequence[Area],
             paired: bool) -> Iterator[Repair]:
    graph, called = reading.view.graph, reading.called
    accused = {cell: graph.formulas[cell] for cell in suspect}
    if any(formula.meaning is None for formula in accused.values()):
        return
    after = {*suspect, *computed_from(reading, suspect)}
    reads = dict.fromkeys(accused[suspect[0]].reads)
    near = nearest(suspect[0], others, _MOST_OTHERS) if len(suspect) == 1 else [
        *reading.step.starts, *nearest(suspect[0], others, _MOST_OF_FILLS),
        *(other for read in islice(reads, _MOST_READS) for other in nearest(read, others, _NEAR))]
    usable = [cell for cell in dict.fromkeys(near) if cell not in after] if others else []
    yield from updated_early(graph, accused, reading.given_by_step, called)
    yield from references(accused, usable, called, reading.role)
    yield from other_areas(graph, accused, [area for area in spans if after.isdisjoint(area.cells)])
    yield from rewritten(accused, called)
    yield from in_each_term(graph, accused, called)
    yield from anchors(accused, called)
    yield from missing_parts(accused, usable[:_MOST_OF_FILLS], called)
    yield from bends(graph, accused, graph.in_order(reading.forward - reading.step.starts), called)
    yield from copied_from_beside(graph, accused)
    if paired and len(suspect) == 1:
        kin = {read: [other for other in usable if reading.role(other) == reading.role(read)][:_MOST_KIN]
               for read in accused[suspect[0]].reads}
        yield from paired_references(accused, kin, called)


def _mended(reading: Reading, suspect: Suspect, bad: Sequence[Contradiction], others: Sequence[Cell],
            spans: Sequence[Area], good: frozenset[Cell]) -> Cause | None:
    """The first mending of cells that explains most."""
    graph = reading.view.graph
    after = on_the_way(reading, suspect, bad)
    resting = [one for one in bad if one.cell in suspect or one.cell in after]
    best: Cause | None = None
    paired = any(one.cell in suspect for one in resting)
    cost = _REPAIR + sum(len(graph.formulas[cell].reads) for cell in (*suspect, *after))
    for repair in islice(_repairs(reading, suspect, others, spans, paired), _MOST_TRIALS):
        if not reading.view.work.spend(cost):
            break
        glance = _with(reading, repair, after, (0,))
        if glance is None or not any(close(glance[one.cell][0], one.expected[0]) for one in resting):
            continue
        rows = _with(reading, repair, after, range(POINTS))
        assert rows is not None  # as at a glance
        explained = tuple(one for one in resting if alike(rows[one.cell], one.expected))
        if len(explained) <= (len(best.explains) if best else 0):
            continue
        if _asks_what_is_no_mark(reading, repair):
            continue
        if good and not _keeps(reading, repair, suspect, good):
            continue
        best = Cause(suspect, repair, explained)
        if len(explained) == len(resting):
            break
    return best


def _keeps(reading: Reading, repair: Repair, suspect: Suspect, good: frozenset[Cell]) -> bool:
    """Whether what is right stays so with formulas mended."""
    rows = _with(reading, repair, reading.view.graph.in_order(computed_from(reading, suspect)), range(POINTS))
    return rows is not None and all(alike(rows[cell], reading.view.values(cell)) for cell in good if cell in rows)


def _asks_what_is_no_mark(reading: Reading, repair: Repair) -> bool:
    """Whether a mended formula asks another number than a class's to be equal to something, which it never is."""
    formulas, marks = reading.view.graph.formulas, reading.view.kept
    return any(formula.asked - formulas[cell].asked - marks for cell, formula in repair.formulas.items())


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
            found[cell] = tuple(formula.meaning.exact([row[place] if is_new else row[point] for row, is_new in own])
                                for place, point in enumerate(points))
    except (TypeError, KeyError):
        return None
    return found
