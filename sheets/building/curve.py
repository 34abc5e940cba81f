"""Which points of a training the loss chart shows."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from math import isfinite, nan
from types import MappingProxyType

from msgspec import Struct

MOST_ROWS = 1000
"""Up to here a chart plots the table itself."""
MOST_POINTS = 500
"""Above, it plots so many points: half a million cached ones would cost half a gigabyte to write."""

MOST_KEPT = 60
"""So many rows are kept whole, for the points of the charts beside a table: a spreadsheet draws from the cells."""


class Curve(Struct, frozen=True):
    """The plotted updates of a training of `rows` rows, in ascending order, the first and the last among them."""

    rows: int
    updates: Sequence[int]

    @property
    def sampled(self) -> bool:
        """Whether some rows are left out, so that the points need a table of their own."""
        return len(self.updates) < self.rows


def plotted(rows: int) -> Curve:
    """All rows of a short training, MOST_POINTS evenly spread ones of a long one."""
    if rows <= MOST_ROWS:
        return Curve(rows, range(rows))
    return Curve(rows, tuple(sorted(spread(rows - 1, MOST_POINTS))))


def spread(last: int, points: int) -> frozenset[int]:
    """So many updates evenly spread from 0 to `last`, all of them where there are no more."""
    if last < points:
        return frozenset(range(last + 1))
    gaps = points - 1
    return frozenset((2 * point * last + gaps) // (2 * gaps) for point in range(points))


class Watched(Struct, frozen=True):
    """What is remembered of a training: its first and last loss, the first update at which the loss was below a tenth
    of the first (None if it never was), the plotted losses, the first update at which a value left the range of numbers
    (None if none did), the first and last row, the first update at which the loss was no number (None if none), and the
    rows of the updates that were asked for."""

    first: float
    last: float
    fell: int | None
    points: tuple[float, ...]
    left: int | None
    start: tuple[float, ...]
    end: tuple[float, ...]
    lost: int | None = None
    kept: Mapping[int, tuple[float, ...]] = MappingProxyType({})


def watch(
    rows: Iterable[Sequence[float]], place: int, curve: Curve, asked: frozenset[int] = frozenset()
) -> tuple[Iterator[Sequence[float]], Callable[[], Watched]]:
    """The same rows, watched as they pass, and what was seen once they have: the loss stands at `place` of a row.

    The rows of the updates that are `asked` for are kept whole.
    """
    losses: list[float] = []
    ends: list[float] = [nan, nan]
    fell: list[int] = []
    left: list[int] = []
    lost: list[int] = []
    rows_seen: list[Sequence[float]] = [(), ()]
    kept: dict[int, tuple[float, ...]] = {}
    wanted = iter(curve.updates)

    def passing() -> Iterator[Sequence[float]]:
        next_wanted = next(wanted, None)
        for update, row in enumerate(rows):
            loss = row[place]
            if update == 0:
                ends[0] = loss
            if not fell and loss < ends[0] / 10:
                fell.append(update)
            if not lost and not isfinite(loss):
                lost.append(update)
            if update == next_wanted:
                losses.append(loss)
                next_wanted = next(wanted, None)
            if not left and not isfinite(sum(row)):
                left.append(update)
            ends[1] = loss
            if update in asked:
                kept[update] = tuple(row)
            if update == 0:
                rows_seen[0] = row
            rows_seen[1] = row
            yield row

    return passing(), lambda: Watched(
        ends[0], ends[1], fell[0] if fell else None, tuple(losses),
        left[0] if left else None, tuple(rows_seen[0]), tuple(rows_seen[1]), lost[0] if lost else None, kept,
    )
