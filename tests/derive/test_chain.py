"""The chain rule against two others: SymPy's derivative of the expanded loss, and central differences."""

from fractions import Fraction

import pytest
import sympy as sp

from derive.gradients.chain import Derivation, derive_by, derive_gradients
from derive.names import symbol
from derive.network import Network
from derive.rules import spelled_out
from derive.walkthrough import Walkthrough

WEIGHTS = [f"w{i}" for i in range(1, 9)]


def expanded(network: Network, expression: sp.Expr) -> sp.Expr:
    """An expression in leaves alone."""
    for name in reversed(list(network.definitions)):
        expression = expression.subs(symbol(name), network.definitions[name].doit())
    return spelled_out(expression)


@pytest.fixture(scope="module")
def gradients(kanungo: Walkthrough) -> dict[str, Derivation]:
    return dict(derive_gradients(kanungo.network))


@pytest.mark.parametrize("weight", WEIGHTS)
def test_a_gradient_is_sympys_derivative_of_the_expanded_loss(
    kanungo: Walkthrough, gradients: dict[str, Derivation], weight: str
) -> None:
    network = kanungo.network
    theirs = expanded(network, symbol(network.loss)).diff(symbol(weight))
    ours = expanded(network, gradients[weight].value)
    at = {symbol(name): value for name, value in kanungo.start.items()}
    assert abs((ours - theirs).evalf(60, subs=at)) < sp.Float("1e-50")


@pytest.mark.parametrize("weight", WEIGHTS)
def test_a_gradient_is_the_sum_of_its_paths(
    kanungo: Walkthrough, gradients: dict[str, Derivation], weight: str
) -> None:
    paths = sp.Add(*(path.value.doit() for path in gradients[weight].paths()))
    assert sp.expand(gradients[weight].value.doit() - paths) == 0


@pytest.mark.parametrize("weight", WEIGHTS)
def test_a_gradient_is_a_central_difference(
    kanungo: Walkthrough, gradients: dict[str, Derivation], weight: str
) -> None:
    network = kanungo.network
    loss = sp.lambdify([symbol(n) for n in network.leaves], expanded(network, symbol(network.loss)), "mpmath")
    slope = sp.lambdify([symbol(n) for n in network.leaves], expanded(network, gradients[weight].value), "mpmath")
    at = [Fraction(int(kanungo.start[n].p), int(kanungo.start[n].q)) for n in network.leaves]
    place, step = network.leaves.index(weight), Fraction(1, 10**5)

    def moved(by: Fraction) -> list[float]:
        return [float(value + by) if index == place else float(value) for index, value in enumerate(at)]

    difference = (loss(*moved(step)) - loss(*moved(-step))) / float(2 * step)
    assert difference == pytest.approx(slope(*moved(Fraction(0))), rel=1e-7)


def test_the_factors_stand_in_the_order_of_the_article(gradients: dict[str, Derivation]) -> None:
    (path,) = gradients["w5"].paths()
    assert path.names == ("E_Total", "E1", "out_o1", "o1", "w5")
    t1, out_o1, out_h1 = symbol("t1"), symbol("out_o1"), symbol("out_h1")
    values = [factor.value.args for factor in path.factors]
    assert values[1] == (out_o1, sp.Mul(-1, t1, evaluate=False))
    assert values[2][0] == out_o1
    assert path.factors[3].value == out_h1


def test_a_hidden_weight_has_a_path_through_each_output(gradients: dict[str, Derivation]) -> None:
    assert [path.names[1] for path in gradients["w3"].paths()] == ["E1", "E2"]


def test_e2_does_not_depend_on_w5(kanungo: Walkthrough) -> None:
    apart = derive_by(kanungo.network, "E2", "w5")
    assert apart.is_zero
    assert apart.value == 0
    assert list(apart.paths()) == []


def test_a_quantity_by_itself_is_one(kanungo: Walkthrough) -> None:
    assert derive_by(kanungo.network, "h1", "h1").value == 1
