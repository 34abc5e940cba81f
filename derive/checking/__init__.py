"""Checking what a person derived: every equality of a text is read, worked out on the network, and decided."""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Protocol

import sympy as sp

from derive.checking.intended import Intended, intend
from derive.checking.judging import Judge
from derive.checking.numbers import Values, bindings, is_numeric, printed
from derive.checking.report import Checked, Examined, Report, Summary
from derive.checking.resolving import Slopes
from derive.errors import DeriveError
from derive.names import symbol
from derive.network import Network
from derive.reading.formula import read_over
from derive.reading.markup import read_lines
from derive.reading.sources import read_source
from derive.reading.spelling import LEARNING_RATE, Spelled
from derive.reading.statements import Statement, find_statements, listed
from derive.reading.traced import Lines, Traced
from derive.walkthrough import load_walkthrough

__all__ = ["Checked", "Examined", "Report", "Summary", "check", "check_files", "check_snippets", "examine"]


class HasNetwork(Protocol):
    """A walkthrough, as far as checking needs it."""

    @property
    def network(self) -> Network:
        """The network that is meant."""

    @property
    def start(self) -> Mapping[str, sp.Rational]:
        """The values of its leaves before the first update."""

    @property
    def learning_rates(self) -> Sequence[Any]:
        """The learning rates, as typed."""


Start = Mapping[str, sp.Rational]
_CLASSIC = "mazur"
"""The step-by-step example with biases whose numbers most hand derivations use."""
_ENOUGH = 3
"""So many values of a document must be those of a walkthrough before the others are taken from there."""


def check(text: str, walkthrough: "Network | HasNetwork", file: str = "") -> tuple[Checked, ...]:
    """Every equality of a document with its verdict, in the document's order.

    The document defines its own network; what it leaves undefined is matched to the walkthrough by role and spelling.
    """
    return examine(text, walkthrough, file).checked


def examine(text: str, walkthrough: "Network | HasNetwork", file: str = "") -> Examined:
    """The equalities of a document, and what was assumed of its names and values to judge them."""
    base = walkthrough if isinstance(walkthrough, Network) else walkthrough.network
    classic = load_walkthrough(_CLASSIC)
    alike = set(base.definitions) == set(classic.network.definitions)
    lines = read_lines(text)
    intended = intend(find_statements(lines, Spelled(base)), base, classic.network if alike else None)
    statements = find_statements(lines, intended.names)
    known = [] if isinstance(walkthrough, Network) else [walkthrough]
    starts = [_start(one) for one in ((*known, classic) if alike else known)]
    judge = _judge(text, file, statements, intended, starts)
    checked = tuple(one for statement in statements for one in judge.judged(statement))
    return Examined(file, checked, intended.assumed, tuple(sorted(judge.values.start)))


def _start(walkthrough: "HasNetwork") -> Start:
    """The start values of a walkthrough, and its learning rate where it has but one."""
    rates = walkthrough.learning_rates
    rate = {LEARNING_RATE: sp.Rational(str(rates[0]))} if len(rates) == 1 else {}
    return {**walkthrough.start, **rate}


def check_files(paths: Iterable[str], walkthrough: "Network | HasNetwork") -> Report:
    """The equalities of files, `-` for standard input, and the faults of those that cannot be read."""
    examined: list[Examined] = []
    faults: list[str] = []
    for path in paths:
        try:
            text = read_source(path)
        except DeriveError as error:
            faults.append(str(error))
            continue
        examined.append(examine(text, walkthrough, path))
    return Report(tuple(examined), tuple(faults))


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


def _judge(
    text: str, file: str, statements: tuple[Statement, ...], intended: Intended, starts: Iterable[Start]
) -> Judge:
    slopes = Slopes(intended.network)
    definitions = dict(intended.network.definitions)
    definitions.update(_updates(statements, intended, slopes))
    definitions.update(_derived(statements, intended, slopes))
    values = _values(statements, intended, definitions, starts)
    return Judge(text, file, Lines.of(text), intended, slopes, definitions, values)


