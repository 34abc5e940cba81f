"""Both sides of a refuted claim as two numbers to retype."""

from derive.checking.diagnosis.refutation import FAULTS, Refutation
from derive.checking.evaluation import evaluated
from derive.checking.evidence import Evidence
from derive.checking.report import Numbers
from derive.checking.values import Values

_DIGITS = range(6, 13)


def figures(refutation: Refutation, values: Values) -> Numbers | None:
    """The sides at the document's own values, else at the point that a proof found; None where they do not differ."""
    return _at_values(refutation, values) or at_witness(refutation.evidence)


def _at_values(refutation: Refutation, values: Values) -> Numbers | None:
    try:
        sides = [refutation.graph.worked(side) for side in refutation.equation.sides]
        wanted = frozenset(s.name for side in sides for s in side.free_symbols)
        environment, _ = next(values.environments(refutation.graph, refutation.number, wanted))
        left, right = (evaluated(side, environment) for side in sides)
    except FAULTS:
        return None
    told = _apart(left, right) if left is not None and right is not None else None
    return Numbers(*told, "document") if told is not None else None


def at_witness(evidence: Evidence) -> Numbers | None:
    """What both sides come to where they were found to differ; None where no such values are told."""
    try:
        told = _apart(_middle(evidence.left_value), _middle(evidence.right_value))
    except ValueError:
        return None
    return Numbers(*told, "point") if told is not None else None


def _middle(interval: str) -> float:
    """[0.2283648362, 0.2283648363] as one number."""
    numbers = [float(part) for part in interval.strip("[]").split(",") if part.strip()]
    return sum(numbers) / len(numbers) if numbers else float("nan")


def _apart(left: float, right: float) -> tuple[str, str] | None:
    """Two numbers to so many digits that they differ."""
    for digits in _DIGITS:
        told = f"{left:.{digits}g}", f"{right:.{digits}g}"
        if told[0] != told[1] and "nan" not in told:
            return told
    return None
