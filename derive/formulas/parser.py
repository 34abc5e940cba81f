"""Tokens of one formula to its trees: every way in which it can be meant, the one as written first.

Wherever a notation leaves two ways open the parser asks `choose`; a formula is parsed once for each way, the plainest
first, so that no later stage has to look at text again.
"""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from msgspec import Struct
from msgspec.structs import replace

from derive.errors import DeriveError
from derive.formulas.scripts import scripts_of
from derive.formulas.signs import MATCHING, canonical
from derive.formulas.syntax import Node
from derive.formulas.tokens import Token
from derive.formulas.vocabulary import DIFFERENTIALS, FURTHER, SEQUENCED, Vocabulary, key
from derive.rules import SPELLINGS

MOST_READINGS = 12
DEEPEST = 60
_STARTS = frozenset("NUMBER WORD OPEN BAR BARS PARTIAL FRACTION ROOT BIG NABLA BEGIN UNKNOWN DOTS".split())


class Reading(Struct, frozen=True):
    """One way to read a formula: its tree, and what was assumed beyond what is written, plainest first."""

    tree: Node
    assumed: tuple[str, ...] = ()


def readings_of(tokens: Sequence[Token], vocabulary: Vocabulary, text: str = "") -> tuple[Reading, ...]:
    """Every reading of a formula's tokens, the plainest first; DeriveError tells why there is none."""
    found: dict[Node, Reading] = {}
    waiting: list[tuple[int, ...]] = [()]
    seen: set[tuple[int, ...]] = {()}
    fault: DeriveError | None = None
    while waiting and len(found) < MOST_READINGS and len(seen) < 4 * MOST_READINGS:
        script = waiting.pop(0)
        parser = _Parser(tokens, vocabulary, script, text)
        try:
            tree = parser.whole()
            found.setdefault(tree, Reading(tree, tuple(parser.assumed)))
        except DeriveError as error:
            fault = fault or error
        for place in range(len(script), len(parser.widths)):
            for other in range(1, parser.widths[place]):
                further = (*parser.taken[:place], other)
                if further not in seen:
                    seen.add(further)
                    waiting.append(further)
    if not found:
        assert fault is not None
        raise fault
    return tuple(sorted(found.values(), key=lambda reading: len(reading.assumed)))


