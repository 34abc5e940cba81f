"""Each row of the table of functions, held against SymPy's own derivative of its definition."""

import pytest
import sympy as sp

from derive.rules import RULES, Rule, spelled_out

X = sp.Symbol("x", real=True)
POINTS = [sp.Rational(-7, 5), sp.Rational(1, 3), sp.Rational(9, 4)]


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.name)
def test_the_hand_form_of_a_slope_is_sympys_derivative_of_the_definition(rule: Rule) -> None:
    slope = spelled_out(rule.slope(X, rule.function(X)))
    theirs = rule.definition(X).diff(X)
    for point in POINTS:
        if rule.definition(X).subs(X, point).is_real:
            assert abs(sp.N((slope - theirs).subs(X, point), 40)) < sp.Float("1e-30"), f"{rule.name} at {point}"


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.name)
def test_a_function_of_ours_differentiates_by_its_row(rule: Rule) -> None:
    theirs = rule.definition(X).diff(X)
    ours = spelled_out(rule.function(X).diff(X))
    for point in POINTS:
        if rule.definition(X).subs(X, point).is_real:
            assert abs(sp.N((ours - theirs).subs(X, point), 40)) < sp.Float("1e-30"), f"{rule.name} at {point}"


def test_spelled_out_reaches_nested_functions() -> None:
    sigmoid = RULES["sigmoid"].function
    assert not spelled_out(sigmoid(sigmoid(X)) + 1).has(sigmoid)
