"""Products of numbers, vectors and matrices, and derivatives of arrays by arrays, as people write them in a row."""

from typing import TYPE_CHECKING

from derive.formulas.syntax import Node
from derive.small_models.models.ranges import Env
from derive.small_models.models.tensors import Tensor, contracted, dotted, mapped, matmul, number, times, transposed

if TYPE_CHECKING:
    from derive.small_models.models.model import Model


def product(model: "Model", node: Node, env: Env) -> Tensor:
    """Factors from the left: a number with anything, else a product of matrices."""
    first, *rest = node.parts
    made = _factor(model, first, env)
    for part in rest:
        made = _multiplied(model, made, part, env)
    return made


def _factor(model: "Model", part: Node, env: Env) -> Tensor:
    """A factor by itself."""
    if part.kind == "inverse":
        return mapped(lambda cell: Node("inverse", (cell,)), model.tensor(part.parts[0], env))
    return model.tensor(_unwrapped(part), env)


def _unwrapped(part: Node) -> Node:
    """A derivative without the brackets around it."""
    while part.kind == "group" and part.parts[0].kind in ("partial", "group"):
        part = part.parts[0]
    return part


def _multiplied(model: "Model", made: Tensor, part: Node, env: Env) -> Tensor:
    """What the factors so far make with a further one."""
    part = _unwrapped(part)
    if not made.is_number and part.kind == "partial":
        of, by = (model.tensor(side, env) for side in part.parts)
        if not of.is_number and not by.is_number and made.shape in (of.shape, of.shape[::-1]):
            model.check_named(by)
            return contracted(made, of, by, part.order)
    factor = _factor(model, part, env)
    if not made.is_number and _is_chain(part) and _goes_along(made, factor):
        is_row = made.shape[0] == 1
        turned = matmul(made if is_row else transposed(made), factor)
        return turned if is_row else transposed(turned)
    if part.kind == "inverse" or made.is_number or factor.is_number or _is_entrywise(model, made, factor):
        return mapped(times, made, factor)
    is_inner = model.world.dotted and made.shape == factor.shape
    made = dotted(made, factor) if is_inner else matmul(made, factor)
    return number(made.cells[0]) if made.shape == (1, 1) else made


def _is_chain(part: Node) -> bool:
    """Whether a factor is a bracket of derivatives."""
    return (
        part.kind == "group"
        and part.parts[0].kind == "product"
        and all(inner.kind == "partial" for inner in part.parts[0].parts)
    )


def _goes_along(vector: Tensor, chain: Tensor) -> bool:
    """Whether a vector is summed over the rows of a bracket of derivatives, and keeps to its side."""
    if chain.is_number or 1 not in vector.shape:
        return False
    return len(vector.cells) == chain.shape[0] and vector.shape != chain.shape


def _is_entrywise(model: "Model", one: Tensor, other: Tensor) -> bool:
    """Whether a product of two vectors of one shape is read entry by entry."""
    return model.world.loose and one.shape == other.shape and 1 in one.shape
