"""A document's definitions as a graph: what rests on what, and every written derivative worked out on it."""

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

import sympy as sp

from derive.claim import UNTOLD, Called, Partial
from derive.errors import DeriveError
from derive.formulas.functions import apart
from derive.names import symbol
from derive.ordering import product, total

_DEEPEST = 8

VALUE = symbol("value")
"""What a function of which nothing is said comes to, in what is said of its derivative."""
Function = tuple[tuple[str, ...], sp.Expr]
"""The variables of a document's function, and what it is."""


class Graph:
    """Definitions without a circle, by name; `opaque` names rest on others in a way that nobody tells, of a function in
    `slopes` only the derivative is said, in its own value: g' is VALUE (1 - VALUE).

    What is worked out is remembered; nothing that is asked changes what is answered.
    """

    def __init__(
        self,
        definitions: Mapping[str, sp.Expr],
        functions: Mapping[str, tuple[Function, ...]],
        opaque: Mapping[str, tuple[str, ...]],
        assumed: Mapping[tuple[str, str], sp.Expr] = MappingProxyType({}),
        slopes: Mapping[str, sp.Expr] = MappingProxyType({}),
    ) -> None:
        self.functions = functions
        self.slopes = slopes
        self.calls: dict[str, Called] = {}
        """Calls of functions of which nothing is said, by the names that they are worked out to."""
        self.assumed = assumed
        self.opaque = opaque
        self._written = definitions
        self._worked: dict[str, sp.Expr] = {}
        self._parents: dict[str, frozenset[str]] = {}
        self._slopes: dict[tuple[str, str], sp.Expr] = {}
        self._totals: dict[tuple[str, str], sp.Expr] = {}
        self._open: list[str] = []

    def replaced(self, name: str, expression: sp.Expr) -> "Graph":
        """The same with another definition of one name."""
        return Graph({**self._written, name: expression}, self.functions, self.opaque, self.assumed, self.slopes)

    def assuming(self, of: str, by: str, expression: sp.Expr) -> "Graph":
        """The same where the derivative of a name by another is what somebody says it is, as in a line before."""
        return Graph(self._written, self.functions, self.opaque, {**self.assumed, (of, by): expression}, self.slopes)

    def holding(self, name: str) -> "Graph":
        """The same with a name that rests on nothing."""
        written = {other: body for other, body in self._written.items() if other != name}
        opaque = {other: parents for other, parents in self.opaque.items() if other != name}
        assumed = {k: v for k, v in self.assumed.items() if name not in k}
        return Graph(written, self.functions, opaque, assumed, self.slopes)

    @property
    def names(self) -> frozenset[str]:
        """Every name that is defined."""
        return frozenset(self._written)

    def definition(self, name: str) -> sp.Expr | None:
        """What a name is, its derivatives worked out; DeriveError where it rests on itself."""
        if name not in self._written:
            return None
        if name not in self._worked:
            if name in self._open:
                raise CircleError(name)
            self._open.append(name)
            try:
                self._worked[name] = self._resolved(self._written[name])
            finally:
                self._open.pop()
        return self._worked[name]

    def parents(self, name: str) -> frozenset[str]:
        """The names on which a name rests directly, as written where its derivatives cannot be worked out."""
        if name not in self._parents:
            try:
                body = self.definition(name)
            except CircleError:
                raise
            except DeriveError:
                body = self._written[name]
            found = {s.name for s in body.free_symbols} if body is not None else set(self.opaque.get(name, ()))
            self._parents[name] = frozenset(found)
        return self._parents[name]

    def closure(self, expressions: Iterable[sp.Expr]) -> dict[str, sp.Expr]:
        """The definitions on which expressions rest, each after those that it uses; CircleError."""
        found: dict[str, sp.Expr] = {}
        open_names: set[str] = set()
        waiting = [s.name for e in expressions for s in sorted(e.free_symbols, key=lambda s: str(s.name))][::-1]
        while waiting:
            name = waiting[-1]
            if name in found or name not in self._written:
                waiting.pop()
                continue
            missing = [p for p in sorted(self.parents(name)) if p not in found and p in self._written]
            if not missing:
                body = self.definition(name)
                assert body is not None
                found[name] = self._named(body)
                open_names.discard(name)
                waiting.pop()
                continue
            if name in open_names:
                raise CircleError(name)
            open_names.add(name)
            waiting.extend(reversed(missing))
        return found

    def leaves(self, name: str) -> frozenset[str]:
        """The names without a definition on which a name rests."""
        seen: set[str] = set()
        found: set[str] = set()
        waiting = [name]
        while waiting:
            here = waiting.pop()
            if here in seen:
                continue
            seen.add(here)
            parents = self.parents(here)
            waiting.extend(parents)
            if not parents and here != name and here not in self._written:
                found.add(here)
        return frozenset(found)

    def rests_on(self, name: str, other: str) -> bool:
        """Whether a name rests on another, over any number of definitions."""
        seen: set[str] = set()
        waiting = [name]
        while waiting:
            here = waiting.pop()
            if here == other:
                return True
            if here not in seen:
                seen.add(here)
                waiting.extend(self.parents(here))
        return False

    # derivatives

    def worked(self, expression: sp.Expr) -> sp.Expr:
        """An expression with its derivatives and the document's functions worked out; sums and products keep their
        order.

        What a function of which nothing is said comes to at its arguments is a name of its own, f'(x).
        """
        return self._named(self._resolved(expression))

    def _resolved(self, expression: sp.Expr) -> sp.Expr:
        """The same with calls of unknown functions kept, since they can still be differentiated."""
        if isinstance(expression, Partial):
            return self._derived(expression)
        if isinstance(expression, Called):
            return self._called(expression)
        if not expression.has(Partial, Called):
            return expression
        made: sp.Expr = expression.func(*(self._resolved(part) for part in expression.args), evaluate=False)
        return made

    def _derived(self, partial: Partial) -> sp.Expr:
        by = partial.by
        if by == UNTOLD:
            of = self._resolved(partial.of)
            by = symbol(self._only_variable(of))
        else:
            of = self._resolved(partial.of)
        return self.total(of, by.name)

    def _only_variable(self, of: sp.Expr) -> str:
        """The one name that a prime can differentiate by."""
        found: set[str] = set()
        for s in of.free_symbols:
            found |= self.leaves(s.name) or {s.name}
        if len(found) != 1:
            told = f"rests on {', '.join(sorted(found))}" if found else "rests on nothing"
            raise DeriveError("", f"a prime could be by anything: it {told}", "write du/dx for u'")
        return found.pop()

    def total(self, of: sp.Expr, by: str) -> sp.Expr:
        """The total derivative of an expression by a name, whatever defines that name held."""
        if of.is_Symbol:
            return self._total(of.name, by)
        terms = []
        for s in sorted(of.free_symbols, key=lambda s: str(s.name)):
            inner = self._total(s.name, by)
            if inner != 0:
                outer = _by_cases(of.doit()).diff(s)
                if outer != 0:
                    terms.append(product((outer, inner)))
        return total(tuple(terms))

    def _total(self, of: str, by: str) -> sp.Expr:
        if of == by:
            return sp.Integer(1)
        key = (of, by)
        if key in self.assumed and key not in self._slopes:
            self._slopes[key] = sp.Integer(0)  # what is said of it may be written with it
            try:
                return self._resolved(self.assumed[key])
            finally:
                del self._slopes[key]
        through = next((m for o, m in self.assumed if o == of and m != by and self.rests_on(m, by)), None)
        if through is not None and key not in self._slopes:
            beside = self.holding(through)._total(of, by)
            inner = product((self._total(of, through), self._total(through, by)))
            return inner if beside == 0 else total((beside, inner))
        if key not in self._totals:
            if key in self._slopes:
                raise CircleError(of)
            self._slopes[key] = sp.Integer(0)
            try:
                terms = []
                body = self.definition(of)
                if body is not None:
                    for s in _in_order(body):
                        inner = self._total(s.name, by)
                        if inner != 0:
                            terms.append(product((_slope(of, body.doit(), s), inner)))
                    terms += _by_value(body, by)
                else:
                    for parent in self.opaque.get(of, ()):
                        inner = self._total(parent, by)
                        if inner != 0:
                            terms.append(product((symbol(f"∂{of}/∂{parent}"), inner)))
                self._totals[key] = total(tuple(terms))
            finally:
                del self._slopes[key]
        return self._totals[key]

    def _called(self, call: Called) -> sp.Expr:
        """A document's function at arguments: its body with them put in; an atom of its own where it has none."""
        arguments = tuple(self._resolved(argument) for argument in call.arguments)
        own = [f for f in self.functions.get(call.name, ()) if len(f[0]) == len(arguments)]
        if not own:
            return Called(call.name, call.orders, *arguments)
        letters = tuple(map(str, arguments))
        variables, body = next((f for f in reversed(own) if f[0] == letters), own[-1])
        if call.name in self._open:
            raise CircleError(call.name)
        self._open.append(call.name)
        try:
            made = self._resolved(body)
        finally:
            self._open.pop()
        for variable, order in zip(variables, call.orders, strict=True):
            for _ in range(order):
                made = self._by_argument(made, variable)
        made = self._opened(made, frozenset(variables))
        swap = {symbol(v): sp.Dummy(real=True) for v in variables}
        back = {swap[symbol(v)]: a for v, a in zip(variables, arguments, strict=True)}
        return _put(_put(made, swap), back)

    def _named(self, expression: sp.Expr) -> sp.Expr:
        """Calls of functions of which nothing is said as names: f'(x), the arguments in what they rest on."""
        calls = expression.atoms(Called)
        if not calls:
            return expression
        table = {}
        for call in calls:
            if call.name in self.slopes and call.orders == (1,):
                value = Called(call.name, (0,), *call.arguments)
                table[call] = self._named(_put(self.slopes[call.name], {VALUE: value}))
                continue
            arguments = (sp.expand(self._spelled_out(a).doit()) for a in call.arguments)
            named = Called(call.name, call.orders, *arguments)
            table[call] = symbol(named.text)
            self.calls[named.text] = named
        return _put_calls(expression, table)

    def _spelled_out(self, expression: sp.Expr) -> sp.Expr:
        """An argument with every defined name put in, as deep as a person would."""
        for _ in range(_DEEPEST):
            bodies = {s: self.definition(s.name) for s in expression.free_symbols if s.name in self._written}
            if not bodies:
                break
            expression = self._named(_put(expression, {s: body for s, body in bodies.items() if body is not None}))
        return expression

    def _opened(self, expression: sp.Expr, variables: frozenset[str]) -> sp.Expr:
        """An expression in which whatever rests on the variables is put in, so that arguments can take their place."""
        for _ in range(len(self._written) + 1):
            table = {
                s: self.definition(s.name)
                for s in expression.free_symbols
                if s.name not in variables
                and s.name in self._written
                and any(self.rests_on(s.name, v) for v in variables)
            }
            if not table:
                return expression
            expression = _put(expression, {s: body for s, body in table.items() if body is not None})
        raise CircleError(str(expression))

    def _by_argument(self, body: sp.Expr, variable: str) -> sp.Expr:
        return self.total(body, variable)


    # functions of which nothing is said

    def slope_of_unknown(self, left: sp.Expr, right: sp.Expr) -> tuple[str, sp.Expr] | None:
        """The function, and its derivative in its own value, where that is what an equation says, g'(s) = z (1 - z)
        with z = g(s); None for any other.
        """
        slope = self._resolved(left)
        if isinstance(left, Partial) and left.of.is_Symbol and left.by != UNTOLD:
            body = self.definition(left.of.name)
            if isinstance(body, Called) and body.arguments == (left.by,):
                slope = Called(body.name, (1,), left.by)
        if not (isinstance(slope, Called) and slope.orders == (1,) and slope.name not in self.functions):
            return None
        value = Called(slope.name, (0,), *slope.arguments)
        alike = {symbol(name): VALUE for name in self._written if self.definition(name) == value}
        told = self._resolved(right).xreplace({value: VALUE, **alike})
        return (slope.name, told) if told.free_symbols == {VALUE} and not told.has(Called) else None

    def unknown_calls(self, side: sp.Expr) -> frozenset[tuple[str, int, tuple[sp.Expr, ...]]]:
        """The functions of which nothing is said in a worked side, and in what it rests on: the name, how often it is
        differentiated, and at what.
        """
        names = {s.name for e in (side, *self.closure((side,)).values()) for s in e.free_symbols}
        calls = (self.calls[name] for name in names if name in self.calls)
        return frozenset((call.name, sum(call.orders), call.arguments) for call in calls)


