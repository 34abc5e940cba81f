"""`derive show`: the lines of the board, held to a golden file, and each of them to SymPy's own derivative."""

from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
import sympy as sp
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from derive.__main__ import main
from derive.board.show import as_derivation, equation
from derive.board.steps import Part, Step, Way, sections
from derive.errors import DeriveError
from derive.folding import folded
from derive.formulas import Names, read_formula
from derive.gradients.chain import asked_for, derive_gradients
from derive.names import symbol
from derive.network import Network, make_network
from derive.rules import spelled_out
from derive.walkthrough import load_walkthrough
from derive.written import Partial
from tests.laws import examples

GOLDEN = Path(__file__).parent.parent / "golden"


def network_of(equations: str, parameters: str) -> Network:
    """A network from lines of equations over the inputs i1, i2 and the target t1."""
    pairs = [line.split(" = ") for line in equations.splitlines()]
    names = Names.of([*(name for name, _ in pairs), *parameters.split(), "i1", "i2", "t1"])
    return make_network([(name, read_formula(text, names)) for name, text in pairs],
                        inputs=["i1", "i2"], targets=["t1"], parameters=parameters.split())


CASES = {
    "kanungo": load_walkthrough("kanungo").network,
    "identity": network_of("o = w1*i1 + w2*i2\nE = (t1 - o)**2", "w1 w2"),
    "relu and a penalty": network_of(
        "h = ReLU(w1*i1)\nE1 = (t1 - w2*h)**2/2\nR = w1**2 + w2**2\nE = E1 + 0.1*R", "w1 w2 unused"),
    "direct and over another": network_of(
        "h = tanh(w1*i1)\ng = h + w2*σ(h)\nR = w1**2\nE = (t1 - g)**2 + 0.1*R + 0.2*w1", "w1 w2"),
    "direct": network_of("E = (w1*i1 - t1*i2)**2", "w1"),
}


def worked_out(network: Network) -> Callable[[sp.Expr], sp.Expr]:
    """A member worked out by SymPy alone: names replaced down to the leaves, derivatives taken there.

    A derivative by an inner name holds the other names: its `of` is expanded down to that name only.
    """
    definitions = {symbol(alias): symbol(name) for alias, name in network.aliases}
    definitions |= {symbol(name): expression for name, expression in network.definitions.items()}

    def down(expression: sp.Expr, stop: sp.Symbol | None = None) -> sp.Expr:
        while found := [s for s in expression.free_symbols if s in definitions and s != stop]:
            expression = expression.xreplace({s: definitions[s] for s in found})
        return expression

    @cache
    def taken(partial: Partial) -> sp.Expr:
        return down(down(partial.of, partial.by).diff(partial.by))

    return cache(lambda member: spelled_out(down(member.xreplace({p: taken(p) for p in member.atoms(Partial)}))))


