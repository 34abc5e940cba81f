"""Slopes by difference quotients, (E(w + h) - E(w - h))/(2 h): near the slope as h is small, and no slope.

That one is the quotient of the loss is proved, with the forward pass worked out again from a start that is h away.
"""

from collections.abc import Container, Iterator, Mapping
from itertools import product

import sympy as sp

from derive.equality import Proved, decide
from sheets.auditing.findings import Finding
from sheets.auditing.training import labels
from sheets.auditing.training.claims import Claim, Reading
from sheets.auditing.training.formula import operand
from sheets.auditing.training.graph import Graph
from sheets.auditing.training.objective import of, written
from sheets.auditing.training.proof import definitions, meaning_of
from sheets.auditing.training.rates import of_update
from sheets.auditing.training.updates import Update
from sheets.auditing.training.view import View, alike
from sheets.references import Cell

_LARGEST = 0.05
_FAR = 10
"""So many times h a quotient may lie beside the slope, against its size."""


def quotients_of(reading: Reading, others: Container[Update]) -> dict[Update, Cell]:
    """The updates that step by one, some apart, each with the cell that holds h."""
    found = ((claim.update, _over(reading, claim)) for claim in reading.claims if claim.update not in others)
    return {update: cell for update, cell in found if cell is not None}


_WAYS = ((1, -1), (1, 0), (0, -1))
"""Of how many h a quotient takes the loss at its two ends."""


def is_exact(reading: Reading, update: Update, over: Cell) -> bool:
    """Whether what an update takes for its slope is a difference quotient of the loss, and its step a rate times it."""
    claim = reading.claim(update)
    if claim.slope is None or claim.rate is None:
        return False
    known = dict(definitions(reading, reading.needed))
    for loss, (ahead, behind) in product(_losses(reading, claim), _WAYS):
        moved = {end: _moved(loss, update, end * of(over)) for end in (ahead, behind)}
        quotient = (moved[ahead] - moved[behind]) / ((ahead - behind) * of(over))
        if isinstance(decide(of(claim.slope), quotient, definitions=known), Proved):
            return True
    return False


def _losses(reading: Reading, claim: Claim) -> Iterator[Reading]:
    """The step with the cell that holds the loss; where none does, with those that have its slope."""
    if reading.objective.cell is not None:
        yield reading
        return
    assert claim.slope is not None  # asked of what stands in a cell
    graph, slopes = reading.view.graph, reading.slope_by(claim.update)
    for cell in reversed(graph.in_order(reading.below(claim.slope) - {claim.slope})):
        if cell in reading.step.inside and not reading.view.is_given(cell):
            other = Reading(reading.view, reading.step, written(reading.view, reading.step, cell))
            if any(alike(one, slope) for one in other.slope_by(claim.update) for slope in slopes):
                yield other


def _moved(reading: Reading, update: Update, by: sp.Expr) -> sp.Expr:
    """What the cell of a loss holds where an update starts from a value that lies beside its own."""
    graph = reading.view.graph
    starts = {graph.origin(update.start), update.start}
    found: dict[sp.Symbol, sp.Expr] = {of(cell): of(cell) + by for cell in starts}
    for cell in graph.in_order(reading.forward - starts):
        if not reading.view.is_given(cell):
            found[of(cell)] = meaning_of(reading, cell).xreplace(found)
    assert reading.objective.cell is not None  # of a loss that a cell holds
    return found[of(reading.objective.cell)]


def said_of(graph: Graph, quotients: Mapping[Update, Cell]) -> Iterator[Finding]:
    """What is said of updates that step by one that is only near the slope."""
    for update, cell in quotients.items():
        over = labels.called(graph, cell)
        told = f"not judged: it steps by a difference quotient over {over}, which is near the slope"
        yield of_update(graph, update, "update", told, "undecided")


def _over(reading: Reading, claim: Claim) -> Cell | None:
    """The given cell with the small number over which a claim's slope is a difference quotient; None for any other.

    With the number that stands in the cell it is near the slope at every point, with any other it is not.
    """
    if claim.holds or claim.slope is None:
        return None
    graph = reading.view.graph
    ends = frozenset(update.cell for update in reading.step.updates)  # what a new value is h away from is no quotient
    behind = graph.below((claim.slope,), stop=reading.step.starts | ends) & reading.behind
    for cell in reading.rates((claim.slope, *graph.in_order(behind - ends))):
        step = graph.stored(cell)
        if step is None or not 0 < abs(step) <= _LARGEST or not any(_divides(graph, own, cell) for own in behind):
            continue
        view = View(graph, reading.view.sources, reading.view.kept | {cell})
        near = Reading(view, reading.step, reading.objective)
        for slope in near.slope_by(claim.update):
            pairs = list(zip(view.values(claim.slope), slope, strict=True))
            if all(abs(a - b) <= _FAR * abs(step) * abs(b) for a, b in pairs):
                return cell
    return None


def _divides(graph: Graph, cell: Cell, by: Cell) -> bool:
    """Whether a formula divides by a cell, or by what is computed from it."""
    formula = graph.formulas[cell]
    if formula.meaning is None:
        return False
    below = {s for power in formula.meaning.plain.atoms(sp.Pow) if power.exp.could_extract_minus_sign()
             for s in power.base.free_symbols}
    return any(operand(place) in below and by in graph.below((read,)) for place, read in enumerate(formula.reads))
