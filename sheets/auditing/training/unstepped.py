"""Parameters that are never stepped: copied from step to step, though their slope stands in a cell."""

import math
from collections.abc import Iterable, Iterator

from sheets.auditing.findings import Finding
from sheets.auditing.training import labels
from sheets.auditing.training.claims import Reading
from sheets.auditing.training.formula import adds
from sheets.auditing.training.objective import pairs
from sheets.auditing.training.view import ratio
from sheets.references import Cell


def judge_unstepped(reading: Reading) -> Iterator[Finding]:
    """The copies of given cells that the objective is computed from, whose slopes no update uses.

    A constant whose slope nobody computed is none, nor are the targets.
    """
    graph, view = reading.view.graph, reading.view
    used = reading.below(*(update.cell for update in reading.step.updates))
    unread = [cell for cell in reading.step.inside if cell not in reading.forward and cell not in used]
    scales = [claim.scale for claim in reading.claims if claim.scale is not None]
    copies = _copied(reading, reading.forward) if unread and scales else {}
    slopes = view.adjoints(reading.objective.seeds, reading.forward | reading.step.starts | copies.keys())
    for given, copy in copies.items():
        ratios = [(cell, ratio(view.values(cell), slopes[given])) for cell in unread if given in slopes]
        held = next((cell for cell, scale in ratios if scale is not None and any(
            math.isclose(scale, one, rel_tol=1e-7) for one in scales)), None)
        if held is not None:
            told = f"is copied, and never stepped: its gradient in {labels.called(graph, held)} is used by no update"
            yield labels.found(graph, copy, "update", told, "wrong", of=given)


def left_as_they_are(reading: Reading) -> Iterator[Cell]:
    """The biases that are copied from step to step, whether that is meant or their steps were forgotten."""
    readers = [reading.view.graph.formulas[cell] for cell in reading.step.inside]
    return (given for given in _copied(reading, reading.step.inside) if any(adds(one, given) for one in readers))


def _copied(reading: Reading, readers: Iterable[Cell]) -> dict[Cell, Cell]:
    """The cells that some cells read and a step does not change, each with a cell that copies it on."""
    graph, step = reading.view.graph, reading.step
    targets = {target for _, target in pairs(reading.view, step)}
    read = dict.fromkeys(read for cell in graph.in_order(readers) for read in graph.formulas[cell].reads)
    given = (cell for cell in read if not (cell in step.inside or cell in step.starts or cell in targets))
    copied = ((cell, user) for cell in given for user in graph.users[cell]
              if (meaning := graph.formulas[user].meaning) is not None and meaning.copied)
    return dict(copied)
