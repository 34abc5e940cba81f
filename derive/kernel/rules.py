"""The rules by which a case of a proof is closed; docs/trust.md says why each holds."""

from collections.abc import Callable, Collection, Mapping, Sequence
from fractions import Fraction
from math import prod
from typing import Any

from derive.kernel.generators import Proof
from derive.kernel.polynomials import Polynomial, constant, generator, require
from derive.kernel.values import ANY, parts_of, signs_at

NOT_ZERO, NOT_NEGATIVE, NOT_POSITIVE = {-1, 1}, {0, 1}, {-1, 0}


class ClosedError(Exception):
    """The case cannot be: a polynomial would have no sign."""


class Case:
    """What is known where both sides have a value and polynomials the signs assumed: the signs that others may have."""

    def __init__(self, proof: Proof, assumed: Sequence[tuple[int, Collection[int]]]) -> None:
        self.proof, self.table, self.places, self.steps = proof, proof.table, proof.places, proof.certificate["steps"]
        self.known, self.bound, self.values = dict[Any, set[int]](), dict[int, Polynomial](), dict[int, Polynomial]()
        self.needed, self.taken = set[int](), dict[int, int]()
        for place in proof.certificate["positive"]:
            if self.steps[place][0] == "name" and ("name", self.steps[place][1]) in self.places:
                self.learn(generator(self.places["name", self.steps[place][1]]), {1})
        for i, signs in assumed:
            self.learn(self.table[i], signs)

    def signs(self, p: Polynomial) -> set[int]:
        """The signs that a polynomial may have, so far as is known."""
        kind, inside, _ = self.lone(p)
        opposite = self.known.get(frozenset((-p).items()), ANY)
        found = self.known.get(frozenset(p.items()), ANY) & {-sign for sign in opposite}
        if p.keys() <= {()}:
            found = found & ({(c > 0) - (c < 0) for c in p.values()} or {0})
        if kind in ("exp", "pi"):
            found = found & {1}
        elif kind in ("inverse", "root"):
            inner = self.signs(self.table[inside])
            found = found & (inner if kind == "inverse" else {abs(sign) for sign in inner})
        return found

    def learn(self, p: Polynomial, signs: Collection[int]) -> None:
        self.known[frozenset(p.items())] = found = self.signs(p) & set(signs)
        if not found:
            raise ClosedError

    def absolute(self, p: Polynomial) -> Polynomial:
        require(self.signs(p) <= NOT_NEGATIVE or self.signs(p) <= NOT_POSITIVE, "its sign is not known")
        return p if self.signs(p) <= NOT_NEGATIVE else -p

    def relation(self, place: int) -> tuple[int, Polynomial, int]:
        """(n, p, k): a generator to the n is p to the k; n is 0 where there is no such rule."""
        kind, inside, order = (*self.proof.generators[place], 0, 0)[:3]
        if place in self.bound:
            return 1, self.bound[place], 1
        if kind == "cos":
            return 2, constant(1) - generator(self.places["sin", inside]) ** 2, 1
        if kind == "inverse":
            require(0 not in self.signs(self.table[inside]), "it may divide by zero")
            return 1, self.table[inside], -1
        return (order, self.absolute(self.table[inside]), 1) if kind == "root" else (0, constant(0), 0)

    def vanishes(self, p: Polynomial) -> bool:
        """Whether a polynomial is zero by what its generators are."""
        for place in reversed(range(len(self.proof.generators))):
            order, base, sign = self.relation(place) if any(g == place for m in p for g, _ in m) else (0, p, 0)
            parts: dict[int, Polynomial] = {}
            for m, c in p.items() if order else ():
                times, left = divmod(dict(m).get(place, 0), order)
                rest = Polynomial({tuple(pair for pair in m if pair[0] != place): c})
                parts[times * sign] = parts.get(times * sign, constant(0)) + rest * generator(place) ** left
            lowest = min((0, *parts))
            p = sum((part * base ** (k - lowest) for k, part in parts.items()), constant(0)) if order else p
        return self.signs(p) == {0}

    # what the lines say: signs

    def product(self, i: int, coefficient: str, factors: Sequence[Any]) -> None:
        """The signs of a fraction times powers of polynomials."""
        p, signs = constant(coefficient), self.signs(constant(coefficient))
        for j, power in factors:
            p, signs = p * self.table[j] ** power, {a * b**power for a in signs for b in self.signs(self.table[j])}
        require(self.vanishes(self.table[i] - p), "not this product")
        self.learn(self.table[i], signs)

    def sum(self, i: int, terms: Sequence[Any]) -> None:
        """The signs of a sum of multiples of polynomials."""
        total = sum((self.table[j] * constant(c) for c, j in terms), constant(0))
        require(self.vanishes(self.table[i] - total), "not this sum")
        parts = [{s * t for s in self.signs(constant(c)) for t in self.signs(self.table[j])} for c, j in terms]
        signs = {0}.union(*parts) - ({0} if any(part <= NOT_ZERO for part in parts) else set())
        self.learn(self.table[i], ANY if {-1, 1} <= signs else signs)

    def interval(self, i: int) -> None:
        """The sign of a constant."""
        self.learn(self.table[i], signs_at(self.proof.at(self.table[i])))

    def growth(self, i: int, j: int) -> None:
        """Of u = exp(l): u is positive, u - 1 has the sign of l, and l that of u - 1."""
        p, u, log = self.table[i], self.absolute(self.table[j]), self.ln(j)
        above = u - constant(1)
        self.learn(p, {1} if p == u else self.signs(log) if p == above else self.signs(above) if p == log else ANY)

    def bind(self, place: int, i: int) -> None:
        """What a generator is, where its difference from a polynomial is zero."""
        require(self.signs(generator(place) - self.table[i]) == {0}, "not known to be equal")
        self.bound[place] = self.table[i]

    def root(self, place: int, i: int) -> None:
        """A root is what is not negative and has the power."""
        kind, inside, order = (*self.proof.generators[place], 0, 0)[:3]
        power = self.table[i] ** order - self.absolute(self.table[inside])
        require(kind == "root" and self.signs(self.table[i]) <= NOT_NEGATIVE and self.vanishes(power), "not the root")
        self.bound[place] = self.table[i]

    # what the lines say: steps

    def same(self, place: int, i: int) -> None:
        """A step's polynomial, written otherwise."""
        require(self.vanishes(self.values[place] - self.table[i]), "not the same")
        self.values[place] = self.table[i]

    def need(self, *places: int) -> None:
        """Both sides need these steps, and so all that they use; of a choice, until it is taken, what it chooses by."""
        self.needed.update(places)
        for place in range(max(self.needed), -1, -1):
            self.needed.update(self.uses(place) if place in self.needed else ())

    def uses(self, place: int) -> Sequence[int]:
        return self.steps[place][1:2] if self.steps[place][0] == "choose" else parts_of(self.steps[place])

    def take(self, place: int) -> None:
        """The branch of a choice, by the sign of what it chooses by."""
        kind, test, *branches = self.steps[place]
        found = {branches[1 + sign] for sign in self.signs(self.values[test])}
        require(kind == "choose" and place in self.needed and len(found) == 1, "not known which branch is taken")
        self.taken[place] = min(found)
        self.need(*found)

    def step(self, place: int, *hints: Any) -> None:
        """A step's polynomial."""
        kind, *rest = self.steps[place]
        require(place in self.needed, "not a step that is used")
        parts = [self.taken[place]] if kind == "choose" else self.uses(place)
        self.values[place] = RULES[kind](self, *([self.values[part] for part in parts] or rest), *hints)

    def inverse(self, j: int) -> Polynomial:
        """1/p of a p that is not zero."""
        kind, inside, _ = self.lone(self.table[j])
        return self.table[inside] if kind == "inverse" else generator(self.places["inverse", j])

    def lone(self, p: Polynomial) -> tuple[Any, ...]:
        """The definition of the generator that a polynomial is; ("", 0, 0) of any other."""
        place = next((g for m in p for g, _ in m), 0)
        return (*self.proof.generators[place], 0, 0)[:3] if p == generator(place) else ("", 0, 0)

    def ln(self, j: int) -> Polynomial:
        """The logarithm of |p|, of a p that is not zero: of exp(a) it is a, of a root a part of another's."""
        require(0 not in self.signs(self.table[j]), "it may be zero")
        kind, inside, order = self.lone(self.table[j])
        if kind == "root":
            return self.ln(inside) * constant(Fraction(1, order))
        return self.table[inside] if kind == "exp" else generator(self.places["ln", j])

    def log_of(self, base: Polynomial, factors: Sequence[Any]) -> Polynomial:
        """log of a product of powers of absolute values: the sum of multiples of logarithms."""
        over = prod((self.absolute(self.table[j]) ** k for j, k in factors if k > 0), start=constant(1))
        under = prod((self.absolute(self.table[j]) ** -k for j, k in factors if k < 0), start=constant(1))
        require(self.vanishes(base * under - over), "not this product")
        return sum((self.ln(j) * constant(k) for j, k in factors), constant(0))

    def log(self, base: Polynomial, factors: Sequence[Any]) -> Polynomial:
        self.learn(base, {1})
        return self.log_of(base, factors)

    def exp(self, exponent: Polynomial, powers: Sequence[Any]) -> Polynomial:
        """exp of a sum of multiples of logarithms: the product of powers of absolute values."""
        total = sum((self.ln(j) * constant(k) for j, k in powers), constant(0))
        require(self.vanishes(exponent - total), "not this sum of logarithms")
        values = [self.absolute(self.table[j] if k > 0 else self.inverse(j)) for j, k in powers]
        return prod((p ** abs(k) for p, (_, k) in zip(values, powers, strict=True)), start=constant(1))

    def power(self, base: Polynomial, exponent: Polynomial, *hints: Any) -> Polynomial:
        """A whole power; of a positive base exp(e * log b); of a negative one, that and (-1)^e, which is cos(π e)."""
        whole = exponent.get((), Fraction(0)) if exponent.keys() <= {()} else Fraction(1, 2)
        if whole.denominator == 1 and whole >= 0:
            return base ** int(whole)
        if whole.denominator == 1:
            return self.reciprocal(base, *hints) ** -int(whole)
        if self.signs(base) == {0}:
            self.learn(exponent, NOT_NEGATIVE)
            require(self.signs(exponent) in ({0}, {1}), "its sign is not known")
            return constant(self.signs(exponent) == {0})
        require(len(self.signs(base)) == 1, "its sign is not known")
        if exponent.keys() <= {()}:
            self.learn(base, {1})
        power = self.exp(exponent * self.log_of(self.absolute(base), hints[0]), hints[1])
        if self.signs(base) == {1}:
            return power
        cosine, sine = self.circle(exponent * generator(self.places["pi",]), hints[2])
        self.learn(sine, {0})
        return power * cosine

    def reciprocal(self, base: Polynomial, coefficient: str, factors: Sequence[Any]) -> Polynomial:
        """1 over a product of powers, none of which is zero."""
        self.learn(base, NOT_ZERO)
        below = prod((self.table[j] ** k for j, k in factors), start=constant(coefficient))
        require(self.vanishes(base - below), "not this product")
        for j, _ in factors:
            self.learn(self.table[j], NOT_ZERO)
        return prod((self.inverse(j) ** k for j, k in factors), start=constant(1 / Fraction(coefficient)))

    def circle(self, angle: Polynomial, turns: Sequence[Any]) -> tuple[Polynomial, Polynomial]:
        """(cos, sin) of a sum of multiples of angles."""
        c, s, total = constant(1), constant(0), constant(0)
        for j, times in turns:
            cosine, sine, period = self.unit(j)
            for _ in range(abs(times) % period):
                turned = sine * constant(1 if times > 0 else -1)
                c, s = c * cosine - s * turned, s * cosine + c * turned
            total += self.table[j] * constant(times)
        require(self.vanishes(angle - total), "not this sum of angles")
        return c, s

    def unit(self, j: int) -> tuple[Polynomial, Polynomial, int]:
        """(cos, sin) of an angle: those of π/12 are (√6 ± √2)/4; and after how many they begin anew, at most."""
        if self.table[j] * constant(12) == generator(self.places.get(("pi",), -1)):
            two, three = (generator(self.places["root", self.table.index(constant(n)), 2]) for n in (2, 3))
            return (two * three + two) * constant(Fraction(1, 4)), (two * three - two) * constant(Fraction(1, 4)), 24
        return generator(self.places["cos", j]), generator(self.places["sin", j]), 1_000_000

    def largest(self, a: Polynomial, b: Polynomial) -> Polynomial:
        """The larger of two: half of a + b + |a - b|."""
        return (a + b + self.absolute(a - b)) * constant(Fraction(1, 2))

    def run(self, node: Mapping[str, Any]) -> None:
        """Both sides come to one polynomial, or the lines close the case."""
        self.need(*self.proof.certificate["sides"])
        for line, *rest in node["lines"]:
            require(line in LINES, "no such line")
            getattr(self, line)(*rest)
        left, right = (self.values[side] for side in self.proof.certificate["sides"])
        require(self.vanishes(left - right), "the sides come to different polynomials")


