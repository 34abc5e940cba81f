"""Layers as vectors and matrices: every printed line, computed by NumPy, gives the gradients found index by index."""

import random
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from derive import check
from derive.__main__ import main
from derive.board.show import as_derivation, as_line
from derive.board.vectors import Meaning, as_vectors, is_wide
from derive.gradients.backward import go_back
from derive.latex import to_latex
from derive.training.program import Program
from derive.walkthrough import Walkthrough, load_walkthrough
from derive.walkthrough.layers import ACTIVATIONS, LOSSES
from tests.laws import examples

np = pytest.importorskip("numpy")


def walkthrough_of(folder: Path, widths: list[int], activation: list[str], bias: list[str], loss: str) -> Walkthrough:
    inputs = ", ".join(f"i{place} = {place}.25" for place in range(1, widths[0] + 1))
    targets = ", ".join(f"t{place} = 0.{place}" for place in range(1, widths[-1] + 1))
    path = folder / "layers.toml"
    path.write_text(f"""
title = "layers"
layers = {widths}
activation = {activation}
bias = {bias}
loss = "{loss}"
learning_rates = [1]
updates = 1
draw = {{ seed = 1, low = -1, high = 1 }}
inputs = {{ {inputs} }}
targets = {{ {targets} }}
""", encoding="utf-8")
    return load_walkthrough(path)


FUNCTIONS: dict[str, Callable[[Any], Any]] = {
    "σ": lambda x: 1 / (1 + np.exp(-x)), "tanh": np.tanh, "exp": np.exp, "ln": np.log, "abs": np.abs,
    "sign": np.sign, "ReLU": lambda x: np.maximum(x, 0), "step": lambda x: np.where(x > 0, 1.0, 0.0),
    "softplus": lambda x: np.log(1 + np.exp(x)), "total_of": np.sum,
}


def _summed(text: str) -> str:
    """Σ adds up all that follows it within its bracket."""
    while (at := text.find("Σ ")) >= 0:
        depth, end = 0, at + 2
        while end < len(text) and depth >= 0:
            depth += {"(": 1, ")": -1}.get(text[end], 0)
            end += depth >= 0
        text = f"{text[:at]}total_of({text[at + 2 : end]}){text[end:]}"
    return text


def computed(line: str, known: dict[str, Any]) -> tuple[str, Any]:
    """A printed line as NumPy computes it: our own text, in a test, over our own names."""
    left, right = line.split(" = ")
    python = _summed(right.translate(str.maketrans("[]{}", "()()"))).replace("σ", "sigma_of")
    for written, meant in (("ᵀ", ".T"), (" · ", " @ "), (" ⊙ ", " * "), ("²", "**2"), ("³", "**3"), ("⁴", "**4")):
        python = python.replace(written, meant)
    python = re.sub(r"∂E\w*/∂\w+", lambda found: f"known['{found[0]}']", python)
    names = {**FUNCTIONS, "sigma_of": FUNCTIONS["σ"], **known, "known": known}
    return left, eval(python, {"__builtins__": {}}, names)


def column(meaning: Meaning, values: dict[str, float]) -> Any:
    return np.array([values[name] for name in meaning.entries]).reshape(-1, meaning.columns)


