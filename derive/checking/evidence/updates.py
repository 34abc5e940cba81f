"""An update weighed: what it takes away is a rate times the derivative of the loss by the same name."""

from collections.abc import Iterator
from itertools import combinations

import sympy as sp

from derive.checking.evidence import Evidence
from derive.checking.evidence.doubts import unsaid
from derive.checking.evidence.loss import is_told, loss_of
from derive.checking.evidence.question import Question
from derive.checking.values import fraction
from derive.equality import Refuted
from derive.names import symbol
from derive.ordering import product
from derive.small_models.weighing.updates import UPWARD
from derive.written import UNTOLD, Called, Partial, partials_in

_MOST_NUMBERS = 4
"""So many numbers of a step may be its rate, or factors of it."""


def weigh_update(question: Question) -> Evidence:
    """A definition, unless the step goes by another derivative or up the gradient, or is no gradient of the loss."""
    name, step = _step(question)
    if question.left == symbol(f"{name}⁺") and question.right == symbol(name) and not question.one.claim.program:
        return question.said("undecided", "what it is moved by is missing: the new value is the old one", "update")
    if step is None:
        return question.said("definition", kind="update")
    partials = [partial for partial in partials_in(step) if partial.by != UNTOLD]
    if len(partials) == 1 and name not in question.graph.names and not _is_chained(step, partials[0], question):
        refuted = _by_derivative(question, name, step, partials[0])
    else:
        refuted = _by_gradient(question, name, step)
    return refuted or question.said("definition", kind="update")


def _is_chained(step: sp.Expr, partial: Partial, question: Question) -> bool:
    """Whether a derivative in a step is a factor of the one that is meant: w2 - η*δ2*a1 with δ2 = ∂C/∂z2."""
    rest = step.xreplace({partial: sp.Integer(1)}).free_symbols
    return partial.of.is_Symbol and any(question.graph.rests_on(partial.of.name, s.name) for s in rest)


def _step(question: Question) -> tuple[str, sp.Expr | None]:
    """The name that is moved, and what is added to it; None where that is not told."""
    left, right, relation = question.left, question.right, question.one.claim.relation
    if relation in ("*=", "/=") or not left.is_Symbol:
        return "", None
    name = left.name.removesuffix("⁺")
    if relation == "+=":
        step = right
    elif relation == "-=":
        step = sp.Mul(-1, right, evaluate=False)
    elif right.is_Add and symbol(name) in right.args:
        step = sp.Add(*(term for term in right.args if term != symbol(name)), evaluate=False)
    else:
        return name, None
    graph = question.graph
    named = {s: graph.definition(s.name) for s in step.free_symbols if s.name[0] in "Δδ" and s.name in graph.names}
    return name, step.xreplace(named)


def _by_derivative(question: Question, name: str, step: sp.Expr, partial: Partial) -> Evidence | None:
    """A step by a derivative that is written as one: by the same name, and down."""
    if partial.by.name != name:
        sides = (side for _, equation in question.interpretation.naming.plainest() for side in equation.sides)
        is_known = any(p.by.name == name for side in sides for p in partials_in(side))
        if not is_known and len(name) <= 2 and not name[-1:].isdigit():
            return None
        return question.said("refuted", f"{name} is moved by the derivative by {partial.by.name}", "update")
    if _sign(step.xreplace({partial: sp.Integer(1)})) > 0:
        return question.said("refuted", UPWARD, "update")
    return None


def uphill_in_numbers(question: Question) -> Evidence | None:
    """A step worked out in numbers, 0.2 + 0.1*(-0.0026), that adds a multiple of the derivative that the document
    prints for the name that is moved.
    """
    left, values = question.left, question.values
    if not left.is_Symbol or not question.right.is_Add or not question.right.is_number:
        return None
    name = left.name.removesuffix("⁺")
    numbers = {fraction(term) for term in question.right.args if term.is_Rational}
    start = {printed.value for printed in values.before(symbol(name), question.one.number)}
    is_moved = name != left.name or not start.isdisjoint(numbers)
    slopes = [s for s in values.given if isinstance(s, Partial) and s.by.name == name] if is_moved else []
    printed = {number.value for slope in slopes for number in values.before(slope, question.one.number)}
    for term in question.right.args:
        factors = [part for part in sp.preorder_traversal(term) if part.is_Rational and part != term]
        slope = next((factor for factor in factors if fraction(factor) in printed), None)
        if slope is not None and not term.has(sp.Add) and term / slope > 0:
            return question.said("refuted", UPWARD, "update")
    return None


def _sign(rest: sp.Expr) -> int:
    """The sign of what stands before a derivative, where numbers and names of rates alone stand there: 0 if unclear."""
    value = rest.subs({s: sp.Rational(7, 10) for s in rest.free_symbols}) if not rest.has(Called, Partial) else sp.S.NaN
    value = value.doit() if hasattr(value, "doit") else value
    return 0 if not value.is_number or value.has(sp.nan) else 1 if value > 0 else -1 if value < 0 else 0


def _by_gradient(question: Question, name: str, step: sp.Expr) -> Evidence | None:
    """A step by a gradient that is written out: that of the loss."""
    graph, interpretation = question.graph, question.interpretation
    loss = loss_of(interpretation, graph)
    if loss is None or not graph.rests_on(loss, name) or name in graph.names:
        return None
    gradient, worked = graph.total(symbol(loss), name), graph.worked(step)
    rates = _rates(question, worked, graph.leaves(loss) | _below(question, gradient))
    if not rates or not (worked / rates[0]).free_symbols or not is_told(loss, interpretation):
        return None
    steps = [product((sp.Integer(-1), rate, gradient)) for rate in rates]
    asked, *others = (question.decisions.equality(worked, step, graph) for step in steps)
    verdict = question.decisions.answer(asked)
    if not isinstance(verdict, Refuted) or not all(isinstance(question.decisions.answer(o), Refuted) for o in others):
        return None
    if unsaid(question, (worked, gradient)):
        return None
    return question.said(
        "refuted",
        verdict.reason,
        "update",
        witness=verdict.witness,
        left_value=verdict.left,
        right_value=verdict.right,
        equality=asked,
    )


def _below(question: Question, gradient: sp.Expr) -> frozenset[str]:
    return frozenset(question.graph.closure([gradient])) | {s.name for s in gradient.free_symbols}


def _rates(question: Question, step: sp.Expr, used: frozenset[str]) -> list[sp.Expr]:
    """What may be the learning rate in a step: the one name that neither the loss nor its gradient has, else its
    numbers, all of them first: of 0.1*2*w the rate may be 0.1.
    """
    names = [s for s in step.free_symbols if s.name not in used and s.name not in question.graph.names]
    if names or not step.is_Mul:
        return names if len(names) == 1 else []
    numbers = [abs(factor) for factor in _factors(step) if factor.is_Number and factor not in (1, -1)][:_MOST_NUMBERS]
    sizes = range(len(numbers), 0, -1)
    return [sp.Mul(*chosen) for size in sizes for chosen in combinations(numbers, size)]


def _factors(step: sp.Expr) -> Iterator[sp.Expr]:
    """The factors of a product of products."""
    for factor in step.args:
        yield from _factors(factor) if factor.is_Mul else (factor,)
