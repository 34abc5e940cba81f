"""Which signs of a line are punctuation: they end a formula, or stand for nothing in it."""

import re
from collections.abc import Iterator, Sequence
from itertools import takewhile

from msgspec.structs import replace

from derive.formulas.runs.prose import is_operand
from derive.formulas.signs import PROSE
from derive.formulas.tokens import OPERATORS, Token, token_at
from derive.formulas.vocabulary import Vocabulary, is_dash, is_wordlike, key

_PHRASE = re.compile(r"[^\W\d_]+(?: [^\W\d_]+){1,3}")
_WIDE = 3
"""So many blanks in a row are more than the distance of two factors."""
_LONGEST_SIDE = 16
_OF_A_SIDE = frozenset("WORD PARTIAL OVER OPEN CLOSE PRIME COMMA NUMBER SUPERSCRIPT".split())
_JOINING = OPERATORS - {"PARTIAL"}
_JOINED = frozenset("PLUS MINUS TIMES ENTRYWISE MATMUL OUTER FRACTION POWER BEGIN END".split())
_ENDS = frozenset("WORD NUMBER CLOSE SUPERSCRIPT PRIME".split())
_CONJUNCTIONS = frozenset("and but else for if or otherwise then when where while with".split())
"""Words that nobody takes for a name."""
_NAMELIKE = PROSE - _CONJUNCTIONS
_BESIDE_A_PHRASE = OPERATORS | {"", "OPEN", "CLOSE", "STOP", "COMMA", "GAP"}


def punctuated(tokens: Sequence[Token], vocabulary: Vocabulary) -> tuple[Token, ...]:
    """The tokens of a line with what its layout stands for: gaps for marks of alignment, names for words set as such,
    ← for →, a stop between assignments."""
    marked = tuple(_with_spaces(tuple(_without_marks(tokens))))
    return tuple(_with_assignments(tuple(_with_phrases(marked)), vocabulary))


def is_comment(token: Token) -> bool:
    """# and // behind a formula, with something behind them, and an & before words in a row of aligned formulas: what
    follows is a remark on it.
    """
    return token.kind == "STOP" and (token.value == "&" if token.shown else token.value in ("#", "//", "/*"))


def is_break(tokens: Sequence[Token], place: int, level: int) -> bool:
    """Whether a sign is punctuation here, within so many brackets."""
    token, before, after = tokens[place], token_at(tokens, place - 1), token_at(tokens, place + 1)
    if token.kind in ("ASKED", "ARROW"):
        return True
    if token.kind == "STOP":
        return not (level and (token.value == ";" or (token.value == ":" and _is_below(tokens, place))))
    if token.value == ">":  # what opens a line is no comparison: the sign of an item or of a quotation
        return all(sign.value == ">" for sign in tokens[:place])
    if token.kind == "COMMA" and not token.spaced and not after.spaced and _is_by_several(tokens, place):
        return False
    if token.kind in ("COMMA", "ROW") or (token.kind == "COMPARE" and token.value == "∈"):
        return level == 0
    if token.kind == "DOTS":
        joined = before.kind in OPERATORS - {"RELATION"} or after.kind in OPERATORS - {"MINUS"}
        within = token.shown and before.kind in _ENDS and after.kind == "WORD" and after.shown
        return level == 0 and not (joined or within)
    if token.kind == "GAP":
        joined = not before.kind or before.kind in OPERATORS or not after.kind or after.kind in OPERATORS - {"PARTIAL"}
        return level == 0 and not joined
    if is_dash(tokens, place):
        return level == 0
    if token.kind == "MINUS":  # ----, or a dash before words
        close = (after.kind == "MINUS" and not after.spaced) or (before.kind == "MINUS" and not token.spaced)
        return level == 0 and close
    return False


def _is_below(tokens: Sequence[Token], place: int) -> bool:
    """Whether a place is within what stands below a sign: ∑_{i: y_i = 1}."""
    level = 0
    for at in range(place - 1, 0, -1):
        level += (tokens[at].kind == "CLOSE") - (tokens[at].kind == "OPEN")
        if level < 0:
            return tokens[at - 1].kind == "BELOW"
    return False


def _is_by_several(tokens: Sequence[Token], place: int) -> bool:
    """Whether a comma stands between the names by which ∇_w,b differentiates."""
    first = place - 1
    while token_at(tokens, first - 1).kind == "COMMA":
        first -= 2
    return token_at(tokens, first - 1).kind == "BELOW" and token_at(tokens, first - 2).kind == "NABLA"


def _without_marks(tokens: Sequence[Token]) -> Iterator[Token]:
    """Tokens of mathematics without the & of alignment; one between two formulas is a gap."""
    level = 0
    for place, token in enumerate(tokens):
        level += (token.kind == "BEGIN") - (token.kind == "END")
        if token.kind != "AMP" or level or not token.shown:
            yield token
            continue
        before, after = token_at(tokens, place - 1).kind, token_at(tokens, place + 1).kind
        is_related = any(other.kind == "RELATION" for other in tokens[:place])
        if is_related and (after == "TEXT" or token_at(tokens, place + 1).value == "⇒"):
            yield replace(token, kind="STOP")
        elif before and after and before not in OPERATORS | {"AMP"} and after not in OPERATORS:
            yield replace(token, kind="GAP", value=" ")


