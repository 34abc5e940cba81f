"""What expressions mean in a document: worked out, decided, written in its own names; the slip in wrong ones."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import sympy as sp
from msgspec.structs import replace

from derive.checking.intended import Intended
from derive.checking.report import Checked
from derive.checking.resolving import Slopes
from derive.claim import Called, Partial
from derive.equality import Proved, Refuted, Undecided, Verdict, decide
from derive.names import symbol
from derive.slips import Grounds, find_slip
from derive.text import as_text

NO_SLIP = "it is not the network's"
"""What is told of a definition that no edit makes the network's."""
_MOST_NAMES = 6
_MOST_DEFINITIONS = 400
"""A quantity that rests on more than so many others is nobody's."""
_MOST_SLIPS = 300
"""After so many wrong lines no slip is sought any more."""


@dataclass(frozen=True)
class Meaning:
    """The network and the definitions on which a document's expressions are worked out."""

    intended: Intended
    slopes: Slopes
    definitions: Mapping[str, sp.Expr]
    seeks_slips: bool = True
    _sought: list[tuple[sp.Expr, sp.Expr]] = field(default_factory=list, init=False, repr=False, compare=False)
    _rests: dict[sp.Expr, frozenset[str]] = field(default_factory=dict, init=False, repr=False, compare=False)
    _worked: dict[sp.Expr, sp.Expr] = field(default_factory=dict, init=False, repr=False, compare=False)

    def decide(self, left: sp.Expr, right: sp.Expr) -> Verdict:
        """Whether two sides are equal on the intended network."""
        one, other = self.worked(left), self.worked(right)
        if one.is_Symbol and self.definitions.get(one.name) == other:
            return Proved("it is the definition")
        used = self._under(one, other)
        if len(used) > _MOST_DEFINITIONS:
            return Undecided(f"it rests on {len(used):,} definitions")
        return decide(one, other, definitions={name: self.definitions[name] for name in used})

    def decide_at(self, left: sp.Expr, right: sp.Expr, name: str, value: sp.Integer) -> Verdict:
        """Whether two sides are equal where a name has a value."""
        one, other = self.worked(left), self.worked(right)
        put = {symbol(name): value}
        used = self._under(one, other)
        if name in used or len(used) > _MOST_DEFINITIONS:
            return Undecided(f"{name} is a result")
        definitions = {used_name: self.definitions[used_name].xreplace(put) for used_name in used}
        return decide(one.xreplace(put), other.xreplace(put), definitions=definitions)

    def after(self, side: sp.Expr) -> bool:
        """Whether a side is a weight after an update that is not worked out."""
        return bool(side.is_Symbol) and side.name.endswith("⁺") and side.name not in self.definitions

    def worked(self, expression: sp.Expr) -> sp.Expr:
        """An expression with its derivatives worked out, once."""
        if expression not in self._worked:
            resolved = self.slopes.resolve(expression)
            self._worked[expression] = named(resolved)
        return self._worked[expression]

    def _under(self, *sides: sp.Expr) -> list[str]:
        """The defined names on which sides rest, in the order of their definitions."""
        found: set[str] = set()
        waiting = [s.name for side in sides for s in side.free_symbols]
        while waiting:
            name = waiting.pop()
            if name in self.definitions and name not in found:
                found.add(name)
                waiting.extend(s.name for s in self.definitions[name].free_symbols)
        return sorted(found, key=self._ranks.__getitem__)

    @cached_property
    def _ranks(self) -> Mapping[str, int]:
        return {name: rank for rank, name in enumerate(self.definitions)}

    def leaves_of(self, side: sp.Expr) -> frozenset[str]:
        """The names without a definition on which a side rests."""
        if side not in self._rests:
            self._rests[side] = self._leaves_under(side)
        return self._rests[side]

    def _leaves_under(self, side: sp.Expr) -> frozenset[str]:
        found: set[str] = set()
        waiting = {s.name for s in self.worked(side).free_symbols}
        seen: set[str] = set()
        while waiting:
            name = waiting.pop()
            seen.add(name)
            if name in self.definitions:
                waiting |= {s.name for s in self.worked(self.definitions[name]).free_symbols} - seen
            else:
                found.add(name)
        return frozenset(found)

    def is_unknown(self, name: str) -> bool:
        """Whether a name has no meaning: it is not of the network, not defined, and no letter of one statement."""
        leaves = self.slopes.network.leaves
        own = name in self.intended.letters or "(" in name
        if name.startswith("δ_") and name not in self.definitions:
            return True
        return len(name) > 1 and name not in self.definitions and name not in leaves and not own

    def strange(self, side: sp.Expr) -> str:
        """Why a derivative makes no sense here: nothing is known of what is differentiated, or by what."""
        for slope in side.atoms(Partial):
            by = slope.by.name
            unread = sorted(self.leaves_of(slope.of) & self.intended.unread - {by})
            told = slope.of.is_Symbol or slope.of.free_symbols & set(map(symbol, unread))
            if unread and told and self.worked(slope) == 0:
                return f"how {self.listed(unread)} depends on {self.intended.spelled(by)} is not read"
            if self._is_foreign(slope) and self.worked(slope) == 0:
                return f"how {self.written(slope.of)} depends on {self.intended.spelled(by)} is not read"
            known = by in self.definitions or by in self.slopes.network.leaves
            if not known and slope.by not in slope.of.free_symbols:
                return f"{self.intended.spelled(by)} is no name of the network"
        return ""

    def _is_foreign(self, slope: Partial) -> bool:
        """Whether a quantity of the walkthrough is differentiated by one of the document's own."""
        own = self.intended.own
        of, by = slope.of.name if slope.of.is_Symbol else "", slope.by.name
        return of in self.definitions and of not in own and by in own and by in self.definitions

    def is_void(self, a: sp.Expr, b: sp.Expr) -> bool:
        """Whether a chain of derivatives of the document's own quantities is right only because both sides are 0."""
        own = isinstance(a, Partial) and a.of.is_Symbol and a.of.name in self.intended.own
        return own and b.has(Partial) and self.worked(a) == 0

    def refuted(self, base: Checked, verdict: Refuted, correct: str | None) -> Checked:
        witness = tuple((self.intended.spelled(name), str(value)) for name, value in verdict.witness)
        at = ", ".join(f"{name} = {value}" for name, value in witness)
        told = f"the left side is {_about(verdict.left)}, the right side {_about(verdict.right)} at {at}"
        return replace(base, verdict="refuted", witness=witness, reason=told, correct=correct)

    def correct(self, a: sp.Expr, b: sp.Expr) -> str | None:
        """What should stand on the side that is wrong, in the author's names."""
        for side in (a, b):
            if isinstance(side, Partial):
                right = self.worked(Partial(self.slopes.node_of(side.of), side.by))
                return self.written(right)
        if a.is_Symbol and a.name in self.intended.network.definitions:
            return self.written(self.intended.network.definitions[a.name])
        return None

    def written(self, expression: sp.Expr) -> str:
        """An expression as text, in the author's names."""
        try:
            return as_text(renamed(named(expression), self.intended.spelled))
        except TypeError:  # a function that networks have no use for
            return str(expression)

    def listed(self, names: Sequence[str]) -> str:
        """The first of some names, as the document writes them, and how many more there are."""
        more = len(names) - _MOST_NAMES
        return ", ".join(map(self.intended.spelled, names[:_MOST_NAMES])) + (f" and {more} more" if more > 0 else "")

    def slip(self, a: sp.Expr, b: sp.Expr, *, defines: bool, is_right: bool = False) -> str | None:
        """The likeliest mistake; of a definition it is told as one. `is_right` is what is known of the left side."""
        if not self.seeks_slips or len(self._sought) >= _MOST_SLIPS:
            return None
        self._sought.append((a, b))
        found = find_slip(a, b, self._grounds, is_right=is_right)
        if not defines or (found or "").startswith(("duplicate-label", "precedence")):
            return found
        told = (found or f": {NO_SLIP}").partition(": ")[2]
        return f"definition-slip: {told}"

    @cached_property
    def _grounds(self) -> Grounds:
        return Grounds(
            self.intended.network, self.worked, self.decide, self.definitions, self.written, self.slopes.paths
        )


def named(expression: sp.Expr) -> sp.Expr:
    """Functions of which nothing is said as quantities of their own: f'(x)."""
    calls = {call: symbol(call.text) for call in expression.atoms(Called)}
    return expression.xreplace(calls) if calls else expression


def renamed(expression: sp.Expr, spelled: Callable[[str], str]) -> sp.Expr:
    """The same tree, in the same order, with other names."""
    if expression.is_Symbol:
        return symbol(spelled(expression.name))
    if not expression.args:
        return expression
    made: sp.Expr = expression.func(*(renamed(part, spelled) for part in expression.args), evaluate=False)
    return made


def _about(value: str) -> str:
    """A value of a witness for people: 0.6 for [0.5999999999, 0.6000000001]; anything but two bounds as it is."""
    low, comma, high = value.strip("[]").partition(", ")
    try:
        bounds = (float(low), float(high)) if comma else (0.0, math.inf)
    except ValueError:
        return low
    return f"{sum(bounds) / 2:.10g}" if math.isclose(*bounds, rel_tol=1e-6) else low
