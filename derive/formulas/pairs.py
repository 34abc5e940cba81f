"""Names that are set at once: a, b = c, d is a claim about each of them."""

from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from derive.formulas.phrases import is_lone_derivative
from derive.formulas.runs import Run
from derive.formulas.tokens import Token


def at_once(runs: Sequence[Run]) -> Iterator[Run]:
    """The runs of a line, those of `a, b = c, d` as a = c and b = d.

    Where there are not as many formulas as names, and the line begins with the names, nobody can tell what is meant.
    """
    place = 0
    while place < len(runs):
        names = _names(runs, place)
        values = _values(runs, place + len(names)) if len(names) > 1 else []
        if len(names) > 1 and len(names) == len(values):
            relation = runs[place + len(names) - 1].tokens[len(names[-1])]
            for count, (name, value) in enumerate(zip(names, values, strict=True)):
                ends = count == len(names) - 1
                last = runs[place + len(names) + len(values) - 2]
                yield replace(
                    runs[place],
                    tokens=(*name, relation, *value),
                    opens=runs[place].opens and count == 0,
                    closes=last.closes and ends,
                    after=last.after if ends else (),
                )
            place += len(names) + len(values) - 1
            continue
        if len(names) > 1 and runs[place].opens:
            told = Token("UNKNOWN", "a list of names for one formula", names[0][0].start, names[0][0].start)
            yield replace(runs[place + len(names) - 1], tokens=(told, *runs[place + len(names) - 1].tokens))
            place += len(names)
            continue
        yield runs[place]
        place += 1


def _names(runs: Sequence[Run], place: int) -> list[tuple[Token, ...]]:
    """The names, or the derivatives, with commas between them from a run on, the last one before a relation."""
    found: list[tuple[Token, ...]] = []
    for at in range(place, len(runs)):
        left = runs[at].left
        is_name = len(left) == 1 and left[0].kind == "WORD"
        if (at > place and not _follows(runs[at - 1], runs[at])) or not (is_name or is_lone_derivative(left)):
            return []
        if found and is_name != (len(found[0]) == 1):
            return []
        found.append(left)
        if len(left) < len(runs[at].tokens):
            return found
    return []


def _values(runs: Sequence[Run], place: int) -> list[tuple[Token, ...]]:
    """The formulas with commas between them: what stands behind the relation of the run before a place, and on."""
    found = [runs[place - 1].tokens[len(runs[place - 1].left) + 1 :]]
    if any(token.kind == "RELATION" for token in found[0]):
        return []
    for at in range(place, len(runs)):
        if not _follows(runs[at - 1], runs[at]) or runs[at].is_related:
            break
        found.append(runs[at].tokens)
    return found


def _follows(run: Run, other: Run) -> bool:
    """Whether nothing but a comma stands between two runs."""
    return (
        len(run.after) > 1
        and run.after[0].kind == "COMMA"
        and run.after[1].start == other.tokens[0].start
        and not other.is_remark
    )
