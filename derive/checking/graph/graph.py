"""A document's definitions as a graph: what rests on what, and every written derivative worked out on it."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

import sympy as sp

from derive.checking.exchange import exchanged
from derive.checking.graph.limits import UnsettledError, limit
from derive.checking.graph.links import by_cases, link, link_by_value, names_in_order
from derive.equality import Proved, Undecided
from derive.equality.deciding import decide
from derive.errors import DeriveError
from derive.formulas.functions import SLOPED_FUNCTIONS
from derive.names import symbol
from derive.ordering import product, total
from derive.reach import reached
from derive.written import UNTOLD, At, Called, Partial, calls_in, partials_in

_DEEPEST = 8

VALUE = symbol("value")
"""What a function of which nothing is said comes to, in what is said of its derivative."""
Function = tuple[tuple[str, ...], sp.Expr]
"""The variables of a document's function, and what it is."""


class CircleError(DeriveError):
    """A name that rests on itself."""

    def __init__(self, name: str) -> None:
        super().__init__("", f"{name} rests on itself")
        self.name = name


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
        along: Mapping[tuple[str, str], sp.Expr] = MappingProxyType({}),
    ) -> None:
        self.functions = functions
        self.slopes = slopes
        self.along = along
        """The slopes of curves, dy/dx where both rest on a time: where they are asked for, and in no path."""
        self.calls: dict[str, Called] = {}
        """Calls of functions of which nothing is said, by the names that they are worked out to."""
        self.assumed = assumed
        self.opaque = opaque
        self._written = definitions
        self._worked: dict[str, sp.Expr] = {}
        self._parents: dict[str, frozenset[str]] = {}
        self._bodies: dict[str, sp.Expr] = {}
        self._asked: set[tuple[str, str]] = set()
        self._totals: dict[tuple[str, str], sp.Expr] = {}
        self._open: list[str] = []

    def replaced(self, name: str, expression: sp.Expr) -> "Graph":
        """The same with another definition of one name."""
        return self._with({**self._written, name: expression}, self.opaque, self.assumed)

    def assuming(self, of: str, by: str, expression: sp.Expr) -> "Graph":
        """The same where the derivative of a name by another is what somebody says it is, as in a line before."""
        return self._with(self._written, self.opaque, {**self.assumed, (of, by): expression})

    def holding(self, *names: str) -> "Graph":
        """The same with names that rest on nothing."""
        written = {other: body for other, body in self._written.items() if other not in names}
        opaque = {other: parents for other, parents in self.opaque.items() if other not in names}
        return self._with(written, opaque, {k: v for k, v in self.assumed.items() if not set(k) & set(names)})

    def _with(
        self,
        written: Mapping[str, sp.Expr],
        opaque: Mapping[str, tuple[str, ...]],
        assumed: Mapping[tuple[str, str], sp.Expr],
    ) -> "Graph":
        return Graph(written, self.functions, opaque, assumed, self.slopes, self.along)

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
                self._worked[name] = self.resolved(self._written[name])
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
                if name not in self._bodies:
                    body = self.definition(name)
                    assert body is not None
                    self._bodies[name] = self._named(body)
                found[name] = self._bodies[name]
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
        below = (other for other in reached([name], self.parents) if other != name and other not in self._written)
        return frozenset(other for other in below if not self.parents(other))

    def leaves_of(self, expressions: Iterable[sp.Expr]) -> frozenset[str]:
        """The names without a definition on which expressions rest, those that stand in them among them."""
        names = {s.name for expression in expressions for s in expression.free_symbols}
        own = {name for name in names if name not in self._written}
        return frozenset().union(*((self.leaves(name) or own & {name}) for name in names))

    def rests_on(self, name: str, other: str) -> bool:
        """Whether a name rests on another, over any number of definitions."""
        return other in reached([name], self.parents)

    # derivatives

    def is_linked(self, of: sp.Expr, by: str) -> bool:
        """Whether something says that a quantity rests on another: its derivative is not 0, or it is a function of it
        and of nothing else that it is written with, p(x) = 5; in g(w, x) = e^{x_0} is x a list.
        """
        if of.is_Symbol:
            functions = self.functions.get(of.name, ())
            written = any(by in known and {s.name for s in body.free_symbols} <= {*known} for known, body in functions)
            if written or (of.name, by) in self.along:
                return True
        return bool(self.total(of, by) != 0)

    def worked(self, expression: sp.Expr) -> sp.Expr:
        """An expression with its derivatives and the document's functions worked out; sums and products keep their
        order.

        What a function of which nothing is said comes to at its arguments is a name of its own, f'(x).
        """
        return self._named(self.resolved(expression))

    def resolved(self, expression: sp.Expr) -> sp.Expr:
        """The same with calls of functions of which nothing is said kept, since they can still be differentiated."""
        if isinstance(expression, Partial):
            if not expression.held.isdisjoint(self._written):
                return self.holding(*expression.held).resolved(expression)
            of = self.resolved(expression.of)
            along = self.along.get((of.name, expression.by.name)) if of.is_Symbol else None
            if along is not None:
                return self.resolved(along)
            return self.total(of, self._only_variable(of) if expression.by == UNTOLD else expression.by.name)
        if isinstance(expression, Called):
            return self._called(expression)
        if isinstance(expression, At):
            return self._at(expression)
        if not (partials_in(expression) or calls_in(expression) or expression.has(At)):
            return expression
        made: sp.Expr = expression.func(*(self.resolved(part) for part in expression.args), evaluate=False)
        return made

    def _at(self, at: At) -> sp.Expr:
        """An expression with values put in, whatever defines the names that have them held; or its limit there."""
        names = frozenset(name.name for name in at.ends)
        held = self.holding(*names)
        values = {name: held.resolved(value) for name, value in at.ends.items()}
        made = held._opened(self.resolved(at.of), names)
        for s in made.free_symbols:
            resting = s.name not in names and any(self.rests_on(s.name, name) for name in names)
            if resting or s.name.startswith("∂"):
                of = s.name.split("/")[0].lstrip("∂")
                raise UnsettledError("", f"how {of} rests on {', '.join(sorted(names))} is not said")
        if not at.is_limit:
            return exchanged(made, values)
        ((name, to),) = values.items()
        return limit(made, name, to, held._vanishes)

    def _vanishes(self, expression: sp.Expr) -> bool | None:
        """Whether an expression is 0 whatever its names are; None where nobody can tell."""
        named = self._named(expression)
        verdict = decide(named, sp.Integer(0), definitions=self.closure((named,)))
        return None if isinstance(verdict, Undecided) else isinstance(verdict, Proved)

    def _only_variable(self, of: sp.Expr) -> str:
        """The one name that a prime can differentiate by: of c f(x), that on which f rests."""
        found, first = (
            {leaf for s in names for leaf in self.leaves(s.name) or {s.name}}
            for names in (of.free_symbols, {s for call in calls_in(of) for s in call.free_symbols})
        )
        found = first if len(first) == 1 else found
        if len(found) != 1:
            told = f"rests on {', '.join(sorted(found))}" if found else "rests on nothing"
            raise DeriveError("", f"a prime could be by anything: it {told}", "write du/dx for u'")
        return found.pop()

    def total(self, of: sp.Expr, by: str) -> sp.Expr:
        """The total derivative of an expression by a name, whatever defines that name held."""
        if of.is_Symbol:
            return self._total(of.name, by)
        of = self.resolved(of) if partials_in(of) or of.has(At) else of
        terms = []
        for s in sorted(of.free_symbols, key=lambda s: str(s.name)):
            inner = self._total(s.name, by)
            if inner != 0:
                outer = by_cases(of.doit()).diff(s)
                if outer != 0:
                    terms.append(product((outer, inner)))
        return total(tuple(terms))

    def _total(self, of: str, by: str) -> sp.Expr:
        if of == by:
            return sp.Integer(1)
        ends = (of, by)
        said = None if ends in self._asked else self._said(of, by)
        if said is not None:
            return said
        if ends not in self._totals:
            if ends in self._asked:
                raise CircleError(of)
            self._asked.add(ends)
            try:
                self._totals[ends] = self._linked(of, by)
            finally:
                self._asked.remove(ends)
        return self._totals[ends]

    def _linked(self, of: str, by: str) -> sp.Expr:
        """The derivative over what a definition uses, in its order; of what nobody defines, over what it rests on."""
        body = self.definition(of)
        terms = []
        for parent in self.opaque.get(of, ()) if body is None else names_in_order(body):
            inner = self._total(parent, by)
            if inner != 0:
                terms.append(product((link(of, body, parent), inner)))
        return total((*terms, *(link_by_value(body, by) if body is not None else ())))

    def _said(self, of: str, by: str) -> sp.Expr | None:
        """The derivative as lines have it: that of these two ends, or one of the first by something between them."""
        ends = (of, by)
        if ends in self.assumed:
            self._asked.add(ends)  # what is said of it may be written with it
            try:
                return self.resolved(self.assumed[ends])
            finally:
                self._asked.remove(ends)
        through = next((m for o, m in self.assumed if o == of and m != by and self.rests_on(m, by)), None)
        if through is None:
            return None
        beside = self.holding(through)._total(of, by)
        inner = product((self._total(of, through), self._total(through, by)))
        return inner if beside == 0 else total((beside, inner))

    def _called(self, call: Called) -> sp.Expr:
        """A document's function at arguments: its body with them put in; an atom of its own where it has none."""
        arguments = tuple(self.resolved(argument) for argument in call.arguments)
        own = [f for f in self.functions.get(call.name, ()) if len(f[0]) == len(arguments)]
        if not own:
            return Called(call.name, call.orders, *arguments)
        letters = tuple(map(str, arguments))
        variables, body = next((f for f in reversed(own) if f[0] == letters), own[-1])
        if call.name in self._open:
            raise CircleError(call.name)
        self._open.append(call.name)
        try:
            made = self.resolved(body)
        finally:
            self._open.pop()
        for variable, order in zip(variables, call.orders, strict=True):
            for _ in range(order):
                made = self.total(made, variable)
        made = self._opened(made, frozenset(variables))
        swap = {symbol(v): sp.Dummy(real=True) for v in variables}
        back = {swap[symbol(v)]: a for v, a in zip(variables, arguments, strict=True)}
        return exchanged(exchanged(made, swap), back)

    def _named(self, expression: sp.Expr) -> sp.Expr:
        """Calls of functions of which nothing is said as names: f'(x), the arguments in what they rest on."""
        table: dict[sp.Basic, sp.Expr] = {}
        for call in calls_in(expression):
            if call.name in self.slopes and call.orders == (1,):
                value = Called(call.name, (0,), *call.arguments)
                table[call] = self._named(exchanged(self.slopes[call.name], {VALUE: value}))
            else:
                arguments = (sp.expand(self._spelled_out(a).doit()) for a in call.arguments)
                named = Called(call.name, call.orders, *arguments)
                table[call] = symbol(named.text)
                self.calls[named.text] = named
        for part in expression.atoms(*SLOPED_FUNCTIONS.values()):
            named = self._by_slope(part)
            table[part] = symbol(named.text)
            self.calls[named.text] = named
        return exchanged(expression, table)

    def _by_slope(self, part: sp.Expr) -> Called:
        """arctan(x) as a call of a function of which nothing is said but its derivative, which is worked out by now."""
        name = next(word for word, kind in SLOPED_FUNCTIONS.items() if isinstance(part, kind))
        return Called(name, (0,), sp.expand(self._spelled_out(self._named(part.args[0])).doit()))

    def _spelled_out(self, expression: sp.Expr) -> sp.Expr:
        """An argument with every defined name put in, as deep as a person would."""
        for _ in range(_DEEPEST):
            bodies = {s: self.definition(s.name) for s in expression.free_symbols if s.name in self._written}
            if not bodies:
                break
            expression = self._named(exchanged(expression, {s: body for s, body in bodies.items() if body is not None}))
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
            expression = exchanged(expression, {s: body for s, body in table.items() if body is not None})
        raise CircleError(str(expression))
