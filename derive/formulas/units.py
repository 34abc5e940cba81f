"""Units behind numbers: 5cm, 100cm³/s, 9.8 m/s² are numbers where the unit's letters are names nowhere."""

from collections.abc import Collection, Iterator, Sequence

from derive.formulas.signs import PROSE
from derive.formulas.tokens import OPERATORS, Token, token_at

UNITS = frozenset(
    "km m dm cm mm µm μm nm ft mi min s ms kg g mg N J kJ W kW kWh Pa kPa K Hz V A Ω L ml mol rad USD EUR".split()
)
"""How units are written; of one letter those, too, that may be names."""
_PER = UNITS | {"sec", "hr", "h"}
"""Those behind a stroke: sec is a function elsewhere."""
_ENDS = frozenset(("", "COMMA", "STOP", "RELATION", "ARROW", "TEXT", "CLOSE", "ROW", "GAP", "COMPARE", "ASKED"))
_JOINING = OPERATORS | frozenset(("SUPERSCRIPT", "PARTIAL", "NUMBER"))
_OPERANDS = frozenset("NUMBER WORD CLOSE SUPERSCRIPT".split())
_POWERS = frozenset("23")
_LONGEST_PRODUCT = 4


def with_units(lines: Sequence[Sequence[Token]]) -> list[tuple[Token, ...]]:
    """The tokens of a document's lines without the units that end a number's side of an equation.

    A letter is a unit only where all that the document has of it stands behind such a number, or one of the text:
    5m beside a mass m, or mv, or dx/dm, is a product; the s of 5 cm/s is a second beside any s. Where nothing but such
    letters stands, they may be names; behind 5 t² is m a metre where m/s stands elsewhere.
    """
    plain = [(tokens, _spans(tokens)) for tokens in lines]
    told = frozenset(tokens[begin].value for tokens, found in plain for begin, end, _ in found if end > begin + 1)
    pairs = [(tokens, _spans(tokens, told)) for tokens in lines] if told else plain
    if not any(_is_plain(tokens[begin:end]) for tokens, found in pairs for begin, end, _ in found):
        return [tuple(tokens) for tokens in lines]
    named = frozenset(name for tokens, found in pairs for name in _names(tokens, found))
    return [
        tuple(
            token
            for place, token in enumerate(tokens)
            if not any(
                begin <= place < end and is_side and tokens[begin].value not in named
                for begin, end, is_side in found
            )
        )
        for tokens, found in pairs
    ]


def _is_plain(unit: Sequence[Token]) -> bool:
    """Whether a unit is one by itself: cm, m/s, m²; one letter may be a name."""
    return len(unit) > 1 or len(unit[0].value) > 1


def _names(tokens: Sequence[Token], spans: Collection[tuple[int, int, bool]]) -> Iterator[str]:
    """Words outside the spans, and the letters of short ones that a sign joins to a formula."""
    inside = {place for begin, end, _ in spans for place in range(begin, end)}
    for place, token in enumerate(tokens):
        if token.kind == "WORD" and place not in inside:
            yield token.value
            beside = {token_at(tokens, place - 1).kind, token_at(tokens, place + 1).kind}
            if len(token.value) <= _LONGEST_PRODUCT and (token.shown or beside & _JOINING):
                yield from token.value


def _spans(tokens: Sequence[Token], told: Collection[str] = ()) -> list[tuple[int, int, bool]]:
    """Where units stand behind a number that no sign of arithmetic joins to anything, in the text behind mathematics,
    or, of several signs or told elsewhere, behind a side of an equation, 6 t + 5 m/s; whether they stand behind all of
    a side.
    """
    found = []
    for place, token in enumerate(tokens):
        end = _end(tokens, place + 1) if token.kind in _OPERANDS else place + 1
        unit, after, behind = tokens[place + 1 : end], token_at(tokens, place + 1), token_at(tokens, end)
        is_text = token.shown and not after.shown
        is_told = after.value in told and (token.kind != "WORD" or token.value in PROSE)
        is_unit = len(unit) > 1 or token.kind == "NUMBER" or is_told
        is_last = after.spaced and is_unit and _is_related(tokens[:place])
        is_end = _ends(behind) or (behind.kind == "OPEN" and behind.spaced and len(unit) > 1)
        if not unit or not is_end or not (token.kind == "NUMBER" or is_text or is_last):
            continue
        kinds = [token_at(tokens, place - step).kind for step in (1, 2)]
        start = place - 2 if kinds == ["OVER", "NUMBER"] else place  # 8/3 ft
        before = token_at(tokens, start - 1 - (token_at(tokens, start - 1).kind == "MINUS")).kind
        is_side = before == "RELATION" or is_text or (is_last and (_is_plain(unit) or is_told))
        if is_side or is_last or before not in OPERATORS:
            found.append((place + 1, end, is_side))
    return found


def _is_related(tokens: Sequence[Token]) -> bool:
    return any(token.kind == "RELATION" for token in tokens)


def _ends(token: Token) -> bool:
    """Whether nothing of a formula goes on: an end, or a word with a blank before it."""
    return token.kind in _ENDS or (token.kind == "WORD" and token.spaced)


def _end(tokens: Sequence[Token], place: int) -> int:
    """Where the unit that begins at a place ends: cm, cm³/s, m/s^2; the place itself where none begins."""
    end = place
    while (token := token_at(tokens, end)).kind == "WORD" and token.value in (_PER if end > place else UNITS):
        if token.spaced and end > place:
            break
        end += 1
        if token_at(tokens, end).kind == "SUPERSCRIPT":
            end += 1
        elif token_at(tokens, end).kind == "POWER" and token_at(tokens, end + 1).value in _POWERS:
            end += 2
        if token_at(tokens, end).kind != "OVER" or token_at(tokens, end + 1).value not in _PER:
            break
        end += 1
    return end
