"""Judges the updates: a parameter's next value is its own, less the rate times its gradient, of the row above."""

from collections import Counter
from collections.abc import Iterator, Sequence

import sympy as sp
from msgspec.structs import replace

from derive.equality import Proved, Undecided
from derive.names import symbol
from sheets.auditing import rounding
from sheets.auditing.columns import anchored, not_understood
from sheets.auditing.findings import Finding, cells_of, first_row
from sheets.auditing.proving import Subject
from sheets.auditing.slips import DIFFERS, name_slip
from sheets.auditing.spots import spot_of
from sheets.auditing.steps import Step, gradient_of, is_of_a_kind, rates_in
from sheets.auditing.tables import Column
from sheets.references import read_pattern, read_reference

_MOST_FREE = 6
_NO_STEP = "is not "
_BY_A_STATE = "not checked: steps with "


def judge_updates(subject: Subject, steps: tuple[Step, ...], rate: str | None) -> Iterator[Finding]:
    """Wrong updates, rates that slide away, and rates that would slide if the formula were filled down."""
    number = subject.value(rate, subject.body.table.first_row) if rate is not None else _usual_number(steps)
    if rate is not None and number is not None and any(step.rate == rate for step in steps):
        yield from _judge_rate(subject, rate, number, steps)
    for step in steps:
        yield from _judge(subject, step, rate, number, _is_of_its_kind(subject, step, steps))
    for parameter in subject.network.parameters:
        column = subject.body.table.by_name.get(parameter)
        if column is not None:
            yield from _start(subject, column)
            for finding in not_understood(subject, column, "update"):
                yield _slid_into_text(subject, finding, parameter, rate)


def _start(subject: Subject, column: Column) -> Iterator[Finding]:
    """A start value that is computed from the table that starts with it."""
    table = subject.body.table
    for formula in subject.body.filled[column.name].formulas:
        if table.first_row not in formula.rows:
            continue
        cells = formula.pattern.cells(table.sheet, table.first_row, column.number)
        if any(cell.sheet == table.sheet and table.holds(cell.row, cell.column) for cell in cells):
            yield Finding("update", column.name, f"{column.letters}{table.first_row}", formula.text, "",
                          "the start value is computed from the table that starts with it", "wrong")


def _slid_into_text(subject: Subject, finding: Finding, parameter: str, rate: str | None) -> Finding:
    """A finding of a cell that shows an error, as one of anchoring where the reference to the rate slid into text."""
    row = first_row(finding)
    if finding.severity != "wrong" or rate is None or "!" not in rate:
        return finding
    address = read_reference(rate.rpartition("!")[2])
    place = row, subject.body.table.by_name[parameter].number
    pattern = read_pattern(finding.formula, *place)
    loose = any(not reference.row_fixed and cell.column == address.column and cell.row != address.row
                and f"reads {cell.address}," in finding.slip
                for reference, cell in zip(pattern.references, pattern.cells("", *place), strict=True))
    if not loose:
        return finding
    return replace(finding, kind="anchor", expected=expected_update(subject, parameter, rate, row),
                   slip=f"{finding.slip}, where the learning rate belongs: the reference is not anchored")


def _usual_number(steps: tuple[Step, ...]) -> float | None:
    """The rate typed into most updates, None where none is typed."""
    votes: Counter[float] = Counter()
    for step in steps:
        if step.number is not None:
            votes[step.number] += len(step.claim.rows)
    return votes.most_common(1)[0][0] if votes else None


def _judge_rate(subject: Subject, rate: str, number: float, steps: tuple[Step, ...]) -> Iterator[Finding]:
    """A learning rate by which nothing is learned, and one that is a number in the clothes of a text."""
    sheet, _, address = rate.rpartition("!")
    cell = address or rate
    climbs = any(step.rate == rate and not step.adds for step in steps)
    if number == 0:
        yield Finding("data", "learning rate", cell, "0", "", "the learning rate is 0: nothing is learned", "wrong")
    elif number < 0 and climbs:
        yield Finding("data", "learning rate", cell, f"{number:.15g}", "",
                      "the learning rate is negative: the updates go uphill", "wrong")
    if sheet and subject.body.book.text(read_reference(address).cell(sheet)) is not None:
        yield Finding("data", "learning rate", cell, f"'{number:.15g}", f"{number:.15g}",
                      "the learning rate is stored as text", "fragile")


