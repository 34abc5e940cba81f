"""The sheet to print: the first and the last rows of every table, turned so that a page holds them.

A row for each quantity, a column for each update shown; the numbers of the updates are typed, and may be typed anew.
"""

from collections.abc import Mapping, Sequence
from itertools import groupby

from openpyxl.worksheet.worksheet import Worksheet

from derive.walkthrough import Walkthrough
from sheets.building.curve import Watched
from sheets.building.digits import digits, joined
from sheets.building.layout import UPDATE, Column, Layout, sheet_names
from sheets.building.looks import STYLE, fits_a_page, powers_where, put_on_page
from sheets.cells import absolute, letters, quoted

EXTRACT_SHEET = "First and last"
_COLUMNS = 9
_FEWEST = 3
_FIRST_ROW = 3
_WIDTH, _LEAST_WIDTH = 11.5, 9.0
_DIGITS = 9  # that have room in such a column, beside a minus and a point


def told_updates(walkthrough: Walkthrough) -> frozenset[int]:
    """The updates whose rows are shown: the first ones and the last."""
    return frozenset(_updates(walkthrough))


def _updates(walkthrough: Walkthrough) -> Sequence[int]:
    count, last = max(_FEWEST, _COLUMNS // len(walkthrough.learning_rates)), walkthrough.updates
    if last < count:
        return range(last + 1)
    first = (2 * count + 2) // 3
    return (*range(first), *range(last - (count - first) + 1, last + 1))


def _blocks(walkthrough: Walkthrough) -> Sequence[Sequence[str]]:
    """The rates that stand side by side."""
    names, beside = sheet_names(walkthrough), max(1, _COLUMNS // len(_updates(walkthrough)))
    return [names[place : place + beside] for place in range(0, len(names), beside)]


def _rows(layout: Layout) -> Sequence[Column]:
    return [column for column in layout.columns if column.name != UPDATE]


def extract_sheet(
    sheet: Worksheet, walkthrough: Walkthrough, layout: Layout, begin: Sequence[Sequence[float]] = ()
) -> None:
    """Write the sheet; its formulas get their values by `extract_values`. `begin` are the first rows of a training."""
    updates, shown = _updates(walkthrough), _rows(layout)
    how = [digits(max((abs(row[layout.columns.index(column)]) for row in begin), default=1.0), _DIGITS)
           for column in shown]
    sheet["A1"], sheet["A1"].style = "The first and the last rows of each table", STYLE.format("title")
    sheet.row_dimensions[1].height = 27
    row = _FIRST_ROW
    breaks, rows = [], []
    for block in _blocks(walkthrough):
        _headings(sheet, block, updates, layout, row)
        for place, column in enumerate(shown, start=row + 2):
            sheet[f"A{place}"], sheet[f"A{place}"].style = column.header, STYLE.format(f"heading {column.role}")
        for at, name, _ in _places(block, updates):
            for place, (column, digit) in enumerate(zip(shown, how, strict=True), start=row + 2):
                reference = f"{quoted(name)}!{layout.range_of(column.name, walkthrough.updates)}"
                cell = sheet[f"{at}{place}"]
                cell.value, cell.style = f"=INDEX({reference},{at}${row + 1}+1)", STYLE.format("value")
                cell.number_format = digit.format
        rows.append(row + 2)
        row += len(shown) + 3
        breaks.append(row - 1)
    last = letters(1 + max(len(block) for block in _blocks(walkthrough)) * len(updates))
    for place in range(1, sheet.max_column + 1):
        sheet.column_dimensions[letters(place)].width = _WIDTH
    sheet.column_dimensions["A"].width = max(_LEAST_WIDTH, *(len(column.header) + 2 for column in shown))
    for place in rows:
        for digit, run in groupby(range(len(shown)), key=how.__getitem__):
            alike = list(run)
            powers_where(sheet, f"B{place + alike[0]}:{last}{place + alike[-1]}", digit)
    sheet.freeze_panes = f"B{_FIRST_ROW + 2}"
    sheet.sheet_view.showGridLines = False
    if len(rows) == 1:
        sheet.print_title_rows = f"{_FIRST_ROW}:{_FIRST_ROW + 1}"
    whole = fits_a_page(sheet, row - 2)
    put_on_page(sheet, () if whole else tuple(breaks[:-1]), landscape=False, whole=whole)


def _headings(sheet: Worksheet, block: Sequence[str], updates: Sequence[int], layout: Layout, row: int) -> None:
    """The rate over its updates, and their numbers."""
    sheet[f"A{row + 1}"], sheet[f"A{row + 1}"].style = "update", STYLE.format("strong")
    for at, name, update in _places(block, updates):
        if update == updates[0]:
            rate = sheet[f"{at}{row}"]
            rate.value = f'="rate "&{quoted(name)}!{absolute(layout.placement.rate_cell)}'
            rate.style = STYLE.format("strong")
        sheet[f"{at}{row + 1}"], sheet[f"{at}{row + 1}"].style = update, STYLE.format("input")


def _places(block: Sequence[str], updates: Sequence[int]) -> Sequence[tuple[str, str, int]]:
    """The letters of each column with its rate's sheet and its update."""
    pairs = [(name, update) for name in block for update in updates]
    return [(letters(place), name, update) for place, (name, update) in enumerate(pairs, start=2)]


def extract_values(
    walkthrough: Walkthrough, layout: Layout, watched: Mapping[str, Watched]
) -> dict[str, float | str]:
    """The value of every formula on the sheet."""
    updates, row = _updates(walkthrough), _FIRST_ROW
    shown = [(layout.columns.index(column), column) for column in _rows(layout)]
    rates = dict(zip(sheet_names(walkthrough), walkthrough.learning_rates, strict=True))
    found: dict[str, float | str] = {}
    for block in _blocks(walkthrough):
        for at, name, update in _places(block, updates):
            if update == updates[0]:
                found[f"{at}{row}"] = f"rate {joined(float(rates[name]))}"
            for place, (index, _) in enumerate(shown, start=row + 2):
                found[f"{at}{place}"] = watched[name].kept[update][index]
        row += len(shown) + 3
    return found
