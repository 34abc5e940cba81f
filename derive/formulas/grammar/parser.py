"""Tokens to the tree of a formula: its sums, products and powers; what an operand is, a table handed in tells."""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from msgspec.structs import replace

from derive.errors import DeriveError
from derive.formulas.brackets import holds_comparison
from derive.formulas.cursor import leaf
from derive.formulas.grammar.choices import Choices
from derive.formulas.grammar.derivatives import derivative, mixed, over_bare, ratio
from derive.formulas.grammar.differentials import begins_ratio, makes_derivative
from derive.formulas.grammar.dots import written_out
from derive.formulas.syntax import DEGREE, FACTORIAL, PUT_IN, Node, applied_together, negated, product, unbraced
from derive.formulas.tokens import Token
from derive.formulas.vocabulary import Vocabulary, key

DEEPEST = 60
_SIGNS = frozenset(("PLUS", "MINUS"))
_SHORT = frozenset(("NUMBER", "WORD"))
_OF_ARRAYS = MappingProxyType({
    "ENTRYWISE": ("entrywise", ""), "MATMUL": ("matmul", ""), "OUTER": ("matmul", "outer"),
})  # fmt: skip
"""Signs of products of arrays: what they make, and the call of which they are another sign."""
_FOREIGN = frozenset(("TURNED", "TIMES", "PRIME"))
_VALUED = frozenset("partial prime call group at".split())
_WHOLE = "the values below the bar are put into all before it"
_BARE_ANGLES = "the sign of degrees is left out, as every angle is in degrees"
_TRANSPOSES = frozenset(("T", "⊤", "top"))
_OF_SQUARES = frozenset("2 F fro l_2 L_2 ℓ_2 Fro".split())
"""What stands below a norm that is the root of the sum of all squares."""


