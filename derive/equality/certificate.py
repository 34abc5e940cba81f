"""The certificate of a proof: the normal forms' steps, told to the kernel line by line, so that it can replay them."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from derive.equality import polynomials as poly
from derive.equality.cases import Subject, evaluate, with_sign
from derive.equality.constants import Generator
from derive.equality.factors import divides, quotient
from derive.equality.forms import Form
from derive.equality.guards import OutOfReachError
from derive.equality.program import Program
from derive.equality.regions import refutation
from derive.equality.signs import Case as Assumed
from derive.equality.signs import SignNeededError
from derive.equality.statement import Statement
from derive.equality.tower import FinerBasisError, Tower
from derive.kernel.polynomials import Polynomial, constant, generator
from derive.kernel.rules import Case, ClosedError, Proof

_SIGNS = {-2: [-1, 0], -1: [-1], 0: [0], 1: [1], 2: [0, 1]}
_MOST_RESTARTS = 40
Path = list[tuple[int, list[int]]]


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
        return self.proof.table[inside] if kind == "inverse" else generator(self.generator("inverse", self.polynomial(p)))


def proof_of(
    program: Program, left: int, right: int, atoms: Collection[str], positive: Collection[str]
) -> dict[str, Any]:
    """The statement and the tree of cases of two steps that were proved to be equal with these names as atoms.

    ClosedError, RejectedError or OutOfReachError where the kernel does not follow, which is a fault of ours.
    """
    statement = Statement(program, left, right, atoms)
    if left == right:
        return {"steps": statement.steps, "sides": statement.sides, "positive": []}
    assumed = sorted(statement.names[name] for name in positive if name in statement.names)
    subject = Subject(program, left, right, atoms, positive)
    finer: dict[object, int] = {}
    for _ in range(_MOST_RESTARTS):
        tables = Tables(statement, assumed)
        try:
            tree = _Tree(tables, statement, subject).node(Assumed({}, {}, finer), [])
            return {**tables.certificate, "cases": tree}
        except FinerBasisError as fault:
            finer[fault.entry] = finer.get(fault.entry, 1) * fault.times
    raise OutOfReachError("exponents in too many fractions of each other")


class _Tree:
    """The cases of one proof."""

    def __init__(self, tables: Tables, statement: Statement, subject: Subject) -> None:
        self._tables, self._statement, self._subject = tables, statement, subject

    def node(self, case: Assumed, path: Path) -> dict[str, Any]:
        """A case: split where a sign is needed, else closed."""
        subject = self._subject
        tower = Tower(subject.names, subject.positive, case, subject.work)
        forms: dict[int, Any] = {}
        try:
            whole = evaluate(tower, subject, (subject.left, subject.right), found=forms) is not None
        except SignNeededError as need:
            return self._split(tower, case, path, need)
        return self._closed(tower, forms, path, whole)

    def _closed(self, tower: Tower, forms: Mapping[int, Any], path: Path, whole: bool) -> dict[str, Any]:
        leaf = _Leaf(self._tables, self._statement, tower, forms, path)
        name = leaf.bind()
        if name is None:
            return leaf.close(whole)
        on = self._tables.polynomial(name)  # zero, since a sum of what is never negative is
        cases: list[Any] = []
        for sign in (1, -1):
            cases.append([[sign], _Leaf(self._tables, self._statement, tower, {}, [*path, (on, [sign])]).never(path)])
        return {"split": on, "cases": [*cases, [[0], self._closed(tower, forms, [*path, (on, [0])], whole)]]}

    def _split(self, tower: Tower, case: Assumed, path: Path, need: SignNeededError) -> dict[str, Any]:
        leaf = _Leaf(self._tables, self._statement, tower, {}, path)
        on = self._tables.polynomial(leaf.polynomial(need.factor))
        cases = []
        for choice in need.choices:
            smaller = with_sign(tower, case, need.factor, choice)
            longer = [*path, (on, _SIGNS[choice])]
            if smaller is not None:
                cases.append([_SIGNS[choice], self.node(smaller, longer)])
            else:
                signs = {**case.signs, frozenset(need.factor.items()): choice}
                cases.append([_SIGNS[choice], _Leaf(self._tables, self._statement, tower, {}, longer).impossible(signs)])
        used = {place for monomial in need.factor for place, _ in poly.powers(monomial)}
        left_out = {-1, 0, 1}.difference(*(signs for signs, _ in cases))
        if left_out & set(Case(self._tables.proof, path).signs(self._tables.proof.table[on])):
            last = [*path, (on, sorted(left_out))]
            cases.append([sorted(left_out), _Leaf(self._tables, self._statement, tower, {}, last).never(last[-1:], used)])
        return {"split": on, "cases": cases}


class _Leaf:
    """One case: the lines that close it, carried out by the kernel's own rules as they are written."""

    def __init__(self, tables: Tables, statement: Statement, tower: Tower, forms: Mapping[int, Any], path: Path) -> None:
        self._tables, self._statement, self._tower, self._forms = tables, statement, tower, forms
        self._case = Case(tables.proof, path)
        self._case.taken, self._case.needed = {}, set(range(len(statement.steps)))
        self._lines: list[list[Any]] = []
        self._made: dict[int, Polynomial] = {}

    def _line(self, rule: str, *arguments: Any) -> None:
        self._lines.append([rule, *arguments])
        getattr(self._case, rule)(*arguments)

    def _node(self) -> dict[str, Any]:
        return {"taken": dict(self._case.taken), "lines": self._lines}

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
            tables.generator("ln", inside)
            return generator(tables.generator("ln", inside) if one.kind == "log" else tables.generator("root", inside, one.parts))
        inside = self._form(one.of, Fraction(1, one.parts))
        if one.kind == "turn":
            inside = inside * self._pi()
        if one.kind == "exp":
            return generator(tables.generator("exp", tables.polynomial(inside)))
        self._angle(inside)
        return generator(tables.proof.places["sin" if one.kind == "sin" else "cos", tables.polynomial(inside)])

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

    # signs

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
        if len(case.signs(p)) > 1 and all(tower.generators[g].kind != "name" for m in factor for g, _ in poly.powers(m)):
            self._by_interval(number)

    def _by_interval(self, number: int) -> None:
        if self._tables.proof.at(self._tables.proof.table[number]) is not None:
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
        coefficient, factors = self._factorization(form)
        for factor, _ in factors:
            self._sign(self._tower.factors[factor])
        self._line("product", number, str(coefficient * times), self._powers(factors))

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
        for name in reversed(self._tower.case.bound):
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
            return self._node()
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
            return self._node()
        raise OutOfReachError("a case that cannot be is not closed")

    # the steps

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
        return self._node()

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
        if kind == "choose" and rest[0] in self._case.values and str(place) not in self._case.taken:
            self._form_sign(self._forms[self._statement.origin[place]], self._case.values[rest[0]])
            branches = {rest[2 + sign] for sign in self._case.signs(self._case.values[rest[0]])}
            if len(branches) > 1:
                raise OutOfReachError("the kernel does not know a sign")
            self._case.taken[str(place)] = branches.pop()
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
            return _HINTS[kind](self, [self._case.values[part] for part in rest], forms or [Form({0: 1})])
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
                    number = self._tables.polynomial(generator(self._tables.generator("root", number, parts)))
                power = times * parts
            else:
                number, power = self._tables.polynomial(self._generator(place)), times * one.parts
            if power < 0:
                self._tables.inverse(self._tables.proof.table[number])
            found.append([number, int(power)])
        return found

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
                    rest = Form(quotient(factor, zero))
                    self._line("product", number(self.polynomial(factor)), "1", [[whole, 1], [number(self._form(rest)), 1]])

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
    "exp": _Leaf._exp, "log": _Leaf._log, "sin": _Leaf._circle, "cos": _Leaf._circle, "power": _Leaf._power,
}  # fmt: skip
