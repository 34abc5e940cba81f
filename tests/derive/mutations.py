"""Hand gradients with one thing wrong: every single edit of a token or a factor, as people make them."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

import mpmath
import sympy as sp

from derive.errors import DeriveError
from derive.formulas import read_formula
from derive.formulas.expression.tokens import tokens_of
from derive.formulas.tokens import Token
from derive.gradients.chain import derive_gradients
from derive.names import symbol
from derive.network import Network
from derive.text import as_text
from derive.walkthrough import Walkthrough
from tests.derive.numeric import DIGITS, same, value_at

OPERATORS = {"PLUS": "+", "MINUS": "-", "TIMES": "*", "OVER": "/"}
POINTS = 3


@dataclass(frozen=True)
class Mutant:
    """A gradient's right form and one with a single edit, both in node names."""

    parameter: str
    edit: str
    text: str
    right: sp.Expr
    wrong: sp.Expr


def mutants(walkthrough: Walkthrough, every: int = 1) -> Iterator[Mutant]:
    """Every edit of every hand gradient that still reads as a formula, or a sample: one of `every`."""
    names = walkthrough.names
    turn = 0
    for parameter, derivation in derive_gradients(walkthrough.network).items():
        right = derivation.value
        text = as_text(right)
        seen = {text}
        for edit, edited in _edits(text, sorted(walkthrough.network.names), tokens_of(text, names)):
            if edited in seen:
                continue
            seen.add(edited)
            turn += 1
            if turn % every:
                continue
            try:
                wrong = read_formula(edited, names)
            except DeriveError:
                continue
            yield Mutant(parameter, edit, edited, right, wrong)
        for edit, wrong in islice(_factors(right), 0, None, every):
            yield Mutant(parameter, edit, as_text(wrong), right, wrong)


def _edits(text: str, names: list[str], pieces: list[Token]) -> Iterator[tuple[str, str]]:
    def put(piece: Token, new: str) -> str:
        return text[: piece.start] + new + text[piece.end :]

    for piece in pieces:
        here = text[piece.start : piece.end]
        if piece.kind == "NAME":
            yield from (("name", put(piece, name)) for name in names if name != here)
            yield "sign", put(piece, f"(-{here})")
            yield "square", put(piece, f"{here}^2")
        elif piece.kind == "NUMBER":
            yield from (("constant", put(piece, new)) for new in (f"({here}+1)", f"(2*{here})", "0", "0.5", "-1"))
        elif piece.kind in OPERATORS:
            yield from (("operator", put(piece, sign)) for sign in OPERATORS.values() if sign != here)
            yield "operator", put(piece, "")
        elif piece.kind in ("OPEN", "CLOSE"):
            for other in pieces:
                if other.kind not in ("OPEN", "CLOSE"):
                    yield "bracket", _moved(text, piece, other)


def _moved(text: str, bracket: Token, other: Token) -> str:
    """The text with a bracket taken away and put before or behind another token; all brackets are round."""
    plain = text.translate(str.maketrans("[]{}", "()()"))
    sign = plain[bracket.start]
    place = other.start if sign == "(" else other.end
    without = [(place, sign)]
    left = plain[: bracket.start] + " " + plain[bracket.end :]
    for at, new in without:
        left = left[:at] + new + left[at:]
    return left


def _factors(expression: sp.Expr) -> Iterator[tuple[str, sp.Expr]]:
    """A factor dropped or doubled, anywhere in the tree."""
    for place, part in enumerate(expression.args):
        if expression.is_Mul:
            rest = (*expression.args[:place], *expression.args[place + 1 :])
            yield "dropped", sp.Mul(*rest, evaluate=False) if len(rest) > 1 else rest[0]
            yield "doubled", sp.Mul(*expression.args, part, evaluate=False)
        for edit, changed in _factors(part):
            args = (*expression.args[:place], changed, *expression.args[place + 1 :])
            try:
                yield edit, expression.func(*args, evaluate=False)
            except TypeError:
                yield edit, expression.func(*args)


class Truth:
    """Whether two expressions in a network's names are equal, at points of general position for its leaves."""

    def __init__(self, network: Network) -> None:
        self._points = []
        with mpmath.workdps(DIGITS):
            for turn in range(POINTS):
                point = {
                    name: mpmath.frac(mpmath.sqrt(2 + 3 * place + 7 * turn) * mpmath.pi) + mpmath.mpf(1) / 5
                    for place, name in enumerate(network.leaves)
                }
                for node in network.nodes:
                    point[node.name] = value_at(node.expression, point)
                self._points.append(point)

    def holds(self, left: sp.Expr, right: sp.Expr) -> bool:
        """Whether the two agree at every point."""
        with mpmath.workdps(DIGITS):
            return all(same(value_at(left, point), value_at(right, point)) for point in self._points)


def expanded(expression: sp.Expr, network: Network) -> sp.Expr:
    """An expression with every definition put in, down to the leaves."""
    for name, body in reversed(network.definitions.items()):
        expression = expression.xreplace({symbol(name): body})
    return expression


