"""The inverse of a matrix, and its determinant, written out by cofactors."""

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
    below = Node("inverse", (determinant(whole),))
    if whole.shape == (1, 1):
        return Tensor(whole.shape, (below,))
    a, b, c, d = whole.cells
    cells = (d, _negative(b), _negative(c), a)
    return Tensor(whole.shape, tuple(times(cell, below) for cell in cells))


def determinant(whole: Tensor) -> Node:
    """The determinant of a square matrix, by the cofactors of its first row; of a number, the number."""
    if whole.is_number:
        return whole.cells[0]
    size = whole.shape[0]
    if size != whole.shape[1]:
        raise ShapeError(f"the determinant of {told(whole.shape)}")
    return _determinant([whole.cells[size * row : size * (row + 1)] for row in range(size)])


def _determinant(rows: Sequence[Sequence[Node]]) -> Node:
    first, *below = rows
    if not below:
        return first[0]
    minors = [[(*row[:column], *row[column + 1 :]) for row in below] for column in range(len(first))]
    terms = [times(cell, _determinant(minor)) for cell, minor in zip(first, minors, strict=True)]
    return plus([_negative(term) if column % 2 else term for column, term in enumerate(terms)])


def _negative(cell: Node) -> Node:
    return Node("negative", (cell,))
