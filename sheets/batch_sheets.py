"""The sheets that a training on many samples has besides its tables: Data, Step, and Picture where there is one."""

from collections.abc import Callable, Mapping

from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.worksheet import Worksheet

from derive.samples import Batch
from derive.walkthrough import Walkthrough
from sheets.cells import letters
from sheets.curve import Watched
from sheets.layout import Layout
from sheets.looks import put_on_page
from sheets.picture import PICTURE_SHEET, picture_of, picture_sheet, picture_values
from sheets.samples import DATA_FIRST_ROW, DATA_SHEET, data_names, data_range
from sheets.step_sheet import STEP_SHEET, step_sheet, step_values

Values = Callable[[Mapping[str, Watched]], Mapping[str, float | str]]
"""From what was seen of the trainings to the value of every formula on a sheet."""


def add_batch_sheets(workbook: Workbook, walkthrough: Walkthrough, batch: Batch, layout: Layout) -> dict[str, Values]:
    """Add the sheets behind the tables; gives the values of those that have formulas, by the sheet's name."""
    _data_sheet(workbook.create_sheet(DATA_SHEET), batch)
    for name, column in data_names(batch).items():
        workbook.defined_names[column] = DefinedName(column, attr_text=data_range(batch, name))
    step_sheet(workbook.create_sheet(STEP_SHEET), walkthrough, batch, layout)
    values: dict[str, Values] = {STEP_SHEET: lambda watched: step_values(walkthrough, batch, watched)}
    picture = picture_of(walkthrough, batch)
    if picture is not None:
        picture_sheet(workbook.create_sheet(PICTURE_SHEET), picture, walkthrough, batch, layout)
        values[PICTURE_SHEET] = lambda watched: picture_values(picture, walkthrough, batch, watched)
    for name in (DATA_SHEET, *values):
        put_on_page(workbook[name])
    return values


def _data_sheet(sheet: Worksheet, batch: Batch) -> None:
    """One column an input or target, one row a sample."""
    for place, name in enumerate(batch.names, start=1):
        sheet.cell(1, place, name).font = Font(bold=True)
        sheet.column_dimensions[letters(place)].width = 12
        for row, sample in enumerate(batch.rows, start=DATA_FIRST_ROW):
            sheet.cell(row, place, float(sample[place - 1]))
    sheet.freeze_panes = f"A{DATA_FIRST_ROW}"
