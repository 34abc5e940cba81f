"""A class graded: every mistake found and named, right ones full marks, whose a hand-in is, CSV as platforms ask."""

import csv
import io
import json
import os
import re
import signal
import subprocess
import sys
import time
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner

from derive.board.show import as_derivation
from derive.errors import DeriveError
from derive.names import quantity
from derive.text import as_text
from derive.walkthrough import load_walkthrough
from sheets.__main__ import main
from sheets.exercise.blanks import blanks_of
from sheets.exercise.key import Key, Numbers
from sheets.exercise.place import FIRST_ROW, HEADER_ROW, Place
from sheets.exercise.sheet import exercise_bytes
from sheets.exercise.values import stored_values
from sheets.grading.class_page import class_page
from sheets.grading.course import Course, Outcome, grade_class, refuse_outputs, write_class
from sheets.grading.document import answered_text
from sheets.grading.grade import Graded, Order, grade_many, grade_one
from sheets.grading.gradebook import gradebook_csv, marks_csv
from sheets.grading.handins import HandIn, hand_ins
from sheets.grading.overview import overview, overview_lines
from sheets.grading.rubric import Rubric, default_rubric, read_rubric
from sheets.grading.whose import Row, rows_of
from sheets.roster import roster_of
from tests.laws import some
from tests.sheets.answers import anchored, marks, recalculated, right_answers, with_cells
from tests.sheets.classes import Made, class_maker, make_class
from tests.sheets.oracle import needs_libreoffice


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Made]:
    """A hand-in with eight mistakes, and the five kinds that have none."""
    folder = tmp_path_factory.mktemp("class")
    return folder, make_class(folder, 6, 5)


@pytest.fixture(scope="module")
def graded(small: tuple[Path, Made]) -> Outcome:
    """The small class, graded."""
    return grade_class(str(small[0] / "hand-ins"), Course.of(str(small[0])), jobs=1)


STATES = {"right": {"right"}, "missing": {"missing"}, "first row": {"first_row"}, "pasted": {"wrong"}}


def check(outcome: Outcome, expected: dict[str, Any]) -> None:
    """Every column of every hand-in in the state that it was put in, every mistake named, no fault."""
    for row in outcome.rows:
        assert row.graded is not None
        assert not row.graded.fault, row
        assert not [look for look in row.look if "other" in look or "those of" in look], row
        for one in row.graded.items:
            was = expected[row.graded.shown][one.item.blank.name]
            assert one.item.state in STATES.get(was, {"wrong"}), (row.graded.shown, was, one.item)
            if one.item.state == "wrong":
                assert one.item.told
                assert "differs from what belongs there" not in one.item.told
        if set(expected[row.graded.shown].values()) == {"right"}:
            assert row.graded.is_right
            assert row.graded.total == row.graded.possible == 8


@pytest.mark.slow
def test_every_mistake_is_found_and_every_right_one_gets_its_points(small: tuple[Path, Made], graded: Outcome) -> None:
    check(graded, dict(small[1].expected))
    by_kind = [row.graded.total for row in graded.rows if row.graded is not None]
    assert by_kind == [0, 8, 4, 4, 6.5, 6]  # half of the columns; the first rows, half points each; 6 + ½; 6
    assert [row.student.name for row in graded.rows if row.student] == [s.name for s in small[1].roster.students]
    assert {row.found_by for row in graded.rows} == {"the name in the path"}


@pytest.mark.slow
@pytest.mark.parametrize(("cells", "states"), [
    ({"X11": "I don't know"}, {"dE/dw1": "wrong"}),
    ({"AC11": "(R11-A11)*R11*(1-R11)*L11"}, {"dE/dw6": "wrong"}),
    ({f"X{row}": "?" for row in range(12, 16)}, {"dE/dw1": "first_row"}),
    ({f"AB{row}": "TODO" for row in range(11, 16)}, {"dE/dw5": "wrong"}),
])
def test_a_text_in_a_cell_is_no_answer(
    cells: dict[str, str], states: dict[str, str], small: tuple[Path, Made], tmp_path: Path
) -> None:
    """The other columns get their points: the table is found all the same."""
    shown = next(name for name, was in small[1].expected.items() if set(was.values()) == {"right"})
    book = openpyxl.load_workbook(small[0] / "hand-ins" / shown)
    for cell, text in cells.items():
        book["Exercise"][cell] = text
    (tmp_path / "in").mkdir()
    book.save(tmp_path / "in" / "one.xlsx")
    rows = grade_class(str(tmp_path / "in"), Course.of(str(small[0])), jobs=1).rows
    (graded,) = [row.graded for row in rows if row.graded is not None]
    found = {one.item.blank.name: one.item.state for one in graded.items}
    assert found == {name: states.get(name, "right") for name in found}


@pytest.mark.parametrize("slip", [False, True])
def test_a_column_that_was_deleted_is_missing_and_the_others_are_judged_where_they_stand_now(
    slip: bool, small: tuple[Path, Made], tmp_path: Path
) -> None:
    shown = next(name for name, was in small[1].expected.items() if set(was.values()) == {"right"})
    book = openpyxl.load_workbook(small[0] / "hand-ins" / shown)
    sheet = book["Exercise"]
    gone, after = (next(cell.column for cell in sheet[HEADER_ROW] if cell.value == f"∂E/∂{name}")
                   for name in ("w4", "w5"))
    for row in range(FIRST_ROW, FIRST_ROW + 5) if slip else ():
        sheet.cell(row, after).value = f"=-({sheet.cell(row, after).value[1:]})"
    sheet.delete_cols(gone)
    book.save(tmp_path / "one.xlsx")
    one = grade_one(HandIn(str(tmp_path / "one.xlsx"), "one.xlsx"), Course.of(str(small[0])).order)
    expected = {"dE/dw4": "missing", **({"dE/dw5": "wrong"} if slip else {})}
    assert {each.item.blank.name: each.item.state for each in one.items if each.item.state != "right"} == expected
    assert one.look[0] == "columns were deleted, inserted or moved, from dE/dw4 on"


@pytest.mark.slow
def test_the_feedback_says_whose_it_is_and_what_belongs_there(small: tuple[Path, Made], tmp_path: Path) -> None:
    """Of a text and of a reference to a deleted cell, too."""
    shown = next(name for name, was in small[1].expected.items() if set(was.values()) == {"right"})
    book = openpyxl.load_workbook(small[0] / "hand-ins" / shown)
    right = {cell: book["Exercise"][cell].value for cell in ("X12", "AB11", "AD11")}
    for cell, content in {"X12": "?", "AB11": "I don't know", "AD11": "=(#REF!-A11)*R11*(1-R11)*J11"}.items():
        book["Exercise"][cell] = content
    name = book["Exercise"]["C4"].value
    book.save(tmp_path / "one.xlsx")
    course = Course.of(str(small[0]), feedback=str(tmp_path / "fb"))
    grade_one(HandIn(str(tmp_path / "one.xlsx"), "one.xlsx"), course.order)
    front = list(openpyxl.load_workbook(tmp_path / "fb" / "one.xlsx")["Feedback"].iter_rows(values_only=True))
    assert [row[0] for row in front[:3]] == ["Feedback", name, "5.5 of 8 points: 5 of 8 right"]
    told = {row[0]: row[4] for row in front if str(row[0]).startswith("dE/")}
    assert list(told.values()) == list(right.values())


