"""Small networks: their forward equations as formulas over keys, and values to compute with."""

import random
from collections.abc import Mapping
from dataclasses import dataclass

import sympy as sp

from tests.documents.terms import (
    HALF,
    ONE,
    Call,
    Meaning,
    Name,
    Negative,
    Number,
    Power,
    Product,
    Ratio,
    Rule,
    Term,
    minus,
    times,
    total,
)

LOSSES = ("half squared", "halved", "squared", "binary cross entropy")
OWN: Mapping[str, Term] = {
    "logistic": Ratio((ONE, total(ONE, Call("exp", (Negative((Name("variable"),)),))))),
    "swish": Ratio((Name("variable"), total(ONE, Call("exp", (Negative((Name("variable"),)),))))),
    "square": Power((Name("variable"),), 2),
    "cube": Power((Name("variable"),), 3),
    "bell": Call("exp", (Negative((Power((Name("variable"),), 2),)),)),
    "rational": Ratio((Name("variable"), total(ONE, Power((Name("variable"),), 2)))),
}
"""Activations that a document may define itself."""


@dataclass(frozen=True)
class Network:
    """Inputs, hidden units (none: a single layer) and outputs, with the functions between them."""

    sizes: tuple[int, ...]
    biased: bool
    hidden: str
    output: str
    loss: str
    own: str | None
    """Which of OWN it defines, where an activation is `own`."""
    definitions: Mapping[str, Term]
    meaning: Meaning

    @property
    def layers(self) -> tuple[int, ...]:
        """The layers with weights; the last is 2 where there is a hidden one."""
        return (1, 2) if len(self.sizes) == 3 else (2,)

    def before(self, layer: int) -> tuple[str, ...]:
        """What a layer reads."""
        if layer == 1 or len(self.sizes) == 2:
            return tuple(f"input {i}" for i in range(1, self.sizes[0] + 1))
        return tuple(f"out 1 {i}" for i in range(1, self.sizes[1] + 1))

    def units(self, layer: int) -> range:
        """The numbers of a layer's units."""
        return range(1, self.sizes[-1 if layer == 2 else 1] + 1)

    def activation(self, layer: int) -> str:
        """The function of a layer's units."""
        return self.output if layer == 2 else self.hidden

    @property
    def parameters(self) -> tuple[str, ...]:
        """Weights, then biases, layer by layer."""
        return tuple(key for key in self.leaves if key.startswith(("weight", "bias")))

    @property
    def leaves(self) -> tuple[str, ...]:
        """What is given: inputs, targets, parameters."""
        weights = [
            key
            for layer in self.layers
            for j in self.units(layer)
            for key in (
                *(f"weight {layer} {j}{i}" for i in range(1, len(self.before(layer)) + 1)),
                *((f"bias {layer} {j}",) if self.biased else ()),
            )
        ]
        inputs = [f"input {i}" for i in range(1, self.sizes[0] + 1)]
        return (*inputs, *(f"target {k}" for k in self.units(2)), *weights)

    @property
    def errors(self) -> tuple[str, ...]:
        """The loss of each output: the loss itself where there is but one."""
        return tuple(f"part {k}" for k in self.units(2)) if self.sizes[-1] > 1 else ("loss",)


def draw(rng: random.Random, *, single: bool = False) -> Network:
    """A random network, from 1-1 and 1-1-1 to 3-2-2."""
    if single:
        sizes: tuple[int, ...] = rng.choice([(1, 1), (1, 1, 1), (1, 1, 1)])
    else:
        sizes = rng.choice([(1, 1), (2, 1), (3, 1), (1, 1, 1), (1, 2, 1), (2, 2, 1), (2, 2, 2), (3, 2, 2)])
    loss = rng.choice(LOSSES)
    own = rng.choice(list(OWN)) if rng.random() < 0.2 else None
    output = "sigmoid" if loss == "binary cross entropy" else rng.choice(["sigmoid", "sigmoid", "identity", "tanh"])
    hidden = rng.choice(["sigmoid", "sigmoid", "tanh", "softplus", "identity"])
    if own and len(sizes) == 3:
        hidden = "own"
    elif own and loss != "binary cross entropy":
        output = "own"
    else:
        own = None
    return build(sizes, rng.random() < 0.6, hidden, output, loss, own)


