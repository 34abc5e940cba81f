"""Where a formula ends: signs and words that are prose in one place, and in another an operation that nobody knows.

Each row of ENDS is a kind of such sign with the smallest line in which it belongs to the formula and the smallest in
which it ends it. What belongs to a formula and cannot be read becomes an UNKNOWN token, so that the formula as a whole
is not understood.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType

from msgspec import Struct
from msgspec.structs import replace

from derive.formulas.signs import PROSE
from derive.formulas.tokens import NOTHING, OPERATORS, Token, token_at
from derive.formulas.vocabulary import is_known

_LAST = frozenset("NUMBER WORD CLOSE SUPERSCRIPT PRIME TURNED BAR BARS END".split())
_FIRST = frozenset("NUMBER WORD OPEN FRACTION ROOT PARTIAL BAR BARS BIG LIMIT NABLA BEGIN".split())
_BREAKS = frozenset(("", *"STOP COMMA ARROW ROW TEXT ASKED".split()))
_PLURALS = frozenset("s es en e n er".split())
_REFERENCES = frozenset("eq eqs eqn eqns equation fig table tab line row step ref sec section chapter".split())
_CONDITIONAL = frozenset(
    "if when for where since as because provided given while with wenn falls da weil für bei si pour car para se "
    "quando cuando per".split()
)
_OPERATIONS = frozenset(
    "plus minus times mod modulo xor divided multiplied raised squared cubed halved doubled transposed inverted "
    "mal geteilt quadriert fois divisé veces".split()
)
"""Words that say what is done to the formula before them."""
_OVER_ALL = frozenset("sum mean average avg total".split())
"""Words that say what is done to the formula behind them."""


class Line(Struct, frozen=True):
    """The tokens of a line, the places of its prose, and the place of each opening bracket's closing one."""

    tokens: Sequence[Token]
    prose: frozenset[int]
    partner: Mapping[int, int]

    def token(self, place: int) -> Token:
        """The token at a place; NOTHING where prose stands."""
        return NOTHING if place in self.prose else token_at(self.tokens, place)

    def is_behind_operand(self, place: int) -> bool:
        """Whether an operand ends before a place."""
        return self.token(place - 1).kind in _LAST

    def is_between_operands(self, place: int) -> bool:
        """Whether an operand ends before a place and another begins behind it, and the two are no equations each."""
        return (
            self.is_behind_operand(place)
            and self.token(place + 1).kind in _FIRST
            and not all(any(t.kind == "RELATION" for t in self.stretch(place, step)) for step in (-1, 1))
        )

    def stretch(self, place: int, step: int) -> Iterator[Token]:
        """The tokens from a place on, forwards or back, up to prose or punctuation."""
        at = place + step
        while (token := self.token(at)).kind not in _BREAKS:
            yield token
            at += step


class End(Struct, frozen=True):
    """A kind of sign: an example that it ends, one that it belongs to, the tests, and its kind of token where it ends
    one; words stay what they are.
    """

    ends: str
    belongs: str
    is_sign: Callable[[Token], bool]
    is_part: Callable[[Line, int], bool]
    instead: str = "STOP"


def _is_called(line: Line, place: int) -> bool:
    """foo(3) beside a formula; weight(s) and eq(3) are prose, and so is a word of the table that no operator joins."""
    tokens, closed = line.tokens, line.partner.get(place + 1, -1)
    word = tokens[place].value
    if closed < 0 or tokens[place + 1].spaced or tokens[place + 1].value != "(":
        return False
    inside = tokens[place + 2 : closed]
    if line.token(place - 1).kind in OPERATORS or line.token(closed + 1).kind in OPERATORS:
        return True
    if word in PROSE or word.lower() in _REFERENCES or (len(inside) == 1 and inside[0].value in _PLURALS):
        return False
    return line.is_behind_operand(place)


def _is_argument(line: Line, place: int) -> bool:
    """rac{a}{b}: a brace close behind a word that is no command."""
    before = line.token(place - 1)
    is_word = before.kind == "WORD" and len(before.value) > 1 and before.value.isalpha()
    return is_word and not is_known(before.value)


def _is_factorial(line: Line, place: int) -> bool:
    """n!/2: an exclamation mark close behind an operand and before a sign of operation."""
    after = line.token(place + 1)
    goes_on = after.kind == "CLOSE" or (after.kind in OPERATORS and line.token(place + 2).kind != "")
    return goes_on and not line.tokens[place].spaced and line.is_behind_operand(place)


