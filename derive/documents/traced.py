"""Text that remembers where each of its characters came from."""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator

from msgspec import Struct


class Traced(Struct, frozen=True):
    """A text and, for each of its characters, the offset in the source from which it stems."""

    text: str
    at: tuple[int, ...]

    @classmethod
    def of(cls, source: str) -> "Traced":
        """A source, each character at its own place."""
        return cls(source, tuple(range(len(source))))

    @classmethod
    def put(cls, text: str, place: int) -> "Traced":
        """A text that is new, all of it at one place."""
        return cls(text, (place,) * len(text))

    def __len__(self) -> int:
        return len(self.text)

    def __getitem__(self, part: slice) -> "Traced":
        return Traced(self.text[part], self.at[part])

    def place(self, index: int) -> int:
        """The offset in the source of a character; past the end, that of the last."""
        if not self.at:
            return 0
        return self.at[min(index, len(self.at) - 1)]

    def stripped(self) -> "Traced":
        """Without blanks at both ends."""
        start = len(self.text) - len(self.text.lstrip())
        return self[start : max(start, len(self.text.rstrip()))]

    def sub(
        self, pattern: re.Pattern[str], put: Callable[[re.Match[str]], "Iterable[str | tuple[int, int]]"]
    ) -> "Traced":
        """Every match replaced by parts: a string is new and stands at the match's place, a span is kept."""
        found: list[Traced] = []
        end = 0
        for match in pattern.finditer(self.text):
            found.append(self[end : match.start()])
            for part in put(match):
                if isinstance(part, str):
                    found.append(Traced.put(part, self.place(match.start())))
                else:
                    found.append(self[part[0] : part[1]])
            end = match.end()
        if not found:
            return self
        found.append(self[end:])
        return join(found)

    def moved(self, offset: int) -> "Traced":
        """The same in a source in which it stands so much later."""
        return Traced(self.text, tuple(place + offset for place in self.at))

    def map(self, table: Callable[[str], str]) -> "Traced":
        """The same places with every character exchanged, one for one."""
        return Traced(table(self.text), self.at)

    def lines(self) -> Iterator["Traced"]:
        """The lines, without their ends."""
        start = 0
        for line in self.text.split("\n"):
            yield self[start : start + len(line)]
            start += len(line) + 1


def join(parts: Iterable[Traced]) -> Traced:
    """Texts one after the other."""
    kept = tuple(parts)
    if len(kept) == 1:
        return kept[0]
    return Traced("".join(part.text for part in kept), tuple(place for part in kept for place in part.at))


class Lines(Struct, frozen=True):
    """Where the lines of a source start."""

    starts: tuple[int, ...]

    @classmethod
    def of(cls, source: str) -> "Lines":
        """The lines of a source."""
        return cls((0, *(match.end() for match in re.finditer("\n", source))))

    def place(self, offset: int) -> tuple[int, int]:
        """Line and column of an offset, both from 1."""
        line = bisect_right(self.starts, offset)
        return line, offset - self.starts[line - 1] + 1
