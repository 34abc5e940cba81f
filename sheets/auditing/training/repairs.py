"""The slips of cells: each row of the table mends their formulas in one way, and says in words what was wrong.

    repairs(accused formulas, the cells that may be meant)  ->  the formulas mended, and the slip

Which of them is right is asked of each in turn; the first that is names the slip. Rows are independent.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import combinations, product

import sympy as sp
from msgspec import Struct
from msgspec.structs import replace

from derive import rules
from sheets.auditing.edits import EDITS
from sheets.auditing.training.fills import areas, reread, respanned
from sheets.auditing.training.formula import Formula, Meaning, operand
from sheets.auditing.training.graph import Graph
from sheets.references import Area, Cell

MOST_NODES = 150


class Repair(Struct, frozen=True):
    """Cells with their formulas mended, and the slip in words; the first cell's formula as text, where it has one."""

    formulas: Mapping[Cell, Formula]
    slip: str
    text: str = ""


Accused = Mapping[Cell, Formula]
"""A cell with its formula, or several that are copies of each other; the first stands for all."""

Called = Callable[[Cell], str]


def references(accused: Accused, others: Sequence[Cell], called: Called, role: Callable[[Cell], object]
               ) -> Iterator[Repair]:
    """Another cell wherever one is read, those first that have its role; then in one of its places alone."""
    reads = _first(accused).reads
    alone: list[Repair] = []
    for cell in dict.fromkeys(reads):
        places = [place for place, read in enumerate(reads) if read == cell]
        for other in sorted(others, key=lambda other: role(other) != role(cell)):
            if other == cell:
                continue
            told = f"uses {called(cell)} where {called(other)} belongs"
            yield from _put(accused, dict.fromkeys(places, other), told)
            if len(places) > 1:
                alone += (one for place in places for one in _put(accused, {place: other}, f"{told}, in one place"))
    yield from alone


def throughout(formulas: Accused, others: Sequence[Cell], called: Called) -> Iterator[Repair]:
    """Another cell in several formulas at once that all read one, which need be no copies of each other."""
    counted = Counter(read for formula in formulas.values() for read in set(formula.reads))
    for cell, other in product((cell for cell, count in counted.items() if count > 1), others):
        mended = {home: Formula(formula.meaning, tuple(other if read == cell else read for read in formula.reads))
                  for home, formula in formulas.items() if cell in formula.reads}
        if other != cell and other not in mended:
            yield Repair(mended, f"uses {called(cell)} where {called(other)} belongs")


def updated_early(graph: Graph, accused: Accused, new: Mapping[Cell, Cell], called: Called) -> Iterator[Repair]:
    """The old values in place of the `new` ones that the step itself gives: all that are read, then each alone."""
    early = {read: new[read] for formula in accused.values() for read in formula.reads if read in new}
    for old in (early, *({read: start} for read, start in early.items() if len(early) > 1)):
        mended = {cell: Formula(formula.meaning, tuple(old.get(read, read) for read in formula.reads))
                  for cell, formula in accused.items()}
        told = ", ".join(f"{called(read)} for {called(start)}" for read, start in old.items())
        if old:
            home = next(iter(accused))
            text = reread(graph.text(home), home.sheet, old)
            is_written = graph.reader.read_text(graph.book.by_name[home.sheet], text).reads == mended[home].reads
            slip = f"takes the weight already updated in this step: {told}"
            yield Repair(mended, slip, text if is_written else "")


def paired_references(accused: Accused, kin: Mapping[Cell, Sequence[Cell]], called: Called) -> Iterator[Repair]:
    """Other cells of their kind in place of two that are read."""
    reads = _first(accused).reads
    for one, two in combinations(dict.fromkeys(reads), 2):
        for first in kin[one]:
            for second in kin[two]:
                if first != one and second != two:
                    told = (f"{called(one)} and {called(two)} stand in each other's place"
                            if (first, second) == (two, one) else
                            f"uses {called(one)} where {called(first)} belongs, "
                            f"uses {called(two)} where {called(second)} belongs")
                    meant = {one: first, two: second}
                    yield from _put(accused, {p: meant[read] for p, read in enumerate(reads) if read in meant}, told)


