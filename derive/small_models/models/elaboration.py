"""A tree at the sizes of a model: each kind of node to a tensor of trees of entries."""

from collections.abc import Callable, Mapping, Sequence
from itertools import product as every
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from derive.formulas.syntax import Node
from derive.small_models.errors import OutOfRangeError, ShapeError, UnclearError
from derive.small_models.models.derivatives import entrywise_slope, gradient, partial
from derive.small_models.models.inverses import determinant
from derive.small_models.models.products import product
from derive.small_models.models.ranges import CLAIM, Env
from derive.small_models.models.sums import bound_sum, entry_count, entry_sum, largest_entry, norm, power
from derive.small_models.models.tensors import (
    Tensor,
    along,
    diagonal,
    dotted,
    mapped,
    matmul,
    number,
    numeral,
    plus,
    times,
    told,
    total,
    trace,
    transposed,
)
from derive.small_models.notation.letters import free_letters
from derive.small_models.notation.slots import KRONECKER, base_of, names_of, slots_of
from derive.small_models.worlds.dimensions import ONE
from derive.small_models.worlds.one_sample import is_outer
from derive.small_models.worlds.shaping import ENTRYWISE

if TYPE_CHECKING:
    from derive.small_models.models.model import Model

_DEEPEST = 6
"""So many of the document's own functions at most stand within each other."""


def elaborated(node: Node, model: "Model", env: Env) -> Tensor:
    """A tree at a model's sizes, its letters as `env` has them; UnclearError where it cannot be read."""
    make = _KINDS.get(node.kind)
    if make is None:
        raise UnclearError(f"{node.value or node.kind} cannot be read here")
    return make(model, node, env)


def _each(model: "Model", node: Node, env: Env) -> Tensor:
    """An operation of entries."""
    return mapped(lambda *cells: replace(node, parts=cells), *model.tensors(node.parts, env))


def _absolute(model: "Model", node: Node, env: Env) -> Tensor:
    """|x| of entries; of a matrix it is its determinant."""
    whole = model.tensor(node.parts[0], env)
    if whole.is_number or 1 in whole.shape:
        return mapped(lambda cell: replace(node, parts=(cell,)), whole)
    return number(determinant(whole))


# functions


def _call(model: "Model", node: Node, env: Env) -> Tensor:
    """A function of entries, or of a whole array."""
    if node.value in _OF_ARRAYS and len(node.parts) == 1 and not node.order:
        return _OF_ARRAYS[node.value](model, node.parts[0], env)
    if node.value == KRONECKER and len(node.parts) == 2:
        one, other = (model.ranges.letter(part.value, env) for part in node.parts)
        return number(numeral(int(one == other)))
    if not node.parts:
        raise UnclearError(f"{node.value} stands without an argument")
    parts = model.tensors(node.parts, env)
    own = model.world.functions.get(node.value)
    if own is not None and not node.order and len(own.variables) == len(parts) and len(model.calls) < _DEEPEST:
        model.calls.append(node.value)
        try:
            inner = {**model.ranges.environment(own.claim), **dict(zip(own.variables, parts, strict=True))}
            if not own.letter:
                return model.tensor(own.body, inner)
            places = range(1, len(parts[0].cells) + 1)
            cells = tuple(model.number(own.body, {**inner, own.letter: place}) for place in places)
            return Tensor(parts[0].shape, cells)
        finally:
            model.calls.pop()
    if len(parts) > 1 and node.value not in ENTRYWISE and any(not part.is_number for part in parts):
        if "|" in node.value:  # a probability is a number
            cells = tuple(cell for part in parts for cell in part.cells)
            return number(replace(node, parts=cells, base="", scripts=()))
        raise UnclearError(f"nothing tells what {node.value} is")
    return mapped(lambda *cells: replace(node, parts=cells, base="", scripts=()), *parts)


def _softmax(model: "Model", argument: Node, env: Env) -> Tensor:
    """exp(z_i) / ∑ exp(z_k), of a whole vector, or of the vector of which an entry stands there."""
    _, below = slots_of(argument)
    if argument.kind == "name" and len(below) == 1:
        scripts = tuple(script for script in argument.scripts if script.kind == "above")
        whole = model.tensor(replace(argument, scripts=scripts), env)
        sort = model.world.sorts.slot(base_of(argument), "below", 0)
        chosen = model.ranges.value(below[0], sort, env) - model.ranges.first(sort)
        return number(_shares(whole).cells[chosen])
    whole = model.tensor(argument, env)
    if whole.is_number and not any(base_of(name) in model.world.shapes for name in names_of(argument)):
        raise UnclearError("a softmax of a number")
    if whole.is_number:  # W x, of one row at this size
        return number(numeral(1))
    if 1 in whole.shape:
        return _shares(whole)
    powers = mapped(_exponential, whole)
    return mapped(_share, powers, along(powers, 0 if _has_columns(model, argument) else 1))


def _has_columns(model: "Model", argument: Node) -> bool:
    """Whether the columns of a matrix are the vectors: a column is added to it where it is worked out."""
    rules = [rule for name in names_of(argument) for rule in model.world.rules.get(base_of(name), ())]
    added = {base_of(part) for rule in rules if rule.body.kind == "sum" for part in rule.body.parts}
    return any(model.world.shapes.get(base, ())[1:] == (ONE,) for base in added)


def _shares(whole: Tensor) -> Tensor:
    powers = mapped(_exponential, whole)
    return mapped(_share, powers, total(powers))


def _exponential(cell: Node) -> Node:
    return Node("call", (cell,), "exp")


def _share(power: Node, of: Node) -> Node:
    return Node("fraction", (power, of))


