"""Training against figures that others computed, and the straight-line program against plain evaluation."""

import math
import operator
from collections.abc import Callable

import pytest
import sympy as sp
from hypothesis import given
from hypothesis import strategies as st

from derive.formulas import Names, read_formula
from derive.gradients.chain import derive_gradients
from derive.names import symbol
from derive.training import train_formulas
from derive.training.program import DIVIDED_BY_ZERO, compile_formulas
from derive.walkthrough import Walkthrough

AUTHORS_LAST_LOSS = {
    "0.1": 0.05615122108643883, "0.2": 0.025169328978482196, "0.5": 0.007969781554873791,
    "0.8": 0.00438025744949079, "1.0": 0.003293038412578552, "2.0": 0.0013437063055699782,
}
"""E_Total in the last row of the author's sheets, one for each learning rate."""


def losses(walkthrough: Walkthrough, rate: float, updates: int) -> list[float]:
    network = walkthrough.network
    gradients = {f"dE/d{name}": d.value for name, d in derive_gradients(network).items()}
    formulas = {**network.definitions, **gradients}
    leaves = {name: float(value) for name, value in walkthrough.start.items()}
    place = [*leaves, *formulas].index(network.loss)
    steps = {name: f"dE/d{name}" for name in network.parameters}
    return [row[place] for row in train_formulas(leaves, formulas, steps, rate, updates)]


@pytest.mark.parametrize(("rate", "last"), AUTHORS_LAST_LOSS.items())
def test_282_updates_end_at_the_authors_loss(kanungo: Walkthrough, rate: str, last: float) -> None:
    found = losses(kanungo, float(rate), 282)
    assert len(found) == 283
    assert found[0] == 0.25123100378328034
    assert found[-1] == pytest.approx(last, rel=1e-12)


def test_a_training_that_leaves_the_numbers_shows_what_a_spreadsheet_shows() -> None:
    w, x = symbol("w"), symbol("x")
    rows = list(train_formulas({"x": 1e3, "w": 1.0}, {"E": (w * x) ** 2, "g": 2 * w * x**2}, {"w": "g"}, 3.0, 1000))
    assert len(rows) == 1001
    first = next(place for place, row in enumerate(rows) if not all(map(math.isfinite, row)))
    assert [math.isfinite(value) for value in rows[first]] == [True, True, False, True]
    assert [math.isfinite(value) for value in rows[-1]] == [True, False, False, False]


def test_errors_go_on_from_where_they_arise() -> None:
    names = Names.of(["w", "x", "h", "out", "r"])
    formulas = {"h": "w*x", "out": "1/(1 + exp(-h))", "r": "1/(w - 1)", "E": "out^2"}
    read = {name: read_formula(text, names) for name, text in formulas.items()}
    ((x, w, h, out, r, loss),) = train_formulas({"x": -1000.0, "w": 1.0}, read, {}, 1.0, 0)
    assert (x, w, h) == (-1000.0, 1.0, -1000.0)
    assert math.isnan(out)
    assert math.isnan(loss)
    assert r == DIVIDED_BY_ZERO


def test_what_the_program_cannot_compute_is_named() -> None:
    with pytest.raises(TypeError, match="cannot compute Heaviside"):
        compile_formulas(["x"], {"y": sp.Heaviside(symbol("x"))})


Formula = tuple[str, Callable[[dict[str, float]], float]]
"""A formula's text, and the same computed by Python itself."""


def _leaf(text: str) -> Formula:
    return text, lambda at: at[text] if text in at else float(text)


def _joined(left: Formula, sign: str, right: Formula) -> Formula:
    return f"({left[0]} {sign} {right[0]})", lambda at: OPERATORS[sign](left[1](at), right[1](at))


def _applied(name: str, inner: Formula) -> Formula:
    return f"{name}({inner[0]})", lambda at: FUNCTIONS[name](inner[1](at))


OPERATORS = {"+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv}
FUNCTIONS: dict[str, Callable[[float], float]] = {
    "σ": lambda x: 1 / (1 + math.exp(-x)), "exp": math.exp, "tanh": math.tanh, "-": operator.neg,
}
FORMULAS = st.recursive(
    st.sampled_from(["x", "y", "z", "2", "0.3"]).map(_leaf),
    lambda inner: st.one_of(
        st.builds(_joined, inner, st.sampled_from(sorted(OPERATORS)), inner),
        st.builds(_applied, st.sampled_from(["σ", "exp", "tanh"]), inner),
        inner.map(lambda f: (f"({f[0]})^2", lambda at: f[1](at) ** 2.0)),
        inner.map(lambda f: (f"(-({f[0]}))", lambda at: -f[1](at))),
    ),
    max_leaves=8,
)


@given(FORMULAS, st.tuples(*[st.floats(-2, 2)] * 3))
def test_the_program_computes_what_python_computes_in_the_same_order(
    formula: Formula, at: tuple[float, float, float]
) -> None:
    text, by_python = formula
    program, step = compile_formulas(["x", "y", "z"], {"f": read_formula(text, Names.of("xyz"))})
    held = program.interpret(dict(zip(["x0", "x1", "x2"], at, strict=True)))[program.variables["f"]]
    try:
        expected = by_python(dict(zip("xyz", at, strict=True)))
    except (ZeroDivisionError, OverflowError) as error:
        with pytest.raises(type(error)):
            step(*at)
        assert not math.isfinite(held)
        return
    found = step(*at)[3]
    assert found == expected or (math.isnan(found) and math.isnan(expected))
    assert held == expected or not math.isfinite(held)