@pytest.mark.slow
def test_the_overview_counts_hand_ins(graded: Outcome) -> None:
    seen = overview(graded.rows)
    assert (seen.handed_in, seen.right, seen.begun, seen.wrong, seen.unreadable, seen.absent) == (6, 1, 1, 4, 0, 0)
    assert [slip.count for slip in seen.slips] == sorted((slip.count for slip in seen.slips), reverse=True)
    lines = [line for _, line in overview_lines(graded.rows)]
    assert lines[0] == "6 hand-ins"
    assert len(lines) <= 16
    assert graded.exit_code == 1


@pytest.mark.slow
def test_a_zip_is_the_same_as_its_folder(small: tuple[Path, Made], graded: Outcome, tmp_path: Path) -> None:
    folder = small[0] / "hand-ins"
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        for file in sorted(folder.rglob("*.xlsx"))[:2]:
            archive.write(file, file.relative_to(folder).as_posix())
        archive.writestr("__MACOSX/x.xlsx", b"")
        archive.writestr("../out.xlsx", b"")
        archive.writestr("Zoe Zed_1_assignsubmission_file_/notes.pdf", b"%PDF-")
        archive.writestr("Zoe Zed_1_assignsubmission_file_/bad.xlsx", b"no workbook")
    outcome = grade_class(str(tmp_path / "all.zip"), Course.of(str(small[0])), jobs=1)
    handed = {row.graded.shown: row.graded for row in outcome.rows if row.graded is not None}
    of_folder = {row.graded.shown: row.graded for row in graded.rows if row.graded is not None}
    bad = handed.pop("Zoe Zed_1_assignsubmission_file_/bad.xlsx")
    assert bad.fault == "the file is damaged, or no workbook at all — save it anew as .xlsx"
    assert [one.points for g in handed.values() for one in g.items] == [
        one.points for shown in handed for one in of_folder[shown].items]  # fmt: skip
    assert outcome.passed_over == ("Zoe Zed_1_assignsubmission_file_/notes.pdf",)
    absent = [row for row in outcome.rows if row.graded is None]
    assert len(absent) == 4
    assert not (tmp_path / "out.xlsx").exists()
    stranger = next(row for row in outcome.rows if row.student is None)
    assert stranger.name == "Zoe Zed"
    assert "this student is not on the roster" in stranger.look


@pytest.mark.slow
def test_numbers_of_another_are_told_plainly(small: tuple[Path, Made]) -> None:
    shown = sorted(small[1].expected)[3]
    path = small[0] / "hand-ins" / shown
    course = Course.of(str(small[0]))

    def row_of(file: Path, name: str) -> Row:
        one = grade_one(HandIn(str(file), name), course.order)
        return next(row for row in rows_of([one], course.roster, course.key) if row.graded is not None)

    assert shown.startswith("Dan Díaz")
    assert row_of(path, shown).look == ()
    row = row_of(path, "Ben Baker_1_assignsubmission_file_/mine.xlsx")
    assert (row.name, row.look) == ("Ben Baker", ("the start values are those of Dan Díaz's file",))
    changed = path.with_name("changed.xlsx")
    changed.write_bytes(with_cells(path.read_bytes(), {Place.of(class_maker().make(60)).cell("w1", FIRST_ROW): 0.123}))
    assert "the start values are none that were handed out" in row_of(changed, shown).look
    changed.unlink()


_WORKSHEET = "Identifier,Full name,Email address,Grade\n"


@pytest.mark.parametrize(("roster", "handed_in_by", "owner", "told"), [
    ("Participant 1,Béla Ö,,\nParticipant 2,Ada Abel,,\n", "Béla Ö_1_x.xlsx", "Béla Ö", ""),
    ("Participant 1,Béla Ö,,\nParticipant 2,Ada Abel,,\n", "Béla Ö_1_x.xlsx", "Ada Abel", "Ada Abel"),
    ("Participant 1,Béla Oe,B@x.org,\n", "Béla Oe_1_x.xlsx", "Béla Ö", ""),
    ("Participant 1,Béla Ö,,\n", "Béla Ö_1_x.xlsx", "Ben Baker", "Ben Baker"),
    ("Participant 1,Ben Baker,,\nParticipant 2,Ben Baker,,\n", "Ben Baker_2_x.xlsx", "Ben Baker", ""),
])  # fmt: skip
def test_a_student_under_two_identifiers_is_one(roster: str, handed_in_by: str, owner: str, told: str) -> None:
    """A worksheet of a platform has identifiers of its own: nobody is told to have his own numbers from another."""
    known = roster_of("Student,ID number,Email address\nAda Abel,007,\nBéla Ö,008,b@x.org\nBen Baker,009,\n")
    keys = {student.name: student.key for student in known.students}
    numbers = tuple(Numbers(student.key, f"{student.key}.xlsx", {"w1": str(n + 1)})
                    for n, student in enumerate(known.students))
    key = Key("kanungo", (), 5, "0.5", numbers, 0, known)
    start = next((name, value) for one in numbers for name, value in one.start.items() if one.student == keys[owner])
    given = roster_of(_WORKSHEET + roster)
    rows = rows_of([Graded(handed_in_by, (), 0, 8, student=keys[owner], start=(start,))], given, key)
    row = next(row for row in rows if row.graded is not None)
    assert row.student is not None
    assert row.look == ((f"the start values are those of {told}'s file",) if told else ())
    by_sheet = rows_of([Graded("x.xlsx", (), 0, 8, student=keys["Béla Ö"])], given, key)
    knows = [row.found_by == "the exercise it was made for" for row in by_sheet if row.graded is not None]
    assert knows == ["Béla" in roster]


_ROSTER = """Name,ID number,Email address
Anna Abel,3,anna@example.org
Anna Abel Zhang,2024,az@example.org
Ben Baker,2024-117,ben.baker@example.org
Mei 王,d_5,mei@example.org
李 伟,s10,li@example.org
"""


