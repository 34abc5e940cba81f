"""Checking what a person derived: every equality of a text is read, worked out on the network, and decided."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Protocol

import sympy as sp

from derive.checking.intended import Intended, intend
from derive.checking.judging import Judge
from derive.checking.numbers import bindings, is_numeric, printed
from derive.checking.report import Checked, Report, Summary
from derive.checking.resolving import Slopes
from derive.claim import Partial
from derive.errors import DeriveError
from derive.network import Network
from derive.reading.formula import read_over
from derive.reading.markup import read_lines
from derive.reading.sources import read_source
from derive.reading.spelling import Spelled
from derive.reading.statements import Statement, find_statements
from derive.reading.traced import Lines

__all__ = ["Checked", "Report", "Summary", "check", "check_files", "check_snippets"]


class HasNetwork(Protocol):
    """A walkthrough, as far as checking needs it."""

    @property
    def network(self) -> Network:
        """The network that is meant."""


def check(text: str, walkthrough: "Network | HasNetwork", file: str = "") -> tuple[Checked, ...]:
    """Every equality of a document with its verdict, in the document's order.

    The document defines its own network; what it leaves undefined is matched to the walkthrough by role and spelling.
    """
    base = walkthrough if isinstance(walkthrough, Network) else walkthrough.network
    lines = read_lines(text)
    intended = intend(find_statements(lines, Spelled(base)), base)
    statements = find_statements(lines, intended.names)
    judge = _judge(text, file, statements, intended)
    return tuple(checked for statement in statements for checked in judge.judged(statement))


def check_files(paths: Iterable[str], walkthrough: "Network | HasNetwork") -> Report:
    """The equalities of files, `-` for standard input, and the faults of those that cannot be read."""
    checked: list[Checked] = []
    faults: list[str] = []
    read = 0
    for path in paths:
        try:
            text = read_source(path)
        except DeriveError as error:
            faults.append(str(error))
            continue
        read += 1
        checked.extend(check(text, walkthrough, path))
    return Report(tuple(checked), tuple(faults), read)


def check_snippets(
    snippets: Iterable[str], walkthrough: "Network | HasNetwork", file: str = ""
) -> tuple[tuple[Checked, ...], ...]:
    """The equalities of each of many short texts, such as the cells and text boxes of a workbook.

    The snippets are read as one document, in their order, so that a definition in one holds for all; the result has one
    tuple for each snippet, empty where it states no equality. `line` and `column` count within the snippet, from 1.
    """
    texts = [snippet.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n") for snippet in snippets]
    starts: list[int] = []
    line = 1
    for text in texts:
        starts.append(line)
        line += text.count("\n") + 2
    found: list[list[Checked]] = [[] for _ in texts]
    for one in check("\n\n".join(texts), walkthrough, file):
        number = bisect_right(starts, one.line) - 1
        found[number].append(replace(one, line=one.line - starts[number] + 1))
    return tuple(map(tuple, found))


def _judge(text: str, file: str, statements: tuple[Statement, ...], intended: Intended) -> Judge:
    slopes = Slopes(intended.network)
    definitions = dict(intended.network.definitions)
    definitions.update(_derived(statements, intended, slopes))
    given, values = _values(statements, intended, definitions)
    return Judge(text, file, Lines.of(text), intended, slopes, definitions, values, given)


def _derived(statements: Iterable[Statement], intended: Intended, slopes: Slopes) -> Iterator[tuple[str, sp.Expr]]:
    """The document's own names for derivatives: δ_o1 = ∂E/∂o1, at their first definition."""
    done: set[str] = set()
    for statement in statements:
        name = intended.names.find(statement.members[0].text.strip())
        if name not in intended.own or name in intended.network.definitions or name in done:
            continue
        for member in statement.members[1:]:
            try:
                body = read_over(member.text, intended.names)
            except DeriveError:
                continue
            if body.has(Partial) or body.free_symbols:
                done.add(name)
                yield name, slopes.resolve(body)
                break


def _values(
    statements: Iterable[Statement], intended: Intended, definitions: Mapping[str, sp.Expr]
) -> tuple[frozenset[str], dict[str, sp.Expr]]:
    """The values that a document gives: `i1 = 0.05`, printed results, and numbers put in for names."""
    told: dict[str, sp.Expr] = {}
    bound: dict[str, sp.Expr] = {}
    for statement in statements:
        formulas: list[sp.Expr] = []
        for member in statement.members:
            try:
                expression = read_over(member.text, intended.names)
            except DeriveError:
                continue
            if not is_numeric(expression):
                formulas.append(expression)
                if expression.is_Symbol and expression.name in definitions:
                    formulas.append(definitions[expression.name])
                continue
            for formula in formulas:
                if formula.is_Symbol:
                    if printed(member.text, expression) is not None:
                        told.setdefault(formula.name, expression)
                else:
                    for name, number in bindings(formula, expression):
                        bound.setdefault(name, number)
    given = frozenset(name for name in told if name not in definitions)
    return given, {**bound, **told}
