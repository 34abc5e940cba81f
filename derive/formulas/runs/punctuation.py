"""Which signs of a line are punctuation: they end a formula, or stand for nothing in it."""

from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from derive.formulas.tokens import OPERATORS, Token, token_at
from derive.formulas.vocabulary import key


def punctuated(tokens: Sequence[Token]) -> tuple[Token, ...]:
    """The tokens of a line with what its layout stands for: gaps for marks of alignment, ← for →, a stop between
    assignments."""
    return tuple(_with_assignments(tuple(_without_marks(tokens))))


def is_comment(token: Token) -> bool:
    """# and // behind a formula, with something behind them: what follows is a remark on it."""
    return token.kind == "STOP" and token.value in ("#", "//", "/*") and not token.shown


def is_break(tokens: Sequence[Token], place: int, level: int) -> bool:
    """Whether a sign is punctuation here, within so many brackets."""
    token, before, after = tokens[place], token_at(tokens, place - 1), token_at(tokens, place + 1)
    if token.kind in ("ASKED", "ARROW"):
        return True
    if token.kind == "STOP":
        return not (level and token.value == ";")
    if token.value == ">":  # what opens a line is no comparison: the sign of an item or of a quotation
        return all(sign.value == ">" for sign in tokens[:place])
    if token.kind in ("COMMA", "ROW") or (token.kind == "COMPARE" and token.value == "∈"):
        return level == 0
    if token.kind == "DOTS":
        return before.kind not in OPERATORS - {"RELATION"} and after.kind not in OPERATORS - {"MINUS"}
    if token.kind == "GAP":
        joined = not before.kind or before.kind in OPERATORS or not after.kind or after.kind in OPERATORS - {"PARTIAL"}
        return level == 0 and not joined
    if token.kind == "MINUS":  # ----, or a dash before words
        close = (after.kind == "MINUS" and not after.spaced) or (before.kind == "MINUS" and not token.spaced)
        return level == 0 and close
    return False


def _without_marks(tokens: Sequence[Token]) -> Iterator[Token]:
    """Tokens of mathematics without the & of alignment; one between two formulas is a gap."""
    level = 0
    for place, token in enumerate(tokens):
        level += (token.kind == "BEGIN") - (token.kind == "END")
        if token.kind != "AMP" or level or not token.shown:
            yield token
            continue
        before, after = token_at(tokens, place - 1).kind, token_at(tokens, place + 1).kind
        if before and after and before not in OPERATORS | {"AMP"} and after not in OPERATORS:
            yield replace(token, kind="GAP", value=" ")


def _with_assignments(tokens: Sequence[Token]) -> Iterator[Token]:
    """w -> w - η g assigns; t1=.01 t2=0.99 are two assignments."""
    for place, token in enumerate(tokens):
        before, after, further = (token_at(tokens, at) for at in (place - 1, place + 1, place + 2))
        updates = before.kind == after.kind == "WORD" and key(before.value) == key(after.value)
        if token.kind == "ARROW" and updates and further.kind in ("MINUS", "PLUS"):
            token = replace(token, kind="RELATION", value="←")
        yield token
        begins = after.kind == "WORD" and after.spaced and further.kind == "RELATION"
        if before.kind == "RELATION" and token.kind == "NUMBER" and begins:
            yield Token("STOP", ";", token.end, token.end)