def _is_of_its_kind(subject: Subject, step: Step, steps: tuple[Step, ...]) -> bool:
    """Whether a step takes the rate of all parameters of a name, which nothing else reads."""
    is_read = any(step.rate in formula.names for column, filled in subject.body.filled.items()
                  if column not in subject.network.parameters for formula in filled.formulas)
    return not is_read and is_of_a_kind(step.parameter, ((one.parameter, one.rate) for one in steps))


def _judge(subject: Subject, step: Step, rate: str | None, usual: float | None, is_meant: bool) -> Iterator[Finding]:
    column, row = step.claim.column, step.claim.rows[0]
    text = subject.body.sheet.formula((row, column.number)) or step.claim.formula.text
    cells = cells_of(column.number, step.claim.rows)
    expected = expected_update(subject, step.parameter, rate, row)
    if step.rate == "":
        told = f"the learning rate {step.number:.15g} is typed into the formula"
        if _same_number(step.number, usual):
            yield Finding("anchor", column.name, cells, text, expected, told, "fragile")
        else:
            told = f"{told}, where the others take {usual:.15g}" if usual is not None else told
            yield Finding("update", column.name, cells, text, expected, told, "wrong")
        return
    if step.rate is None:
        verdict = subject.prove(step.seen, symbol(step.parameter) - symbol(rate or "rate")
                                * gradient_of(subject, step.parameter))
        if isinstance(verdict, Undecided):
            yield Finding("update", column.name, cells, text, expected, verdict.reason, "undecided")
            return
        if subject.is_open(step.seen, gradient_of(subject, step.parameter)):
            return
        states = [s.name for s in step.seen.free_symbols if subject.is_state(spot_of(s.name).quantity)]
        if states and not _is_a_rate(subject, states[0]):
            told = f"{_BY_A_STATE}{_told(min(states))}, which goes on from its own row above"
            yield Finding("update", column.name, cells, text, expected, told, "undecided")
            return
        slid = _slid(subject, step, rate)
        if text == expected:
            told = "not checked: the formula is right, and what it reads is not what the headers say"
            yield Finding("update", column.name, cells, text, "", told, "undecided")
        elif slid:
            yield Finding("anchor", column.name, cells, text, expected, subject.in_words(slid), "wrong")
        else:
            told = subject.in_words(_slip(subject, step, rate))
            yield Finding("update", column.name, cells, text, expected, told, "wrong")
        return
    if rate is not None and step.rate != rate and not _same_number(subject.value(step.rate, row),
                                                                    subject.value(rate, row)):
        yield Finding("anchor", column.name, cells, text, expected,
                      f"takes {step.rate} for the learning rate, the other updates {rate}",
                      "fragile" if is_meant else "wrong")
        return
    if step.claim.rounded:
        said, severity = rounding.told(step.claim.rounded, subject.body.numbers[column.name])
        yield Finding("update", column.name, cells, text, expected, said, severity)
    if not _is_anchored(subject, step):
        yield Finding("anchor", column.name, cells, text, expected,
                      "the learning rate is not anchored with $: filled down, it slides away", "fragile")


def _is_a_rate(subject: Subject, name: str) -> bool:
    return subject.body.table.by_name[spot_of(name).quantity].key.kind == "rate"


def _is_anchored(subject: Subject, step: Step) -> bool:
    """Whether the rate stays where it is when the formula is filled down."""
    if len(step.claim.rows) < 2 or step.rate in subject.body.table.by_name:
        return True
    names = zip(step.claim.formula.names, step.claim.formula.pattern.references, strict=True)
    return all(reference.row_fixed for name, reference in names if name == step.rate)


def _same_number(a: float | None, b: float | None) -> bool:
    return a is not None and b is not None and abs(a - b) <= 1e-12 * max(abs(a), abs(b))


def _slid(subject: Subject, step: Step, rate: str | None) -> str:
    """The cell that an update reads where the rate belongs; empty where the fault is another."""
    gradient = gradient_of(subject, step.parameter)
    for free in sorted(step.seen.free_symbols, key=str):
        if free.name in (step.parameter, rate) or free == gradient:
            continue
        if isinstance(subject.prove(step.seen, symbol(step.parameter) - free * gradient), Proved):
            there = spot_of(free.name).quantity.rpartition("!")[2]
            return f"reads {there} where the learning rate belongs: the reference is not anchored"
    empty = any("!" in name and ":" not in name and subject.value(name, step.claim.rows[0]) is None
                for name in step.claim.formula.names)
    if empty and isinstance(subject.prove(step.seen, symbol(step.parameter)), Proved):
        return "reads an empty cell where the learning rate belongs: the reference is not anchored"
    return ""


