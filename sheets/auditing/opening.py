"""Opens a workbook that anybody may have sent: what cannot be read is refused in one line, within bounded memory."""

import re
import warnings
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any
from xml.etree import ElementTree

import openpyxl
from openpyxl.worksheet.formula import ArrayFormula, DataTableFormula

from derive.errors import DeriveError
from sheets.auditing.book import Book, Content, Note, Place, Sheet
from sheets.auditing.elsewhere import with_numbers
from sheets.auditing.structured import Structured, by_name, plain
from sheets.references import column_number

_MOST_FILE = 100_000_000
_MOST_PART = 50_000_000
_MOST_TOTAL = 200_000_000
_MOST_PARTS = 5_000
_MOST_RATIO = 500
_HEAD = 65_536
_MOST_MERGED = 200_000
_MERGED = re.compile(rb'<mergeCell\s[^>]*ref="([A-Za-z]{1,3})(\d{1,7}):([A-Za-z]{1,3})(\d{1,7})"')
_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_ENTITY_MARKS = ("<!DOCTYPE", "<!ENTITY")

NOT_READ = MappingProxyType({
    ".xls": "the format of Excel before 2007: save it as .xlsx",
    ".csv": "a table of values without formulas: audit the .xlsx it came from",
    ".ods": "an OpenDocument sheet: save it as .xlsx",
    ".xlsb": "the binary format: save it as .xlsx",
})  # fmt: skip


def open_book(path: Path) -> Book:
    """The workbook at a path; macros and links are neither run nor followed.

    DeriveError, one line, where it is no readable workbook or larger than is read.
    """
    name = path.name
    try:
        _check_file(path)
        with zipfile.ZipFile(path) as archive:
            _check_parts(archive)
            notes = tuple(_text_boxes(archive))
        with warnings.catch_warnings(), path.open("rb") as file:
            warnings.simplefilter("ignore")
            formulas = openpyxl.load_workbook(file, keep_links=False)
            values = openpyxl.load_workbook(file, data_only=True, keep_links=False)
        sheets, comments = list[Sheet](), list[Note]()
        tables = by_name(table for sheet in formulas.worksheets for table in _tables(sheet))
        for sheet in formulas.worksheets:
            sheets.append(_sheet(sheet, values[sheet.title], tables))
            comments += _comments(sheet)
        return Book(str(path), with_numbers(sheets), _names(formulas), (*notes, *comments))
    except DeriveError as error:
        raise DeriveError(name, error.found, error.right) from None
    except zipfile.BadZipFile:
        raise DeriveError(name, "is not a workbook: no zip archive") from None
    except OSError as error:
        raise DeriveError(name, f"cannot be read: {error.strerror or error}") from None
    except RecursionError:
        raise DeriveError(name, "cannot be opened: its XML is nested too deeply") from None
    except MemoryError:
        raise DeriveError(name, "cannot be opened: it does not fit in memory") from None
    except Exception as error:  # openpyxl raises whatever a damaged part happens to trip
        raise DeriveError(name, f"openpyxl cannot open it: {type(error).__name__}: {_first_line(error)}") from None


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [""])[0][:200]


def _check_file(path: Path) -> None:
    """Refuse by name, size and first bytes."""
    if path.name.startswith("~$"):
        raise DeriveError("", "is the lock file of an open workbook, not a workbook")
    told = NOT_READ.get(path.suffix.lower())
    if told is not None:
        raise DeriveError("", f"is {told}")
    if not path.is_file():
        raise DeriveError("", "is no file")
    size = path.stat().st_size
    if size > _MOST_FILE:
        raise DeriveError("", f"is {size / 1e6:,.0f} MB", f"at most {_MOST_FILE / 1e6:,.0f} MB are read")
    with path.open("rb") as file:
        head = file.read(_HEAD)
    if not head:
        raise DeriveError("", "is empty")
    if head.startswith(_OLE):
        if "EncryptedPackage".encode("utf-16-le") in head:
            raise DeriveError("", "is encrypted with a password: save it without one")
        raise DeriveError("", f"is {NOT_READ['.xls']}")


def _check_parts(archive: zipfile.ZipFile) -> None:
    """Refuse a bomb, a part that is too long, and XML that declares entities."""
    parts = archive.infolist()
    if len(parts) > _MOST_PARTS:
        raise DeriveError("", f"has {len(parts):,} parts", f"at most {_MOST_PARTS:,} are read")
    if not any(part.filename == "xl/workbook.xml" or part.filename.endswith("/workbook.xml") for part in parts):
        raise DeriveError("", "is a zip archive, but no workbook stands in it")
    for part in parts:
        if part.flag_bits & 1:
            raise DeriveError("", "is encrypted with a password: save it without one")
        if part.file_size > _MOST_PART and part.filename.endswith((".xml", ".rels")):
            raise DeriveError("", f"{part.filename} is {part.file_size / 1e6:,.0f} MB unpacked",
                              f"at most {_MOST_PART / 1e6:,.0f} MB are read")
        if part.file_size > 1_000_000 and part.file_size > _MOST_RATIO * max(part.compress_size, 1):
            raise DeriveError("", f"{part.filename} unpacks to {part.file_size // max(part.compress_size, 1):,} times "
                                  "its size: a zip bomb, not read")
    total = sum(part.file_size for part in parts)
    if total > _MOST_TOTAL:
        raise DeriveError("", f"is {total / 1e6:,.0f} MB unpacked", f"at most {_MOST_TOTAL / 1e6:,.0f} MB are read")
    for part in parts:
        if part.filename.startswith("xl/worksheets/") and part.filename.endswith(".xml"):
            _check_merged(part.filename, archive.read(part))
        if part.filename.endswith((".xml", ".rels", ".vml")):
            with archive.open(part) as file:
                head = file.read(_HEAD)
            text = head.decode("utf-16" if head[:2] in (b"\xff\xfe", b"\xfe\xff") else "latin-1", "ignore")
            if any(mark in text for mark in _ENTITY_MARKS):
                raise DeriveError("", f"{part.filename} declares XML entities, which no workbook needs: not read")


