"""Claims weighed: each equation worked out on the graph and decided, and what a difference may be owed to."""

from collections.abc import Mapping

import sympy as sp
from msgspec.structs import replace

from derive.checking.equations import Equation, Stated, tree_of
from derive.checking.evidence import Evidence
from derive.checking.evidence.choices import of_choices
from derive.checking.evidence.conditions import to_be_solved
from derive.checking.evidence.consequences import follows
from derive.checking.evidence.constraints import along_constraint, at_a_place, not_along
from derive.checking.evidence.decisions import Decisions
from derive.checking.evidence.doubts import DOUBTS, introduced
from derive.checking.evidence.holding import held_values, never_linked, of_active, of_bounded, of_laws, of_other_root
from derive.checking.evidence.loss import rests_on_loss
from derive.checking.evidence.meanings import defined, names_variables, without_decision, without_equation
from derive.checking.evidence.numbers import weigh_numbers
from derive.checking.evidence.question import Question
from derive.checking.graph import CircleError, UnsettledError
from derive.checking.graph.links import edgeless
from derive.checking.interpretations import Interpretation
from derive.checking.values import Values
from derive.defects import left_open
from derive.equality import Proved, Refuted, Undecided
from derive.errors import DeriveError
from derive.formulas.elaboration import BeyondScalarsError
from derive.formulas.printed import printed_number
from derive.formulas.repairs import UNSAFE
from derive.written import Partial, calls_in

_RANK = {"proved": 0, "definition": 1, "undecided": 2, "refuted": 3, "not-understood": 4}


def evidence_of(
    interpretation: Interpretation, decisions: Decisions, known: Mapping[int, Evidence] | None = None
) -> dict[int, Evidence]:
    """The evidence of every claim; what is known already is taken over."""
    values, known = Values(interpretation), known or {}
    found: dict[int, Evidence] = {}
    for one in interpretation.claims:
        told = known.get(one.number)
        found[one.number] = told or _weighed(one, interpretation, decisions.where(one.signs), values, found)
    return found


def _weighed(
    one: Stated,
    interpretation: Interpretation,
    decisions: Decisions,
    values: Values,
    before: Mapping[int, Evidence],
) -> Evidence:
    """The evidence of one claim: that of the equation, of all ways to read it, for which most speaks."""
    if names_variables(one):
        return Evidence("definition", "on what it rests", kind="words")
    if not one.equations:
        return without_equation(one)
    if one.number in interpretation.departures.conditions:
        return Evidence("definition", "a condition", kind="condition")
    if one.number in interpretation.departures.terms:
        return Evidence("definition", "term by term", kind="terms")
    if one.number in interpretation.definers:
        return defined(one.number, interpretation, decisions)
    continued = _continued(one, interpretation)
    if continued is not None:
        return _of_continued(Question(one, continued, interpretation, decisions, values, before))
    best: Evidence | None = None
    for equation in interpretation.equations(one.number):
        question = Question(one, equation, interpretation, decisions, values, before)
        if best is not None and _is_empty(question):
            continue
        found = _answered(question)
        if best is None or _RANK[found.verdict] < _RANK[best.verdict]:
            best = found
        if best.verdict in ("proved", "definition"):
            break
    assert best is not None
    if best.verdict != "refuted" or best.equation is None:
        return best
    guessed = next((told for told in best.equation.assumed if told in UNSAFE), None)
    if guessed is not None:
        return _doubted(best, guessed + UNSAFE[guessed], "repaired")
    if one.signs.is_bounded:
        return _doubted(best, "it is said under a condition, which is not used", "bounded")
    if one.claim.relation == "≈" and not any(side.is_Rational for side in best.equation.sides):
        return _doubted(best, "≈ says that the sides are near each other, and not how near", "near")
    if interpretation.is_circular(one.number):
        return _doubted(best, "a name in it rests on itself by another line", "circle")
    if interpretation.departures.is_loss_guessed and rests_on_loss(one):
        return _doubted(best, "which loss is meant is not said", "opaque")
    return best


def _continued(one: Stated, interpretation: Interpretation) -> Equation | None:
    """What the line before says that a name is, set equal to the number that a line gives it: z = 3 + 4*2, z = 11."""
    equations, before = interpretation.equations(one.number), interpretation.claims[: one.number][-1:]
    if not (one.begins and equations and before and before[0].begins):
        return None
    (name, number), earlier = equations[0].sides, interpretation.equations(before[0].number)
    if not (name.is_Symbol and number.is_number and earlier and earlier[0].left == name):
        return None
    tree = tree_of(before[0].claim.right)
    is_literal = tree is None or printed_number(tree) is not None
    is_formula = not is_literal and (before[0].is_worked_out or bool(earlier[0].right.free_symbols))
    is_last = before[0].claim.statement == one.claim.statement - 1 and name.name not in interpretation.last.names
    return Equation(earlier[0].right, number) if is_last and is_formula else None


