"""What is said of a workbook's cells beside the steps that are judged: updates cut off, circles, empty cells."""

import math
from collections.abc import Collection, Container, Iterator
from itertools import count, takewhile

from sheets.auditing.book import Book, Place, Sheet
from sheets.auditing.findings import NOTHING, Finding, cells_of
from sheets.auditing.labels import key_of
from sheets.auditing.training import labels
from sheets.auditing.training.fills import areas
from sheets.auditing.training.graph import Graph, make_graph
from sheets.auditing.training.repetition import Audit
from sheets.auditing.training.updates import Update, stated
from sheets.references import Area, Cell, Pattern

_STALE = 1e-7
_MOST_BESIDE = 60


def unmoved(audit: Audit, told: frozenset[Cell]) -> Iterator[Finding]:
    """The copies of a training's updates that stand in line with them, and add what is not computed from their starts.

    A number that is typed, an output say, cuts it off; where what it reads is told to be wrong, that is enough.
    """
    graph = audit.graph
    known = {update.cell: update for step in audit.steps for update in step.updates}
    ways = {way for update in known.values() for way in _ways(graph, update)}
    others = [one for one in stated(graph) if one.cell not in known and not ways.isdisjoint(_ways(graph, one))]
    starts = {graph.origin(read) for cell in audit.inside for read in graph.formulas[cell].reads}  # whatever steps read
    while linked := [one for one in others
                     if not {one.cell, graph.origin(one.start)}.isdisjoint(starts | known.keys())]:
        others = [one for one in others if one not in linked]
        known |= {one.cell: one for one in linked}
        starts |= {graph.origin(one.start) for one in linked}
        for one in (one for one in linked if told.isdisjoint(graph.formulas[one.cell].reads)):
            cut_off = "not judged: what it adds is not computed from where it starts"
            yield labels.found(graph, one.cell, "update", cut_off, "undecided", of=one.start)


def _ways(graph: Graph, update: Update) -> Iterator[object]:
    """What tells a copy of an update, wherever it stands: what is relative in it, or the rate that it takes."""
    yield graph.pattern(update.cell)
    formula = graph.formulas[update.cell]
    for place, read in enumerate(formula.reads):
        if place != update.place and read not in graph.formulas:
            yield formula.meaning, place, read


def circles(graph: Graph) -> Iterator[Finding]:
    """The cells that go in a circle: nothing that is computed from them is known."""
    for cell in sorted(graph.circles):
        yield Finding("forward", "", cell.address, graph.text(cell), "",
                      "not judged: these cells go in a circle", "undecided", cell.sheet)


def unanchored(graph: Graph, inside: Collection[Cell], rates: Collection[Cell]) -> Iterator[Finding]:
    """The copies of a formula that read beyond a learning rate, or a number that others fix with $, mostly empty cells.
    """
    copies, fixed = dict[Pattern, list[Cell]](), set(rates)
    for cell in sorted(inside):
        pattern = graph.pattern(cell)
        copies.setdefault(pattern, []).append(cell)
        read = zip(pattern.references, pattern.cells(cell.sheet, cell.row, cell.column), strict=True)
        fixed |= {there for reference, there in read if reference.row_fixed or reference.column_fixed}
    for pattern, cells in copies.items():
        rows = [pattern.cells(cell.sheet, cell.row, cell.column) for cell in cells]
        for first, *others in dict.fromkeys(zip(*rows, strict=True)):
            if first in fixed and first not in graph.formulas and 2 * sum(map(graph.blanks.__contains__, others)) > len(
                    others):
                told = f"is not anchored with $: filled on, {labels.called(graph, first)} slides away into empty cells"
                for cell in (cell for cell, read in zip(cells[1:], others, strict=True) if read != first):
                    yield labels.found(graph, cell, "anchor", told, "wrong")