@pytest.mark.parametrize(("shown", "cell", "student", "found_by", "look"), [
    ("2024-117/sheet.xlsx", "", "Ben Baker", "the id in the path", ()),
    ("Ben_Baker_2024_117.xlsx", "", "Ben Baker", "the name in the path", ()),
    ("[D_5] (2).xlsx", "", "Mei 王", "the id in the path", ()),
    ("ben.baker@example.org/a.txt", "", "Ben Baker", "the name in the path", ()),
    ("Ben Baker - week 3.xlsx", "", "Ben Baker", "the name in the path", ()),
    ("Anna_Abel_Zhang_2024.xlsx", "", "Anna Abel Zhang", "the name in the path", ()),
    ("李 伟/sheet.xlsx", "", "李 伟", "the name in the path", ()),
    ("Mei Li/sheet.xlsx", "", None, "the file name", ()),
    ("12024.xlsx", "", None, "the file name", ()),
    ("week/Ben Baker_3_assignsubmission_file_/s.xlsx", "Anna Abel", "Ben Baker", "the name in the path",
     ("the name cell says Anna Abel",)),
    ("2024-117/sheet.xlsx", "Anna Abel", "Ben Baker", "the id in the path", ("the name cell says Anna Abel",)),
    ("d_5/Ben_Baker.xlsx", "", "Mei 王", "the id in the path", ("the file's name says Ben Baker",)),
    ("Ben_Baker_2024_117.xlsx", "Anna Abel", "Anna Abel", "the name cell", ("the file's name says Ben Baker",)),
    ("Anna_Abel_Ben_Baker.xlsx", "Anna Abel", "Anna Abel", "the name cell", ()),
    ("homework.xlsx", "Anna Abel", "Anna Abel", "the name cell", ()),
])  # fmt: skip
def test_a_student_is_known_by_what_stands_in_the_path(
    shown: str, cell: str, student: str | None, found_by: str, look: tuple[str, ...]
) -> None:
    """A name before a number, an id however it is joined, and whatever says somebody else is told."""
    rows = rows_of([Graded(shown, (), 0, 8, cell)], roster_of(_ROSTER), None)
    row = next(row for row in rows if row.graded is not None)
    assert (None if row.student is None else row.student.name, row.found_by) == (student, found_by)
    assert row.look == (look or (("this student is not on the roster",) if student is None else ()))


@pytest.mark.parametrize(("shown", "name", "student", "whose", "found_by"), [
    ("Anna Abel_77_assignsubmission_file_/s.xlsx", "Ben Baker", "s2", "Anna Abel", "the name in the path"),
    ("Participant_77_assignsubmission_file_/s.xlsx", "Ben Baker", "s2", "Anna Abel",
     "the platform's number in the path"),
    ("bakerben_88_9_sheet.xlsx", "Anna Abel", "s1", "Ben Baker", "the name in the path"),
    ("bakerben_LATE_9_9_sheet.xlsx", "Anna Abel", "", "Ben Baker", "the name in the path"),
    ("sheet.xlsx", "abel, anna", "s2", "Anna Abel", "the name cell"),
    ("s2/sheet.xlsx", "", "", "Ben Baker", "the id in the path"),
    ("homework Anna Abel.xlsx", "", "", "Anna Abel", "the name in the path"),
    ("sheet.xlsx", "", "s2", "Ben Baker", "the exercise it was made for"),
    ("sheet.xlsx", "Nobody", "", "Nobody", "the name cell"),
])  # fmt: skip
def test_whose_a_hand_in_is(shown: str, name: str, student: str, whose: str, found_by: str) -> None:
    roster = roster_of("Student,ID,SIS User ID\n\"Abel, Anna\",77,s1\n\"Baker, Ben\",88,s2\n")
    rows = rows_of([Graded(shown, (), 0, 8, name, student)], roster, None)
    row = next(row for row in rows if row.graded is not None)
    assert row.found_by == found_by
    assert row.name == whose


@pytest.mark.slow
def test_marks_are_a_table_for_any_gradebook(graded: Outcome) -> None:
    table = list(csv.reader(io.StringIO(marks_csv(graded.rows))))
    header, first = table[0], table[1]
    assert header[:5] == ["Student", "ID number", "Email address", "File", "Known by"]
    assert header[5:13] == [f"dE/dw{n}" for n in range(1, 9)]
    assert len(table) == 7
    assert all(len(line) == len(header) for line in table)
    row = dict(zip(header, first, strict=True))
    assert (row["Total"], row["Out of"], row["ID number"]) == ("0", "8", "s1000")
    assert "dE/dw6: uses out_o2 where out_o1 belongs; " in row["Slips"]


CANVAS = ("Student,ID,SIS User ID,SIS Login ID,Section,Week 3 (1234)\n,,,,,\n\"    Points Possible\",,,,,8\n"
          "\"Abel, Ada\",1,s1000,a,S1,\n\"Student, Test\",9,,,S1,\n")
MOODLE = ("Identifier,Full name,Email address,Status,Grade,Maximum Grade,Grade can be changed,"
          "Last modified (grade),Feedback comments\n"
          "\"Participant 4000\",Ada Abel,a@example.org,Submitted,,8.00,Yes,-,\n")


@pytest.mark.slow
def test_the_gradebook_has_the_columns_of_canvas(graded: Outcome) -> None:
    roster = roster_of(CANVAS)
    handed = [row.graded for row in graded.rows if row.graded is not None]
    table = list(csv.reader(io.StringIO(gradebook_csv(rows_of(handed, roster, None), roster, "Week 3"))))
    assert table[0] == ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "Week 3 (1234)"]
    assert table[1] == ["    Points Possible", "", "", "", "", "8"]  # as it came
    assert table[2] == ["Abel, Ada", "1", "s1000", "a", "S1", "0"]
    assert table[3][-1] == ""


@pytest.mark.slow
def test_the_gradebook_has_the_columns_of_moodles_worksheet(graded: Outcome) -> None:
    roster = roster_of(MOODLE)
    handed = [row.graded for row in graded.rows if row.graded is not None]
    table = list(csv.DictReader(io.StringIO(gradebook_csv(rows_of(handed, roster, None), roster, ""))))
    assert table[0]["Identifier"] == "Participant 4000"
    assert table[0]["Grade"] == "0"
    assert table[0]["Feedback comments"].startswith("dE/dw1, dE/dw2")


@pytest.mark.parametrize(("text", "assignment", "points"), [
    (CANVAS, "Week 3", "3"), (CANVAS.replace(",8", ",10"), "Week 3", "3.75"),
    (CANVAS.replace(",8", ","), "Week 3", "3"),
    (CANVAS, "Week 4", "3"), (MOODLE, "", "3"), (MOODLE.replace("8.00", "100.00"), "", "37.5"),
    (MOODLE.replace("8.00", "1.00"), "", "0.38"), (MOODLE.replace("8.00", "3.00"), "", "1.13"),
    (MOODLE.replace("8.00", '"100,00"'), "", "37.5"), (MOODLE.replace("8.00", "-"), "", "3"),
])  # fmt: skip
def test_points_are_scaled_to_what_the_platform_says_all_of_it_is_worth(
    text: str, assignment: str, points: str
) -> None:
    roster = roster_of(text)
    (ada,) = roster.students
    row = Row(ada.name, "", ada, Graded("a.xlsx", (), 3.0, 8.0))
    table = list(csv.DictReader(io.StringIO(gradebook_csv([row], roster, assignment))))
    column = next(name for name in table[0] if name.startswith(assignment or "Grade"))
    assert table[ada.line][column] == points


