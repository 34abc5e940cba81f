"""The key of a class: whose numbers are whose, which columns are blank, and the roster as it came."""

import zipfile
from pathlib import Path
from typing import Any

import msgspec
import openpyxl
from msgspec import Struct

from derive.delivery import write_text
from derive.errors import DeriveError
from derive.walkthrough import Walkthrough, built_in, load_walkthrough
from sheets.exercise.blanks import Blank, Kind
from sheets.exercise.checks import CHECK_SHEET, FACTS_CELL, MARKER
from sheets.exercise.exercise import Exercise
from sheets.roster import Roster

KEY_FILE = "key.json"
NETWORK_FILE = "network.toml"
_KIND = "derive-sheets key"
_KEYS = "the folder that sheets exercise --roster wrote, an exercise, or a walkthrough"


class Numbers(Struct, frozen=True):
    """The start values of one file, as exact fractions; `student` is the key of its student, empty for all."""

    student: str
    file: str
    start: dict[str, str]


class Key(Struct, frozen=True):
    """All that grading needs to know of what was handed out."""

    walkthrough: str
    blanks: tuple[Blank, ...]
    rows: int
    rate: str
    numbers: tuple[Numbers, ...]
    seed: int | None = None
    roster: Roster | None = None
    kind: str = _KIND


def key_of(walkthrough: str, exercises: dict[str, Exercise], seed: int | None, roster: Roster | None) -> Key:
    """The key of exercises by their file names; `walkthrough` is a built-in name, or a file beside the key."""
    first = next(iter(exercises.values()))
    numbers = tuple(
        Numbers("" if one.student is None else one.student.key, file, {n: str(v) for n, v in one.start.items()})
        for file, one in exercises.items()
    )
    return Key(walkthrough, first.blanks, first.rows, str(first.rate), numbers, seed, roster)


def write_key(key: Key, path: Path, *, force: bool = False) -> None:
    """Write a key beside what was handed out."""
    text = msgspec.json.format(msgspec.json.encode(key), indent=1).decode() + "\n"
    write_text(path, text, force=force or _is_key(path))


def _is_key(path: Path) -> bool:
    try:
        return f'"kind": "{_KIND}"' in path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return False


def read_key(given: str) -> tuple[Key | None, str]:
    """What `--key` names: a folder that `sheets exercise --roster` wrote, its key file, one exercise, a walkthrough.

    The key, None for a bare walkthrough, and the walkthrough's name or path. DeriveError where it is none of them.
    """
    path = Path(given)
    if path.is_dir():
        path = path / KEY_FILE
        if not path.is_file():
            raise DeriveError(given, f"there is no {KEY_FILE} in this folder", _KEYS)
    if path.suffix == ".json":
        try:
            key = msgspec.json.decode(path.read_bytes(), type=Key)
        except (OSError, msgspec.DecodeError) as error:
            raise DeriveError(str(path), f"is no key of an exercise: {error}") from None
        return key, key.walkthrough if key.walkthrough in built_in() else str(path.parent / key.walkthrough)
    if path.suffix == ".xlsx":
        own = key_in(path)
        if own is None:
            raise DeriveError(given, "is no exercise that sheets exercise wrote", "an exercise, or a walkthrough")
        return own, own.walkthrough
    if given not in built_in() and not path.exists():
        raise DeriveError(given, "there is no such folder, exercise or walkthrough", _KEYS)
    load_walkthrough(given)
    return None, given


def key_in(path: Path) -> Key | None:
    """What an exercise's own file says of itself; None for any other workbook."""
    opened = open_exercise(path)
    return None if opened is None else opened[0]


def open_exercise(path: Path) -> tuple[Key, Any] | None:
    """An exercise's key and its workbook as openpyxl opens it; None for any other file, which is not opened."""
    try:
        with zipfile.ZipFile(path) as archive:
            if f'"{CHECK_SHEET}"'.encode() not in archive.read("xl/workbook.xml"):
                return None
        book = openpyxl.load_workbook(path)
        sheet = book[CHECK_SHEET]
        if sheet["A1"].value != MARKER:
            return None
        facts = msgspec.json.decode(str(sheet[FACTS_CELL].value), type=Facts)
    except Exception:  # openpyxl raises whatever a damaged part happens to trip; the audit tells what is wrong
        return None
    blanks = tuple(Blank(name, kind) for name, kind in facts.blanks)
    numbers = Numbers(facts.student, path.name, facts.start)
    return Key(facts.walkthrough, blanks, facts.rows, facts.rate, (numbers,)), book


class Facts(Struct, frozen=True):
    """What stands on the very hidden sheet of an exercise."""

    walkthrough: str
    student: str
    name: str
    rows: int
    rate: str
    blanks: list[tuple[str, Kind]]
    header_row: int
    start: dict[str, str]


def network_text(walkthrough: Walkthrough, given: str) -> tuple[str, str | None]:
    """What the key calls a walkthrough, and the text to put beside it where it is the teacher's own file."""
    if given in built_in():
        return walkthrough.name, None
    return NETWORK_FILE, Path(given).read_text(encoding="utf-8-sig")
