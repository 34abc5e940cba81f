"""Slopes by difference quotients, (E(w + h) - E(w - h))/(2 h): near the slope as h is small, and no slope."""

from sheets.auditing.training.claims import Claim, Reading
from sheets.auditing.training.view import View
from sheets.references import Cell

_LARGEST = 0.05
_FAR = 10
"""So many times h a quotient may lie beside the slope, against its size."""


def quotient_over(reading: Reading, claim: Claim) -> Cell | None:
    """The given cell with the small number over which a claim's slope is a difference quotient; None for any other.

    With the number that stands in the cell it is near the slope at every point, with any other it is not.
    """
    if claim.holds or claim.slope is None:
        return None
    graph = reading.view.graph
    for cell in reading.rates((claim.slope, *reading.own(claim.update))):
        step = graph.stored(cell)
        if step is None or not 0 < abs(step) <= _LARGEST:
            continue
        view = View(graph, reading.view.sources, reading.view.kept | {cell})
        near = Reading(view, reading.step, reading.objective)
        for slope in near.slope_by(claim.update):
            pairs = list(zip(view.values(claim.slope), slope, strict=True))
            if all(abs(a - b) <= _FAR * abs(step) * abs(b) for a, b in pairs):
                return cell
    return None
