"""Names that change from step to step: w (t + 1) for w(t + 1), w(0), and the word Delta before a name."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import pairwise

from msgspec.structs import replace

from derive.formulas.tokens import Token, token_at
from derive.formulas.vocabulary import is_wordlike

_COUNTS = frozenset("tnkτ")
_NOW = ("OPEN", "WORD", "CLOSE")
_NEXT = ("OPEN", "WORD", "PLUS", "NUMBER", "CLOSE")


def with_steps(lines: Iterable[Sequence[Token]]) -> list[tuple[Token, ...]]:
    """The tokens of a document's lines with each step of a name as one word."""
    changed = [tuple(_with_changes(tokens)) for tokens in lines]
    words = frozenset(token.value for tokens in changed for token in tokens if token.kind == "WORD")
    current, names = _current(words), _stepped(changed, words)
    return [
        tuple(replace(token, value=current.get(token.value, token.value)) for token in _joined(tokens, names))
        for tokens in changed
    ]


def _current(words: Collection[str]) -> dict[str, str]:
    """The words of a step that are the name itself: w_t and dw_t where w_{t+1} and w stand, too."""
    split = {word: word.rpartition("_")[0] for word in words if word[-2:-1] == "_" and word[-1] in _COUNTS}
    return {
        word: f"{base}_old"
        for word, base in split.items()
        if any(name in words and f"{name}_new" in words for name in (base, base.removeprefix("d")))
    }


def _stepped(lines: Iterable[Sequence[Token]], words: Collection[str]) -> frozenset[str]:
    """The names of which a document tells the next step: w(t + 1) = …, where w(t) stands, too; with a blank or none."""
    close = (word.removesuffix("_old") for word in words if word.endswith("_old"))
    joined = frozenset(name for name in close if f"{name}_new" in words)
    return joined | (_spaced(lines, *_NEXT) & _spaced(lines, *_NOW))


def _spaced(lines: Iterable[Sequence[Token]], *kinds: str) -> frozenset[str]:
    """The names behind which tokens of these kinds stand."""
    return frozenset(
        token.value
        for tokens in lines
        for place, token in enumerate(tokens)
        if token.kind == "WORD" and _are(tokens, place + 1, kinds)
    )


def _are(tokens: Sequence[Token], place: int, kinds: Sequence[str]) -> bool:
    """Whether tokens of these kinds stand there, and each word among them counts steps."""
    found = tokens[place : place + len(kinds)]
    return [token.kind for token in found] == [*kinds] and all(t.value in _COUNTS for t in found if t.kind == "WORD")


def _joined(tokens: Sequence[Token], stepped: Collection[str]) -> Iterator[Token]:
    """Tokens with each step of a name as one word: w_new for w (t + 1), w_old for w (t), w^(0) for w(0)."""
    place = 0
    while place < len(tokens):
        token = tokens[place]
        place += 1
        if token.kind == "WORD" and token.value in stepped:
            for kinds, mark in ((_NEXT, "_new"), (_NOW, "_old"), (("OPEN", "NUMBER", "CLOSE"), "^({})")):
                if _are(tokens, place, kinds):
                    mark = mark.format(tokens[place + 1].value)
                    place += len(kinds)
                    token = replace(token, value=token.value + mark, end=tokens[place - 1].end)
                    break
        yield token


def _with_changes(tokens: Sequence[Token]) -> Iterator[Token]:
    """Tokens with the word Delta before a name as the sign that it stands for: Delta w is Δw."""
    for token, after in pairwise((*tokens, token_at(tokens, len(tokens)))):
        is_sign = token.value == "Delta" and after.kind == "WORD" and not is_wordlike(after.value)
        yield replace(token, value="Δ") if is_sign else token
