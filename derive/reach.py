"""What is reached from names over what stands below them."""

from collections.abc import Callable, Iterable, Iterator


def reached(starts: Iterable[str], below: Callable[[str], Iterable[str]]) -> Iterator[str]:
    """Each name that is reached once, those to start from among them; what stands below one is asked for after it."""
    waiting, seen = list(starts), set[str]()
    while waiting:
        here = waiting.pop()
        if here not in seen:
            seen.add(here)
            yield here
            waiting.extend(below(here))
