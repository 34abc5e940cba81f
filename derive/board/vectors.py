"""Wide layers as vectors and matrices: the same equations and gradients as index by index, a line for each layer.

    h = W1 · x + B1        ∂E/∂h = ∂E/∂out_h ⊙ out_h ⊙ (1 - out_h)
    out_h = σ(h)           ∂E/∂W1 = ∂E/∂h · xᵀ

A network written by `layers` has this form. A line is a form of the table and the expressions that it joins; the names
in them stand for columns and matrices, and products, quotients and functions within them apply entry by entry.
"""

import re
from collections.abc import Iterator
from enum import Enum
from itertools import pairwise

import sympy as sp
from msgspec import Struct

from derive.formulas import Names, read_formula
from derive.gradients.slopes import slopes
from derive.names import symbol
from derive.network import Node
from derive.ordering import product
from derive.walkthrough import Walkthrough
from derive.walkthrough.layers import ACTIVATIONS, LOSSES, SOFTMAX, Loss, Shape, put_names
from derive.written import Partial

MOST_PARAMETERS = 40
"""Up to so many a network is written out index by index."""


class Form(Enum):
    """How the parts of a right side are joined, as text and as LaTeX."""

    ENTRYWISE = ("{0}", "{0}")
    PRODUCT = ("{0} · {1}", "{0} {1}")
    AFFINE = ("{0} · {1} + {2}", "{0} {1} + {2}")
    OUTER = ("{0} · {1}ᵀ", "{0} {1}^{{\\top}}")
    BACK = ("{0}ᵀ · {1}", "{0}^{{\\top}} {1}")
    SOFTMAX = ("{0} / Σ {0}", "\\frac{{{0}}}{{\\sum {0}}}")
    SOFTMAX_BACK = ("{0} ⊙ ({1} - Σ ({1} ⊙ {0}))", "{0} \\odot \\Bigl({1} - \\sum \\bigl({1} \\odot {0}\\bigr)\\Bigr)")
    TOTAL = ("Σ {0}", "\\sum {0}")
    MEAN = ("1/{1} * Σ {0}", "\\frac{{1}}{{{1}}} \\sum {0}")


class Line(Struct, frozen=True):
    """left = the parts, joined as the form says."""

    left: sp.Expr
    form: Form
    parts: tuple[sp.Expr, ...]


class Meaning(Struct, frozen=True):
    """What a name stands for: a column, or a matrix of `columns` columns, of the entries row by row."""

    name: str
    entries: tuple[str, ...]
    columns: int = 1


class Vectors(Struct, frozen=True):
    """A layered network as lines: what the names mean, forward, and back from the loss."""

    meanings: tuple[Meaning, ...]
    forward: tuple[Line, ...]
    backward: tuple[Line, ...]


class _Layer(Struct, frozen=True):
    """One layer's names: what comes in, its matrix, its biases if any, its sums, its outputs."""

    before: str
    weights: str
    biases: str
    sums: str
    outs: str
    activation: str
    kind: str


def is_wide(walkthrough: Walkthrough) -> bool:
    """Whether a network is better read by vectors: written by layers, and with too many parameters for indices."""
    return walkthrough.shape is not None and len(walkthrough.network.parameters) > MOST_PARAMETERS


def as_vectors(walkthrough: Walkthrough, shape: Shape) -> Vectors:
    """The lines of a network that was written by layers."""
    network = walkthrough.network
    loss, layers = network.loss_name, tuple(_layers(shape, network.inputs))
    target = _stem(network.targets, "t", {name for layer in layers for name in (layer.before, layer.sums, layer.outs)})
    given = (Meaning(layers[0].before, network.inputs), Meaning(target, network.targets))
    meanings = (*given, *_meanings(walkthrough, shape, layers))
    entries = {meaning.name: meaning.entries for meaning in meanings}
    trained = {name for name, own in entries.items() if set(own) & set(network.parameters)}
    alone = {name: own[0] for name, own in entries.items() if len(set(own)) == 1}
    last = layers[-1].outs
    return Vectors(
        meanings,
        (*(line for layer in layers for line in _forward(layer)), _loss(network.loss, shape, target, last)),
        (_loss_slope(loss, shape, target, last), *_backward(loss, layers, trained, alone)),
    )


def _layers(shape: Shape, inputs: tuple[str, ...]) -> Iterator[_Layer]:
    """The layers' names: x, h1, out_h1, ..., o, out_o; plain h where it is the only hidden layer."""
    hidden = len(shape.widths) - 2
    before = _stem(inputs, "x", set())
    for place, (activation, kind) in enumerate(zip(shape.activations, shape.biases, strict=True), start=1):
        sums = "o" if place > hidden else "h" if hidden == 1 else f"h{place}"
        yield _Layer(before, f"W{place}", "" if kind == "none" else f"B{place}", sums, f"out_{sums}", activation, kind)
        before = f"out_{sums}"


