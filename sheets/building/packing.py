"""Packs a frame into the finished file: tables filled down, values stored beside formulas, chart points cached."""

import html
import io
import re
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from pathlib import Path

from sheets.building.charts import Points, loss_title, on_log_axis, values_of, with_points, with_prefix
from sheets.building.curve import Curve, Watched, watch
from sheets.building.filldown import Fill, fill_down
from sheets.building.frame import Frame, Table
from sheets.building.front import chart_points, front_values
from sheets.building.layout import Layout
from sheets.building.stored import store_values
from sheets.building.target import marked

Rows = Callable[[Decimal], Iterable[Sequence[float]]]
"""From a learning rate to its rows, in the order of the columns; asked once for each rate."""

_LEVEL = 2  # of deflate: a third of level 6's time for a tenth more bytes (python -m tests.bench.writers)
_MOST_BYTES = 128  # of a cell
_EMPTY = re.compile(r"<(?:odd|even|first)(?:Header|Footer) />")
"""What openpyxl writes of a header that is not there; Gnumeric warns at it."""
_CHART, _DRAWING = "xl/charts/chart", "xl/drawings/drawing"


def pack(
    target: Path, frame: Frame, layout: Layout, curve: Curve, rows: Rows, asked: frozenset[int] = frozenset()
) -> Mapping[str, Watched]:
    """Write the frame's parts to `target`, the tables first; gives what was seen of each sheet's training.

    A row is computed, written and forgotten, but for those of the updates `asked` for: memory does not grow with their
    number.
    """
    watched: dict[str, Watched] = {}
    packed = zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=_LEVEL)
    with zipfile.ZipFile(io.BytesIO(frame.saved)) as source, packed:
        empty = _EMPTY.sub("", source.read(frame.tables[0].part).decode())
        for table in frame.tables:
            text = _with_rate(empty, table, layout)
            watched[table.name] = _pack_table(packed, table.part, text, layout, curve, rows(table.rate), asked)
        points = chart_points(watched, curve, layout)
        done = {table.part for table in frame.tables}
        for part in source.namelist():
            if part in done:
                continue
            content = source.read(part)
            if part.startswith("xl/worksheets/"):
                content = _EMPTY.sub("", content.decode()).encode()
            if part == frame.front_part:
                content = store_values(content.decode(), front_values(frame.front, watched)).encode()
            elif part in frame.live:
                content = store_values(content.decode(), frame.live[part](watched)).encode()
            elif part.startswith(_CHART):
                content = _charted(content.decode(), layout, points).encode()
            elif part.startswith(_DRAWING):
                content = with_prefix(content.decode()).encode()
            elif part == "docProps/app.xml":
                content = marked(content)
            packed.writestr(zipfile.ZipInfo(part), content, zipfile.ZIP_DEFLATED, _LEVEL)
    return watched


def _with_rate(empty: str, table: Table, layout: Layout) -> str:
    """The first table's sheet with the rate of another in its cell."""
    formula = f"<f>{html.escape(table.rate_at, quote=False)}</f>" if table.rate_at else ""
    cell = re.compile(rf'(<c r="{layout.placement.rate_cell}"[^>]*>)<v>[^<]*')
    return cell.sub(lambda found: f"{found[1]}{formula}<v>{float(table.rate)!r}", empty, count=1)


def _charted(part: str, layout: Layout, points: Callable[[str], Points]) -> str:
    """A chart with its points; one of losses that fall far gets an axis of powers of ten."""
    drawn = with_points(part, points)
    if loss_title(layout.loss) not in part:
        return drawn
    losses = [value for reference in values_of(part) for value in points(reference).values.values()]
    return on_log_axis(drawn, losses)


def _pack_table(
    packed: zipfile.ZipFile, part: str, text: str, layout: Layout, curve: Curve, rows: Iterable[Sequence[float]],
    asked: frozenset[int],
) -> Watched:
    """One learning rate's sheet, piece by piece."""
    place = layout.columns.index(layout.by_name[layout.loss])
    seeing, seen = watch(rows, place, curve, asked)
    long = curve.rows * len(layout.columns) * _MOST_BYTES > zipfile.ZIP64_LIMIT
    with packed.open(part, "w", force_zip64=long) as stream:  # as Excel itself: only where it must be
        for piece in fill_down(text, Fill(layout.columns, layout.first_row, curve.rows), seeing):
            stream.write(piece)
    return seen()
