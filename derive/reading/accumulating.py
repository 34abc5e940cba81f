"""Assignments that go on: `dx += a` adds to what dx was, `w -= a` steps from what w was."""

from collections.abc import Callable, Iterable

from msgspec.structs import replace

from derive.reading.statements import Statement
from derive.reading.traced import Traced, join

_LONGEST_SUM = 600


def accumulated(
    statements: Iterable[Statement], adds: frozenset[str], steps: Callable[[str], bool]
) -> tuple[Statement, ...]:
    """The same statements without `+=` and `-=`.

    `adds` are the names that are summed up, part by part: the last line has the whole sum, the others are parts of it.
    A name that `steps` is changed: w -= a is w = w - (a).
    """
    found: list[Statement] = []
    open_sums: dict[str, int] = {}
    for statement in statements:
        name = statement.members[0].text.strip()
        if statement.augmented == "+" and name in open_sums and len(found[open_sums[name]].members[1]) < _LONGEST_SUM:
            before = found[open_sums[name]]
            found[open_sums[name]] = replace(before, is_part=True)
            statement = _changed(statement, before.members[1])
        elif statement.augmented in ("+", "-") and steps(name):
            statement = _changed(statement, statement.members[0])
        found.append(statement)
        if name in adds and len(statement.members) == 2:
            open_sums[name] = len(found) - 1
    return tuple(found)


def _changed(statement: Statement, before: Traced) -> Statement:
    """name = before + (part)."""
    name, part = statement.members
    sign, close = f" {statement.augmented} (", ")"
    at = part.at[:1] or name.at[-1:] or (0,)
    # every character stands where the part stands, so that the place shown is that of the line itself
    start = Traced(before.text + sign, at * len(before.text + sign))
    end = Traced(close, part.at[-1:] or at)
    return replace(statement, members=(name, join((start, part, end))), augmented="")
