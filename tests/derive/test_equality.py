"""decide: what it proves, what it refutes, and what it leaves open."""

from fractions import Fraction
from typing import Any

import pytest
import sympy as sp
from mpmath.libmp import libmpf

from derive.equality import Proved, Refuted, Undecided, decide, values
from derive.equality.deciding import asked
from derive.names import symbol
from derive.rules import Relu, Sigmoid, Softplus
from derive.walkthrough import Walkthrough

x, y, a, b, c = map(symbol, "x y a b c".split())

PROVED = [
    ((x + 1) ** 2, x**2 + 2 * x + 1),
    (Softplus(-x), Softplus(x) - x),
    (Sigmoid(x), (1 + sp.tanh(x / 2)) / 2),
    (sp.log(Sigmoid(x)), -Softplus(-x)),
    (1 / (1 + sp.exp(-x)), sp.exp(x) / (1 + sp.exp(x))),
    (sp.exp(sp.Add(x, sp.log(y), evaluate=False), evaluate=False), y * sp.exp(x)),
    (sp.log(x * y), sp.log(x) + sp.log(y)),
    (sp.log(sp.exp(x) + sp.exp(y)), x + Softplus(y - x)),
    (a**b * a**c, a ** (b + c)),
    (Relu(x) - Relu(-x), x),
    (sp.Max(x, y) + sp.Min(x, y), x + y),
    (sp.Piecewise((x, x > 0), (0, True)), sp.Piecewise((x, x >= 0), (0, True))),
    (sp.log(sp.Abs(x**2 - 9)), sp.log(sp.Abs(x - 3)) + sp.log(sp.Abs(x + 3))),
]

REFUTED = [
    ((x + 1) ** 2, x**2 + 2 * x + 2),
    (sp.sqrt(x**2), x),
    (x + sp.Rational(1, 10**8), x + sp.Rational(2, 10**8)),
    (sp.Piecewise((1, x > 0), (0, True)), sp.Piecewise((1, x >= 0), (0, True))),
    (1 / (1 + sp.exp(-x)), sp.exp(-x) / (1 + sp.exp(x))),
]


def test_identities_are_proved() -> None:
    for left, right in PROVED:
        assert isinstance(decide(left, right), Proved), (left, right)


def test_false_ones_are_refuted_with_a_witness() -> None:
    for left, right in REFUTED:
        assert isinstance(decide(left, right), Refuted), (left, right)


def test_w6_for_w7_is_refuted_and_the_right_form_is_proved(kanungo: Walkthrough) -> None:
    """The slip that keeps SymPy's simplify busy for minutes, and that a sampling prover called identical."""
    network = kanungo.network
    names = "out_o1 t1 w5 w6 w7 out_o2 t2 out_h1 i1 w1 o1".split()
    out_o1, t1, w5, w6, w7, out_o2, t2, out_h1, i1, w1, o1 = map(symbol, names)
    first = (out_o1 - t1) * out_o1 * (1 - out_o1) * w5
    tail = out_h1 * (1 - out_h1) * i1
    right = (first + (out_o2 - t2) * out_o2 * (1 - out_o2) * w7) * tail
    wrong = (first + (out_o2 - t2) * out_o2 * (1 - out_o2) * w6) * tail
    expanded = symbol(network.loss)
    for name, body in reversed(network.definitions.items()):
        expanded = expanded.subs(symbol(name), body)
    slope = sp.diff(expanded, w1)
    assert isinstance(decide(right, slope, definitions=network.definitions), Proved)
    assert isinstance(decide(wrong, slope, definitions=network.definitions), Refuted)
    met = decide(out_o1 * (1 - out_o1), sp.exp(-o1) / (1 + sp.exp(-o1)) ** 2, definitions=network.definitions)
    assert met == Proved("equal once out_o1 = 1/(1 + exp(-o1)) is put in")


@pytest.mark.slow
def test_size_ends_it_at_once() -> None:
    tower = sp.Pow(9, sp.Pow(9, 9, evaluate=False), evaluate=False)
    assert isinstance(decide(tower, sp.Integer(1)), Refuted)
    factors = [x + k for k in range(10_000)]
    product = sp.Mul(*factors, evaluate=False)
    assert isinstance(decide(product, sp.Mul(*reversed(factors), evaluate=False)), Undecided)
    nested = x
    for _ in range(5_000):
        nested = sp.Mul(-1, sp.Add(nested, 1, evaluate=False), evaluate=False)
    assert isinstance(decide(nested, x), Proved)


def test_a_witness_keeps_what_is_assumed_positive() -> None:
    h = symbol("h")
    root = sp.Pow(h**2, sp.Rational(1, 2), evaluate=False)
    assert isinstance(decide(sp.sqrt(x**2), x, start={"x": sp.Integer(-1)}, positive=["x"]), Proved)
    assert isinstance(decide(root, h, definitions={"h": x}, positive=["h"]), Proved)


@pytest.mark.slow
def test_eight_absolute_values_the_other_way_round_are_proved() -> None:
    gaps = [symbol(f"x{k}") - symbol(f"y{k}") for k in range(8)]
    left = sum(sp.Abs(gap, evaluate=False) for gap in gaps)
    right = sum(sp.Abs(sp.Mul(-1, gap, evaluate=False), evaluate=False) for gap in gaps)
    assert isinstance(decide(left, right), Proved)


HIDDEN = (sp.exp(x) - 1) * (sp.exp(x) + 1) - sp.exp(2 * x) + 1
"""Zero, which no interval tells."""


@pytest.mark.parametrize("test", [
    sp.StrictGreaterThan, sp.GreaterThan, sp.StrictLessThan, sp.LessThan, sp.Eq, sp.Ne,
])  # fmt: skip
def test_a_choice_by_a_number_of_unknown_sign_or_without_a_value_has_no_value(test: Any) -> None:
    """log(-1) is nothing: neither branch is taken."""
    for inside, at in ((HIDDEN, Fraction(1, 3)), (sp.log(x), Fraction(-1))):
        choice = sp.Piecewise((sp.Integer(1), test(inside, 0, evaluate=False)), (sp.Integer(2), True), evaluate=False)
        question = asked(choice, x, {}, {}, ())
        found = values.intervals(question.program, question.places, {"x": at}, 80)
        assert found[question.left] is None


@pytest.mark.parametrize("larger", [sp.Max, sp.Min])
def test_the_larger_of_two_that_may_be_either_lies_in_the_bounds_of_both(larger: Any) -> None:
    for pair in ((HIDDEN + 1, sp.Integer(1)), (sp.Integer(1), HIDDEN + 1)):
        question = asked(larger(*pair, evaluate=False), x, {}, {}, ())
        low, high = values.intervals(question.program, question.places, {"x": Fraction(1, 3)}, 80)[question.left]
        assert libmpf.mpf_lt(low, libmpf.fone)
        assert libmpf.mpf_gt(high, libmpf.fone)
