"""w^t x for w^T x: a small t is a transpose where the whole document has it above factors and nowhere else."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from msgspec.structs import replace

from derive.formulas.tokens import Token, token_at

_FACTORS = frozenset("WORD OPEN".split())
_ARRAYS = ("vector", "vekt", "vect", "matri", "transpos", "向量", "矩阵", "ベクトル", "行列", "mathbb", "ℝ")
"""How words begin that tell of vectors and matrices."""


def with_transposes(lines: Sequence[tuple[Token, ...]]) -> list[tuple[Token, ...]]:
    """The tokens of a document's lines with each small t as a transpose, where it can be nothing else."""
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
