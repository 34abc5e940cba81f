"""What holds along a constraint, of A = x y with x + y = 10 is dA/dx = 10 - 2x, and what at a point."""

from collections.abc import Iterator

import sympy as sp
from msgspec.structs import replace

from derive.checking.equations import names_in, tree_of
from derive.checking.evaluation import evaluated, near
from derive.checking.evidence import Evidence
from derive.checking.evidence.conditions import is_slope
from derive.checking.evidence.question import Question
from derive.equality import Proved, Refuted
from derive.errors import DeriveError
from derive.formulas.printed import printed_number
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
    kept = graph.holding(*question.one.circumstances.held).leaves_of((question.worked[1],))
    kept |= {p.by.name for p in question.equation.partials}
    gone = graph.leaves_of((*(p.of for p in question.equation.partials), question.worked[0])) - kept
    for name in sorted(n for n in gone if not question.values.is_given(symbol(n), question.one.number)):
        for told, solution, fixed in (*_solutions(name, question), *_along_held(name, question)):
            along = graph.holding(*fixed).replaced(name, solution)
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


def not_along(question: Question) -> str:
    """Why a derivative that is right while a name is held may be none: the right side has a quantity that the text
    holds constant instead, V in dS/dr = 4 π r + 2 V/r^2 of S in r and h.
    """
    (left, right), graph = question.equation.sides, question.graph
    held = question.one.circumstances.held & names_in(right) & graph.names
    by = {p.by.name for p in question.equation.partials}
    for name in sorted(graph.leaves_of([symbol(one) for one in held]) - by - names_in(right)) if by else ():
        for told, solution, fixed in _along_held(name, question):
            along = graph.holding(*fixed).replaced(name, solution)
            if isinstance(question.decisions.decided(along.worked(left), along.worked(right), along), Refuted):
                return f"it holds while {name} is held, and not where {told}"
    return ""


def _solutions(name: str, question: Question) -> Iterator[tuple[str, sp.Expr, tuple[str, ...]]]:
    """What a name is by the constraints stated before, each with the constraint as written; nothing else is fixed."""
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
        told = f"{other.claim.left.text} = {other.claim.right.text}"
        yield from ((told, root, ()) for root in _roots(left - sides[1], name))


def _along_held(name: str, question: Question) -> Iterator[tuple[str, sp.Expr, tuple[str, ...]]]:
    """What a name is by quantities that the text holds constant, V of V = π r² h, each with what it says."""
    for held in sorted(question.one.circumstances.held & question.graph.names):
        body = question.graph.definition(held)
        if body is not None and symbol(name) in body.free_symbols:
            yield from ((f"{held} is constant", root, (held,)) for root in _roots(body - symbol(held), name))


def _roots(vanishing: sp.Expr, name: str) -> Iterator[sp.Expr]:
    """The values of a name for which something is 0, where it is of a low degree."""
    above = sp.fraction(sp.together(vanishing))[0]
    if above.is_polynomial(symbol(name)) and sp.degree(above, symbol(name)) <= _HIGHEST:
        yield from sp.roots(above, symbol(name))


def at_a_place(question: Question) -> Evidence | None:
    """What is said of a slope that is a number at the point of which the words before it tell."""
    (left, right), point, graph = question.equation.sides, question.one.circumstances.point, question.graph
    of = left.of if isinstance(left, Partial) else symbol(left.name) if isinstance(left, Called) else right
    if not point or not right.is_number or not is_slope(left) or not of.is_Symbol:
        return None
    heads = (letters for letters, _ in graph.functions.get(of.name, ()) if len(letters) == len(point))
    by = left.by if isinstance(left, Partial) else left.arguments[0]
    values = dict(zip(next(heads, (str(by), of.name)), point, strict=False))
    slope = question.worked[0]
    for name, body in graph.closure((slope,)).items():
        if name not in values and (value := evaluated(body, values)) is not None:
            values[name] = value
    found = evaluated(slope, values)
    told = f"at ({', '.join(f'{one:.10g}' for one in point)})"
    if found is None:
        return question.said("undecided", f"what it is {told} cannot be worked out", "numeric")
    tree = tree_of(question.one.claim.right)
    printed = printed_number(tree) if tree is not None else None
    if near(found, evaluated(right, {})) or (printed is not None and printed.is_of(found)):
        return question.said("proved", told, "numeric")
    return question.said("refuted", f"it is {found:.10g} {told}", "numeric", left_value=f"{found:.10g}")
