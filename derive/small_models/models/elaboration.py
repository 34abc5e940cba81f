"""A tree at the sizes of a model: each kind of node to a tensor of trees of entries."""

from collections.abc import Callable, Mapping, Sequence
from itertools import product as every
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from derive.formulas.syntax import Node
from derive.small_models.errors import OutOfRangeError, UnclearError
from derive.small_models.models.products import derived, product
from derive.small_models.models.tensors import (
    Tensor,
    along,
    mapped,
    matmul,
    number,
    numeral,
    plus,
    slope,
    times,
    told,
    total,
    transposed,
)
from derive.small_models.notation.letters import free_letters
from derive.small_models.notation.slots import KRONECKER, base_of, bound_by, slots_of

if TYPE_CHECKING:
    from derive.small_models.models.model import Env, Model

_DEEPEST = 6
"""So many of the document's own functions at most stand within each other."""


def elaborated(node: Node, model: "Model", env: "Env") -> Tensor:
    """A tree at a model's sizes, its letters as `env` has them; UnclearError where it cannot be read."""
    make = _KINDS.get(node.kind)
    if make is None:
        raise UnclearError(f"{node.value or node.kind} cannot be read here")
    return make(model, node, env)


def _parts(model: "Model", node: Node, env: "Env") -> list[Tensor]:
    return [model.tensor(part, env) for part in node.parts]


def _each(model: "Model", node: Node, env: "Env") -> Tensor:
    """An operation of entries."""
    return mapped(lambda *cells: replace(node, parts=cells), *_parts(model, node, env))


# sums


def _sums(model: "Model", node: Node, env: "Env") -> Tensor:
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
    for values in every(*(model.range(model.world.sorts.letter(env["#"], letter)) for letter in letters)):
        if but is None or model.letter(but, env) not in values:
            terms.append(model.tensor(body, {**env, **dict(zip(letters, values, strict=True))}))
    if node.value == "∏":
        return mapped(times, *terms) if terms else number(numeral(1))
    if terms and not terms[0].is_number and node.value == "∑" and not free.intersection(letters):
        return total(terms[0])  # ∑_j e^z: over the entries of z
    return mapped(lambda *cells: plus(cells), *terms) if terms else number(numeral(0))


def _bound(limit: Node) -> tuple[Sequence[str], str | None]:
    """The letters that a lower limit binds, and the one that it leaves out: j and i for j ≠ i."""
    letters = bound_by(limit) if limit.kind == "limit" else ()
    is_read = limit.kind == "limit" and limit.value in ("", "=", "≠", ":=")
    if not is_read or any(letter.kind != "name" for letter in letters):
        raise UnclearError("the limits of this sum cannot be read")
    return [letter.value for letter in letters], limit.parts[1].value if limit.value == "≠" else None


