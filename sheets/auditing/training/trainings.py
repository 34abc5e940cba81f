"""The audit of a workbook's trainings in any layout: find the steps, choose the objective, judge, blame, report."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from functools import partial

from msgspec import Struct
from msgspec.structs import replace

from sheets.auditing.book import Book
from sheets.auditing.digits import is_cut_off
from sheets.auditing.findings import Finding, TrainingReport, cells_of
from sheets.auditing.training import labels, remainder
from sheets.auditing.training.choice import by_objective
from sheets.auditing.training.claims import Reading
from sheets.auditing.training.entropy import SLIP, judge_entropies
from sheets.auditing.training.fills import likeness, whole
from sheets.auditing.training.graph import Graph, make_graph
from sheets.auditing.training.judgement import Judgement, judge
from sheets.auditing.training.lookahead import find_meant_steps
from sheets.auditing.training.models import deviations
from sheets.auditing.training.repetition import Audit, chains, trained, typed_on
from sheets.auditing.training.roundings import judge_roundings
from sheets.auditing.training.sight import seen, shows_a_training
from sheets.auditing.training.typed import completed, told_of, typed_numbers
from sheets.auditing.training.updates import Step
from sheets.references import Cell, areas_of

_MOST_KINDS = 24
_MOST_BLAMED = 6
_NO_FURTHER = "there is more to mend than is tried: a cause may be told less well than it could be"
_FEW = 4


class Trainings(Struct, frozen=True):
    """What was found: the trainings, what is wrong outside them, and in words what was seen of it."""

    reports: tuple[TrainingReport, ...] = ()
    findings: tuple[Finding, ...] = ()
    seen: Callable[[], str] = str


class Judged(Struct, frozen=True):
    """Steps of one kind, how they are read, and what is found in them."""

    reading: Reading
    group: Sequence[Step]
    judgement: Judgement

    @property
    def is_right(self) -> bool:
        """Whether all of it is proved."""
        return bool(self.judgement.proved) and all(one.severity == "fragile" for one in self.judgement.findings)

    @property
    def aim(self) -> tuple[int, bool]:
        """How much is stepped, and whether a cell holds what it goes down along."""
        return len(self.reading.step.updates), self.reading.objective.cell is not None


def audit_trainings(book: Book, passed_over: Collection[str] = ()) -> Trainings:
    """The trainings of a workbook; some sheets are judged elsewhere."""
    graph = as_typed = make_graph(book, passed_over)
    if graph is None or as_typed is None:
        return Trainings(seen=lambda: "more formulas than are looked at")
    typed = typed_numbers(graph)
    if typed:
        graph = make_graph(completed(book, typed), passed_over) or graph
    audit = Audit(graph, trained(graph, find_meant_steps(graph)))
    judged = [(steps, _report(audit, steps)) for steps in chains(audit)]
    complete = [step for steps, report in judged if report.complete for step in steps]
    known = frozenset(cell for step in complete for cell in step.inside)
    meanings = {graph.formulas[update.cell].meaning for step in complete for update in step.updates}
    reports = tuple(report for steps, report in judged if report.complete or any(
        one.severity == "wrong" for one in report.findings) or any(
        shows_a_training(graph, cell) for step in steps for cell in step.inside) or any(
        graph.formulas[update.cell].meaning in meanings or not known.isdisjoint(graph.users.get(update.start, ()))
        for step in steps for update in step.updates))
    sheets = frozenset(sheet for report in reports for sheet in report.sheets)
    said = [one for report in reports for one in report.findings]
    told = [cell for one in said if one.slip == SLIP for cell in _cells(one)]
    wrong = frozenset(cell for one in said if one.severity == "wrong" for cell in _cells(one))
    marked = [cell for one in said for cell in _cells(one)]
    findings = _merged(graph, (*judge_entropies(graph, told),
                        *remainder.judge_stored(graph, sheets, frozenset(one.cell for one in typed)),
                        *told_of(graph, (one for one in typed if one.cell.sheet in sheets)), *remainder.circles(graph),
                        *(remainder.unmoved(audit, wrong) if reports else ()), *remainder.brought_in_otherwise(audit),
                        *remainder.looked_up_alike(audit), *(judge_roundings(audit) if reports else ()),
                        *(remainder.left_out(audit, wrong) if reports else ()),
                        *(remainder.not_understood(audit, marked) if reports else ()),
                        *(remainder.carried_on(audit, marked) if reports else ()),
                        *(remainder.blanks(audit, sheets, wrong) if reports else ())))
    return Trainings(reports, findings, partial(seen, as_typed))


def _report(audit: Audit, steps: Sequence[Step]) -> TrainingReport:
    """The report of one training: each kind of step judged once."""
    kinds: dict[object, list[Step]] = {}
    for step in steps:
        below = audit.graph.below((u.cell for u in step.updates), stop=step.starts) & frozenset(step.inside)
        kinds.setdefault((audit.form(step, below), audit.meant(step, below)), []).append(step)
    chosen: list[tuple[Reading, list[Step]]] = []
    for alike in list(kinds.values())[:_MOST_KINDS]:
        chosen += by_objective(audit, alike, chosen[0][0] if chosen else None)
    judged, left = _judged(audit, chosen)
    left += list(kinds.values())[_MOST_KINDS:]
    first, method, most = judged[0].reading, judged[0].judgement.method, judged[0].judgement.most
    notes = dict.fromkeys(note for one in judged for note in one.judgement.notes)
    if audit.work.is_done:
        notes[_NO_FURTHER] = None
    findings = [found for one in judged
                for found in _everywhere(audit, steps, one, _findings(audit, judged, one))]
    if left:
        findings.append(_unlooked_at(left, len(kinds)))
    rates = [rate.cell for one in judged if one.judgement.most for rate in one.judgement.most[:1] if rate.cell]
    inside = {cell for step in steps for cell in step.inside}
    findings += [*_passed_on(audit, steps), *remainder.unanchored(audit.graph, inside, rates)]
    cell = most[0].cell if most else None
    names = tuple(dict.fromkeys(cell.sheet for step in steps for cell in step.inside))
    loss = first.objective.cell
    return TrainingReport(
        sheets=names, steps=len(steps), updates=len(first.step.updates), method=method.name,
        loss=first.objective.name if loss is None else f"{loss.sheet}!{loss.address}",
        rate_cell=None if cell is None else f"{cell.sheet}!{cell.address}",
        rate=(abs(most[0].number) if cell is None else audit.graph.stored(cell)) if most else None,
        parameters=tuple((labels.quantity(audit.graph, u.start), f"{u.start.sheet}!{u.start.address}")
                         for u in steps[0].updates),
        findings=_merged(audit.graph, findings), notes=tuple(notes),
        complete=any(one.judgement.proved for one in judged))


def _judged(audit: Audit, chosen: Sequence[tuple[Reading, list[Step]]]) -> tuple[list[Judged], list[list[Step]]]:
    """Steps judged kind by kind, in their order, those first that may be models of the others; and those that are left.

    A cause is looked for in a few kinds.
    """
    judged: dict[int, Judged] = {}
    holds = [all(claim.holds for claim in reading.claims) for reading, _ in chosen]
    blamed = 0
    for number in sorted(range(len(chosen)), key=lambda number: not holds[number]):
        if blamed < _MOST_BLAMED:
            reading, group = chosen[number]
            right = [one for one in judged.values() if one.is_right]
            model = max(right, key=lambda one: len(one.group)).reading.step if right else None
            judged[number] = Judged(reading, group, judge(audit, reading, model))
            blamed += bool(judged[number].judgement.findings) and not judged[number].judgement.by_model
    return ([judged[number] for number in sorted(judged)],
            [group for number, (_, group) in enumerate(chosen) if number not in judged])


def _findings(audit: Audit, judged: Sequence[Judged], one: Judged) -> Sequence[Finding]:
    """What is to be said of steps of one kind: where others are right, that these are no copies of them.

    Right steps may be of several kinds, unless no cell holds what they go down along: then it takes the other steps to
    tell what a few compare with what. Those that go down along a loss that a cell holds tell what is meant.
    """
    right = [other for other in judged if other.is_right]
    model = max(right, default=one, key=lambda other: (*other.aim, len(other.group)))
    is_odd = not model.aim[1] and _FEW * len(one.group) <= len(model.group)
    if model is one or (one.is_right and one.aim == model.aim and not is_odd):
        return one.judgement.findings
    models = (each.reading.step for each in right if each is not one and each.aim == model.aim)
    told = (tuple(deviations(audit, step, one.reading.step)) for step in models)
    found = min(filter(None, told), key=len, default=())  # a first step differs in more than what is wrong
    blamed = {cell for finding in one.judgement.findings if finding.severity == "wrong" for cell in _cells(finding)}
    named = any(cell in blamed for finding in found for cell in _cells(finding))
    return one.judgement.findings if named or not found else found


def _unlooked_at(left: Sequence[Sequence[Step]], kinds: int) -> Finding:
    """The first update of the steps that are not judged, since there are too many kinds of them."""
    cell = left[0][0].updates[0].cell
    told = f"not judged: the steps are of {kinds} kinds, and the last {len(left)} of these are not looked at"
    return Finding("update", cell.address, cell.address, "", "", told, "undecided", cell.sheet)


def _everywhere(audit: Audit, steps: Sequence[Step], judged: Judged, findings: Iterable[Finding]) -> Iterator[Finding]:
    """The findings of one step, at its place in every step like it, and where a copy goes on after the last step."""
    for one in findings:
        cells = [audit.moved(cell, judged.reading.step, other) for other in judged.group for cell in _cells(one)]
        cells += [copy for cell in cells if cell is not None and (copy := _copied_on(audit, steps, cell)) is not None]
        by_sheet: dict[str, list[str]] = {}
        for cell in cells:
            if cell is not None:
                by_sheet.setdefault(cell.sheet, []).append(cell.address)
        for sheet, addresses in by_sheet.items():
            yield replace(one, sheet=sheet, cells=", ".join(dict.fromkeys(addresses)))


def _copied_on(audit: Audit, steps: Sequence[Step], cell: Cell) -> Cell | None:
    """The copy of a cell of the last step where the next one would stand."""
    graph = audit.graph
    there = audit.moved(cell, *steps[-2:]) if len(steps) > 1 and cell in steps[-1].inside else None
    if there is None or there not in graph.formulas or there in audit.inside:
        return None
    return there if graph.pattern(there) == graph.pattern(cell) else None


def _merged(graph: Graph, findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Findings that say the same of cells of one sheet as one, their cells as ranges, and an array's as of the array.

    Of copies of one formula, and of an array's entries, they say the same if copies of one belong there.
    """
    same = _together(findings, lambda one: (one.quantity, one.slip))
    return tuple(replace(one, formula=whole(one.formula), expected=whole(one.expected))
                 for one in _together(same, partial(_said, graph)))


