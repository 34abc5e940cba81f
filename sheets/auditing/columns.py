"""Judges what computed columns say: the forward pass against the network, the gradients against their derivatives."""

import re
from collections.abc import Iterator, Sequence

import sympy as sp

from derive.equality import Proved, Undecided
from derive.errors import DeriveError
from derive.reach import reached
from sheets.auditing.findings import Finding, Kind, Severity, cells_of
from sheets.auditing.loosening import loosened, typed_in
from sheets.auditing.proving import Claim, Subject
from sheets.auditing.rounding import told
from sheets.auditing.slips import name_slip, through_helpers
from sheets.auditing.tables import Column
from sheets.cells import absolute, quoted
from sheets.formulas.emit import emit
from sheets.formulas.recover import GivesError

_PLAIN = re.compile(r"[A-Za-z_]+\Z")


def judge_columns(subject: Subject) -> Iterator[Finding]:
    """Every formula of every column whose right content the network knows."""
    for column in subject.body.table.columns:
        if column.name in subject.right:
            right = subject.right[column.name]
            yield from not_understood(subject, column, kind_of(column))
            for claim in subject.claims(column.name):
                yield from _judge(subject, claim, right)


def kind_of(column: Column) -> Kind:
    """The kind of finding that a fault in a column is."""
    return "gradient" if column.is_partial else "forward"


def expected_formula(subject: Subject, right: sp.Expr, row: int) -> str:
    """What belongs in a row, as a formula on its own cells; empty where no cell holds one of its names."""
    cells = {name: f"{column.letters}{row}" for name, column in subject.body.table.by_name.items()}
    cells |= {name: anchored(name, subject.body.table.sheet) for name in subject.network.leaves if "!" in name}
    try:
        return "=" + emit(right, cells)
    except (DeriveError, TypeError):
        return ""


def anchored(name: str, home: str) -> str:
    """A cell or range outside the table as a formula on the sheet `home` refers to it: `$G$31`, `Inputs!$B$3`."""
    sheet, _, address = name.rpartition("!")
    text = ":".join(map(absolute, address.split(":")))
    if sheet.lower() == home.lower():
        return text
    return f"{sheet if _PLAIN.match(sheet) else quoted(sheet)}!{text}"


def _judge(subject: Subject, claim: Claim, right: sp.Expr) -> Iterator[Finding]:
    column, formula, row = claim.column, claim.formula, claim.rows[0]

    def found(slip: str, severity: Severity, rows: Sequence[int] = claim.rows) -> Finding:
        text = subject.body.sheet.formula((rows[0], column.number)) or formula.text
        return Finding(kind_of(column), column.name, cells_of(column.number, rows), text,
                       expected_formula(subject, right, rows[0]), subject.in_words(slip), severity)

    if claim.fault:
        yield found(f"not checked: {claim.fault}", "undecided")
        return
    circle = _circle(subject, column, claim.expression)
    if circle:
        yield found(f"goes in a circle: it is computed from {circle}", "wrong")
        return
    verdict = subject.prove(claim.expression, right)
    if isinstance(verdict, Proved):
        if claim.rounded:
            yield found(*told(claim.rounded, subject.body.numbers[column.name]))
        return
    for left, meant, how in loosened(subject, claim.expression, right, row):
        if isinstance(subject.prove(left, meant), Proved):
            yield found(how, "fragile")
            return
    if subject.is_open(claim.expression, right):
        return
    if isinstance(verdict, Undecided):
        yield found(f"could not be decided: {verdict.reason}", "undecided")
        return
    typed = typed_in(subject, claim.expression, right, claim.rows)
    if typed is not None:
        yield found(typed[0], "wrong" if typed[1] else "fragile", typed[1] or claim.rows)
        return
    slip = name_slip(subject, column.name, claim.expression, right)
    yield found(slip + through_helpers(subject, formula.names), "wrong")


def _circle(subject: Subject, column: Column, claim: sp.Expr) -> str:
    """A quantity in the claim that is itself computed from the column; empty where there is none."""
    after = set(reached([column.name], lambda name: subject.network.children.get(name, ())))
    return next((s.name for s in sorted(claim.free_symbols, key=str) if s.name in after), "")


def not_understood(subject: Subject, column: Column, kind: Kind) -> Iterator[Finding]:
    """The formulas of a column that show an error, and those that are not checked since they are not understood."""
    for formula in subject.body.filled[column.name].formulas:
        fault = subject.meanings.faults.get((column.name, formula))
        if fault is not None:
            wrong = isinstance(fault, GivesError)
            yield Finding(kind, column.name, cells_of(column.number, formula.rows), formula.text, "",
                          fault.found if wrong else f"not checked: {fault.found}", "wrong" if wrong else "undecided")
