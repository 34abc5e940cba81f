"""The first sheet: live numbers, the drawing, the verdicts, and texts that stay texts."""

import re
import zipfile
from decimal import Decimal
from math import hypot
from pathlib import Path

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

import sheets
from derive.checking import check
from derive.walkthrough import Walkthrough, built_in, load_walkthrough, with_changes
from sheets.building.paper import ROW_HEIGHT, WIDTHS
from sheets.building.sketch import HEIGHT, WIDTH, Shape, sketch

HIDDEN, LABELS = "KLMNOPQRST", "R"
"""The columns that the charts plot, and among them that of the drawing's labels, behind the six rates."""


@pytest.fixture(scope="module")
def live(kanungo_live: openpyxl.Workbook) -> Worksheet:
    return kanungo_live["Summary"]


@pytest.fixture(scope="module")
def stored(kanungo_stored: openpyxl.Workbook) -> Worksheet:
    return kanungo_stored["Summary"]


def column(sheet: Worksheet, letter: str) -> list[object]:
    return [cell.value for cell in sheet[letter] if cell.value is not None]


def row_of(sheet: Worksheet, text: str) -> int:
    """The row whose first cell is a text."""
    return next(cell.row for cell in sheet["A"] if cell.value == text)


@pytest.mark.slow
def test_it_is_the_first_sheet_and_begins_with_title_and_source(
    kanungo_live: openpyxl.Workbook, live: Worksheet
) -> None:
    assert kanungo_live.sheetnames[0] == "Summary"
    assert live["A1"].value == "Train a basic neural network manually from scratch"
    assert live["A2"].value == "Nihar Kanungo, Medium, 8 June 2021"


def test_every_number_that_a_reader_sees_is_an_input_or_a_live_formula(live: Worksheet) -> None:
    cells = [cell for row in live.iter_rows(max_col=9) for cell in row]
    typed = [cell for cell in cells if isinstance(cell.value, int | float)]
    assert {cell.style for cell in typed} == {"derive input"}
    assert [cell.value for cell in typed] == [0.05, 0.1, 0.01, 0.99, 0.3, 0.5, -0.2, 0.7, 0.1, -0.6, 0.3, -0.9,
                                              0.1, 0.2, 0.5, 0.8, 1, 2]


@pytest.mark.slow
def test_the_equations_stand_beside_their_values_at_the_start(live: Worksheet, stored: Worksheet) -> None:
    row = row_of(live, "h1 = w1 * i1 + w2 * i2")
    assert live[f"B{row}"].value == "='LR=0.1'!$I$3"
    assert stored[f"B{row}"].value == pytest.approx(0.065, rel=1e-12)
    row = row_of(live, "E_Total = E1 + E2")
    assert stored[f"B{row}"].value == 0.25123100378328034


def test_each_rate_has_its_first_and_last_error_and_where_it_fell_below_a_tenth(
    kanungo_stored: openpyxl.Workbook, live: Worksheet, stored: Worksheet
) -> None:
    for rate in ("0.1", "0.2", "0.5", "0.8", "1.0", "2.0"):
        row = row_of(live, f"LR={rate}")
        losses = [kanungo_stored[f"LR={rate}"][f"W{place}"].value for place in range(3, 286)]
        fell = next((update for update, loss in enumerate(losses) if loss < losses[0] / 10), "not within 282")
        assert [stored.cell(row, place).value for place in range(2, 6)] == [float(rate), losses[0], losses[-1], fell]
        assert all(str(live.cell(row, place).value).startswith("=") for place in range(2, 6))


def test_each_sheet_names_its_learning_rate_and_prints_on_a_page(kanungo_live: openpyxl.Workbook) -> None:
    for sheet in kanungo_live.worksheets[1:7]:
        assert sheet.defined_names["learning_rate"].attr_text == f"'{sheet.title}'!$G$1"
        assert sheet.print_title_rows is None, "its charts are printed"
    for sheet in kanungo_live.worksheets:
        narrow = sheet.title in ("Summary", "Step", "First and last")
        assert sheet.page_setup.orientation == ("portrait" if narrow else "landscape")
        assert sheet.oddFooter.right.text == "page &P of &N"
        assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (1, int(sheet.title != "Summary"))
        assert sheet.sheet_properties.pageSetUpPr.fitToPage


