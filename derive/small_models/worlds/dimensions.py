"""Dimensions of vectors and matrices, joined where an equation needs two of them to be one: union and find."""

from collections.abc import Iterable, Sequence
from typing import TypeGuard

Dims = tuple[str, str]
"""Rows and columns, each a sort, a dimension that is still loose, one, or unknown."""
ONE = "1"
_SIZE = "size:"
_TOLD = "told:"
UNKNOWN: Dims = ("?", "?")


class ShapeConflict(Exception):
    """Two shapes of an equation that cannot be one."""


def dimension(base: str, layer: Sequence[int], place: int) -> str:
    """The rows (place 0) or columns (1) of a name in a layer, as long as nothing tells more of them."""
    return f"dim:{base}:{place}" + "".join(f"@{number}" for number in layer)


def of_size(size: int) -> str:
    """The dimension of what is written out entry by entry."""
    return ONE if size == 1 else f"{_SIZE}{size}"


def told(size: str) -> str:
    """The dimension of which the text says the size, n or 3 in ℝ^n and ℝ^3."""
    return ONE if size == "1" else f"{_TOLD}{size}"


def told_size(dim: str) -> str:
    """The size that the text says of a dimension; nothing where it says none."""
    return dim.removeprefix(_TOLD) if dim.startswith(_TOLD) else ""


def size_of(dim: str) -> int | None:
    """The size of such a dimension; None for any other."""
    return int(dim.removeprefix(_SIZE)) if dim.startswith(_SIZE) else None


def _is_loose(dim: str) -> bool:
    return dim.startswith("dim:")


def is_known(dims: Dims | None) -> TypeGuard[Dims]:
    """Whether both dimensions of an array are known; a number has none."""
    return dims is not None and "?" not in dims


class Dimensions:
    """The classes of dimensions that are one."""

    def __init__(self) -> None:
        self.parent: dict[str, str] = {}
        self.is_strict = False
        """Whether what has been told of a name before must not shrink it to one row or column, nor make one of the
        widths of two layers."""
        self.changes = 0
        """How often two were made one, or that was taken back."""

    def find(self, dim: str) -> str:
        """What stands for the class of a dimension."""
        self.parent.setdefault(dim, dim)
        while self.parent[dim] != dim:
            dim = self.parent[dim]
        return dim

    def join(self, one: str, other: str) -> None:
        """Two dimensions made one; ShapeConflict where that shrinks a sort to one."""
        a, b = self.find(one), self.find(other)
        if a == b:
            return
        self.changes += 1
        if ONE in (a, b):
            larger = b if a == ONE else a
            if not _is_loose(larger) or self.is_strict:
                raise ShapeConflict(f"{one} {other}")
            self.parent[larger] = ONE
        elif self._are_apart(a, b):
            raise ShapeConflict(f"{one} {other}")
        elif _is_loose(a) or size_of(b) is not None:
            self.parent[a] = b
        else:
            self.parent[b] = a

    def _are_apart(self, one: str, other: str) -> bool:
        """Whether two classes have sizes that are told, or are widths of layers that must stay apart."""
        both = (one, other)
        is_told = None not in map(size_of, both) or all(dim.startswith(_TOLD) for dim in both)
        return is_told or (self.is_strict and all(map(self._is_width, both)))

    def _is_width(self, dim: str) -> bool:
        """Whether a class has dimensions of several names, some with layers, and no sort: that is one in all layers."""
        members = [member for member in self.parent if self.find(member) == dim]
        return len(members) > 1 and all(map(_is_loose, members)) and any("@" in member for member in members)

    def restore(self, parent: dict[str, str]) -> None:
        """Takes back what was joined since the classes were these."""
        self.parent = parent
        self.changes += 1

    def is_one(self, dim: str) -> bool:
        """Whether a dimension is one."""
        return self.find(dim) == ONE

    def classes(self, sorts: Iterable[str]) -> dict[str, str]:
        """What stands for each of some sorts and for each dimension that was met."""
        return {sort: self.find(sort) for sort in {*sorts, *self.parent}}
