"""A case closed: each step told to the kernel with what it needs to follow."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from derive.equality import polynomials as poly
from derive.equality.factors import divides, quotient
from derive.equality.forms import UNIT, Form
from derive.equality.guards import OutOfReachError
from derive.equality.lemmas import Lemmas
from derive.kernel.polynomials import Polynomial, constant, generator
from derive.kernel.rules import ClosedError


class Leaf(Lemmas):
    """One case of a proof, to be closed."""

    def close(self, whole: bool) -> dict[str, Any]:
        """The node of a case in which both sides come to one polynomial, or one has no value."""
        left, right = self._statement.sides
        try:
            self._evaluate()
            difference = self._case.values[left] - self._case.values[right]
            if not self._case.vanishes(difference):
                self._vanishing(difference)
            if not self._case.vanishes(difference):
                raise OutOfReachError("the kernel does not follow")
        except ClosedError:
            pass
        return self.node()

    def _evaluate(self) -> None:
        waiting = list(reversed(self._statement.sides))
        while waiting:
            missing = [part for part in self._parts(waiting[-1]) if part not in self._case.values]
            if missing:
                waiting += reversed(missing)
                continue
            place = waiting.pop()
            if place not in self._case.values:
                hints = self._hints(place)
                self._line("step", place, *hints)
                self._turned(hints[2] if len(hints) > 2 else ())

    def _parts(self, place: int) -> Sequence[int]:
        """What a step uses; of a choice first the test, then the branch that its sign takes."""
        kind, *rest = self._statement.steps[place]
        if kind == "choose" and rest[0] in self._case.values:
            if place not in self._case.taken:
                self._form_sign(self._forms[self._statement.origin[place]], self._case.values[rest[0]])
                self._line("take", place)
            return [self._case.taken[place]]
        return self._case.uses(place)

    def _hints(self, place: int) -> Sequence[Any]:
        """What the kernel is told of a step, once it has learnt the signs that the step asks for."""
        kind, *rest = self._statement.steps[place]
        origin = self._statement.origin.get(place, -1)
        if kind == "name":
            self._tables.generator("name", rest[0])
        elif kind == "pi":
            self._pi()
        elif kind == "max":
            one, other = (self._case.values[part] for part in rest)
            self._form_sign(self._forms[origin], one - other, Fraction(2 if place in self._statement.doubled else 1))
        elif kind in ("exp", "log", "sin", "cos", "power"):
            parts = self._statement.program.steps[origin].parts
            forms = [self._forms[part] for part in parts]
            if kind == "power" and _is_whole(forms[1]):
                exact = constant(forms[1].top.get(0, 0))
                if self._case.values[rest[1]] != exact:
                    self._line("same", rest[1], self._tables.polynomial(exact))
                return self._reciprocal(parts[0], self._case.values[rest[0]]) if forms[1].top.get(0, 0) < 0 else ()
            hints: Sequence[Any] = _HINTS[kind](self, [self._case.values[part] for part in rest], forms or [UNIT])
            return hints
        return ()

    def _exp(self, values: Sequence[Polynomial], forms: Sequence[Form]) -> Sequence[Any]:
        return [self._multiples(forms[0])]

    def _multiples(self, form: Form) -> list[list[int]]:
        """A form as a sum of multiples of logarithms."""
        found = []
        combination = self._tower.exponents.combination(form) if form.top else {}
        for entry, times in (combination or {}).items():
            place, one = self._tower.exponentials[entry]
            if one.kind == "log":
                number = self._factor_sign(one.factor)
                key = ("root", frozenset(self._tower.factors[one.factor].items()))
                parts = self._tower.case.finer.get(key, 1) if times.denominator > 1 else 1
                self._tables.generator("ln", number)
                if times.denominator > 1:
                    number = self._root(one.factor, number, parts)
                power = times * parts
            else:
                number, power = self._tables.polynomial(self._generator(place)), times * one.parts
            if power < 0:
                self._tables.inverse(self._tables.proof.table[number])
            found.append([number, int(power)])
        return found

    def _root(self, factor: int, inside: int, parts: int) -> int:
        """The number of a root; the kernel is told which sum of others it is, where it is one."""
        place = self._tables.generator("root", inside, parts)
        nested = self._tower.nested.get((factor, parts))
        if nested is not None and place not in self._case.bound:
            number = self._tables.polynomial(self._form(nested))
            self._line("interval", number)
            self._line("root", place, number)
        return self._tables.polynomial(generator(place))

    def _log(self, values: Sequence[Polynomial], forms: Sequence[Form]) -> Sequence[Any]:
        self._form_sign(forms[0], values[0])
        return [self._logarithms(forms[0])] if self._case.signs(values[0]) == {1} else [[]]

    def _logarithms(self, form: Form) -> list[list[int]]:
        """The factors of a form's absolute value, for the logarithms that they have."""
        _, factors = self._factorization(form)
        found = [[self._factor_sign(factor), power] for factor, power in factors]
        for number, _ in found:
            kind, *_ = self._case.lone(self._tables.proof.table[number])
            if kind not in ("exp", "root"):
                self._tables.generator("ln", number)
        return found

    def _power(self, values: Sequence[Polynomial], forms: Sequence[Form]) -> Sequence[Any]:
        base, exponent = forms
        self._form_sign(base, values[0])
        if self._case.signs(values[0]) == {0}:
            self._form_sign(exponent, values[1])
            return ()
        tower = self._tower
        hints: list[Any] = [self._logarithms(base)]
        if self._case.signs(values[0]) == {1} or any(exponent.top) or exponent.factors:
            hints.append(self._multiples(tower.multiply(exponent, tower.log_of_absolute(base))))
        if self._case.signs(values[0]) == {-1} and len(hints) == 2:
            combination = tower.turns.combination(exponent) or {}
            turns = [self._turn(entry, times) for entry, times in combination.items()]
            hints.append(turns)
        return hints

    def _turn(self, entry: int, times: Fraction) -> list[int]:
        """A multiple of π, or of one times an exponent that is a whole number."""
        if entry == 0:
            return [self._twelfth(), int(times * 12)]
        one = self._tower.generators[poly.lone(self._tower.signs_of_turns[entry].top) or 0]
        return [self._angle(self._form(one.of) * self._pi()), int(times)]

    def _turned(self, turns: Sequence[Any]) -> None:
        """Bind the sine of π times a whole number, which is zero."""
        for number, _ in turns:
            sine = self._tables.proof.places.get(("sin", number), -1)
            if sine not in self._case.bound and self._case.signs(generator(sine)) == {0}:
                self._line("bind", sine, self._tables.polynomial(constant(0)))

    def _twelfth(self) -> int:
        for prime in (2, 3):
            self._tables.generator("root", self._tables.polynomial(constant(prime)), 2)
        return self._tables.polynomial(self._pi() * constant(Fraction(1, 12)))

    def _reciprocal(self, base: int, value: Polynomial) -> Sequence[Any]:
        """What stands below a line as a fraction times powers; of a product, that of its factors."""
        step = self._statement.program.steps[base]
        parts = step.parts if step.operation == "mul" else (base,)
        coefficient, found = Fraction(1), list[list[int]]()
        for form in (self._forms[part] for part in parts):
            if not form.top:
                self._line("product", self._tables.polynomial(value), "0", [])
                return ["0", []]
            content, monomial, factor = poly.primitive(form.top)
            coefficient *= Fraction(content, form.below)
            pieces = [({poly.generator(place): 1}, power) for place, power in poly.powers(monomial)]
            pieces += [(factor, 1)] if factor != {0: 1} else []
            pieces += [(self._tower.factors[number], -power) for number, power in form.factors.items()]
            for piece, power in pieces:
                p = self.polynomial(piece)
                number = self._tables.polynomial(p if power > 0 else self._tables.inverse(p))
                self._tables.inverse(self._tables.proof.table[number])
                found.append([number, abs(power)])
        return [str(coefficient), found]

    def _vanishing(self, difference: Polynomial) -> None:
        """Let the kernel learn that a difference is zero, or something below it is, by a boundary that divides it."""
        tower, number = self._tower, self._tables.polynomial
        left, right = (self._forms[place] for place in self._statement.ends)
        form = tower.add(left, tower.negative(right))
        for zero in [dict(key) for key, sign in tower.case.signs.items() if sign == 0]:
            whole = number(self.polynomial(zero))
            if divides(zero, form.top):
                content, monomial, top = poly.primitive(form.top)
                rest = Form(poly.scale(quotient(top, zero), content, monomial), form.below, form.factors)
                self._line("product", number(difference), "1", [[whole, 1], [number(self._form(rest)), 1]])
                return
            for factor in (tower.factors[number] for number in form.factors):
                if divides(zero, factor):
                    other = number(self._form(Form(quotient(factor, zero))))
                    self._line("product", number(self.polynomial(factor)), "1", [[whole, 1], [other, 1]])

    def _circle(self, values: Sequence[Polynomial], forms: Sequence[Form]) -> Sequence[Any]:
        turns = []
        combination = self._tower.angles.combination(forms[0]) if forms[0].top else {}
        for entry, times in (combination or {}).items():
            if entry == 0:
                turns.append([self._twelfth(), int(times * 12)])
                continue
            cosine, _, parts = self._tower.circles[entry]
            _, inside, _ = self._case.lone(self.polynomial(cosine.top))
            turns.append([inside, int(times * parts)])
        return [turns]


def _is_whole(form: Form) -> bool:
    return not form.factors and not any(form.top) and form.below == 1


_HINTS: dict[str, Any] = {
    "exp": Leaf._exp, "log": Leaf._log, "sin": Leaf._circle, "cos": Leaf._circle, "power": Leaf._power,
}  # fmt: skip
