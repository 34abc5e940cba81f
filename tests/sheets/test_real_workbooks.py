"""The audit of workbooks that people really made, against what is known of each."""

import json
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from sheets.auditing import Report, audit

_VERDICTS = {"ok": "right", "ok (fragile)": "right"}
_FILES = [f"wb{number:02d}.xlsx" for number in range(1, 55)]
_FEW = ["wb08.xlsx", "wb09.xlsx"]
"""One of each verdict, and one whose worked numbers alone are wrong."""
_ALL = [pytest.param(file, marks=[] if file in _FEW else [pytest.mark.slow]) for file in _FILES]


@pytest.fixture(scope="module")
def truth(shared: Callable[[str], Path]) -> dict[str, Any]:
    known: dict[str, Any] = json.loads(shared("workbooks/truth.json").read_text(encoding="utf-8"))
    return known


@pytest.fixture(scope="module")
def audit_of(shared: Callable[[str], Path]) -> Callable[[str], Report]:
    """The audit of one of them, made once."""
    return cache(lambda file: audit(shared(f"workbooks/{file}")))


def _called(quantity: str) -> str:
    """Our name of a quantity as truth.json has it."""
    return quantity.replace("out_", "a_").replace("E_Total", "E")


def _known_wrong(table: dict[str, Any]) -> set[str]:
    names = {*table["wrong_gradients"], *table["wrong_forward"], *table["wrong_updates"]}
    return {name.partition(":")[0] for name in names}


def _check(report: Report, known: dict[str, Any]) -> None:
    """Verdict, tables, columns, rates, and the wrong columns, neither more nor less."""
    if known["verdict"] == "unreadable":  # to openpyxl, by which the truth was established; it is read here
        assert report.verdict != "unreadable", report.reason
        return
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


@pytest.mark.slow
@pytest.mark.parametrize("file", _ALL)
def test_the_audit_says_what_is_known(file: str, truth: dict[str, Any], audit_of: Callable[[str], Report]) -> None:
    _check(audit_of(file), truth[file])


@pytest.mark.slow
@pytest.mark.parametrize("file", _ANCHORS)
def test_unanchored_rates_are_found(file: str, audit_of: Callable[[str], Report]) -> None:
    assert any(finding.kind == "anchor" for finding in audit_of(file).all_findings)


_CLASS_ERROR = r"(uses (a|out)_h1 where \2_h2 belongs|the numbers come out if a_h1 stands where a_h2 belongs)\Z"

# What is known of a slip, in the words of truth.json; the quantities that have it; how the audit says it.
_SAID = (
    (r"dE/dw3, dE/dw4: wrong reference - hidden factor taken from neuron 1", r"dE/dw[34]", _CLASS_ERROR),
    (r"class-file error (in dE/dw3|from row 1)|dE/dw3, dE/dw4 class-file error", r"dE/dw[34]", _CLASS_ERROR),
    (r"class-file error moved into a helper column", r"dE/dw[34]", r"uses a_h1 where a_h2 belongs, through column Y\Z"),
    (r"dE/dw3, dE/dw4 use w5,w7 instead of w6,w8", r"dE/dw[34]",
     r"uses w5 where w6 belongs, uses w7 where w8 belongs\Z"),
    (r"dE/dw1, dE/dw2 use w5,w6 instead of w5,w7", r"dE/dw[12]", r"uses w6 where w7 belongs\Z"),
    (r"dE/dw3, dE/dw4 use w7,w8 instead of w6,w8", r"dE/dw[34]", r"uses w7 where w6 belongs\Z"),
    (r"uses h2 \(col K\) instead of a_h2", r"dE/dw6", r"uses h2 where a_h2 belongs\Z"),
    (r"wrong column \(dE/dw3 instead of dE/dw4\) and row frozen", r"w4",
     r"steps with dE/dw3 of row 41 in every row instead of dE/dw4\Z"),
    (r"rows of each pasted table repeat", r"w\d", r"the rows repeat the one above\Z"),
    (r"h1,a_h1,h2,a_h2 of row 1 are typed constants", r"(a_)?h\d", r"numbers stand where formulas belong\Z"),
    (r"dE/dw1\.\.w4 lack the outer brackets", r"dE/dw[1-4]", r"the brackets around the sum are missing\Z"),
    (r"h1 is updated like a weight", r"h1", r"is stepped like a weight, from the row above"),
    (r"hard-code the targets", r"E[12]", r"0\.(01|99) is typed where t[12] belongs\Z"),
    (r"multiplication sign for minus, and t1 for t2", r"dE/dw[1-4]",
     r"out_o1\*t1 where out_o1 - t1 belongs, and (uses i1 where i2 belongs, and )?uses t1 where t2 belongs"),
    (r"dE/dw4 uses i1", r"dE/dw4", r".*uses i1 where i2 belongs"),
    (r"it reads B32, B33, \.\.\. = t2", r"w\d", r"reads t2 where the learning rate belongs"),
    (r"G,H,I cells hold =F34.* \(fill sideways\)", r"w[34]", r"starts from w2 instead of w[34], steps with dE/dw2"),
    (r"G,H,I cells hold =F34.* \(fill sideways\)", r"h1", r"this is the update of w2, not h1\Z"),
    (r"V uses A-R", r"E2", r"this is E1, not E2\Z"),
    (r"dE/dw7 = copy of dE/dw5", r"dE/dw7", r"this is dE/dw5, not dE/dw7\Z"),
)  # fmt: skip


def _check_slips(report: Report, known: dict[str, Any]) -> None:
    """Each wrong column has a slip that is known of it, and each known slip is said of a column."""
    rows = [(quantities, slip) for words, quantities, slip in _SAID if re.search(words, known["why"])]
    tables = {(table.sheet, table.header_row): table for table in report.tables}
    said = set()
    for expected in known["tables"]:
        findings = tables[expected["sheet"], expected["header_row"]].findings
        for name in _known_wrong(expected):
            told = [f.slip for f in findings if _called(f.quantity) == name and f.severity in ("wrong", "fragile")]
            meant = [(q, slip) for q, slip in rows if re.fullmatch(q, name) and any(re.match(slip, t) for t in told)]
            assert meant, f"{expected['sheet']} {name}: {told}"
            said |= set(meant)
    assert said == set(rows)


@pytest.mark.parametrize("file", _ALL)
def test_a_slip_is_named_as_it_is_known(file: str, truth: dict[str, Any], audit_of: Callable[[str], Report]) -> None:
    _check_slips(audit_of(file), truth[file])
