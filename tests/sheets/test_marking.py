"""Marked copies: what is touched, what is not, and that readers of other hands read them."""

import re
import zipfile
from io import BytesIO
from pathlib import Path
from xml.etree import ElementTree

import openpyxl
import pytest
from openpyxl.chart import BarChart, Reference
from openpyxl.comments import Comment
from openpyxl.formatting.rule import ColorScaleRule
from openpyxl.workbook.defined_name import DefinedName
from python_calamine import CalamineWorkbook

from derive.errors import DeriveError
from sheets.marking import Note, mark_file, marked_bytes
from sheets.marking.style import FILLS
from tests.sheets.oracle import needs_libreoffice, recalculate

NOTES = (
    Note("Work", "B2:B4", "dE/dw3", "uses out_h1 where out_h2 belongs", "=A1*2", "=A2*2"),
    Note("Work", "C2", "w1", "the sign", "=1", "=2", "fragile"),
    Note("Work", "G3", "dE/dw9", "nothing there", colour="missing"),
    Note("", "", "a text", "is not so", "a < b & c"),
)


def workbook() -> bytes:
    """A student's file with a chart, a comment, a conditional format, a name of one sheet, and two sheets."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Work"
    for row in range(1, 6):
        for column in range(1, 5):
            sheet.cell(row, column, f"=ROW()*{column}" if column > 1 else row)
    sheet["C2"].number_format = "0.0000"
    sheet["C2"].comment = Comment("mine", "Ada")
    scale = ColorScaleRule("min", start_color="FFFFFF", end_type="max", end_color="FF0000")
    sheet.conditional_formatting.add("A1:A5", scale)
    chart = BarChart()
    chart.add_data(Reference(sheet, min_col=1, min_row=1, max_row=5))
    sheet.add_chart(chart, "F6")
    other = book.create_sheet("Other")
    other.defined_names["local"] = DefinedName("local", attr_text="Other!$A$1")
    book.active = 1
    saved = BytesIO()
    book.save(saved)
    return saved.getvalue()


def parts(file: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(BytesIO(file)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_what_is_wrong_is_coloured_and_commented() -> None:
    book = openpyxl.load_workbook(BytesIO(marked_bytes(workbook(), NOTES, ("Feedback", "5 of 8 points"))))
    assert book.sheetnames == ["Feedback", "Work", "Other"]
    sheet = book["Work"]
    assert [sheet[f"B{row}"].fill.fgColor.rgb for row in (2, 3, 4)] == [FILLS["wrong"]] * 3
    assert sheet["B5"].fill.fill_type is None
    assert sheet["C2"].fill.fgColor.rgb == FILLS["fragile"]
    assert sheet["C2"].number_format == "0.0000"
    assert sheet["G3"].fill.fgColor.rgb == FILLS["missing"]
    assert sheet["B2"].comment.text == "dE/dw3: uses out_h1 where out_h2 belongs\nstands: =A1*2\nbelongs: =A2*2"
    assert sheet["B3"].comment is None
    assert sheet["C2"].comment.text.startswith("mine")
    assert "the sign" in sheet["C2"].comment.text
    assert sheet["B2"].value == "=ROW()*2"
    front = [cell.value for row in book["Feedback"].iter_rows() for cell in row if cell.value is not None]
    assert front[:2] == ["Feedback", "5 of 8 points"]
    assert "a < b & c" in front
    assert book["Feedback"]["B5"].hyperlink.location == "'Work'!B2:B4"
    assert book["Other"].defined_names["local"].attr_text == "Other!$A$1"
    assert book.active.title == "Feedback"


def test_what_is_not_touched_keeps_its_bytes() -> None:
    before = workbook()
    old, new = parts(before), parts(marked_bytes(before, NOTES, ("Feedback",)))
    changed = {name for name in old if old[name] != new[name]}
    assert changed <= {"[Content_Types].xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/styles.xml",
                       "xl/worksheets/sheet1.xml", "xl/worksheets/sheet2.xml", "xl/comments/comment1.xml",
                       "xl/drawings/commentsDrawing1.vml", "xl/drawings/vmlDrawing1.vml",
                       "xl/worksheets/_rels/sheet1.xml.rels"}  # fmt: skip
    assert {name for name in old if "chart" in name} & changed == set()
    bare = re.compile(rb'<c r="(?:B2|B3|B4|C2|G3)"[^>]*?/?>')
    assert bare.sub(b"", old["xl/worksheets/sheet1.xml"]) in {bare.sub(b"", new["xl/worksheets/sheet1.xml"])}


def test_the_parts_are_of_the_shape_that_excel_writes() -> None:
    """XlsxWriter's files are compared with Excel's byte by byte: comments and their drawing have its elements."""
    xlsxwriter = pytest.importorskip("xlsxwriter")
    saved = BytesIO()
    book = xlsxwriter.Workbook(saved, {"in_memory": True})
    sheet = book.add_worksheet("Work")
    sheet.write_comment("B2", "a comment")
    book.close()
    theirs = parts(saved.getvalue())
    plain = BytesIO()
    bare = xlsxwriter.Workbook(plain, {"in_memory": True})
    bare.add_worksheet("Work").write("B2", 1)
    bare.close()
    ours = parts(marked_bytes(plain.getvalue(), NOTES[:1], ("Feedback",)))

    def shape(part: bytes) -> list[str]:
        return [one.tag for one in ElementTree.fromstring(part).iter()]

    def used(part: bytes) -> set[tuple[str, frozenset[str]]]:
        return {(one.tag, frozenset(one.keys())) for one in ElementTree.fromstring(part).iter()}

    assert shape(ours["xl/comments1.xml"]) == shape(theirs["xl/comments1.xml"])
    assert used(ours["xl/drawings/vmlDrawing1.vml"]) <= used(theirs["xl/drawings/vmlDrawing1.vml"]) | {
        one for one in used(ours["xl/drawings/vmlDrawing1.vml"]) if one[0].endswith(("}SizeWithCells", "}shape"))}
    order = [one.tag.rpartition("}")[2] for one in ElementTree.fromstring(ours["xl/worksheets/sheet1.xml"])]
    assert order == [one.tag.rpartition("}")[2] for one in ElementTree.fromstring(theirs["xl/worksheets/sheet1.xml"])
                     if one.tag.rpartition("}")[2] in order]
    assert set(re.findall(rb'ContentType="([^"]*)"', theirs["[Content_Types].xml"])) <= set(
        re.findall(rb'ContentType="([^"]*)"', ours["[Content_Types].xml"]))
    targets = re.compile(rb'Type="[^"]*/(comments|vmlDrawing)" Target="([^"]*)"')
    rels = "xl/worksheets/_rels/sheet1.xml.rels"
    assert dict(targets.findall(ours[rels])) == dict(targets.findall(theirs[rels]))


def test_another_reader_reads_it(tmp_path: Path) -> None:
    (tmp_path / "m.xlsx").write_bytes(marked_bytes(workbook(), NOTES, ("Feedback",)))
    book = CalamineWorkbook.from_path(str(tmp_path / "m.xlsx"))
    assert book.sheet_names == ["Feedback", "Work", "Other"]
    assert book.get_sheet_by_name("Feedback").to_python()[0][0] == "Feedback"


def test_a_second_marking_finds_names_of_its_own() -> None:
    once = marked_bytes(workbook(), NOTES, ("Feedback",))
    book = openpyxl.load_workbook(BytesIO(marked_bytes(once, NOTES[:1], ("Feedback",))))
    assert book.sheetnames == ["Feedback 2", "Feedback", "Work", "Other"]


def test_prefixes_and_missing_addresses_are_read() -> None:
    """Other writers name the namespace `x:` and leave the addresses of cells out, as the format allows."""
    old = parts(workbook())
    body = old["xl/worksheets/sheet1.xml"].decode()
    body = re.sub(r' r="[A-D]\d"', "", re.sub(r'<row r="\d"', "<row", body))
    body = re.sub(r"<(/?)(?=[a-zA-Z])", r"<\1x:", body).replace("xmlns=", "xmlns:x=")
    body = re.sub(r"(</?)x:(\w+:)", r"\1\2", body)
    saved = BytesIO()
    with zipfile.ZipFile(saved, "w") as archive:
        for name, part in old.items():
            archive.writestr(name, body.encode() if name == "xl/worksheets/sheet1.xml" else part)
    new = parts(marked_bytes(saved.getvalue(), NOTES, ("Feedback",)))["xl/worksheets/sheet1.xml"]
    cells = [one for one in ElementTree.fromstring(new).iter() if one.tag.endswith("}c")]
    assert cells[5].get("s") not in (None, "0")  # B2
    assert cells[4].get("s") is None  # A2
    ElementTree.fromstring(new)


def test_a_hand_in_is_never_written_over(tmp_path: Path) -> None:
    file = tmp_path / "a.xlsx"
    file.write_bytes(workbook())
    with pytest.raises(DeriveError, match="is the hand-in itself"):
        mark_file(file, file, NOTES, ("Feedback",))
    with pytest.raises(DeriveError, match="cannot be marked"):
        marked_bytes(b"no zip", NOTES, ("Feedback",))


@pytest.mark.oracle
def test_libreoffice_opens_it(tmp_path: Path) -> None:
    for mark in needs_libreoffice:
        if mark.name == "skipif" and mark.args[0]:
            pytest.skip(mark.kwargs["reason"])
    (tmp_path / "m.xlsx").write_bytes(marked_bytes(workbook(), NOTES, ("Feedback",)))
    book = openpyxl.load_workbook(recalculate(tmp_path / "m.xlsx", tmp_path / "lo"))
    assert book.sheetnames == ["Feedback", "Work", "Other"]
    assert "uses out_h1" in book["Work"]["B2"].comment.text
    assert book["Work"]["B2"].fill.fgColor.rgb == FILLS["wrong"]