def _is_division(line: Line, place: int) -> bool:
    """a // b, but no comment of words behind a formula."""
    return line.is_between_operands(place) or line.token(place + 1).kind == "RELATION"


def _is_over_all(line: Line, place: int) -> bool:
    """1/2 sum (y - t)^2: a word between an operand and a bracket, or another one."""
    is_bracket = line.is_behind_operand(place) and line.token(place + 1).kind == "OPEN"
    return is_bracket or line.is_between_operands(place)


def _is_word(words: frozenset[str]) -> Callable[[Token], bool]:
    return lambda token: token.kind in ("WORD", "TEXT") and token.value.strip() in words


def _is_any_word(token: Token) -> bool:
    """A condition is known by its comparison, in whatever language its word is: si, wenn, nếu."""
    return token.kind in ("WORD", "TEXT")


_CONJUNCTIONS = frozenset(("and", "und", "et"))
"""Words that say something more, u = 3 v and v > 2, where another word says when."""


def _is_condition(line: Line, place: int) -> bool:
    """0 if x < y: a condition behind a formula is a part of it; x > 0 alone is told of the claims it stands beside."""
    if not line.is_behind_operand(place) or line.tokens[place].value.strip() in _CONJUNCTIONS:
        return False
    rest = list(line.stretch(place, 1))
    kinds = [token.kind for token in rest]
    if "RELATION" in kinds[: kinds.index("COMPARE") if "COMPARE" in kinds else 0]:
        return False  # and dr/dx = 1(x > 0) is an equation of its own
    at = place + len(rest) + 1
    otherwise = at < len(line.tokens) and line.tokens[at].value == "else" and line.tokens[place].value == "if"
    if otherwise and rest:
        return True
    of_a_sign = (
        kinds == ["WORD", "COMPARE", "NUMBER"]
        and rest[1].value not in "≠∈"
        and rest[2].value == "0"
        and line.tokens[place].value.strip() in _CONDITIONAL
    )
    compared = any(token.kind == "COMPARE" and token.value != "∈" for token in rest)
    return compared and not (of_a_sign or _is_of_points(rest))


def _is_of_points(rest: Sequence[Token]) -> bool:
    """Whether a condition leaves out some points, x ≠ 0, x ≠ kπ, at which nothing is held against a formula, or tells
    of indices, i ≠ j, which is used.
    """
    kinds = [token.kind for token in rest]
    return kinds[:2] == ["WORD", "COMPARE"] and rest[1].value == "≠" and kinds.count("COMPARE") == 1


ENDS: Mapping[str, End] = MappingProxyType({
    "ampersand": End("h1 = w1 & so on", "h1 = w1 & W", lambda t: t.kind == "AMP" and not t.shown, Line.is_between_operands),  # noqa: E501
    "slashes": End("h1 = w1 // the first one", "h1 = w1 // W", lambda t: t.kind == "SLASHES", _is_division),
    "mark": End("★ h1 = w1", "h1 = w1 ★ W", lambda t: t.kind == "MARK", Line.is_between_operands),
    "factorial": End("h1 = w1!", "h1 = w1! / 2", lambda t: t.kind == "STOP" and t.value == "!", _is_factorial),
    "condition": End("h1 = w1 if all is well", "h1 = 0 if w1 < 0", _is_any_word, _is_condition, ""),
    "operation": End("times change: h1 = w1", "h1 = w1 times two", _is_word(_OPERATIONS), Line.is_behind_operand, ""),
    "sum": End("the sum h1 = w1", "h1 = 1/2 sum (w1 - i1)^2", _is_word(_OVER_ALL), _is_over_all, ""),
    "brace": End("h1 = w1 of the set{a, b}", "h1 = w1 * rac{w1}{w2}", lambda t: t.kind == "OPEN" and t.value == "{" and not t.spaced, _is_argument, "OPEN"),  # noqa: E501
    "call": End("h1 = w1 weight(s)", "h1 = w1 foo(3)", lambda t: t.kind == "WORD", _is_called, ""),
})  # fmt: skip


def with_ends(tokens: Sequence[Token], prose: frozenset[int], partner: Mapping[int, int]) -> tuple[Token, ...]:
    """The tokens of a line, those UNKNOWN that belong to a formula and that nobody can read."""
    line = Line(tokens, prose, partner)
    made = list(tokens)
    for place, token in enumerate(tokens):
        for end in ENDS.values():
            if end.is_sign(token) and (end.instead or place in prose):
                if end.is_part(line, place):
                    made[place] = replace(token, kind="UNKNOWN", value=token.value.strip())
                    break
                made[place] = replace(token, kind=end.instead or token.kind)
    return tuple(made)
