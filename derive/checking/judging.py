"""The verdict of one equality: read, worked out on the intended network, decided; numbers compared as printed."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import pairwise

import sympy as sp

from derive.checking.intended import Intended
from derive.checking.numbers import Printed, agrees, is_numeric, printed, slack, value_of
from derive.checking.report import Checked
from derive.checking.resolving import Slopes
from derive.claim import Partial
from derive.equality import Proved, Refuted, Verdict, decide
from derive.errors import DeriveError
from derive.names import symbol
from derive.reading.repairs import REPAIRS, Reading, readings
from derive.reading.spelling import role_of, updated
from derive.reading.statements import FOREIGN, Statement, listed
from derive.reading.traced import Lines, Traced
from derive.text import as_text

_MOST_PAIRS = 36


@dataclass(frozen=True)
class Member:
    """One side of an equality as read: its ways of reading, or why there is none."""

    traced: Traced
    readings: tuple[Reading, ...] = ()
    fault: str = ""

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
    values: Mapping[str, sp.Expr]
    given: frozenset[str] = frozenset()
    _worked: dict[sp.Expr, sp.Expr] = field(default_factory=dict, init=False, repr=False, compare=False)

    def judged(self, statement: Statement) -> Iterator[Checked]:
        """The equalities of one chain, each with its verdict."""
        lists = [listed(member) for member in statement.members]
        if all(lists) and len({len(elements) for elements in lists}) == 1 and len(lists[0]) > 1:
            for row in zip(*lists, strict=True):
                yield from self.judged(replace(statement, members=row))
            return
        members = tuple(self._read(member, statement) for member in statement.members if member.text.strip())
        found = [self._pair(left, right, number == 0) for number, (left, right) in enumerate(pairwise(members))]
        if statement.words and len(members) == 1:
            yield self._worded(members[0], statement.words)
        yield from self._with_ends(members, found)

    # reading

    def _read(self, traced: Traced, statement: Statement) -> Member:
        if FOREIGN.search(traced.text):
            return Member(traced, fault="a sum over indices, a matrix or a limit: only scalar notation is read")
        try:
            return Member(traced, readings(traced.text, self.intended.scope))
        except DeriveError as error:
            return Member(traced, fault=str(error))

    # verdicts

    def _pair(self, left: Member, right: Member, first: bool) -> Checked:
        base = self._placed(left, right)
        if left.fault or right.fault:
            return replace(base, verdict="not-understood", reason=left.fault or right.fault)
        tried: list[tuple[Reading, Reading, Checked]] = []
        for one in left.readings:
            for other in right.readings:
                if len(tried) < _MOST_PAIRS:
                    found = self._decided(base, left, right, one, other, first)
                    tried.append((one, other, found))
                    if found.verdict in ("proved", "definition"):
                        return self._repaired(found, left, right, one, other)
        one, other, found = tried[0]
        sure = all(
            reading.is_safe or (len(member.readings) == 1 and reading.repairs == ("name",))
            for member, reading in ((left, one), (right, other))
        )
        if not sure:
            repairs = "; ".join(REPAIRS[name].message for name in (*one.repairs, *other.repairs))
            return replace(
                base,
                verdict="not-understood",
                reason=f"{repairs}: no reading of it is right, and it can be mended in several ways",
            )
        return self._repaired(found, left, right, one, other)

    def _repaired(self, found: Checked, left: Member, right: Member, one: Reading, other: Reading) -> Checked:
        if one.repaired is None and other.repaired is None:
            return found
        reading = f"{one.repaired or left.text} = {other.repaired or right.text}"
        repairs = "; ".join(dict.fromkeys(REPAIRS[name].message for name in (*one.repairs, *other.repairs)))
        return replace(found, reading=reading, reason="; ".join(filter(None, (repairs, found.reason))))

    def _decided(
        self, base: Checked, left: Member, right: Member, one: Reading, other: Reading, first: bool
    ) -> Checked:
        a, b = one.expression, other.expression
        if is_numeric(a) or is_numeric(b):
            return self._numeric(base, left, right, a, b)
        update = self._update(a, b, left)
        if update is not None:
            return replace(base, verdict=update)
        if a.is_Symbol and first and a.name in self.intended.own and a.name not in self.definitions:
            return replace(base, verdict="definition")
        verdict = self.decide(a, b)
        if isinstance(verdict, Proved):
            defines = first and a.is_Symbol and (a.name in self.definitions) and not b.is_Symbol
            return replace(base, verdict="definition" if defines else "proved", reason=verdict.note or None)
        if isinstance(verdict, Refuted):
            witness = tuple((self.intended.spelled(name), str(value)) for name, value in verdict.witness)
            return replace(base, verdict="refuted", witness=witness, reason=verdict.reason, correct=self._correct(a, b))
        return replace(base, verdict="undecided", reason=verdict.reason)

    def decide(self, left: sp.Expr, right: sp.Expr) -> Verdict:
        """Whether two sides are equal on the intended network."""
        return decide(self.worked(left), self.worked(right), definitions=self.definitions)

    def worked(self, expression: sp.Expr) -> sp.Expr:
        """An expression with its derivatives worked out, once."""
        if expression not in self._worked:
            self._worked[expression] = self.slopes.resolve(expression)
        return self._worked[expression]

    def _update(self, a: sp.Expr, b: sp.Expr, left: Member) -> str | None:
        """w⁺ = w - η*∂E/∂w: an assignment, right if it goes against the gradient; None for anything else."""
        if not a.is_Symbol or not b.is_Add:
            return None
        new = updated(left.text)
        weight = new[0] if new else left.text
        found = self.intended.names.find(weight)
        if found is None or found in self.definitions or symbol(found) not in b.free_symbols:
            return None
        step = sp.Add(b, -symbol(found)).doit()
        rates = [s for s in step.free_symbols if (role_of(s.name) or ("",))[0] == "learning rate"]
        if len(rates) != 1:
            return None
        wanted = -rates[0] * self.slopes.of(self.intended.network.loss, found)
        verdict = self.decide(step, wanted)
        return "definition" if isinstance(verdict, Proved) else "refuted" if isinstance(verdict, Refuted) else None

    def _numeric(self, base: Checked, left: Member, right: Member, a: sp.Expr, b: sp.Expr) -> Checked:
        """A member of numbers: at the document's values, to the digits shown."""
        if a.is_Symbol and a.name in self.given and self.values.get(a.name) == b:
            return replace(base, verdict="definition")
        shown = printed(right.text, b) or printed(left.text, a)
        for one, other in ((a, b), (b, a)):
            exact = is_numeric(other) and all(literal.q == 1 for literal in other.atoms(sp.Rational))
            if exact and not is_numeric(one) and isinstance(self.decide(one, other), Proved):
                return replace(base, verdict="proved")
        found_a, found_b = (list(self._values(side)) for side in (a, b))
        if not found_a or not found_b:
            names = sorted(
                s.name for s in (self.worked(a).free_symbols | self.worked(b).free_symbols) if s.name not in self.values
            )
            verdict = self.decide(a, b) if not names or not self.values else None
            if isinstance(verdict, Refuted) and not shown:
                return replace(base, verdict="refuted", reason=verdict.reason)
            if a.is_Symbol and is_numeric(b):
                return replace(base, verdict="definition", reason="taken as given")
            missing = ", ".join(self.intended.spelled(name) for name in names[:4])
            return replace(base, verdict="undecided", reason=f"the document gives no value for {missing}")
        nearest = None
        for x in found_a:
            for y in found_b:
                if _close(a, b, x, y, shown):
                    return replace(base, verdict="proved")
                nearest = nearest or (x, y)
        assert nearest is not None
        value = nearest[0] if is_numeric(b) else nearest[1]
        stands = nearest[1] if is_numeric(b) else nearest[0]
        told = f"{_short(value)} at the document's values, {_short(stands)} stands here"
        return replace(base, verdict="refuted", correct=_short(value), reason=told)

    def _values(self, side: sp.Expr) -> Iterator[sp.Expr]:
        """The values a side can have: with every name at its printed value, and computed from the leaves."""
        worked = self.worked(side)
        at_hand = value_of(worked, self.values)
        if at_hand is not None:
            yield at_hand
        if not is_numeric(side):
            exact = worked
            for name, body in reversed(tuple(self.definitions.items())):
                if exact.has(symbol(name)):
                    exact = exact.subs(symbol(name), body)
            from_leaves = value_of(exact, {n: v for n, v in self.values.items() if n not in self.definitions})
            if from_leaves is not None:
                yield from_leaves

    def _correct(self, a: sp.Expr, b: sp.Expr) -> str | None:
        """What should stand on the side that is wrong, in the author's names."""
        for side in (a, b):
            if isinstance(side, Partial):
                right = self.worked(Partial(self.slopes.node_of(side.of), side.by))
                return self._written(right)
        if a.is_Symbol and a.name in self.intended.network.definitions:
            return self._written(self.intended.network.definitions[a.name])
        return None

    def _written(self, expression: sp.Expr) -> str:
        return as_text(renamed(expression, self.intended.spelled))

    # places

    def _placed(self, left: Member, right: Member) -> Checked:
        line, column = self.lines.place(right.traced.place(0))
        start, end = left.traced.place(0), right.traced.place(len(right.traced) - 1) + 1
        if start < end and "\n\n" not in self.source[start:end]:
            text = " ".join(self.source[start:end].split())
        else:
            text = f"{left.text} = {right.text}"
        if "=" not in text:
            text = f"{left.text} = {right.text}"
        return Checked(self.file, line, column, text, "undecided", left=left.text, right=right.text)

    def _worded(self, left: Member, words: str) -> Checked:
        line, column = self.lines.place(left.traced.place(0))
        return Checked(
            self.file,
            line,
            column,
            f"{left.text} = {words}",
            "definition",
            left=left.text,
            right=words,
            reason="a name explained in words",
        )

    def _with_ends(self, members: tuple[Member, ...], found: list[Checked]) -> Iterator[Checked]:
        """Say of a wrong middle that the ends of its chain agree."""
        if len(found) < 2 or all(one.verdict != "refuted" for one in found):
            yield from found
            return
        first, last = members[0], members[-1]
        anchor = next(
            (m.readings[0].expression for m in members if m.readings and isinstance(m.readings[0].expression, Partial)),
            None,
        )
        right = self._correct(anchor, anchor) if anchor is not None else None
        agree = bool(first.readings and last.readings) and isinstance(
            self.decide(first.readings[0].expression, last.readings[0].expression), Proved
        )
        for one in found:
            if one.verdict == "refuted" and agree:
                yield replace(one, correct=one.correct or right, reason=f"{one.reason}; the ends of the chain agree")
            else:
                yield one


def renamed(expression: sp.Expr, spelled: Callable[[str], str]) -> sp.Expr:
    """The same tree, in the same order, with other names."""
    if expression.is_Symbol:
        return symbol(spelled(expression.name))
    if not expression.args:
        return expression
    made: sp.Expr = expression.func(*(renamed(part, spelled) for part in expression.args), evaluate=False)
    return made


def _close(a: sp.Expr, b: sp.Expr, x: sp.Expr, y: sp.Expr, shown: Printed | None) -> bool:
    loose = sum((slack(side, value) for side, value in ((a, x), (b, y)) if is_numeric(side)), sp.Integer(0))
    if shown is not None:
        value = x if shown.value == y else y
        own = (
            slack(a, x)
            if is_numeric(a) and shown.value == y
            else slack(b, y)
            if is_numeric(b) and shown.value == x
            else 0
        )
        return agrees(value, shown, own)
    return agrees(x, Printed(y, loose), sp.Integer(0))


def _short(value: sp.Expr) -> str:
    return str(sp.Float(value, 10)).rstrip("0").rstrip(".")
