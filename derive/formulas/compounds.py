"""Words that hold a function's name: nlog(x) is n log(x), logp_j is log p_j and sin2x is sin 2x, where these are no
names of the document.
"""

from collections.abc import Iterator, Sequence, Set

from msgspec.structs import replace

from derive.formulas.brackets import partners
from derive.formulas.tokens import OPERATORS, Token, token_at
from derive.formulas.vocabulary import DIFFERENTIALS, SEQUENCED, is_known
from derive.formulas.vocabulary.uses import variables_of

_ARGUMENTS = frozenset("PRIME OPEN WORD NUMBER POWER SUPERSCRIPT BAR FRACTION ROOT".split())
_BESIDE = OPERATORS | {"OPEN", "CLOSE"}
_ALGEBRAIC = frozenset("ln log exp".split())
_CUSTOMARY = frozenset("xθ")
"""What a function is taken of, where a document says nothing of it: sinx."""
_OF_INVERSES = frozenset("a ar arc".split())
"""What stands before the name of a function in that of its inverse."""


def with_compounds(lines: Sequence[Sequence[Token]]) -> list[tuple[Token, ...]]:
    """The tokens of a document's lines with each such word as several, names and functions."""
    lines = _with_exponentials(lines)
    places = [(line, at) for line in lines for at, token in enumerate(line) if token.kind == "WORD"]
    whole = {line[at].value for line, at in places if not _is_applied(line, at) or _is_head(line, at)}
    names = {line[at].value for line, at in places if _is_in_formula(line, at)} - DIFFERENTIALS
    told = {line[at].value for line, at in places if token_at(line, at + 1).kind == "RELATION"}
    own = frozenset(line[at].value for line, at in places if len(line[at].value) == 1 and variables_of(line, at))
    parts = [[part for token in line for part in _letters(token, own)] for line in lines]
    parted = [[part for at, token in enumerate(line)
               for part in _parted(token, names, whole, SEQUENCED | own if _is_called(line, at) else SEQUENCED)]
              for line in parts]
    return [tuple(part for at, token in enumerate(line) for part in _applied(line, at, names | _CUSTOMARY, told))
            for line in parted]


def _with_exponentials(lines: Sequence[Sequence[Token]]) -> Sequence[Sequence[Token]]:
    """Lines with kAe^{-kt} as k A e^{-kt}: a word that stands before powers alone, and ends with an e, is no name
    where a formula stands above it, or where its other letters are names of the document.
    """
    places = [(line, at) for line in lines for at, token in enumerate(line) if token.kind == "WORD"]
    whole = {line[at].value for line, at in places if token_at(line, at + 1).kind != "POWER"}
    names = {line[at].value for line, at in places if _is_in_formula(line, at)} - DIFFERENTIALS
    return [[part for at in range(len(line)) for part in _exponential(line, at, names, whole)] for line in lines]


def _exponential(line: Sequence[Token], at: int, names: Set[str], whole: Set[str]) -> Iterator[Token]:
    """A word's token as that of the factors before its e, letters unless they are one name, and the e; else itself."""
    token, factors = line[at], line[at].value.removesuffix("e")
    is_word = token.kind == "WORD" and token.end - token.start == len(token.value) and token.value not in whole
    is_raised = factors != token.value and token_at(line, at + 1).kind == "POWER" and factors not in ("", "d")
    is_known = factors in names or names >= set(factors)
    if not (is_word and is_raised and factors.isalpha() and (is_known or (token.shown and _is_formula(line, at + 2)))):
        yield token
        return
    pieces = (factors,) if factors in names else tuple(factors)
    start = token.start
    for piece in (*pieces, "e"):
        is_spaced, end = token.spaced and start == token.start, start + len(piece)
        yield replace(token, value=piece, start=start, end=end, spaced=is_spaced)
        start = end


def _is_formula(line: Sequence[Token], place: int) -> bool:
    """Whether a name stands above: -kt, x."""
    end = partners(line).get(place, place)
    return any(token.kind == "WORD" for token in line[place : end + 1])


