"""Forms of the engine as polynomials in the kernel's generators, told to the kernel line by line."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from derive.equality import polynomials as poly
from derive.equality.constants import Generator
from derive.equality.forms import Form
from derive.equality.statement import Statement
from derive.equality.tower import Tower
from derive.kernel.generators import Proof
from derive.kernel.polynomials import Polynomial, constant, generator
from derive.kernel.rules import Case

Path = list[tuple[int, list[int]]]
"""What a case assumes: numbers of polynomials, and the signs that they have."""


class Tables:
    """The generators and polynomials of a certificate, each once; `proof` holds them as the kernel reads them."""

    def __init__(self, statement: Statement, positive: Sequence[int]) -> None:
        self.certificate: dict[str, Any] = {
            "steps": statement.steps, "sides": statement.sides, "positive": positive,
            "generators": [], "polynomials": [],
        }  # fmt: skip
        self.proof = Proof(self.certificate)
        self._numbers: dict[Any, int] = {}

    def polynomial(self, p: Polynomial) -> int:
        """The number of a polynomial."""
        key = frozenset(p.items())
        if key not in self._numbers:
            self._numbers[key] = len(self.proof.table)
            self.proof.table.append(p)
            terms = [[str(c), [list(pair) for pair in m]] for m, c in sorted(p.items())]
            self.certificate["polynomials"].append(terms)
        return self._numbers[key]

    def generator(self, *definition: Any) -> int:
        """The place of a generator."""
        if definition not in self.proof.places:
            self.proof.places[definition] = len(self.proof.generators)
            self.proof.generators.append(definition)
            self.certificate["generators"].append(list(definition))
        return self.proof.places[definition]

    def inverse(self, p: Polynomial) -> Polynomial:
        """One over a polynomial."""
        kind, inside, _ = Case(self.proof, ()).lone(p)
        if kind == "inverse":
            return self.proof.table[int(inside)]
        return generator(self.generator("inverse", self.polynomial(p)))


class Translation:
    """The lines of one case, carried out by the kernel's own rules as they are written."""

    def __init__(
        self, tables: Tables, statement: Statement, tower: Tower, forms: Mapping[int, Any], path: Path
    ) -> None:
        self._tables, self._statement, self._tower, self._forms = tables, statement, tower, forms
        self._case = Case(tables.proof, path)
        self._case.need(*statement.sides)
        self._lines: list[list[Any]] = []
        self._made: dict[int, Polynomial] = {}

    def _line(self, rule: str, *arguments: Any) -> None:
        self._lines.append([rule, *arguments])
        getattr(self._case, rule)(*arguments)

    def node(self) -> dict[str, Any]:
        """The lines so far, as a leaf of the tree."""
        return {"lines": self._lines}

    # forms as polynomials in the kernel's generators

    def polynomial(self, p: poly.Polynomial) -> Polynomial:
        """A polynomial of the engine's, without negative powers."""
        total = constant(0)
        for monomial, coefficient in p.items():
            term = constant(coefficient)
            for place, power in poly.powers(monomial):
                one = self._generator(place)
                term = term * (one**power if power > 0 else self._tables.inverse(one) ** -power)
            total = total + term
        return total

    def _form(self, form: Form, times: Fraction = Fraction(1)) -> Polynomial:
        product = self.polynomial(form.top) * constant(times / form.below)
        for number, power in form.factors.items():
            product = product * self._tables.inverse(self.polynomial(self._tower.factors[number])) ** power
        return product

    def _generator(self, place: int) -> Polynomial:
        if place not in self._made:
            self._made[place] = self._defined(self._tower.generators[place])
        return self._made[place]

    def _defined(self, one: Generator) -> Polynomial:
        tables = self._tables
        if one.kind in ("name", "pi"):
            return generator(tables.generator("name", one.name) if one.kind == "name" else tables.generator("pi"))
        if one.kind in ("log", "root"):
            inside = tables.polynomial(self.polynomial(self._tower.factors[one.factor]))
            log = tables.generator("ln", inside)
            return generator(log if one.kind == "log" else tables.generator("root", inside, one.parts))
        of = self._form(one.of, Fraction(1, one.parts))
        if one.kind == "exp":
            return generator(tables.generator("exp", tables.polynomial(of)))
        angle = self._angle(of * self._pi() if one.kind == "turn" else of)  # (-1)^e is cos(π e)
        return generator(tables.proof.places["sin" if one.kind == "sin" else "cos", angle])

    def _angle(self, inside: Polynomial) -> int:
        number = self._tables.polynomial(inside)
        self._tables.generator("sin", number)
        self._tables.generator("cos", number)
        return number

    def _pi(self) -> Polynomial:
        return generator(self._tables.generator("pi"))

    def _number(self, factor: int) -> int:
        """The kernel's number of a factor of the engine's."""
        return self._tables.polynomial(self.polynomial(self._tower.factors[factor]))
