"""Files that cannot be read, and files made to do harm: one clear line each."""

import os
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from openpyxl.comments import Comment
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.formula import ArrayFormula

from derive.errors import DeriveError
from sheets.auditing import audit
from sheets.auditing.package import open_book

from .worksheets import Made, make, save


def _parts(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _packed(path: Path, parts: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


def _lock_file(folder: Path) -> Path:
    return _written(folder / "~$homework.xlsx", b"\x05owner" + bytes(159))


def _written(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_ENCRYPTED = _OLE + bytes(500) + "EncryptedPackage".encode("utf-16-le")


def _bomb(folder: Path) -> Path:
    parts = _parts(save(make(Made()), folder / "made.xlsx"))
    return _packed(folder / "bomb.xlsx", {**parts, "xl/media/image1.png": bytes(20_000_000)})


def _long_sheet(folder: Path) -> Path:
    parts = _parts(save(make(Made()), folder / "made.xlsx"))
    row = b"<row r='9'><c r='A9'><v>1</v></c></row>"
    return _packed(folder / "long.xlsx", {**parts, "xl/worksheets/sheet1.xml": row * (51_000_000 // len(row))})


def _entities(folder: Path) -> Path:
    parts = _parts(save(make(Made()), folder / "made.xlsx"))
    sheet = parts["xl/worksheets/sheet1.xml"]
    bad = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>' + sheet
    return _packed(folder / "entities.xlsx", {**parts, "xl/worksheets/sheet1.xml": bad})


def _broken_part(folder: Path) -> Path:
    parts = _parts(save(make(Made()), folder / "made.xlsx"))
    return _packed(folder / "broken.xlsx", {**parts, "xl/worksheets/sheet1.xml": b"<worksheet><sheetData><row"})


_HOSTILE: dict[str, tuple[Callable[[Path], Path], str]] = {
    "a lock file": (_lock_file, "is the lock file of an open workbook"),
    "an empty file": (lambda folder: _written(folder / "empty.xlsx", b""), "is empty"),
    "no zip": (lambda folder: _written(folder / "text.xlsx", b"name,mark\n"), "is damaged, or no workbook at all"),
    "half a zip": (lambda folder: _written(folder / "half.xlsx", save(make(Made()), folder / "made.xlsx")
                                           .read_bytes()[:3000]), "is damaged, or no workbook at all"),
    "a zip of something else": (lambda folder: _packed(folder / "other.xlsx", {"readme.txt": b"hello"}),
                                "no workbook stands in it"),
    "an old .xls": (lambda folder: _written(folder / "old.xls", _OLE), "save it as .xlsx"),
    "an .xls called .xlsx": (lambda folder: _written(folder / "renamed.xlsx", _OLE + bytes(600)), "before 2007"),
    "an encrypted file": (lambda folder: _written(folder / "locked.xlsx", _ENCRYPTED), "encrypted with a password"),
    "a .csv": (lambda folder: _written(folder / "values.csv", b"w1,w2\n"), "without formulas"),
    "bytes called .csv": (lambda folder: _written(folder / "bytes.csv", bytes(range(256)) * 9), "is not a text"),
    "a zip bomb": (_bomb, "a zip bomb"),
    "a sheet of 51 MB": (_long_sheet, "MB unpacked"),
    "external entities": (_entities, "declares XML entities"),
    "damaged XML": (_broken_part, "sheet1.xml is damaged: line 1"),
}  # fmt: skip


@pytest.mark.parametrize("kind", _HOSTILE)
def test_what_cannot_be_read_is_told_in_one_line(kind: str, tmp_path: Path) -> None:
    make_it, told = _HOSTILE[kind]
    path = make_it(tmp_path)
    with pytest.raises(DeriveError, match=told) as caught:
        open_book(path)
    assert "\n" not in str(caught.value)
    report = audit(path)
    assert report.verdict == "unreadable"
    assert told in report.reason


def test_a_sheet_that_claims_a_million_rows_is_read_by_its_cells(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.worksheets[0]["XFD1048576"] = 1
    book.save(tmp_path / "wide.xlsx")
    assert open_book(tmp_path / "wide.xlsx").sheets[0].written == {(1048576, 16384): 1}


def test_macros_are_kept_shut_and_names_arrays_and_comments_are_read(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title = "Main"
    sheet["A1"] = "h1 = w1*i1"
    sheet["A1"].comment = Comment("o1 = w5*a_h1", "someone")
    sheet["B1"] = ArrayFormula("B1:C1", "=MMULT(E1:F1,G1:H2)")
    sheet["D1"] = ArrayFormula("D1", "=SUM(E1:F1)")
    book.defined_names["rate"] = DefinedName("rate", attr_text="Main!$G$1")
    book.save(tmp_path / "made.xlsm")
    opened = open_book(tmp_path / "made.xlsm")
    assert opened.sheets[0].written == {
        (1, 1): "h1 = w1*i1", (1, 2): "=INDEX(MMULT(E1:F1,G1:H2),1,1)", (1, 3): "=INDEX(MMULT(E1:F1,G1:H2),1,2)",
        (1, 4): "=SUM(E1:F1)"}  # fmt: skip
    assert opened.names == {"rate": "Main!$G$1"}
    assert [(note.where, note.text) for note in opened.notes] == [("Main!A1", "o1 = w5*a_h1")]


def test_a_pipe_is_refused_and_merged_cells_without_number_do_no_harm(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.xlsx")
    with pytest.raises(DeriveError, match="is no file"):
        open_book(tmp_path / "pipe.xlsx")
    parts = _parts(save(make(Made()), tmp_path / "made.xlsx"))
    merged = b'</sheetData><mergeCells count="1"><mergeCell ref="A20:XFD1048576"/></mergeCells>'
    sheet = parts["xl/worksheets/sheet1.xml"].replace(b"</sheetData>", merged)
    merged_path = _packed(tmp_path / "merged.xlsx", {**parts, "xl/worksheets/sheet1.xml": sheet})
    assert open_book(merged_path).sheets[0].written == open_book(tmp_path / "made.xlsx").sheets[0].written


def test_a_cell_that_only_names_a_number_of_another_sheet_counts_as_it(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    front, table = book.active, book.create_sheet("it's a table")
    front.title = "First"
    front["B2"], front["B3"] = 0.3, "=1+1"
    table["A1"], table["A2"], table["A3"], table["A4"] = "='First'!$B$2", "=First!B3", "=First!B2*2", "=Nowhere!B2"
    book.save(tmp_path / "two.xlsx")
    opened = open_book(tmp_path / "two.xlsx").by_name["it's a table"]
    assert [opened.written[place, 1] for place in range(1, 5)] == [0.3, "=First!B3", "=First!B2*2", "=Nowhere!B2"]
