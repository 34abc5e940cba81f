"""A class at a glance: how many are right, which slip how often, and what a person should look at."""

from collections import Counter
from collections.abc import Iterator, Sequence

from msgspec import Struct

from sheets.grading.whose import Row

_MOST_SLIPS = 8
_MOST_LOOKS = 8


class Slip(Struct, frozen=True):
    """A slip, in how many hand-ins it was made, and of which quantities."""

    told: str
    count: int
    quantities: tuple[str, ...]


class Overview(Struct, frozen=True):
    """The counts of a class; `slips` with the most frequent first."""

    handed_in: int
    right: int
    wrong: int
    begun: int
    empty: int
    unreadable: int
    absent: int
    slips: tuple[Slip, ...]


def overview(rows: Sequence[Row]) -> Overview:
    """What a teacher reads in ten seconds."""
    graded = [row.graded for row in rows if row.graded is not None]
    kinds = Counter(
        "unreadable" if one.fault else "right" if one.is_right
        else "empty" if all(s.item.state == "missing" for s in one.items)
        else "begun" if all(s.item.state in ("right", "fragile", "missing") for s in one.items) else "wrong"
        for one in graded
    )
    counted: Counter[str] = Counter()
    quantities: dict[str, dict[str, None]] = {}
    for one in graded:
        told: dict[str, None] = {}
        for s in one.items:
            if s.item.state in ("wrong", "first_row", "number") and s.item.told:
                told[s.item.told] = None
                quantities.setdefault(s.item.told, {})[s.item.blank.name] = None
        counted.update(list(told))
    slips = tuple(Slip(told, count, tuple(quantities[told])) for told, count in counted.most_common())
    return Overview(len(graded), kinds["right"], kinds["wrong"], kinds["begun"], kinds["empty"],
                    kinds["unreadable"], sum(row.graded is None for row in rows), slips)


def overview_lines(rows: Sequence[Row], passed_over: Sequence[str] = ()) -> Iterator[tuple[str, str]]:
    """(style, line) for a terminal."""
    seen = overview(rows)
    counts = ((seen.right, "all right", "right"), (seen.wrong, "with mistakes", "wrong"),
              (seen.begun, "right so far, not finished", "incomplete"), (seen.empty, "nothing filled in", "incomplete"),
              (seen.unreadable, "could not be graded", "unreadable"), (seen.absent, "not handed in", "quiet"))
    yield "title", f"{seen.handed_in} hand-in{'s' if seen.handed_in != 1 else ''}"
    for count, words, style in counts:
        if count:
            yield style, f"  {count:>4}  {words}"
    if seen.slips:
        yield "title", "The most frequent slips"
        for slip in seen.slips[:_MOST_SLIPS]:
            names = ", ".join(slip.quantities[:4]) + (" …" if len(slip.quantities) > 4 else "")
            yield "", f"  {slip.count:>4}  {slip.told} ({names})"
        if len(seen.slips) > _MOST_SLIPS:
            yield "quiet", f"        and {len(seen.slips) - _MOST_SLIPS} more kinds"
    looks = [(row.name, look) for row in rows if row.graded is not None for look in row.look]
    if looks:
        yield "title", "For you to look at"
        for name, look in looks[:_MOST_LOOKS]:
            yield "", f"  {name}: {look}"
        if len(looks) > _MOST_LOOKS:
            yield "quiet", f"  and {len(looks) - _MOST_LOOKS} more, in the column Look at"
    if passed_over:
        yield "quiet", f"Not looked at: {', '.join(passed_over[:6])}{' …' if len(passed_over) > 6 else ''}"
