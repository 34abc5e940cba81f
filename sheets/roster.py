"""The roster of a class: any CSV with a header, as Moodle, Canvas or a spreadsheet exports it."""

import csv
import io
import unicodedata
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from msgspec import Struct

from derive.documents.files import decoded
from derive.errors import DeriveError

_HEADERS: Mapping[str, tuple[str, ...]] = MappingProxyType({
    "name": ("student", "full name", "fullname", "name", "student name", "vollständiger name", "nom complet",
             "nombre completo"),
    "first": ("first name", "firstname", "given name", "vorname", "prénom", "nombre"),
    "last": ("last name", "lastname", "surname", "family name", "nachname", "nom", "nom de famille", "apellido(s)"),
    "key": ("sis user id", "id number", "idnumber", "student id", "student number", "matrikelnummer", "id-nummer",
            "identifier", "username", "sis login id", "id"),
    "email": ("email address", "email", "e-mail", "e-mail-adresse", "mail", "adresse de courriel"),
    "login": ("sis login id", "username", "login", "anmeldename"),
    "platform": ("identifier", "id"),
})  # fmt: skip
"""What a column may be called, the best first. `platform` is the number that a learning platform puts in file names."""
_AS_CSV = "save it as CSV: a header, and a line for each student"
_NO_STUDENTS = ("points possible", "test student", "student, test")


class Student(Struct, frozen=True):
    """One line of a roster; `key` is what no other line has, `line` its number among the rows below the header."""

    name: str
    key: str
    email: str = ""
    login: str = ""
    platform: str = ""
    line: int = 0


class Roster(Struct, frozen=True):
    """The students, and the table as it came, blanks and all: what is handed back to the platform has its cells."""

    students: tuple[Student, ...]
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    delimiter: str = ","


def read_roster(path: Path) -> Roster:
    """A CSV file in UTF-8, UTF-16 or Windows' encoding, with commas, semicolons or tabs.

    DeriveError where it is no such file, there is no header with a name in it, or two lines are one student.
    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise DeriveError(str(path), f"cannot be read: {(error.strerror or str(error)).lower()}") from None
    try:
        text = decoded(raw, str(path))
    except DeriveError as error:
        raise DeriveError(str(path), error.found, _AS_CSV) from None
    return roster_of(text, str(path))


def roster_of(text: str, where: str = "the roster") -> Roster:
    """The roster that a text is."""
    delimiter, table = _cells(text.removeprefix("\ufeff"), where)
    if not table:
        raise DeriveError(where, "is empty", "a header, and a line for each student")
    header, rows = table[0], table[1:]
    columns = {role: place for role in _HEADERS if (place := _column(header, role)) is not None}
    if "name" not in columns and not {"first", "last"} <= set(columns):
        raise DeriveError(where, f"no column of the header is a name: {', '.join(header)[:80]}",
                          "a column Name or Student, or First name and Last name")
    students = [student for line, row in enumerate(rows) if (student := _student(row, columns, line)) is not None]
    keys: dict[str, Student] = {}
    for student in students:
        if student.key in keys:
            raise DeriveError(where, f"{student.key} stands for {keys[student.key].name} and for {student.name}",
                              "an id that no two students share: a column ID number or Email address tells them apart")
        keys[student.key] = student
    if not students:
        raise DeriveError(where, "no student stands below the header")
    return Roster(tuple(students), header, tuple(rows), delimiter)


def folded(name: str) -> str:
    """A name as it is compared: its plain words in order of the alphabet."""
    return " ".join(sorted(plain_words(name)))


def plain_words(text: str) -> list[str]:
    """The words of a text without case, accents and signs; a letter beyond ASCII counts where a word has no other."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    words = "".join(c if c.isalnum() else "" if unicodedata.combining(c) else " " for c in apart).split()
    return ["".join(filter(str.isascii, word)) or word for word in words]


def _cells(text: str, where: str) -> tuple[str, list[tuple[str, ...]]]:
    """What stands between the cells of a table, and its rows, however their lines end."""
    header = next(iter(text.splitlines()), "")
    delimiter = max(",;\t", key=header.count)
    try:
        rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        return delimiter, [tuple(row) for row in rows if any(map(str.strip, row))]
    except csv.Error as error:
        raise DeriveError(where, f"is no table of cells: {error}", _AS_CSV) from None


def _column(header: Sequence[str], role: str) -> int | None:
    names = [cell.strip().lower() for cell in header]
    return next((names.index(spelling) for spelling in _HEADERS[role] if spelling in names), None)


def _student(row: Sequence[str], columns: Mapping[str, int], line: int) -> Student | None:
    """A row's student; None for a platform's own rows, such as Canvas's points possible."""

    def cell(role: str) -> str:
        place = columns.get(role)
        return row[place].strip() if place is not None and place < len(row) else ""

    name = cell("name")
    if "name" not in columns:
        name = " ".join(part for part in (cell("first"), cell("last")) if part)
    elif "," in name:  # Canvas: Abel, Anna
        last, _, first = name.partition(",")
        name = f"{first.strip()} {last.strip()}"
    if not name or any(sign in ",".join((cell("name"), name)).lower() for sign in _NO_STUDENTS):
        return None
    platform = "".join(c for c in cell("platform") if c.isdigit())
    return Student(name, cell("key") or cell("email") or name, cell("email"), cell("login"), platform, line)
