"""The parts of the file against the rules of the format and against a file that Excel itself wrote."""

import re
import struct
import zipfile
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import pytest

from sheets.cells import letters

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
ORDER = (
    "sheetPr", "dimension", "sheetViews", "sheetFormatPr", "cols", "sheetData", "sheetProtection", "autoFilter",
    "mergeCells", "conditionalFormatting", "dataValidations", "hyperlinks", "printOptions", "pageMargins", "pageSetup",
    "headerFooter", "rowBreaks", "colBreaks", "drawing", "legacyDrawing", "tableParts", "extLst",
)
"""Children of a worksheet in the order of the schema (ECMA-376 Part 1, 18.3.1.99); Excel repairs a file that strays."""


@pytest.fixture(scope="module")
def parts(kanungo_workbook: Path) -> dict[str, bytes]:
    return contents(kanungo_workbook)


def contents(workbook: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(workbook) as archive:
        assert archive.testzip() is None
        names = archive.namelist()
        assert len(names) == len(set(names)), "a part stands twice in the archive"
        return {name: archive.read(name) for name in names}


def sheets_of(parts: dict[str, bytes]) -> dict[str, ElementTree.Element]:
    found = {name: part for name, part in parts.items() if name.startswith("xl/worksheets/sheet")}
    return {name: ElementTree.fromstring(part) for name, part in found.items()}


def shape(sheet: ElementTree.Element) -> set[tuple[str, frozenset[str]]]:
    """Every kind of cell and formula element in a sheet: its tag and the attributes it carries."""
    return {(e.tag, frozenset(e.attrib)) for tag in ("c", "f", "v") for e in sheet.iter(MAIN + tag)}


def test_every_part_has_a_content_type(parts: dict[str, bytes]) -> None:
    types = ElementTree.fromstring(parts["[Content_Types].xml"])
    named = {e.get("PartName", "").lstrip("/") for e in types if e.tag.endswith("Override")}
    endings = {e.get("Extension") for e in types if e.tag.endswith("Default")}
    for name in parts:
        assert name in named or name.rpartition(".")[2] in endings or name == "[Content_Types].xml", name
    assert named <= set(parts)


def test_every_relation_leads_to_a_part(parts: dict[str, bytes]) -> None:
    for name, part in parts.items():
        if name.endswith(".rels"):
            folder = Path(name).parent.parent
            for relation in ElementTree.fromstring(part):
                target = relation.get("Target", "")
                found = target.lstrip("/") if target.startswith("/") else (folder / target).as_posix()
                assert re.sub(r"[^/]+/\.\./", "", found) in parts, f"{name}: {target}"


def test_elements_of_a_sheet_stand_in_the_order_of_the_schema(parts: dict[str, bytes]) -> None:
    for name, sheet in sheets_of(parts).items():
        places = [ORDER.index(child.tag.removeprefix(MAIN)) for child in sheet]
        assert places == sorted(places), name


def test_rows_and_cells_ascend_and_lie_within_the_dimension(parts: dict[str, bytes]) -> None:
    column = {letters(place): place for place in range(1, 200)}
    for name, sheet in sheets_of(parts).items():
        rows = [int(row.get("r", "0")) for row in sheet.iter(MAIN + "row")]
        assert all(above < below for above, below in pairwise(rows)), name
        for row in sheet.iter(MAIN + "row"):
            cells = [cell.get("r", "") for cell in row]
            assert all(cell.endswith(row.get("r", "")) for cell in cells)
            places = [column[cell.rstrip("0123456789")] for cell in cells]
            assert all(left < right for left, right in pairwise(places)), f"{name} row {row.get('r')}"


@pytest.mark.slow
def test_shared_formulas_have_one_master_whose_range_holds_all_that_refer_to_it(parts: dict[str, bytes]) -> None:
    for name, sheet in sheets_of(parts).items():
        ranges: dict[str, str] = {}
        for cell in sheet.iter(MAIN + "c"):
            formula = cell.find(MAIN + "f")
            if formula is None or formula.get("t") != "shared":
                continue
            index, address = formula.get("si", ""), cell.get("r", "")
            if formula.get("ref"):
                assert index not in ranges, f"{name}: two masters of shared formula {index}"
                ranges[index] = formula.get("ref", "")
                assert ranges[index].startswith(f"{address}:")
            first, _, last = ranges[index].partition(":")
            at, row = re.match(r"([A-Z]+)(\d+)", address).groups()  # type: ignore[union-attr]
            assert re.match(r"[A-Z]+", first)[0] == at  # type: ignore[index]
            assert int(first[len(at):]) <= int(row) <= int(last[len(at):])


@pytest.mark.slow
def test_cells_have_no_shape_that_excel_itself_does_not_write(
    parts: dict[str, bytes], shared: Callable[[str], Path]
) -> None:
    theirs: set[tuple[str, frozenset[str]]] = set()
    for sheet in sheets_of(contents(shared("workbooks/wb29.xlsx"))).values():
        theirs |= shape(sheet)
    for name, sheet in sheets_of(parts).items():
        assert shape(sheet) <= theirs, name


def test_the_application_mark_is_ours(parts: dict[str, bytes]) -> None:
    assert b"<Application>derive-sheets</Application>" in parts["docProps/app.xml"]


def test_the_archive_is_a_plain_zip_as_excel_writes_it(kanungo_workbook: Path) -> None:
    content = kanungo_workbook.read_bytes()
    with zipfile.ZipFile(kanungo_workbook) as archive:
        for part in archive.infolist():
            header = content[part.header_offset : part.header_offset + 30]
            version, flags, method = struct.unpack("<3H", header[4:10])
            packed, unpacked, _, extra = struct.unpack("<2I2H", header[18:30])
            assert (version, flags, method, extra) == (20, 0, 8, 0), part.filename
            assert (packed, unpacked) == (part.compress_size, part.file_size), part.filename
