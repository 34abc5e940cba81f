"""Equations to be solved: ∂L/∂w = 0 where a text asks for the w of which it holds; nothing is claimed by them."""

from collections.abc import Iterator

import sympy as sp
from msgspec.structs import replace

from derive.checking.equations import Equation, Stated, tree_of
from derive.checking.evaluation import evaluated
from derive.checking.evidence import Evidence
from derive.checking.evidence.conventions import by_others
from derive.checking.evidence.question import Question
from derive.checking.interpretations import FAR, NEAR
from derive.checking.values import solved_by
from derive.equality import Proved
from derive.errors import DeriveError
from derive.formulas.claims import SOLVED
from derive.formulas.printed import printed_number
from derive.names import symbol
from derive.small_models.weighing.weighed import HOLDS_FOR_SOME, TO_SOLVE
from derive.written import Called, Partial


def to_be_solved(question: Question) -> Evidence | None:
    """What is said of a claim that does not hold and is none: to be solved, a solution, what leads to one."""
    one, equation = question.one, question.equation
    is_of_itself = one.begins and equation.left.is_Symbol and equation.left in equation.right.free_symbols
    is_of_itself = is_of_itself and bool(question.values.before(equation.left, one.number))  # x = (x + 2/x)/2, x = 1.5
    if is_of_itself or _has_solution(question) or _is_to_be_solved(one, equation, question):
        return question.said("undecided", HOLDS_FOR_SOME, TO_SOLVE)
    is_open = bool(question.worked[0].free_symbols) and not one.signs.own
    if is_open and is_slope(equation.left) and equation.right == 0 and not one.claim.step:
        reason = "it holds for some values only: an equation to be solved, or a slip"
        return question.said("undecided", reason, TO_SOLVE)
    if question.left.has(Partial, Called):
        return None
    open_before = (one for one in _near(question) if not _is_proved(one, question))
    for asked in open_before:
        for told in question.interpretation.equations(asked.number)[:1]:
            is_solution = one.number in question.interpretation.solutions and 0 in told.sides
            if told.names & equation.names and (is_solution or _is_to_be_solved(asked, told, question)):
                name = equation.left.name if equation.left.is_Symbol and not one.claim.step else ""
                if name and _solves(name, equation.right, told, question):
                    return question.said("proved", "it solves the equation before it", TO_SOLVE)
                return question.said("undecided", "it follows from an equation that is to be solved", TO_SOLVE)
    return None


def _has_solution(question: Question) -> bool:
    """Whether the document gives the one name of an equation a value that solves it: 3x + 1 = 2x + 5, so x = 4."""
    (a, b), number = question.worked, question.one.number
    names = sorted(question.graph.leaves_of((a, b)))
    if len(names) != 1 or not question.one.begins or any(s.has(Partial, Called) for s in question.equation.sides):
        return False
    is_told = question.left.is_Symbol or question.one.claim.program
    given = question.values.before(symbol(names[0]), number) if not is_told else []
    return any(solved_by(a, b, names[0], float(v.value), float(v.unit), question.values) for v in given)


def is_asked(question: Question) -> bool:
    """Whether an equation asks for a name that gets its value behind it alone: x^2 = 9, so x = 3."""
    one, sides = question.one, question.equation.sides
    if not one.begins or any(side.is_Symbol or side.has(Partial, Called) for side in sides):
        return False
    return not all(question.values.is_given(symbol(n), one.number) for n in question.graph.leaves_of(question.worked))


def wrong_solution(question: Question) -> Evidence | None:
    """What is said of a number that follows from an equation of one name, and does not solve it: x^2 = 9, so x = 4;
    the first of several may be where an iteration begins.
    """
    one, (left, right) = question.one, question.equation.sides
    is_one_of = one.joined or any(other.joined for other in question.interpretation.claims[one.number + 1 :][:1])
    if not one.follows or not left.is_Symbol or (question.values.goes_on(left, one.number) and not is_one_of):
        return None
    tree, value = tree_of(one.claim.right), evaluated(right, {})
    number = printed_number(tree) if tree is not None else None
    for other in reversed(list(_near(question))):
        found = question.before.get(other.number)
        if value is None or found is None or other.problem != one.problem or found.equation is None:
            continue
        try:
            a, b = map(question.interpretation.graph(other.number).worked, found.equation.sides)
        except DeriveError:
            continue
        is_open = found.kind in (TO_SOLVE, "condition") or (found.verdict, found.kind) == ("proved", "numeric")
        name = min(question.graph.leaves_of((a, b)), key=len, default="")
        is_own = left.name == name or (one.concluded and _is_root(left.name, name, question))
        if question.graph.leaves_of((a, b)) == {name} and is_own and not _is_alternative(other, one):
            is_given = left.name == name and question.values.is_given(left, other.number)
            if not is_open or a.is_Symbol or is_given:
                return None  # the nearest equation of it is answered already
            unit = float(number.unit) if number is not None else 0.0
            meant = [(a, b), *(sides for _, sides in by_others(replace(question, one=other), a, b))]
            if any(solved_by(*sides, name, value, unit, question.values) for sides in meant):
                return None
            told = f"{other.claim.left.text} = {other.claim.right.text} does not hold for it"
            return question.said("refuted", told, "numeric", right_value=f"{value:.10g}")
    return None


