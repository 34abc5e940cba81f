"""Functions without an argument: f = tanh, where f(z) stands somewhere, is f(u) = tanh(u); tanh' = 1 - tanh^2 is
tanh'(u) = 1 - tanh^2(u); G = wx + b, where G(x) stands everywhere else, is G(x) = wx + b.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise

from msgspec.structs import replace

from derive.formulas.brackets import partners
from derive.formulas.tokens import Token, token_at
from derive.formulas.vocabulary import is_known, is_wordlike
from derive.formulas.vocabulary.uses import begins

_ENDS = frozenset(("", "STOP", "COMMA", "TEXT", "GAP", "ROW", "END"))
_OPEN = _ENDS | {"WORD"}
_LETTERS = "uvzsxqr"


def with_arguments(lines: Sequence[Sequence[Token]]) -> list[tuple[Token, ...]]:
    """The lines with an argument behind functions that have none, a letter that the document does not use."""
    called = frozenset(token.value for tokens in lines for token, after in pairwise(tokens) if _opens(token, after))
    words = frozenset(token.value for tokens in lines for token in tokens)
    letter = next((one for one in _LETTERS if one not in words), "")
    places = [_without_argument(tokens, called) if letter else frozenset() for tokens in lines]
    return [
        tuple(one for place, token in enumerate(tokens) for one in (token, *_argument(token, letter, place in found)))
        for tokens, found in zip(lines, places, strict=True)
    ]


def _without_argument(tokens: Sequence[Token], called: frozenset[str]) -> frozenset[int]:
    """The places behind which an argument is missing."""
    named = {p + beside for p in range(len(tokens)) if _names_function(tokens, p, called) for beside in (0, 2)}
    return frozenset(named.union(*(_of_slope(tokens, place, called) for place in range(len(tokens)))))


def _of_slope(tokens: Sequence[Token], place: int, called: frozenset[str]) -> frozenset[int]:
    """Where arguments are missing in an equation that begins with a function's slope, σ' = σ (1 - σ): behind every one
    of its functions, or behind none.
    """
    function, prime, sign = (token_at(tokens, place + further) for further in range(3))
    is_function = is_known(function.value) and (len(function.value) > 1 or function.value in called)
    opens = token_at(tokens, place - 1).kind in _OPEN
    if not (is_function and prime.kind == "PRIME" and sign.value == "=" and opens):
        return frozenset()
    found, level = {place + 1}, 0
    for at in range(place + 3, len(tokens)):
        token, after = tokens[at], token_at(tokens, at + 1)
        level += (token.kind == "OPEN") - (token.kind == "CLOSE")
        is_prose = token.kind == "WORD" and is_wordlike(token.value) and not is_known(token.value)
        if token.shown != function.shown or level < 0 or is_prose or (not level and token.kind in _ENDS):
            break
        if token.kind == "WORD" and is_known(token.value):
            if after.kind == "OPEN" and (token.value != function.value or not _has_sum(tokens, at + 1, function.value)):
                return frozenset()
            found.add(at + 2 if after.kind == "POWER" and token_at(tokens, at + 2).kind == "NUMBER" else at)
    return frozenset(found)


def _has_sum(tokens: Sequence[Token], place: int, function: str) -> bool:
    """Whether a bracket has the function again, so that it is a factor and no argument."""
    ends = (at for at in range(place, len(tokens)) if tokens[at].kind == "CLOSE")
    return any(token.value == function for token in tokens[place : next(ends, len(tokens))])


def _argument(token: Token, letter: str, is_missing: bool) -> Iterable[Token]:
    """An argument in brackets behind a token, where it is missing; no text stands there."""
    signs = (("OPEN", "("), ("WORD", letter), ("CLOSE", ")")) if is_missing else ()
    return (Token(kind, value, token.end, token.end, False, token.shown) for kind, value in signs)


def with_variables(lines: Sequence[Sequence[Token]]) -> list[tuple[Token, ...]]:
    """The lines with its variables behind the name of what is defined without, G = …, and has them everywhere else."""
    places = [(tokens, at) for tokens in lines for at, token in enumerate(tokens) if token.kind == "WORD"]
    heads = {tokens[at].value: tokens for tokens, at in places[::-1] if _is_bare_head(tokens, at)}
    bare = {tokens[at].value for tokens, at in places if not _calls(tokens, at) and not _is_bare_head(tokens, at)}
    calls: dict[str, Sequence[Token]] = {}
    closing = {id(tokens): partners(tokens) for tokens in lines}
    for tokens, at in places:
        name, words = tokens[at].value, _variables(tokens, at, closing[id(tokens)])
        told = [token.value for token in heads.get(name, ())[1:] if token.shown and not is_known(token.value)]
        if name not in bare and words and all(any(one.value in word for word in told) for one in words[1:-1:2]):
            calls.setdefault(name, words)
    if not calls:
        return list(map(tuple, lines))
    return [tuple(part for at in range(len(tokens)) for part in _as_head(tokens, at, calls)) for tokens in lines]


def _as_head(tokens: Sequence[Token], place: int, calls: Mapping[str, Sequence[Token]]) -> Iterator[Token]:
    """A token; behind the name that begins a definition, where no text stands, the variables that it has elsewhere."""
    yield (name := tokens[place])
    if _is_bare_head(tokens, place):
        yield from (replace(part, start=name.end, end=name.end, spaced=False) for part in calls.get(name.value, ()))


def _is_bare_head(tokens: Sequence[Token], place: int) -> bool:
    """Whether a name of mathematics begins a definition, and nothing stands behind it."""
    after = token_at(tokens, place + 1)
    is_name = tokens[place].kind == "WORD" and tokens[place].shown and not is_known(tokens[place].value)
    return is_name and after.value == "=" and begins(tokens, place)


def _calls(tokens: Sequence[Token], place: int) -> bool:
    return _opens(tokens[place], token_at(tokens, place + 1)) and not is_known(tokens[place].value)


def _variables(tokens: Sequence[Token], place: int, closing: Mapping[int, int]) -> Sequence[Token]:
    """The bracket behind a name, where it has names and commas alone; else nothing."""
    end = closing.get(place + 1, -1)
    if not _calls(tokens, place) or end < 0:
        return ()
    inside = tokens[place + 2 : end]
    kinds = [token.kind for token in inside]
    is_list = kinds[::2] == ["WORD"] * len(kinds[::2]) and kinds[1::2] == ["COMMA"] * (len(kinds) // 2)
    return tokens[place + 1 : end + 1] if is_list and len(kinds) % 2 else ()


def _opens(token: Token, after: Token) -> bool:
    """Whether a name stands close before a bracket."""
    return token.kind == "WORD" and after.value == "(" and not after.spaced


def _names_function(tokens: Sequence[Token], place: int, called: frozenset[str]) -> bool:
    """Whether f = tanh stands at a place, alone in its formula, of an f that is called elsewhere."""
    name, sign, known = (token_at(tokens, place + further) for further in range(3))
    is_said = name.kind == known.kind == "WORD" and sign.kind == "RELATION" and sign.value == "="
    alone = token_at(tokens, place + 3).kind in _ENDS
    return is_said and alone and name.value in called and is_known(known.value) and not is_known(name.value)
