"""What checking says of hand derivations."""

from collections import Counter

import pytest

from derive.checking import Checked, check
from derive.walkthrough import load_walkthrough

KANUNGO = load_walkthrough("kanungo")


@pytest.mark.slow
def test_the_eight_gradients_of_the_hand_derivation_are_proved() -> None:
    """Each final formula of the walkthrough's own text holds; it has a letter for the sign, and is shown with it."""
    proved = {(c.left or "").replace("Ә", "∂") for c in check(KANUNGO.derivation, KANUNGO) if c.verdict == "proved"}
    assert {f"∂E/∂w{n}" for n in range(1, 9)} <= proved


@pytest.mark.slow
def test_the_six_slips_of_the_sigmoid_are_refuted_with_the_right_form_beside_them() -> None:
    """σ(o1)/1- +σ(-o1) and σ(o1)/1+σ(-o1) stand for out_o1*(1 - out_o1)."""
    refuted = [c for c in check(KANUNGO.derivation, KANUNGO) if c.verdict == "refuted"]
    assert Counter(c.correct for c in refuted if c.correct) == {"out_o1 * (1 - out_o1)": 2, "out_o2 * (1 - out_o2)": 1}
    assert all(c.right in ("out_o1 * (1-out_o1)", "out_o2 * (1-out_o2)") for c in refuted if not c.correct)
    assert all("the ends of the chain agree" in (c.reason or "") for c in refuted)


def only(line: str) -> Checked:
    """The one verdict of a line."""
    (found,) = check(line, KANUNGO)
    return found


@pytest.mark.parametrize(
    ("line", "verdict"),
    [
        ("∂E/∂w5 = (out_o1 - t1)*out_o1*(1 - out_o1)*out_h1", "proved"),
        ("∂E/∂w5 = (out_o1 - t1)*out_o1*(1 - out_o1)*out_h2", "refuted"),
        ("dE/dw6 = dE1/dout_o1 * dout_o1/do1 * do1/dw6", "proved"),
        ("Hence we get \\frac{\\partial E_{total}}{\\partial w_6} = \\frac{\\partial E_1}{\\partial w_6}", "proved"),
        ("o1 = w5*out_h1 + w6*out_h2", "definition"),
        ("∂E/∂w5 = (a_01 - t1)*a_o1*(1 - a_o1)*a_h1", "proved"),
        ("∂E/∂w1 = \\sum_k \\delta_k w_k", "not-understood"),
    ],
)
def test_a_line_gets_its_verdict(line: str, verdict: str) -> None:
    """One line, one verdict."""
    assert only(line).verdict == verdict


def test_of_an_update_the_step_is_told_wrong_and_not_the_gradient() -> None:
    """The left side of an update cannot have the slip, however the gradient is named."""
    for step in ("w6 = w6 - lr*∂E/∂w5", "w6 -= lr*dE_dw5"):
        (found,) = check(step, load_walkthrough("kanungo"))
        assert (found.verdict, found.slip) == ("refuted", "wrong-index: w5 stands where w6 belongs")
        assert found.text == step
        assert found.correct == "w6 - lr * (∂E/∂w6)"


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        (r"$\frac{\partial h_1}{\partial w_1} = i_2 $ in the end", r"\frac{\partial h_1}{\partial w_1} = i_2"),
        (r"$\frac{\partial E_1}{\partial o_1} = (out_{o1} - t_1)^{2}$", None),
        ("<table><tr><td>∂h1/∂w1</td><td>=</td><td>i2</td></tr></table>", "∂h1/∂w1 = i2"),
        ("<p>&part;h<sub>1</sub>/&part;w<sub>1</sub> = i<sub>2</sub></p>", "∂h_1/∂w_1 = i_2"),
        ("the loss **∂h1/∂w1** = `i2`", "∂h1/∂w1 = i2"),
        ("w5 -= lr*dE_dw6", "w5 -= lr*dE_dw6"),
    ],
)
def test_what_is_shown_of_a_line_has_its_whole_formula_and_no_marks(source: str, shown: str | None) -> None:
    """A formula is never cut before its last index, and tags and marks of type are no part of it."""
    (found,) = check(source, load_walkthrough("kanungo"))
    assert found.verdict == "refuted"
    assert found.text == (shown if shown is not None else source.strip("$"))


def test_a_witness_is_told_in_rounded_digits() -> None:
    """The weight 3/5 is 0.6, not the lower end of the interval that holds it."""
    (found,) = check("w5 = w5*out_h1 + 0*w5", load_walkthrough("kanungo"))
    assert found.verdict == "refuted"
    assert found.reason is not None
    assert "99999" not in found.reason


@pytest.mark.parametrize(("line", "value"), [("0.015 + 0.05 = 0.65", "0.065"), ("0.2 + 1/3 = 0.65", "0.53")])
def test_the_value_of_a_wrong_sum_is_told_whole_where_it_is_short(line: str, value: str) -> None:
    """0.07 would hide that it is the decimal point that is wrong."""
    found = only(line)
    assert (found.verdict, found.correct) == ("refuted", value)
