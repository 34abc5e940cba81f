"""Which words of a line are prose: those that no sign of a formula joins to it."""

from collections.abc import Collection, Sequence

from derive.formulas.brackets import is_difference
from derive.formulas.signs import PROSE, SPELLED
from derive.formulas.tokens import OPERATORS, Token, token_at
from derive.formulas.vocabulary import (
    DIFFERENTIALS,
    HARDLY_NAMES,
    SEQUENCED,
    Vocabulary,
    is_before_formula,
    is_known,
    is_wordlike,
    key,
)

_ARTICLES = frozenset(("a", "A", "I"))
_VERBS = frozenset("is equals becomes gives yields".split())
"""Words before which `a` is no article."""
_LAST_LETTER = 0x52F
"""Latin, Greek and Cyrillic letters can be names; those behind are words of a text."""
_BEFORE_OPERAND = frozenset("TIMES OVER PLUS POWER ENTRYWISE".split())
_BEHIND_OPERAND = frozenset("TIMES OVER POWER ENTRYWISE".split())
"""Signs beside which an operand must stand."""
_LONGEST_CALL = 12
_JOINING = OPERATORS | frozenset("OPEN CLOSE PRIME SUPERSCRIPT COMMA".split())
_OPERAND_ENDS = frozenset("WORD NUMBER CLOSE SUPERSCRIPT PRIME".split())
_TERMS = frozenset("PLUS MINUS TIMES".split())
_EQUATION_ENDS = _TERMS | frozenset("RELATION COMMA STOP".split())
_LINKS_ON = OPERATORS | frozenset("OPEN COMMA RELATION COMPARE".split())
_LINKED_ON = OPERATORS | frozenset("CLOSE PRIME SUPERSCRIPT RELATION COMPARE".split())


def prose_of(tokens: Sequence[Token], vocabulary: Vocabulary) -> frozenset[int]:
    """The places of words that are prose; those within a matrix or cases are none."""
    formula = _conditional(tokens) | _framed(tokens)
    found = {
        place
        for place, token in enumerate(tokens)
        if place not in formula
        and (token.kind == "TEXT" or (token.kind == "WORD" and not _is_formula(tokens, place, vocabulary)))
    }
    for place in range(len(tokens)):
        if _is_article(tokens, place, found):
            found.add(place)
    return frozenset(found)


def is_operand(tokens: Sequence[Token], place: int) -> bool:
    """Whether a sign of arithmetic stands beside a place there, so that an operand must: 2 * weight."""
    before, after = token_at(tokens, place - 1).kind, token_at(tokens, place + 1).kind
    return before in _BEFORE_OPERAND or after in _BEHIND_OPERAND


def _framed(tokens: Sequence[Token]) -> frozenset[int]:
    """The places between the begin and the end of a matrix."""
    found, level = set(), 0
    for place, token in enumerate(tokens):
        level += (token.kind == "BEGIN") - (token.kind == "END")
        if level > 0:
            found.add(place)
    return frozenset(found)


def _conditional(tokens: Sequence[Token]) -> frozenset[int]:
    """The places of the words of `a if h > 0 else b`."""
    words = [token.value if token.kind == "WORD" else "" for token in tokens]
    if "if" in words and "else" in words and any(token.kind == "COMPARE" for token in tokens):
        return frozenset((words.index("if"), words.index("else")))
    return frozenset()


def _is_glued(before: Token, token: Token) -> bool:
    """Whether a word stands close behind a name with an index, xy in w_1xy."""
    return before.kind == "WORD" and "_" in before.value and before.end == token.start and before.shown == token.shown


def _is_between_formulas(before: Token, token: Token, after: Token) -> bool:
    """Whether a word of the text stands beside a formula that is set apart, no sign joining them: the e in Portuguese
    `$w = 1$ e $b = 2$`.
    """
    is_apart = not token.shown and (before.shown or after.shown)
    return is_apart and before.kind not in _LINKS_ON and after.kind not in _LINKED_ON


