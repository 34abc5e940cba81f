"""The verdict of one equality: read, worked out on the intended network, decided; numbers compared as printed."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from itertools import pairwise

import sympy as sp
from msgspec import Struct
from msgspec.structs import replace

from derive.checking.intended import Intended
from derive.checking.naming import Slope
from derive.checking.numbers import (
    Approximate,
    Values,
    agree,
    approximate,
    bindings,
    flat,
    is_numeric,
    is_slipped,
    numeric_slip,
    printed,
)
from derive.checking.report import Checked
from derive.checking.resolving import Slopes
from derive.checking.updating import is_general_update, step_of
from derive.claim import Called, Partial
from derive.equality import Proved, Refuted, Undecided, Verdict, decide
from derive.errors import DeriveError
from derive.names import partial, symbol
from derive.reading.calls import Calling
from derive.reading.repairs import MOST_ATTEMPTS, REPAIRS, Reading, Scope, readings
from derive.reading.sights import Rule, Sight
from derive.reading.spelling import LEARNING_RATE, role_of
from derive.reading.statements import FOREIGN, Statement, listed
from derive.reading.traced import Lines, Traced
from derive.slips import Grounds, find_slip
from derive.text import as_text

_NO_FAULT: Mapping[str, None] = {"witness": None, "slip": None, "correct": None, "reason": None}
_NO_SCALAR = "a sum over indices or samples, a matrix or a limit: only scalar notation is read"
_CUT = "words stand within the formula"
NO_SLIP = "it is not the network's"
"""What is told of a definition that no edit makes the network's."""
_EXACTLY = sp.Rational(1, 10**15)
_MOST_PAIRS = 36
_MOST_NAMES = 6
_MANY_NAMES = 4
_MOST_DEFINITIONS = 400
"""A quantity that rests on more than so many others is nobody's."""
_MOST_SLIPS = 300
"""After so many wrong lines no slip is sought any more."""
_MOST_FAULTS = 300
"""After so many lines that cannot be read, a document's lines are no longer mended."""
_WORD = re.compile(r"[^\W\d]\w*⁺?\Z")
_LETTERS = re.compile(r"(?<!\w)d?([A-Za-zα-ωΑ-Ω])(?![\w(])")


class Member(Struct, frozen=True):
    """One side of an equality as read: its ways of reading, or why there is none."""

    traced: Traced
    readings: tuple[Reading, ...] = ()
    fault: str = ""
    calls: bool = False
    """Whether it has a function of the document's own, so that a number can be what it comes to."""

    @property
    def text(self) -> str:
        """The linear text."""
        return self.traced.text.strip()


