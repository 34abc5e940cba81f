"""The derivative of one node by each of its parents, as a person writes it.

SymPy differentiates the node's own expression, sums term by term. Two hand forms are then put: where the whole
expression stands in the result again, the node's name (σ(h1)*(1 - σ(h1)) is out_h1*(1 - out_h1)); and the slopes of
softmax, which SymPy writes with squares of the denominator: out_o1*(1 - out_o1) and -out_o1*out_o2.
"""

from collections.abc import Iterable, Mapping

import sympy as sp

from derive import rules
from derive.names import symbol
from derive.network import Node
from derive.ordering import in_order, terms_of

Softmax = tuple[str, frozenset[str]]
"""Which sum is in the numerator, and all those in the denominator: exp(o1)/(exp(o1) + exp(o2)) is (o1, {o1, o2})."""


def softmax_of(expression: sp.Expr) -> Softmax | None:
    """What a softmax is over; None for any other expression."""
    if not (expression.is_Mul and len(expression.args) == 2):
        return None
    above, below = expression.args
    if not (isinstance(above, sp.exp) and below.is_Pow and below.exp == -1 and below.base.is_Add):
        return None
    exponents = [term.args[0] for term in below.base.args if isinstance(term, sp.exp)]
    names = frozenset(exponent.name for exponent in exponents if exponent.is_Symbol)
    if len(names) != len(below.base.args) or not above.args[0].is_Symbol or above.args[0].name not in names:
        return None
    return above.args[0].name, names


def softmaxes(nodes: Iterable[Node]) -> Mapping[Softmax, str]:
    """The nodes of a network that are softmaxes, by what they are over."""
    found = ((softmax_of(node.expression), node.name) for node in nodes)
    return {softmax: name for softmax, name in found if softmax is not None}


def slopes(node: Node, known: Mapping[Softmax, str], rank: Mapping[str, int]) -> dict[str, sp.Expr]:
    """Parent to ∂node/∂parent, in the node's own order of parents; those of slope 0 are left out.

    `known` are the network's softmaxes, `rank` is the order of names within a product.
    """
    softmax = softmax_of(node.expression)
    if softmax is not None and all((name, softmax[1]) in known for name in softmax[1]):
        return _softmax_slopes(node, softmax, known)
    terms = [term.doit() for term in terms_of(node.expression)]
    whole = terms[0] if len(terms) == 1 else sp.Add(*terms)
    using: dict[str, list[sp.Expr]] = {parent: [] for parent in node.parents}
    for term in terms:
        for used in term.free_symbols:
            using[used.name].append(term)
    found = {
        parent: stepped(sp.Add(*(term.diff(symbol(parent)) for term in users))).xreplace({whole: symbol(node.name)})
        for parent, users in using.items()
    }
    return {parent: in_order(slope, rank) for parent, slope in found.items() if slope != 0}


def stepped(derivative: sp.Expr) -> sp.Expr:
    """A derivative by steps that are 1 above 0, for the distributions by which SymPy derives a maximum."""
    return derivative.replace(sp.Heaviside, lambda x, *_: _step(x)).replace(sp.DiracDelta, lambda *_: sp.Integer(0))


def _step(argument: sp.Expr) -> sp.Expr:
    _, inner = sp.expand(argument).primitive()  # of x - x/100 as of x
    return 1 - rules.Step(-inner) if inner.could_extract_minus_sign() else rules.Step(inner)


def _softmax_slopes(node: Node, softmax: Softmax, known: Mapping[Softmax, str]) -> dict[str, sp.Expr]:
    """out*(1 - out) by its own sum, -out*other by the sum of another."""
    own, names = softmax
    out = symbol(node.name)
    one_minus = sp.Add(sp.Integer(1), sp.Mul(sp.Integer(-1), out, evaluate=False), evaluate=False)
    return {
        parent: sp.Mul(out, one_minus, evaluate=False)
        if parent == own
        else sp.Mul(sp.Integer(-1), out, symbol(known[parent, names]), evaluate=False)
        for parent in node.parents
    }