def test_no_cell_of_the_marks_is_a_formula() -> None:
    (row,) = rows_of([Graded("=x.xlsx", (), 0, 8, "=HYPERLINK(1)")], None, None)
    (_, line) = csv.reader(io.StringIO(marks_csv([row])))
    assert line[0] == "'=HYPERLINK(1)"
    assert line[3] == "'=x.xlsx"


@pytest.fixture
def mixed() -> tuple[Row, ...]:
    """Two hand-ins of half points, a damaged one that says of more what it is worth, and none."""
    graded = [Graded("a.xlsx", (), 3.5, 8.0), Graded("b.xlsx", (), 7.5, 8.0), Graded("c.xlsx", (), 8.0, 8.0),
              Graded("d.xlsx", (), 0.0, 16.0, fault="the file is damaged")]
    return (*(Row(one.shown, "", None, one) for one in graded), Row("Eva", "the roster", None, None))


def test_everybody_has_the_points_of_the_class_to_reach(mixed: tuple[Row, ...]) -> None:
    table = list(csv.DictReader(io.StringIO(marks_csv(mixed))))
    assert [line["Out of"] for line in table] == ["8"] * 5
    assert [line["Total"] for line in table] == ["3.5", "7.5", "8", "", "0"]


def test_no_bar_is_named_for_other_points_than_it_holds(mixed: tuple[Row, ...]) -> None:
    page = class_page(mixed, "Class")
    labels = re.findall(r'y="156" text-anchor="middle">([^<]*)<', page)
    assert labels == ["0", "1", "2", "≥ 3", "4", "5", "6", "≥ 7", "8"]


def test_the_default_rubric_is_its_own_text(tmp_path: Path) -> None:
    (tmp_path / "r.toml").write_text(default_rubric(), encoding="utf-8")
    assert read_rubric(tmp_path / "r.toml") == Rubric()
    (tmp_path / "r.toml").write_text('[points]\ngradient = 2\n[total]\npoints = 10\n[items]\n"dE/dw1" = 4\n',
                                     encoding="utf-8")
    rubric = read_rubric(tmp_path / "r.toml")
    assert rubric.scaled(9, 18) == 5
    assert [rubric.scaled(n, 32) for n in (10, 9, 11, 1)] == [3.13, 2.81, 3.44, 0.31]  # half of a last digit is one
    assert rubric.items == {"dE/dw1": 4}
    (tmp_path / "r.toml").write_text("[points]\ngradients = 2\n", encoding="utf-8")
    with pytest.raises(DeriveError, match="is no rubric: .*gradients"):
        read_rubric(tmp_path / "r.toml")


@pytest.mark.parametrize(("typed", "told"), [
    ("[points]\ngradient = -2", "points.gradient: -2 stands there — a number from 0 to 1,000,000"),
    ("[points]\nupdate = nan", "points.update: nan stands there"),
    ("[shares]\nright = 7", "shares.right: 7 stands there — a number from 0 to 1"),
    ("[total]\npoints = inf", "total.points: inf stands there"),
    ("[total]\ndecimals = -1", "total.decimals: -1 stands there — a number from 0 to 6"),
    ('[items]\n"dE/dw1" = -1', 'items."dE/dw1": -1 stands there'),
    ('[items]\n"dE/dw99" = 1', '--marks: no item is called "dE/dw99" — one of dE/dw1, '),
])
def test_a_rubric_is_refused_at_the_key_that_does_not_fit(tmp_path: Path, typed: str, told: str) -> None:
    (tmp_path / "r.toml").write_text(typed, encoding="utf-8")
    with pytest.raises(DeriveError) as caught:
        Course.of("kanungo", marks=str(tmp_path / "r.toml"))
    assert told in str(caught.value)


def _derivation() -> str:
    """The gradients of the main walkthrough by hand, one wrong, two left out."""
    from derive.gradients.chain import derive_gradients

    found = {name: as_text(one.value) for name, one in derive_gradients(load_walkthrough("kanungo").network).items()}
    found["w6"] = found["w5"]
    del found["w3"], found["w4"]
    return "\n".join(f"∂E/∂{name} = {text}" for name, text in found.items())


def _points(one: Graded) -> dict[str, float]:
    return {scored.item.blank.name: scored.points for scored in one.items}


ORDER = Order("kanungo", blanks_of("gradients", load_walkthrough("kanungo").network), Rubric())
POINTS = {quantity("E", f"w{n}"): float(n not in (3, 4, 6)) for n in range(1, 9)}


@pytest.mark.parametrize(("definitions", "gradient", "state"), [
    ("E = (t1-out_o1)^2 + (t2-out_o2)^2", "2*(out_o1 - t1)*out_o1*(1 - out_o1)*out_h1", "unsure"),
    ("E = 1/2*(w5*h - t)^2", "(w5*h - t)*h", "unsure"),
    ("u = w5*h + b\nE = 1/2*(u - y)^2\n∂E/∂u = u - y", "(u - y)*h", "unsure"),
    ("v = w5*h + b\nu = 2*v\nE = 1/2*(u - y)^2\n∂E/∂u = u - y\n∂E/∂v = 2*(u - y)", "2*(u - y)*h", "unsure"),
    ("u = w5*h + b\n∂E/∂u = u - y", "(u - y)*h", "unsure"),
    ("E = (t1-out_o1)^2/2\n∂E/∂out_o1 = out_o1 - t1", "(out_o1 - t1)*out_o1*(1 - out_o1)*out_h1", "right"),
    ("d = (out_o1 - t1)*out_o1*(1 - out_o1)", "d*out_h1", "right"),
    ("E = (t1-out_o1)^2/2 + (t2-out_o2)^2/2", "(out_o1 - t1)*out_o1*(1 - out_o1)*out_h1", "right"),
    ("E1 = (t1-out_o1)^2/2", "(out_o1 - t1)*out_o1*(1 - out_o1)*out_h1", "right"),
])  # fmt: skip
def test_a_gradient_is_graded_by_the_network_of_the_exercise(
    definitions: str, gradient: str, state: str, tmp_path: Path
) -> None:
    """Another loss or network in the text gives no points, and is not called wrong either."""
    path = tmp_path / "Ada.txt"
    path.write_text(f"{definitions}\n∂E/∂w5 = {gradient}\n", encoding="utf-8")
    item = next(s.item for s in grade_one(HandIn(str(path), path.name), ORDER).items if s.item.blank.name == "dE/dw5")
    assert item.state == state, item


