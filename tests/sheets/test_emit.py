"""Expressions to Excel formulas: a table of cases, one for each kind of node."""

import pytest
import sympy as sp

from derive import rules
from derive.errors import DeriveError
from derive.names import symbol
from sheets.formulas.arithmetic import add, multiply, power
from sheets.formulas.emit import emit

NAMES = ("t1", "t2", "i1", "i2", "w1", "w2", "w3", "w4", "h1", "a_h1", "h2", "a_h2", "w5", "w6", "w7", "w8", "o1",
         "a_o1", "o2", "a_o2")  # fmt: skip
CELLS = {name: f"{chr(ord('A') + column)}3" for column, name in enumerate(NAMES)}
T1, T2, I1, I2, W1, W2, W3, W4, H1, A_H1, H2, A_H2, W5, W6, W7, W8, O1, A_O1, O2, A_O2 = map(symbol, NAMES)
ONE, TWO = sp.Integer(1), sp.Integer(2)


def neg(*factors: sp.Expr) -> sp.Expr:
    return multiply(sp.Integer(-1), *factors)


def sub(a: sp.Expr, *b: sp.Expr) -> sp.Expr:
    return add(a, *map(neg, b))


def below(x: sp.Expr) -> sp.Expr:
    return power(x, sp.Integer(-1))


CASES = [
    (add(multiply(W1, I1), multiply(W2, I2)), "E3*C3+F3*D3"),
    (rules.Sigmoid(H1), "1/(1+EXP(-I3))"),
    (rules.Sigmoid(add(H1, H2)), "1/(1+EXP(-(I3+K3)))"),
    (rules.Sigmoid(multiply(W1, I1)), "1/(1+EXP(-(E3*C3)))"),
    (multiply(multiply(ONE, below(TWO)), power(sub(T1, A_O1), TWO)), "1/2*(A3-R3)^2"),
    (multiply(ONE, below(TWO), power(sub(T1, A_O1), TWO)), "1/2*(A3-R3)^2"),
    (multiply(sp.Rational(1, 2), power(sub(T1, A_O1), TWO)), "0.5*(A3-R3)^2"),
    (multiply(power(sub(T1, A_O1), TWO), below(TWO)), "(A3-R3)^2/2"),
    (multiply(add(multiply(sub(A_O1, T1), A_O1, sub(ONE, A_O1), W5), multiply(sub(A_O2, T2), A_O2, sub(ONE, A_O2), W7)),
              A_H1, sub(ONE, A_H1), I1),
     "((R3-A3)*R3*(1-R3)*M3+(T3-B3)*T3*(1-T3)*O3)*J3*(1-J3)*C3"),
    (W1, "E3"),
    (neg(W1), "-E3"),
    (neg(W1, I1), "-E3*C3"),
    (neg(multiply(W1, I1)), "-(E3*C3)"),
    (multiply(neg(W1), I1), "(-E3)*C3"),
    (neg(neg(W1)), "-(-E3)"),
    (multiply(W1, neg(I1)), "E3*(-C3)"),
    (multiply(W1, sp.Integer(-2)), "E3*(-2)"),
    (multiply(sp.Integer(-2), W1), "-2*E3"),
    (sub(W1, W2, W3), "E3-F3-G3"),
    (sub(W1, sub(W2, W3)), "E3-(F3-G3)"),
    (sub(W1, multiply(W2, W3)), "E3-(F3*G3)"),
    (add(W1, neg(W2, W3)), "E3-F3*G3"),
    (add(W1, neg(power(W2, TWO))), "E3-F3^2"),
    (add(neg(power(W2, TWO)), W1), "-(F3^2)+E3"),
    (neg(power(W2, TWO), W1), "-(F3^2)*E3"),
    (add(neg(W1), W2), "-E3+F3"),
    (add(W1, sp.Integer(-2)), "E3-2"),
    (add(W1, multiply(sp.Integer(-2), W2)), "E3-2*F3"),
    (add(add(W1, W2), W3), "(E3+F3)+G3"),
    (add(W1, add(W2, W3)), "E3+(F3+G3)"),
    (multiply(multiply(W1, W2), W3), "(E3*F3)*G3"),
    (multiply(W1, below(multiply(W2, W3))), "E3/(F3*G3)"),
    (multiply(W1, below(power(W2, TWO))), "E3/F3^2"),
    (multiply(W1, power(W2, sp.Integer(-2))), "E3/F3^2"),
    (multiply(W1, below(W2), W3), "E3/F3*G3"),
    (multiply(W1, below(below(W2))), "E3/(1/F3)"),
    (multiply(sp.Integer(-1), below(W1)), "-1/E3"),
    (neg(below(W1)), "-1/E3"),
    (below(W1), "1/E3"),
    (multiply(below(W1), W2), "1/E3*F3"),
    (power(sp.Integer(-2), TWO), "(-2)^2"),
    (power(neg(W1), TWO), "(-E3)^2"),
    (power(power(W1, W2), W3), "(E3^F3)^G3"),
    (power(W1, power(W2, W3)), "E3^(F3^G3)"),
    (power(W1, neg(W2)), "E3^(-F3)"),
    (power(add(W1, W2), sp.Rational(1, 2)), "SQRT(E3+F3)"),
    (multiply(W1, power(W2, sp.Rational(-1, 2))), "E3/SQRT(F3)"),
    (power(sp.Rational(1, 3), TWO), "(1/3)^2"),
    (power(W1, sp.Rational(1, 3)), "E3^(1/3)"),
    (sp.Rational(1, 3), "1/3"),
    (multiply(sp.Rational(1, 3), W1), "1/3*E3"),
    (multiply(W1, sp.Rational(1, 3)), "E3*(1/3)"),
    (add(W1, sp.Rational(-1, 3)), "E3-1/3"),
    (sub(W1, sp.Rational(1, 3)), "E3-(1/3)"),
    (sp.Rational(-3, 20), "-0.15"),
    (sp.Rational(5, 1000), "0.005"),
    (sp.Integer(100), "100"),
    (sp.Integer(0), "0"),
    (sp.exp(neg(H1)), "EXP(-I3)"),
    (sp.exp(sub(H1, H2)), "EXP(I3-K3)"),
    (sp.log(H1), "LN(I3)"),
    (rules.Tanh(add(H1, H2)), "TANH(I3+K3)"),
    (sp.tanh(H1), "TANH(I3)"),
    (rules.Relu(H1), "(I3>0)*I3"),
    (rules.Relu(add(H1, H2)), "(I3+K3>0)*(I3+K3)"),
    (rules.Step(H1), "(I3>0)*1"),
    (multiply(W1, rules.Step(H1)), "E3*(I3>0)"),
    (add(W1, rules.Step(H1)), "E3+(I3>0)*1"),
    (rules.Softplus(H1), "LN(1+EXP(I3))"),
    (sp.Abs(sub(W1, W2)), "ABS(E3-F3)"),
    (sp.sign(W1), "SIGN(E3)"),
    (sp.sin(W1), "SIN(E3)"),
    (sp.cos(W1), "COS(E3)"),
    (sp.Max(W1, sp.Integer(0)), "MAX(0,E3)"),
    (sp.Min(W1, W2), "MIN(E3,F3)"),
    (sp.Piecewise((W1, W1 > 0), (multiply(sp.Rational(1, 100), W1), True)), "IF(E3>0,E3,0.01*E3)"),
    (sp.Piecewise((W1, W1 > 2), (W2, W1 <= 0), (ONE, True)), "IF(E3>2,E3,IF(E3<=0,F3,1))"),
    (sp.pi, "PI()"),
]  # fmt: skip