def _of_tensor(make: Callable[[Tensor], Tensor]) -> Callable[["Model", Node, Env], Tensor]:
    return lambda model, argument, env: make(model.tensor(argument, env))


_OF_ARRAYS: Mapping[str, Callable[[Any, Node, Env], Tensor]] = MappingProxyType({
    "softmax": _softmax,
    "diag": _of_tensor(diagonal),
    "det": _of_tensor(lambda whole: number(determinant(whole))),
    **dict.fromkeys(("tr", "Tr", "trace"), _of_tensor(trace)),
})  # fmt: skip
"""Functions that take a whole vector or matrix."""


# vectors and matrices


def _turned(model: "Model", node: Node, env: Env) -> Tensor:
    """x^T; the transpose of one entry tells that the entries are vectors themselves."""
    inner = model.tensor(node.parts[0], env)
    if inner.is_number and node.parts[0].kind == "name" and slots_of(node.parts[0])[1]:
        raise UnclearError(f"{node.parts[0].value} stands for many vectors")
    return transposed(inner)


def _matmul(model: "Model", node: Node, env: Env) -> Tensor:
    """a @ b as NumPy has it; the columns of a program on one sample have one dimension there, and stand on both sides
    of a matrix.
    """
    one, other = model.tensors(node.parts, env)
    if model.world.flat and not node.value and (one.is_number or other.is_number):
        raise ShapeError("@ beside a number")
    if not model.world.flat or is_outer(node) or one.shape[1:] != (1,) or one.shape[:1] != other.shape[:1]:
        return dotted(one, other)
    return dotted(one, other) if one.shape == other.shape else transposed(matmul(transposed(one), other))


def _entry(model: "Model", node: Node, env: Env) -> Tensor:
    """z_i of a vector that is no name, (A B)_ij of a matrix; but (x_i y_j)_ij is the matrix of these entries."""
    inner, *indices = node.parts
    letters = [index.value for index in indices if index.kind == "name"]
    if letters and free_letters(inner, model.world.signs).issuperset(letters):
        return _of_entries(model, inner, letters, env, node.value)
    whole = model.tensor(inner, env)
    if whole.is_number and letters and max(model.ranges.sizes.values(), default=2) == 1:
        return whole  # a product of matrices of one entry each
    is_vector = 1 in whole.shape and len(indices) == 1
    if not is_vector and (whole.is_number or len(indices) != len(whole.shape)):
        raise UnclearError(f"an entry of {told(whole.shape)}")
    values = [_whole_number(model, index, env) if index.kind in ("name", "number") else 0 for index in indices]
    for value, size in zip(values, [len(whole.cells)] if is_vector else whole.shape, strict=True):
        if not 1 <= value <= size:
            raise OutOfRangeError(value)
    return number(whole.cells[values[0] - 1] if is_vector else whole.at(values[0] - 1, values[1] - 1))


def _of_entries(model: "Model", entry: Node, letters: Sequence[str], env: Env, layout: str) -> Tensor:
    """The vector or matrix whose entries a formula tells; a vector may be said to be a row or a column."""
    if len(letters) > 2:
        raise UnclearError("an array with more than two indices")
    ranges = [model.ranges.of(model.world.sorts.letter(env[CLAIM], letter)) for letter in letters]
    places = (dict(zip(letters, values, strict=True)) for values in every(*ranges))
    cells = tuple(model.number(entry, {**env, **place}) for place in places)
    shape = (len(ranges[0]), len(ranges[1]) if len(ranges) == 2 else 1)
    is_row = layout == "row" or (not layout and model.world.row)
    return Tensor(shape[::-1] if len(letters) == 1 and is_row else shape, cells)


def _whole_number(model: "Model", node: Node, env: Env) -> int:
    """A numeral, or the value of a letter."""
    return int(node.value) if node.kind == "number" else model.ranges.letter(node.value, env)


def _matrix(model: "Model", node: Node, env: Env) -> Tensor:
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


def _holds(model: "Model", condition: Node, env: Env) -> bool:
    """Whether a case holds; one without a condition does."""
    if not condition.parts:
        return True
    if any(part.kind not in ("name", "number") for part in condition.parts):
        raise UnclearError("a case that cannot be read")
    one, other = (_whole_number(model, part, env) for part in condition.parts)
    if condition.value not in ("=", "≠"):
        raise UnclearError("a case that cannot be read")
    return (one == other) == (condition.value == "=")


def _list(model: "Model", node: Node, env: Env) -> Tensor:
    """A row of values."""
    return Tensor((1, len(node.parts)), tuple(model.number(part, env) for part in node.parts))


_KINDS: Mapping[str, Callable[[Any, Node, Env], Tensor]] = MappingProxyType({
    "number": lambda model, node, env: number(node),
    "name": lambda model, node, env: model.name(node, env),
    "group": lambda model, node, env: model.tensor(node.parts[0], env),
    "sum": lambda model, node, env: mapped(lambda *cells: plus(cells), *model.tensors(node.parts, env)),
    "negative": _each,
    "inverse": _each,
    "fraction": _each,
    "absolute": _absolute,
    "case": _each,
    "product": product,
    "entrywise": lambda model, node, env: mapped(times, *model.tensors(node.parts, env)),
    "matmul": _matmul,
    "power": power,
    "norm": norm,
    "sums": bound_sum,
    "total": entry_sum,
    "extreme": largest_entry,
    "size": entry_count,
    "call": _call,
    "partial": partial,
    "slope": entrywise_slope,
    "gradient": gradient,
    "transposed": _turned,
    "entry": _entry,
    "matrix": _matrix,
    "list": _list,
})  # fmt: skip
"""What makes a tensor of each kind of node."""
