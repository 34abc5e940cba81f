"""The audit of workbooks that people really made, against what is known of each."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sheets.auditing import Report, audit

_VERDICTS = {"ok": "right", "ok (fragile)": "right"}
_FILES = [f"wb{number:02d}.xlsx" for number in range(1, 55)]
_FEW = ["wb02.xlsx", "wb04.xlsx", "wb05.xlsx", "wb08.xlsx", "wb09.xlsx"]
"""One of each verdict, and one whose worked numbers alone are wrong."""


@pytest.fixture(scope="module")
def truth(shared: Callable[[str], Path]) -> dict[str, Any]:
    known: dict[str, Any] = json.loads(shared("workbooks/truth.json").read_text(encoding="utf-8"))
    return known


def _called(quantity: str) -> str:
    """Our name of a quantity as truth.json has it."""
    return quantity.replace("out_", "a_").replace("E_Total", "E")


def _known_wrong(table: dict[str, Any]) -> set[str]:
    names = {*table["wrong_gradients"], *table["wrong_forward"], *table["wrong_updates"]}
    return {name.partition(":")[0] for name in names}


def _check(report: Report, known: dict[str, Any]) -> None:
    """Verdict, tables, columns, rates, and the wrong columns, neither more nor less."""
    assert report.verdict == _VERDICTS.get(known["verdict"], known["verdict"]), report.reason
    tables = {(table.sheet, table.header_row): table for table in report.tables}
    assert set(tables) == {(table["sheet"], table["header_row"]) for table in known["tables"]}
    for expected in known["tables"]:
        table = tables[expected["sheet"], expected["header_row"]]
        assert (table.first_row, table.last_row) == (expected["first_epoch_row"], expected["last_epoch_row"])
        columns = {_called(name): letters for name, letters in table.columns}
        assert expected["columns"].items() <= columns.items()
        assert table.rate == expected["learning_rate"]
        if expected["learning_rate_cell"]:
            assert str(table.rate_cell).replace("$", "") == expected["learning_rate_cell"].replace("$", "")
        found = {severity: {_called(f.quantity) for f in table.findings if f.severity == severity}
                 for severity in ("wrong", "fragile")}
        wrong = _known_wrong(expected)
        assert found["wrong"] <= wrong
        assert wrong <= found["wrong"] | found["fragile"]
        if known["verdict"] == "wrong":
            assert set(expected["wrong_gradients"]) <= found["wrong"]


_ANCHORS = ("wb13.xlsx", "wb34.xlsx", "wb45.xlsx")


@pytest.mark.parametrize("file", _FEW)
def test_the_audit_says_what_is_known(file: str, truth: dict[str, Any], shared: Callable[[str], Path]) -> None:
    _check(audit(shared(f"workbooks/{file}")), truth[file])


@pytest.mark.slow
@pytest.mark.parametrize("file", [file for file in _FILES if file not in _FEW])
def test_the_audit_says_what_is_known_of_all(file: str, truth: dict[str, Any], shared: Callable[[str], Path]) -> None:
    _check(audit(shared(f"workbooks/{file}")), truth[file])


@pytest.mark.slow
@pytest.mark.parametrize("file", _ANCHORS)
def test_unanchored_rates_are_found(file: str, shared: Callable[[str], Path]) -> None:
    assert any(finding.kind == "anchor" for finding in audit(shared(f"workbooks/{file}")).all_findings)
