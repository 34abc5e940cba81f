"""Whether the numbers of a file tell every wrong formula from the right one, and by which tolerance.

The sheet calls a cell right where it is within a tolerance of a reference. For a gradient the reference is the central
difference (L(w + h) - L(w - h))/(2h). At the exact start values both are enclosed by interval arithmetic, so that

    |reference - right| <= tolerance/4    and    |wrong - right| >= 4*tolerance    for every wrong form

are proved, not observed; rounding in the sheet's floating point is far below a quarter of the tolerance. Numbers that
are drawn prove it in the first row; a walkthrough's own may need a later one (its w1 and w7 may start alike).
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from itertools import islice
from types import MappingProxyType
from typing import Any

import sympy as sp
from msgspec import Struct

from derive.gradients.chain import derive_gradients
from derive.mistakes import Subject, Wrong, formula_subject, gradient_subject, siblings, wrong_forms
from derive.names import quantity, symbol
from derive.network import Network
from derive.rules import Elementary, rule_of
from derive.training import train_formulas
from sheets.building.layout import RATE, lay_out, update
from sheets.exercise.blanks import Blank
from sheets.exercise.enclosure import enclosure, exact, largest, smallest
from sheets.exercise.start import Start
from sheets.formulas.calculation import calculator

STEP = 2.0**-13
"""h of the central difference: a power of two, so that w + h and w - h are exact in the sheet."""
_FINEST, _COARSEST = 1e-7, 1e-5
"""Of the right value: how fine a tolerance is tried, and how coarse one is taken."""
_MARGIN = 4.0
_SAME = 1e-13
_VISIBLE = 1 / 500
"""By how much of its value a drawn gradient differs from each wrong one."""
_UNSATURATED = 0.045
"""The smallest slope of an activation in a drawn file: σ between 0.05 and 0.95."""

Row = Mapping[str, float]


class Question(Struct, frozen=True, dict=True):
    """One blank column: the formula that belongs there and every wrong one that people write."""

    blank: Blank
    right: sp.Expr
    wrongs: tuple[Wrong, ...]

    @property
    def forms(self) -> tuple[sp.Expr, ...]:
        """The right formula, then the wrong ones."""
        return (self.right, *(wrong.formula for wrong in self.wrongs))

    @cached_property
    def names(self) -> tuple[str, ...]:
        """All names in them."""
        return tuple(sorted({part.name for form in self.forms for part in form.free_symbols}))

    @cached_property
    def quick(self) -> tuple[Callable[[Sequence[float]], float], ...]:
        """Their values in floating point."""
        return tuple(calculator(form, self.names) for form in self.forms)

    @cached_property
    def enclosed(self) -> tuple[Callable[[Mapping[str, Any]], Any], ...]:
        """The same by intervals."""
        return tuple(enclosure(form, self.names) for form in self.forms)


class Questions(Struct, frozen=True, dict=True):
    """The questions of an exercise, whatever its start values: decided once, used for every student."""

    network: Network
    asked: tuple[Question, ...]

    @classmethod
    def of(cls, network: Network, blanks: Sequence[Blank]) -> "Questions":
        """Every blank with its wrong forms, each of them refuted."""
        gradients = derive_gradients(network)
        back = {quantity(network.loss_name, name): derivation for name, derivation in gradients.items()}
        likes = siblings(network)
        asked = []
        for blank in blanks:
            if blank.kind == "gradient":
                subject = gradient_subject(back[blank.name])
            elif blank.kind == "forward":
                subject = formula_subject(network.definitions[blank.name], network)
            else:
                slope = quantity(network.loss_name, blank.name)
                others = tuple(quantity(network.loss_name, name) for name in likes[blank.name])
                subject = Subject(update(blank.name, slope), network,
                                  MappingProxyType({blank.name: likes[blank.name], slope: others}))
            asked.append(Question(blank, subject.formula, wrong_forms(subject)))
        return cls(network, tuple(asked))

    @cached_property
    def formulas(self) -> Mapping[str, sp.Expr]:
        """Every computed quantity of the table."""
        return lay_out(self.network).formulas

    @cached_property
    def enclosures(self) -> Mapping[str, Callable[[Mapping[str, Any]], Any]]:
        """The computed quantities by intervals, in their order."""
        return {name: enclosure(form, sorted(part.name for part in form.free_symbols))
                for name, form in self.formulas.items()}

    @cached_property
    def loss(self) -> Callable[[Mapping[str, Any]], Any]:
        """The loss by intervals, from the leaves alone."""
        nodes = {name: self.enclosures[name] for name in self.network.definitions}

        def value(leaves: Mapping[str, Any]) -> Any:
            held = dict(leaves)
            for name, enclosed in nodes.items():
                held[name] = enclosed(held)
            return held[self.network.loss]

        return value

    @cached_property
    def slopes(self) -> tuple[tuple[Callable[[Sequence[float]], float], tuple[str, ...]], ...]:
        """The slope of every activation in floating point, and the names that it uses."""
        found = []
        for name, body in self.network.definitions.items():
            if isinstance(body, Elementary):
                slope = rule_of(body).slope(body.args[0], symbol(name))
                names = tuple(sorted(part.name for part in slope.free_symbols))
                found.append((calculator(slope, names), names))
        return tuple(found)


_TRIED, _MOST_TRIED, _SELDOM = 40, 400, 4


def showing(questions: Questions, starts: Iterable[Start], rate: float) -> tuple[Questions, tuple[Wrong, ...]]:
    """The questions without the wrong forms that hardly any numbers show, and these.

    Such are the slope 1 of ReLU forgotten: where the neuron is active nothing changes, and elsewhere all is 0. A form
    is kept where it shows in a quarter of the draws; most do in nearly all.
    """
    drawn = (_table(questions, start, rate, 2) for start in islice(starts, _MOST_TRIED))
    tables = list(islice((table for table in drawn if table is not None and _lives(questions, table[0])), _TRIED))
    kept, hidden = [], list[Wrong]()
    for question in questions.asked:
        counts = [0] * len(question.wrongs)
        for table in tables:
            row = {**table[0], RATE: rate}
            values = [row[name] for name in question.names]
            right, *wrongs = (quick(values) for quick in question.quick)
            gap = _VISIBLE * _scale(question, right, row)
            for place, wrong in enumerate(wrongs):
                counts[place] += not abs(wrong - right) <= gap
        seldom = [count * _SELDOM < len(tables) for count in counts]
        hidden += [wrong for wrong, is_seldom in zip(question.wrongs, seldom, strict=True) if is_seldom]
        shown = tuple(wrong for wrong, is_seldom in zip(question.wrongs, seldom, strict=True) if not is_seldom)
        kept.append(Question(question.blank, question.right, shown) if len(shown) < len(counts) else question)
    return Questions(questions.network, tuple(kept)), tuple(hidden)


def tolerances(questions: Questions, start: Start, rate: float, rows: int, *, drawn: bool) -> dict[str, float] | None:
    """The tolerance of every blank column by name, proved at these start values; None where they do not do.

    `drawn` numbers must also be pleasant: no neuron saturated, every wrong form visibly another number.
    """
    table = _table(questions, start, rate, rows)
    if table is None or not all(_plain(questions, question, table, rate, drawn) for question in questions.asked):
        return None
    if drawn and not _lives(questions, table[0]):
        return None
    held = [_enclosed(questions, row, rate) for row in (start, *table[1:])]
    found = {}
    for question in questions.asked:
        tolerance = _proved(questions, question, held, drawn)
        if tolerance is None:
            return None
        found[question.blank.name] = tolerance
    return found


def _lives(questions: Questions, row: Row) -> bool:
    """Whether no neuron is saturated, or dead."""
    return all(abs(slope([row[name] for name in names])) >= _UNSATURATED for slope, names in questions.slopes)


def _enclosed(questions: Questions, row: Mapping[str, Any], rate: float) -> Mapping[str, Any]:
    """Every quantity of a row by intervals, from its exact leaves."""
    values = {name: exact(row[name]) for name in questions.network.leaves} | {RATE: exact(rate)}
    for name, enclosed in questions.enclosures.items():
        values[name] = enclosed(values)
    return values


def _table(questions: Questions, start: Start, rate: float, rows: int) -> list[Row] | None:
    """The rows of the right table; None where a value is no number."""
    network = questions.network
    leaves = {name: float(value) for name, value in start.items()}
    moves = {name: quantity(network.loss_name, name) for name in network.parameters}
    names = (*leaves, *questions.formulas)
    table: list[Row] = [dict(zip(names, row, strict=True))
             for row in train_formulas(leaves, questions.formulas, moves, rate, rows - 1)]
    return table if all(abs(value) < 1e9 for row in table for value in row.values()) else None


def _plain(questions: Questions, question: Question, table: Sequence[Row], rate: float, drawn: bool) -> bool:
    """Whether the wrong forms differ as floating point sees them: a quick look before the proof.

    Drawn numbers show them in the first row, others in some row. A formula that reads one of its quantities from the
    first row in every row must show in the last row, too.
    """
    rows = [{**row, RATE: rate} for row in table]
    computed = [[quick([row[name] for name in question.names]) for quick in question.quick]
                for row in (rows[:1] if drawn else rows)]
    right = computed[0][0]
    scale = _scale(question, right, rows[0])
    gap = (_VISIBLE if drawn else _MARGIN * _FINEST) * scale
    if right == 0 or any(all(abs(wrong - values[0]) <= gap for wrong, values in zip(column, computed, strict=True))
                         for column in list(zip(*computed, strict=True))[1:]):  # no number is seen as another one
        return False
    first, last = rows[0], rows[-1]
    whole = question.quick[0]([last[name] for name in question.names])
    for name in (part.name for part in question.right.free_symbols):
        if last[name] != first[name]:
            slid = question.quick[0]([{**last, name: first[name]}[other] for other in question.names])
            if _SAME * scale < abs(slid - whole) < _MARGIN * _FINEST * scale:  # the same is no mistake: step(h1)
                return False
    return True


def _scale(question: Question, right: float, row: Mapping[str, float]) -> float:
    """What a tolerance is a fraction of: the value; of an update the step, which the weight would hide."""
    return abs(right - row[question.blank.name]) if question.blank.kind == "update" else abs(right)


def _proved(
    questions: Questions, question: Question, held: Sequence[Mapping[str, Any]], drawn: bool
) -> float | None:
    """The finest tolerance for which both inequalities are proved; drawn numbers in the first row, others in some."""
    right, *wrongs = question.enclosed
    here = right(held[0])
    size = smallest(here - held[0][question.blank.name] if question.blank.kind == "update" else here)
    error = _error(questions, question, held) if question.blank.kind == "gradient" else 0.0
    tolerance = _FINEST * size
    while tolerance <= _COARSEST * size * 1.01 and tolerance > 0:
        rows = held[:1] if drawn else held
        if error * _MARGIN <= tolerance and all(
            any(smallest(wrong(row) - right(row)) >= _MARGIN * tolerance for row in rows) for wrong in wrongs
        ):
            return tolerance
        tolerance *= 10
    return None


def _error(questions: Questions, question: Question, held: Sequence[Mapping[str, Any]]) -> float:
    """The largest distance of the central difference from the gradient in any row."""
    network = questions.network
    parameter = next(name for name in network.parameters if quantity(network.loss_name, name) == question.blank.name)
    h, worst = exact(STEP), 0.0
    for row in held:
        leaves = {name: row[name] for name in network.leaves}
        above, below = (questions.loss({**leaves, parameter: leaves[parameter] + sign * h}) for sign in (1, -1))
        worst = max(worst, largest((above - below) / (2 * h) - row[question.blank.name]))
    return worst
