"""Rosters as they come: Moodle's, Canvas's, a spreadsheet's; any delimiter, any encoding of these."""

from io import BytesIO
from pathlib import Path

import openpyxl
import pytest

from derive.errors import DeriveError
from sheets.roster import folded, read_roster, roster_of

MOODLE = '\ufeff"First name","Last name","ID number","Email address",Groups\nAnna,Abel,s1,anna@example.org,A\n'
WORKSHEET = ("Identifier,Full name,Email address,Status,Grade,Maximum Grade,Feedback comments\n"
             '"Participant 4711",Anna Abel,anna@example.org,"Submitted",,8.00,\n')
CANVAS = ("Student,ID,SIS User ID,SIS Login ID,Section,Week 3 (1234)\n,,,,,\n"
          '"    Points Possible",,,,,8\n"Abel, Anna",77,u1,anna,S1,\n"Student, Test",78,,,S1,\n')
GERMAN = "Vorname;Nachname;ID-Nummer;E-Mail-Adresse\nÄnne;Müßig;4;a@example.org\n"


@pytest.mark.parametrize(("text", "name", "key", "platform"), [
    (MOODLE, "Anna Abel", "s1", ""),
    (WORKSHEET, "Anna Abel", "Participant 4711", "4711"),
    (CANVAS, "Anna Abel", "u1", "77"),
    (GERMAN, "Änne Müßig", "4", ""),
    ("Name\tStudent number\nAnna Abel\t12\n", "Anna Abel", "12", ""),
    ("Name\nAnna Abel\n", "Anna Abel", "Anna Abel", ""),
])  # fmt: skip
def test_a_roster_is_read_as_it_comes(text: str, name: str, key: str, platform: str) -> None:
    (student,) = roster_of(text).students
    assert (student.name, student.key, student.platform) == (name, key, platform)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_any_encoding_of_a_spreadsheet_is_read(tmp_path: Path, encoding: str) -> None:
    (tmp_path / "r.csv").write_bytes(GERMAN.encode(encoding))
    assert read_roster(tmp_path / "r.csv").students[0].name == "Änne Müßig"


@pytest.mark.parametrize(("text", "told"), [
    ("", "is empty"), ("a,b\n1,2\n", "no column of the header is a name"), ("Name\n", "no student stands below"),
    ("Name,ID\nAnna,1\nBen,1\n", "1 stands for Anna and for Ben"),
    ("Name\nAda\nAda\n", "Ada stands for Ada and for Ada — .*a column ID number or Email address tells them apart"),
])  # fmt: skip
def test_what_is_no_roster_is_refused(text: str, told: str) -> None:
    with pytest.raises(DeriveError, match=told):
        roster_of(text)


@pytest.mark.parametrize("column", ["ID number", "Email address"])
def test_two_of_one_name_are_told_apart_by_the_column_that_is_asked_for(column: str) -> None:
    first, second = roster_of(f"Name,{column}\nAda,a@x.org\nAda,b@x.org\n").students
    assert first.key != second.key


def test_names_are_compared_without_case_accents_and_order() -> None:
    assert folded("Müßig, Änne-Marie") == folded("anne marie MUSSIG")
    assert folded("李雷") == "李雷"


def _workbook() -> bytes:
    packed = BytesIO()
    openpyxl.Workbook().save(packed)
    return packed.getvalue()


@pytest.mark.parametrize(("content", "told"), [
    (_workbook(), "is not a text"), (b"%PDF-1.7\n\xe2\xe3\xcf\xd3\r1 0 obj", "is not a text"),
    (bytes(range(256)) * 9, "is not a text"), (b"\xd0\xcf\x11\xe0" + b"\xff" * 99, "is not a text"),
    (b"<p>" + b"x" * 200_000, "is no table of cells"), (b"x" * 20_000_000, "is larger than 8 MB"), (b" \n", "is empty"),
], ids=["xlsx", "pdf", "binary", "xls", "html", "large", "empty"])  # fmt: skip
def test_what_is_no_csv_is_told_to_be_saved_as_one(tmp_path: Path, content: bytes, told: str) -> None:
    (tmp_path / "class.xlsx").write_bytes(content)
    with pytest.raises(DeriveError, match=f"class.xlsx: {told}.* — save it as CSV"):
        read_roster(tmp_path / "class.xlsx")


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_end_as_on_any_system(tmp_path: Path, end: str) -> None:
    (tmp_path / "r.csv").write_bytes(WORKSHEET.replace("\n", end).encode())
    assert read_roster(tmp_path / "r.csv") == roster_of(WORKSHEET)
    assert roster_of(WORKSHEET.replace("\n", end)) == roster_of(WORKSHEET)
