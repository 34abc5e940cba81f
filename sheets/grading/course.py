"""A class from its hand-ins to its marks, top to bottom."""

import os
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from msgspec import Struct

from derive.delivery import refuse_name, write_text
from derive.errors import DeriveError
from derive.workers import pool
from sheets.exercise.blanks import Blank
from sheets.exercise.key import Key, read_key
from sheets.grading.class_page import class_page
from sheets.grading.grade import Order, grade_many
from sheets.grading.gradebook import gradebook_csv, header_csv, marks_csv
from sheets.grading.handins import hand_ins
from sheets.grading.overview import overview_lines
from sheets.grading.rubric import Rubric, read_rubric
from sheets.grading.whose import Row, rows_of
from sheets.grading.workbook import asked_of
from sheets.roster import Roster, read_roster

Progress = Callable[[str, int], AbstractContextManager[Callable[[int], None]]]
PAGE = "index.html"


class Course(Struct, frozen=True):
    """What a class is graded by."""

    key: Key | None
    roster: Roster | None
    order: Order

    @classmethod
    def of(cls, key: str, marks: str | None = None, roster: str | None = None, feedback: str | None = None) -> "Course":
        """From what a teacher names; DeriveError where it cannot be read."""
        found, network = read_key(key)
        rubric = Rubric() if marks is None else read_rubric(Path(marks))
        names = read_roster(Path(roster)) if roster is not None else None if found is None else found.roster
        blanks = None if found is None else found.blanks
        _check_items(rubric, asked_of(network) if blanks is None else blanks)
        return cls(found, names, Order(network, blanks, rubric, feedback or ""))


def _check_items(rubric: Rubric, blanks: Sequence[Blank]) -> None:
    """DeriveError for points of an item that nobody is asked for."""
    names = [blank.name for blank in blanks]
    for name in rubric.items:
        if name not in names:
            raise DeriveError("--marks", f'no item is called "{name}"', f"one of {', '.join(names)}")


class Outcome(Struct, frozen=True):
    """A class, graded; `passed_over` are files that are neither workbooks nor texts."""

    course: Course
    rows: tuple[Row, ...]
    passed_over: tuple[str, ...]

    def lines(self) -> Iterator[tuple[str, str]]:
        """(style, line) of what a teacher reads first."""
        return overview_lines(self.rows, self.passed_over)

    @property
    def exit_code(self) -> int:
        """0 where all hand-ins are right, 1 where one is not, 2 where none could be graded."""
        graded = [row.graded for row in self.rows if row.graded is not None]
        if all(one.fault for one in graded):
            return 2
        return int(not all(one.is_right for one in graded))


def grade_class(given: str, course: Course, jobs: int | None = None, progress: Progress | None = None,
                own: Collection[Path] = ()) -> Outcome:
    """Grade a folder or a zip, the teacher's `own` files apart, on `jobs` processes of this machine."""
    with TemporaryDirectory() as unpacked, ExitStack() as stack:
        found, passed_over = hand_ins(given, Path(unpacked), own)
        if course.order.feedback:
            _make(Path(course.order.feedback), Path(given))
        jobs = min(jobs or os.cpu_count() or 1, len(found))
        executor = stack.enter_context(pool(jobs))
        advance = stack.enter_context(progress("Grading", len(found))) if progress is not None else None
        graded = []
        for one in grade_many(found, course.order, executor):
            graded.append(one)
            if advance is not None:
                advance(1)
    return Outcome(course, rows_of(graded, course.roster, course.key), passed_over)


def write_class(
    outcome: Outcome, marks: Path, gradebook: str | None = None, assignment: str = "", force: bool = False
) -> list[str]:
    """Write the marks, the gradebook and the class's page; their names."""
    written = [str(marks)]
    write_text(marks, marks_csv(outcome.rows), force=force)
    if gradebook is not None:
        _write_gradebook(Path(gradebook), outcome.rows, _roster_of(outcome.course), assignment, force)
        written.append(gradebook)
    if outcome.course.order.feedback:
        page = Path(outcome.course.order.feedback) / PAGE
        title = f"Class: {assignment}" if assignment else "Marks of the class"
        write_text(page, class_page(outcome.rows, title), force=force)
        written.append(str(page))
    return written


def refuse_outputs(course: Course, marks: Path, gradebook: str | None = None) -> None:
    """DeriveError, before a class is graded, for what could not be written afterwards."""
    for file in (marks, *([] if gradebook is None else [Path(gradebook)])):
        refuse_name(file, "end it in .csv")
    if gradebook is not None:
        _roster_of(course)


def _roster_of(course: Course) -> Roster:
    if course.roster is None:
        raise DeriveError("--gradebook", "there is no roster to fill in", "--roster NAMES.csv, or a class's --key")
    return course.roster


def _write_gradebook(place: Path, rows: Sequence[Row], roster: Roster, assignment: str, force: bool) -> None:
    """Write the roster filled in; an earlier one is known by the columns that a platform's own table has not."""
    text = gradebook_csv(rows, roster, assignment)
    header = text.partition("\n")[0] + "\n"
    has_added = header.startswith(header_csv(roster).rstrip("\n") + roster.delimiter)
    write_text(place, text, force=force, known_by=header if has_added else text)


def _make(folder: Path, given: Path) -> None:
    """The feedback's folder, never among the hand-ins, where marked copies would be graded the next time."""
    if folder.resolve().is_relative_to(given.resolve()):
        raise DeriveError(str(folder), "is among the hand-ins, which are never written over", "another --feedback")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DeriveError(str(folder), f"cannot be made: {(error.strerror or str(error)).lower()}") from None
