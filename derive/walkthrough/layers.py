"""The layered shorthand written out: `layers = [2, 4, 1]` becomes the equations that a person would type.

Named as on the board while there is at most one hidden layer (`w1 h1 out_h1 b1 o1 out_o1 E1`); in deeper networks the
layer stands in the name: `h2_3` is the third neuron of the second hidden layer, `w2_3_1` leads to it from the first of
the layer before, `b2_3` is its bias.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from types import MappingProxyType

from msgspec import Struct

from derive.errors import DeriveError
from derive.formulas import Names, read_formula

_NAME = re.compile(r"[^\W\d]\w*")
MOST_WEIGHTS = 20_000
BIASES = ("none", "per neuron", "shared")
SOFTMAX = "softmax"

ACTIVATIONS: MappingProxyType[str, str] = MappingProxyType({
    "identity": "x",
    "sigmoid": "σ(x)",
    "tanh": "tanh(x)",
    "relu": "ReLU(x)",
    "softplus": "softplus(x)",
})  # fmt: skip
"""Name to formula in x, the weighted sum; softmax uses all sums of its layer and is written by `_activated`."""


class Loss(Struct, frozen=True):
    """The error of one output, a formula in t and out, and whether the outputs' errors are averaged or summed."""

    formula: str
    averaged: bool = False


LOSSES: MappingProxyType[str, Loss] = MappingProxyType({
    "half squared": Loss("1/2*(t - out)^2"),
    "squared": Loss("(t - out)^2"),
    "mean squared": Loss("(t - out)^2", averaged=True),
    "binary cross-entropy": Loss("-(t*ln(out) + (1 - t)*ln(1 - out))"),
    "categorical cross-entropy": Loss("-t*ln(out)"),
})  # fmt: skip


class Shape(Struct, frozen=True):
    """What the shorthand says: widths from inputs to outputs, one activation and one kind of bias a layer, the loss."""

    widths: tuple[int, ...]
    activations: tuple[str, ...]
    biases: tuple[str, ...]
    loss: str


class WrittenOut(Struct, frozen=True):
    """The equations as text, the weights and biases in the order of their layers, and the name of the loss."""

    equations: tuple[str, ...]
    parameters: tuple[str, ...]
    biases: frozenset[str]
    loss: str


def shape_of(widths: Sequence[int], activation: str | Sequence[str], bias: str | Sequence[str], loss: str) -> Shape:
    """The shorthand's keys, checked; a single activation or bias goes for every layer.

    DeriveError names the key that does not fit.
    """
    if len(widths) < 2 or min(widths) < 1:
        raise DeriveError("layers", f"{list(widths)} is no network", "inputs, hidden layers, outputs: [2, 4, 1]")
    weights = sum(before * after for before, after in pairwise(widths))
    if weights > MOST_WEIGHTS:
        raise DeriveError("layers", f"{weights:,} weights", f"at most {MOST_WEIGHTS:,}")
    computed = len(widths) - 1
    shape = Shape(tuple(widths), _one_each("activation", activation, computed), _one_each("bias", bias, computed), loss)
    for place, (name, width) in enumerate(zip(shape.activations, widths[1:], strict=True)):
        if name == SOFTMAX and width == 1:
            told = "a softmax over one neuron is always 1"
            raise DeriveError("activation" if computed == 1 else f"activation[{place + 1}]", told,
                              "two neurons or more, or sigmoid")
    for name in shape.activations:
        _check_formula("activation", name, "x", (*ACTIVATIONS, SOFTMAX))
    for kind in shape.biases:
        if kind not in BIASES:
            raise DeriveError("bias", f'"{kind}" is no kind of bias', f"one of {', '.join(BIASES)}")
    _check_formula("loss", shape.loss, "t and out", tuple(LOSSES))
    return shape


