"""Random expressions beside rewritings and single edits of them: each verdict against ninety digits, and replayed."""

import json
import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import mpmath
import sympy as sp

from derive import kernel
from derive.certificates import certified
from derive.equality import Proved, Refuted, Undecided
from derive.kernel import RejectedError
from derive.names import symbol
from derive.rules import Relu, Sigmoid, Softplus, Tanh
from tests.derive.numeric import Nowhere, same, value_at

NAMES = [symbol(name) for name in "xyz"]
NUMBERS = [sp.Rational(*pair) for pair in ((1, 2), (-1, 3), (2, 1), (-3, 1), (5, 1), (1, 10), (3, 1), (-1, 1))]
POINTS = [Fraction(*pair) for pair in ((0, 1), (1, 1), (-1, 1), (2, 1), (1, 2), (-1, 2), (-7, 3), (13, 10), (5, 1))]
FUNCTIONS: list[Callable[[sp.Expr], sp.Expr]] = [
    sp.exp, sp.log, sp.sqrt, Sigmoid, Tanh, sp.Abs, Relu, Softplus, lambda e: 1 / e, lambda e: sp.Max(e, 0),
    lambda e: e ** sp.Rational(1, 3),
]  # fmt: skip
KNOWN = {
    "Add", "Mul", "Pow", "exp", "log", "Abs", "Max", "Min", "sign", "tanh", "Sigmoid", "Tanh", "Relu", "Softplus",
    "Symbol", "Integer", "Rational", "Half", "One", "NegativeOne", "Zero", "Exp1",
}  # fmt: skip
DIGITS = 90
MORE_DIGITS = 600  # tanh(125) and its third root differ in the hundred and ninth
TRIES = 12


def grown(random_: random.Random, depth: int) -> sp.Expr:
    """A random expression of functions, sums, products and powers."""
    if depth == 0 or random_.random() < 0.15:
        return random_.choice([*NAMES, *NAMES, *NUMBERS])
    kind = random_.randrange(5)
    if kind < 2:
        operation = (sp.Add, sp.Mul)[kind]
        return operation(grown(random_, depth - 1), grown(random_, depth - 1))
    if kind == 2:
        return grown(random_, depth - 1) ** random_.choice([2, 3, -1])
    return random_.choice(FUNCTIONS)(grown(random_, depth - 1))


REWRITINGS: dict[str, Callable[[sp.Expr], sp.Expr]] = {
    "expanded": sp.expand,
    "factored": sp.factor,
    "together": sp.together,
    "over one line": lambda e: sp.cancel(sp.together(e)),
    "sigmoid as exp": lambda e: e.replace(Sigmoid, lambda a: sp.exp(a) / (1 + sp.exp(a))),
    "tanh as sigmoid": lambda e: e.replace(Tanh, lambda a: 2 * Sigmoid(2 * a) - 1),
    "relu as abs": lambda e: e.replace(Relu, lambda a: (a + sp.Abs(a)) / 2),
    "abs as root": lambda e: e.replace(sp.Abs, lambda a: sp.sqrt(a**2)),
    "softplus turned": lambda e: e.replace(Softplus, lambda a: a + Softplus(-a)),
    "log of a product": lambda e: e.replace(sp.log, lambda a: sp.log(a * sp.exp(1)) - 1),
    "times one": lambda e: e * (1 + sp.exp(NAMES[0])) / (1 + sp.exp(NAMES[0])),
}


def rewritten(random_: random.Random, expression: sp.Expr) -> tuple[str, sp.Expr]:
    """The expression written otherwise, equal wherever both are defined."""
    name = random_.choice(sorted(REWRITINGS))
    return name, REWRITINGS[name](expression)


def edited(random_: random.Random, expression: sp.Expr) -> tuple[str, sp.Expr]:
    """The expression with one leaf or one function exchanged."""
    nodes = [node for node in sp.preorder_traversal(expression) if node.args or node.is_Symbol or node.is_Number]
    node = random_.choice(nodes)
    other = random_.choice([*NAMES, *NUMBERS]) if not node.args else random_.choice(FUNCTIONS)(node)
    return "edited", expression.xreplace({node: other})


