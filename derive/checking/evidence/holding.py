"""Under what sides that differ are equal: values put in, sums that are told, signs; and where nothing is said."""

from collections.abc import Collection, Iterable, Mapping
from math import nan

import sympy as sp
from msgspec.structs import replace

from derive.checking.evaluation import evaluated
from derive.checking.evidence import Evidence
from derive.checking.evidence.question import Question
from derive.checking.exchange import exchanged
from derive.checking.graph.links import edgeless
from derive.equality import Proved, Refuted
from derive.equality.deciding import decide
from derive.names import symbol
from derive.rules import Step
from derive.written import UNTOLD


def never_linked(question: Question) -> str:
    """What a derivative that comes to 0 is of or by and nothing tells: a name that no definition and no other claim
    has, ∂L/∂q = 0, or one whose definition nobody could read.
    """
    interpretation, number = question.interpretation, question.one.number
    for partial in question.equation.partials:
        of, by = partial.of, str(partial.by.name)
        if of.is_Symbol and of.name in interpretation.unread and question.graph.total(of, by) == 0:
            return by
    for partial in question.equation.partials if 0 in question.equation.sides else ():
        by = str(partial.by.name)
        linked = any(by in question.graph.parents(name) for name in question.graph.names)
        others = (one for one in interpretation.claims if one.number != number)
        if not linked and by != UNTOLD.name and not any(by in map(interpretation.naming.name, o.names) for o in others):
            return by
    return ""


def of_bounded(question: Question, refuted: Refuted) -> Evidence | None:
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


def of_other_root(question: Question) -> str:
    """Why sides that differ may not: y^2 = 4 x tells no sign of y, and they are equal where it is the other one."""
    (a, b), roots = question.worked, question.interpretation.roots
    closed = question.graph.closure((a, b))
    differentiated = {partial.of.name for partial in question.equation.partials if partial.of.is_Symbol}
    rooted = sorted(roots & (closed.keys() | differentiated))
    if not rooted:
        return ""
    turned = {name: -body if name in roots else body for name, body in closed.items()}
    sides = (-a, b) if roots & differentiated else (a, b)
    free = frozenset(s.name for e in (a, b, *turned.values()) for s in e.free_symbols) - turned.keys()
    is_equal = any(isinstance(decide(*pair, definitions=turned, positive=free), Proved) for pair in ((a, b), sides))
    return f"of {', '.join(rooted)} no sign is told" if is_equal or question.right.is_number else ""


def of_active(question: Question) -> Evidence | None:
    """What is said of sides that differ where words say whether the unit is active: that they are equal there."""
    activity = question.one.signs.activity
    steps = frozenset().union(*(side.atoms(Step) for side in question.worked)) if activity else frozenset()
    if len(steps) != 1:
        return None
    value = question.value(next(iter(steps)).args[0])
    if value is not None and (value > 0) != (activity > 0):
        return None  # the document's values say otherwise
    a, b = (side.xreplace(dict.fromkeys(steps, sp.Integer(activity > 0))) for side in question.worked)
    asked = question.decisions.equality(a, b, question.graph)
    if not isinstance(question.decisions.answer(asked), Proved):
        return None
    told = f"since the unit is {'' if activity > 0 else 'not '}active, as the text says"
    return replace(question.said("proved", told, "condition", equality=asked), support=question.below)


def of_laws(question: Question) -> Evidence | None:
    """What is said of sides that differ and are equal by a law that the document states, 1/x and 1/e^y by e^y = x."""
    for number in sorted(question.interpretation.laws):
        body, name = question.interpretation.equations(number)[0].sides
        if name.is_Symbol and number != question.one.number:
            a, b = (exchanged(side, {name: body}) for side in question.worked)
            asked = question.decisions.equality(a, b, question.graph)
            if isinstance(question.decisions.answer(asked), Proved):
                found = question.said("proved", f"since {body} = {name}", equality=asked)
                return replace(found, support=question.below)
        law, a, b = question.interpretation.claims[number], *question.worked
        is_before = number < question.one.number and law.problem in (0, question.one.problem)
        if is_before and not name.is_Symbol and _is_multiple(a - b, body - name):
            told = f"since {law.claim.left.text} = {law.claim.right.text}"
            return replace(question.said("proved", told, "condition"), support=question.below)
    return None


def _is_multiple(difference: sp.Expr, law: sp.Expr) -> bool:
    """Whether a difference is 0 wherever a law is, as it is a polynomial times it: -1/y - x^2/y^3 + 25/y^3."""
    above = sp.fraction(sp.together(difference))[0]
    try:
        letters = sorted(above.free_symbols | law.free_symbols, key=str)
        return bool(law.free_symbols) and sp.div(sp.Poly(above, *letters), sp.Poly(law, *letters))[1].is_zero
    except sp.PolynomialError:
        return False


def held_values(question: Question) -> str:
    """What makes two sides equal: values that the right side has put in, or that the lines before state as a case, and
    the sums that the document states.
    """
    (a, b), graph, number = question.worked, question.graph, question.one.number
    closed = graph.closure((a, b))
    inside = _symbols((a, b, *closed.values()))
    totals = _totals_within(question, inside)
    begins = question.interpretation.families.begins
    for given in (_values_put_in(question), question.interpretation.cases(number), begins, {}):
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
    """The values of names that the right side, or all on which it rests, no longer has; one that leaves no trace in a
    product, 1, only where the right side has that number, or other names have gone with these: else a factor may have
    been forgotten.
    """
    (a, b), graph = question.worked, question.graph
    below = [_symbols(graph.closure((side,)).values()) for side in (a, b)]
    gone = (_symbols((a,)) - _symbols((b,))) | (below[0] - below[1] - _symbols((b,)))
    given = {s.name: question.values.before(s, question.one.number) for s in gone if s.name not in graph.names}
    values = {name: sp.Rational(*found[0].value.as_integer_ratio()) for name, found in given.items() if found}
    shown = question.right.atoms(sp.Rational)
    shown |= {-term for one in question.right.atoms(sp.Add) for term in one.args if term.is_Rational}
    is_traced = _take_others(values, (a, *graph.closure((a,)).values()))
    return {name: value for name, value in sorted(values.items()) if is_traced or abs(value) != 1 or value in shown}


def _take_others(values: Mapping[str, sp.Rational], bodies: Iterable[sp.Expr]) -> bool:
    """Whether values put in take more from formulas than their names: y log p + (1 - y) log(1 - p) at y = 1."""
    put = {symbol(name): value for name, value in values.items()}
    pairs = ((body, body.xreplace(put)) for body in bodies)
    return any(
        not left.has(atom)
        for body, left in pairs
        for atom in body.atoms(sp.Symbol, sp.Function)
        if atom.free_symbols.isdisjoint(put)
    )


def _symbols(expressions: Iterable[sp.Expr]) -> set[sp.Symbol]:
    """The symbols of some expressions."""
    return {s for expression in expressions for s in expression.free_symbols}