def _is_connective(tokens: Sequence[Token], place: int, vocabulary: Vocabulary) -> bool:
    """Whether a letter is the `and` of the text's language between two equations: the y of `z = w x y a = s(z)`."""
    token, before, after = tokens[place], token_at(tokens, place - 1), token_at(tokens, place + 1)
    if token.value not in vocabulary.connectives or token.shown or not (token.spaced and after.spaced):
        return False
    if before.kind not in _OPERAND_ENDS or after.kind not in ("WORD", "PARTIAL"):
        return False
    signs = [other.kind for other in tokens]
    ends = _EQUATION_ENDS - (_TERMS if token.value in HARDLY_NAMES else frozenset())
    sign = next((at for at in range(place + 1, len(tokens)) if signs[at] in ends), len(tokens))
    is_valued = sign == place + 2 and token_at(tokens, sign + 1).kind in ("NUMBER", "MINUS")  # V = x y z = 8
    return "RELATION" in signs[:place] and token_at(tokens, sign).kind == "RELATION" and not is_valued


def _is_differentiated(tokens: Sequence[Token], place: int) -> bool:
    """Whether a word stands behind d/dx, which needs an operand."""
    by, stroke, sign = (token_at(tokens, place - back) for back in (1, 2, 3))
    is_by = by.kind == "WORD" and by.value[0] in DIFFERENTIALS and len(by.value) > 1
    return is_by and stroke.kind == "OVER" and (sign.kind == "PARTIAL" or sign.value in DIFFERENTIALS)


def _is_formula(tokens: Sequence[Token], place: int, vocabulary: Vocabulary) -> bool:
    """Whether a word belongs to a formula."""
    token, before, after = tokens[place], token_at(tokens, place - 1), token_at(tokens, place + 1)
    word = token.value
    if any(char.isalpha() and ord(char) > _LAST_LETTER for char in word):
        return False  # a word of another script
    if _is_between_formulas(before, token, after) or _is_connective(tokens, place, vocabulary):
        return False
    if not is_wordlike(word) or _is_glued(before, token) or _is_differentiated(tokens, place):
        return True
    if before.kind == "CLOSE" and after.kind in ("OPEN", "") and key(word) in vocabulary.defined:
        return True  # (out - t) out (1 - out)
    if token.shown or (before.value == "{" and after.value == "}"):
        return word not in PROSE or vocabulary.is_name(word) or (token.shown and is_operand(tokens, place))
    if vocabulary.is_function(word):
        return _is_applied(tokens, place)
    if _is_multiplied(tokens, place, vocabulary) or _is_greek_factor(tokens, place):
        return True
    of = token_at(tokens, place - 2)
    is_taken = is_known(of.value) or of.kind in ("PARTIAL", "POWER")
    if is_taken and before.value == "(" and after.kind == "CLOSE" and word not in PROSE:  # softmax(Wx), ∂(Wx), e^(kx)
        return True
    if not vocabulary.is_name(word):
        return _is_differential(tokens, place)
    if _is_joined(tokens, place, vocabulary):
        return True
    # a name of letters alone stands between signs; between words it is a word
    return after.kind == "RELATION" if word in PROSE else len(tokens) == 1


def _is_applied(tokens: Sequence[Token], place: int) -> bool:
    """Whether a function has an argument, or a sign of arithmetic beside it."""
    before, after = token_at(tokens, place - 1), token_at(tokens, place + 1)
    return (
        (after.kind == "OPEN" and not after.spaced)
        or after.kind in ("PRIME", "SUPERSCRIPT", "FRACTION", "BAR", "BELOW")
        or (tokens[place].value in SEQUENCED and after.kind in ("WORD", "NUMBER", "OPEN"))
        or before.kind in OPERATORS | {"OPEN"}
        or after.kind in OPERATORS - {"PARTIAL"}
        or (place == 0 and after.kind == "WORD" and token_at(tokens, 2).kind == "RELATION")  # sigmoid x = …
    )


def _is_multiplied(tokens: Sequence[Token], place: int, vocabulary: Vocabulary) -> bool:
    """The letters of 2xy: close behind a number that an operation brings in, where `the 2nd` has none."""
    return (
        not tokens[place].spaced
        and token_at(tokens, place - 1).kind == "NUMBER"
        and token_at(tokens, place - 2).kind in OPERATORS | {"OPEN"}
        and not _is_hyphen(tokens, place - 2, vocabulary)
    )


def _is_greek_factor(tokens: Sequence[Token], place: int) -> bool:
    """Whether a letter that is spelled out stands behind an operand of a formula, as a factor: T = 2 pi sqrt(l/g)."""
    before = token_at(tokens, place - 1)
    is_name_before = before.kind == "WORD" and not is_wordlike(before.value)
    is_in_formula = any(token.kind in OPERATORS for token in tokens[:place])
    is_behind = is_name_before or before.kind in OPERATORS | {"NUMBER", "CLOSE"}
    return tokens[place].value in SPELLED and is_behind and is_in_formula