def _letters(token: Token, functions: Set[str]) -> Iterator[Token]:
    """A word each of whose letters is a function of the document as these, fg; else itself."""
    if token.kind != "WORD" or len(token.value) < 2 or not set(token.value) <= functions:
        yield token
        return
    for place, letter in enumerate(token.value):
        start = token.start + place
        yield replace(token, value=letter, start=start, end=start + 1, spaced=token.spaced and not place)


def _applied(line: Sequence[Token], at: int, names: Set[str], told: Set[str]) -> Iterator[Token]:
    """A word's token as those of names and functions with the name behind each, logp_j, xsinxcosx; else itself."""
    token, word = line[at], line[at].value
    is_beside = not {"RELATION", "NUMBER"}.isdisjoint(token_at(line, beside).kind for beside in (at - 1, at + 1))
    is_formula = token.kind == "WORD" and (is_beside or _is_in_formula(line, at))
    is_cut = is_formula and not is_known(word) and token.end - token.start == len(word)
    names = _CUSTOMARY if word in told else names
    factor = word[:1] if word[:1] in names else ""
    pieces = (_pieces(word, names) or _pieces(word[1:], names, factor)) if is_cut else ()
    start = token.start
    for piece in pieces:
        kind = "NUMBER" if piece.isdecimal() else "WORD"
        end = start + len(piece)
        yield replace(token, kind=kind, value=piece, start=start, end=end, spaced=token.spaced and start == token.start)
        start = end
    if not pieces:
        yield token


def _pieces(word: str, names: Set[str], *before: str) -> tuple[str, ...]:
    """A word as what stands before it, a function, perhaps a number, and a name, as often as they follow; none where it
    is no such word.
    """
    made, further = list(before), word
    while further and all(before):
        function = max((one for one in SEQUENCED if further.startswith(one)), key=len, default="")
        rest = further.removeprefix(function)
        argument = rest.lstrip("0123456789")
        name = argument if argument[1:2] == "_" else argument[:1]
        if not (function and name in names):
            return ()
        made += [function, *filter(None, (rest.removesuffix(argument),)), name]
        further = argument.removeprefix(name)
    return tuple(made) if word and all(before) else ()


def _is_applied(tokens: Sequence[Token], place: int) -> bool:
    return token_at(tokens, place + 1).kind in _ARGUMENTS


def _is_head(tokens: Sequence[Token], place: int) -> bool:
    """Whether a word of several letters is a function that its line defines."""
    if place or len(tokens[place].value) == 1 or token_at(tokens, 1).value != "(":
        return False
    return token_at(tokens, partners(tokens).get(1, -1) + 1).kind == "RELATION"


def _is_called(tokens: Sequence[Token], place: int) -> bool:
    """Whether what stands behind a word, or behind its strokes, is a bracket."""
    behind = place + 1
    while token_at(tokens, behind).kind == "PRIME":
        behind += 1
    return token_at(tokens, behind).value == "(" and not token_at(tokens, place + 1).spaced


def _is_in_formula(tokens: Sequence[Token], place: int) -> bool:
    """Whether a word stands in mathematics, or beside a sign of it."""
    return tokens[place].shown or not _BESIDE.isdisjoint(token_at(tokens, at).kind for at in (place - 1, place + 1))


def _parted(token: Token, names: set[str], whole: set[str], functions: Set[str]) -> Iterator[Token]:
    """A word's token as that of the names that it begins with and that of the function behind them; else itself.

    Of asin(x) nobody can tell whether it is a function's inverse or a times its value.
    """
    word = token.value
    function = max((one for one in functions if word.endswith(one)), key=len, default="")
    before, cut = word.removesuffix(function), token.end - len(function)
    is_word = token.kind != "WORD" or is_known(word) or word in whole or token.end - token.start != len(word)
    if is_word or not (before and function):
        yield token
    elif before in _OF_INVERSES and function not in _ALGEBRAIC:
        yield replace(token, kind="UNKNOWN")
    elif before in names or names.issuperset(before) or (token.shown and before.isalpha() and len(before) == 1):
        yield replace(token, value=before, end=cut)
        yield replace(token, value=function, start=cut, spaced=False)
    else:
        yield token
