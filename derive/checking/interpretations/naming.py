"""The equations of a document in an interpretation's names: the same as another, a derivative's, a primed one."""

from collections.abc import Iterator, Sequence
from functools import cached_property

import sympy as sp
from msgspec import Struct

from derive.checking.equations import Equation, Stated
from derive.checking.exchange import exchanged
from derive.checking.interpretations.departures import Departures
from derive.names import symbol
from derive.written import UNTOLD, Partial, partials_in


class Naming(Struct, frozen=True, dict=True):
    """What names are put for those of the claims."""

    claims: Sequence[Stated]
    departures: Departures

    @cached_property
    def equations(self) -> tuple[tuple[Equation, ...], ...]:
        """The equations of each claim; the chosen reading alone where one was chosen."""
        return tuple(map(self._equations, self.claims))

    def _equations(self, one: Stated) -> tuple[Equation, ...]:
        place = self.departures.readings.get(one.number)
        found = one.equations if place is None else one.equations[place:][:1]
        return tuple(Equation(self.put(e.left), self.put(e.right), e.assumed) for e in found)

    def plainest(self) -> Iterator[tuple[Stated, Equation]]:
        """Each claim that can be read, with the equation that assumes least."""
        yield from ((one, found[0]) for one, found in zip(self.claims, self.equations, strict=True) if found)

    def name(self, name: str) -> str:
        """The name that stands for a name."""
        return self.departures.same.get(name, name)

    def put(self, expression: sp.Expr) -> sp.Expr:
        """An expression in the interpretation's names."""
        table: dict[sp.Basic, sp.Expr] = {}
        for s in expression.free_symbols:
            name = self.name(s.name)
            slope = self.departures.slopes.get(name)
            if slope is not None or name != s.name:
                table[s] = symbol(name) if slope is None else slope
        made = exchanged(expression, table)
        made = exchanged(made, {**self._primes, **self._along(made)}) if made.has(UNTOLD) else made
        again = [p for p in partials_in(made) if p.by == UNTOLD and isinstance(p.of, Partial)] if self._by else []
        return exchanged(made, {p: Partial(p.of, self._by) for p in again}) if again else made

    @cached_property
    def _by(self) -> sp.Symbol | None:
        """By what primes differentiate that nothing else tells."""
        return symbol(self.departures.prime) if self.departures.prime else None

    def _along(self, expression: sp.Expr) -> dict[sp.Basic, sp.Expr]:
        """What is put for (u v)' where u' and v' are names of their own: the change along both."""
        found: dict[sp.Basic, sp.Expr] = {}
        for partial in partials_in(expression):
            names = sorted(partial.of.free_symbols, key=str)
            changes = [self._primes.get(Partial(name, UNTOLD)) for name in names]
            if partial.by == UNTOLD and len(names) > 1 and not partial.of.has(Partial) and None not in changes:
                slopes = (Partial(partial.of, name) for name in names)
                found[partial] = sp.Add(*(slope * change for slope, change in zip(slopes, changes, strict=True)))
        return found

    @cached_property
    def _primes(self) -> dict[sp.Basic, sp.Expr]:
        """What is put for u' where that is a name of its own: u is no name that the document defines; and for y' of
        what it defines where it is said by what primes differentiate.
        """
        plain = (e for one in self.claims for e in one.plainest)
        defined = {e.left.name for e in plain if e.left.is_Symbol and not e.right.is_number}
        partials = (partial for one in self.claims for e in one.equations for partial in e.partials)
        names = {p.of.name for p in partials if p.by == UNTOLD and p.of.is_Symbol and p.of.name not in defined}
        variables = {name: self._variable(name) for name in names}
        variables |= dict.fromkeys(defined, self._by) if self._by else {}
        return {
            Partial(symbol(name), UNTOLD): Partial(symbol(name), by) if by is not None else symbol(f"{name}′")
            for name, by in variables.items()
        }

    def _variable(self, name: str) -> sp.Symbol | None:
        """The x by which y' differentiates where one law links the two, x^2 + y^2 = 25; None where none does."""
        plain = (e for one in self.claims for e in one.plainest if one.begins and not e.partials)
        laws = [e.left.free_symbols | e.right.free_symbols for e in plain if not any(s.is_Symbol for s in e.sides)]
        others = {other for law in laws if symbol(name) in law for other in law - {symbol(name)}}
        return others.pop() if len(others) == 1 else None