@pytest.mark.slow
@pytest.mark.parametrize("most", [12, 1], ids=["path by path", "node by node"])
@pytest.mark.parametrize("network", CASES.values(), ids=list(CASES))
def test_every_line_of_the_board_holds(network: Network, most: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("derive.board.steps.MOST_PATHS", most)
    value_of = worked_out(network)
    leaves = {symbol(name): sp.Rational(place % 7 + 2, 5) for place, name in enumerate(network.leaves)}
    for section in sections(derive_gradients(network).values()):
        for step in section.steps:
            values = [value_of(member).xreplace(leaves).evalf(30) for member in step.members]
            assert all(abs(value - values[0]) <= 1e-20 * (1 + abs(values[0])) for value in values), equation(step)


def test_the_derivation_of_the_main_walkthrough_is_the_golden_one() -> None:
    assert as_derivation(load_walkthrough("kanungo"), 80) == (GOLDEN / "kanungo.txt").read_text(encoding="utf-8")


def test_the_loss_says_what_does_not_depend_on_a_weight() -> None:
    by_w5 = next(s for s in sections(derive_gradients(CASES["kanungo"]).values()) if s.by == "w5")
    assert by_w5.steps[0].part is Part.SPLIT
    assert by_w5.steps[0].idle == ("E2",)
    assert equation(by_w5.steps[0]) == "∂E/∂w5 = ∂(E1 + E2)/∂w5 = ∂E1/∂w5"


def test_gradients_come_in_the_order_of_the_board_the_output_layer_first() -> None:
    asked = sections(derive_gradients(CASES["kanungo"]).values())
    assert [section.by for section in asked] == ["w5", "w6", "w7", "w8", "w1", "w2", "w3", "w4"]


def test_a_parameter_without_influence_has_gradient_zero() -> None:
    found = sections(derive_gradients(CASES["relu and a penalty"]).values())
    assert next(section for section in found if section.by == "unused").steps == (
        Step(Part.GRADIENT, (Partial(symbol("E"), symbol("unused")), sp.Integer(0)), ("E",)),)


def test_many_paths_are_written_node_by_node(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("derive.board.steps.MOST_PATHS", 1)
    found = {section.by: section for section in sections(derive_gradients(CASES["kanungo"]).values())}
    assert list(found)[:4] == ["E2", "E1", "out_o2", "o2"]
    assert equation(found["out_h1"].steps[0]) == (
        "∂E/∂out_h1 = (∂E/∂o1) * (∂o1/∂out_h1) + (∂E/∂o2) * (∂o2/∂out_h1)")
    assert equation(found["w1"].steps[-1]) == "∂E/∂w1 = (∂E/∂h1) * i1"


@examples(30)
@given(st.recursive(st.sampled_from(["w1", "out_h1", "(1 - t1)"]),
                    lambda part: st.builds("[{} {} {}]".format, part, st.sampled_from("+-*"), part), max_leaves=20),
       st.sampled_from(["", ", since y1 + y2 + y3 = 1"]), st.integers(20, 90))
def test_folding_loses_nothing_and_fits(formula: str, reason: str, width: int) -> None:
    line = f"    ∂E/∂w1 = {formula} = {formula}{reason}"
    pieces = list(folded(line, width))
    assert " ".join(piece.strip() for piece in pieces) == line.strip()
    assert all(len(piece) <= width or width < 60 for piece in pieces)


def test_show_writes_to_a_file_without_folding(tmp_path: Path) -> None:
    target = tmp_path / "out.txt"
    result = CliRunner().invoke(main, ["show", "-o", str(target)])
    assert result.exit_code == 0, result.output
    assert target.read_text(encoding="utf-8") == as_derivation(load_walkthrough("kanungo"))
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.parametrize(("arguments", "told"), [
    (["show", "nope"], "nope: there is no such walkthrough"),
    (["show", "-o", "no-such-folder/x.txt"], "no-such-folder/x.txt: there is no such folder"),
])  # fmt: skip
def test_a_fault_is_told_in_one_line(arguments: list[str], told: str) -> None:
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 2
    assert result.stderr.startswith(f"error: {told}")
    assert result.stderr.count("\n") == 1


@pytest.mark.parametrize(("name", "loss", "gradient"), [
    ("parmelee", "  E_Total = 1/5 * Σ E", "  ∂E_Total/∂W3 = 1/5 * Σ ∂E/∂W3"),
    ("tripathi", "  E_Total = Σ E", "  ∂E_Total/∂w3 = Σ ∂E/∂w3"),
])
def test_many_samples_are_a_sum_or_a_mean(name: str, loss: str, gradient: str) -> None:
    lines = as_derivation(load_walkthrough(name)).splitlines()
    assert loss in lines
    assert gradient in lines


@pytest.mark.parametrize("name", ["E", "E_Total"])
def test_the_loss_by_itself_is_said_to_be_the_loss(name: str) -> None:
    with pytest.raises(DeriveError, match="is the loss itself") as caught:
        asked_for(CASES["kanungo"], name)
    assert caught.value.where == name
    assert "w" in caught.value.right


@pytest.mark.parametrize("way", [None, *Way])
@pytest.mark.parametrize("name", ["E1", "E2"])
def test_the_loss_by_a_term_of_its_sum_is_1(name: str, way: Way | None) -> None:
    (section,) = sections(asked_for(CASES["kanungo"], name), way)
    assert equation(section.steps[-1]) == f"∂E/∂{name} = 1"
