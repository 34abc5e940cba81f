"""Judges the roundings on the way to the updates: the formulas are read without them, and each is said apart."""

from collections.abc import Iterator

from msgspec.structs import replace

from sheets.auditing.findings import Finding, Severity
from sheets.auditing.rounding import Rounding, told, unrounded
from sheets.auditing.training import labels
from sheets.auditing.training.graph import Graph
from sheets.auditing.training.repetition import Audit
from sheets.references import Cell, Pattern


def judge_roundings(audit: Audit) -> Iterator[Finding]:
    """The formulas that round what the steps take off, those that are copies of each other by all their numbers."""
    graph = audit.graph
    copies: dict[tuple[str, Pattern], list[Cell]] = {}
    for step in audit.steps:
        ends = [update.cell for update in step.updates]
        used = graph.below(ends, stop=step.starts) & {*step.inside, *ends}
        for cell in graph.in_order(used):
            copies.setdefault((cell.sheet, graph.pattern(cell)), []).append(cell)
    for cells in copies.values():
        roundings = _roundings(graph, cells[0])
        if roundings:
            slip, severity = _said(graph, cells, roundings)
            places = ", ".join(cell.address for cell in cells)
            yield replace(labels.found(graph, cells[0], "forward", slip, severity), cells=places)


def _roundings(graph: Graph, cell: Cell) -> tuple[Rounding, ...]:
    meaning = graph.formulas[cell].meaning
    return () if meaning is None else unrounded(meaning.expression)[1]


def _said(graph: Graph, cells: list[Cell], roundings: tuple[Rounding, ...]) -> tuple[str, Severity]:
    """What roundings do to the numbers of some cells; to whole ones they may be meant, as a step that tells classes."""
    if roundings[0][0] <= 0:
        return f"not judged: is {roundings[0][1]} to whole numbers", "undecided"
    return told(roundings, map(graph.stored, cells))