@pytest.mark.slow
def test_each_line_of_the_hand_derivation_has_its_verdict(kanungo: Walkthrough, live: Worksheet) -> None:
    verdicts = check(kanungo.derivation, kanungo)
    wrong = {one.line for one in verdicts if one.verdict == "refuted"}
    assert wrong, "the author's derivation has slips"
    for number, line in enumerate(kanungo.derivation.splitlines(), start=1):
        if any(one.line == number for one in verdicts):
            rows = [cell.row for cell in live["A"] if cell.value == line.strip()]
            assert {live[f"C{row}"].value for row in rows} == {"wrong" if number in wrong else "right"}
            for row in rows if number in wrong else ():
                assert "out_o" in str(live[f"D{row}"].value), "the right form"


def test_the_derivation_is_there_step_by_step(live: Worksheet) -> None:
    lines = column(live, "B")
    at = lines.index("∂E1/∂w5 = (∂E1/∂out_o1) * (∂out_o1/∂o1) * (∂o1/∂w5)")
    assert "E2 does not depend on w5." in lines[:at]
    assert "∂E/∂w5 = (out_o1 - t1) * out_o1 * (1 - out_o1) * out_h1" in lines[at:]


def test_the_drawing_shows_the_start_values_live(kanungo_workbook: Path, live: Worksheet, stored: Worksheet) -> None:
    labels = {cell.value: stored[cell.coordinate].value for cell in live[LABELS] if cell.value is not None}
    assert labels['="w1 = "&ROUND(\'LR=0.1\'!$E$3,4)'] == "w1 = 0.3"
    assert labels['="t2 = "&ROUND(\'LR=0.1\'!$B$3,4)'] == "t2 = 0.99"
    assert {"h1\nout_h1", "E_Total"} <= set(labels)
    assert all(live.column_dimensions[letter].hidden for letter in HIDDEN)
    with zipfile.ZipFile(kanungo_workbook) as archive:
        drawing = archive.read("xl/charts/chart2.xml").decode()
    assert "<v>w1 = 0.3</v>" in drawing
    assert '<plotVisOnly val="0"' in drawing


HOSTILE = """
title = "=HYPERLINK(1)"
source = "@SUM(1,2)"
learning_rates = [0.5]
updates = 3
equations = ["out = w1*i1 + b1", "E = (t1 - out)**2"]
inputs = { i1 = 0.5 }
targets = { t1 = 1 }
parameters = { w1 = 0.00001, b1 = -12.5 }
derivation = '''
-2*(t1 - out)*i1 = ∂E/∂w1
= ∂E/∂w1
+out = w1*i1 + b1
'''
"""


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hostile")
    (folder / "hostile.toml").write_text(HOSTILE, encoding="utf-8")
    sheets.build(load_walkthrough(folder / "hostile.toml"), folder / "hostile.xlsx")
    return folder / "hostile.xlsx"


def test_a_text_from_a_walkthrough_is_never_a_formula(hostile: Path) -> None:
    with zipfile.ZipFile(hostile) as archive:
        part = archive.read("xl/worksheets/sheet1.xml").decode()
    assert not re.search(r"<f>[^<]*HYPERLINK", part)
    sheet = openpyxl.load_workbook(hostile)["Summary"]
    assert (sheet["A1"].value, sheet["A1"].data_type) == ("=HYPERLINK(1)", "s")
    for cell in sheet["A"]:
        assert cell.data_type in "sn", cell.coordinate
        assert cell.quotePrefix or str(cell.value)[:1] not in "=+-@", cell.coordinate


