"""The frame of a workbook, by openpyxl: sheets, headers, styles, charts, and the first two rows of every table."""

import io
import zipfile
from collections.abc import Mapping, Sequence
from decimal import Decimal
from itertools import dropwhile, groupby
from math import ceil

from msgspec import Struct
from msgspec.structs import replace
from openpyxl import Workbook
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.worksheet import Worksheet
from openpyxl.writer.excel import ExcelWriter

from derive.walkthrough import Walkthrough
from sheets.building.companions import Values, add_companions
from sheets.building.companions.table_charts import add_table_charts
from sheets.building.curve import Curve
from sheets.building.digits import Digits, digits, width_of
from sheets.building.front import Front, called, front_sheet, updates_at
from sheets.building.layout import Column, Layout, sheet_names
from sheets.building.looks import STYLE, add_looks, powers_where, put_on_page
from sheets.building.paper import FRONT_SHEET
from sheets.cells import absolute, quoted

_MOST_TOLD = 150
_TOLD_LINE = 11.0  # points
_WIDEST = 24.0


class Table(Struct, frozen=True):
    """A rate's sheet: its part of the file, what it is called, its rate, and the cell that the rate is taken from."""

    part: str
    name: str
    rate: Decimal
    rate_at: str


class Frame(Struct, frozen=True):
    """A workbook as openpyxl saved it, the part of its first sheet and its plan, the part of each rate's sheet.

    The first of the rates' sheets stands for all of them: they are alike but for the rate and what is filled down.
    `live` are the parts of further sheets with formulas, each with what gives their values.
    """

    saved: bytes
    front_part: str
    front: Front
    tables: tuple[Table, ...]
    live: Mapping[str, Values]


def make_frame(
    walkthrough: Walkthrough, layout: Layout, curve: Curve, planned: Front, begin: Sequence[Sequence[float]] = ()
) -> Frame:
    """The frame of a walkthrough's workbook; its cells hold no trained value yet.

    `begin` are the first rows of a training, by whose magnitude the numbers are shown.
    """
    workbook = tables_only(walkthrough, layout, begin, curve.rows)
    front_sheet(workbook[FRONT_SHEET], planned, walkthrough, layout, curve)
    updates = "" if curve.sampled else updates_at(curve)
    for name, rate in zip(sheet_names(walkthrough), called(walkthrough), strict=True):
        add_table_charts(workbook[name], walkthrough, layout, curve, updates, rate)
    live = add_companions(workbook, walkthrough, layout, begin)
    return save_frame(workbook, planned, walkthrough, live)


def tables_only(
    walkthrough: Walkthrough, layout: Layout, begin: Sequence[Sequence[float]] = (), rows: int = 2
) -> Workbook:
    """A workbook with an empty first sheet, one for each learning rate, the first of them with a table."""
    workbook = Workbook()
    add_looks(workbook)
    workbook.active.title = FRONT_SHEET
    workbook.properties.creator = "derive-sheets"
    workbook.properties.title = walkthrough.title
    names = sheet_names(walkthrough)
    for name in names:
        _rate_sheet(workbook.create_sheet(name), layout)
    _table(workbook[names[0]], layout, begin, rows)
    return workbook


def save_frame(workbook: Workbook, planned: Front, walkthrough: Walkthrough, live: Mapping[str, Values]) -> Frame:
    """The workbook's parts as openpyxl saves them, and which of them is what."""
    saved = io.BytesIO()
    ExcelWriter(workbook, zipfile.ZipFile(saved, "w")).save()  # stored: `packing` deflates, and it need not be twice
    parts = {name: f"xl/worksheets/sheet{place}.xml" for place, name in enumerate(workbook.sheetnames, start=1)}
    rates = planned.rate_cells or ("",) * len(walkthrough.learning_rates)
    return Frame(
        saved.getvalue(), parts[FRONT_SHEET], planned,
        tuple(Table(parts[name], name, rate, at) for name, rate, at in
              zip(sheet_names(walkthrough), walkthrough.learning_rates, rates, strict=True)),
        {parts[name]: values for name, values in live.items()},
    )


def _rate_sheet(sheet: Worksheet, layout: Layout) -> None:
    """What the workbook knows of a learning rate's sheet."""
    rate_cell = f"{quoted(sheet.title)}!{absolute(layout.placement.rate_cell)}"
    sheet.defined_names["learning_rate"] = DefinedName("learning_rate", attr_text=rate_cell)


