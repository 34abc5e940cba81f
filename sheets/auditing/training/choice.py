"""Chooses what a step goes down along: the objective that explains most of its updates."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import islice
from operator import itemgetter

from sheets.auditing.training import labels
from sheets.auditing.training.claims import Reading, usual
from sheets.auditing.training.contradictions import with_repair
from sheets.auditing.training.formula import Formula
from sheets.auditing.training.limits import unlimited
from sheets.auditing.training.methods import method_of, places_ahead
from sheets.auditing.training.objective import Objective, summed, unwritten, written
from sheets.auditing.training.repairs import Repair
from sheets.auditing.training.repetition import Audit
from sheets.auditing.training.updates import Step
from sheets.auditing.training.view import View
from sheets.references import Cell

_MOST_OBJECTIVES = 250
_MOST_CALLED = 20
_MOST_LIKELY = 12


def _chosen(audit: Audit, step: Step, known: Reading | None) -> Reading:
    """The reading of a step under the objective for which most of its updates hold, then most of its slopes.

    Of those that explain as many: the one known from the steps before, a cell before a loss that nobody wrote, one that
    is called a loss, one whose slopes stand as they are in the cells, the first.
    """
    found: list[tuple[tuple[float, ...], Reading]] = []
    for kept in (frozenset[Cell](), *_one_hot(audit, step)):
        if kept or not found:
            view = audit.view(step, kept)
            for objectives in _objectives(audit, view, step, known):
                for objective in objectives:
                    reading = Reading(view, step, objective)
                    held = sum(claim.holds for claim in reading.claims)
                    found.append(((held, reading.proved, *_preference(audit, reading, known)), reading))
                if found and 2 * max(found, key=itemgetter(0))[0][0] >= len(step.updates):
                    break
        if any(reading.proved == len(step.updates) for _, reading in found):
            break
    if not found:
        return Reading(audit.view(step), step, Objective("no cell that is understood", {}))
    likely = sorted(found, key=itemgetter(0), reverse=True)[:_MOST_LIKELY]
    lifted = [((sum(claim.holds for claim in other.claims), other.proved, *rank[2:]), other)
              for rank, reading in likely for other in (*unlimited(reading), *_looking_ahead(reading))]
    best = max((*lifted, *likely), key=itemgetter(0))
    if best[0][0] < len(step.updates):  # another method may explain more
        likely = sorted((*lifted, *likely), key=itemgetter(0), reverse=True)[:_MOST_LIKELY]
        best = max((((rank[0] + len(method_of(reading).updates), *rank[1:]), reading) for rank, reading in likely),
                   key=itemgetter(0))
    return _with_ones(audit, best[1])


def _with_ones(audit: Audit, reading: Reading) -> Reading:
    """The reading with typed ones as ones that the forward pass does not read, where more updates hold so.

    The slope of w + b by b may stand in a cell, and is 1.
    """
    graph, loss = audit.graph, reading.objective.cell
    held = sum(claim.holds for claim in reading.claims)
    if loss is None or held == len(reading.claims):
        return reading
    behind = reading.below(*reading.step.inside) - graph.below((loss,))
    ones = frozenset(cell for cell in behind - graph.formulas.keys() if audit.graph.stored(cell) == 1)
    if not ones:
        return reading
    view = audit.view(reading.step, reading.view.kept | ones)
    other = Reading(view, reading.step, written(view, reading.step, loss))
    return other if sum(claim.holds for claim in other.claims) > held else reading


def _looking_ahead(reading: Reading) -> Iterator[Reading]:
    """A step of Nesterov's momentum with its error worked out where its slopes are, at w + m*v, as if it were so."""
    graph, places = reading.view.graph, places_ahead(reading)
    if places.keys() == reading.step.starts:
        forward = reading.forward - reading.step.starts
        moved = {cell: Formula(formula.meaning, tuple(places.get(graph.origin(read), read) for read in formula.reads))
                 for cell in forward for formula in (graph.formulas[cell],)
                 if formula.meaning is not None and not formula.meaning.copied}
        yield with_repair(reading, Repair(moved, ""))


def _preference(audit: Audit, reading: Reading, known: Reading | None) -> tuple[float, ...]:
    cell = reading.objective.cell
    as_known = known is not None and cell is not None and known.objective.cell is not None and cell == audit.moved(
        known.objective.cell, known.step, reading.step)
    most = usual(reading.claims)
    plain = most is not None and abs(most[1]) == 1
    is_loss = cell is not None and labels.is_loss(audit.graph, cell)
    used = cell is not None and bool(audit.graph.users.get(cell))
    own = cell is not None and audit.places.get(cell.sheet) == audit.anchor(reading.step)[0]
    return float(as_known), float(cell is not None), float(own), float(plain), float(is_loss), float(not used)