_W5 = "(out_o1 - t1)*out_o1*(1 - out_o1)*out_h1"
_W6 = "(out_o1 - t1)*out_o1*(1 - out_o1)*out_h2"


@pytest.mark.parametrize(("text", "w5", "w6"), [
    (f"∂E/∂w₅ = {_W5}", "right", "missing"),
    (f"$\\frac{{d}}{{dw_5}} E = {_W6}$", "wrong", "missing"),
    (f"{_W6} = dE/dw5", "wrong", "missing"),
    (f"The gradient of E with respect to w5 is {_W5}.", "right", "missing"),
    (f"E_w5 = {_W5}\nE_w6 = {_W5}", "right", "wrong"),
    (f"dE/dw5 = {_W5}, dE/dw6 = {_W5}", "right", "wrong"),
    ("```python\nd_o1 = (out_o1 - t1)*out_o1*(1 - out_o1)\ndE_dw5 = d_o1*out_h1\ndE_dw6 = d_o1*out_h1\n```",
     "right", "wrong"),
    ("delta_o1 = (out_o1 - t1)*out_o1*(1 - out_o1)\ndE/dw5 = delta_o1*out_h1", "right", "missing"),
    ("∂E/∂w5 = ∂E/∂o1 * ∂o1/∂w5", "unsure", "missing"),
    ("∂E/∂o1 = (out_o1 - t1)*out_o1*(1 - out_o1)\n∂o1/∂w5 = out_h1\n∂E/∂w5 = ∂E/∂o1 * ∂o1/∂w5", "right", "missing"),
    ("∂E/∂o1 = (out_o1 - t1)*out_o1*(1 - out_o1)\n∂o1/∂w5 = out_h2\n∂E/∂w5 = ∂E/∂o1 * ∂o1/∂w5", "wrong", "missing"),
    ("dE/do1 = (out_o1 - t1)*out_o1\ndE/dw5 = dE/do1*out_h1\ndE/dw6 = dE/do1*out_h2", "wrong", "right"),
    ("dE/do1 = (out_o1 - t1)*out_o1\ndE/dw5 = (out_o1 - t1)*out_o1*out_h1\ndE/dw6 = (out_o1 - t1)*out_o1*out_h2",
     "wrong", "right"),
    (f"dE/dw5 = {_W6}\nThat was wrong, so:\ndE/dw5 = {_W5}", "unsure", "missing"),
    (f"dE/dw5 = {_W5})) ** ]", "unsure", "missing"),
])  # fmt: skip
def test_a_gradient_is_found_however_it_is_written(text: str, w5: str, w6: str, tmp_path: Path) -> None:
    """By what stands in the line; what is wrong costs once, and a chain that is never worked out is for a person."""
    path = tmp_path / "Ada.md"
    path.write_text(text, encoding="utf-8")
    states = {s.item.blank.name: s.item.state for s in grade_one(HandIn(str(path), path.name), ORDER).items}
    assert (states["dE/dw5"], states["dE/dw6"]) == (w5, w6)


@pytest.mark.slow
def test_a_gradient_of_another_mean_is_not_shown_for_the_exercise(tmp_path: Path) -> None:
    """Those of one sample's loss are right; those of the whole are right for the text's own mean only."""
    loaded = load_walkthrough("parmelee")
    path = tmp_path / "Ada.txt"
    path.write_text(as_derivation(loaded).replace("1/5", "1/3"), encoding="utf-8")
    order = Order("parmelee", blanks_of("gradients", loaded.network), Rubric())
    one = grade_one(HandIn(str(path), path.name), order)
    assert {s.item.state for s in one.items} == {"unsure"}
    assert one.total == 0
    assert len(one.look) == len(one.items)


@pytest.mark.parametrize("ending", [".txt", ".md", ".tex", ".ipynb", ".docx"])
def test_texts_are_graded_by_the_check(ending: str, tmp_path: Path) -> None:
    text, path = _derivation(), tmp_path / f"Ada{ending}"
    if ending == ".docx":
        path.write_bytes(_word(text))
    elif ending == ".ipynb":
        cell = {"cell_type": "markdown", "metadata": {}, "source": text.splitlines(keepends=True)}
        path.write_text(json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}))
    elif ending == ".tex":
        lines = [f"\\frac{{\\partial E}}{{\\partial {line[4:6]}}} = {line[9:]}" for line in text.splitlines()]
        path.write_text("\\begin{document}\n" + "\n".join(f"\\[ {line} \\]" for line in lines) + "\n\\end{document}\n",
                        encoding="utf-8")
    else:
        path.write_text(text, encoding="utf-8")
    one = grade_one(HandIn(str(path), path.name), ORDER)
    assert not one.fault
    assert _points(one) == POINTS
    slip = next(s.item for s in one.items if s.item.blank.name == "dE/dw6")
    assert slip.told == "out_h1 stands where out_h2 belongs"


def test_a_text_about_something_else_is_for_a_person_to_look_at(tmp_path: Path) -> None:
    (tmp_path / "Ada.txt").write_text("u = w5*x + b\n∂u/∂w5 = x\n", encoding="utf-8")
    one = grade_one(HandIn(str(tmp_path / "Ada.txt"), "Ada.txt"), ORDER)
    assert (one.fault, one.total, one.look) == ("", 0.0, ("its equalities are none of the gradients asked for",))


def test_a_text_where_only_updates_are_asked_for_is_said_to_be_no_answer(tmp_path: Path) -> None:
    (tmp_path / "Ada.txt").write_text("∂E/∂w5 = (out_o1 - t1)*out_o1*(1 - out_o1)*out_h1", encoding="utf-8")
    blanks = blanks_of("updates", load_walkthrough("kanungo").network)
    one = grade_one(HandIn(str(tmp_path / "Ada.txt"), "Ada.txt"), Order("kanungo", blanks, Rubric()))
    assert (one.fault, one.total, one.possible) == ("the file is a text, and no gradient is asked for", 0.0, 8.0)


_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_M = "http://schemas.openxmlformats.org/officeDocument/2006/math"


def _word(text: str) -> bytes:
    """A document as Word writes it: each left side as an equation with a fraction, the right side as its runs."""
    paragraphs = []
    for line in text.splitlines():
        name = line[4:6]
        paragraphs.append(
            f"<w:p><m:oMath><m:f><m:num><m:r><m:t>∂E</m:t></m:r></m:num><m:den><m:r><m:t>∂</m:t></m:r><m:sSub><m:e><m:r>"
            f"<m:t>{name[0]}</m:t></m:r></m:e><m:sub><m:r><m:t>{name[1]}</m:t></m:r></m:sub></m:sSub></m:den></m:f>"
            f"<m:r><m:t>={line[9:]}</m:t></m:r></m:oMath></w:p>")
    body = f'<w:document xmlns:w="{_W}" xmlns:m="{_M}"><w:body>{"".join(paragraphs)}</w:body></w:document>'
    saved = io.BytesIO()
    with zipfile.ZipFile(saved, "w") as archive:
        archive.writestr("word/document.xml", body)
    return saved.getvalue()


