"""What is reached from names, or from cells, over what stands below them; and which of several meet."""

from collections.abc import Callable, Collection, Hashable, Iterable, Iterator
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


def meeting(things: Iterable[Thing], marks: Iterable[Collection[Hashable]]) -> list[list[Thing]]:
    """Those that share a mark, or are joined by others that do, together; each has marks of its own."""
    groups: dict[Hashable, int] = {}
    members: dict[int, list[Thing]] = {}
    marked: dict[int, set[Hashable]] = {}
    for number, (thing, own) in enumerate(zip(things, marks, strict=True)):
        members[number], marked[number] = [thing], set(own)
        for other in dict.fromkeys(groups[mark] for mark in own if mark in groups):
            members[number] += members.pop(other)
            marked[number] |= marked.pop(other)
        groups |= dict.fromkeys(marked[number], number)
    return list(members.values())
