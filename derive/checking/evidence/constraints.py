"""What holds along a constraint: of A = x y with x + y = 10 is dA/dx = 10 - 2x."""

from collections.abc import Iterator

import sympy as sp
from msgspec.structs import replace

from derive.checking.equations import names_in
from derive.checking.evidence import Evidence
from derive.checking.evidence.question import Question
from derive.equality import Proved
from derive.errors import DeriveError
from derive.names import symbol
from derive.written import Called, Partial

_HIGHEST = 2
"""The degree up to which a constraint is solved for a name."""


def along_constraint(question: Question) -> Evidence | None:
    """What is said of sides that differ where the right one no longer has a name of the left one that a constraint
    ties to the others: that they are equal where that name is what the constraint makes of it; nothing, where they are
    so only if it is held while one differentiates.
    """
    (left, right), graph = question.equation.sides, question.graph
    if not names_in(right):
        return None
    kept = graph.leaves_of((question.worked[1],)) | {p.by.name for p in question.equation.partials}
    gone = graph.leaves_of((*(p.of for p in question.equation.partials), question.worked[0])) - kept
    for name in sorted(n for n in gone if not question.values.is_given(symbol(n), question.one.number)):
        for told, solution in _solutions(name, question):
            along = graph.replaced(name, solution)
            try:
                asked = question.decisions.equality(along.worked(left), along.worked(right), along)
                held = question.decisions.equality(*question.worked, along)
            except DeriveError:
                continue
            if isinstance(question.decisions.answer(asked), Proved):
                found = question.said("proved", f"since {told}", "condition", equality=asked)
                return replace(found, support=question.below)
            if isinstance(question.decisions.answer(held), Proved):
                return question.said("undecided", f"it holds while {name} is held, and not along {told}", "convention")
    return None


def _solutions(name: str, question: Question) -> Iterator[tuple[str, sp.Expr]]:
    """What a name is by the constraints stated before, each with the constraint as written."""
    graph, problems = question.graph, (0, question.one.problem)
    for other in question.interpretation.claims[: question.one.number]:
        said = question.before.get(other.number)
        if said is None or said.equation is None or said.verdict not in ("definition", "undecided"):
            continue
        sides, is_own = said.equation.sides, other.problem in problems and other.claim.relation == "="
        if not is_own or sides[0].has(Partial, Called) or not sides[1].is_number:
            continue
        left = graph.definition(sides[0].name) if sides[0].is_Symbol else sides[0]
        if left is None or symbol(name) not in left.free_symbols:
            continue
        above = sp.fraction(sp.together(left - sides[1]))[0]
        if above.is_polynomial(symbol(name)) and sp.degree(above, symbol(name)) <= _HIGHEST:
            told = f"{other.claim.left.text} = {other.claim.right.text}"
            yield from ((told, root) for root in sp.roots(above, symbol(name)))
