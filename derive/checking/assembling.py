"""All that a document's lines are judged by, brought together: definitions in order, values, places."""

import re
from collections import deque
from collections.abc import Iterable, Iterator, Mapping

import sympy as sp

from derive.checking.given import Start, values_of
from derive.checking.intended import Intended
from derive.checking.judging import Judge
from derive.checking.meaning import Meaning
from derive.checking.members import Reader
from derive.checking.placing import Places
from derive.checking.resolving import Slopes
from derive.checking.updating import Steps
from derive.checking.valuing import Valued
from derive.errors import DeriveError
from derive.names import symbol
from derive.reading.formula import read_over
from derive.reading.spelling import LEARNING_RATE
from derive.reading.statements import Statement
from derive.reading.traced import Lines


def judge_on(
    text: str, file: str, statements: tuple[Statement, ...], intended: Intended, starts: Iterable[Start]
) -> Judge:
    slopes = Slopes(intended.network)
    definitions = dict(intended.network.definitions)
    definitions.update({name: slopes.of(one.of, one.by) for name, one in intended.slopes.items()})
    definitions.update(_updates(statements, intended, slopes))
    definitions.update(_derived(statements, intended, slopes))
    definitions = _ordered(definitions)
    values = values_of(statements, intended, definitions, starts)
    meaning = Meaning(intended, slopes, definitions)
    places = Places(text, file, Lines.of(text))
    reader = Reader(intended, slopes)
    return Judge(places, reader, meaning, Valued(meaning, values), Steps(meaning, values))


def _updates(statements: Iterable[Statement], intended: Intended, slopes: Slopes) -> Iterator[tuple[str, sp.Expr]]:
    """What the names of updated weights, of changes and of deltas mean, as far as the document uses them."""
    names, loss = intended.names, intended.network.loss
    rate = symbol(LEARNING_RATE)
    words = {word for s in statements for m in s.members for word in re.findall(r"[^\W\d]\w*⁺?|[Δδ] ?\w+", m.text)}
    told = any(_names_delta(s, intended) and _read_any(s, intended) is None for s in statements)
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


def _names_delta(statement: Statement, intended: Intended) -> bool:
    """Whether a line says what a δ is, δ_h1 = … or delta_h1 = …"""
    first = statement.members[0].text.strip()
    return first[:1] == "δ" or (first[:5] == "delta" and (intended.names.find(first) or "").startswith("δ_"))


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
