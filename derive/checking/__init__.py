"""Checking what a person derived: every equality of a text is read, worked out on the network, and decided."""

import re
from bisect import bisect_right
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any, Protocol

import sympy as sp
from msgspec.structs import replace

from derive.checking.intended import Intended, alone, intend, is_harmless
from derive.checking.judging import Judge
from derive.checking.meaning import NO_SLIP, Meaning
from derive.checking.members import Reader
from derive.checking.numbers import Approximate, Values, bindings, is_numeric, printed
from derive.checking.placing import Places
from derive.checking.renewing import renewed
from derive.checking.report import Checked, Examined, Report, Summary
from derive.checking.resolving import Slopes
from derive.checking.revising import in_force, revisions, understood
from derive.checking.updating import Steps
from derive.checking.valuing import Valued
from derive.claim import Partial
from derive.errors import DeriveError
from derive.names import symbol
from derive.network import Network
from derive.reading.accumulating import accumulated
from derive.reading.calls import with_sight
from derive.reading.formula import read_over
from derive.reading.functions import ACTIVATIONS
from derive.reading.markup import read_lines
from derive.reading.sights import NOTHING, Rule, Sight
from derive.reading.sources import read_source
from derive.reading.spelling import LEARNING_RATE, Spelled
from derive.reading.statements import Statement, find_statements, listed, products_in
from derive.reading.traced import Lines, Traced
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


Start = Mapping[str, sp.Rational]
_CLASSIC = "mazur"
"""The step-by-step example with biases whose numbers most hand derivations use."""
_MOST_CHARACTERS = 3_000_000
_MOST_STATEMENTS = 20_000
_MOST_WEIGHED = 600
_MOST_FAMILIES = 4
_TRAINED = 2
"""A weight with more values than the first and the updated one is followed through several steps."""
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
        return _judge(text, file, statements, meant, starts)

    def adopting(adopt: frozenset[str], at: int = -1) -> Intended:
        return intend(statements, base, biased, adopt, products, at).with_letters(letters)

    def meaning(at: int) -> Intended | None:
        return adopting(adopted, at)

    adopted: frozenset[str] = frozenset()
    if len(statements) <= _MOST_WEIGHED:
        if intended.contradicted:
            intended, adopted = _weighed(statements, intended, base, adopting, judge_of)
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


def _weighed(
    statements: tuple[Statement, ...],
    intended: Intended,
    base: Network,
    adopting: Callable[[frozenset[str]], Intended],
    judge_of: Callable[[Intended], Judge],
) -> tuple[Intended, frozenset[str]]:
    """Whose definition is meant where document and walkthrough differ: the one that makes more other lines right.

    Where the other lines do not tell, a loss with another number before it and another activation are the document's.
    """
    adopted: frozenset[str] = frozenset()
    best = _score(statements, intended, judge_of)
    for family in intended.contradicted[:_MOST_FAMILIES]:
        other = adopting(adopted | frozenset(family))
        score = _score(statements, other, judge_of)
        if score > best or (score == best and not _is_slip(statements, intended, base, other, family, judge_of)):
            best, intended, adopted = score, other, adopted | frozenset(family)
    return intended, adopted


def _is_slip(
    statements: Iterable[Statement],
    intended: Intended,
    base: Network,
    other: Intended,
    family: tuple[str, ...],
    judge_of: Callable[[Intended], Judge],
) -> bool:
    """Whether definitions are one edit away from the walkthrough's: then the pen slipped, and nothing else is meant."""
    if all(is_harmless(base, name, other) for name in family):
        return False
    left_out = {s.name for name in family for s in base.definitions[name].free_symbols}
    left_out -= {s.name for name in family for s in other.network.definitions[name].free_symbols}
    inner = {parent for node in left_out & base.by_name.keys() for parent in base.by_name[node].parents}
    nodes_only = bool(left_out) and left_out <= base.by_name.keys() and not left_out & intended.written
    if len(family) > 1 and nodes_only and inner <= intended.written:
        return False  # E1 = ½(t1 - o1)², E2 = ½(t2 - o2)², and a_o1 is nowhere: the outputs are linear
    judge = judge_of(intended)
    slips = [
        one.slip or ""
        for statement in statements
        if intended.names.find(statement.members[0].text.strip()) in family
        for one in judge.judged(statement)
        if one.verdict == "refuted"
    ]
    return any(slip and not slip.endswith(NO_SLIP) for slip in slips)


def _score(statements: Iterable[Statement], meant: Intended, judge_of: Callable[[Intended], Judge]) -> int:
    """How many equalities more are right than wrong, definitions apart."""
    judge = judge_of(meant).without_slips()
    defined = {name for family in meant.contradicted for name in family}
    verdicts = [
        one.verdict
        for statement in statements
        if meant.names.find(statement.members[0].text.strip()) not in defined
        for one in judge.judged(statement)
    ]
    return verdicts.count("proved") - verdicts.count("refuted")


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
            examined.append(examine(read_source(path), walkthrough, path))
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


