"""Charts over the updates, and the drawing of a network as one, with their points cached in the file."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from math import floor, isfinite, log10

from msgspec import Struct
from openpyxl.chart import ScatterChart
from openpyxl.chart.axis import ChartLines
from openpyxl.chart.data_source import AxDataSource, NumData, NumDataSource, NumRef, NumVal, StrData, StrRef, StrVal
from openpyxl.chart.label import DataLabelList
from openpyxl.chart.layout import Layout as Placement
from openpyxl.chart.layout import ManualLayout
from openpyxl.chart.marker import Marker
from openpyxl.chart.series import SeriesLabel, XYSeries
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.chart.text import RichText
from openpyxl.chart.title import Title
from openpyxl.drawing.line import LineProperties
from openpyxl.drawing.spreadsheet_drawing import AnchorMarker, TwoCellAnchor
from openpyxl.drawing.text import CharacterProperties, Paragraph, ParagraphProperties, RichTextProperties
from openpyxl.utils import coordinate_to_tuple
from openpyxl.utils.units import pixels_to_EMU
from openpyxl.worksheet.worksheet import Worksheet

from sheets.building.sketch import HEIGHT, WIDTH, Drawn, Shape
from sheets.cells import letters

_REFERENCE = re.compile(r"<(c:)?numRef><(?:c:)?f>([^<]*)</(?:c:)?f></(?:c:)?numRef>")


class Line(Struct, frozen=True):
    """One line of a chart: its values' reference, and what the legend calls it, a text or the reference of one."""

    values: str
    name: str
    named_at: str = ""
    color: str = ""
    dashed: bool = False


_COLORS = ("1F4E9E", "C0504D", "2E8B57", "8064A2", "E08214", "17A2B8", "7F7F7F", "B8860B", "D6458C", "4F6228", "00008B",
           "8B4513")  # fmt: skip
MOST_LINES = len(_COLORS)


def color(place: int) -> str:
    """The color of the line in a place."""
    return _COLORS[place % MOST_LINES]


def update_chart(
    title: str, axis: str, lines: Sequence[Line], updates: str, last: int
) -> ScatterChart:
    """Lines over the number of the update, which stands at `updates` and runs from 0 to `last`.

    Both axes are of numbers, so that a spreadsheet chooses round ones for them that do not run into each other.
    """
    chart = ScatterChart()
    chart.style = None
    chart.scatterStyle = "lineMarker"
    chart.title, chart.x_axis.title, chart.y_axis.title = title, "update", axis
    for part, size_of in ((chart.title, 1200), (chart.x_axis.title, _LETTERS), (chart.y_axis.title, _LETTERS)):
        _lettering(part, size_of)
    chart.visible_cells_only = False
    chart.display_blanks = "span"
    for at in (chart.x_axis, chart.y_axis):
        at.delete = False
        at.number_format = "General"
        at.tickLblPos = "low"
        at.txPr = _written_in(CharacterProperties(sz=_LETTERS))
        at.majorGridlines = ChartLines(spPr=GraphicalProperties(ln=LineProperties(solidFill=_GRID)))
    chart.x_axis.scaling.min, chart.x_axis.scaling.max = 0, max(last, 1)
    if any(line.named_at for line in lines) or len(lines) > 1:
        chart.legend.position = "r"
        chart.legend.txPr = _written_in(CharacterProperties(sz=_LETTERS))
    else:
        chart.legend = None
    for place, line in enumerate(lines):
        series = XYSeries(idx=place, order=place, yVal=NumDataSource(numRef=NumRef(f=line.values)))
        if updates:
            series.xVal = AxDataSource(numRef=NumRef(f=updates))
        known = SeriesLabel(v=line.name)
        series.tx = SeriesLabel(strRef=_text_at(line.named_at, line.name)) if line.named_at else known
        series.smooth = False
        series.marker = Marker(symbol="none")
        drawn = LineProperties(solidFill=line.color or color(place), w=19_050)  # EMU, 1.5 pt
        if line.dashed:
            drawn.prstDash = "dash"
        series.spPr = GraphicalProperties(ln=drawn)
        chart.series.append(series)
    return chart


def _lettering(title: Title, size: int) -> None:
    """A title's letters, in hundredths of a point."""
    for paragraph in title.tx.rich.p:
        paragraph.pPr = ParagraphProperties(defRPr=CharacterProperties(sz=size, b=True))


