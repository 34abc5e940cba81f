"""The loss chart: one line per learning rate, with its points cached in the file."""

import re
from collections.abc import Mapping, Sequence
from math import isfinite

from openpyxl.chart import LineChart, Series
from openpyxl.chart.layout import Layout as Placement
from openpyxl.chart.layout import ManualLayout

_REFERENCE = re.compile(r"<(c:)?numRef><(?:c:)?f>([^<]*)</(?:c:)?f></(?:c:)?numRef>")


def loss_chart(title: str, loss: str, lines: Mapping[str, str], updates: str, points: int) -> LineChart:
    """A line chart of `lines` (name to the reference of its values) over the update numbers that stand at `updates`."""
    chart = LineChart()
    chart.title = title
    chart.height, chart.width = 10.5, 22.0
    chart.x_axis.title = "update"
    chart.y_axis.title = loss
    chart.x_axis.delete = chart.y_axis.delete = False
    chart.x_axis.number_format = chart.y_axis.number_format = "General"
    chart.x_axis.tickLblSkip = chart.x_axis.tickMarkSkip = max(1, points // 10)
    chart.legend.position = "b"
    chart.layout = Placement(manualLayout=ManualLayout(xMode="edge", yMode="edge", x=0.08, y=0.12, w=0.88, h=0.62))
    for name, reference in lines.items():
        series = Series(values=reference, title=name)
        series.smooth = False
        series.marker.symbol = "none"
        series.graphicalProperties.line.width = 19_050  # EMU, 1.5 pt
        chart.series.append(series)
    chart.set_categories(updates)
    return chart


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
