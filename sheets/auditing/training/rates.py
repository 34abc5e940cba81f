"""Judges the learning rates of a step: one for all its updates, in one cell, and down along the loss."""

import math
from collections.abc import Iterator
from functools import partial
from itertools import pairwise, product, takewhile

from msgspec.structs import replace

from sheets.auditing.findings import Finding, Kind, Severity
from sheets.auditing.steps import is_of_a_kind
from sheets.auditing.training import labels
from sheets.auditing.training.claims import Claim, Rate, Reading, steps_alike
from sheets.auditing.training.contradictions import goes_back, rate_stands
from sheets.auditing.training.formula import adds
from sheets.auditing.training.graph import Graph
from sheets.auditing.training.repetition import Audit
from sheets.auditing.training.updates import Step, Update
from sheets.auditing.training.view import POINTS, numbers_at
from sheets.references import Cell

_near = partial(math.isclose, rel_tol=1e-7)
_FAR = tuple(2.0**doubled for doubled in range(1, 13))
_LAST = 3
_GROWS = 1.5
"""How many times as far something goes on over twice the way, at least, if it goes on without end."""


def judge_rates(audit: Audit, reading: Reading, rate: Rate, scale: float) -> Iterator[Finding]:
    """Updates whose rate is not that of most, in their step or in one that repeats it."""
    graph = reading.view.graph
    for claim in reading.claims:
        own = claim.rate
        if own is None or steps_alike(claim, rate, scale) or rate_stands(reading, claim, rate, scale):
            continue
        is_back = goes_back(reading, claim, rate, scale)
        if (own.cell, own.over) == (rate.cell, rate.over) and _near(own.number, rate.number) and not is_back:
            continue  # it is the slope that differs
        if claim.scale is None and own.cell in reading.read_forward:
            continue  # an input that a wrong slope is multiplied with is no rate
        usual_size, size = size_of(graph, rate), size_of(graph, own)
        kind: Kind = "update"
        severity: Severity = "wrong"
        if is_back or (own.cell == rate.cell and own.over == rate.over and _near(own.number, -rate.number)):
            if reading.is_multiplier(claim.update):
                continue
            told = "adds the slope instead of subtracting it" if own.number > 0 else "subtracts what the others add"
        elif _are_near(size, usual_size) and not _part_later(audit, reading, own, rate):
            if own.cell is not None:
                continue
            kind, severity = "anchor", "fragile"
            told = f"the learning rate {abs(own.number):.6g} is typed into the formula"
        elif own.cell is not None and own.cell != rate.cell:
            kind = "anchor"
            severity = "fragile" if _is_of_its_kind(reading, claim, own.cell) else "wrong"
            usual_cell = "a number" if rate.cell is None else labels.called(graph, rate.cell)
            told = f"takes {labels.called(graph, own.cell)} for the learning rate, the others {usual_cell}"
        elif rate.cell is not None and own.over == rate.over and _near(own.number, rate.number):
            told = f"steps without the learning rate, which the others take from {labels.called(graph, rate.cell)}"
        elif usual_size and size is not None:
            told = f"steps with {size / usual_size:.6g} times the learning rate of the others"
        else:
            continue
        yield of_update(graph, claim.update, kind, told, severity)


def _are_near(one: float | None, other: float | None) -> bool:
    return one is not None and other is not None and _near(one, other)


def _part_later(audit: Audit, reading: Reading, one: Rate, other: Rate) -> bool:
    """Whether two rates part in a step that repeats one where they are alike: a schedule's, and that it starts with."""
    graph = audit.graph

    def there(cell: Cell | None, step: Step) -> Cell | None:
        return cell if cell is None or cell in audit.once else audit.moved(cell, reading.step, step)

    if None in (one.cell, other.cell):
        return False
    sizes = ([size_of(graph, replace(rate, cell=there(rate.cell, step), over=there(rate.over, step)))
              for rate in (one, other)] for step in audit.steps)
    return any(None not in pair and not _are_near(*pair) for pair in sizes)


