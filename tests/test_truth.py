"""What says one of several things refuses to be taken for `True`."""

from pathlib import Path

import openpyxl
import pytest

import derive
import sheets


@pytest.mark.parametrize(("left", "right", "kind"), [
    ("a*(b + c)", "a*b + a*c", derive.Proved), ("a*(b + c)", "a*b + c", derive.Refuted),
])  # fmt: skip
def test_a_verdict_is_no_truth_value(left: str, right: str, kind: type) -> None:
    verdict = derive.decide(left, right)
    assert isinstance(verdict, kind)
    with pytest.raises(derive.DeriveError, match=f"bool\\({kind.__name__}\\): a verdict is no truth value"):
        bool(verdict)


def test_undecided_is_none_either() -> None:
    with pytest.raises(derive.DeriveError, match="a verdict is no truth value"):
        bool(derive.Undecided("too many cases"))


def test_neither_is_a_checked_line_nor_a_report(tmp_path: Path) -> None:
    (line,) = derive.check("∂E/∂w5 = (out_o1 - t1)*out_o1*(1 - out_o1)*out_h1", "kanungo")
    openpyxl.Workbook().save(tmp_path / "empty.xlsx")
    for value in (line, sheets.audit(tmp_path / "empty.xlsx")):
        with pytest.raises(derive.DeriveError, match="a verdict is no truth value"):
            assert value