@pytest.mark.slow
@examples(12)
@given(st.data())
def test_every_printed_line_gives_the_gradients_found_by_index(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    widths = data.draw(st.lists(st.integers(1, 4), min_size=2, max_size=4))
    count = len(widths) - 1
    loss = data.draw(st.sampled_from([*LOSSES, "(t - out)^4"]))
    kinds = st.sampled_from([*ACTIVATIONS, "softmax"] if widths[-1] > 1 else [*ACTIVATIONS])
    activation = [data.draw(kinds) if width > 1 else "tanh" for width in widths[1:]]
    activation[-1] = "sigmoid" if "entropy" in loss else activation[-1]
    bias = [data.draw(st.sampled_from(["none", "per neuron", "shared"])) for _ in range(count)]
    walkthrough = walkthrough_of(tmp_path_factory.mktemp("layers"), widths, activation, bias, loss)
    assert walkthrough.shape is not None
    vectors = as_vectors(walkthrough, walkthrough.shape)

    network = walkthrough.network
    source = random.Random(2)
    values = {name: source.uniform(-1, 1) for name in network.leaves} | dict.fromkeys(network.targets, 0.3)
    formulas = {**network.definitions, **go_back(network).formulas}
    program = Program.of(tuple(values), formulas)
    held = program.interpret({program.variables[name]: value for name, value in values.items()})

    known = {meaning.name: column(meaning, values) for meaning in vectors.meanings}
    for line in (*vectors.forward, *vectors.backward):
        name, value = computed(as_line(line), known)
        known[name] = value
    assert float(known[network.loss]) == pytest.approx(held[program.variables[network.loss]], rel=1e-9)
    found = {}
    for meaning in vectors.meanings:
        if f"∂E/∂{meaning.name}" in known:
            flat = known[f"∂E/∂{meaning.name}"].reshape(-1)
            found |= dict(zip(meaning.entries, map(float, flat), strict=True))
    found |= {name: float(known[f"∂E/∂{name}"]) for name in network.parameters if f"∂E/∂{name}" in known}
    assert set(found) == set(network.parameters)
    for name, slope in found.items():
        assert slope == pytest.approx(held[program.variables[f"dE/d{name}"]], rel=1e-9, abs=1e-12), name


WIDE = """\
The columns and matrices
  i is the column of i1, i2
  t is the column of t1, t2
  W1 is 9 × 2, row by row w1_1_1, w1_1_2, …, w1_9_2
  B1 is the column of 9 times b1
  W2 is 3 × 9, row by row w2_1_1, w2_1_2, …, w2_3_9
  W3 is 2 × 3, row by row w3_1_1, w3_1_2, …, w3_2_3
  B3 is the column of b3_1, b3_2
  · is the product of matrices, ᵀ turns rows into columns, Σ adds up all entries;
  ⊙ and /, powers and functions work entry by entry. derive show --index writes every entry out.

Forward pass
  h1 = W1 · i + B1
  out_h1 = tanh(h1)
  h2 = W2 · out_h1
  out_h2 = ReLU(h2)
  o = W3 · out_h2 + B3
  out_o = exp(o) / Σ exp(o)
  E_Total = 1/2 * Σ (t - out_o)²
  (E is short for E_Total.)

Backward pass
  ∂E/∂out_o = out_o - t
  ∂E/∂o = out_o ⊙ (∂E/∂out_o - Σ (∂E/∂out_o ⊙ out_o))
  ∂E/∂W3 = ∂E/∂o · out_h2ᵀ
  ∂E/∂B3 = ∂E/∂o
  ∂E/∂out_h2 = W3ᵀ · ∂E/∂o
  ∂E/∂h2 = (∂E/∂out_h2) ⊙ step(h2)
  ∂E/∂W2 = ∂E/∂h2 · out_h1ᵀ
  ∂E/∂out_h1 = W2ᵀ · ∂E/∂h2
  ∂E/∂h1 = (∂E/∂out_h1) ⊙ (1 - out_h1²)
  ∂E/∂W1 = ∂E/∂h1 · iᵀ
  ∂E/∂b1 = Σ ∂E/∂h1
"""


@pytest.mark.slow
def test_a_wide_network_is_shown_by_vectors_and_by_index_on_request(tmp_path: Path) -> None:
    wide = walkthrough_of(tmp_path, [2, 9, 3, 2], ["tanh", "relu", "softmax"], ["shared", "none", "per neuron"],
                          "mean squared")
    assert is_wide(wide)
    assert as_derivation(wide).removeprefix("layers\n\n") == WIDE
    by_index = CliRunner().invoke(main, ["show", "--index", str(tmp_path / "layers.toml")])
    assert by_index.exit_code == 0
    assert "∂E/∂w2_3_9 = " in by_index.output


def test_the_articles_are_shown_by_index() -> None:
    for name in ("kanungo", "mazur", "loy", "jee"):
        assert not is_wide(load_walkthrough(name))


def test_a_wide_network_in_latex_is_a_line_for_each_layer(tmp_path: Path) -> None:
    wide = walkthrough_of(tmp_path, [2, 9, 3, 2], ["tanh", "relu", "softmax"], ["shared", "none", "per neuron"],
                          "mean squared")
    latex = to_latex(wide)
    for line in (
        r"$\nnvector{\nnW{2}}$ is $3 \times 9$, row by row $\nnw{2}{1}{1}$, $\nnw{2}{1}{2}$, $\dots$, $\nnw{2}{3}{9}$.",
        r"\nnvector{\nnh{1}} &= \nnvector{\nnW{1}} \nnvector{\nni} + \nnvector{\nnB{1}}",
        r"\nnETotal &= \frac{1}{2} \sum (\nnvector{\nnt} - \nnvector{\nnouto})^{2}",
        (r"\nnpartial{\nnE}{\nnvector{\nnh{1}}} &= \nnpartial{\nnE}{\nnvector{\nnouth{1}}} \odot "
        r"(1 - \nnvector{\nnouth{1}}^{2})"),
        r"\nnpartial{\nnE}{\nnvector{\nnW{2}}} &= \nnpartial{\nnE}{\nnvector{\nnh{2}}} \nnvector{\nnouth{1}}^{\top}",
        r"\nnpartial{\nnE}{\nnb{1}} &= \sum \nnpartial{\nnE}{\nnvector{\nnh{1}}}",
        r"\nnvector{\nnW{3}}^{+} &= \nnvector{\nnW{3}} - \nnrate \nntimes \nnpartial{\nnE}{\nnvector{\nnW{3}}}",
    ):
        assert line in latex, line
    assert r"{\nnw{2}{3}{9}}" in to_latex(wide, by_index=True)
    assert r"{\nnw{2}{3}{9}}" not in latex


@pytest.mark.oracle
def test_tex_compiles_a_wide_network(tmp_path: Path, pdflatex: str) -> None:
    wide = walkthrough_of(tmp_path, [2, 9, 30, 2], ["tanh", "x/(1 + abs(x))", "softmax"], ["shared", "none", "shared"],
                          "binary cross-entropy")
    (tmp_path / "wide.tex").write_text(to_latex(wide, standalone=True), encoding="utf-8")
    for _ in range(2):
        run = subprocess.run([pdflatex, "-interaction=nonstopmode", "-halt-on-error", "wide.tex"], cwd=tmp_path,
                             capture_output=True, text=True, timeout=60, check=False, errors="replace")  # fmt: skip
        assert run.returncode == 0, run.stdout[-1500:]
    assert not re.findall(r".*(?:Overfull|Underfull|Warning|undefined|multiply).*", run.stdout)


@pytest.mark.slow
@examples(2)
@given(st.data())
def test_every_printed_line_of_a_wide_network_is_proved(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    """Our own output goes round: no line of it is left open, and some are proved."""
    widths = data.draw(st.lists(st.integers(5, 6), min_size=3, max_size=3))
    activation = [data.draw(st.sampled_from(["sigmoid", "tanh", "relu", "softplus"])) for _ in widths[1:]]
    loss = data.draw(st.sampled_from(["half squared", "squared", "mean squared"]))
    bias = [data.draw(st.sampled_from(["none", "per neuron", "shared"])) for _ in widths[1:]]
    walkthrough = walkthrough_of(tmp_path_factory.mktemp("wide"), widths, activation, bias, loss)
    text = as_derivation(walkthrough)
    found = [(one.text, one.verdict) for one in check(text)] if is_wide(walkthrough) else [("", "proved")]
    assert {verdict for _, verdict in found} <= {"proved", "definition"}, found
    assert "proved" in {verdict for _, verdict in found}