LINES = {"product", "sum", "interval", "growth", "bind", "root", "same", "take", "step"}
RULES: dict[str, Callable[..., Polynomial]] = {
    "number": lambda case, value: constant(value), "name": lambda case, name: generator(case.places["name", name]),
    "add": lambda case, *parts: sum(parts, constant(0)), "mul": lambda case, *parts: prod(parts, start=constant(1)),
    "pi": lambda case: generator(case.places["pi",]), "exp": Case.exp, "log": Case.log, "power": Case.power,
    "cos": lambda case, *rest: case.circle(*rest)[0], "sin": lambda case, *rest: case.circle(*rest)[1],
    "max": Case.largest, "choose": lambda case, branch: branch,
}  # fmt: skip


def cover(proof: Proof, node: Mapping[str, Any], assumed: Sequence[tuple[int, Collection[int]]]) -> None:
    """Every case is closed; where one is split, no sign is left out."""
    try:
        case = Case(proof, assumed)
        if "split" not in node:
            case.run(node)
            return
        signs = case.signs(proof.table[node["split"]])
        require(signs <= {sign for some, _ in node["cases"] for sign in some}, "a case is left out")
    except ClosedError:
        return
    for signs, smaller in node["cases"]:
        cover(proof, smaller, [*assumed, (node["split"], signs)])
