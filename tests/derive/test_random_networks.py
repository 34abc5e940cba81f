"""Gradients of networks that nobody chose: against SymPy's derivative of the expanded loss, and central differences."""

import random
from collections.abc import Mapping

import mpmath
import pytest
import sympy as sp
from hypothesis import given
from hypothesis import strategies as st

from derive.formulas import Names, read_formula
from derive.gradients.backward import Backward, go_back
from derive.gradients.chain import derive_gradients
from derive.names import symbol
from derive.network import Network, make_network
from derive.rules import spelled_out
from derive.training.program import Program
from derive.walkthrough.layers import ACTIVATIONS, LOSSES, SOFTMAX, shape_of, write_out
from tests.laws import examples


def layered(widths: list[int], activations: list[str], biases: list[str], loss: str) -> Network:
    """The network of a shorthand."""
    inputs = tuple(f"x{place}" for place in range(1, widths[0] + 1))
    targets = tuple(f"y{place}" for place in range(1, widths[-1] + 1))
    written = write_out(shape_of(widths, activations, biases, loss), inputs, targets, loss="E")
    return network_of(dict(line.split(" = ") for line in written.equations), inputs, targets, written.parameters)


def network_of(
    equations: Mapping[str, str], inputs: tuple[str, ...], targets: tuple[str, ...], parameters: tuple[str, ...]
) -> Network:
    names = Names.of([*inputs, *targets, *parameters, *equations])
    read = [(name, read_formula(text, names)) for name, text in equations.items()]
    return make_network(read, inputs=inputs, targets=targets, parameters=parameters, loss=list(equations)[-1])


@st.composite
def layered_networks(draw: st.DrawFn) -> Network:
    """Any layers, activations, biases and loss that are defined everywhere."""
    widths = draw(st.lists(st.integers(1, 3), min_size=2, max_size=4))
    count = len(widths) - 1
    loss = draw(st.sampled_from([*LOSSES, "(t - out)^4"]))
    into_logarithms = ["sigmoid"] if loss == "binary cross-entropy" else ["sigmoid", SOFTMAX]
    anything = [*ACTIVATIONS, SOFTMAX, "x/(1 + x^2)"]
    kinds = [*[anything] * (count - 1), into_logarithms if "entropy" in loss else anything]
    activations = [  # a softmax over one neuron is refused
        draw(st.sampled_from([name for name in kind if name != SOFTMAX or width > 1]))
        for width, kind in zip(widths[1:], kinds, strict=True)
    ]
    biases = draw(st.lists(st.sampled_from(["none", "per neuron", "shared"]), min_size=count, max_size=count))
    return layered(widths, activations, biases, loss)


FORMS = ("{a}*{b}", "{a} + {b}", "{a} - {p}*{b}", "σ({a})*{b}", "exp({a}/4) + {b}", "tanh({a}*{b})",
         "({a} - {b})^2", "{p}*{a} + {p}*{b} + {p}", "sin({a})", "{a}/(2 + cos({b}))", "softplus({a}) + {p}", "{a}^3/5")


@st.composite
def free_networks(draw: st.DrawFn) -> Network:
    """Equations in which a node may use any earlier one, several times, and a parameter may stand in many."""
    parameters, known = ("p", "q"), ["x", "p", "q"]
    equations: dict[str, str] = {}
    for place in range(1, draw(st.integers(2, 6)) + 1):
        form = draw(st.sampled_from(FORMS))
        chosen = {key: draw(st.sampled_from(known)) for key in "ab"} | {"p": draw(st.sampled_from(parameters))}
        equations[f"n{place}"] = form.format(**chosen)
        known.append(f"n{place}")
    equations["L"] = " + ".join(f"{name}^2" for name in equations)
    return network_of(equations, ("x",), (), parameters)


def expanded(network: Network) -> sp.Expr:
    """The loss in leaves alone, as SymPy has it."""
    values: dict[sp.Symbol, sp.Expr] = {}
    for name, expression in network.definitions.items():
        values[symbol(name)] = expression.doit().xreplace(values)
    return spelled_out(values[symbol(network.loss)])


def start_of(network: Network, seed: int) -> dict[str, sp.Rational]:
    """Rational values for the leaves; no two alike, none 0."""
    source = random.Random(seed)
    return {name: sp.Rational(source.choice([-1, 1]) * source.randint(50, 950), 1000) + sp.Rational(place, 10**6)
            for place, name in enumerate(network.leaves)}


def computed(network: Network, back: Backward, start: Mapping[str, float]) -> dict[str, float]:
    """Every gradient in floating point."""
    program = Program.of(tuple(start), {**network.definitions, **back.formulas})
    held = program.interpret({program.variables[name]: value for name, value in start.items()})
    return {name: held[program.variables[name]] for name in (network.loss, *back.gradients)}


def check(network: Network, seed: int) -> None:
    """The shared form, the hand form, SymPy's derivative and the central difference are one."""
    start = start_of(network, seed)
    floats = {name: float(value) for name, value in start.items()}
    shared, by_hand = (computed(network, go_back(network, most_paths=most), floats) for most in (0, 10**9))
    loss = expanded(network)
    at = {symbol(name): value for name, value in start.items()}
    # SymPy's side is the slow one: the first parameter, one in the middle and the last are enough for one example.
    for name in {network.parameters[place] for place in (0, len(network.parameters) // 2, -1)}:
        gradient = f"d{network.loss_name}/d{name}"
        theirs = float(loss.diff(symbol(name)).xreplace(at).evalf(25))
        close = 1e-9 * max(1.0, abs(theirs))
        assert abs(shared[gradient] - theirs) < close, (name, shared[gradient], theirs)
        assert abs(by_hand[gradient] - theirs) < close, (name, by_hand[gradient], theirs)
        step = 1e-6
        up, down = (computed(network, go_back(network), {**floats, name: floats[name] + by})[network.loss]
                    for by in (step, -step))
        assert abs((up - down) / (2 * step) - theirs) < 1e-5 * max(1.0, abs(theirs), abs(up)), name


@pytest.mark.slow
@examples(8)
@given(layered_networks(), st.integers(0, 9))
def test_a_layered_networks_gradients(network: Network, seed: int) -> None:
    check(network, seed)


@pytest.mark.slow
@examples(20)
@given(free_networks(), st.integers(0, 9))
def test_a_free_networks_gradients(network: Network, seed: int) -> None:
    check(network, seed)


@examples(8)
@given(free_networks())
def test_the_paths_are_as_many_as_counted_and_add_up(network: Network) -> None:
    at = {symbol(name): value for name, value in start_of(network, 1).items()}
    for node, expression in network.definitions.items():
        at[symbol(node)] = spelled_out(expression.doit()).evalf(30, subs=at)
    for name, derivation in derive_gradients(network).items():
        paths = list(derivation.paths())
        assert len(paths) == derivation.adjoints.path_counts.get(name, 0)
        total = mpmath.fsum(spelled_out(path.value.doit()).evalf(30, subs=at) for path in paths)
        whole = spelled_out(derivation.value.doit()).evalf(30, subs=at)
        assert abs(total - whole) < 1e-15 * max(1, abs(whole))