def _objectives(audit: Audit, view: View, step: Step, known: Reading | None) -> Iterator[Iterable[Objective]]:
    """What a step may go down along: what nothing in it is computed from; then what is."""
    ends = {update.cell for update in step.updates}
    feeding = audit.graph.below(ends, stop=step.starts)
    cells = [cell for cell in step.inside if cell not in ends and not view.is_given(cell)]
    aside = [cell for cell in cells if cell not in feeding]
    likely, others = aside[:_MOST_OBJECTIVES], [cell for cell in cells if cell in feeding]
    if known is not None and known.objective.cell is not None:
        moved = audit.moved(known.objective.cell, known.step, step)
        called = [cell for cell in aside if cell not in audit.graph.users and labels.is_loss(audit.graph, cell)]
        likely = [*([moved] if moved in cells else []), *called[-_MOST_CALLED:], *likely[:20]]
    alike: dict[object, list[Cell]] = {}
    for cell in aside:
        alike.setdefault(audit.graph.formulas[cell].meaning, []).append(cell)
    sums = (summed(view, same) for same in alike.values()
            if len(same) > 1 and not any(cell in audit.graph.users for cell in same))
    yield (*(written(view, step, cell) for cell in likely), *sums, *unwritten(view, step))
    if len(cells) <= _MOST_OBJECTIVES:
        yield (written(view, step, cell) for cell in (others[:20] if known is not None else others))


def _one_hot(audit: Audit, step: Step) -> list[frozenset[Cell]]:
    """The given cells of a step that mark a class: typed 0 and 1, one of each row or of each column of them 1.

    A sample is a row or a column; that which makes more of them marks is the first, since marks of two kinds may stand
    beside each other, what is looked up and what is to be found.
    """
    formulas = audit.graph.formulas
    typed = {read for cell in audit.inside for read in formulas[cell].reads} - formulas.keys()
    typed -= frozenset[Cell]().union(*(one.starts for one in audit.steps))
    reads = {read for cell in step.inside for read in formulas[cell].reads} & typed
    given = {read for read in reads if audit.graph.stored(read) in (0, 1) and not _is_state(audit, step, read)}
    if len(given) > 1 and sum(audit.graph.stored(cell) or 0 for cell in given) == 1:
        return [frozenset(given)]
    found: list[frozenset[Cell]] = []
    for of_rows in (True, False):
        across = _lines(given, not of_rows).values()
        ones = frozenset(cell for line in across if len(line) > 1 and all(audit.graph.stored(c) == 1 for c in line)
                         for cell in line)  # the inputs of a bias, not the marks of a class
        inputs = {cell for cell in given if any(audit.graph.stored(near) not in (0, 1)
                                                for near in _run(cell, typed, of_rows))}
        lines = _lines(given - ones - inputs, of_rows)
        found.append(frozenset(cell for line in lines.values() if len(line) > 1
                               and sum(audit.graph.stored(c) or 0 for c in line) == 1 for cell in line))
    return sorted(found, key=len, reverse=True)


def _run(cell: Cell, typed: Collection[Cell], down: bool) -> Iterator[Cell]:
    """The typed cells without a gap above and below a cell, or beside it: those of an input are not all 0 or 1."""
    for ahead in (1, -1):
        next_to = cell
        while next_to in typed:
            yield next_to
            next_to = Cell(cell.sheet, next_to.row + ahead * down, next_to.column + ahead * (not down))


def _lines(cells: Iterable[Cell], of_rows: bool) -> dict[tuple[str, int], list[Cell]]:
    """Cells by their rows, or by their columns."""
    found: dict[tuple[str, int], list[Cell]] = {}
    for cell in cells:
        found.setdefault((cell.sheet, cell.row if of_rows else cell.column), []).append(cell)
    return found


def _is_state(audit: Audit, step: Step, cell: Cell) -> bool:
    """Whether other steps compute what is given here, the 0 from which a momentum starts."""
    readers = [(reader, formula.reads.index(cell)) for reader in step.inside
               if cell in (formula := audit.graph.formulas[reader]).reads]
    for other in islice((other for other in audit.steps if other is not step), 3):
        for reader, place in readers:
            there = audit.graph.formulas.get(audit.moved(reader, step, other) or reader)
            if there is not None and place < len(there.reads) and (
                    audit.graph.origin(there.reads[place]) in audit.inside):
                return True
    return False


def by_objective(audit: Audit, steps: Sequence[Step], known: Reading | None) -> Iterator[tuple[Reading, list[Step]]]:
    """Steps whose slopes are alike, apart by what they go down along."""
    left = list(steps)
    while left:
        reading = _chosen(audit, left[0], known)
        known = known or reading
        form = audit.form(left[0], reading.forward - left[0].starts)
        same = [step for step in left if _has_form(audit, reading, step, form)] or [left[0]]
        yield reading, same
        left = [step for step in left if step not in same]


def _has_form(audit: Audit, reading: Reading, step: Step, form: frozenset[object]) -> bool:
    """Whether the forward pass of a step is that of a reading, moved."""
    if step is reading.step:
        return True
    cells = [audit.moved(cell, reading.step, step) for cell in reading.forward - reading.step.starts
             if cell not in reading.step.starts]
    own = [cell for cell in cells if cell is not None and cell in audit.graph.formulas]
    return len(own) == len(cells) and audit.form(step, own) == form
