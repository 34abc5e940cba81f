"""A refuted claim, and what its diagnosis looks at."""

from functools import cached_property

import sympy as sp
from msgspec import Struct

from derive.checking.equations import Equation
from derive.checking.evidence import Evidence
from derive.checking.evidence.decisions import Decisions
from derive.checking.graph import Graph
from derive.checking.interpretations import Interpretation
from derive.checking.slips import Grounds
from derive.checking.slips.grounds import grounds_of
from derive.checking.wording import Wording
from derive.errors import DeriveError
from derive.formulas.claims import Claim
from derive.written import Called, Partial

FAULTS = (DeriveError, KeyError, TypeError, AttributeError, ValueError, RecursionError, ArithmeticError)
"""What may go wrong in a search for more than the verdict: nothing more is said then."""


class Refutation(Struct, frozen=True, dict=True):
    """A claim, the equation that is false, and what speaks against it under an interpretation."""

    number: int
    equation: Equation
    evidence: Evidence
    interpretation: Interpretation
    wording: Wording
    decisions: Decisions

    @cached_property
    def graph(self) -> Graph:
        """The graph that holds at the claim."""
        return self.interpretation.graph(self.number)

    @property
    def claim(self) -> Claim:
        """The claim as it is written."""
        return self.interpretation.claims[self.number].claim

    @property
    def is_latex(self) -> bool:
        """Whether it is written in LaTeX."""
        return self.wording.is_latex(self.claim)

    @property
    def subject(self) -> sp.Expr:
        """What it is about: its left side, or the first member of its chain where that is no name and no derivative."""
        left = self.equation.left
        first = self.number - self.claim.step
        if left.is_Symbol or isinstance(left, (Called, Partial)) or first < 0:
            return left
        is_chain = self.interpretation.claims[first].claim.statement == self.claim.statement
        equations = self.interpretation.equations(first) if is_chain else ()
        return equations[0].left if equations else left

    @property
    def begins_definition(self) -> bool:
        """Whether it defines a name, or would if it were right: no line before it does."""
        left = self.equation.left
        versions = self.interpretation.versions.get(left.name, ()) if left.is_Symbol else ()
        is_first = all(d.claim < 0 or d.claim >= self.number for d in versions)
        is_plain = left.is_Symbol and self.claim.step == 0 and is_first
        return self.number in self.interpretation.definers or is_plain

    def grounds(self, further: frozenset[str] = frozenset()) -> Grounds:
        """What slips are looked for on: its graph, and further names that stand in it."""
        return grounds_of(self.graph, further, self.written, self.decisions)

    def written(self, expression: sp.Expr) -> str:
        """A name as it stands in the text, an expression in the text's notation."""
        if expression.is_Symbol:
            return self.wording.name(expression.name)
        return self.wording.text(expression, self.is_latex) or "…"
