"""How many indices stand at once in the terms of a formula, above and below its stroke: sums and products of counts."""

from collections import Counter
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from msgspec import Struct


class Count(Struct, frozen=True):
    """How many bound indices of each sort stand at once above and below the stroke."""

    above: Mapping[str, int] = MappingProxyType({})
    below: Mapping[str, int] = MappingProxyType({})

    @property
    def is_none(self) -> bool:
        """Whether no index is bound at all."""
        return not any((*self.above.values(), *self.below.values()))

    @property
    def inverse(self) -> "Count":
        """One divided by it."""
        return Count(self.below, self.above)

    def times(self, *others: "Count") -> "Count":
        """The count of a product."""
        parts = (self, *others)
        return Count(_sum(*(part.above for part in parts)), _sum(*(part.below for part in parts)))


def added(parts: Sequence[Count]) -> Count:
    """The count of a sum over a common stroke: each term has what stands below the others, too."""
    below = _sum(*(part.below for part in parts))
    return Count(_most(*(_sum(part.above, _less(below, part.below)) for part in parts)), below)


def largest(parts: Sequence[Count]) -> Count:
    """The count of a sum of parts with no stroke in common."""
    return Count(_most(*(part.above for part in parts)), _most(*(part.below for part in parts)))


def _sum(*parts: Mapping[str, int]) -> dict[str, int]:
    found: Counter[str] = Counter()
    for part in parts:
        found.update(part)
    return dict(found)


def _most(*parts: Mapping[str, int]) -> dict[str, int]:
    found: dict[str, int] = {}
    for part in parts:
        for sort, value in part.items():
            found[sort] = max(found.get(sort, 0), value)
    return found


def _less(one: Mapping[str, int], other: Mapping[str, int]) -> dict[str, int]:
    return {sort: value - other.get(sort, 0) for sort, value in one.items()}