def _table(sheet: Worksheet, layout: Layout, begin: Sequence[Sequence[float]], rows: int) -> None:
    """Headers, a place for the rate, and two rows that carry the styles; the fill-down writes what stands in them."""
    place = layout.placement
    sheet[place.rate_label], sheet[place.rate_cell] = "Learning rate", 0
    sheet[place.rate_label].style = sheet[place.rate_cell].style = STYLE.format("strong")
    taken = {_column_of(place.rate_label), _column_of(place.rate_cell)} if place.told_row == 1 else set()
    shown, folded = _shown(layout, begin), _folded(layout)
    for column, how in zip(layout.columns, shown, strict=True):
        at = column.letters
        _put(sheet, f"{at}{place.header_row}", column.header, f"heading {column.role}")
        if at not in taken:
            _put(sheet, f"{at}{place.told_row}", _told(column), f"told {column.role}")
        trained = column.name in layout.formulas or column.name in layout.updates
        looks = ("value" if column.computed else "start value" if trained else "start", "value" if trained else "given")
        for row, look in enumerate(looks, start=place.first_row):
            cell = sheet[f"{at}{row}"]
            cell.value, cell.style = 0, STYLE.format(look)
            if trained:
                cell.number_format = how.format
        sheet.column_dimensions[at].width = how.width
        sheet.column_dimensions[at].outlineLevel = int(column.name in folded)
    sheet.column_dimensions.max_outline = int(bool(folded))  # openpyxl tells it before it counts
    told = [ceil(0.85 * len(_told(column)) / how.width) for column, how in zip(layout.columns, shown, strict=True)]
    sheet.row_dimensions[place.told_row].height = _TOLD_LINE * max(2, *told)
    if place.group_row:
        _groups(sheet, layout)
    _in_powers(sheet, layout, shown, rows)
    sheet.freeze_panes = f"{'B' if place.counted else 'A'}{place.first_row}"
    put_on_page(sheet)


def _folded(layout: Layout) -> frozenset[str]:
    """What a click hides: a layer's pass, or a sample's, and all that goes back; weights and loss stay in sight."""
    behind = dropwhile(lambda column: column.name not in layout.updates, layout.columns)
    return frozenset(column.name for column in behind) - layout.updates.keys() - {layout.loss}


def _put(sheet: Worksheet, at: str, text: str, look: str) -> None:
    cell = sheet[at]
    cell.value, cell.style = text, STYLE.format(look)
    cell.data_type = "s"
    cell.quotePrefix = text.startswith(("=", "+", "-", "@"))


def _shown(layout: Layout, begin: Sequence[Sequence[float]]) -> list[Digits]:
    """How each column is shown: by the largest of its first values, and wide enough for its header."""
    found = []
    for place, column in enumerate(layout.columns):
        values = [row[place] for row in begin]
        how = digits(max(map(abs, values), default=1.0))
        if column.name not in layout.formulas and column.name not in layout.updates:
            how = Digits("General", max(map(width_of, values), default=8.0))
        told = min(_WIDEST, len(_told(column)) / 5)  # so that it takes few lines
        found.append(replace(how, width=max(how.width, len(column.header) + 2.0, told)))
    return found


def _told(column: Column) -> str:
    return column.told if len(column.told) <= _MOST_TOLD else f"{column.told[:_MOST_TOLD]} …"


def _column_of(cell: str) -> str:
    return cell.rstrip("0123456789")


def _groups(sheet: Worksheet, layout: Layout) -> None:
    """The word of each role over the columns that have it side by side."""
    row = layout.placement.group_row
    for role, group in groupby(layout.columns, key=lambda column: column.role):
        members = list(group)
        for column in members:
            sheet[f"{column.letters}{row}"].style = STYLE.format(f"group {role}")
        _put(sheet, f"{members[0].letters}{row}", str(role) if role != "update" else "", f"group {role}")
        if len(members) > 1:
            sheet.merged_cells.add(f"{members[0].letters}{row}:{members[-1].letters}{row}")


def _in_powers(sheet: Worksheet, layout: Layout, shown: Sequence[Digits], rows: int) -> None:
    """A rule for each run of columns that are shown alike: what their digits cannot show is shown in powers."""
    first = layout.placement.first_row
    for _, run in groupby(range(len(shown)), key=lambda place: (shown[place].least, shown[place].most)):
        places = list(run)
        at, to = layout.columns[places[0]].letters, layout.columns[places[-1]].letters
        powers_where(sheet, f"{at}{first}:{to}{first + rows - 1}", shown[places[0]])