def _text_at(reference: str, text: str) -> StrRef:
    return StrRef(f=reference, strCache=StrData(ptCount=1, pt=[StrVal(idx=0, v=text)]))


_FILLS = {Shape.INPUT: "DDE6F0", Shape.TARGET: "EDEDED", Shape.NEURON: "FFF4D6", Shape.LOSS: "FBE3D6"}
_LETTERS = 1100  # hundredths of a point, as in the cells: no page is printed so small that they come below 7
_PLAIN_WIDTH = 8.43
_RIM, _LINK, _GRID, _PAPER = "5B7CA3", "9A9A9A", "D9D9D9", "FFFFFF"
_LABEL_AT = {Shape.ABOVE: "t", Shape.BELOW: "b", Shape.LEFT: "l", Shape.RIGHT: "r"}


def put_chart(sheet: Worksheet, chart: ScatterChart, first: str, last: str) -> None:
    """Stand a chart over the cells from one to another: as wide as they are in whatever font they are measured.

    It ends before the last edge: what ends on it LibreOffice takes to reach into the next column.
    """
    (row, column), (last_row, last_column) = coordinate_to_tuple(first), coordinate_to_tuple(last)
    widths, at = sheet.column_dimensions, letters(last_column)
    inside = pixels_to_EMU(7 * (widths[at].width if at in widths else _PLAIN_WIDTH))
    corners = AnchorMarker(col=column - 1, row=row - 1), AnchorMarker(last_column - 1, int(inside), last_row)
    sheet.add_chart(chart, TwoCellAnchor("twoCell", *corners))


def network_chart(drawn: Sequence[Drawn], scale: float = 1.0) -> ScatterChart:
    """The drawing of a network as a scatter chart without axes: lines for links, markers for circles, live labels;
    `scale` is how large it is drawn, beside WIDTH and HEIGHT."""
    chart = ScatterChart()
    chart.style = None
    chart.scatterStyle = "lineMarker"
    chart.legend = None
    chart.visible_cells_only = False
    for axis, most in ((chart.x_axis, WIDTH), (chart.y_axis, HEIGHT)):
        axis.delete = True
        axis.majorGridlines = None
        axis.scaling.min, axis.scaling.max = 0, most
    chart.layout = Placement(manualLayout=ManualLayout(layoutTarget="inner", xMode="edge", yMode="edge",
                                                       x=0, y=0, w=1, h=1))
    chart.series = [_mark(place, one, scale) for place, one in enumerate(drawn)]
    return chart


def _mark(place: int, drawn: Drawn, scale: float) -> XYSeries:
    """One series: a line, a marker with its name in it, or a bare label."""
    shape, points = drawn.mark.shape, drawn.mark.points
    series = XYSeries(idx=place, order=place,
                      xVal=AxDataSource(numRef=_numbers(drawn.x, [point and point[0] for point in points])),
                      yVal=NumDataSource(numRef=_numbers(drawn.y, [point and point[1] for point in points])))
    series.smooth = False
    line = LineProperties(solidFill=_LINK, w=9_525) if shape is Shape.LINK else LineProperties(noFill=True)
    series.spPr = GraphicalProperties(ln=line)
    series.marker = Marker(symbol="none")
    if shape in _FILLS:
        look = GraphicalProperties(solidFill=_FILLS[shape], ln=LineProperties(solidFill=_RIM, w=12_700))
        series.marker = Marker(symbol="circle", size=min(72, round(drawn.mark.size * scale)), spPr=look)
    if drawn.label:
        series.tx = SeriesLabel(strRef=_text_at(drawn.label, drawn.said))
        series.dLbls = DataLabelList(dLblPos=_LABEL_AT.get(shape, "ctr"), showSerName=True, showVal=False,
                                     showCatName=False, showLegendKey=False, showPercent=False, showBubbleSize=False)
        small = CharacterProperties(sz=_LETTERS, b=shape in _FILLS,
                                    solidFill=drawn.ink[-6:] or None)
        series.dLbls.txPr = _written_in(small)
        if shape not in _FILLS:  # so that no link runs through the letters
            series.dLbls.spPr = GraphicalProperties(solidFill=_PAPER, ln=LineProperties(noFill=True))
    return series


