"""Why a claim about arrays is left open: what nobody can read in a document's world, or at a size."""

from derive.errors import DeriveError


class UnclearError(DeriveError):
    """What nobody can read in this world: an index, a shape or a call that is not told."""

    def __init__(self, found: str) -> None:
        super().__init__("", found)


class UntoldError(UnclearError):
    """A derivative by something on which `of` rests in no way that is told."""

    def __init__(self, of: str, by: str) -> None:
        super().__init__(f"nothing tells how {of} rests on {by}")
        self.of = of


class OutOfRangeError(UnclearError):
    """An index that is larger than its sort, a layer that is not there, or what a sum of no terms leaves out."""

    def __init__(self, value: int | str) -> None:
        super().__init__(f"the index {value} is not there" if isinstance(value, int) else f"nothing is left of {value}")


class NoInverseError(UnclearError):
    """The inverse of a matrix that is too large to be written out."""

    def __init__(self, size: int) -> None:
        super().__init__(f"the inverse of {size} × {size} is not written out")


class ShapeError(UnclearError):
    """Two shapes that do not fit."""
