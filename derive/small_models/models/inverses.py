"""The inverse of a matrix, written out by its cofactors."""

from collections.abc import Sequence

from derive.formulas.syntax import Node
from derive.small_models.errors import NoInverseError, ShapeError
from derive.small_models.models.tensors import Tensor, plus, times, told

_LARGEST = 2
"""The inverse of so many rows is written out; larger sizes are left out."""


def inverse(whole: Tensor) -> Tensor:
    """The inverse of a square matrix; NoInverseError where it is larger than is written out."""
    if whole.shape[0] != whole.shape[1]:
        raise ShapeError(f"the inverse of {told(whole.shape)}")
    if whole.shape[0] > _LARGEST:
        raise NoInverseError(whole.shape[0])
    below = Node("inverse", (determinant(whole.cells),))
    if whole.shape == (1, 1):
        return Tensor(whole.shape, (below,))
    a, b, c, d = whole.cells
    cells = (d, _negative(b), _negative(c), a)
    return Tensor(whole.shape, tuple(times(cell, below) for cell in cells))


def determinant(cells: Sequence[Node]) -> Node:
    """The determinant of a matrix with one or two rows."""
    if len(cells) == 1:
        return cells[0]
    a, b, c, d = cells
    return plus([times(a, d), _negative(times(b, c))])


def _negative(cell: Node) -> Node:
    return Node("negative", (cell,))
