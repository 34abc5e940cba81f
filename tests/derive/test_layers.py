"""The layered shorthand writes the equations that a person would type, or is refused in one line."""

from pathlib import Path

import pytest
import sympy as sp

from derive.errors import DeriveError
from derive.gradients.backward import go_back
from derive.text import as_text
from derive.walkthrough import load_walkthrough
from derive.walkthrough.layers import shape_of, write_out


def test_the_shorthand_of_the_main_walkthrough_is_the_authors_equations() -> None:
    kanungo = load_walkthrough("kanungo").network
    written = write_out(shape_of([2, 2, 2], "sigmoid", "none", "half squared"), ("i1", "i2"), ("t1", "t2"),
                        loss="E_Total")
    shown = [f"{name} = {as_text(expression)}" for name, expression in kanungo.definitions.items()]
    assert [line.replace("**", "^") for line in written.equations] == [
        "h1 = w1*i1 + w2*i2", "out_h1 = σ(h1)", "h2 = w3*i1 + w4*i2", "out_h2 = σ(h2)",
        "o1 = w5*out_h1 + w6*out_h2", "out_o1 = σ(o1)", "o2 = w7*out_h1 + w8*out_h2", "out_o2 = σ(o2)",
        "E1 = 1/2*(t1 - out_o1)^2", "E2 = 1/2*(t2 - out_o2)^2", "E_Total = E1 + E2",
    ]
    assert len(shown) == len(written.equations)
    assert written.parameters == kanungo.parameters


@pytest.mark.parametrize(("widths", "activation", "bias", "loss", "lines"), [
    ([1, 2, 1], "tanh", "per neuron", "squared",
     ["h1 = w1*x1 + b1", "out_h1 = tanh(h1)", "h2 = w2*x1 + b2", "out_h2 = tanh(h2)",
      "o1 = w3*out_h1 + w4*out_h2 + b3", "out_o1 = tanh(o1)", "E = (y1 - out_o1)^2"]),
    ([1, 2, 2], ["relu", "softmax"], ["shared", "none"], "categorical cross-entropy",
     ["h1 = w1*x1 + b1", "out_h1 = ReLU(h1)", "h2 = w2*x1 + b1", "out_h2 = ReLU(h2)",
      "o1 = w3*out_h1 + w4*out_h2", "o2 = w5*out_h1 + w6*out_h2",
      "out_o1 = exp(o1)/(exp(o1) + exp(o2))", "out_o2 = exp(o2)/(exp(o1) + exp(o2))",
      "E1 = -y1*ln(out_o1)", "E2 = -y2*ln(out_o2)", "E = E1 + E2"]),
    ([2, 1], "identity", "none", "mean squared", ["o1 = w1*x1 + w2*x2", "out_o1 = o1", "E = (y1 - out_o1)^2"]),
    ([1, 1, 1, 2], "softplus", "shared", "mean squared",
     ["h1_1 = w1_1_1*x1 + b1", "out_h1_1 = softplus(h1_1)", "h2_1 = w2_1_1*out_h1_1 + b2",
      "out_h2_1 = softplus(h2_1)", "o1 = w3_1_1*out_h2_1 + b3", "out_o1 = softplus(o1)",
      "o2 = w3_2_1*out_h2_1 + b3", "out_o2 = softplus(o2)",
      "E1 = (y1 - out_o1)^2", "E2 = (y2 - out_o2)^2", "E = (E1 + E2)/2"]),
    ([1, 1], "x/(1 + abs(x))", "per neuron", "(t - out)^4",
     ["o1 = w1*x1 + b1", "out_o1 = o1/(1 + abs(o1))", "E = (y1 - out_o1)^4"]),
])
def test_layers_are_written_out(
    widths: list[int], activation: str | list[str], bias: str | list[str], loss: str, lines: list[str]
) -> None:
    inputs = tuple(f"x{place}" for place in range(1, widths[0] + 1))
    targets = tuple(f"y{place}" for place in range(1, widths[-1] + 1))
    assert list(write_out(shape_of(widths, activation, bias, loss), inputs, targets, loss="E").equations) == lines


XOR = """
title = "XOR"
layers = [2, 2, 1]
activation = ["tanh", "sigmoid"]
bias = "per neuron"
loss = "binary cross-entropy"
learning_rates = [0.5]
updates = 10

[draw]
seed = 1
low = -1
high = 1

[constants]
b3 = 0.25

[inputs]
x1 = [0, 0, 1, 1]
x2 = [0, 1, 0, 1]

[targets]
y = [0, 1, 1, 0]
"""


def _loaded(tmp_path: Path, text: str) -> str:
    """What loading says about a file: the fault in one line, or nothing."""
    path = tmp_path / "xor.toml"
    path.write_text(text, encoding="utf-8")
    try:
        load_walkthrough(path)
    except DeriveError as error:
        return str(error)
    return ""


def test_a_bias_among_the_constants_is_not_trained(tmp_path: Path) -> None:
    path = tmp_path / "xor.toml"
    path.write_text(XOR, encoding="utf-8")
    xor = load_walkthrough(path)
    assert xor.network.parameters == ("w1", "w2", "w3", "w4", "b1", "b2", "w5", "w6")
    assert xor.network.constants == ("b3",)
    assert (xor.start["b1"], xor.start["b3"]) == (0, sp.Rational(1, 4))
    assert set(go_back(xor.network).gradients) == {f"dE/d{name}" for name in xor.network.parameters}