def _judge(
    text: str, file: str, statements: tuple[Statement, ...], intended: Intended, starts: Iterable[Start]
) -> Judge:
    slopes = Slopes(intended.network)
    definitions = dict(intended.network.definitions)
    definitions.update({name: slopes.of(one.of, one.by) for name, one in intended.slopes.items()})
    definitions.update(_updates(statements, intended, slopes))
    definitions.update(_derived(statements, intended, slopes))
    definitions = _ordered(definitions)
    values = _values(statements, intended, definitions, starts)
    meaning = Meaning(intended, slopes, definitions)
    places = Places(text, file, Lines.of(text))
    reader = Reader(intended, slopes)
    return Judge(places, reader, meaning, Valued(meaning, values), Steps(meaning, values))


def _updates(statements: Iterable[Statement], intended: Intended, slopes: Slopes) -> Iterator[tuple[str, sp.Expr]]:
    """What the names of updated weights, of changes and of deltas mean, as far as the document uses them."""
    names, loss = intended.names, intended.network.loss
    rate = symbol(LEARNING_RATE)
    words = {word for s in statements for m in s.members for word in re.findall(r"[^\W\d]\w*⁺?|[Δδ] ?\w+", m.text)}
    told = any(s.members[0].text.strip()[:1] == "δ" and _read_any(s, intended) is None for s in statements)
    for word in sorted(words):
        name = names.find(word.replace(" ", "_"))
        if name is None or name in intended.network.definitions:
            continue
        if intended.over_samples and not name.startswith("δ_"):
            continue
        if name.endswith("⁺"):
            weight = name.removesuffix("⁺")
            yield name, symbol(weight) - rate * slopes.of(loss, weight)
        elif name.startswith("Δ_"):
            yield name, -rate * slopes.of(loss, name.removeprefix("Δ_"))
        elif name.startswith("δ_") and not told:
            yield name, slopes.of(loss, name.removeprefix("δ_"))


def _ordered(definitions: Mapping[str, sp.Expr]) -> dict[str, sp.Expr]:
    """Definitions after those that they use; what goes in a circle defines nothing."""
    needs = {n: {s.name for s in body.free_symbols} & definitions.keys() for n, body in definitions.items()}
    used_by: dict[str, list[str]] = {}
    for name, needed in needs.items():
        for other in needed:
            used_by.setdefault(other, []).append(name)
    ready = deque(name for name, needed in needs.items() if not needed)
    found: dict[str, sp.Expr] = {}
    while ready:
        name = ready.popleft()
        found[name] = definitions[name]
        for other in used_by.get(name, ()):
            needs[other].discard(name)
            if not needs[other]:
                ready.append(other)
    return found


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
        if name is None or name in intended.network.names or name in done:
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
    twice: set[str] = set()
    again: dict[str, list[tuple[int, sp.Expr]]] = {}
    gradients: dict[tuple[str, str], tuple[Approximate, ...]] = {}
    sums: dict[str, sp.Expr] = {}
    for name, member, expression in _numbers(statements, intended, definitions):
        if name is not None and name.is_Symbol:
            if printed(member.text, expression) is not None:
                again.setdefault(name.name, []).append((member.place(0), expression))
            if printed(member.text, expression) is not None and told.get(name.name, expression) != expression:
                twice.add(name.name)
            elif printed(member.text, expression) is not None and name.name not in told:
                told[name.name] = expression
                where[name.name] = member.place(0)
            if expression.is_Add:
                sums.setdefault(name.name, expression)
        elif name is not None:
            number = printed(member.text, expression)
            if isinstance(name, Partial) and name.of.is_Symbol and number is not None:
                place = name.of.name, name.by.name
                gradients[place] = (*gradients.get(place, ()), number)
            for bare, number in bindings(name, expression):
                if bare not in bound:
                    bound[bare] = number
                    bound_at[bare] = member.place(0)
    early = {name for name in told if bound_at.get(name, where[name]) < where[name]}
    values = {**bound, **{name: value for name, value in told.items() if name not in early}}
    where = {**bound_at, **{name: place for name, place in where.items() if name not in early}}
    given = {n: v for n, v in values.items() if n not in definitions and n[-1:] != "⁺" and n[:1] not in "δΔ"}
    often = {name for name in twice if len({value for _, value in again[name]}) > _TRAINED}
    own = {name for name in twice & given.keys() if not intended.names.is_networks(name) or name in often}
    anew = {name: tuple(again[name]) for name in own}
    other = frozenset(twice & given.keys() - own - set(intended.network.parameters))
    for start in starts:
        shared = [name for name in start if name in given]
        if len(shared) >= _ENOUGH and all(start[name] == given[name] for name in shared):
            wanted = (*intended.network.leaves, LEARNING_RATE)
            taken = {n: v for n, v in start.items() if n not in given and n in wanted}
            leaves = frozenset(given) | frozenset(taken)
            return Values({**taken, **values}, where, leaves, frozenset(taken), other, anew, gradients, sums)
    return Values(values, where, frozenset(given), frozenset(), other, anew, gradients, sums)


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
                if expression.is_Symbol and expression.name in definitions.keys() & intended.network.names:
                    formulas.append(definitions[expression.name])
