"""Habits of typing: 0,5 for 0.5, 50,000 for 50000 and the letter x for a cross, as only a whole document shows; and
f(x): A → B = …
"""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import pairwise
from types import MappingProxyType

from msgspec.structs import replace

from derive.formulas.brackets import depth_of, partners
from derive.formulas.signs import FOREIGN
from derive.formulas.tokens import Token, token_at, tokens_of

_LAST = frozenset("NUMBER WORD CLOSE SUPERSCRIPT PRIME END".split())
_FIRST = frozenset("NUMBER WORD OPEN FRACTION ROOT PARTIAL".split())
_BIG = MappingProxyType({"sum": "∑", "prod": "∏"})
_INDEX = re.compile(r"[a-z]|⟨[a-z]=\w⟩")
_MANY_COMMAS = 3
"""So many commas outweigh a decimal point."""
_SECOND = re.compile(r"d([23])([^\W\d]\w*)")
_LOGARITHM = re.compile(r"log_?(\d+|(?<=_)[ab])")
_FIRST_DIGITS = re.compile(r"[1-9]\d{0,2}")
_DIGITS = re.compile(r"\d{3}(?:\.\d+)?")
"""What stands before and behind the commas of 3,313,992.85."""
_POINTED = re.compile(r"[1-9]\d{0,2}(?:\.\d{3})+")
"""Thousands with points: 1.250.000."""


def habitual(lines: Sequence[Sequence[Token]]) -> list[tuple[Token, ...]]:
    """The tokens of a document's lines with decimal commas as points, thousands as one number and crosses as products,
    where it writes so; and Σ as a name where it says what Σ is.
    """
    lines = [tuple(_with_sigmas(line)) for line in lines] if any(map(_names_sigma, lines)) else lines
    lines = [tuple(_with_orders(tuple(_with_functions(line)))) for line in lines]
    lines = [tuple(_with_differentials(line)) for line in lines] if not any(map(_has_lone_d, lines)) else lines
    lines = _with_whole_points(lines if _has_named_sums(lines) else [tuple(_with_sums(line)) for line in lines])
    functions = _heads(lines)
    lines = [tuple(_with_primes(line, functions)) for line in lines]
    numbers = _with_points if _has_decimal_commas(lines) else _with_thousands
    pointed = numbers(lines)
    crossed = [_with_products(line) for line in pointed] if _has_crosses(pointed) else pointed
    return [tuple(_doubted(_without_spaces(line))) for line in crossed]


def _has_lone_d(tokens: Sequence[Token]) -> bool:
    """Whether a line has a d that stands before no name, a quantity or d/dx."""
    return any(token.value == "d" and not _is_before_name(tokens, place) for place, token in enumerate(tokens))


def _is_before_name(tokens: Sequence[Token], place: int) -> bool:
    after = token_at(tokens, place + 1)
    return after.kind == "WORD" and after.start == tokens[place].end


def _with_differentials(tokens: Sequence[Token]) -> Iterator[Token]:
    r"""Tokens with d\sigma and d\hat{x} as one name each, as dx is, but for those of a ratio."""
    held: Token | None = None
    for place, token in enumerate(tokens):
        is_open = token_at(tokens, place - 1).kind in ("OPEN", "OVER", "FRACTION")
        if held is not None:
            yield replace(token, value=held.value + token.value, start=held.start, spaced=held.spaced)
            held = None
        elif token.value == "d" and not is_open and _is_before_name(tokens, place):
            held = token
        else:
            yield token


_DOTS = MappingProxyType({"dot": "'", "ddot": "''"})


def _heads(lines: Iterable[Sequence[Token]]) -> frozenset[str]:
    """The functions that a document defines: f(x) = …"""
    head = ["WORD", "OPEN", "WORD", "CLOSE", "RELATION"]
    return frozenset(
        tokens[place].value
        for tokens in lines
        for place in range(len(tokens) - len(head) + 1)
        if [token.kind for token in tokens[place : place + len(head)]] == head
    )


def _with_primes(tokens: Sequence[Token], functions: Collection[str]) -> Iterator[Token]:
    """Tokens with the dots above a function as primes behind it, as Newton has them."""
    for token in tokens:
        name, _, dots = token.value.rpartition("_")
        if token.kind == "WORD" and dots in _DOTS and name in functions:
            yield replace(token, value=name)
            token = replace(token, kind="PRIME", value=_DOTS[dots], start=token.end)
        yield token


