"""Checking what a person derived: every equality of a text is read, worked out on the network, and decided."""

import re
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import Any, Protocol

import sympy as sp
from msgspec.structs import replace

from derive.checking.assembling import judge_on
from derive.checking.given import Start
from derive.checking.intended import Intended, alone, intend
from derive.checking.judging import Judge
from derive.checking.renewing import renewed
from derive.checking.report import Checked, Examined, Report, Summary
from derive.checking.revising import in_force, revisions, understood
from derive.checking.weighing import weighed
from derive.errors import DeriveError
from derive.names import symbol
from derive.network import Network
from derive.reading.accumulating import accumulated
from derive.reading.calls import with_sight
from derive.reading.functions import ACTIVATIONS
from derive.reading.markup import read_lines
from derive.reading.sights import NOTHING, Rule, Sight
from derive.reading.sources import read_source
from derive.reading.spelling import LEARNING_RATE, Spelled
from derive.reading.statements import find_statements, products_in
from derive.rules import Elementary
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


_CLASSIC = "mazur"
"""The step-by-step example with biases whose numbers most hand derivations use."""
_MOST_CHARACTERS = 3_000_000
_MOST_STATEMENTS = 20_000
_MOST_WEIGHED = 600


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
    if len(text) > _MOST_CHARACTERS:
        raise DeriveError(file, f"has {len(text):,} characters", f"at most {_MOST_CHARACTERS:,} are checked at a time")
    lines = read_lines(text)
    biased = classic.network if alike else None
    products = products_in(lines)
    intended = intend(find_statements(lines, Spelled(base)), base, biased, products=products)
    found = accumulated(find_statements(lines, intended.names), frozenset(intended.slopes), intended.is_parameter)
    statements = tuple(with_sight(found, intended.names, _activation(text, intended)))
    letters = frozenset(letter for one in statements for letter in one.sight.letters)
    intended = intended.with_letters(letters)
    if len(statements) > _MOST_STATEMENTS:
        raise DeriveError(file, f"has {len(statements):,} lines of equalities", f"check at most {_MOST_STATEMENTS:,}")
    known = [] if isinstance(walkthrough, Network) else [walkthrough]
    starts = [_start(one) for one in ((*known, classic) if alike else known)]

    def judge_of(meant: Intended) -> Judge:
        return judge_on(text, file, statements, meant, starts)

    def adopting(adopt: frozenset[str], at: int = -1) -> Intended:
        return intend(statements, base, biased, adopt, products, at).with_letters(letters)

    def meaning(at: int) -> Intended | None:
        return adopting(adopted, at)

    adopted: frozenset[str] = frozenset()
    if len(statements) <= _MOST_WEIGHED:
        if intended.contradicted:
            intended, adopted = weighed(statements, intended, base, adopting, judge_of)
        own = alone(statements, base, products) if intended.strangers else None
        if own is not None and understood(statements, judge_of(own)) > understood(statements, judge_of(intended)):
            intended = own

            def meaning(at: int) -> Intended | None:
                return alone(statements, base, products, at)

    judge = judge_of(intended)
    others = revisions(statements, judge, intended.revised, meaning, judge_of)
    judged = [in_force(statement, judge, others) for statement in statements]
    checked = tuple(chain.from_iterable(renewed(statements, judged, judge)))
    return Examined(file, checked, intended.assumed, tuple(sorted(judge.valued.values.start)))


_ACTIVATION = re.compile(rf"(?<![\w\\])({'|'.join(sorted(ACTIVATIONS, reverse=True))})\s*\(")


def _activation(text: str, intended: Intended) -> Sight:
    """`activation(h1)` is the one that the network has, where it has but one."""
    words = sorted(set(_ACTIVATION.findall(text)))
    bodies = [b for b in intended.network.definitions.values() if isinstance(b, Elementary) and b.args[0].is_Symbol]
    kinds = {body.func for body in bodies}
    if not words or len(kinds) != 1:
        return NOTHING
    x = symbol("x")
    return Sight(tuple(Rule(word, ("x",), bodies[0].func(x, evaluate=False)) for word in words))


def _start(walkthrough: "HasNetwork") -> Start:
    """The start values of a walkthrough, and its learning rate where it has but one."""
    rates = walkthrough.learning_rates
    rate = {LEARNING_RATE: sp.Rational(str(rates[0]))} if len(rates) == 1 else {}
    return {**walkthrough.start, **rate}


def check_files(paths: Iterable[str], walkthrough: "Network | HasNetwork") -> Report:
    """The equalities of files, `-` for standard input, and the faults of those that cannot be read or hold none."""
    examined: list[Examined] = []
    faults: list[str] = []
    for path in paths:
        try:
            found = examine(read_source(path), walkthrough, path)
            if not found.checked:
                raise DeriveError(path, "no equalities found", "each has a sign of equality, as in dE/dw5 = …")
            examined.append(found)
        except DeriveError as error:
            told = str(error)
            faults.append(told if told.startswith((path, "standard input")) else f"{path}: {told}")
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
