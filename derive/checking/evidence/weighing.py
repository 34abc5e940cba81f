"""Claims weighed: each equation worked out on the graph and decided, and what a difference may be owed to."""

from collections.abc import Collection, Mapping
from math import nan

import sympy as sp
from msgspec.structs import replace

from derive.checking.equations import Stated, differentiated, is_update, tree_of
from derive.checking.evaluation import evaluated
from derive.checking.evidence import Evidence
from derive.checking.evidence.conditions import to_be_solved
from derive.checking.evidence.decisions import Decisions
from derive.checking.evidence.doubts import DOUBTS, introduced
from derive.checking.evidence.loss import rests_on_loss
from derive.checking.evidence.numbers import weigh_numbers
from derive.checking.evidence.question import Question
from derive.checking.evidence.updates import weigh_update
from derive.checking.graph import CircleError, UnsettledError
from derive.checking.graph.links import edgeless
from derive.checking.interpretations import Interpretation
from derive.checking.values import Values
from derive.claim import UNTOLD, Called, Partial, calls_in, partials_in
from derive.defects import left_open
from derive.equality import Proved, Refuted, Undecided
from derive.equality.deciding import decide
from derive.errors import DeriveError
from derive.formulas.elaboration import BeyondScalarsError
from derive.formulas.repairs import UNSAFE
from derive.names import symbol

_RANK = {"proved": 0, "definition": 1, "undecided": 2, "refuted": 3, "not-understood": 4}


def evidence_of(
    interpretation: Interpretation, decisions: Decisions, known: Mapping[int, Evidence] | None = None
) -> dict[int, Evidence]:
    """The evidence of every claim; what is known already is taken over."""
    values, known = Values(interpretation), known or {}
    return {
        one.number: known[one.number]
        if one.number in known
        else _weighed(one, interpretation, decisions.where(one.signs), values)
        for one in interpretation.claims
    }


def _weighed(one: Stated, interpretation: Interpretation, decisions: Decisions, values: Values) -> Evidence:
    """The evidence of one claim: that of the equation, of all ways to read it, for which most speaks."""
    if _names_variables(one):
        return Evidence("definition", "on what it rests", kind="words")
    if not one.equations:
        return _without_equation(one)
    if one.number in interpretation.departures.conditions:
        return Evidence("definition", "a condition", kind="condition")
    if one.number in interpretation.definers:
        return _defined(one.number, interpretation, decisions)
    best: Evidence | None = None
    for equation in interpretation.equations(one.number):
        question = Question(one, equation, interpretation, decisions, values)
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
    if one.claim.relation == "≈" and not any(side.is_Rational for side in best.equation.sides):
        return _doubted(best, "≈ says that the sides are near each other, and not how near", "near")
    if interpretation.is_circular(one.number):
        return _doubted(best, "a name in it rests on itself by another line", "circle")
    if interpretation.departures.is_loss_guessed and rests_on_loss(one):
        return _doubted(best, "which loss is meant is not said", "opaque")
    return best


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


# claims that are no question


def _without_equation(one: Stated) -> Evidence:
    left, right = tree_of(one.claim.left), tree_of(one.claim.right)
    if left is not None and left.kind == "name":
        if one.claim.words:
            return Evidence("definition", "in words", kind="words")
        if one.begins and right is not None and right.kind == "list":
            bare = (entry.parts[0] if entry.kind == "negative" else entry for entry in right.parts)
            if all(entry.kind == "number" for entry in bare):  # x = [1.0, -2.0]
                return Evidence("definition", kind="value")
    return Evidence("not-understood", one.fault, kind="beyond" if one.beyond else "unread")


def _names_variables(one: Stated) -> bool:
    """y = y(x): whether a claim says on what a quantity rests, and nothing else."""
    left, right = tree_of(one.claim.left), tree_of(one.claim.right)
    if left is None or right is None or left.kind != "name" or right.kind not in ("product", "call"):
        return False
    name, inside = (right.value, right.parts) if right.kind == "call" else (right.parts[0].value, right.parts[1:])
    letters = [node for part in inside for node in part.walk() if node.kind not in ("group", "list")]
    is_bracketed = right.kind == "call" or (len(inside) == 1 and inside[0].kind in ("group", "list"))
    return is_bracketed and name == left.value and bool(letters) and all(node.kind == "name" for node in letters)


