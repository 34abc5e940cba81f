"""A claim of numbers, held against the values that the document gives, to the digits shown."""

import math
from fractions import Fraction

import sympy as sp
from msgspec.structs import replace

from derive.checking.evaluation import at_a_point
from derive.checking.evidence import Evidence
from derive.checking.evidence.conditions import is_asked
from derive.checking.evidence.conventions import by_others
from derive.checking.evidence.question import Question
from derive.checking.values import Compared, Put, compared, differ, fraction, named
from derive.names import symbol
from derive.small_models.weighing.weighed import HOLDS_FOR_SOME, TO_SOLVE
from derive.written import UNTOLD, Called, Partial

_PLAIN = frozenset(map(Fraction, ("0", "1", "-1", "2", "1/2")))
"""Numbers that stand in every formula, whatever values the document gives."""
_MOST_NAMED = 4


def weigh_numbers(question: Question) -> Evidence | None:
    """What the document's values tell of a claim; None where it is about names alone."""
    literals = [number for side in question.equation.sides for number in side.atoms(sp.Rational) | _factors(side)]
    has_decimals = any(number.q not in (1, 2) for number in literals)
    has_number = any(side.is_number and not side.has(Partial, Called) for side in question.equation.sides)
    if not (has_number or has_decimals or _has_point(question) or _has_value(question, literals)):
        return None
    is_value = any(side.is_Symbol or isinstance(side, Partial) for side in question.equation.sides)
    found = _compared(question) if is_value else None  # what follows from the others tells more than where it stands
    put: tuple[Put, ...] = ()
    if has_number and (found is None or found.verdict == "differ"):
        put = _put_in(question)
        told = _by_values_put_in(question, put, found)
        if told is not None:
            return told
    found = found if is_value else _compared(question)
    holds = found is not None and found.holds
    if not holds and not has_number and not has_decimals:
        return None
    wrong = [one for one in put if one.is_wrong]
    if not holds and (any(one.is_leaf for one in wrong) or (wrong and all(one.is_settled for one in wrong))):
        return _wrongly_put_in(question, wrong, is_alone=found is None)
    return _without_value(question, has_decimals) if found is None else _by_comparison(question, found)


def _has_point(question: Question) -> bool:
    """Whether a number with a decimal point is written, in a program no more than another way to write a whole one."""
    if question.one.claim.program:
        return False
    trees = (r.tree for m in (question.one.claim.left, question.one.claim.right) for r in m.readings[:1])
    return any(node.kind == "number" and "." in node.value for tree in trees for node in tree.walk())


def _factors(side: sp.Expr) -> set[sp.Rational]:
    """The numbers by which a side multiplies, with their signs: -2 in -2 x."""
    return {sp.Mul(*(f for f in product.args if f.is_Rational)) for product in side.atoms(sp.Mul)}


def _has_value(question: Question, literals: list[sp.Rational]) -> bool:
    """Whether a number is one of the values that the document gives."""
    return not question.values.numbers.isdisjoint({fraction(number) for number in literals} - _PLAIN)


def _compared(question: Question) -> Compared | None:
    return compared(*question.worked, question.one, question.graph, question.values, _valued(question))


def _valued(question: Question) -> str:
    """The defined name that a claim gives a value, which is worked out from the others."""
    names = (
        side.name
        for side, other in (question.equation.sides, question.equation.sides[::-1])
        if side.is_Symbol and other.is_number
    )
    return next((name for name in names if name in question.graph.names), "")


# values put in


def _put_in(question: Question) -> tuple[Put, ...]:
    """The numbers that stand in the places of names; none where they are only in another order.

    What the number is the value of by itself is given it, be it another one than before.
    """
    put = question.values.put_in(question.equation, question.one.number) or ()
    if len(put) == 1 and put[0].name == named(question.left):
        return (replace(put[0], known=()) if put[0].is_wrong else put[0],)
    stands = {one.stands for one in put}
    return () if any(one.is_wrong and one.known[0] in stands for one in put) else put


def _by_values_put_in(question: Question, put: tuple[Put, ...], found: Compared | None) -> Evidence | None:
    """What is said of a formula with the values put in that the document gives, or that nothing else tells."""
    if not put or any(one.is_wrong for one in put):
        return None
    is_known = any(one.known for one in put)
    left = question.left
    is_told = not question.one.begins or left.is_Symbol or left.has(Partial, Called)
    if found is None and not is_known and not is_told:
        names = ", ".join(sorted(map(str, left.free_symbols)))
        return question.said("undecided", f"no value is given for {names}", "numeric")
    if left.has(Partial, Called) and (question.right in (0, 1, -1) or question.one.signs.own):
        return None  # no measured value
    if is_known:
        return question.said("proved", "the values put in", "put in")
    return question.said("definition", "the values put in", "value") if found is None else None