def test_a_label_is_what_a_spreadsheet_makes_of_its_formula(hostile: Path) -> None:
    sheet = openpyxl.load_workbook(hostile, data_only=True)["Summary"]
    assert {"w1 = 0", "b1 = -12.5"} <= set(column(sheet, "M"))


def test_every_mark_of_a_drawing_is_on_it(kanungo: Walkthrough) -> None:
    marks = sketch(kanungo.network)
    points = [point for mark in marks for point in mark.points if point is not None]
    assert all(0 <= x <= WIDTH and 0 <= y <= HEIGHT for x, y in points)
    assert marks[0].shape is Shape.LINK
    assert marks[0].points.count(None) == 14 - 1, "a gap between any two of the 14 links"
    assert sum(isinstance(mark.label, tuple) for mark in marks) == 8 + 4


@pytest.mark.parametrize("name", built_in())
def test_circles_do_not_touch(name: str) -> None:
    circles = [mark for mark in sketch(load_walkthrough(name).network) if mark.size]
    centres = [mark.points[0] for mark in circles]
    radius = circles[0].size / 72 * 2.54 / 2
    for place, one in enumerate(centres):
        for other in centres[:place]:
            assert one is not None
            assert other is not None
            assert hypot(one[0] - other[0], one[1] - other[1]) > 2 * radius


@pytest.mark.slow
def test_a_network_too_large_for_a_chart_has_no_drawing(tmp_path: Path) -> None:
    (tmp_path / "large.toml").write_text("""
title = "large"
layers = [2, 40, 1]
learning_rates = [0.1]
updates = 2
draw = { seed = 1, low = -1, high = 1 }
inputs = { a = 0.1, b = 0.2 }
targets = { t = 1 }
""", encoding="utf-8")
    large = load_walkthrough(tmp_path / "large.toml")
    assert sketch(large.network) == ()
    sheets.build(large, tmp_path / "large.xlsx")


def test_no_line_of_the_derivation_is_cut_off_at_the_papers_edge(tmp_path: Path) -> None:
    (tmp_path / "softmax.toml").write_text("""
title = "softmax"
layers = [1, 3]
activation = "softmax"
loss = "categorical cross-entropy"
learning_rates = [0.1]
updates = 2
draw = { seed = 1, low = -1, high = 1 }
inputs = { x = 0.1 }
targets = { a = 1, b = 0, c = 0 }
""", encoding="utf-8")
    sheets.build(load_walkthrough(tmp_path / "softmax.toml"), tmp_path / "softmax.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "softmax.xlsx")["Summary"]
    wide = sum(WIDTHS[1:])
    long = [cell for cell in sheet["B"] if isinstance(cell.value, str) and len(cell.value) > 0.85 * wide]
    merged = {str(one) for one in sheet.merged_cells.ranges}
    assert len(long) == 3  # out - y, with its reason
    for cell in long:
        assert cell.alignment.wrap_text
        assert f"B{cell.row}:I{cell.row}" in merged
        # letters are narrower than digits
        assert sheet.row_dimensions[cell.row].height >= ROW_HEIGHT * 0.9 * len(cell.value) / wide


@pytest.mark.slow
def test_a_long_training_plots_a_sample_beside_the_drawing(kanungo: Walkthrough, tmp_path: Path) -> None:
    target = tmp_path / "long.xlsx"
    sheets.build(with_changes(kanungo, learning_rates=[Decimal("0.1")], updates=1200), target)
    sheet = openpyxl.load_workbook(target)["Summary"]
    assert sheet["L1"].value == '="rate "&$B$10'
    assert sheet["L2"].value == "=INDEX('LR=0.1'!$W$3:$W$1203,$K2+1)"
    assert any(str(value).startswith('="w1 = "') for value in column(sheet, "M"))
    with zipfile.ZipFile(target) as archive:
        assert not re.search(r"<f>[^<]*</f><v ?/>", archive.read("xl/worksheets/sheet1.xml").decode())