def write_out(shape: Shape, inputs: Sequence[str], targets: Sequence[str], *, loss: str) -> WrittenOut:
    """The equations of a shape over named inputs and targets; `loss` is the name that the whole error gets."""
    for key, names, width in (("inputs", inputs, shape.widths[0]), ("targets", targets, shape.widths[-1])):
        if len(names) != width:
            raise DeriveError(
                key,
                f"{len(names)} names ({', '.join(names)}) where layers has {width} neurons",
                "one name for each neuron of that layer",
            )
    equations: list[str] = []
    parameters: list[str] = []
    biases: list[str] = []
    before: Sequence[str] = inputs
    naming = _Naming(len(shape.widths) > 3)
    for layer, (width, activation, bias) in enumerate(
        zip(shape.widths[1:], shape.activations, shape.biases, strict=True), start=1
    ):
        stem = "o" if layer == len(shape.widths) - 1 else "h"
        sums = [naming.neuron(stem, layer, neuron) for neuron in range(1, width + 1)]
        weights = [
            [naming.weight(layer, to, source) for source in range(1, len(before) + 1)] for to in range(1, width + 1)
        ]
        own = naming.biases(layer, width, bias)
        outs = [f"out_{name}" for name in sums]
        lines = [
            (
                f"{name} = " + " + ".join([*(f"{w}*{x}" for w, x in zip(row, before, strict=True)), *added]),
                f"{out} = {_activated(activation, name, sums)}",
            )
            for name, row, added, out in zip(sums, weights, own, outs, strict=True)
        ]
        # Softmax needs every sum of its layer first; elsewhere a neuron's sum and output stand side by side.
        equations += (
            [line[0] for line in lines] + [line[1] for line in lines]
            if activation == SOFTMAX
            else [text for line in lines for text in line]
        )
        added_biases = dict.fromkeys(name for added in own for name in added)
        parameters += [*(w for row in weights for w in row), *added_biases]
        biases += added_biases
        before = outs
    equations += _errors(shape.loss, targets, before, loss)
    return WrittenOut(tuple(equations), tuple(parameters), frozenset(biases), loss)


class _Naming:
    """Names counted through while there is one hidden layer at most, with the layer in them when there are more."""

    def __init__(self, deep: bool) -> None:
        self._deep = deep
        self._weights = self._biases = 0

    def neuron(self, stem: str, layer: int, neuron: int) -> str:
        return f"h{layer}_{neuron}" if self._deep and stem == "h" else f"{stem}{neuron}"

    def weight(self, layer: int, to: int, source: int) -> str:
        self._weights += 1
        return f"w{layer}_{to}_{source}" if self._deep else f"w{self._weights}"

    def biases(self, layer: int, width: int, kind: str) -> list[list[str]]:
        """The bias that each neuron of a layer adds, if any."""
        if kind == "none":
            return [[]] * width
        places = range(1, 2 if kind == "shared" else width + 1)
        if self._deep:
            found = [f"b{layer}" if kind == "shared" else f"b{layer}_{place}" for place in places]
        else:
            found = [f"b{self._biases + place}" for place in places]
        self._biases += len(found)
        return [found] * width if kind == "shared" else [[name] for name in found]


def _activated(activation: str, name: str, sums: Sequence[str]) -> str:
    """The right side of a neuron's output."""
    if activation == SOFTMAX:
        return f"exp({name})/({' + '.join(f'exp({other})' for other in sums)})"
    return put_names(ACTIVATIONS.get(activation, activation), {"x": name})


def _errors(loss: str, targets: Sequence[str], outs: Sequence[str], name: str) -> Iterator[str]:
    """The error of each output and the loss that joins them; with one output they are one."""
    kind = LOSSES.get(loss, Loss(loss))
    written = [put_names(kind.formula, {"t": t, "out": out}) for t, out in zip(targets, outs, strict=True)]
    if len(written) == 1:
        yield f"{name} = {written[0]}"
        return
    parts = [f"E{place}" for place in range(1, len(written) + 1)]
    yield from (f"{part} = {text}" for part, text in zip(parts, written, strict=True))
    joined = " + ".join(parts)
    yield f"{name} = ({joined})/{len(parts)}" if kind.averaged else f"{name} = {joined}"


def put_names(formula: str, names: dict[str, str]) -> str:
    """A formula with names in the place of its variables."""
    return _NAME.sub(lambda found: names.get(found.group(), found.group()), formula)


def _one_each(key: str, given: str | Sequence[str], count: int) -> tuple[str, ...]:
    if isinstance(given, str):
        return (given,) * count
    if len(given) != count:
        raise DeriveError(
            key,
            f"{len(given)} stand there where layers has {count} after the inputs",
            "one for all layers, or one for each after the inputs",
        )
    return tuple(given)


def _check_formula(key: str, text: str, variables: str, known: tuple[str, ...]) -> None:
    """A name of the table, or a formula in all the variables."""
    if text in known:
        return
    right = f"one of {', '.join(known)}, or a formula in {variables}"
    wanted = frozenset(variables.split(" and "))
    if wanted - frozenset(_NAME.findall(text)):
        raise DeriveError(key, f'"{text}" is not known', right)
    try:
        read_formula(text, Names.of(wanted))
    except DeriveError as error:
        place = f"{error.where}: " if error.where else ""
        raise DeriveError(key, f'"{text}": {place}{error.found}', right) from None