def _updates(statements: Iterable[Statement], intended: Intended, slopes: Slopes) -> Iterator[tuple[str, sp.Expr]]:
    """What the names of updated weights, of changes and of deltas mean, as far as the document uses them."""
    names, loss = intended.names, intended.network.loss
    rate = symbol(LEARNING_RATE)
    words = {word for s in statements for m in s.members for word in re.findall(r"[^\W\d]\w*⁺?|[Δδ] ?\w+", m.text)}
    told = any(s.members[0].text.strip()[:1] == "δ" and _read_any(s, intended) is None for s in statements)
    for word in sorted(words):
        name = names.find(word.replace(" ", "_"))
        if name is None:
            continue
        if name.endswith("⁺"):
            weight = name.removesuffix("⁺")
            yield name, symbol(weight) - rate * slopes.of(loss, weight)
        elif name.startswith("Δ_"):
            yield name, -rate * slopes.of(loss, name.removeprefix("Δ_"))
        elif name.startswith("δ_") and not told:
            yield name, slopes.of(loss, name.removeprefix("δ_"))


def _read_any(statement: Statement, intended: Intended) -> sp.Expr | None:
    """The first member after the name that can be read and has names."""
    for member in statement.members[1:]:
        try:
            body = read_over(member.text, intended.names)
        except DeriveError:
            continue
        if body.free_symbols:
            return body
    return None


def _derived(statements: Iterable[Statement], intended: Intended, slopes: Slopes) -> Iterator[tuple[str, sp.Expr]]:
    """The document's own names for derivatives, `δ_o1 = ∂E/∂o1`, at their first definition."""
    done: set[str] = set()
    for statement in statements:
        name = _name(statement.members[0].text, intended)
        if name is None or name in intended.network.definitions or name in done:
            continue
        if name not in intended.own and not name.startswith("δ_"):
            continue
        body = _read_any(statement, intended)
        if body is not None and symbol(name) not in body.free_symbols:
            done.add(name)
            yield name, slopes.resolve(body)


def _name(text: str, intended: Intended) -> str | None:
    try:
        read = read_over(text, intended.names)
    except DeriveError:
        return None
    return str(read.name) if read.is_Symbol else None


def _values(
    statements: Iterable[Statement],
    intended: Intended,
    definitions: Mapping[str, sp.Expr],
    starts: Iterable[Start],
) -> Values:
    """The values that a document gives: `i1 = 0.05`, printed results, and numbers put in for names.

    Where they are the start values of a walkthrough, what is missing of them is taken from there.
    """
    told: dict[str, sp.Expr] = {}
    where: dict[str, int] = {}
    bound: dict[str, sp.Expr] = {}
    bound_at: dict[str, int] = {}
    for name, member, expression in _numbers(statements, intended, definitions):
        if name is not None and name.is_Symbol:
            if printed(member.text, expression) is not None and name.name not in told:
                told[name.name] = expression
                where[name.name] = member.place(0)
        elif name is not None:
            for bare, number in bindings(name, expression):
                if bare not in bound:
                    bound[bare] = number
                    bound_at[bare] = member.place(0)
    early = {name for name in told if bound_at.get(name, where[name]) < where[name]}
    values = {**bound, **{name: value for name, value in told.items() if name not in early}}
    where = {**bound_at, **{name: place for name, place in where.items() if name not in early}}
    given = {n: v for n, v in values.items() if n not in definitions and n[-1:] != "⁺" and n[:1] not in "δΔ"}
    for start in starts:
        shared = [name for name in start if name in given]
        if len(shared) >= _ENOUGH and all(start[name] == given[name] for name in shared):
            wanted = (*intended.network.leaves, LEARNING_RATE)
            taken = {n: v for n, v in start.items() if n not in given and n in wanted}
            return Values({**taken, **values}, where, frozenset(given) | frozenset(taken), frozenset(taken))
    return Values(values, where, frozenset(given))


def _numbers(
    statements: Iterable[Statement], intended: Intended, definitions: Mapping[str, sp.Expr]
) -> Iterator[tuple[sp.Expr | None, Traced, sp.Expr]]:
    """(formula, member, numbers) for each member of numbers and each formula before it in its chain."""
    for statement in statements:
        for row in (
            zip(*lists, strict=True) if all(lists := [listed(m) for m in statement.members]) else (statement.members,)
        ):
            formulas: list[sp.Expr] = []
            for member in row:
                try:
                    expression = read_over(member.text, intended.names)
                except DeriveError:
                    continue
                if is_numeric(expression):
                    for formula in formulas:
                        yield formula, member, expression
                    continue
                formulas.append(expression)
                if expression.is_Symbol and expression.name in intended.network.definitions:
                    formulas.append(definitions[expression.name])