def _defined(number: int, interpretation: Interpretation, decisions: Decisions) -> Evidence:
    """A definition; in other words of what is defined already it is a claim, too: L = u² behind L = (2w - 6)²."""
    name, equation = interpretation.definers[number], interpretation.equations(number)[0]
    found = Evidence("definition", "", equation, support=frozenset((name,)), kind="definition")
    versions = interpretation.versions[name]
    place = next((n for n, d in enumerate(versions) if d.claim == number), 0)
    if place == 0 or versions[place].is_value:
        return found
    try:
        graph = interpretation.before(versions[place].statement)
        variables = versions[place].variables or ()
        is_other = bool(variables) and variables != versions[place - 1].variables
        before = Called(name, (0,) * len(variables), *map(symbol, variables)) if is_other else symbol(name)
        asked = decisions.equality(graph.worked(before), graph.worked(versions[place].expression), graph)
        verdict = decisions.answer(asked)
    except DeriveError:
        return found
    if not isinstance(verdict, Proved):
        return found
    return replace(found, verdict="proved", reason=verdict.reason, kind="", equality=asked)


# claims that are one


def _answered(question: Question) -> Evidence:
    """What is said of a claim by one of its equations, or why it cannot be worked out."""
    equation = question.equation
    try:
        return _without_decision(question) or _decided(question)
    except (CircleError, UnsettledError) as error:
        return Evidence("undecided", str(error), equation)
    except BeyondScalarsError as error:
        return Evidence("not-understood", error.found, equation, kind="beyond")
    except DeriveError as error:
        return Evidence("not-understood", str(error), equation, kind="unread")
    except Exception as error:  # a claim that trips us must not keep the others from their verdicts
        return Evidence("undecided", left_open(error), equation)


def _without_decision(question: Question) -> Evidence | None:
    """What is said of a claim that states nothing that could be false: a name's meaning, a value, an update."""
    one, (left, right), graph = question.one, question.equation.sides, question.graph
    if left == right and left.has(Partial):
        put = question.interpretation.put
        written = next(e for e in one.equations if put(e.left) == left)
        names_one = written.left.is_Symbol or written.right.is_Symbol  # δ = dL/dz: what the name stands for
        if written.left != written.right and names_one:
            return question.said("definition", kind="named")
        if not _renames(question):
            return question.said("undecided", "both sides are the same: this says nothing", "empty")
    if is_update(question.equation, one.claim.relation):
        return weigh_update(question)
    if one.number in question.interpretation.at_once:
        return question.said("definition", kind="at once")
    if _is_value(question):
        return question.said("definition", kind="value")
    if question.interpretation.tells_slope(one.number):
        of = differentiated(left)
        return question.said("definition", f"what {of} is, is not said" if of in graph.opaque else "", "slope")
    return None


def _renames(question: Question) -> bool:
    """Whether two sides that are the same have different names for what is known: ∂E_T/∂w = ∂E_total/∂w."""
    names = map(differentiated, partials_in(question.left))
    written = (equation.sides for equation in question.one.equations)
    return all(name in question.graph.names for name in names) and all(
        a != b and a.has(Partial) and b.has(Partial) for a, b in written
    )


def _is_value(question: Question) -> bool:
    """Whether a claim gives a value to names that nothing defines: w1 = 0.15, y1 + y2 = 1.

    A sum of names that all have values before it gives none: a = 2, b = 3, a + b = 7 is a claim.
    """
    left, right = question.equation.sides
    terms = left.args if left.is_Add else (left,)
    if not right.is_number or not all(term.is_Symbol and term.name not in question.graph.names for term in terms):
        return False
    if left.is_Add:
        return not all(question.values.is_given(term, question.one.number) for term in terms)
    return not left.name.endswith("⁺")


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
        unlinked = _never_linked(question)
        if unlinked:
            return question.said("undecided", f"nothing says what rests on {unlinked}", "unlinked")
        if all(side.has(Partial) for side in question.equation.sides) and decisions.vanishes(a, graph):
            reason = "both sides are 0: nothing links what is differentiated with its variable"
            return question.said("undecided", reason, "void")
        return replace(question.said("proved", verdict.reason, equality=asked), support=below)
    if isinstance(verdict, Undecided):
        return question.said("undecided", verdict.reason)
    bounded = _of_bounded(question, verdict)
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
    held = _held_values(question)
    if held:
        return replace(question.said("proved", f"since {held}", "condition"), support=below)
    positive = decisions.needs_positive(a, b, graph, verdict.witness)
    if positive:
        return question.said("undecided", f"it holds where {' and '.join(f'{n} > 0' for n in positive)}", "positive")
    new = introduced(question)
    if new:
        return question.said("undecided", new, "introduced")
    values = verdict.left, verdict.right
    return Evidence("refuted", verdict.reason, question.equation, verdict.witness, below, *values, equality=asked)


