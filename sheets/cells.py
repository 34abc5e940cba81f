"""Addresses of cells, as Excel writes them."""

MOST_ROWS = 1_048_576
MOST_COLUMNS = 16_384


def letters(column: int) -> str:
    """The letters of a column, counted from 1: 1 is A, 31 is AE.

    ValueError outside the sheet's 16,384 columns.
    """
    if not 1 <= column <= MOST_COLUMNS:
        raise ValueError(f"column {column} is not in a sheet: 1 to {MOST_COLUMNS}")
    written = ""
    while column:
        column, digit = divmod(column - 1, 26)
        written = chr(ord("A") + digit) + written
    return written


def error(value: float) -> str:
    """What a sheet shows where a computed value is no finite number: NaN is #NUM!, an infinity #DIV/0!."""
    return "#NUM!" if value != value else "#DIV/0!"


def absolute(cell: str) -> str:
    """G1 as $G$1."""
    column = cell.rstrip("0123456789")
    return f"${column}${cell[len(column):]}"


def quoted(sheet: str) -> str:
    """A sheet's name as formulas write it before `!`; always in quotes, which is always right."""
    return "'" + sheet.replace("'", "''") + "'"
