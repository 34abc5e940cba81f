"""Holds the numbers that were saved beside formulas against these, each at the saved numbers that it reads."""

import math
from collections.abc import Container, Iterator

from sheets.auditing.findings import Finding
from sheets.auditing.training import labels
from sheets.auditing.training.graph import Graph
from sheets.references import Cell

_STALE = 1e-7


def judge_stored(graph: Graph, sheets: frozenset[str], typed: Container[Cell] = ()) -> Iterator[Finding]:
    """The saved numbers of some sheets that do not follow from the formulas beside them, those that are typed apart."""
    stale: dict[str, list[Cell]] = {}
    for cell, formula in graph.formulas.items():
        if cell.sheet not in sheets or cell in typed or formula.meaning is None or cell in graph.circular:
            continue
        saved = graph.stored(cell)
        reads = [graph.stored(read) for read in formula.reads]
        if saved is None or any(number is None and read in graph.formulas
                                for number, read in zip(reads, formula.reads, strict=True)):
            continue
        numbers = [number or 0.0 for number in reads]
        given = formula.meaning.value(numbers)
        slack = _STALE * max(abs(given), abs(saved), *(abs(number) for number in numbers), 1e-12)
        if math.isfinite(given) and abs(given - saved) > slack:
            stale.setdefault(cell.sheet, []).append(cell)
    for sheet, cells in stale.items():
        first = cells[0]
        text = graph.book.by_name[sheet].formula((first.row, first.column)) or ""
        yield Finding("value", labels.quantity(graph, first), ", ".join(cell.address for cell in cells),
                      f"{text} -> {graph.stored(first)}", "",
                      "the stored value does not follow from the formula: not recalculated, or edited", "wrong", sheet)