def judge_worked_out(reading: Reading, rate: Rate) -> Iterator[Finding]:
    """A rate that is worked out of what an error is taken from, a target, which is no pace."""
    graph, cell = reading.view.graph, rate.cell
    below = graph.below([cell], stop=frozenset(reading.step.inside) | reading.step.starts) if cell is not None else ()
    for read in reading.read_forward.intersection(below) - graph.formulas.keys():
        if any(adds(graph.formulas[user], read) for user in graph.users[read] if user in reading.forward):
            told = f"not judged: the rate is worked out of {reading.called(read)}, from which an error is taken"
            assert cell is not None  # something is below it
            yield labels.found(graph, cell, "update", told, "undecided")


def _is_of_its_kind(reading: Reading, claim: Claim, cell: Cell) -> bool:
    """Whether a cell is the rate of all quantities of a name, and nothing but their updates reads it."""
    graph = reading.view.graph
    users = {graph.formulas[user].meaning for user in graph.users[cell]}
    taken = ((labels.quantity(graph, one.update.start), one.rate and one.rate.cell) for one in reading.claims)
    return users == {graph.formulas[claim.update.cell].meaning} and is_of_a_kind(
        labels.quantity(graph, claim.update.start), taken)


def of_update(graph: Graph, update: Update, kind: Kind, told: str, severity: Severity) -> Finding:
    """What is found of an update, at its cell."""
    return labels.found(graph, update.cell, kind, told, severity, of=update.start)


def size_of(graph: Graph, rate: Rate) -> float | None:
    """A rate at the numbers in the workbook."""
    value = rate.number
    for cell, power in ((rate.cell, 1), (rate.over, -1)):
        if cell is not None:
            number = graph.stored(cell)
            if number is None or (power < 0 and number == 0):
                return None
            value *= number**power
    return value


def goes_up(reading: Reading, most: tuple[Rate, float]) -> bool:
    """Whether steps go up along their objective."""
    return (size_of(reading.view.graph, most[0]) or 0.0) * most[1] > 0


def uphill(reading: Reading, most: tuple[Rate, float]) -> Iterator[Finding]:
    """Steps that all go up along a loss, by its name or since it has no top, or down along what has no bottom."""
    graph, objective, is_up = reading.view.graph, reading.objective, goes_up(reading, most)
    ends = set() if objective.terms else _ends(reading)
    is_loss = bool(objective.terms) or (
        objective.cell is not None and labels.is_loss(graph, objective.cell) and False not in ends)
    if size_of(graph, most[0]) and ({is_up} == ends or (is_up and is_loss)):
        ways = ("up", "down") if is_up else ("down", "up")
        along = objective.called if objective.cell is None else labels.called(graph, objective.cell)
        told = f"steps against {along}" if objective.is_rule else f"goes {ways[0]} along {along} instead of {ways[1]}"
        yield from (of_update(graph, claim.update, "update", told, "wrong") for claim in reading.claims)


def _ends(reading: Reading) -> set[bool]:
    """Where an objective goes on without end, up or down, as all parameters grow together, to either side.

    That is seen far away: near where it bends, LN(1+EXP(-z)) falls as if for ever.
    """
    found = set[bool]()
    for point, side in product(range(POINTS), (1, -1)):
        far = [replace(reading.view, points=1, first={start: side * times * numbers_at(start, point)
                                                      for start in reading.step.starts}) for times in _FAR]
        values = (sum(view.values(cell)[0] for cell in reading.objective.seeds) for view in far)
        rises = [after - before for before, after in pairwise(takewhile(math.isfinite, values))][-_LAST:]
        if len(rises) == _LAST and all(a * b > 0 and abs(b) > _GROWS * abs(a) for a, b in pairwise(rises)):
            found.add(rises[0] > 0)
    return found
