"""Sums over letters, over entries and along an axis; and norms and powers, which hold some."""

from collections.abc import Sequence
from itertools import product as every
from math import prod
from typing import TYPE_CHECKING

from derive.formulas.syntax import Node
from derive.small_models.errors import UnclearError
from derive.small_models.models.inverses import inverse
from derive.small_models.models.ranges import CLAIM, Env
from derive.small_models.models.tensors import Tensor, along, mapped, number, numeral, plus, times, total
from derive.small_models.notation.letters import free_letters
from derive.small_models.notation.slots import bound_by

if TYPE_CHECKING:
    from derive.small_models.models.model import Model

_BINDS = frozenset(("", "=", "≠", ":=", "∈"))
"""What may stand behind a letter that runs over its range; what it is in is that range."""
_MOST_TERMS = 200


def bound_sum(model: "Model", node: Node, env: Env) -> Tensor:
    """∑ over its letters; a bare ∑ over the letters that nothing else tells, or over all entries."""
    *limits, body = node.parts
    free = free_letters(body, model.world.signs)
    if limits:
        letters, but = _bound(limits[0])
    else:
        letters, but = sorted(free - env.keys()), None
        if not letters:
            return total(model.tensor(body, env))
    terms: list[Tensor] = []
    ranges = [model.ranges.of(model.world.sorts.letter(env[CLAIM], letter)) for letter in letters]
    if prod(map(len, ranges)) > _MOST_TERMS:
        raise UnclearError(f"a sum of more than {_MOST_TERMS} terms is not written out")
    for values in every(*ranges):
        if but is None or model.ranges.letter(but, env) not in values:
            terms.append(model.tensor_within(body, {**env, **dict(zip(letters, values, strict=True))}))
    if node.value == "∏":
        return mapped(times, *terms) if terms else number(numeral(1))
    if terms and not terms[0].is_number and node.value == "∑" and not free.intersection(letters):
        return total(terms[0])  # ∑_j e^z: over the entries of z
    return mapped(lambda *cells: plus(cells), *terms) if terms else number(numeral(0))


def _bound(limit: Node) -> tuple[Sequence[str], str | None]:
    """The letters that a lower limit binds, and the one that it leaves out: j and i for j ≠ i."""
    letters = bound_by(limit) if limit.kind == "limit" else ()
    is_read = limit.kind == "limit" and limit.value in _BINDS
    if not is_read or any(letter.kind != "name" for letter in letters):
        raise UnclearError("the limits of this sum cannot be read")
    return [letter.value for letter in letters], limit.parts[1].value if limit.value == "≠" else None


def entry_sum(model: "Model", node: Node, env: Env) -> Tensor:
    """np.sum: of all entries, or along an axis; np.mean divides by their number."""
    inner = model.tensor(node.parts[0], env)
    found = total(inner) if not node.value or inner.is_number else along(inner, int(node.value))
    if not node.order:
        return found
    share = Node("inverse", (numeral(len(inner.cells) // len(found.cells)),))
    return mapped(lambda cell: times(cell, share), found)


def largest_entry(model: "Model", node: Node, env: Env) -> Tensor:
    """np.max: of all entries, or along an axis; a function of which nothing is known, as any is that a softmax takes
    from its exponents. np.min has the order 1.
    """
    inner = model.tensor(node.parts[0], env)

    def make(cells: Sequence[Node]) -> Node:
        return Node("call", tuple(cells), "smallest" if node.order else "largest")

    return along(inner, int(node.value), make) if node.value and not inner.is_number else number(make(inner.cells))


def entry_count(model: "Model", node: Node, env: Env) -> Tensor:
    """x.shape[0]."""
    rows, columns = model.tensor(node.parts[0], env).shape or (1, 1)
    return number(numeral((rows, columns)[int(node.value)] if node.value else rows * columns))


def norm(model: "Model", node: Node, env: Env) -> Tensor:
    """The root of the sum of the squares; ‖x‖_1 of a vector is the sum of its absolute values."""
    if node.value:
        whole = model.tensor(node.parts[0], env)
        if node.value != "1" or not (whole.is_number or 1 in whole.shape):
            raise UnclearError("nothing tells which norm this is")
        return number(plus(mapped(lambda cell: Node("absolute", (cell,)), whole).cells))
    half = Node("fraction", (numeral(1), numeral(2)))
    return number(Node("power", (_square(model, node, env), half)))


def _square(model: "Model", norm: Node, env: Env) -> Node:
    """The sum of the squares of which a norm is the root."""
    squares = mapped(lambda cell: Node("power", (cell, numeral(2))), model.tensor(norm.parts[0], env))
    return plus(squares.cells)


def power(model: "Model", node: Node, env: Env) -> Tensor:
    """A power of entries; ‖x‖² without a root."""
    base, exponent = node.parts
    while base.kind == "group" and base.parts[0].kind in ("group", "norm"):
        base = base.parts[0]
    if base.kind == "norm" and not base.value and exponent.kind == "number" and exponent.value in ("2", "²"):
        return number(_square(model, base, env))
    raised, whole = model.tensor(exponent, env), model.tensor(base, env)
    if exponent.value == "-1" and not whole.is_number:
        model.inverted.append(whole)
        return inverse(whole)
    if exponent.value.startswith("-") and not whole.is_number and 1 not in whole.shape:
        raise UnclearError("a root or a power of the inverse of a matrix")
    return mapped(lambda b, e: Node("power", (b, e)), whole, raised)
