"""One slip in one line: every small edit of a right side that makes it false."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace

from tests.documents.derivations import Line, holds, is_printed, with_deltas
from tests.documents.terms import (
    ONE,
    Call,
    Derivative,
    Meaning,
    Name,
    Negative,
    Number,
    Power,
    Product,
    Rule,
    Sum,
    Term,
    edits,
    times,
    total,
)


@dataclass(frozen=True)
class Slip:
    """A line that has become false, and how."""

    number: int
    line: Line
    kind: str


def slip_in(
    rng: random.Random, meaning: Meaning, lines: tuple[Line, ...], keys: tuple[str, ...], number: int
) -> Slip | None:
    """A slip of one line: its last member edited so that the line, or what rests on it, is false; None if none is."""
    line = lines[number]
    found = [(kind, edited) for kind, edited in _edited(line.members[-1], keys) if edited != line.members[-1]]
    rng.shuffle(found)
    for kind, edited in found[:_MOST_TRIES]:
        wrong = replace(line, members=(*line.members[:-1], edited))
        if _is_false(meaning, lines, number, wrong):
            return Slip(number, wrong, kind)
    return None


_MOST_TRIES = 6
_DEFINED_ONLY = 2


def _edited(term: Term, keys: tuple[str, ...]) -> Iterator[tuple[str, Term]]:
    kinds = {"index": _index, "sign": _sign, "lost": _lost, "exponent": _exponent, "number": _number, "call": _call}
    for kind, single in kinds.items():
        for edited in edits(term, lambda part, single=single: single(part, keys)):
            yield kind, edited


def _siblings(key: str, keys: tuple[str, ...]) -> Iterator[str]:
    words = key.split()
    yield from (k for k in keys if k != key and k.split()[:-1] == words[:-1] and len(words) > 1)


def _index(part: Term, keys: tuple[str, ...]) -> Iterator[Term]:
    if isinstance(part, Name):
        yield from map(Name, _siblings(part.key, keys))
    if isinstance(part, Derivative):
        yield from (replace(part, by=other) for other in _siblings(part.by, keys))


def _sign(part: Term, keys: tuple[str, ...]) -> Iterator[Term]:
    if isinstance(part, Negative):
        yield part.parts[0]
    if isinstance(part, Sum):
        for number, one in enumerate(part.parts[1:], start=1):
            turned = one.parts[0] if isinstance(one, Negative) else Negative((one,))
            yield Sum((*part.parts[:number], turned, *part.parts[number + 1 :]))


def _lost(part: Term, keys: tuple[str, ...]) -> Iterator[Term]:
    if isinstance(part, Sum | Product):
        make = total if isinstance(part, Sum) else times
        for number in range(len(part.parts)):
            left = (*part.parts[:number], *part.parts[number + 1 :])
            if not (isinstance(part, Sum) and isinstance(left[0], Negative)):
                yield make(*left)


def _exponent(part: Term, keys: tuple[str, ...]) -> Iterator[Term]:
    if isinstance(part, Power):
        yield part.parts[0]
        yield replace(part, exponent=part.exponent + 1)


def _number(part: Term, keys: tuple[str, ...]) -> Iterator[Term]:
    if isinstance(part, Number) and "." in part.text and len(part.text.partition(".")[2]) > 2:
        digits = part.text.partition(".")[2]
        first = next((n for n, digit in enumerate(digits) if digit != "0"), 0)
        other = str((int(digits[first]) + 3) % 10)
        yield Number(f"{part.text.partition('.')[0]}.{digits[:first]}{other}{digits[first + 1 :]}")
    elif isinstance(part, Number) and part.text.isdigit() and part != ONE:
        yield Number(str(int(part.text) + 1))


def _call(part: Term, keys: tuple[str, ...]) -> Iterator[Term]:
    if isinstance(part, Call) and part.function in ("sigmoid", "tanh", "own"):
        yield part.parts[0]


def _is_false(meaning: Meaning, lines: tuple[Line, ...], number: int, wrong: Line) -> bool:
    """Whether a line is false, makes others false by what it defines, or defines a quantity by itself."""
    if wrong.act == "value" or is_printed(wrong.members[-1]):
        return wrong.members[-1] != lines[number].members[-1]
    if wrong.act == "given":
        return False
    if wrong.act == "update":
        return not meaning.agree(lines[number].members[-1], wrong.members[-1])
    if wrong.act not in ("forward", "function", "delta"):
        return not holds(meaning, wrong)
    changed = _defined_anew(meaning, wrong)
    others = tuple(line for n, line in enumerate(lines) if n != number)
    changed = with_deltas(changed, (*others, *((wrong,) if wrong.act == "delta" else ())))
    defined = wrong.members[0]
    if isinstance(defined, Name) and changed.goes_in_a_circle(defined.key):
        return True
    if (
        wrong.act == "delta"
        and len(wrong.members) > 2
        and not holds(meaning, replace(wrong, members=wrong.members[1:]))
    ):
        return True
    return any(not holds(changed, line) for line in others)


def _defined_anew(meaning: Meaning, wrong: Line) -> Meaning:
    first = wrong.members[0]
    if isinstance(first, Call):
        rules = {**meaning.rules, first.function: Rule(("variable",), wrong.members[-1])}
        return replace(meaning, rules=rules)
    assert isinstance(first, Name)
    return replace(meaning, definitions={**meaning.definitions, first.key: wrong.members[-1]})