class _Parser:
    """One pass over the tokens, its choices made by a script."""

    def __init__(self, tokens: Sequence[Token], vocabulary: Vocabulary, script: tuple[int, ...], text: str) -> None:
        self.tokens = tokens
        self.vocabulary = vocabulary
        self.script = script
        self.text = text
        self.origin = tokens[0].start if tokens else 0
        self.place = 0
        self.depth = 0
        self.bars_open = 0
        self.widths: list[int] = []
        self.taken: list[int] = []
        self.assumed: list[str] = []

    # the choices

    def choose(self, *ways: str) -> int:
        """The number of the way to go here; the first one is what is written, others are noted as assumed."""
        at = len(self.taken)
        taken = self.script[at] if at < len(self.script) else 0
        self.widths.append(len(ways))
        self.taken.append(taken)
        if ways[taken]:
            self.assumed.append(ways[taken])
        return taken

    # the tokens

    def kind(self, ahead: int = 0) -> str:
        at = self.place + ahead
        return self.tokens[at].kind if at < len(self.tokens) else "END_OF_TEXT"

    def peek(self, ahead: int = 0) -> Token:
        return self.tokens[self.place + ahead]

    def take(self) -> Token:
        self.place += 1
        return self.tokens[self.place - 1]

    def accept(self, kind: str) -> Token | None:
        return self.take() if self.kind() == kind else None

    @property
    def end(self) -> int:
        return self.tokens[self.place - 1].end if self.place else 0

    def fault(self) -> DeriveError:
        if self.place >= len(self.tokens):
            return DeriveError("", f"the formula ends too early: {self.text.strip()}")
        token = self.peek()
        return DeriveError(f"column {token.start + 1}", f'"{token.value}" does not fit here: {self.text.strip()}')

    # the grammar

    def whole(self) -> Node:
        if not self.tokens:
            raise DeriveError("", "nothing stands here")
        tree = self.sum()
        if self.kind() == "ABOVE" and self.depth == 0:
            tree = self._over(tree)
        if self.place < len(self.tokens):
            raise self.fault()
        return tree

    def sum(self) -> Node:
        start = self.peek().start if self.place < len(self.tokens) else 0
        terms = [self._signed_term()]
        while self.kind() in ("PLUS", "MINUS"):
            terms.append(self._signed_term())
        if self.kind() == "WORD" and self.peek().value == "if" and len(terms) == 1:
            return self._case(terms[0], start)
        return terms[0] if len(terms) == 1 else Node("sum", tuple(terms), "", start, self.end)

    def _signed_term(self) -> Node:
        start = self.peek().start if self.place < len(self.tokens) else 0
        minus = False
        while self.kind() in ("PLUS", "MINUS"):
            minus ^= self.take().kind == "MINUS"
        term = self.term()
        if not minus:
            return term
        if term.kind == "number":
            return Node("number", (), f"-{term.value}" if term.value[0] != "-" else term.value[1:], start, self.end)
        return Node("negative", (term,), "", start, self.end)

    def term(self) -> Node:
        start = self.peek().start if self.place < len(self.tokens) else 0
        factors = [self._signed_factor()]
        while True:
            kind = self.kind()
            if kind in ("TIMES", "OVER", "ENTRYWISE", "MATMUL"):
                if kind == "OVER" and self._is_ratio_below():
                    factors[-1] = self._ratio(factors[-1])
                    continue
                if (
                    kind == "OVER"
                    and factors[-1].kind == "differential"
                    and factors[-1].parts
                    and self.kind(1) == "WORD"
                ):
                    self.take()
                    by = self.factor()
                    self.assumed.append("a ∂ is missing below the stroke")
                    factors[-1] = self._derived(
                        factors[-1], Node("differential", (by,), "", by.start, by.end), factors[-1].start
                    )
                    continue
                self.take()
                if kind == "OVER":
                    self._divide(factors)
                elif kind == "TIMES":
                    factors.append(self._signed_factor())
                else:
                    word = "entrywise" if kind == "ENTRYWISE" else "matmul"
                    left = _product(factors, start, self.end)
                    right = self._signed_factor()
                    factors = [Node(word, (left, right), "", start, self.end)]
            elif kind in _STARTS and not self._closes_bar() and not self._is_case():
                factors.append(self.factor())
            else:
                break
        return _product(factors, start, self.end)

    def _divide(self, factors: list[Node]) -> None:
        """a/b, and a/b c, where c may stand below the stroke, too."""
        start = self.peek().start if self.place < len(self.tokens) else 0
        below = [self._signed_factor()]
        if self.kind() in ("NUMBER", "WORD") and not self.peek().spaced and below[0].kind in ("number", "name"):
            way = self.choose("", "what follows the stroke stands below it as a whole")
            while way and self.kind() in ("NUMBER", "WORD", "OPEN") and not self.peek().spaced:
                below.append(self.factor())
        factors.append(Node("inverse", (_product(below, start, self.end),), "", start, self.end))

    def _signed_factor(self) -> Node:
        """A factor behind an operator may bear a sign: a*-1."""
        if self.kind() in ("PLUS", "MINUS"):
            start = self.peek().start
            sign = self.take()
            inner = self._signed_factor()
            if sign.kind == "PLUS":
                return inner
            if inner.kind == "number":
                return Node("number", (), f"-{inner.value}", start, self.end)
            return Node("negative", (inner,), "", start, self.end)
        return self.factor()

    def factor(self) -> Node:
        """One factor; an operator ∂/∂w reaches over what follows it."""
        start = self.place
        base = self._postfixed(self.atom())
        if base.kind == "differential" and self.kind() == "OVER" and self._is_ratio_below():
            base = self._postfixed(self._ratio(base))
        if base.kind == "partial" and len(base.parts) == 1:
            return self._operated(base, self.tokens[start].start)
        return base

    def _operated(self, operator: Node, start: int) -> Node:
        """∂/∂w before something: a bracket is all of it; else all of the term, or only the next factor."""
        if self.place >= len(self.tokens) or self.kind() in ("PLUS", "RELATION", "CLOSE"):
            raise self.fault()
        self.accept("TIMES")
        by = operator.parts[0]
        if self.kind() == "MINUS":
            of = self._signed_factor()
            return Node("partial", (of, by), "", start, self.end)
        first = self.factor()
        if self.kind() in _STARTS | {"TIMES", "OVER"} and not self._closes_bar():
            narrow = first.kind == "group"
            way = self.choose(
                "",
                f"the derivative by {by.value} reaches {'over the whole term' if narrow else 'over the next factor alone'}",  # noqa: E501
            )
            if bool(way) == narrow:
                factors = [first]
                while self.kind() in _STARTS | {"TIMES", "OVER"} and not self._closes_bar():
                    if self.kind() == "OVER" and self._is_ratio_below():
                        factors[-1] = self._ratio(factors[-1])
                    elif self.accept("OVER"):
                        self._divide(factors)
                    else:
                        self.accept("TIMES")
                        factors.append(self._signed_factor())
                first = _product(factors, factors[0].start, self.end)
        return Node("partial", (first, by), "", start, self.end, operator.order)

    def _postfixed(self, base: Node) -> Node:
        """What stands behind or above an operand: powers, primes, a transpose, an index."""
        while True:
            kind = self.kind()
            if kind == "POWER":
                base = self._raised(base)
            elif kind == "SUPERSCRIPT":
                token = self.take()
                base = Node(
                    "power", (base, Node("number", (), token.value, token.start, token.end)), "", base.start, token.end
                )
            elif kind == "PRIME":
                token = self.take()
                base = Node("prime", (base,), "", base.start, token.end, len(token.value))
                if self.kind() == "OPEN" and self._is_place() and base.has("group") and base.has("call"):
                    base = self._slope_at(base)
            elif kind == "TURNED":
                token = self.take()
                base = Node("transposed", (base,), "", base.start, token.end)
            elif kind == "BELOW":
                self.take()
                below = self._script()
                base = Node("entry", (base, below), "", base.start, self.end)
            elif (
                kind == "NUMBER"
                and base.kind == "group"
                and not self.peek().spaced
                and self.tokens[self.place - 1].kind == "CLOSE"
            ):
                token = self.take()
                if token.value not in ("2", "3"):
                    self.place -= 1
                    raise self.fault()
                self.assumed.append("a lost exponent")
                base = Node(
                    "power", (base, Node("number", (), token.value, token.start, token.end)), "", base.start, token.end
                )
            else:
                return base

    def _slope_at(self, primed: Node) -> Node:
        """(f*g)'(x): the derivative of functions together, by the name in brackets; of a number nothing is known."""
        if self.kind(1) != "WORD":
            raise self.fault()
        self.take()
        by = self._named(self.peek().value, self.take())
        self.take()
        return Node("partial", (primed.parts[0], by), "", primed.start, self.end, primed.order)

    def _raised(self, base: Node) -> Node:
        """A power; braces are no brackets: {-e}^x is -(e^x)."""
        inner = base.parts[0] if base.kind == "group" and base.value == "{" else base
        if inner is not base and inner.kind == "negative":
            raised = self._raised(inner.parts[0])
            return Node("negative", (raised,), "", base.start, raised.end)
        self.take()
        if self.kind() == "PRIME":
            token = self.take()
            return Node("prime", (base,), "", base.start, token.end, len(token.value))
        start = self.place
        exponent = self._script()
        inside = self.tokens[start : self.place]
        words = [token for token in inside if token.kind not in ("OPEN", "CLOSE")]
        if len(words) == 1 and (words[0].value in ("T", "⊤", "top") or words[0].kind == "TURNED"):
            return Node("transposed", (base,), "", base.start, self.end)
        if words and all(token.kind == "PRIME" for token in words):
            return Node("prime", (base,), "", base.start, self.end, sum(len(token.value) for token in words))
        return Node("power", (base, exponent), "", base.start, self.end)

    def _script(self) -> Node:
        """An exponent or an index: a bracket, or one signed operand."""
        if self.kind() in ("PLUS", "MINUS"):
            sign = self.take()
            inner = self._script()
            if sign.kind == "PLUS":
                return inner
            if inner.kind == "number":
                return Node("number", (), f"-{inner.value}", sign.start, self.end)
            return Node("negative", (inner,), "", sign.start, self.end)
        if self.kind() in ("TURNED", "TIMES", "PRIME"):
            token = self.take()
            return Node("foreign", (), token.value, token.start, token.end)
        if self.kind() == "OPEN" and self.kind(1) in ("TURNED", "TIMES", "PRIME") and self.kind(2) == "CLOSE":
            token = self.peek(1)
            self.place += 3
            return Node("foreign", (), token.value, token.start, token.end)
        inner = self.atom()
        if inner.kind == "group" and inner.value == "{":
            inner = inner.parts[0]
        if self.kind() in ("POWER", "SUPERSCRIPT") and not self.peek().spaced:
            return self._postfixed(inner)
        return inner

    def atom(self) -> Node:
        """One operand, by its first token."""
        if self.place >= len(self.tokens):
            raise self.fault()
        make = _ATOMS.get(self.kind())
        if make is None:
            raise self.fault()
        self.depth += 1
        if self.depth > DEEPEST:
            raise DeriveError(f"column {self.peek().start + 1}", f"more than {DEEPEST} brackets inside each other")
        made = make(self)
        self.depth -= 1
        return made

    def number(self) -> Node:
        token = self.take()
        if token.value == "1" and self.kind() == "OPEN" and not self.peek().spaced and self._compares():
            return self._indicator(token)
        return Node("number", (), token.value, token.start, token.end)

    def _compares(self) -> bool:
        """Whether the bracket here holds a comparison."""
        level = 0
        for token in self.tokens[self.place :]:
            level += (token.kind == "OPEN") - (token.kind == "CLOSE")
            if level == 1 and token.kind == "COMPARE":
                return True
            if level == 0:
                return False
        return False

    def _indicator(self, one: Token) -> Node:
        """1(x > 0): one where it holds, else zero."""
        opened = self.take()
        left = self.sum()
        sign = self.take().value
        right = self.sum()
        self._close(opened)
        return Node("case", (Node("number", (), "1"), left, right, Node("number", (), "0")), sign, one.start, self.end)

    def word(self) -> Node:
        """A function with its argument, a differential, a name, or a product of names."""
        token = self.peek()
        word = token.value
        if self._is_differential(token):
            return self.differential()
        if self.vocabulary.is_function(word):
            return self.applied()
        if self.vocabulary.is_unknown_call(token) and self.kind(1) == "OPEN":
            raise DeriveError("", word)
        if word in ("Δ", "δ") and self.kind(1) == "WORD" and word not in self.vocabulary.alone:
            self.take()  # Δw is a name of its own, the change of w
            behind = self.take()
            return Node("name", (), word + key(behind.value), token.start, behind.end)
        if word.endswith("_") and self.kind(1) == "WORD" and not token.shown:  # a_ o1
            self.take()
            behind = self.take()
            self.assumed.append(f"{word}{behind.value} is one name")
            return Node("name", (), key(word + behind.value), token.start, behind.end)
        torn = self._torn(word)
        if torn and self.choose("", f"{word}-{self.peek(2).value} is one name"):
            start = self.place
            self.place += 3
            return Node("name", (), torn, self.tokens[start].start, self.end)
        if (
            self.kind(1) == "OPEN"
            and self.kind(2) == "NUMBER"
            and self.kind(3) == "CLOSE"
            and not self.peek(1).spaced
            and self.peek(1).value == "("
        ):
            argument = self.peek(2)
            self.place += 4
            number = Node("number", (), argument.value, argument.start, argument.end)
            return Node("call", (number,), key(word), token.start, self.end)
        pieces = self._pieces(token)
        self.take()
        if len(pieces) == 1:
            return self._named(word, token)
        start = token.start
        parts = []
        for count, piece in enumerate(pieces):
            end = token.end if count == len(pieces) - 1 else start + len(piece)
            parts.append(self._named(piece, Token("WORD", piece, start, end, False, token.shown)))
            start = end
        *before, last = parts
        return Node("product", (*before, self._postfixed(last)), "run", token.start, self.end)

    def _pieces(self, token: Token) -> tuple[str, ...]:
        """A word as a product of names; what stands in braces below a name is not cut."""
        pieces = self.vocabulary.cut(token.value)
        below = token.value.find("_")
        cut_within = token.shown and 0 < below < sum(map(len, pieces[:-1]))
        return (
            (token.value,)
            if cut_within and self.text[token.end - 1 - self.origin : token.end - self.origin] == "}"
            else pieces
        )

    def _torn(self, word: str) -> str:
        """a-h_1 for a_h_1, where only that is a name of the document and a is none."""
        if self.kind(1) != "MINUS" or self.kind(2) != "WORD" or self.peek(1).spaced or self.peek(2).spaced:
            return ""
        joined = key(word + "_" + self.peek(2).value)
        known = joined in self.vocabulary.defined or joined in self.vocabulary.bound
        return (
            joined
            if known and key(word) not in self.vocabulary.defined and key(word) not in self.vocabulary.bound
            else ""
        )

    def applied(self) -> Node:
        """f(x), f'(x), f^2(x), ln x; a document's own function may stand without an argument."""
        token = self.take()
        if token.value in ("sigma", "Sigma"):
            token = Token("WORD", "σ", token.start, token.end, token.spaced, token.shown)
        known = token.value if token.value in SPELLINGS or token.value in FURTHER else ""
        name = known if known and key(token.value) not in self.vocabulary.functions else key(token.value)
        order, power = 0, None
        while self.kind() in ("PRIME", "POWER", "SUPERSCRIPT") and (known or self.kind() == "PRIME"):
            if self.kind() == "PRIME":
                order += len(self.take().value)
            elif self.kind() == "POWER" and self.kind(1) in ("PRIME",):
                self.take()
            elif self.kind() == "SUPERSCRIPT":
                sign = self.take()
                power = Node("number", (), sign.value, sign.start, sign.end)
            else:
                self.take()
                if self.kind() == "OPEN" and self.kind(1) == "PRIME":
                    self.place += 3
                    order += 1
                else:
                    power = self._script()
        base, scripts = scripts_of(
            canonical(self.text[token.start - self.origin : token.end - self.origin]), token.shown
        )
        if (
            not known
            and self.kind() == "OPEN"
            and self.vocabulary.is_bare(name)
            and not (order and self._is_place())
            and self.choose("", f"{token.value} stands before a bracket as a factor")
        ):
            arguments: tuple[Node, ...] = ()
        elif self.kind() == "OPEN" and (self.peek().value in "([" or known or not self.peek().shown):
            arguments = self._arguments()
        elif known and self.kind() in ("BAR", "FRACTION", "ROOT"):
            arguments = (self.atom(),)
        elif (
            (known in SEQUENCED
            and known)
            or (known and self.kind() == "WORD" and self.peek().spaced is False and token.shown)
        ):
            arguments = (self._sequence(),)
        else:
            arguments = ()
        made = Node("call", arguments, name, token.start, self.end, order, base, scripts)
        return made if power is None else Node("power", (made, power), "", token.start, self.end)

    def _is_place(self) -> bool:
        """Whether a lone name or number stands in brackets: f'(x) is the slope there, never f' times x."""
        return self.kind(1) in ("WORD", "NUMBER") and self.kind(2) == "CLOSE"

    def _sequence(self) -> Node:
        """The argument of a function without brackets: ln x, sin 2x, ln e."""
        start = self.place
        if self.kind() not in ("NUMBER", "WORD"):
            raise self.fault()
        first = self._postfixed(self.number()) if self.kind() == "NUMBER" else self.factor()
        if first.kind == "number" and self.kind() == "WORD" and not self.peek().spaced:
            first = Node("product", (first, self.factor()), "", self.tokens[start].start, self.end)
        return first

    def _arguments(self) -> tuple[Node, ...]:
        opened = self.take()
        found = [self.sum()]
        while self.kind() in ("COMMA", "STOP", "BAR") and (self.kind() == "COMMA" or self.peek().value in ";|"):
            self.take()
            found.append(self.sum())
        self._close(opened)
        return tuple(found)

    def _close(self, opened: Token) -> None:
        if self.kind() == "CLOSE" and self.peek().value == MATCHING.get(opened.value, "⟩"):
            self.take()
        elif self.kind() == "CLOSE" and "{" not in (opened.value,) and self.peek().value != "}":
            self.take()  # (0, 1] and the like
        elif self.place >= len(self.tokens):
            raise DeriveError(
                f"column {opened.start + 1}",
                f'"{opened.value}" is never closed',
                f'close it with "{MATCHING.get(opened.value, "⟩")}"',
            )
        else:
            raise self.fault()

    def group(self) -> Node:
        """A bracket: a sum, a ratio with \\over, or a list."""
        opened = self.take()
        if self.kind() == "CLOSE" and opened.value == "{":
            self.take()
            if self.place < len(self.tokens):
                return self.factor()
            raise self.fault()
        inner = self.sum()
        if self.kind() == "ABOVE":
            inner = self._over(inner)
        if self.kind() == "COMMA":
            parts = [inner]
            while self.accept("COMMA"):
                parts.append(self.sum())
            self._close(opened)
            return Node("list", tuple(parts), opened.value, opened.start, self.end)
        self._close(opened)
        if opened.value == "{" and self.text.startswith((r"\{", r"\lbrace"), opened.start - self.origin):
            return Node("group", (inner,), r"\{", opened.start, self.end)
        if opened.value == "{" and opened.shown:
            if inner.kind == "differential":
                return inner
            return (
                inner
                if inner.kind in ("name", "number", "group", "call", "fraction", "partial", "absolute")
                else Node("group", (inner,), "{", opened.start, self.end)
            )
        return Node("group", (inner,), opened.value, opened.start, self.end)

    def _over(self, above: Node) -> Node:
        self.take()
        below = self.sum()
        return self._fraction(above, below, above.start)

    def fraction(self) -> Node:
        start = self.take().start
        above = self._part()
        below = self._part()
        return self._fraction(above, below, start)

    def _fraction(self, above: Node, below: Node, start: int) -> Node:
        """A ratio; one of differentials is a derivative, one of ∂ alone an operator."""
        below = below.parts[0] if below.kind == "group" and below.parts[0].kind == "differential" else below
        if below.kind == "differential" and below.parts:
            return self._derived(above, below, start)
        bare = above.parts[0] if above.kind == "group" else above
        if bare.kind == "differential" and bare.parts and below.kind == "name":
            self.assumed.append("a ∂ is missing below the stroke")
            return self._derived(above, Node("differential", (below,), "", below.start, below.end), start)
        return Node("fraction", (_bare(above), _bare(below)), "", start, self.end)

    def _part(self) -> Node:
        """The numerator or denominator of \\frac: a group, or one sign."""
        if self.kind() == "OPEN" and self.peek().value == "{":
            opened = self.take()
            if self.kind() == "CLOSE":
                raise self.fault()
            inner = self.sum()
            if self.kind() == "ABOVE":
                inner = self._over(inner)
            self._close(opened)
            return inner
        if self.kind() == "NUMBER" and len(self.peek().value) > 1:
            token = self.peek()  # \frac12
            digits = token.value
            rest = Token("NUMBER", digits[1:], token.start + 1, token.end, False, token.shown)
            self.tokens = (
                *self.tokens[: self.place],
                Token("NUMBER", digits[0], token.start, token.start + 1),
                rest,
                *self.tokens[self.place + 1 :],
            )
        return self.atom()

    def root(self) -> Node:
        start = self.take().start
        order = None
        if self.kind() == "OPEN" and self.peek().value == "[":
            opened = self.take()
            order = self.sum()
            self._close(opened)
        inner = _bare(self._part())
        half = Node("fraction", (Node("number", (), "1"), order or Node("number", (), "2")))
        return Node("power", (Node("group", (inner,), "(", start, self.end), half), "root", start, self.end)

    def bars(self) -> Node:
        opened = self.take()
        self.bars_open += 1
        inner = self.sum()
        self.bars_open -= 1
        if self.kind() != opened.kind:
            raise self.fault()
        self.take()
        if opened.kind == "BARS":
            if self.kind() == "BELOW":
                self.take()
                self.atom()
            return Node("norm", (inner,), "", opened.start, self.end)
        return Node("absolute", (inner,), "", opened.start, self.end)

    def _closes_bar(self) -> bool:
        return self.kind() in ("BAR", "BARS") and self.bars_open > 0

    def _is_case(self) -> bool:
        return self.kind() == "WORD" and self.peek().value in ("if", "else") and not self.peek().shown

    def _case(self, value: Node, start: int) -> Node:
        """a if h > 0 else b."""
        self.take()
        left = self.sum()
        if self.kind() != "COMPARE":
            raise self.fault()
        sign = self.take().value
        right = self.sum()
        if not (self.kind() == "WORD" and self.peek().value == "else"):
            raise self.fault()
        self.take()
        return Node("case", (value, left, right, self.sum()), sign, start, self.end)

    def big(self) -> Node:
        """∑ and ∏ with their limits, over the rest of the term."""
        token = self.take()
        limits: list[Node] = []
        while self.kind() in ("BELOW", "POWER"):
            self.take()
            limits.append(self._limit())
        if self.place >= len(self.tokens):
            raise self.fault()
        body = self.term()
        if self.kind() in ("PLUS", "MINUS") and self.choose("", "the sum reaches over the terms behind it, too"):
            terms = [body]
            while self.kind() in ("PLUS", "MINUS"):
                terms.append(self._signed_term())
            body = Node("sum", tuple(terms), "", body.start, self.end)
        return Node("sums", (*limits, body), token.value, token.start, self.end)

    def _limit(self) -> Node:
        """What a sum runs over: its letters, and what the first one starts at or leaves out."""
        saved = self.place
        braced = self.accept("OPEN")
        parts: list[Node] = []
        sign = ""
        while self.kind() in ("WORD", "NUMBER", "COMMA", "RELATION", "COMPARE"):
            token = self.take()
            if token.kind in ("RELATION", "COMPARE"):
                sign = token.value
            elif token.kind != "COMMA":
                parts.append(
                    self._named(token.value, token)
                    if token.kind == "WORD"
                    else Node("number", (), token.value, token.start, token.end)
                )
                if braced is None:
                    break
        if parts and (braced is None or self.accept("CLOSE")):
            return Node("limit", tuple(parts), sign, parts[0].start, self.end)
        self.place = saved
        return self._limit_text()

    def _limit_text(self) -> Node:
        """A limit of another kind, kept as its text."""
        start = self.peek().start if self.place < len(self.tokens) else 0
        if self.kind() != "OPEN":
            token = self.take()
            return Node("foreign", (), token.value, token.start, token.end)
        level, words = 0, []
        while self.place < len(self.tokens):
            token = self.take()
            level += (token.kind == "OPEN") - (token.kind == "CLOSE")
            words.append(token.value)
            if level == 0:
                break
        return Node("foreign", (), " ".join(words[1:-1]), start, self.end)

    def nabla(self) -> Node:
        token = self.take()
        parts: list[Node] = []
        if self.accept("BELOW"):
            parts.append(self._script())
        parts.append(self.factor())
        return Node("gradient", tuple(parts), "", token.start, self.end)

    def matrix(self) -> Node:
        """A matrix, or the cases of a function: a `list` for each row."""
        token = self.take()
        rows: list[Node] = []
        row: list[Node] = []
        start = self.peek().start if self.place < len(self.tokens) else 0
        while True:
            if self.place >= len(self.tokens):
                raise self.fault()
            kind = self.kind()
            if kind in ("ROW", "END"):
                if row:
                    rows.append(Node("list", tuple(row), "", start, self.end))
                row = []
                if self.take().kind == "END":
                    break
                start = self.end
            elif kind in ("AMP", "GAP", "COMMA", "STOP"):
                self.take()
            else:
                row.append(self._condition() if token.value == "cases" and row else self.sum())
        return Node("matrix", tuple(rows), token.value, token.start, self.end)

    def _condition(self) -> Node:
        """What stands behind a case: if i = k, i ≠ k, otherwise."""
        words: list[str] = []
        start = self.peek().start
        while (
            self.kind() == "TEXT"
            or (self.kind() == "WORD"
            and self.peek().value in ("if", "for", "when", "otherwise", "else"))
        ):
            words.append(self.take().value)
        while self.kind() == "GAP":
            self.take()
        if self.kind() in ("ROW", "END"):
            return Node("condition", (), " ".join(words).strip(), start, self.end)
        left = self.sum()
        if self.kind() not in ("RELATION", "COMPARE"):
            raise self.fault()
        sign = self.take().value
        return Node("condition", (left, self.sum()), sign, start, self.end)

    def unknown(self) -> Node:
        token = self.take()
        return Node("foreign", (), token.value, token.start, token.end)

    # derivatives

    def _is_differential(self, token: Token) -> bool:
        """Whether a word is the differential of a ratio, or its sign: d, dE, δo1."""
        if token.value[0] not in DIFFERENTIALS:
            return False
        if self._is_in_ratio():
            return True
        beside = self.kind(1) == "OVER" or (self.place > 0 and self.tokens[self.place - 1].kind == "OVER")
        return beside and self._is_half(token)

    def _is_in_ratio(self) -> bool:
        """Whether differentials stand above and below the stroke that this word stands at."""
        at = self.place
        word = self.tokens[at].value
        before, below = self._stroke()
        return (before or below) and (
            len(word) > 1 or self.kind(1) in ("WORD", "OPEN", "CLOSE", "OVER", "POWER", "SUPERSCRIPT")
        )

    def _stroke(self) -> tuple[bool, bool]:
        """Whether this word stands below a stroke with a differential above, or above one with one below."""
        tokens, at = self.tokens, self.place
        begin = at - 1
        while begin >= 0 and tokens[begin].kind == "OPEN":
            begin -= 1
        if begin >= 0 and tokens[begin].kind in ("OVER", "ABOVE") and self._differential_above(begin - 1):
            return True, False
        if (
            begin >= 0
            and tokens[begin].kind == "CLOSE"
            and begin + 1 < at
            and tokens[begin + 1].value == "{"
            and self._opened_by_fraction(begin)
            and self._differential_above(begin)
        ):
            return True, False
        return False, self._differential_below(at)

    def _opened_by_fraction(self, close: int) -> bool:
        opened = self._partner(close)
        return opened > 0 and self.tokens[opened - 1].kind == "FRACTION"

    def _partner(self, close: int) -> int:
        level = 0
        for at in range(close, -1, -1):
            level += (self.tokens[at].kind == "CLOSE") - (self.tokens[at].kind == "OPEN")
            if level == 0:
                return at
        return -1

    def _differential_above(self, end: int) -> bool:
        """Whether the operand that ends here is a differential, or holds one."""
        if end < 0:
            return False
        tokens = self.tokens
        if tokens[end].kind == "CLOSE":
            opened = self._partner(end)
            inside = tokens[max(opened, 0) : end]
            before = tokens[opened - 1] if opened > 0 else None
            return any(_is_d(token) for token in inside) or (before is not None and _is_d(before))
        return _is_d(tokens[end]) or (end > 0 and _is_d(tokens[end - 1]) and len(tokens[end - 1].value) == 1)

    def _differential_below(self, at: int) -> bool:
        """Whether behind the operand that begins here a stroke follows with a differential below."""
        tokens = self.tokens
        level, place = 0, at
        while place < len(tokens):
            kind = tokens[place].kind
            if kind == "OPEN":
                level += 1
            elif kind == "CLOSE":
                level -= 1
                if level < 0 and tokens[place].value == "}":
                    opened = self._partner(place)
                    if opened > 0 and tokens[opened - 1].kind == "FRACTION":
                        return self._starts_differential(place + 1)
                    level = 0
                elif level < 0 and tokens[place + 1 : place + 2] and tokens[place + 1].kind == "OVER":
                    return self._starts_differential(place + 2)
            elif kind in ("OVER", "ABOVE") and level <= 0:
                return self._starts_differential(place + 1)
            elif level <= 0 and (
                kind in ("RELATION", "PLUS", "MINUS", "TIMES", "COMMA") or (place > at + 3 and kind != "WORD")
            ):
                return False
            place += 1
        return False

    def _starts_differential(self, at: int) -> bool:
        while at < len(self.tokens) and self.tokens[at].kind == "OPEN":
            at += 1
        return at < len(self.tokens) and _is_d(self.tokens[at])

    def differential(self) -> Node:
        """∂x, ∂(…), ∂^2 x, dE as one word; ∂ alone is an operator's."""
        token = self.take()
        start, rest = token.start, token.value[1:].lstrip("_") if token.kind == "WORD" else ""
        order = 1
        if not rest and self.kind() == "BELOW":
            self.take()
        if not rest and self.kind() in ("POWER", "SUPERSCRIPT"):
            sign = self.take()
            raised = self._script().value if sign.kind == "POWER" else sign.value
            order = {"2": 2, "²": 2, "3": 3, "³": 3}.get(raised, 1)
        if rest:
            if self.vocabulary.is_function(rest) and self.kind() == "OPEN":
                self.place -= 1
                self.tokens = (
                    *self.tokens[: self.place],
                    Token("WORD", rest, token.end - len(rest), token.end, False, token.shown),
                    *self.tokens[self.place + 1 :],
                )
                inner = self._postfixed(self.applied())
            else:
                inner = self._postfixed(self._named(rest, token))
        elif self.kind() in ("WORD", "OPEN", "NUMBER", "FRACTION", "ROOT", "BAR", "BIG"):
            inner = self._differentiated()
        else:
            return Node("differential", (), "", start, self.end, order)
        return Node("differential", (inner,), "", start, self.end, order)

    def _named(self, rest: str, token: Token) -> Node:
        """A name, with what stands below and above it."""
        start = token.start + len(token.value) - len(rest) if rest != token.value else token.start
        base, scripts = scripts_of(canonical(self.text[start - self.origin : token.end - self.origin]), token.shown)
        return Node("name", (), key(rest), start, token.end, 0, base, scripts)

    def _differentiated(self) -> Node:
        """What follows a ∂: one operand with its powers, f(x), σ(o1)."""
        if self.kind() == "WORD" and not self.vocabulary.is_function(self.peek().value):
            token = self.peek()
            if len(self._pieces(token)) == 1:
                self.take()
                return self._postfixed(self._named(token.value, token))
        if self.kind() == "OPEN":
            return self._postfixed(self.group())
        return self._postfixed(self.atom())

    def _is_ratio_below(self) -> bool:
        """Whether behind the stroke here stands a differential, so that the stroke makes a derivative."""
        at = self.place + 1
        while at < len(self.tokens) and self.tokens[at].kind == "OPEN":
            at += 1
        if at >= len(self.tokens):
            return False
        token = self.tokens[at]
        if token.kind == "PARTIAL":
            return True
        if token.kind != "WORD" or token.value[0] not in DIFFERENTIALS:
            return False
        saved, self.place = self.place, at
        found = self._is_in_ratio()
        self.place = saved
        return found or self._is_half(token)

    def _is_half(self, token: Token) -> bool:
        """Whether dw5 is a differential although nothing beside it is one: the document writes them so, and w5 is a
        name.
        """
        word = token.value
        known = word[0] in self.vocabulary.differentials and key(word) not in self.vocabulary.defined
        return known and len(word) > 1 and key(word[1:].lstrip("_")) in self.vocabulary.bound

    def _ratio(self, above: Node) -> Node:
        """∂E/∂w5 behind its stroke: the differential below, perhaps in brackets."""
        self.take()
        opened = self.accept("OPEN")
        below = self.differential()
        if opened is not None:
            self._close(opened)
        if not below.parts:
            raise self.fault()
        return self._derived(above, below, above.start)

    def _derived(self, above: Node, below: Node, start: int) -> Node:
        """The derivative that two differentials make; a missing ∂ above is put in, and said."""
        by = below.parts[0]
        by = by.parts[0] if by.kind == "group" else by
        order = max(1, below.order)
        if by.kind == "power" and by.parts[1].value in ("2", "²"):  # ∂²E/∂w²
            by, order = by.parts[0], 2
        bare = (
            above.parts[0]
            if above.kind == "group"
            and above.parts[0].kind in ("differential", "sum", "negative", "product")
            and above.has("differential")
            else above
        )
        if bare.kind == "differential" and not bare.parts:
            return Node("partial", (by,), "", start, self.end, max(order, bare.order))
        if bare.kind == "call" and not bare.parts:
            bare = Node("differential", (bare,), "", bare.start, bare.end)
        if not bare.has("differential"):
            self.assumed.append("a ∂ is missing above the stroke")
            of = bare
        else:
            of = _without_differentials(bare)
        if by.kind == "power" and by.parts[0].kind == "name" and by.parts[1].kind in ("name", "sum", "group"):
            return Node("partial", (of, by), "", start, self.end, max(order, bare.order))
        is_primed = by.kind == "prime" and by.parts[0].kind == "name"  # y' may be a name
        if by.kind not in ("name", "call") and not is_primed:
            if by.has("foreign", "entry"):
                return Node("partial", (of, by), "", start, self.end, max(order, bare.order))
            raise DeriveError("", "a derivative by something that is no name", "differentiate by one name")
        if of.kind == "call" and not of.parts and of.value in SPELLINGS:
            of = Node("call", (by,), of.value, of.start, of.end)
        return Node("partial", (of, by), "", start, self.end, max(order, bare.order))


