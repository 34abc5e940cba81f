"""Workbooks that are handed over, audited, marked and put together as the page of a class."""

import shutil
import tempfile
import zipfile
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from derive.archives import ArchiveError, opened
from derive.errors import DeriveError
from sheets.browser.claims import as_claim
from sheets.browser.exchange import Files, Given, as_file

if TYPE_CHECKING:
    from sheets.auditing import Report

_MOST_FILES = 500
_MOST_BYTES = 200_000_000
_kept: dict[int, tuple[str, Path]] = {}
"""The workbooks that were handed over: their names as given, and where they lie."""
_audited: dict[int, "Report"] = {}


def keep(given: Given, files: Files) -> Any:
    """Workbooks to audit, by a number each; a zip archive stands for the workbooks in it."""
    for name, content in files:
        for inside, held in _unpacked(name, bytes(content)):
            number = len(_kept)
            if number >= _MOST_FILES:
                raise DeriveError(name, f"more than {_MOST_FILES} workbooks", "audit them by the command sheets audit")
            path = Path(tempfile.mkdtemp()) / f"{number}{Path(inside).suffix.lower()}"
            path.write_bytes(held)
            _kept[number] = inside, path
    return [{"number": number, "name": name} for number, (name, _) in _kept.items() if number not in _audited]


def _unpacked(name: str, content: bytes) -> list[tuple[str, bytes]]:
    if Path(name).suffix.lower() != ".zip":
        return [(name, content)]
    try:
        with opened(BytesIO(content)) as archive:
            inside = [i for i in archive.infolist() if Path(i.filename).suffix.lower() in (".xlsx", ".xlsm")
                      and not Path(i.filename).name.startswith((".", "~$")) and "__MACOSX" not in i.filename]
            if sum(item.file_size for item in inside) > _MOST_BYTES:
                raise DeriveError(name, "its workbooks are larger than 200 MB", "drop fewer at a time")
            found = [(item.filename, archive.read(item)) for item in inside]
    except ArchiveError:
        raise DeriveError(name, "is no zip archive that can be read") from None
    if not found:
        raise DeriveError(name, "holds no workbook", "put .xlsx files into it")
    return found


def audit(given: Given, files: Files) -> Any:
    """The audit of a workbook that was kept, with the cells around each finding."""
    from sheets.auditing import audit as audit_workbook
    from sheets.report import as_json

    name, path = _kept[given["number"]]
    report = audit_workbook(path)
    _audited[given["number"]] = report
    texts = [{**as_claim(text.checked), "where": text.where} for text in report.texts]
    told = {**as_json(report), "file": name, "texts": texts}
    for table in told["tables"]:
        header = None if table["epochs"] == "to the right" else table["header_row"]
        table["findings"] = [_with_cells(finding, path, table["sheet"], header) for finding in table["findings"]]
    for training in (told, *told["trainings"]):
        training["findings"] = [_with_cells(finding, path, finding["sheet"]) for finding in training["findings"]]
    return told


def _with_cells(finding: dict[str, Any], path: Path, sheet: str, header: int | None = None) -> dict[str, Any]:
    return {**finding, "around": _around(path, sheet, finding["cells"], header) if sheet else None}


def _around(path: Path, sheet: str, cells: str, header: int | None) -> Any:
    from sheets.excerpt import excerpt

    try:
        found = excerpt(path, sheet, cells, header)
    except Exception:  # of openpyxl, on a file that the audit itself could read: the finding is told without its cells
        return None
    return found and {"columns": found.columns, "rows": found.rows}


def forget(given: Given, files: Files) -> Any:
    """Nothing is kept any more."""
    for _, path in _kept.values():
        shutil.rmtree(path.parent, ignore_errors=True)
    _kept.clear()
    _audited.clear()
    return None


def class_page(given: Given, files: Files) -> Any:
    """All audits as the page that `sheets audit --html` writes."""
    from sheets.page import page

    return as_file("audit.html", page(_named()).encode())


def table(given: Given, files: Files) -> Any:
    """All findings as the table that `sheets audit --csv` writes, with a mark by which Excel knows its letters."""
    from sheets.findings_csv import findings_csv

    return as_file("findings.csv", findings_csv(_named()).encode("utf-8-sig"))


def marked(given: Given, files: Files) -> Any:
    """A marked copy of each workbook that could be read: the one file, or an archive of all."""
    from sheets.marking import mark_reports

    names = {str(path): Path(name.replace("\\", "/")).name for name, path in _kept.values()}
    readable = [report for _, report in sorted(_audited.items()) if report.verdict != "unreadable"]
    if not readable:
        raise DeriveError("", "no workbook could be read, so none can be marked")
    with tempfile.TemporaryDirectory() as folder:
        copies = mark_reports(Path(folder), readable)
        held = [(names[report.file], copy.read_bytes()) for report, copy in zip(readable, copies, strict=True)]
    if len(held) == 1:
        return as_file(f"marked {held[0][0]}", held[0][1])
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, (name, content) in enumerate(held, start=1):
            archive.writestr(f"{number} {name}", content)
    return as_file("marked.zip", packed.getvalue())


def _named() -> "list[Report]":
    """The reports under the names that their files were given with."""
    return [replace(report, file=_kept[number][0]) for number, report in sorted(_audited.items())]
