"""Units behind numbers: 5cm, 100cm³/s, 9.8 m/s² are numbers where the unit's letters are names nowhere."""

from collections.abc import Collection, Iterator, Sequence
from fractions import Fraction
from itertools import pairwise

from msgspec import Struct
from msgspec.structs import replace

from derive.formulas.measures import Powers, is_spelled, measure, shown, times, unit_at
from derive.formulas.signs import PROSE
from derive.formulas.tokens import OPERATORS, Token, token_at
from derive.formulas.vocabulary import is_wordlike

_ENDS = frozenset(("", "COMMA", "STOP", "RELATION", "ARROW", "TEXT", "CLOSE", "ROW", "GAP", "COMPARE", "ASKED"))
_JOINING = OPERATORS | frozenset(("SUPERSCRIPT", "PARTIAL", "NUMBER"))
_OPERANDS = frozenset("NUMBER WORD CLOSE SUPERSCRIPT".split())
_BRACKETS = ("()", "[]")
_TERMS, _FACTORS = frozenset(("PLUS", "MINUS")), frozenset(("TIMES", "OVER"))
_LONGEST_PRODUCT = 4
_Name = tuple[str, bool, bool]
"""A word, whether it stands in mathematics, and whether it is set upright."""


class _Span(Struct, frozen=True):
    """The places of a unit with the brackets around it, its words, and whether it stands behind all of a side."""

    begin: int
    end: int
    unit: Powers
    is_side: bool
    first: Token
    is_fraction: bool = False
    is_remark: bool = False
    """Whether it stands in brackets behind mathematics, $L = y^2$ (J)."""

    @property
    def is_plain(self) -> bool:
        """Whether it is a unit by itself: cm, m/s, m², an upright s; one letter may be a name."""
        word, power = self.unit[0]
        return len(self.unit) > 1 or power != 1 or len(word) > 1 or self.is_set or not word.isalpha()

    @property
    def is_set(self) -> bool:
        """Whether it is set as a unit is."""
        return self.first.upright or self.is_remark


def with_units(lines: Sequence[Sequence[Token]]) -> list[tuple[Token, ...]]:
    """The tokens of a document's lines without the units that end a number's side of an equation, of which its last
    token tells, and without those in a side that is a product of such numbers, 25 m/s * 4 s = 100 m.

    A letter is a unit only where all that the document has of it stands behind such a number, or one of the text:
    5m beside a mass m, or mv, or dx/dm, is a product; the s of 5 cm/s is a second beside any s. Where nothing but such
    letters stands, they may be names; behind 5 t² is m a metre where m/s stands elsewhere. What stands outside of
    mathematics is no name of those within.
    """
    plain = [(tokens, _spans(tokens)) for tokens in lines]
    told = frozenset(span.unit[0][0] for _, found in plain for span in found if len(span.unit) > 1)
    pairs = [(tokens, _spans(tokens, told)) for tokens in lines] if told else plain
    if not any(span.is_plain for _, found in pairs for span in found):
        return [tuple(tokens) for tokens in lines]
    sides = [_products(tokens) for tokens in lines]
    named = frozenset(name for (tokens, found), further in zip(pairs, sides, strict=True)
                      for name in _names(tokens, [*found, *(span for side in further for span in side.spans)]))
    return [
        tuple(_without(_doubted(tokens, further, agreeing), [s for s in found if _is_unit(s, named)], agreeing))
        for (tokens, found), further in zip(pairs, sides, strict=True)
        for agreeing in [_agreeing(further, named)]
    ]


def _is_unit(span: _Span, named: Collection[_Name]) -> bool:
    """Whether a span ends a side, and its words are no names: in mathematics the first one, of a fraction each; of what
    is set upright, or stands in text, one of them.
    """
    names = [(word, span.first.shown, span.first.upright) in named for word, _ in span.unit]
    is_set = span.first.upright or not span.first.shown
    is_name = all(names) if is_set else any(names) if span.is_fraction else names[0]
    return span.is_side and (is_spelled(span.first.value) or not is_name)


def _without(tokens: Sequence[Token], spans: Sequence[_Span], sides: Sequence["_Product"]) -> Iterator[Token]:
    """Tokens without units, that of each side told by the last token before it."""
    units = {span.begin: span for span in spans}
    units |= {side.spans[-1].begin: replace(side.spans[-1], unit=side.unit) for side in sides}
    within = [*spans, *(span for side in sides for span in side.spans)]
    inside = {place for span in within for place in range(span.begin, span.end)}
    scales = {span.begin: scale for side in sides for span, scale in zip(side.spans, side.scales, strict=True)}
    for place, token in enumerate(tokens):
        told, scale = units.get(place + 1), scales.get(place + 1, Fraction(1))
        if place in inside:
            continue
        if any(place in side.joined for side in sides):
            yield Token("PLUS", "+", token.start, token.start, False, token.shown)
        made = [token] if scale == 1 else [token, *_times(token, scale)]
        yield from made[:-1]
        tail = tokens[told.end - 1].end - token.end if told is not None else 0
        yield made[-1] if told is None else replace(made[-1], unit=told.unit, tail=tail)


