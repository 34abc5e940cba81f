"""Our six sheets against the author's own workbook, cell for cell, where that file is beside the checkout."""

import re
from collections.abc import Callable, Iterable
from pathlib import Path

import openpyxl
import pytest
import sympy as sp
from openpyxl.utils import column_index_from_string

from derive.equality import Proved, decide
from derive.names import symbol
from sheets.formulas.recover import recover
from sheets.references import Reference

RATES = ("0.1", "0.2", "0.5", "0.8", "1.0", "2.0")
_REFERENCE = re.compile(r"(\$?)([A-Z]{1,2})(\$?)(\d+)")


@pytest.fixture(scope="module")
def author(shared: Callable[[str], Path]) -> Path:
    return shared("workbooks/wb29.xlsx")


def relative(formula: str, row: int) -> str:
    """A formula with its rows counted from its own, so that a filled-down column has one."""
    return _REFERENCE.sub(
        lambda m: f"{m[2]}{m[4]}" if m[3] else f"{m[2]}{int(m[4]) - row + 100}", formula
    )


def by_address(reference: Reference) -> sp.Symbol:
    """The quantity that stands in a cell, named for the cell."""
    return symbol(f"r{reference.row}c{reference.column}")


@pytest.mark.slow
def test_every_value_is_the_authors(author: Path, kanungo_stored: openpyxl.Workbook) -> None:
    theirs = openpyxl.load_workbook(author, data_only=True)
    for rate in RATES:
        mine, other = kanungo_stored[f"LR={rate}"], theirs[f"LR={rate}"]
        for column in range(1, 32):
            values = [(mine.cell(row, column).value, other.cell(row, column).value) for row in range(3, 286)]
            largest = max(abs(value) for _, value in values)
            worst = max(abs(a - b) for a, b in values)
            assert worst <= 1e-12 * largest, f"LR={rate}, column {column}: {worst}"
        assert mine["G1"].value == other["G1"].value


def check(author: Path, ours: openpyxl.Workbook, rows: Iterable[int]) -> None:
    """Every formula in some rows of the six sheets is proved equal to the author's."""
    theirs = openpyxl.load_workbook(author)
    pairs: dict[tuple[str, str], str] = {}
    for rate in RATES:
        for row in rows:
            for mine, other in zip(ours[f"LR={rate}"][row], theirs[f"LR={rate}"][row], strict=True):
                typed_again = column_index_from_string(mine.column_letter) <= 4  # t and i: held by value above
                if isinstance(other.value, str) and not typed_again:
                    assert isinstance(mine.value, str), f"LR={rate}!{mine.coordinate}: {mine.value}"
                    pair = relative(mine.value, row), relative(other.value, row)
                    pairs.setdefault(pair, f"LR={rate}!{mine.coordinate}")
                elif not typed_again:  # a start: ours is taken from the first sheet, its value is held above
                    assert re.fullmatch(r"='Summary'!\$[B-I]\$\d+", str(mine.value)), f"LR={rate}!{mine.coordinate}"
    assert len(pairs) >= 27
    for (mine, other), place in pairs.items():
        verdict = decide(recover(mine, by_address), recover(other, by_address))
        assert isinstance(verdict, Proved), f"{place}: {mine} and {other}: {verdict}"


@pytest.mark.slow
def test_every_formula_is_proved_equal_to_the_authors(author: Path, kanungo_live: openpyxl.Workbook) -> None:
    """The start, the first update, one in the middle and the last; each row's values are held above."""
    check(author, kanungo_live, (3, 4, 150, 285))


@pytest.mark.slow
def test_every_formula_of_every_row_is_proved_equal_to_the_authors(
    author: Path, kanungo_live: openpyxl.Workbook
) -> None:
    check(author, kanungo_live, range(3, 286))