def _never_linked(question: Question) -> str:
    """The name by which something is differentiated that no definition and no other claim has: ∂L/∂q = 0."""
    interpretation, number = question.interpretation, question.one.number
    for partial in question.equation.partials if 0 in question.equation.sides else ():
        by: str = partial.by.name
        linked = any(by in question.graph.parents(name) for name in question.graph.names)
        others = (one for one in interpretation.claims if one.number != number)
        if not linked and by != UNTOLD.name and not any(by in map(interpretation.naming.name, o.names) for o in others):
            return by
    return ""


def _of_bounded(question: Question, refuted: Refuted) -> Evidence | None:
    """What is said of sides that differ where the sign of a defined name is said, ∂y/∂w = x for z > 0: that they are
    equal whatever else that name is, or nothing where it has another sign at the point at which they differ.
    """
    (a, b), signs, closed = question.worked, question.one.signs, question.graph.closure(question.worked)
    names = closed.keys() & (signs.positive | signs.negative)
    if not names:
        return None
    asked = question.decisions.equality(edgeless(a), edgeless(b), question.graph.holding(*names))
    verdict = question.decisions.answer(asked)
    if isinstance(verdict, Proved):
        return replace(question.said("proved", verdict.reason, equality=asked), support=question.below)
    values = {name: float(value) for name, value in refuted.witness}
    for name, body in closed.items():
        values[name] = nan if (found := evaluated(body, values)) is None else found
    met = [values[name] > 0 if name in signs.positive else values[name] < 0 for name in names]
    return None if all(met) else question.said("undecided", f"it is said for some values of {', '.join(sorted(names))}")


def _has_slope(side: sp.Expr) -> bool:
    return side.has(Partial) or any(any(call.orders) for call in calls_in(side))


def _held_values(question: Question) -> str:
    """What makes two sides equal: values that the right side has put in, or that the lines before state as a case, and
    the sums that the document states.
    """
    (a, b), graph, number = question.worked, question.graph, question.one.number
    closed = graph.closure((a, b))
    inside = {s for expression in (a, b, *closed.values()) for s in expression.free_symbols}
    totals = _totals_within(question, inside)
    for given in (_values_put_in(question), question.interpretation.cases(number), {}):
        table = {symbol(name): value for name, value in given.items() if symbol(name) in inside}
        told = [f"{name} = {value}" for name, value in table.items()]
        for total, value in totals:
            rest = total.xreplace(table)
            last = max(rest.free_symbols, key=str, default=None)
            if last is not None:
                solved = {last: value - rest + last}
                table = {name: (sp.S.Zero + put).xreplace(solved) for name, put in table.items()} | solved
                told.append(f"{' + '.join(sorted(map(str, total.args)))} = {value}")
        if table:
            definitions = {name: body.xreplace(table) for name, body in closed.items()}
            if isinstance(decide(a.xreplace(table), b.xreplace(table), definitions=definitions), Proved):
                return ", ".join(told)
    return ""


def _totals_within(question: Question, inside: Collection[sp.Symbol]) -> list[tuple[sp.Expr, sp.Expr]]:
    """The sums that the document states, of names all of which stand in a claim or below it."""
    return [(total, value) for total, value in question.interpretation.totals if total.free_symbols <= set(inside)]


def _values_put_in(question: Question) -> dict[str, sp.Rational]:
    """The values of the names that the right side no longer has, where it has these numbers in their place."""
    numbers = question.right.atoms(sp.Rational) | {sp.S.Zero}
    gone = {s.name for s in question.worked[0].free_symbols - question.right.free_symbols} - question.graph.names
    given = {name: question.values.before(symbol(name), question.one.number) for name in sorted(gone)}
    values = {name: sp.Rational(*found[0].value.as_integer_ratio()) for name, found in given.items() if found}
    return {name: value for name, value in values.items() if value in numbers}
