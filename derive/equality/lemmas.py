"""What the kernel has to learn of signs before it follows a step, and why a case cannot be."""

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any

from derive.equality import polynomials as poly
from derive.equality.forms import Form
from derive.equality.guards import OutOfReachError
from derive.equality.regions import refutation
from derive.equality.translation import Path, Translation
from derive.kernel.polynomials import Polynomial, constant, generator
from derive.kernel.rules import ClosedError


class Lemmas(Translation):
    """A case's lines on signs."""

    def _factor_sign(self, factor: int) -> int:
        """Let the kernel learn the sign of a factor as the engine did; the kernel's number of it."""
        number = self._number(factor)
        self._sign(self._tower.factors[factor])
        return number

    def _sign(self, factor: poly.Polynomial) -> None:
        tower, case = self._tower, self._case
        p = self.polynomial(factor)
        if len(case.signs(p)) == 1:
            return
        number = self._tables.polynomial(p)
        for place in {place for monomial in factor for place, _ in poly.powers(monomial)}:
            self._generator_sign(place)
        if len(case.signs(p)) > 1 and tower.sums_up(factor):
            self._sum(number)
        if len(case.signs(p)) > 1:
            self._by_growth(factor, number)
        if len(case.signs(p)) > 1 and self._tables.proof.at(p) is not None:
            self._line("interval", number)

    def _sum(self, number: int) -> None:
        """The sign of a sum by those of its terms."""
        p = self._tables.proof.table[number]
        terms = []
        for m, c in p.items():
            term = self._tables.polynomial(Polynomial({m: Fraction(1)}))
            if m:
                self._line("product", term, "1", [[self._tables.polynomial(generator(g)), k] for g, k in m])
            terms.append([str(c), term])
        self._line("sum", number, terms)

    def _generator_sign(self, place: int) -> None:
        one = self._tower.generators[place]
        if one.kind == "root":
            self._factor_sign(one.factor)
        if one.kind == "log" and self._tower.place_is_positive(place):
            inside = self._number(one.factor)
            above = self._tables.proof.table[inside] - constant(1)
            self._sum(inside)
            self._sum(self._tables.polynomial(above))
            self._line("growth", self._tables.polynomial(self._generator(place)), inside)

    def _by_growth(self, factor: poly.Polynomial, number: int) -> None:
        """log|q| has the sign of |q| - 1, and 1 - exp(a) that of -a."""
        tower, tables = self._tower, self._tables
        place = poly.lone(factor)
        if place is not None and tower.generators[place].kind == "log" and poly.generator(place) in factor:
            inside = tower.factors[tower.generators[place].factor]
            j = self._factor_sign(tower.generators[place].factor)
            form = Form(inside, degree=poly.degree(inside))
            form = form if tower.sign(form) == 1 else tower.negative(form)
            above = self._case.absolute(tables.proof.table[j]) - constant(1)
            self._form_sign(tower.add(form, tower.constant(-1)), above)
            self._line("growth", number, j)
        place = next((place for monomial in factor for place, _ in poly.powers(monomial)), -1)
        if factor == {0: 1, poly.generator(max(place, 0)): -1} and tower.generators[place].kind == "exp":
            grown = self._generator(place)
            _, inside, _ = self._case.lone(grown)
            one = tower.generators[place]
            self._form_sign(one.of, tables.proof.table[inside], Fraction(1, one.parts))
            self._line("growth", tables.polynomial(grown - constant(1)), tables.polynomial(grown))

    def _form_sign(self, form: Form, p: Polynomial, times: Fraction = Fraction(1)) -> None:
        """Let the kernel learn the sign of a polynomial of its own that is a form of the engine's."""
        if len(self._case.signs(p)) == 1:
            return
        number = self._tables.polynomial(p)
        if not form.top:
            self._line("product", number, "0", [])
            return
        self._below(form)
        coefficient, factors = self._factorization(form)
        for factor, _ in factors:
            self._sign(self._tower.factors[factor])
        self._line("product", number, str(coefficient * times), self._powers(factors))

    def _below(self, form: Form) -> None:
        """Close the case where a part of what stands below is zero, and so the whole."""
        for number in form.factors:
            parts = self._tower.irreducibles(number)
            known = [self._case.signs(self.polynomial(self._tower.factors[part])) for part, _ in parts]
            if len(parts) > 1 and {0} in known:
                self._line("product", self._number(number), "1", self._powers(parts))

    def _factorization(self, form: Form) -> tuple[int, list[tuple[int, int]]]:
        """1 or -1, and irreducible factors and primes with their powers."""
        return (1 if form.top[min(form.top)] > 0 else -1), list(self._tower.factorization(form).items())

    def _powers(self, factors: Iterable[tuple[int, int]]) -> list[list[int]]:
        """Factors to powers, those below 0 as powers of inverses."""
        found = []
        for factor, power in factors:
            p = self.polynomial(self._tower.factors[factor])
            found.append([self._tables.polynomial(p if power > 0 else self._tables.inverse(p)), abs(power)])
        return found

    # boundaries, and cases that cannot be

    def bind(self) -> Polynomial | None:
        """Bind the names that boundaries give; a name that is zero only because a sum of squares is, where one is."""
        tables, case = self._tables, self._case
        zeros = [key for key, signs in case.known.items() if signs == {0}]
        for name in reversed(list(self._tower.case.bound)):
            place = tables.generator("name", name)
            value = self._form(self._tower.name(name))
            difference = generator(place) - value
            number = tables.polynomial(difference)
            for zero in (Polynomial(key) for key in zeros):
                times = zero.get(((place, 1),))
                if case.signs(difference) != {0} and times and case.vanishes(difference * constant(times) - zero):
                    self._line("product", number, str(1 / times), [[tables.polynomial(zero), 1]])
            if case.signs(difference) != {0}:
                return generator(place)
            self._line("bind", place, tables.polynomial(value))
        return None

    def never(self, path: Path, places: Iterable[int] = ()) -> dict[str, Any]:
        """The node of a case in which a sum of what is never negative has a sign that it cannot have."""
        try:
            for place in places:
                self._generator_sign(place)
            for number, _ in path:
                self._sum(number)
        except ClosedError:
            return self.node()
        raise OutOfReachError("a case that cannot be is not closed")

    def impossible(self, signs: Mapping[Any, int]) -> dict[str, Any]:
        """The node of a case whose signs contradict each other."""
        origin = refutation(signs, self._tower.place_is_positive)
        if origin is None:
            raise OutOfReachError("a case that cannot be is not closed")
        total, terms = constant(0), []
        try:
            for key, times in origin.items():
                p = self.polynomial(dict(key))
                number = self._tables.polynomial(p)
                if len(p) == 1 and len(self._case.signs(p)) == 3:
                    for place in {place for monomial, _ in key for place, _ in poly.powers(monomial)}:
                        self._generator_sign(place)
                    ((m, c),) = p.items()
                    self._line("product", number, str(c), [[self._tables.polynomial(generator(g)), k] for g, k in m])
                total = total + p * constant(times)
                terms.append([str(times), number])
            self._line("sum", self._tables.polynomial(total), terms)
        except ClosedError:
            return self.node()
        raise OutOfReachError("a case that cannot be is not closed")