class Parser(Choices):
    """The grammar; `operands` gives for the kind of an operand's first token what reads it."""

    def __init__(
        self,
        tokens: Sequence[Token],
        vocabulary: Vocabulary,
        text: str,
        script: Sequence[int],
        operands: Mapping[str, Callable[["Parser"], Node]],
    ) -> None:
        super().__init__(tokens, vocabulary, text, script)
        self.operands = operands
        self.depth = 0
        self.bars = 0
        self.operators = 0
        self.is_bare: bool | None = None
        """Whether angles are numbers of degrees, as far as a sign of degrees has been met."""

    # sums

    def whole(self) -> Node:
        """The tree of all the tokens."""
        if not self.tokens:
            raise DeriveError("", "nothing stands here")
        tree = self.stacked()
        if self.kind():
            raise self.fault()
        return tree

    def stacked(self) -> Node:
        r"""A sum, or two with \over between them."""
        above = self.sum()
        return ratio(self, above, self.sum(), above.start) if self.accept("ABOVE") else above

    def sum(self) -> Node:
        """Terms, or `a if h > 0 else b`."""
        start = self.start
        first = self.signed(self.term)
        made = self._conditional(first, start) if self._is_word("if") else self.summed(first, start)
        while self.at_bar(made):
            made = self._valued(made)
        return made

    def summed(self, first: Node, start: int) -> Node:
        """The sum that begins with a term, as far as it goes on."""
        terms = [first]
        while self.kind() in _SIGNS:
            terms.append(self.signed(self.term))
        terms = list(written_out("sum", "∑", terms))
        return terms[0] if len(terms) == 1 else self.node("sum", start, *terms)

    def signed(self, read: Callable[[], Node]) -> Node:
        """What stands behind signs: 0.055 + -0.019, a*-1."""
        start, minus = self.start, False
        while self.kind() in _SIGNS:
            minus ^= self.take().kind == "MINUS"
        made = read()
        return negated(made, start, self.end) if minus else made

    def _conditional(self, value: Node, start: int) -> Node:
        """a if h > 0 else b."""
        self.take()
        left, sign, right = self.comparison("COMPARE")
        if not self._is_word("else"):
            raise self.fault()
        self.take()
        return self.node("case", start, value, left, right, self.sum(), value=sign)

    def comparison(self, *kinds: str) -> tuple[Node, str, Node]:
        """Two sums and the sign between them, of one of these kinds."""
        left = self.sum()
        if self.kind() not in kinds:
            raise self.fault()
        sign = self.take().value
        return left, sign, self.sum()

    def _is_word(self, *words: str) -> bool:
        return self.kind() == "WORD" and self.peek().value in words

    # products

    def term(self) -> Node:
        """Factors with signs of multiplication and division between them, or none."""
        start = self.start
        made = self._product([self.signed(self.factor)], start)
        depth = self.depth
        while self.kind() in _OF_ARRAYS:
            kind, call = _OF_ARRAYS[self.take().kind]
            self.deepen()
            other = self.signed(self.factor)
            other = self.node("transposed", other.start, other) if call else other
            made = self._product([self.node(kind, start, made, other, value=call)], start)
        self.depth = depth
        return made

    def _product(self, factors: list[Node], start: int) -> Node:
        """The product that begins with some factors, as far as it goes on."""
        while self._goes_on():
            if self.kind() == "OVER":
                self._divide(factors)
            else:
                self.accept("TIMES")
                factors.append(self.signed(self.factor))
        return product(written_out("product", "∏", factors), start, self.end)

    def _goes_on(self) -> bool:
        """Whether another factor follows, with a sign before it or none."""
        if self.kind() in ("TIMES", "OVER"):
            return True
        is_case = self._is_word("if", "else") and not self.peek().shown
        return self.kind() in _STARTS and not self.closes_bar() and not is_case and not self.kinds("BAR", "BELOW")

    def closes_bar(self) -> bool:
        """Whether the next token is the second | of two."""
        return self.kind() in ("BAR", "BARS") and self.bars > 0

    def _divide(self, factors: list[Node]) -> None:
        """∂a/∂b, a/b, and a/b c, where c may stand below the stroke, too."""
        above = factors[-1]
        is_of_ratios = above.has("partial") and begins_ratio(self.tokens, self.place + 1)  # dE/dw / dE/db
        if not is_of_ratios and makes_derivative(self.tokens, self.place, self.vocabulary):
            factors[-1] = self.derived(above)
            return
        self.take()
        if above.kind == "differential" and above.parts and self.kind() == "WORD":
            factors[-1] = over_bare(self, above, self.factor(), above.start)
            return
        start = self.start
        below = [self.signed(self.factor)]
        if self._is_close(_SHORT) and below[0].kind in ("number", "name"):
            way = self.choose("", "what follows the stroke stands below it as a whole")
            while way and self._is_close(_SHORT | {"OPEN"}):
                below.append(self.factor())
        factors.append(self.node("inverse", start, product(below, start, self.end)))

    def _is_close(self, kinds: frozenset[str]) -> bool:
        """Whether a token of these kinds follows without a blank before it."""
        return self.kind() in kinds and not self.peek().spaced

    def derived(self, above: Node) -> Node:
        """The derivative whose stroke stands here: the differential below, perhaps in brackets."""
        self.take()
        opened = self.accept("OPEN")
        below = [self.operands["PARTIAL"](self)]
        while len(below) < above.order and self.kind() == "PARTIAL":  # as many as the order above tells
            below.append(self.operands["PARTIAL"](self))
        if opened is not None:
            self.close(opened)
        if not all(one.parts for one in below):
            raise self.fault()
        if len(below) > 1:
            return mixed(self, above, below, above.start)
        return derivative(self, above, below[0], above.start)

    def factor(self) -> Node:
        """One factor; an operator ∂/∂w reaches over what follows it."""
        start, opens = self.start, self.kind(-1) in ("", "OPEN")
        base = self.postfixed(self.atom())
        is_ratio = base.kind == "differential" and self.kind() == "OVER"
        if is_ratio and makes_derivative(self.tokens, self.place, self.vocabulary):
            base = self.postfixed(self.derived(base))
        base = self._operated(base, start, opens) if base.kind == "partial" and len(base.parts) == 1 else base
        is_alone = base.kind in _VALUED and not self.operators and self.at_bar(base)
        return self._valued(base) if is_alone and not self.choose("", _WHOLE) else base

    def _operated(self, operator: Node, start: int, opens: bool) -> Node:
        """∂/∂w before something: a bracket is all of it; else all of the term, or only the next factor; or, where it
        opens a formula, the whole of it: d/dx x^2 + 3x.
        """
        if self.kind() in ("", "PLUS", "RELATION", "CLOSE"):
            raise self.fault()
        self.accept("TIMES")
        by = operator.parts[0]
        if self.kind() == "MINUS":
            return self.node("partial", start, self.signed(self.factor), by, order=operator.order)
        of = self.reached(by.value, "group")
        is_further = opens and of.kind != "group" and self.kind() in _SIGNS
        if is_further and self.choose("", f"the derivative by {by.value} reaches over the whole sum"):
            of = self.summed(of, of.start)
        return self.node("partial", start, of, by, order=operator.order)

    def reached(self, by: str, *alone: str) -> Node:
        """What an operator stands before: all of the term, or the next factor alone, as is likelier of these kinds."""
        self.operators += 1
        first = self.factor()
        self.operators -= 1
        if self._goes_on():
            is_alone = first.kind in alone
            reach = "over the whole term" if is_alone else "over the next factor alone"
            if bool(self.choose("", f"the derivative by {by} reaches {reach}")) == is_alone:
                first = self.product_of(first)
        return first

    def product_of(self, first: Node) -> Node:
        """The product that begins with a factor, as far as it goes on."""
        return self._product([first], first.start)

    # powers, and what else stands behind an operand

    def postfixed(self, base: Node) -> Node:
        """An operand with what stands behind or above it: powers, primes, a transpose, an index."""
        while True:
            behind = _BEHIND.get(self.kind())
            if behind is not None:
                base = behind(self, base)
            elif (composed := self._composed(base)) is not None:
                base = composed
            elif base.kind == "group" and self._is_close(frozenset(("NUMBER",))) and self.kind(-1) == "CLOSE":
                if self.at_indicator():
                    return base
                base = self._mended(base)
            else:
                return base

    def _mended(self, base: Node) -> Node:
        """(a - b)2: a power whose sign was lost."""
        if self.peek().value not in ("2", "3"):
            raise self.fault()
        self.assumed.append("a lost exponent")
        return self._superscribed(base)

    def _superscribed(self, base: Node) -> Node:
        return self.node("power", base.start, base, leaf("number", self.take()))

    def _factorial(self, base: Node) -> Node:
        """y!: a function of which nothing is known."""
        self.take()
        return self.node("call", base.start, base, value=FACTORIAL)

    def _in_degrees(self, base: Node) -> Node:
        """30°, which is 30 π/180; beside a name, 90° - x, the name may have its degrees without a sign. The
        minutes of 30°15' are not read.
        """
        sign = self.take()
        if self.kinds("NUMBER", "PRIME"):
            raise self.fault()
        if self.is_bare is None:
            names = (t for t in self.tokens if t.kind == "WORD" and not self.vocabulary.is_function(t.value))
            self.is_bare = any(names) and bool(self.choose("", _BARE_ANGLES))
        if self.is_bare:
            return base
        circle = Node("fraction", (Node("name", (), "π"), Node("number", (), "180")), DEGREE, sign.start, sign.end)
        return self.node("product", base.start, base, circle)

    def _turned(self, base: Node) -> Node:
        self.take()
        return self._transposed(base)

    def _transposed(self, base: Node) -> Node:
        """x^T; of a list of values, (2, -1)^T, a column of them."""
        if base.kind == "list":
            return self.node("matrix", base.start, *(Node("list", (part,)) for part in base.parts), value="column")
        return self.node("transposed", base.start, base)

    def _entry(self, base: Node) -> Node:
        """z_i of what is no name; v^T_1 is v_1^T, of a vector that has its number behind the sign, and x'_1 an entry of
        an x' unless something is differentiated by what stands below, f'_x; ‖x‖^2_2 is ‖x‖_2^2;
        (∂p/∂T)_V is ∂p/∂T of p(V, T).
        """
        self.take()
        if base.kind == "power" and base.parts[0].kind == "norm" and not base.parts[0].value:
            return replace(base, parts=(replace(base.parts[0], value=self.norm_index()), base.parts[1]))
        index, vector = self.script_node(), base.parts[0] if base.kind in ("transposed", "prime") else base
        slope = base.parts[0] if base.kind == "group" else base
        if slope.kind == "partial" and index.kind == "name":
            of, by = slope.parts
            if {key(by.value), key(index.value)} == set(self.vocabulary.functions.get(key(of.value), ())):
                return base
        is_one = index.kind == "number" or (index.kind == "name" and len(index.value) == 1)
        if vector is base or vector.kind != "name" or not vector.value[0].islower() or not is_one:
            return self.node("entry", base.start, base, index)
        name, below = vector.value + "′" * base.order, Node("below", (index,), index.value)
        numbered = replace(vector, value=name + index.value, base=name, scripts=(below,), end=self.end)
        if base.kind == "transposed":
            return self.node("transposed", base.start, numbered)
        return self.node("entry", base.start, base, index) if index.value in self.vocabulary.bound else numbered

    def _from_to(self, bracket: Node) -> Node:
        """[x^3 + x]_0^2, behind an integral by x: what stands in the bracket at the upper end less it at the lower."""
        by = self.take().value
        lower = self.signed(self.atom)
        self.take("POWER")
        upper = self.signed(self.atom)
        name = Node("list", (Node("name", (), by, bracket.start, bracket.start, 0, by),))
        first, last = (
            self.node("at", bracket.start, bracket, name, Node("list", (unbraced(end),)), value=PUT_IN)
            for end in (lower, upper)
        )
        return self.node("group", bracket.start, Node("sum", (last, negated(first, first.start, first.end))), value="(")

    def norm_index(self) -> str:
        """What stands below a norm; nothing where it is the root of the squares, as the one without an index."""
        index = unbraced(self.atom())
        told = index.value or index.kind
        return "" if told in _OF_SQUARES else told

    def _primed(self, base: Node) -> Node:
        """y', f(x)' of a name that nothing defines, and (f*g)'(x): a derivative by the name in brackets."""
        primed = self.node("prime", base.start, base, order=len(self.take().value))
        by = base.parts[0] if base.kind == "call" and len(base.parts) == 1 else base
        if by is not base and by.kind == "name" and not base.order and not self.vocabulary.is_defined(by.value):
            return self.node("partial", base.start, base, by, order=primed.order)
        if not (self.is_place() and base.has("group") and base.has("call")):
            return primed
        if self.kind(1) != "WORD":  # of a number nothing is known
            raise self.fault()
        self.take()
        by = self.named(self.peek().value, self.take())
        self.take()
        of = applied_together(base, by) or base
        return self.node("partial", primed.start, of, by, order=primed.order)

    def _composed(self, base: Node) -> Node | None:
        """(f∘g)(x), functions one after the other; None where no such thing stands here."""
        is_applied = base.kind == "group" and self.peek().value == "(" and not self.peek().spaced
        if not is_applied or applied_together(base, base) is None:
            return None
        opened = self.take()
        made = applied_together(base, self.sum())
        self.close(opened)
        return made

    def at_indicator(self) -> bool:
        """Whether 1(x > 0), 1_{i = k} or I(x > 0) stands here."""
        below = self.kind(1) == "BELOW"
        is_close = below or not self.peek(1).spaced
        is_sign = self.peek().value == "1" or (self.peek().value == "I" and not self.vocabulary.is_defined("I"))
        return is_sign and is_close and holds_comparison(self.tokens, self.place + 1 + below)

    def at_bar(self, base: Node) -> bool:
        """Whether a bar with values below it stands here, or, behind a derivative, with a point: ∂f/∂x|(2, 3), |x=2."""
        if base.kind == "partial" and self.kinds("OPEN", "NUMBER", "CLOSE") and not self.peek().spaced:
            return base.parts[0].value in self.vocabulary.functions  # df/dx(3)
        if self.bars or self.kind() != "BAR":
            return False
        is_value = self.kind(1) == "OPEN" or self.kinds("BAR", "WORD", "RELATION")
        is_point = is_value and base.kind in ("partial", "prime") and not self.peek(1).spaced
        return self.kind(1) == "BELOW" or (is_point and all(t.kind != "BAR" for t in self.tokens[self.place + 1 :]))

    def _valued(self, base: Node) -> Node:
        r"""\frac{df}{dx}|_{x=2}, \frac{∂f}{∂x}|_{(2, 3)}; \frac{dv}{du}|_m says more than ∂v/∂u."""
        if self.kind() == "BAR":
            self.take()
        self.accept("BELOW")
        opened = self.accept("OPEN") if self.peek().value == "{" else None
        names: list[Node] = []
        values: list[Node] = []
        if opened is None:
            self._put(self.signed(self.atom), names, values)
        else:
            while not values or self.accept("COMMA"):
                self._put(self.sum(), names, values)
            self.close(opened)
        is_held = not names and len(values) == 1 and values[0].has("name") and not self._is_place_of(base, values[0])
        if is_held or len(names) not in (0, len(values)) or any(name.kind != "name" for name in names):
            return self.node("foreign", base.start, value="a bar with values below")
        if self.kind() in ("POWER", "SUPERSCRIPT"):  # from one value to another
            raise self.fault()
        return self.node("at", base.start, base, Node("list", tuple(names)), Node("list", tuple(values)), value=PUT_IN)

    def _put(self, left: Node, names: list[Node], values: list[Node]) -> None:
        """x = 2, (x, y) = (2, 3), or values alone, from the first sum on."""
        right = self.sum() if self.accept("RELATION") else None
        names.extend((left.parts if left.kind == "list" else (left,)) if right is not None else ())
        told = left if right is None else right
        values.extend(told.parts if told.kind == "list" else (told,))

    @staticmethod
    def _is_place_of(base: Node, value: Node) -> bool:
        """Whether a name is a value of what a derivative is by, x_0 of x."""
        return bool(value.base) and base.kind == "partial" and value.base == base.parts[1].value

    def is_place(self) -> bool:
        """Whether a lone name or number stands in brackets: f'(x) is the slope there, never f' times x."""
        return self.kind() == "OPEN" and self.kind(1) in _SHORT and self.kind(2) == "CLOSE"

    def _raised(self, base: Node) -> Node:
        """A power or a transpose above; braces are no brackets: {-e}^x is -(e^x)."""
        inner = unbraced(base)
        if inner is not base and inner.kind == "negative":
            raised = self._raised(inner.parts[0])
            return Node("negative", (raised,), "", base.start, raised.end)
        self.take()
        begun = self.place
        exponent = self.script_node()
        signs = [token for token in self.tokens[begun : self.place] if token.kind not in ("OPEN", "CLOSE")]
        if signs and (signs[-1].value in _TRANSPOSES or signs[-1].kind == "TURNED"):
            if len(signs) == 1:
                return self._transposed(base)
            if len(signs) == 2 and signs[0].kind == "MINUS":  # A^{-T} is the transpose of the inverse
                inverse = self.node("power", base.start, base, Node("number", (), "-1"))
                return self._transposed(inverse)
        return self.node("power", base.start, base, exponent)

    def script_node(self) -> Node:
        """An exponent or an index: a bracket, or one signed operand."""
        return self.signed(self._script)

    def _script(self) -> Node:
        if self.kind() in _FOREIGN:
            return leaf("foreign", self.take())
        if self.kind() == "OPEN" and self.kind(1) in _FOREIGN and self.kind(2) == "CLOSE":
            self.place += 3
            return leaf("foreign", self.peek(-2))
        inner = unbraced(self.atom())
        return self.postfixed(inner) if self._is_close(frozenset(("POWER", "SUPERSCRIPT"))) else inner

    def deepen(self) -> None:
        """One level more inside of others; DeriveError where these are too many for anybody's formula."""
        self.depth += 1
        if self.depth > DEEPEST:
            raise DeriveError(f"column {self.start + 1}", f"more than {DEEPEST} brackets inside each other")

    def atom(self) -> Node:
        """One operand, by its first token."""
        read = self.operands.get(self.kind())
        if read is None:
            raise self.fault()
        self.deepen()
        made = read(self)
        self.depth -= 1
        return made


_STARTS = frozenset("NUMBER WORD OPEN BAR BARS PARTIAL FRACTION ROOT BIG LIMIT NABLA BEGIN UNKNOWN DOTS".split())
_BEHIND: Mapping[str, Callable[[Parser, Node], Node]] = MappingProxyType({
    "POWER": Parser._raised,
    "SUPERSCRIPT": Parser._superscribed,
    "PRIME": Parser._primed,
    "TURNED": Parser._turned,
    "BELOW": Parser._entry,
    "FACTORIAL": Parser._factorial,
    "DEGREE": Parser._in_degrees,
    "FROM": Parser._from_to,
})  # fmt: skip