@dataclass(frozen=True)
class Judge:
    """Everything that a verdict rests on."""

    source: str
    file: str
    lines: Lines
    intended: Intended
    slopes: Slopes
    definitions: Mapping[str, sp.Expr]
    values: Values
    seeks_slips: bool = True
    _sights: dict[int, tuple[Sight, Scope]] = field(default_factory=dict, init=False, repr=False, compare=False)
    _letters: dict[tuple[int, frozenset[str]], Scope] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )
    _read_before: dict[tuple[str, int], tuple[Reading, ...] | str] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )
    _told_before: dict[tuple[sp.Expr, sp.Expr, bool], Checked] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )
    _sought: list[tuple[sp.Expr, sp.Expr]] = field(default_factory=list, init=False, repr=False, compare=False)
    _faults: list[str] = field(default_factory=list, init=False, repr=False, compare=False)
    _rests: dict[sp.Expr, frozenset[str]] = field(default_factory=dict, init=False, repr=False, compare=False)
    _worked: dict[sp.Expr, sp.Expr] = field(default_factory=dict, init=False, repr=False, compare=False)

    def judged(self, statement: Statement) -> Iterator[Checked]:
        """The equalities of one chain, each with its verdict."""
        lists = [listed(member) for member in statement.members]
        if all(lists) and len({len(elements) for elements in lists}) == 1:
            for row in zip(*lists, strict=True):
                yield from self.judged(replace(statement, members=row))
            return
        kept = [member for member in statement.members if member.text.strip()]
        if is_general_update(kept, self.intended.names):
            yield replace(self._placed(Member(kept[0]), Member(kept[1])), verdict="definition", reason="an update rule")
            return
        if statement.augmented and len(kept) == 2:
            told = f"{statement.augmented}= is not read: write the whole right side"
            yield replace(self._placed(Member(kept[0]), Member(kept[1])), verdict="not-understood", reason=told)
            return
        if statement.lacks_equals:
            yield from self._without_equals(kept, statement)
            return
        if statement.is_part and len(kept) == 2:
            told = f"a part of {kept[0].text.strip()}: later lines add to it"
            yield replace(self._placed(Member(kept[0]), Member(kept[1])), verdict="definition", reason=told)
            return
        last = len(kept) - 1
        wider = cache(lambda: self._scope(statement))
        members = tuple(
            self._read(member, statement, wider, cut=(n == 0 and statement.cut[0]) or (n == last and statement.cut[1]))
            for n, member in enumerate(kept)
        )
        found = [
            self._pair(left, right, number == 0, about=statement.about)
            for number, (left, right) in enumerate(pairwise(members))
        ]
        if statement.defines is not None and found:
            found[0] = self._defining(found[0], statement.defines, statement.before)
        if statement.words and len(members) == 1:
            yield self._worded(members[0], statement.words)
        elif len(members) == 1 and not statement.members[-1].text.strip():
            yield self._placeless(members[0])
        yield from self._with_ends(members, found)

    # reading

    def _read(self, traced: Traced, statement: Statement, wider: Callable[[], Scope], *, cut: bool = False) -> Member:
        if FOREIGN.search(traced.text):
            return Member(traced, fault=_NO_SCALAR)
        if cut:
            return Member(traced, fault=_CUT)
        sight = statement.sight
        found = self._ways(traced.text, self._scopes(sight))
        if isinstance(found, str):
            scope = wider()
            again = self._ways(traced.text, scope) if scope is not self._scopes(sight) else found
            if isinstance(again, str):
                return Member(traced, fault=found)
            found = again
        try:
            opened = tuple(
                replace(r, expression=self.slopes.told(e)) for r in found for e in sight.opened(r.expression)
            )
            return Member(traced, opened, calls=opened != found)
        except DeriveError as error:
            return Member(traced, fault=str(error))

    def _scopes(self, sight: Sight) -> Scope:
        """What may be read where functions of the document are in sight."""
        if id(sight) not in self._sights:
            names = self.intended.names
            calling = Calling(names, sight.words, sight.letters) if sight else names
            self._sights[id(sight)] = sight, replace(self.intended.scope, names=calling)
        return self._sights[id(sight)][1]

    def _ways(self, text: str, scope: Scope) -> tuple[Reading, ...] | str:
        """The ways to read a text, or why there is none; the same text is read once."""
        place = (text, id(scope))
        if place not in self._read_before:
            attempts = MOST_ATTEMPTS if len(self._faults) < _MOST_FAULTS else 0
            try:
                self._read_before[place] = readings(text, scope, attempts)
            except DeriveError as error:
                self._faults.append(text)
                self._read_before[place] = str(error)
        return self._read_before[place]

    def _scope(self, statement: Statement) -> Scope:
        """What may be read in a statement: the document's names, and its own letters as in σ(x) = 1/(1 + exp(-x))."""
        scope = self._scopes(statement.sight)
        used = Counter(letter for member in statement.members for letter in set(_LETTERS.findall(member.text)))
        known = scope.names.resolve
        letters = frozenset(n for n, count in used.items() if count > 1 and known(n) is None and n not in "de")
        if not letters or len(letters) > 3:
            return scope
        place = id(scope), letters
        if place not in self._letters:
            own = self.intended.names.with_own({letter: letter for letter in letters})
            names = Calling(own, statement.sight.words, statement.sight.letters) if statement.sight else own
            self._letters[place] = replace(scope, names=names)
        return self._letters[place]

    # verdicts

    def _defining(self, found: Checked, rule: Rule, before: Rule | None) -> Checked:
        """f(x, y) = …: a definition; where f was something else before, it is defined anew or wrong."""
        if rule.foreign:
            return found
        told = replace(found, verdict="definition", witness=None, slip=None, correct=None)
        if before is None or before.body is None or rule.body is None:
            return replace(told, reason="a function of the document's own")
        was = before.at((0,) * len(before.parameters), tuple(map(symbol, before.parameters)))
        if before.parameters == rule.parameters and isinstance(self.decide(was, rule.body), Proved):
            return replace(told, verdict="proved", reason=None)
        signature = f"{before.name}({', '.join(before.parameters)})"
        return replace(told, verdict="undecided", reason=f"{signature} was {self.written(was)} before: defined anew?")

    def _pair(self, left: Member, right: Member, first: bool, *, about: bool) -> Checked:
        base = self._placed(left, right)
        new = first and _WORD.match(left.text) and self.intended.names.resolve(left.text) is None
        if left.fault and left.fault != _CUT and new and not right.fault:
            return replace(base, verdict="definition", reason="a name of the document's own")
        if left.fault or right.fault:
            elements = listed(right.traced)
            if elements and first and _WORD.match(left.text):
                return replace(base, verdict="definition", reason="a name for a list")
            told = _NO_SCALAR if _NO_SCALAR in (left.fault, right.fault) else left.fault or right.fault
            return replace(base, verdict="not-understood", reason=told)
        tried: list[tuple[Reading, Reading, Checked]] = []
        for one in left.readings:
            for other in right.readings:
                if len(tried) < _MOST_PAIRS:
                    found = self._decided(base, left, right, one, other, first, about)
                    tried.append((one, other, found))
                    if found.verdict in ("proved", "definition"):
                        return self._repaired(found, left, right, one, other)
        one, other, found = next((t for t in tried if t[2].verdict != "refuted" and not t[0].repairs), tried[0])
        if first and left.text.startswith("-") and found.verdict == "refuted" and self._is_dashed(one, other):
            return replace(base, verdict="not-understood", reason="the - before it is a minus or the dash of a list")
        sure = all(
            reading.is_safe or (len(member.readings) == 1 and reading.repairs == ("name",))
            for member, reading in ((left, one), (right, other))
        )
        if not sure:
            repairs = "; ".join(dict.fromkeys(REPAIRS[name].message for name in (*one.repairs, *other.repairs)))
            why = f"{repairs}: no reading of it is right, and it can be mended in several ways"
            return replace(base, verdict="not-understood", reason=why)
        return self._repaired(found, left, right, one, other)

    def _is_dashed(self, one: Reading, other: Reading) -> bool:
        """Whether an equality is right but for the minus before its left side."""
        return isinstance(self.decide(sp.Mul(-1, one.expression, evaluate=False), other.expression), Proved)

    def _repaired(self, found: Checked, left: Member, right: Member, one: Reading, other: Reading) -> Checked:
        slope = self.intended.slopes.get(one.expression.name) if one.expression.is_Symbol else None
        if slope is not None and found.verdict != "not-understood":
            return self._taken(found, right, slope, one.expression, other.expression)
        if one.repaired is None and other.repaired is None:
            return found
        reading = f"{one.repaired or left.text} = {other.repaired or right.text}"
        repairs = "; ".join(dict.fromkeys(REPAIRS[name].message for name in (*one.repairs, *other.repairs)))
        return replace(found, reading=reading, reason="; ".join(filter(None, (repairs, found.reason))))

    def _taken(self, found: Checked, right: Member, slope: Slope, a: sp.Expr, b: sp.Expr) -> Checked:
        """dE_dw5 = … read as ∂E/∂w5 = …; dw5 can be a step too, so that it is only wrong where others are gradients."""
        of, by = self.intended.spelled(slope.of), self.intended.spelled(slope.by)
        taken = replace(found, reading=f"{partial(of, by)} = {right.text}")
        if found.verdict == "definition":
            return replace(taken, verdict="proved")
        if found.verdict != "refuted" or not slope.alone:
            return taken
        rate = symbol(LEARNING_RATE)
        step = sp.Mul(-1, rate, symbol(a.name), evaluate=False)
        if isinstance(self.decide(step, b), Proved):
            return replace(found, verdict="proved", reading=f"Δ{by} = {right.text}", **_NO_FAULT)
        if self._are_gradients:
            return taken
        told = f"{a.name} can name a gradient or a step; as {partial(of, by)} it is not right"
        return replace(taken, verdict="undecided", **{**_NO_FAULT, "reason": told})

    @cached_property
    def _are_gradients(self) -> bool:
        """Whether one of the document's names like dw5 is the gradient, so that the others are meant to be."""
        bodies = {**self.intended.told}
        return any(
            slope.alone and isinstance(self.decide(symbol(name), body), Proved)
            for name, slope in self.intended.slopes.items()
            for body in bodies.get(name, ())
        )

    def _decided(
        self, base: Checked, left: Member, right: Member, one: Reading, other: Reading, first: bool, about: bool
    ) -> Checked:
        a, b = one.expression, other.expression
        if (is_numeric(a) and (is_numeric(b) or not left.calls)) or (is_numeric(b) and not right.calls):
            return self._numeric(base, left, right, a, b, about)
        update = self._update(base, a, b)
        if update is not None:
            return update
        word = first and a.is_Symbol and not left.calls
        if word and a.name not in self.definitions and not self.intended.names.is_networks(a.name):
            return replace(base, verdict="definition", reason="a name of the document's own")
        if word and b.is_Symbol and a != b and not {a.name, b.name} & self.definitions.keys():
            return replace(base, verdict="definition", reason="a name for a value")
        strange = self._strange(a) or self._strange(b)
        if strange:
            return replace(base, verdict="not-understood", reason=strange)
        bare = left.text if first and left.calls and _WORD.match(left.text) else ""
        if bare:
            return self._told(base, a, b, word, bare)
        before = self._told_before.get((a, b, word))
        if before is not None:
            kept = {name: getattr(before, name) for name in ("verdict", "witness", "reason", "correct", "slip")}
            return replace(base, **kept)
        self._told_before[a, b, word] = found = self._told(base, a, b, word)
        return found

    def _told(self, base: Checked, a: sp.Expr, b: sp.Expr, word: bool, bare: str = "") -> Checked:
        """What is decided of two sides, worked out and in the author's names."""
        verdict = self.decide(a, b)
        if isinstance(verdict, Proved) and word and a.name in self.values.terms:
            more = self._more_terms(self.values.terms[a.name], b)
            if more:
                return replace(base, verdict="undecided", reason=f"the document's own numbers for it have {more}")
        if isinstance(verdict, Proved) and self._is_void(a, b):
            told = f"nothing that is read leads from {self.written(a.of)} to {self.written(a.by)}"
            return replace(base, verdict="undecided", reason=told)
        if isinstance(verdict, Proved):
            defines = word and a.name in self.definitions and not b.is_Symbol
            return replace(base, verdict="definition" if defines else "proved", reason=verdict.note or None)
        calls = [{call.name for call in self.slopes.resolve(side).atoms(Called)} for side in (a, b)]
        if isinstance(verdict, Refuted) and bare:
            told = f"{bare} is a function of the document's own: defined anew?"
            return replace(base, verdict="undecided", reason=told)
        if isinstance(verdict, Refuted) and calls[0] != calls[1]:
            told = ", ".join(sorted(calls[0] ^ calls[1]))
            return replace(base, verdict="undecided", reason=f"the document does not say what {told} is")
        unknown = [s for s in (self.worked(a) - self.worked(b)).free_symbols if self._is_unknown(s.name)]
        if isinstance(verdict, Refuted) and unknown:
            told = ", ".join(sorted(self.intended.spelled(s.name) for s in unknown))
            return replace(base, verdict="undecided", reason=f"the document does not say what {told} is")
        if isinstance(verdict, Refuted) and word and a.name in self.intended.own & self.definitions.keys():
            before = self.definitions[a.name].free_symbols
            new = sorted(s.name for s in b.free_symbols - before if s.name not in self.definitions)
            if new and not before <= b.free_symbols:
                told = f"{self.intended.spelled(a.name)} has another definition; what is {', '.join(new)} in it?"
                return replace(base, verdict="undecided", reason=told)
        if isinstance(verdict, Refuted):
            if self._agree_in_numbers(a, b):
                return replace(base, verdict="proved", reason="at the document's values")
            found = self._refuted(base, verdict, None)
            defines = word and a.name in self.intended.network.definitions
            return replace(found, correct=self._correct(a, b), slip=self._slip(a, b, defines=defines))
        return replace(base, verdict="undecided", reason=verdict.reason)

    def _refuted(self, base: Checked, verdict: Refuted, correct: str | None) -> Checked:
        witness = tuple((self.intended.spelled(name), str(value)) for name, value in verdict.witness)
        at = ", ".join(f"{name} = {value}" for name, value in witness)
        told = f"the left side is {_about(verdict.left)}, the right side {_about(verdict.right)} at {at}"
        return replace(base, verdict="refuted", witness=witness, reason=told, correct=correct)

    def _more_terms(self, numbers: sp.Expr, formula: sp.Expr) -> str:
        """The number that the document adds where its formula has no term: 0.35 + 0.15*0.05 for w1*i1."""
        parts = flat(numbers)
        loose = [part for part in parts if part.is_Rational]
        if len(loose) == 1 and formula.is_Add and len(parts) == len(flat(formula)) + 1:
            return f"a term more, {_short(loose[0])}: a bias?"
        return ""

    def _agree_in_numbers(self, a: sp.Expr, b: sp.Expr) -> bool:
        """Whether a formula with some values put in is right at the document's values: h1 = 0.15*i1 + 0.2*i2."""
        decimals = [n for side in (a, b) for n in side.atoms(sp.Rational) if n.q not in (1, 2)]
        if not decimals:
            return False
        values = self._computed
        for one in (a, self.definitions.get(str(a), a)):
            left = approximate(self.worked(one), values, frozenset())
            right = approximate(self.worked(b), values, frozenset())
            if left is not None and right is not None and agree(left, right):
                return True
        return False

    def _is_void(self, a: sp.Expr, b: sp.Expr) -> bool:
        """Whether a chain of derivatives of the document's own quantities is right only because both sides are 0."""
        own = isinstance(a, Partial) and a.of.is_Symbol and a.of.name in self.intended.own
        return own and b.has(Partial) and self.worked(a) == 0

    def _is_unknown(self, name: str) -> bool:
        """Whether a name has no meaning: it is not of the network, not defined, and no letter of one statement."""
        leaves = self.slopes.network.leaves
        own = name in self.intended.letters or "(" in name
        if name.startswith("δ_") and name not in self.definitions:
            return True
        return len(name) > 1 and name not in self.definitions and name not in leaves and not own

    def _slip(self, a: sp.Expr, b: sp.Expr, *, defines: bool) -> str | None:
        """The likeliest mistake; of a definition it is told as one."""
        if not self.seeks_slips or len(self._sought) >= _MOST_SLIPS:
            return None
        self._sought.append((a, b))
        found = find_slip(a, b, self._grounds)
        if not defines or (found or "").startswith(("duplicate-label", "precedence")):
            return found
        told = (found or f": {NO_SLIP}").partition(": ")[2]
        return f"definition-slip: {told}"

    @cached_property
    def _grounds(self) -> Grounds:
        return Grounds(
            self.intended.network, self.worked, self.decide, self.definitions, self.written, self.slopes.paths
        )

    def _strange(self, side: sp.Expr) -> str:
        """Why a derivative makes no sense here: nothing is known of what is differentiated, or by what."""
        for slope in side.atoms(Partial):
            unread = sorted(self._leaves_of(slope.of) & self.intended.unread - {slope.by.name})
            told = slope.of.is_Symbol or slope.of.free_symbols & set(map(symbol, unread))
            if unread and told and self.worked(slope) == 0:
                return f"how {self._names(unread)} depends on {self.intended.spelled(slope.by.name)} is not read"
            by = slope.by.name
            known = by in self.definitions or by in self.slopes.network.leaves
            if not known and slope.by not in slope.of.free_symbols:
                return f"{self.intended.spelled(by)} is no name of the network"
        return ""

    def decide(self, left: sp.Expr, right: sp.Expr) -> Verdict:
        """Whether two sides are equal on the intended network."""
        one, other = self.worked(left), self.worked(right)
        if one.is_Symbol and self.definitions.get(one.name) == other:
            return Proved("it is the definition")
        used = self._under(one, other)
        if len(used) > _MOST_DEFINITIONS:
            return Undecided(f"it rests on {len(used):,} definitions")
        return decide(one, other, definitions={name: self.definitions[name] for name in used})

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

    def worked(self, expression: sp.Expr) -> sp.Expr:
        """An expression with its derivatives worked out, once."""
        if expression not in self._worked:
            resolved = self.slopes.resolve(expression)
            self._worked[expression] = _named(resolved)
        return self._worked[expression]

    def _update(self, base: Checked, a: sp.Expr, b: sp.Expr) -> Checked | None:
        """w⁺ = w - η*∂E/∂w: an assignment, right if it goes against the gradient; None for anything else."""
        step = step_of(a, b)
        if step is None:
            return None
        name, change = step
        assigned = replace(base, verdict="definition")
        slopes = [p.of for p in change.atoms(Partial) if p.by == symbol(name) and p.of.is_Symbol]
        own = len(slopes) == 1 and slopes[0].name in self.intended.own
        gradient = self.slopes.of(slopes[0].name if own else self._loss_above(name), name)
        rates = [s for s in change.free_symbols if self.intended.names.is_rate(s.name)]
        if not rates and self.worked(change) == symbol(f"Δ_{name}"):
            return assigned
        unknown = sorted(s.name for s in change.free_symbols if self._is_unknown(s.name) and s not in rates)
        if unknown:
            told = self._names(unknown)
            return replace(base, verdict="undecided", reason=f"the document does not say what {told} is")
        rate: sp.Expr = rates[0] if rates else _number_before(change)
        if change.free_symbols <= {rate}:
            return self._stepped(assigned, name, change)
        for sign in (-1, 1):
            if isinstance(
                self.decide(change, sign * abs(rate) * gradient if rate.is_Number else sign * rate * gradient), Proved
            ):
                told = "the step goes with the gradient, not against it"
                up = replace(base, verdict="refuted", slip=f"sign: {told}", reason="an update rule")
                return assigned if sign < 0 else up
        if not isinstance(self.decide(change, -rate * gradient), Refuted):
            return None
        right = sp.Add(
            symbol(name), sp.Mul(-1, abs(rate) if rate.is_Number else rate, gradient, evaluate=False), evaluate=False
        )
        slip = self._slip(-rate * gradient, change, defines=False)
        return replace(base, verdict="refuted", slip=slip, correct=self.written(right), reason="an update rule")

    def _may_be(self, formula: sp.Expr, number: sp.Expr) -> bool:
        """Whether a formula in names could be a number whatever their values: cheap to say of most that are not."""
        names = self.worked(formula).free_symbols
        return not is_numeric(formula) and (number in (-1, 0, 1) or len(names) < _MANY_NAMES)

    def _loss_above(self, name: str) -> str:
        """The loss that a name is trained on: the network's, or the only one of the document's own that it moves."""
        loss = self.intended.network.loss
        if self.slopes.of(loss, name) != 0:
            return loss
        own = [n for n in self.intended.own if (role_of(n) or ("",))[0] == "loss" and self.slopes.of(n, name) != 0]
        return own[0] if len(own) == 1 else loss

    def _stepped(self, assigned: Checked, name: str, change: sp.Expr) -> Checked:
        """w = w - η*0.082: the gradient's number is put in, as the document prints it elsewhere."""
        loss = self._loss_above(name)
        known = self.values.slopes.get((loss, name), ())
        numbers = [abs(n) for n in change.atoms(sp.Number) if abs(n) != 1]
        if not known or not numbers or any(n == abs(one.value) for n in numbers for one in known):
            return assigned
        sizes = [replace(one, value=abs(one.value)) for one in known]
        if any(agree(Approximate(n, sp.Integer(0)), size) for n in numbers for size in sizes):
            return assigned
        stands = numbers[-1]
        of = self.intended.spelled(loss)
        told = f"{partial(of, self.intended.spelled(name))} is {_short(known[0].value)} in the document"
        right = abs(known[0].value)
        if not is_slipped(right, stands):  # it could be that of a later step
            return replace(assigned, verdict="undecided", reason=f"{told}, {_short(stands)} stands here")
        slip = f"numeric-digit: {_short(stands)} stands where {_short(right)} belongs"
        return replace(assigned, verdict="refuted", slip=slip, correct=_short(right), reason=told)

    def _numeric(self, base: Checked, left: Member, right: Member, a: sp.Expr, b: sp.Expr, about: bool) -> Checked:
        """A member of numbers: at the document's values, to the digits shown."""
        for one, other in ((a, b), (b, a)):
            exact = is_numeric(other) and all(literal.q == 1 for literal in other.atoms(sp.Rational))
            if exact and self._may_be(one, other) and isinstance(self.decide(one, other), Proved):
                return replace(base, verdict="proved")
        here = right.traced.place(0)
        if a.is_Symbol and a.name in self.values.leaves and is_numeric(b):
            if self.values.is_given(a.name, here) or self.intended.names.is_rate(a.name):
                return replace(base, verdict="definition")
            weight = a.name in self.intended.network.parameters
            moved = weight or (b.is_Add and not self.intended.names.is_networks(a.name))
            if moved and self.values.of[a.name] != b:
                after = symbol(f"{a.name}⁺")
                if after.name in self.definitions:
                    return self._numeric(base, left, right, after, b, about)
                told = f"{left.text} is {_short(self.values.of[a.name])} elsewhere; after an update it is not told"
                return replace(base, verdict="undecided", reason=told)
        found_a = list(self._values(a, left, here, about))
        found_b = list(self._values(b, right, here, about))
        if not found_a or not found_b:
            return self._valueless(base, a, b)
        by_hand = not (is_numeric(a) and is_numeric(b))
        if any(agree(x, y, by_hand=by_hand) for x in found_a for y in found_b):
            return replace(base, verdict="proved")
        value, stands = (found_a[0], found_b[0]) if is_numeric(b) else (found_b[0], found_a[0])
        told = f"{_short(value.value)} at the document's values, {_short(stands.value)} stands here"
        leaves = self._leaves_of(a) | self._leaves_of(b)
        often = {name for name, given in self.values.anew.items() if len({value for _, value in given}) > 2}
        again = sorted(name for name in leaves if name in self.values.twice or name in often)
        if again:
            names = ", ".join(self.intended.spelled(name) for name in again[:4])
            return replace(base, verdict="undecided", reason=f"{told}; but {names} is given more than one value")
        slip = numeric_slip(value.value, stands.value, self._substituted(a, b))
        return replace(base, verdict="refuted", correct=_short(value.value), reason=told, slip=slip)

    def _substituted(self, a: sp.Expr, b: sp.Expr) -> tuple[tuple[str, sp.Expr, sp.Expr], ...]:
        """(name, its value, the number that stands for it) where a formula's numbers are not the document's values."""
        formula = self.definitions.get(a.name, a) if a.is_Symbol else a
        return tuple(
            (self.intended.spelled(name), self.values.of[name], number)
            for name, number in bindings(formula, b)
            if name in self.values.of and self.values.of[name] != number
        )

    def _valueless(self, base: Checked, a: sp.Expr, b: sp.Expr) -> Checked:
        """A number for something that cannot be computed from what the document gives."""
        side = b if is_numeric(a) else a
        names = sorted(name for name in self._leaves_of(side) if name not in self.values.leaves)
        missing = self._names(names)
        if side.is_Symbol and side.name in self.values.of and self.values.of[side.name] in (a, b):
            if not self.intended.names.is_networks(side.name) and not side.name.endswith("⁺"):
                return replace(base, verdict="definition", reason="a value of the document's own")
            return replace(base, verdict="undecided", reason=f"taken as given: the document has no value for {missing}")
        number = a if is_numeric(a) else b
        if number in (-1, 0, 1) and isinstance(side, Partial):  # no value of a start, but a slope that is always so
            verdict = self.decide(a, b)
            if isinstance(verdict, Refuted):
                return self._refuted(base, verdict, self._correct(a, b))
        return replace(base, verdict="undecided", reason=f"the document has no value for {missing or 'its names'}")

    def _names(self, names: Sequence[str]) -> str:
        """The first of some names, as the document writes them, and how many more there are."""
        more = len(names) - _MOST_NAMES
        return ", ".join(map(self.intended.spelled, names[:_MOST_NAMES])) + (f" and {more} more" if more > 0 else "")

    def _values(self, side: sp.Expr, member: Member, here: int, about: bool) -> Iterator[Approximate]:
        """The values a side can have: as printed; from the values at hand; computed from the leaves."""
        shown = printed(member.text, side, about=about)
        if shown is not None:
            yield shown
            return
        if is_numeric(side):
            found = approximate(side, {}, frozenset())
            if found is not None:
                yield found
            return
        worked = self.worked(side)
        given = self.values.elsewhere(here)
        if side.is_Symbol and side.name not in self.values.leaves:
            given = self.values.elsewhere(here, but=side.name)
            worked = self.worked(self.definitions.get(side.name, side))
        from_leaves = self._computed
        if (side.is_Symbol and side.name in given.leaves and side.name not in given.of) or (
            self.values.anew.keys() & self._leaves_of(side)
        ):
            from_leaves = {}
        elif here in self.values.where.values():
            own = {name for name, place in self.values.where.items() if place == here and name in self.values.leaves}
            from_leaves = {} if own & self._leaves_of(side) else self._computed
        for values, rounded in ((given.of, self._rounded), (from_leaves, frozenset[str]())):
            found = approximate(worked, values, rounded)
            if found is not None:
                yield found

    @cached_property
    def _rounded(self) -> frozenset[str]:
        """The results that were rounded when they were printed; what a result is exactly is no approximation."""
        exact = {
            name
            for name in self.values.rounded & self._computed.keys()
            if abs(self._computed[name] - self.values.of[name]) <= abs(self._computed[name]) * _EXACTLY
        }
        return self.values.rounded - exact

    @cached_property
    def _computed(self) -> Mapping[str, sp.Expr]:
        """Every name's value as computed from the leaves that have one, in the order of the definitions."""
        found = dict(self.values.of_leaves())
        for name, body in self.definitions.items():
            value = approximate(self.worked(body), found, frozenset()) if name not in found else None
            if value is not None:
                found[name] = value.value
        return found

    def _leaves_of(self, side: sp.Expr) -> frozenset[str]:
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

    def _correct(self, a: sp.Expr, b: sp.Expr) -> str | None:
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
            return as_text(renamed(_named(expression), self.intended.spelled))
        except TypeError:  # a function that networks have no use for
            return str(expression)

    # places

    def _placed(self, left: Member, right: Member) -> Checked:
        line, column = self.lines.place(right.traced.place(0))
        start, end = left.traced.place(0), right.traced.place(len(right.traced) - 1) + 1
        text = " ".join(self.source[start:end].split()) if start < end else ""
        if "=" not in text or "\n" in self.source[start:end].strip():
            text = f"{left.text} = {right.text}"
        return Checked(self.file, line, column, text, "undecided", left=left.text, right=right.text)

    def _worded(self, left: Member, words: str) -> Checked:
        line, column = self.lines.place(left.traced.place(0))
        text = f"{left.text} = {words}"
        return Checked(self.file, line, column, text, "definition", left.text, words, reason="explained in words")

    def _placeless(self, left: Member) -> Checked:
        line, column = self.lines.place(left.traced.place(0))
        reason = "nothing stands behind the ="
        return Checked(self.file, line, column, f"{left.text} =", "not-understood", left.text, "", reason=reason)

    def _without_equals(self, kept: Sequence[Traced], statement: Statement) -> Iterator[Checked]:
        """`o1 (w5*h1 + w6*h2)`: a definition where it is all that the document says of o1, and has all that o1 needs.

        A derivative before its formula is only taken for an equality that is right. Anything else states nothing.
        """
        left, right = (self._read(member, statement, lambda: self._scope(statement)) for member in kept)
        if not left.readings or not right.readings:
            return
        a, b = left.readings[0].expression, right.readings[0].expression
        body = self.intended.network.definitions.get(a.name) if a.is_Symbol else None
        defines = body is not None and body.free_symbols == b.free_symbols and a.name not in self.intended.defined
        if not defines and not (isinstance(a, Partial) and not b.has(Partial)):
            return
        found = self._pair(left, right, True, about=False)
        reading = found.reading or f"{left.text} = {right.text}"
        told = replace(found, reading=reading, reason="; ".join(filter(None, ("the = is missing", found.reason))))
        if defines or found.verdict == "proved":
            yield told
        elif found.verdict == "refuted":
            yield replace(told, verdict="not-understood", slip=None, correct=None, witness=None)

    def _with_ends(self, members: tuple[Member, ...], found: list[Checked]) -> Iterator[Checked]:
        """Say of a wrong middle that the ends of its chain agree, and what should stand there."""
        if len(found) < 2 or all(one.verdict != "refuted" for one in found):
            yield from found
            return
        first, last = members[0], members[-1]
        expressions = [member.readings[0].expression for member in members if member.readings]
        anchor = next((e for e in expressions if isinstance(e, Partial)), None)
        right = self._correct(anchor, anchor) if anchor is not None else None
        agrees = bool(first.readings and last.readings) and isinstance(
            self.decide(first.readings[0].expression, last.readings[0].expression), Proved
        )
        for one in found:
            if one.verdict == "refuted" and agrees:
                yield replace(one, correct=right or one.correct, reason=f"{one.reason}; the ends of the chain agree")
            else:
                yield one


def _named(expression: sp.Expr) -> sp.Expr:
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


def _number_before(change: sp.Expr) -> sp.Expr:
    """The number that stands for the learning rate in `-0.5*∂E/∂w5`; 1 where there is none."""
    parts = [
        part
        for factor in (change.args if change.is_Mul else (change,))
        for part in (factor.args if factor.is_Mul else (factor,))
    ]
    numbers = [part for part in parts if part.is_Number and abs(part) != 1]
    return abs(numbers[0]) if len(numbers) == 1 else sp.Integer(1)


def _about(value: str) -> str:
    """A value of a witness for people: 0.2283648362 for [0.2283648362, 0.2283648363]."""
    return value.strip("[]").partition(",")[0]


def _short(value: sp.Expr) -> str:
    text = str(sp.Float(value, 10))
    return text.rstrip("0").rstrip(".") if "." in text and "e" not in text else text
