"""Working out written derivatives on a network: ∂of/∂by becomes its value in the names of the graph."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

import sympy as sp

from derive.chain import Adjoints, Derivation, adjoints
from derive.claim import UNTOLD, Partial
from derive.errors import DeriveError
from derive.names import symbol
from derive.network import Network
from derive.ordering import product, total

_MOST_PATHS = 16


@dataclass(frozen=True)
class Slopes:
    """Derivatives on one network; going backwards from each quantity is done once and remembered."""

    network: Network
    _backwards: dict[str, Adjoints] = field(default_factory=dict, init=False, repr=False, compare=False)
    _values: dict[tuple[str, str], sp.Expr] = field(default_factory=dict, init=False, repr=False, compare=False)

    def of(self, of: str, by: str) -> sp.Expr:
        """∂of/∂by in its hand form; `by` may be any name, what stands above it is held."""
        if of == by:
            return sp.Integer(1)
        if of not in self.network.definitions:
            return sp.Integer(0)
        if (of, by) not in self._values:
            if of not in self._backwards:
                self._backwards[of] = adjoints(self.network, of)
            found = Derivation(of, by, self._backwards[of])
            self._values[of, by] = sp.Integer(0) if found.is_zero else found.value
        return self._values[of, by]

    def paths(self, of: str, by: str) -> Iterator[tuple[tuple[str, ...], sp.Expr]]:
        """The names and the value of each path from one name to another, a few at most."""
        if of in self.network.definitions:
            if of not in self._backwards:
                self._backwards[of] = adjoints(self.network, of)
            for path in islice(Derivation(of, by, self._backwards[of]).paths(), _MOST_PATHS):
                yield path.names, path.value

    def told(self, expression: sp.Expr) -> sp.Expr:
        """An expression with every u' as du/dx, where u rests on x alone, and every w' as the weight after the update.

        DeriveError where u rests on more than one name.
        """
        if isinstance(expression, Partial) and expression.by == UNTOLD:
            name = expression.of.name
            if name in (*self.network.parameters, *self.network.constants):
                return symbol(f"{name}⁺")
            leaves = self._leaves(name)
            if len(leaves) != 1:
                rests = f"rests on {', '.join(sorted(leaves))}" if leaves else "is not defined"
                raise DeriveError("", f"{name}' could be by anything: {name} {rests}", f"write d{name}/dx")
            return Partial(expression.of, symbol(*leaves))
        if not expression.has(UNTOLD):
            return expression
        told: sp.Expr = expression.func(*(self.told(part) for part in expression.args), evaluate=False)
        return told

    def _leaves(self, name: str) -> set[str]:
        """The names without a definition on which a name rests."""
        found: set[str] = set()
        seen: set[str] = set()
        waiting = [name]
        while waiting:
            here = waiting.pop()
            if here in seen:
                continue
            seen.add(here)
            if here in self.network.definitions:
                waiting.extend(s.name for s in self.network.definitions[here].free_symbols)
            else:
                found.add(here)
        return found - {name}

    def resolve(self, expression: sp.Expr) -> sp.Expr:
        """An expression with every written derivative worked out; sums and products keep their order."""
        if isinstance(expression, Partial):
            return self._total(self.resolve(expression.of), expression.by)
        if not expression.has(Partial):
            return expression
        resolved: sp.Expr = expression.func(*(self.resolve(part) for part in expression.args), evaluate=False)
        return resolved

    def _total(self, of: sp.Expr, by: sp.Symbol) -> sp.Expr:
        """The total derivative of any expression: through each of its names, as the graph says."""
        if of.is_Symbol:
            return self.of(of.name, by.name)
        terms = []
        for name in sorted(of.free_symbols, key=lambda s: str(s.name)):
            inner = self.of(name.name, by.name)
            if inner != 0:
                terms.append(product((of.diff(name), inner)))
        return total(tuple(terms))

    def node_of(self, expression: sp.Expr) -> sp.Expr:
        """The name whose definition an expression writes out, else the expression."""
        for name, body in self.network.definitions.items():
            if body == expression:
                return symbol(name)
        return expression
