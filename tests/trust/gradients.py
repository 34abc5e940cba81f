"""Every gradient against central differences in fifty digits, on the walkthroughs and on random networks."""

import random
from collections.abc import Mapping
from typing import Any

import mpmath

from derive.gradients.chain import derive_gradients
from derive.names import symbol
from derive.network import Network, make_network
from derive.rules import Sigmoid, Softplus, Tanh
from derive.walkthrough import built_in, load_walkthrough
from tests.derive.numeric import value_at

DIGITS = 50
STEP = mpmath.mpf(10) ** -20
CLOSE = mpmath.mpf(10) ** -15
FUNCTIONS = (Sigmoid, Tanh, Softplus)


def values(network: Network, point: Mapping[str, Any]) -> dict[str, Any]:
    """Every quantity of a network at a point for its leaves."""
    found = dict(point)
    for node in network.nodes:
        found[node.name] = value_at(node.expression, found)
    return found


def wrong_gradients(network: Network, random_: random.Random) -> tuple[int, list[str]]:
    """How many gradients were looked at, and those that are not the slope of the loss."""
    with mpmath.workdps(DIGITS):
        point = {name: mpmath.mpf(random_.uniform(0.1, 0.9)) for name in network.leaves}
        here = values(network, point)
        wrong = []
        gradients = derive_gradients(network)
        for parameter, derivation in gradients.items():
            up, down = (
                values(network, {**point, parameter: point[parameter] + sign * STEP})[network.loss] for sign in (1, -1)
            )
            slope = (up - down) / (2 * STEP)
            if abs(slope - value_at(derivation.value, here)) > CLOSE * max(1, abs(slope)):
                wrong.append(f"{network.loss} by {parameter}: {derivation.value}")
    return len(gradients), wrong


def networks(seed: int, count: int) -> list[Network]:
    """The walkthroughs' networks, and random small ones."""
    random_ = random.Random(seed)
    return [load_walkthrough(name).network for name in built_in()] + [small(random_) for _ in range(count)]


def small(random_: random.Random) -> Network:
    """A network of one or two layers of up to three nodes."""
    inputs = [f"i{k}" for k in range(1, random_.randint(1, 3) + 1)]
    equations: list[tuple[str, Any]] = []
    parameters: list[str] = []
    last = inputs
    for layer in "ab"[: random_.randint(1, 2)]:
        made = []
        for unit in range(1, random_.randint(1, 3) + 1):
            parameters.append(f"c{layer}{unit}")
            total = symbol(parameters[-1])
            for source in last:
                parameters.append(f"w{len(parameters)}")
                total = total + symbol(parameters[-1]) * symbol(source)
            made.append(f"{layer}{unit}")
            equations.append((made[-1], random_.choice(FUNCTIONS)(total)))
        last = made
    targets = [f"t{k}" for k in range(1, len(last) + 1)]
    loss = sum((symbol(t) - symbol(out)) ** 2 for t, out in zip(targets, last, strict=True)) / 2
    equations.append(("E", loss))
    return make_network(equations, inputs=inputs, targets=targets, parameters=parameters)
