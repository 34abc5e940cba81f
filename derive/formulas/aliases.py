"""Functions whose head has no argument: f = tanh, where f(z) stands somewhere, is f(u) = tanh(u), and G = wx + b, where
G(x) stands everywhere else, is G(x) = wx + b.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise

from msgspec.structs import replace

from derive.formulas.brackets import partners
from derive.formulas.tokens import Token, token_at
from derive.formulas.vocabulary import is_known
from derive.formulas.vocabulary.uses import begins

_ENDS = frozenset(("", "STOP", "COMMA", "TEXT", "GAP", "ROW", "END"))
_LETTERS = "uvzsxqr"


def with_arguments(lines: Sequence[Sequence[Token]]) -> list[tuple[Token, ...]]:
    """The lines with an argument behind both names of a function, a letter that the document does not use."""
    applied = frozenset(token.value for tokens in lines for token, after in pairwise(tokens) if _opens(token, after))
    words = frozenset(token.value for tokens in lines for token in tokens)
    letter = next((one for one in _LETTERS if one not in words), "")
    if not letter or not any(
        _names_function(tokens, place, applied) for tokens in lines for place in range(len(tokens))
    ):
        return [tuple(tokens) for tokens in lines]
    return [tuple(_with_arguments(tokens, applied, letter)) for tokens in lines]


def _with_arguments(tokens: Sequence[Token], applied: frozenset[str], letter: str) -> Iterator[Token]:
    for place, token in enumerate(tokens):
        yield token
        if _names_function(tokens, place, applied) or _names_function(tokens, place - 2, applied):
            yield from _argument(token, letter)


def _argument(token: Token, letter: str) -> Iterable[Token]:
    """An argument in brackets behind a token, where no text stands."""
    signs = (("OPEN", "("), ("WORD", letter), ("CLOSE", ")"))
    return (Token(kind, value, token.end, token.end, False, token.shown) for kind, value in signs)


def with_variables(lines: Sequence[Sequence[Token]]) -> list[tuple[Token, ...]]:
    """The lines with its variables behind the name of what is defined without, G = …, and has them everywhere else."""
    places = [(tokens, at) for tokens in lines for at, token in enumerate(tokens) if token.kind == "WORD"]
    heads = {tokens[at].value: tokens for tokens, at in places[::-1] if _is_bare_head(tokens, at)}
    bare = {tokens[at].value for tokens, at in places if not _calls(tokens, at) and not _is_bare_head(tokens, at)}
    calls: dict[str, Sequence[Token]] = {}
    for tokens, at in places:
        name, words = tokens[at].value, _variables(tokens, at)
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
    return _opens(tokens[place], token_at(tokens, place + 1))


def _variables(tokens: Sequence[Token], place: int) -> Sequence[Token]:
    """The bracket behind a name, where it has names and commas alone; else nothing."""
    end = partners(tokens).get(place + 1, -1)
    if not _calls(tokens, place) or end < 0:
        return ()
    inside = tokens[place + 2 : end]
    kinds = [token.kind for token in inside]
    is_list = kinds[::2] == ["WORD"] * len(kinds[::2]) and kinds[1::2] == ["COMMA"] * (len(kinds) // 2)
    return tokens[place + 1 : end + 1] if is_list and len(kinds) % 2 else ()


def _opens(token: Token, after: Token) -> bool:
    """Whether a name stands close before a bracket."""
    return token.kind == "WORD" and after.value == "(" and not after.spaced and not is_known(token.value)


def _names_function(tokens: Sequence[Token], place: int, applied: frozenset[str]) -> bool:
    """Whether f = tanh stands at a place, alone in its formula, of an f that is applied elsewhere."""
    name, sign, known = (token_at(tokens, place + further) for further in range(3))
    is_said = name.kind == known.kind == "WORD" and sign.kind == "RELATION" and sign.value == "="
    alone = token_at(tokens, place + 3).kind in _ENDS
    return is_said and alone and name.value in applied and is_known(known.value)