@pytest.mark.parametrize(("expression", "formula"), CASES, ids=[formula for _, formula in CASES])
def test_an_expression_is_written_as_a_person_types_it(expression: sp.Expr, formula: str) -> None:
    assert emit(expression, CELLS) == formula


def test_a_cell_may_be_any_reference_text() -> None:
    assert emit(sub(W1, multiply(W2, W3)), {"w1": "$G$1", "w2": "Rates!$B$2", "w3": "'LR = 1'!A1"}) == (
        "$G$1-(Rates!$B$2*'LR = 1'!A1)"
    )


def test_a_symbol_without_a_cell_is_named() -> None:
    with pytest.raises(DeriveError, match="b9: has no cell"):
        emit(add(W1, symbol("b9")), CELLS)


def test_a_number_that_excel_cannot_keep_is_refused() -> None:
    with pytest.raises(DeriveError, match="more digits than Excel keeps"):
        emit(sp.Rational(1, 3**60), CELLS)


@pytest.mark.parametrize("node", [sp.Float(0.5), sp.gamma(W1), sp.Integral(W1, W1), sp.Piecewise((W1, W1 > 0))])
def test_a_kind_of_node_that_excel_cannot_be_told_is_named(node: sp.Expr) -> None:
    with pytest.raises(TypeError, match=r"no way to write"):
        emit(node, CELLS)
