"""The marks as CSV: everything that was found, and the roster's own table with the points filled in."""

import csv
import io
from collections import Counter
from collections.abc import Sequence

from sheets.grading.grade import Graded
from sheets.grading.rubric import WORDS, rounded
from sheets.grading.whose import Row
from sheets.roster import Roster

_GRADES = ("grade", "bewertung", "note", "calificación")
_COMMENTS = ("feedback comments", "feedback", "feedback als kommentar", "kommentar")
_POSSIBLE = "points possible"
_MAXIMUM = ("maximum grade", "maximale bewertung", "bestwertung", "note maximale", "calificación máxima")
_FORMULA = ("=", "+", "-", "@", "\t")
_MOST_WORDS = 1_000
_DECIMALS = 2  # what Moodle and Canvas keep


def marks_csv(rows: Sequence[Row]) -> str:
    """A line for each row: the student and how known, points per item, total, the slips, what to look at."""
    worth = possible_of(rows)
    names = list(dict.fromkeys(one.item.blank.title for row in rows if row.graded for one in row.graded.items))
    table: list[list[object]] = [["Student", "ID number", "Email address", "File", "Known by", *names, "Total",
                                  "Out of", "Slips", "Look at", "Marked copy"]]
    for row in rows:
        graded = row.graded
        points = {} if graded is None else {one.item.blank.title: one.points for one in graded.items}
        student = row.student
        table.append([
            row.name, "" if student is None else student.key, "" if student is None else student.email,
            "" if graded is None else graded.shown, row.found_by, *(points.get(name, "") for name in names),
            0.0 if graded is None else "" if graded.fault else graded.total,
            worth if graded is None or graded.fault else graded.possible, slips(row), "; ".join(row.look),
            "" if graded is None else graded.marked,
        ])
    return _written(table, ",")


def possible_of(rows: Sequence[Row]) -> float:
    """What everything right is worth, as most hand-ins have it: a text is asked less, a damaged file nothing."""
    graded = [row.graded for row in rows if row.graded is not None]
    known = Counter(one.possible for one in [one for one in graded if not one.fault] or graded)
    return known.most_common(1)[0][0] if known else 0.0


def slips(row: Row) -> str:
    """What is wrong, in words, quantities with the same slip together: `dE/dw3, dE/dw4: uses out_h1 where …`."""
    if row.graded is None:
        return ""
    together: dict[str, list[str]] = {}
    for one in row.graded.items:
        state, told = one.item.state, one.item.told
        if state not in ("right", "unsure"):
            words = told if state == "wrong" and told else ": ".join(filter(None, (WORDS[state], told)))
            name = one.item.blank.name
            together.setdefault(words, []).append(f"update of {name}" if one.item.blank.kind == "update" else name)
    text = "; ".join(f"{', '.join(names)}: {words}" for words, names in together.items())
    return text if len(text) <= _MOST_WORDS else text[: _MOST_WORDS - 1] + "…"


def gradebook_csv(rows: Sequence[Row], roster: Roster, assignment: str) -> str:
    """The roster as it came, with the points in the column of the assignment and the slips in that of the comments.

    Moodle's grading worksheet has both (`Grade`, `Feedback comments`); of Canvas's gradebook the column is found by its
    title, and added with its points possible where it is not there. Where the platform says what all of it is worth,
    points are scaled to that. Of several hand-ins the best counts.
    """
    best: dict[int, Row] = {}
    for row in rows:
        if row.student is not None and row.graded is not None:
            known = best.get(row.student.line)
            if known is None or known.graded is None or _rank(known.graded) < _rank(row.graded):
                best[row.student.line] = row
    header = list(roster.header)
    names = [name.strip().lower() for name in header]
    titled = [place for place, name in enumerate(names)
              if assignment and (name == assignment.lower() or name.startswith(f"{assignment.lower()} ("))]
    grade = next(iter([*titled, *(names.index(name) for name in _GRADES if name in names and not assignment)]), None)
    if grade is None:
        grade = len(header)
        header.append(assignment or "Points")
    comment = next((names.index(name) for name in _COMMENTS if name in names), None)
    is_canvas = any(_POSSIBLE in cell.lower() for line in roster.rows for cell in line)
    if comment is None and not is_canvas:  # Canvas would make an assignment of a column of comments
        comment = len(header)
        header.append("Feedback")
    possible = possible_of(rows)
    maximum = next((names.index(name) for name in _MAXIMUM if name in names), None)
    of_all = next((_number(line[grade]) for line in roster.rows
                   if grade < len(line) and any(_POSSIBLE in cell.lower() for cell in line)), 0.0)
    table: list[list[object]] = [list(header)]
    for line, cells in enumerate(roster.rows):
        out: list[object] = [*cells, *("" for _ in range(len(header) - len(cells)))]
        if any(_POSSIBLE in cell.lower() for cell in cells):
            out[grade] = out[grade] or possible
        elif line in best:
            graded = best[line].graded
            worth = of_all if maximum is None else _number(cells[maximum])
            fault = "" if graded is None else graded.fault
            out[grade] = "" if graded is None or fault else _scaled(graded.total, graded.possible, worth)
            if comment is not None:
                out[comment] = f"could not be graded: {fault}" if fault else slips(best[line]) or "all right"
        table.append(out)
    return _written(table, roster.delimiter, trusted=len(roster.header))


def header_csv(roster: Roster) -> str:
    """The header of a roster as it came, as it stands in a gradebook to which no column is added."""
    return _written([roster.header], roster.delimiter, trusted=len(roster.header))


def _rank(graded: Graded) -> tuple[bool, float]:
    return not graded.fault, graded.total


def _scaled(total: float, possible: float, worth: float) -> float:
    """Points as the platform counts them; as they are where it does not say what all of it is worth."""
    return rounded(total * worth / possible, _DECIMALS) if worth and possible else total


def _number(cell: str) -> float:
    """What a cell says all of it is worth, 0 where it says nothing."""
    try:
        return max(0.0, float(cell.strip().replace(",", ".")))
    except ValueError:
        return 0.0


def _written(table: Sequence[Sequence[object]], delimiter: str, trusted: int = 0) -> str:
    """The CSV; a text that a spreadsheet would take for a formula is kept a text. The roster's columns are as given."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, lineterminator="\n")
    for line in table:
        plain = [f"{cell:g}" if isinstance(cell, float) else cell for cell in line]
        writer.writerow([_safe(cell) if place >= trusted else cell for place, cell in enumerate(plain)])
    return text.getvalue()


def _safe(cell: object) -> object:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell
