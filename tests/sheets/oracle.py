"""LibreOffice as the third party: what it makes of formulas, computed by itself."""

import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import openpyxl
import pytest

SOFFICE = shutil.which("soffice")
REQUIRED = os.environ.get("DERIVE_SHEETS_ORACLES") == "1"

needs_libreoffice = [
    pytest.mark.oracle,
    pytest.mark.skipif(SOFFICE is None and not REQUIRED, reason="LibreOffice (soffice) is not installed"),
]


def recalculate(path: Path, folder: Path) -> Path:
    """The workbook at `path`, computed and saved anew by LibreOffice into `folder`."""
    assert SOFFICE is not None, "DERIVE_SHEETS_ORACLES=1, but LibreOffice (soffice) is not installed"
    folder.mkdir(exist_ok=True)
    profile = (folder / "profile").resolve().as_uri()
    subprocess.run(
        [SOFFICE, "--headless", f"-env:UserInstallation={profile}", "--convert-to", "xlsx:Calc MS Excel 2007 XML",
         "--outdir", str(folder), str(path)],
        check=True, capture_output=True, timeout=180,
    )  # fmt: skip
    return folder / path.name


def values_of(formulas: Sequence[str], cells: dict[str, float], folder: Path) -> list[object]:
    """The value of each formula, where `cells` gives the numbers in the cells that they refer to (columns A to D)."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for address, value in cells.items():
        sheet[address] = value
    for row, formula in enumerate(formulas, start=1):
        sheet[f"F{row}"] = formula
    path = folder / "formulas.xlsx"
    book.save(path)
    computed = openpyxl.load_workbook(recalculate(path, folder / "computed"), data_only=True).worksheets[0]
    return [computed[f"F{row}"].value for row in range(1, len(formulas) + 1)]