def test_a_word_document_is_read_as_by_the_check(tmp_path: Path) -> None:
    """Exponents of runs, pictures of any size beside the text; what is no such document is told."""
    squared = '<w:r><w:t>q = z</w:t></w:r><w:r><w:rPr><w:vertAlign w:val="superscript"/></w:rPr><w:t>2</w:t></w:r>'
    gradient = "<w:r><w:t>∂E/∂w5 = (out_o1 - t1)*out_o1*(1 - out_o1)*out_h1</w:t></w:r>"
    body = f'<w:document xmlns:w="{_W}"><w:body><w:p>{squared}</w:p><w:p>{gradient}</w:p></w:body></w:document>'
    path = tmp_path / "Ada.docx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("word/media/photo.png", bytes(9_000_000))
        archive.writestr("word/document.xml", body)
    asked = [blank for blank in blanks_of("gradients", load_walkthrough("kanungo").network) if blank.name == "dE/dw5"]
    (item,), (first, _) = answered_text(str(path), "kanungo", asked)
    assert (item.state, first.text) == ("right", "q = z^2")
    path.write_bytes(b"PK")
    assert "is no document of Word's" in grade_one(HandIn(str(path), path.name), ORDER).fault


def test_a_notebooks_slip_is_told_by_its_cell(tmp_path: Path) -> None:
    """In JSON on one line, too, where what it defines for itself is left out and nothing else."""
    cells = ["E = 1/2*(t1 - out_o1)^2", "words\n\n∂E/∂w5 = (out_o1 - t1)*out_o1*(1 - out_o1)*out_h2"]
    found = [{"cell_type": "markdown", "metadata": {}, "source": cell} for cell in cells]
    path = tmp_path / "Ada.ipynb"
    path.write_text(json.dumps({"cells": found, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}))
    item = next(s.item for s in grade_one(HandIn(str(path), path.name), ORDER).items if s.item.blank.name == "dE/dw5")
    assert (item.state, item.cells) == ("wrong", "cell 2, line 3")


def test_a_workbook_of_the_students_own_is_graded_by_its_table(tmp_path: Path) -> None:
    from tests.sheets.worksheets import Made as Sheet
    from tests.sheets.worksheets import hidden, make, save

    path = save(make(Sheet(rows=6).changed(dE_dw3=hidden(1, "w6", "w8", "i1"))), tmp_path / "own.xlsx")
    one = grade_one(HandIn(str(path), "own.xlsx"), Order("kanungo", None, Rubric()))
    wrong = [s.item.blank.name for s in one.items if s.item.state != "right"]
    assert len(one.items) == 16
    assert wrong == ["dE/dw3"]


class _Counting(Executor):
    """An executor of our own: at once, and counting what waits."""

    def __init__(self) -> None:
        self.waiting = self.most = 0

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        self.waiting += 1
        self.most = max(self.most, self.waiting)
        future: Future[Any] = Future()
        future.set_result(fn(*args, **kwargs))
        return future


