"""Writes what a formula says in other ways as the cells that it means: references to Excel tables, OFFSET, a wrapping.

    Table1[[#This Row],[w1]] in row 33  ->  E33          Table1[w1]  ->  $E$33:$E$44          OFFSET(E33,-1,0)  ->  E32
"""

import re
from collections.abc import Iterable, Mapping

from msgspec import Struct

from sheets.cells import absolute, letters, quoted
from sheets.references import read_reference


class Structured(Struct, frozen=True):
    """An Excel table: its sheet, its columns' names from the first on, its header, data and totals rows, 0 for none."""

    sheet: str
    names: tuple[str, ...]
    first_column: int
    header: int
    first: int
    last: int
    totals: int = 0


# Texts and sheet names are passed over; a reference may hold brackets one deep, and ' before any of its marks.
_INSIDE = r"(?:[^\[\]']|'.|\[(?:[^\[\]']|'.)*\])*"
_PIECE = re.compile(rf'"(?:[^"]|"")*"|\'(?:[^\']|\'\')*\'!|(?P<table>[^\W\d][\w.]*)?\[(?P<inside>{_INSIDE})\](?!\w*!)')
_ITEM = re.compile(r"\[((?:[^\[\]']|'.)*)\]")
_OFFSET = re.compile(r"OFFSET\(\s*(\$?[A-Z]{1,3}\$?\d+)\s*,\s*([-+]?\d*)\s*,\s*([-+]?\d*)\s*\)", re.IGNORECASE)
_WRAPPED = re.compile(r'=IFERROR\(__xludf\.DUMMYFUNCTION\("((?:[^"]|"")*)"\),.*\)\Z', re.IGNORECASE | re.DOTALL)


def plain(formula: str, tables: Mapping[str, Structured], sheet: str, row: int, column: int) -> str:
    """A formula that stands in a cell, written with cells alone; what leads nowhere stays as it is."""
    wrapped = _WRAPPED.match(formula)
    if wrapped is not None:  # how Google Sheets saves what Excel does not have
        formula = "=" + wrapped[1].replace('""', '"')
    if "[" in formula and tables:
        own = next((t for t in tables.values() if t.sheet == sheet and _holds(t, row, column)), None)
        formula = _PIECE.sub(lambda match: _cells(match, tables, own, sheet, row), formula)
    return _OFFSET.sub(_moved, formula) if "OFFSET(" in formula or "offset(" in formula else formula


def _holds(table: Structured, row: int, column: int) -> bool:
    return table.first <= row <= table.last and 0 <= column - table.first_column < len(table.names)


def _cells(
    match: re.Match[str], tables: Mapping[str, Structured], own: Structured | None, sheet: str, row: int
) -> str:
    inside = match["inside"]
    table = tables.get((match["table"] or "").lower(), own if not match["table"] else None)
    if inside is None or table is None:
        return match[0]
    this_row = inside.startswith("@")
    inside = inside.removeprefix("@")
    items = _ITEM.findall(inside) if "[" in inside else [inside] if inside else []
    places = {item.lower() for item in items if item.startswith("#")} | ({"#this row"} if this_row else set())
    columns = [_column(table, item) for item in items if not item.startswith("#")] or [0, len(table.names) - 1]
    if None in columns or len(places) > 1:
        return match[0]
    rows = _rows(table, next(iter(places), "#data"), row)
    if rows is None:
        return match[0]
    ends = [f"{letters(table.first_column + c)}{r}" for c, r in zip((columns[0], columns[-1]), rows, strict=True)
            if c is not None]
    if places != {"#this row"}:
        ends = [absolute(end) for end in ends]
    return ("" if table.sheet == sheet else f"{quoted(table.sheet)}!") + ":".join(dict.fromkeys(ends))


def _rows(table: Structured, place: str, row: int) -> tuple[int, int] | None:
    """The first and last row of a part of a table; None where it has no such part."""
    if place == "#this row":
        return (row, row) if table.first <= row <= table.last else None
    found = {"#data": (table.first, table.last), "#headers": (table.header, table.header),
             "#totals": (table.totals, table.totals), "#all": (table.header or table.first, table.totals or table.last)}
    rows = found.get(place)
    return rows if rows is not None and rows[0] else None


def _column(table: Structured, name: str) -> int | None:
    """The place of a column in its table, None where there is none of that name."""
    wanted = _folded(re.sub(r"'(.)", r"\1", name))
    return next((place for place, own in enumerate(table.names) if _folded(own) == wanted), None)


def _folded(name: str) -> str:
    return " ".join(name.replace("_x000a_", "\n").split()).lower()


def _moved(match: re.Match[str]) -> str:
    """The cell that OFFSET means, its `$` kept; the match itself where it leaves the sheet."""
    start = read_reference(match[1])
    try:
        row, column = start.row + int(match[2] or 0), start.column + int(match[3] or 0)
        address = start.at(row, column)
        read_reference(address)
    except ValueError:
        return match[0]
    return address


def by_name(tables: Iterable[tuple[str, Structured]]) -> dict[str, Structured]:
    """Excel's tables by their names in small letters, as formulas call them."""
    return {name.lower(): table for name, table in tables}