def _summed(model: "Model", node: Node, env: "Env") -> Tensor:
    """np.sum: of all entries, or along an axis; np.mean divides by their number."""
    inner = model.tensor(node.parts[0], env)
    found = total(inner) if not node.value or inner.is_number else along(inner, int(node.value))
    if not node.order:
        return found
    share = Node("inverse", (numeral(len(inner.cells) // len(found.cells)),))
    return mapped(lambda cell: times(cell, share), found)


def _counted(model: "Model", node: Node, env: "Env") -> Tensor:
    """x.shape[0]."""
    rows, columns = model.tensor(node.parts[0], env).shape or (1, 1)
    return number(numeral((rows, columns)[int(node.value)] if node.value else rows * columns))


# powers and norms


def _norm(model: "Model", node: Node, env: "Env") -> Tensor:
    """The root of the sum of the squares."""
    half = Node("fraction", (numeral(1), numeral(2)))
    return number(Node("power", (_square(model, node, env), half)))


def _square(model: "Model", norm: Node, env: "Env") -> Node:
    """The sum of the squares of which a norm is the root."""
    squares = mapped(lambda cell: Node("power", (cell, numeral(2))), model.tensor(norm.parts[0], env))
    return plus(squares.cells)


def _power(model: "Model", node: Node, env: "Env") -> Tensor:
    """A power of entries; ‖x‖² without a root."""
    base, exponent = node.parts
    while base.kind == "group" and base.parts[0].kind in ("group", "norm"):
        base = base.parts[0]
    if base.kind == "norm" and exponent.kind == "number" and exponent.value in ("2", "²"):
        return number(_square(model, base, env))
    raised = model.tensor(exponent, env)
    return mapped(lambda b, e: Node("power", (b, e)), model.tensor(base, env), raised)


# functions


def _call(model: "Model", node: Node, env: "Env") -> Tensor:
    """A function of entries; softmax, of a whole vector."""
    if node.value == "softmax" and len(node.parts) == 1 and not node.order:
        return _softmax(model, node.parts[0], env)
    if node.value == KRONECKER and len(node.parts) == 2:
        one, other = (model.letter(part.value, env) for part in node.parts)
        return number(numeral(int(one == other)))
    if not node.parts:
        raise UnclearError(f"{node.value} stands without an argument")
    parts = _parts(model, node, env)
    own = model.world.functions.get(node.value)
    if own is not None and not node.order and len(own.variables) == len(parts) and len(model.calls) < _DEEPEST:
        model.calls.append(node.value)
        try:
            return model.tensor(
                own.body, {**model.environment(own.claim), **dict(zip(own.variables, parts, strict=True))}
            )
        finally:
            model.calls.pop()
    if len(parts) > 1 and any(not part.is_number for part in parts):
        raise UnclearError(f"nothing tells what {node.value} is")
    return mapped(lambda *cells: replace(node, parts=cells, base="", scripts=()), *parts)


def _softmax(model: "Model", argument: Node, env: "Env") -> Tensor:
    """exp(z_i) / ∑ exp(z_k), of a whole vector, or of the vector of which an entry stands there."""
    _, below = slots_of(argument)
    if argument.kind == "name" and len(below) == 1:
        scripts = tuple(script for script in argument.scripts if script.kind == "above")
        whole = model.tensor(replace(argument, scripts=scripts), env)
        chosen = model.index(below[0], model.world.sorts.slot(base_of(argument), "below", 0), env)
        return number(_shares(whole).cells[chosen - 1])
    whole = model.tensor(argument, env)
    if whole.is_number or 1 not in whole.shape:
        raise UnclearError(f"a softmax of {told(whole.shape)}")
    return _shares(whole)


def _shares(whole: Tensor) -> Tensor:
    powers = tuple(Node("call", (cell,), "exp") for cell in whole.cells)
    return Tensor(whole.shape, tuple(Node("fraction", (power, plus(powers))) for power in powers))


# derivatives


def _partial(model: "Model", node: Node, env: "Env") -> Tensor:
    """∂of/∂by entry by entry; of a vector by a vector, a row for each entry of the first."""
    of, by = _parts(model, node, env)
    return derived(model, of, by, node.order)


def _slope(model: "Model", node: Node, env: "Env") -> Tensor:
    """da_dz of a program: the derivative of each entry by the entry in its place."""
    of, by = _parts(model, node, env)
    model.check_named(by)
    return mapped(slope, of, by)


def _gradient(model: "Model", node: Node, env: "Env") -> Tensor:
    """∇_x f: the derivatives by all entries of x; without a layer, by those of the last."""
    *by, of = node.parts
    if not by:
        variables = model.world.signs.heads.get(of.value.removesuffix("()"), ())
        by = [Node("name", (), variable) for variable in variables]
    if len(by) != 1 or by[0].kind != "name":
        raise UnclearError("nothing tells by what ∇ differentiates")
    name, (arity, tops) = by[0], (model.world.sorts.arity, model.world.signs.tops)
    if base_of(name) not in arity and base_of(name) + "^" in arity and tops:
        last = Node("above", (Node("name", (), min(tops)),))
        name = replace(name, scripts=(last, *name.scripts))
    return derived(model, model.tensor(of, env), model.tensor(name, env))


# vectors and matrices


def _turned(model: "Model", node: Node, env: "Env") -> Tensor:
    """x^T; the transpose of one entry tells that the entries are vectors themselves."""
    inner = model.tensor(node.parts[0], env)
    if inner.is_number and node.parts[0].kind == "name" and slots_of(node.parts[0])[1]:
        raise UnclearError(f"{node.parts[0].value} stands for many vectors")
    return transposed(inner)


def _entry(model: "Model", node: Node, env: "Env") -> Tensor:
    """z_i of a vector that is no name."""
    whole, index = model.tensor(node.parts[0], env), node.parts[1]
    if whole.is_number or 1 not in whole.shape:
        raise UnclearError(f"an entry of {told(whole.shape)}")
    value = _whole_number(model, index, env) if index.kind in ("name", "number") else 0
    if not 1 <= value <= len(whole.cells):
        raise OutOfRangeError(value)
    return number(whole.cells[value - 1])


def _whole_number(model: "Model", node: Node, env: "Env") -> int:
    """A numeral, or the value of a letter."""
    return int(node.value) if node.kind == "number" else model.letter(node.value, env)


def _matrix(model: "Model", node: Node, env: "Env") -> Tensor:
    """Rows of entries; of cases, the one that holds."""
    if node.value == "cases":
        for row in node.parts:
            if len(row.parts) != 2 or _holds(model, row.parts[1], env):
                return model.tensor(row.parts[0], env)
        raise UnclearError("no case holds")
    rows = [tuple(model.number(part, env) for part in row.parts) for row in node.parts]
    if not rows or len({len(row) for row in rows}) != 1:
        raise UnclearError("rows of different length")
    return Tensor((len(rows), len(rows[0])), tuple(cell for row in rows for cell in row))


def _holds(model: "Model", condition: Node, env: "Env") -> bool:
    """Whether a case holds; one without a condition does."""
    if not condition.parts:
        return True
    if any(part.kind not in ("name", "number") for part in condition.parts):
        raise UnclearError("a case that cannot be read")
    one, other = (_whole_number(model, part, env) for part in condition.parts)
    if condition.value not in ("=", "≠"):
        raise UnclearError("a case that cannot be read")
    return (one == other) == (condition.value == "=")


def _list(model: "Model", node: Node, env: "Env") -> Tensor:
    """A row of values."""
    return Tensor((1, len(node.parts)), tuple(model.number(part, env) for part in node.parts))


_KINDS: Mapping[str, Callable[[Any, Node, "Env"], Tensor]] = MappingProxyType({
    "number": lambda model, node, env: number(node),
    "name": lambda model, node, env: model.name(node, env),
    "group": lambda model, node, env: model.tensor(node.parts[0], env),
    "sum": lambda model, node, env: mapped(lambda *cells: plus(cells), *_parts(model, node, env)),
    "negative": _each,
    "inverse": _each,
    "fraction": _each,
    "absolute": _each,
    "product": product,
    "entrywise": lambda model, node, env: mapped(times, *_parts(model, node, env)),
    "matmul": lambda model, node, env: matmul(*_parts(model, node, env)),
    "power": _power,
    "norm": _norm,
    "sums": _sums,
    "total": _summed,
    "size": _counted,
    "call": _call,
    "partial": _partial,
    "slope": _slope,
    "gradient": _gradient,
    "transposed": _turned,
    "entry": _entry,
    "matrix": _matrix,
    "list": _list,
})  # fmt: skip
"""What makes a tensor of each kind of node."""
