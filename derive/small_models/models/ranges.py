"""What the indices of a world may be at concrete sizes, and the values that letters may have."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import Any

from msgspec import Struct

from derive.formulas.syntax import Node
from derive.small_models.errors import OutOfRangeError, UnclearError
from derive.small_models.notation.slots import place_of
from derive.small_models.worlds.dimensions import ONE
from derive.small_models.worlds.world import World

CLAIM = "#"
"""Under this an environment has the number of the claim, by which its letters have sorts."""
Env = Mapping[str, Any]
"""Letters with their values, variables of a function with their tensors, and the number of the claim."""


class Ranges(Struct, frozen=True):
    """A world with the size of each sort; its layers are 0 to `top`."""

    world: World
    sizes: Mapping[str, int]
    top: int

    def size(self, sort: str) -> int:
        """How many entries a sort has."""
        if sort == ONE:
            return 1
        told = self.world.sorts.fixed.get(sort, 0) or self.sizes.get(sort, 0)
        return told or self._size_of_others(sort)

    def _size_of_others(self, sort: str) -> int:
        """The size of a sort of which a claim has nothing by itself: where it has a name, N is not taken for K."""
        largest = max(self.sizes.values(), default=2)
        is_named = bool(self.sizes) and sort in self.world.sorts.named.values()
        return largest + (is_named and largest > 1)

    def of(self, sort: str) -> range:
        """What a bound index of a sort may be; of layers, those after the first."""
        return self._from(self.first(sort), sort)

    def first(self, sort: str) -> int:
        """The first index of a sort that counts no layers."""
        return 0 if sort in self.world.sorts.from_zero else 1

    def _from(self, first: int, sort: str) -> range:
        return range(first, self._last(sort) + (sort not in self.world.sorts.from_zero))

    def all(self, sort: str) -> range:
        """What any index of a sort may be."""
        return self._from(0 if sort in self.world.sorts.counted else self.first(sort), sort)

    def _last(self, sort: str) -> int:
        return self.top if sort in self.world.sorts.counted else self.size(sort)

    def values(
        self, indices: Sequence[Node], sorts: Sequence[str], env: Env, is_open: bool = False
    ) -> tuple[int, ...]:
        """The values of several indices, each of its sort."""
        return tuple(self.value(index, sort, env, is_open) for index, sort in zip(indices, sorts, strict=False))

    def value(self, index: Node, sort: str, env: Env, is_open: bool = False) -> int:
        """The value of an index; OutOfRangeError where the sort has no such one, unless what has the index is open to
        further ones, which are a step away from a letter's.
        """
        letter, shift = place_of(index)
        if letter in self.world.signs.tops:
            value = self.top + shift
        else:
            value = (self.letter(letter, env) if letter else 0) + shift
        if value not in self.all(sort) and not (is_open and letter and shift):
            raise OutOfRangeError(value)
        return value

    def letter(self, letter: str, env: Env) -> int:
        """The value of a letter."""
        if letter not in env:
            raise UnclearError(f"nothing tells what the index {letter} is")
        return int(env[letter])

    def environment(self, claim: int) -> dict[str, Any]:
        """What is told of the letters of a claim: those that are one index throughout."""
        return {CLAIM: claim, **dict.fromkeys(self.world.constants, 1)}

    def every(self, letters: Sequence[str], claim: int) -> Iterator[dict[str, Any]]:
        """All values for free letters."""
        free = [letter for letter in letters if letter not in self.world.constants]
        for values in product(*(self.of(self.world.sorts.letter(claim, letter)) for letter in free)):
            yield {**self.environment(claim), **dict(zip(free, values, strict=True))}

    def assignments(self, letters: Sequence[str], claim: int) -> Iterator[dict[str, Any]]:
        """Values for free letters, one for each pattern of equal and unequal ones within a sort; all for layers.

        A letter that is one index throughout has no sort in a claim that has it not: every other may equal it or not.
        """
        sorts = self.world.sorts
        found = [self.environment(claim)]
        for letter in letters:
            if letter in self.world.constants:
                continue
            sort = sorts.letter(claim, letter)
            further: list[dict[str, Any]] = []
            for env in found:
                values: Sequence[int] = self.of(sort)
                if sort not in sorts.counted and not sorts.least.get(sort, 0):
                    kin = (o for o in env if o in self.world.constants or sorts.letter(claim, o) == sort)
                    used = [env[other] for other in kin if other != CLAIM]
                    values = [value for value in values if value <= max(used, default=self.first(sort) - 1) + 1]
                further.extend({**env, letter: value} for value in values)
            found = further
        yield from found
