"""One equation of a claim, and what it is weighed on."""

from collections.abc import Mapping
from functools import cached_property
from types import MappingProxyType
from typing import Any

import sympy as sp
from msgspec import Struct

from derive.checking.equations import Equation, Stated
from derive.checking.evaluation import evaluated
from derive.checking.evidence import Evidence
from derive.checking.evidence.decisions import Decisions
from derive.checking.graph import Graph
from derive.checking.interpretations import Interpretation
from derive.checking.values import Values
from derive.names import symbol


class Question(Struct, frozen=True, dict=True):
    """Whether an equation of a claim holds under an interpretation, at the document's values where it is of numbers."""

    one: Stated
    equation: Equation
    interpretation: Interpretation
    decisions: Decisions
    values: Values
    before: Mapping[int, Evidence] = MappingProxyType({})
    """What is said of the claims before."""

    @property
    def left(self) -> sp.Expr:
        """The left side, as written."""
        return self.equation.left

    @property
    def right(self) -> sp.Expr:
        """The right side, as written."""
        return self.equation.right

    @cached_property
    def graph(self) -> Graph:
        """The graph that holds at the claim."""
        return self.interpretation.graph(self.one.number)

    @cached_property
    def worked(self) -> tuple[sp.Expr, sp.Expr]:
        """Both sides with their derivatives worked out."""
        return self.graph.worked(self.left), self.graph.worked(self.right)

    @cached_property
    def below(self) -> frozenset[str]:
        """The names in it, and all on which these rest."""
        names = self.equation.names
        return frozenset(self.graph.closure([symbol(name) for name in names])) | names

    def value(self, expression: sp.Expr) -> float | None:
        """What an expression comes to at the values that stand last before the claim; None where one is missing."""
        names = frozenset(s.name for s in expression.free_symbols)
        environment, _ = next(self.values.environments(self.graph, self.one.number, names), ({}, True))
        return evaluated(expression, environment)

    def said(self, verdict: str, reason: str = "", kind: str = "", **more: Any) -> Evidence:
        """What is said of the claim by this equation; it rests on the names that stand in it."""
        return Evidence(verdict, reason, self.equation, support=self.equation.names, kind=kind, **more)
