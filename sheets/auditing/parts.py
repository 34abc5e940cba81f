"""Reads the small parts of a workbook: its list of sheets and names, texts, Excel's tables, comments, text boxes."""

from collections.abc import Iterator
from typing import IO

from msgspec import Struct

from derive.errors import DeriveError
from sheets.auditing.structured import Structured
from sheets.auditing.xml import stream
from sheets.references import areas_of

_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


class Listed(Struct, frozen=True):
    """A sheet as the workbook lists it, with the identifier under which its part is found."""

    name: str
    link: str
    hidden: bool


class Outline(Struct, frozen=True):
    """A workbook's sheets in order, and its defined names: the sheet's place or None, the name, the formula."""

    sheets: tuple[Listed, ...]
    names: tuple[tuple[int | None, str, str], ...]

    def names_of(self, place: int | None) -> dict[str, str]:
        """The names defined for the sheet at a place, or with None for the whole workbook, in lower case."""
        return {name.lower(): text for own, name, text in self.names if own == place}


def read_outline(part: IO[bytes], name: str) -> Outline:
    """The list of sheets and the defined names; none of these is followed here."""
    sheets, names = list[Listed](), list[tuple[int | None, str, str]]()
    defined: dict[str, str] = {}

    def opened(tag: str, attributes: dict[str, str]) -> None:
        if tag == "sheet":
            link = next((value for key, value in attributes.items() if key.rpartition(":")[2] == "id"), "")
            sheets.append(Listed(attributes.get("name", ""), link, attributes.get("state", "visible") != "visible"))
        elif tag == "definedName":
            defined.clear()
            defined.update(attributes)

    def closed(tag: str, text: str) -> None:
        if tag == "definedName" and text:
            own = defined.get("localSheetId")
            names.append((None if own is None else int(own), defined.get("name", ""), text))

    stream(part, name, opened, closed)
    return Outline(tuple(sheets), tuple(names))


def read_links(part: IO[bytes], name: str) -> list[tuple[str, str, str]]:
    """(identifier, kind, target) of what a part names within the archive."""
    found: list[tuple[str, str, str]] = []

    def opened(tag: str, attributes: dict[str, str]) -> None:
        if tag == "Relationship" and attributes.get("TargetMode") != "External":
            found.append((attributes.get("Id", ""), attributes.get("Type", ""), attributes.get("Target", "")))

    stream(part, name, opened, lambda tag, text: None)
    return found


class _Texts:
    """Runs of text put together: `item` is the element of a whole text, `line` that of a paragraph, if any."""

    def __init__(self, item: str, line: str = "") -> None:
        self.found: list[tuple[dict[str, str], str]] = []
        self._item, self._line = item, line
        self._pieces: list[str] = []
        self._attributes: dict[str, str] = {}
        self._raised = self._spoken = self._inside = False

    def opened(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == self._item:
            self._pieces, self._attributes, self._inside = [], attributes, True
        elif tag == "r":
            self._raised = False
        elif tag == "vertAlign":
            self._raised = attributes.get("val") == "superscript"
        elif tag == "rPr" and int(attributes.get("baseline") or 0) > 0:
            self._raised = True
        elif tag == "rPh":
            self._spoken = True  # how the text is pronounced, not the text

    def closed(self, tag: str, text: str) -> None:
        if tag == "t" and self._inside and not self._spoken:
            self._pieces.append(text.translate(_RAISED) if self._raised else text)
        elif tag == "rPh":
            self._spoken = False
        elif tag == "r":
            self._raised = False
        elif tag == self._line:
            self._pieces.append("\n")
        elif tag == self._item and self._inside:
            self.found.append((self._attributes, "".join(self._pieces)))
            self._inside = False


def read_strings(part: IO[bytes], name: str) -> tuple[str, ...]:
    """The shared texts in their order; a raised 2 is written ²."""
    texts = _Texts("si")
    stream(part, name, texts.opened, texts.closed)
    return tuple(text for _, text in texts.found)


def read_comments(part: IO[bytes], name: str) -> list[tuple[str, str]]:
    """(cell, text) of every comment."""
    texts = _Texts("comment")
    stream(part, name, texts.opened, texts.closed)
    return [(attributes.get("ref", ""), text) for attributes, text in texts.found if text]


def read_text_boxes(part: IO[bytes], name: str) -> list[str]:
    """The text boxes of a drawing, their paragraphs as lines; none where the drawing is damaged."""
    texts = _Texts("txBody", "p")
    try:
        stream(part, name, texts.opened, texts.closed)
    except DeriveError:
        return []  # a drawing that cannot be read takes no part in the cells
    return [text.strip() for _, text in texts.found if text.strip()]


def read_table(part: IO[bytes], name: str, sheet: str) -> Iterator[tuple[str, Structured]]:
    """The Excel table of a part."""
    given: dict[str, str] = {}
    columns: list[str] = []

    def opened(tag: str, attributes: dict[str, str]) -> None:
        if tag == "table":
            given.update(attributes)
        elif tag == "tableColumn":
            columns.append(attributes.get("name", ""))

    stream(part, name, opened, lambda tag, text: None)
    if not given.get("ref"):
        return
    (top, left), (bottom, _) = next(areas_of(given["ref"]))
    headers, totals = int(given.get("headerRowCount", 1)), int(given.get("totalsRowCount", 0))
    yield given.get("displayName", given.get("name", "")), Structured(
        sheet, tuple(columns), left, top if headers else 0, top + headers, bottom - totals, bottom if totals else 0)
