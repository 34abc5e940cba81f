"""The tokens of a line to runs: stretches of formula between words and punctuation.

A run ends only at what is known to be prose or punctuation. A sign that nobody knows stays in its run, so that the
formula around it is not understood.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import takewhile

from msgspec import Struct
from msgspec.structs import replace

from derive.formulas.brackets import depth_of, partners
from derive.formulas.runs.ends import with_ends
from derive.formulas.runs.prose import prose_of
from derive.formulas.runs.punctuation import is_break, is_comment, punctuated
from derive.formulas.runs.remarks import remarks_of
from derive.formulas.tokens import OPERATORS, Token, token_at
from derive.formulas.vocabulary import Vocabulary

__all__ = ["Run", "runs_of"]

_GOES_ON = OPERATORS - {"PARTIAL"} | {"RELATION"}
"""Signs behind a remark with which a formula goes on: η (the rate) = 0.1."""
_NEAR = 12
"""So many tokens before and behind a run are kept beside it."""


class Run(Struct, frozen=True):
    """Tokens of formula; whether they open and close their line, and the tokens of prose before and behind them."""

    tokens: tuple[Token, ...]
    opens: bool
    closes: bool
    before: tuple[Token, ...] = ()
    after: tuple[Token, ...] = ()
    is_remark: bool = False

    @property
    def is_related(self) -> bool:
        """Whether it has a sign of equality."""
        return any(token.kind == "RELATION" for token in self.tokens)

    @property
    def left(self) -> tuple[Token, ...]:
        """The tokens before its first relation; all where it has none."""
        return tuple(takewhile(lambda token: token.kind != "RELATION", self.tokens))

    def equated(self, right: "Run") -> "Run":
        """This run and another one with a sign of equality between them."""
        middle = Token("RELATION", "=", self.tokens[-1].end, right.tokens[0].start)
        return replace(self, tokens=(*self.tokens, middle, *right.tokens), closes=right.closes, after=right.after)


def runs_of(tokens: Sequence[Token], vocabulary: Vocabulary) -> Iterator[Run]:
    """The runs of one line, in order; what stands in brackets as a remark is a run of its own, behind."""
    tokens = punctuated(tokens, vocabulary)
    partner = partners(tokens)
    words = prose_of(tokens, vocabulary)
    tokens = with_ends(tokens, words, partner)
    prose = frozenset(place for place in words if tokens[place].kind != "UNKNOWN")
    remarks = remarks_of(tokens, partner, prose)
    later: list[Run] = []
    begun: list[int] = []
    level = place = 0
    while place <= len(tokens):
        if begun and is_comment(token_at(tokens, place)):
            later.extend(runs_of(tokens[place + 1 :], vocabulary))
            tokens = tokens[:place]
        if place in remarks:
            later.extend(runs_of(tokens[place + 1 : remarks[place]], vocabulary))
            if begun and tokens[place].spaced and token_at(tokens, remarks[place] + 1).kind in _GOES_ON:
                place = remarks[place] + 1
                continue
        if place < len(tokens) and place not in prose and place not in remarks and not is_break(tokens, place, level):
            kind = tokens[place].kind
            level = max(0, level + (kind in ("OPEN", "BEGIN")) - (kind in ("CLOSE", "END")))
            begun.append(place)
        elif begun:
            yield from _run(tokens, begun, place, partner)
            begun, level = [], 0
        place = remarks.get(place, place) + 1
    yield from (replace(run, is_remark=True) for run in later)


def _run(tokens: Sequence[Token], places: Sequence[int], end: int, partner: Mapping[int, int]) -> Iterator[Run]:
    """The run at some places without the gaps in it, and without a dash that belongs to the words behind.

    Where it ends or begins at words within a bracket, nobody can say what stands there.
    """
    kept = [tokens[place] for place in places if tokens[place].kind != "GAP"]
    behind, depth = token_at(tokens, end), depth_of(kept)
    worded = behind.kind in ("WORD", "TEXT")
    if worded and depth <= 0:
        while kept and kept[-1].kind == "MINUS" and kept[-1].spaced == behind.spaced:
            if kept[-1].shown and not behind.spaced:
                break
            kept.pop()
    if not kept:
        return
    if depth > 0 and (worded or behind.kind == "ARROW"):
        told = "words within a bracket" if behind.kind == "TEXT" else behind.value
        kept.append(Token("UNKNOWN", told, behind.start, behind.end, True, behind.shown))
    before = tokens[: places[0]]
    cut = (opened for opened, closed in partner.items() if opened < places[0] <= closed <= places[-1])
    if depth < 0 and any(not tokens[opened].spaced and tokens[opened - 1].kind == "WORD" for opened in cut if opened):
        kept.insert(0, Token("UNKNOWN", "words within a bracket", before[-1].start, before[-1].end))
    yield Run(
        tuple(kept),
        all(token.kind in ("STOP", "MINUS", "TIMES", "ARROW", "GAP") or token.value == ">" for token in before),
        all(token.kind in ("STOP", "COMMA", "GAP") for token in tokens[end:]),
        tuple(before[-_NEAR:]),
        tuple(tokens[end : end + _NEAR]),
    )
