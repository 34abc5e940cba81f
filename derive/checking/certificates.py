"""The certificate of a claim's verdict: the question that was decided, written out so that anyone can ask it again."""

from collections.abc import Iterable, Mapping
from itertools import chain, count
from re import sub
from typing import Any

import sympy as sp

from derive.certificates import certificate_over
from derive.checking.evidence import Evidence, Question
from derive.errors import DeriveError
from derive.formulas import Names, read_formula
from derive.formulas.expression.names import CONSTANTS
from derive.kernel import RejectedError
from derive.names import symbol
from derive.text import as_text


def certificate_of(evidence: Evidence) -> dict[str, Any] | None:
    """What shows that a claim is proved or refuted; None where its verdict is no decision on two formulas alone, but
    one on rounded numbers, on arrays or under values.
    """
    if evidence.question is None or evidence.verdict not in ("proved", "refuted"):
        return None
    try:
        found = _written(evidence.question)
    except (DeriveError, RejectedError, TypeError, RecursionError):  # there is no way to write it, or to show it
        return None
    return found if found is not None and found["verdict"] == evidence.verdict else None


def _written(question: Question) -> dict[str, Any] | None:
    """The certificate of a question, over names that a formula can have."""
    definitions = dict(question.definitions)
    sides = question.left, question.right
    used = {s.name for side in (*sides, *definitions.values()) for s in side.free_symbols} | definitions.keys()
    spelled = _spelled(used)
    table = {symbol(name): symbol(other) for name, other in spelled.items() if name != other}
    left, right = (as_text(_put(side, table)) for side in sides)
    bodies = {spelled[name]: as_text(_put(body, table)) for name, body in definitions.items()}
    positive = {spelled[name] for name in question.positive & used}
    return certificate_over(spelled.values(), left, right, bodies, positive)


def _spelled(names: Iterable[str]) -> Mapping[str, str]:
    """Each name as itself where a formula can have it, else its letters, numbered where taken: f_x of f'(x)."""
    spelled: dict[str, str] = {}
    for name in sorted(names, key=lambda name: (not _can_be_read(name), name)):
        stem = sub(r"\W+", "_", name).strip("_") or "v"
        ways = chain((name, stem), (f"{stem}_{number}" for number in count(1)))
        spelled[name] = next(way for way in ways if _can_be_read(way) and way not in spelled.values())
    return spelled


def _can_be_read(name: str) -> bool:
    try:
        return name not in CONSTANTS and bool(read_formula(name, Names.of((name,))) == symbol(name))
    except DeriveError:
        return False


def _put(expression: sp.Expr, table: Mapping[sp.Symbol, sp.Symbol]) -> sp.Expr:
    """An expression with names exchanged, nothing evaluated."""
    if expression in table:
        return table[expression]
    if not expression.args or not expression.free_symbols & table.keys():
        return expression
    made: sp.Expr = expression.func(*(_put(part, table) for part in expression.args), evaluate=False)
    return made