def _with_spaces(tokens: Sequence[Token]) -> Iterator[Token]:
    r"""Tokens with what white space says behind a sign of equality: dW = x*d    db = d are two formulas, and the comma
    of δ , a^T is left of a thin space, δ \, a^T."""
    level, is_related = 0, False
    for place, token in enumerate(tokens):
        level += (token.kind in ("OPEN", "BEGIN")) - (token.kind in ("CLOSE", "END"))
        is_related |= token.kind == "RELATION"
        is_outside = is_related and level == 0
        if is_outside and _is_thin_space(tokens, place):
            continue
        yield token
        if is_outside and _is_column(tokens, place):
            yield Token("STOP", ";", token.end, token.end)
            is_related = False


def _is_thin_space(tokens: Sequence[Token], place: int) -> bool:
    """Whether a comma of mathematics stands apart from what is before it, and only factors and terms follow, more than
    one name of a list."""
    token = tokens[place]
    if token.kind != "COMMA" or not (token.shown and token.spaced and token_at(tokens, place + 1).spaced):
        return False
    side = [token for token in tokens[place + 1 :] if token.kind not in ("STOP", "GAP")]
    return len(side) > 1 and side[0].kind in ("WORD", "OPEN", "FRACTION") and all(
        token.shown and token.kind in _OF_A_SIDE | _JOINED for token in side)


def _is_column(tokens: Sequence[Token], place: int) -> bool:
    """Whether wide white space stands behind a place, and then one name, call or quotient and a sign of equality."""
    token, after = tokens[place], token_at(tokens, place + 1)
    if after.shown or after.start - token.end < _WIDE or not {token.kind, after.kind}.isdisjoint(_JOINING):
        return False
    side = [*takewhile(lambda one: one.kind != "RELATION", tokens[place + 1 : place + 1 + _LONGEST_SIDE])]
    behind = token_at(tokens, place + 1 + len(side))
    return bool(side) and behind.kind == "RELATION" and all(one.kind in _OF_A_SIDE for one in side)


def _with_phrases(tokens: Sequence[Token]) -> Iterator[Token]:
    r"""\text{Marginal Cost} = C'(x): words set close in a formula, where an operand must stand, are a name.

    Behind a sign of equality they say what its left side is: \eta = \text{learning rate}. Whether a word of prose that
    is set close to an operand, w \text{in}, is a name nobody can tell.
    """
    for place, token in enumerate(tokens):
        before, after = token_at(tokens, place - 1).kind, token_at(tokens, place + 1).kind
        joined = not (OPERATORS - {"RELATION"}).isdisjoint((before, after))
        named = after == "RELATION" or joined
        if token.kind == "TEXT" and named and {before, after} <= _BESIDE_A_PHRASE and _PHRASE.fullmatch(token.value):
            token = replace(token, kind="WORD", value=token.value.replace(" ", "_"))
        elif token.kind == "TEXT" and token.value in _NAMELIKE and is_operand(tokens, place):
            token = replace(token, kind="WORD")
        elif token.kind == "TEXT" and token.shown and token.value in _NAMELIKE and (before in _ENDS or joined):
            token = replace(token, kind="UNKNOWN")
        yield token


def _with_assignments(tokens: Sequence[Token], vocabulary: Vocabulary) -> Iterator[Token]:
    """w -> w - η g assigns, and s = s/m where s += x stands elsewhere; t1=.01 t2=-0.99 are two assignments, dE/dy = 2 y
    = 6 is none, and of y = 0.5 h = 3 nobody can tell where another line says what h is.
    """
    for place, token in enumerate(tokens):
        before, after, further = (token_at(tokens, at) for at in (place - 1, place + 1, place + 2))
        updates = before.kind == after.kind == "WORD" and key(before.value) == key(after.value)
        if token.kind == "ARROW" and updates and further.kind in ("MINUS", "PLUS"):
            token = replace(token, kind="RELATION", value="←")
        elif token.value == "←" and is_wordlike(after.value) and any(one.kind == "RELATION" for one in tokens[:place]):
            token = replace(token, kind="STOP")  # β = (X^T X)^-1 X^T y ← normal equations
        elif token.value == "=" and updates and key(before.value) in vocabulary.stepped:
            token = replace(token, value=":=")
        yield token
        begins = after.kind == "WORD" and after.spaced and further.kind == "RELATION"
        given = token.kind == "NUMBER" and not token.shown and begins and _is_given(tokens, place - 1)
        is_step = given and _is_worked_out(tokens, place)
        is_known = given and not is_step and vocabulary.is_defined(key(after.value))
        if is_known and "." in token.value:
            yield Token("UNKNOWN", f"{token.value} {after.value}", token.end, token.end)
        elif (given and not is_step and not is_known) or _is_ordinal(token, before, after):
            yield Token("STOP", ";", token.end, token.end)


def _is_given(tokens: Sequence[Token], place: int) -> bool:
    """Whether the number behind a place is all that stands behind a sign of equality: t1 = 2, t2 = -2."""
    return token_at(tokens, place - (tokens[place].kind in ("MINUS", "PLUS"))).kind == "RELATION"


def _is_worked_out(tokens: Sequence[Token], place: int) -> bool:
    """Whether more than a name stands before the sign of equality: what is worked out, a derivative."""
    at = place - 1 - (tokens[place - 1].kind in ("MINUS", "PLUS"))
    last, before = token_at(tokens, at - 1), token_at(tokens, at - 2)
    return last.kind == "CLOSE" or before.kind in OPERATORS - {"RELATION", "MINUS"}


def _is_ordinal(token: Token, before: Token, after: Token) -> bool:
    """Step 2 $z = 3x$: a number among words is no factor of the mathematics behind a blank."""
    among_words = token.kind == "NUMBER" and not token.shown and before.kind not in OPERATORS
    return among_words and after.shown and after.spaced
