"""A document's own functions, f(x, y) = x*y, and which of them a line may use."""

import re
from collections.abc import Mapping
from itertools import chain

import sympy as sp
from msgspec import Struct
from msgspec.structs import replace

from derive.claim import Called, Partial
from derive.errors import DeriveError
from derive.names import symbol

LETTER = re.compile(r"[^\W\d_](?:_?\d+)?")
_FAMILY = re.compile(r"(.+?)_\w+")
_Chosen = Mapping[tuple[str, int], "Rule"]


class Rule(Struct, frozen=True):
    """f(x, y) = body; `body` is None for a function of which nothing is said.

    `foreign` is one told in notation that is not read: its calls are named f? since nothing can be refuted of them.
    """

    name: str
    parameters: tuple[str, ...]
    body: sp.Expr | None = None
    foreign: bool = False
    ways: tuple[sp.Expr, ...] = ()
    """The same in other letters, as f = q*z says it again, the last one first."""

    def slope(self, by: sp.Symbol) -> sp.Expr | None:
        """∂f/∂q by a name that is no variable of f: of what says f in it; None where nothing does.

        Nothing is known of it where f is told in notation that is not read, or x stands for x_0, x_1 … in f.
        """
        if self.foreign:
            return Called(f"{self.name}?", (1,))
        if by.name in self.parameters:
            return None if self.body is None or not self._is_list(by.name) else Called(f"{self.name}?", (1,))
        way = next((way for way in self.ways if by in way.free_symbols), None)
        return None if way is None else way.diff(by)

    def _is_list(self, name: str) -> bool:
        told = {s.name for s in self.body.free_symbols} if self.body is not None else set()
        return name not in told and any(re.fullmatch(rf"{re.escape(name)}_?\d+", one) for one in told)

    def at(self, orders: tuple[int, ...], arguments: tuple[sp.Expr, ...]) -> sp.Expr:
        """The function, or its derivative of these orders, at arguments."""
        body: sp.Expr | None = self.body
        if body is None:
            return Called(f"{self.name}?" if self.foreign else self.name, orders, *arguments)
        inner = [sp.Dummy(name, real=True) for name in self.parameters]
        body = substituted(body, dict(zip(map(symbol, self.parameters), inner, strict=True)))
        for by, order in zip(inner, orders, strict=True):
            body = body.diff(by, order) if order else body
        return substituted(body, dict(zip(inner, arguments, strict=True)))


class Sight(Struct, frozen=True):
    """The functions that a line may use, the one defined last first, and the letters in which they are told."""

    rules: tuple[Rule, ...] = ()
    letters: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.rules)

    @property
    def words(self) -> frozenset[str]:
        """The words that are functions: f stands for f_c too where that is the one just defined."""
        return frozenset(chain.from_iterable((rule.name, _family(rule.name)) for rule in self.rules))

    def rule(self, name: str, count: int = 0) -> Rule | None:
        """The function of a name and a number of arguments (0: any), as defined last."""
        return next((r for r in self.rules if r.name == name and count in (0, len(r.parameters))), None)

    def meant(self, name: str, count: int = 0) -> tuple[Rule, ...]:
        """The functions that a name with a number of arguments (0: any) can stand for, the one defined last first."""
        fitting = (rule for rule in self.rules if count in (0, len(rule.parameters)))
        family = tuple(rule for rule in fitting if name in (rule.name, _family(rule.name)))
        own = self.rule(name, count)
        return family if own is None else family[: family.index(own) + 1]

    def defined(self, rule: Rule) -> "Sight":
        """The same with a function more, or with one defined anew."""
        body = rule.body.free_symbols if rule.body is not None else frozenset()
        letters = {*self.letters, *rule.parameters, *(s.name for s in body if LETTER.fullmatch(s.name))}
        others = (r for r in self.rules if (r.name, len(r.parameters)) != (rule.name, len(rule.parameters)))
        return Sight((rule, *others), frozenset(letters))

    def saying(self, name: str, way: sp.Expr) -> "Sight":
        """The same where a function is said in another way too."""
        rules = (replace(r, ways=(way, *r.ways)) if r.name == name else r for r in self.rules)
        return replace(self, rules=tuple(rules))

    def opened(self, expression: sp.Expr) -> tuple[sp.Expr, ...]:
        """An expression with every function written out; more than one where a name can stand for several.

        DeriveError where a function is given another number of arguments than it has.
        """
        if not expression.has(Called):
            return (expression,)
        calls = {(c.name, len(c.arguments)): self.meant(c.name, len(c.arguments)) for c in expression.atoms(Called)}
        choices = [(call, rule) for call, rules in sorted(calls.items()) if len(rules) > 1 for rule in rules]
        if not choices:
            return (self._opened(expression, {}),)
        return tuple(self._opened(expression, {call: rule}) for call, rule in choices)

    def _opened(self, expression: sp.Expr, chosen: _Chosen) -> sp.Expr:
        if isinstance(expression, Called):
            return self._called(expression, tuple(self._opened(a, chosen) for a in expression.arguments), chosen)
        if isinstance(expression, Partial) and isinstance(expression.of, Called):
            found = self._slope(expression.of, expression.by, chosen)
            if found is not None:
                return found
        if not expression.args or not expression.has(Called):
            return expression
        made: sp.Expr = expression.func(*(self._opened(part, chosen) for part in expression.args), evaluate=False)
        return made

    def _meant(self, call: Called, chosen: _Chosen) -> Rule:
        count = len(call.arguments)
        rule = chosen.get((call.name, count)) or next(iter(self.meant(call.name, count)), None)
        if rule is None:
            known = self.rule(call.name)
            right = f"write {known.name}({', '.join(known.parameters)})" if known is not None else ""
            raise DeriveError("", f"{call.text} applies a function that is not known", right)
        return rule

    def _called(self, call: Called, arguments: tuple[sp.Expr, ...], chosen: _Chosen) -> sp.Expr:
        rule = self._meant(call, chosen)
        given = arguments or tuple(map(symbol, rule.parameters))
        primes = call.orders[0]
        if primes and len(given) > 1:
            raise DeriveError("", f"{call.text} of {len(given)} variables", f"write ∂{call.name}/∂{rule.parameters[0]}")
        return rule.at((primes, *(0 for _ in given[1:])), given)

    def _slope(self, of: Called, by: sp.Symbol, chosen: _Chosen) -> sp.Expr | None:
        """∂f/∂x by one of f's own variables: the others are held, whatever they are elsewhere."""
        rule = self._meant(of, chosen)
        own = tuple(map(symbol, rule.parameters))
        if not of.arguments and not any(of.orders) and (found := rule.slope(by)) is not None:
            return found
        if by not in own or (of.arguments and of.arguments != own) or any(of.orders):
            return None
        return rule.at(tuple(int(name == by) for name in own), own)


NOTHING = Sight()


def _family(name: str) -> str:
    match = _FAMILY.fullmatch(name)
    return match.group(1) if match else name


def substituted(expression: sp.Expr, put: dict[sp.Symbol, sp.Expr]) -> sp.Expr:
    """The same tree with expressions in the place of symbols, all at once; sums and products keep their order."""
    if expression.is_Symbol:
        return put.get(expression, expression)
    if not expression.args or not expression.free_symbols & put.keys():
        return expression
    made: sp.Expr = expression.func(*(substituted(part, put) for part in expression.args), evaluate=False)
    return made
