"""A world at concrete sizes: trees become tensors of entries, and entries a network of plain names.

`elaboration` and `products` put a tree out at a model's sizes (`tensors`), `model` says which entries there are and
what defines them, and `entries` works out their definitions and derivatives.
"""

from collections.abc import Mapping
from types import MappingProxyType

from derive.small_models.models.entries import Entries
from derive.small_models.models.model import Model
from derive.small_models.models.ranges import Ranges
from derive.small_models.worlds.conditions import Total
from derive.small_models.worlds.world import World


class Models:
    """The models of one world, each made once."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._made: dict[object, Entries] = {}

    def at(
        self,
        sizes: Mapping[str, int],
        totals: Mapping[str, Total] = MappingProxyType({}),
        tied: Mapping[str, str] = MappingProxyType({}),
        hot: tuple[str, int] | None = None,
        given: frozenset[str] = frozenset(),
        choices: tuple[str, tuple[int, ...]] | None = None,
    ) -> Entries:
        """The entries at these sizes; `totals`, `tied`, `hot`, `given` and `choices` as for `Model`."""
        used = tuple(sorted((total.of, total.place) for total in totals.values()))
        key = (tuple(sorted(sizes.items())), used, tuple(sorted(tied.items())), hot, given, choices)
        if key not in self._made:
            ranges = Ranges(self.world, sizes, self.world.sorts.top)
            self._made[key] = Entries(Model(ranges, totals, tied, hot, given, choices))
        return self._made[key]
