"""How cells of the first sheet look, and how its pages are printed: one row for each name of a look."""

from collections.abc import Iterable, Sequence
from math import ceil
from types import MappingProxyType
from typing import Any, NamedTuple

from openpyxl import Workbook
from openpyxl.formatting.rule import Rule
from openpyxl.styles import Alignment, Border, Font, NamedStyle, PatternFill, Side
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.styles.numbers import NumberFormat
from openpyxl.worksheet.page import PageMargins
from openpyxl.worksheet.pagebreak import Break
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from sheets.building.digits import POWERS, Digits
from sheets.building.layout import Role
from sheets.building.paper import ROW_HEIGHT, Cell, Live
from sheets.cells import letters

_FACE = "Calibri"
STYLE = "derive {}"
"""A look's name among the cell styles of a workbook."""


def _font(**style: Any) -> Font:
    return Font(name=_FACE, **{"size": 11, **style})


class Look(NamedTuple):
    """What openpyxl calls the parts of a style."""

    font: Font = _font()
    fill: PatternFill = PatternFill()
    alignment: Alignment = Alignment(vertical="top")
    number_format: str = "General"
    border: Border = Border()


_TOP_WRAPPED = Alignment(vertical="top", wrap_text=True)
_MIDDLE = Alignment(vertical="top", horizontal="center")
_CENTERED = Alignment(horizontal="center", vertical="top")
_RULE = Border(bottom=Side(style="thin", color="FF8EA3BC"))


def _verdict(color: str, fill: str) -> Look:
    return Look(_font(bold=True, color=color), PatternFill("solid", fgColor=fill), _MIDDLE)


ROLE_FILLS = MappingProxyType({
    Role.UPDATE: "FFEDEDED", Role.GIVEN: "FFEDEDED", Role.WEIGHT: "FFFFF2CC", Role.FORWARD: "FFDCE9F7",
    Role.ERROR: "FFFCE4D6", Role.BACKWARD: "FFF6D5DE", Role.GRADIENT: "FFF9DDE4",
})  # fmt: skip
"""The color of each role: forward is blue, backward is red, wherever either is drawn."""
FORWARD_INK, BACKWARD_INK = "FF1F4E9E", "FFA8174B"


def _over_columns(role: Role) -> tuple[tuple[str, Look], ...]:
    """The three looks over the columns of a role: the group, how a column is computed, its header."""
    fill = PatternFill("solid", fgColor=ROLE_FILLS[role])
    told = Alignment(horizontal="center", vertical="bottom", wrap_text=True)
    return (
        (f"group {role}", Look(_font(bold=True, size=10, color="FF404040"), fill, _CENTERED)),
        (f"told {role}", Look(_font(size=8, color="FF595959"), fill, told)),
        (f"heading {role}", Look(_font(bold=True), fill, _CENTERED, border=_RULE)),
    )


_DOTS_A_SIGN, _DOTS_BESIDE, _DOTS_AN_INCH = 7, 5, 96  # of a column's width, in Calibri at 11 points
_POINTS, _LEAST_POINTS = 11, 7
_PAGE_INCHES = 9.9  # what the margins leave of the shorter of the two papers, Letter, in landscape, and some room
_PAGE_POINTS = 72 * 9.9  # of it upright
_TYPED = Border(*(Side(style="thin", color="FFC9A227") for _ in range(4)))
_GREY = _verdict("FF595959", "FFEDEDED")
_INPUT = (_font(color="FF1F4E9E"), PatternFill("solid", fgColor="FFFFF9E1"), _CENTERED)
LOOKS = MappingProxyType({
    "text": Look(),
    "title": Look(_font(bold=True, size=18, color="FF1F3A5F")),
    "quiet": Look(_font(italic=True, color="FF6B6B6B")),
    "quiet before": Look(_font(italic=True, color="FF6B6B6B"), alignment=Alignment(horizontal="right", vertical="top")),
    "strong": Look(_font(bold=True)),
    "heading": Look(_font(bold=True, size=13, color="FF1F3A5F"), PatternFill("solid", fgColor="FFDDE6F0"),
                    Alignment(vertical="center")),
    "column heading": Look(_font(bold=True), border=_RULE),
    "indented heading": Look(_font(bold=True), alignment=Alignment(horizontal="left", vertical="top", indent=1),
                             border=_RULE),
    "number heading": Look(_font(bold=True), alignment=Alignment(horizontal="right", vertical="top"), border=_RULE),
    "number": Look(number_format="0.000000", alignment=Alignment(horizontal="right", vertical="top")),
    "rate": Look(number_format="General", alignment=Alignment(horizontal="right", vertical="top")),
    "count": Look(number_format="#,##0", alignment=Alignment(horizontal="right", vertical="top")),
    "wrapped": Look(alignment=_TOP_WRAPPED),
    "wrapped indented": Look(alignment=Alignment(vertical="top", horizontal="left", wrap_text=True, indent=1)),
    "indented": Look(alignment=Alignment(vertical="top", horizontal="left", indent=2)),
    "indented long": Look(alignment=Alignment(vertical="top", horizontal="left", indent=2, wrap_text=True)),
    "indented quiet": Look(_font(italic=True, color="FF6B6B6B"),
                           alignment=Alignment(vertical="top", horizontal="left", indent=2)),
    "table heading": Look(_font(bold=True), PatternFill("solid", fgColor="FFDDE6F0"), _CENTERED, border=_RULE),
    **{name: look for role in Role for name, look in _over_columns(role)},
    "input": Look(*_INPUT, border=_TYPED),
    "long input": Look(*_INPUT, "0.000000", _TYPED),
    "input heading": Look(_font(bold=True), alignment=_CENTERED),
    "given": Look(alignment=Alignment()),
    "start": Look(_font(color="FF1F4E9E"), alignment=Alignment()),
    "start value": Look(_font(color="FF1F4E9E"), alignment=Alignment(), number_format="0.00000000"),
    "value": Look(number_format="0.00000000"),
    "proved": _verdict("FF1E6B34", "FFDFF2E3"),
    "definition": _verdict("FF1E6B34", "FFEFF7F0"),
    "refuted": _verdict("FF9C1C1C", "FFFBDFDF"),
    "undecided": _GREY,
    "not-understood": _GREY,
})  # fmt: skip


