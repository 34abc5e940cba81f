"""Numbers, columns, rows and matrices of trees: what a formula comes to when its sizes are told."""

from collections.abc import Callable, Iterator, Sequence
from itertools import product as every
from math import prod

from msgspec import Struct

from derive.formulas.syntax import Node
from derive.small_models.errors import ShapeError


class Tensor(Struct, frozen=True):
    """A number (shape `()`) or a matrix of trees, row by row; a column has one column."""

    shape: tuple[int, ...]
    cells: tuple[Node, ...]

    @property
    def is_number(self) -> bool:
        """Whether it is one number."""
        return not self.shape

    def at(self, row: int, column: int) -> Node:
        """The entry of a matrix."""
        return self.cells[row * self.shape[1] + column]


def numeral(value: int) -> Node:
    """A whole number as a tree."""
    return Node("number", (), str(value))


def number(node: Node) -> Tensor:
    """One tree as a tensor."""
    return Tensor((), (node,))


def mapped(make: Callable[..., Node], *parts: Tensor) -> Tensor:
    """A function of entries; a number goes with every entry, a row or a column with all of the other's."""
    shaped = [part.shape for part in parts if not part.is_number]
    if not shaped:
        return Tensor((), (make(*(part.cells[0] for part in parts)),))
    rows, columns = (max(sizes) for sizes in zip(*shaped, strict=True))
    for shape in shaped:
        if shape[0] not in (1, rows) or shape[1] not in (1, columns):
            raise ShapeError(f"{told(shaped[0])} and {told(shape)} do not fit entry by entry")
    cells = (
        make(
            *(p.cells[0] if p.is_number else p.at(min(row, p.shape[0] - 1), min(column, p.shape[1] - 1)) for p in parts)
        )
        for row, column in every(range(rows), range(columns))
    )
    return Tensor((rows, columns), tuple(cells))


def matmul(left: Tensor, right: Tensor) -> Tensor:
    """The product of two matrices, or a number times one."""
    if left.is_number or right.is_number:
        return mapped(times, left, right)
    if left.shape[1] != right.shape[0]:
        raise ShapeError(f"a product of {told(left.shape)} and {told(right.shape)}")
    cells = (
        plus([times(left.at(row, k), right.at(k, column)) for k in range(left.shape[1])])
        for row, column in every(range(left.shape[0]), range(right.shape[1]))
    )
    return Tensor((left.shape[0], right.shape[1]), tuple(cells))


def dotted(left: Tensor, right: Tensor) -> Tensor:
    """left @ right as NumPy has it: of two arrays of one dimension the sum of the products of their entries."""
    if left.shape == right.shape and 1 in left.shape and not left.is_number:
        return number(plus([times(a, b) for a, b in zip(left.cells, right.cells, strict=True)]))
    return matmul(left, right)


def transposed(part: Tensor) -> Tensor:
    """Rows for columns."""
    if part.is_number:
        return part
    rows, columns = part.shape
    return Tensor((columns, rows), tuple(part.at(row, column) for column in range(columns) for row in range(rows)))


def diagonal(vector: Tensor) -> Tensor:
    """The matrix with a vector on its diagonal."""
    if vector.is_number or 1 not in vector.shape:
        raise ShapeError(f"{told(vector.shape)} on a diagonal")
    size = len(vector.cells)
    places = every(range(size), range(size))
    return Tensor((size, size), tuple(vector.cells[row] if row == column else numeral(0) for row, column in places))


def identity(size: int) -> Tensor:
    """The matrix with ones on its diagonal."""
    return diagonal(Tensor((size, 1), (numeral(1),) * size))


def trace(part: Tensor) -> Tensor:
    """The sum of the entries on the diagonal; of a number, the number."""
    if part.is_number:
        return part
    if part.shape[0] != part.shape[1]:
        raise ShapeError(f"the trace of {told(part.shape)}")
    return number(plus([part.at(place, place) for place in range(part.shape[0])]))


def total(part: Tensor) -> Tensor:
    """The sum of all entries."""
    return number(plus(part.cells))


def times(*factors: Node) -> Node:
    """A product of trees."""
    return factors[0] if len(factors) == 1 else Node("product", factors)


def plus(terms: Sequence[Node]) -> Node:
    """A sum of trees; of none, zero."""
    if not terms:
        return numeral(0)
    return terms[0] if len(terms) == 1 else Node("sum", tuple(terms))


def along(part: Tensor, axis: int, make: Callable[[Sequence[Node]], Node] = plus) -> Tensor:
    """The sums along an axis, which stays with size one; or what else is made of each column or row."""
    rows, columns = part.shape
    if axis == 0:
        return Tensor((1, columns), tuple(make([part.at(r, c) for r in range(rows)]) for c in range(columns)))
    return Tensor((rows, 1), tuple(make([part.at(r, c) for c in range(columns)]) for r in range(rows)))


def told(shape: tuple[int, ...]) -> str:
    """2 × 3."""
    return "a number" if not shape else " × ".join(map(str, shape))


def slope(of: Node, by: Node, order: int = 1) -> Node:
    """∂of/∂by of two entries; 1 where both are one."""
    if order == 1 and of.kind == by.kind == "name" and of.value == by.value:
        return numeral(1)
    return Node("partial", (of, by), order=order)


def contracted(made: Tensor, of: Tensor, by: Tensor, order: int) -> Tensor:
    """A gradient times a derivative: summed over the entries of what is differentiated."""
    rows = made.cells if made.shape == of.shape else transposed(made).cells
    pairs = list(zip(rows, of.cells, strict=True))
    return Tensor(by.shape, tuple(plus([times(a, slope(o, b, order)) for a, o in pairs]) for b in by.cells))


Beside = tuple[tuple[int, int], Node, Node]
"""Where two entries stand, and both."""


def cells_of(one: Tensor, other: Tensor) -> Iterator[Beside]:
    """The entries of two tensors beside each other; a 1 × 1 matrix goes with a number."""
    if one.shape != other.shape and len(one.cells) == len(other.cells) == 1:
        yield (0, 0), one.cells[0], other.cells[0]
        return
    if one.is_number != other.is_number or one.shape != other.shape:
        raise ShapeError(f"{told(one.shape)} on the left, {told(other.shape)} on the right")
    columns = one.shape[1] if one.shape else 1
    for place, (left, right) in enumerate(zip(one.cells, other.cells, strict=True)):
        yield divmod(place, columns), left, right


def spread(part: Tensor, shape: tuple[int, ...]) -> Tensor:
    """A number as an array that has it in every place."""
    return Tensor(shape, part.cells * prod(shape)) if part.is_number else part
