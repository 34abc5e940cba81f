"""The sizes at which a claim is looked at, and whether these prove it at every size."""

from collections.abc import Mapping, Sequence
from itertools import product as every
from math import prod

from msgspec import Struct

from derive.small_models.weighing.theorem import bounds
from derive.small_models.worlds.sides import Sides
from derive.small_models.worlds.world import World

Sizes = Mapping[str, int]
_MOST_MODELS = 8


class Grid(Struct, frozen=True):
    """Sizes of each sort, in the order in which they are looked at."""

    sizes: tuple[Sizes, ...]
    is_complete: bool
    """Whether a claim that holds at all of them holds at every size."""
    is_of_entries: bool
    """Whether that counts the names of which functions are taken as entries, and others as what defines them."""

    @property
    def largest(self) -> int:
        """The largest size of any sort."""
        return max((size for sizes in self.sizes for size in sizes.values()), default=1)


def grid_of(world: World, claim: int, sides: Sides, sorts: Sequence[str], kept: frozenset[str]) -> Grid:
    """The grid of a claim: where the theorem asks for few sizes all of these, else two or three.

    The names in `kept` count as entries; where that is no use, all that are defined do.
    """
    plain = bounds(world, claim, sides, sorts, frozenset(world.rules))
    whole = bounds(world, claim, sides, sorts, kept)
    for needed, is_of_entries in ((whole, True), (plain, False)):
        complete = _complete(sorts, world, needed) if needed is not None else ()
        if complete:  # an index 2 that is written leaves no smaller size, and may be the last one
            is_whole = all(world.sorts.least.get(sort, 1) <= 1 or sort in world.sorts.fixed for sort in sorts)
            return Grid(complete, is_whole, is_of_entries)
    return Grid(_few(sorts, world), False, False)


def grid_at(
    sizes: Sequence[Sizes], world: World, claim: int, sides: Sides, sorts: Sequence[str], kept: frozenset[str]
) -> Grid:
    """A grid of given sizes."""
    return Grid(tuple(sizes), False, bounds(world, claim, sides, sorts, kept) is not None)


def _complete(sorts: Sequence[str], world: World, needed: Mapping[str, int]) -> tuple[Sizes, ...]:
    """All sizes up to those that are needed, at least 1 and 2, in the order of the largest beyond these, unequal ones
    first; nothing where these are many.
    """
    most = [1 if world.sorts.fixed.get(sort) else max(2, needed[sort]) for sort in sorts]
    if prod(most) > _MOST_MODELS:
        return ()
    grid = [_sizes(sorts, world, values) for values in every(*(range(1, size + 1) for size in most))]
    return tuple(sorted(_unique(grid), key=_turn))


def _turn(sizes: Sizes) -> tuple[int, bool, int]:
    return max((2, *sizes.values())), len(set(sizes.values())) == 1, sum(sizes.values())


def _few(sorts: Sequence[str], world: World) -> tuple[Sizes, ...]:
    """Size 2 with one sort larger, then 1 and 2 alike, these first where layers have widths; of one sort 1, 2 and 3."""
    larger = [_sizes(sorts, world, [2 + (sort == large) for sort in sorts]) for large in sorts[:3] if len(sorts) > 1]
    alike = [_sizes(sorts, world, [size] * len(sorts)) for size in ((1, 2) if larger else (1, 2, 3))]
    return tuple(_unique((*alike, *larger) if world.layers else (*larger, *alike)))


def _sizes(sorts: Sequence[str], world: World, values: Sequence[int]) -> Sizes:
    """A size for each sort: what the text fixes, and no less than the largest index that stands there."""
    fixed, least = world.sorts.fixed, world.sorts.least
    return {s: fixed.get(s) or max(least.get(s, 1), value) for s, value in zip(sorts, values, strict=True)}


def _unique(grid: Sequence[Sizes]) -> list[Sizes]:
    return [sizes for place, sizes in enumerate(grid) if sizes not in grid[:place]]
