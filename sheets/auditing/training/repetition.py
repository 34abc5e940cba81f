"""Which steps of a workbook are one training, and which of its steps repeat another, moved to another place."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property

from msgspec import Struct

from derive.reach import reached
from sheets.auditing.digits import digits, is_written
from sheets.auditing.training.formula import Meaning
from sheets.auditing.training.graph import Graph
from sheets.auditing.training.updates import Step
from sheets.auditing.training.view import MOST_WORK, View
from sheets.auditing.work import Work
from sheets.references import Cell, Pattern

_ENOUGH = 2.5
_MOST_LEVELS = 4
_WITHOUT_SHEET = re.compile(r"(?:'(?:[^']|'')+'|[^\W\d][\w.]*)!\Z")


class Audit(Struct, frozen=True, dict=True):
    """A graph with the steps in it that are steps of a training."""

    graph: Graph
    steps: tuple[Step, ...]

    @cached_property
    def places(self) -> Mapping[str, int]:
        """The place of each sheet among the sheets."""
        return {sheet.name: place for place, sheet in enumerate(self.graph.book.sheets)}

    @cached_property
    def inside(self) -> frozenset[Cell]:
        """The computed cells of all steps."""
        return frozenset(cell for step in self.steps for cell in step.inside)

    @cached_property
    def work(self) -> Work:
        """What may be spent on all steps."""
        return Work(MOST_WORK)

    def view(self, step: Step, kept: frozenset[Cell] = frozenset()) -> View:
        """The cells of a step, those of other steps that it reads taken as given.

        A typed number that is asked to be equal to something, a class's, stays what it is, and so do those by which
        one is looked up.
        """
        formulas = self.graph.formulas
        reads = {read for cell in step.inside for read in formulas[cell].reads}
        sources = step.starts | ((reads & self.inside) - frozenset(step.inside))
        asked = {one for cell in self.graph.below(step.inside, stop=sources) if cell in formulas
                 for one in formulas[cell].asked}
        marks = self.graph.below(asked - self.inside) - formulas.keys()
        return View(self.graph, sources, kept | marks, left=self._left(step), work=self.work)

    def _left(self, step: Step) -> dict[Cell, frozenset[Cell]]:
        """The cells in which the step before computed each start, the nearest of them and what copies these.

        In a first step those that stand to it as to the next that it repeats.
        """
        found = {start: left for start in step.starts if (left := frozenset(self._computed_in(start)))}
        if found:
            return {u.start: found[origin] for u in step.updates if (origin := self.graph.origin(u.start)) in found}
        for other in self.steps:
            home = {u.start: there for u in other.updates if (there := self.moved(u.start, other, step)) is not None}
            if not other.starts <= step.starts and not step.starts.isdisjoint(map(self.graph.origin, home.values())):
                return {there: frozenset(self._given_beside(step, other, start)) for start, there in home.items()}
        return {}

    def _given_beside(self, step: Step, other: Step, start: Cell) -> Iterator[Cell]:
        for own in self._computed_in(self.graph.origin(start)):
            cell = self.moved(own, other, step)
            if cell is not None and cell not in step.inside and self.graph.stored(cell) is not None:
                yield cell

    def _computed_in(self, start: Cell) -> set[Cell]:
        """The nearest computed cells that a cell is computed from, and what copies these."""
        graph = self.graph
        found, nearest = set[Cell](), {start}
        for _ in range(_MOST_LEVELS):
            nearest = {graph.origin(read) for cell in nearest if cell in graph.formulas
                       for read in graph.formulas[cell].reads} & graph.formulas.keys() - found
            found |= nearest
        return set(reached(found, lambda cell: filter(self._copies, graph.users.get(cell, ()))))

    def place(self, cell: Cell) -> tuple[int, int, int]:
        """A cell's place in the workbook."""
        return self.places.get(cell.sheet, -1), cell.row, cell.column

    def anchor(self, step: Step) -> tuple[int, int, int]:
        """Where a step stands: its first cell that computes something."""
        ends = {update.cell for update in step.updates}
        own = [cell for cell in step.inside if cell not in ends and not self._copies(cell)]
        return min(map(self.place, own or ends))

    def _copies(self, cell: Cell) -> bool:
        meaning = self.graph.formulas[cell].meaning
        return meaning is not None and meaning.copied

    def moved(self, cell: Cell, start: Step, end: Step) -> Cell | None:
        """The cell that stands to one step as a cell to another; None where there is no such sheet."""
        sheet, row, column = (c + b - a for a, b, c in zip(self.anchor(start), self.anchor(end), self.place(cell),
                                                            strict=True))
        names = self.graph.book.sheets
        return Cell(names[sheet].name, row, column) if 0 <= sheet < len(names) and row > 0 and column > 0 else None

    def form(self, step: Step, cells: Iterable[Cell]) -> frozenset[object]:
        """What stands in some cells of a step, seen from where the step stands: alike for steps that repeat.

        A given cell that every step reads, a rate for one, stands where it stands. What only brings a start into the
        step is left out, since the first step has none of it.
        """
        sheet, row, column = self.anchor(step)
        found: set[object] = set()
        inside = frozenset(step.inside)
        for cell in cells:
            if self._copies(cell) and self.graph.formulas[cell].reads[0] not in inside:
                continue
            pattern = self.graph.pattern(cell)
            own = self.places[cell.sheet]
            reads = tuple(self._seen_from(read, sheet, row, column)
                          for read in pattern.cells(cell.sheet, cell.row, cell.column))
            literals = tuple(_WITHOUT_SHEET.sub("", literal) for literal in pattern.literals)
            found.add((own - sheet, cell.row - row, cell.column - column, literals, reads))
        return frozenset(found)

    def meant(self, step: Step, cells: Iterable[Cell]) -> frozenset[object]:
        """What formulas of a step mean that mean something else elsewhere, by the texts that they ask for.

        What is to be filled in makes no other meaning.
        """
        sheet, row, column = self.anchor(step)
        return frozenset((self.places[cell.sheet] - sheet, cell.row - row, cell.column - column,
                          self.graph.formulas[cell].meaning)
                         for cell in cells if len(self._meanings[self.graph.pattern(cell)]) > 1)

    @cached_property
    def _meanings(self) -> Mapping[Pattern, set[Meaning | None]]:
        """The meanings of each formula of the steps, wherever it stands and reads no empty cell."""
        unfilled = {reader for readers in self.graph.blanks.values() for reader in readers}
        found: dict[Pattern, set[Meaning | None]] = {self.graph.pattern(cell): set() for cell in self.inside}
        for cell in self.inside - unfilled:
            found[self.graph.pattern(cell)].add(self.graph.formulas[cell].meaning)
        return found

    def _seen_from(self, cell: Cell, sheet: int, row: int, column: int) -> object:
        """A cell that a step reads: where it stands, if it is given once for all steps, else how far from the step."""
        if cell in self.once:
            return cell
        return self.places.get(cell.sheet, -1) - sheet, cell.row - row, cell.column - column

    @cached_property
    def once(self) -> frozenset[Cell]:
        """The given cells that most steps of a training of several read: a first step may lack a momentum."""
        found: set[Cell] = set()
        for steps in chains(self):
            counted = Counter(cell for step in steps for cell in
                              {read for own in step.inside for read in self.graph.formulas[own].reads} - self.inside)
            found.update(cell for cell, count in counted.items() if count > 1 and len(steps) < 2 * count)
        return frozenset(found)