def _first(accused: Accused) -> Formula:
    return next(iter(accused.values()))


def _put(accused: Accused, there: Mapping[int, Cell], told: str) -> Iterator[Repair]:
    """Other cells at some places of a formula; in its copies they move as what they replace, as the copy, or not."""
    home, reads = next(iter(accused)), _first(accused).reads
    done: set[tuple[tuple[Cell, ...], ...]] = set()
    for way in _WAYS if len(accused) > 1 else _WAYS[:1]:
        mended = {}
        for cell, formula in accused.items():
            own = list(formula.reads)
            for place, other in there.items():
                own[place] = way(other, reads[place], formula.reads[place], home, cell)
            mended[cell] = Formula(formula.meaning, tuple(own))
        key = tuple(formula.reads for formula in mended.values())
        if key not in done and all(read.row > 0 and read.column > 0 for own in key for read in own):
            done.add(key)
            yield Repair(mended, told)


def _moved(cell: Cell, start: Cell, end: Cell) -> Cell:
    return Cell(cell.sheet, cell.row + end.row - start.row, cell.column + end.column - start.column)


_WAYS: tuple[Callable[[Cell, Cell, Cell, Cell, Cell], Cell], ...] = (
    lambda other, read, own, home, cell: _moved(other, read, own),
    lambda other, read, own, home, cell: other,
    lambda other, read, own, home, cell: _moved(other, home, cell),
)


def missing_parts(accused: Accused, others: Sequence[Cell], called: Called) -> Iterator[Repair]:
    """A cell that is not read, as one more factor, or the slope of an activation; a term, a cell or two multiplied.

    Two multiplied are the way through a weight that is used twice.
    """
    first = _first(accused)
    places = len(first.reads)
    one, two = operand(places), operand(places + 1)
    kinds = ((one, 0, "the factor {0}", 1), (one * (1 - one), 0, "the factor {0}*(1 - {0})", 1),
             (1 - one**2, 0, "the factor 1 - {0}^2", 1), (rules.Step(one), 0, "the factor ({0}>0)", 1),
             (1, one, "the term {0}", 1), (1, one * two, "the term {0}*{1}", 2),
             (1, 2 * one * two, "the term 2*{0}*{1}", 2))
    for within, (factor, term, told, more) in product((False, True), kinds):
        meanings = {meaning: Meaning(_with_term(meaning.plain * factor, term, within), places + more)
                    for formula in accused.values() if (meaning := formula.meaning) is not None}
        if within and (not term or any(meaning.expression.is_Add for meaning in meanings.values())):
            continue
        for new in combinations(others, more):
            if more > 1 or new[0] not in first.reads:
                longer = {cell: Formula(meanings[formula.meaning], (*formula.reads, *new))
                          for cell, formula in accused.items() if formula.meaning is not None}
                yield from _put(longer, dict(enumerate(new, places)), f"{told.format(*map(called, new))} is missing")


def _with_term(expression: sp.Expr, term: sp.Expr, within: bool) -> sp.Expr:
    """An expression with one more term, or with that in the bracket that is divided by a number, a mean's."""
    for place, part in enumerate(expression.args if within and expression.is_Mul else ()):
        if part.is_Add:
            others = (*expression.args[:place], *expression.args[place + 1:])
            return sp.Mul(*others, part + term, evaluate=False)
    return expression + term


