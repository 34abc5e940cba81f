"""A formula's text as tokens whose words are resolved: names, functions, constants, differentials."""

import re

from derive.errors import DeriveError
from derive.formulas.expression.names import CONSTANTS, LONGEST_WORD, Names, Resolving
from derive.formulas.signs import MATCHING, RAISED, SUBSCRIPTS, SUPERSCRIPTS, canonical
from derive.formulas.tokens import SIGN, Token

DEEPEST = 60
"""Brackets nested deeper than this are refused: no person writes them, and recursion has an end."""
_NO_LETTER = f"(?![⁰¹²³⁴-⁹½⅓⅔¼¾⅛⅒{''.join(RAISED)}])"
_WORD = re.compile(rf"(?:{_NO_LETTER}[^\W\d_])(?:{_NO_LETTER}\w)*⁺?")
_DOT = re.compile(r"(?<=\s)\.(?=\s)|(?<=[)\]}])\.(?=[(\[{A-Za-z])|(?<=\d)\.(?=[(\[{])")
_KINDS = frozenset("NUMBER SUPERSCRIPT POWER PARTIAL PLUS MINUS TIMES OVER OPEN CLOSE BAR PRIME COMMA".split())


def tokens_of(text: str, names: Resolving) -> tuple[Token, ...]:
    """The tokens of one formula, its brackets in pairs; DeriveError names the column of what is not known.

    `w1i1` becomes two names where these are declared, each of them standing where the whole word stands.
    """
    plain = canonical(text)
    found: list[Token] = []
    unknown: Token | None = None
    place = 0
    while place < len(plain):
        match = _WORD.match(plain, place) or SIGN.match(plain, place)
        assert match is not None  # the last row of the table of signs takes any character
        start, place = place, match.end()
        if match.re is _WORD:
            made = _word(match[0], start, names)
            unknown = unknown or (None if made else Token("WORD", text[start:place], start, place))
        elif match.lastgroup == "BLANK":
            continue
        elif match.lastgroup == "RAISED":
            made = _above(match[0], start, names)
        else:
            made = _sign(str(match.lastgroup), match[0], start)
            if not made and _DOT.match(plain, start):
                made = (Token("TIMES", "*", start, place),)
            if not made:  # a sign that is not known says more than a name before it
                raise DeriveError(
                    f"column {start + 1}", f'"{text[start:place]}" is not part of a formula: {text.strip()}'
                )
        found.extend(made)
    if unknown is not None:
        raise DeriveError(f"column {unknown.start + 1}", f'"{unknown.value}" {names.unknown}')
    _check_brackets(found)
    return tuple(found)


def _above(signs: str, start: int, names: Resolving) -> tuple[Token, ...]:
    """The tokens of letters that stand above, e⁻ˣ, in brackets of no width; none where a letter is not known."""
    end = start + len(signs)
    inside: list[Token] = []
    for at, sign in enumerate(signs, start):
        if sign in RAISED:
            found = _word(RAISED[sign], at, names)
        else:
            plain = sign.translate(SUPERSCRIPTS)
            found = (Token({"-": "MINUS", "+": "PLUS"}.get(plain, "NUMBER"), plain, at, at + 1),)
        if not found:
            return ()
        inside += found
    return Token("POWER", "^", start, start), Token("OPEN", "(", start, start), *inside, Token("CLOSE", ")", end, end)


def _sign(kind: str, value: str, start: int) -> tuple[Token, ...]:
    """The tokens of one sign; none where it is not part of a formula over numbers."""
    end = start + len(value)
    if kind == "FRACTIONAL":
        kind = "NUMBER"
    elif kind == "BARS" and value == "||":
        return Token("BAR", "|", start, start + 1), Token("BAR", "|", start + 1, end)
    if kind not in _KINDS or (kind in ("OPEN", "CLOSE") and value in "⟨⟩"):
        return ()
    return (Token(kind, value.replace("\\,", ""), start, end),)


def _word(written: str, start: int, names: Resolving) -> tuple[Token, ...]:
    """The tokens of one word: a function, a name, a product of names, or a differential; none where it is unknown."""
    if len(written) > LONGEST_WORD:
        return ()
    plain, end = written.translate(SUBSCRIPTS), start + len(written)
    if plain in names.functions:
        return (Token("FUNCTION", plain, start, end),)
    resolved = names.resolve(plain)
    declared = names.declared if isinstance(names, Names) else frozenset[str]()
    if resolved is None and plain in CONSTANTS:
        resolved = (plain,)
    if resolved is not None:
        constants = CONSTANTS - declared
        return tuple(Token("CONSTANT" if name in constants else "NAME", name, start, end) for name in resolved)
    if not isinstance(names, Names) or plain[0] not in "dδ":
        return ()
    sign = Token("PARTIAL", "∂", start, start + 1)
    if len(plain) == 1:
        return (sign,)
    rest = _word(written[1:], start + 1, names) if plain[1].isalpha() else ()
    return (sign, *rest) if rest else ()


def _check_brackets(tokens: list[Token]) -> None:
    """DeriveError where a bracket has no partner of its own kind, or is nested too deep."""
    waiting: list[Token] = []
    for token in tokens:
        where = f"column {token.start + 1}"
        if token.kind == "OPEN":
            waiting.append(token)
            if len(waiting) > DEEPEST:
                raise DeriveError(where, f"more than {DEEPEST} brackets inside each other")
        elif token.kind == "CLOSE":
            if not waiting:
                right = "write the bracket that it closes, or leave it out"
                raise DeriveError(where, f'"{token.value}" closes nothing', right)
            opened = waiting.pop().value
            if MATCHING[opened] != token.value:
                raise DeriveError(where, f'"{token.value}" closes "{opened}"', f'close it with "{MATCHING[opened]}"')
    if waiting:
        opened = waiting[-1].value
        raise DeriveError(
            f"column {waiting[-1].start + 1}", f'"{opened}" is never closed', f'close it with "{MATCHING[opened]}"'
        )