def trained(graph: Graph, steps: Sequence[Step]) -> tuple[Step, ...]:
    """The steps without updates that lead nowhere where others like them do, and without steps of such alone."""
    leading = {graph.formulas[u.cell].meaning for step in steps for u in step.updates if u.cell in graph.users}
    found = []
    for step in steps:
        real = [u for u in step.updates if graph.formulas[u.cell].meaning in leading]
        roots = {graph.origin(u.start) for u in real}
        kept = tuple(u for u in step.updates if not leading or u in real or
                     (real and graph.origin(u.start) not in roots))
        if kept:
            found.append(Step(kept, frozenset(graph.origin(u.start) for u in kept), step.inside))
    return tuple(found)


def chains(audit: Audit) -> list[list[Step]]:
    """The steps that go on from each other."""
    ends = {update.cell: number for number, step in enumerate(audit.steps) for update in step.updates}
    chain_of: dict[int, list[int]] = {}
    for number, step in enumerate(audit.steps):
        before = {ends[start] for start in step.starts if start in ends and ends[start] < number}
        before |= {earlier for earlier, other in enumerate(audit.steps[:number]) if typed_on(audit, other, step)}
        own = [number]
        for earlier in sorted(before):
            chain = chain_of[earlier]
            if chain is not own:
                own = chain + own
        for member in own:
            chain_of[member] = own
    unique = {id(chain): chain for chain in chain_of.values()}
    return [[audit.steps[number] for number in sorted(set(chain))] for chain in unique.values()]


def typed_on(audit: Audit, before: Step, after: Step) -> Mapping[Cell, tuple[Cell, float, float]]:
    """The typed starts of a step: the result of one before that belongs there, the number typed, the number belonging.

    Empty where fewer than half of its starts are such results, to some digits together. A result that is what its own
    step started from tells nothing.
    """
    graph = audit.graph
    results = {update.start: update.cell for update in before.updates}
    found = {start: (results[home], typed, new) for start in (update.start for update in after.updates)
             if start not in graph.formulas and (home := audit.moved(start, after, before)) in results
             and (typed := graph.stored(start)) is not None and (new := graph.stored(results[home])) is not None}
    olds = {update.cell: graph.stored(update.start) for update in before.updates}
    moved = [typed for result, typed, new in found.values()
             if is_written(typed, new) and (old := olds[result]) is not None and not is_written(typed, old)]
    still = sum(new == olds[result] == typed for result, typed, new in found.values())
    is_meant = sum(map(digits, moved)) >= _ENOUGH and 2 * len(moved) >= len(after.starts) - still
    return found if is_meant else {}