def test_no_more_than_asked_wait_on_an_executor(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("∂E/∂w5 = (out_o1 - t1)*out_o1*(1 - out_o1)*out_h1\n", encoding="utf-8")
    executor = _Counting()

    def many() -> Iterator[HandIn]:
        for number in range(20):
            yield HandIn(str(tmp_path / "a.txt"), f"{number}.txt")

    done = []
    for one in grade_many(many(), ORDER, executor, ahead=4):
        executor.waiting -= 1
        done.append(one.shown)
    assert done == [f"{number}.txt" for number in range(20)]
    assert executor.most <= 4


@pytest.mark.slow
def test_any_executor_gives_the_same(small: tuple[Path, Made], graded: Outcome) -> None:
    found, _ = hand_ins(str(small[0] / "hand-ins"), small[0])
    course = Course.of(str(small[0]))
    expected = {row.graded.shown: row.graded for row in graded.rows if row.graded is not None}
    some = [one for one in found if one.shown in expected][2:5]
    for make in (lambda: ThreadPoolExecutor(1), lambda: ProcessPoolExecutor(2)):
        with make() as executor:
            assert {one.shown: one for one in grade_many(some, course.order, executor)} == {
                one.shown: expected[one.shown] for one in some}


@pytest.mark.slow
def test_a_worker_that_is_killed_costs_no_hand_in(tmp_path: Path) -> None:
    """The command's own: killed from outside while a class is graded, on a system that tells a process's children."""
    (tmp_path / "class").mkdir()
    for number in range(60):
        line = f"∂E/∂w{5 + number % 2} = (out_o1 - t1)*out_o1*(1 - out_o1)*out_h{1 + number % 2}\n"
        (tmp_path / "class" / f"{number:02}.txt").write_text(line, encoding="utf-8")
    marks = tmp_path / "marks.csv"
    command = [sys.executable, "-m", "sheets", "grade", str(tmp_path / "class"), "--key", "kanungo", "--jobs", "2"]
    with subprocess.Popen([*command, "-o", str(marks)], stdout=subprocess.DEVNULL) as process:
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
        if not children.exists():
            pytest.skip("no /proc")
        while len(workers := children.read_text().split()) < 2:
            assert process.poll() is None, "it graded without workers"
            time.sleep(0.01)
        os.kill(int(workers[-1]), signal.SIGKILL)
        assert process.wait(timeout=300) == 1
    rows = list(csv.DictReader(io.StringIO(marks.read_text(encoding="utf-8-sig"))))
    assert len(rows) == 60
    assert "lost" not in marks.read_text(encoding="utf-8-sig")


@pytest.mark.slow
def test_dasks_executor_gives_the_same(small: tuple[Path, Made], graded: Outcome) -> None:
    distributed = pytest.importorskip("distributed")
    course = Course.of(str(small[0]))
    found, _ = hand_ins(str(small[0] / "hand-ins"), small[0])
    expected = {row.graded.shown: row.graded for row in graded.rows if row.graded is not None}
    with distributed.LocalCluster(n_workers=1, processes=False, dashboard_address=None) as cluster, \
            distributed.Client(cluster) as client:
        done = {one.shown: one for one in grade_many(found, course.order, client.get_executor())}
    assert done == expected


def test_an_exercise_on_another_network_is_told(tmp_path: Path) -> None:
    from sheets.exercise.blanks import blanks_of
    from sheets.exercise.exercise import prepare
    from sheets.exercise.sheet import write_exercise

    (tmp_path / "one.toml").write_text(
        'title="one"\nlearning_rates=[0.5]\nupdates=5\nequations=["o = w1*x1 + w2*x2",'
        '"E = (t - o)**2"]\n[inputs]\nx1=0.4\nx2=0.7\n[targets]\nt=0.9\n[parameters]\nw1=0.3\nw2=0.5\n',
        encoding="utf-8")
    walkthrough = load_walkthrough(tmp_path / "one.toml")
    exercise = prepare(walkthrough, blanks_of("gradients", walkthrough.network)).make(1)
    write_exercise(exercise, tmp_path / "one.xlsx", solved=True)
    hand_in = HandIn(str(tmp_path / "one.xlsx"), "one.xlsx")
    assert 'an exercise on "one"' in grade_one(hand_in, Order("kanungo", None, Rubric())).fault
    assert grade_one(hand_in, Order(str(tmp_path / "one.toml"), None, Rubric())).is_right


@pytest.mark.slow
def test_the_command_writes_marks_feedback_and_page(small: tuple[Path, Made], tmp_path: Path,
                                                    monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    shown = sorted(small[1].expected)[-3:]
    for name in shown:
        (tmp_path / "in" / name).parent.mkdir(parents=True)
        (tmp_path / "in" / name).write_bytes((small[0] / "hand-ins" / name).read_bytes())
    before = {path: path.read_bytes() for path in (tmp_path / "in").rglob("*.xlsx")}
    run = CliRunner().invoke(main, ["grade", "in", "--key", str(small[0]), "--feedback", "fb", "--jobs", "1",
                                    "--gradebook", "book.csv", "--assignment", "Week 3", "-o", "marks.csv"])
    assert run.exit_code == 1, run.output
    assert run.output.splitlines()[0] == "3 hand-ins"
    assert run.output.splitlines()[-1] == "wrote marks.csv, book.csv, fb/index.html"
    page = (tmp_path / "fb" / "index.html").read_text(encoding="utf-8")
    for name in shown:
        assert openpyxl.load_workbook(tmp_path / "fb" / name).sheetnames[0] == "Feedback"
        assert name.replace(" ", "%20").rpartition("/")[2] in page
    assert "<svg" in page
    assert "<script" not in page
    assert {path: path.read_bytes() for path in before} == before
    header = (tmp_path / "book.csv").read_text(encoding="utf-8").splitlines()[0]
    assert header == "First name,Last name,ID number,Email address,Week 3,Feedback"


@pytest.mark.parametrize(("words", "told"), [
    (["grade"], "name the folder or the zip"), (["grade", "nowhere"], "there is no such file or folder"),
    (["grade", ".", "--key", "nokey"], "there is no such folder, exercise or walkthrough"),
    (["grade", ".", "--key", "."], "there is no key.json in this folder"),
    (["grade", ".", "--key", "kanungo"], "nothing to grade is there"),
])  # fmt: skip
def test_what_cannot_be_graded_is_told_in_one_line(words: list[str], told: str, tmp_path: Path,
                                                   monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    run = CliRunner().invoke(main, words)
    assert run.exit_code == 2
    assert told in run.output
    assert len(run.output.splitlines()) == 1


@pytest.mark.slow
@pytest.mark.parametrize("within", ["", "feedback"])
def test_the_feedback_never_goes_among_the_hand_ins(within: str, small: tuple[Path, Made]) -> None:
    """There it would be written over them, or graded as more of them the next time; beside them it is welcome."""
    given = small[0] / "hand-ins"
    before = sorted(given.rglob("*"))
    with pytest.raises(DeriveError, match="is among the hand-ins"):
        grade_class(str(given), Course.of(str(small[0]), feedback=str(given / within)), jobs=1)
    assert sorted(given.rglob("*")) == before


def test_the_marks_of_the_last_time_are_no_hand_in(tmp_path: Path) -> None:
    for name in ("anna.md", "marks.csv", "ben.csv"):
        (tmp_path / name).write_text("w1\n1\n", encoding="utf-8")
    found, others = hand_ins(str(tmp_path), tmp_path, [tmp_path / "sub" / ".." / "marks.csv"])
    assert [one.shown for one in found] == ["anna.md", "ben.csv"]
    assert others == ()


def test_a_marked_copy_that_cannot_be_made_is_told(
    small: tuple[Path, Made], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def mark(*_: object) -> None:
        raise DeriveError("", "the disk is full")

    monkeypatch.setattr("sheets.grading.grade.mark_file", mark)
    order = Course.of(str(small[0]), feedback=str(tmp_path)).order
    found, _ = hand_ins(str(small[0] / "hand-ins"), small[0])
    right = next(shown for shown, plan in small[1].expected.items() if set(plan.values()) == {"right"})
    one = grade_one(next(hand_in for hand_in in found if hand_in.shown == right), order=order)
    assert not one.marked
    assert "its marked copy could not be made: the disk is full" in one.look


@pytest.mark.parametrize("marks_file", ["m.csv", "m.xlsx"])
def test_what_could_not_be_written_is_told_before_a_class_is_graded(tmp_path: Path, marks_file: str) -> None:
    with pytest.raises(DeriveError, match=r"no roster|m\.xlsx: a text goes there.* — end it in \.csv"):
        refuse_outputs(Course(None, None, ORDER), tmp_path / marks_file, str(tmp_path / "g.csv"))


@pytest.mark.parametrize("text", ["First name,Last name,ID number,Email address\nAda,Abel,1,ada@example.org\n",
                                  MOODLE, CANVAS])
def test_a_roster_is_never_written_over_and_an_earlier_gradebook_is(tmp_path: Path, text: str) -> None:
    """Not even by its own gradebook, nor a platform's other table with the same columns."""
    roster = roster_of(text)
    outcome = Outcome(Course(None, roster, ORDER), (Row(roster.students[0].name, "", roster.students[0], None),), ())
    (tmp_path / "class.csv").write_text(text.replace("Ada", "Adele"), encoding="utf-8")
    with pytest.raises(DeriveError, match=r"class\.csv: this file is not an earlier output"):
        write_class(outcome, tmp_path / "m.csv", str(tmp_path / "class.csv"), "Week 3" if text == CANVAS else "")
    assert "Adele" in (tmp_path / "class.csv").read_text(encoding="utf-8")
    for _ in range(2):
        write_class(outcome, tmp_path / "m.csv", str(tmp_path / "g.csv"), "Week 3" if text == CANVAS else "")


@pytest.mark.slow
def test_the_command_makes_a_class(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "names.csv").write_text("Name,ID\nAda Abel,1\nBen Baker,2\n", encoding="utf-8")
    run = CliRunner().invoke(main, ["exercise", "tripathi", "--roster", "names.csv", "--seed", "3", "-o", "week3"])
    assert run.exit_code == 0, run.output
    made = sorted(path.relative_to(tmp_path / "week3").as_posix() for path in (tmp_path / "week3").rglob("*.*"))
    assert made == ["key.json", "solutions/Ada_Abel_1.xlsx", "solutions/Ben_Baker_2.xlsx", "students/Ada_Abel_1.xlsx",
                    "students/Ben_Baker_2.xlsx"]  # fmt: skip
    run = CliRunner().invoke(main, ["grade", "week3/solutions", "--key", "week3", "--jobs", "1"])
    assert run.exit_code == 0, run.output
    assert "2  all right" in run.output
    run = CliRunner().invoke(main, ["grade", "week3/students", "--key", "week3", "--jobs", "1", "-o", "m.csv"])
    assert run.exit_code == 1
    assert "2  nothing filled in" in run.output


@pytest.mark.slow
def test_a_solution_of_one_kind_is_graded_by_its_own_facts(tmp_path: Path) -> None:
    exercise = class_maker().make()
    path = tmp_path / "one.xlsx"
    path.write_bytes(with_cells(exercise_bytes(exercise), right_answers(exercise), "Ada Abel"))
    one = grade_one(HandIn(str(path), "one.xlsx"), Order("mazur", None, Rubric()))
    assert one.is_right
    assert one.name == "Ada Abel"


@pytest.mark.slow
@pytest.mark.oracle
@pytest.mark.parametrize("part", some((4, 1), 4))
def test_a_class_over_the_table_of_wrong_forms_and_again_through_libreoffice(part: int, tmp_path: Path) -> None:
    """Every wrong form or a part, mixtures, half-filled and right ones; the same after LibreOffice saved each."""
    longest = max(len(question.wrongs) for question in class_maker().questions.asked)
    made = make_class(tmp_path, longest // part + 9, 9)
    counted = Counter(kind for plan in made.expected.values() for kind in plan.values())
    assert counted["right"] >= 40 // part
    forms = sum(len(question.wrongs) for question in class_maker().questions.asked)
    assert sum(count for kind, count in counted.items() if kind not in STATES) >= forms // part
    course = Course.of(str(tmp_path))
    check(grade_class(str(tmp_path / "hand-ins"), course, jobs=2), dict(made.expected))
    for mark in needs_libreoffice:
        if mark.name == "skipif" and mark.args[0]:
            pytest.skip(mark.kwargs["reason"])
    names = {f"{number}.xlsx": shown for number, shown in enumerate(made.expected)}
    saved = recalculated({name: (tmp_path / "hand-ins" / shown).read_bytes() for name, shown in names.items()},
                         tmp_path / "lo")
    for name, shown in names.items():
        target = tmp_path / "again" / shown
        target.parent.mkdir(parents=True)
        target.write_bytes(saved[name].read_bytes())
    check(grade_class(str(tmp_path / "again"), course, jobs=2), dict(made.expected))


def _no_exercise(folder: Path) -> HandIn:
    book = openpyxl.Workbook()
    book.active["A1"], book.active["B2"] = "hello", 3
    book.save(folder / "Ada.xlsx")
    return HandIn(str(folder / "Ada.xlsx"), "Ada.xlsx")


def _no_derivation(folder: Path) -> HandIn:
    (folder / "Ada.txt").write_text("I was ill last week.\n", encoding="utf-8")
    return HandIn(str(folder / "Ada.txt"), "Ada.txt")


@pytest.mark.parametrize(("made", "told"), [
    (_no_exercise, "no training table of the exercise was found"), (_no_derivation, "no equality was found in it"),
])  # fmt: skip
def test_a_hand_in_without_anything_asked_for_could_not_be_graded(made: Any, told: str, tmp_path: Path) -> None:
    one = grade_one(made(tmp_path), ORDER)
    assert (one.fault, one.items) == (told, ())
    student = roster_of("name,email\nAda,ada@x.org\n", "r.csv")
    rows = rows_of([one], student, None)
    assert overview(rows).begun == 0
    assert [line.strip() for _, line in overview_lines(rows)][1] == "1  could not be graded"
    marks = next(csv.DictReader(io.StringIO(marks_csv(rows))))
    assert (marks["Total"], marks["Look at"]) == ("", told)
    book = next(csv.DictReader(io.StringIO(gradebook_csv(rows, student, ""))))
    assert (book["Points"], book["Feedback"]) == ("", f"could not be graded: {told}")


def ways() -> dict[str, tuple[Mapping[str, object], str, str]]:
    """Ways to fill dE/dw5 where all else is right: its cells, the mark above it, the state by which it is graded."""
    exercise = class_maker().make(5)
    place, right = Place.of(exercise), right_answers(exercise)
    values = stored_values(place, solved=True)
    cells = [place.cell("dE/dw5", row) for row in range(FIRST_ROW, place.last_row + 1)]
    out_h1 = values[place.cell("out_h1", FIRST_ROW)]
    typed = {at: right[at].replace(place.cell("out_h1", row), f"{out_h1:.15g}")
             for row, at in enumerate(cells, start=FIRST_ROW)}
    return {
        "right": ({at: right[at] for at in cells}, "✓", "right"),
        "the sign": ({at: f"=-({right[at][1:]})" for at in cells}, "✗", "wrong"),
        "a $ too many": (anchored(exercise, "dE/dw5", "out_h1"), "↓ first row", "first_row"),
        "a number within": (typed, "↓ first row", "first_row"),
        "the first row alone": ({at: right[at] if at == cells[0] else None for at in cells}, "… 1 of 5", "first_row"),
        "numbers": ({at: values[at] for at in cells}, "# number", "number"),
        "other numbers": (dict.fromkeys(cells, 0.123), "✗", "wrong"),
        "finely rounded": ({at: f"=ROUND({right[at][1:]},12)" for at in cells}, "✓", "fragile"),
        "coarsely rounded": ({at: f"=ROUND({right[at][1:]},2)" for at in cells}, "✗", "wrong"),
        "words": (dict.fromkeys(cells, "no idea"), "✗", "wrong"),
        "nothing": (dict.fromkeys(cells), "…", "missing"),
    }  # fmt: skip


@needs_libreoffice[0]
@needs_libreoffice[1]
def test_the_mark_that_a_student_sees_agrees_with_the_grade(tmp_path: Path) -> None:
    exercise = class_maker().make(5)
    files = {f"{way}.xlsx": with_cells(exercise_bytes(exercise), {**right_answers(exercise), **cells})
             for way, (cells, _, _) in ways().items()}
    made = recalculated(files, tmp_path)
    asked = Order("kanungo", exercise.blanks, Rubric())
    seen = {}
    for way in ways():
        path = made[f"{way}.xlsx"]
        graded = {one.item.blank.name: one.item.state
                  for one in grade_one(HandIn(str(path), path.name), asked).items}
        seen[way] = marks(path, exercise)["dE/dw5"], graded["dE/dw5"]
    assert seen == {way: (mark, state) for way, (_, mark, state) in ways().items()}
