"""A class's exercises: one file a student, the solutions, and the key by which they are graded."""

from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

from derive.delivery import write_text
from derive.errors import DeriveError
from sheets.exercise.exercise import Exercise, Maker
from sheets.exercise.key import KEY_FILE, NETWORK_FILE, key_of, network_text, write_key
from sheets.exercise.sheet import write_exercise
from sheets.roster import Roster, Student, folded

STUDENTS, SOLUTIONS = "students", "solutions"


def hand_out(
    maker: Maker, given: str, roster: Roster, folder: Path, *, seed: int = 0, force: bool = False,
    advance: Callable[[int], None] = lambda steps: None,
) -> int:
    """Write the exercises of a class into a folder; how many.

    `given` is the walkthrough as the teacher named it. Every file is checked before it is written; no two have the same
    numbers.
    """
    for inner in (folder, folder / STUDENTS, folder / SOLUTIONS):
        try:
            inner.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise DeriveError(str(inner), f"cannot be made: {(error.strerror or str(error)).lower()}") from None
    made: dict[str, Exercise] = {}
    for student in roster.students:
        exercise = maker.make(seed, student)
        if any(exercise.start == other.start for other in made.values()):
            raise DeriveError(student.name, "has another's numbers", "another --seed")
        name = next(name for name in _names(student) if name not in made)
        for place, solved in ((STUDENTS, False), (SOLUTIONS, True)):
            write_exercise(exercise, folder / place / name, solved=solved, force=force)
        made[name] = exercise
        advance(1)
    named, text = network_text(maker.walkthrough, given)
    if text is not None:
        write_text(folder / NETWORK_FILE, text, force=force)
    write_key(key_of(named, made, seed, roster), folder / KEY_FILE, force=force)
    return len(made)


def _names(student: Student) -> Iterator[str]:
    """File names for a student: two whose names fold to the same are numbered."""
    stem = file_stem(student)
    yield f"{stem}.xlsx"
    yield from (f"{stem}_{number}.xlsx" for number in count(2))


def file_stem(student: Student) -> str:
    """A file name that every system takes: `Anna_Abel_s1042`."""
    words = "_".join((student.name, student.key) if student.key != student.name else (student.name,))
    plain = "".join(c if c.isalnum() and c.isascii() else "_" for c in _plain(words))
    return "_".join(part for part in plain.split("_") if part)[:80] or "student"


def _plain(text: str) -> str:
    import unicodedata

    text = text.replace("ß", "ss")
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode() or folded(text)