def _check_merged(name: str, sheet: bytes) -> None:
    """Refuse merged cells without number: openpyxl makes each of them."""
    merged = 0
    for first, first_row, last, last_row in _MERGED.findall(sheet):
        columns = column_number(last.decode()) - column_number(first.decode()) + 1
        merged += columns * (int(last_row) - int(first_row) + 1)
    if merged > _MOST_MERGED:
        raise DeriveError("", f"{name} merges {merged:,} cells", f"at most {_MOST_MERGED:,} are read")


def _tables(sheet: Any) -> Iterator[tuple[str, Structured]]:
    """The Excel tables of a sheet."""
    for table in sheet.tables.values():
        (top, left), (bottom, _) = map(_place, str(table.ref).split(":"))
        headers = 1 if table.headerRowCount is None else int(table.headerRowCount)
        totals = int(table.totalsRowCount or 0)
        names = tuple(str(column.name) for column in table.tableColumns)
        yield str(table.displayName), Structured(
            sheet.title, names, left, top if headers else 0, top + headers, bottom - totals, bottom if totals else 0)


def _sheet(formulas: Any, values: Any, tables: Mapping[str, Structured]) -> Sheet:
    """One sheet of both readings; `_cells` because the used range of a sheet may be a million empty rows."""
    written: dict[Place, Content] = {}
    stored: dict[Place, Content] = {}
    saved = values._cells
    for place, cell in formulas._cells.items():
        content = cell.value
        if content is None:
            continue
        if isinstance(content, str) and cell.data_type != "f" and content.startswith("="):
            written[place] = f"'{content}"  # a text that looks like a formula, as the formula bar shows it
        elif isinstance(content, (str, int, float)):
            written[place] = content
            if cell.data_type == "f":
                written[place] = plain(str(content), tables, formulas.title, *place)
                value = saved[place].value if place in saved else None
                if isinstance(value, (str, int, float)):
                    stored[place] = value
        elif isinstance(content, ArrayFormula):
            for part, text in _array(content):
                written[part] = text
                if part in saved and isinstance(saved[part].value, (str, int, float)):
                    stored[part] = saved[part].value
        elif isinstance(content, DataTableFormula):
            written[place] = "=TABLE()"
        else:
            written[place] = str(content)  # a date
    return Sheet(formulas.title, MappingProxyType(written), MappingProxyType(stored),
                 formulas.sheet_state != "visible", _names(formulas))


def _array(formula: ArrayFormula) -> Iterator[tuple[Place, str]]:
    """Each cell of an array formula with the entry that it shows, `=INDEX(…,row,column)`."""
    text = str(formula.text or "").removeprefix("=")
    first, _, last = str(formula.ref).partition(":")
    (top, left), (bottom, right) = _place(first), _place(last or first)
    if (top, left) == (bottom, right):
        yield (top, left), f"={text}"
        return
    if (bottom - top + 1) * (right - left + 1) > 10_000:
        raise DeriveError("", f"the array formula in {formula.ref} has more than 10,000 cells")
    for row in range(top, bottom + 1):
        for column in range(left, right + 1):
            yield (row, column), f"=INDEX({text},{row - top + 1},{column - left + 1})"


def _place(address: str) -> Place:
    bare = address.replace("$", "")
    column = bare.rstrip("0123456789")
    return int(bare[len(column) :]), column_number(column)


def _names(book: Any) -> MappingProxyType[str, str]:
    """The names defined for a whole workbook, or for a sheet alone; none of them is followed here."""
    return MappingProxyType({
        name.lower(): str(defined.attr_text) for name, defined in book.defined_names.items() if defined.attr_text
    })  # fmt: skip


def _comments(sheet: Any) -> Iterator[Note]:
    for cell in sheet._cells.values():
        if getattr(cell, "_comment", None) is not None and cell.comment.text:
            yield Note(f"{sheet.title}!{cell.coordinate}", cell.comment.text)


_DRAWN = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing}"


def _text_boxes(archive: zipfile.ZipFile) -> Iterator[Note]:
    """The text boxes of every drawing, one Note a box, its paragraphs as lines; a raised 2 is written ²."""
    for part in sorted(name for name in archive.namelist() if name.startswith("xl/drawings/drawing")):
        try:
            root = ElementTree.fromstring(archive.read(part))
        except ElementTree.ParseError:
            continue  # a drawing that cannot be read takes no part in the cells
        for body in root.iter(f"{_DRAWING}txBody"):
            lines = ["".join(_runs(paragraph)) for paragraph in body.iter(f"{_DRAWN}p")]
            text = "\n".join(lines).strip()
            if text:
                yield Note(part.rpartition("/")[2], text)


_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def _runs(paragraph: ElementTree.Element) -> Iterator[str]:
    for run in paragraph.iter(f"{_DRAWN}r"):
        text = run.findtext(f"{_DRAWN}t") or ""
        properties = run.find(f"{_DRAWN}rPr")
        raised = properties is not None and int(properties.get("baseline", "0") or 0) > 0
        yield text.translate(_RAISED) if raised else text
