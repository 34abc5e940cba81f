"""Judges the learning rates of a step: one for all its updates, in one cell, and down along the loss."""

from collections.abc import Iterator

from sheets.auditing.findings import Finding, Kind, Severity
from sheets.auditing.training import labels
from sheets.auditing.training.claims import Rate, Reading, steps_alike
from sheets.auditing.training.contradictions import goes_back, rate_stands
from sheets.auditing.training.graph import Graph
from sheets.auditing.training.repairs import text_of
from sheets.auditing.training.updates import Update


def judge_rates(reading: Reading, rate: Rate, scale: float) -> Iterator[Finding]:
    """Updates whose rate is not that of most."""
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
            told = "adds the slope instead of subtracting it" if own.number > 0 else "subtracts what the others add"
        elif usual_size is not None and size is not None and _near(size, usual_size):
            if own.cell is not None:
                continue
            kind, severity = "anchor", "fragile"
            told = f"the learning rate {abs(own.number):.6g} is typed into the formula"
        elif own.cell is not None and own.cell != rate.cell:
            kind = "anchor"
            usual_cell = "a number" if rate.cell is None else labels.called(graph, rate.cell)
            told = f"takes {labels.called(graph, own.cell)} for the learning rate, the others {usual_cell}"
        elif rate.cell is not None and own.over == rate.over and _near(own.number, rate.number):
            told = f"steps without the learning rate, which the others take from {labels.called(graph, rate.cell)}"
        elif usual_size and size is not None:
            told = f"steps with {size / usual_size:.6g} times the learning rate of the others"
        else:
            continue
        yield of_update(graph, claim.update, kind, told, severity)


def of_update(graph: Graph, update: Update, kind: Kind, told: str, severity: Severity) -> Finding:
    """What is found of an update, at its cell."""
    return Finding(kind, labels.quantity(graph, update.start), update.cell.address, text_of(graph, update.cell), "",
                   told, severity, update.cell.sheet)


def _near(a: float, b: float) -> bool:
    return abs(a - b) <= 1e-7 * max(abs(a), abs(b))


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


def uphill(reading: Reading, most: tuple[Rate, float]) -> Iterator[Finding]:
    """Steps that all go up along a cell that is called a loss."""
    cell = reading.objective.cell
    size = size_of(reading.view.graph, most[0])
    if cell is not None and labels.is_loss(reading.view.graph, cell) and size is not None and size * most[1] > 0:
        for claim in reading.claims:
            yield of_update(reading.view.graph, claim.update, "update",
                             f"goes up along {labels.called(reading.view.graph, cell)} instead of down", "wrong")
