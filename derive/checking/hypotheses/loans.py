"""What a walkthrough lends: equations for what the document uses and leaves undefined, in the document's spellings."""

from collections.abc import Iterator, Mapping
from functools import cached_property

import sympy as sp
from msgspec import Struct

from derive.checking.exchange import renamed
from derive.checking.hypotheses.ground import Ground
from derive.checking.interpretations import Hypothesis
from derive.checking.lenders import Lender
from derive.checking.spellings import Role, gradients_of, role_of
from derive.formulas.vocabulary import DIFFERENTIALS, key
from derive.names import symbol
from derive.written import Partial

_AT_HOME, _NEARLY_ALL = 5, 0.8


def lent_equations(ground: Ground) -> Iterator[Hypothesis]:
    """A walkthrough lends what the document uses and leaves undefined, where all that it defines agrees in shape."""
    uses = {name: count for name, count in ground.uses.items() if name not in ground.interpretation.departures.same}
    for lender in ground.lenders:
        slopes = tuple(_slopes(ground, lender)) if lender.is_asked else ()
        yield from slopes
        inside = {s.name for slope in slopes if slope.expression is not None for s in slope.expression.free_symbols}
        borrower = _Borrower(ground, lender, {**dict.fromkeys(inside, 1), **uses}, _by_role(ground, uses))
        lent = borrower.lent()
        if lent:
            told = f"{', '.join(map(ground.written, lent))} as in the walkthrough {lender.name}".rstrip()
            ones = tuple(borrower.spellings[name] for name in lender.ones)
            yield Hypothesis("lent", lender.name, told, 3, frozenset(lent), lent=tuple(lent.items()), ones=ones)


def _by_role(ground: Ground, uses: Mapping[str, int]) -> Mapping[Role, list[str]]:
    """The document's names by what their spelling says that they are."""
    found: dict[Role, list[str]] = {}
    for name in uses:
        role = role_of(name)
        if role is not None and (role[0] != "loss" or name in ground.ends):
            found.setdefault(role, []).append(name)
    return found


def _slopes(ground: Ground, lender: Lender) -> Iterator[Hypothesis]:
    """dE_dw5, dE1dw5, E_w6: a name made of two of the walkthrough's is a derivative, unless it may be a node's own."""
    parts, parameters = set(map(key, lender.quantities)), set(map(key, lender.network.parameters))
    for name in sorted(ground.uses.keys() - parts):
        written = ground.written(name)
        for of, by in gradients_of(written) if role_of(name) is None else ():
            if key(of) in parts and key(by) in (parts if written[0] in DIFFERENTIALS else parameters):
                partial = Partial(symbol(key(of)), symbol(key(by)))
                yield Hypothesis("slope", name, f"{written} is ∂{of}/∂{by}", 1, frozenset((name,)), expression=partial)
                break


class _Borrower(Struct, frozen=True, dict=True):
    """A document before a walkthrough: how often it uses its names, and these by their roles."""

    ground: Ground
    lender: Lender
    uses: Mapping[str, int]
    by_role: Mapping[Role, list[str]]

    def lent(self) -> dict[str, sp.Expr]:
        """The walkthrough's equations for undefined names, in the document's own spellings."""
        found: dict[str, sp.Expr] = {}
        for name in self.lender.network.definitions:
            if self.spellings[name] in self.uses and self.spellings[name] not in self.ground.own:
                found |= self._anchored(name) or {}
        return found

    def _anchored(self, name: str) -> dict[str, sp.Expr] | None:
        """A node's equation and those of the nodes between it and what the document has; None where it lacks a leaf."""
        definitions = self.lender.network.definitions
        found = {self.spellings[name]: renamed(definitions[name], self.spellings)}
        for parent in sorted(str(s.name) for s in definitions[name].free_symbols):
            if self.spellings[parent] in self.uses or self.spellings[parent] in self.ground.defined:
                continue
            further = self._anchored(parent) if parent in definitions else {} if self.is_trusting else None
            if further is None:
                return None
            found.update(further)
        return found

    @cached_property
    def spellings(self) -> Mapping[str, str]:
        """What the document calls each quantity of the walkthrough."""
        return {name: self._spelling(name) for name in self.lender.nodes}

    def _spelling(self, name: str) -> str:
        """A name that the document defines first, then the most used; what it defines is no leaf."""
        ground, network = self.ground, self.lender.network
        role = ("loss", "") if name == network.loss else role_of(key(name))
        alike = self.by_role.get(role, []) if role is not None else []
        exact = [n for n in self.uses if n == key(name) or (name, n) in ((a, k) for k, a in network.aliases)]
        candidates = exact or alike
        if name in network.leaves:
            candidates, defined = [n for n in candidates if n not in ground.own], []
        else:
            defined = [n for n in (*candidates, *alike) if n in ground.defined]
        chosen = defined or sorted(candidates, key=lambda n: -self.uses[n])
        return chosen[0] if chosen else key(name)

    @cached_property
    def is_trusting(self) -> bool:
        """Whether the walkthrough was asked for, or nearly all names of the document are its own, by their numbers or
        to the letter, and several of them are.
        """
        if self.lender.is_asked:
            return True
        roles = {role for name in self.lender.nodes if (role := role_of(key(name))) is not None and role[1]}
        own = set(map(key, self.lender.quantities))
        matched = {n for role, names in self.by_role.items() if role in roles for n in names} | (self.uses.keys() & own)
        return len(matched) >= _AT_HOME and len(matched) >= _NEARLY_ALL * len(self.uses)
