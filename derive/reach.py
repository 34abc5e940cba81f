"""What is reached from names, or from cells, over what stands below them."""

from collections.abc import Callable, Hashable, Iterable, Iterator
from typing import TypeVar

Thing = TypeVar("Thing", bound=Hashable)


def reached(starts: Iterable[Thing], below: Callable[[Thing], Iterable[Thing]]) -> Iterator[Thing]:
    """Each that is reached once, those to start from among them; what stands below one is asked for after it."""
    waiting, seen = list(starts), set[Thing]()
    while waiting:
        here = waiting.pop()
        if here not in seen:
            seen.add(here)
            yield here
            waiting.extend(below(here))
