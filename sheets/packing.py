"""Packs a frame into the finished file: tables filled down, values stored beside formulas, chart points cached."""

import io
import re
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from pathlib import Path

from sheets.charts import with_points
from sheets.curve import Curve, Watched, watch
from sheets.filldown import Fill, fill_down
from sheets.frame import Frame
from sheets.front import chart_points, front_values
from sheets.layout import FIRST_ROW, RATE_CELL, Layout, sheet_name
from sheets.stored import store_values
from sheets.target import marked

Rows = Callable[[Decimal], Iterable[Sequence[float]]]
"""From a learning rate to its rows, in the order of the columns; asked once for each rate."""

_LEVEL = 2  # of deflate: a third of level 6's time for a tenth more bytes (python -m tests.bench.writers)
_MOST_BYTES = 128  # of a cell
_RATE = re.compile(rf'(<c r="{RATE_CELL}"[^>]*><v>)[^<]*')


def pack(target: Path, frame: Frame, layout: Layout, curve: Curve, rows: Rows) -> Mapping[str, Watched]:
    """Write the frame's parts to `target`, the tables first; gives what was seen of each sheet's training.

    A row is computed, written and forgotten: memory does not grow with their number.
    """
    watched: dict[str, Watched] = {}
    packed = zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=_LEVEL)
    with zipfile.ZipFile(io.BytesIO(frame.saved)) as source, packed:
        empty = source.read(frame.tables[0][0]).decode()
        for part, rate in frame.tables:
            table = _RATE.sub(rf"\g<1>{float(rate)!r}", empty, count=1)
            watched[sheet_name(rate)] = _pack_table(packed, part, table, layout, curve, rows(rate))
        done = {part for part, _ in frame.tables}
        for part in source.namelist():
            if part in done:
                continue
            text = source.read(part)
            if part == frame.front_part:
                text = store_values(text.decode(), front_values(frame.front, watched)).encode()
            elif part in frame.live:
                text = store_values(text.decode(), frame.live[part](watched)).encode()
            elif part.startswith("xl/charts/chart"):
                text = with_points(text.decode(), chart_points(watched, curve, layout)).encode()
            elif part == "docProps/app.xml":
                text = marked(text)
            packed.writestr(zipfile.ZipInfo(part), text, zipfile.ZIP_DEFLATED, _LEVEL)
    return watched


def _pack_table(
    packed: zipfile.ZipFile, part: str, text: str, layout: Layout, curve: Curve, rows: Iterable[Sequence[float]]
) -> Watched:
    """One learning rate's sheet, piece by piece."""
    place = layout.columns.index(layout.by_name[layout.loss])
    seeing, seen = watch(rows, place, curve)
    long = curve.rows * len(layout.columns) * _MOST_BYTES > zipfile.ZIP64_LIMIT
    with packed.open(part, "w", force_zip64=long) as stream:  # as Excel itself: only where it must be
        for piece in fill_down(text, Fill(layout.columns, FIRST_ROW, curve.rows), seeing):
            stream.write(piece)
    return seen()
