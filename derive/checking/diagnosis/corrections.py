"""What belongs in the place of what is wrong, and the likeliest mistake behind it."""

import sympy as sp
from msgspec import Struct

from derive.checking.diagnosis.refutation import FAULTS, Refutation
from derive.checking.evidence.loss import loss_of
from derive.checking.graph import Graph
from derive.checking.known import UPHILL
from derive.checking.slips import Found, find_slip
from derive.gradients.chain import derive_by
from derive.names import symbol
from derive.network import make_network
from derive.ordering import product
from derive.rules import Sigmoid
from derive.small_models.weighing.updates import UPWARD
from derive.written import UNTOLD, Called, Partial, partials_in


class Correction(Struct, frozen=True):
    """What is meant, and the slip that a proof confirms; None where that is not told."""

    meant: sp.Expr | None = None
    slip: Found | None = None


def correction(refutation: Refutation) -> Correction:
    """The correction of a refuted claim."""
    if refutation.evidence.kind == "update":
        return _of_update(refutation)
    return Correction(_value(refutation.subject, refutation.graph), _slip(refutation))


def _slip(refutation: Refutation) -> Found | None:
    """The likeliest mistake, confirmed by a proof; None where no row of the table explains it."""
    left, right = refutation.equation.sides
    is_call = isinstance(left, Called)  # f'(x), which is worked out: only what is said of it can be wrong
    if right.has(Called) or (left.has(Called) and not is_call):
        return None
    try:
        left = refutation.graph.worked(left) if is_call else left
        return find_slip(left, right, refutation.grounds(), is_right=is_call)
    except FAULTS:
        return None


# values


def _value(subject: sp.Expr, graph: Graph) -> sp.Expr | None:
    """What a derivative or a name comes to; None for any other."""
    try:
        if isinstance(subject, Called):
            return graph.worked(subject)
        if isinstance(subject, Partial) and not subject.has(Called):
            return _folded(_by_hand(subject, graph) or graph.worked(subject), graph)
        if subject.is_Symbol and subject.name in graph.names:
            return graph.definition(subject.name)
    except FAULTS:
        return None
    return None


def _by_hand(partial: Partial, graph: Graph) -> sp.Expr | None:
    """A derivative as people write it, shared factors behind the bracket of the paths they share; None where it is
    no such.
    """
    if not partial.of.is_Symbol or partial.of.name not in graph.names or graph.assumed or graph.functions:
        return None
    definitions = {name: _with_sigmoid(body) for name, body in graph.closure((partial.of,)).items()}
    leaves = sorted({s.name for body in definitions.values() for s in body.free_symbols} - definitions.keys())
    if partial.by.name not in {*leaves, *definitions}:
        return None
    try:
        network = make_network(definitions.items(), inputs=(), targets=(), parameters=leaves, loss=partial.of.name)
        return derive_by(network, partial.of.name, partial.by.name).value
    except FAULTS:
        return None


def _with_sigmoid(body: sp.Expr) -> sp.Expr:
    """1/(1 + exp(-x)) as σ(x), whose slope people know."""
    power = 1 / body.doit() - 1 if body.has(sp.exp) else None
    return Sigmoid(-power.args[0]) if isinstance(power, sp.exp) else body


def _folded(expression: sp.Expr, graph: Graph) -> sp.Expr:
    """An expression with the names of activations for what defines them: out_o1 for σ(o1)."""
    table = {
        body: symbol(name) for name in graph.names if (body := graph.definition(name)) is not None and body.is_Function
    }

    def put(node: sp.Expr) -> sp.Expr:
        if node in table:
            return table[node]
        return node.func(*map(put, node.args), evaluate=False) if node.args and node.atoms(sp.Function) else node

    return put(expression) if table else expression


# updates


def _of_update(refutation: Refutation) -> Correction:
    """What an update should be, and the slip of one whose gradient is written out."""
    name, right = symbol(refutation.equation.left.name.removesuffix("⁺")), refutation.equation.right
    told = refutation.evidence.reason
    if told == UPHILL or (told == UPWARD and right.is_number):
        return Correction(None, Found("sign", told, (right,), False))
    step = sp.Add(*(term for term in (right.args if right.is_Add else (right,)) if term != name), evaluate=False)
    partials = [partial for partial in partials_in(right) if partial.by != UNTOLD]
    loss = _loss(refutation, partials)
    slope = None if loss is None else Partial(loss, name)
    rate = None if slope is None else _rate(refutation, step, slope)
    if slope is None or rate is None:
        return Correction()
    if partials:
        meant = sp.Add(name, sp.Mul(-1, rate, slope, evaluate=False), evaluate=False)
        if partials[0].by == name:
            return Correction(meant, Found("sign", UPWARD, (right,), False))
        told = f"{refutation.written(partials[0].by)} stands where {refutation.written(name)} belongs"
        return Correction(meant, Found("wrong-index", told, (partials[0],), False))
    worked = product((sp.Integer(-1), rate, refutation.graph.worked(slope)))
    try:
        here = frozenset(s.name for s in right.free_symbols)
        slip = find_slip(worked, step, refutation.grounds(here), is_right=True)
    except FAULTS:
        slip = None
    return Correction(sp.Add(name, worked, evaluate=False), slip)


def _loss(refutation: Refutation, partials: list[Partial]) -> sp.Expr | None:
    """What an update goes down: what its only derivative is of, else the document's loss."""
    if len(partials) == 1:
        return partials[0].of
    known = loss_of(refutation.interpretation, refutation.graph)
    return symbol(known) if known else None


def _rate(refutation: Refutation, step: sp.Expr, slope: Partial) -> sp.Expr | None:
    """The learning rate of a step: its one name that neither the loss nor the slope has, else its numbers."""
    graph = refutation.graph
    used = graph.names | graph.leaves_of((slope.of,)) | {slope.by.name}
    used |= {s.name for s in graph.worked(slope).free_symbols}
    names = sorted({s.name for s in refutation.equation.right.free_symbols} - used)
    numbers = [factor for factor in step.args if factor.is_Number] if step.is_Mul else []
    if len(names) > 1 or not (names or numbers):
        return None
    return symbol(names[0]) if names else sp.Abs(sp.Mul(*numbers))