def _stem(names: tuple[str, ...], otherwise: str, taken: set[str]) -> str:
    """`i` for i1, i2, ...; else another letter."""
    stems = {name.rstrip("0123456789") for name in names}
    stem = stems.pop() if len(stems) == 1 else otherwise
    return stem if stem and stem not in taken else otherwise


def _meanings(walkthrough: Walkthrough, shape: Shape, layers: tuple[_Layer, ...]) -> Iterator[Meaning]:
    """Matrices and bias columns by their entries, in the order in which the equations use them."""
    sums = [node for node in walkthrough.network.nodes if not node.name.startswith(("out_", "E"))]
    for layer, (before, width) in zip(layers, pairwise(shape.widths), strict=True):
        nodes, sums = sums[:width], sums[width:]
        weights = [parent for node in nodes for parent in node.parents[: 2 * before : 2]]
        yield Meaning(layer.weights, tuple(weights), before)
        if layer.biases:
            yield Meaning(layer.biases, tuple(node.parents[-1] for node in nodes))


def _forward(layer: _Layer) -> Iterator[Line]:
    """The sums and the outputs of a layer."""
    weights, before, sums = symbol(layer.weights), symbol(layer.before), symbol(layer.sums)
    if layer.biases:
        yield Line(sums, Form.AFFINE, (weights, before, symbol(layer.biases)))
    else:
        yield Line(sums, Form.PRODUCT, (weights, before))
    if layer.activation == SOFTMAX:
        yield Line(symbol(layer.outs), Form.SOFTMAX, (sp.exp(sums, evaluate=False),))
    else:
        yield Line(symbol(layer.outs), Form.ENTRYWISE, (_activated(layer),))


def _loss(name: str, shape: Shape, target: str, outs: str) -> Line:
    """The loss adds up, or averages, the errors of the outputs."""
    kind = LOSSES.get(shape.loss, Loss(shape.loss))
    error = _read(kind.formula, {"t": target, "out": outs})
    if kind.averaged:
        return Line(symbol(name), Form.MEAN, (error, sp.Integer(shape.widths[-1])))
    return Line(symbol(name), Form.TOTAL, (error,))


def _loss_slope(loss: str, shape: Shape, target: str, outs: str) -> Line:
    """∂E/∂out_o, entry by entry."""
    kind = LOSSES.get(shape.loss, Loss(shape.loss))
    error = Node(loss, _read(kind.formula, {"t": target, "out": outs}))
    slope = slopes(error, {}, {target: 0, outs: 1})[outs]
    width = shape.widths[-1]
    if kind.averaged and width > 1:
        number, rest = (slope.args[0], slope.args[1:]) if slope.is_Mul and slope.args[0].is_Rational else (1, (slope,))
        slope = product((sp.Rational(number, width), *rest))
    return Line(_partial(loss, outs), Form.ENTRYWISE, (slope,))


def _backward(loss: str, layers: tuple[_Layer, ...], trained: set[str], alone: dict[str, str]) -> Iterator[Line]:
    """Layer by layer, the last first: by the sums, the weights, the biases, and what came in.

    `alone` names the one bias that a layer shares; its gradient adds up those of the sums.
    """
    for place, layer in reversed(list(enumerate(layers))):
        by_outs, by_sums = _partial(loss, layer.outs), _partial(loss, layer.sums)
        if layer.activation == SOFTMAX:
            yield Line(by_sums, Form.SOFTMAX_BACK, (symbol(layer.outs), by_outs))
        else:
            slope = slopes(Node(layer.outs, _activated(layer)), {}, {layer.sums: 0, layer.outs: 1})[layer.sums]
            yield Line(by_sums, Form.ENTRYWISE, (product((by_outs, slope)),))
        yield Line(_partial(loss, layer.weights), Form.OUTER, (by_sums, symbol(layer.before)))
        if layer.biases in trained and layer.kind == "shared":
            yield Line(_partial(loss, alone[layer.biases]), Form.TOTAL, (by_sums,))
        elif layer.biases in trained:
            yield Line(_partial(loss, layer.biases), Form.ENTRYWISE, (by_sums,))
        if place:
            yield Line(_partial(loss, layer.before), Form.BACK, (symbol(layer.weights), by_sums))


def _activated(layer: _Layer) -> sp.Expr:
    return _read(ACTIVATIONS.get(layer.activation, layer.activation), {"x": layer.sums})


def _read(formula: str, names: dict[str, str]) -> sp.Expr:
    return read_formula(put_names(formula, names), Names.of(names.values()))


def _partial(loss: str, by: str) -> sp.Expr:
    return Partial(symbol(loss), symbol(by))


_NUMBER_FIRST = re.compile(r"(?<![\w.)\]])(\d+(?:\.\d+)?(?:/\d+)?) ⊙ ")


def entrywise(text: str) -> str:
    """A printed formula with ⊙ for the products of columns; a number times a column keeps its `*`."""
    return _NUMBER_FIRST.sub(r"\1 * ", text.replace(" * ", " ⊙ "))
