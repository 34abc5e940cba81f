"""The lines of a derivation, each one right: forward equations, gradients, updates, a worked example."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace

import sympy as sp

from tests.documents import networks
from tests.documents.networks import Network
from tests.documents.terms import (
    Call,
    Derivative,
    Meaning,
    Name,
    Number,
    Term,
    minus,
    times,
    total,
)


@dataclass(frozen=True)
class Line:
    """A chain of equalities; `act` is function, forward, slope, gradient, delta, update, given or value."""

    members: tuple[Term, ...]
    act: str
    signs: tuple[str, ...] = ()
    """The sign before each member but the first, where it is no `=`."""

    @property
    def defines(self) -> bool:
        """Whether its first equality makes a name what it is."""
        return self.act in ("function", "forward", "delta", "given", "update")


def slope_of(of: str, by: str) -> Term:
    """One quantity's derivative by another."""
    return Derivative((Name(of),), by)


def forward(rng: random.Random, network: Network) -> Iterator[Line]:
    """The document's own functions, then every node."""
    if network.own:
        x = (Name("variable"),)
        yield Line((Call("own", x), network.meaning.rules["own"].body), "function")
        yield Line((Call("own slope", x), network.meaning.rules["own slope"].body), "function")
    written_out = rng.random() < 0.15
    for key, body in network.definitions.items():
        members: tuple[Term, ...] = (Name(key), body)
        if written_out and isinstance(body, Call) and isinstance(body.parts[0], Name):
            members = (*members, Call(body.function, (network.definitions[body.parts[0].key],)))
        yield Line(members, "forward")


@dataclass(frozen=True)
class Steps:
    """The factors of every gradient of a network, as one person writes them."""

    network: Network
    rng: random.Random

    def error_slope(self, k: int) -> Term:
        """∂E/∂out of output k."""
        ways = networks.loss_slope(self.network.loss, Name(f"target {k}"), Name(f"out 2 {k}"))
        return self.rng.choice(ways)

    def out_slope(self, layer: int, j: int) -> Term:
        """∂out/∂net of a unit."""
        return networks.slope(self.network.activation(layer), Name(f"out {layer} {j}"), Name(f"net {layer} {j}"))

    def net_slope(self, parameter: str) -> Term:
        """∂net/∂w: what the weight is multiplied by."""
        words = parameter.split()
        if words[0] == "bias":
            return Number("1")
        return Name(self.network.before(int(words[1]))[int(words[2][1:]) - 1])


def unit(parameter: str) -> tuple[int, int]:
    """Layer and number of the unit that a parameter belongs to."""
    _, layer, index = parameter.split()
    return int(layer), int(index[0])


def backward(rng: random.Random, network: Network, style: str) -> Iterator[Line]:
    """Every gradient, in the style: steps, chain, full, or delta."""
    steps = Steps(network, rng)
    slopes = {k: steps.error_slope(k) for k in network.units(2)}
    if style == "steps":
        yield from _local(steps, slopes)
    if style == "delta":
        yield from _deltas(steps, slopes)
    for parameter in sorted(network.parameters, key=lambda key: -unit(key)[0]):
        yield _gradient(steps, slopes, parameter, style)


def _local(steps: Steps, slopes: dict[int, Term]) -> Iterator[Line]:
    network = steps.network
    for layer in reversed(network.layers):
        for j in network.units(layer):
            if layer == 2:
                yield Line((slope_of(network.errors[j - 1], f"out 2 {j}"), slopes[j]), "slope")
            if network.activation(layer) != "identity" or steps.rng.random() < 0.5:
                yield Line((slope_of(f"out {layer} {j}", f"net {layer} {j}"), steps.out_slope(layer, j)), "slope")
            for parameter in network.parameters:
                if unit(parameter) == (layer, j):
                    yield Line((slope_of(f"net {layer} {j}", parameter), steps.net_slope(parameter)), "slope")
            if layer == 2 and len(network.layers) > 1:
                for i in network.units(1):
                    yield Line((slope_of(f"net 2 {j}", f"out 1 {i}"), Name(f"weight 2 {j}{i}")), "slope")


def _deltas(steps: Steps, slopes: dict[int, Term]) -> Iterator[Line]:
    network = steps.network
    for k in network.units(2):
        body = times(slopes[k], steps.out_slope(2, k))
        yield Line((Name(f"delta 2 {k}"), slope_of("loss", f"net 2 {k}"), body), "delta")
    if len(network.layers) > 1:
        for j in network.units(1):
            back = total(*(times(Name(f"delta 2 {k}"), Name(f"weight 2 {k}{j}")) for k in network.units(2)))
            yield Line((Name(f"delta 1 {j}"), times(back, steps.out_slope(1, j))), "delta")


