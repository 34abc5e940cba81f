"""The cells of a sheet around a finding, as somebody sees them who looks there."""

import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import openpyxl
from msgspec import Struct

from sheets.cells import letters
from sheets.references import column_number

_AROUND = 2
_CELL = re.compile(r"\$?([A-Z]{1,3})\$?(\d+)")


class Excerpt(Struct, frozen=True):
    """Columns and rows of a sheet, the header's row first; a cell is its text and whether it belongs to the finding."""

    columns: tuple[str, ...]
    rows: tuple[tuple[int, tuple[tuple[str, bool], ...]], ...]


def excerpt(path: str | Path, sheet: str, cells: str, header: int | None = None) -> Excerpt | None:
    """The cells around the first of `cells`, a range or several; None where the workbook has no such sheet or cell."""
    found = _CELL.findall(cells)
    opened = _opened(str(path), Path(path).stat().st_mtime_ns)
    if not found or sheet not in opened.sheetnames:
        return None
    grid, column, row = opened[sheet], column_number(found[0][0]), int(found[0][1])
    marked = set(_covered(cells))
    across = range(max(1, column - _AROUND), column + _AROUND + 1)
    near = range(max(1, row - _AROUND), row + _AROUND + 1)
    down = [*([header] if header is not None and header < near[0] else []), *near]
    return Excerpt(
        tuple(letters(place) for place in across),
        tuple((place, tuple((_text(grid.cell(place, at).value), (at, place) in marked) for at in across))
              for place in down),
    )  # fmt: skip


def _covered(cells: str) -> Iterator[tuple[int, int]]:
    """(column, row) of every cell of the ranges; a long one only at its start."""
    for piece in cells.split(","):
        ends = [(column_number(name), int(row)) for name, row in _CELL.findall(piece)]
        if ends:
            (left, top), (right, bottom) = ends[0], ends[-1]
            yield from ((column, row) for column in range(left, min(right, left + _AROUND) + 1)
                        for row in range(top, min(bottom, top + _AROUND) + 1))


def _text(value: Any) -> str:
    return "" if value is None else f"{value:.10g}" if isinstance(value, float) else str(value)


@lru_cache(maxsize=1)
def _opened(path: str, changed: int) -> Any:
    """The workbook with its formulas; kept, because the findings of one file are asked for one after another."""
    return openpyxl.load_workbook(path)