def _said(graph: Graph, one: Finding) -> object:
    cell = next(_cells(one))
    if not (one.expected.startswith("=") and cell in graph.formulas):
        return one.quantity, one.slip
    return likeness(graph, cell), likeness(graph, cell, one.expected)


def _together(findings: Iterable[Finding], said: Callable[[Finding], object]) -> Iterator[Finding]:
    """The first of the findings of one kind that say the same of cells of one sheet, with the cells of all."""
    together: dict[object, list[Finding]] = {}
    for one in findings:
        together.setdefault((one.kind, one.severity, one.sheet, said(one)), []).append(one)
    for same in together.values():
        yield replace(min(same, key=lambda one: next(areas_of(one.cells))[0]),
                      cells=_spans(sorted({cell for one in same for cell in _cells(one)})),
                      follows=tuple(dict.fromkeys(address for one in same for address in one.follows)))


def _cells(finding: Finding) -> Iterator[Cell]:
    """The cells of a finding, which are listed one by one or as ranges."""
    for (top, column), (bottom, _) in areas_of(finding.cells):
        yield from (Cell(finding.sheet, row, column) for row in range(top, bottom + 1))


def _spans(cells: Iterable[Cell]) -> str:
    """Cells as ranges, column by column: `Z33:Z40, AA33`."""
    columns: dict[int, set[int]] = {}
    for cell in cells:
        columns.setdefault(cell.column, set()).add(cell.row)
    return ", ".join(cells_of(column, rows) for column, rows in columns.items())


