"""A long training is plotted by a live table of sampled points."""

from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

import sheets
from derive.walkthrough import Walkthrough, with_changes
from sheets.building.curve import MOST_POINTS, MOST_ROWS, plotted, watch


@given(st.integers(2, 1_048_574))
def test_the_first_and_the_last_update_are_plotted_and_none_twice(rows: int) -> None:
    curve = plotted(rows)
    assert curve.updates[0] == 0
    assert curve.updates[-1] == rows - 1
    assert all(a < b for a, b in zip(curve.updates, curve.updates[1:], strict=False))
    assert len(curve.updates) == (rows if rows <= MOST_ROWS else MOST_POINTS)


def test_what_passes_is_watched() -> None:
    curve = plotted(5)
    rows, seen = watch([(loss,) for loss in (1.0, 0.5, 0.09, 0.2, 0.01)], 0, curve)
    assert list(rows) == [(1.0,), (0.5,), (0.09,), (0.2,), (0.01,)]
    assert (seen().first, seen().last, seen().fell, seen().points) == (1.0, 0.01, 2, (1.0, 0.5, 0.09, 0.2, 0.01))


@pytest.mark.slow
@pytest.mark.parametrize("updates", [MOST_ROWS])
def test_the_points_of_a_long_training_are_live_and_stored(kanungo: Walkthrough, tmp_path: Path, updates: int) -> None:
    target = tmp_path / "long.xlsx"
    sheets.build(with_changes(kanungo, learning_rates=[Decimal("0.5")], updates=updates), target)
    live, stored = openpyxl.load_workbook(target), openpyxl.load_workbook(target, data_only=True)
    front, table = live.sheetnames[0], stored["LR=0.5"]
    found = 0
    for row in live[front].iter_rows():
        for cell in row:
            if isinstance(cell.value, str) and cell.value.startswith("=INDEX("):
                update = int(live[front][cell.value.split(",")[1].split("+")[0].replace("$", "")].value)
                assert stored[front][cell.coordinate].value == table[f"W{update + 3}"].value
                found += 1
    assert found == MOST_POINTS
