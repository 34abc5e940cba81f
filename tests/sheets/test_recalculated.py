"""Recalculation by an engine that is not ours: LibreOffice computes every formula from typed numbers alone."""

import re
import subprocess
import zipfile
from pathlib import Path

import openpyxl
import pytest

pytestmark = pytest.mark.oracle

_STORED = re.compile(rb"(<f[^>]*?(?:/>|>[^<]*</f>))<v>[^<]*</v>")


def stripped(workbook: Path, target: Path) -> None:
    """A copy of a workbook in which no formula cell has a value."""
    with zipfile.ZipFile(workbook) as source, zipfile.ZipFile(target, "w") as out:
        for part in source.namelist():
            out.writestr(part, _STORED.sub(rb"\1", source.read(part)))


def recalculated(soffice: str, workbook: Path, folder: Path) -> openpyxl.Workbook:
    """The workbook as LibreOffice computes it."""
    bare = folder / "bare" / workbook.name
    bare.parent.mkdir()
    stripped(workbook, bare)
    assert openpyxl.load_workbook(bare, data_only=True)["LR=0.1"]["W285"].value is None
    command = [soffice, "--headless", f"-env:UserInstallation={(folder / 'profile').as_uri()}",
               "--convert-to", "xlsx", "--outdir", str(folder), str(bare)]
    subprocess.run(command, check=True, capture_output=True, timeout=240)
    return openpyxl.load_workbook(folder / workbook.name, data_only=True)


def test_libreoffice_computes_every_cell_as_it_is_stored(soffice: str, kanungo_workbook: Path, tmp_path: Path) -> None:
    theirs = recalculated(soffice, kanungo_workbook, tmp_path)
    ours = openpyxl.load_workbook(kanungo_workbook, data_only=True)
    checked = 0
    for name in ours.sheetnames:
        for column in ours[name].iter_cols():
            pairs = [(cell.value, theirs[name][cell.coordinate].value, cell.coordinate) for cell in column]
            largest = max((abs(value) for value, _, _ in pairs if isinstance(value, int | float)), default=0.0)
            for value, other, at in pairs:
                if isinstance(value, int | float):
                    assert other is not None, f"{name}!{at} was not computed"
                    assert abs(value - other) <= 1e-12 * largest, f"{name}!{at}: {value} stored, {other} computed"
                    checked += 1
                elif isinstance(value, str):
                    assert value == other, f"{name}!{at}: {value} stored, {other} computed"
    assert checked >= 6 * 283 * 31
