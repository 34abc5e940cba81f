"""Whose a hand-in is, and by what that was seen; whose numbers it has."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from pathlib import PurePosixPath
from types import MappingProxyType

from msgspec import Struct
from msgspec.structs import replace

from sheets.exercise.key import Key
from sheets.grading.grade import Graded
from sheets.roster import Roster, Student, folded


class Row(Struct, frozen=True):
    """A line of the class: a student with a hand-in, a hand-in whose student is not known, or a student without one."""

    name: str
    found_by: str
    student: Student | None
    graded: Graded | None
    look: tuple[str, ...] = ()


def rows_of(graded: Sequence[Graded], roster: Roster | None, key: Key | None) -> tuple[Row, ...]:
    """A row for each hand-in, in the roster's order, those of nobody after them, then those who handed in nothing."""
    called = {} if roster is None or key is None else _called(roster, key)
    rows = [_row(one, roster, key, called) for one in graded]
    known = [row.student.key for row in rows if row.student is not None]
    rows = [_twice(row, known) for row in rows]
    if roster is None:
        return tuple(rows)
    rows += [Row(student.name, "the roster", student, None, ("nothing was handed in",))
             for student in roster.students if student.key not in known]
    line = {student.key: place for place, student in enumerate(roster.students)}
    return tuple(sorted(rows, key=lambda row: len(line) if row.student is None else line[row.student.key]))


def _called(roster: Roster, key: Key) -> dict[str, Student]:
    """Whom the key's identifiers stand for: a roster may know the same students by others, as Moodle's worksheet does.

    A student who is not on the roster is the key's own; one of whom the roster has several is nobody.
    """
    here: dict[str, list[Student]] = {}
    for student in roster.students:
        for word in (*_identifiers(student), folded(student.name)):
            here.setdefault(word, []).append(student)
    called = {}
    for student in () if key.roster is None else key.roster.students:
        found = {one.key: one for word in _identifiers(student) for one in here.get(word, ())}
        found = found or {one.key: one for one in here.get(folded(student.name), ())}
        if len(found) < 2:
            called[student.key] = next(iter(found.values()), student)
    return called | {student.key: student for student in roster.students}


def _identifiers(student: Student) -> set[str]:
    return {word.lower() for word in (student.key, student.login, student.email) if word}


def _row(graded: Graded, roster: Roster | None, key: Key | None, called: Mapping[str, Student]) -> Row:
    if graded.student in called:
        graded = replace(graded, student=called[graded.student].key)
    student, found_by = (None, "") if roster is None else _student(graded, roster)
    name = student.name if student is not None else graded.name or _name_in(graded.shown)
    if student is None:
        found_by = "the name cell" if graded.name else "the file name"
    look = [*graded.look]
    if roster is not None and student is None:
        look.insert(0, "this student is not on the roster")
    if roster is not None and student is not None and found_by in _WITHIN:
        look += _at_odds(graded, student, roster)
    return Row(name, found_by, student, graded, (*look, *_numbers(graded, student, key, called)))


def _at_odds(graded: Graded, student: Student, roster: Roster) -> Iterator[str]:
    """That the file's name is another's, where the student was known by what stands in the file."""
    named = [one for one in roster.students if _is_named(one, graded)]
    if len(named) == 1 and named[0] != student:
        yield f"the file's name says {named[0].name}; the sheet is {student.name}'s"


def _twice(row: Row, known: Sequence[str]) -> Row:
    count = 0 if row.student is None else known.count(row.student.key)
    if count < 2:
        return row
    return Row(row.name, row.found_by, row.student, row.graded, (*row.look, f"{count} hand-ins of this student"))


def _student(graded: Graded, roster: Roster) -> tuple[Student | None, str]:
    """The one student whom the first row of WAYS that knows anybody knows."""
    for words, knows in WAYS.items():
        found = [student for student in roster.students if knows(student, graded)]
        if len(found) == 1:
            return found[0], words
    return None, ""


def _tokens(shown: str) -> set[str]:
    """The pieces of a path between its signs: `Anna Abel_1042_assignsubmission_file/sheet.xlsx`."""
    return {token for part in PurePosixPath(shown).parts
            for token in part.rsplit(".", 1)[0].lower().replace("-", "_").replace(" ", "_").split("_") if token}


def _has_number(student: Student, graded: Graded) -> bool:
    return bool(student.platform) and student.platform in _tokens(graded.shown)


def _has_key(student: Student, graded: Graded) -> bool:
    pieces = _tokens(graded.shown)
    path = graded.shown.lower()
    return any(key and (key.lower() in pieces or ("@" in key and key.lower() in path))
               for key in (student.key, student.login, student.email))


def _has_name_cell(student: Student, graded: Graded) -> bool:
    return bool(graded.name) and folded(graded.name) in (folded(student.name), folded(student.key))


def _is_sender(student: Student, graded: Graded) -> bool:
    """The name that a platform puts first: `Anna Abel_1042_assignsubmission_file_/…`, `abelanna_1042_7_sheet.xlsx`."""
    first, *pieces = PurePosixPath(graded.shown).parts[0].split("_")
    return any(piece.isdigit() for piece in pieces) and _names(student, first)


def _is_named(student: Student, graded: Graded) -> bool:
    return any(_names(student, part.rsplit(".", 1)[0]) for part in PurePosixPath(graded.shown).parts)


def _names(student: Student, text: str) -> bool:
    """Whether every word of the student's name stands in a text, or all of them run together as Canvas does."""
    words = folded(student.name).split()
    tokens = folded(text).split()
    turned = _given(student.name)
    joined = {"".join(turned), "".join(turned[::-1]), "".join((*turned[-1:], *turned[:-1]))}
    return bool(words) and (set(words) <= set(tokens) or not joined.isdisjoint(tokens))


def _given(name: str) -> list[str]:
    return [folded(word) for word in name.split()]


def _is_written_for(student: Student, graded: Graded) -> bool:
    return bool(graded.student) and graded.student == student.key


WAYS: Mapping[str, Callable[[Student, Graded], bool]] = MappingProxyType({
    "the platform's number in the path": _has_number,
    "the platform's name for it": _is_sender,
    "the name cell": _has_name_cell,
    "the id in the path": _has_key,
    "the name in the path": _is_named,
    "the exercise it was made for": _is_written_for,
})
"""How a student is known, the surest first."""
_WITHIN = frozenset({"the name cell", "the exercise it was made for"})
"""Those that are read in the file itself."""


def _name_in(shown: str) -> str:
    """What stands before the platform's numbers in a path, or the file's name."""
    first = PurePosixPath(shown).parts[0]
    return first.split("_", 1)[0] if "_assignsubmission_" in first else PurePosixPath(shown).stem


def _numbers(
    graded: Graded, student: Student | None, key: Key | None, called: Mapping[str, Student]
) -> Iterable[str]:
    """Start values that are not the student's own, told as plain facts; nothing of a student whom nobody can name."""
    if key is None or not graded.start:
        return
    start = dict(graded.start)
    owners = [called.get(one.student) for one in key.numbers if _same(start, one.start)]
    if not owners:
        yield "the start values are none that were handed out"
    elif student is not None and owners[0] is not None and all(one not in (None, student) for one in owners):
        yield f"the start values are those of {owners[0].name}'s file"


def _same(start: Mapping[str, str], handed_out: Mapping[str, str]) -> bool:
    return all(name in start and abs(float(start[name]) - float(Fraction(value))) < 1e-12
               for name, value in handed_out.items())
