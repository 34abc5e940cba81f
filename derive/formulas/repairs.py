"""Mistakes of the pen, each undone by a row of a table; tried only where a formula cannot be read as it stands."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType

from msgspec import Struct

from derive.errors import DeriveError
from derive.formulas.brackets import partners
from derive.formulas.grammar import Reading, readings_of
from derive.formulas.phrases import GUESSED
from derive.formulas.signs import MATCHING
from derive.formulas.tokens import Token
from derive.formulas.vocabulary import Vocabulary

Tokens = tuple[Token, ...]
_GOES_ON = frozenset("TIMES OPEN POWER SUPERSCRIPT PLUS OVER".split())


class Repair(Struct, frozen=True):
    """A mistake's message, the smallest text that has it, and how it is undone."""

    message: str
    example: str
    undo: Callable[[Tokens], Iterator[Tokens]]


def readings(tokens: Sequence[Token], vocabulary: Vocabulary, text: str) -> tuple[Reading, ...]:
    """The readings of a formula as it stands, else as one repair mends it; DeriveError where none does."""
    whole = tuple(tokens)
    try:
        return readings_of(whole, vocabulary, text)
    except DeriveError as error:
        fault = error
    unknown = next((token.value for token in whole if token.kind == "UNKNOWN"), None)
    if unknown is not None:
        raise DeriveError("", unknown) from fault
    if any(token.kind in ("COMPARE", "DOTS") for token in whole):
        raise fault
    found: list[Reading] = []
    for repair in REPAIRS.values():
        for mended in repair.undo(whole):
            try:
                found.extend(
                    Reading(r.tree, (*r.assumed, repair.message)) for r in readings_of(mended, vocabulary, text)[:2]
                )
            except DeriveError:
                continue
            if len(found) >= 6:
                return tuple(found)
    if not found:
        raise fault
    return tuple(found)


def _closing(opened: Token, place: int) -> Token:
    """What closes a bracket, put in at a place."""
    return Token("CLOSE", MATCHING.get(opened.value, ")"), place, place)


def _closed(tokens: Tokens) -> Iterator[Tokens]:
    """Brackets that are never closed are closed at the end, or before an operator further on."""
    closed = partners(tokens)
    waiting = [place for place, token in enumerate(tokens) if token.kind == "OPEN" and place not in closed]
    if not 0 < len(waiting) <= 2:
        return
    yield (*tokens, *(_closing(tokens[place], tokens[-1].end) for place in reversed(waiting)))
    if len(waiting) == 1:
        opened = waiting[0]
        for place in range(len(tokens) - 1, opened + 1, -1):
            if tokens[place].kind in _GOES_ON:
                yield (*tokens[:place], _closing(tokens[opened], tokens[place].start), *tokens[place:])


def _opened(tokens: Tokens) -> Iterator[Tokens]:
    """A bracket that closes nothing is opened at the start, or left out."""
    opened_by = set(partners(tokens).values())
    place = next((at for at, token in enumerate(tokens) if token.kind == "CLOSE" and at not in opened_by), None)
    if place is not None:
        yield (*tokens[:place], *tokens[place + 1 :])
        opening = next((o for o, c in MATCHING.items() if c == tokens[place].value), "(")
        yield (Token("OPEN", opening, tokens[0].start, tokens[0].start), *tokens)


def _once(tokens: Tokens) -> Iterator[Tokens]:
    """One operator of two that stand beside each other: * *, + *."""
    for place in range(1, len(tokens)):
        if tokens[place].kind in ("TIMES", "PLUS", "OVER") and tokens[place - 1].kind in ("TIMES", "PLUS", "MINUS"):
            yield (*tokens[: place - 1], *tokens[place:])


REPAIRS: Mapping[str, Repair] = MappingProxyType({
    "closing-bracket": Repair("a bracket is not closed", "E1 = 1/2*(t1 - a_o1", _closed),
    "opening-bracket": Repair("a bracket closes nothing", "E1 = t1 - a_o1)", _opened),
    "operator-twice": Repair("an operator stands twice", "E1 = t1 * * a_o1", _once),
})  # fmt: skip

UNSAFE: Mapping[str, str] = MappingProxyType(
    {repair.message: ": where it belongs is not known" for repair in REPAIRS.values()}
    | {GUESSED: ", and so it is not equal"}
)
"""What a reading by guesswork assumes, and how the reason goes on: it may be proved, but is not contradicted."""
