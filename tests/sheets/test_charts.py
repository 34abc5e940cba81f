"""The axis of a chart of losses."""

import re

import pytest

from sheets.building.charts import on_log_axis

AXIS = '<valAx><axId val="20" /><scaling><orientation val="minMax" />{}</scaling><delete val="0" /></valAx>'
LOG = '<logBase val="10"/><orientation val="minMax" />'


@pytest.mark.parametrize(("losses", "least"), [
    ([1.0, 0.5, 0.009], ""),
    ([5e4, 2e-15], ""),
    ([5e4, 3e-28], '<min val="1E-28"/>'),  # so near 0 that another spreadsheet comes to 0
    ([0.25, 7e-15, 0.0], '<min val="1E-15"/>'),
    ([0.25, float("nan"), 2e-3], ""),
])  # fmt: skip
def test_a_loss_that_falls_far_has_an_axis_of_powers_that_shows_all_of_it(losses: list[float], least: str) -> None:
    drawn = on_log_axis(AXIS.format(""), losses)
    assert drawn == AXIS.format("").replace('<orientation val="minMax" />', LOG + least)
    order = re.findall(r"<(logBase|orientation|max|min) ", drawn)
    assert order == sorted(order, key=["logBase", "orientation", "max", "min"].index)


@pytest.mark.parametrize("losses", [[], [1.0, 0.5], [0.0, 0.0], [1.0, -2.0, 1e-9], [float("nan")]])
def test_any_other_stays_as_it_is(losses: list[float]) -> None:
    assert on_log_axis(AXIS.format(""), losses) == AXIS.format("")