def add_looks(workbook: Workbook) -> None:
    """Make every look a named style of the workbook, so that a teacher can restyle it in one place."""
    for name, look in LOOKS.items():
        workbook.add_named_style(NamedStyle(
            STYLE.format(name), look.font, look.fill, look.border, look.alignment, look.number_format
        ))


def powers_where(sheet: Worksheet, area: str, how: Digits) -> None:
    """A rule for an area of numbers that are shown alike: what their digits cannot show is shown in powers of ten."""
    condition = how.outside(area.split(" ")[0].partition(":")[0])
    if condition:
        look = DifferentialStyle(numFmt=NumberFormat(numFmtId=170, formatCode=POWERS))
        sheet.conditional_formatting.add(area, Rule("expression", dxf=look, formula=[condition]))


def put_cells(sheet: Worksheet, cells: Iterable[Cell]) -> None:
    """Write cells; a text that begins with a sign stays a text, whatever it is."""
    for cell in cells:
        written = sheet[cell.address]
        written.value = cell.content.formula if isinstance(cell.content, Live) else cell.content
        if cell.look != "text":
            written.style = STYLE.format(cell.look)
        if isinstance(cell.content, str):
            written.data_type = "s"
            written.quotePrefix = cell.content.startswith(("=", "+", "-", "@"))
        if cell.span > 1:  # the cells that are covered have no borders to keep, so the range alone is noted
            sheet.merged_cells.add(f"{cell.address}:{letters(written.column + cell.span - 1)}{written.row}")


def pages_across(sheet: Worksheet) -> int:
    """On how many pages side by side a sheet is printed so that its letters are no smaller than 7 points."""
    return across_pages([sheet.column_dimensions[letters(place)].width for place in range(1, sheet.max_column + 1)])


def across_pages(widths: Sequence[float]) -> int:
    """The same, of columns of such widths."""
    inches = sum(_DOTS_A_SIGN * width + _DOTS_BESIDE for width in widths) / _DOTS_AN_INCH
    return ceil(inches * _LEAST_POINTS / _POINTS / _PAGE_INCHES)


def page_ends(widths: Sequence[float], across: int) -> tuple[int, ...]:
    """After how many columns each page ends, where columns are printed on so many pages side by side, all as large.

    Programs print them as large as that allows, and begin a page with the first column that has no room.

    >>> page_ends([10, 10, 10, 10, 10], 2)
    (3, 5)
    """
    sums = {sum(widths[first:last]) for last in range(len(widths) + 1) for first in range(last)}
    rooms = sorted(room for room in sums if room >= max(widths))
    return next(ends for room in rooms if len(ends := _filled(widths, room)) <= across)


def _filled(widths: Sequence[float], room: float) -> tuple[int, ...]:
    ends, left = [], room
    for place, width in enumerate(widths):
        if width > left:
            ends.append(place)
            left = room
        left -= width
    return (*ends, len(widths))


def fits_a_page(sheet: Worksheet, rows: int) -> bool:
    """Whether so many rows have room on one page upright, with letters no smaller than 7 points."""
    high = sum(sheet.row_dimensions[row].height or ROW_HEIGHT for row in range(1, rows + 1))
    return high * _LEAST_POINTS / _POINTS <= _PAGE_POINTS


def put_on_page(
    sheet: Worksheet, breaks: tuple[int, ...] = (), *, landscape: bool = True, across: int = 1, whole: bool = False
) -> None:
    """As wide as the page, A4 or Letter, as many pages as it takes, numbered; a page ends after each row of `breaks`.
    A wide sheet stands on `across` pages side by side, a `whole` one on a single page.

    The margins leave room on both papers, so that a page break falls alike.
    """
    for row in breaks:
        sheet.row_breaks.append(Break(id=row))
    sheet.page_margins = PageMargins(left=0.4, right=0.4, top=0.5, bottom=0.6, header=0.25, footer=0.3)
    sheet.page_setup.orientation = "landscape" if landscape else "portrait"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = across, int(whole)
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.print_options.horizontalCentered = True
    sheet.oddFooter.left.text, sheet.oddFooter.center.text, sheet.oddFooter.right.text = (
        "&F", "&A", "page &P of &N")
    for part in (sheet.oddFooter.left, sheet.oddFooter.center, sheet.oddFooter.right):
        part.size = _POINTS  # they are printed as small as the sheet
