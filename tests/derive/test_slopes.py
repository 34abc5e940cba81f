"""A node's slopes as people write them, each proved equal to SymPy's own derivative."""

import pytest
import sympy as sp

from derive.formulas import Names, read_formula
from derive.gradients.slopes import slopes, softmaxes
from derive.names import symbol
from derive.network import Node
from derive.rules import spelled_out
from derive.text import as_text

NAMES = Names.of(["a", "b", "t", "out", "s", "p1", "p2", "p3"])


def _node(name: str, formula: str) -> Node:
    return Node(name, read_formula(formula, NAMES))


SLOPES = [
    ("σ(a)", "a", "out * (1 - out)"),
    ("tanh(a)", "a", "1 - out²"),
    ("ReLU(a)", "a", "step(a)"),
    ("softplus(a)", "a", "σ(a)"),
    ("exp(a)", "a", "out"),
    ("exp(a) + b", "a", "exp(a)"),
    ("σ(a) + σ(b)", "a", "σ(a) * (1 - σ(a))"),
    ("1/2*(t - a)^2", "a", "a - t"),
    ("(t - a)^2", "a", "2 * (a - t)"),
    ("-(t*ln(a) + (1 - t)*ln(1 - a))", "a", "(1 - t) / (1 - a) - t / a"),
    ("-t*ln(a)", "a", "-t / a"),
    ("(a + b)/2", "b", "0.5"),
    ("a*b + t", "b", "a"),
]


@pytest.mark.parametrize(("formula", "by", "written"), SLOPES)
def test_a_slope_is_written_as_by_hand(formula: str, by: str, written: str) -> None:
    rank = {name: place for place, name in enumerate(("t", "out", "a", "b"))}
    assert as_text(slopes(_node("out", formula), {}, rank)[by]) == written


@pytest.mark.parametrize(("formula", "by", "written"), SLOPES)
def test_a_slope_is_sympys_derivative(formula: str, by: str, written: str) -> None:
    node = _node("out", formula)
    ours = slopes(node, {}, {})[by].subs(symbol("out"), node.expression)
    theirs = spelled_out(node.expression.doit()).diff(symbol(by))
    at = {symbol("a"): sp.Rational(1, 3), symbol("b"): sp.Rational(2, 7), symbol("t"): sp.Rational(3, 5)}
    assert abs((spelled_out(ours.doit()) - theirs).evalf(50, subs=at)) < sp.Float("1e-40")


def test_softmax_slopes_name_the_outputs_and_are_sympys_derivatives() -> None:
    sums = ("p1", "p2", "p3")
    nodes = [_node(f"out_{name}", f"exp({name})/(exp(p1) + exp(p2) + exp(p3))") for name in sums]
    known = softmaxes(nodes)
    definitions = {symbol(node.name): node.expression.doit() for node in nodes}
    written = slopes(nodes[0], known, {})
    assert as_text(written["p1"]) == "out_p1 * (1 - out_p1)"
    assert as_text(written["p3"]) == "-out_p1 * out_p3"
    for node in nodes:
        for parent, slope in slopes(node, known, {}).items():
            assert sp.cancel(slope.doit().subs(definitions) - definitions[symbol(node.name)].diff(symbol(parent))) == 0


def test_a_softmax_whose_others_are_no_nodes_keeps_sympys_slope() -> None:
    node = _node("s", "exp(p1)/(exp(p1) + exp(p2))")
    own = node.expression.doit()
    slope = slopes(node, softmaxes([node]), {})["p2"].doit().subs(symbol("s"), own)
    assert sp.cancel(slope - own.diff(symbol("p2"))) == 0