def _times(token: Token, scale: Fraction) -> Iterator[Token]:
    """The signs of a factor behind a number, 5 mm in cm."""
    for kind, value in (("TIMES", scale.numerator), ("OVER", scale.denominator)):
        yield Token(kind, "*" if kind == "TIMES" else "/", token.end, token.end, False, token.shown)
        yield Token("NUMBER", str(value), token.end, token.end, False, token.shown)


class _Product(Struct, frozen=True):
    """The places of a side that is a number with its unit, or a product or sum of such, the unit of the whole, those of
    its numbers, with what the number before each is multiplied, and the numbers that are added without a sign.
    """

    begin: int
    end: int
    unit: Powers
    spans: tuple[_Span, ...]
    scales: tuple[Fraction, ...]
    joined: frozenset[int] = frozenset()


def _products(tokens: Sequence[Token]) -> list[_Product]:
    """The sides of a line that are numbers with units, joined by signs."""
    found: list[_Product] = []
    for place in range(len(tokens)):
        side = _product(tokens, place) if _begins(tokens, place) else None
        if side is not None and not (found and place < found[-1].end):
            found.append(side)
    return found


def _begins(tokens: Sequence[Token], place: int) -> bool:
    """Whether a side may begin at a place: behind a sign of equality or punctuation, or behind words."""
    before = token_at(tokens, place - 1)
    is_word = before.kind == "WORD" and not before.shown and (is_wordlike(before.value) or tokens[place].shown)
    return before.kind in _ENDS - {"CLOSE"} or is_word


def _product(tokens: Sequence[Token], begin: int) -> _Product | None:
    """The numbers with units that begin at a place and end their side, multiplied, or added up in the unit of the
    first; None where no such ones stand.
    """
    spans: list[_Span] = []
    units: list[Powers] = []
    term: list[int] = []
    joined: list[int] = []
    place, sign = begin, "PLUS"
    while token_at(tokens, place).kind == "NUMBER":
        end, found = unit_at(tokens, place + 1)
        if sign in _TERMS:
            units.append(found)
        else:
            units[-1] = times(units[-1], found, -1 if sign == "OVER" else 1)
        if found:
            is_fraction = tokens[place + 1].kind == "FRACTION"
            spans.append(_Span(place + 1, end, found, True, _first(tokens, place + 1), is_fraction))
            term.append(len(units) - 1)
        sign = token_at(tokens, end).kind
        if sign == "NUMBER" and found:  # 3 h 20 min
            joined.append(end)
            place, sign = end, "PLUS"
            continue
        if sign not in _TERMS | _FACTORS:
            is_whole = bool(spans) and spans[-1].end == end and _ends(token_at(tokens, end))
            scales = _scales(units) if is_whole else None
            if scales is None:
                return None
            firsts = [at == 0 or term[at - 1] != one for at, one in enumerate(term)]
            scaled = (scales[one] if first else Fraction(1) for one, first in zip(term, firsts, strict=True))
            return _Product(begin, end, units[0], tuple(spans), tuple(scaled), frozenset(joined))
        place = end + 1
    return None


def _scales(units: Sequence[Powers]) -> list[Fraction] | None:
    """How much of the first unit each is; None where one is of another kind."""
    found = [measure(unit) for unit in units]
    if len(set(units)) == 1:
        return [Fraction(1) for _ in units]
    if any(one is None or found[0] is None or one.bases != found[0].bases for one in found):
        return None
    return [one.factor / found[0].factor for one in found if one is not None and found[0] is not None]


def _doubted(tokens: Sequence[Token], sides: Sequence[_Product], agreeing: Sequence[_Product]) -> Sequence[Token]:
    """Tokens in which the letters of 2 m/s^2, in text with a blank before them, are nothing known where all of them may
    be names.
    """
    made = list(tokens)
    for side in sides:
        begin, unit = side.spans[0].begin, side.spans[0].unit
        is_doubtful = len(side.spans) == 1 and len(unit) > 1 and tokens[begin].spaced and not tokens[begin].shown
        if side not in agreeing and is_doubtful:
            made[begin] = replace(tokens[begin], kind="UNKNOWN", value=shown(unit))
    return made


