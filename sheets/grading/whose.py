"""Whose a hand-in is, and by what that was seen; whose numbers it has."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from pathlib import PurePosixPath
from types import MappingProxyType

from msgspec import Struct
from msgspec.structs import replace

from sheets.exercise.key import Key
from sheets.grading.grade import Graded
from sheets.roster import Roster, Student, folded, plain_words


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
    said = () if roster is None else tuple(_said(graded, roster))
    student, found_by = (said[0].student, said[0].known_by) if said else (None, "")
    name = student.name if student is not None else graded.name or _name_in(graded.shown)
    if student is None:
        found_by = _CELL if graded.name else "the file name"
    look = [*graded.look]
    if roster is not None and student is None:
        look.insert(0, "this student is not on the roster")
    look += [f"{one.where} says {one.student.name}" for one in said if one.student != student
             and (one.where == _FOLDER or one.student.key != graded.student)]  # as it was handed out: its numbers tell
    return Row(name, found_by, student, graded, (*look, *_numbers(graded, student, key, called)))


def _twice(row: Row, known: Sequence[str]) -> Row:
    count = 0 if row.student is None else known.count(row.student.key)
    if count < 2:
        return row
    return Row(row.name, row.found_by, row.student, row.graded, (*row.look, f"{count} hand-ins of this student"))


_CELL, _FOLDER = "the name cell", "the folder"


class _Said(Struct, frozen=True):
    """A student whom a place in a hand-in says it is from, and how the student is known there."""

    where: str
    known_by: str
    student: Student


def _said(graded: Graded, roster: Roster) -> tuple[_Said, ...]:
    """Whose it is by each place that tells, the surest first.

    A folder is the learning platform's or the teacher's, and so is a file's name that begins with the sender's; any
    other may be the name of the file that was handed out. Where no place tells, the exercise itself does.
    """
    *folders, file = PurePosixPath(graded.shown).parts
    stem = file.rpartition(".")[0] or file
    outside = [said for folder in folders for said in _known(_FOLDER, folder, roster)]
    named = [*_known("the file's name", stem, roster)]
    cell = [_Said(_CELL, _CELL, student) for student in _only(
        (student, _words(graded.name)) for student in roster.students
        if graded.name and folded(graded.name) in (folded(student.name), folded(student.key)))]
    is_sent = any(_is_sender(student, stem) for student in roster.students)
    said = (*outside, *named, *cell) if is_sent else (*outside, *cell, *named)
    made_for = (student for student in roster.students if graded.student and graded.student == student.key)
    return said or tuple(_Said("", "the exercise it was made for", student) for student in made_for)


def _known(where: str, text: str, roster: Roster) -> Iterator[_Said]:
    """The student whom the first row of WAYS knows that knows only one in a piece of a path."""
    for known_by, words_of in WAYS.items():
        found = _only((student, words) for student in roster.students if (words := words_of(student, text)))
        if found:
            yield _Said(where, known_by, *found)
            return


def _only(found: Iterable[tuple[Student, frozenset[str]]]) -> list[Student]:
    """The one student who was found, or whose words hold those of all others: Ada Abel Zhang is not Ada Abel."""
    several = list(found)
    most = [student for student, words in several if not any(words < others for _, others in several)]
    return most if len(most) == 1 else []


def _words(text: str) -> frozenset[str]:
    return frozenset(folded(text).split())


def _name_words(student: Student, text: str) -> frozenset[str]:
    """The student's name where all of its words stand in a text, or run together as Canvas has them."""
    words, there = plain_words(student.name), _words(text)
    joined = {"".join(words), "".join(words[::-1]), "".join((*words[-1:], *words[:-1]))}
    return frozenset(words) if words and (there.issuperset(words) or joined & there) else frozenset()


def _number_words(student: Student, text: str) -> frozenset[str]:
    """The platform's number as it stands in a name that the platform makes: `Anna Abel_1042_assignsubmission_file`."""
    return frozenset({student.platform}) & frozenset(text.split("_")) - {""}


def _id_words(student: Student, text: str) -> frozenset[str]:
    """The words of the student's id, login or address, where they stand in a text one behind the other."""
    there = f" {' '.join(plain_words(text))} "
    known = (plain_words(one) for one in (student.key, student.login, student.email))
    return max((frozenset(words) for words in known if words and f" {' '.join(words)} " in there),
               key=len, default=frozenset())


def _is_sender(student: Student, stem: str) -> bool:
    """Whether a file's name begins with the student's and a number of the platform: `abelanna_1042_7_sheet`."""
    first, *pieces = stem.split("_")
    return any(piece.isdigit() for piece in pieces) and bool(_name_words(student, first))


WAYS: Mapping[str, Callable[[Student, str], frozenset[str]]] = MappingProxyType({
    "the name in the path": _name_words,
    "the platform's number in the path": _number_words,
    "the id in the path": _id_words,
})
"""How a student is known in a piece of a path: the words by which; none where it is nothing of the student's."""


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
