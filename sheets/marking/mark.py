"""A marked copy, top to bottom: the parts of the student's file, the few that are edited, the few that are added."""

import io
import re
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from xml.sax.saxutils import quoteattr

from derive.archives import ArchiveError, opened
from derive.errors import DeriveError
from sheets.marking.book import Book, book_of, free, related, relations_of, with_relations
from sheets.marking.cells import styles_at, with_cell_styles
from sheets.marking.comment import comments_part, drawing_part, with_comments, with_shapes
from sheets.marking.front import TITLE, front_part
from sheets.marking.note import Note
from sheets.marking.spans import Edit, Span, all_of, edited, in_utf8, inserted, one, spans, with_attributes
from sheets.marking.style import Styles, with_styles
from sheets.references import Place

_TYPES = "application/vnd.openxmlformats-officedocument"
_SHEET_TYPE = f"{_TYPES}.spreadsheetml.worksheet+xml"
_COMMENTS_TYPE = f"{_TYPES}.spreadsheetml.comments+xml"
_VML_TYPE = f"{_TYPES}.vmlDrawing"
_AFTER_LEGACY = frozenset({"legacyDrawingHF", "drawingHF", "picture", "oleObjects", "controls", "webPublishItems",
                           "tableParts", "extLst"})
"""What comes behind legacyDrawing in a sheet (ECMA-376, part 1, 18.3.1.99)."""


