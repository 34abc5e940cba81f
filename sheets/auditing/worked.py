"""Numbers worked out by hand beside formulas in words: `h1=w1*i1+w2*i2` and, to its right, 0.0275."""

from collections.abc import Iterator

from derive.checking import Checked, check_snippets
from derive.network import Network
from sheets.auditing.book import Book, Place, Sheet
from sheets.auditing.findings import Finding
from sheets.auditing.labels import key_of
from sheets.auditing.tables import Table
from sheets.cells import letters

_BESIDE = 3
_LEAST = 3

Worked = tuple[Place, str, float]
"""Where the number stands, the formula in words, the number."""


def check_worked(book: Book, table: Table, network: Network) -> Iterator[Finding]:
    """The worked numbers of a table's sheet that do not follow from their formulas at the table's first row.

    Numbers beside formulas may mean anything, a list's own count for one: they are taken for results where several
    stand in one column and some of them are right.
    """
    sheet = book.by_name[table.sheet]
    columns: dict[int, list[Worked]] = {}
    for worked in _worked(sheet, table):
        columns.setdefault(worked[0][1], []).append(worked)
    given = [f"{name} = {number!r}" for name, number in _start(sheet, table, network)]
    for column in columns.values():
        if len(column) < _LEAST:
            continue
        lines = [*given, *(f"{text.rstrip(' =')} = {number!r}" for _, text, number in column)]
        answers = [found[-1] if found else None for found in check_snippets(lines, network, book.path)[len(given) :]]
        if any(answer is not None and answer.verdict == "proved" for answer in answers):
            for worked, answer in zip(column, answers, strict=True):
                if answer is not None and answer.verdict == "refuted":
                    yield _finding(*worked, answer)


def _finding(place: Place, text: str, number: float, answer: Checked) -> Finding:
    quantity = text.partition("=")[0].strip()
    told = f"the number beside {text.strip()} does not follow from it: {answer.reason}"
    return Finding("value", quantity, f"{letters(place[1])}{place[0]}", repr(number), "", told, "wrong")


def _start(sheet: Sheet, table: Table, network: Network) -> Iterator[tuple[str, float]]:
    """The given quantities of a table's first row."""
    for name in network.leaves:
        column = table.by_name.get(name)
        number = None if column is None else sheet.number((table.first_row, column.number))
        if number is not None:
            yield name, number


def _worked(sheet: Sheet, table: Table) -> Iterator[Worked]:
    """Each formula in words with the typed number next to it on its right, outside the table."""
    for row, column in sorted(sheet.written):
        text = sheet.text((row, column))
        if row == table.header_row or text is None or "=" not in text or key_of(text.partition("=")[0]).kind == "rate":
            continue
        for beside in range(column + 1, column + 1 + _BESIDE):
            content = sheet.written.get((row, beside))
            if isinstance(content, (int, float)) and not isinstance(content, bool):
                if not table.holds(row, beside):
                    yield (row, beside), text, float(content)
                break
            if isinstance(content, str) and "=" in content:
                break