def _written_in(look: CharacterProperties) -> RichText:
    paragraph = Paragraph(pPr=ParagraphProperties(defRPr=look), endParaRPr=look)
    return RichText(bodyPr=RichTextProperties(wrap="none"), p=[paragraph])


def _numbers(reference: str, values: Sequence[float | None]) -> NumRef:
    """A reference with its values cached; None is an empty cell, where a line is broken."""
    points = [NumVal(idx=place, v=repr(round(value, 4))) for place, value in enumerate(values) if value is not None]
    return NumRef(f=reference, numCache=NumData(formatCode="General", ptCount=len(values), pt=points))


_EMPTY_RUN = "<a:r><a:t /></a:r>"
"""A run of no text, which openpyxl puts into every paragraph, where only its look is wanted."""


class Points(Struct, frozen=True):
    """Some values of a reference, by their place in it, and how many it has in all."""

    count: int
    values: Mapping[int, float]


def all_points(values: Sequence[float]) -> Points:
    """Every value of a reference."""
    return Points(len(values), dict(enumerate(values)))


def with_points(part: str, points: Callable[[str], Points]) -> str:
    """A chart part with values of each reference cached beside it, so that it shows where nothing recalculates."""

    def cached(found: re.Match[str]) -> str:
        prefix, reference = found.group(1) or "", found.group(2)
        known = points(_plain(reference))
        cells = "".join(f'<{prefix}pt idx="{i}"><{prefix}v>{value!r}</{prefix}v></{prefix}pt>'
                        for i, value in known.values.items() if isfinite(value))  # a gap, as Excel draws an error
        return (f"<{prefix}numRef><{prefix}f>{reference}</{prefix}f><{prefix}numCache>"
                f"<{prefix}formatCode>General</{prefix}formatCode>"
                f'<{prefix}ptCount val="{known.count}"/>{cells}</{prefix}numCache></{prefix}numRef>')

    return _REFERENCE.sub(cached, part.replace(_EMPTY_RUN, ""))


_OWN_TAG = re.compile(r"<(/?)(?=[A-Za-z]\w*[\s/>])")


def with_prefix(drawing: str) -> str:
    """A drawing part with the prefix that Excel itself gives its elements: some readers look for xdr:wsDr by name."""
    return _OWN_TAG.sub(r"<\1xdr:", drawing).replace(" xmlns=", " xmlns:xdr=")


def loss_title(loss: str) -> str:
    """What a chart of losses is called."""
    return f"{loss} after each update"


def values_of(part: str) -> list[str]:
    """The references of a chart's values."""
    found = re.findall(r"<(?:c:)?yVal><(?:c:)?numRef><(?:c:)?f>([^<]*)<", part)
    return [_plain(reference) for reference in found]


_SCALING = re.compile(r"(<(?:c:)?valAx><(?:c:)?axId val=\"[0-9]+\" ?/><(c:)?scaling>)(.*?)(?=</(?:c:)?scaling>)")
_FAR, _WIDE, _ROUNDING = 100, 1e5, 1e-20


def on_log_axis(part: str, values: Iterable[float]) -> str:
    """A chart part with its value axis in powers of ten, where its values are best shown so.

    These are never negative, and fall by a hundred times. Where they come to 0, or so near that a spreadsheet may, the
    axis begins below the least that is more: by itself it would begin at 1 there.
    """
    seen = [value for value in values if isfinite(value)]
    above = [value for value in seen if value > 0]
    if not above or min(seen) < 0 or max(above) <= _FAR * min(above):
        return part
    *_, last = _SCALING.finditer(part)
    prefix = last.group(2) or ""
    rounded = min(seen) <= _ROUNDING * max(seen)
    least = f'<{prefix}min val="1E{floor(log10(min(above)))}"/>' if rounded else ""
    after = part[last.end() :]
    if max(above) >= _WIDE or min(above) < 1 / _WIDE:
        after = after.replace('formatCode="General"', 'formatCode="0E+00"', 1)
    return part[: last.end(1)] + f'<{prefix}logBase val="10"/>{last.group(3)}{least}' + after


def _plain(reference: str) -> str:
    """A reference as it was before XML escaping."""
    return reference.replace("&apos;", "'").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
