"""The frame of a workbook, by openpyxl: sheets, headers, styles, charts, and the first two rows of every table."""

import io
import zipfile
from collections.abc import Mapping
from decimal import Decimal

from msgspec import Struct
from openpyxl import Workbook
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.worksheet import Worksheet
from openpyxl.writer.excel import ExcelWriter

from derive.walkthrough import Walkthrough
from sheets.batch_sheets import Values, add_batch_sheets
from sheets.cells import absolute, quoted
from sheets.curve import Curve
from sheets.front import FRONT_SHEET, Front, front_sheet
from sheets.layout import FIRST_ROW, HEADER_ROW, RATE_CELL, RATE_LABEL, Layout, sheet_name
from sheets.looks import STYLE, add_looks, put_on_page

_WIDTH = 12.5


class Frame(Struct, frozen=True):
    """A workbook as openpyxl saved it, the part of its first sheet and its plan, the part of each rate's sheet.

    The first of the rates' sheets stands for all of them: they are alike but for the rate and what is filled down.
    `live` are the parts of further sheets with formulas, each with what gives their values.
    """

    saved: bytes
    front_part: str
    front: Front
    tables: tuple[tuple[str, Decimal], ...]
    live: Mapping[str, Values]


def make_frame(walkthrough: Walkthrough, layout: Layout, curve: Curve, planned: Front) -> Frame:
    """The frame of a walkthrough's workbook; its cells hold no trained value yet."""
    workbook = tables_only(walkthrough, layout)
    front_sheet(workbook[FRONT_SHEET], planned, walkthrough, layout, curve)
    live = {}
    if walkthrough.batch is not None:
        live = add_batch_sheets(workbook, walkthrough, walkthrough.batch, layout)
    return save_frame(workbook, planned, walkthrough, live)


def tables_only(walkthrough: Walkthrough, layout: Layout) -> Workbook:
    """A workbook with an empty first sheet, one for each learning rate, the first of them with a table."""
    workbook = Workbook()
    add_looks(workbook)
    workbook.active.title = FRONT_SHEET
    workbook.properties.creator = "derive-sheets"
    workbook.properties.title = walkthrough.title
    for rate in walkthrough.learning_rates:
        _rate_sheet(workbook.create_sheet(sheet_name(rate)))
    _table(workbook[sheet_name(walkthrough.learning_rates[0])], layout)
    return workbook


def save_frame(workbook: Workbook, planned: Front, walkthrough: Walkthrough, live: Mapping[str, Values]) -> Frame:
    """The workbook's parts as openpyxl saves them, and which of them is what."""
    saved = io.BytesIO()
    ExcelWriter(workbook, zipfile.ZipFile(saved, "w")).save()  # stored: `packing` deflates, and it need not be twice
    parts = {name: f"xl/worksheets/sheet{place}.xml" for place, name in enumerate(workbook.sheetnames, start=1)}
    return Frame(
        saved.getvalue(), parts[FRONT_SHEET], planned,
        tuple((parts[sheet_name(rate)], rate) for rate in walkthrough.learning_rates),
        {parts[name]: values for name, values in live.items()},
    )


def _rate_sheet(sheet: Worksheet) -> None:
    """What the workbook knows of a learning rate's sheet."""
    rate_cell = f"{quoted(sheet.title)}!{absolute(RATE_CELL)}"
    sheet.defined_names["learning_rate"] = DefinedName("learning_rate", attr_text=rate_cell)
    sheet.print_title_rows = f"1:{HEADER_ROW}"


def _table(sheet: Worksheet, layout: Layout) -> None:
    """Headers, a place for the rate, and two rows that carry the styles; the fill-down writes what stands in them."""
    sheet[RATE_LABEL], sheet[RATE_CELL] = "Learning rate", 0
    sheet[RATE_LABEL].style = sheet[RATE_CELL].style = STYLE.format("strong")
    for column in layout.columns:
        header = sheet[f"{column.letters}{HEADER_ROW}"]
        header.value, header.style = column.header, STYLE.format("table heading")
        trained = column.name in layout.formulas or column.name in layout.updates
        looks = ("value" if column.computed else "start value" if trained else "start", "value" if trained else "given")
        for row, look in enumerate(looks, start=FIRST_ROW):
            cell = sheet[f"{column.letters}{row}"]
            cell.value, cell.style = 0, STYLE.format(look)
        sheet.column_dimensions[column.letters].width = _WIDTH
    sheet.freeze_panes = f"A{FIRST_ROW}"
    put_on_page(sheet)