def _is_d(token: Token) -> bool:
    """Whether a token is a differential, or its sign."""
    return token.kind == "PARTIAL" or (token.kind == "WORD" and token.value[0] in DIFFERENTIALS)


def _without_differentials(node: Node) -> Node:
    """∂E1 + ∂E2 is what ∂(E1 + E2) differentiates; so is ∂ h1 u11."""
    if node.kind == "differential":
        return node.parts[0] if node.parts else node
    parts = tuple(_without_differentials(part) for part in node.parts)
    return replace(node, parts=parts)


def _bare(node: Node) -> Node:
    return node.parts[0] if node.kind == "group" and node.value == "{" else node


def _product(factors: Sequence[Node], start: int, end: int) -> Node:
    """Factors as one product; names that were written as one word join it."""
    flat: list[Node] = []
    for factor in factors:
        flat.extend(factor.parts if factor.kind == "product" and factor.value == "run" else (factor,))
    return flat[0] if len(flat) == 1 else Node("product", tuple(flat), "", start, end)


_ATOMS: Mapping[str, Callable[[_Parser], Node]] = MappingProxyType({
    "NUMBER": _Parser.number,
    "WORD": _Parser.word,
    "OPEN": _Parser.group,
    "FRACTION": _Parser.fraction,
    "ROOT": _Parser.root,
    "BAR": _Parser.bars,
    "BARS": _Parser.bars,
    "PARTIAL": _Parser.differential,
    "BIG": _Parser.big,
    "NABLA": _Parser.nabla,
    "BEGIN": _Parser.matrix,
    "UNKNOWN": _Parser.unknown,
    "DOTS": _Parser.unknown,
})  # fmt: skip
