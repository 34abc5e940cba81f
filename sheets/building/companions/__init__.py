"""The sheets beside the tables: Step, First and last; for many samples Data, Samples, Picture where there is one."""

from collections.abc import Callable, Mapping, Sequence

from openpyxl import Workbook
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.worksheet import Worksheet

from derive.walkthrough import Walkthrough
from derive.walkthrough.samples import Batch
from sheets.building.companions.every_sample import SAMPLES_SHEET, samples_sheet, samples_values
from sheets.building.companions.extract import EXTRACT_SHEET, extract_sheet, extract_values
from sheets.building.companions.picture import PICTURE_SHEET, picture_of, picture_sheet, picture_values
from sheets.building.companions.step import STEP_SHEET
from sheets.building.companions.step_sheet import step_sheet, step_values
from sheets.building.curve import Watched
from sheets.building.digits import width_of
from sheets.building.layout import Layout, roles
from sheets.building.looks import STYLE, pages_across, put_on_page
from sheets.building.samples import DATA_FIRST_ROW, DATA_SHEET, data_names, data_range
from sheets.cells import letters

Values = Callable[[Mapping[str, Watched]], Mapping[str, float | str]]
"""From what was seen of the trainings to the value of every formula on a sheet."""


def add_companions(
    workbook: Workbook, walkthrough: Walkthrough, layout: Layout, begin: Sequence[Sequence[float]]
) -> dict[str, Values]:
    """Add the sheets behind the tables; gives the values of those that have formulas, by the sheet's name. `begin` are
    the first rows of a training."""
    batch = walkthrough.batch
    values: dict[str, Values] = {}
    if batch is not None:
        _data_sheet(workbook.create_sheet(DATA_SHEET), walkthrough, batch)
        for name, column in data_names(batch).items():
            workbook.defined_names[column] = DefinedName(column, attr_text=data_range(batch, name))
    step_sheet(workbook.create_sheet(STEP_SHEET), walkthrough, layout)
    values[STEP_SHEET] = lambda watched: step_values(walkthrough, layout)
    if batch is not None:
        samples_sheet(workbook.create_sheet(SAMPLES_SHEET), walkthrough, batch, layout)
        values[SAMPLES_SHEET] = lambda watched: samples_values(walkthrough, batch, layout, watched)
        picture = picture_of(walkthrough, batch)
        if picture is not None:
            picture_sheet(workbook.create_sheet(PICTURE_SHEET), picture, walkthrough, batch, layout)
            values[PICTURE_SHEET] = lambda watched: picture_values(picture, walkthrough, batch, layout, watched)
        for name in {DATA_SHEET, PICTURE_SHEET} & set(workbook.sheetnames):
            put_on_page(workbook[name])
        put_on_page(workbook[SAMPLES_SHEET], across=pages_across(workbook[SAMPLES_SHEET]))
    extract_sheet(workbook.create_sheet(EXTRACT_SHEET), walkthrough, layout, begin)
    values[EXTRACT_SHEET] = lambda watched: extract_values(walkthrough, layout, watched)
    return values


def _data_sheet(sheet: Worksheet, walkthrough: Walkthrough, batch: Batch) -> None:
    """One column an input or target, one row a sample."""
    role = roles(walkthrough.network)
    for place, name in enumerate(batch.names, start=1):
        values = [float(sample[place - 1]) for sample in batch.rows]
        sheet.cell(1, place, name).style = STYLE.format(f"heading {role[name]}")
        sheet.column_dimensions[letters(place)].width = max(12.0, *map(width_of, values))
        for row, value in enumerate(values, start=DATA_FIRST_ROW):
            sheet.cell(row, place, value).style = STYLE.format("input")
    sheet.freeze_panes = f"A{DATA_FIRST_ROW}"
    sheet.print_title_rows = "1:1"
