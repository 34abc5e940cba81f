"""Tokens of one formula to the tree of what is written; nothing is guessed.

sum       = [sign] product { sign product }
product   = quotient { [* or /] quotient }       2(t1 - a), w1i1; behind * and / a sign may stand
quotient  = power [/∂ name]  or  ∂/∂name power { power }
power     = atom [^ exponent]
atom      = number, name, (sum), |sum|, function argument, ∂power
"""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from derive.errors import DeriveError
from derive.formulas.cursor import Cursor, leaf
from derive.formulas.elaboration import Names, elaborated
from derive.formulas.expression.tokens import DEEPEST
from derive.formulas.syntax import Node
from derive.formulas.tokens import Token

_OPERANDS = frozenset(("NUMBER", "NAME", "CONSTANT"))
_SIGNS = frozenset(("PLUS", "MINUS"))


def parsed(tokens: Sequence[Token], text: str, *, free: bool = False) -> Node:
    """The tree of a formula's tokens; DeriveError shows the column and what stands there.

    Where names are `free`, nothing tells how far a stroke, a power or a function without brackets reaches, so there a
    formula that leaves it open is refused.
    """
    parser = _Parser(tokens, text, free)
    tree = parser.sum()
    if parser.kind():
        raise parser.fault()
    return tree