def _wrongly_put_in(question: Question, wrong: list[Put], is_alone: bool) -> Evidence:
    """Other numbers than the document gives elsewhere; a result that nothing works out may as well be wrong there."""
    told = ", ".join(
        f"{float(one.stands):.10g} stands for {one.name}, which is {float(one.known[0]):.10g}" for one in wrong
    )
    if not all(one.is_settled for one in wrong):
        return question.said("undecided", f"{told} elsewhere: it is not said which is meant here", "numeric")
    if is_alone and not any(one.is_leaf for one in wrong):
        return question.said("undecided", f"{told} elsewhere: one of the two is wrong", "numeric")
    value, slip = f"{float(wrong[0].known[0]):.10g}", f"numeric-substitution: {told}"
    return question.said("refuted", told, "numeric", left_value=value, slip=slip)


# values compared


def _without_value(question: Question, has_decimals: bool) -> Evidence | None:
    """What is said where a side has no value: a value may be told that cannot be worked out from the others."""
    left, (a, b) = question.left, question.worked
    if question.one.signs.own:
        return None
    if (left.is_Symbol or isinstance(left, Partial)) and b.is_number and b not in (0, 1, -1):
        return question.said("definition", "a value that cannot be worked out from the others", "value")
    if not has_decimals and b in (0, 1, -1):
        return None
    missing = sorted(name for name in _leaves(question) if not question.values.given.get(symbol(name)))
    if not (a.is_number or b.is_number or (missing and _may_be_of_values(question))):
        return None
    named = f"no value is given for {', '.join(missing[:_MOST_NAMED])}"
    return question.said("undecided", named if missing else "there is no value to compare", "numeric")


def _may_be_of_values(question: Question) -> bool:
    """Whether numbers may stand for names, which are on one side alone, or sides differ as their decimals are rounded;
    0.5 x and 0.25 x are told apart without a value of x.
    """
    graph, values, sides = question.graph, question.values, question.worked
    one, other = ({*graph.closure((side,)), *(s.name for s in side.free_symbols)} for side in sides)
    leaves = [graph.leaves_of((side,)) for side in sides]
    if leaves[0] != leaves[1] or any(values.given.get(symbol(name)) for name in one ^ other):
        return True
    return not differ(*sides, at_a_point(graph.closure(sides), sorted(leaves[0])), values)


def _by_comparison(question: Question, found: Compared) -> Evidence:
    graph = question.graph
    if found.verdict == "agree":
        return question.said("proved", kind="numeric")
    if found.verdict == "imprecise":
        note = f"{found.value} to more digits: the last digit is not exact"
        is_behind = math.isclose(float(found.value), float(found.stands), rel_tol=1e-9)
        note = "the sides differ behind the ninth digit" if is_behind else note
        return question.said("proved", note, "numeric", imprecise=True)
    if found.verdict == "replaced":
        told = f"{found.value} at the last values before this line, {found.stands} at the document's first ones"
        return question.said("undecided", told, "numeric")
    if any(p.by != UNTOLD and not graph.is_linked(p.of, p.by.name) for p in question.equation.partials):
        return question.said("undecided", "nothing links what is differentiated with its variable", "unlinked")
    if is_asked(question):
        return question.said("undecided", HOLDS_FOR_SOME, TO_SOLVE)
    for convention, sides in by_others(question, *question.worked):
        other = compared(*sides, question.one, graph, question.values)
        if other is not None and other.verdict == "agree":
            return question.said("undecided", convention.told, "convention")
    told = f"{found.value} at the document's values, {found.stands} stands here"
    if not all(side.is_number for side in question.worked) and _is_ambiguous(question):
        return question.said("undecided", f"{told}; but these are given more than once, or elsewhere", "numeric")
    return question.said("refuted", told, "numeric", left_value=found.value, right_value=found.stands)


def _leaves(question: Question) -> frozenset[str]:
    """The names without a definition on which the sides rest."""
    return question.graph.leaves_of(question.worked)


def _is_ambiguous(question: Question) -> bool:
    """Whether a name has more than one value in the document, so that nobody knows which is meant; what gets a value
    here is worked out from the others. What another problem of a sheet gives alone is not what an equation is about.
    """
    sides = (question.left, *question.worked)
    names = question.graph.leaves_of(sides) | {s.name for side in sides for s in side.free_symbols}
    names -= {_valued(question)}
    given = [question.values.given.get(symbol(name), ()) for name in names]
    own, claims = (0, question.one.problem), question.interpretation.claims
    is_equation = question.one.begins and not isinstance(question.left, (sp.Symbol, Partial))
    strange = is_equation and any(values and all(claims[at].problem not in own for at, _ in values) for values in given)
    return strange or any(len({value.value for _, value in values}) > 1 for values in given)
