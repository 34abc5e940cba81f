"""What follows rightly from a slip: a refuted line that holds if refuted lines before it are taken at their word."""

from collections.abc import Mapping, Sequence

import sympy as sp

from derive.checking.diagnosis.refutation import FAULTS
from derive.checking.equations import Equation, differentiated
from derive.checking.evidence import Evidence
from derive.checking.evidence.decisions import Decisions
from derive.checking.graph import Graph, holds_at_a_point
from derive.checking.interpretations import Interpretation
from derive.claim import UNTOLD, Called, Partial
from derive.equality import Proved
from derive.names import symbol

_MOST_TAKEN = 8

Taken = tuple[int, sp.Expr, sp.Expr]
"""A refuted claim's number, what it speaks of and what it says of it."""


def given_lines(evidence: Mapping[int, Evidence], interpretation: Interpretation) -> dict[int, tuple[int, ...]]:
    """The refuted claims that follow rightly from refuted ones before them, each with the numbers of those."""
    taken: list[Taken] = []
    found: dict[int, tuple[int, ...]] = {}
    decisions = Decisions()
    for h in sorted((h for h in interpretation.adopted if h.kind == "slip"), key=lambda h: h.claim):
        for e in interpretation.equations(h.claim)[:1]:
            taken.append((h.claim, symbol(h.subject), e.right))
    for number in sorted(evidence):
        one = evidence[number]
        if one.verdict != "refuted" or one.kind or one.equation is None or one.equation.right.has(Called):
            continue
        left = one.equation.left
        before = [t for t in taken if t[0] < number and t[1] != left][-_MOST_TAKEN:]
        lines = _enough(one.equation, before, interpretation.graph(number), decisions)
        if lines:
            found[number] = lines
        elif left.is_Symbol or (differentiated(left) and left.by != UNTOLD):
            taken.append((number, left, one.equation.right))
    return found


def _enough(equation: Equation, before: Sequence[Taken], graph: Graph, decisions: Decisions) -> tuple[int, ...]:
    """The fewest of the lines before, or one after the other left out of all, with which an equation holds."""
    for single in reversed(before):
        if _holds(equation, [single], graph, decisions):
            return (single[0],)
    if len(before) < 2 or not _holds(equation, before, graph, decisions):
        return ()
    kept = list(before)
    for one in before:
        fewer = [other for other in kept if other is not one]
        if fewer and _holds(equation, fewer, graph, decisions):
            kept = fewer
    return tuple(number for number, _, _ in kept)


def _holds(equation: Equation, taken: Sequence[Taken], graph: Graph, decisions: Decisions) -> bool:
    """Whether an equation is proved where lines are taken at their word; a value at one point comes first."""
    for _, left, right in taken:
        graph = (
            graph.assuming(left.of.name, left.by.name, right)
            if isinstance(left, Partial)
            else graph.replaced(left.name, right)
        )
    if not holds_at_a_point(*equation.sides, graph):
        return False
    try:
        left, right = map(graph.worked, equation.sides)
        return isinstance(decisions.decided(left, right, graph), Proved)
    except FAULTS:
        return False