def _with_functions(tokens: Sequence[Token]) -> Iterator[Token]:
    """Tokens with functions as we call them: sen(x) as sin(x), and what stands below a logarithm, log2(x), log_a(x) and
    log_10 x, apart from its word.
    """
    for place, token in enumerate(tokens):
        after = token_at(tokens, place + 1)
        is_applied = token.kind == "WORD" and (after.kind == "WORD" or (after.value == "(" and not after.spaced))
        found = _LOGARITHM.fullmatch(token.value) if is_applied and not token.shown else None
        if found is None:
            is_short = after.kind != "WORD" or len(after.value) == 1
            is_foreign = (is_applied and is_short) or (token.kind == "WORD" and after.kind in ("SUPERSCRIPT", "POWER"))
            yield replace(token, value=FOREIGN.get(token.value, token.value)) if is_foreign else token
            continue
        begin = token.end - len(found[1])
        yield replace(token, value="log", end=begin)
        yield Token("BELOW", "_", begin, begin)
        yield Token("NUMBER" if found[1].isdigit() else "WORD", found[1], begin, token.end)


def _with_orders(tokens: Sequence[Token]) -> Iterator[Token]:
    """Tokens with d2y/dx2 as d^2y/dx^2: no name begins with a number, and both ends have the same one."""
    below, order = -1, ""
    for place, token in enumerate(tokens):
        found = _SECOND.fullmatch(token.value) if token.kind == "WORD" and not token.shown else None
        after = token_at(tokens, place + 2)
        if found is not None and token_at(tokens, place + 1).kind == "OVER" and after.value[-1:] == found[1]:
            below, order = place + 2, found[1]
            yield replace(token, value="d", end=token.start + 1)
            yield Token("POWER", "^", token.start + 1, token.start + 1)
            yield Token("NUMBER", order, token.start + 1, token.start + 2)
            yield Token("WORD", found[2], token.start + 2, token.end)
        elif place == below:
            yield replace(token, value=token.value[:-1], end=token.end - 1)
            yield Token("POWER", "^", token.end - 1, token.end - 1)
            yield Token("NUMBER", order, token.end - 1, token.end)
        else:
            yield token


def _names_sigma(tokens: Sequence[Token]) -> bool:
    """Whether a line says what Σ is, a matrix of covariances: Σ = …"""
    return any(_is_sigma(token) and after.kind == "RELATION" for token, after in pairwise(tokens))


def _with_sigmas(tokens: Sequence[Token]) -> Iterator[Token]:
    """Tokens with each Σ that runs over nothing as a name."""
    for place, token in enumerate(tokens):
        is_name = _is_sigma(token) and token_at(tokens, place + 1).kind != "BELOW"
        yield replace(token, kind="WORD") if is_name else token


def _is_sigma(token: Token) -> bool:
    return token.kind == "BIG" and token.value == "Σ"


def _has_named_sums(lines: Iterable[Sequence[Token]]) -> bool:
    """Whether a document says what sum, or sum_i, is."""
    return any(
        token.kind == "WORD" and token.value.partition("_")[0] in _BIG and after.kind == "RELATION"
        for tokens in lines
        for token, after in pairwise(tokens)
    )


def _with_sums(tokens: Sequence[Token]) -> Iterator[Token]:
    """Tokens with the words sum_i and prod_i before an operand as the signs that they stand for, each with its index
    below."""
    for place, token in enumerate(tokens):
        word, _, index = token.value.partition("_")
        after = token_at(tokens, place + 1).kind
        found = _INDEX.fullmatch(index) if token.kind == "WORD" and not token.shown and word in _BIG else None
        begin = token.start + len(word)
        if found is None or after not in _FIRST | {"POWER"} or token.end - begin != len(index) + 1:
            yield token
            continue
        yield replace(token, kind="BIG", value=_BIG[word], end=begin)
        for part in tokens_of("_" + index.replace("⟨", "{").replace("⟩", "}")):
            yield replace(part, start=begin + part.start, end=begin + part.end)


_SPACES = frozenset("WORD POWER NUMBER TIMES OPEN CLOSE COMMA ARROW".split())


def _without_spaces(tokens: Sequence[Token]) -> Sequence[Token]:
    """Tokens without the spaces between which a function goes: f(x): R^3 → R = … is f(x) = …"""
    kinds = [token.kind for token in tokens]
    for place, token in enumerate(tokens):
        if token.shown and token.value in (":", r"\colon") and "RELATION" in kinds[place:]:
            end = kinds.index("RELATION", place)
            between = kinds[place + 1 : end]
            if "ARROW" in between and _SPACES.issuperset(between):
                return (*tokens[:place], *_without_spaces(tokens[end:]))
    return tokens


