"""Every row of the table of operators and functions, held against LibreOffice."""

from pathlib import Path

import pytest
import sympy as sp

from derive import rules
from sheets.formulas.arithmetic import OPERATORS
from sheets.formulas.calculation import calculator
from sheets.formulas.functions import FUNCTIONS, SPELLED, WRITTEN
from sheets.formulas.recover import recover

from .oracle import needs_libreoffice, values_of

ROWS = [*OPERATORS, *FUNCTIONS.values()]


@pytest.mark.parametrize("row", ROWS, ids=[getattr(row, "name", None) or row.text for row in ROWS])
def test_a_row_means_the_value_that_it_carries(row: object) -> None:
    meant = recover(row.example, lambda reference: None)
    assert calculator(meant, ())(()) == pytest.approx(row.value, rel=1e-15)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_the_example_of_a_function_uses_it(name: str) -> None:
    assert f"{name}(" in FUNCTIONS[name].example


class TestLibreOffice:
    pytestmark = needs_libreoffice

    def test_computes_the_value_of_every_row(self, tmp_path: Path) -> None:
        computed = values_of([row.example for row in ROWS], {}, tmp_path)
        for row, value in zip(ROWS, computed, strict=True):
            assert value == pytest.approx(row.value, rel=1e-14), row.example


def test_every_function_of_a_network_can_be_written() -> None:
    x = sp.Symbol("x", real=True)
    for rule in rules.RULES.values():
        made = rule.function(x)
        assert made.func in SPELLED or made.func in WRITTEN or isinstance(made, (rules.Step, sp.Pow)), rule.name


def test_whatever_is_written_by_name_is_read_by_name() -> None:
    assert set(WRITTEN.values()) <= set(FUNCTIONS)
