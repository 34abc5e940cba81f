"""The formulas typed beside the tables, in cells, text boxes and comments: checked as any derivation is."""

from collections.abc import Iterator

from derive.checking import check_snippets
from derive.network import Network
from sheets.auditing.book import Book, Sheet
from sheets.auditing.findings import CheckedText
from sheets.auditing.labels import key_of
from sheets.cells import letters

_MOST_CHARACTERS = 100_000


def check_texts(book: Book, network: Network) -> tuple[CheckedText, ...]:
    """Every equality typed into a workbook, sheet by sheet, then the text boxes and comments.

    The texts of one sheet are read as one document: what one of them defines holds for all.
    """
    documents = [list(_of_cells(sheet)) for sheet in book.sheets]
    documents.append([(note.where, note.text) for note in book.notes if "=" in note.text])
    found: list[CheckedText] = []
    for document in documents:
        kept = document if sum(len(text) for _, text in document) <= _MOST_CHARACTERS else []
        answers = check_snippets([text for _, text in kept], network, book.path)
        for (where, _), checked in zip(kept, answers, strict=True):
            found += (CheckedText(where, one) for one in checked)
    return tuple(found)


def _of_cells(sheet: Sheet) -> Iterator[tuple[str, str]]:
    """The texts of a sheet that state something, row by row; a learning rate is a setting, not a statement."""
    for row, column in sorted(sheet.written):
        text = sheet.text((row, column))
        if text is not None and "=" in text and key_of(text.partition("=")[0]).kind != "rate":
            yield f"{sheet.name}!{letters(column)}{row}", text