def _is_cross(tokens: Sequence[Token], place: int) -> bool:
    """Whether an x stands between two operands as a sign does, with blanks on both sides."""
    before, after = token_at(tokens, place - 1), token_at(tokens, place + 1)
    return tokens[place].spaced and after.spaced and before.kind in _LAST and after.kind in _FIRST


def _has_crosses(lines: Iterable[Sequence[Token]]) -> bool:
    """Whether a document's letter x is never anything but a cross."""
    crosses = [
        _is_cross(tokens, place) and not token.shown
        for tokens in lines
        for place, token in enumerate(tokens)
        if token.kind == "WORD" and token.value == "x"
    ]
    return bool(crosses) and all(crosses)


def _with_products(tokens: Sequence[Token]) -> tuple[Token, ...]:
    """Tokens with each x as a sign of multiplication."""
    return tuple(
        replace(token, kind="TIMES", value="*") if token.kind == "WORD" and token.value == "x" else token
        for token in tokens
    )


def _commas(tokens: Sequence[Token]) -> Iterator[int]:
    """The places of commas that stand close between two numbers, braced or not: 0,5 and 0{,}5."""
    separators = frozenset(_separators(tokens))
    for place, comma in enumerate(tokens):
        if comma.kind != "COMMA" or comma.spaced or place in separators:
            continue
        wide = _width(tokens, place)
        left, right = token_at(tokens, place - wide), token_at(tokens, place + wide)
        if left.kind == right.kind == "NUMBER" and left.value.isdigit() and not right.spaced:
            yield place


def _separators(tokens: Sequence[Token]) -> Iterator[int]:
    """The places of the commas without which a function of several numbers had but one: max(0,1-x)."""
    for opened, closed in partners(tokens).items():
        if token_at(tokens, opened - 1).value in ("max", "min"):
            inside = range(opened + 1, closed)
            commas = [at for at in inside if tokens[at].kind == "COMMA" and not depth_of(tokens[opened + 1 : at])]
            if len(commas) == 1:
                yield commas[0]


def _width(tokens: Sequence[Token], place: int) -> int:
    """How far from a comma the numbers beside it stand: two tokens where it is braced."""
    return 2 if token_at(tokens, place - 1).value == "{" and token_at(tokens, place + 1).value == "}" else 1


def _has_decimal_commas(lines: Iterable[Sequence[Token]]) -> bool:
    """Whether a document writes 0,5 for 0.5: commas close between numbers, one of them behind a 0, and no decimal point
    at all, or hardly any beside those that make no pair, (0,1), and no list; 0{,}5 can be nothing else.
    """
    found, points, bare = False, 0, 0
    for tokens in lines:
        points += sum(token.kind == "NUMBER" and "." in token.value.rstrip(".") for token in tokens)
        for place in _commas(tokens):
            kinds = token_at(tokens, place - 2).kind, token_at(tokens, place + 2).kind
            bare += tokens[place - 1].value == "0" and kinds != ("OPEN", "CLOSE") and kinds[1] != "COMMA"
            is_braced = _width(tokens, place) == 2
            if is_braced and tokens[place - 2].value == "0":
                return True
            found = found or is_braced or tokens[place - 1].value == "0"
    return found and bare >= _MANY_COMMAS * points


def _with_whole_points(lines: Iterable[Sequence[Token]]) -> list[tuple[Token, ...]]:
    """Lines in which a number of several points is one token: 1.250.000 and, in such a document, 625.000 are thousands
    where its decimals have commas; else nobody can tell, as with 0.5.5.
    """
    whole = [tuple(_whole(tokens)) for tokens in lines]
    if not any(token.kind == "NUMBER" and token.value.count(".") > 1 for tokens in whole for token in tokens):
        return whole

    def plain(token: Token, known: bool) -> Token:
        if token.kind != "NUMBER" or not _POINTED.fullmatch(token.value):
            return token
        return replace(token, value=token.value.replace(".", "")) if known else replace(token, kind="UNKNOWN")

    without = [tuple(plain(token, True) for token in tokens) for tokens in whole]
    if _has_decimal_commas(without):
        return without
    return [tuple(plain(token, False) for token in tokens) for tokens in whole]