def _slip(subject: Subject, step: Step, rate: str | None) -> str:
    """What is wrong with an update, in words."""
    if step.seen == symbol(step.parameter):
        return "is copied from the row above and never updated"
    gradient = gradient_of(subject, step.parameter)
    own = symbol(step.parameter)
    free = sorted(step.seen.free_symbols, key=str)
    rates = [symbol(rate)] if rate is not None else rates_in(subject, step.seen)
    others = [s for s in free if spot_of(s.name).quantity not in subject.partials] if len(free) <= _MOST_FREE else []
    for eta in dict.fromkeys((*rates, *others)):
        for start in (own, *(s for s in free if s not in (own, eta))):
            for slope in (gradient, *(s for s in free if s not in (gradient, eta, start))):
                for sign, told in ((-1, ""), (1, "adds the gradient instead of subtracting it")):
                    if subject.agree(step.seen, start + sign * eta * slope):
                        said = [f"starts from {start} instead of {own}"] if start != own else []
                        said += [f"steps with {_told(slope.name)} instead of {gradient} of the row above"
                                 if slope.name.startswith(f"{gradient}@") else
                                 f"steps with {_told(slope.name)} instead of {gradient}"] if slope != gradient else []
                        said += [f"reads {_told(eta.name)} where the learning rate belongs"] if eta not in rates else []
                        return ", ".join([*said, told] if told else said)
    for eta in rates:
        for factor in (sp.Rational(1, 2), sp.Integer(2)):
            if subject.agree(step.seen, own - factor * eta * gradient):
                return f"steps with {'half' if factor < 1 else 'twice'} the learning rate"
    within = None if gradient.is_Symbol else _gradient_within(step, rates)
    if within is not None:
        return f"its gradient, within the update: {name_slip(subject, f'dE/d{step.parameter}', within, gradient)}"
    return f"{_NO_STEP}{own} less the rate times {gradient if gradient.is_Symbol else 'its gradient'}"


def is_unexplained(finding: Finding) -> bool:
    """Whether no slip explains what a finding tells; a method that is not known here shows in every row, and one cell
    alone is a slip of its own.
    """
    return not finding.cells.isalnum() and ((finding.severity == "wrong" and finding.slip.startswith(DIFFERS)) or (
        finding.kind == "update" and finding.slip.startswith((_NO_STEP, _BY_A_STATE))))


def _gradient_within(step: Step, rates: Sequence[sp.Symbol]) -> sp.Expr | None:
    """What an update multiplies the rate with, as written; None where it has another form."""
    if not (step.seen.is_Add and len(step.seen.args) == 2 and step.seen.args[0] == symbol(step.parameter)):
        return None
    factors = sp.Mul.make_args(step.seen.args[1])
    rest = [factor for factor in factors if factor not in rates and factor != -1]
    return None if len(factors) != len(rest) + 2 else sp.Mul(*rest, evaluate=False) if len(rest) > 1 else rest[0]


def _told(name: str) -> str:
    spot = spot_of(name)
    if spot.fixed is not None:
        return f"{spot.in_words} in every row"
    if spot.is_own:
        return name
    return f"{spot.quantity} of {'its own' if spot.steps == 1 else 'another'} row"


def expected_update(subject: Subject, parameter: str, rate: str | None, row: int) -> str:
    """The update that belongs in a row, on the workbook's own cells."""
    columns = subject.body.table.by_name
    gradient = gradient_of(subject, parameter)
    if rate is None or not gradient.is_Symbol:
        return ""
    own, slope = columns[parameter], columns[gradient.name]
    above = subject.body.table.moved(row, -1)
    return f"={own.letters}{above}-{rate_text(subject, rate, row)}*{slope.letters}{above}"


def rate_text(subject: Subject, rate: str, row: int) -> str:
    """The rate as a formula refers to it: an anchored cell, or the rate column's cell of the row above."""
    column: Column | None = subject.body.table.by_name.get(spot_of(rate).quantity)
    if column is not None:
        return f"{column.letters}{subject.body.table.moved(row, -1)}"
    return anchored(rate, subject.body.table.sheet)
