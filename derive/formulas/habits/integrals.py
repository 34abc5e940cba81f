"""Brackets with two ends, [x^3 + x]_0^2, behind an integral: what stands in them from one value to another."""

from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from derive.formulas.brackets import partners
from derive.formulas.signs import INTEGRAL
from derive.formulas.tokens import Token, token_at


def with_integrals(lines: Sequence[Sequence[Token]]) -> list[Sequence[Token]]:
    """Lines in which the sign below such a bracket tells by which name the last integral before it is taken; elsewhere
    [z]_1^2 is an entry, squared.
    """
    made: list[Sequence[Token]] = []
    by = ""
    for line in lines:
        by = _by(line) or by
        made.append([*_from(line, by)] if by else line)
    return made


def _by(line: Sequence[Token]) -> str:
    """The name by which a line integrates: dx, d x."""
    sign = next((place for place, token in enumerate(line) if token.value == INTEGRAL), len(line))
    for place in range(sign, len(line)):
        word, after = line[place], token_at(line, place + 1)
        if word.kind == "WORD" and word.value[0] == "d":
            return word.value[1:] or (after.value if after.kind == "WORD" else "")
    return ""


def _from(line: Sequence[Token], by: str) -> Iterator[Token]:
    """Tokens with the sign below a square bracket as one of its own, where another end stands above."""
    closing = partners(line)
    for place, token in enumerate(line):
        first = place + 1 + (token_at(line, place + 1).kind == "MINUS")
        is_behind = token.kind == "BELOW" and token_at(line, place - 1).value == "]"
        is_end = is_behind and token_at(line, closing.get(first, first) + 1).kind == "POWER"
        yield replace(token, kind="FROM", value=by) if is_end else token