def brought_in_otherwise(audit: Audit) -> Iterator[Finding]:
    """What brings data into a training, and differs in one place from its copies before and after it in line.

    What goes on from cell to cell, a rate that is lowered for one, may change, and what a remark beside it tells of.
    """
    graph = audit.graph
    for cell in sorted((graph.below(audit.inside) & graph.formulas.keys()) - audit.inside):
        own, sheet = graph.pattern(cell), graph.book.by_name[cell.sheet]
        for down, right in ((1, 0), (0, 1)):
            near, *beside = (sheet.pattern((cell.row + n * down, cell.column + n * right)) for n in (-1, 1, -2, 2))
            if near is None or near != beside[0] or near not in beside[1:] or _parts_apart(near, own) != 1:
                continue
            texts = [{at for at in range(1, _MOST_BESIDE) if sheet.text(
                (cell.row + n * down, at) if down else (at, cell.column + n * right))} for n in (-1, 0, 1)]
            if texts[1] - texts[0] - texts[2]:
                continue
            read = (*near.cells(cell.sheet, cell.row, cell.column), *graph.formulas[cell].reads)
            if all(one.sheet != cell.sheet or (one.column if down else one.row) != (
                    cell.column if down else cell.row) for one in read):
                yield labels.found(graph, cell, "fill", "is not the formula of the cells before and after it", "wrong",
                                   belongs=near.at(cell.row, cell.column))


def carried_on(audit: Audit, told: Collection[Cell]) -> Iterator[Finding]:
    """What updates of one step rest on, and what another one works out beside its own updates.

    A state goes into the updates of its own step as well; this is a parameter that starts from something else.
    """
    graph = audit.graph
    used = [graph.below((update.cell for update in step.updates), stop=step.starts) & frozenset(step.inside)
            for step in audit.steps]
    taken = {graph.origin(read) for own in used for cell in own for read in graph.formulas[cell].reads}
    ends = {update.cell for step in audit.steps for update in step.updates}
    for step, own in zip(audit.steps, used, strict=True):
        for cell in taken.intersection(step.inside) - own - ends - frozenset(told):
            if not frozenset(step.inside).isdisjoint(graph.formulas[cell].reads):
                slip = "not judged: it goes on from step to step, and is no update"
                yield labels.found(graph, cell, "update", slip, "undecided")


def not_understood(audit: Audit, told: Collection[Cell]) -> Iterator[Finding]:
    """The cells that steps are worked out of and that are worked out of steps, and are not understood: lost updates."""
    graph = audit.graph
    for cell, formula in graph.formulas.items():
        if formula.fault and cell not in told and not audit.inside.isdisjoint(formula.reads) and (
                not audit.inside.isdisjoint(graph.users.get(cell, ()))):
            yield labels.found(graph, cell, "forward", f"not checked: {formula.fault}", "undecided")


def left_out(audit: Audit, told: frozenset[Cell]) -> Iterator[Finding]:
    """The cells of steps right beside an area that one reads, copies of what is in it, that nothing reads themselves.

    A sample that all sums leave out alike, unless it is kept to try what is learned; one that is wrong is told.
    """
    graph = audit.graph
    found = dict[Cell, Area]()
    for cell in graph.in_order(audit.inside - told):
        for _, area in areas(graph, cell):
            first, last, down = area.first, area.last, area.shape[1] == 1
            for end, way in ((first, -1), (last, 1)):
                beside = Cell(end.sheet, end.row + way * down, end.column + way * (not down))
                if 1 in area.shape and area.size > 1 and beside in audit.inside and beside not in graph.users and (
                        end in graph.formulas and graph.pattern(beside) == graph.pattern(end)):
                    found[beside] = area
    for beside, area in found.items():
        slip = f"not judged: it is of the form of {area.address} beside it, and no sum takes it"
        yield labels.found(graph, beside, "forward", slip, "undecided")


def idle_rates(book: Book, sheets: Collection[str]) -> Iterator[Finding]:
    """Rates that are worked out from row to row beside a training, copies of one formula, where nothing takes any."""
    runs = [run for sheet in book.sheets if sheet.name in sheets for place, text in sheet.texts()
            if key_of(text).kind == "rate" and len(run := list(_below(sheet, place))) > 1]
    graph = make_graph(book) if runs else None
    known = {cell for run in runs for cell in run}
    if graph is None or any(one.meaning is None for cell, one in graph.formulas.items() if cell not in known):
        return
    for run in runs:
        if all(user in run for cell in run[1:] for user in graph.users.get(cell, ())):
            cells, told = cells_of(run[0].column, (cell.row for cell in run)), "is worked out, and no update takes it"
            yield Finding("update", "learning rate", cells, graph.text(run[0]), "", told, "wrong", run[0].sheet)