def _passed_on(audit: Audit, steps: Sequence[Step]) -> Iterator[Finding]:
    """Steps that start from another value than the new one of the step from which most of their starts come."""
    graph = audit.graph
    giver = {update.cell: step for step in steps for update in step.updates}
    for place, after in enumerate(steps):
        pasted = (found for before in reversed(steps[:place]) if (found := typed_on(audit, before, after)))
        for start, (result, typed, new) in next(pasted, {}).items():
            yield from _typed_amiss(graph, start, result, typed, new)
        origins = {update.start: graph.origin(update.start) for update in after.updates}
        givers = [giver[origin] for start, origin in origins.items() if origin != start and origin in giver]
        before = max(givers, key=givers.count, default=None)
        if before is None or 2 * givers.count(before) < len(origins):
            continue
        is_most = 2 * givers.count(before) > len(origins)
        for start, origin in origins.items():
            home = audit.moved(start, after, before)
            meant = next((u for u in before.updates if u.start == home), None)
            if meant is not None and start not in graph.formulas:
                yield from _typed_amiss(graph, start, meant.cell, graph.stored(start), graph.stored(meant.cell))
            elif meant is not None and is_most and origin not in (start, meant.cell):
                told = (f"takes what stands in {origin.sheet}!{labels.called(graph, origin)}, "
                        f"where {meant.cell.sheet}!{meant.cell.address} belongs")
                yield labels.found(graph, start, "update", told, "wrong")


def _typed_amiss(
    graph: Graph, start: Cell, result: Cell, typed: float | None, new: float | None
) -> Iterator[Finding]:
    """A typed start that is not the new value which belongs there, neither rounded nor cut off."""
    if typed is not None and new is not None and not is_cut_off(typed, new):
        told = f"is not the new value in {labels.called(graph, result)}, as the others of its step are"
        yield Finding("update", labels.quantity(graph, start), start.address, f"{typed:.15g}", f"{new:.15g}", told,
                      "wrong", start.sheet)
