"""What `sheets build` says at its end: what it wrote, and in one line what the check of the hand derivation found."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from math import isfinite

from derive.checking import Checked
from derive.checking.report import WORDS
from sheets.building.curve import Watched

_BEST = ("proved", "definition", "undecided", "not-understood", "refuted")
_MOST_LINES = 8


def announce(path: str, loss: str, rows: int, sheets: Sequence[tuple[str, Watched]]) -> Iterator[str]:
    """The file, and each sheet's first and last loss, a line each; one that leaves the numbers says at which update."""
    yield f"{path}: {len(sheets)} {'table' if len(sheets) == 1 else 'tables'} of {rows:,} rows"
    for sheet, seen in sheets:
        yield f"  {sheet:<10} {loss} {seen.first + 0.0:.6g} → {_last(seen)}"


def _last(seen: Watched) -> str:
    """The last loss, or where there is none; a training whose loss did not grow has not diverged: EXP ends at 709."""
    if seen.left is None and isfinite(seen.last):
        return f"{seen.last + 0.0:.6g}"
    fell = seen.points and max(filter(isfinite, seen.points), default=seen.first) <= seen.first
    return f"{'no number from' if fell else 'diverges at'} update {seen.left:,}{' on' if fell else ''}"


def verdict_line(checked: Sequence[Checked]) -> Iterator[tuple[str, str]]:
    """(style, line): how many lines of the hand derivation are right, and which are not; nothing without one."""
    if not checked:
        return
    lines = [(line, list(claims)) for line, claims in groupby(checked, key=lambda one: one.line)]
    worst = {line: max((one.verdict for one in claims), key=_BEST.index) for line, claims in lines}
    told = [f"{sum(one in _BEST[:2] for one in worst.values())} of {len(worst)} lines right"]
    for verdict in _BEST[2:]:
        found = [str(line) for line, one in worst.items() if one == verdict]
        if found:
            listed = ", ".join(found[:_MOST_LINES]) + (", …" if len(found) > _MOST_LINES else "")
            told.append(f"{len(found)} {WORDS[verdict]} ({listed})")
    style = max(worst.values(), key=_BEST.index)
    yield style, f"Its hand derivation: {', '.join(told)}; see the sheet Summary"