def _is_differential(tokens: Sequence[Token], place: int) -> bool:
    """dE in a ratio, df(x)/dx."""
    if tokens[place].value[0] not in DIFFERENTIALS:
        return False
    if _is_between_differentials(tokens, place):
        return True
    near = tokens[max(0, place - 2) : place + 3]
    if any(token.kind in ("OVER", "FRACTION") for token in near):
        return True
    inside = tokens[place + 1 : place + _LONGEST_CALL]
    end = next((at for at, token in enumerate(inside, place + 1) if token.kind == "CLOSE"), -1)
    is_call = inside[:1] != () and inside[0].kind == "OPEN" and not inside[0].spaced
    return is_call and token_at(tokens, end + 1).kind == "OVER" and token_at(tokens, end + 2).value[:1] in DIFFERENTIALS


def _is_between_differentials(tokens: Sequence[Token], place: int) -> bool:
    """The dx of du = 2x dx: behind an operand, where the line begins with what changes."""
    first, word = tokens[0], tokens[place].value
    is_change = first.kind == "WORD" and first.value[0] == word[0] == "d" and token_at(tokens, 1).kind == "RELATION"
    return is_change and place > 2 and len(word) == 2 and word not in PROSE


def _is_joined(tokens: Sequence[Token], place: int, vocabulary: Vocabulary) -> bool:
    """Whether a sign of arithmetic stands beside a word, or a bracket or comma on both sides; a hyphen is none."""
    token, before, after = tokens[place], token_at(tokens, place - 1), token_at(tokens, place + 1)
    apart_left, apart_right = before.kind == "CLOSE" and token.spaced, after.kind == "OPEN" and after.spaced
    is_factor = after.kind == "WORD" and not is_wordlike(after.value)
    if before.kind == "OPEN" and (after.kind == "COMMA" or is_factor):
        return not before.spaced and token_at(tokens, place - 2).kind == "WORD"  # loss(out, target), tanh(wg x)
    left = before.kind in _JOINING and not apart_left and not _is_hyphen(tokens, place - 1, vocabulary)
    apart_right = apart_right or is_before_formula(tokens, place)
    is_right = after.kind in _JOINING - {"PARTIAL", "COMMA"} and not apart_right
    right = is_right and not _is_hyphen(tokens, place + 1, vocabulary)
    return (left and right) or (left and before.kind not in ("COMMA", "OPEN")) or (right and after.kind != "CLOSE")


def _is_hyphen(tokens: Sequence[Token], place: int, vocabulary: Vocabulary) -> bool:
    """Whether the sign at a place is a minus without blanks between two words of letters, or between a formula that is
    set apart and a word: the `$L_2$`-norm; none between two names that a sign brings in, = out-target.
    """
    token, before, after = tokens[place], token_at(tokens, place - 1), token_at(tokens, place + 1)
    first, last = (
        word.kind == "WORD" and word.value.isalpha() and len(word.value) > 1 and not word.shown
        for word in (before, after)
    )
    is_close = token.kind == "MINUS" and not token.spaced and not after.spaced
    is_compound = first or (before.shown and not token.shown)
    is_brought_in = token_at(tokens, place - 2).kind in OPERATORS and token_at(tokens, place + 2).kind != "WORD"
    is_of_names = is_brought_in and all(vocabulary.is_name(word.value) for word in (before, after))
    return last and is_compound and is_close and not is_of_names and not is_difference(tokens, place)


def _is_article(tokens: Sequence[Token], place: int, prose: Collection[int]) -> bool:
    """Whether a letter is the article in "a neuron"."""
    token, before, after = tokens[place], token_at(tokens, place - 1), token_at(tokens, place + 1)
    if token.kind != "WORD" or token.value not in _ARTICLES or token.shown or after.value in _VERBS:
        return False
    if after.kind in OPERATORS | {"CLOSE", "PRIME", "SUPERSCRIPT"} or (after.kind == "OPEN" and not after.spaced):
        return False
    if before.kind in OPERATORS | {"OPEN"} and place + 1 not in prose:
        return False
    if before.kind in ("TIMES", "OVER", "POWER", "PLUS") or before.value in SEQUENCED:
        return False  # -log a and
    is_factor = token.value != "a" and after.kind == "WORD" and not is_wordlike(after.value)  # A x = b
    opens = place == 0 and bool(after.kind) and not (token.spaced or is_factor) and token.value != "a"
    return opens or place + 1 in prose or (place - 1 in prose and not is_factor)