class _Parser(Cursor):
    """One pass over the tokens; `bars` counts the | that are open within the innermost bracket."""

    def __init__(self, tokens: Sequence[Token], text: str, free: bool) -> None:
        super().__init__(tokens, text)
        self.free = free
        self.depth = 0
        self.bars = 0

    def fault(self) -> DeriveError:
        """What is to be told of the token here."""
        if not self.kind():
            return DeriveError(f"column {len(self.text) + 1}", f"the formula ends too early: {self.text.strip()}")
        token = self.peek()
        right = "write a decimal point, 0.05 for 0,05" if token.kind == "COMMA" else ""
        return DeriveError(
            f"column {token.start + 1}", f'"{token.value}" does not fit here: {self.text.strip()}', right
        )

    def doubtful(self, start: int, right: str) -> DeriveError:
        """What is to be told where what stands from `start` to the token here can be read in two ways."""
        found = self.text[start : self.peek().end]
        return DeriveError(f"column {start + 1}", f'"{found}" can be read in two ways', right)

    def sum(self) -> Node:
        terms = [self.signed(self.product)]
        while self.kind() in _SIGNS:
            terms.append(self.signed(self.product))
        return terms[0] if len(terms) == 1 else self.node("sum", terms[0].start, *terms)

    def signed(self, inner: Callable[[], Node]) -> Node:
        """A term or a factor behind its signs: 0.055 + -0.019, a*-1."""
        start, minus = self.start, False
        while self.kind() in _SIGNS:
            minus ^= self.take().kind == "MINUS"
        read = inner()
        return self.node("negative", start, read) if minus else read

    def product(self) -> Node:
        factors = [self.quotient()]
        while True:
            start = self.place
            if self.kind() == "TIMES":
                self.take()
                factors.append(self.signed(self.quotient))
            elif self.kind() == "OVER":
                stroke = self.take()
                below = self.signed(self.quotient)
                factors.append(self.node("inverse", stroke.start, below))
                self._check_below(stroke, start + 1)
            elif self._starts():
                self._check_number()
                factors.append(self.quotient())
            else:
                return factors[0] if len(factors) == 1 else self.node("product", factors[0].start, *factors)

    def _starts(self) -> bool:
        """Whether a factor begins here without a sign before it."""
        return self.kind() in _ATOMS and not (self.kind() == "BAR" and self.bars)

    def _check_number(self) -> None:
        """A number behind a bracket is a lost exponent, one behind a number nobody can read."""
        if self.kind() != "NUMBER":
            return
        token, before = self.peek(), self.peek(-1)
        if before.kind == "NUMBER":
            raise self.doubtful(before.start, "write * between two numbers, or one number")
        if before.kind == "CLOSE" and before.end == token.start:
            found = f'"{before.value}" is followed by "{token.value}": {self.text.strip()}'
            raise DeriveError(f"column {token.start + 1}", found, "a lost exponent? write ^2 or ²")

    def _check_below(self, stroke: Token, start: int) -> None:
        """a/bc, 1/2x, 1/2(x + 1): what stands below? 1/8 e^x with a blank is plain."""
        plain = self.tokens[start].kind in _OPERANDS and self._starts() and self.kind() not in ("FUNCTION", "PARTIAL")
        apart = self.tokens[start].kind == "NUMBER" and self.place < len(self.tokens) and self._is_apart()
        if self.free and plain and not apart:
            raise self.doubtful(stroke.start, "put what stands below in brackets")

    def _is_apart(self) -> bool:
        return self.end < self.peek().start

    def quotient(self) -> Node:
        """A power, or a derivative: ∂E/∂w5, (∂E1 + ∂E2)/∂w5, ∂/∂w5 (t1 - a)²."""
        start = self.start
        if self.kinds("PARTIAL", "OVER", "PARTIAL"):
            self.take()
            by = self._by()
            factors = [self.power()]
            while self._starts():
                factors.append(self.power())
            of = factors[0] if len(factors) == 1 else self.node("product", factors[0].start, *factors)
            return self.node("partial", start, of, by)
        above = self.power()
        if not (self.kinds("OVER", "PARTIAL") or self.kinds("OVER", "OPEN", "PARTIAL", "NAME", "CLOSE")):
            return above
        by = self._by()
        return self.node("partial", start, self._differentiated(above), by)

    def _by(self) -> Node:
        """What stands below the stroke of a derivative: /∂w5, /(∂w5), /∂(w5)."""
        self.take("OVER")
        brackets = 0
        while self.kind() in ("OPEN", "PARTIAL"):
            brackets += self.take().kind == "OPEN"
        name = self.take("NAME")
        for _ in range(brackets):
            self.take("CLOSE")
        return leaf("name", name)

    def _differentiated(self, above: Node) -> Node:
        """What the differentials above a stroke differentiate: ∂E1 + ∂E2 is ∂(E1 + E2), ∂h1 u11 is ∂(h1 u11)."""
        if above.kind == "differential":
            return above.parts[0]
        if above.kind in ("group", "negative", "sum"):
            return Node(above.kind, tuple(map(self._differentiated, above.parts)), above.value, above.start, above.end)
        if above.kind == "product" and not any(part.has("differential") for part in above.parts[1:]):
            first = self._differentiated(above.parts[0])
            return Node("product", (first, *above.parts[1:]), "", above.start, above.end)
        raise DeriveError(
            f"column {above.start + 1}", f"a ∂ is missing above /∂: {self.text[above.start : above.end]}", "write ∂E/∂w"
        )

    def power(self) -> Node:
        base = self.atom()
        return self._raised(base) if self.kind() in ("POWER", "SUPERSCRIPT") else base

    def _raised(self, base: Node) -> Node:
        return self.node("power", base.start, base, self._exponent())

    def _exponent(self) -> Node:
        """What stands above, behind its sign."""
        if self.kind() == "SUPERSCRIPT":
            return leaf("number", self.take())
        self.take("POWER")
        exponent = self.signed(lambda: self.deeper(self.power))
        inner = exponent.parts[0] if exponent.kind == "negative" else exponent
        adjacent = self._starts() and self.kind() not in ("OPEN", "PARTIAL") and not self._is_apart()
        if self.free and inner.kind in ("number", "name") and adjacent:  # e^2x, 2^xy
            raise self.doubtful(exponent.start - 1, "put the exponent in brackets")
        return exponent

    def deeper(self, read: Callable[[], Node]) -> Node:
        """What stands within something else; DeriveError where that goes too deep."""
        self.depth += 1
        if self.depth > DEEPEST:
            raise DeriveError(f"column {self.peek(-1).start + 1}", f"more than {DEEPEST} operations inside each other")
        node = read()
        self.depth -= 1
        return node

    def atom(self) -> Node:
        """One operand, by its first token."""
        make = _ATOMS.get(self.kind())
        if make is None:
            raise self.fault()
        return make(self)

    def name(self) -> Node:
        token = self.take()
        if token.kind == "NAME" and self.kind() == "PRIME":
            raise DeriveError(
                "", f"it is not told by what is differentiated: {self.text.strip()}", "write du/dx for u'"
            )
        return leaf("name", token)

    def group(self) -> Node:
        opened, bars = self.take(), self.bars
        self.bars = 0
        inner = self.deeper(self.sum)
        self.bars = bars
        self.take("CLOSE")
        return self.node("group", opened.start, inner, value=opened.value)

    def absolute(self) -> Node:
        opened = self.take()
        self.bars += 1
        inner = self.deeper(self.sum)
        self.bars -= 1
        self.take("BAR")
        return self.node("absolute", opened.start, inner)

    def differential(self) -> Node:
        sign = self.take()
        if self.kind() == "FUNCTION" and self.kind(1) in ("OVER", "CLOSE"):  # ∂σ/∂y
            of = Node("call", (), self.take().value, sign.end, self.end)
        else:
            of = self.power()
        return self.node("differential", sign.start, of)

    def function(self) -> Node:
        """σ(h1), σ'(h1), cosh^2(x), ln|x|, sin 2x."""
        token = self.take()
        order = len(self.take().value) if self.kind() == "PRIME" else 0
        raised = self._exponent() if self.kind() in ("POWER", "SUPERSCRIPT") and not order else None
        if raised is not None and elaborated(raised, Names()).is_negative:
            raise DeriveError(
                f"column {token.start + 1}",
                f"{token.value}^{self.text[raised.start : raised.end]}(…) could be the inverse function or a power",
                f"write 1/{token.value}(x), or the inverse function's own name",
            )
        called = self.node("call", token.start, *self._arguments(token), value=token.value, order=order)
        return called if raised is None else self.node("power", token.start, called, raised)

    def _arguments(self, function: Token) -> tuple[Node, ...]:
        if self.kind() == "OPEN":
            self.take()
            bars, self.bars = self.bars, 0
            found = [self.deeper(self.sum)]
            while self.kind() == "COMMA":
                self.take()
                found.append(self.deeper(self.sum))
            self.take("CLOSE")
            self.bars = bars
            return tuple(found)
        if self.kind() == "BAR" and not self.bars:
            return (self.absolute(),)
        if self.kind() == "FUNCTION":
            return (self.deeper(self.function),)
        if self.kind() not in _OPERANDS:
            name = function.value
            raise DeriveError(f"column {function.start + 1}", f"{name} stands without an argument", f"write {name}(x)")
        return (self._plain_argument(function),)

    def _plain_argument(self, function: Token) -> Node:
        """The argument of a function without brackets: x, 2x, x^2."""
        factors = [self.power()]
        count = factors[0].kind == "number" and self.kind() in ("NAME", "CONSTANT")
        if count and not (self.free and self._is_apart()):
            factors.append(self.power())
        if self.free and (self.kind() == "OVER" or (self._starts() and self.kind() not in ("FUNCTION", "PARTIAL"))):
            raise self.doubtful(function.start, "put the argument in brackets")
        return factors[0] if len(factors) == 1 else self.node("product", factors[0].start, *factors)


_ATOMS: Mapping[str, Callable[[_Parser], Node]] = MappingProxyType({
    "NUMBER": lambda parser: leaf("number", parser.take()),
    "NAME": _Parser.name,
    "CONSTANT": _Parser.name,
    "OPEN": _Parser.group,
    "BAR": _Parser.absolute,
    "FUNCTION": _Parser.function,
    "PARTIAL": _Parser.differential,
})  # fmt: skip