def _of_continued(question: Question) -> Evidence:
    """What is said of a number behind a formula; an update has no other one, any other name may be given it anew."""
    found, (left, _) = _answered(question), question.interpretation.equations(question.one.number)[0].sides
    if found.verdict == "refuted" and not left.name.endswith("⁺"):
        return _doubted(found, f"by the line before it is {found.left_value}", "anew")
    return found if found.verdict in ("proved", "refuted") else question.said("definition", kind="value")


def _is_empty(question: Question) -> bool:
    """Whether a reading that is not the plainest has a derivative that the plainest has not, of what does not rest on
    what it is by.
    """
    (plainest,) = question.interpretation.equations(question.one.number)[:1]
    try:
        return any(question.graph.total(p.of, p.by.name) == 0 for p in question.equation.partials - plainest.partials)
    except DeriveError:
        return False


def _doubted(refuted: Evidence, reason: str, kind: str) -> Evidence:
    return Evidence("undecided", reason, refuted.equation, support=refuted.support, kind=kind)


def _answered(question: Question) -> Evidence:
    """What is said of a claim by one of its equations, or why it cannot be worked out."""
    equation = question.equation
    try:
        return without_decision(question) or _decided(question)
    except (CircleError, UnsettledError) as error:
        return Evidence("undecided", str(error), equation)
    except BeyondScalarsError as error:
        return Evidence("not-understood", error.found, equation, kind="beyond")
    except DeriveError as error:
        return Evidence("not-understood", str(error), equation, kind="unread")
    except Exception as error:  # a claim that trips us must not keep the others from their verdicts
        return Evidence("undecided", left_open(error), equation)


def _decided(question: Question) -> Evidence:
    """The verdict on both sides as they are worked out."""
    (a, b), decisions, graph = question.worked, question.decisions, question.graph
    asked, below = decisions.equality(a, b, graph), question.below
    verdict = decisions.answer(asked)
    if isinstance(verdict, Refuted) and any(map(_has_slope, question.equation.sides)):
        inside = decisions.equality(edgeless(a), edgeless(b), graph)  # at a kink there is no slope to differ from
        if not isinstance(found := decisions.answer(inside), Refuted):
            asked, verdict = inside, found
    if isinstance(verdict, Proved):
        unlinked = never_linked(question)
        if unlinked:
            return question.said("undecided", f"nothing says what rests on {unlinked}", "unlinked")
        sides = question.equation.sides
        worked = zip(sides, (a, b), strict=True)
        is_lost = 0 not in sides and any(side.has(Partial) and one.doit() == 0 for side, one in worked)
        if is_lost:
            reason = "both sides are 0: nothing links what is differentiated with its variable"
            return question.said("undecided", reason, "void")
        otherwise = not_along(question)
        if otherwise:
            return question.said("undecided", otherwise, "convention")
        return replace(question.said("proved", verdict.reason, equality=asked), support=below)
    if isinstance(verdict, Undecided):
        return question.said("undecided", verdict.reason)
    unsigned = of_other_root(question)
    if unsigned:
        return question.said("undecided", unsigned, "root")
    chosen = of_choices(question)
    if chosen is not None and chosen.verdict != "refuted":
        return chosen
    bounded = of_bounded(question, verdict) or of_active(question) or at_a_place(question)
    bounded = bounded or along_constraint(question)
    bounded = bounded or of_laws(question) or follows(question)
    if bounded is not None:
        return bounded
    solved, numbers = to_be_solved(question), weigh_numbers(question)
    told = numbers if solved is None or (numbers is not None and numbers.verdict == "proved") else solved
    if told is not None:
        return told
    for kind, doubt in DOUBTS.items():
        reason = doubt(question)
        if reason:
            return question.said("undecided", reason, kind)
    held = held_values(question)
    if held:
        return replace(question.said("proved", f"since {held}", "condition"), support=below)
    positive = decisions.needs_positive(a, b, graph, verdict.witness)
    if positive:
        return question.said("undecided", f"it holds where {' and '.join(f'{n} > 0' for n in positive)}", "positive")
    new = introduced(question)
    if new:
        return question.said("undecided", new, "introduced")
    if chosen is not None:
        return chosen
    values = verdict.left, verdict.right
    return Evidence("refuted", verdict.reason, question.equation, verdict.witness, below, *values, equality=asked)


def _has_slope(side: sp.Expr) -> bool:
    return side.has(Partial) or any(any(call.orders) for call in calls_in(side))
