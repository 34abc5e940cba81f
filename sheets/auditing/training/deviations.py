"""The cells of a step that are no copies of those of the steps that it repeats."""

from collections.abc import Iterator

from sheets.auditing.findings import Finding
from sheets.auditing.training import labels
from sheets.auditing.training.repairs import text_of
from sheets.auditing.training.repetition import Audit
from sheets.auditing.training.updates import Step
from sheets.references import Cell


def deviations(audit: Audit, model: Step, step: Step) -> Iterator[Finding]:
    """What stands in a step otherwise than in one that is right, cell by cell, and what should stand there.

    Nothing where the step starts elsewhere than the other does: it is no repetition of it.
    """
    starts = {audit.moved(update.start, model, step) for update in model.updates}
    if not starts.issuperset(update.start for update in step.updates):
        return
    is_first = audit.inside.isdisjoint(step.starts)
    left = audit.inside - frozenset(model.inside) - model.starts
    for cell in model.inside:
        there = audit.moved(cell, model, step)
        if there is None or not audit.form(model, (cell,)):
            continue
        if is_first and not left.isdisjoint(audit.graph.formulas[cell].reads):
            continue  # nothing is left for a first step
        if there not in audit.graph.formulas or audit.form(model, (cell,)) != audit.form(step, (there,)):
            stands = text_of(audit.graph, there) or str(audit.graph.stored(there) or "")
            meant = _meant(audit, cell, there)
            if stands and stands == meant:  # a copy, whose fixed references stand elsewhere to its step
                continue
            told = "is not the formula that stands there in the other steps"
            yield Finding("fill", labels.quantity(audit.graph, there), there.address, stands,
                          meant, told, "wrong", there.sheet)


def _meant(audit: Audit, cell: Cell, there: Cell) -> str:
    """The formula of a cell as it would stand in another; empty where it reads other sheets, which do not move."""
    pattern = audit.graph.book.by_name[cell.sheet].pattern((cell.row, cell.column))
    if pattern is None or any(reference.sheet for reference in pattern.references):
        return ""
    return pattern.at(there.row, there.column)
