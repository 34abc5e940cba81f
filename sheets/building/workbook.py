"""Writes a walkthrough's workbook: openpyxl the frame and the first rows, the fill-down the rest."""

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from functools import lru_cache
from itertools import islice
from operator import itemgetter
from pathlib import Path

from msgspec import Struct

from derive.checking import Checked
from derive.checking.examination import examine
from derive.checking.lenders import Lender, lenders
from derive.documents import read_layout
from derive.errors import required
from derive.shown import Shown
from derive.training import train, train_formulas
from derive.walkthrough import Walkthrough, load_walkthrough
from sheets.building.companions.extract import told_updates
from sheets.building.curve import MOST_KEPT, Watched, plotted, spread
from sheets.building.each_sample import lay_out_each_sample, sample_cells, sample_values
from sheets.building.frame import make_frame
from sheets.building.front import plan_front
from sheets.building.inputs import on_first_sheet, place_inputs
from sheets.building.layout import PLACEMENTS, UPDATE, Layout, TooLongError, lay_out, sheet_names, with_start
from sheets.building.packing import pack
from sheets.building.samples import lay_out_samples
from sheets.building.target import replacing

_MOST_READ, _MOST_BESIDE = 700, 400  # characters of a formula; quantities of all samples side by side
_AT_ONCE = 1000  # rows between two words about the way


class Built(Shown, Struct, frozen=True):
    """What was written: the file, what the loss is called, each rate's sheet and what was seen of it, the verdicts."""

    path: Path
    rows: int
    loss: str
    sheets: tuple[tuple[str, Watched], ...]
    verdicts: tuple[Checked, ...]

    def __repr__(self) -> str:
        return f"<Built {self.path}: {len(self.sheets)} tables of {self.rows:,} rows>"


def build(
    walkthrough: Walkthrough | str | Path,
    target: Path | str,
    *,
    force: bool = False,
    advance: Callable[[int], None] | None = None,
) -> Built:
    """Write the workbook of a walkthrough to `target`, one sheet a learning rate, live formulas with stored values.

    The walkthrough is loaded, or a name or a path.
    The file appears complete or not at all. `advance` is told, now and then, how many more rows are done.
    DeriveError where the target may not be written: its folder is missing,
    it is read-only, or it is somebody's own file and `force` is not set.

    >>> built = build("parmelee", "parmelee.xlsx")
    >>> built.rows, [name for name, _ in built.sheets]
    (2001, ['Rate 1'])
    """
    loaded = walkthrough if isinstance(walkthrough, Walkthrough) else load_walkthrough(walkthrough)
    required("target", target, (str, Path), "the path of the workbook to write")
    target = Path(target)
    inputs = place_inputs(loaded, sheet_names(loaded))
    start = {name: on_first_sheet(cell) for name, cell in inputs.cells.items()}
    if loaded.batch is not None:
        start |= sample_cells(loaded.network, loaded.batch)
    layout = with_start(lay_out_any(loaded), start)
    verdicts = _verdicts(loaded.derivation, lenders(loaded)) if loaded.derivation else ()
    curve = plotted(loaded.updates + 1)
    begin = tuple(islice(trained(loaded.learning_rates[0], loaded, layout), 2))
    with replacing(target, force=force) as beside:
        planned = plan_front(loaded, layout, curve, verdicts, inputs)
        frame = make_frame(loaded, layout, curve, planned, begin)
        watched = pack(beside, frame, layout, curve, lambda rate: _told(trained(rate, loaded, layout), advance),
                       spread(loaded.updates, MOST_KEPT) | told_updates(loaded))
    return Built(target, curve.rows, layout.loss, tuple(watched.items()), verdicts)


@lru_cache(maxsize=8)
def _verdicts(derivation: str, lent: tuple[Lender, ...]) -> tuple[Checked, ...]:
    """Those on a walkthrough's own text, the same whatever the rates and the updates of its workbooks."""
    return examine(derivation, read_layout(derivation), lent, "").checked


def _told(rows: Iterator[Sequence[float]], advance: Callable[[int], None] | None) -> Iterator[Sequence[float]]:
    """The same rows, the way told after every so many of them."""
    while batch := list(islice(rows, _AT_ONCE)):
        yield from batch
        if advance is not None:
            advance(len(batch))


def lay_out_any(walkthrough: Walkthrough) -> Layout:
    """The table of one sample, or of many: one formula over all of them, or columns for each where that is too long.

    A formula that Excel takes and nobody reads is too long where the samples are few.
    """
    placement, network, batch = PLACEMENTS[walkthrough.table], walkthrough.network, walkthrough.batch
    if batch is None:
        return lay_out(network, placement, walkthrough.ones)
    try:
        over_all = lay_out_samples(network, batch, placement, walkthrough.ones)
    except TooLongError:
        return lay_out_each_sample(network, batch, placement)
    few = len(batch.rows) * len(network.names) <= _MOST_BESIDE
    if few and max(len(column.formula) for column in over_all.columns) > _MOST_READ:
        return lay_out_each_sample(network, batch, placement)
    return over_all


def trained(rate: Decimal, walkthrough: Walkthrough, layout: Layout) -> Iterator[Sequence[float]]:
    """The rows of one learning rate, one at a time, in the order of the columns."""
    names, rows = _training(rate, walkthrough, layout)
    if UPDATE in layout.by_name:
        names, rows = (UPDATE, *names), ((float(update), *row) for update, row in enumerate(rows))
    return map(itemgetter(*(names.index(column.name) for column in layout.columns)), rows)


def _training(
    rate: Decimal, walkthrough: Walkthrough, layout: Layout
) -> tuple[tuple[str, ...], Iterator[Sequence[float]]]:
    """The quantities in a row, and the rows: by the table's own formulas where they stand for one sample."""
    batch = walkthrough.batch
    given = {} if batch is None else sample_values(walkthrough.network, batch)
    if batch is not None and not layout.by_name.keys() & given.keys():
        training = train(walkthrough, float(rate))
        return training.names, iter(training.rows)
    leaves = {**{name: float(value) for name, value in walkthrough.start.items()}, **given}
    rows = train_formulas(leaves, layout.formulas, layout.updates, float(rate), walkthrough.updates)
    return (*leaves, *layout.formulas), rows
