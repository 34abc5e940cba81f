"""What a sheet is on paper, reckoned from its page setup in the metrics of Excel's own font: 7 dots a sign."""

import re
import zipfile
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from openpyxl.drawing.spreadsheet_drawing import TwoCellAnchor
from openpyxl.utils import get_column_letter, range_boundaries
from openpyxl.worksheet.worksheet import Worksheet

import sheets
from derive.walkthrough import built_in, load_walkthrough, with_changes
from sheets.building.inputs import place_inputs
from sheets.building.looks import page_ends
from sheets.exercise import blanks_of, prepare
from sheets.exercise.sheet import exercise_bytes
from sheets.marking.front import front_part
from tests.laws import some

NARROW, WIDE = (7.47, 9.9), (9.9, 7.4)
"""What the margins leave of A4 and of Letter, the less of both, in inches: upright and across."""


def area(sheet: Worksheet) -> tuple[int, int, int, int]:
    """The printed cells: first column and row, last column and row."""
    return range_boundaries(str(sheet.print_area).rpartition("!")[2] if sheet.print_area else sheet.dimensions)


def inches(sheet: Worksheet) -> float:
    """How wide the printed columns are; openpyxl reads columns that are alike as one with the letters of the first."""
    left, _, right, _ = area(sheet)
    told = {place: column for column in sheet.column_dimensions.values() for place in range(column.min, column.max + 1)}
    widths = [told[place].width if place in told else 8.43 for place in range(left, right + 1)
              if place not in told or not told[place].hidden]
    return sum(7 * width + 5 for width in widths) / 96


def smallest(sheet: Worksheet) -> float:
    """The size of the smallest letters on paper, in points."""
    left, top, right, bottom = area(sheet)
    across, down = WIDE if sheet.page_setup.orientation == "landscape" else NARROW
    scale = min(1.0, across * sheet.page_setup.fitToWidth / inches(sheet))
    if sheet.page_setup.fitToHeight:
        high = sum(sheet.row_dimensions[row].height or 15.0 for row in range(top, bottom + 1)) / 72
        scale = min(scale, down / high)
    cells = (cell for row in sheet.iter_rows(top, bottom, left, right) for cell in row
             if cell.value is not None and cell.font.sz)
    return float(scale * min([11.0, *(cell.font.sz for cell in cells)]))  # 11 in charts and at the foot


@pytest.mark.parametrize("name", some(tuple(built_in()), "kanungo", "parmelee"))
def test_nothing_is_printed_below_seven_points_and_no_chart_is_cut(name: str, tmp_path: Path) -> None:
    walkthrough = load_walkthrough(name)
    sheets.build(with_changes(walkthrough, updates=min(walkthrough.updates, 300)), tmp_path / "built.xlsx")
    workbook = openpyxl.load_workbook(tmp_path / "built.xlsx")
    drawn = 0
    for sheet in workbook:
        assert smallest(sheet) >= 7, sheet.title
        left, top, right, bottom = area(sheet)
        for chart in sheet._charts:
            at = chart.anchor
            assert isinstance(at, TwoCellAnchor), "as wide as its cells in any font"
            assert left - 1 <= at._from.col < at.to.col < right, sheet.title
            assert top - 1 <= at._from.row < at.to.row <= bottom, sheet.title
            drawn += 1
    assert drawn >= 5
    with zipfile.ZipFile(tmp_path / "built.xlsx") as parts:
        sizes = [int(size) for part in parts.namelist() if part.startswith("xl/charts/")
                 for size in re.findall(rb'sz="([0-9]+)"', parts.read(part))]
    assert min(sizes) >= 1100, "hundredths of a point"


def test_the_main_workbook_has_fewer_than_twelve_pages(kanungo_live: openpyxl.Workbook) -> None:
    """A sheet of a rate, Step, and First and last have one each; as many rows as fit stand on a page of Summary."""
    summary = kanungo_live["Summary"]
    *_, last = area(summary)
    room, pages, used = 72 * NARROW[1] * inches(summary) / 7.7, 1, 0.0  # on Letter, which is wider: fewer rows
    ends = {one.id for one in summary.row_breaks.brk}
    for row in range(1, last + 1):
        high = summary.row_dimensions[row].height or 15.0
        pages, used = (pages + 1, high) if used + high > room or row - 1 in ends else (pages, used + high)
    assert all(sheet.page_setup.fitToHeight for sheet in kanungo_live.worksheets[1:])
    assert pages + len(kanungo_live.worksheets) - 1 < 12


@pytest.mark.parametrize("name", [pytest.param(n, marks=pytest.mark.slow) if n == "jee" else n for n in built_in()])
def test_no_score_of_an_exercise_is_cut_at_the_edge_of_a_page(name: str) -> None:
    """Reckoned by the columns that have room on a page where all take as many pages as they are to."""
    walkthrough = load_walkthrough(name)
    maker = prepare(walkthrough, blanks_of("all", walkthrough.network))
    workbook = openpyxl.load_workbook(BytesIO(exercise_bytes(maker.make(3))))
    sheet = workbook["Exercise"]
    widths = [sheet.column_dimensions[get_column_letter(at)].width for at in range(1, sheet.max_column + 1)]
    ends = page_ends(widths, int(sheet.page_setup.fitToWidth))
    assert len(ends) <= sheet.page_setup.fitToWidth
    assert ends[-1] == len(widths)
    for cell in sheet[8]:
        if cell.value == "=A5":
            end = next(end for end in ends if end >= cell.column)
            assert sum(widths[cell.column - 1 : end]) >= len(", ".join(["11 of 11 gradients right"] * 2))


@pytest.mark.parametrize(("widths", "across", "ends"), [
    ([10.0] * 5, 2, (3, 5)), ([10.0] * 4, 1, (4,)), ([30.0, 10, 10, 10], 2, (1, 4)), ([5.0, 5, 30], 2, (2, 3)),
])
def test_a_page_ends_where_the_next_column_has_no_room(
    widths: list[float], across: int, ends: tuple[int, ...]
) -> None:
    assert page_ends(widths, across) == ends


def test_drawn_weights_leave_room_in_their_cells_and_no_link_runs_through_a_label(tmp_path: Path) -> None:
    jee = with_changes(load_walkthrough("jee"), updates=3)
    sheets.build(jee, tmp_path / "jee.xlsx")
    workbook = openpyxl.load_workbook(tmp_path / "jee.xlsx")
    weights = [workbook["Summary"][cell] for cell in place_inputs(jee, ["Rate 1"]).cells.values()]
    assert len(weights) == 17
    assert all(cell.number_format == "0.000000" for cell in weights if len(str(cell.value)) > 10)
    for sheet in ("Summary", "Step"):
        drawing = next(chart for chart in workbook[sheet]._charts if chart.legend is None)
        bare = [one.dLbls for one in drawing.series if one.dLbls is not None and one.marker.symbol != "circle"]
        assert bare
        assert all(label.spPr.solidFill.srgbClr == "FFFFFF" for label in bare)


def test_the_feedback_is_printed_as_the_other_sheets_are() -> None:
    part = front_part(["Feedback"], [], {"title": 0, "plain": 1, "bold": 2}, "urn:x").decode()
    assert 'paperSize="9"' in part
    assert "&amp;F&amp;C&amp;A&amp;Rpage &amp;P of &amp;N" in part
