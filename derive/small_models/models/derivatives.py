"""Derivatives of arrays by arrays, before anybody works them out."""

from typing import TYPE_CHECKING

from msgspec.structs import replace

from derive.formulas.syntax import Node
from derive.small_models.errors import UnclearError
from derive.small_models.models.ranges import Env
from derive.small_models.models.tensors import Tensor, mapped, number, slope
from derive.small_models.notation.slots import base_of

if TYPE_CHECKING:
    from derive.small_models.models.model import Model


def partial(model: "Model", node: Node, env: Env) -> Tensor:
    """∂of/∂by entry by entry; of a vector by a vector, a row for each entry of the first."""
    of, by = model.tensors(node.parts, env)
    return derived(model, of, by, node.order)


def entrywise_slope(model: "Model", node: Node, env: Env) -> Tensor:
    """da_dz of a program: the derivative of each entry by the entry in its place."""
    of, by = model.tensors(node.parts, env)
    model.check_named(by)
    return mapped(slope, of, by)


def gradient(model: "Model", node: Node, env: Env) -> Tensor:
    """∇_x f: the derivatives by all entries of x, without a layer by those of the last; ∇f, by all variables of f."""
    *by, of = node.parts
    if not by and of.kind == "call" and not node.order:
        return _slopes_at(model, of, env)
    if not by:
        variables = model.world.signs.heads.get(of.value.rstrip("·").removesuffix("()"), ())
        by = [Node("name", (), variable) for variable in variables]
        below = model.tensors(by, env)
        if len(by) > 1 and not node.order and all(one.is_number for one in below):
            (above,) = model.tensor(of, env).cells
            return Tensor((len(by), 1), tuple(slope(above, one.cells[0]) for one in below))
    if len(by) != 1 or by[0].kind != "name":
        raise UnclearError("nothing tells by what ∇ differentiates")
    name, (arity, tops) = by[0], (model.world.sorts.arity, model.world.signs.tops)
    if base_of(name) not in arity and base_of(name) + "^" in arity and tops:
        last = Node("above", (Node("name", (), min(tops)),))
        name = replace(name, scripts=(last, *name.scripts))
    if node.order == 2:
        return _second(model, model.number(of, env), model.tensor(name, env))
    return derived(model, model.tensor(of, env), model.tensor(name, env))


def _second(model: "Model", of: Node, by: Tensor) -> Tensor:
    """∇²f: the matrix of the second derivatives."""
    model.check_named(by)
    if by.is_number or 1 not in by.shape:
        raise UnclearError("second derivatives by a matrix have four indices")
    cells = tuple(slope(slope(of, column), row) for row in by.cells for column in by.cells)
    return Tensor((len(by.cells), len(by.cells)), cells)


def _slopes_at(model: "Model", of: Node, env: Env) -> Tensor:
    """∇f(1, 2): the slopes of a function of the document by its variables, at these numbers."""
    own, parts = model.world.functions.get(of.value), model.tensors(of.parts, env)
    if own is None or len(own.variables) != len(parts) or not all(part.is_number for part in parts):
        raise UnclearError("nothing tells by what ∇ differentiates")
    call = replace(of, parts=tuple(part.cells[0] for part in parts), base="", scripts=())
    cells = tuple(Node("slopes", (call,), order=place) for place in range(len(parts)))
    return Tensor((len(cells), 1), cells) if len(cells) > 1 else number(cells[0])


def derived(model: "Model", of: Tensor, by: Tensor, order: int = 1) -> Tensor:
    """The derivatives of the entries of one tensor by those of another; a row for each entry of the first."""
    model.check_named(by)
    if of.is_number or by.is_number:
        return mapped(lambda o, b: slope(o, b, order), of, by)
    if 1 not in of.shape or 1 not in by.shape:
        raise UnclearError("a derivative of a vector by a matrix has three indices")
    return Tensor((len(of.cells), len(by.cells)), tuple(slope(o, b, order) for o in of.cells for b in by.cells))
