"""Slopes that are taken ahead of where a step stands, at w + m*v, while its error is worked out where it stands.

A step of Nesterov's momentum is read as if its error were worked out where its slopes are.
"""

from collections.abc import Iterator

from sheets.auditing.training.claims import Reading
from sheets.auditing.training.contradictions import with_repair
from sheets.auditing.training.formula import Formula
from sheets.auditing.training.repairs import Repair
from sheets.references import Cell


def looking_ahead(reading: Reading) -> Iterator[Reading]:
    """A step with its error worked out at the cells that add something given to what it starts from, if there are any.
    """
    graph = reading.view.graph
    ends = {update.cell for update in reading.step.updates}
    places = dict[Cell, Cell]()
    for cell in graph.in_order(reading.behind - ends):
        formula = graph.formulas[cell]
        for place in formula.meaning.added if formula.meaning is not None and not formula.meaning.copied else ():
            others = (read for other, read in enumerate(formula.reads) if other != place)
            if reading.step.starts.isdisjoint(graph.below(others, stop=reading.view.sources)):
                places.setdefault(graph.origin(formula.reads[place]), cell)
    places = {start: cell for start, cell in places.items() if start in reading.step.starts}
    if places.keys() == reading.step.starts:
        forward = reading.forward - reading.step.starts
        moved = {cell: Formula(formula.meaning, tuple(places.get(graph.origin(read), read) for read in formula.reads))
                 for cell in forward for formula in (graph.formulas[cell],)
                 if formula.meaning is not None and not formula.meaning.copied}
        yield with_repair(reading, Repair(moved, ""))
