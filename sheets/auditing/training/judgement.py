"""Judges one step: what holds is proved, what does not is blamed on its causes."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence

import sympy as sp
from msgspec import Struct
from msgspec.structs import replace

from derive.equality import Proved, Refuted, Undecided, Verdict
from derive.errors import DeriveError
from sheets.auditing.findings import Finding, Kind, Severity
from sheets.auditing.training import labels
from sheets.auditing.training.claims import Rate, Reading, assumed, usual
from sheets.auditing.training.contradictions import Contradiction, contradictions
from sheets.auditing.training.diagnosis import causes, strays, towards_a_method
from sheets.auditing.training.entropy import finding, takes_ten
from sheets.auditing.training.fills import as_written
from sheets.auditing.training.formula import operand
from sheets.auditing.training.forward import mended_loss
from sheets.auditing.training.graph import Graph
from sheets.auditing.training.limits import judge_limits
from sheets.auditing.training.methods import Followed, Method, method_of, places_ahead
from sheets.auditing.training.models import by_model
from sheets.auditing.training.objective import of
from sheets.auditing.training.proof import Prover
from sheets.auditing.training.quotients import is_exact, quotients_of, said_of
from sheets.auditing.training.rates import goes_up, judge_rates, judge_worked_out, of_update, uphill
from sheets.auditing.training.repairs import Repair
from sheets.auditing.training.repetition import Audit
from sheets.auditing.training.suspects import Cause
from sheets.auditing.training.unstepped import judge_unstepped, left_as_they_are
from sheets.auditing.training.updates import Step, Update
from sheets.auditing.training.view import POINTS, numbers_at, ratio
from sheets.cells import quoted
from sheets.formulas.emit import emit
from sheets.references import Cell

PLAIN = "gradient descent"
_LEAST_SHARE = 0.5
_NEAR = 1e-3
_MOST_LOOKS = 6


class Judgement(Struct, frozen=True):
    """What is found in one kind of step; `proved` says how many updates are known to step along the slope.

    Where a right step told what is wrong, by its formulas, no cause was looked for. What agrees at some numbers, and is
    not proved for all, is `unproved`.
    """

    findings: tuple[Finding, ...]
    notes: tuple[str, ...]
    method: Method
    most: tuple[Rate, float] | None
    proved: int
    by_model: bool = False
    unproved: tuple[Verdict, ...] = ()


def judge(audit: Audit, reading: Reading, model: Step | None = None) -> Judgement:
    """What is wrong in a step, with its causes, and what is proved; a right step that it repeats is its model.

    Where updates are not proved, numbers at which they may not agree are looked at too.
    """
    found = _judge(audit, reading, model)
    for numbers in _others(reading, found.unproved):
        other = replace(reading, view=replace(reading.view, first=numbers))
        if not all(claim.holds for claim in other.claims):
            return _judge(audit, other, model)
    return found


def _others(reading: Reading, unproved: Sequence[Verdict]) -> Iterator[Mapping[Cell, float]]:
    """Numbers for given cells: those of witnesses; where nothing is decided, since there are many cases, of any signs.

    Each stands a little beside that of a witness: what differs on a boundary alone, differs nowhere else.
    """
    graph, view = reading.view.graph, reading.view
    read = {one for cell in reading.needed for one in graph.formulas[cell].reads} | reading.step.starts
    for verdict in unproved:
        if isinstance(verdict, Refuted):
            witness = dict(verdict.witness)
            yield {cell: float(witness[name]) + _NEAR * numbers_at(cell, 0)
                   for cell in read if (name := of(cell).name) in witness}
    given = [cell for cell in read if view.is_given(cell) and cell not in reading.fixed]
    for look in range(_MOST_LOOKS if any(isinstance(verdict, Undecided) for verdict in unproved) else 0):
        yield {cell: numbers_at(cell, POINTS + look) for cell in given}


def _judge(audit: Audit, reading: Reading, model: Step | None) -> Judgement:
    graph = audit.graph
    most = usual(reading.claims)
    is_known = most is not None
    if most is None and reading.objective.cell is not None:
        most = assumed(reading)
    method = method_of(reading) if most is None or not all(claim.holds for claim in reading.claims) else Method("")
    if method.name:
        stray = strays(reading, method) if not is_known else []
        if stray is not None and (stray or len(method.updates) == len(reading.claims)):
            rate = next(iter(method.updates.values())).rate
            told_of = (*(_finding(audit, reading, cause, True) for cause in stray),
                       *uphill(reading, (rate, 1.0)),
                       *judge_unstepped(reading),
                       *judge_limits(graph, reading),
                       *_looked_ahead_in_vain(audit, reading),
                       *_told_of(graph, _unproved(reading, method.updates)))
            return Judgement(told_of, _notes(audit, reading, most), method, most, len(method.updates))
    unread = next((cell for claim in reading.claims if (cell := reading.hidden(claim.update)) is not None), None)
    if most is None and unread is not None:
        found_hidden = _hidden(graph, {claim.update: unread for claim in reading.claims})
        return Judgement(tuple(found_hidden), (), method, None, 0)
    if most is None and (meant := towards_a_method(reading)) is not None:
        method, cause = meant
        return Judgement((_finding(audit, reading, cause, True),), (), method, None, len(method.updates))
    if most is None:
        first = reading.step.updates[0]
        told = (f"{len(reading.step.updates)} updates, as in {first.cell.sheet}!{first.cell.address}: what they take "
                "off is the slope of no cell that is computed from what they change, nor of an error that is known")
        return Judgement((_not_judged(reading.step, told),), (), method, None, 0)
    hidden = {claim.update: cell for claim in reading.claims
              if not claim.holds and (cell := _hiding(reading, claim.update)) is not None}
    quotients = quotients_of(reading, hidden)
    exact = {update for update, over in quotients.items() if is_exact(reading, update, over)}
    bad = [one for one in contradictions(reading, *most)
           if one.update not in method.updates | hidden.keys() | quotients.keys()]
    told_by_model = by_model(audit, model, reading, bad, most) if bad and model is not None else None
    found = told_by_model or _causes(reading, bad, most)
    explained = sum(len({one.update for one in cause.explains}) for cause in found if cause.repair is not None)
    proved = sum(claim.holds for claim in reading.claims) + len(exact)
    known = proved + explained >= _LEAST_SHARE * len(reading.claims)
    if not is_known and not exact:  # no update speaks for the objective
        known = explained == len(reading.claims) and _are_certain(reading, found)
        if not known:
            told = "what they take off is the slope of no cell that is computed from what they change"
            return Judgement((_not_judged(reading.step, told),), (), method, None, 0)
    findings = [_finding(audit, reading, cause, known) for cause in found]
    findings += _hidden(graph, hidden)
    findings += said_of(graph, {update: over for update, over in quotients.items() if update not in exact})
    findings += judge_rates(audit, reading, *most)
    findings += judge_worked_out(reading, most[0])
    findings += uphill(reading, most)
    findings += judge_unstepped(reading)
    findings += judge_limits(graph, reading)
    unproved = list(_unproved(reading, method.updates))
    findings += _told_of(graph, unproved)
    findings += _loss_besides(audit, reading, most)
    if _by_ten(most[1], most[0]):
        forward = graph.in_order(reading.forward)
        findings += [finding(graph, (cell,)) for cell in forward if takes_ten(graph.formulas[cell])]
    named = method if method.name else Method(reading.objective.called if reading.objective.is_rule else PLAIN)
    notes = (*_notes(audit, reading, most), *([f"{len(exact)} of its updates step by difference quotients of the loss"]
                                              if exact else ()))
    verdicts = tuple(verdict for _, verdict in unproved)
    return Judgement(tuple(findings), notes, named, most, proved, bool(told_by_model), verdicts)


def _are_certain(reading: Reading, found: Sequence[Cause]) -> bool:
    """Whether causes that explain all updates are no chance: one slip in all of them, or slopes that stand in cells.

    Of a parameter alone, what the cells are called tells whether its slope is meant.
    """
    slips = {None if cause.repair is None else cause.repair.slip for cause in found}
    if None in slips:
        return False
    if len(reading.claims) == 1:
        return _is_meant(reading)
    return len(slips) == 1 or all(any(reading.holds_slope(cell, update) for cell in reading.behind)
                                  for update in reading.step.updates)


def _is_meant(reading: Reading) -> bool:
    """Whether a text calls the objective a loss, or what the update takes its derivative."""
    graph, cell = reading.view.graph, reading.objective.cell
    taken = (claim.slope for claim in reading.claims)
    return cell is not None and (labels.is_loss(graph, cell) or any(
        labels.is_slope(graph, slope, cell) for slope in taken if slope is not None))


def _causes(reading: Reading, bad: Sequence[Contradiction], most: tuple[Rate, float]) -> list[Cause]:
    """The causes of contradictions; of those that rest on an empty cell only the cell that is read there by mistake.

    What no such mistake explains says nothing, as long as the cell is to be filled in.
    """
    graph = reading.view.graph
    readers = {reader for own in graph.blanks.values() for reader in own if reader in reading.needed}
    resting = [one for one in bad if not readers.isdisjoint(  # on what the slopes are taken of, or on its own cells
        reading.forward | graph.below((one.cell, one.update.cell), stop=reading.step.starts))]
    left = [one for one in bad if one not in resting]
    return [cause for own in (left, resting) if own for cause in causes(reading, own, most)
            if own is left or (cause.repair is not None and _fills(graph, cause.repair))]


def _fills(graph: Graph, repair: Repair) -> bool:
    """Whether a mended formula reads no empty cell where it did."""
    return any(cell in readers and blank not in repair.formulas[cell].reads
               for blank, readers in graph.blanks.items() for cell in repair.formulas)


def _loss_besides(audit: Audit, reading: Reading, most: tuple[Rate, float]) -> Iterator[Finding]:
    """What is wrong about the cell that is called the loss, where the steps go down along one that no cell holds."""
    graph, ends = audit.graph, [update.cell for update in reading.step.updates]
    used = graph.below(ends, stop=reading.step.starts)
    losses = [cell for cell in reading.step.inside if cell not in used and cell not in graph.users
              and labels.is_loss(graph, cell) and not _is_of_more_steps(audit, reading.step, cell)]
    if reading.objective.cell is None and losses:
        cause = mended_loss(reading, losses[-1], most)
        own = graph.below(losses[-1:], stop=reading.forward | reading.step.starts) & graph.formulas.keys()
        if cause is not None and cause.repair is not None and not _is_of_another_step(audit, reading, cause):
            yield replace(_finding(audit, reading, cause, True), follows=())
        elif cause is not None and any((one := graph.formulas[cell].meaning) and one.plain.has(sp.log) for cell in own):
            told = (f"not judged: the steps go down along {reading.objective.called}, and this is another function "
                    "with logarithms")
            yield labels.found(graph, losses[-1], "forward", told, "undecided")


def _is_of_another_step(audit: Audit, reading: Reading, cause: Cause) -> bool:
    """Whether what is read by mistake is what belongs there, of another step: an error that is left after its own."""
    assert cause.repair is not None  # of a loss that is mended
    read = {(new, old) for cell, formula in cause.repair.formulas.items()
            for new, old in zip(formula.reads, audit.graph.formulas[cell].reads, strict=False) if new != old}
    return bool(read) and any(
        all(old in (audit.moved(new, reading.step, other), audit.moved(new, other, reading.step)) for new, old in read)
        for other in audit.steps if other is not reading.step)


def _is_of_more_steps(audit: Audit, step: Step, loss: Cell) -> bool:
    """Whether a loss is also of what other steps give: the sum over the samples of an epoch, each a step."""
    ends = {update.cell for other in audit.steps for update in other.updates}
    return not ends.isdisjoint(audit.graph.below((loss,), stop=step.starts) - step.starts)


def _hiding(reading: Reading, update: Update) -> Cell | None:
    """What keeps an update from being judged: a cell that is not understood; its own, if it steps without a slope."""
    still = reading.slope_by(update) or reading.stands_still(update)
    return reading.hidden(update) or (None if still else update.cell)


def _hidden(graph: Graph, hidden: Mapping[Update, Cell]) -> Iterator[Finding]:
    """The cells that keep updates from being judged, each once with these."""
    for cell in dict.fromkeys(hidden.values()):
        updates = [update for update, hiding in hidden.items() if hiding == cell]
        fault = graph.formulas[cell].fault or ("goes in a circle" if cell in graph.circular else "")
        if not fault:
            told = "not judged: the error is not computed from it"
            yield from (of_update(graph, update, "update", told, "undecided") for update in updates)
            continue
        yield labels.found(graph, cell, "forward", f"not checked: {fault}", "undecided",
                           follows=tuple(u.cell.address for u in updates))


def _looked_ahead_in_vain(audit: Audit, reading: Reading) -> Iterator[Finding]:
    """The cells that look ahead by a velocity, for all that a step starts from, and that nothing reads."""
    graph, step = audit.graph, reading.step
    read = {read for update in step.updates for cell in reading.own(update) for read in graph.formulas[cell].reads}
    states = read - audit.once - step.starts - frozenset(step.inside)
    ahead = [cell for cell in places_ahead(reading).values()
             if cell not in graph.users and not states.isdisjoint(graph.formulas[cell].reads)]
    for cell in ahead if len(ahead) == len(step.starts) else ():
        told = "not judged: it looks ahead, and no slope is taken there"
        yield labels.found(graph, cell, "forward", told, "undecided")


def _not_judged(step: Step, told: str) -> Finding:
    cell = step.updates[0].cell
    cells = ", ".join(update.cell.address for update in step.updates if update.cell.sheet == cell.sheet)
    return Finding("update", cell.address, cells, "", "", f"not judged: {told}", "undecided", cell.sheet)


def _notes(audit: Audit, reading: Reading, most: tuple[Rate, float] | None) -> tuple[str, ...]:
    found = []
    if reading.objective.is_rule:
        found.append(f"its steps follow {reading.objective.name}")
    elif reading.objective.cell is None:
        way = "up" if most is not None and goes_up(reading, most) else "down"
        found.append(f"its steps go {way} along {reading.objective.name}")
    if most is not None and reading.objective.cell is not None:
        total = abs(most[1]) if any(c.slope is not None for c in reading.claims) else 1.0
        if abs(total - 1) > 1e-6 and not _by_ten(total, None):
            cell = reading.objective.cell
            found.append(f"its gradients are {total:.6g} times the slopes of {cell.sheet}!{cell.address} throughout")
    found += (f"{labels.called(audit.graph, cell)} is copied from step to step, and stays as it is"
              for cell in left_as_they_are(reading))
    if reading.limits:
        found.append(f"its slopes are limited in {', '.join(sorted(cell.address for cell in reading.limits))}")
    return tuple(found)


def _by_ten(scale: float, rate: Rate | None) -> bool:
    """Whether a slope, or the step that takes it, is off by what tells the natural logarithm from that to base 10."""
    return any(math.isclose(abs(one), other, rel_tol=1e-6) for one in (scale, scale * (rate.number if rate else 1.0))
               for other in (math.log(10), 1 / math.log(10)))


def _finding(audit: Audit, reading: Reading, cause: Cause, known: bool) -> Finding:
    """A cause as a finding, with what follows from it."""
    graph, cell = audit.graph, cause.cells[0]
    kind = _kind(reading, cause)
    target = next(one for one in cause.explains)
    of = "the error" if reading.objective.cell is None else labels.called(graph, reading.objective.cell)
    severity: Severity = "wrong" if known else "undecided"
    if cause.repair is not None:
        slip = cause.repair.slip
    elif target.is_update:
        start = labels.called(graph, target.update.start)
        slip = f"is not its own value less the rate times the slope of {of} by {start}"
    else:
        times = ratio(reading.view.values(target.cell), target.expected)
        slip = "is not" if times is None else f"is {times:.6g} times"
        slip += f" the slope of {of} by {labels.called(graph, target.update.start)}"
        slip += "" if times is None else " that the others are"
    if not known:
        slip = f"not judged: {slip}, if that is what is meant"
    follows = dict.fromkeys(
        one.address for claim in cause.explains for one in (claim.cell, claim.update.cell) if one not in cause.cells)
    text = graph.text(cell)
    cells = ", ".join(one.address for one in cause.cells)
    return Finding(kind, _quantity(audit, reading, cause), cells, text,
                   _mended_text(reading, graph, cell, cause.repair), slip, severity, cell.sheet, tuple(follows))


def _kind(reading: Reading, cause: Cause) -> Kind:
    if cause.cells[0] in reading.forward:
        return "forward"
    if cause.cells[0] in {update.cell for update in reading.step.updates}:
        return "update"
    return "gradient"


def _quantity(audit: Audit, reading: Reading, cause: Cause) -> str:
    """What the cell of a cause is called: by the update that it is the slope of, else by its label."""
    graph = audit.graph
    for one in cause.explains:
        if one.cell in cause.cells:
            name = labels.quantity(graph, one.update.start)
            return name if one.is_update else f"dE/d{name}"
    return labels.quantity(graph, cause.cells[0])


def _mended_text(reading: Reading, graph: Graph, cell: Cell, repair: Repair | None) -> str:
    """The mended formula as it would stand in the cell; empty where it cannot be written."""
    if repair is None or repair.text:
        return "" if repair is None else repair.text
    mended = repair.formulas[cell]
    if cell in reading.limits:  # other cells are read within the limits that stand there
        if mended.meaning != reading.view.graph.formulas[cell].meaning:
            return ""
        stands = graph.formulas[cell]
        reads = dict(enumerate(stands.reads)) | dict(zip(reading.limits[cell], mended.reads, strict=True))
        mended = replace(stands, reads=tuple(reads.values()))
    assert mended.meaning is not None  # a mended formula is understood
    stands_as = as_written(graph.text(cell), cell.sheet)
    names = {operand(place).name: ("" if read.sheet == cell.sheet else f"{quoted(read.sheet)}!")
             + stands_as.get(read, read.address) for place, read in enumerate(mended.reads)}
    try:
        return "=" + emit(mended.meaning.plain, names)
    except (DeriveError, TypeError, KeyError, ValueError):
        return ""


def _unproved(reading: Reading, others: Mapping[Update, Followed]) -> Iterator[tuple[Update, Verdict]]:
    """Updates that agree at every number tried, and cannot be proved, with what is known of them."""
    prover = Prover(reading)
    for claim in reading.claims:
        if (claim.holds or claim.update in others) and not _by_ten(claim.scale or 0.0, claim.rate):
            verdict = prover.prove(claim, others.get(claim.update))
            if not isinstance(verdict, Proved):
                yield claim.update, verdict


def _told_of(graph: Graph, unproved: Iterable[tuple[Update, Verdict]]) -> Iterator[Finding]:
    for update, verdict in unproved:
        assert not isinstance(verdict, Proved)  # it is none
        told = f"agrees at every number tried, and could not be proved: {verdict.reason}"
        if isinstance(verdict, Refuted):
            told = f"agrees at some numbers, not at all: {verdict.reason}"
        yield of_update(graph, update, "update", told, "undecided")
