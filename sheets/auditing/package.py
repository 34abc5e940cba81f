"""Opens a workbook that anybody may have sent: what cannot be read is refused in one line, within bounded memory.

A workbook is a zip archive of XML parts that name each other. Only the parts that the audit needs are read: the list of
sheets and names, the texts, the cells, Excel's tables, comments and text boxes; whatever else is in it may be damaged.
"""

import posixpath
import re
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

from msgspec import Struct

from derive.documents.files import decoded
from derive.errors import DeriveError
from sheets.auditing.book import Book, Content, Contents, Note, Place, Sheet
from sheets.auditing.elsewhere import with_numbers
from sheets.auditing.parts import read_comments, read_links, read_outline, read_strings, read_table, read_text_boxes
from sheets.auditing.structured import Structured, by_name, plain
from sheets.auditing.worksheet import Cells, read_cells
from sheets.references import Pattern, place_of

_MOST_FILE = 100_000_000
_MOST_PART = 50_000_000
_MOST_TOTAL = 200_000_000
_MOST_PARTS = 5_000
_MOST_RATIO = 500
_HEAD = 65_536
_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_WORKBOOK = "xl/workbook.xml"
_SPILLED = re.compile(r"_xlfn\.ANCHORARRAY\(((?:(?:'(?:[^']|'')+'|[\w.]+)!)?\$?[A-Z]{1,3}\$?\d+)\)", re.IGNORECASE)

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
            return _read(str(path), archive)
    except DeriveError as error:
        raise DeriveError(name, error.found, error.right) from None
    except zipfile.BadZipFile as error:
        told = "is damaged, or no workbook at all" if "not a zip" in str(error) else "is damaged: a part is missing"
        raise DeriveError(name, told, "save it anew as .xlsx") from None
    except OSError as error:
        raise DeriveError(name, f"cannot be read: {error.strerror or error}") from None
    except MemoryError:
        raise DeriveError(name, "cannot be opened: it does not fit in memory") from None
    except Exception as error:  # a damaged part may trip anything
        raise DeriveError(name, f"is damaged: {type(error).__name__}: {_first_line(error)}") from None


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [""])[0][:200]


def _check_file(path: Path) -> None:
    """Refuse by name, size and first bytes."""
    if path.name.startswith("~$"):
        raise DeriveError("", "is the lock file of an open workbook, not a workbook")
    told = NOT_READ.get(path.suffix.lower())
    if told is not None:
        _check_text(path)
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


def _check_text(path: Path) -> None:
    """Refuse what is called a table of values and is no text."""
    if path.suffix.lower() == ".csv" and path.is_file():
        try:
            decoded(path.read_bytes()[:_HEAD], "")
        except DeriveError as error:
            raise DeriveError("", error.found, "audit the .xlsx it came from") from None


def _check_parts(archive: zipfile.ZipFile) -> None:
    """Refuse a bomb, a part that is too long, and what is no workbook."""
    parts = archive.infolist()
    if len(parts) > _MOST_PARTS:
        raise DeriveError("", f"has {len(parts):,} parts", f"at most {_MOST_PARTS:,} are read")
    if not any(part.filename.endswith("workbook.xml") for part in parts):
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


class _Part(Struct, frozen=True):
    """A part of the archive, and the parts that it names, by the last word of their kind."""

    archive: zipfile.ZipFile
    name: str

    def links(self) -> Iterator[tuple[str, str, str]]:
        """(identifier, kind, name of the part) of every part that this one names and that is there."""
        folder, _, own = self.name.rpartition("/")
        listed = f"{folder}/_rels/{own}.rels".lstrip("/")
        if listed not in self.archive.NameToInfo:
            return
        with self.archive.open(listed) as file:
            for identifier, kind, target in read_links(file, listed):
                name = posixpath.normpath(target.lstrip("/") if target.startswith("/") else f"{folder}/{target}")
                if name in self.archive.NameToInfo:
                    yield identifier, kind.rpartition("/")[2], name

    def of_kind(self, kind: str) -> Iterator[str]:
        """The names of the parts of a kind that this one names."""
        return (name for _, own, name in self.links() if own == kind)


def _read(path: str, archive: zipfile.ZipFile) -> Book:
    """Everything that the audit needs of an archive."""
    main = next(_Part(archive, "").of_kind("officeDocument"), _WORKBOOK)
    with archive.open(main) as file:
        outline = read_outline(file, main)
    strings: tuple[str, ...] = ()
    for name in _Part(archive, main).of_kind("sharedStrings"):
        with archive.open(name) as file:
            strings = read_strings(file, name)
    targets = {identifier: name for identifier, kind, name in _Part(archive, main).links() if kind == "worksheet"}
    found: dict[str, Cells] = {}
    tables: list[tuple[str, Structured]] = []
    notes, boxes = list[Note](), list[Note]()
    for listed in outline.sheets:
        part = targets.get(listed.link)
        if part is None:
            continue  # a chart sheet, or one that is missing
        with archive.open(part) as file:
            found[listed.name] = read_cells(file, part, strings)
        for _, kind, name in _Part(archive, part).links():
            if kind not in ("table", "comments", "drawing"):
                continue
            with archive.open(name) as file:
                if kind == "table":
                    tables += read_table(file, name, listed.name)
                elif kind == "comments":
                    notes += (Note(f"{listed.name}!{cell}", text) for cell, text in read_comments(file, name))
                else:
                    boxes += (Note(name.rpartition("/")[2], text) for text in read_text_boxes(file, name))
    spelled = by_name(tables)
    sheets = [
        Sheet(listed.name, _spelled(listed.name, found, spelled), MappingProxyType(found[listed.name].stored),
              listed.hidden, MappingProxyType(outline.names_of(place)))
        for place, listed in enumerate(outline.sheets) if listed.name in found
    ]
    return Book(path, with_numbers(sheets), MappingProxyType(outline.names_of(None)),
                (*sorted(boxes, key=lambda note: note.where), *notes))


def _spelled(name: str, found: Mapping[str, Cells], tables: Mapping[str, Structured]) -> Contents:
    """The cells of a sheet, what their formulas say in other ways written as the cells that it means."""
    cells = found[name].written
    changed: dict[Place, Content | Pattern] = {}
    for place, content in cells.items():
        if isinstance(content, Pattern):
            text = "".join(content.literals)
            if not _is_plain(text, tables):
                changed[place] = plain(_unspilled(content.at(*place), name, found), tables, name, *place)
        elif isinstance(content, str) and content.startswith("=") and not _is_plain(content, tables):
            changed[place] = plain(_unspilled(content, name, found), tables, name, *place)
    return Contents({**cells, **changed} if changed else cells)


def _is_plain(text: str, tables: Mapping[str, Structured]) -> bool:
    upper = text.upper()
    return not ("OFFSET(" in upper or "ANCHORARRAY(" in upper or "DUMMYFUNCTION(" in upper or ("[" in text and tables))


def _unspilled(text: str, home: str, found: Mapping[str, Cells]) -> str:
    """A formula with the range of a spilled array in place of the mark at its first cell, `B2#`."""
    def span(match: re.Match[str]) -> str:
        prefix, _, address = match[1].rpartition("!")
        sheet = prefix.strip("'").replace("''", "'") or home
        own = found.get(sheet)
        place = place_of(address.upper())
        ref = None if own is None else own.arrays.get(place)
        return f"{prefix}!{ref or address}" if prefix else ref or address

    return _SPILLED.sub(span, text)
