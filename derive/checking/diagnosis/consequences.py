"""What follows rightly from a slip: a refuted line, of names or of numbers, that holds if refuted lines before it are
taken at their word.
"""

from collections.abc import Mapping, Sequence

import sympy as sp
from msgspec import Struct

from derive.checking.diagnosis.refutation import FAULTS
from derive.checking.equations import Equation, differentiated
from derive.checking.evidence import Evidence
from derive.checking.evidence.decisions import Decisions
from derive.checking.graph import holds_at_a_point
from derive.checking.interpretations import Interpretation
from derive.checking.values import Values, compared
from derive.equality import Proved
from derive.names import symbol
from derive.written import UNTOLD, Called, Partial

_MOST_TAKEN = 8

Taken = tuple[int, sp.Expr, sp.Expr]
"""A refuted claim's number, what it speaks of and what it says of it."""


def given_lines(
    evidence: Mapping[int, Evidence], interpretation: Interpretation, values: Values
) -> dict[int, tuple[int, ...]]:
    """The refuted claims that follow rightly from refuted ones before them, each with the numbers of those."""
    taken: list[Taken] = []
    found: dict[int, tuple[int, ...]] = {}
    decisions = Decisions()
    for h in sorted((h for h in interpretation.adopted if h.kind == "slip"), key=lambda h: h.claim):
        for e in interpretation.equations(h.claim)[:1]:
            taken.append((h.claim, symbol(h.subject), e.right))
    for number in sorted(evidence):
        one = evidence[number]
        if one.verdict != "refuted" or one.kind not in ("", "numeric") or one.equation is None:
            continue
        if one.equation.right.has(Called):
            continue
        left, is_numeric = one.equation.left, one.kind == "numeric"
        before = [t for t in taken if t[0] < number and (is_numeric or t[1] != left)][-_MOST_TAKEN:]
        follows = _Following(number, one.equation, interpretation, values if is_numeric else None, decisions)
        lines = follows.enough(before)
        if lines:
            found[number] = lines
        elif is_numeric:
            printed = values.printed_by(interpretation.claims[number])
            taken.extend((number, subject, value) for subject, value in printed if _is_plain(subject))
        elif left.is_Symbol or _is_plain(left):
            taken.append((number, left, one.equation.right))
    return found


def _is_plain(side: sp.Expr) -> bool:
    """Whether a side is the derivative of a name by one that is told."""
    return bool(differentiated(side)) and side.by != UNTOLD


class _Following(Struct, frozen=True):
    """A refuted claim, held against the lines before it; by the document's values where it is one of numbers."""

    number: int
    equation: Equation
    interpretation: Interpretation
    values: Values | None
    decisions: Decisions

    def enough(self, before: Sequence[Taken]) -> tuple[int, ...]:
        """The fewest of the lines before, or one after the other left out of all, with which the claim holds."""
        for single in reversed(before):
            if self.holds([single]):
                return (single[0],)
        if len(before) < 2 or not self.holds(before):
            return ()
        kept = list(before)
        for one in before:
            fewer = [other for other in kept if other is not one]
            if fewer and self.holds(fewer):
                kept = fewer
        return tuple(number for number, _, _ in kept)

    def holds(self, taken: Sequence[Taken]) -> bool:
        """Whether the claim is proved where lines are taken at their word; a value at one point comes first."""
        graph = self.interpretation.graph(self.number)
        for _, left, right in taken:
            graph = (
                graph.assuming(left.of.name, left.by.name, right)
                if isinstance(left, Partial)
                else graph.replaced(left.name, right)
            )
        if self.values is None and not holds_at_a_point(*self.equation.sides, graph):
            return False
        try:
            left, right = map(graph.worked, self.equation.sides)
            if self.values is None:
                return isinstance(self.decisions.decided(left, right, graph), Proved)
            found = compared(left, right, self.interpretation.claims[self.number], graph, self.values)
        except FAULTS:
            return False
        return found is not None and found.verdict == "agree"
