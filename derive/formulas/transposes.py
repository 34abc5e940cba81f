"""w^t x and wTx for w^T x: a small t is a transpose where the whole document has it above factors and nowhere else, a
T within a word where what stands before it is a name by itself, and T is none.
"""

from collections.abc import Iterator, Sequence, Set
from itertools import pairwise

from msgspec.structs import replace

from derive.formulas.tokens import Token, token_at

_FACTORS = frozenset("WORD OPEN".split())
_ARRAYS = ("vector", "vekt", "vect", "matri", "transpos", "向量", "矩阵", "ベクトル", "行列", "mathbb", "ℝ")
"""How words begin that tell of vectors and matrices."""


def with_transposes(lines: Sequence[tuple[Token, ...]]) -> list[tuple[Token, ...]]:
    """The tokens of a document's lines with each small t as a transpose, where it can be nothing else."""
    words = {token.value for line in lines for at, token in enumerate(line) if not _is_raised(line, at)}
    words |= {word[1:] for word in words if word[:1] == "d"}
    if "T" not in words:
        lines = [tuple(part for at in range(len(line)) for part in _apart(line, at, words)) for line in lines]
    above = {(row, at) for row, line in enumerate(lines) for at in _above(line)}
    if not above or not any(_is_between_factors(lines[row], at) for row, at in above) or not _tells_arrays(lines):
        return list(lines)
    for row, line in enumerate(lines):
        for at, token in enumerate(line):
            is_above = (row, at) in above
            if _names_t(token) and not (is_above and _may_be_turned(line, at)):
                return list(lines)
    turned = [list(line) for line in lines]
    for row, at in above:
        turned[row][at] = replace(turned[row][at], kind="TURNED", value="T")
    return list(map(tuple, turned))


def _is_raised(line: Sequence[Token], at: int) -> bool:
    """Whether a token stands above another one, in braces or not."""
    return token_at(line, at - 1 - (token_at(line, at - 1).kind == "OPEN")).kind == "POWER"


def _apart(line: Sequence[Token], at: int, words: Set[str]) -> Iterator[Token]:
    """wT·x and wTx as w^T·x and w^T x, where w is a word by itself; else the word."""
    token, word, rest = line[at], line[at].value, line[at].value[2:]
    is_turned = word[1:2] == "T" and word[0] in words and word[0].islower()
    is_turned = is_turned and (rest in words if rest else token_at(line, at + 1).kind in _FACTORS | {"TIMES"})
    if token.kind != "WORD" or not is_turned or token.end - token.start != len(word):
        yield token
        return
    yield replace(token, value=word[0], end=token.start + 1)
    yield replace(token, kind="TURNED", value="T", start=token.start + 1, end=token.start + 2, spaced=False)
    if rest:
        yield replace(token, value=rest, start=token.start + 2, spaced=False)


def _tells_arrays(lines: Sequence[tuple[Token, ...]]) -> bool:
    """Whether a document speaks of vectors, in words or by a sign."""
    tokens = [token for line in lines for token in line]
    raised = (one.value for one, other in pairwise(tokens) if other.kind == "POWER")
    is_capital = any(len(value) == 1 and value.isupper() for value in raised)
    return is_capital or any(t.kind == "NABLA" or t.value.lower().lstrip().startswith(_ARRAYS) for t in tokens)


def _names_t(token: Token) -> bool:
    """Whether a token is t, or has it among its indices."""
    return token.kind == "WORD" and "t" in token.value.replace("^", "_").split("_")


def _above(line: Sequence[Token]) -> Iterator[int]:
    """The places of a t that stands alone above something, in braces or not."""
    for at, token in enumerate(line):
        if token.kind == "WORD" and token.value == "t":
            is_braced = token_at(line, at - 1).kind == "OPEN" and token_at(line, at + 1).kind == "CLOSE"
            if token_at(line, at - 1 - is_braced).kind == "POWER":
                yield at


def _is_between_factors(line: Sequence[Token], at: int) -> bool:
    """Whether a name stands before a t that is above it, and a factor behind."""
    is_braced = token_at(line, at + 1).kind == "CLOSE" and token_at(line, at - 1).kind == "OPEN"
    before, after = token_at(line, at - 2 - is_braced), token_at(line, at + 1 + is_braced)
    return before.kind == "WORD" and before.value != "e" and after.kind in _FACTORS


def _may_be_turned(line: Sequence[Token], at: int) -> bool:
    """Whether what stands below a t is a name or a bracket: no number, and no e."""
    base = token_at(line, at - 2 - (token_at(line, at - 1).kind == "OPEN"))
    return base.kind == "CLOSE" or (base.kind == "WORD" and base.value != "e")