def bends(graph: Graph, accused: Accused, forward: Sequence[Cell], called: Called) -> Iterator[Repair]:
    """The slope of a unit that has cases, a ReLU for one, where a formula with other cases reads what that bends."""
    first = _first(accused)
    assert first.meaning is not None  # an accused formula is understood
    alike = all(formula.meaning == first.meaning for formula in accused.values())
    cases = [*first.meaning.plain.atoms(sp.Piecewise, rules.Step)] if alike else []
    for cell in forward if cases else ():
        unit = graph.formulas[cell]
        if unit.meaning is None or not unit.meaning.plain.has(sp.Piecewise, sp.Max, sp.Min, rules.Relu):
            continue
        moved = {operand(place): operand(len(first.reads) + place) for place in range(len(unit.reads))}
        for place, read in enumerate(unit.reads):
            if read in unit.reads[:place] or read not in first.reads:
                continue
            same = {operand(other): operand(place) for other, own in enumerate(unit.reads) if own == read}
            slope = Meaning(unit.meaning.plain.xreplace(same), len(unit.reads)).slope(place)[0]
            at = first.reads.index(read)
            bent = {home: _unit(graph, own.reads[at], unit.meaning, place) for home, own in accused.items()}
            told = f"has other cases than the slope of {called(cell)} by {called(read)}, which belongs there"
            for one in cases if all(bent.values()) else ():
                mended = first.meaning.plain.xreplace({one: slope.xreplace(moved)})
                belongs = Meaning(mended, len(first.reads) + len(moved))
                yield Repair({home: Formula(belongs, (*accused[home].reads, *own)) for home, own in bent.items()}, told)


def _unit(graph: Graph, read: Cell, meaning: Meaning, place: int) -> tuple[Cell, ...]:
    """What the unit of a meaning reads that reads a cell at a place."""
    reads = (graph.formulas[user].reads for user in graph.users[read] if graph.formulas[user].meaning == meaning)
    return next((own for own in reads if own[place] == read), ())


def anchors(accused: Accused, called: Called) -> Iterator[Repair]:
    """A fill's first cell is right, and one or two of what it reads slide away below it, or stay that should not."""
    start = min(accused, key=lambda cell: (cell.row, cell.column))
    reads = accused[start].reads
    sliding = [place for place, read in enumerate(reads) if any(f.reads[place] != read for f in accused.values())]
    staying = [place for place in range(len(reads)) if place not in sliding] if len(accused) > 1 else []
    for places in (*((place,) for place in (*sliding, *staying)), *combinations(sliding, 2)):
        mended = {}
        for cell, formula in accused.items():
            there = {place: reads[place] if place in sliding else _moved(reads[place], start, cell) for place in places}
            mended[cell] = Formula(formula.meaning, tuple(there.get(place, read)
                                                          for place, read in enumerate(formula.reads)))
        told = ", ".join(called(reads[place]) for place in places)
        slip = f"{told} slides away for want of a $" if places[0] in sliding else f"{told} stays, for a $ too many"
        yield Repair(mended, f"is filled from {start.address} on, and {slip}")


