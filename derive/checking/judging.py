"""The verdict of one equality: read, worked out on the intended network, decided; numbers compared as printed."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from dataclasses import replace as exchanged
from functools import cache, cached_property
from itertools import pairwise

import sympy as sp
from msgspec.structs import replace

from derive.checking.doubts import Questioned, case_before, doubt_of_meaning, doubt_of_reading
from derive.checking.meaning import Meaning
from derive.checking.members import CUT, NO_SCALAR, Member, Reader
from derive.checking.naming import Slope
from derive.checking.numbers import is_numeric
from derive.checking.placing import Places
from derive.checking.report import Checked
from derive.checking.updating import Steps, is_general_update
from derive.checking.valuing import Valued
from derive.claim import Partial
from derive.equality import Proved, Refuted
from derive.names import partial, symbol
from derive.reading.mending import Reading
from derive.reading.repairs import REPAIRS
from derive.reading.sights import Rule
from derive.reading.spelling import LEARNING_RATE
from derive.reading.statements import Statement, listed
from derive.reading.traced import Traced

_NO_FAULT: Mapping[str, None] = {"witness": None, "slip": None, "correct": None, "reason": None}
_MOST_PAIRS = 36
_WORD = re.compile(r"[^\W\d]\w*⁺?\Z")


@dataclass(frozen=True)
class Judge:
    """Everything that a verdict rests on."""

    places: Places
    reader: Reader
    meaning: Meaning
    valued: Valued
    steps: Steps
    _told_before: dict[tuple[sp.Expr, sp.Expr, bool], Checked] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def without_slips(self) -> "Judge":
        """The same verdicts, and no slip sought in wrong lines."""
        return exchanged(self, meaning=exchanged(self.meaning, seeks_slips=False))

    def judged(self, statement: Statement) -> Iterator[Checked]:
        """The equalities of one chain, each with its verdict."""
        lists = [listed(member) for member in statement.members]
        if all(lists) and len({len(elements) for elements in lists}) == 1:
            for row in zip(*lists, strict=True):
                yield from self.judged(replace(statement, members=row))
            return
        kept = [member for member in statement.members if member.text.strip()]
        if is_general_update(kept, self.meaning.intended.names):
            yield replace(
                self.places.between(Member(kept[0]), Member(kept[1])), verdict="definition", reason="an update rule"
            )
            return
        if statement.augmented and len(kept) == 2:
            told = f"{statement.augmented}= is not read: write the whole right side"
            yield replace(self.places.between(Member(kept[0]), Member(kept[1])), verdict="not-understood", reason=told)
            return
        if statement.lacks_equals:
            yield from self._without_equals(kept, statement)
            return
        if statement.is_part and len(kept) == 2:
            told = f"a part of {kept[0].text.strip()}: later lines add to it"
            yield replace(self.places.between(Member(kept[0]), Member(kept[1])), verdict="definition", reason=told)
            return
        last = len(kept) - 1
        wider = cache(lambda: self.reader.wider(statement))
        members = tuple(
            self.reader.read(
                member, statement, wider, cut=(n == 0 and statement.cut[0]) or (n == last and statement.cut[1])
            )
            for n, member in enumerate(kept)
        )
        found = [
            self._pair(left, right, number == 0, about=statement.about)
            for number, (left, right) in enumerate(pairwise(members))
        ]
        if statement.defines is not None and found:
            found[0] = self._defining(found[0], statement.defines, statement.before)
        if statement.words and len(members) == 1:
            yield self.places.in_words(members[0], statement.words)
        elif len(members) == 1 and not statement.members[-1].text.strip():
            yield self.places.without_right(members[0])
        yield from self._with_ends(members, found)

    def _defining(self, found: Checked, rule: Rule, before: Rule | None) -> Checked:
        """f(x, y) = …: a definition; where f was something else before, it is defined anew or wrong."""
        if rule.foreign:
            return found
        told = replace(found, verdict="definition", witness=None, slip=None, correct=None)
        if before is None or before.body is None or rule.body is None:
            return replace(told, reason="a function of the document's own")
        was = before.at((0,) * len(before.parameters), tuple(map(symbol, before.parameters)))
        if before.parameters == rule.parameters and isinstance(self.meaning.decide(was, rule.body), Proved):
            return replace(told, verdict="proved", reason=None)
        signature = f"{before.name}({', '.join(before.parameters)})"
        return replace(
            told, verdict="undecided", reason=f"{signature} was {self.meaning.written(was)} before: defined anew?"
        )

    def _pair(self, left: Member, right: Member, first: bool, *, about: bool) -> Checked:
        base = self.places.between(left, right)
        new = first and _WORD.match(left.text) and self.meaning.intended.names.resolve(left.text) is None
        if left.fault and left.fault != CUT and new and not right.fault:
            return replace(base, verdict="definition", reason="a name of the document's own")
        if left.fault or right.fault:
            elements = listed(right.traced)
            if elements and first and _WORD.match(left.text):
                return replace(base, verdict="definition", reason="a name for a list")
            told = NO_SCALAR if NO_SCALAR in (left.fault, right.fault) else left.fault or right.fault
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
        if found.verdict == "refuted":
            told = doubt_of_reading(self.meaning, left, right, one, other, first=first)
            if told:
                return replace(base, verdict="not-understood", reason=told)
            case = case_before(self.meaning, self.places.source, left.traced.place(0), one.expression, other.expression)
            if case:
                told = f"right where {case}, as is said before, and not for all values"
                return replace(base, verdict="undecided", reason=told)
        sure = all(
            reading.is_safe or (len(member.readings) == 1 and reading.repairs == ("name",))
            for member, reading in ((left, one), (right, other))
        )
        if not sure:
            repairs = "; ".join(dict.fromkeys(REPAIRS[name].message for name in (*one.repairs, *other.repairs)))
            why = f"{repairs}: no reading of it is right, and it can be mended in several ways"
            return replace(base, verdict="not-understood", reason=why)
        return self._repaired(found, left, right, one, other)

    def _repaired(self, found: Checked, left: Member, right: Member, one: Reading, other: Reading) -> Checked:
        slope = self.meaning.intended.slopes.get(one.expression.name) if one.expression.is_Symbol else None
        if slope is not None and found.verdict != "not-understood":
            return self._taken(found, right, slope, one.expression, other.expression)
        if one.repaired is None and other.repaired is None:
            return found
        reading = f"{one.repaired or left.text} = {other.repaired or right.text}"
        repairs = "; ".join(dict.fromkeys(REPAIRS[name].message for name in (*one.repairs, *other.repairs)))
        return replace(found, reading=reading, reason="; ".join(filter(None, (repairs, found.reason))))

    def _taken(self, found: Checked, right: Member, slope: Slope, a: sp.Expr, b: sp.Expr) -> Checked:
        """dE_dw5 = … read as ∂E/∂w5 = …; dw5 can be a step too, so that it is only wrong where others are gradients."""
        of, by = self.meaning.intended.spelled(slope.of), self.meaning.intended.spelled(slope.by)
        taken = replace(found, reading=f"{partial(of, by)} = {right.text}")
        if found.verdict == "definition":
            return replace(taken, verdict="proved")
        if found.verdict != "refuted" or not slope.alone:
            return taken
        rate = symbol(LEARNING_RATE)
        step = sp.Mul(-1, rate, symbol(a.name), evaluate=False)
        if isinstance(self.meaning.decide(step, b), Proved):
            return replace(found, verdict="proved", reading=f"Δ{by} = {right.text}", **_NO_FAULT)
        if self._are_gradients:
            return taken
        told = f"{a.name} can name a gradient or a step; as {partial(of, by)} it is not right"
        return replace(taken, verdict="undecided", **{**_NO_FAULT, "reason": told})

    @cached_property
    def _are_gradients(self) -> bool:
        """Whether one of the document's names like dw5 is the gradient, so that the others are meant to be."""
        bodies = {**self.meaning.intended.told}
        return any(
            slope.alone and isinstance(self.meaning.decide(symbol(name), body), Proved)
            for name, slope in self.meaning.intended.slopes.items()
            for body in bodies.get(name, ())
        )

    def _decided(
        self, base: Checked, left: Member, right: Member, one: Reading, other: Reading, first: bool, about: bool
    ) -> Checked:
        a, b = one.expression, other.expression
        if (is_numeric(a) and (is_numeric(b) or not left.calls)) or (is_numeric(b) and not right.calls):
            return self.valued.compared(base, left, right, a, b, about)
        update = self.steps.judged(base, a, b)
        if update is not None:
            return update
        word = first and a.is_Symbol and not left.calls
        if word and a.name not in self.meaning.definitions and not self.meaning.intended.names.is_networks(a.name):
            return replace(base, verdict="definition", reason="a name of the document's own")
        if word and b.is_Symbol and a != b and not {a.name, b.name} & self.meaning.definitions.keys():
            return replace(base, verdict="definition", reason="a name for a value")
        strange = self.meaning.strange(a) or self.meaning.strange(b)
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
        verdict = self.meaning.decide(a, b)
        if isinstance(verdict, Proved) and word and a.name in self.valued.values.terms:
            more = self.valued.more_terms(self.valued.values.terms[a.name], b)
            if more:
                return replace(base, verdict="undecided", reason=f"the document's own numbers for it have {more}")
        if isinstance(verdict, Proved) and self.meaning.is_void(a, b):
            told = f"nothing that is read leads from {self.meaning.written(a.of)} to {self.meaning.written(a.by)}"
            return replace(base, verdict="undecided", reason=told)
        if isinstance(verdict, Proved):
            defines = word and a.name in self.meaning.definitions and not b.is_Symbol
            return replace(base, verdict="definition" if defines else "proved", reason=verdict.note or None)
        if isinstance(verdict, Refuted):
            told = doubt_of_meaning(Questioned(self.meaning, a, b, word, bare))
            if told:
                return replace(base, verdict="undecided", reason=told)
            if self.valued.agree_in_numbers(a, b):
                return replace(base, verdict="proved", reason="at the document's values")
            found = self.meaning.refuted(base, verdict, None)
            defines = word and a.name in self.meaning.intended.network.definitions
            return replace(found, correct=self.meaning.correct(a, b), slip=self.meaning.slip(a, b, defines=defines))
        return replace(base, verdict="undecided", reason=verdict.reason)

    def _without_equals(self, kept: Sequence[Traced], statement: Statement) -> Iterator[Checked]:
        """`o1 (w5*h1 + w6*h2)`: a definition where it is all that the document says of o1, and has all that o1 needs.

        A derivative before its formula is only taken for an equality that is right. Anything else states nothing.
        """
        left, right = (self.reader.read(member, statement, lambda: self.reader.wider(statement)) for member in kept)
        if not left.readings or not right.readings:
            return
        a, b = left.readings[0].expression, right.readings[0].expression
        body = self.meaning.intended.network.definitions.get(a.name) if a.is_Symbol else None
        defines = (
            body is not None and body.free_symbols == b.free_symbols and a.name not in self.meaning.intended.defined
        )
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
        right = self.meaning.correct(anchor, anchor) if anchor is not None else None
        agrees = bool(first.readings and last.readings) and isinstance(
            self.meaning.decide(first.readings[0].expression, last.readings[0].expression), Proved
        )
        for one in found:
            if one.verdict == "refuted" and agrees:
                yield replace(one, correct=right or one.correct, reason=f"{one.reason}; the ends of the chain agree")
            else:
                yield one