@pytest.mark.parametrize(("right", "wrong", "told"), [
    ("[2, 2, 1]", "[2]", "xor.toml: layers: [2] is no network — inputs, hidden layers, outputs: [2, 4, 1]"),
    ("[2, 2, 1]", "[2, 0, 1]", "xor.toml: layers: [2, 0, 1] is no network"),
    ("[2, 2, 1]", "[3, 2, 1]", "xor.toml: inputs: 2 names (x1, x2) where layers has 3 neurons"),
    ("[2, 2, 1]", "[2, 2, 2]", "xor.toml: targets: 1 names (y) where layers has 2 neurons"),
    ("[2, 2, 1]", "[2, 2, 2, 1]", "xor.toml: activation: 2 stand there where layers has 3 after the inputs"),
    ("[2, 2, 1]", "[2, 9999, 1]", "xor.toml: layers: 29,997 weights — at most 20,000"),
    ('"tanh", ', '"tan", ', 'xor.toml: activation: "tan" is not known — one of identity, sigmoid, tanh'),
    ('"tanh", ', '"x*", ', 'xor.toml: activation: "x*": '),
    ('"tanh", ', '"x*z", ', 'xor.toml: activation: "x*z": column 3: "z" is not a declared name'),
    ('"binary cross-entropy"', '"crossentropy"', 'xor.toml: loss: "crossentropy" is not known — one of half squared'),
    ('"per neuron"', '"per layer"', 'xor.toml: bias: "per layer" is no kind of bias — one of none, per neuron'),
    ("b3 = 0.25", "w3 = 0.25", "xor.toml: constants.w3: these layers have no bias w3 — a fixed bias, one of b1, b2"),
    ("[constants]", "[parameters]\nw9 = 1\n[constants]", "xor.toml: parameters.w9: these layers have no parameter w9"),
    ("seed = 1", "seed = 1\nnames = ['w1', 'w2']", "xor.toml: parameters.w3: the weight has no start value"),
    ("seed = 1", "seed = 1\nnames = ['w7']", "xor.toml: draw.names: these layers have no parameter w7"),
    ("low = -1", "low = nan", "xor.toml: draw.low: NaN is no number"),
    ("[constants]", "[parameters]\nw1 = inf\n[constants]", "xor.toml: w1: Infinity is no number to start from"),
    ("y = [0, 1, 1, 0]", "y = [0, 1, 1]", "xor.toml: targets.y: 3 values where x1 has 4 — every sample needs a value"),
    ("x2 = [0, 1, 0, 1]", "x2 = 1", "xor.toml: inputs.x2: 1 value where x1 has 4"),
    ("x2 = [0, 1, 0, 1]", 'x2 = [0, 1, 0, ""]', "xor.toml: inputs.x2[3]: "),
    ("x2 = [0, 1, 0, 1]", "x2 = [0, true, 0, 1]", "xor.toml: inputs.x2[1]: "),
    ("x2 = [0, 1, 0, 1]", "x2 = [0, nan, 0, 1]", "xor.toml: x2: NaN is no number"),
    ("updates = 10", 'updates = 10\ntotal = "o1"', 'xor.toml: total: "o1" already names a quantity of one sample'),
    ("updates = 10", 'updates = 10\nover_samples = "median"', "xor.toml: over_samples: Invalid enum value 'median'"),
    ("updates = 10", 'updates = 10\nequations = ["E = x1"]', "xor.toml: equations: equations and layers both stand"),
    ("layers = [2, 2, 1]", "", "xor.toml: equations: there are none — give either equations or layers"),
])
def test_what_does_not_fit_is_told_in_one_line(tmp_path: Path, right: str, wrong: str, told: str) -> None:
    assert _loaded(tmp_path, XOR) == ""
    assert right in XOR
    found = _loaded(tmp_path, XOR.replace(right, wrong, 1))
    assert told in found
    assert "\n" not in found


def test_weights_without_values_are_asked_for(tmp_path: Path) -> None:
    without = XOR.replace("[draw]\nseed = 1\nlow = -1\nhigh = 1\n", "")
    assert _loaded(tmp_path, without) == (
        "xor.toml: parameters.w1: the weight has no start value — w1 = … under [parameters], "
        "or [draw] with seed, low and high")


def test_two_losses_are_told(tmp_path: Path) -> None:
    text = """
title = "two losses"
equations = ["E1 = (t - w*x)^2", "E2 = (t + w*x)^2"]
learning_rates = [1]
updates = 1
inputs = { x = 1 }
targets = { t = 1 }
parameters = { w = 1 }
"""
    told = 'xor.toml: equations: 2 quantities could be the loss: E1, E2 — name one: loss = "…"'
    assert _loaded(tmp_path, text) == told
    drawn = text.replace("parameters = { w = 1 }", "draw = { seed = 1, low = 0, high = 1, names = ['w'] }")
    assert "could be the loss" in _loaded(tmp_path, drawn)