def _is_root(root: str, name: str, question: Question) -> bool:
    """Whether a name stands for a value of another, x_1 or q^*; where there is an x_0 or a rule for the next x, it is
    on the way to one.
    """
    used = frozenset().union(*(one.names for one in question.interpretation.claims))
    return root.startswith(name) and used.isdisjoint((f"{name}0", f"{name}⁺"))


def _is_alternative(other: Stated, one: Stated) -> bool:
    """Whether a claim before is another value, x = 0 or x = 2, to which this one is joined."""
    return one.joined and any(e.left.is_Symbol and e.right.is_number for e in other.plainest)


def _is_proved(one: Stated, question: Question) -> bool:
    """Whether a claim before was found to hold whatever its names are, as the derivative of a law does."""
    found = question.before.get(one.number)
    return found is not None and (found.verdict, found.kind) == ("proved", "")


def _is_to_be_solved(one: Stated, equation: Equation, question: Question) -> bool:
    """Whether something open is set equal to 0 in words that say so, or at the end of what a derivative is; or a
    derivative to 0 or to another one, in such words or since a line behind it has a value for which that holds; or a
    sum with a derivative to 0, which is a differential equation.
    """
    left, right = equation.sides
    if right == 0 and left.is_Add and any(is_slope(part) for part in sp.preorder_traversal(left)):
        return True
    is_open = right == 0 and any(s.name not in question.graph.names for s in left.free_symbols)
    if is_open and (one.claim.before in SOLVED or is_slope(_beginning(one, question))):
        return True
    if one.claim.step or not is_slope(left) or not (right == 0 or is_slope(right)):
        return False
    if one.claim.before in SOLVED:
        return right == 0 or not (isinstance(left, Partial) and isinstance(right, Partial))
    return any(_solves(name, value, equation, question) for name, value in _behind(one, question))


def _beginning(one: Stated, question: Question) -> sp.Expr:
    """What the chain begins with in which a claim stands further on; 0 for a claim that begins one."""
    same = (other for other in question.interpretation.claims if other.claim.statement == one.claim.statement)
    first = [e.left for other in same if one.claim.step and not other.claim.step for e in other.plainest]
    return first[0] if first else sp.S.Zero


def is_slope(side: sp.Expr) -> bool:
    """Whether a side is a derivative and nothing else."""
    return isinstance(side, Partial) or (isinstance(side, Called) and any(side.orders))


def _behind(one: Stated, question: Question) -> Iterator[tuple[str, sp.Expr]]:
    """The names to which the lines behind a claim give a value, each with it."""
    for other in question.interpretation.claims:
        if one.claim.statement < other.claim.statement <= one.claim.statement + NEAR:
            yield from ((e.left.name, e.right) for e in other.plainest if e.left.is_Symbol)


def _solves(name: str, value: sp.Expr, equation: Equation, question: Question) -> bool:
    """Whether an equation holds where a name has a value; w* and w_min name a value of w."""
    graph = question.graph
    try:
        left, right = graph.worked(equation.left), graph.worked(equation.right)
    except DeriveError:
        return False
    for s in left.free_symbols | right.free_symbols:
        if s.name not in graph.names and name.startswith(s.name) and s not in value.free_symbols:
            put = left.xreplace({s: value}), right.xreplace({s: value})
            if isinstance(question.decisions.decided(*put, graph), Proved):
                return True
    return False


def _near(question: Question) -> Iterator[Stated]:
    """The claims shortly before; before what is told to be a solution, further ones."""
    here = question.one.claim.statement
    reach = FAR if question.one.number in question.interpretation.solutions else NEAR
    claims = question.interpretation.claims
    before = sorted({one.claim.statement for one in claims if one.claim.statement < here})[-reach:]
    yield from (one for one in claims if before and before[0] <= one.claim.statement < here)