def _whole(tokens: Sequence[Token]) -> Iterator[Token]:
    """Tokens with those of 1.250.000, which are 1.250 and .000, as one; of 0.5.5 behind a sign as nothing known."""
    place = 0
    while place < len(tokens):
        token, begin = tokens[place], place
        while token.kind == "NUMBER" and "." in token.value and _goes_on(token_at(tokens, place + 1)):
            place += 1
            token = replace(token, value=token.value + tokens[place].value, end=tokens[place].end)
        if place == begin or _POINTED.fullmatch(token.value):
            yield token
        elif begin:
            yield replace(token, kind="UNKNOWN")
        else:  # 1.2.3 before a line is its number
            yield from tokens[: place + 1]
        place += 1


def _goes_on(token: Token) -> bool:
    return token.kind == "NUMBER" and token.value.startswith(".") and not token.spaced


def _with_points(lines: Sequence[Sequence[Token]]) -> list[tuple[Token, ...]]:
    """Lines with decimal commas as points.

    60,000 stays, since it may be thousands, where neither 0,125 nor, for 60{,}000, a braced 0{,}5 tells of decimals.
    """
    seen = {
        (wide, len(tokens[place + wide].value))
        for tokens in lines
        for place in _commas(tokens)
        if tokens[place - (wide := _width(tokens, place))].value == "0"
    }
    widths = {1, 2} if any(digits == 3 for _, digits in seen) else {wide for wide, _ in seen} - {1}
    return [_pointed(tokens, widths) for tokens in lines]


def _pointed(tokens: Sequence[Token], widths: Collection[int]) -> tuple[Token, ...]:
    """Tokens with decimal commas as points, those of what may be thousands only where they are so wide."""
    made = list(tokens)
    for place in sorted(_commas(tokens), reverse=True):
        wide = _width(tokens, place)
        left, right = made[place - wide], made[place + wide]  # those to the right are joined already
        if wide in widths or not (_FIRST_DIGITS.fullmatch(left.value) and _DIGITS.fullmatch(right.value)):
            made[place - wide : place + wide + 1] = [replace(left, value=f"{left.value}.{right.value}", end=right.end)]
    return tuple(made)


def _with_thousands(lines: Iterable[Sequence[Token]]) -> list[tuple[Token, ...]]:
    """Lines with thousands as one number."""
    return [_joined_thousands(tokens) for tokens in lines]


_APART = 2
"""So far from each other stand the groups of 50,000; further those of 50{,}000, which is no list."""


def _joined_thousands(tokens: Sequence[Token]) -> tuple[Token, ...]:
    """Tokens with 50,000 and 3,313,992.85 as one number; in brackets, where (1,200) may be two, only what has several
    commas, a braced one or a point behind them.
    """
    commas = set(_commas(tokens))
    made: list[Token] = []
    level = place = 0
    while place < len(tokens):
        token = tokens[place]
        level += (token.kind == "OPEN") - (token.kind == "CLOSE")
        ends = _groups(tokens, place, commas)
        is_one = level == 0 or (ends and (ends[0] - place > _APART or "." in tokens[ends[-1]].value))
        if len(ends) > 1 or (ends and is_one):
            digits = "".join(tokens[end].value for end in (place, *ends))
            token, place = replace(token, value=digits, end=tokens[ends[-1]].end), ends[-1]
        made.append(token)
        place += 1
    return tuple(made)


def _groups(tokens: Sequence[Token], place: int, commas: Collection[int]) -> list[int]:
    """The places of the groups of three digits behind the number at a place, each with its comma before it."""
    found: list[int] = []
    if not _FIRST_DIGITS.fullmatch(tokens[place].value):
        return found
    while "." not in tokens[place].value:
        comma = next((at for at in (place + 1, place + 2) if at in commas), -1)
        if comma < 0 or not _DIGITS.fullmatch(tokens[place := comma + _width(tokens, comma)].value):
            break
        found.append(place)
    return found


def _doubted(tokens: Sequence[Token]) -> Iterator[Token]:
    """A comma close between two numbers that may be a decimal one or a list's: nobody can tell, so it is no
    punctuation.
    """
    level = 0
    doubtful = set(_commas(tokens))
    for place, token in enumerate(tokens):
        level += (token.kind == "OPEN") - (token.kind == "CLOSE")
        yield replace(token, kind="UNKNOWN") if place in doubtful and level == 0 else token
