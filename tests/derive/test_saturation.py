"""The loss where an output saturates, held against its value at sixty digits."""

import mpmath
import pytest
import sympy as sp
from hypothesis import given
from hypothesis import strategies as st

from derive.equal import decide
from derive.equality import Proved
from derive.formulas import Names, read_formula
from derive.names import symbol
from derive.rules import Sigmoid
from derive.training import train_formulas
from derive.training.saturation import computable

NAMES = Names(frozenset({"o", "out", "y", "t"}))
LOSS = read_formula("-(y*ln(out) + (1 - y)*ln(1 - out))", NAMES)
OUTPUT = {"out": Sigmoid(symbol("o")), "E": LOSS}


def loss(o: float, y: float) -> float:
    (row,) = train_formulas({"o": o, "y": y}, computable(OUTPUT), {}, 0.1, 0)
    return row[-1]


@given(st.floats(-700, 700), st.sampled_from([0.0, 1.0]))
def test_the_loss_has_its_value_wherever_exp_has_one(o: float, y: float) -> None:
    with mpmath.workdps(400):
        right = mpmath.log(1 + mpmath.exp(mpmath.mpf(o) * (1 if y == 0 else -1)))
        assert abs(loss(o, y) - right) <= 1e-12 * right + 1e-15


def test_without_it_the_loss_of_a_saturated_output_is_no_number() -> None:
    (row,) = train_formulas({"o": 40.0, "y": 0.0}, OUTPUT, {}, 0.1, 0)
    assert not sp.Float(row[-1]).is_finite
    assert loss(40.0, 0.0) == pytest.approx(40)


def test_what_is_computed_is_proved_equal_to_what_is_written() -> None:
    held = decide("ln(1/(1 + e^o))", "ln(1 - 1/(1 + e^-o))")
    assert isinstance(held, Proved)
    assert computable(OUTPUT)["E"] != LOSS


@pytest.mark.parametrize("text", ["(t - out)^2", "-y*ln(out)", "ln(1 - y)", "ln(2 - out)", "ln(1 + out)"])
def test_nothing_else_is_touched(text: str) -> None:
    written = {**OUTPUT, "E": read_formula(text, NAMES)}
    assert computable(written)["E"] == written["E"]
    assert computable({"out": symbol("o"), "E": LOSS}) == {"out": symbol("o"), "E": LOSS}
