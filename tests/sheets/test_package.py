"""The reader of workbooks beside openpyxl, which it replaces, and on files that openpyxl cannot open."""

import warnings
import zipfile
from collections.abc import Callable
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.worksheet.formula import ArrayFormula, DataTableFormula

from derive.errors import DeriveError
from sheets.auditing.book import Book
from sheets.auditing.package import open_book

_FILES = ["wb02.xlsx", *(pytest.param(f"wb{number:02d}.xlsx", marks=pytest.mark.slow)
                         for number in range(1, 55) if number not in (2, 5))]
_PLAIN = (str, int, float, bool)


def _as_openpyxl_has_it(path: Path) -> tuple[dict[Any, Any], dict[Any, Any]]:
    """Formulas and typed contents, and the stored values of the formulas, by sheet and place."""
    written, stored = {}, {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        formulas, values = openpyxl.load_workbook(path), openpyxl.load_workbook(path, data_only=True)
    for sheet in formulas.worksheets:
        for place, cell in sheet._cells.items():
            if isinstance(cell.value, (ArrayFormula, DataTableFormula, datetime, date, time)) or cell.value is None:
                continue
            written[sheet.title, place] = cell.value
            value = values[sheet.title]._cells[place].value
            if cell.data_type == "f" and isinstance(value, _PLAIN):
                stored[sheet.title, place] = value
    return written, stored


def _as_read(book: Book) -> tuple[dict[Any, Any], dict[Any, Any]]:
    return ({(sheet.name, place): sheet.written[place] for sheet in book.sheets for place in sheet.written},
            {(sheet.name, place): value for sheet in book.sheets for place, value in sheet.stored.items()})


@pytest.mark.parametrize("file", _FILES)
def test_every_cell_is_read_as_openpyxl_reads_it(file: str, shared: Callable[[str], Path]) -> None:
    path = shared(f"workbooks/{file}")
    written, stored = _as_openpyxl_has_it(path)
    ours, own_stored = _as_read(open_book(path))
    raised = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
    for place, content in written.items():
        own = ours[place]
        if str(own).startswith("=INDEX(") and isinstance(content, float):
            continue  # openpyxl gives an array formula to the first of its cells alone
        if isinstance(own, str) and isinstance(content, str):
            own, content = own.translate(raised), content.translate(raised)
            own = own.removeprefix("'") if own.startswith("'=") else own
        assert own == content, place
    assert {place: own_stored[place] for place in stored} == stored


_MAIN = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATED = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def _by_hand(path: Path, cells: str, strings: str = "") -> Path:
    """A workbook of as few parts as there may be, its elements under a prefix, with a part that is not XML at all."""
    parts = {
        "xl/workbook.xml": f'<x:workbook xmlns:x="{_MAIN.decode()}" xmlns:r="{_RELATED}"><x:sheets>'
                           '<x:sheet name="One" sheetId="1" r:id="rId1"/></x:sheets></x:workbook>',
        "xl/_rels/workbook.xml.rels":
            '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
            f'<Relationship Id="rId1" Type="{_RELATED}/worksheet" Target="worksheets/sheet1.xml"/>'
            f'<Relationship Id="rId2" Type="{_RELATED}/sharedStrings" Target="/xl/sharedStrings.xml"/>'
            f'<Relationship Id="rId3" Type="{_RELATED}/styles" Target="styles.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": f'<x:worksheet xmlns:x="{_MAIN.decode()}"><x:sheetData>{cells}</x:sheetData>'
                                    "</x:worksheet>",
        "xl/sharedStrings.xml": f'<sst xmlns="{_MAIN.decode()}">{strings}</sst>',
        "xl/styles.xml": "no XML",
    }  # fmt: skip
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return path


def test_cells_without_addresses_rich_texts_and_prefixes_are_read_and_damaged_styles_are_not(tmp_path: Path) -> None:
    cells = ('<x:row><x:c t="s"><x:v>0</x:v></x:c><x:c><x:v>-2</x:v></x:c>'
             '<x:c t="inlineStr"><x:is><x:t>=in</x:t></x:is></x:c><x:c t="b"><x:v>1</x:v></x:c></x:row>'
             '<x:row><x:c><x:f t="shared" si="0" ref="A2:B3">B1*$B$1</x:f><x:v>1e1</x:v></x:c>'
             '<x:c><x:f t="shared" si="0"/><x:v></x:v></x:c></x:row>'
             '<x:row r="4"><x:c r="B4" t="e"><x:f>#REF!/2</x:f><x:v>#REF!</x:v></x:c></x:row>')
    strings = ("<si><r><t>(t - o)</t></r><r><rPr><vertAlign val='superscript'/></rPr><t>2</t></r><r><t>/2</t></r>"
               "<rPh><t>read aloud</t></rPh></si>")
    sheet = open_book(_by_hand(tmp_path / "hand.xlsx", cells, strings)).sheets[0]
    assert sheet.written == {(1, 1): "(t - o)²/2", (1, 2): -2, (1, 3): "'=in", (1, 4): True,
                             (2, 1): "=B1*$B$1", (2, 2): "=C1*$B$1", (4, 2): "=#REF!/2"}
    assert sheet.stored == {(2, 1): 10.0, (4, 2): "#REF!"}


def test_a_document_type_is_refused_wherever_it_is_read(tmp_path: Path) -> None:
    path = _by_hand(tmp_path / "typed.xlsx", "", "</sst>")
    with zipfile.ZipFile(path, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("xl/sharedStrings.xml", '<!DOCTYPE sst SYSTEM "http://127.0.0.1/x"><sst/>')
    with pytest.raises(DeriveError, match="declares XML entities"):
        open_book(path)


def test_a_spilled_range_is_the_range_of_its_array(tmp_path: Path) -> None:
    cells = ('<x:row r="1"><x:c r="A1" cm="1"><x:f t="array" ref="A1:A2">B1:B2*2</x:f><x:v>2</x:v></x:c>'
             '<x:c r="B1"><x:v>1</x:v></x:c><x:c r="C1"><x:f>SUM(_xlfn.ANCHORARRAY(A1))</x:f><x:v>6</x:v></x:c></x:row>'
             '<x:row r="2"><x:c r="A2"><x:v>4</x:v></x:c><x:c r="B2"><x:v>2</x:v></x:c></x:row>')
    sheet = open_book(_by_hand(tmp_path / "spill.xlsx", cells)).sheets[0]
    assert sheet.formula((1, 3)) == "=SUM(A1:A2)"
    assert sheet.formula((2, 1)) == "=INDEX(B1:B2*2,2,1)"


@pytest.mark.parametrize("file", ["contact/workbooks/x10.xlsx", "workbooks/wb05.xlsx"])
def test_what_openpyxl_cannot_open_is_read(file: str, shared: Callable[[str], Path]) -> None:
    path = shared(file)
    with warnings.catch_warnings(), path.open("rb") as opened:
        warnings.simplefilter("ignore")
        with pytest.raises((IndexError, TypeError, ValueError)):
            openpyxl.load_workbook(opened)
    assert sum(len(sheet.written) for sheet in open_book(path).sheets) > 100