def build(sizes: tuple[int, ...], biased: bool, hidden: str, output: str, loss: str, own: str | None) -> Network:
    """The network with its forward equations."""
    bare = Network(sizes, biased, hidden, output, loss, own, {}, Meaning({}, {}))
    definitions: dict[str, Term] = {}
    for layer in bare.layers:
        read = bare.before(layer)
        for j in bare.units(layer):
            products = [times(Name(f"weight {layer} {j}{i}"), Name(name)) for i, name in enumerate(read, start=1)]
            bias = [Name(f"bias {layer} {j}")] if biased else []
            definitions[f"net {layer} {j}"] = total(*products, *bias)
            definitions[f"out {layer} {j}"] = applied(bare.activation(layer), Name(f"net {layer} {j}"))
    for k, error in zip(bare.units(2), bare.errors, strict=True):
        definitions[error] = _loss(loss, Name(f"target {k}"), Name(f"out 2 {k}"))
    if len(bare.errors) > 1:
        definitions["loss"] = total(*map(Name, bare.errors))
    rules: dict[str, Rule] = {}
    if own:
        x = Name("variable")
        rules["own"] = Rule(("variable",), OWN[own])
        rules["own slope"] = Rule(("variable",), own_slope(own, x, Call("own", (x,))))
    return Network(sizes, biased, hidden, output, loss, own, definitions, Meaning(definitions, rules))


def applied(activation: str, to: Term) -> Term:
    """An activation at a net input."""
    return to if activation == "identity" else Call(activation, (to,))


def slope(activation: str, out: Term, net: Term) -> Term:
    """An activation's derivative as people write it, with what it gave."""
    match activation:
        case "sigmoid":
            return times(out, minus(ONE, out))
        case "tanh":
            return minus(ONE, Power((out,), 2))
        case "softplus":
            return Call("sigmoid", (net,))
        case "identity":
            return ONE
        case "own":
            return Call("own slope", (net,))
    raise ValueError(f"no slope for {activation}")


def own_slope(own: str, x: Term, value: Term) -> Term:
    """The derivative of a function of OWN, by hand."""
    match own:
        case "logistic":
            return times(value, minus(ONE, value))
        case "swish":
            logistic = Ratio((ONE, total(ONE, Call("exp", (Negative((x,)),)))))
            return total(value, times(logistic, minus(ONE, value)))
        case "square":
            return times(Number("2"), x)
        case "cube":
            return times(Number("3"), Power((x,), 2))
        case "bell":
            return Negative((times(Number("2"), x, Call("exp", (Negative((Power((x,), 2),)),))),))
        case "rational":
            return Ratio((minus(ONE, Power((x,), 2)), Power((total(ONE, Power((x,), 2)),), 2)))
    raise ValueError(f"no slope for {own}")


def _loss(loss: str, target: Term, out: Term) -> Term:
    match loss:
        case "half squared":
            return times(HALF, Power((minus(target, out),), 2))
        case "halved":
            return Ratio((Power((minus(out, target),), 2), Number("2")))
        case "squared":
            return Power((minus(target, out),), 2)
        case "binary cross entropy":
            other = times(minus(ONE, target), Call("log", (minus(ONE, out),)))
            return Negative((total(times(target, Call("log", (out,))), other),))
    raise ValueError(f"no loss {loss}")


def loss_slope(loss: str, target: Term, out: Term) -> tuple[Term, ...]:
    """The derivative of the loss by what the network gave, in the ways that people write it."""
    match loss:
        case "half squared" | "halved":
            return minus(out, target), Negative((minus(target, out),))
        case "squared":
            two = Number("2")
            return times(two, minus(out, target)), Negative((times(two, minus(target, out)),))
        case "binary cross entropy":
            apart = total(Negative((Ratio((target, out)),)), Ratio((minus(ONE, target), minus(ONE, out))))
            return apart, Ratio((minus(out, target), Product((out, minus(ONE, out)))))
    raise ValueError(f"no loss {loss}")


def point(rng: random.Random, network: Network) -> dict[str, str]:
    """A value for every input, target and parameter, as it is printed."""
    found: dict[str, str] = {}
    for key in network.leaves:
        if key.startswith("input"):
            found[key] = rng.choice(["0.05", "0.1", "0.5", "1", "2", "-1", "0.35", "1.5"])
        elif key.startswith("target"):
            found[key] = rng.choice(["0", "1", "0.01", "0.99", "0.5"])
        else:
            found[key] = rng.choice(["0.15", "0.2", "0.25", "0.3", "-0.4", "0.45", "0.5", "0.55", "0.6", "-0.1", "0.8"])
    return found


def exact(values: Mapping[str, str]) -> dict[str, sp.Rational]:
    """The values as SymPy has them."""
    return {key: sp.Rational(text) for key, text in values.items()}
