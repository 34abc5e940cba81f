"""Says what was seen in a workbook where no training can be judged: neurons and their layers, errors, no update."""

from collections import Counter
from collections.abc import Iterator

import sympy as sp

from derive import rules
from sheets.auditing.training import labels
from sheets.auditing.training.formula import Formula
from sheets.auditing.training.graph import Graph
from sheets.references import Cell

_KINDS = ((rules.Sigmoid, "sigmoid"), (rules.Tanh, "tanh"), (rules.Relu, "ReLU"), (rules.Softplus, "softplus"))
_MOST_SHEETS = 4
_MOST_BLANK = 3


def seen(graph: Graph) -> str:
    """The formulas of each sheet in a few words; empty where there is none."""
    told = []
    for sheet in graph.book.sheets:
        cells = [cell for cell in graph.formulas if cell.sheet == sheet.name]
        if cells:
            count = f"{len(cells)} formula{'s' if len(cells) != 1 else ''} on {sheet.name}"
            told.append(f"{count}: {', '.join(_parts(graph, cells))}")
    more = f"; and {len(told) - _MOST_SHEETS} more sheets" if len(told) > _MOST_SHEETS else ""
    return "; ".join(told[:_MOST_SHEETS]) + more


def shows_a_training(graph: Graph, cell: Cell) -> bool:
    """Whether a cell is a neuron's or an error's: a balance that goes on from row to row is no training."""
    formula = graph.formulas[cell]
    return bool(_activation(formula)) or _is_squared_difference(formula) or labels.is_loss(graph, cell)


def _parts(graph: Graph, cells: list[Cell]) -> Iterator[str]:
    layers = _layers(graph, cells)
    if layers:
        kinds = Counter(kind for layer in layers for _, kind in layer)
        inputs = _inputs(graph, [cell for cell, _ in layers[0]])
        shape = "-".join(str(n) for n in ([inputs] if inputs else []) + [len(layer) for layer in layers])
        yield f"a forward pass of {shape} ({', '.join(kinds)})"
    elif any(_has(graph.formulas[cell], sp.exp) for cell in cells):
        yield "exponentials, no known activation"
    losses = [cell for cell in cells if labels.is_loss(graph, cell) or _is_squared_difference(graph.formulas[cell])]
    yield f"an error in {losses[-1].address}" if losses else "no error"
    yield "no update"
    blank = [cell for cell in graph.blanks if cell.sheet == cells[0].sheet]
    if blank:
        yield f"{', '.join(cell.address for cell in blank[:_MOST_BLANK])}{', …' * (len(blank) > _MOST_BLANK)} empty"
    unread = sum(bool(graph.formulas[cell].fault) for cell in cells)
    if unread:
        yield f"{unread} not understood"


def _layers(graph: Graph, cells: list[Cell]) -> list[list[tuple[Cell, str]]]:
    """The activations of a sheet, layer by layer."""
    kinds = {cell: kind for cell in cells if (kind := _activation(graph.formulas[cell]))}
    depth: dict[Cell, int] = {}
    for cell in graph.order:
        before = max((depth[read] for read in graph.formulas[cell].reads if read in depth), default=0)
        if cell in kinds:
            depth[cell] = before + 1
        elif before:
            depth[cell] = before
    found: dict[int, list[tuple[Cell, str]]] = {}
    for cell, kind in kinds.items():
        if cell in depth:  # a cell in a circle has no depth
            found.setdefault(depth[cell], []).append((cell, kind))
    return [found[layer] for layer in sorted(found)]


def _activation(formula: Formula) -> str:
    if formula.meaning is None:
        return ""
    return next((name for kind, name in _KINDS if isinstance(formula.meaning.plain, kind)), "")


def _inputs(graph: Graph, layer: list[Cell]) -> int:
    """How many given cells several neurons of the first layer read; 0 where that tells nothing."""
    read = Counter(cell for neuron in layer for cell in graph.below((neuron,)) if cell not in graph.formulas)
    return sum(count == len(layer) for count in read.values()) if len(layer) > 1 else 0


def _has(formula: Formula, function: type) -> bool:
    return formula.meaning is not None and formula.meaning.plain.has(function)


def _is_squared_difference(formula: Formula) -> bool:
    return formula.meaning is not None and formula.meaning.squares
