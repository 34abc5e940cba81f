"""What is wrong in a step, told by a right one that it repeats: the cells that are no copies of its."""

from collections.abc import Iterator, Sequence

from sheets.auditing.findings import Finding
from sheets.auditing.training import labels
from sheets.auditing.training.claims import Rate, Reading
from sheets.auditing.training.contradictions import Contradiction, contradictions, with_repair
from sheets.auditing.training.fills import reread
from sheets.auditing.training.formula import Formula
from sheets.auditing.training.repairs import Repair
from sheets.auditing.training.repetition import Audit
from sheets.auditing.training.suspects import Cause
from sheets.auditing.training.updates import Step
from sheets.references import Cell

_MOST_TOLD = 2
_OTHER_FORMULA = "is not the formula that stands there in the other steps"


def by_model(audit: Audit, model: Step, reading: Reading, bad: Sequence[Contradiction], most: tuple[Rate, float]
             ) -> list[Cause] | None:
    """The causes of contradictions, where the formulas of a right step, moved, leave none; None where they do."""
    repairs = {cell: repair for cell, repair in _repairs(audit, model, reading) if _matters(reading, cell, bad)}
    whole = Repair({cell: repair.formulas[cell] for cell, repair in repairs.items()}, "")
    if not repairs or any(True for _ in contradictions(with_repair(reading, whole), *most)):
        return None
    return [Cause((cell,), repair, tuple(one for one in bad if _matters(reading, cell, (one,))))
            for cell, repair in repairs.items()]


def _matters(reading: Reading, cell: Cell, bad: Sequence[Contradiction]) -> bool:
    return cell in reading.below(*(one.cell for one in bad))


def _repairs(audit: Audit, model: Step, reading: Reading) -> Iterator[tuple[Cell, Repair]]:
    """The formulas of a right step, moved, for the cells that are no copies of it."""
    graph, step = audit.graph, reading.step
    for cell, there in _unlike(audit, model, step):
        formula = graph.formulas[cell]
        if there not in graph.formulas or there not in reading.needed or formula.meaning is None:
            continue
        reads = {read: read if read in audit.once else audit.moved(read, model, step) for read in formula.reads}
        meant = {read: new for read, new in reads.items() if new is not None}
        if len(meant) == len(reads):
            mended = Formula(formula.meaning, tuple(meant[read] for read in formula.reads))
            yield there, Repair({there: mended}, _slip(audit, cell, there, mended), _text(audit, cell, there, mended))


def _unlike(audit: Audit, model: Step, step: Step) -> Iterator[tuple[Cell, Cell]]:
    """The cells of a right step that have no copy in another, each with what stands there."""
    for cell in model.inside:
        there, form = audit.moved(cell, model, step), audit.form(model, (cell,))
        if there is not None and form and (
                there not in audit.graph.formulas or form != audit.form(step, (there,))):
            yield cell, there


def deviations(audit: Audit, model: Step, step: Step) -> Iterator[Finding]:
    """What stands in a step otherwise than in one that is right, cell by cell, and what should stand there.

    Nothing where the step starts elsewhere than the other does: it is no repetition of it.
    """
    starts = {audit.moved(update.start, model, step) for update in model.updates}
    if not starts.issuperset(update.start for update in step.updates):
        return
    is_first = audit.inside.isdisjoint(step.starts)
    left = audit.inside - frozenset(model.inside) - model.starts
    for cell, there in _unlike(audit, model, step):
        if is_first and not left.isdisjoint(audit.graph.formulas[cell].reads):
            continue  # nothing is left for a first step
        stands, pattern = audit.graph.text(there) or str(audit.graph.stored(there) or ""), audit.graph.pattern(cell)
        is_moved = not any(reference.sheet for reference in pattern.references)  # to other sheets they stay
        meant = pattern.at(there.row, there.column) if is_moved else ""
        if not stands or stands != meant:  # a copy, whose fixed references stand elsewhere to its step
            yield Finding("fill", labels.quantity(audit.graph, there), there.address, stands, meant, _OTHER_FORMULA,
                          "wrong", there.sheet)


def _text(audit: Audit, cell: Cell, there: Cell, mended: Formula) -> str:
    """The formula that is meant, as text; empty where it cannot be written as the one of the right step is."""
    graph = audit.graph
    pattern = graph.pattern(cell)
    text = pattern.at(there.row, there.column)
    sheet = graph.book.by_name[there.sheet]
    stands = graph.reader.read_text(sheet, text).reads
    others = {read: meant for read, meant in zip(stands, mended.reads, strict=False) if read != meant}
    text = reread(text, there.sheet, others) if others else text
    return text if graph.reader.read_text(sheet, text).reads == mended.reads else ""


def _slip(audit: Audit, cell: Cell, there: Cell, mended: Formula) -> str:
    """How a cell came to hold something else than a copy of another."""
    graph = audit.graph
    stands, pattern = graph.formulas[there], graph.pattern(cell)
    if pattern == graph.pattern(there):
        own, others = (pattern.areas(one.sheet, one.row, one.column) for one in (cell, there))
        slid = dict.fromkeys(area.address if area.is_range else labels.called(graph, area.first)
                             for area, moved in zip(own, others, strict=True)
                             if area != moved and area.first in audit.once)
        return f"is filled from {cell.address} on, and {', '.join(slid)} slides away for want of a $"
    if pattern.literals == graph.pattern(there).literals:
        meant, own = pattern.areas(there.sheet, there.row, there.column), graph.pattern(there).areas(
            there.sheet, there.row, there.column)
        spans = [(area, other) for area, other in zip(own, meant, strict=True) if area != other]
        if spans and all(area.is_range for area, _ in spans):
            said = [f"reads {area.address} where {other.address} belongs" for area, other in spans]
            return ", ".join(said[:_MOST_TOLD])
    if stands.meaning != mended.meaning:
        return _OTHER_FORMULA
    told = dict.fromkeys(f"uses {labels.called(graph, own)} where {labels.called(graph, meant)} belongs"
                         for own, meant in zip(stands.reads, mended.reads, strict=True) if own != meant)
    return ", ".join(list(told)[:_MOST_TOLD])