def mark_file(source: Path, target: Path, notes: Sequence[Note], head: Sequence[str]) -> None:
    """Write a marked copy of a workbook; never over the workbook itself, and complete or not at all.

    DeriveError where the workbook cannot be marked, or the target is the source.
    """
    if target.exists() and target.samefile(source):
        raise DeriveError(str(target), "is the hand-in itself", "another folder for the marked copies")
    marked = marked_bytes(source.read_bytes(), notes, head)
    beside = target.with_name(f".{target.name}.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        beside.write_bytes(marked)
        beside.replace(target)
    except OSError as error:
        raise DeriveError(str(target), f"cannot be written: {(error.strerror or str(error)).lower()}") from None
    finally:
        beside.unlink(missing_ok=True)


def marked_bytes(workbook: bytes, notes: Sequence[Note], head: Sequence[str]) -> bytes:
    """A marked copy: cells coloured, comments on the first cell of each note, a first sheet with all of it.

    Every part that is not edited keeps its bytes. DeriveError where the file is no workbook.
    """
    try:
        with opened(io.BytesIO(workbook)) as archive:
            parts = {part.filename: archive.read(part) for part in archive.infolist() if not part.is_dir()}
            order = archive.infolist()
    except ArchiveError as error:
        raise DeriveError("", f"cannot be marked: {error.found}") from None
    changed = _changed(parts, notes, head)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for part in order:
            content = b"" if part.is_dir() else parts[part.filename]
            archive.writestr(part, changed.pop(part.filename, content), part.compress_type)
        for name, content in changed.items():
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def _changed(parts: Mapping[str, bytes], notes: Sequence[Note], head: Sequence[str]) -> dict[str, bytes]:
    """The parts that differ and those that are new."""
    book = book_of(parts)
    types = in_utf8(parts["[Content_Types].xml"])
    added: list[tuple[str, str]] = []
    changed: dict[str, bytes] = {}
    by_sheet: dict[str, list[Note]] = {}
    for note in notes:
        if note.cells and note.sheet in book.sheets:
            by_sheet.setdefault(book.sheets[note.sheet], []).append(note)
    wanted = {part: {place: note.colour for note in reversed(on_it) for place in note.places()}
              for part, on_it in by_sheet.items()}
    bodies = {part: in_utf8(parts[part]) for part in wanted}
    here = {part: styles_at(bodies[part], places) for part, places in wanted.items()}
    used = {(style, wanted[part][place]) for part, styles in here.items() for place, style in styles.items()}
    styles_part, twins, front_styles = with_styles(in_utf8(parts[book.styles]), used)
    changed[book.styles] = styles_part
    for part, on_it in by_sheet.items():
        body = with_cell_styles(bodies[part], _twins(here[part], wanted[part], twins))
        body, more, kinds = _commented({**parts, **changed}, part, body, _texts(on_it), book)
        changed |= {part: body, **more}
        added += kinds
    name = free(parts, "xl/worksheets/sheet{}.xml")
    changed[name] = front_part(head, notes, front_styles, book.namespace)
    added.append((name, _SHEET_TYPE))
    changed |= _first_sheet({**parts, **changed}, book, name)
    changed["[Content_Types].xml"] = _with_types(types, added)
    return changed


def _twins(here: Mapping[Place, int], colours: Mapping[Place, str], twins: Styles) -> dict[Place, int]:
    return {place: twins[style, colours[place]] for place, style in here.items()}  # type: ignore[index]


def _texts(notes: Iterable[Note]) -> dict[Place, str]:
    """The comment of each note's first cell; several on one cell below each other."""
    found: dict[Place, str] = {}
    for note in notes:
        first = next(note.places(), None)
        if first is not None:
            found[first] = f"{found[first]}\n\n{note.text}" if first in found else note.text
    return found


def _commented(
    parts: Mapping[str, bytes], part: str, body: bytes, texts: Mapping[Place, str], book: Book
) -> tuple[bytes, dict[str, bytes], list[tuple[str, str]]]:
    """A sheet with comments: its body, other parts that changed or are new, and what kinds the new ones are."""
    changed: dict[str, bytes] = {}
    kinds: list[tuple[str, str]] = []
    new: list[tuple[str, str]] = []
    known = related(parts, part, "comments")
    shapes: Mapping[Place, str] = texts
    if known:
        changed[known[0][1]], fresh = with_comments(in_utf8(parts[known[0][1]]), texts)
        shapes = {place: text for place, text in texts.items() if place in fresh}
    else:
        comments = free(parts, "xl/comments{}.xml")
        changed[comments] = comments_part(texts, book.namespace)
        kinds.append((comments, _COMMENTS_TYPE))
        new.append((f"{book.relations}/comments", comments))
    legacy = one(spans(body, "legacyDrawing".__eq__), "legacyDrawing")
    number = None if legacy is None else next(
        (value for name, value in legacy.attributes.items() if name.rpartition(":")[2] == "id"), None)
    drawing = relations_of(parts, part).get(number or "", ("", ""))[1]
    if drawing in parts:
        changed[drawing] = with_shapes(parts[drawing], shapes)
    else:
        drawing = free(parts, "xl/drawings/vmlDrawing{}.vml")
        changed[drawing] = drawing_part(shapes, int(re.sub(r"\D", "", drawing.rpartition("/")[2]) or "1"))
        kinds.append((drawing, _VML_TYPE))
        new.append((f"{book.relations}/vmlDrawing", drawing))
    if new:
        rels, content, ids = with_relations(parts, part, new)
        changed[rels] = content
        if new[-1][0].endswith("/vmlDrawing"):
            body = _with_legacy(body, ids[-1], book)
    return body, changed, kinds


def _with_legacy(body: bytes, number: str, book: Book) -> bytes:
    found = spans(body, lambda name: name == "worksheet" or name in _AFTER_LEGACY)
    root = one(found, "worksheet")
    if root is None:
        raise DeriveError("", "cannot be marked: a sheet is no worksheet")
    element = f'<{root.prefix}legacyDrawing xmlns:r="{book.relations}" r:id="{number}"/>'.encode()
    behind = next((span for span in found if span.name in _AFTER_LEGACY and span.depth == 1), None)
    return edited(body, [inserted(body, root, element) if behind is None else (behind.start, behind.start, element)])


def _first_sheet(parts: Mapping[str, bytes], book: Book, part: str) -> dict[str, bytes]:
    """The workbook with one more sheet, the first and the one that is shown."""
    rels, content, (number,) = with_relations(parts, book.part, [(f"{book.relations}/worksheet", part)])
    text = in_utf8(parts[book.part])
    found = spans(text, frozenset({"sheets", "sheet", "definedName", "workbookView"}).__contains__)
    sheets = one(found, "sheets")
    if sheets is None:
        raise DeriveError("", "cannot be marked: it has no sheets")
    names = {span.attributes.get("name", "").lower() for span in all_of(found, "sheet")}
    title = next(name for name in (TITLE, *(f"{TITLE} {n}" for n in range(2, 10_000))) if name.lower() not in names)
    highest = max((int(span.attributes.get("sheetId", "0")) for span in all_of(found, "sheet")), default=0)
    element = (f'<{sheets.prefix}sheet xmlns:r="{book.relations}" name={quoteattr(title)} sheetId="{highest + 1}" '
               f'r:id="{number}"/>').encode()
    edits: list[Edit] = [inserted(text, sheets, element, first=True)]
    for name in all_of(found, "definedName"):
        if "localSheetId" in name.attributes:
            moved = {"localSheetId": str(int(name.attributes["localSheetId"]) + 1)}
            edits.append((name.start, name.opened, with_attributes(text, name, moved)))
    for view in all_of(found, "workbookView"):
        values: dict[str, str] = {name: "0" for name in ("activeTab", "firstSheet") if name in view.attributes}
        edits.append((view.start, view.opened, with_attributes(text, view, values)))
    changed = {rels: content, book.part: edited(text, edits)}
    for other in book.sheets.values():
        body = in_utf8(parts[other])
        views = [span for span in _views(body) if span.attributes.get("tabSelected") in ("1", "true")]
        if views:
            changed[other] = edited(body, [(view.start, view.opened, with_attributes(body, view, {"tabSelected": "0"}))
                                           for view in views])
    return changed


def _views(body: bytes) -> list[Span]:
    return spans(body, "sheetView".__eq__) if b"tabSelected" in body else []


def _with_types(types: bytes, added: Sequence[tuple[str, str]]) -> bytes:
    found = spans(types, frozenset({"Types", "Default"}).__contains__)
    root = one(found, "Types")
    assert root is not None
    p = root.prefix
    known = {span.attributes.get("Extension", "").lower() for span in all_of(found, "Default")}
    edits: list[Edit] = []
    if any(kind == _VML_TYPE for _, kind in added) and "vml" not in known:
        edits.append(inserted(types, root, f'<{p}Default Extension="vml" ContentType="{_VML_TYPE}"/>'.encode(),
                              first=True))
    text = "".join(f'<{p}Override PartName="/{name}" ContentType="{kind}"/>' for name, kind in added
                   if kind != _VML_TYPE)
    edits.append(inserted(types, root, text.encode()))
    return edited(types, edits)