class CircleError(DeriveError):
    """A name that rests on itself."""

    def __init__(self, name: str) -> None:
        super().__init__("", f"{name} rests on itself")
        self.name = name


def _slope(of: str, body: sp.Expr, by: sp.Symbol) -> sp.Expr:
    """The partial derivative of a definition, written with what it defines where people do: out*(1 - out)."""
    power = (1 / body - 1) if body.is_Pow else None
    if isinstance(power, sp.exp):
        inside = -power.args[0].diff(by)
        return product((symbol(of), sp.Add(1, sp.Mul(-1, symbol(of), evaluate=False), evaluate=False), inside))
    return _by_cases(body).diff(by).xreplace({body: symbol(of)})


def _by_cases(body: sp.Expr) -> sp.Expr:
    """An expression whose slope has cases, max(a, b) as a where a > b and else b.

    Where two cases meet there may be no slope: which of them holds there tells nothing.
    """
    for part in sorted(body.atoms(sp.Max, sp.Min), key=sp.count_ops):
        if len(part.args) == 2:
            one, other = part.args if isinstance(part, sp.Max) else part.args[::-1]
            body = body.subs(part, apart(part.args[0], one, other, part.args[1]))
    return body.replace(sp.Piecewise, _apart)


def _apart(*cases: tuple[sp.Expr, sp.Basic]) -> sp.Expr:
    """Cases whose edges are nobody's, from the last one on."""
    made = cases[-1][0]
    for value, test in reversed(cases[:-1]):
        if isinstance(test, sp.Gt | sp.Ge | sp.Lt | sp.Le):
            made = apart(value, test.gts, test.lts, made)
        else:
            made = sp.Piecewise((value, test), (made, True))
    return made