def _below(sheet: Sheet, place: Place) -> Iterator[Cell]:
    """The computed cells below a text, copies of one formula but for the first, that hold more than a copy."""
    row, column = place
    pattern = sheet.pattern((row + 2, column))
    if pattern is not None and any(pattern.literals[1:]) and not all(one.row_fixed for one in pattern.references):
        rows = takewhile(lambda below: sheet.pattern((below, column)) == pattern, count(row + 2))
        yield from (Cell(sheet.name, below, column) for below in (row + 1, *rows) if sheet.is_computed((below, column)))


def looked_up_alike(audit: Audit) -> Collection[Finding]:
    """Two data of a step that look up the same by another name, where no others do: one may be meant otherwise."""
    graph, found, is_design = audit.graph, list[Finding](), True
    brought = (graph.below(audit.inside) & graph.formulas.keys()) - audit.inside
    for step in audit.steps:
        same: dict[object, set[Cell]] = {}
        for cell in {read for own in step.inside for read in graph.formulas[own].reads} & brought:
            pattern = graph.pattern(cell)
            areas = tuple(pattern.areas(cell.sheet, cell.row, cell.column))
            if any(area.is_range for area in areas):
                same.setdefault((pattern.literals, areas), set()).add(cell)
        twice = [sorted(cells) for cells in same.values() if len({labels.label(graph, cell) for cell in cells}) > 1]
        is_design &= sum(map(len, twice)) == sum(map(len, same.values()))  # what is put in shall come out
        if len(twice) == 1:
            *_, before, cell = twice[0]
            told = f"not judged: looks up what {labels.label(graph, before) or before.address} does"
            found.append(labels.found(graph, cell, "data", told, "undecided"))
    return () if is_design else found


def judge_stored(graph: Graph, sheets: frozenset[str], typed: Container[Cell] = ()) -> Iterator[Finding]:
    """The saved numbers of some sheets that do not follow from the formulas beside them, those that are typed apart."""
    stale: dict[str, list[Cell]] = {}
    for cell, formula in graph.formulas.items():
        if cell.sheet not in sheets or cell in typed or formula.meaning is None or cell in graph.circular:
            continue
        saved = graph.stored(cell)
        reads = [graph.stored(read) for read in formula.reads]
        if saved is None or any(number is None and read in graph.formulas
                                for number, read in zip(reads, formula.reads, strict=True)):
            continue
        numbers = [number or 0.0 for number in reads]
        given = formula.meaning.value(numbers)
        slack = _STALE * max(abs(given), abs(saved), *(abs(number) for number in numbers), 1e-12)
        if math.isfinite(given) and abs(given - saved) > slack:
            stale.setdefault(cell.sheet, []).append(cell)
    for sheet, cells in stale.items():
        yield Finding("value", labels.quantity(graph, cells[0]), ", ".join(cell.address for cell in cells),
                      f"{graph.text(cells[0])} -> {graph.stored(cells[0])}", "",
                      "the stored value does not follow from the formula: not recalculated, or edited", "wrong", sheet)


def _parts_apart(one: Pattern, other: Pattern) -> int:
    """In how many places two formulas differ; 0 where they are not made alike."""
    if len(one.references) != len(other.references):
        return 0
    pairs = zip((*one.literals, *one.references), (*other.literals, *other.references), strict=True)
    return sum(a != b for a, b in pairs)


def blanks(audit: Audit, sheets: Collection[str], told: frozenset[Cell]) -> Iterator[Finding]:
    """The empty cells that a training's formulas, or copies of these, read: they are to be filled in.

    Those apart that are told to be wrong, or that what is told to be wrong reads.
    """
    graph = audit.graph
    own = {graph.pattern(cell) for cell in audit.inside}
    for blank, readers in graph.blanks.items():
        is_of_training = blank.sheet in sheets or any(graph.pattern(reader) in own for reader in readers)
        if is_of_training and blank not in told and told.isdisjoint(readers):
            yield labels.found(graph, blank, "fill", NOTHING, "undecided",
                               follows=tuple(reader.address for reader in readers if reader.sheet == blank.sheet))
