"""The loss chart: one line per learning rate, with its points cached in the file."""

import re
from collections.abc import Mapping, Sequence
from math import isfinite

from openpyxl.chart import LineChart, ScatterChart, Series
from openpyxl.chart.data_source import AxDataSource, NumData, NumDataSource, NumRef, NumVal, StrData, StrRef, StrVal
from openpyxl.chart.label import DataLabelList
from openpyxl.chart.layout import Layout as Placement
from openpyxl.chart.layout import ManualLayout
from openpyxl.chart.marker import Marker
from openpyxl.chart.series import SeriesLabel, XYSeries
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.chart.text import RichText
from openpyxl.drawing.line import LineProperties
from openpyxl.drawing.text import CharacterProperties, Paragraph, ParagraphProperties

from sheets.sketch import HEIGHT, WIDTH, Drawn, Shape

_REFERENCE = re.compile(r"<(c:)?numRef><(?:c:)?f>([^<]*)</(?:c:)?f></(?:c:)?numRef>")


def loss_chart(title: str, loss: str, lines: Mapping[str, str], updates: str, points: int) -> LineChart:
    """A line chart of `lines` (name to the reference of its values) over the update numbers that stand at `updates`."""
    chart = LineChart()
    chart.title = title
    chart.height, chart.width = 9.6, 31.0
    chart.visible_cells_only = False
    chart.x_axis.title = "update"
    chart.y_axis.title = loss
    chart.x_axis.delete = chart.y_axis.delete = False
    chart.x_axis.number_format = chart.y_axis.number_format = "General"
    chart.x_axis.tickLblSkip = chart.x_axis.tickMarkSkip = max(1, points // 10)
    chart.y_axis.majorGridlines.spPr = GraphicalProperties(ln=LineProperties(solidFill=_GRID))
    chart.legend.position = "b"
    chart.layout = Placement(manualLayout=ManualLayout(xMode="edge", yMode="edge", x=0.08, y=0.12, w=0.88, h=0.66))
    for name, reference in lines.items():
        series = Series(values=reference, title=name)
        series.smooth = False
        series.marker.symbol = "none"
        series.graphicalProperties.line.width = 19_050  # EMU, 1.5 pt
        chart.series.append(series)
    chart.set_categories(updates)
    return chart


_FILLS = {Shape.INPUT: "DDE6F0", Shape.TARGET: "EDEDED", Shape.NEURON: "FFF4D6", Shape.LOSS: "FBE3D6"}
_RIM, _LINK, _GRID = "5B7CA3", "9A9A9A", "D9D9D9"
_LABEL_AT = {Shape.ABOVE: "t", Shape.BELOW: "b", Shape.LEFT: "l", Shape.RIGHT: "r"}


def network_chart(drawn: Sequence[Drawn]) -> ScatterChart:
    """The drawing of a network as a scatter chart without axes: lines for links, markers for circles, live labels."""
    chart = ScatterChart()
    chart.style = None
    chart.scatterStyle = "lineMarker"
    chart.legend = None
    chart.width, chart.height = WIDTH, HEIGHT
    chart.visible_cells_only = False
    for axis, most in ((chart.x_axis, WIDTH), (chart.y_axis, HEIGHT)):
        axis.delete = True
        axis.majorGridlines = None
        axis.scaling.min, axis.scaling.max = 0, most
    chart.layout = Placement(manualLayout=ManualLayout(layoutTarget="inner", xMode="edge", yMode="edge",
                                                       x=0, y=0, w=1, h=1))
    chart.series = [_mark(place, one) for place, one in enumerate(drawn)]
    return chart


def _mark(place: int, drawn: Drawn) -> XYSeries:
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
        series.marker = Marker(symbol="circle", size=drawn.mark.size, spPr=look)
    if drawn.label:
        cache = StrData(ptCount=1, pt=[StrVal(idx=0, v=drawn.said)])
        series.tx = SeriesLabel(strRef=StrRef(f=drawn.label, strCache=cache))
        series.dLbls = DataLabelList(dLblPos=_LABEL_AT.get(shape, "ctr"), showSerName=True, showVal=False,
                                     showCatName=False, showLegendKey=False, showPercent=False, showBubbleSize=False)
        small = CharacterProperties(sz=800 if shape in _LABEL_AT else 900, b=shape in _FILLS)
        series.dLbls.txPr = RichText(p=[Paragraph(pPr=ParagraphProperties(defRPr=small), endParaRPr=small)])
    return series


def _numbers(reference: str, values: Sequence[float | None]) -> NumRef:
    """A reference with its values cached; None is an empty cell, where a line is broken."""
    points = [NumVal(idx=place, v=repr(round(value, 4))) for place, value in enumerate(values) if value is not None]
    return NumRef(f=reference, numCache=NumData(formatCode="General", ptCount=len(values), pt=points))


def with_points(part: str, points: Mapping[str, Sequence[float]]) -> str:
    """A chart part with the values of each reference cached beside it, so that it shows where nothing recalculates.

    KeyError names a reference for which there are no points.
    """

    def cached(found: re.Match[str]) -> str:
        prefix, reference = found.group(1) or "", found.group(2)
        values = points[_plain(reference)]
        cells = "".join(f'<{prefix}pt idx="{i}"><{prefix}v>{value!r}</{prefix}v></{prefix}pt>'
                        for i, value in enumerate(values) if isfinite(value))  # a gap, as Excel draws an error
        return (f"<{prefix}numRef><{prefix}f>{reference}</{prefix}f><{prefix}numCache>"
                f"<{prefix}formatCode>General</{prefix}formatCode>"
                f'<{prefix}ptCount val="{len(values)}"/>{cells}</{prefix}numCache></{prefix}numRef>')

    return _REFERENCE.sub(cached, part)


def _plain(reference: str) -> str:
    """A reference as it was before XML escaping."""
    return reference.replace("&apos;", "'").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
