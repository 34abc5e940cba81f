"""The formulas typed beside the tables, in cells, text boxes and comments: checked as any derivation is."""

from collections.abc import Iterator
from functools import lru_cache

from msgspec.structs import replace

from derive.checking import Checked, check_snippets
from derive.checking.lenders import Lender
from sheets.auditing.book import Book, Sheet
from sheets.auditing.findings import CheckedText
from sheets.auditing.labels import key_of
from sheets.cells import letters

_MOST_CHARACTERS = 100_000


def check_texts(book: Book, about: Lender) -> tuple[CheckedText, ...]:
    """Every equality typed into a workbook, sheet by sheet, then the text boxes and comments.

    The texts of one sheet are read as one document: what one of them defines holds for all.
    """
    documents = [(sheet.name, list(_of_cells(sheet))) for sheet in book.sheets]
    documents.append(("text boxes", [(note.where, note.text) for note in book.notes if "=" in note.text]))
    found: list[CheckedText] = []
    for where, document in documents:
        length = sum(len(text) for _, text in document)
        if length > _MOST_CHARACTERS:
            found.append(CheckedText(where, _too_long(book.path, length)))
            continue
        answers = _checked(tuple(text for _, text in document), about)
        for (place, _), checked in zip(document, answers, strict=True):
            found += (CheckedText(place, replace(one, file=book.path)) for one in checked)
    return tuple(found)


@lru_cache(maxsize=256)
def _checked(texts: tuple[str, ...], about: Lender) -> tuple[tuple[Checked, ...], ...]:
    """The equalities of a document, remembered: a class copies one block of text into all its workbooks."""
    return check_snippets(texts, about)


def _too_long(file: str, length: int) -> Checked:
    told = f"{length:,} characters of formulas in words: at most {_MOST_CHARACTERS:,} of a sheet are read"
    return Checked(file, 1, 1, "", "not-understood", reason=told)


def _of_cells(sheet: Sheet) -> Iterator[tuple[str, str]]:
    """The texts of a sheet that state something, row by row; a learning rate is a setting, not a statement."""
    for row, column in sorted(sheet.written):
        text = sheet.text((row, column))
        text = None if text is None else text.removeprefix("'=").strip()
        if text and "=" in text and key_of(text.partition("=")[0]).kind != "rate":
            yield f"{sheet.name}!{letters(column)}{row}", text

