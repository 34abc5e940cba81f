"""What holds by another convention is not wrong: log to the base 10 or 2, angles in degrees; unless a line before tells
that the usual one is meant.
"""

from collections.abc import Iterator

import sympy as sp

from derive.checking.equations import tree_of
from derive.checking.evidence.question import Question
from derive.conventions import CONVENTIONS, Convention
from derive.equality import Proved
from derive.names import symbol

Sides = tuple[sp.Expr, sp.Expr]


def by_others(question: Question, left: sp.Expr, right: sp.Expr) -> Iterator[tuple[Convention, Sides]]:
    """Two sides with all put in that defines their names, by each other convention."""
    for name, body in reversed(question.graph.closure((left, right)).items()):
        left, right = (side.xreplace({symbol(name): body}) for side in (left, right))
    for one in CONVENTIONS:
        if (left.has(*one.functions) or right.has(*one.functions)) and not _is_usual(one, question):
            yield one, (one.of(left), one.of(right))


def of_another_convention(question: Question) -> str:
    """log(x) = ln(x)/ln(10), and the slope of log x as 1/(x ln 10)."""
    left, right = question.worked
    for one, sides in by_others(question, left, right):
        if question.equation.partials and not left.has(*one.functions):
            sides = left / one.factor, right
        if isinstance(question.decisions.decided(*sides, question.graph), Proved):
            return one.told
    return ""


def _is_usual(convention: Convention, question: Question) -> bool:
    """Whether no function of a claim is written as the convention has it, or a line before holds that rests on one."""
    graph, versions, claims = question.graph, question.interpretation.versions, question.interpretation.claims
    names = question.below & versions.keys()
    tellers = [question.one, *(claims[d.claim] for name in sorted(names) for d in versions[name] if d.claim >= 0)]
    trees = (tree_of(member) for one in tellers for member in (one.claim.left, one.claim.right))
    written = {node.value for tree in trees if tree is not None for node in tree.walk() if node.kind == "call"}
    if convention.spelled and convention.spelled not in written:
        return True
    right = (e.equation.sides for e in question.before.values() if e.verdict == "proved" and e.equation is not None)
    bodies = (body for sides in right for body in (*sides, *graph.closure(sides).values()))
    return any(body.has(*convention.functions) for body in bodies)
