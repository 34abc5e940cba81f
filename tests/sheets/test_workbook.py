"""The workbook: every number stored, every formula live, readable by programs that are not ours, and safe to write."""

import os
import zipfile
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet
from python_calamine import CalamineWorkbook

import sheets
from derive.errors import DeriveError
from derive.walkthrough import Walkthrough, with_changes

RATES = ("0.1", "0.2", "0.5", "0.8", "1.0", "2.0")
HEADERS = (
    "t1 t2 i1 i2 w1 w2 w3 w4 h1 out_h1 h2 out_h2 w5 w6 w7 w8 o1 out_o1 o2 out_o2 E1 E2 E_Total "
    "∂E/∂w1 ∂E/∂w2 ∂E/∂w3 ∂E/∂w4 ∂E/∂w5 ∂E/∂w6 ∂E/∂w7 ∂E/∂w8"
).split()
LAST_LOSS = {
    "LR=0.1": 0.05615122108643883, "LR=0.2": 0.025169328978482196, "LR=0.5": 0.007969781554873791,
    "LR=0.8": 0.00438025744949079, "LR=1.0": 0.003293038412578552, "LR=2.0": 0.0013437063055699782,
}
"""The author's E_Total in row 285 of each sheet."""


@pytest.mark.slow
def test_there_is_a_sheet_for_each_rate_as_the_author_named_it(kanungo_live: openpyxl.Workbook) -> None:
    assert [name for name in kanungo_live.sheetnames if name.startswith("LR")] == [f"LR={rate}" for rate in RATES]


@pytest.mark.slow
@pytest.mark.parametrize("rate", RATES)
def test_the_table_stands_where_the_authors_stands(
    kanungo_live: openpyxl.Workbook, kanungo_stored: openpyxl.Workbook, rate: str
) -> None:
    sheet = kanungo_live[f"LR={rate}"]
    assert [cell.value for cell in sheet[2]] == HEADERS
    assert kanungo_stored[f"LR={rate}"]["G1"].value == float(rate)
    assert sheet["E1"].value == "Learning rate"
    assert sheet.dimensions == "A1:AE285"
    assert sheet["E4"].value == "=E3-$G$1*X3"
    assert sheet["A4"].value == "=A3"
    assert sheet["P285"].value == "=P284-$G$1*AE284"
    assert sheet.freeze_panes == "A3"


@pytest.mark.parametrize(("sheet", "loss"), LAST_LOSS.items())
def test_the_last_stored_loss_is_the_authors(kanungo_stored: openpyxl.Workbook, sheet: str, loss: float) -> None:
    assert kanungo_stored[sheet]["W3"].value == 0.25123100378328034
    assert kanungo_stored[sheet]["W285"].value == pytest.approx(loss, rel=1e-12)


@pytest.mark.slow
def test_every_cell_of_a_table_has_a_value_and_a_formula_the_start_one_to_the_first_sheet(
    kanungo_live: openpyxl.Workbook, kanungo_stored: openpyxl.Workbook
) -> None:
    for rate in RATES:
        both = zip(kanungo_live[f"LR={rate}"].iter_rows(3, 285), kanungo_stored[f"LR={rate}"].iter_rows(3, 285),
                   strict=True)
        for row, (live, stored) in enumerate(both, start=3):
            assert all(isinstance(cell.value, int | float) for cell in stored)
            assert all(str(cell.value).startswith("=") for cell in live)
            start = [cell.column_letter for cell in live if str(cell.value).startswith("='Summary'!")]
            assert start == ("A B C D E F G H M N O P".split() if row == 3 else [])


def test_the_values_are_those_of_the_training_bit_for_bit(kanungo: Walkthrough, kanungo_workbook: Path) -> None:
    from derive.training import train_formulas
    from sheets.building.layout import lay_out

    layout = lay_out(kanungo.network)
    leaves = {name: float(value) for name, value in kanungo.start.items()}
    names = [*leaves, *layout.formulas]
    trained = list(train_formulas(leaves, layout.formulas, layout.updates, 0.5, kanungo.updates))
    import pandas as pd

    stored = pd.read_excel(kanungo_workbook, sheet_name="LR=0.5", header=1, engine="calamine")
    for place, column in enumerate(layout.columns):
        expected = [row[names.index(column.name)] for row in trained]
        assert list(stored.iloc[:, place].astype(float)) == expected, column.header


@pytest.mark.slow
def test_other_readers_see_the_same_numbers(kanungo_workbook: Path, kanungo_stored: openpyxl.Workbook) -> None:
    expected = [[cell.value for cell in row] for row in kanungo_stored["LR=2.0"].iter_rows(min_row=3)]
    read_only = openpyxl.load_workbook(kanungo_workbook, data_only=True, read_only=True)
    assert [[c.value for c in row] for row in read_only["LR=2.0"].iter_rows(min_row=3)] == expected
    calamine = CalamineWorkbook.from_path(str(kanungo_workbook)).get_sheet_by_name("LR=2.0").to_python()
    assert calamine[2:] == expected
    import pandas as pd

    frame = pd.read_excel(kanungo_workbook, sheet_name="LR=2.0", header=1, engine="openpyxl")
    assert frame.to_numpy().tolist() == expected


