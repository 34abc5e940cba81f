"""The values that a document gives: typed ones, printed results, and numbers put in for names."""

from collections.abc import Iterable, Iterator, Mapping

import sympy as sp

from derive.checking.intended import Intended
from derive.checking.numbers import Approximate, Values, bindings, is_numeric, printed
from derive.claim import Partial
from derive.errors import DeriveError
from derive.reading.formula import read_over
from derive.reading.spelling import LEARNING_RATE
from derive.reading.statements import Statement, listed
from derive.reading.traced import Traced

Start = Mapping[str, sp.Rational]
_TRAINED = 2
"""A weight with more values than the first and the updated one is followed through several steps."""
_ENOUGH = 3
"""So many values of a document must be those of a walkthrough before the others are taken from there."""


def values_of(
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
            for bare, number in bindings(name, expression, {**bound, **told}):
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
            return Values({**taken, **values}, where, leaves, frozenset(taken), other, anew, gradients, sums, start)
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