def _gradient(steps: Steps, slopes: dict[int, Term], parameter: str, style: str) -> Line:
    network = steps.network
    layer, j = unit(parameter)
    left = slope_of("loss", parameter)
    if style == "delta":
        delta = Name(f"delta {layer} {j}")
        if parameter.startswith("bias"):
            return Line((left, delta), "gradient")
        return Line((left, times(delta, steps.net_slope(parameter))), "gradient")
    out, net = f"out {layer} {j}", f"net {layer} {j}"
    ends = [steps.out_slope(layer, j)] if network.activation(layer) != "identity" else []
    ends += [] if parameter.startswith("bias") else [steps.net_slope(parameter)]
    if layer == 2:
        error = network.errors[j - 1]
        chain: Term = times(slope_of(error, out), slope_of(out, net), slope_of(net, parameter))
        full = times(slopes[j], *ends)
    else:
        paths, whole = [], []
        for k in network.units(2):
            error = network.errors[k - 1]
            paths.append(
                times(slope_of(error, f"out 2 {k}"), slope_of(f"out 2 {k}", f"net 2 {k}"), slope_of(f"net 2 {k}", out))
            )
            slope = [] if network.activation(2) == "identity" else [steps.out_slope(2, k)]
            whole.append(times(slopes[k], *slope, Name(f"weight 2 {k}{j}")))
        chain = times(total(*paths), slope_of(out, net), slope_of(net, parameter))
        full = times(total(*whole), *ends)
    members = {"steps": (left, chain, full), "chain": (left, chain), "full": (left, full)}[style]
    return Line(members, "gradient")


def updates(rng: random.Random, network: Network) -> Iterator[Line]:
    """w_new = w - η ∂E/∂w for a few weights; the new value's key is `new KEY`."""
    sign = rng.choice(["=", "=", "←", ":=", "-="])
    for parameter in rng.sample(network.parameters, min(2, len(network.parameters))):
        step = times(Name("rate"), slope_of("loss", parameter))
        if sign == "-=":
            yield Line((Name(parameter), step), "update", (sign,))
        else:
            yield Line((Name(f"new {parameter}"), minus(Name(parameter), step)), "update", (sign,))


def example(rng: random.Random, network: Network) -> Iterator[Line]:
    """The values of the leaves, and what follows for the nodes and some gradients: rounded, or cut off."""
    values = networks.point(rng, network)
    digits, cut = rng.choice([3, 4, 4, 6, 9]), rng.random() < 0.3
    for key, text in values.items():
        yield Line((Name(key), Number(text)), "given")
    point = networks.exact(values)
    substituted = rng.random() < 0.5
    for key, body in network.definitions.items():
        value = printed(network.meaning.value(Name(key), point), digits, cut=cut)
        members: tuple[Term, ...] = (Name(key), Number(value))
        if substituted and key.startswith("net 1"):
            members = (Name(key), _put_in(body, values), Number(value))
        yield Line(members, "value", rng.choice([(), ("≈",) * (len(members) - 1)]))
    for parameter in rng.sample(network.parameters, min(3, len(network.parameters))):
        value = printed(network.meaning.value(slope_of("loss", parameter), point), digits, cut=cut)
        yield Line((slope_of("loss", parameter), Number(value)), "value")


def _put_in(term: Term, values: dict[str, str]) -> Term:
    if isinstance(term, Name):
        return Number(values[term.key])
    return term.over(tuple(_put_in(part, values) for part in term.parts))


def printed(value: sp.Float, digits: int, *, cut: bool) -> str:
    """A value rounded or cut off at so many digits behind the point."""
    scaled = abs(value) * 10**digits
    whole = int(sp.floor(scaled)) if cut else int(sp.floor(scaled + sp.Rational(1, 2)))
    text = str(whole).rjust(digits + 1, "0")
    return f"{'-' if value < 0 and whole else ''}{text[:-digits]}.{text[-digits:]}"


def with_deltas(meaning: Meaning, lines: tuple[Line, ...]) -> Meaning:
    """What quantities are, once the lines that name deltas and new values are known."""
    own = {
        line.members[0].key: line.members[-1]
        for line in lines
        if line.act in ("delta", "update") and isinstance(line.members[0], Name) and line.signs != ("-=",)
    }
    return replace(meaning, definitions={**meaning.definitions, **own})


def holds(meaning: Meaning, line: Line) -> bool:
    """Whether all equalities of a line that states something in formulas are true; of numbers their maker answers."""
    if line.act in ("given", "value", "function", "update"):
        return True
    return all(meaning.agree(line.members[0], other) for other in line.members[1:] if not is_printed(other))


def is_printed(member: Term) -> bool:
    """Whether a member is a number that was computed."""
    return isinstance(member, Number) and "." in member.text
