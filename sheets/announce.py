"""What `sheets build` says at its end: what it wrote, and the verdict on every line of the hand derivation."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from math import isfinite

from derive.checking import Checked
from sheets.curve import Watched

_LEFT = 24
_BEST = ("proved", "definition", "undecided", "not-understood", "refuted")


def announce(path: str, loss: str, rows: int, sheets: Sequence[tuple[str, Watched]]) -> Iterator[str]:
    """The file, and each sheet's first and last loss, a line each; one that leaves the numbers says at which update."""
    yield f"{path}: {len(sheets)} {'table' if len(sheets) == 1 else 'tables'} of {rows:,} rows"
    for sheet, seen in sheets:
        left = "" if seen.left is None else f": a value is no number at update {seen.left:,}"
        yield f"  {sheet:<10} {loss} {_number(seen.first)} → {_number(seen.last)}{left}"


def _number(value: float) -> str:
    return f"{value:.10f}" if isfinite(value) else "no number"


def verdict_table(checked: Sequence[Checked]) -> Iterator[tuple[str, str]]:
    """(style, row) for each line of the derivation: what it derives, the worst verdict on it, what would be right."""
    if not checked:
        return
    lines = [list(claims) for _, claims in groupby(checked, key=lambda one: one.line)]
    worst = [max(claims, key=lambda one: _BEST.index(one.verdict)) for claims in lines]
    counts = Counter(one.verdict for one in worst)
    told = ", ".join(f"{counts[verdict]} {verdict.replace('-', ' ')}" for verdict in _BEST if counts[verdict])
    yield "", f"The walkthrough's own derivation, {len(lines)} lines: {told}"
    for claims, one in zip(lines, worst, strict=True):
        yield one.verdict, f"  {one.line:>3}  {_shortened(_first_member(claims)):<{_LEFT}}  {_verdict(one)}"


def _first_member(claims: Iterable[Checked]) -> str:
    """The left end of a chain of equalities."""
    return next(iter(claims)).text.partition("=")[0].strip()


def _shortened(text: str) -> str:
    return text if len(text) <= _LEFT else text[: _LEFT - 1] + "…"


def _verdict(checked: Checked) -> str:
    if checked.verdict == "refuted" and checked.correct:
        return f"refuted: right is {checked.correct}"
    return checked.verdict.replace("-", " ")
