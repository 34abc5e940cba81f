"""Tokens of one formula to its trees: every way in which it can be meant, the one as written first.

Wherever a notation leaves two ways open the parser asks `choose`; a formula is parsed once for each way, the plainest
first, so that no later stage has to look at text again.
"""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from msgspec import Struct

from derive.errors import DeriveError
from derive.formulas.grammar.arrays import big, matrix, nabla, unknown
from derive.formulas.grammar.groups import bars, fraction, group, number, root
from derive.formulas.grammar.limits import limit
from derive.formulas.grammar.parser import Parser
from derive.formulas.grammar.words import differential, word
from derive.formulas.syntax import Node
from derive.formulas.tokens import Token
from derive.formulas.vocabulary import Vocabulary

__all__ = ["Reading", "readings_of"]

MOST_READINGS = 12
OPERANDS: Mapping[str, Callable[[Parser], Node]] = MappingProxyType({
    "NUMBER": number,
    "WORD": word,
    "OPEN": group,
    "FRACTION": fraction,
    "ROOT": root,
    "BAR": bars,
    "BARS": bars,
    "PARTIAL": differential,
    "BIG": big,
    "LIMIT": limit,
    "NABLA": nabla,
    "BEGIN": matrix,
    "UNKNOWN": unknown,
    "DOTS": unknown,
})  # fmt: skip
"""What reads an operand, by the kind of its first token."""


class Reading(Struct, frozen=True):
    """One way to read a formula: its tree, and what was assumed beyond what is written, plainest first."""

    tree: Node
    assumed: tuple[str, ...] = ()


def readings_of(tokens: Sequence[Token], vocabulary: Vocabulary, text: str = "") -> tuple[Reading, ...]:
    """Every reading of a formula's tokens, the plainest first; DeriveError tells why there is none."""
    found: dict[Node, Reading] = {}
    scripts: list[tuple[int, ...]] = [()]
    fault: DeriveError | None = None
    for script in scripts:  # grows while it is gone through
        if len(found) == MOST_READINGS or len(scripts) >= 4 * MOST_READINGS:
            break
        parser = Parser(tokens, vocabulary, text, script, OPERANDS)
        try:
            tree = parser.whole()
            found.setdefault(tree, Reading(tree, tuple(parser.assumed)))
        except DeriveError as error:
            fault = fault or error
        for place in range(len(script), len(parser.widths)):
            ways = range(1, parser.widths[place])
            scripts.extend((*parser.taken[:place], way) for way in ways)
    if not found:
        assert fault is not None
        raise fault
    return tuple(sorted(found.values(), key=lambda reading: len(reading.assumed)))
