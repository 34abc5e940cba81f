r"""Equations to rows of an `align`, broken so that none is wider than the page of LaTeX's own article class."""

from collections.abc import Iterable, Sequence
from itertools import pairwise

from msgspec import Struct

from derive.latex.expression import TIMES, Piece, Segment

WIDEST = 30.0
"""In em: the 345 pt of article's lines at 10 pt, less a margin for the number."""
_EQUALS, _INDENT = 1.4, 1.5


class Equation(Struct, frozen=True):
    """left = member = member; a line that is referred to has a number, and a label by which a document finds it."""

    left: Piece
    members: tuple[Piece, ...]
    label: str = ""
    number: int = 0


def align(equations: Iterable[Equation]) -> list[str]:
    r"""The lines of one `align*`; a number stands at its equation's last row.

    It is written out, and its label stands in the text before, because KaTeX knows no `\label`.
    """
    listed = tuple(equations)
    room = WIDEST - max(equation.left.width for equation in listed)
    rows: list[str] = []
    for equation in listed:
        broken = _rows(equation.members, room)
        broken[0] = f"{equation.left.latex} {broken[0]}"
        number = rf" \tag{{{equation.number}}}" if equation.number else ""
        rows += [*broken[:-1], f"{broken[-1]}{number}"]
    anchors = [rf"\nnanchor{{{one.label}}}{{{one.number}}}" for one in listed if one.number]
    ends = [*(_end(row, following) for row, following in pairwise(rows)), ""]
    lines = (f"  {row}{end}" for row, end in zip(rows, ends, strict=True))
    return [*anchors, r"\begin{align*}", *lines, r"\end{align*}"]


def _end(row: str, following: str) -> str:
    """The end of a row, with air between two rows of fractions."""
    return r" \\[1ex]" if all("partial{" in part for part in (row, following)) else r" \\"


def _rows(members: Sequence[Piece], room: float) -> list[str]:
    """Everything on one row if it fits; else a row for each member, the long ones folded."""
    if sum(member.width + _EQUALS for member in members) <= room:
        return ["&= " + " = ".join(member.latex for member in members)]
    rows: list[str] = []
    for member in members:
        first, *rest = fold(member.segments, room - _EQUALS)
        rows += [f"&= {first}", *(rf"&\quad {{}}{row}" for row in rest)]
    return rows


def fold(segments: Sequence[Segment], room: float) -> list[str]:
    """Segments in rows that fit, broken outside most brackets, at sums before products, as late as fits.

    Right behind a bracket that an earlier row opened is best. A segment that is too wide alone stays so.
    """
    rows: list[str] = []
    left = list(segments)
    while sum(segment.width for segment in left) > room and len(left) > 1:
        least = left[0].depth
        fitting = [1]
        width = left[0].width
        for place, segment in enumerate(left[1:-1], start=2):
            width += segment.width
            if width > room:
                break
            fitting.append(place)
        cut = min(fitting, key=lambda place: _badness(left[place], place, least))
        rows.append(" ".join(segment.latex for segment in left[:cut]))
        left = left[cut:]
        room = min(room, room - _INDENT) if len(rows) == 1 else room
    return [*rows, " ".join(segment.latex for segment in left)]


def _badness(segment: Segment, place: int, least: int) -> tuple[int, bool, int]:
    return segment.depth, segment.latex.startswith(TIMES), place if segment.depth < least else -place