def _agreeing(sides: Sequence[_Product], named: Collection[_Name]) -> list[_Product]:
    """The sides whose letters are all units: names nowhere, or of the kind of the side before or behind, 25 m/s * 4 s
    and 100 m.
    """
    found = {
        side for side in sides
        if any(span.is_plain for span in side.spans) and all(_is_unit(span, named) for span in side.spans)
    }
    for one, other in pairwise(sides):
        first, last = measure(one.unit), measure(other.unit)
        is_told = one.unit != other.unit or any(span.is_plain for side in (one, other) for span in side.spans)
        if one.end + 1 == other.begin and is_told and first and last and first.bases == last.bases:
            found |= {one, other}
    return sorted(found, key=lambda side: side.begin)


def _names(tokens: Sequence[Token], spans: Collection[_Span]) -> Iterator[_Name]:
    """Words outside the spans, and the letters of short ones that a sign joins to a formula."""
    inside = {place for span in spans for place in range(span.begin, span.end)}
    for place, token in enumerate(tokens):
        if token.kind == "WORD" and place not in inside:
            yield token.value, token.shown, token.upright
            beside = {token_at(tokens, place - 1).kind, token_at(tokens, place + 1).kind}
            if len(token.value) <= _LONGEST_PRODUCT and (token.shown or beside & _JOINING):
                yield from ((letter, token.shown, token.upright) for letter in token.value)


def _spans(tokens: Sequence[Token], told: Collection[str] = ()) -> list[_Span]:
    """Where units stand behind a number that no sign of arithmetic joins to anything, in the text behind mathematics,
    or, of several signs or told elsewhere, behind a side of an equation, 6 t + 5 m/s; whether they stand behind all of
    a side.
    """
    found = []
    for place, token in enumerate(tokens):
        end, unit, first = _unit_behind(tokens, place) if token.kind in _OPERANDS else (place + 1, (), token)
        after, behind = token_at(tokens, place + 1), token_at(tokens, end)
        if not unit:
            continue
        is_text = token.shown and not after.shown and first.kind != "TEXT"
        is_told = unit[0][0] in told and (token.kind != "WORD" or token.value in PROSE) and behind.kind != "RELATION"
        span = _Span(place + 1, end, unit, False, first, after.kind == "FRACTION", is_text and after.kind == "OPEN")
        is_several = len(unit) > 1 or unit[0][1] != 1
        is_unit = is_several or token.kind == "NUMBER" or is_told or first.upright
        is_last = (after.spaced or first.upright) and is_unit and _is_related(tokens[:place])
        is_last = is_last and not _is_among_units(tokens, place)
        is_end = _ends(behind) or (behind.kind == "OPEN" and behind.spaced and is_several)
        if not is_end or not (token.kind == "NUMBER" or is_text or is_last):
            continue
        kinds = [token_at(tokens, place - step).kind for step in (1, 2)]
        start = place - 2 if kinds == ["OVER", "NUMBER"] else place  # 8/3 ft
        before = token_at(tokens, start - 1 - (token_at(tokens, start - 1).kind == "MINUS")).kind
        is_side = before == "RELATION" or is_text or (is_last and (span.is_plain or is_told))
        if is_side or is_last or before not in OPERATORS:
            found.append(replace(span, is_side=is_side))
    return found


def _unit_behind(tokens: Sequence[Token], place: int) -> tuple[int, Powers, Token]:
    """Where the unit behind an operand ends, which it is, and its first word: 24 m/s, 24 - 6t (m/s), 24 - 6t [m/s]."""
    opened = token_at(tokens, place + 1)
    end, unit = unit_at(tokens, place + 1)
    if unit:
        return end, unit, _first(tokens, place + 1)
    end, unit = unit_at(tokens, place + 2) if opened.kind == "OPEN" else (place + 1, ())
    is_closed = opened.value + token_at(tokens, end).value in _BRACKETS
    is_apart = opened.spaced or token_at(tokens, place + 2).upright
    return (end + 1, unit, _first(tokens, place + 2)) if unit and is_closed and is_apart else (place + 1, (), opened)


def _first(tokens: Sequence[Token], place: int) -> Token:
    """The first word of a unit."""
    return next((token for token in tokens[place:] if token.kind not in ("OPEN", "FRACTION")), tokens[place])


def _is_among_units(tokens: Sequence[Token], place: int) -> bool:
    """Whether another number with a unit stands before a place in its side: 3 cm + x + 5 mm."""
    begin = max((at for at in range(place) if tokens[at].kind == "RELATION"), default=-1) + 1
    return any(tokens[at].kind == "NUMBER" and unit_at(tokens, at + 1)[1] for at in range(begin, place))


def _is_related(tokens: Sequence[Token]) -> bool:
    return any(token.kind == "RELATION" for token in tokens)


def _ends(token: Token) -> bool:
    """Whether nothing of a formula goes on: an end, or a word with a blank before it."""
    return token.kind in _ENDS or (token.kind == "WORD" and token.spaced)
