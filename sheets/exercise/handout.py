"""A class's exercises: one file a student, the solutions, and the key by which they are graded."""

from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

from derive.delivery import write_text
from derive.errors import DeriveError
from sheets.exercise.exercise import Exercise, Maker
from sheets.exercise.key import KEY_FILE, NETWORK_FILE, Key, key_of, network_text, read_key, write_key
from sheets.exercise.sheet import write_exercise
from sheets.roster import Roster, Student, folded

STUDENTS, SOLUTIONS = "students", "solutions"


def hand_out(
    maker: Maker, given: str, roster: Roster, folder: Path, *, seed: int = 0, force: bool = False,
    advance: Callable[[int], None] = lambda steps: None,
) -> int:
    """Write the exercises of a class into a folder; how many.

    `advance` is called twice for each, when its numbers are drawn and when its files are written.
    `given` is the walkthrough as the teacher named it. Every file is checked before it is written; no two have the same
    numbers. DeriveError where the folder's key is that of other files: hand-ins of those could not be graded any more.
    """
    made: dict[str, Exercise] = {}
    for student in roster.students:
        exercise = maker.make(seed, student)
        if any(exercise.start == other.start for other in made.values()):
            raise DeriveError(student.name, "has another's numbers", "another --seed")
        made[next(name for name in _names(student) if name not in made)] = exercise
        advance(1)
    named, text = network_text(maker.walkthrough, given)
    key = key_of(named, made, seed, roster)
    if not force:
        _keeps_what_was_handed_out(key, text, folder)
    for inner in (folder, folder / STUDENTS, folder / SOLUTIONS):
        try:
            inner.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise DeriveError(str(inner), f"cannot be made: {(error.strerror or str(error)).lower()}") from None
    for name, exercise in made.items():
        for place, solved in ((STUDENTS, False), (SOLUTIONS, True)):
            write_exercise(exercise, folder / place / name, solved=solved, force=force)
        advance(1)
    if text is not None:
        write_text(folder / NETWORK_FILE, text, force=force)
    write_key(key, folder / KEY_FILE, force=force)
    return len(made)


def _keeps_what_was_handed_out(key: Key, network: str | None, folder: Path) -> None:
    """Refuse a key under which a file of the folder's key would have other numbers, columns or another network."""
    if not (folder / KEY_FILE).is_file():
        return
    earlier, _ = read_key(str(folder / KEY_FILE))
    stays = earlier is not None and (
        (earlier.walkthrough, earlier.blanks, earlier.rows, earlier.rate)
        == (key.walkthrough, key.blanks, key.rows, key.rate)
        and all(one in key.numbers for one in earlier.numbers)
        and (network is None or _holds(folder / NETWORK_FILE, network))
    )
    if not stays:
        raise DeriveError(str(folder / KEY_FILE), "is the key of other exercises, which could not be graded without it",
                          "another folder with -o, the same --seed, or --force")


def _holds(file: Path, text: str) -> bool:
    return file.is_file() and file.read_bytes() == text.encode()


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
