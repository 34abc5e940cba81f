"""Writes a walkthrough's workbook: openpyxl the frame and the first rows, the fill-down the rest."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from operator import itemgetter
from pathlib import Path

from derive.chain import derive_gradients
from derive.checking import Checked, check
from derive.errors import DeriveError
from derive.training import train
from derive.walkthrough import Walkthrough
from sheets.curve import plotted
from sheets.frame import make_frame
from sheets.layout import Layout, lay_out
from sheets.packing import pack
from sheets.target import replacing


@dataclass(frozen=True)
class Built:
    """What was written: the file, for each rate its sheet with the first and the last loss, and the verdicts."""

    path: Path
    rows: int
    sheets: tuple[tuple[str, float, float], ...]
    verdicts: tuple[Checked, ...]


def build(walkthrough: Walkthrough, target: Path, *, force: bool = False) -> Built:
    """Write the workbook of a walkthrough to `target`, one sheet a learning rate, live formulas with stored values.

    The file appears complete or not at all. DeriveError where the target may not be written: its folder is missing,
    it is read-only, or it is somebody's own file and `force` is not set.
    """
    if walkthrough.batch is not None:
        raise DeriveError(walkthrough.name, f"{len(walkthrough.batch.rows)} samples", "a table is built for one sample")
    layout = lay_out(walkthrough.network, derive_gradients(walkthrough.network))
    verdicts = check(walkthrough.derivation, walkthrough)
    curve = plotted(walkthrough.updates + 1)
    with replacing(target, force=force) as beside:
        frame = make_frame(walkthrough, layout, curve)
        watched = pack(beside, frame, layout, curve, lambda rate: trained(rate, walkthrough, layout))
    losses = tuple((sheet, seen.first, seen.last) for sheet, seen in watched.items())
    return Built(target, curve.rows, losses, verdicts)


def trained(rate: Decimal, walkthrough: Walkthrough, layout: Layout) -> Iterator[Sequence[float]]:
    """The rows of one learning rate, one at a time, in the order of the columns."""
    leaves = {name: float(value) for name, value in walkthrough.start.items()}
    names = (*leaves, *layout.formulas)
    in_columns = itemgetter(*(names.index(column.name) for column in layout.columns))
    for row in train(leaves, layout.formulas, layout.updates, float(rate), walkthrough.updates):
        yield in_columns(row)