def test_the_chart_has_a_line_for_each_rate_with_its_points_cached(kanungo_workbook: Path) -> None:
    with zipfile.ZipFile(kanungo_workbook) as archive:
        chart = archive.read("xl/charts/chart1.xml").decode()
    for rate, last in LAST_LOSS.items():
        assert f"'{rate}'!$W$3:$W$285" in chart
        assert f"<v>{last!r}</v>" in chart
    assert chart.count('<ptCount val="283"') == 12


@pytest.mark.slow
def test_the_same_walkthrough_gives_the_same_sheets(kanungo: Walkthrough, tmp_path: Path) -> None:
    small = with_changes(kanungo, updates=3)
    parts = []
    for name in ("a.xlsx", "b.xlsx"):
        sheets.build(small, tmp_path / name)
        with zipfile.ZipFile(tmp_path / name) as archive:
            parts.append({part: archive.read(part) for part in archive.namelist() if "core.xml" not in part})
    assert parts[0] == parts[1]


@pytest.mark.slow
def test_our_own_file_is_written_over_but_not_one_that_a_person_saved(kanungo: Walkthrough, tmp_path: Path) -> None:
    small = with_changes(kanungo, learning_rates=[Decimal("0.1")], updates=2)
    target = tmp_path / "class.xlsx"
    sheets.build(small, target)
    sheets.build(small, target)
    saved = openpyxl.load_workbook(target)
    saved["LR=0.1"]["A40"] = "my own note"
    saved.save(target)
    before = target.read_bytes()
    with pytest.raises(DeriveError, match="saved by a person or another program — .* --force"):
        sheets.build(small, target)
    assert target.read_bytes() == before
    sheets.build(small, target, force=True)
    assert openpyxl.load_workbook(target)["LR=0.1"]["A40"].value is None


@pytest.mark.parametrize("kind", ["folder missing", "is a folder", "read-only", "not a workbook"])
def test_a_target_that_cannot_be_written_is_refused_and_nothing_is_lost(
    kanungo: Walkthrough, tmp_path: Path, kind: str
) -> None:
    target = tmp_path / "x.xlsx"
    if kind == "folder missing":
        target = tmp_path / "none" / "x.xlsx"
    elif kind == "is a folder":
        target.mkdir()
    else:
        target.write_bytes(b"a person's work")
        target.chmod(0o444 if kind == "read-only" else 0o644)
    listed = sorted(os.listdir(tmp_path))
    with pytest.raises(DeriveError):
        sheets.build(kanungo, target)
    assert sorted(os.listdir(tmp_path)) == listed
    if target.is_file():
        assert target.read_bytes() == b"a person's work"


@pytest.mark.slow
def test_a_failure_on_the_way_leaves_the_old_file_and_no_other(
    kanungo: Walkthrough, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    small, target = with_changes(kanungo, updates=2), tmp_path / "class.xlsx"
    sheets.build(small, target)
    before = target.read_bytes()

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("sheets.building.packing.with_points", full)
    with pytest.raises(DeriveError, match="class.xlsx: cannot be written: no space left on device"):
        sheets.build(small, target)
    assert target.read_bytes() == before
    assert os.listdir(tmp_path) == ["class.xlsx"]


@pytest.mark.slow
def test_a_link_stays_a_link_and_what_it_leads_to_is_replaced(kanungo: Walkthrough, tmp_path: Path) -> None:
    small, real, link = with_changes(kanungo, updates=2), tmp_path / "real.xlsx", tmp_path / "link.xlsx"
    sheets.build(small, real)
    old = real.read_bytes()
    link.symlink_to(real)
    sheets.build(with_changes(small, updates=3), link)
    assert link.is_symlink()
    assert real.read_bytes() != old


def test_a_narrow_table_shows_its_learning_rate_to_every_reader(tmp_path: Path) -> None:
    from derive.walkthrough import load_walkthrough

    narrow = tmp_path / "narrow.toml"
    narrow.write_text(
        'title = "one weight"\nequations = ["o = w*x", "E = (t - o)^2"]\nlearning_rates = [0.1]\nupdates = 3\n'
        "inputs = { x = 2 }\ntargets = { t = 1 }\nparameters = { w = 0.3 }\n", encoding="utf-8",
    )
    sheets.build(load_walkthrough(narrow), tmp_path / "narrow.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "narrow.xlsx", read_only=True, data_only=True)["Rate 1"]
    assert sheet["C1"].value == 0.1


def test_columns_are_wide_enough_for_their_numbers(kanungo_live: openpyxl.Workbook) -> None:
    sheet: Worksheet = kanungo_live["LR=0.1"]
    for header in sheet[2]:
        assert sheet.column_dimensions[header.column_letter].width >= len(str(header.value)) + 2