def other_areas(graph: Graph, accused: Accused, known: Sequence[Area]) -> Iterator[Repair]:
    """Another area of the same shape, the same area on its side, or one that ends elsewhere."""
    home = next(iter(accused))
    text = graph.text(home)
    found: dict[Area, list[int]] = {}
    for place, area in areas(graph, home):
        found.setdefault(area, []).append(place)
    for area, starts in found.items():
        for other in known:
            if other.shape == area.shape and other != area:
                told = f"uses {area.address} where {other.address} belongs"
                alone = enumerate(starts) if len(starts) > 1 else ()
                for only, there in ((None, starts), *((only, [start]) for only, start in alone)):
                    meant = {start + k: cell for start in there for k, cell in enumerate(other.cells)}
                    mended = respanned(text, home.sheet, area, other, only)
                    slip = told if only is None else f"{told}, in one place"
                    yield from (replace(one, text=mended) for one in _put(accused, meant, slip))
        rows, columns = area.shape
        if rows == columns > 1:
            turned = [area.cells[k % rows * columns + k // rows] for k in range(rows * columns)]
            meant = {start + k: cell for start in starts for k, cell in enumerate(turned)}
            yield from _put(accused, meant, f"uses {area.address} where its transpose belongs")
    if len(accused) == 1:
        sheet = graph.book.by_name[home.sheet]
        for area in found:
            for other in _ending_elsewhere(area, known):
                mended = respanned(text, home.sheet, area, other)
                for like in found:  # SUMPRODUCT takes areas of one shape alone
                    if like != area and like.shape == area.shape:
                        mended = respanned(mended, home.sheet, like, _alike(like, area, other))
                formula = graph.reader.read_text(sheet, mended)
                if formula.meaning is not None:
                    told = f"reads {area.address} where {other.address} belongs"
                    yield Repair({home: formula}, told, mended)


def _alike(area: Area, old: Area, new: Area) -> Area:
    """An area that ends elsewhere, as another one does."""
    return Area(_moved(area.first, old.first, new.first), _moved(area.last, old.last, new.last))


def _ending_elsewhere(area: Area, known: Sequence[Area]) -> Iterator[Area]:
    """Areas of the same rows or columns, with one end where another area has it, or a cell further."""
    first, last = area.first, area.last
    ends: dict[Area, None] = {}
    for other in known:
        if area.shape[1] == 1 == other.shape[1] and (first.row == other.first.row) != (last.row == other.last.row):
            ends[Area(replace(first, row=other.first.row), replace(last, row=other.last.row))] = None
        if area.shape[0] == 1 == other.shape[0] and (
                first.column == other.first.column) != (last.column == other.last.column):
            ends[Area(replace(first, column=other.first.column), replace(last, column=other.last.column))] = None
    along = (1, 0) if area.shape[1] == 1 else (0, 1)
    for down in (1, -1):
        step = Cell(first.sheet, first.row + along[0] * down, first.column + along[1] * down)
        ends[Area(step, last)] = None
        ends[Area(first, _moved(last, first, step))] = None
    return (end for end in ends if end != area and min(*end.shape, end.first.row, end.first.column) > 0)


def copied_from_beside(graph: Graph, accused: Accused) -> Iterator[Repair]:
    """The formula of the cell above, below, to the left or to the right, copied into the cell."""
    if len(accused) > 1:
        return
    home = next(iter(accused))
    sheet = graph.book.by_name[home.sheet]
    for down, right in ((-1, 0), (1, 0), (0, -1), (0, 1)):
        pattern = sheet.pattern((home.row + down, home.column + right))
        if pattern is not None and pattern != sheet.pattern((home.row, home.column)):
            text = pattern.at(home.row, home.column)
            formula = graph.reader.read_text(sheet, text)
            if formula.meaning is not None:
                beside = Cell(home.sheet, home.row + down, home.column + right)
                yield Repair({home: formula}, f"is not the formula of {beside.address} beside it", text)


def rewritten(accused: Accused, called: Called) -> Iterator[Repair]:
    """The same cells in another formula, by every row of the table."""
    first = _first(accused)
    same = all(formula.meaning == first.meaning for formula in accused.values())
    versions = [_rewritten(formula, called) for formula in ((first,) if same else accused.values())]
    for mended in zip(*versions, strict=False):
        meanings = [Meaning(expression, len(first.reads)) for expression, _ in mended]
        yield Repair({cell: Formula(meanings[0 if same else number], formula.reads)
                      for number, (cell, formula) in enumerate(accused.items())}, mended[0][1])


def _rewritten(formula: Formula, called: Called) -> Iterator[tuple[sp.Expr, str]]:
    assert formula.meaning is not None
    expression = formula.meaning.plain
    if sum(1 for _ in sp.preorder_traversal(expression)) > MOST_NODES:
        return
    used = expression.free_symbols  # an array's entry takes few of the cells that the array reads
    names = {x: called(read) for place, read in enumerate(formula.reads) if (x := operand(place)) in used}
    for edit in EDITS:  # one that divides by 0 is none
        yield from ((mended, told) for mended, told in edit(expression, names) if not mended.has(sp.zoo, sp.nan))