@dataclass
class Tally:
    """What came out of many cases."""

    cases: int = 0
    proved: int = 0
    refuted: int = 0
    undecided: list[str] = field(default_factory=list)
    nowhere: list[str] = field(default_factory=list)
    mistakes: list[str] = field(default_factory=list)
    unreplayed: list[str] = field(default_factory=list)
    slowest: tuple[float, str] = (0.0, "")
    replay: list[float] = field(default_factory=list)

    def replayed(self, case: str, certificate: Any, word: str, by: Callable[[Any], str] = kernel.replay) -> None:
        """A certificate, replayed as a stranger reads it: what it shows is the verdict."""
        began = time.perf_counter()
        try:
            assert by(json.loads(json.dumps(certificate))) == word
        except (RejectedError, AssertionError) as fault:
            self.unreplayed.append(f"{case}: {fault}")
        self.replay.append(time.perf_counter() - began)

    def add(self, other: "Tally") -> None:
        """Count another's with one's own."""
        self.cases, self.proved, self.refuted = (
            self.cases + other.cases, self.proved + other.proved, self.refuted + other.refuted
        )  # fmt: skip
        for name in ("undecided", "nowhere", "mistakes", "unreplayed", "replay"):
            getattr(self, name).extend(getattr(other, name))
        self.slowest = max(self.slowest, other.slowest)


def pairs(seed: int, count: int) -> Iterator[tuple[str, sp.Expr, sp.Expr]]:
    """So many pairs of a seed: half of them rewritten, half edited."""
    random_ = random.Random(seed)
    while count:
        try:
            expression = grown(random_, random_.choice([2, 3, 3, 4]))
            if not is_small(expression):
                continue
            how, other = (rewritten, edited)[count % 2](random_, expression)
        except (sp.PolynomialError, TypeError, ValueError, RuntimeError, AttributeError, LookupError):
            continue
        if all(is_small(side) for side in (expression, other)):
            count -= 1
            yield how, expression, other


def is_small(expression: sp.Expr) -> bool:
    """Whether it is a real expression of a size that people write."""
    kinds = {type(node).__name__ for node in sp.preorder_traversal(expression)}
    return len(kinds) < 30 and expression.count_ops() < 40 and kinds <= KNOWN


def tally(seed: int, count: int) -> Tally:
    """The verdicts on the pairs of a seed, held against values and replayed."""
    found = Tally()
    for how, left, right in pairs(seed, count):
        case = f"seed {seed}: {how}: {left} | {right}"
        found.cases += 1
        began = time.perf_counter()
        try:
            verdict, certificate = certified(left, right)
        except Exception as fault:
            found.unreplayed.append(f"{case}: {type(fault).__name__}: {fault}")
            continue
        found.slowest = max(found.slowest, (time.perf_counter() - began, case))
        if isinstance(verdict, Undecided):
            somewhere = is_defined_somewhere(left, right, random.Random(seed))
            (found.undecided if somewhere else found.nowhere).append(f"{case}: {verdict.reason}")
            continue
        found.proved += isinstance(verdict, Proved)
        found.refuted += isinstance(verdict, Refuted)
        found.replayed(case, certificate, type(verdict).__name__.lower())
        if contradicted(verdict, left, right, random.Random(seed)):
            found.mistakes.append(f"{case}: {verdict}")
    return found


def contradicted(verdict: Proved | Refuted, left: sp.Expr, right: sp.Expr, random_: random.Random) -> bool:
    """Whether ninety digits contradict a verdict, at its witness or at random points."""
    with mpmath.workdps(DIGITS if isinstance(verdict, Proved) else MORE_DIGITS):
        if isinstance(verdict, Refuted):
            point = {name: mpmath.mpf(value.numerator) / value.denominator for name, value in verdict.witness}
            try:
                return bool(value_at(left, point) == value_at(right, point))
            except (Nowhere, ZeroDivisionError, OverflowError):
                return True
        for _ in range(TRIES):
            chosen = [random_.choice(POINTS) for _ in NAMES]
            exact = (mpmath.mpf(value.numerator) / value.denominator for value in chosen)
            point = dict(zip("xyz", exact, strict=True))
            try:
                if not same(value_at(left, point), value_at(right, point)):
                    return True
            except (Nowhere, ZeroDivisionError, OverflowError):
                continue
    return False


def is_defined_somewhere(left: sp.Expr, right: sp.Expr, random_: random.Random) -> bool:
    """Whether both sides have a real value at one of many random points."""
    with mpmath.workdps(DIGITS):
        for _ in range(20 * TRIES):
            point = {name: mpmath.mpf(random_.choice(POINTS).numerator) / random_.choice([1, 2, 3]) for name in "xyz"}
            try:
                value_at(left, point), value_at(right, point)
            except (Nowhere, ZeroDivisionError, OverflowError):
                continue
            return True
    return False