def _by_value(body: sp.Expr, by: str) -> list[sp.Expr]:
    """The derivative by what a function comes to that is named without its argument: dy/dg of y = f(g(x))."""
    calls = {c for c in sp.preorder_traversal(body) if isinstance(c, Called) and c.name == by and not any(c.orders)}
    if len(calls) != 1:
        return []
    (call,), value = calls, sp.Dummy(real=True)
    slope = body.xreplace({call: value}).doit().diff(value).xreplace({value: call})
    return [slope] if slope != 0 else []


def _put_calls(expression: sp.Expr, table: Mapping[sp.Basic, sp.Expr]) -> sp.Expr:
    if expression in table:
        return table[expression]
    if not expression.args or not expression.has(Called):
        return expression
    return _rebuilt(expression, [_put_calls(part, table) for part in expression.args])


def _in_order(body: sp.Expr) -> tuple[sp.Symbol, ...]:
    return tuple(dict.fromkeys(part for part in sp.preorder_traversal(body) if part.is_Symbol))


def _put(expression: sp.Expr, table: Mapping[sp.Basic, sp.Expr]) -> sp.Expr:
    """An expression with names exchanged, nothing evaluated."""
    if expression in table:
        return table[expression]
    if not expression.args or not (expression.free_symbols & table.keys()):
        return expression
    return _rebuilt(expression, [_put(part, table) for part in expression.args])


def _rebuilt(expression: sp.Expr, parts: Sequence[sp.Expr]) -> sp.Expr:
    """An expression of other parts, nothing evaluated; a case with its condition has nothing to evaluate."""
    made: sp.Expr = expression.func(*parts, **({"evaluate": False} if isinstance(expression, sp.Expr) else {}))
    return made
